"""Report in, claims out: ids that stay, quotes that are the report's own words, repetitions that are one claim."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spoken import DAY, claims, reading, report
from tadmor.claim import parse
from tadmor.claim.read import read
from tadmor.errors import LexiconError
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, RELATION_TYPES, Report, Segment

TEXT = (
    "Islamic State fighters seized the town of Azaz on Monday, residents said. "
    "Rebel-held Idlib was bombed by Russian warplanes. At least 24 people were killed in Idlib. "
    "Iran backs Hezbollah."
)
PIECES = [
    "Rebels ",
    "captured ",
    "Azaz",
    " and ",
    "Idlib. ",
    "\n\n",
    "the army",
    "-held ",
    "“",
    "’s ",
    "on Monday ",
    "é",
    ", ",
]


def test_ids_are_the_same_for_the_same_report_and_unlike_for_each_claim() -> None:
    first, second = claims(TEXT), claims(TEXT)
    assert [c.id for c in first] == [c.id for c in second]
    assert len({c.id for c in first}) == len(first) > 3
    assert all(c.id.startswith("c") and len(c.id) == 21 for c in first)


def test_ids_depend_on_the_report() -> None:
    (here,), (there,) = ([c.id for c in r.claims][:1] for r in read([report(TEXT), report(TEXT, id="r2")]))
    assert here != there


def test_a_batch_reads_each_report_as_if_alone() -> None:
    texts = [TEXT, "Nothing was said.", "M23 rebels captured Goma on Tuesday."] * 12
    together = read([report(text, id=f"r{i}") for i, text in enumerate(texts)])
    for i, one in enumerate(together):
        assert one.report.id == f"r{i}"
        (single,) = read([report(texts[i], id=f"r{i}")])
        assert one.claims == single.claims


def test_quotes_are_stretches_of_the_report_that_hold_its_words() -> None:
    one = reading(TEXT)
    for claim in one.claims:
        for quote in (claim.quote, *claim.also):
            assert 0 <= quote.start < quote.end <= len(TEXT)
            assert TEXT[quote.start : quote.end].strip() == TEXT[quote.start : quote.end]
    (seizure,) = [c for c in one.claims if c.type == "gains"]
    assert "seized the town of Azaz on Monday" in TEXT[seizure.quote.start : seizure.quote.end]


def test_quotes_count_from_the_start_of_the_report_and_not_of_the_segment() -> None:
    head, body = "MARKETS OPEN\n\n", "Rebels captured the town of Azaz."
    whole = report(head + body)
    segments = (
        Segment(role="cut", start=0, end=len(head)),
        Segment(role="body", start=len(head), end=len(head + body)),
    )
    (one,) = read([msgspec.structs.replace(whole, segments=segments)])
    (claim,) = one.claims
    assert whole.text[claim.quote.start : claim.quote.end] == "Rebels captured the town of Azaz"


@pytest.mark.parametrize("role", ["byline", "dateline", "source", "cut", "promotion"])
def test_only_headline_body_and_caption_are_read(role: str) -> None:
    whole = report("Rebels captured the town of Azaz.")
    segment = msgspec.convert({"role": role, "start": 0, "end": len(whole.text)}, Segment)
    (one,) = read([msgspec.structs.replace(whole, segments=(segment,))])
    assert one.claims == ()


def test_what_is_not_english_has_no_claims_and_is_no_failure() -> None:
    (one,) = read([report("Rebels captured the town of Azaz.", language="fr")])
    assert (one.claims, one.failure) == ((), None)


def test_an_empty_report_has_no_claims() -> None:
    assert claims("") == ()
    assert list(read([])) == []


def test_what_is_said_twice_is_one_claim_with_two_quotes() -> None:
    text = "Rebels captured the town of Azaz on Monday. The rebels captured Azaz on Monday, residents said."
    (claim,) = claims(text)
    assert len(claim.also) == 1
    assert claim.sources == ("residents",)
    assert {text[q.start : q.end].split()[-3] for q in (claim.quote, *claim.also)}


def test_two_days_are_two_claims() -> None:
    text = "Rebels captured Azaz on 3 May 2015. Rebels captured Azaz again on 9 June 2016."
    assert sorted(str(c.days.first) for c in claims(text)) == ["2015-05-03", "2016-06-09"]


def test_a_missing_pipeline_is_no_failure_of_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(texts: object, **options: object) -> None:
        raise LexiconError("the pipeline cannot be read")

    monkeypatch.setattr(parse, "parse", broken)
    with pytest.raises(LexiconError):
        list(read([report(TEXT)]))


def test_a_toll_goes_to_its_event() -> None:
    (claim,) = claims("A car bomb killed 12 people in Azaz on Friday.")
    assert claim.count is not None
    assert claim.count.killed == (12, 12)


def test_a_verdict_in_the_next_sentence_marks_the_claim_before() -> None:
    (claim,) = claims("Rebels said they captured Azaz. The claim could not be independently verified.")
    assert claim.verification == "unverified"


@settings(max_examples=25)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_text_gives_claims_of_the_promised_form(text: str) -> None:
    types = {"control": CONTROL_TYPES, "event": EVENT_TYPES, "relation": RELATION_TYPES}
    one = reading(text)
    assert one.failure is None
    assert len({c.id for c in one.claims}) == len(one.claims)
    for claim in one.claims:
        assert claim.type in types[claim.kind]
        assert 0 <= claim.quote.start < claim.quote.end <= len(text)
        assert 0 < claim.confidence <= 1
        if claim.days.first and claim.days.last:
            assert claim.days.first <= claim.days.last
        if claim.kind == "relation":
            assert claim.actor is not None and claim.opponent is not None


def test_no_day_after_publication_for_what_has_happened() -> None:
    for claim in claims(TEXT):
        if claim.modality == "asserted" and claim.days.last is not None:
            assert claim.days.last <= DAY


def test_reports_come_back_unchanged_and_in_order() -> None:
    given_: list[Report] = [report(TEXT, id="ra"), report("Rebels left Azaz.", id="rb")]
    assert [one.report for one in read(given_)] == given_
