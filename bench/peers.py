"""How fast pages become reports, next to news-please and newspaper4k over the same pages in the same run.

    python -m bench.peers [--env FOLDER] [--pages N] [--shared FOLDER]

`python -m bench speed` measures newspaper4k beside ours, too, where it can be installed.

The peers are no dependency of Tadmor: they are installed from the package index into an environment of their own, which
is thrown away unless `--env` says where it may stay; one that cannot be installed is not measured. The pages are those
of `bench.mixed`, one in twenty about a war; as a peer reads each page with care, *each with care* says how Tadmor reads
without looking first whether a page is about a war. Time is that of the processor, after some pages to warm up.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from bench import mixed
from bench.floors import Measure
from bench.mixed import dress, mix, pages, spent, unread, war_texts
from bench.stories import ROOT
from tadmor import pipeline
from tadmor.report.source import Document
from tadmor.run.local import Local
from tadmor.run.stage import Stage

PAGES = 60
FIRST = 11  # pages before the clock, one of them about a war: what is loaded with the first
WANTED = {"news-please": 40.0, "newspaper4k": 20.0}
BOUNDED = "newspaper4k"  # in `python -m bench`
PEERS = {
    "news-please": """
from newsplease import NewsPlease
def read(page):
    return NewsPlease.from_html(page, url=URL).maintext
""",
    "newspaper4k": """
from newspaper import Article
def read(page):
    article = Article(URL)
    article.download(input_html=page)
    article.parse()
    return article.text
""",
}
TIMED = """
import logging, pathlib, sys, time
logging.disable(logging.CRITICAL)
URL = "https://news.example.org/2016/12/10/article.html"
pages = [path.read_bytes().decode("utf-8", "replace") for path in sorted(pathlib.Path(sys.argv[1]).iterdir())]
found = 0
for at, page in enumerate([*pages[:FIRST], *pages]):
    if at == FIRST:
        found, begun = 0, time.process_time()
    try:
        found += bool(read(page))
    except Exception:
        pass  # what a peer cannot read has cost it time all the same
print(time.process_time() - begun, found)
"""


class Figures(NamedTuple):
    """Of so many pages: our seconds with a look first whether a page is about a war, and with each read with care; and
    of each peer the seconds and of how many pages there was a text, or None where it cannot be installed."""

    pages: int
    triaged: float
    careful: float
    peers: Mapping[str, tuple[float, int] | None]


def installed(env: Path, name: str) -> Path | None:
    """The Python of an environment that has the package, made where it is not there; None where that cannot be."""
    home = env / name
    python = home / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", name]
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return python


def of_peer(python: Path, name: str, folder: Path) -> tuple[float, int]:
    """Seconds for all pages, and of how many there was a text."""
    script = TIMED.replace("\npages", f"\nFIRST = {FIRST}\n{PEERS[name]}\npages", 1)
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(python), "-W", "ignore", "-c", script, str(folder)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
    )
    seconds, found = done.stdout.split()[-2:]
    return float(seconds), int(found)


def of_ours(raws: Sequence[bytes], *, triage: bool) -> float:
    """Seconds for all pages, from bytes to reports; those that are passed over are kept as they are."""
    read = partial(pipeline.read_documents, claims=partial(map, unread), triage=triage)
    _read(raws[:FIRST], pipeline.READ._replace(open=lambda: read))
    begun = spent()
    _read(raws, (pipeline.TRIAGE if triage else pipeline.READ)._replace(open=lambda: read))
    return spent() - begun


def _read(raws: Sequence[bytes], stage: Stage[pipeline.Found, pipeline.Read]) -> None:
    found: Iterator[pipeline.Found] = (
        Document(raw=raw, origin=f"page {at}", doc="-", media_type="text/html") for at, raw in enumerate(raws)
    )
    for _ in Local().map(stage, found):
        pass


def timed(shared: Path, count: int, names: Iterable[str], env: Path | None = None) -> Figures:
    """Measure over so many pages; the environments of the peers stay in `env`, if it is given."""
    data = shared / "data"
    frames = pages(data)
    dressed = [dress(*pair) for pair in zip(cycle(frames), war_texts(data), strict=False)]
    raws = list(mix(frames, dressed, count))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pages"
        folder.mkdir()
        for number, raw in enumerate(raws):
            (folder / f"{number:04}.html").write_bytes(raw)
        pythons = {name: installed(env or Path(temporary), name) for name in names}
        return Figures(
            len(raws),
            of_ours(raws, triage=True),
            of_ours(raws, triage=False),
            {name: of_peer(python, name, folder) if python else None for name, python in pythons.items()},
        )


def lines(figures: Figures) -> Iterator[str]:
    """What was measured, one line each."""
    count, triaged, careful, peers = figures
    yield f"ours, {count} pages: {1e3 * triaged / count:.1f} ms a page"
    yield f"ours, each with care: {1e3 * careful / count:.1f} ms a page"
    for name, of in peers.items():
        if of is None:
            yield f"{name}: not measured, because it cannot be installed here"
        else:
            yield (
                f"{name}: {1e3 * of[0] / count:.1f} ms a page, a text of {of[1]}; ours is {of[0] / triaged:.1f} times"
                f" as fast (wanted: {WANTED[name]:g}), {of[0] / careful:.1f} times with each page read with care"
            )


def measure(shared: Path) -> Measure | None:
    """How many times as fast as the faster of the two peers; None where it cannot be installed."""
    figures = timed(shared, PAGES, [BOUNDED])
    if (of := figures.peers[BOUNDED]) is None:
        return None
    return Measure(
        name=f"pages, beside {BOUNDED}",
        sha256=mixed.corpus(shared / "data"),
        figures={"times as fast": of[0] / figures.triaged},
        table=tuple(lines(figures)),  # its bound is set by hand
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--env", type=Path, help="where the environments of the peers are, or are to be made")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the corpora are")
    options = parser.parse_args()
    for line in lines(timed(options.shared, options.pages, WANTED, options.env)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
