"""From what an analyst says to reviews: which claims, events and sources are meant, and what is decided about them.

Nothing is written here. A review that is made names its claims by id, report and words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from tadmor.errors import InputError, UsageError
from tadmor.record import names, queries, reviews, weight_sets, whatif
from tadmor.record.database import Database, Value
from tadmor.record.fields import CORRECTABLE, FIELDS, columns, require_claim
from tadmor.record.rows import CLAIM
from tadmor.records import (
    Review,
    ReviewAction,
    Target,
)
from tadmor.timeline import grades
from tadmor.timeline import whatif as supposing

__all__ = [
    "Author",
    "about_claims",
    "add",
    "checked",
    "copies_of",
    "grade",
    "merge",
    "note",
    "split",
    "undo",
]

Cell = str | int | float | None
MOST_NAME, MOST_WHY, MOST_QUOTE = 200, 10_000, 10_000  # characters


class Author(NamedTuple):
    """Who decides, and why."""

    analyst: str
    why: str = ""


# --- reviews ----------------------------------------------------------------------------------------------------------


def about_claims(
    database: Database,
    action: ReviewAction,
    claim_ids: Iterable[str],
    author: Author,
    *,
    fields: Mapping[str, str] | None = None,
    copies: bool = False,
) -> list[Review]:
    """One review a claim: "accept", "reject", "correct" (with `fields`) or "note".

    With `copies` the same words in other reports of the same story are meant as well. Raises `UsageError` where a claim
    or a field is none.
    """
    ids = [_claim_id(database, claim_id) for claim_id in claim_ids]
    if copies:
        ids = list(dict.fromkeys(id for one in ids for id in (one, *copies_of(database, one))))
    if action == "correct" and not fields:
        raise UsageError(f"nothing to correct is given; the fields are {', '.join(FIELDS)}")
    found = []
    for id in ids:
        changed = columns(database, fields or {}, _current(database, id)) if action == "correct" else {}
        if action == "correct" and not changed:
            if id == ids[0]:
                raise UsageError("the claim says so already: nothing is to be corrected")
            continue
        found.append(_review(author, action, claims=(_target(database, id),), fields=changed))
    return found


def merge(database: Database, event_ids: Iterable[str], author: Author) -> Review:
    """The claims of these events tell of one happening. Raises `UsageError` where they are of more than one place."""
    claims, places = _of_events(database, event_ids)
    if len(places) > 1:
        known = queries.places(database)
        where = ", ".join(known[id].name for id in sorted(places))
        raise UsageError(f"these events are at different places ({where}): correct the place of the claims first")
    if len(claims) < 2:
        raise UsageError("to merge takes two events or more")
    return _review(author, "merge", claims=tuple(_target(database, id) for id in claims))


def split(database: Database, claim_ids: Iterable[str], author: Author) -> Review:
    """These claims tell together of another happening than the claims that they are linked with."""
    ids = [_claim_id(database, claim_id) for claim_id in claim_ids]
    if not ids:
        raise UsageError("to split takes a claim or more")
    return _review(author, "split", claims=tuple(_target(database, id) for id in ids))


def grade(database: Database, what: str, given: str, author: Author) -> list[Review]:
    """A letter (A to F) says how reliable a source is, a figure (1 to 6) how credible a claim."""
    known, given = grades.load(), given.strip().upper()
    if given in known.reliability:
        return [
            _review(author, "grade", source=key, fields={"reliability": given})
            for key in sorted(_source(database, what))
        ]
    if given in known.credibility:
        target = _target(database, _claim_id(database, what))
        return [_review(author, "grade", claims=(target,), fields={"credibility": int(given)})]
    raise UsageError(f"{given!r} is no grade: give a source a letter from A to F, a claim a figure from 1 to 6")


def note(database: Database, what: str, author: Author) -> list[Review]:
    """Something to remember about a claim, an event (by id), a place or a source (by name)."""
    if not author.why.strip():
        raise UsageError("a note needs words: --why TEXT")
    if len(reviews.ids_beginning(database, what)) == 1 and re.fullmatch("c[0-9a-f]{4,}", what):
        return about_claims(database, "note", [what], author)
    if re.fullmatch("e[0-9a-f]{4,}", what):
        claims, _ = _of_events(database, [what])
        return [_review(author, "note", claims=tuple(_target(database, id) for id in claims))]
    try:
        return [_review(author, "note", place=names.find_place(database, what).place.id)]
    except UsageError as no_place:
        try:
            return [_review(author, "note", source=key) for key in sorted(_source(database, what))]
        except UsageError:
            raise UsageError(f"{what!r} is no claim, event, place or source of the record") from no_place


def add(
    database: Database,
    fields: Mapping[str, str],
    quote: str,
    author: Author,
    *,
    report: str | None = None,
    outlet: str | None = None,
    published: date | None = None,
) -> Review:
    """A claim by hand: read by a person in a report of the record, in which `quote` stands, or heard elsewhere.

    What was heard elsewhere needs whose word it is, as a source or an outlet. Raises `UsageError`.
    """
    quote = quote.strip()
    if not quote:
        raise UsageError("a claim by hand needs its words: --quote TEXT")
    if "type" not in fields:
        raise UsageError("a claim by hand needs a type: --set type=gains")
    if report is not None:
        found = queries.report(database, report)
        if found is None:
            raise UsageError(f"the record holds no report {report!r}; `tadmor export --what claims` shows their ids")
        if quote not in found.text:
            raise UsageError(f"these words do not stand in the report {report}: give them to the letter")
    elif not fields.get("sources") and not outlet:
        raise UsageError("a claim that stands in no report of the record needs its source: --set sources=NAME")
    return _review(
        author,
        "add",
        fields=columns(database, fields, None),
        quote=quote,
        report=report,
        outlet=outlet if report is None else None,
        published=published if report is None else None,
    )


def undo(database: Database, review_id: str, author: Author) -> Review:
    """Takes back a review, or the taking back of one."""
    return _review(author, "undo", undoes=reviews.find(database, review_id).id)


def checked(review: Review) -> Review:
    """A review that came from elsewhere. Raises `InputError` where it is not as this module makes them."""
    try:
        datetime.strptime(review.at, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError as error:
        raise InputError(f"{review.at!r} is no time, as 2016-12-10T08:00:00.000000Z") from error
    try:
        _review(Author(review.analyst, review.why), review.action)
    except UsageError as error:
        raise InputError(str(error)) from error
    needs = {
        "accept": bool(review.claims), "reject": bool(review.claims), "correct": bool(review.claims and review.fields),
        "add": bool(review.quote and review.fields), "merge": len(review.claims) > 1, "split": bool(review.claims),
        "grade": bool(review.source) != bool(review.claims), "undo": bool(review.undoes),
        "note": bool(review.claims or review.source or review.place),
    }  # fmt: skip
    if not needs[review.action]:
        raise InputError(f"a review with the action {review.action!r} lacks what it is about")
    if review.action in ("correct", "add"):
        if unknown := review.fields.keys() - CORRECTABLE:
            raise InputError(f"{sorted(unknown)[0]!r} cannot be corrected")
        require_claim(review.fields)
    elif review.action == "grade":
        known = grades.load()
        allowed: tuple[Mapping[str, Cell], ...] = tuple(
            [{"reliability": letter} for letter in known.reliability]
            if review.source
            else [{"credibility": int(figure)} for figure in known.credibility]
        )
        if review.fields not in allowed:
            raise InputError("there is no such grade")
    elif review.fields:
        raise InputError(f"a review with the action {review.action!r} has no fields")
    if review.undoes is not None and review.action != "undo":
        raise InputError("only a review with the action 'undo' takes another back")
    return review


def _review(author: Author, action: ReviewAction, **about: Any) -> Review:
    """A review without a time, which it gets when it is kept."""
    analyst = author.analyst.strip()
    if not analyst:
        raise UsageError("a review needs a name: --by NAME, or TADMOR_ANALYST in the environment")
    if len(analyst) > MOST_NAME or len(author.why) > MOST_WHY or len(about.get("quote") or "") > MOST_QUOTE:
        raise UsageError(f"too long: a name has {MOST_NAME} characters at most, a reason or quote {MOST_WHY}")
    review = Review(at="", analyst=analyst, action=action, why=author.why.strip(), **about)
    try:
        msgspec.json.encode(review)
    except UnicodeEncodeError as error:
        raise UsageError(f"this cannot be kept: {error}") from error
    return review


# --- which claims -----------------------------------------------------------------------------------------------------


def _claim_id(database: Database, claim_id: str) -> str:
    found = reviews.ids_beginning(database, claim_id)
    if len(found) == 1 or claim_id in found:
        return found[0]
    if found:
        raise UsageError(f"more than one claim has an id that begins with {claim_id!r}: give more of it")
    raise UsageError(f"no claim has the id {claim_id!r}; `tadmor explain` and `tadmor export --what claims` show them")


def _current(database: Database, claim_id: str) -> dict[str, Value]:
    row = database.one(f"SELECT {', '.join(CLAIM)} FROM claims WHERE id = ?", (claim_id,))
    return dict(zip(CLAIM, tuple(row), strict=True)) if row else {}


def _target(database: Database, claim_id: str) -> Target:
    row = database.one(
        "SELECT c.report_id, c.quote, coalesce(json_extract(o.columns, '$.kind'), c.kind) AS kind,"
        " coalesce(json_extract(o.columns, '$.type'), c.type) AS type"
        " FROM claims c LEFT JOIN claims_as_read o ON o.claim_id = c.id WHERE c.id = ?",
        (claim_id,),
    )
    assert row is not None
    return Target(claim=claim_id, report=row["report_id"], quote=row["quote"], kind=row["kind"], type=row["type"])


def copies_of(database: Database, claim_id: str) -> list[str]:
    """The claims that say the same in the same words in the other reports of a story."""
    rows = database.query(
        "SELECT o.id FROM claims c JOIN stories s ON s.report_id = c.report_id"
        " JOIN stories t ON t.story_id = s.story_id AND t.report_id <> s.report_id"
        " JOIN claims o ON o.report_id = t.report_id AND o.quote = c.quote AND o.kind = c.kind AND o.type = c.type"
        " WHERE c.id = ? ORDER BY o.id",
        (claim_id,),
    )
    return [row["id"] for row in rows]


def _of_events(database: Database, event_ids: Iterable[str]) -> tuple[list[str], set[str]]:
    """The claims of events, and the places of these."""
    claims: list[str] = []
    places = set()
    for event_id in event_ids:
        rows = database.query(
            "SELECT id, place_id FROM events WHERE id >= ? AND id < ? LIMIT 2", (event_id, event_id + "\U0010ffff")
        )
        if len(rows) != 1:
            raise UsageError(f"{'more than one' if rows else 'no'} event has an id that begins with {event_id!r}")
        places.add(rows[0]["place_id"])
        own = database.query("SELECT claim_id FROM event_claims WHERE event_id = ? ORDER BY claim_id", (rows[0]["id"],))
        claims += [row["claim_id"] for row in own]
    return claims, places


def _source(database: Database, name: str) -> frozenset[str]:
    knowledge = weight_sets.knowledge(database)
    return supposing.source(name, whatif.ways(database, knowledge), knowledge)
