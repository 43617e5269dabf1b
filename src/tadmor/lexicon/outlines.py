"""Outlines of countries and coasts, and larger towns, to draw a record's places on.

Typed view of ``data/outlines/`` (format, origin and licence in its README). Lines that two countries share are kept
once, so that a border is drawn once and a coast is told from a border. They show no position on any border.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, cached_property

import msgspec

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.records import Record

__all__ = ["Country", "Line", "Outlines", "Town", "load", "towns"]

Line = list[tuple[float, float]]  # (longitude, latitude) in WGS 84 degrees


class Town(Record, frozen=True):
    """A town for orientation."""

    name: str
    lat: float
    lon: float
    population: int


class Country(Record, frozen=True, array_like=True):
    """`polygons` holds rings, the outer one first; a ring is a list of arcs, ``~i`` is arc i backwards."""

    code: str  # ISO 3166-1 alpha-2; "" where there is none
    name: str
    polygons: tuple[tuple[tuple[int, ...], ...], ...]


class Outlines(msgspec.Struct, dict=True):
    """All outlines. `arcs` holds for each line x, y of its first point, then steps, in units of `step` degrees."""

    step: float
    arcs: list[list[int]]
    countries: list[Country]

    @cached_property
    def lines(self) -> list[Line]:
        """Every arc as points."""
        return [self._points(arc) for arc in self.arcs]

    @cached_property
    def uses(self) -> Counter[int]:
        """How many rings use each arc: 1 on a coast, 2 on a border."""
        return Counter(
            arc if arc >= 0 else ~arc
            for country in self.countries
            for polygon in country.polygons
            for ring in polygon
            for arc in ring
        )

    def rings(self, country: Country) -> Iterator[Line]:
        """The rings of a country, closed, without the repeated last point.

        A ring that crosses the 180th meridian goes on beyond it, to longitudes outside -180 to 180.
        """
        for polygon in country.polygons:
            for ring in polygon:
                points: Line = []
                for arc in ring:
                    line = self.lines[arc] if arc >= 0 else self.lines[~arc][::-1]
                    if points:
                        turn = _turn(points[-1][0], line[0][0])
                        line = [(lon + turn, lat) for lon, lat in line[1:]]
                    points.extend(line)
                yield points[:-1]

    def name(self, code: str) -> str | None:
        """A country's name by its ISO 3166-1 alpha-2 code."""
        return self._names.get(code)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {country.code: country.name for country in self.countries if country.code}

    def _points(self, arc: Sequence[int]) -> Line:
        points: Line = []
        x = y = 0
        for at in range(0, len(arc), 2):
            x, y = x + arc[at], y + arc[at + 1]
            lon = x * self.step
            points.append((lon + _turn(points[-1][0], lon) if points else lon, y * self.step))
        return points


def _turn(before: float, lon: float) -> float:
    """Degrees to add to `lon` so that it lies less than half a turn from the point before."""
    return 360.0 * round((before - lon) / 360.0)


@cache
def load() -> Outlines:
    """The outlines shipped with the package. Raises `LexiconError` where the file is not as its README says."""
    path = table.data("outlines") / "outlines.json"
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Outlines)
    except (ValueError, OSError) as error:
        raise LexiconError(f"{path}: {error}") from error
    for row, arc in enumerate(found.arcs):
        if len(arc) < 4 or len(arc) % 2:
            raise LexiconError(f"{path}: arc {row} has {len(arc)} numbers; two or more points are expected")
    for country in found.countries:
        used = [arc for polygon in country.polygons for ring in polygon for arc in ring]
        if not used or not all(-len(found.arcs) <= arc < len(found.arcs) for arc in used):
            raise LexiconError(f"{path}: {country.name} uses an arc that is not there, or none")
    return found


@cache
def towns() -> tuple[Town, ...]:
    """Towns, the most populous first."""
    return tuple(town for _, town in table.read(table.data("outlines") / "towns.csv", Town))
