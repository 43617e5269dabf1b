"""Archives to their members, one after the other, in bounded memory and without writing anything.

What a library of archives does with damage is to stop without a word, so that what follows is lost: gzip (RFC 1952) and
tar (POSIX ustar, pax, GNU long names) are walked here, and go on at the next member. ZIP is left to `zipfile`.

A member is never given a path of its own: its name is only shown. All the same, names that lead out of the archive,
links and devices are refused and named, because whoever sends such an archive does not mean well.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, Protocol

from tadmor.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

FREE = 50_000_000  # bytes that an input may unpack to, whatever its size
RATIO = 200  # and so many times its size: news pages pack to a tenth, logs to a fiftieth, bombs to a thousandth
DEPTH = 4  # archives within archives
ENTRIES = 64_000_000  # bytes of a ZIP's list of contents: about 600,000 members; it is held in memory
_PIECE = 65_536
_KEPT = 16_000_000  # packed bytes of a gzip member that are kept, to look for the next one in
_RESUMED = 50_000  # times that the next gzip member is looked for, in one input
_MAGIC = b"\x1f\x8b\x08"
_BLOCK = 512
_NO_BODY = (b"1", b"2", b"3", b"4", b"5", b"6")  # links, devices, folders, pipes
_LONG_NAME = 65_536  # bytes of a tar member's name or its extended header


class Readable(Protocol):
    """A stream of bytes; `read` gives some, none at the end."""

    def read(self, size: int, /) -> bytes: ...


class TooMuch(InputError):
    """An input unpacks to more than it may, or takes more work than it is worth."""


class Budget:
    """How much one input may unpack to, over all levels of archives in it."""

    def __init__(self) -> None:
        self.taken = 0
        self.unpacked = 0

    def give(self, count: int) -> None:
        """Note that `count` bytes were unpacked. Raises `TooMuch` where it is more than any honest archive has."""
        self.unpacked += count
        if self.unpacked > FREE + RATIO * self.taken:
            raise TooMuch(
                f"it unpacks to more than {RATIO} times its size and was given up after {self.unpacked:,} bytes: "
                "if it is no bomb, unpack it yourself and give what is in it"
            )


class Metered(io.RawIOBase):
    """A stream that counts what is read of it: as taken (the input itself) or as unpacked (what comes out of it)."""

    def __init__(self, stream: Readable, budget: Budget, *, unpacked: bool = False) -> None:
        self._stream, self._budget, self._unpacked = stream, budget, unpacked

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        if self._unpacked:
            self._budget.give(len(data))
        else:
            self._budget.taken += len(data)
        view[: len(data)] = data
        return len(data)


class Member(NamedTuple):
    """One file in an archive: its name, and its bytes or why there are none."""

    name: str
    stream: io.BufferedReader | None
    refused: str | None = None


# --- gzip -----------------------------------------------------------------------------------------------------------


class Damaged(InputError):
    """Packed bytes are not what was written. `member` is where the damaged member begins, `at` where it was noticed."""

    def __init__(self, member: int, at: int, why: str) -> None:
        super().__init__(f"its packed bytes are damaged between byte {member:,} and byte {at:,} ({why})")
        self.member, self.at = member, at


class CutShort(InputError):
    """The input ends in the middle, at byte `at`."""

    def __init__(self, at: int) -> None:
        super().__init__(f"it is cut short: it ends at byte {at:,}, in the middle")
        self.at = at


class Gunzip(io.RawIOBase):
    """The bytes of all members of a gzip stream. Each `read` gives bytes of one member only.

    Raises `Damaged` or `CutShort`; after `Damaged`, `resume` goes on at the next member.
    """

    def __init__(self, stream: Readable, budget: Budget) -> None:
        self._stream, self._budget = stream, budget
        self._buffer = bytearray()  # packed bytes, from the beginning of the member on while they are few
        self._base = 0  # where in the stream the buffer begins
        self._first = 0  # index of the oldest byte that is still of use
        self._at = 0  # index of the next packed byte
        self._unzip: zlib._Decompress | None = None
        self._resumed = 0
        self.member = 0  # where the member begins that was read from last

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._piece(min(len(view), _PIECE))
        view[: len(data)] = data
        return len(data)

    def read(self, size: int = -1, /) -> bytes:
        return self._piece(_PIECE if size < 0 else min(size, _PIECE))

    def _piece(self, most: int) -> bytes:
        while True:
            if self._unzip is None and not self._begin():
                return b""
            assert self._unzip is not None
            at_end = self._at == len(self._buffer) and not self._fill()
            packed = bytes(self._buffer[self._at : self._at + _PIECE])
            try:
                data = self._unzip.decompress(packed, most)
            except zlib.error as error:
                raise Damaged(self.member, self._base + self._at, str(error)) from error
            left = self._unzip.unused_data if self._unzip.eof else self._unzip.unconsumed_tail
            self._at += len(packed) - len(left)
            if self._unzip.eof:
                self._unzip = None
            if data:
                self._budget.give(len(data))
                return data
            if at_end and self._unzip is not None:
                raise CutShort(self._base + len(self._buffer))

    def _begin(self) -> bool:
        """Stand at the beginning of a member; False at the end of the stream, padding of zeros included."""
        while True:
            self._first = self._at
            if self._at == len(self._buffer) and not self._fill():
                return False
            if self._buffer[self._at]:
                break
            rest = bytes(self._buffer[self._at :])
            self._at += len(rest) - len(rest.lstrip(b"\0"))
        while len(self._buffer) - self._at < len(_MAGIC) and self._fill():
            pass
        self.member = self._base + self._at
        head = bytes(self._buffer[self._at : self._at + len(_MAGIC)])
        if not _MAGIC.startswith(head):
            raise Damaged(self.member, self.member, "no member begins here")
        if head != _MAGIC:
            raise CutShort(self._base + len(self._buffer))
        self._unzip = zlib.decompressobj(31)
        return True

    def _fill(self) -> bool:
        if self._at - self._first > _KEPT:
            self._first = self._at
        if self._first > _PIECE and 2 * self._first > len(self._buffer):
            del self._buffer[: self._first]
            self._base, self._at, self._first = self._base + self._first, self._at - self._first, 0
        data = self._stream.read(_PIECE)
        self._buffer += data
        return bool(data)

    def resume(self) -> bool:
        """After damage, stand where the next member may begin; False where there is none. Raises `TooMuch`.

        The damage may have hidden the end of its member, so the search begins right after the member's own beginning.
        """
        self._resumed += 1
        if self._resumed > _RESUMED:
            raise TooMuch(f"it is damaged in more than {_RESUMED:,} places and was given up: mend it or fetch it again")
        self._unzip = None
        if self._base + self._first == self.member:
            self._at = self._first + 1
        while (found := self._buffer.find(_MAGIC, self._at)) < 0:
            self._first = self._at = max(self._at, len(self._buffer) - len(_MAGIC) + 1)
            if not self._fill():
                self._first = self._at = len(self._buffer)
                return False
        self._first = self._at = found
        return True


# --- tar ------------------------------------------------------------------------------------------------------------


def is_tar(head: bytes) -> bool:
    """Whether the first block of an input is the header of a tar member."""
    return len(head) >= _BLOCK and _header_sums(head[:_BLOCK])


def tar_members(stream: Readable) -> Iterator[Member]:
    """The members of a tar archive. Each one's stream is to be read before the next is taken.

    Damage is a refused member, and the walk goes on at the next header that adds up. Raises `CutShort`.
    """
    at, long_name, damaged_from = 0, None, None
    while True:
        block = _exactly(stream, _BLOCK)
        here, at = at, at + len(block)
        if damaged_from is None and (not block or not block.strip(b"\0")):
            return  # the end, with its mark or without
        if len(block) < _BLOCK:
            if damaged_from is not None:
                yield Member("", None, f"the archive is damaged from byte {damaged_from:,} to its end")
                return
            raise CutShort(at)
        if not _header_sums(block):
            damaged_from = here if damaged_from is None else damaged_from
            continue
        if damaged_from is not None:
            yield Member("", None, f"the archive is damaged between byte {damaged_from:,} and byte {here:,}")
            damaged_from = None
        size, kind = _number(block[124:136]), block[156:157]
        padding = -size % _BLOCK
        if kind in (b"L", b"x", b"K", b"g"):
            if size > _LONG_NAME:
                raise InputError(f"the archive has a header of {size:,} bytes at byte {here:,}: unpack it yourself")
            body = _exactly(stream, size + padding)
            at += len(body)
            if kind == b"L":
                long_name = body[:size].rstrip(b"\0")
            elif kind == b"x":
                long_name = _pax_path(body[:size]) or long_name
            continue
        raw_name = long_name or b"/".join(filter(None, [_text(block[345:500]), _text(block[:100])]))
        name, long_name = raw_name.decode("utf-8", "replace"), None
        if kind in _NO_BODY:
            size = padding = 0
        part = _Part(stream, size)
        if kind in (b"0", b"\0", b"7") and not name.endswith("/"):
            yield _checked(name, io.BufferedReader(part))
        elif kind in (b"1", b"2"):
            yield Member(name, None, "skipped, this is a link")
        elif kind in (b"0", b"\0", b"5", b"7"):
            yield Member(name, None)
        else:
            yield Member(name, None, "skipped, this is a device, a pipe or another special file")
        whole = part.skip() and len(_exactly(stream, padding)) == padding
        at += size - part.left + padding
        if not whole:
            raise CutShort(at)


class _Part(io.RawIOBase):
    """The next `left` bytes of a stream."""

    def __init__(self, stream: Readable, left: int) -> None:
        self._stream, self.left = stream, left

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._stream.read(min(len(view), self.left))
        if not data and self.left and len(view):
            raise InputError("it is cut short: the archive ends within it")
        self.left -= len(data)
        view[: len(data)] = data
        return len(data)

    def skip(self) -> bool:
        """Pass over what was not read; False where the stream ends before."""
        while self.left:
            data = self._stream.read(min(_PIECE, self.left))
            if not data:
                return False
            self.left -= len(data)
        return True


def _header_sums(block: bytes) -> bool:
    said = block[148:156].strip(b" \0")
    if not said or said.strip(b"01234567"):
        return False
    return int(said, 8) == sum(block[:148]) + 256 + sum(block[156:]) and bool(block[:100].strip(b"\0"))


def _number(field: bytes) -> int:
    if field[0] & 0x80:  # GNU: binary
        return int.from_bytes(field, "big") & ~(0x80 << 88)
    digits = field.strip(b" \0")
    return int(digits, 8) if digits and not digits.strip(b"01234567") else 0


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0] if not field.startswith(b"\0") else b""


def _pax_path(body: bytes) -> bytes | None:
    path = None
    while body:
        length, _, _ = body.partition(b" ")
        if not length.isdigit() or not 0 < int(length) <= len(body):
            return path
        key, _, value = body[len(length) + 1 : int(length) - 1].partition(b"=")
        path = value if key == b"path" else path
        body = body[int(length) :]
    return path


def _exactly(stream: Readable, count: int) -> bytes:
    """`count` bytes, fewer only at the end."""
    pieces, left = [], count
    while left and (data := stream.read(left)):
        pieces.append(data)
        left -= len(data)
    return b"".join(pieces)


# --- ZIP ------------------------------------------------------------------------------------------------------------


def zip_members(file: BinaryIO, budget: Budget) -> Iterator[Member]:
    """The members of a ZIP archive, of which `file` must be able to seek. Raises `InputError` where it is damaged."""
    _require_short_list(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, struct.error, NotImplementedError) as error:
        raise InputError(f"this ZIP archive is damaged or cut short ({error}): unpack or fetch it again") from error
    with archive:
        entries = archive.infolist()
        if any(entry.filename == "[Content_Types].xml" for entry in entries):
            raise InputError("this is an office document: save it as text first")
        for entry in entries:
            name = entry.filename
            if entry.is_dir():
                yield Member(name, None)
            elif stat.S_ISLNK(entry.external_attr >> 16):
                yield Member(name, None, "skipped, this is a link")
            elif entry.flag_bits & 1:
                yield Member(name, None, "it is encrypted: unpack it yourself")
            else:
                try:
                    packed = archive.open(entry)
                except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
                    yield Member(name, None, f"it cannot be unpacked: {error}")
                    continue
                with packed:
                    yield _checked(name, io.BufferedReader(Metered(_Unzip(packed), budget, unpacked=True)))


class _Unzip:
    """A member of a ZIP archive, whose damage is an `InputError`."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, struct.error) as error:
            raise InputError(f"its packed bytes are damaged ({error})") from error


def _require_short_list(file: BinaryIO) -> None:
    """The list of contents is held in memory, so its size is looked at before it is read."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise InputError("this ZIP archive is cut short: its list of contents is missing; fetch it again")
    (length,) = struct.unpack_from("<I", tail, at + 12)
    wide = tail.rfind(b"PK\x06\x06", 0, at)
    if wide >= 0 and len(tail) >= wide + 48:
        (length,) = struct.unpack_from("<Q", tail, wide + 40)
    if length > ENTRIES:
        raise InputError("this ZIP archive has too many members: unpack it yourself and give the folder")


# --- names ----------------------------------------------------------------------------------------------------------


def _checked(name: str, stream: io.BufferedReader) -> Member:
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
        return Member(name, None, "refused: its name leads out of the archive")
    if "\0" in name:
        return Member(name, None, "refused: its name holds a NUL")
    return Member(name, stream)
