"""Which place a name in a report means, and what the words around it say of it.

A name alone rarely decides ("Tripoli", "Hama", "Suran"): the report's other places, the countries of its actors and its
dateline do. `Context` weighs them once a report. What the words beside a name say is read by `tadmor.claim.beside`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tadmor.claim.beside import Offset, displaced
from tadmor.lexicon import gazetteer
from tadmor.lexicon.gazetteer import ALIAS_COST, AREA_KINDS, Gazetteer, Place, fold
from tadmor.records import GeoPrecision, Where

# Weights in units of the prior, which is about log10 of population. Of the names found, moving one by a third changes
# the share placed within 161 km by at most 0.01 on LGL, TR-News and GeoVirus (bench/places.py).
_SHARE = 2.5  # the candidate lies in the country that all of the report is about
_NAMED_COUNTRY = 1.0  # its country is spoken of at all
_SPOKEN_OF = 0.03
_NAMED_LARGER = 2.0  # its province or district is named in the report
_HOME = 2.0  # its province holds all other places of the report
_NEIGHBOURS = 2.5  # it lies beside other places of the report
_NEAR_KM = 90.0
_MEANT = 3.0  # the name stands elsewhere with the larger place that holds this candidate ("Paris, Texas")
_SAME_KIND = 0.8  # the words beside the name ask for its kind
_STRAY = 5.0  # without any support in the report, less likely places than this are not believed
_STRAY_ALIAS = 6.0  # the same where the name is not their usual one
_STRAY_SPELLING = 9.0  # the same where it is only spelled much like one of theirs
_STRAY_ALONE = 4.0  # the same where the report names hardly more than a party
_ROUNDS = 3
_LIMIT = 30  # candidates weighed for a name
_POINTS_EACH = 8  # of these, as neighbours of others
_MOST_NAMES = 150  # that decide what others mean, the most frequent first; more only in hostile text
_KEPT = 5  # other candidates kept in a claim

_COARSE: dict[str, GeoPrecision] = {
    "country": "country", "continent": "country", "sea": "country",
    "governorate": "governorate", "region": "governorate", "desert": "governorate", "river": "governorate",
    "district": "district", "area": "district", "mountain": "district", "lake": "district", "strait": "district",
    "island": "district", "road": "district",
}  # fmt: skip


_WIDE = AREA_KINDS - {"district"}  # too large for a point of theirs to lie near anything

_Mention = tuple[str, tuple[str, ...]]  # folded name, ids it may mean
_Votes = dict[str, float]  # by country
_NO_VOTES: Mapping[str, float] = MappingProxyType({})
_NO_SHARES: Mapping[tuple[str, str], float] = MappingProxyType({})


class Context:
    """What the names of one report mean together. Build with `context`. Pure: the same names give the same choices."""

    def __init__(
        self,
        places: Gazetteer,
        names: Sequence[tuple[str, Sequence[str]]],
        dateline: str | None,
        countries: Sequence[str],
    ) -> None:
        self._places = places
        self._cache: dict[_Mention, tuple[Place | None, tuple[str, ...]]] = {}
        self._known: dict[str, Place] = {}
        self._holders: dict[str, tuple[str, ...]] = {}
        mentions = Counter((fold(text), tuple(ids[:_LIMIT])) for text, ids in names)
        self._own: dict[str, _Votes] = {}  # by name: its votes for countries
        self._votes = self._vote(mentions, dateline, countries)
        self._anchors = _Anchors.none()
        self._provinces = _Provinces({}, {}, 0.0)
        self._named: dict[str, str] = {}  # larger places spoken of: their id, the name it stands for
        self._meant: dict[str, set[str]] = {}  # by name: what a mention with fewer candidates means
        most = sorted(mentions, key=lambda key: (-mentions[key], key))[:_MOST_NAMES]
        for _ in range(_ROUNDS):  # each round profits from the choices of the one before
            ranked = {key: self._ranked(*key) for key in most}
            self._anchors = _Anchors.of(ranked)
            self._provinces = _Provinces.of(ranked)
            best = {key: found[0].place for key, found in ranked.items() if found}
            self._named = {p.id: name for (name, _), p in best.items() if p.kind in AREA_KINDS and p.kind != "country"}
            self._meant = {}
            for (name, ids), place in best.items():
                if place.kind in AREA_KINDS:
                    continue  # "Azaz, Aleppo" names a province and leaves open what "Aleppo" means elsewhere
                if any(other == name and len(ids) < len(more) for other, more in best):
                    self._meant.setdefault(name, set()).add(place.id)

    def choose(self, name: str, ids: Sequence[str]) -> tuple[Place | None, tuple[str, ...]]:
        """The place that `name` means in this report, and the ids of other places that it may mean, best first.

        None where every candidate is a little-known place that nothing else in the report supports.
        """
        key = (fold(name), tuple(ids[:_LIMIT]))
        if key not in self._cache:
            ranked = self._ranked(*key)
            best = self._best(*key)
            others = tuple(found.place.id for found in ranked if best is None or found.place.id != best.id)
            self._cache[key] = (best, others[:_KEPT])
        return self._cache[key]

    def wider(self, name: str, id: str | None, noun: str) -> Place | None:
        """The larger place of the same name: for Idlib, the city, and "province" Idlib Governorate. None if unknown."""
        kinds = (
            ("district", "governorate")
            if noun in ("district", "county", "raion")
            else ("governorate", "region", "district")
        )
        home = self._place(id) if id else None
        if home is not None and home.kind in kinds:
            return home
        holders = [place.id for place in self._places.ancestors(id)] if id else []
        found = [p for p in (*self._places.lookup(name), *self._places.lookup(f"{name} {noun}")) if p.kind in kinds]
        if home is not None:
            found = [p for p in found if p.country == home.country]
        return min(found, key=lambda p: (p.id not in holders, kinds.index(p.kind), -p.prior, p.id), default=None)

    def _place(self, id: str) -> Place:
        if id not in self._known:
            self._known[id] = self._places.get(id)
        return self._known[id]

    def _vote(
        self, mentions: Counter[tuple[str, tuple[str, ...]]], dateline: str | None, countries: Sequence[str]
    ) -> _Votes:
        """How much of the report speaks of each country."""
        votes: _Votes = defaultdict(float)
        for (name, ids), count in sorted(mentions.items()):
            places = [self._place(id) for id in ids]
            if not places:
                continue
            top = max(place.prior for place in places)
            chances: _Votes = defaultdict(float)
            for place in places:
                chances[place.country] = max(chances[place.country], 10 ** (place.prior - top))
            weight = (1.0 + math.log2(count)) * (1.5 if top > 8 else 1.0) / sum(chances.values())
            own = self._own.setdefault(name, defaultdict(float))
            for country, chance in sorted(chances.items()):
                own[country] += weight * chance
                votes[country] += weight * chance
        for country, count in sorted(Counter(countries).items()):
            votes[country] += 0.5 * (1.0 + math.log2(count))
        if dateline:
            for place in self._places.lookup(dateline.split(",")[0])[:1]:
                votes[place.country] += 0.7  # little: correspondents sit in the capital next door
        votes.pop("", None)  # seas and continents
        return votes

    def _share(self, name: str, country: str) -> float:
        """Share of a country in what all but the name itself speaks of; a party alone is half a name's worth."""
        own = self._own.get(name, _NO_VOTES)
        total = sum(self._votes.values()) - sum(n for c, n in own.items() if c)
        return max(0.0, self._votes.get(country, 0.0) - own.get(country, 0.0)) / max(total, 1.0)

    def _best(self, name: str, ids: tuple[str, ...]) -> Place | None:
        ranked = self._ranked(name, ids)
        if not ranked:
            return None
        best = ranked[0]
        others = sum(self._votes.values()) - sum(self._own.get(name, _NO_VOTES).values())
        if best.support >= _NAMED_COUNTRY:
            return best.place
        if self._places.usual(best.place.id, name):
            enough = _STRAY if others > 1.0 else 0.0
        elif others >= 1.0:
            enough = _STRAY_ALIAS if self._places.bears(best.place.id, name) else _STRAY_SPELLING
        else:
            enough = _STRAY_ALONE if others else 0.0
        return best.place if best.place.prior >= enough else None

    def _ranked(self, name: str, ids: tuple[str, ...]) -> list[_Ranked]:
        places = [self._place(id) for id in ids]
        wide = bool(places) and places[0].kind in AREA_KINDS
        near = self._anchors.nearness(name, places)
        ranked = []
        for place, neighbours in zip(places, near, strict=True):
            support = self._support(name, place) + _NEIGHBOURS * neighbours
            same = _SAME_KIND if (place.kind in AREA_KINDS) == wide else 0.0
            unusual = 0.0 if self._places.usual(place.id, name) else ALIAS_COST
            ranked.append(_Ranked(place.prior + support + same - unusual, support, place))
        return sorted(ranked, key=lambda found: (-found.score, found.place.id))

    def _support(self, name: str, place: Place) -> float:
        """How much the rest of the report speaks for a candidate, its neighbours aside."""
        share = self._share(name, place.country)
        support = _SHARE * share + (_NAMED_COUNTRY if share > _SPOKEN_OF else 0.0)
        if place.id not in self._holders:
            self._holders[place.id] = tuple(holder.id for holder in self._places.ancestors(place.id))
        if any(self._named.get(holder, name) != name for holder in self._holders[place.id]):
            support += _NAMED_LARGER
        support += _HOME * self._provinces.share(name, place)
        if place.id in self._meant.get(name, ()):
            support += _MEANT
        return support


class _Ranked(NamedTuple):
    """A candidate: how likely meant, how much of that comes from the rest of the report."""

    score: float
    support: float
    place: Place


_Province = tuple[str, str]  # country and GeoNames code


class _Provinces(NamedTuple):
    """How much of a report lies in each province: each name gives one vote, split by how likely it means what."""

    votes: dict[_Province, float]
    own: dict[str, dict[_Province, float]]  # by name
    total: float

    @classmethod
    def of(cls, ranked: Mapping[_Mention, Sequence[_Ranked]]) -> _Provinces:
        votes: dict[_Province, float] = defaultdict(float)
        own: dict[str, dict[_Province, float]] = defaultdict(lambda: defaultdict(float))
        for (name, _), found in ranked.items():
            odds = [10.0 ** (f.score - found[0].score) for f in found]
            for f, odd in zip(found, odds, strict=True):
                if f.place.admin1 and f.place.country:
                    province = f.place.country, f.place.admin1
                    votes[province] += odd / sum(odds)
                    own[name][province] += odd / sum(odds)
        return cls(votes, own, sum(votes.values()))

    def share(self, name: str, place: Place) -> float:
        """Share of the place's province in what all names but this one speak of."""
        if not place.admin1:
            return 0.0
        own = self.own.get(name, _NO_SHARES)
        province = place.country, place.admin1
        total = self.total - sum(own.values())
        rest = self.votes.get(province, 0.0) - own.get(province, 0.0)
        return max(0.0, rest) / total if total > 1e-9 else 0.0


class _Anchors(NamedTuple):
    """Candidates of the report's names as points, each weighed by how likely it is meant (all of one name: 1)."""

    names: npt.NDArray[np.str_]
    lat: npt.NDArray[np.float64]  # radians
    lon: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]

    @classmethod
    def none(cls) -> _Anchors:
        nothing = np.zeros(0)
        return cls(np.zeros(0, np.str_), nothing, nothing, nothing)

    @classmethod
    def of(cls, ranked: Mapping[_Mention, Sequence[_Ranked]]) -> _Anchors:
        rows = []
        for (name, _), found in ranked.items():
            points = [f for f in found if f.place.kind not in _WIDE][:_POINTS_EACH]
            odds = [10.0 ** (f.score - found[0].score) for f in points]
            total = sum(10.0 ** (f.score - found[0].score) for f in found)
            rows += [(name, f.place.lat, f.place.lon, odd / total) for f, odd in zip(points, odds, strict=True)]
        if not rows:
            return cls.none()
        names, lat, lon, weight = zip(*rows, strict=True)
        return cls(np.array(names), np.radians(lat), np.radians(lon), np.array(weight))

    def nearness(self, name: str, places: Sequence[Place]) -> list[float]:
        """For each place how many of the other names mean a place close by, on a logarithmic scale."""
        others = self.names != name
        if not places or not others.any():
            return [0.0] * len(places)
        lat, lon = self.lat[others], self.lon[others]
        own_lat = np.radians([place.lat for place in places])[:, None]
        own_lon = np.radians([place.lon for place in places])[:, None]
        h = np.sin((own_lat - lat) / 2) ** 2 + np.cos(own_lat) * np.cos(lat) * np.sin((own_lon - lon) / 2) ** 2
        km = 12742.0 * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
        return [float(n) for n in np.log1p((self.weight[others] * np.exp(-km / _NEAR_KM)).sum(axis=1))]


def context(names: Sequence[tuple[str, Sequence[str]]], dateline: str | None, countries: Sequence[str]) -> Context:
    """Weighs a report's place names (each with the ids it may mean), its dateline and its actors' countries (ISO)."""
    return Context(gazetteer.load(), names, dateline, countries)


def located(
    place: Place,
    *,
    text: str,
    candidates: Sequence[str] = (),
    part: str | None = None,
    near: bool = False,
    within: str | None = None,
    offset: Offset | None = None,
) -> Where:
    """The place as a claim says it. An `offset` moves the coordinates and makes the place near."""
    lat, lon = (place.lat, place.lon) if offset is None else displaced(place.lat, place.lon, offset.km, offset.bearing)
    near = near or offset is not None
    precision = _COARSE.get(place.kind, "exact")
    if precision != "country" and (near or part):
        precision = "near" if near else "part" if precision == "exact" else precision
    return Where(
        name=place.name,
        id=place.id,
        text=text,
        part=part if part or offset is None else offset.text,
        near=near,
        within=within,
        lat=round(lat, 5),
        lon=round(lon, 5),
        admin1=place.admin1_name,
        country=place.country or None,
        precision=precision,
        candidates=tuple(candidates),
    )
