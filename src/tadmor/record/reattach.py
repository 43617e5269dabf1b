"""Hangs reviews on the claims they are about, and lets the claims stand as they have it. Call inside a transaction.

A review is about the claim with the id it names. Where a report was read anew and has no such claim, it is about the
one of the same words, kind and type, else about the one of the same words and kind; where there is none, or more than
one, it could not be attached, counts for nothing, and is listed as such. What is made here follows from readings and
reviews alone, in whatever order they came in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tadmor.record import fold
from tadmor.record.database import Database, Row, Value
from tadmor.record.fold import Kept
from tadmor.record.pending import mark, put_place
from tadmor.record.rows import CLAIM, insert, json_text
from tadmor.records import Review, Target
from tadmor.timeline.spells import content_id

BY_HAND = "by hand"  # the rule of a claim that an analyst wrote down
COLUMNS = tuple(column for column in (*CLAIM, "quote") if column not in ("id", "report_id"))
BLANK: dict[str, Value] = {
    **dict.fromkeys(COLUMNS),
    "near": 0,
    "geo_precision": "unknown",
    "candidates": "[]",
    "date_precision": "unknown",
    "date_basis": "none",
    "modality": "asserted",
    "sources": "[]",
    "also": "[]",
    "rule": BY_HAND,
    "confidence": 1.0,
}


def review_of(entry: str) -> Review:
    """The review that an entry holds."""
    return msgspec.json.decode(entry, type=Review)


def claim_by_hand(review_id: str) -> str:
    """The id of the claim that a review with the action "add" puts down."""
    return content_id("c", review_id)


def report_of(kept: Kept) -> str:
    """The report that holds the words of a claim by hand: the one named, else the analyst's own note.

    The bytes of a note are the entry of the review, so that both have the same hash.
    """
    return kept.review.report or "r" + kept.id[1:]


# --- one report, one review -------------------------------------------------------------------------------------------


def report(database: Database, report_id: str) -> None:
    """Attach all that was ever said of a report's claims: to be called when it was read into the table of claims."""
    rows = database.query(
        "SELECT DISTINCT v.id, v.entry FROM review_claims c JOIN reviews v ON v.id = c.review_id WHERE c.report_id = ?",
        (report_id,),
    )
    if not rows:
        return
    kept = [Kept(row["id"], review_of(row["entry"])) for row in rows]
    taken_back = undone(database)
    for one in sorted(kept, key=lambda one: (one.review.action != "add", one.order)):
        attach(database, one, taken_back=one.id in taken_back, report_id=report_id)
    settle(database, [row["id"] for row in database.query("SELECT id FROM claims WHERE report_id = ?", (report_id,))])


def attach(database: Database, kept: Kept, *, taken_back: bool, report_id: str | None = None) -> list[str]:
    """Find the claims that a review is about, of one report or of all; their ids. A claim by hand is put or removed."""
    found = []
    review = kept.review
    if review.action == "add":
        claim_id = _put_by_hand(database, kept, taken_back=taken_back)
        _link(database, kept.id, 0, report_of(kept), claim_id)
        found = [claim_id]
    for position, target in enumerate(review.claims):
        if report_id in (None, target.report):
            claim_id = _claim_of(database, target)
            _link(database, kept.id, position, target.report, claim_id)
            found.append(claim_id)
    return [claim_id for claim_id in found if claim_id is not None]


def _link(database: Database, review_id: str, position: int, report_id: str, claim_id: str | None) -> None:
    database.execute(
        "INSERT INTO review_claims (review_id, position, report_id, claim_id) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (review_id, position) DO UPDATE SET claim_id = excluded.claim_id",
        (review_id, position, report_id, claim_id),
    )


def _claim_of(database: Database, target: Target) -> str | None:
    rows = database.query(
        "SELECT c.id, c.quote, coalesce(json_extract(o.columns, '$.kind'), c.kind) AS kind,"
        " coalesce(json_extract(o.columns, '$.type'), c.type) AS type"
        " FROM claims c LEFT JOIN claims_as_read o ON o.claim_id = c.id"
        " WHERE c.report_id = ? AND (c.id = ? OR (c.quote = ? AND c.rule <> ?))",
        (target.report, target.claim, target.quote, BY_HAND),
    )
    if any(row["id"] == target.claim for row in rows):
        return target.claim
    same_kind = [row for row in rows if row["kind"] == target.kind]
    for some in ([row for row in same_kind if row["type"] == target.type], same_kind):
        if len(some) == 1:
            return str(some[0]["id"])
    return None


def _put_by_hand(database: Database, kept: Kept, *, taken_back: bool) -> str | None:
    """Put down the claim of a review where its words stand in its report; remove it where they do not."""
    review, claim_id, report_id = kept.review, claim_by_hand(kept.id), report_of(kept)
    quote = review.quote or ""
    found = database.one("SELECT text FROM reports WHERE id = ?", (report_id,))
    start = found["text"].find(quote) if found and quote else -1
    old = database.one("SELECT place_id FROM claims WHERE id = ?", (claim_id,))
    if start < 0 or taken_back:
        if old:
            _mark_place(database, old["place_id"])
            database.execute("DELETE FROM claims WHERE id = ?", (claim_id,))
        return None
    if old is None:
        columns = {**BLANK, **review.fields, "quote": quote, "quote_start": start, "quote_end": start + len(quote)}
        _room(database, columns)
        columns |= {"id": claim_id, "report_id": report_id}
        database.execute(insert("claims", list(columns)), list(columns.values()))
        _mark_place(database, columns["place_id"])
    return claim_id


# --- how claims stand -------------------------------------------------------------------------------------------------


def undone(database: Database) -> dict[str, Kept]:
    """The reviews that were taken back, by id, each with the one that did."""
    rows = database.query("SELECT id, entry FROM reviews WHERE json_extract(entry, '$.undoes') IS NOT NULL")
    return fold.undone(Kept(row["id"], review_of(row["entry"])) for row in rows)


def of_claims(database: Database, claim_ids: Sequence[str]) -> dict[str, list[Kept]]:
    """All reviews of some claims, taken back or not, in the order of their making."""
    found: dict[str, list[Kept]] = {}
    for row in database.query(
        "SELECT c.claim_id, v.id, v.entry FROM json_each(?) j CROSS JOIN review_claims c ON c.claim_id = j.value"
        " JOIN reviews v ON v.id = c.review_id",
        (json_text(list(claim_ids)),),
    ):
        found.setdefault(row["claim_id"], []).append(Kept(row["id"], review_of(row["entry"])))
    return {id: sorted(own, key=lambda kept: kept.order) for id, own in found.items()}


def in_force(database: Database, claim_id: str) -> list[Kept]:
    """The reviews of a claim that nobody took back, in the order of their making."""
    own = of_claims(database, [claim_id]).get(claim_id, [])
    taken_back = undone(database) if own else {}
    return [kept for kept in own if kept.id not in taken_back]


def settle(database: Database, claim_ids: Iterable[str]) -> None:
    """Let claims stand as their reviews have it, and put the places that this touches on the list."""
    ids = sorted(set(claim_ids))
    reviews, taken_back = of_claims(database, ids), undone(database)
    for claim_id in ids:
        row = database.one("SELECT * FROM claims WHERE id = ?", (claim_id,))
        if row is not None:
            own = [kept for kept in reviews.get(claim_id, []) if kept.id not in taken_back]
            _settle(database, row, fold.fold(own))


def _settle(database: Database, row: Row, standing: fold.Standing) -> None:
    read = _as_read(database, row)
    changed = {name: read[name] for name, value in standing.fields.items() if read[name] != value}
    columns = {
        **read,
        **standing.fields,
        "review": standing.status,
        "credibility": standing.credibility,
        "ties": json_text(standing.ties) if standing.ties else None,
    }
    different = {name: value for name, value in columns.items() if row[name] != value}
    if different:
        _room(database, columns)
        settings = ", ".join(f'"{name}" = ?' for name in different)
        database.execute(f"UPDATE claims SET {settings} WHERE id = ?", [*different.values(), row["id"]])
        _mark_place(database, row["place_id"])
        _mark_place(database, columns["place_id"])
    if changed:
        database.execute(
            "INSERT INTO claims_as_read (claim_id, columns) VALUES (?1, ?2)"
            " ON CONFLICT (claim_id) DO UPDATE SET columns = ?2 WHERE claims_as_read.columns <> ?2",
            (row["id"], _canonical(changed)),
        )
    else:
        database.execute("DELETE FROM claims_as_read WHERE claim_id = ?", (row["id"],))


def as_read(database: Database, report_id: str) -> dict[str, dict[str, Value]]:
    """The claims that were read of a report, by id, as they were read."""
    rows = database.query("SELECT * FROM claims WHERE report_id = ? AND rule <> ?", (report_id, BY_HAND))
    return {row["id"]: {"id": row["id"], "report_id": report_id, **_as_read(database, row)} for row in rows}


def _as_read(database: Database, row: Row) -> dict[str, Value]:
    columns = {name: row[name] for name in COLUMNS}
    if row["review"] is not None:
        kept = database.one("SELECT columns FROM claims_as_read WHERE claim_id = ?", (row["id"],))
        columns |= json.loads(kept["columns"]) if kept else {}
    return columns


def faults(database: Database) -> list[str]:
    """One line for each claim that does not stand as its reviews have it."""
    rows = database.query(
        "SELECT * FROM claims WHERE review IS NOT NULL OR credibility IS NOT NULL OR ties IS NOT NULL"
        " OR id IN (SELECT claim_id FROM review_claims) ORDER BY id"
    )
    reviews, taken_back = of_claims(database, [row["id"] for row in rows]), undone(database)
    found = []
    for row in rows:
        standing = fold.fold(kept for kept in reviews.get(row["id"], []) if kept.id not in taken_back)
        ties = json_text(standing.ties) if standing.ties else None
        stands = (row["review"], row["credibility"], row["ties"]) == (standing.status, standing.credibility, ties)
        if not stands or any(row[name] != value for name, value in standing.fields.items()):
            found.append(f"claim {row['id']}: does not stand as its reviews have it")
    return found


def _canonical(columns: dict[str, Any]) -> str:
    return json.dumps(columns, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _room(database: Database, columns: dict[str, Value]) -> None:
    if columns["place_id"] is not None:
        put_place(database, str(columns["place_id"]), str(columns["place"]))


def _mark_place(database: Database, place_id: Value) -> None:
    if place_id is not None:
        mark(database, "SELECT ? AS place_id", (place_id,))
