"""What analysts made of a claim is shown wherever the claim is, and what they rejected counts nowhere."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import invented
from tadmor.out.brief import page
from tadmor.out.brief.gather import gather
from tadmor.out.export.job import export
from tadmor.pipeline import review_into
from tadmor.record import decide, weight_sets
from tadmor.record.database import Database, open_record
from tadmor.record.decide import Author
from tadmor.record.select import Filters
from tadmor.run.local import Local

AMAL = Author("Amal", "looked at it")


@pytest.fixture
def reviewed(small_record: Path, tmp_path: Path) -> Iterator[Database]:
    """A record in which one claim is rejected, one moved, one accepted, and one is by hand."""
    path = Path(shutil.copy(small_record, tmp_path / "war.tadmor"))
    with open_record(path, write=True) as database:
        ids = {row["quote"]: row["id"] for row in database.query("SELECT id, quote FROM claims")}

        def about(action: str, quote: str, **fields: str) -> list[object]:
            return [*decide.about_claims(database, action, [ids[quote]], AMAL, fields=fields)]  # type: ignore[arg-type]

        by_hand = {"type": "gains", "actor": "Greens", "place": "Sirte", "from": "2016-12-09", "to": "2016-12-09",
                   "sources": "a driver"}  # fmt: skip
        made = [
            *about("reject", "On 2016-12-11 Blues holds Palmyra (ministry)."),
            *about("correct", "On 2016-12-11 Reds gains Palmyra (observers).", place="Sirte"),
            *about("accept", "On 2016-12-06 Greens gains Sirte."),
            decide.add(database, by_hand, "They took it.", AMAL),
        ]
        review_into(database, made, runner=Local(), history=invented.history)  # type: ignore[arg-type]
        yield database


def test_exports_say_what_was_reviewed(reviewed: Database, tmp_path: Path) -> None:
    export(reviewed, "csv", tmp_path / "claims.csv", Filters(), what="claims")
    with (tmp_path / "claims.csv").open(newline="", encoding="utf-8") as stream:
        rows = {row["quote"]: row for row in csv.DictReader(stream)}
    status = {quote: row["review"] for quote, row in rows.items() if row["review"]}
    assert sorted(status.values()) == ["accepted", "by hand", "corrected", "rejected"]
    moved = rows["On 2016-12-11 Reds gains Palmyra (observers)."]
    assert (moved["place"], moved["reviewed_by"], moved["review_why"]) == ("Sirte", "Amal", "looked at it")
    assert json.loads(moved["as_read"])["place"] == "Palmyra"
    assert rows["They took it."]["doc"] == "by hand" and rows["They took it."]["rule"] == "by hand"
    export(reviewed, "jsonl", tmp_path / "spells.jsonl", Filters(), what="spells")
    spells = [json.loads(line) for line in (tmp_path / "spells.jsonl").read_text().splitlines()]
    counts = {one["place"]: one["claims_reviewed"] for one in spells}
    assert counts == {"Palmyra": 0, "Sirte": 3, "Syria": 0, "Nowhere Hill": 0}


@pytest.mark.parametrize("form", ["annotation", "plover"])
def test_what_is_rejected_is_left_out_where_it_cannot_be_marked(reviewed: Database, tmp_path: Path, form: str) -> None:
    export(reviewed, form, tmp_path / "out", Filters())
    text = (tmp_path / "out").read_text()
    assert "Reds gains Palmyra" in text and "Blues holds Palmyra" not in text


def test_provenance_leads_to_reviews_and_notes(reviewed: Database, tmp_path: Path) -> None:
    export(reviewed, "prov", tmp_path / "prov.json", Filters())
    found = json.loads((tmp_path / "prov.json").read_text())
    kinds = {name: one["prov:type"] for name, one in found["entity"].items()}
    (note,) = (name for name, kind in kinds.items() if kind == "tadmor:Note")
    reviews = {name for name, kind in kinds.items() if kind == "tadmor:Review"}
    assert len(reviews) == 3, "the rejected claim is behind no spell"
    assert {one["prov:entity"] for one in found["wasAttributedTo"].values()} == reviews
    (analyst,) = {one["prov:agent"] for one in found["wasAttributedTo"].values()}
    assert found["agent"][analyst] == {"prov:type": "prov:Person", "prov:label": "Amal"}
    assert note not in {one["prov:entity"] for one in found["wasGeneratedBy"].values()}


def test_the_briefing_says_what_was_reviewed(reviewed: Database, tmp_path: Path) -> None:
    first, last = date(2016, 12, 1), date(2016, 12, 31)
    found = gather(reviewed, Filters(first=first, last=last), weight_sets.knowledge(reviewed), first=first, last=last,
                   title="Briefing", scope="all")  # fmt: skip
    page.write(found, tmp_path / "brief.md")
    text = (tmp_path / "brief.md").read_text()
    for said in ("accepted", "corrected, was read as place Palmyra", "by hand"):
        assert said in text
    assert "Blues holds Palmyra" not in text and "1 more claims, which analysts rejected" in text
