"""Parquet of any table: lists as lists, days as days, what each column holds in its metadata."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.out.export.tables import TABLES, Table
from tadmor.record.arrow import modules

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = ("What each column holds is in the metadata of its field, under `description`.",)
GROUP = 8192  # rows


def table(job: Job) -> Table[Any]:
    return TABLES[job.what]


def write(job: Job, table: Table[Any], out: Path) -> int:
    arrow, parquet = modules()
    made = schema(arrow, table)
    rows, count = table.read(job.database, job.filters), 0
    with parquet.ParquetWriter(out, made, compression="zstd") as writer:
        for some in groups(rows):
            columns = list(zip(*map(table.values, some), strict=True))
            arrays = [arrow.array(column, type=field.type) for column, field in zip(columns, made, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=made))
            count += len(some)
    return count


def groups(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while some := list(islice(rows, GROUP)):
        yield some


def schema(arrow: Any, table: Table[Any]) -> Any:
    """The schema of a table, with what each column holds."""
    kinds = {
        "text": arrow.string(),
        "texts": arrow.list_(arrow.string()),
        "whole": arrow.int64(),
        "number": arrow.float64(),
        "day": arrow.date32(),
        "truth": arrow.bool_(),
    }
    fields = []
    for column in table.columns:
        about = f"{column.about} ({column.unit})" if column.unit else column.about
        fields.append(arrow.field(column.name, kinds[column.kind], metadata={"description": about}))
    return arrow.schema(fields, metadata={"title": table.title})
