"""The record that is filled in bulk is one that all can ask, and DuckDB is asked for the same rows."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from bench import many, queries
from bench.queries import DAY, load, measured
from tadmor.record.check import faults
from tadmor.record.database import open_record
from tadmor.record.queries import state, stats
from tadmor.web.atlas import Shelf


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, many.Filled]:
    path = tmp_path_factory.mktemp("many") / "many.tadmor"
    return path, many.fill(path, 3_000)


def test_rows_hang_together(record: tuple[Path, many.Filled]) -> None:
    with open_record(record[0]) as database:
        counts = stats(database)
        assert (counts["claims"], counts["reports"], counts["places"]) == (3_000, 600, 30)
        assert counts["spells"] and counts["events"] == 1_000
        wrong = [fault for fault in faults(database) if not fault.startswith(("bytes ", "log: "))]
    assert wrong == []


def test_duckdb_finds_as_much(record: tuple[Path, many.Filled]) -> None:
    """Of what is counted: each list of the application against the query that DuckDB is asked."""
    path, filled = record
    with open_record(path) as database, closing(duckdb.connect()) as duck:
        load(duck, database)
        assert len(duck.execute(queries.STATE).fetchall()) == len(state(database, DAY)) == 30
        shelf = Shelf(path)
        for question in queries.questions(database, shelf, filled):
            answer, rows = question.ask(), duck.execute(question.sql).fetchall()
            if hasattr(answer, "total"):
                assert answer.total == (rows[0][-1] if rows else 0), question.name


def test_every_question_is_measured(record: tuple[Path, many.Filled]) -> None:
    found = measured(*record, runs=1)
    assert len({one.name for one in found}) == len(found) > 10
    assert all(one.took >= 0 and one.duck > 0 for one in found)
