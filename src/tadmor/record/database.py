"""Open, check and hold a record: a file of SQLite, or a database on a server (`record/postgresql.py`).

Every statement passes through `Database`, which turns each error of SQLite into a `RecordError` that names the file and
says what to do. Writers commit with ``synchronous=FULL``: what a commit has acknowledged survives a loss of power.
Readers open the file read-only and are never held up by a writer (write-ahead log).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol

from tadmor.errors import RecordError
from tadmor.record import migrate
from tadmor.record.address import Address, Server, address
from tadmor.record.drive import network_type

APPLICATION_ID = 0x5441444D  # "TADM"
WAIT = 5.0  # seconds to wait for another writer
# KB of pages kept at most. Whenever SQLite has swapped pages of a tree in a file of less than 1 GiB, it goes through
# all pages that it keeps when it commits; those that it does not keep are in the memory of the system.
CACHE, READ_CACHE = 32_000, 64_000  # of a writer; of each of several readers
FILLING = 256_000  # of a writer whose transactions change pages all over the file
LOG = 16_384  # pages (64 MB) of the log before they are moved into the file: a page written often is moved once
CHECKED = 1 << 28  # bytes; a larger record is not looked over each time it is opened to be written
HEADER = b"SQLite format 3\0"

Value = str | int | float | bytes | None
Row = sqlite3.Row


Stamp = tuple[tuple[int, int], ...]


class Connection(Protocol):
    """What is used of a connection to SQLite, and so what any other has to have."""

    def execute(self, sql: str, values: Sequence[Value] = ..., /) -> Any: ...

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]], /) -> Any: ...

    @property
    def in_transaction(self) -> bool: ...

    def close(self) -> None: ...


class Database:
    """One open record. Use as a context manager; `open_record` makes it."""

    engine: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, connection: Connection, path: Address, *, writable: bool) -> None:
        self._connection = connection
        self.path = path
        self.writable = writable

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def execute(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run one statement; the number of rows it changed."""
        with self._explained():
            return int(self._connection.execute(sql, values).rowcount)

    def execute_many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        with self._explained():
            self._connection.executemany(sql, rows)

    def query(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        with self._explained():
            rows: list[Row] = self._connection.execute(sql, values).fetchall()
            return rows

    def stream(self, sql: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """The rows of a query one at a time, for results that need not fit in memory."""
        with self._explained():
            cursor = self._connection.execute(sql, values)
        yield from self._fetched(cursor)

    def tuples(self, sql: str, values: Sequence[Value] = ()) -> Iterator[tuple[Any, ...]]:
        """As `stream`, each row a bare tuple: of many rows, names cost more than the rest."""
        with self._explained():
            cursor = self._connection.execute(sql, values)
            cursor.row_factory = None
        yield from self._fetched(cursor)

    def _fetched(self, cursor: sqlite3.Cursor) -> Iterator[Any]:
        while True:
            with self._explained():
                rows = cursor.fetchmany(256)
            if not rows:
                return
            yield from rows

    def one(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        with self._explained():
            row: Row | None = self._connection.execute(sql, values).fetchone()
            return row

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All queries inside see the record as it was at the first of them, whatever writers do meanwhile."""
        with self._explained():
            self._begin_reading()
        try:
            yield
        finally:
            self._undo()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done inside, or nothing. Waits for another writer, then gives up with a `RecordError`."""
        try:
            with self._explained():
                self._begin_writing()
            yield
        except BaseException:
            self._undo()
            raise
        try:
            with self._explained():
                self._end_writing()
                self._connection.execute("COMMIT")
        except RecordError:
            self._undo()
            raise

    def stamp(self) -> Stamp:
        """Changes whenever the record does: time and size of its file and its log."""
        assert isinstance(self.path, Path)
        found = []
        for file in (self.path, self.path.with_name(self.path.name + "-wal")):
            try:
                stat = file.stat()
                # An empty log, which the first reader makes, says as much as none.
                found.append((stat.st_mtime_ns, stat.st_size) if stat.st_size else (0, 0))
            except OSError:
                found.append((0, 0))
        return tuple(found)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """For few large transactions: keep more pages, so that each is written once in each of them."""
        self.execute(f"PRAGMA cache_size = -{FILLING}")
        try:
            yield
        finally:
            self.execute(f"PRAGMA cache_size = -{CACHE}")

    def others(self) -> int:
        """Another number whenever another connection has written, as seen inside a transaction."""
        return int(self.query("PRAGMA data_version")[0][0])

    def allow_temporary(self) -> None:
        """Let temporary tables be made on a connection that only reads; the record stays open for reading only."""
        self.execute("PRAGMA query_only = OFF")

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self.path)

    def _begin_reading(self) -> None:
        self._connection.execute("BEGIN")

    def _begin_writing(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def _end_writing(self) -> None:
        index_words(self._connection)

    def _undo(self) -> None:
        # After a full disk SQLite may have rolled back by itself, and a second ROLLBACK would hide the first error.
        if self._connection.in_transaction:
            with self._explained():
                self._connection.execute("ROLLBACK")


def index_words(connection: Connection) -> None:
    """Put texts and quotes that are new into the full-text indexes, at the end of a transaction.

    All at once: before each statement that may have to be undone, FTS5 writes out what it was told until then.
    """
    for index, table, column in (("report_words", "reports", "text"), ("quote_words", "claims", "quote")):
        connection.execute(
            f"INSERT INTO {index} (rowid, {column}) SELECT number, {column} FROM main.{table}"
            f" WHERE number > (SELECT coalesce(max(id), 0) FROM {index}_docsize)"
        )


def open_record(path: str | os.PathLike[str] | Server, *, write: bool = False, wait: float = WAIT) -> Database:
    """Open the record at `path`; with `write`, make it if it is not there and bring an older one up to date.

    Raises `RecordError` where it is missing, no record, damaged, locked, of a newer version, or on a network drive, or
    where the server cannot be reached or does not let this user in.
    """
    file = address(path)
    if isinstance(file, Server):
        from tadmor.record.postgresql import open_server

        return open_server(file, write=write, wait=wait)
    _look(file, write=write)
    with explained(file):
        connection = _connect_to_write(file, wait) if write else _connect_to_read(file, wait)
    try:
        with explained(file):
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{CACHE if write else READ_CACHE}")
            if write:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute(f"PRAGMA wal_autocheckpoint = {LOG}")
                _recognise(connection, file, write=True)
                _require_whole(connection, file)
                migrate.up_to_date(connection, file, application_id=APPLICATION_ID)
                # Only now: a file that turns out to be something else is left as it was, to the byte.
                connection.execute("PRAGMA journal_mode = WAL")
            else:
                connection.execute("PRAGMA query_only = ON")
                _recognise(connection, file, write=False)
                migrate.require_current(connection, file)
    except BaseException:
        connection.close()
        raise
    return Database(connection, file, writable=write)


def _look(file: Path, *, write: bool) -> None:
    """Refuse what cannot be a record before SQLite touches it."""
    try:
        if file.is_dir():
            raise RecordError(f"{file}: is a folder; name a file for the record (`tadmor copy` makes one of Parquet)")
        if not file.exists():
            if not write:
                raise RecordError(f"{file}: no such record; make it with: tadmor read INPUT --record {file}")
            if not file.parent.is_dir():
                raise RecordError(f"{file}: the folder {file.parent} does not exist; make it first")
        elif not file.is_file():
            raise RecordError(f"{file}: is no regular file")
        if network := network_type(file):
            raise RecordError(
                f"{file}: is on a network drive ({network}), where a record can be damaged; use a local disk"
            )
        size = file.stat().st_size if file.exists() else 0
        if size == 0:
            if not write:
                raise RecordError(f"{file}: is empty, not a record")
            return
        with file.open("rb") as stream:
            head = stream.read(100)
    except OSError as error:
        raise RecordError(f"{file}: {error.strerror or error}") from error
    if not head.startswith(HEADER) or len(head) < 100:
        raise RecordError(f"{file}: is not a record, or its beginning is damaged; restore it, or try `tadmor rescue`")
    _measure(file, head, size)


def _measure(file: Path, head: bytes, size: int) -> None:
    """A file shorter than its header says was cut; with a log or a journal beside it, that is for SQLite to judge."""
    page = int.from_bytes(head[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    beside = [file.with_name(file.name + ending) for ending in ("-wal", "-journal")]
    if size < expected and not any(log.exists() and log.stat().st_size for log in beside):
        raise RecordError(
            f"{file}: is damaged: {size:,} bytes are there and {expected:,} should be; restore it from a copy, "
            "or save what can be read with `tadmor rescue`"
        )


def _connect_to_write(file: Path, wait: float) -> sqlite3.Connection:
    if not os.access(file if file.exists() else file.parent, os.W_OK):
        raise RecordError(f"{file}: may not be written; change its permissions or name another file")
    return sqlite3.connect(file, timeout=wait, isolation_level=None)


def _connect_to_read(file: Path, wait: float) -> sqlite3.Connection:
    """A connection that cannot write rows (`query_only`).

    Where the file may be written SQLite opens it so: whoever closes it last then takes away the log and its index
    beside it, which a connection that may only read would leave there for good.
    """
    log = file.with_name(file.name + "-wal")
    folder = os.access(file.parent, os.W_OK)
    mode = "rw" if folder and os.access(file, os.W_OK) else "ro"
    uri = f"{file.resolve().as_uri()}?mode={mode}"
    if not log.exists() and not folder:
        # Without the right to make the log's index beside it, a record at rest is read as a file that cannot change.
        uri += "&immutable=1"
    return sqlite3.connect(uri, uri=True, timeout=wait, isolation_level=None)


def _recognise(connection: sqlite3.Connection, file: Path, *, write: bool) -> None:
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    if found == APPLICATION_ID:
        return
    # A new file, or one whose making was cut short, may become a record.
    if write and found == 0 and connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0:
        return
    raise RecordError(f"{file}: is an SQLite database, but not a Tadmor record; name another file")


def _require_whole(connection: sqlite3.Connection, file: Path) -> None:
    """Write nothing into a damaged file. What takes longer than a moment is left to `tadmor check`."""
    if file.stat().st_size <= CHECKED:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise RecordError(
                f"{file}: is damaged ({found}); restore it from a copy, or save what can be read with `tadmor rescue`"
            )


class explained:  # a function in all but its speed: each statement goes through it
    """Raise each error of SQLite as a `RecordError` that names the file and says what to do."""

    def __init__(self, file: object) -> None:
        self._file = file

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, UnicodeDecodeError):  # in a message of SQLite's about a schema that was damaged
            raise RecordError(f"{self._file}: {ADVICE['CORRUPT']} ({error})") from error
        if isinstance(error, sqlite3.Error):
            # Errors in how SQL was written, and values that break a rule of the schema, are bugs and stay so.
            name = getattr(error, "sqlite_errorname", "")
            code = name.split("_")[1] if name.startswith("SQLITE_") else ""
            # Text that is no UTF-8, or no JSON where the schema lets in nothing else, was damaged in the file.
            damaged = any(words in str(error) for words in ("decode to UTF-8", "malformed JSON"))
            advice = ADVICE["CORRUPT"] if damaged else ADVICE.get(code)
            if advice is not None:
                raise RecordError(f"{self._file}: {advice} ({error})") from error


ADVICE = {
    "BUSY": "is locked by another program that writes to it; wait until that is done, or end it, and try again",
    "LOCKED": "is locked by another program that writes to it; wait until that is done, or end it, and try again",
    "CORRUPT": "is damaged; `tadmor check` says where; restore it from a copy, or save what can be read with"
    " `tadmor rescue`",
    "NOTADB": "is not a record, or its beginning is damaged; restore it, or try `tadmor rescue`",
    "FULL": "cannot grow: the disk is full; what was stored before is safe; free some space and run again",
    "READONLY": "may not be written; change its permissions or those of its folder",
    "CANTOPEN": "cannot be opened; look at the permissions of the file and of its folder",
    "PERM": "may not be opened; change its permissions",
    "IOERR": "cannot be read or written: the disk reports an error",
    "PROTOCOL": "is locked by another program; try again",
}
