"""A seeded record of an invented war: many claims on few places and few on most, by several sources, with copies.

Claims are about places that change hands; some are false, late, denied, hedged, or about a part of the place. They are
written through the functions by which readings are stored, with stories, but no history is worked out yet.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from tadmor.record import maker, stories, write
from tadmor.record.database import Database, open_record
from tadmor.records import Claim, Count, DatePrecision, Days, Modality, Party, Quote, Reading, Report, Segment, Where

START = date(2011, 3, 1)
LENGTH = 3650  # days
CLAIMS_A_PLACE = 100  # in the mean
LARGEST = 0.05  # share of all claims that are about the place most spoken of
BETWEEN_CHANGES = 400.0  # mean days that a place stays in one hand
FALSE = 0.15  # share of claims on control that name the wrong party
BATCH = 2_000  # reports a transaction

PARTIES = {
    "syr-gov": "Syrian government",
    "is": "Islamic State",
    "fsa": "Free Syrian Army",
    "sdf": "Syrian Democratic Forces",
    "nusra": "Al-Nusra Front",
    "ahrar-sham": "Ahrar al-Sham",
    "tur-gov": "Turkey",
}
OUTLETS = ("Reuters", "AFP", "BBC", "Al Jazeera", "CNN", "Guardian", "New York Times", "SANA", "Anadolu Agency",
           "Xinhua", "Enab Baladi", "Zaman al-Wasl", "The Daily Star", "Rudaw", "ARA News")  # fmt: skip
SPEAKERS = ("Syrian Observatory for Human Rights", "SANA", "Amaq", "Syrian army", "activists", "residents",
            "Anadolu Agency", "ICRC", "Reuters", "a rebel commander")  # fmt: skip
PARTS = ("east", "the western half", "the old mill", "city centre", "most of it", "countryside")
CONTROL = ("gains", "holds", "loses", "contests", "advances", "repels", "besieges", "gains_part", "holds_part")
OFTEN = (0.2, 0.34, 0.06, 0.16, 0.08, 0.06, 0.03, 0.04, 0.03)
EVENTS = ("Armed clash", "Air/drone strike", "Shelling/artillery/missile attack", "Attack", "Suicide bomb")


class Place(NamedTuple):
    """A place, the parties that fight over it, and who holds it: `holders[k]` from day ``changes[k]`` on."""

    where: Where
    parties: tuple[str, ...]
    changes: list[int]
    holders: list[str]

    def on(self, day: int) -> str:
        return self.holders[max(bisect_right(self.changes, day) - 1, 0)]


class War:
    """A war over `places` places with `claims` claims in all, of which `largest` are about the first place."""

    def __init__(self, claims: int, *, places: int | None = None, largest: int | None = None, seed: int = 0) -> None:
        self.random = np.random.default_rng(seed)
        count = max(claims // CLAIMS_A_PLACE, 2) if places is None else places
        self.places = [self._place(number) for number in range(count)]
        first = round(claims * LARGEST) if largest is None else largest
        # Log-normal, as in event data: half of the places have under a third of the mean, a few have thousands.
        shares = self.random.lognormal(0.0, 1.6, count - 1)
        rest = np.maximum(1, np.floor(shares / shares.sum() * (claims - first))).astype(np.int64)
        self.subjects = self.random.permutation(np.repeat(np.arange(count), [first, *rest.tolist()]))
        self._told = 0

    def _place(self, number: int) -> Place:
        random = self.random
        parties = tuple(random.choice(list(PARTIES), 2 + int(random.integers(3)), replace=False).tolist())
        changes, holders = [0], [parties[0]]
        while (day := changes[-1] + 10 + int(random.exponential(BETWEEN_CHANGES))) < LENGTH:
            changes.append(day)
            holders.append(str(random.choice([party for party in parties if party != holders[-1]])))
        name = f"Qasr {number}"
        where = Where(
            name=name,
            id=f"th:qasr-{number}",
            text=name,
            lat=30 + float(random.random()) * 6,
            lon=36 + float(random.random()) * 8,
            admin1="Homs",
            country="SY",
            precision="exact",
        )
        return Place(where, parties, changes, holders)

    def stories(self) -> Iterator[list[Reading]]:
        """All reports, those of one story together: one and its copies, which say the same."""
        at = 0
        while at < len(self.subjects):
            told = 2 + int(self.random.integers(5))
            copies = 1 if self.random.random() < 0.7 else 2 + int(self.random.integers(2))
            subjects = self.subjects[at : at + told].tolist()
            day = int(self.random.integers(LENGTH))
            yield self.story([self.places[subject] for subject in subjects], day, copies)
            at += told * copies

    def story(self, places: list[Place], day: int, copies: int = 1) -> list[Reading]:
        """A story of one claim on each of `places`, published on `day` of the war by as many outlets as `copies`."""
        said = [self._claim(place, day) for place in places]
        outlets = self.random.choice(OUTLETS, copies, replace=False).tolist()
        return [self._reading(outlet, day, said) for outlet in outlets]

    def _reading(self, outlet: str, day: int, said: list[tuple[Claim, str]]) -> Reading:
        self._told += 1
        text = f"Bulletin {self._told} of {outlet}."
        quotes = []
        for _, words in said:
            quotes.append(Quote(start=len(text) + 1, end=len(text) + 1 + len(words)))
            text = f"{text} {words}"
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        report_id = "r" + sha256[:20]
        claims = [
            msgspec.structs.replace(claim, id=f"c{sha256[20:36]}{number:04}", report_id=report_id, quote=quote)
            for number, ((claim, _), quote) in enumerate(zip(said, quotes, strict=True))
        ]
        report = Report(
            id=report_id,
            sha256=sha256,
            doc=f"bulletin-{self._told}",
            origin=f"bulletin-{self._told}.txt",
            media_type="text/plain",
            outlet=outlet,
            published=START + timedelta(day),
            published_by="visible",
            text=text,
            segments=(Segment(role="body", start=0, end=len(text)),),
        )
        return Reading(report=report, claims=tuple(claims))

    def _claim(self, place: Place, told: int) -> tuple[Claim, str]:
        """What a report of day `told` says of a place, and the words in which it does."""
        random = self.random
        day = max(0, told - int(random.integers(4)))
        holder = place.on(day)
        others = [party for party in place.parties if party != holder]
        actor, opponent = holder, str(random.choice(others))
        if random.random() < FALSE:
            actor, opponent = opponent, actor
        kind = "control" if random.random() < 0.65 else "event"
        type = str(random.choice(CONTROL, p=OFTEN)) if kind == "control" else str(random.choice(EVENTS))
        if type == "gains" and random.random() < 0.9:  # captures are told when they happen
            day = place.changes[max(bisect_right(place.changes, day) - 1, 0)] if day else 0
        elif type in ("loses", "contests", "advances", "besieges"):
            actor, opponent = opponent, actor
        first, precision = START + timedelta(day), _DAY
        if random.random() < 0.2:
            first, precision = first - timedelta(int(random.integers(1, 7))), _WEEK
        draw = random.random()
        modality: Modality = (
            "asserted" if draw < 0.82
            else "hedged" if draw < 0.9
            else "denied" if draw < 0.94
            else "planned" if draw < 0.97
            else "possible"
        )  # fmt: skip
        part = str(random.choice(PARTS)) if random.random() < 0.1 else None
        killed = int(random.integers(1, 40)) if kind == "event" and random.random() < 0.4 else None
        words = f"{PARTIES[actor]}, {type} {PARTIES[opponent]} at {place.where.name} on {first}."
        claim = Claim(
            id="",
            report_id="",
            kind="control" if kind == "control" else "event",
            type=type,
            actor=Party(name=PARTIES[actor], id=actor, text=PARTIES[actor]),
            opponent=_party(opponent) if random.random() < 0.6 else None,
            where=_part(place.where, part) if part else place.where,
            days=Days(first=first, last=START + timedelta(day), precision=precision, basis="stated"),
            modality=modality,
            sources=(str(random.choice(SPEAKERS)),) if random.random() < 0.45 else (),
            count=Count(killed=(killed, killed)) if killed else None,
            quote=Quote(start=0, end=0),
            rule="invented",
            confidence=0.5 + round(float(random.random()) * 0.45, 2),
        )
        return claim, words


_DAY: DatePrecision = "day"
_WEEK: DatePrecision = "week"


def _party(id: str) -> Party:
    return Party(name=PARTIES[id], id=id, text=PARTIES[id])


def _part(where: Where, part: str) -> Where:
    return msgspec.structs.replace(where, part=part, precision="part")


def write_record(path: Path, war: War) -> int:
    """Store all reports of a war, with their stories, in a new record; the number of claims."""
    total = 0
    told: dict[str, str] = {}
    with open_record(path, write=True) as database:
        with database.transaction():
            begin(database)
        for some in _batches(war.stories()):
            with database.transaction():
                for story in some:
                    told.update((reading.report.id, story[0].report.id) for reading in story)
                    for reading in story:
                        total += len(reading.claims)
                        put(database, reading)
        with database.transaction():
            write.put_stories(database, told)
    return total


def begin(database: Database) -> None:
    """Let readings be stored whose stories are given (`write.put_stories`), not to be found; inside a transaction."""
    write.put_maker(database, maker.this())
    stories.forget_outdated(database, maker.this())


def put(database: Database, reading: Reading) -> None:
    """Store a reading as a run does; inside a transaction."""
    raw = reading.report.text.encode()
    write.put_reading(
        database,
        reading,
        raw,
        doc=reading.report.doc,
        maker=maker.this(),
        published=None,
        outlet=None,
        read_at="2026-01-01T00:00:00Z",
    )


def _batches(stories: Iterator[list[Reading]]) -> Iterator[list[list[Reading]]]:
    while batch := list(islice(stories, BATCH)):
        yield batch
