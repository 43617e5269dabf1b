"""Rows of tables as Arrow batches, the form in which Spark and Python hand them to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from tadmor.record.arrow import modules, schema
from tadmor.record.home import Cells
from tadmor.record.layout import Layout, latest, layouts

BATCH = 2_000  # rows handed over together, of all tables
BATCH_BYTES = 1 << 24

KINDS = {"TEXT": "STRING", "INTEGER": "BIGINT", "REAL": "DOUBLE", "BLOB": "BINARY"}  # SQLite's types as Spark's

Rows = Mapping[str, Sequence[Cells]]  # by table


@cache
def table(name: str) -> Layout:
    """A table of the record, as this version makes it."""
    return next(one for one in layouts(latest()) if one.name == name)


def ddl(layout: Layout) -> str:
    """The columns of a table as Spark declares them."""
    return ", ".join(f"`{column.name}` {KINDS[column.type]}" for column in layout.columns)


class Bundle(NamedTuple):
    """Rows of several tables in one stream: each holds the row of one table, in the column with the table's name."""

    tables: tuple[Layout, ...]

    @classmethod
    def of(cls, *names: str) -> Bundle:
        return cls(tuple(table(name) for name in names))

    @property
    def ddl(self) -> str:
        return ", ".join(
            f"`{one.name}` STRUCT<{', '.join(f'`{c.name}`: {KINDS[c.type]}' for c in one.columns)}>"
            for one in self.tables
        )

    def batches(self, found: Iterable[Rows]) -> Iterator[Any]:
        """Rows as they are found, in batches that are neither long nor large."""
        waiting: dict[str, list[Cells]] = {one.name: [] for one in self.tables}
        count = size = 0
        for rows in found:
            for name, some in rows.items():
                waiting[name] += some
                count += len(some)
                size += sum(len(cell) for row in some for cell in row if isinstance(cell, str | bytes))
            if count >= BATCH or size >= BATCH_BYTES:
                yield from self._batches(waiting)
                waiting, count, size = {one.name: [] for one in self.tables}, 0, 0
        yield from self._batches(waiting)

    def _batches(self, rows: Rows) -> Iterator[Any]:
        arrow, _ = modules()
        kinds = {one.name: arrow.struct(list(schema(one))) for one in self.tables}
        for name, some in rows.items():
            if some:
                cells = zip(*some, strict=True)
                children = [arrow.array(column, field.type) for column, field in zip(cells, kinds[name], strict=True)]
                own = arrow.StructArray.from_arrays(children, fields=list(kinds[name]))
                columns = [own if other == name else arrow.nulls(len(some), kind) for other, kind in kinds.items()]
                yield arrow.RecordBatch.from_arrays(columns, names=list(kinds))


def cells(layout: Layout, columns: Mapping[str, Any]) -> Cells:
    """A row in the order of a table's columns; what is not named is null."""
    return tuple(columns.get(name) for name in layout.names)


def rows_of(batches: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of Arrow batches."""
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
