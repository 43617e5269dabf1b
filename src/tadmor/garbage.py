"""How often Python's collector of garbage looks for circles of objects that nothing else knows.

Reports, histories and rows are many objects that hardly ever refer to each other in circles; looking through them again
and again takes up to a third of the time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["seldom", "uncollected"]

YOUNG = 100_000  # new objects after which the collector looks through them
OLDER = 50  # times, before it looks through all that were left of these: what is kept of a large place takes .15 s


def seldom() -> None:
    """Have this process collect seldom from now on."""
    gc.set_threshold(YOUNG, OLDER, OLDER)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without any collection."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
