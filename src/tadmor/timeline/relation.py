"""How parties stood to each other over time, as claims have it: backs, allied with, part of, opposes.

A claim of a relation seldom says since when, so it speaks for the days that it names, else for the day on which it was
published. Claims of one relation of the same two parties make an interval, which ends where a claim of the contrary
stands between them or where nobody has said it for `APART` days: then nobody has said that it lasted. What the
dictionary of actors says is told beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from tadmor.records import Heard, Record
from tadmor.timeline.spells import DIGITS, day_of
from tadmor.timeline.weigh import ActorLike, ActorsLike, Knowledge, Said, hear, party_key

__all__ = ["APART", "LEAST_VOICES", "Related", "Relation", "relations"]

APART = 365  # days
LEAST_VOICES = 2  # that make a relation count where the dictionary is silent

_MUTUAL = frozenset({"allied_with", "opposes", "also_known_as"})
_HOSTILE = frozenset({"opposes"})


class Relation(Record, frozen=True):
    """`actor` stands so to `opponent`, at least from `first` to `last` (None: no claim of it has a day)."""

    type: str
    actor: str
    opponent: str
    keys: tuple[str, str]  # of the two: ids of actors where they have one
    first: date | None
    last: date | None
    claim_ids: tuple[str, ...]  # by day
    denials: tuple[str, ...]  # claims that deny it
    voices: int  # independent ones that say it
    confidence: float
    dictionary: bool | None  # whether the dictionary has the two on one side on the last day; None: it is silent

    @property
    def hostile(self) -> bool:
        return self.type in _HOSTILE

    def holds(self, day: date | None) -> bool:
        """Whether it was said within `APART` days of `day`; an unknown day lies in every interval."""
        if day is None or self.first is None or self.last is None:
            return True
        return self.first.toordinal() - APART <= day.toordinal() <= self.last.toordinal() + APART


class _Word(NamedTuple):
    """One claim of a relation."""

    first: int
    last: int
    id: str
    said: Said
    denied: bool


def relations(heard: Sequence[Heard], knowledge: Knowledge) -> list[Relation]:
    """The relations that claims of that kind amount to, by the names of the parties, type and day."""
    spoken = {one.claim.id: one for one in heard if one.claim.kind == "relation"}
    counted = [said for said in hear(spoken.values(), knowledge) if said.actor and said.opponent]
    groups: dict[tuple[str, str, str], list[_Word]] = {}
    for said in counted:
        if said.claim.modality in ("planned", "possible"):
            continue
        for id in (said.claim.id, *said.copies):
            word = _Word(*_days(spoken[id]), id, said, said.claim.modality == "denied")
            groups.setdefault(_key(said), []).append(word)
    found = []
    for (kind, *pair), words in groups.items():
        contrary = [
            word.last
            for (other, *others), some in groups.items()
            if set(others) == set(pair) and (other in _HOSTILE) != (kind in _HOSTILE)
            for word in some
            if not word.denied
        ]
        for run in _runs(sorted(words, key=lambda word: word[:3]), contrary):
            if not all(word.denied for word in run):
                found.append(_relation(kind, (pair[0], pair[1]), run, knowledge.actors))
    return sorted(found, key=lambda one: (one.actor, one.opponent, one.type, one.first or date.min, one.claim_ids))


def _key(said: Said) -> tuple[str, str, str]:
    actor, opponent = said.actor or "", said.opponent or ""
    if said.claim.type in _MUTUAL and opponent < actor:
        actor, opponent = opponent, actor
    return said.claim.type, actor, opponent


def _days(one: Heard) -> tuple[int, int]:
    """First and last day that a claim speaks for, as ordinals; nought where none is known."""
    days = one.claim.days
    last = days.last or one.published or days.first
    first = days.first or last
    return (first.toordinal() if first else 0), (last.toordinal() if last else 0)


def _runs(words: Iterable[_Word], contrary: Iterable[int]) -> list[list[_Word]]:
    runs: list[list[_Word]] = []
    for word in words:
        reached = max((before.last for before in runs[-1]), default=0) if runs else 0
        broken = any(reached < day < word.first for day in contrary)
        if not runs or (reached and (broken or word.first - reached > APART)):
            runs.append([])
        runs[-1].append(word)
    return runs


def _relation(kind: str, pair: tuple[str, str], run: Sequence[_Word], actors: ActorsLike) -> Relation:
    names = {
        party_key(party): party.name
        for word in run
        for party in (word.said.claim.actor, word.said.claim.opponent)
        if party is not None
    }
    told = [word for word in run if not word.denied]
    strongest: dict[bool, dict[str, float]] = {True: {}, False: {}}
    for word in run:
        voices = strongest[word.denied]
        voices[word.said.voice.key] = max(voices.get(word.said.voice.key, 0.0), word.said.w)
    log_odds = sum(sorted(strongest[False].values())) - sum(sorted(strongest[True].values()))
    first, last = min(word.first for word in told), max(word.last for word in told)
    return Relation(
        type=kind,
        actor=names[pair[0]],
        opponent=names[pair[1]],
        keys=pair,
        first=day_of(first or None),
        last=day_of(last or None),
        claim_ids=tuple(word.id for word in told),
        denials=tuple(word.id for word in run if word.denied),
        voices=len(strongest[False]),
        confidence=round(1 / (1 + math.exp(-log_odds)), DIGITS),
        dictionary=_same_side(actors, pair, day_of(last or None)),
    )


def _same_side(actors: ActorsLike, pair: tuple[str, str], day: date | None) -> bool | None:
    try:
        found = actors.same_side(*pair, day)
    except KeyError:
        return None
    return None if found is None else found > 0


class Related:
    """The dictionary of actors, and where it is silent what at least `LEAST_VOICES` voices say of two parties."""

    def __init__(self, actors: ActorsLike, told: Iterable[Relation]) -> None:
        self._actors = actors
        self._told: dict[frozenset[str], list[Relation]] = {}
        for relation in told:
            if relation.voices >= LEAST_VOICES:
                self._told.setdefault(frozenset(relation.keys), []).append(relation)

    def get(self, id: str, /) -> ActorLike:
        return self._actors.get(id)

    def by_name(self, name: str, /) -> ActorLike | None:
        return self._actors.by_name(name)

    def same_side(self, a_id: str, b_id: str, day: date | None = None, /) -> float | None:
        """As `lexicon.actors.Actors.same_side`; claims that contradict each other leave it open."""
        try:
            known = self._actors.same_side(a_id, b_id, day)
        except KeyError:
            known = None
        if known is not None:
            return known
        told = {relation.hostile for relation in self._told.get(frozenset((a_id, b_id)), ()) if relation.holds(day)}
        return (-1.0 if told.pop() else 1.0) if len(told) == 1 else None
