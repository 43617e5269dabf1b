"""What analysts decided about a claim, what they decide now, and which claims to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tadmor.errors import UsageError
from tadmor.out import wording
from tadmor.record import decide, queries, reattach
from tadmor.record.database import Database
from tadmor.record.decide import Author
from tadmor.record.fields import said
from tadmor.record.fold import Kept, clashes
from tadmor.record.questions import questions as measured
from tadmor.records import Review
from tadmor.web.answers import QuestionRow, Questions, ReviewRow, Reviews
from tadmor.web.asked import Decision, QuestionsQuery, ReviewsQuery
from tadmor.web.atlas import Shelf
from tadmor.web.claims import claim_rows, inside

__all__ = ["made", "questions", "review_rows", "reviews"]

MOST = 40  # claims of the whole record, or of a place, that are asked about
_SHOWN = frozenset({*wording.FIELDS, "credibility", "reliability"})


def reviews(shelf: Shelf, query: ReviewsQuery) -> Reviews:
    """All reviews of a claim, those that were undone among them."""
    database = shelf.database()
    told = queries.told(database, [query.id]).get(query.id)
    if told is None:
        raise UsageError(f"the record knows no claim {query.id!r}")
    own, taken_back = reattach.of_claims(database, [query.id]).get(query.id, []), reattach.undone(database)
    return Reviews(
        claim=query.id,
        review=told.review,
        credibility=told.credibility,
        reviews=review_rows(own, taken_back),
        fields=said(told.claim),
        copies=len(decide.copies_of(database, query.id)),
    )


def review_rows(own: Sequence[Kept], taken_back: Mapping[str, Kept]) -> list[ReviewRow]:
    """The reviews of one claim or source; `taken_back` are all of the record that were undone, and by what."""
    differs: dict[str, list[str]] = {kept.id: [] for kept in own}
    for earlier, later in clashes([kept for kept in own if kept.id not in taken_back]):
        differs[earlier.id].append(later.id)
        differs[later.id].append(earlier.id)
    return [
        ReviewRow(
            id=kept.id,
            at=kept.review.at,
            analyst=kept.review.analyst,
            action=kept.review.action,
            why=kept.review.why,
            fields={name: value for name, value in kept.review.fields.items() if name in _SHOWN},
            undone_by=taken_back[kept.id].id if kept.id in taken_back else None,
            differs=differs[kept.id],
        )
        for kept in own
    ]


def questions(shelf: Shelf, query: QuestionsQuery) -> Questions:
    """The claims to look at first, those that matter most first."""
    database, atlas = shelf.database(), shelf.atlas()
    places = None
    if query.box or query.place:
        within = inside(atlas, query.box) if query.box else atlas.places.keys()
        places = sorted(within if query.place is None else within & {query.place})
    key = ("questions", query.place, query.box)
    keep = atlas.once if places is None else atlas.lately
    found = keep(key, lambda: measured(database, places, limit=MOST))
    page = found[query.offset : query.offset + query.limit]
    claims = {row.id: row for row in claim_rows(database, atlas, [one.claim_id for one in page])}
    return Questions(
        total=len(found),
        questions=[
            QuestionRow(
                claim=claims[one.claim_id],
                moves=one.moves,
                if_accepted=one.if_accepted,
                if_rejected=one.if_rejected,
            )
            for one in page
        ],
    )


def made(database: Database, decision: Decision) -> list[Review]:
    """The reviews that a decision comes to. Raises `UsageError` where it is none."""
    author = Author(decision.analyst, decision.why)
    if decision.action == "undo":
        return [decide.undo(database, decision.review, author)]
    if decision.action == "merge":
        return [decide.merge(database, decision.events, author)]
    if decision.action == "split":
        return [decide.split(database, decision.claims, author)]
    if decision.action == "grade":
        return decide.grade(database, decision.source or decision.claim, decision.grade, author)
    return decide.about_claims(
        database, decision.action, [decision.claim], author, fields=decision.fields, copies=decision.copies
    )
