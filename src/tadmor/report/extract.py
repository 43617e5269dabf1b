"""The inside of the page worker: one page's bytes to its text and metadata. Runs in a process of its own.

Only this module imports trafilatura, htmldate and lxml. `python -m tadmor.report.extract` serves requests on standard
input until it is closed: see `tadmor.report.page`, which starts it, for the limits and why they are needed.
"""

from __future__ import annotations

import html
import json
import os
import re
import resource
import struct
import sys
from collections.abc import Iterator
from datetime import date
from typing import IO, TYPE_CHECKING

import msgspec

from tadmor.records import Record
from tadmor.report import day
from tadmor.report.text import clean, decode

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_MEMORY = 3_000_000_000  # bytes of address space; a page of 500,000 paragraphs needs 0.8 GB

_LIST_LINES, _LIST_WIDTH = 15, 100  # no line as long as a sentence among so many: none of 181 articles is like that

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
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
_URL_DAY = re.compile(r"/(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?:[/._-]|$)|[/_-](\d{4})-(\d\d)-(\d\d)(?:\D|$)")
_DATES = {"original_date": True, "extensive_search": True, "min_date": "1995-01-01", "max_date": "2100-12-31"}


class Page(Record, frozen=True, kw_only=True):
    """What a page holds. `text` has one paragraph a line group, without the headline; `error` says why it is empty."""

    text: str = ""
    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    published_by: str = "none"
    error: str | None = None


class _Linked(Record, frozen=True, kw_only=True):
    """What the linked data (JSON-LD) of a page says of its article."""

    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    body: str | None = None


def extract(raw: bytes) -> Page:
    """Text and metadata of one page. Raises whatever the libraries raise; `serve` turns that into `Page.error`."""
    from trafilatura import load_html
    from trafilatura.core import bare_extraction

    declared = _CHARSET.search(raw[:4096])
    page = decode(raw, "the page", declared=declared.group(1).decode("ascii") if declared else None)
    tree = load_html(page)
    if tree is None:
        return Page(error="there is no page in it")
    linked, url = _linked(tree), _address(tree)
    published, published_by = _published(tree, linked, url)
    told = bool(
        linked.title and linked.outlet and linked.authors and published
    )  # then nothing needs to be searched for
    found = bare_extraction(
        tree, url=url, fast=True, include_comments=False, with_metadata=not told, date_extraction_params=dict(_DATES)
    )
    text, title, outlet, author, seen = "", None, None, None, None
    if found is not None and not isinstance(found, dict):
        text, title, outlet, author, seen = found.text or "", found.title, found.sitename, found.author, found.date
    text = text if text.strip() else linked.body or ""
    lines = [line.strip() for line in clean(text).split("\n") if line.strip()]
    if not lines:
        return Page(error="there is no article text in it")
    if len(lines) >= _LIST_LINES and max(map(len, lines)) < _LIST_WIDTH:
        # Read as one article, headlines of many would be taken for one story.
        return Page(error="it is a list of headlines or links, not an article")
    if published is None and seen:
        published, published_by = _stated(day.first(seen), page), "visible"
    return Page(
        text="\n\n".join(lines),
        title=linked.title or _one_line(title),
        outlet=linked.outlet or _one_line(outlet),
        authors=linked.authors or tuple(_one_line(name) or "" for name in (author or "").split(";") if name.strip()),
        published=published,
        published_by=published_by if published else "none",
    )


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


def _address(tree: HtmlElement) -> str | None:
    for path, attribute in ((".//link[@rel='canonical']", "href"), (".//meta[@property='og:url']", "content")):
        for element in tree.iterfind(path):
            address = str(element.get(attribute) or "")
            if address.startswith(("http://", "https://")):
                return address[:2000]
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
    body = node.get("articleBody")
    title = node.get("headline")
    return _Linked(
        title=_one_line(title) if isinstance(title, str) else None,
        outlet=publishers[0] if publishers else None,
        authors=tuple(name for name in _names(node.get("author")) if len(name) < 80 and "://" not in name),
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
    values = value if isinstance(value, list) else [value]
    names = (item.get("name") if isinstance(item, dict) else item for item in values[:50])
    return [name for item in names if isinstance(item, str) and (name := _one_line(item))]


def _one_line(value: str | None) -> str | None:
    return " ".join(clean(html.unescape(value)).split()) or None if value else None


# --- the worker's loop ----------------------------------------------------------------------------------------------


def serve() -> None:
    """Answer requests until standard input ends. Request and answer: four bytes of length, then the bytes."""
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the answers
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    encoder = msgspec.msgpack.Encoder()
    while (raw := receive(requests)) is not None:
        try:
            page = extract(raw)
        except MemoryError:
            page = Page(error="reading it takes more memory than a page may")
        except RecursionError:
            page = Page(error="its elements are nested too deeply")
        except Exception as error:  # any failure of a library on a hostile page is the page's, not ours
            page = Page(error=f"it cannot be read ({type(error).__name__}: {str(error)[:200]})")
        send(answers, encoder.encode(page))


def send(stream: IO[bytes], body: bytes) -> None:
    """Write one message."""
    stream.write(struct.pack(">I", len(body)))
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one message; None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    body = stream.read(length)
    return body if len(body) == length else None


if __name__ == "__main__":
    serve()
