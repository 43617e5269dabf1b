"""A history in units, each worked out from its own share of what was heard, so that one that has not changed can stay.

A unit has a *basis*: a digest of everything that it is made from, but for the version of the tool and its data. Where a
unit of the same name and basis was made before, by the same version, it is the same to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from tadmor.records import Dispute, Event, Heard, PlaceHistory, Spell
from tadmor.timeline.weigh import Said

__all__ = ["Made", "TellHistory", "TellUnits", "Unit", "digest", "marks", "whole"]

Made = Event | Spell | Dispute
DIGEST = 12  # bytes


class Unit(NamedTuple):
    """A share of the history of one place; `name` is its own there. Without a `basis` it is always made anew."""

    name: str
    basis: bytes | None
    make: Callable[[], Sequence[Made]]


TellHistory = Callable[[str, Sequence[Heard]], PlaceHistory]
TellUnits = Callable[[str, Sequence[Heard]], Iterable[Unit]]


def digest(*parts: bytes) -> bytes:
    """A digest of `parts`, of which all but the last are of fixed lengths."""
    return blake2b(b"".join(parts), digest_size=DIGEST).digest()


def marks(counted: Iterable[Said]) -> dict[str, bytes]:
    """For each claim that counts, by its id, a digest of all that the timeline makes use of."""
    encode = msgspec.msgpack.Encoder().encode
    return {
        said.claim.id: digest(encode((said.claim, said.published, said.voice, said.w, said.copies, said.origins)))
        for said in counted
    }


def whole(history: TellHistory, place_id: str, heard: Sequence[Heard]) -> list[Unit]:
    """A history that is worked out as a whole as its only unit; with `functools.partial` a way to tell units."""

    def make() -> list[Made]:
        made = history(place_id, heard)
        return [*made.events, *made.spells, *made.disputes]

    return [Unit("whole", None, make)]
