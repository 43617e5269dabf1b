"""The invented war is the same whenever it is made, and uneven as real ones are."""

from __future__ import annotations

from collections import Counter

from bench.invented_war import LARGEST, War
from bench.rebuild import update


def test_the_same_seed_makes_the_same_war() -> None:
    one, two, other = ([*War(200, seed=seed).stories()] for seed in (5, 5, 6))
    assert one == two != other


def test_some_places_are_spoken_of_far_more_than_most() -> None:
    war = War(5_000)
    claims = [claim for story in war.stories() for reading in story for claim in reading.claims]
    tally = sorted(Counter(claim.where.name for claim in claims if claim.where).values())
    assert 4_500 < len(claims) < 5_500
    assert len({claim.id for claim in claims}) == len(claims)
    assert tally[-1] > 0.8 * LARGEST * len(claims)
    assert tally[len(tally) // 2] < len(claims) / len(tally) / 2


def test_words_stand_where_their_claims_say() -> None:
    for story in War(100).stories():
        for reading in story:
            for claim in reading.claims:
                assert claim.where
                assert claim.where.name in reading.report.text[claim.quote.start : claim.quote.end]
            assert [claim.type for claim in reading.claims] == [claim.type for claim in story[0].claims]


def test_updates_are_timed() -> None:
    small, large, scanned = update(2, large=40, beside=60)
    assert len(small) == len(large) == 2
    assert all(seconds > 0 for seconds in [*small, *large, scanned])
