"""What may happen to a record and its exports: full disks, two writers, odd names, repeated inputs.

With `test_stops` (kills, and full disks while reading) and `test_damage` (damaged files).
"""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import disk
import pytest
from click.testing import CliRunner

import invented
from tadmor.cli import main
from tadmor.errors import RecordError
from tadmor.out.export.job import FORMATS, export
from tadmor.pipeline import read_into
from tadmor.record import log, migrate, queries, write
from tadmor.record.check import content_hash, faults
from tadmor.record.database import open_record
from tadmor.run.local import Local

SHARE = 0.2  # of the commits of two writers that each has at least


def read(record: Path, *inputs: Path) -> None:
    with open_record(record, write=True) as database:
        read_into(database, [*map(str, inputs)], runner=Local(), stage=invented.STAGE, history=invented.history)


# --- 3: a full disk ---


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 200 KB."""
    with disk.small(tmp_path / "disk", "200k") as folder:
        yield folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large")
    read(folder / "war", invented.write_reports(folder / "in", 240))
    return folder / "war"


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("graphml", "parquet", "geoparquet")])
def test_an_export_that_the_disk_has_no_room_for_says_so_and_leaves_nothing(
    large: Path, small_disk: Path, name: str
) -> None:
    with (small_disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while ballast.write(bytes(4096)):
            pass
    result = CliRunner().invoke(
        main, ["export", "--record", str(large), "--format", name, "--out", str(small_disk / "out")]
    )
    assert result.exit_code == 2, result.output
    assert "cannot be written" in result.stderr or "disk" in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in small_disk.iterdir() if not path.name.startswith("ballast")] == []


# --- 4: two writers ---


def _commit(record: Path, name: str, until: float) -> int:
    count = 0
    with open_record(record, write=True, wait=30) as database:
        while time.monotonic() < until:
            with database.transaction():
                database.execute("INSERT INTO failures VALUES (?, 'x', 'x', 'x', 'x')", (f"{name}{count}",))
                time.sleep(0.002)  # holding the lock, as a batch of reports does
            count += 1
            time.sleep(0.002)
    return count


def test_two_writers_each_come_to_their_turn_and_a_reader_is_never_held_up(tmp_path: Path) -> None:
    record = tmp_path / "record"
    open_record(record, write=True).close()
    until = time.monotonic() + 3
    with multiprocessing.get_context("fork").Pool(2) as pool:
        writing = [pool.apply_async(_commit, (record, name, until)) for name in "ab"]
        waits = []
        while time.monotonic() < until:
            begun = time.monotonic()
            with open_record(record, wait=0.5) as database:
                queries.stats(database)
            waits.append(time.monotonic() - begun)
        counts = [one.get() for one in writing]
    with open_record(record) as database:
        assert queries.stats(database)["failures"] == sum(counts)
    assert min(counts) >= SHARE * sum(counts), counts
    assert len(waits) > 3


# --- 27: names that lead elsewhere ---


@pytest.mark.parametrize("name", ["../out", "a/../../out", "CON", "x" * 300, "/no/such/folder/out"])
def test_an_export_is_written_where_it_is_named_or_not_at_all(small_record: Path, tmp_path: Path, name: str) -> None:
    """A name is taken as the user's own; what cannot be one ends in words."""
    (tmp_path / "in" / "a").mkdir(parents=True)
    target = os.path.join(tmp_path, "in", name)  # noqa: PTH118  # pathlib refuses some of them itself
    result = CliRunner().invoke(main, ["export", "--record", str(small_record), "--format", "csv", "--out", target])
    assert ("Traceback" not in result.output and result.exception is None) or isinstance(result.exception, SystemExit)
    if result.exit_code == 0:
        assert Path(target).read_text("utf-8").startswith("place,")
    else:
        assert result.exit_code == 2 and result.stderr.startswith(("Error", "Usage"))


def test_names_of_reports_and_members_become_no_path(tmp_path: Path) -> None:
    """What reports are called is text in the record; nothing but the record is written."""
    before = set(tmp_path.rglob("*"))
    lines = [json.dumps({"doc": name, "text": invented.text("On 2016-12-10 Reds gains Palmyra.", seed=number)})
             for number, name in enumerate(["../../x", "/etc/passwd", "a\0b", "CON", "x" * 300])]  # fmt: skip
    (tmp_path / "in.jsonl").write_text("\n".join(lines))
    read(tmp_path / "war", tmp_path / "in.jsonl")
    with open_record(tmp_path / "war") as database:
        assert queries.stats(database)["reports"] == 5
        assert list(faults(database)) == []
    assert {path.name for path in set(tmp_path.rglob("*")) - before} == {"in.jsonl", "war"}


# --- 28: what comes again, under other names, with another text, while the clock goes back ---


def test_what_comes_again_is_there_once_and_every_version_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, record = tmp_path / "page.txt", tmp_path / "war"
    first, second = (invented.text(f"On 2016-12-{day} Reds gains Palmyra.", seed=day) for day in (10, 11))
    file.write_text(first)
    read(record, file)
    with open_record(record) as database:
        content, entries = content_hash(database), log.head(database).entries
    read(record, file)
    with open_record(record) as database:
        assert (content_hash(database), log.head(database).entries) == (content, entries)
    (tmp_path / "copy.txt").write_text(first)
    monkeypatch.setattr(write, "now", lambda: "1999-01-01T00:00:00Z")
    read(record, tmp_path / "copy.txt")
    file.write_text(second)
    read(record, file)
    with open_record(record) as database:
        assert queries.stats(database)["reports"] == 2
        origins = database.query("SELECT origin FROM receipts ORDER BY origin")
        assert [Path(row["origin"]).name for row in origins] == ["copy.txt", "page.txt", "page.txt"]
        assert {spell.voices for spell in queries.spells(database)} == {2}  # two texts, and no third for the copy
        assert list(faults(database)) == []
        numbers = [number for number, _, _ in log.entries(database)]
    assert numbers == list(range(1, len(numbers) + 1))


# --- 31: words that are a query language elsewhere ---

HOSTILE = [
    "'; DROP TABLE claims; --",
    '" OR 1=1 --',
    "quote:x NEAR(a b)",
    "*",
    "%",
    "\0",
    "a" * 5000,
    "{x}",
    "-x",
    "((",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_typed_is_no_query(small_record: Path, words: str) -> None:
    before = small_record.read_bytes()
    with open_record(small_record) as database:
        assert queries.search(database, words) == []
    for command in (["place", words], ["state", "--on", "2016-12-10", "--place", words], ["events", "--type", words]):
        result = CliRunner().invoke(main, [*command, "--record", str(small_record)])
        assert result.exit_code in (0, 2) and (result.exception is None or isinstance(result.exception, SystemExit))
    assert small_record.read_bytes() == before


# --- 32: cells that a spreadsheet would take for formulas ---


def test_formulas_are_defused_in_csv_and_kept_elsewhere(tmp_path: Path) -> None:
    record, formula = tmp_path / "war", '=HYPERLINK("http://x.example","y")'
    (tmp_path / "a.txt").write_text(invented.text("On 2016-12-10 Reds gains Palmyra."))
    read(record, tmp_path / "a.txt")
    with open_record(record, write=True) as database:
        database.execute("UPDATE spells SET holder = ?", (formula,))
        export(database, "csv", tmp_path / "out.csv")
        export(database, "jsonl", tmp_path / "out.jsonl")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["holder"] == "'" + formula
    assert json.loads((tmp_path / "out.jsonl").read_text("utf-8"))["holder"] == formula


# --- 8: a record of another program, or of a later version ---


def test_nothing_is_written_to_what_is_newer_or_somebody_elses(small_record: Path, tmp_path: Path) -> None:
    newer, foreign = Path(shutil.copy(small_record, tmp_path / "newer")), tmp_path / "foreign"
    with sqlite3.connect(newer) as connection:
        connection.execute(f"PRAGMA user_version = {len(migrate.steps()) + 1}")
    connection.close()
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    for file, words in ((newer, "newer version"), (foreign, "not a Tadmor record")):
        before = file.read_bytes()
        with pytest.raises(RecordError, match=words):
            open_record(file, write=True)
        for command in (["check"], ["stats"], ["read", str(tmp_path / "none.txt")]):
            assert CliRunner().invoke(main, [*command, "--record", str(file)]).exit_code == 3
        assert file.read_bytes() == before
