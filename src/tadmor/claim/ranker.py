"""Ranks the candidates for a role of a claim: learned weights over traits, short strings that speak for or against one.

The same trait weighs differently by what it is looked at together with, its *group*: the type of the claim, its kind,
the verb. Most are looked at together with the same few groups, which are summed beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat

import msgspec
import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]
Groups = tuple[str, ...]
Traits = Iterable[tuple[Groups, Sequence[str]]]  # with all that they are looked at together with
Sorts = tuple[Groups, ...]


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
            rows.setdefault(group, {})[trait] = count - 1
        if len(table) != count or table.shape[1:] != (len(out) + 1,):
            raise ValueError(f"a table of {table.shape} for {count - 1} traits")
        return cls(rows, table, out)

    def probabilities(self, candidates: Iterable[Traits]) -> list[float]:
        """One for each candidate, given as its traits; they add up to 1."""
        return self.likely(self.summed(candidates))

    def likely(self, sums: Matrix) -> list[float]:
        """The probability of each candidate by what its traits give together."""
        scores = sums[:, 0] + np.einsum("ch,h->c", np.maximum(sums[:, 1:], 0), self.out)
        likely = np.exp(scores.astype(np.float64) - scores.max())
        chances: list[float] = (likely / likely.sum()).tolist()
        return chances

    def summed(
        self, candidates: Iterable[Traits], sorts: Sorts = (), own: Iterable[Sequence[int]] = repeat(())
    ) -> Matrix:
        """What the traits of each candidate give together: candidates x (1 + hidden).

        `sorts` are groups that many traits are looked at together with: naming them is quicker, and changes nothing
        else. `own` are the numbers of more traits of each candidate, found by `numbered`.
        """
        numbers = {groups: self.numbers(place) for place, groups in enumerate(sorts)}
        rows: list[int] = []
        often: list[int] = []
        starts: list[tuple[int, int]] = []
        for traits, more in zip(candidates, own):  # noqa: B905  # `own` may go on for ever
            starts.append((len(rows), len(often)))
            rows.append(0)
            often.append(0)
            often += more
            for groups, some in traits:
                if groups in numbers:
                    often += filter(None, map(numbers[groups].get, some))
                else:
                    for group in groups:
                        if group in self.rows:
                            rows += filter(None, map(self.rows[group].get, some))
        begins = np.array(starts, dtype=np.intp)
        sums: Matrix = np.add.reduceat(self.table.take(rows, axis=0), begins[:, 0], axis=0)
        if sorts:
            at, given = self.together(sorts)
            sums += np.add.reduceat(given.take(at.take(often), axis=0), begins[:, 1], axis=0)
        return sums

    def numbered(self, traits: Iterable[str], place: int) -> list[int]:
        """The numbers of traits that are looked at together with the groups at a place among `sorts`."""
        return list(filter(None, map(self.numbers(place).get, traits)))

    def numbers(self, place: int) -> dict[str, int]:
        """A number from 1 on for each trait, another for each place among `sorts`."""
        while len(self._numbers) <= place:
            traits = dict.fromkeys(trait for rows in self.rows.values() for trait in rows)
            start = len(self._numbers) * (len(traits) + 1) + 1
            self._numbers.append({trait: number for number, trait in enumerate(traits, start)})
        return self._numbers[place]

    def together(self, sorts: Sorts) -> tuple[Rows, Matrix]:
        """What each numbered trait gives in all groups of a sort together, as the row that it has in the matrix."""
        found = self._together.get(sorts)
        if found is None:
            joint: dict[int, list[int]] = {}
            for place, groups in enumerate(sorts):
                numbers = self.numbers(place)
                for rows in [self.rows.get(group, {}) for group in groups]:
                    for trait, row in rows.items():
                        joint.setdefault(numbers[trait], []).append(row)
            at = np.zeros(len(sorts) * (len(self.numbers(0)) + 1), dtype=np.int32)
            at[list(joint)] = np.arange(1, len(joint) + 1)
            given = np.zeros((len(joint) + 1, self.table.shape[1]), dtype=np.float32)
            for here, some in enumerate(joint.values(), start=1):
                given[here] = self.table[some].sum(axis=0)
            found = self._together[sorts] = at, given
        return found
