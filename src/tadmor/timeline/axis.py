"""Days in order, as the models of a place are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from tadmor.timeline.columns import Bools, Ints

__all__ = ["Axis", "distinct"]

WIDE = 1 << 16  # days


class Axis:
    """Days in order, to ask for the places of others among them."""

    def __init__(self, days: Ints) -> None:
        self.days = days
        begin, length = int(days[0]), int(days[-1]) - int(days[0]) + 1
        # A table of all days, if these are not scattered over thousands of years.
        self._before: Ints | None = None
        if length <= WIDE:
            marked = np.zeros(length + 1, dtype=np.int64)
            marked[days - begin + 1] = 1
            self._before = np.cumsum(marked)
        self._begin, self._length = begin, length

    def from_(self, days: Ints) -> Ints:
        """The place of the first day that is not before each of `days`; one beyond the last if there is none."""
        if self._before is None:
            return np.searchsorted(self.days, days)
        found: Ints = self._before.take(days - self._begin, mode="clip")
        return found

    def touched(self, places: Bools) -> Callable[[Ints], Bools]:
        """Tells of days whether they are at some `places`; of days that are not here, whether the next is."""
        if self._before is None:
            return lambda days: places[self.from_(days)]
        table, begin = places[self._before], self._begin
        return lambda days: table.take(days - begin, mode="clip")


def distinct(days: Sequence[Ints]) -> Ints:
    """All of some days, each once, in order."""
    some = [own for own in days if len(own)]
    first, last = min(int(own.min()) for own in some), max(int(own.max()) for own in some)
    if last - first >= WIDE:
        return np.unique(np.concatenate(some))
    marked = np.zeros(last - first + 1, dtype=bool)
    for own in some:
        marked[own - first] = True
    found: Ints = marked.nonzero()[0] + first
    return found
