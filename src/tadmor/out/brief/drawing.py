"""Maps and strips of a briefing, as shapes with their colours: programs that make PDF know no style sheet in SVG.

Positions are pixels of drawings `map.WIDTH` and `STRIP` wide.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from tadmor.lexicon import outlines
from tadmor.out import map as mapping
from tadmor.out import strip, wording
from tadmor.out.look import Look
from tadmor.out.strip import Scale, Tick
from tadmor.out.theatre import Theatre, theatres
from tadmor.record.queries import Place
from tadmor.records import Spell
from tadmor.timeline.change import holder

__all__ = [
    "COLOURS",
    "SHAPES",
    "STRIP",
    "BarDrawing",
    "MapDrawing",
    "MarkDrawing",
    "StripDrawing",
    "draw_maps",
    "draw_strip",
]

STRIP = 1000  # pixels
MOST_MAPS = 6
CONTEXT = 0.5  # of the days asked for, shown before them
LEAST_CONTEXT = 30  # days
CHARACTER = 6.4  # pixels, of the names on bars
# Paul Tol's "bright" scheme and brown, darkened so that white letters can be read on each (WCAG AA, 4.5 to 1).
COLOURS = ("#2f5f9c", "#b8324a", "#1f7a3d", "#7d6200", "#1b7391", "#8c2f6a", "#775437")
NOBODY = "#6a7178"
# Path data of the shapes of `out/look.py`, in their order.
SHAPES = (
    "M-6.4 0a6.4 6.4 0 1 0 12.8 0a6.4 6.4 0 1 0-12.8 0z",
    "M-5.7-5.7h11.4v11.4h-11.4z",
    "M0-8 8 0 0 8-8 0z",
    "M0-7.6 7.6 5.6h-15.2z",
    "M0 7.6 7.6-5.6h-15.2z",
    "M-7.4 0-3.7-6.4h7.4L7.4 0 3.7 6.4h-7.4z",
    "M-2.6-7h5.2v4.4h4.4v5.2h-4.4v4.4h-5.2v-4.4h-4.4v-5.2h4.4z",
    "M0-7.8 2.1-2.6 7.6-2.3 3.3 1.2 4.8 6.6 0 3.5-4.8 6.6-3.3 1.2-7.6-2.3-2.1-2.6z",
)


class MarkDrawing(NamedTuple):
    """A place on the map. `state` is what it says, for who cannot see it."""

    mark: mapping.Mark
    name: str
    holder: str | None
    state: str
    shape: str | None
    colour: str
    opacity: float
    contested: bool
    besieged: bool


class MapDrawing(NamedTuple):
    """A map with its marks on one day; `said` tells the same in words."""

    number: int
    name: str
    map: mapping.Map
    marks: tuple[MarkDrawing, ...]
    said: str


class BarDrawing(NamedTuple):
    """A spell on a strip: where it is solid, where it fades in, and what is written on it."""

    x: float
    width: float
    fade_x: float | None
    fade_width: float
    colour: str
    opacity: float
    holder: str | None
    label: str | None
    title: str
    contested: bool
    besieged: bool
    partly: bool


class StripDrawing(NamedTuple):
    """The spells of a place or part around the days asked for, which lie from `from_x` to `to_x`."""

    number: int
    name: str
    bars: tuple[BarDrawing, ...]
    ticks: tuple[Tick, ...]
    from_x: float
    to_x: float
    said: str


def colour(look: Look | None) -> str:
    return COLOURS[look.hue % len(COLOURS)] if look else NOBODY


def draw_maps(
    places: Mapping[str, Place],
    state: Sequence[Spell],
    about: Container[str],
    weights: Mapping[str, float],
    looks: Mapping[str, Look],
) -> tuple[MapDrawing, ...]:
    """Who holds which place on a day: a map for each theatre that has a place of `about` on it.

    Only places with a point are drawn, and of each what holds for all of it.
    """
    whole = {
        spell.place_id: spell
        for spell in state
        if spell.part is None and places[spell.place_id].level == "place" and places[spell.place_id].lat is not None
    }
    groups = theatres([places[id] for id in whole], weights, outlines.load().name)
    wanted = [group for group in groups if any(id in about for id in group.place_ids)]
    return tuple(
        _draw_map(number, group, places, {id: whole[id] for id in group.place_ids}, weights, looks)
        for number, group in enumerate(wanted[:MOST_MAPS])
    )


def _draw_map(
    number: int,
    theatre: Theatre,
    places: Mapping[str, Place],
    whole: Mapping[str, Spell],
    weights: Mapping[str, float],
    looks: Mapping[str, Look],
) -> MapDrawing:
    sites = [
        mapping.Site(id, places[id].name, places[id].lat or 0.0, places[id].lon or 0.0, weights.get(id, 0.0))
        for id in whole
    ]
    drawn = mapping.draw(sites, outlines.load(), outlines.towns())
    marks = []
    for mark in drawn.marks:
        spell = whole[mark.key]
        held = holder(spell)
        look = looks.get(held) if held else None
        marks.append(
            MarkDrawing(
                mark=mark,
                name=places[mark.key].name,
                holder=held,
                state=wording.state(spell),
                shape=SHAPES[look.shape % len(SHAPES)] if look else None,
                colour=colour(look),
                opacity=round(0.25 + 0.75 * spell.confidence, 2),
                contested=spell.contested or spell.status == "contested",
                besieged=spell.status == "besieged" or spell.besieged_by is not None,
            )
        )
    said = "; ".join(f"{mark.name}: {mark.state}" for mark in sorted(marks, key=lambda mark: mark.name))
    return MapDrawing(number, theatre.name, drawn, tuple(marks), said)


def draw_strip(
    number: int, name: str, spells: Sequence[Spell], first: date, last: date, looks: Mapping[str, Look]
) -> StripDrawing:
    """The spells of one place or part (in turn), from some time before `first` until `last`."""
    days = (last - first).days + 1
    before = max(round(days * CONTEXT), LEAST_CONTEXT)
    begin = max(first.toordinal() - before, 1)
    axis = Scale(begin, last.toordinal() - begin + 1)
    start = date.fromordinal(begin)
    shown = [spell for spell in spells if _begins(spell) <= last and _ends(spell) >= start]
    bars = tuple(_bar(spell, bar, looks) for spell, bar in zip(shown, strip.bars(shown, axis), strict=True))
    said = "; ".join(bar.title for bar in bars)
    return StripDrawing(
        number=number,
        name=name,
        bars=bars,
        ticks=tuple(tick._replace(x=tick.x * STRIP / 100) for tick in strip.ticks(axis)),
        from_x=axis.at(first) * STRIP / 100,
        to_x=axis.at(min(last, date.max - timedelta(1)) + timedelta(1)) * STRIP / 100,
        said=said or "nothing known",
    )


def _begins(spell: Spell) -> date:
    return spell.start.earliest or spell.start.latest or date.min


def _ends(spell: Spell) -> date:
    return (spell.end.latest or spell.end.earliest or date.max) if spell.end else date.max


def _bar(spell: Spell, bar: strip.Bar, looks: Mapping[str, Look]) -> BarDrawing:
    held = holder(spell)
    wide, label, state = bar.width * STRIP / 100, held or "not known", wording.state(spell)
    return BarDrawing(
        x=round(bar.x * STRIP / 100, 1),
        width=round(min(wide, STRIP - bar.x * STRIP / 100), 1),
        fade_x=round(bar.fade[0] * STRIP / 100, 1) if bar.fade else None,
        fade_width=round(bar.fade[1] * STRIP / 100, 1) if bar.fade else 0.0,
        colour=colour(looks.get(held) if held else None),
        opacity=round(0.3 + 0.7 * spell.confidence, 2),
        holder=held,
        label=label if len(label) * CHARACTER + 8 < wide else None,
        title=f"{state}, {wording.since(spell)} {wording.until(spell)} ({wording.percent(spell.confidence)})",
        contested=spell.contested or spell.status == "contested",
        besieged=spell.status == "besieged" or spell.besieged_by is not None,
        partly=spell.status == "partly held",
    )
