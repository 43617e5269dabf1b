"""The invented reader, with what happens to executors; a module of its own, so that they can import it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import invented
from tadmor import pipeline
from tadmor.run.stage import Stage
from tadmor.timeline.unit import whole

TELL = partial(whole, invented.history)


def open_deadly(once: str) -> Callable[[Sequence[pipeline.Found]], list[pipeline.Read]]:
    """Reads as the invented reader does. "Deadly" ends the process that reads it; "Executor" ends, the first time, the
    executor with all it holds."""

    def step(found: Sequence[pipeline.Found]) -> list[pipeline.Read]:
        for one in found:
            raw = getattr(one, "raw", b"")
            if b"Deadly" in raw:
                os.kill(os.getpid(), signal.SIGKILL)
            if b"Executor" in raw and not Path(once).exists():
                Path(once).touch()
                os.kill(_executor(os.getpid()), signal.SIGKILL)
        return pipeline.read_documents(found, invented.claims)

    return step


def _executor(process: int) -> int:
    """The Java process that this one comes from."""
    while b"CoarseGrainedExecutorBackend" not in Path(f"/proc/{process}/cmdline").read_bytes():
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return process


def deadly(once: Path) -> Stage[pipeline.Found, pipeline.Read]:
    return Stage(partial(open_deadly, str(once)), pipeline.READ.lost, pipeline.READ.size)
