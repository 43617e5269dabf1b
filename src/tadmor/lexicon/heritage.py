"""Heritage: World Heritage sites, their parts, other monuments, and the words by which reports speak of them.

Typed view of ``data/heritage/``. A *site* is on UNESCO's list, or a monument that is part of none; its *parts* are
monuments within it. What is said of a claim's text is found by name: a name may stand anywhere ("Temple of Bel"), a
local name or a general word ("the citadel", "ruins") only means something near the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources.abc import Traversable
from typing import Literal

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.lexicon.gazetteer import distance_km
from tadmor.lexicon.names import Name, Names, key
from tadmor.lexicon.placename import fold
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, Record

__all__ = ["Effect", "EffectRow", "Heritage", "Landmark", "Monument", "Site", "load"]

Effect = Literal["damage", "strike", "use", "violence", "fighting", "control"]

_LISTED_KM = 2.0  # how far off a point of UNESCO's list may be; of a few sites it is farther (see the README)
_WORDS = re.compile(r"St\.|[^\W_]+(?:['\u2019][^\W_]+)*|[^\w\s]")


class Landmark(Record, frozen=True, kw_only=True):
    """What a site and a monument have in common. `precision_km` bounds how far off the point (WGS 84) may be."""

    id: str
    name: str
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    lat: float
    lon: float
    precision_km: float
    names: tuple[str, ...] = ()
    local: tuple[str, ...] = ()  # names that mean it only near it


class Monument(Landmark, frozen=True, kw_only=True):
    """A row of ``monuments.csv``."""

    within: str | None = None  # id of the site that it is part of


class Site(Landmark, frozen=True, kw_only=True):
    """A site with its parts. `danger_since` is the year since which it was listed as in danger, as of 2019."""

    listed: bool = False  # by UNESCO
    danger_since: int | None = None
    parts: tuple[Monument, ...] = ()

    @property
    def landmarks(self) -> tuple[Landmark, ...]:
        """The site itself, then its parts."""
        return (self, *self.parts)

    def distance_km(self, lat: float, lon: float) -> float:
        """From the nearest of the points of the site and of its parts."""
        return min(distance_km(lat, lon, one.lat, one.lon) for one in self.landmarks)


class SiteRow(Record, frozen=True, kw_only=True):
    """A row of ``sites.csv``."""

    id: str
    name: str
    countries: tuple[str, ...] = ()
    lat: float
    lon: float
    danger_since: int | None = None


class NameRow(Record, frozen=True, kw_only=True):
    """A row of ``names.csv``."""

    site: str
    names: tuple[str, ...] = ()
    local: tuple[str, ...] = ()


class WordRow(Record, frozen=True, kw_only=True):
    """A row of ``words.csv``."""

    word: str


class EffectRow(Record, frozen=True, kw_only=True):
    """A row of ``effects.csv``: what a claim means for a site that it names, and for one that it only is near to."""

    kind: Literal["control", "event"]
    type: str
    named: Effect
    near: Effect | None = None


class Heritage:
    """The sites and what their names mean. Immutable; build with :func:`load`."""

    def __init__(
        self, sites: Iterable[Site], words: Iterable[str], effects: Mapping[tuple[str, str], EffectRow]
    ) -> None:
        self._by_id = {site.id: site for site in sites}
        self._words = tuple(words)
        self._effects = dict(effects)
        self._site_of = {one.id: site.id for site in self._by_id.values() for one in site.landmarks}
        self._anywhere = Names(_entries(one for site in self._by_id.values() for one in site.landmarks))
        self._near: dict[str, Names] = {}

    def __iter__(self) -> Iterator[Site]:
        return iter(self._by_id.values())

    def get(self, id: str) -> Site:
        """The site with that id. Raises `KeyError` for an unknown id."""
        return self._by_id[id]

    def by_name(self, name: str) -> Landmark | None:
        """The site or monument that `name` names: an id, the name on the list, or a name that news uses; else the one
        site that has the words in its name or in those of its parts ("Palmyra")."""
        for site in self._by_id.values():
            for one in site.landmarks:
                if name == one.id or name.casefold() == one.name.casefold():
                    return one
        found = self._anywhere.lookup(name)
        if found:
            return self.landmark(found)
        holding = [site for site in self if any(_holds(one.name, name) for one in site.landmarks)]
        return holding[0] if fold(name) and len(holding) == 1 else None

    def landmark(self, id: str) -> Landmark:
        """The site or monument with that id. Raises `KeyError` for an unknown id."""
        return next(one for one in self._by_id[self._site_of[id]].landmarks if one.id == id)

    def site_of(self, id: str) -> str:
        """Id of the site that a site or monument belongs to: its own where it is one."""
        return self._site_of[id]

    def phrases(self) -> dict[str, str]:
        """Every name that means a site or monument wherever it stands, with its id: what to search texts for."""
        entries = (one for site in self._by_id.values() for one in site.landmarks)
        return {name.text: name.id for name in _entries(entries)}

    def named(self, text: str) -> set[str]:
        """Ids of the sites and monuments that `text` names, wherever it was said."""
        return {found.id for found in self._anywhere.find(_WORDS.findall(text))}

    def meant(self, text: str, near: Iterable[str], headline: str = "") -> set[str]:
        """Ids of the sites and monuments that `text` means where it speaks of something near the sites `near`.

        "The temple" is the one temple that the headline names. A part says more than the site that it is in, which is
        left out beside it.
        """
        found = self.named(text)
        words = _WORDS.findall(text)
        for site_id in near:
            for hit in self._names_near(site_id).find(words):
                found.add(self._headlined(site_id, " ".join(words[hit.start : hit.end]), headline) or hit.id)
        return found - {self._site_of[id] for id in found if self._site_of[id] != id}

    def _headlined(self, site_id: str, noun: str, headline: str) -> str | None:
        """The one part of the site that the headline names and whose name has `noun` in it."""
        if not headline:
            return None
        told = {hit.id for hit in self._names_near(site_id).find(_WORDS.findall(headline))} | self.named(headline)
        fitting = [one.id for one in self._by_id[site_id].parts if one.id in told and _holds(one.name, noun)]
        return fitting[0] if len(fitting) == 1 else None

    def _names_near(self, site_id: str) -> Names:
        if site_id not in self._near:
            self._near[site_id] = Names(self._local(self._by_id[site_id]), capitals=0)
        return self._near[site_id]

    def effect(self, kind: str, type: str) -> EffectRow | None:
        """What a claim of that kind and type may mean for a site; None: nothing."""
        return self._effects.get((kind, type))

    def _local(self, site: Site) -> Iterator[Name]:
        taken = {name.casefold() for part in site.parts for name in part.local}
        for part in site.parts:
            yield from (Name(name, part.id) for name in part.local)
        for name in (*site.local, *(self._words if site.listed else ())):
            if name.casefold() not in taken:
                yield Name(name, site.id)


def _holds(name: str, words: str) -> bool:
    """Whether a name has these words in it, in the singular or plural."""
    return f" {key(words)} " in f" {key(name)} "


def _entries(entries: Iterable[Landmark]) -> Iterator[Name]:
    for one in entries:
        yield from (Name(name, one.id) for name in one.names)


@cache
def load() -> Heritage:
    """The sites shipped with the package. Raises `LexiconError` for a wrong table or a reference to no site."""
    return read(table.data("heritage"))


def read(folder: Traversable) -> Heritage:
    """The sites described by the tables of `folder`. Raises `LexiconError` as `load` does."""
    listed = {row.id: row for _, row in _unique(folder / "sites.csv", SiteRow)}
    parts: dict[str, list[Monument]] = {}
    alone: list[Monument] = []
    for line, monument in _unique(folder / "monuments.csv", Monument):
        if monument.within is None:
            alone.append(monument)
        elif monument.within in listed:
            parts.setdefault(monument.within, []).append(monument)
        else:
            raise LexiconError(f"{folder / 'monuments.csv'}, row {line}: {monument.within!r} is no site")
    called: dict[str, NameRow] = {}
    for line, row in table.read(folder / "names.csv", NameRow):
        if row.site not in listed or row.site in called:
            raise LexiconError(f"{folder / 'names.csv'}, row {line}: {row.site!r} is no site, or stands twice")
        called[row.site] = row
    sites = [_listed(row, called.get(row.id), parts.get(row.id, [])) for row in listed.values()]
    sites += [_alone(monument) for monument in alone]
    for one in (each for site in sites for each in site.landmarks):
        if not (-90 <= one.lat <= 90 and -180 <= one.lon <= 180 and one.precision_km > 0):
            raise LexiconError(f"{folder}: {one.id!r} lies nowhere on earth")
    return Heritage(sites, [row.word for _, row in table.read(folder / "words.csv", WordRow)], _effects(folder))


def _unique(path: Traversable, row: type[table.Row]) -> Iterator[tuple[int, table.Row]]:
    seen: set[str] = set()
    for line, found in table.read(path, row):
        id = found.id  # type: ignore[attr-defined]  # both rows have one
        if id in seen:
            raise LexiconError(f"{path}, row {line}: the id {id!r} is taken")
        seen.add(id)
        yield line, found


def _listed(row: SiteRow, called: NameRow | None, parts: Iterable[Monument]) -> Site:
    return Site(
        id=row.id,
        name=row.name,
        countries=row.countries,
        lat=row.lat,
        lon=row.lon,
        precision_km=_LISTED_KM,
        listed=True,
        danger_since=row.danger_since,
        names=called.names if called else (),
        local=called.local if called else (),
        parts=tuple(parts),
    )


def _alone(monument: Monument) -> Site:
    return Site(
        id=monument.id,
        name=monument.name,
        countries=monument.countries,
        lat=monument.lat,
        lon=monument.lon,
        precision_km=monument.precision_km,
        names=monument.names,
        local=monument.local,
    )


def _effects(folder: Traversable) -> dict[tuple[str, str], EffectRow]:
    path = folder / "effects.csv"
    found: dict[tuple[str, str], EffectRow] = {}
    for line, row in table.read(path, EffectRow):
        if row.type not in (CONTROL_TYPES if row.kind == "control" else EVENT_TYPES) or (row.kind, row.type) in found:
            raise LexiconError(f"{path}, row {line}: {row.type!r} is no type of {row.kind}, or stands twice")
        found[row.kind, row.type] = row
    return found
