"""What a page says of itself in its head, its linked data and its address, and what else is searched for.

Part of the page worker, as `tadmor.report.extract` is.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tadmor.records import Record
from tadmor.report import day
from tadmor.report.found import Metadata
from tadmor.report.text import clean
from tadmor.report.tree import headings

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WINDOW = 1_000  # characters
_ARTICLE = re.compile(r"Article|Posting|Report$|LiveBlog")
_DATE_METAS = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "date_published",
    "publish_date",
    "publish-date",
    "publishdate",
    "publication_date",
    "pubdate",
    "published_time",
    "originalpublicationdate",
    "article_date_original",
    "sailthru.date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "citation_date",
    "date",
)
_PHOTOGRAPHER = re.compile(r"©|\bphoto\b", re.IGNORECASE)
_ARCHIVED = re.compile(r"https?://web\.archive\.org/web/\d{4,14}[a-z_]*/(?=https?://)")
_URL_DAY = re.compile(r"/(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[/._-]|$)|[/_-](\d{4})-(\d\d)-(\d\d)(?:\D|$)")


class _Linked(Record, frozen=True, kw_only=True):
    """What the linked data (JSON-LD) of a page says of its article."""

    title: str | None = None
    outlet: str | None = None
    original: str | None = None
    authors: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()  # authors that are organisations
    published: date | None = None
    body: str | None = None


def metadata(tree: HtmlElement, page: str) -> Metadata:
    """What `tree`, made of the source `page`, says of itself. Only what is not stated is searched for."""
    linked, url = _linked(tree), address(tree)
    published, published_by = _published(tree, linked, url)
    title, outlet, people = linked.title, linked.outlet, linked.authors
    if not (title and outlet and people):
        found = _searched(tree, url)
        title, outlet, people = title or found.title, outlet or found.outlet, people or found.authors
    if published is None and (seen := _seen(tree, url)):
        published, published_by = _stated(day.first(seen), page), "visible"
    return Metadata(
        body=linked.body,
        window=_one_line((tree.findtext(".//title") or "")[:_WINDOW]),
        title=_title(tree, title),
        outlet=outlet,
        original=linked.original,
        authors=people or linked.staff,
        published=published,
        published_by=published_by if published else "none",
    )


def _searched(tree: HtmlElement, url: str | None) -> Metadata:
    """Title, outlet and authors as trafilatura finds them; it would also look for tags, licences and another date."""
    from tadmor.report.article import library

    search = library().metadata
    found = search.examine_meta(tree)
    if found.author and " " not in found.author:
        found.author = None
    with suppress(Exception):  # whatever broken linked data provoke in the library
        found = search.extract_meta_json(tree, found)
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
    site = (found.sitename or search.extract_sitename(tree) or "").lstrip("@")
    return Metadata(
        title=_one_line(found.title or search.extract_title(tree)),
        outlet=_one_line(site[:1].upper() + site[1:] or host),
        authors=_people(found.author or search.extract_author(tree)),
    )


def _seen(tree: HtmlElement, url: str | None) -> str | None:
    """A date that htmldate finds in the page."""
    from htmldate import find_date

    _read_english_dates()
    return find_date(
        tree, url=url, original_date=True, extensive_search=True, min_date="1995-01-01", max_date="2100-12-31"
    )


@cache
def _read_english_dates() -> None:
    """Have htmldate look for English dates only. It would try some two hundred languages, which takes seconds to load.

    Pages in others are not read; and what the 181 pages are dated does not change.
    """
    from dateparser import DateDataParser
    from htmldate import extractors

    settings = {"PARSERS": ["custom-formats", "absolute-time"], "PREFER_DATES_FROM": "past", "STRICT_PARSING": True}
    parser = DateDataParser(languages=["en"], settings=settings)
    extractors.get_external_parser = lambda: parser  # type: ignore[assignment]


def _title(tree: HtmlElement, title: str | None) -> str | None:
    """The title, or the heading that it begins with: sites add themselves, a country, a section."""
    heads = [line for text in headings(tree, "h1") if (line := _one_line(text))]
    if title:
        return next((head for head in heads if re.match(re.escape(head) + r"\s+[^\w\s]\s", title)), title)
    heads = heads or headings(tree, "h2") or headings(tree, "h3")
    return _one_line(heads[0]) if heads else None


def _people(author: str | None) -> tuple[str, ...]:
    """The names that were found for authors, unless they are a photographer's."""
    if not author or _PHOTOGRAPHER.search(author):
        return ()
    return tuple(name for part in author.split(";") if (name := _one_line(part)))


def _published(tree: HtmlElement, linked: _Linked, url: str | None) -> tuple[date | None, str]:
    if linked.published:
        return linked.published, "json-ld"
    metas = {
        str(element.get("property") or element.get("name") or element.get("itemprop") or "").lower(): element
        for element in reversed(tree.findall(".//meta"))
    }
    for name in _DATE_METAS:
        if name in metas and (found := day.first(str(metas[name].get("content") or ""))):
            return found, "meta"
    for element in tree.iterfind(".//*[@itemprop='datePublished']"):
        if found := day.first(str(element.get("datetime") or element.get("content") or element.text or "")):
            return found, "meta"
    if url and (match := _URL_DAY.search(url)):
        year, month, number = (int(part) for part in match.groups() if part)
        if found := day.Written(0, 0, year, month, number).on():
            return found, "url"
    return None, "none"


def _stated(found: date | None, page: str) -> date | None:
    """The day that htmldate found, unless it is the first of a month that it made of a mere month, year or misprint."""
    if found is None or found.day != 1:
        return found
    month, short = f"{found:%B}".lower(), f"{found:%b}".lower()
    forms = (
        *(f"{found.year}{mark}{found:%m}{mark}{found:%d}" for mark in ("-", "/", ".", "")),
        *(f"{number}{mark}{found:%m}{mark}{found.year}" for number in ("1", "01") for mark in ("-", "/", ".")),
        *(f"{number} {name} {found.year}" for number in ("1", "01", "1st") for name in (month, short)),
        *(
            f"{name} {number}{mark}{found.year}"
            for number in ("1", "01", "1st")
            for mark in (", ", " ")
            for name in (month, short)
        ),
    )
    lower = page.lower()
    return found if any(form in lower for form in forms) else None


def address(tree: HtmlElement) -> str | None:
    """Where the page says that it is from; of a page kept by an archive, where that had it from."""
    for path, attribute in ((".//link[@rel='canonical']", "href"), (".//meta[@property='og:url']", "content")):
        for element in tree.iterfind(path):
            address = str(element.get(attribute) or "")
            if address.startswith(("http://", "https://")):
                return _ARCHIVED.sub("", address[:2000])
    return None


def _linked(tree: HtmlElement) -> _Linked:
    nodes: list[dict[str, object]] = []
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            nodes.extend(_nodes(json.loads(script.text or "", strict=False), depth=6))
        except (ValueError, RecursionError):
            continue  # broken linked data is common and no reason to lose the page
    articles = [node for node in nodes if any(_ARTICLE.search(kind) for kind in _names(node.get("@type")))]
    node = next((node for node in articles if node.get("datePublished")), articles[0] if articles else {})
    publishers = _names(node.get("publisher"))
    origins = [name for key in ("sourceOrganization", "provider") for name in _names(node.get(key))]
    authors = [author for author in _list(node.get("author")) if not _is_organisation(author)]
    names = [name for name in _names(authors) if len(name) < 80 and "://" not in name and name not in publishers]
    body = node.get("articleBody")
    title = node.get("headline")
    return _Linked(
        title=_one_line(title) if isinstance(title, str) else None,
        outlet=publishers[0] if publishers else None,
        original=next((name for name in origins if publishers and name not in publishers), None),
        authors=tuple(names),
        staff=tuple(name for name in _names(node.get("author")) if len(name) < 80 and name not in names),
        published=day.first(str(node.get("datePublished") or "")),
        body=html.unescape(body) if isinstance(body, str) else None,
    )


def _nodes(value: object, depth: int) -> Iterator[dict[str, object]]:
    if depth and isinstance(value, list):
        for item in value[:1000]:
            yield from _nodes(item, depth - 1)
    elif depth and isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(key), depth - 1)


def _names(value: object) -> list[str]:
    """Strings or the names of things, one or many."""
    names = (item.get("name") if isinstance(item, dict) else item for item in _list(value)[:50])
    return [name for item in names if isinstance(item, str) and (name := _one_line(item))]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _is_organisation(value: object) -> bool:
    return isinstance(value, dict) and any("Organization" in kind for kind in _names(value.get("@type")))


def _one_line(value: str | None) -> str | None:
    return " ".join(clean(html.unescape(value)).split()) or None if value else None
