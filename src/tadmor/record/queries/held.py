"""Who holds what: the spells of places, and those in force on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from tadmor.errors import UsageError
from tadmor.record.database import Database, Row
from tadmor.record.queries.narrowing import narrowed
from tadmor.record.queries.reported import told
from tadmor.record.rows import SPELL, json_text, spell_of, to_day
from tadmor.records import Layer, Pull, Spell
from tadmor.timeline import change
from tadmor.timeline.build import aged
from tadmor.timeline.change import Change

_COLUMNS = ", ".join(f"s.{column}" for column in SPELL)
REACHES = "coalesce(s.end_latest, s.end_earliest, '9999')"  # the last day of a spell, in the words of its index


def spells(
    database: Database,
    place_ids: Sequence[str] | None = None,
    *,
    layer: Layer | None = "assessed",
    pulls: bool = True,
) -> list[Spell]:
    """The spells of some places or of all, oldest first within each place and part; of one layer or (None) of both;
    with their claims unless `pulls` says otherwise."""
    where, values = narrowed(("s.layer = ?", layer), places=("s.place_id", place_ids))
    rows = database.query(
        f"SELECT {_COLUMNS} FROM spells s JOIN places p ON p.id = s.place_id {where}"
        " ORDER BY p.name, s.place_id, s.part IS NOT NULL, s.part, s.layer, s.claimed_by IS NOT NULL, s.claimed_by,"
        " s.begins, s.id",
        values,
    )
    return _spells(database, rows) if pulls else [spell_of(tuple(row)) for row in rows]


def changes(database: Database, place_ids: Sequence[str] | None = None, *, layer: Layer = "assessed") -> list[Change]:
    """What changed hands or state, within each place and part by day."""
    found = spells(database, place_ids, layer=layer, pulls=False)
    # Only of the first spell of a line do claims tell whether it is a change.
    pulls = _pulls(database, [spell.id for spell in change.firsts(found)])
    found = [
        msgspec.structs.replace(spell, pulls=tuple(pulls[spell.id])) if spell.id in pulls else spell for spell in found
    ]
    claims = told(database, (pull.claim_id for own in pulls.values() for pull in own))
    return list(change.changes(found, {id: one.claim for id, one in claims.items()}))


def state(
    database: Database,
    day: date,
    place_ids: Sequence[str] | None = None,
    *,
    layer: Layer = "assessed",
    half_life_days: float | None = None,
    pulls: bool = True,
) -> list[Spell]:
    """The spell in force on a day at each place and part (and, in the layer "claimed", for each who claims); with its
    claims unless `pulls` says otherwise.

    A spell that is still so is less sure the longer nobody has spoken of the place (`timeline.build.aged`). A
    place that no spell covers on that day is left out.
    """
    where, values = narrowed(
        ("s.layer = ?", layer),
        ("s.begins <= ?", day.isoformat()),
        (f"{REACHES} >= ?", day.isoformat()),
        places=("s.place_id", place_ids),
    )
    by_place: dict[str, list[Cells]] = defaultdict(list)
    for row in map(tuple, database.query(f"SELECT {_COLUMNS}, s.spoken FROM spells s {where}", values)):
        by_place[row[_PLACE]].append(row)
    # By the names of places, for which a join would look each place up in two trees, spell by spell.
    within, ids = narrowed(places=("id", place_ids))
    rows: list[Cells] = []
    for (place_id,) in database.query(f"SELECT id FROM places {within} ORDER BY name, id", ids):
        rows += _in_force(by_place.get(place_id, ()))
    found = _spells(database, rows) if pulls else [spell_of(row[:-1]) for row in rows]
    if layer == "claimed":
        return found
    return [
        aged(spell, day, to_day(row[-1]) or spell.start.latest, half_life_days=half_life_days)
        for spell, row in zip(found, rows, strict=True)
    ]


def _in_force(rows: Sequence[Cells]) -> Sequence[Cells]:
    """Of the spells of a place that reach a day, one for each part and each who claims it: where one gives way to the
    next, both may reach it."""
    if len(rows) < 2:
        return rows
    rows = sorted(rows, key=itemgetter(_BEGINS, _ID))
    lines = {(row[_PART], row[_SIDE]): row for row in rows}  # of those of a line the last
    return sorted(lines.values(), key=lambda row: [(name is not None, name) for name in (row[_PART], row[_SIDE])])


Cells = tuple[Any, ...]  # the values of the columns of a spell, and when its place was last spoken of
_ID, _PLACE, _PART, _SIDE, _BEGINS = map(SPELL.index, ("id", "place_id", "part", "claimed_by", "begins"))


def spell(database: Database, spell_id: str) -> Spell:
    """The spell with this id or with an id that begins so. Raises `UsageError` where none or several do."""
    # A range and not LIKE: what the user types is no pattern.
    rows = database.query(
        f"SELECT {_COLUMNS} FROM spells s WHERE id >= ? AND id < ? ORDER BY id LIMIT 2",
        (spell_id, spell_id + "\U0010ffff"),
    )
    found = _spells(database, rows)
    exact = [spell for spell in found if spell.id == spell_id]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        raise UsageError(f"more than one spell has an id that begins with {spell_id!r}: give more of it")
    raise UsageError(f"no spell has the id {spell_id!r}; `tadmor place NAME --format json` shows the ids")


def _spells(database: Database, rows: Sequence[Row | Cells]) -> list[Spell]:
    pulls = _pulls(database, [row[_ID] for row in rows])
    return [spell_of(tuple(row)[: len(SPELL)], tuple(pulls.get(row[_ID], ()))) for row in rows]


def _pulls(database: Database, spell_ids: Sequence[str]) -> dict[str, list[Pull]]:
    """The claims of these spells, the strongest first, by the id of the spell."""
    pulls: dict[str, list[Pull]] = defaultdict(list)
    for spell_id, claim_id, pull in database.query(
        # CROSS JOIN: in this order, whatever SQLite makes of the sizes of the tables.
        "SELECT c.spell_id, c.claim_id, c.pull FROM json_each(?) j CROSS JOIN spell_claims c ON c.spell_id = j.value",
        (json_text(spell_ids),),
    ):
        pulls[spell_id].append(Pull(claim_id=claim_id, pull=pull))
    for own in pulls.values():
        own.sort(key=attrgetter("claim_id"))
        own.sort(key=_weakness)
    return dict(pulls)


def _weakness(pull: Pull) -> float:
    return -abs(pull.pull)
