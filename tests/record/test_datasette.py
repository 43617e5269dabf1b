"""A record opens in Datasette as it is: views with plain names, their rows, the indexes of words."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from datasette.app import Datasette

from tadmor.record.database import open_record

VIEWS = (
    "what_happened", "what_is_disputed", "what_was_read_before", "what_was_read_when", "who_claims_what",
    "who_holds_what", "who_holds_what_now", "who_is_reliable", "who_reviewed_what", "who_says_what",
)  # fmt: skip


class Asked:
    """A Datasette with one record, asked as a browser asks it."""

    def __init__(self, record: Path) -> None:
        self._datasette = Datasette([str(record)])
        self._loop = asyncio.Runner()
        self._loop.run(self._datasette.invoke_startup())

    def page(self, path: str = "", **asked: str) -> str:
        found = self._loop.run(self._datasette.client.get(f"/war{path}?{urlencode(asked)}"))
        assert found.status_code == 200, found.text
        return str(found.text)

    def json(self, path: str = "", **asked: str) -> Any:
        found = self._loop.run(self._datasette.client.get(f"/war{path}.json?{urlencode(asked)}"))
        assert found.status_code == 200, found.text
        return found.json()

    def close(self) -> None:
        self._datasette.executor.shutdown()
        self._loop.close()


@pytest.fixture(scope="module")
def asked(small_record: Path) -> Iterator[Asked]:
    before = hashlib.sha256(small_record.read_bytes()).digest()
    asked = Asked(small_record)
    yield asked
    asked.close()
    assert hashlib.sha256(small_record.read_bytes()).digest() == before, "the record was changed"


def test_views_are_listed_by_their_names(asked: Asked) -> None:
    assert {view["name"] for view in asked.json()["views"]} >= set(VIEWS)
    page = asked.page()
    assert all(f'href="/war/{view}"' in page for view in VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_rows_of_a_view(asked: Asked, small_record: Path, view: str) -> None:
    """As many as the record has, with the same values."""
    with open_record(small_record) as database:
        wanted = [dict(zip(row.keys(), row, strict=True)) for row in database.query(f"SELECT * FROM {view}")]
    found = asked.json(f"/{view}", _shape="objects")
    assert found["filtered_table_rows_count"] == len(wanted)
    assert found["rows"] == wanted
    asked.page(f"/{view}")


@pytest.mark.parametrize("view", VIEWS)
def test_a_row_is_found_by_what_is_in_it(asked: Asked, view: str) -> None:
    """By numbers that are worked out, too, such as `still_so` and `confidence`."""
    for row in asked.json(f"/{view}", _shape="objects")["rows"]:
        values = {f"{column}__exact": str(value) for column, value in row.items() if value is not None}
        assert row in asked.json(f"/{view}", _shape="objects", **values)["rows"]


@pytest.mark.parametrize(("table", "column"), [("reports", "text"), ("claims", "quote")])
def test_texts_and_quotes_are_searched(asked: Asked, table: str, column: str) -> None:
    every = asked.json(f"/{table}", _shape="objects")["rows"]
    found = asked.json(f"/{table}", _search="palmyra gains", _shape="objects")["rows"]
    assert found == [row for row in every if all(word in row[column] for word in ("Palmyra", "gains"))]
    assert 0 < len(found) < len(every)
    assert asked.json(f"/{table}", _search="nosuchword")["rows"] == []
    assert 'type="search"' in asked.page(f"/{table}")
