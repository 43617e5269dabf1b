"""Compounds with a participle: "rebel-held Idlib", "US-backed forces"."""

import pytest

from spoken import doc, scene, word
from tadmor.claim.compound import compounds
from tadmor.claim.draft import Draft


def read(text: str, participle: str) -> list[Draft]:
    parsed = doc(text)
    return list(compounds(word(parsed, participle), scene(parsed)))


@pytest.mark.parametrize(
    ("text", "participle", "kind", "actor", "place"),
    [
        ("They left rebel-held Idlib in Syria.", "held", "holds", "rebels", "Idlib"),
        ("They left Houthi-controlled Sanaa.", "controlled", "holds", "Houthis", "Sanaa"),
        ("They left Russian-occupied Melitopol.", "occupied", "holds", "Russia", "Melitopol"),
        ("They left rebel held areas of Aleppo.", "held", "holds_part", "rebels", "Aleppo"),
    ],
)
def test_a_place_is_held_by_the_first_part(text: str, participle: str, kind: str, actor: str, place: str) -> None:
    (draft,) = read(text, participle)
    assert draft.actor is not None and draft.place is not None
    assert (draft.type, draft.actor.party.name, draft.place.where.name) == (kind, actor, place)
    assert draft.state


def test_two_places_are_two_claims() -> None:
    found = read("They left rebel-held Idlib and Saraqib in Syria.", "held")
    assert [d.place.where.text for d in found if d.place] == ["Idlib", "Saraqib"]


def test_a_force_is_backed_by_the_first_part() -> None:
    (draft,) = read("Iranian-backed militiamen left Mosul.", "backed")
    assert draft.actor is not None and draft.opponent is not None
    assert (draft.kind, draft.type, draft.actor.party.name) == ("relation", "backs", "Iran")
    assert "militiamen" in draft.opponent.party.text


def test_a_linked_force_is_the_one_that_is_allied() -> None:
    (draft,) = read("Al-Qaeda-linked gunmen left Gao.", "linked")
    assert draft.opponent is not None
    assert (draft.type, draft.opponent.party.id) == ("allied_with", "al-qaeda")


@pytest.mark.parametrize(
    ("text", "participle"),
    [
        ("They left the widely held town of Idlib.", "held"),
        ("The talks were held in Idlib.", "held"),
        ("A hand-held radio was found in Idlib.", "held"),
    ],
)
def test_what_only_looks_like_a_compound_says_nothing(text: str, participle: str) -> None:
    assert read(text, participle) == []
