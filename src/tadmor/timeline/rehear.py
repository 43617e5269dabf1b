"""What was heard of a place, to be heard again and again without some of it, or with some of it read otherwise.

Each claim is weighed once. What is left out, or read otherwise, touches only the claims that mean the same, one of
which may have been its copy or its origin, and what the voices of all these said besides of the same: nothing else is
weighed again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np

from tadmor.records import Heard
from tadmor.timeline.columns import Columns, Saids, columns
from tadmor.timeline.weigh import Knowledge, Said, about, corrected, count, meaning, once, order, spoken_of, weigh

__all__ = ["Rehearing"]

Key = tuple[object, ...]


class Rehearing:
    """All claims about a place; `told` are those that count, with nothing left out."""

    def __init__(self, heard: Iterable[Heard], knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._all = sorted(weigh(heard, knowledge), key=order)
        self._columns = columns(self._all)
        self._at = {said.claim.id: at for at, said in enumerate(self._all)}
        self._alike: defaultdict[Key, list[Said]] = defaultdict(list)
        for said in self._all:
            self._alike[meaning(said)].append(said)
        counted = count((said for own in self._alike.values() for said in once(own)), knowledge.weights)
        self._counted = {said.claim.id: said for said in counted}
        self._about, self._spoken_of = _by(about, counted), _by(spoken_of, counted)
        self._corrected = corrected(counted)
        self._lasting = np.array([self._at[said.claim.id] for said in counted], dtype=np.int64)
        self._columns = self._amended(counted)
        self.told = self._columns.only(self._lasting)

    def __len__(self) -> int:
        return len(self._all)

    def without(self, ids: Collection[str], instead: Sequence[Heard] = ()) -> Columns:
        """The claims that count if those with these ids had not been made, and those of `instead` had been read as they
        say: as all that is then heard at once, but that none has a mark, and words may be numbered that none has.

        The claims of `instead` are among all, and say the same, but for how sure the reading of them is.
        """
        anew = {said.claim.id: said for said in weigh(instead, self._knowledge)}
        touched = {meaning(self._all[self._at[id]]) for id in (*ids, *anew) if id in self._at}
        gone: dict[str, Said] = {}
        come: dict[str, Said] = {}
        for means in touched:
            alike = self._alike[means]
            gone.update(
                (said.claim.id, self._counted[said.claim.id]) for said in alike if said.claim.id in self._counted
            )
            left = [anew.get(said.claim.id, said) for said in alike if said.claim.id not in ids]
            come.update((said.claim.id, said) for said in once(left))
        # What their voices said of these outcomes may now be corrected, or no longer be; with whatever is about the
        # same as any of that, it is weighed again.
        spoken = {key for said in (*gone.values(), *come.values()) if (key := spoken_of(said)) is not None}
        rivals = [said for key in spoken for said in self._spoken_of.get(key, ()) if said.claim.id not in gone]
        topics = {about(said) for said in (*gone.values(), *come.values(), *rivals)}
        beside = [said for key in topics for said in self._about.get(key, ()) if said.claim.id not in gone]
        quiet = {said.claim.id for said in beside if spoken_of(said) not in spoken} & self._corrected
        again = count([*beside, *come.values()], self._knowledge.weights, corrected([*rivals, *come.values()]) | quiet)
        left_out = np.array([self._at[id] for id in gone], dtype=np.int64)
        lasting = np.setdiff1d(self._lasting, left_out, assume_unique=True)
        return self._amended(again).only(np.union1d(lasting, [self._at[said.claim.id] for said in again]).astype(int))

    def _amended(self, anew: Sequence[Said]) -> Columns:
        """All claims, some of them as they are said `anew`."""
        at = [self._at[said.claim.id] for said in anew]
        w, confidence = self._columns.w.copy(), self._columns.confidence.copy()
        w[at], confidence[at] = [said.w for said in anew], [said.claim.confidence for said in anew]
        return self._columns._replace(said=Saids(anew, self._columns.said), w=w, confidence=confidence)


def _by(key_of: Callable[[Said], Key | None], counted: Iterable[Said]) -> dict[Key, list[Said]]:
    found: defaultdict[Key, list[Said]] = defaultdict(list)
    for said in counted:
        if (key := key_of(said)) is not None:
            found[key].append(said)
    return dict(found)
