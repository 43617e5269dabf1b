"""Traits: short strings that learned weights are keyed by, each spelled once.

A dictionary finds the very string that it holds much faster than another that is equal to it, which must be hashed and
compared. So a trait is made once for what it says, and what holds the weights holds the same strings.
"""

from __future__ import annotations

from collections.abc import Hashable
from sys import intern

MOST = 1 << 14  # traits of a kind that are kept, as lemmas and words of reports are without end


class Trait(dict[Hashable, str]):
    """The traits of one kind by what they say: of ``Trait("tag {}")`` that of "NN" is "tag NN".

    Values that are equal must be spelled the same, which 1 and 1.0 are not.
    """

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form

    def __missing__(self, said: Hashable) -> str:
        trait = intern(self.form.format(said))
        if len(self) < MOST:
            self[said] = trait
        return trait
