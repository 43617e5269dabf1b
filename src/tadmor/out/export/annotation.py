"""W3C Web Annotations (2017): a collection of quotes, each found again by its offsets and by its words in context."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tadmor.out import wording
from tadmor.out.export.tables import Column, Table
from tadmor.record import select
from tadmor.record.database import Database
from tadmor.record.rows import json_text
from tadmor.record.select import ClaimRow

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

NOTES = (
    "Offsets count characters (Unicode code points) of the cleaned text of the report, end exclusive; the quote"
    " selector finds the words in the page itself.",
    "`target.source` is the address of the report, or where it came as a file `urn:tadmor:report:` and its id.",
)
CONTEXT = 32  # characters before and after, as the recommendation's examples have
MANY = 500
ANCHOR = "http://www.w3.org/ns/anno.jsonld"


def table(job: Job) -> Table[Any]:
    columns: tuple[Column[ClaimRow], ...] = (
        Column("id", "text", "urn:tadmor:claim: and the id of the claim"),
        Column("type", "text", "Annotation"),
        Column("motivation", "text", "identifying"),
        Column("body", "texts", "What the words are read as: a sentence, and kind, type and modality as tags"),
        Column("target", "texts", "Object with `source` and two selectors: TextQuoteSelector (exact, prefix, suffix)"
               " and TextPositionSelector (start, end)"),
    )  # fmt: skip
    return Table("claims", "Quotes as Web Annotations", "id", columns, select.claims, lambda row: None)


def write(job: Job, table: Table[Any], out: Path) -> int:
    count, encode = 0, msgspec.json.Encoder().encode
    with out.open("wb") as stream:
        stream.write(
            b'{"@context":"' + ANCHOR.encode() + b'","id":"urn:tadmor:annotations","type":"AnnotationCollection",'
            b'"label":"Claims of a Tadmor record","first":{"id":"urn:tadmor:annotations:page:1",'
            b'"type":"AnnotationPage","partOf":"urn:tadmor:annotations","startIndex":0,"items":['
        )
        rows = table.read(job.database, job.filters)
        while some := list(islice(rows, MANY)):
            around = _contexts(job.database, [row.told.claim.id for row in some])
            for row in some:
                stream.write((b",\n" if count else b"\n") + encode(_annotation(row, around[row.told.claim.id])))
                count += 1
        stream.write(b'\n]},"total":%d}\n' % count)
    return count


def _annotation(row: ClaimRow, around: tuple[str, str]) -> dict[str, object]:
    told, claim = row.told, row.told.claim
    prefix, suffix = around
    web = told.origin.startswith(("http://", "https://"))
    tags = [{"type": "TextualBody", "purpose": "tagging", "value": tag} for tag in _tags(row)]
    return {
        "id": f"urn:tadmor:claim:{claim.id}",
        "type": "Annotation",
        "motivation": "identifying",
        "body": [
            {
                "type": "TextualBody",
                "purpose": "describing",
                "format": "text/plain",
                "value": f"Claimed by {row.voice.name}: {wording.says(claim)}, {wording.days(claim.days)}",
            },
            *tags,
        ],
        "target": {
            "source": told.origin if web else f"urn:tadmor:report:{claim.report_id}",
            "selector": [
                {"type": "TextQuoteSelector", "exact": told.quote, "prefix": prefix, "suffix": suffix},
                {"type": "TextPositionSelector", "start": claim.quote.start, "end": claim.quote.end},
            ],
        },
    }


def _tags(row: ClaimRow) -> list[str]:
    claim = row.told.claim
    return [tag for tag in (claim.kind, claim.type, claim.modality, claim.verification) if tag]


def _contexts(database: Database, claim_ids: list[str]) -> dict[str, tuple[str, str]]:
    """The characters before and after the quotes of some claims, by the id of the claim."""
    rows = database.query(
        "SELECT c.id, substr(r.text, c.quote_start - c.lead + 1, c.lead), substr(r.text, c.quote_end + 1, ?2) FROM"
        " (SELECT id, report_id, quote_start, quote_end,"
        " CASE WHEN quote_start < ?2 THEN quote_start ELSE ?2 END AS lead"
        " FROM claims WHERE id IN (SELECT value FROM json_each(?1))) c JOIN reports r ON r.id = c.report_id",
        (json_text(claim_ids), CONTEXT),
    )
    return {id: (before, after) for id, before, after in rows}
