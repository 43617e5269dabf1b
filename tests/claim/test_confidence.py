"""How likely a claim is to be read rightly."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spoken import claims, doc, word
from tadmor.claim import learned
from tadmor.claim.confidence import LEAST, confidence, traits
from tadmor.claim.draft import Draft
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, RELATION_TYPES, Claim, Count, Days, Party, Quote, Where

TYPES = {"control": CONTROL_TYPES, "event": EVENT_TYPES, "relation": RELATION_TYPES}
SENTENCES = {
    "control": "Rebels captured Palmyra on Monday.",
    "event": "Russian warplanes bombed Idlib on Monday.",
    "relation": "US-backed rebels left.",
}
ODDS = st.tuples(*[st.floats(0, 1)] * 4)
PARTIES = st.sampled_from(
    [None, Party(name="rebels", text="rebels"), Party(name="Russia", id="rus-gov", text="Moscow")]
)
PLACES = st.sampled_from(
    [
        None,
        Where(name="Nowhere Hill", text="Nowhere Hill"),
        Where(name="Palmyra", id="gn:163808", text="Palmyra", precision="exact", part="outskirts"),
        Where(name="Palmyra", id="gn:163808", text="Palmyra", precision="near", near=True),
    ]
)
TRIGGER = word(doc("Rebels captured Palmyra."), "captured")


@st.composite
def read(draw: st.DrawFn) -> tuple[Claim, Draft]:
    """Any claim with its draft, whatever is filled in."""
    kind = draw(st.sampled_from(sorted(TYPES)))
    type = draw(st.sampled_from(sorted(TYPES[kind])))
    claim = Claim(
        id="c",
        report_id="r",
        kind=kind,
        type=type,
        actor=draw(PARTIES),
        opponent=draw(PARTIES),
        where=draw(PLACES),
        days=draw(st.sampled_from([Days(), Days(first=date(2016, 1, 1), last=date(2016, 1, 1), basis="stated")])),
        modality=draw(st.sampled_from(["asserted", "hedged", "denied", "possible", "planned"])),
        sources=draw(st.sampled_from([(), ("residents",), ("residents", "Reuters", "SANA")])),
        count=draw(st.sampled_from([None, Count(killed=(1, None))])),
        quote=Quote(start=0, end=1),
        rule="r",
    )
    return claim, Draft(rule="r", kind=kind, type=type, trigger=TRIGGER, odds=draw(ODDS))


@given(read())
def test_whatever_is_known_of_a_claim_its_confidence_is_a_probability(one: tuple[Claim, Draft]) -> None:
    """Known parties, no place, a part, a toll, sources, odds of nought or one: nothing breaks it."""
    found = traits(*one)
    assert len(found) == len(set(found))
    assert 0 < confidence(found) < 1


@given(read(), st.lists(st.text(min_size=1)))
def test_what_the_weights_do_not_know_changes_nothing(one: tuple[Claim, Draft], more: list[str]) -> None:
    found = traits(*one)
    unknown = [f"no such trait {name}" for name in more]
    assert confidence([*found, *unknown]) == confidence(found)


def test_without_anything_that_speaks_for_or_against_it_is_even() -> None:
    assert confidence(()) == 0.5


@pytest.mark.parametrize("party", ["actor", "opponent"])
@pytest.mark.parametrize(
    ("who", "said"),
    [
        (None, "none"),
        (Party(name="gunmen", text="gunmen"), "new"),
        (Party(name="Russia", id="rus-gov", text="Moscow"), "known"),
    ],
)
def test_it_is_told_whether_a_party_is_known(party: str, who: Party | None, said: str) -> None:
    claim = Claim(
        id="c", report_id="r", kind="control", type="gains", quote=Quote(start=0, end=1), rule="r", **{party: who}
    )
    found = traits(claim, Draft(rule="r", kind="control", type="gains", trigger=TRIGGER))
    assert [t for t in found if t.startswith(f"control {party} ") and t.split()[-1].isalpha()] == [
        f"control {party} {said}"
    ]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=2).map(sorted))
def test_likelier_odds_stand_no_lower_on_the_scale(odds: list[float]) -> None:
    steps = []
    for p in odds:
        draft = Draft(rule="r", kind="event", type="Attack", trigger=TRIGGER, odds=(p, 0.5, 0.5, 0.5))
        claim = Claim(id="c", report_id="r", kind="event", type="Attack", quote=Quote(start=0, end=1), rule="r")
        (step,) = [t for t in traits(claim, draft) if t.startswith("set off ")]
        steps.append(int(step.split()[-1]))
    assert steps == sorted(steps)


def test_the_shipped_weights_of_confidence_are_there() -> None:
    assert {"all", "control", "event", "relation"} <= learned.load().confidence.keys()


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_what_is_less_sure_than_the_least_is_not_given_out(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (claim,) = [c for c in claims(SENTENCES[kind]) if c.kind == kind]
    assert LEAST[kind] <= claim.confidence <= 1
    monkeypatch.setitem(LEAST, kind, claim.confidence - 0.001)  # rounded to three digits
    assert [c.id for c in claims(SENTENCES[kind]) if c.kind == kind] == [claim.id]
    monkeypatch.setitem(LEAST, kind, claim.confidence + 0.001)
    assert [c for c in claims(SENTENCES[kind]) if c.kind == kind] == []


def test_the_least_is_a_probability_for_each_kind() -> None:
    assert LEAST.keys() == TYPES.keys()
    assert all(0 < least < 1 for least in LEAST.values())
