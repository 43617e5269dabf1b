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
