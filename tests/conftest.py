"""Shared by all tests: the invented reader (`tests/invented.py`), a small record that it made, outside corpora."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

import invented
from homes import Cluster, Files, Missing, Records, cluster
from tadmor.pipeline import read_into
from tadmor.record.address import Address
from tadmor.record.database import Database, open_record
from tadmor.run.local import Local

# No places of whoever runs the tests: results must not depend on them. Read when the gazetteer is first loaded.
os.environ["TADMOR_PLACES"] = os.devnull

ROOT = Path(__file__).resolve().parents[1]

# How long an example takes says nothing on a busy machine. In CI every run tries the same examples.
settings.register_profile("tadmor", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "tadmor")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of corpora beside the checkout; without it the test is skipped."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs ../shared")
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A PostgreSQL server; without its programs, or PostGIS, the test is skipped."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(cluster())
        except Missing as error:
            pytest.skip(str(error))
        yield found


# Against the wheel the tests run a second time; on a server those of `record/test_server.py` are then enough.
ENGINES = ["sqlite"] if os.environ.get("TADMOR_WHEEL") else ["sqlite", "postgresql"]


@pytest.fixture(scope="session", params=ENGINES)
def records(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Records:
    """Where records are kept: the test runs on each."""
    if request.param == "sqlite":
        return Files(tmp_path_factory.mktemp("records"))
    found: Cluster = request.getfixturevalue("server")
    return found


@pytest.fixture(scope="session")
def small_record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven claims of four reports about Palmyra, Sirte, Syria and a place that no gazetteer knows."""
    return _small(tmp_path_factory.mktemp("small"), tmp_path_factory.mktemp("record") / "war.tadmor")


@pytest.fixture(scope="session")
def small_war(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Address:
    """As `small_record`, on each kind of home."""
    return _small(tmp_path_factory.mktemp("small"), records.new())


Where = TypeVar("Where", bound=Address)


def _small(folder: Path, record: Where) -> Where:
    lines = [
        ["On 2015-05-20 Reds gains Palmyra.", "On 2016-03-27 Blues gains Palmyra."],
        ["On 2016-12-11 Reds gains Palmyra (observers).", "On 2016-12-06 Greens gains Sirte."],
        ["On 2016-12-11 Blues holds Palmyra (ministry)."],
        ["On 2016-12-01 Greens holds Syria.", "On 2016-12-02 Reds gains Nowhere Hill."],
    ]
    for number, some in enumerate(lines):
        (folder / f"{number}.txt").write_text(invented.text(*some, seed=number))
    with open_record(record, write=True) as database:
        inputs = [str(folder / f"{number}.txt") for number in range(len(lines))]
        read_into(database, inputs, runner=Local(), stage=invented.STAGE, history=invented.history)
    return record


@pytest.fixture
def database(small_war: Address) -> Iterator[Database]:
    with open_record(small_war) as database:
        yield database
