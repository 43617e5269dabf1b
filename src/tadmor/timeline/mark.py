"""Digests by which the timeline knows again what it has seen before."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

__all__ = ["Marks", "digest", "marks"]

SIZE = 12  # bytes
Marks = npt.NDArray[np.void]


def digest(*parts: bytes) -> bytes:
    """A digest of `parts`, of which all but the last are of fixed lengths."""
    return blake2b(b"".join(parts), digest_size=SIZE).digest()


def marks(some: Iterable[bytes]) -> Marks:
    """Digests in a column."""
    return np.frombuffer(b"".join(some), dtype=f"V{SIZE}")
