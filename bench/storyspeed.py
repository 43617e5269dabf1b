"""How long it takes from texts to stories, for many reports and for one more.

    python -m bench.storyspeed [COUNT ...]

The reports are synthetic: sentences of real ones put together anew, with names and numbers exchanged and every seventh
word another one; three in ten carry one of twenty background paragraphs, and three in ten are copies of recent ones
(whole under another headline, with another opening, cut, embedded, or with 5 % of the words changed), a few of which
are copied a hundred times and most never. Processor time is counted of the two steps that stories take: signatures,
which the workers of `tadmor read` make, and finding the stories in the record, which one process does. Seconds on two
cores are half of the one and all of the other. The record and its reports are there before.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from bench.floors import Measure, corpus_hash
from bench.stories import ROOT, Text, corpora, files
from tadmor.pipeline import tell
from tadmor.record.database import open_record
from tadmor.record.desk import Desk
from tadmor.records import Reading, Report, Segment
from tadmor.report.source import Document
from tadmor.report.story import signature
from tadmor.run.local import Local

COUNTS = (10_000, 30_000)
COPIES, BACKGROUNDS = 0.3, 0.3  # shares of the reports
RECENT = 500  # reports that may still be copied
ONE_MORE = 200
Measured = TypeVar("Measured")


class Figures(NamedTuple):
    """Of so many reports: processor seconds of both steps; one more report; most memory in MB; how many stories."""

    reports: int
    signing: float
    finding: float
    one_more: float  # ms of processor time until its story is stored, median
    one_more_95: float  # of 95 in 100
    memory: float
    stories: int

    @property
    def two_cores(self) -> float:
        return self.signing / 2 + self.finding


def texts(reports: Sequence[Text], count: int, seed: int = 1) -> Iterator[str]:
    """Synthetic reports, the same ones with the same seed."""
    chance = random.Random(seed)
    sentences = [sentence.split() for text in reports for sentence in text.sentences]
    words = [word for sentence in sentences for word in sentence]
    names = [word for word in words if word[:1].isupper()]
    lower = [word for word in words if word.islower()]

    def invented(length: int) -> list[str]:
        found: list[str] = []
        while len(found) < length:
            for word in chance.choice(sentences):
                if word[:1].isdigit():
                    word = str(chance.randrange(1, 400))
                elif word[:1].isupper():
                    word = chance.choice(names)
                elif chance.random() < 1 / 7:
                    word = chance.choice(lower)
                found.append(word)
        return found

    backgrounds = [invented(60)[:60] for _ in range(20)]
    recent: deque[list[str]] = deque(maxlen=RECENT)
    often: deque[float] = deque(maxlen=RECENT)  # Pareto's law, as for most things that are copied
    for _ in range(count):
        if recent and chance.random() < COPIES:
            made = _copied(chance.choices(recent, often)[0], invented, chance, lower)
        else:
            made = invented(int(chance.lognormvariate(5.5, 0.5)) + 40)
            if chance.random() < BACKGROUNDS:
                made += chance.choice(backgrounds)
            recent.append(made)
            often.append(chance.paretovariate(1))
        yield " ".join(made)


def _copied(
    original: list[str], invented: Callable[[int], list[str]], chance: random.Random, lower: list[str]
) -> list[str]:
    """What another outlet makes of a report."""
    way = chance.randrange(5)
    if way == 0:
        return [*invented(12), *original]
    if way == 1:
        return original[: max(60, int(len(original) * chance.uniform(0.4, 0.7)))]
    if way == 2:
        return [*invented(100), *original, *invented(100)]
    if way == 3:
        return original
    return [chance.choice(lower) if chance.random() < 0.05 else word for word in original]


def timed(count: int, shared: Path) -> Figures:
    """Measure in this process; memory is that of all it did, the making of the reports included."""
    made = texts(corpora(shared), count + ONE_MORE)
    with tempfile.TemporaryDirectory() as folder, open_record(Path(folder) / "many.tadmor", write=True) as database:
        desk = Desk(database, published=None, outlet=None, progress=lambda summary: None)
        signing = 0.0
        for start in range(0, count, 1000):
            batch = list(islice(made, min(1000, count - start)))
            begun = time.process_time()
            signatures = [signature(text) for text in batch]
            signing += time.process_time() - begun
            desk.store([_read(f"{start + at}", *one) for at, one in enumerate(zip(batch, signatures, strict=True))])
        begun = time.process_time()
        desk.settle(tell, Local())  # no report makes a claim, so that stories are all there is to settle
        finding = time.process_time() - begun
        took = []
        for at, text in enumerate(made):
            desk.store([_read(f"{count + at}", text, signature(text))])
            begun = time.process_time()
            desk.settle(tell, Local())
            took.append((time.process_time() - begun) * 1e3)
        found = database.query("SELECT count(DISTINCT story_id) FROM stories")[0][0]
    return Figures(
        reports=count,
        signing=signing,
        finding=finding,
        one_more=statistics.median(took),
        one_more_95=statistics.quantiles(took, n=20)[-1],
        memory=peak(),
        stories=found,
    )


def peak() -> float:
    """The most MB that this program had in memory; `ru_maxrss` would count the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1e3


def _read(name: str, text: str, sketch: tuple[int, ...]) -> tuple[Document, Reading]:
    """A report as the reader would have given it, without claims."""
    raw = f"{name}: {text}".encode()  # so that whole copies are not the same bytes
    sha256 = hashlib.sha256(raw).hexdigest()
    report = Report(
        id="r" + sha256[:20],
        sha256=sha256,
        doc=name,
        origin=name,
        media_type="text/plain",
        text=text,
        segments=(Segment(role="body", start=0, end=len(text)),),
        signature=sketch,
    )
    return Document(raw=raw, origin=name, doc=name, media_type="text/plain"), Reading(report=report)


def alone(measured: Callable[[], Measured]) -> Measured:
    """Measure in a process of its own, so that memory is that of this count."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measured).result()


def line(now: Figures, before: Figures | None) -> str:
    """How long it took, and how much longer a report took than among fewer."""
    each = now.two_cores / now.reports
    growth = f", {each / (before.two_cores / before.reports):.2f} of before" if before else ""
    return (
        f"{now.reports:,} reports, {now.stories:,} stories: signing {now.signing:.1f} s, finding {now.finding:.1f} s,"
        f" on two cores {now.two_cores:.1f} s; {each * 1e3:.3f} ms a report{growth}; one more {now.one_more:.1f} ms,"
        f" 95 % within {now.one_more_95:.1f} ms; {now.memory:.0f} MB"
    )


def measure(shared: Path) -> Measure:
    """Growth between the counts, and what one more report takes."""
    few, many = (alone(partial(timed, count, shared)) for count in COUNTS)
    figures = {
        f"seconds on two cores, {many.reports:,}": many.two_cores,
        "a report among many, of one among few": (many.two_cores / many.reports) / (few.two_cores / few.reports),
        "one more report, ms": many.one_more,
        "peak memory, MB": many.memory,
    }
    return Measure(
        name="stories, synthetic reports",
        sha256=corpus_hash(files(shared)),
        figures=figures,
        table=(line(few, None), line(many, few)),  # bounds are ceilings, set by hand
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.storyspeed", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("counts", nargs="*", type=int, default=COUNTS)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the corpora are")
    options = parser.parse_args()
    before = None
    for count in options.counts:
        now = alone(partial(timed, count, options.shared))
        print(line(now, before), flush=True)
        before = now


if __name__ == "__main__":
    main()
