"""A damaged file: `check` names it, no command goes on with it in silence, `rescue` saves what can be read."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

import invented
from tadmor import pipeline
from tadmor.cli import main
from tadmor.errors import RecordError
from tadmor.pipeline import read_into
from tadmor.record import decide, log, queries
from tadmor.record.check import content_hash, faults
from tadmor.record.database import open_record
from tadmor.record.layout import latest, layouts
from tadmor.record.pages import Pages, owners
from tadmor.record.rescue import Rescued
from tadmor.record.salvage import MADE
from tadmor.run.local import Local

ROUNDS = int(os.environ.get("TADMOR_FLIPS", "12"))
REPORTS = 60


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    inputs = invented.write_reports(folder / "in", REPORTS)
    with open_record(folder / "war", write=True) as database:
        read_into(database, [str(inputs)], runner=Local(), stage=invented.STAGE, history=invented.history)
    return folder / "war"


@pytest.fixture(scope="module")
def content(whole: Path) -> str:
    with open_record(whole) as database:
        return content_hash(database)


@pytest.fixture(scope="module")
def pages(whole: Path) -> dict[str, list[int]]:
    """The pages of each table."""
    return owners(Pages(whole))[0]


def rescued(damaged: Path, new: Path) -> Rescued:
    return pipeline.rescue(damaged, new, runner=Local(), stage=invented.STAGE, history=invented.history)


def spoiled(whole: Path, target: Path, *numbers: int, size: int = 4096) -> Path:
    """A copy with some pages overwritten."""
    data = bytearray(whole.read_bytes())
    for number in numbers:
        data[(number - 1) * size : number * size] = random.Random(number).randbytes(size)
    target.write_bytes(data)
    return target


@contextmanager
def opened(record: Path) -> Iterator[tuple[str, list[str], dict[str, int]]]:
    with open_record(record) as database:
        yield content_hash(database), list(faults(database)), queries.stats(database)


def test_every_table_is_either_saved_or_made_anew() -> None:
    """Whoever adds a table decides which: what follows from readings is made anew, all else is saved."""
    saved = {"blobs", "makers", "reports", "receipts", "failures", "claims", "log", "feeds", "found", "weight_sets",
             "track_records", "rereadings", "former_readings", "former_histories", "reviews",
             "review_claims", "claims_as_read"}  # fmt: skip
    assert {table.name for table in layouts(latest())} == saved | MADE


def test_a_whole_record_comes_out_as_it_was(whole: Path, content: str, tmp_path: Path) -> None:
    before = whole.read_bytes()
    done = rescued(whole, tmp_path / "new")
    assert (done.lost, done.read_again, done.damaged_pages) == ((), 0, 0)
    with opened(tmp_path / "new") as (found, wrong, _):
        assert (found, wrong) == (content, [])
    assert whole.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.parametrize("table", ["reports", "claims", "receipts", "makers", "spells", "places", "stories"])
def test_all_pages_of_what_can_be_made_again(
    whole: Path, content: str, pages: dict[str, list[int]], tmp_path: Path, table: str
) -> None:
    damaged = spoiled(whole, tmp_path / "damaged", *pages[table])
    with pytest.raises(RecordError, match="damaged"), open_record(damaged, write=True):
        pass
    done = rescued(damaged, tmp_path / "new")
    assert done.lost == ()
    assert bool(done.read_again) == (table in ("reports", "claims", "makers"))
    with opened(tmp_path / "new") as (found, wrong, _):
        assert (found, wrong) == (content, [])


def test_the_way_to_all_pages_is_lost(whole: Path, content: str, tmp_path: Path) -> None:
    """Header and schema are gone: the pages of reports, bytes and log are known by what they hold."""
    done = rescued(spoiled(whole, tmp_path / "damaged", 1), tmp_path / "new")
    assert done.lost == ()
    with opened(tmp_path / "new") as (found, wrong, _):
        assert (found, wrong) == (content, [])


def test_lost_bytes_are_named_and_come_back_when_they_are_read_again(
    whole: Path, content: str, pages: dict[str, list[int]], tmp_path: Path
) -> None:
    damaged = spoiled(whole, tmp_path / "damaged", pages["blobs"][-1])
    done = rescued(damaged, tmp_path / "new")
    assert done.lost and {one.what for one in done.lost} == {"bytes"}
    assert all("read them again from" in one.why and str(whole.parent) in one.why for one in done.lost)
    with opened(tmp_path / "new") as (_, wrong, counts):
        assert counts["reports"] == REPORTS
        assert wrong and all("points to nothing in blobs" in fault for fault in wrong)
    with open_record(tmp_path / "new", write=True) as database:
        inputs = [str(whole.parent / "in")]
        read_into(database, inputs, runner=Local(), stage=invented.STAGE, history=invented.history)
    with opened(tmp_path / "new") as (found, wrong, _):
        assert (found, wrong) == (content, [])


def test_lost_entries_of_the_log_are_named(whole: Path, pages: dict[str, list[int]], tmp_path: Path) -> None:
    done = rescued(spoiled(whole, tmp_path / "damaged", pages["log"][1]), tmp_path / "new")
    (lost,) = done.lost
    assert lost.what == "entries of the log"
    with open_record(tmp_path / "new") as database:
        assert any(f"entries {lost.which} are missing" in fault for fault in faults(database))
        assert queries.stats(database)["reports"] == REPORTS
        *_, (_, last, _) = log.entries(database)
    assert '"what":"rescued"' in last


def test_a_file_that_was_cut(whole: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3 + 77])
    rescued(damaged, tmp_path / "new")
    with opened(tmp_path / "new") as (_, wrong, counts):
        assert counts["reports"]
        assert all("points to nothing in blobs" in fault or fault.startswith("log: ") for fault in wrong)


def test_what_was_committed_and_stands_in_the_log_of_sqlite_is_saved(whole: Path, tmp_path: Path) -> None:
    damaged = Path(shutil.copy(whole, tmp_path / "damaged"))
    with open_record(damaged, write=True) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        (tmp_path / "more.txt").write_text(invented.text("On 2016-12-10 Reds gains Sirte.", seed=99))
        read_into(
            database, [str(tmp_path / "more.txt")], runner=Local(), stage=invented.STAGE, history=invented.history
        )
        for ending in ("", "-wal"):
            shutil.copy(f"{damaged}{ending}", f"{tmp_path / 'taken'}{ending}")
    assert rescued(tmp_path / "taken", tmp_path / "new").lost == ()
    with opened(tmp_path / "new") as (_, wrong, counts):
        assert (counts["reports"], wrong) == (REPORTS + 1, [])


def test_flipped_bytes_anywhere(whole: Path, content: str, tmp_path: Path) -> None:
    """Whatever changes in bytes, log and readings is named by `check`; no rescue fails or takes over what changed."""
    data, chance = whole.read_bytes(), random.Random(7)
    with open_record(whole) as database:
        texts = {report.id: report.text for report in queries.reports(database)}
    for number in range(ROUNDS):
        damaged, new = tmp_path / f"damaged{number}", tmp_path / f"new{number}"
        flipped = bytearray(data)
        for _ in range(20):
            flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        damaged.write_bytes(flipped)
        named = CliRunner().invoke(main, ["check", "--record", str(damaged)])
        assert named.exit_code == 3 and "Traceback" not in named.output
        done = rescued(damaged, new)
        with opened(new) as (found, wrong, _):
            assert found == content or done.lost
            assert all("points to nothing in blobs" in fault or fault.startswith("log: ") for fault in wrong)
        with open_record(new) as database:
            assert all(report.text == texts[report.id] for report in queries.reports(database))


def test_check_goes_on_past_damage_and_names_the_table(
    whole: Path, pages: dict[str, list[int]], tmp_path: Path
) -> None:
    damaged = spoiled(whole, tmp_path / "damaged", pages["claims"][1])
    result = CliRunner().invoke(main, ["check", "--record", str(damaged)])
    assert result.exit_code == 3
    assert "claims" in result.output and "page" in result.output


def test_reviews_are_saved_and_obeyed(whole: Path, tmp_path: Path) -> None:
    """A claim that was corrected, another by hand: the readings are still those of the log, before and after."""
    record = Path(shutil.copy(whole, tmp_path / "record"))
    author = decide.Author("Amal", "looked at it")
    with open_record(record, write=True) as database:
        (first, second) = database.query("SELECT id FROM claims ORDER BY id LIMIT 2")
        made = [
            *decide.about_claims(database, "correct", [first["id"]], author, fields={"actor": "Greens"}),
            *decide.about_claims(database, "reject", [second["id"]], author),
        ]
        pipeline.review_into(database, made, runner=Local(), history=invented.history)
        assert list(faults(database)) == []
        content = content_hash(database)
    found = owners(Pages(record))[0]
    rescued(spoiled(record, tmp_path / "damaged", *found["claims"]), tmp_path / "new")
    with opened(tmp_path / "new") as (again, wrong, _):
        assert (again, wrong) == (content, [])
