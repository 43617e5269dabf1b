"""Exports: one module a format, each with one function `write` over the rows of `tadmor.record.select`.

`tables` says what the columns are, once for all formats; `formats` lists the formats; `notes` writes the data
dictionary that goes with each file; `job` runs one export.
"""
