"""Files are dropped onto the page and read into the record, and a record in which there is nothing says what to do."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tadmor.record import queries
from tadmor.record.check import faults
from tadmor.record.database import open_record
from warserver import HOSTILE, TOKEN, Served, serving

DRAWN = "map=svg"
WATCH = """() => {
  window.seen = [];
  const look = () => seen.push(document.querySelector('.dropping')?.textContent ?? '');
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A record in which there is nothing, served where there are two sample reports."""
    folder = tmp_path / "samples" / "reports"
    folder.mkdir(parents=True)
    (folder / "one.txt").write_text("On 2017-03-01 Blues gains Sirte (agency).\n", encoding="utf-8")
    (folder / "two.txt").write_text("On 2017-03-05 Reds gains Palmyra (agency).\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    open_record(tmp_path / "empty.tadmor", write=True).close()
    yield from serving(tmp_path / "empty.tadmor", read_only=False)


def visit(page: Page, served: Served, query: str = "") -> None:
    page.goto(f"{served.address}?{DRAWN}&{query}#token={TOKEN}")
    page.wait_for_selector("#top[data-ready]")


def no_serious(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def drop(page: Page, files: dict[str, bytes]) -> None:
    page.evaluate(
        """(files) => {
          const data = new DataTransfer();
          for (const [name, bytes] of files) data.items.add(new File([new Uint8Array(bytes)], name));
          window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [[name, list(raw)] for name, raw in files.items()],
    )


def test_several_files_are_dropped_and_read_with_what_failed(own: Served, page: Page) -> None:
    visit(page, own)
    lines = [json.dumps({"doc": f"d{day}", "text": f"On 2017-03-{day:02} Blues gains Sirte."}) for day in range(1, 29)]
    drop(page, {"many.jsonl.gz": gzip.compress("\n".join(lines).encode()), f"{HOSTILE}.bin": b"\x7fELF\0\0\0"})
    waiting = page.get_by_role("region", name="Files to read")
    expect(waiting).to_contain_text("many.jsonl.gz")
    expect(waiting).to_contain_text("Nothing of this is stored.")
    no_serious(page)
    waiting.get_by_role("button", name="Read into the record").click()
    expect(waiting.locator(".added")).to_contain_text(
        "New: 28; read anew: 0; known already: 0; not read: 1. Claims: 28."
    )
    waiting.locator("summary").click()
    expect(waiting.locator("li.failed")).to_contain_text("dropped:")
    assert page.title() != "owned" and page.locator("#panel img").count() == 0
    page.locator("#tabs button").filter(has_text="Reports").click()
    expect(page.locator("#panel .total")).to_have_text("33 in all")
    with open_record(own.record) as database:
        assert queries.spells(database, ["gn:2210554"])[-1].holder == "Blues" and not list(faults(database))


def test_a_long_reading_is_told_of_as_server_sent_events_and_may_be_stopped(own: Served, page: Page) -> None:
    visit(page, own, "tab=paste")
    page.route(
        "**/api/reading",
        lambda route: route.fulfill(
            content_type="text/event-stream",
            body='event: progress\ndata: {"files":4,"opened":3,"reports":1200,"failed":2,"claims":900,"places":0,'
            '"places_left":0}\n\n: still at it\n\nevent: problem\ndata: {"error":"the disk is full"}\n\n',
        ),
    )
    page.evaluate(WATCH)
    page.locator("[data-key=paste-file]").set_input_files(
        [
            {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"On 2017-03-01 Blues gains Sirte."}
            for name in "ab"
        ]
    )
    page.get_by_role("button", name="Read into the record").click()
    expect(page.get_by_role("region", name="Files to read").get_by_role("alert")).to_have_text("the disk is full")
    assert any("Reports read: 1,200; claims: 900; not read: 2." in text for text in page.evaluate("seen"))
    page.unroute("**/api/reading")
    page.route("**/api/reading", lambda route: None)  # never answered
    page.locator("[data-key=paste-file]").set_input_files(
        [{"name": f"{name}.txt", "mimeType": "text/plain", "buffer": b"x"} for name in "ab"]
    )
    page.get_by_role("button", name="Read into the record").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("region", name="Files to read")).to_contain_text("Stopped. What was read stays")


def test_one_text_that_is_dropped_is_shown_before_it_is_stored(own: Served, page: Page) -> None:
    visit(page, own)
    drop(page, {"one.txt": b"On 2017-03-01 Blues gains Sirte."})
    expect(page.get_by_label("Text or HTML")).to_have_value("On 2017-03-01 Blues gains Sirte.")
    expect(page.locator(".dropping")).to_have_count(0)


def test_who_may_only_look_reads_no_files(page: Page, served: Served) -> None:
    visit(page, served, "tab=paste")
    drop(page, {"a.zip": b"PK"})
    expect(page.locator(".dropping")).to_contain_text("This server only shows.")
    assert page.locator(".dropping button").count() == 0


def test_an_empty_record_offers_the_samples(empty: Served, page: Page) -> None:
    visit(page, empty)
    expect(page.locator(".list-title")).to_have_text("This record is empty")
    no_serious(page)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("[data-key=samples]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".board li")).to_have_count(2)
    expect(page.locator(".board li").filter(has_text="Palmyra")).to_contain_text("held by Reds")
    expect(page.locator("#clock input[type=date]")).to_have_value("2017-03-05")
    expect(page.locator("#map svg a[data-place]")).to_have_count(2)
