"""Events and disputes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tadmor.record.database import Database
from tadmor.record.queries.narrowing import narrowed
from tadmor.record.queries.reported import MANY
from tadmor.record.rows import to_dispute, to_event
from tadmor.records import Dispute, Event


def events(
    database: Database,
    place_ids: Sequence[str] | None = None,
    *,
    first: date | None = None,
    last: date | None = None,
    kind: str | None = None,
    type: str | None = None,
) -> list[Event]:
    """Events by day; `first` and `last` keep those that may have happened within."""
    where, values = narrowed(
        ("coalesce(e.last_day, e.first_day) >= ?", first.isoformat() if first else None),
        ("coalesce(e.first_day, e.last_day) <= ?", last.isoformat() if last else None),
        ("e.kind = ?", kind),
        ("e.type = ?", type),
        places=("e.place_id", place_ids),
    )
    rows = database.query(
        f"SELECT e.* FROM events e {where} ORDER BY e.first_day NULLS FIRST, e.last_day NULLS FIRST, e.place_id, e.id",
        values,
    )
    claims: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(rows), MANY):
        ids = [row["id"] for row in rows[start : start + MANY]]
        for row in database.query(
            f"SELECT event_id, claim_id FROM event_claims WHERE event_id IN ({', '.join('?' * len(ids))})"
            " ORDER BY event_id, claim_id",
            ids,
        ):
            claims[row["event_id"]].append(row["claim_id"])
    return [to_event(row, claims[row["id"]]) for row in rows]


def disputes(database: Database, place_ids: Sequence[str] | None = None, *, only_open: bool = False) -> list[Dispute]:
    """Disputes by place and day."""
    where, values = narrowed(("d.open = ?", 1 if only_open else None), places=("d.place_id", place_ids))
    rows = database.query(
        f"SELECT d.* FROM disputes d JOIN places p ON p.id = d.place_id {where}"
        " ORDER BY p.name, d.place_id, d.first_day NULLS FIRST, d.id",
        values,
    )
    found = []
    for row in rows:
        sides: dict[int, tuple[str, list[str]]] = {
            side["side"]: (side["says"], [])
            for side in database.query("SELECT side, says FROM dispute_sides WHERE dispute_id = ?", (row["id"],))
        }
        for claim in database.query(
            "SELECT side, claim_id FROM dispute_claims WHERE dispute_id = ? ORDER BY side, claim_id", (row["id"],)
        ):
            sides[claim["side"]][1].append(claim["claim_id"])
        found.append(to_dispute(row, sides))
    return found
