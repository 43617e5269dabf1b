"""Run a stage over worker processes.

Each worker opens the stage once and serves one chunk at a time over its own pipe, so that the parent knows at every
moment which inputs a worker holds. When a worker dies (out of memory, a crash in native code) or takes too long, its
inputs are tried once more one by one, each in a worker that holds nothing else; an input that brings its worker down
again is given up with a result of `Stage.lost`, and all others are done. Results come in the order of the inputs. No
more than two chunks a worker are taken ahead of what has been given out, so that an endless stream of inputs is never
held in memory.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Generic

from tadmor.run.stage import Chunk, Given, Stage, Step, Taken, chunks

LIMIT = 300.0  # seconds for a chunk; a report takes well under one, a hostile page is stopped by the reader itself
AHEAD = 2  # chunks a worker that may wait to be run or to be given out
STILLBORN = 3  # workers that die one after the other before they are ready: then there is no use in another


class Pool:
    """Runs stages over up to `workers` processes, which are started as chunks come."""

    def __init__(self, workers: int, *, limit: float = LIMIT) -> None:
        if workers < 1:
            raise ValueError("a pool needs at least one worker")
        self.workers = workers
        self.limit = limit

    def map(self, stage: Stage[Taken, Given], inputs: Iterable[Taken]) -> Iterator[tuple[Taken, Given]]:
        work = _Work(stage, self.workers, self.limit)
        try:
            yield from work.results(chunks(inputs, stage.size, stage.at_once))
        finally:
            work.close()


class _Task(Generic[Taken, Given]):
    """A chunk on its way: which of its inputs are still to do, and what the others gave."""

    def __init__(self, chunk: Chunk[Taken, Given]) -> None:
        self.inputs = chunk.inputs
        self.results = chunk.told
        self.waiting: deque[Sequence[int]] = deque([chunk.todo] if chunk.todo else ())  # groups to be run together
        self.open = len(self.waiting)  # groups not done

    @property
    def done(self) -> bool:
        return self.open == 0

    def given(self) -> list[Given]:
        return [self.results[index] for index in range(len(self.inputs))]


class _Worker(Generic[Taken, Given]):
    """A process, the pipe to it and what it holds."""

    def __init__(self, context: SpawnContext, stage: Stage[Taken, Given]) -> None:
        self.pipe, theirs = context.Pipe()
        with _one_thread():
            self.process: SpawnProcess = context.Process(target=_serve, args=(stage, theirs), daemon=True)
            self.process.start()
        theirs.close()
        self.task: _Task[Taken, Given] | None = None
        self.group: Sequence[int] = ()
        self.ready = False  # has opened the stage
        self.deadline = float("inf")

    def give(self, task: _Task[Taken, Given], group: Sequence[int], limit: float) -> None:
        self.task, self.group = task, group
        self.deadline = time.monotonic() + limit if self.ready else float("inf")
        with suppress(BrokenPipeError, ConnectionResetError):  # it died while idle: its pipe then reads as closed
            self.pipe.send([task.inputs[index] for index in group])

    def stop(self) -> None:
        self.pipe.close()
        if self.process.is_alive():
            self.process.kill()
        self.process.join()


class _Work(Generic[Taken, Given]):
    """One run of `Pool.map`."""

    def __init__(self, stage: Stage[Taken, Given], workers: int, limit: float) -> None:
        self.stage = stage
        self.most = workers
        self.limit = limit
        self.context = multiprocessing.get_context("spawn")
        self.workers: list[_Worker[Taken, Given]] = []
        self.stillborn = 0

    def results(self, source: Iterator[Chunk[Taken, Given]]) -> Iterator[tuple[Taken, Given]]:
        tasks: deque[_Task[Taken, Given]] = deque()
        more = True
        while True:
            while more and len(tasks) < AHEAD * self.most:
                chunk = next(source, None)
                if chunk is None:
                    more = False
                else:
                    tasks.append(_Task(chunk))
                    self._hand_out(tasks)  # now: to fill the next one may take its time
            if not tasks:
                return
            self._hand_out(tasks)
            if tasks[0].done:
                task = tasks.popleft()
                yield from zip(task.inputs, task.given(), strict=True)
            else:
                self._collect()

    def close(self) -> None:
        for worker in self.workers:
            worker.stop()
        self.workers = []

    def _hand_out(self, tasks: Iterable[_Task[Taken, Given]]) -> None:
        for worker in [worker for worker in self.workers if worker.task is None and not worker.process.is_alive()]:
            self._let_go(worker)
        idle = [worker for worker in self.workers if worker.task is None]
        for task in tasks:
            while task.waiting:
                if not idle:
                    if len(self.workers) == self.most:
                        return
                    idle.append(self._hire())
                idle.pop().give(task, task.waiting.popleft(), self.limit)

    def _hire(self) -> _Worker[Taken, Given]:
        worker = _Worker(self.context, self.stage)
        self.workers.append(worker)
        return worker

    def _collect(self) -> None:
        """Wait until a worker has something to say, has died, or has had its time."""
        busy = {worker.pipe: worker for worker in self.workers if worker.task is not None}
        soonest = min(worker.deadline for worker in busy.values())
        timeout = None if soonest == float("inf") else max(0.0, soonest - time.monotonic())
        for pipe in wait(list(busy), timeout):
            worker = busy[pipe]  # type: ignore[index]
            try:
                message = worker.pipe.recv()
            except (EOFError, ConnectionResetError):
                worker.process.join()
                self._dismiss(worker, _cause(worker.process.exitcode))
                continue
            if message is READY:
                worker.ready, self.stillborn = True, 0
                worker.deadline = time.monotonic() + self.limit
            elif isinstance(message, BaseException):
                raise message
            else:
                self._take(worker, message)
        now = time.monotonic()
        for worker in list(self.workers):
            if worker.task is not None and worker.deadline <= now:
                self._dismiss(worker, f"it took longer than {self.limit:g} s")

    def _take(self, worker: _Worker[Taken, Given], results: Sequence[Given]) -> None:
        task = worker.task
        assert task is not None
        for index, result in zip(worker.group, results, strict=True):
            task.results[index] = result
        task.open -= 1
        worker.task, worker.deadline = None, float("inf")

    def _dismiss(self, worker: _Worker[Taken, Given], cause: str) -> None:
        """Let a worker go that died or was too slow, and decide what becomes of what it held."""
        task, group = worker.task, worker.group
        assert task is not None
        self._let_go(worker)
        if not worker.ready:  # not the fault of what it was to do
            self.stillborn += 1
            if self.stillborn == STILLBORN:
                raise RuntimeError(f"workers cannot be started: {cause}")
            task.waiting.append(group)
            return
        task.open -= 1
        if len(group) == 1:
            task.results[group[0]] = self.stage.lost(task.inputs[group[0]], cause)
        else:
            task.waiting.extend([index] for index in group)
            task.open += len(group)

    def _let_go(self, worker: _Worker[Taken, Given]) -> None:
        self.workers.remove(worker)
        worker.stop()


READY = None  # what a worker says once it has opened the stage


def _serve(stage: Stage[Any, Any], pipe: Connection) -> None:
    """A worker's life: open the stage, then chunk by chunk until the parent closes the pipe or is gone."""
    # Ctrl-C reaches the whole group of processes; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        step: Step[Any, Any] = stage.open()
    except Exception as error:
        _send(pipe, error)
        return
    pipe.send(READY)
    while True:
        try:
            chunk = pipe.recv()
        except (EOFError, ConnectionResetError):
            return
        try:
            results = list(step(chunk))
        except Exception as error:
            _send(pipe, error)
            return
        try:
            pipe.send(results)
        except (BrokenPipeError, ConnectionResetError):
            return


def _send(pipe: Connection, error: Exception) -> None:
    try:
        pipe.send(error)
    except Exception:  # an error that cannot be pickled
        pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        return f"its worker was killed ({name})" + (", perhaps for want of memory" if name == "SIGKILL" else "")
    return f"its worker ended ({code})"


@contextmanager
def _one_thread() -> Iterator[None]:
    """Number libraries take one thread a worker: the workers are the parallelism. They read this when first loaded."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
