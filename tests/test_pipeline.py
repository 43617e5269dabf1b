"""The whole way, with an invented reader: the record does not depend on order, runner, repetition or stops."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

import invented
from tadmor.pipeline import read_into
from tadmor.record import queries
from tadmor.record.check import content_hash, faults
from tadmor.record.database import open_record
from tadmor.record.desk import Summary
from tadmor.records import Heard, PlaceHistory
from tadmor.run.local import Local
from tadmor.run.pool import Pool
from tadmor.run.stage import Runner


def fill(
    record: Path,
    *inputs: Path,
    runner: Runner | None = None,
    published: date | None = None,
    outlet: str | None = None,
    history: Callable[[str, Sequence[Heard]], PlaceHistory] = invented.history,
    progress: Callable[[Summary], None] = lambda summary: None,
) -> Summary:
    with open_record(record, write=True) as database:
        return read_into(
            database,
            [str(path) for path in inputs],
            runner=runner or Local(),
            published=published,
            outlet=outlet,
            stage=invented.STAGE,
            history=history,
            progress=progress,
        )


def content(record: Path) -> str:
    with open_record(record) as database:
        assert list(faults(database)) == []
        return content_hash(database)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return invented.write_reports(tmp_path / "reports", 40)


def test_order_of_inputs_and_number_of_workers_do_not_matter(tmp_path: Path, reports: Path) -> None:
    files = sorted(reports.iterdir())
    fill(tmp_path / "one", *files)
    fill(tmp_path / "two", *reversed(files), runner=Pool(2))
    fill(tmp_path / "three", *files[20:])
    fill(tmp_path / "three", *files[:20])
    assert content(tmp_path / "one") == content(tmp_path / "two") == content(tmp_path / "three")


def test_reading_again_changes_nothing(tmp_path: Path, reports: Path) -> None:
    first = fill(tmp_path / "record", reports)
    before = content(tmp_path / "record")
    again = fill(tmp_path / "record", reports)
    assert (first.new, first.same) == (40, 0)
    assert (again.new, again.changed, again.same, again.claims, again.places) == (0, 0, 40, 0, 0)
    assert content(tmp_path / "record") == before


def test_another_day_of_publication_replaces_the_reading(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text(invented.text("On 2016-12-10 Reds gains Palmyra."))
    fill(tmp_path / "record", file, published=date(2016, 12, 11))
    summary = fill(tmp_path / "record", file, published=date(2017, 1, 1))
    assert (summary.changed, summary.same) == (1, 0)
    with open_record(tmp_path / "record") as database:
        (report,) = queries.reports(database)
        assert (report.published, report.published_by) == (date(2017, 1, 1), "option")
        assert queries.stats(database)["claims"] == 1
    fill(tmp_path / "fresh", file, published=date(2017, 1, 1))
    assert content(tmp_path / "record") == content(tmp_path / "fresh")


@pytest.mark.parametrize("order", [("b", "a"), ("a", "b")])
def test_same_bytes_by_two_ways_are_one_report_named_after_the_first_in_order(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    for name in order:
        (tmp_path / f"{name}.txt").write_text(invented.text("On 2016-12-10 Reds gains Palmyra."))
    summary = fill(tmp_path / "record", *(tmp_path / f"{name}.txt" for name in order))
    assert (summary.new, summary.same) == (1, 1)
    with open_record(tmp_path / "record") as database:
        (report,) = queries.reports(database)
        assert (report.doc, report.origin) == ("a", str(tmp_path / "a.txt"))
        assert len(database.query("SELECT * FROM receipts")) == 2


def test_only_touched_places_are_worked_out_again(tmp_path: Path) -> None:
    worked: list[str] = []

    def history(place_id: str, heard: Sequence[Heard]) -> PlaceHistory:
        worked.append(place_id)
        return invented.history(place_id, heard)

    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text(invented.text("On 2016-12-10 Reds gains Palmyra.", "On 2016-12-10 Reds gains Sirte.", seed=1))
    second.write_text(invented.text("On 2016-12-12 Blues gains Sirte.", seed=2))
    fill(tmp_path / "record", first, history=history)
    assert worked == ["gn:163808", "gn:2210554"]
    worked.clear()
    fill(tmp_path / "record", second, history=history)
    assert worked == ["gn:2210554"]


def test_a_copy_joins_the_story_and_counts_as_one_voice(tmp_path: Path) -> None:
    original = invented.text("On 2016-12-10 Reds gains Palmyra.", seed=3)
    (tmp_path / "a.txt").write_text(original)
    (tmp_path / "b.txt").write_text("Re-headed by another\n\n" + original.split("\n\n", 1)[1])
    fill(tmp_path / "record", tmp_path / "a.txt")
    fill(tmp_path / "record", tmp_path / "b.txt")
    with open_record(tmp_path / "record") as database:
        assert queries.stats(database)["stories"] == 1
        assert {spell.voices for spell in queries.spells(database)} == {1}


def test_each_failure_is_named_and_costs_nothing_else(tmp_path: Path) -> None:
    good, bug, empty, binary = (tmp_path / name for name in ("good.txt", "bug.txt", "empty.txt", "binary.txt"))
    good.write_text(invented.text("On 2016-12-10 Reds gains Palmyra."))
    bug.write_text(invented.text("Raise.", seed=5))
    empty.touch()
    binary.write_bytes(bytes(range(256)) * 20)
    summary = fill(tmp_path / "record", bug, tmp_path / "missing.txt", empty, good, binary)
    assert summary.new == 1
    assert [Path(failure.origin).name for failure in summary.failed] == [
        "bug.txt",
        "missing.txt",
        "empty.txt",
        "binary.txt",
    ]
    assert all(failure.origin in failure.message for failure in summary.failed)
    with open_record(tmp_path / "record") as database:
        assert queries.stats(database) | {"failures": 4, "claims": 1} == queries.stats(database)


def test_an_input_that_is_mended_is_no_failure_any_more(tmp_path: Path) -> None:
    file = tmp_path / "late.txt"
    assert len(fill(tmp_path / "record", file).failed) == 1
    file.write_text(invented.text("On 2016-12-10 Reds gains Palmyra."))
    assert fill(tmp_path / "record", file).failed == ()
    with open_record(tmp_path / "record") as database:
        assert queries.failures(database) == []


def test_a_place_that_cannot_be_worked_out_waits_and_holds_up_no_other(tmp_path: Path, reports: Path) -> None:
    def faulty(place_id: str, heard: Sequence[Heard]) -> PlaceHistory:
        if place_id == "gn:163808":
            raise ZeroDivisionError("an invented bug")
        return invented.history(place_id, heard)

    summary = fill(tmp_path / "record", reports, history=faulty)
    assert [(failure.origin, failure.stage) for failure in summary.failed] == [("gn:163808", "timeline")]
    with open_record(tmp_path / "record") as database:
        assert [place for place, _ in queries.pending(database)] == ["gn:163808"]
        assert queries.stats(database)["spells"] > 0
    fill(tmp_path / "record", reports)
    fill(tmp_path / "fresh", reports)
    assert content(tmp_path / "record") == content(tmp_path / "fresh")


def test_a_worker_that_dies_costs_its_document_only(tmp_path: Path, reports: Path) -> None:
    (reports / "deadly.txt").write_text(invented.text("Crash.", seed=99))
    summary = fill(tmp_path / "record", reports, runner=Pool(2))
    assert summary.new == 40
    (failure,) = summary.failed
    assert failure.origin.endswith("deadly.txt")
    assert "SIGKILL" in failure.message


def test_a_kill_at_any_moment_loses_nothing_that_was_stored(tmp_path: Path, reports: Path) -> None:
    """Twelve kills at random moments, in one record one after the other; then one whole run gives the usual record."""
    record, stored = tmp_path / "record", tmp_path / "stored"

    def acknowledge(summary: Summary) -> None:
        stored.write_text(str(summary.new))

    chance, kept = random.Random(7), 0
    for _ in range(12):
        stored.write_text("0")
        child = os.fork()
        if child == 0:
            try:
                fill(record, reports, progress=acknowledge)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0.0, 0.12))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if record.exists() and record.stat().st_size:
            with open_record(record, write=True) as database:
                assert list(faults(database)) == []
                now = queries.stats(database)["reports"]
            assert now >= kept + int(stored.read_text() or 0)
            kept = now
    fill(record, reports)
    fill(tmp_path / "fresh", reports)
    assert content(record) == content(tmp_path / "fresh")


def test_two_writers_at_once_lose_nothing(tmp_path: Path, reports: Path) -> None:
    files = sorted(reports.iterdir())
    open_record(tmp_path / "record", write=True).close()
    children = []
    for half in (files[:20], files[20:]):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = len(fill(tmp_path / "record", *half).failed)
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    fill(tmp_path / "fresh", reports)
    with open_record(tmp_path / "record") as database:
        assert queries.pending(database) == []
    assert content(tmp_path / "record") == content(tmp_path / "fresh")


def test_a_history_from_before_another_writer_came_does_not_replace_the_newer_one(
    tmp_path: Path, reports: Path
) -> None:
    """The other writer reads and settles between the moment a history was worked out and the moment it is stored."""
    files = sorted(reports.iterdir())
    came: list[Summary] = []

    def history(place_id: str, heard: Sequence[Heard]) -> PlaceHistory:
        old = invented.history(place_id, heard)
        if not came:
            came.append(fill(tmp_path / "record", *files[20:]))
        return old

    fill(tmp_path / "record", *files[:20], history=history)
    fill(tmp_path / "fresh", reports)
    assert came[0].new == 20
    assert content(tmp_path / "record") == content(tmp_path / "fresh")


def test_what_no_database_can_keep_is_a_failure_of_that_input(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text(invented.text("On 2016-12-10 Reds gains Palmyra."))
    bad.write_text(invented.text("Half.", seed=4))
    summary = fill(tmp_path / "record", bad, good)
    assert (summary.new, [failure.stage for failure in summary.failed]) == (1, ["record"])
    assert str(bad) in summary.failed[0].message
