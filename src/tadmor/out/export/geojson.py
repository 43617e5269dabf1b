"""GeoJSON (RFC 7946): a feature a row, a point where the record knows one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tadmor.out.export.tables import TABLES, Table

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "Only a place has a point. What is known only of a district, governorate or country has no geometry; the middle"
    " of it is in `lat` and `lon`.",
)


def table(job: Job) -> Table[Any]:
    return TABLES[job.what]


def write(job: Job, table: Table[Any], out: Path) -> int:
    count, encode, names = 0, msgspec.json.Encoder().encode, table.names
    with out.open("wb") as stream:
        stream.write(b'{"type":"FeatureCollection","features":[')
        for row in table.read(job.database, job.filters):
            properties = dict(zip(names, table.values(row), strict=True))
            point = table.point(row)
            feature = {
                "type": "Feature",
                "id": properties[table.key],
                "geometry": {"type": "Point", "coordinates": [point.lon, point.lat]} if point else None,
                "properties": properties,
            }
            stream.write((b",\n" if count else b"\n") + encode(feature))
            count += 1
        stream.write(b"\n]}\n")
    return count
