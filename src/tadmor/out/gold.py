"""The form in which annotators write claims: one JSON object a report, with the claims in the order of the text."""

from __future__ import annotations

from datetime import date

import msgspec

from tadmor.records import Claim, Count, Party, Quote, Reading, Report

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


def line(reading: Reading) -> str:
    """One line of JSON, without its end."""
    return msgspec.json.encode(gold(reading)).decode()


def gold(reading: Reading) -> dict[str, Value]:
    """A report and its claims, numbered from 1."""
    report = reading.report
    return {
        "doc": report.doc,
        "published": _day(report.published),
        "title": report.headline,
        "outlet": report.outlet,
        "original_outlet": report.original_outlet,
        "authors": list(report.authors),
        "truncated": report.truncated,
        "claims": [_claim(number, claim, report) for number, claim in enumerate(in_order(reading), 1)],
    }


def in_order(reading: Reading) -> list[Claim]:
    """The claims in the order of the text."""
    return sorted(reading.claims, key=lambda claim: (claim.quote.start, claim.quote.end, claim.id))


def words(report: Report, quote: Quote) -> str:
    """What a quote points to."""
    return report.text[quote.start : quote.end]


def _claim(number: int, claim: Claim, report: Report) -> dict[str, Value]:
    where, days = claim.where, claim.days
    return {
        "id": number,
        "kind": claim.kind,
        "type": claim.type,
        "actor": _name(claim.actor),
        "opponent": _name(claim.opponent),
        "place": where.name if where else None,
        "part": where.part if where else None,
        "near": where.near if where else False,
        "within": where.within if where else None,
        "from": _day(days.first),
        "to": _day(days.last),
        "date_precision": days.precision,
        "modality": claim.modality,
        "sources": list(claim.sources),
        "verification": claim.verification,
        "count": _count(claim.count),
        "of": claim.of,
        "evidence": words(report, claim.quote),
        "also": [words(report, quote) for quote in claim.also],
        "actor_text": claim.actor.text if claim.actor else None,
        "opponent_text": claim.opponent.text if claim.opponent else None,
        "place_text": where.text if where else None,
        "lat": where.lat if where else None,
        "lon": where.lon if where else None,
        "admin1": where.admin1 if where else None,
        "country": where.country if where else None,
        "geo_precision": where.precision if where else "unknown",
        "confidence": claim.confidence,
        "quote": [claim.quote.start, claim.quote.end],
    }


def _name(party: Party | None) -> str | None:
    return party.name if party else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _count(count: Count | None) -> Value:
    if count is None:
        return None
    found: dict[str, Value] = {}
    if count.killed is not None:
        found["killed"] = list(count.killed)
    if count.wounded is not None:
        found["wounded"] = list(count.wounded)
    if count.whom is not None:
        found["whom"] = count.whom
    return found
