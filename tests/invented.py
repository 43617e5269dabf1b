"""An invented reader and timeline for the tests of what lies around them: runners, record, commands.

The reader takes lines like "On 2016-12-10 Reds gains Palmyra (source)." and nothing else as claims. Some words make it
misbehave: "Raise" raises, "Crash" kills its process where that is a worker, "Half" gives half a character.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import msgspec

from tadmor import pipeline
from tadmor.records import (
    Bound,
    Claim,
    Days,
    Dispute,
    Event,
    Heard,
    Party,
    PlaceHistory,
    Pull,
    Quote,
    Reading,
    Report,
    Spell,
    Where,
)
from tadmor.run.stage import Stage

PLACES = {
    "Palmyra": Where(
        name="Palmyra",
        id="gn:163808",
        text="Palmyra",
        lat=34.56,
        lon=38.28,
        admin1="Homs",
        country="SY",
        precision="exact",
    ),
    "Sirte": Where(name="Sirte", id="gn:2210554", text="Surt", lat=31.2, lon=16.59, country="LY", precision="exact"),
    "Syria": Where(name="Syria", id="gn:163843", text="Syria", lat=35.0, lon=38.0, country="SY", precision="country"),
    "Nowhere Hill": Where(name="Nowhere Hill", text="Nowhere Hill"),
}
LINE = re.compile(r"On (\d{4}-\d\d-\d\d) (\w+) (gains|holds|loses) ([\w ]+?)(?: \((\w+)\))?\.")


def content_id(letter: str, *parts: object) -> str:
    return letter + hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:20]


def claims(reports: Iterable[Report]) -> Iterator[Reading]:
    for report in reports:
        if "Raise" in report.text:
            raise ValueError("an invented bug")
        if "Crash" in report.text and multiprocessing.parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        if "Half" in report.text:
            report = msgspec.structs.replace(report, original_outlet="\ud800")
        yield Reading(report=report, claims=tuple(_claim(report, found) for found in LINE.finditer(report.text)))


def _claim(report: Report, found: re.Match[str]) -> Claim:
    day = date.fromisoformat(found[1])
    return Claim(
        id=content_id("c", report.id, found.start(), found[0]),
        report_id=report.id,
        kind="control",
        type=found[3],
        actor=Party(name=found[2], id=None, text=found[2]),
        where=PLACES[found[4]],
        days=Days(first=day, last=day, precision="day", basis="stated"),
        sources=(found[5],) if found[5] else (),
        quote=Quote(start=found.start(), end=found.end()),
        rule="invented",
        confidence=0.75,
    )


def history(place_id: str, heard: Sequence[Heard]) -> PlaceHistory:
    """The last claim of a day begins a spell that lasts until the next; several actors on one day are a dispute."""
    ordered = sorted((one.claim for one in heard), key=_in_order)
    spells = []
    for number, claim in enumerate(ordered):
        day, after = claim.days.first, ordered[number + 1].days.first if number + 1 < len(ordered) else None
        if after is not None and after == day:
            continue  # of the claims of one day the last holds
        spells.append(
            Spell(
                id=content_id("s", place_id, claim.id),
                place_id=place_id,
                layer="assessed",
                status="held",
                holder=claim.actor.name if claim.actor else None,
                start=Bound(earliest=day, latest=day),
                end=Bound(earliest=after - timedelta(1), latest=after - timedelta(1)) if after else None,
                confidence=0.9,
                voices=len({one.story_id for one in heard}),
                pulls=(
                    Pull(claim_id=claim.id, pull=2.5),
                    *(Pull(claim_id=c.id, pull=-1.0) for c in ordered if c is not claim),
                ),
            )
        )
    events = tuple(
        Event(
            id=content_id("e", claim.id),
            kind="control",
            type=claim.type,
            place_id=place_id,
            days=claim.days,
            actors=(claim.actor.name,) if claim.actor else (),
            killed=(1, 2, None),
            killed_claims=(claim.id, None, None),
            claim_ids=(claim.id,),
            voices=1,
            confidence=0.75,
        )
        for claim in ordered
    )
    return PlaceHistory(
        place_id=place_id, events=events, spells=tuple(spells), disputes=tuple(_disputes(place_id, ordered))
    )


def _in_order(claim: Claim) -> tuple[date, str, str]:
    """By day; of one day by actor, since ids differ from version to version."""
    return claim.days.first or date.min, claim.actor.name if claim.actor else "", claim.id


def _disputes(place_id: str, ordered: Sequence[Claim]) -> Iterator[Dispute]:
    for one, other in pairwise(ordered):
        if one.days == other.days and one.actor != other.actor:
            yield Dispute(
                id=content_id("d", one.id, other.id),
                place_id=place_id,
                days=one.days,
                about="two holders on one day",
                sides=tuple((f"held by {claim.actor.name}", (claim.id,)) for claim in (one, other) if claim.actor),
                open=True,
                reading="undecided",
            )


def open_reading() -> Callable[[Sequence[pipeline.Found]], list[pipeline.Read]]:
    return lambda found: pipeline.read_documents(found, claims)


STAGE = Stage(open_reading, pipeline.READ.lost, pipeline.READ.size)

WORDS = ("river", "market", "bread", "school", "winter", "road", "bridge", "convoy", "shelter", "doctor", "night")


def text(*lines: str, seed: int = 0) -> str:
    """A report with these claims in it, unlike one with another seed."""
    filler = " ".join(
        f"{WORDS[(seed * 7 + number * 3) % len(WORDS)].title()} {seed} saw the {WORDS[(seed + number) % len(WORDS)]}."
        for number in range(12)
    )
    return f"Bulletin {seed}\n\n" + "\n\n".join([*lines, filler]) + "\n"


def write_reports(folder: Path, count: int) -> Path:
    """A folder of reports about three places over some days."""
    folder.mkdir()
    names = ["Palmyra", "Sirte", "Nowhere Hill"]
    for number in range(count):
        day, actor = f"2016-{1 + number % 12:02}-{1 + number % 28:02}", "Reds" if number % 2 else "Blues"
        line = f"On {day} {actor} gains {names[number % 3]}."
        (folder / f"report{number:03}.txt").write_text(text(line, seed=number), encoding="utf-8")
    return folder
