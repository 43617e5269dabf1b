"""A record of very many claims, filled in bulk: rows as the stages would make them, nothing of it read or decided.

What the rows say means nothing; how many there are, how wide they are and how they hang together is as in the records
of the invented war (`bench.invented_war`): many claims on few places and few on most, spells with the claims that carry
them.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.invented_war import CONTROL, EVENTS, OUTLETS, PARTIES, SPEAKERS
from tadmor.record import maker
from tadmor.record.database import index_words, open_record
from tadmor.record.rows import TABLES, insert

START, DAYS = date(2011, 3, 1), 3650
A_REPORT, A_PLACE = 5, 100  # claims
SPELLS, SIDES = 8, 2  # of a place in the layer assessed; who claims in the other
PULLED = 6  # claims that carry a spell
WORDS, VOCABULARY = 14, 20_000  # of a quote; of all
CLAIM = ("id", "report_id", "kind", "type", "actor", "actor_id", "actor_text", "opponent", "opponent_id",
         "opponent_text", "place_id", "place", "place_text", "near", "lat", "lon", "admin1", "country",
         "geo_precision", "candidates", "first_day", "last_day", "date_precision", "date_basis", "modality", "sources",
         "quote", "quote_start", "quote_end", "also", "rule", "confidence", "listed_from", "listed_to")  # fmt: skip
PLACE = ("id", "name", "level", "lat", "lon", "admin1", "country")
REPORT = ("id", "sha256", "media_type", "outlet", "authors", "published", "published_by", "language", "truncated",
          "text", "segments", "signature", "maker")  # fmt: skip
Row = tuple[object, ...]


class Filled(NamedTuple):
    """What was written, and where to ask: the place most spoken of, one in the middle, and words of quotes."""

    claims: int
    largest: str
    middle: str
    common: str
    rare: str


def fill(path: Path, claims: int, seed: int = 0) -> Filled:
    """Write a record of so many claims, one for each hundred of them a place."""
    open_record(path, write=True).close()
    made = _Rows(claims, seed)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA cache_size = -400000")
        connection.execute("BEGIN")
        running = maker.this()
        connection.execute(
            "INSERT INTO makers VALUES (?, ?, ?, ?)", (running.id, running.tool, running.code, running.data)
        )
        connection.executemany(
            insert("places", ("id", "name", "level", "lat", "lon", "admin1", "country")), made.places()
        )
        for blobs, reports, receipts, stories, told in made.reports(running.id):
            connection.executemany(insert("blobs", ("sha256", "size", "packed")), blobs)
            connection.executemany(insert("reports", REPORT), reports)
            connection.executemany(insert("receipts", ("report_id", "origin", "doc", "read_at")), receipts)
            connection.executemany(insert("stories", ("report_id", "story_id")), stories)
            connection.executemany(insert("claims", CLAIM), told)
        connection.executemany(
            "INSERT INTO histories (place_id, maker) VALUES (?, ?)",
            ((f"th:{n}", running.id) for n in range(made.count)),
        )
        for table in TABLES[:4]:
            connection.executemany(insert(table.name, table.columns), getattr(made, table.name)())
        index_words(connection)
        connection.execute("COMMIT")
    order = np.argsort([len(own) for own in made.of_place])
    return Filled(
        claims, f"th:{order[-1]}", f"th:{order[len(order) // 2]}", made.words[3], made.words[VOCABULARY // 20]
    )


class _Rows:
    """The rows of each table; those of claims remember what they are about."""

    def __init__(self, claims: int, seed: int) -> None:
        self.random = random = np.random.default_rng(seed)
        self.claims, self.count = claims, max(claims // A_PLACE, 2)
        shares = random.lognormal(0.0, 1.6, self.count)
        self.place = random.choice(self.count, claims, p=shares / shares.sum())
        self.point = np.round(np.stack([30 + random.random(self.count) * 6, 36 + random.random(self.count) * 8]), 4)
        self.day = random.integers(0, DAYS, claims)
        self.dates = [(START + timedelta(day)).isoformat() for day in range(DAYS + 1)]
        letters = np.array(list("abcdefghijklmnoprstuvz"))
        self.words = ["".join(letters[random.integers(0, len(letters), 4 + n % 6)]) for n in range(VOCABULARY)]
        rank = 1 / np.arange(1, VOCABULARY + 1)
        self.usual = rank / rank.sum()
        self.of_place: list[list[int]] = [[] for _ in range(self.count)]
        for claim, place in enumerate(self.place.tolist()):
            self.of_place[place].append(claim)
        self.parties = list(PARTIES.items())

    def places(self) -> Iterator[Row]:
        for number in range(self.count):
            lat, lon = self.point[:, number].tolist()
            yield f"th:{number}", f"Qasr {number}", "place", lat, lon, f"Province {number % 40}", "SY"

    def reports(self, version: str) -> Iterator[tuple[list[Row], ...]]:
        for begin in range(0, self.claims, 20_000):
            end = min(begin + 20_000, self.claims)
            blobs: list[Row] = []
            reports: list[Row] = []
            receipts: list[Row] = []
            stories: list[Row] = []
            told: list[Row] = []
            said = self.random.choice(VOCABULARY, (end - begin, WORDS), p=self.usual).tolist()
            for first in range(begin, end, A_REPORT):
                number = first // A_REPORT
                quotes = [" ".join(self.words[word] for word in said[claim - begin])
                          for claim in range(first, min(first + A_REPORT, end))]  # fmt: skip
                text = ". ".join(quotes)
                sha256 = f"{number:020x}" + "0" * 44
                id = "r" + sha256[:20]
                raw = text.encode()
                blobs.append((sha256, len(raw), zlib.compress(raw, 1)))
                reports.append((id, sha256, "text/plain", OUTLETS[number % len(OUTLETS)], "[]",
                                self.dates[int(self.day[first])], "visible", "en", 0, text,
                                f'[{{"role":"body","start":0,"end":{len(text)}}}]', b"", version))  # fmt: skip
                receipts.append((id, f"bulletin-{number}.txt", f"bulletin-{number}", "2026-01-01T00:00:00Z"))
                stories.append((id, id))
                at = 0
                for claim, quote in enumerate(quotes, first):
                    told.append(self._claim(claim, id, quote, at))
                    at += len(quote) + 2
            yield blobs, reports, receipts, stories, told

    def _claim(self, claim: int, report: str, quote: str, at: int) -> Row:
        place, (who, actor) = int(self.place[claim]), self.parties[claim * 7 % len(self.parties)]
        whom, opponent = self.parties[(claim * 5 + 3) % len(self.parties)]
        kind = "control" if claim % 3 else "event"
        type = CONTROL[claim % len(CONTROL)] if claim % 3 else EVENTS[claim % len(EVENTS)]
        day, name = self.dates[int(self.day[claim])], f"Qasr {place}"
        lat, lon = self.point[:, place].tolist()
        sources = f'["{SPEAKERS[claim % len(SPEAKERS)]}"]' if claim % 2 else "[]"
        return (f"c{claim:020x}", report, kind, type, actor, who, actor, opponent, whom, opponent, f"th:{place}", name,
                name, 0, lat, lon, f"Province {place % 40}", "SY", "exact", "[]", day, day, "day", "stated",
                "asserted" if claim % 8 else "hedged", sources, quote, at, at + len(quote), "[]", "invented",
                0.4 + claim % 60 / 100, day, day)  # fmt: skip

    def events(self) -> Iterator[Row]:
        for claim in range(0, self.claims, 3):
            day = self.dates[int(self.day[claim])]
            actor = self.parties[claim * 7 % len(self.parties)][1]
            yield (f"e{claim:020x}", f"th:{self.place[claim]}", None, "event", EVENTS[claim % len(EVENTS)], day, day,
                   "day", "stated", f'["{actor}"]', "[]", None, "[null,null,null]", 1, 0.7)  # fmt: skip

    def event_claims(self) -> Iterator[Row]:
        for claim in range(0, self.claims, 3):
            yield f"e{claim:020x}", f"c{claim:020x}"

    def spells(self) -> Iterator[Row]:
        for id, place, side, turn, turns in self._turns():
            step = DAYS // turns
            begin, end = self.dates[turn * step], self.dates[(turn + 1) * step - 1]
            ended = int(turn + 1 < turns)
            holder = self.parties[(place + turn) % len(self.parties)][1]
            layer = "assessed" if side is None else "claimed"
            yield (id, f"th:{place}", None, layer, side, "held", holder, 0, None, begin, begin, begin, ended,
                   end if ended else None, end if ended else None, self.dates[-1], 0.8, 3)  # fmt: skip

    def spell_claims(self) -> Iterator[Row]:
        for id, place, _, turn, turns in self._turns():
            own = self.of_place[place]
            share = own[turn * len(own) // turns : (turn + 1) * len(own) // turns]
            for at, claim in enumerate(share[: PULLED * max(1, len(own) // A_PLACE)]):
                yield id, f"c{claim:020x}", round(2.5 - at * 0.01, 3)

    def _turns(self) -> Iterator[tuple[str, int, str | None, int, int]]:
        """Id, place, who claims it, number and number of all, of each spell."""
        for place in range(self.count):
            turns = SPELLS * (1 + min(len(self.of_place[place]) // (10 * A_PLACE), 5))
            for line, side in enumerate((None, *(name for _, name in self.parties[:SIDES]))):
                for turn in range(turns):
                    yield f"s{place:010x}{line:02x}{turn:08x}", place, side, turn, turns
