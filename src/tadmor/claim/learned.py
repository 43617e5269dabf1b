"""Learned reading: which words set off a claim, and which candidates fill its roles.

The weights are trained by ``training/reader.py`` on reports written for Tadmor and lie in ``data/reader``. A small
network over what the parser knows of a word, its neighbours and the frames that fire at it gives the probability of
each type of claim; rankers give each candidate's probability in each role, from traits in the manner of Gildea and
Jurafsky 2002, "Automatic Labeling of Semantic Roles", Computational Linguistics 28(3).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate, chain
from sys import intern
from typing import Literal
from zipfile import BadZipFile

import msgspec
import numpy as np
import numpy.typing as npt

from tadmor.claim.clause import sentence_end, sentence_start
from tadmor.claim.draft import Draft
from tadmor.claim.ranker import Matrix, Ranker
from tadmor.claim.scene import Scene
from tadmor.claim.trait import Trait
from tadmor.claim.tree import Doc, Span, Token
from tadmor.errors import LexiconError
from tadmor.lexicon import cues
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, RELATION_TYPES

CUES = cues.load()
TYPES: tuple[str, ...] = (*CONTROL_TYPES, *EVENT_TYPES, *RELATION_TYPES)
KINDS = {
    **dict.fromkeys(CONTROL_TYPES, "control"),
    **dict.fromkeys(EVENT_TYPES, "event"),
    **dict.fromkeys(RELATION_TYPES, "relation"),
}
PARTS = {"gains": "gains_part", "holds": "holds_part"}
Role = Literal["actor", "opponent", "place"]
ROLES: tuple[Role, ...] = ("actor", "opponent", "place")
CONTENT = frozenset({"VERB", "NOUN", "PROPN", "ADJ", "ADV", "AUX", "X"})
SEPARATOR = "\x1e"  # between names in a file; words of a report may hold line ends
FINE, COARSE = 127, 31  # steps from nought to the largest weight of a column; coarser ones pack into less


class Reader(msgspec.Struct, frozen=True):
    """The weights: a network with one hidden layer over vectors and features, and a ranker for each role."""

    dense: Matrix  # inputs x hidden
    sparse: Matrix  # features x hidden
    bias: Matrix
    out: Matrix  # hidden x types
    out_bias: Matrix
    features: dict[str, int]
    rankers: dict[str, Ranker]
    seen: Matrix  # how many examples of each type there were to learn from
    confidence: dict[str, float] = {}  # weights of `tadmor.claim.confidence`

    def encoded(self, inputs: Matrix) -> Matrix:
        """What the vectors of words give to the hidden layer: words x hidden."""
        encoded: Matrix = inputs @ self.dense + self.bias
        return encoded

    def probabilities(self, encoded: Matrix, features: Sequence[Sequence[str]], shared: Sequence[str] = ()) -> Matrix:
        """Words x types, each between 0 and 1. `shared` are features that all the words have."""
        hidden = encoded + self.sparse.take(self._rows(shared), axis=0).sum(axis=0)
        rows = [self._rows(names) for names in features]
        filled = [row for row, ids in enumerate(rows) if ids]
        if filled:
            starts = list(accumulate((len(rows[row]) for row in filled[:-1]), initial=0))
            flat = np.frombuffer(array("q", chain.from_iterable(rows)), dtype=np.int64)
            hidden[filled] += np.add.reduceat(self.sparse.take(flat, axis=0), starts, axis=0)
        np.maximum(hidden, 0, out=hidden)
        raw: Matrix = np.minimum(np.maximum(hidden @ self.out + self.out_bias, -30), 30)
        likely: Matrix = (1 / (1 + np.exp(-raw))).astype(np.float32, copy=False)
        return likely

    def _rows(self, features: Sequence[str]) -> list[int]:
        return [i for i in map(self.features.get, features) if i is not None]


@cache
def load() -> Reader:
    """The weights shipped with the package. Raises `LexiconError` where they are missing or damaged."""
    path = files("tadmor") / "data" / "reader" / "weights.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as table:
            return unpacked({name: table[name] for name in table.files})
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise LexiconError(f"{path}: the weights of the reader cannot be read: {error}") from error


def packed(reader: Reader) -> dict[str, npt.NDArray[np.generic]]:
    """The weights as arrays, for a file: a byte a weight, scaled column by column; those of traits coarsely."""
    table = _scaled("dense", reader.dense) | _scaled("sparse", reader.sparse, COARSE) | _scaled("out", reader.out)
    table |= {"bias": reader.bias.astype(np.float32), "out_bias": reader.out_bias.astype(np.float32)}
    table["seen"] = reader.seen.astype(np.float32)
    table["features"] = _words(reader.features)
    for role, ranker in reader.rankers.items():
        names = {row: f"{group}\t{trait}" for group, rows in ranker.rows.items() for trait, row in rows.items()}
        table[f"{role} features"] = _words(names[row] for row in sorted(names))
        table |= _scaled(f"{role} table", ranker.table, COARSE)
        table[f"{role} out"] = ranker.out.astype(np.float32)
    table["confidence features"] = _words(reader.confidence)
    table["confidence weights"] = np.array(list(reader.confidence.values()), dtype=np.float32)
    return table


def unpacked(table: dict[str, npt.NDArray[np.generic]]) -> Reader:
    """What `packed` packed. Raises `KeyError` or `ValueError` where something is missing."""

    def words(name: str) -> list[str]:
        return bytes(table[name]).decode().split(SEPARATOR) if len(table[name]) else []

    def matrix(name: str) -> Matrix:
        return table[name].astype(np.float32) * table[f"{name} scale"].astype(np.float32)

    rankers: dict[str, Ranker] = {
        role: Ranker.of(words(f"{role} features"), matrix(f"{role} table"), table[f"{role} out"].astype(np.float32))
        for role in ROLES
    }
    return Reader(
        dense=matrix("dense"),
        sparse=matrix("sparse"),
        bias=table["bias"].astype(np.float32),
        out=matrix("out"),
        out_bias=table["out_bias"].astype(np.float32),
        features={intern(name): i for i, name in enumerate(words("features"))},
        rankers=rankers,
        seen=table["seen"].astype(np.float32),
        confidence=dict(
            zip(words("confidence features"), table["confidence weights"].astype(float).tolist(), strict=True)
        )
        if "confidence features" in table
        else {},
    )


def _scaled(name: str, matrix: Matrix, steps: int = FINE) -> dict[str, npt.NDArray[np.generic]]:
    scale = np.abs(matrix).max(axis=0) / steps + 1e-12
    return {name: np.round(matrix / scale).astype(np.int8), f"{name} scale": scale.astype(np.float32)}


def _words(names: Iterable[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer(SEPARATOR.join(names).encode(), dtype=np.uint8)


def content(sentence: Span, scene: Scene) -> list[Token]:
    """The words that can set off a claim."""
    words = (t for t in sentence if t.pos_ in CONTENT and len(t) > 1 and t.text[:1].isalpha())
    return [t for t in words if not _named(t, scene) and not _idle(t)]


def _idle(token: Token) -> bool:
    """Whether the word means nothing of war with those around: "on strike", "a heart attack", "cut in two"."""
    before = token.nbor(-1).lower_ if token.i > sentence_start(token) else ""
    after = " ".join(t.lower_ for t in token.doc[token.i : min(token.i + 3, sentence_end(token))])
    return f"{before} {token.lower_}" in CUES.idioms or after in CUES.idioms


def _named(token: Token, scene: Scene) -> bool:
    """Whether the word is part of a name, which sets off nothing."""
    return token.text[:1].isupper() and scene.mention(token) is not None


def vectors(doc: Doc) -> Matrix:
    """The static vectors of the tokens, zero where there is none; one more row of zeros at the end."""
    table = doc.parsed.vocab.vectors
    row_of = table.key2row.get
    rows = np.array([row_of(word, -1) for word in doc.parsed.to_array("LOWER").tolist()], dtype=np.int64)
    found: Matrix = np.zeros((len(rows) + 1, table.data.shape[1]), dtype=np.float32)
    found[:-1][rows >= 0] = np.asarray(table.data)[rows[rows >= 0]]
    return found


def neighbours(token: Token) -> tuple[int, ...]:
    """Indices of the words whose vectors speak for a token's type: itself, head, sides, subject, object, oblique."""
    none = -1
    subject = obj = oblique = none
    for child in token.children:
        base = child.dep_.split(":")[0]
        if base == "nsubj" and subject == none:
            subject = child.i
        elif base in ("obj", "nmod") and obj == none:
            obj = child.i
        elif base in ("obl", "compound", "amod") and oblique == none:
            oblique = child.i
    before = token.i - 1 if token.i > sentence_start(token) else none
    after = token.i + 1 if token.i + 1 < sentence_end(token) else none
    return token.i, token.head.i, before, after, subject, obj, oblique


def gists(doc: Doc, static: Matrix) -> Matrix:
    """What each sentence is about, and the one before it, and the first: the means of their words' static vectors."""
    means = np.zeros((len(doc.sents) + 1, static.shape[1]), dtype=np.float32)
    for n, sentence in enumerate(doc.sents):
        rows = [t.i for t in sentence if t.pos_ in CONTENT]
        if rows:
            means[n] = np.add.reduce(static.take(rows, axis=0), axis=0) / len(rows)
    first = np.broadcast_to(means[0], means[:-1].shape)
    found: Matrix = np.hstack([means[:-1], np.roll(means, 1, axis=0)[:-1], first])
    return found


def inputs(doc: Doc, tokens: Sequence[Token], static: Matrix) -> Matrix:
    """The vectors of each token and its neighbours side by side, the parser's for two, static ones for all; then the
    gist of its sentence and those before it."""
    tensor = doc.parsed.tensor
    context = np.vstack([tensor, np.zeros((1, tensor.shape[1]), dtype=tensor.dtype)])
    around = np.array([neighbours(t) for t in tokens], dtype=np.int64).reshape(len(tokens), 7)
    parts = [context.take(column, axis=0) for column in around.T[:2]]
    parts += [static.take(column, axis=0) for column in around.T]
    of = [n for n, sentence in enumerate(doc.sents) for _ in sentence]
    parts.append(gists(doc, static).take([of[t.i] for t in tokens], axis=0))
    return np.concatenate(parts, axis=1).astype(np.float32, copy=False)


class Sheet:
    """What the vectors of a document give to the hidden layer, for every word at once."""

    def __init__(self, doc: Doc) -> None:
        tokens = [t for t in doc if t.pos_ in CONTENT]
        self._row = {t.i: n for n, t in enumerate(tokens)}
        self._encoded = load().encoded(inputs(doc, tokens, vectors(doc))) if tokens else np.zeros((0, 0), np.float32)

    def of(self, tokens: Sequence[Token]) -> Matrix:
        """The rows of the tokens."""
        rows: Matrix = self._encoded.take([self._row[t.i] for t in tokens], axis=0)
        return rows


_LEMMA, _TAG, _DEP = Trait("lemma {}"), Trait("tag {}"), Trait("dep {}")
_HEAD, _HEAD_TAG, _CHILD = Trait("head {}"), Trait("head-tag {}"), Trait("child {}")
_IN, _NAME = Trait("in {}"), Trait("name {}")
_BESIDE = (Trait("before {}"), Trait("after {}"), Trait("before2 {}"), Trait("after2 {}"))


def traits(token: Token, found: Sequence[Draft], scene: Scene, role: str, sentence: Sequence[str] = ()) -> list[str]:
    """Features of a word: its form, its tree, the names around it, the frames that fire at it and beside it in the
    tree ("lost control"), its place in the report.

    `found` is what the frames read in the sentence, `sentence` features of all of it, which come last.
    """
    near = [d for d in found if d.trigger is token or d.trigger is token.head or d.trigger.head is token]
    lemma, head, mention_of = token.lemma_.lower(), token.head, scene.mention
    mention = mention_of(token)
    out = [
        _LEMMA[lemma],
        _TAG[token.tag_],
        _DEP[token.dep_],
        _HEAD[head.lemma_.lower()],
        _IN[role],
        _HEAD_TAG[head.tag_],
        _LEMMA[f"{lemma} {token.tag_}"],
        _NAME[mention.kind if mention is not None else "-"],
    ]
    for child in token.children:
        base, word = child.dep_.split(":")[0], child.lemma_.lower()
        other = mention_of(child)
        what = other.kind if other is not None else ("armed" if word in CUES.armed_nouns else child.pos_)
        out += [_CHILD[base], _CHILD[f"{base} {what}"], _CHILD[f"{base} {word}"]]
    first, end, tokens = sentence_start(token), sentence_end(token), token.doc.tokens
    for trait, at in zip(_BESIDE, (token.i - 1, token.i + 1, token.i - 2, token.i + 2), strict=True):
        if first <= at < end:
            beside = tokens[at]
            other = mention_of(beside)
            form = "" if beside.is_space else beside.lower_
            out += [trait[form], trait[other.kind if other is not None else beside.pos_]]
    if not near:
        return [*out, "no frame", *sentence]
    drafts = [draft for draft in near if draft.trigger is token]
    frames = sorted({(d.rule, d.type) for d in drafts})  # sums of floats depend on their order
    out += [f"frame {rule}" for rule, _ in frames] + [f"frame-type {type}" for _, type in frames]
    out += [f"sure {type} {max(int(d.confidence * 5) for d in drafts if d.type == type)}" for _, type in frames]
    if drafts:
        out.append(f"frames-place {any(d.place is not None for d in drafts):d}")
        out.append(f"frames-actor {any(d.actor is not None for d in drafts):d}")
    else:
        out.append("no frame")
    out += sorted({f"frame-above {d.type}" for d in near if d.trigger is token.head and d.trigger is not token})
    out += sorted({f"frame-below {d.type}" for d in near if d.trigger.head is token and d.trigger is not token})
    out += sentence
    return out


class Course:
    """What the frames have read in a report so far: what it is about, and what it told of last.

    A word such as "killed" or "attack" often means what the report told of before. The frames are asked and not the
    claims that were read, so that training sees what reading sees.
    """

    def __init__(self) -> None:
        self._types: Counter[str] = Counter()
        self._first: tuple[str, ...] = ()
        self._last: tuple[str, ...] = ()
        self._ago = 0

    def add(self, found: Sequence[Draft]) -> None:
        """Remembers what the frames read in one more sentence."""
        types = tuple(sorted({d.type for d in found if d.kind != "relation"}))
        self._ago += 1
        if types:
            self._types.update(types)
            self._first = self._first or types
            self._last, self._ago = types, 0

    def traits(self) -> list[str]:
        """Features of the next sentence."""
        most = sorted(self._types, key=lambda type: (-self._types[type], type))
        out = [f"most {rank} {type}" for rank, type in enumerate(most[:2])]
        out += [f"first {type}" for type in self._first]
        out += [f"last {type}" for type in self._last] + [f"ago {min(3, self._ago)}"]
        return out


def sentence_traits(sentence: Span, drafts: Sequence[Draft], scene: Scene) -> list[str]:
    """Features of a sentence: what is named in it, and what the frames read in it."""
    kinds = {m.kind for t in sentence if (m := scene.mention(t)) is not None}
    out = [f"has {kind}" for kind in sorted(kinds)]
    out += [f"reads {kind}" for kind in sorted({d.kind for d in drafts})]
    out.append(f"long {min(5, len(sentence) // 8)}")
    if any(t.lemma_.lower() in CUES.armed_nouns for t in sentence):
        out.append("has armed")
    if any(t.like_num for t in sentence):
        out.append("has number")
    return out


def own(token: Token, type: str, found: Sequence[Draft]) -> list[Draft]:
    """The drafts of the frames that read such a claim at the word, if only of a part of the place."""
    return [d for d in found if _at(d, token, type)]


def kin(token: Token, type: str, found: Sequence[Draft]) -> list[Draft]:
    """The drafts of the frames that read a claim of the kind at the word's head (a root is its own) or a child."""
    near = (d for d in found if d.trigger.head is token or token.head is d.trigger)
    return [d for d in near if d.kind == KINDS[type] and not _at(d, token, type)]


def _at(draft: Draft, token: Token, type: str) -> bool:
    return draft.trigger.i == token.i and draft.type in (type, PARTS.get(type))


def chosen(drafts: Sequence[Draft], role: Role) -> frozenset[str]:
    """What the frames had in a role, by name; "" for nobody."""
    names = set()
    for draft in drafts:
        if role == "place":
            names.add(draft.place.where.name if draft.place is not None else "")
        else:
            party = draft.actor if role == "actor" else draft.opponent
            names.add(party.party.name if party is not None else "")
    return frozenset(names)
