"""What the dictionary of actors says of a party to an event, in the terms that event datasets share."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal

from tadmor.lexicon import actors
from tadmor.lexicon.actors import Actor

__all__ = ["Role", "is_government", "role"]

Role = Literal["state", "other state", "rebels", "militia", "civilians", "external"]


@lru_cache(maxsize=1 << 16)
def _named(name: str, country: str | None) -> Actor | None:
    return actors.load().by_name(name, (country,) if country else ())


def _actor(name: str, country: str | None, day: date | None) -> Actor | None:
    found = _named(name, country)
    return actors.load().on(found.id, day) if found else None


@lru_cache(maxsize=1 << 16)
def role(name: str, country: str | None, day: date | None) -> Role | None:
    """What a party is in a country on a day; None where the dictionary does not know the name or what it is there."""
    actor = _actor(name, country, day)
    if actor is None:
        return "civilians" if name.casefold() in ("civilians", "residents") else None
    match actor.kind:
        case "state" | "government":
            home = actor.government_of or actor.country
            return None if country is None or home is None else "state" if home == country else "other state"
        case "armed group":
            return "state" if country and is_government(name, country, day) else "rebels"
        case "militia":
            return "militia"
        case "intergovernmental":
            return "external"
        case "people" | "civil":
            return "civilians"
        case _:
            return None


@lru_cache(maxsize=1 << 16)
def is_government(name: str, country: str, day: date | None) -> bool | None:
    """Whether a party is the government of a country on a day or part of it; None where the name is not known."""
    actor, known = _actor(name, country, day), actors.load()
    if actor is None:
        return None
    wholes = [known.get(id) for id in known.wholes(actor.id, day)]
    return any(
        whole.kind in ("state", "government") and country in (whole.government_of, whole.country) for whole in wholes
    )
