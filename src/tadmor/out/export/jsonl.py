"""JSON lines: one object a row, every value as the record has it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tadmor.out.export.tables import TABLES, Table

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = ("One JSON object a line, in UTF-8; what is not known is null, lists are arrays.",)


def table(job: Job) -> Table[Any]:
    return TABLES[job.what]


def write(job: Job, table: Table[Any], out: Path) -> int:
    count, encode, names = 0, msgspec.json.Encoder().encode, table.names
    with out.open("wb") as stream:
        for row in table.read(job.database, job.filters):
            stream.write(encode(dict(zip(names, table.values(row), strict=True))) + b"\n")
            count += 1
    return count
