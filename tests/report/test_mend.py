"""What was decoded wrongly before is put right where that is certain, and nothing else is touched."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.records import Report
from tadmor.report.mend import mend
from tadmor.report.read import read
from tadmor.report.source import Document, MediaType

WORDS = "The governor’s “café” in Ağrı was hit – twice – on Sunday, residents said."


def wrongly(text: str, encoding: str = "cp1252") -> str:
    """The text as who takes its UTF-8 for something else has it; bytes that the encoding lacks become controls."""
    return "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "cp1250", "cp1251"])
def test_utf_8_taken_for_another_encoding(encoding: str) -> None:
    assert mend(wrongly(WORDS, encoding)) == (WORDS, 1)


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        "Âge d’or – “Ålesund” – São Paulo’s «naïve» façade, 5 € each… £3 ½ °C",
        "Местные жители сообщили, что войска вошли в город",
        "قالت مصادر محلية إن قوات النظام دخلت المدينة",
        "The governorâ€™s “café”",  # right and wrong in one piece: no encoding has both
        "plain text",
    ],
)
def test_what_is_right_or_uncertain_stays(text: str) -> None:
    assert mend(text) == (text, 0)


def test_pieces_of_a_page_are_mended_one_by_one() -> None:
    source = f'<meta content="{wrongly("the governor’s")}">\n<p>{wrongly("café")}</p><p>“good”</p>\n<i>{WORDS}</i>'
    assert mend(source) == (f'<meta content="the governor’s">\n<p>café</p><p>“good”</p>\n<i>{WORDS}</i>', 2)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_lines_and_tags_stay_where_they_are(text: str) -> None:
    mended, _ = mend(text)
    assert (mended.count("\n"), mended.count("<")) == (text.count("\n"), text.count("<"))


@pytest.mark.parametrize(
    ("raw", "media_type"),
    [
        (f"Town falls\n\n{wrongly(WORDS)}\n\nThe army left.\n", "text/plain"),
        (json.dumps({"text": wrongly(WORDS)}), "application/json"),
        (
            f"<html><body><article><p>{wrongly(WORDS)}</p><p>The army left the town.</p></article></body></html>",
            "text/html",
        ),
    ],
)
def test_a_report_notes_it_and_its_parts_are_where_they_say(raw: str, media_type: MediaType) -> None:
    report = made(raw, media_type)
    assert report.notes == ("1 piece decoded wrongly before, put right",)
    assert WORDS in [report.text[part.start : part.end] for part in report.segments]
    assert made("Town falls\n\nThe army left.", "text/plain").notes == ()


def made(raw: str, media_type: MediaType) -> Report:
    return read(Document(raw=raw.encode(), origin="a", doc="a", media_type=media_type))
