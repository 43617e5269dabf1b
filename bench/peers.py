"""How fast pages become reports, next to news-please and newspaper4k over the same pages in the same run.

    python -m bench.peers [--env FOLDER] [--pages N] [--shared FOLDER]

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
from collections.abc import Sequence
from functools import partial
from itertools import cycle
from pathlib import Path

from bench.mixed import dress, mix, pages, spent, unread, war_texts
from bench.stories import ROOT
from tadmor import pipeline
from tadmor.report.source import Document

PAGES = 60
FIRST = 11  # pages before the clock, one of them about a war: what is loaded with the first
WANTED = {"news-please": 40.0, "newspaper4k": 20.0}
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
    found = [Document(raw=raw, origin=f"page {at}", doc="-", media_type="text/html") for at, raw in enumerate(raws)]
    read = partial(pipeline.read_documents, claims=partial(map, unread))
    read(found[:FIRST])
    begun = spent()
    read(found, triage=triage)
    return spent() - begun


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--env", type=Path, help="where the environments of the peers are, or are to be made")
    parser.add_argument("--pages", type=int, default=PAGES)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the corpora are")
    options = parser.parse_args()
    data = options.shared / "data"
    frames = pages(data)
    dressed = [dress(*pair) for pair in zip(cycle(frames), war_texts(data), strict=False)]
    raws = list(mix(frames, dressed, options.pages))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "pages"
        folder.mkdir()
        for number, raw in enumerate(raws):
            (folder / f"{number:04}.html").write_bytes(raw)
        triaged, careful = of_ours(raws, triage=True), of_ours(raws, triage=False)
        print(f"ours, {len(raws)} pages: {1e3 * triaged / len(raws):.1f} ms a page", flush=True)
        print(f"ours, each with care: {1e3 * careful / len(raws):.1f} ms a page", flush=True)
        for name, wanted in WANTED.items():
            python = installed(options.env or Path(temporary), name)
            if python is None:
                print(f"{name}: not measured, because it cannot be installed here")
                continue
            seconds, found = of_peer(python, name, folder)
            print(
                f"{name}: {1e3 * seconds / len(raws):.1f} ms a page, a text of {found}; ours is {seconds / triaged:.1f}"
                f" times as fast (wanted: {wanted:g}), {seconds / careful:.1f} times with each page read with care",
                flush=True,
            )


if __name__ == "__main__":
    main()
