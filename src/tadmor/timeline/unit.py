"""A history in units, each worked out from its own share of what was heard, so that one that has not changed can stay.

A unit has a *basis*: a digest of everything that it is made from, but for the version of the tool and its weights.
Where a unit of the same name and basis was made before, by the same version, it is the same to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from tadmor.records import Dispute, Event, Heard, PlaceHistory, Spell
from tadmor.timeline import place_part
from tadmor.timeline.voiced import Voiced

__all__ = ["Made", "Tell", "TellHistory", "Telling", "Unit", "whole"]

Made = Event | Spell | Dispute


class Unit(NamedTuple):
    """A share of the history of one place; `name` is its own there. Without a `basis` it is always made anew."""

    name: str
    basis: bytes | None
    make: Callable[[], Sequence[Made]]


class Telling(NamedTuple):
    """The history of one place in units, the last day on which each part was spoken of, and the claims that have to be
    kept anew."""

    units: Iterable[Unit]
    spoken: Mapping[str | None, date]
    changed: Sequence[Voiced] = ()


TellHistory = Callable[[str, Sequence[Heard]], PlaceHistory]
Tell = Callable[[str, Sequence[Heard], Sequence[Voiced]], Telling]  # what is new of a place, and what is known


def whole(history: TellHistory, place_id: str, heard: Sequence[Heard], known: Sequence[Voiced] = ()) -> Telling:
    """A history that is worked out as a whole from all that is heard; with `functools.partial` a `Tell`."""
    spoken: dict[str | None, date] = {}
    for one in heard:
        day = one.claim.days.last or one.published
        if day is not None and one.claim.where is not None:
            part = place_part.of(one.claim.where).key
            spoken[part] = max(day, spoken.get(part, day))

    def make() -> list[Made]:
        made = history(place_id, heard)
        return [*made.events, *made.spells, *made.disputes]

    return Telling([Unit("whole", None, make)], spoken)
