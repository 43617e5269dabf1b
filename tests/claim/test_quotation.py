"""Where quotations begin and end, also over sentences and paragraphs."""

import pytest

from spoken import doc, sentence
from tadmor.claim.quotation import opens, quotations, touching, within


def quoted(text: str) -> list[str]:
    parsed = doc(text)
    return [parsed[q.start : q.end].text for q in quotations(parsed)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"The bridge has fallen," she said.', ["The bridge has fallen,"]),
        ("“The bridge has fallen,” she said.", ["The bridge has fallen,"]),
        ('She said: "The bridge fell. All fled."', ["The bridge fell. All fled."]),
        ('"""The bridge has fallen,"" she said."', ["The bridge has fallen,"]),
        ('The so-called "Army of the North" said nothing.', []),
        ("Nobody said a word.", []),
    ],
)
def test_quotations_hold_a_clause(text: str, found: list[str]) -> None:
    assert quoted(text) == found


def test_a_mark_that_nothing_closes_reaches_to_the_end_of_its_paragraph_and_stays_open() -> None:
    parsed = doc('He said: "The bridge has fallen.\n\nTrains stood still.')
    assert [q.closed for q in quotations(parsed)] == [False]
    assert "Trains" not in quoted(parsed.text)[0]


def test_a_word_knows_its_quotation_and_a_sentence_those_that_touch_it() -> None:
    parsed = doc('"The bridge has fallen. Nobody was hurt," she said.')
    (only,) = quotations(parsed)
    assert within(2, parsed) == only
    assert within(len(parsed) - 1, parsed) is None
    assert touching(sentence(parsed, 0)) == touching(sentence(parsed, 1)) == [only]
    assert opens(parsed[0])
