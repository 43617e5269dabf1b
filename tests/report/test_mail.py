"""Letters, pages saved as one file, and PDF files."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from pathlib import Path

import pytest

from tadmor.errors import InputError
from tadmor.report import mail, pdf
from tadmor.report.read import read
from tadmor.report.source import Document, open_inputs

PARAGRAPH = "Fighters took the village of Tell Karam on Saturday after two days of shelling, residents said. "
PAGE = (
    "<html><head><title>Village falls</title></head>"
    f"<body><article><p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1]}</p></article>"
)


def opened(path: Path, raw: bytes) -> Document:
    path.write_bytes(raw)
    (found,) = open_inputs([str(path)])
    assert isinstance(found, Document), found
    return found


def letter(*, text: str | None = PARAGRAPH, html: str | None = None, charset: str = "utf-8") -> bytes:
    message = EmailMessage()
    message["From"] = "The Évening Letter <news@letter.example>"
    message["To"] = "reader@home.example"
    message["Subject"] = "Morning brief: café news"
    message["Date"] = "Sat, 10 Dec 2016 07:00:00 +0300"
    message["Message-ID"] = "<1@letter.example>"
    if text is not None:
        message.set_content(text, charset=charset)
    if html is not None:
        message.add_alternative(html, subtype="html", charset=charset) if text else message.set_content(
            html, subtype="html"
        )
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="../../x.png")
    return bytes(message)


@pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
def test_a_letter(tmp_path: Path, charset: str) -> None:
    document = opened(tmp_path / "a.txt", letter(text=f"The café. {PARAGRAPH}", charset=charset))
    assert document.media_type == "message/rfc822"
    report = read(document)
    assert "The café. Fighters took" in report.text
    assert (report.headline, report.outlet) == ("Morning brief: café news", "The Évening Letter")
    assert (report.published, report.published_by) == (date(2016, 12, 10), "mail")


def test_a_letter_in_html_and_one_laid_out_as_a_table(tmp_path: Path) -> None:
    assert "Tell Karam" in read(opened(tmp_path / "a", letter(html=PAGE))).text
    cells = "<table><tr><td>" + "</td></tr><tr><td>".join(["Tell Karam has fallen."] * 3) + "</td></tr></table>"
    report = read(opened(tmp_path / "a", letter(text=None, html=f"<html><style>x</style>{cells}")))
    assert "Tell Karam has fallen." in report.text and "<td>" not in report.text


def test_a_page_saved_as_one_file(tmp_path: Path) -> None:
    raw = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://news.example/1\r\nSubject: Village falls\r\n"
        "Date: Mon, 5 Jan 2026 10:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="xx"\r\n\r\n'
        "--xx\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: https://news.example/1\r\n\r\n{PAGE.replace('=', '=3D')}\r\n"
        "--xx\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--xx--\r\n"
    )
    report = read(opened(tmp_path / "page.mhtml", raw.encode()))
    assert "Tell Karam" in report.text and report.headline == "Village falls"
    assert report.published is None, "the day of saving is not that of publication"


def test_a_text_with_a_heading_of_its_own_is_no_letter(tmp_path: Path) -> None:
    raw = f"Source: The Star\nDate: 10 December 2016\nFrom: Aleppo\n\n{PARAGRAPH}".encode()
    assert opened(tmp_path / "a", raw).media_type == "text/plain"


@pytest.mark.parametrize(
    "raw",
    [
        b"MIME-Version: 1.0\nSubject: x\n\n",
        b"MIME-Version: 1.0\nSubject: x\nContent-Type: image/png\n\nxx",
        b"MIME-Version: 1.0\nDate: x\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 3,
        b"MIME-Version: 1.0\nFrom: " + b"(" * 5000 + b"\nSubject: =?x?q?=\n\n",
    ],
)
def test_letters_without_text_are_errors(raw: bytes) -> None:
    with pytest.raises(InputError, match="letter"):
        mail.read(raw)


def pdf_file(text: str) -> bytes:
    stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    raw, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(raw))
        raw += b"%d 0 obj%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return raw + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(raw),
    )


def test_a_pdf_file(tmp_path: Path) -> None:
    pytest.importorskip("pdfminer")
    assert "Tell Karam" in read(opened(tmp_path / "a", pdf_file(PARAGRAPH))).text
    with pytest.raises(InputError, match="no text"):
        pdf.read(pdf_file(""))
    with pytest.raises(InputError, match="cannot be read"):
        pdf.read(b"%PDF-1.4\nbroken")
    with pytest.raises(InputError, match="takes longer"):
        pdf.read(pdf_file(PARAGRAPH), wall_limit=0.01)


def test_a_pdf_file_without_its_reader_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"a: this is a PDF file: install tadmor\[pdf\]"):
        read(opened(tmp_path / "a", pdf_file(PARAGRAPH)))
