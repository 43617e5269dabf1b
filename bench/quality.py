"""How well reports are understood: claims against hand-made annotation, main events, names, places, speakers, syntax;
how well pages are read.

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

from bench import fakes, furniture, pages, places, polnear, re3d, reliability, samples, stories
from bench.floors import Measure, corpus_hash

KINDS = ("control", "event", "relation", "all")
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
TRAINING = Path(__file__).resolve().parents[1] / "training"


def measures(shared: Path) -> Iterator[Measure]:
    """One measure after the other; each reads its corpus, which takes seconds."""
    gold = shared / "gold"
    seed, dev = shared / "seed" / "palmyra-2016-12-10.txt", gold / "dev.texts.jsonl"
    yield claims("claims, seed", gold, gold / "seed.jsonl", seed, read_claims(seed, "2016-12-10"), bounded=False)
    found = read_claims(dev)
    yield claims("claims, dev", gold, gold / "dev.jsonl", dev, found)
    yield confidence("confidence, dev", gold, gold / "dev.jsonl", dev, found)
    yield main_events(shared / "data" / "fakes" / "fakes_dev.csv")
    for name in places.CORPORA:
        yield toponyms(name, shared / "data" / "geoparsing" / name)
    yield speakers(shared / "data" / "polnear" / "dev")
    yield names_and_relations(shared / "data" / "re3d", gold)
    yield samples.measure(SAMPLES)
    yield pages.measure(shared)
    yield furniture.measure()
    yield stories.measure(shared)
    yield syntax(shared / "data" / "treebanks" / "en_pud-test.conllu")
    yield predicates(TRAINING / "conflict")


def claims(name: str, gold: Path, truth: Path, texts: Path, found: bytes, *, bounded: bool = True) -> Measure:
    """Precision, recall and F1 by kind of claim, and the share of right fields of the matched ones."""
    with tempfile.TemporaryDirectory() as folder:
        read = Path(folder) / "claims.jsonl"
        read.write_bytes(found)
        command = [sys.executable, str(gold / "score.py"), str(truth), str(read), "--json"]
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
    names = tuple(f"{kind} f1" for kind in KINDS) if bounded else ()
    return Measure(name=name, sha256=_annotated(gold, truth, texts), figures=figures, bounded=names)


def confidence(name: str, gold: Path, truth: Path, texts: Path, found: bytes) -> Measure:
    """How far the confidence of claims is from the share of them that is right; its ceiling is set by hand."""
    wanted = by_doc(truth.read_bytes())
    judged = list(reliability.judged(wanted, by_doc(found), reliability.scorer(gold)))
    return Measure(
        name=name,
        sha256=_annotated(gold, truth, texts),
        figures=reliability.figures(judged),
        table=reliability.table(judged),
    )


def _annotated(gold: Path, truth: Path, texts: Path) -> str:
    return corpus_hash([truth, texts, gold / "score.py", gold / "actors.json"])


def by_doc(lines: bytes) -> dict[str, list[dict[str, Any]]]:
    """The claims of each report in the form of the annotation."""
    # Not splitlines: claims may hold signs that Python, but not JSON, takes for the end of a line.
    return {line["doc"]: line["claims"] for line in map(json.loads, filter(None, lines.split(b"\n")))}


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
        found = by_doc(read_claims(texts))
    figures = fakes.agreement(rows, found)
    # The slack: which event is the main one is a guess, here and among the readers.
    return Measure(
        name="main events, FA-KES",
        sha256=corpus_hash([path]),
        figures=figures,
        bounded=fakes.FIELDS,
        slack=0.05,
    )


def toponyms(name: str, path: Path) -> Measure:
    """Share of the annotated names of places that are found; of these, and of all, that are put within 161 km."""
    rows, _, _ = places.measure(path)
    names = [row for row in rows if not row.adjective]
    found = sum(row.error is not None for row in names)
    near = sum(row.error is not None and row.error <= places.NEAR_KM for row in names)
    figures = {
        "found": found / len(names),
        "within 161 km": near / len(names),
        "within 161 km, of found": near / max(1, found),
    }
    return Measure(name=f"places, {name}", sha256=corpus_hash([path]), figures=figures, bounded=tuple(figures)[1:])


def speakers(folder: Path) -> Measure:
    """Precision, recall and F1 over the words that name whoever speaks, at verbs of saying."""
    figures = polnear.scores(polnear.measure(folder))
    sha256 = corpus_hash(polnear.files(folder))
    return Measure(name="speakers, PolNeAR", sha256=sha256, figures=figures, bounded=("f1",))


def names_and_relations(folder: Path, gold: Path) -> Measure:
    """Shares of the names of parties and places, and of relations between parties, that are found."""
    corpus = re3d.corpus(folder)
    with tempfile.TemporaryDirectory() as scratch:
        texts = Path(scratch) / "re3d.jsonl"
        re3d.write_lines(corpus, texts)
        found = by_doc(read_claims(texts))
    figures = re3d.found(corpus) | re3d.related(corpus.relations, found, reliability.scorer(gold))
    return Measure(name="names and relations, re3d", sha256=corpus_hash(re3d.files(folder)), figures=figures)


def syntax(path: Path) -> Measure:
    """Attachment scores of the shipped pipeline on gold tokens."""
    from tadmor.claim.parse import load

    evaluate, treebank = _training("evaluate", "treebank")
    gold = list(treebank.read_conllu(path))
    scores = evaluate.syntax(evaluate.analysed(load(), gold), gold)
    figures = {name: float(score) for name, score in scores.items() if score <= 1}
    bounded = tuple(name for name in figures if "LAS" in name)
    return Measure(name="syntax, PUD", sha256=corpus_hash([path]), figures=figures, bounded=bounded)


def predicates(folder: Path) -> Measure:
    """Share of the verbs and nouns of control, in own sentences kept from training, of which all roles are right."""
    from tadmor.claim.parse import load

    evaluate, grammar = _training("evaluate", "grammar")
    _, gold = grammar.read_trees(folder)
    nlp = load()
    figures = evaluate.control(nlp, evaluate.analysed(nlp, gold), gold, False)
    return Measure(
        name="predicates of control, held out",
        sha256=corpus_hash(folder.glob("*.conllu")),
        figures=figures,
        bounded=("roles all right",),
    )


def _training(*names: str) -> list[Any]:
    """Modules of the folder `training`, which is no package."""
    sys.path.insert(0, str(TRAINING))
    try:
        return [__import__(name) for name in names]
    finally:
        sys.path.remove(str(TRAINING))
