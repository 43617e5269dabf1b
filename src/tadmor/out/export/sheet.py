"""CSV (RFC 4180) of any table, with its description by CSV on the Web."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.out.export.cells import cell, sheet
from tadmor.out.export.tables import TABLES, Table

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    'UTF-8, comma between cells, lists in one cell joined by " | " (a bar within a text stands as \u00a6).',
    "A cell that a spreadsheet would take for a formula begins with an apostrophe; characters that hide or reorder text"
    " stand as their codes. JSON lines and Parquet have texts to the character.",
)


def table(job: Job) -> Table[Any]:
    return TABLES[job.what]


def write(job: Job, table: Table[Any], out: Path) -> int:
    count = 0
    with sheet(out, table.names) as writer:
        for row in table.read(job.database, job.filters):
            writer.writerow(map(cell, table.values(row)))
            count += 1
    return count
