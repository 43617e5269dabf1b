"""A stop at any instant, two readers at once, a full disk: nothing acknowledged is lost, nothing is there twice.

`TADMOR_KILLS=100` kills as often, and over 2,000 inputs; the suite does it ten times.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import shutil
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import disk
import pytest

import invented
from homes import Records
from tadmor.errors import RecordError
from tadmor.pipeline import bring_up_to_date, read_into, review_into
from tadmor.record import decide, log, queries, reviews
from tadmor.record.address import Address, Server
from tadmor.record.check import content_hash, faults
from tadmor.record.database import open_record
from tadmor.record.desk import Summary
from tadmor.records import ReviewAction
from tadmor.run.local import Local

KILLS = int(os.environ.get("TADMOR_KILLS", "10"))
REPORTS = 80 if KILLS == 10 else 20 * KILLS


def report(number: int) -> str:
    day, place = 1 + number % 28, ("Palmyra", "Sirte", "Nowhere Hill")[number % 3]
    return invented.text(f"On 2016-12-{day:02} Reds gains {place}.", seed=number)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """One in four reports in a ZIP archive, in a packed web archive, in packed JSON lines and in a folder."""
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "files").mkdir()
    zipped, lines = io.BytesIO(), io.StringIO()
    with zipfile.ZipFile(zipped, "w") as archive, (folder / "b.warc.gz").open("wb") as web:
        for number in range(REPORTS):
            if number % 4 == 0:
                archive.writestr(f"{number}.txt", report(number))
            elif number % 4 == 1:
                body = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + report(number).encode()
                head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {len(body)}\r\n"
                kind = f"Content-Type: application/http\r\nWARC-Target-URI: http://a.example/{number}\r\n\r\n"
                web.write(gzip.compress((head + kind).encode() + body + b"\r\n\r\n"))
            elif number % 4 == 2:
                lines.write(json.dumps({"doc": str(number), "text": report(number)}) + "\n")
            else:
                (folder / "files" / f"{number}.txt").write_text(report(number))
    (folder / "a.zip").write_bytes(zipped.getvalue())
    (folder / "c.gz").write_bytes(gzip.compress(lines.getvalue().encode()))
    return [str(folder / name) for name in ("a.zip", "b.warc.gz", "c.gz", "files")]


def fill(record: Address, inputs: list[str], acknowledge: Path | None = None) -> Summary:
    def progress(summary: Summary) -> None:
        if acknowledge:
            acknowledge.write_text(str(summary.new))

    with open_record(record, write=True, wait=60) as database:
        return read_into(
            database, inputs, runner=Local(), stage=invented.STAGE, history=invented.history, progress=progress
        )


def whole(record: Address) -> tuple[str, int]:
    """The content, and how many readings the log has; no faults."""
    with open_record(record) as database:
        assert list(faults(database)) == []
        reads = sum(json.loads(entry)["what"] == "read" for _, entry, _ in log.entries(database))
        assert reads == queries.stats(database)["reports"]
        return content_hash(database), reads


def begun_at(record: Address) -> bool:
    """Whether there is anything: what is on a server was made before."""
    return isinstance(record, Server) or (record.exists() and record.stat().st_size > 0)


def in_child(record: Address, inputs: list[str], acknowledge: Path) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = len(fill(record, inputs, acknowledge).failed)
        finally:
            os._exit(code)
    return child


def test_killed_at_any_moment(records: Records, tmp_path: Path, inputs: list[str]) -> None:
    record, fresh, acknowledged = records.new(), records.new(), tmp_path / "acknowledged"
    chance, kept = random.Random(5), 0
    begun = time.monotonic()
    fill(fresh, inputs)
    length = time.monotonic() - begun
    for _ in range(KILLS):
        acknowledged.write_text("0")
        child = in_child(record, inputs, acknowledged)
        time.sleep(chance.uniform(0.0, 0.4 if KILLS == 10 else min(1.0, 30 / KILLS)) * length)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if begun_at(record):
            with open_record(record, write=True) as database:
                now = queries.stats(database)["reports"]
            whole(record)
            assert now >= kept + int(acknowledged.read_text() or 0)
            kept = now
    summary = fill(record, inputs)
    assert not summary.failed
    assert whole(record) == whole(fresh) == (whole(record)[0], REPORTS)


def test_killed_while_reviewing(records: Records, tmp_path: Path, inputs: list[str]) -> None:
    record, fresh, acknowledged = records.new(), records.new(), tmp_path / "acknowledged"
    fill(record, inputs)
    chance = random.Random(7)
    with open_record(record) as database:
        ids = [row["id"] for row in database.query("SELECT id FROM claims ORDER BY id")]
    for turn in range(KILLS):
        acknowledged.write_text("")
        child = os.fork()
        if child == 0:
            _review_on(record, ids, turn, acknowledged)
        time.sleep(chance.uniform(0.02, 0.4 if isinstance(record, Path) else 1.5))  # a server is to be reached first
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        whole(record)
        with open_record(record) as database:
            kept = {kept.id for kept, _ in reviews.entries(database)}
        assert set(acknowledged.read_text().split()) <= kept
    with open_record(record, write=True) as database:
        bring_up_to_date(database, runner=Local(), history=invented.history)
        made = [kept.review for kept, _ in reviews.entries(database)]
        assert made and not queries.pending(database)
    fill(fresh, inputs)
    with open_record(fresh, write=True) as database:
        review_into(database, made, runner=Local(), history=invented.history)
    assert whole(record)[0] == whole(fresh)[0]


def _review_on(record: Address, ids: list[str], turn: int, acknowledge: Path) -> None:
    """Decide about one claim after the other, until killed."""
    actions: tuple[ReviewAction, ...] = ("accept", "reject", "correct")
    author = decide.Author("Amal", f"turn {turn}")
    try:
        with open_record(record, write=True, wait=60) as database, acknowledge.open("a") as told:
            for number, id in enumerate(ids[turn:] * 100):
                fields = {"place": ("Sirte", "Palmyra")[number % 2], "killed": str(number)}
                action = actions[(turn + number) % 3]
                made = decide.about_claims(database, action, [id], author, fields=fields)
                kept, _ = review_into(database, made, runner=Local(), history=invented.history)
                told.write(" ".join(kept) + "\n")
                told.flush()
    finally:
        os._exit(1)


def test_two_readers_at_once_lose_nothing_and_keep_one_log(tmp_path: Path, inputs: list[str]) -> None:
    open_record(tmp_path / "record", write=True).close()
    children = [in_child(tmp_path / "record", some, tmp_path / f"{n}") for n, some in enumerate((inputs, inputs[::-1]))]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    fill(tmp_path / "fresh", inputs)
    with open_record(tmp_path / "record") as database:
        assert list(faults(database)) == []
        content = content_hash(database)
    assert content == whole(tmp_path / "fresh")[0]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1.3 MB."""
    with disk.small(tmp_path / "disk", "1300k") as folder:
        yield folder


def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path, small_disk: Path, inputs: list[str]) -> None:
    record, acknowledged = small_disk / "record", tmp_path / "acknowledged"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    acknowledged.write_text("0")
    with pytest.raises(RecordError, match=r"disk is full|disk reports an error"):
        fill(record, inputs, acknowledged)
    with open_record(record) as database:
        kept = queries.stats(database)["reports"]
        assert list(faults(database)) == []
    assert kept >= int(acknowledged.read_text())
    assert kept < REPORTS
    moved = shutil.copytree(small_disk, tmp_path / "larger") / "record"
    fill(moved, inputs)
    fill(tmp_path / "fresh", inputs)
    assert whole(moved) == whole(tmp_path / "fresh")
