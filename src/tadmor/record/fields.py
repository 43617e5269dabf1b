"""The fields of a claim as an analyst writes them, and the columns that they make.

What is found for a name (the place with its coordinates, the actor with its id) goes into the columns, so that a later
dictionary does not change what was decided.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import get_args

import msgspec

from tadmor.errors import InputError, UsageError
from tadmor.lexicon.placename import did_you_mean
from tadmor.record import names, reattach
from tadmor.record.database import Database, Value
from tadmor.record.rows import CLAIM, NAMED, claim_columns, claim_of, from_json, json_text
from tadmor.records import (
    CONTROL_TYPES,
    EVENT_TYPES,
    RELATION_TYPES,
    Claim,
    Count,
    DatePrecision,
    Modality,
    Verification,
    Where,
)

__all__ = ["CORRECTABLE", "FIELDS", "columns", "require_claim", "said"]

Cell = str | int | float | None
NOTHING = "-"  # stands for an empty field
LIST = "|"  # between the sources of a chain
CORRECTABLE = frozenset(CLAIM) - {"id", "report_id", "quote_start", "quote_end", "also", "rule", "confidence"}

# What can be corrected, by the name under which an analyst knows it.
FIELDS = {
    "type": "What is claimed: gains, holds, Armed clash, backs, ...",
    "actor": "Who",
    "opponent": "Whom, or against whom",
    "place": "Where; a name, or an id as gn:163808",
    "part": "Which part of it",
    "near": "Near it and not in it: yes or no",
    "from": "First day, as 2016-12-10",
    "to": "Last day",
    "date_precision": "day, week, month, year, longer or unknown; follows from the days where it is not given",
    "modality": "asserted, hedged, denied, planned or possible",
    "sources": "Who says so, who speaks first first, with | between them",
    "verification": "unverified, confirmed or disputed, as the report has it",
    "killed": "A number, or a band as 5-8, 5- or -8",
    "wounded": "A number or a band",
    "whom": "Whom the numbers count",
    "of": "What was hit, if it is not a place",
}
_BAND = re.compile(r"(\d{1,9})?\s*(-)?\s*(\d{1,9})?")


def columns(database: Database, fields: Mapping[str, str], current: Mapping[str, Value] | None) -> dict[str, Cell]:
    """The columns that some fields make of a claim, or of a new one (`current` None); only those that change.

    Raises `UsageError`, which names the field, where one is none or does not hold what it should.
    """
    fields = {name: text.strip() for name, text in fields.items()}
    for name in fields:
        if name not in FIELDS:
            raise UsageError(f"{name!r} cannot be corrected{did_you_mean(name, FIELDS) or _listed()}")
    now = dict(current) if current is not None else {**reattach.BLANK}
    found: dict[str, Cell] = {}
    for name, text in fields.items():
        empty = text in ("", NOTHING)
        try:
            match name:
                case "type":
                    found |= _type(text)
                case "actor" | "opponent":
                    found |= _party(name, None if empty else text)
                case "modality":
                    found[name] = _one_of(text, get_args(Modality))
                case "verification":
                    found[name] = None if empty else _one_of(text, get_args(Verification))
                case "sources":
                    chain = [] if empty else [one.strip() for one in text.split(LIST) if one.strip()]
                    found[name] = json_text(chain)
                case "of":
                    found[name] = None if empty else text
                case _:
                    pass  # days, places and counts are made of several fields
        except UsageError as error:
            raise UsageError(f"{name}: {error}") from error
    found |= _where(database, fields, now) if fields.keys() & {"place", "part", "near"} else {}
    found |= _days(fields, now) if fields.keys() & {"from", "to", "date_precision"} else {}
    found |= _count(fields, now) if fields.keys() & {"killed", "wounded", "whom"} else {}
    require_claim({**now, **found})
    if current is not None:
        found = {name: value for name, value in found.items() if now[name] != value}
    return found


def said(claim: Claim) -> dict[str, str]:
    """The fields of a claim, as an analyst would write them."""
    where, days, count = claim.where, claim.days, claim.count
    return {
        "type": claim.type,
        "actor": claim.actor.name if claim.actor else "",
        "opponent": claim.opponent.name if claim.opponent else "",
        "place": where.name if where else "",
        "part": (where.part if where else None) or "",
        "near": "yes" if where and where.near else "",
        "from": days.first.isoformat() if days.first else "",
        "to": days.last.isoformat() if days.last else "",
        "date_precision": days.precision,
        "modality": claim.modality,
        "sources": f" {LIST} ".join(claim.sources),
        "verification": claim.verification or "",
        "killed": _band_text(count.killed if count else None),
        "wounded": _band_text(count.wounded if count else None),
        "whom": (count.whom if count else None) or "",
        "of": claim.of or "",
    }


def _listed() -> str:
    return f"; the fields are {', '.join(FIELDS)}"


def require_claim(fields: Mapping[str, Value]) -> None:
    """Raises `InputError` where columns make no claim."""
    cells = {**reattach.BLANK, "kind": "event", "type": "Other", **fields, "id": "", "report_id": ""}
    cells |= {"quote_start": 0, "quote_end": 0}
    try:
        claim = msgspec.convert(msgspec.to_builtins(claim_of(tuple(cells[name] for name in CLAIM))), Claim)
    except (msgspec.ValidationError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"this makes no claim: {error}") from error
    kept = claim_columns(claim, "", cells["place_id"])  # type: ignore[arg-type]  # a text, or it is no claim
    if wrong := [name for name in fields if name in CORRECTABLE and cells[name] != kept[name]]:
        raise InputError(f"this makes no claim: {cells[wrong[0]]!r} cannot stand as {wrong[0]}")
    where = claim.where
    if where and not (
        (where.lat is None and where.lon is None)
        or (where.lat is not None and where.lon is not None and abs(where.lat) <= 90 and abs(where.lon) <= 180)
    ):
        raise InputError(f"this makes no claim: {where.name} lies nowhere on Earth")
    kinds = {"control": CONTROL_TYPES, "event": EVENT_TYPES, "relation": RELATION_TYPES}
    if cells["type"] not in kinds[str(cells["kind"])]:
        raise InputError(f"{cells['type']!r} is no type of claim of the kind {cells['kind']!r}")


def _one_of(text: str, choices: Sequence[str]) -> str:
    for choice in choices:
        if choice.lower() == text.lower():
            return choice
    raise UsageError(f"{text!r} is none of {', '.join(choices)}")


def _type(text: str) -> dict[str, Cell]:
    for kind, types in (("control", CONTROL_TYPES), ("event", EVENT_TYPES), ("relation", RELATION_TYPES)):
        for known in types:
            if known.lower() == text.lower():
                return {"kind": kind, "type": known}
    raise UsageError(f"there is no type {text!r}{did_you_mean(text, (*CONTROL_TYPES, *EVENT_TYPES, *RELATION_TYPES))}")


def _party(role: str, name: str | None) -> dict[str, Cell]:
    from tadmor.lexicon import actors

    known = actors.load()
    actor = None if name is None else known.get(name) if name in known else known.by_name(name)
    return {
        role: actor.name if actor else name,
        f"{role}_id": actor.id if actor else None,
        f"{role}_text": name,
    }


def _where(database: Database, fields: Mapping[str, str], now: Mapping[str, Value]) -> dict[str, Cell]:
    name = fields.get("place", now["place_id"])
    part: str | None = now["part"] if "part" not in fields else None  # type: ignore[assignment]
    if "part" in fields and fields["part"] not in ("", NOTHING):
        part = fields["part"]
    near = bool(now["near"])
    if "near" in fields:
        near = _one_of(fields["near"] or "no", ("yes", "no", NOTHING)) == "yes"
    if name in (None, "", NOTHING):
        if part or near:
            raise UsageError("place: a part needs the place that it is a part of")
        return _place_columns(None, None)
    text = str(now["place_text"] or name) if "place" not in fields else str(name)
    where, place_id = _place(database, str(name), text, part, near)
    return _place_columns(where, place_id)


def _place(database: Database, name: str, text: str, part: str | None, near: bool) -> tuple[Where, str]:
    """The place that a name means: one of the record first, else one of the gazetteer."""
    from tadmor.claim.where import located
    from tadmor.lexicon import gazetteer

    known = gazetteer.load()
    meant = None
    try:
        meant = names.find_place(database, name)
    except UsageError as unknown:
        found = [known.get(name)] if _in(known.get, name) else known.lookup(name)
        if not found:
            raise UsageError(f"place: {name!r} is neither in the record nor in the gazetteer") from unknown
        return located(found[0], text=text, part=part, near=near), found[0].id
    part = part or meant.part
    if _in(known.get, meant.place.id):
        return located(known.get(meant.place.id), text=text, part=part, near=near), meant.place.id
    place = meant.place
    precision = "unknown" if place.lat is None else "exact" if place.level == "place" else place.level
    where = Where(
        name=place.name,
        id=None if place.id.startswith(NAMED) else place.id,
        text=text,
        part=part,
        near=near,
        lat=place.lat,
        lon=place.lon,
        admin1=place.admin1,
        country=place.country,
        precision=precision,  # type: ignore[arg-type]  # levels are precisions
    )
    return where, place.id


def _in(get: Callable[[str], object], id: str) -> bool:
    try:
        get(id)
    except (KeyError, ValueError):
        return False
    return True


def _place_columns(where: Where | None, place_id: str | None) -> dict[str, Cell]:
    return {
        "place_id": place_id,
        "place": where.name if where else None,
        "place_text": where.text if where else None,
        "part": where.part if where else None,
        "near": int(where.near) if where else 0,
        "within": where.within if where else None,
        "lat": where.lat if where else None,
        "lon": where.lon if where else None,
        "admin1": where.admin1 if where else None,
        "country": where.country if where else None,
        "geo_precision": where.precision if where else "unknown",
        "candidates": "[]",
    }


def _days(fields: Mapping[str, str], now: Mapping[str, Value]) -> dict[str, Cell]:
    found: dict[str, date | None] = {}
    for name, column in (("from", "first_day"), ("to", "last_day")):
        text = fields.get(name, now[column] or "")
        try:
            found[name] = None if text in ("", NOTHING) else date.fromisoformat(str(text))
        except ValueError as error:
            raise UsageError(f"{name}: {text!r} is no day; write it as 2016-12-10") from error
    first, last = found["from"], found["to"]
    if first and last and first > last:
        raise UsageError(f"from: {first} is after {last}")
    given = fields.get("date_precision")
    if given and given != NOTHING:
        precision = _one_of(given, get_args(DatePrecision))
    elif not fields.keys() & {"from", "to"}:
        precision = str(now["date_precision"])
    else:
        precision = _precision(first, last)
    return {
        "first_day": first.isoformat() if first else None,
        "last_day": last.isoformat() if last else None,
        "date_precision": precision,
        "date_basis": "stated" if first or last else "none",
    }


def _precision(first: date | None, last: date | None) -> DatePrecision:
    if first is None or last is None:
        return "unknown"
    days = (last - first).days + 1
    return (
        "day" if days == 1 else "week" if days <= 7 else "month" if days <= 31 else "year" if days <= 366 else "longer"
    )


def _count(fields: Mapping[str, str], now: Mapping[str, Value]) -> dict[str, Cell]:
    before = from_json(str(now["count"]), Count) if now["count"] else Count()
    killed = _band("killed", fields["killed"]) if "killed" in fields else before.killed
    wounded = _band("wounded", fields["wounded"]) if "wounded" in fields else before.wounded
    whom = before.whom
    if "whom" in fields:
        whom = None if fields["whom"] in ("", NOTHING) else fields["whom"]
    count = Count(killed=killed, wounded=wounded, whom=whom)
    return {"count": json_text(count) if killed or wounded else None}


def _band(name: str, text: str) -> tuple[int | None, int | None] | None:
    if text in ("", NOTHING):
        return None
    found = _BAND.fullmatch(text.replace("\u2013", "-"))
    if found is None or not (found[1] or found[3]):
        raise UsageError(f"{name}: {text!r} is no number and no band, as 5-8")
    if not found[2]:
        return int(text), int(text)
    low, high = (int(bound) if bound else None for bound in (found[1], found[3]))
    if low is not None and high is not None and low > high:
        raise UsageError(f"{name}: {low} is more than {high}")
    return low, high


def _band_text(band: tuple[int | None, int | None] | None) -> str:
    if band is None or band == (None, None):
        return ""
    low, high = band
    return str(low) if low == high else f"{'' if low is None else low}-{'' if high is None else high}"
