"""The briefing: every sentence leads to words, claims stay claims, and nothing in it is obeyed or fetched."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import get_args

import msgspec
import pypdf
import pytest
from lxml import html as lxml_html

import invented
from homes import Records
from tadmor import pipeline
from tadmor.errors import UsageError
from tadmor.out.brief import page, sentences
from tadmor.out.brief.gather import SURE, gather
from tadmor.out.brief.view import Brief, Finding, Sentence
from tadmor.record import queries, weight_sets
from tadmor.record.address import Address
from tadmor.record.area import parse
from tadmor.record.database import Database, open_record
from tadmor.record.select import Filters
from tadmor.records import Bound, Count, Heard, Party, PlaceHistory, Reading, Report, Spell
from tadmor.run.local import Local
from tadmor.run.stage import Stage
from tadmor.timeline import change
from tadmor.timeline.change import Change, What

FIRST, LAST = date(2016, 12, 1), date(2016, 12, 31)
HOSTILE = "</style><script>alert(1)</script>[x](javascript:alert(2)) # *b* `c` | {{ 7*7 }} \u202egnitirw ![i](http://x)"


def history(place_id: str, heard: Sequence[Heard]) -> PlaceHistory:
    """As invented, with every second spell unsure and the last one of each place contested."""
    told = invented.history(place_id, heard)
    spells = [
        msgspec.structs.replace(spell, confidence=0.9 if at % 2 else 0.6, contested=spell.end is None)
        for at, spell in enumerate(told.spells)
    ]
    return msgspec.structs.replace(
        told, spells=tuple(spells), events=tuple(msgspec.structs.replace(e, kind="event") for e in told.events)
    )


def claims(reports: Iterable[Report]) -> Iterator[Reading]:
    """The invented claims, with tolls; Evil is a hostile name in a hostile place, and Undated says no day."""
    for reading in invented.claims(reports):
        said = []
        for claim in reading.claims:
            assert claim.actor is not None and claim.where is not None
            if claim.actor.name == "Evil":
                party = Party(name=HOSTILE, text=HOSTILE)
                where = msgspec.structs.replace(claim.where, name=HOSTILE, text=HOSTILE, part=HOSTILE)
                claim = msgspec.structs.replace(claim, actor=party, where=where, sources=(HOSTILE,))
            if claim.actor is not None and claim.actor.name == "Undated":
                claim = msgspec.structs.replace(claim, days=msgspec.structs.replace(claim.days, first=None, last=None))
            said.append(msgspec.structs.replace(claim, count=Count(killed=(1, 2))))
        yield msgspec.structs.replace(reading, claims=tuple(said))


@pytest.fixture(scope="module")
def war(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Address:
    folder = tmp_path_factory.mktemp("brief")
    lines = [
        ["On 2016-11-20 Reds gains Palmyra.", "On 2016-12-05 Blues gains Palmyra (observers)."],
        ["On 2016-12-05 Blues gains Palmyra (ministry).", "On 2016-12-06 Greens gains Sirte."],
        ["On 2016-12-11 Reds gains Palmyra (observers).", "On 2016-12-11 Blues holds Palmyra."],
        ["On 2016-12-12 Evil gains Nowhere Hill.", "On 2016-12-13 Reds gains Nowhere Hill."],
        ["On 2016-12-13 Undated gains Sirte.", "On 2016-12-14 Greens holds Syria."],
    ]
    for number, some in enumerate(lines):
        (folder / f"{number}.txt").write_text(invented.text(*some, seed=number) + HOSTILE)

    def opened() -> Callable[[Sequence[pipeline.Found]], list[pipeline.Read]]:
        return lambda found: pipeline.read_documents(found, claims)

    stage = Stage(opened, pipeline.READ.lost, pipeline.READ.size)
    record = records.new()
    with open_record(record, write=True) as database:
        for number in range(len(lines)):
            pipeline.read_into(
                database,
                [str(folder / f"{number}.txt")],
                runner=Local(),
                published=date(2016, 12, 10 + number),
                outlet=HOSTILE if number == 3 else f"Paper {number}",
                stage=stage,
                history=history,
            )
    return record


@pytest.fixture
def record(war: Address) -> Iterator[Database]:
    with open_record(war) as database:
        yield database


def briefed(record: Database, filters: Filters | None = None, *, first: date = FIRST, last: date = LAST) -> Brief:
    knowledge = weight_sets.knowledge(record)
    return gather(record, filters or Filters(), knowledge, first=first, last=last, title="December", scope="all")


def said(brief: Brief) -> list[Sentence]:
    """Every sentence in a briefing."""
    found: list[Sentence] = []

    def look(value: object) -> None:
        if isinstance(value, Sentence):
            found.append(value)
        elif isinstance(value, msgspec.Struct):
            for name in value.__struct_fields__:
                look(getattr(value, name))
        elif isinstance(value, tuple):
            for one in value:
                look(one)

    look(brief)
    return found


def test_every_sentence_leads_to_words_and_every_note_is_cited(record: Database) -> None:
    brief = briefed(record)
    sentences = said(brief)
    assert len(sentences) > 20
    numbers = [note.number for note in brief.notes]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all(sentence.notes and set(sentence.notes) <= set(numbers) for sentence in sentences)
    assert {number for sentence in sentences for number in sentence.notes} == set(numbers)
    assert all(note.cited == sum(note.number in one.notes for one in sentences) for note in brief.notes)
    texts = {report.id: " ".join(report.text.split()) for report in queries.reports(record)}
    assert all(note.quoted.words in texts[note.quoted.report_id] for note in brief.notes)


def test_what_changed_is_what_the_record_has_sure_and_unsure_apart(record: Database) -> None:
    brief = briefed(record)
    wanted = [one for one in change.between(queries.changes(record), FIRST, LAST) if change.HANDS & set(one.what)]
    told = [*brief.sure, *brief.likely, *brief.unlikely, *brief.vague]
    assert len(told) == len(wanted) > 3
    assert brief.sure and all((one.probability or 0) >= SURE for one in brief.sure)
    assert brief.likely and all((one.probability or 1) < SURE for one in brief.likely)
    assert all("very likely" in one.head.text or "almost certain" in one.head.text for one in brief.sure)
    assert any(re.search(r"took Palmyra from Reds on 5 Dec 2016, on the word of", one.head.text) for one in told)


def test_who_said_it_first_and_who_independently(record: Database) -> None:
    (taken,) = [one for one in (*briefed(record).sure, *briefed(record).likely) if "Reds took Palmyra" in one.head.text]
    rest = " ".join(sentence.text for sentence in taken.rest)
    assert "first whose word speaks for it is observers" in rest and "on 12 Dec 2016" in rest
    assert "Against it speaks the word of" in rest
    assert "No independent voice" in rest


def test_areas_places_and_days_bound_a_briefing(record: Database) -> None:
    sirte = briefed(record, Filters(area=parse("16,31,17,32")))
    texts = " ".join(one.text for one in said(sirte))
    assert "Sirte" in texts and "Palmyra" not in texts
    early = briefed(record, first=date(2016, 11, 1), last=date(2016, 11, 30))
    assert "5 Dec 2016" not in " ".join(one.head.text for one in (*early.sure, *early.likely))
    nothing = briefed(record, first=date(1990, 1, 1), last=date(1990, 1, 2))
    assert said(nothing) == [] and nothing.notes == () and "None." in page.html(nothing)


def test_what_could_not_be_dated_or_placed_is_told(record: Database) -> None:
    brief = briefed(record)
    assert [one for one in brief.undated if "Undated gains Sirte" in one.text]
    assert [one for one in brief.unplaced if "Nowhere Hill" in one.text]
    assert len(brief.tolls) > 0 and all(toll.low <= (toll.best or toll.high) <= 100 for toll in brief.tolls)


def test_what_a_side_claims_otherwise_is_told_as_its_word(records: Records, war: Address, tmp_path: Path) -> None:
    copy = records.copy(war)
    with open_record(copy, write=True) as database, database.transaction():
        database.execute(
            "UPDATE spells SET layer = 'claimed', claimed_by = 'outlets' WHERE ended = 0 AND holder = 'Greens'"
        )
    with open_record(copy) as database:
        told = briefed(database).otherwise
    assert [one for one in told if re.match(r"By the latest word of outlets, \w+ was (held|contested)", one.text)]


def test_disputes_name_both_sides(record: Database) -> None:
    assert [one for one in briefed(record).disputes if len(one.rest) == 3 and "is in dispute" in one.head.text]


def test_a_change_that_may_have_been_at_any_time_is_no_news(records: Records, war: Address, tmp_path: Path) -> None:
    copy = records.copy(war)
    with open_record(copy, write=True) as database, database.transaction():
        database.execute("UPDATE spells SET start_earliest = '2010-01-01' WHERE holder = 'Blues'")
    with open_record(copy) as database:
        brief = briefed(database)
    assert not [one for one in (*brief.sure, *brief.likely, *brief.unlikely) if "Blues took" in one.head.text]
    assert [one for one in brief.vague if "Blues took" in one.head.text]


# --- HTML -----------------------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_and_runs_nothing(record: Database) -> None:
    text = page.html(briefed(record))
    root = lxml_html.document_fromstring(text)
    assert root.xpath("//script | //link | //iframe | //img | //@src | //@style | //form") == []
    assert [
        name for element in root.iter() if isinstance(element.tag, str) for name in element.attrib if name[:2] == "on"
    ] == []
    assert all(link.startswith("#") for link in root.xpath("//@href"))
    (style,) = root.xpath("//style/text()")
    assert "url(" not in style and "@import" not in style
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "default-src 'none'" in policy and f"style-src 'sha256-{digest}'" in policy
    assert "\u202e" not in text and "[U+202E]gnitirw" in text and "{{ 7*7 }}" in text


def test_every_sentence_on_the_page_has_its_notes(record: Database) -> None:
    brief = briefed(record)
    root = lxml_html.document_fromstring(page.html(brief))
    shown = root.xpath("//span[@class='said']")
    assert len(shown) == len(said(brief))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    for one in shown:
        links = one.xpath("./sup/a/@href")
        assert links and {link.removeprefix("#") for link in links} <= set(ids)
    assert len(root.xpath("//ol[@class='notes']/li")) == len(brief.notes)


def test_the_page_can_be_read_by_ear(record: Database) -> None:
    """Headings step down one level at a time, drawings say what they show, tables have headings."""
    root = lxml_html.document_fromstring(page.html(briefed(record)))
    assert root.get("lang") == "en"
    levels = [int(element.tag[1]) for element in root.iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    drawings = root.xpath("//svg[not(@aria-hidden)]")
    assert len(drawings) >= 3
    for drawing in drawings:
        assert drawing.get("role") == "img"
        title, desc = drawing.get("aria-labelledby").split()
        assert root.get_element_by_id(title).text and root.get_element_by_id(desc).text
    assert root.xpath("//table") and all(table.xpath(".//th[@scope='col']") for table in root.xpath("//table"))
    labelled = root.xpath("//section/@aria-labelledby")
    assert labelled and all(root.get_element_by_id(id).tag == "h2" for id in labelled)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of a colour as #rgb or #rrggbb."""
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_text_stands_out_from_its_ground(record: Database) -> None:
    from tadmor.out.brief.drawing import COLOURS

    (style,) = lxml_html.document_fromstring(page.html(briefed(record))).xpath("//style/text()")
    named = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", style))
    for ink in ("ink", "soft", "link", "accent"):
        for ground in ("paper", "sunk"):
            assert contrast(named[ink], named[ground]) >= 4.5
    assert all(contrast(colour, "#fff") >= 4.5 for colour in COLOURS)


def test_the_same_record_gives_the_same_page(record: Database) -> None:
    assert page.html(briefed(record)) == page.html(briefed(record))


# --- Markdown and PDF -----------------------------------------------------------------------------------------------


def test_markdown_has_the_same_sentences_and_obeys_nothing(record: Database) -> None:
    brief = briefed(record)
    text = page.markdown(brief)
    referred = set(re.findall(r"\[\^(\d+)\](?!:)", text))
    defined = re.findall(r"^\[\^(\d+)\]: ", text, re.MULTILINE)
    assert len(defined) == len(set(defined)) == len(brief.notes) and referred == set(defined)
    assert "\\<script\\>" in text and "<script>" not in text
    assert re.search(r"(?<!\\)!\[", text) is None and re.search(r"(?<!\\)\]\(", text) is None
    assert text.count("took Palmyra from Reds") == page.html(brief).count("took Palmyra from Reds")


def test_pdf_has_the_same_words(record: Database, tmp_path: Path) -> None:
    try:
        import weasyprint  # noqa: F401  # loads Pango
    except OSError as error:
        pytest.skip(f"needs Pango: {error}")
    brief = briefed(record)
    out = tmp_path / "brief.pdf"
    page.write(brief, out)
    read = pypdf.PdfReader(io.BytesIO(out.read_bytes()))
    text = " ".join(" ".join(one.extract_text() for one in read.pages).split())
    assert "What changed hands" in text and "Reds took Palmyra" in text
    assert "Notes: the words" in text and "sha256" in text
    assert read.metadata is not None and read.metadata.title == "December, 1 Dec 2016 to 31 Dec 2016"
    assert len(read.pages) > 1
    catalogue = read.trailer["/Root"]
    assert (
        catalogue["/MarkInfo"]["/Marked"].value is True
        and catalogue["/Lang"] == "en"
        and "/StructTreeRoot" in catalogue
    )


@pytest.mark.parametrize("missing", [ImportError("no module"), OSError("cannot load library 'pango'")])
def test_without_what_pdf_needs_there_is_a_clear_error(
    record: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: Exception
) -> None:
    class Broken:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise missing

    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(UsageError, match=r"pip install 'tadmor\[pdf\]'|apt-get install libpangoft2"):
        page.write(briefed(record), tmp_path / "brief.pdf")
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_an_error(record: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the ending says what to write: \.html, \.md, \.pdf"):
        page.write(briefed(record), tmp_path / "brief.docx")


# --- sentences ------------------------------------------------------------------------------------------------------


def test_every_change_has_words() -> None:
    day = date(2016, 12, 11)
    spell = Spell(
        id="s",
        place_id="p",
        layer="assessed",
        status="held",
        holder="Reds",
        start=Bound(earliest=day, latest=day),
        confidence=0.87,
        voices=2,
    )
    for what in get_args(What):
        text = sentences.changed(Change((what,), spell, spell, spell.start), "Palmyra")
        assert text.startswith("It is very likely (87\u202f%) that ") and text.endswith("on the word of 2 voices.")
        assert "on 11 Dec 2016" in text


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (Bound(), "on a day not known"),
        (Bound(latest=date(2016, 12, 1)), "on 1 Dec 2016 or before"),
        (Bound(earliest=date(2016, 12, 1)), "on 1 Dec 2016 or later"),
        (Bound(earliest=date(2016, 12, 1), latest=date(2016, 12, 3)), "between 1 Dec 2016 and 3 Dec 2016"),
    ],
)
def test_days_in_words(when: Bound, words: str) -> None:
    assert sentences.on(when) == words


def test_nothing_is_said_to_be_so(record: Database) -> None:
    """Claims are somebody's word or an assessment with a probability."""
    brief = briefed(record)
    findings: tuple[Finding, ...] = (*brief.sure, *brief.likely, *brief.unlikely, *brief.contested_unsure)
    for one in findings:
        assert re.match(r"It is [\w ]+ \(\d+\u202f%\) that|There is (a|almost)", one.head.text)
    for toll in brief.tolls:
        assert re.search(r" claims? ", toll.said.text)
    text = " ".join(one.text for one in said(brief)).lower()
    assert not re.search(r"\b(verified|proven|in fact|indeed|truth)\b", text)
