"""Copies, cuts and embeddings of a text belong to its story; texts that only share a background do not."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from tadmor.report.story import containment, signature, stories

CHANCE = random.Random(5)
WORDS = [
    f"{a}{b}{c}" for a in ("ka", "lo", "mi", "ne") for b in ("ra", "so", "ti", "vu") for c in ("ba", "de", "fi", "go")
]


def made_up(count: int) -> str:
    return " ".join(CHANCE.choice(WORDS) for _ in range(count))


FIRST, SECOND, LONG = made_up(300), made_up(250), made_up(4000)


def share_in(small: str, large: str) -> float:
    return containment(signature(small), signature(large))


def test_a_signature_is_the_same_on_every_machine() -> None:
    assert signature("The army left the town on Monday.") == (61956198178326, 1938895522112275, 7768539775654899)


def test_case_punctuation_and_spacing_do_not_count() -> None:
    assert signature("The army, it said, left the town.") == signature("the ARMY it   said\nleft the town")


def test_short_and_empty_texts() -> None:
    assert signature("") == signature(" ... ") == ()
    assert containment((), ()) == 0.0
    assert len(signature("Town falls")) == 1


def test_a_signature_is_bounded_sorted_and_fits_json() -> None:
    for text in (FIRST, LONG, made_up(30_000)):
        sketch = signature(text)
        assert list(sketch) == sorted(set(sketch)) and len(sketch) <= 1024 and sketch[-1] < 2**53


def test_containment_is_estimated_well_however_different_the_sizes() -> None:
    assert share_in(FIRST, f"{LONG} {FIRST} {LONG[::-1]}") > 0.9
    half = " ".join(FIRST.split()[:150])
    assert share_in(half, FIRST) > 0.95
    assert 0.4 < share_in(FIRST, half) < 0.6
    assert share_in(FIRST, SECOND) < 0.02


def grouped(texts: dict[str, str]) -> set[frozenset[str]]:
    found = stories((name, signature(text), len(text)) for name, text in texts.items())
    assert found.keys() == texts.keys()
    for name, story in found.items():
        assert story == min(other for other in found if found[other] == story), name
    return {frozenset(name for name in found if found[name] == story) for story in found.values()}


def test_copies_cuts_new_heads_and_embeddings_are_one_story() -> None:
    words = FIRST.split()
    texts = {
        "a": FIRST,
        "b": FIRST.upper(),
        "c": " ".join(words[:90]),
        "d": f"Our own desk says. {' '.join(words[40:])}",
        "e": f"{SECOND} {FIRST} {made_up(200)}",
        "f": " ".join("other" if at % 25 == 0 else word for at, word in enumerate(words)),
        "x": made_up(300),
    }
    assert grouped(texts) == {frozenset("abcdef"), frozenset("x")}


def test_a_shared_background_does_not_make_one_story() -> None:
    background = made_up(80)
    texts = {name: f"{made_up(200)} {background}" for name in "abcdefgh"}
    assert grouped(texts) == {frozenset(name) for name in texts}


def test_two_different_short_texts_are_two_stories() -> None:
    assert grouped({"a": "Town falls", "b": "Town holds", "c": "", "d": ""}) == {frozenset(x) for x in "abcd"}


def test_many_near_copies_are_one_story_and_quickly_so() -> None:
    words = FIRST.split()
    rows = [(f"r{at:05}", signature(" ".join([*words[: 300 - at % 40], f"w{at}"])), 300) for at in range(1500)]
    assert set(stories(rows).values()) == {"r00000"}


@given(st.randoms(use_true_random=False))
def test_the_order_of_reports_does_not_matter(chance: random.Random) -> None:
    words = FIRST.split()
    rows = [(f"r{at}", signature(" ".join(words[at * 20 : at * 20 + 80])), 80) for at in range(10)] + [
        ("s1", signature(SECOND), 250),
        ("s2", signature(SECOND + " more"), 251),
    ]
    expected = stories(rows)
    chance.shuffle(rows)
    assert stories(rows) == expected
