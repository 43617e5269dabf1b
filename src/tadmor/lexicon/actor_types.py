"""What is known of an actor, and the rows of the tables in ``data/actors/`` that say so."""

from __future__ import annotations

from datetime import date
from typing import Literal

from tadmor.records import Record

ActorKind = Literal[
    "state", "government", "armed group", "militia", "coalition", "party", "intergovernmental", "people", "civil"
]
Arm = Literal["air", "artillery", "ground", "naval", "any"]
ActorRelation = Literal["backs", "allied_with", "opposes", "part_of"]


class Period(Record, frozen=True, kw_only=True):
    """``since <= day < until``; None is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date | None) -> bool:
        """Whether `day` lies in the period; an unknown day does."""
        return day is None or ((self.since is None or self.since <= day) and (self.until is None or day < self.until))


class DatedName(Period, frozen=True, kw_only=True):
    """A name that an actor used for a time."""

    name: str


class Affiliation(Period, frozen=True, kw_only=True):
    """What an actor was to another for a time."""

    relation: ActorRelation
    to: str


class Actor(Record, frozen=True, kw_only=True):
    """A party that can hold a place, fight, or take a side.

    `name` is canonical; `names` are those it used in turn, where it changed its name. `affiliations` are the relations
    in which this actor stands first ("backs" another, is "part_of" another). `since` and `until` bound its existence.
    `ucdp_id` is its id in the actor list of UCDP 22.1.
    """

    id: str
    name: str
    kind: ActorKind
    aliases: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    country: str | None = None
    government_of: str | None = None
    ucdp_id: int | None = None
    since: date | None = None
    until: date | None = None
    predecessor: str | None = None
    names: tuple[DatedName, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()

    def name_on(self, day: date | None) -> str:
        """The name that the actor used on `day`; the canonical one where the day or the names are unknown."""
        if day is not None:
            for used in self.names:
                if used.holds(day):
                    return used.name
        return self.name


class Force(Record, frozen=True, kw_only=True):
    """A noun for armed people or their machines. With `state`, a demonym before it means that country's own forces."""

    lemma: str
    arm: Arm
    state: bool


class ActorRow(Record, frozen=True, kw_only=True):
    """A row of a file in ``theatres/``."""

    id: str
    name: str
    kind: ActorKind
    country: str | None = None
    ucdp: int | None = None
    since: date | None = None
    until: date | None = None
    predecessor: str | None = None
    aliases: tuple[str, ...] = ()


class StateRow(Record, frozen=True, kw_only=True):
    """A row of ``states.csv``: a state as an actor, its name as a country, and the seats that may stand for it."""

    id: str
    country: str
    land: str
    name: str
    kind: ActorKind = "state"
    aliases: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    ucdp: int | None = None


class AdjectiveRow(Record, frozen=True, kw_only=True):
    """A row of ``adjectives.csv``."""

    country: str
    adjectives: tuple[str, ...]


class EthnicRow(Record, frozen=True, kw_only=True):
    """A row of ``ethnic.csv``: a people and the words for it."""

    people: str
    adjectives: tuple[str, ...]


class GovernmentRow(Period, frozen=True, kw_only=True):
    """A row of ``governments.csv``: who governed when, where this changed by force or is disputed."""

    country: str
    actor: str


class NameRow(DatedName, frozen=True, kw_only=True):
    """A row of ``names.csv``."""

    actor: str


class LeaderRow(Period, frozen=True, kw_only=True):
    """A row of ``leaders.csv``."""

    names: tuple[str, ...]
    actor: str


class RelationRow(Period, frozen=True, kw_only=True):
    """A row of ``relations.csv``: `a` stands in `relation` to `b`."""

    a: str
    relation: ActorRelation
    b: str


class GenericRow(Period, frozen=True, kw_only=True):
    """A row of ``generic.csv``: in reports on `countries`, any of `phrases` means `actor`.

    `actor` is an id, ``@government`` for the government of the country, or ``-`` for "no one in particular", which
    hides the rows for all countries (``*``).
    """

    phrases: tuple[str, ...]
    countries: tuple[str, ...]
    actor: str
