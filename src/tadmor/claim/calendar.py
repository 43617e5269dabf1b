"""What a time expression means, and which days it covers once the day of speaking is known.

Values are what `timegrammar` reads; `days_of` turns a value into a closed interval of days. How vague words
("early", "recent", "spring") are taken stands in `conventions`.
"""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta
from typing import Literal, NamedTuple

from tadmor.claim import conventions
from tadmor.records import DatePrecision, Days

UnitName = Literal["hour", "day", "weekend", "week", "month", "year", "decade"]
Hedge = Literal["less", "more"]


class Date(NamedTuple):
    """A calendar date of which some parts may be unsaid: "7 July", "mid-2012", "March 2016", "Monday April 7"."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None  # Monday is 0
    part: str | None = None  # a key of the conventions: "early", "mid", "late", ...
    shift: int | None = None  # "last March" -1, "this March" 0, "next March" 1
    year_shift: int | None = None  # "March last year" -1


class Season(NamedTuple):
    """A season, of a year if said: "the summer of 2014", "last spring"."""

    name: str
    year: int | None = None
    shift: int | None = None


class Weekday(NamedTuple):
    """A day of the week: "Saturday", "last Friday"."""

    weekday: int
    shift: int | None = None


class Unit(NamedTuple):
    """The calendar unit that holds the anchor, or one `shift` units from it: "yesterday", "early this week"."""

    unit: UnitName
    shift: int = 0
    part: str | None = None  # a key of the conventions, or "earlier", "later"


class Ago(NamedTuple):
    """A point `amount` units before the anchor, or after it where `sign` is 1; amount None: a few."""

    amount: float | None
    unit: UnitName
    sign: int = -1
    hedge: Hedge | None = None


class Span(NamedTuple):
    """`amount` units that end with the anchor (or begin with it, where the claim is about the future).

    amount None: some; `recent` says that they are recent ones, so that a convention bounds them.
    """

    amount: float | None
    unit: UnitName
    recent: bool = True
    sign: int = -1


class Shift(NamedTuple):
    """A point `amount` units before (`sign` -1) or after another happening: "two days later", "a week after"."""

    amount: float | None
    unit: UnitName
    sign: int
    hedge: Hedge | None = None


class Same(NamedTuple):
    """The calendar unit that holds another happening: "that day", "the same month"."""

    unit: UnitName


class Counted(NamedTuple):
    """A month or season reckoned from another happening.

    `shift` 1 is the first that begins after it ("the following January"), 0 the first that does not end before it
    ("that summer"); `years` says instead how many calendar years on it lies ("July of the following year").
    """

    named: Date | Season
    shift: int = 0
    years: int | None = None


class Then(NamedTuple):
    """The other happening's own days: "since then"."""


class Range(NamedTuple):
    """From one expression to another."""

    first: Date | Weekday | Unit | Season
    last: Date | Weekday | Unit | Season


Value = Date | Season | Weekday | Unit | Ago | Span | Shift | Same | Counted | Then | Range


Interval = tuple[date, date]
_DAY = timedelta(days=1)


def days_of(value: Value, anchor: date | None, *, past: bool, context: Days | None) -> Days:
    """Days that `value` covers, said on `anchor`; unknown where that cannot be told. Never raises.

    `past` False reads "Friday" and "in March" forward. `context` holds the days of the happening that "later", "that
    day" and "then" refer to; without it "later" and "earlier" refer to the anchor.
    """
    try:
        return _days_of(value, anchor, past, context)
    except (ValueError, OverflowError):  # 31 June, 5000 years ago: no day of the calendar
        return Days()


def _days_of(value: Value, anchor: date | None, past: bool, context: Days | None) -> Days:
    if isinstance(value, Date):
        return _date_days(value, anchor, past, context)
    if isinstance(value, Season) and value.year is not None:
        return _clip(_season(value.name, value.year), anchor, past, "month", "stated")
    if isinstance(value, Range):
        return _range_days(value, anchor, past, context)
    if isinstance(value, (Shift, Same, Counted, Then)):
        return _context_days(value, anchor, past, context)
    if anchor is None:
        return Days()
    if isinstance(value, Weekday):
        day = _weekday(value, anchor, past)
        return Days(first=day, last=day, precision="day", basis="publication")
    if isinstance(value, Season):
        return _clip(_near_season(value, anchor, past), anchor, past, "month", "publication")
    if isinstance(value, Unit):
        return _unit_days(value, anchor, past)
    if isinstance(value, Ago):
        first, last = _ago(anchor, value.amount, value.unit, value.sign, value.hedge)
        return Days(first=first, last=last, precision=_POINT[value.unit], basis="publication")
    return _span_days(value, anchor, past)


# --- calendar dates -------------------------------------------------------------------------------------------------


def _date_days(value: Date, anchor: date | None, past: bool, context: Days | None) -> Days:
    year, basis = value.year, "stated"
    if year is None and anchor is not None:
        year, basis = _near_year(value, anchor, past), "publication"
    elif year is None:
        # "On 5 November" in a text that has named the year: the text's own dates are the only thing to go by
        known = context and (context.first or context.last)
        if not known:
            return Days()
        year, basis = _near_year(value, known, past=False), "context"
    first, last = _date_interval(value, year)
    return _clip((first, last), anchor, past, _grain(value), basis)


def _grain(value: Date) -> DatePrecision:
    if value.day is not None:
        return "day"
    if value.month is not None:
        return "week" if value.part else "month"
    return "month" if value.part else "year"


def _date_interval(value: Date, year: int) -> Interval:
    if value.month is None:
        return _part("year", value.part, date(year, 1, 1), date(year, 12, 31))
    if value.day is not None:
        day = date(year, value.month, value.day)
        return day, day
    return _part("month", value.part, *_month(year, value.month))


def _near_year(value: Date, anchor: date, past: bool) -> int:
    """Year of a date that names none: the latest that is not after `anchor`; else the nearest, before or after.

    Reports that speak of plans also say when they began, so a date there is not always to come. A weekday that is said
    must fit, if it does in any of the years about.
    """
    if value.year_shift is not None:
        return anchor.year + value.year_shift
    if value.shift is not None and value.day is None:
        return anchor.year + _month_shift(value.shift, value.month or 0, anchor.month)
    fits: list[tuple[bool, int, int]] = []
    for year in range(anchor.year + (not past), anchor.year - 9, -1):
        try:
            first, last = _date_interval(value, year)
        except ValueError:  # 29 February
            continue
        if past and first > anchor:
            continue
        wrong_weekday = value.weekday is not None and value.day is not None and first.weekday() != value.weekday
        distance = 0 if first <= anchor <= last else min(abs((first - anchor).days), abs((last - anchor).days))
        fits.append((wrong_weekday, distance, year))
    if not fits:
        raise ValueError(f"no year fits {value}")
    return min(fits)[2]


def _month_shift(shift: int, month: int, now: int) -> int:
    """How many years lie between now and "last March" (-1), "this March" (0), "next March" (1)."""
    if shift < 0:
        return -1 if month >= now else 0
    return 1 if shift > 0 and month <= now else 0


def _month(year: int, month: int) -> Interval:
    return date(year, month, 1), date(year, month, months.monthrange(year, month)[1])


def _season(name: str, year: int) -> Interval:
    first, last = conventions.load().season[name]
    return date(year, first, 1), _month(year + (last > 12), (last - 1) % 12 + 1)[1]


def _near_season(value: Season, anchor: date, past: bool) -> Interval:
    if value.shift == 1:
        past = False
    years = range(anchor.year, anchor.year - 3, -1) if past else range(anchor.year - 1, anchor.year + 3)
    for year in years:
        first, last = _season(value.name, year)
        if past and first <= anchor and not (value.shift == -1 and last >= anchor):
            return first, last
        if not past and (first > anchor if value.shift == 1 else last >= anchor):
            return first, last
    raise ValueError(f"no year fits {value}")


def _part(unit: str, part: str | None, first: date, last: date) -> Interval:
    """Part of a week, month or year by convention; the whole where no part is said or the convention knows none."""
    if part is None:
        return first, last
    tables = conventions.load()
    if unit == "month" and part in tables.month:
        low, high = tables.month[part]
        return first.replace(day=min(low, last.day)), first.replace(day=min(high, last.day))
    if unit == "year" and part in tables.year:
        low, high = tables.year[part]
        return first.replace(month=low), _month(first.year, high)[1]
    if unit == "week" and part in tables.week:
        low, high = tables.week[part]
        monday = last - last.weekday() * _DAY  # on a Monday "this week" begins a day before
        return max(first, monday + (low - 1) * _DAY), monday + (high - 1) * _DAY
    return first, last


def _clip(interval: Interval, anchor: date | None, past: bool, precision: DatePrecision, basis: str) -> Days:
    """What is told as past lies not after the day of telling."""
    first, last = interval
    if anchor is not None and past and first <= anchor < last:
        last = anchor
    return Days(first=first, last=last, precision=precision, basis=basis)


def _range_days(value: Range, anchor: date | None, past: bool, context: Days | None) -> Days:
    last = days_of(value.last, anchor, past=past, context=context)
    if last.first is None or last.last is None:
        return Days()
    before = anchor
    if past and not (isinstance(value.first, Date) and value.first.year is not None):
        before = last.first  # "from Thursday to Monday": the Thursday before that Monday
    first = days_of(value.first, before, past=past, context=context)
    if first.first is None or first.first > last.last:
        return Days()
    precision = width_precision(first.first, last.last)
    basis = first.basis if first.basis == last.basis else "publication"
    return Days(first=first.first, last=last.last, precision=precision, basis=basis)


# --- relative to the anchor -----------------------------------------------------------------------------------------

_POINT: dict[UnitName, DatePrecision] = {
    "hour": "day", "day": "day", "weekend": "day", "week": "week", "month": "month", "year": "year", "decade": "longer",
}  # fmt: skip
_UNIT_DAYS = {"day": 1, "weekend": 7, "week": 7}
_UNIT_MONTHS = {"month": 1, "year": 12, "decade": 120}


def add(day: date, amount: float, unit: UnitName) -> date:
    """`day` moved by `amount` units; hours move by whole days begun; a month's missing days fall on its last day."""
    if unit == "hour":
        return day + (1 if amount > 0 else -1) * (int(abs(amount)) // 24) * _DAY
    if unit in _UNIT_DAYS:
        return day + timedelta(days=round(amount * _UNIT_DAYS[unit]))
    index = day.year * 12 + day.month - 1 + round(amount * _UNIT_MONTHS[unit])
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def width_precision(first: date, last: date) -> DatePrecision:
    """Precision that says how wide an interval is, where the words name no unit of the calendar."""
    width = (last - first).days
    if width <= 3:
        return "day"
    if width <= 16:
        return "week"
    if width <= 31:
        return "month"
    return "year" if 360 <= width <= 370 else "longer"


def _weekday(value: Weekday, anchor: date, past: bool) -> date:
    if value.shift == 1:
        return anchor + ((value.weekday - anchor.weekday() - 1) % 7 + 1) * _DAY
    if past or value.shift == -1:
        back = (anchor.weekday() - value.weekday) % 7
        return anchor - (7 if back == 0 and value.shift == -1 else back) * _DAY
    return anchor + ((value.weekday - anchor.weekday()) % 7) * _DAY


def _unit_days(value: Unit, anchor: date, past: bool) -> Days:
    precision = _POINT[value.unit]
    if value.unit == "weekend":
        first, last = _weekend(value.shift, anchor, past)
    else:
        first, last = _calendar_unit(value.unit, add(anchor, value.shift, value.unit))
        if value.unit == "week" and value.shift == 0 and past and anchor.weekday() == 0:
            first -= _DAY  # a week that has only begun: for many speakers it began on Sunday
    if value.part == "earlier":
        last = min(last, anchor)
    elif value.part == "later":
        first = max(first, anchor)
    elif value.part:
        first, last = _part(value.unit, value.part, first, last)
        precision = {"year": "month", "month": "week"}.get(value.unit, precision)  # type: ignore[assignment]
    return _clip((first, last), anchor, past and value.shift <= 0 and value.part != "later", precision, "publication")


def _weekend(shift: int, anchor: date, past: bool) -> Interval:
    saturday = anchor - ((anchor.weekday() - 5) % 7) * _DAY  # this one or the last one
    if shift == -1 and anchor.weekday() >= 5:
        saturday -= 7 * _DAY
    elif shift == 1 or (not past and anchor.weekday() < 5):
        saturday += 7 * _DAY
    return saturday, saturday + _DAY


def _calendar_unit(unit: UnitName, day: date) -> Interval:
    if unit == "week":
        monday = day - day.weekday() * _DAY
        return monday, monday + 6 * _DAY
    if unit == "month":
        return _month(day.year, day.month)
    if unit == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if unit == "decade":
        return date(day.year // 10 * 10, 1, 1), date(day.year // 10 * 10 + 9, 12, 31)
    return day, day


def _ago(day: date, amount: float | None, unit: UnitName, sign: int, hedge: Hedge | None) -> Interval:
    """Days that lie `amount` units from `day`: exact in days, else as wide as the unit that is named."""
    if amount is None:
        low, high = conventions.load().few
        return _ordered(add(day, sign * low, unit), add(day, sign * high, unit))
    if hedge == "less":
        return _ordered(add(day, sign * amount, unit), add(day, sign * max(amount - 1, 0), unit))
    if hedge == "more":
        return _ordered(add(day, sign * amount, unit), add(day, sign * (amount + 1), unit))
    there = add(day, sign * amount, unit)
    if unit == "week":
        return there - 3 * _DAY, there + 3 * _DAY
    return _calendar_unit("month" if amount % 1 else unit, there) if unit in _UNIT_MONTHS else (there, there)


def _ordered(one: date, other: date) -> Interval:
    return min(one, other), max(one, other)


def _span_days(value: Span, anchor: date, past: bool) -> Days:
    amount: float | None = value.amount
    forward = value.sign > 0 or not past
    if amount is None and value.recent:
        amount = conventions.load().recent.get(value.unit)
    if amount is None:
        if value.unit == "hour":
            return Days(first=anchor, last=anchor, precision="day", basis="publication")
        if forward:
            return Days(first=anchor, precision="unknown", basis="publication")
        return Days(last=anchor, precision="longer", basis="publication")
    other = add(anchor, (1 if forward else -1) * amount, value.unit)
    first, last = _ordered(anchor, other)
    return Days(first=first, last=last, precision=width_precision(first, last), basis="publication")


# --- relative to another happening ----------------------------------------------------------------------------------


def _context_days(value: Shift | Same | Counted | Then, anchor: date | None, past: bool, context: Days | None) -> Days:
    known = context is not None and (context.first or context.last) is not None
    if known and context is not None:
        first, last = context.first or context.last, context.last or context.first
        basis = "context"
    elif isinstance(value, Shift) and anchor is not None:
        if value.sign > 0 and past:  # "two days later" with nothing to amount from: some day up to now
            return Days(last=anchor, basis="publication")
        first, last, basis = anchor, anchor, "publication"
    else:
        return Days()
    assert first is not None and last is not None
    if isinstance(value, Then):
        return Days(first=first, last=last, precision=width_precision(first, last), basis=basis)
    if isinstance(value, Counted):
        interval, precision = _counted(value, first, last)
        return _clip(interval, anchor, past, precision, basis)
    if isinstance(value, Same):
        first, last = _calendar_unit(value.unit, first)[0], _calendar_unit(value.unit, last)[1]
        return Days(first=first, last=last, precision=_POINT[value.unit], basis=basis)
    low = _ago(first, value.amount, value.unit, value.sign, value.hedge)
    high = _ago(last, value.amount, value.unit, value.sign, value.hedge)
    first, last = min(low[0], high[0]), max(low[1], high[1])
    if past and anchor is not None and first <= anchor < last:
        last = anchor
    return Days(first=first, last=last, precision=_POINT[value.unit], basis=basis)


def _counted(value: Counted, first: date, last: date) -> tuple[Interval, DatePrecision]:
    """The month or season counted from a happening between two days, and how exact that is."""
    named = value.named

    def of(year: int) -> Interval:
        return _season(named.name, year) if isinstance(named, Season) else _date_interval(named, year)

    precision = "month" if isinstance(named, Season) else _grain(named)
    if value.years is not None:
        return of(first.year + value.years), precision
    fits = (of(year) for year in range(first.year - 1, last.year + 3))
    return next(days for days in fits if (days[0] > last if value.shift else days[1] >= first)), precision
