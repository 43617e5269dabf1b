"""KML 2.2: a placemark a row, with the time span for which it is so, for the time slider of Google Earth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.out import wording
from tadmor.out.export import xml
from tadmor.out.export.cells import Value
from tadmor.out.export.tables import TABLES, Table
from tadmor.out.export.xml import Xml
from tadmor.record.select import ClaimRow, EventRow, SpellRow

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "The time span of a spell begins on the single day from which it counts, between `since_earliest` and"
    " `since_latest`; a span without an end is still so. An event or claim spans the days on which it may have"
    " happened.",
    "Only a place has a point; placemarks of what is known only of a district, governorate or country have none.",
    "Colours tell holders apart and mean nothing else; beyond seven holders they repeat.",
)
NAMESPACE = "http://www.opengis.net/kml/2.2"
# Paul Tol's "bright" scheme and brown, as KML has colours: opacity, blue, green, red.
COLOURS = ("ffb06f3a", "ff624ed8", "ff4b8a2b", "ff1b9ac3", "ffc7a32f", "ff7c3aa0", "ff46658a")
NOBODY = "ff9a948d"


def table(job: Job) -> Table[Any]:
    return TABLES[job.what]


def write(job: Job, table: Table[Any], out: Path) -> int:
    count = 0
    styles: dict[str | None, str] = {None: "#nobody"}
    data = [xml.holding("Data", "value", name=name) for name in table.names]
    with xml.writing(out) as stream, stream.element("kml", xmlns=NAMESPACE), stream.element("Document"):
        stream.write(xml.element("name", table.title))
        for name, colour in [*((f"c{at}", colour) for at, colour in enumerate(COLOURS)), ("nobody", NOBODY)]:
            icon = xml.element("IconStyle", None, xml.element("color", colour))
            stream.write(xml.element("Style", None, icon, id=name))
        for row in table.read(job.database, job.filters):
            party = _party(row)
            if party not in styles:
                styles[party] = f"#c{(len(styles) - 1) % len(COLOURS)}"
            stream.write(_placemark(table, row, styles[party], data))
            count += 1
    return count


Data = Sequence[Callable[[Value], Xml]]  # what writes the value of each column


def _placemark(table: Table[Any], row: SpellRow | EventRow | ClaimRow, style: str, data: Data) -> Xml:
    values = table.values(row)
    parts = [
        xml.element("name", _name(row)),
        xml.element("description", escape(_description(row))),  # readers take it for HTML
    ]
    if days := [xml.element(name, day) for name, day in zip(("begin", "end"), _span(row), strict=True) if day]:
        parts.append(xml.element("TimeSpan", None, *days))
    parts.append(xml.element("styleUrl", style))
    known = [write(value) for write, value in zip(data, values, strict=True) if value is not None and value != ()]
    parts.append(xml.element("ExtendedData", None, *known))
    if point := table.point(row):
        parts.append(xml.element("Point", None, xml.element("coordinates", f"{point.lon},{point.lat}")))
    return xml.element("Placemark", None, *parts, id=str(values[table.names.index(table.key)]))


def _party(row: SpellRow | EventRow | ClaimRow) -> str | None:
    if isinstance(row, SpellRow):
        return wording.holder(row.spell)
    if isinstance(row, EventRow):
        return row.event.actors[0] if row.event.actors else None
    return row.told.claim.actor.name if row.told.claim.actor else None


def _name(row: SpellRow | EventRow | ClaimRow) -> str:
    if isinstance(row, SpellRow):
        return wording.where(row.place.name, row.spell.part)
    if isinstance(row, EventRow):
        return f"{wording.where(row.place.name, row.event.part)}: {wording.type_of(row.event.kind, row.event.type)}"
    return wording.says(row.told.claim)


def _description(row: SpellRow | EventRow | ClaimRow) -> str:
    if isinstance(row, SpellRow):
        spell = row.spell
        said = f"Claimed by {spell.claimed_by}" if spell.layer == "claimed" else f"Assessed: {_sure(spell.confidence)}"
        return f"{said}: {wording.state(spell)}, {wording.since(spell)} {wording.until(spell)}."
    if isinstance(row, EventRow):
        parties = " against ".join(filter(None, [", ".join(row.event.actors), ", ".join(row.event.opponents)]))
        said_by = ", ".join(dict.fromkeys(one.voice.name for one in row.evidence))
        return f"{parties or 'Party not known'}, {wording.days(row.event.days)}; claimed by {said_by}."
    return f"{row.voice.name}: \u201c{row.told.quote}\u201d"


def _sure(probability: float) -> str:
    return f"{wording.band(probability)} ({wording.percent(probability)})"


def _span(row: SpellRow | EventRow | ClaimRow) -> tuple[date | None, date | None]:
    if isinstance(row, SpellRow):
        end = row.spell.end
        begins = row.begins if row.begins > date.min else None
        return begins, (end.latest or end.earliest) if end else None
    days = row.event.days if isinstance(row, EventRow) else row.told.claim.days
    return days.first, days.last
