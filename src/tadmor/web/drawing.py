"""The map of a day as one SVG, drawn here: for browsers without WebGL, for print, and to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape

from tadmor.lexicon import outlines
from tadmor.out import map as mapping
from tadmor.out import wording
from tadmor.out.page import visible
from tadmor.web.answers import Mark, PlaceRow
from tadmor.web.asked import MapQuery
from tadmor.web.atlas import Atlas, Shelf
from tadmor.web.backdrop import MOST_POINTS, Overlay, Shape
from tadmor.web.claims import corners

__all__ = ["draw"]

MOST = 400  # marks on one drawing, those with most claims
LEAST_OPACITY = 0.25
DASHES = ("", "7 3", "2 3", "9 3 2 3")  # tell overlays apart
_NO_SITES = mapping.Window(-20.0, 0.0, 60.0, 55.0)
Colours = Mapping[str, str | tuple[str, ...]]
LIGHT: Colours = {
    "sea": "#e3e9eb", "land": "#faf7ef", "coast": "#b9c1c2", "border": "#cfc7b5", "ghost": "#8b9297", "ink": "#20262b",
    "card": "#fffdf8", "none": "#8d949a", "overlay": "#5b3f8c",
    "hues": ("#3a6fb0", "#d84e62", "#2b8a4b", "#c39a1b", "#2fa3c7", "#a03a7c", "#8a6546"),
}  # fmt: skip
DARK: Colours = {
    "sea": "#12191d", "land": "#20272b", "coast": "#46525a", "border": "#39444a", "ghost": "#7b8388", "ink": "#e6e3da",
    "card": "#1b2024", "none": "#7f878d", "overlay": "#b9a3ee",
    "hues": ("#6c9fe0", "#ef7384", "#55b877", "#dcb944", "#5cc4e4", "#d070ad", "#bd9470"),
}  # fmt: skip
SHAPES = (
    '<circle r="6.4"/>',
    '<rect x="-5.7" y="-5.7" width="11.4" height="11.4"/>',
    '<path d="M0-8 8 0 0 8-8 0z"/>',
    '<path d="M0-7.6 7.6 5.6h-15.2z"/>',
    '<path d="M0 7.6 7.6-5.6h-15.2z"/>',
    '<path d="M-7.4 0-3.7-6.4h7.4L7.4 0 3.7 6.4h-7.4z"/>',
    '<path d="M-2.6-7h5.2v4.4h4.4v5.2h-4.4v4.4h-5.2v-4.4h-4.4v-5.2h4.4z"/>',
    '<path d="M0-7.8 2.1-2.6 7.6-2.3 3.3 1.2 4.8 6.6 0 3.5-4.8 6.6-3.3 1.2-7.6-2.3-2.1-2.6z"/>',
)


# Of each hue, lines over the shape that say the same, as on the page.
TEXTURES = (
    "", "M-4-4v.1M0 0v.1M4 4v.1M-4 4v.1M4-4v.1M-4 0v.1M4 0v.1M0-4v.1M0 4v.1", "M-9-4.5H9M-9 0H9M-9 4.5H9",
    "M-4.5-9V9M0-9V9M4.5-9V9", "M-9-3H9M-9 3H9M-3-9V9M3-9V9",
    "M-4.5 -6.5v4M-6.5 -4.5h4M4.5 -6.5v4M2.5 -4.5h4"
    "M0 -2v4M-2 0h4M-4.5 2.5v4M-6.5 4.5h4M4.5 2.5v4M2.5 4.5h4",
    "M-2.7 -4.5a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0zM6.3 -4.5a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0z"
    "M1.8 0a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0z"
    "M-2.7 4.5a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0zM6.3 4.5a1.8 1.8 0 1 1-3.6 0a1.8 1.8 0 1 1 3.6 0z",
)  # fmt: skip


def draw(shelf: Shelf, query: MapQuery) -> str:
    """An SVG document. Each mark is a link: its ``data-place`` is the id of the place, its title says the state."""
    atlas = shelf.atlas()
    colours = DARK if query.dark else LIGHT
    rows: list[PlaceRow] = atlas.once("drawn", lambda: _drawn(atlas))
    view = None
    if query.box:
        south, north, west, east = corners(query.box)
        view = _window(south, north, west, east)
        rows = [row for row in rows if _inside(view, row)]
    rows = rows[:MOST]
    sites = [
        mapping.Site(row.id, row.name, row.lat, row.lon, float(row.claims))
        for row in rows
        if row.lat is not None and row.lon is not None
    ]
    if view is None:
        view = mapping.window([(site.lat, site.lon) for site in sites]) if sites else _NO_SITES
    towns = outlines.towns() if query.names else ()

    def lay_out() -> mapping.Map:
        return mapping.draw(sites, outlines.load(), towns, named=query.names, view=view)

    # Land and names are the same on every day.
    drawn = atlas.lately((query.box, query.names), lay_out)
    names = {row.id: row.name for row in rows}
    lines = atlas.whole[query.layer]
    marks = [
        _mark(
            atlas, one, names[one.key], atlas.state(query.day, query.layer, lines.get(one.key, ())), query.day, colours
        )
        for one in drawn.marks
    ]
    over = [
        _overlay(shelf.backdrop.overlays[number], view, DASHES[number % len(DASHES)], colours)
        for number in query.overlay
        if number < len(shelf.backdrop.overlays)
    ]
    return _document(drawn, [*marks, *over], query, colours)


def _drawn(atlas: Atlas) -> list[PlaceRow]:
    """The places that have a spot on a map, those with most claims first."""
    rows = [row for row in atlas.rows if row.history and row.level == "place" and row.lat is not None]
    return sorted(rows, key=lambda row: (-row.claims, row.id))


def _window(south: float, north: float, west: float, east: float) -> mapping.Window:
    """The window of the drawing's shape that holds a box."""
    found = mapping.window([(south, west), (north, east)])
    # `window` leaves room around points; a box is meant as it is, but for its shape.
    share = max((east - west) / (found.east - found.west), (north - south) / (found.north - found.south), 1e-6)
    lat, lon = (found.south + found.north) / 2, (found.west + found.east) / 2
    wide, high = (found.east - found.west) / 2 * share, (found.north - found.south) / 2 * share
    return mapping.Window(lon - wide, lat - high, lon + wide, lat + high)


def _inside(view: mapping.Window, row: PlaceRow) -> bool:
    assert row.lat is not None and row.lon is not None
    return view.west <= row.lon <= view.east and view.south <= row.lat <= view.north


def _mark(atlas: Atlas, mark: mapping.Mark, name: str, states: list[Mark], day: date, colours: Colours) -> str:
    state = states[0] if states else None
    look = atlas.looks.get(state.holder) if state and state.holder else None
    hues = colours["hues"]
    assert isinstance(hues, tuple)
    colour = hues[look.hue % len(hues)] if look else colours["none"]
    opacity = max(state.sure, LEAST_OPACITY) if state else 0.0
    said = "; ".join(_words(state) for state in states) or "nothing is known"
    words = escape(visible(f"{name}: {said} ({wording.day(day)})"), quote=True)
    size = 0.62 if mark.minor else 1.0
    parts = [
        f'<a href="#place" data-place="{escape(visible(mark.key), quote=True)}" role="link" tabindex="0"'
        f' aria-label="{words}" transform="translate({mark.x:g} {mark.y:g}) scale({size:g})"><title>{words}</title>'
    ]
    if state is None:
        parts.append(f'<circle r="3" fill="{colours["land"]}" stroke="{colours["ghost"]}"/>')
    else:
        parts.append(f'<circle r="8.6" fill="{colours["card"]}"/>')
        shape = SHAPES[look.shape % len(SHAPES)] if look else SHAPES[0]
        parts.append(
            f'<g fill="{colour}" stroke="{colour}" fill-opacity="{opacity:.2f}" stroke-width="1.5">{shape}</g>'
        )
        if look and TEXTURES[look.hue % len(hues)]:
            parts.append(f'<g fill="url(#woven{look.hue % len(hues)})">{shape}</g>')
        if state.contested:
            parts.append(f'<circle r="10.5" fill="none" stroke="{colours["ink"]}" stroke-width="1.8"/>')
        if state.besieged:
            parts.append(
                f'<circle r="13" fill="none" stroke="{colours["ink"]}" stroke-width="2" stroke-dasharray="3.4 2.6"/>'
            )
    if mark.label:
        parts.append(
            f'<text x="{mark.label.x:g}" y="{mark.label.y:g}" text-anchor="{mark.label.anchor}" font-size="13"'
            f' font-weight="600" fill="{colours["ink"]}" stroke="{colours["land"]}" stroke-width="3"'
            f' stroke-linejoin="round" paint-order="stroke">{escape(visible(mark.label.text))}</text>'
        )
    return "".join([*parts, "</a>"])


def _overlay(overlay: Overlay, view: mapping.Window, dash: str, colours: Colours) -> str:
    """An overlay as one group, below the marks; of one with very many points only the first are drawn."""
    parts, points = [], 0
    for shape in overlay.shapes:
        points += sum(map(len, shape.lines))
        if points > MOST_POINTS:
            break
        if _reaches(view, shape):
            parts.append(_shape(shape, view))
    name, colour = escape(visible(overlay.name), quote=True), colours["overlay"]
    return (
        f'<g class="overlay" fill="{colour}" stroke="{colour}" stroke-width="1.6" stroke-dasharray="{dash or "none"}"'
        f' fill-opacity=".12"><title>{name}</title>{"".join(parts)}</g>'
    )


def _shape(shape: Shape, view: mapping.Window) -> str:
    lines = [[view.pixel(lat, lon) for lon, lat in line] for line in shape.lines]
    if len(lines[0]) == 1:
        x, y = lines[0][0]
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill-opacity="1"/>'
    end = "z" if shape.area else ""
    path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) + end for line in lines)
    fill = "" if shape.area else ' fill="none"'
    return f'<path d="{path}" fill-rule="evenodd"{fill}/>'


def _reaches(view: mapping.Window, shape: Shape) -> bool:
    """Whether the box around a shape and the window overlap."""
    lons, lats = [lon for lon, _ in shape.lines[0]], [lat for _, lat in shape.lines[0]]
    return min(lons) <= view.east and max(lons) >= view.west and min(lats) <= view.north and max(lats) >= view.south


def _words(mark: Mark) -> str:
    held = f"held by {mark.holder}" if mark.holder else "holder not known"
    said = f"{mark.claimed_by} says: " if mark.claimed_by else ""
    extra = "".join(
        [", contested" if mark.contested else "", ", besieged" if mark.besieged else "", f", {wording.band(mark.sure)}"]
    )
    return f"{said}{held}{extra}"


def _document(drawn: mapping.Map, marks: list[str], query: MapQuery, colours: Colours) -> str:
    wide, high = mapping.WIDTH, mapping.HEIGHT
    names = "".join(
        f'<text x="{label.x:g}" y="{label.y:g}" text-anchor="middle" font-size="10.5" font-weight="600"'
        f' letter-spacing="1.5" fill="{colours["ghost"]}">{escape(label.text.upper())}</text>'
        for label in drawn.countries
    )
    towns = "".join(
        f'<g transform="translate({x:g} {y:g})"><circle r="1.8" fill="none" stroke="{colours["ghost"]}"/>'
        f'<text x="{label.x:g}" y="{label.y:g}" text-anchor="{label.anchor}" font-size="10.5"'
        f' fill="{colours["ghost"]}">{escape(label.text)}</text></g>'
        for (x, y), label in drawn.towns
    )
    scale = (
        f'<g transform="translate(14 {high - 12})"><path d="M0-4v4h{drawn.scale_pixels:g}v-4" fill="none"'
        f' stroke="{colours["ghost"]}"/><text x="{drawn.scale_pixels + 6:g}" font-size="10"'
        f' fill="{colours["ghost"]}">{drawn.scale_km:,} km</text></g>'
    )
    woven = "".join(
        f'<pattern id="woven{hue}" x="-9" y="-9" width="18" height="18" viewBox="-9 -9 18 18"'
        f' patternUnits="userSpaceOnUse"><path d="{lines}" fill="none" stroke="{colours["card"]}" stroke-width="1.7"'
        f' stroke-linecap="round" stroke-opacity=".5"/></pattern>'
        for hue, lines in enumerate(TEXTURES)
        if lines
    )
    title = escape(f"Who holds what on {wording.day(query.day)}, as {query.layer}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" font-family="system-ui, sans-serif"'
        f' role="group" aria-label="{title}"><title>{title}</title><defs>{woven}</defs>'
        f'<rect width="{wide}" height="{high}" fill="{colours["sea"]}"/>'
        f'<path d="{drawn.land}" fill="{colours["land"]}" fill-rule="evenodd"/>'
        f'<path d="{drawn.coasts}" fill="none" stroke="{colours["coast"]}" stroke-width=".9"/>'
        f'<path d="{drawn.borders}" fill="none" stroke="{colours["border"]}" stroke-width="1.1"'
        f' stroke-dasharray="4 2.5"/>{names}{towns}<g class="marks">{"".join(reversed(marks))}</g>{scale}</svg>'
    )
