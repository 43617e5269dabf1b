"""What is put right in a parse: trees stay trees, whatever the words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spoken import doc
from tadmor.claim.tree import Doc, Token

TEXTS = (
    "Syrian government forces and militias allied to them captured Sakhour, the largest district of east",
    "Aleppo, on Monday, while the Kurdish YPG, from its own quarter, took Sheikh Fares, officials in Addis",
    "Ababa said that rockets fired from Tigray had hit the Eritrean capital, Asmara, after a militant leader,",
    "Isnilon Hapilon, seized the city of Marawi and the town of Piagapo in the north Hama province; Sixteen",
    "rebels surrounded in Homs claimed on Saturday to have fled",
)
WORDS = " ".join(TEXTS).split()


def check(parsed: Doc) -> None:
    """Each word hangs on a head that knows it, below the head of its sentence."""
    for token in parsed:
        above = [token, *token.ancestors]
        assert len({one.i for one in above}) == len(above)
        assert above[-1].head is above[-1]
        for child in token.children:
            assert child.head is token
        assert token is token.head or token in token.head.children
        assert token.left_edge.i <= token.i <= token.right_edge.i


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(WORDS) - 1), st.integers(1, 40), st.randoms(use_true_random=False))
def test_trees_stay_trees(start: int, length: int, random: object) -> None:
    words = WORDS[start : start + length]
    check(doc(" ".join(words) + "."))
    shuffled = list(words)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    check(doc(" ".join(shuffled) + "."))


def at(parsed: Doc, word: str) -> Token:
    return next(token for token in parsed if token.text == word)


@pytest.mark.parametrize(
    ("text", "word", "head", "dep"),
    [
        ("The army, formed in March, wants the rebels to go.", "formed", "army", "acl"),
        ("They took Goma, the largest city in eastern Congo, in January.", "city", "Goma", "appos"),
        ("The Joint Forces, former rebels, insisted that the town was holding out.", "rebels", "Forces", "appos"),
        ("Troops captured the city of Homs and the town of Salamiyah.", "town", "city", "conj"),
    ],
)
def test_what_is_put_right(text: str, word: str, head: str, dep: str) -> None:
    token = at(doc(text), word)
    assert (token.head.text, token.dep_) == (head, dep)
