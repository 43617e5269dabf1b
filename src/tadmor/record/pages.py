"""The rows of an SQLite file read page by page, without SQLite, as far as each page can be read.

SQLite refuses a table from the first damaged page on; here each page and each row stands for itself. The format is that
of https://sqlite.org/fileformat2.html, of files in UTF-8. Nothing is taken on trust: a length that leads out of its
page, a text that is no UTF-8, a page of a wrong type end in a `Damage` and never in an error.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tadmor.record.database import Value

TABLE_LEAF, TABLE_INTERIOR, INDEX_LEAF, INDEX_INTERIOR = 0x0D, 0x05, 0x0A, 0x02
USUAL = 4096  # bytes of a page, where the header does not say
_SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)  # bytes of a value of each of the first serial types


class Cell(NamedTuple):
    """One row as stored; without a rowid in a table that has none, or an index."""

    rowid: int | None
    values: tuple[Value, ...]


class Damage(NamedTuple):
    """A page, or one row of it (`cell`, from 0), that cannot be read."""

    page: int
    cell: int | None = None


class _Unreadable(Exception):
    """What is there is no cell, or no page."""


class Pages:
    """The pages of a file. `form` is the number of the last migration of the record, 0 where the header is lost."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as stream:
            self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        said = int.from_bytes(self._data[16:18], "big")
        size = 65536 if said == 1 else said
        whole = self._data[:16] == b"SQLite format 3\0" and 512 <= size <= 65536 and not size & (size - 1)
        self.size = size if whole else USUAL
        self._usable = self.size - (self._data[20] if whole else 0)
        self.form = int.from_bytes(self._data[60:64], "big") if whole else 0
        self._free_trunk = int.from_bytes(self._data[32:36], "big") if whole else 0
        self.count = len(self._data) // self.size

    def close(self) -> None:
        self._data.close()

    def _page(self, number: int) -> bytes:
        if not 1 <= number <= self.count:
            raise _Unreadable
        return self._data[(number - 1) * self.size : number * self.size]

    def type(self, number: int) -> int:
        """The first byte of a page of a tree."""
        return self._page(number)[100 if number == 1 else 0]

    # --- trees ---

    def tree(self, root: int) -> tuple[list[int], list[Damage]]:
        """The pages of a table or index, in their order, and those that should be and cannot be read."""
        found: dict[int, None] = {}
        damaged: list[Damage] = []
        waiting = [root]
        while waiting:
            number = waiting.pop()
            if number in found:
                continue
            try:
                children = list(self._children(number))
            except (_Unreadable, IndexError, struct.error):
                damaged.append(Damage(number))
                continue
            found[number] = None
            waiting += reversed(children)
        return list(found), damaged

    def _children(self, number: int) -> Iterator[int]:
        page, begin = self._page(number), 100 if number == 1 else 0
        kind = page[begin]
        if kind in (TABLE_LEAF, INDEX_LEAF):
            return
        if kind not in (TABLE_INTERIOR, INDEX_INTERIOR):
            raise _Unreadable
        for at in self._pointers(page, begin, 12):
            yield int.from_bytes(page[at : at + 4], "big")
        yield int.from_bytes(page[begin + 8 : begin + 12], "big")

    def _pointers(self, page: bytes, begin: int, header: int) -> tuple[int, ...]:
        count = int.from_bytes(page[begin + 3 : begin + 5], "big")
        if begin + header + 2 * count > len(page):
            raise _Unreadable
        return struct.unpack_from(f">{count}H", page, begin + header)

    def free(self) -> set[int]:
        """The pages that hold nothing, as far as the file says."""
        found: set[int] = set()
        trunk = self._free_trunk
        while trunk and trunk not in found and trunk <= self.count:
            found.add(trunk)
            page = self._page(trunk)
            trunk, leaves = struct.unpack_from(">2I", page)
            found.update(struct.unpack_from(f">{min(leaves, (len(page) - 8) // 4)}I", page, 8))
        return found

    # --- rows ---

    def cells(self, number: int) -> Iterator[Cell | Damage]:
        """What can be read of a page of a tree; nothing where it only leads to other pages."""
        try:
            page, begin = self._page(number), 100 if number == 1 else 0
            kind = page[begin]
            if kind == TABLE_INTERIOR:
                return
            pointers = self._pointers(page, begin, 12 if kind == INDEX_INTERIOR else 8)
        except (_Unreadable, IndexError, struct.error):
            yield Damage(number)
            return
        for place, at in enumerate(pointers):
            try:
                yield self._cell(page, at, kind)
            except (_Unreadable, IndexError, struct.error, UnicodeDecodeError, OverflowError):
                yield Damage(number, place)

    def _cell(self, page: bytes, at: int, kind: int) -> Cell:
        if kind == INDEX_INTERIOR:
            at += 4
        length, at = _varint(page, at)
        rowid = None
        if kind == TABLE_LEAF:
            rowid, at = _varint(page, at)
        return Cell(rowid, _values(self._payload(page, at, length, kind)))

    def _payload(self, page: bytes, at: int, length: int, kind: int) -> bytes:
        """The bytes of a row: those on its page, and those on the pages that it runs over to."""
        usable = self._usable
        most = usable - 35 if kind == TABLE_LEAF else (usable - 12) * 64 // 255 - 23
        if length <= most:
            local = length
        else:
            least = (usable - 12) * 32 // 255 - 23
            local = least + (length - least) % (usable - 4)
            local = local if local <= most else least
        if at + local > len(page) or not 0 < length <= len(self._data):
            raise _Unreadable
        pieces, left = [page[at : at + local]], length - local
        following = int.from_bytes(page[at + local : at + local + 4], "big")
        while left > 0:
            over = self._page(following)
            following = int.from_bytes(over[:4], "big")
            pieces.append(over[4 : 4 + min(left, usable - 4)])
            left -= usable - 4
        return b"".join(pieces)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A whole number of up to nine bytes, and where it ends."""
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64) if value >> 63 else value, at + 9


def _values(record: bytes) -> tuple[Value, ...]:
    end, at = _varint(record, 0)
    if not 0 < end <= len(record):
        raise _Unreadable
    kinds = []
    while at < end:
        kind, at = _varint(record, at)
        kinds.append(kind)
    found: list[Value] = []
    at = end
    for kind in kinds:
        size = _SIZES[kind] if 0 <= kind < 10 else (kind - 12) // 2 if kind >= 12 else -1
        piece = record[at : at + size]
        if size < 0 or len(piece) != size:
            raise _Unreadable
        at += size
        if kind == 0:
            found.append(None)
        elif kind == 7:
            found.append(struct.unpack(">d", piece)[0])
        elif kind < 10:
            found.append(kind - 8 if kind >= 8 else int.from_bytes(piece, "big", signed=True))
        else:
            found.append(piece.decode("utf-8") if kind % 2 else piece)
    if at != len(record):
        raise _Unreadable
    return tuple(found)


def owners(pages: Pages) -> tuple[dict[str, list[int]], dict[str, list[Damage]]]:
    """The pages of each table and index by name, and what of them cannot be read; of those whose root is known."""
    found: dict[str, list[int]] = {"sqlite_schema": []}
    damaged: dict[str, list[Damage]] = {}
    found["sqlite_schema"], lost = pages.tree(1)
    roots: dict[str, int] = {}
    for number in found["sqlite_schema"]:
        for cell in pages.cells(number):
            if isinstance(cell, Damage):
                lost.append(cell)
            elif len(cell.values) == 5 and isinstance(cell.values[1], str) and isinstance(cell.values[3], int):
                roots[cell.values[1]] = cell.values[3]
    if lost:
        damaged["sqlite_schema"] = lost
    for name, root in roots.items():
        if root:  # views and triggers have none
            found[name], lost = pages.tree(root)
            if lost:
                damaged[name] = lost
    return found, damaged


def owner_of(owned: Mapping[str, list[int]]) -> dict[int, str]:
    """The table or index that each page belongs to."""
    return {number: name for name, numbers in owned.items() for number in numbers}
