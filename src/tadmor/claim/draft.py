"""A claim in the making, before it is dated, attributed and weighed."""

from __future__ import annotations

import msgspec

from tadmor.claim.site import Site
from tadmor.claim.tree import Token
from tadmor.claim.who import Named
from tadmor.lexicon.frames import Frame

Odds = tuple[float, float, float, float]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A claim in the making: what a frame found around its trigger."""

    frame: Frame | None = None  # None for compounds and names, which need no frame
    rule: str
    kind: str
    type: str
    trigger: Token
    dated: tuple[int, int] | None = None  # the tokens that tell when, if not all of the sentence's
    end: Token | None = None  # last word of the evidence, where the trigger's clause does not tell
    actor: Named | None = None
    opponent: Named | None = None
    place: Site | None = None
    of: str | None = None
    state: bool = False
    passing: bool = False  # describes in passing ("rebel-held"): the report's own word, and so when it is written
    confidence: float = 0.5
    # how likely, in the learned reading, the word sets off the claim and each role is filled rightly
    odds: Odds = (0.5, 0.5, 0.5, 0.5)


def stated(
    rule: str,
    type: str,
    trigger: Token,
    actor: Named | None,
    opponent: Named | None,
    confidence: float,
    *,
    end: Token | None = None,
) -> Draft:
    """A relation of two parties that no frame, but a rule of that name read."""
    return Draft(
        rule=rule,
        kind="relation",
        type=type,
        trigger=trigger,
        end=end,
        actor=actor,
        opponent=opponent,
        confidence=confidence,
    )
