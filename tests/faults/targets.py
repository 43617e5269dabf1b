"""Every parser of ours as a function of bytes, and bytes to begin with: for tests and for fuzzing at length.

A target returns nothing, raises nothing and ends within `LIMIT` seconds, whatever bytes it is given.

    python tests/faults/targets.py TARGET [--seconds 600]

fuzzes one with atheris (`pip install --group fuzz`), guided by what code is reached. What it finds is written to
`tests/faults/finds/TARGET/`, where the suite tries it ever after.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tadmor.errors import InputError, UsageError
from tadmor.fetch import address
from tadmor.report import (
    around,
    dateline,
    day,
    feed,
    mail,
    markup,
    mend,
    packing,
    slug,
    table,
    text,
    title,
    triage,
    unpack,
    warc,
)
from tadmor.report.header import lay_out
from tadmor.report.source import kind

FINDS = Path(__file__).parent / "finds"
LIMIT = 2.0
_MOST = 1_000_000  # bytes that a page may unpack to here

Target = Callable[[bytes], None]


def _text(data: bytes) -> str:
    return text.clean(data.decode("utf-8", "replace"))


def decoding(data: bytes) -> None:
    declared, _, raw = data.partition(b"\n")
    with suppress(InputError):
        text.clean(mend.mend(text.decode(raw, "a", declared=declared.decode("latin-1")))[0]).encode()


def kinds(data: bytes) -> None:
    with suppress(InputError):
        kind(data)


def words_of_markup(data: bytes) -> None:
    markup.plain(data.decode("utf-8", "replace"))


def glances(data: bytes) -> None:
    found = triage.glance(data.decode("utf-8", "replace").encode())
    triage.unlikely(found.title, text.clean(found.text), page=True)


def letters(data: bytes) -> None:
    with suppress(InputError):
        mail.read(data)


def feeds(data: bytes) -> None:
    for read in (feed.read, feed.read_json):
        with suppress(InputError):
            list(feed.lines(read(data)))
    with suppress(InputError):
        feed.addresses(data)


def tables(data: bytes) -> None:
    head, limit = data.decode("utf-8", "replace"), csv.field_size_limit()
    for mark in filter(None, (table.delimiter(head, whole=True), ",")):
        with suppress(InputError):
            list(table.rows(io.BytesIO(data), "utf-8", mark, {"text": ("text",)}, 1000))
    csv.field_size_limit(limit)  # it holds for the whole process
    with suppress(UsageError):
        table.mapping(head)


def archives(data: bytes) -> None:
    budget = unpack.Budget()
    with suppress(InputError):
        unzip = unpack.Gunzip(io.BytesIO(data), budget)
        while unzip.read(1000):
            pass
    for members in (unpack.tar_members(io.BytesIO(data)), unpack.zip_members(io.BytesIO(data), budget)):
        with suppress(InputError):
            for member in members:
                if member.stream:
                    with suppress(InputError):
                        member.stream.read(100_000)
    for name in ("bzip2", "xz", "zstd"):
        with suppress(InputError):
            packing.Unpacked(name, io.BytesIO(data), budget).read(1_000_000)


def web_archives(data: bytes) -> None:
    with suppress(InputError):
        list(warc.pages(io.BytesIO(data), max_bytes=_MOST))
    with suppress(InputError):
        list(warc.pages(unpack.Gunzip(io.BytesIO(data), unpack.Budget()), max_bytes=_MOST))


def packed_pages(data: bytes) -> None:
    for encoding in ("gzip", "deflate", "br", "zstd"):
        with suppress(InputError):
            assert len(packing.unpacked_page(data, encoding, _MOST)) <= _MOST


def lines(data: bytes) -> None:
    line = " ".join(_text(data).split())
    day.first(line)
    dateline.dateline_at(line)
    dateline.bare_dateline_at(line, 0)
    dateline.late_datelines(line, 0, len(line))
    slug.slug(line)
    slug.masthead(line)
    title.split_title(line, line[:10])
    title.split_headline(line)
    title.read_window(line, line[: len(line) // 2])


def layouts(data: bytes) -> None:
    whole = _text(data)
    first, _, rest = whole.partition("\n")
    layout = lay_out(
        rest, title=first, authors=[first], links=rest.split("\n"), above=[first, rest[:200]], below=[first]
    )
    end = 0
    for part in layout.segments:
        assert end <= part.start < part.end <= len(rest)
        end = part.end


def surroundings(data: bytes) -> None:
    first, _, source = data.decode("utf-8", "replace").partition("\n")
    found = [*text.clean(markup.plain(source)).split("\n"), first]
    around.around(source, found, first)
    assert set(around.links(source, found)) <= set(found)


def addresses(data: bytes) -> None:
    with suppress(InputError):
        address.target(data.decode("utf-8", "replace"))


TARGETS: dict[str, tuple[Target, Sequence[bytes]]] = {
    "decoding": (
        decoding,
        [b"utf-8\nthe caf\xc3\xa9", "koi8-r\nсело взято".encode("koi8_r"), "\nitâ€™s “so”".encode()],
    ),
    "kinds": (kinds, [b"WARC/1.0", b'{"text": "a"}', b"<html>", b"a,b\n1,2\n", b"From: a\nDate: b\n\n", b"%PDF-"]),
    "markup": (words_of_markup, [b"<p>a &amp; <b>b</b><script>c</script><!-- d -->"]),
    "glances": (
        glances,
        [b'<title>Town falls</title><meta name="description" content="a b"><p class=x>Troops &amp; rebels<p>fled</p>'],
    ),
    "letters": (
        letters,
        [b"From: A <a@b.example>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\na\n"],
    ),
    "feeds": (feeds, [b"<rss><channel><item><title>A</title></item></channel></rss>", b'{"items": [{"url": "a"}]}']),
    "tables": (tables, [b'title,text\nA,"Text ""one"""\n', b"text=body,title=headline"]),
    "archives": (archives, [b"\x1f\x8b\x08\0", b"PK\x03\x04", b"\xfd7zXZ\0", b"BZh9", b"\x28\xb5\x2f\xfd"]),
    "web archives": (
        web_archives,
        [
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: 53\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
        ],
    ),
    "packed pages": (packed_pages, [b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"\x0b\x02\x80text\x03"]),
    "lines": (
        lines,
        [
            b"ALEPPO, Syria, Dec. 11 (Reuters) - ",
            b"MOSCOW, December 11. /TASS/. ",
            b"Gulf Post, Friday 29 May 2015 | By our staff reporter in Tripoli",
            b"Town falls - World - The Gulf Post",
        ],
    ),
    "layouts": (
        layouts,
        [
            b"Town Falls\nBy Anna Miller and Omar Haddad, AP\n\nBEIRUT (AP) - The army left. [1]\n\nRead more\n\n"
            b"[1] A note.\n",
            b"A\nSource: AFP\nPublished 5 May 2016\n(This story has been corrected)\nabout the author\nmd/sms (AFP)\n",
        ],
    ),
    "surroundings": (
        surroundings,
        [b'Title\n<h1>Title</h1><p>a b c d e f</p><a href="/x">a link of words</a><script>x</script>'],
    ),
    "addresses": (addresses, [b"http://127.0.0.1:80/a?b#c", b"https://[::ffff:10.0.0.1]/", b"http://2130706433/"]),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz one parser with atheris.")
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    options = parser.parse_args()
    import atheris

    atheris.instrument_all()
    target, seeds = TARGETS[options.target]
    for seed in seeds:
        target(seed)  # what is loaded at first use takes longer than an input may
    corpus = Path(f".fuzz/{options.target.replace(' ', '_')}")
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds):
        (corpus / f"seed{number}").write_bytes(seed)
    finds = FINDS / options.target.replace(" ", "_")
    finds.mkdir(parents=True, exist_ok=True)
    limits = [
        f"-max_total_time={options.seconds}",
        f"-timeout={LIMIT:g}",
        "-max_len=4000",
        f"-artifact_prefix={finds}/",
    ]
    atheris.Setup([sys.argv[0], *limits, str(corpus)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
