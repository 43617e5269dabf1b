"""One run of reading into a record: what was seen, what is stored, what is still to be worked out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import date

import msgspec

from tadmor.errors import InputError
from tadmor.garbage import uncollected
from tadmor.record import former, log, maker, queries, stories, telling, write
from tadmor.record.database import Database
from tadmor.record.queries import COUNTED, Pending
from tadmor.record.telling import Way
from tadmor.records import Failure, Reading, Record
from tadmor.report.source import Capture, Document, size_of
from tadmor.run.stage import Runner, rows
from tadmor.timeline.unit import Tell


class Summary(Record, frozen=True):
    """What a run has done so far."""

    new: int = 0
    changed: int = 0  # read before, with another result
    same: int = 0
    failed: tuple[Failure, ...] = ()
    passed_over: int = 0  # of those that are new or changed: kept, and not read for claims
    claims: int = 0  # of the reports that are new or changed
    places: int = 0  # whose history was worked out
    places_left: int = 0

    @property
    def inputs(self) -> int:
        return self.new + self.changed + self.same + len(self.failed)


Progress = Callable[[Summary], None]


class Desk:
    """Keeps one run. Each batch of reports, and of places, is one transaction; `summary` counts what is committed.

    With `everything`, reports that an earlier run kept and passed over are still to be read.
    """

    # Reports a transaction, which is flushed to the disk before they count as read. Where they come fast, it is as many
    # as come in a second, `MOST` or `BYTES`: a commit has SQLite go through all pages that it has at hand.
    REPORTS, MOST, BYTES, SECONDS = 16, 256, 16_000_000, 1.0
    # Places a transaction, or as many as so many claims are about: a page of the file is written once for all of them,
    # while their rows fill the memory, and other writers wait, for a second or two (they give up after five).
    PLACES, CLAIMS = 1_000, 50_000
    FILLED = 500_000  # from so many claims on the record keeps more pages meanwhile

    def __init__(
        self,
        database: Database,
        *,
        published: date | None,
        outlet: str | None,
        everything: bool = True,
        progress: Progress,
    ) -> None:
        self.database = database
        self.published, self.outlet, self.everything = published, outlet, everything
        self.progress = progress
        self.maker = maker.this()
        self.summary = Summary()
        self._met: set[str] = set()  # ids of reports that were given out in this run and are not in the record (yet)
        # (report id, origin, name, how it came) of bytes met before in this run
        self._copies: list[tuple[str, str, str, Capture]] = []
        self._known = 0  # documents of which everything is in the record already
        self._failed: dict[str, Failure] = {}
        self._read_at = write.now()
        self._stored = -math.inf  # when reports were last stored, by the clock that only runs forward
        self._looked = False  # for places that another version worked out
        with database.transaction():
            write.put_maker(database, self.maker)
            log.take_over(database, at=self._read_at)
            former.take_over(database, self.maker, at=self._read_at)

    def unread(self, found: Iterable[Document | Failure]) -> Iterator[Document | Failure]:
        """What is still to be read: neither read by this version, asked in the same way, nor met before in this run."""
        for row in rows(found, size_of):
            yield from [document for document in row if self._is_to_be_read(document)]

    def _is_to_be_read(self, document: Document | Failure) -> bool:
        """Whether it is; what is known of it, or is met again, is noted."""
        if isinstance(document, Failure):
            return True
        report_id = document.report_id
        is_read = write.is_read(
            self.database,
            report_id,
            document.origin,
            maker=self.maker,
            published=self.published,
            outlet=self.outlet,
            everything=self.everything,
        )
        if is_read and write.has_receipt(self.database, report_id, document.origin):
            self._known += 1
        elif is_read or report_id in self._met:
            self._copies.append((report_id, document.origin, document.doc, document.capture))
        else:
            self._met.add(report_id)
            return True
        return False

    def is_due(self, pairs: Sequence[tuple[Document | Failure, Reading | Failure]]) -> bool:
        """Are so many documents enough to be stored?"""
        if not pairs or len(pairs) % self.REPORTS:
            return False
        return (
            len(pairs) >= self.MOST
            or time.monotonic() - self._stored >= self.SECONDS
            or sum(size_of(document) for document, _ in pairs) >= self.BYTES
        )

    def store(self, pairs: Sequence[tuple[Document | Failure, Reading | Failure]]) -> None:
        """Store what came of some documents, all or nothing."""
        summary = self.summary
        with self.database.transaction():
            for document, result in pairs:
                summary = self._store_one(summary, document, result)
        self._stored = time.monotonic()
        self._met -= {result.report.id for _, result in pairs if isinstance(result, Reading)} - self._failed.keys()
        self._report(summary)

    def store_copies(self) -> None:
        """Note by which ways bytes came in that were not read again. To be called when everything is stored."""
        summary = msgspec.structs.replace(self.summary, same=self.summary.same + self._known)
        self._known = 0
        with self.database.transaction():
            for report_id, origin, doc, capture in self._copies:
                failure = self._failed.get(report_id)
                if failure:
                    summary = self._fail(summary, of_copy(failure, origin))
                else:
                    summary = msgspec.structs.replace(summary, same=summary.same + 1)
                if failure is None or failure.stage == "claim":  # else there is no report
                    write.put_receipt(
                        self.database, report_id, origin=origin, doc=doc, read_at=self._read_at, capture=capture
                    )
        self._copies = []
        self._report(summary)

    def settle(self, tell: Tell, runner: Runner, weights: str | None = None) -> None:
        """Find the stories, then work out the history of every place that is not up to date.

        `weights` is the version of the learned set that `tell` works with; None: the shipped weights.

        A place whose history cannot be worked out is a failure, stays on the list and does not hold up the others.
        """
        if not self._looked:
            with self.database.transaction():
                write.mark_outdated(self.database, self.maker)
            self._looked = True
        self._tell_stories()
        places = queries.pending(self.database)
        self._report(msgspec.structs.replace(self.summary, places_left=len(places)))
        told = telling.tell(self.database, places, way=Way(self.maker, weights, tell), runner=runner)
        with self.database.filling() if sum(place.claims for place in places) > self.FILLED else nullcontext():
            for some in _batches(told, self.PLACES, self.CLAIMS):
                self._put(some, weights)

    def _put(self, told: Sequence[tuple[Pending, telling.Found]], weights: str | None) -> None:
        """Store what was told of some places, all or nothing."""
        histories = [(place, found) for place, found in told if not isinstance(found, Failure)]
        with self.database.transaction():
            write.put_told(self.database, histories, maker=self.maker, weights=weights)
        summary = msgspec.structs.replace(
            self.summary,
            failed=(*self.summary.failed, *(found for _, found in told if isinstance(found, Failure))),
            places=self.summary.places + len(histories),
            places_left=self.summary.places_left - len(told),
        )
        self._report(summary)

    def _tell_stories(self) -> None:
        if stories.any_outdated(self.database, self.maker):
            with self.database.transaction():
                stories.forget_outdated(self.database, self.maker)
        finder = stories.Finder(self.database, self.maker)
        while stories.any_untold(self.database):
            with uncollected(), self.database.transaction():
                write.put_stories(self.database, finder.find())

    def _store_one(self, summary: Summary, document: Document | Failure, result: Reading | Failure) -> Summary:
        if isinstance(result, Failure) or isinstance(document, Failure):
            failure = result if isinstance(result, Failure) else document
            assert isinstance(failure, Failure)
            if isinstance(document, Document):
                self._failed[document.report_id] = failure
            return self._fail(summary, failure, document if isinstance(document, Document) else None)
        try:
            outcome = write.put_reading(
                self.database,
                result,
                document.raw,
                doc=document.doc,
                maker=self.maker,
                published=self.published,
                outlet=self.outlet,
                read_at=self._read_at,
                capture=document.capture,
            )
        except InputError as error:
            failure = Failure(origin=document.origin, stage="record", error="InputError", message=str(error))
            self._failed[document.report_id] = failure
            return self._fail(summary, failure, document)
        if result.failure:
            self._failed[document.report_id] = result.failure
            return msgspec.structs.replace(summary, failed=(*summary.failed, result.failure))
        claims = len({claim.id for claim in result.claims}) if outcome != "same" else 0
        passed_over = summary.passed_over + (outcome != "same" and result.report.passed_over)
        return msgspec.structs.replace(
            summary,
            claims=summary.claims + claims,
            passed_over=passed_over,
            **{outcome: getattr(summary, outcome) + 1},
        )

    def _fail(self, summary: Summary, failure: Failure, document: Document | None = None) -> Summary:
        write.put_failure(self.database, failure, read_at=self._read_at, document=document)
        return msgspec.structs.replace(summary, failed=(*summary.failed, failure))

    def _report(self, summary: Summary) -> None:
        self.summary = summary
        self.progress(summary)


def _batches(
    told: Iterable[tuple[Pending, telling.Found]], places: int, claims: int
) -> Iterator[list[tuple[Pending, telling.Found]]]:
    """What was told, in order, in batches that end at so many places or with the place that brings so many claims; also
    with any place of which no more were counted."""
    batch: list[tuple[Pending, telling.Found]] = []
    brought = 0
    for place, found in told:
        batch.append((place, found))
        brought += place.claims
        if len(batch) == places or brought >= claims or place.claims >= COUNTED:
            yield batch
            batch, brought = [], 0
    if batch:
        yield batch


def of_copy(failure: Failure, origin: str) -> Failure:
    """Why the same bytes, which came in by another way, cannot be read either."""
    message = failure.message.replace(failure.origin, origin)
    return msgspec.structs.replace(failure, origin=origin, message=message)
