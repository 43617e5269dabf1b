"""What the page is laid out with: looks, theatres, maps, strips, words."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.lexicon import outlines
from tadmor.out import map as mapping
from tadmor.out import strip, wording
from tadmor.out.look import HUES, SHAPES, looks
from tadmor.out.theatre import theatres
from tadmor.record.queries import Place
from tadmor.records import Bound, Days, Spell

DAYS = st.dates(date(1990, 1, 1), date(2030, 1, 1))


def spell(start: Bound, end: Bound | None = None, **fields: object) -> Spell:
    values = {"status": "held", "holder": "Reds", "confidence": 0.8, "voices": 1, **fields}
    return Spell(id="s1", place_id="p", layer="assessed", start=start, end=end, **values)  # type: ignore[arg-type]


# --- looks ---


def test_holders_that_meet_differ_in_hue_and_shape() -> None:
    names = [f"army {number}" for number in range(HUES)]
    found = looks(dict.fromkeys(names, 1.0), [names])
    assert len({look.hue for look in found.values()}) == HUES == len({look.shape for look in found.values()})


@given(st.integers(1, HUES * SHAPES))
def test_looks_are_unique_as_long_as_there_are_enough(count: int) -> None:
    names = [f"army {number}" for number in range(count)]
    found = looks({name: float(len(name)) for name in names}, [names[::2], names[1::3]])
    assert len(set(found.values())) == count


def test_more_holders_than_looks_still_have_one() -> None:
    names = [f"army {number}" for number in range(HUES * SHAPES + 5)]
    assert set(looks(dict.fromkeys(names, 1.0), [names])) == set(names)


# --- theatres ---

PALMYRA = Place("1", "Palmyra", "place", 34.56, 38.28, "Homs", "SY")
ALBUKAMAL = Place("2", "Al-Bukamal", "place", 34.45, 40.92, "Deir ez-Zor", "SY")
QAIM = Place("3", "Al-Qa'im", "place", 34.37, 41.09, "Anbar", "IQ")
SIRTE = Place("4", "Sirte", "place", 31.2, 16.59, "Sirte", "LY")
LIBYA = Place("5", "Libya", "country", 27.0, 17.0, None, "LY")
HILL = Place("6", "Nowhere Hill", "unknown")


def test_countries_whose_towns_are_near_each_other_are_one_theatre() -> None:
    places = [PALMYRA, ALBUKAMAL, QAIM, SIRTE, LIBYA, HILL]
    weights = {"1": 9.0, "2": 1.0, "3": 2.0, "4": 1.0}
    found = theatres(places, weights, {"SY": "Syria", "IQ": "Iraq", "LY": "Libya"}.get)
    assert [theatre.name for theatre in found] == ["Syria and Iraq", "Libya", "Other places"]
    assert [set(theatre.place_ids) for theatre in found] == [{"1", "2", "3"}, {"4", "5"}, {"6"}]


def test_the_middle_of_a_country_joins_nothing() -> None:
    egypt = Place("7", "Egypt", "country", 27.0, 17.5, None, "EG")
    assert len(theatres([SIRTE, LIBYA, egypt], {}, lambda code: None)) == 2


# --- maps ---

SITES = st.lists(
    st.tuples(st.floats(-60, 70), st.floats(-170, 170)).map(lambda at: mapping.Site(repr(at), "Town", *at, 1.0)),
    min_size=1,
    max_size=12,
    unique_by=lambda site: site.key,
)


@given(SITES)
def test_a_window_shows_all_places_and_keeps_proportions(sites: list[mapping.Site]) -> None:
    view = mapping.window([(site.lat, site.lon) for site in sites])
    for site in sites:
        x, y = view.pixel(site.lat, site.lon)
        assert 0 <= x <= mapping.WIDTH and 0 <= y <= mapping.HEIGHT
    assert view.east - view.west >= mapping.LEAST_SPAN


def test_marks_of_close_places_do_not_cover_each_other_and_point_home() -> None:
    near = [mapping.Site(str(n), f"Quarter {n}", 36.2 + n * 0.004, 37.15, float(n)) for n in range(4)]
    far = [mapping.Site("far", "Far", 33.5, 36.3, 9.0)]
    drawn = mapping.draw([*near, *far], outlines.load(), outlines.towns())
    spots = [(mark.x, mark.y) for mark in drawn.marks]
    gaps = [math.dist(a, b) for at, a in enumerate(spots) for b in spots[at + 1 :]]
    assert min(gaps) >= 2 * mapping.RADIUS
    assert {mark.key for mark in drawn.marks if mark.home} <= {"0", "1", "2", "3"} and any(m.home for m in drawn.marks)
    assert next(mark for mark in drawn.marks if mark.key == "far").label


def test_names_on_a_map_do_not_cross() -> None:
    sites = [mapping.Site(str(n), f"Long name {n}", 33 + n % 5 * 0.7, 36 + n // 5 * 0.9, float(n)) for n in range(20)]
    drawn = mapping.draw(sites, outlines.load(), outlines.towns())
    boxes = []
    for mark in drawn.marks:
        if (label := mark.label) is None:
            continue
        wide = len(label.text) * 13 * 0.5
        left = mark.x + label.x - {"start": 0, "middle": wide / 2, "end": wide}[label.anchor]
        boxes.append((left, mark.y + label.y - 9, left + wide, mark.y + label.y))
    assert len(boxes) > 10
    for at, a in enumerate(boxes):
        assert not any(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in boxes[at + 1 :])


def test_a_map_names_the_country_it_shows_and_stays_within_its_frame() -> None:
    drawn = mapping.draw([mapping.Site("1", "Palmyra", 34.56, 38.28, 1.0)], outlines.load(), outlines.towns())
    assert "Syria" in [label.text for label in drawn.countries]
    assert drawn.land and drawn.borders
    starts = [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", drawn.land)]
    assert all(-20 <= x <= mapping.WIDTH + 20 and -20 <= y <= mapping.HEIGHT + 20 for x, y in starts)


# --- strips ---


@given(st.lists(DAYS, min_size=1, max_size=8, unique=True), st.integers(0, 400))
def test_bars_follow_each_other_within_the_strip(days: list[date], slack: int) -> None:
    days.sort()
    found = []
    for at, day in enumerate(days):
        after = days[at + 1] - timedelta(1) if at + 1 < len(days) else None
        earliest = max(day - timedelta(slack), days[at - 1]) if at else None
        found.append(
            spell(Bound(earliest=earliest, latest=day), Bound(earliest=after, latest=after) if after else None)
        )
    axis = strip.scale(found, days)
    bars = strip.bars(found, axis)
    assert [bar.x for bar in bars] == sorted(bar.x for bar in bars)
    assert all(0 <= bar.x <= 100 and 0 < bar.width <= 100.25 for bar in bars)
    assert bars[-1].open_end and not any(bar.open_end for bar in bars[:-1])
    assert bars[0].open_start and bars[0].fade is None
    ticks = strip.ticks(axis)
    assert len(ticks) <= strip.MOST_TICKS and [tick.x for tick in ticks] == sorted(tick.x for tick in ticks)


def test_an_unsure_start_fades_in_under_a_whisker() -> None:
    spells = [
        spell(Bound(latest=date(2016, 1, 1)), Bound(earliest=date(2016, 3, 1), latest=date(2016, 3, 31))),
        spell(Bound(earliest=date(2016, 3, 2), latest=date(2016, 4, 1))),
    ]
    axis = strip.scale(spells, [date(2016, 6, 1)])
    first, second = strip.bars(spells, axis)
    assert second.whisker == (axis.at(date(2016, 3, 2)), axis.at(date(2016, 4, 1)))
    assert second.fade is not None and second.x == second.whisker[1]
    assert first.x + first.width == pytest.approx(second.x, abs=0.02)


# --- words ---


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.0, "almost no chance"),
        (0.05, "very unlikely"),
        (0.5, "roughly even chance"),
        (0.8, "very likely"),
        (1.0, "almost certain"),
    ],
)
def test_bands(probability: float, word: str) -> None:
    assert wording.band(probability) == word


@given(st.floats(0, 1))
def test_no_percentage_claims_certainty(probability: float) -> None:
    assert 1 <= int(wording.percent(probability).split("\u202f")[0]) <= 99


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (Bound(), "a day not known"),
        (Bound(latest=date(2016, 3, 27)), "27 Mar 2016 or before"),
        (Bound(earliest=date(2016, 3, 27)), "27 Mar 2016 or after"),
        (Bound(earliest=date(2016, 3, 7), latest=date(2016, 3, 7)), "7 Mar 2016"),
        (Bound(earliest=date(2016, 3, 7), latest=date(2016, 4, 1)), "between 7 Mar 2016 and 1 Apr 2016"),
    ],
)
def test_bounds(bound: Bound, words: str) -> None:
    assert wording.bound(bound) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (None, None, "day not known"),
        (date(2016, 3, 7), None, "from 7 Mar 2016"),
        (None, date(2016, 3, 7), "until 7 Mar 2016"),
        (date(2016, 3, 7), date(2016, 3, 9), "7\u20139 Mar 2016"),
        (date(2016, 3, 7), date(2016, 4, 9), "7 Mar to 9 Apr 2016"),
        (date(2015, 3, 7), date(2016, 4, 9), "7 Mar 2015 to 9 Apr 2016"),
    ],
)
def test_days(first: date | None, last: date | None, words: str) -> None:
    assert wording.days(Days(first=first, last=last)) == words


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "held by Reds"),
        ({"contested": True}, "held by Reds, contested"),
        ({"status": "contested", "contested": True}, "contested, held by Reds"),
        ({"status": "besieged", "besieged_by": "Blues"}, "held by Reds, besieged by Blues"),
        ({"status": "besieged", "besieged_by": "unknown"}, "held by Reds, besieged"),
        ({"status": "partly held", "holder": None}, "partly held by several parties"),
        ({"status": "unknown", "holder": None}, "holder not known"),
    ],
)
def test_states(fields: dict[str, object], words: str) -> None:
    assert wording.state(spell(Bound(), **fields)) == words


@pytest.mark.parametrize(
    ("party", "day", "words"),
    [
        ("Al-Nusra Front", date(2015, 3, 28), "held by Al-Nusra Front"),
        ("Al-Nusra Front", date(2024, 11, 30), "held by Hayat Tahrir al-Sham (Al-Nusra Front)"),
        ("Islamic State", date(2014, 1, 14), "held by Islamic State"),
        ("Al-Nusra Front", None, "held by Al-Nusra Front"),
        ("some brigade", date(2024, 11, 30), "held by some brigade"),
    ],
)
def test_who_took_another_name_is_called_by_both(party: str, day: date | None, words: str) -> None:
    assert wording.state(spell(Bound(earliest=day, latest=day), holder=party, status="held")) == words


@pytest.mark.parametrize(
    ("killed", "words"),
    [
        (None, ""),
        ((None, None, None), "some"),
        ((3, 5, 7), "3\u20137"),
        ((4, 4, 4), "4"),
        ((10, 10, None), "10 or more"),
        ((None, None, 9), "up to 9"),
    ],
)
def test_tolls(killed: tuple[int | None, int | None, int | None] | None, words: str) -> None:
    assert wording.tolls(killed) == words


def test_where_names_parts_and_surroundings() -> None:
    assert wording.where("Aleppo", "east") == "Aleppo, east"
    assert wording.where("Aleppo", "near:surroundings") == "near Aleppo"
    assert wording.where("Palmyra", "near:oil fields") == "near Palmyra (oil fields)"
