"""Atom (RFC 4287): a feed of what changed hands or state, as assessed or as each side claims; the latest first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.out import wording
from tadmor.out.export import xml
from tadmor.out.export.tables import Column, Table, words
from tadmor.out.export.xml import Xml
from tadmor.record import queries, select
from tadmor.record.database import Database
from tadmor.record.rows import json_text
from tadmor.record.select import Filters, SpellRow
from tadmor.timeline import change
from tadmor.timeline.change import Change

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "An entry is updated when the last report behind it was read; the day of the change stands in its title and text.",
    "Ids are those of spells: the same change keeps its id for as long as the same claims say so.",
)
SPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:georss": "http://www.georss.org/georss"}
NEVER = "1970-01-01T00:00:00Z"


def table(job: Job) -> Table[Any]:
    columns: tuple[Column[Any], ...] = (
        Column("id", "text", "urn:tadmor:spell: and the id of the spell that began"),
        Column("title", "text", "Place, what changed, and when"),
        Column("updated", "text", "When the last report behind it was read, UTC"),
        Column("category", "texts", "What changed", codes=(
            "taken", "lost", "partly held", "wholly held", "contested", "no longer contested", "besieged",
            "siege lifted")),
        Column("content", "text", "What was assessed before and after, how sure it is, and the words behind it"),
        Column("georss:point", "text", "Latitude and longitude of the place, where it is one", unit="degrees, WGS 84"),
    )  # fmt: skip
    return Table("spells", "What changed hands or state", "id", columns, read, lambda row: None)


def read(database: Database, filters: Filters) -> Iterator[tuple[Change, SpellRow]]:
    """The changes wanted, the latest first, each with the spell that began."""
    ids = select.place_ids(database, filters)
    found = queries.changes(database, ids, layer=filters.layer)
    wanted = [one for one in change.between(found, filters.first, filters.last) if _wanted(one, filters)]
    wanted.reverse()
    rows = select.spells_in_turn(database, (one.after.id for one in wanted))
    yield from zip(wanted, rows, strict=True)


def _wanted(one: Change, filters: Filters) -> bool:
    parties = {party for spell in (one.before, one.after) if spell for party in (spell.holder, spell.besieged_by)}
    return (
        filters.part in (None, one.after.part)
        and (filters.actors is None or bool(parties & filters.actors))
        and (filters.type is None or filters.type == one.after.status)
        and (filters.confidence is None or one.after.confidence >= filters.confidence)
    )


def write(job: Job, table: Table[Any], out: Path) -> int:
    count, read_at = 0, _read_at(job.database)
    asked = hashlib.sha256(json_text(job.asked).encode()).hexdigest()[:12]
    with xml.writing(out) as stream, stream.element("feed", **SPACES):
        stream.write(xml.element("id", f"urn:tadmor:changes:{asked}"))
        stream.write(xml.element("title", f"What changed hands or state, as {job.filters.layer}"))
        stream.write(xml.element("updated", max(read_at.values(), default=NEVER)))
        stream.write(xml.element("author", None, xml.element("name", "Tadmor")))
        for one, row in table.read(job.database, job.filters):
            stream.write(_entry(one, row, read_at))
            count += 1
    return count


def _read_at(database: Database) -> dict[str, str]:
    rows = database.query("SELECT report_id, max(read_at) AS at FROM receipts GROUP BY report_id")
    return {row["report_id"]: row["at"] for row in rows}


def _entry(one: Change, row: SpellRow, read_at: dict[str, str]) -> Xml:
    where = wording.where(row.place.name, row.spell.part)
    behind = {each.report_id for each in (*row.for_it, *row.against)}
    parts = [
        xml.element("id", f"urn:tadmor:spell:{one.after.id}"),
        xml.element("title", f"{where}: {', '.join(one.what)}, {wording.bound(one.when)}"),
        xml.element("updated", max((read_at[report_id] for report_id in behind), default=NEVER)),
        *(xml.element("category", term=what) for what in one.what),
        xml.element("content", _content(one, row), type="text"),
    ]
    if row.place.level == "place" and row.place.lat is not None:
        parts.append(xml.element("georss:point", f"{row.place.lat} {row.place.lon}"))
    return xml.element("entry", None, *parts)


def _content(one: Change, row: SpellRow) -> str:
    spell = row.spell
    before = wording.state(one.before) if one.before else "nothing known"
    sure = (
        f"claimed by {spell.claimed_by}"
        if spell.layer == "claimed"
        else f"assessed, {wording.band(spell.confidence)} ({wording.percent(spell.confidence)})"
    )
    said = " ".join(f"\u201c{quote}\u201d" for quote in words(row.for_it))
    after = f"{wording.state(spell)}, {sure}, {spell.voices} {'voice' if spell.voices == 1 else 'voices'}"
    return f"Before: {before}. After: {after}. In the words of reports: {said}"
