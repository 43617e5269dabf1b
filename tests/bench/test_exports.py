"""The measure of exports uses the command, and tells what it took."""

from __future__ import annotations

from pathlib import Path

from bench.exports import measure


def test_exports_are_measured(small_record: Path) -> None:
    (found,) = measure(small_record, ["jsonl"])
    assert found.name == "jsonl" and found.in_time and found.size > 0 and found.run.cpu > 0
