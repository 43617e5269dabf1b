"""A parsed text in plain Python: tokens, sentences and the tree over them, under the names that spaCy gives them.

spaCy makes a new object at each step from word to word and looks each attribute up anew; rules that ask hundreds of
questions of every word spend their time on that. Here each thing is read off the parse once. Only what the rules need
is kept; a Doc never changes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from sys import intern
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from tadmor.claim import spacy_alone  # noqa: F401  # before all else of spaCy

# isort: split
from spacy import tokens as spacy
from spacy.strings import StringStore

STRINGS = ("ORTH", "LOWER", "LEMMA", "TAG", "POS", "DEP", "ENT_TYPE")
FLAGS = ("SPACY", "IS_SPACE", "IS_PUNCT", "IS_ALPHA", "IS_UPPER", "LIKE_NUM")


class Token:
    """A word with its place in the tree; `children` and `subtree` are in the order of the text."""

    __slots__ = (
        *("doc", "i", "idx", "text", "whitespace_", "lower_", "lemma_", "tag_", "pos_", "dep_", "ent_type_"),
        *("is_space", "is_punct", "is_alpha", "is_upper", "like_num"),
        *("head", "children", "left_edge", "right_edge", "sent"),
    )
    head: Token  # of the head of a sentence the token itself
    children: tuple[Token, ...]
    left_edge: Token  # first of the subtree
    right_edge: Token  # last of the subtree
    sent: Span

    def __init__(self, doc: Doc, i: int, idx: int, strings: tuple[str, ...], flags: tuple[bool, ...]) -> None:
        self.doc = doc
        self.i = i
        self.idx = idx
        self.text, self.lower_, self.lemma_, self.tag_, self.pos_, self.dep_, self.ent_type_ = strings
        spaced, self.is_space, self.is_punct, self.is_alpha, self.is_upper, self.like_num = flags
        self.whitespace_ = " " if spaced else ""

    def __len__(self) -> int:
        return len(self.text)

    def __repr__(self) -> str:
        return self.text

    @property
    def ancestors(self) -> Iterator[Token]:
        """The heads above, nearest first."""
        token = self
        while token.head is not token:
            token = token.head
            yield token

    @property
    def subtree(self) -> Iterator[Token]:
        """The token and all below it; without recursion, as nothing bounds how deep a text may nest."""
        waiting = [(self, False)]
        while waiting:
            token, opened = waiting.pop()
            if opened or not token.children:
                yield token
                continue
            before = [(child, False) for child in token.children if child.i < token.i]
            after = [(child, False) for child in token.children if child.i > token.i]
            waiting += reversed([*before, (token, True), *after])

    def is_ancestor(self, other: Token) -> bool:
        """Whether the other token lies below this one."""
        return any(above is self for above in other.ancestors)

    def nbor(self, step: int) -> Token:
        """The token so many places on. Raises `IndexError` outside the text."""
        at = self.i + step
        if at < 0:
            raise IndexError(at)
        return self.doc.tokens[at]


class Span:
    """Tokens ``doc[start:end]``, with the label of a name or sentence."""

    __slots__ = ("doc", "end", "label_", "start", "tokens")

    def __init__(self, doc: Doc, start: int, end: int, label: str = "") -> None:
        self.doc = doc
        self.start = start
        self.end = end
        self.label_ = label
        self.tokens = doc.tokens[start:end]

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    def __getitem__(self, i: int) -> Token:
        return self.tokens[i]

    def __repr__(self) -> str:
        return self.text

    @property
    def start_char(self) -> int:
        """Where its first token begins in the text of the Doc."""
        return self.tokens[0].idx

    @property
    def end_char(self) -> int:
        """Where its last token ends in the text of the Doc."""
        last = self.tokens[-1]
        return last.idx + len(last.text)

    @property
    def text(self) -> str:
        return self.doc.text[self.start_char : self.end_char] if self.tokens else ""

    @property
    def text_with_ws(self) -> str:
        """The text with the blank that follows it."""
        return self.text + self.tokens[-1].whitespace_ if self.tokens else ""

    @property
    def root(self) -> Token:
        """The token nearest to the head of the sentence; of several the first, of marks only without words."""
        for token in self.tokens:
            if token.head is token:
                return token
        outer = (t for t in self.tokens if not self.start <= t.head.i < self.end)
        return min(outer, key=_depth, default=self.doc.tokens[self.start])


class Doc:
    """A parsed text, with the parse that it was read off, for its arrays.

    `user_data` holds what readers found out about the text, each under its own key, so as to ask once.
    """

    def __init__(self, parsed: spacy.Doc) -> None:
        self.parsed = parsed
        self.text: str = parsed.text
        self.user_data: dict[str, Any] = {}
        self.tokens: list[Token] = []
        table = parsed.to_array([*STRINGS, *FLAGS, "HEAD"])
        strings = zip(*(_strings(parsed.vocab.strings, column) for column in table.T[: len(STRINGS)]), strict=True)
        steps = table[:, -1].astype(np.int64).tolist()
        idx = 0
        for i, (texts, flags) in enumerate(
            zip(strings, table[:, len(STRINGS) : -1].astype(bool).tolist(), strict=True)
        ):
            self.tokens.append(Token(self, i, idx, texts, flags))
            idx += len(texts[0]) + flags[0]
        below: list[list[Token]] = [[] for _ in self.tokens]
        for token, step in zip(self.tokens, steps, strict=True):
            token.head = self.tokens[token.i + step]
            if step:
                below[token.head.i].append(token)
        for token in self.tokens:
            token.children = tuple(below[token.i])
            token.left_edge = token.right_edge = token
        for token in self.tokens:  # the first to reach a head is the first of all below it
            above = token.head
            while above.left_edge.i > token.i:
                above.left_edge = token
                above = above.head
        for token in reversed(self.tokens):
            above = token.head
            while above.right_edge.i < token.i:
                above.right_edge = token
                above = above.head
        self.sents = [Span(self, sent.start, sent.end) for sent in parsed.sents]
        for sent in self.sents:
            for token in sent.tokens:
                token.sent = sent
        self.ents = [Span(self, name.start, name.end, name.label_) for name in parsed.ents]

    def __len__(self) -> int:
        return len(self.tokens)

    def __iter__(self) -> Iterator[Token]:
        return iter(self.tokens)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> Span: ...
    def __getitem__(self, at: int | slice) -> Token | Span:
        if isinstance(at, int):
            return self.tokens[at]
        start, end, _ = at.indices(len(self.tokens))
        return Span(self, start, max(start, end))

    def hang(self, token: Token, head: Token) -> None:
        """Hangs a token, with all below it, on another one that does not lie below it; on itself, to head its
        sentence."""
        before = token.head
        before.children = tuple(child for child in before.children if child is not token)
        if head is not token:
            head.children = tuple(sorted((*head.children, token), key=_place))
        token.head = head
        for start in (before, head):
            for above in (start, *start.ancestors):
                edges = [(child.left_edge, child.right_edge) for child in above.children]
                above.left_edge = min((above, *(left for left, _ in edges)), key=_place)
                above.right_edge = max((above, *(right for _, right in edges)), key=_place)

    def forget(self) -> None:
        """Takes the words apart, after which nothing may be asked of them: memory is free at once, and the collector of
        garbage, which finds the circles of words that know each other, has nothing left to find."""
        for token in self.tokens:
            del token.doc, token.head, token.children, token.left_edge, token.right_edge, token.sent
        self.tokens.clear()
        self.sents.clear()
        self.ents.clear()
        self.user_data.clear()

    def char_span(self, start: int, end: int) -> Span | None:
        """The tokens of which any character lies in ``text[start:end]``; None outside the text."""
        if not (self.tokens and 0 <= start < len(self.text) and 0 < end <= len(self.text)):
            return None
        first = bisect_right(self.tokens, start, key=_place) - 1
        last = bisect_right(self.tokens, end - 1, key=_place) - 1
        if start == self.tokens[first].idx + len(self.tokens[first]):
            first += 1  # it begins at the blank after a token
        return Span(self, first, last + 1)


def _depth(token: Token) -> int:
    """How many heads are above the token; as if it were all the text for a mark that nothing hangs on."""
    if (token.is_space or token.is_punct) and not token.children:
        return len(token.doc) - 1
    return sum(1 for _ in token.ancestors)


def _strings(strings: StringStore, column: npt.NDArray[np.uint64]) -> list[str]:
    """A column of the parse, each value one and the same string wherever it stands."""
    values = column.tolist()
    names = {value: _string(strings, value) for value in set(values)}
    return [names[value] for value in values]


@lru_cache(maxsize=1 << 16)
def _string(strings: StringStore, value: int) -> str:
    return intern(strings[value])


def _place(token: Token) -> int:
    return token.idx
