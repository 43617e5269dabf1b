"""Which claim a report says was verified by nobody, confirmed or denied."""

import pytest

from spoken import claims, doc, scene
from tadmor.claim.verify import verdicts

TAKEN = "The rebels said they had captured Idlib."


def values(text: str) -> list[str]:
    parsed = doc(text)
    made = scene(parsed)
    return [verdict.value for one in parsed.sents for verdict in verdicts(one, made)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The claim could not be independently verified.", ["unverified"]),
        ("There was no independent confirmation of the report.", ["unverified"]),
        ("Reporters had no way to verify the account.", ["unverified"]),
        ("The statement has yet to be confirmed.", ["unverified"]),
        ("The report was denied by the ministry.", ["disputed"]),
        ("The army rejected the accusation.", ["disputed"]),
        ("The monitor also confirmed the report.", ["confirmed"]),
        ("The ministry could confirm its plans.", []),
        ("The army did not deny the report.", []),
        ("The council rejected a plan.", []),
        ("There was no independent\nconfirmation   of the report.", ["unverified"]),
        ("The claim could not be\nverified.", ["unverified"]),
        pytest.param(
            "The claim could not\nbe independently   verified.",
            ["unverified"],
            marks=pytest.mark.xfail(reason="parser: a line break or several spaces end the sentence or become a word"),
        ),
    ],
)
def test_a_verdict_is_read_from_its_words(text: str, found: list[str]) -> None:
    assert values(text) == found


@pytest.mark.parametrize(
    ("after", "verification"),
    [
        (" The claim could not be verified.", "unverified"),
        (" Shops were open. The claim could not be verified.", "unverified"),
        (" The army denied it.", "disputed"),
        (" The army denied that the city had fallen.", "disputed"),
        (" The army confirmed the loss of the city.", "confirmed"),
        (" However, residents said the rebels had not entered Idlib.", "disputed"),
        # of something else
        (" The army denied that its chief had resigned.", None),
        (" The number of dead could not be verified.", None),
        (" The rebels denied it.", None),
        (" The army confirmed a list of dates.", None),
        (" An official said more may have fled but that he could not confirm that.", None),
    ],
)
def test_a_verdict_is_about_the_claim_that_its_words_name(after: str, verification: str | None) -> None:
    found = [c for c in claims(TAKEN + after) if c.type == "gains" and c.modality == "asserted"]
    (taken,) = [c for c in found if c.quote.start < len(TAKEN)]
    assert taken.verification == verification


def test_who_denies_guilt_disputes_the_last_attack_that_he_is_said_to_have_done() -> None:
    told = claims(
        "Activists said Russian jets bombed Idlib on Friday. Rebels shelled Aleppo, state media said. "
        "Moscow denied any involvement."
    )
    assert {c.where.name: c.verification for c in told if c.where and c.modality == "asserted"} == {
        "Idlib": "disputed",
        "Aleppo": None,
    }


def test_what_is_said_in_advance_holds_for_all_that_the_speaker_tells() -> None:
    told = claims(
        "Rami Haddad said the following reports could not be verified. He said rebels captured Idlib. "
        "Residents said rebels captured Aleppo."
    )
    assert {c.where.name: c.verification for c in told if c.where} == {"Idlib": "unverified", "Aleppo": None}


def test_a_list_announced_as_unverified_is_its_speakers_word_until_a_quotation_begins() -> None:
    told = claims(
        'Rami Haddad spoke in Geneva. "It is hard to verify all reports, so the following should be treated as '
        'preliminary," he noted. Rebels captured Idlib. Rebels were reported to have captured Homs. '
        '"The rebels captured Aleppo," said Omar Saleh.'
    )
    found = {c.where.name: (c.sources, c.verification) for c in told if c.where and c.type == "gains"}
    assert found["Idlib"] == found["Homs"] == (("Rami Haddad",), "unverified")
    assert found["Aleppo"] == (("Omar Saleh",), None)


def test_one_verdict_may_be_about_two_claims() -> None:
    told = claims("Rebels said they captured Idlib. The army said it held Aleppo. Neither report could be verified.")
    assert [c.verification for c in told if c.sources] == ["unverified", "unverified"]


def test_the_reports_own_word_is_not_put_in_doubt() -> None:
    (taken,) = claims("Rebels captured Idlib. There was no confirmation of the toll.")
    assert taken.verification is None
