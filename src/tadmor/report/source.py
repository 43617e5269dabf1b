"""Inputs to documents: files, folders, JSON lines, standard input; what each one is is decided by its content.

Nothing raises past `open_inputs`: an input that cannot be opened is yielded as a `Failure` and the rest goes on.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import msgspec

from tadmor.errors import InputError
from tadmor.records import Failure, Record
from tadmor.report.text import MAX_BYTES, binary_reason, bom

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MediaType = Literal["text/plain", "text/html", "application/json"]

_HEAD = 65_536  # bytes looked at to decide what an input is
_CHUNK = 1_048_576
_OBJECT = re.compile(r"[ \t]*\{[ \t]*[\"}]")  # how a JSON object begins, and how one over many lines or an array does
_DOCUMENT = re.compile(r"\{\s*\n\s*\"|\[\s*\{\s*\"")
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|div|section|main|article|header|h[1-6]|p|table)\b", re.I
)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b", re.I)
_KNOWN_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}")


class Document(Record, frozen=True, kw_only=True):
    """One report as found, not yet read.

    `raw` is the file's bytes or, in JSON lines, the line's bytes without its line end. `published` and `outlet` are
    what the user said for all inputs; they win over what the document says.
    """

    raw: bytes
    origin: str  # path as given, "-", or "path:7" for the seventh line of JSON lines
    doc: str
    media_type: MediaType
    published: date | None = None
    outlet: str | None = None


def open_inputs(
    inputs: Sequence[str],
    *,
    published: date | None = None,
    outlet: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Document | Failure]:
    """Yield every document behind `inputs`, in order; folders are walked in sorted order, all levels deep.

    An input is a path or "-" (standard input, once). In folders, names that begin with a dot are left out; links,
    pipes, sockets and devices are not followed but yielded as failures. A JSON line longer than `max_bytes` is one
    failure; the lines after it are read.
    """
    for name in inputs:
        if name == "-":
            found = _documents(sys.stdin.buffer, "-", "stdin", max_bytes)
        else:
            found = _from_path(Path(name), max_bytes)
        for item in _guarded(found, _printable(name)):
            if isinstance(item, Document) and (published or outlet):
                item = msgspec.structs.replace(item, published=published, outlet=outlet)
            yield item


def media_type(head: bytes) -> MediaType:
    """What the first bytes of an input say it is; its name does not count.

    Raises `InputError` (without naming the input) where it is something that is known and not read.
    """
    text = head.decode(bom(head) or "utf-8", "replace").lstrip("\ufeff \t\r\n")
    if _DOCUMENT.match(text):
        raise InputError("this is one JSON document over many lines: write one object a line (JSON lines)")
    lines = text.split("\n", 20)[:20]
    objects = sum(_OBJECT.match(line) is not None for line in lines)
    if _OBJECT.match(text) or objects > len(lines) / 2 or (objects and text.startswith("{")):
        return "application/json"
    if text.startswith("<"):
        if _FEED.search(text[:2000]):
            raise InputError("this is a feed or a site map, not a page: give the pages it lists")
        if _TAG.search(text):
            return "text/html"
    return "text/plain"


def _guarded(found: Iterator[Document | Failure], origin: str) -> Iterator[Document | Failure]:
    """What `found` yields, and a failure in place of the error that ends it."""
    try:
        yield from found
    except FileNotFoundError as error:
        yield _failure(origin, error, f"{origin}: there is no such file or folder: check the path")
    except PermissionError as error:
        yield _failure(origin, error, f"{origin}: reading it is not allowed: change its permissions")
    except RecursionError as error:
        yield _failure(origin, error, f"{origin}: its folders are nested too deeply: give the inner ones")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        yield _failure(origin, error, f"{origin}: it cannot be read: {error}")


def _from_path(path: Path, max_bytes: int) -> Iterator[Document | Failure]:
    mode, origin = path.stat().st_mode, _printable(str(path))
    if stat.S_ISDIR(mode):
        yield from _from_folder(path, max_bytes)
    elif stat.S_ISREG(mode):
        with path.open("rb") as stream:
            yield from _documents(stream, origin, _doc(path), max_bytes)
    else:
        yield _skipped(origin, f"{origin}: this is a pipe, socket or device: pipe it in and give -")


def _from_folder(folder: Path, max_bytes: int) -> Iterator[Document | Failure]:
    empty = True
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        empty = False
        mode = entry.lstat().st_mode
        if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
            yield from _guarded(_from_path(entry, max_bytes), _printable(str(entry)))
        else:
            what = "a link" if stat.S_ISLNK(mode) else "a pipe, socket or device"
            origin = _printable(str(entry))
            yield _skipped(origin, f"{origin}: skipped, this is {what}: give what it stands for by name")
    if empty:
        origin = _printable(str(folder))
        yield _skipped(origin, f"{origin}: the folder is empty: give one that holds reports")


def _documents(stream: BinaryIO, origin: str, doc: str, max_bytes: int) -> Iterator[Document | Failure]:
    head = stream.read(_HEAD)
    try:
        if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
            raise InputError("there is nothing in it: leave it out")
        if reason := binary_reason(head):
            raise InputError(f"this is {reason}")
        kind = media_type(head)
        if kind == "application/json":
            yield from _json_lines(_Replay(head, stream), bom(head), origin, doc, max_bytes)
            return
        raw = head + stream.read(max(0, max_bytes + 1 - len(head)))
        if len(raw) > max_bytes:
            raise InputError(f"it is larger than {_size(max_bytes)}: split it into its reports")
    except InputError as error:
        yield _failure(origin, error, f"{origin}: {error}")
    else:
        yield Document(raw=raw, origin=origin, doc=doc, media_type=kind)


def _json_lines(
    stream: _Replay, encoding: str | None, origin: str, doc: str, max_bytes: int
) -> Iterator[Document | Failure]:
    for number, line in enumerate(_lines(io.BufferedReader(stream, _CHUNK), encoding, max_bytes), 1):
        where = f"{origin}:{number}"
        if line is None:
            message = f"{where}: the line is larger than {_size(max_bytes)}: split it into its reports"
            yield _skipped(where, message)
        elif line.strip():
            yield Document(raw=line, origin=where, doc=f"{doc}:{number}", media_type="application/json")


def _lines(stream: BinaryIO, encoding: str | None, limit: int) -> Iterator[bytes | None]:
    """Each line without its end, None for one longer than `limit`, which is passed over in small steps.

    Lines of UTF-16 and UTF-32 come out as UTF-8, because a line cut out of them has no mark of its own.
    """
    if encoding in (None, "utf-8"):
        read: Callable[[int], bytes] = stream.readline
    else:
        wide = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n")

        def read(size: int) -> bytes:
            return wide.readline(size).encode("utf-8", "replace")

    while line := read(limit + 2):
        plain = line.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\n").removesuffix(b"\r")
        if len(plain) <= limit:
            yield plain
            continue
        while line and not line.endswith(b"\n"):
            line = read(_CHUNK)
        yield None


class _Replay(io.RawIOBase):
    """A stream whose first bytes were read already: gives them again, then the rest."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        part, self._head = self._head[: len(view)], self._head[len(view) :]
        part = part or self._rest.read(len(view))
        view[: len(part)] = part
        return len(part)


def _doc(path: Path) -> str:
    """The file's name without its ending: "palmyra-2016-12-10" of "palmyra-2016-12-10.txt"; "v1.2" stays."""
    return _printable(path.stem if _KNOWN_ENDING.fullmatch(path.suffix) else path.name)


def _printable(name: str) -> str:
    """A file name that is not valid in the file system's encoding, with its odd bytes escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _size(count: int) -> str:
    return f"{count // 1_000_000} MB" if count >= 1_000_000 else f"{count} bytes"


def _skipped(origin: str, message: str) -> Failure:
    return _failure(origin, InputError(message), message)


def _failure(origin: str, error: Exception, message: str) -> Failure:
    return Failure(origin=origin, stage="source", error=type(error).__name__, message=message)
