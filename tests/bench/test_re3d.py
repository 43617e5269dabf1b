"""Names and relations of re3d: what counts as one, and which claim tells it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import re3d
from bench.re3d import Relation

TEXT = "The rebels of Ahrar al-Sham fight Islamic State near Homs. Rebels fled the city."
SCORER = SimpleNamespace(
    same_actor=lambda gold, *found: float(gold in found), same_name=lambda gold, *found: float(gold in found)
)


def span(words: str, type: str, confidence: float = 1) -> dict[str, Any]:
    begin = TEXT.index(words)
    return {"documentId": "d", "begin": begin, "end": begin + len(words), "type": type, "confidence": confidence}


def between(source: str, target: str, type: str, confidence: float = 1) -> dict[str, Any]:
    ends = {"source": source, "target": target}
    offsets = {f"{end}Begin": TEXT.index(words) for end, words in ends.items()}
    offsets |= {f"{end}End": TEXT.index(words) + len(words) for end, words in ends.items()}
    return {"documentId": "d", "type": type, "confidence": confidence, **ends, **offsets}


@pytest.fixture
def corpus(tmp_path: Path) -> re3d.Corpus:
    documents = [{"_id": "d", "text": TEXT}]
    entities = [
        span("The rebels of Ahrar al-Sham", "Organisation"),
        span("Islamic State", "Organisation"),
        span("Islamic State", "Location", 0),
        span("Homs", "Location"),
        span("Rebels", "Organisation"),
        span("the city", "Location"),
    ]
    relations = [
        between("The rebels of Ahrar al-Sham", "Islamic State", "FightingAgainst"),
        between("Islamic State", "The rebels of Ahrar al-Sham", "FightingAgainst"),
        between("Rebels", "the city", "InChargeOf"),
        between("Islamic State", "Homs", "InChargeOf", 0.1),
        between("Islamic State", "Homs", "CoLocated"),
    ]
    for part in re3d.PARTS:
        (tmp_path / part).mkdir()
        rows = {"documents": documents, "entities": entities, "relations": relations}
        for name, lines in rows.items():
            text = "".join(json.dumps(line) + "\n" for line in lines if part == re3d.PARTS[0])
            (tmp_path / part / f"{name}.json").write_text(text, encoding="utf-8")
    return re3d.corpus(tmp_path)


def test_names_are_confirmed_and_have_a_capital_of_their_own(corpus: re3d.Corpus) -> None:
    assert [(name.kind, TEXT[name.at[0] :].split()[0]) for name in corpus.names] == [
        ("Organisation", "Ahrar"),
        ("Organisation", "Islamic"),
        ("Location", "Homs."),
    ]


def test_relations_are_between_names_and_symmetric_ones_counted_once(corpus: re3d.Corpus) -> None:
    assert corpus.relations == [
        Relation("d", "FightingAgainst", "The rebels of Ahrar al-Sham", "Islamic State"),
    ]


def test_names_are_found_by_the_dictionaries(corpus: re3d.Corpus) -> None:
    assert re3d.found(corpus) == {"organisations found": 1.0, "places found": 1.0}


def claim(kind: str, type: str, actor: str, opponent: str | None = None, place: str | None = None) -> dict[str, Any]:
    return {"kind": kind, "type": type, "actor": actor, "opponent": opponent, "place": place}


@pytest.mark.parametrize(
    ("type", "found", "told"),
    [
        ("FightingAgainst", claim("event", "Armed clash", "B", "A"), True),
        ("FightingAgainst", claim("relation", "opposes", "A", "B"), True),
        ("FightingAgainst", claim("relation", "backs", "A", "B"), False),
        ("AlliesOf", claim("relation", "backs", "B", "A"), True),
        ("BelongsTo", claim("relation", "part_of", "A", "B"), True),
        ("BelongsTo", claim("relation", "part_of", "B", "A"), False),
        ("InChargeOf", claim("control", "holds", "A", place="B"), True),
        ("InChargeOf", claim("event", "Armed clash", "A", place="B"), False),
    ],
)
def test_a_relation_is_told_by_claims_that_mean_it(type: str, found: dict[str, Any], told: bool) -> None:
    assert re3d.tells(found, Relation("d", type, "A", "B"), SCORER) is told


def test_shares_name_how_many_they_are_of() -> None:
    relations = [Relation("d", "BelongsTo", "A", "B"), Relation("e", "BelongsTo", "A", "B")]
    found = {"d": [claim("relation", "part_of", "A", "B")]}
    assert re3d.related(relations, found, SCORER) == {"part of (of 2)": 0.5, "relations found": 0.5}
