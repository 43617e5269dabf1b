"""What the reviews of a claim amount to: a fold over the entries, in the order of their making.

The latest decision stands, whoever made it; of corrections the latest of each field. Where an analyst decided otherwise
than one before, and neither took it back, that is a conflict, which is shown and settles nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tadmor.records import Record, Review, ReviewStatus, Tie

__all__ = ["Kept", "Standing", "clashes", "fold", "undone"]

Cell = str | int | float | None


class Kept(NamedTuple):
    """A review with its id. They sort in the order of their making, which is the same in every record."""

    id: str
    review: Review

    @property
    def order(self) -> tuple[str, str]:
        return self.review.at, self.id


class Standing(Record, frozen=True):
    """How a claim stands: `fields` are the columns that were corrected, with what they should hold."""

    status: ReviewStatus | None = None
    fields: Mapping[str, Cell] = {}
    credibility: int | None = None
    ties: tuple[Tie, ...] = ()


def undone(undoing: Iterable[Kept]) -> dict[str, Kept]:
    """The reviews that were taken back, by id, each with the one that did; an undoing may be taken back as well."""
    found: dict[str, Kept] = {}
    for kept in sorted(undoing, key=lambda kept: kept.order, reverse=True):
        if kept.id not in found and kept.review.undoes is not None:
            found.setdefault(kept.review.undoes, kept)
    return found


def fold(reviews: Iterable[Kept]) -> Standing:
    """How a claim stands after these reviews of it, none of which was taken back."""
    verdict: str | None = None
    fields: dict[str, Cell] = {}
    credibility: int | None = None
    by_hand = False
    ties: list[Tie] = []
    for kept in sorted(reviews, key=lambda kept: kept.order):
        review = kept.review
        match review.action:
            case "accept" | "reject":
                verdict = review.action
            case "correct":
                verdict = review.action
                fields |= review.fields
            case "add":
                by_hand = True
            case "grade":
                figure = review.fields.get("credibility")
                credibility = figure if isinstance(figure, int) else None
            case "merge" | "split":
                ties.append(Tie(f"{review.at} {kept.id}", review.action == "merge"))
    status: ReviewStatus | None = None
    if verdict == "reject":
        status = "rejected"
    elif by_hand:
        status = "by hand"
    elif fields:
        status = "corrected"
    elif verdict == "accept":
        status = "accepted"
    return Standing(status, fields, credibility, tuple(ties))


def clashes(reviews: Sequence[Kept]) -> list[tuple[Kept, Kept]]:
    """Pairs of reviews of one claim or source, none taken back, by which two analysts differ; the earlier one first.

    Only the latest decision of each analyst counts. To accept what another corrected before is to agree with it.
    """
    ordered = sorted(reviews, key=lambda kept: kept.order)
    latest: dict[tuple[str, str], Kept] = {}
    for kept in ordered:
        for subject in _subjects(kept.review):
            latest[kept.review.analyst, subject] = kept
    found: dict[tuple[str, str], tuple[Kept, Kept]] = {}
    for (analyst, subject), kept in latest.items():
        for (other, same), later in latest.items():
            if other != analyst and same == subject and kept.order < later.order and _differ(kept, later, subject):
                found[kept.id, later.id] = kept, later
    return [found[key] for key in sorted(found, key=lambda key: (found[key][1].order, found[key][0].order))]


def _subjects(review: Review) -> tuple[str, ...]:
    """What a review decides: whether the claim counts, its fields, a grade, its event."""
    match review.action:
        case "accept" | "reject" | "add":
            return ("verdict",)
        case "correct":
            return ("verdict", *(f"field {name}" for name in sorted(review.fields)))
        case "grade":
            return tuple(sorted(review.fields))
        case "merge" | "split":
            return ("event",)
        case _:
            return ()


def _differ(earlier: Kept, later: Kept, subject: str) -> bool:
    one, other = earlier.review, later.review
    if subject == "verdict":
        if "reject" in (one.action, other.action):
            return one.action != other.action
        return one.action in ("accept", "add") and other.action == "correct"
    if subject == "event":
        return one.action != other.action
    name = subject.removeprefix("field ")
    return one.fields.get(name) != other.fields.get(name)
