"""Work out the histories of places, in this process or as a stage over several (`tadmor.run`).

A worker opens the record itself, to read only, and gives back the rows to be written, so that the process that writes
neither reads claims nor builds rows. What it reads of a place may be older than what is stored when its rows are
written; then the place's mark is another and they are not (`write.put_told`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from tadmor.errors import LexiconError
from tadmor.garbage import uncollected
from tadmor.record import kept, queries
from tadmor.record.address import Address
from tadmor.record.database import Database, open_record
from tadmor.record.kept import Told
from tadmor.record.maker import Maker
from tadmor.record.queries import Pending
from tadmor.record.rows import place_facts
from tadmor.records import Failure
from tadmor.run.stage import Runner, Stage
from tadmor.timeline.unit import Tell
from tadmor.timeline.voiced import Kept

log = logging.getLogger(__name__)

Found = Told | Failure

WORTH = 5_000  # claims that are worth the start of workers, which takes as long as some thousand claims
AHEAD = 24  # chunks a worker, which last while a batch is written or the largest place is told
CLAIM = 1_000  # bytes that a claim takes on its way, roughly


class Way(NamedTuple):
    """How histories are told: by which version, with which set of weights (None: the shipped)."""

    maker: Maker
    weights: str | None
    tell: Tell


def tell(database: Database, places: Sequence[Pending], *, way: Way, runner: Runner) -> Iterator[tuple[Pending, Found]]:
    """What is to be written of the history of each place, or why there is nothing.

    The largest places come first, so that no worker is left alone with one of them at the end.
    """
    ordered = sorted(places, key=lambda place: (-place.claims, place.id))
    with uncollected():
        if runner.workers > 1 and sum(place.claims for place in ordered) >= WORTH:
            yield from runner.map(Stage(partial(_open, database.path, way), _lost, _size, ahead=AHEAD), ordered)
        else:
            for place in ordered:
                yield place, _tell(database, way, place)


def _open(path: Address, way: Way) -> Callable[[Sequence[Pending]], list[Found]]:
    database = open_record(path)

    def step(places: Sequence[Pending]) -> list[Found]:
        with uncollected():
            return [_to_send(_tell(database, way, place)) for place in places]

    return step


def _to_send(found: Found) -> Found:
    """Without what only this process has at hand."""
    return found._replace(at_hand=None) if isinstance(found, Told) else found


def _tell(database: Database, way: Way, place: Pending) -> Found:
    try:
        with database.snapshot():  # what is kept of single claims has to fit what is kept of all
            return _told(database, way, place)
    except LexiconError:
        raise
    except Exception as error:
        return untold(place.id, error)


def untold(place_id: str, error: Exception) -> Failure:
    """Why there is no history of a place."""
    log.debug("%s", place_id, exc_info=error)
    return _failure(place_id, type(error).__name__, f"its history cannot be worked out: {error}")


def _told(database: Database, way: Way, place: Pending) -> Told:
    before = kept.find(database, place.id, maker=way.maker.id, weights=way.weights)
    if before is None or queries.tied(database, place.id):  # ties are obeyed over all events of a place
        heard, rejected = queries.heard_or_rejected(database, place.id)
        return kept.told(way.tell(place.id, heard, None), place_facts([*heard, *rejected]))
    heard, rejected = queries.heard_or_rejected(database, place.id, kept.unheard(database, place.id))
    facts = place_facts([*heard, *rejected], queries.facts(database, place.id))
    known = Kept(before.together, partial(kept.lookup, database, place.id), before.lately)
    return kept.told(way.tell(place.id, heard, known), facts, before)


def _lost(place: Pending, cause: str) -> Found:
    return _failure(place.id, "WorkerLost", f"working out its history had to be given up: {cause}")


def _failure(place_id: str, error: str, cause: str) -> Failure:
    return Failure(origin=place_id, stage="timeline", error=error, message=f"{place_id}: {cause}")


def _size(place: Pending) -> int:
    return place.claims * CLAIM
