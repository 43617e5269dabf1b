"""Lays out timeline strips: where bars, whiskers and ticks stand, as percentages of the width.

All lanes of a place share one scale, so that its parts and what each side claims can be read against each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tadmor.records import Spell
from tadmor.timeline.spells import starts

__all__ = ["Bar", "Scale", "Tick", "bars", "scale", "ticks"]

MOST_TICKS = 8
LEAST_DAYS = 14
_STEPS = ((1, "day"), (2, "day"), (5, "day"), (10, "day"), (1, "month"), (2, "month"), (3, "month"), (6, "month"),
          (12, "month"), (24, "month"), (60, "month"), (120, "month"), (600, "month"))  # fmt: skip


class Scale(NamedTuple):
    """Days from `first` on, `days` of them, over the whole width."""

    first: int  # ordinal
    days: int

    def at(self, day: date | int) -> float:
        """Position of the beginning of a day in percent, within the drawing."""
        ordinal = day if isinstance(day, int) else day.toordinal()
        return round(min(max((ordinal - self.first) / self.days * 100, 0.0), 100.0), 2)


class Tick(NamedTuple):
    """A mark on the axis."""

    x: float
    label: str


class Bar(NamedTuple):
    """A spell on the strip: solid from `x` on for `width`, faded in over `fade` before it.

    `whisker` is where it began for sure: between two positions.
    """

    x: float
    width: float
    fade: tuple[float, float] | None  # x and width
    whisker: tuple[float, float] | None  # from and to
    open_start: bool
    open_end: bool


def scale(spells: Iterable[Spell], days: Iterable[date]) -> Scale:
    """The scale that shows all changes and the days on which something was said, with some room at the ends."""
    known = [starts(spell.start) for spell in spells]
    shown = sorted(day for day in [*known, *days] if day > date.min)
    if not shown:
        return Scale(date(2000, 1, 1).toordinal(), LEAST_DAYS)
    first, last = shown[0].toordinal(), shown[-1].toordinal()
    room = max((last - first) // 16, LEAST_DAYS // 2)
    return Scale(max(first - room, 1), last - first + 2 * room + 1)


def ticks(axis: Scale) -> list[Tick]:
    """At most `MOST_TICKS` round days."""
    last = min(axis.first + axis.days, date.max.toordinal())
    for count, unit in _STEPS:
        found = list(_days(axis.first, last, count) if unit == "day" else _months(axis.first, last, count))
        if len(found) <= MOST_TICKS:
            break
    return [Tick(axis.at(day), _label(day, count, unit)) for day in found]


def bars(spells: Sequence[Spell], axis: Scale) -> list[Bar]:
    """The bars of one lane, whose spells follow each other."""
    out = []
    for at, spell in enumerate(spells):
        after = spells[at + 1] if at + 1 < len(spells) else None
        begin = spell.start.latest or starts(spell.start)
        if after is not None:
            # The bar goes on under the fade of the one after it, while either may be so.
            end = axis.at(after.start.latest or starts(after.start))
        elif spell.end is not None:
            end = axis.at((spell.end.latest or spell.end.earliest or date.max - timedelta(1)) + timedelta(1))
        else:
            end = 100.0
        x = axis.at(begin) if begin > date.min else 0.0
        earliest = spell.start.earliest
        uncertain = earliest is not None and earliest < begin
        left = axis.at(earliest) if earliest else x
        fade = (left, round(x - left, 2)) if uncertain and x > left else None
        out.append(
            Bar(
                x=x,
                width=round(max(end - x, 0.25), 2),
                fade=fade,
                whisker=(left, x) if fade else None,
                open_start=earliest is None,
                open_end=spell.end is None and after is None,
            )
        )
    return out


def _days(first: int, last: int, count: int) -> Iterable[date]:
    for ordinal in range(first, last + 1):
        day = date.fromordinal(ordinal)
        if count == 1 or (day.day == 1) or ((day.day - 1) % count == 0 and day.day + count // 2 <= 30):
            yield day


def _months(first: int, last: int, count: int) -> Iterable[date]:
    start, end = date.fromordinal(first), date.fromordinal(last)
    for month in range(start.year * 12 + start.month - 1, end.year * 12 + end.month):
        if month % count == 0:
            day = date(month // 12, month % 12 + 1, 1)
            if first <= day.toordinal() <= last:
                yield day


def _label(day: date, count: int, unit: str) -> str:
    if unit == "month" and count >= 12:
        return str(day.year)
    if unit == "month":
        return f"{day:%b} {day.year}"
    return f"{day.day} {day:%b} {day.year}"
