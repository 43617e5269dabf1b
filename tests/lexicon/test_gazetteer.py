"""The gazetteer: every name leads to its place, spellings meet, words that only look like places stay words."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.errors import LexiconError
from tadmor.lexicon import gazetteer
from tadmor.lexicon.gazetteer import Gazetteer, fold, key

TABLES = Path(__file__).resolve().parents[2] / "src" / "tadmor" / "data" / "places"


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return gazetteer.load()


def first(places: Gazetteer, name: str) -> gazetteer.Place:
    found = places.lookup(name)
    assert found, name
    return found[0]


@pytest.mark.parametrize(
    "names",
    [
        ("Palmyra", "Tadmur", "Tadmor", "Tudmur", "TADMUR"),
        ("Sirte", "Surt", "Sert"),
        ("El Fasher", "Al-Fashir", "Fasher", "al-Fasher", "El-Fasher"),
        ("Deir ez-Zor", "Deir al-Zour", "Deir Ezzor", "Dayr az-Zawr", "Deir al-Zor"),
        ("Khan Sheikhoun", "Khan Shaykhun", "Khan Sheikhun", "Khan Chaykhoun"),
        ("Maarat al-Numan", "Maaret al-Numan", "Ma'arrat al-Nu'man", "Maarrat an-Numan"),
        ("Kobani", "Kobane", "Ain al-Arab", "Ayn al-Arab"),
        ("Raqqa", "Raqa", "Ar-Raqqah", "al-Raqqa", "Rakka"),
        ("Kyiv", "Kiev"),
        ("Bakhmut", "Artemivsk"),
        ("Stepanakert", "Khankendi"),
        ("Shusha", "Shushi"),
        ("T4 airbase", "Tiyas airbase", "Tiyas air base"),
        ("Shaer gas field", "Shaar gas field", "al-Shaer gas field"),
        ("Aleppo Governorate", "Aleppo province", "Halab Governorate"),
        ("DR Congo", "Democratic Republic of the Congo", "DRC"),
    ],
)
def test_all_names_of_a_place_lead_to_it(places: Gazetteer, names: tuple[str, ...]) -> None:
    assert {first(places, name).id for name in names} == {first(places, names[0]).id}


@pytest.mark.parametrize(
    ("name", "country", "lat", "lon", "kinds"),
    [
        ("Palmyra", "SY", 34.56, 38.28, {"town", "city"}),
        ("Al-Bab", "SY", 36.37, 37.52, {"city"}),
        ("Marea", "SY", 36.48, 37.20, {"town", "village"}),
        ("Atareb", "SY", 36.14, 36.82, {"town", "village"}),
        ("Castello Road", "SY", 36.25, 37.13, {"road"}),
        ("Yarmouk camp", "SY", 33.47, 36.30, {"camp"}),
        ("Menagh airbase", "SY", 36.52, 37.04, {"airbase"}),
        ("Mosul Dam", "IQ", 36.63, 42.82, {"dam"}),
        ("Azovstal", "UA", 47.10, 37.60, {"factory"}),
        ("Antonivka bridge", "UA", 46.67, 32.72, {"bridge"}),
        ("Al-Shifa Hospital", "PS", 31.52, 34.44, {"hospital"}),
        ("Goma", "CD", -1.68, 29.23, {"city"}),
        ("Kunduz", "AF", 36.73, 68.86, {"city"}),
        ("Eastern Ghouta", "SY", 33.5, 36.4, {"area"}),
        ("Donbas", "UA", 48.3, 38.0, {"region"}),
        ("North Kivu", "CD", -0.8, 28.8, {"governorate"}),
        ("South Sudan", "SS", 7.5, 30.0, {"country"}),
        ("Northern Ireland", "GB", 54.5, -6.5, {"governorate"}),
        ("Anbar", "IQ", 32.8, 41.5, {"governorate"}),
    ],
)
def test_known_places_stand_where_they_are(
    places: Gazetteer, name: str, country: str, lat: float, lon: float, kinds: set[str]
) -> None:
    place = first(places, name)
    assert (place.country, place.kind in kinds) == (country, True), place
    assert abs(place.lat - lat) < 0.1 and abs(place.lon - lon) < 0.1


def test_larger_places_end_with_the_country(places: Gazetteer) -> None:
    chain = [place.name for place in places.ancestors(first(places, "Khan Sheikhoun").id)]
    assert chain == ["Idlib Governorate", "Syria"]
    assert [place.name for place in places.ancestors(first(places, "Syria").id)] == []


def test_every_parent_exists_and_no_chain_turns_in_circles(places: Gazetteer) -> None:
    for row in range(0, len(places), 97):
        chain = places.ancestors(places.id(row))
        assert len({place.id for place in chain}) == len(chain) <= 6


def test_ids_lead_back_to_their_rows(places: Gazetteer) -> None:
    for row in [*range(0, 3000, 7), *range(3000, len(places), 4001)]:
        assert places.get(places.id(row)) == places.place(row)
    for wrong in ("gn:1", "gn:x", "th:nowhere", "", "gn:-5", "gn:" + "9" * 30):
        with pytest.raises(KeyError):
            places.get(wrong)


def test_every_name_is_found_again(places: Gazetteer) -> None:
    for row in range(0, len(places), 1013):
        place = places.place(row)
        for name in (place.name, *place.aliases):
            hits = places.exact(fold(name))
            assert len(hits) == gazetteer.MAX_CANDIDATES or row in {hit.row for hit in hits}, name


def test_unknown_names_find_nothing(places: Gazetteer) -> None:
    assert places.lookup("Qwertyuiopolis") == []
    assert places.lookup("") == [] == places.lookup("-")


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Deir ez-Zor", "Dayr az Zawr"),
        ("al-Qusayr", "Qusair"),
        ("Sheikh Miskin", "Shaykh Miskeen"),
        ("Avdiivka", "Avdeevka"),
        ("Avdiivka", "Avdeyevka"),
        ("Kobani", "Kobane"),
        ("Talbiseh", "Telbisa"),
        ("Suwayda", "Sweida"),
        ("Harasta", "Harrasta"),
        ("Muqdadiyah", "Mukdadiya"),
        ("Nu'man", "Numan"),
        ("Nuʿman", "Numan"),
    ],
)
def test_transliterations_share_a_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Homs", "Hama"), ("Idlib", "Dabiq"), ("Mosul", "Misrata"), ("Kherson", "Kharkiv"), ("Hit", "Hass")],
)
def test_different_towns_keep_different_keys(one: str, other: str) -> None:
    assert key(one) != key(other)


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert key(fold(text)) == key(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_folding_words_one_by_one_is_folding_them_together(a: str, b: str) -> None:
    assert fold(f"{a} {b}") == f"{fold(a)} {fold(b)}".strip()


# --- find -------------------------------------------------------------------------------------------------------------


def names(places: Gazetteer, text: str) -> list[str]:
    words = text.split()
    return [places.get(found.ids[0]).name for found in places.find(words)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shells fell on Deir al - Zour and on Khan Sheikhoun .", ["Deir ez-Zor", "Khan Sheikhoun"]),
        ("Rebels left al - Bab for Maaret al - Numan .", ["Al-Bab", "Maarat al-Numan"]),
        ("Aleppo 's airport and Aleppo 's citadel", ["Aleppo", "Aleppo"]),
        ("Planes hit Aleppo province .", ["Aleppo Governorate"]),
        ("They fled the province of Idlib .", ["Idlib Governorate"]),
        ("They fled the city of Idlib .", ["Idlib"]),
        ("Fighting went on in Eastern Ghouta and in South Sudan .", ["Eastern Ghouta", "South Sudan"]),
        ("The army entered Hit on Monday .", ["Hit"]),
        ("U.S. jets and UK drones", ["United States", "United Kingdom"]),
        ("The Democratic Republic of the Congo protested .", ["Democratic Republic of the Congo"]),
        ("He flew to Paris , Texas .", ["Paris", "Texas"]),
        ("Tanks shelled Khan Younis .", ["Khan Younis"]),
        ("In Aleppos east and in Syrias north", ["Aleppo", "Syria"]),
        ("He left Gary , IN for Ramadi .", ["Gary", "Indiana", "Ramadi"]),
        ("They took Makarivka , in Kherson .", ["Makarivka", "Kherson"]),
        ("They took Makarivka in the Donetsk region .", ["Donetsk Oblast"]),
        ("They took Azaz in Russia 's name .", ["Azaz", "Russia"]),
        ("They took the neighbourhood of Diyala .", []),
        ("They crossed Diyala province .", ["Diyala Governorate"]),
    ],
)
def test_place_names_are_found(places: Gazetteer, text: str, expected: list[str]) -> None:
    assert names(places, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Most of them left .",
        "Many said so .",
        "Police came in March .",
        "Along the way they met us .",
        "In May the General said : Of course .",
        "Hit by shells , they ran .",
        "Ahmed Hassan and Omar Saleh spoke .",
        "The Islamic State claimed it .",
        "ALL OF US",
        "The meeting ended .",
        "A militant of al - Qaeda said so , IN effect",
        "The village and the city were quiet . The Center closed .",
        "",
        "- - -",
    ],
)
def test_words_that_only_look_like_places_are_none(places: Gazetteer, text: str) -> None:
    assert names(places, text) == []


def test_a_larger_place_right_after_the_name_decides(places: Gazetteer) -> None:
    found = places.find(["Clashes", "in", "Tripoli", ",", "Lebanon", ",", "and", "in", "Tripoli", ",", "Libya"])
    assert [places.get(f.ids[0]).country for f in found] == ["LB", "LB", "LY", "LY"]


def test_the_larger_place_right_after_the_name_is_the_one_that_holds_it(places: Gazetteer) -> None:
    """In "Albany, New York" the state is meant; alone, New York is the city."""
    found = places.find(["He", "left", "Albany", ",", "New", "York", ",", "for", "New", "York", "."])
    assert [places.get(f.ids[0]).kind for f in found] == ["city", "governorate", "city"]


def test_a_county_goes_by_its_full_name(places: Gazetteer) -> None:
    county = [place for place in places.lookup("Walker County") if place.admin1 == "TX"]
    assert [(place.kind, place.admin1_name) for place in county] == [("district", "Texas")]
    assert "district" not in {place.kind for place in places.lookup("Walker")}


def test_a_town_with_the_word_for_it_may_be_any_of_the_name(places: Gazetteer) -> None:
    """ "Dublin city" is an alias of one Dublin; the report may still mean another."""
    (found,) = places.find(["in", "Dublin", "city", "."])
    assert {places.get(id).country for id in found.ids} >= {"IE", "US"}


@given(st.lists(st.text(max_size=12), max_size=30))
def test_found_spans_are_ordered_and_apart(words: list[str]) -> None:
    end = 0
    for found in gazetteer.load().find(words):
        assert end <= found.start < found.end <= len(words) and found.ids
        end = found.end


def test_finding_is_linear_in_hostile_text(places: Gazetteer) -> None:
    """Ten thousand capitalised tokens that begin long names take no longer than a second or two."""
    began = time.perf_counter()
    places.find(["Deir", "al", "-"] * 10_000)
    assert time.perf_counter() - began < 5.0


# --- the shipped file -------------------------------------------------------------------------------------------------


def test_the_shipped_file_was_made_from_the_tables_beside_it(places: Gazetteer) -> None:
    """Change a table, then run tools/build_gazetteer.py."""
    total = hashlib.sha256()
    tables = ("countries.csv", "admin1.csv", "counties.csv")
    for path in sorted([*(TABLES / name for name in tables), *(TABLES / "theatre").glob("*.csv")]):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    assert places.digest == total.hexdigest()


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "text", "one array"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "places.npz"
    if damage == "one array":
        np.savez(path, lat=np.zeros(3, np.int32))
    elif damage != "missing":
        good = (TABLES / "places.npz").read_bytes()
        path.write_bytes({"empty": b"", "cut": good[: len(good) // 2], "text": b"name,lat,lon\n" * 99}[damage])
    with pytest.raises(LexiconError, match=r"places\.npz"):
        gazetteer.read(path)


def test_the_shipped_file_is_small() -> None:
    assert (TABLES / "places.npz").stat().st_size < 12_000_000
