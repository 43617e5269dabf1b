"""Writes a small PMTiles archive (version 3 of the specification): the whole world as one tile."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

VECTOR, PNG, PLAIN = 1, 2, 1  # of the specification: types of tiles, no compression


def write(path: Path, tile: bytes, kind: int, metadata: object) -> Path:
    """An archive with one tile."""
    directory = bytes([1, 0, 1]) + _varint(len(tile)) + bytes([1])  # entries, tile, run, length, offset + 1
    about = json.dumps(metadata).encode()
    starts = [127, 127 + len(directory), 127 + len(directory) + len(about)]
    e7 = 10**7
    head = struct.pack(
        "<7sB11Q6B4iB2i",
        b"PMTiles", 3,
        starts[0], len(directory), starts[1], len(about), starts[2], 0, starts[2], len(tile), 1, 1, 1,
        1, PLAIN, PLAIN, kind, 0, 0,
        -180 * e7, -85 * e7, 180 * e7, 85 * e7, 0, 0, 0,
    )  # fmt: skip
    path.write_bytes(head + directory + about + tile)
    return path


def picture(colour: tuple[int, int, int]) -> bytes:
    """A tile of one colour."""
    side = 256
    rows = (b"\0" + bytes(colour) * side) * side
    chunks = {b"IHDR": struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0), b"IDAT": zlib.compress(rows), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks.items()
    )


def vector(layer: str) -> bytes:
    """A vector tile with one polygon over all of it."""
    square = [9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15]  # move to 0, 0; three lines of zigzag steps; close
    geometry = b"".join(map(_varint, square))
    feature = bytes([0x18, 3, 0x22]) + _varint(len(geometry)) + geometry
    name = layer.encode()
    body = bytes([0x0A]) + _varint(len(name)) + name + bytes([0x12]) + _varint(len(feature)) + feature
    body += bytes([0x28]) + _varint(4096) + bytes([0x78, 2])
    return bytes([0x1A]) + _varint(len(body)) + body


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])
