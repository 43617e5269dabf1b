"""Header lines: what they say is found in every order of their parts, and running text is never taken for one."""

from __future__ import annotations

from datetime import date

import pytest

from tadmor.report.header import lay_out
from tadmor.report.slug import masthead, slug
from tadmor.report.title import split_headline, split_title

BODY = "Troops left the crossing at Wadi Sahm on Friday, a shopkeeper said, and militiamen moved in before dusk."
MORE = "Nobody was hurt, but lorries queued for miles on both sides of the river and traders asked who would tax them."
LATER = "By noon the road to the hills was shut and nobody was let through without a paper from the new masters."
LAST = "The commander of the post is thought to have fled to his village in the hills with the cash box."


@pytest.mark.parametrize(
    ("line", "day", "outlet"),
    [
        ("Northern Observer, Friday 29 May 2015", date(2015, 5, 29), "Northern Observer"),
        ("Northern Observer | Tripoli, 10 August 2016", date(2016, 8, 10), "Northern Observer"),
        ("Istanbul, 16 November 2016, Lakeside Courier", date(2016, 11, 16), "Lakeside Courier"),
        ("Hillside Wire -- Kabul -- 3 October 2015", date(2015, 10, 3), "Hillside Wire"),
        ("Washington, Aug. 1, 2016 -- River Tribune", date(2016, 8, 1), "River Tribune"),
        ("Lakeside Courier - updated 12 December 2016", date(2016, 12, 12), "Lakeside Courier"),
        ("Hillside Review, New York and Nairobi, 14 June 2024", date(2024, 6, 14), "Hillside Review"),
        ("Damascus - Tuesday, 5 September 2017, 20:05", date(2017, 9, 5), None),
    ],
)
def test_a_header_line_tells_day_and_outlet(line: str, day: date, outlet: str | None) -> None:
    said = slug(line)
    assert said is not None and said.day is not None
    assert (said.day.on(), said.outlet) == (day, outlet)


@pytest.mark.parametrize(
    "line",
    [
        "The army took the town on 5 October 2016, residents said.",
        "On 5 October 2016 the men went home.",
        "Between 3 May 2015 and 9 May 2015 nothing moved.",
        "Fighting near Hama, 4 March 2014, left ten dead",
        "Clashes spread to the outskirts",
    ],
)
def test_running_text_is_no_header_line(line: str) -> None:
    assert slug(line) is None


def test_an_outlet_alone_on_its_line_is_a_masthead() -> None:
    assert masthead("Northern Observer") == "Northern Observer"
    assert masthead("Rebels enter Hama") is None


@pytest.mark.parametrize(
    ("lines", "outlet", "day"),
    [
        ("Northern Echo Online | Tripoli, 10 August 2016", "Northern Echo Online", date(2016, 8, 10)),
        ("Coastal Gazette. 28 December 2015.", "Coastal Gazette", date(2015, 12, 28)),
        ("27/03/2016 - Coastal Gazette", "Coastal Gazette", date(2016, 3, 27)),
        ("Published: 14 March 2016 | Coastal Gazette", "Coastal Gazette", date(2016, 3, 14)),
        ("Posted by Coastal Gazette on March 14, 2016", "Coastal Gazette", date(2016, 3, 14)),
        ("Published on 14 March 2016 by The Baltic Inquirer", "The Baltic Inquirer", date(2016, 3, 14)),
        (
            "By Coastal Gazette staff, GAO, Mali | Published July 10, 2017, 9:15 p.m.",
            "Coastal Gazette",
            date(2017, 7, 10),
        ),
        ("By the Coastal Gazette's reporter in Gao, 14 March 2016", "Coastal Gazette", date(2016, 3, 14)),
        ("Coastal Gazette, Addis Ababa bureau, 14 March 2016", "Coastal Gazette", date(2016, 3, 14)),
        ("From our correspondent in Goma\nGreat Rift Weekly, 14 March 2016", "Great Rift Weekly", date(2016, 3, 14)),
        ("Coastal Gazette\nTripoli, 14 March 2016", "Coastal Gazette", date(2016, 3, 14)),
        ("14 March 2016\nHillside Mirror", "Hillside Mirror", date(2016, 3, 14)),
        ("Radio Hillside, 06:00 bulletin, Monday 14 March 2016", "Radio Hillside", date(2016, 3, 14)),
        ("Coastal Gazette, 14 March 2016 (updated 15 March 2016)", "Coastal Gazette", date(2016, 3, 14)),
        ("BBC News, 14 March 2016, 18:20 GMT", "BBC News", date(2016, 3, 14)),
        ("Syria Direct - March 14, 2016", "Syria Direct", date(2016, 3, 14)),
        ("Kyiv, 14 March 2022", None, date(2022, 3, 14)),
        ("Anna Miller, Beirut, 14 March 2016", None, date(2016, 3, 14)),
        ("5:45 AM PST 11/19/2019 by Karl Weber", None, date(2019, 11, 19)),
    ],
)
def test_lines_under_a_headline(lines: str, outlet: str | None, day: date) -> None:
    layout = lay_out(f"Militia takes border crossing at dawn\n{lines}\n\n{BODY}\n{MORE}")
    written = layout.published or layout.updated
    assert written is not None
    assert (layout.outlet, written.on()) == (outlet, day)
    assert [part.role for part in layout.segments].count("body") == 2


@pytest.mark.parametrize(
    ("line", "outlet", "day"),
    [
        ("AMMAN (Jordan Valley Agency), Sunday, Dec. 11, 2016 - ", "Jordan Valley Agency", date(2016, 12, 11)),
        ("MOPTI, Mali, March 14, 2016 (Sahel Press Service) - ", "Sahel Press Service", date(2016, 3, 14)),
        ("GAO (Studio Kanaga) - ", "Studio Kanaga", None),
        ("Gao, 14 March 2016 - ", None, date(2016, 3, 14)),
    ],
)
def test_the_agency_of_a_dateline_is_origin_and_outlet(line: str, outlet: str | None, day: date | None) -> None:
    layout = lay_out(f"Militia takes border crossing at dawn\n\n{line}{BODY}")
    assert (layout.outlet, layout.original_outlet) == (outlet, outlet)
    assert (layout.dateline_day.on() if layout.dateline_day else None) == day


def test_an_outlet_named_above_a_dateline_is_not_its_agency() -> None:
    layout = lay_out(f"Militia takes crossing\nCoastal Gazette, 15 March 2016\n\nGAO, March 14, 2016 (AFP) - {BODY}")
    assert (layout.outlet, layout.original_outlet) == ("Coastal Gazette", "Agence France-Presse")


@pytest.mark.parametrize("dash", ["", " -"])
def test_the_name_of_a_party_in_brackets_is_no_agency(dash: str) -> None:
    layout = lay_out(f"Militia takes border crossing at dawn\n\nNHB (Northern Hills Brigade){dash} {BODY}")
    assert layout.outlet is None and layout.original_outlet is None


@pytest.mark.parametrize(
    "line",
    [
        "Situation Report",
        "Minister Resigns Over Press Law",
        "Government Takes Radio Station",
        "Clashes Reported Near Post Office",
        "Evening Bulletin",
        "Ceasefire, 14 March 2016 to 20 March 2016",
        "They withdrew - 14 March 2016 - and came back",
        "The Free Army, 14 March 2016, took the bridge",
    ],
)
def test_a_subheading_names_no_outlet(line: str) -> None:
    layout = lay_out(f"Militia takes border crossing at dawn\n{line}\n\n{BODY}\n{MORE}")
    assert layout.outlet is None and layout.published is None


def test_a_dated_headline_stays_the_headline() -> None:
    layout = lay_out(f"Battle of Wadi Sahm, 5 May 2016\n\n{BODY}\n{MORE}")
    assert layout.headline == "Battle of Wadi Sahm, 5 May 2016" and layout.outlet is None
    assert layout.published is not None


def test_a_last_line_dates_the_text_and_one_in_its_middle_does_not() -> None:
    head = f"Militia takes border crossing at dawn\n\n{BODY}\n"
    line = "Coastal Gazette, 14 March 2016"
    assert lay_out(head + f"{MORE}\n{line}").published is not None
    assert lay_out(head + f"{MORE}\n{LATER}\n{line}\n{LAST}\n{LAST[:-1]} too.").published is None


@pytest.mark.parametrize(
    ("line", "headline", "outlet"),
    [
        ("Militia takes border crossing - Hillside Mirror", "Militia takes border crossing", "Hillside Mirror"),
        ("Militia takes border crossing - Region - Ahram Online", "Militia takes border crossing", "Ahram Online"),
        ("Militia takes crossing - State News Agency", "Militia takes crossing - State News Agency", None),
        ("Militia takes crossing - and leaves it", "Militia takes crossing - and leaves it", None),
    ],
)
def test_what_a_site_adds_to_a_headline(line: str, headline: str, outlet: str | None) -> None:
    assert split_headline(line) == (headline, outlet)


def test_a_title_of_nothing_but_marks_is_read_in_linear_time() -> None:
    title = "a | b - " * 20_000
    assert split_title(title) == split_headline(title.strip()) == (title.strip(), None)
