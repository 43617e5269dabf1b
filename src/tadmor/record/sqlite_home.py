"""A record in SQLite as a home of tables (`record/home.py`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from tadmor.record import migrate
from tadmor.record.database import APPLICATION_ID, Database, explained
from tadmor.record.home import Cells, Key, Tables
from tadmor.record.layout import Layout, latest
from tadmor.record.rows import insert


class SqliteHome:
    """An open record. Rows are put as they are: nothing asks whether what they refer to is there.

    `target` is the name that the file is given when it is complete.
    """

    def __init__(self, database: Database, form: int, target: Path | None = None) -> None:
        self.form = form
        self._database, self._target = database, target

    def rows(self, table: Layout, after: Key | None = None) -> Iterator[Cells]:
        key = ", ".join(table.key)
        where = f"WHERE ({key}) > ({', '.join('?' * len(table.key))})" if after is not None else ""
        sql = f"SELECT {', '.join(table.names)} FROM {table.name} {where} ORDER BY {key}"
        for row in self._database.stream(sql, after or ()):
            yield tuple(row)

    def last(self, table: Layout) -> Key | None:
        order = ", ".join(f"{name} DESC" for name in table.key)
        row = self._database.one(f"SELECT {', '.join(table.key)} FROM {table.name} ORDER BY {order} LIMIT 1")
        return tuple(row) if row is not None else None

    def put(self, table: Layout, rows: Sequence[Cells]) -> None:
        with self._database.transaction():
            self._database.execute_many(insert(table.name, table.names), rows)

    def complete(self, tables: Tables) -> None:
        unfinished = self._database.path
        assert isinstance(unfinished, Path) and self._target is not None
        self._database.close()
        bring_forward(unfinished)
        unfinished.replace(self._target)


def make(file: Path, form: int) -> Database:
    """Open a record of a form to put rows into; it is made if it is not there."""
    with explained(file):
        connection = sqlite3.connect(file, isolation_level=None)
        migrate.up_to_date(connection, file, application_id=APPLICATION_ID, last=form)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    return Database(connection, file, writable=True)


def bring_forward(file: Path) -> None:
    """Take the steps from an older form to that of this version; no copy of the older form is kept."""
    with explained(file), closing(sqlite3.connect(file, isolation_level=None)) as connection:
        if migrate.version(connection) < latest():
            for backup in migrate.up_to_date(connection, file, application_id=APPLICATION_ID):
                backup.unlink()
