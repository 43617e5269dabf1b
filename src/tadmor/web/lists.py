"""Answers that are lists: events, changes, disputes, relations, heritage, towns, sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice

from tadmor.lexicon import heritage as monuments
from tadmor.lexicon import outlines
from tadmor.lexicon.heritage import Landmark
from tadmor.out import wording
from tadmor.record import queries, reattach, reviews
from tadmor.record.database import Database, Row
from tadmor.record.fold import Kept
from tadmor.record.heritage import Incident, incidents
from tadmor.record.queries import MANY
from tadmor.record.rows import json_text, to_event
from tadmor.record.standing import sides_of
from tadmor.record.voices import Speaker, speakers
from tadmor.records import Dispute, Event, Layer
from tadmor.timeline import change
from tadmor.timeline.change import Change
from tadmor.timeline.relation import Relation
from tadmor.timeline.relation import relations as related
from tadmor.timeline.spells import starts
from tadmor.timeline.weigh import Knowledge
from tadmor.web.answers import (
    ChangeRow,
    Changes,
    DisputeRow,
    Disputes,
    EventRow,
    Events,
    IncidentRow,
    Incidents,
    Named,
    RelationRow,
    Relations,
    SideRow,
    SiteRow,
    Sites,
    SourceRow,
    Sources,
    TownRow,
    Towns,
)
from tadmor.web.asked import (
    ChangesQuery,
    DisputesQuery,
    EventsQuery,
    HeritageQuery,
    RelationsQuery,
    SitesQuery,
    SourcesQuery,
    TownsQuery,
)
from tadmor.web.atlas import Atlas, Shelf
from tadmor.web.claims import IN_BOX, Corners, corners, inside, iso
from tadmor.web.paging import LOOKED_UP, Where
from tadmor.web.reviews import review_rows

__all__ = ["changes", "dispute_rows", "disputes", "events", "heritage", "relations", "sites", "sources", "towns"]

# --- events ---------------------------------------------------------------------------------------------------------


def events(shelf: Shelf, query: EventsQuery) -> Events:
    database, atlas = shelf.database(), shelf.atlas()
    where = Where()
    where.add("e.place_id = ?", query.place)
    where.add("e.kind = ?", query.kind)
    where.add("e.type = ?", query.type)
    where.add("e.confidence >= ?", query.least)
    where.add("coalesce(e.last_day, e.first_day) >= ?", iso(query.first))
    where.add("coalesce(e.first_day, e.last_day) <= ?", iso(query.last))
    if query.first:
        # Events that began before are looked for only as far back as the longest of them lasted.
        longest = atlas.once("longest event", lambda: _longest(database))
        since = date.fromordinal(max(query.first.toordinal() - longest, 1))
        where.add("e.first_day IS NULL OR e.first_day BETWEEN ? AND ?", since.isoformat(), iso(query.last) or "9999")
    party = None if query.actor is None else json_text(query.actor)
    where.add("instr(e.actors, ?) > 0 OR instr(e.opponents, ?) > 0", party, party)
    if query.box:
        where.add(IN_BOX.format("e.place_id"), *corners(query.box))
    total, rows = _page(database, where, query)
    return Events(total=total, events=[_event_row(atlas, event) for event in _events(database, rows)])


def _page(database: Database, where: Where, query: EventsQuery) -> tuple[int, Sequence[Row]]:
    """How many events there are, and the rows of those on a page."""
    few = database.query(f"SELECT e.id, e.first_day FROM events e {where} LIMIT ?", [*where.values, LOOKED_UP + 1])
    if len(few) > LOOKED_UP:
        (total,) = database.query(f"SELECT count(*) FROM events e {where}", where.values)[0]
        turn = "DESC NULLS LAST" if query.order == "latest" else "ASC NULLS LAST"
        return total, database.query(
            f"SELECT e.* FROM events e {where} ORDER BY e.first_day {turn}, e.id LIMIT ? OFFSET ?",
            [*where.values, query.limit, query.offset],
        )
    # Few are put in order here: on the way through the index by day all others would be looked at once more.
    listed = sorted(map(tuple, few))
    if query.order == "latest":
        listed.sort(key=lambda one: one[1] or "", reverse=True)
    else:
        listed.sort(key=lambda one: one[1] or "9999-99")
    ids = [id for id, _ in listed[query.offset : query.offset + query.limit]]
    rows = database.query(f"SELECT * FROM events WHERE id IN ({', '.join('?' * len(ids))})", ids)
    by_id = {row["id"]: row for row in rows}
    return len(few), [by_id[id] for id in ids if id in by_id]


_NONE = timedelta()


def _longest(database: Database) -> int:
    """Days from the first to the last of the longest event, at most."""
    rows = database.query("SELECT DISTINCT first_day, last_day FROM events WHERE first_day < last_day")
    return max((date.fromisoformat(last) - date.fromisoformat(first) for first, last in rows), default=_NONE).days + 1


def _events(database: Database, rows: Sequence[Row]) -> list[Event]:
    own: defaultdict[str, list[str]] = defaultdict(list)
    for start in range(0, len(rows), MANY):
        ids = [row["id"] for row in rows[start : start + MANY]]
        for event_id, claim_id in database.query(
            f"SELECT event_id, claim_id FROM event_claims WHERE event_id IN ({', '.join('?' * len(ids))})"
            " ORDER BY event_id, claim_id",
            ids,
        ):
            own[event_id].append(claim_id)
    return [to_event(row, own[row["id"]]) for row in rows]


def _event_row(atlas: Atlas, event: Event) -> EventRow:
    place = atlas.places[event.place_id]
    return EventRow(
        id=event.id,
        kind=event.kind,
        type=event.type,
        words=wording.type_of(event.kind, event.type),
        place=place.id,
        place_name=place.name,
        part=event.part,
        lat=place.lat,
        lon=place.lon,
        level=place.level,
        days=event.days,
        actors=event.actors,
        opponents=event.opponents,
        killed=event.killed,
        tolls=wording.tolls(event.killed),
        voices=event.voices,
        sure=event.confidence,
        claims=event.claim_ids,
    )


# --- changes --------------------------------------------------------------------------------------------------------


def changes(shelf: Shelf, query: ChangesQuery) -> Changes:
    atlas = shelf.atlas()
    every, of_party = atlas.once(("changes", query.layer), lambda: _changes(shelf, query.layer))
    kept = every if query.actor is None else of_party.get(query.actor, [])
    if query.first or query.last:
        kept = change.between(kept, query.first, query.last)
    if query.place:
        kept = [one for one in kept if one.after.place_id == query.place]
    if query.hands:
        kept = [one for one in kept if change.HANDS.intersection(one.what)]
    if query.least is not None:
        kept = [one for one in kept if one.after.confidence >= query.least]
    if query.box:
        within = inside(atlas, query.box)
        kept = [one for one in kept if one.after.place_id in within]
    ordered = reversed(kept) if query.order == "latest" else iter(kept)
    page = islice(ordered, query.offset, query.offset + query.limit)
    return Changes(total=len(kept), changes=[_change_row(atlas, one) for one in page])


def _changes(shelf: Shelf, layer: Layer) -> tuple[list[Change], dict[str, list[Change]]]:
    """All changes of a layer in the order of days, and those that concern each party."""
    every = change.between(queries.changes(shelf.database(), layer=layer), None, None)
    of_party: defaultdict[str, list[Change]] = defaultdict(list)
    for one in every:
        spells = [spell for spell in (one.before, one.after) if spell]
        for party in {party for spell in spells for party in (spell.holder, spell.besieged_by) if party}:
            of_party[party].append(one)
    return every, dict(of_party)


def _change_row(atlas: Atlas, one: Change) -> ChangeRow:
    place = atlas.places[one.after.place_id]
    return ChangeRow(
        what=one.what,
        place=place.id,
        place_name=place.name,
        part=one.after.part,
        lat=place.lat,
        lon=place.lon,
        claimed_by=one.after.claimed_by,
        when=(iso(one.when.earliest), iso(one.when.latest)),
        day=str(starts(one.after.start)),
        before=change.holder(one.before) if one.before else None,
        after=change.holder(one.after),
        before_words=wording.state(one.before) if one.before else None,
        after_words=wording.state(one.after),
        sure=one.after.confidence,
        voices=one.after.voices,
        spell=one.after.id,
    )


# --- disputes -------------------------------------------------------------------------------------------------------


def disputes(shelf: Shelf, query: DisputesQuery) -> Disputes:
    database, atlas = shelf.database(), shelf.atlas()
    found: list[Dispute] = atlas.once("disputes", lambda: queries.disputes(database))
    if query.place:
        found = [one for one in found if one.place_id == query.place]
    if query.only_open:
        found = [one for one in found if one.open]
    if query.first:
        found = [one for one in found if (one.days.last or date.max) >= query.first]
    if query.last:
        found = [one for one in found if (one.days.first or date.min) <= query.last]
    if query.box:
        within = inside(atlas, query.box)
        found = [one for one in found if one.place_id in within]
    found = sorted(found, key=lambda one: (not one.open, -(one.days.last or date.min).toordinal(), one.id))
    page = found[query.offset : query.offset + query.limit]
    return Disputes(total=len(found), disputes=dispute_rows(database, atlas, page, atlas.knowledge))


def dispute_rows(database: Database, atlas: Atlas, found: Iterable[Dispute], knowledge: Knowledge) -> list[DisputeRow]:
    found = list(found)
    standing = sides_of(database, found, knowledge)
    return [
        DisputeRow(
            id=one.id,
            place=one.place_id,
            place_name=atlas.places[one.place_id].name,
            part=one.part,
            days=one.days,
            about=one.about,
            sides=[
                SideRow(
                    says=says,
                    claims=ids,
                    voices=[(each.voice.name, each.voice.kind, iso(each.last)) for each in own],
                )
                for (says, ids), own in zip(one.sides, standing[one.id], strict=True)
            ],
            open=one.open,
            reading=one.reading,
        )
        for one in found
    ]


# --- relations ------------------------------------------------------------------------------------------------------


def relations(shelf: Shelf, query: RelationsQuery) -> Relations:
    atlas = shelf.atlas()
    found: list[Relation] = atlas.once(
        "relations", lambda: related(queries.heard_relations(shelf.database()), atlas.knowledge)
    )
    found = [
        one
        for one in found
        if (query.actor is None or query.actor in (one.actor, one.opponent))
        and (query.day is None or one.holds(query.day))
        and (query.least is None or one.confidence >= query.least)
    ]
    return Relations(
        total=len(found),
        relations=[
            RelationRow(
                type=one.type,
                words=wording.relation(one.type),
                actor=one.actor,
                opponent=one.opponent,
                hostile=one.hostile,
                first=iso(one.first),
                last=iso(one.last),
                voices=one.voices,
                sure=one.confidence,
                claims=one.claim_ids,
                denials=one.denials,
                dictionary=one.dictionary,
            )
            for one in found[query.offset : query.offset + query.limit]
        ],
    )


# --- heritage -------------------------------------------------------------------------------------------------------


def heritage(shelf: Shelf, query: HeritageQuery) -> Incidents:
    atlas, known = shelf.atlas(), monuments.load()
    found: list[Incident] = atlas.once(
        "heritage", lambda: incidents(shelf.database(), known, atlas.knowledge, list(known))
    )
    kept = [
        one
        for one in found
        if (query.site is None or one.site == query.site)
        and (not query.named or one.near_km is None)
        and (query.first is None or (one.days.last or one.days.first or date.max) >= query.first)
        and (query.last is None or (one.days.first or one.days.last or date.min) <= query.last)
    ]
    if query.box:
        area = corners(query.box)
        kept = [one for one in kept if _lies_in(area, known.landmark(one.part or one.site))]
    kept.sort(key=lambda one: -(one.days.last or one.days.first or date.min).toordinal())
    return Incidents(
        total=len(kept),
        incidents=[
            IncidentRow(
                site=one.site,
                site_name=known.get(one.site).name,
                part_name=known.landmark(one.part).name if one.part else None,
                effect=one.effect,
                near_km=one.near_km,
                what=one.what,
                place=one.place_id,
                place_name=atlas.places[one.place_id].name,
                lat=known.landmark(one.part or one.site).lat,
                lon=known.landmark(one.part or one.site).lon,
                days=one.days,
                actors=one.actors,
                voices=one.voices,
                sure=one.confidence,
                claims=one.claim_ids,
            )
            for one in kept[query.offset : query.offset + query.limit]
        ],
    )


def sites(shelf: Shelf, query: SitesQuery) -> Sites:
    found = sorted(monuments.load(), key=lambda site: (site.name, site.id))
    if query.box:
        area = corners(query.box)
        found = [site for site in found if _lies_in(area, site)]
    return Sites(
        total=len(found),
        sites=[
            SiteRow(
                id=site.id,
                name=site.name,
                countries=site.countries,
                lat=site.lat,
                lon=site.lon,
                precision_km=site.precision_km,
                danger_since=site.danger_since,
                listed=site.listed,
            )
            for site in found[query.offset : query.offset + query.limit]
        ],
    )


def _lies_in(area: Corners, landmark: Landmark) -> bool:
    return area.hold(landmark.lat, landmark.lon)


def towns(shelf: Shelf, query: TownsQuery) -> Towns:
    area = corners(query.box)
    inside = (town for town in outlines.towns() if area.hold(town.lat, town.lon))
    return Towns(
        towns=[
            TownRow(name=town.name, lat=town.lat, lon=town.lon, population=town.population)
            for town in islice(inside, query.limit)
        ]
    )


# --- sources --------------------------------------------------------------------------------------------------------


def sources(shelf: Shelf, query: SourcesQuery) -> Sources:
    database, atlas = shelf.database(), shelf.atlas()
    found: list[Speaker]
    if query.box:
        within = sorted(inside(atlas, query.box))
        found = atlas.lately(("speakers", query.box), lambda: speakers(database, within))
    else:
        found = atlas.once("speakers", lambda: speakers(database))
    counts: defaultdict[str, int] = defaultdict(int)
    for one in found:
        counts[one.voice.kind] += 1
    kept = [
        one
        for one in found
        if (query.kind is None or one.voice.kind == query.kind)
        and (query.text is None or query.text.casefold() in one.voice.name.casefold())
    ]
    decided = atlas.once("source reviews", lambda: (reviews.of_source(database), reattach.undone(database)))
    return Sources(
        total=len(kept),
        sources=[_source_row(one, *decided) for one in kept[query.offset : query.offset + query.limit]],
        kinds=[Named(name=kind, count=count) for kind, count in sorted(counts.items(), key=lambda item: -item[1])],
    )


def _source_row(one: Speaker, decided: Mapping[str, Sequence[Kept]], taken_back: Mapping[str, Kept]) -> SourceRow:
    track = one.track
    return SourceRow(
        id=one.voice.key,
        name=one.voice.name,
        kind=one.voice.kind,
        speaks_for=one.voice.speaks_for,
        claims=one.claims,
        stories=one.stories,
        prior=one.prior,
        share=one.share,
        learned=track.learned if track else None,
        low=track.low if track else None,
        high=track.high if track else None,
        borne_out=track.borne_out if track else None,
        contradicted=track.contradicted if track else None,
        grade=one.grade,
        reviews=review_rows(decided.get(one.voice.key, ()), taken_back),
    )
