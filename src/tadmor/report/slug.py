"""Header lines that say where a text was published, when and where from: "Name of the paper, Friday 29 May 2015".

Sites and agencies write them in every order and with every separator. A line is one if all of its parts are known for
what they are: full dates, a time of day, places, words of a byline, and at most one name that is none of these.
Running text never passes, because a sentence has words left over.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tadmor.lexicon import sources
from tadmor.report import day
from tadmor.report.dateline import is_place
from tadmor.report.wording import is_medium, is_titled, may_be_medium, outlets, phrases

LONGEST = 120  # characters of a header line

_ZONE = r"(?:GMT|UTC|EST|EDT|CST|CDT|MST|MDT|PST|PDT|ET|CET|CEST|BST|EET|EEST|KSA|MSK|local time|[A-Z][a-z]+ time)"
_PARTS = re.compile(r"\s*(?:[,|/;·•()]|\s--?\s|[–—]|(?<!\bSt)(?<!\bMt)\.(?=\s|$)|:(?=\s|$))\s*")
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?", re.IGNORECASE)
_CLOCK = re.compile(
    rf"(?:at )?(?:\d{{1,2}}[:.]\d{{2}}(?: ?[ap]\.?m)?|\d{{1,2}} ?[ap]\.?m)?\s?(?:{_ZONE})?"
    r"(?: (?:bulletin|edition|news))?",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r"(?:(?:early|late|first|second|third|final|morning|midday|noon|afternoon|evening|night|weekend|international|print|"
    r"online|web) )?(?:bulletin|edition)",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"(?:(?:our|a|the) )?(?:own )?(?:\w+ )?"
    r"(?:staff|desk|correspondents?|reporters?|writers?|agencies|bureau|wire reports|news services)"
    r"(?: (?:writers?|reporters?|reports?|and agencies))?",
    re.IGNORECASE,
)
_OF_STAFF = re.compile(
    r"['’]s? (?:own |special )?(?:\w+ )?(?:reporter|correspondent|staff|bureau|desk)s?$|"
    r" (?:staff|bureau|desk|correspondents?|reporters?)(?: (?:writers?|reporters?))?$"
)
_BY = re.compile(r"(?:[Bb]y|BY|[Ff]rom)\s+(?:the\s+)?")  # "The" may belong to the name
_ON = re.compile(r"\s*\b(?:on|at|of|by)$", re.IGNORECASE)  # "Posted by the Gazette on [date]"
_UPDATED = re.compile(r"\b(?:updated|modified|edited)(?: on| at)?[\s:,–—-]*$", re.IGNORECASE)
_CHANGED = re.compile(r"\s+(?:last )?(?:updated|published|posted|modified)$", re.IGNORECASE)
_OUTLETS = frozenset({"wire", "outlet", "state agency"})
_SURE_WORDS = 4  # a name of so many words is no person's


class Slug(NamedTuple):
    """What a header line says. `sure` tells that the outlet is known or calls itself a medium."""

    published: day.Written | None = None
    updated: day.Written | None = None
    outlet: str | None = None
    sure: bool = False
    place: str | None = None  # "Gao, Mali"; of several places the first
    author: str | None = None

    @property
    def day(self) -> day.Written | None:
        """The day of publication, or where there is none that of the last change."""
        return self.published or self.updated


def slug(line: str) -> Slug | None:
    """What `line` says if it is a header line with a date or a byline of the outlet's own staff, else None."""
    if len(line) > LONGEST:
        return None
    found = _dates(line)
    if found is None:
        return None
    published, updated, rest = found
    dated = (published or updated) is not None
    if not dated and not _BY.match(line):
        return None
    said, places, unknown = Slug(published, updated), [], False
    for part in filter(None, (piece.strip(" '\"-–—") for piece in _PARTS.split(rest))):
        name, by, place = _name(part)
        if place:
            places.append(place)
        if not name:
            continue
        outlet = _known(name)
        if outlet or may_be_medium(name):
            if said.outlet is None or not said.sure:
                said = said._replace(outlet=outlet or name, sure=outlet is not None or is_medium(name))
        elif is_place(name):
            places.append(name)
        elif unknown or not is_titled(name) or not 2 <= len(name.split()) <= 6 or sources.load().by_name(name):
            return None  # words left over, or a party to the war that does something on that day
        else:
            unknown = True
            if by:
                said = said._replace(author=name)
            elif said.outlet is None and not _may_be_person(name):
                said = said._replace(outlet=name)
    if not dated and (said.author or (not said.outlet and not places and not _STAFF.search(line))):
        return None  # an ordinary byline
    return said._replace(place=_place(places))


def masthead(line: str, *, dated: bool = False) -> str | None:
    """The outlet whose name alone is the line; `dated` tells that the line beside it bears a date."""
    name = line.strip(" .|-–—")
    if known := outlets().by_name(name):
        return known.name
    name = _OF_STAFF.sub("", name)
    last = re.split(r" (?:of|for|from) ", name)[0].split()[-1:]  # "Minister Resigns Over Press Law" is no medium
    medium = may_be_medium(name) if dated else is_medium(name) and phrases("media").is_all_of("".join(last))
    return name if medium and len(name.split()) <= 7 and not _EDITION.fullmatch(name) else None


def _dates(line: str) -> tuple[day.Written | None, day.Written | None, str] | None:
    """Day of publication, day of change, and the line without them. None where two days tell of something else."""
    published: day.Written | None = None
    updated: day.Written | None = None
    rest, position = "", 0
    for match in re.finditer(r"(?<![\w/.-])(?=\w)", line):
        if match.start() < position:
            continue
        written = day.at(line, match.start())
        if written is None:
            continue
        before = line[position : written.start]
        if _UPDATED.search(before):
            if updated:
                return None
            updated = written
        elif published:
            return None
        else:
            published = written
        rest, position = f"{rest}{before} | ", written.end
    return published, updated, rest + line[position:]


def _name(part: str) -> tuple[str, bool, str | None]:
    """The name in a part of the line, whether "by" stands before it, and the place after it; "" where there is none."""
    if outlets().by_name(part):
        return part, False, None
    for said in ("updated", "published"):
        end = phrases(said).at(part)
        if end is not None and not may_be_medium(part):  # "Time Magazine"
            part = part[end:].strip(" :")
    part = _ON.sub("", _CHANGED.sub("", part))
    if not part or _WEEKDAY.fullmatch(part) or _CLOCK.fullmatch(part) or _EDITION.fullmatch(part):
        return "", False, None
    by = _BY.match(part)
    name = part[by.end() :] if by else part
    head, found, tail = name.rpartition(" in ")
    place = tail if found and is_place(tail) else None
    name = head if place else name
    if _STAFF.fullmatch(name) and not may_be_medium(name):
        return "", False, place
    return _OF_STAFF.sub("", name).strip(), by is not None, place


def _known(name: str) -> str | None:
    """The usual name of an outlet that is known by `name`."""
    if found := outlets().by_name(name):
        return found.name
    if not is_titled(name) or len(name.split()) < 2:
        return None
    source = sources.load().by_name(name)
    return source.name if source and source.kind in _OUTLETS and name in source.names() else None


def _may_be_person(name: str) -> bool:
    """Whether nothing in a name tells it from that of a reporter: not "The Inlander", "Voices of Mopti", "Goma 24"."""
    words = name.split()
    plain = all(word[0].isupper() and word.isalpha() and not word.isupper() for word in words)
    return plain and len(words) < _SURE_WORDS and words[0] != "The" and not is_place(words[0], country=True)


def _place(places: list[str]) -> str | None:
    if not places:
        return None
    first, *others = (name.title() if name.isupper() else name for name in places)
    country = next((name for name in others if is_place(name, country=True)), None)
    return f"{first}, {country}" if country and country != first else first
