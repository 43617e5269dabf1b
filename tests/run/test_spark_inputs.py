"""What a cluster is given to read: the same files, in the same order, with the same documents in them."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pyarrow
import pytest
from pyarrow import parquet

import invented
from tadmor.errors import RecordError, UsageError
from tadmor.record import maker
from tadmor.record.layout import latest, layouts
from tadmor.record.parquet_home import Contents, ParquetHome
from tadmor.records import Failure
from tadmor.report.source import Document, open_inputs
from tadmor.run.spark.book import Batch, Book, Shelf, _opened
from tadmor.run.spark.inputs import CAME, Came, Listed, _batch, _came, listed
from tadmor.run.spark.reading import OTHERWISE, _Bytes, _Desk
from tadmor.run.spark.rows import Bundle, rows_of, table

BATCH = Batch(name="000000", at="2026-01-01T00:00:00Z", outlet="Bulletin")


def came(*inputs: str, lists: tuple[str, ...] = ()) -> list[Document | Failure]:
    """What executors find in the files that a driver lists."""
    files = [(*file, number) for number, file in enumerate(listed(inputs, lists))]
    rows = [Came(*row) for row in rows_of([_batch(list(_came(files, BATCH)))])]
    return [one.failure if one.report_id is None else one.document(BATCH) for one in rows]


def bare(found: list[Document | Failure]) -> list[tuple[str, object]]:
    """Without where it lies in the file, which is kept apart."""
    return [(one.origin, one.message if isinstance(one, Failure) else (one.raw, one.doc, one.outlet)) for one in found]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = invented.write_reports(tmp_path / "in", 3)
    (folder / "lines.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n')
    (folder / ".hidden").write_text("Not this.")
    (folder / "empty.txt").touch()
    (folder / "link.txt").symlink_to(folder / "report001.txt")
    (folder / "inner" / "deep").mkdir(parents=True)
    (folder / "inner" / "deep" / "a.txt").write_text("A text.")
    (folder / "nothing").mkdir()
    return folder


def test_files_and_documents_are_those_of_one_machine(folder: Path) -> None:
    here = str(folder)
    assert bare(came(here, "/no/such")) == bare(list(open_inputs([here, "/no/such"], outlet="Bulletin")))


def test_a_list_names_what_is_to_be_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "names").write_text(f"{folder}/report001.txt\n\n{folder}/inner\n")
    expected = open_inputs([f"{folder}/report001.txt", f"{folder}/inner"], outlet="Bulletin")
    assert bare(came(lists=(str(tmp_path / "names"),))) == bare(list(expected))
    with pytest.raises(UsageError, match="cannot be read"):
        came(lists=(str(tmp_path / "none"),))


def test_a_store_is_walked_as_a_folder_is(folder: Path) -> None:
    """By `file://`, the one object store that every machine has."""
    (folder / "link.txt").unlink()
    (folder / "nothing").rmdir()
    expected = bare(list(open_inputs([str(folder)], outlet="Bulletin")))
    found = came(f"file://{folder}")
    assert [(origin.removeprefix("file://"), told) for origin, told in bare(found) if "empty" not in origin] == [
        one for one in expected if "empty" not in one[0]
    ]
    assert len(found) == len(expected)


def test_parquet_holds_documents(tmp_path: Path) -> None:
    texts = ["A text.", "<html><body><p>A page.</p></body></html>"]
    rows = pyarrow.table({"path": ["s3a://store/a.txt", "s3a://store/b"], "content": [one.encode() for one in texts]})
    parquet.write_table(rows, tmp_path / "part-0.parquet")
    parquet.write_table(pyarrow.table({"other": [1]}), tmp_path / "part-1.parquet")
    first, second, third = came(str(tmp_path))
    assert isinstance(first, Document) and (first.origin, first.doc, first.raw) == (
        "s3a://store/a.txt",
        "a",
        b"A text.",
    )
    assert isinstance(second, Document) and second.media_type == "text/html"
    assert isinstance(third, Failure) and "without the columns path and bytes" in third.message


def test_what_a_cluster_cannot_read_is_refused() -> None:
    for name in ("-", "https://example.org/a", "nosuchstore://x/y"):
        with pytest.raises(UsageError):
            list(listed([name]))


def test_a_file_that_changed_is_another(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("One.")
    (before,) = listed([str(file)])
    os.utime(file, ns=(1, 1))
    (after,) = listed([str(file)])
    assert before.path == after.path and before.mark != after.mark
    assert Listed(*before).mark == before.mark


def test_the_columns_that_are_declared_are_those_that_come() -> None:
    assert [one.split()[0] for one in CAME.split(", ")] == list(Came._fields)


def test_what_was_read_otherwise_before_is_a_failure() -> None:
    desk = _Desk(BATCH, maker.this(), iter(()), iter(()))
    known = _Bytes(Came("r1", 0, 0, "a.txt", "a"), {"a.txt": "a", "b.txt": "b"}, read=False)
    rows = desk._known(known)
    assert [(row[0], row[3]) for row in rows["failures"]] == [(o, f"{o}: {OTHERWISE}") for o in ("a.txt", "b.txt")]
    again = desk._known(known._replace(read=True))
    assert again == {"receipts": [("r1", "a.txt", "a", BATCH.at), ("r1", "b.txt", "b", BATCH.at)]}


def test_rows_of_several_tables_come_through_one_stream() -> None:
    bundle = Bundle.of("stories", "failures")
    rows = [{"stories": [("a", "b")], "failures": [("o", "s", "e", "m", "t")]}, {"stories": [("c", "d")]}]
    found = list(rows_of(bundle.batches(rows)))
    assert [tuple(one.values()) for one, _ in found if one] == [("a", "b"), ("c", "d")]
    assert [one for _, one in found if one] == [dict(zip(table("failures").names, "osemt", strict=True))]


def test_a_folder_of_another_version_or_a_copy_is_not_read_into(tmp_path: Path) -> None:
    shelf, this = Shelf(str(tmp_path)), maker.this()
    assert _opened(shelf, this) == Book(form=latest(), maker=this.id)
    shelf.write("spark/book.json", b'{"form": 1, "maker": "older"}')
    with pytest.raises(RecordError, match="another version"):
        _opened(shelf, this)
    shelf.write("spark/book.json", b"{")
    with pytest.raises(RecordError, match="damaged"):
        _opened(shelf, this)
    shelf.delete("spark")
    shelf.write("tadmor.json", b"{}")
    with pytest.raises(RecordError, match="copy of a record"):
        _opened(shelf, this)


def test_parts_of_a_table_are_merged_in_the_order_of_keys(tmp_path: Path) -> None:
    """Parts that nothing counts are as if they were not there."""
    stories = next(one for one in layouts(latest()) if one.name == "stories")
    rows = [(f"r{number:03}", f"r{number // 2:03}") for number in range(20)]
    folder = tmp_path / "war.parquet"
    for part, some in (("one", rows[::2]), ("two", rows[1::2]), ("not", rows)):
        ParquetHome(folder, latest()).put(stories, some)
        (folder / "stories" / part).mkdir()
        (folder / "stories" / "000000.parquet").rename(folder / "stories" / part / "0.parquet")
    (folder / "tadmor.json").write_bytes(msgspec.json.encode(Contents(latest(), {}, {"stories": ("one", "two")})))
    home = ParquetHome(folder)
    assert list(home.rows(stories)) == rows
    assert list(home.rows(stories, after=("r007",))) == rows[8:]
