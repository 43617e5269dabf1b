"""How well pages of many kinds of sites are read: a list of our own, made of templates and events.

    python -m bench.furniture [--faults] [SITE...]

`bench/sites/` holds the furniture of a kind of site as a template each, what its pages must be read as (`sites.toml`)
and events told in our own words (`events.toml`). Each event on each kind of site is a page. A template says of each
piece what it is by the function it is written with: `say` (a paragraph of the report), `caption` and `credit`, `promo`
(furniture that is no part of the report); what the right reading is comes from there and cannot drift from the page.

A field of a page is right or wrong:

- headline, authors: the same words, whatever their case and signs; authors in any order
- outlet, original outlet: one of the names that are right; none where the page tells of none
- date: the day in the site's own zone
- truncation: cut short or not
- captions: all of them as captions, none as body, nothing else as caption
- promotion: no piece of furniture in headline, body or caption
- body: every paragraph in the body
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bench.floors import Measure, corpus_hash
from bench.pages import Here
from tadmor.records import Failure, Report, Role
from tadmor.report import read as reading
from tadmor.report.source import open_inputs

NAME = "pages, furniture of sites"
FOLDER = Path(__file__).parent / "sites"
FIELDS = ("headline", "outlet", "original", "authors", "date", "truncation", "captions", "promotion", "body")

_LINK = re.compile(r"\[\[(.+?)\]\]")
_WORD = re.compile(r"\w+")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event as told, and who told it."""

    key: str
    headline: str
    standfirst: str
    kicker: str
    place: str
    dateline: str
    country: str
    published: datetime
    authors: list[str]
    editor: str
    paragraphs: list[str]
    captions: list[dict[str, str]]
    related: list[str]


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of site, and what its pages must be read as."""

    title: str
    outlet: list[str]
    original: tuple[str, ...] = ("",)
    headline: str = "{{ e.headline }}"
    authors: bool = True
    zone: str
    contributor: bool = False
    cut: bool = False
    kind: str = "html"


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page and its right reading."""

    site: str
    event: str
    raw: bytes
    headline: str
    outlet: list[str]
    original: tuple[str, ...]
    authors: list[list[str]]
    day: date
    truncated: bool
    said: list[str]
    captions: list[str]
    credits: list[str]
    furniture: list[str]


def pages(only: Sequence[str] = ()) -> Iterator[Page]:
    """Every event on every kind of site, or on those named."""
    events = msgspec.convert(tomllib.loads((FOLDER / "events.toml").read_text("utf-8"))["event"], list[Event])
    sites = msgspec.convert(tomllib.loads((FOLDER / "sites.toml").read_text("utf-8")), dict[str, Site])
    made = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    for name, site in sites.items():
        if not only or name in only:
            for event in events:
                yield _page(made, name, site, event)


def _page(made: Environment, name: str, site: Site, event: Event) -> Page:
    when = event.published.astimezone(ZoneInfo(site.zone))
    said: dict[str, list[str]] = {"say": [], "caption": [], "credit": [], "promo": []}

    def noting(kind: str) -> Any:
        def note(text: str) -> Markup:
            said[kind].append(_LINK.sub(r"\1", text))
            return Markup(_LINK.sub(r'<a href="/topic">\1</a>', str(escape(text))))

        return note

    context: Mapping[str, Any] = {
        "e": event,
        "when": when,
        "utc": event.published,
        "later": when + timedelta(days=1, hours=3),
        "people": [{"@type": "Person", "name": author} for author in event.authors],
        **{kind: noting(kind) for kind in said},
    }
    html = made.get_template(f"{name}.html.j2").render(context)
    names = event.authors if site.authors else []
    return Page(
        site=name,
        event=event.key,
        raw=_mhtml(html, event, when) if site.kind == "mhtml" else html.encode(),
        headline=made.from_string(site.headline).render(context).replace("&#39;", "'"),
        outlet=site.outlet,
        original=site.original,
        authors=[names, [*names, event.editor]] if site.contributor else [names],
        day=when.date(),
        truncated=site.cut,
        said=said["say"],
        captions=said["caption"],
        credits=said["credit"],
        furniture=said["promo"],
    )


def _mhtml(html: str, event: Event, when: datetime) -> bytes:
    """The page as a browser saves it in one file, three weeks later."""
    whole = EmailMessage()
    whole["From"] = "<Saved by Blink>"
    whole["Snapshot-Content-Location"] = f"https://www.site.example/{event.key}.html"
    whole["Subject"] = event.headline
    whole["Date"] = when + timedelta(days=21)
    whole.set_content(html, subtype="html", cte="quoted-printable")
    whole["Content-Location"] = f"https://www.site.example/{event.key}.html"
    whole.make_related(boundary="----MultipartBoundary--xyz----")
    whole.add_related(b"GIF89a", "image", "gif")
    return whole.as_bytes()


# --- judging --------------------------------------------------------------------------------------------------------


def judged(page: Page, report: Report | None) -> dict[str, str]:
    """What is wrong with the reading of a page: field, and how it was read."""
    if report is None:
        return dict.fromkeys(FIELDS, "not read")
    body = _words(_role(report, "body"))
    captions = [_words(part) for part in _parts(report, "caption")]
    shown = _words(_role(report, "headline", "body", "caption"))
    faults = {
        "headline": "" if _words(report.headline) == _words(page.headline) else repr(report.headline),
        "outlet": "" if _one_of(report.outlet, page.outlet) else repr(report.outlet),
        "original": "" if _one_of(report.original_outlet, page.original) else repr(report.original_outlet),
        "authors": "" if _names(report.authors) in map(_names, page.authors) else repr(report.authors),
        "date": "" if report.published == page.day else f"{report.published} by {report.published_by}",
        "truncation": "" if report.truncated == page.truncated else repr(report.truncated),
        "captions": "; ".join(
            [f"lost: {text}" for text in page.captions if not any(_words(text) in part for part in captions)]
            + [f"body: {text}" for text in page.captions if _words(text) in body]
            + [f"other: {part}" for part in captions if not _is_caption(part, page)]
        ),
        "promotion": "; ".join(text for text in page.furniture if _words(text) in shown),
        "body": "; ".join(f"lost: {text}" for text in page.said if _words(text) not in body),
    }
    return {field: fault for field, fault in faults.items() if fault}


def _parts(report: Report, *roles: Role) -> list[str]:
    return [report.text[part.start : part.end] for part in report.segments if part.role in roles]


def _role(report: Report, *roles: Role) -> str:
    return "\n".join(_parts(report, *roles))


def _names(names: Sequence[str]) -> list[str]:
    return sorted(map(_words, names))


def _is_caption(words: str, page: Page) -> bool:
    """Whether nothing is left of a caption as read without the right words, the credit and a label before it."""
    for text in (*page.captions, *page.credits):
        words = words.replace(_words(text), " ")
    return not set(words.split()) - {"credit", "caption"}


def _words(text: str | None) -> str:
    """The words alone, so that one text stands in another whatever their signs are."""
    return f" {' '.join(_WORD.findall((text or '').casefold()))} "


def _one_of(name: str | None, right: Sequence[str]) -> bool:
    return _words(name) in [_words(each) for each in right]


# --- the measure ----------------------------------------------------------------------------------------------------


def read(page: Page, folder: Path) -> Report | None:
    """The page by the whole way of an input, from a file whose name says nothing."""
    file = folder / "page"
    file.write_bytes(page.raw)
    with mock.patch.object(reading, "page_reader", Here):
        (found,) = open_inputs([str(file)])
        return None if isinstance(found, Failure) else reading.read(found)


def results(folder: Path, only: Sequence[str] = ()) -> Iterator[tuple[Page, dict[str, str]]]:
    """Each page and what is wrong with its reading."""
    for page in pages(only):
        yield page, judged(page, read(page, folder))


def measure() -> Measure:
    """The share of pages on which each field is right."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = list(results(Path(folder)))
    return Measure(
        name=NAME,
        sha256=corpus_hash(FOLDER.iterdir()),
        figures={field: 1 - sum(field in faults for _, faults in found) / len(found) for field in FIELDS},
        bounded=FIELDS,
        slack=0.02,
    )


def main() -> None:
    import tempfile

    parser = argparse.ArgumentParser(prog="python -m bench.furniture", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--faults", action="store_true", help="each wrong field, and how it was read")
    parser.add_argument("sites", nargs="*", metavar="SITE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = list(results(Path(folder), options.sites))
    for page, faults in found:
        for field, fault in faults.items() if options.faults else ():
            print(f"{page.site}, {page.event}, {field}: {fault}")
    print(f"{len(found)} pages")
    for field in FIELDS:
        wrong = [page.site for page, faults in found if field in faults]
        by_site = ", ".join(f"{site} {wrong.count(site)}" for site in dict.fromkeys(wrong))
        print(f"{field:12} {1 - len(wrong) / len(found):.4f}   {by_site}".rstrip())


if __name__ == "__main__":
    main()
