"""One claim for each thing said, however often and wherever a report tells it."""

import pytest

from spoken import claims

WIDE = "Air strikes on a market in northern Syria killed 61 people on Monday."


def strikes(text: str) -> list[tuple[str, int | None]]:
    """The places and dead of the strikes that a text tells of."""
    return [
        (c.where.name, c.count.killed[0] if c.count and c.count.killed else None)
        for c in claims(text)
        if c.type == "Air/drone strike" and c.where is not None
    ]


@pytest.mark.parametrize(
    "told",
    [
        "The raids on Atareb on Monday killed 61 people, a monitor said.",  # the same toll
        "The warplanes struck the town of Atareb on Monday.",  # the only one of that day
    ],
)
def test_what_is_first_told_of_a_country_happened_in_the_place_told_later(told: str) -> None:
    assert strikes(f"{WIDE} {told}") == [("Atareb", 61)]


def test_other_tolls_are_other_strikes() -> None:
    found = strikes(f"{WIDE} The raids on Atareb on Monday killed 12 people, a monitor said.")
    assert ("Syria", 61) in found
    assert ("Atareb", 12) in found


def test_what_is_told_of_the_country_keeps_both_quotes() -> None:
    text = f"{WIDE} The raids on Atareb on Monday killed 61 people, a monitor said."
    (claim,) = [c for c in claims(text) if c.type == "Air/drone strike"]
    quoted = [text[q.start : q.end] for q in (claim.quote, *claim.also)]
    assert any("northern Syria" in q for q in quoted)
    assert any("Atareb" in q for q in quoted)


@pytest.mark.parametrize(("second", "sources"), [("Amaq", ()), ("residents", ("residents",))])
def test_a_report_s_own_word_is_not_lent_to_the_party(second: str, sources: tuple[str, ...]) -> None:
    """That a party says the same does not make it the party's word alone; who has no side is named."""
    text = f"Islamic State captured the town of Azaz on Monday. Islamic State captured Azaz on Monday, {second} said."
    (claim,) = claims(text)
    assert claim.sources == sources


def test_what_one_part_lost_another_part_s_gain_does_not_tell() -> None:
    text = "Rebels in Aleppo abandoned the Old City after the army took districts in the north of Aleppo."
    lost = [c for c in claims(text) if c.type == "loses"]
    assert [(c.actor.name, c.where.part) for c in lost if c.actor and c.where] == [("rebels", "Old City")]
