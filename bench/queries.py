"""How long answers take from a record of 1,000,000 claims, and how long DuckDB takes for the same over the same rows.

The record is filled in bulk (`bench.many`). What is asked is what the commands and the application ask: the timeline of
a place, the state of all places on a day, words in quotes, and the filters of the map. Wanted are 10 ms for a timeline,
100 ms for a state, 200 ms for words and for filters. Milliseconds are of the processor, the median of some runs,
nothing kept from the run before but what the application keeps of every state of a record (`web/atlas.py`), which is
made before. DuckDB holds the tables in memory, in one thread, and answers the query beside each question; it has no
index of words, and looks for them in all quotes. As milliseconds differ between machines, what is bounded is the ratio
to DuckDB. Exit code 1 where an answer takes longer than wanted.

python -m bench.queries [--claims N]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np

from bench import many
from bench.floors import Measure, corpus_hash
from bench.invented_war import OUTLETS, SPEAKERS
from bench.many import Filled
from tadmor.lexicon import sources
from tadmor.record import queries
from tadmor.record.arrow import modules
from tadmor.record.database import Database, open_record
from tadmor.record.home import batches
from tadmor.record.layout import latest, layouts
from tadmor.record.sqlite_home import SqliteHome
from tadmor.web.asked import ClaimsQuery, EventsQuery
from tadmor.web.atlas import Shelf
from tadmor.web.claims import claims
from tadmor.web.lists import events

CLAIMS = 1_000_000
SMALL = 50_000  # of the measure with bounds
RUNS = 7
DAY, LATER = date(2016, 1, 1), date(2016, 1, 31)
TABLES = ("claims", "spells", "spell_claims", "places", "events", "reports")
ON = (
    f"s.layer = 'assessed' AND s.begins <= '{DAY}'"
    f" AND (s.ended = 0 OR coalesce(s.end_latest, s.end_earliest, '9999') >= '{DAY}')"
)
STATE = (
    "SELECT * FROM (SELECT s.*, row_number() OVER (PARTITION BY s.place_id, s.part ORDER BY s.begins DESC, s.id DESC)"
    f" AS turn FROM spells s WHERE {ON}) WHERE turn = 1"
)
PAGE = "SELECT c.*, count(*) OVER () FROM claims c WHERE {} ORDER BY c.listed_to DESC, c.id LIMIT 50"
HAPPENED = "SELECT e.*, count(*) OVER () FROM events e WHERE {} ORDER BY e.first_day DESC, e.id LIMIT 50"
BOX = "SELECT id FROM places WHERE lat BETWEEN 33 AND 34 AND lon BETWEEN 38 AND 39"


def _word_of(names: Sequence[str]) -> str:
    """That a claim is the word of one of these: as a speaker, or as the outlet of a report that names none."""
    listed = ", ".join(f"'{name}'" for name in names)
    spoken = " OR ".join(f"contains(c.sources, '{name}')" for name in names)
    return f"{spoken} OR (c.sources = '[]' AND c.report_id IN (SELECT id FROM reports WHERE outlet IN ({listed})))"


class Question(NamedTuple):
    """What is asked, by whom, in how many milliseconds at most, and what DuckDB is asked."""

    name: str
    ask: Callable[[], Any]
    wanted: float
    sql: str


class Answered(NamedTuple):
    """Milliseconds of processor time that an answer took, and that DuckDB took."""

    name: str
    took: float
    wanted: float
    duck: float

    @property
    def ratio(self) -> float:
        return self.took / self.duck


def questions(database: Database, shelf: Shelf, filled: Filled) -> list[Question]:
    """What is measured. Whatever the application keeps of an earlier answer is forgotten before each."""

    def listed(**asked: Any) -> Callable[[], Any]:
        def ask() -> Any:
            shelf.atlas().forget()
            return claims(shelf, ClaimsQuery(**asked))

        return ask

    def happened(**asked: Any) -> Callable[[], Any]:
        return lambda: events(shelf, EventsQuery(**asked))

    of_place = "SELECT s.*, c.* FROM spells s JOIN spell_claims c ON c.spell_id = s.id WHERE s.place_id = '{}'"
    month = f"c.listed_to >= '{DAY}' AND c.listed_from <= '{LATER}'"
    both = f"{STATE} AND place_id IN ({BOX})"
    known = sources.load()
    meant = {name: known.by_name(name, "SY") for name in (*SPEAKERS, *OUTLETS)}
    agencies = [name for name, source in meant.items() if source is not None and source.kind == "state agency"]
    return [
        Question("timeline of a place", lambda: queries.spells(database, [filled.middle]), 10,
                 of_place.format(filled.middle)),
        Question("timeline of the largest", lambda: queries.spells(database, [filled.largest]), 10,
                 of_place.format(filled.largest)),
        Question("state, all places, map", lambda: shelf.atlas().state(DAY, "assessed"), 100, STATE),
        Question("state, all places, command", lambda: queries.state(database, DAY, pulls=False), 100, STATE),
        Question("a rare word", lambda: queries.search(database, filled.rare), 200,
                 PAGE.format(f"contains(c.quote, '{filled.rare}')")),
        Question("a common word", lambda: queries.search(database, filled.common), 200,
                 PAGE.format(f"contains(c.quote, '{filled.common}')")),
        Question("words, latest first", listed(text=filled.common), 200,
                 PAGE.format(f"contains(c.quote, '{filled.common}')")),
        Question("all claims", listed(), 200, PAGE.format("true")),
        Question("claims of an area", listed(box="38,33,39,34"), 200, PAGE.format(f"c.place_id IN ({BOX})")),
        Question("claims of a month", listed(first=DAY, last=LATER), 200, PAGE.format(month)),
        Question("claims of a party", listed(actor="Turkey"), 200,
                 PAGE.format("c.actor = 'Turkey' OR c.opponent = 'Turkey'")),
        Question("claims of a type", listed(type="Armed clash"), 200, PAGE.format("c.type = 'Armed clash'")),
        Question("claims of a source", listed(source="sana"), 200, PAGE.format(_word_of(["SANA"]))),
        Question("claims of a kind of source", listed(source_kind="state agency"), 200,
                 PAGE.format(_word_of(agencies))),
        Question("claims, sure", listed(least=0.9), 200, PAGE.format("c.confidence >= 0.9")),
        Question("area, month, sure", listed(box="38,33,39,34", first=DAY, last=LATER, least=0.6), 200,
                 PAGE.format(f"c.place_id IN ({BOX}) AND {month} AND c.confidence >= 0.6")),
        Question("events of a month", happened(first=DAY, last=LATER), 200,
                 HAPPENED.format(f"e.last_day >= '{DAY}' AND e.first_day <= '{LATER}'")),
        Question("events of an area", happened(box="38,33,39,34"), 200, HAPPENED.format(f"e.place_id IN ({BOX})")),
        Question("events of a party", happened(actor="Turkey"), 200,
                 HAPPENED.format("contains(e.actors, '\"Turkey\"') OR contains(e.opponents, '\"Turkey\"')")),
        Question("state of an area", lambda: _state_in(database, filled), 100, both),
    ]  # fmt: skip


def _state_in(database: Database, filled: Filled) -> Any:
    inside = queries.places_within(database, south=33, west=38, north=34, east=39)
    return queries.state(database, DAY, [place.id for place in inside], pulls=False)


def measured(path: Path, filled: Filled, runs: int = RUNS) -> list[Answered]:
    """Ask each question some times, of the record and of DuckDB."""
    found = []
    with open_record(path) as database, closing(duckdb.connect()) as duck:
        load(duck, database)
        shelf = Shelf(path)
        shelf.atlas().warm()
        for question in questions(database, shelf, filled):
            took, duck_took = _ms(question.ask, runs), _ms(partial(_asked, duck, question.sql), runs)
            found.append(Answered(question.name, took, question.wanted, duck_took))
    return found


def _asked(duck: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return duck.execute(sql).fetchall()


def _ms(ask: Callable[[], Any], runs: int) -> float:
    """The median of the milliseconds of the processor that a call takes, and not what other threads do beside it."""
    took = []
    for _ in range(runs):
        begun = time.thread_time()
        ask()
        took.append(time.thread_time() - begun)
    return float(np.median(took)) * 1000


def load(duck: duckdb.DuckDBPyConnection, database: Database) -> None:
    """Give DuckDB the tables of a record."""
    duck.execute("SET threads = 1")
    arrow, _ = modules()
    kinds = {"TEXT": arrow.string(), "INTEGER": arrow.int64(), "REAL": arrow.float64(), "BLOB": arrow.binary()}
    home = SqliteHome(database, latest())
    for table in layouts(latest()):
        if table.name not in TABLES:
            continue
        schema = arrow.schema([arrow.field(column.name, kinds[column.type]) for column in table.columns])
        made = False
        for rows in batches(home.rows(table)):
            columns = zip(zip(*rows, strict=True), schema, strict=True)
            arrays = [arrow.array(column, type=field.type) for column, field in columns]
            some = arrow.Table.from_arrays(arrays, schema=schema)
            duck.register("batch", some)
            duck.execute(f"{'INSERT INTO' if made else 'CREATE TABLE'} {table.name} {'' if made else 'AS'} FROM batch")
            made = True


def measure() -> Measure:
    """A smaller record, whose ratios to DuckDB have ceilings."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.tadmor"
        found = measured(path, many.fill(path, SMALL))
    figures = {f"{one.name}, of DuckDB": one.ratio for one in found}
    figures["slowest, of what is wanted"] = max(one.took / one.wanted for one in found)
    sha256 = corpus_hash([Path(many.__file__)])
    return Measure(name=f"answers, {SMALL:,} claims", sha256=sha256, figures=figures)


def show(found: Sequence[Answered]) -> None:
    print(f"{'question':28} {'ms':>8} {'wanted':>7} {'DuckDB, ms':>11} {'ratio':>7}")
    for one in found:
        late = "" if one.took <= one.wanted else "  too long"
        print(f"{one.name:28} {one.took:8.1f} {one.wanted:7.0f} {one.duck:11.1f} {one.ratio:7.2f}{late}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.queries", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--claims", type=int, default=CLAIMS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.tadmor"
        begun = time.process_time()
        filled = many.fill(path, options.claims)
        size = path.stat().st_size / 1e6
        print(f"{options.claims:,} claims in {size:,.0f} MB, filled in {time.process_time() - begun:.0f} s")
        found = measured(path, filled)
    show(found)
    return 0 if all(one.took <= one.wanted for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
