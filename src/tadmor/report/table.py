"""Tables (CSV) and JSON lines with columns of other names: which column is what, and each row as a JSON line of ours.

A row is no document by itself: without the names of its columns it says nothing. So it is written out as the JSON line
that it amounts to, in one way only, and that line is what is read, hashed and kept.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec

from tadmor.errors import InputError, UsageError

FIELDS = ("doc", "published", "title", "outlet", "text")
VARIABLE = "TADMOR_PROFILES"
_DELIMITERS = ",;\t|"
_NAMES = frozenset(
    "article author body content date description doc headline id link news outlet published publisher source story"
    " summary text title url".split()
)
_PROFILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

Mapped = Mapping[str, Sequence[str]]  # a field of ours, and the columns that it is made of


class Row(NamedTuple):
    """A row of a table: the line that it begins at, and its JSON line or why there is none."""

    line: int
    raw: bytes | None
    why: str = ""


# --- which column is what -------------------------------------------------------------------------------------------


def mapping(text: str) -> dict[str, tuple[str, ...]]:
    """What "title=headline,text=lead+body" says: the columns, by the field that they are. Raises `UsageError`."""
    found: dict[str, tuple[str, ...]] = {}
    for part in text.split(","):
        field, mark, columns = (piece.strip() for piece in part.partition("="))
        if not mark or field not in FIELDS or field in found:
            raise UsageError(
                f"--map {text}: write FIELD=COLUMN,..., each field once; the fields are {', '.join(FIELDS)}"
            )
        found[field] = tuple(name.strip() for name in columns.split("+"))
        if not all(found[field]):
            raise UsageError(f"--map {text}: {field} has no column")
    if "text" not in found:
        raise UsageError(f"--map {text}: say at least which column is the text, for example text=body")
    return found


def profiles_file() -> Path:
    """Where named profiles are kept: `$TADMOR_PROFILES`, else a file in the user's folder of settings."""
    if named := os.environ.get(VARIABLE):
        return Path(named)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "tadmor" / "profiles.json"


def profiles(file: Path | None = None) -> dict[str, dict[str, tuple[str, ...]]]:
    """All named profiles. Raises `UsageError` where the file is broken."""
    file = file or profiles_file()
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, dict[str, tuple[str, ...]]])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{file}: the profiles cannot be read ({error}): mend or delete this file") from error


def keep_profile(name: str, columns: Mapped, file: Path | None = None) -> None:
    """Remember a mapping under a name, in place of what had that name. Raises `UsageError`."""
    if not _PROFILE.fullmatch(name):
        raise UsageError(f"--profile {name}: a name has letters, digits, - and _ only")
    file = file or profiles_file()
    known = {**profiles(file), name: {field: tuple(columns[field]) for field in FIELDS if field in columns}}
    partial = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(dict(sorted(known.items()))), indent=2) + b"\n")
        partial.replace(file)
    except OSError as error:
        raise UsageError(f"{file}: the profile cannot be kept: {error.strerror}") from error


def profile(name: str, file: Path | None = None) -> dict[str, tuple[str, ...]]:
    """The mapping of that name. Raises `UsageError` naming those that there are."""
    known = profiles(file)
    if name not in known:
        there = f"there are {', '.join(sorted(known))}" if known else "there is none yet"
        raise UsageError(f"--profile {name}: no such profile, {there}; make it with --map ... --profile {name}")
    return known[name]


# --- tables ---------------------------------------------------------------------------------------------------------


def delimiter(text: str, columns: Mapped | None = None, *, whole: bool = False) -> str | None:
    """What parts the columns of a table; None where the text is none.

    A table begins with the names of its columns, one of which says what a report has (or is in `columns`), and most of
    its rows have as many cells. `whole` says that the text is not cut off.
    """
    wanted = {name for names in (columns or {}).values() for name in names}
    first = text.lstrip("\ufeff").partition("\n")[0]
    for mark in sorted(_DELIMITERS, key=first.count, reverse=True):
        if mark not in first:
            return None
        rows = []
        try:
            for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=mark):
                rows.append([cell.strip() for cell in row])
        except csv.Error:
            continue
        rows = [row for row in (rows if whole else rows[:-1] or rows) if any(row)][:50]
        names = rows[0] if rows else []
        if len(set(names)) < len(names) or not all(0 < len(name) <= 60 for name in names):
            continue
        known = wanted & set(names) or _NAMES & {name.casefold() for name in names}
        if known and 2 * sum(len(row) == len(names) for row in rows[1:]) >= len(rows) - 1:
            return mark
    return None


def rows(stream: BinaryIO, encoding: str, mark: str, columns: Mapped | None, max_bytes: int) -> Iterator[Row]:
    """The rows of a table after the names of its columns. Raises `InputError` where a column is not there.

    Without `columns`, those count that have our own names.
    """
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    csv.field_size_limit(max_bytes)
    lines = _Lines(text, max_bytes)
    reader = csv.reader(lines, delimiter=mark)
    try:
        names = [name.strip().lstrip("\ufeff") for name in next(reader, [])]
    except (csv.Error, _Overlong) as error:
        raise InputError("the names of this table's columns do not end: is it a table?") from error
    if columns is None:
        own = {name.casefold(): name for name in names}
        columns = {field: (own[field],) for field in FIELDS if field in own}
        if "text" not in columns:
            raise InputError(
                "this is a table: say which column is what, for example --map title=...,text=... "
                f"(its columns are {_listed(names)})"
            )
    missing = [name for some in columns.values() for name in some if name not in names]
    if missing:
        raise InputError(f"this table has no column {_listed(missing)}: it has {_listed(names)}; change --map")
    while True:
        begin = lines.number + 1
        lines.taken = 0
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Row(begin, None, f"the row cannot be read: {error}")
            continue
        except _Overlong:
            yield Row(
                begin,
                None,
                f"the row is larger than {max_bytes:,} bytes, or its quote has no end: what follows was not read",
            )
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(names):
            yield Row(begin, None, f"the row has {len(cells)} cells, and there are {len(names)} columns")
            continue
        yield Row(begin, *_written(dict(zip(names, cells, strict=True)), columns, "table"))


class _Overlong(Exception):
    """A row does not end."""


class _Lines:
    """Lines for the reader of tables, which has no bound of its own for a row over many lines."""

    def __init__(self, text: io.TextIOWrapper, limit: int) -> None:
        self._text, self._limit = text, limit
        self.number = self.taken = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self._limit)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken += len(line)
        if self.taken >= self._limit:
            raise _Overlong
        return line.replace("\0", "")


# --- JSON lines -----------------------------------------------------------------------------------------------------


def mapped_line(raw: bytes, columns: Mapped) -> tuple[bytes | None, str]:
    """A JSON line with names of its own as one of ours. A name may lead inwards: "body.text"."""
    try:
        row = json.loads(raw)
    except (ValueError, RecursionError) as error:
        return None, f"broken JSON ({error}): write one object a line"
    if not isinstance(row, dict):
        return None, "this line is no object: write one object a line"
    cells = {name: _cell(row, name) for names in columns.values() for name in names}
    if all(cell is None for name in columns["text"] for cell in [cells[name]]):
        return None, f"there is no {_listed(columns['text'])} in it: it has {_listed(list(row))}; change --map"
    return _written({name: str(cell) for name, cell in cells.items() if cell is not None}, columns, "json-lines")


def _cell(row: dict[str, Any], name: str) -> str | int | float | None:
    value: Any = row
    for part in [name] if name in row else name.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value if isinstance(value, str | int | float) else None


def _written(cells: Mapping[str, str], columns: Mapped, origin: str) -> tuple[bytes | None, str]:
    told: dict[str, str] = {}
    for field in FIELDS:
        parts = [cells.get(name, "").strip() for name in columns.get(field, ())]
        if value := ("\n\n" if field == "text" else " ").join(filter(None, parts)):
            told[field] = value
    if "text" not in told:
        return None, "there is no text in it: leave it out"
    return written(told, origin), ""


def written(told: Mapping[str, str], origin: str) -> bytes:
    """A JSON line of ours, in the one way in which it is written; `origin` says what it was made from."""
    line = {field: told[field] for field in (*FIELDS, "url") if told.get(field)}
    return json.dumps({**line, "from": origin}, ensure_ascii=False).encode("utf-8", "replace")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:40] for name in names[:20])
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown
