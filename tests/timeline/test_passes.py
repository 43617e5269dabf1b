"""Messages that are carried in blocks, and over steps of which only some are others than before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tadmor.timeline.columns import Floats, Ints
from tadmor.timeline.passes import Passed, Steps, passed


def drawn(random: np.random.Generator, count: int, states: int) -> tuple[Ints, Floats, Floats, Steps]:
    """Some days, what is known before them, and what is seen of them and of the steps between them."""
    days = np.cumsum(1 + random.integers(0, 1 + int(random.choice([1, 3, 400])), count + 1))
    same, leave, moved = random.random((3, count, states)) + 1e-3
    return (
        days,
        random.random(states) + 1e-3,
        np.exp(-60 * random.random((count + 1, states))),
        Steps(same, leave, moved),
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 80), st.integers(1, 9), st.integers(0, 99))
def test_messages_carried_in_blocks_are_those_carried_step_by_step(count: int, states: int, seed: int) -> None:
    days, prior, seen, (same, leave, moved) = drawn(np.random.default_rng(seed), count, states)
    found = passed(days, prior, seen, Steps(same, leave, moved))
    now = prior * seen[0]
    for t in range(count + 1):
        now /= now.sum()
        assert found.forward[t] == pytest.approx(now, rel=1e-7)
        if t < count:
            now = (now * same[t] + (now * leave[t]).sum() * moved[t]) * seen[t + 1]
    now = np.ones(states)
    for t in reversed(range(count + 1)):
        now /= now.sum()
        assert found.backward[t] == pytest.approx(now, rel=1e-7)
        if t:
            now = now * seen[t]
            now = now * same[t - 1] + (now * moved[t - 1]).sum() * leave[t - 1]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(1, 9), st.integers(0, 10_000))
def test_what_is_passed_again_where_something_changed_is_all_passed_at_once(count: int, states: int, seed: int) -> None:
    """To the bit, with days that are new or gone."""
    random = np.random.default_rng(seed)
    days, prior, seen, steps = drawn(random, count, states)
    kept = np.union1d([0, count], random.choice(count + 1, random.integers(0, count + 1), replace=False))
    kept = kept if random.random() < 0.5 else np.arange(count + 1)
    rows = kept[:-1]
    old = passed(days[kept], prior, seen[kept], Steps(*(column[rows] for column in steps)))
    other = seen.copy()
    for at in random.integers(0, count + 1, random.integers(0, 3)).tolist():
        other[at] = random.random(states) + 1e-3
    at = np.minimum(kept.searchsorted(np.arange(count + 1)), len(kept) - 1)
    anew = (kept[at] != np.arange(count + 1)) | (other != seen).any(axis=1)
    following = kept[np.minimum(at + 1, len(kept) - 1)][:-1] != np.arange(1, count + 1)
    found = passed(days, prior, other, steps, old, at, anew[:-1] | anew[1:] | following)
    assert same(found, passed(days, prior, other, steps))
    stay = ~found.again
    for now, before in ((found.forward, old.forward), (found.backward, old.backward)):
        assert np.array_equal(now[stay], before[at[stay]])


def same(one: Passed, other: Passed) -> bool:
    """But for what was passed again."""
    return all(np.array_equal(a, b) for a, b in zip(one[:-1], other[:-1], strict=True))
