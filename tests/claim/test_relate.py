"""Relations of parties, as verbs, nouns and names state them."""

import pytest

from spoken import claims, doc, scene, sentence, word
from tadmor.claim.draft import Draft
from tadmor.claim.relate import also_known, between_names, grouped, leaning


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


def ends(draft: Draft) -> tuple[str, str, str]:
    assert draft.actor is not None and draft.opponent is not None
    return draft.type, draft.actor.party.name, draft.opponent.party.name


@pytest.mark.parametrize(
    "text",
    [
        "Al-Qaeda's Syria affiliate Al-Nusra Front took the hill.",
        "Syria's Al-Qaeda affiliate Al-Nusra Front took the hill.",
        "Al-Qaedas Syria affiliate Al-Nusra Front took the hill.",
        "The al-Qaeda affiliate Al-Nusra Front took the hill.",
    ],
)
def test_a_country_between_two_names_only_says_where(text: str) -> None:
    parsed = doc(text)
    (draft,) = between_names(word(parsed, "affiliate"), scene(parsed))
    assert ends(draft) == ("part_of", "Al-Nusra Front", "al-Qaeda")


@pytest.mark.parametrize(
    ("text", "at", "relation"),
    [
        (
            "The pro-regime Hezbollah group took Qusayr in Syria on Monday, near Homs in Syria.",
            "pro-regime",
            ("backs", "Hezbollah", "Syrian government"),
        ),
        (
            "The Syrian Observatory for Human Rights, an anti-Assad group, spoke of Homs.",
            "anti-Assad",
            ("opposes", "Syrian Observatory for Human Rights", "Syrian government"),
        ),
        ("The YPG, an anti-ISIS group, took Raqqa.", "anti-ISIS", ("opposes", "YPG", "Islamic State")),
    ],
)
def test_a_group_stands_for_or_against_somebody(text: str, at: str, relation: tuple[str, str, str]) -> None:
    parsed = doc(text)
    (draft,) = leaning(word(parsed, at), scene(parsed))
    assert ends(draft) == relation


@pytest.mark.parametrize("text", ["An anti-tank missile hit Homs.", "A pro-regime crowd marched in Damascus."])
def test_nobody_named_stands_for_or_against_nobody(text: str) -> None:
    parsed = doc(text)
    assert not [draft for token in parsed for draft in leaning(token, scene(parsed))]


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("The Aleppo-based rebel group Ahrar al-Sham took the town.", "group"),
        ("Fighters of the Ahrar al-Sham rebel faction took Ariha in Syria.", "faction"),
    ],
)
def test_a_named_group_belongs_to_its_side(text: str, at: str) -> None:
    parsed = doc(text)
    (draft,) = grouped(word(parsed, at), scene(parsed))
    assert ends(draft) == ("part_of", "Ahrar al-Sham", "rebels")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Islamic State left. The group previously known as ISIL holds Raqqa.", "ISIL"),
        ("The People's Protection Units or YPG took Manbij.", "YPG"),
    ],
)
def test_two_names_joined_are_one_party(text: str, other: str) -> None:
    parsed = doc(text)
    (draft,) = also_known(list(parsed.sents)[-1], scene(parsed))
    assert draft.type == "also_known_as" and draft.opponent is not None and draft.opponent.party.name == other


def test_two_parties_that_may_have_done_it_are_not_one() -> None:
    parsed = doc("Hezbollah or Hamas fired the rocket.")
    assert not list(also_known(sentence(parsed), scene(parsed)))


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
