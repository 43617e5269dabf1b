"""The stories of all reports: the join of `record/stories.py`, over all machines.

What links two reports is said by `tadmor.report.story`, and a story is all that is joined by links. Rows are those of
the table `shingles`: a hash, whether the report is to be found by it, the report's number. Reports with one hash meet
in a *bucket*. Most buckets are small, and all in them are compared. In a crowd (a text that a hundred thousand outlets
carry, each cut or headed in its own way) that would be all with all; so it is first compared with one of its own only,
which joins nearly all of it, and then only what lies in different stories by then. The stories are the same for that:
of two reports that are not compared in the end, both are in one story already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tadmor.record.arrow import modules
from tadmor.record.rows import unpack
from tadmor.report import story
from tadmor.run.spark.book import Work
from tadmor.run.spark.joined import joined

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

CROWD = 256  # reports in a bucket, beyond which one stands for all at first
BLOCK = 1 << 20  # pairs that are made at once

HASHES = "hash BIGINT, place INT, report BIGINT"
SHINGLES = "hash BIGINT, sought BIGINT, report BIGINT"
PAIRS = "one BIGINT, other BIGINT"
WORDS = [f"word{at}" for at in range(story.WORDS)]
SETS = ", ".join(f"{name} BIGINT" for name in ("report", "size", *WORDS))
Ints = np.ndarray[Any, np.dtype[Any]]


def stories(work: Work, new: DataFrame, part: str, *, crowd: int = CROWD) -> tuple[DataFrame, int]:
    """The story of every report (report_id, story_id), and how many rows the new part of the table `shingles` has.

    `new` are the reports whose story is not known yet, and that part is theirs.
    """
    from pyspark.sql import functions as f

    # Reports with one signature are one; the others of them are in no bucket.
    signed = new.where(f.length("signature") > 0).select("number", "signature")
    same = signed.groupBy("signature").agg(f.min("number").alias("one")).join(signed, "signature")
    sketches = work.keep("sketches", same.where("number = one").select("number", "signature"))
    copies = work.keep("copies", same.where("number <> one").select("one", f.col("number").alias("other")))
    hashes = work.keep("hashes", work.map(sketches, _sampled, HASHES))
    rows = hashes.count()
    work.put("shingles", part, _shingles(work, hashes), rows)

    labels = work.keep("labels", _labels(work))
    met = work.keep("met", _met(work, work.parts("shingles", [part] if rows else [])))
    links = work.keep("links", _linked(work, _pairs(work, met, labels, partial(_first, crowd=crowd))).union(copies))
    labels = work.keep("labels-1", _relabelled(labels, joined(work, "joined-1", _between(links, labels))))
    if not met.groupBy("hash").count().where(f"count > {crowd}").isEmpty():
        links = work.keep("links-2", _linked(work, _pairs(work, met, labels, partial(_second, crowd=crowd))))
        labels = work.keep("labels-2", _relabelled(labels, joined(work, "joined-2", _between(links, labels))))

    ids = work.table("reports").select("number", f.col("id").alias("report_id"))
    named = labels.join(ids, "number")
    first = named.groupBy("label").agg(f.min("report_id").alias("story_id"))
    return work.keep("stories", named.join(first, "label").select("report_id", "story_id")), rows


# --- hashes ---------------------------------------------------------------------------------------------------------


def _shingles(work: Work, hashes: DataFrame) -> DataFrame:
    known = work.table("shingles").join(hashes.select("hash").distinct(), "hash", "left_semi")
    held = hashes.select("hash").union(known.select("hash")).groupBy("hash").count()
    told = work.spread(hashes.join(held, "hash"), ["report"], ["report", "place"])
    return work.map(told.select("report", "hash", "count"), _sought, SHINGLES)


def _sampled(batches: Iterable[Any]) -> Iterator[Any]:
    for batch in batches:
        numbers, signatures = batch.column("number").to_pylist(), batch.column("signature").to_pylist()
        sizes = [len(packed) // 8 for packed in signatures]
        values = np.frombuffer(b"".join(signatures), "<u8").astype(np.int64)
        places = [np.arange(size, dtype=np.int32) for size in sizes]
        yield _batch(hash=values, place=np.concatenate(places), report=np.repeat(np.array(numbers, np.int64), sizes))


def _as_sets(batches: Iterable[Any]) -> Iterator[Any]:
    """Reports with how many hashes each has, and the set of these."""
    for batch in batches:
        numbers, signatures = batch.column("number").to_numpy(), batch.column("signature").to_pylist()
        sizes = np.array([len(packed) // 8 for packed in signatures], np.int64)
        sets = np.zeros((0, story.WORDS), np.int64)
        if len(sizes):
            sets = story.bits(sizes, np.frombuffer(b"".join(signatures), "<u8").astype(np.int64)).view(np.int64)
        yield _batch(report=numbers, size=sizes, **dict(zip(WORDS, sets.T, strict=True)))


def _sought(batches: Iterable[Any]) -> Iterator[Any]:
    """The rows of reports: their hashes, and whether each is to be found by each (`story.sought`)."""
    rest = [np.zeros(0, np.int64)] * 3
    for batch in batches:
        more = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
        columns = [np.concatenate(pair) for pair in zip(rest, more, strict=True)]
        last = int(np.searchsorted(columns[0], columns[0][-1])) if len(columns[0]) else 0  # which may go on
        yield _told(*(column[:last] for column in columns))
        rest = [column[last:] for column in columns]
    yield _told(*rest)


def _told(report: Ints, hashes: Ints, held: Ints) -> Any:
    sizes = np.unique(report, return_counts=True)[1]
    hits = story.sought(sizes, hashes, held).hits
    return _batch(hash=hashes, sought=(hits > 0).astype(np.int64), report=report)


def _met(work: Work, fresh: DataFrame) -> DataFrame:
    """New rows, and the old ones that they meet: with the hash of another."""
    from pyspark.sql import functions as f

    hashes = fresh.select("hash").distinct()
    known = work.table("shingles").join(hashes, "hash", "left_semi")
    rows = fresh.withColumn("new", f.lit(True)).unionByName(known.withColumn("new", f.lit(False)))
    shared = rows.groupBy("hash").count().where("count > 1").select("hash")
    return rows.join(shared, "hash", "left_semi")


# --- pairs ----------------------------------------------------------------------------------------------------------


class Bucket(NamedTuple):
    """Reports with one hash, each with the story that it is known to be in, in the order of those."""

    report: Ints
    sought: Ints
    label: Ints
    new: Ints
    size: Ints  # hashes of the report ...
    bits: Ints  # ... and their set (`story.bits`)

    def pairs(self, ones: Ints, others: Ints) -> tuple[Ints, Ints]:
        """Of pairs of places in the bucket those that are to be compared, with the smaller number first."""
        apart = self.label[ones] != self.label[others]
        kept = apart & (self.new[ones] | self.new[others]) & (self.sought[ones] | self.sought[others])
        ones, others = ones[kept], others[kept]
        needed = story.fewest_common(
            np.minimum(self.size[ones], self.size[others]), np.maximum(self.size[ones], self.size[others])
        )
        spare = self.size - story.counted(self.bits)
        enough = story.counted(self.bits[ones] & self.bits[others]) >= needed - spare[ones]
        one, other = self.report[ones[enough]], self.report[others[enough]]
        return np.minimum(one, other), np.maximum(one, other)


Choose = Callable[[Bucket], Iterator[tuple[Ints, Ints]]]


def _pairs(work: Work, met: DataFrame, labels: DataFrame, choose: Choose) -> DataFrame:
    """The pairs of reports that are to be compared."""
    from pyspark.sql import functions as f

    signed = work.table("reports").where(f.length("signature") > 0).select("number", "signature")
    known = labels.withColumnRenamed("number", "report").join(work.map(signed, _as_sets, SETS), "report")
    rows = met.join(known, "report").select("hash", "report", "sought", "label", "new", "size", *WORDS)
    together = work.spread(rows, ["hash"], ["hash", "label"])

    def paired(batches: Iterable[Any]) -> Iterator[Any]:
        for bucket in _in_buckets(batches):
            for one, other in choose(bucket):
                yield _batch(one=one, other=other)

    hits = work.map(together, paired, PAIRS).groupBy("one", "other").agg(f.count("*").alias("hits"))
    return hits.where(f"hits >= {story.HITS}").select("one", "other")


def _in_buckets(batches: Iterable[Any]) -> Iterator[Bucket]:
    rest: list[Ints] | None = None
    for batch in batches:
        columns = [column.to_numpy(zero_copy_only=False) for column in batch.columns]
        if rest is not None:
            columns = [np.concatenate(pair) for pair in zip(rest, columns, strict=True)]
        bounds = [0, *(np.flatnonzero(np.diff(columns[0])) + 1).tolist()]
        for start, end in pairwise(bounds):
            yield _bucket(columns, start, end)
        rest = [column[bounds[-1] :] for column in columns]
    if rest is not None and len(rest[0]):
        yield _bucket(rest, 0, len(rest[0]))


def _bucket(columns: Sequence[Ints], start: int, end: int) -> Bucket:
    _, report, sought, label, new, size, *words = (column[start:end] for column in columns)
    bits = np.stack(words, axis=1).view(np.uint64)
    return Bucket(report, sought.astype(bool), label, new.astype(bool), size, bits)


def _first(bucket: Bucket, *, crowd: int) -> Iterator[tuple[Ints, Ints]]:
    """All pairs, or of a crowd those with one that is to be found by this hash."""
    size = len(bucket.report)
    if size <= crowd:
        yield bucket.pairs(*np.triu_indices(size, 1))
        return
    seekers = np.flatnonzero(bucket.sought)
    if len(seekers):
        one = seekers[np.argmin(bucket.report[seekers])]
        yield bucket.pairs(np.full(size, one), np.arange(size))


def _second(bucket: Bucket, *, crowd: int) -> Iterator[tuple[Ints, Ints]]:
    """All pairs that are in two stories, in blocks."""
    size = len(bucket.report)
    if size <= crowd:
        yield bucket.pairs(*np.triu_indices(size, 1))
        return
    bounds = [0, *(np.flatnonzero(np.diff(bucket.label)) + 1).tolist(), size]
    for start, end in pairwise(bounds):  # whoever seeks in a story, with all outside of it
        seekers = start + np.flatnonzero(bucket.sought[start:end])
        rest = np.concatenate([np.arange(start), np.arange(end, size)])
        step = max(1, BLOCK // max(1, len(rest)))
        for at in range(0, len(seekers) if len(rest) else 0, step):
            some = seekers[at : at + step]
            ones, others = np.repeat(some, len(rest)), np.tile(rest, len(some))
            # Where both seek, the pair comes up twice.
            once = ~bucket.sought[others] | (bucket.report[ones] < bucket.report[others])
            yield bucket.pairs(ones[once], others[once])


def _linked(work: Work, pairs: DataFrame) -> DataFrame:
    """Of pairs those that tell one story."""
    sketches = work.table("reports").select("number", "signature")
    told = pairs.join(sketches.toDF("one", "first"), "one").join(sketches.toDF("other", "second"), "other")

    def alike(batches: Iterable[Any]) -> Iterator[Any]:
        for batch in batches:
            rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
            found = [(one, other) for one, other, *both in rows if story.same_story(*map(unpack, both))]
            yield _batch(
                one=np.array([one for one, _ in found], np.int64),
                other=np.array([other for _, other in found], np.int64),
            )

    return work.map(told.select("one", "other", "first", "second"), alike, PAIRS, rows=1_000)


# --- labels ---------------------------------------------------------------------------------------------------------


def _labels(work: Work) -> DataFrame:
    """For each report the smallest number in its story as it is known: its own where none is."""
    from pyspark.sql import functions as f

    numbers = work.table("reports").select("number", f.col("id").alias("report_id"))
    told = numbers.join(work.table("stories"), "report_id", "left")
    first = told.groupBy("story_id").agg(f.min("number").alias("label")).where("story_id IS NOT NULL")
    label = f.coalesce("label", "number").alias("label")
    return told.join(first, "story_id", "left").select("number", label)


def _between(links: DataFrame, labels: DataFrame) -> DataFrame:
    """Which stories are one by the links between their reports: pairs of labels, the smaller first."""
    from pyspark.sql import functions as f

    told = links.join(labels.toDF("one", "a"), "one").join(labels.toDF("other", "b"), "other").where("a <> b")
    return told.select(f.least("a", "b").alias("one"), f.greatest("a", "b").alias("other")).distinct()


def _relabelled(labels: DataFrame, roots: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    told = labels.join(roots, labels["label"] == roots["node"], "left")
    return told.select("number", f.coalesce("root", "label").alias("label"))


def _batch(**columns: Ints) -> Any:
    arrow, _ = modules()
    return arrow.RecordBatch.from_arrays([arrow.array(column) for column in columns.values()], names=list(columns))
