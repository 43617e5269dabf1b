"""The claimed layer: what each side says, as it says it. The latest word of a side wins; nothing is weighed.

A side is the party that a source speaks for, else the kind of source ("monitors", "outlets", "residents").
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

import msgspec
import numpy as np

from tadmor.records import Bound, Pull, Spell, Status
from tadmor.timeline.columns import MODALITIES, NONE, Bools, Columns, Ints, grouped
from tadmor.timeline.mark import digest
from tadmor.timeline.spells import DIGITS, day_of, finish
from tadmor.timeline.unit import Section, sections
from tadmor.timeline.voiced import Change
from tadmor.timeline.weigh import ActorsLike, Voice

__all__ = ["Spoken", "claimed", "side", "spoken", "words"]

_KINDS = {
    "outlet": "outlets",
    "wire": "outlets",
    "state agency": "state agencies",
    "party": "parties",
    "official": "officials",
    "military": "militaries",
    "monitor": "monitors",
    "resident": "residents",
    "activist": "activists",
    "aid agency": "aid agencies",
    "international": "international bodies",
    "medic": "medics",
    "rescuer": "rescuers",
    "expert": "experts",
    "journalist": "journalists",
    "unnamed": "unnamed sources",
}
_WORD: Mapping[str, tuple[Status, bool]] = {  # type -> status it claims, and whether it is claimed of the actor
    "gains": ("held", True),
    "holds": ("held", True),
    "repels": ("held", True),
    "gains_part": ("partly held", True),
    "holds_part": ("partly held", True),
    "loses": ("unknown", False),
    "contests": ("contested", False),
    "besieges": ("besieged", False),
}


class Word(NamedTuple):
    """What a side says: from a day in ``earliest..latest`` on. `mark` is that of the claim."""

    latest: int
    published: int
    id: str
    mark: bytes
    earliest: int | None
    status: Status
    holder: str | None
    besieged_by: str | None
    actor: str | None
    voice: str
    w: float
    confidence: float


class State(NamedTuple):
    """What a run of words has it that a place is in; of the parties their keys, or names."""

    status: Status
    holder: str | None
    besieged_by: str | None


Start = tuple[int | None, int]


class Spoken(NamedTuple):
    """What a side said, in order; the runs of its words, when each began, and the bases of their spells."""

    words: list[Word]
    runs: list[tuple[State, list[Word]]]
    starts: list[Start]
    bases: list[bytes]


_ORDER, _DAY = itemgetter(0, 1, 2), itemgetter(0)  # of words
_encode = msgspec.msgpack.Encoder().encode


def side(voice: Voice, actors: ActorsLike) -> str:
    """Whose word a voice is."""
    if voice.speaks_for is not None:
        try:
            return actors.get(voice.speaks_for).name
        except KeyError:
            return voice.speaks_for
    return _KINDS.get(voice.kind, "others")


def words(told: Columns, claims: Ints, actors: ActorsLike) -> dict[str, Ints]:
    """Which of `claims`, of one place or part, are the word of each side, in order."""
    own = claims[_are_words(told, claims)]
    sides = [side(voice, actors) for voice in told.voices]
    names = sorted(set(sides))
    of = np.array([names.index(name) for name in sides], dtype=np.int64)[told.voice[own]]
    return {name: own[some] for name, some in zip(names, grouped(of, len(names)), strict=True) if len(some)}


def _are_words(told: Columns, claims: Ints | slice) -> Bools:
    known = np.array([type in _WORD for type in told.types], dtype=bool)[told.of_part[claims]]
    known &= _SAID[told.modality[claims]]
    known &= (told.last[claims] != NONE) | (told.published[claims] != NONE)
    return known


def spoken(
    told: Columns, claims: Ints, names: Mapping[str, str], before: Spoken | None = None, change: Change | None = None
) -> Spoken:
    """What one side says of one place or part; its words are `claims`. `before` is what it said until a `change`; it is
    given up."""
    if before is None or change is None:
        words = sorted(_words(told, claims), key=_ORDER)
        runs, same, rest = _runs(words, [], 0, 0)
        before = Spoken([], [], [], [])
    else:
        words = before.words
        first, last = _renewed(
            words,
            [*_words(change.gone, _are_words(change.gone, slice(None)).nonzero()[0])],
            [*_words(told, _come(claims, change))],
        )
        runs, same, rest = _runs(words, before.runs, first, last)
    starts = before.starts[:same]
    for at in range(same, len(runs)):
        earliest, latest = runs[at][1][0].earliest, runs[at][1][0].latest
        if starts:
            earliest = latest if earliest is None else max(earliest, starts[-1][1] + 1)
        starts.append((earliest if earliest is None else min(earliest, latest), latest))
        left = len(runs) - at
        if left <= rest and before.starts[-left] == starts[-1]:
            starts += before.starts[len(before.starts) - left + 1 :]
            rest = left
            break
    else:
        rest = 0
    # A run ends where the next begins.
    same = max(same - 1, 0)
    bases = before.bases[:same]
    for at in range(same, len(runs) - rest):
        bases.append(digest(_encode((_named(runs[at][0], names), starts[at], _after(starts, at), _marks(runs[at][1])))))
    bases += before.bases[len(before.bases) - rest :]
    return Spoken(words, runs, starts, bases)


def _come(claims: Ints, change: Change) -> Ints:
    """Those of `claims` that have come."""
    come = change.splice.come
    found: Ints = come[claims.take(claims.searchsorted(come), mode="clip") == come]
    return found


def _renewed(words: list[Word], gone: Iterable[Word], come: Iterable[Word]) -> tuple[int, int]:
    """Takes some words out of others, if they are there, and puts some in; how many of the first and of the last stay
    what they were."""
    first = last = len(words)
    for word in gone:
        at = bisect_left(words, _ORDER(word), key=_ORDER)
        if at < len(words) and words[at] == word:
            del words[at]
            first, last = min(first, at), min(last, len(words) - at)
    for word in come:
        at = bisect_left(words, _ORDER(word), key=_ORDER)
        words.insert(at, word)
        first, last = min(first, at), min(last, len(words) - at - 1)
    return first, last


def _after(starts: Sequence[Start], at: int) -> Start | None:
    return starts[at + 1] if at + 1 < len(starts) else None


def _named(state: State, names: Mapping[str, str]) -> State:
    holder, besieged_by = (names.get(key, key) if key else None for key in state[1:])
    return State(state.status, holder, besieged_by)


def _marks(words: Iterable[Word]) -> bytes:
    return b"".join(word.mark for word in words)


def claimed(place_id: str, part: str | None, who: str, said: Spoken, names: Mapping[str, str]) -> Iterator[Section]:
    """The claimed spells of one place or part as one side has it, by the last day on which each may have begun; oldest
    first."""

    def make(at: int) -> Spell:
        state, words = said.runs[at]
        return _spell(place_id, part, who, _named(state, names), said.starts[at], _after(said.starts, at), words)

    return sections([latest for _, latest in said.starts], said.bases, make)


_SAID = np.array([modality in ("asserted", "hedged") for modality in MODALITIES])
_CHANGES = frozenset({"gains", "gains_part", "loses", "contests", "besieges"})


def _words(told: Columns, claims: Ints) -> Iterator[Word]:
    parties = [*told.parties, None]  # the last for NONE
    columns = (
        told.ids, told.mark, told.first, told.last, told.published, told.type, told.of_part, told.actor, told.opponent,
        told.voice, told.w, told.confidence,
    )  # fmt: skip
    for id, mark, first, last, published, type, of_part, actor, opponent, voice, w, confidence in zip(
        *(column[claims].tolist() for column in columns), strict=True
    ):
        status, of_actor = _WORD[told.types[of_part]]
        latest = published if last == NONE else last
        begun = None if first == NONE else first
        if told.types[type] not in _CHANGES and not (begun is not None and begun < latest):
            begun = None
        elif told.types[type] not in _CHANGES and begun is not None:
            latest = begun
        yield Word(
            latest=latest,
            published=max(published, 0),
            id=id,
            mark=mark,
            earliest=begun,
            status=status,
            holder=parties[actor if of_actor else opponent],
            besieged_by=parties[actor] if told.types[type] == "besieges" else None,
            actor=parties[actor],
            voice=told.voices[voice].key,
            w=w,
            confidence=confidence,
        )


def _runs(
    words: Sequence[Word], before: Sequence[tuple[State, list[Word]]], first: int, last: int
) -> tuple[list[tuple[State, list[Word]]], int, int]:
    """The words that have it that one state goes on, in order; and how many of the first and of the last runs are those
    `before`, but for words at the end of the former, when the `first` and the `last` words were the same and others
    between them.

    What a word does depends on the last run alone, and no run is forgotten but on the day on which it began.
    """
    day = words[first - 1].latest if first else None
    same = bisect_left(before, day, key=_begin_day) if day is not None else 0
    runs = list(before[:same])
    if runs and day is not None:
        state, own = runs[-1]
        runs[-1] = state, own[: bisect_left(own, day, key=_DAY)]
    begin = bisect_left(words, day, key=_DAY) if day is not None else 0
    later = same
    for at in range(begin, len(words)):
        word = words[at]
        state = State(word.status, word.holder, word.besieged_by)
        top = runs[-1][0] if runs else None
        if top is not None and state.status == "unknown" and top.holder not in (None, word.actor):
            continue  # that another than the holder has left
        if top is not None and state.holder is None and state.status in ("contested", "besieged"):
            state = state._replace(holder=top.holder)
        if runs and runs[-1][1][0].latest == word.latest and top != state:
            del runs[-1]  # the same day again: the later word stands
        if runs and runs[-1][0] == state:
            runs[-1][1].append(word)
            continue
        if at >= len(words) - last:
            while later < len(before) and _begin(before[later]) < _ORDER(word):
                later += 1
            if later < len(before) and before[later][0] == state and before[later][1][0] == word:
                return [*runs, *before[later:]], same, len(before) - later
        runs.append((state, [word]))
    return runs, same, 0


def _begin(run: tuple[State, list[Word]]) -> tuple[int, int, str]:
    return run[1][0][:3]


def _begin_day(run: tuple[State, list[Word]]) -> int:
    return run[1][0].latest


def _spell(
    place_id: str,
    part: str | None,
    who: str,
    state: State,
    start: Start,
    after: Start | None,
    run: Sequence[Word],
) -> Spell:
    status, holder, besieged_by = state
    spell = Spell(
        id="",
        place_id=place_id,
        part=part,
        layer="claimed",
        claimed_by=who,
        status=status,
        holder=holder,
        contested=status == "contested",
        besieged_by=besieged_by,
        start=Bound(earliest=day_of(start[0]), latest=day_of(start[1])),
        confidence=round(_confidence(run), DIGITS),
        voices=len({word.voice for word in run}),
        pulls=tuple(
            Pull(claim_id=id, pull=-pull) for pull, id in sorted((-round(word.w, DIGITS), word.id) for word in run)
        ),
    )
    return finish(spell, after and Bound(earliest=_before(after[0]), latest=_before(after[1])))


def _confidence(run: Iterable[Word]) -> float:
    """How surely this side's words were said and read, not how far they are believed."""
    return max(min(max(word.confidence, 0.0), 1.0) for word in run)


def _before(ordinal: int | None) -> date | None:
    return None if ordinal is None else day_of(ordinal - 1)
