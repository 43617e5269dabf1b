"""Answers that are lists: claims, events, changes, disputes, relations, heritage, sources, reports, and the search."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice

import msgspec

from tadmor.errors import UsageError
from tadmor.lexicon import heritage as monuments
from tadmor.lexicon import outlines
from tadmor.out import wording
from tadmor.record import queries
from tadmor.record.database import Database, Row, Value
from tadmor.record.heritage import Incident, incidents
from tadmor.record.queries import MANY, Told
from tadmor.record.rows import from_json, to_event
from tadmor.record.voices import Speaker, speakers
from tadmor.record.write import place_id
from tadmor.records import Claim, Dispute, Event, Heard, Party, Quote
from tadmor.timeline import change
from tadmor.timeline.change import Change
from tadmor.timeline.dispute import standings
from tadmor.timeline.relation import Relation
from tadmor.timeline.relation import relations as related
from tadmor.timeline.spells import starts
from tadmor.timeline.weigh import Knowledge, Voice, voices
from tadmor.web.atlas import Atlas, Shelf
from tadmor.web.shapes import (
    ChangeRow,
    Changes,
    ChangesQuery,
    ClaimRow,
    Claims,
    ClaimsQuery,
    DisputeRow,
    Disputes,
    DisputesQuery,
    EventRow,
    Events,
    EventsQuery,
    HeritageQuery,
    IncidentRow,
    Incidents,
    Named,
    PartyRow,
    RelationRow,
    Relations,
    RelationsQuery,
    ReportAnswer,
    ReportQuery,
    ReportRow,
    Reports,
    ReportsQuery,
    Search,
    SearchQuery,
    SideRow,
    SiteRow,
    Sites,
    SitesQuery,
    SourceRow,
    Sources,
    SourcesQuery,
    TownRow,
    Towns,
    TownsQuery,
)

__all__ = [
    "changes",
    "claims",
    "disputes",
    "events",
    "heritage",
    "relations",
    "report",
    "reports",
    "search",
    "sites",
    "sources",
    "towns",
]

SNIPPET = 18  # words around what was searched for


class Where:
    """Collects the conditions of a query."""

    def __init__(self) -> None:
        self.clauses: list[str] = []
        self.values: list[Value] = []

    def add(self, sql: str, *values: Value) -> None:
        if None not in values:
            self.clauses.append(f"({sql})")
            self.values += values

    def __str__(self) -> str:
        return "WHERE " + " AND ".join(self.clauses) if self.clauses else ""


def corners(box: str) -> tuple[float, float, float, float]:
    """South, north, west, east. Raises `UsageError` where the box is none."""
    west, south, east, north = (float(number) for number in box.split(","))
    if not (-90 <= south <= north <= 90 and -180 <= west <= east <= 180):
        raise UsageError(f"box={box}: give west,south,east,north in degrees, as 35.5,32,42.5,37.5")
    return south, north, west, east


def words(text: str) -> str:
    """A query of the full-text index for all these words, the last of which may be a beginning; "" where there are
    none. What the user types is words, not a query language."""
    terms = ['"' + word.replace('"', '""') + '"' for word in text.replace("\0", " ").split()]
    return " ".join(terms) + "*" if terms else ""


def _iso(day: date | None) -> str | None:
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
    where.add("coalesce(c.last_day, c.first_day, r.published) >= ?", _iso(query.first))
    where.add("coalesce(c.first_day, c.last_day, r.published) <= ?", _iso(query.last))
    where.add("c.report_id = ?", query.report)
    if query.id:
        where.add(f"c.id IN ({', '.join('?' * len(query.id))})", *query.id)
    if query.box:
        where.add(_IN_BOX.format("c.place_id"), *corners(query.box))
    if query.text is not None:
        where.add("c.number IN (SELECT rowid FROM quote_words WHERE quote_words MATCH ?)", words(query.text) or '""')
    if query.source_kind or query.source:
        database.teach("source_of", atlas.once("source of", lambda: _source_of(atlas.knowledge)), 3)
        told = "source_of(c.sources, r.outlet, coalesce(t.story_id, r.id))"
        where.add(f"json_extract({told}, '$.kind') = ?", query.source_kind)
        where.add(f"json_extract({told}, '$.key') = ?", query.source)

    def find() -> array[int]:
        rows = database.stream(
            "SELECT c.number FROM claims c JOIN reports r ON r.id = c.report_id"
            f" LEFT JOIN stories t ON t.report_id = r.id {where}"
            " ORDER BY coalesce(c.last_day, r.published) DESC NULLS LAST, c.id",
            where.values,
        )
        return array("q", (row[0] for row in rows))

    # The next page of the same list does not look through all claims again.
    found = atlas.lately(("claims", str(where), *where.values), find)
    page = found[query.offset : query.offset + query.limit]
    rows = database.query(f"SELECT number, id FROM claims WHERE number IN ({', '.join('?' * len(page))})", page)
    ids = {row["number"]: row["id"] for row in rows}
    return Claims(total=len(found), claims=claim_rows(database, atlas, [ids[number] for number in page]))


# The middle of a country or governorate lies in an area without anything being said of that area.
_IN_BOX = (
    "{} IN (SELECT id FROM places WHERE lat BETWEEN ? AND ? AND lon BETWEEN ? AND ? AND level IN ('place', 'district'))"
)
_ANY = Claim(id="", report_id="", kind="event", type="", quote=Quote(start=0, end=0), rule="")


def _source_of(knowledge: Knowledge) -> Callable[[str, str | None, str], str]:
    """Tells whose word a claim is, for queries, as JSON: its key and its kind."""
    voice_of = voices(knowledge)

    @lru_cache(maxsize=1 << 16)
    def tell(said: str, outlet: str | None, story: str) -> str:
        claim = msgspec.structs.replace(_ANY, sources=from_json(said, tuple[str, ...]))
        voice = voice_of(Heard(claim=claim, story_id=story, outlet=outlet))
        return msgspec.json.encode({"key": voice.key, "kind": voice.kind}).decode()

    return tell


def claim_rows(database: Database, atlas: Atlas, ids: Sequence[str]) -> list[ClaimRow]:
    """The claims with these ids, in their order."""
    told = queries.told(database, ids)
    voice_of = voices(atlas.knowledge)
    return [claim_row(told[id], voice_of, atlas.copies.get(told[id].story_id or "", 1)) for id in ids if id in told]


def claim_row(told: Told, voice_of: Callable[[Heard], Voice], copies: int) -> ClaimRow:
    claim = told.claim
    voice = voice_of(Heard(claim=claim, story_id=told.story_id or claim.report_id, outlet=told.outlet))
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
        published=_iso(told.published),
        doc=told.doc,
        story=told.story_id,
        copies=copies,
        rule=claim.rule,
        confidence=claim.confidence,
    )


def _party(party: Party | None) -> PartyRow | None:
    return PartyRow(name=party.name, id=party.id) if party else None


# --- events ---------------------------------------------------------------------------------------------------------


def events(shelf: Shelf, query: EventsQuery) -> Events:
    database, atlas = shelf.database(), shelf.atlas()
    where = Where()
    where.add("e.place_id = ?", query.place)
    where.add("e.kind = ?", query.kind)
    where.add("e.type = ?", query.type)
    where.add("e.confidence >= ?", query.least)
    where.add("coalesce(e.last_day, e.first_day) >= ?", _iso(query.first))
    where.add("coalesce(e.first_day, e.last_day) <= ?", _iso(query.last))
    if query.first:
        # Events that began before are looked for only as far back as the longest of them lasted.
        longest = atlas.once("longest event", lambda: _longest(database))
        since = date.fromordinal(max(query.first.toordinal() - longest, 1))
        where.add("e.first_day IS NULL OR e.first_day BETWEEN ? AND ?", since.isoformat(), _iso(query.last) or "9999")
    party = "EXISTS (SELECT 1 FROM json_each({}) WHERE value = ?)"
    where.add(f"{party.format('e.actors')} OR {party.format('e.opponents')}", query.actor, query.actor)
    if query.box:
        where.add(_IN_BOX.format("e.place_id"), *corners(query.box))
    (total,) = database.query(f"SELECT count(*) FROM events e {where}", where.values)[0]
    turn = "DESC NULLS LAST" if query.order == "latest" else "ASC NULLS LAST"
    rows = database.query(
        f"SELECT e.* FROM events e {where} ORDER BY e.first_day {turn}, e.id LIMIT ? OFFSET ?",
        [*where.values, query.limit, query.offset],
    )
    return Events(total=total, events=[_event_row(atlas, event) for event in _events(database, rows)])


def _longest(database: Database) -> int:
    """Days from the first to the last of the longest event, at most."""
    (found,) = database.query("SELECT max(julianday(last_day) - julianday(first_day)) FROM events")[0]
    return int(found or 0) + 1


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
    found: Iterable[Change] = atlas.once(
        ("changes", query.layer), lambda: queries.changes(shelf.database(), layer=query.layer)
    )
    kept = change.between(found, query.first, query.last)
    if query.place:
        kept = [one for one in kept if one.after.place_id == query.place]
    if query.hands:
        kept = [one for one in kept if change.HANDS.intersection(one.what)]
    if query.actor:
        kept = [one for one in kept if query.actor in _parties(one)]
    if query.least is not None:
        kept = [one for one in kept if one.after.confidence >= query.least]
    if query.box:
        inside = _inside(atlas, query.box)
        kept = [one for one in kept if one.after.place_id in inside]
    if query.order == "latest":
        kept.reverse()
    page = kept[query.offset : query.offset + query.limit]
    return Changes(total=len(kept), changes=[_change_row(atlas, one) for one in page])


def _parties(one: Change) -> set[str | None]:
    return {party for spell in (one.before, one.after) if spell for party in (spell.holder, spell.besieged_by)}


def _inside(atlas: Atlas, box: str) -> set[str]:
    south, north, west, east = corners(box)
    return {
        place.id
        for place in atlas.places.values()
        if place.level in ("place", "district")
        and place.lat is not None
        and place.lon is not None
        and south <= place.lat <= north
        and west <= place.lon <= east
    }


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
        when=(_iso(one.when.earliest), _iso(one.when.latest)),
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
        inside = _inside(atlas, query.box)
        found = [one for one in found if one.place_id in inside]
    found = sorted(found, key=lambda one: (not one.open, -(one.days.last or date.min).toordinal(), one.id))
    page = found[query.offset : query.offset + query.limit]
    return Disputes(total=len(found), disputes=dispute_rows(database, atlas, page, atlas.knowledge))


def dispute_rows(database: Database, atlas: Atlas, found: Iterable[Dispute], knowledge: Knowledge) -> list[DisputeRow]:
    found = list(found)
    by_place: defaultdict[str, list[Dispute]] = defaultdict(list)
    for one in found:
        by_place[one.place_id].append(one)
    sides = {}
    for id, own in by_place.items():
        sides.update(standings(own, queries.heard(database, id), knowledge))
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
                    voices=[(own.voice.name, own.voice.kind, _iso(own.last)) for own in standing],
                )
                for (says, ids), standing in zip(one.sides, sides[one.id], strict=True)
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
                first=_iso(one.first),
                last=_iso(one.last),
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
        south, north, west, east = corners(query.box)
        found = [site for site in found if south <= site.lat <= north and west <= site.lon <= east]
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


def towns(shelf: Shelf, query: TownsQuery) -> Towns:
    south, north, west, east = corners(query.box)
    inside = (town for town in outlines.towns() if south <= town.lat <= north and west <= town.lon <= east)
    return Towns(
        towns=[
            TownRow(name=town.name, lat=town.lat, lon=town.lon, population=town.population)
            for town in islice(inside, query.limit)
        ]
    )


# --- sources --------------------------------------------------------------------------------------------------------


def sources(shelf: Shelf, query: SourcesQuery) -> Sources:
    found: list[Speaker] = shelf.atlas().once("speakers", lambda: speakers(shelf.database()))
    counts: defaultdict[str, int] = defaultdict(int)
    for one in found:
        counts[one.voice.kind] += 1
    kept = [
        one
        for one in found
        if (query.kind is None or one.voice.kind == query.kind)
        and (query.text is None or query.text.casefold() in one.voice.name.casefold())
    ]
    return Sources(
        total=len(kept),
        sources=[_source_row(one) for one in kept[query.offset : query.offset + query.limit]],
        kinds=[Named(name=kind, count=count) for kind, count in sorted(counts.items(), key=lambda item: -item[1])],
    )


def _source_row(one: Speaker) -> SourceRow:
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
    )


# --- reports --------------------------------------------------------------------------------------------------------

_REPORT = (
    "SELECT r.id, r.number,"
    " coalesce(r.named, (SELECT doc FROM receipts WHERE report_id = r.id ORDER BY origin LIMIT 1)) AS doc,"
    " r.headline, r.outlet, r.original_outlet, r.published, r.language, t.story_id,"
    " (SELECT count(*) FROM claims c WHERE c.report_id = r.id) AS claims"
    " FROM reports r LEFT JOIN stories t ON t.report_id = r.id"
)


def reports(shelf: Shelf, query: ReportsQuery) -> Reports:
    database, atlas = shelf.database(), shelf.atlas()
    where = Where()
    where.add("r.published >= ?", _iso(query.first))
    where.add("r.published <= ?", _iso(query.last))
    where.add("r.outlet = ? OR r.original_outlet = ?", query.outlet, query.outlet)
    where.add("t.story_id = ?", query.story)
    if query.text is not None:
        where.add("r.number IN (SELECT rowid FROM report_words WHERE report_words MATCH ?)", words(query.text) or '""')
    source = "FROM reports r LEFT JOIN stories t ON t.report_id = r.id"
    (total,) = database.query(f"SELECT count(*) {source} {where}", where.values)[0]
    rows = database.query(
        f"{_REPORT} {where} ORDER BY r.published DESC NULLS LAST, r.id LIMIT ? OFFSET ?",
        [*where.values, query.limit, query.offset],
    )
    found = [_report_row(atlas, row, _snippet(database, row, query.text)) for row in rows]
    return Reports(total=total, reports=found)


def _snippet(database: Database, row: Row, text: str | None) -> str | None:
    """The words of a report around what was searched for."""
    if text is None:
        return None
    found = database.one(
        f"SELECT snippet(report_words, 0, '', '', '\u2026', {SNIPPET}) FROM report_words"
        " WHERE report_words MATCH ? AND rowid = ?",
        (words(text), row["number"]),
    )
    return str(found[0]) if found else None


def _report_row(atlas: Atlas, row: Row, snippet: str | None = None) -> ReportRow:
    return ReportRow(
        id=row["id"],
        doc=row["doc"],
        headline=row["headline"],
        outlet=row["outlet"],
        original_outlet=row["original_outlet"] if row["original_outlet"] != row["outlet"] else None,
        published=row["published"],
        language=row["language"],
        claims=row["claims"],
        story=row["story_id"],
        copies=atlas.copies.get(row["story_id"] or "", 1),
        words=snippet,
    )


def report(shelf: Shelf, query: ReportQuery) -> ReportAnswer:
    database, atlas = shelf.database(), shelf.atlas()
    found = queries.report(database, query.id)
    row = database.one(f"{_REPORT} WHERE r.id = ?", (query.id,))
    if found is None or row is None:
        raise UsageError(f"the record holds no report with the id {query.id!r}")
    maker = database.one("SELECT m.tool FROM reports r JOIN makers m ON m.id = r.maker WHERE r.id = ?", (query.id,))
    ids = database.query("SELECT id FROM claims WHERE report_id = ? ORDER BY quote_start, id", (query.id,))
    story = database.query(
        f"{_REPORT} WHERE t.story_id = ? AND r.id != ? ORDER BY r.published, r.id LIMIT 100",
        (row["story_id"], query.id),
    )
    return ReportAnswer(
        report=_report_row(atlas, row),
        origin=found.origin,
        authors=found.authors,
        dateline=found.dateline,
        published_by=found.published_by,
        truncated=found.truncated,
        media_type=found.media_type,
        sha256=found.sha256,
        read_by=maker["tool"] if maker else "",
        text=found.text,
        segments=found.segments,
        claims=claim_rows(database, atlas, [one[0] for one in ids]),
        same_story=[_report_row(atlas, one) for one in story],
    )


# --- search ---------------------------------------------------------------------------------------------------------


def search(shelf: Shelf, query: SearchQuery) -> Search:
    atlas = shelf.atlas()
    wanted = query.text.casefold().strip()
    if not wanted:
        raise UsageError("text is empty: give a word")
    rows = [row for row in atlas.rows if wanted in row.name.casefold()]
    rows.sort(key=lambda row: (not row.name.casefold().startswith(wanted), -row.claims, row.name, row.id))
    actors = [Named(name=name, count=count) for name, count in atlas.actors.items() if wanted in name.casefold()]
    return Search(
        places=rows[: query.limit],
        claims=claims(shelf, ClaimsQuery(text=query.text, limit=query.limit)),
        reports=reports(shelf, ReportsQuery(text=query.text, limit=query.limit)),
        actors=actors[: query.limit],
    )
