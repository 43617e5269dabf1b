"""A stop at any instant, two readers at once, a full disk: nothing acknowledged is lost, nothing is there twice.

Whatever writes is killed a few times on each kind of home; with `TADMOR_KILLS=20` as often: 240 kills in all. A run
that came to its end before counts for none: its record is held against one that was made at once, and the next begins
anew.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import disk
import pytest

import invented
from homes import Cluster, Files, Records
from tadmor.errors import RecordError
from tadmor.out.export.job import export
from tadmor.pipeline import bring_up_to_date, read_into, review_into
from tadmor.record import copying, decide, home, log, migrate, postgresql, queries, reviews
from tadmor.record.address import Address, Server
from tadmor.record.check import content_hash, faults
from tadmor.record.database import APPLICATION_ID, open_record
from tadmor.record.desk import Summary
from tadmor.record.layout import latest
from tadmor.records import ReviewAction
from tadmor.run.local import Local

KILLS = int(os.environ.get("TADMOR_KILLS", "3"))
REPORTS = 40


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


def runs(work: Callable[[], None], length: float) -> Iterator[bool]:
    """Do the work in a process of its own, again and again, until it was killed at `KILLS` random moments of `length`
    seconds; after each run, whether it came to its end before."""
    chance, kills = random.Random(5), 0
    while kills < KILLS:
        child = in_child(work)
        time.sleep(chance.uniform(0, length))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        assert status in (0, signal.SIGKILL)
        kills += status != 0
        yield status == 0


def in_child(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


# --- killed ---


def test_killed_while_reading(records: Records, tmp_path: Path, inputs: list[str]) -> None:
    record, fresh, acknowledged, kept = records.new(), records.new(), tmp_path / "acknowledged", 0
    length = seconds(lambda: fill(fresh, inputs))
    made_at_once = whole(fresh)
    assert made_at_once[1] == REPORTS
    acknowledged.write_text("0")

    def work() -> None:
        fill(record, inputs, acknowledged)

    for ended in runs(work, length):
        if begun_at(record):
            with open_record(record, write=True) as database:
                now = queries.stats(database)["reports"]
            whole(record)
            assert now >= kept + int(acknowledged.read_text() or 0)
            kept = now
        if ended:
            assert whole(record) == made_at_once
            record, kept = records.new(), 0
        acknowledged.write_text("0")
    assert not fill(record, inputs).failed
    assert whole(record) == made_at_once


def test_killed_while_reviewing(records: Records, tmp_path: Path, inputs: list[str]) -> None:
    record, fresh, acknowledged = records.new(), records.new(), tmp_path / "acknowledged"
    fill(record, inputs)
    turns = count()
    with open_record(record) as database:
        ids = [row["id"] for row in database.query("SELECT id FROM claims ORDER BY id")]
    length = 0.4 if isinstance(record, Path) else 1.5  # a server is to be reached first
    acknowledged.touch()
    for _ in runs(lambda: _review_on(record, ids, next(turns), acknowledged), length):
        next(turns)  # what the child counted, it counted for itself
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
    with open_record(record, write=True, wait=60) as database, acknowledge.open("a") as told:
        for number in count():
            fields = {"place": ("Sirte", "Palmyra")[number % 2], "killed": str(number)}
            action = actions[(turn + number) % 3]
            id = ids[(turn + number) % len(ids)]
            made = decide.about_claims(database, action, [id], author, fields=fields)
            kept, _ = review_into(database, made, runner=Local(), history=invented.history)
            told.write(" ".join(kept) + "\n")
            told.flush()


def _old_file(records: Records) -> Path:
    """A record of the first form, with bytes in it."""
    assert isinstance(records, Files)
    old = records.new()
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        migrate.up_to_date(connection, old, application_id=APPLICATION_ID, last=1)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executemany("INSERT INTO blobs VALUES (?, ?, ?)", OLD_ROWS)
    return old


def _old_server(records: Records) -> Server:
    """A record of the first form that there was on servers, with bytes in it."""
    assert isinstance(records, Cluster)
    old = records.new(template="bare")
    with (
        postgresql.explained(old),
        closing(postgresql.connect(old, schema=postgresql.SCHEMA, write=True, wait=5)) as to,
    ):
        postgresql.up_to_date(to, old, postgresql.SCHEMA, last=postgresql.FIRST)
        to.executemany("INSERT INTO blobs VALUES (?, ?, ?)", OLD_ROWS)
    return old


OLD_ROWS = [(f"{n:064x}", 1, b"x" * 200) for n in range(2_000)]


def _form(record: Address) -> tuple[int, int]:
    """The form of a record, and how many bytes it holds; the file is sound."""
    count = "SELECT count(*) FROM blobs"
    if isinstance(record, Server):
        with closing(postgresql.connect(record, schema=postgresql.SCHEMA, write=False, wait=5)) as connection:
            return postgresql.form_of(connection, postgresql.SCHEMA), connection.execute(count).fetchone()[0]
    with closing(sqlite3.connect(record)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return migrate.version(connection), connection.execute(count).fetchone()[0]


def test_killed_while_a_record_is_brought_up_to_date(records: Records) -> None:
    """One form or another, never between; each run begins where the last was killed."""
    old = _old_file(records) if records.engine == "sqlite" else _old_server(records)
    first, rows = _form(old)
    record, fresh = records.copy(old), records.copy(old)
    length = seconds(lambda: open_record(fresh, write=True).close())

    def work() -> None:
        open_record(record, write=True, wait=60).close()

    for ended in runs(work, length):
        form, kept = _form(record)
        assert first <= form <= latest() and kept == rows
        assert not ended or form == latest()
        if form == latest():
            with open_record(record) as one, open_record(fresh) as other:
                assert content_hash(one) == content_hash(other)
            record = records.copy(old)
    open_record(record, write=True).close()
    assert _form(record) == (latest(), rows)


def test_killed_while_exporting(small_record: Path, tmp_path: Path) -> None:
    """The old file or the new."""
    out = tmp_path / "war.csv"

    def work(to: Path = out) -> None:
        with open_record(small_record) as database:
            export(database, "csv", to)

    out.write_text("old")
    length = seconds(lambda: work(tmp_path / "new.csv"))
    new = (tmp_path / "new.csv").read_text()
    for ended in runs(work, length):
        assert out.read_text() == new if ended else out.read_text() in ("old", new)
        if ended:
            out.write_text("old")
    work()
    assert out.read_text() == new
    assert not out.with_name("war.csv.part").exists()


def _there(record: Address) -> bool:
    if isinstance(record, Path):
        return record.exists()
    try:
        open_record(record).close()
    except RecordError:
        return False
    return True


@pytest.mark.parametrize(
    ("source", "target"),
    [("file", "folder"), ("folder", "file"), ("file", "server"), ("server", "file"), ("server", "folder")],
)
def test_killed_while_copying(
    tmp_path: Path,
    inputs: list[str],
    source: str,
    target: str,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """Each run goes on where the one before was killed; what appears under its name is whole."""
    monkeypatch.setattr(home, "BATCH_ROWS", 20)
    numbers = count()

    def new(kind: str) -> Address:
        if kind == "server":
            server: Cluster = request.getfixturevalue("server")
            return server.new(template="bare")
        return tmp_path / (f"{next(numbers)}" + (".parquet" if kind == "folder" else ""))

    original = tmp_path / "original"
    fill(original, inputs)
    wanted = whole(original)
    begin: Address = original
    if source != "file":
        begin = new(source)
        copying.copy(original, begin)

    def require_whole(copied: Address) -> None:
        if target == "folder":
            copying.copy(copied, back := new("file"))
            copied = back
        assert whole(copied) == wanted

    def work() -> None:
        copying.copy(begin, copied)

    copied = new(target)
    length = seconds(work)
    require_whole(copied)
    copied = new(target)
    for ended in runs(work, length):
        assert not ended or _there(copied)
        if _there(copied):
            require_whole(copied)
            copied = new(target)
    copying.copy(begin, copied)
    require_whole(copied)


# --- two at once, a full disk ---


def test_two_readers_at_once_lose_nothing_and_keep_one_log(tmp_path: Path, inputs: list[str]) -> None:
    open_record(tmp_path / "record", write=True).close()
    children = [in_child(partial(fill, tmp_path / "record", some)) for some in (inputs, inputs[::-1])]
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
    ballast.write_bytes(bytes(680_000))
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
