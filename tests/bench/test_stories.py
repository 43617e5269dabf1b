"""Pairs of reports that are made, pairs that were judged, and the synthetic reports of the measure of speed."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from bench import stories, storyspeed
from bench.stories import Pair, Text

CHANCE = random.Random(11)
WORDS = [f"{a}{b}" for a in ("Ka", "lo", "mi", "ne", "Ru") for b in ("ra", "so", "ti", "vu", "ze", "ba", "de")]


def sentence() -> str:
    return " ".join(CHANCE.choice(WORDS) for _ in range(14)) + "."


TEXTS = [Text(f"t{at}", f"Headline {at}", tuple(sentence() for _ in range(15)), "", None) for at in range(8)]


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return list(stories.pairs(TEXTS))


def test_the_same_pairs_are_made_again(pairs: list[Pair]) -> None:
    assert list(stories.pairs(TEXTS)) == pairs


def test_what_is_done_to_a_report_leaves_what_it_says(pairs: list[Pair]) -> None:
    made = {pair.kind: pair for pair in pairs}
    whole = made["another head and opening"]
    assert whole.other.endswith(whole.one) and whole.other != whole.one
    cut = made["cut, with click here"]
    assert cut.one.startswith(cut.other) and "Click here" not in cut.other
    assert made["inside a longer article"].one in made["inside a longer article"].other
    changed = made["5 to 10 % of the words changed"]
    same = sum(one == other for one, other in zip(changed.one.split(), changed.other.split(), strict=True))
    assert 0.9 <= same / len(changed.one.split()) < 1


def test_precision_and_recall_are_of_what_counts() -> None:
    text, other = (" ".join(sentence() for _ in range(9)) for _ in range(2))
    found = stories.score(
        [
            Pair("cut", True, text, text),
            Pair("cut", True, text, other),
            Pair("any two", False, text, text),
            Pair("any two", False, text, other),
            Pair(stories.UNCOUNTED, True, text, other),
        ]
    )
    assert found == stories.Score({"cut": 0.5, "any two": 0.5, stories.UNCOUNTED: 0.0}, precision=0.5, recall=0.5)


def test_no_pair_is_judged_twice() -> None:
    judged = [frozenset((one, other)) for one, other, _ in stories.judged()]
    assert len(set(judged)) == len(judged) > 80 and all(len(pair) == 2 for pair in judged)


def test_synthetic_reports_are_the_same_ones_again_with_copies_among_them() -> None:
    made = list(islice(storyspeed.texts(TEXTS, 300), 300))
    assert list(storyspeed.texts(TEXTS, 300)) == made
    assert 20 < 300 - len({" ".join(text.split()[-30:]) for text in made}) < 150
