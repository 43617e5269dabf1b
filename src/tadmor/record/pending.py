"""The list of places whose history is not up to date. Call these inside `Database.transaction`."""

from __future__ import annotations

from collections.abc import Sequence

from tadmor.record.database import Database, Value


def mark(database: Database, places: str, values: Sequence[Value] = ()) -> None:
    """Put the places that a query finds on the list; a random mark tells a later change from an earlier one."""
    database.execute(
        f"INSERT INTO pending (place_id, mark) SELECT place_id, random() FROM ({places}) WHERE true"
        " ON CONFLICT (place_id) DO UPDATE SET mark = excluded.mark",
        values,
    )


def put_place(database: Database, place_id: str | None, name: str) -> None:
    """Room for the place of a claim; the facts are filled in with its history."""
    database.execute("INSERT OR IGNORE INTO places (id, name, level) VALUES (?, ?, 'unknown')", (place_id, name))
