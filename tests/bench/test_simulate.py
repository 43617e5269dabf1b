"""The simulator: the same wars for the same seed, words marked as they are, figures that follow from them."""

from __future__ import annotations

import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from bench import reliability, simulate
from bench.reliability import Judged
from bench.war import PARTIES, TELLERS, Place, Rules, Tellers, knowledge, many_tellers, war
from tadmor.records import Heard
from tadmor.timeline.weights import load


def places(false: float = 0.2, *, bias: bool = False, seed: int = 5) -> list[Place]:
    return war(Rules(false, 3, bias), places=8, seed=seed)


def test_the_same_seed_draws_the_same_war_and_another_another() -> None:
    heard = [[place.heard for place in places(seed=seed)] for seed in (5, 5, 6)]
    assert heard[0] == heard[1] != heard[2]


@pytest.mark.parametrize("false", [0.0, 0.3])
def test_so_many_words_are_false_as_asked(false: float) -> None:
    words = [word for place in war(Rules(false, 10), places=30, seed=1) for word in place.words]
    assert np.mean([not word.right for word in words]) == pytest.approx(false, abs=0.04)


def test_words_are_right_where_their_holder_holds_the_place() -> None:
    made = places(0.4, bias=True)
    assert all(word.right == (place.truth.on(word.day) == word.holder) for place in made for word in place.words)
    early = [word for place in made for word in place.words if not word.right and word.teller in ("radio", "agency")]
    assert early


def test_what_happens_is_reported_in_all_the_ways_promised() -> None:
    heard: list[Heard] = [one for place in places(0.3) for one in place.heard]
    assert {one.claim.type for one in heard} == {"gains", "holds", "repels", "contests", "besieges"}
    assert {one.claim.modality for one in heard} == {"asserted", "denied", "hedged"}
    assert len({one.story_id for one in heard}) < len(heard)  # copies
    assert all(one.published is not None and one.claim.days.last is not None for one in heard)
    assert all(one.published >= one.claim.days.last for one in heard if one.published and one.claim.days.last)


def test_disputes_are_between_a_false_word_and_true_ones_of_others() -> None:
    for place in places(0.4):
        words = {word.claim_id: word for word in place.words}
        for false, against in place.disputes().items():
            assert not words[false].right
            assert all(words[true].right and words[true].teller != words[false].teller for true in against)


@pytest.mark.parametrize("method", simulate.METHODS)
def test_simple_rules_name_holders_from_the_first_claim_on(method: str) -> None:
    (place, *_) = places(0.0)
    found = simulate.METHODS[method](place.heard, Tellers(TELLERS))
    assert set(found) <= {*PARTIES, None}
    assert found[-1] == place.truth.on(simulate.LENGTH - 1)


def test_without_false_claims_the_timeline_is_right_and_better_than_last_claim_wins() -> None:
    clean = simulate.play(Rules(0.0, 3), places=6, seeds=[1])
    assert clean.right["tadmor"] > 0.98
    score = simulate.play(Rules(0.3, 3), places=6, seeds=[1])
    assert score.right["tadmor"] > score.right["last claim"] + 0.05
    assert score.error_days <= 1
    assert 0 < score.disputes <= 1
    assert math.isnan(clean.disputes) or clean.disputes <= 1


def test_sources_that_err_more_are_learned_to_be_less_reliable() -> None:
    tellers = many_tellers(6, 1)
    rules = Rules(0.25, 3, tellers=tellers)
    learned = simulate.taught(war(rules, places=25, seed=1), knowledge(load(), tellers))
    share = {one.voice: one.learned for one in learned.voices}
    best, worst = min(tellers, key=rules.error), max(tellers, key=rules.error)
    assert share[best.id] > share[worst.id] + 0.05


def test_the_plot_has_a_point_for_each_bin(tmp_path: Path) -> None:
    said = [Judged("place-day", confidence, confidence > 0.5) for confidence in (0.15, 0.55, 0.95, 0.97)]
    made = ElementTree.fromstring(reliability.svg({"a <b>": said, "c": said[:1]}, "How sure & how right"))
    name = "{http://www.w3.org/2000/svg}"
    assert len(made.findall(f"{name}circle")) == 4
    assert [line.get("points") for line in made.findall(f"{name}polyline")][1] == "92.0,364.0"
    assert "a <b>" in [text.text for text in made.findall(f"{name}text")]
