"""Claims as the timeline hears them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import msgspec

from tadmor.record.database import Database, Value
from tadmor.record.queries.reported import MANY, OF_REPORTS
from tadmor.record.rows import CLAIM, claim_of, from_json, to_day
from tadmor.records import Claim, Heard, Quote, Record, Tie
from tadmor.timeline.weigh import Knowledge, Voice, voices


class Pending(Record, frozen=True):
    """A place whose history is not up to date, with its `mark` on the list and how many claims there are about it."""

    id: str
    mark: int
    claims: int


COUNTED = 5_000  # claims of a place; larger places are all the same


def pending(database: Database) -> list[Pending]:
    """The places whose history is not up to date, with how many claims there are of each, as far as that matters."""
    rows = database.query(
        "SELECT place_id, mark, (SELECT count(*) FROM"
        f" (SELECT 1 FROM claims c WHERE c.place_id = p.place_id LIMIT {COUNTED}) counted) FROM pending p"
        " ORDER BY place_id"
    )
    return [Pending(*row) for row in rows]


def heard(database: Database, place_id: str) -> list[Heard]:
    """All that was said about a place and counts, in a fixed order: as analysts have it, without what they rejected."""
    return heard_or_rejected(database, place_id)[0]


def heard_or_rejected(
    database: Database, place_id: str, claim_ids: Sequence[str] | None = None
) -> tuple[list[Heard], list[Heard]]:
    """As `heard`, and apart from it what analysts rejected; of all claims or of those with these ids. Whatever the
    timeline hears of a place it hears from here."""
    if claim_ids is None:
        return _all_heard(database, "c.place_id = ?", (place_id,))
    if len(claim_ids) <= MANY:
        return _all_heard(database, f"c.id IN ({', '.join('?' * len(claim_ids))})", claim_ids)
    wanted = set(claim_ids)
    heard, rejected = heard_or_rejected(database, place_id)
    return [one for one in heard if one.claim.id in wanted], [one for one in rejected if one.claim.id in wanted]


def tied(database: Database, place_id: str) -> bool:
    """Whether analysts merged or split events of a place."""
    return database.one("SELECT 1 FROM claims WHERE place_id = ? AND ties IS NOT NULL LIMIT 1", (place_id,)) is not None


def heard_relations(database: Database) -> list[Heard]:
    """All that was said about how parties stand to each other and counts, in a fixed order."""
    return _all_heard(database, "c.kind = 'relation'")[0]


# The columns that what is heard is made from, after those of the claim: of the claim, its report and its story.
HEARD = (*CLAIM, "review", "credibility", "ties", "outlet", "original_outlet", "published", "story_id")
# What tells whose word a claim is: where its report has an outlet, the story says nothing more.
SAID_BY = (
    "c.sources, r.outlet, r.original_outlet,"
    " CASE WHEN coalesce(r.outlet, r.original_outlet) IS NULL THEN coalesce(t.story_id, r.id) ELSE '' END"
)
_COLUMNS = ", ".join(f"c.{column}" for column in CLAIM)
READ_RIGHTLY = 1.0  # the confidence in a reading that an analyst accepted or corrected, or wrote down
_HEARD = (
    f"SELECT {_COLUMNS}, c.review, c.credibility, c.ties,"
    f" r.outlet, r.original_outlet, r.published, coalesce(t.story_id, r.id) AS story_id {OF_REPORTS}"
)


def _all_heard(database: Database, where: str, values: Sequence[Value] = ()) -> tuple[list[Heard], list[Heard]]:
    # Sorted here: SQLite would copy the rows, which are wide, once more.
    rows = sorted(database.tuples(f"{_HEARD} WHERE {where}", values), key=itemgetter(0))
    found: tuple[list[Heard], list[Heard]] = [], []
    for row in rows:
        found[row[_REVIEW] == "rejected"].append(heard_of(row))
    return found


_REVIEW = len(CLAIM)  # where it stands in a row of `_HEARD`


def voice_of_columns(knowledge: Knowledge) -> Callable[[str, str | None, str | None, str], Voice]:
    """Tells whose word a claim is from `SAID_BY`, without the rest of the claim; each is worked out once."""
    voice_of = voices(knowledge)
    blank = Claim(id="", report_id="", kind="event", type="", quote=Quote(start=0, end=0), rule="")

    @lru_cache(maxsize=1 << 16)
    def tell(sources: str, outlet: str | None, original_outlet: str | None, story_id: str) -> Voice:
        claim = msgspec.structs.replace(blank, sources=from_json(sources, tuple[str, ...]))
        return voice_of(Heard(claim=claim, story_id=story_id, outlet=outlet, original_outlet=original_outlet))

    return tell


def heard_of(cells: tuple[Any, ...]) -> Heard:
    """From the values of the columns `HEARD`, in their order."""
    review, credibility, ties, outlet, original_outlet, published, story_id = cells[_REVIEW:]
    claim = claim_of(cells[:_REVIEW])
    if review is not None:
        claim = msgspec.structs.replace(claim, confidence=READ_RIGHTLY)
    return Heard(
        claim=claim,
        story_id=story_id,
        outlet=outlet,
        original_outlet=original_outlet,
        published=to_day(published),
        credibility=credibility,
        ties=from_json(ties, tuple[Tie, ...]) if ties else (),
    )
