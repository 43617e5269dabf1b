"""Migrations: numbered, each after a copy of the file, each whole or not at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tadmor.errors import RecordError
from tadmor.record import migrate

FIRST = "CREATE TABLE a (x TEXT) STRICT;\n"
SECOND = """-- A trigger holds semicolons of its own.
CREATE TABLE b (x TEXT) STRICT;
CREATE TRIGGER t AFTER INSERT ON a BEGIN
  INSERT INTO b VALUES (new.x);
  INSERT INTO b VALUES ('; not the end');
END;
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text(FIRST)
    return folder


def connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None)


def migrated(file: Path, folder: Path) -> list[Path]:
    connection = connect(file)
    try:
        return migrate.up_to_date(connection, file, application_id=7, folder=folder)
    finally:
        connection.close()


def test_a_copy_is_made_before_each_step_but_the_first(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "record"
    assert migrated(file, folder) == []
    connection = connect(file)
    connection.execute("INSERT INTO a VALUES ('kept')")
    connection.close()
    (folder / "0002_second.sql").write_text(SECOND)
    (copy,) = migrated(file, folder)
    for path, number in ((file, 2), (copy, 1)):
        connection = connect(path)
        assert migrate.version(connection) == number
        assert connection.execute("SELECT x FROM a").fetchall() == [("kept",)]
        connection.close()
    assert migrated(file, folder) == []


def test_a_new_record_is_made_in_all_steps_without_a_copy(tmp_path: Path, folder: Path) -> None:
    (folder / "0002_second.sql").write_text(SECOND)
    assert migrated(tmp_path / "record", folder) == []
    connection = connect(tmp_path / "record")
    assert migrate.version(connection) == 2
    connection.close()


def test_a_new_record_is_made_in_one_where_that_is_known(tmp_path: Path, folder: Path) -> None:
    (folder / "0002_second.sql").write_text(SECOND)
    (folder / "made").mkdir()
    for number, known in ((1, False), (2, True)):  # that of an older form is none of this one
        (folder / "made" / f"{number:04}.sql").write_text(f"CREATE TABLE a (x TEXT, of_{number} TEXT);{SECOND}")
        assert migrated(tmp_path / f"record {number}", folder) == []
        connection = connect(tmp_path / f"record {number}")
        assert migrate.version(connection) == 2
        columns = [row[1] for row in connection.execute("PRAGMA table_info(a)")]
        assert columns == (["x", "of_2"] if known else ["x"])
        connection.close()


def test_a_step_that_fails_leaves_the_old_form(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "record"
    migrated(file, folder)
    (folder / "0002_second.sql").write_text(SECOND + "CREATE TABLE a (again TEXT);")
    with pytest.raises(sqlite3.OperationalError):
        migrated(file, folder)
    connection = connect(file)
    assert migrate.version(connection) == 1
    assert connection.execute("SELECT name FROM sqlite_schema WHERE name = 'b'").fetchall() == []
    connection.close()


def test_older_is_not_read_and_newer_not_touched(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "record"
    migrated(file, folder)
    (folder / "0002_second.sql").write_text(SECOND)
    connection = connect(file)
    with pytest.raises(RecordError, match="older version"):
        migrate.require_current(connection, file, folder)
    connection.execute("PRAGMA user_version = 3")
    with pytest.raises(RecordError, match="newer version"):
        migrate.require_current(connection, file, folder)
    with pytest.raises(RecordError, match="newer version"):
        migrate.up_to_date(connection, file, application_id=7, folder=folder)
    connection.close()


def test_numbers_without_a_gap(folder: Path) -> None:
    (folder / "0003_third.sql").write_text(FIRST)
    with pytest.raises(RecordError, match="gap"):
        migrate.steps(folder)


def test_statements_are_told_apart() -> None:
    assert [statement.split()[0] for statement in migrate.statements(FIRST + SECOND)] == ["CREATE", "--", "CREATE"]
    with pytest.raises(RecordError, match="middle of a statement"):
        migrate.statements("CREATE TABLE a (x)")


def test_shipped_migrations_make_strict_tables_only() -> None:
    connection = sqlite3.connect(":memory:")
    for statement in migrate.making():
        connection.execute(statement)
    loose = [
        row[1]
        for row in connection.execute("PRAGMA table_list")
        if row[2] == "table" and not row[5] and not row[1].startswith("sqlite_")
    ]
    assert loose == []
    for (view,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
        connection.execute(f"SELECT * FROM {view}").fetchall()
    connection.close()


def test_claims_of_events_spells_and_disputes_outlive_the_second_form(tmp_path: Path) -> None:
    connection = connect(tmp_path / "record")
    _, second = migrate.steps()[1]
    for statement in migrate.making(1):
        connection.execute(statement)
    connection.execute("INSERT INTO event_claims VALUES ('e1', 0, 'c2'), ('e1', 1, 'c1')")
    connection.execute("INSERT INTO spell_claims VALUES ('s1', 0, 'c2', 2.5), ('s1', 1, 'c1', -1.0)")
    connection.execute("INSERT INTO dispute_claims VALUES ('d1', 0, 0, 'c1'), ('d1', 1, 0, 'c2')")
    for statement in migrate.statements(second):
        connection.execute(statement)
    assert connection.execute("SELECT * FROM event_claims").fetchall() == [("e1", "c1"), ("e1", "c2")]
    assert connection.execute("SELECT * FROM spell_claims").fetchall() == [("s1", "c1", -1.0), ("s1", "c2", 2.5)]
    assert connection.execute("SELECT * FROM dispute_claims").fetchall() == [("d1", 0, "c1"), ("d1", 1, "c2")]
    connection.close()


def test_what_is_kept_of_claims_outlives_the_sixteenth_form(tmp_path: Path) -> None:
    """And what is new of a place that was told stays known as such."""
    connection = connect(tmp_path / "record")
    _, sixteenth = migrate.steps()[15]
    for statement in migrate.making(15):
        connection.execute(statement)
    connection.execute("INSERT INTO histories VALUES ('p1', 'm', NULL)")
    connection.execute("INSERT INTO said VALUES ('p1', 'c2', x'02'), ('p1', 'c1', NULL), ('p2', 'c3', NULL)")
    for statement in migrate.statements(sixteenth):
        connection.execute(statement)
    assert connection.execute("SELECT * FROM said").fetchall() == [("p1", "c2", b"\2")]
    assert connection.execute("SELECT * FROM unweighed").fetchall() == [("p1", "c1")]
    connection.close()


def test_what_claims_are_behind_outlives_the_seventeenth_form(tmp_path: Path) -> None:
    """And what was kept in another form of how histories were made does not."""
    connection = connect(tmp_path / "record")
    _, seventeenth = migrate.steps()[16]
    for statement in migrate.making(16):
        connection.execute(statement)
    connection.execute("INSERT INTO event_claims VALUES ('e1', 'c1'), ('e1', 'c2')")
    connection.execute("INSERT INTO spell_claims VALUES ('s1', 'c1', -1.0), ('s1', 'c2', 2.5)")
    connection.execute("INSERT INTO dispute_claims VALUES ('d1', 0, 'c1'), ('d1', 1, 'c2')")
    connection.execute("INSERT INTO said VALUES ('p1', 'c1', x'02')")
    connection.execute("INSERT INTO units VALUES ('p1', 'assessed', NULL, x'02')")
    connection.execute("INSERT INTO unweighed VALUES ('p1', 'c2')")
    for statement in migrate.statements(seventeenth):
        connection.execute(statement)
    assert connection.execute("SELECT * FROM event_claims").fetchall() == [("e1", "c1"), ("e1", "c2")]
    assert connection.execute("SELECT * FROM spell_claims").fetchall() == [("s1", "c1", -1.0), ("s1", "c2", 2.5)]
    assert connection.execute("SELECT * FROM dispute_claims").fetchall() == [("d1", 0, "c1"), ("d1", 1, "c2")]
    assert connection.execute("SELECT * FROM unweighed").fetchall() == [("p1", "c2")]
    assert [connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in ("said", "units")] == [(0,), (0,)]
    connection.close()
