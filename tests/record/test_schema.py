"""The page about the schema is what the schema says; views are layers of points for GDAL and tables for Datasette."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest
from pyogrio.raw import read

from tadmor.record import migrate
from tadmor.record.database import open_record
from tools import schema


def test_the_page_is_current() -> None:
    assert schema.TARGET.read_text("utf-8") == schema.page(), "run: python tools/schema.py"


def test_a_record_made_in_one_is_what_the_steps_make() -> None:
    assert {file.name: file.read_text("utf-8") for file in schema.MADE.iterdir()} == schema.made(), (
        "run: python tools/schema.py"
    )
    known = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"
    found = []
    for made_of in (migrate.making(), migrate.statements("".join(schema.made().values()))):
        with closing(sqlite3.connect(":memory:")) as connection:
            for statement in made_of:
                connection.execute(statement)
            tables = connection.execute("SELECT name, type FROM pragma_table_list WHERE name NOT LIKE 'sqlite%'")
            rows = [connection.execute(f"SELECT * FROM {name}").fetchall() for name, kind in tables if kind == "table"]
            found.append((connection.execute(known).fetchall(), any(rows)))
    assert found[0] == found[1]
    assert not found[0][1]  # rows that a step puts would have to be put here, too


def test_every_table_and_view_is_described() -> None:
    text = schema.page()
    assert all(line.count("|") == 5 for line in text.splitlines() if " TEXT |" in line)
    with sqlite3.connect(":memory:") as connection:
        for statement in migrate.making():
            connection.execute(statement)
        listed = connection.execute("SELECT name, type FROM pragma_table_list WHERE schema = 'main'").fetchall()
    connection.close()
    for name, kind in listed:
        if name.startswith("sqlite_") or kind == "shadow":
            continue
        about = text.partition(f"\n### {name}\n\n" if kind == "table" else f"| `{name}` | ")[2]
        assert about.strip() and about[0].isupper(), f"{name} has no comment in the migrations"


LAYERS = ["who_holds_what", "who_holds_what_now", "what_happened", "what_is_disputed", "who_says_what"]
NUMBERS = {"still_so", "contested", "confidence", "voices", "killed_low", "killed_best", "killed_high", "claims"}


@pytest.mark.parametrize("layer", LAYERS)
def test_views_are_layers_of_points(small_record: Path, layer: str) -> None:
    before = small_record.read_bytes()
    assert layer in pyogrio.list_layers(small_record)[:, 0]
    described, _, points, columns = read(small_record, layer=layer)
    assert described["crs"] == "EPSG:4326"
    assert described["geometry_type"] == "Point"
    with open_record(small_record) as database:
        wanted = database.query(f"SELECT * FROM {layer}")
    assert [point is not None for point in points] == [row["geometry"] is not None for row in wanted]
    assert any(point is not None for point in points)
    for name, column in zip(described["fields"], columns, strict=True):
        # Where GDAL has a number that is missing, NumPy has none that is equal to itself.
        assert [None if value != value else value for value in column] == [row[name] for row in wanted], name
    assert small_record.read_bytes() == before


@pytest.mark.parametrize("layer", LAYERS)
def test_numbers_are_numbers_in_layers(small_record: Path, layer: str) -> None:
    """Those that a view works out, too, and where the first row has none."""
    described = pyogrio.read_info(small_record, layer=layer)
    kinds = dict(zip(described["fields"], described["dtypes"], strict=True))
    assert all(kinds[name] != "object" for name in NUMBERS & kinds.keys())


def test_a_country_is_no_point(small_record: Path) -> None:
    with open_record(small_record) as database:
        rows = database.query("SELECT place, geometry FROM who_holds_what_now")
    points = {row["place"]: row["geometry"] for row in rows}
    assert points["Syria"] is None
    assert points["Palmyra"] == "POINT(38.28 34.56)"
