"""The log is only added to; whatever is changed, taken out or put in afterwards is named."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

import invented
from tadmor.cli import main
from tadmor.pipeline import read_into
from tadmor.record import log
from tadmor.record.check import faults
from tadmor.record.database import open_record
from tadmor.run.local import Local


@pytest.fixture
def record(small_record: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(small_record, tmp_path))


def told(record: Path) -> list[dict[str, object]]:
    with open_record(record) as database:
        return [json.loads(entry) for _, entry, _ in log.entries(database)]


def read(record: Path, *inputs: Path) -> None:
    with open_record(record, write=True) as database:
        read_into(
            database, [str(path) for path in inputs], runner=Local(), stage=invented.STAGE, history=invented.history
        )


def changed(record: Path, *statements: str) -> list[str]:
    """What `check` says after somebody with a tool for SQLite was at the file."""
    connection = sqlite3.connect(record)
    with connection:
        connection.execute("DROP TRIGGER log_no_update")
        connection.execute("DROP TRIGGER log_no_delete")
        for statement in statements:
            connection.execute(statement)
    connection.close()
    with open_record(record) as database:
        return [fault for fault in faults(database) if fault.startswith("log: ")]


def test_each_reading_is_an_entry_with_its_bytes_and_version(record: Path) -> None:
    entries = told(record)
    assert [entry["what"] for entry in entries] == ["read"] * 4
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4]
    first = entries[0]
    raw = Path(str(first["origin"])).read_bytes()
    assert (first["sha256"], first["size"]) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert {"at", "maker", "report", "media_type"} <= first.keys()


def test_known_bytes_failures_and_readings_anew_are_entries_too(record: Path, tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text(invented.text("On 2016-12-10 Reds gains Palmyra.", seed=9))
    bug = tmp_path / "bug.txt"
    bug.write_text(invented.text("Raise.", seed=5))
    shutil.copy(text, tmp_path / "b.txt")
    read(record, text, tmp_path / "b.txt", bug, tmp_path / "none.txt")
    entries = told(record)[4:]
    assert sorted(str(entry["what"]) for entry in entries) == ["failed", "failed", "known", "read", "read"]
    read(record, text)
    assert len(told(record)) == len(entries) + 4, "what is known from there is no news"


def test_entries_cannot_be_changed_by_the_way(record: Path) -> None:
    connection = sqlite3.connect(record)
    for statement in ("UPDATE log SET entry = '{}'", "DELETE FROM log"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "UPDATE log SET entry = json_set(entry, '$.at', '1999-01-01T00:00:00Z') WHERE number = 2",
            "entry 2 has been changed",
        ),
        ("DELETE FROM log WHERE number = 2", "the entries 2 to 2 are missing"),
        ("DELETE FROM log WHERE number = 4", "nothing says when"),
        ("UPDATE reports SET sha256 = (SELECT max(sha256) FROM blobs) WHERE number = 1", "is of other bytes"),
    ],
)
def test_whatever_is_changed_is_named(record: Path, statement: str, says: str) -> None:
    assert any(says in fault for fault in changed(record, statement))


def test_an_entry_that_is_replaced_with_a_right_hash_breaks_the_chain(record: Path) -> None:
    with open_record(record) as database:
        (_, text, _) = list(log.entries(database))[1]
    forged = text.replace('"size":', '"size":9')
    digest = hashlib.sha256(forged.encode()).hexdigest()
    found = changed(record, f"UPDATE log SET entry = '{forged}', hash = '{digest}' WHERE number = 2")
    assert found == ["log: entry 3 does not follow the entry before it: one of them was replaced"]


def test_what_was_read_before_there_was_a_log_is_taken_over(record: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(record)
    with connection:
        connection.execute("DROP TRIGGER log_no_delete")
        connection.execute("DELETE FROM log")
    connection.close()
    new = tmp_path / "new.txt"
    new.write_text(invented.text("On 2016-12-10 Reds gains Palmyra.", seed=11))
    read(record, new)
    assert [entry["what"] for entry in told(record)] == ["taken over"] * 4 + ["read"]
    with open_record(record) as database:
        assert list(faults(database)) == []


def test_the_export_can_be_checked_by_others(record: Path) -> None:
    result = CliRunner().invoke(main, ["log", "--record", str(record), "--format", "json"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    previous = "0" * 64
    for line in lines:
        assert hashlib.sha256(line["entry"].encode()).hexdigest() == line["hash"]
        assert json.loads(line["entry"])["previous"] == previous
        previous = line["hash"]
    head = CliRunner().invoke(main, ["log", "--record", str(record), "--head"])
    assert head.stdout == f"4 {previous}\n"
    table = CliRunner().invoke(main, ["log", "--record", str(record)])
    assert previous in table.stdout
    checked = CliRunner().invoke(main, ["check", "--record", str(record), "--format", "json"])
    assert json.loads(checked.stdout)["log"] == {"entries": 4, "hash": previous}
