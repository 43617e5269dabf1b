"""The list of places whose history is not up to date. Call these inside `Database.transaction`."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from tadmor.record.database import Database, Value


def mark(database: Database, places: str, values: Sequence[Value] = (), *, anew: bool = True) -> None:
    """Put the places that a query finds on the list; a random mark tells a later change from an earlier one.

    `anew`: to be worked out from the ground up, and not only for claims that are new or have come to another story.
    """
    if anew:
        database.execute(f"DELETE FROM units WHERE place_id IN ({places})", values)
    database.execute(
        f"INSERT INTO pending (place_id, mark) SELECT place_id, CAST(? AS BIGINT) FROM ({places}) marked WHERE true"
        " ON CONFLICT (place_id) DO UPDATE SET mark = excluded.mark",
        (secrets.randbits(63), *values),
    )


def put_place(database: Database, place_id: str | None, name: str) -> None:
    """Room for the place of a claim; the facts are filled in with its history."""
    database.execute(
        "INSERT INTO places (id, name, level) VALUES (?, ?, 'unknown') ON CONFLICT DO NOTHING", (place_id, name)
    )
