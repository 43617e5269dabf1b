"""How well speakers are found, on PolNeAR: political news in which every attribution is annotated.

    python bench/polnear.py --corpus ../shared/data/polnear/dev [--errors N]

Measured are attributions whose cue holds a verb of saying: of the words that name the source, how many are found, and
how many of the words found are right (micro-averaged over tokens without punctuation). A speaker that is found at a
verb which is no cue counts as wrong, except inside what somebody says, where PolNeAR annotates nothing further.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tadmor.claim.parse import parse
from tadmor.claim.quotation import within
from tadmor.claim.said import Speech, speeches
from tadmor.claim.scene import Scene
from tadmor.claim.tree import Doc, Span, Token
from tadmor.claim.who import left_phrase

# The list is the bench's own: what is measured must not change with the dictionary that is measured.
SAYING = frozenset(
    "say tell add report state announce declare claim note write warn explain acknowledge admit insist argue stress "
    "reveal disclose assert contend tweet recount recall confirm concede emphasize testify mention reply respond "
    "remark allege deny complain suggest predict estimate boast joke conclude cite quote accuse".split()
)
Offsets = frozenset[int]


class Attribution(NamedTuple):
    """Somebody's word as annotated: the offsets of the characters of source, cue and content."""

    source: Offsets
    cue: Offsets
    content: Offsets


class Row(NamedTuple):
    """The source of one attribution in tokens: how many are annotated, found, and both; with its words to look at."""

    gold: int
    found: int
    both: int
    sentence: str
    wanted: str
    got: str


def attributions(path: Path) -> Iterator[Attribution]:
    """The attributions of one file of the corpus, which is in the brat format; spans may have several parts."""
    spans: dict[str, Offsets] = {}
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    for name, *rest in lines:
        if name.startswith("T"):
            parts = [part.split() for part in rest[0].split(" ", 1)[1].split(";")]
            spans[name] = frozenset(i for first, end in parts for i in range(int(first), int(end)))
    for name, *rest in lines:
        if name.startswith("E"):
            roles: dict[str, Offsets] = {}
            for role, _, span in (pair.partition(":") for pair in rest[0].split()):
                kind = role.rstrip("0123456789")
                roles[kind] = roles.get(kind, frozenset()) | spans.get(span, frozenset())
            yield Attribution(*(roles.get(kind, frozenset()) for kind in ("Source", "Cue", "Content")))


def measure(folder: Path) -> list[Row]:
    """A row for each attribution by a verb of saying, and for each verb at which a speaker is found and none is."""
    texts = sorted((folder / "text").glob("*.txt"))
    docs = parse([path.read_text(encoding="utf-8") for path in texts])
    rows: list[Row] = []
    for path, doc in zip(texts, docs, strict=True):
        # The name ends with the mark of the annotator; of an article that several annotated, the first is taken.
        annotated = min((folder / "attributions").glob(f"{path.stem}_*.ann"))
        rows += _rows(doc, list(attributions(annotated)))
    return rows


def files(folder: Path) -> list[Path]:
    """All files of the corpus that the measure reads."""
    return [*(folder / "text").glob("*.txt"), *(folder / "attributions").glob("*.ann")]


def _rows(doc: Doc, gold: list[Attribution]) -> Iterator[Row]:
    scene = Scene([doc], published=None, dateline=None)
    spoken = [speech for sentence in doc.sents for speech in speeches(sentence, scene)]
    found = {speech.verb.i: speech for speech in spoken if not speech.adverbial and _saying(speech.verb)}
    cues = {i for one in gold for i in one.cue}
    contents = {i for one in gold for i in one.content}
    for one in gold:
        verbs = [token for token in doc if token.idx in one.cue and _saying(token)]
        if verbs:
            speech = next((found[verb.i] for verb in verbs if verb.i in found), None)
            yield _row(doc, one.source, speech, verbs[0].sent)
    for speech in found.values():
        if speech.verb.idx not in cues and speech.verb.idx not in contents:
            yield _row(doc, frozenset(), speech, speech.verb.sent)


def _saying(token: Token) -> bool:
    return token.lemma_.lower() in SAYING


def _row(doc: Doc, source: Offsets, speech: Speech | None, sentence: Span) -> Row:
    gold = {token.i for token in doc if token.idx in source and not (token.is_punct or token.is_space)}
    found = words(speech) if speech is not None else set()
    wanted, got = (" ".join(doc[i].text for i in sorted(indices)) for indices in (gold, found))
    return Row(len(gold), len(found), len(gold & found), sentence.text.strip(), wanted, got)


def words(speech: Speech) -> set[int]:
    """The tokens that name the speakers: each nominal with what stands with it on its side of the verb."""
    verb = speech.verb
    found: set[int] = set()
    for head in speech.speakers:
        quoted = within(head.i, head.doc)
        tokens = [t for t in _phrase(head) if (t.i < verb.i) == (head.i < verb.i) and within(t.i, t.doc) == quoted]
        found |= {t.i for t in tokens if t.i != verb.i and not (t.is_punct or t.is_space)}
    return found


CLAUSES = frozenset(
    {"acl", "acl:relcl", "advcl", "ccomp", "parataxis", "obl", "advmod", "case", "cop", "aux", "mark", "cc"}
)


def _phrase(head: Token) -> Iterator[Token]:
    """The nominal with its articles, titles, appositions and prepositional phrases, without clauses."""
    yield from left_phrase(head)
    for child in head.children:
        if child.dep_ not in CLAUSES:
            yield from child.subtree


def scores(rows: list[Row]) -> dict[str, float]:
    """Precision, recall and F1 over the words of sources."""
    both, found, gold = (sum(getattr(row, field) for row in rows) for field in ("both", "found", "gold"))
    return {
        "precision": both / found if found else 0.0,
        "recall": both / gold if gold else 0.0,
        "f1": 2 * both / (found + gold) if found + gold else 0.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="show the N costliest misreadings")
    options = parser.parse_args()
    rows = measure(options.corpus)
    print(f"{len(rows)} attributions; " + ", ".join(f"{name} {figure:.3f}" for name, figure in scores(rows).items()))
    for row in sorted(rows, key=lambda row: 2 * row.both - row.gold - row.found)[: options.errors]:
        print(f"\n{row.sentence}\n  wanted: {row.wanted}\n  got:    {row.got}")


if __name__ == "__main__":
    main()
