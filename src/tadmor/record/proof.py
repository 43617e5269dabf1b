"""The hash of a reading: what was read from a report, as it stands in the record, in one number for the log.

With it each reading is bound to the log of custody, so that a byte of a text or of a claim that changed later is found.
What later work adds to a report (its story, its signature, what analysts decide of its claims) is not part of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from tadmor.record.database import Database, Row
from tadmor.record.reattach import BY_HAND
from tadmor.record.rows import CLAIM, Columns

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
_REAL = [_READ.index(name) for name in ("lat", "lon", "confidence")]


def reading_hash(report: Columns, claims: Iterable[Columns]) -> str:
    """SHA-256 over what is read from a report and its claims, by the columns that are stored of it."""
    rows = []
    for claim in sorted(claims, key=itemgetter("id")):
        cells: list[Any] = [claim[name] for name in _READ]
        for place in _REAL:  # a whole number comes back with a point
            cells[place] = None if cells[place] is None else float(cells[place])
        rows.append(cells)
    return _hash([report[name] for name in REPORT], rows)


def reading_hashes(database: Database) -> Iterator[tuple[str, str]]:
    """The id and the hash of every report of a record, by id."""
    claims = groupby(database.stream(f"{_CLAIMS} ORDER BY c.report_id, c.id"), key=itemgetter(_OF))
    of, own = next(claims, (None, iter(())))
    for report in database.stream(f"{_REPORTS} ORDER BY id"):
        while of is not None and of < report["id"]:  # claims of no report
            of, own = next(claims, (None, iter(())))
        if of == report["id"]:
            yield report["id"], _hash(report, map(_as_read, own))
            of, own = next(claims, (None, iter(())))
        else:
            yield report["id"], _hash(report, ())


def _as_read(row: Row) -> list[Any]:
    """The cells of a claim as they were before analysts corrected them."""
    *cells, corrected = row
    if corrected is None:
        return cells
    read = msgspec.json.decode(corrected)
    return [read.get(column, cell) for column, cell in zip(_READ, cells, strict=True)]


def _hash(report: Iterable[Any], claims: Iterable[Sequence[Any]]) -> str:
    total = hashlib.sha256(msgspec.json.encode(tuple(report)))
    for cells in claims:
        total.update(b"\n" + msgspec.json.encode(cells))
    return total.hexdigest()
