"""The inside of the page worker: one page's bytes to its text and metadata. Runs in a process of its own.

Only this module, `metadata` and `tree` import trafilatura, htmldate and lxml, when a page is read.
`python -m tadmor.report.extract` serves requests on standard input until it is closed: see `tadmor.report.page`, which
starts it, for the limits and why they are needed.
"""

from __future__ import annotations

import os
import resource
import struct
import sys
from typing import IO

import msgspec

from tadmor.report.around import around, links
from tadmor.report.found import Page
from tadmor.report.mend import mend
from tadmor.report.text import clean, decode_page

MAX_MEMORY = 3_000_000_000  # bytes of address space; a page of 500,000 paragraphs needs 0.8 GB

_LIST_LINES, _LIST_WIDTH = 15, 100  # no line as long as a sentence among so many: none of 181 articles is like that


def extract(raw: bytes) -> Page:
    """Text and metadata of one page. Raises whatever the libraries raise; `serve` turns that into `Page.error`."""
    from tadmor.report.article import article, parse
    from tadmor.report.metadata import metadata
    from tadmor.report.tree import take_captions, undo_layout

    page, mended = mend(decode_page(raw, "the page"))
    tree = parse(page)
    if tree is None:
        return Page(error="there is no page in it")
    undo_layout(tree)
    told = metadata(tree, page)
    captions = take_captions(tree)
    text = article(tree)
    if not text.strip():
        text = told.body or ""
    lines = [line.strip() for line in clean(text).split("\n") if line.strip()]
    if not lines:
        return Page(error="there is no article text in it")
    if len(lines) >= _LIST_LINES and max(map(len, lines)) < _LIST_WIDTH:
        # Read as one article, headlines of many would be taken for one story.
        return Page(error="it is a list of headlines or links, not an article")
    above, below = around(page, lines, told.title)
    return Page(
        **msgspec.structs.asdict(msgspec.structs.replace(told, body=None)),
        text="\n\n".join(lines),
        captions=tuple(captions),
        links=tuple(links(page, lines)),
        above=tuple(above),
        below=tuple(below),
        mended=mended,
    )


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
