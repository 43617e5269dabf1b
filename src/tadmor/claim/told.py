"""What a report has claimed so far: whom and where the next claim is likely about."""

from __future__ import annotations

from collections.abc import Iterable

from tadmor.claim.scene import Scene
from tadmor.claim.who import Named

LINGERING = 2  # sentences after which the dead of an attack are no longer spoken of
LATEST = 4  # claims whose names are told from older ones
_AGO = (*range(LATEST), None)
_LAST = {ago: "last--" if ago is None else f"last-{ago}" for ago in _AGO}
_OTHER = {ago: "other--" if ago is None else f"other-{ago}" for ago in _AGO}


class Told:
    """What the report has claimed so far, latest first: who did something, to whom, where."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {"actor": [], "opponent": [], "place": []}
        self._last: dict[str, dict[str, int]] = {role: {} for role in self.names}  # how many claims ago, of the last
        self.pairs: set[frozenset[str]] = set()
        self.violence: str | None = None  # the type of the last violent event, if it was told of just now
        self._since = 0

    def add(self, actor: str, opponent: str, place: str | None) -> None:
        """Remembers a claim; "" is nobody, `place` None where the claim can have none."""
        for role, name in (("actor", actor), ("opponent", opponent), ("place", place)):
            if name is not None:
                self.names[role].insert(0, name)
                recent = list(enumerate(self.names[role][:LATEST]))
                self._last[role] = {other: ago for ago, other in reversed(recent)}
        if actor and opponent:
            self.pairs.add(frozenset((actor, opponent)))

    def hear(self, violent: Iterable[str]) -> None:
        """Remembers the types of the violent events of one more sentence."""
        if types := list(violent):
            self.violence, self._since = types[-1], 0
            return
        self._since += 1
        if self._since > LINGERING:
            self.violence = None

    def of(self, role: str, name: str, actor: Named | None, party: Named | None, scene: Scene) -> tuple[str, ...]:
        """What speaks for the name in the role, given who the actor is if the role is the opponent's."""
        last = _LAST[self._last[role].get(name)]
        if role == "place":
            return (last,)
        other = _OTHER[self._last["opponent" if role == "actor" else "actor"].get(name)]
        if role != "opponent" or actor is None or party is None:
            return last, other
        pair = f"pair{frozenset((actor.party.name, name)) in self.pairs:d}"
        side = None
        if actor.party.id and party.party.id:
            side = scene.actors.same_side(actor.party.id, party.party.id, scene.published)
        return last, other, pair, f"side{side if side is None else (side > 0) - (side < 0)}"
