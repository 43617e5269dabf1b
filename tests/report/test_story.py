"""Copies, cuts, quotations and embeddings of a text belong to its story; texts that only share a background do not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.records import Segment
from tadmor.report import story
from tadmor.report.story import body, same_story, signature, sought

CHANCE = random.Random(5)
WORDS = [
    f"{a}{b}{c}" for a in ("ka", "lo", "mi", "ne") for b in ("ra", "so", "ti", "vu") for c in ("ba", "de", "fi", "go")
]


def made_up(count: int) -> str:
    return " ".join(CHANCE.choice(WORDS) for _ in range(count))


FIRST, SECOND, LONG = made_up(300), made_up(250), made_up(4000)
WHOLE = FIRST.split()


def together(one: str, other: str) -> bool:
    found = same_story(signature(one), signature(other))
    assert found == same_story(signature(other), signature(one))
    return found


def test_a_signature_is_the_same_on_every_machine() -> None:
    text = "The army left the town on Monday, residents said, and the bridge was blown up."
    assert signature(text) == (1519176838805269, 33593308116500, 3227874531706086, 1173865433497204)


def test_case_punctuation_and_spacing_do_not_count() -> None:
    one = signature("The army, it said, left the town to the rebels.")
    assert one == signature("the ARMY it   said\nleft the town to THE rebels") != ()


@pytest.mark.parametrize("text", ["", " ... ", "Town falls", "Town falls to rebels today"])
def test_a_few_words_tell_no_story(text: str) -> None:
    assert signature(text) == ()
    assert not together(text, text)


def test_one_hash_in_four_is_kept_in_the_order_of_the_text() -> None:
    sketch = signature(LONG)
    assert 800 < len(sketch) < 1200 and max(sketch) < 2**51
    assert signature(" ".join(LONG.split()[:2000])) == sketch[: len(signature(" ".join(LONG.split()[:2000])))]


def test_a_report_is_known_by_its_body_or_by_all_of_it() -> None:
    segments = [Segment(role="headline", start=0, end=4), Segment(role="body", start=5, end=9)]
    assert body("Head Body", segments) == "Body"
    assert body("Head Body", segments[:1]) == "Head Body"


@pytest.mark.parametrize(
    ("what", "other"),
    [
        ("the same in capitals", FIRST.upper()),
        ("cut to 30 %", " ".join(WHOLE[:90])),
        ("cut, with promotion", " ".join([*WHOLE[:90], "Click here to read more on our site"])),
        ("without its beginning", f"Our own desk says. {' '.join(WHOLE[40:])}"),
        ("with a beginning of its own, but most of the rest", f"{made_up(60)} {' '.join(WHOLE[80:])}"),
        ("inside a longer article", f"{SECOND} {FIRST} {made_up(200)}"),
        ("inside a very long one", f"{LONG} {FIRST}"),
        ("every 25th word another", " ".join("other" if at % 25 == 0 else word for at, word in enumerate(WHOLE))),
        ("every 10th word another", " ".join("other" if at % 10 == 0 else word for at, word in enumerate(WHOLE))),
        ("its first third quoted in an article", f"{made_up(150)} {' '.join(WHOLE[:100])} {made_up(200)}"),
    ],
)
def test_what_is_made_of_a_text_is_its_story(what: str, other: str) -> None:
    assert together(FIRST, other), what


@pytest.mark.parametrize(
    ("what", "one", "other"),
    [
        ("two texts", FIRST, SECOND),
        ("a background in common", *(f"{made_up(200)} {made_up(80)}" for _ in range(2))),
        ("a background that is half of both", *([f"{made_up(150)} {SECOND[:900]}" for _ in range(2)])),
        ("a stock phrase in front", *(f"reporting by our staff in the capital {made_up(200)}" for _ in range(2))),
    ],
)
def test_what_is_not_made_of_a_text_is_another_story(what: str, one: str, other: str) -> None:
    assert not together(one, other), what


def seeks(sketch: Sequence[int], held: Sequence[int]) -> set[int]:
    """The hashes of one report that it seeks."""
    hits = sought(np.array([len(sketch)]), np.array(sketch), np.array(held)).hits
    return {value for value, hit in zip(sketch, hits, strict=True) if hit}


# Few values, so that random sketches have much in common.
SKETCHES = st.lists(st.integers(0, 60), min_size=0, max_size=50, unique=True).map(tuple)


@given(SKETCHES, SKETCHES, st.randoms(use_true_random=False))
def test_a_search_by_what_is_sought_misses_no_report_of_the_story(
    one: tuple[int, ...], other: tuple[int, ...], chance: random.Random
) -> None:
    """However often hashes were held when each of the two came."""
    if len(one) >= 4 and len(other) >= 4 and same_story(one, other):
        by_one, by_other = (seeks(sketch, [chance.randrange(9) for _ in sketch]) for sketch in (one, other))
        met = (by_one & set(other)) | (by_other & set(one))
        assert len(met) >= story.HITS


def test_stock_phrases_are_not_sought() -> None:
    sketch = tuple(range(40))
    held = [9000 if value % 4 == 0 else 1 for value in sketch]
    assert not {value for value in seeks(sketch, held) if value % 4 == 0}


def test_short_texts_are_not_joined_by_chance() -> None:
    """Twenty briefs of forty words about one town, which share its name and a phrase or two."""
    briefs = [f"{made_up(20)} in the city of Palmyra, the monitor said. {made_up(12)}" for _ in range(20)]
    assert not any(together(one, other) for one, other in combinations(briefs, 2))


def test_bulletins_of_stock_phrases_tell_one_story_only_where_they_say_the_same() -> None:
    chance = random.Random(11)
    parties, towns = [" ".join(chance.choices(WORDS, k=3)) for _ in range(4)], chance.sample(WORDS, 60)
    bulletins = [
        " ".join(
            f"{chance.choice(parties)} captured {chance.choice(towns)} from {chance.choice(parties)}"
            f" on {chance.randrange(1, 29)} May."
            for _ in range(4)
        )
        for _ in range(120)
    ]
    sketches = [signature(text) for text in bulletins]
    assert all(4 <= len(sketch) < story.LEAD for sketch in sketches)
    joined = sum(same_story(one, other) for one, other in combinations(sketches, 2))
    assert joined <= 10, joined  # of 7,140 pairs; with leads of any length it is 369
    for text in bulletins:
        assert together(text, f"A word of our own first. {text}")
