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
from functools import cached_property, partial
from itertools import combinations, pairwise
from typing import Any, NamedTuple

import msgspec
import numpy as np

from tadmor.records import Days, Dispute, Heard, Record
from tadmor.timeline.columns import MODALITIES, NONE, PRECISIONS, Bools, Columns, Ints
from tadmor.timeline.control import Chain
from tadmor.timeline.evidence import PARTLY, UNKNOWN
from tadmor.timeline.mark import digest
from tadmor.timeline.moved import Moved
from tadmor.timeline.spells import content_id, day_of
from tadmor.timeline.unit import Notes, Piece, Section, section_name, section_number
from tadmor.timeline.weigh import HOLDS, Knowledge, Said, Voice, hear
from tadmor.timeline.weights import Weights

__all__ = ["Standing", "asserting", "by_day", "disputes", "standing", "standings"]

LEAST_WEIGHT = 0.2  # log-odds: what is said more weakly contradicts nobody
_encode = msgspec.msgpack.Encoder().encode


class Asserted(NamedTuple):
    """Assertions in columns: that `party` holds the place (or does not) on the days `first` to `last`.

    Those that say `firm` what was on these very days, of an attack or as a denial, are contradicted by a change on
    them. `change` is the day of a change, before which nothing is asserted, else `NONE`; `until` the last day claimed,
    else that of publication.
    """

    claim: Ints
    party: Ints
    holds: Bools
    first: Ints
    last: Ints
    change: Ints
    firm: Bools
    voice: Ints
    until: Ints

    def only(self, chosen: Ints | Bools | slice) -> Asserted:
        columns: Any = [column[chosen] for column in self]
        return Asserted(*columns)


Key = tuple[int, bool]  # a party, and whether it holds the place


class Side:
    """Assertions that say the same of touching days `first` to `last`, by their first days.

    `firsts` are these days, and `reached` for each assertion the last day that it or one before it reaches.
    """

    def __init__(self, key: Key, told: Asserted, rows: slice, first: int, reached: Ints) -> None:
        self.party, self.holds = key
        self.first, self.last = first, int(reached[-1])
        self.key = (*key, self.first, self.last)
        self._told, self._rows, self._reached = told, rows, reached

    @cached_property
    def asserted(self) -> Asserted:
        return self._told.only(self._rows)

    @cached_property
    def firsts(self) -> list[int]:
        found: list[int] = self.asserted.first.tolist()
        return found

    @cached_property
    def reached(self) -> list[int]:
        found: list[int] = self._reached.tolist()
        return found

    def within(self, first: int, last: int) -> Ints:
        """The places of the assertions on days from `first` to `last`."""
        begin, end = bisect_left(self.reached, first), bisect_right(self.firsts, last)
        found: Ints = (self.asserted.last[begin:end] >= first).nonzero()[0] + begin
        return found


Near = tuple[tuple[Side, Ints], tuple[Side, Ints]]  # two sides, and the places of what is said within each other's days


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


# Of both, who holds the place or not, and from when to when.
Sides = tuple[tuple[int, bool, int, int], tuple[int, bool, int, int]]


class Pair(NamedTuple):
    """What was found of two sides: the basis of their dispute, its days (None: there is none), how the model reads it,
    and whether that settles it."""

    basis: bytes
    days: tuple[int, int] | None
    reading: str
    settled: bool


class Looked(NamedTuple):
    """What was found of the pairs of sides of a section, on what days that depends, and the basis of the section."""

    pairs: dict[Sides, Pair]
    first: int
    last: int
    basis: bytes


class Meeting(NamedTuple):
    """Where the sides of two parties share days, by the section in which those begin: the places of both among the
    spans, `ones` and `others`, and the name of each pair."""

    ones: list[tuple[int, int]]
    others: list[tuple[int, int]]
    by_section: dict[int | None, tuple[list[tuple[int, int]], list[Sides]]]


class Found(NamedTuple):
    """What was found of the disputes of a chain, to be found again where nothing has moved: the last day of the chain,
    its sections, and where sides meet."""

    last: int
    sections: dict[str, Looked]
    meetings: dict[tuple[Key, Key], Meeting]


def disputes(
    place_id: str, part: str | None, told: Columns, claims: Ints, chain: Chain, names: Mapping[str, str],
    weights: Weights, notes: Notes, found: Found, before: Found | None = None, moved: Moved | None = None,
) -> Iterator[Section]:  # fmt: skip
    """The disputes of one place or part, by the claims about it that are `asserting` who holds it.

    What is `found` of them is added there; `before` is what was when the chain was last solved, and `moved` what has
    moved since.
    """
    made = _Disputes(place_id, part, told, chain, names, weights, notes, found, before, moved)
    sides = _sides(_asserted(told, claims, chain, weights), weights.dispute.live_days)
    groups: dict[int | None, list[Group]] = {}
    for a, b in combinations(sorted(sides), 2):
        if _exclude(a, b, chain):
            one, other = sides[a], sides[b]
            meeting = before.meetings.get((a, b)) if before else None
            if meeting is None or (meeting.ones, meeting.others) != (one.spans, other.spans):
                meeting = _met(one, other)
            found.meetings[a, b] = meeting
            for number, (places, keys) in meeting.by_section.items():
                groups.setdefault(number, []).append((one, other, places, keys))
    for number, own in groups.items():
        yield made.section(section_name(number), own)


def asserting(told: Columns, claims: Ints) -> Ints:
    """Those of some claims that assert who holds the place."""
    chosen = np.array([type in HOLDS for type in told.types], dtype=bool)[told.of_part[claims]]
    chosen &= _ASSERTED[told.modality[claims]] & (told.w[claims] >= LEAST_WEIGHT)
    chosen &= np.array([part.share >= 1 for part in told.parts], dtype=bool)[told.part[claims]]
    chosen &= (told.actor[claims] != NONE) & ((told.last[claims] != NONE) | (told.published[claims] != NONE))
    found: Ints = claims[chosen]
    return found


def by_day(dispute: Dispute) -> tuple[object, ...]:
    """The order of the disputes of a place: of the place itself first."""
    return dispute.part is not None, dispute.part or "", dispute.days.first, dispute.id


def _asserted(told: Columns, claims: Ints, chain: Chain, weights: Weights) -> Asserted:
    rows = chain.sides.rows(told.parties)
    claims = claims[rows[told.actor[claims]] != NONE]
    kind, denied = told.of_part[claims], _DENIED[told.modality[claims]]
    holds = np.array([HOLDS.get(type, False) for type in told.types], dtype=bool)[kind]
    changes = np.array([type in ("gains", "loses") for type in told.types], dtype=bool)[kind]
    repels = np.array([type == "repels" for type in told.types], dtype=bool)[kind]
    published = told.published[claims]
    last = np.where(told.last[claims] == NONE, published, told.last[claims])
    first = np.where(told.first[claims] == NONE, last, told.first[claims])
    slack = np.array([weights.precision[precision].slack for precision in PRECISIONS])[told.precision[claims]]
    inner = first + np.minimum(slack, (last - first) // 2)
    end = np.where(published == last, last, np.maximum(last - slack, inner))
    return Asserted(
        claim=claims,
        party=rows[told.actor[claims]],
        holds=holds != denied,
        first=np.where(changes, last, inner),
        last=np.where(changes, last + weights.dispute.live_days, end),
        change=np.where(changes, last, NONE),
        firm=denied | repels,
        voice=told.voice[claims],
        until=last,
    )


_ASSERTED = np.array([modality in ("asserted", "hedged", "denied") for modality in MODALITIES])
_DENIED = np.array([modality == "denied" for modality in MODALITIES])


class _Sides:
    """The sides of those who have it that one party holds the place, or does not, by the `spans` of their days."""

    def __init__(self, key: Key, told: Asserted, rows: slice, gap: int) -> None:
        self.key, self._told, self._begin = key, told, rows.start
        firsts = told.first[rows]
        self._reached = np.maximum.accumulate(told.last[rows])
        cuts = np.flatnonzero(firsts[1:] - self._reached[:-1] > gap) + 1
        self._edges = np.concatenate([[0], cuts, [len(firsts)]])
        lasts = self._reached[self._edges[1:] - 1]
        self.spans: list[tuple[int, int]] = list(zip(firsts[self._edges[:-1]].tolist(), lasts.tolist(), strict=True))

    def __getitem__(self, at: int) -> Side:
        begin, end = self._edges[at : at + 2].tolist()
        rows = slice(self._begin + begin, self._begin + end)
        return Side(self.key, self._told, rows, self.spans[at][0], self._reached[begin:end])

    def name(self, at: int) -> tuple[int, bool, int, int]:
        """By which a side is known again."""
        return (*self.key, *self.spans[at])


Group = tuple[_Sides, _Sides, Sequence[tuple[int, int]], Sequence[Sides]]  # pairs of sides by their places, their names


def _sides(asserted: Asserted, gap: int) -> dict[Key, _Sides]:
    """By party, and whether it is to hold the place, the sides in order."""
    key = asserted.party * 2 + asserted.holds
    # By key, first and last day, each of less than 22 bits.
    ordered = np.argsort((key << 44) + (asserted.first << 22) + asserted.last, kind="stable")
    asserted, key = asserted.only(ordered), key[ordered]
    edges = [0, *(np.flatnonzero(np.diff(key)) + 1).tolist(), len(key)] if len(key) else []
    found: dict[Key, _Sides] = {}
    for begin, end in pairwise(edges):
        party, holds = divmod(int(key[begin]), 2)
        found[party, bool(holds)] = _Sides((party, bool(holds)), asserted, slice(begin, end), gap)
    return found


def _exclude(a: Key, b: Key, chain: Chain) -> bool:
    """Whether both cannot be true: one party holds it and does not, or two that are not allied both hold it."""
    (party, holds), (other, too) = a, b
    if party == other:
        return holds != too
    return holds and too and not chain.sides.speaks[party, other]


def _overlapping(ones: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """The places of spans, in order, that share a day."""
    at = 0
    for one, (first, last) in enumerate(ones):
        while at < len(others) and others[at][1] < first:
            at += 1
        for other in range(at, len(others)):
            if others[other][0] > last:
                break
            yield one, other


def _met(one: _Sides, other: _Sides) -> Meeting:
    by_section: dict[int | None, tuple[list[tuple[int, int]], list[Sides]]] = {}
    for at, to in _overlapping(one.spans, other.spans):
        first = max(one.spans[at][0], other.spans[to][0])
        places, keys = by_section.setdefault(section_number(first), ([], []))
        places.append((at, to))
        keys.append((one.name(at), other.name(to)))
    return Meeting(one.spans, other.spans, by_section)


class _Disputes:
    """Makes disputes of sides. What is said on either side within the days of the other decides which of it the other
    contradicts, and is looked at again only where it has changed."""

    def __init__(
        self, place_id: str, part: str | None, told: Columns, chain: Chain, names: Mapping[str, str], weights: Weights,
        notes: Notes, found: Found, before: Found | None, moved: Moved | None,
    ) -> None:  # fmt: skip
        self.place_id, self.part, self.told, self.chain, self.weights = place_id, part, told, chain, weights
        self.names, self.notes = _names(chain, names), notes
        self.found = found.sections
        self.before: Mapping[str, Looked] = before.sections if before and moved else {}
        self.moved, self.until = moved, min(before.last, found.last) if before else 0

    def section(self, name: str, groups: Sequence[Group]) -> Section:
        """The disputes of the pairs of sides of one section."""
        before = self.before.get(name)
        stays = before and before.last < self.until and not self._moved(before.first, before.last)
        keys = [key for *_, own in groups for key in own]
        if before and stays and [*before.pairs] == keys:
            self.notes.keep(name)
            self.found[name] = before
            return Section(name, before.basis, lambda: self._pieces(name, _at(groups)))
        sides = _at(groups)
        pairs = [self._pair(name, before, one, other) for one, other in sides]
        days = [day for pair in pairs if pair.days for day in pair.days]
        # The model reads a dispute on its last day, and some days later.
        last = max(min(one.last, other.last) for one, other in sides)
        last = max([last, *(day + self.weights.dispute.settle_days for day in days)])
        basis = digest(*(_basis(pair) for pair in pairs if pair.days))
        first = min(max(one.first, other.first) for one, other in sides)
        self.found[name] = Looked(dict(zip(keys, pairs, strict=True)), first, last, basis)
        return Section(name, basis, lambda: self._pieces(name, sides))

    def _pieces(self, name: str, sides: Sequence[tuple[Side, Side]]) -> Iterator[Piece]:
        for (one, other), pair in zip(sides, self.found[name].pairs.values(), strict=True):
            if pair.days is not None:
                yield Piece(_basis(pair), partial(self._dispute, one, other, pair))

    def _pair(self, section: str, before: Looked | None, one: Side, other: Side) -> Pair:
        """What is found of two sides."""
        pair = before.pairs.get((one.key, other.key)) if before else None
        if pair is not None and not self._moved(max(one.first, other.first), min(one.last, other.last)):
            days = pair.days
            self.notes(section, pair.basis, lambda: days)
            return self._read(pair, one, other) if days is not None and self._is_read_anew(days[1]) else pair
        marks = [self.told.mark[side.asserted.claim[some]].tobytes() for side, some in _near(one, other)]
        basis = digest(_encode((self._texts(one, other), one.party == other.party, *marks)))
        days = self.notes(section, basis, partial(_days, one, other))
        return self._read(Pair(basis, days, "", False), one, other)

    def _moved(self, first: int, last: int) -> bool:
        return self.moved is None or self.moved.any(first, last)

    def _is_read_anew(self, last: int) -> bool:
        later = last + self.weights.dispute.settle_days
        return later >= self.until or self._moved(last, last) or self._moved(later, later)

    def _read(self, pair: Pair, one: Side, other: Side) -> Pair:
        if pair.days is None:
            return pair
        reading, settled = _reading(one, other, pair.days[1], self.chain, self.names, self.weights)
        return pair._replace(reading=reading, settled=settled)

    def _texts(self, one: Side, other: Side) -> list[str]:
        return [_words(side, self.names) for side in (one, other)]

    def _dispute(self, one: Side, other: Side, pair: Pair) -> Dispute:
        assert pair.days is not None
        texts = self._texts(one, other)
        sides = tuple(
            (text, tuple(sorted(self.told.ids[some.claim].tolist())))
            for text, some in zip(texts, _contradicting(_near(one, other)), strict=True)
        )
        return Dispute(
            id=content_id("d", self.place_id, self.part, sides),
            place_id=self.place_id,
            part=self.part,
            days=Days(first=day_of(pair.days[0]), last=day_of(pair.days[1]), precision="day", basis="context"),
            about=" or ".join(texts),
            sides=sides,
            open=not pair.settled,
            reading=pair.reading,
        )


def _at(groups: Iterable[Group]) -> list[tuple[Side, Side]]:
    return [(one[at], other[to]) for one, other, places, _ in groups for at, to in places]


def _basis(pair: Pair) -> bytes:
    return digest(pair.basis, _encode(pair[2:]))


def _near(one: Side, other: Side) -> Near:
    return (one, one.within(other.first, other.last)), (other, other.within(one.first, one.last))


def _days(one: Side, other: Side) -> tuple[int, int] | None:
    """The days of the dispute of two sides; None: no voice contradicts another."""
    left, right = _contradicting(_near(one, other))
    if not len(left.claim) or not len(right.claim) or len(np.union1d(left.voice, right.voice)) < 2:
        return None
    first = int(max(side.first.min() for side in (left, right)))
    told = max(side.until.max() for side in (left, right))
    return first, max(first, int(min(told, left.last.max(), right.last.max())))


def _contradicting(near: Near) -> tuple[Asserted, Asserted]:
    """What another voice contradicts, on each of two sides."""
    left, right = (side.asserted.only(some) for side, some in near)
    return _contradicted(left, right), _contradicted(right, left)


def _contradicted(near: Asserted, by: Asserted) -> Asserted:
    """The assertions of one side that another voice on the other side contradicts.

    What was so until a change does not contradict the change, and of two changes to different holders the later does
    not contradict the earlier.
    """
    if not len(near.claim) or not len(by.claim):
        return near.only(slice(0))
    changes = by.change != NONE
    in_turn = near.party[0] != by.party[0]
    shapes = list(zip(*(column.tolist() for column in (near.first, near.last, near.change, near.firm)), strict=True))
    voices: dict[tuple[int, int, int, bool], set[int]] = {}
    for shape in set(shapes):
        first, last, change, firm = shape
        overlap = (by.first <= last) & (by.last >= first)
        if change != NONE:
            overlap &= by.firm | np.where(changes, (by.change >= change) | (not in_turn), by.last > change)
        if not firm:
            turned = (last <= by.change) if change == NONE else (change < by.change) & in_turn
            overlap &= ~(changes & turned)
        voices[shape] = set(by.voice[overlap].tolist())
    said = zip(shapes, near.voice.tolist(), strict=True)
    return near.only(np.array([bool(voices[shape] - {voice}) for shape, voice in said]))


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
    then, now = chain.at(last), chain.at(min(chain.axis[-1], last + rule.settle_days))
    holder = then.index(max(then))
    state, day = chain.sides.states[holder], day_of(last)
    reading = f"assessed on {day}: held by {name[holder]} with {then[holder]:.2f}"
    if state == UNKNOWN:
        reading = f"assessed on {day}: not known who holds it ({then[holder]:.2f})"
    elif state == PARTLY:
        reading = f"assessed on {day}: partly held with {then[holder]:.2f}"
    enough = chain.axis[-1] - last >= rule.settle_days
    for side in (one, other):
        p = now[side.party] if side.holds else 1 - now[side.party]
        rival = other if side is one else one
        q = now[rival.party] if rival.holds else 1 - now[rival.party]
        if enough and p >= rule.settle_at and q <= 1 - rule.settle_at:
            later = day_of(last + rule.settle_days)
            return f"{reading}; borne out by {later}: {_words(side, name)} ({p:.2f})", True
    return reading, False
