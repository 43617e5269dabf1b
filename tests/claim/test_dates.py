"""Which of a sentence's times belongs to which predicate, and what days follow."""

from datetime import date

import pytest

from spoken import DAY, doc, sentence, word
from tadmor.claim.dates import clause_of, days_of, times
from tadmor.claim.stance import Stance
from tadmor.records import Days

SAID = Stance("asserted")


def days(
    text: str,
    trigger: str,
    *,
    state: bool = False,
    stance: Stance = SAID,
    published: date | None = DAY,
    context: Days | None = None,
) -> Days:
    parsed = doc(text)
    token = word(parsed, trigger)
    return days_of(token, times(token.sent), stance=stance, state=state, published=published, context=context)


def test_each_of_two_clauses_has_its_own_time() -> None:
    text = "Rebels seized the town on Monday and the army retook it on Thursday."
    assert days(text, "seized").first == date(2016, 12, 5)
    assert days(text, "retook").first == date(2016, 12, 8)


def test_the_day_of_the_saying_is_not_the_day_of_the_deed() -> None:
    found = days("A spokesman said on Friday that rebels had seized the town on Monday.", "seized")
    assert found.first == found.last == date(2016, 12, 5)


def test_an_event_without_a_time_happened_on_the_day_of_publication() -> None:
    found = days("Rebels seized the town.", "seized")
    assert (found.first, found.last, found.basis) == (DAY, DAY, "publication")


def test_an_event_without_a_time_follows_the_day_spoken_of_before() -> None:
    before = Days(first=date(2016, 12, 7), last=date(2016, 12, 7), precision="day", basis="stated")
    assert days("Rebels seized the town.", "seized", context=before) == before


def test_a_day_long_before_is_not_followed() -> None:
    before = Days(first=date(2016, 3, 7), last=date(2016, 3, 7), precision="day", basis="stated")
    assert days("Rebels seized the town.", "seized", context=before).first == DAY


def test_a_state_runs_from_since_to_the_publication_day() -> None:
    found = days("Rebels have held the town since 2012.", "held", state=True)
    assert (found.first, found.last) == (date(2012, 1, 1), DAY)


def test_a_state_of_so_many_months_ends_when_it_was_lost() -> None:
    text = "The army took the town on 27 March after ten months of rule by rebels."
    found = days(text, "rule", state=True)
    assert found.last is not None
    assert found.last <= date(2016, 3, 27)


def test_what_is_planned_begins_with_the_publication_day_and_has_no_end() -> None:
    found = days("The army vowed to take the town on Monday.", "take", stance=Stance("planned", past=False))
    assert (found.first, found.last) == (DAY, None)


@pytest.mark.parametrize("text", ["Rebels seized the town.", "Rebels seized the town on Monday."])
def test_without_a_publication_day_nothing_relative_is_guessed(text: str) -> None:
    found = days(text, "seized", published=None)
    assert (found.first, found.last) == (None, None)


def test_a_full_date_needs_no_publication_day() -> None:
    found = days("Rebels seized the town on 5 May 2015.", "seized", published=None)
    assert found.first == found.last == date(2015, 5, 5)


def test_times_keep_the_order_of_the_text() -> None:
    parsed = doc("On Monday rebels left and on Thursday the army came.")
    assert [t.mention.text for t in times(sentence(parsed))] == sorted(
        (t.mention.text for t in times(sentence(parsed))), key=parsed.text.index
    )
    assert len(times(sentence(parsed))) == 2


def test_the_clause_of_a_noun_is_its_verb() -> None:
    assert clause_of(word(doc("Rebels left the old town."), "town")).text == "left"
