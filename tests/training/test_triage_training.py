"""Training of triage, on invented texts: it learns which words speak for a war, and the same each time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("scipy", reason="scipy is needed for training only")

TRAINING = Path(__file__).resolve().parents[2] / "training"
sys.path.insert(0, str(TRAINING))

import annotated  # noqa: E402
import triage  # noqa: E402
from treebank import Sentence  # noqa: E402

WAR = annotated.Annotated(
    "inv-1", None, "A", "Rebels shelled the town. The weather was bad.", [{"e": "Rebels shelled the town"}]
)


def sentence(document: str, *words: str) -> Sentence:
    return Sentence(list(words), [True] * len(words), document, "", [], [], [], [], [], [])


def test_windows_with_evidence_speak_for_a_war_and_documents_of_treebanks_against() -> None:
    own = list(triage.own([WAR]))
    assert all(example.war and "shelled" in example.words for example in own)
    other = list(triage.other([sentence("a", "Cakes", "rose"), sentence("a", "Well"), sentence("b", "Rain")]))
    assert not any(example.war for example in other)
    assert {frozenset({"cakes", "rose", "well"}), frozenset({"rain"})} <= {example.words for example in other}


def test_it_learns_which_words_speak_for_a_war_and_the_same_each_time() -> None:
    given = [triage.Example(triage.words(text), war, 1.0, True)
             for text, war in [("rebels shelled the town", True), ("the baker left the town", False)] * 20]  # fmt: skip
    weights = triage.train(given)
    assert weights["shelled"] > 0.1 and weights["baker"] < -0.1
    assert abs(weights.get("town", 0.0)) < abs(weights["shelled"]) / 4
    assert weights == triage.train(given)


def test_what_a_treebank_tells_of_a_war_is_left_out() -> None:
    given = [triage.Example(triage.words(text), war, 1.0, checked)
             for text, war, checked in [("rebels shelled town", True, True)] * 200
             + [("baker left early", False, True)] * 200 + [("rebels shelled town", False, False)] * 3]  # fmt: skip
    assert triage.train(given)["rebels"] == triage.train(given[:400])["rebels"]
