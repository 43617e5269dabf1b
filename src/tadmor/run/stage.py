"""What a runner runs.

A stage is opened once in each process (that is where the parser and the dictionaries are loaded) and then takes inputs
by the chunk, so that a parser can work on many texts at once. It gives exactly one result an input, in order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

Taken = TypeVar("Taken")
Given = TypeVar("Given")

Step = Callable[[Sequence[Taken]], Sequence[Given]]

CHUNK = (
    16  # inputs; swept 4-64 on short news texts: below 8 the parser's batches are too small, above 32 nothing is won
)
CHUNK_SIZE = 1_000_000  # bytes; a few very long texts must not wait for each other
ALL, ALL_SIZE = 256, 16_000_000  # the same with the inputs in between whose results are told at once
AHEAD = 2  # chunks, unless the stage says otherwise
PATIENCE = 1.0  # seconds that a chunk is filled: what comes slowly, over the net, is not kept waiting for more
# Inputs to which the same is done in a row: code and tables that it takes are still in the processor's cache then.
ROW, ROW_SIZE = 16, 4_000_000


def nothing(_: object) -> None:
    """Tells no result at once."""


class Stage(NamedTuple, Generic[Taken, Given]):
    """A stage. All must be functions of a module, or made of such with `functools.partial`, so that they can be sent to
    another process."""

    open: Callable[[], Step[Taken, Given]]
    lost: Callable[[Taken, str], Given]  # the result for an input whose worker died, and why it died
    size: Callable[[Taken], int]
    # The result of an input that is told sooner than it could be handed to a worker; None: it is for the step.
    at_once: Callable[[Taken], Given | None] = nothing
    ahead: int = AHEAD  # chunks a worker that may wait to be run or to be given out


class Runner(Protocol):
    """Runs a stage; the results come with their inputs, in the order of the inputs."""

    @property
    def workers(self) -> int:
        """How many processes it runs over; 1 where it is this one."""
        ...

    def map(self, stage: Stage[Taken, Given], inputs: Iterable[Taken]) -> Iterator[tuple[Taken, Given]]: ...


class Chunk(NamedTuple, Generic[Taken, Given]):
    """Inputs in a row, and by their places the results of those that were told at once."""

    inputs: list[Taken]
    told: dict[int, Given]

    @property
    def todo(self) -> list[int]:
        """The places of those that are for the step."""
        return [at for at in range(len(self.inputs)) if at not in self.told]

    def run(self, step: Step[Taken, Given]) -> Iterator[tuple[Taken, Given]]:
        """Each input with its result."""
        todo = self.todo
        given = step([self.inputs[at] for at in todo]) if todo else ()
        results = self.told | dict(zip(todo, given, strict=True))
        return ((item, results[at]) for at, item in enumerate(self.inputs))


def chunks(
    inputs: Iterable[Taken], size: Callable[[Taken], int], at_once: Callable[[Taken], Given | None] = nothing
) -> Iterator[Chunk[Taken, Given]]:
    """Inputs by the chunk: for the step at most `CHUNK` of them and, but for a single one, at most `CHUNK_SIZE`
    together; with those in between at most `ALL`, and `ALL_SIZE`. None is filled for longer than `PATIENCE`."""
    chunk: Chunk[Taken, Given] = Chunk([], {})
    todo = todo_size = all_size = 0
    begun = time.monotonic()
    for item, told in _looked_at(inputs, size, at_once):
        weight = size(item)
        room = told is not None or not todo or (todo < CHUNK and todo_size + weight <= CHUNK_SIZE)
        room = room and len(chunk.inputs) < ALL and all_size + weight <= ALL_SIZE
        if chunk.inputs and not (room and time.monotonic() - begun < PATIENCE):
            yield chunk
            chunk = Chunk([], {})
            todo = todo_size = all_size = 0
            begun = time.monotonic()
        if told is None:
            todo += 1
            todo_size += weight
        else:
            chunk.told[len(chunk.inputs)] = told
        all_size += weight
        chunk.inputs.append(item)
    if chunk.inputs:
        yield chunk


def _looked_at(
    inputs: Iterable[Taken], size: Callable[[Taken], int], at_once: Callable[[Taken], Given | None]
) -> Iterator[tuple[Taken, Given | None]]:
    """Each input with what is told of it at once."""
    if at_once is nothing:
        yield from ((item, None) for item in inputs)
        return
    for row in rows(inputs, size):
        yield from [(item, at_once(item)) for item in row]


def rows(inputs: Iterable[Taken], size: Callable[[Taken], int]) -> Iterator[list[Taken]]:
    """Inputs in rows of up to `ROW` or `ROW_SIZE`. One that was waited for so long that a row of such would take more
    than `PATIENCE` ends its row."""
    row: list[Taken] = []
    row_size = 0
    asked = time.monotonic()
    for item in inputs:
        slow = time.monotonic() - asked >= PATIENCE / ROW
        row.append(item)
        row_size += size(item)
        if slow or len(row) == ROW or row_size >= ROW_SIZE:
            yield row
            row, row_size = [], 0
        asked = time.monotonic()
    if row:
        yield row
