"""Run a stage in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tadmor.run.stage import Given, Stage, Taken, chunks


class Local:
    """Opens the stage on the first input and runs one chunk after the other."""

    workers = 1

    def map(self, stage: Stage[Taken, Given], inputs: Iterable[Taken]) -> Iterator[tuple[Taken, Given]]:
        step = None
        for chunk in chunks(inputs, stage.size):
            step = step or stage.open()
            yield from zip(chunk, step(chunk), strict=True)
