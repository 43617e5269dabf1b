"""Who stands on which side of a dispute, and since when."""

from __future__ import annotations

from datetime import date

from told import KNOWLEDGE, PLACE, told

from tadmor.records import Heard
from tadmor.timeline.build import history
from tadmor.timeline.dispute import standings

HEARD = [
    told("c1", "holds", "South", "2020-05-05", by=("Observatory",)),
    told("c2", "holds", "South", "2020-05-05", by=("Observatory",), outlet="Courier", published="2020-05-08"),
    told("c3", "holds", "South", "2020-05-05", by=("Southern Agency",), published="2020-05-06"),
    told("c4", "holds", "North", "2020-05-05", by=("Watch",)),
]
LATER = [told(f"d{k}", "holds", "South", f"2020-05-{10 + 3 * k}", outlet=f"Paper {k}") for k in range(3, 7)]


def sides(heard: list[Heard]) -> dict[str, list[tuple[str, date | None, date | None]]]:
    (dispute,) = history(PLACE, heard, knowledge=KNOWLEDGE).disputes
    found = standings([dispute], heard, KNOWLEDGE)[dispute.id]
    return {
        says: [(one.voice.name, one.first, one.last) for one in own]
        for (says, _), own in zip(dispute.sides, found, strict=True)
    }


def test_each_side_has_its_voices_with_the_days_on_which_they_first_and_last_said_so() -> None:
    fifth, sixth, eighth = (date(2020, 5, day) for day in (5, 6, 8))
    assert sides(HEARD) == {
        "held by South": [("Southern Agency", sixth, sixth), ("Observatory", fifth, eighth)],
        "held by North": [("Watch", fifth, fifth)],
    }


def test_a_settled_dispute_keeps_who_stood_where() -> None:
    (dispute,) = history(PLACE, [*HEARD, *LATER], knowledge=KNOWLEDGE).disputes
    assert not dispute.open
    assert sides([*HEARD, *LATER]) == sides(HEARD)


def test_claims_of_no_known_day_stand_without_one() -> None:
    undated = [
        told("c1", "holds", "South", None, by=("Observatory",), published="2020-05-05"),
        told("c4", "holds", "North", "2020-05-05", by=("Watch",), published=None),
    ]
    (dispute,) = history(PLACE, undated, knowledge=KNOWLEDGE).disputes
    found = standings([dispute], [told("c4", "holds", "North", None, by=("Watch",), published=None)], KNOWLEDGE)
    assert [[one.last for one in own] for own in found[dispute.id]] in ([[], [None]], [[None], []])
