"""How long it takes to work out all histories of a record anew, and those that one more report touches.

The record is that of an invented war (`bench.invented_war`), of several sizes. Seconds differ from machine to machine,
so the ceilings are on a ratio: the processor time of a rebuild, start of the processes included, in scans of the same
claims by SQLite in the same run, and that of one more report in scans of the record that it joins. What is wanted is
1,000,000 claims on 10,000 places in 120 s on two cores, and one more report stored and decided in 20 ms in the median
and 100 ms at the 95th percentile, also for a place with 50,000 claims. Seconds for 1,000,000 claims are reckoned in a
straight line through the two largest sizes measured.

python -m bench.rebuild [--claims N ...] [--updates N]

`--claims 1000000 --updates 0` takes the record that is wanted, of which one place has 50,000 claims: some five minutes
on two cores at rest, half of them to fill the record, and 4 GB in the folder for temporary files.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.floors import Measure, corpus_hash
from bench.invented_war import LENGTH, Place, War, put, write_record
from bench.speed import Run, watched
from tadmor import garbage
from tadmor.pipeline import tell
from tadmor.record import write
from tadmor.record.database import Database, open_record
from tadmor.record.desk import Desk
from tadmor.run.local import Local

WORKERS = 2
SIZES = (10_000, 50_000)  # claims
WANTED = 1_000_000  # claims ...
WANTED_S = 120.0  # ... rebuilt in so many seconds
LARGE = 50_000  # claims on the place that one more report is about
BESIDE = 10_000  # claims on other places in the same record
UPDATES = 40
MEDIAN_MS, LATE_MS = 20.0, 100.0
SETTLE = """
import resource, sys
from pathlib import Path
from tadmor.pipeline import tell
from tadmor.record.database import open_record
from tadmor.record.desk import Desk
from tadmor.run.pool import Pool
if __name__ == "__main__":
    with open_record(sys.argv[1], write=True) as database:
        desk = Desk(database, published=None, outlet=None, progress=lambda _: None)
        desk.settle(tell, Pool(int(sys.argv[2])))
    used = resource.getrusage(resource.RUSAGE_SELF)
    Path(sys.argv[3]).write_text(str(used.ru_utime + used.ru_stime))
"""


class Rebuilt(NamedTuple):
    """All histories of a record of so many claims worked out, and seconds of processor time to scan the claims.
    `writer`: of the run, that of the process that writes."""

    claims: int
    run: Run
    scan: float
    writer: float

    @property
    def busy(self) -> float:
        """The share of the time by the clock that as many cores as there are workers were used."""
        return self.run.cpu / self.run.wall / WORKERS

    @property
    def scans(self) -> float:
        return self.run.cpu / self.scan


class Updated(NamedTuple):
    """Seconds of processor time, each, to store one more report and to decide what it touches: reports on three places
    of any size but the largest, then reports on the place most spoken of, which is not at hand for the first. `scan`:
    to go through all claims there."""

    small: list[float]
    large: list[float]
    scan: float


def measure(sizes: Sequence[int] = SIZES, updates: int = UPDATES) -> Measure:
    rebuilt = [rebuild(size) for size in sizes]
    small, large, scanned = update(updates)
    largest, seconds = rebuilt[-1], reckoned(rebuilt)
    figures = {
        **{f"scans, {size:,} claims": one.scans for size, one in zip(sizes, rebuilt, strict=True)},
        "claims a second of processor": largest.claims / largest.run.cpu,
        "peak memory, MB": largest.run.memory,
        "seconds for 1,000,000, reckoned": seconds,
        "rebuilt in time": min(1.0, WANTED_S / seconds),
        "one more report, median, ms": _ms(small, 50),
        "one more report, 95th, ms": _ms(small, 95),
        "of a large place, median, ms": _ms(large, 50),
        "of a large place, 95th, ms": _ms(large, 95),
        "one more report, scans": float(np.median(small)) / scanned,
        "of a large place, scans": float(np.median(large)) / scanned,
        "told in time": min(1.0, MEDIAN_MS / _ms(small, 50), LATE_MS / _ms(small, 95)),
        "told in time of a large place": min(1.0, MEDIAN_MS / _ms(large, 50), LATE_MS / _ms(large, 95)),
    }
    return Measure(
        name=f"timeline, invented war, {WORKERS} workers",
        sha256=corpus_hash([Path(__file__).with_name("invented_war.py")]),
        figures=figures,
    )


def reckoned(rebuilt: Sequence[Rebuilt]) -> float:
    """Seconds that `WANTED` claims would take on as many cores as there are workers, if nothing else ran there."""
    *_, small, large = (Rebuilt(0, Run(0.0, 0.0, 0.0), 0.0, 0.0), *rebuilt)
    a_claim = (large.run.cpu - small.run.cpu) / (large.claims - small.claims)
    return (large.run.cpu + (WANTED - large.claims) * a_claim) / WORKERS


def rebuild(claims: int, seed: int = 0) -> Rebuilt:
    """Work out all histories of a new record of about so many claims."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "war.tadmor"
        count = write_record(path, War(claims, seed=seed))
        script = Path(folder) / "settle.py"
        script.write_text(SETTLE, encoding="utf-8")
        os.sync()  # or the system is still busy writing what filled the record
        writer = Path(folder) / "writer"
        run = watched([sys.executable, str(script), str(path), str(WORKERS), str(writer)])
        return Rebuilt(count, run, scan(path), float(writer.read_text()))


def scan(path: Path) -> float:
    """Seconds of processor time to have SQLite go through all claims, row by row."""
    connection = sqlite3.connect(path)
    begun = time.process_time()
    for _ in connection.execute("SELECT * FROM claims"):
        pass
    used = time.process_time() - begun
    connection.close()
    return used


def update(count: int, *, large: int = LARGE, beside: int = BESIDE, seed: int = 1) -> Updated:
    """Add reports one by one to a record with a place that `large` claims are about, and others with `beside`."""
    garbage.seldom()  # as every command
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "war.tadmor"
        war = War(large + beside, largest=large, seed=seed)
        write_record(path, war)
        with open_record(path, write=True) as database:
            desk = Desk(database, published=None, outlet=None, progress=lambda _: None)
            desk.settle(tell, Local())
            others = war.subjects[war.subjects > 0]
            some = [[war.places[at] for at in war.random.choice(others, 3).tolist()] for _ in range(count)]
            taken = [_one_more(database, desk, war, places) for places in some]
            longer = [_one_more(database, desk, war, war.places[:1]) for _ in range(count)]
        return Updated(taken, longer, scan(path))


def _one_more(database: Database, desk: Desk, war: War, places: list[Place]) -> float:
    """A report of the last month of the war. Its story is given: to find it is measured elsewhere."""
    (reading,) = war.story(places, LENGTH - 1 - int(war.random.integers(30)))
    begun = time.process_time()
    with database.transaction():
        put(database, reading)
    stored = time.process_time() - begun
    with database.transaction():
        write.put_stories(database, {reading.report.id: reading.report.id})
    begun = time.process_time()
    desk.settle(tell, Local())
    return stored + time.process_time() - begun


def _ms(seconds: Sequence[float], percentile: int) -> float:
    return float(np.percentile(seconds, percentile)) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.rebuild", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--claims", type=int, nargs="+", default=list(SIZES), help="sizes of the records to rebuild")
    parser.add_argument("--updates", type=int, default=UPDATES, help="reports to add one by one; 0: none")
    options = parser.parse_args()
    print(
        f"{'claims':>12}{'processor s':>14}{'writer s':>10}{'clock s':>10}{'busy':>6}{'us a claim':>12}{'scans':>8}"
        f"{'MB':>8}"
    )
    rebuilt = []
    for claims in options.claims:
        one = rebuild(claims)
        rebuilt.append(one)
        print(
            f"{one.claims:12,}{one.run.cpu:14.1f}{one.writer:10.1f}{one.run.wall:10.1f}{one.busy:6.0%}"
            f"{one.run.cpu / one.claims * 1e6:12.0f}{one.scans:8.1f}{one.run.memory:8.0f}",
            flush=True,
        )
    print(f"reckoned for {WANTED:,} claims on {WORKERS} cores: {reckoned(rebuilt):.0f} s")
    if options.updates:
        small, large, scanned = update(options.updates)
        for name, took in (("one more report", small), ("of a large place", large)):
            print(
                f"{name}: {_ms(took, 50):.1f} ms in the median ({np.median(took) / scanned:.3f} scans),"
                f" {_ms(took, 95):.1f} ms at the 95th percentile"
            )


if __name__ == "__main__":
    main()
