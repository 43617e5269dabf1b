"""How many reports are stored at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tadmor.record.database import open_record
from tadmor.record.desk import Desk
from tadmor.records import Failure
from tadmor.report.source import Document

FAILURE = Failure(origin="a.txt", stage="report", error="InputError", message="a.txt: is empty")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_record(tmp_path / "record", write=True) as database:
        yield Desk(database, published=None, outlet=None, progress=lambda _: None)


def read(count: int, size: int = 10) -> list[tuple[Document | Failure, Failure]]:
    return [(Document(raw=bytes(size), origin="a.txt", doc="a", media_type="text/plain"), FAILURE)] * count


def due(desk: Desk, size: int = 10) -> int:
    """How many reports have to be read until they are stored."""
    return next(count for count in range(1000) if desk.is_due(read(count, size)))


def test_reports_are_stored_by_the_second_and_never_fewer_than_a_chunk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read slowly is safe soon, and what is read fast is stored in few transactions."""
    now = 100.0
    monkeypatch.setattr("tadmor.record.desk.time.monotonic", lambda: now)
    assert due(desk) == desk.REPORTS  # nothing was stored yet
    desk.store(read(desk.REPORTS))
    assert due(desk) == desk.MOST
    now += desk.SECONDS
    assert due(desk) == desk.REPORTS


def test_large_reports_are_not_gathered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tadmor.record.desk.time.monotonic", lambda: 100.0)
    desk.store([])
    assert due(desk, desk.BYTES // 40) == 48
