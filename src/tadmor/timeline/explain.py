"""Why the model finds what it finds of a place on a day, and what would change it.

For the day: how probable each holder is, and for each claim that counts what its weight is made of. Then the place is
asked anew as if each voice, and each kind of source, had not spoken: an answer that differs shows what the finding
rests on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from tadmor.records import Heard, PlaceHistory, Record, Spell
from tadmor.timeline import build, spells
from tadmor.timeline.evidence import PARTLY
from tadmor.timeline.rehear import Rehearing
from tadmor.timeline.weigh import Knowledge, Said, Voice, Weight
from tadmor.timeline.whatif import Chain, WhatIf, chains

__all__ = ["Answer", "Asked", "Explained", "Weighed", "Without", "explain", "explained"]

MOST_VOICES = 40  # that are left out in turn, those with the weightiest claims first ...
LEAST_VOICES = 5
MOST_CLAIMS = 100_000  # ... so that about so many claims are heard in all: a minute or two


class Answer(Record, frozen=True):
    """What is found of a place or part on a day. `sure` is the probability of what the spell says, on that day; where
    that is contested or besieged, it may be held in part only (`partly`)."""

    spell: Spell
    sure: float
    partly: bool
    probabilities: dict[str, float]  # by holder, "partly" and "unknown"; the likeliest first


class Weighed(Record, frozen=True):
    """A claim that counts: whose word it is, what its weight is made of, and the claims that say the same."""

    voice: Voice
    weight: Weight
    copies: tuple[str, ...]


class Without(Record, frozen=True):
    """The answer if a voice (or all sources of a kind) had not spoken; None: nothing would be known."""

    voice: Voice | None  # None: the whole kind
    kind: str
    claims: int  # that would then not be heard, of the claims about the place
    answer: Answer | None


class Explained(Record, frozen=True):
    """What is found of a place or part on a day, and why."""

    part: str | None
    day: date
    answer: Answer
    weighed: dict[str, Weighed]  # by id of the claim
    changes: tuple[Without, ...]  # only those that change the answer
    tried: int  # voices that were left out in turn
    voices: int  # of so many


def explain(
    place_id: str, heard: Sequence[Heard], day: date, knowledge: Knowledge, same: Callable[[Answer, Answer], bool]
) -> list[Explained]:
    """The place itself first, then its parts, as far as something is known of them on `day`.

    `same` tells whether two answers are as good as one.
    """
    return explained(place_id, Asked.of(heard, knowledge), day, knowledge, same)


class Asked(NamedTuple):
    """What was heard of a place, and the ways by which its claims came, with their ids: worked out once for all that is
    asked of it."""

    rehearing: Rehearing
    ways: Mapping[Chain, Sequence[str]]

    @classmethod
    def of(cls, heard: Sequence[Heard], knowledge: Knowledge) -> Asked:
        chain = chains(knowledge)
        ways: defaultdict[Chain, list[str]] = defaultdict(list)
        for one in heard:
            ways[chain(one)].append(one.claim.id)
        return cls(Rehearing(heard, knowledge), ways)


def explained(
    place_id: str,
    asked: Asked,
    day: date,
    knowledge: Knowledge,
    same: Callable[[Answer, Answer], bool],
    *,
    changes: bool = True,
) -> list[Explained]:
    """As `explain`, of a place of which more is asked; without `changes` no voice is left out, which takes longest."""
    rehearing, ways = asked
    solved = build.solve_told(rehearing.told, knowledge)
    found = _answers(place_id, solved, day, knowledge)
    counted = {said.claim.id: said for one in solved for said in one.counted}
    weighed = {id: Weighed(said.voice, said.weight, said.copies) for id, said in counted.items()}
    voices = _weightiest(counted.values())
    changed: dict[str | None, list[Without]] = {part: [] for part in found}

    def leave_out(voice: Voice | None, kind: str, hears: Callable[[Chain], bool]) -> None:
        unheard = {id for way, ids in ways.items() if not hears(way) for id in ids}
        if not unheard:
            return
        answers = _answers(place_id, build.solve_told(rehearing.without(unheard), knowledge), day, knowledge)
        for part, answer in found.items():
            other = answers.get(part)
            if other is None or not same(answer, other):
                changed[part].append(Without(voice, kind, len(unheard), other))

    tried = 0
    if changes:
        tried = min(len(voices), MOST_VOICES, max(LEAST_VOICES, MOST_CLAIMS // max(len(rehearing), 1)))
        for voice in voices[:tried]:
            leave_out(voice, voice.kind, WhatIf(without=frozenset({voice.key})).hears)
        for kind in sorted({voice.kind for voice in voices}):
            leave_out(None, kind, _others(kind))
    return [
        Explained(part, day, answer, weighed, tuple(changed[part]), tried, len(voices))
        for part, answer in found.items()
    ]


def _others(kind: str) -> Callable[[Chain], bool]:
    return lambda way: way[0].kind != kind


def _answers(
    place_id: str, solved: Iterable[build.Solved], day: date, knowledge: Knowledge
) -> dict[str | None, Answer]:
    """What is found on `day`, by part."""
    found = {}
    for one in solved:
        told = spells.Assessed(place_id, one.part, one.chain, one.hearing, one.told, one.names, knowledge.weights)
        begun = [frame for frame in told.frames if spells.starts(frame.start) <= day]
        if not begun:
            continue
        # Of all spells only that of the day is made: what speaks for one is looked for long.
        history = PlaceHistory(place_id=place_id, spells=(told.spell(begun[-1]),))
        for spell in build.state_on(history, day, half_life_days=knowledge.weights.control.half_life_days):
            ranked = sorted(one.on(day).items(), key=lambda item: (-item[1], item[0]))
            probabilities = {name: round(p, spells.DIGITS) for name, p in ranked}
            state = one.chain.state(day.toordinal())
            sure = round(one.chain.on(day.toordinal())[state], spells.DIGITS)
            found[one.part] = Answer(spell, sure, state == PARTLY, probabilities)
    return found


def _weightiest(counted: Iterable[Said]) -> list[Voice]:
    """Every voice once, the one with the most weight first."""
    weights: dict[str, float] = {}
    voices: dict[str, Voice] = {}
    for said in counted:
        weights[said.voice.key] = weights.get(said.voice.key, 0.0) + said.w
        voices.setdefault(said.voice.key, said.voice)
    return [voices[key] for key in sorted(weights, key=lambda key: (-weights[key], key))]
