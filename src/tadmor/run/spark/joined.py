"""Connected components of a graph of numbers, as jobs.

Each turn is a large star and a small star (Kiveris et al., "Connected components in MapReduce and beyond", SoCC 2014):
every node is tied to the smallest that it or its neighbours know, until all are tied to the smallest there is. What is
left of the graph when it is small enough is done at once, in one task.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tadmor.record.arrow import modules
from tadmor.record.stories import Joined
from tadmor.run.spark.book import Work
from tadmor.run.spark.rows import rows_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

AT_ONCE = 1_000_000  # edges, of which one task takes some hundred MB

ROOTS = "node BIGINT, root BIGINT"


def joined(work: Work, name: str, edges: DataFrame, *, at_once: int = AT_ONCE) -> DataFrame:
    """For each node of these edges (one, other; one < other) that is not the smallest of its component, the smallest:
    node, root."""
    edges = work.keep(name, edges)
    mark, turn = _mark(edges), 0
    while mark[0] > at_once:
        turn += 1
        edges = work.keep(f"{name}-turn-{turn}", _small_star(_large_star(edges)))
        before, mark = mark, _mark(edges)
        if mark == before:
            return edges.toDF("root", "node").select("node", "root")
    return work.keep(f"{name}-roots", work.map(edges.select("one", "other").coalesce(1), _roots, ROOTS))


def _mark(edges: DataFrame) -> tuple[int, int]:
    """How many edges there are, and a number that another set of edges does not have."""
    from pyspark.sql import functions as f

    mixed = f.sum(f.xxhash64("one", "other").cast("decimal(20, 0)"))
    row = edges.agg(f.count("*"), f.coalesce(mixed, f.lit(0))).first()
    assert row is not None
    return int(row[0]), int(row[1])


def _large_star(edges: DataFrame) -> DataFrame:
    """Tie the larger neighbours of each node to the smallest of all of them and itself."""
    from pyspark.sql import functions as f

    both = edges.select("one", "other").union(edges.select("other", "one")).toDF("node", "next")
    least = both.groupBy("node").agg(f.min("next").alias("least"))
    tied = both.join(least, "node").where("next > node")
    return tied.select(f.least("node", "least").alias("one"), f.col("next").alias("other")).distinct()


def _small_star(edges: DataFrame) -> DataFrame:
    """Tie each node and its smaller neighbours to the smallest of these."""
    from pyspark.sql import functions as f

    least = edges.groupBy("other").agg(f.min("one").alias("least"))
    tied = edges.join(least, "other")
    return (
        tied.select("least", "other")
        .union(tied.where("one <> least").select("least", "one"))
        .toDF("one", "other")
        .distinct()
    )


def _roots(batches: Iterable[Any]) -> Iterator[Any]:
    arrow, _ = modules()
    known: Joined[int] = Joined()
    for one, other in rows_of(batches):
        known.join(one, other)
    found = known.renamed()
    columns = [arrow.array(column, arrow.int64()) for column in zip(*found, strict=True)] or [
        arrow.array([], arrow.int64())
    ] * 2
    yield arrow.RecordBatch.from_arrays(columns, names=["node", "root"])
