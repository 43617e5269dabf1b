"""What is kept of how a history was made: each claim as it was weighed, each unit, and a digest of all that came of it.

With that, one more report costs what it changes. What was heard before is not weighed again (`timeline.voiced`), a unit
whose basis is the same is not made again (`timeline.unit`), and of what is made anew only what differs is written,
without reading what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from tadmor.record.database import Database
from tadmor.record.rows import Facts, HistoryRows, history_rows, table_of
from tadmor.records import Record
from tadmor.timeline.mark import digest
from tadmor.timeline.unit import Made, Telling
from tadmor.timeline.voiced import Voiced

__all__ = ["Told", "Units", "find_units", "find_voiced", "put", "told"]

Digests = dict[str, dict[str, bytes]]  # by table and id


class Done(Record, frozen=True, array_like=True):
    """A unit that was made: from what, and what came of it."""

    basis: bytes | None
    digests: Digests


Units = dict[str, Done]  # of the history of one place, by name


class Told(NamedTuple):
    """What is to be written of the history of one place.

    Where it is `whole`, `rows` are all that there are; else those of what is new or has changed, and `gone` has the
    ids, by table, of what is no longer so. `facts` is what is known of the place itself; None: nothing was heard of it.
    """

    rows: HistoryRows
    facts: Facts | None
    spoken: Mapping[str | None, date]
    units: bytes  # packed, as they are stored
    voiced: Sequence[tuple[str, bytes]]  # id of a claim, and what is kept of it, packed
    whole: bool = True
    gone: tuple[tuple[str, str], ...] = ()


def told(telling: Telling, facts: Facts | None, before: Units | None = None) -> Told:
    """Make the units that were not made `before` from the same basis; None: nothing is known of what is stored."""
    units: Units = {}
    changed: list[Made] = []
    for unit in telling.units:
        done = before.get(unit.name) if before else None
        if done is None or unit.basis is None or unit.basis != done.basis:
            known = done.digests if done else {}
            done = Done(unit.basis, {})
            for one in unit.make():
                table, mark = table_of(one), digest(_encode(one))
                done.digests.setdefault(table, {})[one.id] = mark
                if known.get(table, {}).get(one.id) != mark:
                    changed.append(one)
        units[unit.name] = done
    rows, packed = history_rows(changed, telling.spoken), _encode(units)
    voiced = [(one.said.claim.id, _encode(one)) for one in telling.changed]
    if before is None:
        return Told(rows, facts, telling.spoken, packed, voiced)
    # What is still as it was need not be looked through.
    old = _ids(done for name, done in before.items() if units.get(name) is not done)
    new = _ids(done for name, done in units.items() if before.get(name) is not done)
    return Told(rows, facts, telling.spoken, packed, voiced, False, tuple(sorted(old - new)))


def _ids(units: Iterable[Done]) -> set[tuple[str, str]]:
    return {(table, id) for done in units for table, digests in done.digests.items() for id in digests}


def find_units(database: Database, place_id: str, *, maker: str, weights: str | None) -> Units | None:
    """The units of a history that the version `maker` made with a set of weights; None where they are not known."""
    row = database.one(
        "SELECT packed FROM units JOIN histories USING (place_id) WHERE place_id = ? AND maker = ? AND weights IS ?",
        (place_id, maker, weights),
    )
    return msgspec.msgpack.decode(row["packed"], type=Units) if row else None


def find_voiced(database: Database, place_id: str) -> tuple[list[Voiced], list[str]]:
    """What is kept of the claims of a place, and the ids of those of which nothing is."""
    known, new = [], []
    for claim_id, packed in database.query("SELECT claim_id, packed FROM said WHERE place_id = ?", (place_id,)):
        if packed is None:
            new.append(claim_id)
        else:
            known.append(_VOICED.decode(packed))
    return known, new


_encode = msgspec.msgpack.Encoder().encode
_VOICED = msgspec.msgpack.Decoder(Voiced)


def put(database: Database, place_id: str, told: Told) -> None:
    """To be called where what is told is written."""
    database.execute(
        "INSERT INTO units (place_id, packed) VALUES (?, ?)"
        " ON CONFLICT (place_id) DO UPDATE SET packed = excluded.packed",
        (place_id, told.units),
    )
    if told.whole and not told.voiced:
        database.execute("UPDATE said SET packed = NULL WHERE place_id = ? AND packed IS NOT NULL", (place_id,))
    database.execute_many(
        "UPDATE said SET packed = ?1 WHERE place_id = ?2 AND claim_id = ?3 AND packed IS NOT ?1",
        [(packed, place_id, claim_id) for claim_id, packed in told.voiced],
    )
