"""Pages of long lists: what a query leaves, in its order, and how much there is, without going through all of it."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import islice
from typing import NamedTuple

from tadmor.record import words
from tadmor.record.database import Value
from tadmor.record.rows import json_text
from tadmor.record.words import Index, Numbers
from tadmor.web.asked import Page
from tadmor.web.atlas import Shelf

__all__ = ["LOOKED_UP", "Holding", "Ordered", "Where", "holding", "page_of"]

LOOKED_UP = 5_000  # rows that are held; of more, the list is gone through from its beginning


class Where:
    """Collects the conditions of a query."""

    def __init__(self) -> None:
        self.clauses: list[str] = []
        self.values: list[Value] = []

    def add(self, sql: str, *values: Value) -> None:
        if None not in values:
            self.clauses.append(f"({sql})")
            self.values += values

    def __str__(self) -> str:
        return "WHERE " + " AND ".join(self.clauses) if self.clauses else ""


class Ordered(NamedTuple):
    """A list: the column that names a row, where rows come from, which of them, and in which order."""

    number: str
    source: str
    where: Where
    order: str

    @property
    def sql(self) -> str:
        return f"SELECT {self.number} {self.source} {self.where} ORDER BY {self.order}"


class Holding(NamedTuple):
    """The numbers of the rows for which something holds that no order of theirs tells, and what that is."""

    match: str
    numbers: Numbers


def holding(shelf: Shelf, index: Index, text: str) -> Holding:
    """The rows in whose texts all these words stand, the last of which may be a beginning."""
    database, match = shelf.database(), " ".join(text.split())
    numbers = shelf.atlas().lately((index, match), lambda: words.holding(database, index, match, beginning=True))
    return Holding(match, numbers)


def page_of(shelf: Shelf, listed: Ordered, page: Page, held: Holding | None = None) -> tuple[int, Sequence[int]]:
    """How many rows there are, of those that are `held` if any are, and the numbers of those on the page."""
    database, atlas, where = shelf.database(), shelf.atlas(), listed.where
    if held is not None and len(held.numbers) <= LOOKED_UP:
        where.add(
            f"{listed.number} IN (SELECT CAST(value AS BIGINT) FROM json_each(?))", json_text(held.numbers.tolist())
        )
        held = None
    if held is None:
        rows = database.query(f"{listed.sql} LIMIT ? OFFSET ?", [*where.values, page.limit, page.offset])
        counted = f"SELECT count(*) {listed.source} {where}"
        total = atlas.lately((counted, *where.values), lambda: database.query(counted, where.values)[0][0])
        return total, [row[0] for row in rows]

    own = frozenset(held.numbers.tolist())

    def wanted() -> Generator[int, None, None]:
        with database.snapshot():  # in which a server, too, gives the rows a few at a time
            for row in database.stream(listed.sql, where.values):
                if row[0] in own:
                    yield row[0]

    if not where.clauses:
        with closing(wanted()) as numbers:
            return len(own), list(islice(numbers, page.offset, page.offset + page.limit))
    key = (listed.sql, held.match, *where.values)
    whole = atlas.lately(key, lambda: array("q", wanted()))
    return len(whole), whole[page.offset : page.offset + page.limit]
