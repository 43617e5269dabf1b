"""Works out ahead, while nobody asks for anything, what is asked for sooner or later and takes long.

Whoever asks meanwhile is served as before, but for the piece that is being worked out; whoever asks for that very piece
waits for it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence

from tadmor.errors import TadmorError
from tadmor.web import claims, lists, reviews
from tadmor.web.asked import (
    ChangesQuery,
    ClaimsQuery,
    DisputesQuery,
    EventsQuery,
    QuestionsQuery,
    SourcesQuery,
)
from tadmor.web.atlas import Atlas, Shelf

__all__ = ["WORK", "start"]

log = logging.getLogger(__name__)

STILL = 5.0  # seconds for which nobody asked
LOW = 10  # priority, as of `nice`
WORK: Sequence[Callable[[Shelf], object]] = (
    lambda shelf: lists.changes(shelf, ChangesQuery()),
    lambda shelf: lists.sources(shelf, SourcesQuery()),
    lambda shelf: lists.disputes(shelf, DisputesQuery()),
    lambda shelf: reviews.questions(shelf, QuestionsQuery()),
    # Whose word each claim is, and how long events last, which filters ask for.
    lambda shelf: claims.claims(shelf, ClaimsQuery(source="nobody")),
    lambda shelf: lists.events(shelf, EventsQuery(first=shelf.atlas().last)),
)


def start(shelf: Shelf, work: Sequence[Callable[[Shelf], object]] = WORK, *, still: float = STILL) -> threading.Thread:
    """Begin in a thread that ends with the program."""
    thread = threading.Thread(target=_run, args=(shelf, work, still), name="ahead", daemon=True)
    thread.start()
    return thread


def _run(shelf: Shelf, work: Sequence[Callable[[Shelf], object]], still: float) -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own: whoever moves the slider comes first
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW)
    done: Atlas | None = None
    while True:
        shelf.visits.wait_for_one()  # the first page is painted before anything, and nothing is done for nobody
        shelf.visits.wait_for_none(still)
        try:
            atlas = shelf.atlas()
            for piece in work if atlas is not done else ():
                shelf.visits.wait_for_none(still)
                piece(shelf)
            done = atlas
        except TadmorError as error:  # it is told to whoever asks for it
            log.debug("worked out ahead: %s", error)
