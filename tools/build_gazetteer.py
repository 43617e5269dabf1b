"""Makes ``src/tadmor/data/places/places.npz`` from the project's own place tables and open gazetteers.

    python tools/build_gazetteer.py --sources ../shared/data/gazetteer

The result depends on nothing but these files: the same files give the same bytes. Sources and their licences are listed
in ``src/tadmor/data/places/README.md``. Places of the own tables take over the GeoNames entry that they name.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import math
import re
import sys
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.lexicon.gazetteer import PRIOR_SCALE, SETTLEMENT_KINDS
from tadmor.lexicon.placename import fold, is_name, key, plain
from tadmor.records import Record

PLACES = Path(__file__).resolve().parents[1] / "src" / "tadmor" / "data" / "places"
# fmt: off
KINDS = (
    "country", "governorate", "district", "region", "area", "continent", "sea", "city", "town", "village", "suburb",
    "camp", "airbase", "airport", "port", "crossing", "dam", "bridge", "oilfield", "gasfield", "refinery", "plant",
    "base", "prison", "hospital", "university", "school", "mosque", "church", "heritage", "castle", "road",
    "square", "building", "factory", "hill", "mountain", "river", "lake", "island", "strait", "desert", "farm",
    "facility",
)
UCDP_KINDS = {  # by the small word that ends a name
    "town": "town", "village": "village", "suburb": "suburb", "city": "city", "area": "area", "locality": "village",
    "camp": "camp", "hill": "hill", "farm": "farm", "base": "base", "dam": "dam", "bridge": "bridge",
    "field": "oilfield", "checkpoint": "facility", "district": "district",
}
# fmt: on
UCDP_PART_OF_NAME = frozenset(
    {"base", "field", "dam", "bridge", "hill", "farm", "camp", "checkpoint", "district", "area"}
)
ADMIN_WORDS = ("Governorate", "Province")
SAME_PLACE_KM = 25.0  # theatre coordinates are given to about 0.01 degrees, but a district's point may lie off its town
SAME_VILLAGE_KM = 4.0
COUNTRY_PRIOR, SMALL_COUNTRY_PRIOR, ADMIN1_PRIOR = 8.5, 7.0, 5.2
COUNTY_PRIOR = 4.5  # at most
THEATRE_FLOOR, WAR_BONUS = 4.9, 0.3
UCDP_FLOOR, FACILITY_PRIOR = 2.6, 2.5


class CountryRow(Record, frozen=True, kw_only=True):
    """A row of ``countries.csv``."""

    iso: str
    lat: float | None = None
    lon: float | None = None
    script: Literal["Latin", "Arabic", "Cyrillic", "other"] = "Latin"
    war: bool = False
    aliases: tuple[str, ...] = ()


class AdminRow(Record, frozen=True, kw_only=True):
    """A row of ``admin1.csv``: `seat` is a town in it by which its GeoNames code is found unless `code` says it."""

    country: str
    name: str
    term: str = ""
    seat: str = ""
    code: str = ""
    lat: float | None = None
    lon: float | None = None
    aliases: tuple[str, ...] = ()


class TheatreRow(Record, frozen=True, kw_only=True):
    """A row of ``theatre/*.csv``. Without coordinates it adds names to the settlement that GeoNames knows by `name`."""

    name: str
    kind: str
    country: str = ""
    lat: float | None = None
    lon: float | None = None
    within: str = ""
    aliases: tuple[str, ...] = ()


class CountyRow(Record, frozen=True, kw_only=True):
    """A row of ``counties.csv``: it lies in the first-order division with code `admin1`."""

    country: str
    admin1: str
    name: str
    lat: float
    lon: float
    population: int = 0


@dataclass(eq=False)
class Entry:
    """A place in the making."""

    id: str
    name: str
    lat: float
    lon: float
    country: str
    kind: str
    population: int = 0
    admin1: str = ""
    within: str = ""
    prior: float = 0.0
    own: bool = False
    usual: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)
    parent: Entry | None = None

    def names(self) -> tuple[list[str], int]:
        """All names once each by fold, and how many of them, from the first, are in common use."""
        seen: set[str] = set()
        out: list[str] = []
        usual = 0
        for name, common in [(self.name, True), *((n, True) for n in self.usual), *((n, False) for n in self.other)]:
            folded = fold(name)
            if folded and folded not in seen and len(name.encode()) < 256 and len(out) < 255:
                seen.add(folded)
                out.append(name)
                usual += common
        return out, usual


def distance_km(a: Entry, lat: float, lon: float) -> float:
    """Great-circle distance."""
    p, q = math.radians(a.lat), math.radians(lat)
    h = math.sin((p - q) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(a.lon - lon) / 2) ** 2
    return 12742 * math.asin(math.sqrt(min(1.0, h)))


def slug(text: str) -> str:
    return fold(text).replace(" ", "-")


class Builder:
    """Collects entries source by source, then writes them."""

    def __init__(self, sources: Path) -> None:
        self.sources = sources
        self.entries: list[Entry] = []
        self.countries: dict[str, Entry] = {}
        self.country_names: set[str] = set()
        self.rows: dict[str, CountryRow] = {}
        self.admin1: dict[tuple[str, str], Entry] = {}
        self.by_fold: dict[tuple[str, str], list[Entry]] = defaultdict(list)  # settlements
        self.by_key: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self.theatre_ids: set[str] = set()
        self.problems: list[str] = []

    def run(self) -> None:
        """All sources in order: later ones join places of earlier ones."""
        self.rows = {row.iso: row for _, row in table.read(PLACES / "countries.csv", CountryRow)}
        self.read_geonames()
        self.read_countries()
        self.read_admin1()
        self.read_counties()
        for path in sorted((PLACES / "theatre").glob("*.csv")):
            for number, row in table.read(path, TheatreRow):
                self.add_theatre(row, f"{path.name}, row {number}")
        self.part_namesakes()
        self.read_ucdp()
        self.read_airfields()
        self.read_heritage()
        self.set_parents()
        self.set_priors()
        if self.problems:
            raise LexiconError("\n".join(self.problems))

    def add(self, entry: Entry) -> Entry:
        self.entries.append(entry)
        self.index(entry, [entry.name, *entry.usual, *entry.other])
        return entry

    def index(self, entry: Entry, names: Iterable[str]) -> None:
        if entry.kind in SETTLEMENT_KINDS:
            for name in names:
                for index, form in ((self.by_fold, fold(name)), (self.by_key, key(name))):
                    if form and entry not in (bucket := index[entry.country, form]):
                        bucket.append(entry)

    def transliterated(self, country: str) -> bool:
        row = self.rows.get(country)
        return bool(row and row.script != "Latin")

    def loose(self, country: str) -> bool:
        """Whether names there are also looked up by `key`: where `key` knows the script, and news needs it."""
        row = self.rows.get(country)
        return bool(row and row.war and row.script in ("Arabic", "Cyrillic"))

    def war(self, country: str) -> bool:
        row = self.rows.get(country)
        return bool(row and row.war)

    def read_geonames(self) -> None:
        with gzip.open(self.sources / "geonames_cities500.tsv.gz", "rt", encoding="utf-8") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                population, country = int(row["population"] or 0), row["countrycode"]
                name = row["name"]
                other = [n for n in row["alternatenames"].split("|") if is_name(n)]
                if self.transliterated(country):
                    other = [plain(n) for n in other]
                    name = plain(name)
                kind = "city" if population >= 100_000 else "town" if population >= 5_000 else "village"
                lat, lon = float(row["latitude"]), float(row["longitude"])
                self.add(
                    Entry(
                        f"gn:{row['geonameid']}",
                        name,
                        lat,
                        lon,
                        country,
                        kind,
                        population,
                        row["admin1code"],
                        other=other,
                    )
                )

    def read_countries(self) -> None:
        facts = json.loads((self.sources / "countries.json").read_text("utf-8"))
        shapes = {
            f["id"]: f["geometry"] for f in json.loads((self.sources / "countries.geo.json").read_text())["features"]
        }
        towns: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            towns[entry.country].append(entry)
        for iso, fact in sorted(facts.items()):
            row = self.rows.get(iso) or CountryRow(iso=iso)
            if row.lat is not None and row.lon is not None:
                lat, lon = row.lat, row.lon
            elif fact["iso3"] in shapes:
                lat, lon = middle(shapes[fact["iso3"]])
            elif towns[iso]:
                lat = sum(t.lat for t in towns[iso]) / len(towns[iso])
                lon = sum(t.lon for t in towns[iso]) / len(towns[iso])
            else:
                continue
            population = int(fact["population"] or 0)
            entry = Entry(
                f"gn:{fact['geonameid']}",
                fact["name"].strip().removeprefix("The "),
                lat,
                lon,
                iso,
                "country",
                population,
            )
            entry.usual = list(row.aliases)
            entry.prior = COUNTRY_PRIOR if population >= 500_000 else SMALL_COUNTRY_PRIOR
            self.countries[iso] = self.add(entry)
            self.country_names.update(map(fold, (entry.name, *row.aliases)))

    def read_admin1(self) -> None:
        towns: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.kind in SETTLEMENT_KINDS:
                towns[entry.country, entry.admin1].append(entry)
        for number, row in table.read(PLACES / "admin1.csv", AdminRow):
            where = f"admin1.csv, row {number}"
            seats = (
                self.by_fold.get((row.country, fold(row.seat))) or self.by_key.get((row.country, key(row.seat))) or []
            )
            seat = max(seats, key=lambda e: (e.population, e.id), default=None)
            code = row.code or (seat.admin1 if seat else "")
            if not code and row.lat is None:
                self.problems.append(f"{where}: no town {row.seat!r} in {row.country}")
                continue
            if (row.country, code) in self.admin1:
                self.problems.append(f"{where}: {row.name} and {self.admin1[row.country, code].name} share code {code}")
                continue
            inside = towns[row.country, code] if code else []
            if row.lat is not None and row.lon is not None:
                lat, lon = row.lat, row.lon
            elif inside:
                lat, lon = sum(t.lat for t in inside) / len(inside), sum(t.lon for t in inside) / len(inside)
            else:
                self.problems.append(f"{where}: neither coordinates nor towns")
                continue
            name = f"{row.name} {row.term}".strip()
            id = f"th:{row.country.lower()}-{slug(name)}"
            self.theatre_ids.add(id)
            entry = Entry(id, name, lat, lon, row.country, "governorate", 0, code, own=True)
            bases = (row.name, *row.aliases)
            entry.usual = [
                *bases,
                *(f"{base} {word}" for base in bases for word in {row.term: 0, **dict.fromkeys(ADMIN_WORDS)} if word),
            ]
            namesake = any(fold(seat.name) == fold(base) for base in bases) if seat else False
            entry.prior = (
                min(ADMIN1_PRIOR, math.log10(seat.population + 1) - 0.1) if seat and namesake else ADMIN1_PRIOR
            )
            if not row.term:
                entry.prior = 6.5 if row.country == "US" else 6.0
            self.add(entry)
            if code:
                self.admin1[row.country, code] = entry

    def read_counties(self) -> None:
        """Counties go by their full name only: "Walker County" is one, "Walker" is a town or a person."""
        for _, row in table.read(PLACES / "counties.csv", CountyRow):
            id = f"th:{row.country.lower()}-{row.admin1.lower()}-{slug(row.name)}"
            entry = Entry(id, row.name, row.lat, row.lon, row.country, "district", row.population, row.admin1)
            if row.name.endswith(" County"):
                entry.usual = [f"{row.name.removesuffix('County')}Co."]
            entry.prior = min(COUNTY_PRIOR, math.log10(row.population + 1))
            self.add(entry)

    def add_theatre(self, row: TheatreRow, where: str) -> None:
        if row.kind not in KINDS:
            self.problems.append(f"{where}: no kind {row.kind!r}")
        elif row.country and row.country not in self.countries:
            self.problems.append(f"{where}: no country {row.country!r}")
        elif (entry := self.known(row)) is not None:
            entry.within = row.within
            if entry.name != row.name:
                entry.other.append(entry.name)
            entry.name, entry.own = row.name, True
            entry.usual[:0] = row.aliases
            entry.kind = row.kind
            self.index(entry, (row.name, *row.aliases))
        elif row.lat is None or row.lon is None:
            self.problems.append(f"{where}: {row.name} is not in GeoNames, so it needs coordinates")
        else:
            id = f"th:{row.country.lower() or 'xx'}-{slug(row.name)}"
            if id in self.theatre_ids:
                id += f"-{row.kind}"
            if id in self.theatre_ids:
                self.problems.append(f"{where}: {row.name} stands there twice")
            self.theatre_ids.add(id)
            entry = Entry(id, row.name, row.lat, row.lon, row.country, row.kind, within=row.within, own=True)
            entry.usual = list(row.aliases)
            self.add(entry)

    def known(self, row: TheatreRow) -> Entry | None:
        """The settlement that a row names: by any of its names nearby, by its name alone if it has no point."""
        if row.kind not in SETTLEMENT_KINDS:
            return None
        for index, form in ((self.by_fold, fold), (self.by_key, key)):
            hits = [
                e for name in (row.name, *row.aliases) for e in index.get((row.country, form(name)), ()) if not e.own
            ]
            if row.lat is not None and row.lon is not None:
                hits = [e for e in hits if distance_km(e, row.lat, row.lon) <= SAME_PLACE_KM]
                # nearer beats bigger only where the bigger is another place: a point is given to about a kilometre
                hits.sort(key=lambda e: (distance_km(e, row.lat or 0.0, row.lon or 0.0) // 5, -e.population, e.id))
            else:
                hits.sort(key=lambda e: (-e.population, e.id))
            if hits:
                return hits[0]
        return None

    def part_namesakes(self) -> None:
        """Takes from GeoNames entries the names that belong to a place of the own tables close by."""
        for own in [e for e in self.entries if e.own and e.kind in SETTLEMENT_KINDS]:
            name = fold(own.name)
            for e in [e for e in self.by_fold[own.country, name] if e is not own]:
                if fold(e.name) != name and distance_km(e, own.lat, own.lon) <= SAME_PLACE_KM:
                    e.usual = [alias for alias in e.usual if fold(alias) != name]
                    e.other = [alias for alias in e.other if fold(alias) != name]

    def read_ucdp(self) -> None:
        seen: set[str] = set()
        with (self.sources / "ucdp_places_syria.tsv").open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                raw, lat, lon = row["name"], float(row["latitude"]), float(row["longitude"])
                names, last = variants(raw)
                names = [name for name in names if fold(name) not in self.country_names]
                if not names or last in ("governorate", "province"):
                    continue
                kind = UCDP_KINDS.get(last, "facility" if last else "village")
                if last in UCDP_PART_OF_NAME:
                    names = [f"{name} {last}" for name in names] if len(names) == 1 else [raw.replace("/", " "), *names]
                same = self.village(names, lat, lon)
                if same is not None:
                    same.usual.extend(names)
                    self.index(same, names)
                    same.prior = max(same.prior, UCDP_FLOOR)
                    continue
                id = f"ged:sy-{slug(raw)}"
                while id in seen:
                    id += "+"
                seen.add(id)
                self.add(
                    Entry(id, names[0], lat, lon, "SY", kind, usual=names[1:], within=row["adm1"], prior=UCDP_FLOOR)
                )

    def village(self, names: Sequence[str], lat: float, lon: float) -> Entry | None:
        """The settlement in Syria of one of these names, within a short walk."""
        for name in names:
            for index, form in ((self.by_fold, fold), (self.by_key, key)):
                for entry in index.get(("SY", form(name)), ()):
                    if distance_km(entry, lat, lon) <= SAME_VILLAGE_KM:
                        return entry
        return None

    def read_airfields(self) -> None:
        facts = json.loads((self.sources / "countries.json").read_text("utf-8"))
        iso = {fact["fips"]: code for code, fact in facts.items() if fact["fips"]}
        own = [e for e in self.entries if e.kind in ("airbase", "airport")]
        seen: set[str] = set()
        with (self.sources / "airports-dafif.dat").open(encoding="latin-1", newline="") as stream:
            for cells in csv.reader(stream):
                fips, name, icao, _, lon_text, lat_text, *_ = cells
                country = iso.get(fips, "")
                if not self.war(country) and not re.search(r"\b(Ab|Afb|Raf|Air Base)\b", name):
                    continue
                lat, lon = float(lat_text), float(lon_text)
                base = re.sub(r"\s+(Intl|International|Airport|Ab|Afb|Aaf|Air Base|Aux|New)\b\.?", "", name).strip()
                military = bool(re.search(r"\b(Ab|Afb|Aaf|Raf|Air Base|Af)\b", name))
                id = f"ab:{(icao or slug(f'{fips} {name}')).lower()}"
                if id in seen or not base or country not in self.countries:
                    continue
                if any(e.country == country and distance_km(e, lat, lon) < 6 for e in own):
                    continue
                seen.add(id)
                words = ("Air Base", "Airbase", "Airport", "Military Airport", "Airfield", "International Airport")
                names = [f"{base} {word}" for word in (words if military else (words[2], *words[:2], *words[3:]))]
                self.add(
                    Entry(
                        id,
                        names[0],
                        lat,
                        lon,
                        country,
                        "airbase" if military else "airport",
                        usual=names[1:],
                        prior=FACILITY_PRIOR,
                    )
                )

    def read_heritage(self) -> None:
        towns: dict[tuple[int, int], list[Entry]] = defaultdict(list)
        for e in self.entries:
            if e.kind in SETTLEMENT_KINDS:
                towns[round(e.lat * 5), round(e.lon * 5)].append(e)
        with (self.sources / "whc-sites-2019.csv").open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                country = row["iso_code"].split(",")[0].strip().upper()
                if country not in self.countries:
                    continue
                lat, lon = float(row["latitude"]), float(row["longitude"])
                name = re.sub(r"<[^>]*>", "", row["name_en"]).strip()
                name = re.sub(r"\s*\([^)]*\)$", "", name)
                cell = (round(lat * 5), round(lon * 5))
                if any(fold(name) == fold(n) for e in towns[cell] for n in (e.name, *e.usual, *e.other)):
                    continue
                self.add(Entry(f"whc:{row['id_no']}", name, lat, lon, country, "heritage", prior=FACILITY_PRIOR))

    def set_parents(self) -> None:
        cells: dict[tuple[int, int], list[Entry]] = defaultdict(list)
        for e in self.entries:
            if e.id.startswith("gn:") and e.kind in SETTLEMENT_KINDS:
                cells[round(e.lat), round(e.lon)].append(e)
        named: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for e in self.entries:
            if e.own or e.kind == "country" or e.population >= 5_000:
                for name in (e.name, *e.usual):
                    named[e.country, fold(name)].append(e)
        for e in self.entries:
            if e.kind in ("country", "continent", "sea") or not e.country:
                continue
            if e.within:
                holders = [h for h in named[e.country, fold(e.within)] if h is not e]
                holder = max(
                    holders,
                    key=lambda h: (h.own, h.kind == "governorate" and "Governorate" in e.within, h.population, h.id),
                    default=None,
                )
                if holder is None and e.own:
                    self.problems.append(f"{e.name}: no place {e.within!r} in {e.country}")
                e.parent = holder
                if holder is not None and not e.admin1:
                    e.admin1 = holder.admin1
            if not e.admin1 and e.kind not in ("region", "country"):
                e.admin1 = nearest_code(e, cells)
            if e.parent is None and e.kind not in ("governorate", "region"):
                e.parent = self.admin1.get((e.country, e.admin1))
            if e.parent is None:
                e.parent = self.countries.get(e.country)
        for e in self.entries:
            seen = {id(e)}
            while e.parent is not None:
                if id(e.parent) in seen:
                    self.problems.append(f"{e.name} lies within itself")
                    break
                seen.add(id(e.parent))
                e = e.parent

    def set_priors(self) -> None:
        for e in self.entries:
            if e.kind in SETTLEMENT_KINDS:
                e.prior = max(e.prior, math.log10(e.population + 1))
                if self.war(e.country):
                    e.prior += WAR_BONUS
            if e.own and e.kind not in ("governorate", "country"):
                e.prior = max(e.prior + 0.4, THEATRE_FLOOR + (0.6 if e.kind in ("region", "continent", "sea") else 0.0))

    def digest(self) -> str:
        return digest_of(PLACES)

    def write(self, path: Path) -> None:
        own = sorted((e for e in self.entries if not e.id.startswith("gn:")), key=lambda e: e.id)
        geonames = sorted((e for e in self.entries if e.id.startswith("gn:")), key=lambda e: int(e.id[3:]))
        ordered = own + geonames
        if len({e.id for e in ordered}) != len(ordered):
            raise LexiconError("two places have one id")
        row_of = {id(e): row for row, e in enumerate(ordered)}
        names: list[str] = []
        counts: list[int] = []
        usual: list[int] = []
        loose: set[tuple[int, int]] = set()
        for row, e in enumerate(ordered):
            own_names, common = e.names()
            names += own_names
            counts.append(len(own_names))
            usual.append(common)
            if self.loose(e.country) and e.kind != "country":
                loose.update(
                    (zlib.crc32(k.encode()), row) for n in own_names if len((k := key(n)).replace(" ", "")) >= 4
                )
        codes = sorted({(e.country, e.admin1) for e in ordered})
        code_of = {code: n for n, code in enumerate(codes)}
        countries = sorted({e.country for e in ordered})
        country_of = {country: n for n, country in enumerate(countries)}
        titles = [
            (code, self.admin1[country, code].name if (country, code) in self.admin1 else None)
            for country, code in codes
        ]
        meta = {
            "countries": countries,
            "kinds": list(KINDS),
            "admin1": titles,
            "ids": [e.id for e in own],
            "cyrillic": sorted(row.iso for row in self.rows.values() if row.script == "Cyrillic"),
            "digest": self.digest(),
        }
        encoded = [name.encode() for name in names]
        pairs = sorted(loose)
        arrays = {
            "meta": np.frombuffer(json.dumps(meta, ensure_ascii=False, separators=(",", ":")).encode(), np.uint8),
            "geonames": np.array([int(e.id[3:]) for e in geonames], np.int32),
            "lat": np.array([round(e.lat * 1e5) for e in ordered], np.int32),
            "lon": np.array([round(e.lon * 1e5) for e in ordered], np.int32),
            "population": np.array([e.population for e in ordered], np.uint32),
            "country": np.array([country_of[e.country] for e in ordered], np.uint8),
            "admin1_of": np.array([code_of[e.country, e.admin1] for e in ordered], np.uint16),
            "kind": np.array([KINDS.index(e.kind) for e in ordered], np.uint8),
            "parent": np.array([row_of[id(e.parent)] if e.parent is not None else -1 for e in ordered], np.int32),
            "prior": np.array([min(255, round(e.prior * PRIOR_SCALE)) for e in ordered], np.uint8),
            "name_count": np.array(counts, np.uint8),
            "usual": np.array(usual, np.uint8),
            "name_length": np.array([len(n) for n in encoded], np.uint8),
            "names": np.frombuffer(b"".join(encoded), np.uint8),
            "name_hash": np.array([zlib.crc32(fold(n).encode()) for n in names], np.uint32),
            "loose_hash": np.array([h for h, _ in pairs], np.uint32),
            "loose_row": np.array([row for _, row in pairs], np.int32),
        }
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, array in arrays.items():
                buffer = io.BytesIO()
                np.lib.format.write_array(buffer, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
                info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, buffer.getvalue(), compresslevel=9)
        print(
            f"{len(ordered):,} places, {len(names):,} names, {len(pairs):,} loose keys, {path.stat().st_size:,} bytes"
        )


def digest_of(places: Path) -> str:
    """SHA-256 of the project's own place tables, by which a stale ``places.npz`` is noticed."""
    total = hashlib.sha256()
    tables = ("countries.csv", "admin1.csv", "counties.csv")
    for path in sorted([*(places / name for name in tables), *(places / "theatre").glob("*.csv")]):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def variants(raw: str) -> tuple[list[str], str]:
    """Names in a UCDP place name, and the small word for its kind: "Tall Rifat/Tal Rifaat town" -> both, "town"."""
    names: list[str] = []
    last = ""
    for part in re.sub(r"\(([^)]*)\)", r"/\1", raw).split("/"):
        words = part.split()
        if words and words[-1].islower() and words[-1].isalpha() and len(words) > 1:
            last = words.pop()
        name = " ".join(words)
        if len(name) > 2 and name[0].isalpha() and name not in names:
            names.append(name)
    return names, last


def middle(geometry: dict[str, object]) -> tuple[float, float]:
    """Area-weighted middle of the largest ring of an outline, as latitude and longitude."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    best: tuple[float, float, float] = (0.0, 0.0, 0.0)
    for polygon in polygons:  # type: ignore[attr-defined]
        ring: Sequence[tuple[float, float]] = polygon[0]
        area = x = y = 0.0
        for (x0, y0), (x1, y1) in pairwise(ring):
            cross = x0 * y1 - x1 * y0
            area += cross
            x += (x0 + x1) * cross
            y += (y0 + y1) * cross
        if abs(area) > best[0]:
            best = (abs(area), y / (3 * area), x / (3 * area))
    return best[1], best[2]


def pairwise(ring: Sequence[tuple[float, float]]) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def nearest_code(entry: Entry, cells: dict[tuple[int, int], list[Entry]]) -> str:
    """Admin1 code of the nearest GeoNames settlement of the same country, "" where none is near."""
    row, column = round(entry.lat), round(entry.lon)
    near = [
        e
        for r in (row - 1, row, row + 1)
        for c in (column - 1, column, column + 1)
        for e in cells[r, c]
        if e.country == entry.country
    ]
    best = min(near, key=lambda e: (distance_km(e, entry.lat, entry.lon), e.id), default=None)
    return best.admin1 if best else ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, required=True, help="folder with the open gazetteers")
    parser.add_argument("--out", type=Path, default=PLACES / "places.npz")
    options = parser.parse_args()
    builder = Builder(options.sources)
    try:
        builder.run()
        builder.write(options.out)
    except LexiconError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
