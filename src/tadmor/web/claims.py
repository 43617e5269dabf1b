"""Answers about claims, and the filters that other lists share with them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from tadmor.errors import UsageError
from tadmor.out import wording
from tadmor.record import queries
from tadmor.record.database import Database
from tadmor.record.queries import Told
from tadmor.record.write import place_id
from tadmor.records import Heard, Party
from tadmor.timeline.weigh import Knowledge, Voice, voices
from tadmor.web.answers import ClaimRow, Claims, PartyRow
from tadmor.web.asked import ClaimsQuery
from tadmor.web.atlas import Atlas, Shelf
from tadmor.web.ledger import Array, Bools
from tadmor.web.paging import holding

__all__ = ["IN_BOX", "Corners", "claim_row", "claim_rows", "claims", "corners", "inside", "iso"]


class Corners(NamedTuple):
    """An area of the map, in degrees."""

    south: float
    north: float
    west: float
    east: float

    def hold(self, lat: float, lon: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lon <= self.east


def corners(box: str) -> Corners:
    """Raises `UsageError` where the box is none."""
    west, south, east, north = (float(number) for number in box.split(","))
    if not (-90 <= south <= north <= 90 and -180 <= west <= east <= 180):
        raise UsageError(f"box={box}: give west,south,east,north in degrees, as 35.5,32,42.5,37.5")
    return Corners(south, north, west, east)


def iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


# --- claims ---------------------------------------------------------------------------------------------------------


def claims(shelf: Shelf, query: ClaimsQuery) -> Claims:
    database, atlas = shelf.database(), shelf.atlas()
    total, page = atlas.claims.page(_wanted(shelf, atlas, query), query.offset, query.limit)
    rows = database.query(f"SELECT number, id FROM claims WHERE number IN ({', '.join('?' * len(page))})", page)
    ids = {row["number"]: row["id"] for row in rows}  # without what was deleted since the atlas was made
    return Claims(total=total, claims=claim_rows(database, atlas, [ids[number] for number in page if number in ids]))


def _wanted(shelf: Shelf, atlas: Atlas, query: ClaimsQuery) -> Bools | None:
    """Which claims are asked for; None: all."""
    database, ledger = shelf.database(), atlas.claims
    found: list[Bools] = []
    for column, word in (
        (ledger.place, query.place),
        (ledger.part, query.part),
        (ledger.kind, query.kind),
        (ledger.type, query.type),
        (ledger.modality, query.modality),
    ):
        if word is not None:
            found.append(column.any_of([word]))
    if query.actor is not None:
        found.append(ledger.actor.any_of([query.actor]) | ledger.opponent.any_of([query.actor]))
    if query.least is not None:
        found.append(ledger.sure >= query.least)
    if query.first is not None:
        found.append(ledger.last >= query.first.toordinal())
    if query.last is not None:
        found.append(ledger.first <= query.last.toordinal())
    if query.box:
        found.append(ledger.place.any_of(inside(atlas, query.box)))
    # What is in no column has an index of its own.
    for condition, values in (
        ("report_id = ?", (query.report,)),
        ("review = ?", (query.review,)),
        (f"id IN ({', '.join('?' * len(query.id))})", query.id or (None,)),
    ):
        if None not in values:
            rows = database.query(f"SELECT number FROM claims WHERE {condition}", values)
            found.append(ledger.among([row[0] for row in rows]))
    if query.text is not None:
        found.append(ledger.among(holding(shelf, "quote_words", query.text).numbers))
    if query.source_kind or query.source:
        found.append(ledger.among(_said_by(database, atlas, query.source_kind, query.source)))
    return np.logical_and.reduce(found) if found else None


# The middle of a country or governorate lies in an area without anything being said of that area.
IN_BOX = (
    "{} IN (SELECT id FROM places WHERE lat BETWEEN ? AND ? AND lon BETWEEN ? AND ? AND level IN ('place', 'district'))"
)


def inside(atlas: Atlas, box: str) -> set[str]:
    """The ids of the places that `IN_BOX` finds."""
    area = corners(box)
    return {
        place.id
        for place in atlas.places.values()
        if place.level in ("place", "district")
        and place.lat is not None
        and place.lon is not None
        and area.hold(place.lat, place.lon)
    }


def _said_by(database: Database, atlas: Atlas, kind: str | None, key: str | None) -> Array:
    """The numbers of the claims that are the word of sources of a kind, or of the source with this key."""
    own = atlas.once("claims by source", lambda: _by_source(database, atlas.knowledge))
    wanted = [numbers for source, numbers in own.items() if key in (None, source[0]) and kind in (None, source[1])]
    return np.concatenate(wanted) if wanted else np.zeros(0, dtype=np.int64)


def _by_source(database: Database, knowledge: Knowledge) -> dict[tuple[str, str], Array]:
    """The numbers of the claims of each source, by its key and kind."""
    voice_of = queries.voice_of_columns(knowledge)
    found: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))
    for number, *said_by in database.stream(f"SELECT c.number, {queries.SAID_BY} {queries.OF_REPORTS}"):
        voice = voice_of(*said_by)
        found[voice.key, voice.kind].append(number)
    return {source: np.array(numbers, dtype=np.int64) for source, numbers in found.items()}


def claim_rows(database: Database, atlas: Atlas, ids: Sequence[str]) -> list[ClaimRow]:
    """The claims with these ids, in their order."""
    told = queries.told(database, ids)
    voice_of = voices(atlas.knowledge)
    return [claim_row(told[id], voice_of, atlas.copies.get(told[id].story_id or "", 1)) for id in ids if id in told]


def claim_row(told: Told, voice_of: Callable[[Heard], Voice], copies: int) -> ClaimRow:
    claim = told.claim
    voice = voice_of(told.heard)
    where = claim.where
    return ClaimRow(
        id=claim.id,
        kind=claim.kind,
        type=claim.type,
        says=wording.says(claim),
        actor=_party(claim.actor),
        opponent=_party(claim.opponent),
        place=place_id(where) if where else None,
        place_name=where.name if where else None,
        part=where.part if where else None,
        days=claim.days,
        modality=claim.modality,
        verification=claim.verification,
        sources=claim.sources,
        source=voice.key,
        source_name=voice.name,
        source_kind=voice.kind,
        count=claim.count,
        of=claim.of,
        quote=told.quote,
        start=claim.quote.start,
        end=claim.quote.end,
        also=[(quote.start, quote.end) for quote in claim.also],
        report=claim.report_id,
        headline=told.headline,
        outlet=told.outlet,
        original_outlet=told.original_outlet if told.original_outlet != told.outlet else None,
        published=iso(told.published),
        doc=told.doc,
        story=told.story_id,
        copies=copies,
        rule=claim.rule,
        confidence=claim.confidence,
        review=told.review,
        credibility=told.credibility,
        as_read={name: told.as_read[name] for name in wording.FIELDS if name in told.as_read} if told.as_read else {},
    )


def _party(party: Party | None) -> PartyRow | None:
    return PartyRow(name=party.name, id=party.id) if party else None
