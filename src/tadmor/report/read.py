"""One document to one `Report`: decode, clean, mark the parts, date, name the outlet, fingerprint."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import date
from typing import Literal

import msgspec

from tadmor.errors import InputError
from tadmor.records import NOT_READ, Report, Role, Segment
from tadmor.report import day, mail, markup, pdf, story, triage
from tadmor.report.findings import Layout, words
from tadmor.report.found import Page
from tadmor.report.header import lay_out
from tadmor.report.language import language
from tadmor.report.mend import mend
from tadmor.report.page import page_reader
from tadmor.report.source import Document
from tadmor.report.text import MAX_CHARACTERS, clean, decode, decode_page
from tadmor.report.title import read_window, split_title
from tadmor.report.wording import outlets

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")  # what stands for a site that does not name itself
_SAMPLE = 2_000  # characters of a page that is not read that tell its language
_ENDING = re.compile(r"\.(?:com|org|net|info)$")
_SEEN = ("text/html", "text/plain", "application/json")  # what is known by its words before it is read


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """What a JSON line may hold; anything else in it is ignored."""

    text: str
    doc: str | int | None = None
    published: str | None = None
    title: str | None = None
    outlet: str | None = None
    # What the line was made from; `tadmor.report.table` writes it.
    made_from: Literal["json-lines", "table", "feed"] = msgspec.field(default="json-lines", name="from")


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    """A text and what came with it, whatever it came in."""

    text: str
    doc: str
    title: str | None = None
    outlet: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    published_by: str = "none"
    page: Page | None = None
    mended: int = 0  # pieces of the text that had been decoded wrongly


def read(document: Document) -> Report:
    """Read one document.

    The day of publication is, in this order: what the user said; what the text itself says (a dated dateline, a
    "Published" line, a date before the text); what the page's metadata or the JSON line say; what stands beside the
    text in its page; else unknown. A date without a year takes it from the metadata, or stays unknown.

    Raises `InputError` naming the document where it cannot be read.
    """
    told = _told(document)
    if not told.text.strip():
        raise InputError(f"{document.origin}: there is no text in it: leave it out")
    if len(told.text) > MAX_CHARACTERS:
        raise InputError(
            f"{document.origin}: its text is larger than {MAX_CHARACTERS:,} characters: split it into its reports"
        )
    title, site = split_title(told.title, told.outlet) if told.title else (None, None)
    page = told.page or Page()
    layout = lay_out(told.text, title=title, authors=told.authors, links=page.links, above=page.above, below=page.below)
    text, segments, headline = told.text, layout.segments, layout.headline
    # After the text, so that offsets into the text as it was received stay what they were.
    after: list[tuple[Role, str]] = [("caption", caption) for caption in page.captions]
    if headline is None and title:
        headline = title
        after.append(("headline", title))
    for role, part in after:
        start = len(text) + 2
        text = f"{text}\n\n{part}"
        segments = (*segments, Segment(role=role, start=start, end=len(text)))
    published, published_by = _published(document, told, layout)
    outlet = document.outlet or _outlet(told.outlet) or site or layout.outlet or layout.beside_outlet
    body = story.body(text, segments)
    return Report(
        id=document.report_id,
        sha256=document.sha256,
        doc=told.doc,
        origin=document.origin,
        media_type=document.media_type,
        outlet=outlet,
        original_outlet=layout.original_outlet or _original(page, layout, outlet),
        authors=layout.authors,
        headline=headline,
        dateline=layout.dateline,
        published=published,
        published_by=published_by,
        language=language(body),
        truncated=layout.truncated,
        text=text,
        segments=segments,
        signature=story.signature(body),
        notes=_notes(told),
    )


# --- triage ---------------------------------------------------------------------------------------------------------


def glimpse(document: Document) -> Report | None:
    """A report that by its words is not about a war, with a note that says so; None where it is to be read.

    No article, day, writer or dateline was looked for, and of a page all that stands in its paragraphs is the text.
    """
    told = _glance(document)
    if told is None or len(told.text) > MAX_CHARACTERS:
        return None
    score = triage.unlikely(told.title or "", told.text, page=document.media_type == "text/html")
    if score is None or language(told.text[:_SAMPLE]) != "en":
        return None
    published = document.published or told.published
    return Report(
        id=document.report_id,
        sha256=document.sha256,
        doc=told.doc,
        origin=document.origin,
        media_type=document.media_type,
        outlet=document.outlet or _outlet(told.outlet),
        headline=told.title,
        published=published,
        published_by="option" if document.published else told.published_by,
        text=told.text,
        segments=(Segment(role="body", start=0, end=len(told.text)),),
        notes=(*_notes(told), _passed_over(score)),
    )


def _glance(document: Document) -> _Told | None:
    """What came, without looking for the article in it; None where it takes a parser to see that."""
    if document.media_type not in _SEEN:
        return None
    try:
        if document.media_type != "text/html":
            return _told(document)
        seen = _seen(document)
    except InputError:
        return None  # whoever reads it says what is wrong with it
    return _Told(text=clean(seen.text), doc=document.doc, title=_one_line(seen.title))


def _seen(document: Document) -> triage.Glance:
    """Of a page in UTF-8, as most are, only what is looked at has to be decoded."""
    if 0 not in document.raw:  # as in UTF-16
        with suppress(UnicodeDecodeError):
            return triage.glance(document.raw)
    return triage.glance(decode_page(document.raw, document.origin).encode("utf-8", "replace"))


def judged(document: Document) -> Report:
    """As `read`; but what no glance can judge, and by its words then is not about a war, has the note.

    What a glance let pass is not judged once more: of a page's article sometimes little is found, or much else.
    """
    report = read(document)
    if document.media_type in _SEEN or report.language != "en":
        return report
    score = triage.unlikely("", report.text)
    return report if score is None else msgspec.structs.replace(report, notes=(*report.notes, _passed_over(score)))


def _passed_over(score: float) -> str:
    return f"{NOT_READ}not about a war (score {score:.3f})"


# --- what came in ---------------------------------------------------------------------------------------------------


def _told(document: Document) -> _Told:
    if document.media_type == "application/json":
        return _json_line(document)
    if document.media_type == "text/html":
        return _page(document)
    if document.media_type == "message/rfc822":
        return _letter(document)
    if document.media_type == "application/pdf":
        try:
            return _plain(pdf.read(document.raw), document)
        except InputError as error:
            raise InputError(f"{document.origin}: {error}") from error
    return _plain(decode(document.raw, document.origin), document)


def _plain(text: str, document: Document) -> _Told:
    text, mended = mend(text)
    return _Told(text=clean(text), doc=document.doc, mended=mended)


def _notes(told: _Told) -> tuple[str, ...]:
    if not told.mended:
        return ()
    return (f"{told.mended} {'piece' if told.mended == 1 else 'pieces'} decoded wrongly before, put right",)


def _letter(document: Document) -> _Told:
    """A letter or a saved page: its page where there is one with an article in it, else its plain text."""
    try:
        letter = mail.read(document.raw)
    except InputError as error:
        raise InputError(f"{document.origin}: {error}") from error
    if letter.page:
        try:
            told = _page(document, letter.page)
        except InputError:
            if letter.saved_page:
                raise
            # Newsletters are often laid out as tables without an article.
            text = letter.text if letter.text.strip() else markup.plain(decode(letter.page, document.origin))
            told = _plain(text, document)
        if letter.saved_page:
            return told
    else:
        told = _plain(letter.text, document)
    published = told.published or letter.published
    return msgspec.structs.replace(
        told,
        title=told.title or _one_line(letter.title),
        outlet=told.outlet or _one_line(letter.sender),
        published=published,
        published_by=told.published_by if told.published else "mail" if published else "none",
    )


def _page(document: Document, raw: bytes | None = None) -> _Told:
    page = page_reader().read(document.raw if raw is None else raw, document.origin)
    title, site = read_window(page.window, page.title) if page.window else (page.title, None)
    outlet = page.outlet if page.outlet and not (site and _HOST.fullmatch(page.outlet)) else site
    head = page.text.partition("\n\n")[0]
    title = split_title(title, outlet)[0] if title else ""
    text = page.text if head.startswith(title) else f"{title}\n\n{page.text}"
    return _Told(
        text=text,
        doc=document.doc,
        title=title or None,
        outlet=outlet,
        authors=page.authors,
        published=page.published,
        published_by=page.published_by,
        page=page,
        mended=page.mended,
    )


def _original(page: Page, layout: Layout, outlet: str | None) -> str | None:
    """Whose story it is by the page's own data, or by the outlet behind a writer's name where the page is another's."""
    named = page.original or layout.credited
    if named is None or _is_same(named, outlet or ""):
        return None
    found = outlets().by_name(named)
    return found.name if found else named


def _is_same(one: str, other: str) -> bool:
    """Whether two names are those of one outlet: "Live Science" and "livescience.com", "Qasr" and "Qasr News"."""
    first, second = ("".join(words(_ENDING.sub("", name))) for name in (one, other))
    return bool(second) and (first in second or second in first)


def _json_line(document: Document) -> _Told:
    line = decode(document.raw, document.origin)
    try:
        try:
            row = msgspec.json.decode(line, type=_Line)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            row = msgspec.convert(json.loads(line), _Line)  # takes lone surrogates, which cleaning drops
    except msgspec.ValidationError as error:
        raise InputError(f"{document.origin}: not the line that is expected ({error}): give at least a text") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{document.origin}: broken JSON ({error}): write one object a line") from error
    published = day.first(row.published) if row.published else None
    (text, mended), (title, titles) = mend(row.text), mend(row.title or "")
    return _Told(
        text=clean(text),
        mended=mended + titles,
        doc=clean(str(row.doc)) if row.doc not in (None, "") else document.doc,
        title=_one_line(title),
        outlet=_one_line(row.outlet),
        published=published,
        published_by=row.made_from if published else "none",
    )


def _one_line(value: str | None) -> str | None:
    return " ".join(clean(value).split()) or None if value else None


def _published(document: Document, told: _Told, layout: Layout) -> tuple[date | None, str]:
    if document.published:
        return document.published, "option"
    for written, by in ((layout.published, "visible"), (layout.dateline_day, "dateline")):
        if written and (found := _completed(written, told.published)):
            return found, by
    if layout.beside_published and told.published_by in ("none", "visible"):
        found = _completed(layout.beside_published, told.published)
        if found:
            return found, "visible"
    # A page's own metadata know its first publication better than a line that tells of a change; a JSON line does not.
    if layout.updated and told.published_by in ("none", "json-lines", "table", "feed", "mail", "visible"):
        return layout.updated.on(), "visible"
    return told.published, told.published_by


def _completed(written: day.Written, known: date | None) -> date | None:
    """The day of a date that may lack its year: then in the year that brings it closest to the day that is known."""
    if written.year or not known:
        return written.on()
    days = [found for year in (known.year - 1, known.year, known.year + 1) if (found := written.on(year))]
    return min(days, key=lambda found: abs(found - known), default=None)


def _outlet(name: str | None) -> str | None:
    if not name:
        return None
    found = None if " " in name else outlets().by_name(name)  # a name in words is kept as it was given
    return found.name if found else name
