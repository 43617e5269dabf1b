"""How fast reports become stored claims, and how much memory that takes, beside the bare parser on the same texts.

Seconds differ from machine to machine, so the bounds are on ratios of processor time in one run: how many times the
bare parser over the same texts the reading of claims takes, in one process that has everything loaded; and the parser
alone as a share of all that `tadmor read` does, start of its processes and storing included. All take one thread a
process, as `tadmor` does: threads of a number library that wait for each other cost more than they calculate. Memory is
that of the process and its workers.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench import fakes
from bench.floors import Measure, corpus_hash

WORKERS = 2
PAGE = os.sysconf("SC_PAGE_SIZE")
ALONE = {**os.environ, "OMP_NUM_THREADS": "1"}
# The parser alone is not charged for memory that goes back to the system after each batch and is asked for again: that
# depends on what lies behind it in memory, and makes it cost a quarter more or less.
KEEPING = {**ALONE, "MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000"}
SOME = 120  # reports, a third of the corpus, that reading is timed on beside the parser
FEW = 16  # reports, read by themselves, for what the start of the processes takes
TWICE = """
import json, sys, time
from tadmor.claim import read
from tadmor.claim.parse import load
from tadmor.report.read import read as report
from tadmor.report.source import Document
with open(sys.argv[1], encoding="utf-8") as file:
    lines = [line.encode() for line in file][:int(sys.argv[2])]
documents = [Document(doc=str(n), origin="-", raw=raw, media_type="application/json") for n, raw in enumerate(lines)]
reports = [report(document) for document in documents]
read.prepare()
list(read.read(reports[:8]))
shares = []
for _ in range(3):
    begun = time.process_time()
    for doc in load().pipe([r.text for r in reports], batch_size=64):
        pass
    between = time.process_time()
    list(read.read(reports))
    shares.append((time.process_time() - between) / (between - begun))
print(sorted(shares)[1])
"""
BARE = """
import json, sys
from tadmor.claim.parse import load
with open(sys.argv[1], encoding="utf-8") as file:
    texts = [json.loads(line)["text"] for line in file]
for doc in load().pipe(texts, batch_size=64):
    pass
"""


class Run(NamedTuple):
    """Seconds by the clock, seconds of processor time with the workers, and the most memory, in MB."""

    wall: float
    cpu: float
    memory: float


def measure(shared: Path) -> Measure:
    path = shared / "data" / "fakes" / "fakes_dev.csv"
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "fakes.jsonl"
        fakes.write_lines(rows, texts)
        bare = watched([sys.executable, "-c", BARE, str(texts)])
        twice = subprocess.run(
            [sys.executable, "-c", TWICE, str(texts), str(SOME)],
            check=True,
            capture_output=True,
            text=True,
            env=KEEPING,
        )
        whole = watched(reading(texts, Path(folder) / "fakes.tadmor"))
        few = Path(folder) / "few.jsonl"
        fakes.write_lines(rows[:FEW], few)
        begun = watched(reading(few, Path(folder) / "few.tadmor"))
    figures = {
        "reports a second": len(rows) / whole.wall,
        "reports a second, once started": (len(rows) - FEW) / (whole.wall - begun.wall),
        "reports a second of processor": len(rows) / whole.cpu,
        "peak memory, MB": whole.memory,
        "bare parser, reports a second": len(rows) / bare.wall,
        "share of the parser": bare.cpu / whole.cpu,
        "reading, times the parser": float(twice.stdout),
    }
    # A busy machine makes processor time, too, differ by a tenth or so.
    return Measure(
        name=f"speed, FA-KES, {WORKERS} workers",
        sha256=corpus_hash([path]),
        figures=figures,
        bounded=(),
        slack=0.2,
    )


def reading(texts: Path, record: Path) -> list[str]:
    """The command that reads them into a new record."""
    command = [sys.executable, "-m", "tadmor", "read", str(texts), "--record", str(record), "--quiet"]
    return [*command, "--workers", str(WORKERS)]


def watched(command: list[str]) -> Run:
    """Run a command to its end and watch what it and its children use."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=ALONE)
    memory = 0
    while True:
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        memory = max(memory, resident(process.pid))
        time.sleep(0.1)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.perf_counter() - begun, used.ru_utime + used.ru_stime, memory / 1e6)


def resident(pid: int) -> int:
    """Bytes in memory of a process and all that it started; pages that they share are counted for each."""
    try:
        own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        children = [
            child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
        ]
    except (OSError, IndexError):  # it has just ended
        return 0
    return own + sum(resident(int(child)) for child in children)
