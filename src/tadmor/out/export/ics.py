"""iCalendar (RFC 5545): every spell as an all-day event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.out import wording
from tadmor.out.export.cells import plain
from tadmor.out.export.tables import Column, Table, words
from tadmor.record import select
from tadmor.record.database import Database
from tadmor.record.select import Filters, SpellRow

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "A spell begins on the single day from which it counts, between the two days between which it began. One that is"
    " still so is shown until the last day on which a report spoke of the place, and says that it is still so.",
    "Spells that have no first day at all are left out: a calendar cannot hold them.",
)
LONGEST = 75  # octets of a line, RFC 5545, 3.1


def table(job: Job) -> Table[Any]:
    columns: tuple[Column[SpellRow], ...] = (
        Column("UID", "text", "Id of the spell, at tadmor"),
        Column("DTSTAMP", "text", "When the record last read a report, UTC"),
        Column("DTSTART", "day", "The day from which it counts"),
        Column("DTEND", "day", "The day after its last"),
        Column("SUMMARY", "text", "Place, holder and status"),
        Column("DESCRIPTION", "text", "How sure it is, between which days it began and ended, and the words behind it"),
        Column("LOCATION", "text", "Name of the place"),
        Column("GEO", "text", "Latitude and longitude, where it is a place", unit="degrees, WGS 84"),
        Column("CATEGORIES", "texts", "Status and layer"),
    )
    return Table("spells", "Calendar of spells", "UID", columns, read, lambda row: None)


def read(database: Database, filters: Filters) -> Iterator[SpellRow]:
    return (row for row in select.spells(database, filters) if row.begins > date.min)


def write(job: Job, table: Table[Any], out: Path) -> int:
    newest = job.database.one("SELECT max(read_at) FROM receipts")
    stamp = (newest[0] if newest and newest[0] else "1970-01-01T00:00:00Z").replace("-", "").replace(":", "")
    count = 0
    with out.open("wb") as stream:
        stream.write(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tadmor//record//EN\r\nCALSCALE:GREGORIAN\r\n")
        for row in table.read(job.database, job.filters):
            stream.writelines(_folded(line) for line in _event(row, stamp))
            count += 1
        stream.write(b"END:VCALENDAR\r\n")
    return count


def last_day(row: SpellRow) -> date:
    """The last day on which a calendar shows a spell."""
    end = row.spell.end
    last = (end.latest or end.earliest) if end else row.spoken
    return max(last or row.begins, row.begins)


def _event(row: SpellRow, stamp: str) -> Iterator[str]:
    spell, place = row.spell, row.place
    last = last_day(row)
    sure = (
        f"Claimed by {spell.claimed_by}"
        if spell.layer == "claimed"
        else f"Assessed: {wording.band(spell.confidence)} ({wording.percent(spell.confidence)})"
    )
    quotes = "\n".join(f"\u201c{quote}\u201d" for quote in words(row.for_it)[:3])
    yield "BEGIN:VEVENT"
    yield f"UID:{spell.id}@tadmor"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{row.begins:%Y%m%d}"
    if last < date.max:
        yield f"DTEND;VALUE=DATE:{last + timedelta(1):%Y%m%d}"
    yield f"SUMMARY:{_text(f'{wording.where(place.name, spell.part)}: {wording.state(spell)}')}"
    yield f"DESCRIPTION:{_text(f'{sure}, {wording.since(spell)} {wording.until(spell)}.')}\\n{_lines(quotes)}"
    yield f"LOCATION:{_text(place.name)}"
    if place.level == "place" and place.lat is not None:
        yield f"GEO:{place.lat};{place.lon}"
    yield f"CATEGORIES:{_text(spell.status)},{spell.layer}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A value of the type TEXT (3.3.11)."""
    return plain(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _lines(value: str) -> str:
    return "\\n".join(map(_text, value.split("\n")))


def _folded(line: str) -> bytes:
    """A content line cut into pieces of at most 75 octets, never within a character."""
    octets, pieces, start, most = line.encode("utf-8", "replace"), [], 0, LONGEST
    while len(octets) > start + most:
        end = start + most
        while octets[end] & 0xC0 == 0x80:  # goes on with a character
            end -= 1
        pieces.append(octets[start:end])
        start, most = end, LONGEST - 1  # after the blank
    return b"\r\n ".join([*pieces, octets[start:]]) + b"\r\n"
