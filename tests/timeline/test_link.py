"""Events: which claims tell of one happening."""

from __future__ import annotations

import msgspec
from told import KNOWLEDGE, PLACE, told

from tadmor.records import Event, Heard, Tie
from tadmor.timeline.build import history


def events(*heard: Heard) -> tuple[Event, ...]:
    return history(PLACE, heard, knowledge=KNOWLEDGE).events


def test_two_reports_of_a_capture_are_one_event_with_two_voices() -> None:
    (event,) = events(
        told("c1", "gains", "North", "2020-05-05", opponent="South", by=("Observatory",)),
        told("c2", "gains", "North", "2020-05-04", "2020-05-05", outlet="Courier"),
    )
    assert (event.type, event.voices, event.claim_ids) == ("gains", 2, ("c1", "c2"))
    assert (event.actors, event.opponents) == (("North",), ("South",))


def test_a_gain_and_the_loss_it_means_are_one_event() -> None:
    (event,) = events(
        told("c1", "gains", "North", "2020-05-05", by=("Observatory",)),
        told("c2", "loses", "South", "2020-05-05", by=("Watch",)),
    )
    assert (event.type, event.actors, event.opponents) == ("gains", ("North",), ("South",))


def test_captures_by_different_parties_are_different_events() -> None:
    assert len(events(told("c1", "gains", "North", "2020-05-05"), told("c2", "gains", "Tribe", "2020-05-05"))) == 2


def test_places_apart_are_never_linked() -> None:
    made = events(
        told("c1", "gains", "North", "2020-05-05"),
        told("c2", "gains", "North", "2020-05-05", part="wells", near=True, outlet="Courier"),
    )
    assert [event.part for event in made] in ([None, "near: wells"], ["near: wells", None])


def test_fighting_that_goes_on_for_weeks_is_more_than_one_event() -> None:
    made = events(*(told(f"c{k:02}", "contests", "North", f"2020-05-{k:02}") for k in range(1, 25)))
    assert len(made) == 3


def test_a_month_joins_the_one_event_within_it() -> None:
    (event,) = events(
        told("c1", "gains", "North", "2020-05-05"),
        told("c2", "gains", "North", "2020-05-01", "2020-05-31", precision="month", outlet="Courier"),
    )
    assert (event.days.first, event.days.precision) == (event.days.last, "day")


def test_a_toll_is_a_band_with_the_claim_behind_each_bound() -> None:
    strike = {"kind": "event", "published": "2020-05-06"}
    (event,) = events(
        told("c1", "Air/drone strike", "League", "2020-05-05", killed=(24, None), by=("Observatory",), **strike),
        told("c2", "Air/drone strike", "League", "2020-05-05", killed=(10, 12), by=("Southern Agency",), **strike),
        told("c3", "Air/drone strike", "League", "2020-05-05", killed=(None, 50), by=("residents",), **strike),
    )  # type: ignore[arg-type]
    assert event.killed == (10, 24, 50)
    assert event.killed_claims == ("c2", "c1", "c3")


def test_the_later_toll_of_a_voice_replaces_its_earlier_one() -> None:
    (event,) = events(
        told("c1", "Attack", "North", "2020-05-05", killed=(5, 5), by=("Observatory",), kind="event"),
        told("c2", "Attack", "North", "2020-05-05", killed=(9, 9), by=("Observatory",), kind="event",
             published="2020-05-07"),
    )  # fmt: skip
    assert event.killed == (9, 9, 9)
    assert event.voices == 1


def test_a_hedged_event_is_less_sure() -> None:
    (plain,) = events(told("c1", "Attack", "North", "2020-05-05", kind="event"))
    (hedged,) = events(told("c1", "Attack", "North", "2020-05-05", kind="event", modality="hedged"))
    assert hedged.confidence < plain.confidence < 1


def test_states_plans_and_denials_are_no_events() -> None:
    assert events(
        told("c1", "holds", "North", "2020-05-05"),
        told("c2", "gains", "North", "2020-05-05", modality="planned"),
        told("c3", "gains", "North", "2020-05-05", modality="denied"),
    ) == ()  # fmt: skip


def test_a_capture_that_others_refute_is_not_likely() -> None:
    alone = told("c1", "gains", "North", "2020-05-05", opponent="South", by=("Northern Radio",))
    (believed,) = events(alone)
    (refuted,) = events(alone, told("c2", "holds", "South", "2020-05-06", by=("Observatory",)))
    assert refuted.confidence < believed.confidence / 2


# --- as analysts have it ----------------------------------------------------------------------------------------------


def tied(heard: Heard, *ties: Tie) -> Heard:
    return msgspec.structs.replace(heard, ties=ties)


FIRST, SECOND = Tie("2020-06-01 v1", True), Tie("2020-06-02 v2", False)


def test_what_analysts_merge_is_one_event_whatever_it_is_called_and_of_which_part() -> None:
    clash = told("c1", "Armed clash", "North", "2020-05-05", opponent="South", part="east", kind="event")
    gain = told("c2", "gains", "North", "2020-05-09", opponent="South", outlet="Courier")
    another = told("c3", "gains", "North", "2020-05-09", opponent="South", by=("Observatory",))
    assert len(events(clash, gain, another)) == 2
    (event,) = events(tied(clash, FIRST), tied(gain, FIRST), another)
    assert (event.type, event.part, event.claim_ids) == ("gains", None, ("c1", "c2", "c3")), (
        "what is linked comes along"
    )
    assert (str(event.days.first), str(event.days.last)) == ("2020-05-05", "2020-05-09")


def test_what_analysts_split_stays_apart_with_what_was_not_named_left_behind() -> None:
    one = told("c1", "gains", "North", "2020-05-05", opponent="South")
    other = told("c2", "gains", "North", "2020-05-05", by=("Observatory",))
    third = told("c3", "gains", "North", "2020-05-05", by=("Watch",))
    assert len(events(one, other, third)) == 1
    made = events(tied(one, SECOND), other, third)
    assert sorted(event.claim_ids for event in made) == [("c1",), ("c2", "c3")]


def test_the_later_of_merge_and_split_stands_in_whatever_order_claims_are_heard() -> None:
    one = tied(told("c1", "gains", "North", "2020-05-05"), FIRST, SECOND)
    other = tied(told("c2", "gains", "North", "2020-08-05", outlet="Courier"), FIRST)
    again = Tie("2020-06-03 v0", True)
    assert len(events(one, other)) == len(events(other, one)) == 2
    both = [tied(each, *each.ties, again) for each in (one, other)]
    assert events(*both) == events(*both[::-1]) and len(events(*both)) == 1


def test_a_copy_that_is_named_stands_for_the_claim_that_counts() -> None:
    first = told("c1", "gains", "North", "2020-05-05", story="s")
    copy = told("c2", "gains", "North", "2020-05-05", outlet="Courier", story="s")
    other = told("c3", "gains", "North", "2020-09-05", by=("Watch",))
    assert len(events(first, copy, other)) == 2
    (event,) = events(first, tied(copy, FIRST), tied(other, FIRST))
    assert event.claim_ids == ("c1", "c2", "c3")
