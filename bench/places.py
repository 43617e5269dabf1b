"""How well places are found and placed, on toponym corpora outside the repository (LGL, TR-News, GeoVirus).

    python bench/places.py --corpora ../shared/data/geoparsing

For each corpus: gold toponyms with coordinates; how many have their span found as a place; how many of all are placed
within 161 km (100 miles, the usual measure of the field); the median error of those placed. Adjectives of countries
("Russian"), which these corpora annotate as the country, are looked up in the actor dictionary; a row
without them follows. What is large has its point by convention (GeoNames puts Canada 1,000 km west of where Wikipedia
does), and a corpus that follows another one counts our point as wrong: so do 200 of the 2,170 names of GeoVirus.
"""

from __future__ import annotations

import argparse
import statistics
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import spacy

from tadmor.claim.where import context
from tadmor.lexicon import actors, gazetteer
from tadmor.lexicon.gazetteer import distance_km

NEAR_KM = 161.0
CORPORA = ("lgl.xml", "TR-News.xml", "GeoVirus.xml")


class Toponym(NamedTuple):
    start: int
    end: int
    phrase: str
    lat: float
    lon: float


class Row(NamedTuple):
    adjective: bool
    found: bool
    error: float | None


def articles(path: Path) -> Iterator[tuple[str, list[Toponym]]]:
    """Text and gold toponyms of each article."""
    for article in ET.parse(path).getroot().iter("article"):
        gold = []
        for node in article.iter("toponym"):
            lat, lon = node.findtext(".//lat"), node.findtext(".//lon")
            if lat and lon:
                start, end = int(node.findtext("start") or 0), int(node.findtext("end") or 0)
                gold.append(Toponym(start, end, node.findtext("phrase") or "", float(lat), float(lon)))
        for node in article.iter("location"):  # GeoVirus: offsets count from one
            start, end = int(node.findtext("start") or 1) - 1, int(node.findtext("end") or 1) - 1
            lat, lon = node.findtext("lat"), node.findtext("lon")
            if lat and lon:
                gold.append(Toponym(start, end, node.findtext("name") or "", float(lat), float(lon)))
        yield article.findtext("text") or "", gold


def measure(path: Path) -> tuple[list[Row], int, float]:
    """A row for each gold toponym, the tokens read and the seconds taken."""
    tokenizer = spacy.blank("en").tokenizer
    places, dictionary = gazetteer.load(), actors.load()
    rows: list[Row] = []
    tokens, began = 0, time.perf_counter()
    for text, gold in articles(path):
        doc = tokenizer(text)
        tokens += len(doc)
        words = [token.text for token in doc]
        found = places.find(words)
        named = [(" ".join(words[f.start : f.end]), f.ids) for f in found]
        adjectives = {i: c for i, word in enumerate(words) if word[:1].isupper() and (c := dictionary.adjective(word))}
        scene = context(named, None, list(adjectives.values()))
        spans = {}
        for f, (name, ids) in zip(found, named, strict=True):
            place, _ = scene.choose(name, ids)
            if place is not None:
                spans[doc[f.start].idx, doc[f.end - 1].idx + len(words[f.end - 1])] = (place.lat, place.lon)
        for i, iso in adjectives.items():
            country = next((p for p in places.lookup(_country(iso)) if p.kind == "country"), None)
            if country is not None:
                spans.setdefault((doc[i].idx, doc[i].idx + len(words[i])), (country.lat, country.lon))
        lower = {doc[i].idx for i in adjectives}
        for toponym in gold:
            point = spans.get((toponym.start, toponym.end)) or next(
                (p for (a, b), p in spans.items() if a <= toponym.start < b or toponym.start <= a < toponym.end), None
            )
            error = distance_km(*point, toponym.lat, toponym.lon) if point else None
            rows.append(Row(toponym.start in lower, point is not None, error))
    return rows, tokens, time.perf_counter() - began


def _country(iso: str) -> str:
    return _names().get(iso, "")


def _names(cache: dict[str, str] = {}) -> dict[str, str]:  # noqa: B006
    if not cache:
        places = gazetteer.load()
        for row in range(len(places)):
            if places.kind(row) == "country":
                place = places.place(row)
                cache[place.country] = place.name
    return cache


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    options = parser.parse_args()
    print(f"{'corpus':12} {'gold':>6} {'found':>6} {'<=161 km':>9} {'of found':>9} {'median km':>9} {'tokens/s':>9}")
    for name in CORPORA:
        rows, tokens, seconds = measure(options.corpora / name)
        for label, kept in ((name, rows), ("  names", [row for row in rows if not row.adjective])):
            errors = [row.error for row in kept if row.error is not None]
            near = sum(error <= NEAR_KM for error in errors)
            print(
                f"{label:12} {len(kept):6} {len(errors) / len(kept):6.3f} {near / len(kept):9.3f} "
                f"{near / max(1, len(errors)):9.3f} {statistics.median(errors):9.1f} {tokens / seconds:9.0f}"
            )


if __name__ == "__main__":
    main()
