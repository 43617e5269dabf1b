"""Events: which claims tell of one happening."""

from __future__ import annotations

from told import KNOWLEDGE, PLACE, told

from tadmor.records import Event, Heard
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
