"""The days on which a chain is not what it was when it was last solved: more is said of them, or the model reads them
otherwise. What was worked out of other days, and of nothing else, is the same as before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np

from tadmor.timeline.columns import Bools, Floats, Ints
from tadmor.timeline.control import Chain

__all__ = ["Moved", "moved"]


class Moved:
    """Asked of days, by their ordinals. The cells that it counts in are, by turns, the days before the axis of a chain,
    each day on it, and the days between that and the next."""

    def __init__(self, axis: Sequence[int], cells: Bools) -> None:
        self._axis, self._cells = axis, cells
        self._before = np.concatenate([[0], np.cumsum(cells)]).tolist()

    def with_(self, spans: Iterable[tuple[int, int]]) -> Moved:
        """With the days ``first`` to ``last`` of each span."""
        cells = self._cells.copy()
        for first, last in spans:
            cells[self._cell(first) : self._cell(last) + 1] = True
        return Moved(self._axis, cells)

    def any(self, first: int, last: int) -> bool:
        """Whether any of the days ``first`` to ``last`` is not what it was."""
        found: bool = self._before[self._cell(last) + 1] > self._before[self._cell(first)]
        return found

    def _cell(self, day: int) -> int:
        at = bisect_left(self._axis, day)
        return 2 * at + (at < len(self._axis) and self._axis[at] == day)


def moved(before: Chain, now: Chain, spans: Sequence[tuple[int, int]]) -> Moved | None:
    """What moved from one chain of a place or part to the next, with the days that claims which are new or gone speak
    of; None: all of it may have."""
    if before.basis != now.basis:
        return None
    old, new = np.array(before.axis), np.array(now.axis)
    at = np.minimum(old.searchsorted(new), len(old) - 1)
    rows = old[at] != new
    rows |= _differ(before.messages, now.messages, at, len(new))
    # A step is what it was if it leads from and to the same days.
    steps = (old[np.minimum(at + 1, len(old) - 1)][:-1] != new[1:]) | rows[:-1] | rows[1:]
    if len(before.steps[0]):
        steps |= _differ(before.steps, now.steps, np.minimum(at, len(old) - 2)[:-1], len(new) - 1)
    cells = np.zeros(2 * len(new) + 1, dtype=bool)
    cells[1::2] = rows
    cells[2:-1:2] = steps
    cells[0], cells[-1] = rows[0] or old[0] != new[0], rows[-1] or old[-1] != new[-1]
    return Moved(now.axis, cells).with_(spans)


def _differ(old: Sequence[Floats], new: Sequence[Floats], at: Ints, count: int) -> Bools:
    """Which of the first rows of some arrays are not, to the bit, the rows `at` of others."""
    found = np.zeros(count, dtype=bool)
    for one, other in zip(old, new, strict=True):
        found |= (one[at] != other[:count]).any(axis=1)
    return found
