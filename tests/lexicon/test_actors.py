"""Names, dated governments and relations of the actors, and the soundness of their tables."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.errors import LexiconError
from tadmor.lexicon import actors, table
from tadmor.lexicon.actor_types import Actor, GovernmentRow, Period, RelationRow
from tadmor.lexicon.names import Name, Names, key, scoped, split

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
ACTORS = actors.load()


def found(text: str, *countries: str) -> list[tuple[str, str]]:
    words = text.split()
    return [(" ".join(words[hit.start : hit.end]), hit.id) for hit in ACTORS.find(words, countries)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jabhat al-Nusra left the hill", [("Jabhat al-Nusra", "nusra")]),
        ("Jabhat al - Nusra left the hill", [("Jabhat al - Nusra", "nusra")]),
        ("men of jabhat an-Nusrah left", [("jabhat an-Nusrah", "nusra")]),
        ("the People 's Protection Units hold it", [("People 's Protection Units", "ypg")]),
        ("the Peoples Protection Units hold it", [("Peoples Protection Units", "ypg")]),
        ("Islamic State 's men fled", [("Islamic State", "is")]),
        ("IS-held towns", [("IS-held", "is")]),
        ("the town is held", []),
        ("U.S.-led coalition jets", [("U.S.-led coalition", "cjtf-oir")]),
        ("talks of the US - Russia kind", [("US", "usa-gov"), ("Russia", "rus-gov")]),
        ("Hama fell , Hamas said", [("Hamas", "hamas")]),
        ("Let the men of LeT go", [("LeT", "let")]),
        ("Türkiye and Hizballah", [("Türkiye", "tur-gov"), ("Hizballah", "hezbollah")]),
        ("ISIS. Syria", [("ISIS.", "is"), ("Syria", "syr-gov")]),
    ],
)
def test_a_name_is_found_however_it_is_spelled_and_split(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_capitals_mean_nothing_in_a_line_of_capitals() -> None:
    assert found("SYRIAN ARMY IS NEAR THE TOWN OF US") == [("SYRIAN ARMY", "syr-gov")]


def test_the_longest_name_wins() -> None:
    assert found("the Syrian National Army and the Syrian National Coalition") == [
        ("Syrian National Army", "sna"),
        ("Syrian National Coalition", "etilaf"),
    ]


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("the SAF shelled it", "SD", ["sdn-gov"]),
        ("the SAF shelled it", "SY", ["syr-gov"]),
        ("the coalition struck", "YE", ["saudi-coalition"]),
        ("UPC rebels", "CF", ["upc-cf"]),
        ("UPC rebels", "CD", ["upc"]),
        ("Northern Alliance troops", "MM", ["northern-alliance-mm"]),
        ("Northern Alliance troops", "AF", ["northern-alliance"]),
    ],
)
def test_the_country_of_the_report_decides_a_shared_name(text: str, country: str, expected: list[str]) -> None:
    assert [id for _, id in found(text, country)] == expected


def test_metonyms_leaders_and_generic_nouns_are_not_found() -> None:
    assert found("Damascus said Assad and the rebels agreed to leave the Kremlin") == []


def test_metonyms_and_leaders_have_questions_of_their_own() -> None:
    assert ACTORS.metonym("Kremlin") == "rus-gov"
    assert ACTORS.metonym("Palmyra") is None
    assert ACTORS.leader("Khalifa Hifter") == "lna"
    assert ACTORS.leader("Nobody Atall") is None


@pytest.mark.parametrize(
    ("country", "day", "expected"),
    [
        ("SY", date(2024, 12, 7), "syr-gov"),
        ("SY", date(2024, 12, 10), "syr-transition"),
        ("SY", None, "syr-gov"),
        ("AF", date(2000, 5, 1), "taliban"),
        ("AF", date(2010, 5, 1), "afg-gov"),
        ("AF", date(2021, 8, 15), "taliban"),
        ("LY", date(2011, 3, 1), "lby-gaddafi"),
        ("LY", date(2019, 6, 1), "gna"),
        ("LY", date(2022, 6, 1), "gnu"),
        ("MM", date(2020, 1, 1), "mmr-gov"),
        ("MM", date(2021, 2, 1), "tatmadaw"),
        ("IQ", date(2003, 3, 25), "irq-saddam"),
        ("FR", date(2010, 1, 1), "fra-gov"),
    ],
)
def test_governments_are_dated(country: str, day: date | None, expected: str) -> None:
    government = ACTORS.government(country, day)
    assert government is not None
    assert government.id == expected


def test_no_country_no_government() -> None:
    assert ACTORS.government("ZZ") is None


def test_a_state_means_the_government_of_the_day() -> None:
    assert ACTORS.on("syr-gov", date(2025, 6, 1)).id == "syr-transition"
    assert ACTORS.on("hezbollah", date(2025, 6, 1)).id == "hezbollah"


def test_names_change_with_time() -> None:
    nusra = ACTORS.get("nusra")
    assert nusra.name_on(date(2015, 1, 1)) == "Al-Nusra Front"
    assert nusra.name_on(date(2016, 9, 1)) == "Jabhat Fatah al-Sham"
    assert nusra.name_on(date(2019, 1, 1)) == "Hayat Tahrir al-Sham"
    assert nusra.name_on(None) == "Al-Nusra Front"


def test_adjectives_need_a_capital_and_peoples_are_no_states() -> None:
    assert ACTORS.adjective("Syrian") == "SY"
    assert ACTORS.adjective("Turks") == "TR"
    assert ACTORS.adjective("polish") is None
    assert ACTORS.adjective("Kurdish") is None
    assert ACTORS.ethnic("Kurdish") == "Kurds"


def test_nigeria_is_not_niger_and_the_koreas_are_two() -> None:
    assert [ACTORS.adjective(w) for w in ("Nigerian", "Nigerien", "North Korean", "South Sudanese", "Sudanese")] == [
        "NG", "NE", "KP", "SS", "SD",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("phrase", "country", "day", "expected"),
    [
        ("Syrian government forces", None, None, "syr-gov"),
        ("Syrian rebel fighters", None, None, "syr-rebels"),
        ("Russian jets", None, None, "rus-gov"),
        ("pro-Assad militiamen", None, None, "syr-gov"),
        ("forces loyal to Khalifa Haftar", None, None, "lna"),
        ("government of Sudan", None, None, "sdn-gov"),
        ("fighters of Boko Haram", None, None, "boko-haram"),
        ("Saudi-led coalition aircraft", None, None, "saudi-coalition"),
        ("Afghan forces", None, date(2022, 3, 1), "taliban"),
        ("Kiev forces", "UA", None, "ukr-gov"),
        ("the army", "SD", None, "sdn-gov"),
        ("the rebels", "YE", None, "houthis"),
        ("separatists", "UA", date(2014, 8, 1), "donbas"),
        ("Tamil rebels", "LK", None, "ltte"),
        ("Kurdish fighters", "SY", date(2014, 9, 1), "ypg"),
        ("Kurdish forces", "IQ", date(2014, 9, 1), "peshmerga"),
        ("rebels", "CD", date(2013, 1, 1), "m23"),
        ("Russians", None, None, "rus-gov"),
        ("US-backed Syrian rebels", None, None, "syr-rebels"),
        ("Iranian - backed Houthi fighters", None, None, "houthis"),
        ("Kurdish-led fighters", "SY", date(2017, 1, 1), "sdf"),
    ],
)
def test_a_phrase_names_the_side(phrase: str, country: str | None, day: date | None, expected: str) -> None:
    side = ACTORS.side(phrase.split(), country, day)
    assert side is not None
    assert side.id == expected


@pytest.mark.parametrize(
    ("phrase", "country"),
    [
        ("the jihadists", "SY"),
        ("rebels", None),
        ("US-backed fighters", "SO"),
        ("Kenyan mercenaries", "UA"),
        ("the old bridge", "SY"),
        ("Damascus", "SY"),
        ("troops", None),
        ("siege of Aleppo", "SY"),
        ("Kenyan-backed troops", "SO"),
        ("the model", "LR"),
        ("", None),
    ],
)
def test_a_phrase_that_names_no_side_names_none(phrase: str, country: str | None) -> None:
    assert ACTORS.side(phrase.split(), country) is None


def test_generic_nouns_are_dated() -> None:
    assert ACTORS.generic("rebels", "LK", date(2015, 1, 1)) is None
    rebels = ACTORS.generic("the opposition fighters", "SY", date(2015, 1, 1))
    assert rebels is not None
    assert rebels.id == "syr-rebels"


def test_force_nouns() -> None:
    assert [force.arm for w in ("warplanes", "artillery", "troops") if (force := ACTORS.force(w))] == [
        "air", "artillery", "ground",
    ]  # fmt: skip
    militants = ACTORS.force("militant")
    assert militants is not None
    assert not militants.state
    assert ACTORS.force("bakery") is None


@pytest.mark.parametrize(
    ("a", "b", "day", "expected"),
    [
        ("rus-gov", "syr-gov", date(2016, 1, 1), 1.0),
        ("syr-gov", "is", date(2016, 1, 1), -1.0),
        ("rsf", "sdn-gov", date(2020, 1, 1), 1.0),
        ("rsf", "sdn-gov", date(2023, 5, 1), -1.0),
        ("nusra", "al-qaeda", date(2015, 1, 1), 1.0),
        ("nusra", "al-qaeda", date(2017, 1, 1), None),
        ("yem-saleh", "houthis", date(2016, 1, 1), 1.0),
        ("yem-saleh", "houthis", date(2017, 12, 3), -1.0),
        ("sna", "sdf", date(2019, 10, 10), -1.0),
        ("ypg", "tur-rebels", date(2018, 2, 1), -1.0),
        ("ahrar-sham", "syr-gov", date(2014, 1, 1), -1.0),
        ("ltte", "is", date(2016, 1, 1), None),
        ("is", "is", None, 1.0),
    ],
)
def test_sides_are_dated_and_parts_stand_with_their_whole(a: str, b: str, day: date | None, expected: float) -> None:
    assert ACTORS.same_side(a, b, day) == expected
    assert ACTORS.same_side(b, a, day) == expected


@given(st.lists(st.text(max_size=8), max_size=12))
def test_any_tokens_give_ordered_disjoint_spans_within_the_sentence(words: list[str]) -> None:
    end = 0
    for hit in ACTORS.find(words):
        assert end <= hit.start < hit.end <= len(words)
        end = hit.end


@given(st.sampled_from([alias for actor in ACTORS for alias in actor.aliases if "@" not in alias]))
def test_every_unscoped_alias_leads_to_an_actor(alias: str) -> None:
    assert ACTORS.by_name(alias) is not None
    assert found(f"Reportedly {alias} came") != []


def test_atoms_cover_tokens_in_order() -> None:
    atoms = split(["al", "-", "Nusra", "Front", ",", "U.S.", "'s"])
    assert [(atom.text, atom.start, atom.end) for atom in atoms] == [
        ("nusra", 0, 3), ("front", 3, 4), ("", 4, 5), ("us", 5, 6),
    ]  # fmt: skip


def test_two_owners_of_one_name_leave_it_unresolved() -> None:
    names = Names([Name("Red Army", "a"), Name("Red Army", "b")])
    assert names.find(["the", "Red", "Army", "came"]) == []
    assert names.lookup("Red Army") is None


def test_no_alias_has_two_owners_in_one_scope() -> None:
    owners: dict[tuple[str, tuple[bool, ...]], list[Name]] = defaultdict(list)
    for actor in ACTORS:
        for alias in {actor.name, *actor.aliases}:
            name = scoped(alias, actor.id)
            owners[key(name.text), tuple(atom.upper for atom in split(name.text.split()))].append(name)
    clashes = [
        (a, b)
        for group in owners.values()
        for i, a in enumerate(group)
        for b in group[i + 1 :]
        if a.id != b.id and ((not a.scope and not b.scope) or a.scope & b.scope)
    ]
    assert clashes == []


def test_periods_run_forward_and_scopes_are_countries() -> None:
    known = set(ACTORS.countries())

    def check(period: Period | Actor, what: str) -> None:
        assert period.since is None or period.until is None or period.since < period.until, what

    for actor in ACTORS:
        check(actor, actor.id)
        assert actor.country is None or actor.country in known, actor.id
        for period in (*actor.names, *actor.affiliations):
            check(period, f"{actor.id}: {period}")
        for alias in actor.aliases:
            assert scoped(alias, actor.id).scope <= known, alias
        assert all(link.to != actor.id for link in actor.affiliations), actor.id


def test_no_two_actors_both_ally_and_oppose_at_one_time() -> None:
    def overlap(x: Period, y: Period) -> bool:
        return (x.until is None or y.since is None or y.since < x.until) and (
            y.until is None or x.since is None or x.since < y.until
        )

    pairs: dict[frozenset[str], list[RelationRow]] = defaultdict(list)
    for _, row in table.read(table.data("actors") / "relations.csv", RelationRow):
        pairs[frozenset((row.a, row.b))].append(row)
    contradictions = [
        (x, y)
        for rows in pairs.values()
        for x in rows
        for y in rows
        if x.relation == "opposes" and y.relation != "opposes" and overlap(x, y)
    ]
    assert contradictions == []


def test_governments_of_one_country_follow_one_another() -> None:
    by_country: dict[str, list[Period]] = defaultdict(list)
    for _, row in table.read(table.data("actors") / "governments.csv", GovernmentRow):
        by_country[row.country].append(row)
    for country, rows in by_country.items():
        assert [row.until for row in rows[:-1]] == [row.since for row in rows[1:]], country
        assert rows[-1].until is None, country


@pytest.mark.parametrize(
    ("file", "line", "message"),
    [
        ("relations.csv", "is,backs,nobody-at-all,,", "nobody-at-all"),
        ("relations.csv", "is,adores,nusra,,", "adores"),
        ("governments.csv", "SY,nobody-at-all,2030,", "nobody-at-all"),
        ("names.csv", "is,Some Name,not-a-day,", "names.csv"),
        ("theatres/syria.csv", "is,Twice,armed group,SY,,,,,", "taken"),
        ("theatres/syria.csv", "x,y", "cells"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, file: str, line: str, message: str) -> None:
    folder = tmp_path / "actors"
    (folder / "theatres").mkdir(parents=True)
    for source in (table.data("actors"), table.data("actors") / "theatres"):
        for path in source.iterdir():
            if path.name.endswith(".csv"):
                target = folder / path.name if source.name == "actors" else folder / "theatres" / path.name
                target.write_text(path.read_text("utf-8"), "utf-8")
    wrong = folder / file
    wrong.write_text(wrong.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(LexiconError, match=message) as error:
        actors.read(folder)
    assert "row" in str(error.value)


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_most_actors_of_the_development_reports_are_known() -> None:
    lines = (SHARED / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    claims = [claim for line in lines for claim in json.loads(line)["claims"]]
    names = [name for claim in claims for name in (claim.get("actor"), claim.get("opponent")) if name]
    known = sum(ACTORS.by_name(name, ("SY",)) is not None for name in names)
    assert known / len(names) > 0.9  # the rest are joint actors and groups that stand for nobody


@pytest.mark.parametrize(("word", "id"), [("ISILs", "is"), ("YPGs", "ypg"), ("SDFs", "sdf")])
def test_an_abbreviation_may_have_lost_its_apostrophe(word: str, id: str) -> None:
    assert [found.id for found in ACTORS.find([word, "offensive"])] == [id]
