"""Which claims to look at first: those of which an answer is expected to change the record most.

An answer is "accept" or "reject". For each claim the place is worked out anew with either, and the change is measured
in place-days: over the days of the history, how much probability moves from one holder to others. How likely each
answer is follows from the confidence of the reading, which is calibrated. Copies of a claim in the same words and story
get the same answer.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date

import msgspec

from tadmor.record import decide, queries, weight_sets
from tadmor.record.database import Database, Row
from tadmor.record.queries import READ_RIGHTLY
from tadmor.record.rows import json_text
from tadmor.records import Heard, Record
from tadmor.timeline import build
from tadmor.timeline.columns import Columns
from tadmor.timeline.rehear import Rehearing
from tadmor.timeline.weigh import Knowledge

__all__ = ["Question", "questions"]

TRIED = 3  # claims that are measured for each that is asked for
MOST_HEARD = 12_000  # claims heard in all while measuring: a second or two
LEAST = 8  # claims that are measured however long it takes
STRONG = 1.5  # log-odds
AGAIN = 8  # times as fast as it is heard first, a place is heard again without a claim
DAYS = 150  # of a history that are compared

Found = Mapping[str | None, build.Solved]


class Question(Record, frozen=True):
    """A claim to look at. Each number is in place-days; `moves` weighs the answers by how likely they are."""

    claim_id: str
    place_id: str
    moves: float
    if_accepted: float
    if_rejected: float
    copies: tuple[str, ...]


def questions(database: Database, place_ids: Sequence[str] | None = None, *, limit: int = 20) -> list[Question]:
    """The claims without a verdict whose answer is expected to change most, of some places or of all."""
    rows = _candidates(database, place_ids, TRIED * limit)
    knowledge = weight_sets.knowledge(database)
    by_place: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        by_place.setdefault(row["place_id"], []).append((row["id"], row["confidence"]))
    found: list[Question] = []
    left = MOST_HEARD
    sizes = {
        place_id: database.query("SELECT count(*) FROM claims WHERE place_id = ?", (place_id,))[0][0]
        for place_id in by_place
    }
    # Many small places before one that would leave no room for them.
    for place_id in sorted(by_place, key=lambda place_id: sizes[place_id] > MOST_HEARD // 4):
        asked = by_place[place_id]
        if len(found) >= LEAST and sizes[place_id] > left:
            continue
        left -= sizes[place_id]
        heard = queries.heard(database, place_id)
        rehearing = Rehearing(heard, knowledge)
        now = _solved(rehearing.told, knowledge)
        seen: set[str] = set()
        for claim_id, right in asked:
            if claim_id in seen:
                continue
            copies = decide.copies_of(database, claim_id)
            seen.update(copies)
            if (left := left - 2 * len(heard) // AGAIN) < 0 and len(found) >= LEAST:
                break
            same = {claim_id, *copies}
            rejected = _apart(now, _solved(rehearing.without(same), knowledge))
            accepted = _apart(now, _solved(rehearing.without((), _accepted(heard, same)), knowledge))
            moves = round(right * accepted + (1 - right) * rejected, 1)
            found.append(Question(claim_id, place_id, moves, round(accepted, 1), round(rejected, 1), tuple(copies)))
    return sorted(found, key=lambda one: (-one.moves, one.claim_id))[:limit]


def _candidates(database: Database, place_ids: Sequence[str] | None, count: int) -> list[Row]:
    """The claims without a verdict that pull most and are read least surely. What pulls little is looked at only where
    it may be among them."""
    where = "" if place_ids is None else " AND c.place_id IN (SELECT value FROM json_each(?))"
    places = [] if place_ids is None else [json_text(place_ids)]
    (least,) = database.query("SELECT min(confidence) FROM claims")[0]
    for floor in (STRONG, 0.0):
        rows = database.query(
            "SELECT c.id, c.place_id, c.confidence, pulls.most * (1 - c.confidence) AS weight"
            " FROM (SELECT claim_id, max(abs(pull)) AS most FROM spell_claims"
            " WHERE abs(pull) >= ? AND spell_id IN (SELECT id FROM spells WHERE layer = 'assessed')"
            " GROUP BY claim_id) pulls"
            f" JOIN claims c ON c.id = pulls.claim_id WHERE c.review IS NULL{where}"
            " ORDER BY weight DESC, c.id LIMIT ?",
            (floor, *places, count),
        )
        if len(rows) == count and rows[-1]["weight"] >= floor * (1 - least):
            break
    return rows


def _solved(told: Columns, knowledge: Knowledge) -> Found:
    return {one.part: one for one in build.solve_told(told, knowledge)}


def _accepted(heard: Iterable[Heard], ids: Container[str]) -> list[Heard]:
    """Those with the ids, as they are once accepted."""
    return [
        msgspec.structs.replace(one, claim=msgspec.structs.replace(one.claim, confidence=READ_RIGHTLY))
        for one in heard
        if one.claim.id in ids
    ]


def _apart(now: Found, then: Found) -> float:
    """How much probability moves, over the days on which anything is known, of a place and its parts."""
    return sum(_moved(own, then.get(part)) for part, own in now.items())


def _moved(own: build.Solved, other: build.Solved | None) -> float:
    axis = own.chain.axis
    days = axis if len(axis) <= DAYS else [axis[at * (len(axis) - 1) // (DAYS - 1)] for at in range(DAYS)]
    total = 0.0
    for day, after in zip(days, [*days[1:], days[-1] + 1], strict=True):
        p = own.on(date.fromordinal(day))
        q = other.on(date.fromordinal(day)) if other else {"unknown": 1.0}
        total += (after - day) * sum(abs(p.get(name, 0.0) - q.get(name, 0.0)) for name in p.keys() | q.keys()) / 2
    return total
