"""How well reports are understood: claims against hand-made annotation, main events, places, syntax.

The claims are those that `tadmor claims --format gold` prints, scored by `gold/score.py` of the shared folder.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import fakes, places, samples
from bench.floors import Measure, corpus_hash

KINDS = ("control", "event", "relation", "all")
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
TRAINING = Path(__file__).resolve().parents[1] / "training"


def measures(shared: Path) -> Iterator[Measure]:
    """One measure after the other; each reads its corpus, which takes seconds."""
    gold = shared / "gold"
    yield claims("claims, seed", gold, gold / "seed.jsonl", shared / "seed" / "palmyra-2016-12-10.txt", "2016-12-10")
    yield claims("claims, dev", gold, gold / "dev.jsonl", gold / "dev.texts.jsonl")
    yield main_events(shared / "data" / "fakes" / "fakes_dev.csv")
    for name in ("lgl.xml", "TR-News.xml"):
        yield toponyms(name, shared / "data" / "geoparsing" / name)
    yield samples.measure(SAMPLES)
    yield syntax(shared / "data" / "treebanks" / "en_pud-test.conllu")


def claims(name: str, gold: Path, truth: Path, texts: Path, published: str | None = None) -> Measure:
    """Precision, recall and F1 by kind of claim, and the share of right fields of the matched ones."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "claims.jsonl"
        found.write_bytes(read_claims(texts, published))
        command = [sys.executable, str(gold / "score.py"), str(truth), str(found), "--json"]
        scored = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    figures: dict[str, float] = {}
    for kind in KINDS:
        counts = scored.get(kind, {})
        for figure in ("precision", "recall", "f1"):
            figures[f"{kind} {figure}"] = counts.get(figure, 0.0)
    for field, counts in scored["fields"].items():
        figures[f"field {field}"] = counts["share"]
    # Precision and recall may be traded for one another; the 26 claims of one report are too few for more than the
    # bounds that were set by hand.
    bounded = () if published else tuple(f"{kind} f1" for kind in KINDS)
    files = [truth, texts, gold / "score.py", gold / "actors.json"]
    return Measure(name=name, sha256=corpus_hash(files), figures=figures, bounded=bounded)


def read_claims(texts: Path, published: str | None = None) -> bytes:
    """What the command prints: one line a report."""
    command = [sys.executable, "-m", "tadmor", "claims", str(texts), "--format", "gold", "--quiet", "--workers", "1"]
    if published:
        command += ["--published", published]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ).stdout


def main_events(path: Path) -> Measure:
    """Where, who, how and how many dead in the main event of each FA-KES report, against what its readers said."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = list(csv.DictReader(file))
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "fakes.jsonl"
        fakes.write_lines(rows, texts)
        found = [json.loads(line) for line in read_claims(texts).splitlines()]
    figures = fakes.agreement(rows, {line["doc"]: line["claims"] for line in found})
    # The slack: which event is the main one is a guess, here and among the readers.
    return Measure(
        name="main events, FA-KES",
        sha256=corpus_hash([path]),
        figures=figures,
        bounded=fakes.FIELDS,
        slack=0.05,
    )


def toponyms(name: str, path: Path) -> Measure:
    """Share of all annotated names of places that are put within 161 km of where they are."""
    rows, _, _ = places.measure(path)
    names = [row for row in rows if not row.adjective]
    near = sum(row.error is not None and row.error <= places.NEAR_KM for row in names)
    figures = {"found": sum(row.error is not None for row in names) / len(names), "within 161 km": near / len(names)}
    return Measure(name=f"places, {name}", sha256=corpus_hash([path]), figures=figures, bounded=("within 161 km",))


def syntax(path: Path) -> Measure:
    """Attachment scores of the shipped pipeline on gold tokens."""
    sys.path.insert(0, str(TRAINING))
    try:
        evaluate: Any = __import__("evaluate")
        treebank: Any = __import__("treebank")
    finally:
        sys.path.remove(str(TRAINING))
    from tadmor.claim.parse import load

    gold = list(treebank.read_conllu(path))
    scores = evaluate.syntax(evaluate.analysed(load(), gold), gold)
    figures = {name: float(score) for name, score in scores.items() if score <= 1}
    bounded = tuple(name for name in figures if "LAS" in name)
    return Measure(name="syntax, PUD", sha256=corpus_hash([path]), figures=figures, bounded=bounded)
