"""Claims to histories: the reduce stage, one place at a time, over all machines.

The claims of a place lie together and in order, and are taken as they come. Tasks get about as many claims each, those
with the places most spoken of first: what such a place takes grows as its claims do, and all other places are worked
out meanwhile. It is not divided further, as more than half of the time goes into hearing all its claims together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from tadmor.errors import LexiconError
from tadmor.garbage import uncollected
from tadmor.record import kept
from tadmor.record.maker import Maker
from tadmor.record.queries import HEARD, heard_of
from tadmor.record.rows import TABLES as HISTORY
from tadmor.record.rows import Facts, place_facts
from tadmor.record.telling import untold
from tadmor.records import Heard
from tadmor.run.spark.book import Work
from tadmor.run.spark.executor import numbers
from tadmor.run.spark.rows import Bundle, Rows, cells, rows_of, table
from tadmor.timeline.unit import Tell

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLES = ("places", "histories", "pending", "failures", *(one.name for one in HISTORY))
_BUNDLE = Bundle.of(*TABLES)
_ORDER = ("claims", "place_id", "id")


def histories(
    work: Work, touched: DataFrame, stories: DataFrame, *, tell: Tell, maker: Maker, run: int, at: str
) -> DataFrame:
    """The rows of `TABLES` for some places (place_id), each in the column of its table."""
    from pyspark.sql import functions as f

    claims = work.table("claims").join(touched, "place_id", "left_semi")
    counts = claims.groupBy("place_id").agg((-f.count("*")).alias("claims"))
    reports = work.table("reports").select(f.col("id").alias("report_id"), "outlet", "original_outlet", "published")
    told = claims.join(counts, "place_id").join(reports, "report_id").join(stories, "report_id")
    heard = work.keep("heard", told.select("claims", *HEARD))
    together = heard.repartitionByRange(work.tasks, "claims", "place_id").sortWithinPartitions(*_ORDER)

    def worked_out(batches: Iterable[Any]) -> Iterator[Any]:
        return _BUNDLE.batches(_told(rows_of(batches), tell, maker, numbers(run), at))

    return work.keep("told", work.map(together, worked_out, _BUNDLE.ddl))


def _told(rows: Iterator[tuple[Any, ...]], tell: Tell, maker: Maker, numbers: Iterator[int], at: str) -> Iterator[Rows]:
    for place_id, some in groupby(rows, key=itemgetter(_PLACE)):
        with uncollected():
            heard = [heard_of(row[1:]) for row in some]
            facts = place_facts(heard)
            assert facts is not None
            yield {"places": [(next(numbers), place_id, *facts)], **_history(place_id, heard, facts, tell, maker, at)}


_PLACE = 1 + HEARD.index("place_id")


def _history(place_id: str, heard: list[Heard], facts: Facts, tell: Tell, maker: Maker, at: str) -> Rows:
    try:
        told = kept.told(tell(place_id, heard, None), facts)
    except LexiconError:
        raise
    except Exception as error:
        failure = untold(place_id, error)
        return {
            "pending": [(place_id, 0)],
            "failures": [(failure.origin, failure.stage, failure.error, failure.message, at)],
        }
    history = {"place_id": place_id, "maker": maker.id}
    return {"histories": [cells(table("histories"), history)], **told.rows}
