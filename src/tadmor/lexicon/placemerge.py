"""Joins the user's own places (`tadmor.lexicon.ownplaces`) with the arrays of the shipped gazetteer.

A place that the gazetteer has already (by its id, as the first-order division of that code, or by a name of its own
within a short way) only gains names. Everything else becomes a row of its own.
"""

from __future__ import annotations

import json
import math
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import msgspec
import numpy as np
import numpy.typing as npt

from tadmor.lexicon.gazetteer import ADMIN_KINDS, PRIOR_SCALE, SETTLEMENT_KINDS, Gazetteer
from tadmor.lexicon.ownplaces import OwnPlace
from tadmor.lexicon.placename import fold, key

Arrays = dict[str, npt.NDArray[np.generic]]

SAME_KM = {
    "settlement": 5.0,
    "governorate": 200.0,
    "district": 40.0,
}  # a division's point may be its middle or its seat
MOST_NAMES = 250
# How likely news means a place of a kind of which nothing else is known; as in tools/build_gazetteer.py.
PRIORS = {"governorate": 5.2, "district": 4.0}
SETTLEMENT_PRIOR, OTHER_PRIOR = 2.6, 2.5


def merged(arrays: Mapping[str, npt.NDArray[np.generic]], rows: Iterable[OwnPlace]) -> Arrays:
    """The arrays with the rows in them. The same rows give the same arrays, whatever their order."""
    return _Merge(arrays, sorted(rows, key=lambda row: row.id)).run()


class _Merge:
    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]], rows: Sequence[OwnPlace]) -> None:
        self.arrays = dict(arrays)
        self.rows = rows
        self.base = Gazetteer(arrays)
        self.meta = json.loads(bytes(arrays["meta"]))
        self.own = len(self.meta["ids"])
        self.divisions = self._divisions()

    def run(self) -> Arrays:
        old = {row.id: at for row in self.rows if (at := self._known(row)) is not None}  # rows of the gazetteer
        codes = {  # what the gazetteer calls the divisions that it has: tables use codes of their own
            (row.country, row.admin1): self.base.place(old[row.id]).admin1 or ""
            for row in self.rows
            if row.id in old and row.kind == "governorate"
        }
        new = [
            msgspec.structs.replace(row, admin1=codes.get((row.country, row.admin1), row.admin1))
            for row in self.rows
            if row.id not in old
        ]
        self._add_names([(old[row.id], row) for row in self.rows if row.id in old])
        self._add_rows(new, old)
        return self.arrays

    def _divisions(self) -> dict[tuple[str, str], int]:
        """Rows of first-order divisions by country and code."""
        kind = self.base.kinds.index("governorate")
        found: dict[tuple[str, str], int] = {}
        for at in np.flatnonzero(self.arrays["kind"] == kind):
            place = self.base.place(int(at))
            if place.admin1:
                found.setdefault((place.country, place.admin1), int(at))
        return found

    def _known(self, row: OwnPlace) -> int | None:
        """The row of the gazetteer for the same place."""
        try:
            return self.base.row(row.id)
        except KeyError:
            pass
        if row.kind == "governorate" and (row.country, row.admin1) in self.divisions:
            return self.divisions[row.country, row.admin1]
        group = "settlement" if row.kind in SETTLEMENT_KINDS else row.kind
        if group not in SAME_KM:
            return None
        for name in (row.name, *row.names):
            for hit in self.base.exact(fold(name)):
                place = self.base.place(hit.row)
                same = "settlement" if place.kind in SETTLEMENT_KINDS else place.kind
                if same == group and place.country == row.country and _km(place.lat, place.lon, row) <= SAME_KM[group]:
                    return hit.row
        return None

    def _add_names(self, pairs: Sequence[tuple[int, OwnPlace]]) -> None:
        """Add names to rows that are there; they stand last and so count as uncommon ones."""
        more: dict[int, dict[str, str]] = defaultdict(dict)
        for at, row in pairs:
            known = {fold(name) for name in self.base.names(at)}
            room = MOST_NAMES - len(known)
            for name in (row.name, *row.names, *row.aliases):
                if (folded := fold(name)) and folded not in known and len(more[at]) < room:
                    more[at].setdefault(folded, name)
        added = [(at, name) for at, names in sorted(more.items()) for name in names.values()]
        if not added:
            return
        counts = self.arrays["name_count"].astype(np.int64)
        ends = np.cumsum(counts)  # of each row, among names
        bytes_at = np.concatenate([[0], np.cumsum(self.arrays["name_length"].astype(np.int64))])
        where = np.array([ends[at] for at, _ in added])
        texts = [name.encode()[:255] for _, name in added]
        lengths = np.array([len(text) for text in texts])
        spots = np.repeat(bytes_at[where], lengths)
        self._insert("names", spots, np.frombuffer(b"".join(texts), np.uint8))
        self._insert("name_length", where, lengths)
        self._insert("name_hash", where, np.array([zlib.crc32(fold(name).encode()) for _, name in added], np.uint32))
        np.add.at(counts, [at for at, _ in added], 1)
        self.arrays["name_count"] = counts.astype(np.uint8)
        self._add_loose([(at, [name]) for at, name in added])

    def _add_rows(self, rows: Sequence[OwnPlace], old: Mapping[str, int]) -> None:
        """Rows of their own, after those with text ids."""
        count, at = len(rows), self.own
        shifted = {id: row + count if row >= at else row for id, row in old.items()}
        for name in ("parent", "loose_row"):
            column = self.arrays[name].astype(np.int32)
            self.arrays[name] = np.where(column >= at, column + count, column).astype(np.int32)
        named = [_names(row) for row in rows]
        names = [some for some, _ in named]
        texts = [[name.encode()[:255] for name in some] for some in names]
        first = int(self.arrays["name_count"][:at].astype(np.int64).sum())
        start = int(self.arrays["name_length"][:first].astype(np.int64).sum())
        flat = list(chain.from_iterable(texts))
        self._insert("names", np.full(sum(map(len, flat)), start), np.frombuffer(b"".join(flat), np.uint8))
        self._insert("name_length", np.full(len(flat), first), np.array([len(text) for text in flat], np.uint8))
        hashes = [zlib.crc32(fold(name).encode()) for name in chain.from_iterable(names)]
        self._insert("name_hash", np.full(len(hashes), first), np.array(hashes, np.uint32))
        here = np.full(count, at)
        countries, kinds = self._countries(rows), self.meta["kinds"]
        values = {
            "lat": [round(row.lat * 1e5) for row in rows],
            "lon": [round(row.lon * 1e5) for row in rows],
            "population": [max(0, row.population) for row in rows],
            "country": [countries[row.country] for row in rows],
            "admin1_of": self._codes(rows),
            "kind": [kinds.index(row.kind) if row.kind in kinds else kinds.index("facility") for row in rows],
            "prior": [min(255, round(_prior(row) * PRIOR_SCALE)) for row in rows],
            "name_count": [len(some) for some in names],
            "usual": [usual for _, usual in named],
            "parent": [-1] * count,
        }
        for name, numbers in values.items():
            self._insert(name, here, np.array(numbers, self.arrays[name].dtype))
        self.meta["ids"] = [*self.meta["ids"], *(row.id for row in rows)]
        self.arrays["meta"] = np.frombuffer(json.dumps(self.meta, ensure_ascii=False).encode(), np.uint8)
        self._set_parents(rows, shifted)
        self._add_loose([(at + n, some) for n, some in enumerate(names)])

    def _set_parents(self, rows: Sequence[OwnPlace], old: Mapping[str, int]) -> None:
        """The larger place that a row names, else its division, else its country; never a circle."""
        count, at = len(rows), self.own
        row_of = {**old, **{row.id: at + n for n, row in enumerate(rows)}}
        divisions = {code: row + count if row >= at else row for code, row in self.divisions.items()}
        divisions |= {(row.country, row.admin1): row_of[row.id] for row in rows if row.kind == "governorate"}
        country_kind = self.meta["kinds"].index("country")
        states = {
            self.meta["countries"][int(self.arrays["country"][r])]: int(r)
            for r in np.flatnonzero(self.arrays["kind"] == country_kind)
        }
        parent = self.arrays["parent"].astype(np.int32)
        for n, row in enumerate(rows):
            own = at + n
            country, division = states.get(row.country, -1), divisions.get((row.country, row.admin1), -1)
            wanted = row_of.get(row.within, -1)
            if wanted < 0 and row.within:
                wanted = self._shipped(row.within, count)
            choices = (wanted, -1 if row.kind in ADMIN_KINDS and division == own else division, country)
            parent[own] = next((one for one in choices if one >= 0 and not _leads(parent, one, own)), -1)
        self.arrays["parent"] = parent

    def _shipped(self, id: str, count: int) -> int:
        try:
            row = self.base.row(id)
        except KeyError:
            return -1
        return row + count if row >= self.own else row

    def _add_loose(self, names: Iterable[tuple[int, Sequence[str]]]) -> None:
        """Look the names up by their key, too, where the gazetteer does so for the country."""
        loose_rows, country = self.arrays["loose_row"], self.arrays["country"]
        loose = set(np.unique(country[loose_rows])) if len(loose_rows) else set()
        pairs = {
            (zlib.crc32(k.encode()), row)
            for row, some in names
            if country[row] in loose
            for name in some
            if len((k := key(name)).replace(" ", "")) >= 4
        }
        hashes = np.concatenate([self.arrays["loose_hash"], np.array([h for h, _ in sorted(pairs)], np.uint32)])
        rows = np.concatenate([loose_rows, np.array([r for _, r in sorted(pairs)], np.int32)])
        order = np.lexsort((rows, hashes))
        self.arrays["loose_hash"], self.arrays["loose_row"] = hashes[order], rows[order]

    def _countries(self, rows: Sequence[OwnPlace]) -> dict[str, int]:
        known = self.meta["countries"]
        known += sorted({row.country for row in rows} - set(known))
        return {country: n for n, country in enumerate(known)}

    def _codes(self, rows: Sequence[OwnPlace]) -> list[int]:
        """Numbers of first-order divisions in the list of `meta`, which gets those that it lacks."""
        index: dict[tuple[str, str], int] = {}
        pairs = np.unique(np.stack([self.arrays["country"], self.arrays["admin1_of"]]), axis=1)
        for country, number in pairs.T:
            index[self.meta["countries"][int(country)], self.meta["admin1"][int(number)][0]] = int(number)
        titles = {(row.country, row.admin1): row.name for row in rows if row.kind == "governorate"}
        found = []
        for row in rows:
            place = row.country, row.admin1
            if place not in index:
                index[place] = len(self.meta["admin1"])
                self.meta["admin1"].append([row.admin1, titles.get(place)])
            found.append(index[place])
        return found

    def _insert(self, name: str, where: npt.NDArray[np.int64], values: npt.NDArray[np.generic]) -> None:
        column = self.arrays[name]
        self.arrays[name] = np.insert(column, where, values.astype(column.dtype))


def _names(row: OwnPlace) -> tuple[list[str], int]:
    """All names once each by fold, and how many of them, from the first, are in common use."""
    seen: dict[str, str] = {}
    for name in (row.name, *row.names):
        seen.setdefault(fold(name), name)
    usual = len(seen)
    for name in row.aliases:
        seen.setdefault(fold(name), name)
    return [name for folded, name in seen.items() if folded][:MOST_NAMES], min(usual, MOST_NAMES)


def _prior(row: OwnPlace) -> float:
    if row.kind in SETTLEMENT_KINDS:
        return max(SETTLEMENT_PRIOR, math.log10(max(0, row.population) + 1))
    return PRIORS.get(row.kind, OTHER_PRIOR)


def _leads(parent: npt.NDArray[np.int32], row: int, to: int) -> bool:
    """Whether a place lies in another, by the parents set so far."""
    while row >= 0:
        if row == to:
            return True
        row = int(parent[row])
    return False


def _km(lat: float, lon: float, row: OwnPlace) -> float:
    """Distance, good enough for places that lie beside each other."""
    east = (lon - row.lon) * math.cos(math.radians(lat))
    return 111.2 * math.hypot(lat - row.lat, east)
