"""Conflict prose of the project's own, with complete trees by construction: templates and fillers in `conflict/`.

Notation. A bracket ``[dep ...]`` is a subtree with that label. In it stand, in order, its head and what depends on it:

- ``seized/VBD``: a word with its tag and no label is the head of the bracket, of which there is exactly one;
- ``killed/VBN:amod``: with a label it is a dependent without dependents of its own;
- ``of``, ``the``, ``,``, ``was``: function words and marks of `FUNCTION`, dependents, tag and label from there;
- ``$place`` or ``$take.VBD``: one filler of that list, or that form of one verb of that list; like a word, it is the
  head, or with a label (``$place:compound``) a dependent;
- ``?[...]``: a bracket that is left out half the time;
- ``=LOC`` after a label or at the start of a filler: all words of that bracket or filler are one name of that kind;
- ``*`` before the head: its arguments are measured, as those of every verb slot are.

The outermost line is a bracket with the label ROOT.
"""

from __future__ import annotations

import csv
import gzip
import random
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from treebank import Sentence, read_conllu

FORMS = {"VB": 0, "VBP": 0, "VBZ": 1, "VBD": 2, "VBN": 3, "VBG": 4}
FUNCTION = {
    **dict.fromkeys(("the", "a", "an", "this", "these", "those", "both", "all"), ("DT", "det")),
    **dict.fromkeys(("its", "their", "his"), ("PRP$", "nmod:poss")),
    **dict.fromkeys(
        (
            "of in on at near from to by with for after before against over into inside around outside across through "
            "between under during towards toward since until amid along despite about within without beyond behind"
        ).split(),
        ("IN", "case"),
    ),
    **dict.fromkeys(("and", "or", "but"), ("CC", "cc")),
    **dict.fromkeys(("was", "were"), ("VBD", "aux:pass")),
    "is": ("VBZ", "aux:pass"),
    "are": ("VBP", "aux:pass"),
    "been": ("VBN", "aux:pass"),
    "being": ("VBG", "aux:pass"),
    "be": ("VB", "aux:pass"),
    "has": ("VBZ", "aux"),
    "have": ("VBP", "aux"),
    "had": ("VBD", "aux"),
    **dict.fromkeys(("will", "would", "could", "may", "might", "can"), ("MD", "aux")),
    "did": ("VBD", "aux"),
    "not": ("RB", "advmod"),
    "that": ("IN", "mark"),
    "who": ("WP", "nsubj"),
    "'s": ("POS", "case"),
    "'": ("POS", "case"),
    ",": (",", "punct"),
    ".": (".", "punct"),
    ":": (":", "punct"),
    "-": ("HYPH", "punct"),
    "--": (",", "punct"),
    "“": ("``", "punct"),
    "”": ("''", "punct"),
    "(": ("-LRB-", "punct"),
    ")": ("-RRB-", "punct"),
}
TIGHT_BEFORE = {",", ".", ":", ")", "'s", "'", "n't", "”", "-", "%"}
TIGHT_AFTER = {"(", "“", "-", "$"}
PIECE = re.compile(r"\?\[|\[|\]|[^\s\[\]]+")
TERM = re.compile(
    r"(?P<star>\*?)(?P<body>\$[a-z_]+(?:\.[A-Z]+)?|\S+?/[A-Z$]+)(?::(?P<dep>[a-z:]+))?(?:=(?P<name>[A-Z]+))?$"
)


MORE_PLACES = 0.4
COUNTRIES = frozenset("SY IQ LY YE UA SD SS SO NG AF ML NE BF ET ER CD CF MM PS LB TR AZ AM MZ CM TD IR PK".split())
PLAIN_NAME = re.compile(r"[^\W\d_]+(?:[ '-][^\W\d_]+)*")


class NotationError(ValueError):
    """A template or a filler is not written in the notation."""


@dataclass(slots=True)
class Word:
    """A terminal; `name` is the kind of name that it belongs to, `begins` whether it is the first word of it."""

    text: str
    tag: str
    name: str = ""
    begins: bool = False
    measured: bool = False


@dataclass(slots=True)
class Tree:
    """A head with what stands before and after it, in order: dependents and the head itself (`None`)."""

    dep: str
    head: Word | None = None
    parts: list[Tree | None] = field(default_factory=list)

    def words(self) -> list[Word]:
        """All words in order."""
        found: list[Word] = []
        for part in self.parts:
            if part is None:
                assert self.head is not None
                found.append(self.head)
            else:
                found += part.words()
        return found


@dataclass(frozen=True, slots=True)
class Template:
    """One line of `templates.txt`; `section` is the phenomenon that it stands for."""

    section: str
    number: int
    text: str


class Grammar:
    """The templates and the lists that fill their slots.

    `places` are further names of places, plain text; they fill `MORE_PLACES` of the slots for places.
    """

    def __init__(self, folder: Path, places: Sequence[str] = ()) -> None:
        self.places = [noted(name) for name in places]
        lists = tomllib.loads((folder / "fillers.toml").read_text(encoding="utf-8"))
        self.verbs: dict[str, list[list[str]]] = {
            name: [row.split() for row in rows] for name, rows in lists.pop("verbs").items()
        }
        self.fillers: dict[str, list[str]] = lists["fillers"]
        self.templates: list[Template] = []
        section = ""
        for line in (folder / "templates.txt").read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                section = line[3:]
            elif line and not line.startswith("#"):
                self.templates.append(Template(section, len(self.templates), line))

    def expand(self, template: Template, rng: random.Random) -> Sentence:
        """One sentence of a template with random fillers."""
        try:
            tree = self._tree("ROOT", self._pieces(template.text), rng)
        except NotationError as error:
            raise NotationError(f"template {template.number} {template.text!r}: {error}") from error
        return to_sentence(tree, template)

    def measured(self, template: Template, rng: random.Random) -> tuple[Sentence, set[int]]:
        """One sentence and the places of the words whose arguments are measured."""
        tree = self._tree("ROOT", self._pieces(template.text), rng)
        return to_sentence(tree, template), {i for i, word in enumerate(tree.words()) if word.measured}

    @staticmethod
    def _pieces(text: str) -> list[str]:
        return PIECE.findall(text)[::-1]  # a stack

    def _tree(self, dep: str, stack: list[str], rng: random.Random) -> Tree:
        tree = Tree(dep)
        while stack:
            piece = stack.pop()
            if piece == "]":
                break
            if piece in {"[", "?["}:
                label, _, name = stack.pop().partition("=")
                child = self._tree(label, stack, rng)
                _mark(child.words(), name)
                if piece == "[" or rng.random() < 0.5:
                    tree.parts.append(child)
                continue
            self._put(tree, piece, rng)
        if tree.head is None:
            raise NotationError(f"no head in [{dep} ...]")
        return tree

    def _put(self, tree: Tree, piece: str, rng: random.Random) -> None:
        if piece.lower() in FUNCTION:
            tag, label = FUNCTION[piece.lower()]
            tree.parts.append(Tree(label, Word(piece, tag), [None]))
            return
        match = TERM.match(piece)
        if match is None:
            raise NotationError(f"{piece!r} is neither a function word nor word/TAG")
        filled = self._fill(match["body"], rng)
        _mark(filled.words(), match["name"] or "")
        assert filled.head is not None
        if match["star"]:
            filled.head.measured = True
        if match["dep"]:
            filled.dep = match["dep"]
            tree.parts.append(filled)
        elif tree.head is None:
            tree.head = filled.head
            tree.parts += filled.parts
        else:
            raise NotationError(f"a second head, {piece!r}")

    def _fill(self, body: str, rng: random.Random) -> Tree:
        if not body.startswith("$"):
            text, _, tag = body.rpartition("/")
            return Tree("", Word(text, tag), [None])
        name, _, form = body[1:].partition(".")
        if form:
            if name not in self.verbs or form not in FORMS:
                raise NotationError(f"no list of verbs {name!r} or no form {form!r}")
            row = rng.choice(self.verbs[name])
            return Tree("", Word(row[FORMS[form]], form, measured=name != "say"), [None])
        if name not in self.fillers:
            raise NotationError(f"no list of fillers {name!r}")
        text = rng.choice(self.fillers[name])
        if name == "place" and self.places and rng.random() < MORE_PLACES:
            text = rng.choice(self.places)
        kind = ""
        if text.startswith("="):
            kind, _, text = text[1:].partition(" ")
        tree = self._tree("", self._pieces(text), rng)
        _mark(tree.words(), kind)
        return tree


def noted(name: str) -> str:
    """A plain name of a place in the notation: its first word is the head, the others are flat."""
    words = name.replace("-", " - ").split()
    rest = (word if word == "-" else f"{word}/NNP:flat" for word in words[1:])
    return " ".join(("=LOC", f"{words[0]}/NNP", *rest))


def read_places(data: Path) -> list[str]:
    """Names of towns in countries at war, and of Syrian villages: facts from GeoNames and UCDP GED (both CC BY 4.0)."""
    names: set[str] = set()
    with gzip.open(data / "gazetteer" / "geonames_cities500.tsv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["countrycode"] in COUNTRIES and int(row["population"] or 0) >= 3000:
                names.add(row["name"])
    with (data / "gazetteer" / "ucdp_places_syria.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            name, _, kind = row["name"].rpartition(" ")
            if kind in {"village", "town", "city"}:
                names.add(name)
    return sorted(name for name in names if PLAIN_NAME.fullmatch(name) and len(name.split()) < 4)


def _mark(words: list[Word], name: str) -> None:
    if name:
        for index, word in enumerate(words):
            word.name, word.begins = name, index == 0


def to_sentence(tree: Tree, template: Template) -> Sentence:
    """The tree as a sentence of the training data; its first letter is a capital."""
    words = tree.words()
    place = {id(word): index for index, word in enumerate(words)}
    heads, deps = [0] * len(words), [""] * len(words)

    def attach(node: Tree, head: int) -> None:
        assert node.head is not None
        own = place[id(node.head)]
        heads[own], deps[own] = (own if head < 0 else head), node.dep
        for part in node.parts:
            if part is not None:
                attach(part, own)

    attach(tree, -1)
    texts = [word.text for word in words]
    first = 1 if texts[0] in TIGHT_AFTER and len(texts) > 1 else 0
    texts[first] = texts[first][:1].upper() + texts[first][1:]
    for index, (text, after) in enumerate(pairwise(texts)):
        if text in {"a", "A"} and after[0] in "AEIOUaeio":
            texts[index] += "n"
    spaces = [
        text not in TIGHT_AFTER and (after is None or after not in TIGHT_BEFORE)
        for text, after in zip(texts, [*texts[1:], None], strict=True)
    ]
    return Sentence(
        words=texts,
        spaces=spaces,
        document="conflict",
        key=f"conflict-{template.section}-{template.number}",
        tags=[word.tag for word in words],
        heads=heads,
        deps=deps,
        upos=[],
        lemmas=[],
        names=[("B-" if word.begins else "I-") + word.name if word.name else "O" for word in words],
    )


def held_out(grammar: Grammar) -> tuple[list[Template], list[Template]]:
    """Templates for training and those kept back for measuring: every fifth of each section."""
    kept: list[Template] = []
    back: list[Template] = []
    seen: dict[str, int] = {}
    for template in grammar.templates:
        seen[template.section] = seen.get(template.section, 0) + 1
        (back if seen[template.section] % 5 == 0 else kept).append(template)
    return kept, back


def read_trees(folder: Path) -> tuple[list[Sentence], list[Sentence]]:
    """The sentences of `trees.conllu` for training, and every fifth, kept back for measuring."""
    trees = [replace(sentence, document="conflict") for sentence in read_conllu(folder / "trees.conllu")]
    return [tree for i, tree in enumerate(trees, start=1) if i % 5], trees[4::5]
