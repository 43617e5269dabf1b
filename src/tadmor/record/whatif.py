"""Asks a record what it would hold if some sources had never spoken, without touching it.

The tables that the timeline fills are hidden, on this connection alone, behind temporary ones of the same names, and
the claims behind a view that leaves out those not heard. The histories of the places that this touches are worked out
anew into the temporary tables, so that every query of `record.queries` then answers for what is supposed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tadmor.errors import UsageError
from tadmor.record import maker, queries, weight_sets, write
from tadmor.record.database import Database, Row
from tadmor.record.rows import TABLES, to_claim
from tadmor.records import Heard
from tadmor.timeline import build
from tadmor.timeline.weigh import Knowledge
from tadmor.timeline.whatif import Chain, WhatIf, chains

__all__ = ["Supposed", "suppose", "ways"]

# By which way a claim came: whom its report names, the outlet it is credited to, and the outlet, else the story.
_WAY = (
    "c.sources, coalesce(r.original_outlet, ''), coalesce(r.outlet, ''),"
    " CASE WHEN r.outlet IS NULL THEN coalesce(t.story_id, r.id) ELSE '' END"
)
_CAME = "main.claims c JOIN main.reports r ON r.id = c.report_id LEFT JOIN main.stories t ON t.report_id = r.id"
# About the places asked for, or about none.
_ASKED = "(c.place_id IS NULL OR c.place_id IN (SELECT id FROM temp.places))"


class Supposed(NamedTuple):
    """What the timeline then knows, and how many claims about the places asked for are not heard, of how many."""

    knowledge: Knowledge
    unheard: int
    claims: int


def ways(database: Database, knowledge: Knowledge) -> list[Chain]:
    """Every way by which a claim of the record came: who said it, who carried it."""
    return [chain for _, chain in _ways(database, knowledge, "true")]


def suppose(
    database: Database, whatif: WhatIf, knowledge: Knowledge, place_ids: Sequence[str] | None = None
) -> Supposed:
    """Let `database` answer for what is supposed, until it is closed.

    With `place_ids` it then knows of these places alone. Nothing is written to the record, which must be open for
    reading only.
    """
    if database.writable:
        raise UsageError(f"{database.path}: open the record for reading only to ask what if")
    database.allow_temporary()
    _name_places(database, place_ids)
    _hush(database, whatif, knowledge)
    about = "true" if place_ids is None else "place_id IN (SELECT id FROM temp.places)"
    (unheard,) = database.query(f"SELECT count(*) FROM temp.unheard WHERE {about}")[0]
    (claims,) = database.query(f"SELECT count(*) FROM main.claims WHERE {about}")[0]
    touched = "true" if whatif.weights is not None or whatif.relations else "id IN (SELECT place_id FROM temp.unheard)"
    database.execute(
        f"CREATE TEMP TABLE pending AS SELECT id AS place_id, 0 AS mark FROM temp.places WHERE {touched} ORDER BY id"
    )
    _hide(database)
    this, known = maker.this(), whatif.knowing(knowledge, queries.heard_relations(database))
    learned = weight_sets.in_force(database)
    version = learned.version if learned else None  # so that these histories are taken for new
    for place in queries.pending(database):
        heard, rejected = queries.heard_or_rejected(database, place.id)
        history = build.history(place.id, heard, knowledge=known)
        write.put_history(database, history, heard, rejected, mark=place.mark, maker=this, weights=version)
    return Supposed(known, unheard, claims)


def _ways(database: Database, knowledge: Knowledge, where: str) -> Iterator[tuple[Row, Chain]]:
    """One claim of each way, as a row, and the way; of the claims for which `where` holds."""
    chain = chains(knowledge)
    for row in database.query(
        f"SELECT c.*, r.outlet, r.original_outlet, coalesce(t.story_id, r.id) AS story_id, {_WAY} FROM {_CAME}"
        f" WHERE c.number IN (SELECT min(c.number) FROM {_CAME} WHERE {where} GROUP BY {_WAY}) ORDER BY {_WAY}"
    ):
        yield (
            row,
            chain(
                Heard(
                    claim=to_claim(row),
                    story_id=row["story_id"],
                    outlet=row["outlet"],
                    original_outlet=row["original_outlet"],
                )
            ),
        )


def _name_places(database: Database, place_ids: Sequence[str] | None) -> None:
    where = "" if place_ids is None else f"WHERE id IN ({', '.join('?' * len(place_ids))})"
    database.execute(f"CREATE TEMP TABLE places AS SELECT * FROM main.places {where}", place_ids or ())


def _hush(database: Database, whatif: WhatIf, knowledge: Knowledge) -> None:
    """Hide the claims that are not heard."""
    database.execute("CREATE TEMP TABLE shut (sources TEXT, original TEXT, outlet TEXT, story TEXT)")
    shut = [tuple(row)[-4:] for row, chain in _ways(database, knowledge, _ASKED) if not whatif.hears(chain)]
    database.execute_many("INSERT INTO temp.shut VALUES (?, ?, ?, ?)", shut)
    database.execute("CREATE TEMP TABLE unheard (id TEXT PRIMARY KEY, place_id TEXT)")
    database.execute(
        f"INSERT INTO temp.unheard SELECT c.id, c.place_id FROM {_CAME}"
        f" WHERE {_ASKED} AND ({_WAY}) IN (SELECT sources, original, outlet, story FROM temp.shut)"
    )
    database.execute(
        "CREATE TEMP VIEW claims AS SELECT * FROM main.claims WHERE id NOT IN (SELECT id FROM temp.unheard)"
    )


def _hide(database: Database) -> None:
    """Put temporary tables before those that the timeline fills, with the rows of the places that stay as they are."""
    kept = "place_id IN (SELECT id FROM temp.places EXCEPT SELECT place_id FROM temp.pending)"
    for table in TABLES:
        key = ", ".join(table.columns[: table.keys])
        where = f"{table.columns[0]} IN (SELECT id FROM temp.{table.parent})" if table.parent else kept
        database.execute(f"CREATE TEMP TABLE {table.name} AS SELECT * FROM main.{table.name} WHERE {where}")
        _index(database, table.name, key, unique=True)
        if table.parent is None:
            _index(database, table.name, "place_id")
    database.execute(f"CREATE TEMP TABLE histories AS SELECT * FROM main.histories WHERE {kept}")
    _index(database, "histories", "place_id", unique=True)
    database.execute("CREATE TEMP TABLE units AS SELECT * FROM main.units WHERE false")
    _index(database, "units", "place_id, name", unique=True)
    for name in ("said", "unweighed"):
        database.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM main.{name} WHERE false")
        _index(database, name, "place_id, claim_id", unique=True)


def _index(database: Database, table: str, columns: str, *, unique: bool = False) -> None:
    """An index of a temporary table."""
    schema = "temp." if database.engine == "sqlite" else ""  # on a server it is where its table is
    name = f"{table}_by_{columns.replace(', ', '_')}"
    database.execute(f"CREATE {'UNIQUE ' * unique}INDEX {schema}{name} ON {table} ({columns})")
