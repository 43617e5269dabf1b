"""Whatever bytes come, opening them ends, raises nothing and names what it cannot read."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tadmor.records import Failure
from tadmor.report import mail, markup
from tadmor.report.source import Document, open_inputs

EXAMPLES = int(os.environ.get("TADMOR_FUZZ", "15"))  # for each kind of input
TEXT = "Fighters took the village of Tell Karam on Saturday, residents said.\n"


def zipped() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", TEXT)
        archive.writestr("b.jsonl", json.dumps({"text": TEXT}))
    return data.getvalue()


def tarred() -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name in ("a.txt", "ö" * 120):
            entry = tarfile.TarInfo(name)
            entry.size = len(TEXT)
            archive.addfile(entry, io.BytesIO(TEXT.encode()))
    return data.getvalue()[:8192]


def record(body: str) -> bytes:
    block = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n{body}\r\n0\r\n\r\n".encode()
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


SEEDS = {
    "zip": zipped(),
    "tar": tarred(),
    "gzip": gzip.compress(TEXT.encode()) * 2,
    "bzip2": bz2.compress(TEXT.encode()),
    "warc": record(f"<p>{TEXT}</p>") * 3,
    "packed warc": b"".join(gzip.compress(record(f"<p>{TEXT}{number}</p>")) for number in range(4)),
    "table": b'title,text,when\r\nA,"Text ""one""",2016\r\nB,Two,\r\n',
    "lines": b'{"text": "One", "doc": 1}\n{"text": "Two"}\n',
    "feed": b"<rss><channel><title>T</title><item><title>A</title><link>http://a.example</link>"
    b"<description>&lt;p&gt;Text&lt;/p&gt;</description></item></channel></rss>",
    "json feed": b'{"version": "https://jsonfeed.org/version/1", "items": [{"content_html": "<p>A</p>"}]}',
    "letter": b"From: A <a@b.example>\nMIME-Version: 1.0\nDate: Sat, 10 Dec 2016 07:00:00 +0300\n"
    b'Content-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: text/plain; charset=utf-8\n\nText\n--x--\n',
    "pdf": b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>",
    "text": TEXT.encode(),
}


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    data = bytearray(seed)
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        how = draw(st.sampled_from(["set", "cut", "put", "drop", "twice"]))
        if how == "set" and at < len(data):
            data[at] = draw(st.integers(0, 255))
        elif how == "cut":
            del data[at:]
        elif how == "put":
            data[at:at] = draw(st.binary(max_size=12))
        elif how == "drop":
            del data[at : at + draw(st.integers(1, 40))]
        else:
            data[at:at] = data[at : at + 60]
    return bytes(data)


@pytest.mark.parametrize("kind", SEEDS)
def test_mutations_are_read_or_named(kind: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "input"

        @settings(max_examples=EXAMPLES)
        @given(mutated(SEEDS[kind]))
        def holds(data: bytes) -> None:
            path.write_bytes(data)
            begun = time.process_time()
            found = list(open_inputs([str(path)]))
            assert time.process_time() - begun < 2
            # Of a web archive there may be nothing but records of no interest.
            assert found or b"WARC" in data or data[:2] == b"\x1f\x8b"
            for item in found:
                assert item.origin.startswith(str(path))
                if isinstance(item, Failure):
                    assert item.message.startswith(item.origin)
                elif item.media_type == "message/rfc822":
                    opened_letter(item)

        holds()


def opened_letter(document: Document) -> None:
    from tadmor.errors import InputError

    try:
        mail.read(document.raw)
    except InputError:
        return


@settings(max_examples=EXAMPLES * 4)
@given(st.text(alphabet=st.sampled_from("<>/!-&;#x1pascrit\"'= \n"), max_size=400))
def test_markup_of_any_kind_gives_words(text: str) -> None:
    assert "\x00" not in markup.plain(text)
