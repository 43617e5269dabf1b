"""Web archives (WARC 1.0 and 1.1, ISO 28500) to the pages in them, whatever is wrong with some of their records.

The readers that there are stop at the first damaged record and lose what follows without a word, and that is what
this one is for: after damage it goes on at the next gzip member, or at the next line that begins a record, and names
what was lost. One record is held in memory at a time, if it is no larger than a document may be.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from typing import NamedTuple

from tadmor.errors import InputError
from tadmor.report.packing import unpacked_page
from tadmor.report.unpack import CutShort, Damaged, Gunzip, Readable, TooMuch

MARK = b"WARC/"
_START = b"WARC/1."
_HEADER = 65_536  # bytes of a record's header, or of the HTTP header in it
_GAP = 64  # bytes of line ends between records
_PIECE = 1_048_576
_WASTE = 2_000_000_000  # bytes of one archive that may be looked at for records that turn out to be wrong
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_NO_TEXT = ("image/", "video/", "audio/", "font/", "text/css", "application/font", "application/javascript")


class Page(NamedTuple):
    """One page of an archive. `body` is what the server sent, without the packing of its way (chunks, gzip, Brotli)."""

    number: int  # of its record, from 1
    at: int  # the byte of the archive at which its record, or the gzip member with it, begins
    url: str | None
    date: str | None  # when it was fetched, as the archive says
    headers: tuple[tuple[str, str], ...]
    body: bytes
    digest_differs: bool  # the archive says another hash than its bytes have


class Lost(NamedTuple):
    """A record that cannot be read, and why; `at` is the byte of the archive where it begins."""

    number: int
    at: int
    why: str


def pages(stream: Readable, *, head: bytes = b"", max_bytes: int) -> Iterator[Page | Lost]:
    """The pages of an archive in order; records of other things (requests, pictures, errors of servers) are no pages.

    `stream` gives the archive's bytes unpacked, after `head`, which was taken from it before. Raises `TooMuch`.
    """
    tape = _Tape(stream, head)
    number = read = 0
    while True:
        tape.skip_gap()
        if tape.at_end():
            break
        number, start = number + 1, tape.position()
        try:
            record = _record(tape, max_bytes)
            read += 1
            page = _page(record, number, start, max_bytes) if record else None
        except TooMuch:
            raise
        except CutShort as error:
            tape.fault = error
            break
        except InputError as error:
            damage = tape.fault if isinstance(tape.fault, Damaged) and tape.fault.member == start else error
            cut = isinstance(tape.fault, CutShort)
            tape.find_record()
            if cut and tape.at_end():
                break
            yield Lost(number, start, str(damage))
            continue
        if page:
            yield page
    if isinstance(tape.fault, CutShort):
        yield Lost(number, tape.fault.at, f"{tape.fault}; {read:,} records were read before")


class _Record(NamedTuple):
    headers: dict[str, str]
    block: bytes


class _Tape:
    """Bytes to look at before they are taken. Damage ends what can be taken; `find_record` goes on behind it."""

    def __init__(self, stream: Readable, head: bytes) -> None:
        self._stream = stream
        self._packed = stream if isinstance(stream, Gunzip) else None
        self._held, self._at = head, 0  # bytes taken from the stream, and how many of them were dropped
        self._end = len(head)  # unpacked bytes taken from the stream
        # Where in the unpacked bytes each gzip member begins of which bytes are held, and where in the file.
        self._members = [(0, self._packed.member)] if self._packed else []
        self._wasted = 0
        self.fault: InputError | None = None  # what the stream ended with

    def at_end(self) -> bool:
        return not self.peek(1) and not isinstance(self.fault, Damaged)

    def position(self, ahead: int = 0) -> int:
        """Where the byte that is `ahead` lies in the file: itself, or the gzip member that it is of."""
        left = len(self._held) - self._at
        if isinstance(self.fault, Damaged) and left <= ahead:
            return self.fault.member
        at = self._end - left
        if not self._packed:
            return at + ahead
        while len(self._members) > 1 and self._members[1][0] <= at:
            del self._members[0]
        return max(member for begin, member in self._members if begin <= max(at + ahead, self._members[0][0]))

    def peek(self, count: int) -> bytes:
        size = len(self._held) - self._at
        if size < count and self.fault is None:
            pieces = [self._held[self._at :]]
            try:
                while size < count and (data := self._stream.read(min(_PIECE, max(4096, count - size)))):
                    if self._packed and self._packed.member != self._members[-1][1]:
                        self._members.append((self._end, self._packed.member))
                    pieces.append(data)
                    size += len(data)
                    self._end += len(data)
            except (Damaged, CutShort) as error:
                self.fault = error
            self._held, self._at = b"".join(pieces), 0
        return self._held[self._at : self._at + count]

    def drop(self, count: int) -> None:
        self._at = min(self._at + count, len(self._held))

    def waste(self, count: int) -> None:
        """Count bytes that were looked at in vain. Raises `TooMuch` where they are too many."""
        self._wasted += count
        if self._wasted > _WASTE:
            raise TooMuch("so many of its records are wrong that it was given up: mend it or fetch it again")

    def skip_gap(self) -> None:
        gap = self.peek(_GAP)
        self.drop(len(gap) - len(gap.lstrip(b"\r\n")))

    def find_record(self) -> None:
        """Stand at the next beginning of a record, or at the end."""
        while True:
            found = self._held.find(b"\n" + _START, self._at)
            if found >= 0:
                self._at = found + 1
                return
            if self.fault is None:
                self._at = max(self._at, len(self._held) - len(_START))
                before = self._end
                self.peek(len(_START) + _PIECE)
                if self._end > before or self.fault is not None:
                    continue
            self._held, self._at = b"", 0
            if not isinstance(self.fault, Damaged) or not self._packed:
                return
            self.fault = None
            if not self._packed.resume() or self.peek(len(_START)) == _START:
                return
            # These bytes only looked like the beginning of a member.


def _record(tape: _Tape, max_bytes: int) -> _Record | None:
    """The next record, taken; None where it is of no interest. Raises `InputError`, and has then taken nothing."""
    head = tape.peek(len(MARK))
    if head != MARK:
        if len(head) < len(MARK):
            raise tape.fault or CutShort(tape.position(len(head)))
        raise tape.fault or InputError("a record should begin here and none does")
    end = _EMPTY_LINE.search(tape.peek(4096)) or _EMPTY_LINE.search(tape.peek(_HEADER))
    if not end:
        held = len(tape.peek(_HEADER))
        if held < _HEADER:
            raise tape.fault or CutShort(tape.position(held))
        raise InputError(f"its header is longer than {_HEADER:,} bytes")
    headers = dict(_fields(tape.peek(end.start())))
    said = headers.get("content-length", "")
    if not re.fullmatch(r"\d{1,18}", said):
        raise InputError(f"its Content-Length is {_short(said) or 'missing'}")
    length = int(said)
    if length > max_bytes:
        raise InputError(f"it is said to be {length:,} bytes long, and a page may have {max_bytes:,}")
    size = end.end() + length
    whole = tape.peek(size)
    if len(whole) < size:
        tape.waste(len(whole))
        if b"\n" + _START in whole[end.end() :]:
            raise InputError(f"it is said to be {length:,} bytes long, and the next record begins before")
        raise tape.fault or CutShort(tape.position(len(whole)))
    # A gzip member shows only at its end whether its bytes are what was written.
    after = tape.peek(size + _GAP)[size:].lstrip(b"\r\n")
    if not after and isinstance(tape.fault, Damaged) and tape.fault.member == tape.position(size - 1):
        raise tape.fault
    if after and not MARK.startswith(after[: len(MARK)]):
        tape.waste(size)
        raise InputError(f"it is said to be {length:,} bytes long, and no record begins behind them")
    tape.drop(size)
    if headers.get("warc-type", "").lower() not in ("response", "resource", "conversion"):
        return None
    return _Record(headers, whole[end.end() :])


def _page(record: _Record, number: int, at: int, max_bytes: int) -> Page | None:
    kind, body = record.headers.get("content-type", "").lower(), record.block
    fields: list[tuple[str, str]] = []
    differs = _differs(record.headers.get("warc-block-digest"), body)
    if record.headers.get("warc-type", "").lower() == "response":
        if not kind.startswith("application/http"):
            return None
        end = _EMPTY_LINE.search(body[:_HEADER])
        status = re.match(rb"HTTP/\d(?:\.\d)? (\d{3})", body)
        if not end or not status:
            raise InputError("its HTTP header is broken")
        if status[1] not in (b"200", b"203"):
            return None
        fields = _fields(body[: end.start()])
        body = body[end.end() :]
        differs = differs or _differs(record.headers.get("warc-payload-digest"), body)
        named = dict(fields)
        kind = named.get("content-type", "").lower()
        body = _plain(body, named, max_bytes)
    if not body.strip() or kind.startswith(_NO_TEXT):
        return None
    url = record.headers.get("warc-target-uri")
    return Page(
        number=number,
        at=at,
        url=url.strip("<>") if url else None,
        date=record.headers.get("warc-date"),
        headers=tuple(fields),
        body=body,
        digest_differs=differs,
    )


def _fields(head: bytes) -> list[tuple[str, str]]:
    """Names, in small letters, and values of a header; its first line is left out, lines that go on are joined."""
    found: list[tuple[str, str]] = []
    for line in head.split(b"\n")[1:]:
        text = line.rstrip(b"\r").decode("utf-8", "replace")
        if text[:1] in (" ", "\t") and found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {text.strip()}")
        elif ":" in text:
            name, _, value = text.partition(":")
            found.append((name.strip().lower(), value.strip()))
    return found


def _plain(body: bytes, fields: dict[str, str], max_bytes: int) -> bytes:
    """Without chunks and packing. Many archives keep the header and have undone them already, so the bytes decide."""
    if "chunked" in fields.get("transfer-encoding", "").lower():
        body = _unchunked(body)
    return unpacked_page(body, fields.get("content-encoding", "").strip(), max_bytes)


def _unchunked(body: bytes) -> bytes:
    pieces: list[bytes] = []
    at = 0
    while match := _CHUNK_SIZE.match(body, at):
        size, start = int(match[1], 16), match.end()
        if size == 0:
            return b"".join(pieces)
        if start + size > len(body):
            return body if not pieces else b"".join([*pieces, body[start:]])
        pieces.append(body[start : start + size])
        at = start + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1 if body[at : at + 1] == b"\n" else 0
    return b"".join(pieces) if pieces and at >= len(body) else body


def _differs(said: str | None, data: bytes) -> bool:
    """Whether a digest ("sha1:" and base 32, or hexadecimal) is another than that of the bytes; False if unknown."""
    name, _, value = (said or "").partition(":")
    if name.lower() not in ("sha1", "sha256", "sha-1", "sha-256", "md5"):
        return False
    digest = hashlib.new(name.lower().replace("-", ""), data, usedforsecurity=False).digest()
    forms = {digest.hex(), base64.b32encode(digest).decode().rstrip("=").lower()}
    return value.strip().rstrip("=").lower() not in forms


def _short(text: str) -> str:
    return repr(text[:40]) if text else ""
