"""What goes into the record: readings, stories, histories. Call these inside `Database.transaction`.

A report is known by the hash of its bytes. Reading the same bytes again with the same result changes nothing; with
another result (another `--published`, a newer version) the new reading replaces the old one. Whatever changes puts the
places it touches on the list of pending places, in the same transaction, so that a stop at any moment leaves nothing
half known: the next run works out what is still pending.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Literal

import msgspec

from tadmor.errors import InputError
from tadmor.lexicon.placename import key
from tadmor.record import stories
from tadmor.record.database import Database
from tadmor.record.maker import Maker
from tadmor.record.rows import (
    NAMED,
    Columns,
    claim_columns,
    day_text,
    dispute_columns,
    event_columns,
    insert,
    report_columns,
    spell_columns,
)
from tadmor.records import Claim, Failure, Heard, PlaceHistory, Reading, Report, Where
from tadmor.timeline import place_part

Outcome = Literal["new", "changed", "same"]


def now() -> str:
    """The time for `read_at`: UTC, whole seconds. Part of no identity."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def put_maker(database: Database, maker: Maker) -> None:
    """Note the version that is about to write; to be done once before it writes anything else."""
    database.execute(
        "INSERT OR IGNORE INTO makers (id, tool, code, data) VALUES (?, ?, ?, ?)",
        (maker.id, maker.tool, maker.code, maker.data),
    )


# --- reports and claims ---------------------------------------------------------------------------------------------


def is_read(
    database: Database, report_id: str, origin: str, *, maker: Maker, published: date | None, outlet: str | None
) -> bool:
    """Were these bytes read by this very version, asked in the same way, and without a failure?"""
    row = database.one(
        "SELECT 1 FROM reports WHERE id = ? AND maker = ? AND asked_published IS ? AND asked_outlet IS ?"
        " AND NOT EXISTS (SELECT 1 FROM failures WHERE origin = ?)",
        (report_id, maker.id, day_text(published), outlet, origin),
    )
    return row is not None


def put_receipt(database: Database, report_id: str, *, origin: str, doc: str, read_at: str) -> None:
    """Note that known bytes came in by this way (too)."""
    database.execute(
        "INSERT OR IGNORE INTO receipts (report_id, origin, doc, read_at) VALUES (?, ?, ?, ?)",
        (report_id, origin, doc, read_at),
    )


def put_reading(
    database: Database,
    reading: Reading,
    raw: bytes,
    *,
    doc: str,
    maker: Maker,
    published: date | None,
    outlet: str | None,
    read_at: str,
) -> Outcome:
    """Store a report, the bytes it was read from and its claims. `doc` is the input's name, which the bytes may better.

    Raises `InputError` where the reading holds what no database can keep.
    """
    report = reading.report
    _require_storable(reading)
    # What has the same id says the same of the same words.
    claims = list({claim.id: claim for claim in reading.claims}.values())
    rows = [claim_columns(claim, _words(report, claim), place_id(claim.where)) for claim in claims]
    columns: Columns = {
        **report_columns(report),
        "named": report.doc if report.doc != doc else None,
        "maker": maker.id,
        "asked_published": day_text(published),
        "asked_outlet": outlet,
    }
    outcome = _put_report(database, columns, raw)
    if outcome == "same" and not _same_claims(database, report.id, rows):
        outcome = "changed"
    if outcome != "same":
        _mark_report(database, report.id)  # the places of the old claims, then those of the new ones
        database.execute("DELETE FROM claims WHERE report_id = ?", (report.id,))
        _put_places(database, claims)
        _put_rows(database, "claims", rows)
        _mark_report(database, report.id)
    put_receipt(database, report.id, origin=report.origin, doc=doc, read_at=read_at)
    if reading.failure:
        put_failure(database, reading.failure, read_at=read_at)
    else:
        database.execute("DELETE FROM failures WHERE origin = ?", (report.origin,))
    return outcome


def _put_report(database: Database, columns: Columns, raw: bytes) -> Outcome:
    """Store a report, or what is different about it; by whom and how it was read is no difference."""
    old = database.one("SELECT * FROM reports WHERE id = ?", (columns["id"],))
    if old is None:
        blob: Columns = {"sha256": columns["sha256"], "size": len(raw), "packed": zlib.compress(raw, 6)}
        _put_rows(database, "blobs", [blob])
        _put_rows(database, "reports", [columns])
        stories.forget(database, str(columns["id"]))
        return "new"
    changed = {name: value for name, value in columns.items() if old[name] != value}
    if "signature" in changed:
        stories.forget(database, str(columns["id"]))
    if changed:
        settings = ", ".join(f"{name} = ?" for name in changed)
        database.execute(f"UPDATE reports SET {settings} WHERE id = ?", [*changed.values(), columns["id"]])
    return "same" if changed.keys() <= {"maker", "asked_published", "asked_outlet"} else "changed"


def put_failure(database: Database, failure: Failure, *, read_at: str) -> None:
    """Note an input that could not be read; the same failure again changes nothing."""
    database.execute(
        "INSERT INTO failures (origin, stage, error, message, read_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (origin, stage) DO UPDATE SET error = excluded.error, message = excluded.message"
        " WHERE error <> excluded.error OR message <> excluded.message",
        (failure.origin, failure.stage, failure.error, failure.message, read_at),
    )


def place_id(where: Where | None) -> str | None:
    """The id under which a place is kept; one that the gazetteer does not know is kept under its name."""
    if where is None:
        return None
    return where.id or NAMED + key(where.name)


def _words(report: Report, claim: Claim) -> str:
    return report.text[claim.quote.start : claim.quote.end]


def _require_storable(reading: Reading) -> None:
    """Half characters (lone surrogates) and numbers beyond 64 bits are found before anything is written."""
    try:
        msgspec.json.encode(reading)
    except (UnicodeEncodeError, OverflowError) as error:
        raise InputError(f"{reading.report.origin}: what was read cannot be stored: {error}") from error


def _same_claims(database: Database, report_id: str, rows: Sequence[Columns]) -> bool:
    stored = {row["id"]: row for row in database.query("SELECT * FROM claims WHERE report_id = ?", (report_id,))}
    return len(stored) == len(rows) and all(
        row["id"] in stored and all(stored[str(row["id"])][name] == value for name, value in row.items())
        for row in rows
    )


# --- places ---------------------------------------------------------------------------------------------------------

# What the coordinates of a place stand for follows from the precision of the claims about it.
_LEVEL = (
    "CASE WHEN geo_precision IN ('district', 'governorate', 'country') THEN geo_precision"
    " WHEN lat IS NULL THEN 'unknown' ELSE 'place' END"
)
# Of all that claims say of a place, the row that comes first in order, so that the order of reading does not matter.
_FACTS = (
    f"SELECT place, {_LEVEL}, lat, lon, admin1, country FROM claims WHERE place_id = ?"
    " ORDER BY lat IS NULL, place, 2, lat, lon, admin1, country LIMIT 1"
)


def _put_places(database: Database, claims: Iterable[Claim]) -> None:
    """Room for the places of new claims; `put_history` fills in the facts."""
    for claim in claims:
        if claim.where is not None:
            database.execute(
                "INSERT OR IGNORE INTO places (id, name, level) VALUES (?, ?, 'unknown')",
                (place_id(claim.where), claim.where.name),
            )


def _mark_report(database: Database, report_id: str) -> None:
    _mark(database, "SELECT DISTINCT place_id FROM claims WHERE report_id = ? AND place_id IS NOT NULL", (report_id,))


def _mark(database: Database, places: str, values: Sequence[str] = ()) -> None:
    """Put the places that a query finds on the list; a random mark tells a later change from an earlier one."""
    database.execute(
        f"INSERT INTO pending (place_id, mark) SELECT place_id, random() FROM ({places}) WHERE true"
        " ON CONFLICT (place_id) DO UPDATE SET mark = excluded.mark",
        values,
    )


# --- stories --------------------------------------------------------------------------------------------------------


def put_stories(database: Database, found: Mapping[str, str]) -> None:
    """Store the stories of some reports and mark the places of those that moved to another."""
    for report_id, story_id in sorted(found.items()):
        moved = database.execute(
            "INSERT INTO stories (report_id, story_id) VALUES (?, ?)"
            " ON CONFLICT (report_id) DO UPDATE SET story_id = excluded.story_id WHERE story_id <> excluded.story_id",
            (report_id, story_id),
        )
        if moved:
            _mark_report(database, report_id)
        database.execute("DELETE FROM untold WHERE report_id = ?", (report_id,))


# --- histories ------------------------------------------------------------------------------------------------------


def mark_outdated(database: Database, maker: Maker) -> None:
    """Put every place on the list whose history another version worked out."""
    _mark(database, "SELECT place_id FROM histories WHERE maker <> ?", (maker.id,))


def put_history(database: Database, history: PlaceHistory, heard: Sequence[Heard], *, mark: int, maker: Maker) -> None:
    """Replace what the timeline made of a place. `mark` is that of the pending list when `heard` was taken.

    Where the mark is another by now, more was heard since: the history is old, and what the other writer made of the
    place, or will make of it, stands.
    """
    place = history.place_id
    if database.one("SELECT 1 FROM pending WHERE place_id = ? AND mark = ?", (place, mark)) is None:
        return
    for table in ("events", "spells", "disputes", "histories"):
        database.execute(f"DELETE FROM {table} WHERE place_id = ?", (place,))
    facts = database.one(_FACTS, (place,))
    if facts is None:
        database.execute("DELETE FROM places WHERE id = ?", (place,))
    else:
        database.execute(
            "UPDATE places SET name = ?, level = ?, lat = ?, lon = ?, admin1 = ?, country = ? WHERE id = ?",
            (*tuple(facts), place),
        )
        _put_events(database, history)
        _put_spells(database, history, _spoken(heard))
        _put_disputes(database, history)
        database.execute("INSERT INTO histories (place_id, maker) VALUES (?, ?)", (place, maker.id))
    database.execute("DELETE FROM pending WHERE place_id = ? AND mark = ?", (place, mark))


def _put_events(database: Database, history: PlaceHistory) -> None:
    _put_rows(database, "events", [event_columns(event) for event in history.events])
    claims: list[Columns] = [
        {"event_id": event.id, "position": position, "claim_id": claim_id}
        for event in history.events
        for position, claim_id in enumerate(event.claim_ids)
    ]
    _put_rows(database, "event_claims", claims)


def _spoken(heard: Iterable[Heard]) -> dict[str | None, date]:
    """The last day on which a claim spoke of each part of a place."""
    spoken: dict[str | None, date] = {}
    for one in heard:
        day = one.claim.days.last or one.published
        if day is not None and one.claim.where is not None:
            part = place_part.of(one.claim.where).key
            spoken[part] = max(day, spoken.get(part, day))
    return spoken


def _put_spells(database: Database, history: PlaceHistory, spoken: Mapping[str | None, date]) -> None:
    _put_rows(database, "spells", [spell_columns(spell, spoken.get(spell.part)) for spell in history.spells])
    claims: list[Columns] = [
        {"spell_id": spell.id, "position": position, "claim_id": pull.claim_id, "pull": pull.pull}
        for spell in history.spells
        for position, pull in enumerate(spell.pulls)
    ]
    _put_rows(database, "spell_claims", claims)


def _put_disputes(database: Database, history: PlaceHistory) -> None:
    _put_rows(database, "disputes", [dispute_columns(dispute) for dispute in history.disputes])
    sides: list[Columns] = []
    claims: list[Columns] = []
    for dispute in history.disputes:
        for side, (says, claim_ids) in enumerate(dispute.sides):
            sides.append({"dispute_id": dispute.id, "side": side, "says": says})
            claims += [
                {"dispute_id": dispute.id, "side": side, "position": position, "claim_id": claim_id}
                for position, claim_id in enumerate(claim_ids)
            ]
    _put_rows(database, "dispute_sides", sides)
    _put_rows(database, "dispute_claims", claims)


def _put_rows(database: Database, table: str, rows: Sequence[Columns]) -> None:
    """New rows, all with the same columns."""
    if rows:
        database.execute_many(insert(table, list(rows[0])), [list(row.values()) for row in rows])
