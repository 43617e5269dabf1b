"""What can be about a war is read as ever; what cannot is kept, with a note, and costs little."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import pytest

from tadmor import pipeline
from tadmor.errors import LexiconError
from tadmor.records import Reading, Report
from tadmor.report import triage
from tadmor.report.read import glimpse, judged, read
from tadmor.report.source import Document, MediaType
from tadmor.run.local import Local

WAR = (
    "Government troops pushed rebels out of two villages north of Tell Karam on Saturday after a week of shelling, "
    "residents and a monitoring group said. At least nine fighters were killed when warplanes bombed the road to "
    "the town. The rebels denied that they had lost the second village and said that their men held its school. Aid "
    "convoys have not reached the besieged suburb for a month, and the two sides accused each other of breaking the "
    "ceasefire."
)
OTHER = (
    "The bakery on Mill Street will close in May after sixty years. Its owner, whose grandfather fired up the first "
    "oven, said that flour and gas cost too much. Customers who came on Saturday for the last of the plum cakes "
    "shared stories of weddings and school fairs. The town council hopes that a young baker from the valley will "
    "take over the shop and the recipes. She has until the end of the month to make up her mind."
)
MENU = "<ul>" + "<li><a href='/x'>Sport, weather, houses and cars</a></li>" * 20 + "</ul>"


def document(raw: str, media_type: MediaType = "text/plain") -> Document:
    return Document(raw=raw.encode(), origin="a", doc="a", media_type=media_type)


def triaged(document: Document) -> Report:
    return glimpse(document) or judged(document)


def page(title: str, *paragraphs: str) -> Document:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f"<title>{title}</title><meta property='og:description' content='{title}'>"
    return document(f"<html><head>{head}</head><body>{MENU}<article>{body}</article></body></html>", "text/html")


def test_a_report_about_a_war_is_read_as_without_triage() -> None:
    for about in (document(WAR), page("Troops push rebels out of two villages", WAR, WAR[::-1])):
        assert triaged(about) == read(about)
        assert not triaged(about).passed_over


@pytest.mark.parametrize("about", [document(OTHER), page("Bakery closes", OTHER, OTHER)])
def test_another_report_is_kept_with_its_words_and_a_note(about: Document) -> None:
    found = triaged(about)
    assert found.passed_over
    assert found.notes[-1].startswith("not read: not about a war (score 0.")
    assert "sixty years" in found.text
    assert (found.id, found.sha256) == (read(about).id, read(about).sha256)


def test_one_passage_about_a_war_among_much_else_in_a_page_is_enough() -> None:
    others = [f"{OTHER} {number}" for number in range(30)]
    assert not triaged(page("News", *others[:15], WAR, *others[15:])).passed_over
    assert triaged(page("News", *others)).passed_over


def test_a_page_about_a_war_says_so_in_its_title_or_its_beginning_or_as_a_whole() -> None:
    """A passage far down, among hundreds of words that speak against it, is not what the page is about."""
    weights = triage._weights()
    calm = [word.decode() for word in sorted(weights, key=lambda word: (weights[word], word))[:900]]
    others = [f"The {' of the '.join(calm[start : start + 30])}." for start in range(0, len(calm), 30)]
    assert triaged(page("Bakery closes", *others, WAR)).passed_over
    for about in (page("Bakery closes", WAR, *others), page("Troops shell rebels in besieged city", *others, WAR)):
        assert glimpse(about) is None
        assert not judged(about).passed_over  # whatever much else its article holds


def test_what_no_glance_can_judge_is_judged_when_it_is_read() -> None:
    """Letters, say: their texts stand in parts, packed in one way or another."""
    for text, passed_over in ((WAR, False), (OTHER, True)):
        letter = f"From: a@b.example\nTo: c@d.example\nSubject: News\nDate: Sat, 10 Dec 2016 10:00:00 +0000\n\n{text}\n"
        assert glimpse(document(letter, "message/rfc822")) is None
        assert judged(document(letter, "message/rfc822")).passed_over is passed_over


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "koi8-r"])
def test_a_page_is_judged_alike_in_any_encoding(encoding: str) -> None:
    for about in (page("Troops push rebels out of two villages", WAR, WAR[::-1]), page("Café closes", OTHER, OTHER)):
        source = about.raw.decode().replace("<head>", f"<head><meta charset={encoding}>")
        raw = source.encode(encoding, "xmlcharrefreplace")
        told = triaged(Document(raw=raw, origin="a", doc="a", media_type="text/html"))
        assert (told.text, told.headline) == (triaged(about).text, triaged(about).headline)


@pytest.mark.parametrize("text", [WAR, OTHER, "l’été “Köln” — a1b2 km² naïve… Erdoğan’s 🙂️ 50 % x_y", "Київ, «Львів»"])
def test_words_are_looked_up_as_they_were_learned(text: str) -> None:
    assert [word.decode() for word in triage._words(text)] == triage.WORD.findall(text.lower())


def test_a_title_without_end_costs_no_more_than_its_words() -> None:
    begun = time.process_time()
    assert triage.unlikely("war " * 100_000, "bakery closes in May " * 40_000) is not None
    assert time.process_time() - begun < 2


def test_a_few_words_are_always_read() -> None:
    assert not triaged(document("The bakery on Mill Street will close in May.")).passed_over


def test_a_page_without_paragraphs_is_judged_by_all_that_it_shows() -> None:
    for text, is_read in ((WAR, True), (OTHER, False)):
        shown = f"<head><title>A</title></head><style>p {{}}</style><div>{text}</div><script>var army, rebels;</script>"
        assert triage.glance(shown.encode()).text == text
        assert triaged(document(f"<html>{shown}</html>", "text/html")).passed_over is not is_read


def test_what_is_not_english_is_not_judged() -> None:
    """The weights are those of English words: a text in another language is stored as ever."""
    german = (
        "Die Bäckerei in der Mühlgasse schließt im Mai nach sechzig Jahren, und der Bäcker sagt, dass es ihm leid tut. "
    )
    assert not triaged(document(german * 4)).passed_over


def test_the_words_of_a_page_are_those_of_its_head_and_paragraphs() -> None:
    page = (
        "<title>A &amp; B</title><meta name=description content='C'><script>var p='<p>x'</script>"
        f"<p>{WAR}</p>"
        "<p class='a'>one <b>two</b></p><div>three</div><P>four<div>five</div><p>six <b>seven</b></p>"
    )
    found = triage.glance(page.encode())
    assert (found.title, found.text.split("\n\n")[0]) == ("A & B", "C")
    assert "three" not in found.text and "five" not in found.text
    assert found.text.endswith("one two\n\nfour\n\nsix seven")


@pytest.mark.parametrize(
    "piece", ["<p ", "<p>", "<p><", "<meta ", "<meta content=", "<title>", "<p>&#x", "<script>", "<p>a</p>", "< p >"]
)
def test_no_page_takes_longer_than_its_length_allows(piece: str) -> None:
    triage.glance(b"<p>a</p>")
    begun = time.process_time()
    triage.glance(piece.encode() * (2_000_000 // len(piece)))
    assert time.process_time() - begun < 2


def test_what_is_passed_over_is_not_parsed_and_keeps_its_place() -> None:
    read_for_claims: list[str] = []

    def claims(reports: Sequence[Report]) -> list[Reading]:
        read_for_claims.extend(report.text for report in reports)
        return [Reading(report=report) for report in reports]

    found = [document(OTHER), document(WAR), document(""), document(OTHER + " ")]
    step = partial(pipeline.read_documents, claims=lambda reports: iter(claims(list(reports))), triage=True)
    results = [result for _, result in Local().map(pipeline.TRIAGE._replace(open=lambda: step), found)]
    assert [getattr(result, "report", None) is not None for result in results] == [True, True, False, True]
    assert read_for_claims == [WAR]


def test_a_broken_table_of_weights_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(triage, "_FILE", "data/triage/README.md")
    triage._weights.cache_clear()
    with pytest.raises(LexiconError, match=r"data/triage/README\.md"):
        triage._weights()
    triage._weights.cache_clear()
