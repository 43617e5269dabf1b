"""Times are found where they stand and resolved against the day of publication, never guessed."""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.claim import conventions, timegrammar
from tadmor.claim.when import TimeMention, find_times, resolve
from tadmor.errors import LexiconError
from tadmor.records import Days

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
GOLD = SHARED / "gold"
SATURDAY = date(2016, 12, 10)


def only(text: str) -> TimeMention:
    found = find_times(text)
    assert len(found) == 1, found
    return found[0]


def span(text: str, anchor: date | None = SATURDAY, **options: object) -> str:
    days = resolve(only(text), anchor, **options)  # type: ignore[arg-type]
    first, last = (str(day) if day else "" for day in (days.first, days.last))
    return first if first == last else f"{first}..{last}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The town fell on Saturday.", "2016-12-10"),
        ("late on Friday", "2016-12-09"),
        ("Sundays raids hit a bakery", "2016-12-04"),
        ("last Saturday", "2016-12-03"),
        ("next Saturday", "2016-12-17"),
        ("at dawn on Thursday", "2016-12-08"),
        ("in the early hours of Tuesday", "2016-12-06"),
        ("on Friday shortly before midnight", "2016-12-09"),
        ("shelling overnight", "2016-12-09..2016-12-10"),
        ("yesterday evening", "2016-12-09"),
        ("late last night", "2016-12-09"),
        ("between Tuesday and Wednesday", "2016-12-06..2016-12-07"),
        ("on Saturday and Sunday", "2016-12-03..2016-12-04"),
        ("over the weekend", "2016-12-10"),
        ("Early this week", "2016-12-05..2016-12-07"),
        ("earlier this week", "2016-12-05..2016-12-10"),
        ("last week", "2016-11-28..2016-12-04"),
        ("earlier this month", "2016-12-01..2016-12-10"),
        ("last months loss of the port", "2016-11-01..2016-11-30"),
        ("late last month", "2016-11-21..2016-11-30"),
        ("this year", "2016-01-01..2016-12-10"),
        ("over the past week", "2016-12-03..2016-12-10"),
        ("in recent days", "2016-12-03..2016-12-10"),
        ("in the last 24 hours", "2016-12-09..2016-12-10"),
        ("two days ago", "2016-12-08"),
        ("two weeks ago", "2016-11-23..2016-11-29"),
        ("nearly two weeks ago", "2016-11-26..2016-12-03"),
        ("nine months ago", "2016-03-01..2016-03-31"),
        ("a year and a half ago", "2015-06-01..2015-06-30"),
        ("In March", "2016-03-01..2016-03-31"),
        ("in mid-July", "2016-07-11..2016-07-20"),
        ("in October last year", "2015-10-01..2015-10-31"),
        ("last December", "2015-12-01..2015-12-31"),
        ("on May 12", "2016-05-12"),
        ("on Monday April 7", "2014-04-07"),  # the last year in which 7 April was a Monday
        ("last summer", "2016-06-01..2016-08-31"),
        ("within 48 hours", "2016-12-08..2016-12-10"),
        ("for a third straight day", "2016-12-08..2016-12-10"),
    ],
)
def test_relative_to_publication(text: str, expected: str) -> None:
    assert span(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun 05 Jul 2015", "2015-07-05"),
        ("on May 12th, 2015", "2015-05-12"),
        ("13/05/2015", "2015-05-13"),
        ("2015-05-13", "2015-05-13"),
        ("from Friday March 27 2015 to Friday April 10 2015", "2015-03-27..2015-04-10"),
        ("between 30 September and 2 October 2015", "2015-09-30..2015-10-02"),
        ("from 12 to 15 May 2014", "2014-05-12..2014-05-15"),
        ("from December 28 to January 3 2015", "2014-12-28..2015-01-03"),
        ("in March 2016", "2016-03-01..2016-03-31"),
        ("the first week of June 2014", "2014-06-01..2014-06-07"),
        ("in 2013 and 2014", "2013-01-01..2014-12-31"),
        ("in the summer of 2014", "2014-06-01..2014-08-31"),
        ("the third quarter of 2015", "2015-07-01..2015-09-30"),
        ("in the late 1970s", "1976-01-01..1979-12-31"),
    ],
)
def test_full_dates_need_no_publication_day(text: str, expected: str) -> None:
    assert span(text, None) == expected == span(text)
    assert resolve(only(text), None).basis == "stated"


@pytest.mark.parametrize(
    ("text", "role", "expected"),
    [
        ("since mid-2012", "since", "2012-06-01..2016-12-10"),
        ("Since late September", "since", "2016-09-21..2016-12-10"),
        ("since Monday", "since", "2016-12-05..2016-12-10"),
        ("since the beginning of the month", "since", "2016-12-01..2016-12-10"),
        ("for four years", "for", "2012-12-10..2016-12-10"),
        ("for the past three weeks", "for", "2016-11-19..2016-12-10"),
        ("for months", "for", "..2016-12-10"),
        ("after 10 months of rule", "for", "2016-02-10..2016-12-10"),
        ("a three-week siege", "for", "2016-11-19..2016-12-10"),
        ("nine months after they left", "after", "2016-03-01..2016-03-31"),
        ("a day after shells hit it", "after", "2016-12-09"),
        ("By Friday the hill had changed hands", "until", "..2016-12-09"),
        ("by the end of January", "until", "..2017-01-31"),
        ("until 7 May 2016", "until", "..2016-05-07"),
        ("after Fridays attack", "at", "2016-12-09"),
        ("before dawn", "at", "2016-12-10"),
    ],
)
def test_role(text: str, role: str, expected: str) -> None:
    assert only(text).role == role
    assert span(text) == expected


def test_unknown_publication_day_leaves_relative_dates_unknown() -> None:
    for text in ("on Saturday", "yesterday", "in March", "two weeks ago", "since Monday", "for months", "last year"):
        assert resolve(only(text), None) == Days()


def test_what_lies_ahead() -> None:
    assert span("on Monday", past=False) == "2016-12-12"
    assert span("in the coming days", past=False) == "2016-12-10..2016-12-17"
    assert span("in January", past=False) == "2017-01-01..2017-01-31"
    assert span("on December 3", past=False) == "2016-12-03"  # plans name the day they began, too


def test_context() -> None:
    context = Days(first=date(2016, 3, 27), last=date(2016, 3, 27), precision="day", basis="stated")
    assert span("that day", context=context) == "2016-03-27"
    assert span("that month", context=context) == "2016-03-01..2016-03-31"
    assert span("two days later", context=context) == "2016-03-29"
    assert span("the day before", context=context) == "2016-03-26"
    assert span("Since then", context=context) == "2016-03-27..2016-12-10"
    assert span("On 5 April", None, context=context) == "2016-04-05"
    assert span("That October", context=context) == "2016-10-01..2016-10-31"
    assert span("the following March", date(2018, 1, 1), context=context) == "2017-03-01..2017-03-31"
    assert span("that March", date(2018, 1, 1), context=context) == "2016-03-01..2016-03-31"
    assert span("the following winter", date(2018, 1, 1), context=context) == "2016-12-01..2017-02-28"
    assert span("in July of the following year", date(2018, 1, 1), context=context) == "2017-07-01..2017-07-31"
    assert span("in May the same year", date(2018, 1, 1), context=context) == "2016-05-01..2016-05-31"
    assert resolve(only("the following January"), SATURDAY) == Days()
    assert resolve(only("two days later"), SATURDAY, context=context).basis == "context"
    assert resolve(only("that day"), SATURDAY) == Days()
    assert resolve(only("the next day"), SATURDAY).first is None  # nothing to count from, and not tomorrow


@pytest.mark.parametrize(
    "text",
    [
        "The troops may fall back and march on the city.",
        "A 10-year-old child and a second man sat in the sun.",
        "It fired 2000 rockets at 300 houses.",
        "12/05/2015",
        "They meet every so often.",
        "for the first time in over a month",
        "March on the capital",
        "about 30km (19 miles) south",
    ],
)
def test_not_a_time(text: str) -> None:
    assert find_times(text) == []


def test_impossible_dates_are_unknown() -> None:
    for text in ("on 31 June 2016", "5000 years ago", "since 30 February 2012"):
        assert resolve(only(text), SATURDAY).first is None


def test_offsets_in_order_without_overlap() -> None:
    text = "Since mid-2012 it held, but on Saturday, 3 December 2016, and again two days later, it shook."
    found = find_times(text)
    assert [m.text for m in found] == ["Since mid-2012", "on Saturday, 3 December 2016", "two days later"]
    assert all(text[m.start : m.end] == m.text for m in found)


WORDS = st.sampled_from(
    (
        *("since", "until", "by", "from", "between", "on", "in", "the", "for", "and", "to", "of", ",", ".", "-", "'s"),
        *("last", "next", "this", "past", "early", "late", "mid", "one", "two", "few", "5", "12", "31", "2014"),
        *("March", "May", "June", "Saturday", "day", "week", "months", "years", "today", "overnight", "dawn"),
        *("ago", "after", "before", "later"),
    )
)


@given(st.lists(WORDS, max_size=14).map(" ".join), st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.booleans())
def test_never_raises_and_never_ends_before_it_begins(text: str, anchor: date, past: bool) -> None:
    last_end = 0
    for mention in find_times(text):
        assert last_end <= mention.start < mention.end <= len(text)
        last_end = mention.end
        for context in (None, Days(first=anchor - timedelta(days=9), last=anchor - timedelta(days=8), precision="day")):
            days = resolve(mention, anchor, past=past, context=context)
            assert days.first is None or days.last is None or days.first <= days.last


@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    for mention in find_times(text):
        assert text[mention.start : mention.end] == mention.text
        resolve(mention, SATURDAY)


@pytest.mark.parametrize(
    "piece", ["one ", "1,111,", "Saturday and ", "the past ", "a ", "12 ", "of May ", "since ", "the first half "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    def seconds(times: int) -> float:
        start = process_time()
        find_times((piece * 4 + "week ") * times)
        return process_time() - start

    seconds(100)
    # The quicker of two: what else runs on the machine must not count.
    assert min(seconds(2000), seconds(2000)) < 40 * max(seconds(200), 0.01)


# --- data -----------------------------------------------------------------------------------------------------------

ROWS = timegrammar.read_rules(
    Path(timegrammar.__file__).parents[1].joinpath("data/when/rules.toml").read_bytes(),
)


@pytest.mark.parametrize("row", ROWS.rule, ids=lambda row: row.name)
def test_rule_reads_its_examples_and_no_others(row: timegrammar.RuleRow) -> None:
    """Each rule reads, somewhere in its examples, what it must, and nothing of what it must not."""
    grammar = timegrammar.compile_rules(timegrammar.RuleFile(macro=ROWS.macro, begin=ROWS.begin, rule=[row]))

    def reads(text: str) -> bool:
        return any(
            (match := rule.pattern.match(text, at)) and rule.build(match) is not None and match.end() > match.start()
            for at in range(len(text))
            if at == 0 or not text[at - 1].isalnum()
            for rules in grammar.rules.values()
            for rule in rules
        )

    assert row.yes and row.no
    assert [text for text in row.yes if not reads(text)] == []
    assert [text for text in row.no if reads(text)] == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"build": "nothing"}, "no reading"),
        ({"patterns": ["@nothing"]}, "no macro"),
        ({"patterns": ["("]}, "rule 'x'"),
    ],
)
def test_wrong_rule_is_named(change: dict[str, object], message: str) -> None:
    row = {"name": "x", "build": "date", "begins": "#", "patterns": ["a"], "yes": [], "no": []} | change
    rows = timegrammar.RuleFile(macro={}, begin={}, rule=[timegrammar.RuleRow(**row)])  # type: ignore[arg-type]
    with pytest.raises(LexiconError, match=message):
        timegrammar.compile_rules(rows)


def test_wrong_convention_is_named() -> None:
    good = Path(conventions.__file__).parents[1].joinpath("data/when/conventions.toml").read_text("utf-8")
    assert conventions.read_conventions(good.encode(), "x.toml").month["mid"] == (11, 20)
    with pytest.raises(LexiconError, match=r"x.toml: month.mid is \[20, 11\]"):
        conventions.read_conventions(good.replace("mid = [11, 20]", "mid = [20, 11]").encode(), "x.toml")
    with pytest.raises(LexiconError, match=r"x\.toml"):
        conventions.read_conventions(b"week = 3", "x.toml")


# --- against the gold -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(not GOLD.exists(), reason="needs ../shared")
def test_gold_times() -> None:
    """Of the gold claims whose evidence holds a time, at least nine in ten have one that means their days."""
    sys.path.insert(0, str(GOLD))
    try:
        import score  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(GOLD))
    right = of = 0
    for line in (GOLD / "dev.jsonl").read_text("utf-8").splitlines():
        report = json.loads(line)
        if report["published"] is None:
            continue
        published = date.fromisoformat(report["published"])
        for claim in report["claims"]:
            mentions = find_times(claim["evidence"])
            if claim["kind"] == "relation" or not (claim["from"] or claim["to"]) or not mentions:
                continue
            of += 1
            for mention in mentions:
                days = resolve(mention, published, past=claim["modality"] != "planned")
                told = {"from": days.first and str(days.first), "to": days.last and str(days.last)}
                if score.same_time(claim, told):
                    right += 1
                    break
    assert of > 200
    assert right / of >= 0.9
