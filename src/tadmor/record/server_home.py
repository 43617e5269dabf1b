"""A record in a PostgreSQL database as a home of tables (`record/home.py`).

A copy grows in a schema of its own, `tadmor_part`, which is named `tadmor` when it is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from tadmor.errors import UsageError
from tadmor.record.address import Server
from tadmor.record.database import WAIT, Database
from tadmor.record.home import Cells, Key, Tables
from tadmor.record.layout import Layout, layouts
from tadmor.record.postgresql import (
    FIRST,
    SCHEMA,
    UNFINISHED,
    ServerDatabase,
    connect,
    explained,
    form_of,
    up_to_date,
)


class ServerHome:
    """An open record, or one that is being made."""

    def __init__(self, database: Database, form: int) -> None:
        assert isinstance(database, ServerDatabase)
        self.form = form
        self._database = database

    def rows(self, table: Layout, after: Key | None = None) -> Iterator[Cells]:
        key = ", ".join(table.key)
        where = f"WHERE ({key}) > ({', '.join('?' * len(table.key))})" if after is not None else ""
        sql = f"SELECT {', '.join(table.names)} FROM {table.name} {where} ORDER BY {key}"
        with nullcontext() if self._database.in_transaction else self._database.snapshot():
            yield from map(tuple, self._database.stream(sql, after or ()))

    def last(self, table: Layout) -> Key | None:
        order = ", ".join(f"{name} DESC" for name in table.key)
        row = self._database.one(f"SELECT {', '.join(table.key)} FROM {table.name} ORDER BY {order} LIMIT 1")
        return tuple(row) if row is not None else None

    def put(self, table: Layout, rows: Sequence[Cells]) -> None:
        with self._database.transaction():
            self._database.copy_in(table.name, table.names, rows)

    def complete(self, tables: Tables) -> None:
        database = self._database
        for table in layouts(self.form):
            database.execute(f"ANALYZE {table.name}")
            if table.rowid is not None and tables[table.name].rows:
                database.execute(
                    f"SELECT setval(sequence, (SELECT max({table.rowid}) FROM {table.name}))"
                    " FROM pg_get_serial_sequence(?, ?) AS sequence WHERE sequence IS NOT NULL",
                    (f"{UNFINISHED}.{table.name}", table.rowid),
                )
        database.bring_forward(UNFINISHED)
        database.execute(f"ALTER SCHEMA {UNFINISHED} RENAME TO {SCHEMA}")


@contextmanager
def making(server: Server, form: int) -> Iterator[ServerHome]:
    """A record of a form to put rows into, or what was made of it before.

    Raises `UsageError` where there is a record already, or the form is older than any on a server.
    """
    if form < FIRST:
        raise UsageError(
            f"{server}: takes no record of an older version (form {form}, the oldest that it takes is {FIRST}); copy it"
            " to a file first, and the file to the server"
        )
    with explained(server):
        connection = connect(server, schema=UNFINISHED, write=True, wait=WAIT)
    with ServerDatabase(connection, server, writable=True) as database:
        with explained(server):
            if form_of(connection, SCHEMA):
                raise UsageError(f"{server}: holds a record already; name a database that holds none")
            up_to_date(connection, server, UNFINISHED, last=form)
        yield ServerHome(database, form)
