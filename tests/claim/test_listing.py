"""Places in a list, with commas and without."""

from __future__ import annotations

import pytest

from spoken import DAY, doc, word
from tadmor.claim.scene import Scene
from tadmor.claim.site import listed
from tadmor.claim.tree import Doc, Span


def scene(parsed: Doc) -> Scene:
    return Scene([parsed], published=DAY, dateline=None)


def at(text: str, name: str) -> list[str]:
    """The places of the list that a word stands in or introduces, as the text has them."""
    parsed = doc(text)
    return [site.where.text for site in listed(word(parsed, name), scene(parsed))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The army took the villages of Azaz, Marea and Qarbitat.", ["Azaz", "Marea", "Qarbitat"]),
        ("The army took the villages of Azaz Marea and Qarbitat.", ["Azaz", "Marea", "Qarbitat"]),
        (
            "The army took the villages of al-Murayh Sarfat Tell Hazir al-Qubba and Marea.",
            ["al-Murayh", "Sarfat", "Tell Hazir", "al-Qubba", "Marea"],
        ),
        ("The army took the towns of Zawiyet Bakara, Marea and Azaz.", ["Zawiyet Bakara", "Marea", "Azaz"]),
        ("Shells hit the towns of Marea and western Azaz.", ["Marea", "Azaz"]),
    ],
)
def test_each_name_of_a_list_is_a_place(text: str, names: list[str]) -> None:
    noun = "villages" if "villages" in text else "towns"
    assert at(text, noun) == names
    assert at(text, "Marea") == names


def test_all_of_which_means_the_list_before() -> None:
    assert at("Jets struck the districts of Azaz Marea and Qarbitat all of which are besieged.", "all") == [
        "Azaz",
        "Marea",
        "Qarbitat",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rebels hold areas of the Islamic State and Hezbollah.", "areas"),  # parties are no places
        ("The army took the village of Marea.", "village"),  # one is no list
        ("Towns suffered.", "Towns"),
    ],
)
def test_what_is_no_list(text: str, name: str) -> None:
    assert at(text, name) == []


def test_a_name_may_go_beyond_its_sentence() -> None:
    """A parser may end a sentence within "Camp Speicher": the report is read all the same."""
    parsed = doc("Militants took Tikrit and Camp Speicher on 12 June.")
    end = word(parsed, "Speicher").i
    for sentence in (Span(parsed, 0, end), Span(parsed, end, len(parsed))):
        for token in sentence:
            token.sent = sentence
    assert [site.where.text for site in listed(word(parsed, "Tikrit"), scene(parsed))] == ["Tikrit", "Camp Speicher"]
