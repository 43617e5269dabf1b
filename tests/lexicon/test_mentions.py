"""Names as reports write them lead to one actor. In `mentions.csv` the name stands in brackets in its sentence."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from tadmor.lexicon import actors

ACTORS = actors.load()
WORD = re.compile(r"\w+|[^\w\s]")


class Row(NamedTuple):
    country: str  # that the report is about
    day: date
    text: str
    actor: str  # id


def rows() -> list[Row]:
    with (Path(__file__).parent / "mentions.csv").open(encoding="utf-8", newline="") as file:
        return [
            Row(row["country"], date.fromisoformat(row["day"]), row["text"], row["actor"])
            for row in csv.DictReader(file)
        ]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.text)
def test_a_mention_leads_to_its_actor(row: Row) -> None:
    before, _, rest = row.text.partition("[")
    name, _, after = rest.partition("]")
    start = len(WORD.findall(before))
    end = start + len(WORD.findall(name))
    side = ACTORS.side(name.split(), row.country, row.day)
    found = [
        hit.id
        for hit in ACTORS.find(WORD.findall(before + name + after), (row.country,))
        if hit.start < end and hit.end > start
    ]
    meant = side.id if side is not None else ACTORS.on(found[0], row.day).id if found else None
    assert meant == row.actor
