"""Datelines: "DAMASCUS, Syria (AP) —", "ALEPPO, 12 December —", "BEIRUT (Reuters) - "."""

from __future__ import annotations

import re
from typing import NamedTuple

from tadmor.lexicon import actors, gazetteer
from tadmor.report import day
from tadmor.report.language import is_function_word
from tadmor.report.wording import Outlet, is_titled, may_be_medium, outlets, phrases

_DASH = r"[—–:]|--?(?=\s)"
_WEEKDAY = r"(?:(?:Mon|Tues?|Wednes|Wed|Thurs?|Fri|Satur|Sat|Sun)(?:day)?\.?,?\s+)?"
_WHEN = _WEEKDAY + r"(?:\d{4}-\d\d-\d\d|\d{1,2}\s+[A-Z][a-z]+\.?|[A-Z][a-z]{2,8}\.?\s+\d{1,2})(?:,?\s+\d{4})?"
_DATELINE = re.compile(
    r"(?P<place>[^\W\d_][\w'’.-]*(?:[ /][^\W\d_][\w'’.-]*){0,3})"
    r"(?P<region>(?:,\s?[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,2}){0,2})"
    rf"(?P<when>,?\s+{_WHEN})?"
    rf"\s*(?:(?P<agency>\([A-Z][^()]{{1,60}}\))(?P<after>,?\s+{_WHEN})?\s*(?P<dash>{_DASH})?|(?P<only>{_DASH}))\s*"
)
_BARE = re.compile(r"[A-Z]{4,}(?: [A-Z]{3,}){0,2}(?=\s+[\"“]?[A-Z](?:[a-z]| [a-z]))")
_TITLED = re.compile(r"[A-Z][a-z]{3,}(?: [A-Z][a-z]{3,})?(?=\s+[\"“]?(?P<next>[A-Z][a-z]*)\b)")
_LATE = re.compile(r"\b[A-Z][A-Z'’-]{2,}(?:[ /][A-Z][A-Z'’-]+){0,2}(?:, [A-Z][\w ]{2,20})? \((?=[A-Z][^()]{1,30}\))")
_SHORTEST = 4  # letters of a place in capitals before a bare hyphen: shorter ones are mostly acronyms


class Dateline(NamedTuple):
    """What a dateline says, and where it ends. `day` may lack its year."""

    end: int
    place: str  # "Damascus, Syria"; of several places the first
    day: day.Written | None
    agency: Outlet | None


def dateline_at(text: str, position: int = 0) -> Dateline | None:
    """The dateline that begins at `position`.

    The place has to be in capitals, or to be followed by an agency that is known; a dash closes it, except after a
    place in capitals with a known agency, because scraped texts lose their dashes.
    """
    match = _DATELINE.match(text, position)
    if not match:
        return None
    place, dash = match["place"], match["dash"] or match["only"]
    named = (match["agency"] or "")[1:-1]
    carrier = re.split(r"[/,]", named)[0]
    agency = outlets().by_name(carrier) if named else None
    known = agency is not None
    if agency is None and _is_agency(carrier, place.split("/")[0]):
        agency = Outlet(name=carrier, wire=True)
    capital = place.isupper() and len(place) > 2 and not phrases("no_place").is_all_of(place)
    whole_date = re.search(r"\d{4}", match["when"] or "") is not None  # "Aleppo, 28 July 2016 - "
    if not capital and not ((agency or (whole_date and dash)) and place[0].isupper()):
        return None
    if dash in (None, ":") and not (capital and agency and (known or may_be_medium(carrier))):
        return None
    if dash == "-" and not (named or match["when"] or match["region"] or len(place) >= _SHORTEST):
        return None
    first = place.split("/")[0]
    region = match["region"].strip(" ,")
    name = first.title() if first.isupper() else first
    said = match["when"] or match["after"]
    when = day.at(said.strip(" ,"), yearless=True) if said else None
    return Dateline(match.end(), f"{name}, {region}" if region else name, when, agency)


def is_place(name: str, *, country: bool = False) -> bool:
    """Whether every name in `name` is that of a place: "Tripoli", "BEIRUT/GENEVA", "New York and Nairobi"."""
    gazette = gazetteer.load()
    for one in re.split(r"\s+and\s+|\s*/\s*", name):
        if not one[:1].isupper() or phrases("no_place").is_all_of(one):
            return False
        hits = gazette.hits(one.title() if one.isupper() else one)
        if not hits or (country and not any(gazette.kind(hit.row) == "country" for hit in hits)):
            return False
    return True


def _is_agency(name: str, place: str) -> bool:
    """Whether a name in brackets behind a place is an agency's, though none that is known."""
    if not is_titled(name) or len(name.split()) > 5 or phrases("no_place").is_all_of(name):
        return False
    return may_be_medium(name) or (place.isupper() and not is_place(name) and is_place(place))


def bare_dateline_at(text: str, position: int) -> Dateline | None:
    """A place whose dash was lost: "BEIRUT At least 70", "Beirut Syrian jets". Only sensible after a date or byline.

    A word that stands in capitals elsewhere too is an acronym, not a place. Where the place is not in capitals, what
    follows has to begin a sentence of its own: a small word, or of which country somebody is.
    """
    match = _BARE.match(text, position)
    if match and match.group() in text[match.end() :]:
        return None
    if not match:
        match = _TITLED.match(text, position)
        if not match or not (_begins(match["next"]) and is_place(match.group())):
            return None
    if phrases("no_place").is_all_of(match.group()):
        return None
    return Dateline(match.end(), match.group().title(), None, None)


def _begins(word: str) -> bool:
    """Whether a word with a capital begins a sentence rather than going on with a name: "At", "Syrian"."""
    return is_function_word(word.lower()) or actors.load().adjective(word) is not None


def late_datelines(text: str, start: int, end: int) -> list[tuple[int, Dateline]]:
    """Datelines of a known agency in the middle of a paragraph, each with where it begins."""
    found = ((match.start(), dateline_at(text, match.start())) for match in _LATE.finditer(text, start, end))
    return [(at, line) for at, line in found if line and line.agency]
