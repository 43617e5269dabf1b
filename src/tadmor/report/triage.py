"""Whether a text can be about a war: told from its words alone, long before a parser looks at it.

One weight a word (``data/triage/words.tsv``, learned by ``training/triage.py``) is summed over the different words of a
text and divided by the root of their number, which gives the odds. A report is read where its likeliest passage tells
of a war and its whole does not speak against it. In a page as it stands menus and comments are around its article, so
that it is enough where its title or its beginning does not. What is not read is kept.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import repeat
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tadmor.errors import LexiconError

# Swept on FA-KES and the development gold, neither trained on, and on news of other things (LGL, TR-News, GeoVirus).
PASSAGE = 60  # words; at 100 six times as many pages about a war were lost among their menus and comments
LEAST_PASSAGE = 0.75  # how likely the likeliest passage must be about a war; 0.8 loses twice as many pages
LEAST_WHOLE = 0.25  # the same for the whole; without it twice as much other news is read
# The same for the likeliest of a page's title, first passage and whole: less in none of 1,664 pages about a war that
# their passages let pass, and in a quarter of the others; swept 0.1-0.6.
LEAST_OF_PAGE = 0.4
MOST_OF_TITLE = 250  # words
FEW = 40  # words; of a shorter text they say too little, and it is soon read

_FILE = "data/triage/words.tsv"
_WHOLE = 1000  # weights have so many parts of one
WORD = re.compile(r"[^\W\d_]+")

# Words are looked up in UTF-8, where letters beyond ASCII are bytes like any others, and signs beyond it are told by
# their first ones. What so becomes of a text is what `WORD` finds in it, but for rare signs.
_SIGN = re.compile(rb"\xe2[\x80-\xbf].|\xc2[\x80-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf]|\xf0\x9f..|\xef\xb8.", re.DOTALL)
_LETTERS = bytes(code if code > 0x7F or chr(code).isalpha() else 0x20 for code in range(0x100)).lower()

# Pages are gone through as bytes: most are UTF-8, and little of them has to be decoded.
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{1,500})", re.IGNORECASE)
_META = re.compile(rb"<meta\b([^<>]{1,2000})>", re.IGNORECASE)
_TOLD = re.compile(rb"""(?:name|property)\s*=\s*["']?(?:og:|twitter:)?(?:title|description)\b""")
_CONTENT = re.compile(rb"""content\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_PARAGRAPH = re.compile(rb"<[pP](?=[\s>])[^<>]*>")
_END = re.compile(rb"</[pP]\b|<(?:p|div|ul|ol|table|script|style|section|article|footer|form)\b", re.IGNORECASE)
_HIDDEN = re.compile(rb"<(?=(?:script|style|head|noscript|template)\b)", re.IGNORECASE)
_SHOWN_AGAIN = re.compile(rb"</(?:script|style|head|noscript|template)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*>")
_HEAD = 200_000  # bytes in which a page says what it is about, at most
_MOST = 1_000  # paragraphs that are looked at
_LONGEST = 10_000  # bytes of each
_FEW_CHARACTERS = 200  # of all paragraphs together: then the words stand elsewhere


def unlikely(title: str, text: str, *, page: bool = False) -> float | None:
    """How likely the report is about a war, from 0 to 1, where that is too little to read it; else None.

    With `page` the text is all that stands in a page, of which the article may be a small part.
    """
    words, head = _numbers(text), _numbers(title)[:MOST_OF_TITLE]
    if len(words) + len(head) < FEW:
        return None
    passages = -(-max(len(words) - PASSAGE // 3, 1) // PASSAGE)
    table = np.zeros((passages, PASSAGE + len(head)), np.int32)
    full = len(words) // PASSAGE
    table[:full, :PASSAGE] = words[: full * PASSAGE].reshape(full, PASSAGE)
    table[full:, : len(words) % PASSAGE] = words[full * PASSAGE :]  # of the last some words, if it is one
    table[:, PASSAGE:] = head
    odds = _odds(table)
    passage = _likely(max(odds))
    if passage < LEAST_PASSAGE:
        return passage
    (whole,), least = _odds(np.concatenate((head, words))[np.newaxis]), LEAST_WHOLE
    if page:
        whole, least = max(whole, odds[0], *_odds(head[np.newaxis])), LEAST_OF_PAGE
    about = _likely(whole)
    return about if about < least else None


def _words(text: str) -> list[bytes]:
    raw = text.encode("utf-8", "replace")
    if not text.isascii():
        raw = _SIGN.sub(b" ", raw)
        if not raw.isascii():  # capitals beyond it
            raw = _SIGN.sub(b" ", text.lower().encode("utf-8", "replace"))
    return raw.translate(_LETTERS).split()


def _numbers(text: str) -> npt.NDArray[np.int32]:
    """The words by their numbers in the table of weights; 0 is a word that has none."""
    words = _words(text)
    return np.fromiter(map(_table().numbers.get, words, repeat(0)), np.int32, len(words))


def _odds(texts: npt.NDArray[np.int32]) -> list[float]:
    """The odds of each row of words, in any order and with any number of zeros among them."""
    words = np.sort(texts, axis=1)
    words[:, 1:][words[:, 1:] == words[:, :-1]] = 0
    known = np.maximum(np.count_nonzero(words, axis=1), 1)
    sums = _table().weights[words].sum(axis=1)
    odds: list[float] = (sums / _WHOLE / np.sqrt(known) + _weights()[b""]).tolist()
    return odds


def _likely(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


class Glance(NamedTuple):
    """What a page is headed with, and its words: how it describes itself, then its paragraphs."""

    title: str
    text: str


def glance(page: bytes) -> Glance:
    """The words of a page, without a search for its article: of its paragraphs, or of all of it where it has none.

    The page is gone through once and no tree is made of it: the time grows with its length alone, whatever is in it.
    Raises `UnicodeDecodeError` where what is looked at is not in UTF-8.
    """
    head, *pieces = _PARAGRAPH.split(page, maxsplit=_MOST)
    paragraphs = []
    for piece in pieces:
        end = _END.search(piece, 0, _LONGEST)
        paragraphs.append(_plain(piece[: end.start() if end else _LONGEST]))
    if len(" ".join(paragraphs)) < _FEW_CHARACTERS:
        paragraphs = [_plain(line) for line in _shown(page)]
    title = _TITLE.search(page, 0, _HEAD)
    metas = (meta[1] for meta in _META.finditer(head, 0, _HEAD))
    contents = (_CONTENT.search(meta) for meta in metas if _tells(meta.lower()))
    told = (_plain(content[1] or content[2] or b"") for content in contents if content)
    lines = dict.fromkeys(line for line in (*told, *paragraphs) if line)
    return Glance(title=_plain(title[1]) if title else "", text="\n\n".join(lines))


def _tells(meta: bytes) -> bool:
    """Whether the attributes of a tag, in small letters, are those of a title or a description."""
    return (b"title" in meta or b"description" in meta) and _TOLD.search(meta) is not None


def _shown(page: bytes) -> list[bytes]:
    """What stands between the tags of a page, without its scripts and styles."""
    first, *rest = _HIDDEN.split(page)
    pieces = [first, *(piece[end.end() :] for piece in rest if (end := _SHOWN_AGAIN.search(piece)))]
    return _TAG.split(b" ".join(pieces))


def _plain(marked: bytes) -> str:
    text = html.unescape(_TAG.sub(b" ", marked).decode())
    if not text.isprintable():
        return " ".join(text.split())
    while "  " in text:  # of blanks alone, this takes less
        text = text.replace("  ", " ")
    return text.strip()


class _Table(NamedTuple):
    """The weights of words by number, as many times `_WHOLE`, so that their sums are exact in any order."""

    numbers: Mapping[bytes, int]
    weights: npt.NDArray[np.int64]


@cache
def _table() -> _Table:
    weights = {b"": 0.0} | {word: weight for word, weight in _weights().items() if word}
    numbers = {word: number for number, word in enumerate(weights)}
    return _Table(numbers, np.rint(np.array(list(weights.values())) * _WHOLE).astype(np.int64))


@cache
def _weights() -> Mapping[bytes, float]:
    """A weight for each word in lower case, under the empty word what a text without words has."""
    try:
        lines = files("tadmor").joinpath(_FILE).read_bytes().splitlines()
        found = {word: float(weight) for word, _, weight in (line.partition(b"\t") for line in lines)}
    except (OSError, ValueError) as error:
        raise LexiconError(f"{_FILE}: {error}: each row is a word, a tab and its weight") from error
    if b"" not in found:
        raise LexiconError(f"{_FILE}: the row of the empty word is missing: train it anew")
    return found
