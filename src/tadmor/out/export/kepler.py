"""CSV as kepler.gl plays intervals: a point, a start, and an end where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.out.export import sheet
from tadmor.out.export.cells import Value
from tadmor.out.export.tables import TABLES, Column, Table
from tadmor.record.database import Database
from tadmor.record.select import EventRow, Filters, SpellRow

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    *sheet.NOTES,
    "For kepler.gl 3 with interval playback: choose `start` and `end` as the fields of time. A row without an end is"
    " still so. Rows without a point, and rows without a first day, are left out; the format cannot hold them.",
)
_LEFT_OUT = frozenset({"lat", "lon", "quotes_against", "claims_against", "claims_for", "claims", "killed_claims"})


def table(job: Job) -> Table[Any]:
    base: Table[Any] = TABLES[job.what]

    def read(database: Database, filters: Filters) -> Iterator[Any]:
        return (row for row in base.read(database, filters) if base.point(row) and _start(row))

    columns: tuple[Column[Any], ...] = (
        Column("start", "text", "Midnight, UTC, at the beginning of the day from which it counts", _start),
        Column("end", "text", "Last second, UTC, of the last day; blank: still so", _end),
        Column("latitude", "number", "Latitude of the place", lambda row: row.place.lat, "degrees north, WGS 84"),
        Column("longitude", "number", "Longitude of the place", lambda row: row.place.lon, "degrees east, WGS 84"),
        *(column for column in base.columns if column.name not in _LEFT_OUT),
    )
    return base._replace(columns=columns, read=read)


def write(job: Job, table: Table[Any], out: Path) -> int:
    return sheet.write(job, table, out)


def _start(row: SpellRow | EventRow) -> Value:
    day = row.begins if isinstance(row, SpellRow) else row.event.days.first
    return f"{day}T00:00:00Z" if day and day > date.min else None


def _end(row: SpellRow | EventRow) -> Value:
    if isinstance(row, EventRow):
        return f"{row.event.days.last or row.event.days.first}T23:59:59Z"
    end = row.spell.end
    last = (end.latest or end.earliest) if end else None
    return f"{max(last, row.begins)}T23:59:59Z" if last else None
