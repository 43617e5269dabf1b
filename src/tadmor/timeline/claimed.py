"""The claimed layer: what each side says, as it says it. The latest word of a side wins; nothing is weighed.

A side is the party that a source speaks for, else the kind of source ("monitors", "outlets", "residents").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from tadmor.records import Bound, Pull, Spell, Status
from tadmor.timeline.columns import MODALITIES, NONE, Columns, Ints
from tadmor.timeline.spells import DIGITS, day_of, finish
from tadmor.timeline.weigh import ActorsLike, Voice

__all__ = ["Word", "claimed", "side", "words"]

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
    """What a side says: from a day in ``earliest..latest`` on."""

    latest: int
    published: int
    id: str
    earliest: int | None
    status: Status
    holder: str | None
    besieged_by: str | None
    actor: str | None
    voice: str
    w: float
    confidence: float


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
    known = np.array([type in _WORD for type in told.types], dtype=bool)[told.of_part[claims]]
    known &= _SAID[told.modality[claims]]
    own = claims[known & ((told.last[claims] != NONE) | (told.published[claims] != NONE))]
    sides = [side(voice, actors) for voice in told.voices]
    names = sorted(set(sides))
    of = np.array([names.index(name) for name in sides], dtype=np.int64)[told.voice[own]]
    ordered = own[np.argsort(of, kind="stable")]
    found = np.split(ordered, np.searchsorted(np.sort(of), range(1, len(names))))
    return {name: some for name, some in zip(names, found, strict=False) if len(some)}


def claimed(
    place_id: str, part: str | None, who: str, told: Columns, claims: Ints, names: Mapping[str, str]
) -> list[Spell]:
    """The claimed spells of one place or part as one side has it, whose words `claims` are; oldest first."""
    return _sequence(place_id, part, who, sorted(_words(told, claims), key=lambda word: word[:3]), names)


_SAID = np.array([modality in ("asserted", "hedged") for modality in MODALITIES])
_CHANGES = frozenset({"gains", "gains_part", "loses", "contests", "besieges"})


def _words(told: Columns, claims: Ints) -> Iterator[Word]:
    parties = [*told.parties, None]  # the last for NONE
    columns = (
        told.ids, told.first, told.last, told.published, told.type, told.of_part, told.actor, told.opponent, told.voice,
        told.w, told.confidence,
    )  # fmt: skip
    for id, first, last, published, type, of_part, actor, opponent, voice, w, confidence in zip(
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
            earliest=begun,
            status=status,
            holder=parties[actor if of_actor else opponent],
            besieged_by=parties[actor] if told.types[type] == "besieges" else None,
            actor=parties[actor],
            voice=told.voices[voice].key,
            w=w,
            confidence=confidence,
        )


def _sequence(place_id: str, part: str | None, who: str, words: list[Word], names: Mapping[str, str]) -> list[Spell]:
    runs: list[list[Word]] = []
    for word in words:
        if runs and word.status == "unknown" and runs[-1][0].holder not in (None, word.actor):
            continue  # that another than the holder has left
        if runs and word.holder is None and word.status in ("contested", "besieged"):
            word = word._replace(holder=runs[-1][-1].holder)
        if runs and runs[-1][0].latest == word.latest and _state(runs[-1][0]) != _state(word):
            del runs[-1]  # the same day again: the later word stands
        if runs and _state(runs[-1][0]) == _state(word):
            runs[-1].append(word)
        else:
            runs.append([word])
    spells: list[Spell] = []
    for run in runs:
        first = run[0]
        earliest = first.earliest
        if spells and spells[-1].start.latest is not None and earliest is not None:
            earliest = max(earliest, spells[-1].start.latest.toordinal() + 1)
        elif spells:
            earliest = first.latest if earliest is None else earliest
        if earliest is not None:
            earliest = min(earliest, first.latest)
        spells.append(
            Spell(
                id="",
                place_id=place_id,
                part=part,
                layer="claimed",
                claimed_by=who,
                status=first.status,
                holder=names.get(first.holder, first.holder) if first.holder else None,
                contested=first.status == "contested",
                besieged_by=names.get(first.besieged_by, first.besieged_by) if first.besieged_by else None,
                start=Bound(earliest=day_of(earliest), latest=day_of(first.latest)),
                confidence=round(_confidence(run), DIGITS),
                voices=len({word.voice for word in run}),
                pulls=tuple(
                    Pull(claim_id=id, pull=-pull)
                    for pull, id in sorted((-round(word.w, DIGITS), word.id) for word in run)
                ),
            )
        )
    return [finish(spell, _end(spells, at)) for at, spell in enumerate(spells)]


def _state(word: Word) -> tuple[Status, str | None, str | None]:
    return word.status, word.holder, word.besieged_by


def _confidence(run: list[Word]) -> float:
    """How surely this side's words were said and read, not how far they are believed."""
    return max(min(max(word.confidence, 0.0), 1.0) for word in run)


def _end(spells: list[Spell], at: int) -> Bound | None:
    if at + 1 == len(spells):
        return None
    start = spells[at + 1].start
    return Bound(
        earliest=day_of(start.earliest.toordinal() - 1) if start.earliest else None,
        latest=day_of(start.latest.toordinal() - 1) if start.latest else None,
    )
