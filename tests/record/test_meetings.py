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


@given(st.lists(SKETCHES, min_size=2, max_size=12), st.integers(0, 6), st.integers(1, 5))
def test_every_pair_of_one_story_is_met(sketches: list[Sketch], there: int, many: int) -> None:
    index = Meetings()
    if there := min(there, len(sketches)):
        numbers, sizes, hashes = columns(sketches[:there], 0)
        index.put(numbers, sizes, hashes, sought(sizes, hashes, hashes % 7).hits > 0)
    met: set[frozenset[int]] = set()
    with mock.patch.object(meetings, "_AT_ONCE", 16):
        for at in range(there, len(sketches), many):
            pairs, _ = index.meet(*columns(sketches[at : at + many], at))
            met.update(map(frozenset, pairs.tolist()))
    for one, other in combinations(range(len(sketches)), 2):
        if other >= there and same_story(sketches[one], sketches[other]):
            assert {one, other} in met
    assert all(len(pair) == 2 for pair in met)
    assert len(index) == sum(map(len, sketches))


def test_the_last_hash_and_the_first_are_found() -> None:
    index = Meetings()
    sketch = (0, (1 << 51) - 1, 5 << 40, (1 << 27) - 1, 1 << 27, 7)
    for number in (3, 8):
        pairs, seeks = index.meet(np.array([number]), np.array([6]), np.array(sketch))
    assert sorted(pairs.tolist()[0]) == [3, 8]
    assert seeks.sum() == 3


def test_stock_phrases_are_not_met_by_those_that_hold_something_rarer() -> None:
    """A thousand reports, each of twelve hashes of its own and three that all hold."""
    index = Meetings()
    stock = np.array([1, 2, 3])
    for at in range(0, 1000, 100):
        sizes = np.full(100, 15)
        own = np.arange(at * 12, at * 12 + 1200).reshape(100, 12) * SPREAD % (1 << 51)
        pairs, _ = index.meet(np.arange(at, at + 100), sizes, np.hstack([own, np.tile(stock, (100, 1))]).ravel())
        assert not len(pairs)


def test_reports_with_the_same_hashes_may_be_copies() -> None:
    index = Meetings()
    index.meet(*columns([(1, 2, 3, 4, 5), (6, 7, 8, 9)], 0))
    _, sizes, hashes = columns([(5, 4, 3, 2, 1), (1, 2, 3, 4), (9, 8, 7, 6)], 2)
    assert index.any_like(sizes, hashes).tolist() == [True, False, True]
