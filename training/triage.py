"""Learns which words speak for a report about a war: `src/tadmor/data/triage/words.tsv`.

    OMP_NUM_THREADS=1 PYTHONPATH=src python training/triage.py --shared ../shared

Logistic regression over the different words of a text, each text with the length 1, pulled to nothing by a ridge. For a
war: the reports of `training/claims`, whole and in windows of one, three and six sentences that hold evidence of a
claim, and `training/triage/war.txt`. Against it: the reports there without a claim, `training/triage/other.txt`, which
is news of other things in the words that news of wars uses, and the texts of the treebanks and of Wikigold that the
pipeline was trained on. Weblogs among these tell of wars, too: what a first round takes for a war is left out of the
second. Without chance: the same on every run.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

import annotated
from tadmor.report.triage import WORD
from treebank import Sentence, read_conllu, read_wikigold

HERE = Path(__file__).parent
OUT = HERE.parent / "src" / "tadmor" / "data" / "triage" / "words.tsv"
TREEBANKS = ("en_ewt-train.conllu", "en_ewt-dev.conllu", "en_gum-train.conllu")
SENTENCE = re.compile(r"(?<=[.!?])[\"'”’)]*\s+(?=[A-Z\"'“‘(])|\n+")
WINDOWS = (1, 3, 6)  # sentences
RARE = 3  # texts that a word must be in
RIDGE = 0.3
HARD = 10.0  # what news of other things in the words of war weighs; swept 0-10 on papers that were not trained on
LEAST = 0.1  # weights below are left out, which halves the table and loses nothing that could be measured


class Example(NamedTuple):
    words: frozenset[str]
    war: bool
    weight: float
    checked: bool  # by whoever wrote it


def words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in WORD.findall(text))


def sentences(text: str) -> list[str]:
    return [sentence for sentence in SENTENCE.split(text) if sentence and sentence.strip()]


def windows(parts: Sequence[str], size: int) -> Iterator[str]:
    for start in range(0, len(parts), size):
        yield " ".join(parts[start : start + size])


def own(reports: Iterable[annotated.Annotated]) -> Iterator[Example]:
    """From the annotated reports."""
    for report in reports:
        yield Example(words(report.text), bool(report.claims), 1.0, True)
        evidence = [part for claim in report.claims for part in (claim["e"], *claim.get("also", ()))]
        parts = sentences(report.text)
        for size in WINDOWS:
            for window in windows(parts, size):
                if any(part in window for part in evidence):
                    yield Example(words(window), True, min(1.0, size / len(parts)), True)


def written(path: Path, *, war: bool) -> Iterator[Example]:
    """From texts of a line each, written for this."""
    for line in path.read_text("utf-8").splitlines():
        yield Example(words(line), war, 2.0 if war else HARD, True)
        parts = sentences(line)
        for size in () if war else (1, 2):
            for start in range(len(parts) + 1 - size):
                yield Example(words(" ".join(parts[start : start + size])), False, HARD / 2, True)


def other(sentences_of: Iterable[Sentence]) -> Iterator[Example]:
    """From the treebanks, by document."""
    documents: dict[str, list[str]] = {}
    for sentence in sentences_of:
        pairs = zip(sentence.words, sentence.spaces, strict=True)
        documents.setdefault(sentence.document, []).append("".join(word + " " * space for word, space in pairs))
    for document in documents.values():
        text = " ".join(document)
        parts = sentences(text)
        yield Example(words(text), False, 1.0, False)
        for size in WINDOWS:
            for window in windows(parts, size):
                yield Example(words(window), False, 0.5, False)


def examples(shared: Path) -> Iterator[Example]:
    yield from own(annotated.read(sorted((HERE / "claims").glob("*.txt"))))
    yield from written(HERE / "triage" / "war.txt", war=True)
    yield from written(HERE / "triage" / "other.txt", war=False)
    data = shared / "data"
    for name in TREEBANKS:
        yield from other(read_conllu(data / "treebanks" / name))
    yield from other(read_wikigold(data / "ner" / "wikigold" / "CONLL-format" / "data" / "wikigold.conll.txt"))


def train(given: Sequence[Example]) -> dict[str, float]:
    """A weight a word, and under the empty word that of a text without words."""
    often = Counter(word for example in given for word in example.words)
    row = {word: number for number, word in enumerate(sorted(word for word, count in often.items() if count >= RARE))}
    table = _table(given, row)
    war = np.array([example.war for example in given])
    weight = np.array([example.weight for example in given])
    found = _fit(table, war, weight)
    told = table @ found[:-1] + found[-1]
    kept = np.array([example.war or example.checked for example in given]) | (told < 1)
    found = _fit(table[kept], war[kept], weight[kept])
    weights = {word: round(float(found[number]), 3) for word, number in row.items()}
    return {"": round(float(found[-1]), 3)} | {word: each for word, each in weights.items() if abs(each) >= LEAST}


def _table(given: Sequence[Example], row: dict[str, int]) -> csr_matrix:
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for example in given:
        own_rows = sorted(row[word] for word in example.words if word in row)
        columns += own_rows
        values += [1 / math.sqrt(max(len(own_rows), 1))] * len(own_rows)
        ends.append(len(columns))
    return csr_matrix((values, columns, ends), shape=(len(given), len(row)))


def _fit(table: csr_matrix, war: np.ndarray, weight: np.ndarray) -> np.ndarray:
    side = np.where(war, 1.0, -1.0)
    weight = np.where(war, weight * (weight[~war].sum() / weight[war].sum()), weight)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        margin = side * (table @ at[:-1] + at[-1])
        slope = -weight * side / (1 + np.exp(margin))
        whole = float((weight * np.logaddexp(0, -margin)).sum()) + RIDGE / 2 * float(at[:-1] @ at[:-1])
        return whole, np.append(table.T @ slope + RIDGE * at[:-1], slope.sum())

    start = np.zeros(table.shape[1] + 1)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 120}).x)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shared", type=Path, default=HERE.parent.parent / "shared")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    found = train(list(examples(options.shared)))
    lines = (f"{word}\t{weight:g}\n" for word, weight in sorted(found.items()))
    options.out.write_text("".join(lines), encoding="utf-8")
    print(f"{len(found):,} words")


if __name__ == "__main__":
    main()
