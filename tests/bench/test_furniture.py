"""The list of pages is what it says, and its judge finds each kind of fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from bench import furniture
from tadmor.records import Report, Segment

PAGES = list(furniture.pages())


def test_the_list_has_the_size_that_is_asked() -> None:
    assert len(PAGES) >= 120
    assert len({page.site for page in PAGES}) >= 20
    assert len({page.event for page in PAGES}) >= 6


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.site}-{page.event}")
def test_a_right_reading_is_possible(page: furniture.Page) -> None:
    """No furniture stands in the text, or no reading could be right."""
    text = " ".join(map(furniture._words, [page.headline, *page.said, *page.captions]))
    assert page.said and not [line for line in page.furniture if furniture._words(line) in text]
    assert furniture.judged(page, right(page)) == {}


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("headline", {"headline": "Another headline"}),
        ("outlet", {"outlet": None}),
        ("original", {"original_outlet": "Reuters"}),
        ("authors", {"authors": ("Somebody Else",)}),
        ("date", {"published": date(2001, 1, 1)}),
        ("truncation", {"truncated": True}),
    ],
)
def test_a_wrong_field_is_found(field: str, change: dict[str, object]) -> None:
    page = PAGES[0]
    assert set(furniture.judged(page, msgspec.structs.replace(right(page), **change))) == {field}


def test_wrong_parts_are_found() -> None:
    page = PAGES[0]
    caption_as_body = right(page, body=[*page.said, *page.captions], captions=[])
    assert set(furniture.judged(page, caption_as_body)) == {"captions"}
    assert set(furniture.judged(page, right(page, body=page.said[1:]))) == {"body"}
    assert set(furniture.judged(page, right(page, body=[*page.said, page.furniture[0]]))) == {"promotion"}
    assert set(furniture.judged(page, right(page, captions=[*page.captions, "Another thing"]))) == {"captions"}
    assert set(furniture.judged(page, None)) == set(furniture.FIELDS)


@pytest.mark.parametrize("site", ["tables", "saved"])
def test_pages_are_read_the_whole_way(tmp_path: Path, site: str) -> None:
    found = list(furniture.results(tmp_path, [site]))
    assert len(found) == len({page.event for page in PAGES})
    assert not [faults for _, faults in found if faults]


def right(page: furniture.Page, *, body: list[str] | None = None, captions: list[str] | None = None) -> Report:
    """The report that a page ought to be read as, with other parts if any are given."""
    parts = [("headline", page.headline)]
    parts += [("body", line) for line in (page.said if body is None else body)]
    parts += [("caption", line) for line in (page.captions if captions is None else captions)]
    text, segments = "", []
    for role, part in parts:
        segments.append(Segment(role=role, start=len(text), end=len(text) + len(part)))
        text += part + "\n\n"
    return Report(
        id="r",
        sha256="",
        doc="page",
        origin="page",
        media_type="text/html",
        outlet=page.outlet[0] or None,
        original_outlet=page.original[0] or None,
        authors=tuple(page.authors[0]),
        headline=page.headline,
        published=page.day,
        truncated=page.truncated,
        text=text,
        segments=tuple(segments),
    )
