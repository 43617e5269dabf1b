"""What goes into the record: readings, stories, histories. Call these inside `Database.transaction`.

A report is known by the hash of its bytes. Reading the same bytes again with the same result changes nothing; with
another result (another `--published`, a newer version) the new reading replaces the old one. Whatever changes puts the
places it touches on the list of pending places, in the same transaction, so that a stop at any moment leaves nothing
half known: the next run works out what is still pending.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Literal

import msgspec
from isal import isal_zlib

from tadmor.errors import InputError
from tadmor.lexicon.placename import key
from tadmor.record import former, kept, log, reattach, stories
from tadmor.record.database import Database, Value
from tadmor.record.kept import Told
from tadmor.record.maker import Maker
from tadmor.record.pending import mark, put_place
from tadmor.record.proof import reading_hash
from tadmor.record.queries import Pending
from tadmor.record.rows import (
    NAMED,
    PASSED_OVER,
    TABLES,
    Columns,
    HistoryRows,
    Table,
    claim_columns,
    day_text,
    insert,
    json_text,
    listed,
    place_facts,
    report_columns,
)
from tadmor.records import Claim, Failure, Heard, PlaceHistory, Reading, Report, Where
from tadmor.report.source import Capture, Document
from tadmor.timeline.unit import whole

# Of igzip, which any zlib unpacks: on pages a quarter of the time of zlib at level 2, for 1.01 times the room.
_PACKING = 2

Outcome = Literal["new", "changed", "same"]


def now() -> str:
    """The time for `read_at`: UTC, whole seconds. Part of no identity."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def put_maker(database: Database, maker: Maker) -> None:
    """Note the version that is about to write; to be done once before it writes anything else."""
    database.execute(
        "INSERT INTO makers (id, tool, code, data) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (maker.id, maker.tool, maker.code, maker.data),
    )


# --- reports and claims ---------------------------------------------------------------------------------------------


def is_read(
    database: Database,
    report_id: str,
    origin: str,
    *,
    maker: Maker,
    published: date | None,
    outlet: str | None,
    everything: bool = True,
) -> bool:
    """Were these bytes read by this very version, asked in the same way, and without a failure, and are they there?

    Where `everything` is to be read, what was passed over was not read.
    """
    row = database.one(
        "SELECT 1 FROM reports JOIN blobs USING (sha256)"
        " WHERE id = ? AND maker = ? AND asked_published IS ? AND asked_outlet IS ?"
        f" AND NOT ({int(everything)} = 1 AND {PASSED_OVER})"
        " AND NOT EXISTS (SELECT 1 FROM failures WHERE origin = ?)",
        (report_id, maker.id, day_text(published), outlet, origin),
    )
    return row is not None


def has_receipt(database: Database, report_id: str, origin: str) -> bool:
    """Is it noted that these bytes came in by this way?"""
    row = database.one("SELECT 1 FROM receipts WHERE report_id = ? AND origin = ?", (report_id, origin))
    return row is not None


def put_receipt(
    database: Database, report_id: str, *, origin: str, doc: str, read_at: str, capture: Capture | None = None
) -> None:
    """Note that known bytes came in by this way (too)."""
    if _put_receipt(database, report_id, origin=origin, doc=doc, read_at=read_at):
        blob = database.one(
            "SELECT sha256, size FROM blobs WHERE sha256 = (SELECT sha256 FROM reports WHERE id = ?)", (report_id,)
        )
        assert blob
        log.append(
            database,
            "known",
            at=now(),
            report=report_id,
            origin=origin,
            doc=doc,
            sha256=blob["sha256"],
            size=blob["size"],
            capture=capture,
        )


def _put_receipt(database: Database, report_id: str, *, origin: str, doc: str, read_at: str) -> bool:
    return bool(
        database.execute(
            "INSERT INTO receipts (report_id, origin, doc, read_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (report_id, origin, doc, read_at),
        )
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
    capture: Capture | None = None,
) -> Outcome:
    """Store a report, the bytes it was read from and its claims. `doc` is the input's name, which the bytes may better.

    `capture` is how they came in; like the time it goes into the log only.

    Raises `InputError` where the reading holds what no database can keep.
    """
    report = reading.report
    columns, rows = reading_columns(
        reading, doc=doc, maker=maker, published=published, outlet=outlet, on_server=database.engine == "postgresql"
    )
    old = database.one("SELECT * FROM reports WHERE id = ?", (report.id,))
    changed = {} if old is None else {name: value for name, value in columns.items() if old[name] != value}
    outcome: Outcome = "new" if old is None else "changed"
    # By whom and how it was read is no difference.
    if old and changed.keys() <= {"maker", "asked_published", "asked_outlet"}:
        outcome = "same" if _same_claims(database, report.id, rows) else "changed"
    if outcome == "changed":
        former.keep_reading(database, report.id, at=now())
    if outcome == "new":
        _put_report(database, columns, raw)
    else:
        _put_bytes(database, report.sha256, raw)
    if old and changed:
        _change_report(database, report.id, changed)
    if outcome != "same":
        if old:
            _mark_reports(database, [report.id])  # the places of the old claims, then those of the new ones
            database.execute("DELETE FROM claims WHERE report_id = ?", (report.id,))
        if rows:
            _put_places(database, reading.claims)
            _put_rows(database, "claims", [{**row, **listed(row, columns["published"])} for row in rows])
        if rows or old:
            reattach.report(database, report.id)
            _mark_reports(database, [report.id])
    _put_receipt(database, report.id, origin=report.origin, doc=doc, read_at=read_at)
    log.append(
        database,
        "read",
        at=now(),
        report=report.id,
        origin=report.origin,
        doc=doc,
        sha256=report.sha256,
        size=len(raw),
        media_type=report.media_type,
        maker=maker.id,
        outcome=outcome,
        reading=reading_hash(columns, rows),
        asked_published=day_text(published),
        asked_outlet=outlet,
        capture=capture,
    )
    if reading.failure:
        put_failure(database, reading.failure, read_at=read_at)
    else:
        database.execute("DELETE FROM failures WHERE origin = ?", (report.origin,))
    return outcome


def reading_columns(
    reading: Reading, *, doc: str, maker: Maker, published: date | None, outlet: str | None, on_server: bool = False
) -> tuple[Columns, list[Columns]]:
    """The columns of a report and of each of its claims; see `put_reading`, also for what is raised."""
    report = reading.report
    _require_storable(reading, on_server=on_server)
    # What has the same id says the same of the same words.
    claims = {claim.id: claim for claim in reading.claims}.values()
    columns: Columns = {
        **report_columns(report),
        "named": report.doc if report.doc != doc else None,
        "maker": maker.id,
        "asked_published": day_text(published),
        "asked_outlet": outlet,
    }
    return columns, [claim_columns(claim, _words(report, claim), place_id(claim.where)) for claim in claims]


def blob_columns(sha256: str, raw: bytes) -> Columns:
    return {"sha256": sha256, "size": len(raw), "packed": isal_zlib.compress(raw, _PACKING)}


def _put_report(database: Database, columns: Columns, raw: bytes) -> None:
    _put_bytes(database, str(columns["sha256"]), raw)
    _put_rows(database, "reports", [columns])
    stories.forget(database, str(columns["id"]))


def _change_report(database: Database, report_id: str, changed: Columns) -> None:
    if "signature" in changed:
        stories.forget(database, report_id)
    settings = ", ".join(f"{name} = ?" for name in changed)
    database.execute(f"UPDATE reports SET {settings} WHERE id = ?", [*changed.values(), report_id])


def _put_bytes(database: Database, sha256: str, raw: bytes) -> None:
    if database.one("SELECT 1 FROM blobs WHERE sha256 = ?", (sha256,)) is None:
        _put_rows(database, "blobs", [blob_columns(sha256, raw)])


def put_failure(database: Database, failure: Failure, *, read_at: str, document: Document | None = None) -> None:
    """Note an input that could not be read; the same failure again changes nothing but the log.

    Bytes that came over the net are kept all the same: what lies there may be another thing tomorrow.
    """
    fetched = document is not None and document.capture.status is not None
    if document and fetched:
        _put_bytes(database, document.sha256, document.raw)
    log.append(
        database,
        "failed",
        at=now(),
        origin=failure.origin,
        stage=failure.stage,
        message=failure.message,
        sha256=document.sha256 if document else None,
        size=len(document.raw) if document else None,
        kept=fetched or None,
        capture=document.capture if document else None,
    )
    database.execute(
        "INSERT INTO failures (origin, stage, error, message, read_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (origin, stage) DO UPDATE SET error = excluded.error, message = excluded.message"
        " WHERE failures.error <> excluded.error OR failures.message <> excluded.message",
        (failure.origin, failure.stage, failure.error, failure.message, read_at),
    )


def place_id(where: Where | None) -> str | None:
    """The id under which a place is kept; one that the gazetteer does not know is kept under its name."""
    if where is None:
        return None
    return where.id or NAMED + key(where.name)


def _words(report: Report, claim: Claim) -> str:
    return report.text[claim.quote.start : claim.quote.end]


# Of a server: no text holds NUL, and what is in an index is not longer than a third of a page.
_NUL, _LONGEST = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000"), 2_000


def _require_storable(reading: Reading, *, on_server: bool) -> None:
    """Half characters (lone surrogates), numbers beyond 64 bits, and what a server cannot keep are found before
    anything is written."""
    origin = reading.report.origin
    try:
        text = msgspec.json.encode(reading)
    except (UnicodeEncodeError, OverflowError) as error:
        raise InputError(f"{origin}: what was read cannot be stored: {error}") from error
    if on_server and _NUL.search(text):
        raise InputError(f"{origin}: what was read cannot be stored on a server: it holds the character NUL")
    if on_server and len(origin.encode()) > _LONGEST:
        raise InputError(f"{origin[:80]}...: this name is too long for a server: {_LONGEST:,} bytes at most")


def _same_claims(database: Database, report_id: str, rows: Sequence[Columns]) -> bool:
    stored = reattach.as_read(database, report_id)
    return len(stored) == len(rows) and all(
        row["id"] in stored and all(stored[str(row["id"])][name] == value for name, value in row.items())
        for row in rows
    )


# --- places ---------------------------------------------------------------------------------------------------------


def _put_places(database: Database, claims: Iterable[Claim]) -> None:
    """Room for the places of new claims; `put_told` fills in the facts."""
    for claim in claims:
        if claim.where is not None:
            put_place(database, place_id(claim.where), claim.where.name)


def _mark_reports(database: Database, report_ids: Sequence[str]) -> None:
    """Put the places of some reports on the list, for what is new of them, or is no longer so."""
    places = (
        "SELECT DISTINCT c.place_id FROM json_each(?) j CROSS JOIN claims c ON c.report_id = j.value"
        " WHERE c.place_id IS NOT NULL"
    )
    mark(database, places, (json_text(report_ids),), anew=False)


# --- stories --------------------------------------------------------------------------------------------------------


def put_stories(database: Database, found: Mapping[str, str]) -> None:
    """Store the stories of some reports and mark the places of those that moved to another."""
    moved = []
    for report_id, story_id in sorted(found.items()):
        if database.execute(
            "INSERT INTO stories (report_id, story_id) VALUES (?, ?)"
            " ON CONFLICT (report_id) DO UPDATE SET story_id = excluded.story_id"
            " WHERE stories.story_id <> excluded.story_id",
            (report_id, story_id),
        ):
            moved.append(report_id)
    _mark_reports(database, moved)
    database.execute(
        "DELETE FROM untold WHERE report_id IN (SELECT value FROM json_each(?))", (json_text(sorted(found)),)
    )


# --- histories ------------------------------------------------------------------------------------------------------


def mark_outdated(database: Database, maker: Maker) -> None:
    """Put every place on the list whose history another version worked out."""
    mark(database, "SELECT place_id FROM histories WHERE maker <> ?", (maker.id,))


def mark_outweighed(database: Database, weights: str | None) -> None:
    """Put every place on the list whose history was worked out with another set of weights (None: the shipped)."""
    mark(database, "SELECT place_id FROM histories WHERE weights IS NOT ?", (weights,))


def put_history(
    database: Database,
    history: PlaceHistory,
    heard: Sequence[Heard],
    rejected: Sequence[Heard] = (),
    *,
    mark: int,
    maker: Maker,
    weights: str | None = None,
) -> None:
    """Replace what the timeline made of a place, see `put_told`; `mark` is that of the pending list when its claims
    were taken."""
    told = kept.told(whole(lambda *_: history, history.place_id, heard), place_facts([*heard, *rejected]))
    place = Pending(history.place_id, mark, len(heard))
    put_told(database, [(place, told)], maker=maker, weights=weights)


def put_told(
    database: Database, told: Iterable[tuple[Pending, Told]], *, maker: Maker, weights: str | None = None
) -> None:
    """Make what is stored of the histories of places what was told. The mark of each is that of the pending list when
    its claims were taken, and `weights` the version of the learned set that they were weighed by (None: the shipped).

    Where the mark is another by now, or another set is in force, more is known since: the history is old, and what the
    other writer made of the place, or will make of it, stands. Only rows that differ are written, table by table and in
    the order of their keys, so that what many places change of a page of the file is changed at once.
    """
    told = [(place, one) for place, one in told if _stands(database, place, weights)]
    nowhere = [place.id for place, one in told if one.facts is None]
    database.execute_many("DELETE FROM places WHERE id = ?", [(id,) for id in nowhere])
    somewhere = [(place.id, one) for place, one in told if one.facts is not None]
    database.execute_many(
        "UPDATE places SET (name, level, lat, lon, admin1, country) = (?1, ?2, ?3, ?4, ?5, ?6)"
        " WHERE id = ?7 AND (name, level, lat, lon, admin1, country) IS NOT (?1, ?2, ?3, ?4, ?5, ?6)",
        [(*one.facts, id) for id, one in somewhere if one.facts is not None],
    )
    _put_whole(database, [(id, one.rows) for id, one in somewhere if one.whole])
    for id, one in somewhere:
        if not one.whole:
            _put_some(database, id, one)
    database.execute_many(
        "INSERT INTO histories (place_id, maker, weights) VALUES (?1, ?2, ?3) ON CONFLICT (place_id) DO UPDATE"
        " SET (maker, weights) = (?2, ?3) WHERE (histories.maker, histories.weights) IS NOT (?2, ?3)",
        [(id, maker.id, weights) for id, _ in somewhere],
    )
    kept.put(database, somewhere)
    database.execute_many(
        "DELETE FROM pending WHERE place_id = ? AND mark = ?", [(place.id, place.mark) for place, _ in told]
    )


def _stands(database: Database, place: Pending, weights: str | None) -> bool:
    """Whether nothing came to be known of a place since its claims were taken."""
    row = database.one(
        "SELECT 1 FROM pending WHERE place_id = ? AND mark = ?"
        " AND (SELECT version FROM weight_sets WHERE in_force = 1) IS ?",
        (place.id, place.mark, weights),
    )
    return row is not None


def _put_whole(database: Database, told: Sequence[tuple[str, HistoryRows]]) -> None:
    """Write all rows of some places, and delete what else there is of them."""
    there: dict[str, set[str]] = {}  # by table, the places of which it had rows
    for table in TABLES:
        known = there.setdefault(table.name, set())
        new: list[tuple[Value, ...]] = []
        gone: list[tuple[Value, ...]] = []
        for id, rows in told:
            # Where there were no parents, there is nothing that hangs from them.
            ask = table.parent is None or id in there[table.parent]
            stored = database.query(table.of_place, (id,)) if ask else []
            if stored:
                known.add(id)
            changed, left = _changed(table, rows[table.name], stored)
            new += changed
            gone += left
        _put(database, table, new, gone)


def _put_some(database: Database, place: str, told: Told) -> None:
    """Write what is new or has changed, and delete what is no longer so."""
    for name, gone in told.gone:
        database.execute(f"DELETE FROM {name} WHERE id = ?", (gone,))
    for table in TABLES:
        if changed := {row[0] for row in told.rows[table.parent or table.name]}:
            stored = database.query(table.of_ids, (json_text(sorted(map(str, changed))),))
            _put(database, table, *_changed(table, told.rows[table.name], stored))
    database.execute_many(
        "UPDATE spells SET spoken = ?2 WHERE place_id = ?3 AND layer IN ('assessed', 'claimed') AND part IS ?1"
        " AND ended = 0 AND spoken IS NOT ?2",
        [(part, day_text(day), place) for part, day in told.spoken.items()],
    )


Rows = Sequence[tuple[Value, ...]]


def _changed(table: Table, rows: Rows, stored: Iterable[Sequence[Value]]) -> tuple[Rows, Rows]:
    """Of these rows those that are not `stored`, and the keys of what is stored beside them."""
    old = set(map(tuple, stored))
    if not old:
        return rows, ()
    keys = {row[: table.keys] for row in rows}
    return [row for row in rows if row not in old], [key for row in old if (key := row[: table.keys]) not in keys]


def _put(database: Database, table: Table, rows: Rows, gone: Rows) -> None:
    """What hangs from a row that goes, goes with it. Rows that name their place are left as they come, so that those of
    one are side by side."""
    if gone:
        database.execute_many(table.delete, gone)
    if rows:
        # No two have the same key.
        database.execute_many(table.put, rows if table.parent is None else sorted(rows))


def _put_rows(database: Database, table: str, rows: Sequence[Columns]) -> None:
    """New rows, all with the same columns."""
    if rows:
        database.execute_many(insert(table, list(rows[0])), [list(row.values()) for row in rows])
