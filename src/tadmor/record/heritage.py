"""What happened to heritage: damage to sites and their parts, their use by troops, fighting and changes of hands near.

An incident is what the claims of one event say of one site or monument: those that name it, or, of fighting that names
none, all claims of an event at a place within `NEAR_KM` of the site. Which claims count, and as what, is data
(``data/heritage/effects.csv``). Spells of a place or part that is named after a monument tell who held that, where that
is likelier than not, and changes of hands of places near a site are those of `timeline.change`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from tadmor.lexicon.heritage import Effect, Heritage, Site
from tadmor.record import queries
from tadmor.record.database import Database
from tadmor.record.queries import Place, Told
from tadmor.record.write import place_id
from tadmor.records import Days, Event, Record, Spell
from tadmor.timeline import change
from tadmor.timeline.change import HANDS, Change
from tadmor.timeline.weigh import Knowledge, voices

__all__ = ["NEAR_KM", "Incident", "incidents"]

NEAR_KM = 5.0
ELSEWHERE_KM = 30.0  # a claim about a place farther off that holds the name of a monument speaks of another
LIKELY = 0.5
KM_A_DEGREE = 111.0  # of latitude
MOST_HITS = 100_000  # claims that hold the words of one name

Near = Mapping[str, Mapping[str, float]]  # km by id of the place and of the site


class Incident(Record, frozen=True, kw_only=True):
    """Something that claims say happened to a site, or near it.

    `part` is the id of the monument named, None for the site as a whole. `near_km` is how far off the place of the
    claims lies, None where they name the site or the part. `voices` are the names of those whose word it is.
    """

    site: str
    part: str | None
    effect: Effect
    near_km: float | None
    what: str  # type of the event, or what changed
    place_id: str
    days: Days
    actors: tuple[str, ...]
    opponents: tuple[str, ...]
    voices: tuple[str, ...]
    confidence: float
    claim_ids: tuple[str, ...]


def incidents(
    database: Database,
    heritage: Heritage,
    knowledge: Knowledge,
    sites: Iterable[Site],
    *,
    first: date | None = None,
    last: date | None = None,
) -> list[Incident]:
    """What happened to these sites, or may have, between two days; by site and day."""
    wanted = {site.id: site for site in sites}
    near = _near(database, wanted.values())
    place_ids = sorted({*near, *_naming(database, heritage, wanted)})
    reader = _Reader(database, heritage, knowledge, wanted, near)
    found: list[Incident] = []
    events = queries.events(database, place_ids, first=first, last=last)
    told = queries.told(database, [id for event in events for id in event.claim_ids])
    for event in events:
        found += reader.of_event(event, [told[id] for id in event.claim_ids])
    for spell in queries.spells(database, place_ids):
        found += reader.of_spell(spell, first, last)
    for one in change.between(queries.changes(database, place_ids), first, last):
        if one.after.part is None and HANDS.intersection(one.what):
            found += reader.of_change(one)
    return sorted(found, key=lambda one: (one.site, _day(one), one.part or "", one.effect, one.claim_ids))


def _day(incident: Incident) -> date:
    return incident.days.first or incident.days.last or date.max


def _near(database: Database, sites: Iterable[Site]) -> dict[str, dict[str, float]]:
    """The places of the record within `NEAR_KM` of a site: towns and the like, not the middle of a governorate."""
    found: dict[str, dict[str, float]] = {}
    for site in sites:
        for one in site.landmarks:
            tall = NEAR_KM / KM_A_DEGREE
            wide = tall / max(math.cos(math.radians(one.lat)), 0.01)
            box = {"south": one.lat - tall, "north": one.lat + tall, "west": one.lon - wide, "east": one.lon + wide}
            for place in queries.places_within(database, **box):
                if place.level == "place" and (km := _km(site, place)) is not None and km <= NEAR_KM:
                    found.setdefault(place.id, {})[site.id] = km
    return found


def _km(site: Site, place: Place) -> float | None:
    if place.lat is None or place.lon is None:
        return None
    return site.distance_km(place.lat, place.lon)


def _naming(database: Database, heritage: Heritage, wanted: Mapping[str, Site]) -> set[str]:
    """The places of claims whose words name one of the sites or a part of it."""
    found = set()
    for phrase, id in heritage.phrases().items():
        if heritage.site_of(id) in wanted:
            for told in queries.search(database, phrase, limit=MOST_HITS):
                if told.claim.where and id in heritage.named(told.quote):
                    found.add(place_id(told.claim.where) or "")
    return found


class _Reader:
    """Reads incidents from events and changes."""

    def __init__(
        self, database: Database, heritage: Heritage, knowledge: Knowledge, wanted: Mapping[str, Site], near: Near
    ) -> None:
        self.database = database
        self.heritage = heritage
        self.wanted = wanted
        self.near = near
        self.places = queries.places(database)
        self.voice = _voice_names(knowledge)

    def of_event(self, event: Event, told: Sequence[Told]) -> Iterator[Incident]:
        """What the claims of an event say of each site: of those they name, else of those that it is near to."""
        row = self.heritage.effect(event.kind, event.type)
        if row is None:
            return
        near = self.near.get(event.place_id, {})
        by_name: dict[tuple[str, str], list[Told]] = {}
        for one in told:
            for id in self._named(one, near, self.places[event.place_id]):
                by_name.setdefault((self.heritage.site_of(id), id), []).append(one)
        for (_, id), naming in sorted(by_name.items()):
            beside = all(one.claim.where is not None and one.claim.where.near for one in naming)
            effect = row.near if beside and row.near else row.named
            yield self._of_event(event, id, effect, None, naming)
        named = {site for site, _ in by_name}
        for site, km in sorted(near.items()):
            if row.near is not None and site not in named:
                yield self._of_event(event, site, row.near, km, told)

    def of_spell(self, spell: Spell, first: date | None, last: date | None) -> Iterator[Incident]:
        """Who held a site or monument that the place or its part is named after."""
        begin = spell.start.earliest or spell.start.latest
        end = (spell.end.latest or spell.end.earliest) if spell.end else None
        over = (last and begin and begin > last) or (first and end and end < first)
        if over or change.holder(spell) is None or spell.confidence <= LIKELY:
            return
        place = self.places[spell.place_id]
        near = self.near.get(spell.place_id, {})
        words = spell.part if spell.part is not None else place.name
        days = Days(first=begin, last=end, precision="day", basis="context")
        for id in sorted(self._meant(words, near, place) if not words.startswith("near:") else ()):
            yield self._of_spell(spell, id, "use", None, spell.status, days, spell.besieged_by)

    def of_change(self, one: Change) -> Iterator[Incident]:
        """A change of hands of a place near a site."""
        days = Days(first=one.when.earliest, last=one.when.latest, precision="day", basis="context")
        loser = change.holder(one.before) if one.before else None
        for site, km in sorted(self.near.get(one.after.place_id, {}).items()):
            yield self._of_spell(one.after, site, "control", km, ", ".join(one.what), days, loser)

    def _named(self, told: Told, near: Mapping[str, float], place: Place) -> set[str]:
        """Ids of the sites and monuments that a claim speaks of."""
        claim, where = told.claim, told.claim.where
        words = [where.name, where.text, where.part] if where else []
        if claim.kind == "event":  # who takes a city with a citadel in the sentence has not thereby taken the citadel
            words += [claim.of, told.quote]
        return self._meant(" . ".join(filter(None, words)), near, place, told.headline or "")

    def _meant(self, text: str, near: Mapping[str, float], place: Place, headline: str = "") -> set[str]:
        found = self.heritage.meant(text, near, headline)
        return {id for id in found if self._may_mean(self.heritage.site_of(id), place)}

    def _may_mean(self, site_id: str, place: Place) -> bool:
        site = self.wanted.get(site_id)
        if site is None:
            return False
        if place.level == "place" and (km := _km(site, place)) is not None:
            return km <= ELSEWHERE_KM
        return place.country is None or not site.countries or place.country in site.countries

    def _of_event(self, event: Event, id: str, effect: Effect, km: float | None, told: Sequence[Told]) -> Incident:
        site = self.heritage.site_of(id)
        return Incident(
            site=site,
            part=id if id != site else None,
            effect=effect,
            near_km=None if km is None else round(km, 1),
            what=event.type,
            place_id=event.place_id,
            days=event.days,
            actors=event.actors,
            opponents=event.opponents,
            voices=self.voice(told),
            confidence=event.confidence,
            claim_ids=tuple(one.claim.id for one in told),
        )

    def _of_spell(
        self, spell: Spell, id: str, effect: Effect, km: float | None, what: str, days: Days, opponent: str | None
    ) -> Incident:
        site = self.heritage.site_of(id)
        claims = [pull.claim_id for pull in spell.pulls if pull.pull > 0]
        return Incident(
            site=site,
            part=id if id != site else None,
            effect=effect,
            near_km=None if km is None else round(km, 1),
            what=what,
            place_id=spell.place_id,
            days=days,
            actors=_some(change.holder(spell)),
            opponents=_some(opponent),
            voices=self.voice(queries.told(self.database, claims).values()),
            confidence=spell.confidence,
            claim_ids=tuple(claims),
        )


def _some(name: str | None) -> tuple[str, ...]:
    return (name,) if name else ()


def _voice_names(knowledge: Knowledge) -> Callable[[Iterable[Told]], tuple[str, ...]]:
    """Tells the names of those whose word some claims are, each once."""
    voice = voices(knowledge)

    def names(told: Iterable[Told]) -> tuple[str, ...]:
        return tuple(sorted({said.key: said.name for said in (voice(one.heard) for one in told)}.values()))

    return names
