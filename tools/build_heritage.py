"""Makes ``src/tadmor/data/heritage/sites.csv`` from UNESCO's World Heritage list.

    python tools/build_heritage.py --list ../shared/data/gazetteer/whc-sites-2019.csv

Takes facts alone: number, name, countries, point, since when a site is listed as in danger. No description is taken.
Natural sites are left out: the single point that the list gives of a park says nothing about fighting near it.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import re
from pathlib import Path

SITES = Path(__file__).resolve().parents[1] / "src" / "tadmor" / "data" / "heritage" / "sites.csv"
COLUMNS = ("id", "name", "countries", "lat", "lon", "danger_since")
NOTE = "# World Heritage sites, cultural and mixed, as listed in 2019; made by build_heritage.py.\n"
DIGITS = 4  # of degrees: ten metres


def row(site: dict[str, str]) -> tuple[str, ...]:
    """One site as a row of ``sites.csv``."""
    name = " ".join(re.sub(r"<[^>]+>", "", html.unescape(site["name_en"])).split())
    codes = site["iso_code"].upper()  # none for Jerusalem
    since = re.match(r"Y (\d{4})", site["danger_list"])
    if (site["danger"] == "1") != (since is not None):
        raise SystemExit(f"site {site['id_no']}: in danger, or not, and since when do not agree")
    point = (str(round(float(site[axis]), DIGITS)) for axis in ("latitude", "longitude"))
    return (f"whc:{site['id_no']}", name, codes.replace(",", "|"), *point, since[1] if since else "")


def made(source: Path) -> str:
    """The table made of the list."""
    with source.open(encoding="utf-8-sig", newline="") as stream:
        sites = [site for site in csv.DictReader(stream) if site["category"] != "Natural"]
    table = io.StringIO(newline="")
    table.write(",".join(COLUMNS) + "\n" + NOTE)
    rows = (row(site) for site in sorted(sites, key=lambda site: int(site["id_no"])))
    csv.writer(table, lineterminator="\n").writerows(rows)
    return table.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, required=True, help="whc-sites-2019.csv")
    SITES.write_text(made(parser.parse_args().list), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
