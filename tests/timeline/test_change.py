"""What changed, from one spell to the next."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from told import KNOWLEDGE, PLACE, told

from tadmor.records import Bound, Pull, Spell, Status
from tadmor.timeline.build import history
from tadmor.timeline.change import Change, between, changes, firsts


def spell(
    holder: str | None,
    status: Status = "held",
    *,
    start: tuple[str | None, str] = (None, "2020-01-01"),
    contested: bool = False,
    besieged_by: str | None = None,
    part: str | None = None,
    claimed_by: str | None = None,
) -> Spell:
    earliest, latest = start
    return Spell(
        id=f"s{holder}{status}{start}",
        place_id=PLACE,
        part=part,
        layer="claimed" if claimed_by else "assessed",
        claimed_by=claimed_by,
        status=status,
        holder=holder,
        contested=contested,
        besieged_by=besieged_by,
        start=Bound(earliest=date.fromisoformat(earliest) if earliest else None, latest=date.fromisoformat(latest)),
        confidence=0.9,
        voices=1,
    )


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (spell("North"), spell("South"), ("taken",)),
        (spell("North"), spell("North", "unknown"), ("lost",)),
        (spell("North"), spell("North", "contested", contested=True), ("contested",)),
        (spell("North", "contested", contested=True), spell("South"), ("taken", "no longer contested")),
        (spell("North"), spell("North", "besieged", besieged_by="South"), ("besieged",)),
        (spell("North", "besieged"), spell("North"), ("siege lifted",)),
        (spell("North"), spell("North", "partly held"), ("partly held",)),
        (spell("North", "partly held"), spell("North"), ("wholly held",)),
        (spell("North", "partly held"), spell(None, "unknown"), ("lost",)),
        (
            spell("North", "contested", contested=True),
            spell("North", "contested", contested=True, besieged_by="South"),
            ("besieged",),
        ),
    ],
)
def test_a_change_says_what_is_different(before: Spell, after: Spell, what: tuple[str, ...]) -> None:
    assert list(changes([before, after])) == [Change(what, before, after, after.start)]  # type: ignore[arg-type]


def test_a_first_spell_is_a_change_only_where_it_has_a_first_day() -> None:
    assert list(changes([spell("North")])) == []
    begun = spell("North", start=("2020-01-01", "2020-01-03"))
    (change,) = changes([begun])
    assert (change.what, change.before, change.when) == (("taken",), None, begun.start)


def test_a_first_spell_is_a_change_where_a_claim_says_that_its_holder_gained_the_place() -> None:
    day = date(2020, 5, 5)
    gain = told("c1", "gains", "North", day)
    first = msgspec.structs.replace(
        spell("North", start=(None, "2020-05-04")), pulls=(Pull(claim_id="c1", pull=1.0), Pull(claim_id="c2", pull=0.5))
    )
    (change,) = changes([first], {"c1": gain.claim})
    assert (change.what, change.before, change.when) == (("taken",), None, Bound(earliest=day, latest=day))
    for other in (
        told("c1", "holds", "North", day),
        told("c1", "gains", "South", day),
        told("c1", "gains", "North", day, modality="denied"),
        told("c1", "gains", "North", "2020-06-06"),
        told("c1", "gains", "North", None),
    ):
        assert list(changes([first], {"c1": other.claim})) == []
    assert firsts([first, spell("South"), spell("South", part="east")]) == [first, spell("South", part="east")]


def test_parts_and_those_who_claim_have_changes_of_their_own() -> None:
    told_of = [
        spell("North"),
        spell("South", part="east"),
        spell("North", part="east", start=("2020-02-01", "2020-02-01")),
    ]
    assert [(change.after.part, change.what) for change in changes(told_of)] == [("east", ("taken",))]
    assert list(changes([spell("North", claimed_by="North"), spell("South", claimed_by="South")])) == []


def test_a_change_counts_where_its_days_reach_into_the_time() -> None:
    found = list(changes([spell("North"), spell("South", start=("2020-03-01", "2020-03-10"))]))
    for first, last, inside in (
        ("2020-03-10", "2020-04-01", True),
        ("2020-01-01", "2020-03-01", True),
        ("2020-03-11", "2020-04-01", False),
        ("2020-01-01", "2020-02-29", False),
    ):
        assert (between(found, date.fromisoformat(first), date.fromisoformat(last)) == found) is inside
    assert between(found, None, None) == found


def test_what_claims_tell_comes_out_as_changes_in_order() -> None:
    made = history(
        PLACE,
        [
            told("c1", "holds", "South", "2020-03-01", by=("Wire",)),
            told("c2", "gains", "North", "2020-05-05", opponent="South", by=("Observatory",)),
            told("c3", "gains", "South", "2020-07-07", opponent="North", by=("Wire",)),
        ],
        knowledge=KNOWLEDGE,
    )
    found = between(changes(spell for spell in made.spells if spell.layer == "assessed"), None, None)
    assert [(change.when.latest, change.before and change.before.holder, change.after.holder) for change in found] == [
        (date(2020, 5, 5), "South", "North"),
        (date(2020, 7, 7), "North", "South"),
    ]
