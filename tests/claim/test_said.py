"""Whom a report names for what it says."""

import pytest

from spoken import doc, scene, sentence, word
from tadmor.claim.said import sources_of, speeches
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
    ("text", "sources"),
    [
        # what another says beside it, or denies, is not his word
        ("State media said rebels captured the town, but the army denied the report.", ("State media",)),
        ("Residents said rebels captured the town, while the army said nothing had happened.", ("Residents",)),
        # what is quoted belongs to whoever speaks outside of the quotation
        ('"Rebels captured the town with another man," said residents.', ("residents",)),
        # a place that the report explains
        ("Residents said shells hit Idlib, where rebels captured the town.", ()),
        # who cites others carries their word
        ("Rebels captured the town, Reuters reported, citing residents.", ("residents", "Reuters")),
        ("Reuters quoted residents as saying that rebels captured the town.", ("residents", "Reuters")),
    ],
)
def test_each_word_has_its_own_speaker(text: str, sources: tuple[str, ...]) -> None:
    assert named(text, "captured") == sources


def test_what_is_said_in_passing_is_the_reports_own_unless_it_is_quoted() -> None:
    for text, sources in (
        ("Residents said shells hit the rebel-held town.", ()),
        ('"Shells hit the rebel-held town," said residents.', ("residents",)),
    ):
        parsed = doc(text)
        found = speeches(sentence(parsed, 0), scene(parsed))
        assert sources_of(word(parsed, "held"), found, passing=True) == sources


def test_a_name_that_looks_like_a_verb_says_nothing() -> None:
    parsed = doc("A picture by Rodi Said shows the town.")
    assert [s.verb.text for s in speeches(sentence(parsed, 0), scene(parsed))] != ["Said"]


def test_a_speech_knows_whether_it_is_a_phrase_or_a_clause() -> None:
    parsed = doc("Rebels left, according to residents. Residents said rebels left.")
    made = scene(parsed)
    assert [s.adverbial for s in speeches(sentence(parsed, 0), made)] == [True]
    assert [s.adverbial for s in speeches(sentence(parsed, 1), made)] == [False]


@pytest.mark.parametrize(
    ("text", "predicate", "sources"),
    [
        ("An attack claimed by the Taliban killed six people in Kabul.", "killed", ("Taliban",)),
        ("A bombing that was claimed by the Taliban killed six people in Kabul.", "killed", ("Taliban",)),
        ("Rebels captured the town after an attack claimed by the Taliban.", "captured", ()),
        ("According to Mr Haddad, staff were told that rebels had captured the town.", "captured", ("Haddad",)),
        ('"The town is quiet and the rebels captured it," he noted. Rami Haddad left.', "captured", ()),
        ('Rami Haddad spoke. He said it was calm. "The rebels captured it on Friday," he noted.', "captured",
         ("Rami Haddad",)),
    ],
)  # fmt: skip
def test_who_claimed_the_deed_or_spoke_beside_the_words_is_the_source(
    text: str, predicate: str, sources: tuple[str, ...]
) -> None:
    assert named(text, predicate) == sources
