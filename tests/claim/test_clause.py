"""Who does what to whom: active and passive, relative and shared, in the same three roles."""

import pytest

from spoken import doc, word
from tadmor.claim.clause import (
    case_of,
    conjuncts,
    expand,
    governors,
    is_passive,
    of_noun,
    of_verb,
    particle,
    prepositions,
    subtree_span,
)

LIGHT = frozenset({"launch", "carry", "make"})


def roles(text: str, verb: str) -> tuple[list[str], list[str]]:
    """Subjects and objects of the verb, by their words."""
    found = of_verb(word(doc(text), verb))
    return [t.text for t in found.subj], [t.text for t in found.obj]


@pytest.mark.parametrize(
    ("text", "verb", "subjects", "objects"),
    [
        ("The rebels captured the town.", "captured", ["rebels"], ["town"]),
        ("The town was captured by the rebels.", "captured", ["rebels"], ["town"]),
        ("The town was captured.", "captured", [], ["town"]),
        ("They fled the town captured by the rebels.", "captured", ["rebels"], ["town"]),
        ("The rebels who captured the town left.", "captured", ["rebels"], ["town"]),
        ("The town that the rebels captured is small.", "captured", ["rebels"], ["town"]),
        ("The rebels entered the town and captured the bridge.", "captured", ["rebels"], ["bridge"]),
        ("The rebels managed to capture the town.", "capture", ["rebels"], ["town"]),
        ("The rebels attacked at dawn, capturing the town.", "capturing", ["rebels"], ["town"]),
        (
            "Rebels and soldiers captured the town and the bridge.",
            "captured",
            ["Rebels", "soldiers"],
            ["town", "bridge"],
        ),
    ],
)
def test_one_deed_has_one_doer_and_one_object_however_it_is_told(
    text: str, verb: str, subjects: list[str], objects: list[str]
) -> None:
    assert roles(text, verb) == (subjects, objects)


def test_the_agent_of_a_passive_is_found_behind_a_time() -> None:
    assert roles("The town was held for four years by rebels.", "held")[0] == ["rebels"]


def test_a_participle_after_its_noun_is_passive_and_a_past_tense_is_not() -> None:
    assert is_passive(word(doc("Villages held by rebels were bombed."), "held"))
    assert not is_passive(word(doc("Rebels held the villages."), "held"))


def test_the_second_verb_of_a_passive_pair_is_passive_too() -> None:
    found = of_verb(word(doc("The town was shelled and captured by the army."), "captured"))
    assert found.passive
    assert [t.text for t in found.obj] == ["town"]


def test_a_phrase_that_hangs_on_the_object_counts_for_the_verb() -> None:
    found = of_verb(word(doc("The army drove the rebels from the town."), "drove"))
    assert [t.text for t in found.preps["from"]] == ["town"]


def test_a_light_verb_lends_its_subject_to_the_noun() -> None:
    found = of_noun(word(doc("The army launched an attack on the village."), "attack"), LIGHT)
    assert "army" in [t.text for t in found.subj]
    assert [t.text for t in found.preps["on"]] == ["village"]


def test_a_noun_has_the_agent_that_stands_before_it() -> None:
    found = of_noun(word(doc("A rebel attack killed two men."), "attack"), LIGHT)
    assert "rebel" in [t.text for t in found.subj]


def test_what_is_coordinated_is_found_once_and_in_order() -> None:
    parsed = doc("They took Homs, Hama and Idlib.")
    assert [t.text for t in conjuncts(word(parsed, "Homs"))] == ["Homs", "Hama", "Idlib"]
    assert [t.text for t in expand([word(parsed, "Hama"), word(parsed, "Homs")])] == ["Homs", "Hama", "Idlib"]


def test_the_case_of_a_nominal_is_its_preposition() -> None:
    parsed = doc("He left the town for Homs.")
    assert case_of(word(parsed, "Homs")) == "for"
    assert case_of(word(parsed, "town")) == ""


def test_phrases_are_given_with_their_preposition() -> None:
    parsed = doc("The army fought near the bridge.")
    assert [(case, t.text) for case, t in prepositions(word(parsed, "fought"))] == [("near", "bridge")]


def test_a_particle_is_known_from_the_next_word_or_the_parse() -> None:
    assert "back" in particle(word(doc("Troops beat back the attack."), "beat"))


def test_governors_climb_to_the_root_and_end_there() -> None:
    parsed = doc("The army tried to take the town.")
    chain = [t.text for t, _ in governors(word(parsed, "town"))]
    assert chain[0] == "take"
    assert chain[-1] == "tried"


def test_a_subtree_spans_all_its_words() -> None:
    parsed = doc("The army took the town of Azaz.")
    start, end = subtree_span(word(parsed, "town"))
    assert parsed[start:end].text == "the town of Azaz"


def test_what_follows_a_particle_is_an_object() -> None:
    assert roles("Fighters have taken over the town of Sirte.", "taken") == (["Fighters"], ["town"])
