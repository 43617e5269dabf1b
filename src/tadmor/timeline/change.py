"""What changed: the borders between the spells of a place, told as happenings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, pairwise
from typing import Literal

from tadmor.records import Bound, Record, Spell

__all__ = ["HANDS", "Change", "What", "between", "changes", "holder"]

What = Literal[
    "taken", "lost", "partly held", "wholly held", "contested", "no longer contested", "besieged", "siege lifted"
]
HANDS: frozenset[What] = frozenset({"taken", "lost"})


class Change(Record, frozen=True):
    """One spell gives way to another; `before` is None where nothing was known before a change that has a first day."""

    what: tuple[What, ...]
    before: Spell | None
    after: Spell

    @property
    def when(self) -> Bound:
        return self.after.start


def changes(spells: Iterable[Spell]) -> Iterator[Change]:
    """The changes within each place and part, and for each who claims; `spells` come in the order of `queries.spells`.

    A first spell that is only known to have begun by some day is no change: the place may long have been so.
    """
    for _, own in groupby(spells, key=lambda spell: (spell.place_id, spell.part, spell.layer, spell.claimed_by)):
        told = list(own)
        if told and told[0].start.earliest is not None and holder(told[0]):
            yield Change(_what(None, told[0]), None, told[0])
        for before, after in pairwise(told):
            if what := _what(before, after):
                yield Change(what, before, after)


def between(found: Iterable[Change], first: date | None, last: date | None) -> list[Change]:
    """The changes that may have come about on the days `first` to `last`, in the order of days."""
    kept = [
        change
        for change in found
        if (first is None or (change.when.latest or date.max) >= first)
        and (last is None or (change.when.earliest or date.min) <= last)
    ]
    return sorted(kept, key=lambda change: (change.when.latest or date.max, change.when.earliest or date.min))


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
