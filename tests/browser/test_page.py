"""The application as its users meet it: in a browser, by mouse, by keyboard, with and without WebGL."""

from __future__ import annotations

import os
import re
import time
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from bench.monkey import Monkey
from warserver import HOSTILE, Served

PALMYRA = "gn:163808"
MONKEY = float(os.environ.get("TADMOR_MONKEY", "5"))  # seconds of random clicks
DRAWN = "map=svg"  # the map that the server draws, which costs a browser least


def visit(page: Page, address: str, query: str = "", *, token: str = "") -> None:
    page.goto(f"{address.partition('#')[0]}?{query}{token}")
    page.wait_for_selector("#top[data-ready]")


def day(page: Page) -> str:
    return page.locator("#clock input[type=date]").input_value()


def settle(page: Page) -> None:
    page.evaluate("() => tadmor.settled()")


# --- map and time ---------------------------------------------------------------------------------------------------


def test_it_opens_with_a_map_a_place_is_picked_on_it(page: Page, served: Served) -> None:
    visit(page, served.address, "day=2016-06-01")
    page.wait_for_selector("#map[data-ready]")
    expect(page.locator(".board li").filter(has_text="Palmyra")).to_contain_text("held by Blues")
    assert page.locator("#map canvas.marks").count() == 1
    drawn = page.evaluate(
        "() => { const c = document.querySelector('canvas.marks');"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(Boolean); }"
    )
    assert drawn
    spot = page.evaluate("() => tadmor.map.project(38.28, 34.56)")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + spot[0], box["y"] + spot[1])
    expect(page.locator("#tip")).to_contain_text("held by Blues")
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    expect(page.locator("#panel h2")).to_have_text("Palmyra")
    assert "place=gn" in page.url


def test_without_webgl_the_server_draws_the_map(page: Page, served: Served) -> None:
    page.add_init_script(
        "const own = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        " return /webgl/.test(kind) ? null : own.call(this, kind, ...rest); };"
    )
    visit(page, served.address, "day=2016-06-01")
    mark = page.locator(f"#map svg a[data-place='{PALMYRA}']")
    expect(mark).to_have_attribute("aria-label", "Palmyra: held by Blues, very likely (1 Jun 2016)")
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("Palmyra")
    page.locator("#clock input[type=date]").fill("2016-01-01")
    expect(page.locator(f"#map svg a[data-place='{PALMYRA}']")).to_have_attribute(
        "aria-label", re.compile("held by Reds")
    )


@pytest.mark.parametrize(("width", "language"), [(1300, "en"), (390, "ar")])
def test_claimed_and_assessed_lie_side_by_side(page: Page, served: Served, width: int, language: str) -> None:
    """Two maps of one stretch of land: what is done on one is done on both."""
    page.set_viewport_size({"width": width, "height": 820})
    page.add_init_script(f"localStorage.setItem('language', '{language}')")
    visit(page, served.address, f"{DRAWN}&day=2016-06-01&layer=beside")
    one, other = (page.locator(f"{name} svg a[data-place='{PALMYRA}']") for name in ("#map", "#map2"))
    expect(one).to_have_attribute("aria-label", re.compile("Blues"))
    expect(other).to_have_attribute("aria-label", re.compile("^Palmyra: (?!.*Blues)"))  # nobody claims it there
    frames = [page.locator(name).bounding_box() for name in ("#map", "#map2")]
    assert frames[0] and frames[1] and frames[0]["width"] == pytest.approx(frames[1]["width"], abs=3)
    assert frames[0] != frames[1] and page.evaluate("() => document.documentElement.scrollWidth") <= width
    before = page.evaluate("() => tadmor.map.camera.zoom")
    page.locator("[data-key=zoom-out]").click()
    assert page.evaluate("() => tadmor.map.camera.zoom") < before
    assert page.evaluate("() => Math.abs(tadmor.map.camera.zoom - tadmor.other.camera.zoom)") < 0.05
    page.locator("#clock input[type=range]").press("ArrowRight")
    for mark in (one, other):
        expect(mark).to_have_attribute("aria-label", re.compile(r"\(2 "))
    page.locator("input[name=layer][value=beside]").focus()
    page.keyboard.press("m")
    expect(page.locator("#map2")).to_be_hidden()
    page.keyboard.press("m")
    page.keyboard.press("m")
    page.keyboard.press("m")
    expect(other).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_the_slider_moves_the_day_and_what_is_held(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-03-27")
    row = page.locator(".board li").filter(has_text="Palmyra")
    expect(row).to_contain_text("held by Blues")
    slider = page.locator("#clock input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#clock input[type=date]")).to_have_value("2016-03-26")
    expect(row).to_contain_text("held by Reds")
    page.keyboard.press("End")
    expect(row).to_contain_text("held by Reds")
    page.get_by_label("The change of hands before").click()
    expect(page.locator("#clock input[type=date]")).to_have_value("2016-03-27")


def test_an_advance_is_an_arrow_from_the_nearest_place_that_the_party_holds(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&events=1")
    arrows = """async () => {
      const { advances } = await import('/static/js/advance.js');
      const place = (id, lon, lat) => ({ id, lon, lat, level: 'place' });
      const mark = (place, holder, claimed_by = null) => ({ place, holder, claimed_by, part: null });
      const event = (actors, lat = 35) => ({ place: 'to', actors, lon: 38, lat, sure: 0.7 });
      const rows = [place('to', 38, 35), place('near', 38.5, 35), place('far', 39, 35), place('no', 38.1, 35)];
      const marks = [mark('to', 'Reds'), mark('near', 'Reds'), mark('far', 'Reds'), mark('no', 'Blues', 'Blues')];
      return advances([event(['Reds']), event(['Blues']), event([]), event(['Reds'], 50)], rows, marks);
    }"""
    assert page.evaluate(arrows) == [{"actor": "Reds", "from": [38.5, 35], "to": [38, 35], "sure": 0.7}]
    expect(page.locator("#legend")).to_contain_text("advance, from the nearest place that the party holds")


def test_play_goes_on_day_by_day_until_it_is_stopped(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-01-01")
    page.get_by_label("Step by").select_option("month")
    page.get_by_label("Play", exact=True).click()
    page.wait_for_function("() => document.querySelector('#clock input[type=date]').value >= '2016-03-01'")
    page.get_by_label("Pause").click()
    stopped = day(page)
    page.wait_for_timeout(500)
    assert day(page) == stopped and stopped > "2016-01-01"


@pytest.mark.parametrize("layer", ["assessed", "claimed"])
def test_the_page_finds_of_a_day_what_the_server_finds(page: Page, served: Served, layer: str) -> None:
    visit(page, served.address, DRAWN)
    both = """async (layer) => {
      const { Spells } = await import('/static/js/days.js');
      const spells = new Spells(await (await fetch(`/api/spells?layer=${layer}`)).json());
      const found = [];
      for (const day of ['2014-01-01', '2015-05-20', '2016-03-26', '2016-03-27', '2016-12-11', '2030-01-01']) {
        const { marks } = await (await fetch(`/api/state?layer=${layer}&day=${day}`)).json();
        found.push([spells.on(day), marks.map(({ since, spell, voices, ...mark }) => mark)]);
      }
      return found;
    }"""
    compared = page.evaluate(both, layer)
    assert any(ours for ours, _ in compared) is (layer == "assessed")
    for ours, theirs in compared:
        assert ours == theirs


def test_a_step_of_the_slider_costs_less_than_a_tenth_of_a_second(page: Page, served: Served) -> None:
    """Of the processor time of the page, from the new day to its marks and lists."""
    visit(page, served.address, f"{DRAWN}&day=2016-05-01")
    steps = """async () => {
      const slider = document.querySelector('#clock input[type=range]');
      for (let step = 0; step < 20; step++) {
        slider.value = Number(slider.value) + 1;
        slider.dispatchEvent(new Event('input'));
        await tadmor.settled();
      }
    }"""
    meter = page.context.new_cdp_session(page)
    meter.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = meter.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    before = spent()
    page.evaluate(steps)
    assert day(page) == "2016-05-21"
    assert (spent() - before) / 20 < 0.1


# --- evidence -------------------------------------------------------------------------------------------------------


def test_from_a_place_to_the_words_in_the_report(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-06-01")
    page.locator(".board .row").filter(has_text="Palmyra").click()
    spell = page.locator("details.spell.today")
    expect(spell).to_contain_text("Held by Blues", ignore_case=True)
    expect(page.locator(".bands")).to_be_visible()
    quote = spell.locator("article.quote").first
    expect(quote).to_contain_text("On 2016-04-02 Blues holds Palmyra.")
    expect(quote).to_contain_text("for +")
    quote.locator("a.words").click()
    marked = page.locator(".report-text mark.chosen")
    expect(marked).to_have_text("On 2016-04-02 Blues holds Palmyra.")
    expect(page.locator("#panel h2").first).to_have_text("Blues come back")
    page.go_back()
    expect(page.locator("#panel h2")).to_have_text("Palmyra")


def test_why_a_place_is_found_so(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-06-01&place={PALMYRA}")
    page.locator(".why summary").first.click()
    expect(page.locator(".chances")).to_contain_text("Blues")
    expect(page.locator(".pulled").first).to_contain_text("for +")


def test_what_if_a_source_had_not_spoken(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-06-01&place={PALMYRA}")
    page.locator(".whatif summary").click()
    page.locator(".whatif label").filter(has_text="monitor").first.locator("input").uncheck()
    expect(page.locator(".premise").first).to_contain_text("WHAT IF without")
    assert "without=" in page.url
    page.get_by_text("Back to the record").first.click()
    expect(page.locator(".premise")).to_have_count(0)


def test_hostile_text_is_shown_as_text(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&tab=reports")
    page.locator(".rows a").filter(has_text="<img src=x").first.click()
    expect(page.locator(".report-text")).to_contain_text("<script>document.title='owned'</script>")
    hidden = "async () => (await import('/static/js/dom.js')).visible('a\\u202eb\\u0007c\\ud800')"
    assert page.evaluate(hidden) == "a[U+202E]b[U+0007]c[U+D800]"
    expect(page.locator(".report-text").first).to_contain_text("{{7*7}}")
    assert page.locator("#panel img, #panel script").count() == 0
    assert "owned" not in page.title()
    page.locator("#search").fill(HOSTILE)
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_contain_text("<img src=x")


# --- lists ----------------------------------------------------------------------------------------------------------


def test_lists_have_filters_that_stand_in_the_address(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&tab=claims")
    expect(page.locator("#panel .total")).to_have_text("8 in all")
    page.locator("[data-key=filter-actor]").fill("Greens")
    page.keyboard.press("Enter")
    expect(page.locator("#panel .total")).to_have_text("2 in all")
    page.locator("[data-key=filter-type]").select_option("gains")
    expect(page.locator("#panel .total")).to_have_text("1 in all")
    page.reload()
    page.wait_for_selector("#top[data-ready]")
    expect(page.locator("#panel .total")).to_have_text("1 in all")
    page.get_by_text("Clear all").click()
    expect(page.locator("#panel .total")).to_have_text("8 in all")


def test_an_area_is_drawn_or_taken_from_what_is_in_sight(page: Page, served: Served) -> None:
    """By keyboard, too; the list, the map and the link then hold that area alone."""
    visit(page, served.address, f"{DRAWN}&tab=claims&lon=16.6&lat=31.2&zoom=6")
    expect(page.locator("#panel .total")).to_have_text("8 in all")
    page.get_by_role("button", name="Area in sight").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel .total")).to_have_text("1 in all")
    assert "box=" in page.url
    page.locator("#panel [data-key=area-end]").click()
    expect(page.locator("#panel .total")).to_have_text("8 in all")
    page.get_by_role("button", name="Draw an area").click()
    expect(page.locator("#panel .total")).to_have_text("1 in all")
    page.locator("#over [data-key=area-end]").click()
    expect(page.locator("#panel .total")).to_have_text("8 in all")


@pytest.mark.parametrize("tab", ["board", "changes", "sources", "reports", "strips"])
def test_every_list_keeps_to_the_area(page: Page, served: Served, tab: str) -> None:
    """Around Sirte there is one place, of which one report speaks."""
    visit(page, served.address, f"{DRAWN}&tab={tab}&day=2016-12-12&box=16,30,17.2,32")
    expect(page.locator("#panel .total")).to_contain_text(re.compile(r"^1 (places|in all)"))
    page.locator("#panel [data-key=area-end]").click()
    expect(page.locator("#panel .total")).to_contain_text(re.compile(r"^[3-9] (places|in all)"))


def test_the_search_and_what_is_taken_away_keep_to_the_area(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&tab=search&text=gains&box=16,30,17.2,32")
    expect(page.locator("#panel")).to_contain_text("Quotes (1)")
    page.keyboard.press("x")
    expect(page.locator("#dialog .taking")).to_contain_text("Area: 16,30,17.2,32")
    expect(page.locator("#dialog form").nth(1)).to_contain_text("Area: 16,30,17.2,32")


def test_strips_come_by_pages_are_sorted_and_printed_alone(page: Page, served: Served) -> None:
    page.route("**/api/strips*", lambda route: route.continue_(url=route.request.url.replace("limit=60", "limit=2")))
    visit(page, served.address, f"{DRAWN}&tab=strips")
    names = page.locator(".lanes .lane-name .place-link")
    expect(names).to_have_count(2)
    page.locator("[data-key=more]").click()
    expect(names).to_have_count(4)
    expect(page.locator("[data-key=more]")).to_have_count(0)
    page.locator("[data-key=strips-order]").select_option("name")
    expect(names.first).to_have_text("Nowhere Hill")
    page.emulate_media(media="print")
    assert not page.locator("#stage").is_visible() and not page.locator("#tabs").is_visible()
    assert names.first.is_visible()


def test_every_list_opens(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-12-10")
    for tab in page.locator("#tabs button").all()[1:]:
        tab.click()
        expect(page.locator(".list-title")).to_have_text(tab.inner_text())
        expect(page.locator("#panel .total, #panel .empty").first).to_be_visible()
        expect(page.locator("#panel .failed")).to_have_count(0)


def test_search_finds_and_leads_on(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}")
    page.keyboard.press("/")
    page.keyboard.type("palm")
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("Quotes (5)")
    page.locator("#panel .place-link").first.click()
    expect(page.locator("#panel h2")).to_have_text("Palmyra")


def test_a_link_opens_the_same_view(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-12-10")
    page.keyboard.press("m")
    page.locator("#tabs button").filter(has_text="Changes").click()
    page.locator("[data-key=filter-actor]").fill("Reds")
    page.keyboard.press("Enter")
    expect(page.locator("#panel .total")).to_be_visible()
    page.wait_for_timeout(300)
    url, shown = page.url, page.locator("#panel").inner_text()
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_selector("#top[data-ready]")
    expect(page.locator("#panel .total")).to_be_visible()
    assert page.locator("#panel").inner_text() == shown
    assert page.locator("input[name=layer][value=claimed]").is_checked() and day(page) == "2016-12-10"


def test_two_days_are_compared(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-06-01")
    page.locator("#compare").click()
    page.locator("#panel input[type=date]").fill("2016-01-01")
    expect(page.locator("#panel")).to_contain_text("From 1 Jan 2016 to 1 Jun 2016: 1 changes of hands")
    expect(page.locator("#panel .hands")).to_contain_text("held by Reds")


def test_a_pasted_report_is_read_then_added(own: Served, page: Page) -> None:
    visit(page, own.address, DRAWN, token=own.with_token.partition("/#")[2].join(["#", ""]))
    assert "token" not in page.url
    page.locator("#paste").click()
    page.get_by_label("Text or HTML").fill("Town\n\nOn 2016-12-10 Greens gains Palmyra (agency).\n")
    page.get_by_text("Read it").click()
    expect(page.locator(".adding")).to_contain_text("1 claims. Nothing of this is stored.")
    expect(page.locator(".report-text mark")).to_have_text("On 2016-12-10 Greens gains Palmyra (agency).")
    page.get_by_text("Add to the record").click()
    expect(page.locator(".added")).to_contain_text("Added.")
    page.get_by_text("Open the report").click()
    expect(page.locator(".report-text mark")).to_have_count(1)


def test_who_may_only_look_is_told_so(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&tab=paste")
    page.get_by_label("Text or HTML").fill("On 2016-12-10 Greens gains Palmyra (agency).")
    page.get_by_text("Read it").click()
    expect(page.locator(".adding")).to_contain_text("This server only shows.")
    assert page.get_by_text("Add to the record").count() == 0


# --- everybody ------------------------------------------------------------------------------------------------------


def test_by_keyboard_alone(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-06-01")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("]")
    settle(page)
    expect(page.locator("#clock input[type=date]")).to_have_value("2016-06-02")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_be_visible()
    page.keyboard.press("j")
    assert page.evaluate("() => document.querySelector('#panel').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(page.locator(".list-title")).to_contain_text("Who holds what")
    page.keyboard.press("2")
    expect(page.locator(".list-title")).to_have_text("Changes")
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_contain_text("From at least, at latest")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(page: Page, served: Served, theme: Any) -> None:
    page.emulate_media(color_scheme=theme)
    views = ["", f"place={PALMYRA}", "tab=events&layer=both", "tab=sources", "tab=paste"]
    for query in views if theme == "light" else views[:2]:
        visit(page, served.address, f"{DRAWN}&day=2016-06-01&{query}")
        expect(page.locator("#panel h2").first).to_be_visible()
        page.wait_for_timeout(200)
        found = Axe().run(page).response["violations"]
        serious = [
            (query, one["id"], one["nodes"][0]["html"][:160], one["nodes"][0].get("failureSummary", "")[:200])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == []


def test_from_right_to_left(page: Page, served: Served) -> None:
    visit(page, served.address, f"{DRAWN}&day=2016-06-01")
    page.locator("#language").select_option("ar")
    expect(page.locator("#tabs button").first).to_have_text("الأماكن")
    assert page.evaluate("() => document.documentElement.dir") == "rtl"
    expect(page.locator(".board li").filter(has_text="Palmyra")).to_contain_text("بيد")


def test_on_a_small_screen_nothing_is_cut_off(page: Page, served: Served) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    for query in ("", f"place={PALMYRA}", "tab=events"):
        visit(page, served.address, f"{DRAWN}&day=2016-06-01&{query}")
        page.wait_for_timeout(200)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("way", ["", DRAWN], ids=["WebGL", "drawn"])
def test_random_clicks_break_nothing(own: Served, page: Page, way: str) -> None:
    """Seeded, and bounded in time. The fixture fails the test where anything failed in the page."""
    page.goto(f"{own.address}?{way}#{own.with_token.partition('#')[2]}")
    page.wait_for_selector("#top[data-ready]")
    monkey, end = Monkey(page, seed=7), time.monotonic() + MONKEY
    while time.monotonic() < end:
        monkey.act()
    settle(page)
    assert monkey.done > 5
