"""Who stands on each side of a dispute is the same, looked up or heard again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.web import make
from tadmor.record import queries, weight_sets
from tadmor.record.database import open_record
from tadmor.record.standing import Sides, sides_of
from tadmor.timeline.dispute import standings


@pytest.fixture(scope="module")
def war(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("standing") / "war.tadmor"
    make(path, 1_500, 12)
    return path


def test_what_is_kept_says_who_stands_where(war: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_record(war) as database:
        knowledge, disputed = weight_sets.knowledge(database), queries.disputes(database)
        heard_again: dict[str, Sides] = {}
        for one in disputed:
            heard_again.update(standings([one], queries.heard(database, one.place_id), knowledge))
        assert any(len(each.claim_ids) > 1 for sides in heard_again.values() for side in sides for each in side)
        monkeypatch.setattr(queries, "heard", None)  # nothing is heard again
        assert sides_of(database, disputed, knowledge) == heard_again


def test_what_another_version_kept_is_heard_again(war: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_record(war) as database:
        knowledge, disputed = weight_sets.knowledge(database), queries.disputes(database)
        kept = sides_of(database, disputed, knowledge)
        monkeypatch.setattr("tadmor.record.kept.lookup", None)
        monkeypatch.setattr("tadmor.record.maker.Maker.id", "another")
        assert sides_of(database, disputed, knowledge) == kept
