"""Sets of learned weights in the record: kept, in force, taken back; updates and rebuilds agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import invented
from homes import Records
from tadmor.errors import UsageError
from tadmor.pipeline import bring_up_to_date, read_into
from tadmor.record import maker, queries, select, weight_sets, write
from tadmor.record.check import content_hash
from tadmor.record.database import Database, open_record
from tadmor.record.select import Filters
from tadmor.record.voices import speakers
from tadmor.records import TrackRecord, WeightSet
from tadmor.run.local import Local
from tadmor.timeline.build import history
from tadmor.timeline.weigh import voices

LINES = [
    ["On 2016-12-01 Reds gains Palmyra (SOHR)."],
    ["On 2016-12-02 Blues holds Palmyra (SANA)."],
    ["On 2016-12-05 Blues holds Palmyra (SANA).", "On 2016-12-05 Reds gains Sirte (SOHR)."],
]


def a_set(version: str, share: float) -> WeightSet:
    voice = TrackRecord(
        voice="sana", name="SANA", kind="state agency", claims=9.0, expected=1.0, borne_out=1, contradicted=8,
        prior=0.82, strength=20.0, learned=share, low=share - 0.1, high=share + 0.1,
    )  # fmt: skip
    return WeightSet(version=version, base="2026-11", places=2, claims=4, rounds=3, voices=(voice,))


def read(database: Database, folder: Path, *numbers: int) -> None:
    inputs = []
    for number in numbers:
        file = folder / f"{number}.txt"
        file.write_text(invented.text(*LINES[number], seed=number))
        inputs.append(str(file))
    read_into(database, inputs, runner=Local(), stage=invented.STAGE)


@pytest.fixture
def war(records: Records, tmp_path: Path) -> Iterator[Database]:
    with open_record(records.new(), write=True) as database:
        read(database, tmp_path, 0, 1, 2)
        yield database


def put(database: Database, learned: WeightSet) -> None:
    with database.transaction():
        weight_sets.put(database, learned, maker.this())


def versions(database: Database) -> set[str | None]:
    return {row["weights"] for row in database.query("SELECT weights FROM histories")}


def test_a_set_is_kept_as_it_is_and_in_force(war: Database) -> None:
    assert weight_sets.in_force(war) is None
    put(war, a_set("w1", 0.6))
    assert weight_sets.in_force(war) == a_set("w1", 0.6)
    assert weight_sets.knowledge(war).weights.prior("sana", "state agency") == 0.6
    put(war, a_set("w2", 0.7))
    put(war, a_set("w1", 0.6))
    assert [(one.learned.version, one.in_force) for one in weight_sets.history(war)] == [("w1", True), ("w2", False)]


def test_every_place_is_worked_out_anew_and_back_again(war: Database) -> None:
    before = queries.spells(war)
    put(war, a_set("w1", 0.51))
    assert len(queries.pending(war)) == 2
    bring_up_to_date(war, runner=Local())
    assert versions(war) == {"w1"}
    assert queries.spells(war) != before
    with war.transaction():
        weight_sets.use(war, weight_sets.SHIPPED)
    bring_up_to_date(war, runner=Local())
    assert (versions(war), queries.spells(war), queries.pending(war)) == ({None}, before, [])


def test_undo_goes_back_a_set_at_a_time(war: Database) -> None:
    put(war, a_set("w1", 0.6))
    put(war, a_set("w2", 0.7))
    for version in ("w1", None):
        with war.transaction():
            weight_sets.undo(war)
        now = weight_sets.in_force(war)
        assert (now.version if now else None) == version
    with pytest.raises(UsageError, match="nothing to take back"), war.transaction():
        weight_sets.undo(war)


@pytest.mark.parametrize(("version", "message"), [("x", "no set"), ("w", "more than one"), ("%", "no set")])
def test_a_set_that_is_not_there_is_named(war: Database, version: str, message: str) -> None:
    put(war, a_set("w1", 0.6))
    put(war, a_set("w2", 0.7))
    with pytest.raises(UsageError, match=message), war.transaction():
        weight_sets.use(war, version)


def test_an_update_and_a_rebuild_with_the_set_in_force_agree(war: Database, records: Records, tmp_path: Path) -> None:
    put(war, a_set("w1", 0.55))
    bring_up_to_date(war, runner=Local())
    with open_record(records.new(), write=True) as other:
        read(other, tmp_path, 2)
        put(other, a_set("w1", 0.55))
        read(other, tmp_path, 1)
        read(other, tmp_path, 0)
        assert content_hash(other) == content_hash(war)


def test_a_history_worked_out_with_another_set_does_not_stand(war: Database) -> None:
    put(war, a_set("w1", 0.51))
    place, *_ = queries.pending(war)
    heard = queries.heard(war, place.id)
    with war.transaction():
        write.put_history(war, history(place.id, heard), heard, mark=place.mark, maker=maker.this())
    assert place in queries.pending(war)
    assert versions(war) == {None}


def test_who_speaks_with_what_was_learned_of_them(war: Database) -> None:
    put(war, a_set("w1", 0.6))
    found = {one.voice.key: one for one in speakers(war)}
    assert {key: (one.claims, one.stories) for key, one in found.items()} == {"sana": (2, 2), "sohr": (2, 2)}
    assert (found["sana"].prior, found["sana"].share) == (0.82, 0.6)
    assert found["sana"].voice.speaks_for == "syr-gov"
    assert found["sohr"].track is None


def test_a_reprint_is_the_word_of_its_original_wherever_it_is_told(records: Records, tmp_path: Path) -> None:
    with open_record(records.new(), write=True) as database:
        file = tmp_path / "0.txt"
        file.write_text(invented.text("On 2016-12-01 Reds gains Palmyra."))
        read_into(database, [str(file)], runner=Local(), stage=invented.STAGE)
        with database.transaction():
            database.execute("UPDATE reports SET outlet = 'Gulf Tribune', original_outlet = 'Reuters'")
        bring_up_to_date(database, runner=Local())
        knowledge = weight_sets.knowledge(database)
        ((id,),) = database.query("SELECT id FROM claims")
        ((*said_by,),) = database.query(f"SELECT {queries.SAID_BY} {queries.OF_REPORTS}")
        told = {
            *(one.voice.name for one in speakers(database)),
            *(row.voice.name for row in select.claims(database, Filters())),
            *(one.voice.name for row in select.spells(database, Filters()) for one in row.for_it),
            queries.voice_of_columns(knowledge)(*said_by).name,
            voices(knowledge)(queries.told(database, [id])[id].heard).name,
        }
        assert told == {"Reuters"}
