"""Which reports of an index may tell one story with new ones: the index in memory, for when many are new.

It finds every pair that `story.same_story` links, and few others. A report finds those that are as long as it is, or
longer, by those of its hashes that are sought where one hit is enough (`story.sought`), and is found by shorter
ones in the same way. Of short reports made of the same phrases, thousands meet so. But of each some bits are at hand
that its hashes set, and most have too few in common with another's; of what is left the hashes are counted. What is
known to be one story by then is not compared, or a text with thousands of copies would be with each of them.

All rows are in sorted arrays, each several times as long as the next: new ones are a short array, and are merged into
longer ones from time to time (O'Neil et al., "The log-structured merge-tree", 1996).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from tadmor.report import story

Column = npt.NDArray[Any]

# Whether two reports are of one story, for each of some pairs of numbers; those with most in common come first.
Compare = Callable[[list[tuple[int, int]]], list[bool]]

# A row is one number: so many bits of a hash, the size of its report, the report by its place in the index.
_HASH, _SIZE, _PLACE = 27, 8, 27
_ALL = (1 << _PLACE) - 1
_LARGEST = (1 << _SIZE) - 1  # a larger size counts as this one
_RATIO = 4  # of a sorted array to the next
_AT_ONCE = 1 << 16  # rows that are looked at: 512 KB a column, which the processor keeps at hand


class Meetings:
    """The index. Reports are known by their numbers."""

    def __init__(self) -> None:
        self._holding, self._seeking = _Runs(), _Runs()
        self._number = _Room(np.int64)
        self._size = _Room(np.int32)
        self._bits = _Room(np.uint64, story.WORDS)  # what a report has, as a set of bits
        self._begin = _Room(np.int64)  # where the hashes of a report begin
        self._hashes = _Room(np.uint32)
        self._sums = _Runs()  # of reports, so that copies are found
        self._parent = _Room(np.int64)  # another place of the same story, or its own

    def __len__(self) -> int:
        """How many hashes there are."""
        return len(self._hashes.all)

    def any_like(self, sizes: Column, hashes: Column) -> Column:
        """Of reports that have hashes, which may have the same ones as another that is there."""
        sums = _sums(sizes, hashes)
        return self._sums.between(sums, sums + 1) > 0

    def put(self, numbers: Column, sizes: Column, hashes: Column, sought: Column) -> None:
        """Add reports with what each seeks; the hashes of each stand together.

        As it is not known which of these are of its lead, what has a lead is found by shorter ones, too.
        """
        own = np.repeat(self._add(numbers, sizes, hashes), sizes)
        least = np.repeat(np.where(sizes < story.LEAD, sizes, 0), sizes)
        self._seeking.add(_row(hashes[sought], least[sought]) | own[sought])

    def meet(self, numbers: Column, sizes: Column, hashes: Column, compare: Compare) -> Column:
        """Add reports, and let those be compared of which one is new and that may tell one story; which of their hashes
        they seek in the table."""
        own = np.repeat(self._add(numbers, sizes, hashes), sizes)
        size = np.repeat(np.minimum(sizes, _LARGEST), sizes)
        distinct, at = np.unique(hashes, return_inverse=True)
        held = self._holding.between(_row(distinct, 0), _row(distinct, _LARGEST + 1))[at]
        sought = story.sought(sizes, hashes, held)
        seeks = sought.hits == 1
        least = _row(hashes[seeks], np.minimum(sought.least[seeks], _LARGEST))
        self._seeking.add(least | own[seeks])
        found = chain(
            self._looked_up(self._holding, own[seeks], least, _row(hashes[seeks], _LARGEST + 1)),
            self._looked_up(self._seeking, own, _row(hashes, 0), _row(hashes, size + 1)),
        )
        for pairs in _in_parts(found, _AT_ONCE):
            self._compare(_distinct(pairs), compare)
        return sought.hits > 0

    def _add(self, numbers: Column, sizes: Column, hashes: Column) -> Column:
        """Their places."""
        first = len(self._number.all)
        places = np.arange(first, first + len(numbers))
        begin = np.cumsum(sizes) - sizes
        self._begin.add(begin + len(self._hashes.all))
        self._number.add(numbers)
        self._size.add(sizes)
        self._parent.add(places)
        if len(numbers):
            self._bits.add(story.bits(sizes, hashes))
            self._sums.add(_sums(sizes, hashes))
        self._hashes.add(hashes.astype(np.uint32))
        self._holding.add(_row(hashes, np.repeat(np.minimum(sizes, _LARGEST), sizes)) | np.repeat(places, sizes))
        return places

    def _looked_up(self, runs: _Runs, own: Column, low: Column, high: Column) -> Iterator[Column]:
        """Pairs of places that meet in a row between two, as far as their bits let them have enough in common."""
        order = np.argsort(low)  # what is looked up then lies together
        own, low, high = own[order], low[order], high[order]
        all_bits, all_sizes = self._bits.all, self._size.all
        bits, sizes = all_bits.take(own, axis=0), all_sizes.take(own)
        # Of hashes that share a bit, all may be common if one is.
        spare = (sizes - story.counted(bits)).astype(np.int16)
        line = np.minimum(sizes, _LARGEST).astype(np.int64) << _SIZE
        for run, first, counts in runs.ranges(low, high):
            ends = np.cumsum(counts)
            for begin, end in pairwise(_bounds(ends, _AT_ONCE)):
                count = counts[begin:end]
                total = int(count.sum())
                if not total:
                    continue
                rows = run[np.arange(total) + np.repeat(first[begin:end] - np.cumsum(count) + count, count)]
                other = rows & _ALL
                rows >>= _PLACE
                rows &= _LARGEST
                rows += np.repeat(line[begin:end], count)
                needed = _needed_by_size().take(rows) - np.repeat(spare[begin:end], count)
                common = story.counted(np.repeat(bits[begin:end], count, axis=0) & all_bits.take(other, axis=0))
                kept = np.flatnonzero(common >= needed)
                one, other = np.repeat(own[begin:end], count)[kept], other[kept]
                one, other = np.minimum(one, other), np.maximum(one, other)
                apart = self._roots(one) != self._roots(other)
                yield _distinct((one[apart] << _PLACE) | other[apart])

    def _compare(self, pairs: Column, compare: Compare) -> None:
        """Let pairs of places be compared that have enough in common, and note which are of one story."""
        one, other = pairs >> _PLACE, pairs & _ALL
        ends = np.cumsum(self._size.all.take(one) + self._size.all.take(other))
        cuts = pairwise(_bounds(ends, 4 * _AT_ONCE))
        common = np.concatenate([self._common(one[begin:end], other[begin:end]) for begin, end in cuts])
        order = np.argsort(-common, kind="stable")
        order = order[(common >= self._needed(one, other))[order]]
        one, other = one[order], other[order]
        numbers = self._number.all
        linked = compare(list(zip(numbers[one].tolist(), numbers[other].tolist(), strict=True)))
        one, other = one[linked], other[linked]
        while len(one):
            one, other = self._roots(one), self._roots(other)
            self._parent.all[np.maximum(one, other)] = np.minimum(one, other)
            apart = one != other
            one, other = one[apart], other[apart]

    def _roots(self, places: Column) -> Column:
        """What names the stories of reports, as far as they are known here. (Union-find: Tarjan 1975.)"""
        parent = self._parent.all
        roots: Column = parent.take(places)
        while ((above := parent.take(roots)) != roots).any():
            roots = above
        parent[places] = roots
        return roots

    def _needed(self, one: Column, other: Column) -> Column:
        """How many hashes two reports of one story have in common at least."""
        first, second = self._size.all.take(one), self._size.all.take(other)
        return story.fewest_common(np.minimum(first, second), np.maximum(first, second))

    def _common(self, one: Column, other: Column) -> Column:
        """How many hashes pairs have in common, or more where two hashes end alike."""
        pair = np.arange(len(one))
        rows = np.concatenate(
            [
                (np.repeat(pair, self._size.all[places]) << 32)
                | self._hashes.all[self._spread(places)].astype(np.int64)
                for places in (one, other)
            ]
        )
        rows.sort()
        twice = rows[1:][rows[1:] == rows[:-1]] >> 32
        common: Column = np.bincount(twice, minlength=len(one))
        return common

    def _spread(self, places: Column) -> Column:
        """Where the hashes of reports stand."""
        sizes = self._size.all[places]
        at: Column = np.arange(sizes.sum()) + np.repeat(self._begin.all[places] - np.cumsum(sizes) + sizes, sizes)
        return at


@cache
def _needed_by_size() -> Column:
    """How many hashes reports of two sizes have in common at least, by both in one number; what is found by its lead
    has no size, and at least that of a lead."""
    sizes = np.arange(_LARGEST + 1)
    one, other = np.meshgrid(sizes, np.where(sizes == 0, story.LEAD, sizes), indexing="ij")
    return story.fewest_common(np.minimum(one, other), np.maximum(one, other)).astype(np.int16).ravel()


def _row(hashes: Column, size: Column | int) -> Column:
    """The first row of a hash with a size, or of the next hash where the size is beyond the largest."""
    return (((hashes & ((1 << _HASH) - 1)) << _SIZE) + size) << _PLACE


def _bounds(ends: Column, step: int) -> list[int]:
    """Where to cut some pieces, each of which ends somewhere, into parts of about so many."""
    last = int(ends[-1]) if len(ends) else 0
    return [0, *np.searchsorted(ends, np.arange(step, last, step)).tolist(), len(ends)]


def _in_parts(columns: Iterator[Column], least: int) -> Iterator[Column]:
    """The values of some columns, so many together at least."""
    part: list[Column] = []
    for column in columns:
        part.append(column)
        if sum(map(len, part)) >= least:
            yield np.concatenate(part)
            part = []
    if part:
        yield np.concatenate(part)


def _distinct(values: Column) -> Column:
    """Values in order, each once; `np.unique` hashes them, which takes longer than to sort what is nearly in order."""
    values.sort(kind="stable")
    return values[np.diff(values, prepend=-1) > 0]


def _sums(sizes: Column, hashes: Column) -> Column:
    """A number for each report, the same for the same hashes."""
    return np.bitwise_xor.reduceat(hashes, np.cumsum(sizes) - sizes) if len(sizes) else sizes


class _Runs:
    """Rows in order, in a few arrays of which each is several times as long as the next."""

    def __init__(self) -> None:
        self._runs: list[Column] = []

    def add(self, rows: Column) -> None:
        self._runs.append(np.sort(rows))
        while len(self._runs) > 1 and len(self._runs[-2]) < _RATIO * len(self._runs[-1]):
            last, before = self._runs.pop(), self._runs.pop()
            merged = np.concatenate([before, last])
            merged.sort(kind="stable")  # which finds what is in order already
            self._runs.append(merged)

    def ranges(self, low: Column, high: Column) -> Iterator[tuple[Column, Column, Column]]:
        """Of each array where the rows between some bounds begin, and how many there are."""
        for run in self._runs:
            first = np.searchsorted(run, low)
            yield run, first, np.maximum(np.searchsorted(run, high) - first, 0)

    def between(self, low: Column, high: Column) -> Column:
        """How many rows there are between bounds."""
        return sum((counts for _, _, counts in self.ranges(low, high)), np.zeros(len(low), np.int64))


class _Room:
    """A column that grows."""

    def __init__(self, type: npt.DTypeLike, *width: int) -> None:
        self._room = np.empty((1024, *width), type)
        self.all = self._room[:0]

    def add(self, values: Column) -> None:
        begin, end = len(self.all), len(self.all) + len(values)
        if end > len(self._room):
            room = np.empty((max(end, len(self._room) * 3 // 2), *self._room.shape[1:]), self._room.dtype)
            room[:begin] = self.all
            self._room = room
        self._room[begin:end] = values
        self.all = self._room[:end]
