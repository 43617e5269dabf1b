"""Feeds (RSS, Atom, JSON Feed) and lists of feeds (OPML) to their items, whatever their XML is like.

Read with lxml and not with feedparser, which takes 20 s for a feed of 200,000 items. What breaks most broken feeds
(HTML's entities, a bare "&", control characters) is mended before lxml mends the rest: it drops characters on the way.
Entities that a document declares itself are where bombs and thefts of files begin; no feed needs them, and they are
refused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tadmor.errors import InputError
from tadmor.report import markup
from tadmor.report.text import decode

if TYPE_CHECKING:
    from lxml.etree import _Element

_ENTITY = re.compile(rb"<!ENTITY|<\0!\0E\0N\0T\0I\0T\0Y|\0<\0!\0E\0N\0T\0I\0T\0Y")
_DECLARED = re.compile(rb"\s*<\?xml[^<>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][\w.:-]{1,39})")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,30};")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#x0*[2-9A-Fa-f][0-9A-Fa-f]{1,5};|#0*[1-9][0-9]{1,6};)")
_MANY = 200_000  # names of characters; a feed with more is no honest one, and is read without them
_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x1f]{1,2000}")


class Item(NamedTuple):
    """One report that a feed tells of. `text` is what the feed itself holds of it: all of it, or a summary."""

    title: str | None
    url: str | None
    published: str | None  # ISO 8601, with its time zone where the feed says it
    author: str | None
    text: str


class Feed(NamedTuple):
    """A feed: its title, and its items in their order."""

    title: str | None
    items: tuple[Item, ...]


def read(raw: bytes) -> Feed:
    """A feed in XML. Raises `InputError` where it is none."""
    root = _root(raw)
    channel = next((child for child in root if _name(child) == "channel"), root)
    title = _text(channel, "title")
    found = tuple(_item(element) for element in root.iter() if _name(element) in ("item", "entry"))
    return Feed(title, tuple(item for item in found if item.url or item.text or item.title))


def read_json(raw: bytes) -> Feed:
    """A JSON Feed. Raises `InputError` where it is none."""
    try:
        document = msgspec.json.decode(decode(raw, "the feed"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(f"this feed is broken ({error})") from error
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        raise InputError("this feed has no list of items")
    items = []
    for entry in document["items"]:
        if isinstance(entry, dict):
            text = _string(entry, "content_text") or markup.plain(_string(entry, "content_html") or "")
            items.append(
                Item(
                    title=_string(entry, "title"),
                    url=_address(_string(entry, "url") or _string(entry, "external_url")),
                    published=_string(entry, "date_published"),
                    author=_string(entry.get("author"), "name"),
                    text=text or _string(entry, "summary") or "",
                )
            )
    return Feed(_string(document, "title"), tuple(items))


def addresses(raw: bytes) -> tuple[str, ...]:
    """The addresses of the feeds that an OPML list names, each once. Raises `InputError`."""
    found = (_address(element.get("xmlUrl")) for element in _root(raw).iter() if _name(element) == "outline")
    return tuple(dict.fromkeys(address for address in found if address))


def _root(raw: bytes) -> _Element:
    from lxml import etree

    if _ENTITY.search(raw[:65_536]):
        raise InputError("it declares entities of its own, as bombs do and feeds do not: it is not read")
    safe = {
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "huge_tree": False,
        "remove_comments": True,
    }
    try:
        try:
            return etree.fromstring(raw, etree.XMLParser(**safe))
        except etree.XMLSyntaxError:
            root = etree.fromstring(_mended(raw), etree.XMLParser(**safe, recover=True))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InputError(f"its XML cannot be read ({error})") from error
    if root is None:
        raise InputError("its XML cannot be read")
    return root


def _mended(raw: bytes) -> str:
    declared = _DECLARED.match(raw)
    text = decode(raw, "the feed", declared=declared[1].decode() if declared else None)
    text = _CONTROL.sub("", re.sub(r"^\s*<\?xml[^<>]*\?>", "", text))
    if text.count("&") <= _MANY:
        text = _NAMED.sub(lambda found: html.escape(html.unescape(found[0]), quote=False), text)
    return _AMPERSAND.sub("&amp;", text)


def _item(element: _Element) -> Item:
    content = _content(element)
    return Item(
        title=_one_line(markup.plain(_text(element, "title") or "")),
        url=_link(element),
        published=_day(_text(element, "pubDate", "published", "date", "issued", "updated")),
        author=_one_line(_author(element)),
        text=markup.plain(content) if markup.is_markup(content) else content.strip(),
    )


def _content(element: _Element) -> str:
    """The fullest text of an item: escaped HTML, plain text, or HTML as elements of its own."""
    for names in (("encoded", "content"), ("description", "summary")):
        for child in element:
            if _name(child) in names and (found := _inner(child)).strip():
                return found
    return ""


def _inner(element: _Element) -> str:
    if not len(element):
        return element.text or ""
    from lxml import etree

    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def _link(element: _Element) -> str | None:
    """Where the report is: Atom's alternate link, RSS's link, or a guid that is an address."""
    for child in element:
        if _name(child) == "link":
            if child.get("href") and child.get("rel", "alternate") == "alternate":
                return _address(child.get("href"))
            if not child.get("href") and (found := _address(child.text)):
                return found
    return _address(_text(element, "guid", "id"))


def _author(element: _Element) -> str:
    for child in element:
        if _name(child) in ("creator", "author"):
            return child.text if child.text and child.text.strip() else _text(child, "name") or ""
    return ""


def _text(element: _Element, *names: str) -> str | None:
    for name in names:
        for child in element:
            if _name(child) == name and (found := "".join(child.itertext()).strip()):
                return found
    return None


def _name(element: _Element) -> str:
    """The name of an element without its name space; "" for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _day(value: str | None) -> str | None:
    """A date of RSS ("Sat, 10 Dec 2016 08:00:00 GMT") as ISO 8601; others as they stand."""
    if not value:
        return None
    try:
        return parsedate_to_datetime(value[:100]).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return value[:100]


def _address(value: Any) -> str | None:
    found = _ADDRESS.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[0] if found else None


def _string(value: Any, key: str) -> str | None:
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) and found.strip() else None


def _one_line(value: str | None) -> str | None:
    return " ".join(value.split()) or None if value else None


def lines(feed: Feed) -> Iterator[tuple[Item, dict[str, str] | None]]:
    """Each item and what it amounts to as a JSON line; None where it holds no text."""
    for item in feed.items:
        if not item.text.strip():
            yield item, None
            continue
        told = {"title": item.title, "published": item.published, "outlet": _one_line(feed.title), "url": item.url}
        yield item, {"text": item.text, **{key: value for key, value in told.items() if value}}
