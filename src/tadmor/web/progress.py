"""Tells of work that takes long while it goes on, as server-sent events."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import msgspec
from starlette.concurrency import run_in_threadpool

from tadmor.errors import TadmorError
from tadmor.records import Record
from tadmor.web.answers import Problem

__all__ = ["EVENTS", "Tell", "Work", "events"]

log = logging.getLogger(__name__)

EVENTS = "text/event-stream"
SILENCE = 15.0  # seconds after which something is said, so that neither side takes the other for gone
Tell = Callable[[Record], None]
Work = Callable[[Tell, threading.Event], Record]  # the event is set when nobody listens any more


async def events(work: Work) -> AsyncIterator[bytes]:
    """What `work` tells, each an event "progress", and at the end "done" with what it gives or "problem"."""
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[tuple[str, Record]] = asyncio.Queue()
    stop = threading.Event()

    def put(name: str, what: Record) -> None:
        with suppress(RuntimeError):  # the program ends, and nobody listens
            loop.call_soon_threadsafe(told.put_nowait, (name, what))

    def run() -> None:
        try:
            put("done", work(lambda what: put("progress", what), stop))
        except TadmorError as error:
            put("problem", Problem(error=str(error)))
        except Exception as error:
            log.exception("work in the background failed")
            put("problem", Problem(error=f"this should not happen, please report it: {type(error).__name__}: {error}"))

    running = asyncio.ensure_future(run_in_threadpool(run))
    try:
        name = "progress"
        while name == "progress":
            try:
                name, what = await asyncio.wait_for(told.get(), SILENCE)
            except TimeoutError:
                yield b": still at it\n\n"
                continue
            yield b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(what))
        await running
    finally:
        stop.set()
