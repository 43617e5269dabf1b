"""What changed: the borders between the spells of a place, told as happenings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Literal

from tadmor.records import Bound, Claim, Record, Spell

__all__ = ["HANDS", "Change", "What", "between", "changes", "firsts", "holder"]

What = Literal[
    "taken", "lost", "partly held", "wholly held", "contested", "no longer contested", "besieged", "siege lifted"
]
HANDS: frozenset[What] = frozenset({"taken", "lost"})

_GAINS = frozenset({"gains", "gains_part"})
_SAID = frozenset({"asserted", "hedged"})
_DAY = timedelta(days=1)
_NOTHING: Mapping[str, Claim] = {}


class Change(Record, frozen=True):
    """One spell gives way to another between two days; `before` is None where nothing was known before."""

    what: tuple[What, ...]
    before: Spell | None
    after: Spell
    when: Bound


def firsts(spells: Iterable[Spell]) -> list[Spell]:
    """The first spell of each place and part, and of each who claims; in the order of `queries.spells`."""
    return [next(own) for _, own in groupby(spells, key=_line)]


def changes(spells: Iterable[Spell], claims: Mapping[str, Claim] = _NOTHING) -> Iterator[Change]:
    """The changes within each place and part, and for each who claims; `spells` come in the order of `queries.spells`.

    That a first spell is known to have begun by some day is no change: the place may long have been so. It is one
    where its start has a first day, or where one of `claims` (those for `firsts`, by id) says that its holder gained
    the place then.
    """
    for _, own in groupby(spells, key=_line):
        told = list(own)
        if (when := _begun(told[0], claims)) and holder(told[0]):
            yield Change(_what(None, told[0]), None, told[0], when)
        for before, after in pairwise(told):
            if what := _what(before, after):
                yield Change(what, before, after, after.start)


def between(found: Iterable[Change], first: date | None, last: date | None) -> list[Change]:
    """The changes that may have come about on the days `first` to `last`, in the order of days."""
    kept = [
        change
        for change in found
        if (first is None or (change.when.latest or date.max) >= first)
        and (last is None or (change.when.earliest or date.min) <= last)
    ]
    return sorted(kept, key=lambda change: (change.when.latest or date.max, change.when.earliest or date.min))


def _line(spell: Spell) -> tuple[object, ...]:
    return spell.place_id, spell.part, spell.layer, spell.claimed_by


def _begun(spell: Spell, claims: Mapping[str, Claim]) -> Bound | None:
    """Between which days a first spell began, if it is known to have begun then."""
    if spell.start.earliest is not None:
        return spell.start
    for pull in spell.pulls:
        claim = claims.get(pull.claim_id)
        if pull.pull <= 0 or claim is None or claim.type not in _GAINS or claim.modality not in _SAID:
            continue
        first, last, known = claim.days.first, claim.days.last, spell.start.latest
        if first is None or last is None or known is None or not first - _DAY <= known <= last:
            continue
        if claim.actor is not None and claim.actor.name == spell.holder:
            return Bound(earliest=first, latest=last)
    return None


def _what(before: Spell | None, after: Spell) -> tuple[What, ...]:
    found: list[What] = []
    held = holder(after)
    if held != (holder(before) if before else None):
        found.append("taken" if held else "lost")
    was, now = (before is not None and before.status == "partly held"), after.status == "partly held"
    if was != now:
        found += ["partly held"] if now else ["wholly held"] if after.status == "held" else []
    was, now = (before is not None and before.contested), after.contested
    if was != now:
        found.append("contested" if now else "no longer contested")
    was, now = (before is not None and _besieged(before)), _besieged(after)
    if was != now:
        found.append("besieged" if now else "siege lifted")
    return tuple(found)


def holder(spell: Spell) -> str | None:
    """Who holds the place; nobody known where a spell only says who does not."""
    return spell.holder if spell.status != "unknown" else None


def _besieged(spell: Spell) -> bool:
    return spell.status == "besieged" or spell.besieged_by is not None
