"""Each export is opened by a reader that others wrote, and compared with the record."""

from __future__ import annotations

import csv
import json
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import duckdb
import feedparser
import msgspec
import networkx
import pyogrio.raw
import pytest
from csvw import CSVW
from fastkml import KML
from fastkml.features import Placemark
from fastkml.utils import find_all
from icalendar import Calendar
from lxml import etree
from prov.model import ProvDerivation, ProvDocument, ProvEntity
from pyarrow import parquet

import invented
from homes import Records
from tadmor import pipeline
from tadmor.errors import UsageError
from tadmor.out.export import acled, ged, ics, tables
from tadmor.out.export.cells import SEPARATOR, cell, defused, plain
from tadmor.out.export.job import FORMATS, Done, export
from tadmor.record import queries, select
from tadmor.record.address import Address
from tadmor.record.database import Database, open_record
from tadmor.record.select import Filters
from tadmor.records import Claim, Count, Event, EventType, Party, Reading, Report, Spell
from tadmor.run.local import Local
from tadmor.run.stage import Stage

FORMULA = '=HYPERLINK("http://example.org","x")'
HIDDEN = "over\u202eride"
LINES = [
    ["On 2015-05-20 Reds gains Palmyra.", "On 2016-03-27 Blues gains Palmyra (observers)."],
    ["On 2016-12-11 Reds gains Palmyra (observers).", "On 2016-12-06 Greens gains Sirte."],
    ["On 2016-12-11 Evil holds Palmyra (ministry)."],
    ["On 2016-12-01 Greens holds Syria.", "On 2016-12-02 Reds gains Nowhere Hill."],
]


def claims(reports: Iterable[Report]) -> Iterator[Reading]:
    """The invented claims; Evil has a hostile name, and each report also has Reds back Greens and kill 3 to 5."""
    for reading in invented.claims(reports):
        said = [_twisted(claim) for claim in reading.claims]
        first = said[0]
        relation = msgspec.structs.replace(
            first,
            id=first.id + "r",
            kind="relation",
            type="backs",
            actor=Party(name="Reds", text="Reds"),
            opponent=Party(name="Greens", text="Greens"),
            where=None,
        )
        yield msgspec.structs.replace(reading, claims=(*said, relation))


def _twisted(claim: Claim) -> Claim:
    assert claim.actor is not None
    name = f"{FORMULA} {HIDDEN}" if claim.actor.name == "Evil" else claim.actor.name
    return msgspec.structs.replace(
        claim, actor=Party(name=name, text=name), count=Count(killed=(3, 5), whom="civilians")
    )


@pytest.fixture(scope="module")
def war(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Address:
    folder = tmp_path_factory.mktemp("war")
    for number, some in enumerate(LINES):
        (folder / f"{number}.txt").write_text(invented.text(*some, seed=number))

    def opened() -> Callable[[Sequence[pipeline.Found]], list[pipeline.Read]]:
        return lambda found: pipeline.read_documents(found, claims)

    stage = Stage(opened, pipeline.READ.lost, pipeline.READ.size)
    record = records.new()
    with open_record(record, write=True) as database:
        inputs = [str(folder / f"{number}.txt") for number in range(len(LINES))]
        pipeline.read_into(database, inputs, runner=Local(), outlet=FORMULA, stage=stage, history=invented.history)
    return record


@pytest.fixture
def record(war: Address) -> Iterator[Database]:
    with open_record(war) as database:
        yield database


@pytest.fixture
def spells(record: Database) -> dict[str, Spell]:
    return {spell.id: spell for spell in queries.spells(record)}


@pytest.fixture
def events(record: Database) -> dict[str, Event]:
    return {event.id: event for event in queries.events(record)}


def written(record: Database, name: str, folder: Path, *, filters: Filters | None = None, **options: Any) -> Path:
    done = export(record, name, folder / f"war.{name}", filters or Filters(), **options)
    assert done.files[0].exists() and done.files[1].exists()
    return done.files[0]


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# --- all formats ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_record_gives_the_same_bytes_and_a_dictionary_of_all_columns(
    record: Database, tmp_path: Path, name: str
) -> None:
    for what in FORMATS[name].what:
        runs: list[Done] = []
        for turn in ("one", "two"):
            (tmp_path / what / turn).mkdir(parents=True)
            runs.append(export(record, name, tmp_path / what / turn / f"war.{name}", what=what))
        one, two = runs
        assert one.rows > 0
        for first, second in zip(one.files, two.files, strict=True):
            assert first.read_bytes() == second.read_bytes()
        assert sorted(file.name for file in one.files[0].parent.iterdir()) == sorted(file.name for file in one.files)
        text = one.files[1].read_text("utf-8")
        assert f"- rows: {one.rows:,}\n" in text
        assert "no position on borders" in text and "CC BY 4.0" in text and "blank means" in text
        if FORMATS[name].csvw:
            header = one.files[0].read_bytes().decode().partition("\r\n")[0].split(",")
            assert [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")] == header


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_selection_is_a_whole_file(record: Database, tmp_path: Path, name: str) -> None:
    done = export(record, name, tmp_path / f"war.{name}", Filters(first=date(1900, 1, 1), last=date(1900, 1, 2)))
    assert done.rows == 0 and (done.files[0].stat().st_size > 0 or name in ("jsonl", "plover"))


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_breaks_a_format(records: Records, war: Address, tmp_path: Path, name: str) -> None:
    """Markup, quotes, controls, what orders text otherwise, and what may stand in no XML."""
    nasty = "</kml>]]><b onclick='x'>&amp;\u202e\ufffe\x01\n\tBEGIN:VEVENT\r\n;,\\\"| {{x}} \U0001f600"
    copy = records.copy(war)
    with open_record(copy, write=True) as database, database.transaction():
        database.execute("UPDATE spells SET holder = ?, part = 'near: ' || ?", (nasty, nasty))
        database.execute("UPDATE events SET actors = ?", (json.dumps([nasty]),))
        database.execute("UPDATE claims SET actor = ?, quote = ?, sources = ?", (nasty, nasty, json.dumps([nasty])))
        database.execute("UPDATE reports SET headline = ?, outlet = ?", (nasty, nasty))
        database.execute("UPDATE places SET name = ? || name", (nasty,))
    with open_record(copy) as database:
        for what in FORMATS[name].what:
            done = export(database, name, tmp_path / f"war.{name}", what=what)
            read = done.files[0].read_bytes()
            if name in ("kml", "atom", "graphml"):
                etree.fromstring(read)
            elif name in ("geojson", "annotation", "prov"):
                json.loads(read)
            elif name in ("jsonl", "plover"):
                assert len([json.loads(line) for line in read.splitlines()]) == done.rows
            elif name == "ics":
                assert len(Calendar.from_ical(read).walk("VEVENT")) == done.rows
            elif FORMATS[name].csvw:
                assert len(rows_of(done.files[0])) == done.rows
                assert CSVW(str(done.files[2]), validate=True).is_valid
            elif name == "gpkg":
                assert len(pyogrio.raw.read(done.files[0])[2]) == done.rows
            else:
                assert parquet.read_metadata(done.files[0]).num_rows == done.rows
            if name not in ("jsonl", "geojson", "annotation", "prov", "plover", "parquet", "geoparquet"):
                assert "\u202e".encode() not in read


def test_a_format_refuses_rows_that_it_cannot_hold(record: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="acled has no spells; it takes events"):
        export(record, "acled", tmp_path / "war.csv", what="spells")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_leaves_what_was_there(record: Database, tmp_path: Path) -> None:
    out = tmp_path / "war.csv"
    out.write_text("before")
    broken = tables.SPELLS._replace(read=lambda database, filters: 1 / 0)  # type: ignore[arg-type,return-value]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tables.TABLES, "spells", broken)
        with pytest.raises(ZeroDivisionError):
            export(record, "csv", out)
    assert out.read_text() == "before" and list(tmp_path.iterdir()) == [out]


# --- CSV and what is like it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["spells", "events", "claims"])
def test_csv_is_valid_by_its_own_description(record: Database, tmp_path: Path, what: tables.What) -> None:
    done = export(record, "csv", tmp_path / "war.csv", what=what)
    found = CSVW(str(done.files[2]), validate=True)
    assert found.is_valid, [str(warning.message) for warning in found.warnings]
    rows = list(found.tables[0].iterdicts(strict=True))
    assert len(rows) == done.rows > 0
    table = tables.TABLES[what]
    for row, typed in zip(rows, table.read(record, Filters()), strict=True):
        for column in table.columns:
            value, read = column.get(typed), row[column.name]
            if column.kind == "day":
                assert (read.date() if read else None) == value
            elif column.kind in ("whole", "number", "truth"):
                assert read == value
            elif column.kind == "texts":
                assert isinstance(value, tuple)
                assert read == cell(value).split(SEPARATOR) if value else read in (None, [], [""])


def test_csv_holds_no_formula_and_nothing_hidden(record: Database, tmp_path: Path) -> None:
    for name in ("csv", "acled", "ged", "kepler"):
        for what in FORMATS[name].what:
            text = written(record, name, tmp_path, what=what).read_text("utf-8")
            assert "\u202e" not in text
            for row in csv.reader(text.splitlines()):
                assert all(one[:1] not in "=+-@\t" or one == "" or float(one) < 0 for one in row)
    assert "'=HYPERLINK" in text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("a;=1", "a;'=1"),
        ("a;  @x", "a;'  @x"),
        ("\uff1d1", "'\uff1d1"),
        ("10 - 12 killed", "10 - 12 killed"),
        ("a=b", "a=b"),
    ],
)
def test_formulas_are_defused(text: str, safe: str) -> None:
    assert defused(text) == safe


def test_plain_text_is_one_line_and_shows_what_is_hidden() -> None:
    assert plain("a \n b  c\u202e\x00") == "a b c[U+202E][U+0000]"
    assert cell(-12.5) == "-12.5" and cell(True) == "true" and cell(("a|b", "c")) == "a\u00a6b | c"


def test_acled_columns_and_codes(record: Database, tmp_path: Path, events: dict[str, Event]) -> None:
    """The 31 columns in ACLED's order; blanks where the record does not know; no id that could be theirs."""
    file = written(record, "acled", tmp_path)
    found = duckdb.sql(f"SELECT * FROM read_csv('{file}', all_varchar = true)")
    assert (
        found.columns
        == (
            "event_id_cnty event_date year time_precision disorder_type event_type sub_event_type actor1 assoc_actor_1"
            " inter1 actor2 assoc_actor_2 inter2 interaction civilian_targeting iso region country admin1 admin2 admin3"
            " location latitude longitude geo_precision source source_scale notes fatalities tags timestamp"
        ).split()
    )
    rows = rows_of(file)
    gains = {id: event for id, event in events.items() if event.type == "gains"}
    assert {row["event_id_cnty"] for row in rows} == {f"TDM-{id}" for id in gains}
    for row in rows:
        event = gains[row["event_id_cnty"].removeprefix("TDM-")]
        assert row["event_date"] == str(event.days.first) and row["time_precision"] == "1"
        assert (row["event_type"], row["sub_event_type"]) == ("Battles", "")  # nobody knows who Reds are
        assert row["fatalities"] == "2" and "probability=0.75" in row["tags"] and "killed=1..2.." in row["tags"]
    palmyra = next(row for row in rows if row["location"] == "Palmyra")
    assert (palmyra["iso"], palmyra["country"], palmyra["geo_precision"]) == ("760", "Syria", "1")
    assert (palmyra["latitude"], palmyra["longitude"]) == ("34.56", "38.28")
    hill = next(row for row in rows if row["location"] == "Nowhere Hill")
    assert (hill["latitude"], hill["geo_precision"], hill["iso"], hill["country"]) == ("", "", "", "")
    assert "NOT ACLED DATA" in file.with_name(file.name + "-dictionary.md").read_text("utf-8")


def event_row(record: Database, **changes: Any) -> select.EventRow:
    row = next(iter(select.events(record, Filters())))
    place = msgspec.structs.replace(row.place, country="SY", level="place", lat=34.5, lon=38.3)
    return msgspec.structs.replace(row, place=place, event=msgspec.structs.replace(row.event, **changes))


@pytest.mark.parametrize(
    ("type", "actors", "opponents", "sub", "inter"),
    [
        ("gains", "Syrian government", "Islamic State", "Government regains territory", "12"),
        ("gains", "Islamic State", "Syrian government", "Non-state actor overtakes territory", "12"),
        ("gains", "Turkey", "Islamic State", "Non-state actor overtakes territory", "28"),
        ("gains", "rebels", "", "Non-state actor overtakes territory", "20"),
        ("gains", "men in cars", "", None, None),
        ("loses", "Islamic State", "Syrian government", "Government regains territory", "12"),
        ("gains_part", "Islamic State", "", "Armed clash", "20"),
        ("repels", "Islamic State", "rebels", "Armed clash", "22"),
    ],
)
def test_events_of_control_become_acled_battles(
    record: Database, type: str, actors: str, opponents: str, sub: str | None, inter: str | None
) -> None:
    row = event_row(record, kind="control", type=type, actors=(actors,), opponents=(opponents,) if opponents else ())
    found = acled.coded(row)
    assert found is not None
    assert (found.type, found.sub, found.inter[2]) == ("Battles", sub, inter)


@pytest.mark.parametrize("type", ["loses", "besieges"])
def test_what_acled_has_no_type_for_is_left_out(record: Database, type: str) -> None:
    assert acled.coded(event_row(record, kind="control", type=type, actors=("Reds",), opponents=())) is None


def test_every_type_of_event_has_its_acled_type(record: Database) -> None:
    assert set(get_args(EventType)) <= set(acled.TYPES)


def test_ged_columns_and_codes(record: Database, tmp_path: Path, events: dict[str, Event]) -> None:
    file = written(record, "ged", tmp_path)
    columns = duckdb.sql(f"SELECT * FROM read_csv('{file}', all_varchar = true)").columns
    assert (
        columns
        == (
            "id relid year active_year code_status type_of_violence conflict_dset_id conflict_new_id conflict_name"
            " dyad_dset_id dyad_new_id dyad_name side_a_dset_id side_a_new_id side_a side_b_dset_id side_b_new_id"
            " side_b number_of_sources source_article source_office source_date source_headline source_original"
            " where_prec where_coordinates where_description adm_1 adm_2 latitude longitude geom_wkt priogrid_gid"
            " country country_id region event_clarity date_prec date_start date_end deaths_a deaths_b"
            " deaths_civilians deaths_unknown best high low gwnoa gwnob"
        ).split()
    )
    rows = rows_of(file)
    assert {row["id"].removeprefix("TDM-") for row in rows} == set(events)
    for row in rows:
        event = events[row["id"].removeprefix("TDM-")]
        assert (row["low"], row["best"], row["high"]) == ("1", "2", "")
        assert (row["deaths_civilians"], row["deaths_unknown"]) == ("2", "")  # as the claim behind it says
        assert row["date_start"] == row["date_end"] == str(event.days.first) and row["date_prec"] == "1"
    syria = next(row for row in rows if row["where_coordinates"] == "Syria")
    assert syria["where_prec"] == "6"
    palmyra = next(row for row in rows if row["where_coordinates"] == "Palmyra")
    assert palmyra["geom_wkt"] == "POINT (38.28 34.56)" and palmyra["where_prec"] == "1"


def test_ged_codes_for_days_and_cells() -> None:
    day = date(2016, 12, 10)
    spans = [(0, "day", 1), (1, "day", 2), (5, "week", 3), (6, "week", 3), (29, "month", 4), (364, "year", 5)]
    for days, precision, code in spans:
        assert ged.date_precision(day, day + timedelta(days), precision) == code
    assert (
        ged.date_precision(day, day + timedelta(900), "longer") is None and ged.date_precision(None, day, "day") is None
    )
    # Corners, and cells as PRIO-GRID numbers them.
    assert ged.priogrid(-90, -180) == 1 and ged.priogrid(89.9, 179.9) == 259200
    assert ged.priogrid(-89.4, -180) == 721


def test_kepler_has_a_point_a_start_and_an_end_or_none(
    record: Database, tmp_path: Path, spells: dict[str, Spell]
) -> None:
    rows = rows_of(written(record, "kepler", tmp_path))
    drawn = [spell for spell in spells.values() if queries.places(record)[spell.place_id].level == "place"]
    assert {row["spell"] for row in rows} == {spell.id for spell in drawn}
    for row in rows:
        spell = spells[row["spell"]]
        assert datetime.fromisoformat(row["start"]) == datetime.combine(
            spell.start.earliest or date.min, datetime.min.time(), UTC
        )
        assert (row["end"] == "") == (spell.end is None)
        if row["end"]:
            assert datetime.fromisoformat(row["end"]) > datetime.fromisoformat(row["start"])
        assert float(row["latitude"]) in (34.56, 31.2)


# --- JSON -----------------------------------------------------------------------------------------------------------


def test_json_lines_keep_every_text_to_the_character(record: Database, tmp_path: Path) -> None:
    file = written(record, "jsonl", tmp_path, what="claims")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    told = {row.told.claim.id: row.told for row in select.claims(record, Filters())}
    assert {row["claim"] for row in rows} == set(told)
    for row in rows:
        one = told[row["claim"]]
        assert row["quote"] == one.quote and row["outlet"] == FORMULA and row["sha256"] == one.sha256
        assert row["actor"] == (one.claim.actor.name if one.claim.actor else None)
    assert duckdb.sql(f"SELECT count(DISTINCT claim) FROM read_json('{file}')").fetchall() == [(len(rows),)]


def test_what_is_claimed_is_not_weighed(records: Records, war: Address, tmp_path: Path) -> None:
    copy = records.copy(war)
    with open_record(copy, write=True) as database, database.transaction():
        database.execute("UPDATE spells SET layer = 'claimed', claimed_by = 'Reds'")
    with open_record(copy) as database:
        file = written(database, "jsonl", tmp_path, filters=Filters(layer="claimed"))
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        claims = {
            spell.id: [pull.claim_id for pull in spell.pulls] for spell in queries.spells(database, layer="claimed")
        }
    assert rows and all(row["probability"] is None and row["claimed_by"] == "Reds" for row in rows)
    assert all(row["claims_for"] == claims[row["spell"]] and row["claims_against"] == [] for row in rows)


def test_geojson_draws_places_and_nothing_else(record: Database, tmp_path: Path, spells: dict[str, Spell]) -> None:
    file = written(record, "geojson", tmp_path)
    meta, _, shapes, data = pyogrio.raw.read(file)
    fields = dict(zip(meta["fields"], data, strict=True))
    assert len(shapes) == len(spells) and meta["crs"] == "EPSG:4326"
    for id, place, precision, shape, since in zip(
        fields["spell"], fields["place"], fields["precision"], shapes, fields["since_earliest"], strict=True
    ):
        spell = spells[id]
        assert (shape is not None) == (precision == "exact") == (place in ("Palmyra", "Sirte"))
        if shape is not None:
            assert struct.unpack("<BIdd", shape)[2:] == {"Palmyra": (38.28, 34.56), "Sirte": (16.59, 31.2)}[place]
        assert str(since) == str(spell.start.earliest)
    found = json.loads(file.read_text("utf-8"))
    assert "crs" not in found  # RFC 7946, 4
    assert all(feature["id"] == feature["properties"]["spell"] for feature in found["features"])


def test_plover_has_its_keys_and_categories(record: Database, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in written(record, "plover", tmp_path).read_text("utf-8").splitlines()]
    gains = [row.told for row in select.claims(record, Filters(type="gains"))]
    assert {row["id"] for row in rows} == {f"TDM-{told.claim.id}" for told in gains}
    for row in rows:
        assert (row["event"], row["mode"], row["quad_code"]) == (["COERCE"], ["seize"], 4)
        assert row["size"] == {"dead": [3, 5]} and row["date"] <= row["enddate"]
    palmyra = next(row for row in rows if row["event_loc"]["resolved_place"] == "Palmyra")["event_loc"]
    assert (palmyra["country_code"], palmyra["geonameid"], palmyra["resolution"]) == ("SYR", "163808", 4)


def test_annotations_find_their_words(record: Database, tmp_path: Path) -> None:
    found = json.loads(written(record, "annotation", tmp_path).read_text("utf-8"))
    assert found["@context"] == "http://www.w3.org/ns/anno.jsonld" and found["type"] == "AnnotationCollection"
    items = found["first"]["items"]
    assert found["total"] == len(items) == queries.stats(record)["claims"]
    reports = {report.id: report.text for report in queries.reports(record)}
    for item in items:
        text = reports[item["target"]["source"].removeprefix("urn:tadmor:report:")]
        quote, position = item["target"]["selector"]
        assert text[position["start"] : position["end"]] == quote["exact"]
        assert quote["prefix"] + quote["exact"] + quote["suffix"] in text
        assert item["body"][0]["value"].startswith("Claimed by ")


def test_prov_leads_from_spells_to_bytes(record: Database, tmp_path: Path, spells: dict[str, Spell]) -> None:
    document = ProvDocument.deserialize(source=str(written(record, "prov", tmp_path)), format="json")
    entities = {str(one.identifier) for one in document.get_records(ProvEntity)}
    from_: dict[str, set[str]] = {}
    for one in document.get_records(ProvDerivation):
        made, used = (str(one.formal_attributes[at][1]) for at in (0, 1))
        from_.setdefault(made, set()).add(used)
    assert entities >= {end for ends in from_.values() for end in ends} | set(from_)
    hashes = {report.sha256 for report in queries.reports(record)}
    for spell in spells.values():
        claims = from_[f"tadmor:spell-{spell.id}"]
        assert claims == {f"tadmor:claim-{pull.claim_id}" for pull in spell.pulls}
        reports = set().union(*(from_[claim] for claim in claims))
        assert set().union(*(from_[report] for report in reports)) <= {f"tadmor:bytes-{sha256}" for sha256 in hashes}


# --- XML and calendars ----------------------------------------------------------------------------------------------


def test_kml_has_time_spans_and_points(record: Database, tmp_path: Path, spells: dict[str, Spell]) -> None:
    file = written(record, "kml", tmp_path)
    marks = list(find_all(KML.parse(file), of_type=Placemark))
    assert {mark.id for mark in marks} == set(spells)
    for mark in marks:
        spell = spells[mark.id]
        assert mark.times.begin.dt == spell.start.earliest
        assert (mark.times.end.dt if mark.times.end else None) == (spell.end.latest if spell.end else None)
        assert "Assessed" in mark.description
        point = {"Palmyra": (38.28, 34.56), "Sirte": (16.59, 31.2)}.get(mark.name)
        assert (mark.geometry.coords[0] if mark.geometry else None) == point
    meta, _, shapes, _ = pyogrio.raw.read(file)
    assert len(shapes) == len(spells) and {"begin", "end"} <= set(meta["fields"])


def test_atom_has_an_entry_for_each_change(record: Database, tmp_path: Path) -> None:
    found = feedparser.parse(written(record, "atom", tmp_path).read_bytes())
    assert not found.bozo
    changes = queries.changes(record)
    assert {entry.id for entry in found.entries} == {f"urn:tadmor:spell:{one.after.id}" for one in changes}
    assert len(found.entries) == len(changes) > 0
    assert all(entry.updated_parsed and entry.title and entry.tags for entry in found.entries)
    palmyra = next(entry for entry in found.entries if entry.title.startswith("Palmyra"))
    assert palmyra.where["coordinates"] == (38.28, 34.56)


def test_calendar_has_an_event_for_each_spell(record: Database, tmp_path: Path, spells: dict[str, Spell]) -> None:
    file = written(record, "ics", tmp_path)
    found = Calendar.from_ical(file.read_bytes()).walk("VEVENT")
    assert {str(one["UID"]).removesuffix("@tadmor") for one in found} == set(spells)
    rows = {row.spell.id: row for row in select.spells(record, Filters())}
    for one in found:
        row = rows[str(one["UID"]).removesuffix("@tadmor")]
        assert not one.errors
        assert one.start == row.begins and one.end == ics.last_day(row) + timedelta(1)
    assert max(map(len, file.read_bytes().split(b"\r\n"))) <= 75


def test_graphml_has_parties_and_relations(record: Database, tmp_path: Path) -> None:
    found = networkx.read_graphml(written(record, "graphml", tmp_path))
    assert {data["name"] for _, data in found.nodes(data=True)} == {"Reds", "Greens"}
    edges = list(found.edges(data=True))
    assert {data["type"] for _, _, data in edges} == {"backs"}
    claims = {id for _, _, data in edges for id in data["claims"].split(SEPARATOR)}
    assert claims == {row.told.claim.id for row in select.claims(record, Filters(type="backs"))}
    assert all(date.fromisoformat(data["first"]) <= date.fromisoformat(data["last"]) for _, _, data in edges)


# --- databases and columns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["spells", "events", "claims"])
def test_geopackage_is_a_layer_of_points(record: Database, tmp_path: Path, what: tables.What) -> None:
    file = written(record, "gpkg", tmp_path, what=what)
    meta, _, shapes, data = pyogrio.raw.read(file, layer=what)
    table = tables.TABLES[what]
    rows = list(table.read(record, Filters()))
    assert list(meta["fields"]) == table.names and len(shapes) == len(rows)
    assert meta["crs"] == "EPSG:4326" and meta["geometry_type"] == "Point"
    for at, row in enumerate(rows):
        point = table.point(row)
        assert (struct.unpack("<BIdd", shapes[at])[2:] if shapes[at] else None) == point
        for column, values in zip(table.columns, data, strict=True):
            if column.kind == "day":
                day = column.get(row)
                assert str(values[at]) == (str(day) if day else "NaT")


@pytest.mark.parametrize("name", ["parquet", "geoparquet"])
def test_parquet_has_the_types_and_values_of_the_record(record: Database, tmp_path: Path, name: str) -> None:
    for what in FORMATS[name].what:
        file = written(record, name, tmp_path, what=what)
        table = tables.TABLES[what]
        found = parquet.read_table(file)
        rows = list(table.read(record, Filters()))
        for column in table.columns:
            wanted = [column.get(row) for row in rows]
            read = found.column(column.name).to_pylist()
            assert read == [list(one) if isinstance(one, tuple) else one for one in wanted]
            assert found.schema.field(column.name).metadata[b"description"].decode().startswith(column.about)
        assert duckdb.sql(f"SELECT count(*) FROM read_parquet('{file}')").fetchall() == [(len(rows),)]


def test_geoparquet_is_known_as_such(record: Database, tmp_path: Path) -> None:
    file = written(record, "geoparquet", tmp_path)
    geo = json.loads(parquet.read_schema(file).metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert geo["columns"]["geometry"] == {"encoding": "WKB", "geometry_types": ["Point"]}
    found = duckdb.sql(f"SELECT typeof(geometry), geometry, lon, lat, precision FROM read_parquet('{file}')").fetchall()
    assert {kind for kind, *_ in found} == {"GEOMETRY('OGC:CRS84')"}
    for _, shape, lon, lat, precision in found:
        assert (struct.unpack("<BIdd", shape)[2:] if shape else None) == ((lon, lat) if precision == "exact" else None)


def test_without_pyarrow_parquet_says_what_to_install(
    record: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"pip install 'tadmor\[parquet\]'"):
        export(record, "parquet", tmp_path / "war.parquet")
    assert list(tmp_path.iterdir()) == []
