"""Grades of the Admiralty system: what they weigh, and that they weigh nothing until they are given."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from told import KNOWLEDGE, told

from tadmor.errors import LexiconError
from tadmor.timeline import grades
from tadmor.timeline.weigh import hear
from tadmor.timeline.weights import load


def test_a_better_grade_weighs_more() -> None:
    known = grades.load()
    priors = [known.reliability[letter].prior for letter in "ABCDE"]
    assert priors == sorted((prior or 0 for prior in priors), reverse=True)
    assert known.reliability["F"].prior is None
    factors = [known.factor(figure) for figure in range(1, 6)]
    assert factors == sorted(factors, reverse=True) and known.factor(6) == 1


def test_letters_set_the_prior_of_their_voice_alone() -> None:
    weights = grades.with_grades(load(), {"watch": "E", "observatory": "F"})
    assert weights.prior("watch", "monitor") == 0.53
    assert weights.prior("observatory", "monitor") == load().prior("observatory", "monitor")
    assert weights.version != load().version
    assert grades.with_grades(load(), {"observatory": "F"}) is load()


def test_a_figure_is_a_factor_of_its_own() -> None:
    plain = told("c1", "gains", "North", "2020-05-05")
    (before,) = hear([plain], KNOWLEDGE)
    (after,) = hear([msgspec.structs.replace(plain, credibility=5)], KNOWLEDGE)
    assert "credibility" not in before.weight.factors and after.weight.factors["credibility"] == 0.2
    assert after.w < before.w
    (unjudged,) = hear([msgspec.structs.replace(plain, credibility=6)], KNOWLEDGE)
    assert unjudged.w == before.w


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [("prior = 0.97", "prior = 1.5", "must lie between"), ("[reliability.B]", "[reliability.Q]", "letters A to F")],
)
def test_a_wrong_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, why: str) -> None:
    text = (Path(grades.__file__).parents[1] / "data" / "weights" / "admiralty.toml").read_text()
    (tmp_path / "admiralty.toml").write_text(text.replace(old, new))
    monkeypatch.setattr(grades.table, "data", lambda folder: tmp_path)
    grades.load.cache_clear()
    try:
        with pytest.raises(LexiconError, match=why):
            grades.load()
    finally:
        monkeypatch.undo()
        grades.load.cache_clear()
