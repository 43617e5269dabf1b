"""Opening a record: what is no record, damaged, locked or not allowed is a `RecordError` that names the file."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from itertools import takewhile
from pathlib import Path
from tempfile import gettempdir

import pytest

import invented
from tadmor.errors import RecordError
from tadmor.pipeline import read_into
from tadmor.record import migrate, queries, words
from tadmor.record.check import faults
from tadmor.record.database import Database, open_record
from tadmor.run.local import Local


@pytest.fixture
def record(tmp_path: Path) -> Path:
    file = tmp_path / "war.tadmor"
    reports = invented.write_reports(tmp_path / "reports", 12)
    with open_record(file, write=True) as database:
        read_into(database, [str(reports)], runner=Local(), stage=invented.STAGE, history=invented.history)
    return file


def refused(file: Path, *, write: bool = False, wait: float = 0.05) -> str:
    with pytest.raises(RecordError) as caught, open_record(file, write=write, wait=wait) as database:
        list(queries.reports(database))
        list(faults(database))
    assert str(file) in str(caught.value)
    return str(caught.value)


def test_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    assert "tadmor read" in refused(tmp_path / "none.tadmor")
    assert not (tmp_path / "none.tadmor").exists()


def test_folder_and_missing_folder(tmp_path: Path) -> None:
    assert "is a folder" in refused(tmp_path)
    assert "does not exist" in refused(tmp_path / "no" / "record", write=True)


@pytest.mark.parametrize("write", [False, True])
def test_other_files_are_left_as_they_are(tmp_path: Path, write: bool) -> None:
    text, database = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("Not a database, and longer than the hundred bytes of a header. " * 4)
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = [file.read_bytes() for file in (text, database)]
    assert "is not a record" in refused(text, write=write)
    assert "not a Tadmor record" in refused(database, write=write)
    assert [file.read_bytes() for file in (text, database)] == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["notes.txt", "other.db"]


def test_empty_file_is_no_record_but_may_become_one(tmp_path: Path) -> None:
    file = tmp_path / "new.tadmor"
    file.touch()
    assert "is empty" in refused(file)
    open_record(file, write=True).close()
    open_record(file).close()


@pytest.mark.parametrize("write", [False, True])
@pytest.mark.parametrize("share", [0.001, 0.3, 0.9])
def test_cut_file(record: Path, share: float, write: bool) -> None:
    size = record.stat().st_size
    os.truncate(record, max(50, int(size * share)))
    assert "damaged" in refused(record, write=write)


def test_flipped_bytes_are_found(record: Path) -> None:
    """Whatever byte of a stored page changes, the check either finds a fault or the file cannot be read at all."""
    whole = record.read_bytes()
    missed = []
    with open_record(record) as database:
        row = database.one("SELECT packed FROM blobs LIMIT 1")
    assert row is not None
    for at in (whole.index(row[0]) + 30, 4096 + 3, 3 * 4096 + 5):
        record.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            with open_record(record) as database:
                if not list(faults(database)):
                    missed.append(at)
        except RecordError as error:
            assert str(record) in str(error)
    assert missed == []


def test_newer_record_is_refused(record: Path) -> None:
    with sqlite3.connect(record) as connection:
        connection.execute(f"PRAGMA user_version = {len(migrate.steps()) + 1}")
    connection.close()
    for write in (False, True):
        assert "newer version" in refused(record, write=write)


def test_locked_record(record: Path) -> None:
    other = sqlite3.connect(record, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with (
        open_record(record, write=True, wait=0.05) as database,
        pytest.raises(RecordError, match="locked"),
        database.transaction(),
    ):
        pass
    other.close()


def test_exclusively_locked_record(record: Path) -> None:
    other = sqlite3.connect(record, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    for write in (False, True):
        assert "locked" in refused(record, write=write)
    other.close()


def test_full_disk_keeps_what_was_stored(record: Path) -> None:
    with open_record(record, write=True) as database:
        pages = database.query("PRAGMA page_count")[0][0]
        database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(RecordError, match="disk is full"), database.transaction():
            for number in range(1000):
                database.execute("INSERT INTO makers VALUES (?, ?, ?, ?)", (f"{number}", "x" * 4000, "", ""))
    with open_record(record) as database:
        assert list(faults(database)) == []
        assert queries.stats(database)["reports"] == 12


def test_error_inside_a_transaction_undoes_it(record: Path) -> None:
    with open_record(record, write=True) as database:
        with pytest.raises(ZeroDivisionError), database.transaction():
            database.execute("DELETE FROM reports")
            raise ZeroDivisionError
        assert queries.stats(database)["reports"] == 12


def test_readers_cannot_write(record: Path) -> None:
    with open_record(record) as database, pytest.raises(RecordError, match="may not be written"):
        database.execute("DELETE FROM reports")


def test_readers_are_not_held_up_by_a_writer(record: Path) -> None:
    """Two readers go on reading whole states while a writer commits."""
    stop, seen, errors = threading.Event(), [set[int](), set[int]()], list[Exception]()

    def look(number: int) -> None:
        try:
            with open_record(record, wait=0.0) as database:
                while not stop.is_set():
                    seen[number].add(queries.stats(database)["failures"])
        except Exception as error:
            errors.append(error)

    readers = [threading.Thread(target=look, args=(number,)) for number in range(2)]
    with open_record(record, write=True) as database:
        for reader in readers:
            reader.start()
        for number in range(20):
            with database.transaction():
                for half in "ab":
                    database.execute("INSERT INTO failures VALUES (?, 'x', 'x', 'x', 'x')", (f"{number}{half}",))
    stop.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert all(count % 2 == 0 for counts in seen for count in counts)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become somebody else")
def test_record_in_a_folder_that_may_not_be_written(record: Path, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    copy = Path(shutil.copy(record, shelf))
    program = (
        "import os, sys; from tadmor.record import queries; from tadmor.record.database import open_record;"
        "from tadmor.errors import RecordError\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "with open_record(sys.argv[1]) as database: print(queries.stats(database)['reports'])\n"
        "try: open_record(sys.argv[1], write=True)\n"
        "except RecordError as error: print(error)\n"
    )
    if any(folder.stat().st_mode & 0o005 != 0o005 for folder in Path(queries.__file__).parents):
        pytest.skip("the package lies where only its owner may read")
    for folder in takewhile(lambda folder: folder != Path(gettempdir()), [shelf, *shelf.parents]):
        folder.chmod(folder.stat().st_mode | 0o055)
    copy.chmod(0o444)
    done = subprocess.run([sys.executable, "-c", program, str(copy)], capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[:1] == ["12"], done.stderr
    assert f"{copy}: may not be written" in done.stdout


def test_commits_reach_the_disk(record: Path) -> None:
    """What is acknowledged survives a loss of power: synchronous FULL, in write-ahead mode."""
    with open_record(record, write=True) as database:
        assert _pragma(database, "synchronous") == 2
        assert _pragma(database, "journal_mode") == "wal"
        assert _pragma(database, "foreign_keys") == 1


def _pragma(database: Database, name: str) -> object:
    return database.query(f"PRAGMA {name}")[0][0]


def test_a_kill_while_a_record_is_made_does_not_spoil_its_name(tmp_path: Path) -> None:
    chance = random.Random(3)
    for round_ in range(25):
        file = tmp_path / f"{round_}.tadmor"
        child = os.fork()
        if child == 0:
            try:
                open_record(file, write=True).close()
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0.0, 0.012))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with open_record(file, write=True) as database:
            assert list(faults(database)) == []


def test_a_snapshot_does_not_see_what_is_written_meanwhile(record: Path) -> None:
    with open_record(record) as reader, open_record(record, write=True) as writer, reader.snapshot():
        before = queries.stats(reader)
        with writer.transaction():
            writer.execute("DELETE FROM spells")
        assert queries.stats(reader) == before
    with open_record(record) as reader:
        assert queries.stats(reader)["spells"] == 0


def test_nothing_is_written_into_a_damaged_record(record: Path) -> None:
    whole = bytearray(record.read_bytes())
    for page in range(5, len(whole) // 4096, 2):
        whole[page * 4096 : page * 4096 + 8] = b"\xff" * 8
    record.write_bytes(bytes(whole))
    assert "is damaged" in refused(record, write=True)
    assert record.read_bytes() == bytes(whole)


def test_readers_leave_nothing_beside_the_record_and_change_no_byte_of_it(record: Path) -> None:
    before = record.read_bytes()
    with open_record(record) as one, open_record(record) as other:
        assert queries.stats(one) == queries.stats(other)
    beside = [path.name for path in record.parent.iterdir() if path.name.startswith(record.name)]
    assert beside == [record.name]
    assert record.read_bytes() == before


def test_words_are_found_whatever_happens_to_their_rows_in_one_transaction(record: Path) -> None:
    """Rows that come and go, or change, before they are put into the index leave nothing in it."""
    with open_record(record, write=True) as database:
        (first, second, third) = [row["number"] for row in database.query("SELECT number FROM claims LIMIT 3")]
        with database.transaction():
            database.execute("UPDATE claims SET quote = 'Zebras' WHERE number = ?", (first,))
            columns = [row[1] for row in database.query("PRAGMA table_info(claims)")][2:]
            for id in ("c1", "c2", "c3"):
                database.execute(
                    f"INSERT INTO claims (id, {', '.join(columns)}) SELECT ?, {', '.join(columns)} FROM claims"
                    " WHERE number = ?",
                    (id, second),
                )
            database.execute("UPDATE claims SET quote = 'Zebras' WHERE id = 'c1'")
            database.execute("DELETE FROM claims WHERE id IN ('c2', 'c3') OR number = ?", (third,))
        assert len(words.holding(database, "quote_words", "zebras")) == 2
        for index in ("report_words", "quote_words"):  # compares it with the texts
            database.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
