"""How the cost of a report grows with how many there are: stories, record and histories, everything but the parser.

    python -m bench.growth [COUNT ...] [--no-histories]

A million reports, without their histories, take about half an hour:

    python -m bench.growth --no-histories 10000 1000000

The reports are those of an invented war (`bench.invented_war`): three in ten come in two or three copies, one claim in
twenty is about one place, and there are as many places as a hundred claims each need. They go the whole way of
`tadmor read` in one process; only what a report says is given instead of read. Processor time counts, without that of
the inventing. *Storing* is all until the last report is handed out, signatures included; then come the *stories* and
the *histories*. Memory is the most that the process had, the inventing included; a parser would come on top of it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.floors import Measure, corpus_hash
from bench.invented_war import War
from bench.storyspeed import alone, peak
from tadmor.pipeline import Found, Read, read_found_into
from tadmor.record.database import open_record
from tadmor.record.desk import Summary
from tadmor.records import Reading
from tadmor.report.source import Document
from tadmor.report.story import body, signature
from tadmor.run.local import Local
from tadmor.run.stage import Stage

COUNTS = (2_000, 10_000)  # in `python -m bench`; growth is wanted from 10,000 to 100,000, which takes minutes
A_REPORT = 4  # claims, in the mean


class Figures(NamedTuple):
    """Of so many reports: seconds of the processor, most memory in MB until stories were found and in all, bytes of the
    record in MB."""

    reports: int
    claims: int
    storing: float
    stories: float
    histories: float
    memory_before: float
    memory: float
    size: float

    @property
    def each(self) -> float:
        """Milliseconds a report."""
        return (self.storing + self.stories + self.histories) / self.reports * 1e3


class _StoriesFound(Exception):
    """All that is to be measured is done."""


class Invented:
    """Readings of a war, handed out as documents; each is kept only until it is asked for what it says."""

    def __init__(self, count: int) -> None:
        """About `count` reports."""
        self.made = 0
        self.spent = 0.0  # seconds of the processor, for inventing
        self.exhausted = 0.0  # when the last was handed out, in seconds of the processor
        self._count = count
        self._said: dict[str, Reading] = {}

    def documents(self) -> Iterator[Found]:
        begun = time.process_time()
        for story in War(self._count * A_REPORT).stories():
            for reading in story:
                self.made += 1
                origin = reading.report.origin
                self._said[origin] = reading
                raw = reading.report.text.encode()
                self.spent += time.process_time() - begun
                yield Document(raw=raw, origin=origin, doc=reading.report.doc, media_type="text/plain")
                begun = time.process_time()
        self.exhausted = time.process_time()

    def read(self, found: Sequence[Found]) -> list[Read]:
        """What each document says, with the signature that a reader would have made."""
        return [_signed(self._said.pop(document.origin)) for document in found]


def _signed(reading: Reading) -> Reading:
    report = reading.report
    sketch = signature(body(report.text, report.segments))
    return msgspec.structs.replace(reading, report=msgspec.structs.replace(report, signature=sketch))


def _lost(document: Found, cause: str) -> Read:
    raise RuntimeError(f"{document.origin}: {cause}")  # there are no workers to lose


def grown(count: int, histories: bool = True) -> Figures:
    """Measure in this process, with about so many reports; without `histories` until their stories are found."""
    invented = Invented(count)
    told: list[tuple[float, float]] = []  # seconds of the processor and memory, from when stories were found on

    summary = Summary()

    def progress(now: Summary) -> None:
        nonlocal summary
        summary = now
        if summary.places_left and not told:
            told.append((time.process_time(), peak()))
            if not histories:
                raise _StoriesFound

    stage: Stage[Found, Read] = Stage(lambda: invented.read, _lost, lambda document: 0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grown.tadmor"
        begun = time.process_time()
        with open_record(path, write=True) as database, suppress(_StoriesFound):
            read_found_into(database, invented.documents(), runner=Local(), stage=stage, progress=progress)
        ended = time.process_time()
        found, memory = told[0]
        size = path.stat().st_size / 1e6
    if summary.failed or summary.new != invented.made or bool(summary.places_left) is histories:
        raise RuntimeError(f"of {invented.made} reports {summary.new} were stored, {len(summary.failed)} failed")
    return Figures(
        reports=invented.made,
        claims=summary.claims,
        storing=invented.exhausted - begun - invented.spent,
        stories=found - invented.exhausted,
        histories=ended - found,
        memory_before=memory,
        memory=peak(),
        size=size,
    )


def line(now: Figures, before: Figures | None) -> str:
    growth = f", {now.each / before.each:.2f} of before" if before else ""
    return (
        f"{now.reports:,} reports, {now.claims:,} claims: storing {now.storing:.1f} s, stories {now.stories:.1f} s,"
        f" histories {now.histories:.1f} s; {now.each:.3f} ms a report{growth}; {now.memory:.0f} MB"
        f" ({now.memory_before:.0f} before histories), record {now.size:.0f} MB"
    )


def measure(counts: Sequence[int] = COUNTS) -> Measure:
    """Growth from the first count to the last."""
    figures = [alone(partial(grown, count)) for count in counts]
    few, many = figures[0], figures[-1]
    return Measure(
        name="growth, invented war",
        sha256=corpus_hash([Path(__file__).with_name("invented_war.py")]),
        figures={
            "ms a report": many.each,
            "a report among many, of one among few": many.each / few.each,
            "peak memory, MB": many.memory,
        },
        table=tuple(line(now, few if now is many else None) for now in figures),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("counts", nargs="*", type=int, default=(1_000, 10_000, 100_000))
    parser.add_argument("--no-histories", action="store_true", help="stop when the stories are found")
    options = parser.parse_args()
    before = None
    for count in options.counts:
        now = alone(partial(grown, count, not options.no_histories))
        print(line(now, before), flush=True)
        before = now


if __name__ == "__main__":
    main()
