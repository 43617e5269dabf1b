"""The claimed layer: what each side says, as it says it. The latest word of a side wins; nothing is weighed.

A side is the party that a source speaks for, else the kind of source ("monitors", "outlets", "residents").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tadmor.records import Bound, Pull, Spell, Status
from tadmor.timeline.spells import DIGITS, day_of, finish
from tadmor.timeline.weigh import ActorsLike, Said, Voice

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
    said: Said


def side(voice: Voice, actors: ActorsLike) -> str:
    """Whose word a voice is."""
    if voice.speaks_for is not None:
        try:
            return actors.get(voice.speaks_for).name
        except KeyError:
            return voice.speaks_for
    return _KINDS.get(voice.kind, "others")


def words(chain: Iterable[Said], actors: ActorsLike) -> dict[str, list[Word]]:
    """What each side says of one place or part."""
    by_side: dict[str, list[Word]] = {}
    for said in chain:
        word = _word(said)
        if word is not None:
            by_side.setdefault(side(said.voice, actors), []).append(word)
    return by_side


def claimed(place_id: str, part: str | None, who: str, said: Iterable[Word], names: Mapping[str, str]) -> list[Spell]:
    """The claimed spells of one place or part as one side has it, oldest first."""
    return _sequence(place_id, part, who, sorted(said, key=lambda word: word[:3]), names)


def _word(said: Said) -> Word | None:
    if said.claim.modality not in ("asserted", "hedged") or said.of_part not in _WORD:
        return None
    status, of_actor = _WORD[said.of_part]
    last = said.last if said.last is not None else said.published
    if last is None:
        return None
    stated = said.first is not None and said.first < last
    change = said.claim.type in ("gains", "gains_part", "loses", "contests", "besieges")
    if change:
        earliest, latest = said.first, last
    else:
        earliest, latest = (said.first, said.first) if stated and said.first is not None else (None, last)
    holder = said.actor if of_actor else said.opponent
    besieger = said.actor if said.claim.type == "besieges" else None
    return Word(latest, said.published or 0, said.claim.id, earliest, status, holder, besieger, said)


def _sequence(place_id: str, part: str | None, who: str, words: list[Word], names: Mapping[str, str]) -> list[Spell]:
    runs: list[list[Word]] = []
    for word in words:
        if runs and word.status == "unknown" and runs[-1][0].holder not in (None, word.said.actor):
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
                voices=len({word.said.voice.key for word in run}),
                pulls=tuple(
                    Pull(claim_id=id, pull=-pull)
                    for pull, id in sorted((-round(word.said.w, DIGITS), word.id) for word in run)
                ),
            )
        )
    return [finish(spell, _end(spells, at)) for at, spell in enumerate(spells)]


def _state(word: Word) -> tuple[Status, str | None, str | None]:
    return word.status, word.holder, word.besieged_by


def _confidence(run: list[Word]) -> float:
    """How surely this side's words were said and read, not how far they are believed."""
    return max(min(max(word.said.claim.confidence, 0.0), 1.0) for word in run)


def _end(spells: list[Spell], at: int) -> Bound | None:
    if at + 1 == len(spells):
        return None
    start = spells[at + 1].start
    return Bound(
        earliest=day_of(start.earliest.toordinal() - 1) if start.earliest else None,
        latest=day_of(start.latest.toordinal() - 1) if start.latest else None,
    )
