"""A cluster of two local workers next to the local pool of two: how fast, by which jobs, and whether with one result.

    python -m bench.spark [--reports 20000] [--first 500]

The reports are invented: three sentences about the war by templates, with places and parties of the dictionaries; one
in ten is a copy under another headline. Both read a few first, and then all. What is compared is processor time of the
whole tree of processes, as seconds of the clock say little on a busy machine: of the cluster, which is up and warm by
then, that of the second reading; of the pool, whose workers start anew, what the second took more than the first. Jobs
have a price of their own whatever they do, so that a few hundred reports say nothing of a cluster. Of each job the
seconds of its tasks and the bytes of its shuffles are printed, as Spark itself counts them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bench.invented_war import OUTLETS, PARTIES, SPEAKERS
from tadmor.pipeline import read_into
from tadmor.record.check import content_hash
from tadmor.record.copying import copy
from tadmor.record.database import open_record
from tadmor.run.pool import Pool

AIM = 0.7
A_FILE = 250  # reports
PLACES = ("Palmyra", "Aleppo", "Raqqa", "Mosul", "Homs", "Idlib", "Deir ez-Zor", "Manbij", "al-Bab", "Sirte", "Tikrit",
          "Kobani", "Hama", "Daraa", "Ramadi", "Fallujah", "Azaz", "Afrin", "Jarablus", "Hasakah")  # fmt: skip
SAID = (
    "{party} captured {place} from {other} on {day}, {speaker} said.",
    "Heavy clashes between {party} and {other} were reported near {place} on {day}.",
    "{party} shelled {place} on {day}, killing {toll} people, according to {speaker}.",
    "{other} still holds {place}, {speaker} said on {day}.",
    "{party} said that it had pulled out of {place} on {day}.",
)


class Spent(NamedTuple):
    """Seconds of the processor and of the clock."""

    cpu: float
    clock: float


def texts(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Reports as JSON lines hold them, the same ones with the same seed."""
    chance = random.Random(seed)
    parties = list(PARTIES.values())
    body = ""
    for number in range(count):
        published = date(2014, 1, 1) + timedelta(chance.randrange(1500))
        if not body or chance.random() > 0.1:
            body = " ".join(_sentence(chance, parties, published) for _ in range(3))
        outlet = chance.choice(OUTLETS)
        yield {
            "doc": f"bulletin-{number}",
            "published": published.isoformat(),
            "outlet": outlet,
            "text": f"Bulletin {number} of {outlet}\n\n{body}",
        }


def _sentence(chance: random.Random, parties: list[str], published: date) -> str:
    party, other = chance.sample(parties, 2)
    day = published - timedelta(chance.randrange(4))
    return chance.choice(SAID).format(
        party=f"The {party}",
        other=f"the {other}",
        place=chance.choice(PLACES),
        speaker=chance.choice(SPEAKERS),
        day=f"{day:%B} {day.day}, {day.year}",
        toll=chance.randrange(2, 40),
    )


def write(folder: Path, reports: list[dict[str, str]]) -> Path:
    folder.mkdir()
    for start in range(0, len(reports), A_FILE):
        lines = "\n".join(json.dumps(one) for one in reports[start : start + A_FILE])
        (folder / f"{start:07}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def on_pool(record: Path, inputs: Path) -> Spent:
    before = _now()
    with open_record(record, write=True) as database:
        read_into(database, [str(inputs)], runner=Pool(2))
    return _since(before)


def _now() -> Spent:
    return Spent(_tree(os.getpid()), time.monotonic())


def _since(before: Spent) -> Spent:
    now = _now()
    return Spent(now.cpu - before.cpu, now.clock - before.clock)


def _tree(root: int) -> float:
    """Processor seconds of a process, of all that came from it, and of those of them that are gone."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            spent[int(entry.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    total = 0.0
    for process, seconds in spent.items():
        above = process
        while above not in (0, root):
            above = parents.get(above, 0)
        total += seconds if above == root else 0.0
    return total


def jobs(spark: Any) -> dict[str, tuple[float, int]]:
    """For each job: seconds of its tasks, and bytes that it shuffled."""
    url = f"{spark.sparkContext.uiWebUrl}/api/v1/applications/{spark.sparkContext.applicationId}/stages"
    found: dict[str, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    with urllib.request.urlopen(url) as answer:
        for stage in json.load(answer):
            name = stage.get("description") or stage["name"]
            seconds, shuffled = found[name]
            found[name] = (seconds + stage["executorRunTime"] / 1000, shuffled + stage["shuffleWriteBytes"])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=500, help="that are read first, and do not count")
    asked = parser.parse_args()
    sys.path += ["tests", "tests/run"]
    from cluster import cluster  # type: ignore[import-not-found]  # of the tests

    from tadmor.run.spark.read import read_into_folder, session

    reports = list(texts(asked.reports))
    with tempfile.TemporaryDirectory() as name, cluster(Path(name)) as master:
        folder = Path(name)
        first, all = write(folder / "first", reports[: asked.first]), write(folder / "all", reports)
        spark = session(master, tasks=8, settings={"spark.driver.host": "127.0.0.1", "spark.executor.memory": "1g"})
        spark.sparkContext.setLogLevel("ERROR")
        took = []
        for inputs in (first, all):
            before = _now()
            read_into_folder(spark, [str(inputs)], str(folder / f"{inputs.name}.parquet"))
            took.append(_since(before))
        try:
            for job, (seconds, shuffled) in jobs(spark).items():
                print(f"{job:40} {seconds:8.1f} s of tasks {shuffled / 1e6:8.2f} MB shuffled")
        except (OSError, ValueError) as error:  # on a crowded machine its page gives up in the middle of an answer
            print(f"what Spark counted could not be asked: {error}")
        spark.stop()
        local = [on_pool(folder / f"{inputs.name}.tadmor", inputs) for inputs in (first, all)]
        copy(folder / "all.parquet", folder / "copied.tadmor")
        hashes = []
        for record in ("all.tadmor", "copied.tadmor"):
            with open_record(folder / record) as database:
                hashes.append(content_hash(database))
        few, many = local
        figures = {
            "cluster": (asked.reports, took[1]),
            "pool": (asked.reports - asked.first, Spent(many.cpu - few.cpu, many.clock - few.clock)),
        }
        for who, (count, spent) in figures.items():
            print(
                f"{who:8} {count / spent.cpu:6.1f} reports a processor second, {count / spent.clock:6.1f} of the clock"
            )
        ratio = asked.reports / took[1].cpu * figures["pool"][1].cpu / figures["pool"][0]
        print(f"the cluster is {ratio:.2f} times as fast as the pool (aim {AIM}), start-up left out")
        print("the same record" if hashes[0] == hashes[1] else "NOT the same record")


if __name__ == "__main__":
    main()
