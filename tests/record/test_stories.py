"""Stories in the record: the same whether found at once, one by one, in any order, or by comparing all with all."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from unittest import mock

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homes import Records
from tadmor.record import maker, stories, write
from tadmor.record.check import content_hash
from tadmor.record.database import Database, open_record
from tadmor.records import Claim, Days, Party, Quote, Reading, Report, Segment, Where
from tadmor.report.story import same_story, signature

WORDS = [f"{a}{b}" for a in ("ka", "lo", "mi", "ne", "ru") for b in ("ra", "so", "ti", "vu", "ze", "ba", "de")]
CHANCE = random.Random(7)
TEXTS = [" ".join(CHANCE.choice(WORDS) for _ in range(count)) for count in (60, 90, 120, 150, 200, 300)]
STOCK = " ".join(CHANCE.choice(WORDS) for _ in range(40))


@pytest.fixture
def record(records: Records) -> Iterator[Database]:
    with open_record(records.new(), write=True) as database:
        yield database


def report(name: str, text: str) -> Report:
    digest = name.rjust(64, "0")
    return Report(
        id="r" + digest[-20:],
        sha256=digest,
        doc=name,
        origin=name,
        media_type="text/plain",
        text=text,
        segments=(Segment(role="body", start=0, end=len(text)),),
        signature=signature(text),
    )


def store(database: Database, *reports: Report, version: maker.Maker | None = None) -> None:
    """Store reports, each with a claim about a place of its own, without finding their stories."""
    version = version or maker.this()
    with database.transaction():
        write.put_maker(database, version)
        for one in reports:
            claim = Claim(
                id="c" + one.id,
                report_id=one.id,
                kind="control",
                type="holds",
                actor=Party(name="Reds", id=None, text="Reds"),
                where=Where(name=one.doc, text=one.doc),
                days=Days(precision="unknown", basis="none"),
                quote=Quote(start=0, end=4),
                rule="test",
                confidence=1.0,
            )
            reading = Reading(report=one, claims=(claim,))
            options = {"doc": one.doc, "published": None, "outlet": None, "read_at": ""}
            write.put_reading(database, reading, one.doc.encode(), maker=version, **options)  # type: ignore[arg-type]


def settle(database: Database, *, many: int = 100, version: maker.Maker | None = None, in_memory: bool = False) -> None:
    version = version or maker.this()
    with database.transaction():
        write.put_maker(database, version)
        stories.forget_outdated(database, version)
    finder = stories.Finder(database, version)
    with mock.patch.object(stories.Finder, "MANY", 1 if in_memory else 8192):
        while stories.any_untold(database):
            with database.transaction():
                write.put_stories(database, finder.find(many))


def found(database: Database) -> dict[str, str]:
    return {row["report_id"]: row["story_id"] for row in database.query("SELECT * FROM stories")}


def compared(reports: Sequence[Report]) -> dict[str, str]:
    """All with all: the stories by definition."""
    story_of = {one.id: one.id for one in reports}
    for _ in reports:
        for one, other in combinations(reports, 2):
            if same_story(one.signature, other.signature):
                story_of[one.id] = story_of[other.id] = min(story_of[one.id], story_of[other.id])
    return story_of


@st.composite
def collections(draw: st.DrawFn) -> list[Report]:
    """Reports that are whole, cut, joined, changed, with and without a stock phrase, in any order."""
    reports = []
    for number in range(draw(st.integers(1, 14))):
        words: list[str] = []
        for text in draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3)):
            whole = text.split()
            begin, end = sorted(draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
            words += whole[begin:end] if draw(st.booleans()) else whole
        if draw(st.booleans()):
            words += STOCK.split()
        for at in range(draw(st.integers(0, 30)), len(words), draw(st.sampled_from([8, 15, 1000]))):
            words[at] = "changed"
        reports.append(report(f"{number}", " ".join(words)))
    return draw(st.permutations(reports))


@settings(max_examples=60)
@given(collections(), st.integers(1, 6), st.randoms(use_true_random=False))
def test_stories_do_not_depend_on_the_order_nor_on_how_many_come_at_once(
    reports: list[Report], many: int, chance: random.Random
) -> None:
    """Nor on whether they are found by the table of hashes or in memory."""
    expected = compared(reports)
    with tempfile.TemporaryDirectory() as folder, open_record(Path(folder) / "record", write=True) as database:
        while reports:
            some, reports = reports[:many], reports[many:]
            before = found(database)
            store(database, *some)
            settle(database, many=chance.randrange(1, 4), in_memory=chance.random() < 0.5)
            after = found(database)
            for one, other in combinations(before, 2):  # what was joined stays joined
                assert before[one] != before[other] or after[one] == after[other]
        assert found(database) == expected


@settings(max_examples=40)
@given(collections(), st.data())
def test_a_changed_text_leaves_its_story_and_joins_another(reports: list[Report], data: st.DataObject) -> None:
    """The rest of the story is what it would be had the old text never been there."""
    with tempfile.TemporaryDirectory() as folder, open_record(Path(folder) / "record", write=True) as database:
        store(database, *reports)
        settle(database)
        for _ in range(2):
            at = data.draw(st.integers(0, len(reports) - 1))
            text = data.draw(st.sampled_from([*TEXTS, STOCK, "", *(one.text for one in reports)]))
            reports[at] = msgspec.structs.replace(report(reports[at].doc, text + " end"), id=reports[at].id)
            store(database, reports[at])
            settle(database, many=data.draw(st.integers(1, 20)), in_memory=data.draw(st.booleans()))
            assert found(database) == compared(reports)


def test_only_the_story_of_a_changed_text_is_found_anew(record: Database) -> None:
    copies = [report(f"{number}", f"{TEXTS[3]} {'more ' * number}") for number in range(3)]
    store(record, *copies, report("8", TEXTS[4]), report("9", TEXTS[5]))
    settle(record)
    store(record, report("2", TEXTS[5]))
    assert {row["report_id"] for row in record.query("SELECT * FROM untold")} == {one.id for one in copies}
    settle(record)
    assert found(record)[copies[2].id] == copies[2].id == found(record)[report("9", "").id]


def test_places_of_reports_that_move_to_another_story_are_worked_out_again(record: Database) -> None:
    store(record, report("2", TEXTS[3]), report("3", TEXTS[3] + " and more"), report("8", TEXTS[4]))
    settle(record)
    with record.transaction():
        record.execute("DELETE FROM pending")
    store(record, report("1", TEXTS[3] + " still"))
    settle(record)
    assert {row["place_id"] for row in record.query("SELECT * FROM pending")} == {"name:1", "name:2", "name:3"}


def test_exact_copies_are_told_without_a_row_of_their_own(record: Database) -> None:
    for number in range(5):
        store(record, report(f"{number}", TEXTS[3]))
        settle(record)
    assert len(set(found(record).values())) == 1
    assert len({row["report"] for row in record.query("SELECT report FROM shingles")}) == 1
    store(record, report("0", TEXTS[4]))  # the one that stands for all
    settle(record)
    assert found(record) == compared(
        [report("0", TEXTS[4]), *(report(f"{number}", TEXTS[3]) for number in range(1, 5))]
    )


def test_another_version_finds_all_stories_anew_from_the_texts(record: Database) -> None:
    """Its signatures may be others, and so may its rules; nothing of the old ones is kept."""
    old = msgspec.structs.replace(maker.this(), code="0" * 64)
    stale = msgspec.structs.replace(report("1", TEXTS[3]), signature=signature(TEXTS[5]))
    store(record, stale, report("2", TEXTS[3] + " more"), report("3", TEXTS[5]), version=old)
    settle(record, version=old)
    assert found(record)[stale.id] == found(record)[report("3", "").id]
    settle(record)
    assert found(record) == compared([report("1", TEXTS[3]), report("2", TEXTS[3] + " more"), report("3", TEXTS[5])])
    before = content_hash(record)
    settle(record)
    assert content_hash(record) == before


def test_a_phrase_in_every_report_joins_none_and_is_searched_by_none(record: Database) -> None:
    chance = random.Random(3)
    texts = [" ".join([*(chance.choice(WORDS) for _ in range(90)), STOCK]) for _ in range(60)]
    store(record, *(report(f"{number}", text) for number, text in enumerate(texts[:-1])))
    settle(record)
    store(record, report("59", texts[-1]))
    settle(record)
    assert len(set(found(record).values())) == 60
    stock = [value for value in signature(STOCK) if value in signature(texts[-1])]
    sought = record.query(
        f"SELECT report FROM shingles WHERE sought = 1 AND hash IN ({', '.join('?' * len(stock))})", stock
    )
    assert len(stock) > 5 and not sought


def test_of_common_hashes_the_commonest_are_known(record: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the number up to which they are counted, too, so that the less common are sought."""
    monkeypatch.setattr(stories, "_MANY", 4)
    chance = random.Random(9)
    phrases = [" ".join(chance.choice(WORDS) for _ in range(40)) for _ in range(3)]
    texts = []
    for number in range(48):
        own = " ".join(chance.choice(WORDS) for _ in range(160))
        texts.append(" ".join([own, *(phrases[at] for at, every in enumerate((1, 3, 8)) if number % every == 0)]))
    store(record, *(report(f"{number}", text) for number, text in enumerate(texts)))
    settle(record)
    rare, middle, often = (stories._held(record, list(signature(phrase))).min() for phrase in reversed(phrases))
    assert 4 <= rare < middle < often
