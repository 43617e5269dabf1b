"""The gazetteer: which places a name may mean, and where they are.

`load` reads one compressed file, ``data/places/places.npz`` (format in the README beside it), into arrays; a `Place` is
made when asked for. A name is looked up by the CRC-32 of its folded form in a sorted array, and every hit is verified
against the name itself, so that colliding hashes never give a wrong place.
"""

from __future__ import annotations

import json
import math
import os
import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tadmor.errors import LexiconError
from tadmor.lexicon import ownplaces
from tadmor.lexicon.placename import fold, has_article, key
from tadmor.records import Record

__all__ = ["ADMIN_KINDS", "AREA_KINDS", "SETTLEMENT_KINDS", "Gazetteer", "Place", "PlaceFound", "fold", "key", "load"]

SETTLEMENT_KINDS = frozenset({"city", "town", "village", "suburb", "camp"})
ADMIN_KINDS = frozenset({"country", "governorate", "district"})
AREA_KINDS = ADMIN_KINDS | {"region", "area", "continent", "sea"}

PRIOR_SCALE = 20  # priors are stored in twentieths
ALIAS_COST = 1.5  # a hit on a foreign or historical name is this much less likely meant than one on the usual name
LOOSE_COST = 1.0  # so is a hit that needed `key`
REMEMBERED = 1 << 13  # places and names of which what was found is kept
MAX_CANDIDATES = 40
_JOINERS = (Path(__file__), Path(__file__).with_name("placemerge.py"))  # where these change, places are joined anew


class Place(Record, frozen=True, kw_only=True):
    """An entry of the gazetteer. Coordinates are WGS 84 degrees; `population` is 0 where unknown.

    `admin1` is the code that GeoNames gives the first-order division, `admin1_name` its name where known. `parent` is
    the id of the next larger place. `prior` says how likely news means this place: about log10 of its population,
    more for countries and for places known from wars.
    """

    id: str  # "gn:" GeoNames, "th:" theatre files, "ged:" UCDP, "ab:" DAFIF, "whc:" World Heritage, "ocha:" COD-AB
    name: str
    lat: float
    lon: float
    country: str  # ISO 3166-1 alpha-2; "" for seas and continents
    admin1: str | None = None
    admin1_name: str | None = None
    kind: str
    population: int = 0
    parent: str | None = None
    prior: float = 0.0
    aliases: tuple[str, ...] = ()


class PlaceFound(NamedTuple):
    """Tokens ``words[start:end]`` name one of the places `ids`, likeliest first."""

    start: int
    end: int
    ids: tuple[str, ...]


class Hit(NamedTuple):
    """A row that bears a name: how likely it is meant, and the name as the gazetteer writes it."""

    score: float
    row: int
    name: str
    loose: bool


class Gazetteer:
    """All places, immutable. Build with `load`."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        def column(name: str, kind: type[np.generic]) -> npt.NDArray[np.generic]:
            array = arrays[name]
            if array.dtype != kind:
                raise LexiconError(f"places.npz: {name} is {array.dtype}, not {np.dtype(kind)}")
            return array

        meta = json.loads(bytes(arrays["meta"]))
        self.countries: Sequence[str] = meta["countries"]
        self.kinds: Sequence[str] = meta["kinds"]
        self._cyrillic = frozenset(n for n, iso in enumerate(self.countries) if iso in meta["cyrillic"])
        self.digest: str = meta["digest"]  # of the files it was made from
        self._admin1: Sequence[tuple[str, str | None]] = [(code, name) for code, name in meta["admin1"]]
        self._own_ids: Sequence[str] = meta["ids"]
        self._own_rows = {id: row for row, id in enumerate(self._own_ids)}
        self._geonames = _view(column("geonames", np.int32))
        self._lat = column("lat", np.int32)
        self._lon = column("lon", np.int32)
        self._population = column("population", np.uint32)
        self._country = column("country", np.uint8)
        self._admin1_of = column("admin1_of", np.uint16)
        self._kind = column("kind", np.uint8)
        self._parent = column("parent", np.int32)
        self._prior = column("prior", np.uint8)
        self._usual = column("usual", np.uint8)  # how many of a place's names, from its first, are in common use
        self._names = column("names", np.uint8).tobytes()
        counts = column("name_count", np.uint8).astype(np.int32)
        self._first_name = _view(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))
        lengths = column("name_length", np.uint8).astype(np.int32)
        self._name_at = _view(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32))
        if self._name_at[-1] != len(self._names) or self._first_name[-1] != len(lengths):
            raise LexiconError("places.npz: names do not add up; make it again with tools/build_gazetteer.py")
        hashes = column("name_hash", np.uint32)
        order = np.argsort(hashes, kind="stable")
        self._hashes = _view(hashes[order])
        self._hash_name = order.astype(np.int32)
        self._loose = _view(column("loose_hash", np.uint32))
        self._loose_row = column("loose_row", np.int32)
        # reports on one war name the same places again and again
        self._read_place = lru_cache(maxsize=REMEMBERED)(self._place)
        self._read_exact = lru_cache(maxsize=REMEMBERED)(self._exact)
        self._read_similar = lru_cache(maxsize=REMEMBERED)(self._similar)
        self._read_usual = lru_cache(maxsize=REMEMBERED)(self._usual_name)
        self._read_ancestors = lru_cache(maxsize=REMEMBERED)(self._ancestors_of)

    def __len__(self) -> int:
        return len(self._lat)

    def get(self, id: str) -> Place:
        """The place with that id; KeyError where there is none."""
        return self.place(self.row(id))

    def lookup(self, name: str) -> list[Place]:
        """All places that `name` may mean, likeliest first; [] where unknown."""
        return [self.place(hit.row) for hit in self.hits(name)]

    def ancestors(self, id: str) -> list[Place]:
        """The larger places that hold it, nearest first, the country last."""
        return list(self._read_ancestors(id))

    def _ancestors_of(self, id: str) -> tuple[Place, ...]:
        return tuple(self.place(row) for row in self._ancestors(self.row(id)))

    def usual(self, id: str, folded: str) -> bool:
        """Whether a folded name is one that English news uses for the place, no foreign or historical one."""
        return self._read_usual(id, folded)

    def _usual_name(self, id: str, folded: str) -> bool:
        row = self.row(id)
        start = self._first_name[row]
        return any(fold(self._name(index)) == folded for index in range(start, start + int(self._usual[row])))

    def bears(self, id: str, folded: str) -> bool:
        """Whether a folded name is one of the place's, and not only spelled much like one."""
        return any(fold(name) == folded for name in self.names(self.row(id)))

    def id(self, row: int) -> str:
        """Id of a row."""
        own = len(self._own_ids)
        return self._own_ids[row] if row < own else f"gn:{self._geonames[row - own]}"

    def place(self, row: int) -> Place:
        """The place in a row."""
        return self._read_place(row)

    def _place(self, row: int) -> Place:
        names = list(self.names(row))
        code, admin1_name = self._admin1[int(self._admin1_of[row])]
        parent = int(self._parent[row])
        return Place(
            id=self.id(row),
            name=names[0],
            lat=int(self._lat[row]) / 1e5,
            lon=int(self._lon[row]) / 1e5,
            country=self.countries[int(self._country[row])],
            admin1=code or None,
            admin1_name=admin1_name,
            kind=self.kind(row),
            population=int(self._population[row]),
            parent=self.id(parent) if parent >= 0 else None,
            prior=self.prior(row),
            aliases=tuple(names[1:]),
        )

    def kind(self, row: int) -> str:
        """Kind of the place in a row."""
        return self.kinds[int(self._kind[row])]

    def prior(self, row: int) -> float:
        """See `Place.prior`."""
        return int(self._prior[row]) / PRIOR_SCALE

    def hits(self, name: str, *, loose: bool = True) -> list[Hit]:
        """Rows that bear `name`, likeliest first; where none does exactly and if `loose`, those sharing its `key`."""
        folded = fold(name)
        if not folded:
            return []
        return self.exact(folded) or (self.similar(folded) if loose else [])

    def exact(self, folded: str) -> list[Hit]:
        """Hits of an already folded name."""
        return list(self._read_exact(folded))

    def _exact(self, folded: str) -> list[Hit]:
        best: dict[int, Hit] = {}
        for at in _equal(self._hashes, zlib.crc32(folded.encode())):
            index = int(self._hash_name[at])
            text = self._name(index)
            if fold(text) != folded:
                continue
            row = bisect_right(self._first_name, index) - 1
            alias = index - self._first_name[row] >= int(self._usual[row])
            hit = Hit(self.prior(row) - (ALIAS_COST if alias else 0.0), row, text, False)
            if row not in best or best[row].score < hit.score:
                best[row] = hit
        return _ranked(best.values())

    def similar(self, folded: str) -> list[Hit]:
        """Hits by transliteration, for names of at least four letters. No Arabic article leads to Russia or Ukraine."""
        return list(self._read_similar(folded))

    def _similar(self, folded: str) -> list[Hit]:
        wanted = key(folded)
        arabic = has_article(folded)
        if len(wanted.replace(" ", "")) < 4:
            return []
        hits = []
        for at in _equal(self._loose, zlib.crc32(wanted.encode())):
            row = int(self._loose_row[at])
            if arabic and int(self._country[row]) in self._cyrillic:
                continue
            text = next((name for name in self.names(row) if key(name) == wanted), None)
            if text is not None:
                hits.append(Hit(self.prior(row) - LOOSE_COST, row, text, True))
        return _ranked(hits)

    def find(self, words: Sequence[str]) -> list[PlaceFound]:
        """Place names among tokens, longest first from left to right, without overlap.

        Tokens may be split at hyphens and possessives. Names that are common words or names of people count only with
        a cue ("in Hit", "the town of Most"). Names of organisations are not recognised here.
        """
        from tadmor.lexicon.placefind import find  # that module needs this one

        return find(self, words)

    def row(self, id: str) -> int:
        """Row of an id; KeyError where there is none."""
        if id.startswith("gn:") and id[3:].isdecimal():
            number = int(id[3:])
            at = bisect_left(self._geonames, number)
            if at < len(self._geonames) and self._geonames[at] == number:
                return at + len(self._own_ids)
        return self._own_rows[id]

    def _ancestors(self, row: int) -> Iterator[int]:
        parent = int(self._parent[row])
        while parent >= 0:
            yield parent
            parent = int(self._parent[parent])

    def names(self, row: int) -> Iterator[str]:
        """All names of the place in a row, its own first."""
        return (self._name(index) for index in range(self._first_name[row], self._first_name[row + 1]))

    def _name(self, index: int) -> str:
        return self._names[self._name_at[index] : self._name_at[index + 1]].decode()


def _view(array: npt.NDArray[np.generic]) -> memoryview:
    """The array as Python sees one number at a time: an order of magnitude faster there than NumPy."""
    return memoryview(array.tobytes()).cast("i" if array.dtype == np.int32 else "I")


def _equal(hashes: memoryview, wanted: int) -> Iterator[int]:
    at = bisect_left(hashes, wanted)
    while at < len(hashes) and hashes[at] == wanted:
        yield at
        at += 1


def _ranked(hits: Iterable[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.row))[:MAX_CANDIDATES]


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance of two points in degrees, by the haversine formula on a sphere of radius 6371 km."""
    p, q = math.radians(lat), math.radians(other_lat)
    h = math.sin((p - q) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(lon - other_lon) / 2) ** 2
    return 12742.0 * math.asin(math.sqrt(min(1.0, h)))


@cache
def load() -> Gazetteer:
    """The shipped gazetteer with the user's own places, read once per process.

    Raises `LexiconError` where a file is missing or damaged.
    """
    shipped = files("tadmor") / "data" / "places" / "places.npz"
    tables = ownplaces.tables()
    if not tables:
        return read(shipped)
    joined = tables[0].parent / f".joined-{ownplaces.digest([*tables, Path(str(shipped)), *_JOINERS])}.npz"
    with suppress(LexiconError):  # joining tens of thousands of places takes seconds; so it is done once
        return read(joined)
    return read(shipped, own=list(ownplaces.read(tables)), keep=joined)


def _write(arrays: Mapping[str, npt.NDArray[np.generic]], path: Path) -> None:
    """Write the arrays in one step and take away what was kept before; nothing where the folder cannot be written."""
    with suppress(OSError):
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        with part.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)
        for old in path.parent.glob(".joined-*.npz"):
            old.unlink(missing_ok=True)
        part.replace(path)


def read(path: Traversable, *, own: Sequence[ownplaces.OwnPlace] = (), keep: Path | None = None) -> Gazetteer:
    """The gazetteer in a file of the format of ``places.npz``, with places of the user's own.

    With `keep` what is read is also written there, if that can be done. Raises `LexiconError` where the file is not of
    that format.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if own:
            from tadmor.lexicon.placemerge import merged  # that module needs this one

            arrays = merged(arrays, own)
        if keep is not None:
            _write(arrays, keep)
        return Gazetteer(arrays)
    except (OSError, ValueError, KeyError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise LexiconError(f"{path}: {error}; make it with tools/build_gazetteer.py") from error
