"""One sentence, one place: names, spellings, facilities, districts, parts and distances of many wars are put right."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from spoken import doc
from tadmor.claim.candidates import places
from tadmor.claim.read import _remember, read
from tadmor.claim.scene import Scene
from tadmor.lexicon import gazetteer
from tadmor.lexicon.gazetteer import distance_km
from tadmor.lexicon.placename import key
from tadmor.records import Report, Segment, Where

EXACT_KM, AREA_KM = 20.0, 150.0
LEAST_READ = 0.93  # of the sentences, those of which a claim has the place


class Pair(NamedTuple):
    text: str
    place: str
    lat: float
    lon: float
    says: str


def load() -> list[Pair]:
    lines = (Path(__file__).parent / "whereabouts.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [Pair(r["text"], r["place"], float(r["lat"]), float(r["lon"]), r["says"]) for r in rows]


PAIRS = load()


@cache
def readings() -> Mapping[str, tuple[Where, ...]]:
    """The places of the claims of each sentence, all read in one go."""
    reports = [report(pair.text) for pair in PAIRS]
    return {
        reading.report.doc: tuple(claim.where for claim in reading.claims if claim.where is not None)
        for reading in read(reports)
    }


def report(text: str) -> Report:
    return Report(
        id=f"r{text}",
        sha256="0" * 64,
        doc=text,
        origin="-",
        media_type="text/plain",
        text=text,
        segments=(Segment(role="body", start=0, end=len(text)),),
    )


def fits(where: Where, pair: Pair) -> bool:
    """Whether it is the place, at its point, and as much of it as is said."""
    if where.id is None or where.lat is None or where.lon is None:
        return False
    place = gazetteer.load().get(where.id)
    wanted = key(pair.place)
    named = any(wanted in key(name) for name in (place.name, *place.aliases))
    near = distance_km(where.lat, where.lon, pair.lat, pair.lon)
    limit = AREA_KM if pair.says == "governorate" else EXACT_KM
    said = not pair.says or where.precision == pair.says or (pair.says == "part" and where.part is not None)
    return named and near <= limit and said


def among(text: str) -> list[Where]:
    """The places that the sentence itself names, as the learned reading may choose among them."""
    parsed = doc(text)
    scene = Scene([parsed], published=None, dateline=None)
    found = []
    for sentence in parsed.sents:
        _remember(sentence, scene)
        found += [c.site.where for c in places(sentence, scene) if c.token is not None and c.site is not None]
    return found


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.text for pair in PAIRS])
def test_the_place_is_among_those_of_the_sentence_or_of_its_claims(pair: Pair) -> None:
    """Whether a claim comes of the sentence is for the learned reading to weigh; where it is told is not."""
    found = [*among(pair.text), *readings()[pair.text]]
    assert any(fits(where, pair) for where in found), found


def test_nearly_all_sentences_have_a_claim_with_the_place() -> None:
    missed = [pair.text for pair in PAIRS if not any(fits(where, pair) for where in readings()[pair.text])]
    assert len(missed) <= (1 - LEAST_READ) * len(PAIRS), missed


def test_the_sentences_are_many_and_no_two_are_the_same() -> None:
    assert len({pair.text for pair in PAIRS}) == len(PAIRS) >= 150
