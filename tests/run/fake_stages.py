"""Stages for the tests of the runners; a module of its own, so that worker processes can import it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tadmor.run.stage import Stage


def open_squares() -> Callable[[Sequence[int]], list[int]]:
    return lambda numbers: [_square(number) for number in numbers]


def _square(number: int) -> int:
    """-1 kills the process, -2 ends it, -3 hangs, -4 raises; large numbers take longer, to mix the order."""
    if number == -1:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == -2:
        os._exit(3)
    if number == -3:
        time.sleep(120)
    if number == -4:
        raise LookupError("an invented bug")
    time.sleep((number % 7) / 2000)
    return number * number


def open_thread_count() -> Callable[[Sequence[int]], list[str]]:
    return lambda numbers: [os.environ["OMP_NUM_THREADS"] for _ in numbers]


def open_broken() -> Callable[[Sequence[int]], list[int]]:
    raise LookupError("cannot be opened")


def open_noting(folder: str) -> Callable[[Sequence[int]], list[int]]:
    """Leaves a file for each chunk that it was given."""

    def note(numbers: Sequence[int]) -> list[int]:
        (Path(folder) / str(numbers[0])).touch()
        return list(numbers)

    return note


def open_dying() -> Callable[[Sequence[int]], list[int]]:
    os._exit(9)


def lost(number: int, cause: str) -> str:
    return f"{number}: {cause}"


def size(number: int) -> int:
    return 1


def square_of_even(number: int) -> int | None:
    return None if number % 2 else number * number


def noting(folder: Path, ahead: int) -> Stage[int, object]:
    return Stage(partial(open_noting, str(folder)), lost, size, ahead=ahead)


SQUARES: Stage[int, object] = Stage(open_squares, lost, size)
ODD = SQUARES._replace(at_once=square_of_even)
THREADS: Stage[int, object] = Stage(open_thread_count, lost, size)
BROKEN: Stage[int, object] = Stage(open_broken, lost, size)
DYING: Stage[int, object] = Stage(open_dying, lost, size)
