"""The API: it answers what the record holds, in pages that fit together, as described, and changes nothing."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asking import TOKEN, Client
from homes import Records, fingerprint
from tadmor.out import wording
from tadmor.record import queries
from tadmor.record.address import Address
from tadmor.record.check import faults
from tadmor.record.database import Database, open_record
from tadmor.records import NOT_READ
from tadmor.web import lists
from tadmor.web.api import ASKS, openapi

PALMYRA = "gn:163808"


@pytest.fixture(scope="module")
def asked(small_war: Address, records: Records) -> Address:
    """The record that is asked; connections to it stay open, so that it is not the one that others are copies of."""
    return records.copy(small_war)


@pytest.fixture(scope="module")
def client(asked: Address) -> Client:
    return Client(asked)


@pytest.fixture
def own(small_war: Address, records: Records) -> Address:
    """A record of one's own, to write to."""
    return records.copy(small_war)


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", ["assessed", "claimed"])
def test_any_day_is_as_the_record_has_it(client: Client, database: Database, layer: Any) -> None:
    for day in (date(2015, 1, 1) + timedelta(days=17 * step) for step in range(60)):
        wanted = {
            (spell.place_id, spell.part, spell.claimed_by): (
                spell.id, wording.holder(spell), spell.status, spell.confidence, spell.contested, spell.besieged_by
            )
            for spell in queries.state(database, day, layer=layer)
        }  # fmt: skip
        found = client.get("/api/state", day=day, layer=layer).json["marks"]
        assert {
            (one["place"], one["part"], one["claimed_by"]): (
                one["spell"], one["holder"], one["status"], one["sure"], one["contested"], one["besieged_by"]
            )
            for one in found
        } == wanted  # fmt: skip


def test_a_place_has_all_its_spells_and_parts(client: Client, database: Database) -> None:
    found = client.get("/api/place", id=PALMYRA).json
    assert {spell["id"] for spell in found["spells"]} == {
        spell.id for spell in queries.spells(database, [PALMYRA], layer=None)
    }
    assert found["place"]["name"] == "Palmyra" and found["country"] == "Syria"
    for spell in found["spells"]:
        first, last = spell["start"]
        assert first is None or last is None or first <= last


def test_why_is_told_at_once_and_what_would_change_it_after(client: Client) -> None:
    whole = client.get("/api/explain", id=PALMYRA, day="2016-12-12").json
    first = client.get("/api/explain", id=PALMYRA, day="2016-12-12", changes="false").json
    assert whole["tried"] > 0 == first["tried"] and whole["changes"] and not first["changes"]
    assert {**first, "tried": 0, "changes": []} == {**whole, "tried": 0, "changes": []}


AROUND_SIRTE = "16,30,17.2,32"


def test_all_that_is_listed_keeps_to_an_area(client: Client) -> None:
    rows = {row["id"]: row for row in client.get("/api/places").json["places"]}
    inside = {id for id, row in rows.items() if row["lat"] and 30 <= row["lat"] <= 32 and 16 <= row["lon"] <= 17.2}
    claims = client.get("/api/claims", box=AROUND_SIRTE, limit=500).json["claims"]
    assert claims and {claim["place"] for claim in claims} <= inside

    def listed(path: str, **params: object) -> list[dict[str, Any]]:
        whole = client.get(f"/api/{path}", **params, limit=100).json
        found = client.get(f"/api/{path}", **params, limit=100, box=AROUND_SIRTE).json
        assert 0 < found["total"] < whole["total"]
        return next(rows for rows in found.values() if isinstance(rows, list))

    assert {one["id"] for one in listed("reports")} == {claim["report"] for claim in claims}
    assert {one["id"] for one in listed("sources")} == {claim["source"] for claim in claims}
    assert {one["place"]["id"] for one in listed("strips")} <= inside
    assert {one["claim"]["place"] for one in listed("questions")} <= inside
    days = {"first": "2015-01-01", "last": "2016-12-12"}
    near = client.get("/api/compare", **days, box=AROUND_SIRTE).json["differences"]
    assert 0 < len(near) < len(client.get("/api/compare", **days).json["differences"])
    assert {one["place"] for one in near} <= inside
    search = client.get("/api/search", text="gains", box=AROUND_SIRTE).json
    assert 0 < search["claims"]["total"] < client.get("/api/search", text="gains").json["claims"]["total"]
    assert {claim["place"] for claim in search["claims"]["claims"]} <= inside
    assert client.get("/api/search", text="palmyra").json["places"]
    assert client.get("/api/search", text="palmyra", box=AROUND_SIRTE).json["places"] == []
    named = {
        party["name"]: party["count"] for party in client.get("/api/search", text="s", box=AROUND_SIRTE).json["actors"]
    }
    said = [claim[side]["name"] for claim in claims for side in ("actor", "opponent") if claim[side]]
    assert named == {name: said.count(name) for name in named} and named


def test_what_happened_to_sites_keeps_to_an_area(client: Client) -> None:
    whole = client.get("/api/heritage").json["incidents"]
    near = client.get("/api/heritage", box="38,34,39,35").json["incidents"]
    assert near == [one for one in whole if 34 <= one["lat"] <= 35 and 38 <= one["lon"] <= 39]
    assert client.get("/api/heritage", box=AROUND_SIRTE).json["total"] == 0


def test_a_what_if_hears_less_and_leaves_the_record_as_it_is(client: Client) -> None:
    whole = client.get("/api/place", id=PALMYRA).json
    assert whole["what_if"] is None
    supposed = client.get("/api/place", id=PALMYRA, without="ministry").json
    assert supposed["what_if"]["unheard"] == 1
    assert "ministry" not in {spell["claimed_by"] for spell in supposed["spells"]}
    assert client.get("/api/place", id=PALMYRA).json == whole
    assert client.get("/api/state", day="2016-12-12", without="nobody at all").status == 404


def test_two_days_are_compared(client: Client) -> None:
    found = client.get("/api/compare", first="2016-01-01", last="2016-06-01").json
    (palmyra,) = [one for one in found["differences"] if one["place"] == PALMYRA]
    assert (palmyra["before"]["holder"], palmyra["after"]["holder"], palmyra["hands"]) == ("Reds", "Blues", True)
    assert found["gained"] == {"Blues": 1} and found["lost"] == {"Reds": 1}
    assert client.get("/api/compare", first="2016-01-01", last="2016-01-01").json["differences"] == []


def test_strips_are_sorted_and_paged(client: Client) -> None:
    whole = client.get("/api/strips", order="name").json
    names = [one["place"]["name"] for one in whole["strips"]]
    assert names == sorted(names) and whole["total"] == len(names)
    parts = [client.get("/api/strips", order="name", limit=1, offset=at).json["strips"][0] for at in range(len(names))]
    assert parts == whole["strips"]


def test_the_histogram_counts_claims_and_changes_of_hands(client: Client) -> None:
    found = client.get("/api/histogram").json
    assert sum(count for _, count in found["claims"]) == 7
    epoch = date(1970, 1, 1)
    assert (date(2016, 3, 27) - epoch).days in {day for day, _ in found["turns"]}


# --- lists ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["latest", "oldest"])
def test_few_events_are_in_the_order_that_many_are_in(
    client: Client, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = client.get("/api/events", order=order, actor="Reds").json
    monkeypatch.setattr(lists, "LOOKED_UP", 0)
    assert client.get("/api/events", order=order, actor="Reds").json == few
    assert few["total"] > 1 and {"Reds"} == {name for event in few["events"] for name in event["actors"]}


def test_claims_are_filtered(client: Client) -> None:
    def count(**params: object) -> int:
        answer = client.get("/api/claims", **params).json
        assert answer["total"] == len(answer["claims"])
        return int(answer["total"])

    assert count() == 7
    assert count(place=PALMYRA) == 4
    assert count(actor="Greens") == 2
    assert count(type="holds") == 2
    assert count(first="2016-12-11", last="2016-12-11") == 2
    assert count(box="38,34,39,35") == 4
    assert count(text="gains Palmyra") == 3
    assert count(least=1.0) <= 7
    kinds = {claim["source_kind"] for claim in client.get("/api/claims").json["claims"]}
    assert sum(count(source_kind=kind) for kind in kinds) == 7


def test_pages_fit_together(client: Client) -> None:
    whole = client.get("/api/claims").json["claims"]
    pages = [client.get("/api/claims", limit=3, offset=at).json["claims"] for at in (0, 3, 6)]
    assert [one for page in pages for one in page] == whole


def test_quotes_are_where_they_are_said_to_be(client: Client) -> None:
    for row in client.get("/api/reports").json["reports"]:
        report = client.get("/api/report", id=row["id"]).json
        assert len(report["claims"]) == row["claims"]
        for claim in report["claims"]:
            assert report["text"][claim["start"] : claim["end"]] == claim["quote"]


def test_search_finds_places_quotes_reports_and_actors(client: Client) -> None:
    found = client.get("/api/search", text="palm").json
    assert [place["name"] for place in found["places"]] == ["Palmyra"]
    assert found["claims"]["total"] == 4
    assert found["reports"]["total"] >= 1
    assert [one["name"] for one in client.get("/api/search", text="reds").json["actors"]] == ["Reds"]
    # Words are words: the signs of a query language mean nothing.
    assert client.get("/api/search", text='palm" OR "x').json["claims"]["total"] == 0
    assert client.get("/api/claims", text=" ").json["total"] == 0


def test_changes_disputes_and_sources_are_those_of_the_record(client: Client, database: Database) -> None:
    changed = client.get("/api/changes", place=PALMYRA, order="oldest").json["changes"]
    assert ("Reds", "Blues") in [(one["before"], one["after"]) for one in changed]
    assert client.get("/api/disputes").json["total"] == len(queries.disputes(database))
    speakers = client.get("/api/sources").json
    assert sum(one["claims"] for one in speakers["sources"]) == 7
    assert client.get("/api/relations").json["total"] == 0
    assert client.get("/api/events").json["total"] == len(queries.events(database))


# --- reading --------------------------------------------------------------------------------------------------------

PASTED = {"text": "Town\n\nOn 2017-03-02 Blues gains Palmyra (agency).\n", "name": "slip"}
ALLOWED = {"authorization": f"Bearer {TOKEN}"}


def test_a_pasted_report_is_read_and_not_stored(own: Address) -> None:
    client, before = Client(own), fingerprint(own)
    found = client.post("/api/read", PASTED)
    assert found.status == 200
    (claim,) = found.json["claims"]
    assert found.json["text"][claim["start"] : claim["end"]] == claim["quote"]
    assert claim["says"] == "Blues gains Palmyra" and not found.json["known"]
    assert fingerprint(own) == before


def test_a_report_is_added_with_the_token_and_seen_at_once(own: Address) -> None:
    client = Client(own)
    added = client.post("/api/reports", PASTED, ALLOWED).json
    assert (added["outcome"], added["claims"], added["failures"]) == ("new", 1, [])
    marks = {one["place"]: one["holder"] for one in client.get("/api/state", day="2017-04-01").json["marks"]}
    assert marks[PALMYRA] == "Blues"
    assert client.post("/api/reports", PASTED, ALLOWED).json["outcome"] == "same"
    assert client.get("/api/report", id=added["report"]).json["report"]["doc"] == "slip"
    with open_record(own) as database:
        assert queries.failures(database) == []


@pytest.mark.parametrize("text", ["", "   \n ", "\0\1\2" * 40, '{"text": "a"}\n{"text": "b"}\n', "%PDF-1.4 x"])
def test_what_is_no_report_is_refused_and_leaves_no_trace(own: Address, text: str) -> None:
    client, before = Client(own), fingerprint(own)
    for path in ("/api/read", "/api/reports"):
        answer = client.post(path, {"text": text}, ALLOWED)
        assert answer.status in (400, 422) and answer.json["error"]
    assert fingerprint(own) == before


# --- reviews --------------------------------------------------------------------------------------------------------


def _claim(client: Client, quote: str) -> dict[str, Any]:
    (found,) = [one for one in client.get("/api/claims", limit=100).json["claims"] if one["quote"] == quote]
    return found  # type: ignore[no-any-return]


def test_a_decision_is_obeyed_shown_and_undone(own: Address) -> None:
    client = Client(own)
    claim = _claim(client, "On 2016-12-11 Reds gains Palmyra (observers).")
    reject = {"action": "reject", "claim": claim["id"], "analyst": "Amal", "why": "misread"}
    told = client.post("/api/reviews", reject, ALLOWED)
    assert told.status == 200 and told.json["places"] == 1
    marks = {one["place"]: one["holder"] for one in client.get("/api/state", day="2016-12-12").json["marks"]}
    assert marks[PALMYRA] == "Blues"
    assert _claim(client, claim["quote"])["review"] == "rejected"
    undo = {"action": "undo", "review": told.json["reviews"][0], "analyst": "Basil"}
    assert client.post("/api/reviews", undo, ALLOWED).status == 200
    correct = {"action": "correct", "claim": claim["id"], "analyst": "Amal", "fields": {"place": "Sirte"}}
    assert client.post("/api/reviews", correct, ALLOWED).json["places"] == 2
    accept = {"action": "reject", "claim": claim["id"], "analyst": "Basil"}
    assert client.post("/api/reviews", accept, ALLOWED).status == 200
    moved = _claim(client, claim["quote"])
    assert (moved["place_name"], moved["as_read"]["place"], moved["review"]) == ("Sirte", "Palmyra", "rejected")
    found = client.get("/api/reviews", id=claim["id"]).json
    assert [(one["analyst"], one["action"], one["why"]) for one in found["reviews"]] == [
        ("Amal", "reject", "misread"),
        ("Amal", "correct", ""),
        ("Basil", "reject", ""),
    ]
    first, second, third = found["reviews"]
    assert first["undone_by"] and second["differs"] == [third["id"]] and second["fields"]["place"] == "Sirte"
    assert found["fields"]["place"] == "Sirte" and found["fields"]["actor"] == "Reds"
    with open_record(own) as database:
        assert list(faults(database)) == []


def test_the_claims_to_review_come_with_what_an_answer_moves(own: Address) -> None:
    client = Client(own)
    found = client.get("/api/questions").json
    assert found["total"] == len(found["questions"]) > 0
    assert [one["moves"] for one in found["questions"]] == sorted(one["moves"] for one in found["questions"])[::-1]
    first = found["questions"][0]["claim"]
    assert client.get("/api/questions", limit=1, offset=1).json["questions"] == found["questions"][1:2]
    client.post("/api/reviews", {"action": "accept", "claim": first["id"], "analyst": "Amal"}, ALLOWED)
    assert first["id"] not in {one["claim"]["id"] for one in client.get("/api/questions").json["questions"]}
    accepted = client.get("/api/claims", review="accepted").json["claims"]
    assert [one["id"] for one in accepted] == [first["id"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"action": "reject", "claim": "c00000000", "analyst": "Amal"}, 422),
        ({"action": "correct", "claim": "c", "analyst": "Amal", "fields": {"place": "Sirte"}}, 422),
        ({"action": "undo", "review": "v1", "analyst": "Amal"}, 422),
        ({"action": "merge", "claim": "c", "analyst": "Amal"}, 422),
        ({"action": "merge", "events": ["e00000000", "e1"], "analyst": "Amal"}, 422),
        ({"action": "split", "analyst": "Amal"}, 422),
        ({"action": "split", "claims": ["c00000000"], "analyst": "Amal"}, 422),
        ({"action": "grade", "source": "nobody", "grade": "A", "analyst": "Amal"}, 422),
        ({"action": "grade", "source": "outlet:x", "grade": "G", "analyst": "Amal"}, 422),
        ({"action": "add", "analyst": "Amal"}, 400),
        ({"action": "reject", "claim": "c", "analyst": ""}, 400),
        ({"action": "reject", "claim": "c", "analyst": " "}, 422),
        ({"action": "reject", "claim": "c", "analyst": "Amal", "colour": "red"}, 400),
    ],
)
def test_a_wrong_decision_is_refused_and_leaves_no_trace(own: Address, body: dict[str, object], status: int) -> None:
    client, before = Client(own), fingerprint(own)
    answer = client.post("/api/reviews", body, ALLOWED)
    assert answer.status == status and answer.json["error"]
    assert fingerprint(own) == before


# --- description ----------------------------------------------------------------------------------------------------

WORDS = st.text(max_size=12) | st.sampled_from(
    ["Palmyra", "Reds", PALMYRA, "outlet", '"', "NEAR(", "*", "\0", "%", "'"]
)
DAYS = st.dates(date(2014, 1, 1), date(2018, 1, 1)).map(str)


def value(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema allows, and now and then any others."""
    kind = schema.get("type")
    if "enum" in schema:
        good: st.SearchStrategy[Any] = st.sampled_from(schema["enum"])
    elif kind == "array":
        good = st.lists(WORDS.filter(bool), max_size=3)
    elif kind == "integer":
        good = st.integers(schema.get("minimum", 0), min(schema.get("maximum", 1000), 1000))
    elif kind == "number":
        good = st.floats(0, 1)
    elif kind == "boolean":
        good = st.sampled_from(["true", "false", "0", "1"])
    elif schema.get("format") == "date":
        good = DAYS
    elif "pattern" in schema:
        good = st.sampled_from(["30,20,50,40", "-180,-90,180,90", "50,40,30,20", "0,0,0,0", "1,2,999,4"])
    else:
        good = WORDS
    return st.one_of(good, good, good, good, st.text(max_size=6))


PATHS = openapi()["paths"]
KNOWN = {
    "day": "2016-12-10",
    "first": "2016-01-01",
    "last": "2016-12-12",
    "id": PALMYRA,
    "text": "palmyra",
    "box": "30,30,40,40",
    "format": "csv",
}
GETS = [ask for ask in ASKS if ask.gives is not None]


@pytest.mark.parametrize("ask", GETS, ids=lambda ask: ask.path)
def test_whatever_is_asked_is_answered_as_described(client: Client, ask: Any) -> None:
    parameters = PATHS[ask.path]["get"]["parameters"]
    required = {one["name"]: value(one["schema"]) for one in parameters if one["required"]}
    optional = {one["name"]: value(one["schema"]) for one in parameters if not one["required"]}

    @settings(max_examples=20, suppress_health_check=list(HealthCheck))
    @given(st.fixed_dictionaries(required, optional=optional))
    def check(params: dict[str, Any]) -> None:
        answer = client.get(ask.path, **params)
        assert str(answer.status) in PATHS[ask.path]["get"]["responses"], (params, answer.body)
        if answer.status == 200:
            msgspec.json.decode(answer.body, type=ask.gives)
        else:
            assert set(answer.json) == {"error"}

    check()


def test_the_description_names_every_schema_that_it_points_to(client: Client) -> None:
    described = client.get("/api/openapi.json")
    pointed = set(__import__("re").findall(r"#/components/schemas/(\w+)", described.body.decode()))
    assert pointed == set(described.json["components"]["schemas"])
    assert set(described.json["paths"]) == set(PATHS)


@pytest.mark.parametrize("day", ["2015-05-19", "2015-05-20", "2016-03-27", "2016-12-31", "2020-01-01"])
def test_any_day_follows_from_all_spells(client: Client, day: str) -> None:
    told, on = client.get("/api/spells").json, (date.fromisoformat(day) - date(1970, 1, 1)).days
    found, spell = {}, 0
    for place, count in zip(told["places"], told["counts"], strict=True):
        for at in range(spell, spell + count):
            last, spoken, sure = told["lasts"][at], told["spoken"][at], told["sure"][at]
            if told["begins"][at] > on:
                continue
            if last is None and on > spoken:
                sure = round(sure * 0.5 ** ((on - spoken) / told["half_life_days"]), 4)
            found[place] = (told["names"][told["holders"][at]], sure) if last is None or last >= on else None
        spell += count
    marks = {mark["place"]: (mark["holder"], mark["sure"]) for mark in client.get("/api/state", day=day).json["marks"]}
    assert {place: one for place, one in found.items() if one} == marks
    assert bool(marks) is (day > "2015-05-19")


def test_a_parameter_that_is_not_known_or_given_twice_is_an_error(client: Client) -> None:
    assert client.get("/api/claims", no_such_thing=1).status == 400
    assert client.get("/api/claims", limit=[1, 2]).status == 400
    assert client.get("/api/state").status == 400


def test_the_same_answer_is_not_sent_twice(client: Client) -> None:
    first = client.get("/api/state", day="2016-12-10")
    again = client.get("/api/state", {"if-none-match": first.headers["etag"]}, day="2016-12-10")
    assert (again.status, again.body) == (304, b"")


def test_the_drawn_map_is_whole_and_shows_text_as_text(client: Client) -> None:
    from lxml import etree

    answer = client.get("/api/map.svg", day="2016-12-12", box="36,33,41,37")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    root = etree.fromstring(answer.body)
    links = root.findall(".//{http://www.w3.org/2000/svg}a")
    assert [link.get("data-place") for link in links] == [PALMYRA]
    assert "held by" in links[0].get("aria-label")
    assert client.get("/api/map.svg", day="2016-12-12", box="40,37,36,33").status == 404


def test_a_record_with_nothing_in_it_is_answered_for(records: Records) -> None:
    empty = records.new()
    open_record(empty, write=True).close()
    client = Client(empty)
    assert client.get("/api/record").json["box"] is None
    assert client.get("/api/places").json == {"total": 0, "places": []}
    known = {**KNOWN, "id": "gn:1"}
    for ask in ASKS:
        names = {one["name"] for one in PATHS[ask.path]["get"]["parameters"] if one["required"]}
        answer = client.get(ask.path, **{name: known[name] for name in names})
        assert answer.status == (404 if "id" in names else 200), (ask.path, answer.body)


def test_asking_changes_no_byte_of_the_record(client: Client, asked: Address) -> None:
    before = fingerprint(asked)
    for ask in ASKS:
        names = {one["name"] for one in PATHS[ask.path]["get"]["parameters"] if one["required"]}
        assert client.get(ask.path, **{name: KNOWN[name] for name in names}).status in (200, 404)
    assert fingerprint(asked) == before


# --- speed ----------------------------------------------------------------------------------------------------------


def test_a_day_of_two_thousand_places_takes_less_than_a_tenth_of_a_second(tmp_path: Path) -> None:
    """Of processor time; ten years of days, eight spells a place."""
    path, begun = tmp_path / "big.tadmor", date(2012, 1, 1)
    spells = []
    for place in range(2000):
        days = [begun + timedelta(days=(place * 37 + turn * 431) % 3600) for turn in range(8)]
        for turn, day in enumerate(sorted(days)):
            id, held = f"s{place:06d}{turn}", f"Party {(place + turn) % 20}"
            spells.append((id, f"gn:{place}", held, str(day), str(day), str(day), str(day)))
    with open_record(path, write=True) as database, database.transaction():
        rows = [(f"gn:{place}", f"Place {place}", 30 + place % 50 / 10, 36 + place // 50 / 10) for place in range(2000)]
        database.execute_many("INSERT INTO places (id, name, level, lat, lon) VALUES (?, ?, 'place', ?, ?)", rows)
        database.execute_many(
            "INSERT INTO spells (id, place_id, layer, status, holder, contested, start_earliest, start_latest, begins,"
            " ended, spoken, confidence, voices) VALUES (?, ?, 'assessed', 'held', ?, 0, ?, ?, ?, 0, ?, 0.9, 1)",
            spells,
        )
    client = Client(path)
    assert len(client.get("/api/state", day="2020-01-01").json["marks"]) == 2000
    took = []
    for step in range(25):
        before = time.process_time()
        client.get("/api/state", day=begun + timedelta(days=140 * step))
        took.append(time.process_time() - before)
    assert sorted(took)[12] < 0.1


def test_a_report_that_was_passed_over_is_marked_in_the_list(own: Address) -> None:
    client = Client(own)
    first = client.get("/api/reports").json["reports"][0]
    assert first["passed_over"] is False
    with open_record(own, write=True) as database, database.transaction():
        note = json.dumps([f"{NOT_READ}not about a war (score 0.010)"])
        database.execute("UPDATE reports SET notes = ? WHERE id = ?", (note, first["id"]))
    listed = {row["id"]: row["passed_over"] for row in Client(own).get("/api/reports").json["reports"]}
    assert [id for id, passed_over in listed.items() if passed_over] == [first["id"]]
