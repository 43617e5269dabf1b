"""Whatever is looked at can be taken away: its rows, its list, a briefing."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from warserver import Served

PALMYRA = "gn:163808"


def visit(page: Page, served: Served, query: str) -> None:
    page.goto(f"{served.address}?map=svg&{query}")
    page.wait_for_selector("#top[data-ready]")


def saved(page: Page, key: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.locator(f"[data-key={key}]").click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def rows(packed: bytes) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".csv"))
        return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


def test_the_claims_that_are_listed_are_exported_with_their_filters(page: Page, served: Served) -> None:
    visit(page, served, "tab=claims&actor=Greens&day=2016-12-11")
    expect(page.locator("#panel .total")).to_have_text("2 in all")
    page.keyboard.press("x")
    expect(page.locator("dialog")).to_contain_text("Only: Party: Greens")
    page.locator("[data-key=export-what]").select_option("claims")
    name, packed = saved(page, "export-save")
    assert name == "war-claims.csv.zip" and {row["actor"] for row in rows(packed)} == {"Greens"}
    expect(page.locator("dialog [role=status]")).to_have_text("Saved: war-claims.csv.zip")
    page.locator("[data-key=export-what]").select_option("list")
    name, lines = saved(page, "export-save")
    assert name == "claims.jsonl" and len([json.loads(line) for line in lines.splitlines()]) == 2
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()


def test_the_map_of_a_day_and_a_place_are_exported_as_spells(page: Page, served: Served) -> None:
    visit(page, served, "day=2016-06-01&least=0.5")
    page.locator("#export").click()
    expect(page.locator("dialog")).to_contain_text("From: 1 Jun 2016; To: 1 Jun 2016")
    page.locator("[data-key=export-format]").select_option("csv")
    assert [row["holder"] for row in rows(saved(page, "export-save")[1])] == ["Blues"]
    visit(page, served, f"day=2016-06-01&place={PALMYRA}")
    page.locator("#export").click()
    assert [row["holder"] for row in rows(saved(page, "export-save")[1])] == ["Reds", "Blues", "Blues", "Reds"]


def test_a_briefing_is_that_of_the_what_if_and_says_so(page: Page, served: Served) -> None:
    visit(page, served, f"day=2016-12-11&place={PALMYRA}&only_kind=outlet")
    page.locator("#export").click()
    expect(page.locator("dialog")).to_contain_text("A what-if is looked at")
    page.get_by_label("From", exact=True).fill("2016-01-01")
    page.locator("[data-key=brief-title]").fill("Palmyra in 2016")
    name, written = saved(page, "brief-save")
    assert name == "war-2016-01-01-2016-12-11.html"
    assert b"Palmyra in 2016" in written and b"WHAT IF, with sources of kind outlet alone" in written


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_a_small_screen_has_room(page: Page, served: Served, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 800})
    visit(page, served, "tab=claims&actor=Greens&day=2016-12-11")
    page.locator("#export").click()
    expect(page.locator("dialog")).to_be_visible()
    found = Axe().run(page, context="dialog").response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    assert page.evaluate("() => document.querySelector('dialog').scrollWidth") <= 390
