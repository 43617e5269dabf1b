"""Filters mean the same for spells, events and claims; areas hold what lies in them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tadmor.errors import UsageError
from tadmor.record import queries, select
from tadmor.record.area import parse
from tadmor.record.database import Database
from tadmor.record.queries import Place
from tadmor.record.select import Filters

SYRIA = Place("a", "A", "place", 34.56, 38.28)


def places(database: Database, filters: Filters) -> tuple[set[str], set[str], set[str]]:
    """The places of the spells, events and claims wanted."""
    return (
        {row.place.name for row in select.spells(database, filters)},
        {row.place.name for row in select.events(database, filters)},
        {row.place.name for row in select.claims(database, filters)},
    )


def test_without_filters_there_is_everything(database: Database) -> None:
    wanted = Filters()
    spells = [row.spell for row in select.spells(database, wanted)]
    assert spells == queries.spells(database)
    assert [row.event for row in select.events(database, wanted)] == queries.events(database)
    assert len(list(select.claims(database, wanted))) == queries.stats(database)["claims"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(place_ids=("gn:163808",)), {"Palmyra"}),
        (Filters(place_ids=()), set()),
        (Filters(area=parse("38,34,39,35")), {"Palmyra"}),
        (Filters(area=parse("-180,-90,180,90")), {"Palmyra", "Sirte"}),
        (Filters(area=parse("38,34,39,35"), place_ids=("gn:2210554",)), set()),
        (Filters(part="east"), set()),
        (Filters(confidence=0.95), set()),
    ],
)
def test_places_are_those_wanted(database: Database, filters: Filters, names: set[str]) -> None:
    """The country, whose middle lies in the box, and the place without coordinates lie in no area."""
    assert places(database, filters) == (names, names, names)


def test_days_keep_what_may_have_been_on_them(database: Database) -> None:
    filters = Filters(first=date(2016, 12, 3), last=date(2016, 12, 6))
    spells, events, claims = places(database, filters)
    assert spells == {"Palmyra", "Sirte", "Syria", "Nowhere Hill"}  # still so
    assert events == claims == {"Sirte"}
    early = Filters(last=date(2015, 5, 19))
    assert places(database, early) == (set(), set(), set())


def test_actors_types_and_layers(database: Database) -> None:
    greens = Filters(actors=frozenset({"Greens"}))
    assert places(database, greens) == ({"Sirte", "Syria"},) * 3
    held = select.events(database, Filters(type="holds"))
    assert {row.event.type for row in held} == {"holds"}
    assert list(select.spells(database, Filters(type="contested"))) == []
    assert list(select.spells(database, Filters(layer="claimed"))) == []


@pytest.mark.parametrize("name", ["Red", "eds", "reds", '"Reds"', "Reds\\", "", "%"])
def test_a_name_is_no_other_that_holds_it(database: Database, name: str) -> None:
    """Lists are looked through as they stand in JSON."""
    assert places(database, Filters(actors=frozenset({name}))) == (set(), set(), set())
    assert places(database, Filters(actors=frozenset({name, "Greens"})))[1] == {"Sirte", "Syria"}


def test_evidence_is_that_of_the_record(database: Database) -> None:
    for row in select.spells(database, Filters()):
        told = queries.told(database, [pull.claim_id for pull in row.spell.pulls])
        assert [one.claim_id for one in row.for_it] == [p.claim_id for p in row.spell.pulls if p.pull > 0]
        assert [one.claim_id for one in row.against] == [p.claim_id for p in row.spell.pulls if p.pull < 0]
        for one in (*row.for_it, *row.against):
            assert (one.quote, one.story_id) == (told[one.claim_id].quote, told[one.claim_id].story_id)
    voices = {row.told.claim.id: row.voice.name for row in select.claims(database, Filters())}
    found = {one.claim_id: one.voice.name for row in select.events(database, Filters()) for one in row.evidence}
    assert found and found.items() <= voices.items()


def test_spells_in_turn_keep_their_order(database: Database) -> None:
    ids = [spell.id for spell in queries.spells(database)][::-1]
    assert [row.spell.id for row in select.spells_in_turn(database, ids)] == ids


def test_polygons_and_their_holes(tmp_path: Path) -> None:
    square = [[38, 34], [39, 34], [39, 35], [38, 35], [38, 34]]
    hole = [[38.2, 34.5], [38.3, 34.5], [38.3, 34.6], [38.2, 34.6], [38.2, 34.5]]
    file = tmp_path / "area.geojson"
    for shape, inside in (
        ({"type": "Polygon", "coordinates": [square]}, True),
        ({"type": "Polygon", "coordinates": [square, hole]}, False),
        ({"type": "MultiPolygon", "coordinates": [[square, hole], [hole]]}, True),
        ({"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [square]}}, True),
    ):
        file.write_text(json.dumps({"type": "FeatureCollection", "features": [shape]}))
        assert parse(str(file)).holds(SYRIA) is inside


def test_a_box_may_cross_the_180th_meridian() -> None:
    area = parse("170,-20,-170,-10")
    assert area.holds(Place("f", "Fiji", "place", -17.0, 178.0)) and area.holds(Place("w", "W", "place", -13.3, -176.2))
    assert not area.holds(Place("s", "S", "place", -15.0, 0.0))


def test_edges_and_levels() -> None:
    assert parse("38.28,34.56,39,35").holds(SYRIA)
    assert parse("38,34,39,35").holds(Place("g", "G", "governorate", 34.5, 38.5))
    assert not parse("38,34,39,35").holds(Place("c", "C", "country", 34.5, 38.5))
    assert not parse("38,34,39,35").holds(Place("u", "U", "unknown"))


@pytest.mark.parametrize("text", ["1,2,3", "1,2,3,x", "10,50,10,60", "0,50,10,40", "0,0,400,1", "nan,0,1,1", "no-such"])
def test_what_is_no_area_is_an_error(text: str) -> None:
    with pytest.raises(UsageError, match="is no area"):
        parse(text)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"type":"Point","coordinates":[1,2]}', '{"type":"Polygon","coordinates":[[[1,2],[3,4]]]}']
)
def test_a_file_without_polygons_is_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "area.json").write_text(content)
    with pytest.raises(UsageError, match=r"area\.json: (is no GeoJSON|holds no polygon)"):
        parse(str(tmp_path / "area.json"))
