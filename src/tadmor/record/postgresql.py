"""A record in a PostgreSQL database with PostGIS: the same tables, asked in the same SQL.

What is said in SQLite's way is put into PostgreSQL's in one place, `spoken`. The record is the schema `tadmor` of the
database. Whoever writes first changes the row of the table `version`, so that writers take turns as they do in SQLite;
readers are never held up. Needs the extra `postgres`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from importlib.resources.abc import Traversable
from itertools import count
from typing import Any

from tadmor.errors import InputError, RecordError, UsageError
from tadmor.record import migrate
from tadmor.record.address import Server
from tadmor.record.database import Database, Row, Stamp, Value

try:
    import psycopg
    from psycopg.pq import TransactionStatus
    from psycopg.types.numeric import IntDumper
    from psycopg.types.string import StrDumperUnknown
except ImportError as error:
    raise UsageError("a record on a server needs psycopg: pip install 'tadmor[postgres]'") from error

SCHEMA, UNFINISHED = "tadmor", "tadmor_part"  # of the record; of one that is being copied
MIGRATIONS: Traversable = migrate.MIGRATIONS / "postgresql"
FIRST, POSTGIS = 11, (3, 2)  # the number of the first migration; the oldest PostGIS that knows what is used of it
OWNER, ANALYST, READER = "tadmor_owner", "tadmor_analyst", "tadmor_reader"
# What the roles may do, where they are there. Analysts add to the log and the reviews, and change neither.
_READING = ("GRANT USAGE ON SCHEMA {schema} TO {role}", "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
GRANTS = {
    READER: _READING,
    ANALYST: (
        *_READING,
        "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "REVOKE UPDATE, DELETE ON log, reviews FROM {role}",
        "REVOKE INSERT, UPDATE, DELETE ON version FROM {role}",
        "GRANT UPDATE (changes) ON version TO {role}",
    ),
}
FETCHED = 2_000  # rows of a result that come over at once
PATIENCE = 10  # seconds for the server to answer
_MAKING = 0x5441444D  # the advisory lock of those that make a record or bring it up to date


# --- SQL ------------------------------------------------------------------------------------------------------------

_SAID = re.compile(
    r"""(?P<text>'[^']*'|"[^"]*")
      | (?P<is>\bIS\s+(?P<not>NOT\s+)?(?=[?(']))  # of two values, either of which may be missing
      | (?P<value>\?(?P<number>\d*))
      | (?P<none>\bIN\s+\(\s*\))
      | (?P<cross>\bCROSS\s+(?=JOIN))            # SQLite's word for a join in this order
      | (?P<concat>\bgroup_concat\b)           # of texts, with what is to stand between them
      | (?P<array>\bjson_array\b)              # of values, some of them missing
      | (?P<main>\bmain\.)
      | (?P<temp>\btemp\.)""",
    re.VERBOSE,
)


@lru_cache(maxsize=4096)
def spoken(sql: str) -> str:
    """A statement in PostgreSQL's words: `?` and `?1` are values, `IS` compares them, `IN ()` holds nothing, `main` is
    the record, `temp` what is kept for the session, `group_concat` joins texts, `json_array` values."""
    last = 0

    def said(found: re.Match[str]) -> str:
        nonlocal last
        match found.lastgroup:
            case "is":
                return "IS DISTINCT FROM " if found["not"] else "IS NOT DISTINCT FROM "
            case "value":
                number = int(found["number"] or last + 1)
                last = max(last, number)
                return f"${number}"
            case "none":
                return "IN (NULL)"
            case "cross":
                return ""
            case "concat":
                return "string_agg"
            case "array":
                return "json_build_array"
            case "main":
                return f"{SCHEMA}."
            case "temp":
                return "pg_temp."
            case _:
                return found[0]

    return _SAID.sub(said, sql)


# --- rows -----------------------------------------------------------------------------------------------------------


class _Row(tuple[Value, ...]):
    """A row whose values are found by their place or their name, as in SQLite."""

    __slots__ = ()
    _at: dict[str, int]

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self._at[key] if type(key) is str else key)

    def keys(self) -> list[str]:
        return list(self._at)


@lru_cache(maxsize=1024)
def _rows_with(names: tuple[str, ...]) -> type[_Row]:
    at = {name: place for place, name in reversed(list(enumerate(names)))}  # of two of one name the first
    return type("_Row", (_Row,), {"__slots__": (), "_at": {name: at[name] for name in dict.fromkeys(names)}})


def _named(cursor: psycopg.Cursor[Any]) -> Any:
    return _rows_with(tuple(column.name for column in cursor.description or ()))


class _Whole(IntDumper):
    """A truth as a whole number, which is how the record keeps it."""

    def dump(self, obj: Any) -> bytes:
        return b"1" if obj else b"0"


class _Asked(StrDumperUnknown):
    """A text to look for, or texts in JSON. No text of a record holds NUL, which the server does not keep, so that none
    equals one that does."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffe").replace(r"\u0000", r"\ufffe"))


# --- the connection ---------------------------------------------------------------------------------------------------


class _Inner(psycopg.Connection[Any]):
    """A connection that is closed when nothing refers to it any more, as with the thread that it was made for."""

    def __del__(self, *_: Any) -> None:
        self.close()


class Connection:
    """A connection that is used as one to SQLite is."""

    def __init__(self, inner: psycopg.Connection[Any]) -> None:
        self.inner = inner

    def execute(self, sql: str, values: Sequence[Value] = ()) -> Any:
        return self.inner.execute(spoken(sql), values or None)

    def executemany(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        with self.inner.cursor() as cursor:
            cursor.executemany(spoken(sql), rows)

    @property
    def in_transaction(self) -> bool:
        return self.inner.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def close(self) -> None:
        self.inner.close()


def connect(server: Server, *, schema: str, write: bool, wait: float) -> Connection:
    """A connection that finds the tables of `schema` and waits so many seconds for another writer."""
    inner = _Inner.connect(
        server.address,
        autocommit=True,
        cursor_factory=psycopg.RawCursor,
        row_factory=_named,
        connect_timeout=PATIENCE,
        application_name="tadmor",
    )
    inner.server_cursor_factory = psycopg.RawServerCursor
    inner.adapters.register_dumper(bool, _Whole)
    if not write:
        inner.adapters.register_dumper(str, _Asked)
    inner.execute(
        "SELECT set_config('search_path', $1 || ', ' || coalesce((SELECT quote_ident(n.nspname) FROM pg_extension e"
        " JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'), 'public'), false),"
        " set_config('lock_timeout', $2, false), set_config('default_transaction_read_only', $3, false),"
        " set_config('jit', 'off', false), set_config('client_min_messages', 'warning', false)",
        (schema, f"{max(1, round(wait * 1000))}ms", "off" if write else "on"),
    )
    return Connection(inner)


class ServerDatabase(Database):
    """An open record on a server."""

    engine = "postgresql"

    def __init__(self, connection: Connection, server: Server, *, writable: bool) -> None:
        super().__init__(connection, server, writable=writable)
        self._server = connection
        self._own = 0  # transactions of this connection that were to write

    def stream(self, sql: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """As of a file; outside `snapshot` and `transaction` all rows come over at once."""
        if not self._server.in_transaction:
            yield from self.query(sql, values)
            return
        with self._explained():
            cursor = self._server.inner.cursor(f"stream{next(_NUMBERS)}")
            cursor.execute(spoken(sql), values or None)
        try:
            while True:
                with self._explained():
                    rows = cursor.fetchmany(FETCHED)
                yield from rows
                if len(rows) < FETCHED:
                    return
        finally:
            cursor.close()

    def tuples(self, sql: str, values: Sequence[Value] = ()) -> Iterator[Any]:
        """As of a file; here rows with names are tuples."""
        return self.stream(sql, values)

    @property
    def in_transaction(self) -> bool:
        return self._server.in_transaction

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        """Add many rows."""
        with (
            self._explained(),
            self._server.inner.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def bring_forward(self, schema: str) -> None:
        """Take the steps to the form of this version."""
        assert isinstance(self.path, Server)
        with self._explained():
            up_to_date(self._server, self.path, schema)

    def stamp(self) -> Stamp:
        (row,) = self.query("SELECT changes FROM version")
        return ((row["changes"], 0),)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Nothing: the server sees to its own memory."""
        yield

    def others(self) -> int:
        """As of a file: every transaction that writes counts itself."""
        return self.stamp()[0][0] - self._own

    def allow_temporary(self) -> None:
        """As of a file; a snapshot is taken anew, as one that was taken for reading stays so."""
        reading = self._server.in_transaction
        if reading:
            self._undo()
        self.execute("SET default_transaction_read_only = off")
        if reading:
            with self._explained():
                self._begin_reading()

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self.path)

    def _begin_reading(self) -> None:
        self._server.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")

    def _begin_writing(self) -> None:
        self._server.execute("BEGIN")
        self._server.execute("UPDATE version SET changes = changes + 1")
        self._own += 1

    def _end_writing(self) -> None:
        pass  # triggers put words into the indexes


_NUMBERS = count()


# --- opening ----------------------------------------------------------------------------------------------------------


def open_server(server: Server, *, write: bool, wait: float) -> ServerDatabase:
    """Open the record of a server's database; with `write`, make it if it is not there and bring it up to date.

    Raises `RecordError` where the server cannot be reached or lets this user not in, where the record is missing, made
    by another version, or locked.
    """
    with explained(server):
        connection = connect(server, schema=SCHEMA, write=write, wait=wait)
        try:
            if write:
                up_to_date(connection, server, SCHEMA)
            else:
                _require_current(connection, server)
        except BaseException:
            connection.close()
            raise
    return ServerDatabase(connection, server, writable=write)


def form_of(connection: Connection, schema: str) -> int:
    """The number of the last migration of a schema, 0 where there is no record."""
    there = connection.execute("SELECT to_regclass(?) IS NOT NULL", (f"{schema}.version",)).fetchone()[0]
    row = connection.execute(f"SELECT form FROM {schema}.version").fetchone() if there else None
    return int(row[0]) if row else 0


def up_to_date(connection: Connection, server: Server, schema: str, *, last: int | None = None) -> None:
    """Apply the migrations that are missing, up to the step `last` or all, each in a transaction, as `tadmor_owner`
    where that role is there."""
    steps = [step for step in migrate.steps(MIGRATIONS, first=FIRST) if last is None or step[0] <= last]
    found = form_of(connection, schema)
    migrate.refuse_newer(found, steps[-1][0], server)
    for number, sql in steps:
        if number > found:
            with connection.inner.transaction():
                connection.execute(f"SELECT pg_advisory_xact_lock({_MAKING})")
                # Another process may have taken the step while this one waited for the lock.
                if form_of(connection, schema) < number:
                    _require_able(connection, server)
                    _take(connection, schema, number, sql)


def _require_current(connection: Connection, server: Server) -> None:
    latest, found = migrate.steps(MIGRATIONS, first=FIRST)[-1][0], form_of(connection, SCHEMA)
    migrate.refuse_newer(found, latest, server)
    if not found:
        raise RecordError(f"{server}: holds no record; make it with: tadmor read INPUT --record {server}")
    if found < latest:
        raise RecordError(
            f"{server}: was made by an older version of Tadmor (form {found}, this one reads {latest}); any "
            "`tadmor read` into it by its owner brings it up to date; make a back-up before"
        )


def _require_able(connection: Connection, server: Server) -> None:
    """Refuse a database that cannot hold a record."""
    encoding = connection.execute("SHOW server_encoding").fetchone()[0]
    if encoding != "UTF8":
        raise RecordError(f"{server}: keeps its texts as {encoding}; make the database with the encoding UTF8")
    found = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'postgis'").fetchone()
    if found is None:
        raise RecordError(
            f"{server}: lacks PostGIS; install it on the server, and let its administrator run in this database: "
            "CREATE EXTENSION postgis"
        )
    if tuple(map(int, found[0].split(".")[:2])) < POSTGIS:
        raise RecordError(f"{server}: has PostGIS {found[0]}, and a record needs {POSTGIS[0]}.{POSTGIS[1]} or newer")


def _take(connection: Connection, schema: str, number: int, sql: str) -> None:
    """Take one step."""
    owner = connection.execute(
        "SELECT 1 FROM pg_roles WHERE rolname = ? AND pg_has_role(oid, 'MEMBER')"
        " AND has_database_privilege(oid, current_database(), 'CREATE')",
        (OWNER,),
    ).fetchone()
    if owner:
        connection.execute(f"SET LOCAL ROLE {OWNER}")
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    connection.inner.execute(sql.encode())
    connection.execute(f"INSERT INTO version (form) SELECT {number} WHERE NOT EXISTS (SELECT 1 FROM version)")
    connection.execute(f"UPDATE version SET form = {number}")
    for role, grants in GRANTS.items():
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = ?", (role,)).fetchone():
            for grant in grants:
                connection.execute(grant.format(schema=schema, role=role))


# --- errors -----------------------------------------------------------------------------------------------------------

BUSY = "is locked by another program that writes to it; wait until that is done, or end it, and try again"
ADVICE: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (psycopg.errors.LockNotAvailable, BUSY),
    (psycopg.errors.ReadOnlySqlTransaction, "may not be written: it was opened, or the server lets it, only be read"),
    (psycopg.errors.InsufficientPrivilege, "this user may not do that; ask its owner for another role"),
    (
        (psycopg.errors.DiskFull, psycopg.errors.OutOfMemory),
        "cannot grow: the server has no room; what was stored before is safe; make room and run again",
    ),
    ((psycopg.errors.DataCorrupted, psycopg.errors.IndexCorrupted), "is damaged; restore it from a back-up"),
    (psycopg.errors.UndefinedFile, "is damaged; restore it from a back-up"),
    (psycopg.errors.QueryCanceled, "the server was told to stop this; try again"),
    (
        psycopg.OperationalError,
        "cannot be reached; look at the address, the user, the password, and whether the server runs",
    ),
)


@contextmanager
def explained(server: object) -> Iterator[None]:
    """Raise each error of the server's as a `RecordError` that names it and says what to do."""
    try:
        yield
    except psycopg.Error as error:
        if isinstance(error, psycopg.errors.UntranslatableCharacter) or "NUL (0x00)" in str(error):
            raise InputError(f"{server}: a text with the character NUL cannot be kept on a server") from error
        # Errors in how SQL was written, and values that break a rule of the schema, are bugs and stay what they are.
        advice = next((advice for kinds, advice in ADVICE if isinstance(error, kinds)), None)
        if advice is None:
            raise
        raise RecordError(f"{server}: {advice} ({' '.join(str(error).split())})") from error
