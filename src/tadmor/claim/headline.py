"""A headline says shortly what the body says in full: its claims are those of the body, told once more.

The guide asks for one claim at its fullest statement, with what else says it under `also`. A headline names less than
the body, so that what only was inferred for it ("Syria air strikes kill 44") must not keep the two apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tadmor.claim.scene import Scene
from tadmor.claim.toll import VIOLENT, encloses
from tadmor.lexicon.gazetteer import fold
from tadmor.records import Claim, Count, Party, Quote, Where

CHANGES = frozenset({"gains", "gains_part", "advances", "contests"})  # an advance that took some of the place


def retold(found: Sequence[Claim], headline: Quote, text: str, scene: Scene) -> list[Claim]:
    """The claims without those of the headline that the body tells too; their quotes go to the body's under `also`.

    `headline` is where the headline stands in `text`, that of the report. Claims keep their order and ids.
    """
    out = {claim.id: claim for claim in found}
    words = text[headline.start : headline.end]
    heads = [c for c in found if headline.start <= c.quote.start < headline.end]
    body = [c.id for c in found if not headline.start <= c.quote.start < headline.end]  # a title may come last
    for head in heads:
        fitting = [id for id in body if _tells(out[id], head, words, scene)]
        if not fitting:
            continue
        best = max(fitting, key=lambda id: _likeness(out[id], head))  # of equals the first
        full = out[best]
        quotes = dict.fromkeys((*full.also, head.quote, *head.also))
        out[best] = msgspec.structs.replace(
            full,
            actor=_by_name(full.actor, head.actor, words),
            opponent=_by_name(full.opponent, head.opponent, words),
            count=full.count or head.count,
            also=tuple(quotes),
            confidence=max(full.confidence, head.confidence),
        )
        del out[head.id]
    return list(out.values())


def _tells(body: Claim, head: Claim, words: str, scene: Scene) -> bool:
    """Whether a claim of the body may be the one that the headline's `words` mean by theirs."""
    if body.kind != head.kind or head.kind == "relation":
        return False
    if (body.modality == "denied") != (head.modality == "denied"):
        return False
    counted = one_toll(body.count, head.count)
    if counted is False:
        return False
    if body.type != head.type:
        family = VIOLENT | {"Attack", "Other"} if counted else CHANGES
        if not {body.type, head.type} <= family:
            return False
    if not (_same_party(body.actor, head.actor, words) and _same_party(body.opponent, head.opponent, words)):
        return False
    if head.where is None or head.where.text not in words or body.where is None:
        return True
    return (
        encloses(head.where, body.where, scene) or head.where.country is None or _around(head.where, body.where, scene)
    )


def _around(larger: Where, place: Where, scene: Scene) -> bool:
    """Whether a headline names a province by its city: "in rural Idlib", of a village that lies there."""
    if larger.id is None or place.id is None:
        return False
    name = fold(larger.name)
    return any(fold(p.name).startswith(f"{name} ") for p in scene.places.ancestors(place.id) if p.kind != "country")


def _by_name(body: Party | None, head: Party | None, words: str) -> Party | None:
    """The party of the body, or of the headline if only that calls it by its name: "militants" of Islamic State."""
    named = head is not None and head.id is not None and head.text in words
    return head if named and body is not None and body.id is None else body


def _same_party(body: Party | None, head: Party | None, words: str) -> bool:
    """Whether nothing that the headline itself says of the party speaks against the body's."""
    if body is None or head is None or head.text not in words:
        return True
    return body.name == head.name or head.id is None or body.id is None


def one_toll(body: Count | None, head: Count | None) -> bool | None:
    """Whether two tolls are one; None where only one of the two is told."""
    if body is None or head is None:
        return None
    pairs = ((body.killed, head.killed), (body.wounded, head.wounded))
    both = [(b, h) for b, h in pairs if b is not None and h is not None]
    return all(b[0] is None or h[0] is None or b[0] == h[0] for b, h in both) if both else None


def _likeness(body: Claim, head: Claim) -> tuple[bool, bool, bool]:
    same_place = body.where is not None and head.where is not None and body.where.name == head.where.name
    return (one_toll(body.count, head.count) is True, body.type == head.type, same_place)
