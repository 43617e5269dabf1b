"""Answers about reports, and the search over everything."""

from __future__ import annotations

from tadmor.errors import UsageError
from tadmor.record import queries, words
from tadmor.record.database import Database, Row
from tadmor.record.rows import PASSED_OVER
from tadmor.web.answers import Named, ReportAnswer, ReportRow, Reports, Search
from tadmor.web.asked import ClaimsQuery, ReportQuery, ReportsQuery, SearchQuery
from tadmor.web.atlas import Atlas, Shelf
from tadmor.web.claims import IN_BOX, claim_rows, claims, corners, inside, iso
from tadmor.web.paging import Ordered, Where, holding, page_of

__all__ = ["report", "reports", "search"]

SNIPPET = 18  # words around what was searched for

# --- reports --------------------------------------------------------------------------------------------------------

_REPORT = (
    "SELECT r.id, r.number,"
    " coalesce(r.named, (SELECT doc FROM receipts WHERE report_id = r.id ORDER BY origin LIMIT 1)) AS doc,"
    f" r.headline, r.outlet, r.original_outlet, r.published, r.language, {PASSED_OVER} AS passed_over, t.story_id,"
    " (SELECT count(*) FROM claims c WHERE c.report_id = r.id) AS claims"
    " FROM reports r LEFT JOIN stories t ON t.report_id = r.id"
)


def reports(shelf: Shelf, query: ReportsQuery) -> Reports:
    database, atlas = shelf.database(), shelf.atlas()
    where = Where()
    where.add("r.published >= ?", iso(query.first))
    where.add("r.published <= ?", iso(query.last))
    where.add("r.outlet = ? OR r.original_outlet = ?", query.outlet, query.outlet)
    where.add("t.story_id = ?", query.story)
    if query.box:
        where.add(f"r.id IN (SELECT report_id FROM claims WHERE {IN_BOX.format('place_id')})", *corners(query.box))
    held = None if query.text is None else holding(shelf, "report_words", query.text)
    source = "FROM reports r" + (" JOIN stories t ON t.report_id = r.id" if query.story else "")
    total, page = page_of(shelf, Ordered("r.number", source, where, "r.published DESC NULLS LAST, r.id"), query, held)
    listed = f"{_REPORT} WHERE r.number IN ({', '.join('?' * len(page))})"
    rows = {row["number"]: row for row in database.query(listed, page)}
    found = [_report_row(atlas, rows[number], _snippet(database, rows[number], query.text)) for number in page]
    return Reports(total=total, reports=found)


def _snippet(database: Database, row: Row, text: str | None) -> str | None:
    """The words of a report around what was searched for."""
    if text is None:
        return None
    (found,) = database.query("SELECT text FROM reports WHERE number = ?", (row["number"],))
    return words.around(str(found["text"]), text, size=SNIPPET)


def _report_row(atlas: Atlas, row: Row, snippet: str | None = None) -> ReportRow:
    return ReportRow(
        id=row["id"],
        doc=row["doc"],
        headline=row["headline"],
        outlet=row["outlet"],
        original_outlet=row["original_outlet"] if row["original_outlet"] != row["outlet"] else None,
        published=row["published"],
        language=row["language"],
        passed_over=bool(row["passed_over"]),
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
        f"{_REPORT} WHERE t.story_id = ? AND r.id != ? ORDER BY r.published NULLS FIRST, r.id LIMIT 100",
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
        notes=found.notes,
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
    actors = atlas.actors
    if query.box:
        within = inside(atlas, query.box)
        rows = [row for row in rows if row.id in within]
        actors = atlas.lately(("actors", query.box), lambda: atlas.claims.parties(atlas.claims.place.any_of(within)))
    rows.sort(key=lambda row: (not row.name.casefold().startswith(wanted), -row.claims, row.name, row.id))
    parties = [Named(name=name, count=count) for name, count in actors.items() if wanted in name.casefold()]
    return Search(
        places=rows[: query.limit],
        claims=claims(shelf, ClaimsQuery(text=query.text, box=query.box, limit=query.limit)),
        reports=reports(shelf, ReportsQuery(text=query.text, box=query.box, limit=query.limit)),
        actors=parties[: query.limit],
    )
