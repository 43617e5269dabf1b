"""Days, bounds, probabilities and claims in plain words, for people who read a page or a briefing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from tadmor.lexicon import actors
from tadmor.records import Bound, Claim, Days, ReviewStatus, Spell
from tadmor.timeline.change import holder

__all__ = [
    "BANDS",
    "FIELDS",
    "HIDDEN",
    "band",
    "bound",
    "called",
    "day",
    "days",
    "held_by",
    "holder",
    "part",
    "percent",
    "premise",
    "relation",
    "reviewed",
    "says",
    "since",
    "squeeze",
    "stale",
    "state",
    "tolls",
    "type_of",
    "until",
    "where",
]

# Characters that reorder, hide or steer text without being seen (bidirectional controls, zero-width and other format
# characters, controls, tags). What is shown names their code instead.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)

# Words of estimative probability and their bounds: US Intelligence Community Directive 203 (2015), part D.6.e.
BANDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (2.0, "almost certain"),
)

_CONTROL = {
    "gains": "gains",
    "gains_part": "gains part of",
    "loses": "loses",
    "holds": "holds",
    "holds_part": "holds part of",
    "contests": "fights for",
    "advances": "advances at",
    "besieges": "besieges",
    "repels": "repels an attack on",
}
_RELATION = {
    "backs": "backs",
    "allied_with": "is allied with",
    "opposes": "opposes",
    "part_of": "is part of",
    "also_known_as": "is also known as",
}


def squeeze(text: str) -> str:
    """`text` with every run of white space as one space."""
    return " ".join(text.split())


def band(probability: float) -> str:
    """The word of estimative probability for it."""
    return next(word for least, word in BANDS if probability < least)


def percent(probability: float) -> str:
    """As a whole percentage that never claims certainty."""
    return f"{min(max(round(probability * 100), 1), 99)}\u202f%"


@lru_cache(maxsize=1 << 14)
def day(value: date | None) -> str:
    """ "10 Dec 2016"."""
    return f"{value.day} {value:%b} {value.year}" if value else "day not known"


def days(value: Days) -> str:
    """The days of a claim or event, as exactly as they are known."""
    first, last = value.first, value.last
    if first is None or last is None:
        known = first or last
        return "day not known" if known is None else (f"from {day(first)}" if first else f"until {day(last)}")
    if first == last:
        return day(first)
    if first.year == last.year:
        return (
            f"{first.day} {first:%b} to {day(last)}" if first.month != last.month else f"{first.day}\u2013{day(last)}"
        )
    return f"{day(first)} to {day(last)}"


def bound(value: Bound) -> str:
    """A day that is known only to lie between two days."""
    if value.earliest is None and value.latest is None:
        return "a day not known"
    if value.earliest is None:
        return f"{day(value.latest)} or before"
    if value.latest is None:
        return f"{day(value.earliest)} or after"
    if value.earliest == value.latest:
        return day(value.earliest)
    return f"between {day(value.earliest)} and {day(value.latest)}"


def since(spell: Spell) -> str:
    """From when a spell is so."""
    return f"since {bound(spell.start)}" if spell.end is None else f"from {bound(spell.start)}"


def until(spell: Spell) -> str:
    """Until when a spell is so."""
    return "and still so" if spell.end is None else f"until {bound(spell.end)}"


def called(party: str, spell: Spell) -> str:
    """The name that a party had taken by the time of a spell, with the one under which the record keeps it; only the
    latter if it still bore that."""
    return _called(party, spell.start.likely or spell.start.latest or spell.start.earliest)


@lru_cache(maxsize=1 << 12)
def _called(party: str, day: date | None) -> str:
    actor = actors.load().by_name(party)
    kept = next((used for used in actor.names if used.name == party), None) if actor else None
    if actor is None or day is None or kept is None or kept.until is None or day < kept.until:
        return party
    return f"{actor.name_on(day)} ({party})"


def held_by(spell: Spell) -> str | None:
    """Who holds the place, or does not, by the name of that time."""
    return called(spell.holder, spell) if spell.holder else None


def state(spell: Spell, *, partly: bool = False) -> str:
    """What a spell says, without the place and the days. `partly`: who holds it holds it in part only, also where it is
    contested or besieged."""
    held = held_by(spell)
    if spell.status == "contested" and partly:
        words = f"contested, partly held by {held}" if held else "contested, partly held by several parties"
    elif spell.status == "contested":
        words = f"contested, held by {held}" if held else "contested, holder not known"
    elif spell.status == "partly held" or (partly and spell.status == "besieged"):
        words = f"partly held by {held}" if held else "partly held by several parties"
    elif spell.status == "unknown":
        words = f"not held by {held}, holder not known" if held else "holder not known"
    else:
        words = f"held by {held}" if held else "holder not known"
        if spell.contested:
            words += ", contested"
    besieger = called(spell.besieged_by, spell) if spell.besieged_by not in (None, "unknown") else None
    if spell.status == "besieged" or spell.besieged_by:
        words += f", besieged by {besieger}" if besieger else ", besieged"
    return words


def where(name: str, part: str | None) -> str:
    """A place and the part of it."""
    if part is None:
        return name
    if part.startswith("near:"):
        around = part.removeprefix("near:").strip()
        return f"near {name}" if around in ("", "surroundings") else f"near {name} ({around})"
    return f"{name}, {part}"


def part(value: str) -> str:
    """A part where its place is named above it."""
    around = value.removeprefix("near:").strip()
    if value.startswith("near:"):
        return "nearby" if around in ("", "surroundings") else f"near it: {around}"
    return value


def stale(spell: Spell, spoken: date | None, today: date, half_life: float) -> bool:
    """Whether nobody has spoken of the place for so long that silence says more than any probability."""
    return spell.end is None and spoken is not None and (today - spoken).days > half_life


def says(claim: Claim) -> str:
    """What a claim says, in a few words: "Islamic State gains Palmyra from Syrian government"."""
    actor = claim.actor.name if claim.actor else None
    opponent = claim.opponent.name if claim.opponent else None
    place = where(claim.where.name, claim.where.part) if claim.where else None
    if claim.kind == "control":
        subject = actor or "somebody unnamed"
        verb = _CONTROL.get(claim.type, claim.type)
        against = {"gains": "from", "gains_part": "from", "loses": "to"}.get(claim.type, "against")
        return " ".join(filter(None, [subject, verb, place, f"{against} {opponent}" if opponent else None]))
    if claim.kind == "relation":
        return " ".join(filter(None, [actor or "somebody unnamed", relation(claim.type), opponent]))
    parties = " against ".join(filter(None, [actor, opponent]))
    return ", ".join(filter(None, [claim.type, parties, f"at {place}" if place else None]))


def reviewed(review: ReviewStatus | None, credibility: int | None, as_read: Mapping[str, Any] | None) -> str:
    """What analysts made of a claim, with what was read where they corrected it; "" where they said nothing."""
    said = [
        *([review] if review else []),
        *([f"graded {credibility}"] if credibility is not None else []),
    ]
    if as_read:
        fields = [name for name in FIELDS if name in as_read]
        read = "; ".join(f"{FIELDS[name]} {squeeze(str(as_read[name] or 'none'))}" for name in fields)
        said.append(f"was read as {read}" if read else "was read otherwise")
    return ", ".join(said)


# The columns of a claim that tell a reader what was corrected, and what they are called.
FIELDS = {
    "type": "type",
    "actor": "actor",
    "opponent": "opponent",
    "place": "place",
    "part": "part",
    "near": "near",
    "first_day": "from",
    "last_day": "to",
    "modality": "modality",
    "sources": "sources",
    "verification": "verification",
    "count": "numbers",
    "of": "of",
}


def relation(type: str) -> str:
    """A relation as a verb: "is allied with"."""
    return _RELATION.get(type, type)


def premise(
    without: Sequence[str], only_kinds: Sequence[str], unheard: int, claims: int, more: Sequence[str] = ()
) -> str:
    """What is supposed of a record: to be said with every answer."""
    said = [
        *(f"without {name}" for name in without),
        *(["with sources of kind " + ", ".join(only_kinds) + " alone"] if only_kinds else []),
        *more,
    ]
    left_out = f"{unheard} of {claims} claims are not heard; " if unheard else ""
    return f"WHAT IF, {', '.join(said)}: {left_out}this is not what the record holds"


def tolls(killed: Sequence[int | None] | None) -> str:
    """Low, best and high number of killed."""
    if killed is None:
        return ""
    low, best, high = killed
    known = [number for number in (low, best, high) if number is not None]
    if not known:
        return "some"
    if low is not None and high is not None and low != high:
        return f"{low:,}\u2013{high:,}"
    if low is not None and high is None:
        return f"{low:,} or more" if best is None or best == low else f"{low:,} or more, likely {best:,}"
    if low is None and high is not None and best is None:
        return f"up to {high:,}"
    return f"{best if best is not None else known[0]:,}"


def type_of(kind: str, type: str) -> str:
    """The type of an event in words."""
    return _CONTROL.get(type, type).removesuffix(" on") if kind == "control" else type
