"""How long each export of a record takes, and how much memory: the record is that of an invented war.

Wanted is under 60 s and 1 GB for 100,000 claims on two cores. Every format is written by the command, with the rows
that it takes first, of the whole record; and then all of them by one command. Seconds are of the processor, start of
the program included, and beside them in scans of the same claims by SQLite, as seconds differ between machines. Exit
code 1 where a format takes more.

python -m bench.exports [--claims N] [--format F ...]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench import invented_war
from bench.floors import Measure, corpus_hash
from bench.invented_war import War, write_record
from bench.rebuild import scan
from bench.speed import Run, watched
from tadmor.out.export.job import FORMATS, export
from tadmor.pipeline import bring_up_to_date
from tadmor.record import weight_sets
from tadmor.record.database import open_record
from tadmor.run.pool import Pool

CLAIMS = 100_000
SMALL, SCANS = 10_000, 20  # of the measure with a ceiling
WORKERS = 2
WANTED_S, WANTED_MB = 60.0, 1000.0


class Exported(NamedTuple):
    """One format: what its export used, and how large the file is, in MB."""

    name: str
    run: Run
    size: float

    @property
    def in_time(self) -> bool:
        return self.run.cpu <= WANTED_S and self.run.memory <= WANTED_MB


def measure(claims: int = SMALL) -> Measure:
    """A smaller record, whose exports in all formats have a ceiling together, start of the program left out."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        record = invented(Path(folder) / "war.tadmor", claims)
        scanned = sum(scan(record) for _ in range(SCANS)) / SCANS
        with open_record(record) as database, database.snapshot():
            weight_sets.knowledge(database)  # the dictionaries are there
            for name in FORMATS:
                begun = time.process_time()
                export(database, name, Path(folder) / "out")
                figures[f"{name}, scans"] = (time.process_time() - begun) / scanned
    figures["all formats, scans"] = sum(figures.values())
    sha256 = corpus_hash([Path(invented_war.__file__)])
    return Measure(name=f"exports, {claims:,} claims", sha256=sha256, figures=figures)


def invented(record: Path, claims: int) -> Path:
    """The record of an invented war, with what the timeline makes of it."""
    write_record(record, War(claims))
    with open_record(record, write=True) as database:
        bring_up_to_date(database, runner=Pool(WORKERS))
    return record


def exported(record: Path, formats: Sequence[str]) -> list[Exported]:
    """Export a record in each of these formats, by the command."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name in formats:
            out = Path(folder) / "out"
            command = [sys.executable, "-m", "tadmor", "export", "--record", str(record), "--quiet"]
            run = watched([*command, "--format", name, "--out", str(out)])
            written = out.iterdir() if out.is_dir() else [out]
            found.append(Exported(name, run, sum(file.stat().st_size for file in written) / 1e6))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.exports", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--record", type=Path, help="a record that is there, instead of an invented one")
    parser.add_argument("--format", dest="formats", action="append", choices=list(FORMATS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        record = options.record
        if record is None:
            record = invented(Path(folder) / "war.tadmor", options.claims)
        scanned = scan(record)
        found = exported(record, options.formats or list(FORMATS))
    print(f"{'format':12} {'cpu, s':>8} {'scans':>7} {'peak, MB':>9} {'file, MB':>9}")
    for one in found:
        late = "" if one.in_time else "  too much"
        scans = one.run.cpu / scanned
        print(f"{one.name:12} {one.run.cpu:8.1f} {scans:7.1f} {one.run.memory:9.0f} {one.size:9.1f}{late}")
    print(f"{'together':12} {sum(one.run.cpu for one in found):8.1f}")
    if options.formats is None:
        (one,) = exported(record, ["all"])
        print(
            f"{'one program':12} {one.run.cpu:8.1f} {one.run.cpu / scanned:7.1f} {one.run.memory:9.0f} {one.size:9.1f}"
        )
    return 0 if all(one.in_time for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
