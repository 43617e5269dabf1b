"""What pairs of reports a cluster compares in full; needs neither Spark nor Java."""

from __future__ import annotations

import struct

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tadmor.report import story
from tadmor.run.spark.stories import COMPARED, may_be_one


def packed(signature: list[int]) -> bytes:
    return struct.pack(f"<{len(signature)}Q", *signature)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40))
def test_pairs_of_one_story_are_compared_and_few_others(seed: int, most: int) -> None:
    random = np.random.default_rng(seed)
    pool = np.unique(random.integers(0, 1 << story.BITS, 2 * most)).tolist()
    drawn = [random.permutation(pool)[: random.integers(0, len(pool) + 1)].tolist() for _ in range(2 * COMPARED // 20)]
    first, second = drawn[::2], drawn[1::2]
    likely = may_be_one(list(map(packed, first)), list(map(packed, second))).tolist()
    for one, other, found in zip(first, second, likely, strict=True):
        common, shorter, longer = len({*one} & {*other}), *sorted((len(one), len(other)))
        assert found == (common >= int(story.fewest_common(np.array(shorter), np.array(longer))))
        assert found or not story.same_story(one, other)
