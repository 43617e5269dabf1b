"""Of a web archive with damage, only what is damaged is lost, and it is said what that is."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import random
import sys

import brotli
import pytest

from tadmor.report import warc
from tadmor.report.unpack import Budget, Gunzip, Metered, TooMuch

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIMIT = 20_000_000


def record(
    number: int,
    *,
    body: bytes | None = None,
    length: object = None,
    head: str = "",
    kind: str = "response",
    http: str = "",
) -> bytes:
    noise = random.Random(number).randbytes(1500).hex()
    page = f"<html><body><article><p>Report {number} {noise}</p></article></body></html>".encode()
    block = b"HTTP/1.1 " + (http or "200 OK\r\nContent-Type: text/html").encode() + b"\r\n\r\n" + (body or page)
    said = len(block) if length is None else length
    return (
        (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://news.example/{number}>\r\n"
            f"WARC-Date: 2016-12-10T08:00:00Z\r\n{head}Content-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {said}\r\n\r\n"
        ).encode()
        + block
        + b"\r\n\r\n"
    )


PACKED = [gzip.compress(record(number), mtime=0) for number in range(100)]


def read(data: bytes) -> tuple[list[warc.Page], list[warc.Lost]]:
    budget = Budget()
    stream = io.BufferedReader(Metered(io.BytesIO(data), budget))
    found = list(warc.pages(Gunzip(stream, budget) if data[:2] == b"\x1f\x8b" else stream, max_bytes=LIMIT))
    return [item for item in found if isinstance(item, warc.Page)], [i for i in found if isinstance(i, warc.Lost)]


@pytest.mark.parametrize("packed", [True, False])
def test_every_page_of_a_whole_archive(packed: bool) -> None:
    pages, lost = read(b"".join(PACKED if packed else map(record, range(100))))
    assert not lost
    assert [page.url for page in pages] == [f"https://news.example/{number}" for number in range(100)]
    assert pages[3].body.startswith(b"<html><body><article><p>Report 3 ")
    assert (pages[3].date, dict(pages[3].headers)) == ("2016-12-10T08:00:00Z", {"content-type": "text/html"})


@pytest.mark.parametrize("seed", range(25))
def test_forty_damaged_bytes_cost_the_damaged_records_only(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(b"".join(PACKED))
    # Inside of a member: over the border of two, two are damaged.
    hit = chance.randrange(100)
    begin = sum(map(len, PACKED[:hit])) + chance.randrange(len(PACKED[hit]) - 40)
    data[begin : begin + 40] = chance.randbytes(40)
    pages, lost = read(bytes(data)) if hit or data[:2] == b"\x1f\x8b" else ([], [])
    if not pages:
        pytest.skip("the beginning of the file is damaged, which is then none of ours")
    assert len(pages) >= 99
    assert [item.number for item in lost] == [hit + 1]


@pytest.mark.parametrize("share", [0.001, 0.3, 0.77, 0.9999])
@pytest.mark.parametrize("packed", [True, False])
def test_an_archive_that_is_cut_says_where_and_how_many_records_were_read(share: float, packed: bool) -> None:
    data = b"".join(PACKED if packed else map(record, range(100)))
    cut = int(len(data) * share)
    pages, lost = read(data[:cut])
    assert len(pages) in (int(100 * share), int(100 * share) + 1)
    if share < 0.99:
        assert [item.at for item in lost] == [cut]
        assert f"{len(pages)} records were read before" in lost[0].why


@pytest.mark.parametrize("length", [10**12, 10**40, -5, "abc", "", 5, 15_000_000, 4_000])
@pytest.mark.parametrize("packed", [True, False])
def test_a_wrong_length_costs_one_record(length: object, packed: bool) -> None:
    records = [record(number, length=length if number == 50 else None) for number in range(100)]
    pages, lost = read(b"".join(gzip.compress(one) for one in records) if packed else b"".join(records))
    assert len(pages) == 99
    assert [item.number for item in lost] == [51]


def test_a_header_without_end_costs_one_record() -> None:
    pages, lost = read(record(1) + b"WARC/1.0\r\nX: " + b"a" * 5_000_000 + b"\r\n\r\n" + record(2))
    assert [page.url and page.url[-1] for page in pages] == ["1", "2"]
    assert "header is longer" in lost[0].why


def test_a_bomb_is_given_up_in_bounded_memory() -> None:
    bomb = gzip.compress(b"WARC/1.0\r\nX: " + b"a" * 100_000_000)
    with pytest.raises(TooMuch):
        read(gzip.compress(record(1)) + bomb)
    pages, lost = read(record(1, body=gzip.compress(b"a" * (LIMIT + 1))) + record(2))
    assert len(pages) == 1 and "unpacks to more than" in lost[0].why


def test_what_is_no_page_is_passed_over() -> None:
    data = (
        record(1, kind="request")
        + record(2, http="404 Not Found\r\nContent-Type: text/html")
        + record(3, http="200 OK\r\nContent-Type: image/png")
        + record(4, body=b" ")
        + record(5)
    )
    pages, lost = read(data)
    assert ([page.number for page in pages], lost) == ([5], [])


def test_chunks_and_gzip_of_the_way_are_undone_and_may_be_undone_already() -> None:
    page = b"<html><p>Town fell</p></html>"
    head = "200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip"
    packed = gzip.compress(page)
    chunks = b"%x\r\n%s\r\n%x;x=1\r\n%s\r\n0\r\n\r\n" % (10, packed[:10], len(packed) - 10, packed[10:])
    pages, lost = read(
        record(1, body=chunks, http=head) + record(2, body=packed, http=head) + record(3, body=page, http=head)
    )
    assert ([found.body for found in pages], lost) == ([page] * 3, [])


def test_brotli_and_zstandard_of_the_way_are_undone_and_may_be_undone_already() -> None:
    page = b"<html><p>Town fell</p></html>" * 5000
    for name, packed in (("br", brotli.compress(page)), ("zstd", zstd.compress(page))):
        head = f"200 OK\r\nContent-Encoding: {name}"
        pages, lost = read(record(1, body=packed, http=head) + record(2, body=page, http=head))
        assert ([found.body for found in pages], lost) == ([page] * 2, [])
        _, lost = read(record(1, body=packed[: len(packed) // 2], http=head) + record(2, http=head))
        assert [one.number for one in lost] == [1] and "packed and damaged" in lost[0].why
    for name, bomb in (("br", brotli.compress(bytes(LIMIT + 1))), ("zstd", zstd.compress(bytes(LIMIT + 1)))):
        _, lost = read(record(1, body=bomb, http=f"200 OK\r\nContent-Encoding: {name}"))
        assert "unpacks to more than" in lost[0].why


def test_a_digest_that_differs_is_noted() -> None:
    body = b"<p>Town fell</p>"
    right = "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()
    wrong = "sha256:" + hashlib.sha256(b"other").hexdigest()
    data = b"".join(
        record(number, body=body, head=f"WARC-Payload-Digest: {digest}\r\n")
        for number, digest in enumerate([right, wrong])
    )
    assert [page.digest_differs for page in read(data)[0]] == [False, True]
