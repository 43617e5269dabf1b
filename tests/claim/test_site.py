"""From a noun or adverb to the place that it means, and to the part of it."""

import pytest

from spoken import doc, scene, word
from tadmor.claim.clause import case_of
from tadmor.claim.site import Site, anchor, country_of, site, sites, unknown
from tadmor.lexicon import placefind


def at(text: str, head: str, nth: int = 0) -> Site | None:
    parsed = doc(text)
    return site(word(parsed, head, nth), scene(parsed))


@pytest.mark.parametrize(
    ("text", "head", "name"),
    [
        ("Rebels took Palmyra.", "Palmyra", "Palmyra"),
        ("Rebels took the city of Palmyra.", "city", "Palmyra"),
        ("Troops entered Deir al-Zour in Syria.", "Deir", "Deir ez-Zor"),
        ("Rebels took Azaz. They left the town.", "town", "Azaz"),
        ("Rebels took Azaz and stayed there.", "there", "Azaz"),
    ],
)
def test_a_place_is_found_by_name_or_by_what_points_back(text: str, head: str, name: str) -> None:
    found = at(text, head)
    assert found is not None
    assert found.where.name == name


@pytest.mark.parametrize(
    ("text", "head", "part"),
    [
        ("Rebels hold the eastern half of Aleppo.", "half", "eastern half"),
        ("Troops reached the outskirts of Palmyra.", "outskirts", "outskirts"),
        ("Troops entered the city centre of Palmyra.", "centre", "city centre"),
    ],
)
def test_a_part_is_told_from_the_whole(text: str, head: str, part: str) -> None:
    found = at(text, head)
    assert found is not None
    assert found.partial
    assert found.where.part == part


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("They fought near Palmyra.", True),
        ("They fought outside Palmyra.", True),
        ("They fought 20 km south of Palmyra.", True),
        ("They fought in Palmyra.", False),
    ],
)
def test_near_is_near_and_in_is_in(text: str, near: bool) -> None:
    found = at(text, "Palmyra")
    assert found is not None
    assert found.where.near is near


def test_a_named_place_is_surer_than_one_pointed_to() -> None:
    text = "Rebels took Azaz. They left the town."
    named, pointed = at(text, "Azaz"), at(text, "town")
    assert named is not None and pointed is not None
    assert (named.named, pointed.named) == (True, False)
    assert named.sure > pointed.sure


def test_a_list_behind_a_plural_noun_is_one_place_each() -> None:
    parsed = doc("Rebels took the towns of Azaz, Marea and Jarabulus in Syria.")
    found = sites([word(parsed, "towns")], scene(parsed))
    assert [s.where.text for s in found] == ["Azaz", "Marea", "Jarabulus"]


def test_a_country_is_a_place_in_it_and_no_place_when_it_speaks() -> None:
    assert (found := at("Fighting went on in Turkey.", "Turkey")) is not None
    assert found.kind == "country"
    assert at("Turkey spoke of a truce.", "Turkey") is None


def test_a_nominal_without_a_place_means_none() -> None:
    assert at("The minister signed the paper.", "paper") is None


@pytest.mark.xfail(reason="a country beside the name is an actor and not taken", strict=True)
def test_a_larger_place_beside_the_name_is_kept_as_within() -> None:
    found = at("Fighters took Sirte, Libya.", "Sirte")
    assert found is not None
    assert found.where.within == "Libya"


def test_a_province_beside_the_name_is_kept_as_within() -> None:
    found = at("Fighters took Saraqib, Idlib Governorate.", "Saraqib")
    assert found is not None
    assert found.where.within == "Idlib Governorate"


def test_a_place_found_lies_where_the_gazetteer_has_it() -> None:
    found = at("Rebels took Palmyra.", "Palmyra")
    assert found is not None
    assert found.where.country == "SY"
    assert found.where.lat == pytest.approx(34.55, abs=0.1)
    assert found.where.lon == pytest.approx(38.27, abs=0.1)


def test_the_anchor_is_the_place_before_the_word() -> None:
    parsed = doc("Rebels took Azaz. Later a bomb went off. Mosul was calm.")
    found = anchor(word(parsed, "bomb"), scene(parsed))
    assert found is not None
    assert found.where.name == "Azaz"
    assert case_of(word(parsed, "bomb")) == ""


def test_the_country_of_a_report_is_that_of_its_places() -> None:
    parsed = doc("Syria is at war. Rebels took Azaz and Idlib.")
    found = country_of(scene(parsed))
    assert found is not None
    assert found.where.name == "Syria"


def test_an_unknown_name_with_the_arabic_article_is_a_place_that_was_taken() -> None:
    parsed = doc("GNA forces captured al-Wishka.")
    found = unknown(word(parsed, "al"), scene(parsed))
    assert found is not None and (found.where.name, found.where.id) == ("al-Wishka", None)


def test_a_distance_moves_the_place_and_is_forgotten_when_it_is_named_again() -> None:
    near = at("Rebels took a hill 20 km south of Palmyra.", "Palmyra")
    assert near is not None and near.where.near and near.where.precision == "near"
    assert near.where.lat is not None and abs(near.where.lat - 34.38) < 0.02


@pytest.mark.parametrize(
    ("text", "source"), [("Rebels captured al-Mayadeen.", False), ("The news came from al-Mayadeen.", True)]
)
def test_an_outlet_that_shares_a_towns_name_is_one_only_where_it_may_speak(text: str, source: bool) -> None:
    parsed = doc(text)
    mention = scene(parsed).mention(word(parsed, "Mayadeen"))
    assert mention is not None and (mention.kind == "source") is source


@pytest.mark.parametrize("name", ["World War II", "Shia", "Sunni"])
def test_what_no_place_is_called_is_none(name: str) -> None:
    assert placefind.no_place(name)
    assert not placefind.no_place("Marj al-Sultan")


def test_half_of_a_city_is_told_by_where_it_lies() -> None:
    parsed = doc("Aleppo is divided. Rebels hold the eastern half. They gave half to charity.")
    made = scene(parsed)
    east = site(word(parsed, "half"), made)
    assert east is not None and (east.where.name, east.where.part) == ("Aleppo", "eastern half")
    assert site(word(parsed, "half", 1), made) is None


def test_a_countrys_territory_lies_in_the_country() -> None:
    parsed = doc("Islamic State took Palmyra. It holds half of Syria's territory. Syria's city fell.")
    made = scene(parsed)
    found = site(word(parsed, "territory"), made)
    assert found is not None and found.where.name == "Syria"


def test_a_source_right_after_a_part_is_no_place() -> None:
    parsed = doc("The rebels lost territory in SANA reports of Monday.")
    assert site(word(parsed, "territory"), scene(parsed)) is None


@pytest.mark.parametrize(
    ("text", "head", "name"),
    [
        ("Daraa was calm, but Daraa is not all. Strikes on Douma the besieged town killed ten.", "town", "Douma"),
        ("Troops retook Mosul University. Shells hit the city.", "city", "Mosul"),
        ("Palmyra fell. Rebels in Palmyra had left. Troops went on to Aleppo. They freed the city.", "city", "Palmyra"),
        ("Strikes hit Azaz. The town to the north of Aleppo is in rebel hands.", "town", "Azaz"),
    ],
)
def test_a_noun_means_the_place_it_fits(text: str, head: str, name: str) -> None:
    found = at(text, head)
    assert found is not None
    assert found.where.name == name


@pytest.mark.parametrize("noun", ["Both towns", "The two towns"])
def test_two_places_are_meant_together(noun: str) -> None:
    parsed = doc(f"Shells hit Azaz and strikes hit Marea. {noun} are held by rebels.")
    assert [one.where.name for one in sites([word(parsed, "towns")], scene(parsed))] == ["Azaz", "Marea"]


def test_the_old_city_is_a_part() -> None:
    found = at("Rebels in Aleppo left the Old City.", "City")
    assert found is not None
    assert (found.where.name, found.where.part, found.partial) == ("Aleppo", "Old City", True)


@pytest.mark.parametrize(
    "text",
    ["Militias backed by Tehran shelled Aleppo.", "Fighters loyal to Damascus left.", "An ally of Moscow agreed."],
)
def test_a_capital_that_stands_for_its_government_is_no_place(text: str) -> None:
    name = next(word for word in ("Tehran", "Damascus", "Moscow") if word in text)
    assert at(text, name) is None
