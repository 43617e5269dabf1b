"""Grammar of time expressions: rules from ``data/when/rules.toml``, and how each reads its match into a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

import msgspec

from tadmor.claim.calendar import (
    Ago,
    Counted,
    Date,
    Hedge,
    Range,
    Same,
    Season,
    Shift,
    Span,
    Then,
    Unit,
    UnitName,
    Value,
    Weekday,
)
from tadmor.claim.number import NUMBER, number
from tadmor.errors import LexiconError

TimeRole = Literal["at", "since", "until", "for", "after", "before", "between"]
Build = Callable[[re.Match[str]], Value | None]


class Rule(NamedTuple):
    """One pattern of the grammar. `role` None: the preposition before the match says it."""

    name: str
    pattern: re.Pattern[str]
    build: Build
    role: TimeRole | None


class Grammar(NamedTuple):
    """Rules by the words, lower case, with which a match can begin; "#" stands for any number."""

    rules: Mapping[str, tuple[Rule, ...]]
    heads: frozenset[str]  # every match holds one of these words, or a year


class RuleRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as it stands in the file, with expressions that it must and must not read."""

    name: str
    build: str
    begins: str
    patterns: list[str]
    yes: list[str]
    no: list[str]
    role: TimeRole | None = None
    exact: bool = False  # case matters


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: `macro` and `begin` are named parts of patterns and of `begins`, used as ``@name``."""

    macro: dict[str, str]
    begin: dict[str, str]
    rule: list[RuleRow]


_FILE = "when/rules.toml"
_HEADS = ("month", "weekday", "short_weekday", "part_of_day", "head")  # keys of `begin`


@cache
def load() -> Grammar:
    """The package's grammar. Raises LexiconError where a rule is wrong."""
    return compile_rules(read_rules(files("tadmor").joinpath("data/when/rules.toml").read_bytes()))


def read_rules(toml: bytes) -> RuleFile:
    """Rules from TOML. Raises LexiconError."""
    try:
        return msgspec.toml.decode(toml, type=RuleFile)
    except msgspec.MsgspecError as error:
        raise LexiconError(f"{_FILE}: {error}") from error


def compile_rules(rows: RuleFile) -> Grammar:
    """Grammar from rules. Raises LexiconError, which names the rule."""
    index: dict[str, list[Rule]] = {}
    for row in rows.rule:
        if row.build not in _BUILD:
            raise LexiconError(f"{_FILE}, rule {row.name!r}: no reading is called {row.build!r}")
        words = _expand(row.begins, rows.begin, row.name).split()
        for pattern in row.patterns:
            source = _expand(pattern, rows.macro | {"number": NUMBER}, row.name)
            try:
                compiled = re.compile(source, 0 if row.exact else re.IGNORECASE)
            except re.error as error:
                raise LexiconError(f"{_FILE}, rule {row.name!r}: {error} in {source}") from error
            rule = Rule(row.name, compiled, _BUILD[row.build], row.role)
            for word in dict.fromkeys(words):
                index.setdefault(word, []).append(rule)
    heads = " ".join(rows.begin.get(key, "") for key in _HEADS).split()
    return Grammar({word: tuple(rules) for word, rules in index.items()}, frozenset(heads))


_MACRO = re.compile(r"@([a-z_]+)")


def _expand(text: str, macros: Mapping[str, str], rule: str) -> str:
    for _ in range(8):  # macros may hold macros, not endlessly
        if "@" not in text:
            return text
        try:
            text = _MACRO.sub(lambda match: macros[match[1]], text)
        except KeyError as error:
            raise LexiconError(f"{_FILE}, rule {rule!r}: no macro @{error.args[0]}") from error
    raise LexiconError(f"{_FILE}, rule {rule!r}: a macro holds itself")


# --- reading a match ------------------------------------------------------------------------------------------------

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_SHIFT = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1, "coming": 1}
_PART = {"middle": "mid", "beginning": "start"}
_NAMED_DAY: dict[str, Value] = {
    "today": Unit("day"),
    "tonight": Unit("day"),
    "yesterday": Unit("day", -1),
    "tomorrow": Unit("day", 1),
    "overnight": Span(1, "day"),
}
OVERNIGHT = _NAMED_DAY["overnight"]
_UNIT: dict[str, tuple[UnitName, int]] = {
    "minute": ("hour", 0),
    "hour": ("hour", 1),
    "day": ("day", 1),
    "night": ("day", 1),
    "week": ("week", 1),
    "fortnight": ("week", 2),
    "weekend": ("weekend", 1),
    "month": ("month", 1),
    "year": ("year", 1),
    "decade": ("decade", 1),
}
_NTH = "zeroth first second third fourth fifth sixth seventh eighth ninth tenth".split()
_DECADE_YEARS = {"": (0, 9), "early": (0, 3), "mid": (3, 6), "late": (6, 9)}

_REACH = 24  # characters to the left in which a preposition stands
_BEFORE_MONTH = re.compile(
    r"(?:^|\b(?:in|since|until|till|by|of|during|before|after|from|between|through|throughout|as|and|to)\s|['\u2019]s\s)$",
    re.IGNORECASE,
)
_RANGE_OF_MONTHS = re.compile(
    r" ?(?:-|\u2013|and|to|through) ?(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December)\b"
)
_BEFORE_YEAR = re.compile(
    r"(?:\b(?:in|since|until|till|by|during|before|after|from|between|through|throughout|around|the|its|a)\s"
    r"|\b(?:most|much|all|part|rest|remainder|course) of\s"
    r"|\b(?:19|20)\d\d (?:and|to|or|until|through)\s|\b(?:19|20)\d\d ?[-\u2013] ?|\()$",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:every|each)\s$", re.IGNORECASE)
_ON = re.compile(r"\bon\s$", re.IGNORECASE)
_NOUN = re.compile(r" [a-z]")
_COUNTED = re.compile(r" [a-z-]+(?: [a-z]+)?s\b| people\b| men\b")
_FIRST_TIME = re.compile(r"\btime (?:in |for )?$", re.IGNORECASE)


def _said(match: re.Match[str], group: str) -> str:
    """Text of a group, lower case; "" where the pattern has no such group or it is not in the match."""
    return (match.groupdict().get(group) or "").lower()


def _left(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _REACH) : match.start()]


def _month_number(match: re.Match[str]) -> int:
    return _MONTHS.index(_said(match, "month")[:3]) + 1


def _year(match: re.Match[str]) -> int | None:
    year = _said(match, "year")
    return int(year) if year else None


def _part(match: re.Match[str]) -> str | None:
    part = _said(match, "part").replace("final", "last")
    return _PART.get(part, part) or None


def _shift_of(match: re.Match[str]) -> int | None:
    return _SHIFT.get(_said(match, "shift"))


def _amount(match: re.Match[str]) -> tuple[float | None, UnitName]:
    """How many of which unit: "two weeks", "a few days", "the day"; None: some, as in "months"."""
    if one := _said(match, "one"):
        return 1, _UNIT[one][0]
    if many := _said(match, "many"):
        return None, _UNIT[many][0]
    unit, times = _UNIT[_said(match, "unit")]
    if _said(match, "half_a"):
        return 0.5 * times, unit
    if few := _said(match, "few"):
        return (2 * times if "couple" in few else None), unit
    amount = number(_said(match, "count"))
    half = 0.5 if _said(match, "half") or _said(match, "half_more") else 0
    return (None if amount is None else (amount + half) * times), unit


def _hedge(match: re.Match[str]) -> Hedge | None:
    hedge = _said(match, "hedge")
    if hedge.endswith(("nearly", "almost", "under", "less than", "fewer than", "up to")):
        return "less"
    return "more" if hedge.endswith(("over", "more than")) else None


def _date(match: re.Match[str]) -> Value | None:
    day, until, weekday = int(match["day"]), _said(match, "until"), _said(match, "weekday")
    first = Date(
        year=_year(match),
        month=_month_number(match),
        day=day,
        weekday=_WEEKDAYS.index(weekday[:3]) if weekday else None,
    )
    if not 1 <= day <= 31:
        return None
    if not until:
        return first
    return Range(first, first._replace(day=int(until), weekday=None)) if day < int(until) <= 31 else None


def _figures(match: re.Match[str]) -> Value | None:
    """Day and month in figures, only where one order makes a date: 13/5 or 5/13, never 4/5."""
    two = int(match["two"])
    if day := _said(match, "day"):
        day_number, month = int(day), two
    else:
        one = int(match["one"])
        day_number, month = (one, two) if one > 12 or one == two else (two, one) if two > 12 else (0, 0)
    return Date(year=_year(match), month=month, day=day_number) if 1 <= month <= 12 and 1 <= day_number <= 31 else None


def _month(match: re.Match[str]) -> Date:
    return Date(year=_year(match), month=_month_number(match), part=_part(match), shift=_shift_of(match))


def _bare_month(match: re.Match[str]) -> Value | None:
    """A month alone is one only after a preposition: "In March", not "May they" or "March on"."""
    if not _RANGE_OF_MONTHS.match(match.string, match.end()):
        left = _left(match)
        if not _BEFORE_MONTH.search(left) or (not left and match.end() < len(match.string)):
            return None
    return Date(month=_month_number(match))


def _bare_year(match: re.Match[str]) -> Value | None:
    """Four figures alone are a year only where one can stand, and a round one only where nothing is counted."""
    year = int(match["year"])
    if not _BEFORE_YEAR.search(_left(match)) or (year % 100 == 0 and _COUNTED.match(match.string, match.end())):
        return None
    return Date(year=year)


def _years(match: re.Match[str]) -> Value | None:
    first = int(match["year"])
    last = int(match["until"]) if len(match["until"]) == 4 else first // 100 * 100 + int(match["until"])
    return Range(Date(year=first), Date(year=last)) if first < last else None


def _decade(match: re.Match[str]) -> Value:
    first, last = _DECADE_YEARS[_said(match, "part")]
    return Range(Date(year=int(match["year"]) + first), Date(year=int(match["year"]) + last))


def _season(match: re.Match[str]) -> Season:
    return Season(_said(match, "season").replace("fall", "autumn"), _year(match), _shift_of(match))


def _bare_season(match: re.Match[str]) -> Value | None:
    return _season(match) if _BEFORE_MONTH.search(_left(match)) and match.start() else None


def _counted(match: re.Match[str]) -> Value:
    named = _season(match) if _said(match, "season") else _month(match)
    return Counted(named, shift=1 if _said(match, "way") in ("following", "next") else 0)


def _of_year(match: re.Match[str]) -> Value:
    return Counted(_month(match), years=1 if _said(match, "way") in ("following", "next") else 0)


def _feast(match: re.Match[str]) -> Value:
    feast = _said(match, "feast")
    if feast.startswith("new"):
        return Date(month=12, day=31) if feast.endswith("eve") else Date(month=1, day=1)
    return Date(month=12, day=24 if feast.endswith("eve") else 25)


def _weekday(match: re.Match[str]) -> Value | None:
    left = _left(match)
    if _EVERY.search(left):
        return None
    if match[0].endswith("days") and _ON.search(left) and not _NOUN.match(match.string, match.end()):
        return None  # "on Fridays", but "on Fridays attack" with its apostrophe lost
    return Weekday(_WEEKDAYS.index(_said(match, "weekday")[:3]), _shift_of(match))


def _unit(match: re.Match[str]) -> Value:
    return Unit(_UNIT[_said(match, "unit")][0], _shift_of(match) or 0, _part(match))


def _recent(match: re.Match[str]) -> Value:
    amount, unit = _amount(match)
    return Span(amount, unit, sign=1 if _said(match, "way") in ("next", "coming") else -1)


def _duration(match: re.Match[str]) -> Value | None:
    if _FIRST_TIME.search(_left(match)):  # "for the first time in over a month" does not say how long it lasted
        return None
    amount, unit = _amount(match)
    return Span(amount, unit, recent=False)


def _nth_unit(match: re.Match[str]) -> Value:
    """ "For a third day": it began two days ago."""
    return Span(_NTH.index(_said(match, "nth")) - 1, _UNIT[_said(match, "unit")][0], recent=False)


def _ago(match: re.Match[str]) -> Value:
    amount, unit = _amount(match)
    return Ago(amount, unit, hedge=_hedge(match))


def _shift(sign: int) -> Build:
    def build(match: re.Match[str]) -> Value:
        amount, unit = _amount(match)
        return Shift(amount, unit, sign, _hedge(match))

    return build


_BUILD: dict[str, Build] = {
    "date": _date,
    "figures": _figures,
    "month": _month,
    "bare month": _bare_month,
    "bare year": _bare_year,
    "part of year": lambda match: Date(year=_year(match), part=_part(match)),
    "years": _years,
    "decade": _decade,
    "season": _season,
    "bare season": _bare_season,
    "counted": _counted,
    "of that year": _of_year,
    "feast": _feast,
    "weekday": _weekday,
    "named day": lambda match: _NAMED_DAY[_said(match, "named")],
    "part of this day": lambda match: Unit("day", -1 if _said(match, "last") else 0),
    "that day": lambda match: Shift(0, "day", -1),
    "unit": _unit,
    "recent": _recent,
    "recently": lambda match: Span(None, "day", recent=False),
    "ago": _ago,
    "shift on": _shift(1),
    "shift back": _shift(-1),
    "same unit": lambda match: Same(_UNIT[_said(match, "unit")][0]),
    "then": lambda match: Then(),
    "duration": _duration,
    "nth unit": _nth_unit,
    "length": _duration,
}
