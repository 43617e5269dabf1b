"""What two records find otherwise, and what one found before another version took over: which spells, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import msgspec
import pytest

import invented
from homes import Records
from tadmor import pipeline
from tadmor.pipeline import Found, Read, read_into
from tadmor.record import maker, queries
from tadmor.record.address import Address
from tadmor.record.database import Database, open_record
from tadmor.record.diff import SpellChange, changes, pairs
from tadmor.record.former import Present, former
from tadmor.records import Bound, Heard, PlaceHistory, Reading, Report, Spell
from tadmor.run.local import Local
from tadmor.run.stage import Stage

FIRST = ["On 2016-03-27 Blues gains Palmyra.", "On 2016-12-06 Greens gains Sirte."]
LATER = "On 2016-12-11 Reds gains Palmyra."


def read(file: Address, folder: Path, stage: Stage[Found, Read] = invented.STAGE) -> None:
    with open_record(file, write=True) as database:
        read_into(database, [str(folder)], runner=Local(), stage=stage, history=invented.history)


def reports(folder: Path, *lines: str) -> Path:
    folder.mkdir(exist_ok=True)
    for number, line in enumerate(lines):
        (folder / f"{number}.txt").write_text(invented.text(line, seed=number))
    return folder


def between(old: Address, new: Address) -> list[SpellChange]:
    with open_record(old) as one, open_record(new) as other:
        return list(changes(Present(one), Present(other)))


def reread(file: Address) -> list[SpellChange]:
    with open_record(file) as database:
        state = former(database)
        assert state is not None
        return list(changes(state, Present(database)))


def doubting(reports: Iterable[Report]) -> Iterator[Reading]:
    """The invented reader in another version: it hears all claims of Blues as hedged, and none about Sirte."""
    for reading in invented.claims(reports):
        claims = [
            msgspec.structs.replace(claim, modality="hedged") if claim.actor and claim.actor.name == "Blues" else claim
            for claim in reading.claims
            if claim.where != invented.PLACES["Sirte"]
        ]
        yield msgspec.structs.replace(reading, claims=tuple(claims))


def open_doubting() -> object:
    return lambda found: pipeline.read_documents(found, doubting)


DOUBTING: Stage[Found, Read] = Stage(open_doubting, pipeline.READ.lost, pipeline.READ.size)  # type: ignore[arg-type]


def unsure(place_id: str, heard: Sequence[Heard]) -> PlaceHistory:
    history = invented.history(place_id, heard)
    sure = {one.claim.id: 0.5 if one.claim.modality == "hedged" else 0.9 for one in heard}
    spells = [msgspec.structs.replace(spell, confidence=sure[spell.pulls[0].claim_id]) for spell in history.spells]
    return msgspec.structs.replace(history, spells=tuple(spells))


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> maker.Maker:
    version = msgspec.structs.replace(maker.this(), code="f" * 64)
    monkeypatch.setattr("tadmor.record.desk.maker.this", lambda: version)
    return version


def test_the_same_record_has_no_changes(small_war: Address) -> None:
    assert between(small_war, small_war) == []


def test_a_new_report_adds_a_spell_ends_another_and_is_named(records: Records, tmp_path: Path) -> None:
    old, new = records.new(), records.new()
    read(old, reports(tmp_path / "in", *FIRST))
    read(new, reports(tmp_path / "in", *FIRST, LATER))
    revised, added = between(old, new)
    assert (revised.what, revised.place_id, revised.spell.holder) == ("revised", "gn:163808", "Blues")
    assert {"end", "voices"} <= set(revised.fields)
    assert (added.what, added.before, added.spell.holder) == ("added", None, "Reds")
    for change in (revised, added):
        (claim,) = change.claims
        assert (claim.what, claim.quote, claim.read_by) == ("came", LATER, (None, maker.this().id))
        assert change.versions == type(change.versions)()
    withdrawn = [change for change in between(new, old) if change.what == "withdrawn"]
    assert [(change.spell.holder, change.claims[0].what) for change in withdrawn] == [("Reds", "went")]


def test_rereading_keeps_the_old_reading_and_says_what_changed(
    records: Records, tmp_path: Path, newer: maker.Maker
) -> None:
    file, folder = records.new(), reports(tmp_path / "in", *FIRST)
    with pytest.MonkeyPatch.context() as before:
        before.setattr("tadmor.record.desk.maker.this", lambda: OLDER)
        read(file, folder)
    with open_record(file, write=True) as database:
        assert former(database) is None
        read_into(database, [str(folder)], runner=Local(), stage=DOUBTING, history=unsure)
        kept = database.query("SELECT maker, count FROM former_readings")
        assert [tuple(row) for row in kept] == [(OLDER.id, 1), (OLDER.id, 1)]
        assert {row["maker"] for row in database.query("SELECT maker FROM reports")} == {newer.id}
    gone, changed = sorted(reread(file), key=lambda change: change.what, reverse=True)
    assert (gone.what, gone.spell.holder, gone.after) == ("withdrawn", "Greens", None)
    assert (gone.claims[0].what, gone.claims[0].read_by) == ("went", (OLDER.id, None))
    assert (changed.what, changed.fields) == ("revised", ("confidence",))
    (claim,) = changed.claims
    assert (claim.what, claim.fields, claim.read_by) == ("changed", ("modality",), (OLDER.id, newer.id))
    assert changed.versions.rules == (OLDER.code, newer.code)
    assert changed.versions.tool is None


OLDER = msgspec.structs.replace(maker.this(), code="0" * 64)


def test_reports_that_came_later_are_no_part_of_the_former_state(
    records: Records, tmp_path: Path, newer: maker.Maker
) -> None:
    file, folder = records.new(), reports(tmp_path / "in", *FIRST)
    with pytest.MonkeyPatch.context() as before:
        before.setattr("tadmor.record.desk.maker.this", lambda: OLDER)
        read(file, folder)
    read(file, folder)
    read(file, reports(tmp_path / "in", *FIRST, LATER))
    found = reread(file)
    assert [(change.what, change.claims[0].what, change.claims[0].quote) for change in found] == [
        ("revised", "came", LATER),
        ("added", "came", LATER),
    ]


def test_what_is_read_again_in_another_way_is_kept(records: Records, tmp_path: Path) -> None:
    file, folder = records.new(), reports(tmp_path / "in", *FIRST)
    read(file, folder)
    with open_record(file, write=True) as database:
        read_into(
            database,
            [str(folder / "0.txt")],
            runner=Local(),
            stage=invented.STAGE,
            history=invented.history,
            published=date(2016, 4, 1),
        )
        (row,) = database.query("SELECT * FROM what_was_read_before")
        assert (row["published"], row["claims"], row["claims_now"]) == (None, 1, 1)


def spell(id: str, first: int, last: int | None, holder: str = "Reds") -> Spell:
    return Spell(
        id=id,
        place_id="p",
        layer="assessed",
        status="held",
        holder=holder,
        start=Bound(earliest=date(2016, 1, first), latest=date(2016, 1, first)),
        end=Bound(earliest=date(2016, 1, last), latest=date(2016, 1, last)) if last else None,
        confidence=0.9,
        voices=1,
    )


def test_spells_are_paired_by_id_then_by_the_days_they_share() -> None:
    same, moved, gone = spell("a", 1, 3), spell("b", 10, 20), spell("c", 25, 26)
    near, touching, other = spell("d", 8, 18), spell("e", 19, 24), spell("f", 25, 26, "Blues")
    found = pairs([same, moved, gone], [same, touching, near, other])
    assert set(found) == {(same, same), (moved, near), (gone, None), (None, touching), (None, other)}


def test_a_place_that_is_gone_is_told(database: Database, small_war: Address, records: Records) -> None:
    empty = records.new()
    open_record(empty, write=True).close()
    found = between(small_war, empty)
    assert {change.what for change in found} == {"withdrawn"}
    assert len(found) == len(queries.spells(database, layer=None))
