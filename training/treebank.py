"""Sentences with syntax and names, read from CoNLL-U treebanks and from IOB name corpora."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

KEPT_NAMES = {"PER", "ORG", "LOC"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One tokenised sentence; every list is as long as `words`.

    `heads` are indices into `words` (the root points at itself). `tags`, `heads`, `deps`, `upos` and `lemmas` are
    empty where the corpus has no syntax, `names` (IOB tags) where it has no names. `document` groups neighbours.
    """

    words: list[str]
    spaces: list[bool]
    document: str
    key: str
    tags: list[str]
    heads: list[int]
    deps: list[str]
    upos: list[str]
    lemmas: list[str]
    names: list[str]


def blocks(path: Path) -> Iterator[list[str]]:
    """The line groups of a file that parts its sentences by blank lines."""
    lines: list[str] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                lines.append(line.rstrip("\n"))
            elif lines:
                yield lines
                lines = []
    if lines:
        yield lines


def read_conllu(path: Path) -> Iterator[Sentence]:
    """The basic trees of a CoNLL-U file. Multiword tokens give way to their parts, written without a space between."""
    document = path.stem
    for lines in blocks(path):
        key = ""
        rows: list[list[str]] = []
        glued: set[int] = set()  # tokens that no space follows
        for line in lines:
            if line.startswith("# newdoc id"):
                document = line.partition("=")[2].strip()
            elif line.startswith("# sent_id"):
                key = line.partition("=")[2].strip()
            if line.startswith("#"):
                continue
            cells = line.split("\t")
            if "-" in cells[0]:
                first, last = map(int, cells[0].split("-"))
                glued.update(range(first, last))
                if "SpaceAfter=No" in cells[9]:
                    glued.add(last)
            elif "." not in cells[0]:
                rows.append(cells)
                if "SpaceAfter=No" in cells[9]:
                    glued.add(int(cells[0]))
        yield Sentence(
            words=[row[1] for row in rows],
            spaces=[index + 1 not in glued for index in range(len(rows))],
            document=document,
            key=key,
            tags=[row[4] for row in rows],
            heads=[int(row[6]) - 1 if row[6] != "0" else index for index, row in enumerate(rows)],
            deps=["ROOT" if row[7] == "root" else row[7] for row in rows],
            upos=_given(row[3] for row in rows),
            lemmas=_given(row[2] for row in rows),
            names=[],
        )


def read_uner(path: Path) -> dict[str, tuple[list[str], list[str]]]:
    """The words and IOB tags of a UNER file by sentence id; kinds other than PER, ORG and LOC become O."""
    found = {}
    for lines in blocks(path):
        key = next((line.partition("=")[2].strip() for line in lines if line.startswith("# sent_id")), "")
        rows = [line.split("\t") for line in lines if not line.startswith("#")]
        found[key] = ([row[1] for row in rows], [_kept(row[2]) for row in rows])
    return found


def read_wikigold(path: Path) -> Iterator[Sentence]:
    """Wikigold's sentences: names alone, no syntax. Its tags are IOB-1, which has no B between unlike neighbours."""
    for number, lines in enumerate(blocks(path)):
        rows = [line.rsplit(" ", 1) for line in lines if not line.startswith("-DOCSTART-")]
        if not rows:
            continue
        words = [row[0] for row in rows]
        names: list[str] = []
        before = "O"
        for _, tag in rows:
            kept = _kept(tag)
            if kept.startswith("I-") and before[2:] != kept[2:]:
                kept = "B-" + kept[2:]
            names.append(kept)
            before = kept
        spaces = [True] * len(words)
        for index, word in enumerate(words):
            if index and word in {",", ".", ";", ":", ")", "'s", "''", "?", "!", "%"}:
                spaces[index - 1] = False
        yield Sentence(words, spaces, "wikigold", f"wikigold-{number}", [], [], [], [], [], names)


def with_names(sentences: Iterable[Sentence], names: dict[str, tuple[list[str], list[str]]]) -> Iterator[Sentence]:
    """The same sentences with the names known for them; tokenisations that differ leave a sentence without names."""
    for sentence in sentences:
        words, tags = names.get(sentence.key, ([], []))
        yield replace(sentence, names=tags) if words == sentence.words else sentence


def _given(cells: Iterable[str]) -> list[str]:
    """A column, or nothing where the file leaves it blank throughout, as that of the conflict sentences does."""
    column = list(cells)
    return [] if all(cell == "_" for cell in column) else column


def _kept(tag: str) -> str:
    return tag if tag[2:] in KEPT_NAMES else "O"
