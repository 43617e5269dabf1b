"""What a report leaves unsaid because its reader knows: who the passive's agent is, whom a side is fighting.

Only what the report itself gives is used: who was spoken of last, who holds the place, whom the dictionary knows as an
enemy. What is inferred lowers the confidence of the claim.
"""

from __future__ import annotations

from collections.abc import Sequence

from tadmor.claim.draft import Draft
from tadmor.claim.scene import Scene
from tadmor.claim.who import Named
from tadmor.records import Claim, Party

AIR = frozenset({"Air/drone strike"})
FOUGHT = frozenset(
    {
        "gains",
        "gains_part",
        "contests",
        "advances",
        "besieges",
        "repels",
        "Armed clash",
        "Air/drone strike",
        "Shelling/artillery/missile attack",
    }
)
REACH = 90  # tokens back that a party is still the one spoken of


def actor(draft: Draft, scene: Scene, before: Sequence[Claim], end: int) -> Named | None:
    """The likeliest party behind a draft that names none: who did the like before, or who was spoken of last.

    `end` is the position after the sentence: parties named in it count as spoken of.
    """
    place = draft.place.where if draft.place else None
    holders = {
        c.actor.name
        for c in before
        if c.actor and place and c.type == "holds" and c.where and c.where.name == place.name
    }
    for claim in reversed(before[-12:]):
        did = claim.actor if claim.type == draft.type and claim.kind != "relation" else None
        if did is not None and did.name not in holders and not _is(draft.opponent, did):
            return Named(did, True, 0.4)
    for seen in reversed(scene.parties):
        if seen.at >= end or end - seen.at > REACH or not seen.armed:
            continue
        if seen.party.name in holders or _is(draft.opponent, seen.party):
            continue
        if draft.type in AIR and not (seen.state or _flies(seen.party, scene)):
            continue
        return Named(seen.party, True, 0.35)
    return None


def opponent(claim: Claim, told: Sequence[Claim], scene: Scene, end: int) -> Party | None:
    """Whom the actor of `claim` fights: who the report says holds the place, else an enemy spoken of just before.

    `told` are all claims of the report, `end` the position after the claim's sentence.
    """
    party, place = claim.actor, claim.where
    if party is None:
        return None
    for other in told:
        if other.type not in ("holds", "holds_part") or other.actor is None or other.where is None or place is None:
            continue
        foe = other.actor.name != party.name and not _friends(party, other.actor, scene)
        if foe and other.where.name == place.name and other.days.last == claim.days.last:
            return other.actor
    for seen in reversed(scene.parties):
        near = seen.at < end and end - seen.at < REACH
        if near and seen.armed and seen.party.name != party.name and _foes(party, seen.party, scene):
            return seen.party
    return None


def _is(named: Named | None, party: Party) -> bool:
    return named is not None and named.party.name == party.name


def _flies(party: Party, scene: Scene) -> bool:
    return party.id is not None and scene.actors.get(party.id).kind in ("state", "government", "coalition")


def _friends(a: Party, b: Party, scene: Scene) -> bool:
    return bool(a.id and b.id and (scene.actors.same_side(a.id, b.id, scene.published) or 0) > 0)


def _foes(a: Party, b: Party, scene: Scene) -> bool:
    return bool(a.id and b.id and (scene.actors.same_side(a.id, b.id, scene.published) or 0) < 0)
