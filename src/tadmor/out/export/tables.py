"""The columns of spells, events and claims: what each holds and how it is got, once for all formats."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from tadmor.out.export.cells import Value
from tadmor.record import select
from tadmor.record.database import Database
from tadmor.record.queries import Place
from tadmor.record.select import ClaimRow, EventRow, Evidence, Filters, SpellRow
from tadmor.records import Count
from tadmor.timeline.change import holder

__all__ = ["CLAIMS", "EVENTS", "SPELLS", "TABLES", "Column", "Kind", "Point", "Table", "What", "words"]

Kind = Literal["text", "texts", "whole", "number", "day", "truth"]
What = Literal["spells", "events", "claims"]
R = TypeVar("R")

QUOTES = 10  # in one row, the strongest; all are in an export of claims
LONGEST = 1000  # characters of a quote in a row of other things than claims


def _nothing(row: object) -> Value:
    return None


class Column(NamedTuple, Generic[R]):
    """A column: its name, kind and meaning; `get` takes it from a row. `codes` are the values that it can have."""

    name: str
    kind: Kind
    about: str
    get: Callable[[R], Value] = _nothing
    unit: str | None = None
    codes: tuple[str, ...] = ()


class Point(NamedTuple):
    lon: float
    lat: float


class Table(NamedTuple, Generic[R]):
    """A kind of row. `key` is the column that names a row; `point` is where it is drawn, if it is."""

    what: What
    title: str
    key: str
    columns: tuple[Column[R], ...]
    read: Callable[[Database, Filters], Iterator[R]]
    point: Callable[[R], Point | None]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def values(self, row: R) -> list[Value]:
        return [column.get(row) for column in self.columns]


def words(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """The words of the claims that weigh most, each once."""
    found = dict.fromkeys(_short(one.quote) for one in evidence)
    return tuple(found)[:QUOTES]


def names(evidence: Iterable[Evidence]) -> tuple[str, ...]:
    """Whose word some claims are, each once."""
    return tuple(dict.fromkeys(one.voice.name for one in evidence))


def _short(quote: str) -> str:
    return quote if len(quote) <= LONGEST else quote[:LONGEST] + "\u2026"


def _drawn(place: Place) -> Point | None:
    # The middle of a governorate or country is nowhere in particular, and is not drawn as a point.
    if place.level != "place" or place.lon is None or place.lat is None:
        return None
    return Point(place.lon, place.lat)


_PRECISION = (
    "exact: the place itself; part: a part of it; near: near it; district, governorate, country: only that is known,"
    " and the coordinates are its middle; unknown: no coordinates"
)
_LEVELS = ("exact", "part", "near", "district", "governorate", "country", "unknown")
_DAYS = ("day", "week", "month", "year", "longer", "unknown")


_REVIEWED = "How many of its claims analysts accepted, corrected or wrote down"


def _reviewed(evidence: Iterable[Evidence]) -> int:
    return sum(one.review is not None for one in evidence)


def _as_read(row: ClaimRow) -> Value:
    return json.dumps(row.told.as_read, ensure_ascii=False, sort_keys=True) if row.told.as_read else None


def _where(place: Callable[[R], Place], part: Callable[[R], str | None]) -> tuple[Column[R], ...]:
    return (
        Column("place", "text", "Name of the place", lambda row: place(row).name or None),
        Column("place_id", "text", "Id of the place; gn: is GeoNames, name: is in no gazetteer",
               lambda row: place(row).id or None),
        Column("part", "text", "The part of it that is spoken of; near: is what lies around it", part),
        Column("admin1", "text", "First-order division", lambda row: place(row).admin1),
        Column("country", "text", "ISO 3166-1 alpha-2", lambda row: place(row).country),
        Column("lat", "number", "Latitude of the place", lambda row: place(row).lat, "degrees north, WGS 84"),
        Column("lon", "number", "Longitude of the place", lambda row: place(row).lon, "degrees east, WGS 84"),
    )  # fmt: skip


def _spell_place(row: SpellRow) -> Place:
    return row.place


def _event_place(row: EventRow) -> Place:
    return row.place


def _claim_place(row: ClaimRow) -> Place:
    return row.place


def _claim_part(row: ClaimRow) -> str | None:
    return row.told.claim.where.part if row.told.claim.where else None


def _claimed(row: SpellRow) -> bool:
    return row.spell.layer == "claimed"


SPELLS: Table[SpellRow] = Table(
    "spells",
    "Who held what, from when until when",
    "spell",
    (
        *_where(_spell_place, lambda row: row.spell.part),
        Column("precision", "text", _PRECISION, lambda row: select.precision(row.place, row.spell.part),
               codes=_LEVELS),
        Column("layer", "text", "assessed: what all claims together amount to; claimed: what one side says",
               lambda row: row.spell.layer, codes=("assessed", "claimed")),
        Column("claimed_by", "text", "In the layer claimed, whose word it is", lambda row: row.spell.claimed_by),
        Column("holder", "text", "Who holds it; blank where nobody is known to", lambda row: holder(row.spell)),
        Column("status", "text", "How it is held", lambda row: row.spell.status,
               codes=("held", "partly held", "contested", "besieged", "unknown")),
        Column("contested", "truth", "Whether there is fighting for it", lambda row: row.spell.contested),
        Column("besieged_by", "text", "Who besieges it", lambda row: row.spell.besieged_by),
        Column("probability", "number", "How sure it is; blank in the layer claimed, where nothing is weighed",
               lambda row: None if _claimed(row) else row.spell.confidence, "0 to 1"),
        Column("since_earliest", "day", "It began on this day or later; blank: not known",
               lambda row: row.spell.start.earliest),
        Column("since_latest", "day", "It began on this day or earlier; blank: not known",
               lambda row: row.spell.start.latest),
        Column("until_earliest", "day", "It lasted to this day or longer; blank: still so, or not known",
               lambda row: row.spell.end.earliest if row.spell.end else None),
        Column("until_latest", "day", "It lasted to this day or less; blank: still so, or not known",
               lambda row: row.spell.end.latest if row.spell.end else None),
        Column("still_so", "truth", "Whether nothing ends it", lambda row: row.spell.end is None),
        Column("last_spoken", "day", "The last day on which a claim spoke of the place or part",
               lambda row: row.spoken),
        Column("voices_for", "whole", "Independent voices for it", lambda row: row.spell.voices, "voices"),
        Column("voices_against", "whole", "Independent voices against it",
               lambda row: len({one.voice.key for one in row.against}), "voices"),
        Column("said_by", "texts", "Whose word speaks for it", lambda row: names(row.for_it)),
        Column("said_against_by", "texts", "Whose word speaks against it", lambda row: names(row.against)),
        Column("claims_for", "texts", "Ids of the claims for it, the strongest first",
               lambda row: tuple(one.claim_id for one in row.for_it)),
        Column("claims_against", "texts", "Ids of the claims against it, the strongest first",
               lambda row: tuple(one.claim_id for one in row.against)),
        Column("quotes_for", "texts", f"Words of the {QUOTES} strongest claims for it", lambda row: words(row.for_it)),
        Column("quotes_against", "texts", f"Words of the {QUOTES} strongest claims against it",
               lambda row: words(row.against)),
        Column("claims_reviewed", "whole", _REVIEWED, lambda row: _reviewed((*row.for_it, *row.against)),
               "claims"),
        Column("spell", "text", "Id of the spell, for `tadmor explain`", lambda row: row.spell.id),
    ),
    select.spells,
    lambda row: _drawn(row.place),
)  # fmt: skip


def _toll(at: int) -> Callable[[EventRow], Value]:
    return lambda row: row.event.killed[at] if row.event.killed else None


EVENTS: Table[EventRow] = Table(
    "events",
    "What happened, as claims of different reports have it",
    "event",
    (
        Column("from", "day", "First day on which it may have happened", lambda row: row.event.days.first),
        Column("to", "day", "Last day on which it may have happened", lambda row: row.event.days.last),
        Column("date_precision", "text", "How exactly the day is known", lambda row: row.event.days.precision,
               codes=_DAYS),
        Column("kind", "text", "Of control, or another event", lambda row: row.event.kind, codes=("control", "event")),
        Column("type", "text", "What happened: a type of control, or one of ACLED's sub-events",
               lambda row: row.event.type),
        *_where(_event_place, lambda row: row.event.part),
        Column("precision", "text", _PRECISION, lambda row: select.precision(row.place, row.event.part),
               codes=_LEVELS),
        Column("actors", "texts", "Who did it", lambda row: row.event.actors),
        Column("opponents", "texts", "To whom, or against whom", lambda row: row.event.opponents),
        Column("killed_low", "whole", "Lowest number of killed that is claimed", _toll(0), "people"),
        Column("killed_best", "whole", "Likeliest number of killed", _toll(1), "people"),
        Column("killed_high", "whole", "Highest number of killed that is claimed", _toll(2), "people"),
        Column("killed_claims", "texts", "Ids of the claims behind the lowest, likeliest and highest number",
               lambda row: tuple(dict.fromkeys(filter(None, row.event.killed_claims)))),
        Column("voices", "whole", "Independent voices", lambda row: row.event.voices, "voices"),
        Column("probability", "number", "How sure it is that it happened", lambda row: row.event.confidence, "0 to 1"),
        Column("said_by", "texts", "Whose word it is", lambda row: names(row.evidence)),
        Column("claims", "texts", "Ids of the claims", lambda row: row.event.claim_ids),
        Column("quotes", "texts", f"Words of the first {QUOTES} claims", lambda row: words(row.evidence)),
        Column("claims_reviewed", "whole", _REVIEWED, lambda row: _reviewed(row.evidence), "claims"),
        Column("event", "text", "Id of the event", lambda row: row.event.id),
    ),
    select.events,
    lambda row: _drawn(row.place),
)  # fmt: skip


def _number(of: Literal["killed", "wounded"], at: int) -> Callable[[ClaimRow], Value]:
    def get(row: ClaimRow) -> Value:
        count: Count | None = row.told.claim.count
        band = getattr(count, of) if count else None
        found: int | None = band[at] if band else None
        return found

    return get


CLAIMS: Table[ClaimRow] = Table(
    "claims",
    "Who says what, in which words",
    "claim",
    (
        Column("kind", "text", "Of control, an event, or a relation of parties", lambda row: row.told.claim.kind,
               codes=("control", "event", "relation")),
        Column("type", "text", "What is claimed", lambda row: row.told.claim.type),
        Column("modality", "text", "How it is put", lambda row: row.told.claim.modality,
               codes=("asserted", "hedged", "denied", "planned", "possible")),
        Column("verification", "text", "What the report itself says about it", lambda row: row.told.claim.verification,
               codes=("unverified", "confirmed", "disputed")),
        Column("actor", "text", "Who", lambda row: row.told.claim.actor.name if row.told.claim.actor else None),
        Column("actor_id", "text", "Its id in the dictionary of actors",
               lambda row: row.told.claim.actor.id if row.told.claim.actor else None),
        Column("actor_text", "text", "The mention as it stands",
               lambda row: row.told.claim.actor.text if row.told.claim.actor else None),
        Column("opponent", "text", "Whom, or against whom",
               lambda row: row.told.claim.opponent.name if row.told.claim.opponent else None),
        Column("opponent_id", "text", "Its id in the dictionary of actors",
               lambda row: row.told.claim.opponent.id if row.told.claim.opponent else None),
        Column("opponent_text", "text", "The mention as it stands",
               lambda row: row.told.claim.opponent.text if row.told.claim.opponent else None),
        *_where(_claim_place, _claim_part),
        Column("place_text", "text", "The mention as it stands",
               lambda row: row.told.claim.where.text if row.told.claim.where else None),
        Column("precision", "text", _PRECISION,
               lambda row: row.told.claim.where.precision if row.told.claim.where else "unknown", codes=_LEVELS),
        Column("from", "day", "First day on which it may have happened or was so",
               lambda row: row.told.claim.days.first),
        Column("to", "day", "Last day on which it may have happened or was so", lambda row: row.told.claim.days.last),
        Column("date_precision", "text", "How exactly the day is known", lambda row: row.told.claim.days.precision,
               codes=_DAYS),
        Column("date_basis", "text", "What the days were reckoned from", lambda row: row.told.claim.days.basis),
        Column("sources", "texts", "Who says so: who speaks first, who carried it last; blank: the report itself",
               lambda row: row.told.claim.sources),
        Column("voice", "text", "Whose word it counts as", lambda row: row.voice.name),
        Column("voice_kind", "text", "What kind of source that is", lambda row: row.voice.kind),
        Column("killed_low", "whole", "Least number of killed; blank: open or not said", _number("killed", 0),
               "people"),
        Column("killed_high", "whole", "Greatest number of killed; blank: open or not said", _number("killed", 1),
               "people"),
        Column("wounded_low", "whole", "Least number of wounded; blank: open or not said", _number("wounded", 0),
               "people"),
        Column("wounded_high", "whole", "Greatest number of wounded; blank: open or not said", _number("wounded", 1),
               "people"),
        Column("whom", "text", "Whom the numbers count",
               lambda row: row.told.claim.count.whom if row.told.claim.count else None),
        Column("of", "text", "What was hit, if it is not a place", lambda row: row.told.claim.of),
        Column("quote", "text", "The exact words", lambda row: row.told.quote),
        Column("quote_start", "whole", "Where they begin in the report's text", lambda row: row.told.claim.quote.start,
               "characters"),
        Column("quote_end", "whole", "Where they end, exclusive", lambda row: row.told.claim.quote.end, "characters"),
        Column("reading", "number", "How sure it is that the claim was read rightly, not that it is so",
               lambda row: row.told.claim.confidence, "0 to 1"),
        Column("rule", "text", "The rule that read it", lambda row: row.told.claim.rule),
        Column("review", "text", "What analysts made of it; what they rejected counts for nothing",
               lambda row: row.told.review, codes=("accepted", "rejected", "corrected", "by hand")),
        Column("credibility", "whole", "The grade that an analyst gave it: 1 confirmed by other sources, 2 probably"
               " true, 3 possibly true, 4 doubtful, 5 improbable, 6 cannot be judged",
               lambda row: row.told.credibility),
        Column("as_read", "text", "Where it was corrected, what was read, as JSON", _as_read),
        Column("reviewed_by", "texts", "The analysts whose reviews are in force, the latest last",
               lambda row: tuple(dict.fromkeys(kept.review.analyst for kept in row.reviews))),
        Column("review_why", "text", "The reason of the latest review that gives one",
               lambda row: next((kept.review.why for kept in reversed(row.reviews) if kept.review.why), None)),
        Column("outlet", "text", "Who published the report", lambda row: row.told.outlet),
        Column("original_outlet", "text", "Who published it first", lambda row: row.told.original_outlet),
        Column("headline", "text", "Headline of the report", lambda row: row.told.headline),
        Column("published", "day", "Day of publication", lambda row: row.told.published),
        Column("doc", "text", "Name of the report", lambda row: row.told.doc),
        Column("origin", "text", "Where it came from", lambda row: row.told.origin),
        Column("story", "text", "Reports of one story count as one voice", lambda row: row.told.story_id),
        Column("report", "text", "Id of the report", lambda row: row.told.claim.report_id),
        Column("sha256", "text", "Hash of the bytes that were read", lambda row: row.told.sha256),
        Column("read_by", "text", "The version that read it", lambda row: row.told.maker),
        Column("claim", "text", "Id of the claim", lambda row: row.told.claim.id),
    ),
    select.claims_and_rejected,
    lambda row: _drawn(row.place),
)  # fmt: skip

TABLES: dict[What, Table[Any]] = {
    "spells": SPELLS,
    "events": EVENTS,
    "claims": CLAIMS,
}
