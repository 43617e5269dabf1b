"""What analysts decided about a claim, and what they decide now."""

from __future__ import annotations

from tadmor.errors import UsageError
from tadmor.out import wording
from tadmor.record import decide, queries, reattach
from tadmor.record.database import Database
from tadmor.record.decide import Author
from tadmor.record.fields import said
from tadmor.record.fold import clashes
from tadmor.records import Review
from tadmor.web.atlas import Shelf
from tadmor.web.shapes import Decision, ReviewRow, Reviews, ReviewsQuery

__all__ = ["made", "reviews"]

_SHOWN = frozenset({*wording.FIELDS, "credibility"})


def reviews(shelf: Shelf, query: ReviewsQuery) -> Reviews:
    """All reviews of a claim, those that were undone among them."""
    database = shelf.database()
    told = queries.told(database, [query.id]).get(query.id)
    if told is None:
        raise UsageError(f"the record knows no claim {query.id!r}")
    own, taken_back = reattach.of_claims(database, [query.id]).get(query.id, []), reattach.undone(database)
    differs: dict[str, list[str]] = {kept.id: [] for kept in own}
    for earlier, later in clashes([kept for kept in own if kept.id not in taken_back]):
        differs[earlier.id].append(later.id)
        differs[later.id].append(earlier.id)
    return Reviews(
        claim=query.id,
        review=told.review,
        credibility=told.credibility,
        reviews=[
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
        ],
        fields=said(told.claim),
        copies=len(decide.copies_of(database, query.id)),
    )


def made(database: Database, decision: Decision) -> list[Review]:
    """The reviews that a decision comes to. Raises `UsageError` where it is none."""
    author = Author(decision.analyst, decision.why)
    if decision.action == "undo":
        return [decide.undo(database, decision.review, author)]
    return decide.about_claims(
        database, decision.action, [decision.claim], author, fields=decision.fields, copies=decision.copies
    )
