"""One table shows what is bounded or aimed at."""

from __future__ import annotations

from bench import readme, summary
from bench.floors import Bounds, Measure

MEASURE = Measure(name="m", sha256="one", figures={"f1": 0.5, "error": 0.1, "other": 0.3}, bounded=("f1",))
BOUNDS = {"m": Bounds(sha256="one", floors={"f1": 0.4}, ceilings={"error": 0.2})}


def test_a_row_holds_figure_bound_and_aim() -> None:
    lines = summary.table([MEASURE], BOUNDS, {"m": {"f1": 0.7}})
    (row,) = (line for line in lines if " f1 " in line)
    assert row.split() == ["m", "f1", "0.5000", ">=", "0.4000", "0.70", "lacks", "0.200"]
    assert lines[-1] == "0 of 1 aims reached"


def test_figures_without_bound_or_aim_are_left_out_unless_there_is_none() -> None:
    assert not any("other" in line for line in summary.table([MEASURE], BOUNDS, {}))
    free = Measure(name="free", sha256="one", figures={"other": 0.3})
    assert any("other" in line for line in summary.table([free], {}, {}))


def test_a_ceiling_is_shown() -> None:
    assert any("<= 0.2" in line for line in summary.table([MEASURE], BOUNDS, {}))


def test_an_aim_is_reached_from_its_figure_on() -> None:
    assert summary.table([MEASURE], {}, {"m": {"f1": 0.5}})[-1] == "1 of 1 aims reached"


def test_aims_are_shares() -> None:
    assert all(0 < aim <= 1 for figures in summary.aims().values() for aim in figures.values())


def test_the_readme_has_no_row_for_what_was_not_measured() -> None:
    one = {"syntax, PUD": Bounds(sha256="one", measured={"LAS": 0.8})}
    assert readme.table({}).count("|") == 8
    assert "| labelled attachment of the parser | UD English PUD | 0.80 |" in readme.table(one)
