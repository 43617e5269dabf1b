"""The shipped sites and monuments: what they are, where, and how they are found in words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tadmor.errors import LexiconError
from tadmor.lexicon import heritage
from tadmor.lexicon.gazetteer import distance_km
from tadmor.lexicon.heritage import Heritage

DATA = Path(heritage.__file__).parents[1] / "data" / "heritage"


@pytest.fixture(scope="module")
def known() -> Heritage:
    return heritage.load()


def test_listed_sites_have_points_countries_and_danger(known: Heritage) -> None:
    palmyra = known.get("whc:23")
    assert (palmyra.name, palmyra.countries, palmyra.danger_since) == ("Site of Palmyra", ("SY",), 2013)
    assert distance_km(palmyra.lat, palmyra.lon, 34.55, 38.27) < 1
    assert known.get("whc:527").danger_since is None
    assert sum(site.id.startswith("whc:") for site in known) > 900


def test_parts_lie_at_their_site(known: Heritage) -> None:
    """Within 20 km of its point or, where a site has several places, of another part."""
    for site in known:
        for part in site.parts:
            others = [one for one in site.landmarks if one is not part]
            apart = min(distance_km(part.lat, part.lon, one.lat, one.lon) for one in others)
            assert apart < (200 if site.id in ("whc:1229", "whc:1336") else 20), part.id


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Temple of Bel", "mon:palmyra-bel"),
        ("temple of bel", "mon:palmyra-bel"),
        ("Krak des Chevaliers", "mon:crac"),
        ("Great Mosque of al-Nuri", "mon:nuri"),
        ("whc:22", "whc:22"),
        ("Palmyra", "whc:23"),
        ("Hatra", "whc:277"),
        ("Leptis Magna", "whc:183"),
        ("Museum", None),  # more than one
        ("Xyzzy", None),
        ("", None),
    ],
)
def test_sites_and_monuments_go_by_their_names(known: Heritage, name: str, id: str | None) -> None:
    found = known.by_name(name)
    assert (found and found.id) == id


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("The militants blew up the Temple of Bel", {"mon:palmyra-bel"}),
        ("in Palmyra's Roman theatre and by its tetrapylon", {"mon:palmyra-theatre"}),
        ("Russian aircraft struck Krak des Chevaliers", {"mon:crac"}),
        ("a missile hit the Transfiguration Cathedral in Odesa", {"mon:odesa-cathedral"}),
        ("the tomb of Jonah, Nabi Yunus, was destroyed", {"mon:nabi-yunus"}),
        ("Sidi Yahya", {"mon:sidi-yahya"}),
        ("the citadel, a temple and some ruins", set()),
        ("his uncle Bel spoke", set()),
    ],
)
def test_names_are_found_wherever_they_stand(known: Heritage, text: str, ids: set[str]) -> None:
    assert known.named(text) == ids


@pytest.mark.parametrize(
    ("text", "site", "ids"),
    [
        (
            "It blew up the temples of Bel and Baalshamin, an arch",
            "whc:23",
            {"mon:palmyra-bel", "mon:palmyra-baalshamin"},
        ),
        ("shells fell on the citadel", "whc:21", {"mon:aleppo-citadel"}),
        ("shells fell on the citadel", "whc:23", {"mon:palmyra-castle"}),
        ("blown up irreplaceable ancient monuments", "whc:23", {"whc:23"}),
        ("mausoleums were razed", "whc:119", {"mon:timbuktu-tombs"}),
        ("a market was hit", "whc:23", set()),
        ("an old temple", "whc:21", {"whc:21"}),
    ],
)
def test_local_names_and_words_mean_the_site_that_is_near(known: Heritage, text: str, site: str, ids: set[str]) -> None:
    assert known.meant(text, [site]) == ids


@pytest.mark.parametrize(
    ("text", "headline", "ids"),
    [
        ("the temple was levelled", "Temple of Bel is gone", {"mon:palmyra-bel"}),
        ("the temple was levelled", "Militants blow up Palmyra's temples of Bel and Baalshamin", {"whc:23"}),  # which?
        ("statues were smashed", "Temple of Bel is gone", {"whc:23"}),
        ("the tetrapylon was levelled", "Temple of Bel is gone", {"mon:palmyra-tetrapylon"}),
        ("the temple was levelled", "", {"whc:23"}),
    ],
)
def test_the_temple_is_the_one_that_the_headline_names(
    known: Heritage, text: str, headline: str, ids: set[str]
) -> None:
    assert known.meant(text, ["whc:23"], headline) == ids


def test_every_name_is_found_by_itself(known: Heritage) -> None:
    for phrase, id in known.phrases().items():
        assert known.named(f"Shells hit {phrase} on Monday") == {id}, phrase


def test_a_site_is_as_near_as_its_nearest_part(known: Heritage) -> None:
    castles = known.get("whc:1229")
    assert castles.distance_km(35.596, 36.057) < 0.1
    assert castles.distance_km(34.757, 36.295) < 0.1


def test_what_a_claim_means_for_a_site(known: Heritage) -> None:
    looting, strike = known.effect("event", "Looting/property destruction"), known.effect("event", "Air/drone strike")
    assert looting is not None and (looting.named, looting.near) == ("damage", None)
    assert strike is not None and (strike.named, strike.near) == ("strike", "fighting")
    assert known.effect("event", "Agreement") is None


@pytest.mark.parametrize(
    ("file", "row", "message"),
    [
        ("monuments.csv", "mon:x,X,whc:0,SY,1,1,1,,", "'whc:0' is no site"),
        ("monuments.csv", "mon:crac,X,,SY,1,1,1,,", "'mon:crac' is taken"),
        ("monuments.csv", "mon:x,X,,SY,91,1,1,,", "nowhere on earth"),
        ("monuments.csv", "mon:x,X,,SY,1,1,0,,", "nowhere on earth"),
        ("names.csv", "whc:0,X,", "'whc:0' is no site"),
        ("effects.csv", "event,Earthquake,damage,", "'Earthquake' is no type of event"),
        ("effects.csv", "event,Armed clash,fighting,", "stands twice"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, file: str, row: str, message: str) -> None:
    folder = shutil.copytree(DATA, tmp_path / "heritage")
    with (folder / file).open("a", encoding="utf-8") as stream:
        stream.write(row + "\n")
    with pytest.raises(LexiconError, match=message):
        heritage.read(folder)


def test_the_sites_are_what_the_list_says(shared: Path) -> None:
    """`sites.csv` is what the tool makes of the list."""
    from tools import build_heritage

    source = shared / "data" / "gazetteer" / "whc-sites-2019.csv"
    assert build_heritage.made(source) == (DATA / "sites.csv").read_text("utf-8")
