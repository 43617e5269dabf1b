"""What re-reading replaces is kept: former readings of reports, and the histories of before the version now at work.

Former readings stay for good. Of the histories there is one former state, that of when another version took over last:
between two versions they differ in a few places, and who needs more of them keeps copies of the record.

`Former` answers for that state as `Present` does for the record as it is; `record/diff.py` compares any two of them.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Protocol

import msgspec

from tadmor.record.database import Database, Row
from tadmor.record.maker import Maker
from tadmor.record.rows import TABLES, from_json, json_text, to_spell
from tadmor.records import Pull, Record, Spell

SPELL = next(table.columns for table in TABLES if table.name == "spells")


class History(NamedTuple):
    """The spells of a place, and by which version and weights (None: the shipped) they were worked out."""

    maker: str
    weights: str | None
    spells: tuple[Spell, ...]


class Said(Record, frozen=True):
    """A claim as it was read: all that the timeline hears of it, by the names of the record's columns."""

    id: str
    report_id: str
    maker: str
    quote: str
    heard: Mapping[str, Any]


class State(Protocol):
    """What was or is known."""

    def places(self) -> Iterator[str]:
        """The ids of the places that have a history, in their order."""

    def history(self, place_id: str) -> History | None: ...

    def claims(self, ids: Iterable[str]) -> dict[str, Said]:
        """Those of these claims that are there, by id."""

    def about(self, place_id: str) -> dict[str, Said]:
        """All claims about a place, by id."""

    def maker(self, maker_id: str) -> Maker: ...


# --- keeping --------------------------------------------------------------------------------------------------------


def take_over(database: Database, maker: Maker, *, at: str) -> None:
    """Keep the histories if another version worked them out; inside a transaction, before anything else is written."""
    last = database.one("SELECT maker FROM rereadings ORDER BY number DESC LIMIT 1")
    if last is not None and last["maker"] == maker.id:
        return
    if database.one("SELECT 1 FROM histories WHERE maker <> ? LIMIT 1", (maker.id,)) is None:
        return
    database.execute("DELETE FROM former_histories")
    for history in database.query("SELECT place_id, maker, weights FROM histories ORDER BY place_id"):
        database.execute(
            "INSERT INTO former_histories (place_id, maker, weights, spells) VALUES (?, ?, ?, ?)",
            (*history, json_text(_spells(database, history["place_id"]))),
        )
    database.execute(
        "INSERT INTO rereadings (at, maker, log, readings) VALUES (?, ?,"
        " (SELECT coalesce(max(number), 0) FROM log), (SELECT coalesce(max(number), 0) FROM former_readings))",
        (at, maker.id),
    )


def _spells(database: Database, place_id: str) -> list[dict[str, Any]]:
    """The rows of the spells of a place, each with its pulls."""
    pulls: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for spell_id, claim_id, pull in database.query(
        "SELECT c.spell_id, c.claim_id, c.pull FROM spells s JOIN spell_claims c ON c.spell_id = s.id"
        " WHERE s.place_id = ? ORDER BY c.spell_id, c.claim_id",
        (place_id,),
    ):
        pulls[spell_id].append((claim_id, pull))
    rows = database.query(f"SELECT {', '.join(SPELL)} FROM spells WHERE place_id = ? ORDER BY id", (place_id,))
    return [{**dict(row), "pulls": pulls[row["id"]]} for row in rows]


def keep_reading(database: Database, report_id: str, *, at: str) -> None:
    """Keep the reading of a report that another one is about to replace; inside the same transaction."""
    rows = database.query("SELECT * FROM claims WHERE report_id = ? ORDER BY id", (report_id,))
    claims = msgspec.json.encode([{name: row[name] for name in row.keys() if name != "number"} for row in rows])  # noqa: SIM118
    database.execute(
        "INSERT INTO former_readings (report_id, replaced_at, maker, asked_published, asked_outlet, published, outlet,"
        " original_outlet, story_id, count, claims)"
        " SELECT r.id, ?, r.maker, r.asked_published, r.asked_outlet, r.published, r.outlet, r.original_outlet,"
        " t.story_id, ?, ? FROM reports r LEFT JOIN stories t ON t.report_id = r.id WHERE r.id = ?",
        (at, len(rows), zlib.compress(claims, 6), report_id),
    )


# --- asking ---------------------------------------------------------------------------------------------------------

_OF_REPORT = ("published", "outlet", "original_outlet", "story_id")
# Where the words stand and which rule read them changes nothing of what is heard.
_NOT_HEARD = frozenset({"number", "id", "report_id", "quote", "quote_start", "quote_end", "also", "rule", "maker",
                        "listed_from", "listed_to"})  # fmt: skip
_SAID = (
    "SELECT c.*, r.published, r.outlet, r.original_outlet, r.maker, t.story_id FROM claims c"
    " JOIN reports r ON r.id = c.report_id LEFT JOIN stories t ON t.report_id = c.report_id"
)


class Present:
    """The record as it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def places(self) -> Iterator[str]:
        for row in self._database.stream("SELECT place_id FROM histories ORDER BY place_id"):
            yield row["place_id"]

    def history(self, place_id: str) -> History | None:
        row = self._database.one("SELECT maker, weights FROM histories WHERE place_id = ?", (place_id,))
        if row is None:
            return None
        pulls: dict[str, list[Pull]] = {}
        for pull in self._database.query(
            "SELECT c.* FROM spells s JOIN spell_claims c ON c.spell_id = s.id WHERE s.place_id = ?", (place_id,)
        ):
            pulls.setdefault(pull["spell_id"], []).append(Pull(claim_id=pull["claim_id"], pull=pull["pull"]))
        rows = self._database.query("SELECT * FROM spells WHERE place_id = ? ORDER BY begins, id", (place_id,))
        return History(row["maker"], row["weights"], tuple(to_spell(row, pulls.get(row["id"], ())) for row in rows))

    def claims(self, ids: Iterable[str]) -> dict[str, Said]:
        listed = json_text(sorted(ids))
        rows = self._database.query(f"{_SAID} WHERE c.id IN (SELECT value FROM json_each(?))", (listed,))
        return {row["id"]: _said(dict(row)) for row in rows}

    def about(self, place_id: str) -> dict[str, Said]:
        rows = self._database.query(f"{_SAID} WHERE c.place_id = ?", (place_id,))
        return {row["id"]: _said(dict(row)) for row in rows}

    def maker(self, maker_id: str) -> Maker:
        row = self._database.one("SELECT tool, code, data FROM makers WHERE id = ?", (maker_id,))
        assert row is not None  # whatever names a maker refers to this table
        return Maker(tool=row["tool"], code=row["code"], data=row["data"])


class Former:
    """The record as it was when the version at work now took over, as far as that was replaced since."""

    def __init__(self, database: Database, reread: Row) -> None:
        self._database = database
        self._present = Present(database)
        self._log = reread["log"]
        # Of several readings since, the first to be replaced is the one that was there.
        self._readings = {
            row["report_id"]: row["number"]
            for row in database.query(
                "SELECT report_id, min(number) AS number FROM former_readings WHERE number > ? GROUP BY report_id",
                (reread["readings"],),
            )
        }
        # By claim and by place, in which of them to look.
        self._of_claim: dict[str, int] = {}
        self._of_place: defaultdict[str, set[int]] = defaultdict(set)
        self._reading = lru_cache(maxsize=1024)(self._load)
        for number in self._readings.values():
            for said in self._load(number):
                self._of_claim[said.id] = number
                if said.heard["place_id"]:
                    self._of_place[said.heard["place_id"]].add(number)

    def _load(self, number: int) -> list[Said]:
        (row,) = self._database.query("SELECT * FROM former_readings WHERE number = ?", (number,))
        report = {name: row[name] for name in (*_OF_REPORT, "maker")}
        claims = msgspec.json.decode(zlib.decompress(row["claims"]), type=list[dict[str, Any]])
        return [_said(claim | report) for claim in claims]

    def places(self) -> Iterator[str]:
        for row in self._database.stream("SELECT place_id FROM former_histories ORDER BY place_id"):
            yield row["place_id"]

    def history(self, place_id: str) -> History | None:
        row = self._database.one("SELECT * FROM former_histories WHERE place_id = ?", (place_id,))
        if row is None:
            return None
        rows = sorted(from_json(row["spells"], list[dict[str, Any]]), key=lambda one: (one["begins"], one["id"]))
        pulls = [[Pull(claim_id=id, pull=pull) for id, pull in one["pulls"]] for one in rows]
        return History(row["maker"], row["weights"], tuple(map(to_spell, rows, pulls)))

    def claims(self, ids: Iterable[str]) -> dict[str, Said]:
        wanted = set(ids)
        replaced = {self._of_claim[id] for id in wanted & self._of_claim.keys()}
        found = {said.id: said for number in replaced for said in self._reading(number) if said.id in wanted}
        return found | self._unchanged(self._present.claims(wanted - found.keys()))

    def about(self, place_id: str) -> dict[str, Said]:
        replaced = [said for number in self._of_place.get(place_id, ()) for said in self._reading(number)]
        found = {said.id: said for said in replaced if said.heard["place_id"] == place_id}
        return found | self._unchanged(self._present.about(place_id))

    def maker(self, maker_id: str) -> Maker:
        return self._present.maker(maker_id)

    def _unchanged(self, found: Mapping[str, Said]) -> dict[str, Said]:
        return {
            id: said
            for id, said in found.items()
            if said.report_id not in self._readings and said.report_id in self._came
        }

    @cached_property
    def _came(self) -> set[str]:
        """The reports that had come in already."""
        rows = self._database.tuples(
            "SELECT DISTINCT json_extract(entry, '$.report') FROM log WHERE number <= ?", (self._log,)
        )
        return {report for (report,) in rows}


def former(database: Database) -> Former | None:
    """The state before another version took over last; None where none ever did."""
    row = database.one("SELECT log, readings FROM rereadings ORDER BY number DESC LIMIT 1")
    return Former(database, row) if row is not None else None


def _said(columns: Mapping[str, Any]) -> Said:
    return Said(
        id=columns["id"],
        report_id=columns["report_id"],
        maker=columns["maker"],
        quote=columns["quote"],
        heard={name: value for name, value in columns.items() if name not in _NOT_HEARD},
    )
