"""Is the record whole? Nothing is changed; every fault is named."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from tadmor.errors import RecordError
from tadmor.record import log, reviews
from tadmor.record.database import Database
from tadmor.record.layout import latest, layouts
from tadmor.record.pages import Pages, owners
from tadmor.record.proof import reading_hashes

# What follows from the inputs and the version alone: not the numbers of rows, nor when something was read.
CONTENT = (
    "blobs",
    "makers",
    "reports",
    "receipts",
    "stories",
    "untold",
    "stories_by",
    "failures",
    "places",
    "claims",
    "claims_as_read",
    "reviews",
    "review_claims",
    "weight_sets",
    "track_records",
    "histories",
    "events",
    "event_claims",
    "spells",
    "spell_claims",
    "disputes",
    "dispute_sides",
    "dispute_claims",
    "pending",
)
INDEXES = {"shingles", "units", "said", "unweighed", "behind"}  # tables that are made from others
# Tables that tell of the clock, of what was tried, and of what was found before; not of what the record says.
OPERATION = {"log", "feeds", "found", "rereadings", "former_readings", "former_histories"}
LEFT_OUT = {"number", "read_at", "made_at", "mark"}


def faults(database: Database) -> Iterator[str]:
    """One line for each fault of the file, of the bytes as received, and of what leads back to them.

    Where the file is damaged what can be looked at is; what cannot is a fault of its own.
    """
    refused = None
    # A server looks after its files itself (`pg_amcheck`), and lets no row point to nothing.
    own = (_file, _references) if database.engine == "sqlite" else ()
    for look in (*own, _behind, _bytes, _reports, _index, _quotes, _readings, log.faults, reviews.faults):
        try:
            yield from look(database)
        except RecordError as error:
            if str(error) != refused:
                refused = str(error)
                yield f"file: {error}"


def _file(database: Database) -> Iterator[str]:
    try:
        found = [row[0] for row in database.query("PRAGMA integrity_check(100)") if row[0] != "ok"]
    except RecordError as error:
        found = [str(error)]
    if not found:
        return
    # SQLite names pages at best; whose they are is looked up in the file itself.
    assert isinstance(database.path, Path)
    with closing(Pages(database.path)) as pages:
        for name, damaged in owners(pages)[1].items():
            for one in damaged:
                row = "" if one.cell is None else f", row {one.cell}"
                yield f"file: page {one.page} of {name}{row} cannot be read"
    for text in found:
        yield from (f"file: {line}" for line in text.splitlines() if not line.startswith("*** in database"))


def _references(database: Database) -> Iterator[str]:
    for row in database.query("PRAGMA foreign_key_check"):
        yield f"file: a row of {row['table']} points to nothing in {row['parent']}"


def _behind(database: Database) -> Iterator[str]:
    """Claims that are said to be behind something and are not there; nothing in the record itself sees to that."""
    for what in ("event", "spell", "dispute"):
        for row in database.stream(
            f"SELECT {what}_id AS id, claim_id FROM {what}_claims x"
            f" WHERE NOT EXISTS (SELECT 1 FROM claims c WHERE c.id = x.claim_id) ORDER BY {what}_id, claim_id"
        ):
            yield f"{what} {row['id']}: the claim {row['claim_id']} behind it is not there"


def _bytes(database: Database) -> Iterator[str]:
    for row in database.stream("SELECT sha256, size, packed FROM blobs ORDER BY sha256"):
        if fault := blob_fault(row["sha256"], row["size"], row["packed"]):
            yield fault


def _reports(database: Database) -> Iterator[str]:
    for row in database.stream("SELECT id FROM reports WHERE substr(id, 2) <> substr(sha256, 1, 20) ORDER BY id"):
        yield f"report {row['id']}: its id is not that of its bytes"


def _index(database: Database) -> Iterator[str]:
    for row in database.query("SELECT DISTINCT report FROM shingles WHERE report NOT IN (SELECT number FROM reports)"):
        yield f"stories: the report with the number {row['report']} is in their index and nowhere else"


def _quotes(database: Database) -> Iterator[str]:
    for row in database.stream(
        "SELECT c.id FROM claims c JOIN reports r ON r.id = c.report_id"
        " WHERE substr(r.text, c.quote_start + 1, c.quote_end - c.quote_start) <> c.quote ORDER BY c.id"
    ):
        yield f"claim {row['id']}: its quote is not what stands in the report"


def _readings(database: Database) -> Iterator[str]:
    """Reports and claims that are not what the log says was read; older entries do not say."""
    logged = log.readings(database)
    for report_id, found in reading_hashes(database):
        if logged.get(report_id, found) != found:
            yield f"report {report_id}: it or its claims have changed since they were read"


def blob_fault(sha256: str, size: int, packed: bytes) -> str | None:
    """What is wrong with stored bytes, if anything is."""
    unpacker = zlib.decompressobj()
    total, length = hashlib.sha256(), 0
    try:
        piece = unpacker.decompress(packed, 1 << 20)
        while piece:
            total.update(piece)
            length += len(piece)
            piece = unpacker.decompress(unpacker.unconsumed_tail, 1 << 20)
    except zlib.error as error:
        return f"bytes {sha256}: cannot be unpacked: {error}"
    if length != size or not unpacker.eof or total.hexdigest() != sha256:
        return f"bytes {sha256}: have changed; they are {length:,} bytes with the hash {total.hexdigest()}"
    return None


def content_hash(database: Database) -> str:
    """SHA-256 over all that the record holds, but for when it was read: equal for the same inputs and version."""
    total = hashlib.sha256()
    named = {layout.name: layout.names for layout in layouts(latest())}
    for table in CONTENT:
        names = [f'"{name}"' for name in named[table] if name not in LEFT_OUT]
        order = ", ".join(f"{name} NULLS FIRST" for name in names)
        for row in database.stream(f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}"):
            line = [table, *(value.hex() if isinstance(value, bytes) else value for value in row)]
            total.update(msgspec.json.encode(line) + b"\n")
    return total.hexdigest()
