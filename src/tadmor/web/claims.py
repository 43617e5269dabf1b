"""Answers about claims, and the filters that other lists share with them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

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
from tadmor.web.paging import Holding, Ordered, Where, holding, page_of

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
    where = Where()
    where.add("c.place_id = ?", query.place)
    where.add("c.part = ?", query.part)
    where.add("c.actor = ? OR c.opponent = ?", query.actor, query.actor)
    where.add("c.kind = ?", query.kind)
    where.add("c.type = ?", query.type)
    where.add("c.modality = ?", query.modality)
    where.add("c.confidence >= ?", query.least)
    where.add("c.listed_to >= ?", iso(query.first))
    where.add("c.listed_from <= ?", iso(query.last))
    where.add("c.report_id = ?", query.report)
    where.add("c.review = ?", query.review)
    if query.id:
        where.add(f"c.id IN ({', '.join('?' * len(query.id))})", *query.id)
    if query.box:
        where.add(IN_BOX.format("c.place_id"), *corners(query.box))
    held = None if query.text is None else holding(shelf, "quote_words", query.text)
    if query.source_kind or query.source:
        said = _said_by(database, atlas, query.source_kind, query.source)
        held = said if held is None else Holding((said.match, held.match), said.numbers & held.numbers)
    ordered = Ordered("c.number", "FROM claims c", where, "c.listed_to DESC NULLS LAST, c.id")
    total, page = page_of(shelf, ordered, query, held)
    rows = database.query(f"SELECT number, id FROM claims WHERE number IN ({', '.join('?' * len(page))})", page)
    ids = {row["number"]: row["id"] for row in rows}
    return Claims(total=total, claims=claim_rows(database, atlas, [ids[number] for number in page]))


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


def _said_by(database: Database, atlas: Atlas, kind: str | None, key: str | None) -> Holding:
    """The claims that are the word of sources of a kind, or of the source with this key."""
    own = atlas.once("claims by source", lambda: _by_source(database, atlas.knowledge))

    def find() -> frozenset[int]:
        wanted = [numbers for source, numbers in own.items() if key in (None, source[0]) and kind in (None, source[1])]
        return frozenset().union(*wanted)

    return Holding((kind, key), atlas.lately(("said by", kind, key), find))


def _by_source(database: Database, knowledge: Knowledge) -> dict[tuple[str, str], array[int]]:
    """The numbers of the claims of each source, by its key and kind."""
    voice_of = queries.voice_of_columns(knowledge)
    found: defaultdict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))
    for number, *said_by in database.stream(f"SELECT c.number, {queries.SAID_BY} {queries.OF_REPORTS}"):
        voice = voice_of(*said_by)
        found[voice.key, voice.kind].append(number)
    return dict(found)


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
