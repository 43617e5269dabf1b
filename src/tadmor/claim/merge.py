"""One claim for each thing said: what a report tells twice, in part or from two sides is brought together."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from tadmor.claim.dates import RECENT
from tadmor.claim.headline import one_toll
from tadmor.claim.scene import Scene
from tadmor.claim.toll import VIOLENT, encloses
from tadmor.lexicon import cues, frames, sources
from tadmor.records import Claim, Quote, Where

CUES = cues.load()
PASSING = {f.id for f in frames.load().frames if f.attributive} | {f"compound-{w}" for w in CUES.held_words}


def identified(claim: Claim) -> Claim:
    """The claim under the id that follows from what it says and where it says it."""
    parts = (
        claim.report_id,
        claim.kind,
        claim.type,
        claim.actor.name if claim.actor else "",
        claim.opponent.name if claim.opponent else "",
        (claim.where.id or claim.where.name) if claim.where else "",
        (claim.where.part or "") if claim.where else "",
        claim.modality,
        str(claim.quote.start),
        str(claim.quote.end),
    )
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()
    return msgspec.structs.replace(claim, id=f"c{digest}")


def one_breath(found: list[Claim]) -> list[Claim]:
    """ "X took P from Y" is one claim: what the same sentence says of Y's hold on P is part of it, and who lost what
    somebody took lost it to him."""
    lost = [c for c in found if c.type == "loses" and c.where and c.actor]
    for n, claim in enumerate(found):
        here = (c.actor for c in lost if (c.where, c.modality) == (claim.where, claim.modality))
        loser = next((loser for loser in here if loser != claim.actor), None)
        if claim.type == "gains" and claim.opponent is None and loser is not None:
            found[n] = identified(msgspec.structs.replace(claim, opponent=loser))
    taken = {
        ((c.where.name, c.opponent.name), c.where.part)
        for c in found
        if c.type in ("gains", "gains_part") and c.where and c.opponent and c.modality != "planned"
    }
    losers: dict[tuple[str, str], set[str | None]] = {}
    for where, part in taken:
        losers.setdefault(where, set()).add(part)
    types = {c.type for c in found}

    def told_already(claim: Claim) -> bool:
        if claim.count is None and claim.rule in ("attack-noun", "offensive-noun") and "repels" in types:
            return True  # the attack that was beaten back
        if claim.count is None and claim.rule == "bomb-noun" and "Disrupted weapons use" in types:
            return True  # the bomb that was defused
        if claim.where is None or claim.actor is None:
            return False
        lost = claim.where.name, claim.actor.name
        if claim.rule in PASSING:  # but who lost the north of the east still holds "rebel-held east Aleppo"
            parts = losers.get(lost, ())
            return bool(parts) and (claim.where.part is None or not {None, claim.where.part}.isdisjoint(parts))
        return claim.type == "loses" and (lost, claim.where.part) in taken

    return [claim for claim in found if not told_already(claim)]


def narrowed(found: Sequence[Claim], scene: Scene) -> list[Claim]:
    """The claims, each event that is first told of a country and then of a place in it only there.

    "Strikes on a market in northern Syria killed 61", and then: "the raids on Atareb killed 61". An event is the one
    told elsewhere if both have the same toll, or, where a part is named, if it is the only one like it of those days.
    """
    out = list(found)
    for wide in found:
        if wide.kind != "event" or wide.type not in VIOLENT or not _of_land(wide.where, scene):
            continue
        inside = [c for c in out if c is not wide and _happens_in(wide, c, scene)]
        counted = [c for c in inside if _dead(wide) is not None and _dead(c) == _dead(wide)]
        others = [c for c in inside if one_toll(c.count, wide.count) is None]
        alone = (
            len({c.where.name for c in others if c.where}) == 1
            and wide.where is not None
            and wide.where.part is not None
        )
        if counted or alone:
            place = (counted or others)[0]
            out[out.index(place)] = identified(_joined(msgspec.structs.replace(wide, where=place.where), place))
            out.remove(wide)
    return out


def _happens_in(wide: Claim, place: Claim, scene: Scene) -> bool:
    """Whether `place` may tell of the event `wide` more exactly: within it, with nothing that speaks against it."""
    if place.type != wide.type or place.modality != wide.modality or not (place.where and wide.where):
        return False
    if place.where.name == wide.where.name or not encloses(wide.where, place.where, scene):
        return False
    parties = ((place.actor, wide.actor), (place.opponent, wide.opponent))
    if any(a is not None and b is not None and a.name != b.name for a, b in parties):
        return False
    return (place.days.first, place.days.last) == (wide.days.first, wide.days.last)


def _of_land(where: Where | None, scene: Scene) -> bool:
    return where is not None and where.id is not None and scene.places.get(where.id).kind == "country"


def _dead(claim: Claim) -> int | None:
    killed = claim.count.killed if claim.count is not None else None
    return killed[0] if killed is not None else None


def merge(found: list[Claim], headlines: Sequence[Quote] = ()) -> list[Claim]:
    """One claim for each thing said: repetitions lend what the fullest statement lacks and go under `also`.

    What stands in `headlines` has no day of its own: the body tells it again with its day.
    """
    out: list[Claim] = []
    for claim in found:
        for i, other in enumerate(out):
            if _same(other, claim, headlines):
                out[i] = _joined(other, claim)
                break
        else:
            out.append(claim)
    return out


def _same(a: Claim, b: Claim, headlines: Sequence[Quote]) -> bool:
    if a.id == b.id:
        return True
    if a.kind != b.kind or a.type != b.type or (a.modality == "denied") != (b.modality == "denied"):
        return False
    for x, y in ((a.actor, b.actor), (a.opponent, b.opponent)):
        if x and y and x.name != y.name:
            return False
    if a.kind == "relation":
        return True
    if a.type == "Other" and a.rule != b.rule:
        return False  # which does not say what happened
    if (a.actor is None) != (b.actor is None) and a.quote != b.quote and a.kind == "control":
        return False
    if (a.where is None) != (b.where is None):
        return False
    if a.where and b.where and (a.where.name, a.where.part, a.where.near) != (b.where.name, b.where.part, b.where.near):
        return False
    if a.count and b.count and (a.count.killed, a.count.wounded) != (b.count.killed, b.count.wounded):
        return False
    if {a.modality, b.modality} & {"planned"} and a.modality != b.modality:
        return False
    if a.days.first and b.days.first and a.days.last and b.days.last:
        gap = max(a.days.first, b.days.first) - min(a.days.last, b.days.last)
        undated = any(head.start <= c.quote.start < head.end for head in headlines for c in (a, b))
        return gap <= (RECENT if undated else timedelta(0))
    return True


def _joined(a: Claim, b: Claim) -> Claim:
    keep, lend = (a, b) if _fullness(a) >= _fullness(b) else (b, a)
    days = keep.days
    if lend.days.basis == "stated" and keep.days.basis == "publication":
        days = lend.days
    quotes = dict.fromkeys((*keep.also, lend.quote, *lend.also))
    quotes.pop(keep.quote, None)
    return msgspec.structs.replace(
        keep,
        actor=keep.actor or lend.actor,
        opponent=keep.opponent or lend.opponent,
        count=keep.count or lend.count,
        of=keep.of or lend.of,
        sources=_spoken(keep, lend),
        verification=keep.verification or lend.verification,
        days=days,
        also=tuple(quotes),
        confidence=max(keep.confidence, lend.confidence),
    )


def _spoken(keep: Claim, lend: Claim) -> tuple[str, ...]:
    """Who says what two statements say.

    Nobody where a report says it itself and elsewhere lets the party say so: it is not only that one's word.
    """
    apart = keep.quote.end <= lend.quote.start or lend.quote.end <= keep.quote.start
    told = keep.sources or lend.sources
    if (keep.sources and lend.sources) or not apart or keep.actor is None:
        return told
    sides = {meant.speaks_for for name in told if (meant := sources.load().by_name(name)) is not None}
    return () if keep.actor.id in sides - {None} else told


def _fullness(claim: Claim) -> tuple[float, float]:
    fields = (claim.actor, claim.opponent, claim.count, claim.days.first)
    return (sum(1.0 for f in fields if f), claim.confidence)
