"""Which place a name means: the report decides, and what stands beside the name is kept."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.claim.beside import displaced, leading, offset, part
from tadmor.claim.where import Context, context, located
from tadmor.lexicon import gazetteer
from tadmor.lexicon.gazetteer import distance_km


def read(
    text: str, dateline: str | None = None, countries: tuple[str, ...] = ()
) -> tuple[Context, dict[str, tuple[str, ...]]]:
    """The context of a text split at spaces, and the candidates of each name in it."""
    words = text.split()
    found = gazetteer.load().find(words)
    named = [(" ".join(words[f.start : f.end]), f.ids) for f in found]
    return context(named, dateline, countries), dict(named)


def meant(text: str, name: str, dateline: str | None = None, countries: tuple[str, ...] = ()) -> gazetteer.Place | None:
    scene, ids = read(text, dateline, countries)
    return scene.choose(name, ids[name])[0]


@pytest.mark.parametrize(
    ("text", "name", "country"),
    [
        ("Rockets fell on Tripoli . Sidon and Beirut were quiet .", "Tripoli", "LB"),
        ("Militias left Tripoli for Misrata and Benghazi .", "Tripoli", "LY"),
        ("Fighters took Suran and Dabiq north of Aleppo .", "Suran", "SY"),
        ("In Georgia , Tbilisi said troops near Gori and in South Ossetia moved .", "Georgia", "GE"),
        ("In Georgia , police in Atlanta and Savannah spoke .", "Georgia", "US"),
        ("The army of Azerbaijan entered Hadrut and Shusha .", "Hadrut", "AZ"),
        ("He flew from Paris , Texas , to Dallas . In Paris it rained .", "Paris", "US"),
        ("He flew from Lyon to Paris .", "Paris", "FR"),
        ("Police of Rapides Parish came to Alexandria .", "Alexandria", "US"),
    ],
)
def test_the_report_decides_what_a_name_means(text: str, name: str, country: str) -> None:
    place = meant(text, name)
    assert place is not None and place.country == country


def test_of_towns_of_one_name_the_one_in_the_province_of_the_other_places_is_meant() -> None:
    place = meant("Deputies of Laurel County met in London , near Corbin and Somerset in Kentucky .", "London")
    assert place is not None and place.admin1 == "KY"


def test_a_province_that_is_named_beside_its_town_leaves_the_city_of_its_name_alone() -> None:
    scene, ids = read("Shells hit Aleppo . They fled Aleppo for Azaz , Aleppo , and Idlib .")
    assert ids["Aleppo"] and scene.choose("Aleppo", _ids("Aleppo"))[0] == gazetteer.load().lookup("Aleppo")[0]


def _ids(name: str) -> tuple[str, ...]:
    return gazetteer.load().find(["in", name])[0].ids


def test_of_two_towns_of_one_name_the_one_beside_the_others_is_meant() -> None:
    near_aleppo = meant("They took Suran , Dabiq , Marea and Akhtarin .", "Suran")
    near_hama = meant("They took Suran , Maardes , Morek and Taybat al-Imam .", "Suran")
    assert near_aleppo is not None and near_hama is not None
    assert near_aleppo.lat > 36 > near_hama.lat


def test_the_countries_of_the_actors_count() -> None:
    alone = meant("Clashes in Tripoli went on .", "Tripoli", countries=("LB", "LB", "LB"))
    assert alone is not None and alone.country == "LB"


def test_a_little_known_place_without_support_is_not_believed() -> None:
    """A village abroad is no reading of a name in a report on another war."""
    ids = [p.id for p in gazetteer.load().lookup("Rodi") if p.prior < 4.3 and p.country not in ("SY", "IQ")]
    assert ids
    scene = context([("Rodi", ids), *_named("Aleppo", "Idlib", "Hama", "Syria", "Iraq")], None, ())
    place, others = scene.choose("Rodi", ids)
    assert place is None and others == tuple(ids[: len(others)])


def _named(*names: str) -> list[tuple[str, list[str]]]:
    return [(name, [place.id for place in gazetteer.load().lookup(name)]) for name in names]


def test_other_candidates_are_kept_without_the_chosen_one() -> None:
    scene, ids = read("Militias left Tripoli for Misrata and Benghazi .")
    place, others = scene.choose("Tripoli", ids["Tripoli"])
    assert place is not None and place.id not in others and 0 < len(others) <= 5


def test_choices_do_not_depend_on_the_order_of_the_names() -> None:
    names = _named("Tripoli", "Suran", "Hama", "Sidon", "Paris", "Georgia", "Beirut", "Syria")
    one, other = context(names, None, ("SY", "LB")), context(names[::-1], None, ("LB", "SY"))
    assert [one.choose(*name) for name in names] == [other.choose(*name) for name in names]


def test_a_name_that_the_report_did_not_list_is_chosen_all_the_same() -> None:
    scene, _ = read("Clashes in Sidon and Beirut .")
    ((name, ids),) = _named("Tripoli")
    place, _ = scene.choose(name, ids)
    assert place is not None and place.country == "LB"


def test_thousands_of_names_take_no_more_than_seconds() -> None:
    places = gazetteer.load()
    names = [(place.name, [place.id]) for place in map(places.place, range(5000, 8000))]
    began = time.perf_counter()
    scene = context(names, None, ())
    for name in names:
        scene.choose(*name)
    assert time.perf_counter() - began < 8.0


def test_no_candidates_no_place() -> None:
    assert context([("Nowhere", [])], None, ()).choose("Nowhere", []) == (None, ())
    assert context([], None, ()).choose("Nowhere", ()) == (None, ())


@pytest.mark.parametrize(
    ("name", "noun", "wider"),
    [
        ("Idlib", "province", "Idlib Governorate"),
        ("Aleppo", "governorate", "Aleppo Governorate"),
        ("Kherson", "oblast", "Kherson Oblast"),
    ],
)
def test_the_province_of_a_town(name: str, noun: str, wider: str) -> None:
    scene, ids = read(f"Clashes in {name} .")
    place = scene.wider(name, ids[name][0], noun)
    assert place is not None and place.name == wider


def test_a_town_without_a_province_of_its_name_has_none() -> None:
    scene, ids = read("Clashes in Kobani .")
    assert scene.wider("Kobani", ids["Kobani"][0], "province") is None


# --- Where ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "precision"),
    [
        ("Palmyra", "exact"), ("Mosul Dam", "exact"), ("Idlib Governorate", "governorate"), ("Syria", "country"),
        ("Eastern Ghouta", "district"), ("Donbas", "governorate"),
    ],
)  # fmt: skip
def test_precision_follows_the_kind(name: str, precision: str) -> None:
    assert located(gazetteer.load().lookup(name)[0], text=name).precision == precision


def test_a_place_as_a_claim_says_it() -> None:
    place = gazetteer.load().lookup("Palmyra")[0]
    where = located(place, text="Tadmur", candidates=("gn:1",), part="the city's centre", within="Homs Governorate")
    assert (where.name, where.text, where.part, where.precision) == ("Palmyra", "Tadmur", "the city's centre", "part")
    assert (where.country, where.admin1, where.candidates) == ("SY", "Homs Governorate", ("gn:1",))
    assert located(place, text="Palmyra", near=True, part="oil fields").precision == "near"


@pytest.mark.parametrize(
    ("before", "km"),
    [
        ("took a hill 20 km south of ", 20.0),
        ("took a hill some 30 kilometres (19 miles) north-east of the city of ", 30.0),
        ("took a hill 20 km south of Homs and ", None),
        ("took a hill near ", None),
        ("", None),
    ],
)
def test_a_distance_counts_for_the_name_that_follows_it(before: str, km: float | None) -> None:
    found = leading(before)
    assert (found.km if found else None) == km


def test_an_offset_moves_the_point_and_makes_it_near() -> None:
    place = gazetteer.load().lookup("Palmyra")[0]
    said = offset("a post 20 km south of Palmyra")
    assert said is not None
    where = located(place, text="Palmyra", offset=said)
    assert where.near and where.precision == "near" and where.part == "20 km south of"
    assert where.lat is not None and where.lon is not None
    assert distance_km(where.lat, where.lon, place.lat, place.lon) == pytest.approx(20, rel=0.02)
    assert where.lat < place.lat


def test_a_country_stays_a_country() -> None:
    assert located(gazetteer.load().lookup("Syria")[0], text="Syria", near=True).precision == "country"


# --- words around a name ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "km", "bearing"),
    [
        ("20 km south of", 20.0, 180.0),
        ("about 30 kilometres ( 19 miles ) north-east of", 30.0, 45.0),
        ("some 30 kilometers (19 miles) northeast of the city", 30.0, 45.0),
        ("just five miles outside", 8.05, None),
        ("two kilometers from", 2.0, None),
        ("a dozen kilometres west of", 12.0, 270.0),
        ("7.5 miles to the south west of", 12.07, 225.0),
    ],
)
def test_distances_are_read(text: str, km: float, bearing: float | None) -> None:
    found = offset(text.replace("( ", "(").replace(" )", ")"))
    assert found is not None
    assert found.km == pytest.approx(km, abs=0.01)
    assert found.bearing == bearing


@pytest.mark.parametrize(
    "text", ["20 tanks south of", "south of", "in 2016 of", "", "many kilometres of road", "20 km of road lay bare"]
)
def test_what_is_no_distance_from_a_place(text: str) -> None:
    found = offset(text)
    assert found is None or found.bearing is None


def test_distances_are_read_in_linear_time() -> None:
    began = time.perf_counter()
    offset("20 km " * 20_000)
    offset("twenty " * 20_000 + "(" * 20_000)
    assert time.perf_counter() - began < 2.0


@given(st.floats(-80, 80), st.floats(-180, 180), st.floats(0, 300), st.floats(0, 360))
def test_displaced_points_lie_that_far_away(lat: float, lon: float, km: float, bearing: float) -> None:
    new_lat, new_lon = displaced(lat, lon, km, bearing)
    assert -90 <= new_lat <= 90 and -180 <= new_lon <= 180
    assert distance_km(lat, lon, new_lat, new_lon) == pytest.approx(km, rel=0.2, abs=0.5)


@pytest.mark.parametrize(
    ("text", "name", "expected", "near"),
    [
        ("most of the eastern half of Aleppo fell", "Aleppo", "eastern half of Aleppo", False),
        ("in the outskirts of the city of Homs today", "Homs", "outskirts of the city of Homs", True),
        ("in Palmyra 's city centre today", "Palmyra", "Palmyra's city centre", False),
        ("in the Raqqa countryside today", "Raqqa", "Raqqa countryside", True),
        ("east Aleppo was hit", "Aleppo", "east Aleppo", False),
        ("in Aleppo 's eastern districts", "Aleppo", "Aleppo's eastern districts", False),
        ("in the north of Mosul today", "Mosul", "north of Mosul", False),
        ("they hit Homs today", "Homs", None, False),
        ("the city of Homs today", "Homs", None, False),
        ("20 km south of Homs today", "Homs", None, False),
    ],
)
def test_parts_of_a_place(text: str, name: str, expected: str | None, near: bool) -> None:
    words = text.split()
    found = part(words, words.index(name), words.index(name) + 1)
    assert (found.text if found else None) == expected
    assert (found.near if found else False) == near


@given(st.lists(st.text(max_size=8), min_size=1, max_size=20), st.data())
def test_any_words_may_stand_around_a_name(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - 1))
    found = part(words, start, start + 1)
    assert found is None or (found.start <= start < found.end <= len(words))
