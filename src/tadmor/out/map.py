"""Lays out one map: window and projection, outlines cut to it, marks that do not cover each other, names that fit.

The projection is equirectangular, true to scale at the middle of the window; the window keeps clear of the poles.
Positions are pixels of a drawing `WIDTH` wide and `HEIGHT` high.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from tadmor.lexicon.outlines import Line, Outlines, Town

__all__ = ["HEIGHT", "RADIUS", "WIDTH", "Label", "Map", "Mark", "Site", "Window", "draw", "window"]

WIDTH, HEIGHT = 760, 520
RADIUS = 8.0  # of a mark
LEAST_SPAN = 5.0  # degrees of longitude, so that a single place is seen with what lies around it
MARGIN = 0.16  # of the extent of the places, left free on each side
SLACK = 12.0  # pixels beyond the edge to which outlines are cut
CHARACTER = 0.56  # width of a character, in font sizes
MOST_FULL = 48  # marks of full size on one map
PUSH = 26.0  # how far a mark may stand from its place

Pixel = tuple[float, float]


class Window(NamedTuple):
    """Degrees shown."""

    west: float
    south: float
    east: float
    north: float

    def pixel(self, lat: float, lon: float) -> Pixel:
        return (lon - self.west) / (self.east - self.west) * WIDTH, (self.north - lat) / (
            self.north - self.south
        ) * HEIGHT


class Site(NamedTuple):
    """A place to be marked; heavier ones are named first."""

    key: str
    name: str
    lat: float
    lon: float
    weight: float
    around: tuple[Pixel, ...] = ()  # where marks of its parts stand, relative to its own


class Label(NamedTuple):
    """Text that starts at, ends at or is centred on a point."""

    text: str
    x: float
    y: float
    anchor: str  # "start", "middle", "end"
    far: bool = False  # so far from its point that a line has to join them


class Mark(NamedTuple):
    """A site drawn at ``x, y``. `home` is where it lies, if the mark was moved; `label` is relative to the mark."""

    key: str
    x: float
    y: float
    home: Pixel | None
    label: Label | None
    minor: bool = False  # drawn smaller, without a name, until one looks closer


class Map(NamedTuple):
    """Everything a template needs to draw it; paths are SVG path data."""

    land: str
    coasts: str
    borders: str
    countries: tuple[Label, ...]
    towns: tuple[tuple[Pixel, Label], ...]
    marks: tuple[Mark, ...]
    scale_km: int
    scale_pixels: float


def window(points: Sequence[tuple[float, float]]) -> Window:
    """The window that shows all points (latitude, longitude) with what lies around them."""
    south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
    west, east = min(lon for _, lon in points), max(lon for _, lon in points)
    lat, lon = (south + north) / 2, (west + east) / 2
    shrink = max(math.cos(math.radians(lat)), 0.2)  # a degree of longitude in degrees of latitude
    wide = max(
        (east - west) * (1 + 2 * MARGIN), LEAST_SPAN, (north - south) * (1 + 2 * MARGIN) / shrink * WIDTH / HEIGHT
    )
    high = wide * shrink * HEIGHT / WIDTH
    lat = min(max(lat, -85 + high / 2), 85 - high / 2) if high < 170 else 0.0
    return Window(lon - wide / 2, lat - high / 2, lon + wide / 2, lat + high / 2)


def draw(
    sites: Sequence[Site],
    outlines: Outlines,
    towns: Iterable[Town],
    *,
    named: bool = True,
    view: Window | None = None,
) -> Map:
    """The map of some sites. Without `named`, neither sites nor towns are named, as on an overview. `view` is the
    window to draw, in which all sites must lie; without it the one that shows them all."""
    view = view or window([(site.lat, site.lon) for site in sites])
    ordered = sorted(sites, key=lambda site: (-site.weight, site.key))
    homes = [view.pixel(site.lat, site.lon) for site in ordered]
    centres = [*_apart(homes[:MOST_FULL]), *homes[MOST_FULL:]] if named else homes
    taken = [_box(x, y, *([RADIUS + 2] * 2 if at < MOST_FULL else [5, 5])) for at, (x, y) in enumerate(centres)]
    taken += [(WIDTH - 42.0, 0.0, WIDTH, 76.0), (0.0, HEIGHT - 26.0, 165.0, HEIGHT)]  # zoom buttons and scale
    taken += [
        _box(x + dx, y + dy, 6, 6) for site, (x, y) in zip(ordered, centres, strict=True) for dx, dy in site.around
    ]
    marks: list[Mark] = []
    for at, (site, home, (x, y)) in enumerate(zip(ordered, homes, centres, strict=True)):
        minor = named and at >= MOST_FULL
        label = _name(site.name, x, y, 13, RADIUS + 8, taken) if named and not minor else None
        moved = math.hypot(home[0] - x, home[1] - y) > 3
        marks.append(Mark(site.key, round(x, 1), round(y, 1), _round(home) if moved else None, label, minor))
    shown = _towns(view, homes, towns, taken) if named else []
    land, coasts, borders, largest = _outlines(view, outlines)
    countries = [label for name, ring in largest if (label := _country(name, ring, taken)) is not None]
    scale_km, scale_pixels = _scale(view)
    return Map(land, coasts, borders, tuple(countries), tuple(shown), tuple(marks), scale_km, scale_pixels)


# --- marks and names ------------------------------------------------------------------------------------------------

Box = tuple[float, float, float, float]  # left, top, right, bottom


def _apart(homes: Sequence[Pixel]) -> list[Pixel]:
    """Positions near `homes` at which marks cover each other as little as can be; the same every time."""
    least = 2 * RADIUS + 3
    spots = [[x, y] for x, y in homes]
    for _ in range(60):
        moved = False
        for at, one in enumerate(spots):
            for step, other in enumerate(spots[at + 1 :], at + 1):
                dx, dy = other[0] - one[0], other[1] - one[1]
                gap = math.hypot(dx, dy)
                if gap >= least:
                    continue
                # Places at one point part in a direction that depends on their number alone; the turn spreads a row.
                angle = math.atan2(dy, dx) + 0.4 if gap > 0.01 else 2.4 * (at + step)
                shift = (least - gap) / 2 + 0.1
                # The heavier one, which comes first, gives way less.
                for spot, sign, share in ((one, -1, 0.6), (other, 1, 1.4)):
                    spot[0] += sign * share * shift * math.cos(angle)
                    spot[1] += sign * share * shift * math.sin(angle)
                moved = True
        if not moved:
            break
    out = []
    for (x, y), (hx, hy) in zip(spots, homes, strict=True):
        far = math.hypot(x - hx, y - hy)
        if far > PUSH:
            x, y = hx + (x - hx) * PUSH / far, hy + (y - hy) * PUSH / far
        out.append((min(max(x, RADIUS), WIDTH - RADIUS), min(max(y, RADIUS), HEIGHT - RADIUS)))
    return out


def _name(text: str, x: float, y: float, size: float, away: float, taken: list[Box]) -> Label | None:
    """A name beside a point where it covers nothing, relative to the point; None where there is no room."""
    wide = len(text) * size * CHARACTER
    choices = [
        (away, size * 0.34, "start"),
        (-away, size * 0.34, "end"),
        (0.0, -away - 2, "middle"),
        (0.0, away + size * 0.8, "middle"),
        (away * 0.7, -away * 0.7, "start"),
        (away * 0.7, away * 0.7 + size * 0.7, "start"),
        (-away * 0.7, -away * 0.7, "end"),
        (-away * 0.7, away * 0.7 + size * 0.7, "end"),
    ]
    choices += [(dx * 2.1, dy * 2.1, anchor) for dx, dy, anchor in choices[2:]]
    for number, (dx, dy, anchor) in enumerate(choices):
        left = x + dx - (wide if anchor == "end" else wide / 2 if anchor == "middle" else 0)
        box = (left - 4, y + dy - size * 0.85, left + wide + 4, y + dy + size * 0.3)
        if _inside(box) and not any(_cross(box, other) for other in taken):
            taken.append(box)
            return Label(text, round(dx, 1), round(dy, 1), anchor, far=number >= 8)
    return None


def _towns(view: Window, homes: Sequence[Pixel], towns: Iterable[Town], taken: list[Box]) -> list[tuple[Pixel, Label]]:
    """Larger towns that help to find one's way, where there is room."""
    spots = list(homes)
    found: list[tuple[Pixel, Label]] = []
    for town in towns:
        if not (view.west < town.lon < view.east and view.south < town.lat < view.north):
            continue
        x, y = view.pixel(town.lat, town.lon)
        if any(math.hypot(x - sx, y - sy) < (12 if at < len(homes) else 75) for at, (sx, sy) in enumerate(spots)):
            continue
        label = _name(town.name, x, y, 10.5, 5, taken)
        if label is not None:
            taken.append(_box(x, y, 4, 4))
            spots.append((x, y))
            found.append((_round((x, y)), label))
        if len(found) == 14:
            break
    return found


def _country(name: str, ring: Sequence[Pixel], taken: list[Box]) -> Label | None:
    """A country's name in the roomiest spot of what is seen of it."""
    step = max(1, len(ring) // 60)
    outline = ring[::step]
    left, right = min(x for x, _ in ring), max(x for x, _ in ring)
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    left, right, top, bottom = max(left, 0), min(right, WIDTH), max(top, 0), min(bottom, HEIGHT)
    size = 11.0
    wide = len(name) * size * 0.82  # wide-set capitals
    spots = [
        (left + (right - left) * (i + 0.5) / 12, top + (bottom - top) * (j + 0.5) / 12)
        for i in range(12)
        for j in range(12)
    ]
    rooms = [(min(math.hypot((x - a) / 2, y - b) for a, b in outline), x, y) for x, y in spots if _holds(outline, x, y)]
    for room, x, y in sorted(rooms, reverse=True)[:40]:
        box = (x - wide / 2 - 3, y - size, x + wide / 2 + 3, y + size * 0.4)
        if room > 9 and wide < 5.2 * room and _inside(box) and not any(_cross(box, other) for other in taken):
            taken.append(box)
            return Label(name, round(x, 1), round(y, 1), "middle")
    return None


def _box(x: float, y: float, dx: float, dy: float) -> Box:
    return x - dx, y - dy, x + dx, y + dy


def _cross(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _inside(box: Box) -> bool:
    return box[0] >= 4 and box[1] >= 4 and box[2] <= WIDTH - 4 and box[3] <= HEIGHT - 4


def _round(pixel: Pixel) -> Pixel:
    return round(pixel[0], 1), round(pixel[1], 1)


def _holds(ring: Sequence[Pixel], x: float, y: float) -> bool:
    """Whether a point lies within a ring (even-odd rule)."""
    inside = False
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


# --- outlines -------------------------------------------------------------------------------------------------------


def _outlines(view: Window, outlines: Outlines) -> tuple[str, str, str, list[tuple[str, list[Pixel]]]]:
    """Paths of land, coasts and borders, and the largest ring seen of each country, the largest first."""
    land: list[str] = []
    largest: list[tuple[float, str, list[Pixel]]] = []
    for country in outlines.countries:
        best: tuple[float, list[Pixel]] = (0.0, [])
        for ring in (turned for whole in outlines.rings(country) for turned in _turns(whole)):
            if not _overlaps(view, ring):
                continue
            cut = _cut([view.pixel(lat, lon) for lon, lat in ring])
            if len(cut) < 3:
                continue
            land.append(_path(cut) + "z")
            best = max(best, (_area(cut), cut))
        if best[1]:
            largest.append((best[0], country.name, best[1]))
    largest.sort(key=lambda found: (-found[0], found[1]))
    lines: dict[bool, list[str]] = {False: [], True: []}
    for number, line in enumerate(outlines.lines):
        for turned in _turns(line):
            if _overlaps(view, turned):
                pieces = _pieces([view.pixel(lat, lon) for lon, lat in turned])
                lines[outlines.uses[number] > 1] += map(_path, pieces)
    return "".join(land), "".join(lines[False]), "".join(lines[True]), [(name, ring) for _, name, ring in largest[:20]]


def _turns(line: Line) -> list[Line]:
    """A line as it is and, where it crosses the 180th meridian, as seen from its other side."""
    lons = [lon for lon, _ in line]
    turns = [0.0] + [360.0] * (min(lons) < -180) + [-360.0] * (max(lons) > 180)
    return [[(lon + turn, lat) for lon, lat in line] if turn else line for turn in turns]


def _overlaps(view: Window, line: Line) -> bool:
    lons, lats = [lon for lon, _ in line], [lat for _, lat in line]
    wide, high = (view.east - view.west) * 0.03, (view.north - view.south) * 0.03
    return (
        min(lons) < view.east + wide
        and max(lons) > view.west - wide
        and min(lats) < view.north + high
        and max(lats) > view.south - high
    )


def _cut(ring: list[Pixel]) -> list[Pixel]:
    """A ring cut to the drawing and its slack (Sutherland and Hodgman 1974)."""
    edges = ((0, -SLACK, 1), (0, WIDTH + SLACK, -1), (1, -SLACK, 1), (1, HEIGHT + SLACK, -1))
    for axis, bound, sign in edges:
        out: list[Pixel] = []
        for one, two in zip([ring[-1], *ring], ring, strict=False):
            was, now = sign * (one[axis] - bound) >= 0, sign * (two[axis] - bound) >= 0
            if was != now:
                share = (bound - one[axis]) / (two[axis] - one[axis])
                out.append((one[0] + share * (two[0] - one[0]), one[1] + share * (two[1] - one[1])))
            if now:
                out.append(two)
        ring = out
        if not ring:
            break
    return ring


def _pieces(line: list[Pixel]) -> list[list[Pixel]]:
    """The stretches of a line that may be seen."""
    found: list[list[Pixel]] = []
    joined = False
    for one, two in pairwise(line):
        seen = (
            max(one[0], two[0]) >= -SLACK
            and min(one[0], two[0]) <= WIDTH + SLACK
            and max(one[1], two[1]) >= -SLACK
            and min(one[1], two[1]) <= HEIGHT + SLACK
        )
        if seen:
            if not joined:
                found.append([one])
            found[-1].append(two)
        joined = seen
    return found


def _path(points: Sequence[Pixel]) -> str:
    """Path data in tenths of a pixel, leaving out points that cannot be told from the one before."""
    x, y = round(points[0][0], 1), round(points[0][1], 1)
    out = [f"M{x:g} {y:g}"]
    for number, (px, py) in enumerate(points[1:], 2):
        if abs(px - x) + abs(py - y) < 0.9 and number < len(points):
            continue
        nx, ny = round(px, 1), round(py, 1)
        dx, dy = round(nx - x, 1), round(ny - y, 1)
        if dx or dy:
            out.append(f"l{dx:g} {dy:g}")
        x, y = nx, ny
    return "".join(out)


def _area(ring: Sequence[Pixel]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


def _scale(view: Window) -> tuple[int, float]:
    """A round length in km of about an eighth of the width, and its pixels."""
    middle = math.radians((view.south + view.north) / 2)
    km = (view.east - view.west) * 111.32 * math.cos(middle) / WIDTH  # a pixel
    wanted = km * WIDTH / 8
    size = 10 ** math.floor(math.log10(wanted))
    length = max(step * size for step in (1, 2, 5) if step * size <= wanted)
    return max(int(length), 1), round(max(length, 1) / km, 1)
