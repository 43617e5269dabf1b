"""Header lines: what they say is found in every order of their parts, and running text is never taken for one."""

from __future__ import annotations

from datetime import date

import pytest

from tadmor.report.slug import masthead, slug


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
