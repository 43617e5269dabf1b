"""Claims, sources and actors of an invented war, for the tests of the timeline."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from tadmor.records import (
    Claim,
    Count,
    DatePrecision,
    Days,
    Heard,
    Kind,
    Modality,
    Party,
    Quote,
    Record,
    Verification,
    Where,
)
from tadmor.timeline.weigh import Knowledge
from tadmor.timeline.weights import load

PLACE = "th:qasr"


class Link(Record, frozen=True, kw_only=True):
    relation: str
    to: str
    until: date | None = None

    def holds(self, day: date | None, /) -> bool:
        return day is None or self.until is None or day < self.until


class Fighter(Record, frozen=True, kw_only=True):
    id: str
    name: str
    affiliations: tuple[Link, ...] = ()
    since: date | None = None


class Teller(Record, frozen=True, kw_only=True):
    id: str
    name: str
    kind: str
    speaks_for: str | None = None


class Fighters:
    """North and South are enemies, the League backs the South, the Brigade is part of the North, as the Split was that
    there is since 2012."""

    by_id: ClassVar = {
        one.id: one
        for one in (
            Fighter(id="north", name="North"),
            Fighter(id="south", name="South"),
            Fighter(id="league", name="League"),
            Fighter(id="brigade", name="Brigade", affiliations=(Link(relation="part_of", to="north"),)),
            Fighter(id="tribe", name="Tribe"),
            Fighter(
                id="split",
                name="Split",
                affiliations=(Link(relation="part_of", to="north", until=date(2016, 1, 1)),),
                since=date(2012, 1, 1),
            ),
        )
    }
    pairs: ClassVar = {
        ("north", "south"): -1.0,
        ("league", "south"): 1.0,
        ("brigade", "north"): 1.0,
        ("brigade", "south"): -1.0,
        ("league", "north"): -1.0,
    }

    def get(self, id: str, /) -> Fighter:
        return self.by_id[id]

    def by_name(self, name: str, /) -> Fighter | None:
        return next((one for one in self.by_id.values() if one.name.lower() == name.lower()), None)

    def same_side(self, a_id: str, b_id: str, day: date | None = None, /) -> float | None:
        self.get(a_id), self.get(b_id)
        return 1.0 if a_id == b_id else self.pairs.get((min(a_id, b_id), max(a_id, b_id)))


class Tellers:
    by_key: ClassVar = {
        one.name.lower(): one
        for one in (
            Teller(id="observatory", name="Observatory", kind="monitor"),
            Teller(id="watch", name="Watch", kind="monitor"),
            Teller(id="wire", name="Wire", kind="wire"),
            Teller(id="northern-radio", name="Northern Radio", kind="party", speaks_for="north"),
            Teller(id="southern-agency", name="Southern Agency", kind="state agency", speaks_for="south"),
            Teller(id="~resident", name="residents", kind="resident"),
        )
    }

    def by_name(self, name: str, /) -> Teller | None:
        return self.by_key.get(name.lower())


KNOWLEDGE = Knowledge(weights=load(), sources=Tellers(), actors=Fighters())


def day(text: str | date | None) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else text


def party(name: str | None) -> Party | None:
    if name is None:
        return None
    known = Fighters().by_name(name)
    return Party(name=name, id=known.id if known else None, text=name)


def told(
    id: str,
    type: str,
    actor: str | None,
    first: str | date | None,
    last: str | date | None = None,
    *,
    opponent: str | None = None,
    by: tuple[str, ...] = (),
    outlet: str | None = "Gazette",
    story: str | None = None,
    published: str | date | None = "",
    modality: Modality = "asserted",
    precision: DatePrecision = "day",
    part: str | None = None,
    near: bool = False,
    kind: Kind = "control",
    killed: tuple[int | None, int | None] | None = None,
    confidence: float = 0.9,
    verification: Verification | None = None,
) -> Heard:
    """A claim as heard; `last` is `first` and `published` is `last` where not given."""
    begin = day(first)
    end = day(last) if last is not None else begin
    return Heard(
        claim=Claim(
            id=id,
            report_id=f"r-{id}",
            kind=kind,
            type=type,
            actor=party(actor),
            opponent=party(opponent),
            where=Where(name="Qasr", id=PLACE, text="Qasr", part=part, near=near),
            days=Days(first=begin, last=end, precision=precision),
            modality=modality,
            sources=by,
            verification=verification,
            count=Count(killed=killed) if killed else None,
            quote=Quote(start=0, end=1),
            rule="test",
            confidence=confidence,
        ),
        story_id=story or f"story-{id}",
        outlet=outlet,
        published=end if published == "" else day(published),
    )
