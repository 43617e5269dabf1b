"""What takes long is worked out ahead, but never while somebody asks, and not before anybody has."""

from __future__ import annotations

import threading
import time

import pytest

from asking import Client
from homes import Records
from tadmor.record.address import Address
from tadmor.web import ahead
from tadmor.web.atlas import Shelf, Visits

STILL = 0.2


@pytest.fixture
def asked(small_war: Address, records: Records) -> Address:
    """Connections to it stay open, so that it is not the one that others are copies of."""
    return records.copy(small_war)


def test_nothing_is_done_for_nobody_and_everything_once_they_are_still(asked: Address) -> None:
    done: list[str] = []
    all_done = threading.Event()
    client = Client(asked)
    shelf: Shelf = client.app.state.shelf
    ahead.start(shelf, [lambda _: done.append("one"), lambda _: all_done.set()], still=STILL)
    time.sleep(2 * STILL)
    assert done == []
    client.get("/api/record")
    assert all_done.wait(30)
    client.get("/api/record")
    time.sleep(3 * STILL)
    assert done == ["one"]  # the record is as it was


def test_somebody_who_is_still_being_answered_is_waited_for() -> None:
    visits, still = Visits(), threading.Event()

    def wait() -> None:
        visits.wait_for_none(STILL)
        still.set()

    with visits.one():
        with visits.one():
            pass
        thread = threading.Thread(target=wait)
        thread.start()
        assert not still.wait(3 * STILL)
    assert still.wait(30)
    thread.join()


def test_what_is_worked_out_ahead_is_what_is_asked_for(asked: Address) -> None:
    client = Client(asked)
    shelf: Shelf = client.app.state.shelf
    for piece in ahead.WORK:
        piece(shelf)
    known = set(shelf.atlas()._kept)
    for path in ("changes", "sources", "disputes", "questions"):
        assert client.get(f"/api/{path}").status == 200
    assert client.get("/api/claims", source_kind="outlet").status == 200
    assert client.get("/api/events", first="2016-01-01").status == 200
    assert set(shelf.atlas()._kept) == known
