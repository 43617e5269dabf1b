"""Digests by which the timeline knows again what it has seen before."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["NOTHING", "Marks", "Total", "digest", "marks", "stripped", "total"]

SIZE = 12  # bytes
ROOM = 16  # bytes of one in a column: NumPy moves these four times as fast
Marks = npt.NDArray[np.void]


def digest(*parts: bytes) -> bytes:
    """A digest of `parts`, of which all but the last are of fixed lengths."""
    return blake2b(b"".join(parts), digest_size=SIZE).digest()


def marks(some: bytes) -> Marks:
    """Digests, one after the other, in a column."""
    found = np.zeros((len(some) // SIZE, ROOM), dtype=np.uint8)
    found[:, :SIZE] = np.frombuffer(some, dtype=np.uint8).reshape(-1, SIZE)
    return found.view(f"V{ROOM}")[:, 0]


def stripped(some: Marks) -> bytes:
    """The digests of a column, one after the other."""
    found: bytes = some.copy().view(np.uint8).reshape(-1, ROOM)[:, :SIZE].tobytes()
    return found


class Total(NamedTuple):
    """The sum of some marks, word by word: a digest of all of them, whatever their order."""

    words: tuple[int, ...]

    def with_(self, gone: Marks, come: Marks) -> Total:
        """Without some marks, and with others."""
        return self + total(come) - total(gone)

    def __add__(self, other: Total) -> Total:  # type: ignore[override]
        return Total(tuple((one + more) & _WORD for one, more in zip(self.words, other.words, strict=True)))

    def __sub__(self, other: Total) -> Total:
        return Total(tuple((one - less) & _WORD for one, less in zip(self.words, other.words, strict=True)))

    @property
    def packed(self) -> bytes:
        return b"".join(word.to_bytes(8, "little") for word in self.words)


_WORD = (1 << 64) - 1
NOTHING = Total((0,) * (ROOM // 8))


def total(some: Marks) -> Total:
    """The sum of the marks of a column."""
    words = some.view("<u8")
    return Total(tuple(int(words[at :: ROOM // 8].sum()) for at in range(ROOM // 8)))
