"""Written dates are days only where they can mean one day and no other."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.report import day

TENTH = date(2016, 12, 10)


@pytest.mark.parametrize(
    "written",
    [
        "2016-12-10",
        "2016/12/10",
        "2016-12-10T08:15:00+03:00",
        "2016-12-10 08:15:00.123Z",
        "10 December 2016",
        "10 Dec. 2016",
        "10th of December, 2016",
        "Sat 10 Dec 2016",
        "Saturday, 10 December 2016 17:27",
        "December 10, 2016",
        "Dec 10 2016",
        "Sat Dec 10, 2016 3:12pm EST",
        "Dec 102016",
        "10-Dec-2016",
        "10.12.2016",
        "10-12-2016",
        "SATURDAY 10 DECEMBER 2016",
    ],
)
def test_full_dates_are_read_to_their_end(written: str) -> None:
    found = day.at(written)
    assert found is not None
    assert (found.on(), found.end) == (TENTH, len(written))


@pytest.mark.parametrize(
    "written",
    [
        "31 February 2016",
        "2016-13-01",
        "0000-00-00",
        "10 December 9999",
        "10 December 1816",
        "last Tuesday",
        "December 2016",
        "10/12/2016",  # London and New York read it differently
        "2016-12-101",
        "10 December 20161",
        "May 2016",
        "",
    ],
)
def test_what_names_no_single_day_is_none(written: str) -> None:
    assert day.at(written) is None


def test_slashes_are_read_where_only_one_reading_is_a_date() -> None:
    assert [found.on() for text in ("25/12/2016", "12/25/2016", "11/11/2016") if (found := day.at(text))] == [
        date(2016, 12, 25),
        date(2016, 12, 25),
        date(2016, 11, 11),
    ]


def test_a_date_without_a_year_waits_for_one() -> None:
    assert day.at("10 December") is None
    for written in ("10 December", "Dec. 10", "Saturday, Dec 10"):
        found = day.at(written, yearless=True)
        assert found is not None and found.on() is None and found.on(2016) == TENTH
    leap = day.at("29 February", yearless=True)
    assert leap is not None and leap.on(2015) is None and leap.on(2016) == date(2016, 2, 29)


def test_the_first_date_in_a_metadata_value_counts() -> None:
    assert day.first("Published: Sat, 10 Dec 2016 08:00:00 GMT") == TENTH
    assert day.first("1" * 1_000_000) is None


@given(
    st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%A %d %b %Y", "%B %d, %Y"]),
)
def test_every_day_is_read_back(when: date, form: str) -> None:
    found = day.at(when.strftime(form))
    assert found is not None and found.on() == when


@given(st.text(max_size=80))
def test_any_text_is_a_date_or_not_but_never_an_error(text: str) -> None:
    day.at(text, yearless=True)
    day.first(text)
