"""Fits the confidence of claims (`tadmor.claim.confidence`) on annotated reports that nothing was trained on.

    OMP_NUM_THREADS=1 PYTHONPATH=src python training/confidence.py --shared ../shared

A reading counts as right where the annotation's scorer pairs it with a claim of the report. The weights are fitted on
the reports that are held out; one number for each kind then moves them so that, over the development gold, as many
claims are right as are said to be. Writes them into ``data/reader/weights.npz``, and prints what would be had at each
least confidence.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

import annotated
import reader as corpus
from tadmor.claim import confidence, learned, propose, read
from tadmor.out.gold import gold, in_order
from tadmor.records import Report
from tadmor.report.read import read as read_report
from tadmor.report.source import Document

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "src" / "tadmor" / "data" / "reader" / "weights.npz"
DECAY = 20.0  # swept 1 to 60, by cross-validation
LEAST = 0.05  # how likely a word must be to set off a claim, while the weights are fitted


class Judged(NamedTuple):
    """A claim as read: its traits, its kind, and whether it is right."""

    traits: list[str]
    kind: str
    right: bool


def judged(annotations: Iterable[tuple[list[dict[str, Any]], Report]], scorer: Any) -> list[Judged]:
    """Every claim that is read in the reports, but repetitions, beside what the annotators found."""
    seen: dict[str, list[str]] = {}

    def remembered(claim: Any, draft: Any) -> list[str]:
        seen[claim.id] = confidence.traits(claim, draft)
        return seen[claim.id]

    read.traits = remembered
    pairs = list(annotations)
    out: list[Judged] = []
    for (wanted, _), reading in zip(pairs, read.read(report for _, report in pairs), strict=True):
        lines: Any = gold(reading)["claims"]
        hit = {j for _, j, _ in scorer.match(wanted, lines)}
        for j, claim in enumerate(in_order(reading)):
            if claim.id in seen and (j in hit or not scorer.spare(lines[j], wanted, [])):
                out.append(Judged(seen[claim.id], claim.kind, j in hit))
    return out


def development(folder: Path) -> Iterable[tuple[list[dict[str, Any]], Report]]:
    """The development gold with its reports."""
    texts = {json.loads(line)["doc"]: line for line in (folder / "dev.texts.jsonl").open(encoding="utf-8")}
    for line in (folder / "dev.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        raw = texts[row["doc"]].encode()
        document = Document(doc=row["doc"], origin=row["doc"], raw=raw, media_type="application/json")
        yield row["claims"], read_report(document)


def fit(rows: list[list[str]], right: list[bool]) -> dict[str, float]:
    """Logistic regression with a normal prior, by Newton's method."""
    names = sorted({name for row in rows for name in row})
    index = {name: i for i, name in enumerate(names)}
    matrix = np.zeros((len(rows), len(names)))
    for n, row in enumerate(rows):
        matrix[n, [index[name] for name in row]] = 1
    wanted, weights = np.array(right, dtype=float), np.zeros(len(names))
    for _ in range(30):
        p = 1 / (1 + np.exp(-matrix @ weights))
        gradient = matrix.T @ (p - wanted) + DECAY * weights
        curvature = (matrix * (p * (1 - p))[:, None]).T @ matrix + DECAY * np.eye(len(names))
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-6:
            break
    return {name: float(weights[i]) for name, i in index.items() if abs(weights[i]) > 1e-3}


def probability(weights: dict[str, float], traits: Iterable[str]) -> float:
    return float(1 / (1 + np.exp(-sum(weights.get(name, 0.0) for name in traits))))


def shifted(weights: dict[str, float], claims: list[Judged]) -> dict[str, float]:
    """The weights with those of the kinds moved until as many claims of each are right as are said to be."""
    out = dict(weights)
    for kind in sorted({claim.kind for claim in claims}):
        mine = [claim for claim in claims if claim.kind == kind]
        low, high = -3.0, 3.0
        for _ in range(40):
            middle = (low + high) / 2
            moved = {**out, kind: weights.get(kind, 0.0) + middle}
            over = sum(probability(moved, c.traits) for c in mine) > sum(c.right for c in mine)
            low, high = (low, middle) if over else (middle, high)
        out[kind] = weights.get(kind, 0.0) + (low + high) / 2
    return out


def show(claims: list[Judged], likely: Any, wanted: Counter[str]) -> None:
    """Precision, recall and F1 at each least confidence, and how far the confidence holds."""
    right, kinds = np.array([c.right for c in claims]), np.array([c.kind for c in claims])
    for kind, number in sorted(wanted.items()):
        line = []
        for least in np.arange(0.15, 0.46, 0.05):
            kept = (kinds == kind) & (likely >= least)
            hits = right[kept].sum()
            precision, recall = hits / max(1, kept.sum()), hits / number
            line.append(f"{least:.2f}: {precision:.2f} {recall:.2f} {2 * hits / max(1, kept.sum() + number):.3f}")
        print(f"{kind:9}", " | ".join(line))
    for low, high in itertools.pairwise(np.linspace(0, 1, 11)):
        here = (likely >= low) & (likely < high)
        if here.sum():
            print(f"{low:.1f}-{high:.1f}: said {likely[here].mean():.3f}, right {right[here].mean():.3f}, {here.sum()}")


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    given = options.parse_args()
    sys.path.insert(0, str(given.shared / "gold"))
    import score as scorer

    least = dict(read.LEAST)
    read.LEAST.update(dict.fromkeys(read.LEAST, 0.0))
    propose.LEAST.update(dict.fromkeys(propose.LEAST, LEAST))
    held = [
        (annotated.gold(told)["claims"], report)
        for told, report in corpus.reports(sorted((HERE / "claims").glob("*.txt")))
        if corpus.held_out(told.doc)
    ]
    claims = judged(held, scorer)
    folds = np.arange(len(claims)) * 5 // len(claims)
    likely = np.zeros(len(claims))
    for fold in range(5):
        others = [c for c, n in zip(claims, folds, strict=True) if n != fold]
        weights = fit([c.traits for c in others], [c.right for c in others])
        for n in np.flatnonzero(folds == fold):
            likely[n] = probability(weights, claims[n].traits)
    print("held out, cross-validated")
    show(claims, likely, Counter(c["kind"] for wanted, _ in held for c in wanted))

    weights = fit([c.traits for c in claims], [c.right for c in claims])
    dev = list(development(given.shared / "gold"))
    claims = judged(dev, scorer)
    # what is given out is to be calibrated: what falls below the least confidence does not count
    kept = claims
    for _ in range(5):
        weights = shifted(weights, kept)
        kept = [c for c in claims if probability(weights, c.traits) >= least[c.kind]]
    print("development gold")
    show(
        claims,
        np.array([probability(weights, c.traits) for c in claims]),
        Counter(c["kind"] for w, _ in dev for c in w),
    )
    with np.load(WEIGHTS, allow_pickle=False) as table:
        trained = learned.unpacked({name: table[name] for name in table.files})
    np.savez_compressed(WEIGHTS, **learned.packed(msgspec.structs.replace(trained, confidence=weights)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
