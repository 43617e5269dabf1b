"""A served record and Debian's Chromium, driven by playwright. Without Chromium these tests are skipped.

The record is invented; one of its reports is hostile: markup, scripts, and characters that reorder text.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import invented
from bench.chromium import chromium as started
from bench.chromium import installed
from tadmor.pipeline import read_into
from tadmor.record.database import open_record
from tadmor.run.local import Local
from warserver import REPORTS, Served, serving

# The first start of Chromium on a busy machine takes long; what a person would wait for is not tested by it.
PATIENCE = 60_000  # ms
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(str(item.fspath)).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented record."""
    folder = tmp_path_factory.mktemp("browser")
    for number, (name, (headline, lines)) in enumerate(REPORTS.items()):
        body = "\n\n".join([headline, *lines, *invented.text("", seed=number).split("\n\n")[1:]])
        (folder / f"{name}.txt").write_text(body, encoding="utf-8")
    with open_record(folder / "war.tadmor", write=True) as database:
        inputs = [str(folder / f"{name}.txt") for name in REPORTS]
        read_into(database, inputs, runner=Local(), stage=invented.STAGE, history=invented.history)
    return folder / "war.tadmor"


@pytest.fixture(scope="module")
def served(war: Path) -> Iterator[Served]:
    """The record, served to all tests that do not change it."""
    yield from serving(war, read_only=True)


@pytest.fixture
def own(war: Path, tmp_path: Path) -> Iterator[Served]:
    """A copy of the record that may be added to."""
    shutil.copy(war, tmp_path / "own.tadmor")
    yield from serving(tmp_path / "own.tadmor", read_only=False)


@pytest.fixture
def weighed(war: Path, tmp_path: Path) -> Iterator[Served]:
    """As `own`, with the timeline that Tadmor itself works out for every place that is touched."""
    shutil.copy(war, tmp_path / "weighed.tadmor")
    yield from serving(tmp_path / "weighed.tadmor", read_only=False, history=None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if installed() is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    with started() as browser:  # its loop must have ended before others run their own
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page. At the end nothing may have failed in it, and nothing been asked of another machine."""
    context = chromium.new_context(viewport={"width": 1300, "height": 820}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: _at_home(request.url, faults))
    page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    yield page
    context.close()
    assert faults == []


def _at_home(url: str, faults: list[str]) -> None:
    parts = urlsplit(url)
    if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
        faults.append(f"asked of another machine: {url}")
