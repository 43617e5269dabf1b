"""What one record gives in one format it gives in all: as many rows, the same days, points and words, by any filters.

Each file is opened by a reader that others wrote (as in `test_export`), and held against the table for spreadsheets.
"""

from __future__ import annotations

import csv
import json
import struct
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import networkx
import pyogrio.raw
import pytest
from fastkml import KML
from fastkml.features import Placemark
from fastkml.utils import find_all
from icalendar import Calendar
from prov.model import ProvDocument, ProvEntity
from pyarrow import parquet

from bench.web import make
from tadmor.out.export.job import export
from tadmor.out.export.tables import What
from tadmor.record.database import Database, open_record
from tadmor.record.select import Filters

Point = tuple[float, float]
Row = dict[str, Any]
DAYS = {"spells": ("since_earliest", "since_latest", "until_earliest", "until_latest"), "events": ("from", "to"),
        "claims": ("from", "to")}  # fmt: skip
SURE = {"spells": "probability", "events": "probability", "claims": "reading"}
FILTERS = {
    "all": Filters(),
    "days and sure": Filters(first=date(2015, 6, 1), last=date(2016, 12, 7), confidence=0.5),
}


@pytest.fixture(scope="module", params=["few", "many"])
def record(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Few claims, some about a country and a place that nobody knows; and many, of an invented war."""
    path: Path = request.getfixturevalue("small_record")
    if request.param == "many":
        path = tmp_path_factory.mktemp("many") / "war.tadmor"
        make(path, 400, 5)
    with open_record(path) as database:
        yield database


def _csv(file: Path, what: What) -> Iterator[Row]:
    with file.open(encoding="utf-8", newline="") as stream:
        yield from ({name: value or None for name, value in row.items()} for row in csv.DictReader(stream))


def _jsonl(file: Path, what: What) -> Iterator[Row]:
    yield from map(json.loads, file.read_text("utf-8").splitlines())


def _geojson(file: Path, what: What) -> Iterator[Row]:
    for feature in json.loads(file.read_text("utf-8"))["features"]:
        shape = feature["geometry"]
        yield feature["properties"] | {"point": tuple(shape["coordinates"]) if shape else None}


def _kml(file: Path, what: What) -> Iterator[Row]:
    for mark in find_all(KML.parse(file), of_type=Placemark):
        point = mark.geometry.coords[0] if mark.geometry else None
        yield {one.name: one.value for one in mark.extended_data.elements} | {"point": point}


def _parquet(file: Path, what: What) -> Iterator[Row]:
    yield from parquet.read_table(file).to_pylist()


def _geoparquet(file: Path, what: What) -> Iterator[Row]:
    for row in _parquet(file, what):
        yield row | {"point": _point(row["geometry"])}


def _gpkg(file: Path, what: What) -> Iterator[Row]:
    meta, _, shapes, data = pyogrio.raw.read(file, layer=what)
    for at, shape in enumerate(shapes):
        found = {name: values[at] for name, values in zip(meta["fields"], data, strict=True)}
        yield {name: None if str(value) == "NaT" else value for name, value in found.items()} | {"point": _point(shape)}


def _point(shape: bytes | None) -> Point | None:
    return struct.unpack("<BIdd", shape)[2:] if shape else None


READERS: dict[str, Callable[[Path, What], Iterator[Row]]] = {
    "jsonl": _jsonl, "geojson": _geojson, "kml": _kml, "parquet": _parquet, "geoparquet": _geoparquet, "gpkg": _gpkg,
}  # fmt: skip


def _read(record: Database, folder: Path, name: str, what: What, filters: Filters) -> Path:
    return export(record, name, folder / f"{what}.{name}", filters, what=what).files[0]


def _sheet(record: Database, folder: Path, what: What, filters: Filters) -> dict[str, Row]:
    """The rows for a spreadsheet, by their ids, each with the point that it may be drawn at."""
    rows = {str(row[what[:-1]]): row for row in _csv(_read(record, folder, "csv", what, filters), what)}
    for row in rows.values():
        drawn = row["precision"] not in ("district", "governorate", "country", "unknown") and row["lat"]
        row["point"] = (float(row["lon"]), float(row["lat"])) if drawn else None
    return rows


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("what", DAYS)
def test_tables_and_layers_hold_the_same(record: Database, tmp_path: Path, what: What, wanted: str) -> None:
    sheet = _sheet(record, tmp_path, what, FILTERS[wanted])
    assert sheet and any(row["point"] for row in sheet.values())

    def said(row: Row, *, point: bool) -> tuple[object, ...]:
        days = tuple(str(row[name]) if row.get(name) else None for name in DAYS[what])
        words = tuple(row.get(name) or None for name in ("place", "part", "country"))
        return *days, *words, round(float(row[SURE[what]]), 6), row["point"] if point else None

    for name, read in READERS.items():
        rows = list(read(_read(record, tmp_path, name, what, FILTERS[wanted]), what))
        drawn = "point" in rows[0]
        found = {str(row[what[:-1]]): said(row, point=drawn) for row in rows}
        assert len(found) == len(rows)
        assert found == {id: said(row, point=drawn) for id, row in sheet.items()}, name


@pytest.mark.parametrize("wanted", FILTERS)
def test_what_holds_some_of_the_spells_holds_them_alike(record: Database, tmp_path: Path, wanted: str) -> None:
    filters = FILTERS[wanted]
    sheet = _sheet(record, tmp_path, "spells", filters)
    kepler = {row["spell"]: row for row in _csv(_read(record, tmp_path, "kepler", "spells", filters), "spells")}
    assert kepler.keys() == {id for id, row in sheet.items() if row["point"]}
    for id, row in kepler.items():
        assert (float(row["longitude"]), float(row["latitude"])) == sheet[id]["point"]
        assert all(row[name] == sheet[id][name] for name in DAYS["spells"])
    calendar = Calendar.from_ical(_read(record, tmp_path, "ics", "spells", filters).read_bytes()).walk("VEVENT")
    dated = {str(one["UID"]).removesuffix("@tadmor"): one for one in calendar}
    assert dated.keys() == sheet.keys()
    for id, one in dated.items():
        point = (one["GEO"].longitude, one["GEO"].latitude) if "GEO" in one else None
        assert point == sheet[id]["point"]
        earliest, latest = (sheet[id][name] and date.fromisoformat(sheet[id][name]) for name in DAYS["spells"][:2])
        assert (earliest or date.min) <= one.start <= (latest or date.max)
    graph = ProvDocument.deserialize(_read(record, tmp_path, "prov", "spells", filters))
    entities = {entity.identifier.localpart for entity in graph.get_records(ProvEntity)}
    assert {f"spell-{id}" for id in sheet} == {name for name in entities if name.startswith("spell-")}


@pytest.mark.parametrize("wanted", FILTERS)
def test_what_holds_some_of_the_events_holds_them_alike(record: Database, tmp_path: Path, wanted: str) -> None:
    filters = FILTERS[wanted]
    sheet = _sheet(record, tmp_path, "events", filters)
    kepler = {row["event"]: row for row in _csv(_read(record, tmp_path, "kepler", "events", filters), "events")}
    assert kepler.keys() == {id for id, row in sheet.items() if row["point"] and (row["from"] or row["to"])}
    for id, row in kepler.items():
        assert (float(row["longitude"]), float(row["latitude"])) == sheet[id]["point"]
        assert (row["from"], row["to"]) == (sheet[id]["from"], sheet[id]["to"])
    for name, key, first in (("acled", "event_id_cnty", "event_date"), ("ged", "id", "date_start")):
        rows = list(_csv(_read(record, tmp_path, name, "events", filters), "events"))
        ids = [row[key].removeprefix("TDM-") for row in rows]
        assert ids and len(set(ids)) == len(ids) and set(ids) <= sheet.keys()
        for id, row in zip(ids, rows, strict=True):
            assert row[first] is None or (sheet[id]["from"] or "") <= row[first] <= (sheet[id]["to"] or "9999")
            if row["latitude"] and sheet[id]["point"]:
                assert (float(row["longitude"]), float(row["latitude"])) == sheet[id]["point"]


@pytest.mark.parametrize("wanted", FILTERS)
def test_what_holds_some_of_the_claims_holds_them_alike(record: Database, tmp_path: Path, wanted: str) -> None:
    filters = FILTERS[wanted]
    sheet = _sheet(record, tmp_path, "claims", filters)
    items = json.loads(_read(record, tmp_path, "annotation", "claims", filters).read_text("utf-8"))["first"]["items"]
    quoted = {item["id"].rpartition(":")[2]: item["target"]["selector"] for item in items}
    assert quoted.keys() == sheet.keys()
    for id, (words, position) in quoted.items():
        assert words["exact"] == sheet[id]["quote"]
        assert (str(position["start"]), str(position["end"])) == (sheet[id]["quote_start"], sheet[id]["quote_end"])
    plover = list(_jsonl(_read(record, tmp_path, "plover", "claims", filters), "claims"))
    assert plover
    for row in plover:
        own = sheet[row["id"].removeprefix("TDM-")]
        where = row["event_loc"]
        assert where["resolved_place"] == own["place"]
        assert own["point"] is None or (where["lon"], where["lat"]) == own["point"]
    graph = networkx.read_graphml(_read(record, tmp_path, "graphml", "claims", filters))
    named = {id for *_, data in graph.edges(data=True) for id in data["claims"].split(" | ")}
    assert named == {id for id, row in sheet.items() if row["kind"] == "relation"}
