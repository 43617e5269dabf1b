"""What is found in a page, as it goes from the page worker to the process that asked."""

from __future__ import annotations

from datetime import date

from tadmor.records import Record


class Metadata(Record, frozen=True, kw_only=True):
    """What a page says besides its text. `window` is what the browser's window is headed with.

    `body` is the article as the linked data hold it, for pages that show it by script only.
    """

    window: str | None = None
    title: str | None = None
    outlet: str | None = None
    original: str | None = None
    authors: tuple[str, ...] = ()
    published: date | None = None
    published_by: str = "none"
    body: str | None = None


class Page(Metadata, frozen=True, kw_only=True):
    """A page. `text` has one paragraph a line group, without the headline; `error` says why it is empty.

    `captions` are no part of `text`. `links` are those lines of it that are one link; `above` and `below` are lines
    that stand next to it in the page.
    """

    text: str = ""
    captions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    mended: int = 0  # pieces of its source that had been decoded wrongly before
    error: str | None = None
