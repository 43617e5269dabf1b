"""The day that a written date names: "Sat Dec 10, 2016 3:12pm EST", "10-12-2016", "2016-12-10T08:00:00Z".

Only full dates are days; one without a year is half a date and is told as such, because its year may stand elsewhere.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_FIRST_YEAR, _LAST_YEAR = 1900, 2100  # outside of it a number is no year of publication

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        1,
    )
    for name in names
}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_TIME = (
    r"(?:(?:,?\s+(?:at\s+)?|T)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?\s?(?:[ap]\.?m\.?)?"
    r"\s?(?:Z|[+-]\d{2}:?\d{2}|(?:GMT|UTC|EST|EDT|CST|CDT|MST|MDT|PST|PDT|ET|CET|CEST|BST|EET|EEST|KSA)\b)?)?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})[-/.](?P<number>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)",
        rf"{_WEEKDAY}(?:the\s+)?{_DAY}(?:\s+of)?[\s-]+{_MONTH},?[\s-]+{_YEAR}",
        rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+{_YEAR}",
        # "Jul 01, 2016" in texts that lost their commas and what came after them
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d\d),?{_YEAR}",
        r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)" + _YEAR,
    )
)
_NO_YEAR = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (rf"{_WEEKDAY}{_DAY}\s+{_MONTH}(?!\s*,?\s*\d)", rf"{_WEEKDAY}{_MONTH}\s+{_DAY}(?!\d|\s*,?\s*\d{{4}})")
)


class Written(NamedTuple):
    """A date as written from `start` to `end`; `year` is None where it is not said."""

    start: int
    end: int
    year: int | None
    month: int
    day: int

    def on(self, year: int | None = None) -> date | None:
        """The day, with `year` filling a missing one; None where there is no such day or no year."""
        year = self.year or year
        if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
            return None
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def at(text: str, position: int = 0, *, yearless: bool = False) -> Written | None:
    """The date that begins exactly at `position`. Dates that no calendar has, or that can mean two days, are none."""
    for form in _FORMS:
        if match := form.match(text, position):
            written = _written(match)
            if written and written.on():
                return written
    if yearless:
        for form in _NO_YEAR:
            if (match := form.match(text, position)) and (written := _written(match)) and written.on(2000):
                return written
    return None


def first(text: str) -> date | None:
    """The date that a metadata value such as "2016-12-10T08:00:00+03:00" or "Published: 10 December 2016" holds."""
    for match in re.finditer(r"(?<!\w)(?=\w)", text[:200]):
        if written := at(text, match.start()):
            return written.on()
    return None


def _written(match: re.Match[str]) -> Written | None:
    part = match.groupdict()
    year = int(part["year"]) if part.get("year") else None
    if part.get("first"):
        one, two = int(part["first"]), int(part["second"])
        if part["mark"] == "/" and one != two and one <= 12 and two <= 12:
            return None  # read one way in London, another in New York
        day, month = (two, one) if two > 12 else (one, two)
    else:
        day = int(part["day"])
        month = int(part["number"]) if part.get("number") else _MONTHS[part["month"].lower()]
    return Written(match.start(), match.end(), year, month, day)
