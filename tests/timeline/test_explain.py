"""Why a place is found to be held so on a day, and what would change it."""

from __future__ import annotations

from datetime import date

import pytest
from told import KNOWLEDGE, PLACE, told

from tadmor.records import Heard
from tadmor.timeline import explain
from tadmor.timeline.build import posterior
from tadmor.timeline.explain import Answer, Explained

DAY = date(2020, 5, 10)
HEARD = [
    told("south", "holds", "South", "2020-05-01", outlet="Gazette"),
    told("north", "gains", "North", "2020-05-05", opponent="South", by=("Observatory",), outlet="Courier"),
    told("again", "holds", "North", "2020-05-09", by=("Observatory",), outlet="Courier"),
    told("copied", "holds", "North", "2020-05-09", by=("Observatory",), outlet="Gazette"),
    told("factory", "holds", "South", "2020-05-09", part="brick factory", outlet="Herald"),
]


def same(one: Answer, other: Answer) -> bool:
    return one.spell.holder == other.spell.holder


def of(*heard: Heard, day: date = DAY) -> list[Explained]:
    return explain.explain(PLACE, heard, day, KNOWLEDGE, same)


def test_the_place_is_explained_first_then_its_parts() -> None:
    whole, factory = of(*HEARD)
    assert (whole.part, whole.answer.spell.holder) == (None, "North")
    assert (factory.part, factory.answer.spell.holder) == ("brick factory", "South")


def test_the_probabilities_are_those_of_the_model_on_that_day() -> None:
    whole = of(*HEARD)[0]
    found = posterior(HEARD, DAY, knowledge=KNOWLEDGE)
    assert whole.answer.probabilities == pytest.approx(found, abs=1e-4)
    assert next(iter(whole.answer.probabilities)) == "North"
    assert whole.answer.sure == whole.answer.probabilities["North"]


def test_what_a_weight_is_made_of_is_told_and_copies_add_nothing() -> None:
    weighed = of(*HEARD)[0].weighed
    (counted,) = (weighed[id] for id in ("again", "copied") if id in weighed)
    assert len(counted.copies) == 1
    assert counted.voice.name == "Observatory"
    assert counted.weight.kind == "monitor"


def test_a_voice_that_the_answer_rests_on_changes_it_when_left_out() -> None:
    whole = of(*HEARD)[0]
    changes = {(change.voice.name if change.voice else None, change.kind): change for change in whole.changes}
    without = changes["Observatory", "monitor"]
    assert without.claims == 3
    assert without.answer is not None
    assert without.answer.spell.holder == "South"
    assert changes[None, "monitor"].answer == without.answer
    assert ("Gazette", "outlet") not in changes
    assert (whole.tried, whole.voices) == (3, 3)


def test_where_all_rests_on_one_voice_nothing_is_known_without_it() -> None:
    (whole,) = of(HEARD[0])
    assert [(change.kind, change.claims, change.answer) for change in whole.changes] == [("outlet", 1, None)] * 2


def test_the_answers_of_left_out_voices_are_those_of_a_history_without_them() -> None:
    without = next(change for change in of(*HEARD)[0].changes if change.voice)
    rest = [one for one in HEARD if "Observatory" not in one.claim.sources]
    assert without.answer is not None
    assert without.answer.probabilities == pytest.approx(posterior(rest, DAY, knowledge=KNOWLEDGE), abs=1e-4)


def test_of_many_voices_the_weightiest_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explain, "MOST_VOICES", 1)
    whole = of(*HEARD)[0]
    assert (whole.tried, whole.voices) == (1, 3)
    assert [change.voice.name for change in whole.changes if change.voice] == ["Observatory"]


def test_nothing_is_explained_of_a_day_before_anything_is_known() -> None:
    assert of(*HEARD, day=date(2019, 1, 1)) == []
    assert of() == []


def test_a_contested_place_is_as_sure_as_that_it_is_held_in_part() -> None:
    heard = [
        told("c1", "gains_part", "North", "2020-05-05", part="most of the city", by=("Watch",)),
        told("c2", "holds_part", "South", "2020-05-05", part="parts of the city", by=("Observatory",)),
        told("c3", "contests", "South", "2020-05-05", opponent="North", by=("Observatory",)),
    ]
    (one,) = of(*heard, day=date(2020, 5, 5))
    assert (one.answer.spell.status, one.answer.spell.holder, one.answer.partly) == ("contested", "North", True)
    assert one.answer.sure == one.answer.probabilities["partly"] > one.answer.probabilities["North"]
