"""What a runner runs.

A stage is opened once in each process (that is where the parser and the dictionaries are loaded) and then takes inputs
by the chunk, so that a parser can work on many texts at once. It gives exactly one result an input, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

Taken = TypeVar("Taken")
Given = TypeVar("Given")

Step = Callable[[Sequence[Taken]], Sequence[Given]]

CHUNK = (
    16  # inputs; swept 4-64 on short news texts: below 8 the parser's batches are too small, above 32 nothing is won
)
CHUNK_SIZE = 1_000_000  # bytes; a few very long texts must not wait for each other


class Stage(NamedTuple, Generic[Taken, Given]):
    """A stage. All three must be functions of a module, or made of such with `functools.partial`, so that they can be
    sent to another process."""

    open: Callable[[], Step[Taken, Given]]
    lost: Callable[[Taken, str], Given]  # the result for an input whose worker died, and why it died
    size: Callable[[Taken], int]


class Runner(Protocol):
    """Runs a stage; the results come with their inputs, in the order of the inputs."""

    @property
    def workers(self) -> int:
        """How many processes it runs over; 1 where it is this one."""
        ...

    def map(self, stage: Stage[Taken, Given], inputs: Iterable[Taken]) -> Iterator[tuple[Taken, Given]]: ...


def chunks(inputs: Iterable[Taken], size: Callable[[Taken], int]) -> Iterator[list[Taken]]:
    """Inputs by the chunk: at most `CHUNK` of them and, but for a single one, at most `CHUNK_SIZE` together."""
    chunk: list[Taken] = []
    total = 0
    for item in inputs:
        weight = size(item)
        if chunk and (len(chunk) == CHUNK or total + weight > CHUNK_SIZE):
            yield chunk
            chunk, total = [], 0
        chunk.append(item)
        total += weight
    if chunk:
        yield chunk
