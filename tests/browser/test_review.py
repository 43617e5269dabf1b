"""Claims are accepted, rejected and corrected where they stand, and the map follows at once."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tadmor.record import queries, reviews
from tadmor.record.check import faults
from tadmor.record.database import open_record
from warserver import HOSTILE, TOKEN, Served

PALMYRA = "gn:163808"
DRAWN = "map=svg"


def visit(page: Page, served: Served, query: str) -> None:
    page.goto(f"{served.address}?{DRAWN}&{query}#token={TOKEN}")
    page.wait_for_selector("#top[data-ready]")


def quote(page: Page, words: str) -> Locator:
    return page.locator("#panel article.quote").filter(has_text=words).first


def mark(page: Page) -> Locator:
    return page.locator(f"#map svg a[data-place='{PALMYRA}']")


def test_a_claim_is_rejected_in_place_and_the_map_follows(own: Served, page: Page) -> None:
    visit(page, own, f"day=2016-06-01&place={PALMYRA}")
    expect(mark(page)).to_have_attribute("aria-label", re.compile("held by Blues"))
    card = quote(page, "On 2016-03-27 Blues gains Palmyra")
    card.locator("details.review > summary").click()
    card.get_by_label("Your name").fill("Amal")
    card.get_by_label("Why").fill(HOSTILE)
    card.get_by_role("button", name="Reject").click()
    expect(page.locator("#notice")).to_contain_text("Rejected. 1 places worked out anew.")
    second = quote(page, "On 2016-04-02 Blues holds Palmyra")
    second.locator("details.review > summary").click()
    expect(second.get_by_label("Your name")).to_have_value("Amal")
    second.get_by_role("button", name="Reject").click()
    expect(mark(page)).to_have_attribute("aria-label", re.compile("held by Reds"))
    page.locator("#notice").get_by_role("button", name="Undo").click()
    expect(mark(page)).to_have_attribute("aria-label", re.compile("held by Blues"))
    assert page.title() != "owned"
    with open_record(own.record) as database:
        kept = [kept.review for kept, _ in reviews.entries(database)]
        assert [(one.analyst, one.action) for one in kept] == [("Amal", "reject"), ("Amal", "reject"), ("Amal", "undo")]
        assert kept[0].why == HOSTILE and not list(faults(database))


def test_a_claim_is_corrected_by_keyboard_and_what_was_read_stays_in_sight(own: Served, page: Page) -> None:
    visit(page, own, "tab=claims&day=2016-12-11")
    words = "On 2016-12-06 Greens gains Sirte"
    quote(page, words).locator("a.words").focus()
    page.keyboard.press("e")
    expect(quote(page, words).get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Amal")
    quote(page, words).get_by_label("Place", exact=True).fill("Palmyra")
    quote(page, words).get_by_label("Why").focus()
    page.keyboard.type("it says so")
    page.keyboard.press("Enter")
    expect(quote(page, words)).to_contain_text("It was read as Place: Sirte")
    expect(quote(page, words).locator("details.review > summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(quote(page, words).locator(".reviews")).to_contain_text("it says so")
    with open_record(own.record) as database:
        (row,) = database.query("SELECT id FROM claims WHERE quote LIKE ?", (f"%{words}%",))
        told = queries.told(database, [row["id"]])[row["id"]]
        assert told.claim.where is not None and told.claim.where.id == PALMYRA and told.review == "corrected"


def test_what_is_rejected_stays_in_its_list_and_nobody_decides_without_a_name(own: Served, page: Page) -> None:
    visit(page, own, "tab=claims&day=2016-12-11")
    words = "On 2016-12-06 Greens gains Sirte"
    quote(page, words).locator("a.words").focus()
    page.keyboard.press("r")
    expect(quote(page, words).get_by_label("Your name")).to_be_focused()
    page.keyboard.press("Enter")
    expect(quote(page, words).get_by_role("alert")).to_have_text("A review needs your name.")
    page.keyboard.type("Amal")
    page.keyboard.press("Enter")
    expect(quote(page, words)).to_contain_text("rejected, does not count")
    quote(page, words).locator("details.review > summary").click()
    quote(page, words).locator("details.correct > summary").click()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
    assert [one["id"] for one in found.response["violations"] if one["impact"] in ("serious", "critical")] == []


def test_the_list_asks_about_what_matters_most_and_goes_on(own: Served, page: Page) -> None:
    visit(page, own, "tab=review&day=2016-12-11")
    cards = page.locator("#panel .question")
    expect(cards.first).to_contain_text("place-days if accepted")
    count, words = cards.count(), cards.first.locator("q").inner_text()
    cards.first.locator("a.words").focus()
    page.keyboard.press("a")
    expect(cards.first.get_by_label("Your name")).to_be_focused()
    page.keyboard.type("Amal")
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("Accepted.")
    expect(cards).to_have_count(count - 1)
    assert words not in cards.locator("q").all_inner_texts()


def no_serious(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_events_are_joined_and_set_apart_again(weighed: Served, page: Page) -> None:
    visit(page, weighed, "tab=events&day=2016-12-11")
    rows = page.locator("#panel .rows > li").filter(has_text="Palmyra").filter(has_text="gains")
    expect(rows).to_have_count(3)
    boxes = rows.get_by_label("Join with others")
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    form = page.get_by_role("form", name="Join: one happening")
    expect(form.get_by_role("button")).to_be_disabled()
    boxes.nth(2).check()
    expect(form).to_contain_text("Events chosen: 2")
    form.get_by_label("Your name").fill("Amal")
    form.get_by_label("Why").fill(HOSTILE)
    no_serious(page)
    form.get_by_label("Why").press("Enter")
    expect(page.locator("#notice")).to_contain_text("Joined. 1 places worked out anew.")
    expect(rows).to_have_count(2)
    joined = rows.filter(has_text="Claims: 2")
    joined.locator("details > summary").first.click()
    apart = joined.get_by_label("Tells of another happening")
    expect(apart).to_have_count(2)
    apart.first.check()
    joined.get_by_role("button", name="Set apart: another happening").click()
    expect(page.locator("#notice")).to_contain_text("Set apart.")
    expect(rows).to_have_count(3)
    page.locator("#notice").get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(2)
    with open_record(weighed.record) as database:
        kept = [kept.review for kept, _ in reviews.entries(database)]
        assert [one.action for one in kept] == ["merge", "split", "undo"] and kept[0].why == HOSTILE
        assert not list(faults(database))


def test_a_source_is_graded_and_the_grade_undone(weighed: Served, page: Page) -> None:
    visit(page, weighed, "tab=sources&day=2016-12-11")
    row = page.locator("#panel tbody tr").filter(has_text="ministry")
    row.get_by_label(re.compile("^Grade ")).click()
    row.locator("select[name=grade]").select_option("E")
    row.get_by_label("Your name").fill("Amal")
    row.get_by_label("Why").fill("said so before")
    row.get_by_role("button", name="Grade").click()
    expect(page.locator("#notice")).to_contain_text("Graded. 1 places worked out anew.")
    expect(row.locator("summary .chip")).to_have_text("E")
    row.locator("summary").click()
    expect(row.locator(".reviews")).to_contain_text("said so before")
    no_serious(page)
    row.get_by_role("button", name="Undo").click()
    expect(row.locator("summary .chip")).to_have_count(0)


def test_a_claim_is_graded(weighed: Served, page: Page) -> None:
    visit(page, weighed, "tab=claims&day=2016-12-11")
    card = quote(page, "On 2016-12-11 Blues holds Palmyra (ministry)")
    card.locator("details.review > summary").click()
    card.get_by_label("Your name").fill("Amal")
    card.get_by_label("Grade", exact=True).select_option("5")
    card.get_by_role("button", name="Grade").click()
    expect(page.locator("#notice")).to_contain_text("Graded.")
    expect(card).to_contain_text("graded 5")


def test_who_may_only_look_decides_nothing(page: Page, served: Served) -> None:
    visit(page, served, "tab=claims&day=2016-12-11")
    expect(page.locator("#panel article.quote").first).to_be_visible()
    assert page.locator("details.review").count() == 0
    for tab in ("events", "sources"):
        visit(page, served, f"tab={tab}&day=2016-12-11")
        expect(page.locator("#panel .total")).to_be_visible()
        assert page.locator(".join, .joining, details.review").count() == 0
