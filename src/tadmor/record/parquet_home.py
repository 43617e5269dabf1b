"""A folder of Parquet files as a home of tables (`record/home.py`): a folder a table, a file for each batch of rows.

``tadmor.json`` says that the folder is complete: the form of the tables, and of each how many rows it has and their
hash. Any program that reads Parquet reads the tables; the columns are those of the record.

A folder that a cluster made (`tadmor.run.spark`) grows by parts: a table has a folder for each, which by itself is in
the order of its keys. ``tadmor.json`` says which of them count; they are merged as they are read.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import msgspec

from tadmor.errors import RecordError
from tadmor.record.arrow import modules, schema
from tadmor.record.home import Cells, Digest, Key, Tables, key_of
from tadmor.record.layout import Layout, latest
from tadmor.records import Record

CONTENTS = "tadmor.json"
GROUP = 5_000  # rows


class Contents(Record, frozen=True):
    """What a complete folder holds. `form` is the number of the last migration of its tables.

    `parts` are the folders that count, by table, of a folder that has such; its rows nobody has counted in order.
    """

    form: int
    tables: dict[str, Digest] = msgspec.field(default_factory=dict)
    parts: dict[str, tuple[str, ...]] | None = None


class ParquetHome:
    """A folder, which is made when the first rows are put into it, and named `target` when it is complete."""

    def __init__(self, folder: Path, form: int | None = None, target: Path | None = None) -> None:
        self.folder, self._target = folder, target
        self.form = form if form is not None else self.contents.form
        self._counted = self.contents.parts if form is None else None

    @cached_property
    def contents(self) -> Contents:
        """What the folder is said to hold. Raises `RecordError` where nothing says so."""
        file = self.folder / CONTENTS
        try:
            found = msgspec.json.decode(file.read_bytes(), type=Contents)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RecordError(f"{self.folder}: is no complete copy of a record ({CONTENTS}: {error})") from error
        if not 0 < found.form <= latest():
            raise RecordError(f"{self.folder}: was made by a newer version of Tadmor (form {found.form}); install that")
        return found

    def rows(self, table: Layout, after: Key | None = None) -> Iterator[Cells]:
        parts = [self._rows(table, folder, after) for folder in self._parts(table)]
        yield from parts[0] if len(parts) == 1 else heapq.merge(*parts, key=partial(key_of, table))

    def _rows(self, table: Layout, folder: Path, after: Key | None) -> Iterator[Cells]:
        for file in _files(folder):
            if after is not None and (last := self._last(table, file)) is not None and last <= after:
                continue
            for row in self._read(table, file):
                if after is None or key_of(table, row) > after:
                    yield row

    def last(self, table: Layout) -> Key | None:
        files = _files(self.folder / table.name)
        return self._last(table, files[-1]) if files else None

    def put(self, table: Layout, rows: Sequence[Cells]) -> None:
        arrow, parquet = modules()
        form = schema(table)
        columns = zip(*rows, strict=True)
        arrays = [arrow.array(column, type=field.type) for column, field in zip(columns, form, strict=True)]
        folder = self.folder / table.name
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{len(_files(folder)):06}.parquet"
        unfinished = target.with_suffix(".part")
        parquet.write_table(
            arrow.Table.from_arrays(arrays, schema=form), unfinished, compression="zstd", row_group_size=GROUP
        )
        _keep(unfinished, target)

    def complete(self, tables: Tables) -> None:
        unfinished = self.folder / (CONTENTS + ".part")
        self.folder.mkdir(exist_ok=True)
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(Contents(self.form, dict(tables))), indent=1))
        _keep(unfinished, self.folder / CONTENTS)
        if self._target is not None:
            self.folder.replace(self._target)

    def _parts(self, table: Layout) -> list[Path]:
        folder = self.folder / table.name
        if self._counted is None:
            return [folder]
        return [folder / part for part in self._counted.get(table.name, ())]

    def _last(self, table: Layout, file: Path) -> Key | None:
        arrow, parquet = modules()
        with _explained(file, arrow), parquet.ParquetFile(file) as opened:
            some = opened.read_row_group(opened.num_row_groups - 1, columns=list(table.key))
            return tuple(some.column(name)[-1].as_py() for name in table.key) if some.num_rows else None

    def _read(self, table: Layout, file: Path) -> Iterator[Cells]:
        arrow, parquet = modules()
        with _explained(file, arrow), parquet.ParquetFile(file) as opened:
            for some in opened.iter_batches(batch_size=GROUP, columns=list(table.names)):
                yield from zip(*(some.column(name).to_pylist() for name in table.names), strict=True)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _keep(unfinished: Path, target: Path) -> None:
    """Give a file its name when it is on the disk for good."""
    with unfinished.open("rb+") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(target)


@contextmanager
def _explained(file: Path, arrow: Any) -> Iterator[None]:
    try:
        yield
    except (OSError, arrow.ArrowException) as error:
        raise RecordError(f"{file}: is damaged: {error}") from error
