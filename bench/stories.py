"""How well reports of one story are found, on pairs made from real reports and on pairs judged by hand.

    python -m bench.stories [--sweep]

*Pairs* are made from FA-KES, the samples, TR-News and LGL: of a report and what another outlet may make of it (cut with
"click here", a piece out of the middle, embedded in an article of thrice the length, another headline and opening, 5 to
10 % of the words changed, quoted in part, all at once), and of different reports (any two; two on one town within two
days; two that share a background of a third to a half of the shorter). Both go through the reader of reports, as files
would. "A later half quoted" is shown and not counted: it looks like a shared background and is taken for one.

*Judged pairs* are those of FA-KES with the most words in common, judged by hand (`stories.csv`): is one made from the
other, or both from one wire text about the same news? Pairs for which that cannot be said are left out. With them stand
the copies among the samples, which are one story because they were written so.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import xml.etree.ElementTree as ET
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from bench import fakes
from bench.floors import Measure, corpus_hash
from tadmor.report import story
from tadmor.report.read import read
from tadmor.report.source import Document, open_inputs

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples" / "reports"
JUDGED = Path(__file__).with_name("stories.csv")
UNCOUNTED = "a later half quoted"
PAIRS = 300  # of each kind
MIN_WORDS = 80
NEAR = timedelta(days=2)
_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


class Text(NamedTuple):
    """A report of a corpus: its sentences, where and when it was (empty where nobody noted it)."""

    id: str
    title: str
    sentences: tuple[str, ...]
    place: str
    day: date | None

    @property
    def words(self) -> int:
        return sum(len(sentence.split()) for sentence in self.sentences)


class Pair(NamedTuple):
    """Two bodies of reports, what was done, and whether they are one story."""

    kind: str
    same: bool
    one: str
    other: str


# --- corpora --------------------------------------------------------------------------------------------------------


def files(shared: Path) -> list[Path]:
    """What the measure reads."""
    data = shared / "data"
    corpora = [data / "fakes" / "fakes_dev.csv", *(data / "geoparsing" / name for name in ("TR-News.xml", "lgl.xml"))]
    return [*corpora, *sorted(SAMPLES.iterdir()), JUDGED]


def corpora(shared: Path) -> list[Text]:
    """Reports with enough words to cut them, each body once."""
    found = {text.id: text for text in [*_fakes(shared), *_samples(), *_articles(shared / "data" / "geoparsing")]}
    return list({text.sentences: text for text in found.values() if text.words >= MIN_WORDS}.values())


def _fakes(shared: Path) -> Iterator[Text]:
    with (shared / "data" / "fakes" / "fakes_dev.csv").open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            sentences = _sentences(row["article_content"])
            yield Text(row["unit_id"], row["article_title"], sentences, row["location"], fakes.published(row))


def _samples() -> Iterator[Text]:
    for document in open_inputs([str(SAMPLES)]):
        if isinstance(document, Document):
            report = read(document)
            body = " ".join(report.text[part.start : part.end] for part in report.segments if part.role == "body")
            place = report.doc.partition("-")[0]
            yield Text(report.doc, report.headline or "", _sentences(body), place, report.published)


def _articles(folder: Path) -> Iterator[Text]:
    for name in ("TR-News.xml", "lgl.xml"):
        for number, article in enumerate(ET.parse(folder / name).getroot().iter("article")):
            title = " ".join((article.findtext("title") or "").split())
            yield Text(f"{name} {number}", title, _sentences(article.findtext("text") or ""), "", None)


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(_END.split(" ".join(text.split())))


def judged() -> list[tuple[str, str, bool]]:
    """Pairs of reports by their ids, and whether they are one story."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return [(row["one"], row["other"], row["same"] == "1") for row in csv.DictReader(file)]


# --- what outlets make of a report ----------------------------------------------------------------------------------


class Editor:
    """Makes other reports of a report, the same ones with the same seed."""

    def __init__(self, texts: Sequence[Text], seed: int = 20161210) -> None:
        self.texts = texts
        self.chance = random.Random(seed)
        self.vocabulary = [word for text in texts for sentence in text.sentences for word in sentence.split()]
        self.makers: dict[str, Callable[[Text], str]] = {
            "cut, with click here": lambda text: self._cut(text.sentences) + "\n\nClick here to read more",
            "a piece out of the middle": self._piece,
            "inside a longer article": lambda text: self._embedded(text.sentences),
            "another head and opening": lambda text: " ".join([*self._others(30), *text.sentences]),
            "5 to 10 % of the words changed": lambda text: self._reworded(" ".join(text.sentences)),
            "quoted in part": lambda text: self._embedded(self._half(text.sentences, 0), thrice=False),
            "cut, changed and embedded": lambda text: self._embedded([self._reworded(self._cut(text.sentences))]),
            UNCOUNTED: lambda text: self._embedded(self._half(text.sentences, 1), thrice=False),
        }

    def title(self) -> str:
        return self.chance.choice(self.texts).title

    def _others(self, words: int) -> list[str]:
        """About so many words of another report, from its beginning."""
        found: list[str] = []
        while sum(len(sentence.split()) for sentence in found) < words:
            other = self.chance.choice(self.texts).sentences
            for sentence in other:
                found.append(sentence)
                if sum(len(one.split()) for one in found) >= words:
                    break
        return found

    def _cut(self, sentences: Sequence[str]) -> str:
        words = " ".join(sentences).split()
        return " ".join(words[: max(30, int(len(words) * self.chance.uniform(0.3, 0.6)))])

    def _piece(self, text: Text) -> str:
        words = " ".join(text.sentences).split()
        length = max(40, int(len(words) * self.chance.uniform(0.4, 0.7)))
        start = self.chance.randrange(max(1, len(words) - length))
        return " ".join(words[start : start + length])

    def _half(self, sentences: Sequence[str], half: int) -> list[str]:
        """The first sentences up to a half of the words, or the rest."""
        whole, count, found = sum(len(sentence.split()) for sentence in sentences), 0, []
        for sentence in sentences:
            if (count >= whole / 2) == bool(half):
                found.append(sentence)
            count += len(sentence.split())
        return found

    def _embedded(self, sentences: Sequence[str], *, thrice: bool = True) -> str:
        words = sum(len(sentence.split()) for sentence in sentences)
        around = max(60, words if thrice else words // 2)
        return " ".join([*self._others(around), *sentences, *self._others(around)])

    def _reworded(self, text: str) -> str:
        share = self.chance.uniform(0.05, 0.10)
        words = text.split()
        for at in self.chance.sample(range(len(words)), round(len(words) * share)):
            words[at] = self.chance.choice(self.vocabulary)
        return " ".join(words)


def pairs(texts: Sequence[Text]) -> Iterator[Pair]:
    """Pairs of one story by operation, then pairs of different ones."""
    editor = Editor(texts)
    body = {text.id: _body(text.title, " ".join(text.sentences)) for text in texts}
    for kind, make in editor.makers.items():
        for text in editor.chance.sample(texts, min(PAIRS, len(texts))):
            yield Pair(kind, True, body[text.id], _body(editor.title(), make(text)))
    one_story = {frozenset((one, other)) for one, other, same in judged() if same}
    different = [editor.chance.sample(texts, 2) for _ in range(PAIRS * 10)]
    for one, other in different:
        if frozenset((one.id, other.id)) not in one_story:
            yield Pair("any two reports", False, body[one.id], body[other.id])
    for one, other in _near(texts):
        if frozenset((one.id, other.id)) not in one_story:
            yield Pair("one town within two days", False, body[one.id], body[other.id])
    for one, other in different[:PAIRS]:
        words = int(min(one.words, other.words) * editor.chance.uniform(0.5, 1.0))  # a third to a half with it
        background = " ".join(editor._others(words)).split()[:words]
        made = [_body(text.title, " ".join([*text.sentences, *background])) for text in (one, other)]
        yield Pair("a background in common", False, *made)


def _near(texts: Sequence[Text]) -> Iterator[tuple[Text, Text]]:
    places: dict[str, list[Text]] = defaultdict(list)
    for text in texts:
        if text.day and text.place:
            for other in places[text.place]:
                if other.day and abs(other.day - text.day) <= NEAR:
                    yield other, text
            places[text.place].append(text)


def _body(title: str, text: str) -> str:
    """What the reader of reports takes for the body."""
    raw = json.dumps({"title": title, "text": text}).encode()
    report = read(Document(raw=raw, origin="pair", doc="pair", media_type="application/json"))
    return " ".join(report.text[part.start : part.end] for part in report.segments if part.role == "body")


# --- precision and recall -------------------------------------------------------------------------------------------


class Score(NamedTuple):
    """Shares of the pairs of each kind that are found one story, precision and recall of all that count."""

    found: dict[str, float]
    precision: float
    recall: float


def score(made: Iterable[Pair]) -> Score:
    """Judge pairs by their signatures."""
    signature = cache(story.signature)
    count: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[bool] = Counter()
    whole: Counter[bool] = Counter()
    for pair in made:
        joined = story.same_story(signature(pair.one), signature(pair.other))
        count[pair.kind] += 1
        found[pair.kind] += joined
        if pair.kind != UNCOUNTED:
            right[pair.same] += joined
            whole[pair.same] += 1
    precision = right[True] / max(1, right[True] + right[False])
    return Score({kind: found[kind] / count[kind] for kind in count}, precision, right[True] / max(1, whole[True]))


def judged_pairs(shared: Path) -> list[Pair]:
    """The pairs that were judged by hand."""
    texts = [*_fakes(shared), *_samples()]
    bodies = {text.id: _body(text.title, " ".join(text.sentences)) for text in texts}
    return [
        Pair("judged one story" if same else "judged different", same, bodies[one], bodies[other])
        for one, other, same in judged()
    ]


def measure(shared: Path) -> Measure:
    """Precision and recall, and by operation the share of pairs found one story."""
    texts = corpora(shared)
    made, by_hand = score(pairs(texts)), score(judged_pairs(shared))
    figures = {
        "precision": made.precision,
        "recall": made.recall,
        "judged precision": by_hand.precision,
        "judged recall": by_hand.recall,
        **made.found,
    }
    return Measure(
        name="stories, pairs",
        sha256=corpus_hash(files(shared)),
        figures=figures,
        bounded=("precision", "recall", "judged precision", "judged recall"),
    )


def sweep(shared: Path) -> Iterator[str]:
    """A line for each setting of the thresholds."""
    texts = corpora(shared)
    made, by_hand = list(pairs(texts)), judged_pairs(shared)
    yield "shingle  lead  lead share  whole share   precision  recall   judged precision  recall"
    for shingle, lead, of_lead, of_whole in product((3, 4, 5), (16, 20, 24), (0.3, 0.4, 0.5), (0.5, 0.6, 0.7)):
        with mock.patch.multiple(story, SHINGLE=shingle, LEAD=lead, LEAD_SHARE=of_lead, WHOLE_SHARE=of_whole):
            one, other = score(made), score(by_hand)
        yield (
            f"{shingle:7} {lead:5} {of_lead:11} {of_whole:12} {one.precision:11.4f} {one.recall:7.4f}"
            f" {other.precision:18.3f} {other.recall:7.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.stories", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sweep", action="store_true", help="all settings of the thresholds")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the corpora are")
    options = parser.parse_args()
    if options.sweep:
        for line in sweep(options.shared):
            print(line, flush=True)
    else:
        for name, figure in measure(options.shared).figures.items():
            print(f"{name:32} {figure:.4f}")


if __name__ == "__main__":
    main()
