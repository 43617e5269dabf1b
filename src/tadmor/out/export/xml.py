"""Writes XML piece by piece, so that a file of any size takes little memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from tadmor.out.export.cells import SEPARATOR, Value, is_plain, plain

__all__ = ["Stream", "element", "text", "writing"]

_NEVER = re.compile("[\ufffe\uffff]")  # in no XML document

Stream = Any  # lxml's incremental writer has no type of its own


def text(value: Value) -> str:
    """A value as the text of an element, lists joined; what hides or steers stands as its code."""
    if isinstance(value, tuple):
        whole = SEPARATOR.join(value)
        # Most lists are of plain texts: looked through once, and not text by text.
        return whole.strip(" ") if is_plain(whole) else SEPARATOR.join(map(text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    written = plain("" if value is None else str(value))
    return written if written.isascii() else _NEVER.sub("", written)


def element(name: str, content: Value = None, /, **attributes: str) -> Any:
    """An element with some text; None is no text."""
    made = etree.Element(name, {key: text(value) for key, value in attributes.items()})
    if content is not None:
        made.text = text(content)
    return made


@contextmanager
def writing(out: Path) -> Iterator[Stream]:
    # Through a file of Python's, whose errors say what went wrong.
    with out.open("wb") as file, etree.xmlfile(file, encoding="utf-8") as stream:
        stream.write_declaration()
        yield stream
