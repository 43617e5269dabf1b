"""Users lay a basemap of their own under the map and overlays over it, with WebGL and without."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import tiles
from tadmor.web.backdrop import backdrop
from warserver import HOSTILE, Served, serving

RED = (200, 40, 40)
PIXEL = """async (picture) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const pen = document.createElement('canvas').getContext('2d');
  pen.drawImage(image, 0, 0);
  return [...pen.getImageData(1, 1, 1, 1).data.slice(0, 3)];
}"""
# Nothing is to come back: the event has the whole map in it.
IDLE = "() => new Promise((done) => { const m = tadmor.map.map; m.loaded() ? done() : m.once('idle', () => done()); })"
LINE = {
    "type": "Feature",
    "properties": {"name": HOSTILE, "since": 2016},
    "geometry": {"type": "Polygon", "coordinates": [[[36, 33], [41, 33], [41, 36], [36, 36], [36, 33]]]},
}


@pytest.fixture(scope="module")
def laid(war: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The record with a red basemap of pictures and two overlays."""
    folder = tmp_path_factory.mktemp("backdrop")
    shutil.copy(war, folder / "war.tadmor")
    basemap = tiles.write(folder / "red.pmtiles", tiles.picture(RED), tiles.PNG, {"attribution": "<a>Red &amp; Co</a>"})
    (folder / "front line.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [LINE]}))
    (folder / "towers.geojson").write_text(json.dumps({"type": "Point", "coordinates": [38.5, 34.2]}))
    overlays = [folder / "front line.geojson", folder / "towers.geojson"]
    yield from serving(folder / "war.tadmor", read_only=True, backdrop=backdrop(basemap, overlays))


@pytest.fixture(scope="module")
def vector(war: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The record with a basemap of vector tiles, all water."""
    folder = tmp_path_factory.mktemp("vector")
    shutil.copy(war, folder / "war.tadmor")
    metadata = {"vector_layers": [{"id": "ocean", "fields": {}}]}
    basemap = tiles.write(folder / "sea.pmtiles", tiles.vector("ocean"), tiles.VECTOR, metadata)
    yield from serving(folder / "war.tadmor", read_only=True, backdrop=backdrop(basemap, []))


def visit(page: Page, served: Served, query: str = "") -> None:
    page.set_viewport_size({"width": 920, "height": 430})  # without a graphics card every pixel costs
    page.goto(f"{served.address}?day=2016-06-01&lon=38.5&lat=34.5&zoom=5&names=0&{query}")
    page.wait_for_selector("#top[data-ready]")


def colour(page: Page, x: int = 440, y: int = 230) -> tuple[int, ...]:
    """What is seen at a spot where there is no place."""
    page.evaluate(IDLE)
    seen = page.screenshot(clip={"x": x, "y": y, "width": 4, "height": 4})
    return tuple(page.evaluate(PIXEL, base64.b64encode(seen).decode()))


def test_a_basemap_is_read_by_ranges_and_both_it_and_overlays_can_be_put_away(page: Page, laid: Served) -> None:
    asked: list[tuple[int, str | None]] = []
    page.on(
        "response",
        lambda answer: (
            asked.append((answer.status, answer.request.headers.get("range"))) if "/api/basemap" in answer.url else None
        ),
    )
    visit(page, laid)
    assert max(abs(one - other) for one, other in zip(colour(page), RED, strict=True)) < 8
    assert asked and all(status == 206 and wanted and wanted.startswith("bytes=") for status, wanted in asked)
    expect(page.locator("#legend")).to_contain_text("Basemap: Red & Co")
    switch = page.get_by_label("Basemap")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    assert colour(page)[0] - colour(page)[1] < 40
    shown = "(id) => tadmor.map.map.queryRenderedFeatures({ layers: [id] }).length"
    assert page.evaluate(shown, "overlay-0-area") > 0 and page.evaluate(shown, "overlay-1-point") > 0
    x, y = page.evaluate("() => tadmor.map.project(39.5, 33.6)")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x, box["y"] + y)
    expect(page.locator("#tip")).to_contain_text("front line")
    expect(page.locator("#tip")).to_contain_text("<img src=x")
    assert page.title() != "owned" and page.locator("#tip img").count() == 0
    page.get_by_label("front line").uncheck(force=True)
    assert page.evaluate("() => tadmor.map.map.getLayer('overlay-0-area') === undefined")
    assert page.evaluate("() => tadmor.map.map.getLayer('overlay-1-point') !== undefined")
    page.wait_for_timeout(200)
    assert "hidden=0" in page.url and "basemap=0" in page.url


def test_a_basemap_of_vector_tiles_has_the_colours_of_the_page(page: Page, vector: Served) -> None:
    visit(page, vector)
    sea = page.evaluate("() => getComputedStyle(document.documentElement).getPropertyValue('--sea').trim()")
    assert colour(page) == tuple(int(sea[at : at + 2], 16) for at in (1, 3, 5))
    assert page.evaluate("() => tadmor.map.map.getStyle().layers.some((one) => one['source-layer'] === 'ocean')")


def test_without_webgl_the_server_draws_the_overlays(page: Page, laid: Served) -> None:
    visit(page, laid, "map=svg&hidden=1")
    expect(page.locator("#map svg g.overlay")).to_have_count(1)
    expect(page.locator("#map svg g.overlay title")).to_have_text("front line")
    page.get_by_label("towers").check(force=True)
    expect(page.locator("#map svg g.overlay")).to_have_count(2)
    assert page.locator("#map svg g.overlay circle").count() == 1
