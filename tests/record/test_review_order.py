"""Whatever is decided, and in whatever order it comes in: the record is the same to the byte, and whole."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import invented
from tadmor.errors import UsageError
from tadmor.pipeline import read_into, review_into
from tadmor.record import decide, queries, reviews
from tadmor.record.check import content_hash, faults
from tadmor.record.database import Database, open_record
from tadmor.records import Review
from tadmor.run.local import Local

LINES = [
    ["On 2016-05-20 Reds gains Palmyra (observers).", "On 2016-08-27 Blues gains Palmyra."],
    ["On 2016-12-06 Greens gains Sirte (observers).", "On 2016-12-07 Greens holds Nowhere Hill."],
    ["On 2016-12-11 Reds holds Palmyra (witnesses)."],
]
CHANGES: Sequence[dict[str, str]] = (
    {"place": "Sirte"}, {"place": "Palmyra", "part": "east"}, {"actor": "Greens"}, {"from": "2016-11-01"},
    {"type": "holds"}, {"place": "-", "part": "-"}, {"killed": "3-5"}, {"sources": "a driver | Gazette"},
)  # fmt: skip
BY_HAND = {"type": "gains", "actor": "Blues", "place": "Sirte", "from": "2016-12-09", "to": "2016-12-09"}

STEPS = st.tuples(
    st.sampled_from(["read", "accept", "reject", "correct", "undo", "merge", "split", "grade", "credibility", "add"]),
    st.integers(0, 7),
    st.sampled_from(["Amal", "Basil"]),
)


def made(database: Database, step: str, number: int, analyst: str) -> list[Review]:
    """What one step decides; nothing where there is nothing to decide about."""
    author = decide.Author(analyst, f"{step} {number}")
    ids = [row["id"] for row in database.query("SELECT id FROM claims ORDER BY id")]
    one = [ids[number % len(ids)]] if ids else []
    kept = [kept.id for kept, _ in reviews.entries(database)]
    match step:
        case "accept" | "reject" | "correct" if one:
            fields = CHANGES[number % len(CHANGES)]
            return decide.about_claims(database, step, one, author, fields=fields)
        case "undo" if kept:
            return [decide.undo(database, kept[number % len(kept)], author)]
        case "merge":
            events = [event.id for event in queries.events(database) if event.place_id == invented.PLACES["Palmyra"].id]
            return [decide.merge(database, events, author)]
        case "split" if one:
            return [decide.split(database, one, author)]
        case "grade":
            return decide.grade(database, "observers", "ABCDEF"[number % 6], author)
        case "credibility" if one:
            return decide.grade(database, one[0], str(1 + number % 6), author)
        case "add":
            return [decide.add(database, BY_HAND, f"word {number}", author, outlet="Gazette")]
        case _:
            return []


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=14))
def test_step_by_step_and_all_at_once_agree(steps: list[tuple[str, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        inputs = [Path(folder) / f"{number}.txt" for number in range(len(LINES))]
        for number, path in enumerate(inputs):
            path.write_text(invented.text(*LINES[number], seed=number))
        todo = list(map(str, inputs))
        with open_record(Path(folder) / "one", write=True) as one:
            for step, number, analyst in [*steps, *([("read", 0, "")] * len(LINES))]:
                if step == "read":
                    _read(one, [todo.pop()] if todo else [])
                    continue
                try:
                    decided = made(one, step, number, analyst)
                except UsageError:
                    continue
                review_into(one, decided, runner=Local())
            assert list(faults(one)) == []
            entries = [kept.review for kept, _ in reviews.entries(one)]
            with open_record(Path(folder) / "two", write=True) as two:
                half = len(entries) // 2
                review_into(two, entries[half:], runner=Local())
                _read(two, list(map(str, inputs)))
                review_into(two, entries[:half], runner=Local())
                assert list(faults(two)) == []
                assert content_hash(two) == content_hash(one)


def _read(database: Database, inputs: Sequence[str]) -> Any:
    return read_into(database, inputs, runner=Local(), stage=invented.STAGE)
