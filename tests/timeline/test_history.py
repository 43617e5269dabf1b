"""Histories of single places, told in a few claims of an invented war."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from told import KNOWLEDGE, PLACE, told

from tadmor.records import Bound, Heard, PlaceHistory, Spell
from tadmor.timeline.build import history, posterior, state_on


def of(*heard: Heard) -> PlaceHistory:
    return history(PLACE, heard, knowledge=KNOWLEDGE)


def assessed(made: PlaceHistory, part: str | None = None) -> list[Spell]:
    return [spell for spell in made.spells if spell.layer == "assessed" and spell.part == part]


def held(made: PlaceHistory, part: str | None = None) -> list[tuple[str, str | None]]:
    return [(spell.status, spell.holder) for spell in assessed(made, part)]


def on(made: PlaceHistory, day: str) -> Spell:
    return state_on(made, date.fromisoformat(day))[0]


def test_no_claims_make_an_empty_history() -> None:
    assert of() == PlaceHistory(place_id=PLACE)


def test_what_one_side_held_until_the_other_took_it_changes_hands_once() -> None:
    made = of(
        told("c1", "holds", "South", "2020-01-01", "2020-06-30", precision="month", published="2021-01-10"),
        told(
            "c2",
            "gains",
            "North",
            "2020-06-01",
            "2020-06-30",
            opponent="South",
            precision="month",
            published="2021-01-10",
        ),
    )
    first, second = assessed(made)
    assert (first.status, first.holder, first.start.earliest) == ("held", "South", date(2020, 1, 1))
    assert (second.status, second.holder, second.end) == ("held", "North", None)
    assert date(2020, 5, 31) <= second.start.earliest <= second.start.latest <= date(2020, 6, 30)
    assert {pull.claim_id for pull in second.pulls if pull.pull > 0} == {"c2"}


def test_a_capture_of_known_day_starts_the_spell_on_that_day() -> None:
    made = of(
        told("c1", "holds", "South", "2020-03-01"),
        told("c2", "gains", "North", "2020-05-05", opponent="South"),
    )
    assert assessed(made)[1].start == Bound(earliest=date(2020, 5, 5), latest=date(2020, 5, 5))
    assert assessed(made)[0].end == Bound(earliest=date(2020, 5, 4), latest=date(2020, 5, 4))


def test_a_capture_at_some_time_before_starts_no_more_precisely_than_is_known() -> None:
    made = of(
        told("c1", "holds", "South", "2020-03-01", by=("Observatory",)),
        told("c2", "gains", "North", None, "2020-05-05", by=("Watch",), precision="unknown"),
        told("c3", "holds", "North", "2020-05-06", by=("Observatory",)),
    )
    assert assessed(made)[1].start == Bound(earliest=date(2020, 3, 2), latest=date(2020, 5, 5))


def test_a_party_that_claims_victory_early_is_not_believed_against_others() -> None:
    made = of(
        told("c0", "holds", "South", "2020-05-01", by=("Observatory",)),
        told("c1", "gains", "North", "2020-05-05", opponent="South", by=("Northern Radio",)),
        told("c2", "holds", "South", "2020-05-07", by=("Observatory",)),
        told("c3", "holds", "South", "2020-05-08", outlet="Courier"),
    )
    assert {holder for _, holder in held(made)} == {"South"}
    assert on(made, "2020-05-05").status == "contested"
    (dispute,) = made.disputes
    assert {ids for _, ids in dispute.sides} >= {("c1",)}
    claimed = [(s.claimed_by, s.holder) for s in made.spells if s.layer == "claimed" and s.claimed_by == "North"]
    assert claimed == [("North", "North")]


def test_one_hedged_report_makes_a_place_contested_not_lost() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-01", by=("Observatory",)),
        told("c2", "gains", "North", "2020-05-05", opponent="South", modality="hedged"),
    )
    spell = on(made, "2020-05-05")
    assert (spell.status, spell.holder, spell.contested) == ("contested", "South", True)


def test_a_denied_capture_leaves_the_place_with_its_holder() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-01"),
        told("c2", "gains", "North", "2020-05-05", opponent="South", modality="denied", by=("Observatory",)),
    )
    assert {holder for _, holder in held(made)} == {"South"}
    assert not [event for event in made.events if "c2" in event.claim_ids]


def test_a_plan_to_take_a_place_says_that_it_is_not_held_yet() -> None:
    plain = [told("c1", "holds", "South", "2020-05-01")]
    plan = told("c2", "gains", "North", "2020-05-05", modality="planned", opponent="South", published="2020-05-05")
    made = of(*plain, plan)
    assert held(made) == [("held", "South")]
    assert made.events == of(*plain).events == ()


def test_a_withdrawal_leaves_the_holder_unknown_where_no_one_is_named() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-01"),
        told("c2", "loses", "South", "2020-05-09", by=("Observatory",)),
        told("c3", "loses", "South", "2020-05-09", outlet="Courier"),
    )
    assert held(made) == [("held", "South"), ("unknown", None)]
    assert all(any(pull.pull > 0 for pull in spell.pulls) for spell in assessed(made))


def test_against_its_own_interest_a_party_is_believed() -> None:
    before = told("c1", "holds", "South", "2020-05-01", by=("Observatory",))
    admitted = told("c2", "loses", "South", "2020-05-09", opponent="North", by=("Southern Agency",))
    boasted = told("c2", "gains", "North", "2020-05-09", opponent="South", by=("Northern Radio",))
    sure = [posterior([before, claim], date(2020, 5, 9), knowledge=KNOWLEDGE)["South"] for claim in (admitted, boasted)]
    assert sure[0] < sure[1]


def test_a_siege_names_the_besieger_and_the_holder() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-01"),
        told("c2", "besieges", "North", "2020-05-03", opponent="South", by=("Observatory",)),
        told("c3", "besieges", "North", "2020-06-20", opponent="South", outlet="Courier"),
        told("c4", "holds", "South", "2020-12-01", outlet="Courier"),
    )
    siege = on(made, "2020-06-01")
    assert (siege.status, siege.holder, siege.besieged_by) == ("besieged", "South", "North")
    assert (siege.start.latest, siege.end) == (
        date(2020, 5, 3),
        Bound(earliest=date(2020, 6, 20), latest=date(2020, 6, 20)),
    )
    assert on(made, "2020-12-01").status == "held"


def test_a_siege_by_nobody_named_is_a_siege() -> None:
    made = of(told("c1", "holds", "South", "2020-05-01"), told("c2", "besieges", None, "2020-05-03", outlet="Courier"))
    siege = on(made, "2020-05-03")
    assert (siege.status, siege.holder, siege.besieged_by) == ("besieged", "South", None)


def test_two_sources_that_disagree_make_a_dispute_with_a_reading() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-05", by=("Observatory",)),
        told("c2", "holds", "North", "2020-05-05", by=("Watch",)),
    )
    (dispute,) = made.disputes
    assert dispute.open
    assert {ids for _, ids in dispute.sides} == {("c1",), ("c2",)}
    assert "assessed on 2020-05-05" in dispute.reading
    assert dispute.about == "held by North or held by South"


def test_a_dispute_that_is_borne_out_is_settled() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-05", by=("Observatory",)),
        told("c2", "holds", "North", "2020-05-05", by=("Watch",)),
        *(told(f"c{k}", "holds", "South", f"2020-05-{10 + 3 * k}", outlet=f"Paper {k}") for k in range(3, 7)),
    )
    (dispute,) = made.disputes
    assert not dispute.open
    assert "borne out" in dispute.reading


def test_one_voice_that_corrects_itself_is_no_dispute() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-05", by=("Observatory",)),
        told("c2", "holds", "North", "2020-05-05", by=("Observatory",), published="2020-05-06"),
    )
    assert made.disputes == ()
    assert on(made, "2020-05-05").holder == "North"


def test_what_was_so_until_a_capture_does_not_contradict_it() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-05", by=("Observatory",)),
        told("c2", "gains", "North", "2020-05-05", opponent="South", by=("Watch",)),
    )
    assert made.disputes == ()


def test_an_ally_of_the_holder_is_no_enemy() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-05", by=("Observatory",)),
        told("c2", "holds", "League", "2020-05-06", by=("Watch",)),
    )
    assert made.disputes == ()
    assert len(assessed(made)) == 1


def test_a_brigade_holds_for_the_army_it_is_part_of() -> None:
    made = of(
        told("c1", "holds", "North", "2020-05-05", by=("Observatory",)),
        told("c2", "holds", "Brigade", "2020-05-20", by=("Watch",)),
    )
    assert held(made) == [("held", "North")]


def test_a_place_of_two_halves_is_partly_held() -> None:
    made = of(
        told("c1", "holds_part", "North", "2020-05-05", part="eastern half", by=("Observatory",)),
        told("c2", "holds_part", "South", "2020-05-05", part="the west of the city", by=("Watch",)),
    )
    assert held(made) == [("partly held", None)]
    parts = [(spell.part, spell.status, spell.holder) for spell in state_on(made, date(2020, 5, 5))[1:]]
    assert parts == [("east", "held", "North"), ("west", "held", "South")]


def test_who_took_most_of_a_part_holds_it_in_part() -> None:
    made = of(
        told("c1", "holds", "South", "2018-05-05", "2020-05-20", part="East Qasr", precision="year"),
        told("c2", "gains_part", "North", "2020-05-10", "2020-05-20", part="most of the eastern half", opponent="South",
             precision="longer"),
    )  # fmt: skip
    assert held(made, "east") == [("held", "South"), ("partly held", "North")]


def test_who_comes_to_hold_most_of_a_place_long_divided_holds_it_from_then_on() -> None:
    made = of(
        told("c1", "holds", "South", "2014-01-01", by=("Watch",)),
        told("c2", "holds_part", "North", "2014-06-01", part="parts of the city", by=("Watch",)),
        told("c3", "holds_part", "South", "2014-06-01", part="parts of the city", by=("Observatory",)),
        told("c4", "gains_part", "North", "2020-11-30", part="most of the city", by=("Observatory",)),
        told("c5", "gains_part", "South", "2020-12-20", part="most of the city", by=("Observatory",)),
    )
    on = [state_on(made, date(*day))[0] for day in ((2020, 11, 29), (2020, 11, 30), (2020, 12, 19), (2020, 12, 20))]
    assert [(spell.status, spell.holder) for spell in on] == [
        ("partly held", None), ("partly held", "North"), ("partly held", "North"), ("partly held", "South"),
    ]  # fmt: skip
    assert [on[at].start.latest for at in (1, 3)] == [date(2020, 11, 30), date(2020, 12, 20)]


@pytest.mark.parametrize(
    ("first", "earliest", "latest"),
    [
        ("2020-03-27", "2020-03-27", "2020-03-27"),
        ("2020-03-21", "2020-03-21", "2020-03-27"),
        (None, None, "2020-03-27"),
    ],
)
def test_a_place_first_heard_of_when_it_is_taken_is_held_from_that_day(
    first: str | None, earliest: str | None, latest: str
) -> None:
    made = of(told("c1", "gains", "North", first, "2020-03-27"))
    (spell,) = (spell for spell in made.spells if spell.layer == "assessed")
    assert spell.holder == "North"
    assert spell.start.earliest == (date.fromisoformat(earliest) if earliest else None)
    assert spell.start.latest == date.fromisoformat(latest)


def test_who_held_a_place_before_it_was_first_heard_of_as_taken_is_told_of_the_day_before() -> None:
    made = of(told("c1", "gains", "North", "2020-03-27", opponent="South", by=("Watch",)))
    assert [(spell.holder, spell.start.latest) for spell in made.spells if spell.layer == "assessed"] == [
        ("South", date(2020, 3, 26)),
        ("North", date(2020, 3, 27)),
    ]


def test_what_lies_near_a_place_does_not_decide_it() -> None:
    made = of(
        told("c1", "holds", "South", "2020-05-01"),
        told("c2", "gains", "North", "2020-05-05", part="wells", near=True, opponent="South", by=("Observatory",)),
    )
    assert held(made) == [("held", "South")]
    assert held(made, "near: wells")[-1] == ("held", "North")


def test_a_claim_without_any_day_moves_nothing_but_is_kept() -> None:
    made = of(told("c1", "gains", "North", None, published=None, opponent="South"))
    assert made.spells == ()
    (event,) = made.events
    assert (event.days.first, event.days.precision, event.claim_ids) == (None, "unknown", ("c1",))


def test_a_place_that_no_one_speaks_of_grows_less_sure_and_keeps_its_holder() -> None:
    made = of(told("c1", "gains", "North", "2020-05-05", opponent="South", by=("Observatory",)))
    (now,), (later,) = (state_on(made, date.fromisoformat(day)) for day in ("2020-05-05", "2020-11-01"))
    assert later.holder == now.holder == "North"
    assert later.confidence == pytest.approx(now.confidence / 2, rel=0.01)


def test_before_the_first_evidence_there_is_no_state() -> None:
    assert state_on(of(told("c1", "holds", "North", "2020-05-05")), date(2020, 5, 4)) == []


def test_a_place_that_is_only_fought_over_has_no_known_holder() -> None:
    made = of(told("c1", "contests", "North", "2020-05-05"))
    assert held(made) == [("contested", None)]


def test_the_posterior_of_any_day_sums_to_one() -> None:
    heard = [
        told("c1", "holds", "South", "2020-01-01"),
        told("c2", "gains", "North", "2020-05-05", opponent="South"),
        told("c3", "loses", "North", "2020-09-05"),
    ]
    for day in ("2019-01-01", "2020-01-01", "2020-03-17", "2020-05-05", "2020-07-07", "2020-09-05", "2023-01-01"):
        assert sum(posterior(heard, date.fromisoformat(day), knowledge=KNOWLEDGE).values()) == pytest.approx(1)


def test_days_after_publication_are_taken_as_misread() -> None:
    made = of(told("c1", "gains", "North", "2031-05-05", opponent="South", published="2020-05-06"))
    assert all(spell.start.latest <= date(2020, 5, 6) for spell in made.spells)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_days_at_the_ends_of_the_calendar_do_no_harm(day: date) -> None:
    made = of(told("c1", "gains", "North", day, opponent="South"), told("c2", "holds", "South", "2020-01-01"))
    assert msgspec.json.decode(msgspec.json.encode(made), type=PlaceHistory) == made
