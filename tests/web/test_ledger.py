"""Lists of claims by any filters, alone and together, hold what going through all claims finds."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations_with_replacement
from typing import Any

import pytest

from asking import Client
from homes import Records
from tadmor.record.address import Address
from tadmor.record.database import Database, open_record
from tadmor.web import ledger

PALMYRA = "gn:163808"
Row = dict[str, Any]
FILTERS: dict[str, tuple[dict[str, object], Callable[[Row], bool]]] = {
    "place": ({"place": PALMYRA}, lambda row: row["place_id"] == PALMYRA),
    "no such place": ({"place": "gn:1"}, lambda row: False),
    "actor": ({"actor": "Greens"}, lambda row: "Greens" in (row["actor"], row["opponent"])),
    "kind": ({"kind": "control"}, lambda row: row["kind"] == "control"),
    "type": ({"type": "holds"}, lambda row: row["type"] == "holds"),
    "modality": ({"modality": "asserted"}, lambda row: row["modality"] == "asserted"),
    "sure": ({"least": 0.9}, lambda row: row["confidence"] >= 0.9),
    "since": ({"first": "2016-03-27"}, lambda row: (row["last_day"] or row["published"] or "") >= "2016-03-27"),
    "until": ({"last": "2016-03-27"}, lambda row: (row["first_day"] or row["published"] or "9") <= "2016-03-27"),
    "area": ({"box": "38,34,39,35"}, lambda row: row["place_id"] == PALMYRA),
    "words": ({"text": "palmyra"}, lambda row: "palmyra" in row["quote"].lower()),
}


@pytest.fixture(scope="module")
def asked(small_war: Address, records: Records) -> Address:
    return records.copy(small_war)


@pytest.fixture(scope="module")
def client(asked: Address) -> Client:
    return Client(asked)


@pytest.fixture(scope="module")
def every(asked: Address) -> list[Row]:
    """All claims, in the order of the list."""
    with open_record(asked) as database:
        rows = [dict(zip(row.keys(), tuple(row), strict=True)) for row in database.query(
            "SELECT c.*, r.published FROM claims c JOIN reports r ON r.id = c.report_id ORDER BY c.id"
        )]  # fmt: skip
    return sorted(rows, key=lambda row: row["last_day"] or row["first_day"] or row["published"] or "", reverse=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (a, b)
        for a, b in combinations_with_replacement(FILTERS, 2)
        if a == b or not FILTERS[a][0].keys() & FILTERS[b][0]
    ],
)
def test_filters_hold_alone_and_together(client: Client, every: list[Row], one: str, other: str) -> None:
    wanted = [row["id"] for row in every if FILTERS[one][1](row) and FILTERS[other][1](row)]
    found = client.get("/api/claims", **(FILTERS[one][0] | FILTERS[other][0])).json
    assert (found["total"], [claim["id"] for claim in found["claims"]]) == (len(wanted), wanted)


def test_what_is_counted_is_what_is_there(asked: Address, every: list[Row]) -> None:
    with open_record(asked) as database:
        whole = ledger.load(database)
    named = [name for row in every for name in (row["actor"], row["opponent"]) if name]
    assert whole.parties() == {name: named.count(name) for name in named}
    assert list(whole.parties().values()) == sorted(whole.parties().values(), reverse=True)
    for kind in ("control", "event", "relation"):
        types = [row["type"] for row in every if row["kind"] == kind]
        assert dict(whole.types(kind)) == {type: types.count(type) for type in types}
    at = whole.place.any_of([PALMYRA])
    assert whole.place.counts(at) == {PALMYRA: sum(row["place_id"] == PALMYRA for row in every)}
    assert sum(count for _, count in whole.days(at)) == 4


def test_claims_without_days_are_listed_last_and_in_no_span(records: Records) -> None:
    record = records.new()
    with open_record(record, write=True) as database:
        _put(database, ("c1", None, None), ("c2", "2016-01-05", "2016-01-10"), ("c3", "2016-02-01", "2016-02-01"))
    client = Client(record)

    def ids(**asked: str) -> list[str]:
        return [claim["id"] for claim in client.get("/api/claims", **asked).json["claims"]]

    assert ids() == ["c3", "c2", "c1"]
    assert ids(first="2016-01-07", last="2016-01-07") == ids(last="2016-01-06") == ["c2"]
    assert ids(first="2016-01-10") == ["c3", "c2"]
    assert ids(last="2016-01-04") == ids(first="2016-02-02") == []


def _put(database: Database, *claims: tuple[str, str | None, str | None]) -> None:
    with database.transaction():
        sha256 = "0" * 64
        database.execute("INSERT INTO blobs (sha256, size, packed) VALUES (?, 0, ?)", (sha256, b""))
        database.execute("INSERT INTO makers VALUES ('m', 'm', 'm', 'm')")
        database.execute(
            "INSERT INTO reports (id, sha256, media_type, authors, published_by, language, truncated, text, segments,"
            " signature, maker) VALUES ('r', ?, 'text/plain', '[]', 'nobody', 'en', 0, 'x', '[]', ?, 'm')",
            (sha256, b""),
        )
        database.execute("INSERT INTO receipts VALUES ('r', 'r.txt', 'r', '2026-01-01T00:00:00Z')")
        for id, first, last in claims:
            database.execute(
                "INSERT INTO claims (id, report_id, kind, type, near, geo_precision, candidates, first_day, last_day,"
                " date_precision, date_basis, modality, sources, quote, quote_start, quote_end, also, rule, confidence)"
                " VALUES (?, 'r', 'event', 'Attack', 0, 'unknown', '[]', ?, ?, 'day', 'stated', 'asserted', '[]', 'x',"
                " 0, 1, '[]', 'rule', 0.5)",
                (id, first, last),
            )
