"""The hash of a reading: what was read from a report, as it stands in the record, in one number for the log.

With it each reading is bound to the log of custody, so that a byte of a text or of a claim that changed later is found.
What later work adds to a report (its story, its signature, what analysts decide of its claims) is not part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import msgspec

from tadmor.record.database import Database, Row
from tadmor.record.reattach import BY_HAND
from tadmor.record.rows import CLAIM

__all__ = ["reading_hash", "reading_hashes"]

REPORT = ("id", "sha256", "media_type", "outlet", "original_outlet", "authors", "headline", "dateline", "published",
          "published_by", "language", "truncated", "text", "segments", "named", "maker", "asked_published",
          "asked_outlet", "notes")  # fmt: skip
_REPORTS = f"SELECT {', '.join(REPORT)} FROM reports"
_READ = (*CLAIM, "quote")
_CLAIMS = (
    f"SELECT {', '.join(f'c.{column}' for column in _READ)}, o.columns AS as_read"
    f" FROM claims c LEFT JOIN claims_as_read o ON o.claim_id = c.id WHERE c.rule <> '{BY_HAND}'"
)
_OF = CLAIM.index("report_id")


def reading_hash(database: Database, report_id: str) -> str:
    """SHA-256 over a report of the record and its claims."""
    (report,) = database.query(f"{_REPORTS} WHERE id = ?", (report_id,))
    return _hash(report, database.query(f"{_CLAIMS} AND c.report_id = ? ORDER BY c.id", (report_id,)))


def reading_hashes(database: Database) -> Iterator[tuple[str, str]]:
    """The id and the hash of every report, by id."""
    claims = groupby(database.stream(f"{_CLAIMS} ORDER BY c.report_id, c.id"), key=itemgetter(_OF))
    of, own = next(claims, (None, iter(())))
    for report in database.stream(f"{_REPORTS} ORDER BY id"):
        while of is not None and of < report["id"]:  # claims of no report
            of, own = next(claims, (None, iter(())))
        if of == report["id"]:
            yield report["id"], _hash(report, own)
            of, own = next(claims, (None, iter(())))
        else:
            yield report["id"], _hash(report, ())


def _hash(report: Row, claims: Iterable[Row]) -> str:
    total = hashlib.sha256(msgspec.json.encode(tuple(report)))
    for claim in claims:
        *cells, corrected = claim
        if corrected is not None:
            read = msgspec.json.decode(corrected)
            cells = [read.get(column, cell) for column, cell in zip(_READ, cells, strict=True)]
        total.update(b"\n" + msgspec.json.encode(cells))
    return total.hexdigest()
