"""Whom a report names for what it says, and what it says of verification."""

import pytest

from spoken import doc, scene, sentence, word
from tadmor.claim.said import sources_of, speeches, verification
from tadmor.claim.speaker import speaker


def named(text: str, predicate: str) -> tuple[str, ...]:
    """The sources of what the predicate says; the earlier sentences of the text are heard first."""
    parsed = doc(text)
    made = scene(parsed)
    token = word(parsed, predicate)
    for heard in parsed.sents:
        found = speeches(heard, made)
        if token in heard:
            return sources_of(token, found)
    raise AssertionError(predicate)


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("Rebels captured the town.", ()),
        ("Residents said rebels captured the town.", ("residents",)),
        ("Rebels captured the town, residents said.", ("residents",)),
        ("Rebels captured the town, according to residents.", ("residents",)),
        ("According to residents, rebels captured the town.", ("residents",)),
        ("Rebels captured the town, said Rami Haddad.", ("Rami Haddad",)),
        ("Residents and activists said rebels captured the town.", ("residents", "activists")),
        ("Rebels captured the town, the Syrian Observatory for Human Rights said.",
         ("Syrian Observatory for Human Rights",)),
        ("The channel Al Jazeera, citing residents, said rebels captured the town.", ("residents", "Al Jazeera")),
        ("Rebels captured the town, SANA quoted the governor as saying.", ("governor", "SANA")),
    ],
)  # fmt: skip
def test_each_way_of_naming_a_source_is_read(text: str, sources: tuple[str, ...]) -> None:
    found = named(text, "captured")
    assert [s.lower() for s in found] == [s.lower() for s in sources]


def test_he_is_who_spoke_last() -> None:
    text = "Rami Haddad said the market was open. He said rebels captured the town."
    assert named(text, "captured") == ("Rami Haddad",)


def test_a_source_does_not_reach_into_the_next_sentence() -> None:
    assert named("Residents said the market was open. Rebels captured the town.", "captured") == ()


def test_what_is_said_about_a_speaker_is_not_said_by_him() -> None:
    text = "A commander who captured the town said the market was open."
    assert named(text, "captured") == ()


def test_a_person_who_speaks_is_named_and_not_the_office() -> None:
    assert named("Rebels captured the town, Talal Barazi said.", "captured") == ("Talal Barazi",)


@pytest.mark.parametrize("text", ["It was said that rebels captured the town.", "We captured the town, they say."])
def test_nobody_in_particular_is_no_source(text: str) -> None:
    parsed = doc(text)
    assert speaker(parsed[0], scene(parsed)) is None


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The claim could not be independently verified.", "unverified"),
        ("There was no independent confirmation of the report.", "unverified"),
        ("The report was denied by the ministry.", "disputed"),
        ("The monitor also confirmed the report.", "confirmed"),
        ("The ministry could confirm its plans.", None),
    ],
)
def test_a_verdict_is_read_from_its_phrase(text: str, verdict: str | None) -> None:
    assert verification(text) == verdict


def test_curly_apostrophes_and_line_ends_do_not_hide_a_verdict() -> None:
    assert verification("The claim could not\nbe independently   verified.") == "unverified"


def test_a_speech_knows_whether_it_is_a_phrase_or_a_clause() -> None:
    parsed = doc("Rebels left, according to residents. Residents said rebels left.")
    made = scene(parsed)
    assert [s.adverbial for s in speeches(sentence(parsed, 0), made)] == [True]
    assert [s.adverbial for s in speeches(sentence(parsed, 1), made)] == [False]
