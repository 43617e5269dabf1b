"""Where the tables of a record can be kept: in a file of SQLite, on a server, or as a folder of Parquet files.

A `Home` gives rows in the order of their keys and takes them in that order, so that what is there already is a
beginning and the rest can follow, and so that two homes of the same rows have the same hash. A further home is one more
class with these functions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from tadmor.record.database import Value
from tadmor.record.layout import Layout

BATCH_ROWS, BATCH_BYTES = 20_000, 1 << 25  # of rows that are handed over together

Key = tuple[Value, ...]
Cells = tuple[Value, ...]


Tables = Mapping[str, "Digest"]  # what is in each, by name


class Digest(NamedTuple):
    """How many rows a table has, and the SHA-256 of them all in the order of their keys."""

    rows: int
    sha256: str


class Home(Protocol):
    """What a record can be copied from, and to. `form` is the number of the last migration of its tables."""

    form: int

    def rows(self, table: Layout, after: Key | None = None) -> Iterator[Cells]:
        """The rows of a table in the order of their keys, from the first whose key is greater than `after`."""

    def last(self, table: Layout) -> Key | None:
        """The greatest key that is there; None where there are no rows."""

    def put(self, table: Layout, rows: Sequence[Cells]) -> None:
        """Add rows, the keys of which are greater than all that are there: all of them or none, and for good."""

    def complete(self, tables: Tables) -> None:
        """Let what was put be a record under the name that it is to have: everything is there."""


def digest(home: Home, table: Layout) -> Digest:
    """Count and hash the rows of a table."""
    total, count, encode = hashlib.sha256(), 0, msgspec.json.Encoder().encode
    for row in home.rows(table):
        total.update(encode(row) + b"\n")
        count += 1
    return Digest(count, total.hexdigest())


def batches(rows: Iterator[Cells]) -> Iterator[list[Cells]]:
    """Rows in lists that are neither long nor large."""
    batch: list[Cells] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def key_of(table: Layout, row: Cells) -> Key:
    names = table.names
    return tuple(row[names.index(name)] for name in table.key)
