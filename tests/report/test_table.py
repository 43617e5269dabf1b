"""Tables and JSON lines with names of their own: each row is a line of ours, in one way only."""

from __future__ import annotations

import json
import random
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.errors import UsageError
from tadmor.records import Failure
from tadmor.report import table
from tadmor.report.read import read
from tadmor.report.source import Document, open_inputs

COLUMNS = table.mapping("title=headline,text=lead+body,published=when,outlet=paper")


def opened(path: Path, data: bytes, columns: table.Mapped | None = None) -> tuple[list[Document], list[Failure]]:
    path.write_bytes(data)
    found = list(open_inputs([str(path)], columns=columns))
    return [item for item in found if isinstance(item, Document)], [i for i in found if isinstance(i, Failure)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_columns_are_mapped(tmp_path: Path, mark: str, encoding: str) -> None:
    rows = [
        ["headline", "when", "paper", "lead", "body", "more"],
        ["Village’s fall", "2016-12-10", "The Star", '"Lead\nof two lines"', '"He said ""no"""', "x"],
        ["Second", "", "", "", "Body two", ""],
    ]
    data = "\r\n".join(mark.join(row) for row in rows).encode(encoding)
    found, failed = opened(tmp_path / "a.txt", data, COLUMNS)
    assert failed == []
    assert [item.origin.rpartition("/")[2] for item in found] == ["a.txt:2", "a.txt:4"]
    first = read(found[0])
    assert first.text == 'Lead\nof two lines\n\nHe said "no"\n\nVillage’s fall'
    assert (first.headline, first.outlet, first.published) == ("Village’s fall", "The Star", date(2016, 12, 10))
    assert first.published_by == "table"
    assert json.loads(found[1].raw) == {"title": "Second", "text": "Body two", "from": "table"}


def test_a_table_with_our_own_names_needs_no_map(tmp_path: Path) -> None:
    found, failed = opened(tmp_path / "a", b"Title,Text\nOne,Text one\nTwo,Text two\n")
    assert ([read(item).headline for item in found], failed) == (["One", "Two"], [])


def test_a_table_without_a_map_says_which_columns_it_has(tmp_path: Path) -> None:
    found, failed = opened(tmp_path / "a", b"headline,date\nOne,2016\n")
    assert found == [] and "--map" in failed[0].message and "headline, date" in failed[0].message
    found, failed = opened(tmp_path / "a", b"headline,date\nOne,2016\n", table.mapping("text=headline,title=nope"))
    assert found == [] and "no column nope: it has headline, date" in failed[0].message


def test_bad_rows_are_named_with_their_line_and_cost_nothing_else(tmp_path: Path) -> None:
    data = b"title,text\nA,One\nB\nC,\nD,Four,more\n\nE,Five\n"
    found, failed = opened(tmp_path / "a", data)
    assert [json.loads(item.raw)["title"] for item in found] == ["A", "E"]
    assert [item.origin.rpartition(":")[2] for item in failed] == ["3", "4", "5"]


def test_a_quote_that_never_ends_is_bounded_and_what_came_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b'title,text\nA,One\nB,"' + b"endless\n" * 1_000_000)
    found = list(open_inputs([str(path)], max_bytes=2_000_000))
    assert [type(item) for item in found] == [Document, Failure]
    assert isinstance(found[1], Failure) and "larger than" in found[1].message


@pytest.mark.parametrize(
    "text",
    [
        "Aleppo, Syria\nFighters took the village, residents said.\nThe army denied it.\n",
        "Fighters took the village, residents said.",
        "BEIRUT, Dec. 10 - The army, the ministry said, has left\nthe town, and the villages, too.\n",
        "One | two\nno more\n",
    ],
)
def test_a_text_with_commas_is_no_table(tmp_path: Path, text: str) -> None:
    found, _ = opened(tmp_path / "a", text.encode())
    assert [item.media_type for item in found] == ["text/plain"]


def test_keys_of_json_lines_are_mapped_inwards_too(tmp_path: Path) -> None:
    columns = table.mapping("text=body.text,title=head,doc=id")
    lines = [
        {"id": 7, "head": "T", "body": {"text": "One", "other": []}},
        {"id": 8, "body": "no object"},
        {"id": 9, "body": {"text": "Three"}, "head": None},
    ]
    data = "\n".join(map(json.dumps, lines)).encode() + b"\n[]\n{broken\n"
    found, failed = opened(tmp_path / "a", data, columns)
    assert [read(item).doc for item in found] == ["7", "9"]
    assert [item.origin.rpartition(":")[2] for item in failed] == ["2", "4", "5"]


@pytest.mark.parametrize("text", ["", "title=a", "text", "text=", "text=a,text=b", "body=a,text=b", "text=a+"])
def test_a_map_that_says_nothing_is_wrong_use(text: str) -> None:
    with pytest.raises(UsageError, match="--map"):
        table.mapping(text)


def test_profiles_are_remembered(tmp_path: Path) -> None:
    file = tmp_path / "settings" / "profiles.json"
    with pytest.raises(UsageError, match="there is none yet"):
        table.profile("wires", file)
    table.keep_profile("wires", COLUMNS, file)
    table.keep_profile("other", table.mapping("text=x"), file)
    assert table.profile("wires", file) == COLUMNS
    with pytest.raises(UsageError, match="there are other, wires"):
        table.profile("none", file)
    with pytest.raises(UsageError, match="letters"):
        table.keep_profile("../x", COLUMNS, file)
    file.write_text("{broken")
    with pytest.raises(UsageError, match="mend or delete"):
        table.profile("wires", file)


@given(st.text(alphabet=st.sampled_from(',;|\t"\n\rabtext title\0é'), max_size=300))
def test_whatever_a_text_is_telling_tables_apart_ends(text: str) -> None:
    assert table.delimiter(text) in (None, *",;|\t")


def test_telling_tables_apart_takes_no_time() -> None:
    begun = time.process_time()
    for seed in range(5):
        table.delimiter("text," + "".join(random.Random(seed).choices(',"\n a', k=65_536)))
    assert time.process_time() - begun < 5
