"""Training of the learned reading, on three invented reports: what it learns from, and that it learns."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy", reason="scipy is needed for training only")

TRAINING = Path(__file__).resolve().parents[2] / "training"
sys.path.insert(0, str(TRAINING))

import annotated  # noqa: E402
import reader  # noqa: E402
from tadmor.claim import learned  # noqa: E402

REPORTS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "inv-1": (
        "Rebels captured the town of Azaz on Monday, residents said.\n\nThe weather was bad.",
        [
            {"t": "gains", "w": "captured", "a": "rebels", "at": "Rebels", "p": "Azaz", "pt": "Azaz",
             "e": "Rebels captured the town of Azaz on Monday"}
        ],
    ),
    "inv-2": (
        "US-backed rebels captured Raqqa from Islamic State, activists said.",
        [
            {"t": "backs", "w": "backed", "a": "United States", "at": "US", "o": "rebels", "ot": "rebels",
             "e": "US-backed rebels"},
            {"t": "gains", "w": "captured", "a": "rebels", "at": "rebels", "o": "Islamic State",
             "ot": "Islamic State", "p": "Raqqa", "pt": "Raqqa",
             "e": "US-backed rebels captured Raqqa from Islamic State"},
        ],
    ),
    "inv-10": (
        "Russian warplanes bombed Idlib, but nobody was hurt.",
        [
            {"t": "Air/drone strike", "w": "bombed", "a": "Russia", "at": "Russian", "p": "Idlib", "pt": "Idlib",
             "e": "Russian warplanes bombed Idlib"}
        ],
    ),
}  # fmt: skip
ARRAYS = ("dense", "sparse", "bias", "out", "out_bias", "seen")
SMALL: dict[str, Any] = {"epochs": 1, "least": 1, "hidden": 4, "rows": 8}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("claims") / "invented.txt"
    lines = []
    for name, (text, claims) in REPORTS.items():
        lines += [f"## {name} 2016-12-10 | Outlet", text, *(json.dumps(claim) for claim in claims), ""]
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def examples(corpus: Path) -> tuple[list[reader.Words], list[reader.Choice], Any]:
    return reader.examples([corpus])


def test_the_invented_reports_hold_together(corpus: Path) -> None:
    assert not [f for r in annotated.read([corpus]) for c in r.claims for f in annotated.faults(r, c)]


def test_reports_whose_number_ends_in_0_are_held_out() -> None:
    assert [d for d in ("a-1", "a-10", "a-101", "a-120") if reader.held_out(d)] == ["a-10", "a-120"]


def test_what_is_trained_on_comes_once_more_without_commas_and_apostrophes(corpus: Path) -> None:
    """And what is held out only as it was written; the claims hold together in either form."""
    found = list(reader.both(annotated.read([corpus])))
    assert [r.doc for r in found] == ["inv-1", "inv-1", "inv-2", "inv-2", "inv-10"]
    assert ["," in r.text for r in found] == [True, False, True, False, True]
    assert not [f for r in found for c in r.claims for f in annotated.faults(r, c)]


def test_numbers_keep_their_commas() -> None:
    assert reader.damaged(["Syria’s army, 1,200 men", "rebels'", 3, None]) == [
        "Syrias army 1,200 men",
        "rebels",
        3,
        None,
    ]


def test_each_trigger_is_a_word_that_sets_off_its_type(examples: tuple[Any, ...]) -> None:
    words, _, lost = examples
    set_off = [
        (w.doc, learned.TYPES[column], next(f for f in w.features[row] if f.startswith("lemma ")))
        for w in words
        for row, column in zip(*np.nonzero(w.labels == 1), strict=True)
    ]
    captured, backed = ("gains", "lemma capture"), ("backs", "lemma back")
    assert [s[1:] for s in set_off if s[0] == "inv-1"] == [captured] * 2
    assert sorted(s[1:] for s in set_off if s[0] == "inv-2") == [backed] * 2 + [captured] * 2
    assert [s[1:] for s in set_off if s[0] == "inv-10"] == [("Air/drone strike", "lemma bomb")]
    assert lost["claims"] == len(set_off) == 7
    assert lost["trigger not in a sentence"] == lost["trigger is no content word"] == 0


def test_words_features_and_labels_are_of_one_length(examples: tuple[Any, ...]) -> None:
    words, _, _ = examples
    width = learned.load().dense.shape[0]
    for w in words:
        assert w.inputs.shape == (len(w.features), width)
        assert w.labels.shape == (len(w.features), len(learned.TYPES))
        assert set(np.unique(w.labels)) <= {-1, 0, 1}


def test_a_sentence_that_tells_nothing_is_learned_from_as_well(examples: tuple[Any, ...]) -> None:
    assert any((w.labels == 0).all() for w in examples[0] if w.doc == "inv-1")


def test_each_role_of_each_claim_is_a_choice_and_nobody_the_last(examples: tuple[Any, ...]) -> None:
    _, choices, _ = examples
    roles = [c.role for c in choices if c.doc == "inv-10"]
    assert roles == ["actor", "opponent", "place"]
    assert sum(c.role == "place" for c in choices) == 5  # of seven claims, two are relations
    for c in choices:
        assert c.right and max(c.right) < len(c.candidates)
        assert any(name.startswith("null\t") for name in c.candidates[-1])
        assert not any(name.startswith("null\t") for names in c.candidates[:-1] for name in names)
    nobody = [len(c.candidates) - 1 in c.right for c in choices if c.doc == "inv-10"]
    assert nobody == [False, True, False]


def test_the_network_of_words_is_trained_to_finite_weights(examples: tuple[Any, ...]) -> None:
    words, _, _ = examples
    table = reader.train_words(words, seed=3, **SMALL)
    assert len(table["features"]) == len(table["sparse"])
    for name in ARRAYS:
        assert np.isfinite(table[name]).all(), name
    assert table["out"].any()
    counts = dict(zip(learned.TYPES, table["seen"].tolist(), strict=True))
    assert {name: n for name, n in counts.items() if n} == {"gains": 4, "backs": 2, "Air/drone strike": 1}


def test_the_same_seed_gives_the_same_network_and_another_another(examples: tuple[Any, ...]) -> None:
    words, _, _ = examples
    one, same, other = (reader.train_words(words, seed=seed, **SMALL) for seed in (3, 3, 4))
    for name in ARRAYS:
        assert np.array_equal(one[name], same[name]), name
    assert one["features"] == same["features"]
    assert not np.array_equal(one["dense"], other["dense"])


@pytest.mark.parametrize("role", learned.ROLES)
def test_a_ranker_is_trained_to_finite_weights_alike_for_one_seed(examples: tuple[Any, ...], role: str) -> None:
    mine = [c for c in examples[1] if c.role == role]
    one, same = (reader.train_ranker(mine, epochs=1, seed=3, least=1) for _ in range(2))
    assert one.rows and np.isfinite(one.table).all() and np.isfinite(one.out).all()
    assert one.table.any()
    assert one.rows == same.rows
    assert np.array_equal(one.table, same.table)


def test_what_is_trained_can_be_stored_and_read_words_with(examples: tuple[Any, ...]) -> None:
    words, choices, _ = examples
    rankers = {
        role: reader.train_ranker([c for c in choices if c.role == role], epochs=1, seed=3, least=1)
        for role in learned.ROLES
    }
    made = learned.Reader(**reader.train_words(words, seed=3, **SMALL), rankers=rankers)
    back = learned.unpacked(learned.packed(made))
    for w in words:
        before, after = (r.probabilities(r.encoded(w.inputs), w.features) for r in (made, back))
        assert np.allclose(before, after, atol=0.02)


def test_after_enough_passes_the_words_that_set_off_a_claim_stand_out(examples: tuple[Any, ...]) -> None:
    words, _, _ = examples
    table = reader.train_words(words, seed=3, **(SMALL | {"epochs": 60, "hidden": 32, "rate": 0.01}))
    made = learned.Reader(**table, rankers={})
    found = np.concatenate([made.probabilities(made.encoded(w.inputs), w.features) for w in words])
    labels = np.concatenate([w.labels for w in words])
    assert found[labels == 1].min() > found[labels == 0].mean() + 0.3
