"""The outlines that maps are drawn on."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from tadmor.errors import LexiconError
from tadmor.lexicon import outlines, table


def test_countries_have_closed_rings_in_degrees() -> None:
    found = outlines.load()
    assert len(found.countries) > 200
    for country in found.countries:
        for ring in found.rings(country):
            assert len(ring) >= 3
            assert all(-200 < lon < 200 and -90 <= lat <= 90 for lon, lat in ring)
            assert all(abs(a[0] - b[0]) < 180 for a, b in pairwise(ring)), country.name


def test_consecutive_arcs_meet() -> None:
    found = outlines.load()
    for country in found.countries:
        for ring in (ring for polygon in country.polygons for ring in polygon):
            lines = [found.lines[arc] if arc >= 0 else found.lines[~arc][::-1] for arc in ring]
            for one, two in zip(lines, [*lines[1:], lines[0]], strict=True):
                assert (one[-1][0] - two[0][0]) % 360 == pytest.approx(0), country.name
                assert one[-1][1] == pytest.approx(two[0][1]), country.name


def test_a_border_is_used_by_two_countries() -> None:
    found = outlines.load()
    assert set(found.uses.values()) == {1, 2}


def test_countries_are_named_by_their_code() -> None:
    found = outlines.load()
    assert {code: found.name(code) for code in ("SY", "CD", "SD", "SS", "XK")} == {
        "SY": "Syria",
        "CD": "DR Congo",
        "SD": "Sudan",
        "SS": "South Sudan",
        "XK": "Kosovo",
    }
    assert found.name("ZZ") is None and found.name("") is None


def test_towns_come_largest_first() -> None:
    populations = [town.population for town in outlines.towns()]
    assert populations == sorted(populations, reverse=True) and populations[-1] >= 60_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"step": 1}', "arcs"),
        (json.dumps({"step": 1, "arcs": [[0, 0, 1]], "countries": []}), "arc 0"),
        (json.dumps({"step": 1, "arcs": [[0, 0, 1, 1]], "countries": [["XX", "Nowhere", [[[7]]]]]}), "Nowhere"),
    ],
)
def test_a_wrong_file_is_named(content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outlines.json").write_text(content)
    monkeypatch.setattr(table, "data", lambda folder: tmp_path)
    with pytest.raises(LexiconError, match=rf"outlines\.json.*{message}"):
        outlines.load.__wrapped__()
