"""What a report has claimed so far, and what that says of a name."""

from __future__ import annotations

from spoken import DAY, doc
from tadmor.claim.scene import Scene
from tadmor.claim.told import Told
from tadmor.claim.who import Named
from tadmor.records import Party


def of(told: Told, role: str, party: Party, actor: Party | None = None, published: bool = True) -> set[str]:
    scene = Scene([doc("Rebels left Azaz.")], published=DAY if published else None, dateline=None)
    by = Named(actor, True, 1.0) if actor else None
    return set(told.of(role, party.name, by, Named(party, True, 1.0), scene))


IS = Party(name="Islamic State", id="is", text="IS")
SYRIA = Party(name="Syrian government", id="syr-gov", text="the army")
RUSSIA = Party(name="Russia", id="rus-gov", text="Moscow")
BAND = Party(name="gunmen", text="gunmen")


def test_what_was_claimed_last_is_told_first() -> None:
    told = Told()
    told.add("Russia", "Islamic State", "Palmyra")
    told.add("Islamic State", "", "Raqqa")
    assert of(told, "actor", IS) == {"last-0", "other-1"}
    assert of(told, "actor", RUSSIA) == {"last-1", "other--"}
    assert of(told, "actor", BAND) == {"last--", "other--"}


def test_a_claim_that_can_have_no_place_leaves_the_places_as_they_were() -> None:
    told = Told()
    told.add("Russia", "", "Palmyra")
    told.add("Russia", "Syrian government", None)
    assert told.names["place"] == ["Palmyra"]
    told.add("Russia", "", "")
    assert told.names["place"] == ["", "Palmyra"]


def test_who_fought_before_and_who_is_on_whose_side_speaks_for_an_opponent() -> None:
    told = Told()
    told.add("Islamic State", "Syrian government", "Palmyra")
    assert {"pair1", "side-1"} <= of(told, "opponent", IS, actor=SYRIA)
    assert {"pair0", "side1"} <= of(told, "opponent", RUSSIA, actor=SYRIA)
    assert {"pair0", "sideNone"} <= of(told, "opponent", BAND, actor=SYRIA)
    assert not any(trait.startswith(("pair", "side")) for trait in of(told, "actor", IS, actor=SYRIA))


def test_violence_is_spoken_of_until_some_sentences_told_of_none() -> None:
    told = Told()
    assert told.violence is None
    told.hear(["Armed clash", "Air/drone strike"])
    told.hear([])
    told.hear([])
    assert told.violence == "Air/drone strike"
    told.hear([])
    assert told.violence is None
