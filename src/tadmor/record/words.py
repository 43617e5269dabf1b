"""Which texts hold some words: the full-text indexes over the texts of reports and the quotes of claims.

What the user types is words, not a query language. Each of them has to be there; one that is several to the index
("pro-government") has to be there as a phrase. Capitals and accents make no difference. In a file that is FTS5, on a
server an index of words (`to_index` in the migrations there), where the phrases are looked for in the texts found.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from tadmor.record.database import Database
from tadmor.record.rows import json_text

__all__ = ["Numbers", "around", "best", "holding"]

Numbers = npt.NDArray[np.int64]
Index = Literal["report_words", "quote_words"]
RANKED = 50_000  # claims with the words that are searched for; more of them are not ranked
_K1, _B = 1.2, 0.75  # of Okapi BM25, as FTS5 has them; so is what a word that half of all quotes hold counts for
_LEAST = 1e-6


class Best(NamedTuple):
    """A claim that was found: the smaller the rank, the better."""

    number: int
    rank: float


def holding(database: Database, index: Index, text: str, *, beginning: bool = False) -> Numbers:
    """The numbers of the rows whose texts hold all these words, rising; `beginning`: the last of the words may be the
    beginning of one."""
    values: Sequence[str] = ()
    if database.engine == "sqlite":
        listed, where = "group_concat(rowid)", f"{index} MATCH ?"
        if match := _match(text, beginning=beginning):
            values = [match]
    else:
        listed, where = "string_agg(CAST(number AS TEXT), ',' ORDER BY number)", ""
        if phrases := _phrases(database, text):
            where, values = _holds(phrases, beginning=beginning)
    if not values:
        return _NONE
    # As one text: numbers handed over one by one take four times as long.
    (numbers,) = database.query(f"SELECT {listed} FROM {index} WHERE {where}", values)[0]
    return np.fromstring(numbers, dtype=np.int64, sep=",") if numbers else _NONE


def best(database: Database, text: str, *, limit: int) -> list[Best]:
    """The claims whose quotes hold all these words, best first (BM25).

    Words that very many quotes hold tell none of them apart: of these come the first that were read.
    """
    if database.engine == "postgresql":
        return _best_on_server(database, text, limit=limit)
    match = _match(text)
    if not match:
        return []
    (count,) = database.query("SELECT count(*) FROM quote_words WHERE quote_words MATCH ?", (match,))[0]
    rank, order = ("rank", "rank, rowid") if count <= RANKED else ("0.0", "rowid")
    rows = database.query(
        f"SELECT rowid, {rank} FROM quote_words WHERE quote_words MATCH ? ORDER BY {order} LIMIT ?", (match, limit)
    )
    return [Best(*row) for row in rows]


_NONE: Numbers = np.zeros(0, dtype=np.int64)


def _match(text: str, *, beginning: bool = False) -> str:
    """The words as FTS5 is asked for them; "" where there are none."""
    terms = ['"' + word.replace('"', '""') + '"' for word in text.replace("\0", " ").split()]
    return " ".join(terms) + "*" * beginning if terms else ""


def around(text: str, words: str, *, size: int) -> str | None:
    """The `size` words of a text in which most of these words stand, the last of which may be a beginning; None where
    none of them does. Dots stand for what is left out."""
    spans = list(_WORD.finditer(text))
    *whole, last = [_plain(word) for word in _WORD.findall(words)] or [""]
    hits: list[tuple[int, str]] = []
    for place, span in enumerate(spans):
        plain = _plain(span[0])
        if plain in whole:
            hits.append((place, plain))
        elif last and plain.startswith(last):
            hits.append((place, last))
    if not hits:
        return None
    first = max(hits, key=lambda hit: (len({word for place, word in hits if 0 <= place - hit[0] < size}), -hit[0]))[0]
    final = max(place for place, _ in hits if place < first + size)
    begin = max(0, min(first - (size - 1 - (final - first)) // 2, len(spans) - size))
    end = min(begin + size, len(spans))
    cut = text[spans[begin].start() if begin else 0 : spans[end - 1].end() if end < len(spans) else len(text)]
    return f"{_CUT * (begin > 0)}{cut}{_CUT * (end < len(spans))}"


_WORD, _CUT = re.compile(r"[^\W_]+"), "\u2026"


def _plain(word: str) -> str:
    """A word without capitals and accents."""
    return "".join(sign for sign in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(sign))


# --- on a server ------------------------------------------------------------------------------------------------------


def _phrases(database: Database, text: str) -> list[str]:
    """The words as they stand in the index, each between bars: "|pro||government|"."""
    words = json_text(text.replace("\0", " ").split())
    return [row[0] for row in database.query("SELECT in_bars(value) FROM json_each(?)", (words,)) if row[0]]


def _holds(phrases: Sequence[str], *, beginning: bool = False) -> tuple[str, list[str]]:
    """A condition on an index: by its words, and where a phrase has several, by its text."""
    words = [f"'{word}'" for phrase in phrases for word in phrase.strip("|").split("||")]
    asked = " & ".join(words) + ":*" * beginning
    spans = [phrase for phrase in phrases if "||" in phrase]
    if beginning and "||" in phrases[-1]:
        spans[-1] = spans[-1][:-1]
    where = " AND ".join(["words @@ CAST(? AS tsquery)", *["strpos(said, ?) > 0"] * len(spans)])
    return where, [asked, *spans]


def _best_on_server(database: Database, text: str, *, limit: int) -> list[Best]:
    phrases = _phrases(database, text)
    if not phrases:
        return []
    where, values = _holds(phrases)
    (count,) = database.query(f"SELECT count(*) FROM quote_words WHERE {where}", values)[0]
    if not count:
        return []
    if count > RANKED:
        rows = database.query(
            f"SELECT number, 0.0 AS rank FROM quote_words WHERE {where} ORDER BY number LIMIT ?", [*values, limit]
        )
        return [Best(row[0], 0.0) for row in rows]
    quotes, size = database.query("SELECT count(*), coalesce(sum(size), 0)::bigint FROM quote_words")[0]
    ranks, weighed = [], []
    for phrase in phrases:
        condition, one = _holds([phrase])
        (holders,) = database.query(f"SELECT count(*) FROM quote_words WHERE {condition}", one)[0]
        # How often the phrase is there, of how many words, beside how many there are in all.
        often = "((length(said) - length(replace(said, ?, ''))) / length(?))::double precision"
        length = f"{_K1} * ({1 - _B} + {_B} * size / ?::double precision)"
        ranks.append(f"?::double precision * ({often} * {_K1 + 1}) / ({often} + {length})")
        weight = math.log((quotes - holders + 0.5) / (holders + 0.5))
        weighed += [weight if weight > 0 else _LEAST, *[phrase] * 4, size / quotes]
    rows = database.query(
        f"SELECT number, -({' + '.join(ranks)}) AS rank FROM quote_words WHERE {where} ORDER BY rank, number LIMIT ?",
        [*weighed, *values, limit],
    )
    return [Best(*row) for row in rows]
