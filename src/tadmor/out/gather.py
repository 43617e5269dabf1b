"""Gathers what the page shows from a record."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tadmor.lexicon import outlines
from tadmor.out import map as mapping
from tadmor.out import strip, wording
from tadmor.out.look import Look, looks
from tadmor.out.quotes import Library
from tadmor.out.theatre import Theatre, theatres
from tadmor.out.view import (
    Card,
    DisputeView,
    EventView,
    Lane,
    PageView,
    ReportView,
    SpellView,
    TheatreView,
    Unit,
)
from tadmor.record import queries
from tadmor.record.database import Database
from tadmor.record.queries import Place, Told
from tadmor.records import Spell
from tadmor.timeline import place_part
from tadmor.timeline.spells import starts
from tadmor.timeline.weights import load as load_weights

__all__ = ["EPOCH", "gather", "since_epoch"]

MOST_PLACES = 300  # with strips and quotes; the record itself has them all
MOST_EVENTS = 1500
MOST_REPORTS = 1000
QUOTES_FOR, QUOTES_AGAINST = 6, 3  # under an assessed spell; the strongest first
QUOTES_CLAIMED = 2  # under a claimed one
MANY_SPELLS = 600  # beyond which half as many quotes are shown, so that the page still opens at once
QUOTES_SIDE = 3  # on each side of a dispute
LONG_AGO = 5 * 365  # days
EPOCH = date(1970, 1, 1)


def gather(database: Database, *, half_life_days: float | None = None) -> PageView:
    """Read a record. Nothing in it is changed."""
    return _Gathering(database, half_life_days or load_weights().control.half_life_days).page()


class _Gathering:
    """One pass over a record."""

    def __init__(self, database: Database, half_life: float) -> None:
        self.database = database
        self.half_life = half_life
        self.places = queries.places(database)
        reports = {report.id: report for report in queries.reports(database)}
        self.reports = reports
        spells: dict[str, list[Spell]] = defaultdict(list)
        for spell in queries.spells(database, layer=None):
            spells[spell.place_id].append(spell)
        self.told: dict[str, dict[str, Told]] = {}
        for place_id in self.places:
            own = queries.told_of_place(database, place_id)
            self.told[place_id] = {told.claim.id: told for told in own if told.review != "rejected"}
            elsewhere = {pull.claim_id for spell in spells.get(place_id, ()) for pull in spell.pulls}
            self.told[place_id].update(queries.told(database, sorted(elsewhere - self.told[place_id].keys())))
        rows = database.query("SELECT report_id, story_id FROM stories")
        self.stories: dict[str, str] = {row["report_id"]: row["story_id"] for row in rows}
        self.copies = Counter(self.stories.values())
        self.library = Library(reports, self.copies)
        self.weights = {id: float(len(self.told[id])) for id in spells}
        shown = sorted(spells, key=lambda id: (-self.weights[id], id))[:MOST_PLACES]
        self.spells = {id: spells[id] for id in shown}
        self.thrift = 2 if sum(map(len, self.spells.values())) > MANY_SPELLS else 1
        self.left_out = {"places": len(spells) - len(shown)}
        self.disputes = queries.disputes(database)
        self.all_events = queries.events(database)
        self.days = {
            id: sorted(day for one in self.told[id].values() if (day := _day_of(one)) is not None) for id in self.places
        }
        self.last = max((day for days in self.days.values() for day in days), default=EPOCH)

    def page(self) -> PageView:
        names = outlines.load()
        groups = theatres([self.places[id] for id in self.spells], self.weights, names.name)
        self.looks = self._looks(groups)
        self.now = self._now()
        number = 0
        views = []
        for at, group in enumerate(groups):
            ordered = sorted(group.place_ids, key=lambda id: (-self.weights[id], self.places[id].name, id))
            cards = []
            for place_id in ordered:
                card = self._card(place_id, at, number)
                number += len(card.units)
                cards.append(card)
            views.append(self._theatre(at, group, cards))
        firsts = [view.first for view in views]
        return PageView(
            theatres=tuple(views),
            overview=self._overview(views),
            looks=self.looks,
            disputes=self._disputes(),
            events=self._events(),
            reports=self._reports(),
            stats=queries.stats(self.database),
            first=min(firsts, default=self.last),
            last=self.last,
            half_life=self.half_life,
            left_out={what: max(count, 0) for what, count in self.left_out.items()},
            failures=tuple(failure.message for failure in queries.failures(self.database)),
        )

    # --- places ---

    def _looks(self, groups: Sequence[Theatre]) -> dict[str, Look]:
        weights: Counter[str] = Counter()
        meetings = []
        for group in groups:
            met = set()
            for place_id in group.place_ids:
                for spell in self.spells[place_id]:
                    for holder in filter(None, (spell.holder, spell.besieged_by)):
                        weights[holder] += 3 if spell.layer == "assessed" else 1
                        met.add(holder)
            meetings.append(met)
        return looks(weights, meetings)

    def _now(self) -> dict[tuple[str, str | None], Spell]:
        spells = queries.state(self.database, self.last, half_life_days=self.half_life, pulls=False)
        return {(spell.place_id, spell.part): spell for spell in spells}

    def _card(self, place_id: str, theatre: int, number: int) -> Card:
        place = self.places[place_id]
        spells = self.spells[place_id]
        axis = strip.scale(spells, self.days[place_id])
        by_part: dict[str | None, list[Spell]] = defaultdict(list)
        for spell in spells:
            by_part[spell.part].append(spell)
        parts = sorted(
            by_part, key=lambda part: (part is not None, part is not None and part.startswith("near:"), part or "")
        )
        units = tuple(
            self._unit(place, part, by_part[part], axis, number + at, None in by_part) for at, part in enumerate(parts)
        )
        country = outlines.load().name(place.country) if place.country else None
        where = ", ".join(filter(None, [place.admin1 if place.admin1 != place.name else None, country]))
        disputed = sum(dispute.open for dispute in self.disputes if dispute.place_id == place_id)
        return Card(
            place=place,
            anchor=_anchor(place_id),
            where=where,
            theatre=theatre,
            units=units,
            ticks=tuple(strip.ticks(axis)),
            axis=axis,
            open_disputes=disputed,
        )

    def _unit(
        self, place: Place, part: str | None, spells: Sequence[Spell], axis: strip.Scale, number: int, whole: bool
    ) -> Unit:
        assessed = [spell for spell in spells if spell.layer == "assessed"]
        by_side: dict[str, list[Spell]] = defaultdict(list)
        for spell in spells:
            if spell.layer == "claimed":
                by_side[spell.claimed_by or "others"].append(spell)
        told = [
            one
            for one in self.told[place.id].values()
            if one.claim.where and place_part.of(one.claim.where).key == part
        ]
        days = sorted(day for one in told if (day := _day_of(one)) is not None)
        return Unit(
            number=number,
            place=place,
            part=part,
            name=wording.where(place.name, part),
            short=wording.part(part) if part is not None and whole else wording.where(place.name, part),
            of_place=part is not None and whole,
            assessed=Lane(
                side=None,
                spells=self._spells(assessed, axis),
                said=tuple(sorted({axis.at(day) for day in days})),
            ),
            claimed=tuple(Lane(side=side, spells=self._spells(by_side[side], axis)) for side in sorted(by_side)),
            spoken=days[-1] if days else None,
            now=self.now.get((place.id, part)),
            disputed=tuple(
                (dispute.days.first or dispute.days.last, dispute.days.last or dispute.days.first)
                for dispute in self.disputes
                if (dispute.place_id, dispute.part) == (place.id, part)
            ),
            bearing=_bearing(part),
        )

    def _spells(self, spells: Sequence[Spell], axis: strip.Scale) -> tuple[SpellView, ...]:
        return tuple(self._spell(spell, bar) for spell, bar in zip(spells, strip.bars(spells, axis), strict=True))

    def _spell(self, spell: Spell, bar: strip.Bar) -> SpellView:
        told = self.told[spell.place_id]
        known = [pull for pull in spell.pulls if pull.claim_id in told]
        # In the layer "claimed" every claim is the side's own word, whatever it weighs.
        support = [pull for pull in known if pull.pull >= 0 or spell.layer == "claimed"]
        against = [pull for pull in known if pull.pull < 0 and spell.layer == "assessed"]
        most_for = QUOTES_FOR if spell.layer == "assessed" else QUOTES_CLAIMED
        chosen = [*support[: most_for // self.thrift], *against[: -(-QUOTES_AGAINST // self.thrift)]]
        return SpellView(
            spell=spell,
            look=self.looks.get(holder) if (holder := wording.holder(spell)) else None,
            bar=bar,
            state=wording.state(spell),
            since=wording.since(spell),
            until=wording.until(spell),
            quotes=tuple(
                self.library.quote(told[pull.claim_id], pull if spell.layer == "assessed" else None) for pull in chosen
            ),
            count_for=len(support),
            count_against=len(against),
        )

    # --- maps ---

    def _theatre(self, number: int, group: Theatre, cards: Sequence[Card]) -> TheatreView:
        sites = self._sites(group.place_ids)
        days = [day for place_id in group.place_ids for day in self.days[place_id]]
        begun = [
            begins
            for place_id in group.place_ids
            for spell in self.spells[place_id]
            if (begins := starts(spell.start)) > date.min
        ]
        holders: Counter[str] = Counter(
            spell.holder
            for place_id in group.place_ids
            for spell in self.spells[place_id]
            if spell.holder and spell.layer == "assessed"
        )
        known = sorted([*days, *begun])
        return TheatreView(
            number=number,
            name=group.name,
            map=mapping.draw(sites, outlines.load(), outlines.towns()) if sites else None,
            cards=tuple(cards),
            holders=tuple(sorted(holders, key=lambda name: (-holders[name], name))),
            first=_first(known) or self.last,
            last=known[-1] if known else self.last,
            said=tuple(sorted(since_epoch(day) for day in days)),
        )

    def _overview(self, views: Sequence[TheatreView]) -> mapping.Map | None:
        sites = self._sites(self.spells)
        if not sites or sum(view.map is not None for view in views) < 2:
            return None
        return mapping.draw(sites, outlines.load(), (), named=False)

    def _sites(self, place_ids: Iterable[str]) -> list[mapping.Site]:
        return [
            mapping.Site(place.id, place.name, place.lat, place.lon, self.weights[place.id], self._around(place.id))
            for place in (self.places[id] for id in place_ids)
            if place.level == "place" and place.lat is not None and place.lon is not None
        ]

    def _around(self, place_id: str) -> tuple[tuple[float, float], ...]:
        """Where the marks of a place's parts stand around its own."""
        parts = {spell.part for spell in self.spells[place_id]}
        return tuple(bearing for part in sorted(filter(None, parts)) if None in parts and (bearing := _bearing(part)))

    # --- lists ---

    def _anchor(self, place_id: str) -> str | None:
        return _anchor(place_id) if place_id in self.spells else None

    def _disputes(self) -> tuple[DisputeView, ...]:
        found = []
        for dispute in sorted(
            self.disputes, key=lambda one: (not one.open, -(one.days.last or EPOCH).toordinal(), one.id)
        ):
            told = self.told[dispute.place_id]
            sides = tuple(
                (says, len(ids), tuple(self.library.quote(told[id]) for id in ids if id in told)[:QUOTES_SIDE])
                for says, ids in dispute.sides
            )
            found.append(
                DisputeView(
                    dispute=dispute,
                    place=wording.where(self.places[dispute.place_id].name, dispute.part),
                    anchor=self._anchor(dispute.place_id),
                    days=wording.days(dispute.days),
                    sides=sides,
                )
            )
        return tuple(found)

    def _events(self) -> tuple[EventView, ...]:
        days = [(event.days.last or event.days.first or date.min) for event in self.all_events]
        ordered = [
            event
            for _, event in sorted(zip(days, self.all_events, strict=True), key=lambda pair: pair[0], reverse=True)
        ]
        listed = ordered[:MOST_EVENTS]
        self.left_out["events"] = len(ordered) - len(listed)
        return tuple(
            EventView(
                event=event,
                place=wording.where(self.places[event.place_id].name, event.part),
                anchor=self._anchor(event.place_id),
                days=wording.days(event.days),
                type=wording.type_of(event.kind, event.type),
                tolls=wording.tolls(event.killed),
                quote=next(
                    (
                        self.library.quote(self.told[event.place_id][id])
                        for id in event.claim_ids
                        if id in self.told[event.place_id]
                    ),
                    None,
                ),
            )
            for event in listed
        )

    def _reports(self) -> tuple[ReportView, ...]:
        rows = self.database.query("SELECT report_id, count(*) AS claims FROM claims GROUP BY report_id")
        claims: dict[str, int] = {row["report_id"]: row["claims"] for row in rows}
        ordered = sorted(
            self.reports.values(), key=lambda report: (report.published or date.min, report.doc), reverse=True
        )
        self.left_out["reports"] = len(ordered) - MOST_REPORTS
        return tuple(
            ReportView(
                report=report, claims=claims.get(report.id, 0), copies=self.copies[self.stories.get(report.id, "")] or 1
            )
            for report in ordered[:MOST_REPORTS]
        )


def _anchor(place_id: str) -> str:
    """What a link to a place leads to: its id, or where that is a name with any characters, a hash of it."""
    plain = place_id.isascii() and not set(place_id) - _PLAIN
    return "p-" + (place_id if plain else hashlib.sha256(place_id.encode("utf-8", "replace")).hexdigest()[:12])


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:.-_")


def _first(days: Sequence[date]) -> date | None:
    """Where a slider begins: the first day, or, past a few words about long ago, the first of the rest."""
    if not days:
        return None
    most = days[len(days) // 100]
    return most if (most - days[0]).days > LONG_AGO else days[0]


def since_epoch(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def _day_of(told: Told) -> date | None:
    return told.claim.days.last or told.published


_SIDES: Mapping[str, tuple[int, int]] = {"north": (0, -1), "south": (0, 1), "east": (1, 0), "west": (-1, 0)}


def _bearing(part: str | None) -> tuple[float, float] | None:
    """Where the mark of a part stands: quarters on their side of the town's; other parts have no point of their own."""
    if part is None or part.startswith("near:"):
        return None
    found = [step for word in part.split() for name, step in _SIDES.items() if name in word]
    dx, dy = sum(step[0] for step in found), sum(step[1] for step in found)
    return (dx * 14.0, dy * 14.0) if dx or dy else None
