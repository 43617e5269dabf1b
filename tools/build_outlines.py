"""Makes the files of ``src/tadmor/data/outlines`` from Natural Earth outlines and GeoNames towns.

    npm pack world-atlas@2 && tar xzf world-atlas-2.*.tgz
    python tools/build_outlines.py --atlas package/countries-50m.json --sources ../shared/data/gazetteer

The result depends on nothing but these files: the same files give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

OUTLINES = Path(__file__).resolve().parents[1] / "src" / "tadmor" / "data" / "outlines"
STEP = 0.005  # degrees; about 550 m, below a pixel of the smallest map that is drawn
LEAST_POPULATION = 60_000
LEFT_OUT = {"Antarctica"}
FULL_NAMES = {  # the atlas abbreviates for its own maps
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Central African Rep.": "Central African Republic",
    "Congo": "Republic of the Congo",
    "Dem. Rep. Congo": "DR Congo",
    "Dominican Rep.": "Dominican Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "Macedonia": "North Macedonia",
    "N. Cyprus": "Northern Cyprus",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "Solomon Islands",
    "United States of America": "United States",
    "W. Sahara": "Western Sahara",
    "eSwatini": "Eswatini",
}
CODES = {"Kosovo": "XK", "S. Sudan": "SS", "Sudan": "SD"}  # without a number in the atlas, or newer than the list

Point = tuple[int, int]


class Transform(msgspec.Struct):
    scale: tuple[float, float]
    translate: tuple[float, float]


class Polygon(msgspec.Struct, tag_field="type"):
    arcs: list[list[int]]
    properties: dict[str, str]
    id: str | None = None


class MultiPolygon(msgspec.Struct, tag_field="type"):
    arcs: list[list[list[int]]]
    properties: dict[str, str]
    id: str | None = None


class Collection(msgspec.Struct):
    geometries: list[Polygon | MultiPolygon]


class Objects(msgspec.Struct):
    countries: Collection


class Atlas(msgspec.Struct):
    """The part of a TopoJSON file that is used here."""

    transform: Transform
    arcs: list[list[tuple[int, int]]]
    objects: Objects


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--atlas", type=Path, required=True, help="countries-50m.json of the npm package world-atlas 2")
    parser.add_argument("--sources", type=Path, required=True, help="folder of the GeoNames files")
    given = parser.parse_args(arguments)
    atlas = msgspec.json.decode(given.atlas.read_bytes(), type=Atlas)
    numbers = json.loads((given.sources / "countries.json").read_text("utf-8"))
    codes = {f"{int(row['isonumeric']):03}": iso for iso, row in numbers.items()}
    (OUTLINES / "outlines.json").write_text(outlines(atlas, codes), "utf-8")
    with gzip.open(given.sources / "geonames_cities500.tsv.gz", "rt", encoding="utf-8", newline="") as lines:
        (OUTLINES / "towns.csv").write_text(towns(lines), "utf-8")


def outlines(atlas: Atlas, codes: dict[str, str]) -> str:
    """Arcs as a first point and steps from point to point, both in units of `STEP`; countries as rings of arcs."""
    arcs = [_arc(arc, atlas.transform) for arc in atlas.arcs]
    countries = []
    for geometry in atlas.objects.countries.geometries:
        name = geometry.properties["name"]
        if name in LEFT_OUT:
            continue
        polygons = [geometry.arcs] if isinstance(geometry, Polygon) else geometry.arcs
        code = CODES.get(name) or codes.get(geometry.id or "", "")
        countries.append([code, FULL_NAMES.get(name, name), polygons])
    countries.sort(key=lambda country: str(country[1]))
    body = ",\n".join(json.dumps(arc, separators=(",", ":")) for arc in arcs)
    listed = ",\n".join(json.dumps(country, separators=(",", ":"), ensure_ascii=False) for country in countries)
    return f'{{"step":{STEP},\n"arcs":[\n{body}\n],\n"countries":[\n{listed}\n]}}\n'


def _arc(arc: Iterable[tuple[int, int]], transform: Transform) -> list[int]:
    """[x, y, dx, dy, ...]; points that fall together are one, but an arc keeps at least two."""
    points: list[Point] = []
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        lon = x * transform.scale[0] + transform.translate[0]
        lat = y * transform.scale[1] + transform.translate[1]
        point = (round(lon / STEP), round(lat / STEP))
        if not points or points[-1] != point:
            points.append(point)
    if len(points) == 1:
        points *= 2
    steps = [points[0], *((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points))]
    return [number for step in steps for number in step]


def towns(lines: Iterable[str]) -> str:
    """Name, latitude, longitude and population of every town of some size, the largest first."""
    found = []
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        population = int(row["population"] or 0)
        if population >= LEAST_POPULATION:
            found.append((population, row["name"], float(row["latitude"]), float(row["longitude"])))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", "lat", "lon", "population"])
    for population, name, lat, lon in sorted(found, key=lambda town: (-town[0], town[1:])):
        writer.writerow([name, f"{lat:.3f}", f"{lon:.3f}", population])
    return text.getvalue()


if __name__ == "__main__":
    main()
