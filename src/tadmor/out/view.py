"""What the page shows, ready for its templates: places with spells and quotes, maps, disputes, events, reports."""

from __future__ import annotations

from datetime import date

from tadmor.out.look import Look
from tadmor.out.map import Map
from tadmor.out.quotes import Quoted
from tadmor.out.strip import Bar, Scale, Tick
from tadmor.record.queries import Place
from tadmor.records import Dispute, Event, Record, Report, Spell

__all__ = [
    "Card",
    "DisputeView",
    "EventView",
    "Lane",
    "PageView",
    "ReportView",
    "SpellView",
    "TheatreView",
    "Unit",
]


class SpellView(Record, frozen=True):
    """A spell in words, with its bar and its quotes."""

    spell: Spell
    look: Look | None
    bar: Bar
    state: str
    since: str
    until: str
    quotes: tuple[Quoted, ...]  # the strongest for it first, then those against it
    count_for: int
    count_against: int


class Lane(Record, frozen=True):
    """Spells that follow each other: as assessed, or as one side claims."""

    side: str | None
    spells: tuple[SpellView, ...]
    said: tuple[float, ...] = ()  # where on the strip claims speak, in percent


class Unit(Record, frozen=True):
    """A place or a part of it, with a history of its own."""

    number: int
    place: Place
    part: str | None
    name: str
    assessed: Lane
    claimed: tuple[Lane, ...]
    spoken: date | None  # when it was last spoken of
    now: Spell | None  # on the last day of the record, as sure as it then is
    short: str  # its name where it stands under its place's
    of_place: bool  # whether it is a part and the place itself has a history, too
    disputed: tuple[tuple[date | None, date | None], ...]  # first and last day of each dispute about it
    bearing: tuple[float, float] | None  # where a part's mark stands from the place's, in pixels; None: not drawn


class Card(Record, frozen=True):
    """A place with its parts."""

    place: Place
    anchor: str
    where: str
    theatre: int
    units: tuple[Unit, ...]
    ticks: tuple[Tick, ...]
    axis: Scale
    open_disputes: int


class TheatreView(Record, frozen=True):
    """A map and what is on it. `first` and `last` bound the days on which something was said or changed."""

    number: int
    name: str
    map: Map | None
    cards: tuple[Card, ...]
    holders: tuple[str, ...]
    first: date
    last: date
    said: tuple[int, ...]  # days since 1970-01-01 of claims, ascending


class DisputeView(Record, frozen=True):
    dispute: Dispute
    place: str
    anchor: str | None
    days: str
    sides: tuple[tuple[str, int, tuple[Quoted, ...]], ...]  # what it says, how many claims, the first of them


class EventView(Record, frozen=True):
    event: Event
    place: str
    anchor: str | None
    days: str
    type: str
    tolls: str
    quote: Quoted | None


class ReportView(Record, frozen=True):
    report: Report
    claims: int
    copies: int


class PageView(Record, frozen=True):
    """Everything on the page."""

    theatres: tuple[TheatreView, ...]
    overview: Map | None
    looks: dict[str, Look]
    disputes: tuple[DisputeView, ...]
    events: tuple[EventView, ...]
    reports: tuple[ReportView, ...]
    stats: dict[str, int]
    first: date
    last: date
    half_life: float
    left_out: dict[str, int]  # what is in the record and not on the page
    failures: tuple[str, ...]

    @property
    def units(self) -> list[Unit]:
        return [unit for theatre in self.theatres for card in theatre.cards for unit in card.units]
