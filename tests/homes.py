"""Where the tests of the record keep records: in files, and in databases of a server that the tests start themselves.

A test that takes the fixture `records` runs twice, once on each. The server is a cluster in a folder of its own,
reached by a socket there, run by a user who is not root, and stopped at the end.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, product
from pathlib import Path
from typing import Protocol

import psycopg

from tadmor.record.address import Address, Server
from tadmor.record.check import content_hash
from tadmor.record.database import Database, open_record

OWNER = "owner"  # the superuser of the cluster
PROGRAMS = Path("/usr/lib/postgresql")  # Debian's, a folder a version


class Missing(Exception):
    """There is no server to be started; the text says why."""


class Records(Protocol):
    """Makes records of one kind."""

    engine: str

    def new(self) -> Address:
        """A name under which there is no record yet."""

    def copy(self, record: Address) -> Address:
        """Another record that holds the same."""


def fingerprint(record: Address) -> str:
    """Changes with any byte of a file, and with any transaction on a server."""
    if isinstance(record, Path):
        return hashlib.sha256(record.read_bytes()).hexdigest()
    with open_record(record) as database:
        return f"{database.stamp()} {content_hash(database)}"


@contextmanager
def unguarded(database: Database) -> Iterator[None]:
    """Inside, this connection does to the record what somebody with another tool can, in one transaction."""
    if database.engine == "postgresql":
        database.execute("SET session_replication_role = replica")
    else:
        database.execute("PRAGMA foreign_keys = OFF")
    with database.transaction():
        if database.engine == "sqlite":
            for table, change in product(("log", "reviews"), ("update", "delete")):
                database.execute(f"DROP TRIGGER {table}_no_{change}")
        yield
    if database.engine == "postgresql":
        database.execute("SET session_replication_role = DEFAULT")
    else:
        database.execute("PRAGMA foreign_keys = ON")


class Files:
    engine = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count()

    def new(self) -> Path:
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        return folder / "war.tadmor"

    def copy(self, record: Address) -> Path:
        assert isinstance(record, Path)
        return Path(shutil.copy(record, self.new()))


class Cluster:
    """A running server."""

    engine = "postgresql"

    def __init__(self, folder: Path) -> None:
        self.folder, self._numbers = folder, count()
        # Of the coordinates that PostGIS knows one is enough, and a database is made for each test.
        self.sql("postgres", "CREATE DATABASE bare")
        self.sql("bare", "CREATE EXTENSION postgis", "DELETE FROM spatial_ref_sys WHERE srid <> 4326")
        self.sql("bare", "VACUUM FULL spatial_ref_sys")
        self.sql("postgres", "CREATE DATABASE empty TEMPLATE bare")
        open_record(self.at("empty"), write=True).close()

    def at(self, name: str, user: str = OWNER) -> Server:
        return Server(f"postgresql://{user}@/{name}?host={self.folder}")

    def sql(self, name: str, *statements: str, user: str = OWNER) -> None:
        with psycopg.connect(self.at(name, user).address, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def new(self, *, template: str = "empty") -> Server:
        name = f"war{next(self._numbers)}"
        self.sql("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.at(name)

    def copy(self, record: Address) -> Server:
        assert isinstance(record, Server)
        return self.new(template=record.name)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server for as long as it is needed. Raises `Missing` where it cannot be had."""
    found = shutil.which("initdb") or max(map(str, PROGRAMS.glob("*/bin/initdb")), default=None)
    if found is None:
        raise Missing("needs a PostgreSQL server with PostGIS: apt-get install postgresql postgresql-postgis")
    programs = Path(found).resolve().parent
    user = None
    if os.geteuid() == 0:  # the server refuses to run as root
        try:
            user = pwd.getpwnam("postgres").pw_name
        except KeyError:
            raise Missing("needs a user `postgres`, as a server cannot be run by root") from None
    with tempfile.TemporaryDirectory(prefix="tadmor-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data, log = folder / "data", folder / "log"
        # Nothing outlives the tests, so that nothing need be flushed.
        options = f"-c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=60 -k {folder}"

        def call(program: str, *arguments: str) -> None:
            done = subprocess.run(
                [str(programs / program), "-D", str(data), *arguments],
                user=user,
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise Missing(f"{program} failed: {done.stderr or done.stdout}")

        call("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"--username={OWNER}", "--no-sync")
        call("pg_ctl", "-w", "-l", str(log), "-o", options, "start")
        try:
            try:
                started = Cluster(folder)
            except psycopg.errors.FeatureNotSupported as error:
                raise Missing(f"needs PostGIS: apt-get install postgresql-postgis ({error})") from error
            yield started
        finally:
            call("pg_ctl", "-m", "immediate", "stop")
