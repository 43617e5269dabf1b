from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from bench.invented_war import War, begin, put
from bench.web import make
from homes import Cluster, Records
from tadmor.errors import UsageError
from tadmor.record import queries
from tadmor.record.copying import copy
from tadmor.record.database import Database, open_record
from tadmor.records import Layer, Spell
from tadmor.timeline.spells import starts

PALMYRA, SIRTE, SYRIA = "gn:163808", "gn:2210554", "gn:163843"


@pytest.fixture(scope="module")
def war(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = tmp_path_factory.mktemp("invented") / "war.tadmor"
    make(made, 600, 6)
    record = records.new(template="bare") if isinstance(records, Cluster) else records.new()
    copy(made, record)
    with open_record(record) as database:
        yield database


@pytest.mark.parametrize(
    ("day", "holder"),
    [
        ("2015-05-19", None),
        ("2015-05-20", "Reds"),
        ("2016-03-26", "Reds"),
        ("2016-03-27", "Blues"),
        ("2016-12-10", "Blues"),
    ],
)
def test_state_is_that_of_the_day(database: Database, day: str, holder: str | None) -> None:
    found = queries.state(database, date.fromisoformat(day), [PALMYRA])
    assert [spell.holder for spell in found] == ([holder] if holder else [])


def test_a_spell_that_is_still_so_grows_less_sure(database: Database) -> None:
    """Nobody spoke of the place any more; the holder does not change by that, an ended spell neither."""
    (then,) = queries.state(database, date(2016, 12, 6), [SIRTE])
    (later,) = queries.state(database, date(2018, 12, 6), [SIRTE])
    assert (then.holder, later.holder) == ("Greens", "Greens")
    assert later.confidence < then.confidence == 0.9
    (ended,) = queries.state(database, date(2016, 3, 26), [PALMYRA])
    assert ended.confidence == 0.9


@pytest.mark.parametrize("layer", ["assessed", "claimed"])
def test_state_is_the_last_spell_of_each_line_that_reaches_the_day(war: Database, layer: Layer) -> None:
    """Of parts and of each who claims, in the order of `spells`; of some places as of all."""
    spells = queries.spells(war, layer=layer)
    of_lines: dict[tuple[str | None, ...], list[Spell]] = {}
    for spell in spells:
        of_lines.setdefault((spell.place_id, spell.part, spell.claimed_by), []).append(spell)
    assert any(part for _, part, _ in of_lines)
    for day in sorted({starts(spell.start) for spell in spells})[::3]:
        wanted = []
        for own in of_lines.values():
            reach = [
                spell for spell in own if starts(spell.start) <= day
                and (spell.end is None or (spell.end.latest or spell.end.earliest or date.max) >= day)
            ]  # fmt: skip
            wanted += reach[-1:]
        found = queries.state(war, day, layer=layer)
        assert [spell.id for spell in found] == [spell.id for spell in wanted]
        assert found == queries.state(war, day, list(queries.places(war)), layer=layer)
        bare = queries.state(war, day, layer=layer, pulls=False)
        assert [msgspec.structs.replace(spell, pulls=()) for spell in found] == bare


def test_state_of_all_places_is_in_the_order_of_their_names(database: Database) -> None:
    names = queries.places(database)
    found = [names[spell.place_id].name for spell in queries.state(database, date(2017, 1, 1))]
    assert found == ["Nowhere Hill", "Palmyra", "Sirte", "Syria"]


def test_a_country_is_no_town_and_an_unknown_place_has_no_coordinates(database: Database) -> None:
    places = queries.places(database)
    assert places[SYRIA].level == "country"
    assert places[PALMYRA].level == "place"
    unknown = next(place for place in places.values() if place.id.startswith("name:"))
    assert (unknown.name, unknown.level, unknown.lat) == ("Nowhere Hill", "unknown", None)
    (told,) = queries.told_of_place(database, unknown.id)
    assert told.claim.where is not None
    assert told.claim.where.id is None


def test_places_within_a_box(database: Database) -> None:
    def within(south: float, west: float, north: float, east: float) -> list[str]:
        return [p.name for p in queries.places_within(database, south=south, west=west, north=north, east=east)]

    assert within(30, 35, 40, 40) == ["Palmyra", "Syria"]
    assert within(34.56, 38.28, 34.56, 38.28) == ["Palmyra"]
    assert within(0, 0, 10, 10) == []
    assert within(-90, 38.1, 90, -170) == ["Palmyra"]


def test_disputes_have_their_sides_and_claims(database: Database) -> None:
    (dispute,) = queries.disputes(database, only_open=True)
    assert sorted(says for says, _ in dispute.sides) == ["held by Blues", "held by Reds"]
    told = queries.told(database, [claim_id for _, ids in dispute.sides for claim_id in ids])
    assert sorted(told[ids[0]].claim.sources for _, ids in dispute.sides) == [("ministry",), ("observers",)]


def test_events_by_day_place_and_type(database: Database) -> None:
    assert len(queries.events(database)) == 7
    found = queries.events(database, [PALMYRA], first=date(2016, 1, 1), last=date(2016, 12, 10))
    assert [event.days.first for event in found] == [date(2016, 3, 27)]
    assert found[0].killed == (1, 2, None)
    assert len(queries.events(database, type="holds")) == 2


def test_told_leads_back_to_words_and_bytes(database: Database) -> None:
    (spell,) = queries.state(database, date(2016, 3, 27), [PALMYRA])
    told = queries.told(database, [pull.claim_id for pull in spell.pulls])
    best = told[spell.pulls[0].claim_id]
    assert best.quote == "On 2016-03-27 Blues gains Palmyra."
    assert best.claim.report_id == "r" + best.sha256[:20]
    report = queries.report(database, best.claim.report_id)
    assert report is not None
    assert report.text[best.claim.quote.start : best.claim.quote.end] == best.quote
    assert (best.doc, best.story_id) == ("0", best.claim.report_id)


def test_search_takes_words_as_words(database: Database) -> None:
    assert {told.quote for told in queries.search(database, "Greens Sirte")} == {"On 2016-12-06 Greens gains Sirte."}
    for hostile in ('"', 'a" OR "b', "NEAR(", "quote:*", "'; DROP TABLE claims; --", "   "):
        assert queries.search(database, hostile) == []


def test_spell_by_the_beginning_of_its_id(database: Database) -> None:
    spell = queries.spells(database)[0]
    assert queries.spell(database, spell.id) == queries.spell(database, spell.id[:12]) == spell
    with pytest.raises(UsageError, match="more than one"):
        queries.spell(database, "s")
    for unknown in ("%", "_", "zzz"):
        with pytest.raises(UsageError, match="no spell"):
            queries.spell(database, unknown)


def test_what_is_heard_of_a_reprint_names_the_outlet_that_it_credits(tmp_path: Path) -> None:
    war = War(20, seed=1)
    (reading,) = war.story(war.places[:1], 100)
    reading = msgspec.structs.replace(
        reading, report=msgspec.structs.replace(reading.report, outlet="Tribune", original_outlet="Reuters")
    )
    with open_record(tmp_path / "record", write=True) as database:
        with database.transaction():
            begin(database)
            put(database, reading)
        (heard,) = queries.heard(database, str(war.places[0].where.id))
    assert (heard.outlet, heard.original_outlet) == ("Tribune", "Reuters")
    assert heard.claim == reading.claims[0]
