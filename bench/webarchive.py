"""How fast pages are read from a web archive, next to fastwarc and trafilatura alone, and how memory grows.

    python -m bench.webarchive [PAGES]

The archive is made here, of the pages of `bench.furniture` with menus and scripts around them as sites have them: 40 kB
a page, each packed by itself as in CC-News; 5,000 of them are 200 MB unpacked. What is measured is all of the way from
the file to reports, page worker included, without claims. Each reader runs in a process of its own; its time is that of
the processor. Memory is the peak of the reading process and of its worker, after all pages and after a tenth of them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from bench import furniture
from bench.floors import Measure, corpus_hash
from bench.furniture import FOLDER

NAME = "pages, web archive"
PAGES = 500
_SIZE = 40_000  # bytes of a page
_BODY_END = re.compile(b"(</body>)", re.IGNORECASE)


def measure(pages: int = PAGES) -> Measure:
    """Ratios of time and memory; the archive is made and removed here."""
    with tempfile.TemporaryDirectory() as folder:
        archive, tenth = Path(folder) / "all.warc.gz", Path(folder) / "tenth.warc.gz"
        for path, count in ((archive, pages), (tenth, pages // 10)):
            with path.open("wb") as file:
                file.writelines(gzip.compress(record, 1, mtime=0) for record in records(count))
        ours, few = _run("ours", archive), _run("ours", tenth)
        bare, few_bare = _run("bare", archive), _run("bare", tenth)
    if ours["pages"] != pages or bare["pages"] != pages:
        raise RuntimeError(f"{ours['pages']} and {bare['pages']} of {pages} pages were read")
    # What a process takes to start is the same for a tenth.
    seconds, bare_seconds = ours["seconds"] - few["seconds"], bare["seconds"] - few_bare["seconds"]
    return Measure(
        name=NAME,
        sha256=corpus_hash(FOLDER.iterdir()),
        figures={
            "speed, times fastwarc and trafilatura": bare_seconds / seconds,
            "peak memory, times that after a tenth": ours["peak"] / few["peak"],
            "peak memory, MB": ours["peak"] / 1e6,
            "ms a page": 1000 * seconds / (pages - pages // 10),
        },
    )


def records(count: int) -> Iterator[bytes]:
    """WARC records of pages, each with its own number and scripts."""
    chance = random.Random(7)
    for number, page in enumerate(islice(cycle(p for p in furniture.pages() if p.site != "saved"), count)):
        html, end, rest = _BODY_END.split(page.raw, maxsplit=1)
        html += b"<p>This page is number %d of all.</p>" % number
        half = max(0, _SIZE - len(html)) // 2
        menu = b"".join(b'<li><a href="/section/%d">Section of the site</a></li>' % at for at in range(half // 53))
        script = b"<script>var state = '" + chance.randbytes(half // 2).hex().encode() + b"';</script>"
        html += b"<footer><ul>" + menu + b"</ul></footer>" + script + end + rest
        http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://site.example/{number}\r\n"
            "WARC-Date: 2024-01-01T00:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        yield head.encode() + http + b"\r\n\r\n"


def _run(reader: str, archive: Path) -> dict[str, float]:
    """What a reader took, in a process of its own."""
    command = [sys.executable, "-m", "bench.webarchive", f"--{reader}", str(archive)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def _read_ours(archive: str) -> tuple[int, int]:
    from tadmor.records import Failure
    from tadmor.report.page import page_reader
    from tadmor.report.read import read
    from tadmor.report.source import open_inputs

    count = sum(1 for found in open_inputs([archive]) if not isinstance(found, Failure) and read(found).text)
    worker = page_reader()._worker
    peak = _peak("self") + (_peak(str(worker.pid)) if worker else 0)
    page_reader().close()
    return count, peak


def _read_bare(archive: str) -> tuple[int, int]:
    from fastwarc.warc import ArchiveIterator, WarcRecordType
    from trafilatura import extract

    with Path(archive).open("rb") as file:
        count = sum(
            extract(record.reader.read(), fast=True, include_comments=False, with_metadata=True) is not None
            for record in ArchiveIterator(file, record_types=WarcRecordType.response)
        )
    return count, _peak("self")


def _peak(process: str) -> int:
    """Bytes. What `getrusage` says begins with the memory of whoever started the process."""
    (line,) = (line for line in Path(f"/proc/{process}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return 1024 * int(line.split()[1])


def _report(pages: int, peak: int) -> None:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(each.ru_utime + each.ru_stime for each in used)
    print(json.dumps({"pages": pages, "seconds": seconds, "peak": peak}))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.webarchive")
    parser.add_argument("pages", nargs="?", type=int, default=5000)
    parser.add_argument("--ours", metavar="FILE", help="read an archive as Tadmor does, and say what it took")
    parser.add_argument("--bare", metavar="FILE", help="the same with fastwarc and trafilatura alone")
    options = parser.parse_args()
    if options.ours or options.bare:
        _report(*(_read_ours(options.ours) if options.ours else _read_bare(options.bare)))
        return
    for name, figure in measure(options.pages).figures.items():
        print(f"{name:40} {figure:10.4f}")


if __name__ == "__main__":
    main()
