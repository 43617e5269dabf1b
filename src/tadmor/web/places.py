"""Answers about places: who holds what on a day, the history of a place, why, what if, two days compared."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import NamedTuple

import msgspec

from tadmor.errors import UsageError
from tadmor.lexicon import outlines
from tadmor.out import wording
from tadmor.record import queries, weight_sets
from tadmor.record import whatif as asking
from tadmor.record.database import Database
from tadmor.records import Bound, Layer, Spell, Status
from tadmor.timeline import build, whatif
from tadmor.timeline.explain import Answer, Asked, Explained, Weighed, Without, explained
from tadmor.timeline.spells import starts
from tadmor.timeline.weigh import Knowledge
from tadmor.web import lists
from tadmor.web.answers import (
    Bands,
    Compared,
    Difference,
    Explanation,
    Histogram,
    Mark,
    PlaceAnswer,
    PlaceRow,
    Places,
    Premise,
    PullRow,
    SpellRow,
    Spells,
    State,
    StripRow,
    Strips,
    WeighedRow,
    WithoutRow,
)
from tadmor.web.asked import (
    BandsQuery,
    CompareQuery,
    ExplainQuery,
    HistogramQuery,
    PlaceQuery,
    PlacesQuery,
    SpellsQuery,
    StateQuery,
    StripsQuery,
    Supposing,
)
from tadmor.web.atlas import EPOCH, Atlas, Shelf
from tadmor.web.claims import inside

__all__ = [
    "bands",
    "compare",
    "explanation",
    "histogram",
    "in_order",
    "place",
    "places",
    "spells",
    "state",
    "strips",
    "supposing",
    "warm",
]

MOST_PULLS = 60  # of a spell, the strongest


class Supposed(NamedTuple):
    """A record to ask, what the timeline knows, and what is supposed of it."""

    database: Database
    knowledge: Knowledge
    premise: Premise | None


@contextmanager
def supposing(
    shelf: Shelf, query: Supposing, place_ids: Sequence[str] | None, *, apart: bool = False
) -> Iterator[Supposed]:
    """The record, or where something is supposed, the record as it would then be of these places.

    `apart`: what is asked takes long and must see one state of the record, for which it gets a connection of its own.
    Raises `UsageError` for a source or kind that is not known.
    """
    plain = not query.without and not query.only_kind
    if plain and not apart:
        yield Supposed(shelf.database(), shelf.atlas().knowledge, None)
        return
    with shelf.fresh() as database, database.snapshot():
        knowledge = weight_sets.knowledge(database)
        if plain:
            yield Supposed(database, knowledge, None)
            return
        known = asking.ways(database, knowledge) if query.without else []
        what = whatif.WhatIf(
            without=frozenset().union(*(whatif.source(name, known, knowledge) for name in query.without)),
            only_kinds=whatif.kinds(query.only_kind, knowledge.weights),
        )
        found = asking.suppose(database, what, knowledge, place_ids)
        yield Supposed(
            database,
            found.knowledge,
            Premise(without=query.without, only_kind=query.only_kind, unheard=found.unheard, claims=found.claims),
        )


def state(shelf: Shelf, query: StateQuery) -> State:
    if not query.without and not query.only_kind:
        return State(day=str(query.day), layer=query.layer, marks=shelf.atlas().state(query.day, query.layer))
    with supposing(shelf, query, None) as supposed:
        half_life = supposed.knowledge.weights.control.half_life_days
        spells = queries.state(supposed.database, query.day, layer=query.layer, half_life_days=half_life, pulls=False)
        return State(
            day=str(query.day), layer=query.layer, marks=[_mark(spell) for spell in spells], what_if=supposed.premise
        )


def spells(shelf: Shelf, query: SpellsQuery) -> bytes:
    """A `Spells`, encoded once for all who ask."""
    atlas = shelf.atlas()
    return atlas.once(("spells", query.layer), lambda: msgspec.json.encode(_columns(atlas, query.layer)))


def _columns(atlas: Atlas, layer: Layer) -> Spells:
    lines = atlas.lines[layer]
    names: dict[str | None, int] = {None: -1}
    statuses: dict[Status, int] = {}
    held = [one for line in lines for one in line.spells]
    return Spells(
        layer=layer,
        half_life_days=atlas.half_life,
        places=[line.place_id for line in lines],
        parts=[line.part for line in lines],
        sides=[line.side for line in lines],
        counts=[len(line.spells) for line in lines],
        begins=[begin - EPOCH for line in lines for begin in line.begins],
        lasts=[one.last if one.last is None else one.last - EPOCH for one in held],
        spoken=[one.spoken if one.spoken is None else one.spoken - EPOCH for one in held],
        statuses=[statuses.setdefault(one.mark.status, len(statuses)) for one in held],
        contested=[int(one.mark.contested) for one in held],
        holders=[names.setdefault(one.mark.holder, len(names) - 1) for one in held],
        besiegers=[names.setdefault(one.mark.besieged_by, len(names) - 1) for one in held],
        sure=[one.mark.sure for one in held],
        names=[name for name in names if name is not None],
        status_names=list(statuses),
    )


def warm(shelf: Shelf) -> None:
    """Make now what the first page would have to wait for."""
    shelf.atlas().warm()
    spells(shelf, SpellsQuery())
    outlines.load()
    outlines.towns()


def places(shelf: Shelf, query: PlacesQuery) -> Places:
    rows = shelf.atlas().rows
    if query.text:
        wanted = query.text.casefold()
        rows = [row for row in rows if wanted in row.name.casefold()]
    return Places(total=len(rows), places=rows[query.offset : query.offset + query.limit])


def row_of(atlas: Atlas, id: str) -> PlaceRow:
    """Raises `UsageError` where the record has no such place."""
    by_id = atlas.once("rows", lambda: {row.id: row for row in atlas.rows})
    if id not in by_id:
        raise UsageError(f"the record knows no place with the id {id!r}; /api/places lists those it knows")
    return by_id[id]


def place(shelf: Shelf, query: PlaceQuery) -> PlaceAnswer:
    atlas = shelf.atlas()
    row = row_of(atlas, query.id)
    with supposing(shelf, query, [row.id]) as supposed:
        database = supposed.database
        spells = queries.spells(database, [row.id], layer=None)
        disputes = queries.disputes(database, [row.id])
        said = _said(database, row.id)
        (events,) = database.query("SELECT count(*) FROM events WHERE place_id = ?", (row.id,))[0]
        found = lists.dispute_rows(database, atlas, disputes, supposed.knowledge)
    days = [day for day, _ in said]
    days += [start.toordinal() - EPOCH for spell in spells if (start := starts(spell.start)) > date.min]
    first, last = (min(days), max(days)) if days else (atlas.first.toordinal() - EPOCH, atlas.last.toordinal() - EPOCH)
    # Words about long ago would squeeze all that is recent into nothing.
    first = max(first, min(days[len(days) // 50], atlas.first.toordinal() - EPOCH)) if days else first
    parts = sorted({spell.part for spell in spells}, key=lambda part: (part is not None, part or ""))
    return PlaceAnswer(
        place=row,
        country=outlines.load().name(row.country) if row.country else None,
        parts=parts,
        spells=[spell_row(spell) for spell in spells],
        disputes=found,
        events=events,
        said=said,
        first=_iso(first),
        last=_iso(max(last, first)),
        what_if=supposed.premise,
    )


def in_order(first: date | None, last: date | None) -> None:
    """Raises `UsageError` where the first of two days comes after the last."""
    if first and last and first > last:
        raise UsageError(f"first ({first}) is after last ({last}): give them the other way round")


def bands(shelf: Shelf, query: BandsQuery) -> Bands:
    atlas = shelf.atlas()
    row = row_of(atlas, query.id)
    plain = not query.without and not query.only_kind
    if plain:
        solved = atlas.lately(
            ("solved", row.id), lambda: build.solve_told(_asked(shelf, row.id).rehearing.told, atlas.knowledge)
        )
    else:
        with supposing(shelf, query, [row.id]) as supposed:
            solved = build.solve(queries.heard(supposed.database, row.id), knowledge=supposed.knowledge)
    one = next((one for one in solved if one.part == query.part), None)
    if one is None:
        return Bands(days=[], holders={})
    first, last = query.first or atlas.first, query.last or atlas.last
    in_order(first, last)
    span = last.toordinal() - first.toordinal()
    count = min(query.points, span + 1)
    ordinals = [first.toordinal() + (span * at // (count - 1) if count > 1 else 0) for at in range(count)]
    holders: dict[str, list[float]] = {}
    for at, ordinal in enumerate(ordinals):
        for name, p in one.on(date.fromordinal(ordinal)).items():
            holders.setdefault(name, [0.0] * len(ordinals))[at] = round(p, 3)
    kept = {name: values for name, values in holders.items() if max(values) >= 0.01}
    return Bands(days=[ordinal - EPOCH for ordinal in ordinals], holders=dict(sorted(kept.items())))


def _asked(shelf: Shelf, place_id: str) -> Asked:
    """What was heard of a place: whoever looks at one asks more than one thing of it."""
    atlas = shelf.atlas()
    return atlas.lately(
        ("asked", place_id), lambda: Asked.of(queries.heard(shelf.database(), place_id), atlas.knowledge)
    )


def explanation(shelf: Shelf, query: ExplainQuery) -> Explanation:
    atlas = shelf.atlas()
    row = row_of(atlas, query.id)

    def make() -> list[Explained]:
        return explained(row.id, _asked(shelf, row.id), query.day, atlas.knowledge, _same, changes=query.changes)

    found = {one.part: one for one in atlas.lately(("explained", row.id, query.day, query.changes), make)}
    if query.part not in found:
        raise UsageError(f"nothing is known of who held {wording.where(row.name, query.part)} on {query.day}")
    one = found[query.part]
    answer = one.answer
    return Explanation(
        day=str(one.day),
        words=wording.state(answer.spell, partly=answer.partly),
        band=wording.band(answer.sure),
        sure=answer.sure,
        probabilities=answer.probabilities,
        weighed=[_weighed(pull.claim_id, pull.pull, one.weighed.get(pull.claim_id)) for pull in answer.spell.pulls],
        changes=[_without(change) for change in one.changes],
        tried=one.tried,
        voices=one.voices,
    )


def histogram(shelf: Shelf, query: HistogramQuery) -> Histogram:
    atlas = shelf.atlas()
    if query.place is None:
        return Histogram(claims=atlas.days, turns=atlas.turns)
    row = row_of(atlas, query.place)
    return Histogram(claims=_said(shelf.database(), row.id), turns=[])


def compare(shelf: Shelf, query: CompareQuery) -> Compared:
    atlas = shelf.atlas()
    before = {_key(mark): mark for mark in atlas.state(query.first, query.layer)}
    after = {_key(mark): mark for mark in atlas.state(query.last, query.layer)}
    within = inside(atlas, query.box) if query.box else atlas.places.keys()
    found = []
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for key in {**before, **after}:
        one, other = before.get(key), after.get(key)
        was, now = one.holder if one else None, other.holder if other else None
        place_id, part, side = key
        if place_id not in within or (one and other and _shows(one) == _shows(other)):
            continue
        found.append(Difference(place=place_id, part=part, claimed_by=side, before=one, after=other, hands=was != now))
        if was != now and part is None and side is None:
            gained.update([now] if now else [])
            lost.update([was] if was else [])
    names = atlas.places
    found.sort(key=lambda one: (not one.hands, names[one.place].name, one.place, one.part or "", one.claimed_by or ""))
    return Compared(
        first=str(query.first), last=str(query.last), differences=found, gained=dict(gained), lost=dict(lost)
    )


def strips(shelf: Shelf, query: StripsQuery) -> Strips:
    atlas = shelf.atlas()
    lines = {id: line for id, (line,) in atlas.whole["assessed"].items()}
    rows = [row for row in atlas.rows if row.id in lines]
    if query.id:
        wanted = set(query.id)
        rows = [row for row in rows if row.id in wanted]
    if query.country:
        rows = [row for row in rows if row.country == query.country]
    if query.box:
        within = inside(atlas, query.box)
        rows = [row for row in rows if row.id in within]
    if query.actor:
        rows = [row for row in rows if any(held.mark.holder == query.actor for held in lines[row.id].spells)]
    ranks: dict[str, Callable[[PlaceRow], float]] = {
        "claims": lambda row: -row.claims,
        "name": lambda row: 0,
        "latest": lambda row: -lines[row.id].begins[-1],
        "changes": lambda row: -len(lines[row.id].spells),
        "doubt": lambda row: lines[row.id].spells[-1].mark.sure,
    }
    rank = ranks[query.order]
    rows.sort(key=lambda row: (rank(row), row.name, row.id))
    page = rows[query.offset : query.offset + query.limit]
    own: defaultdict[str, list[Spell]] = defaultdict(list)
    for spell in queries.spells(shelf.database(), [row.id for row in page], pulls=False):
        if spell.part is None:
            own[spell.place_id].append(spell)
    return Strips(
        total=len(rows),
        strips=[
            StripRow(
                place=row,
                spells=[spell_row(spell, pulls=False) for spell in own[row.id]],
                changes=max(len(own[row.id]) - 1, 0),
                sure=lines[row.id].spells[-1].mark.sure,
            )
            for row in page
        ],
    )


# --- rows -----------------------------------------------------------------------------------------------------------


def spell_row(spell: Spell, *, pulls: bool = True) -> SpellRow:
    return SpellRow(
        id=spell.id,
        part=spell.part,
        layer=spell.layer,
        claimed_by=spell.claimed_by,
        status=spell.status,
        holder=wording.holder(spell),
        contested=spell.contested,
        besieged=spell.status == "besieged" or spell.besieged_by is not None,
        besieged_by=spell.besieged_by,
        start=_bound(spell.start),
        end=_bound(spell.end) if spell.end else None,
        begins=str(starts(spell.start)),
        sure=spell.confidence,
        voices=spell.voices,
        words=wording.state(spell),
        pulls=[PullRow(claim=pull.claim_id, pull=pull.pull) for pull in spell.pulls[:MOST_PULLS]] if pulls else [],
    )


def _mark(spell: Spell) -> Mark:
    return Mark(
        place=spell.place_id,
        part=spell.part,
        claimed_by=spell.claimed_by,
        status=spell.status,
        holder=wording.holder(spell),
        contested=spell.contested,
        besieged_by=spell.besieged_by,
        besieged=spell.status == "besieged" or spell.besieged_by is not None,
        sure=spell.confidence,
        voices=spell.voices,
        since=_bound(spell.start),
        spoken=None,
        spell=spell.id,
    )


def _key(mark: Mark) -> tuple[str, str | None, str | None]:
    return mark.place, mark.part, mark.claimed_by


def _shows(mark: Mark) -> tuple[object, ...]:
    return mark.holder, mark.status, mark.contested, mark.besieged_by


def _bound(bound: Bound) -> tuple[str | None, str | None]:
    return (
        str(bound.earliest) if bound.earliest else None,
        str(bound.latest) if bound.latest else None,
    )


def _iso(since_epoch: int) -> str:
    return date.fromordinal(since_epoch + EPOCH).isoformat()


def _said(database: Database, place_id: str) -> list[tuple[int, int]]:
    rows = database.query(
        "SELECT day, count(*) FROM (SELECT coalesce(c.last_day, r.published) AS day FROM claims c"
        " JOIN reports r ON r.id = c.report_id WHERE c.place_id = ? AND c.review IS NOT 'rejected') days"
        " WHERE day IS NOT NULL GROUP BY day ORDER BY day",
        (place_id,),
    )
    return [(date.fromisoformat(day).toordinal() - EPOCH, count) for day, count in rows]


def _same(one: Answer, other: Answer) -> bool:
    return _says(one) == _says(other)


def _says(answer: Answer) -> tuple[str, str]:
    return wording.state(answer.spell, partly=answer.partly), wording.band(answer.sure)


def _weighed(claim_id: str, pull: float, weighed: Weighed | None) -> WeighedRow:
    voice, weight = (weighed.voice, weighed.weight) if weighed else (None, None)
    return WeighedRow(
        claim=claim_id,
        pull=pull,
        source=voice.key if voice else None,
        source_name=voice.name if voice else None,
        source_kind=voice.kind if voice else None,
        prior=weight.prior if weight else None,
        interest=weight.interest if weight else None,
        factors=weight.factors if weight else None,
        log_odds=weight.log_odds if weight else None,
        copies=len(weighed.copies) if weighed else 0,
    )


def _without(change: Without) -> WithoutRow:
    answer = change.answer
    return WithoutRow(
        source=change.voice.key if change.voice else None,
        source_name=change.voice.name if change.voice else None,
        kind=change.kind,
        claims=change.claims,
        words=wording.state(answer.spell, partly=answer.partly) if answer else "nothing is known",
        holder=wording.holder(answer.spell) if answer else None,
        sure=answer.sure if answer else None,
    )
