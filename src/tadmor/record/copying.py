"""Copy a whole record from one home to another, so that it can be stopped at any time and is held against the original.

The copy grows under another name and is given its own when it is complete: as many rows in each table, with the same
hash, in the copy as it is read back and in the original. What was copied before a stop is not copied again; should the
original have changed in between, the hashes tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tadmor.errors import RecordError, UsageError
from tadmor.record import sqlite_home
from tadmor.record.address import Address, Server
from tadmor.record.database import open_record
from tadmor.record.home import Digest, Home, batches, digest
from tadmor.record.layout import latest, layouts
from tadmor.record.parquet_home import CONTENTS, ParquetHome
from tadmor.record.sqlite_home import SqliteHome

FOLDER = ".parquet"  # how the name of a folder ends that is not there yet


class Copied(NamedTuple):
    """How many rows of a table were copied, of how many, with what hash."""

    table: str
    rows: int
    copied: int
    sha256: str


Progress = Callable[[str, int], None]  # a table, and how many of its rows were copied


def copy(source: Address, target: Address, *, progress: Progress = lambda table, rows: None) -> list[Copied]:
    """Copy the record at `source` to `target`, which is not there yet; what is in each table afterwards.

    Raises `RecordError` where one of them is damaged or the copy is not what the original is, `UsageError` where they
    are no homes of a record, `OSError` where `target` cannot be written.
    """
    if isinstance(target, Path):
        if target.exists():
            raise UsageError(f"{target}: is there already; name what is not there yet")
        if not target.absolute().parent.is_dir():
            raise UsageError(f"{target}: the folder {target.parent} does not exist; make it first")
    with ExitStack() as stack:
        original = stack.enter_context(_opened(source))
        made = stack.enter_context(_making(target, original.form))
        found = _copied(original, made, progress)
        _hold_against(source, original, found, _unfinished(target) if isinstance(target, Path) else target)
        made.complete({one.table: Digest(one.rows, one.sha256) for one in found})
    return found


def _is_folder(path: Path) -> bool:
    return path.is_dir() or (not path.exists() and path.name.endswith(FOLDER))


def _unfinished(target: Path) -> Path:
    """What the copy is called while it grows."""
    return target.with_name(target.name + ".part")


@contextmanager
def _opened(source: Address) -> Iterator[Home]:
    if isinstance(source, Path) and _is_folder(source):
        yield ParquetHome(source)
        return
    with open_record(source) as database, database.snapshot():
        if database.engine == "sqlite":
            yield SqliteHome(database, latest())
        else:
            from tadmor.record.server_home import ServerHome

            yield ServerHome(database, latest())


@contextmanager
def _making(target: Address, form: int) -> Iterator[Home]:
    """What the rows are put into, which goes on where it was left."""
    if isinstance(target, Server):
        from tadmor.record.server_home import making

        with making(target, form) as home:
            yield home
    elif _is_folder(target):
        yield ParquetHome(_unfinished(target), form, target)
    else:
        with sqlite_home.make(_unfinished(target), form) as database:
            yield SqliteHome(database, form, target)


def _copied(original: Home, made: Home, progress: Progress) -> list[Copied]:
    found = []
    for table in layouts(original.form):
        count = 0
        for rows in batches(original.rows(table, made.last(table))):
            made.put(table, rows)
            count += len(rows)
            progress(table.name, count)
        there = digest(made, table)
        found.append(Copied(table.name, there.rows, count, there.sha256))
    return found


def _hold_against(source: Address, original: Home, found: list[Copied], unfinished: Address) -> None:
    said = original.contents.tables if isinstance(original, ParquetHome) else {}
    for table, one in zip(layouts(original.form), found, strict=True):
        wanted = digest(original, table)
        if said.get(table.name, wanted) != wanted:
            raise RecordError(f"{source}: {table.name} is not what {CONTENTS} says: it was changed, or is damaged")
        if wanted != (one.rows, one.sha256):
            raise RecordError(
                f"{unfinished}: {table.name} has {one.rows:,} rows, other than the {wanted.rows:,} of {source}, which"
                " was changed since this copy was begun; delete the unfinished copy and copy again"
            )
