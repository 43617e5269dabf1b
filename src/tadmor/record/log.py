"""The log of custody: what came in, when, from where and how; append-only, each entry bound to the one before.

An entry is a line of JSON that holds the hash of the entry before it; its own hash is the SHA-256 of that line. Whoever
knows the last hash (from `tadmor log --head`, a timestamp, an export) can tell that nothing before it was changed, left
out or put in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from tadmor.record.database import Database

_ENTRY = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))
BEGIN = "0" * 64  # what stands in place of a hash before the first entry


class Head(NamedTuple):
    """The last entry: how many there are, and its hash."""

    entries: int
    hash: str


def head(database: Database) -> Head:
    """The end of the log."""
    row = database.one("SELECT number, hash FROM log ORDER BY number DESC LIMIT 1")
    return Head(row["number"], row["hash"]) if row else Head(0, BEGIN)


def append(database: Database, what: str, *, at: str, **details: Any) -> None:
    """Add one entry; to be called inside a transaction, together with what it tells of. Nones are left out.

    `at` is the time of the clock: the log is the only part of a record that depends on it.
    """
    last = head(database)
    told = {"number": last.entries + 1, "previous": last.hash, "at": at, "what": what}
    told |= {name: msgspec.to_builtins(value) for name, value in details.items() if value is not None}
    entry = _ENTRY.encode(told)
    digest = hashlib.sha256(entry.encode()).hexdigest()
    database.execute("INSERT INTO log (number, entry, hash) VALUES (?, ?, ?)", (last.entries + 1, entry, digest))


def take_over(database: Database, *, at: str) -> None:
    """Enter what was read before there was a log; to be called inside a transaction, before anything is added."""
    if database.one("SELECT 1 FROM log LIMIT 1") is not None:
        return
    for row in database.query(
        "SELECT r.report_id, r.origin, r.read_at, b.sha256, b.size FROM receipts r"
        " JOIN reports p ON p.id = r.report_id JOIN blobs b ON b.sha256 = p.sha256"
        " ORDER BY r.read_at, r.report_id, r.origin"
    ):
        append(
            database,
            "taken over",
            at=at,
            report=row["report_id"],
            origin=row["origin"],
            sha256=row["sha256"],
            size=row["size"],
            read_at=row["read_at"],
        )


def entries(database: Database) -> Iterator[tuple[int, str, str]]:
    """Number, text and hash of every entry, oldest first."""
    for row in database.stream("SELECT number, entry, hash FROM log ORDER BY number"):
        yield row["number"], row["entry"], row["hash"]


def readings(database: Database) -> dict[str, str]:
    """For each report the hash of its last reading (`proof.reading_hash`); none where the entry is older than that."""
    found = {}
    for _, text, _ in entries(database):
        told = _told(text)
        if told.get("what") == "read" and "reading" in told and "report" in told:  # a damaged entry may name neither
            found[told["report"]] = told["reading"]
    return found


def is_sound(number: int, text: str, digest: str) -> bool:
    """Is this an entry of this number, and its hash?"""
    return hashlib.sha256(text.encode()).hexdigest() == digest and _told(text).get("number") == number


def _told(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeEncodeError):
        return {}


def faults(database: Database) -> Iterator[str]:
    """One line for each entry that was changed, left out or put in, and for what it tells of and is no longer there."""
    previous, expected = BEGIN, 1
    came: set[tuple[str | None, str | None]] = set()
    for number, text, digest in entries(database):
        if number != expected:
            yield f"log: the entries {expected} to {number - 1} are missing"
        told = _told(text)
        if not is_sound(number, text, digest):
            yield f"log: entry {number} has been changed"
        elif told.get("previous") != previous and number == expected:
            yield f"log: entry {number} does not follow the entry before it: one of them was replaced"
        previous, expected = digest, number + 1
        sha256, report = told.get("sha256"), told.get("report")
        came.add((report, told.get("origin")))
        if report and not database.one("SELECT 1 FROM reports WHERE id = ? AND sha256 = ?", (report, sha256)):
            yield f"log: the report {report} of entry {number} is no longer there, or is of other bytes"
        elif told.get("kept") and not database.one("SELECT 1 FROM blobs WHERE sha256 = ?", (sha256,)):
            yield f"log: the bytes {sha256} of entry {number} are no longer there"
    if expected > 1:
        for row in database.stream("SELECT report_id, origin FROM receipts ORDER BY report_id, origin"):
            if (row["report_id"], row["origin"]) not in came:
                yield f"log: nothing says when {row['report_id']} came in from {row['origin']}"
