"""What can be read of the pages of a damaged record, put row by row into a new one.

Rows that carry a hash of their own are taken only where it fits; the constraints of the schema keep out others that
cannot be. `record/rescue.py` finds out which of what was taken is as it was.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tadmor.record import log, migrate
from tadmor.record.check import blob_fault
from tadmor.record.database import APPLICATION_ID, Value
from tadmor.record.layout import Layout, latest, layouts
from tadmor.record.maker import Maker
from tadmor.record.pages import TABLE_LEAF, Cell, Damage, Pages, owner_of, owners
from tadmor.record.rows import insert
from tadmor.records import Record

__all__ = ["MADE", "Lost", "take"]

# What follows from readings is made anew.
MADE = frozenset(
    {
        "stories",
        "untold",
        "stories_by",
        "shingles",
        "places",
        "pending",
        "histories",
        "events",
        "event_claims",
        "spells",
        "spell_claims",
        "disputes",
        "dispute_sides",
        "dispute_claims",
    }
)
# What is lost of these tables is found out, and named, one by one (`_prove`).
REPLACED = frozenset({"blobs", "makers", "reports", "receipts", "claims", "log"})


class Lost(Record, frozen=True):
    """Something that could not be saved: what it is, which, and why or where it came from."""

    what: str
    which: str
    why: str


def take(pages: Pages, new: Path) -> tuple[dict[str, int], list[Lost], int, bool]:
    """Put the rows that can be read into a new record: how many of each table, what is lost, how many pages are
    damaged, and whether rows of reports or claims may be missing."""
    form = pages.form if 0 < pages.form <= latest() else latest()
    owned, damaged = owners(pages)
    owner, free = owner_of(owned), pages.free()
    strays = [number for number in range(1, pages.count + 1) if number not in owner and number not in free]
    rows: dict[str, int] = {}
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        migrate.up_to_date(connection, new, application_id=APPLICATION_ID, last=form)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA foreign_keys = OFF")
        wanted = [table for table in layouts(form) if table.name not in MADE]
        connection.execute("BEGIN")
        for table in wanted:
            numbers = owned.get(table.name, [])
            rows[table.name], bad = _put(connection, table, pages, numbers)
            if bad:
                damaged.setdefault(table.name, []).extend(bad)
        for number in strays:
            name = _stray(connection, wanted, pages, number, rows)
            if name is not None:
                damaged.setdefault(name, [])
        for index in ("report_words", "quote_words"):
            connection.execute(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
        connection.execute("COMMIT")
        for backup in migrate.up_to_date(connection, new, application_id=APPLICATION_ID):
            backup.unlink()
    lost = [
        Lost(f"rows of {name}", f"page {bad.page}" + ("" if bad.cell is None else f", row {bad.cell}"), "damaged")
        for name, found in sorted(damaged.items())
        for bad in found
        if name in rows and name not in REPLACED
    ]
    doubt = bool(strays) or any(name in damaged for name in ("reports", "claims", "sqlite_schema"))
    return rows, lost, len({bad.page for found in damaged.values() for bad in found}), doubt


def _put(
    connection: sqlite3.Connection, table: Layout, pages: Pages, numbers: Iterable[int]
) -> tuple[int, list[Damage]]:
    """Store the rows of some pages that fit a table and can be what they say; how many, and what could not."""
    sql, count, bad = insert(table.name, [column.name for column in table.stored]), 0, []
    for number in numbers:
        for place, cell in enumerate(pages.cells(number)):
            row = None if isinstance(cell, Damage) else _fitted(table, cell.rowid, cell.values)
            if row is None or not _sound(table.name, row):
                bad.append(cell if isinstance(cell, Damage) else Damage(number, place))
                continue
            try:
                connection.execute(sql, row)
                count += 1
            except sqlite3.Error:
                bad.append(Damage(number, place))
    return count, bad


def _stray(
    connection: sqlite3.Connection, tables: Sequence[Layout], pages: Pages, number: int, rows: dict[str, int]
) -> str | None:
    """Store the rows of a page that no tree leads to, if they are of one table beyond doubt; the name of that table."""
    cells = [cell for cell in pages.cells(number) if not isinstance(cell, Damage)]
    if not cells or pages.type(number) != TABLE_LEAF:
        return None
    fitting = [table for table in tables if not table.without_rowid and _fit(table, cells)]
    if len(fitting) != 1:
        return None
    count, _ = _put(connection, fitting[0], pages, [number])
    rows[fitting[0].name] += count
    return fitting[0].name


def _fit(table: Layout, cells: Sequence[Cell]) -> bool:
    """Are these rows of a table: all as wide as that and of its types, and one with a hash that fits, if it has any?"""
    rows = [_fitted(table, cell.rowid, cell.values) for cell in cells if len(cell.values) == len(table.stored)]
    return len(rows) == len(cells) and None not in rows and any(row and _sound(table.name, row) for row in rows)


_STORED: dict[str, tuple[type, ...]] = {"TEXT": (str,), "INTEGER": (int,), "REAL": (float, int), "BLOB": (bytes,)}


def _fitted(table: Layout, rowid: int | None, values: tuple[Value, ...]) -> list[Value] | None:
    """A row as the table has it: None where its values are not of the types of the columns."""
    if len(values) > len(table.stored) or (rowid is None) != table.without_rowid:
        return None
    row: list[Value] = [*values, *[None] * (len(table.stored) - len(values))]  # columns that were added later
    if table.rowid is not None:
        row[table.names.index(table.rowid)] = rowid
    for value, column in zip(row, table.stored, strict=True):
        if (value is None and column.required) or (value is not None and not isinstance(value, _STORED[column.type])):
            return None
    return row


def _sound(table: str, row: Sequence[Any]) -> bool:
    """What has a hash is taken only where it fits."""
    if table == "blobs":
        return blob_fault(*row) is None
    if table == "reports":
        return bool(row[1][1:] == row[2][:20])
    if table == "reviews":
        return bool(row[1] == "v" + hashlib.sha256(row[2].encode()).hexdigest()[:20])
    if table == "makers":
        return bool(Maker(*row[1:]).id == row[0])
    return table != "log" or log.is_sound(*row)
