"""How likely a claim is to be read rightly: logistic regression over what its reading leaned on.

Fitted by ``training/confidence.py`` on annotated reports that the learned reading was not trained on, and moved so that
over the development gold as many claims are right as are said to be; `bench` prints how far that holds.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable

from tadmor.claim import learned
from tadmor.claim.draft import Draft
from tadmor.records import Claim

# below it a reading is no claim; swept 0.2 to 0.5 on the reports that the confidence was fitted on
LEAST = {"control": 0.3, "event": 0.35, "relation": 0.45}
STEPS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)


def confidence(features: Iterable[str]) -> float:
    """The probability that a claim with these features says what its report says."""
    weights = learned.load().confidence
    return 1 / (1 + math.exp(-sum(weights.get(name, 0.0) for name in features)))


def traits(claim: Claim, draft: Draft) -> list[str]:
    """What speaks for or against a claim."""
    set_off, *filled = draft.odds
    where, kind = claim.where, claim.kind
    out = ["all", kind, f"{kind} {claim.type}", f"{kind} {claim.modality}", f"{kind} set off {_step(set_off)}"]
    out.append(f"set off {_step(set_off)}")
    for role, odds in zip(learned.ROLES, filled, strict=True):
        out += [f"{role} {_step(odds)}", f"{kind} {role} {_step(odds)}"]
    product = _step(math.prod(draft.odds))
    out += [f"product {product}", f"{kind} product {product}"]
    out.append(f"{kind} rule {'none' if draft.frame is None and not draft.passing else 'frame'}")
    out.append(f"{kind} word {draft.trigger.pos_}")
    out.append(f"{kind} actor {'none' if claim.actor is None else 'known' if claim.actor.id else 'new'}")
    if draft.actor is not None:
        out.append(
            f"{kind} actor by {'name' if draft.actor.sure > 0.75 else 'word' if draft.actor.sure > 0.45 else 'guess'}"
        )
    out.append(f"{kind} opponent {'none' if claim.opponent is None else 'known' if claim.opponent.id else 'new'}")
    if where is not None:
        out.append(f"{kind} at {where.precision} {'known' if where.id else 'new'}")
        out.append(f"{kind} part {where.part is not None:d} {where.near:d}")
    else:
        out.append(f"{kind} nowhere")
    if draft.place is not None:
        out.append(f"{kind} named {draft.place.named:d}")
    out.append(f"{kind} sources {min(2, len(claim.sources))}")
    out.append(f"{kind} count {claim.count is not None:d}")
    out.append(f"{kind} days {claim.days.basis}")
    return out


def _step(odds: float) -> int:
    return bisect_right(STEPS, odds)
