"""How sure a thing is said to be, from the words that govern its verb."""

import pytest

from spoken import doc, word
from tadmor.claim.stance import Stance, stance


def of(text: str, verb: str) -> Stance:
    return stance(word(doc(text), verb))


@pytest.mark.parametrize(
    ("text", "verb", "modality"),
    [
        ("The army captured the town.", "captured", "asserted"),
        ("The army has captured the town.", "captured", "asserted"),
        ("The army managed to capture the town.", "capture", "asserted"),
        ("The army did not capture the town.", "capture", "denied"),
        ("The army never captured the town.", "captured", "denied"),
        ("The army failed to capture the town.", "capture", "denied"),
        ("The army was unable to capture the town.", "capture", "denied"),
        ("The ministry denied that rebels captured the town.", "captured", "denied"),
        ("The army reportedly captured the town.", "captured", "hedged"),
        ("The army appears to have captured the town.", "captured", "hedged"),
        ("Rebels claimed to have captured the town.", "captured", "hedged"),
        ("The army has all but captured the town.", "captured", "hedged"),
        ("The army is said to have captured the town.", "captured", "hedged"),
        ("The army was reported to have captured the town.", "captured", "hedged"),
        ("Presumed rebels captured the town.", "captured", "hedged"),
        ("The army is suspected of having captured the town.", "captured", "hedged"),
        ("There are rumours that rebels captured the town.", "captured", "hedged"),
        ("Residents rejected reports that rebels captured the town.", "captured", "denied"),
        ("There is no evidence that rebels captured the town.", "captured", "denied"),
        ("Rebels pretended to have captured the town.", "captured", "denied"),
        ("The road enables the army to capture the town.", "capture", "possible"),
        ("The road enabled the army to capture the town.", "capture", "asserted"),
        ("Rebels are preparing for a battle in the town.", "battle", "planned"),
        ("Strikes were also reported near the town.", "Strikes", "hedged"),
        ("Strikes near the town were reported by residents.", "Strikes", "asserted"),
        ("The army confirmed reports that rebels captured the town.", "captured", "asserted"),
        ("Rebels want to leave the besieged town.", "besieged", "asserted"),
        ("The army vowed to capture the town.", "capture", "planned"),
        ("The army plans to capture the town.", "capture", "planned"),
        ("The army will capture the town.", "capture", "planned"),
        ("The army launched raids to capture the town.", "capture", "planned"),
        ("The army could capture the town.", "capture", "possible"),
        ("If the army captures the town, rebels will leave.", "captures", "possible"),
    ],
)
def test_each_modality_is_read_from_its_words(text: str, verb: str, modality: str) -> None:
    assert of(text, verb).modality == modality


def test_what_was_only_tried_is_marked_as_tried() -> None:
    found = of("The army tried to capture the town.", "capture")
    assert (found.modality, found.tried) == ("asserted", True)
    assert not of("The army captured the town.", "captured").tried


def test_what_lies_ahead_is_not_past() -> None:
    assert not of("The army will capture the town.", "capture").past
    assert of("The army captured the town.", "captured").past


def test_what_is_said_is_not_hedged_by_being_said() -> None:
    assert of("Residents said the army captured the town.", "captured").modality == "asserted"


def test_a_denial_does_not_reach_out_of_its_clause() -> None:
    assert of("Troops that did not wait captured the town.", "captured").modality == "asserted"


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("Rebels want to break the siege.", "asserted"),
        ("Rebels want to break the army's siege.", "asserted"),
        ("The army wants to lay a siege.", "planned"),
    ],
)
def test_a_given_state_is_there_whatever_is_planned_with_it(text: str, modality: str) -> None:
    assert stance(word(doc(text), "siege"), given=True).modality == modality
