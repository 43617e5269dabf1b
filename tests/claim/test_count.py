"""Tolls are read as bands, tied to what was done to whom, and nothing else that is counted is a toll."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.claim.count import Toll, find_tolls
from tadmor.claim.group import lexicon, read_lexicon
from tadmor.claim.number import number
from tadmor.errors import LexiconError

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
GOLD = SHARED / "gold"


def only(text: str) -> Toll:
    found = find_tolls(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "killed", "wounded"),
    [
        ("Shells killed at least 22 people near the mill.", (22, None), None),
        ("24 farmers were killed and 30 wounded", (24, 24), (30, 30)),
        ("The blast left 22 dead", (22, 22), None),
        ("the death toll from the raid rose to 40", (40, 40), None),
        ("the toll may be as high as 900", (None, 900), None),
        ("put the toll in the old town at 45 dead", (45, 45), None),
        ("Death toll: 41", (41, 41), None),
        ("The battle claimed the lives of 129 loyalists and 116 rebels", (245, 245), None),
        ("claimed 11 lives", (11, 11), None),
        ("killing two women and their seven children", (9, 9), None),
        ("three soldiers and two civilians were killed", (5, 5), None),
        ("22 children had been killed along with six teachers", (28, 28), None),
        ("Dozens were killed", (None, None), None),
        ("killing and wounding dozens of shoppers", (None, None), (None, None)),
        ("hundreds of thousands of people have been killed", (None, None), None),
        ("more than 30 soldiers were killed", (30, None), None),
        ("killing around 70 gunmen", (70, 70), None),
        ("nearly 100 people died", (None, 100), None),
        ("Some 400 people have lost their lives", (400, 400), None),
        ("up to 50 fighters died", (None, 50), None),
        ("between 10 and 15 people were killed", (10, 15), None),
        ("40-50 militants were killed", (40, 50), None),
        ("a dozen fighters died", (12, 12), None),
        ("one of its soldiers had been killed", (1, 1), None),
        ("A bomb killed the mayor of the town", (1, 1), None),
        ("a 5-year-old child was killed", (1, 1), None),
        ("The army lost three soldiers", (3, 3), None),
        ("Gunmen shot dead three nurses", (3, 3), None),
        ("six young men were summarily executed", (6, 6), None),
        ("Troops eliminated 60 militants", (60, 60), None),
        ("resulting in at least 49 civilian deaths", (49, None), None),
        ("the deaths of at least two dozen villagers", (24, None), None),
        ("found the bodies of 35 men", (35, 35), None),
        ("At least 10 U.S. Marines and an unknown number of Iraqi soldiers died", (10, None), None),
        ("The rocket injured another ten", None, (10, 10)),
        ("killing three brothers and injuring a fourth", (3, 3), (1, 1)),
        ("4 Killed over 43 Injured in market", (4, 4), (43, None)),
        ("20 were killed, five critically wounded", (20, 20), (5, 5)),
        ("No casualties were reported", (0, 0), (0, 0)),
        ("no one was hurt", None, (0, 0)),
        ("175 fighters were killed or wounded", (None, 175), (None, 175)),
        ("a child was among the dead", (1, None), None),
        ("Ninety-two villagers were killed and 1,407 others injured", (92, 92), (1407, 1407)),
    ],
)
def test_band(text: str, killed: object, wounded: object) -> None:
    toll = only(text)
    assert (toll.killed, toll.wounded) == (killed, wounded)


@pytest.mark.parametrize(
    ("text", "killed", "whom"),
    [
        ("killing 24 civilians, 11 of them children", (24, 24), "civilians, 11 of them children"),
        ("20 people including 13 civilians were killed", (20, 20), "people, including 13 civilians"),
        ("Ten children were among at least 48 people killed", (48, None), "people"),
        ("Four people one of them a child were killed", (4, 4), "people, one of them a child"),
        ("Six civilians from one family were killed", (6, 6), "civilians"),
        ("22 people, 5 women and 7 men, were killed", (22, 22), "people"),
        ("leaving 35 people including 22 children dead", (35, 35), "people, including 22 children"),
    ],
)
def test_total_beats_its_parts(text: str, killed: object, whom: str) -> None:
    toll = only(text)
    assert (toll.killed, toll.whom) == (killed, whom)


@pytest.mark.parametrize(
    "text",
    [
        "The truce killed the offensive 10 years ago.",
        "Two tanks and 12 houses were destroyed.",
        "The army lost three villages and 30 square kilometres.",
        "They eliminated ten bases.",
        "He saved 11 lives.",
        "In 2013 fighters were killed there.",
        "A man whose sister was killed spoke.",
        "The war killed hope in 40 towns.",
        "25 buses carried 3000 people out of the town.",
        "There was no official information about casualties.",
    ],
)
def test_no_toll(text: str) -> None:
    assert find_tolls(text) == []


def test_tolls_of_two_happenings_stay_apart() -> None:
    text = "Raids killed nine people in the north. Elsewhere, five people were killed and 12 hurt."
    found = find_tolls(text)
    assert [(toll.killed, toll.wounded) for toll in found] == [((9, 9), None), ((5, 5), (12, 12))]
    assert [text[toll.start : toll.end] for toll in found] == [
        "killed nine people",
        "five people were killed and 12 hurt",
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("22", 22),
        ("1,407", 1407),
        ("2.6 million", 2_600_000),
        ("ninety-two", 92),
        ("two hundred and six", 206),
        ("three hundred thousand", 300_000),
        ("a dozen", 12),
        ("two dozen", 24),
        ("half a million", 500_000),
        ("a", 1),
        ("many", None),
        ("1.2.3", None),
        ("9" * 500, None),
    ],
)
def test_number(text: str, value: int | None) -> None:
    assert number(text) == value


@given(st.integers(0, 999_999))
def test_number_in_digits(value: int) -> None:
    assert number(str(value)) == number(f"{value:,}") == value


PIECES = st.sampled_from(
    (
        *(
            "at least",
            "up to",
            "between",
            "about",
            "5",
            "12",
            "2016",
            "one",
            "two",
            "dozen",
            "dozens",
            "no",
            "a",
            "the",
        ),
        *("people", "civilians", "soldiers", "children", "tanks", "lives", "toll", "deaths", "casualties"),
        *("killed", "wounded", "dead", "died", "lost", "shot", "were", "was", "rose", "and", "including", "of", "them"),
        *("among", ",", "."),
    )
)


@given(st.lists(PIECES, max_size=16).map(" ".join))
def test_bands_and_offsets_hold(text: str) -> None:
    last_end = 0
    for toll in find_tolls(text):
        assert last_end <= toll.start < toll.end <= len(text)
        last_end = toll.end
        assert toll.killed is not None or toll.wounded is not None
        for band in (toll.killed, toll.wounded):
            if band and None not in band:
                assert 0 <= band[0] <= band[1]  # type: ignore[operator]


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    for toll in find_tolls("10 killed " + text):
        assert toll.start < toll.end


@pytest.mark.parametrize(
    "piece", ["killed 5 people ", "one ", "toll of ", "were ", "1,111,", "a killed ", "no more than "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    def seconds(times: int) -> float:
        """The least of three, of the processor: what else runs on the machine does not count."""
        spent = []
        for _ in range(3):
            start = process_time()
            find_tolls("10 killed " + piece * times)
            spent.append(process_time() - start)
        return min(spent)

    seconds(100)
    assert seconds(4000) < 40 * max(seconds(400), 0.01)


def test_lexicon() -> None:
    words = lexicon()
    assert {"civilians", "soldier"} <= words.people
    assert ("killed", "verb") in words.harm["killed"]


@pytest.mark.parametrize(
    ("people", "harm", "message"),
    [
        ("noun\nman\n", "word,harm,shape\n", r"people.csv, row 1"),
        ("word\nMan\n", "word,harm,shape\n", r"people.csv, row 2"),
        ("word\nman\n", "word,harm,shape\nkilled,dead,verb\n", r"harm.csv, row 2"),
        ("word\nman\n", "word,harm,shape\nkilled,killed\n", r"harm.csv, row 2"),
    ],
)
def test_wrong_row_is_named(people: str, harm: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        read_lexicon(people, harm)


@pytest.mark.skipif(not GOLD.exists(), reason="needs ../shared")
def test_gold_tolls() -> None:
    """Of the gold counts, at least nine in ten stand among the tolls of their evidence."""
    right = of = 0
    for line in (GOLD / "dev.jsonl").read_text("utf-8").splitlines():
        for claim in json.loads(line)["claims"]:
            gold = (
                [tuple(claim["count"].get(key) or (None, None)) for key in ("killed", "wounded")]
                if claim.get("count")
                else []
            )
            wanted = [band for band in gold if band != (None, None)]
            if not wanted:
                continue
            of += 1
            tolls = [toll for text in (claim["evidence"], *claim["also"]) for toll in find_tolls(text)]
            told = {band for toll in tolls for band in (toll.killed, toll.wounded)}
            right += set(wanted) <= told
    assert of > 100
    assert right / of >= 0.9
