"""The folder of a record that a cluster makes, and the book of what is done in it.

`DIR/TABLE/PART` are the rows of a table (`record/parquet_home.py`), `DIR/spark` is the workshop: the book, the lists of
files that were read, and the results of jobs until the run is over. What is written counts when the book says so, and
is part of the record when ``tadmor.json`` does; both are replaced as a whole.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from tadmor.errors import RecordError, UsageError
from tadmor.record.arrow import modules, schema
from tadmor.record.layout import latest
from tadmor.record.maker import Maker
from tadmor.record.parquet_home import CONTENTS, Contents
from tadmor.records import Record
from tadmor.report.table import Mapped
from tadmor.run.spark.rows import ddl, table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

BOOK = "spark/book.json"
GROUP = 16 << 20  # bytes of a group of rows in a file: who reads it holds one of them
ONE_FILE = 20_000  # rows that are not worth being divided


class Batch(Record, frozen=True, kw_only=True):
    """Files that are read together, and what the user said of them. `name` is also that of its parts."""

    name: str
    at: str  # when it was begun
    published: date | None = None
    outlet: str | None = None
    columns: Mapped | None = None


class Book(Record, frozen=True, kw_only=True):
    """What is done. `parts` are those of each table that count, with how many rows each has at most."""

    form: int
    maker: str
    batches: tuple[str, ...] = ()  # that are read
    reading: Batch | None = None  # the one that is being read
    settled: int = 0  # how many of them have come to stories and histories
    settlings: int = 0
    done: tuple[str, ...] = ()  # jobs of the batch or the settling at work
    parts: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)


class Shelf:
    """A folder by its path, or by its address in an object store: `hdfs:`, `s3a:`, `gs:`, `abfss:`."""

    def __init__(self, name: str) -> None:
        self.files, self.path = located(name)
        self.name = name.rstrip("/") if "://" in name else "file://" + self.path

    def at(self, *inner: str) -> str:
        """What Spark calls a folder in it."""
        return "/".join((self.name, *inner))

    def read(self, inner: str) -> bytes | None:
        arrow, _ = modules()
        target = f"{self.path}/{inner}"
        if self.files.get_file_info(target).type == arrow.fs.FileType.NotFound:
            return None
        with self.files.open_input_stream(target) as stream:
            return bytes(stream.read())

    def write(self, inner: str, data: bytes) -> None:
        """All of it, or what was there before."""
        target = f"{self.path}/{inner}"
        self.files.create_dir(target.rpartition("/")[0], recursive=True)
        with self.files.open_output_stream(target + ".part") as stream:
            stream.write(data)
        self.files.move(target + ".part", target)

    def delete(self, inner: str) -> None:
        arrow, _ = modules()
        target = f"{self.path}/{inner}"
        if self.files.get_file_info(target).type == arrow.fs.FileType.Directory:
            self.files.delete_dir(target)

    def folders(self, inner: str) -> list[str]:
        """The names of the folders in a folder."""
        arrow, _ = modules()
        chosen = arrow.fs.FileSelector(f"{self.path}/{inner}", allow_not_found=True)
        found = self.files.get_file_info(chosen)
        return sorted(one.base_name for one in found if one.type == arrow.fs.FileType.Directory)


def located(name: str) -> tuple[Any, str]:
    """The file system that a path or an address stands for, as Arrow knows it, and the path in it.

    Raises `UsageError` where nothing of that name can be asked.
    """
    from pyarrow import fs

    try:
        if "://" not in name:
            from pathlib import Path

            return fs.LocalFileSystem(), str(Path(name).absolute())
        scheme, _, rest = name.partition("://")
        found, path = fs.FileSystem.from_uri({"s3a": "s3", "s3n": "s3"}.get(scheme, scheme) + "://" + rest)
        return found, path.rstrip("/")
    except (OSError, ValueError) as error:  # what Arrow raises is of these
        raise UsageError(f"{name}: cannot be asked: {error}") from error


class Work:
    """A run in a folder: keeps the book, and the result of each job under its name."""

    def __init__(self, spark: SparkSession, shelf: Shelf, maker: Maker) -> None:
        self.spark, self.shelf = spark, shelf
        self.book = _opened(shelf, maker)
        self.tasks = int(spark.conf.get("spark.sql.shuffle.partitions") or 200)

    # --- the book ---

    def note(self, **changes: Any) -> None:
        self.book = msgspec.structs.replace(self.book, **changes)
        self.shelf.write(BOOK, msgspec.json.format(msgspec.json.encode(self.book), indent=1))

    def commit(self, part: str, *, beside: Mapping[str, int], instead: Mapping[str, int], **changes: Any) -> None:
        """Let a part of some tables count, which has so many rows of each at most, beside the parts that do or instead
        of them; and the work begin that comes after."""
        parts = dict(self.book.parts)
        for name, rows in (*beside.items(), *instead.items()):
            before = {} if name in instead else parts.get(name, {})
            parts[name] = before | ({part: rows} if rows else {})
        self.note(parts=parts, done=(), **changes)

    def rows(self, name: str) -> int:
        """How many rows a table has, at most."""
        return sum(self.book.parts.get(name, {}).values())

    def publish(self) -> None:
        """Make the record what the book says, and clear the workshop of what is no longer needed."""
        parts = {name: tuple(counted) for name, counted in self.book.parts.items()}
        contents = Contents(self.book.form, {}, parts)
        self.shelf.write(CONTENTS, msgspec.json.format(msgspec.json.encode(contents), indent=1))
        self.shelf.delete("spark/work")
        for name, counted in self.book.parts.items():
            for part in set(self.shelf.folders(name)) - set(counted):
                self.shelf.delete(f"{name}/{part}")

    # --- jobs ---

    def keep(self, name: str, made: DataFrame) -> DataFrame:
        """The rows of a job, which is done unless the book says that it was."""
        return self._kept(f"spark/work/{name}", made)

    def put(self, name: str, part: str, made: DataFrame, rows: int) -> None:
        """Write a part of a table of the record, which has so many rows at most."""
        layout = table(name)
        made = made.select(*(made[f"`{column}`"] for column in layout.names))
        if rows:
            divided = made.coalesce(1) if rows <= ONE_FILE else made.repartitionByRange(*layout.key)
            self._kept(f"{name}/{part}", divided.sortWithinPartitions(*layout.key))

    def put_row(self, name: str, part: str, row: Sequence[Any]) -> None:
        """As `put`, of one row."""
        arrow, parquet = modules()
        written = io.BytesIO()
        parquet.write_table(arrow.table([[cell] for cell in row], schema=schema(table(name))), written)
        self.shelf.write(f"{name}/{part}/0.parquet", written.getvalue())

    def table(self, name: str, among: Iterable[str] | None = None) -> DataFrame:
        """The rows of a table: of all parts that count, or of those among these."""
        counted = self.book.parts.get(name, {})
        return self.parts(name, list(counted) if among is None else [part for part in among if part in counted])

    def parts(self, name: str, names: Sequence[str]) -> DataFrame:
        """The rows of these parts of a table."""
        if not names:
            return self.spark.createDataFrame([], ddl(table(name)))
        return self.spark.read.schema(ddl(table(name))).parquet(*(self.shelf.at(name, part) for part in names))

    def map(
        self, frame: DataFrame, step: Callable[[Iterable[Any]], Iterable[Any]], form: str, rows: int = 10_000
    ) -> DataFrame:
        """`mapInArrow`, with so many rows a batch."""
        self.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", rows)
        return frame.mapInArrow(step, form)

    def spread(self, frame: DataFrame, by: Sequence[str | Column], order: Sequence[str]) -> DataFrame:
        """Rows with equal values of `by` together, each such group in the order of `order`."""
        return frame.repartition(self.tasks, *by).sortWithinPartitions(*order)

    def _kept(self, place: str, made: DataFrame) -> DataFrame:
        if place not in self.book.done:
            if context := getattr(self.spark, "sparkContext", None):  # which Spark Connect does not have
                context.setJobDescription(place)
            writer = made.write.mode("overwrite").option("compression", "zstd").option("parquet.block.size", GROUP)
            writer.parquet(self.shelf.at(place))
            self.note(done=(*self.book.done, place))
        return self.spark.read.schema(made.schema).parquet(self.shelf.at(place))


def _opened(shelf: Shelf, maker: Maker) -> Book:
    """Raises `RecordError` where another version has made the folder: what two versions read does not go together."""
    found = shelf.read(BOOK)
    if found is None:
        if shelf.read(CONTENTS) is not None:
            raise RecordError(f"{shelf.name}: is a copy of a record, which is not read into; name another folder")
        return Book(form=latest(), maker=maker.id)
    try:
        book = msgspec.json.decode(found, type=Book)
    except msgspec.DecodeError as error:
        raise RecordError(f"{shelf.name}/{BOOK}: is damaged: {error}") from error
    if (book.form, book.maker) != (latest(), maker.id):
        raise RecordError(
            f"{shelf.name}: was made by another version ({book.maker}, this is {maker.id}): read into it with that one,"
            " or read all into a new folder"
        )
    return book
