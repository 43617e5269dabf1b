"""All claims of one place become its history: events, spells of both layers, disputes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

import msgspec

from tadmor.lexicon import actors, sources
from tadmor.records import Dispute, Heard, PlaceHistory, Spell
from tadmor.timeline import claimed, control, dispute, evidence, link, spells, weights
from tadmor.timeline.weigh import Knowledge, Said, hear

__all__ = ["Solved", "history", "known", "party_names", "posterior", "solve", "state_on", "until"]


class Solved(NamedTuple):
    """One chain of a place: a part (None: the place itself), its claims, what they say, and the model.

    `names` are those to show for the parties.
    """

    part: str | None
    counted: list[Said]
    hearing: evidence.Hearing
    chain: control.Chain
    names: Mapping[str, str]

    def on(self, day: date) -> dict[str, float]:
        """How probable the model finds each holder on `day`, by name, with "partly" and "unknown"."""
        names = {**self.names, evidence.PARTLY: "partly", evidence.UNKNOWN: "unknown"}
        found: dict[str, float] = {}
        for state, p in self.chain.on(day.toordinal()).items():
            name = names.get(state, state)
            found[name] = found.get(name, 0.0) + p
        return found


@cache
def known() -> Knowledge:
    """The weights, sources and actors shipped with the package."""
    return Knowledge(weights=weights.load(), sources=sources.load(), actors=actors.load())


def history(place_id: str, heard: Sequence[Heard], *, knowledge: Knowledge | None = None) -> PlaceHistory:
    """The history of one place from all claims about it.

    A pure function: the same claims give the same history to the byte, in whatever order they are heard. Claims without
    a day, and without a publication day to stand in for it, make events without days and leave the spells alone.
    """
    knowledge = knowledge or known()
    counted = hear(heard, knowledge)
    names = party_names(counted)
    found: list[Spell] = []
    disputed: list[Dispute] = []
    chains: dict[str | None, control.Chain] = {}
    for solved in _solve(counted, names, knowledge):
        part = solved.part
        chains[part] = solved.chain
        found += spells.assessed(place_id, part, solved.chain, solved.hearing, names, knowledge.weights)
        own = [said for said in solved.counted if said.part.key == part]
        found += claimed.claimed(place_id, part, own, names, knowledge.actors)
        disputed += dispute.disputes(place_id, part, own, solved.chain, names, knowledge.weights)
    ties = {one.claim.id: one.ties for one in heard if one.ties}
    events = link.link(place_id, counted, names, chains, ties)
    return PlaceHistory(place_id=place_id, events=tuple(events), spells=tuple(found), disputes=tuple(disputed))


def solve(heard: Sequence[Heard], *, knowledge: Knowledge | None = None) -> list[Solved]:
    """The models behind the history of a place, one for the place and one for each part that claims with days speak of.

    To ask what the history does not keep: the posterior of any day (`Chain.on`), or what each claim says (`Hearing`).
    """
    knowledge = knowledge or known()
    counted = hear(heard, knowledge)
    return list(_solve(counted, party_names(counted), knowledge))


def posterior(
    heard: Sequence[Heard], day: date, *, part: str | None = None, knowledge: Knowledge | None = None
) -> dict[str, float]:
    """How probable the model finds each holder of a place or part on `day`, by name, with "partly" and "unknown".

    Empty where no claim speaks of the part.
    """
    knowledge = knowledge or known()
    for solved in solve(heard, knowledge=knowledge):
        if solved.part == part:
            return solved.on(day)
    return {}


def state_on(
    history: PlaceHistory,
    day: date,
    *,
    spoken: Mapping[str | None, date] | None = None,
    half_life_days: float | None = None,
) -> list[Spell]:
    """The assessed spell of the place, and of each part, in which `day` lies; the place itself first.

    An open spell is less sure the longer nobody has spoken of the place: its confidence halves every `half_life_days`
    after the day on which a part (None: the place) was last spoken of, as `spoken` says or, without it, as far as the
    history shows. Who holds it never changes by that.
    """
    half_life = half_life_days or weights.load().control.half_life_days
    current: dict[str | None, Spell] = {}
    for spell in history.spells:
        if spell.layer == "assessed" and spells.starts(spell.start) <= day:
            before = current.get(spell.part)
            if before is None or spells.starts(before.start) <= spells.starts(spell.start):
                current[spell.part] = spell
    out = []
    for part in sorted(current, key=lambda part: (part is not None, part or "")):
        spell = current[part]
        last = (spoken or {}).get(part) or _last_spoken(history, part)
        if spell.end is None and last is not None and day > last:
            faded = spell.confidence * 0.5 ** ((day - last).days / half_life)
            spell = msgspec.structs.replace(spell, confidence=round(faded, spells.DIGITS))
        out.append(spell)
    return out


def _last_spoken(history: PlaceHistory, part: str | None) -> date | None:
    days = [event.days.last for event in history.events if event.days.last and event.part == part]
    days += [spell.start.latest for spell in history.spells if spell.start.latest and spell.part == part]
    return max(days, default=None)


def _solve(counted: Sequence[Said], names: Mapping[str, str], knowledge: Knowledge) -> Iterator[Solved]:
    """The chains of a place that claims with days speak of, the place itself first."""
    last = until(counted)
    chains = evidence.chains(counted)
    for part in sorted(chains, key=lambda part: (part is not None, part or "")):
        hearing = evidence.read(chains[part], whole=part is None, weights=knowledge.weights)
        if last is None or not hearing.clues:
            continue
        sides = control.sides(hearing, names, knowledge.actors, knowledge.weights.control)
        chain = control.decide(hearing, sides, last, knowledge.weights.control)
        if chain is not None:
            yield Solved(part, [said for said, _ in chains[part]], hearing, chain, names)


def until(counted: Sequence[Said]) -> int | None:
    """The last day that anything known of the place reaches: the last publication or claimed day."""
    days = [day for said in counted for day in (said.published, said.last) if day is not None]
    return max(days, default=None)


def party_names(counted: Sequence[Said]) -> dict[str, str]:
    """The name to show for each party: the one most claims use, of equals the one that sorts first."""
    used: Counter[tuple[str, str]] = Counter()
    for said in counted:
        for key, party in ((said.actor, said.claim.actor), (said.opponent, said.claim.opponent)):
            if key is not None and party is not None:
                used[key, party.name] += 1
    best: dict[str, tuple[int, str]] = {}
    for (key, name), times in used.items():
        best[key] = min(best.get(key, (0, "")), (-times, name))
    return {key: name for key, (_, name) in best.items()}
