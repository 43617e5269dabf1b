"""The measure of exports uses the command, and tells what it took."""

from __future__ import annotations

from pathlib import Path

from bench.exports import exported, measure
from tadmor.out.export.job import FORMATS


def test_exports_are_measured(small_record: Path) -> None:
    (found,) = exported(small_record, ["jsonl"])
    assert found.name == "jsonl" and found.in_time and found.size > 0 and found.run.cpu > 0


def test_every_format_is_in_the_measure_that_has_a_ceiling() -> None:
    found = measure(200).figures
    assert set(found) == {*(f"{name}, scans" for name in FORMATS), "all formats, scans"}
    assert all(found.values())
