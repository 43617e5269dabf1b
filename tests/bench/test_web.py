"""The application is measured over a record that all of its questions can be asked of."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import web
from bench.chromium import installed
from bench.monkey import Kept, flat
from tadmor.web.api import ASKS


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("web") / "war.tadmor"
    counts = web.make(path, 600, 20)
    assert counts["events"] > 200 and counts["places"] == 20 and not counts["pending_places"]
    return path


def test_every_question_of_the_page_is_asked_and_none_twice(record: Path) -> None:
    """Exports and briefings are files that are taken away; spells are asked for once, when the page is opened."""
    found = {one.name: one for one in web.answered(record, 3)}
    asked = {f"/api/{name}" for name in found}
    assert asked | {"/api/spells", "/api/export", "/api/briefing"} == {ask.path for ask in ASKS}
    assert len(found["state"].took) >= 3 and all(took > 0 for one in found.values() for took in one.took)
    assert web.bare(record, 3) > 0


def test_a_question_that_cannot_be_answered_is_no_figure(record: Path) -> None:
    app = web.application(record, port=80, token="", read_only=True)
    with pytest.raises(ValueError, match=r"/api/place .*404"):
        web.ask(app, "place", {"id": "nowhere"})


@pytest.mark.browser
@pytest.mark.skipif(installed() is None, reason="needs Chromium (Debian: apt-get install chromium)")
def test_the_page_is_opened_and_stepped_through(record: Path) -> None:
    for page in web.pages(record, 3).values():
        assert page.paint > 0 and len(page.steps) == 3 and page.step_page > 0
        assert page.requests > 10 and page.received > 100_000


def test_memory_grows_where_more_is_kept_each_time() -> None:
    def heaps(*found: float) -> list[Kept]:
        return [Kept(at * 30.0, heap, 0, 0, 0.0) for at, heap in enumerate(found)]

    assert flat(heaps(3, 9, 8, 12, 8, 9, 8))
    assert not flat(heaps(3, 9, 10, 12, 13, 15, 16))
