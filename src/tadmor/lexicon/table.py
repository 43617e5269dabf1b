"""Checked CSV tables: every row becomes a typed record, or the load fails naming file and row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar, get_origin

import msgspec

from tadmor.errors import LexiconError

Row = TypeVar("Row", bound=msgspec.Struct)


def data(folder: str) -> Traversable:
    """The folder of that name under ``data/`` of the package."""
    return files("tadmor") / "data" / folder


def read(table: Traversable, row: type[Row]) -> Iterator[tuple[int, Row]]:
    """Line number and record of each row of a UTF-8 CSV `table` whose columns are the fields of `row`.

    An empty cell takes the field's default. A tuple field is split at ``|``. A day may be written as a year or a month
    and then means its first day. Lines that start with ``#`` are notes.

    Raises `LexiconError`, naming file and row, for unknown or missing columns, cells or types.
    """
    fields = {field.name: field for field in msgspec.structs.fields(row)}
    lines = [line if not line.startswith("#") else "\n" for line in table.read_text("utf-8").splitlines(keepends=True)]
    reader = csv.DictReader(io.StringIO("".join(lines), newline=""), strict=True)
    try:
        columns = set(reader.fieldnames or ())
        if unknown := columns - fields.keys():
            raise LexiconError(f"{table}, row 1: unknown columns {sorted(unknown)}")
        if missing := {name for name, field in fields.items() if field.required} - columns:
            raise LexiconError(f"{table}, row 1: missing columns {sorted(missing)}")
        for cells in reader:
            if None in cells or None in cells.values():
                raise LexiconError(f"{table}, row {reader.line_num}: {len(columns)} cells are expected")
            values = {name: _value(text.strip(), fields[name].type) for name, text in cells.items() if text.strip()}
            yield reader.line_num, msgspec.convert(values, row, strict=False)
    except (csv.Error, ValueError) as error:  # msgspec.ValidationError is a ValueError
        raise LexiconError(f"{table}, row {reader.line_num}: {error}") from error


def _value(text: str, kind: object) -> str | list[str]:
    if get_origin(kind) in (tuple, frozenset):
        return [part.strip() for part in text.split("|") if part.strip()]
    if _is_day(kind):
        return text + "0000-01-01"[len(text) :]
    return text


@cache
def _is_day(kind: object) -> bool:
    return kind == (date | None) or kind is date
