"""What is kept of the claims of a place and what is new of it amount to the same as all at once, to the byte."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from test_properties import claims, heard_from
from told import KNOWLEDGE, PLACE, told

from tadmor.records import Heard
from tadmor.timeline.build import history, tell
from tadmor.timeline.unit import Made
from tadmor.timeline.voiced import Voiced, listen
from tadmor.timeline.weigh import hear

Kept = dict[str, Voiced]


def keep(kept: Kept, heard: Iterable[Heard]) -> Kept:
    """What is kept after one more round, as it comes back from a record."""
    changed = listen(heard, list(kept.values()), KNOWLEDGE).changed
    stored = msgspec.msgpack.decode(msgspec.msgpack.encode(changed), type=list[Voiced])
    return {**kept, **{one.said.claim.id: one for one in stored}}


@st.composite
def rounds(draw: st.DrawFn) -> list[list[Heard]]:
    """Claims, copies of them and the same words again, in some rounds; old ones come late."""
    heard = heard_from(draw(st.lists(claims(), min_size=2, max_size=10)))
    for number in range(draw(st.integers(0, 4))):
        one = draw(st.sampled_from(heard))
        claim = msgspec.structs.replace(one.claim, id=f"{one.claim.id}-{number}")
        outlet = draw(st.sampled_from(["Gazette", "Wire", "Courier"]))
        story = draw(st.sampled_from([one.story_id, f"other {number}"]))
        later = one.published and one.published + timedelta(draw(st.integers(-3, 3)))
        heard.append(msgspec.structs.replace(one, claim=claim, outlet=outlet, story_id=story, published=later))
    mixed = draw(st.permutations(heard))
    cuts = sorted(draw(st.lists(st.integers(1, len(mixed) - 1), max_size=3)))
    return [mixed[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_what_is_new_beside_what_was_kept_is_heard_as_all_at_once(some: list[list[Heard]]) -> None:
    kept: Kept = {}
    for heard in some[:-1]:
        kept = keep(kept, heard)
    all = [one for heard in some for one in heard]
    listened, at_once = listen(some[-1], list(kept.values()), KNOWLEDGE), listen(all, (), KNOWLEDGE)
    assert listened.counted == at_once.counted == hear(all, KNOWLEDGE)
    assert listened.marks == at_once.marks
    assert keep(kept, some[-1]) == keep({}, all)


@settings(max_examples=100, deadline=None)
@given(rounds())
def test_units_of_one_basis_are_the_same_to_the_byte(some: list[list[Heard]]) -> None:
    kept: Kept = {}
    made: dict[tuple[str, bytes | None], bytes] = {}
    for heard in some:
        for unit in tell(PLACE, heard, list(kept.values()), knowledge=KNOWLEDGE).units:
            found = msgspec.json.encode(list(unit.make()))
            assert made.setdefault((unit.name, unit.basis), found) == found
        kept = keep(kept, heard)
    all = [one for heard in some for one in heard]
    rest = [one for unit in tell(PLACE, (), list(kept.values()), knowledge=KNOWLEDGE).units for one in unit.make()]
    once = history(PLACE, all, knowledge=KNOWLEDGE)
    assert sorted(map(_id, rest)) == sorted(map(_id, (*once.events, *once.spells, *once.disputes)))
    assert {_id(one): one for one in rest} == {_id(one): one for one in (*once.events, *once.spells, *once.disputes)}


def _id(made: Made) -> str:
    return made.id


def test_only_what_more_claims_move_is_kept_anew() -> None:
    begin = date(2020, 3, 1)
    before = [told(f"c{n}", "holds", "South", begin + timedelta(60 * n), by=("Watch",)) for n in range(5)]
    kept = keep({}, before)
    more = told("new", "holds", "North", begin + timedelta(60), by=("Observatory",))
    copy = told("copy", "holds", "South", begin, by=("Watch",), story="story-c0", outlet="Courier")
    assert [one.said.claim.id for one in listen([more], list(kept.values()), KNOWLEDGE).changed] == ["new"]
    assert {one.said.claim.id for one in listen([copy], list(kept.values()), KNOWLEDGE).changed} == {"c0", "copy"}
