"""What runs in the Python process of an executor."""

from __future__ import annotations

import faulthandler
import pickle
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import count
from typing import Any

from tadmor.run.pool import LIMIT, Pool
from tadmor.run.stage import Given, Stage, Step, Taken, chunks


class Executor:
    """Runs a stage in this process, which opens it once and keeps it for the tasks to come.

    An input may bring the process down, or take for ever, and Spark then tries the task again and at last gives up the
    job. So who takes longer than a chunk may is ended, and a second try is made with a process beside this one, as on
    one machine: such an input then costs itself and nothing else.
    """

    workers = 1

    def map(self, stage: Stage[Taken, Given], inputs: Iterable[Taken]) -> Iterator[tuple[Taken, Given]]:
        from pyspark import TaskContext

        task = TaskContext.get()
        if task is not None and task.attemptNumber():
            yield from Pool(1).map(stage, inputs)
            return
        for chunk in chunks(inputs, stage.size, stage.at_once):
            step = _opened(pickle.dumps(stage.open))
            faulthandler.dump_traceback_later(LIMIT, exit=True)
            try:
                pairs = chunk.run(step)
            finally:
                faulthandler.cancel_dump_traceback_later()
            yield from pairs


@cache
def _opened(opening: bytes) -> Step[Any, Any]:
    """By what was sent, as every task has a copy of the function of its own."""
    open: Callable[[], Step[Any, Any]] = pickle.loads(opening)
    return open()


def numbers(run: int) -> Iterator[int]:
    """Numbers for rows that no other task takes, and no other run: 2**16 of them with as many tasks each."""
    from pyspark import TaskContext

    task = TaskContext.get()
    assert task is not None
    return count(run << 47 | task.partitionId() << 31)
