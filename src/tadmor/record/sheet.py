"""Reviews in files: a table that a spreadsheet edits, and the entries themselves, line by line.

The table has a row a claim. What is there to be read comes first; what is there to be filled in last: a decision, a
reason, and a column for each field with what it should hold. Nothing that a spreadsheet does to the cells to be read
(days in another form, numbers rounded) is taken for a correction.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from tadmor.errors import InputError, TadmorError, UsageError
from tadmor.record import decide, reattach, reviews
from tadmor.record.database import Database
from tadmor.record.decide import Author
from tadmor.record.fields import FIELDS, said
from tadmor.record.queries import Told
from tadmor.record.reattach import review_of
from tadmor.records import Review, ReviewAction

__all__ = ["DECISIONS", "HEADINGS", "Fault", "decisions", "entries_of", "lines", "row"]

READ = (
    "claim", "quote", "says", *FIELDS, "reading", "review", "outlet", "published", "headline", "report",
)  # fmt: skip
NEW = tuple(f"new {name}" for name in FIELDS)
HEADINGS = (*READ, "decision", "why", *NEW)
DECISIONS = ("accept", "reject", "correct", "note", "add")
LARGEST = 64_000_000  # bytes
# An apostrophe that stands before what a spreadsheet would take for a formula.
_DEFUSED = re.compile("(^|[;\t\r\n])'(?=\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])")


class Fault(NamedTuple):
    """A row or line that could not be used, and why."""

    where: str
    why: str


def row(told: Told, says: str) -> list[str | float | date | None]:
    """The cells of a claim, in the order of `HEADINGS`; those to be filled in are empty."""
    cells = said(told.claim)
    return [
        told.claim.id,
        told.quote,
        says,
        *cells.values(),
        round(told.claim.confidence, 2),
        told.review,
        told.outlet,
        told.published,
        told.headline,
        told.claim.report_id,
        *[None] * (len(HEADINGS) - len(READ)),
    ]


# --- the table, filled in ---------------------------------------------------------------------------------------------


def decisions(database: Database, path: Path, author: Author) -> Iterator[Review | Fault]:
    """What was decided, row by row; rows without a decision are passed over, and so is what this analyst said before.

    Raises `InputError` where the file is no such table.
    """
    rows = _rows(path)
    headings = [heading.strip().lower() for heading in next(rows, [])]
    for needed in ("claim", "decision"):
        if needed not in headings:
            raise InputError(
                f"{path}: has no column {needed!r}; `tadmor review export --out FILE.csv` writes such a table"
            )
    if unknown := [name for name in headings if name.startswith("new ") and name not in NEW]:
        raise InputError(f"{path}: there is no field {unknown[0]!r}; there are {', '.join(NEW)}")
    for number, cells in enumerate(rows, 2):
        own = {name: _DEFUSED.sub(r"\1", cell).strip() for name, cell in zip(headings, cells)}  # noqa: B905  # short rows
        where = f"{path}, row {number}"
        try:
            yield from _decided(database, own, author)
        except TadmorError as error:
            yield Fault(where, str(error))


def _decided(database: Database, own: dict[str, str], author: Author) -> list[Review]:
    decision = own.get("decision", "").lower()
    fields = {name.removeprefix("new "): text for name, text in own.items() if name in NEW and text}
    author = author._replace(why=own.get("why") or author.why)
    if not decision:
        if fields:
            raise UsageError(f"{', '.join(fields)}: filled in, but the decision is empty; write correct")
        return []
    if decision not in DECISIONS:
        raise UsageError(f"there is no decision {decision!r}; there are {', '.join(DECISIONS)}")
    if decision == "add":
        published = own.get("published")
        review = decide.add(
            database,
            fields,
            own.get("quote", ""),
            author,
            report=own.get("report") or None,
            outlet=own.get("outlet") or None,
            published=_day(published) if published else None,
        )
        return [] if _added_before(database, review) else [review]
    if fields and decision != "correct":
        raise UsageError(f"{', '.join(fields)}: filled in, but the decision is {decision!r}; write correct")
    claim_id = own.get("claim", "")
    if not claim_id:
        raise UsageError("the column claim is empty")
    action: ReviewAction = decision  # type: ignore[assignment]  # one of `DECISIONS`
    found = decide.about_claims(database, action, [claim_id], author, fields=fields)
    return [review for review in found if not _said_before(database, review)]


def _said_before(database: Database, review: Review) -> bool:
    """Whether this is the last that the analyst said of the claim, so that a table may be read twice."""
    (target,) = review.claims
    in_force = reattach.in_force(database, target.claim)
    own = [kept.review for kept in in_force if kept.review.analyst == review.analyst]
    return bool(own) and msgspec.structs.replace(own[-1], at="") == review


def _added_before(database: Database, review: Review) -> bool:
    taken_back = reattach.undone(database)
    return any(
        kept.id not in taken_back and msgspec.structs.replace(kept.review, at="") == review
        for kept, _ in reviews.entries(database)
        if kept.review.action == "add"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"published: {text!r} is no day; write it as 2016-12-10") from error


def _rows(path: Path) -> Iterator[Sequence[str]]:
    text = _text(path)
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)  # spreadsheets of some countries write semicolons
    try:
        yield from (cells for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(cells))
    except csv.Error as error:
        raise InputError(f"{path}: is no CSV: {error}") from error


# --- the entries ------------------------------------------------------------------------------------------------------


def entries_of(path: Path) -> Iterator[Review | Fault]:
    """The reviews in a file of entries, one a line, as `tadmor review export --out FILE.jsonl` writes them."""
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            review = decide.checked(review_of(line))
            if reviews.entry_text(review) != line:
                raise InputError("is not the text of an entry; its id would be another")
            yield review
        except (InputError, msgspec.DecodeError, UnicodeError) as error:
            yield Fault(f"{path}, line {number}", str(error))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: is larger than {LARGEST // 1_000_000} MB; make several of it")
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8; let the spreadsheet save it as CSV in UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def lines(database: Database) -> list[str]:
    """The text of every entry, in the order of their making."""
    return [entry for _, entry in sorted(reviews.entries(database), key=lambda one: one[0].order)]
