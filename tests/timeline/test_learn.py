"""Learning from claims alone who is to be believed."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_properties import wars
from told import KNOWLEDGE, told

from tadmor.records import Heard, TrackRecord, WeightSet
from tadmor.timeline.learn import learn, with_learned
from tadmor.timeline.weigh import Knowledge, hear
from tadmor.timeline.weights import load

START = date(2020, 1, 1)
Places = list[tuple[str, list[Heard]]]


def knowing(**rule: object) -> Knowledge:
    """What the tests know, with other settings for learning."""
    weights = load()
    return KNOWLEDGE._replace(
        weights=msgspec.structs.replace(weights, learn=msgspec.structs.replace(weights.learn, **rule))
    )


def track(learned: WeightSet, voice: str) -> TrackRecord:
    return next(one for one in learned.voices if one.voice == voice)


def places(*speakers: tuple[str, str], number: int = 20) -> Places:
    """Of each place each speaker says, a day after the other, who holds it."""
    return [
        (
            f"p{at}",
            [
                told(f"{at} {who}", "holds", holder, START + timedelta(day), by=(who,))
                for day, (who, holder) in enumerate(speakers)
            ],
        )
        for at in range(number)
    ]


AGREED = (("Observatory", "South"), ("Watch", "South"), ("residents", "South"))


def test_who_is_contradicted_loses_and_who_is_borne_out_gains() -> None:
    learned = learn(places(*AGREED, ("Wire", "North")), KNOWLEDGE)
    liar, honest = track(learned, "wire"), track(learned, "watch")
    assert liar.learned < 0.75 < liar.prior
    assert honest.learned > honest.prior
    assert (liar.borne_out, liar.contradicted) == (0, 20)
    assert (honest.borne_out, honest.contradicted) == (20, 0)
    assert liar.low < liar.learned < liar.high
    assert liar.expected < 2 < 18 < honest.expected <= honest.claims <= 20


def test_nobody_confirms_itself() -> None:
    alone = [(f"p{at}", [told(f"{at} {k}", "holds", "South", START + timedelta(30 * k), by=("Watch",)) for k in (0, 1)])
             for at in range(20)]  # fmt: skip
    assert learn(alone, KNOWLEDGE).voices == ()


def test_a_claim_of_which_others_know_nothing_moves_nothing() -> None:
    known = places(*AGREED)
    late = START + timedelta(20_000)  # by then all that others said has faded
    unknown = [(id, [*heard, told(f"{id} late", "holds", "North", late, by=("Watch",))]) for id, heard in known]
    before, after = (track(learn(some, KNOWLEDGE), "watch") for some in (known, unknown))
    assert after.learned == pytest.approx(before.learned, abs=0.01)
    assert after.high - after.low == pytest.approx(before.high - before.low, abs=0.01)


@pytest.mark.parametrize("number", [1, 5, 40])
def test_the_fewer_claims_the_nearer_to_the_prior(number: int) -> None:
    (few, more) = (
        learn(places(*AGREED, ("Wire", "North"), number=n), knowing(least_claims=0.5)) for n in (number, number + 10)
    )
    assert 0.92 > track(few, "wire").learned > track(more, "wire").learned


def test_with_too_few_claims_a_voice_is_left_at_its_prior() -> None:
    assert learn(places(*AGREED, number=3), KNOWLEDGE).voices == ()


def test_a_party_is_blamed_less_for_what_it_says_in_its_own_favour() -> None:
    """Its word counts less anyhow, and that is not to be counted twice."""
    others = [(name, "North") for name, _ in AGREED]
    own = track(learn(places(*others, ("Southern Agency", "South")), KNOWLEDGE), "southern-agency")
    neutral = track(learn(places(*others, ("Southern Agency", "Tribe")), KNOWLEDGE), "southern-agency")
    assert neutral.learned < own.learned < own.prior


def test_a_copy_counts_for_nobody_where_its_origin_cannot_be_told() -> None:
    some = places(*AGREED)
    copied = [
        (id, [*heard, *(told(f"{id} {who}", "holds", "North", START, outlet=who, story=id) for who in ("A", "B"))])
        for id, heard in some
    ]
    assert {one.voice for one in learn(copied, KNOWLEDGE).voices}.isdisjoint({"a", "b"})
    named = [(id, heard[:-1]) for id, heard in copied]
    assert track(learn(named, KNOWLEDGE), "a").contradicted == 20


def test_of_many_claims_some_places_are_taken_the_same_ones_every_time() -> None:
    some = places(*AGREED, ("Wire", "North"), number=60)
    learned = learn(some, knowing(most_claims=100))
    assert (learned.places, learned.claims) == (25, 100)
    assert learned == learn(some[::-1], knowing(most_claims=100))


def test_what_was_learned_is_used() -> None:
    learned = learn(places(*AGREED, ("Wire", "North")), KNOWLEDGE)
    weights = with_learned(KNOWLEDGE.weights, learned)
    assert with_learned(KNOWLEDGE.weights, None) is KNOWLEDGE.weights
    (said,) = hear([told("c", "holds", "South", START, by=("Wire",))], KNOWLEDGE._replace(weights=weights))
    assert said.weight.prior == track(learned, "wire").learned


def test_a_prior_of_the_voice_itself_goes_before_that_of_its_kind() -> None:
    weights = msgspec.structs.replace(KNOWLEDGE.weights, sources={"wire": 0.7})
    low = track(learn(places(*AGREED, ("Wire", "North")), KNOWLEDGE._replace(weights=weights)), "wire")
    assert low.prior == 0.7
    assert low.learned < track(learn(places(*AGREED, ("Wire", "North")), KNOWLEDGE), "wire").learned


@settings(max_examples=20)
@given(st.lists(wars, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_learning_again_in_another_order_gives_the_same_set_to_the_byte(
    told: list[list[Heard]], random: object
) -> None:
    some = [(f"p{at}", heard) for at, heard in enumerate(told)]
    mixed = [(id, list(heard)) for id, heard in some]
    random.shuffle(mixed)  # type: ignore[attr-defined]
    for _, heard in mixed:
        random.shuffle(heard)  # type: ignore[attr-defined]
    few = knowing(least_claims=0.1)
    assert msgspec.json.encode(learn(some, few)) == msgspec.json.encode(learn(mixed, few))


@settings(max_examples=20)
@given(st.lists(wars, min_size=1, max_size=4))
def test_what_is_learned_keeps_within_its_bounds(told: list[list[Heard]]) -> None:
    for one in learn([(f"p{at}", heard) for at, heard in enumerate(told)], knowing(least_claims=0.1)).voices:
        assert 0.5 < one.low <= one.learned <= one.high < 1
        assert 0 <= one.expected <= one.claims
        assert one.borne_out >= 0 <= one.contradicted
