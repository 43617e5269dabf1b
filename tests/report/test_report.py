"""From a document to a report: ids, dates by rank, outlets, failures that name the input. All texts are invented."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.errors import InputError
from tadmor.records import Report
from tadmor.report.read import read
from tadmor.report.source import Document, open_inputs

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
BODY = "Fighters took the village of Tell Karam on Saturday after two days of shelling, residents said."
MORE = "The army said that its men had pulled back to the hills in the south and would return before long."


def read_text(text: str, *, published: date | None = None, outlet: str | None = None) -> Report:
    raw = text.encode()
    return read(Document(raw=raw, origin="a.txt", doc="a", media_type="text/plain", published=published, outlet=outlet))


def read_line(*, published_option: date | None = None, **fields: object) -> Report:
    raw = json.dumps(fields).encode()
    return read(
        Document(raw=raw, origin="l.jsonl:3", doc="l:3", media_type="application/json", published=published_option)
    )


def test_ids_are_hashes_of_the_bytes() -> None:
    report = read_text(BODY)
    assert report.sha256 == hashlib.sha256(BODY.encode()).hexdigest()
    assert report.id == "r" + report.sha256[:20]
    assert read_text(BODY + " ").id != report.id
    assert read_text(BODY + " ").signature == report.signature
    line = json.dumps({"text": BODY})
    assert read_line(text=BODY).sha256 == hashlib.sha256(line.encode()).hexdigest()


def test_a_text_without_a_date_has_none_and_never_todays() -> None:
    report = read_text(f"Town Falls\n\n{BODY}\n\n{MORE}")
    assert (report.published, report.published_by) == (None, "none")


def test_what_the_user_says_beats_everything() -> None:
    text = f"Published 3 March 2015\n\n{BODY}"
    report = read_text(text, published=date(2016, 1, 2), outlet="The Star")
    assert (report.published, report.published_by, report.outlet) == (date(2016, 1, 2), "option", "The Star")
    assert read_line(published_option=date(2016, 1, 2), text=text, published="2017-01-01").published == date(2016, 1, 2)


@pytest.mark.parametrize(
    ("text", "published", "expected", "by"),
    [
        (f"Published 3 March 2015\n\n{BODY}", "2015-09-09", date(2015, 3, 3), "visible"),
        (f"Last updated at Mar 032015 BEIRUT {BODY}", "2015-09-09", date(2015, 3, 3), "visible"),
        (f"ALEPPO, 3 March 2015 — {BODY}", "2015-09-09", date(2015, 3, 3), "dateline"),
        (f"ALEPPO, 3 March — {BODY}", "2015-03-05", date(2015, 3, 3), "dateline"),
        (f"ALEPPO, Dec. 31 — {BODY}", "2016-01-02", date(2015, 12, 31), "dateline"),
        (f"ALEPPO, Jan. 1 — {BODY}", "2015-12-31", date(2016, 1, 1), "dateline"),
        (f"ALEPPO, 3 March — {BODY}", None, None, "none"),
        (BODY, "2015-09-09", date(2015, 9, 9), "json-lines"),
        (BODY, "2015-09-09T10:00:00Z", date(2015, 9, 9), "json-lines"),
        (BODY, "31 Feb 2015", None, "none"),
        (BODY, "", None, "none"),
        (BODY, None, None, "none"),
    ],
)
def test_the_text_beats_metadata_and_a_missing_year_stays_missing(
    text: str, published: str | None, expected: date | None, by: str
) -> None:
    report = read_line(text=text, published=published)
    assert (report.published, report.published_by) == (expected, by)


def test_a_title_that_the_text_repeats_is_its_headline() -> None:
    report = read_line(text=f"Town Falls to Rebels\n\n{BODY}", title="Town Falls to Rebels - Daily Sabah")
    assert report.headline == "Town Falls to Rebels"
    assert report.outlet == "Daily Sabah"
    assert [part.role for part in report.segments] == ["headline", "body"]


def test_a_title_that_the_text_lacks_stands_after_it_so_that_offsets_stay() -> None:
    text = f"  {BODY}\n{MORE}\n"
    report = read_line(text=text, title="Town falls, monitor says")
    assert report.text.startswith(text)
    last = report.segments[-1]
    assert (last.role, report.text[last.start : last.end]) == ("headline", "Town falls, monitor says")


def test_outlets_get_their_full_name() -> None:
    assert read_line(text=BODY, outlet="NYT").outlet == "The New York Times"
    assert read_line(text=BODY, outlet="dailysabah").outlet == "Daily Sabah"
    assert read_line(text=BODY, outlet="The Evening Nonesuch").outlet == "The Evening Nonesuch"


def test_the_name_of_a_line() -> None:
    assert read_line(text=BODY, doc="x:1").doc == "x:1"
    assert read_line(text=BODY, doc=17).doc == "17"
    assert read_line(text=BODY).doc == "l:3"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'{"doc": "a"}', "missing required field `text`"),
        (b'{"text": 5}', "Expected `str`, got `int`"),
        (b'{"text": "', "broken JSON"),
        (b"{broken", "broken JSON"),
        (b'{"text": ' + b"[" * 200_000, "l.jsonl:3"),
        (b'{"text": " \\n "}', "no text in it"),
        (b'{"text": "\\u200b"}', "no text in it"),
        (b'["text"]', "Expected `object`"),
    ],
)
def test_a_bad_line_is_named_with_its_number(raw: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read(Document(raw=raw, origin="l.jsonl:3", doc="l:3", media_type="application/json"))
    assert str(caught.value).startswith("l.jsonl:3: ")


def test_lone_surrogates_and_fields_that_nobody_asked_for_are_dropped() -> None:
    raw = b'{"text": "Rebels\\ud800 left the town.", "x": NaN, "y": [1]}'
    report = read(Document(raw=raw, origin="l:1", doc="l", media_type="application/json"))
    assert report.text == "Rebels left the town."


def test_a_text_as_long_as_no_report_is_refused() -> None:
    with pytest.raises(InputError, match=r"^a\.txt: .*larger than 1,000,000"):
        read_text("word " * 200_001)


def test_a_page_is_read_like_a_text() -> None:
    raw = (
        "<html><head><title>Town falls to rebels | The Evening Nonesuch</title>"
        '<meta property="og:site_name" content="The Evening Nonesuch">'
        '<meta property="article:published_time" content="2016-12-11T08:00:00Z"></head>'
        "<body><article><h1>Town falls to rebels</h1><p>By Anna Miller</p>"
        f"<p>BEIRUT (AP) — {BODY}</p><p>{MORE}</p></article>"
    ).encode()
    report = read(Document(raw=raw, origin="a.html", doc="a", media_type="text/html"))
    assert report.headline == "Town falls to rebels"
    assert [part.role for part in report.segments] == ["headline", "byline", "dateline", "body", "body"]
    assert (report.outlet, report.original_outlet, report.authors) == (
        "The Evening Nonesuch",
        "Associated Press",
        ("Anna Miller",),
    )
    assert (report.published, report.published_by) == (date(2016, 12, 11), "meta")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        report = read(
            Document(raw=json.dumps({"text": text}).encode(), origin="a:1", doc="a", media_type="application/json")
        )
    except InputError:
        return
    assert report.text.encode()
    for part in report.segments:
        assert report.text[part.start : part.end].strip() == report.text[part.start : part.end] != ""


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_the_seed_is_read_as_its_annotation_says() -> None:
    (document,) = open_inputs([str(SHARED / "seed" / "palmyra-2016-12-10.txt")])
    assert isinstance(document, Document)
    report = read(document)
    gold = json.loads((SHARED / "gold" / "seed.jsonl").read_text())
    assert report.doc == gold["doc"]
    assert report.outlet == gold["outlet"]
    assert report.original_outlet == gold["original_outlet"]
    assert list(report.authors) == gold["authors"]
    assert report.truncated is gold["truncated"]
    assert report.published is None  # nothing in the text dates it
    roles = [part.role for part in report.segments]
    assert roles == ["headline", "caption", "caption", *["body"] * 10, "cut", "source", "promotion"]


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_the_annotated_reports_are_dated_and_cut_as_annotated() -> None:
    lines = (SHARED / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {row["doc"]: row for line in lines if (row := json.loads(line))}
    wrong = []
    for document in open_inputs([str(SHARED / "gold" / "dev.texts.jsonl")]):
        assert isinstance(document, Document)
        report = read(document)
        expected = gold[report.doc]
        if (str(report.published) if report.published else None) != expected["published"]:
            wrong.append((report.doc, "published"))
        if report.truncated is not expected["truncated"]:
            wrong.append((report.doc, "truncated"))
    assert len(wrong) <= 2, wrong


def test_an_outlet_is_not_the_origin_of_its_own_page() -> None:
    def original(provider: str) -> str | None:
        told = {"@type": "NewsArticle", "headline": "Village falls", "publisher": {"name": "Live Nonesuch"}}
        linked = json.dumps({**told, "provider": {"name": provider}})
        head = f'<script type="application/ld+json">{linked}</script>'
        raw = f"<html><head>{head}</head><body><article><p>{BODY}</p><p>{MORE}</p></article></body></html>".encode()
        return read(Document(raw=raw, origin="a.html", doc="a", media_type="text/html")).original_outlet

    assert original("livenonesuch.com") is None
    assert original("Live Nonesuch News") is None
    assert original("AFP") == "Agence France-Presse"
