"""Confidence is compared with the share of claims that are right, bin by bin."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import reliability
from bench.reliability import Judged

CLAIMS = st.lists(st.builds(Judged, st.sampled_from(reliability.KINDS), st.floats(0, 1), st.booleans()), min_size=1)


def said(confidence: float, right: int, wrong: int) -> list[Judged]:
    return [Judged("event", confidence, True)] * right + [Judged("event", confidence, False)] * wrong


def test_confidence_that_holds_has_no_error() -> None:
    claims = said(0.75, 3, 1) + said(0.25, 1, 3)
    assert reliability.calibration_error(claims) == pytest.approx(0)
    assert reliability.brier(claims) == pytest.approx(0.1875)


def test_a_bin_counts_as_much_as_it_holds() -> None:
    claims = said(0.9, 0, 1) + said(0.5, 3, 3)
    assert reliability.calibration_error(claims) == pytest.approx(0.9 / 7)


@given(CLAIMS)
def test_each_claim_is_in_one_bin_and_scores_are_shares(claims: list[Judged]) -> None:
    bins = reliability.bins(claims)
    assert sum(one.number for one in bins) == len(claims)
    assert all(one.low - 1e-9 <= one.said <= one.high + 1e-9 for one in bins)
    assert all(0 <= figure <= 1 for figure in reliability.figures(claims).values())
    assert len(reliability.table(claims)) == len(bins) + 1


def test_no_claims_are_no_error() -> None:
    assert set(reliability.figures([]).values()) == {0.0}


def test_what_repeats_a_right_claim_is_left_out() -> None:
    def match(gold: Any, found: Any) -> list[tuple[int, int, float]]:
        return [(0, 1, 1.0)]

    def spare(claim: Any, gold: Any, pairs: Any) -> bool:
        return bool(claim["type"] == "gains")

    claims = [{"kind": "control", "type": type, "confidence": 0.6} for type in ("holds", "gains", "gains")]
    found = {"one": claims, "not annotated": claims}
    judged = reliability.judged({"one": [{}], "unread": [{}]}, found, SimpleNamespace(match=match, spare=spare))
    assert [claim.right for claim in judged if claim.kind == "control"][:2] == [False, True]
