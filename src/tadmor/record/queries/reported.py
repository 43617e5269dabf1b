"""Reports, and claims with their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tadmor.record.database import Database, Value
from tadmor.record.rows import CLAIM, claim_of, from_json, json_text, to_day, to_report
from tadmor.record.words import best
from tadmor.records import Claim, Failure, Heard, Record, Report, ReviewStatus

MANY = 500  # values in one IN (...)


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


# A report's own name, else that of the first way by which it came in.
_NAMES = (
    "coalesce(r.named, (SELECT doc FROM receipts WHERE report_id = r.id ORDER BY origin LIMIT 1)) AS doc,"
    " (SELECT origin FROM receipts WHERE report_id = r.id ORDER BY origin LIMIT 1) AS origin"
)


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
        rows = database.tuples(f"{_TOLD} WHERE c.id IN ({', '.join('?' * len(some))})", some)
        found.update({cells[0]: _told(cells) for cells in rows})
    return found


def told_of_place(database: Database, place_id: str) -> list[Told]:
    """Every claim about a place, by day and id."""
    rows = database.tuples(f"{_TOLD} WHERE c.place_id = ? ORDER BY c.first_day NULLS FIRST, c.id", (place_id,))
    return [_told(cells) for cells in rows]


def search(database: Database, words: str, *, limit: int = 100) -> list[Told]:
    """The claims whose quotes hold all these words, best first, see `words.best`."""
    ranks = dict(best(database, words, limit=limit))
    rows = database.tuples(
        f"{_TOLD} WHERE c.number IN (SELECT CAST(value AS BIGINT) FROM json_each(?))", (json_text(list(ranks)),)
    )
    return [_told(cells) for cells in sorted(rows, key=lambda cells: (ranks[cells[-1]], cells[0]))]


def stream_told(database: Database, rest: str, values: Sequence[Value] = ()) -> Iterator[tuple[Told, str | None]]:
    """Claims, one at a time, each with the id of its place; `rest` is SQL that begins with WHERE or ORDER BY, in which
    `c` is a claim and `r` its report."""
    for cells in database.tuples(f"{_TOLD} {rest}", values):
        yield _told(cells), cells[_PLACE]


_CLAIM = ", ".join(f"c.{column}" for column in CLAIM)
_PLACE = CLAIM.index("place_id")
OF_REPORTS = "FROM claims c JOIN reports r ON r.id = c.report_id LEFT JOIN stories t ON t.report_id = r.id"
_TOLD = (
    f"SELECT {_CLAIM}, c.quote, {_NAMES}, r.headline, r.outlet, r.original_outlet, r.published, t.story_id, r.sha256,"
    " r.maker, c.review, c.credibility, CASE WHEN c.review IS NOT NULL"
    " THEN (SELECT columns FROM claims_as_read o WHERE o.claim_id = c.id) END AS as_read,"
    f" c.number {OF_REPORTS}"
)


def _told(cells: tuple[Any, ...]) -> Told:
    """From the values of the columns `_TOLD`, in their order."""
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
