"""Who is meant where a report leaves it unsaid: from the report itself, and less surely."""

import msgspec

from spoken import claims, doc, scene, word
from tadmor.claim import infer
from tadmor.claim.draft import Draft
from tadmor.claim.site import site
from tadmor.claim.who import party
from tadmor.lexicon import actors
from tadmor.records import Claim, Party, Quote, Where


def test_the_opponent_is_who_was_said_to_hold_the_place() -> None:
    text = "Islamic State holds Raqqa. The Syrian Democratic Forces entered Raqqa."
    (entry,) = [c for c in claims(text) if c.type == "contests"]
    assert entry.opponent is not None
    assert entry.opponent.name == "Islamic State"


def test_an_ally_is_no_opponent() -> None:
    text = "The Syrian government holds Damascus. Russia entered Damascus."
    found = [c for c in claims(text) if c.type == "contests"]
    assert all(c.opponent is None for c in found)


def test_what_is_inferred_is_less_sure_than_what_is_said() -> None:
    (said,) = claims("Islamic State fighters seized the town of Azaz.")
    inferred = [
        c for c in claims("Islamic State fighters came. The town of Azaz was seized on Friday.") if c.type == "gains"
    ]
    assert inferred
    assert all(c.confidence < said.confidence for c in inferred)


def test_who_is_inferred_is_less_sure_than_who_is_said() -> None:
    parsed = doc("Islamic State fighters came. The town of Azaz was seized on Friday.")
    made = scene(parsed)
    said = party(word(parsed, "fighters"), made)
    draft = Draft(rule="capture", kind="control", type="gains", trigger=word(parsed, "seized"))
    inferred = infer.actor(draft, made, [], made.position(parsed[-1]) + 1)
    assert said is not None and inferred is not None
    assert inferred.party.name == said.party.name
    assert inferred.sure < said.sure


def test_nobody_is_inferred_where_nobody_was_spoken_of() -> None:
    parsed = doc("Azaz was seized.")
    made = scene(parsed)
    draft = Draft(rule="capture", kind="control", type="gains", trigger=word(parsed, "seized"))
    assert infer.actor(draft, made, [], made.position(parsed[-1]) + 1) is None


def test_only_states_and_coalitions_are_inferred_for_what_comes_from_the_air() -> None:
    parsed = doc("Islamic State fled. An air strike hit Mosul.")
    made = scene(parsed)
    draft = Draft(
        rule="airstrike-noun",
        kind="event",
        type="Air/drone strike",
        trigger=word(parsed, "strike"),
        place=site(word(parsed, "Mosul"), made),
    )
    assert infer.actor(draft, made, [], made.position(parsed[-1]) + 1) is None


def test_a_holder_is_not_taken_for_the_one_who_takes() -> None:
    parsed = doc("Islamic State fighters hold the town of Azaz. Azaz was seized on Friday.")
    made = scene(parsed)
    azaz = site(word(parsed, "Azaz", 1), made)
    assert azaz is not None and made.parties[-1].party.name == "Islamic State"
    seized = Draft(rule="capture", kind="control", type="gains", trigger=word(parsed, "seized"), place=azaz)
    holds = Claim(
        id="c1",
        report_id="r1",
        kind="control",
        type="holds",
        actor=made.parties[-1].party,
        where=azaz.where,
        quote=Quote(start=0, end=44),
        rule="hold",
    )
    end = made.position(parsed[-1]) + 1
    elsewhere = msgspec.structs.replace(holds, where=Where(name="Idlib", text="Idlib"))
    taker = infer.actor(seized, made, [elsewhere], end)
    assert taker is not None and taker.party.name == "Islamic State"
    assert infer.actor(seized, made, [holds], end) is None


def test_halves_of_a_city_are_held_against_each_other() -> None:
    found = claims("Rebel-held districts of Aleppo were shelled. Aid reached the government-held districts of Aleppo.")
    halves = {c.actor.name: c.opponent for c in found if c.type == "holds_part" and c.actor}
    assert {name: foe.name if foe else None for name, foe in halves.items()} == {
        "rebels": "Syrian government",
        "Syrian government": "rebels",
    }


def test_whoever_holds_all_of_a_place_holds_it_against_nobody_in_particular() -> None:
    found = claims("Government forces shelled the rebel-held town of Daraya.")
    assert [c.opponent for c in found if c.type == "holds"] == [None]


def test_fighters_without_a_name_may_be_the_enemy_of_a_state() -> None:
    text = "The army captured Mallah from the air on Monday. Militants had used the farms. The army then captured Azaz."
    found = [c for c in claims(text) if c.type == "gains" and c.where and c.where.name == "Azaz"]
    assert [c.opponent.name for c in found if c.opponent] == ["militants"]


def test_a_monitor_based_in_a_country_makes_it_no_enemy() -> None:
    text = "Islamic State advanced on Kobani on Monday, the Britain-based Syrian Observatory for Human Rights said."
    assert [c.opponent for c in claims(text) if c.type == "advances"] == [None]


def test_those_who_died_in_an_attack_were_attacked() -> None:
    (attack,) = [
        c
        for c in claims("An Islamic State offensive in Raqqa has left 40 government soldiers dead on Monday.")
        if c.kind == "event"
    ]
    assert attack.actor is not None and attack.opponent is not None
    assert (attack.actor.name, attack.opponent.name) == ("Islamic State", "Syrian government")


def test_the_dead_of_both_sides_of_a_clash_name_the_sides() -> None:
    (clash,) = [c for c in claims("Clashes near Jobar killed 12 soldiers and nine rebels.") if c.kind == "event"]
    assert clash.actor is not None and clash.opponent is not None
    assert {clash.actor.name, clash.opponent.name} == {"Syrian government", "rebels"}


def test_whose_positions_are_bombed_is_the_one_attacked() -> None:
    (strike,) = [c for c in claims("Syrian warplanes bombed ISIL positions near Palmyra.") if c.kind == "event"]
    assert strike.opponent is not None and strike.opponent.name == "Islamic State"


def test_enemies_are_no_allies_and_weapons_back_nobody() -> None:
    made = scene(doc("The army fought in Syria."))
    army, islamists = (
        Party(name="Syrian government", id="syr-gov", text=""),
        Party(name="Islamic State", id="is", text=""),
    )
    russia, jets = Party(name="Russia", id="rus-gov", text=""), Party(name="warplanes", text="warplanes")
    assert infer.unlikely("part_of", army, islamists, made)
    assert infer.unlikely("opposes", army, russia, made)
    assert infer.unlikely("backs", jets, army, made)
    assert not infer.unlikely("opposes", army, islamists, made)
    assert not infer.unlikely("backs", russia, army, made)


def test_a_weapon_without_an_owner_is_nobody() -> None:
    made = scene(doc("The army fought in Syria."))
    assert infer.weapon(Party(name="heavy artillery", text=""), made)
    assert not infer.weapon(Party(name="rebels", text=""), made)


def test_who_has_no_aircraft_is_known_to_the_dictionary() -> None:
    assert all(id in actors.load() for id in infer.CUES.airless)
    spoken = scene("")
    flying = {
        name: infer.flies(Party(name=name, id=id, text=name), spoken)
        for name, id in (("coalition", "cjtf-oir"), ("SDF", "sdf"), ("Israel", "isr-gov"), ("PA", "pse-gov"))
    }
    assert flying == {"coalition": True, "SDF": False, "Israel": True, "PA": False}
