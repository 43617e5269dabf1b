"""The index in memory finds every pair of one story, whatever is there already and in whatever order reports come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tadmor.record import meetings
from tadmor.record.meetings import Column, Meetings
from tadmor.record.stories import Joined
from tadmor.report.story import same_story, sought

Sketch = tuple[int, ...]
# Few values, so that random sketches have much in common; some longer than a size that is told apart.
SKETCHES = st.one_of(
    st.lists(st.integers(0, 60), min_size=4, max_size=50, unique=True),
    st.lists(st.integers(0, 900), min_size=240, max_size=600, unique=True),
).map(tuple)
SPREAD = 9_007_199_254_741  # so that hashes differ in all of their bits


def columns(sketches: Sequence[Sketch], first: int) -> tuple[Column, Column, Column]:
    """Numbers, sizes and hashes."""
    values = [value * SPREAD % (1 << 51) for sketch in sketches for value in sketch]
    return np.arange(first, first + len(sketches)), np.array([len(one) for one in sketches], np.int64), np.array(values)


def noting(met: list[tuple[int, int]]) -> meetings.Compare:
    """Finds nothing to be one story, and notes what was compared."""

    def compare(pairs: list[tuple[int, int]]) -> list[bool]:
        met.extend(pairs)
        return [False] * len(pairs)

    return compare


@given(st.lists(SKETCHES, min_size=2, max_size=12), st.integers(0, 6), st.integers(1, 5))
def test_every_pair_of_one_story_is_compared_or_known_to_be_one(sketches: list[Sketch], there: int, many: int) -> None:
    index = Meetings()
    if there := min(there, len(sketches)):
        numbers, sizes, hashes = columns(sketches[:there], 0)
        index.put(numbers, sizes, hashes, sought(sizes, hashes, hashes % 7).hits > 0)
    joined: Joined[int] = Joined()

    def compare(pairs: list[tuple[int, int]]) -> list[bool]:
        for one, other in pairs:
            assert one != other
            if same_story(sketches[one], sketches[other]):
                joined.join(one, other)
        return [not joined.apart(*pair) for pair in pairs]

    with mock.patch.object(meetings, "_AT_ONCE", 16):
        for at in range(there, len(sketches), many):
            index.meet(*columns(sketches[at : at + many], at), compare)
    for one, other in combinations(range(len(sketches)), 2):
        if other >= there and same_story(sketches[one], sketches[other]):
            assert not joined.apart(one, other)
    assert len(index) == sum(map(len, sketches))


def test_the_last_hash_and_the_first_are_found() -> None:
    index = Meetings()
    sketch = (0, (1 << 51) - 1, 5 << 40, (1 << 27) - 1, 1 << 27, 7)
    met: list[tuple[int, int]] = []
    for number in (3, 8):
        seeks = index.meet(np.array([number]), np.array([6]), np.array(sketch), noting(met))
    assert met == [(3, 8)]
    assert seeks.sum() == 3


def test_stock_phrases_are_not_met_by_those_that_hold_something_rarer() -> None:
    """A thousand reports, each of twelve hashes of its own and three that all hold."""
    index = Meetings()
    met: list[tuple[int, int]] = []
    stock = np.array([1, 2, 3])
    for at in range(0, 1000, 100):
        sizes = np.full(100, 15)
        own = np.arange(at * 12, at * 12 + 1200).reshape(100, 12) * SPREAD % (1 << 51)
        hashes = np.hstack([own, np.tile(stock, (100, 1))]).ravel()
        index.meet(np.arange(at, at + 100), sizes, hashes, noting(met))
    assert not met


def test_reports_with_the_same_hashes_may_be_copies() -> None:
    index = Meetings()
    index.meet(*columns([(1, 2, 3, 4, 5), (6, 7, 8, 9)], 0), noting([]))
    _, sizes, hashes = columns([(5, 4, 3, 2, 1), (1, 2, 3, 4), (9, 8, 7, 6)], 2)
    assert index.any_like(sizes, hashes).tolist() == [True, False, True]


def test_a_crowd_of_copies_is_not_compared_with_all_of_itself() -> None:
    index = Meetings()
    body = np.arange(60) * SPREAD % (1 << 51)
    count = 0

    def compare(pairs: list[tuple[int, int]]) -> list[bool]:
        nonlocal count
        count += len(pairs)
        return [True] * len(pairs)

    with mock.patch.object(meetings, "_AT_ONCE", 64):
        for at in range(0, 300, 100):
            own = np.arange(at * 9 + 100, at * 9 + 1000).reshape(100, 9) * SPREAD % (1 << 51)
            hashes = np.hstack([own, np.tile(body, (100, 1))]).ravel()
            index.meet(np.arange(at, at + 100), np.full(100, 69), hashes, compare)
    assert 299 <= count < 6000  # of 44,850 pairs
