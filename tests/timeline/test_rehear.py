"""What is heard again without some claims, or with some read otherwise, is as the rest heard all at once."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from test_voiced import plain, rounds
from told import KNOWLEDGE

from tadmor.records import Heard
from tadmor.timeline.build import Solved, solve, solve_told
from tadmor.timeline.columns import Columns, columns
from tadmor.timeline.rehear import Rehearing
from tadmor.timeline.weigh import hear


def found(solved: list[Solved]) -> list[object]:
    return [(one.part, one.chain.axis, one.chain.posterior.tolist(), one.chain.runs, one.counted) for one in solved]


def unmarked(told: Columns) -> list[list[object]]:
    return plain(told._replace(mark=told.mark[:0]))


@settings(max_examples=150, deadline=None)
@given(rounds(), st.data())
def test_what_is_left_is_heard_as_all_at_once(some: list[list[Heard]], data: st.DataObject) -> None:
    all = [one for heard in some for one in heard]
    rehearing = Rehearing(all, KNOWLEDGE)
    for _ in range(3):  # it is the same however often it is asked
        without = set(data.draw(st.lists(st.sampled_from([one.claim.id for one in all]))))
        surely = set(data.draw(st.lists(st.sampled_from([one.claim.id for one in all])))) - without
        left = [one for one in all if one.claim.id not in without]
        instead = [
            msgspec.structs.replace(one, claim=msgspec.structs.replace(one.claim, confidence=1.0))
            for one in left
            if one.claim.id in surely
        ]
        read = {one.claim.id: one for one in instead}
        left = [read.get(one.claim.id, one) for one in left]
        again, at_once = rehearing.without(without, instead), columns(hear(left, KNOWLEDGE))
        assert unmarked(again) == unmarked(at_once)
        assert found(solve_told(again, KNOWLEDGE)) == found(solve(left, knowledge=KNOWLEDGE))
