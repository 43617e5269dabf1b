"""What is taken away is what was looked at, with what it means beside it, and leaves nothing behind."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any, get_args

import pytest

from asking import Answer, Client
from tadmor.out.export.job import FORMATS
from tadmor.web.asked import Format

PALMYRA = "gn:163808"


@pytest.fixture(scope="module")
def client(small_record: Path) -> Client:
    return Client(small_record)


def rows(answer: Answer) -> list[dict[str, str]]:
    with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
        (name,) = (name for name in packed.namelist() if name.endswith(".csv"))
        return list(csv.DictReader(io.StringIO(packed.read(name).decode())))


def test_every_format_of_the_command_can_be_asked_for(client: Client) -> None:
    assert get_args(Format) == tuple(FORMATS)
    told = client.get("/api/record").json["formats"]
    assert [(one["name"], tuple(one["what"])) for one in told] == [(name, one.what) for name, one in FORMATS.items()]


@pytest.mark.parametrize("form", [name for name in FORMATS if "parquet" not in name])
def test_rows_come_with_what_they_mean(client: Client, form: str) -> None:
    answer = client.get("/api/export", format=form, what=FORMATS[form].what[0])
    assert answer.status == 200 and answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
        first, second, *_ = packed.namelist()
        assert second == f"{first}-dictionary.md" and packed.read(first) and packed.testzip() is None
    assert client.get("/api/export", format=form, what=FORMATS[form].what[0]).body == answer.body


@pytest.mark.parametrize(
    "filters",
    [
        {"place": PALMYRA}, {"actor": "Greens"}, {"type": "gains"}, {"kind": "control"}, {"least": 0.5},
        {"first": "2016-12-01", "last": "2016-12-06"}, {"box": "36,33,41,37"}, {"source_kind": "outlet"},
        {"text": "gains palm"}, {"text": '"*'}, {"review": "accepted"}, {"actor": "Reds", "box": "36,33,41,37"},
    ],
    ids=str,
)  # fmt: skip
def test_the_claims_of_a_list_are_those_that_are_exported(client: Client, filters: dict[str, Any]) -> None:
    listed = client.get("/api/claims", limit=500, **filters).json["claims"]
    answer = client.get("/api/export", what="claims", format="csv", **filters)
    assert sorted(row["claim"] for row in rows(answer)) == sorted(one["id"] for one in listed)


def test_a_report_is_exported_with_its_claims(client: Client) -> None:
    report = client.get("/api/reports").json["reports"][0]
    answer = client.get("/api/export", what="claims", format="csv", report=report["id"])
    assert len(rows(answer)) == report["claims"] > 0


def test_the_dictionary_says_what_was_asked_for(client: Client) -> None:
    answer = client.get("/api/export", what="events", format="csv", place=PALMYRA, first="2016-01-01")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
        said = packed.read("war-events.csv-dictionary.md").decode()
    assert "place Palmyra" in said and "first 2016-01-01" in said


@pytest.mark.parametrize(("form", "begins"), [("html", b"<!doctype html>"), ("md", b"# Sirte in December")])
def test_a_briefing_of_the_days_and_places_that_are_looked_at(client: Client, form: str, begins: bytes) -> None:
    answer = client.get(
        "/api/briefing",
        first="2016-12-01",
        last="2016-12-31",
        format=form,
        box="16,30,17,32",
        title="Sirte in December",
    )
    assert answer.status == 200 and answer.body.lower().startswith(begins.lower())
    assert b"Greens" in answer.body and b"Blues" not in answer.body
    assert "war-2016-12-01-2016-12-31" in answer.headers["content-disposition"]


def test_a_briefing_of_a_what_if_says_so(client: Client) -> None:
    plain = {"first": "2016-01-01", "last": "2016-12-31", "format": "md"}
    assert b"WHAT IF" not in client.get("/api/briefing", **plain).body
    supposed = client.get("/api/briefing", **plain, only_kind="outlet").body
    assert b"WHAT IF, with sources of kind outlet alone" in supposed


def test_what_cannot_be_made_is_an_error_and_leaves_nothing(client: Client) -> None:
    before = set(Path(tempfile.gettempdir()).glob("tadmor-taken-*"))
    assert client.get("/api/export", format="acled", what="claims").status == 404
    assert client.get("/api/export", format="csv", first="2016-12-02", last="2016-12-01").status == 404
    assert client.get("/api/export", format="xlsx").status == 400
    assert client.get("/api/briefing", first="2016-12-02", last="2016-12-01").status == 404
    assert client.get("/api/briefing", first="2016-12-01", last="2016-12-02", without="nobody").status == 404
    assert client.get("/api/export", format="csv").status == 200
    assert set(Path(tempfile.gettempdir()).glob("tadmor-taken-*")) == before
