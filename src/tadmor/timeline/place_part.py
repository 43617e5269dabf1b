"""Which part of a place a claim speaks of: "eastern half", "the city's centre", "most of it", "oil fields near it".

Claims about the same part have to meet however they are worded, so the words of a part are reduced to a key by
``data/weights/parts.csv``. What the part is to the whole decides how far a claim about it speaks for the whole.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.lexicon.placename import fold
from tadmor.records import Record, Where

__all__ = ["WHOLE", "Extent", "Part", "of"]

Extent = Literal["whole", "share", "region", "feature", "outside"]
WordRole = Literal["direction", "centre", "outside", "share", "extent", "held", "party", "filler"]

MAJORITY = 0.5  # more than this share is most of it
_PERCENT = re.compile(r"(\d{1,3}) ?(?:%|percent|per cent)")
_FEW = 0.2  # "villages in the east" are some of it
_UNSAID = 0.3  # "parts of it"
_MOST_WORDS = 40  # hostile text: what is longer is cut
_MOST_CHARACTERS = 120


class PartWord(Record, frozen=True, kw_only=True):
    """A row of ``parts.csv``."""

    word: str
    role: WordRole
    value: str = ""


class Part(NamedTuple):
    """A part of a place.

    `key` is None for the whole, and for a share of it that has no name ("most of it"). `extent` tells what the part is
    to the whole: the whole itself, an unnamed share, a region ("east"), a feature ("brick factory"), or something
    outside that does not decide who holds the place. `share` is how much of the part named by `key` is spoken of.
    """

    key: str | None
    extent: Extent
    share: float = 1.0


WHOLE = Part(None, "whole")


@cache
def words() -> dict[str, PartWord]:
    """The rows of ``parts.csv`` by word. Raises `LexiconError` for a wrong or repeated row."""
    path = table.data("weights") / "parts.csv"
    found: dict[str, PartWord] = {}
    for line, row in table.read(path, PartWord):
        if row.word in found:
            raise LexiconError(f"{path}, row {line}: {row.word!r} stands twice")
        if row.role == "share" and not _is_share(row.value):
            raise LexiconError(f"{path}, row {line}: a share between 0 and 1 is expected, not {row.value!r}")
        found[row.word] = row
    return found


def _is_share(text: str) -> bool:
    try:
        return 0 < float(text) <= 1
    except ValueError:
        return False


def of(where: Where) -> Part:
    """The part that `where` speaks of."""
    return _part(where.part or "", where.near, where.name)


@lru_cache(maxsize=1 << 14)
def _part(text: str, near: bool, place: str) -> Part:
    percent = _PERCENT.search(text)
    skipped = set(fold(place).split())
    tokens = [word for word in fold(text.replace("'s", " ").replace("\u2019s", " ")).split() if word not in skipped]
    by_role: dict[WordRole, list[str]] = {}
    rest: list[str] = []  # what the part is called, if it has a name of its own
    for token in tokens[:_MOST_WORDS]:
        if row := words().get(token):
            by_role.setdefault(row.role, []).append(row.value)
        elif not (percent and token.isdigit()):
            rest.append(token)
    directions = _joined(set(by_role.get("direction", ())))
    centre, outside = by_role.get("centre", [])[:1], by_role.get("outside", [])[:1]
    share = _share(by_role.get("share", []), percent, halved=bool(directions) and "half" in tokens)
    if near or outside:
        return Part(_key(["near:", *directions, *(rest or outside or ["surroundings"])]), "outside")
    if directions:
        return Part(_key([*directions, *centre]), "region", min(share, _FEW) if rest else share)
    if rest and "held" not in by_role:
        return Part(_key([*centre, *rest]), "feature", share)
    if centre:
        return Part(_key(centre), "feature", share)
    if by_role.keys() <= {"filler"} and not rest and not percent:
        return WHOLE
    return Part(None, "share", share if share < 1 else _UNSAID)


def _joined(directions: set[str]) -> list[str]:
    """Directions in order, of two at right angles what lies between them: the north of the east is the northeast."""
    for one in ("north", "south"):
        for other in ("east", "west"):
            if directions == {one, other}:
                return [one + other]
    return sorted(directions)


def _key(pieces: list[str]) -> str:
    return " ".join(pieces)[:_MOST_CHARACTERS].strip()


def _share(shares: list[str], percent: re.Match[str] | None, *, halved: bool) -> float:
    """How much of the part is spoken of: of "most of the eastern half" most, of "the eastern half" all."""
    found = [float(share) for share in shares]
    if halved and 0.5 in found:
        found.remove(0.5)
    if percent:
        found.append(min(int(percent[1]), 100) / 100)
    return min(found, default=1.0)
