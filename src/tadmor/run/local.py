"""Run a stage in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from tadmor.run.stage import Given, Stage, Taken, chunks


class Local:
    """Opens the stage on the first input that needs it and runs one chunk after the other."""

    workers = 1

    def map(self, stage: Stage[Taken, Given], inputs: Iterable[Taken]) -> Iterator[tuple[Taken, Given]]:
        opened = cache(stage.open)
        for chunk in chunks(inputs, stage.size, stage.at_once):
            yield from chunk.run(lambda todo: opened()(todo))
