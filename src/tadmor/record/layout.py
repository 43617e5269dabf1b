"""The tables of a record as its migrations make them: names, columns, types, keys; the same wherever it is kept."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from graphlib import TopologicalSorter
from typing import NamedTuple

from tadmor.record import migrate

# Of these tables triggers make the rows when rows of others are put; what they keep is worked out again from there.
KEPT_IN_STEP = frozenset({"units", "said", "unweighed", "behind"})


class Column(NamedTuple):
    """A column: its type is TEXT, INTEGER, REAL or BLOB."""

    name: str
    type: str
    required: bool


class Layout(NamedTuple):
    """A table. Its key is the primary key, by which rows are told apart and put in order."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    without_rowid: bool

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def rowid(self) -> str | None:
        """The column that SQLite keeps as the number of the row and not in it."""
        column = next(column for column in self.columns if column.name == self.key[0])
        alone = len(self.key) == 1 and column.type == "INTEGER" and not self.without_rowid
        return column.name if alone else None

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns in the order in which SQLite stores their values."""
        if not self.without_rowid:
            return self.columns
        keys = [next(column for column in self.columns if column.name == name) for name in self.key]
        return (*keys, *(column for column in self.columns if column.name not in self.key))


def latest() -> int:
    """The form of a record that this version makes: the number of the last migration."""
    return len(migrate.steps())


@cache
def layouts(form: int) -> tuple[Layout, ...]:
    """The tables of a record of this form, each after those that its rows refer to, else by name; none of the indexes,
    which are made from them."""
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in migrate.making(form):
            connection.execute(statement)
        listed = connection.execute("SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
        found = {
            name: _layout(connection, name, bool(without))
            for name, without in sorted(listed.fetchall())
            if not name.startswith("sqlite_") and name not in KEPT_IN_STEP
        }
        refers = {name: [row[2] for row in connection.execute(f"PRAGMA foreign_key_list({name})")] for name in found}
        return tuple(found[name] for name in TopologicalSorter(refers).static_order())


def _layout(connection: sqlite3.Connection, name: str, without_rowid: bool) -> Layout:
    found = connection.execute(f"PRAGMA table_info({name})").fetchall()
    keys = sorted((column for column in found if column[5]), key=lambda column: column[5])
    return Layout(
        name,
        tuple(Column(column[1], column[2], bool(column[3])) for column in found),
        tuple(column[1] for column in keys),
        without_rowid,
    )
