"""How much of the samples' documented history the record built from them holds: the rows of `samples/facts.csv`.

A change of hands is *found* if the place (or part) has the documented holder, or the group that he was then part of,
within a week after the last possible day, and *dated* if a spell of that holder also begins within three days of the
documented interval. The samples are the project's own texts, so that the figure tells of the whole way, from header
lines to spells, and not of unseen reports.
"""

from __future__ import annotations

import contextlib
import csv
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from bench.floors import Measure, corpus_hash
from tadmor.errors import TadmorError
from tadmor.lexicon import actors
from tadmor.pipeline import read_into
from tadmor.record import names, queries
from tadmor.record.database import Database, open_record
from tadmor.records import Spell
from tadmor.run.local import Local

CHANGES = ("gains", "gains_part")
AFTER = timedelta(days=7)
SLACK = timedelta(days=3)


class Fact(NamedTuple):
    """A documented change of hands; both days are included."""

    place: str
    part: str
    holder: str
    first: date
    last: date


def facts(path: Path) -> list[Fact]:
    """The changes of hands among the documented facts."""
    found = []
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["event"] in CHANGES and row["holder"]:
                first, _, last = row["from"].partition("/")
                days = date.fromisoformat(first), date.fromisoformat(last or first)
                found.append(Fact(row["place"], row["part"], row["holder"], *days))
    return found


def measure(samples: Path) -> Measure:
    """Shares of the documented changes of hands that are found, and that are dated right."""
    wanted = facts(samples / "facts.csv")
    with tempfile.TemporaryDirectory() as folder, open_record(Path(folder) / "samples.tadmor", write=True) as record:
        read_into(record, [str(samples / "reports")], runner=Local())
        told = [_told(record, fact) for fact in wanted]
    figures = {
        "changes of hands": float(len(wanted)),
        "found": sum(found for found, _ in told) / len(wanted),
        "dated": sum(dated for _, dated in told) / len(wanted),
    }
    files = [samples / "facts.csv", *sorted((samples / "reports").iterdir())]
    return Measure(name="samples", sha256=corpus_hash(files), figures=figures, bounded=("found", "dated"))


def _told(record: Database, fact: Fact) -> tuple[bool, bool]:
    """Whether the record holds the change, and whether it dates it right."""
    near = (fact.first - SLACK, fact.last + SLACK)
    spells = [s for s in queries.spells(record, _places(record, fact)) if s.layer == "assessed" and _same(s, fact)]
    held = [s for s in spells if _covers(s, fact.last, fact.last + AFTER)]
    dated = [s for s in held if (s.start.latest or near[0]) >= near[0] and (s.start.earliest or near[1]) <= near[1]]
    return bool(held), bool(dated)


def _places(record: Database, fact: Fact) -> list[str]:
    """The place by the record's ids, with its part where the record knows that as a place of its own."""
    found = []
    for name in filter(None, (fact.place, fact.part)):
        with contextlib.suppress(TadmorError):
            found.append(names.find_place(record, name).place.id)
    return found


def _same(spell: Spell, fact: Fact) -> bool:
    known = actors.load()
    holder = known.by_name(fact.holder)
    wholes = [known.get(id).name for id in known.wholes(holder.id, fact.last)] if holder is not None else []
    return spell.holder is not None and spell.holder in {fact.holder, *wholes}


def _covers(spell: Spell, first: date, last: date) -> bool:
    """Whether the spell lasts on one of the days."""
    begin = spell.start.earliest or spell.start.latest or date.min
    end = spell.end.latest if spell.end is not None and spell.end.latest else date.max
    return begin <= last and end >= first
