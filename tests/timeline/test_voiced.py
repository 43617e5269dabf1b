"""What is kept of the claims of a place and what is new of it amount to the same as all at once, to the byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_properties import claims, heard_from
from told import KNOWLEDGE, PLACE, told

from tadmor.records import Heard
from tadmor.timeline import columns
from tadmor.timeline.build import history, tell
from tadmor.timeline.columns import Columns
from tadmor.timeline.unit import Made, Notes, Telling
from tadmor.timeline.voiced import Came, Kept, Lately, Listened, Voiced, listen
from tadmor.timeline.weigh import Said, hear


@pytest.fixture(autouse=True, scope="module")
def small_leaves() -> Iterator[None]:
    """A few claims fill a leaf, so that leaves are cut and emptied, and a few days a section."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "LEAF", 3)
        patch.setattr("tadmor.timeline.unit.DAYS", 3)
        yield


class Store:
    """What is kept of a place, as it comes back from a record."""

    def __init__(self) -> None:
        self.came: dict[str, Came] = {}
        self.heard: dict[str, Heard] = {}
        self.together: dict[str, bytes] = {}
        self.lately: Lately | None = None  # what a process has at hand

    @property
    def kept(self) -> Kept | None:
        return Kept(self.together, self._lookup, self.lately) if self.together else None

    def _lookup(self, ids: Sequence[str]) -> list[tuple[Heard, Came]]:
        return [(self.heard[id], self.came[id]) for id in ids]

    def keep(self, heard: Sequence[Heard]) -> Store:
        """What is kept after one more round."""
        listened = listen(heard, self.kept, KNOWLEDGE)
        self._hear(heard)
        return self._kept(listened.changed, listened.together)

    def tell(self, heard: Sequence[Heard]) -> list[Unmade]:
        """What is told in one more round; what is kept, and at hand, is so then."""
        telling = tell(PLACE, heard, self.kept, knowledge=KNOWLEDGE)
        units = unmade(telling)
        self._hear(heard)
        self.lately = telling.lately()
        self._kept(telling.changed, telling.together or {})
        return units

    def _hear(self, heard: Sequence[Heard]) -> None:
        self.heard = {**self.heard, **{one.claim.id: one for one in heard}}

    def _kept(self, changed: Sequence[Voiced], together: Mapping[str, bytes]) -> Store:
        stored = msgspec.msgpack.encode({one.said.claim.id: one.came for one in changed})
        self.came = {**self.came, **msgspec.msgpack.decode(stored, type=dict[str, Came])}
        self.together = {**self.together, **together}
        return self


Unmade = tuple[str, bytes | None, list[tuple[bytes, Made]]]


def unmade(telling: Telling) -> list[Unmade]:
    """The name and basis of each unit, and of its pieces what they are known by, and themselves."""
    units = sorted(telling.units, key=lambda one: one.name)
    return [(one.name, one.basis, [(piece.basis, piece.make()) for piece in one.pieces(Notes())]) for one in units]


def counted(listened: Listened) -> list[tuple[Said, bytes]]:
    told = listened.told
    return list(zip(told.said(told.ids.tolist()), told.mark.tolist(), strict=True))


def plain(told: Columns) -> list[list[object]]:
    """Columns with what the numbers in them stand for."""
    parties, names = [*told.parties, None], [*told.names, None]
    tables = {
        "voice": told.voices, "part": told.parts, "type": told.types, "of_part": told.types, "actor": parties,
        "opponent": parties, "actor_name": names, "opponent_name": names,
    }  # fmt: skip
    fields = [name for name in Columns._fields if isinstance(getattr(told, name), np.ndarray) and name != "leaf"]
    return [[tables[name][at] if name in tables else at for at in getattr(told, name).tolist()] for name in fields]


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
    store = Store()
    for heard in some[:-1]:
        store.keep(heard)
    all = [one for heard in some for one in heard]
    listened, at_once = listen(some[-1], store.kept, KNOWLEDGE), listen(all, None, KNOWLEDGE)
    assert counted(listened) == counted(at_once)
    assert [said for said, _ in counted(listened)] == hear(all, KNOWLEDGE)
    assert plain(listened.told) == plain(at_once.told)
    assert listened.spoken == at_once.spoken
    assert store.keep(some[-1]).came == Store().keep(all).came


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_what_is_heard_again_in_another_story_is_heard_as_all_at_once(some: list[list[Heard]]) -> None:
    store = Store()
    for heard in some:
        store.keep(heard)
    all = [one for heard in some for one in heard]
    again = [msgspec.structs.replace(one, story_id="another") for one in some[-1]]
    latest = {one.claim.id: one for one in (*all, *again)}
    assert counted(listen(again, store.kept, KNOWLEDGE)) == counted(listen(list(latest.values()), None, KNOWLEDGE))


@settings(max_examples=100, deadline=None)
@given(rounds())
def test_units_and_pieces_of_one_basis_are_the_same_to_the_byte(some: list[list[Heard]]) -> None:
    store = Store()
    made: dict[tuple[str, bytes | None], bytes] = {}
    for heard in some:
        for unit in tell(PLACE, heard, store.kept, knowledge=KNOWLEDGE).units:
            found = msgspec.json.encode(unit.make())
            assert made.setdefault((unit.name, unit.basis), found) == found
            pieces = list(unit.pieces(Notes()))
            assert len({piece.basis for piece in pieces}) == len(pieces)
            for piece in pieces:
                found = msgspec.json.encode(piece.make())
                assert made.setdefault((f"piece of {unit.name}", piece.basis), found) == found
        store.keep(heard)
    all = [one for heard in some for one in heard]
    rest = [one for unit in tell(PLACE, (), store.kept, knowledge=KNOWLEDGE).units for one in unit.make()]
    once = history(PLACE, all, knowledge=KNOWLEDGE)
    assert sorted(map(_id, rest)) == sorted(map(_id, (*once.events, *once.spells, *once.disputes)))
    assert {_id(one): one for one in rest} == {_id(one): one for one in (*once.events, *once.spells, *once.disputes)}


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_what_units_noted_before_changes_nothing(some: list[list[Heard]]) -> None:
    store = Store()
    noted: dict[str, bytes] = {}
    for heard in some:
        for unit in tell(PLACE, heard, store.kept, knowledge=KNOWLEDGE).units:
            before = noted.get(unit.name)
            notes = Notes(msgspec.msgpack.decode(before, type=dict[str, dict[bytes, Any]]) if before else None)
            with_notes, without = list(unit.pieces(notes)), list(unit.pieces(Notes()))
            assert [piece.basis for piece in with_notes] == [piece.basis for piece in without]
            assert [piece.make() for piece in with_notes] == [piece.make() for piece in without]
            noted[unit.name] = msgspec.msgpack.encode(notes.taken)
        store.keep(heard)


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_what_is_at_hand_of_a_place_changes_nothing(some: list[list[Heard]]) -> None:
    store = Store()
    for heard in some:
        found, at_hand = store.tell(heard), store.lately
        cold = Kept(store.together, store._lookup)
        assert found == unmade(tell(PLACE, (), cold, knowledge=KNOWLEDGE))
        assert at_hand is not None
        assert plain(at_hand.told) == plain(listen((), cold, KNOWLEDGE).told)
        assert listen((), store.kept, KNOWLEDGE).together.keys() == {"head"}
    all = [one for heard in some for one in heard]
    assert store.tell(()) == unmade(tell(PLACE, all, None, knowledge=KNOWLEDGE))


def _id(made: Made) -> str:
    return made.id


def test_a_place_of_which_nothing_counted_is_told_when_something_does() -> None:
    heard = [told("c1", "holds", "South", "2020-03-01")]
    kept = Store().keep([]).kept
    assert list(tell(PLACE, [], kept, knowledge=KNOWLEDGE).units) == []
    assert counted(listen(heard, kept, KNOWLEDGE)) == counted(listen(heard, None, KNOWLEDGE))


def test_only_what_more_claims_move_is_kept_anew() -> None:
    begin = date(2020, 3, 1)
    before = [told(f"c{n}", "holds", "South", begin + timedelta(60 * n), by=("Watch",)) for n in range(5)]
    kept = Store().keep(before).kept
    more = told("new", "holds", "North", begin + timedelta(60), by=("Observatory",))
    copy = told("copy", "holds", "South", begin, by=("Watch",), story="story-c0", outlet="Courier")
    assert [one.said.claim.id for one in listen([more], kept, KNOWLEDGE).changed] == ["new"]
    assert {one.said.claim.id for one in listen([copy], kept, KNOWLEDGE).changed} == {"c0", "copy"}
