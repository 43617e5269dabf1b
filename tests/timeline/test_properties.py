"""What must hold of every history, whatever is told."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from told import KNOWLEDGE, PLACE, told

from tadmor.records import Heard, Spell
from tadmor.timeline.build import history, posterior, solve, state_on
from tadmor.timeline.spells import starts
from tadmor.timeline.weigh import hear

START = date(2020, 1, 1)
TYPES = [
    "gains",
    "gains_part",
    "loses",
    "holds",
    "holds_part",
    "contests",
    "advances",
    "besieges",
    "repels",
    "Armed clash",
]
LEAST = 0.3
NAMES = ["North", "South", "League", "Brigade", "Tribe"]


@st.composite
def claims(draw: st.DrawFn, types: list[str] = TYPES) -> dict[str, object]:
    first = draw(st.integers(0, 300))
    last = first + draw(st.sampled_from([0, 0, 0, 6, 30, 200]))
    dated = draw(st.integers(0, 9))
    actor, opponent = draw(st.permutations(NAMES))[:2]
    return {
        "type": draw(st.sampled_from(types)),
        "actor": actor if draw(st.integers(0, 9)) else None,
        "opponent": opponent if draw(st.booleans()) else None,
        "first": START + timedelta(first) if dated else None,
        "last": START + timedelta(last) if dated else None,
        "published": START + timedelta(last + draw(st.integers(0, 40))) if draw(st.integers(0, 9)) else None,
        "precision": {0: "day", 6: "week", 30: "month", 200: "longer"}[last - first],
        "modality": draw(st.sampled_from(["asserted"] * 6 + ["hedged", "denied", "planned", "possible"])),
        "by": draw(
            st.sampled_from([(), (), ("Observatory",), ("Northern Radio",), ("Southern Agency",), ("residents",)])
        ),
        "outlet": draw(st.sampled_from(["Gazette", "Courier", "Wire", None])),
        "part": draw(st.sampled_from([None, None, None, "east", "most of it", "the old mill"])),
        "confidence": draw(st.sampled_from([0.3, 0.6, 0.9])),
        "kind": "control",
    }


def heard_from(drawn: list[dict[str, object]]) -> list[Heard]:
    return [
        told(f"c{k:02}", **{**one, "kind": "event" if one["type"] == "Armed clash" else "control"})  # type: ignore[arg-type]
        for k, one in enumerate(drawn)
    ]


wars = st.lists(claims(), min_size=1, max_size=12).map(heard_from)


@settings(max_examples=80, deadline=None)
@given(wars, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter_to_the_byte(heard: list[Heard], random: object) -> None:
    mixed = list(heard)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert msgspec.json.encode(history(PLACE, heard, knowledge=KNOWLEDGE)) == msgspec.json.encode(
        history(PLACE, mixed, knowledge=KNOWLEDGE)
    )


@settings(max_examples=60, deadline=None)
@given(wars, st.data())
def test_copies_add_nothing(heard: list[Heard], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from(heard))
    copy = msgspec.structs.replace(one, claim=msgspec.structs.replace(one.claim, id=one.claim.id + "copy"))
    with_copy = history(PLACE, [*heard, copy], knowledge=KNOWLEDGE)
    without = history(PLACE, heard, knowledge=KNOWLEDGE)
    assert (with_copy.spells, with_copy.disputes) == (without.spells, without.disputes)
    for event, before in zip(with_copy.events, without.events, strict=True):  # it is listed, and that is all
        ids = tuple(id for id in event.claim_ids if id != copy.claim.id)
        assert msgspec.structs.replace(event, claim_ids=ids) == before


@settings(max_examples=80, deadline=None)
@given(wars)
def test_spells_tile_time_and_every_spell_has_evidence(heard: list[Heard]) -> None:
    tile(heard)


def test_most_of_a_place_comes_to_nobody_once_it_has_changed_hands() -> None:
    tile(
        [
            told("c1", "contests", None, "2020-01-01", "2020-07-19", precision="longer", confidence=0.3),
            told("c2", "repels", "North", "2020-03-04", confidence=0.3),
            told("c3", "gains", None, None, published="2020-01-01", confidence=0.9),
            told("c4", "gains", None, None, published="2020-01-02", part="east", confidence=0.3),
            told("c5", "holds", "North", None, published="2020-02-06", part="most of it", confidence=0.3),
        ]
    )


def test_what_follows_days_of_which_nothing_is_known_begins_where_it_is_likely() -> None:
    tile(
        [
            told("c1", "gains", "North", "2020-01-01", "2020-07-19", precision="longer", part="the old mill"),
            told("c2", "contests", None, None, published="2020-01-31", part="the old mill"),
        ]
    )


def tile(heard: list[Heard]) -> None:
    """Spells follow each other without a gap, and each has its evidence."""
    made = history(PLACE, heard, knowledge=KNOWLEDGE)
    chains: dict[object, list[Spell]] = {}
    for spell in made.spells:
        chains.setdefault((spell.part, spell.layer, spell.claimed_by), []).append(spell)
        assert spell.pulls, spell
        assert 0 <= spell.confidence <= 1
        assert spell.start.earliest is None or spell.start.earliest <= spell.start.latest
    for chain in chains.values():
        assert chain[-1].end is None
        for before, after in pairwise(chain):
            assert before.end is not None
            assert before.end.latest == after.start.latest - timedelta(days=1)
            if before.layer == "assessed":
                assert starts(before.start) < starts(after.start)
                assert after.start.earliest is None or before.start.latest < after.start.earliest
                same = (before.status, before.holder, before.contested, before.besieged_by)
                assert same != (after.status, after.holder, after.contested, after.besieged_by)


@settings(max_examples=60, deadline=None)
@given(wars, st.data())
def test_later_copies_add_nothing_whoever_carries_them(heard: list[Heard], data: st.DataObject) -> None:
    one = data.draw(st.sampled_from([one for one in heard if one.published] or heard))
    carrier = data.draw(st.sampled_from(["Wire", "Observatory", "Gazette"]))
    later = one.published and one.published + timedelta(1)
    claim = msgspec.structs.replace(one.claim, id="copy")
    copy = msgspec.structs.replace(one, claim=claim, outlet=carrier, published=later)
    if later is None or one.claim.days.last is None or one.claim.days.last > one.published:
        return  # a copy that is dated otherwise says something else of its days
    (with_copy,) = {solved.w for solved in hear([one, copy], KNOWLEDGE)}
    (without,) = {solved.w for solved in hear([one], KNOWLEDGE)}
    assert with_copy == without


@settings(max_examples=80, deadline=None)
@given(wars, st.integers(0, 300), st.sampled_from(NAMES[:2]), st.sampled_from(["holds", "gains", "repels"]))
def test_an_independent_claim_for_a_holder_never_makes_it_less_likely(
    heard: list[Heard], offset: int, holder: str, type: str
) -> None:
    day = START + timedelta(offset)
    more = told("new", type, holder, day, by=("Watch",), published=day)
    before = posterior(heard, day, knowledge=KNOWLEDGE).get(holder, 0.0)
    assert posterior([*heard, more], day, knowledge=KNOWLEDGE)[holder] >= before - 1e-9


@settings(max_examples=60, deadline=None)
@given(wars)
def test_every_claim_of_a_happening_stands_in_one_event(heard: list[Heard]) -> None:
    made = history(PLACE, heard, knowledge=KNOWLEDGE)
    ids = [id for event in made.events for id in event.claim_ids]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {one.claim.id for one in heard}
    assert len({event.id for event in made.events}) == len(made.events)
    assert len({spell.id for spell in made.spells}) == len(made.spells)


@settings(max_examples=80, deadline=None)
@given(wars)
def test_who_is_assessed_to_hold_a_place_is_never_found_much_less_likely_than_another(heard: list[Heard]) -> None:
    made = history(PLACE, heard, knowledge=KNOWLEDGE)
    for solved in solve(heard, knowledge=KNOWLEDGE):
        for day in map(date.fromordinal, solved.chain.axis[1:]):
            for spell in (spell for spell in state_on(made, day) if spell.part == solved.part):
                found = solved.on(day)
                if spell.status == "held":
                    assert found[str(spell.holder)] > LEAST * max(found.values()), (day, spell, found)
