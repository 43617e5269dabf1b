"""Finds claims of different voices about one place and time that cannot both be true.

Each claim becomes *assertions*: that a party holds the place (or does not) on a stretch of days. A change that is
claimed speaks for its outcome for `live_days`. Assertions that say the same and touch form one side; two sides that
exclude each other and overlap form a dispute, unless a single voice says both. What the model makes of it is said in
words; a dispute stays open until the model has been sure of one side for some time, and is kept when it is settled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate, combinations, pairwise
from typing import NamedTuple

import numpy as np

from tadmor.records import Days, Dispute, Heard, Record
from tadmor.timeline.columns import MODALITIES, NONE, PRECISIONS, Columns, Ints
from tadmor.timeline.control import Chain
from tadmor.timeline.evidence import PARTLY, UNKNOWN
from tadmor.timeline.spells import content_id, day_of
from tadmor.timeline.weigh import HOLDS, Knowledge, Said, Voice, hear
from tadmor.timeline.weights import Weights

__all__ = ["Standing", "disputes", "standing", "standings"]

LEAST_WEIGHT = 0.2  # log-odds: what is said more weakly contradicts nobody


class Shape(NamedTuple):
    """What decides whether two assertions contradict each other."""

    first: int
    last: int
    change: int | None
    firm: bool  # said of an attack or denial on these very days: a change on them contradicts it


class Assertion(NamedTuple):
    """`said` has it that a party holds the place (or does not) on the days of `shape`."""

    party: int
    holds: bool
    shape: Shape  # its `change` is the day of a change, before which nothing is asserted
    id: str
    voice: int
    told: int  # last day claimed, else published


class Side(NamedTuple):
    """Assertions that say the same of touching days, by their first days.

    `firsts` are these days, and `until` for each assertion the last day that it or one before it reaches.
    """

    party: int
    holds: bool
    first: int
    last: int
    assertions: list[Assertion]
    firsts: list[int]
    until: list[int]

    def within(self, first: int, last: int) -> list[Assertion]:
        """The assertions on days from `first` to `last`."""
        some = self.assertions[bisect_left(self.until, first) : bisect_right(self.firsts, last)]
        return [one for one in some if one.shape.last >= first]


class Standing(Record, frozen=True):
    """A voice on one side of a dispute: its claims, copies and repetitions included, and when it first and last made
    them: the day of publication, or where that is not known the last day claimed."""

    voice: Voice
    first: date | None
    last: date | None
    claim_ids: tuple[str, ...]


def standings(
    disputed: Iterable[Dispute], heard: Iterable[Heard], knowledge: Knowledge
) -> dict[str, tuple[tuple[Standing, ...], ...]]:
    """Who stands on each side of the disputes about one place, by id of the dispute; who spoke last comes last."""
    said = {one.claim.id: one for one in hear(heard, knowledge)}
    days = {one.claim.id: one.published or one.claim.days.last for one in heard}
    return {dispute.id: standing(dispute, said, days) for dispute in disputed}


def standing(
    dispute: Dispute, said: Mapping[str, Said], days: Mapping[str, date | None]
) -> tuple[tuple[Standing, ...], ...]:
    """Who stands on each side of a dispute, by its claims that count and the days on which they and their copies were
    made."""
    return tuple(_standing(ids, said, days) for _, ids in dispute.sides)


def _standing(ids: Iterable[str], said: Mapping[str, Said], days: Mapping[str, date | None]) -> tuple[Standing, ...]:
    by_voice: dict[str, list[str]] = {}
    voices: dict[str, Voice] = {}
    for id in ids:
        if one := said.get(id):
            voices.setdefault(one.voice.key, one.voice)
            by_voice.setdefault(one.voice.key, []).extend((id, *one.copies))
    found = []
    for key, own in by_voice.items():
        known = sorted(day for id in own if (day := days[id]) is not None)
        first, last = (known[0], known[-1]) if known else (None, None)
        found.append(Standing(voices[key], first, last, tuple(own)))
    return tuple(sorted(found, key=lambda one: (one.last or date.min, one.voice.key)))


def disputes(
    place_id: str, part: str | None, told: Columns, claims: Ints, chain: Chain, names: Mapping[str, str],
    weights: Weights,
) -> list[Dispute]:  # fmt: skip
    """The disputes of one place or part, by the claims about it, oldest first."""
    by_claim: dict[tuple[int, bool], list[Assertion]] = {}
    for assertion in _assertions(told, claims, chain, weights):
        by_claim.setdefault((assertion.party, assertion.holds), []).append(assertion)
    sides = {key: _sides(key, by_claim[key], weights.dispute.live_days) for key in sorted(by_claim)}
    found = []
    for a, b in combinations(sorted(sides), 2):
        if not _exclude(a, b, chain):
            continue
        for one, other in _overlapping(sides[a], sides[b]):
            dispute = _dispute(place_id, part, one, other, chain, names, weights)
            if dispute is not None:
                found.append(dispute)
    return sorted(found, key=lambda d: (d.days.first is None, d.days.first, d.id))


def _assertions(told: Columns, claims: Ints, chain: Chain, weights: Weights) -> Iterator[Assertion]:
    asserts = np.array([type in HOLDS for type in told.types], dtype=bool)[told.of_part[claims]]
    asserts &= _ASSERTED[told.modality[claims]] & (told.w[claims] >= LEAST_WEIGHT)
    asserts &= np.array([part.share >= 1 for part in told.parts], dtype=bool)[told.part[claims]]
    rows = chain.sides.rows(told.parties)
    asserts &= (rows[told.actor[claims]] != NONE) & ((told.last[claims] != NONE) | (told.published[claims] != NONE))
    some = claims[asserts]
    slacks = [weights.precision[precision].slack for precision in PRECISIONS]
    columns = (
        told.ids, told.voice, told.of_part, told.modality, told.precision, rows[told.actor], told.first, told.last,
        told.published,
    )  # fmt: skip
    for id, voice, of_part, modality, precision, party, begun, until, published in zip(
        *(column[some].tolist() for column in columns), strict=True
    ):
        kind, denied = told.types[of_part], MODALITIES[modality] == "denied"
        last = published if until == NONE else until
        if kind in ("gains", "loses"):
            shape = Shape(last, last + weights.dispute.live_days, last, denied)
        else:
            first, slack = last if begun == NONE else begun, slacks[precision]
            inner = first + min(slack, (last - first) // 2)
            end = last if published == last else max(last - slack, inner)
            shape = Shape(inner, end, None, denied or kind == "repels")
        yield Assertion(party, HOLDS[kind] != denied, shape, id, voice, last)


_ASSERTED = np.array([modality in ("asserted", "hedged", "denied") for modality in MODALITIES])


def _sides(key: tuple[int, bool], assertions: Sequence[Assertion], gap: int) -> list[Side]:
    ordered = sorted(assertions, key=lambda a: (a.shape.first, a.shape.last, a.id))
    firsts = [one.shape.first for one in ordered]
    until = list(accumulate((one.shape.last for one in ordered), max))
    cuts = [at for at in range(1, len(ordered)) if firsts[at] - until[at - 1] > gap]
    return [
        Side(*key, firsts[begin], until[end - 1], ordered[begin:end], firsts[begin:end], until[begin:end])
        for begin, end in pairwise([0, *cuts, len(ordered)])
    ]


def _exclude(a: tuple[int, bool], b: tuple[int, bool], chain: Chain) -> bool:
    """Whether both cannot be true: one party holds it and does not, or two that are not allied both hold it."""
    (party, holds), (other, too) = a, b
    if party == other:
        return holds != too
    return holds and too and not chain.sides.speaks[party, other]


def _overlapping(ones: Sequence[Side], others: Sequence[Side]) -> Iterable[tuple[Side, Side]]:
    at = 0
    for one in ones:
        while at < len(others) and others[at].last < one.first:
            at += 1
        for other in others[at:]:
            if other.first > one.last:
                break
            yield one, other


def _dispute(
    place_id: str, part: str | None, one: Side, other: Side, chain: Chain, names: Mapping[str, str], weights: Weights
) -> Dispute | None:
    left, right = _contradicted(one, other), _contradicted(other, one)
    voices_left, voices_right = {a.voice for a in left}, {a.voice for a in right}
    if not left or not right or len(voices_left | voices_right) < 2:
        return None
    told_last = max(a.told for a in (*left, *right))
    first = max(min(a.shape.first for a in side) for side in (left, right))
    last = max(first, min(told_last, *(max(a.shape.last for a in side) for side in (left, right))))
    name = _names(chain, names)
    texts = [_words(side, name) for side in (one, other)]
    reading, settled = _reading(one, other, last, chain, name, weights)
    sides = tuple((text, tuple(sorted({a.id for a in side}))) for text, side in zip(texts, (left, right), strict=True))
    return Dispute(
        id=content_id("d", place_id, part, sides),
        place_id=place_id,
        part=part,
        days=Days(first=day_of(first), last=day_of(last), precision="day", basis="context"),
        about=" or ".join(texts),
        sides=sides,
        open=not settled,
        reading=reading,
    )


def _contradicted(side: Side, by: Side) -> list[Assertion]:
    """The assertions of `side` that another voice on the side `by` contradicts.

    What was so until a change does not contradict the change, and of two changes to different holders the later does
    not contradict the earlier.
    """
    near, against = side.within(by.first, by.last), by.within(side.first, side.last)
    first, last = (np.array([one.shape[k] for one in against], dtype=np.int64) for k in (0, 1))
    change = np.array([NONE if one.shape.change is None else one.shape.change for one in against], dtype=np.int64)
    firm = np.array([one.shape.firm for one in against], dtype=bool)
    changes = change != NONE
    voices = np.array([one.voice for one in against], dtype=np.int64)
    in_turn = side.party != by.party
    found: dict[Shape, set[int]] = {}
    for shape in {one.shape for one in near}:
        overlap = (first <= shape.last) & (last >= shape.first)
        if shape.change is not None:
            overlap &= firm | np.where(changes, (change >= shape.change) | (not in_turn), last > shape.change)
        if not shape.firm:
            ends = shape.last if shape.change is None else shape.change
            turned = changes & ((ends <= change) if shape.change is None else (ends < change) & in_turn)
            overlap &= ~turned
        found[shape] = set(voices[overlap].tolist())
    return [one for one in near if found[one.shape] - {one.voice}]


def _names(chain: Chain, names: Mapping[str, str]) -> Sequence[str]:
    words = {PARTLY: "several parties", UNKNOWN: "others"}
    return [words.get(state) or names.get(state, state) for state in chain.sides.states]


def _words(side: Side, name: Sequence[str]) -> str:
    return f"held by {name[side.party]}" if side.holds else f"not held by {name[side.party]}"


def _reading(
    one: Side, other: Side, last: int, chain: Chain, name: Sequence[str], weights: Weights
) -> tuple[str, bool]:
    """How the model reads the dispute on its last day and now, and whether that settles it."""
    rule = weights.dispute
    then, now = chain.on(last), chain.on(min(chain.axis[-1], last + rule.settle_days))
    states = chain.sides.states
    holder = max(range(len(states)), key=lambda at: (then[states[at]], -at))
    day = day_of(last)
    reading = f"assessed on {day}: held by {name[holder]} with {then[states[holder]]:.2f}"
    if states[holder] == UNKNOWN:
        reading = f"assessed on {day}: not known who holds it ({then[states[holder]]:.2f})"
    elif states[holder] == PARTLY:
        reading = f"assessed on {day}: partly held with {then[states[holder]]:.2f}"
    enough = chain.axis[-1] - last >= rule.settle_days
    for side in (one, other):
        p = now[states[side.party]] if side.holds else 1 - now[states[side.party]]
        rival = other if side is one else one
        q = now[states[rival.party]] if rival.holds else 1 - now[states[rival.party]]
        if enough and p >= rule.settle_at and q <= 1 - rule.settle_at:
            later = day_of(last + rule.settle_days)
            return f"{reading}; borne out by {later}: {_words(side, name)} ({p:.2f})", True
    return reading, False
