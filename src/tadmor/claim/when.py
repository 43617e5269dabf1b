"""Time expressions of English news: where they stand, what part they play, which days they mean.

A grammar of short patterns (`timegrammar`), each tried only at a word that can begin it, so that a sentence without
such a word costs one scan of its words. Punctuation that texts lose ("last months loss") is optional throughout.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple, get_args

from tadmor.claim.calendar import Ago, Date, Range, Shift, Span, Unit, Value, Weekday, days_of
from tadmor.claim.timegrammar import OVERNIGHT, Grammar, TimeRole, load
from tadmor.records import Days


class TimeMention(NamedTuple):
    """A time expression ``text[start:end]`` with its preposition.

    `role` says how it bounds what it is said of. "after" and "before" with a shift ("nine months after they left") tell
    when the *other* clause happened, reckoned from this one; with a date ("after May") they bound this one.
    """

    start: int
    end: int
    text: str
    role: TimeRole
    rule: str
    value: Value


def find_times(text: str) -> list[TimeMention]:
    """All time expressions of `text`, in order, without overlap. Offsets are characters of `text`."""
    atoms = _atoms(text, load())
    return _mentions(text, atoms) if atoms else []


def resolve(mention: TimeMention, anchor: date | None, *, past: bool = True, context: Days | None = None) -> Days:
    """Days that `mention` means, both ends included, said on `anchor` (the publication day).

    `past` False reads "on Friday" forward. `context` holds the days of the happening that "later" or "that day" refers
    to. Without an anchor only full dates resolve, and dates whose year the context tells; the rest is unknown, never
    guessed. "Since" and "for" end with the anchor.
    """
    days = days_of(mention.value, anchor, past=past or mention.role == "since", context=context)
    if mention.role == "until" and past and anchor and isinstance(mention.value, Date):
        ahead = days_of(mention.value, anchor, past=False, context=context)  # "promised aid by the end of June"
        if ahead.last is not None and ahead.last - anchor <= _SOON:
            days = ahead
    if mention.role == "since" and days.first is not None:
        return _bounded(days, days.first, max(anchor, days.first) if anchor else None)
    if mention.role == "until" and days.last is not None:
        return _bounded(days, None, days.last)
    if isinstance(mention.value, (Shift, Ago)) or mention.rule == "length":
        return days
    if mention.role == "before" and days.first is not None:
        return _bounded(days, None, days.first)
    if mention.role == "after" and days.last is not None:
        return _bounded(days, days.last, max(anchor, days.last) if anchor and past else None)
    return days


def _bounded(days: Days, first: date | None, last: date | None) -> Days:
    return Days(first=first, last=last, precision=days.precision, basis=days.basis)


_SOON = timedelta(days=92)  # a time limit farther off would be given its year


# --- finding --------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[A-Za-z]+|\d+")
_BEFORE_HEAD = 48  # characters from the beginning of an expression to the word of time that it must hold


def _is_year(token: str) -> bool:
    return len(token) == 4 and token[:2] in ("19", "20")


class _Atom(NamedTuple):
    start: int
    end: int
    rule: str
    role: TimeRole | None
    value: Value


def _atoms(text: str, grammar: Grammar) -> list[_Atom]:
    """Longest match at each word that can begin one, left to right."""
    tokens = [(word.start(), word[0].lower()) for word in _WORD.finditer(text)]
    heads = [start for start, token in tokens if token in grammar.heads or _is_year(token)]
    if not heads:
        return []
    atoms: list[_Atom] = []
    end, rest = 0, iter(heads)
    head = next(rest)
    for start, token in tokens:
        while head < start:
            head = next(rest, len(text) + _BEFORE_HEAD)
        if start < end or head - start > _BEFORE_HEAD:
            continue
        best: _Atom | None = None
        for rule in grammar.rules.get("#" if token[0].isdigit() else token, ()):
            match = rule.pattern.match(text, start)
            if match and match.end() > end and (value := rule.build(match)) is not None:
                end = match.end()
                best = _Atom(start, end, rule.name, rule.role, value)
        if best:
            atoms.append(best)
    return atoms


_PREPOSITION = re.compile(
    r"(?:\b(?:(?P<since>(?:ever )?since)|(?P<until>until|till|up to|by)|(?P<between>between|from)|"
    r"(?P<before>before|prior to)|(?P<after>after|following)|(?P<for>for)|"
    r"(?P<at>on|in|at|during|over|within|throughout|around|of))(?: the)?\s)$",
    re.IGNORECASE,
)
_ROLES: dict[str | None, TimeRole] = {role: role for role in get_args(TimeRole)}
_REACH = 16  # characters before an expression in which its preposition stands
_JOINED = re.compile(r"(?: (?P<word>and|to|through|until|till)(?: on)? | ?(?P<dash>[-\u2013]) ?)$", re.IGNORECASE)
_LISTED = re.compile(r"(?:,| and| or|, and)(?: on)? $")
_OF_DAY = re.compile(r",? (?:on |of |into )?$")
_AT_HOUR = re.compile(r",? (?:at |before |after |past )?$")


def _mentions(text: str, atoms: list[_Atom]) -> list[TimeMention]:
    merged: list[_Atom] = []
    for atom in atoms:
        if merged and (joined := _join(text, merged[-1], atom)):
            merged[-1] = joined
            continue
        if merged and _LISTED.match(text[merged[-1].end : atom.start][:_REACH]):
            merged[-1] = merged[-1]._replace(value=_with_year(merged[-1].value, atom.value))
        merged.append(atom)
    found: list[TimeMention] = []
    last_end = 0
    for atom in merged:
        start = atom.start
        preposition = _PREPOSITION.search(text[max(last_end, start - _REACH) : start])
        if preposition:
            start -= len(preposition[0])
        role = atom.role or _role(text, atom, preposition)
        found.append(TimeMention(start, atom.end, text[start : atom.end], role, atom.rule, atom.value))
        last_end = atom.end
    return found


def _role(text: str, atom: _Atom, preposition: re.Match[str] | None) -> TimeRole:
    """What the preposition says, where it can say it of such a time: "before dawn" is still that day."""
    role: TimeRole = "at"
    if preposition and preposition.lastgroup in _ROLES:
        role = _ROLES[preposition.lastgroup]
    if role == "between" and not isinstance(atom.value, Range):
        return "at"
    if role == "for" and not isinstance(atom.value, Span):
        return "at"
    if role in ("before", "after", "until") and (atom.rule == "part of day" or _possessive(text, atom.end)):
        return "at"  # "after Saturday's attack" only says which attack
    return role


def _possessive(text: str, end: int) -> bool:
    """Whether an expression that ends at `end` is a possessive: "Saturday's", or "Saturdays", its apostrophe lost."""
    return text[end - 2 : end] in ("'s", "\u2019s") or text[end - 4 : end] == "days"


def _join(text: str, one: _Atom, other: _Atom) -> _Atom | None:
    """One atom where two stand for one time: a range, a part of a day with its day, a weekday with its date."""
    gap = text[one.end : other.start]
    if len(gap) > 12:
        return None
    a, b = one.value, other.value
    if other.rule == "part of day" and isinstance(a, (Date, Weekday, Unit)) and _AT_HOUR.match(gap):
        return one._replace(end=other.end)
    if isinstance(b, (Date, Weekday)) and _OF_DAY.match(gap):
        if one.rule in ("part of day", "named day") and (one.rule == "part of day" or a == OVERNIGHT):
            return other._replace(start=one.start)
        if isinstance(a, Weekday) and isinstance(b, Date) and b.day is not None and b.weekday is None:
            return other._replace(start=one.start, value=b._replace(weekday=a.weekday))
    if gap == " " and isinstance(a, Date) and isinstance(b, Unit) and b.unit == "year" and not b.part:
        if a.month and a.year is None:  # "in October last year"
            return one._replace(end=other.end, value=a._replace(year_shift=b.shift))
        return None
    joint = _JOINED.match(gap)
    if not joint or not isinstance(a, (Date, Weekday, Unit)) or not isinstance(b, (Date, Weekday, Unit)):
        return None
    bounded = re.search(r"\b(?:between|from)(?: the)?\s$", text[max(0, one.start - _REACH) : one.start], re.IGNORECASE)
    if (joint["word"] or "").lower() == "and" and not bounded and not _next_to(a, b):
        return None
    first = _with_year(a, b)
    if not isinstance(first, (Date, Weekday, Unit)):
        return None
    return _Atom(one.start, other.end, "range", "between" if bounded else None, Range(first, b))


def _with_year(a: Value, b: Value) -> Value:
    """`a` with the year that only the date after it says: "on 1 June and 3 June 2014"."""
    if not (isinstance(a, Date) and isinstance(b, Date)) or a.year is not None or b.year is None or a.month is None:
        return a
    later = (a.month, a.day or 0) > (b.month or 0, b.day or 0)
    return a._replace(year=b.year - later)


def _next_to(a: Value, b: Value) -> bool:
    """Whether "a and b" is one stretch: two days, months or years that follow each other."""
    if isinstance(a, Weekday) and isinstance(b, Weekday):
        return (b.weekday - a.weekday) % 7 == 1
    if isinstance(a, Date) and isinstance(b, Date):
        if a.day is not None or b.day is not None:
            return False
        if a.month is not None and b.month is not None:
            return b.month - a.month in (1, -11)
        return a.month is b.month is None and a.year is not None and b.year is not None and b.year - a.year == 1
    return False
