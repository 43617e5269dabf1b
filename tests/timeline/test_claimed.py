"""What a side says is the same whether its words come all at once or a few at a time."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tadmor.records import Status
from tadmor.timeline.claimed import _ORDER, Word, _renewed, _runs


@st.composite
def word(draw: st.DrawFn) -> Word:
    status: Status = draw(st.sampled_from(["held", "unknown", "contested", "besieged"]))
    holder = draw(st.sampled_from(["North", "South", None]))
    day = draw(st.integers(1, 6))
    return Word(
        latest=day,
        published=day,
        id=f"c{draw(st.integers(0, 999)):03}",
        mark=b"",
        earliest=None,
        status=status,
        holder=holder,
        besieged_by="South" if status == "besieged" else None,
        actor=draw(st.sampled_from(["North", "South"])),
        voice="Watch",
        w=1.0,
        confidence=0.5,
    )


@settings(max_examples=400, deadline=None)
@given(st.lists(word(), min_size=1, max_size=25, unique_by=lambda one: one.id), st.data())
def test_runs_after_a_change_are_those_of_all_words(some: list[Word], data: st.DataObject) -> None:
    come = data.draw(st.lists(st.sampled_from(some), max_size=3, unique=True))
    words = sorted((one for one in some if one not in come), key=_ORDER)
    gone = data.draw(st.lists(st.sampled_from(words), max_size=3, unique=True)) if words else []
    before, *_ = _runs(words, [], 0, 0)
    first, last = _renewed(words, gone, come)
    found, same, rest = _runs(words, before, first, last)
    assert words == sorted((one for one in some if one not in gone), key=_ORDER)
    assert found == _runs(words, [], 0, 0)[0]
    assert [(state, own[0]) for state, own in found[:same]] == [(state, own[0]) for state, own in before[:same]]
    assert found[: max(same - 1, 0)] == before[: max(same - 1, 0)]
    assert found[len(found) - rest :] == before[len(before) - rest :]
