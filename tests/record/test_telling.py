"""Histories are the same however they come about: over processes or in one, all at once or report by report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.invented_war import LENGTH, War, begin, put
from homes import Records
from tadmor.pipeline import bring_up_to_date, tell
from tadmor.record import decide, kept, maker, pending, queries, reviews, telling, weight_sets, write
from tadmor.record.address import Address
from tadmor.record.check import content_hash, faults
from tadmor.record.database import Database, open_record
from tadmor.record.desk import Desk, _batches
from tadmor.record.queries import Pending
from tadmor.record.rows import TABLES
from tadmor.record.telling import untold
from tadmor.records import Failure, Heard, Reading
from tadmor.run.local import Local
from tadmor.run.pool import Pool
from tadmor.run.stage import Runner
from tadmor.timeline import build, columns, voiced
from tadmor.timeline.build import known
from tadmor.timeline.learn import learn
from tadmor.timeline.unit import Telling
from tadmor.timeline.voiced import Kept, Listened

WAR = [reading for story in War(240, seed=3).stories() for reading in story]
STORIES = {reading.report.id: story[0].report.id for story in War(240, seed=3).stories() for reading in story}


def settle(database: Database, runner: Runner | None = None) -> None:
    desk = Desk(database, published=None, outlet=None, progress=lambda _: None)
    desk.settle(tell, runner or Local())
    assert desk.summary.failed == ()


def store(database: Database, readings: Sequence[Reading]) -> None:
    with database.transaction():
        begin(database)
        for reading in readings:
            put(database, reading)
        write.put_stories(database, {reading.report.id: STORIES[reading.report.id] for reading in readings})


def content(path: Address) -> str:
    with open_record(path) as database:
        assert list(faults(database)) == []
        assert queries.stats(database)["spells"] > 0
        return content_hash(database)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The content of the record in which all was stored and worked out at once, in this process."""
    path = tmp_path_factory.mktemp("whole") / "record"
    with open_record(path, write=True) as database:
        store(database, WAR)
        settle(database)
    return content(path)


@pytest.fixture
def record(records: Records) -> Address:
    return records.new()


def test_workers_give_the_same_record_as_one_process(
    record: Address, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "WORTH", 0)
    with open_record(record, write=True) as database:
        store(database, WAR)
        settle(database, Pool(2))
    assert content(record) == whole


def test_a_worker_that_was_overtaken_by_another_writer_does_not_replace_the_newer_history(
    record: Address, tmp_path: Path, whole: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "WORTH", 0)
    with open_record(record, write=True) as database:
        store(database, WAR[:HALF])
        desk = Desk(database, published=None, outlet=None, progress=lambda _: None)
        desk.settle(partial(overtaken, record, tmp_path), Pool(2))
    assert desk.summary.failed == ()
    assert (tmp_path / "came").exists()
    assert content(record) == whole


def test_workers_weigh_by_the_set_in_force(tmp_path: Path, whole: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "WORTH", 0)
    runners = {"one": Local(), "two": Pool(2)}
    for name, runner in runners.items():
        with open_record(tmp_path / name, write=True) as database:
            store(database, WAR)
            learned = learn(weight_sets.places(database), known())
            assert learned.voices
            with database.transaction():
                weight_sets.put(database, learned, maker.this())
            assert bring_up_to_date(database, runner=runner).failed == ()
            assert {tuple(row) for row in database.query("SELECT weights FROM histories")} == {(learned.version,)}
    assert content(tmp_path / "one") == content(tmp_path / "two") != whole


HALF = len(WAR) // 2


def overtaken(record: Address, folder: Path, place_id: str, heard: Sequence[Heard], known: Kept | None) -> Telling:
    """After the first history is worked out, and before it is stored, the other half of the reports comes in."""
    old = tell(place_id, heard, known)
    try:
        (folder / "came").touch(exist_ok=False)
    except FileExistsError:
        return old
    with open_record(record, write=True) as database:
        store(database, WAR[HALF:])
        settle(database)
    return old


@settings(max_examples=8)
@given(st.permutations(range(len(WAR))), st.lists(st.integers(1, len(WAR) - 1), max_size=3).map(sorted))
def test_one_report_after_the_other_gives_the_record_of_all_at_once(
    whole: str, order: list[int], cuts: list[int]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record"
        with open_record(path, write=True) as database:
            for begin, end in zip([0, *cuts], [*cuts, len(WAR)], strict=True):
                store(database, [WAR[at] for at in order[begin:end]])
                settle(database)
        assert content(path) == whole


def test_reports_that_come_to_another_story_give_the_record_of_all_at_once(record: Address, whole: str) -> None:
    with open_record(record, write=True) as database:
        with database.transaction():
            begin(database)
            for reading in WAR:
                put(database, reading)
            write.put_stories(database, {reading.report.id: reading.report.id for reading in WAR})
        settle(database)
        for reading in WAR[::2] + WAR[1::2]:
            with database.transaction():
                write.put_stories(database, {reading.report.id: STORIES[reading.report.id]})
        settle(database)
    assert content(record) == whole


def test_reports_that_are_read_anew_with_other_claims_give_the_record_of_all_at_once(
    record: Address, whole: str
) -> None:
    with open_record(record, write=True) as database:
        store(database, [msgspec.structs.replace(one, claims=one.claims[:1]) for one in WAR])
        settle(database)
        for some in (WAR[: HALF // 2], WAR[HALF // 2 :]):
            store(database, some)
            settle(database)
    assert content(record) == whole


def test_a_claim_that_is_changed_in_place_is_heard_as_it_is_now(record: Address, whole: str) -> None:
    with open_record(record, write=True) as database:
        store(database, WAR)
        database.execute("UPDATE claims SET verification = 'disputed' WHERE type = 'gains'")
        settle(database)
        database.execute("UPDATE claims SET verification = NULL WHERE type = 'gains'")
        with database.transaction():
            for reading in WAR:
                write._mark_reports(database, [reading.report.id])
        settle(database)
    assert content(record) == whole


def test_an_update_reads_and_weighs_no_more_than_what_is_new(record: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_record(record, write=True) as database:
        store(database, WAR[:-1])
        settle(database)
        heard: list[str] = []

        def listen(new: Sequence[Heard], *rest: Any) -> Listened:
            heard.extend(one.claim.id for one in new)
            return voiced.listen(new, *rest)

        monkeypatch.setattr(build, "listen", listen)
        store(database, WAR[-1:])
        settle(database)
    assert sorted(heard) == sorted(claim.id for claim in WAR[-1].claims)


# Many claims on a day of one place: repeated, corrected, copied, disputed.
MUCH = [reading for story in War(1500, largest=1200, seed=5).stories() for reading in story]
STORIES.update(
    (reading.report.id, story[0].report.id) for story in War(1500, largest=1200, seed=5).stories() for reading in story
)


@pytest.fixture(scope="module")
def much(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of all but the last few reports about much the same place."""
    path = tmp_path_factory.mktemp("much") / "record"
    with open_record(path, write=True) as database:
        store(database, MUCH[:-FEW])
        settle(database)
    return path


FEW = 4


@settings(max_examples=2)
@given(st.permutations(MUCH[-FEW:]))
def test_one_more_report_on_a_place_much_spoken_of_gives_the_record_of_all_at_once(
    much: Path, all_of_much: str, last: list[Reading]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "record"
        copyfile(much, path)
        with open_record(path, write=True) as database:
            for reading in last:
                store(database, [reading])
                settle(database)
        assert content(path) == all_of_much


NEWS = War(1500, largest=1200, seed=5)  # more of the same war, of any day of it
NEWS._told = 10_000


def early(database: Database) -> None:
    _news(database, 20, 1)


def midway(database: Database) -> None:
    _news(database, LENGTH // 2, 2)


def late(database: Database) -> None:
    _news(database, LENGTH - 1, 1)


def _news(database: Database, day: int, copies: int) -> None:
    story = NEWS.story([NEWS.places[0]] * 2, day, copies)
    STORIES.update((reading.report.id, story[0].report.id) for reading in story)
    store(database, story)


def withdrawn(database: Database) -> None:
    """A report that is read again, without any claim."""
    store(database, [msgspec.structs.replace(MUCH[len(MUCH) // 2], claims=())])


def rejected(database: Database) -> None:
    (row,) = database.query("SELECT id FROM claims WHERE place_id = 'th:qasr-0' ORDER BY first_day, id LIMIT 1")
    made = decide.about_claims(database, "reject", [row["id"]], decide.Author("Amal"))
    with database.transaction():
        reviews.put(database, made, known())


@settings(max_examples=4, deadline=None)
@given(st.permutations([early, midway, late, late, early, withdrawn, late, rejected, midway, late]))
def test_whatever_comes_one_by_one_to_a_large_place_gives_the_record_of_all_at_once(
    much: Path, steps: list[Callable[[Database], None]]
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "LEAF", 100)
        path = Path(folder) / "record"
        copyfile(much, path)
        with open_record(path, write=True) as database:
            for step in steps:
                step(database)
                settle(database)
            found = content(path), sections(database)
            with database.transaction():
                pending.mark(database, "SELECT id AS place_id FROM places")
            settle(database)
            assert found == (content(path), sections(database))


def sections(database: Database) -> dict[str, dict[str, object]]:
    """By place the units of its history and their sections, from what each was made and what came of it."""
    found: dict[str, dict[str, object]] = {}
    for row in database.query("SELECT place_id, name, basis, packed FROM units WHERE name NOT LIKE 'together%'"):
        done = kept.Done(None, {}, {}) if not row["packed"] else msgspec.msgpack.decode(row["packed"], type=kept.Done)
        found.setdefault(row["place_id"], {})[row["name"]] = row["basis"], done.pieces, done.notes.keys()
    return found


def test_whether_claims_of_a_place_are_tied_is_asked_of_the_tied_ones_alone(
    much: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with open_record(much) as database:
        monkeypatch.setattr(database, "one", lambda sql, values: asked.append(sql))
        queries.tied(database, "th:qasr-0")
        monkeypatch.undo()
        (plan,) = database.query(f"EXPLAIN QUERY PLAN {asked[0]}", ("th:qasr-0",))
    assert "claims_tied" in plan["detail"]


def test_only_sections_in_which_something_changed_are_written_again(much: Path, tmp_path: Path) -> None:
    path = tmp_path / "record"
    copyfile(much, path)
    with open_record(path, write=True) as database:
        before = sections(database)["th:qasr-0"]
        late(database)
        settle(database)
        now = sections(database)["th:qasr-0"]
    changed = [name for name, made in now.items() if before.get(name) != made]
    assert 0 < len(changed) < len(now) / 4


def test_a_place_told_before_is_at_hand_until_somebody_else_changes_it(much: Path, tmp_path: Path) -> None:
    path = tmp_path / "record"
    copyfile(much, path)
    with open_record(path, write=True) as database, open_record(path, write=True) as other:
        at_hand = []
        for writer in (database, database, other, database, database):
            found = kept.find(writer, "th:qasr-0", maker=maker.this().id, weights=None)
            assert found is not None
            at_hand.append(found.lately is not None)
            late(writer)
            settle(writer)
        assert at_hand == [False, True, False, False, True]


@pytest.fixture(scope="module")
def all_of_much(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("all") / "record"
    with open_record(path, write=True) as database:
        store(database, MUCH)
        settle(database)
    return content(path)


def test_what_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    with open_record(tmp_path / "record", write=True) as database:
        store(database, WAR)
        settle(database)
        rows = sum(len(database.query(f"SELECT 1 FROM {table.name}")) for table in TABLES)
        with database.transaction():
            pending.mark(database, "SELECT id AS place_id FROM places")
        places = len(queries.pending(database))
        before = database._connection.total_changes
        settle(database)
        written = database._connection.total_changes - before
        kept_anew = len(database.query("SELECT 1 FROM units"))
    assert rows > 500
    assert written - kept_anew <= 3 * places


def test_a_place_that_brings_its_worker_down_costs_no_other(record: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "WORTH", 0)
    with open_record(record, write=True) as database:
        store(database, WAR)
        places = queries.pending(database)
        told = dict(telling.tell(database, places, way=telling.Way(maker.this(), None, deadly), runner=Pool(2)))
    assert len(told) == len(places) > 1
    failure = told[next(place for place in told if place.id == DEADLY)]
    assert isinstance(failure, Failure)
    assert (failure.origin, failure.stage) == (DEADLY, "timeline")
    assert "SIGKILL" in failure.message
    assert [place.id for place, rows in told.items() if isinstance(rows, Failure)] == [DEADLY]


DEADLY = "th:qasr-1"


def deadly(place_id: str, heard: Sequence[Heard], known: Kept | None) -> Telling:
    import os
    import signal

    if place_id == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return tell(place_id, heard, known)


def test_histories_are_written_before_those_of_large_places_fill_the_memory() -> None:
    told = [
        (Pending(id=f"p{n}", mark=1, claims=claims), untold(f"p{n}", ValueError()))
        for n, claims in enumerate((9, 1, 2, 1, 1))
    ]
    batches = list(_batches(told, places=3, claims=5))
    assert [[place.claims for place, _ in batch] for batch in batches] == [[9], [1, 2, 1], [1]]
    # Of a place with more claims they are not counted.
    large = [(msgspec.structs.replace(place, claims=queries.COUNTED), found) for place, found in told[:1]]
    batches = list(_batches([*told, *large, *told], places=100, claims=1_000_000))
    assert [len(batch) for batch in batches] == [6, 5]
