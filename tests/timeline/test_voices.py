"""From sentences to voices: an outlet that quotes another is no second source for what it quotes."""

from __future__ import annotations

import msgspec
import pytest

from spoken import DAY, claims
from tadmor.lexicon import actors, sources
from tadmor.records import Heard
from tadmor.timeline import weights
from tadmor.timeline.weigh import Knowledge, Said, hear
from tadmor.timeline.whatif import chains

REUTERS_CITING_SANA = (
    "The Syrian army captured Palmyra on Saturday, Reuters reported, citing SANA.",
    "Reuters, citing the state news agency SANA, said the Syrian army had taken Palmyra on Saturday.",
    "Syria's army captured Palmyra on Saturday, SANA said.",
)
TOLD_REUTERS = (
    "A military source told Reuters that the Syrian army had captured Palmyra on Saturday.",
    "The Syrian army captured Palmyra on Saturday, a military source told Reuters.",
)
TOLD_EACH = (
    "Residents told Reuters that rebels captured Palmyra on Saturday.",
    "Residents told AFP that rebels captured Palmyra on Saturday.",
)


def counted(texts: tuple[str, ...]) -> list[Said]:
    """What counts of the claims of control in these texts, each another story in another outlet."""
    return hear(
        [
            Heard(claim=claim, story_id=f"story {number}", outlet=f"Outlet {number}", published=DAY)
            for number, text in enumerate(texts)
            for claim in claims(text)
            if claim.kind == "control"
        ],
        Knowledge(weights=weights.load(), sources=sources.load(), actors=actors.load()),
    )


@pytest.mark.parametrize(
    ("texts", "speaker"), [(REUTERS_CITING_SANA, "SANA"), (TOLD_REUTERS, "military source")], ids=["SANA", "told"]
)
def test_what_several_outlets_have_from_one_source_counts_once(texts: tuple[str, ...], speaker: str) -> None:
    found = counted(texts)
    assert {said.voice.name for said in found} == {speaker}
    assert len(found) == 1
    assert {said.claim.id for said in found} | {id for said in found for id in said.copies} == {
        claim.id for text in texts for claim in claims(text) if claim.kind == "control"
    }


def test_what_two_wires_were_told_counts_twice() -> None:
    assert len({said.voice.key for said in counted(TOLD_EACH)}) == 2


def test_a_reprint_speaks_for_the_outlet_that_it_credits() -> None:
    text = "The Syrian army captured Palmyra on Saturday."
    (first, *_) = (claim for claim in claims(text) if claim.kind == "control")
    heard = [
        Heard(claim=first, story_id="story 1", outlet="The New York Times", published=DAY),
        Heard(
            claim=msgspec.structs.replace(first, id="reprinted"),
            story_id="story 2",
            outlet="American Tribune",
            original_outlet="New York Times",
            published=DAY,
        ),
    ]
    knowledge = Knowledge(weights=weights.load(), sources=sources.load(), actors=actors.load())
    (said,) = hear(heard, knowledge)
    assert {said.claim.id, *said.copies} == {first.id, "reprinted"}
    assert said.voice.name == "New York Times"
    own, reprinted = map(chains(knowledge), heard)
    assert own == (said.voice,)
    assert [voice.name for voice in reprinted] == ["New York Times", "American Tribune"]
