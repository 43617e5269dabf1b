"""Who stands on each side of disputes: looked up where the claims are kept as they were weighed, else heard again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tadmor.record import kept, maker, queries, weight_sets
from tadmor.record.database import Database
from tadmor.records import Dispute
from tadmor.timeline.dispute import Standing, standing, standings
from tadmor.timeline.voiced import Voiced, voiced
from tadmor.timeline.weigh import Knowledge

__all__ = ["Sides", "sides_of"]

Sides = tuple[tuple[Standing, ...], ...]


def sides_of(database: Database, disputed: Iterable[Dispute], knowledge: Knowledge) -> dict[str, Sides]:
    """Who stands on each side, by id of the dispute; who spoke last comes last."""
    by_place: dict[str, list[Dispute]] = {}
    for one in disputed:
        by_place.setdefault(one.place_id, []).append(one)
    learned = weight_sets.in_force(database) if by_place else None
    version = learned.version if learned else None
    found: dict[str, Sides] = {}
    for place_id, own in by_place.items():
        known = _kept(database, place_id, own, version, knowledge)
        if known is None:
            found.update(standings(own, queries.heard(database, place_id), knowledge))
        else:
            said = {one.said.claim.id: one.said for one in known.values() if one.counts}
            days = {id: _day(one) for id, one in known.items()}
            found.update((one.id, standing(one, said, days)) for one in own)
    return found


def _day(one: Voiced) -> date | None:
    told = one.said.published
    return one.said.claim.days.last if told is None else date.fromordinal(told)


def _kept(
    database: Database, place_id: str, disputed: Sequence[Dispute], weights: str | None, knowledge: Knowledge
) -> Mapping[str, Voiced] | None:
    """The claims of the sides and their copies as they were weighed by this version with the set in force, by id; None
    where that is not known of all."""
    made = database.one(
        "SELECT 1 FROM histories WHERE place_id = ? AND maker = ? AND weights IS ?",
        (place_id, maker.this().id, weights),
    )
    if made is None:
        return None
    found: dict[str, Voiced] = {}
    wanted = {id for one in disputed for _, ids in one.sides for id in ids}
    while wanted:
        some = {one.said.claim.id: one for one in voiced(kept.lookup(database, place_id, sorted(wanted)), knowledge)}
        if len(some) < len(wanted):
            return None
        found.update(some)
        wanted = {id for one in some.values() for id in one.said.copies} - found.keys()
    return found
