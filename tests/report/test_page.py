"""Pages are read in a worker that no page can take down for good."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tadmor.errors import InputError
from tadmor.report.page import PageReader

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
PARAGRAPH = "Fighters took the village of Tell Karam on Saturday after two days of shelling, residents said. "


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    reader = PageReader(wall_limit=10)
    yield reader
    reader.close()


def page(head: str = "", body: str = "") -> bytes:
    body = body or f"<p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1]}</p>"
    return f"<html><head>{head}</head><body><article>{body}</article></body></html>".encode()


def linked(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def test_text_and_metadata_of_a_page(reader: PageReader) -> None:
    found = reader.read(
        page(
            linked(
                headline="Village&#8217;s fall",
                datePublished="2016-12-10T23:30:00-05:00",
                dateModified="2019-01-01",
                author=[{"@type": "Person", "name": "Anna Miller"}, "Omar Haddad"],
                publisher={"name": "The Evening Nonesuch"},
            )
        ),
        "a.html",
    )
    assert found.title == "Village’s fall"
    assert found.outlet == "The Evening Nonesuch"
    assert found.authors == ("Anna Miller", "Omar Haddad")
    assert (found.published, found.published_by) == (date(2016, 12, 10), "json-ld")
    assert found.text.startswith("Fighters took the village")


@pytest.mark.parametrize(
    ("head", "by"),
    [
        (linked(datePublished="2016-12-10") + '<meta name="date" content="2015-01-01">', "json-ld"),
        ('<meta property="article:published_time" content="2016-12-10T08:00:00Z">', "meta"),
        ('<meta name="DC.date.issued" content="10 December 2016">', "meta"),
        ('<link rel="canonical" href="https://news.example/2016/12/10/village-falls.html">', "url"),
        ('<meta property="og:url" content="https://news.example/world/village-falls-2016-12-10">', "url"),
    ],
)
def test_where_the_date_of_a_page_was_found(reader: PageReader, head: str, by: str) -> None:
    found = reader.read(page(head), "a.html")
    assert (found.published, found.published_by) == (date(2016, 12, 10), by)


def test_captions_are_kept_apart_once_each_without_their_furniture(reader: PageReader) -> None:
    figures = (
        "<figure><figcaption>[1/2] Smoke over the mill of Tell Karam. NONESUCH/Omar Haddad "
        "<a>Purchase Licensing Rights</a></figcaption></figure>"
        '<div class="wp-caption"><p class="wp-caption-text">Villagers on the road to the city.</p></div>'
        '<div class="photo"><p><font>A bridge of the town (Nonesuch Photo/Omar Haddad)</font></p></div>'
        '<div class="photo"><p>(Nonesuch Photo/Omar Haddad)</p></div>'
        "<aside><figure><figcaption>A picture of another story, far away.</figcaption></figure></aside>"
        '<p class="cta-caption">Subscribe now and never miss a thing here.</p>'
    )
    found = reader.read(page(body=f"<p>{PARAGRAPH}</p>{figures}{figures}<p>{PARAGRAPH[::-1]}</p>"), "a.html")
    assert found.captions == (
        "Smoke over the mill of Tell Karam. NONESUCH/Omar Haddad",
        "Villagers on the road to the city.",
        "A bridge of the town (Nonesuch Photo/Omar Haddad)",
    )
    assert not any(caption in found.text for caption in found.captions)


def test_tables_that_lay_out_a_page_are_read_as_blocks_and_tables_of_data_as_tables(reader: PageReader) -> None:
    menu = "<td>" + "".join(f'<a href="/{word}">{word}</a><br>' for word in ("Home", "World", "Sport")) + "</td>"
    data = "<table><tr><td>Dead</td><td>12</td></tr><tr><td>Wounded</td><td>30</td></tr></table>"
    layout = f"<table><tr>{menu}<td><p>{PARAGRAPH}</p>{data}<p>{PARAGRAPH[::-1]}</p></td></tr></table>"
    text = reader.read(f"<html><body>{layout}</body></html>".encode(), "a.html").text
    assert text.startswith("Fighters took the village")
    assert "Sport" not in text
    assert "Dead" in text and "12" in text


def test_what_stands_beside_the_text_and_what_is_a_link(reader: PageReader) -> None:
    body = (
        "<h1>Village falls to the army</h1><div>By: Anna Miller</div><div><span>Source</span></div><div>AFP</div>"
        f"<script>var text = 'Fighters took the village of Tell Karam';</script><p>{PARAGRAPH}</p>"
        '<p>Read more: <a href="/2">What the army wants there</a></p>'
        f'<p>{PARAGRAPH[::-1]} as the <a href="/3">army said</a>.</p>'
    )
    html = f"<html><body><div>{body}</div><div>Already a subscriber? <a>Log in</a></div></body></html>"
    found = reader.read(html.encode(), "a.html")
    assert found.above[:2] == ("By: Anna Miller", "Source: AFP")
    assert found.below[-1] == "Already a subscriber? Log in"
    assert found.links == ("Read more: What the army wants there",)


def test_authors_are_people_and_whose_story_it_is(reader: PageReader) -> None:
    staff = {"@type": "NewsMediaOrganization", "name": "The Evening Nonesuch"}
    facts = {
        "headline": "Village falls",
        "publisher": staff,
        "provider": {"name": "AFP"},
        "datePublished": "2016-12-10",
    }
    found = reader.read(page(linked(author=staff, **facts) + '<meta name="author" content="Anna Miller">'), "a.html")
    assert (found.authors, found.original) == (("Anna Miller",), "AFP")
    assert reader.read(page(linked(author=staff, **facts)), "a.html").authors == ("The Evening Nonesuch",)


def test_a_page_kept_by_an_archive_is_that_of_its_site(reader: PageReader) -> None:
    head = (
        '<link rel="canonical" href="https://web.archive.org/web/20190501120000/http://gazette.example/2016/12/10/a">'
    )
    found = reader.read(page(head), "a.html")
    assert (found.outlet, found.published, found.published_by) == ("gazette.example", date(2016, 12, 10), "url")


def test_a_page_without_a_date_has_none(reader: PageReader) -> None:
    found = reader.read(page(), "a.html")
    assert (found.published, found.published_by) == (None, "none")


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": </script>',
        f'<script type="application/ld+json">{"[" * 50_000}</script>',
        f'<meta name="date" content="{"1" * 1_000_000}">',
        '<meta name="date" content="2016-02-31">',
        linked(datePublished=["2016"], author={"name": {"name": 5}}, publisher=[], headline=7, articleBody={}),
    ],
)
def test_broken_metadata_do_not_cost_the_text(reader: PageReader, head: str) -> None:
    found = reader.read(page(head), "a.html")
    assert found.published is None
    assert "Tell Karam" in found.text


def test_text_is_never_run_and_entities_are_characters(reader: PageReader) -> None:
    found = reader.read(
        page(body=f"<p>{PARAGRAPH} &lt;b&gt; {{{{7*7}}}} caf&eacute;</p><script>alert(1)</script>"), "a.html"
    )
    assert "<b> {{7*7}} café" in found.text and "alert" not in found.text


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8"])
def test_encodings_that_nobody_declared(reader: PageReader, encoding: str) -> None:
    text = f"<html><body><article><p>The “café” – {PARAGRAPH}</p></article></body></html>"
    assert "The “café” – Fighters" in reader.read(text.encode(encoding), "a.html").text


def test_a_declared_encoding(reader: PageReader) -> None:
    raw = '<html><head><meta charset="windows-1251"></head><body><article><p>Село взято, сообщили жители.</p></article>'
    assert "Село взято" in reader.read(raw.encode("cp1251"), "a.html").text


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"<html><body></body></html>", "no article text"),
        (b"<div>" * 100_000 + b"x", "there is no"),
        (b"<table><tr><td>" * 20_000 + b"x", "there is no"),
        (b"%PDF-1.5 <html>", "PDF"),
        (bytes(range(256)) * 100, "binary"),
        (
            b"<html><body>" + b"<p><a href=/x>Rebels take another town</a></p>" * 40 + b"</body></html>",
            "list of headlines",
        ),
    ],
)
def test_pages_without_an_article_are_named(reader: PageReader, raw: bytes, says: str) -> None:
    with pytest.raises(InputError, match=rf"^odd\.html: .*{says}"):
        reader.read(raw, "odd.html")


def test_a_page_that_takes_too_long_is_given_up_and_the_next_one_is_read() -> None:
    reader = PageReader(wall_limit=1.5)
    try:
        endless = b"<html><body><article>" + b"<p>Short one, of very many." * 300_000
        with pytest.raises(InputError, match=r"^slow\.html: .*longer than 1\.5 s"):
            reader.read(endless, "slow.html")
        assert "Tell Karam" in reader.read(page(), "a.html").text
    finally:
        reader.close()


def test_a_tag_with_thousands_of_attributes_is_not_tried(reader: PageReader) -> None:
    tag = b"<div " + b" ".join(b"a%d=1" % at for at in range(200_000)) + b">x</div>"
    begun = time.monotonic()
    with pytest.raises(InputError, match="thousands of attributes"):
        reader.read(b"<html><body>" + tag, "odd.html")
    assert time.monotonic() - begun < 2
    picture = b'<img src="data:image/png;base64,' + b"QUJD" * 500_000 + b'=="/>'
    assert (
        "Tell Karam" in reader.read(page(body=f"<p>{PARAGRAPH}</p>").replace(b"<p>", picture + b"<p>"), "a.html").text
    )


def test_a_worker_that_dies_costs_one_page_at_most(reader: PageReader) -> None:
    reader.read(page(), "a.html")
    assert reader._worker is not None
    reader._worker.kill()
    reader._worker.wait()
    assert "Tell Karam" in reader.read(page(), "a.html").text


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_real_pages_are_read(reader: PageReader) -> None:
    paths = sorted((SHARED / "data/article_extraction/html").glob("*.html.gz"))[::15]
    for path in paths:
        assert reader.read(gzip.decompress(path.read_bytes()), path.name).text
