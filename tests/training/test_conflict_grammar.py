"""The conflict prose that the pipeline is trained on: every template gives a well-formed tree, whatever fills it."""

from __future__ import annotations

import random
import sys
from itertools import pairwise
from pathlib import Path

import pytest

TRAINING = Path(__file__).resolve().parents[2] / "training"
sys.path.insert(0, str(TRAINING))

from grammar import FUNCTION, Grammar, NotationError, Template, held_out, noted  # noqa: E402
from treebank import Sentence  # noqa: E402

GRAMMAR = Grammar(TRAINING / "conflict", ["Tall al-Hasan"])
LABELS = {
    *(
        "ROOT acl acl:relcl advcl advmod amod appos aux aux:pass case cc cc:preconj ccomp compound compound:prt conj"
    ).split(),
    *(
        "cop csubj det fixed flat iobj mark nmod nmod:desc nmod:poss nmod:unmarked nsubj nsubj:pass nummod obj obl"
    ).split(),
    *("obl:agent obl:unmarked parataxis punct xcomp").split(),
}


def sentences(template: Template) -> list[Sentence]:
    rng = random.Random(template.number)
    return [GRAMMAR.expand(template, rng) for _ in range(5)]


def test_there_are_enough_and_a_fifth_is_kept_back() -> None:
    kept, back = held_out(GRAMMAR)
    assert len(GRAMMAR.templates) >= 150
    assert len(GRAMMAR.templates) / 8 < len(back) < len(GRAMMAR.templates) / 4
    assert not {t.number for t in kept} & {t.number for t in back}
    assert len({t.text for t in GRAMMAR.templates}) == len(GRAMMAR.templates)


@pytest.mark.parametrize("section", sorted({template.section for template in GRAMMAR.templates}))
def test_every_template_gives_one_projective_tree(section: str) -> None:
    for template in (t for t in GRAMMAR.templates if t.section == section):
        for sentence in sentences(template):
            arcs = [(min(i, h), max(i, h)) for i, h in enumerate(sentence.heads) if i != h]
            assert len(arcs) == len(sentence.words) - 1, template.text
            assert set(sentence.deps) <= LABELS, (template.text, set(sentence.deps) - LABELS)
            assert sentence.deps.count("ROOT") == 1
            for a, b in arcs:
                assert not any(a < c < b < d for c, d in arcs), template.text


def test_labels_agree_with_the_tags_that_they_join() -> None:
    for template in GRAMMAR.templates:
        for sentence in sentences(template):
            for index, dep in enumerate(sentence.deps):
                head = sentence.heads[index]
                tag = sentence.tags[head]
                where = (template.text, sentence.words[index], dep, sentence.words[head])
                if dep in {"nsubj:pass", "aux:pass", "obl:agent"}:
                    assert tag == "VBN", where
                if dep in {"obj", "iobj", "compound:prt"}:
                    assert tag.startswith("VB"), where
                if dep.startswith(("acl", "nmod")) or dep in {"amod", "appos", "nummod", "det", "case"}:
                    assert not tag.startswith("VB"), where
                if dep == "nsubj" and tag == "VBN":
                    with_it = [sentence.words[i].lower() for i, h in enumerate(sentence.heads) if h == head]
                    assert {"have", "has", "had"} & set(with_it), where


def test_names_are_well_formed() -> None:
    for template in GRAMMAR.templates:
        for sentence in sentences(template):
            for before, tag in pairwise(["O", *sentence.names]):
                assert not tag.startswith("I-") or before[2:] == tag[2:]


def test_plain_names_become_notation() -> None:
    assert noted("Tall al-Hasan") == "=LOC Tall/NNP al/NNP:flat - Hasan/NNP:flat"


def test_function_words_have_lower_case_keys() -> None:
    assert all(word == word.lower() for word in FUNCTION)


@pytest.mark.parametrize("text", ["[nsubj the]", "x/NN y/NN", "$nowhere/NN x", "$nolist", "$take.XYZ"])
def test_bad_notation_is_refused(text: str) -> None:
    with pytest.raises(NotationError):
        GRAMMAR.expand(Template("none", 0, text), random.Random(0))
