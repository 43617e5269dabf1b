"""What is kept of how a history was made: from which units, and a digest of all that came of each.

With that, one more report costs what it changes: a unit whose basis is the same is not made again (`timeline.unit`),
and of what is made anew only what differs is written, without reading what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from tadmor.record.database import Database
from tadmor.record.rows import HistoryRows, history_rows, table_of
from tadmor.records import Heard, Record
from tadmor.timeline.unit import Made, Unit, digest

__all__ = ["Kept", "Told", "find", "put", "tell"]

Digests = dict[str, dict[str, bytes]]  # by table and id


class Done(Record, frozen=True, array_like=True):
    """A unit that was made: from what, and what came of it."""

    basis: bytes | None
    digests: Digests


Kept = dict[str, Done]  # the units of the history of one place, by name


class Told(NamedTuple):
    """What is to be written of the history of one place.

    Where it is `whole`, `rows` are all that there are; else those of what is new or has changed, and `gone` has the
    ids, by table, of what is no longer so.
    """

    rows: HistoryRows
    kept: Kept
    whole: bool = True
    gone: tuple[tuple[str, str], ...] = ()


def tell(units: Iterable[Unit], heard: Sequence[Heard], before: Kept | None) -> Told:
    """Make the units that were not made `before` from the same basis; None: nothing is known of what is stored."""
    kept: Kept = {}
    changed: list[Made] = []
    for unit in units:
        done = before.get(unit.name) if before else None
        if done is None or unit.basis is None or unit.basis != done.basis:
            known = done.digests if done else {}
            done = Done(unit.basis, {})
            for one in unit.make():
                table, mark = table_of(one), digest(msgspec.msgpack.encode(one))
                done.digests.setdefault(table, {})[one.id] = mark
                if known.get(table, {}).get(one.id) != mark:
                    changed.append(one)
        kept[unit.name] = done
    rows = history_rows(changed, heard)
    if before is None:
        return Told(rows, kept)
    # What is still as it was need not be looked through.
    old = [done for name, done in before.items() if kept.get(name) is not done]
    new = _ids(done for name, done in kept.items() if before.get(name) is not done)
    return Told(rows, kept, False, tuple(sorted(_ids(old) - new)))


def _ids(units: Iterable[Done]) -> set[tuple[str, str]]:
    return {(table, id) for done in units for table, digests in done.digests.items() for id in digests}


def find(database: Database, place_id: str, *, maker: str, weights: str | None) -> Kept | None:
    """What is kept of a history that the version `maker` made with a set of weights; None where nothing is."""
    row = database.one(
        "SELECT packed FROM units JOIN histories USING (place_id) WHERE place_id = ? AND maker = ? AND weights IS ?",
        (place_id, maker, weights),
    )
    return msgspec.msgpack.decode(row["packed"], type=Kept) if row else None


def put(database: Database, place_id: str, kept: Kept) -> None:
    """To be called where what it tells of is written."""
    database.execute(
        "INSERT INTO units (place_id, packed) VALUES (?, ?)"
        " ON CONFLICT (place_id) DO UPDATE SET packed = excluded.packed",
        (place_id, msgspec.msgpack.encode(kept)),
    )
