"""Who holds what: the spells of places, and those in force on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter

import msgspec

from tadmor.errors import UsageError
from tadmor.record.database import Database
from tadmor.record.queries.narrowing import narrowed
from tadmor.record.queries.reported import told
from tadmor.record.rows import SPELL, json_text, spell_of, to_day
from tadmor.records import Layer, Pull, Spell
from tadmor.timeline import change
from tadmor.timeline.build import aged
from tadmor.timeline.change import Change
from tadmor.timeline.spells import starts

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
    rows = database.tuples(
        f"SELECT {SPELL} FROM spells s JOIN places p ON p.id = s.place_id {where}"
        " ORDER BY p.name, s.place_id, s.part IS NOT NULL, s.part, s.layer, s.claimed_by IS NOT NULL, s.claimed_by,"
        " s.begins, s.id",
        values,
    )
    found = map(spell_of, rows)
    return _with_pulls(database, found) if pulls else list(found)


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
    lone: dict[str, Spell] = {}  # by place; most have one, and need no list
    several: dict[str, list[Spell]] = {}
    for cells in database.tuples(f"SELECT {SPELL}, s.spoken FROM spells s {where}", values):
        spell = spell_of(cells)
        if layer == "assessed" and spell.end is None:
            spell = aged(spell, day, to_day(cells[-1]) or spell.start.latest, half_life_days=half_life_days)
        if lone.setdefault(spell.place_id, spell) is not spell:
            several.setdefault(spell.place_id, [lone[spell.place_id]]).append(spell)
    # By the names of places, for which a join would look each place up in two trees, spell by spell.
    within, ids = narrowed(places=("id", place_ids))
    found: list[Spell] = []
    for (place_id,) in database.tuples(f"SELECT id FROM places {within} ORDER BY name, id", ids):
        if place_id in several:
            found += _in_force(several[place_id])
        elif place_id in lone:
            found.append(lone[place_id])
    return _with_pulls(database, found) if pulls else found


def _in_force(spells: Sequence[Spell]) -> Sequence[Spell]:
    """Of the spells of a place that reach a day, one for each part and each who claims it: where one gives way to the
    next, both may reach it."""
    in_turn = sorted(spells, key=lambda spell: (starts(spell.start), spell.id))
    lines = {(spell.part, spell.claimed_by): spell for spell in in_turn}  # of those of a line the last
    return sorted(
        lines.values(), key=lambda spell: [(name is not None, name) for name in (spell.part, spell.claimed_by)]
    )


def spell(database: Database, spell_id: str) -> Spell:
    """The spell with this id or with an id that begins so. Raises `UsageError` where none or several do."""
    # A range and not LIKE: what the user types is no pattern.
    rows = database.tuples(
        f"SELECT {SPELL} FROM spells s WHERE id >= ? AND id < ? ORDER BY id LIMIT 2",
        (spell_id, spell_id + "\U0010ffff"),
    )
    found = _with_pulls(database, map(spell_of, rows))
    exact = [spell for spell in found if spell.id == spell_id]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if found:
        raise UsageError(f"more than one spell has an id that begins with {spell_id!r}: give more of it")
    raise UsageError(f"no spell has the id {spell_id!r}; `tadmor place NAME --format json` shows the ids")


def _with_pulls(database: Database, spells: Iterable[Spell]) -> list[Spell]:
    spells = list(spells)
    pulls = _pulls(database, [spell.id for spell in spells])
    return [msgspec.structs.replace(spell, pulls=tuple(pulls.get(spell.id, ()))) for spell in spells]


def _pulls(database: Database, spell_ids: Sequence[str]) -> dict[str, list[Pull]]:
    """The claims of these spells, the strongest first, by the id of the spell."""
    pulls: dict[str, list[Pull]] = defaultdict(list)
    for spell_id, claim_id, pull in database.tuples(
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
