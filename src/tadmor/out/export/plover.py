"""JSON lines in the PLOVER event coding (manual of February 2024): one object a claim, with its sentence.

PLOVER has no event for holding a place; such claims, and types that it does not have, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tadmor import __version__
from tadmor.lexicon import countries
from tadmor.out.export.tables import Column, Table
from tadmor.record import select
from tadmor.record.database import Database
from tadmor.record.select import ClaimRow, Filters

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "One JSON object a line. Not coded by the authors of PLOVER; `coder` says so.",
    "Claims become the category that comes closest: a gain of a place is COERCE/seize, other fighting for it ASSAULT. A"
    " loss or a hold of a place has no category and is left out, as are changes of groups and other developments.",
    "A claim that is denied, planned, or hedged or possible carries PLOVER's auxiliary mode negation, future or"
    " hypothetical; PLOVER itself has them but no project used them by 2024.",
    "`date` is null where neither the claim nor its report has a day.",
    "`text_info.start` and `end` are offsets into the cleaned text of the report, end exclusive.",
)


class Category(NamedTuple):
    event: str
    mode: str | None
    quad: int


ASSAULT = Category("ASSAULT", None, 4)
CATEGORIES = {
    "gains": Category("COERCE", "seize", 4),
    "gains_part": Category("COERCE", "seize", 4),
    "contests": ASSAULT,
    "advances": ASSAULT,
    "repels": ASSAULT,
    "besieges": Category("COERCE", "restrict", 4),
    "Armed clash": ASSAULT,
    "Air/drone strike": Category("ASSAULT", "aerial", 4),
    "Shelling/artillery/missile attack": Category("ASSAULT", "heavy-weapons", 4),
    "Suicide bomb": Category("ASSAULT", "suicide-attack", 4),
    "Remote explosive/landmine/IED": Category("ASSAULT", "explosives", 4),
    "Grenade": Category("ASSAULT", "explosives", 4),
    "Chemical weapon": Category("ASSAULT", "unconventional", 4),
    "Attack": ASSAULT,
    "Abduction/forced disappearance": Category("ASSAULT", "abduct", 4),
    "Sexual violence": Category("ASSAULT", "sexual", 4),
    "Looting/property destruction": Category("ASSAULT", "destroy", 4),
    "Excessive force against protesters": Category("ASSAULT", "crowd-control", 4),
    "Arrests": Category("COERCE", "arrest", 4),
    "Headquarters or base established": Category("MOBILIZE", "troops", 4),
    "Peaceful protest": Category("PROTEST", "demo", 4),
    "Protest with intervention": Category("PROTEST", "demo", 4),
    "Violent demonstration": Category("PROTEST", "riot", 4),
    "Mob violence": Category("PROTEST", "riot", 4),
    "Agreement": Category("AGREE", None, 1),
}
AUXILIARY = {"denied": "negation", "planned": "future", "possible": "hypothetical", "hedged": "hypothetical"}
RESOLUTION = {"part": 5, "exact": 4, "near": 4, "district": 3, "governorate": 2, "country": 1}


def table(job: Job) -> Table[Any]:
    columns: tuple[Column[ClaimRow], ...] = (
        Column("id", "text", "TDM- and the id of the claim"),
        Column("has_event", "truth", "Always true"),
        Column("date", "day", "First day on which it may have happened; of an open one the day of publication"),
        Column("enddate", "day", "Last day on which it may have happened"),
        Column("actor", "texts", "Objects with `name` and the mention `text`"),
        Column("recipient", "texts", "The same, of the other party"),
        Column("event", "texts", "Category", codes=tuple(dict.fromkeys(one.event for one in CATEGORIES.values()))),
        Column("mode", "texts", "Mode of the category, then auxiliary modes"),
        Column("quad_code", "whole", "1 verbal cooperation, 4 material conflict", codes=("1", "4")),
        Column("event_loc", "texts", "Object with the place, its coordinates (WGS 84) and `resolution`: 5 a part of a"
               " place, 4 a place, 3 a district, 2 a governorate, 1 a country"),
        Column("size", "texts", "Object with the numbers of `dead` and `injured` as [lowest, highest], where claimed"),
        Column("text", "text", "The exact words"),
        Column("text_info", "texts", "Offsets of the words"),
        Column("cite_info", "texts", "Object with outlet, address, headline and the hash of the bytes"),
        Column("coder", "text", "Tadmor and its version"),
        Column("comment", "text", "Whose word it is, and how sure the reading is"),
    )  # fmt: skip
    return Table("claims", "Claims in the PLOVER event coding", "id", columns, _read, lambda row: None)


def _read(database: Database, filters: Filters) -> Iterator[ClaimRow]:
    return (row for row in select.claims(database, filters) if row.told.claim.type in CATEGORIES)


def write(job: Job, table: Table[Any], out: Path) -> int:
    count, encode = 0, msgspec.json.Encoder().encode
    with out.open("wb") as stream:
        for row in table.read(job.database, job.filters):
            stream.write(encode(_object(row)) + b"\n")
            count += 1
    return count


def _object(row: ClaimRow) -> dict[str, object]:
    told, claim = row.told, row.told.claim
    category = CATEGORIES[claim.type]
    found: dict[str, object] = {
        "id": f"TDM-{claim.id}",
        "has_event": True,
        "date": claim.days.first or claim.days.last or told.published,
        "enddate": claim.days.last,
        "actor": [{"name": claim.actor.name, "text": claim.actor.text}] if claim.actor else [],
        "recipient": [{"name": claim.opponent.name, "text": claim.opponent.text}] if claim.opponent else [],
        "event": [category.event],
        "mode": [mode for mode in (category.mode, AUXILIARY.get(claim.modality)) if mode],
        "quad_code": category.quad,
        "event_loc": _place(row),
        "size": _size(row),
        "text": told.quote,
        "text_info": {"start": claim.quote.start, "end": claim.quote.end},
        "cite_info": {
            "citation": told.outlet,
            "url": told.origin,
            "title": told.headline,
            "publication": told.published,
            "codebook": "PLOVER",
            "version": "2024-02",
            "sha256": told.sha256,
        },
        "coder": f"Tadmor {__version__}",
        "comment": f"claimed by {row.voice.name}, {claim.modality}; reading {claim.confidence}",
    }
    return {name: value for name, value in found.items() if value is not None or name == "date"}


def _place(row: ClaimRow) -> dict[str, object] | None:
    where, place = row.told.claim.where, row.place
    if where is None:
        return None
    country = countries.load().get(place.country or "")
    found: dict[str, object] = {
        "extracted_place": where.text,
        "resolved_place": place.name,
        "lat": place.lat,
        "lon": place.lon,
        "province": place.admin1,
        "country_code": country.alpha3 if country else None,
        "resolution": RESOLUTION.get(where.precision),
    }
    if place.id.startswith("gn:"):
        found["geonameid"] = place.id.removeprefix("gn:")
    return {name: value for name, value in found.items() if value is not None}


def _size(row: ClaimRow) -> dict[str, object] | None:
    count = row.told.claim.count
    if count is None or (count.killed is None and count.wounded is None):
        return None
    return {name: band for name, band in (("dead", count.killed), ("injured", count.wounded)) if band}
