"""What users lay under and over the map: a basemap of their own as PMTiles, overlays of their own as GeoJSON.

Both are files on this machine, checked when the server starts. Their text is as hostile as that of a report.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from tadmor.errors import UsageError

__all__ = ["NOTHING", "Backdrop", "Overlay", "Shape", "backdrop"]

LARGEST = 1 << 26  # bytes of an overlay
MOST_POINTS = 200_000  # of an overlay that the server draws itself
_HEADER = 127  # bytes, of PMTiles version 3
_PMTILES = b"PMTiles"


class Shape(NamedTuple):
    """A ring, line or point of an overlay, as longitudes and latitudes. `area`: the rings of one polygon."""

    area: bool
    lines: tuple[tuple[tuple[float, float], ...], ...]


class Overlay(NamedTuple):
    """A GeoJSON file; `name` is that of the file without its ending."""

    name: str
    path: Path
    shapes: tuple[Shape, ...]


class Backdrop(NamedTuple):
    """What lies under the map and over it."""

    basemap: Path | None = None
    overlays: tuple[Overlay, ...] = ()


NOTHING = Backdrop()


def backdrop(basemap: Path | None, overlays: Sequence[Path]) -> Backdrop:
    """Raises `UsageError` where a file is not there or not what it should be."""
    try:
        return Backdrop(_tiles(basemap) if basemap else None, tuple(_overlay(path) for path in overlays))
    except OSError as error:
        raise UsageError(f"{error.filename}: cannot be read: {error.strerror or error}") from error


def _tiles(path: Path) -> Path:
    with path.open("rb") as stream:
        head = stream.read(_HEADER)
    if len(head) < _HEADER or not head.startswith(_PMTILES):
        raise UsageError(f"{path}: is no PMTiles archive; make one with `pmtiles extract` or `tippecanoe -o x.pmtiles`")
    if head[7] != 3:
        raise UsageError(f"{path}: is PMTiles of version {head[7]}; convert it to version 3 with `pmtiles convert`")
    return path


def _overlay(path: Path) -> Overlay:
    if path.stat().st_size > LARGEST:
        raise UsageError(f"{path}: is larger than {LARGEST >> 20} MB; simplify it, or make it a basemap")
    try:
        shapes = tuple(_shapes(msgspec.json.decode(path.read_bytes())))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path}: is no GeoJSON (RFC 7946): {error}") from error
    if not shapes:
        raise UsageError(f"{path}: there is no geometry in it")
    return Overlay(path.stem, path, shapes)


def _shapes(found: dict[str, Any]) -> Iterator[Shape]:
    """The shapes of any GeoJSON object."""
    match found["type"]:
        case "FeatureCollection":
            for feature in found["features"]:
                yield from _shapes(feature)
        case "Feature":
            if found.get("geometry"):
                yield from _shapes(found["geometry"])
        case "GeometryCollection":
            for geometry in found["geometries"]:
                yield from _shapes(geometry)
        case "Point":
            yield Shape(False, (_line([found["coordinates"]]),))
        case "MultiPoint":
            yield from (Shape(False, (_line([point]),)) for point in found["coordinates"])
        case "LineString":
            yield Shape(False, (_line(found["coordinates"]),))
        case "MultiLineString":
            yield from (Shape(False, (_line(line),)) for line in found["coordinates"])
        case "Polygon":
            yield Shape(True, tuple(map(_line, found["coordinates"])))
        case "MultiPolygon":
            yield from (Shape(True, tuple(map(_line, rings))) for rings in found["coordinates"])
        case other:
            raise ValueError(f"there is no geometry of type {other!r}")


def _line(points: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    found = tuple((float(point[0]), float(point[1])) for point in points)
    if not found:
        raise ValueError("a line without a point")
    for lon, lat in found:
        if not (math.isfinite(lon) and -90 <= lat <= 90):
            raise ValueError(f"{lon}, {lat} is no position: longitude and latitude in degrees are meant")
    return found
