"""Traits are spelled as they say, and each once."""

from __future__ import annotations

import pytest

from tadmor.claim import trait
from tadmor.claim.trait import Trait


@pytest.mark.parametrize(
    ("form", "said", "spelled"), [("tag {}", "NN", "tag NN"), ("armed{:d}", True, "armed1"), ("sure{}", 0.7, "sure0.7")]
)
def test_a_trait_is_one_and_the_same_string_each_time(form: str, said: object, spelled: str) -> None:
    kind = Trait(form)
    first = kind[said]
    assert first == spelled
    assert kind[said] is first
    assert Trait(form)[said] is first


def test_no_more_are_kept_than_reports_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of hostile reports are without end."""
    monkeypatch.setattr(trait, "MOST", 3)
    kind = Trait("lemma {}")
    assert [kind[f"w{n}"] for n in range(9)] == [f"lemma w{n}" for n in range(9)]
    assert len(kind) == 3
