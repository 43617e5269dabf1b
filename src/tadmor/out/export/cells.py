"""Values as cells: text that neither steers a program nor a reader's eye, and does not turn into a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Protocol

from tadmor.out import wording

__all__ = ["SEPARATOR", "Value", "Writer", "cell", "defused", "is_plain", "line", "plain", "sheet"]

Value = str | int | float | bool | date | tuple[str, ...] | None
SEPARATOR = " | "  # between the texts of a list in one cell

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV injection"), at the beginning of a cell or after
# what another separator would make a cell of.
_FORMULA = re.compile("(^|[;\t\r\n])(?=\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])")

_SIGN = frozenset("=+-@")  # of texts that are plain
_SIGNS = re.compile("^[\\s=+\\-@\uff1d\uff0b\uff0d\uff20]|[;\t\r\n]")


def is_plain(text: str) -> bool:
    """Does `text`, but for spaces around it, hold nothing that `plain` would change?"""
    return text.isascii() and text.isprintable() and "  " not in text


def plain(text: str) -> str:
    """`text` on one line, with each character that hides, reorders or steers as its code."""
    if is_plain(text):
        return text.strip(" ")  # most texts; a tenth of the time
    return wording.HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", wording.squeeze(text))


def defused(text: str) -> str:
    """`text` that no spreadsheet takes for a formula: an apostrophe stands before what would begin one."""
    return _FORMULA.sub(r"\1'", text) if _SIGNS.search(text) else text


def cell(value: Value) -> str:
    """A value as a cell of CSV. Lists are joined; a bar within one of their texts becomes a broken bar."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _as_it_stands(value) if is_plain(value) else defused(plain(value))
    if isinstance(value, tuple):
        return _joined(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _as_it_stands(text: str) -> str:
    """A plain text as a cell."""
    text = text.strip(" ")
    return defused(text) if ";" in text or text[:1] in _SIGN else text  # most need no closer look


def line(texts: Sequence[str]) -> str:
    """Texts on one line, each `plain`, with the separator between them."""
    whole = SEPARATOR.join(texts)
    # Most lists are of plain texts: looked through once, and not text by text.
    return whole if is_plain(whole) and whole == whole.strip(" ") else SEPARATOR.join(map(plain, texts))


def _joined(texts: tuple[str, ...]) -> str:
    if not texts:
        return ""
    whole = SEPARATOR.join(texts)
    # Most lists are of plain texts: looked through once, and not text by text.
    if is_plain(whole) and whole.count("|") == len(texts) - 1:
        return _as_it_stands(whole)
    return defused(SEPARATOR.join(plain(text).replace("|", "\u00a6") for text in texts))


class Writer(Protocol):
    def writerow(self, row: Iterable[str], /) -> object: ...


@contextmanager
def sheet(out: Path, headings: Sequence[str]) -> Iterator[Writer]:
    """A CSV file as RFC 4180 has it, in UTF-8, with a row of headings; cells are to be given as `cell` makes them."""
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(headings)
        yield writer
