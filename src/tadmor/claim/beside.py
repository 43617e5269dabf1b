"""What the words beside a place's name say of it: "20 km south of X", "the eastern half of X", "X's city centre".

Reads tokens and text, no parse: the fallback where a sentence has no usable tree, and the reader of
distances everywhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from tadmor.lexicon import cues


class Offset(NamedTuple):
    """``text[start:end]`` says "20 km south of": kilometres, and degrees (None: no direction said)."""

    start: int
    end: int
    km: float
    bearing: float | None
    text: str


class Part(NamedTuple):
    """Tokens ``words[start:end]``, the place's name among them, speak of that part of it, or of what is `near` it."""

    start: int
    end: int
    text: str
    near: bool


_POINTS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest")
_UNITS = {"k": 1.0, "m": 1.609344}
_NUMBERS = {
    "half": 0.5, "a": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0,
    "eight": 8.0, "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "dozen": 12.0, "fifteen": 15.0,
    "twenty": 20.0, "twenty-five": 25.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0,
    "eighty": 80.0, "ninety": 90.0, "hundred": 100.0,
}  # fmt: skip
_OFFSET = re.compile(
    r"\b(?P<number>\d{1,4}(?:[.,]\d{1,2})?|[a-z]{1,8}(?:-five)?)[ -]?"
    r"(?P<unit>kilomet(?:er|re)s?|kms?|miles?|mi)\b\.?"
    r"(?: ?\([^()]{1,40}\))?"
    r"(?: away)?(?: to the)?"
    r"(?: (?P<point>north|south|east|west)(?:[ -]?(?P<second>east|west))?(?:ern edge)?)?"
    r" (?P<link>of|from|outside|away from)\b",
    re.IGNORECASE,
)


def offset(text: str) -> Offset | None:
    """The first distance from a place in `text`: "some 30 kilometres (19 miles) north-east of"."""
    for match in _OFFSET.finditer(text):
        number = match["number"].lower().replace(",", ".")
        amount = _NUMBERS.get(number) if number[0].isalpha() else float(number)
        if amount is None:
            continue
        point = (match["point"] or "").lower() + (match["second"] or "").lower()
        bearing = 45.0 * _POINTS.index(point) if point in _POINTS else None
        km = amount * _UNITS[match["unit"][0].lower()]
        return Offset(match.start(), match.end(), km, bearing, match[0])
    return None


_LEADS_TO = re.compile(r"\s*(?:the\s)?(?:(?:city|town|village|capital|district|area)(?:\sof)?\s)?", re.IGNORECASE)
_REACH = 90  # characters: longer than any distance that is said


def leading(text: str) -> Offset | None:
    """The distance that ends the text, but for "the city of": what stands before a place's name."""
    text = text[-_REACH:]
    for match in reversed(list(_OFFSET.finditer(text))):
        if _LEADS_TO.fullmatch(text, match.end()):
            return offset(text[match.start() :])
    return None


_BEFORE = re.compile(
    r"[\s,(]*(?:about|around|some|roughly|nearly|almost|just|only|less than|more than)?\s*", re.IGNORECASE
)


def following(text: str) -> Offset | None:
    """The distance that the text begins with, but for "some": what stands after "a village"; ends before the place."""
    match = _OFFSET.match(text[:_REACH], _BEFORE.match(text).end())  # type: ignore[union-attr]
    told = offset(match[0]) if match is not None else None
    if match is None or told is None:
        return None
    lead = _LEADS_TO.match(text, match.end())
    return told._replace(start=match.start(), end=lead.end() if lead else match.end())


def displaced(lat: float, lon: float, km: float, bearing: float | None) -> tuple[float, float]:
    """The point so far away in that direction; the point itself where there is no direction."""
    if bearing is None:
        return lat, lon
    north, east = km * math.cos(math.radians(bearing)), km * math.sin(math.radians(bearing))
    new_lat = max(-90.0, min(90.0, lat + north / 111.32))
    new_lon = lon + east / (111.32 * max(0.01, math.cos(math.radians(lat))))
    return new_lat, (new_lon + 180.0) % 360.0 - 180.0


_OUTSIDE = frozenset({"outskirts", "outskirt", "countryside", "periphery", "perimeter", "fringe", "fringes"})
_WHOLES = frozenset({"city", "town", "village", "province", "governorate", "region", "district", "capital"})
_FILLERS = frozenset({
    "the", "old", "main", "largest", "whole", "entire", "rebel", "-", "held", "controlled", "government", "opposition",
    "besieged", "remaining", "strategic", "and",
})  # fmt: skip


def part(words: Sequence[str], start: int, end: int) -> Part | None:
    """What part of the place named by ``words[start:end]`` is meant, if only a part is.

    Reads "the eastern half of X", "X's city centre", "the X countryside", "east X". Places that are known by such names
    ("South Sudan", "Eastern Ghouta") are entries of the gazetteer, so their names already hold the direction.
    """
    known = cues.load()
    lower = [word.lower() for word in words]

    def is_part(at: int) -> bool:
        return 0 <= at < len(words) and (
            lower[at] in known.part_nouns or lower[at].removesuffix("s") in known.part_nouns
        )

    def is_modifier(at: int) -> bool:
        return 0 <= at < len(words) and (lower[at] in known.directions or lower[at] in _FILLERS)

    def made(first: int, last: int) -> Part:
        while first < start and lower[first] == "the":
            first += 1
        text = _joined(words[first:last])
        return Part(first, last, text, not _OUTSIDE.isdisjoint(lower[first:last]))

    # after: "X 's eastern districts", "X city centre", "X countryside"
    at = end
    if at < len(words) and lower[at] in ("'s", "’s"):
        at += 1
    limit = min(len(words), at + 4)
    while at < limit and not is_part(at) and (is_modifier(at) or lower[at] in _WHOLES):
        at += 1
    if is_part(at) and not (
        at == end and lower[at] in ("district", "area", "neighborhood", "neighbourhood", "quarter")
    ):
        return made(start, at + 1)
    # before: "the eastern half of the city of X"
    at = start - 1
    if at >= 1 and lower[at] == "of" and lower[at - 1] in _WHOLES:
        at -= 2
    while at >= 1 and lower[at] == "the":
        at -= 1
    if at >= 1 and lower[at] == "of" and (is_part(at - 1) or lower[at - 1] in known.directions):
        first = at - 1
        while first >= 1 and is_modifier(first - 1):
            first -= 1
        if is_part(at - 1) or lower[at - 2 : at - 1] == ["the"]:
            return made(first, end)
        return None
    if start >= 1 and lower[start - 1] in known.directions:
        return made(start - 1, end)
    return None


def _joined(words: Sequence[str]) -> str:
    text = " ".join(words)
    for mark in ("'s", "’s", ",", "."):
        text = text.replace(f" {mark}", mark)
    return text.replace(" - ", "-")
