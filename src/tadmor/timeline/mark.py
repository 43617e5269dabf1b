"""Digests by which the timeline knows again what it has seen before."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt

__all__ = ["Marks", "digest", "marks", "of_all", "stripped"]

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


def of_all(some: Marks) -> bytes:
    """A digest of those in a column, whatever their order: their sum, word by word."""
    words = some.view("<u8")
    return b"".join(words[at :: ROOM // 8].sum().tobytes() for at in range(ROOM // 8))
