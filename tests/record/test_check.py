"""`check` names whatever does not fit; the hash of the content does not depend on when or in which order."""

from __future__ import annotations

import shutil
import sqlite3
import zlib
from pathlib import Path

import pytest

from tadmor.record.check import CONTENT, INDEXES, OPERATION, content_hash, faults
from tadmor.record.database import open_record


@pytest.fixture
def record(small_record: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(small_record, tmp_path))


def changed(record: Path, sql: str, *values: object) -> list[str]:
    connection = sqlite3.connect(record)
    with connection:
        connection.execute(sql, values)
    connection.close()
    with open_record(record) as database:
        return list(faults(database))


def test_a_whole_record_has_no_faults(record: Path) -> None:
    with open_record(record) as database:
        assert list(faults(database)) == []


def test_changed_bytes_are_named(record: Path) -> None:
    with open_record(record) as database:
        row = database.one("SELECT sha256, packed FROM blobs ORDER BY sha256")
    assert row is not None
    forged = zlib.compress(zlib.decompress(row["packed"]) + b"!")
    (fault,) = changed(record, "UPDATE blobs SET packed = ? WHERE sha256 = ?", forged, row["sha256"])
    assert row["sha256"] in fault
    (fault,) = changed(record, "UPDATE blobs SET packed = ? WHERE sha256 = ?", b"no zlib", row["sha256"])
    assert "cannot be unpacked" in fault


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("UPDATE claims SET quote = 'something else' WHERE number = 1", "its quote is not what stands in the report"),
        ("UPDATE reports SET id = 'r00000000000000000000' WHERE number = 1", "points to nothing"),
        ("DELETE FROM claims WHERE number = 1", "have changed since they were read"),
        (
            "UPDATE event_claims SET claim_id = 'c0' WHERE claim_id = (SELECT min(claim_id) FROM event_claims)",
            "behind it",
        ),
        (
            "UPDATE spell_claims SET claim_id = 'c0' WHERE claim_id = (SELECT min(claim_id) FROM spell_claims)",
            "behind it",
        ),
    ],
)
def test_what_does_not_fit_is_named(record: Path, sql: str, words: str) -> None:
    assert any(words in fault for fault in changed(record, sql))


def test_the_hash_covers_every_table(record: Path) -> None:
    """Every table that is no index is in the hash, so that no difference goes unseen."""
    with open_record(record) as database:
        tables = {row["name"] for row in database.query("PRAGMA table_list") if row["type"] == "table"}
        assert tables - {"sqlite_schema", "sqlite_temp_schema"} - INDEXES - OPERATION == set(CONTENT)
        before = content_hash(database)
    for table in ("reports", "claims", "spells", "events", "disputes", "stories"):
        copy = Path(shutil.copy(record, record.with_name(table)))
        column = {"stories": "story_id", "reports": "text"}.get(table, "part")
        changed(copy, f"UPDATE {table} SET {column} = 'otherwise'")
        with open_record(copy) as database:
            assert content_hash(database) != before
    changed(record, "UPDATE receipts SET read_at = '1999-01-01T00:00:00Z'")
    with open_record(record) as database:
        assert content_hash(database) == before
