"""Who and where may fill the roles of a claim."""

from __future__ import annotations

import pytest

from spoken import DAY, doc
from tadmor.claim.candidates import MOST_SPOKEN, REMEMBERED, Candidate, lying, parties, places
from tadmor.claim.read import _remember
from tadmor.claim.scene import Scene

GROUPS = ("Hezbollah", "Hamas", "Taliban", "Boko Haram", "Islamic State", "Houthis", "M23", "Ahrar al-Sham")
FLED = " ".join(f"{name} fighters left." for name in GROUPS)


def last(text: str) -> tuple[list[Candidate], list[Candidate]]:
    """The parties and places of the last sentence, read after those before it."""
    parsed = doc(text)
    scene = Scene([parsed], published=DAY, dateline=None)
    *before, sentence = parsed.sents
    for one in (*before, sentence):
        _remember(one, scene)
    return parties(sentence, scene), places(sentence, scene)


def named(found: list[Candidate]) -> list[tuple[str, str]]:
    """Word and name of those that stand in the sentence itself."""
    return [(c.token.text, c.name) for c in found if c.token is not None]


def ago(candidate: Candidate) -> int:
    (trait,) = [t for t in candidate.traits if t.startswith("ago")]
    return int(trait.removeprefix("ago"))


# --- parties --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word", "name"),
    [
        ("US-backed rebels captured Raqqa.", "US", "United States"),
        ("Turkish-backed rebels captured Azaz.", "Turkish", "Turkey"),
        ("Shells hit Houthi-held Hodeidah.", "Houthi", "Houthis"),
        ("Syrian troops captured Palmyra.", "troops", "Syrian government"),
        ("Ten people died when Hezbollah shelled the village.", "Hezbollah", "Hezbollah"),
    ],
)
def test_a_party_is_a_candidate_at_its_word(text: str, word: str, name: str) -> None:
    assert (word, name) in named(last(text)[0])


def test_a_backer_and_those_backed_are_two_candidates_in_the_order_of_the_text() -> None:
    found = named(last("US-backed rebels captured Raqqa.")[0])
    assert found == [("US", "United States"), ("rebels", "rebels")]


@pytest.mark.parametrize("people", ["Residents", "Protesters", "Smugglers", "Tribes"])
def test_people_who_are_no_armed_party_are_candidates_by_their_own_word(people: str) -> None:
    (found,) = [c for c in last(f"{people} blocked the road.")[0] if c.token is not None]
    assert (found.name, found.named and found.named.armed) == (people, False)


def test_things_are_no_party() -> None:
    assert last("The river froze in winter.")[0] == []


def test_those_spoken_of_before_come_after_those_of_the_sentence_latest_first() -> None:
    found = last("Islamic State fighters left. Hezbollah fighters came. Rebels captured Azaz.")[0]
    assert [(c.name, c.back) for c in found] == [("rebels", 0), ("Hezbollah", 1), ("Islamic State", 2)]
    assert [c.token is None for c in found] == [False, True, True]


def test_the_longer_ago_a_party_was_named_the_greater_its_distance() -> None:
    near, *_, far = [c for c in last(f"Hezbollah left. {FLED} The road was shut.")[0] if c.token is None]
    assert ago(near) < ago(far)


def test_no_more_are_remembered_than_are_looked_at_and_each_once() -> None:
    found = last(f"{FLED} {FLED} The road was shut.")[0]
    names = [c.name for c in found]
    assert len(names) == len(set(names)) == min(len(GROUPS), REMEMBERED + MOST_SPOKEN)
    assert names[0] == "Ahrar al-Sham"


def test_whom_a_report_speaks_of_most_is_looked_at_however_long_ago_that_was() -> None:
    others = " ".join(f"{name} fighters left." for name in GROUPS[1:])
    again = "Hezbollah fighters came. " * 3
    found = last(f"{again} {others} {others} The road was shut.")[0]
    assert "Hezbollah" in [c.name for c in found[REMEMBERED:]]


def test_a_pronoun_may_mean_others_than_the_likeliest() -> None:
    found = last("Islamic State fighters left. Hezbollah fighters came. They captured Azaz.")[0]
    meant = [
        (c.name, any(t.startswith("other") for t in c.traits)) for c in found if c.token and c.token.text == "They"
    ]
    assert meant == [("Hezbollah", False), ("Islamic State", True)]


@pytest.mark.parametrize("name", ["President Bashar al-Assad", "General Hamid Qushaibi"])
def test_a_person_is_no_place(name: str) -> None:
    found = named(last(f"Rebels captured Azaz, {name} said.")[1])
    assert [place for _, place in found] == ["Azaz"]


def test_a_country_is_a_place_also_where_its_name_is_that_of_a_state() -> None:
    found = named(last("Islamic State once ruled Somalia.")[1])
    assert ("Somalia", "Somalia") in found


# --- places ---------------------------------------------------------------------------------------------------------


def test_every_place_that_a_sentence_names_is_a_candidate() -> None:
    found = named(last("Rebels captured Azaz, Marea and Jarabulus in Syria.")[1])
    assert [name for _, name in found] == ["Azaz", "Marea", "Jarabulus", "Syria"]


def test_a_part_is_a_candidate_beside_the_whole() -> None:
    found = last("Rebels captured the eastern half of the city of Aleppo.")[1]
    parts = {c.token.text: c.site.where.part for c in found if c.token is not None and c.site is not None}
    assert parts == {"half": "eastern half", "city": None, "Aleppo": None}


def test_places_spoken_of_before_come_latest_first_and_the_country_last() -> None:
    found = last("Rebels left Azaz. Rebels left Idlib. The minister slept.")[1]
    assert [(c.name, c.back) for c in found] == [("Idlib", 1), ("Azaz", 2), ("Syria", 3)]
    assert found[-1].traits == ("country",)


def test_where_nothing_is_named_there_is_no_place() -> None:
    assert last("The minister signed the paper.")[1] == []


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("Shells hit Douma in the rebel-held Eastern Ghouta region.", [("Douma", "Eastern Ghouta")]),
        ("Jets struck Madaya, a besieged town near Damascus.", [("Madaya", "Damascus")]),
        ("Syria said rebels left Aleppo.", []),
        ("Shells hit Palmyra and Homs.", []),
        ("Rebels left the province of Idlib from the town of Saraqeb.", []),  # the larger is not in the smaller
    ],
)
def test_a_place_is_located_by_another_where_only_such_words_stand_between(
    text: str, pairs: list[tuple[str, str]]
) -> None:
    parsed = doc(text)
    made = Scene([parsed], published=DAY, dateline=None)
    (sentence,) = parsed.sents
    _remember(sentence, made)
    assert [(p.inner, p.outer) for p in lying(places(sentence, made), made)] == pairs


def test_the_country_of_a_report_is_a_candidate_from_its_first_sentence_on() -> None:
    parsed = doc("Air strikes killed 44 people. Others were killed in Homs.")
    made = Scene([parsed], published=DAY, dateline=None)
    first = next(iter(parsed.sents))
    _remember(first, made)
    assert [c.name for c in places(first, made)] == ["Syria"]
