"""Records to rows and back, one pair of functions a type; nothing else knows the columns."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeVar

import msgspec

from tadmor.record.database import Row, Value
from tadmor.records import (
    NOT_READ,
    Bound,
    Claim,
    Count,
    Days,
    Dispute,
    Event,
    Heard,
    Party,
    Pull,
    Quote,
    Report,
    Segment,
    Spell,
    Where,
)
from tadmor.timeline.spells import bounded, starts
from tadmor.timeline.unit import Made

T = TypeVar("T")
Columns = dict[str, Value]
SHARED = 1 << 14  # places, parties, days, sources that are remembered as read
PASSED_OVER = f"(instr(notes, '\"{NOT_READ}') > 0)"  # of a row of reports: it was kept, and not read for claims
NAMED = "name:"  # what the id of a place begins with that no gazetteer entry was found for


def json_text(value: object) -> str:
    return msgspec.json.encode(value).decode()


@lru_cache(maxsize=SHARED)
def _words_text(words: tuple[str | None, ...]) -> str:
    return json_text(words)


def from_json(text: str, kind: type[T]) -> T:
    return msgspec.json.decode(text, type=kind)


@lru_cache(maxsize=SHARED)
def day_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


@lru_cache(maxsize=SHARED)
def to_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def insert(table: str, columns: Sequence[str]) -> str:
    """An INSERT of named columns, for statements over many rows."""
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


# --- reports --------------------------------------------------------------------------------------------------------


def report_columns(report: Report) -> Columns:
    return {
        "id": report.id,
        "sha256": report.sha256,
        "media_type": report.media_type,
        "outlet": report.outlet,
        "original_outlet": report.original_outlet,
        "authors": json_text(report.authors),
        "headline": report.headline,
        "dateline": report.dateline,
        "published": day_text(report.published),
        "published_by": report.published_by,
        "language": report.language,
        "truncated": int(report.truncated),
        "text": report.text,
        "segments": json_text(report.segments),
        "signature": pack(report.signature),
        "notes": json_text(report.notes),
    }


def to_report(row: Row) -> Report:
    """From a row of `reports` with `doc` and `origin` beside its own columns."""
    return Report(
        id=row["id"],
        sha256=row["sha256"],
        doc=row["doc"],
        origin=row["origin"],
        media_type=row["media_type"],
        outlet=row["outlet"],
        original_outlet=row["original_outlet"],
        authors=from_json(row["authors"], tuple[str, ...]),
        headline=row["headline"],
        dateline=row["dateline"],
        published=to_day(row["published"]),
        published_by=row["published_by"],
        language=row["language"],
        truncated=bool(row["truncated"]),
        text=row["text"],
        segments=from_json(row["segments"], tuple[Segment, ...]),
        signature=unpack(row["signature"]),
        notes=from_json(row["notes"], tuple[str, ...]),
    )


def pack(signature: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(signature)}Q", *signature)


def unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 8}Q", packed)


# --- claims ---------------------------------------------------------------------------------------------------------


def claim_columns(claim: Claim, quote: str, place_id: str | None) -> Columns:
    where, days = claim.where or NOWHERE, claim.days
    return {
        "id": claim.id,
        "report_id": claim.report_id,
        "kind": claim.kind,
        "type": claim.type,
        **_party_columns("actor", claim.actor),
        **_party_columns("opponent", claim.opponent),
        "place_id": place_id,
        "place": where.name if claim.where else None,
        "place_text": where.text if claim.where else None,
        "part": where.part,
        "near": int(where.near),
        "within": where.within,
        "lat": where.lat,
        "lon": where.lon,
        "admin1": where.admin1,
        "country": where.country,
        "geo_precision": where.precision,
        "candidates": json_text(where.candidates),
        "first_day": day_text(days.first),
        "last_day": day_text(days.last),
        "date_precision": days.precision,
        "date_basis": days.basis,
        "modality": claim.modality,
        "sources": json_text(claim.sources),
        "verification": claim.verification,
        "count": json_text(claim.count) if claim.count else None,
        "of": claim.of,
        "quote": quote,
        "quote_start": claim.quote.start,
        "quote_end": claim.quote.end,
        "also": json_text([[quote.start, quote.end] for quote in claim.also]),
        "rule": claim.rule,
        "confidence": claim.confidence,
    }


def listed(claim: Columns, published: Value) -> Columns:
    """The days under which a claim is listed, as the record itself fills them in where they are not given."""
    first, last = claim["first_day"], claim["last_day"]
    return {"listed_from": first or last or published, "listed_to": last or first or published}


# The columns that a claim is made from: all but its words, which it only points to.
CLAIM = (
    "id", "report_id", "kind", "type", "actor", "actor_id", "actor_text", "opponent", "opponent_id", "opponent_text",
    "place_id", "place", "place_text", "part", "near", "within", "lat", "lon", "admin1", "country", "geo_precision",
    "candidates", "first_day", "last_day", "date_precision", "date_basis", "modality", "sources", "verification",
    "count", "of", "quote_start", "quote_end", "also", "rule", "confidence",
)  # fmt: skip


def to_claim(row: Row) -> Claim:
    """From a row with the columns `CLAIM`, among others."""
    return claim_of(tuple([row[column] for column in CLAIM]))


def claim_of(cells: tuple[Any, ...]) -> Claim:
    """From the values of the columns `CLAIM`, in their order; many at once: places, days and parties are shared."""
    (id, report_id, kind, type, *_, modality, sources, verification, count, of, start, end, also, rule, sure) = cells
    return Claim(
        id=id,
        report_id=report_id,
        kind=kind,
        type=type,
        actor=_party_of(cells[4:7]),
        opponent=_party_of(cells[7:10]),
        where=_where_of(cells[10:22]),
        days=_days_of(cells[22:26]),
        modality=modality,
        sources=_to_words(sources),
        verification=verification,
        count=from_json(count, Count) if count else None,
        of=of,
        quote=Quote(start=start, end=end),
        also=()
        if also == "[]"
        else tuple(Quote(start=start, end=end) for start, end in from_json(also, list[tuple[int, int]])),
        rule=rule,
        confidence=sure,
    )


NOWHERE = Where(name="", text="")


def _party_columns(role: str, party: Party | None) -> Columns:
    if party is None:
        return {role: None, f"{role}_id": None, f"{role}_text": None}
    return {role: party.name, f"{role}_id": party.id, f"{role}_text": party.text}


# Of a few thousand claims about one place most name the same few parties, the place itself, and the same days.


@lru_cache(maxsize=SHARED)
def _to_words(text: str) -> tuple[str, ...]:
    return () if text == "[]" else from_json(text, tuple[str, ...])


@lru_cache(maxsize=SHARED)
def _party_of(cells: tuple[Any, ...]) -> Party | None:
    name, id, text = cells
    return None if name is None else Party(name=name, id=id, text=text)


@lru_cache(maxsize=SHARED)
def _where_of(cells: tuple[Any, ...]) -> Where | None:
    place_id, name, text, part, near, within, lat, lon, admin1, country, precision, candidates = cells
    if place_id is None:
        return None
    return Where(
        name=name,
        id=None if place_id.startswith(NAMED) else place_id,
        text=text,
        part=part,
        near=bool(near),
        within=within,
        lat=lat,
        lon=lon,
        admin1=admin1,
        country=country,
        precision=precision,
        candidates=_to_words(candidates),
    )


@lru_cache(maxsize=SHARED)
def _days_of(cells: tuple[Any, ...]) -> Days:
    first, last, precision, basis = cells
    return Days(first=to_day(first), last=to_day(last), precision=precision, basis=basis)


def to_days(row: Row) -> Days:
    return _days_of((row["first_day"], row["last_day"], row["date_precision"], row["date_basis"]))


def _days_columns(days: Days) -> Columns:
    return {
        "first_day": day_text(days.first),
        "last_day": day_text(days.last),
        "date_precision": days.precision,
        "date_basis": days.basis,
    }


# --- timeline -------------------------------------------------------------------------------------------------------


def event_columns(event: Event) -> Columns:
    return {
        "id": event.id,
        "place_id": event.place_id,
        "part": event.part,
        "kind": event.kind,
        "type": event.type,
        **_days_columns(event.days),
        "actors": _words_text(event.actors),
        "opponents": _words_text(event.opponents),
        "killed": json_text(event.killed) if event.killed is not None else None,
        "killed_claims": _words_text(event.killed_claims),
        "voices": event.voices,
        "confidence": event.confidence,
    }


def to_event(row: Row, claim_ids: Iterable[str]) -> Event:
    killed = row["killed"]
    return Event(
        id=row["id"],
        kind=row["kind"],
        type=row["type"],
        place_id=row["place_id"],
        part=row["part"],
        days=to_days(row),
        actors=_to_words(row["actors"]),
        opponents=_to_words(row["opponents"]),
        killed=from_json(killed, tuple[int | None, int | None, int | None]) if killed else None,
        killed_claims=_bearers(row["killed_claims"]),
        claim_ids=tuple(claim_ids),
        voices=row["voices"],
        confidence=row["confidence"],
    )


@lru_cache(maxsize=SHARED)
def _bearers(text: str) -> tuple[str | None, str | None, str | None]:
    return from_json(text, tuple[str | None, str | None, str | None])  # for most, of nobody's claims


def spell_columns(spell: Spell, spoken: date | None = None) -> Columns:
    """`spoken`: the last day on which a claim spoke of the place or part; kept of a spell that is still so."""
    return {
        "id": spell.id,
        "place_id": spell.place_id,
        "part": spell.part,
        "layer": spell.layer,
        "claimed_by": spell.claimed_by,
        "status": spell.status,
        "holder": spell.holder,
        "contested": int(spell.contested),
        "besieged_by": spell.besieged_by,
        "start_earliest": day_text(spell.start.earliest),
        "start_latest": day_text(spell.start.latest),
        "begins": starts(spell.start).isoformat(),
        "ended": int(spell.end is not None),
        "end_earliest": day_text(spell.end.earliest) if spell.end else None,
        "end_latest": day_text(spell.end.latest) if spell.end else None,
        "spoken": day_text(spoken) if spell.end is None else None,
        "confidence": spell.confidence,
        "voices": spell.voices,
    }


# Few spells differ in what they say of a place, and few in their days. Each of the two is asked for as one text: to
# hand over a value takes SQLite's module longer than Python takes to find what a text stands for.
_SAYS = ("part", "layer", "claimed_by", "status", "holder", "contested", "besieged_by", "voices")
_LASTS = ("start_earliest", "start_latest", "begins", "ended", "end_earliest", "end_latest")


def _together(columns: Sequence[str]) -> str:
    return f"CAST(json_array({', '.join(f's.{column}' for column in columns)}) AS TEXT)"


SPELL = f"s.id, s.place_id, {_together(_SAYS)}, {_together(_LASTS)}, s.confidence"  # of `spells s`, for `spell_of`


def spell_of(cells: Sequence[Any], pulls: tuple[Pull, ...] = ()) -> Spell:
    """From the values of `SPELL`; what follows them is not looked at."""
    return _spell(cells[0], cells[1], _said(cells[2]), _lasting(cells[3]), cells[4], pulls)


def to_spell(row: Row | Mapping[str, Any], pulls: Iterable[Pull]) -> Spell:
    """From a row with all columns of a spell, among others."""
    says, lasts = tuple([row[column] for column in _SAYS]), [row[column] for column in _LASTS]
    return _spell(row["id"], row["place_id"], says, _bounds(*lasts), row["confidence"], tuple(pulls))


def _spell(
    id: str,
    place_id: str,
    says: tuple[Any, ...],
    lasts: tuple[Bound, Bound | None],
    confidence: float,
    pulls: tuple[Pull, ...],
) -> Spell:
    part, layer, side, status, holder, contested, besieged_by, count = says
    return Spell(
        id=id,
        place_id=place_id,
        part=part,
        layer=layer,
        claimed_by=side,
        status=status,
        holder=holder,
        contested=bool(contested),
        besieged_by=besieged_by,
        start=lasts[0],
        end=lasts[1],
        confidence=confidence,
        voices=count,
        pulls=pulls,
    )


@lru_cache(maxsize=SHARED)
def _said(text: str) -> tuple[Any, ...]:
    return from_json(text, tuple[Any, ...])


@lru_cache(maxsize=SHARED)
def _lasting(text: str) -> tuple[Bound, Bound | None]:
    return _bounds(*from_json(text, list[Any]))


@lru_cache(maxsize=SHARED)
def _bounds(
    earliest: str | None, latest: str | None, begins: str, ended: int, end_earliest: str | None, end_latest: str | None
) -> tuple[Bound, Bound | None]:
    start = bounded(to_day(earliest), to_day(latest), date.fromisoformat(begins))
    return start, Bound(earliest=to_day(end_earliest), latest=to_day(end_latest)) if ended else None


def dispute_columns(dispute: Dispute) -> Columns:
    return {
        "id": dispute.id,
        "place_id": dispute.place_id,
        "part": dispute.part,
        **_days_columns(dispute.days),
        "about": dispute.about,
        "open": int(dispute.open),
        "reading": dispute.reading,
    }


def to_dispute(row: Row, sides: Mapping[int, tuple[str, Sequence[str]]]) -> Dispute:
    return Dispute(
        id=row["id"],
        place_id=row["place_id"],
        part=row["part"],
        days=to_days(row),
        about=row["about"],
        sides=tuple((says, tuple(ids)) for _, (says, ids) in sorted(sides.items())),
        open=bool(row["open"]),
        reading=row["reading"],
    )


# --- all rows of a history -------------------------------------------------------------------------------------------

HistoryRows = dict[str, Sequence[tuple[Value, ...]]]  # by table; the columns are those of `Table`


class Table(NamedTuple):
    """A table that the timeline fills. The first `keys` columns are its primary key."""

    name: str
    keys: int
    columns: tuple[str, ...]
    parent: str | None = None  # the table whose id stands in the first column; None: the rows name their place

    @property
    def of_place(self) -> str:
        """A query for the rows of one place."""
        return _of_place(self)

    @property
    def of_ids(self) -> str:
        """A query for the rows with some ids (a list in JSON), their own or those of their parents."""
        return _of_ids(self)

    @property
    def put(self) -> str:
        """A statement to insert a row or, where there is one with its key, to set its values."""
        return _put(self)

    @property
    def delete(self) -> str:
        """A statement to delete the row with a key."""
        return _delete(self)


@cache
def _of_place(table: Table) -> str:
    where = (
        "place_id = ?"
        if table.parent is None
        else f"{table.columns[0]} IN (SELECT id FROM {table.parent} WHERE place_id = ?)"
    )
    return f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE {where}"


@cache
def _of_ids(table: Table) -> str:
    columns, key = ", ".join(table.columns), table.columns[0]
    return f"SELECT {columns} FROM {table.name} WHERE {key} IN (SELECT value FROM json_each(?))"


@cache
def _put(table: Table) -> str:
    rest = table.columns[table.keys :]
    what = f"UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in rest)}" if rest else "NOTHING"
    key = ", ".join(table.columns[: table.keys])
    return f"{insert(table.name, table.columns)} ON CONFLICT ({key}) DO {what}"


@cache
def _delete(table: Table) -> str:
    return f"DELETE FROM {table.name} WHERE {' AND '.join(f'{column} = ?' for column in table.columns[: table.keys])}"


TABLES = (
    Table("events", 1, ("id", "place_id", "part", "kind", "type", "first_day", "last_day", "date_precision",
                        "date_basis", "actors", "opponents", "killed", "killed_claims", "voices", "confidence")),
    Table("event_claims", 2, ("event_id", "claim_id"), "events"),
    Table("spells", 1, ("id", "place_id", "part", "layer", "claimed_by", "status", "holder", "contested",
                        "besieged_by", "start_earliest", "start_latest", "begins", "ended", "end_earliest",
                        "end_latest", "spoken", "confidence", "voices")),
    Table("spell_claims", 2, ("spell_id", "claim_id", "pull"), "spells"),
    Table("disputes", 1, ("id", "place_id", "part", "first_day", "last_day", "date_precision", "date_basis", "about",
                          "open", "reading")),
    Table("dispute_sides", 2, ("dispute_id", "side", "says"), "disputes"),
    Table("dispute_claims", 3, ("dispute_id", "side", "claim_id"), "disputes"),
)  # fmt: skip


def table_of(made: Made) -> str:
    """The table in which something that the timeline made has its own row."""
    return "events" if isinstance(made, Event) else "spells" if isinstance(made, Spell) else "disputes"


def history_rows(made: Iterable[Made], spoken: Mapping[str | None, date]) -> HistoryRows:
    """The rows of what was made of a place. `spoken` is the last day on which a claim spoke of each part of it."""
    made = list(made)
    events = [one for one in made if isinstance(one, Event)]
    spells = [one for one in made if isinstance(one, Spell)]
    disputes = [one for one in made if isinstance(one, Dispute)]
    sides = [(dispute, *side) for dispute in disputes for side in enumerate(dispute.sides)]
    return {
        "events": [tuple(event_columns(event).values()) for event in events],
        "event_claims": [(event.id, claim_id) for event in events for claim_id in event.claim_ids],
        "spells": [tuple(spell_columns(spell, spoken.get(spell.part)).values()) for spell in spells],
        "spell_claims": [(spell.id, one.claim_id, one.pull) for spell in spells for one in spell.pulls],
        "disputes": [tuple(dispute_columns(dispute).values()) for dispute in disputes],
        "dispute_sides": [(dispute.id, side, says) for dispute, side, (says, _) in sides],
        "dispute_claims": [(dispute.id, side, claim_id) for dispute, side, (_, ids) in sides for claim_id in ids],
    }


Facts = tuple[Value, ...]  # of a place: name, level, lat, lon, admin1, country


def place_facts(heard: Iterable[Heard], stored: Facts | None = None) -> Facts | None:
    """Of all that claims say of a place, what comes first in order, so that the order of reading does not matter.
    `stored` is what came first of those heard before; None: nothing was heard."""
    wheres = {id(where): where for one in heard if (where := one.claim.where) is not None}
    facts: list[Facts] = [(w.name, _level(w), w.lat, w.lon, w.admin1, w.country) for w in wheres.values()]
    return min([*facts, stored] if stored else facts, key=_known_first, default=None)


def _level(where: Where) -> str:
    """What the coordinates of a place stand for follows from the precision of the claims about it."""
    if where.precision in ("district", "governorate", "country"):
        return where.precision
    return "unknown" if where.lat is None else "place"


def _known_first(facts: Facts) -> tuple[object, ...]:
    name, level, lat, lon, *names = facts
    return lat is None, name, level, lat or 0, lon is not None, lon or 0, *((n is not None, n or "") for n in names)
