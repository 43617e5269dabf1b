"""A history in units, each worked out from its own share of what was heard, so that one that has not changed can stay.

A unit has a *basis*: a digest of everything that it is made from, but for the version of the tool and its weights.
Where a unit of the same name and basis was made before, by the same version, it is the same to the byte. What a unit
makes comes in pieces (an event, a spell, a dispute) that have a basis of their own, by which each is known again. They
are made section by section of the calendar, so that of a long history only sections in which something changed are gone
through, and written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

import msgspec

from tadmor.records import Dispute, Event, Heard, PlaceHistory, Spell
from tadmor.timeline import place_part
from tadmor.timeline.mark import digest
from tadmor.timeline.voiced import Kept, Lately, Voiced

__all__ = [
    "Made", "Notes", "Piece", "Section", "Tell", "TellHistory", "Telling", "Unit", "as_made", "section_name",
    "section_number", "section_of", "sections", "whole",
]  # fmt: skip

Made = Event | Spell | Dispute
Found = TypeVar("Found")


class Piece(NamedTuple):
    """A piece of a unit, of which each has another `basis`."""

    basis: bytes
    make: Callable[[], Made]


class Section(NamedTuple):
    """Pieces of a unit that begin in some days, the same wherever the `basis` is."""

    name: str
    basis: bytes
    pieces: Callable[[], Iterable[Piece]]


DAYS = 256  # of a section


def section_of(day: int | None) -> str:
    """The name of the section in which a day (ordinal) lies."""
    return section_name(section_number(day))


def section_number(day: int | None) -> int | None:
    """The number of the section in which a day (ordinal) lies."""
    return None if day is None else day // DAYS


def section_name(number: int | None) -> str:
    """The name of a section by its number."""
    return "undated" if number is None else str(number)


def _as_it_is(found: Any) -> Any:
    return found


class Notes:
    """What a unit found out on its way to its pieces, by section and by digests of what that follows from: what was
    found out when it was made before is not looked for again."""

    def __init__(self, before: Mapping[str, dict[bytes, Any]] | None = None) -> None:
        self._before = before or {}
        self.taken: dict[str, dict[bytes, Any]] = {}

    def __call__(
        self, section: str, basis: bytes, find: Callable[[], Found], read: Callable[[Any], Found] = _as_it_is
    ) -> Found:
        """What is found, of plain values; `read` makes it of what was stored, or read before."""
        before = self._before.get(section, {})
        if basis in before:
            before[basis] = read(before[basis])
        found: Found = before[basis] if basis in before else find()
        self.taken.setdefault(section, {})[basis] = found
        return found

    def keep(self, section: str) -> None:
        """Keep what was found out of a section before."""
        self.taken[section] = dict(self._before.get(section, {}))

    def keep_all(self) -> None:
        """Keep all that was found out before."""
        for section in self._before:
            self.keep(section)


class Unit(NamedTuple):
    """A share of the history of one place; `name` is its own there. Without a `basis` it is always made anew."""

    name: str
    basis: bytes | None
    sections: Callable[[Notes], Iterable[Section]]

    def pieces(self, notes: Notes) -> list[Piece]:
        """The pieces of all sections."""
        return [piece for section in self.sections(notes) for piece in section.pieces()]

    def make(self) -> list[Made]:
        """All that it makes."""
        return [piece.make() for piece in self.pieces(Notes())]


def sections(days: Iterable[int | None], bases: Sequence[bytes], make: Callable[[int], Made]) -> Iterator[Section]:
    """Pieces by sections, by the day on which each begins; `make` makes one by its place among them."""
    found: dict[int | None, list[int]] = {}
    for at, day in enumerate(days):
        found.setdefault(section_number(day), []).append(at)
    for number, own in found.items():
        yield Section(section_name(number), digest(*(bases[at] for at in own)), partial(_pieces, own, bases, make))


def _pieces(own: Sequence[int], bases: Sequence[bytes], make: Callable[[int], Made]) -> Iterator[Piece]:
    for at in own:
        yield Piece(bases[at], partial(make, at))


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


def as_made(made: Iterable[Made]) -> Iterator[Section]:
    """What is made at once, in one section."""
    made = list(made)
    return sections([None] * len(made), [digest(_encode(one)) for one in made], made.__getitem__)


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

    def made(_: Notes) -> Iterator[Section]:
        made = history(place_id, heard)
        return as_made((*made.events, *made.spells, *made.disputes))

    return Telling([Unit("whole", None, made)], spoken)
