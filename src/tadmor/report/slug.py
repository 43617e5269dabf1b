"""Header lines that say where a text was published, when and where from: "Name of the paper, Friday 29 May 2015".

Sites and agencies write them in every order and with every separator. A line is one if all of its parts are known for
what they are: a full date, a time of day, a place, words of a byline, and at most one name that is none of these: the
outlet's. Running text never passes, because a sentence has words left over.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tadmor.lexicon import gazetteer
from tadmor.report import day
from tadmor.report.wording import is_medium, outlets, phrases

LONGEST = 120  # characters of a header line

_PARTS = re.compile(r"\s*(?:[,|/;·•]|\s--?\s|\s[–—]\s|[–—]|\.(?=\s|$)|:(?=\s|$))\s*|\s*\((?=[A-Z])|\)")
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:at )?\d{1,2}[:.]\d{2}(?: ?[ap]\.?m\.?)?(?: ?[A-Z]{2,4}| [A-Z]\w+ time)?(?: \w+)?|\d{1,2} ?[ap]\.?m", re.I
)
_BYLINE = re.compile(
    r"(?:by |from )?(?:(?:a |our |the )?(?:\w+ )?"
    r"(?:staff|desk|correspondents?|reporters?|writers?|agencies|bureau|wire reports)"
    r"(?: writers?| reporters?)?(?: in [A-Z][\w' -]+)?)",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:by|from) (?:the )?", re.IGNORECASE)
_STAFF = re.compile(
    r"['’]s? (?:\w+ )?(?:reporter|correspondent)s?\b.*$|\s(?:staff|bureau|correspondent|desk)$", re.IGNORECASE
)
_NAME = re.compile(r"(?:The )?[A-Z][\w'’&.-]*(?: (?:[A-Z][\w'’&.-]*|of|the|and|for|al-\w+|de|du|la))*")
_NOTE = re.compile(
    r"(?:last |first )?(?:updated|published|posted|released|filed)(?: on)?|bulletin|edition|exclusive|live",
    re.IGNORECASE,
)


class Slug(NamedTuple):
    """What a header line says; `day` is None where it bears only the outlet's name."""

    day: day.Written | None
    outlet: str | None
    place: str | None
    kind: str  # "updated" where the line says so


def slug(line: str) -> Slug | None:
    """What `line` says if it is a header line, else None."""
    if len(line) > LONGEST:
        return None
    written = _date_in(line)
    byline = _BYLINE.match(line) if written is None else None
    if written is None and byline is None:
        return None
    rest = f"{line[: written.start]} | {line[written.end :]}" if written else line
    outlet: str | None = None
    place: str | None = None
    kind = "updated" if "updated" in line.lower() else ""
    for part in filter(None, (p.strip(" .()'\"-–—") for p in _PARTS.split(rest))):
        part = _NOTE.sub("", part).strip(" .:") if _NOTE.match(part) else part
        part = _NOTE.sub("", part).strip(" .:-") if _NOTE.search(part) and not outlets().by_name(part) else part
        if not part or _WEEKDAY.fullmatch(part) or _CLOCK.fullmatch(part) or _BYLINE.fullmatch(part):
            continue
        name = _STAFF.sub("", _BY.sub("", part)).strip()
        known = outlets().by_name(name)
        if known is not None:
            outlet = outlet or known.name
        elif is_medium(name) and _NAME.fullmatch(name):
            outlet = outlet or name
        elif _is_place(part):
            place = place or part
        elif outlet is None and _NAME.fullmatch(name) and 2 <= len(name.split()) <= 6:
            outlet = name
        else:
            return None
    return Slug(written, outlet, place, kind)


def masthead(line: str) -> str | None:
    """The outlet whose name alone is the line, under a headline; None if it is no such line."""
    name = _STAFF.sub("", line.strip(" .|-–—"))
    known = outlets().by_name(name)
    if known is not None:
        return known.name
    short = len(name.split()) <= 6 and _NAME.fullmatch(name) is not None
    return name if short and is_medium(name) else None


def _date_in(line: str) -> day.Written | None:
    """The one full date of the line; a line with two tells of something else."""
    found: list[day.Written] = []
    for match in re.finditer(r"(?<![\w/.-])(?=\w)", line):
        if found and match.start() < found[-1].end:
            continue
        written = day.at(line, match.start())
        if written is not None:
            found.append(written)
    return found[0] if len(found) == 1 else None


def _is_place(part: str) -> bool:
    """Whether every capitalised name of the part is a place: "Tripoli", "Artemivsk", "New York and Nairobi"."""
    names = [name for name in re.split(r"\s+and\s+|\s*/\s*", part) if name]
    return bool(names) and all(
        name[:1].isupper() and not phrases("no_place").is_all_of(name) and gazetteer.load().lookup(_plain(name))
        for name in names
    )


def _plain(name: str) -> str:
    return name.title() if name.isupper() else name
