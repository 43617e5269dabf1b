"""A history in units, each worked out from its own share of what was heard, so that one that has not changed can stay.

A unit has a *basis*: a digest of everything that it is made from, but for the version of the tool and its weights.
Where a unit of the same name and basis was made before, by the same version, it is the same to the byte. What a unit
makes comes in pieces (an event, a spell, a dispute) that have a basis of their own, by which each is known again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

import msgspec

from tadmor.records import Dispute, Event, Heard, PlaceHistory, Spell
from tadmor.timeline import place_part
from tadmor.timeline.mark import digest
from tadmor.timeline.voiced import Kept, Lately, Voiced

__all__ = ["Made", "Notes", "Piece", "Tell", "TellHistory", "Telling", "Unit", "as_made", "whole"]

Made = Event | Spell | Dispute
Found = TypeVar("Found")


class Piece(NamedTuple):
    """A piece of a unit, of which each has another `basis`."""

    basis: bytes
    make: Callable[[], Made]


class Notes:
    """What a unit found out on its way to its pieces, by digests of what that follows from: what was found out when it
    was made before is not looked for again."""

    def __init__(self, before: Mapping[bytes, Any] | None = None) -> None:
        self._before = before or {}
        self.taken: dict[bytes, Any] = {}

    def __call__(self, basis: bytes, find: Callable[[], Found]) -> Found:
        """What is found, of plain values."""
        found: Found = self._before[basis] if basis in self._before else find()
        self.taken[basis] = found
        return found


class Unit(NamedTuple):
    """A share of the history of one place; `name` is its own there. Without a `basis` it is always made anew."""

    name: str
    basis: bytes | None
    pieces: Callable[[Notes], Iterable[Piece]]

    def make(self) -> list[Made]:
        """All that it makes."""
        return [piece.make() for piece in self.pieces(Notes())]


class Telling(NamedTuple):
    """The history of one place in units, the last day on which each part was spoken of (`spoken_anew`: where
    it is another than before), the claims that have to be kept anew, and what has to be kept of all together
    (`voiced.Kept`). `lately`, asked when the units have been made that have to be, gives what may stay at hand."""

    units: Iterable[Unit]
    spoken: Mapping[str | None, date]
    changed: Sequence[Voiced] = ()
    together: Mapping[str, bytes] | None = None
    spoken_anew: Mapping[str | None, date] = {}
    lately: Callable[[], Lately | None] = lambda: None


def as_made(made: Iterable[Made]) -> list[Piece]:
    """What is made at once, as pieces."""
    return [Piece(digest(_encode(one)), partial(_same, one)) for one in made]


def _same(one: Made) -> Made:
    return one


_encode = msgspec.msgpack.Encoder().encode


TellHistory = Callable[[str, Sequence[Heard]], PlaceHistory]
Tell = Callable[[str, Sequence[Heard], Kept | None], Telling]  # what is new of a place, and what is known


def whole(history: TellHistory, place_id: str, heard: Sequence[Heard], kept: Kept | None = None) -> Telling:
    """A history that is worked out as a whole from all that is heard; with `functools.partial` a `Tell`."""
    spoken: dict[str | None, date] = {}
    for one in heard:
        day = one.claim.days.last or one.published
        if day is not None and one.claim.where is not None:
            part = place_part.of(one.claim.where).key
            spoken[part] = max(day, spoken.get(part, day))

    def pieces(_: Notes) -> list[Piece]:
        made = history(place_id, heard)
        return as_made((*made.events, *made.spells, *made.disputes))

    return Telling([Unit("whole", None, pieces)], spoken)
