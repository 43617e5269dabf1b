"""Feeds of every kind, broken ones too; nothing in them is obeyed."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from tadmor.errors import InputError
from tadmor.records import Failure
from tadmor.report import feed, markup
from tadmor.report.read import read
from tadmor.report.source import Document, open_inputs

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>The Evening Nonesuch</title><link>https://news.example/</link>
<item><title>Village &amp; town fall</title><link>https://news.example/1</link>
<pubDate>Sat, 10 Dec 2016 23:30:00 -0500</pubDate>
<dc:creator>Anna Miller</dc:creator><description>Short.</description>
<content:encoded><![CDATA[<p>Fighters took <b>Tell Karam</b>.</p><script>steal()</script>
<p>Residents fled &amp; hid.</p>]]></content:encoded></item>
<item><title>Second</title><guid>https://news.example/2</guid>
<description>Only &lt;i&gt;this&lt;/i&gt; &lt;br&gt;here</description></item>
<item><title>No text</title><link>https://news.example/3</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Wire &lt;b&gt;One&lt;/b&gt;</title>
<entry><title>Entry</title><link rel="self" href="https://x.example/self"/><link href="https://news.example/a"/>
<updated>2016-12-10T08:00:00+03:00</updated><author><name>Omar</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p><p>Two.</p></div></content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>Old</title></channel>
<item><title>T</title><link>http://news.example/r</link><description>Body</description></item></rdf:RDF>"""


def test_rss() -> None:
    found = feed.read(RSS.encode())
    assert found.title == "The Evening Nonesuch"
    assert found.items[0] == feed.Item(
        title="Village & town fall",
        url="https://news.example/1",
        published="2016-12-10T23:30:00-05:00",
        author="Anna Miller",
        text="Fighters took Tell Karam.\n\nResidents fled & hid.",
    )
    assert (found.items[1].url, found.items[1].text) == ("https://news.example/2", "Only this\nhere")
    assert found.items[2].text == ""


def test_atom_and_rdf_and_json() -> None:
    (entry,) = feed.read(ATOM.encode()).items
    assert entry == feed.Item("Entry", "https://news.example/a", "2016-12-10T08:00:00+03:00", "Omar", "One.\n\nTwo.")
    assert [item.url for item in feed.read(RDF.encode()).items] == ["http://news.example/r"]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "items": [{"id": "1", "url": "https://a.example/1", "title": "T", "content_html": "<p>Text</p>"}, 5, {}],
    }
    found = feed.read_json(json.dumps(document).encode())
    assert [(item.title, item.text) for item in found.items] == [("T", "Text"), (None, "")]


def test_items_are_reports_and_those_without_text_are_named(tmp_path: Path) -> None:
    (tmp_path / "feed").write_text(RSS)
    found = list(open_inputs([str(tmp_path / "feed")]))
    assert [type(item) for item in found] == [Document, Document, Failure]
    assert isinstance(found[0], Document) and found[0].capture.holder
    report = read(found[0])
    assert (report.headline, report.outlet) == ("Village & town fall", "The Evening Nonesuch")
    assert (report.published, report.published_by) == (date(2016, 12, 10), "feed")


@pytest.mark.parametrize("spoil", ["&nbsp;", "&unknown;", "\x01", "&#0;", "&#x1f;", "&", "&&lt;b&gt;"])
def test_broken_xml_is_mended(spoil: str) -> None:
    found = feed.read(RSS.replace("Short.", f"Sh{spoil}ort.").replace("Second", f"Sec{spoil}ond tale").encode())
    assert [item.url for item in found.items] == [f"https://news.example/{number}" for number in (1, 2, 3)]
    assert "ond tale" in (found.items[1].title or "")
    assert "ort." in found.items[0].text or found.items[0].text.startswith("Fighters")
    assert found.items[1].text == "Only this\nhere"


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        f'<!ENTITY a "{"x" * 50_000}">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://127.0.0.1:1/x.dtd"> %a;',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(subset: str, encoding: str) -> None:
    text = RSS.partition("\n")[2].replace("Short.", "&a;" * 1000)
    begun = time.process_time()
    with pytest.raises(InputError, match="entities"):
        feed.read(f"<!DOCTYPE rss [{subset}]>\n{text}".encode(encoding))
    assert time.process_time() - begun < 1


def test_a_declared_type_without_entities_is_harmless_and_not_fetched() -> None:
    assert feed.read(('<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/rss.dtd">\n' + RSS.partition("\n")[2]).encode()).items


@pytest.mark.parametrize("raw", [b"", b"<rss", b"\0\0", b"<rss><channel>" + b"<item>" * 20_000])
def test_what_is_no_feed_is_an_error_or_empty(raw: bytes) -> None:
    with suppress(InputError):
        assert all(not item.text for item in feed.read(raw).items)


def test_a_feed_of_very_many_items_takes_seconds() -> None:
    items = (
        "<item><title>T</title><link>https://a.example/1</link><description>Body of it</description></item>" * 30_000
    )
    begun = time.process_time()
    assert len(feed.read(f"<rss><channel>{items}</channel></rss>".encode()).items) == 30_000
    assert time.process_time() - begun < 10


def test_lists_of_feeds() -> None:
    raw = b"""<opml version="2.0"><body><outline text="w"><outline xmlUrl="https://a.example/feed"/>
    <outline xmlUrl="file:///etc/passwd"/><outline xmlUrl="https://a.example/feed"/></outline></body></opml>"""
    assert feed.addresses(raw) == ("https://a.example/feed",)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\n\nTwo\nthree"),
        ("a <b>bold</b> &lt;script&gt; 3 < 4", "a bold <script> 3 < 4"),
        ("x<!-- <p>hidden</p> -->y<style>p{}</style>z", "xyz"),
        ("<scr<script>alert(1)</script>ipt>", "<script>"),
        ("<script>never closed", ""),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("İ<script>x</script>after", "İafter"),
    ],
)
def test_markup_to_words(html: str, text: str) -> None:
    assert markup.plain(html) == text


@pytest.mark.parametrize("piece", ["<a", "<", "<!--", "<script>", "&", "<p>", "</"])
def test_markup_takes_linear_time(piece: str) -> None:
    begun = time.process_time()
    markup.plain(piece * 200_000)
    assert time.process_time() - begun < 5


def test_a_json_feed_in_another_encoding_is_read() -> None:
    found = feed.read_json(b'{"items": [{"title": "Caf\xe9 falls", "content_text": "The army left."}]}')
    assert [(item.title, item.text) for item in found.items] == [("Café falls", "The army left.")]
