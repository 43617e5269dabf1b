"""What a headline says and the body tells again is one claim; what only the headline says stays."""

from __future__ import annotations

import msgspec
import pytest

from spoken import reading, report
from tadmor.claim.read import read
from tadmor.records import Claim, Segment

BODY = (
    "Syrian government warplanes bombed a market in the town of Douma on Monday, killing at least 44 people, "
    "the Syrian Observatory for Human Rights said. Rebels captured the town of Azaz on Sunday."
)


def told(headline: str, body: str = BODY) -> tuple[Claim, ...]:
    whole = report(f"{headline}\n\n{body}")
    segments = (
        Segment(role="headline", start=0, end=len(headline)),
        Segment(role="body", start=len(headline) + 2, end=len(whole.text)),
    )
    (one,) = read([msgspec.structs.replace(whole, segments=segments)])
    return one.claims


@pytest.mark.parametrize(
    "headline",
    ["Syrian air strikes kill at least 44", "Air strikes kill 44 in Syria", "Air strike hits market in Douma"],
)
def test_the_headline_is_a_further_quote_of_what_the_body_tells(headline: str) -> None:
    (strike,) = [c for c in told(headline) if c.type == "Air/drone strike"]
    assert strike.where is not None
    assert strike.where.name == "Douma"
    assert strike.quote.start > len(headline)
    assert [q.start < len(headline) for q in strike.also] == [True]


def test_a_headline_may_stand_last() -> None:
    headline = "Air strikes kill 44 in Syria"
    whole = report(f"{BODY}\n\n{headline}")
    start = len(BODY) + 2
    segments = (
        Segment(role="body", start=0, end=len(BODY)),
        Segment(role="headline", start=start, end=len(whole.text)),
    )
    (one,) = read([msgspec.structs.replace(whole, segments=segments)])
    (strike,) = [c for c in one.claims if c.type == "Air/drone strike"]
    assert strike.quote.start < start
    assert [q.start >= start for q in strike.also] == [True]


@pytest.mark.parametrize(
    "headline",
    ["Air strikes kill 12 in Aleppo", "Air strikes kill 7 in Syria", "Israeli air strikes hit Damascus"],
)
def test_another_place_party_or_toll_is_another_claim(headline: str) -> None:
    strikes = [c for c in told(headline) if c.type == "Air/drone strike"]
    assert len(strikes) == 2
    assert all(not c.also for c in strikes)


def test_a_claim_of_the_body_keeps_its_id() -> None:
    headline = "Rebels seize Azaz"
    (with_headline,) = [c for c in told(headline) if c.type == "gains"]
    assert with_headline.also
    alone = [c for c in reading(f"{' ' * len(headline)}\n\n{BODY}").claims if c.type == "gains"]
    assert [c.id for c in alone] == [with_headline.id]
