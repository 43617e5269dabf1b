"""Work out the histories of places, in this process or as a stage over several (`tadmor.run`).

A worker opens the record itself, to read only, and gives back the rows to be written, so that the process that writes
neither reads claims nor builds rows.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tadmor.errors import LexiconError
from tadmor.record import queries
from tadmor.record.database import Database, open_record
from tadmor.record.queries import Pending
from tadmor.record.rows import HistoryRows, history_rows
from tadmor.records import Failure, Heard, PlaceHistory
from tadmor.run.stage import Runner, Stage

log = logging.getLogger(__name__)

TellHistory = Callable[[str, Sequence[Heard]], PlaceHistory]
Told = HistoryRows | Failure

WORTH = 5_000  # claims that are worth the start of workers, which takes as long as some thousand claims
CLAIM = 1_000  # bytes that a claim takes on its way, roughly


def tell(
    database: Database, places: Sequence[Pending], *, history: TellHistory, runner: Runner
) -> Iterator[tuple[Pending, Told]]:
    """The rows of the history of each place, or why there are none.

    The largest places come first, so that no worker is left alone with one of them at the end.
    """
    ordered = sorted(places, key=lambda place: (-place.claims, place.id))
    with _uncollected():
        if runner.workers > 1 and sum(place.claims for place in ordered) >= WORTH:
            yield from runner.map(Stage(partial(_open, database.path, history), _lost, _size), ordered)
        else:
            for place in ordered:
                yield place, _tell(database, history, place)


def _open(path: Path, history: TellHistory) -> Callable[[Sequence[Pending]], list[Told]]:
    database = open_record(path)

    def step(places: Sequence[Pending]) -> list[Told]:
        with _uncollected():
            return [_tell(database, history, place) for place in places]

    return step


def _tell(database: Database, history: TellHistory, place: Pending) -> Told:
    heard, rejected = queries.heard_or_rejected(database, place.id)
    try:
        return history_rows(history(place.id, heard), heard, rejected)
    except LexiconError:
        raise
    except Exception as error:
        log.debug("%s", place.id, exc_info=error)
        return _failure(place, type(error).__name__, f"its history cannot be worked out: {error}")


def _lost(place: Pending, cause: str) -> Told:
    return _failure(place, "WorkerLost", f"working out its history had to be given up: {cause}")


def _failure(place: Pending, error: str, cause: str) -> Failure:
    return Failure(origin=place.id, stage="timeline", error=error, message=f"{place.id}: {cause}")


def _size(place: Pending) -> int:
    return place.claims * CLAIM


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of garbage in circles: a history makes many objects that refer to none of their own kind,
    and looking through them again and again takes a third of the time."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
