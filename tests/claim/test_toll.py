"""Whose dead they are: a toll goes to the event it hangs together with, or to the one told just before."""

from __future__ import annotations

from spoken import DAY, claims, doc
from tadmor.claim.count import find_tolls
from tadmor.claim.draft import Draft
from tadmor.claim.match import drafts
from tadmor.claim.read import _remember
from tadmor.claim.scene import Scene
from tadmor.claim.toll import handed_on, of_war, with_tolls
from tadmor.records import Claim, Count, Quote


def tolls(text: str) -> dict[tuple[str, str], tuple[int | None, int | None] | None]:
    """Killed by type and place of each event of the text."""
    return {
        (c.type, c.where.name if c.where else ""): c.count.killed if c.count else None
        for c in claims(text)
        if c.kind == "event"
    }


def only(text: str) -> Claim:
    (claim,) = [c for c in claims(text) if c.kind == "event"]
    return claim


def claim(draft: Draft, killed: int | None = None) -> Claim:
    """The claim of a draft as the reader makes it, with its toll."""
    doc = draft.trigger.doc
    assert draft.kind == "event"
    return Claim(
        id=f"c{draft.trigger.i}",
        report_id="r1",
        kind="event",
        type=draft.type,
        actor=draft.actor.party if draft.actor else None,
        where=draft.place.where if draft.place else None,
        count=Count(killed=(killed, killed)) if killed is not None else None,
        quote=Quote(start=draft.trigger.sent.start_char, end=doc[draft.trigger.sent.end - 1].idx),
        rule=draft.rule,
    )


def test_two_attacks_in_one_sentence_each_have_their_own_toll() -> None:
    found = tolls("Shelling of Douma killed 12 people and an air strike on Harasta killed 9.")
    assert found == {
        ("Shelling/artillery/missile attack", "Douma"): (12, 12),
        ("Air/drone strike", "Harasta"): (9, 9),
    }


def test_a_toll_hangs_on_the_event_that_did_it_and_not_on_the_nearest_one() -> None:
    found = tolls(
        "A coalition air raid on Manbij where Kurdish fighters are battling Islamic State killed nine people."
    )
    assert found["Air/drone strike", "Manbij"] == (9, 9)


def test_joined_attacks_share_their_toll() -> None:
    found = tolls("Government air strikes and shelling in Douma killed 40 people.")
    assert set(found.values()) == {(40, 40)}
    assert len(found) == 2


def test_a_toll_in_the_next_sentence_belongs_to_the_event_before() -> None:
    claim = only("The army carried out air strikes on Irbin on Tuesday. The strikes killed five people.")
    assert claim.type == "Air/drone strike"
    assert claim.count is not None and claim.count.killed == (5, 5)
    assert len(claim.also) == 1


def test_the_wounded_in_the_next_sentence_complete_the_dead() -> None:
    claim = only("Rebel shelling of Nubl killed nine people. Another 22 people were wounded.")
    assert claim.count is not None and (claim.count.killed, claim.count.wounded) == ((9, 9), (22, 22))


def test_another_toll_of_another_source_is_a_second_claim_of_the_same_event() -> None:
    found = claims(
        "State media said rockets hit Aleppo on Friday, killing 30 people. The Observatory said 34 people were killed."
    )
    told = [(c.type, c.count.killed, c.sources) for c in found if c.count]
    assert [t[:2] for t in told] == [
        ("Shelling/artillery/missile attack", (30, 30)),
        ("Shelling/artillery/missile attack", (34, 34)),
    ]
    assert told[1][2] != told[0][2]


def test_a_toll_that_names_another_place_is_another_event() -> None:
    """As the frames have it: the bare toll is a claim of its own place, and is not handed on to the event before."""
    parsed = doc("The army shelled Douma on Tuesday. Seven people were killed in Aleppo.")
    made = Scene([parsed], published=DAY, dateline=None)
    first, second = parsed.sents
    told = find_tolls(second.text)
    _remember(first, made)
    _remember(second, made)
    ((shelling, none),) = with_tolls(drafts(first, made), find_tolls(first.text), first)
    ((killing, seven),) = with_tolls(drafts(second, made), told, second)
    assert none is None
    assert seven is not None and seven.killed == (7, 7)
    new, grown = handed_on([claim(killing, 7)], [claim(shelling)], told, second, made, [], 0)
    assert grown is None
    assert [(c.type, c.where and c.where.name, c.count and c.count.killed) for c in new] == [
        ("Attack", "Aleppo", (7, 7))
    ]


def test_a_bare_toll_of_the_same_place_is_handed_on_to_the_event_before() -> None:
    parsed = doc("The army shelled Douma on Tuesday. Seven people were killed in Douma.")
    made = Scene([parsed], published=DAY, dateline=None)
    first, second = parsed.sents
    told = find_tolls(second.text)
    _remember(first, made)
    _remember(second, made)
    ((shelling, _),) = with_tolls(drafts(first, made), (), first)
    ((killing, _),) = with_tolls(drafts(second, made), told, second)
    new, grown = handed_on([claim(killing, 7)], [claim(shelling)], told, second, made, [], 0)
    assert new == []
    assert grown is not None and grown.count is not None and grown.count.killed == (7, 7)


def test_some_of_the_dead_are_no_toll_of_the_event() -> None:
    found = tolls("An air strike hit Idlib on Tuesday. Five children were among the dead.")
    assert found["Air/drone strike", "Idlib"] is None


def test_the_dead_of_a_war_are_nobodys_attack() -> None:
    parsed = doc("The army shelled Douma on Sunday. More than 280,000 people have been killed since the war began.")
    made = Scene([parsed], published=DAY, dateline=None)
    first, second = parsed.sents
    for one in (first, second):
        _remember(one, made)
    ((draft, toll),) = of_war(find_tolls(second.text), second, made)
    assert (draft.type, draft.actor, draft.place and draft.place.where.name) == ("Other", None, "Syria")
    assert toll.killed == (280000, None)
    told = find_tolls(second.text)
    shelling = next(d for d in drafts(first, made) if d.type.startswith("Shelling"))
    assert handed_on([], [claim(shelling)], told, second, made, [], 0) == ([], None)


def test_the_dead_of_a_war_are_not_those_of_the_attack_before() -> None:
    found = claims("The army shelled Douma on Sunday. More than 280,000 people have been killed since the war began.")
    assert [c.count for c in found if c.type.startswith("Shelling")] == [None]
    assert {c.type for c in found if c.count} <= {"Other"}


def test_parts_that_stand_between_a_total_and_its_verb_leave_the_total() -> None:
    found = tolls("At least 24 people including five children and two women were killed in an air strike on Douma.")
    assert found == {("Air/drone strike", "Douma"): (24, None)}
