"""Inputs to documents: the driver lists files, the executors open them, by the same functions as on one machine.

A file is one task, whatever it holds: what comes out of it is spread over all machines before it is read.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from tadmor.errors import InputError, UsageError
from tadmor.record.arrow import modules
from tadmor.records import Failure
from tadmor.report.source import Document, MediaType, files, open_file
from tadmor.run.spark.book import Batch, Shelf, Work, located
from tadmor.run.spark.rows import rows_of
from tadmor.run.stage import Chunk, chunks

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PARQUET = (b"PAR1", ".parquet")
BYTES = ("bytes", "content", "raw")  # what the column is called that holds the documents of a Parquet file
MANY = 100_000  # files of a batch at most

LISTED = "path STRING, size BIGINT, changed BIGINT, error STRING, message STRING"


class Came(NamedTuple):
    """A document as it came in, from which file and as which in it; or why there is none."""

    report_id: str | None
    file: int
    item: int
    origin: str
    doc: str | None = None
    media_type: MediaType | None = None
    raw: bytes | None = None
    stage: str | None = None
    error: str | None = None
    message: str | None = None

    @property
    def failure(self) -> Failure:
        """Why there is none."""
        assert self.stage is not None and self.error is not None and self.message is not None
        return Failure(origin=self.origin, stage=self.stage, error=self.error, message=self.message)

    def document(self, batch: Batch) -> Document:
        assert self.raw is not None and self.doc is not None and self.media_type is not None
        return Document(
            raw=self.raw,
            origin=self.origin,
            doc=self.doc,
            media_type=self.media_type,
            published=batch.published,
            outlet=batch.outlet,
        )


CAME = (
    "report_id STRING, file BIGINT, item BIGINT, origin STRING, doc STRING, media_type STRING, raw BINARY,"
    " stage STRING, error STRING, message STRING"
)


class Listed(NamedTuple):
    """A file, how large it is and when it was changed; or why a path is none."""

    path: str
    size: int = 0
    changed: int = 0  # nanoseconds
    error: str | None = None
    message: str | None = None

    @property
    def mark(self) -> bytes:
        return blake2b(repr(self[:3]).encode("utf-8", "backslashreplace"), digest_size=8).digest()


# --- on the driver --------------------------------------------------------------------------------------------------


def listed(inputs: Sequence[str], lists: Sequence[str] = ()) -> Iterator[Listed]:
    """The files behind inputs and behind what stands in lists, a line each, in the order of `open_inputs`.

    Raises `UsageError` where an input is no file and no folder of any kind.
    """
    for name in inputs:
        yield from _behind(name)
    for name in lists:
        files, path = located(name)
        try:
            with files.open_input_stream(path, compression="detect") as stream:
                for line in io.TextIOWrapper(stream, "utf-8"):
                    if line.strip():
                        yield from _behind(line.strip())
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{name}: this list cannot be read: {error}") from error


def _behind(name: str) -> Iterator[Listed]:
    if name == "-" or name.startswith(("http:", "https:")):
        raise UsageError(f"{name}: a cluster reads files only: store it as one and name that")
    if "://" in name:
        yield from _stored(name)
        return
    for file in files(name):
        if isinstance(file, Failure):
            yield Listed(file.origin, error=file.error, message=file.message)
            continue
        try:
            stat = file.stat()
            yield Listed(os.fsencode(file).decode(), stat.st_size, stat.st_mtime_ns)
        except (OSError, UnicodeDecodeError) as error:
            origin = os.fsencode(file).decode("utf-8", "backslashreplace")
            yield Listed(origin, error=type(error).__name__, message=f"{origin}: it cannot be read: {error}")


def _stored(name: str) -> Iterator[Listed]:
    """As `tadmor.report.source.files`, of an object store, where there are neither links nor devices."""
    arrow, _ = modules()
    files, path = located(name)
    whole, kind = name.rstrip("/"), arrow.fs.FileType
    try:
        info = files.get_file_info(path)
        found = [info] if info.type == kind.File else files.get_file_info(arrow.fs.FileSelector(path, recursive=True))
    except (OSError, arrow.ArrowException) as error:
        found = []
        yield Listed(name, error=type(error).__name__, message=f"{name}: it cannot be read: {error}")
    for one in sorted(found, key=lambda info: info.path.split("/")):
        inner = one.path.removeprefix(path)
        if one.type == kind.File and not any(part.startswith(".") for part in inner.split("/")):
            yield Listed(whole + inner, one.size or 0, one.mtime_ns or 0)


def begun(work: Work, found: Iterable[Listed], *, most: int, batch: Callable[[str], Batch]) -> Iterator[Batch]:
    """Batches of files that were not read before, each listed and in the book when it is given out; first the one that
    was not finished. `most` bounds the bytes of a batch, unless a single file has more."""
    known = set(_known(work.shelf, work.book.batches))
    if work.book.reading is not None:
        known.update(_known(work.shelf, [work.book.reading.name]))
        yield work.book.reading
    some: list[Listed] = []
    size = 0
    for file in found:
        if file.error is None and file.mark in known:
            continue
        if some and (len(some) == MANY or size + file.size > most):
            yield _begin(work, some, batch)
            some, size = [], 0
        some.append(file)
        size += file.size
    if some:
        yield _begin(work, some, batch)


def _begin(work: Work, some: Sequence[Listed], batch: Callable[[str], Batch]) -> Batch:
    arrow, parquet = modules()
    begun = batch(f"{len(work.book.batches):06}")
    columns = {name: list(column) for name, column in zip(Listed._fields, zip(*some, strict=True), strict=True)}
    kinds = [arrow.string(), arrow.int64(), arrow.int64(), arrow.string(), arrow.string()]
    written = io.BytesIO()
    parquet.write_table(arrow.table(columns, schema=arrow.schema(zip(Listed._fields, kinds, strict=True))), written)
    work.shelf.write(_list(begun.name), written.getvalue())
    work.note(reading=begun)
    return begun


def _known(shelf: Shelf, batches: Iterable[str]) -> Iterator[bytes]:
    _, parquet = modules()
    for name in batches:
        columns = parquet.read_table(io.BytesIO(shelf.read(_list(name)) or b""))
        yield from (Listed(*row).mark for row in zip(*(one.to_pylist() for one in columns.columns), strict=True))


def _list(batch: str) -> str:
    return f"spark/files/{batch}.parquet"


# --- on the executors -----------------------------------------------------------------------------------------------


def documents(work: Work, batch: Batch) -> DataFrame:
    """What the files of a batch hold: rows of `Came`."""
    from pyspark.sql import functions as f

    files = work.spark.read.schema(LISTED).parquet(work.shelf.at(_list(batch.name)))
    numbered = files.withColumn("file", f.monotonically_increasing_id())  # one file of rows: in its order
    return work.map(numbered.repartition(work.tasks, "file"), _opener(batch), CAME, rows=16)


def _opener(batch: Batch) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def opened(batches: Iterable[Any]) -> Iterator[Any]:
        found: Iterator[Chunk[Came, None]] = chunks(_came(rows_of(batches), batch), lambda came: len(came.raw or b""))
        for some in found:
            yield _batch(some.inputs)

    return opened


def _came(files: Iterable[tuple[Any, ...]], batch: Batch) -> Iterator[Came]:
    for path, _, _, error, message, file in files:
        found: Iterable[Document | Failure] = _open(path, batch)
        if error is not None:
            found = [Failure(origin=path, stage="source", error=error, message=message)]
        for item, one in enumerate(found):
            if isinstance(one, Failure):
                yield Came(None, file, item, one.origin, stage=one.stage, error=one.error, message=one.message)
            else:
                yield Came(one.report_id, file, item, one.origin, one.doc, one.media_type, one.raw)


def _open(name: str, batch: Batch) -> Iterator[Document | Failure]:
    said = {"published": batch.published, "outlet": batch.outlet, "columns": batch.columns}
    try:
        with _stream(name) as stream:
            if stream.read(4) != PARQUET[0]:
                stream.seek(0)
                yield from open_file(stream, name, **said)  # type: ignore[arg-type]
                return
            stream.seek(0)
            for path, raw in _of_parquet(stream):
                yield from open_file(io.BytesIO(raw), path, **said)  # type: ignore[arg-type]
    except (InputError, OSError, ValueError) as error:
        yield Failure(
            origin=name, stage="source", error=type(error).__name__, message=f"{name}: it cannot be read: {error}"
        )


def _stream(name: str) -> BinaryIO:
    if "://" not in name:
        return Path(name).open("rb")
    files, path = located(name)
    stream: BinaryIO = files.open_input_file(path)
    return stream


def _of_parquet(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each document in a Parquet file."""
    _, parquet = modules()
    with parquet.ParquetFile(stream) as opened:
        column = next((name for name in BYTES if name in opened.schema_arrow.names), None)
        if column is None or "path" not in opened.schema_arrow.names:
            raise InputError(f"this is Parquet without the columns path and {' or '.join(BYTES)}")
        for some in opened.iter_batches(batch_size=64, columns=["path", column]):
            for path, raw in zip(some.column("path").to_pylist(), some.column(column).to_pylist(), strict=True):
                yield str(path), raw.encode() if isinstance(raw, str) else raw or b""


def _batch(rows: Sequence[Came]) -> Any:
    arrow, _ = modules()
    kinds = {"STRING": arrow.string(), "BIGINT": arrow.int64(), "BINARY": arrow.binary()}
    named = [one.split() for one in CAME.split(", ")]
    arrays = [
        arrow.array(column, kinds[kind]) for column, (_, kind) in zip(zip(*rows, strict=True), named, strict=True)
    ]
    return arrow.RecordBatch.from_arrays(arrays, names=[name for name, _ in named])
