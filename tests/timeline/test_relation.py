"""How parties stood to each other over time, and what the model makes of it."""

from __future__ import annotations

from datetime import date

from told import KNOWLEDGE, PLACE, told

from tadmor.records import Heard, Modality
from tadmor.timeline.build import history
from tadmor.timeline.relation import Related, Relation, relations
from tadmor.timeline.whatif import WhatIf


def said(
    id: str,
    type: str,
    actor: str,
    opponent: str,
    published: str | None,
    by: str = "Wire",
    *,
    modality: Modality = "asserted",
    since: str | None = None,
) -> Heard:
    return told(
        id, type, actor, since, since, opponent=opponent, by=(by,), published=published, kind="relation",
        modality=modality,
    )  # fmt: skip


def of(*heard: Heard) -> list[Relation]:
    return relations(heard, KNOWLEDGE)


def spans(*heard: Heard) -> list[tuple[str, date | None, date | None, int]]:
    return [(one.type, one.first, one.last, one.voices) for one in of(*heard)]


def test_claims_of_one_relation_make_an_interval_with_its_voices() -> None:
    (found,) = of(
        said("c1", "backs", "Tribe", "North", "2020-01-01"),
        said("c2", "backs", "Tribe", "North", "2020-03-01", "Observatory"),
        said("c3", "backs", "Tribe", "North", "2020-06-01"),
    )
    assert (found.actor, found.opponent, found.keys) == ("Tribe", "North", ("tribe", "north"))
    assert (found.first, found.last, found.voices) == (date(2020, 1, 1), date(2020, 6, 1), 2)
    assert found.claim_ids == ("c1", "c2", "c3")
    alone = of(said("c1", "backs", "Tribe", "North", "2020-01-01"))[0]
    assert found.confidence > alone.confidence > 0.5


def test_what_is_mutual_is_one_relation_either_way_and_what_is_not_is_two() -> None:
    for type, count in (("allied_with", 1), ("opposes", 1), ("backs", 2), ("part_of", 2)):
        one = said("c1", type, "North", "Tribe", "2020-01-01")
        other = said("c2", type, "Tribe", "North", "2020-02-01")
        assert len(of(one, other)) == count


def test_an_interval_ends_where_the_contrary_is_said_and_where_nobody_says_it_for_long() -> None:
    day = date.fromisoformat
    broken = spans(
        said("c1", "allied_with", "Tribe", "North", "2020-01-01"),
        said("c2", "opposes", "North", "Tribe", "2020-03-01"),
        said("c3", "allied_with", "Tribe", "North", "2020-06-01"),
    )
    assert broken == [
        ("allied_with", day("2020-01-01"), day("2020-01-01"), 1),
        ("allied_with", day("2020-06-01"), day("2020-06-01"), 1),
        ("opposes", day("2020-03-01"), day("2020-03-01"), 1),
    ]
    apart = (said("c1", "backs", "Tribe", "North", "2020-01-01"), said("c2", "backs", "Tribe", "North", "2022-01-01"))
    assert len(spans(*apart)) == 2


def test_days_that_a_claim_names_win_over_its_publication() -> None:
    (found,) = of(said("c1", "backs", "Tribe", "North", "2020-05-05", since="2018-01-01"))
    assert (found.first, found.last) == (date(2018, 1, 1), date(2018, 1, 1))
    assert found.holds(date(2018, 6, 1))
    assert not found.holds(date(2020, 5, 5))


def test_claims_without_any_day_still_count() -> None:
    (found,) = of(
        said("c1", "backs", "Tribe", "North", None), said("c2", "backs", "Tribe", "North", "2020-01-01", "Watch")
    )
    assert found.voices == 2
    (undated,) = of(said("c1", "backs", "Tribe", "North", None))
    assert (undated.first, undated.holds(date(2020, 1, 1))) == (None, True)


def test_denials_weigh_against_and_plans_are_no_relations() -> None:
    backed = said("c1", "backs", "Tribe", "North", "2020-01-01")
    denied = said("c2", "backs", "Tribe", "North", "2020-01-02", "Watch", modality="denied")
    (found,) = of(backed, denied)
    assert (found.voices, found.denials) == (1, ("c2",))
    assert found.confidence < of(backed)[0].confidence
    assert of(denied) == of(said("c3", "backs", "Tribe", "North", "2020-01-02", modality="planned")) == []


def test_the_dictionary_is_told_beside_it() -> None:
    known = {one.opponent: one.dictionary for one in of(
        said("c1", "allied_with", "League", "South", "2020-01-01"),
        said("c2", "backs", "League", "North", "2020-01-01"),
        said("c3", "backs", "League", "Tribe", "2020-01-01"),
    )}  # fmt: skip
    assert known == {"South": True, "North": False, "Tribe": None}


class TestRelated:
    two = (
        said("c1", "backs", "League", "Tribe", "2020-01-01"),
        said("c2", "backs", "League", "Tribe", "2020-02-01", "Observatory"),
        said("c3", "allied_with", "North", "South", "2020-01-01"),
        said("c4", "allied_with", "North", "South", "2020-02-01", "Observatory"),
    )
    known = Related(KNOWLEDGE.actors, of(*two))

    def test_enough_voices_speak_where_the_dictionary_is_silent(self) -> None:
        assert self.known.same_side("league", "tribe", date(2020, 5, 5)) == 1.0
        assert self.known.same_side("tribe", "league") == 1.0
        assert Related(KNOWLEDGE.actors, of(self.two[0])).same_side("league", "tribe") is None

    def test_the_dictionary_wins_where_it_speaks(self) -> None:
        assert self.known.same_side("north", "south", date(2020, 1, 1)) == -1.0
        assert self.known.same_side("league", "south") == 1.0

    def test_they_hold_in_their_time_alone(self) -> None:
        assert self.known.same_side("league", "tribe", date(2030, 1, 1)) is None

    def test_contrary_claims_leave_it_open(self) -> None:
        against = [said(f"d{by}", "opposes", "League", "Tribe", "2020-02-01", by) for by in ("Wire", "Watch")]
        assert Related(KNOWLEDGE.actors, of(*self.two, *against)).same_side("league", "tribe", date(2020, 2, 1)) is None

    def test_names_that_no_dictionary_has_may_be_related(self) -> None:
        told_of = [said(f"e{by}", "part_of", "Wolves", "Foxes", "2020-01-01", by) for by in ("Wire", "Watch")]
        assert Related(KNOWLEDGE.actors, of(*told_of)).same_side("wolves", "foxes") == 1.0

    def test_an_allys_gain_is_then_not_the_enemys(self) -> None:
        control = [
            told("h1", "holds", "League", "2020-02-01", by=("Observatory",)),
            told("h2", "holds", "Tribe", "2020-02-01", by=("Watch",)),
        ]
        supposed = WhatIf(relations=True).knowing(KNOWLEDGE, self.two)
        assert len(history(PLACE, control, knowledge=KNOWLEDGE).disputes) == 1
        assert history(PLACE, control, knowledge=supposed).disputes == ()
