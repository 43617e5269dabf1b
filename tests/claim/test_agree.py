"""What the words of a report leave open is told by what the rest of it says of the same place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spoken import claims, doc, scene, word
from tadmor.claim.agree import agentless, agreed, left_to, one_more, until_lost
from tadmor.claim.draft import Draft
from tadmor.records import Claim, Days, Party, Quote, Where

IS = Party(name="Islamic State", id="is", text="Islamic State")
IRAQ = Party(name="Iraqi government", id="irq-gov", text="Iraqi forces")
MOSUL = Where(name="Mosul", text="Mosul")


def claim(type: str, actor: Party | None, at: int, opponent: Party | None = None, **fields: object) -> Claim:
    said = {"where": MOSUL, "days": Days(first=date(2017, 7, 1), last=date(2017, 7, 1)), "modality": "asserted"}
    return Claim(
        id=f"c{at}", report_id="r", kind="control", type=type, actor=actor, opponent=opponent,
        quote=Quote(start=at, end=at + 1), rule="-", **(said | fields),
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("The town of Azaz fell on Friday.", "fell", True),
        ("The town of Azaz was captured on Friday.", "captured", True),
        ("The town of Azaz was captured by rebels on Friday.", "captured", False),
        ("Rebels captured the town of Azaz.", "captured", False),
        ("The liberation of Azaz was welcomed.", "liberation", True),
        ("Rebels took full control of Azaz.", "control", False),
        ("Kyiv denies the fall of Kherson.", "fall", True),
    ],
)
def test_words_name_who_did_it_or_nobody(text: str, trigger: str, expected: bool) -> None:
    parsed = doc(text)
    draft = Draft(rule="-", kind="control", type="gains", trigger=word(parsed, trigger))
    assert agentless(draft, scene(parsed)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Azaz was also seized.", True), ("Azaz was seized as well.", True), ("Azaz was seized.", False)],
)
def test_what_is_told_as_one_more_says_so(text: str, expected: bool) -> None:
    assert one_more(word(doc(text), "seized")) is expected


def test_who_is_said_to_hold_a_place_is_not_the_one_to_whom_it_fell() -> None:
    made = scene(doc("Mosul fell."))
    fell = claim("gains", IS, 0, IRAQ)
    made.unsaid[fell.quote, fell.type] = False
    told = [fell, claim("holds", IS, 2), claim("gains", IRAQ, 4, IS)]
    found = agreed(fell, told, "Mosul fell.", made)
    assert (found.actor, found.opponent) == (IRAQ, IS)
    assert found.id != fell.id
    made.unsaid.clear()  # the same where its own words name him
    assert agreed(fell, told, "Mosul fell.", made) is fell


def test_two_who_came_for_a_place_leave_open_who_took_it() -> None:
    made = scene(doc("Mosul fell."))
    fell = claim("gains", IS, 0, None)
    made.unsaid[fell.quote, fell.type] = False
    iran = Party(name="Iran", id="irn-gov", text="Iran")
    told = [fell, claim("holds", IS, 2), claim("contests", IRAQ, 4), claim("contests", iran, 6)]
    assert agreed(fell, told, "Mosul fell.", made) is fell


def test_nobody_denies_that_he_took_it_himself() -> None:
    (entry,) = [c for c in claims("Baghdad denied the fall of Ramadi to militants.") if c.type == "gains"]
    assert entry.modality == "denied"
    assert entry.actor is not None and entry.actor.name != "Iraqi government"


@given(
    first=st.dates(date(2014, 1, 1), date(2017, 6, 1)),
    lost=st.dates(date(2013, 1, 1), date(2018, 1, 1)),
    over=st.booleans(),
)
def test_what_had_been_held_was_held_until_it_was_lost(first: date, lost: date, over: bool) -> None:
    made = scene(doc("Mosul fell."))
    published = date(2017, 7, 1)
    held = claim("holds", IS, 0, days=Days(first=first, last=published))
    if over:
        made.over.add((held.quote, held.type))
    found = until_lost(held, [held, claim("loses", IS, 2, days=Days(first=lost, last=lost))], made)
    assert found.days.first == first
    ends = over and first < lost <= published
    assert found.days.last is not None
    assert (found.days.last < lost) if ends else found == held


def test_a_loss_is_to_who_came_for_places_in_those_days() -> None:
    azaz = Where(name="Azaz", text="Azaz")
    lost = claim("loses", IS, 1, where=azaz)
    came = claim("gains", IRAQ, 2, IS)
    told = scene(doc("-"))
    assert left_to(lost, [lost, came], told).opponent == IRAQ
    later = claim("gains", IRAQ, 2, IS, days=Days(first=date(2018, 1, 1), last=date(2018, 1, 1)))
    others = claim("advances", Party(name="PKK", id="pkk", text="PKK"), 3, IS)
    for told_too in ([later], [], [came, others], [claim("gains", IRAQ, 2, IS, modality="planned")]):
        assert left_to(lost, [lost, *told_too], told).opponent is None
