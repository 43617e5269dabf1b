"""All claims of a record in columns: whatever lists of claims are filtered by, in the order of the list.

A filter is a comparison over arrays, so that any of them, alone or together, takes a few milliseconds among a million
claims, and tells how many there are as well. A claim takes some 40 bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tadmor.record.database import Database

__all__ = ["Array", "Bools", "Coded", "Ledger", "load"]

Bools = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]

WORDS = ("kind", "type", "modality", "actor", "opponent", "place_id", "part")
NEVER, UNKNOWN = date.max.toordinal() + 1, 0  # where no day is known: it is neither before a day nor after one
BATCH = 512  # rows at once: so few that the collector of garbage does not go through the rest for their sake


class Coded(NamedTuple):
    """A column of words: of each claim the number of its word in `words`, in which None stands for none."""

    numbers: Array
    words: dict[str | None, int]

    def any_of(self, wanted: Iterable[str]) -> Bools:
        """Which claims have one of these words."""
        found = [self.words[word] for word in wanted if word in self.words]
        if len(found) == 1:
            return np.equal(self.numbers, found[0])
        among = np.zeros(len(self.words), dtype=np.bool_)
        among[found] = True
        return among[self.numbers]

    def counts(self, which: Bools | None = None) -> dict[str, int]:
        """How many claims, of all or of these, have each word."""
        numbers = self.numbers if which is None else self.numbers[which]
        counts = np.bincount(numbers, minlength=len(self.words)).tolist()
        return {word: counts[number] for word, number in self.words.items() if word is not None and counts[number]}


class Ledger(NamedTuple):
    """The claims, latest first. `first` and `last` are the days under which they are listed, as ordinals."""

    number: Array  # of their rows in the record
    first: Array
    last: Array
    sure: Array
    kind: Coded
    type: Coded
    modality: Coded
    actor: Coded
    opponent: Coded
    place: Coded
    part: Coded

    def among(self, numbers: Array | Sequence[int]) -> Bools:
        """Which claims have rows with these numbers."""
        return np.isin(self.number, numbers)

    def page(self, which: Bools | None, offset: int, limit: int) -> tuple[int, list[int]]:
        """How many claims these are, or all, and the numbers of some of them."""
        found = self.number if which is None else self.number[which]
        return len(found), found[offset : offset + limit].tolist()

    def parties(self, which: Bools | None = None) -> dict[str, int]:
        """The parties that claims name, of all or of these, and how often, the most named first."""
        found = self.actor.counts(which)
        for name, count in self.opponent.counts(which).items():
            found[name] = found.get(name, 0) + count
        return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))

    def types(self, kind: str) -> list[tuple[str, int]]:
        """The types of the claims of a kind, and how often, the most frequent first."""
        found = self.type.counts(self.kind.any_of([kind]))
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))

    def days(self, which: Bools) -> list[tuple[int, int]]:
        """The last days, as ordinals, under which these claims are listed, and how many are."""
        days, counts = np.unique(self.last[which & (self.last != UNKNOWN)], return_counts=True)
        return list(zip(days.tolist(), counts.tolist(), strict=True))


class _Numbered(dict[str | None, int]):
    """Numbers words as they come."""

    def __missing__(self, word: str | None) -> int:
        self[word] = len(self)
        return self[word]


class _Ordinals(dict[str | None, int]):
    """The ordinals of days, each worked out once."""

    def __missing__(self, day: str | None) -> int:
        self[day] = date.fromisoformat(day or "").toordinal()
        return self[day]


def load(database: Database) -> Ledger:
    """All claims as they are now."""
    # Put in order here: an index in that order would be written with each claim, a page for each of its days.
    rows = database.tuples(
        "SELECT id, number, confidence, listed_to, CASE WHEN listed_from <> listed_to THEN listed_from END,"
        f" {', '.join(WORDS)} FROM claims"
    )
    ids: list[bytes] = []
    number, sure, last, first = array("q"), array("d"), array("i"), array("i")
    ordinal_of = _Ordinals({None: UNKNOWN})
    words, coded = [_Numbered() for _ in WORDS], [array("i") for _ in WORDS]
    while batch := list(islice(rows, BATCH)):
        some, numbers, sures, lasts, firsts, *columns = zip(*batch, strict=True)
        ids += map(str.encode, some)
        number.extend(numbers)
        sure.extend(sures)
        last.extend(map(ordinal_of.__getitem__, lasts))
        first.extend(map(ordinal_of.__getitem__, firsts))
        for own, numbered, column in zip(coded, words, columns, strict=True):
            own.extend(map(numbered.__getitem__, column))
    to, since = np.array(last), np.array(first)
    order = np.lexsort((np.array(ids), -to))  # the day UNKNOWN, which is 0, comes last
    since = np.where(to == UNKNOWN, NEVER, np.where(since == UNKNOWN, to, since))
    return Ledger(
        np.array(number)[order],
        since[order],
        to[order],
        np.array(sure)[order],
        *(
            Coded(np.array(own, dtype=np.min_scalar_type(len(numbered)))[order], numbered)
            for own, numbered in zip(coded, words, strict=True)
        ),
    )
