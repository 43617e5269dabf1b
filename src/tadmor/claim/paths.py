"""How the words of a sentence hang together with one that sets off a claim."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate
from sys import intern
from typing import NamedTuple

from tadmor.claim.clause import VERBAL, case_of, is_passive
from tadmor.claim.trait import Trait
from tadmor.claim.tree import Doc, Token

CLIMB = 5  # links of the tree that a path may have on either side
FAR = (1, 2, 3, 5, 8, 12, 18, 26)
_PATH = Trait("path {}")


class Link(NamedTuple):
    """How a word stands to a trigger, as traits: the way through the tree, the distance, what lies between."""

    path: str
    case: str
    gap: str
    around: tuple[str, ...]


class Paths:
    """How other words of the sentence hang together with one trigger."""

    def __init__(self, trigger: Token) -> None:
        self.trigger = trigger
        self.lemma = trigger.lemma_.lower()
        verb = trigger.pos_ in VERBAL
        self.voice = f"{trigger.pos_}{is_passive(trigger):d}" if verb else f"{trigger.pos_}-{trigger.dep_}"
        self._links: dict[int, Link] = {}
        self._up: dict[int, tuple[str, ...]] = {trigger.i: ()}
        steps: tuple[str, ...] = ()
        token = trigger
        while token.head != token and len(steps) < CLIMB:
            steps = (*steps, token.dep_)
            token = token.head
            self._up[token.i] = steps

    def to(self, token: Token) -> str:
        """The labels from the trigger up and down to the token: "acl^conj^/nsubj"; "far" where there are too many."""
        down: list[str] = []
        while token.i not in self._up:
            if token.head == token or len(down) >= CLIMB:
                return "far"
            down.append(token.dep_)
            token = token.head
        return "^".join(self._up[token.i]) + "/" + "/".join(reversed(down))

    def link(self, token: Token) -> Link:
        """How the token stands to the trigger; found once for all roles."""
        if token.i not in self._links:
            self._links[token.i] = self._link(token)
        return self._links[token.i]

    def _link(self, token: Token) -> Link:
        at, trigger = token.i, self.trigger.i
        side = "L" if at < trigger else "R"
        first, end = min(trigger, at) + 1, max(trigger, at)
        verbs = cuts = 3
        if end - first < 12:
            before = _barriers(token.doc)
            verbs, cuts = (max(0, b - a) for a, b in zip(before[first], before[end], strict=True))
            verbs = min(3, verbs)
        case = case_of(token)
        gap, around = _between(side, bucket(abs(at - trigger)), verbs, cuts, case)
        return Link(_PATH[self.to(token)], case, gap, around)


@lru_cache(maxsize=1 << 13)
def _between(side: str, distance: int, verbs: int, cuts: int, case: str) -> tuple[str, tuple[str, ...]]:
    around = (f"verbs{verbs} {side}", f"cuts{cuts} {side}", f"{case} {side}")
    return intern(f"gap {side}{distance}"), tuple(map(intern, around))


@lru_cache(maxsize=1 << 14)
def cased(path: str, case: str) -> str:
    """A path together with the preposition at its end, as a trait."""
    return intern(f"{path} {case}")


def _barriers(doc: Doc) -> list[tuple[int, int]]:
    """How many verbs and how many marks that part phrases stand before each token, and before the end."""
    found: list[tuple[int, int]] | None = doc.user_data.get("tadmor barriers")
    if found is None:
        verbs = accumulate((token.pos_ == "VERB" for token in doc), initial=0)
        cuts = accumulate((token.text in ",;:()" for token in doc), initial=0)
        found = doc.user_data["tadmor barriers"] = list(zip(verbs, cuts, strict=True))
    return found


def bucket(distance: int) -> int:
    """A distance in words, the coarser the farther."""
    return bisect_left(FAR, distance)
