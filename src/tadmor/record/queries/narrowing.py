"""Conditions that are left out where nothing is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from tadmor.record.database import Value


def narrowed(*conditions: tuple[str, Value], places: tuple[str, Sequence[str] | None]) -> tuple[str, list[Value]]:
    """A WHERE of the conditions whose value is given."""
    wanted = [(sql, value) for sql, value in conditions if value is not None]
    clauses = [sql for sql, _ in wanted]
    values: list[Value] = [value for _, value in wanted]
    column, ids = places
    if ids is not None:
        clauses.append(f"{column} IN ({', '.join('?' * len(ids))})")
        values += ids
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), values
