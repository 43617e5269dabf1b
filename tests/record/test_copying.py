"""A record as Parquet and back is the same record; a copy that was stopped goes on; what differs is no copy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest

import invented
from homes import Cluster
from tadmor.errors import RecordError, UsageError
from tadmor.pipeline import read_into
from tadmor.record import copying, home, migrate, queries
from tadmor.record.address import Address
from tadmor.record.check import content_hash, faults
from tadmor.record.database import open_record
from tadmor.record.home import batches
from tadmor.record.layout import latest, layouts
from tadmor.record.sqlite_home import SqliteHome, make
from tadmor.run.local import Local


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copied")
    reports = invented.write_reports(folder / "in", 60)
    with open_record(folder / "war.tadmor", write=True) as database:
        read_into(database, [str(reports)], runner=Local(), stage=invented.STAGE, history=invented.history)
    return folder / "war.tadmor"


def looked_at(record: Address) -> tuple[str, list[str], int]:
    with open_record(record) as database:
        words = len(queries.search(database, "Palmyra"))
        return content_hash(database), list(faults(database)), words


def test_there_and_back_it_is_the_same_record(record: Path, tmp_path: Path) -> None:
    there = copying.copy(record, tmp_path / "war.parquet")
    back = copying.copy(tmp_path / "war.parquet", tmp_path / "back.tadmor")
    assert [one[:2] for one in there] == [one[:2] for one in back]
    assert [one.sha256 for one in there] == [one.sha256 for one in back]
    assert looked_at(tmp_path / "back.tadmor") == looked_at(record)
    assert {path.name for path in tmp_path.iterdir()} == {"war.parquet", "back.tadmor"}
    rows = {one.table: one.rows for one in there}
    for table in ("reports", "claims", "spell_claims"):
        (count,) = duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/war.parquet/{table}/*.parquet'").fetchall()[0]
        assert count == rows[table] > 0


def test_by_way_of_a_server_it_is_the_same_record(record: Path, server: Cluster, tmp_path: Path) -> None:
    """A file, a server, a folder and a file hold the same rows, to the hash; what only a server makes (words, points,
    the next numbers) is there as well."""
    war = server.new(template="bare")
    copies = [
        copying.copy(record, war),
        copying.copy(war, tmp_path / "war.parquet"),
        copying.copy(war, tmp_path / "back.tadmor"),
        copying.copy(tmp_path / "war.parquet", server.new(template="bare")),
    ]
    assert len({tuple((one.table, one.rows, one.sha256) for one in copied) for copied in copies}) == 1
    assert looked_at(war) == looked_at(record) == looked_at(tmp_path / "back.tadmor")
    with pytest.raises(UsageError, match="holds a record already"):
        copying.copy(record, war)
    (tmp_path / "new.txt").write_text(invented.text("On 2017-01-05 Reds gains Sirte.", seed=99))
    with open_record(war, write=True) as database:
        read_into(
            database,
            [str(tmp_path / "new.txt")],
            runner=Local(),
            stage=invented.STAGE,
            history=invented.history,
        )
        assert queries.stats(database)["reports"] == 61
        assert not list(faults(database))


def test_other_programs_find_columns_and_types(record: Path, tmp_path: Path) -> None:
    copying.copy(record, tmp_path / "war.parquet")
    file = f"{tmp_path}/war.parquet/claims/000000.parquet"
    types = dict(duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM '{file}')").fetchall())
    assert (types["id"], types["lat"], types["near"]) == ("VARCHAR", "DOUBLE", "BIGINT")
    assert json.loads((tmp_path / "war.parquet" / "tadmor.json").read_text())["form"] == latest()


def test_what_was_copied_before_a_stop_is_not_copied_again(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_after(monkeypatch, "events")
    with pytest.raises(KeyboardInterrupt):
        copying.copy(record, tmp_path / "copy.tadmor")
    monkeypatch.undo()
    found = {one.table: one for one in copying.copy(record, tmp_path / "copy.tadmor")}
    assert found["events"].copied == 0 < found["events"].rows
    assert found["claims"].copied == found["claims"].rows > 0  # a table that comes after it
    assert looked_at(tmp_path / "copy.tadmor") == looked_at(record)


def stop_after(monkeypatch: pytest.MonkeyPatch, table: str) -> None:
    """Let copies be interrupted when some rows of this table were put."""
    put = SqliteHome.put

    def stop(*arguments: object) -> None:
        put(*arguments)  # type: ignore[arg-type]
        if arguments[1].name == table:  # type: ignore[attr-defined]
            raise KeyboardInterrupt

    monkeypatch.setattr(SqliteHome, "put", stop)


def test_what_changed_meanwhile_is_not_called_a_copy(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = Path(shutil.copy(record, tmp_path / "own.tadmor"))
    stop_after(monkeypatch, "events")
    with pytest.raises(KeyboardInterrupt):
        copying.copy(own, tmp_path / "copy.tadmor")
    monkeypatch.undo()
    with open_record(own, write=True) as database:
        database.execute("UPDATE blobs SET size = size + 1")
    with pytest.raises(RecordError, match="delete the unfinished copy"):
        copying.copy(own, tmp_path / "copy.tadmor")
    assert not (tmp_path / "copy.tadmor").exists()


def test_a_folder_that_was_changed_cut_or_left_incomplete_is_refused(record: Path, tmp_path: Path) -> None:
    folder = tmp_path / "war.parquet"
    copying.copy(record, folder)
    claims = folder / "claims" / "000000.parquet"
    whole = claims.read_bytes()
    claims.write_bytes(whole[:-50])
    with pytest.raises(RecordError, match="is damaged"):
        copying.copy(folder, tmp_path / "a.tadmor")
    shutil.copy(folder / "spells" / "000000.parquet", tmp_path / "spells")
    claims.write_bytes(whole)
    (folder / "receipts" / "000000.parquet").unlink()
    with pytest.raises(RecordError, match=r"receipts is not what tadmor.json says"):
        copying.copy(folder, tmp_path / "b.tadmor")
    (folder / "tadmor.json").unlink()
    with pytest.raises(RecordError, match="no complete copy"):
        copying.copy(folder, tmp_path / "c.tadmor")


def test_nothing_is_written_over(record: Path, tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    with pytest.raises(UsageError, match="is there already"):
        copying.copy(record, tmp_path / "there")
    with pytest.raises(UsageError, match="does not exist"):
        copying.copy(record, tmp_path / "no" / "copy")
    with pytest.raises(RecordError, match="no such record"):
        copying.copy(tmp_path / "none", tmp_path / "copy")


def test_an_older_form_is_brought_forward(record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of an earlier version, with fewer tables, becomes a record of this one."""
    old = latest() - 1
    with make(tmp_path / "old", old) as database:
        database.execute("INSERT INTO makers VALUES ('m', '1', 'a', 'b')")
    with monkeypatch.context() as before:
        before.setattr(copying, "latest", lambda: old)
        before.setattr(migrate, "require_current", lambda *arguments: None)
        copying.copy(tmp_path / "old", tmp_path / "old.parquet")
    copying.copy(tmp_path / "old.parquet", tmp_path / "new.tadmor")
    with open_record(tmp_path / "new.tadmor") as database:
        assert database.query("SELECT id FROM makers")[0]["id"] == "m"
    assert {path.name for path in tmp_path.iterdir()} == {"old", "old.parquet", "new.tadmor"}


def test_batches_are_neither_long_nor_large() -> None:
    rows = [("x" * (home.BATCH_BYTES // 4),)] * 10
    assert [len(some) for some in batches(iter(rows))] == [4, 4, 2]
    assert all(table.key for table in layouts(latest()))
