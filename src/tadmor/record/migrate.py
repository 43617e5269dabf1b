"""Bring the schema of a record up to date: numbered steps, each one transaction, each after a copy of the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
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
    todo = [(number - 1, number, sql) for number, sql in steps(folder)[:last]]
    found = version(connection)
    refuse_newer(found, len(todo), file)
    copies = []
    # A record that is being made holds nothing to copy.
    for some in [[step] for step in todo if step[0] >= found] if found else [_at_once(len(todo), folder) + todo]:
        if found and some[0][0] >= version(connection):
            copies.append(_copy(connection, file, some[0][0]))
        connection.execute("BEGIN IMMEDIATE")
        try:
            for before, number, sql in some:
                # Another process may have taken the step while this one waited for the lock.
                if version(connection) == before:
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


def made(number: int, folder: Traversable = MIGRATIONS) -> Traversable:
    """The file with all that the steps up to this one make, in one: of the last step there is one."""
    return folder / "made" / f"{number:04}.sql"


def whole(number: int) -> str:
    """What stands in it, made of the steps."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in making(number):
            connection.execute(statement)
        of_others = {row[1] for row in connection.execute("PRAGMA table_list") if row[2] == "shadow"}
        found = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
            " ORDER BY instr('table index view trigger', type), rowid"
        ).fetchall()
    head = f"-- Form {number} of a record: written by tools/schema.py from the steps up to there.\n\n"
    return head + "".join(sql + ";\n" for name, sql in found if name not in of_others)


def _at_once(last: int, folder: Traversable) -> list[tuple[int, int, str]]:
    """The way from nothing to the last step in one, where it is known: it takes a sixth of the time."""
    file = made(last, folder)
    return [(0, last, file.read_text("utf-8"))] if file.is_file() else []


def making(form: int | None = None) -> Iterator[str]:
    """The statements of all steps up to a form of the record, in order; None: up to the latest."""
    for _, sql in steps()[:form]:
        yield from statements(sql)


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
