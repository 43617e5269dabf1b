"""Ranks the candidates for a role of a claim: learned weights over traits, short strings that speak for or against one.

The same trait weighs differently by what it is looked at together with, its *group*: the type of the claim, its kind,
the verb. Most are looked at together with the same few groups, a *sort*, for which they are summed beforehand. Traits
are looked up once and known by numbers from then on: how many rows are summed costs less than how many strings are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from math import exp
from sys import intern
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]
Numbers: TypeAlias = "array[int]"
Groups = tuple[str, ...]
Traits = Iterable[tuple[Groups, Sequence[str]]]  # with all that they are looked at together with
Sorts = tuple[Groups, ...]


class Heap:
    """Numbers of the traits of several candidates, one after another; those of each begin with 0, which all have.

    They lie in an array, which NumPy takes as it is; of a list it would look at each number.
    """

    def __init__(self) -> None:
        self.numbers: Numbers = array("q")
        self.starts: list[int] = []

    def begin(self) -> None:
        """What is added from now on belongs to the next candidate."""
        self.starts.append(len(self.numbers))
        self.numbers.append(0)


class Ranker(msgspec.Struct, frozen=True):
    """Scores the candidates of a role by their traits, each a weight and what it gives to a hidden layer."""

    rows: dict[str, dict[str, int]]  # group -> trait -> row of the table
    table: Matrix  # rows x (1 + hidden); row 0 counts for every candidate
    out: Matrix  # what the hidden layer weighs
    _numbers: list[dict[str, int]] = []  # see `numbers`
    _together: dict[Sorts, tuple[Rows, Matrix]] = {}  # see `together`

    @classmethod
    def of(cls, names: Iterable[str], table: Matrix, out: Matrix) -> Ranker:
        """A ranker from the names of its rows after row 0, group and trait with a tab between the two.

        Raises `ValueError` where the table has not as many rows.
        """
        rows: dict[str, dict[str, int]] = {}
        count = 1
        for count, name in enumerate(names, start=2):
            group, _, trait = name.partition("\t")
            rows.setdefault(intern(group), {})[intern(trait)] = count - 1
        if len(table) != count or table.shape[1:] != (len(out) + 1,):
            raise ValueError(f"a table of {table.shape} for {count - 1} traits")
        return cls(rows, table, out)

    def probabilities(self, candidates: Iterable[Traits]) -> list[float]:
        """One for each candidate, given as its traits; they add up to 1."""
        heap = Heap()
        for traits in candidates:
            heap.begin()
            heap.numbers += self.found(traits)
        return self.likely(self.summed(heap))

    def likely(self, sums: Matrix) -> list[float]:
        """The probability of each candidate by what its traits give together."""
        scores: list[float] = (sums[:, 0] + np.maximum(sums[:, 1:], 0) @ self.out).tolist()
        most = max(scores)
        odds = [exp(score - most) for score in scores]  # of a few, Python has them sooner than NumPy
        total = sum(odds)
        return [odd / total for odd in odds]

    def summed(self, apart: Heap, often: Heap | None = None, sorts: Sorts = ()) -> Matrix:
        """What the traits of each candidate give together: candidates x (1 + hidden).

        `apart` are rows that `found` found for each; `often` numbers that `numbered` found for each, of traits that are
        looked at together with one of the `sorts`.
        """
        sums: Matrix = np.add.reduceat(self.table.take(_flat(apart.numbers), axis=0), apart.starts, axis=0)
        if often is not None:
            at, given = self.together(sorts)
            sums += np.add.reduceat(given.take(at.take(_flat(often.numbers)), axis=0), often.starts, axis=0)
        return sums

    def found(self, traits: Traits) -> Numbers:
        """The rows of traits, without those that nothing was learned of."""
        rows: list[int] = []
        of_group = self.rows.get
        for groups, some in traits:
            for group in groups:
                if known := of_group(group):
                    for trait in some:
                        if row := known.get(trait):
                            rows.append(row)
        return array("q", rows)

    def numbered(self, traits: Iterable[str], place: int) -> Numbers:
        """The numbers of traits that are looked at together with the groups at a place among `sorts`."""
        known = self._numbers[place] if place < len(self._numbers) else self.numbers(place)
        return array("q", [number for trait in traits if (number := known.get(trait))])

    def numbers(self, place: int) -> dict[str, int]:
        """A number from 1 on for each trait, another for each place among `sorts`."""
        while place >= len(self._numbers):
            traits = dict.fromkeys(trait for rows in self.rows.values() for trait in rows)
            start = len(self._numbers) * (len(traits) + 1) + 1
            self._numbers.append({trait: number for number, trait in enumerate(traits, start)})
        return self._numbers[place]

    def together(self, sorts: Sorts) -> tuple[Rows, Matrix]:
        """What each numbered trait gives in all groups of a sort together, as the row that it has in the matrix."""
        found = self._together.get(sorts)
        if found is None:
            known = []
            for place, groups in enumerate(sorts):
                for group in filter(self.rows.get, groups):
                    of_group = self.rows[group]
                    known.append(([*map(self.numbers(place).__getitem__, of_group)], [*of_group.values()]))
            at = np.zeros(len(sorts) * (len(self.numbers(0)) + 1), dtype=np.int32)
            at[list(chain.from_iterable(numbers for numbers, _ in known))] = 1
            at[at > 0] = np.arange(1, at.sum() + 1)
            given = np.zeros((at.max() + 1, self.table.shape[1]), dtype=np.float32)
            for numbers, rows in known:
                given[at[numbers]] += self.table[rows]
            found = self._together[sorts] = at, given
        return found


def _flat(numbers: Numbers) -> npt.NDArray[np.int64]:
    return np.frombuffer(numbers, dtype=np.int64)
