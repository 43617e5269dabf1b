"""Writes XML piece by piece, so that a file of any size takes little memory.

Elements are made as text, which takes a third of the time of a tree; what is given as text or attribute is escaped
here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, NewType

from tadmor.out.export.cells import SEPARATOR, Value, is_plain, plain

__all__ = ["Stream", "Xml", "element", "holding", "text", "writing"]

Xml = NewType("Xml", str)  # elements, written as they stand

_NEVER = re.compile("[\ufffe\uffff]")  # in no XML document


def text(value: Value) -> str:
    """A value as the text of an element, lists joined; what hides or steers stands as its code."""
    if isinstance(value, str) and is_plain(value):
        return value.strip(" ")  # most
    if isinstance(value, tuple):
        whole = SEPARATOR.join(value)
        # Most lists are of plain texts: looked through once, and not text by text.
        return whole.strip(" ") if is_plain(whole) else SEPARATOR.join(map(text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    written = plain("" if value is None else str(value))
    return written if written.isascii() else _NEVER.sub("", written)


def element(name: str, content: Value = None, /, *inside: Xml, **attributes: str) -> Xml:
    """An element with some text, and others inside it; None is no text."""
    begun = _begun(name, attributes) if attributes else name
    if content is None and not inside:
        return Xml(f"<{begun}/>")
    return Xml(f"<{begun}>{'' if content is None else _escaped(text(content))}{''.join(inside)}</{name}>")


def holding(name: str, inner: str, /, **attributes: str) -> Callable[[Value], Xml]:
    """Makes elements with another inside them that differ in its text alone, of which there are very many."""
    begin, end = f"<{_begun(name, attributes)}><{inner}>", f"</{inner}></{name}>"
    return lambda content: Xml(f"{begin}{_escaped(text(content))}{end}")


def _begun(name: str, attributes: dict[str, str]) -> str:
    return name + "".join([_attribute(key, value) for key, value in attributes.items()])


@lru_cache(maxsize=1024)  # most say which column it is
def _attribute(key: str, value: str) -> str:
    return f' {key}="{_escaped(text(value)).replace(chr(34), "&quot;")}"'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Stream:
    """A document that is being written."""

    def __init__(self, file: IO[str]) -> None:
        self.write = file.write

    @contextmanager
    def element(self, name: str, **attributes: str) -> Iterator[None]:
        """What is written inside stands inside the element."""
        self.write(f"<{_begun(name, attributes)}>")
        yield
        self.write(f"</{name}>")


@contextmanager
def writing(out: Path) -> Iterator[Stream]:
    with out.open("w", encoding="utf-8", newline="") as file:
        file.write("<?xml version='1.0' encoding='utf-8'?>\n")
        yield Stream(file)
