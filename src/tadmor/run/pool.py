"""Run a stage over worker processes.

Each worker opens the stage once and serves one chunk at a time over its own pipe. A thread of this process waits for
each, and has the next chunk for it, so that none is idle while this process does something else with results. When a
worker dies (out of memory, a crash in native code) or takes too long, its inputs are tried once more one by one, each
in a worker that holds nothing else; an input that brings its worker down again is given up with a result of
`Stage.lost`, and all others are done. Results come in the order of the inputs. No more chunks a worker than the stage
says are taken ahead of what has been given out, so that an endless stream of inputs is never held in memory.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Generic

from tadmor.run.stage import Chunk, Given, Stage, Step, Taken, chunks

LIMIT = 300.0  # seconds for a chunk; a report takes well under one, a hostile page is stopped by the reader itself
STILLBORN = 3  # workers that die one after the other before they are ready: then there is no use in another


class Pool:
    """Runs stages over up to `workers` processes, which are started as chunks come."""

    def __init__(self, workers: int, *, limit: float = LIMIT) -> None:
        if workers < 1:
            raise ValueError("a pool needs at least one worker")
        self.workers = workers
        self.limit = limit

    def map(self, stage: Stage[Taken, Given], inputs: Iterable[Taken]) -> Iterator[tuple[Taken, Given]]:
        crew = _Crew(stage, self.workers, self.limit)
        try:
            yield from crew.results(chunks(inputs, stage.size, stage.at_once))
        finally:
            crew.close()


class _Down(Exception):
    """A worker died or took too long; why."""


class _Worker(Generic[Taken, Given]):
    """A process and the pipe to it."""

    def __init__(self, context: SpawnContext, stage: Stage[Taken, Given]) -> None:
        self.pipe, theirs = context.Pipe()
        with _one_thread():
            self.process: SpawnProcess = context.Process(target=_serve, args=(stage, theirs), daemon=True)
            self.process.start()
        theirs.close()

    def ask(self, inputs: Sequence[Taken], limit: float) -> Sequence[Given]:
        """What the stage gives for some inputs; raises what it raises, and `_Down`."""
        with suppress(BrokenPipeError, ConnectionResetError):  # it died while idle: its pipe then reads as closed
            self.pipe.send(list(inputs))
        results: Sequence[Given] = self.hear(limit)
        return results

    def hear(self, limit: float | None = None) -> Any:
        """The next that it says, within so many seconds."""
        if not self.pipe.poll(limit):
            raise _Down(f"it took longer than {limit:g} s")
        try:
            message = self.pipe.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            raise _Down(_cause(self.process.exitcode)) from None
        if isinstance(message, BaseException):
            raise message
        return message

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Crew(Generic[Taken, Given]):
    """The workers of one run of `Pool.map`, each with a thread."""

    def __init__(self, stage: Stage[Taken, Given], workers: int, limit: float) -> None:
        self.stage = stage
        self.most = workers
        self.limit = limit
        self.context = multiprocessing.get_context("spawn")
        self.threads = ThreadPoolExecutor(workers)
        self.own = threading.local()  # the worker of a thread
        self.hiring = threading.Lock()  # held to change what follows
        self.workers: set[_Worker[Taken, Given]] = set()
        self.stillborn = 0
        self.closed = False

    def results(self, source: Iterator[Chunk[Taken, Given]]) -> Iterator[tuple[Taken, Given]]:
        ahead: deque[Future[list[tuple[Taken, Given]]]] = deque()
        for chunk in source:
            ahead.append(self.threads.submit(self._run, chunk))
            if len(ahead) == self.stage.ahead * self.most:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()

    def close(self) -> None:
        with self.hiring:
            self.closed = True
            for worker in self.workers:
                worker.process.kill()  # its thread then hears that it is gone
        self.threads.shutdown(cancel_futures=True)
        for worker in self.workers:
            worker.stop()

    def _run(self, chunk: Chunk[Taken, Given]) -> list[tuple[Taken, Given]]:
        return list(chunk.run(self._given))

    def _given(self, inputs: Sequence[Taken]) -> list[Given]:
        """One result for each input."""
        worker = self._worker()
        try:
            return list(worker.ask(inputs, self.limit))
        except _Down as down:
            self._let_go(worker)
            if len(inputs) == 1:
                return [self.stage.lost(inputs[0], str(down))]
        return [result for item in inputs for result in self._given([item])]

    def _worker(self) -> _Worker[Taken, Given]:
        """The worker of this thread, a new one where it has none that lives."""
        worker: _Worker[Taken, Given] | None = getattr(self.own, "worker", None)
        if worker is not None and not worker.process.is_alive():
            self._let_go(worker)
            worker = None
        while worker is None:
            worker = self._hire()
        return worker

    def _hire(self) -> _Worker[Taken, Given] | None:
        """A new worker that has opened the stage; None where it died before, which is not the fault of any input."""
        with self.hiring:
            if self.closed:
                raise RuntimeError("the pool is closed")
            worker: _Worker[Taken, Given] = _Worker(self.context, self.stage)
            self.workers.add(worker)
        self.own.worker = worker
        try:
            worker.hear()
        except _Down as down:
            self._let_go(worker)
            with self.hiring:
                self.stillborn += 1
                if self.stillborn >= STILLBORN:
                    raise RuntimeError(f"workers cannot be started: {down}") from None
            return None
        self.stillborn = 0
        return worker

    def _let_go(self, worker: _Worker[Taken, Given]) -> None:
        with self.hiring:
            self.workers.discard(worker)
        self.own.worker = None
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
