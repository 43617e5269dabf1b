"""How well and how fast pages are read, on 181 pages whose articles were marked by hand.

    python -m bench.pages

Texts are compared as the corpus compares them (shingles of four words, by its own `evaluate.py`). What is compared is
the body of the report that comes of a page, not its headline, not its captions, and not what was set aside as promotion
or credits. The time is that of reading whole pages in this process, next to bare trafilatura (fast) on the same pages
in the same run.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from unittest import mock

from bench.floors import Measure, corpus_hash
from tadmor.errors import InputError
from tadmor.records import Report
from tadmor.report import read as reading
from tadmor.report.extract import extract
from tadmor.report.found import Page
from tadmor.report.source import Document

NAME = "pages, article extraction"
_ROUNDS = 3


class Here:
    """Reads pages in this process, without the limits of a worker, so that its time can be counted."""

    def read(self, raw: bytes, origin: str) -> Page:
        page = extract(raw)
        if page.error:
            raise InputError(f"{origin}: {page.error}")
        return page


def measure(shared: Path) -> Measure:
    """F1 of the articles' texts, and how much longer whole reading takes than bare trafilatura."""
    folder = shared / "data" / "article_extraction"
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    paths = {key: folder / "html" / f"{key}.html.gz" for key in truth}
    pages = {key: gzip.decompress(path.read_bytes()) for key, path in paths.items()}
    judge = _judge(folder / "evaluate.py")
    with mock.patch.object(reading, "page_reader", Here):
        bodies = [_body(raw, key) for key, raw in pages.items()]
        ours, bare = _cost(_body, _bare, pages=pages)
    found = judge.metrics_from_tp_fp_fns(
        [
            judge.string_shingle_matching(true=truth[key].get("articleBody", ""), pred=body)
            for key, body in zip(pages, bodies, strict=True)
        ]
    )
    return Measure(
        name=NAME,
        sha256=corpus_hash([*paths.values(), folder / "ground-truth.json"]),
        figures={
            "f1": found["f1"],
            "precision": found["precision"],
            "recall": found["recall"],
            "reading, times trafilatura": ours / bare,
            "ms a page": 1000 * ours / len(pages),
        },
        bounded=("f1",),
    )


def _body(raw: bytes, name: str) -> str:
    try:
        report: Report = reading.read(Document(raw=raw, origin=name, doc=name, media_type="text/html"))
    except InputError:
        return ""
    return "\n".join(report.text[part.start : part.end] for part in report.segments if part.role == "body")


def _bare(raw: bytes, _: str) -> str:
    from trafilatura import extract as bare

    return bare(raw, fast=True, include_comments=False, with_metadata=True) or ""


def _cost(*steps: Callable[[bytes, str], str], pages: dict[str, bytes]) -> list[float]:
    """Processor seconds that each step takes over all pages: of each page the best of some rounds.

    So what libraries load on the way does not count, nor what else the machine does.
    """
    best: list[dict[str, float]] = [{} for _ in steps]
    for _ in range(_ROUNDS):
        for step, times in zip(steps, best, strict=True):
            for key, raw in pages.items():
                begun = time.process_time()
                step(raw, key)
                times[key] = min(times.get(key, float("inf")), time.process_time() - begun)
    return [sum(times.values()) for times in best]


def _judge(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("evaluate", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    found = measure(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared"))
    for name, figure in found.figures.items():
        print(f"{name:32} {figure:.4f}")
