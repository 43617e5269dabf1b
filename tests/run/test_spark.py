"""A cluster makes the record that one machine makes, whatever is stopped or lost on the way."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from cluster import cluster
from spark_stages import TELL, deadly

import invented
from tadmor.pipeline import read_into
from tadmor.record import maker
from tadmor.record.check import content_hash, faults
from tadmor.record.copying import copy
from tadmor.record.database import open_record
from tadmor.record.rows import pack
from tadmor.record.stories import Joined
from tadmor.report import story
from tadmor.run.local import Local
from tadmor.run.pool import Pool
from tadmor.run.spark.book import Shelf, Work
from tadmor.run.spark.read import Done
from tadmor.run.spark.rows import cells

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "reports"


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    with cluster(tmp_path_factory.mktemp("cluster")) as master:
        made = _session(master)
        yield made
        made.stop()


def _session(master: str) -> SparkSession:
    from tadmor.run.spark.read import session

    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.executor.memory": "512m",
        # What takes longer than these tests run.
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }
    made = session(master, settings=settings, tasks=2)
    made.sparkContext.setLogLevel("ERROR")
    return made


def read(spark: SparkSession, record: Path, *inputs: Path | str, once: Path | None = None, **others: object) -> Done:
    from tadmor.run.spark.read import read_into_folder

    stage = deadly(once or record.with_name("never"))
    names = [str(path) for path in inputs]
    return read_into_folder(spark, names, str(record), stage=stage, tell=TELL, **others)  # type: ignore[arg-type]


def content(record: Path) -> str:
    """The hash of what a record holds; of a folder, of what is copied from it."""
    if record.is_dir():
        file = record.with_name(record.name + ".copied")
        file.unlink(missing_ok=True)
        copy(record, file)
        record = file
    with open_record(record) as database:
        assert list(faults(database)) == []
        return content_hash(database)


def local(record: Path, once: Path, *inputs: Path) -> str:
    with open_record(record, write=True) as database:
        names = [str(path) for path in inputs]
        read_into(database, names, runner=Pool(1), stage=deadly(once), history=invented.history)
    return content(record)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Reports, copies of them, and what cannot be read."""
    folder = invented.write_reports(tmp_path / "reports", 24)
    (folder / "copy.txt").write_bytes((folder / "report003.txt").read_bytes())
    (folder / "empty.txt").touch()
    (folder / "link.txt").symlink_to(folder / "report004.txt")
    (folder / "raises.txt").write_text("Raise " + invented.text("On 2016-12-10 Reds gains Palmyra.", seed=99))
    (folder / "half.txt").write_text("Half " + invented.text("On 2016-12-11 Reds gains Sirte.", seed=98))
    text = invented.text("On 2016-11-11 Greens gains Sirte.", seed=97)
    lines = [json.dumps({"doc": f"line{n}", "text": text + f" {n}"}) for n in range(3)]
    (folder / "lines.jsonl").write_text("\n".join([*lines, "{broken"]))
    (folder / "inner").mkdir()
    (folder / "inner" / "report.txt").write_text(invented.text("On 2016-12-12 Blues gains Palmyra.", seed=96))
    return folder


def test_the_record_of_a_cluster_is_that_of_one_machine(spark: SparkSession, reports: Path, tmp_path: Path) -> None:
    """It is stopped after a batch, loses an executor, meets what ends its reader, and gets another report later."""
    record, once = tmp_path / "war.parquet", tmp_path / "once"
    files = sorted(file for file in reports.iterdir() if not file.is_symlink())

    class Stopped(Exception):
        pass

    def stop(done: Done) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        read(spark, record, *files[:14], most=4000, progress=stop)
    assert not (record / "tadmor.json").exists()
    before = Work(spark, Shelf(str(record)), maker.this()).rows("reports")
    assert 0 < before < 14

    (reports / "deadly.txt").write_text("Deadly " + invented.text("On 2016-12-13 Reds gains Palmyra.", seed=94))
    (reports / "lost.txt").write_text("Executor " + invented.text("On 2016-12-13 Reds gains Palmyra.", seed=95))
    done = read(spark, record, reports, once=once)
    assert once.exists()
    assert (done.new, done.places) == (30 - before, 3)  # what the first batch read is not read again
    assert content(record) == local(tmp_path / "war.tadmor", once, reports)

    (reports / "new.txt").write_text(invented.text("On 2017-01-01 Greens gains Sirte.", seed=50))
    assert read(spark, record, reports, once=once).places == 1
    assert content(record) == local(tmp_path / "war.tadmor", once, reports)
    assert not (record / "spark" / "work").exists()


def test_the_shipped_reader_reads_the_same_on_a_cluster(spark: SparkSession, tmp_path: Path) -> None:
    from tadmor.run.spark.read import read_into_folder

    files = sorted(SAMPLES.iterdir())[:2]
    read_into_folder(spark, [str(file) for file in files], str(tmp_path / "war.parquet"))
    with open_record(tmp_path / "war.tadmor", write=True) as database:
        read_into(database, [str(file) for file in files], runner=Local())
    assert content(tmp_path / "war.parquet") == content(tmp_path / "war.tadmor")


# --- stories --------------------------------------------------------------------------------------------------------


def work_of(spark: SparkSession, folder: Path, signatures: list[tuple[int, ...]]) -> Work:
    """A run over reports of which nothing but the signature is known."""
    from tadmor.run.spark.rows import ddl, table

    work = Work(spark, Shelf(str(folder)), maker.this())
    reports = [
        cells(table("reports"), {"number": number, "id": f"r{number:020}", "signature": pack(signature)})
        for number, signature in enumerate(signatures)
    ]
    work.put("reports", "0", spark.createDataFrame(reports, ddl(table("reports"))), len(reports))
    work.commit("0", beside={"reports": len(reports)}, instead={})
    return work


def compared(signatures: list[tuple[int, ...]]) -> dict[str, str]:
    """The stories, by comparing all with all."""
    joined: Joined[int] = Joined()
    for one, other in combinations(range(len(signatures)), 2):
        if story.same_story(signatures[one], signatures[other]):
            joined.join(one, other)
    return {f"r{number:020}": f"r{joined.story(number):020}" for number in range(len(signatures))}


def test_stories_are_those_of_comparing_all_with_all(spark: SparkSession, tmp_path: Path) -> None:
    """Also where a bucket is a crowd, of which one stands for all at first; of copies, cuts, chains and strangers."""
    from tadmor.run.spark import stories

    chosen = random.Random(3)
    stock = [chosen.randrange(1 << 50) for _ in range(12)]  # a phrase under many reports
    signatures: list[tuple[int, ...]] = [(), ()]
    for _ in range(12):
        text = [chosen.randrange(1 << 50) for _ in range(chosen.randrange(8, 60))]
        for _ in range(chosen.choice([1, 1, 2, 3, 12])):
            cut = text[: chosen.randrange(4, len(text) + 1)] if chosen.random() < 0.5 else list(text)
            own = [chosen.randrange(1 << 50) for _ in range(chosen.randrange(0, 9))]
            signatures.append(tuple(dict.fromkeys(own + cut + (stock if chosen.random() < 0.6 else []))))
    signatures += signatures[5:9]
    chosen.shuffle(signatures)
    work = work_of(spark, tmp_path / "war", signatures)
    found, rows = stories.stories(work, work.table("reports"), "1", crowd=6)
    assert {row["report_id"]: row["story_id"] for row in found.collect()} == compared(signatures)
    assert rows == work.parts("shingles", ["1"]).count() > 0
    assert any(name.endswith("links-2") for name in work.book.done)


@pytest.mark.parametrize("seed", range(20))
def test_a_crowd_is_compared_as_far_as_it_is_in_different_stories(seed: int) -> None:
    """All pairs in two stories, of which one seeks and one is new, each once; without some that have too few hashes in
    common to be of one story, and with all that have enough."""
    from tadmor.run.spark import stories

    chosen = np.random.default_rng(seed)
    size = int(chosen.integers(2, 40))
    label = np.sort(chosen.integers(0, 6, size))
    pool = chosen.integers(0, 1 << 50, 40)
    hashes = [chosen.permutation(pool)[: chosen.integers(1, 41)] for _ in range(size)]
    sizes = np.array([len(own) for own in hashes])
    bucket = stories.Bucket(
        chosen.permutation(size), chosen.random(size) < 0.5, label, chosen.random(size) < 0.7,
        sizes, story.bits(sizes, np.concatenate(hashes)),
    )  # fmt: skip
    common = {
        tuple(sorted((int(bucket.report[one]), int(bucket.report[other])))): (one, other)
        for one, other in combinations(range(size), 2)
        if label[one] != label[other]
        and (bucket.sought[one] or bucket.sought[other])
        and (bucket.new[one] or bucket.new[other])
    }
    needed = {
        pair
        for pair, (one, other) in common.items()
        if len(np.intersect1d(hashes[one], hashes[other])) >= story.fewest_common(*np.sort(sizes[[one, other]]))
    }
    with pytest.MonkeyPatch.context() as patched:
        for crowd in (0, 100):
            patched.setattr(stories, "BLOCK", 7)
            found = stories._second(bucket, crowd=crowd)
            pairs = [pair for some in found for pair in zip(*(c.tolist() for c in some), strict=True)]
            assert len(pairs) == len(set(pairs))
            assert needed <= set(pairs) <= common.keys()


@pytest.mark.parametrize("at_once", [0, 1_000_000])
def test_components_are_those_of_joining_edge_by_edge(spark: SparkSession, tmp_path: Path, at_once: int) -> None:
    from tadmor.run.spark.joined import joined

    chosen = random.Random(at_once)
    chain = list(range(100, 114))
    chosen.shuffle(chain)
    edges = {tuple(sorted(pair)) for pair in pairwise(chain)} | {(1, 2), (2, 3)} | {(7, n) for n in range(8, 20)}
    known: Joined[int] = Joined()
    for one, other in edges:
        known.join(one, other)
    work = work_of(spark, tmp_path / "war", [()])
    found = joined(work, "edges", spark.createDataFrame(sorted(edges), "one BIGINT, other BIGINT"), at_once=at_once)
    assert {tuple(row) for row in found.collect()} == set(known.renamed())
