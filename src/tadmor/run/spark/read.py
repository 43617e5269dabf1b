"""The whole way over a cluster, from files to a folder that holds a record."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from tadmor import pipeline
from tadmor.record import maker
from tadmor.record.rows import TABLES as HISTORY
from tadmor.record.write import now
from tadmor.records import Record
from tadmor.report.table import Mapped
from tadmor.run.spark import inputs, reading
from tadmor.run.spark.book import Batch, Shelf, Work
from tadmor.run.spark.histories import TABLES as TOLD
from tadmor.run.spark.histories import histories
from tadmor.run.spark.stories import stories
from tadmor.run.stage import Stage
from tadmor.timeline.unit import Tell

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

MOST = 10_000_000_000  # bytes of files that are read together


class Done(Record, frozen=True):
    """What a run has done so far, in numbers."""

    new: int = 0
    same: int = 0  # ways by which known bytes came in
    failed: int = 0
    claims: int = 0
    places: int = 0  # whose history was worked out


Progress = Callable[[Done], None]


def session(master: str | None, *, settings: Mapping[str, str] | None = None, tasks: int | None = None) -> SparkSession:
    """A session on a cluster, or the one that there is; None: where the submitting command or its settings say.

    Executors run this Python, by its path, unless `spark.pyspark.python` or `PYSPARK_PYTHON` name another.
    """
    from pyspark.sql import SparkSession

    python = (settings or {}).get("spark.pyspark.python") or os.environ.get("PYSPARK_PYTHON") or sys.executable
    os.environ["PYSPARK_PYTHON"] = python
    builder = SparkSession.builder.appName("tadmor read")
    chosen = {"spark.executorEnv.OMP_NUM_THREADS": "1", "spark.ui.showConsoleProgress": "false", **(settings or {})}
    if tasks is not None:
        chosen["spark.sql.shuffle.partitions"] = str(tasks)
    for name, value in chosen.items():
        builder = builder.config(name, value)
    return (builder.master(master) if master else builder).getOrCreate()


def read_into_folder(
    spark: SparkSession,
    names: Sequence[str],
    folder: str,
    *,
    lists: Sequence[str] = (),
    published: date | None = None,
    outlet: str | None = None,
    columns: Mapped | None = None,
    most: int = MOST,
    stage: Stage[pipeline.Found, pipeline.Read] = pipeline.READ,
    tell: Tell = pipeline.tell,
    progress: Progress = lambda done: None,
) -> Done:
    """Read every input into the folder and bring stories and histories up to date.

    The record in it is the one that `pipeline.read_into` makes of the same inputs, but for the log of custody, which
    begins where it is first copied into one file. Files that were read before are not opened again, and only places
    that new reports touch are worked out. A run that was stopped is finished by running it again.

    Raises `UsageError` where an input is nothing that a cluster can read, `RecordError` where the folder was made by
    another version.
    """
    this = maker.this()
    work = Work(spark, Shelf(folder), this)

    def batch(name: str) -> Batch:
        return Batch(name=name, at=now(), published=published, outlet=outlet, columns=columns)

    done = Done()
    for begun in inputs.begun(work, inputs.listed(names, lists), most=most, batch=batch):
        done = _read(work, begun, stage, this, done)
        progress(done)
    if work.book.settled < len(work.book.batches):
        done = _settle(work, tell, this, done)
        progress(done)
    return done


def _read(work: Work, batch: Batch, stage: Stage[pipeline.Found, pipeline.Read], this: maker.Maker, done: Done) -> Done:
    found = work.keep("documents", inputs.documents(work, batch))
    rows = work.keep("readings", reading.readings(work, batch, found, stage, this))
    counts = _counts(rows, reading.TABLES)
    for name in reading.TABLES:
        work.put(name, batch.name, _of(rows, name), counts[name])
    work.commit(batch.name, beside=counts, instead={}, batches=(*work.book.batches, batch.name), reading=None)
    return Done(
        new=done.new + counts["reports"],
        same=done.same + counts["receipts"] - counts["reports"],
        failed=done.failed + counts["failures"],
        claims=done.claims + counts["claims"],
    )


def _settle(work: Work, tell: Tell, this: maker.Maker, done: Done) -> Done:
    """Find the stories of what is new, and work out the places that this touches."""
    run = work.book.settlings
    part, at = f"settled-{run:06}", now()
    new = work.book.batches[work.book.settled :]
    told, shingles = stories(work, work.table("reports", new), part)
    moved = told.join(work.table("stories"), ["report_id", "story_id"], "left_anti")
    claims = work.table("claims").where("place_id IS NOT NULL").join(moved, "report_id", "left_semi")
    touched = work.keep("touched", claims.select("place_id").distinct())
    rows = histories(work, touched, told, tell=tell, maker=this, run=run, at=at)

    found = _counts(rows, TOLD)
    made = {
        "stories": told,
        "places": _renewed(work, rows, "places", touched.toDF("id")),
        "pending": _renewed(work, rows, "pending", touched),
        "histories": _renewed(work, rows, "histories", touched),
        "failures": _failures(work, _of(rows, "failures"), touched, new),
    }
    for one in HISTORY:
        gone = touched
        if one.parent is not None:
            ids = work.table(one.parent).join(touched, "place_id", "left_semi").select("id")
            gone = ids.toDF(one.columns[0])
        made[one.name] = _renewed(work, rows, one.name, gone)
    bounds = {name: work.rows(name) + found.get(name, 0) for name in made} | {"stories": work.rows("reports")}
    for name, frame in made.items():
        work.put(name, part, frame, bounds[name])
    work.put_row("makers", part, (this.id, this.tool, this.code, this.data))
    work.put_row("stories_by", part, (this.id,))

    work.commit(
        part,
        beside={"shingles": shingles},
        instead={**bounds, "makers": 1, "stories_by": 1},
        settled=len(work.book.batches),
        settlings=run + 1,
    )
    work.publish()
    return msgspec.structs.replace(done, places=found["places"])


def _counts(rows: DataFrame, tables: Sequence[str]) -> dict[str, int]:
    from pyspark.sql import functions as f

    found = rows.agg(*(f.count(name).alias(name) for name in tables)).first()
    assert found is not None
    return {name: int(found[name]) for name in tables}


def _of(rows: DataFrame, name: str) -> DataFrame:
    """The rows of one table."""
    return rows.where(rows[name].isNotNull()).select(f"{name}.*")


def _renewed(work: Work, rows: DataFrame, name: str, gone: DataFrame) -> DataFrame:
    """The new rows of a table, and the old ones but for those that are gone."""
    return work.table(name).join(gone, gone.columns, "left_anti").unionByName(_of(rows, name))


def _failures(work: Work, told: DataFrame, touched: DataFrame, new: Sequence[str]) -> DataFrame:
    """The last failure of each input and stage, unless the input was read since, or the place worked out."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    places = touched.select(f.col("place_id").alias("origin"), f.lit("timeline").alias("stage"))
    known = work.table("failures").join(places, ["origin", "stage"], "left_anti")
    read = work.table("receipts", new).groupBy("origin").agg(f.max("read_at").alias("since"))
    still = known.join(read, "origin", "left").where("since IS NULL OR since <= read_at").drop("since")
    last = Window.partitionBy("origin", "stage").orderBy(f.desc("read_at"), "error", "message")
    all = still.unionByName(told).withColumn("turn", f.row_number().over(last))
    return all.where("turn = 1").drop("turn")
