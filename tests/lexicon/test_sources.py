"""Named sources, descriptions of sources, and the soundness of their tables."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from tadmor.errors import LexiconError
from tadmor.lexicon import actors, sources, table
from tadmor.lexicon.names import Name, key, scoped, split
from tadmor.lexicon.sources import SOURCE_KINDS, Source

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SOURCES = sources.load()
NAMED = [row for path in (table.data("sources") / "named").iterdir() for _, row in table.read(path, Source)]


@pytest.mark.parametrize(
    ("name", "id", "kind", "speaks_for"),
    [
        ("the Syrian Observatory for Human Rights", "sohr", "monitor", None),
        ("Rami Abdurrahman", "sohr", "monitor", None),
        ("SANA", "sana", "state agency", "syr-gov"),
        ("TASS", "tass", "state agency", "rus-gov"),
        ("Amaq news agency", "amaq", "party", "is"),
        ("Al Masirah TV", "al-masirah", "party", "houthis"),
        ("Centcom", "centcom", "military", "usa-gov"),
        ("Russia's Defence Ministry", "rus-mod", "official", "rus-gov"),
        ("Kenyan Ministry of Defence", "ken-defence-ministry", "official", "ken-gov"),
        ("Ukraine's General Staff", "ukr-general-staff", "military", "ukr-gov"),
        ("Local Coordination Committee of Zabadani", "lcc", "activist", "syr-rebels"),
        ("Reuters correspondent", "reuters", "wire", None),
        ("Kremlin spokesman Dmitry Peskov", "kremlin", "official", "rus-gov"),
        ("UNICEF", "unicef", "international", None),
    ],
)
def test_named_sources(name: str, id: str, kind: str, speaks_for: str | None) -> None:
    source = SOURCES.by_name(name)
    assert source is not None
    assert (source.id, source.kind, source.speaks_for) == (id, kind, speaks_for)


@pytest.mark.parametrize(
    ("name", "country", "kind", "speaks_for"),
    [
        ("residents", "SY", "resident", None),
        ("Turkish residents", None, "resident", None),
        ("witnesses", "SY", "resident", None),
        ("villagers near the border", "SD", "resident", None),
        ("local activists", "SY", "activist", None),
        ("opposition activists", "SY", "activist", "syr-rebels"),
        ("two medics in the town", "SY", "medic", None),
        ("a medical source", "SY", "medic", None),
        ("civil defense officials", "SY", "rescuer", None),
        ("a military source", "SY", "military", "syr-gov"),
        ("an army spokesman", "SD", "military", "sdn-gov"),
        ("spokesman for the Libyan National Army", "LY", "party", "lna"),
        ("a spokesman for the army", "SD", "official", "sdn-gov"),
        ("residents of Tripoli", "LY", "resident", None),
        ("a rebel commander", "SY", "party", "syr-rebels"),
        ("a rebel commander", None, "party", None),
        ("a senior Houthi official", "YE", "official", "houthis"),
        ("Turkish officials", None, "official", "tur-gov"),
        ("the provincial governor", "IQ", "official", None),
        ("state media", "IR", "state agency", "irn-gov"),
        ("the Islamic State", None, "party", "is"),
        ("a rights group", "MM", "monitor", None),
        ("aid workers", "SS", "aid agency", None),
        ("an analyst in Beirut", "LB", "expert", None),
        ("a video posted online", "SY", "unnamed", None),
        ("a source", "SY", "unnamed", None),
        ("local media", "LY", "outlet", None),
    ],
)
def test_descriptions_are_classified_by_head_and_modifier(
    name: str, country: str | None, kind: str, speaks_for: str | None
) -> None:
    source = SOURCES.by_name(name, country)
    assert source is not None
    assert (source.kind, source.speaks_for) == (kind, speaks_for)
    assert source.name == name


@pytest.mark.parametrize("name", ["the old bridge", "Palmyra", "", "yesterday"])
def test_what_cannot_speak_is_no_source(name: str) -> None:
    assert SOURCES.by_name(name) is None


def test_a_described_source_is_found_again_by_its_id() -> None:
    described = SOURCES.by_name("Turkish officials")
    assert described is not None
    again = SOURCES.get(described.id)
    assert (again.id, again.kind, again.speaks_for) == (described.id, "official", "tur-gov")


@pytest.mark.parametrize("id", ["nobody-at-all", "~gossip", "~official:nobody-at-all"])
def test_unknown_ids_are_refused(id: str) -> None:
    with pytest.raises(KeyError):
        SOURCES.get(id)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Anadolu Agency and the Associated Press say so", ["anadolu", "ap"]),
        ("Foreign policy is hard", []),
        ("Foreign Policy reported", ["fp"]),
        ("Iraqi state television said", ["iraqi-tv"]),
        ("The standard is high", []),
        ("a ministry", []),
    ],
)
def test_named_sources_are_found_in_sentences(text: str, expected: list[str]) -> None:
    assert [hit.id for hit in SOURCES.find(text.split())] == expected


def test_there_are_enough_named_sources() -> None:
    assert len(NAMED) >= 400


def test_rows_refer_to_known_actors_countries_and_kinds() -> None:
    parties = actors.load()
    known = {*parties.countries(), "HK"}
    for source in NAMED:
        assert source.speaks_for is None or source.speaks_for in parties, source.id
        assert source.country is None or source.country in known, source.id
        assert source.kind in SOURCE_KINDS
        for alias in source.names():
            assert scoped(alias, source.id).scope <= known, alias


def test_no_alias_has_two_owners_in_one_scope() -> None:
    owners: dict[tuple[str, tuple[bool, ...]], list[Name]] = defaultdict(list)
    for source in NAMED:
        for alias in set(source.names()):
            name = scoped(alias, source.id)
            owners[key(name.text), tuple(atom.upper for atom in split(name.text.split()))].append(name)
    clashes = [
        (a, b)
        for group in owners.values()
        for i, a in enumerate(group)
        for b in group[i + 1 :]
        if a.id != b.id and ((not a.scope and not b.scope) or a.scope & b.scope)
    ]
    assert clashes == []


def test_a_source_that_speaks_for_nobody_known_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    (folder / "named").mkdir(parents=True)
    for name in ("heads.csv", "modifiers.csv", "ministries.csv"):
        (folder / name).write_text((table.data("sources") / name).read_text("utf-8"), "utf-8")
    header = "id,name,kind,country,speaks_for,aliases\n"
    (folder / "named" / "made_up.csv").write_text(header + "x,Some Radio,outlet,SY,nobody-at-all,\n", "utf-8")
    with pytest.raises(LexiconError, match=r"made_up\.csv, row 2: 'nobody-at-all'"):
        sources.read(folder, actors.load())


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
def test_most_sources_of_the_development_reports_are_known() -> None:
    lines = (SHARED / "gold" / "dev.jsonl").read_text("utf-8").splitlines()
    names = [name for line in lines for claim in json.loads(line)["claims"] for name in claim["sources"]]
    known = sum(SOURCES.by_name(name, "SY") is not None for name in names)
    assert known / len(names) > 0.95  # the rest are persons whom only their report introduces


def test_persons_who_speak_for_a_body_are_told_from_what_it_is_called() -> None:
    assert SOURCES.person("Rami Abdel Rahman") and SOURCES.by_name("Rami Abdel Rahman") is not None
    assert not SOURCES.person("Syrian Observatory") and not SOURCES.person("White Helmets")
