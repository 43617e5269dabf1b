"""What events, spells and disputes are made of goes with its claims, though no table refers to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.invented_war import War, begin, put
from homes import Records
from tadmor.pipeline import tell
from tadmor.record import pending, write
from tadmor.record.check import faults
from tadmor.record.database import Database, open_record
from tadmor.record.desk import Desk
from tadmor.run.local import Local

BEHIND = ("event", "spell", "dispute")


@pytest.fixture
def war(records: Records) -> Iterator[Database]:
    readings = [reading for story in War(400, places=3, seed=5).stories() for reading in story]
    with open_record(records.new(), write=True) as database:
        with database.transaction():
            begin(database)
            for reading in readings:
                put(database, reading)
            write.put_stories(database, {reading.report.id: reading.report.id for reading in readings})
        settle(database)
        yield database


def settle(database: Database) -> None:
    Desk(database, published=None, outlet=None, progress=lambda _: None).settle(tell, Local())


def behind(database: Database, claim_id: str) -> dict[str, int]:
    """How many events, spells and disputes a claim is behind."""
    return {
        what: len(database.query(f"SELECT 1 FROM {what}_claims WHERE claim_id = ?", (claim_id,))) for what in BEHIND
    }


def busiest(database: Database) -> str:
    """A claim that is behind something of each kind."""
    row = database.one(
        "SELECT min(d.claim_id) AS id FROM dispute_claims d JOIN spell_claims s ON s.claim_id = d.claim_id"
        " JOIN event_claims e ON e.claim_id = d.claim_id"
    )
    assert row is not None
    assert all(behind(database, row["id"]).values())
    return str(row["id"])


def rows(database: Database) -> int:
    return sum(len(database.query(f"SELECT 1 FROM {what}_claims")) for what in BEHIND)


def test_a_claim_that_goes_is_behind_nothing(war: Database) -> None:
    claim_id, before = busiest(war), rows(war)
    own = sum(behind(war, claim_id).values())
    with war.transaction():
        war.execute("DELETE FROM claims WHERE id = ?", (claim_id,))
    assert behind(war, claim_id) == dict.fromkeys(BEHIND, 0)
    assert rows(war) == before - own
    assert not any("behind it" in fault for fault in faults(war))


def test_claims_go_before_a_place_is_told_again_and_after(war: Database) -> None:
    for _ in range(2):
        for _ in range(2):
            claim_id, before = busiest(war), rows(war)
            own = sum(behind(war, claim_id).values())
            with war.transaction():
                pending.mark(war, "SELECT place_id FROM claims WHERE id = ?", (claim_id,))
                war.execute("DELETE FROM claims WHERE id = ?", (claim_id,))
            assert rows(war) == before - own
        if war.engine == "sqlite":
            assert war.query("SELECT 1 FROM behind LIMIT 1")
        settle(war)
        if war.engine == "sqlite":
            assert not war.query("SELECT 1 FROM behind LIMIT 1")
        assert not any("behind it" in fault for fault in faults(war))


def test_a_claim_that_comes_to_another_place_is_behind_nothing_of_the_former(war: Database) -> None:
    claim_id, before = busiest(war), rows(war)
    own = sum(behind(war, claim_id).values())
    with war.transaction():
        war.execute(
            "UPDATE claims SET place_id = (SELECT id FROM places WHERE id <> place_id ORDER BY id LIMIT 1)"
            " WHERE id = ?",
            (claim_id,),
        )
    assert behind(war, claim_id) == dict.fromkeys(BEHIND, 0)
    assert rows(war) == before - own


def test_what_changes_of_a_claim_besides_leaves_what_it_is_behind(war: Database) -> None:
    claim_id, before = busiest(war), rows(war)
    with war.transaction():
        war.execute("UPDATE claims SET confidence = 0.5, place_id = place_id WHERE id = ?", (claim_id,))
    assert rows(war) == before
