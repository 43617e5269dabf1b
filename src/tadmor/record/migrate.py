"""Bring the schema of a record up to date: numbered steps, each one transaction, each after a copy of the file."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from tadmor.errors import RecordError

MIGRATIONS: Traversable = files("tadmor.record") / "migrations"


def steps(folder: Traversable = MIGRATIONS, *, first: int = 1) -> list[tuple[int, str]]:
    """Number and SQL of every migration, in order; files are named ``0001_what.sql``, from `first` on without a gap."""
    found = sorted(
        (int(entry.name.split("_")[0]), entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    )
    if [number for number, _ in found] != list(range(first, first + len(found))):
        raise RecordError(f"{folder}: the numbers of the migrations have a gap")
    return found


def version(connection: sqlite3.Connection) -> int:
    """The number of the last migration that the record has seen."""
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


def require_current(connection: sqlite3.Connection, file: Path, folder: Traversable = MIGRATIONS) -> None:
    """Refuse to read a schema that this version does not know."""
    latest, found = len(steps(folder)), version(connection)
    refuse_newer(found, latest, file)
    if found < latest:
        raise RecordError(
            f"{file}: was made by an older version of Tadmor (form {found}, this one reads {latest}); "
            "any `tadmor read` into it brings it up to date and keeps a copy of the old file"
        )


def up_to_date(
    connection: sqlite3.Connection,
    file: Path,
    *,
    application_id: int,
    folder: Traversable = MIGRATIONS,
    last: int | None = None,
) -> list[Path]:
    """Apply what is missing, up to the step `last` or all; the copies that were made on the way.

    Old state or new after a crash, never between.
    """
    todo = steps(folder)[:last]
    found = version(connection)
    refuse_newer(found, len(todo), file)
    copies = []
    # A record that is being made holds nothing to copy, and takes all steps at once in half the time.
    for some in [[step] for step in todo if step[0] > found] if found else [todo]:
        if found and some[0][0] > version(connection):
            copies.append(_copy(connection, file, some[0][0] - 1))
        connection.execute("BEGIN IMMEDIATE")
        try:
            for number, sql in some:
                # Another process may have taken the step while this one waited for the lock.
                if version(connection) == number - 1:
                    for statement in statements(sql):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA application_id = {application_id}")
                    connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return copies


def statements(sql: str) -> list[str]:
    """The statements of a script, one by one: `executescript` would commit between them."""
    found, current = [], ""
    for line in sql.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            found.append(current.strip())
            current = ""
    if any(line.strip() and not line.strip().startswith("--") for line in current.splitlines()):
        raise RecordError(f"a migration ends in the middle of a statement: {current.strip()[:60]}")
    return found


def refuse_newer(found: int, latest: int, file: object) -> None:
    """Refuse a form that this version does not know; `file` says whose it is."""
    if found > latest:
        raise RecordError(
            f"{file}: was made by a newer version of Tadmor (form {found}, this one knows {latest}); install that"
        )


def _copy(connection: sqlite3.Connection, file: Path, number: int) -> Path:
    """A whole copy beside the file, checked, under a name that is not taken."""
    target = file.with_name(f"{file.name}.form{number}.backup")
    partial = target.with_name(target.name + ".part")
    partial.unlink(missing_ok=True)
    copy = sqlite3.connect(partial)
    try:
        connection.backup(copy)
        if copy.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise RecordError(f"{file}: is damaged, so it was not brought up to date; run `tadmor check`")
    finally:
        copy.close()
    partial.replace(target)
    return target
