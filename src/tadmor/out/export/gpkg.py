"""GeoPackage (OGC 12-128r19, version 1.3): one layer of points, with what each column holds.

SQLite is all that it takes; geometries are well-known binary behind a short header.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.errors import UsageError
from tadmor.out.export.cells import Value, line, plain
from tadmor.out.export.tables import TABLES, Point, Table

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    'Lists are joined by " | ". Only a place has a point; what is known only of a district, governorate or'
    " country has no geometry.",
)
APPLICATION_ID, VERSION = 0x47504B47, 10300  # "GPKG", 1.3
HEADER = b"GP" + struct.pack("<BBi", 0, 1, 4326)  # version 1, little-endian, no envelope; WGS 84
TYPES = {"text": "TEXT", "texts": "TEXT", "whole": "INTEGER", "number": "DOUBLE", "day": "DATE", "truth": "BOOLEAN"}
WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
SCHEMA = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
  description TEXT, mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT,
  min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""
SYSTEMS = (
    ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", None),
    ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
    ("WGS 84 geodetic", 4326, "EPSG", 4326, WGS84, "longitude and latitude in degrees"),
)


def table(job: Job) -> Table[Any]:
    return TABLES[job.what]


def write(job: Job, table: Table[Any], out: Path) -> int:
    connection = sqlite3.connect(out, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("PRAGMA journal_mode = OFF")  # a file that was not finished is thrown away
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", SYSTEMS)
        _describe(connection, job, table)
        columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in table.columns)
        connection.execute(
            f"CREATE TABLE {table.what} (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, {columns})"
        )
        box = _Box()
        names = ", ".join(f'"{name}"' for name in ["geom", *table.names])
        marks = ", ".join("?" * (1 + len(table.columns)))
        connection.executemany(f"INSERT INTO {table.what} ({names}) VALUES ({marks})", _rows(job, table, box))
        if box.bounds is not None:
            connection.execute("UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?", box.bounds)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise UsageError(f"{out}: cannot be written: {error}") from error
    finally:
        connection.close()
    return box.rows


class _Box:
    """Counts rows and bounds their points."""

    def __init__(self) -> None:
        self.rows = 0
        self.bounds: tuple[float, float, float, float] | None = None

    def take(self, point: Point | None) -> None:
        self.rows += 1
        if point is not None:
            x, y = point
            a, b, c, d = self.bounds or (x, y, x, y)
            self.bounds = (min(a, x), min(b, y), max(c, x), max(d, y))


def _describe(connection: sqlite3.Connection, job: Job, table: Table[Any]) -> None:
    from tadmor.out.export.notes import ALWAYS

    changed = job.database.one("SELECT max(read_at) FROM receipts")
    connection.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, NULL, NULL, NULL, NULL, 4326)",
        (table.what, table.title, " ".join((*NOTES, *ALWAYS)), _time(changed[0] if changed else None)),
    )
    connection.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POINT', 4326, 0, 0)", (table.what,))
    connection.executemany(
        "INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', 'http://www.geopackage.org/spec/#extension_schema',"
        " 'read-write')",
        [("gpkg_data_columns",), ("gpkg_data_column_constraints",)],
    )
    connection.executemany(
        "INSERT INTO gpkg_data_columns VALUES (?, ?, NULL, ?, ?, NULL, NULL)",
        [
            (table.what, column.name, column.name.replace("_", " "),
             f"{column.about} ({column.unit})" if column.unit else column.about)
            for column in table.columns
        ],
    )  # fmt: skip


def _time(read_at: str | None) -> str:
    """When the record last read something, so that the same record gives the same bytes."""
    return read_at.replace("Z", ".000Z") if read_at else "1970-01-01T00:00:00.000Z"


def _rows(job: Job, table: Table[Any], box: _Box) -> Iterator[list[Any]]:
    for row in table.read(job.database, job.filters):
        point = table.point(row)
        box.take(point)
        yield [_geometry(point), *map(_value, table.values(row))]


def _geometry(point: Point | None) -> bytes | None:
    return HEADER + struct.pack("<BIdd", 1, 1, *point) if point else None


def _value(value: Value) -> str | int | float | None:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, tuple):
        return line(value) or None
    return value.isoformat() if isinstance(value, date) else value
