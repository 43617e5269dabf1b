"""The reviews of a record: what analysts decided, kept entry by entry, and asked about.

An entry is a line of JSON, and its id a hash of it, so that the same decision is the same in every record and can be
carried from one to another. Each is entered into the log of custody as it comes in. Nothing takes an entry out again:
to undo is another entry.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from tadmor.errors import UsageError
from tadmor.record import fold, log, maker, reattach, stories, write
from tadmor.record.database import Database
from tadmor.record.fold import Kept
from tadmor.record.pending import mark
from tadmor.record.queries import NOTE, OF_REPORTS, SAID_BY, voice_of_columns
from tadmor.record.reattach import claim_by_hand, report_of, review_of, undone
from tadmor.record.rows import insert, json_text, report_columns
from tadmor.records import Report, Review, Target
from tadmor.timeline.weigh import Knowledge

__all__ = [
    "Conflict",
    "Loose",
    "conflicts",
    "entries",
    "entry_text",
    "faults",
    "find",
    "grades",
    "loose",
    "now",
    "of_source",
    "put",
]

_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Conflict(NamedTuple):
    """Two analysts differ about a claim, or about a source; what the later one says stands."""

    about: str  # id of the claim, or key of the source
    earlier: Kept
    later: Kept


class Loose(NamedTuple):
    """A review of a claim that is not in the record: its report is not, or no longer says so in these words."""

    kept: Kept
    target: Target
    report_read: bool


def entry_text(review: Review) -> str:
    """The text that is kept and hashed."""
    return json.dumps(msgspec.to_builtins(review), ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _id(entry: str) -> str:
    return "v" + hashlib.sha256(entry.encode()).hexdigest()[:20]


def now(database: Database) -> str:
    """The time for the next review: later than that of any before, whatever the clock says."""
    last = database.one("SELECT max(json_extract(entry, '$.at')) AS at FROM reviews")
    clock = datetime.now(UTC)
    if last and last["at"] and last["at"] >= clock.strftime(_MOMENT):
        clock = datetime.strptime(last["at"], _MOMENT).replace(tzinfo=UTC) + timedelta(microseconds=1)
    return clock.strftime(_MOMENT)


# --- to be called inside `Database.transaction` -----------------------------------------------------------------------


def put(database: Database, reviews: Iterable[Review], knowledge: Knowledge) -> list[str]:
    """Keep reviews, and let the record obey them as soon as its places are brought up to date; the ids of new ones.

    A review without a time gets that of the clock.
    `knowledge` tells voices, of which the places are worked out anew where their grade changes.
    """
    log.take_over(database, at=write.now())
    at = now(database)
    stamped = [review if review.at else msgspec.structs.replace(review, at=at) for review in reviews]
    new = [kept for review in stamped if (kept := _keep(database, review)) is not None]
    moved = {base.id: base for kept in new for base in _bases(database, kept)}
    taken_back = undone(database)
    claims: list[str] = []
    for base in sorted(moved.values(), key=lambda base: (base.review.action != "add", base.order)):
        claims += reattach.attach(database, base, taken_back=base.id in taken_back)
        if base.review.action == "add":  # what was said of that claim may have come before it
            reattach.report(database, report_of(base))
    reattach.settle(database, claims)
    for source in sorted({base.review.source for base in moved.values() if base.review.source}):
        _mark_voice(database, source, knowledge)
    return [kept.id for kept in new]


def _keep(database: Database, review: Review) -> Kept | None:
    """Keep one entry; None where it is known."""
    entry = entry_text(review)
    kept = Kept(_id(entry), review)
    if not database.execute("INSERT INTO reviews (id, entry) VALUES (?, ?) ON CONFLICT DO NOTHING", (kept.id, entry)):
        return None
    told: dict[str, Any] = {"review": kept.id, "content": hashlib.sha256(entry.encode()).hexdigest()}
    if review.action == "add" and review.report is None:
        told |= _put_note(database, kept, entry)
    log.append(database, "reviewed", at=write.now(), analyst=review.analyst, action=review.action, **told)
    return kept


def _put_note(database: Database, kept: Kept, entry: str) -> dict[str, Any]:
    """Keep what an analyst wrote down as bytes of its own; what the log says of it."""
    raw = entry.encode()
    sha256 = hashlib.sha256(raw).hexdigest()
    review, this = kept.review, maker.this()
    origin = f"{reattach.BY_HAND}: {review.analyst}"
    note = Report(
        id=report_of(kept),
        sha256=sha256,
        doc=reattach.BY_HAND,
        origin=origin,
        media_type=NOTE,
        outlet=review.outlet,
        authors=(review.analyst,),
        published=review.published,
        published_by="option" if review.published else "none",
        text=review.quote or "",
        segments=(),
    )
    columns = {**report_columns(note), "maker": this.id}
    write.put_maker(database, this)
    database.execute(
        "INSERT INTO blobs (sha256, size, packed) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (sha256, len(raw), zlib.compress(raw, 6)),
    )
    if database.one("SELECT 1 FROM reports WHERE id = ?", (note.id,)) is None:
        database.execute(insert("reports", list(columns)), list(columns.values()))
        stories.forget(database, note.id)
    database.execute(
        "INSERT INTO receipts (report_id, origin, doc, read_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (note.id, origin, note.doc, write.now()),
    )
    return {"report": note.id, "sha256": sha256, "size": len(raw), "origin": origin}


def _bases(database: Database, kept: Kept) -> Iterator[Kept]:
    """What a new entry moves: itself, or what it takes back or, taking that back, restores."""
    seen = set()
    base: Kept | None = kept
    while base is not None and base.id not in seen:
        seen.add(base.id)
        if base.review.undoes is None:
            yield base
            return
        row = database.one("SELECT id, entry FROM reviews WHERE id = ?", (base.review.undoes,))
        base = Kept(row["id"], review_of(row["entry"])) if row else None


def _mark_voice(database: Database, source: str, knowledge: Knowledge) -> None:
    """Put the places on the list of which this voice says something."""
    voice_of = voice_of_columns(knowledge)
    places = {
        place_id
        for place_id, *said_by in database.stream(
            f"SELECT c.place_id, {SAID_BY} {OF_REPORTS} WHERE c.place_id IS NOT NULL"
        )
        if voice_of(*said_by).key == source
    }
    mark(database, "SELECT value AS place_id FROM json_each(?)", (json_text(sorted(places)),))


# --- to be asked ------------------------------------------------------------------------------------------------------


def entries(database: Database) -> Iterator[tuple[Kept, str]]:
    """Every review with the text that is hashed, in the order in which they came in."""
    for row in database.stream("SELECT id, entry FROM reviews ORDER BY number"):
        yield Kept(row["id"], review_of(row["entry"])), row["entry"]


def find(database: Database, review_id: str) -> Kept:
    """The review with this id or with an id that begins so. Raises `UsageError` where none or several do."""
    rows = database.query(
        "SELECT id, entry FROM reviews WHERE id >= ? AND id < ? LIMIT 2", (review_id, review_id + "\U0010ffff")
    )
    if len(rows) == 1:
        return Kept(rows[0]["id"], review_of(rows[0]["entry"]))
    if rows:
        raise UsageError(f"more than one review has an id that begins with {review_id!r}: give more of it")
    raise UsageError(f"no review has the id {review_id!r}; `tadmor review --list` shows them")


def of_source(database: Database, source: str | None = None) -> dict[str, list[Kept]]:
    """The reviews of one source or of all, by the key of the voice, in the order of their making."""
    rows = database.query(
        "SELECT id, entry FROM reviews WHERE json_extract(entry, '$.source') IS NOT NULL"
        + (" AND json_extract(entry, '$.source') = ?" if source is not None else ""),
        () if source is None else (source,),
    )
    found: dict[str, list[Kept]] = {}
    for kept in sorted((Kept(row["id"], review_of(row["entry"])) for row in rows), key=lambda kept: kept.order):
        found.setdefault(kept.review.source or "", []).append(kept)
    return found


def grades(database: Database) -> dict[str, str]:
    """The letter in force of every source that was given one, by the key of the voice."""
    taken_back = undone(database)
    return {
        source: str(kept.review.fields["reliability"])
        for source, own in of_source(database).items()
        for kept in own
        if kept.id not in taken_back and "reliability" in kept.review.fields
    }


def conflicts(database: Database) -> list[Conflict]:
    """Where analysts differ, the latest last: about a claim, a source, or whether an entry stands."""
    taken_back = undone(database)
    rows = database.query("SELECT DISTINCT claim_id FROM review_claims WHERE claim_id IS NOT NULL ORDER BY claim_id")
    about = {**reattach.of_claims(database, [row["claim_id"] for row in rows]), **of_source(database)}
    found = [
        Conflict(subject, *pair)
        for subject, own in about.items()
        for pair in fold.clashes([kept for kept in own if kept.id not in taken_back])
    ]
    found += [
        Conflict(subject, kept, undoing)
        for subject, own in about.items()
        for kept in own
        if (undoing := taken_back.get(kept.id)) is not None and undoing.review.analyst != kept.review.analyst
    ]
    return sorted(found, key=lambda one: (one.later.order, one.earlier.order, one.about))


def loose(database: Database) -> list[Loose]:
    """The reviews in force that could not be attached, in the order of their making."""
    taken_back = undone(database)
    rows = database.query(
        "SELECT c.position, v.id, v.entry, EXISTS (SELECT 1 FROM reports r WHERE r.id = c.report_id) AS read"
        " FROM review_claims c JOIN reviews v ON v.id = c.review_id WHERE c.claim_id IS NULL"
    )
    found = []
    for row in rows:
        kept = Kept(row["id"], review_of(row["entry"]))
        if kept.id in taken_back:
            continue
        review = kept.review
        by_hand = Target(
            claim=claim_by_hand(kept.id),
            report=report_of(kept),
            quote=review.quote or "",
            kind=str(review.fields.get("kind")),
            type=str(review.fields.get("type")),
        )
        target = by_hand if review.action == "add" else review.claims[row["position"]]
        found.append(Loose(kept, target, bool(row["read"])))
    return sorted(found, key=lambda one: (one.kept.order, one.target.claim))


# --- is all as it was written -----------------------------------------------------------------------------------------


def faults(database: Database) -> Iterator[str]:
    """One line for each review that was changed, is missing from the log or from the table, or is not obeyed."""
    logged: dict[str, str] = {}
    for row in database.stream(
        "SELECT json_extract(entry, '$.review') AS id, json_extract(entry, '$.content') AS content FROM log"
        " WHERE json_extract(entry, '$.review') IS NOT NULL ORDER BY number"
    ):
        logged[row["id"]] = row["content"]
    for row in database.stream("SELECT id, entry FROM reviews ORDER BY number"):
        content = hashlib.sha256(row["entry"].encode()).hexdigest()
        if _id(row["entry"]) != row["id"]:
            yield f"review {row['id']}: has been changed"
        elif (known := logged.pop(row["id"], None)) is None:
            yield f"review {row['id']}: is not in the log"
        elif known != content:
            yield f"review {row['id']}: is not what the log says it was"
    for review_id in logged:
        yield f"review {review_id}: is in the log and no longer there"
    yield from reattach.faults(database)


def ids_beginning(database: Database, claim_id: str) -> Sequence[str]:
    """The ids of claims that begin so, two at most."""
    rows = database.query(
        "SELECT id FROM claims WHERE id >= ? AND id < ? ORDER BY id LIMIT 2", (claim_id, claim_id + "\U0010ffff")
    )
    return [row["id"] for row in rows]
