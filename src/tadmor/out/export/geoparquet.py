"""GeoParquet 1.1: Parquet with a column of points in well-known binary, longitude before latitude (OGC:CRS84)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tadmor.out.export import parquet
from tadmor.out.export.tables import TABLES, Point, Table
from tadmor.record.arrow import modules

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    *parquet.NOTES,
    "Only a place has a point; the geometry of what is known only of a district, governorate or country is null.",
)


def table(job: Job) -> Table[Any]:
    return TABLES[job.what]


def write(job: Job, table: Table[Any], out: Path) -> int:
    arrow, module = modules()
    # Among the metadata of the schema, where readers look; it is written first, so that no bounds can be told.
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
    }
    plain = parquet.schema(arrow, table)
    made = plain.insert(0, arrow.field("geometry", arrow.binary()))
    made = made.with_metadata({**plain.metadata, "geo": msgspec.json.encode(geo).decode()})
    count = 0
    with module.ParquetWriter(out, made, compression="zstd") as writer:
        for some in parquet.groups(table.read(job.database, job.filters)):
            columns = [[_binary(table.point(row)) for row in some], *zip(*map(table.values, some), strict=True)]
            arrays = [arrow.array(column, type=field.type) for column, field in zip(columns, made, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=made))
            count += len(some)
    return count


def _binary(point: Point | None) -> bytes | None:
    return struct.pack("<BIdd", 1, 1, *point) if point else None
