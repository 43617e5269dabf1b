"""Save what can be read of a damaged record into a new one, and say what was lost.

What proves itself is taken from any page: bytes by their hash, entries of the log by theirs. A reading is taken as it
stands if the log has its hash and it still has that; else the report is read again from its bytes. Whatever follows
from readings (stories, places, histories) is not taken but worked out anew. So the new record holds no reading that the
damage has changed, and where all bytes and the log are whole, it holds all that the old one did.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from tadmor.errors import InputError
from tadmor.record import log, reattach, write
from tadmor.record.database import Database, open_record
from tadmor.record.layout import latest, layouts
from tadmor.record.pages import Pages
from tadmor.record.proof import reading_hashes
from tadmor.record.queries import NOTE
from tadmor.record.reattach import BY_HAND
from tadmor.record.rows import from_json, json_text, pack
from tadmor.record.salvage import Lost, take
from tadmor.records import Record, Segment
from tadmor.report import story
from tadmor.report.source import Document, kind


class Again(NamedTuple):
    """Reports that are to be read again from their bytes, all asked for in the same way."""

    published: date | None
    outlet: str | None
    documents: list[Document]


class Saved(NamedTuple):
    """What was saved as it stands, by table; what is to be read again; what is lost."""

    rows: dict[str, int]
    again: list[Again]
    lost: list[Lost]
    damaged_pages: int


class Rescued(Record, frozen=True):
    """What came of a rescue: rows saved as they stood, by table; how many reports were read again; what is lost."""

    saved: dict[str, int]
    read_again: int
    lost: tuple[Lost, ...]
    damaged_pages: int


def save(damaged: Path, new: Path) -> Saved:
    """Make the record `new` of what can be read; `damaged` is left as it is. Histories are still to be worked out.

    Raises `OSError` where `damaged` cannot be read at all or `new` cannot be written.
    """
    copy = new.with_name(new.name + ".damaged")
    try:
        _copy(damaged, copy)
        with closing(Pages(copy)) as pages:
            rows, lost, bad, doubt = take(pages, new)
    finally:
        for path in (copy, *_beside(copy)):
            path.unlink(missing_ok=True)
    with open_record(new, write=True) as database:
        again, missing = _prove(database, doubt=doubt)
        return Saved(rows, again, [*lost, *missing], bad)


def finish(new: Path, *, of: str, lost: Sequence[Lost]) -> None:
    """Drop what points to nothing, and enter into the log what was done; to be called when all is read again."""
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        while connection.execute("PRAGMA foreign_key_check").fetchone() and _drop_orphans(connection):
            pass
    with open_record(new, write=True) as database, database.transaction():
        log.append(database, "rescued", at=write.now(), origin=of, lost=dict(Counter(one.what for one in lost)))


def _beside(file: Path) -> list[Path]:
    return [file.with_name(file.name + ending) for ending in ("-wal", "-shm")]


def _copy(damaged: Path, copy: Path) -> None:
    """Copy a record and let SQLite move into it what was committed and still stands in its log."""
    shutil.copyfile(damaged, copy)
    waiting = damaged.with_name(damaged.name + "-wal")
    if waiting.exists() and waiting.stat().st_size:
        shutil.copyfile(waiting, copy.with_name(copy.name + "-wal"))
        try:
            with closing(sqlite3.connect(copy)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error:
            return  # then the file itself is all there is


# --- what is proven -------------------------------------------------------------------------------------------------


def _came(told: dict[str, Any]) -> bool:
    """Does an entry tell how the bytes of a report, or of an analyst's note, came in?"""
    return told["what"] in ("read", "known", "taken over") or (told["what"] == "reviewed" and "report" in told)


def _prove(database: Database, *, doubt: bool) -> tuple[list[Again], list[Lost]]:
    """Keep the readings that are as they were; find which reports are to be read again, and what is lost."""
    entries = [(number, json.loads(entry)) for number, entry, _ in log.entries(database)]
    lost = list(_missing_entries([number for number, _ in entries]))
    logged = {told["report"]: told for _, told in entries if _came(told)}
    read = {told["report"]: told for _, told in entries if told["what"] == "read"}
    # A reading that goes leaves the ways by which its bytes came in, until it is read again.
    database.execute("PRAGMA foreign_keys = OFF")
    with database.transaction():
        _put_receipts(database, [told for _, told in entries], complete=not lost)
        whole = _whole_readings(database, read, doubt)
        reports = {row["id"]: row for row in database.query("SELECT id, sha256, media_type FROM reports")}
        blobs = {row["sha256"] for row in database.query("SELECT sha256 FROM blobs")}
        asked: defaultdict[tuple[str | None, str | None], list[Document]] = defaultdict(list)
        for report_id, sha256 in sorted(_known(database, logged, reports.values(), blobs)):
            origin = _origin(database, report_id, logged.get(report_id))
            if report_id in whole:
                if sha256 not in blobs:
                    lost.append(Lost("bytes", report_id, f"read them again from {origin}"))
                continue
            if logged.get(report_id, {}).get("what") == "reviewed":  # a note of an analyst, which nobody reads again
                lost.append(Lost("note", report_id, f"put it down again: {origin}"))
                continue
            told = read.get(report_id, {})
            media_type = told.get("media_type") or (reports[report_id]["media_type"] if report_id in reports else None)
            document = _document(database, report_id, sha256, origin, media_type) if sha256 in blobs else None
            if document is None:
                lost.append(Lost("report", report_id, f"read it again from {origin}"))
                continue
            asked[told.get("asked_published"), told.get("asked_outlet")].append(document)
        for table, column in (("claims", "report_id"), ("reports", "id")):
            listed = json_text(sorted(whole))
            database.execute(f"DELETE FROM {table} WHERE {column} NOT IN (SELECT value FROM json_each(?))", (listed,))
        _make_places(database)
        _make_signatures(database)
        _make_lists(database)
    database.execute("PRAGMA foreign_keys = ON")
    again = [
        Again(date.fromisoformat(published) if published else None, outlet, documents)
        for (published, outlet), documents in sorted(asked.items(), key=lambda pair: str(pair[0]))
    ]
    return again, lost


def _missing_entries(numbers: Sequence[int]) -> Iterator[Lost]:
    expected = 1
    for number in numbers:
        if number > expected:
            yield Lost("entries of the log", f"{expected} to {number - 1}", "damaged")
        expected = number + 1


def _put_receipts(database: Database, entries: Sequence[dict[str, Any]], *, complete: bool) -> None:
    """By which ways bytes came in is in the log, too; if that is complete, by no others."""
    ways = {(told["report"], told["origin"]): told for told in reversed(entries) if _came(told)}
    there = {(row["report_id"], row["origin"]): row for row in database.query("SELECT * FROM receipts")}
    if complete:
        database.execute_many("DELETE FROM receipts WHERE report_id = ? AND origin = ?", there.keys() - ways.keys())
    for way, told in ways.items():
        row = there.get(way)
        doc = told.get("doc") or (BY_HAND if told["what"] == "reviewed" else None)
        doc = doc or (row["doc"] if row else Path(told["origin"]).name)
        read_at = row["read_at"] if row else told.get("read_at") or told["at"]
        database.execute(
            "INSERT OR REPLACE INTO receipts (report_id, origin, doc, read_at) VALUES (?, ?, ?, ?)",
            (*way, doc, read_at),
        )


def _whole_readings(database: Database, read: dict[str, dict[str, Any]], doubt: bool) -> set[str]:
    """The reports whose text and claims are as they were read."""
    made = {row["id"] for row in database.query("SELECT r.id FROM reports r JOIN makers m ON m.id = r.maker")}
    misquoted = {
        row["report_id"]
        for row in database.query(
            "SELECT DISTINCT c.report_id FROM claims c JOIN reports r ON r.id = c.report_id"
            " WHERE substr(r.text, c.quote_start + 1, c.quote_end - c.quote_start) <> c.quote"
        )
    }
    notes = {row["id"] for row in database.query("SELECT id FROM reports WHERE media_type = ?", (NOTE,))}
    whole = set()
    for report_id, found in reading_hashes(database):
        said = read.get(report_id, {}).get("reading")
        # Of notes and in older entries there is no hash of the reading: it is taken where nothing speaks against it.
        unharmed = report_id not in misquoted and (report_id in notes or not doubt)
        if report_id in made and (said == found if said else unharmed):
            whole.add(report_id)
    return whole


def _known(
    database: Database, logged: dict[str, dict[str, Any]], reports: Iterable[Any], blobs: set[str]
) -> set[tuple[str, str]]:
    """Every report that anything tells of, with the hash of its bytes."""
    failed = {json.loads(entry).get("sha256") for _, entry, _ in log.entries(database) if '"what":"failed"' in entry}
    found = {(report_id, told["sha256"]) for report_id, told in logged.items()}
    found |= {(row["id"], row["sha256"]) for row in reports}
    return found | {("r" + sha256[:20], sha256) for sha256 in blobs - failed}


def _origin(database: Database, report_id: str, told: dict[str, Any] | None) -> str:
    row = database.one("SELECT origin FROM receipts WHERE report_id = ? ORDER BY origin LIMIT 1", (report_id,))
    return row["origin"] if row else told["origin"] if told else f"bytes {report_id}"


def _document(database: Database, report_id: str, sha256: str, origin: str, media_type: Any) -> Document | None:
    """The bytes of a report, to be read again; None where they are no document, but something that failed before."""
    (blob,) = database.query("SELECT packed FROM blobs WHERE sha256 = ?", (sha256,))
    raw = zlib.decompress(blob["packed"])
    row = database.one("SELECT doc FROM receipts WHERE report_id = ? AND origin = ?", (report_id, origin))
    try:
        media_type = media_type or kind(raw[:4096])
    except InputError:
        return None
    return Document(raw=raw, origin=origin, doc=row["doc"] if row else report_id, media_type=media_type)


def _make_places(database: Database) -> None:
    """Room for all places, whose histories are to be worked out, and for the stories of all reports."""
    database.execute(
        "INSERT OR IGNORE INTO places (id, name, level)"
        " SELECT DISTINCT place_id, place, 'unknown' FROM claims WHERE place_id IS NOT NULL"
    )
    database.execute("INSERT OR IGNORE INTO pending (place_id, mark) SELECT id, random() FROM places")
    database.execute("INSERT OR IGNORE INTO untold (report_id) SELECT id FROM reports")


def _make_signatures(database: Database) -> None:
    """What stories are found by follows from the text."""
    for row in database.query("SELECT number, text, segments FROM reports"):
        body = story.body(row["text"], from_json(row["segments"], tuple[Segment, ...]))
        database.execute(
            "UPDATE reports SET signature = ?1 WHERE number = ?2 AND signature <> ?1",
            (pack(story.signature(body)), row["number"]),
        )


def _make_lists(database: Database) -> None:
    """How claims stand follows from their reviews, and under which days they are listed from what they say."""
    reviewed = "SELECT claim_id FROM review_claims WHERE claim_id IS NOT NULL UNION SELECT claim_id FROM claims_as_read"
    rows = database.query(
        f"SELECT id FROM claims WHERE review IS NOT NULL OR credibility IS NOT NULL OR ties IS NOT NULL"
        f" OR id IN ({reviewed})"
    )
    reattach.settle(database, [row["id"] for row in rows])
    database.execute(
        "UPDATE claims SET (listed_from, listed_to) = (SELECT coalesce(claims.first_day, claims.last_day, published),"
        " coalesce(claims.last_day, claims.first_day, published) FROM reports r WHERE r.id = report_id)"
        " WHERE (listed_from, listed_to) IS NOT (SELECT coalesce(claims.first_day, claims.last_day, published),"
        " coalesce(claims.last_day, claims.first_day, published) FROM reports r WHERE r.id = report_id)"
    )


def _drop_orphans(connection: sqlite3.Connection) -> int:
    """Delete rows that refer to what is not there; reports whose bytes are lost are kept. How many went."""
    gone = 0
    for table in layouts(latest()):
        for _, _, parent, column, key, *_ in connection.execute(f"PRAGMA foreign_key_list({table.name})").fetchall():
            if (table.name, parent) != ("reports", "blobs"):
                gone += connection.execute(
                    f"DELETE FROM {table.name} WHERE {column} IS NOT NULL"
                    f" AND {column} NOT IN (SELECT {key} FROM {parent})"
                ).rowcount
    return gone
