"""How the words of a sentence hang together with its trigger."""

from __future__ import annotations

from spacy import tokens
from spacy.vocab import Vocab

from tadmor.claim.paths import CLIMB, Paths
from tadmor.claim.tree import Doc


def tree(words: str, heads: list[int], deps: str) -> Doc:
    return Doc(tokens.Doc(Vocab(), words=words.split(), heads=heads, deps=deps.split()))


def test_a_path_names_the_links_up_and_down() -> None:
    #            0      1   2        3     4    5     6
    made = tree(
        "Rebels who captured Raqqa left their homes", [4, 2, 0, 2, 4, 6, 4], "nsubj nsubj acl obj ROOT poss obj"
    )
    paths = Paths(made[2])
    assert {t.text: paths.to(t) for t in made} == {
        "Rebels": "acl/",
        "who": "/nsubj",
        "captured": "/",
        "Raqqa": "/obj",
        "left": "acl^nsubj/",
        "their": "acl^nsubj/obj/poss",
        "homes": "acl^nsubj/obj",
    }


def test_what_is_too_many_links_away_is_far() -> None:
    length = CLIMB + 3
    made = tree("word " * length, [max(0, n - 1) for n in range(length)], "ROOT " + "nmod " * (length - 1))
    down, up = Paths(made[0]), Paths(made[length - 1])
    assert down.to(made[CLIMB]) == "/" + "/".join(["nmod"] * CLIMB)
    assert down.to(made[CLIMB + 1]) == "far"
    assert up.to(made[0]) == "far"
    assert up.to(made[length - 2]) == "nmod/"
