"""What is kept of how a history was made: what came of each claim, all of them together in columns, and of each unit
what came of it.

With that, one more report costs what it changes. What was heard before is not weighed again (`timeline.voiced`), nor
even looked up if nothing asks for it; no unit is made again whose basis is the same (`timeline.unit`), and of one that
is only the pieces whose basis is another.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import msgspec

from tadmor.record.database import Database, Value
from tadmor.record.queries import MANY, heard_or_rejected
from tadmor.record.rows import Facts, HistoryRows, history_rows, table_of
from tadmor.records import Heard, Record
from tadmor.timeline.mark import digest
from tadmor.timeline.unit import Made, Notes, Section, Telling, Unit
from tadmor.timeline.voiced import Came, Lately

__all__ = ["Known", "Told", "find", "lookup", "put", "told", "unheard"]

Pieces = dict[str, dict[str, tuple[bytes, bytes]]]  # by table and id, the basis, and a digest of what came of it


class Done(Record, frozen=True, array_like=True):
    """A section of a unit that was made: from what, what came of it, and what was noted of it."""

    basis: bytes | None
    pieces: Pieces
    notes: dict[bytes, Any]


Sections = Mapping[str, Done]  # of a unit, by name


class Known(NamedTuple):
    """What is known of how the history of a place was made: the bases of its units by name, how to look one up, and all
    its claims together, or what is at hand of them, and of its units."""

    bases: Mapping[str, bytes | None]
    unit: Callable[[str], Sections]
    together: Mapping[str, bytes]
    lately: Lately | None = None
    units: Mapping[str, Sections] = {}


class AtHand(NamedTuple):
    """What a process has at hand of a place, and the name of the state of what is kept that it goes with."""

    state: bytes
    bases: Mapping[str, bytes | None]
    units: Mapping[str, Sections]
    lately: Lately


class LatelyTold:
    """What is at hand of the places that were told last. It is only what is kept in the record, made ready: whether it
    is still that, the state tells, which is written with whatever is kept and never the same twice."""

    CLAIMS = 100_000  # of all places, some 100 MB

    def __init__(self) -> None:
        self._places: dict[str, AtHand] = {}

    @staticmethod
    def of(database: Database) -> LatelyTold:
        """What is at hand of the places of an open record."""
        return _LATELY_TOLD.setdefault(database, LatelyTold())

    def take(self, place_id: str, state: bytes) -> AtHand | None:
        """What is at hand of a place, which is at hand no longer: whoever tells more of it uses it up."""
        found = self._places.pop(place_id, None)
        return found if found is not None and found.state == state else None

    def put(self, place_id: str, found: AtHand | None) -> None:
        self._places.pop(place_id, None)
        if found is not None:
            self._places[place_id] = found
            left = self.CLAIMS
            for id, one in [*reversed(self._places.items())]:
                left -= len(one.lately.told.ids)
                if left < 0:
                    del self._places[id]


class Told(NamedTuple):
    """What is to be written of the history of one place.

    Where it is `whole`, `rows`, `spoken`, `units` and `together` are all that there are; else those of what is new or
    has changed, and `gone` has the ids, by table, of what is no longer so. `facts` is what is known of the place
    itself; None: nothing was heard of it. `at_hand` is what may stay so when this is written.
    """

    rows: HistoryRows
    facts: Facts | None
    spoken: Mapping[str | None, date]
    units: Mapping[str, tuple[bytes | None, bytes]]  # and their sections: their bases, and as they are stored
    together: Mapping[str, bytes] | None
    voiced: Sequence[tuple[str, bytes]]  # id of a claim, and what is kept of it, packed
    whole: bool = True
    gone: tuple[tuple[str, str], ...] = ()
    units_gone: tuple[str, ...] = ()
    at_hand: AtHand | None = None


_LATELY_TOLD: WeakKeyDictionary[Database, LatelyTold] = WeakKeyDictionary()


def told(telling: Telling, facts: Facts | None, before: Known | None = None) -> Told:
    """Make the units that were not made `before` from the same basis; None: nothing is known of what is stored."""
    bases: Mapping[str, bytes | None] = before.bases if before else {}
    old: list[Done] = []
    new: dict[str, Sections] = {}
    rows: dict[str, tuple[bytes | None, bytes]] = {}
    made: list[Done] = []
    rows_gone: list[str] = []
    changed: list[Made] = []
    names = set()
    for unit in telling.units:
        names.add(unit.name)
        if unit.basis is not None and unit.basis == bases.get(unit.name):
            continue
        known = before.unit(unit.name) if before and unit.name in bases else {}
        new[unit.name] = sections = _made(unit, known, changed)
        rows[unit.name] = unit.basis, b""
        for name, done in sections.items():
            if done is not known.get(name):
                made.append(done)
                rows[_row(unit.name, name)] = done.basis, _encode(done)
        old += [done for name, done in known.items() if done is not sections.get(name)]
        rows_gone += [_row(unit.name, name) for name in known.keys() - sections.keys()]
    for name in sorted(bases.keys() - names):
        sections = before.unit(name) if before else {}
        old += sections.values()
        rows_gone += [name, *(_row(name, section) for section in sections)]
    together, at_hand = telling.together, None
    if together is not None:
        state = secrets.token_bytes(12)
        together = {**together, STATE: state}
        # Of what is told from the ground up, much is at hand that is not needed again.
        if before is not None and (lately := telling.lately()) is not None:
            left = {name: basis for name, basis in bases.items() if name in names}
            units = {name: one for name, one in before.units.items() if name in names}
            at_hand = AtHand(state, {**left, **{name: rows[name][0] for name in new}}, {**units, **new}, lately)
    return Told(
        history_rows(changed, telling.spoken),
        facts,
        telling.spoken_anew if before else telling.spoken,
        rows,
        together,
        [(one.said.claim.id, _encode(one.came)) for one in telling.changed],
        before is None,
        tuple(sorted(_ids(old) - _ids(made))),
        tuple(sorted(rows_gone)),
        at_hand,
    )


def _made(unit: Unit, before: Sections, changed: list[Made]) -> Sections:
    """A unit made anew, but for sections, and pieces of others, that were made `before` from the same basis; adds to
    what has `changed`."""
    notes = Notes({name: done.notes for name, done in before.items()})
    made: dict[str, tuple[bytes | None, Pieces]] = {}
    for section in unit.sections(notes):
        done = before.get(section.name)
        same = done is not None and done.basis == section.basis
        made[section.name] = section.basis, done.pieces if done and same else _pieces(section, done, changed)
    found: dict[str, Done] = {}
    for name in {**made, **notes.taken}:
        basis, pieces = made.get(name, (None, {}))
        taken = notes.taken.get(name, {})
        known = before.get(name)
        same = known is not None and known.basis == basis and known.notes.keys() == taken.keys()
        found[name] = known if known and same else Done(basis, pieces, taken)
    return found


def _pieces(section: Section, before: Done | None, changed: list[Made]) -> Pieces:
    known = {
        basis: (table, id, mark)
        for table, own in (before.pieces if before else {}).items()
        for id, (basis, mark) in own.items()
    }
    marks = {(table, id): mark for table, id, mark in known.values()}
    pieces: Pieces = {}
    for piece in section.pieces():
        if (found := known.get(piece.basis)) is None:
            one = piece.make()
            found = table_of(one), one.id, digest(_encode(one))
            if marks.get(found[:2]) != found[2]:
                changed.append(one)
        table, id, mark = found
        pieces.setdefault(table, {})[id] = piece.basis, mark
    return pieces


def _ids(sections: Iterable[Done]) -> set[tuple[str, str]]:
    return {(table, id) for done in sections for table, own in done.pieces.items() for id in own}


def find(database: Database, place_id: str, *, maker: str, weights: str | None) -> Known | None:
    """What is known of a history that the version `maker` made with a set of weights; None where that is not all."""
    made = database.one(
        "SELECT 1 FROM histories WHERE place_id = ? AND maker = ? AND weights IS ?", (place_id, maker, weights)
    )
    state = database.one("SELECT packed FROM units WHERE place_id = ? AND name = ?", (place_id, TOGETHER + STATE))
    if made is None or state is None:
        return None
    if (at_hand := LatelyTold.of(database).take(place_id, state["packed"])) is not None:
        units = at_hand.units
        look_up = partial(_unit, database, place_id)
        return Known(at_hand.bases, lambda name: units.get(name) or look_up(name), {}, at_hand.lately, units)
    rows = database.query(
        "SELECT name, packed FROM units WHERE place_id = ? AND name >= ? AND name < ?", (place_id, TOGETHER, _BEYOND)
    )
    bases = database.query("SELECT name, basis FROM units WHERE place_id = ? AND name < ?", (place_id, TOGETHER))
    return Known(
        {row["name"]: row["basis"] for row in bases},
        partial(_unit, database, place_id),
        {row["name"].removeprefix(TOGETHER): row["packed"] for row in rows},
    )


def _unit(database: Database, place_id: str, name: str) -> Sections:
    begin = _row(name, "")
    rows = database.query(
        "SELECT name, packed FROM units WHERE place_id = ? AND name >= ? AND name < ?",
        (place_id, begin, begin[:-1] + _AFTER_END),
    )
    return {row["name"].removeprefix(begin): _DONE.decode(row["packed"]) for row in rows}


def _row(unit: str, section: str) -> str:
    """The name of the row of a section."""
    return f"{SECTION}{unit}\n{section}"


SECTION, _AFTER_END = "unit ", "\v"  # begins the names of sections, and comes after the end of that of their unit
TOGETHER = "together "  # begins the names of the pieces of what is kept of all claims together; sorts after all units
_BEYOND = TOGETHER[:-1] + "!"


STATE = "state"  # the name of the piece that is another whenever anything is kept


def unheard(database: Database, place_id: str) -> list[str]:
    """The ids of the claims of a place that came, or changed, since its history was worked out."""
    rows = database.query("SELECT claim_id FROM unweighed WHERE place_id = ?", (place_id,))
    return [row["claim_id"] for row in rows]


def lookup(database: Database, place_id: str, claim_ids: Sequence[str]) -> list[tuple[Heard, Came]]:
    """Those of some claims of a place of which anything is kept, and what came of them."""
    found: list[tuple[Heard, Came]] = []
    for begin in range(0, len(claim_ids), MANY):
        some = claim_ids[begin : begin + MANY]
        rows = database.query(
            f"SELECT claim_id, packed FROM said WHERE place_id = ? AND claim_id IN ({', '.join('?' * len(some))})",
            (place_id, *some),
        )
        came = {row["claim_id"]: _CAME.decode(row["packed"]) for row in rows}
        heard, _ = heard_or_rejected(database, place_id, list(came))
        found += [(one, came[one.claim.id]) for one in heard]
    return found


_encode = msgspec.msgpack.Encoder().encode
_CAME, _DONE = msgspec.msgpack.Decoder(Came), msgspec.msgpack.Decoder(Done)


def put(database: Database, told: Sequence[tuple[str, Told]]) -> None:
    """Of some places, by their ids; to be called where what is told is written."""
    lately = LatelyTold.of(database)
    for place_id, one in told:
        lately.put(place_id, one.at_hand)
    whole = [(place_id,) for place_id, one in told if one.whole]
    database.execute_many("DELETE FROM units WHERE place_id = ?", whole)
    database.execute_many(
        "DELETE FROM units WHERE place_id = ? AND name = ?",
        [(place_id, name) for place_id, one in told for name in one.units_gone],
    )
    rows: list[tuple[Value, ...]] = []
    for place_id, one in told:
        rows += [(place_id, name, basis, packed) for name, (basis, packed) in one.units.items()]
        rows += [(place_id, TOGETHER + name, None, packed) for name, packed in (one.together or {}).items()]
    database.execute_many(
        "INSERT INTO units (place_id, name, basis, packed) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (place_id, name) DO UPDATE SET basis = excluded.basis, packed = excluded.packed",
        sorted(rows),
    )
    silent = [(place_id,) for place_id, one in told if one.whole and not one.voiced]
    database.execute_many("DELETE FROM said WHERE place_id = ?", silent)
    database.execute_many("DELETE FROM unweighed WHERE place_id = ?", [(place_id,) for place_id, _ in told])
    voiced = [(place_id, *claim) for place_id, one in told for claim in one.voiced]
    database.execute_many(
        "INSERT INTO said (place_id, claim_id, packed) VALUES (?, ?, ?) ON CONFLICT (place_id, claim_id)"
        " DO UPDATE SET packed = excluded.packed WHERE said.packed <> excluded.packed",
        sorted(voiced),
    )
