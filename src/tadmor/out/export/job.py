"""Runs one export: the file, all of it or nothing, and the data dictionary that goes with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

from tadmor.errors import UsageError
from tadmor.garbage import uncollected
from tadmor.out.export import notes
from tadmor.out.export.tables import Table, What
from tadmor.record.database import Database
from tadmor.record.select import Filters

__all__ = ["ENDINGS", "FORMATS", "Done", "Format", "Job", "Module", "export", "file_name", "load", "rows_of"]


class Job(NamedTuple):
    """What is to be exported from which record. `asked` is what the user asked for, in words."""

    database: Database
    filters: Filters
    what: What
    asked: tuple[str, ...] = ()


class Format(NamedTuple):
    """A format: the rows that it takes, the first of them unless told otherwise, and what it is in a line."""

    what: tuple[What, ...]
    about: str
    module: str
    csvw: bool = False  # whether a description of its columns for programs is written beside it


class Module(Protocol):
    """What each module of a format has."""

    NOTES: tuple[str, ...]  # what a reader of the file must know

    def table(self, job: Job) -> Table[Any]:
        """The columns or keys of the file, and where their rows come from."""

    def write(self, job: Job, table: Table[Any], out: Path) -> int:
        """Write the file; the number of rows in it."""


_ALL: tuple[What, ...] = ("spells", "events", "claims")
# In the order of the help.
FORMATS = {
    "csv": Format(_ALL, "table for spreadsheets and R, described by CSV on the Web", "sheet", csvw=True),
    "jsonl": Format(_ALL, "JSON, one object a line", "jsonl"),
    "geojson": Format(_ALL, "map layer (RFC 7946) for QGIS, Leaflet, MapLibre", "geojson"),
    "acled": Format(("events",), "CSV with the 31 columns of ACLED; not ACLED data", "acled", csvw=True),
    "ged": Format(("events",), "CSV with the 49 columns of UCDP GED; not UCDP data", "ged", csvw=True),
    "kml": Format(_ALL, "placemarks with time spans for Google Earth", "kml"),
    "kepler": Format(("spells", "events"), "CSV with start and end for kepler.gl", "kepler", csvw=True),
    "plover": Format(("claims",), "JSON lines in the PLOVER event coding", "plover"),
    "annotation": Format(("claims",), "quotes as W3C Web Annotations", "annotation"),
    "prov": Format(("spells",), "the way from bytes to spells, as PROV-JSON", "prov"),
    "atom": Format(("spells",), "feed of what changed hands or state", "atom"),
    "ics": Format(("spells",), "calendar of spells", "ics"),
    "graphml": Format(("claims",), "network of who backs, joins or opposes whom", "graphml"),
    "gpkg": Format(_ALL, "GeoPackage for QGIS and ArcGIS", "gpkg"),
    "parquet": Format(_ALL, "Parquet for DuckDB, pandas, R (needs the extra `parquet`)", "parquet"),
    "geoparquet": Format(_ALL, "GeoParquet 1.1 (needs the extra `parquet`)", "geoparquet"),
}


# How the name of a file ends, where it is not the name of its format.
ENDINGS = {"acled": "csv", "ged": "csv", "kepler": "csv", "plover": "jsonl", "annotation": "json", "prov": "json",
           "geoparquet": "parquet"}  # fmt: skip
EVERYTHING = Filters()


class Done(NamedTuple):
    """How many rows were written, and every file, the one that was asked for first."""

    rows: int
    files: tuple[Path, ...]


def rows_of(name: str, what: What | None) -> What:
    """The rows that a format takes where `what` is asked for. Raises `UsageError` where it has none such."""
    form = FORMATS[name]
    rows = what or form.what[0]
    if rows not in form.what:
        raise UsageError(f"the format {name} has no {rows}; it takes {' or '.join(form.what)}")
    return rows


def file_name(name: str, what: What) -> str:
    """What the file of a format is called among those of others."""
    return f"{what}.{name}.{ENDINGS[name]}" if name in ENDINGS else f"{what}.{name}"


def load(name: str) -> Module:
    """The module of a format; it may need packages that are imported only now."""
    return cast(Module, import_module(f"tadmor.out.export.{FORMATS[name].module}"))


def export(
    database: Database,
    name: str,
    out: Path,
    filters: Filters = EVERYTHING,
    *,
    what: What | None = None,
    asked: tuple[str, ...] = (),
) -> Done:
    """Write what `filters` leave of a record to `out`, with a data dictionary beside it; nothing else is changed.

    The same record and filters give the same bytes. Raises `UsageError` where the format has no such rows or needs an
    extra that is not installed, `OSError` where `out` cannot be written.
    """
    form, rows = FORMATS[name], rows_of(name, what)
    module, job = load(name), Job(database, filters, rows, asked)
    table = module.table(job)
    with _whole(out) as unfinished, uncollected():
        count = module.write(job, table, unfinished)
    dictionary = out.with_name(out.name + "-dictionary.md")
    dictionary.write_text(notes.dictionary(name, form.about, table, module.NOTES, job.asked, count, out.name), "utf-8")
    files = [out, dictionary]
    if form.csvw:
        files.append(out.with_name(out.name + "-metadata.json"))
        files[-1].write_text(notes.csvw(table, module.NOTES, out.name), "utf-8")
    return Done(count, tuple(files))


@contextmanager
def _whole(out: Path) -> Iterator[Path]:
    """A path beside `out` to write to, which takes its place when all went well."""
    unfinished = out.with_name(out.name + ".part")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        with unfinished.open("rb+") as stream:
            os.fsync(stream.fileno())  # or a loss of power could leave the name and not what is in the file
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
