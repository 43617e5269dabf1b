"""Reads gazetteers of others into the user's own places (`tadmor.lexicon.ownplaces`).

- GeoNames country dumps: tab-separated, 19 columns, as ``SY.txt`` or ``SY.zip``.
- OCHA COD-AB tables of administrative divisions: CSV with columns such as ``ADM2_EN`` and ``ADM2_PCODE``, and a point.

A row that is not as the format says is named with its line, and the others are read.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tadmor.errors import InputError
from tadmor.lexicon.ownplaces import OwnPlace
from tadmor.lexicon.placename import fold, is_name, plain

GEONAMES_COLUMNS = 19
LARGEST = 4_000_000_000  # bytes of a dump, unpacked; that of all countries has 1.7 billion
LONGEST = 200_000  # characters of a line
csv.field_size_limit(LONGEST)

# Feature codes of GeoNames that reports on wars name, and what they are here; settlements (class P) go by population.
KINDS = {
    "ADM1": "governorate", "ADM2": "district", "ADM3": "district", "ADM4": "district",
    "AIRB": "airbase", "AIRF": "airport", "AIRP": "airport", "AIRH": "airbase", "BDG": "bridge", "CSTL": "castle",
    "DAM": "dam", "FT": "base", "MILB": "base", "NVB": "base", "INSM": "base", "BAR": "base", "BP": "crossing",
    "PRN": "prison", "OILF": "oilfield", "OILW": "oilfield", "GASF": "gasfield", "OILR": "refinery", "PS": "plant",
    "PSH": "plant", "HSP": "hospital", "UNIV": "university", "PRT": "port", "HBR": "port", "CMPRF": "camp",
    "CMP": "camp", "MSTY": "church", "ANS": "heritage", "RUIN": "heritage", "MT": "mountain", "MTS": "mountain",
    "HLL": "hill", "ISL": "island", "LK": "lake", "RSV": "lake", "STM": "river", "DSRT": "desert", "RGN": "area",
    "PPLX": "suburb",
}  # fmt: skip
CITY, TOWN = 100_000, 5_000
POINTS = (  # names of columns for latitude and longitude
    ("lat", "lon"), ("latitude", "longitude"), ("center_lat", "center_lon"), ("centroid_lat", "centroid_lon"),
    ("y", "x"), ("point_y", "point_x"), ("lat", "long"), ("y_coord", "x_coord"),
)  # fmt: skip
SETTLED_NAMES = ("name_en", "featurename_en", "featurerefname", "featurename", "village_en", "settlement", "name")
SETTLED_CODES = ("pcode", "featurepcode", "village_pcode", "settlement_pcode", "ppl_pcode")
_LEVEL = re.compile(r"adm(?:in)?([0-5])_?(en|name|pcode|name_en|[a-z]{2,3}|name[1-3]?)?$")


class Bad(NamedTuple):
    """A row that was not read: its line in the file, and why."""

    line: int
    why: str


class Imported(NamedTuple):
    """What a file holds: its places, and the rows that could not be read."""

    format: str
    places: list[OwnPlace]
    bad: list[Bad]


def read(path: Path, *, country: str | None = None, known: Callable[[str], str | None] | None = None) -> Imported:
    """The places of a file, whose format is found from its content.

    `country` (ISO 3166-1 alpha-2) is that of rows that do not say theirs; `known` gives the code for a country's name.
    Raises `InputError` where the file cannot be read or is of neither format.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
        if head[:4] == b"PK\x03\x04":
            return _zipped(path)
        if not head.strip():
            raise InputError(f"{path}: the file is empty")
        first = head.decode("utf-8-sig", "replace").splitlines()[0]
        if first.count("\t") == GEONAMES_COLUMNS - 1 and first.split("\t")[0].isdecimal():
            with path.open(encoding="utf-8", errors="replace", newline="\n") as text:
                return geonames(text)
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
            return admin_table(text, name=str(path), country=country, known=known)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _zipped(path: Path) -> Imported:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if any(name.startswith("xl/") for name in names):
                raise InputError(f"{path}: this is a spreadsheet; save its sheet as CSV (UTF-8) and import that")
            dumps = [n for n in names if n.lower().endswith(".txt") and not n.lower().endswith("readme.txt")]
            if len(dumps) != 1:
                raise InputError(
                    f"{path}: a GeoNames dump holds one .txt beside readme.txt, this archive {len(dumps)}; "
                    "unpack it and import the file you mean"
                )
            if archive.getinfo(dumps[0]).file_size > LARGEST:
                raise InputError(f"{path}: {dumps[0]} is larger than {LARGEST:,} bytes; import single countries")
            with archive.open(dumps[0]) as stream:
                return geonames(io.TextIOWrapper(stream, encoding="utf-8", errors="replace", newline="\n"))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{path}: the archive cannot be read ({error}); download it again") from error


def geonames(lines: Iterable[str]) -> Imported:
    """Settlements, divisions and what reports on wars name, of a dump. Places that no longer exist are left out."""
    places: list[OwnPlace] = []
    bad: list[Bad] = []
    codes: dict[tuple[str, ...], str] = {}  # division codes to ids
    pending: list[tuple[int, tuple[str, ...]]] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        if not text:
            continue
        cells = text.split("\t")
        if len(cells) != GEONAMES_COLUMNS:
            bad.append(Bad(number, f"{len(cells)} columns; a GeoNames dump has {GEONAMES_COLUMNS}"))
            continue
        try:
            place, division = _geoname(cells)
        except ValueError as error:
            bad.append(Bad(number, str(error)))
            continue
        if place is None or place.id in seen:
            continue
        seen.add(place.id)
        if place.kind in ("governorate", "district"):
            codes.setdefault(division, place.id)
        pending.append((len(places), division))
        places.append(place)
    for at, division in pending:
        place = places[at]
        own = place.kind in ("governorate", "district")
        within = next((codes[division[:n]] for n in range(len(division) - own, 1, -1) if codes.get(division[:n])), "")
        places[at] = _with(place, within="" if within == place.id else within)
    return Imported("GeoNames", places, bad)


def _geoname(cells: Sequence[str]) -> tuple[OwnPlace | None, tuple[str, ...]]:
    """The place of a row (None for one that is of no use), and the codes of its divisions from the country down."""
    number, name, ascii_name, others, lat, lon, group, code, country = cells[:9]
    if not number.isdecimal():
        raise ValueError(f"{number!r} is no GeoNames number")
    if not name.strip():
        raise ValueError("the name is missing")
    if len(country) != 2 or not country.isalpha():
        raise ValueError(f"{country!r} is no ISO 3166-1 alpha-2 code")
    kind = KINDS.get(code)
    population = _whole(cells[14])
    if kind is None and group == "P" and code not in ("PPLQ", "PPLH", "PPLW"):
        kind = "city" if population >= CITY else "town" if population >= TOWN else "village"
    point = _point(lat, lon)
    if kind is None:
        return None, ()
    depth = int(code[3]) if code[:3] == "ADM" and code[3:4].isdecimal() else 4
    division = (country.upper(), *(cell for cell in cells[10 : 10 + depth] if cell))
    latin = plain(name.strip())
    names = [ascii_name.strip()] if ascii_name.strip() and fold(ascii_name) != fold(latin) else []
    return (
        OwnPlace(
            id=f"gn:{int(number)}",
            name=latin,
            kind=kind,
            country=country.upper(),
            lat=point[0],
            lon=point[1],
            admin1=cells[10],
            population=population,
            names=tuple(names),
            aliases=tuple(sorted({plain(other) for other in others.split(",") if is_name(other)})),
        ),
        division,
    )


class _Level(NamedTuple):
    name: str  # column
    code: str | None
    others: tuple[str, ...]


def admin_table(
    lines: Iterable[str],
    *,
    name: str,
    country: str | None = None,
    known: Callable[[str], str | None] | None = None,
) -> Imported:
    """Divisions of a table with a column for the name and one for the code (P-code) of each level.

    A row's point is that of its deepest level, or of the settlement that it names; a larger division without a row of
    its own gets the middle of its parts. Raises `InputError` where the columns are missing.
    """
    numbered = _numbered(lines)
    try:
        header = next(numbered)[1]
    except StopIteration:
        raise InputError(f"{name}: the file is empty") from None
    columns = {cell.strip().lower(): at for at, cell in enumerate(header)}
    levels = _levels(columns)
    if not levels:
        raise InputError(
            f"{name}: neither a GeoNames dump (19 columns, tab-separated) nor a COD-AB table: "
            f"no column such as ADM1_EN among {', '.join(cell.strip() for cell in header[:12])}"
        )
    axes = next(((a, b) for a, b in POINTS if a in columns and b in columns), None)
    if axes is None:
        raise InputError(f"{name}: no columns for the point; name them lat and lon (WGS 84 degrees)")
    return _AdminTable(columns, levels, axes, country, known).read(numbered, len(header))


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, []
            continue
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _levels(columns: Mapping[str, int]) -> dict[int, _Level]:
    """The columns of each level; English names before others."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for column in columns:
        if match := _LEVEL.match(column):
            found[int(match[1])][match[2] or "name"] = column
    levels: dict[int, _Level] = {}
    for level, by in sorted(found.items()):
        usual = next((by[word] for word in ("en", "name_en", "name", "name1", "fr", "es", "pt") if word in by), None)
        usual = usual or next((column for word, column in by.items() if word not in ("pcode", "ar")), None)
        if usual is not None:
            others = tuple(c for word, c in by.items() if word not in ("pcode", "ref") and c != usual)
            levels[level] = _Level(usual, by.get("pcode"), others)
    return levels


class _AdminTable:
    def __init__(
        self,
        columns: Mapping[str, int],
        levels: Mapping[int, _Level],
        axes: tuple[str, str],
        country: str | None,
        known: Callable[[str], str | None] | None,
    ) -> None:
        self.columns, self.levels, self.axes = columns, levels, axes
        self.country, self.known = country, known
        self.found: dict[str, OwnPlace] = {}
        self.parts: dict[str, list[tuple[float, float]]] = defaultdict(list)  # points in divisions without one
        self.larger: dict[str, OwnPlace] = {}
        self.settled = next((c for c in SETTLED_NAMES if c in columns), None)
        self.settled_code = next((c for c in SETTLED_CODES if c in columns), None)

    def read(self, rows: Iterator[tuple[int, list[str]]], width: int) -> Imported:
        bad: list[Bad] = []
        for line, cells in rows:
            if cells and cells[0].startswith("#"):  # the row of HXL tags
                continue
            try:
                if len(cells) != width:
                    raise ValueError(f"{len(cells)} cells; the header has {width}")
                self.add(cells)
            except ValueError as error:
                bad.append(Bad(line, str(error)))
        for id, points in self.parts.items():
            if id not in self.found:
                lat, lon = (sum(point[axis] for point in points) / len(points) for axis in (0, 1))
                self.found[id] = _with(self.larger[id], lat=round(lat, 5), lon=round(lon, 5))
        return Imported("COD-AB", list(self.found.values()), bad)

    def add(self, cells: Sequence[str]) -> None:
        point = _point(self.cell(cells, self.axes[0]), self.cell(cells, self.axes[1]))
        country = self.country_of(cells)
        within, deepest, admin1 = "", None, ""
        for level, columns in self.levels.items():
            name = self.cell(cells, columns.name)
            if level == 0 or not name:
                continue
            code = self.cell(cells, columns.code) or f"{country}-{fold(name).replace(' ', '-')}"
            aliases = sorted({other for c in columns.others if is_name(other := self.cell(cells, c)) and other != name})
            place = OwnPlace(
                id=f"ocha:{code}",
                name=plain(name),
                kind="governorate" if level == 1 else "district",
                country=country,
                lat=point[0],
                lon=point[1],
                admin1=admin1,
                within=within,
                aliases=tuple(aliases),
            )
            if level == 1:
                admin1 = code
                place = _with(place, admin1=code)
            self.larger.setdefault(place.id, place)
            if deepest is not None:
                self.parts[deepest.id].append(point)
            within, deepest = place.id, place
        if deepest is None:
            raise ValueError("no level has a name")
        if self.settled is not None and (name := self.cell(cells, self.settled)):
            code = self.cell(cells, self.settled_code) or f"{deepest.id[5:]}-{fold(name).replace(' ', '-')}"
            self.parts[deepest.id].append(point)
            deepest = _with(deepest, id=f"ocha:{code}", name=plain(name), kind="village", within=within, aliases=())
        if deepest.id in self.found:
            raise ValueError(f"{deepest.name} ({deepest.id[5:]}) stands there twice; the first is kept")
        self.found[deepest.id] = deepest

    def country_of(self, cells: Sequence[str]) -> str:
        level = self.levels.get(0)
        codes = [self.cell(cells, c.code)[:2] for c in self.levels.values() if c.code]
        named = self.known(self.cell(cells, level.name)) if level and self.known else None
        found = named or self.country or next((code for code in codes if len(code) == 2 and code.isalpha()), None)
        if not found:
            raise ValueError("the country is not said; give it with --country, for example --country SY")
        return found.upper()

    def cell(self, cells: Sequence[str], column: str | None) -> str:
        return cells[self.columns[column]].strip() if column is not None else ""


def _with(place: OwnPlace, **changes: object) -> OwnPlace:
    return msgspec.structs.replace(place, **changes)


def _point(lat: str, lon: str) -> tuple[float, float]:
    if not lat.strip() or not lon.strip():
        raise ValueError("the point is missing")
    try:
        point = float(lat), float(lon)
    except ValueError:
        raise ValueError(f"{lat!r}, {lon!r} is no point in degrees") from None
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        raise ValueError(f"{lat}, {lon} is no point in degrees")
    return round(point[0], 5), round(point[1], 5)


def _whole(text: str) -> int:
    try:
        return max(0, int(text or 0))
    except ValueError:
        raise ValueError(f"{text!r} is no population") from None
