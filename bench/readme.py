"""The table of figures in the README, written from what was measured when floors were last lifted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bench.floors import Bounds
from bench.places import CORPORA

FILE = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- figures, written by python -m bench --raise -->"
END = "<!-- end of figures -->"
BLOCK = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
TOPONYMS = "LGL; TR-News; GeoVirus"
ANNOTATED = "50 reports annotated by hand"
# What is measured, on what, measure and figures of `floors.json`, and how they are written.
ROWS = (
    (
        "claims of control: precision, recall, F1",
        ANNOTATED,
        "claims, dev",
        "control precision|control recall|control f1",
    ),
    ("claims of events: precision, recall, F1", ANNOTATED, "claims, dev", "event precision|event recall|event f1"),
    ("relations: precision, recall, F1", ANNOTATED, "claims, dev", "relation precision|relation recall|relation f1"),
    ("who did it, of claims found", ANNOTATED, "claims, dev", "field actor"),
    ("when, of claims found", ANNOTATED, "claims, dev", "field time"),
    ("how it is said, of claims found", ANNOTATED, "claims, dev", "field modality"),
    ("who says so, of claims found", ANNOTATED, "claims, dev", "field sources"),
    ("how many died, of claims found", ANNOTATED, "claims, dev", "field count"),
    ("how far confidence is from the share right", ANNOTATED, "confidence, dev", "calibration error"),
    ("words that name a speaker: F1", "PolNeAR, 84 articles", "speakers, PolNeAR", "f1"),
    ("governorate of the main event", "FA-KES, 416 reports", "main events, FA-KES", "governorate"),
    ("actor of the main event", "FA-KES, 416 reports", "main events, FA-KES", "actor"),
    (
        "its dead: civilians, others",
        "FA-KES, 416 reports",
        "main events, FA-KES",
        "civilians|others",
    ),
    ("names of places found", TOPONYMS, "; ".join(f"places, {name}" for name in CORPORA), "found"),
    (
        "of these, put within 161 km",
        TOPONYMS,
        "; ".join(f"places, {name}" for name in CORPORA),
        "within 161 km, of found",
    ),
    (
        "reports of one story: precision, recall",
        "2,100 pairs made of reports, 3,500 of different ones",
        "stories, pairs",
        "precision|recall",
    ),
    (
        "place-days with the right holder",
        "simulated wars, 20 % of claims false; parties biased, too",
        "wars, 20 % false, 3 reports; wars, 20 % false, biased",
        "place-days right",
    ),
    (
        "of these, more than where the last claim wins",
        "the same wars",
        "wars, 20 % false, 3 reports; wars, 20 % false, biased",
        "above last claim",
    ),
    (
        "learned and simulated reliability of 30 sources: rank correlation",
        "2,000 claims",
        "learned weights",
        "rank correlation",
    ),
    ("labelled attachment of the parser", "UD English PUD", "syntax, PUD", "LAS"),
    ("reports a second, stored, two processes", "FA-KES, 416 reports", "speed, FA-KES, 2 workers", "reports a second"),
    ("peak memory of them, MB", "FA-KES, 416 reports", "speed, FA-KES, 2 workers", "peak memory, MB"),
)


def table(bounds: Mapping[str, Bounds]) -> str:
    """The block of the README between its marks, which it includes; what was not measured yet has no row."""
    lines = ["| what | on | figure |", "|---|---|---|"]
    for what, corpus, measures, names in ROWS:
        measured = [bounds[measure].measured if measure in bounds else {} for measure in measures.split("; ")]
        wanted = names.split("|")
        if not all(name in one for one in measured for name in wanted):
            continue
        found = [one[name] for one in measured for name in wanted]
        figures = ", ".join(f"{figure:.2f}" if figure <= 1 else f"{figure:.0f}" for figure in found)
        lines.append(f"| {what} | {corpus} | {figures} |")
    return "\n".join([BEGIN, *lines, END])


def write(bounds: Mapping[str, Bounds], file: Path = FILE) -> None:
    """Put the table into the README."""
    text = file.read_text(encoding="utf-8")
    block = table(bounds)
    file.write_text(BLOCK.sub(lambda _: block, text), encoding="utf-8")
