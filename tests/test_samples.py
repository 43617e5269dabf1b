"""The sample reports are complete, described, dated, marked as samples and copied from nobody."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

from tadmor.records import Failure
from tadmor.report.read import read
from tadmor.report.source import open_inputs

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
REPORTS = SAMPLES / "reports"
SHARED = SAMPLES.parents[1] / "shared"

# A run this long of equal words is a copied sentence; shorter ones are names, figures and set phrases.
COPIED_WORDS = 12

UNDATED = {"undated-deirezzor-garrison"}
EVENTS = {
    "gains", "gains_part", "loses", "repels", "besieges", "siege broken", "destroyed", "bombing", "air strike",
    "air strikes begin", "offensive begins", "agreement", "claimed",
}  # fmt: skip
MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
DAY_MONTH_YEAR = re.compile(r"\b(\d{1,2})\s+([A-Z][a-z]{2,8})\.?,?\s+(\d{4})\b")
MONTH_DAY_YEAR = re.compile(r"\b([A-Z][a-z]{2,8})\.?\s+(\d{1,2}),?\s+(\d{4})\b")
NUMERIC = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b|\b(\d{4})-(\d{2})-(\d{2})")


class Sample(NamedTuple):
    """A report by its name in `facts.csv`, with its text and, where the file itself states them, outlet and day."""

    name: str
    text: str
    outlet: str | None
    published: str | None


class Row(NamedTuple):
    """A line of the table in the README."""

    outlet: str
    published: str


def samples() -> dict[str, Sample]:
    found: dict[str, Sample] = {}
    for path in sorted(REPORTS.iterdir()):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".jsonl":
            for line in text.splitlines():
                item = json.loads(line)
                name = f"{path.stem}#{item['doc']}"
                found[name] = Sample(
                    name,
                    f"{item['title']}\n{item['text']}",
                    item["outlet"],
                    item["published"],
                )
        else:
            found[path.stem] = Sample(path.stem, text, None, None)
    return found


def described() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for line in (SAMPLES / "README.md").read_text(encoding="utf-8").split("## Files")[1].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[0] not in {"report", "---"}:
            rows[cells[0]] = Row(cells[1], cells[2])
    return rows


def facts() -> list[dict[str, str]]:
    with (SAMPLES / "facts.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def interval(text: str) -> tuple[date, date]:
    first, _, last = text.partition("/")
    return date.fromisoformat(first), date.fromisoformat(last or first)


def days_stated(text: str) -> set[date]:
    """Every full date that the text spells out."""
    found: list[tuple[int, int, int]] = []
    for day, month, year in DAY_MONTH_YEAR.findall(text):
        if month[:3].lower() in MONTHS:
            found.append((int(year), MONTHS.index(month[:3].lower()) + 1, int(day)))
    for month, day, year in MONTH_DAY_YEAR.findall(text):
        if month[:3].lower() in MONTHS:
            found.append((int(year), MONTHS.index(month[:3].lower()) + 1, int(day)))
    for day, month, year, iso_year, iso_month, iso_day in NUMERIC.findall(text):
        found.append((int(iso_year), int(iso_month), int(iso_day)) if iso_year else (int(year), int(month), int(day)))
    return {date(*parts) for parts in found}


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("\u2019", ""))
    return {tuple(words[i : i + COPIED_WORDS]) for i in range(len(words) - COPIED_WORDS + 1)}


ALL = samples()
TABLE = described()
FACTS = facts()


def test_there_are_enough_reports_of_each_form() -> None:
    """At least forty reports, with pages and JSON-lines files among them."""
    assert len(ALL) >= 40
    assert len(list(REPORTS.glob("*.html"))) >= 3
    assert len(list(REPORTS.glob("*.jsonl"))) >= 2


def test_every_report_is_in_the_readme_and_nothing_else_is() -> None:
    """The table names each report once."""
    assert set(TABLE) == set(ALL)


@pytest.mark.parametrize("name", sorted(ALL))
def test_outlet_is_marked_as_a_sample(name: str) -> None:
    """The outlet is plainly no real one, and stands in the report as in the table."""
    row, sample = TABLE[name], ALL[name]
    assert row.outlet.startswith("Sample ")
    assert sample.outlet == row.outlet if sample.outlet else row.outlet in sample.text


@pytest.mark.parametrize("name", sorted(ALL))
def test_publication_day_is_stated_where_the_readme_gives_one(name: str) -> None:
    """A reader can find the day; the undated report states none."""
    sample, stated = ALL[name], TABLE[name].published
    if name in UNDATED:
        assert stated == "not known"
        assert not days_stated(sample.text)
    elif sample.published is not None:
        assert sample.published == stated
    else:
        assert date.fromisoformat(stated) in days_stated(sample.text)
    if name not in UNDATED:
        assert stated in name or abs((date.fromisoformat(stated) - date.fromisoformat(day_of(name))).days) <= 1


def test_the_reader_finds_the_day_and_outlet_of_every_sample() -> None:
    """Header lines in all their orders give what the table says; the undated report stays without a day."""
    found = {}
    for document in open_inputs([str(REPORTS)], published=None, outlet=None):
        assert not isinstance(document, Failure)
        report = read(document)
        found[report.doc] = (report.outlet, report.published.isoformat() if report.published else "not known")
    assert found == {name.rpartition("#")[2]: (row.outlet, row.published) for name, row in TABLE.items()}


def day_of(name: str) -> str:
    found = re.search(r"\d{4}-\d{2}-\d{2}", name)
    assert found, name
    return found.group()


@pytest.mark.parametrize("name", sorted(name for name in ALL if (REPORTS / f"{name}.txt").exists()))
def test_text_starts_with_a_headline(name: str) -> None:
    """The first line of a text file is its headline, of headline length."""
    headline = ALL[name].text.splitlines()[0]
    assert 3 <= len(headline) <= 130
    assert not headline.startswith("Sample ")


def test_facts_are_complete() -> None:
    """Each row has its fields, a known event, a reference and a valid interval in order."""
    assert len(FACTS) >= 40
    for row in FACTS:
        assert set(row) == {
            "place",
            "part",
            "holder",
            "from",
            "event",
            "reference",
            "samples",
        }, row
        assert row["place"], row
        assert row["event"] in EVENTS, row
        assert bool(row["holder"]) == (row["event"] != "agreement"), row
        assert len(row["reference"]) > 15 and "http" not in row["reference"], row
        first, last = interval(row["from"])
        assert date(2011, 1, 1) <= first <= last <= date(2026, 1, 1), row


def test_facts_name_existing_reports_that_come_after_them() -> None:
    """No report tells of what has not begun to happen on its day."""
    for row in FACTS:
        names = row["samples"].split(";")
        assert names and len(set(names)) == len(names), row
        for name in names:
            assert name in ALL, row
            published = date.fromisoformat(TABLE[name].published)
            assert interval(row["from"])[0] <= published, (row, name)


def test_facts_about_one_place_do_not_contradict() -> None:
    """No two parties come to hold all of one place in overlapping intervals."""
    gains: dict[str, list[tuple[date, date, str]]] = {}
    for row in FACTS:
        if row["event"] == "gains" and not row["part"]:
            gains.setdefault(row["place"], []).append((*interval(row["from"]), row["holder"]))
    assert sum(len(spans) > 1 for spans in gains.values()) >= 8  # places that changed hands more than once
    for place, spans in gains.items():
        ordered = sorted(spans)
        for (_, last, one), (first, _, other) in pairwise(ordered):
            assert last < first, (place, one, other)


def test_copies_among_the_samples_are_as_the_readme_says() -> None:
    """The cut repost, the full repost and the quotation carry the wire's words; no other pair does."""
    copies = {
        frozenset({"palmyra-2016-03-27-wire", "palmyra-2016-03-28-trumpet"}),
        frozenset({"sirte-2016-12-06-wire", "sirte-2016-12-07-repost"}),
        frozenset({"palmyra-2016-12-11-wire", "palmyra-2016-12-12-herald"}),
    }
    parts = {name: runs(sample.text) for name, sample in ALL.items()}
    names = sorted(parts)
    found = {
        frozenset({one, other})
        for i, one in enumerate(names)
        for other in names[i + 1 :]
        if len(parts[one] & parts[other]) > 5
    }
    assert found == copies
    assert "Click here to read more" in ALL["palmyra-2016-03-28-trumpet"].text
    assert len(ALL["palmyra-2016-03-28-trumpet"].text) < len(ALL["palmyra-2016-03-27-wire"].text)


def test_the_plain_report_has_lost_its_commas() -> None:
    """The damaged text is damaged as real ones are."""
    body = ALL["kobani-2015-06-27-raid-plain"].text
    assert "," not in body and "'" not in body and len(body.split()) > 150


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_no_sample_shares_a_run_of_words_with_shared_texts() -> None:
    """Nothing is copied from the texts kept for measuring."""
    theirs: set[tuple[str, ...]] = set()
    for line in (SHARED / "gold" / "dev.texts.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        theirs |= runs(f"{item.get('title') or ''} {item['text']}")
    for path in (SHARED / "seed").glob("*.txt"):
        theirs |= runs(path.read_text(encoding="utf-8"))
    with (SHARED / "data" / "fakes" / "fakes_dev.csv").open(encoding="utf-8", errors="replace", newline="") as lines:
        for row in csv.reader(lines):
            theirs |= runs(" ".join(row))
    assert len(theirs) > 10_000
    for name, sample in ALL.items():
        assert not runs(sample.text) & theirs, name
