"""What a user picks from a record, as typed rows with what they rest on: the one source of all exports and briefings.

Rows are read a few hundred at a time, so that memory does not grow with the record. Filters mean the same everywhere:
a spell or event is taken if it may have been on one of the days, a claim if what it says may have been, or, where it
says no day, if its report was published on one of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from tadmor.record import queries, reattach, weight_sets, words
from tadmor.record.area import Area
from tadmor.record.database import Database, Value
from tadmor.record.fold import Kept
from tadmor.record.queries import Place, Told
from tadmor.record.rows import SPELL, json_text, spell_of, to_day, to_event
from tadmor.records import Event, GeoPrecision, Kind, Layer, Pull, Record, ReviewStatus, Spell
from tadmor.timeline import place_part
from tadmor.timeline.weigh import Voice, voices

__all__ = [
    "ClaimRow",
    "EventRow",
    "Evidence",
    "Filters",
    "SpellRow",
    "claims",
    "claims_and_rejected",
    "events",
    "place_ids",
    "precision",
    "spells",
    "spells_in_turn",
]

T = TypeVar("T")
BATCH = 400  # rows read at a time
REMEMBERED = 1 << 16  # reports
NOWHERE = Place("", "", "unknown")


class Filters(Record, frozen=True, kw_only=True):
    """What is wanted; None is everything.

    `type` is the type of an event or claim, or the status of a spell. `confidence` is the least. `layer` is that of
    spells. `place_ids` and `area` both hold; `part` is a part of the only place. The last five are of claims alone:
    `words` all stand in the quote, the last of them at least its beginning.
    """

    place_ids: tuple[str, ...] | None = None
    part: str | None = None
    area: Area | None = None
    first: date | None = None
    last: date | None = None
    actors: frozenset[str] | None = None
    type: str | None = None
    confidence: float | None = None
    layer: Layer = "assessed"
    kind: Kind | None = None
    source_kind: str | None = None
    words: str | None = None
    review: ReviewStatus | None = None
    report: str | None = None


class Evidence(Record, frozen=True):
    """A claim behind a row: its words and whose they are. `pull` is None where nothing is weighed."""

    claim_id: str
    pull: float | None
    quote: str
    voice: Voice
    report_id: str
    outlet: str | None
    headline: str | None
    published: date | None
    story_id: str
    review: ReviewStatus | None = None


class SpellRow(Record, frozen=True):
    """A spell with the claims for and against it, strongest first. `begins` is the single day from which it counts,
    `spoken` the last day on which a claim spoke of the place or part."""

    spell: Spell
    place: Place
    begins: date
    spoken: date | None
    for_it: tuple[Evidence, ...]
    against: tuple[Evidence, ...]


class EventRow(Record, frozen=True):
    """An event with its claims, by id."""

    event: Event
    place: Place
    evidence: tuple[Evidence, ...]


class ClaimRow(Record, frozen=True):
    """A claim with its words, its report and whose word it is. `place` is that of the record, with no point of its
    own where the claim names none. `reviews` are those in force."""

    told: Told
    place: Place
    voice: Voice
    reviews: tuple[Kept, ...] = ()


def precision(place: Place, part: str | None) -> GeoPrecision:
    """How exactly the coordinates of a place stand for the place or part that is spoken of."""
    if place.level == "place":
        return "exact" if part is None else "near" if part.startswith("near:") else "part"
    return place.level  # type: ignore[return-value]  # the other levels are precisions


def spells(database: Database, filters: Filters) -> Iterator[SpellRow]:
    """The spells wanted, by place and part, oldest first."""
    where = _Where(database, filters, "s.place_id")
    where.add("s.layer = ?", filters.layer)
    where.add("s.part = ?", filters.part)
    where.add("(s.ended = 0 OR coalesce(s.end_latest, s.end_earliest, '9999') >= ?)", _text(filters.first))
    where.add("coalesce(s.start_earliest, s.begins) <= ?", _text(filters.last))
    where.add("s.status = ?", filters.type)
    where.add("s.confidence >= ?", filters.confidence)
    where.any_of(("s.holder IN ({})", "s.besieged_by IN ({})"), filters.actors)
    rows = database.tuples(
        f"SELECT {_SPELL} FROM spells s JOIN places p ON p.id = s.place_id {where}"
        " ORDER BY p.name, s.place_id, s.part IS NOT NULL, s.part, s.claimed_by IS NOT NULL, s.claimed_by,"
        " s.begins, s.id",
        where.values,
    )
    yield from _spell_rows(database, rows)


_SPELL = f"{SPELL}, s.begins, s.spoken"


def spells_in_turn(database: Database, ids: Iterable[str]) -> Iterator[SpellRow]:
    """The spells with these ids, in their order."""
    wanted = iter(ids)

    def rows() -> Iterator[tuple[Any, ...]]:
        while some := list(islice(wanted, BATCH)):
            found = database.tuples(
                f"SELECT {_SPELL} FROM spells s WHERE s.id IN (SELECT value FROM json_each(?))", [json_text(some)]
            )
            by_id = {row[0]: row for row in found}
            yield from (by_id[id] for id in some)

    yield from _spell_rows(database, rows())


def _spell_rows(database: Database, rows: Iterator[tuple[Any, ...]]) -> Iterator[SpellRow]:
    places, witnesses = queries.places(database), _Witnesses(database)
    for some in _batches(rows):
        evidence = witnesses.of("spell_claims", "spell_id", "x.pull", [row[0] for row in some])
        for *cells, begins, spoken in some:
            own = evidence[cells[0]]
            own.sort(key=_CLAIM_ID)
            own.sort(key=_weakness)
            spell = spell_of(cells, tuple([Pull(claim_id=one.claim_id, pull=one.pull or 0.0) for one in own]))
            claimed = spell.layer == "claimed"  # there every claim is the side's own word, whatever it weighs
            yield SpellRow(
                spell=spell,
                place=places[spell.place_id],
                begins=date.fromisoformat(begins),
                spoken=to_day(spoken),
                for_it=tuple([one for one in own if claimed or (one.pull or 0) > 0]),
                against=tuple([one for one in own if not claimed and (one.pull or 0) < 0]),
            )


_CLAIM_ID = attrgetter("claim_id")


def _weakness(one: Evidence) -> float:
    return -abs(one.pull or 0)


def events(database: Database, filters: Filters) -> Iterator[EventRow]:
    """The events wanted, by day."""
    where = _Where(database, filters, "e.place_id")
    where.add("e.part = ?", filters.part)
    where.add("coalesce(e.last_day, e.first_day) >= ?", _text(filters.first))
    where.add("coalesce(e.first_day, e.last_day) <= ?", _text(filters.last))
    where.add("e.type = ?", filters.type)
    where.add("e.confidence >= ?", filters.confidence)
    where.listed_in(("e.actors", "e.opponents"), filters.actors)
    places, witnesses = queries.places(database), _Witnesses(database)
    rows = database.stream(
        f"SELECT e.* FROM events e {where}"
        " ORDER BY e.first_day IS NULL, e.first_day, e.last_day NULLS FIRST, e.place_id, e.id",
        where.values,
    )
    for some in _batches(rows):
        evidence = witnesses.of("event_claims", "event_id", "NULL", [row["id"] for row in some])
        for row in some:
            own = tuple(sorted(evidence[row["id"]], key=_CLAIM_ID))
            yield EventRow(to_event(row, (one.claim_id for one in own)), places[row["place_id"]], own)


def claims(database: Database, filters: Filters) -> Iterator[ClaimRow]:
    """The claims wanted, by day; those without a day last. What analysts rejected is left out."""
    return (row for row in claims_and_rejected(database, filters) if row.told.review != "rejected")


def claims_and_rejected(database: Database, filters: Filters) -> Iterator[ClaimRow]:
    """As `claims`, with those that analysts rejected."""
    where = _Where(database, filters, "c.place_id")
    where.add("coalesce(c.last_day, c.first_day, r.published) >= ?", _text(filters.first))
    where.add("coalesce(c.first_day, c.last_day, r.published) <= ?", _text(filters.last))
    where.add("c.type = ?", filters.type)
    where.add("c.confidence >= ?", filters.confidence)
    where.add("c.kind = ?", filters.kind)
    where.add("c.review = ?", filters.review)
    where.add("c.report_id = ?", filters.report)
    if filters.words:
        numbers = words.holding(database, "quote_words", filters.words, beginning=True)
        where.add("c.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))", json_text(numbers.tolist()))
    where.any_of(("c.actor IN ({})", "c.opponent IN ({})"), filters.actors)
    places, voice = queries.places(database), voices(weight_sets.knowledge(database))
    for told, place_id in queries.stream_told(
        database, f"{where} ORDER BY c.first_day IS NULL, c.first_day, c.last_day NULLS FIRST, c.id", where.values
    ):
        claim = told.claim
        if filters.part is not None and (claim.where is None or place_part.of(claim.where).key != filters.part):
            continue
        said_by = voice(told.heard)
        if filters.source_kind not in (None, said_by.kind):
            continue
        reviews = tuple(reattach.in_force(database, claim.id)) if told.reviewed else ()
        yield ClaimRow(told, places[place_id] if place_id else NOWHERE, said_by, reviews)


def place_ids(database: Database, filters: Filters) -> tuple[str, ...] | None:
    """The ids of the places wanted; None: of all."""
    ids = filters.place_ids
    if filters.area is None:
        return ids
    inside = [one.id for one in queries.places(database).values() if filters.area.holds(one)]
    return tuple(id for id in inside if ids is None or id in ids)


class _Where:
    """A WHERE of the conditions whose value is given."""

    def __init__(self, database: Database, filters: Filters, place: str) -> None:
        self.clauses: list[str] = []
        self.values: list[Value] = []
        ids = place_ids(database, filters)
        # One value however many there are: SQLite bounds the number of values.
        self.add(f"{place} IN (SELECT value FROM json_each(?))", None if ids is None else json_text(ids))

    def add(self, clause: str, value: Value) -> None:
        if value is not None:
            self.clauses.append(clause)
            self.values.append(value)

    def any_of(self, clauses: Sequence[str], names: Iterable[str] | None) -> None:
        if names is not None:
            listed = "SELECT value FROM json_each(?)"
            self.clauses.append("(" + " OR ".join(clause.format(listed) for clause in clauses) + ")")
            self.values += [json_text(sorted(names))] * len(clauses)

    def listed_in(self, columns: Sequence[str], names: Iterable[str] | None) -> None:
        """One of the names is in one of these lists; it is looked for in their JSON as it stands."""
        if names is not None:
            listed = [json_text(name) for name in sorted(names)]
            clauses = [f"instr({column}, ?) > 0" for column in columns for _ in listed]
            self.clauses.append("(" + " OR ".join(["1 = 0", *clauses]) + ")")
            self.values += listed * len(columns)

    def __str__(self) -> str:
        return "WHERE " + " AND ".join(self.clauses) if self.clauses else ""


class _Witnesses:
    """Finds the claims behind rows, with whose words they are."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._voice_of = queries.voice_of_columns(weight_sets.knowledge(database))
        self._reports: dict[str, tuple[str | None, str | None, str | None, date | None, str]] = {}

    def of(self, table: str, key: str, pull: str, ids: Sequence[str]) -> Mapping[str, list[Evidence]]:
        """The claims behind the rows with these ids, by the id of the row."""
        pulls = list(
            self._database.tuples(
                # CROSS JOIN, here and below: in this order, whatever SQLite makes of the sizes of the tables.
                f"SELECT x.{key}, {pull}, x.claim_id FROM json_each(?) j CROSS JOIN {table} x ON x.{key} = j.value",
                [json_text(ids)],
            )
        )
        # One claim may speak of many rows, and one report make many claims.
        claims = list(
            self._database.tuples(
                "SELECT c.id, c.quote, c.sources, c.report_id, c.review FROM json_each(?) j"
                " CROSS JOIN claims c ON c.id = j.value",
                [json_text(list({id: None for _, _, id in pulls}))],
            )
        )
        self._load({report_id for _, _, _, report_id, _ in claims})
        said = {}
        for id, quote, sources, report_id, review in claims:
            outlet, original_outlet, headline, published, story_id = self._reports[report_id]
            # A story stands for its report only where no outlet is named; without it few voices are to be worked out.
            own = story_id if outlet is None and original_outlet is None else ""
            voice = self._voice_of(sources, outlet, original_outlet, own)
            said[id] = quote, voice, report_id, outlet, headline, published, story_id, review
        found: defaultdict[str, list[Evidence]] = defaultdict(list)
        for owner, weight, id in pulls:
            found[owner].append(Evidence(id, weight, *said[id]))
        return found

    def _load(self, report_ids: set[str]) -> None:
        """Know these reports; those that were known before are forgotten when there are too many."""
        if len(self._reports) > REMEMBERED:
            self._reports.clear()
        for id, outlet, original_outlet, headline, published, story_id in self._database.tuples(
            "SELECT r.id, r.outlet, r.original_outlet, r.headline, r.published, coalesce(t.story_id, r.id)"
            " FROM json_each(?) j"
            " CROSS JOIN reports r ON r.id = j.value LEFT JOIN stories t ON t.report_id = r.id",
            [json_text(list(report_ids - self._reports.keys()))],
        ):
            self._reports[id] = outlet, original_outlet, headline, to_day(published), story_id


def _batches(rows: Iterator[T]) -> Iterator[list[T]]:
    while some := list(islice(rows, BATCH)):
        yield some


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
