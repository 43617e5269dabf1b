"""GeoParquet 1.1: Parquet with a column of points in well-known binary, longitude before latitude (OGC:CRS84)."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tadmor.out.export import parquet
from tadmor.out.export.tables import TABLES, Point, Table

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    *parquet.NOTES,
    "Only a place has a point; the geometry of what is known only of a district, governorate or country is null.",
)


def table(job: Job) -> Table[Any]:
    return TABLES[job.what]


def write(job: Job, table: Table[Any], out: Path) -> int:
    arrow, module = parquet.arrow_modules()
    plain = parquet.schema(arrow, table)
    made = plain.insert(0, arrow.field("geometry", arrow.binary()))
    count, points = 0, _Bounds()
    with module.ParquetWriter(out, made, compression="zstd") as writer:
        for some in parquet.groups(table.read(job.database, job.filters)):
            shapes = [points.take(table.point(row)) for row in some]
            columns = [shapes, *zip(*map(table.values, some), strict=True)]
            arrays = [arrow.array(column, type=field.type) for column, field in zip(columns, made, strict=True)]
            writer.write_table(arrow.Table.from_arrays(arrays, schema=made))
            count += len(some)
        column: dict[str, object] = {"encoding": "WKB", "geometry_types": ["Point"] if points.box else []}
        if points.box:
            column["bbox"] = points.box
        geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
        writer.add_key_value_metadata({"geo": msgspec.json.encode(geo).decode()})
    return count


class _Bounds:
    """Makes points binary and bounds them."""

    def __init__(self) -> None:
        self.box: list[float] = []

    def take(self, point: Point | None) -> bytes | None:
        if point is None:
            return None
        x, y = point
        a, b, c, d = self.box or [x, y, x, y]
        self.box = [min(a, x), min(b, y), max(c, x), max(d, y)]
        return struct.pack("<BIdd", 1, 1, x, y)
