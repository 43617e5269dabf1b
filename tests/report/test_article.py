"""The library asked sooner says what it says when it is asked as it is."""

from __future__ import annotations

import gzip
import re
from importlib import import_module
from pathlib import Path

import pytest
import trafilatura
import trafilatura.metadata
from hypothesis import given
from hypothesis import strategies as st

from bench import furniture
from tadmor.report import article
from tadmor.report.text import decode_page

SENTENCE = "Fighters took the village of Tell Karam on Saturday after two days of shelling, residents said. "


def same(page: str) -> str:
    """The text of a page, which both find."""
    found = trafilatura.bare_extraction(page, fast=True, include_comments=False)
    plain, tree = trafilatura.load_html(page), article.parse(page)
    if plain is None or tree is None:
        assert plain is tree
        return ""
    search = article.library().metadata
    for what in ("extract_author", "extract_title"):
        assert getattr(search, what)(tree) == getattr(trafilatura.metadata, what)(plain)
    text = article.article(tree)
    assert text == ((found.text or "") if found else "")
    return text


def test_articles_of_sites() -> None:
    pages = list(furniture.pages())
    assert sum(bool(same(page.raw.decode())) for page in pages) > 0.9 * len(pages)


def test_articles_that_were_marked_by_hand(shared: Path) -> None:
    files = sorted((shared / "data" / "article_extraction" / "html").glob("*.gz"))[::6]
    assert sum(bool(same(decode_page(gzip.decompress(file.read_bytes()), file.name))) for file in files) > 25


@pytest.mark.parametrize(
    "named",
    [
        'class="article-body"',
        'class="FullText"',
        'id="story-body" class="social"',
        'class="sidebar cookie-banner"',
        'class="Cookie_Notice"',
        'id="comments-1"',
        'class="commentary"',
        'class="cookie" id="x"',
        'id="cookie" class="x"',
        'style="x" id="hidden"',
        'id="x" style="hidden"',
        'class="infinite-scroll"',
        'class="author-name"',
        'class="x\n^shar"',
        'm="" m5="" M5="" M="M5"',
        'class="reply-1" id="x"',
        'id="x" class="reply-1"',
        'id="hidden" style="x"',
        'id="" style="hidden"',
        'style="display: none"',
        'aria-hidden="true"',
        'role="Navigation"',
        'role="main"',
        'itemprop="articleBody"',
        'itemprop="author name"',
        'data-component="Byline"',
        "data-lp-replacement-content",
        'data-testid="AuthorCard"',
        'class="Teaser"',
        'id="main-Content"',
        'class="MCaption caption"',
        f'class="{"menu " * 200}"',
    ],
)
def test_names_of_all_kinds(named: str) -> None:
    said = "".join(f"<p>{SENTENCE} {number}</p>" for number in range(4))
    for inside in (f"<div {named}>{said}</div>", f"<article>{said}<div {named}>{said[::-1]}{said}</div></article>"):
        same(f"<html><body><p {named}>A B Carter</p>{inside}<span {named}>{SENTENCE}</span></body></html>")


def test_every_expression_of_the_library_is_asked_for_by_marks() -> None:
    """Where one is not, it still finds the same, but takes longer."""
    core, metadata = article.library().core, article.library().metadata
    main = core.extract_content.__globals__
    paths = [
        *core.RAW_TREE_PRUNE_XPATH,
        *core.REMOVE_COMMENTS_AND_LISTS_XPATH,
        *main["BODY_XPATH"],
        *main["OVERALL_DISCARD_XPATH"],
        *main["TEASER_DISCARD_XPATH"],
        *main["DISCARD_IMAGE_ELEMENTS"],
        *metadata.AUTHOR_XPATHS,
        *metadata.AUTHOR_DISCARD_XPATHS,
        *metadata.TITLE_XPATHS,
    ]
    assert not [path.path for path in paths if re.search(r"@(?!M\d)", path.path)]


@given(st.text('"\\ \n{a\xa0'))
def test_json_without_space(text: str) -> None:
    asked = import_module("trafilatura.metadata").JSON_MINIFY
    assert article._Minified.sub(r"\1", text) == asked.sub(r"\1", text)


def test_characters_that_xml_forbids() -> None:
    for sign in ("\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\x7f", "é"):
        assert same(f"<html><body><article><p>{SENTENCE}{sign} so</p><p>{SENTENCE * 3}</p></article></body></html>")


def test_all_words_of_a_page_are_counted_alike() -> None:
    for page in furniture.pages(["tabloid", "cookies", "comments", "tables"]):
        plain, tree = trafilatura.load_html(page.raw), article.parse(page.raw.decode())
        assert article.library().core.html2txt(tree) == trafilatura.html2txt(plain)
    deep = "<div>" * 5_000 + SENTENCE
    assert article.library().core.html2txt(article.parse(f"<html><body>{deep}")) == trafilatura.html2txt(deep)


def test_the_library_itself_stays_as_it_is() -> None:
    import trafilatura.core
    import trafilatura.main_extractor

    article.library()
    assert trafilatura.core.load_html is trafilatura.load_html
    assert "re:test" in trafilatura.main_extractor.OVERALL_DISCARD_XPATH[0].path
