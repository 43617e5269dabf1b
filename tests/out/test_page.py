"""The page as a document: whole, closed to the network, safe with hostile text, and drawn by its script."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from lxml import html

import invented
from tadmor import pipeline
from tadmor.errors import RecordError
from tadmor.out.page import write_page
from tadmor.record.database import open_record
from tadmor.records import Heard, Party, PlaceHistory, Reading, Report
from tadmor.run.local import Local
from tadmor.run.stage import Stage

HOSTILE = "</script><script>alert(1)</script>{{ 7 * 7 }}{% raw %}<img src=x onerror=alert(2)>\u202egnitirw &amp; \"q'"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
VOID = frozenset(["br", "col", "hr", "img", "input", "link", "meta", "wbr"])


@pytest.fixture(scope="module")
def page(small_record: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("page") / "index.html"
    write_page(small_record, out, title="Small war")
    return out


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a record in which names, sources, headline and quotes are hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    text = f"{HOSTILE}\n\nOn 2016-12-10 Reds gains Palmyra (x). {HOSTILE}\n\nOn 2016-12-12 Blues gains Nowhere Hill.\n"
    (folder / "report.txt").write_text(text, encoding="utf-8")

    def claims(reports: Iterable[Report]) -> Iterator[Reading]:
        for reading in invented.claims(reports):
            twisted = []
            for claim in reading.claims:
                assert claim.where is not None
                where = msgspec.structs.replace(claim.where, name=HOSTILE, part=HOSTILE)
                quote = msgspec.structs.replace(claim.quote, end=min(claim.quote.end + 60, len(reading.report.text)))
                party = Party(name=HOSTILE, text=HOSTILE)
                twisted.append(
                    msgspec.structs.replace(
                        claim, actor=party, opponent=party, where=where, sources=(HOSTILE, "x"), quote=quote
                    )
                )
            yield msgspec.structs.replace(reading, claims=tuple(twisted))

    def opened() -> Callable[[Sequence[pipeline.Found]], list[pipeline.Read]]:
        return lambda found: pipeline.read_documents(found, claims)

    stage = Stage(opened, pipeline.READ.lost, pipeline.READ.size)
    with open_record(folder / "war.tadmor", write=True) as database:
        read = pipeline.read_into(
            database,
            [str(folder / "report.txt")],
            runner=Local(),
            outlet=HOSTILE,
            stage=stage,
            history=invented.history,
        )
        assert read.claims == 2 and not read.failed
    write_page(folder / "war.tadmor", folder / "index.html", title=HOSTILE)
    return folder / "index.html"


def root(page: Path) -> html.HtmlElement:
    return html.document_fromstring(page.read_text("utf-8"))


class Balance(HTMLParser):
    """Fails on a tag that is closed out of turn, never closed, or has an attribute twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in {self.get_starttag_text()}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID or "svg" in self.open, f"<{tag}/> outside a drawing"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closed out of turn at {self.getpos()}"


@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_every_tag_is_closed_in_turn(which: str, request: pytest.FixtureRequest) -> None:
    balance = Balance()
    balance.feed(request.getfixturevalue(which).read_text("utf-8"))
    balance.close()
    assert balance.open == []


@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_ids_are_unique_and_every_link_leads_somewhere(which: str, request: pytest.FixtureRequest) -> None:
    found = root(request.getfixturevalue(which))
    ids = Counter(found.xpath("//@id"))
    assert [id for id, count in ids.items() if count > 1] == []
    links = found.xpath("//@href")
    drawn = re.findall(r"url\(#([^)]+)\)", " ".join(found.xpath("//@fill")))
    assert links and (drawn or which == "hostile_page")
    assert [id for id in ids if re.search(r"\s", id)] == []
    assert {link for link in links if not link.startswith("#")} == set()
    assert {link.removeprefix("#") for link in links} | set(drawn) <= set(ids)


def test_nothing_is_fetched_and_the_policy_allows_only_what_is_there(page: Path) -> None:
    found = root(page)
    assert found.xpath("//@src | //@srcset | //@action | //link | //iframe | //object | //@background") == []
    assert found.xpath("//@style") == [] and [a for a in found.xpath("//@*") if re.match(r"\s*javascript:", a)] == []
    assert [name for element in found.iter() for name in element.attrib if name.startswith("on")] == []
    (style,), (data, script) = found.xpath("//style/text()"), found.xpath("//script")
    assert "@import" not in style and "url(" not in style
    (policy,) = found.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for rule, source in (("style-src", style), ("script-src", script.text)):
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert data.get("type") == "application/json" and json.loads(data.text)["units"]


def test_hostile_text_is_shown_and_never_obeyed(hostile_page: Path) -> None:
    text = hostile_page.read_text("utf-8")
    found = root(hostile_page)
    assert len(found.xpath("//script")) == 2 and found.xpath("//img") == []
    assert "\u202e" not in text and "[U+202E]gnitirw" in text
    assert "{{ 7 * 7 }}" in text and "alert(1)" in found.text_content()
    names = [unit["name"] for unit in json.loads(found.xpath("//script[@id='data']/text()")[0])["units"]]
    assert names and all("<script>" in name and "[U+202E]" in name for name in names)
    assert text.count("</script>") == 2


@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_every_spell_has_a_quote_that_leads_to_the_bytes(which: str, request: pytest.FixtureRequest) -> None:
    found = root(request.getfixturevalue(which))
    spells = found.xpath("//article[contains(concat(' ', @class, ' '), ' spell ')]")
    assert spells
    for spell in spells:
        marks = spell.xpath(".//blockquote/mark")
        assert marks and all(mark.text_content().strip() for mark in marks)
        (hashes,) = {len(re.findall(r"[0-9a-f]{64}", title)) for title in spell.xpath(".//code/@title")}
        assert hashes == 1


def test_quotes_stand_on_their_side(page: Path) -> None:
    found = root(page)
    first = found.xpath("//article[contains(@class, 'spell')][.//div[@class='against']]")[0]
    pulls = {
        side: first.xpath(f".//div[@class='{side}']//span[contains(@class, 'pull')]/text()")
        for side in ("for", "against")
    }
    assert pulls["for"] == ["+2.50"] and set(pulls["against"]) == {"-1.00"}


def test_a_country_is_listed_and_not_drawn(page: Path) -> None:
    found = root(page)
    drawn = {node.get("data-unit") for node in found.xpath("//a[contains(@class, 'mark')]")}
    listed = {
        node.get("data-unit"): node.text_content() for node in found.xpath("//div[@class='board']//li[@data-unit]")
    }
    assert {"Palmyra", "Sirte"} <= {name for unit in drawn for name in ("Palmyra", "Sirte") if name in listed[unit]}
    undrawn = " ".join(text for unit, text in listed.items() if unit not in drawn)
    assert "Syria" in undrawn and "Nowhere Hill" in undrawn


def test_open_disputes_show_both_sides(page: Path) -> None:
    (dispute,) = root(page).xpath("//section[@id='disputes']//article")
    assert "open" in dispute.get("class")
    assert [head.text.strip() for head in dispute.xpath(".//h6")] == ["held by Blues", "held by Reds"]
    assert len(dispute.xpath(".//blockquote")) == 2


def test_the_same_record_gives_the_same_bytes_and_a_path_or_an_open_record_will_do(
    small_record: Path, tmp_path: Path
) -> None:
    write_page(small_record, tmp_path / "a.html")
    with open_record(small_record) as database:
        write_page(database, tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_a_page_of_an_empty_record_says_so(tmp_path: Path) -> None:
    with open_record(tmp_path / "war.tadmor", write=True) as database:
        write_page(database, tmp_path / "index.html")
    assert "no place with a history" in root(tmp_path / "index.html").text_content()


def test_a_place_of_events_alone_has_no_card(tmp_path: Path) -> None:
    sirte = invented.PLACES["Sirte"].id

    def history(place_id: str, heard: Sequence[Heard]) -> PlaceHistory:
        told = invented.history(place_id, heard)
        return msgspec.structs.replace(told, spells=()) if place_id == sirte else told

    (tmp_path / "a.txt").write_text(
        invented.text("On 2016-12-06 Greens gains Sirte.", "On 2016-12-08 Reds gains Palmyra.")
    )
    with open_record(tmp_path / "war.tadmor", write=True) as database:
        pipeline.read_into(database, [str(tmp_path / "a.txt")], runner=Local(), stage=invented.STAGE, history=history)
        write_page(database, tmp_path / "index.html")
    found = root(tmp_path / "index.html")
    assert [node.text_content() for node in found.xpath("//article[@class='card']//h4")] == ["Palmyra"]
    assert "Sirte" in found.xpath("//table")[0].text_content()


def test_a_missing_record_is_named_and_leaves_no_page(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"gone\.tadmor"):
        write_page(tmp_path / "gone.tadmor", tmp_path / "index.html")
    assert list(tmp_path.iterdir()) == []


def test_a_page_of_ninety_reports_stays_small(tmp_path: Path) -> None:
    reports = invented.write_reports(tmp_path / "reports", 90)
    with open_record(tmp_path / "war.tadmor", write=True) as database:
        pipeline.read_into(database, [str(reports)], runner=Local(), stage=invented.STAGE, history=invented.history)
        write_page(database, tmp_path / "index.html")
    assert 100_000 < (tmp_path / "index.html").stat().st_size < 3_000_000


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.parametrize("which", ["page", "hostile_page"])
def test_the_script_draws_without_an_error(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    page: Path = request.getfixturevalue(which)
    assert CHROMIUM is not None
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            f"--user-data-dir={tmp_path}",
            "--enable-logging=stderr",
            "--virtual-time-budget=2000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert [line for line in done.stderr.splitlines() if "CONSOLE" in line] == []
    drawn = html.document_fromstring(done.stdout)
    assert "js" in drawn.get("class").split()
    assert drawn.xpath("//svg[@id='said']/path[@class='said']/@d")[0]
    assert drawn.xpath("//option[. = 'every side']") and drawn.xpath("//img") == []
    assert len(drawn.xpath("//section[contains(@class, 'theatre')][not(@hidden)]")) == 1
    assert drawn.xpath("//article[contains(@class, 'today')]")
