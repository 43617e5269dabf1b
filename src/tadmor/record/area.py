"""Areas of the map that a user asks for: a box of degrees, or polygons of a GeoJSON file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tadmor.errors import UsageError
from tadmor.record.queries import Place
from tadmor.records import Record

__all__ = ["Area", "parse"]

Ring = tuple[tuple[float, float], ...]  # (longitude, latitude)
HELP = "write it as WEST,SOUTH,EAST,NORTH in degrees, or name a GeoJSON file with polygons"
LARGEST = 1 << 26  # bytes of a file


class Area(Record, frozen=True):
    """Polygons in WGS 84 degrees; each is an outer ring and the holes in it. `name` is what the user typed."""

    name: str
    polygons: tuple[tuple[Ring, ...], ...]

    def holds(self, place: Place) -> bool:
        """Whether the point of a place, or the middle of a district or governorate, lies inside.

        The middle of a country says nothing about where in it something was, so that a country lies in no area.
        """
        if place.lat is None or place.lon is None or place.level in ("country", "unknown"):
            return False
        lon, lat = place.lon, place.lat
        return any(sum(_inside(ring, lon, lat) for ring in rings) % 2 == 1 for rings in self.polygons)


def parse(text: str) -> Area:
    """The area that `text` means: ``west,south,east,north``, or the name of a GeoJSON file (RFC 7946).

    A box whose west is greater than its east crosses the 180th meridian. Raises `UsageError` for what is no area.
    """
    pieces = text.split(",")
    if len(pieces) == 4 and (box := _numbers(pieces)) is not None:
        return Area(text, tuple(_box(text, box)))
    path = Path(text)
    if not path.is_file():
        raise UsageError(f"{text!r} is no area: {HELP}")
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path}: is larger than {LARGEST >> 20} MB; simplify the outline")
        found = msgspec.json.decode(path.read_bytes())
        polygons = tuple(_polygons(found))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path}: is no GeoJSON with polygons: {error}") from error
    if not polygons:
        raise UsageError(f"{path}: holds no polygon; {HELP}")
    return Area(text, polygons)


def _numbers(pieces: Sequence[str]) -> list[float] | None:
    try:
        numbers = [float(piece) for piece in pieces]
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _box(text: str, box: Sequence[float]) -> Iterator[tuple[Ring]]:
    west, south, east, north = box
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south < north <= 90) or west == east:
        raise UsageError(f"{text!r} is no area: longitudes go from -180 to 180, latitudes from -90 to 90, south first")
    # A hair wider, so that what lies on the edge is inside.
    for left, right in [(west, east)] if west < east else [(west, 180.0), (-180.0, east)]:
        lo, hi, left, right = south - 1e-9, north + 1e-9, left - 1e-9, right + 1e-9
        yield (((left, lo), (right, lo), (right, hi), (left, hi)),)


def _polygons(found: dict[str, object]) -> Iterator[tuple[Ring, ...]]:
    """The polygons of any GeoJSON object; points and lines in it are passed over."""
    match found["type"]:
        case "FeatureCollection":
            for feature in found["features"]:  # type: ignore[attr-defined]  # else a TypeError, which is reported
                yield from _polygons(feature)
        case "Feature":
            if found.get("geometry"):
                yield from _polygons(found["geometry"])  # type: ignore[arg-type]
        case "GeometryCollection":
            for geometry in found["geometries"]:  # type: ignore[attr-defined]
                yield from _polygons(geometry)
        case "Polygon":
            yield _rings(found["coordinates"])
        case "MultiPolygon":
            for rings in found["coordinates"]:  # type: ignore[attr-defined]
                yield _rings(rings)


def _rings(coordinates: object) -> tuple[Ring, ...]:
    rings = msgspec.convert(coordinates, tuple[tuple[tuple[float, ...], ...], ...])
    if not rings or any(len(ring) < 4 or any(len(point) < 2 for point in ring) for ring in rings):
        raise ValueError("a ring needs four points, and a point two numbers")
    return tuple(tuple((point[0], point[1]) for point in ring) for ring in rings)


def _inside(ring: Ring, lon: float, lat: float) -> bool:
    """Whether a point lies within a ring (even-odd rule)."""
    inside = False
    bx, by = ring[-1]
    for ax, ay in ring:
        if (ay > lat) != (by > lat) and lon < (bx - ax) * (lat - ay) / (by - ay) + ax:
            inside = not inside
        bx, by = ax, ay
    return inside
