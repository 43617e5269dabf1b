"""Documents to reports and claims: the map stage, over all machines.

Rows of one report lie together, the first that came first, so that bytes that came in by several ways are read once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from tadmor.errors import InputError
from tadmor.record.desk import of_copy
from tadmor.record.home import Cells
from tadmor.record.maker import Maker
from tadmor.record.rows import day_text, listed
from tadmor.record.write import blob_columns, reading_columns
from tadmor.records import Failure, Reading
from tadmor.run.spark.book import Batch, Work
from tadmor.run.spark.executor import Executor, numbers
from tadmor.run.spark.inputs import Came
from tadmor.run.spark.rows import Bundle, Rows, cells, rows_of, table
from tadmor.run.stage import Stage

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from tadmor.pipeline import Found, Read

TABLES = ("blobs", "reports", "receipts", "claims", "failures")
HANDED = 64  # documents given to a Python process together, with their bytes
OTHERWISE = "was read before with another --published or --outlet: read it so into another folder"


class _Bytes(NamedTuple):
    """What came in of the same bytes: once, and by which ways. `read` says whether they were read before as they were
    asked for now; None: they were not read."""

    first: Came
    ways: dict[str, str]  # origin and name
    read: bool | None


def readings(work: Work, batch: Batch, documents: DataFrame, stage: Stage[Found, Read], maker: Maker) -> DataFrame:
    """The rows of `TABLES` that a batch adds, each in the column of its table."""
    from pyspark.sql import functions as f

    told = documents.withColumn("known", f.lit(None).cast("boolean"))
    if work.book.batches:
        asked = {"asked_published": day_text(batch.published), "asked_outlet": batch.outlet}
        same = [f.col(column).eqNullSafe(f.lit(value)) for column, value in asked.items()]
        known = work.table("reports").select(f.col("id").alias("report_id"), (same[0] & same[1]).alias("known"))
        receipts = work.table("receipts").select("report_id", "origin")
        told = documents.join(receipts, ["report_id", "origin"], "left_anti").join(known, "report_id", "left")
    together = work.spread(told.select(*Came._fields, "known"), ["report_id"], ["report_id", "file", "item"])
    return work.map(together, _reader(batch, len(work.book.batches), stage, maker), _BUNDLE.ddl, rows=HANDED)


_BUNDLE = Bundle.of(*TABLES)


def _reader(
    batch: Batch, run: int, stage: Stage[Found, Read], maker: Maker
) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def read(batches: Iterable[Any]) -> Iterator[Any]:
        desk = _Desk(batch, maker, numbers(run), numbers(run))
        return _BUNDLE.batches(desk.rows(stage, _together(rows_of(batches))))

    return read


def _together(rows: Iterable[tuple[Any, ...]]) -> Iterator[_Bytes | Failure]:
    for report_id, some in groupby(rows, key=itemgetter(0)):
        found: _Bytes | None = None
        for *told, read in some:
            came = Came(*told)
            if report_id is None:
                yield came.failure
            elif found is None:
                found = _Bytes(came, {came.origin: came.doc or ""}, read)
            else:  # a copy, of which the bytes are let go
                found.ways.setdefault(came.origin, came.doc or "")
        if found is not None:
            yield found


class _Desk(NamedTuple):
    """What becomes rows, as `tadmor.record.desk` does it on one machine; with the numbers of reports and of claims."""

    batch: Batch
    maker: Maker
    reports: Iterator[int]
    claims: Iterator[int]

    def rows(self, stage: Stage[Found, Read], found: Iterable[_Bytes | Failure]) -> Iterator[Rows]:
        read: deque[_Bytes] = deque()
        beside: list[Rows] = []

        def unread() -> Iterator[Found]:
            for one in found:
                if isinstance(one, Failure):
                    beside.append(self._failures([one]))
                elif one.read is None:
                    read.append(one)
                    yield one.first.document(self.batch)
                else:
                    beside.append(self._known(one))

        for _, result in Executor().map(stage, unread()):
            yield self._result(read.popleft(), result)
            while beside:
                yield beside.pop()
        yield from beside

    def _result(self, found: _Bytes, result: Read) -> Rows:
        if isinstance(result, Failure):
            return self._of_all(found, result)
        try:
            rows = self._reading(found, result)
        except InputError as error:
            failure = Failure(origin=found.first.origin, stage="record", error="InputError", message=str(error))
            return self._of_all(found, failure)
        return {**rows, **self._of_all(found, result.failure)} if result.failure else rows

    def _reading(self, found: _Bytes, reading: Reading) -> Rows:
        batch, report, raw = self.batch, reading.report, found.first.raw or b""
        columns, claims = reading_columns(
            reading, doc=found.first.doc or "", maker=self.maker, published=batch.published, outlet=batch.outlet
        )
        return {
            "blobs": [cells(table("blobs"), blob_columns(report.sha256, raw))],
            "reports": [cells(table("reports"), {**columns, "number": next(self.reports)})],
            "claims": [
                cells(table("claims"), {**claim, "number": next(self.claims), **listed(claim, columns["published"])})
                for claim in claims
            ],
            "receipts": self._receipts(found),
        }

    def _known(self, found: _Bytes) -> Rows:
        if found.read:
            return {"receipts": self._receipts(found)}
        origin = found.first.origin
        failure = Failure(origin=origin, stage="record", error="InputError", message=f"{origin}: {OTHERWISE}")
        return self._of_all(found, failure)

    def _receipts(self, found: _Bytes) -> list[Cells]:
        return [(found.first.report_id, origin, doc, self.batch.at) for origin, doc in found.ways.items()]

    def _of_all(self, found: _Bytes, failure: Failure) -> Rows:
        return self._failures([of_copy(failure, origin) for origin in found.ways])

    def _failures(self, failures: Iterable[Failure]) -> Rows:
        return {"failures": [(one.origin, one.stage, one.error, one.message, self.batch.at) for one in failures]}
