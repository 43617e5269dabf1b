"""What speaks for a candidate, and who is chosen."""

from __future__ import annotations

from collections import Counter

import pytest

from spoken import doc, scene, sentence, word
from tadmor.claim import learned
from tadmor.claim.candidates import Candidate, parties, places
from tadmor.claim.choose import NOWHERE, Options, Setting, Trigger, choose, features
from tadmor.claim.learned import ROLES
from tadmor.claim.paths import Paths
from tadmor.claim.read import _remember
from tadmor.claim.told import Told
from tadmor.claim.tree import Token
from tadmor.claim.who import Named
from tadmor.records import Party


def candidate(token: Token, name: str) -> Candidate:
    return Candidate(token, name, Named(Party(name=name, text=token.text), True, 1.0), None, ("is-NOUN",))


def rule(chosen: frozenset[str], name: str | None, kin: frozenset[str] = frozenset()) -> set[str]:
    """What the features of a candidate (None: nobody) say of the frames' choice."""
    parsed = doc("Rebels captured Raqqa.")
    trigger = word(parsed, "captured")
    option = candidate(parsed[0], name) if name is not None else None
    found = features("gains", "control", Paths(trigger), option, chosen, kin)
    return {trait for _, traits in found for trait in traits if trait.startswith("rule-")}


@pytest.mark.parametrize(
    ("chosen", "name", "said"),
    [
        (frozenset(), "rebels", "rule-none"),
        (frozenset({"rebels"}), "rebels", "rule-same"),
        (frozenset({""}), "rebels", "rule-null"),
        (frozenset({"Hezbollah"}), "rebels", "rule-other"),
        (frozenset(), None, "rule-none"),
        (frozenset({""}), None, "rule-same"),
        (frozenset({"rebels"}), None, "rule-other"),
    ],
)
def test_features_say_whether_the_frames_had_the_candidate(chosen: frozenset[str], name: str | None, said: str) -> None:
    assert rule(chosen, name) == {said}


TEXT = "Islamic State left Raqqa. US-backed rebels captured the town of Azaz from Hezbollah near Aleppo."


@pytest.mark.parametrize("type", ["gains", "loses", "Armed clash"])
@pytest.mark.parametrize("role", ROLES)
def test_who_is_chosen_is_the_likeliest_by_all_features(role: learned.Role, type: str) -> None:
    """Choosing looks features up piece by piece and sums them beforehand; `features` are what was trained on."""
    parsed = doc(TEXT)
    made = scene(parsed)
    for one in parsed.sents:
        _remember(one, made)
    one, kind = sentence(parsed, 1), learned.KINDS[type]
    trigger = Trigger(word(parsed, "captured"))
    told = Told()
    told.add("Islamic State", "Hezbollah", "Raqqa")
    among = places(one, made) if role == "place" else parties(one, made)
    options = [
        list(
            features(
                *(type, kind, trigger.paths, c, frozenset(), frozenset()),
                told.of(role, c.name if c else "", None, c.named if c else None, made),
            )
        )
        for c in [*among, None]
    ]
    likely = learned.load().rankers[role].probabilities(options)
    assert sum(likely) == pytest.approx(1)
    share: Counter[str] = Counter()
    for option, p in zip([*among, None], likely, strict=True):
        share[option.name if option else ""] += p  # type: ignore[assignment]
    if role == "place":
        share[""] *= NOWHERE  # type: ignore[assignment]
    assert {c.token is None for c in among} == {True, False}
    best, sure = choose(role, Setting(type, kind, trigger, (), ()), Options(among), None, told, made)
    assert (best.name if best else "") == max(share, key=lambda name: share[name])
    assert sure == pytest.approx(max(share.values()) / sum(share.values()), rel=1e-4)
