"""Inputs to documents: files, folders, archives, feeds, tables, letters, addresses; content decides what each one is.

Nothing raises past `open_inputs`: an input that cannot be opened is yielded as a `Failure` and the rest goes on.
Archives are walked one member at a time, so that memory does not grow with their size.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple, TypeVar

import msgspec

from tadmor.errors import InputError
from tadmor.records import Failure, Record
from tadmor.report import feed, mail, packing, table, unpack, warc
from tadmor.report.text import MAX_BYTES, binary_reason, bom, clean

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MediaType = Literal["text/plain", "text/html", "application/json", "message/rfc822", "application/pdf"]
# What holds documents and is none itself.
Archive = Literal["gzip", "bzip2", "xz", "zstd", "zip", "tar"]
Holder = Archive | Literal["warc", "table", "feed", "json feed", "opml"]

_HEAD = 65_536  # bytes looked at to decide what an input is
_CHUNK = 1_048_576
_IN_MEMORY = 32_000_000  # bytes of a ZIP archive that does not lie in a file; a larger one goes to a temporary file
_URL_SHOWN = 300  # characters of an address in the name of a document
_OBJECT = re.compile(r"[ \t]*\{[ \t]*[\"}]")  # how a JSON object begins, and how one over many lines or an array does
_DOCUMENT = re.compile(r"\{\s*\n\s*\"|\[\s*\{\s*\"")
_JSON_FEED = re.compile(r"\{\s*\"(?:[^{}\[\]]{0,2000}\")?version\"\s*:\s*\"https?:\\?/\\?/jsonfeed\.org")
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|div|section|main|article|header|h[1-6]|p|table)\b", re.I
)
# How most pages begin; whatever follows, it is nothing else then.
_PAGE = re.compile(rb"\s*(?:<!doctype html\b[^<>]{0,200}>\s*)?<html[\s>]", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)\b", re.I)
_OPML = re.compile(r"<opml\b", re.I)
_SITE_MAP = re.compile(r"<(?:urlset|sitemapindex)\b", re.I)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_KNOWN_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}")
_HIDDEN = re.compile(r"(?:^|/)(?:\.[^/.][^/]*|__MACOSX)(?:/|$)")


class Capture(Record, frozen=True, kw_only=True, omit_defaults=True):
    """How bytes came in. It is kept in the log of the record, and no reading depends on it."""

    holder: str | None = None  # SHA-256 of the archive, table or feed that they were taken from
    at: int | None = None  # the byte in it where they begin, for web archives
    url: str | None = None
    fetched: str | None = None  # when the address was asked, or when the archive says that it was
    redirects: tuple[str, ...] = ()
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    note: str | None = None


class Document(Record, frozen=True, kw_only=True):
    """One report as found, not yet read.

    `raw` is the file's bytes or, in JSON lines, the line's bytes without its line end. `published` and `outlet` are
    what the user said for all inputs; they win over what the document says.
    """

    raw: bytes
    origin: str  # path or address as given, "-", "path:7" for a line or record, "path!name" for a member of an archive
    doc: str
    media_type: MediaType
    published: date | None = None
    outlet: str | None = None
    capture: Capture = Capture()
    sha256: str = ""  # of `raw`: it is asked for by who looks it up, reads and stores it, and worked out once

    def __post_init__(self) -> None:
        if not self.sha256:
            msgspec.structs.force_setattr(self, "sha256", hashlib.sha256(self.raw).hexdigest())

    @property
    def report_id(self) -> str:
        """The id of the report that is read from it."""
        return "r" + self.sha256[:20]


def size_of(found: Document | Failure) -> int:
    """Bytes that an input holds in memory."""
    return len(found.raw) if isinstance(found, Document) else 0


class Fetched(NamedTuple):
    """What an address gave."""

    raw: bytes
    capture: Capture


Fetch = Callable[[str], Fetched]  # raises `InputError`
Found = Iterator[Document | Failure]
Item = TypeVar("Item")


def open_inputs(
    inputs: Sequence[str],
    *,
    published: date | None = None,
    outlet: str | None = None,
    max_bytes: int = MAX_BYTES,
    columns: table.Mapped | None = None,
    fetch: Fetch | None = None,
) -> Found:
    """Yield every document behind `inputs`, in order; folders are walked in sorted order, all levels deep.

    An input is a path, an address (`http:` or `https:`) or "-" (standard input, once). In folders and archives, names
    that begin with a dot are left out; links, pipes, sockets and devices are not followed but yielded as failures.
    What is longer than `max_bytes` is a failure; what comes after it is read. `columns` says which column of tables and
    which key of JSON lines is what. `fetch` asks an address; without it the one of `tadmor.fetch` does.
    """
    opened = _Opened(max_bytes=max_bytes, columns=columns, fetch=fetch or _fetch)
    for name in inputs:
        origin = _printable(name)
        if name == "-":
            found = opened.standard_input()
        elif _SCHEME.match(name):
            found = opened.address(name)
        else:
            found = opened.path(Path(name))
        yield from _told(_guarded(found, origin), published, outlet)


def open_file(
    stream: BinaryIO,
    name: str,
    *,
    published: date | None = None,
    outlet: str | None = None,
    max_bytes: int = MAX_BYTES,
    columns: table.Mapped | None = None,
) -> Found:
    """As `open_inputs`, for one file that lies anywhere and can be sought in: its stream, and its path or address."""
    opened = _Opened(max_bytes=max_bytes, columns=columns, fetch=_fetch, named=False)
    origin = _printable(name)
    yield from _told(_guarded(opened.file(stream, origin, _doc(Path(name))), origin), published, outlet)


def files(name: str) -> Iterator[Path | Failure]:
    """The files behind a path, in the order in which `open_inputs` takes them; a failure for what is not followed."""
    return _guarded(_files(Path(name)), _printable(name))


def _files(path: Path) -> Iterator[Path | Failure]:
    if not stat.S_ISDIR(path.stat().st_mode):
        yield path
        return
    for entry in _entries(path):
        if isinstance(entry, Failure):
            yield entry
        else:
            yield from _guarded(_files(entry), _printable(str(entry)))


def _entries(folder: Path) -> Iterator[Path | Failure]:
    """The files and folders in a folder that are to be read."""
    empty = True
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        empty = False
        mode = entry.lstat().st_mode
        if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
            yield entry
        else:
            what = "a link" if stat.S_ISLNK(mode) else "a pipe, socket or device"
            origin = _printable(str(entry))
            yield _skipped(origin, f"{origin}: skipped, this is {what}: give what it stands for by name")
    if empty:
        origin = _printable(str(folder))
        yield _skipped(origin, f"{origin}: the folder is empty: give one that holds reports")


def _told(found: Found, published: date | None, outlet: str | None) -> Found:
    """What is found, with what the user said of it."""
    for item in found:
        if isinstance(item, Document) and (published or outlet):
            item = msgspec.structs.replace(item, published=published, outlet=outlet)
        yield item


def kind(head: bytes, columns: table.Mapped | None = None) -> MediaType | Holder:
    """What the first bytes of an input say it is; its name does not count.

    Raises `InputError` (without naming the input) where it is something that is known and not read.
    """
    for magic, holder in _MAGIC:
        if head.startswith(magic):
            return holder
    if unpack.is_tar(head):
        return "tar"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if reason := binary_reason(head):
        raise InputError(f"this is {reason}")
    if _PAGE.match(head):
        return "text/html"
    text = head.decode(bom(head) or "utf-8", "replace").lstrip("\ufeff \t\r\n")
    if _JSON_FEED.match(text):
        return "json feed"
    if _DOCUMENT.match(text):
        raise InputError("this is one JSON document over many lines: write one object a line (JSON lines)")
    lines = text.split("\n", 20)[:20]
    objects = sum(_OBJECT.match(line) is not None for line in lines)
    if _OBJECT.match(text) or objects > len(lines) / 2 or (objects and text.startswith("{")):
        return "application/json"
    if text.startswith("<"):
        if _SITE_MAP.search(text[:2000]):
            raise InputError("this is a site map, not a page: give the pages it lists")
        if _FEED.search(text[:2000]):
            return "feed"
        if _OPML.search(text[:2000]):
            return "opml"
        if _TAG.search(text):
            return "text/html"
    if mail.is_mail(text):
        return "message/rfc822"
    if table.delimiter(text, columns, whole=len(head) < _HEAD):
        return "table"
    return "text/plain"


_MAGIC: tuple[tuple[bytes, Holder], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (warc.MARK, "warc"),
)


def _guarded(found: Iterator[Item | Failure], origin: str) -> Iterator[Item | Failure]:
    """What `found` yields, and a failure in place of the error that ends it."""
    try:
        yield from found
    except InputError as error:
        yield _failure(origin, error, f"{origin}: {error}")
    except FileNotFoundError as error:
        yield _failure(origin, error, f"{origin}: there is no such file or folder: check the path")
    except PermissionError as error:
        yield _failure(origin, error, f"{origin}: reading it is not allowed: change its permissions")
    except RecursionError as error:
        yield _failure(origin, error, f"{origin}: its folders are nested too deeply: give the inner ones")
    except (OSError, EOFError, ValueError) as error:  # ValueError: a NUL in the path
        yield _failure(origin, error, f"{origin}: it cannot be read: {error}")


class _Opened(NamedTuple):
    """What was asked of `open_inputs`, and what is known on the way into an archive."""

    max_bytes: int
    columns: table.Mapped | None
    fetch: Fetch
    capture: Capture = Capture()
    budget: unpack.Budget | None = None
    depth: int = 0  # archives on the way
    named: bool = True  # by the user, and not only found in a folder or an archive

    # --- where inputs lie ---

    def standard_input(self) -> Found:
        budget = unpack.Budget()
        stream = io.BufferedReader(unpack.Metered(sys.stdin.buffer, budget))
        yield from self._replace(budget=budget)._stream(stream, "-", "stdin")

    def address(self, url: str) -> Found:
        fetched = self.fetch(url)
        inner = self._replace(capture=fetched.capture)
        yield from inner.file(io.BytesIO(fetched.raw), _printable(url), _doc_of_url(url))

    def path(self, path: Path) -> Found:
        mode, origin = path.stat().st_mode, _printable(str(path))
        if stat.S_ISDIR(mode):
            yield from self._folder(path)
        elif stat.S_ISREG(mode):
            with path.open("rb") as stream:
                yield from self.file(stream, origin, _doc(path))
        else:
            yield _skipped(origin, f"{origin}: this is a pipe, socket or device: pipe it in and give -")

    def file(self, stream: BinaryIO, origin: str, doc: str) -> Found:
        head = stream.read(_HEAD)
        found = self._kind(head)
        if found in ("text/html", "text/plain", "message/rfc822", "application/pdf"):
            yield self._document(self._whole_file(stream), origin, doc, found)
            return
        stream.seek(0)
        total = hashlib.file_digest(stream, "sha256")  # type: ignore[arg-type]  # all that are opened can `readinto`
        stream.seek(0)
        budget = unpack.Budget()
        inner = self._replace(budget=budget, capture=msgspec.structs.replace(self.capture, holder=total.hexdigest()))
        counted = io.BufferedReader(unpack.Metered(stream, budget))
        yield from inner._stream(counted, origin, doc, file=stream)

    def _folder(self, folder: Path) -> Found:
        inner = self._replace(named=False)
        for entry in _entries(folder):
            if isinstance(entry, Failure):
                yield entry
            else:
                yield from _guarded(inner.path(entry), _printable(str(entry)))

    # --- what they are ---

    def _stream(self, stream: BinaryIO, origin: str, doc: str, file: BinaryIO | None = None) -> Found:
        """The documents of a stream; `file` is the same from its beginning where it lies in a file."""
        head = stream.read(_HEAD)
        found = self._kind(head)
        rest = io.BufferedReader(_Replay(head, stream), _CHUNK)
        if found == "application/json":
            yield from self._json_lines(rest, bom(head), origin, doc)
        elif found == "table":
            yield from self._table(rest, head, origin, doc)
        elif found == "warc":
            yield from self._pages(rest, b"", origin, doc)
        elif (
            found == "gzip" or found == "zip" or found == "tar" or found == "bzip2" or found == "xz" or found == "zstd"
        ):
            yield from self._packed(found, rest, file, origin, doc)
        elif found == "feed" or found == "json feed":
            read = feed.read if found == "feed" else feed.read_json
            yield from self._items(read(self._whole(rest)), origin, doc)
        elif found == "opml":
            # Lists that name each other would be asked for ever; and what lies in a folder should not call anybody.
            if not self.named or self.depth:
                raise InputError("this is a list of feeds, which is read only where it is given by name")
            inner = self._replace(capture=Capture(), depth=self.depth + 1)
            for address in feed.addresses(self._whole(rest)):
                yield from _guarded(inner.address(address), _printable(address))
        else:
            yield self._document(self._whole(rest), origin, doc, found)

    def _kind(self, head: bytes) -> MediaType | Holder:
        if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xfe\xff"):
            raise InputError("there is nothing in it: leave it out")
        return kind(head, self.columns)

    def _document(self, raw: bytes, origin: str, doc: str, media_type: MediaType) -> Document:
        return Document(raw=raw, origin=origin, doc=doc, media_type=media_type, capture=self.capture)

    def _whole(self, stream: BinaryIO) -> bytes:
        raw = stream.read(self.max_bytes + 1)
        if len(raw) > self.max_bytes:
            raise InputError(f"it is larger than {_size(self.max_bytes)}: split it into its reports")
        return raw

    def _whole_file(self, stream: BinaryIO) -> bytes:
        """As `_whole`, of a file from its beginning: all at once, and no more is asked for than there is."""
        size = stream.seek(0, io.SEEK_END)
        if size > self.max_bytes:
            raise InputError(f"it is larger than {_size(self.max_bytes)}: split it into its reports")
        stream.seek(0)
        return stream.read(size)

    def _require_depth(self) -> None:
        if self.depth > unpack.DEPTH:
            raise InputError(f"it lies in more than {unpack.DEPTH} archives, one within the other: unpack it yourself")

    # --- archives ---

    def _packed(self, found: Archive, stream: BinaryIO, file: BinaryIO | None, origin: str, doc: str) -> Found:
        inner = self._replace(depth=self.depth + 1)
        inner._require_depth()
        budget = self.budget or unpack.Budget()
        doc = _doc(Path(doc))  # "report" of "report.txt.gz"
        if found == "gzip":
            unzipped = unpack.Gunzip(stream, budget)
            head = unzipped.read(_HEAD)
            if head.startswith(warc.MARK):
                yield from inner._pages(unzipped, head, origin, doc)
            else:
                yield from inner._stream(io.BufferedReader(_Replay(head, unzipped), _CHUNK), origin, doc)
        elif found == "bzip2" or found == "xz" or found == "zstd":
            plain = packing.Unpacked(found, stream, budget)
            yield from inner._stream(io.BufferedReader(plain, _CHUNK), origin, doc)
        elif found == "tar":
            yield from inner._members(unpack.tar_members(stream), origin)
        elif file is not None and not self.depth:
            budget.taken = file.seek(0, io.SEEK_END)
            yield from inner._members(unpack.zip_members(file, budget), origin)
        else:
            with tempfile.SpooledTemporaryFile(_IN_MEMORY) as copy:
                while piece := stream.read(_CHUNK):
                    copy.write(piece)
                yield from inner._members(unpack.zip_members(copy, budget), origin)  # type: ignore[arg-type]

    def _members(self, members: Iterator[unpack.Member], origin: str) -> Found:
        empty = True
        for member in members:
            if _HIDDEN.search(member.name):
                continue
            name = f"{origin}!{_printable(clean(member.name))}" if member.name else origin
            if member.refused:
                empty = False
                yield _skipped(name, f"{name}: {member.refused}")
            elif member.stream is not None:
                empty = False
                yield from _guarded(self._member(member.stream, name, member.name), name)
        if empty:
            raise InputError("there is no file in this archive: leave it out")

    def _member(self, stream: BinaryIO, origin: str, name: str) -> Found:
        yield from self._stream(stream, origin, clean(_doc(Path(name.rpartition("/")[2] or name))))

    def _pages(self, stream: unpack.Readable, head: bytes, origin: str, doc: str) -> Found:
        for found in warc.pages(stream, head=head, max_bytes=self.max_bytes):
            name = f"{origin}:{found.number}"
            if isinstance(found, warc.Lost):
                yield _skipped(name, f"{name}: the record at byte {found.at:,} cannot be read: {found.why}")
                continue
            url = clean(found.url or "")[:_URL_SHOWN]
            capture = Capture(
                holder=self.capture.holder,
                at=found.at,
                url=url or None,
                fetched=clean(found.date)[:40] if found.date else None,
                headers=tuple((clean(key)[:100], clean(value)[:1000]) for key, value in found.headers[:100]),
                note="its digest in the archive is not that of its bytes" if found.digest_differs else None,
            )
            inner = self._replace(capture=capture, depth=self.depth + 1)
            yield from _guarded(inner._page(found.body, f"{name} {url}".strip(), f"{doc}:{found.number}"), name)

    def _page(self, body: bytes, origin: str, doc: str) -> Found:
        try:
            found = kind(body[:_HEAD], None)
        except InputError:
            return  # a picture, a script or the like: what a page needs and is none
        if found in ("text/html", "text/plain", "application/pdf"):
            yield self._document(body, origin, doc, found)

    # --- what holds one report a line, a row, an item ---

    def _items(self, found: feed.Feed, origin: str, doc: str) -> Found:
        if not found.items:
            raise InputError("this feed has no items: leave it out")
        for number, (item, told) in enumerate(feed.lines(found), 1):
            name = f"{origin}:{number}"
            if told is None:
                yield _skipped(name, f"{name}: the feed holds no text of this item: fetch it with `tadmor watch`")
                continue
            capture = msgspec.structs.replace(self.capture, note=item.url and f"the feed points to {item.url}")
            raw = table.written(told, "feed")
            yield self._replace(capture=capture)._document(raw, name, f"{doc}:{number}", "application/json")

    def _table(self, stream: BinaryIO, head: bytes, origin: str, doc: str) -> Found:
        encoding = bom(head) or ("utf-8" if _is_utf8(head) else "cp1252")
        text = head.decode(encoding, "replace")
        mark = table.delimiter(text, self.columns, whole=len(head) < _HEAD)
        assert mark
        empty = True
        for row in table.rows(stream, encoding, mark, self.columns, self.max_bytes):
            name, empty = f"{origin}:{row.line}", False
            if row.raw is None:
                yield _skipped(name, f"{name}: {row.why}")
            else:
                yield self._document(row.raw, name, f"{doc}:{row.line}", "application/json")
        if empty:
            raise InputError("this table has no rows: leave it out")

    def _json_lines(self, stream: BinaryIO, encoding: str | None, origin: str, doc: str) -> Found:
        for number, line in enumerate(_lines(stream, encoding, self.max_bytes), 1):
            where = f"{origin}:{number}"
            if line is None:
                message = f"{where}: the line is larger than {_size(self.max_bytes)}: split it into its reports"
                yield _skipped(where, message)
            elif line.strip():
                raw, why = table.mapped_line(line, self.columns) if self.columns else (line, "")
                if raw is None:
                    yield _skipped(where, f"{where}: {why}")
                else:
                    yield self._document(raw, where, f"{doc}:{number}", "application/json")


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

    def __init__(self, head: bytes, rest: unpack.Readable) -> None:
        self._head = head
        # One piece at a time, so that an error costs nothing of what came before it.
        self._read = rest.read1 if isinstance(rest, io.BufferedReader) else rest.read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        part, self._head = self._head[: len(view)], self._head[len(view) :]
        part = part or self._read(len(view))
        view[: len(part)] = part
        return len(part)


def _doc(path: Path) -> str:
    """The file's name without its ending: "palmyra-2016-12-10" of "palmyra-2016-12-10.txt"; "v1.2" stays."""
    return _printable(path.stem if _KNOWN_ENDING.fullmatch(path.suffix) else path.name)


def _doc_of_url(url: str) -> str:
    """The last part of an address that says something: "palmyra-retaken" of ".../2016/12/palmyra-retaken/"."""
    path = re.sub(r"[?#].*", "", url.partition("://")[2]).strip("/")
    return _doc(Path(path.rpartition("/")[2] or "page"))


def _is_utf8(head: bytes) -> bool:
    try:
        head[: max(0, len(head) - 4)].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _fetch(url: str) -> Fetched:
    from tadmor.fetch.get import Getter

    return Getter().fetch(url)


def _printable(name: str) -> str:
    """A file name that is not valid in the file system's encoding, with its odd bytes escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _size(count: int) -> str:
    return f"{count // 1_000_000} MB" if count >= 1_000_000 else f"{count} bytes"


def _skipped(origin: str, message: str) -> Failure:
    return _failure(origin, InputError(message), message)


def _failure(origin: str, error: Exception, message: str) -> Failure:
    return Failure(origin=origin, stage="source", error=type(error).__name__, message=message)
