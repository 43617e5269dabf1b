"""Columns in rooms: arrays with room for more rows at their ends, so that a row is put in without copying all.

Whoever has rows put in gives the columns up: they lie in the same rooms and are not what they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Splice"]

Ints = npt.NDArray[np.int64]
Move = tuple[int, int, int]  # the rows from one to another come to lie so many places further on
SPARE = 16  # one row of room for so many that there are


class Splice:
    """Of `count` rows those at places `gone` are left out, and others put in, each before the row at one of `places`;
    both in order. `come` is where those are then."""

    def __init__(self, count: int, gone: Ints, places: Ints) -> None:
        self.gone = gone
        self.come: Ints = places - gone.searchsorted(places) + np.arange(len(places))
        self.count = count - len(gone) + len(places)
        self.moves: list[Move] = []
        self.marches: list[Move] = []  # the same, where rows that are gone move with those before them
        begin, by = 0, 0
        cuts = sorted([*((at, 1) for at in places.tolist()), *((at + 1, -1) for at in gone.tolist())])
        for at, turn in [*cuts, (count, 0)]:
            if by and at > begin:
                self.marches.append((begin, at, by))
                if at - (turn < 0) > begin:
                    self.moves.append((begin, at - (turn < 0), by))
            begin, by = at, by + turn

    def column(self, old: Any, room: Any, more: Any) -> tuple[Any, Any]:
        """A column with `more` rows put in, and the room in which it lies; `room` is that of the `old` one, if any."""
        if room is None or len(room) < self.count:
            most = max(self.count, len(old))
            room = np.empty((most + most // SPARE + SPARE, *old.shape[1:]), dtype=old.dtype)
            room[: len(old)] = old
        for begin, end, by in self.moves:
            if by < 0:
                room[begin + by : end + by] = room[begin:end]
        for begin, end, by in reversed(self.moves):
            if by > 0:
                room[begin + by : end + by] = room[begin:end]
        if len(self.come):
            room[self.come] = more
        return room[: self.count], room

    def columns(self, old: Sequence[Any], rooms: Sequence[Any], more: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """Some columns, and the rooms in which they lie."""
        rooms = rooms or [None] * len(old)
        found = [self.column(*one) for one in zip(old, rooms, more, strict=True)]
        return [column for column, _ in found], [room for _, room in found]
