"""Ranks the candidates for a role of a claim: learned weights over traits, short strings that speak for or against one.

The same trait weighs differently by what it is looked at together with, its *group*: the type of the claim, its kind,
the verb. What a candidate has of itself is asked once for all claims of its sentence (`Field`); only what depends on
the claim is asked for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, repeat

import msgspec
import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
Groups = Iterable[tuple[tuple[str, ...], Sequence[str]]]  # traits, with all that they are looked at together with
_SINGLE = "path "  # how traits begin that are never a candidate's own: most there are


class Ranker(msgspec.Struct, frozen=True):
    """Scores the candidates of a role by their traits, each a weight and what it gives to a hidden layer."""

    rows: dict[str, dict[str, int]]  # group -> trait -> row of the table
    table: Matrix  # rows x (1 + hidden); row 0 counts for every candidate
    out: Matrix  # what the hidden layer weighs
    # all three are made when first asked for
    _joint: dict[tuple[str, ...], dict[str, tuple[int, ...]]] = {}  # rows by several groups
    _numbers: dict[str, int] = {}  # of the traits that may be a candidate's own, from 1 on
    _own: dict[tuple[tuple[str, ...], ...], tuple[Rows, Matrix]] = {}  # see `own`

    @classmethod
    def of(cls, names: Iterable[str], table: Matrix, out: Matrix) -> Ranker:
        """A ranker from the names of its rows after row 0, group and trait with a tab between the two.

        Raises `ValueError` where the table has not as many rows.
        """
        rows: dict[str, dict[str, int]] = {}
        count = 1
        for count, name in enumerate(names, start=2):
            group, _, trait = name.partition("\t")
            rows.setdefault(group, {})[trait] = count - 1
        if len(table) != count or table.shape[1:] != (len(out) + 1,):
            raise ValueError(f"a table of {table.shape} for {count - 1} traits")
        return cls(rows, table, out)

    def probabilities(self, candidates: Iterable[Groups]) -> list[float]:
        """One for each candidate, given as its traits; they add up to 1."""
        return self.likely(self.summed(candidates))

    def summed(self, candidates: Iterable[Groups]) -> Matrix:
        """What the traits of each candidate give together: candidates x (1 + hidden)."""
        ids: list[int] = []
        starts: list[int] = []
        for groups in candidates:
            starts.append(len(ids))
            ids.append(0)
            for names, traits in groups:
                ids.extend(chain.from_iterable(map(self._together(names).get, traits, repeat(()))))
        sums: Matrix = np.add.reduceat(self.table.take(ids, axis=0), starts, axis=0)
        return sums

    def likely(self, sums: Matrix) -> list[float]:
        """The probability of each candidate by what its traits give together."""
        scores = sums[:, 0] + np.einsum("ch,h->c", np.maximum(sums[:, 1:], 0), self.out)
        likely = np.exp(scores.astype(np.float64) - scores.max())
        chances: list[float] = (likely / likely.sum()).tolist()
        return chances

    def numbers(self) -> dict[str, int]:
        """The number of each trait that a candidate may have of itself."""
        if not self._numbers:
            traits = (trait for rows in self.rows.values() for trait in rows if not trait.startswith(_SINGLE))
            self._numbers.update((trait, number) for number, trait in enumerate(dict.fromkeys(traits), start=1))
        return self._numbers

    def own(self, sorts: tuple[tuple[str, ...], ...]) -> tuple[Rows, Matrix]:
        """What each numbered trait gives to candidates of each sort, as the row that it has in the matrix.

        `sorts` are the groups that the traits of a sort are looked at together with. Row 0 is nothing; the numbers of
        the second sort go on where those of the first end.
        """
        found = self._own.get(sorts)
        if found is None:
            numbers = self.numbers()
            joint = [
                (n * (len(numbers) + 1) + numbers[trait], rows)
                for n, groups in enumerate(sorts)
                for trait, rows in self._together(groups).items()
                if trait in numbers
            ]
            at = np.zeros(len(sorts) * (len(numbers) + 1), dtype=np.intp)
            at[[number for number, _ in joint]] = np.arange(1, len(joint) + 1)
            nothing = np.zeros(self.table.shape[1], dtype=np.float32)
            found = at, np.stack([nothing, *(self.table[list(rows)].sum(axis=0) for _, rows in joint)])
            self._own[sorts] = found
        return found

    def _together(self, groups: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
        """The rows of each trait in all of these groups together."""
        joint = self._joint.get(groups)
        if joint is None:
            joint = self._joint[groups] = {}
            for group in groups:
                for trait, row in self.rows.get(group, {}).items():
                    joint[trait] = (*joint.get(trait, ()), row)
        return joint


class Field:
    """Candidates, each of a sort and with the traits that it has of itself, whatever the claim."""

    def __init__(self, ranker: Ranker, candidates: Iterable[tuple[int, Sequence[str]]]) -> None:
        numbers = ranker.numbers()
        self._ranker = ranker
        self._ids: list[int] = []
        self._starts: list[int] = []
        for sort, own in candidates:
            self._starts.append(len(self._ids))
            first = sort * (len(numbers) + 1)
            self._ids.append(first)
            self._ids.extend(first + numbers[trait] for trait in own if trait in numbers)

    def sums(self, sorts: tuple[tuple[str, ...], ...]) -> Matrix:
        """What the traits of each candidate give, those of each sort looked at together with its groups."""
        if not self._starts:
            return np.zeros((0, self._ranker.table.shape[1]), dtype=np.float32)
        at, given = self._ranker.own(sorts)
        sums: Matrix = np.add.reduceat(given.take(at.take(self._ids), axis=0), self._starts, axis=0)
        return sums
