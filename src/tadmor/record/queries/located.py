"""The places of a record."""

from __future__ import annotations

from tadmor.record.database import Database, Row
from tadmor.record.rows import Facts
from tadmor.records import Record


class Place(Record, frozen=True):
    """A place of the record. `level` says what the coordinates stand for: "place", or the middle of a "district",
    "governorate" or "country", which must not be drawn as a town; "unknown" has none."""

    id: str
    name: str
    level: str
    lat: float | None = None
    lon: float | None = None
    admin1: str | None = None
    country: str | None = None


def places(database: Database) -> dict[str, Place]:
    """Every place of the record, by id, in the order of their names."""
    rows = database.query("SELECT * FROM places ORDER BY name, id")
    return {row["id"]: _place(row) for row in rows}


def places_within(database: Database, *, south: float, west: float, north: float, east: float) -> list[Place]:
    """The places inside a box of degrees. A box whose west is greater than its east crosses the 180th meridian."""
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    found = []
    for left, right in spans:
        # The index keeps 32-bit numbers, rounded outwards; the exact comparison is on the table.
        found += database.query(
            f"{_BOXED[database.engine]} AND p.lat BETWEEN ? AND ? AND p.lon BETWEEN ? AND ?",
            (south, north, left, right, south, north, left, right),
        )
    return sorted({row["id"]: _place(row) for row in found}.values(), key=lambda place: (place.name, place.id))


# The places whose points may lie between two latitudes and two longitudes, by the index of each engine.
_BOXED = {
    "sqlite": "SELECT p.* FROM places_box b JOIN places p ON p.number = b.number"
    " WHERE b.max_lat >= ? AND b.min_lat <= ? AND b.max_lon >= ? AND b.min_lon <= ?",
    "postgresql": "SELECT p.* FROM places p WHERE ST_Point(p.lon, p.lat, 4326)"
    " && ST_MakeEnvelope(?3, ?1, ?4, ?2, 4326)",
}


def facts(database: Database, place_id: str) -> Facts | None:
    """What is stored of a place itself, see `rows.place_facts`."""
    row = database.one("SELECT name, level, lat, lon, admin1, country FROM places WHERE id = ?", (place_id,))
    return tuple(row) if row else None


def _place(row: Row) -> Place:
    return Place(
        id=row["id"],
        name=row["name"],
        level=row["level"],
        lat=row["lat"],
        lon=row["lon"],
        admin1=row["admin1"],
        country=row["country"],
    )
