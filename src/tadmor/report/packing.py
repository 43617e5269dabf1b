"""Packings with one stream after the other in a file (bzip2, xz, Zstandard), and those of the way from a server.

Each is unpacked piece by piece, so that no more comes out at once than was asked for; what comes out in all is counted.
"""

from __future__ import annotations

import bz2
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

from tadmor.errors import InputError
from tadmor.report.unpack import Budget, CutShort, Readable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Packing = Literal["bzip2", "xz", "zstd"]

MEMORY = 128_000_000  # bytes that unpacking may take, whatever the input asks for: `xz -9` needs 65 MB
_WINDOW = 27  # the same for Zstandard, as a power of two
_PIECE = 65_536
_ZSTD = b"\x28\xb5\x2f\xfd"


class _Decompressor(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class Unpacked(io.RawIOBase):
    """The bytes that are packed in a stream.

    Raises `InputError` where it is damaged, `CutShort` where it breaks off.
    """

    def __init__(self, packing: Packing, stream: Readable, budget: Budget) -> None:
        self._new = _decompressor(packing)
        self._stream, self._budget = stream, budget
        self._unpack: _Decompressor | None = None
        self._packed = b""  # taken from the stream and not yet given to be unpacked
        self._taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        data = self._piece(len(view))
        self._budget.give(len(data))
        view[: len(data)] = data
        return len(data)

    def _piece(self, most: int) -> bytes:
        while True:
            wanted = self._unpack is None or self._unpack.needs_input
            if wanted and not self._packed:
                self._packed = self._stream.read(_PIECE)
                self._taken += len(self._packed)
            if self._unpack is None:
                self._packed = self._packed.lstrip(b"\0") if self._taken > len(self._packed) else self._packed
                if not self._packed:
                    return b""
                self._unpack = self._new()
            packed, self._packed = (self._packed, b"") if wanted else (b"", self._packed)
            try:
                data = self._unpack.decompress(packed, most)
            except (OSError, ValueError, EOFError, lzma.LZMAError, zstd_error()) as error:
                raise InputError(f"its packed bytes are damaged before byte {self._taken:,} ({error})") from error
            ended = wanted and not packed
            if self._unpack.eof:
                self._packed = self._unpack.unused_data + self._packed
                self._unpack = None
            if data:
                return data
            if ended and self._unpack is not None:
                raise CutShort(self._taken)


def unpacked_page(body: bytes, encoding: str, most: int) -> bytes:
    """A page without the packing of its way (Content-Encoding).

    Many archives keep the header and have undone the packing already, so the bytes decide. Raises `InputError` where
    they are damaged or unpack to more than `most`.
    """
    try:
        plain = _unpacked_page(body, encoding.lower(), most)
    except (zlib.error, zstd_error(), EOFError) as error:
        raise InputError(f"its page is packed and damaged ({error})") from error
    if len(plain) > most:
        raise InputError(f"its page unpacks to more than {most:,} bytes")
    return plain


def _unpacked_page(body: bytes, encoding: str, most: int) -> bytes:
    if body.startswith(b"\x1f\x8b") or (encoding == "deflate" and body[:1] == b"\x78"):
        return zlib.decompressobj(47).decompress(body, most + 1)
    if body.startswith(_ZSTD):
        unpack = _decompressor("zstd")()
        plain = unpack.decompress(body, most + 1)
        if unpack.needs_input and not unpack.eof:
            raise InputError("its page is packed and damaged (it is cut short)")
        return plain
    return _unbrotlied(body, most) if encoding == "br" else body


def _unbrotlied(body: bytes, most: int) -> bytes:
    """Brotli has no mark by which it is known: what is none was unpacked before."""
    import brotli

    unpack = brotli.Decompressor()
    pieces: list[bytes] = []
    size, packed = 0, body
    while not unpack.is_finished() and size <= most:
        try:
            piece: bytes = unpack.process(packed, output_buffer_limit=_PIECE)
        except brotli.error as error:
            if not pieces:
                return body
            raise InputError(f"its page is packed and damaged ({error})") from error
        if not piece and not packed:
            raise InputError("its page is packed and damaged (it is cut short)")
        pieces.append(piece)
        size, packed = size + len(piece), b""
    return b"".join(pieces)


def _decompressor(packing: Packing) -> Callable[[], _Decompressor]:
    if packing == "bzip2":
        return bz2.BZ2Decompressor
    if packing == "xz":
        return lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
    if sys.version_info >= (3, 14):
        from compression.zstd import DecompressionParameter, ZstdDecompressor
    else:
        from backports.zstd import DecompressionParameter, ZstdDecompressor
    return lambda: ZstdDecompressor(options={DecompressionParameter.window_log_max: _WINDOW})


def zstd_error() -> type[Exception]:
    """What the reader of Zstandard raises on damage; loaded only where something has gone wrong."""
    if sys.version_info >= (3, 14):
        from compression.zstd import ZstdError
    else:
        from backports.zstd import ZstdError
    return ZstdError
