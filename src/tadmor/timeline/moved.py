"""The days on which a chain is not what it was when it was last solved: more is said of them, or the model reads them
otherwise. What was worked out of other days, and of nothing else, is the same as before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tadmor.timeline.columns import Bools, Ints

__all__ = ["Moved"]


class Moved:
    """Asked of days, by their ordinals. The cells that it counts in are, by turns, the days before the axis of a chain,
    each day on it, and the days between that and the next."""

    def __init__(self, axis: Ints, cells: Bools) -> None:
        self._axis, self._cells = axis, cells
        self._before = np.concatenate([[0], np.cumsum(cells)])

    @classmethod
    def of(cls, axis: Ints, days: Bools, steps: Bools) -> Moved:
        """Which `days` of an axis moved, and which `steps` between them; what is before the first and after the last
        moved with these."""
        cells = np.zeros(2 * len(axis) + 1, dtype=bool)
        cells[1::2], cells[2:-1:2] = days, steps
        cells[0], cells[-1] = days[0], days[-1]
        return cls(axis, cells)

    def with_(self, spans: Iterable[tuple[int, int]]) -> Moved:
        """With the days ``first`` to ``last`` of each span."""
        cells = self._cells.copy()
        for first, last in spans:
            cells[self._cell(first) : self._cell(last) + 1] = True
        return Moved(self._axis, cells)

    def any(self, first: int, last: int) -> bool:
        """Whether any of the days ``first`` to ``last`` is not what it was."""
        return bool(self._before[self._cell(last) + 1] > self._before[self._cell(first)])

    def among(self, first: Sequence[int], last: Sequence[int]) -> Bools:
        """The same of many days."""
        begin, end = (self._axis.searchsorted(days) for days in (first, last))
        inside = self._axis.take(begin, mode="clip") == first, self._axis.take(end, mode="clip") == last
        found: Bools = self._before[2 * end + inside[1] + 1] > self._before[2 * begin + inside[0]]
        return found

    def between(self, first: Ints, last: Ints) -> Bools:
        """The same of many days that are on the axis, by their places there."""
        found: Bools = self._before[2 * last + 2] > self._before[2 * first + 1]
        return found

    def _cell(self, day: int) -> int:
        at = int(self._axis.searchsorted(day))
        return 2 * at + bool(at < len(self._axis) and self._axis[at] == day)
