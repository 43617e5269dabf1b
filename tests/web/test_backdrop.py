"""What users lay under and over the map is checked when the server starts, and given by ranges of bytes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from asking import Client
from tadmor.cli import main
from tadmor.errors import UsageError
from tadmor.web.backdrop import Backdrop, backdrop

SQUARE = [[36, 33], [41, 33], [41, 36], [36, 36], [36, 33]]


def geometry(kind: str, coordinates: object) -> dict[str, object]:
    return {"type": kind, "coordinates": coordinates}


POINT = geometry("Point", [38, 34])


@pytest.fixture
def basemap(tmp_path: Path) -> Path:
    path = tmp_path / "own.pmtiles"
    path.write_bytes(b"PMTiles\3" + bytes(range(256)) * 8)
    return path


def overlay(folder: Path, content: object) -> Path:
    path = folder / "front line.geojson"
    path.write_text(json.dumps(content))
    return path


def test_a_basemap_is_given_by_ranges_and_an_overlay_whole(small_record: Path, basemap: Path, tmp_path: Path) -> None:
    line = overlay(tmp_path, geometry("LineString", SQUARE))
    client = Client(small_record, backdrop=backdrop(basemap, [line]))
    assert {"basemap": True, "overlays": ["front line"]}.items() <= client.get("/api/record").json.items()
    part = client.get("/api/basemap", {"range": "bytes=8-17"})
    assert (part.status, part.body) == (206, bytes(range(10)))
    assert part.headers["content-range"] == f"bytes 8-17/{basemap.stat().st_size}"
    assert client.get("/api/basemap", {"range": "bytes=99999-"}).status == 416
    whole = client.get("/api/overlays/0")
    assert whole.body == line.read_bytes() and whole.headers["content-type"].startswith("application/geo+json")
    assert "connect-src 'self'" in whole.headers["content-security-policy"]
    assert client.get("/api/overlays/1").status == client.get("/api/overlays/-1").status == 404
    assert client.get("/api/basemap", {"sec-fetch-site": "cross-site"}).status == 403
    assert Client(small_record).get("/api/basemap").status == 404


@pytest.mark.parametrize(
    ("content", "drawn"),
    [
        (geometry("Polygon", [SQUARE]), "z"),
        (geometry("MultiPolygon", [[SQUARE]]), "z"),
        (geometry("MultiLineString", [SQUARE[:2]]), 'fill="none"'),
        (geometry("MultiPoint", [[38, 34, 700]]), "<circle"),
        ({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {}, "geometry": None},
            {"type": "Feature", "geometry": {"type": "GeometryCollection", "geometries": [POINT]}},
        ]}, "<circle"),
    ],
)  # fmt: skip
def test_every_geometry_is_drawn_where_the_browser_cannot(
    small_record: Path, tmp_path: Path, content: object, drawn: str
) -> None:
    client = Client(small_record, backdrop=backdrop(None, [overlay(tmp_path, content)]))
    asked = {"day": "2016-12-12", "box": "36,33,41,37"}
    group = client.get("/api/map.svg", **asked, overlay=0).body.decode().partition('class="overlay"')[2]
    assert drawn in group.partition("</g>")[0]
    assert b"overlay" not in client.get("/api/map.svg", **asked).body
    assert b'class="overlay"' not in client.get("/api/map.svg", **asked, overlay=7).body
    elsewhere = client.get("/api/map.svg", day="2016-12-12", box="10,50,12,52", overlay=0).body.decode()
    assert drawn not in elsewhere.partition('class="overlay"')[2].partition("</title>")[2].partition("</g>")[0]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"type": "Topology"}, "no geometry of type 'Topology'"), ([], "is no GeoJSON"), ({}, "is no GeoJSON"),
        (geometry("Point", [200, 95]), "is no position"), (geometry("Polygon", [[]]), "without a point"),
        (geometry("LineString", "abc"), "is no GeoJSON"),
        ({"type": "FeatureCollection", "features": []}, "no geometry in it"),
    ],
)  # fmt: skip
def test_what_is_no_overlay_is_refused(tmp_path: Path, content: object, why: str) -> None:
    with pytest.raises(UsageError, match=rf"front line\.geojson: .*{why}"):
        backdrop(None, [overlay(tmp_path, content)])


def test_what_is_no_basemap_is_refused(tmp_path: Path, basemap: Path, small_record: Path) -> None:
    assert backdrop(basemap, []) == Backdrop(basemap)
    old, other = tmp_path / "old.pmtiles", tmp_path / "x.mbtiles"
    old.write_bytes(b"PMTiles\2" + bytes(200))
    other.write_bytes(b"SQLite format 3\0" + bytes(200))
    for path, why in ((old, "version 2"), (other, "is no PMTiles"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(UsageError, match=why):
            backdrop(path, [])
    told = CliRunner().invoke(main, ["serve", str(small_record), "--overlay", str(tmp_path / "none.geojson")])
    assert told.exit_code == 2
