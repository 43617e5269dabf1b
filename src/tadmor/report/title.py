"""Titles of pages: the headline, and what a site adds to it, "Town falls to rebels - Region - World - Ahram Online"."""

from __future__ import annotations

import re

from tadmor.report import day
from tadmor.report.findings import words
from tadmor.report.wording import is_medium, is_titled, may_be_medium, outlets, phrases

_BREAK = re.compile(r"(\s+(?:[-–—|»·]|::)\s+)")
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]{1,30}[)\]]\s*$")
_MARKS = " :|–—-»·"
_SITE_WORDS = 7
_MOST = 21  # parts and the marks between them; what has more is no title


def split_title(title: str, site: str | None = None) -> tuple[str, str | None]:
    """The headline in a page's title, and the known outlet that follows it; `site` is the page's own name."""
    parts = _BREAK.split(title.strip())
    if not 3 <= len(parts) <= _MOST:
        return title.strip(), None
    found = outlets().by_name(parts[-1])
    if not found and not (site and words(site) == words(parts[-1])) and "|" not in parts[-2]:
        return title.strip(), None
    return _headline(parts), found.name if found else None


def split_headline(line: str) -> tuple[str, str | None]:
    """The same for a line of a text, where nothing else tells the site's name: known, or that of a medium.

    What says whose word the headline is names no site: "Town retaken - State News Agency".
    """
    parts = _BREAK.split(line)
    if not 3 <= len(parts) <= _MOST or phrases("attributed").any_in(parts[-1]):
        return line, None
    found = outlets().by_name(parts[-1])
    name = found.name if found else parts[-1] if may_be_medium(parts[-1]) else None
    headline = _headline(parts)
    return (headline, name) if name and len(headline.split()) >= 3 else (line, None)


def read_window(window: str, headline: str | None) -> tuple[str | None, str | None]:
    """Headline and site in a window's title: "Gulf Post: Town falls", "Town falls - World - NSNA".

    `headline` is what is known of it; where that is the site's own name, the rest is the headline.
    """
    match = re.search(r"\W+".join(words(headline)), window, re.IGNORECASE) if headline else None
    if not headline or not match:
        return headline, None
    before, after = (
        [part.strip(_MARKS) for part in _BREAK.split(_BRACKETS.sub("", side))[: 2 * _MOST : 2]]
        for side in (window[: match.start()], window[match.end() :])
    )
    rest = max(after, key=len, default="")
    if is_medium(headline) and len(words(headline)) < len(words(rest)):
        return rest, headline
    return headline, _site(after[::-1]) or _site(before)


def _site(parts: list[str]) -> str | None:
    """The first that may be the name of a site: no date, no section."""
    return next((part for part in parts if _may_be_site(part)), None)


def _may_be_site(name: str) -> bool:
    named = is_titled(name) and len(name.split()) <= _SITE_WORDS and not phrases("section").is_all_of(name)
    return named and not day.first(name)


def _headline(parts: list[str]) -> str:
    """What is left without the outlet and the sections of its site."""
    parts = parts[:-2]
    while len(parts) > 2 and len(parts[-1].split()) <= 2 and len("".join(parts[:-2]).split()) >= 4:
        parts = parts[:-2]
    return "".join(parts).strip()
