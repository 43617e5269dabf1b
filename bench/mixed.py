"""Mixed news, one report in twenty about a war: how much faster it is read where the others are told by their words.

The texts that are not about a war are local, world and health news (LGL, TR-News, GeoVirus) and political news
(PolNeAR); a few of them do tell of wars, which only costs time. Those about a war are of FA-KES. Pages are those in
English of the article extraction benchmark, 174 kB each in the mean; pages about a war are the same pages with the
words of their long paragraphs, title and description replaced by those of FA-KES, so that menus, teasers and scripts
around them stay.

- *war texts lost*, *war pages lost*: the share of FA-KES that would not be read for claims.
- *other texts read*, *other pages read*: the share of the others that is.
- *texts, times the parser*: from text to the record, times the bare parser over the same texts.
- *pages, times trafilatura*: from HTML to the record, times trafilatura (fast) alone over the same pages; *to reports*
  is the same without the claims of those that are read.

Time is that of the processor, of one process and its page worker, after both have read the first twenty.
"""

from __future__ import annotations

import csv
import gzip
import html
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path

import trafilatura

from bench.floors import Measure, corpus_hash
from tadmor import pipeline
from tadmor.claim.parse import load
from tadmor.record.database import open_record
from tadmor.records import Reading, Report
from tadmor.report import triage
from tadmor.report.language import language
from tadmor.report.page import page_reader
from tadmor.report.read import glimpse
from tadmor.report.source import Document, MediaType
from tadmor.report.text import decode_page
from tadmor.run.local import Local
from tadmor.run.stage import Step

SHARE = 20  # one report in so many is about a war
TEXTS = 200
PAGES = 160
_FEW = 3  # long paragraphs that a page must have to be dressed as one about a war; else one more is added
_LONG = 80  # characters of a paragraph of an article
_PARAGRAPH = re.compile(r"(<p(?:\s[^<>]*)?>)(.*?)(</p>)", re.IGNORECASE | re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_TITLE = re.compile(r"(<title[^<>]*>)[^<]*", re.IGNORECASE)
_TOLD = re.compile(r"""(<meta[^<>]*(?:title|description)["'][^<>]*content=)(?:"[^"]*"|'[^']*')""", re.IGNORECASE)


def measure(shared: Path) -> Measure:
    data = shared / "data"
    war, other, frames = war_texts(data), other_texts(data), pages(data)
    dressed = [dress(*pair) for pair in zip(cycle(frames), war, strict=False)]
    told = [f"{title}\n\n{text}".encode() for title, text in war]
    figures = {
        "war texts lost": _share(is_passed_over, told, "text/plain"),
        "war pages lost": _share(is_passed_over, dressed, "text/html"),
        "other texts read": 1 - _share(is_passed_over, [text.encode() for text in other], "text/plain"),
        "other pages read": 1 - _share(is_passed_over, frames, "text/html"),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, ending, mixed in (
            ("texts, times the parser", "txt", mix([text.encode() for text in other], told, TEXTS)),
            ("pages, times trafilatura", "html", mix(frames, dressed, PAGES)),
        ):
            inputs = Path(folder) / ending
            inputs.mkdir()
            for number, raw in enumerate(mixed):
                (inputs / f"{number:04}.{ending}").write_bytes(raw)
            timed = [sys.executable, "-m", "bench.mixed", str(inputs), str(Path(folder) / f"{ending}.tadmor")]
            whole, bare, plain = json.loads(subprocess.run(timed, check=True, stdout=subprocess.PIPE).stdout)
            what = name.partition(",")[0]
            figures |= {
                name: bare / whole,
                f"{name}, to reports": bare / plain,
                f"{what}, ms each": 1000 * whole / len(list(inputs.iterdir())),
            }
    return Measure(
        name="mixed news",
        sha256=corpus(data),
        figures=figures,
        bounded=("texts, times the parser", "pages, times trafilatura", "pages, times trafilatura, to reports"),
        slack=0.3,
    )


def _share(told: Callable[[bytes, MediaType], bool], reports: Sequence[bytes], kind: MediaType) -> float:
    return sum(told(raw, kind) for raw in reports) / len(reports)


def is_passed_over(raw: bytes, kind: MediaType) -> bool:
    return glimpse(Document(raw=raw, origin="-", doc="-", media_type=kind)) is not None


# --- what is read ---------------------------------------------------------------------------------------------------


def corpus(data: Path) -> str:
    """The hash of all that is measured on."""
    return corpus_hash([*_files(data), data / "fakes" / "fakes_dev.csv"])


def _files(data: Path) -> list[Path]:
    places = sorted((data / "geoparsing").glob("*.xml"))
    return [*places, *sorted((data / "polnear").rglob("*.txt")), *sorted((data / "article_extraction").rglob("*.gz"))]


def war_texts(data: Path) -> list[tuple[str, str]]:
    """Title and text."""
    with (data / "fakes" / "fakes_dev.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        return [(row["article_title"], row["article_content"]) for row in csv.DictReader(file)]


def other_texts(data: Path) -> list[str]:
    found = []
    for path in _files(data):
        if path.suffix == ".xml":
            found += [article.findtext("text") or "" for article in ElementTree.parse(path).getroot().iter("article")]
        elif path.suffix == ".txt":
            found.append(path.read_text("utf-8", "replace"))
    random.Random(7).shuffle(found)
    return [text for text in found if text.strip()]


def pages(data: Path) -> list[bytes]:
    """Those in English: all others are kept and not read for claims, whatever they are about, as before."""
    found = [gzip.decompress(path.read_bytes()) for path in _files(data) if path.suffix == ".gz"]
    return [page for page in found if language(triage.glance(decode_page(page, "-").encode()).text) == "en"]


def dress(page: bytes, report: tuple[str, str]) -> bytes:
    """The page with the words of a report in its long paragraphs; in one more where there are too few."""
    title, text = (html.escape(part) for part in report)
    source = page.decode("utf-8", "replace")
    count = sum(len(found[2]) >= _LONG for found in _PARAGRAPH.finditer(source))
    if count < _FEW:
        source += "<p>" + "x" * _LONG + "</p>"
        count += 1
    said = _SENTENCE.split(text)
    each = -(-len(said) // count)
    parts = iter([" ".join(said[start : start + each]) for start in range(0, len(said), each)])

    def worded(found: re.Match[str]) -> str:
        return found[0] if len(found[2]) < _LONG else found[1] + next(parts, "") + found[3]

    source = _PARAGRAPH.sub(worded, source)
    source = _TITLE.sub(lambda found: found[1] + title, source)
    return _TOLD.sub(lambda found: f'{found[1]}"{title}"', source).encode()


def mix(other: Sequence[bytes], war: Sequence[bytes], count: int) -> Iterator[bytes]:
    """So many, one in `SHARE` of them about a war; what there is too little of comes again with another end."""
    of_war, of_others = iter(war), cycle(other)
    for number in range(count):
        yield next(of_war) if number % SHARE == SHARE // 2 else next(of_others) + b"\n<!-- %d -->" % number


# --- how long it takes ----------------------------------------------------------------------------------------------


def main() -> None:
    """Read a folder into a record, with claims and without, and do what has to be done at least; print the seconds."""
    inputs, record = Path(sys.argv[1]), sys.argv[2]
    raws = [path.read_bytes() for path in sorted(inputs.iterdir())]
    kind: MediaType = "text/html" if inputs.name == "html" else "text/plain"
    step = pipeline.TRIAGE.open()
    some: list[pipeline.Found] = [Document(raw=raw, origin="-", doc="-", media_type=kind) for raw in raws[:SHARE]]
    for _ in Local().map(pipeline.TRIAGE._replace(open=lambda: step), some):
        pass
    whole = _read(inputs, record, step)
    begun = time.process_time()
    if kind == "text/html":
        for raw in raws:
            trafilatura.extract(raw, fast=True, include_comments=False)
    else:
        for _ in load().pipe([raw.decode() for raw in raws], batch_size=64):
            pass
    bare = time.process_time() - begun
    without = partial(pipeline.read_documents, claims=lambda reports: map(unread, reports), triage=True)
    print(json.dumps([whole, bare, _read(inputs, record + ".reports", without)]))


def _read(inputs: Path, record: str, step: Step[pipeline.Found, pipeline.Read]) -> float:
    begun = spent()
    with open_record(record, write=True) as database:
        pipeline.read_into(database, [str(inputs)], runner=Local(), stage=pipeline.TRIAGE._replace(open=lambda: step))
    return spent() - begun


def unread(report: Report) -> Reading:
    return Reading(report=report)


def spent() -> float:
    """Seconds of the processor, of this process and its page worker."""
    worker = page_reader()._worker
    fields = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split() if worker else []
    return time.process_time() + sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
