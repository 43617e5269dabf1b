"""The briefing: what a record holds of some days and places, in sentences that each lead to the words they rest on.

`gather` reads the record into the types of `view`; `sentences` puts what was found into words; `drawing` lays out maps
and strips; `page` renders HTML, Markdown or PDF.
"""
