"""Relations of parties, as verbs, nouns and names state them."""

import pytest

from spoken import claims, doc, scene, sentence, word
from tadmor.claim.relate import also_known, between_names


def stated(text: str) -> set[tuple[str, str, str]]:
    """(type, actor, opponent) of each relation of a text."""
    return {
        (c.type, c.actor.name, c.opponent.name)
        for c in claims(text)
        if c.kind == "relation" and c.actor is not None and c.opponent is not None
    }


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("Iran backs Hezbollah.", ("backs", "Iran", "Hezbollah")),
        ("Hezbollah is backed by Iran.", ("backs", "Iran", "Hezbollah")),
        ("Russia is an ally of the Syrian government.", ("allied_with", "Russia", "Syrian government")),
        ("The Taliban are opposed to Islamic State.", ("opposes", "Taliban", "Islamic State")),
        ("The Syrian Democratic Forces include the YPG.", ("part_of", "YPG", "Syrian Democratic Forces")),
    ],
)
def test_a_relation_has_its_two_ends_the_right_way_round(text: str, relation: tuple[str, str, str]) -> None:
    assert relation in stated(text)


def test_a_noun_between_two_names_relates_the_second_to_the_first() -> None:
    parsed = doc("The regime ally Hezbollah took Qusayr in Syria.")
    (draft,) = between_names(word(parsed, "ally"), scene(parsed))
    assert draft.actor is not None and draft.opponent is not None
    assert (draft.type, draft.actor.party.name, draft.opponent.party.name) == (
        "allied_with",
        "Hezbollah",
        "Syrian government",
    )


def test_two_names_of_one_party_are_said_to_be_so() -> None:
    parsed = doc("Islamic State, also known as Daesh, left Palmyra.")
    (draft,) = also_known(sentence(parsed), scene(parsed))
    assert draft.actor is not None and draft.opponent is not None
    assert (draft.type, draft.actor.party.name, draft.opponent.party.name) == (
        "also_known_as",
        "Islamic State",
        "Daesh",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Residents backed the mayor of Aleppo.",
        "The bank is known as a lender in Aleppo.",
        "Her ally in the choir sang in Aleppo.",
    ],
)
def test_people_and_things_stand_in_no_relation(text: str) -> None:
    assert stated(text) == set()


def test_nobody_is_related_to_himself() -> None:
    assert all(
        actor != other for _, actor, other in stated("Hezbollah supports Hezbollah and Iran supports Hezbollah.")
    )
