"""From words to drafts: the learned reading with the frames as its advisers.

The sentences are ones of which the weights are quite sure, so that training them anew changes nothing here.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from spoken import DAY, claims, doc, word
from tadmor.claim import learned
from tadmor.claim.draft import Draft
from tadmor.claim.match import drafts
from tadmor.claim.propose import _follow, propose
from tadmor.claim.read import _remember
from tadmor.claim.scene import Scene
from tadmor.claim.told import Told


def proposed(text: str, *, frames: bool = True, told: Told | None = None) -> list[Draft]:
    """The drafts of the last sentence, with or without the advice of the frames."""
    parsed = doc(text)
    scene = Scene([parsed], published=DAY, dateline=None)
    sheet = learned.Sheet(parsed)
    found: list[Draft] = []
    for one in parsed.sents:
        _remember(one, scene)
        advice = drafts(one, scene) if frames else []
        found = propose(one, scene, advice, "body", sheet, told if told is not None else Told(), learned.Course())
    return found


def of(found: list[Draft], *types: str) -> list[Draft]:
    return [draft for draft in found if draft.type in types]


def where(draft: Draft) -> tuple[str, str | None]:
    assert draft.place is not None
    return draft.place.where.name, draft.place.where.part


@pytest.mark.parametrize("frames", [True, False])
@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Rebels captured the eastern half of the city of Aleppo.", ("Aleppo", "eastern half")),
        ("The army captured the eastern half of the city of Aleppo.", ("Aleppo", "eastern half")),
        ("Islamic State fighters seized the eastern half of the city of Palmyra.", ("Palmyra", "eastern half")),
    ],
)
def test_a_part_is_kept_however_far_from_the_name_it_stands(text: str, part: tuple[str, str], frames: bool) -> None:
    """Whether the frames found it or the learned reading alone; none of its drafts is about the whole city."""
    found = of(proposed(text, frames=frames), "gains", "gains_part")
    assert {where(draft) for draft in found} == {part}
    assert {draft.type for draft in found} == {"gains_part"}


def test_a_part_is_one_claim() -> None:
    (claim,) = [c for c in claims("Rebels captured the eastern half of the city of Aleppo.") if c.kind == "control"]
    assert claim.where is not None and claim.where.part == "eastern half"


@pytest.mark.parametrize("frames", [True, False])
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Rebels captured the towns of Azaz, Marea and Jarabulus.", ["Azaz", "Marea", "Jarabulus"]),
        ("Rebels captured Azaz, Marea and Jarabulus in Syria on Monday.", ["Azaz", "Marea", "Jarabulus"]),
        ("Rebels captured Palmyra on Monday.", ["Palmyra"]),
    ],
)
def test_listed_places_give_one_draft_each(text: str, names: list[str], frames: bool) -> None:
    found = of(proposed(text, frames=frames), "gains")
    assert [where(draft)[0] for draft in found] == names
    assert {draft.actor.party.name if draft.actor else None for draft in found} == {"rebels"}


@pytest.mark.parametrize("frames", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "The Syrian army took control of Palmyra.",
        "Government forces took control of Palmyra on Sunday.",
        "Government forces took full control of the city of Palmyra on Sunday.",
    ],
)
def test_what_two_words_of_one_phrase_say_is_one_draft(text: str, frames: bool) -> None:
    (draft,) = of(proposed(text, frames=frames), "gains")
    assert draft.trigger.text in ("took", "control")
    assert where(draft) == ("Palmyra", None)


@pytest.mark.parametrize("text", ["The cat sat on the mat.", "...", "The minister signed the paper.", "Palmyra"])
def test_where_nothing_is_told_nothing_is_proposed(text: str) -> None:
    assert proposed(text) == []


def test_a_word_that_no_frame_advised_at_is_told_by_its_rule() -> None:
    (own,) = of(proposed("Rebels captured Palmyra on Monday.", frames=False), "gains")
    (advised,) = of(proposed("Rebels captured Palmyra on Monday."), "gains")
    assert (own.rule, own.frame) == ("learned-capture", None)
    assert advised.frame is not None and advised.rule == advised.frame.id


def test_drafts_come_in_the_order_of_the_text_and_say_how_likely_they_are() -> None:
    found = proposed("Rebels captured Azaz on Monday, and the army captured Palmyra on Tuesday.")
    assert [draft.trigger.i for draft in found] == sorted(draft.trigger.i for draft in found)
    assert len(of(found, "gains")) == 2
    assert all(0 <= p <= 1 for draft in found for p in (draft.confidence, *draft.odds))
    assert all(draft.odds[0] == pytest.approx(draft.confidence) for draft in found)


def test_nobody_is_his_own_opponent() -> None:
    for text in (
        "Rebels and Islamic State fought near Marea.",
        "The Syrian army and the army's allies attacked Palmyra.",
        "Rebels captured Azaz from rebels.",
        "US-backed rebels captured Raqqa from Islamic State.",
    ):
        found = proposed(text)
        assert found
        for draft in found:
            if draft.actor is not None and draft.opponent is not None:
                assert draft.actor.party.name != draft.opponent.party.name, text


def test_a_backer_and_those_backed_are_related() -> None:
    (draft,) = of(proposed("US-backed rebels captured Raqqa."), "backs")
    assert draft.actor is not None and draft.opponent is not None and draft.place is None
    assert (draft.actor.party.name, draft.opponent.party.name) == ("United States", "rebels")


def test_what_is_proposed_is_remembered_for_what_follows() -> None:
    told = Told()
    proposed("Rebels captured Palmyra on Monday.", told=told)
    assert (told.names["actor"][0], told.names["place"][0]) == ("rebels", "Palmyra")


@pytest.mark.parametrize(("seen", "found"), [(0, ["capture"]), (1e9, [])])
def test_a_frame_counts_the_more_the_less_was_learned(
    seen: float, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here the network takes no word for a claim: a frame alone is believed of what was never seen."""
    reader = learned.load()
    never = msgspec.structs.replace(
        reader,
        out=np.zeros_like(reader.out),
        out_bias=np.full_like(reader.out_bias, -20),
        seen=np.full_like(reader.seen, seen),
    )
    monkeypatch.setattr(learned, "load", lambda: never)
    assert [draft.rule for draft in proposed("Rebels captured Palmyra on Monday.")] == found
    assert proposed("Rebels captured Palmyra on Monday.", frames=False) == []


def test_a_word_of_the_actors_phrase_is_no_opponent() -> None:
    found = of(proposed("Al-Foua in Syria has been besieged by terrorist organisations since 2015."), "besieges")
    assert found and all(d.opponent is None or "terrorist" not in d.opponent.party.name for d in found)


def test_captives_are_no_places() -> None:
    found = proposed("Kurdish forces captured five Islamic State militants near Hasakah in Syria.")
    assert not of(found, "gains", "gains_part", "holds")


@pytest.mark.parametrize(
    ("text", "type", "actor"),
    [
        ("The Syrian army lost control of Palmyra.", "loses", "Syrian government"),
        ("Palmyra in Syria has fallen from army control.", "loses", "Syrian government"),
        ("Syrian rebels liberated the town of Dabiq from Islamic State control.", "gains", "rebels"),
    ],
)
def test_who_lost_is_told_from_who_gained(text: str, type: str, actor: str) -> None:
    (found,) = of(proposed(text), "gains", "loses")
    assert found.type == type and found.actor is not None and found.actor.party.name == actor


CLASH, STRIKE = learned.TYPES.index("Armed clash"), learned.TYPES.index("Air/drone strike")


@pytest.mark.parametrize(
    ("text", "said", "before", "strike", "likeliest"),
    [
        ("Three more people died.", "died", "Air/drone strike", 0.05, STRIKE),
        ("Three people were killed.", "killed", "Air/drone strike", 0.05, STRIKE),
        ("Rebels killed three people.", "killed", "Air/drone strike", 0.05, CLASH),  # they did it, and have no jets
        ("Three more people died.", "died", None, 0.05, CLASH),
        ("Three more people died.", "died", "Air/drone strike", 0.01, CLASH),
        ("Troops fought in the town.", "fought", "Air/drone strike", 0.05, CLASH),
    ],
)
def test_who_only_tells_of_the_dead_tells_of_the_violence_before(
    text: str, said: str, before: str | None, strike: float, likeliest: int
) -> None:
    sure = np.zeros((1, len(learned.TYPES)), dtype=np.float32)
    sure[0, [CLASH, STRIKE]] = 0.5, strike
    _follow(sure, [word(doc(text), said)], before)
    assert (sure[0].argmax(), sure[0].max()) == (likeliest, 0.5)


@pytest.mark.parametrize(
    ("text", "besiegers"),
    [
        ("Rebels broke the siege of eastern Aleppo on Saturday.", {None, "Syrian government"}),
        ("Rebels tore a hole in the blockade of eastern Aleppo on Saturday.", {None, "Syrian government"}),
        ("Rebels broke the army's siege of eastern Aleppo on Saturday.", {"Syrian government"}),
        ("The siege of eastern Aleppo by the army continued.", {"Syrian government"}),
    ],
)
def test_who_ends_a_siege_is_not_the_besieger(text: str, besiegers: set[str | None]) -> None:
    found = of(proposed(text), "besieges")
    assert found
    assert {draft.actor.party.name if draft.actor else None for draft in found} <= besiegers


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("French paratroopers and Malian soldiers are in control of the airport of Timbuktu.", "Malian government"),
        ("Malian soldiers and French paratroopers took Timbuktu.", "Malian government"),
        ("Russian and Syrian forces took Palmyra.", "Syrian government"),
        ("French paratroopers took Timbuktu.", "France"),
    ],
)
def test_of_two_that_take_a_place_its_own_lead(text: str, holder: str) -> None:
    found = of(proposed(text), "holds", "holds_part", "gains", "gains_part")
    assert {draft.actor.party.name for draft in found if draft.actor} == {holder}


def test_members_of_a_group_are_not_who_acts() -> None:
    text = "Rebel forces including fighters from the Al-Nusra Front seized the town of Azaz."
    assert {d.actor.party.name for d in of(proposed(text), "gains") if d.actor} == {"rebels"}


def test_an_event_and_the_verb_of_what_it_did_are_one() -> None:
    found = of(proposed("Air strikes in Idlib province struck a market and a hospital on Friday."), "Air/drone strike")
    assert [where(draft)[0] for draft in found] == ["Idlib Governorate"]


@pytest.mark.parametrize(
    ("text", "fell"),
    [
        ("Troops left Palmyra. It fell to a provincial governor to confirm it.", False),
        ("Troops left Palmyra. It fell to Islamic State.", True),
    ],
)
def test_a_task_that_falls_to_somebody_is_no_place(text: str, fell: bool) -> None:
    assert bool(of(proposed(text), "gains", "gains_part")) is fell


def test_general_news_are_not_of_a_place_that_a_pronoun_points_to() -> None:
    text = "Shells hit Douma. It began when the government cracked down on protests in Syria in March 2011."
    found = of(proposed(text), "Excessive force against protesters")
    assert [where(draft)[0] for draft in found] == ["Syria"]
