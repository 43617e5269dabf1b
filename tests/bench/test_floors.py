"""Floors hold for one corpus, and are lifted, never lowered."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bench import readme
from bench.floors import Bounds, Measure, corpus_hash, faults, load, raised, save

SHARES = st.floats(0, 1)


def measured(figure: float, *, sha256: str = "one", slack: float = 0.0) -> Measure:
    return Measure(name="m", sha256=sha256, figures={"f1": figure, "other": 0.1}, bounded=("f1",), slack=slack)


@given(SHARES, SHARES)
def test_lifting_never_lowers_and_the_same_figures_pass(first: float, second: float) -> None:
    bounds = raised([measured(second)], raised([measured(first)], {}))
    floor = bounds["m"].floors["f1"]
    assert max(first, second) - 1e-4 <= floor <= max(first, second)
    assert faults([measured(max(first, second))], bounds) == []


def test_a_figure_below_its_floor_is_a_fault() -> None:
    bounds = raised([measured(0.5)], {})
    assert "0.4990 is below the floor 0.5000" in faults([measured(0.499)], bounds)[0]


def test_a_figure_without_floor_or_another_corpus_is_a_fault() -> None:
    assert "no floor" in faults([measured(0.5)], {})[0]
    assert "not the one" in faults([measured(0.9, sha256="two")], raised([measured(0.5)], {}))[0]


def test_on_another_corpus_floors_begin_anew() -> None:
    bounds = raised([measured(0.4, sha256="two")], raised([measured(0.9)], {}))
    assert (bounds["m"].sha256, bounds["m"].floors) == ("two", {"f1": 0.4})


def test_a_ceiling_is_kept_and_checked() -> None:
    bounds = {"m": Bounds(sha256="one", ceilings={"other": 0.05})}
    assert "above the ceiling" in faults([measured(0.5)], bounds)[0]
    assert raised([measured(0.5)], bounds)["m"].ceilings == {"other": 0.05}


def test_slack_lowers_the_floor_that_is_set() -> None:
    assert raised([measured(0.5, slack=0.2)], {})["m"].floors["f1"] == 0.4


def test_bounds_come_back_from_the_file(tmp_path: Path) -> None:
    bounds = raised([measured(0.5)], {})
    save(bounds, tmp_path / "floors.json")
    assert load(tmp_path / "floors.json") == bounds


def test_the_hash_of_a_corpus_knows_names_and_bytes(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")
    before = corpus_hash([one, two])
    assert before == corpus_hash([two, one])
    two.write_text("c")
    assert corpus_hash([one, two]) != before


def test_the_readme_shows_what_was_measured_last() -> None:
    assert readme.table(load()) in readme.FILE.read_text(encoding="utf-8")
