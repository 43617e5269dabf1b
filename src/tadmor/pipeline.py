"""The whole way, from inputs to the record. Read this first.

    bytes ──report──▶ Report ──claim──▶ Claims ──timeline──▶ Events, Spells, Disputes ──▶ record
          one report at a time                 one place at a time

Both kinds of stage are pure functions over the types of `tadmor.records`; a runner (`tadmor.run`) takes them over many
inputs, in this process or over several, with the same results.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tadmor.errors import InputError, LexiconError
from tadmor.records import Failure, Heard, Reading, Report, Review
from tadmor.report.source import Document, open_inputs, size_of
from tadmor.report.table import Mapped
from tadmor.run.stage import Runner, Stage

if TYPE_CHECKING:  # who only reads claims, as workers do, waits for no more than that takes
    from tadmor.record.database import Database
    from tadmor.record.desk import Desk, Progress, Summary
    from tadmor.record.rescue import Rescued
    from tadmor.timeline.unit import TellHistory, Telling
    from tadmor.timeline.voiced import Kept
    from tadmor.timeline.weights import Weights

log = logging.getLogger(__name__)

Found = Document | Failure
Read = Reading | Failure
ReadClaims = Callable[[Iterable[Report]], Iterator[Reading]]


# --- map: one report at a time --------------------------------------------------------------------------------------


def read_claims(
    inputs: Sequence[str],
    *,
    runner: Runner,
    published: date | None = None,
    outlet: str | None = None,
    columns: Mapped | None = None,
) -> Iterator[Read]:
    """Read every input and store nothing; an input that cannot be read is given as its `Failure`."""
    for _, result in runner.map(READ, open_inputs(inputs, published=published, outlet=outlet, columns=columns)):
        yield result


def open_reading(*, triage: bool = False) -> Callable[[Sequence[Found]], list[Read]]:
    """Load parser and dictionaries; done once in each process."""
    from tadmor.claim.read import prepare, read

    prepare()
    return lambda found: read_documents(found, read, triage=triage)


def pass_over(document: Found) -> Read | None:
    """The result for a report that at a glance is not about a war: a note and no claims. None: it is to be read."""
    from tadmor.report import read as reports

    if isinstance(document, Failure):
        return document
    try:
        report = reports.glimpse(document)
    except Exception:  # whoever reads it says what is wrong with it
        return None
    return Reading(report=report) if report else None


def read_documents(found: Sequence[Found], claims: ReadClaims, *, triage: bool = False) -> list[Read]:
    """One result for each document: its report and claims, or why there are none.

    With `triage` a report that no glance can judge and whose words, once it is read, say that it is not about a war has
    no claims and a note instead. What is read is read as without.
    """
    from tadmor.report import read as reports

    results: list[Read | None] = []
    about: list[tuple[int, Report]] = []  # what is read for claims, and where its result goes
    for document in found:
        if isinstance(document, Failure):
            results.append(document)
            continue
        try:
            report = reports.judged(document) if triage else reports.read(document)
        except InputError as error:
            results.append(_failure(document, "report", error, str(error)))
        except Exception as error:  # whatever a page provokes in a library must not cost the other pages
            results.append(_failure(document, "report", error, f"{document.origin}: cannot be read: {error}"))
        else:
            if not report.passed_over:
                about.append((len(results), report))
            results.append(Reading(report=report) if report.passed_over else None)
    for (place, _), reading in zip(about, _claims_of([report for _, report in about], claims), strict=True):
        results[place] = reading
    return [result for result in results if result is not None]


def _claims_of(reports: Sequence[Report], claims: ReadClaims) -> list[Reading]:
    try:
        return list(claims(reports)) if reports else []
    except LexiconError:
        raise
    except Exception as error:
        if len(reports) == 1:
            message = f"{reports[0].origin}: its claims cannot be read: {error}"
            return [Reading(report=reports[0], failure=_failure(reports[0], "claim", error, message))]
        # One report brought the batch down: each once more alone, so that only that one is lost.
        return [reading for report in reports for reading in _claims_of([report], claims)]


def _failure(of: Document | Report, stage: str, error: Exception, message: str) -> Failure:
    log.debug("%s", message, exc_info=error)
    return Failure(origin=of.origin, stage=stage, error=type(error).__name__, message=message)


def _lost(document: Found, cause: str) -> Read:
    message = f"{document.origin}: reading it had to be given up: {cause}"
    return Failure(origin=document.origin, stage="run", error="WorkerLost", message=message)


READ: Stage[Found, Read] = Stage(open_reading, _lost, size_of)
TRIAGE: Stage[Found, Read] = READ._replace(open=partial(open_reading, triage=True), at_once=pass_over)


# --- reduce: one place at a time ------------------------------------------------------------------------------------


def tell(place_id: str, heard: Sequence[Heard], kept: Kept | None = None, weights: Weights | None = None) -> Telling:
    """What the claims about one place amount to, in units: those newly heard, and what was kept of those heard before.
    They are weighed by the shipped weights or by others."""
    from tadmor.timeline import build

    known = build.known()
    return build.tell(place_id, heard, kept, knowledge=known._replace(weights=weights) if weights else known)


# --- both, into a record --------------------------------------------------------------------------------------------


def read_into(
    database: Database,
    inputs: Sequence[str],
    *,
    runner: Runner,
    published: date | None = None,
    outlet: str | None = None,
    columns: Mapped | None = None,
    stage: Stage[Found, Read] = READ,
    history: TellHistory | None = None,
    progress: Progress = lambda summary: None,
) -> Summary:
    """Read every input into the record and bring stories and histories up to date.

    The same inputs in any order, over any number of workers, give the same record. What this version has read before,
    asked in the same way, is not read again; what is read again with another result replaces what was there. A run
    that was stopped is finished by running it again. With the stage `TRIAGE`, reports that are not about a war are kept
    and not read; with another, those that were so kept before are read, too.
    """
    return read_found_into(
        database,
        open_inputs(inputs, published=published, outlet=outlet, columns=columns),
        runner=runner,
        published=published,
        outlet=outlet,
        stage=stage,
        history=history,
        progress=progress,
    )


def read_found_into(
    database: Database,
    found: Iterable[Found],
    *,
    runner: Runner,
    published: date | None = None,
    outlet: str | None = None,
    stage: Stage[Found, Read] = READ,
    history: TellHistory | None = None,
    progress: Progress = lambda summary: None,
) -> Summary:
    """As `read_into`, of documents that were found already; `published` and `outlet` are what the user said of them."""
    from tadmor.record.desk import Desk

    desk = Desk(database, published=published, outlet=outlet, everything=stage is not TRIAGE, progress=progress)
    batch: list[tuple[Found, Read]] = []
    for pair in runner.map(stage, desk.unread(found)):
        batch.append(pair)
        if desk.is_due(batch):
            desk.store(batch)
            batch = []
    desk.store(batch)
    desk.store_copies()
    _settle(desk, history, runner)
    return desk.summary


def bring_up_to_date(
    database: Database,
    *,
    runner: Runner,
    history: TellHistory | None = None,
    progress: Progress = lambda summary: None,
) -> Summary:
    """Work out every place that is not up to date: for another version of the tool, or another set of weights."""
    from tadmor.record.desk import Desk

    desk = Desk(database, published=None, outlet=None, progress=progress)
    _settle(desk, history, runner)
    return desk.summary


def rescue(
    damaged: Path,
    new: Path,
    *,
    runner: Runner,
    stage: Stage[Found, Read] = READ,
    history: TellHistory | None = None,
    progress: Progress = lambda summary: None,
) -> Rescued:
    """Save what can be read of a damaged record into a new one, which appears when it is complete.

    Reports of which the bytes are whole and the reading is not are read again, and all histories are worked out anew.
    Raises `OSError` where the one cannot be read at all or the other cannot be written.
    """
    from tadmor.record import rescue as rescuing
    from tadmor.record import salvage
    from tadmor.record.database import open_record

    unfinished = new.with_name(new.name + ".part")
    try:
        unfinished.unlink(missing_ok=True)
        saved = rescuing.save(damaged, unfinished)
        lost = list(saved.lost)
        with open_record(unfinished, write=True) as database:
            for some in saved.again:
                summary = read_found_into(
                    database,
                    some.documents,
                    runner=runner,
                    published=some.published,
                    outlet=some.outlet,
                    stage=stage,
                    history=history,
                    progress=progress,
                )
                lost += (salvage.Lost("report", failure.origin, failure.message) for failure in summary.failed)
            bring_up_to_date(database, runner=runner, history=history, progress=progress)
        rescuing.finish(unfinished, of=damaged.name, lost=lost)
        unfinished.replace(new)
    finally:
        for ending in ("", "-wal", "-shm"):
            unfinished.with_name(unfinished.name + ending).unlink(missing_ok=True)
    again = sum(len(some.documents) for some in saved.again)
    return rescuing.Rescued(saved.rows, again, tuple(lost), saved.damaged_pages)


def review_into(
    database: Database,
    decided: Sequence[Review],
    *,
    runner: Runner,
    history: TellHistory | None = None,
    progress: Progress = lambda summary: None,
) -> tuple[list[str], Summary]:
    """Keep what analysts decided and work out the places that this touches; the ids of the reviews that are new."""
    from tadmor.record import reviews, weight_sets

    with database.transaction():
        kept = reviews.put(database, decided, weight_sets.knowledge(database))
    return kept, bring_up_to_date(database, runner=runner, history=history, progress=progress)


def _settle(desk: Desk, history: TellHistory | None, runner: Runner) -> None:
    from tadmor.record import weight_sets
    from tadmor.timeline.unit import whole

    learned = weight_sets.in_force(desk.database)
    weights = weight_sets.knowledge(desk.database).weights
    way = partial(whole, history) if history else partial(tell, weights=weights)
    desk.settle(way, runner, learned.version if learned else None)
