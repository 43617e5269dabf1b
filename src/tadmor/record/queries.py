"""What can be asked of the record. Every function only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from tadmor.errors import UsageError
from tadmor.record.database import Database, Row, Value
from tadmor.record.rows import (
    CLAIM,
    PASSED_OVER,
    Facts,
    claim_of,
    from_json,
    json_text,
    to_day,
    to_dispute,
    to_event,
    to_report,
    to_spell,
)
from tadmor.record.words import best
from tadmor.records import (
    Claim,
    Dispute,
    Event,
    Failure,
    Heard,
    Layer,
    Pull,
    Quote,
    Record,
    Report,
    ReviewStatus,
    Spell,
    Tie,
)
from tadmor.timeline import change
from tadmor.timeline.build import aged
from tadmor.timeline.change import Change
from tadmor.timeline.weigh import Knowledge, Voice, voices


class Place(Record, frozen=True):
    """A place of the record. `level` says what the coordinates stand for: "place", or the middle of a "district",
    "governorate" or "country", which must not be drawn as a town; "unknown" has none."""

    id: str
    name: str
    level: str
    lat: float | None = None
    lon: float | None = None
    admin1: str | None = None
    country: str | None = None


class Told(Record, frozen=True):
    """A claim with its words and the way back to the bytes."""

    claim: Claim
    quote: str
    doc: str
    origin: str
    headline: str | None
    outlet: str | None
    original_outlet: str | None
    published: date | None
    story_id: str | None
    sha256: str
    maker: str
    review: ReviewStatus | None = None
    credibility: int | None = None  # the grade that an analyst gave it
    as_read: Mapping[str, Any] | None = None  # of the columns that were corrected, what was read

    @property
    def heard(self) -> Heard:
        """The claim with what tells whose word it is."""
        return Heard(
            claim=self.claim,
            story_id=self.story_id or self.claim.report_id,
            outlet=self.outlet,
            original_outlet=self.original_outlet,
        )

    @property
    def reviewed(self) -> bool:
        """Whether the claim stands as an analyst has it."""
        return self.review is not None or self.credibility is not None


class Pending(Record, frozen=True):
    """A place whose history is not up to date, with its `mark` on the list and how many claims there are about it."""

    id: str
    mark: int
    claims: int


# A report's own name, else that of the first way by which it came in.
_NAMES = (
    "coalesce(r.named, (SELECT doc FROM receipts WHERE report_id = r.id ORDER BY origin LIMIT 1)) AS doc,"
    " (SELECT origin FROM receipts WHERE report_id = r.id ORDER BY origin LIMIT 1) AS origin"
)
MANY = 500  # values in one IN (...)
NOTE = "application/x-tadmor-review"  # the media type of what an analyst wrote down, which is no report that was read


# --- reports and claims ---------------------------------------------------------------------------------------------


def reports(database: Database) -> Iterator[Report]:
    """Every report, by id."""
    for row in database.stream(f"SELECT r.*, {_NAMES} FROM reports r ORDER BY r.id"):
        yield to_report(row)


def report(database: Database, report_id: str) -> Report | None:
    row = database.one(f"SELECT r.*, {_NAMES} FROM reports r WHERE r.id = ?", (report_id,))
    return to_report(row) if row else None


def failures(database: Database) -> list[Failure]:
    """The inputs that could not be read."""
    rows = database.query("SELECT origin, stage, error, message FROM failures ORDER BY origin, stage")
    return [Failure(origin=r["origin"], stage=r["stage"], error=r["error"], message=r["message"]) for r in rows]


def told(database: Database, claim_ids: Iterable[str]) -> dict[str, Told]:
    """The claims with these ids, each with its words, its report and its story."""
    found = {}
    ids = list(dict.fromkeys(claim_ids))
    for start in range(0, len(ids), MANY):
        some = ids[start : start + MANY]
        rows = database.query(f"{_TOLD} WHERE c.id IN ({', '.join('?' * len(some))})", some)
        found.update({row["id"]: _told(row) for row in rows})
    return found


def told_of_place(database: Database, place_id: str) -> list[Told]:
    """Every claim about a place, by day and id."""
    rows = database.query(f"{_TOLD} WHERE c.place_id = ? ORDER BY c.first_day NULLS FIRST, c.id", (place_id,))
    return [_told(row) for row in rows]


def search(database: Database, words: str, *, limit: int = 100) -> list[Told]:
    """The claims whose quotes hold all these words, best first, see `words.best`."""
    ranks = dict(best(database, words, limit=limit))
    rows = database.query(
        f"{_TOLD} WHERE c.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))", (json_text(list(ranks)),)
    )
    return [_told(row) for row in sorted(rows, key=lambda row: (ranks[row["number"]], row["id"]))]


def stream_told(database: Database, rest: str, values: Sequence[Value] = ()) -> Iterator[tuple[Told, str | None]]:
    """Claims, one at a time, each with the id of its place; `rest` is SQL that begins with WHERE or ORDER BY, in which
    `c` is a claim and `r` its report."""
    for row in database.stream(f"{_TOLD} {rest}", values):
        yield _told(row), row["place_id"]


_CLAIM = ", ".join(f"c.{column}" for column in CLAIM)
OF_REPORTS = "FROM claims c JOIN reports r ON r.id = c.report_id LEFT JOIN stories t ON t.report_id = r.id"
_TOLD = (
    f"SELECT {_CLAIM}, c.quote, {_NAMES}, r.headline, r.outlet, r.original_outlet, r.published, t.story_id, r.sha256,"
    " r.maker, c.review, c.credibility, CASE WHEN c.review IS NOT NULL"
    " THEN (SELECT columns FROM claims_as_read o WHERE o.claim_id = c.id) END AS as_read,"
    f" c.number {OF_REPORTS}"
)


def _told(row: Row) -> Told:
    cells = tuple(row)  # by their places: names are looked for among all columns, one after the other
    quote, doc, origin, headline, outlet, original_outlet, published, story_id, *rest, as_read, _ = cells[len(CLAIM) :]
    sha256, maker, review, credibility = rest
    return Told(
        claim=claim_of(cells[: len(CLAIM)]),
        quote=quote,
        doc=doc,
        origin=origin,
        headline=headline,
        outlet=outlet,
        original_outlet=original_outlet,
        published=to_day(published),
        story_id=story_id,
        sha256=sha256,
        maker=maker,
        review=review,
        credibility=credibility,
        as_read=from_json(as_read, dict[str, Any]) if as_read else None,
    )


# --- for the timeline -----------------------------------------------------------------------------------------------


def pending(database: Database) -> list[Pending]:
    """The places whose history is not up to date."""
    rows = database.query(
        "SELECT place_id, mark, (SELECT count(*) FROM claims c WHERE c.place_id = p.place_id) FROM pending p"
        " ORDER BY place_id"
    )
    return [Pending(*row) for row in rows]


def heard(database: Database, place_id: str) -> list[Heard]:
    """All that was said about a place and counts, in a fixed order: as analysts have it, without what they rejected."""
    return heard_or_rejected(database, place_id)[0]


def heard_or_rejected(
    database: Database, place_id: str, claim_ids: Sequence[str] | None = None
) -> tuple[list[Heard], list[Heard]]:
    """As `heard`, and apart from it what analysts rejected; of all claims or of those with these ids. Whatever the
    timeline hears of a place it hears from here."""
    if claim_ids is None:
        return _all_heard(database, "c.place_id = ?", (place_id,))
    if len(claim_ids) <= MANY:
        return _all_heard(database, f"c.id IN ({', '.join('?' * len(claim_ids))})", claim_ids)
    wanted = set(claim_ids)
    heard, rejected = heard_or_rejected(database, place_id)
    return [one for one in heard if one.claim.id in wanted], [one for one in rejected if one.claim.id in wanted]


def tied(database: Database, place_id: str) -> bool:
    """Whether analysts merged or split events of a place."""
    return database.one("SELECT 1 FROM claims WHERE place_id = ? AND ties IS NOT NULL LIMIT 1", (place_id,)) is not None


def heard_relations(database: Database) -> list[Heard]:
    """All that was said about how parties stand to each other and counts, in a fixed order."""
    return _all_heard(database, "c.kind = 'relation'")[0]


# The columns that what is heard is made from, after those of the claim: of the claim, its report and its story.
HEARD = (*CLAIM, "review", "credibility", "ties", "outlet", "original_outlet", "published", "story_id")
# What tells whose word a claim is: where its report has an outlet, the story says nothing more.
SAID_BY = (
    "c.sources, r.outlet, r.original_outlet,"
    " CASE WHEN coalesce(r.outlet, r.original_outlet) IS NULL THEN coalesce(t.story_id, r.id) ELSE '' END"
)
READ_RIGHTLY = 1.0  # the confidence in a reading that an analyst accepted or corrected, or wrote down
_HEARD = (
    f"SELECT {_CLAIM}, c.review, c.credibility, c.ties,"
    f" r.outlet, r.original_outlet, r.published, coalesce(t.story_id, r.id) AS story_id {OF_REPORTS}"
)


def _all_heard(database: Database, where: str, values: Sequence[Value] = ()) -> tuple[list[Heard], list[Heard]]:
    # Sorted here: SQLite would copy the rows, which are wide, once more.
    rows = sorted(map(tuple, database.query(f"{_HEARD} WHERE {where}", values)), key=itemgetter(0))
    found: tuple[list[Heard], list[Heard]] = [], []
    for row in rows:
        found[row[_REVIEW] == "rejected"].append(heard_of(row))
    return found


_REVIEW = len(CLAIM)  # where it stands in a row of `_HEARD`


def voice_of_columns(knowledge: Knowledge) -> Callable[[str, str | None, str | None, str], Voice]:
    """Tells whose word a claim is from `SAID_BY`, without the rest of the claim; each is worked out once."""
    voice_of = voices(knowledge)
    blank = Claim(id="", report_id="", kind="event", type="", quote=Quote(start=0, end=0), rule="")

    @lru_cache(maxsize=1 << 16)
    def tell(sources: str, outlet: str | None, original_outlet: str | None, story_id: str) -> Voice:
        claim = msgspec.structs.replace(blank, sources=from_json(sources, tuple[str, ...]))
        return voice_of(Heard(claim=claim, story_id=story_id, outlet=outlet, original_outlet=original_outlet))

    return tell


def heard_of(cells: tuple[Any, ...]) -> Heard:
    """From the values of the columns `HEARD`, in their order."""
    review, credibility, ties, outlet, original_outlet, published, story_id = cells[_REVIEW:]
    claim = claim_of(cells[:_REVIEW])
    if review is not None:
        claim = msgspec.structs.replace(claim, confidence=READ_RIGHTLY)
    return Heard(
        claim=claim,
        story_id=story_id,
        outlet=outlet,
        original_outlet=original_outlet,
        published=to_day(published),
        credibility=credibility,
        ties=from_json(ties, tuple[Tie, ...]) if ties else (),
    )


# --- places ---------------------------------------------------------------------------------------------------------


def places(database: Database) -> dict[str, Place]:
    """Every place of the record, by id, in the order of their names."""
    rows = database.query("SELECT * FROM places ORDER BY name, id")
    return {row["id"]: _place(row) for row in rows}


def places_within(database: Database, *, south: float, west: float, north: float, east: float) -> list[Place]:
    """The places inside a box of degrees. A box whose west is greater than its east crosses the 180th meridian."""
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    found = []
    for left, right in spans:
        # The index keeps 32-bit numbers, rounded outwards; the exact comparison is on the table.
        found += database.query(
            f"{_BOXED[database.engine]} AND p.lat BETWEEN ? AND ? AND p.lon BETWEEN ? AND ?",
            (south, north, left, right, south, north, left, right),
        )
    return sorted({row["id"]: _place(row) for row in found}.values(), key=lambda place: (place.name, place.id))


# The places whose points may lie between two latitudes and two longitudes, by the index of each engine.
_BOXED = {
    "sqlite": "SELECT p.* FROM places_box b JOIN places p ON p.number = b.number"
    " WHERE b.max_lat >= ? AND b.min_lat <= ? AND b.max_lon >= ? AND b.min_lon <= ?",
    "postgresql": "SELECT p.* FROM places p WHERE ST_Point(p.lon, p.lat, 4326)"
    " && ST_MakeEnvelope(?3, ?1, ?4, ?2, 4326)",
}


def facts(database: Database, place_id: str) -> Facts | None:
    """What is stored of a place itself, see `rows.place_facts`."""
    row = database.one("SELECT name, level, lat, lon, admin1, country FROM places WHERE id = ?", (place_id,))
    return tuple(row) if row else None


def _place(row: Row) -> Place:
    return Place(
        id=row["id"],
        name=row["name"],
        level=row["level"],
        lat=row["lat"],
        lon=row["lon"],
        admin1=row["admin1"],
        country=row["country"],
    )


# --- spells ---------------------------------------------------------------------------------------------------------


def spells(
    database: Database,
    place_ids: Sequence[str] | None = None,
    *,
    layer: Layer | None = "assessed",
    pulls: bool = True,
) -> list[Spell]:
    """The spells of some places or of all, oldest first within each place and part; of one layer or (None) of both;
    with their claims unless `pulls` says otherwise."""
    where, values = _filter(("s.layer = ?", layer), places=("s.place_id", place_ids))
    rows = database.query(
        f"SELECT s.* FROM spells s JOIN places p ON p.id = s.place_id {where}"
        " ORDER BY p.name, s.place_id, s.part IS NOT NULL, s.part, s.layer, s.claimed_by IS NOT NULL, s.claimed_by,"
        " s.begins, s.id",
        values,
    )
    return _spells(database, rows) if pulls else [to_spell(row, ()) for row in rows]


def changes(database: Database, place_ids: Sequence[str] | None = None, *, layer: Layer = "assessed") -> list[Change]:
    """What changed hands or state, within each place and part by day."""
    found = spells(database, place_ids, layer=layer, pulls=False)
    # Only of the first spell of a line do claims tell whether it is a change.
    pulls = _pulls(database, [spell.id for spell in change.firsts(found)])
    found = [
        msgspec.structs.replace(spell, pulls=tuple(pulls[spell.id])) if spell.id in pulls else spell for spell in found
    ]
    claims = told(database, (pull.claim_id for own in pulls.values() for pull in own))
    return list(change.changes(found, {id: one.claim for id, one in claims.items()}))


def state(
    database: Database,
    day: date,
    place_ids: Sequence[str] | None = None,
    *,
    layer: Layer = "assessed",
    half_life_days: float | None = None,
    pulls: bool = True,
) -> list[Spell]:
    """The spell in force on a day at each place and part (and, in the layer "claimed", for each who claims); with its
    claims unless `pulls` says otherwise.

    A spell that is still so is less sure the longer nobody has spoken of the place (`timeline.build.aged`). A
    place that no spell covers on that day is left out.
    """
    text = day.isoformat()
    where, values = _filter(
        ("s.layer = ?", layer),
        ("s.begins <= ?", text),
        ("(s.ended = 0 OR coalesce(s.end_latest, s.end_earliest, '9999') >= ?)", text),
        places=("s.place_id", place_ids),
    )
    rows = database.query(
        f"SELECT s.* FROM spells s JOIN places p ON p.id = s.place_id {where}"
        " ORDER BY p.name, s.place_id, s.part NULLS FIRST, s.claimed_by NULLS FIRST, s.begins DESC, s.id DESC",
        values,
    )
    # Spells of one place and part follow each other; where one gives way to the next both may reach the day.
    rows = [next(own) for _, own in groupby(rows, key=itemgetter("place_id", "part", "claimed_by"))]
    found = _spells(database, rows) if pulls else [to_spell(row, ()) for row in rows]
    if layer == "claimed":
        return found
    return [
        aged(spell, day, to_day(row["spoken"]) or spell.start.latest, half_life_days=half_life_days)
        for spell, row in zip(found, rows, strict=True)
    ]


def spell(database: Database, spell_id: str) -> Spell:
    """The spell with this id or with an id that begins so. Raises `UsageError` where none or several do."""
    # A range and not LIKE: what the user types is no pattern.
    rows = database.query(
        "SELECT * FROM spells WHERE id >= ? AND id < ? ORDER BY id LIMIT 2", (spell_id, spell_id + "\U0010ffff")
    )
    found = _spells(database, rows)
    exact = [spell for spell in found if spell.id == spell_id]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        raise UsageError(f"more than one spell has an id that begins with {spell_id!r}: give more of it")
    raise UsageError(f"no spell has the id {spell_id!r}; `tadmor place NAME --format json` shows the ids")


def _spells(database: Database, rows: Sequence[Row]) -> list[Spell]:
    pulls = _pulls(database, [row["id"] for row in rows])
    return [to_spell(row, pulls.get(row["id"], ())) for row in rows]


def _pulls(database: Database, spell_ids: Sequence[str]) -> dict[str, list[Pull]]:
    """The claims of these spells, the strongest first, by the id of the spell."""
    pulls: dict[str, list[Pull]] = defaultdict(list)
    for spell_id, claim_id, pull in database.stream(
        # CROSS JOIN: in this order, whatever SQLite makes of the sizes of the tables.
        "SELECT c.spell_id, c.claim_id, c.pull FROM json_each(?) j CROSS JOIN spell_claims c ON c.spell_id = j.value",
        (json_text(spell_ids),),
    ):
        pulls[spell_id].append(Pull(claim_id=claim_id, pull=pull))
    for own in pulls.values():
        own.sort(key=_strongest)
    return dict(pulls)


def _strongest(pull: Pull) -> tuple[float, str]:
    return -abs(pull.pull), pull.claim_id


# --- events and disputes --------------------------------------------------------------------------------------------


def events(
    database: Database,
    place_ids: Sequence[str] | None = None,
    *,
    first: date | None = None,
    last: date | None = None,
    kind: str | None = None,
    type: str | None = None,
) -> list[Event]:
    """Events by day; `first` and `last` keep those that may have happened within."""
    where, values = _filter(
        ("coalesce(e.last_day, e.first_day) >= ?", first.isoformat() if first else None),
        ("coalesce(e.first_day, e.last_day) <= ?", last.isoformat() if last else None),
        ("e.kind = ?", kind),
        ("e.type = ?", type),
        places=("e.place_id", place_ids),
    )
    rows = database.query(
        f"SELECT e.* FROM events e {where} ORDER BY e.first_day NULLS FIRST, e.last_day NULLS FIRST, e.place_id, e.id",
        values,
    )
    claims: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(rows), MANY):
        ids = [row["id"] for row in rows[start : start + MANY]]
        for row in database.query(
            f"SELECT event_id, claim_id FROM event_claims WHERE event_id IN ({', '.join('?' * len(ids))})"
            " ORDER BY event_id, claim_id",
            ids,
        ):
            claims[row["event_id"]].append(row["claim_id"])
    return [to_event(row, claims[row["id"]]) for row in rows]


def disputes(database: Database, place_ids: Sequence[str] | None = None, *, only_open: bool = False) -> list[Dispute]:
    """Disputes by place and day."""
    where, values = _filter(("d.open = ?", 1 if only_open else None), places=("d.place_id", place_ids))
    rows = database.query(
        f"SELECT d.* FROM disputes d JOIN places p ON p.id = d.place_id {where}"
        " ORDER BY p.name, d.place_id, d.first_day NULLS FIRST, d.id",
        values,
    )
    found = []
    for row in rows:
        sides: dict[int, tuple[str, list[str]]] = {
            side["side"]: (side["says"], [])
            for side in database.query("SELECT side, says FROM dispute_sides WHERE dispute_id = ?", (row["id"],))
        }
        for claim in database.query(
            "SELECT side, claim_id FROM dispute_claims WHERE dispute_id = ? ORDER BY side, claim_id", (row["id"],)
        ):
            sides[claim["side"]][1].append(claim["claim_id"])
        found.append(to_dispute(row, sides))
    return found


# --- counts ---------------------------------------------------------------------------------------------------------


def stats(database: Database) -> dict[str, int]:
    """How much the record holds."""
    counts = {
        "reports": f"SELECT count(*) FROM reports WHERE media_type <> '{NOTE}'",
        "passed_over": f"SELECT count(*) FROM reports WHERE {PASSED_OVER}",
        "stories": "SELECT count(DISTINCT story_id) FROM stories",
        "claims": "SELECT count(*) FROM claims",
        "events": "SELECT count(*) FROM events",
        "spells": "SELECT count(*) FROM spells WHERE layer = 'assessed'",
        "claimed_spells": "SELECT count(*) FROM spells WHERE layer = 'claimed'",
        "disputes": "SELECT count(*) FROM disputes",
        "places": "SELECT count(*) FROM places",
        "failures": "SELECT count(*) FROM failures",
        "reviews": "SELECT count(*) FROM reviews",
        "notes": f"SELECT count(*) FROM reports WHERE media_type = '{NOTE}'",
        "pending_places": "SELECT count(*) FROM pending",
    }
    return {name: database.query(sql)[0][0] for name, sql in counts.items()}


def _filter(*conditions: tuple[str, Value], places: tuple[str, Sequence[str] | None]) -> tuple[str, list[Value]]:
    """A WHERE of the conditions whose value is given."""
    wanted = [(sql, value) for sql, value in conditions if value is not None]
    clauses = [sql for sql, _ in wanted]
    values: list[Value] = [value for _, value in wanted]
    column, ids = places
    if ids is not None:
        clauses.append(f"{column} IN ({', '.join('?' * len(ids))})")
        values += ids
    return ("WHERE " + " AND ".join(clauses) if clauses else ""), values
