"""The sets of weights that were learned from a record: kept, put in force, taken back.

One set is in force, or none and with it the shipped weights. Histories carry the version that they were worked out
with; to change the set in force puts every place on the list of those to be worked out anew, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tadmor.errors import UsageError
from tadmor.record import queries, reviews, write
from tadmor.record.database import Database, Row
from tadmor.record.maker import Maker
from tadmor.record.rows import Columns, insert
from tadmor.records import Heard, TrackRecord, WeightSet
from tadmor.timeline.build import known
from tadmor.timeline.grades import with_grades
from tadmor.timeline.learn import with_learned
from tadmor.timeline.weigh import Knowledge

SHIPPED = "shipped"  # stands for the weights of the package where a version is asked for


class Kept(NamedTuple):
    """A set as the record keeps it; `voices` of the set are left out."""

    learned: WeightSet
    made_at: str
    maker: str
    in_force: bool


def in_force(database: Database) -> WeightSet | None:
    """The set in force; None: the shipped weights are."""
    row = database.one("SELECT * FROM weight_sets WHERE in_force = 1")
    return _to_set(database, row) if row else None


def knowledge(database: Database) -> Knowledge:
    """What the timeline knows when it works out the places of this record: what was learned, over that the grades."""
    shipped = known()
    learned = with_learned(shipped.weights, in_force(database))
    return shipped._replace(weights=with_grades(learned, reviews.grades(database)))


def history(database: Database) -> list[Kept]:
    """All sets, in the order of learning."""
    rows = database.query("SELECT * FROM weight_sets ORDER BY number")
    return [
        Kept(_to_set(database, row, voices=False), row["made_at"], row["maker"], bool(row["in_force"])) for row in rows
    ]


def places(database: Database) -> Iterator[tuple[str, Sequence[Heard]]]:
    """What was heard of every place: what `timeline.learn.learn` takes."""
    for row in database.query("SELECT DISTINCT place_id FROM claims WHERE place_id IS NOT NULL ORDER BY place_id"):
        yield row["place_id"], queries.heard(database, row["place_id"])


# --- to be called inside `Database.transaction` -----------------------------------------------------------------------


def put(database: Database, learned: WeightSet, maker: Maker) -> None:
    """Keep a set and put it in force; one that is kept already is only put in force."""
    if database.one("SELECT 1 FROM weight_sets WHERE version = ?", (learned.version,)) is None:
        write.put_maker(database, maker)
        _insert(
            database,
            "weight_sets",
            {
                "version": learned.version,
                "made_at": write.now(),
                "maker": maker.id,
                "base": learned.base,
                "places": learned.places,
                "claims": learned.claims,
                "rounds": learned.rounds,
                "in_force": 0,
            },
        )
        for track in learned.voices:
            _insert(database, "track_records", {"version": learned.version, **_track_columns(track)})
    use(database, learned.version)


def use(database: Database, version: str) -> None:
    """Put a set that is kept in force, by its version or the beginning of it; or "shipped", which is none of them.

    Raises `UsageError` where no set, or more than one, is meant.
    """
    found = None if version == SHIPPED else _version(database, version)
    database.execute("UPDATE weight_sets SET in_force = 0 WHERE in_force = 1 AND version IS NOT ?", (found,))
    database.execute("UPDATE weight_sets SET in_force = 1 WHERE version = ?", (found,))
    write.mark_outweighed(database, found)


def undo(database: Database) -> None:
    """Put the set in force that was learned before the one that is; before the first, the shipped weights were.

    Raises `UsageError` where no set is in force.
    """
    now = database.one("SELECT number FROM weight_sets WHERE in_force = 1")
    if now is None:
        raise UsageError("the shipped weights are in force: there is nothing to take back")
    before = database.one(
        "SELECT version FROM weight_sets WHERE number < ? ORDER BY number DESC LIMIT 1", (now["number"],)
    )
    use(database, before["version"] if before else SHIPPED)


def _version(database: Database, version: str) -> str:
    # A range and not LIKE: what the user types is no pattern.
    rows = database.query(
        "SELECT version FROM weight_sets WHERE version >= ? AND version < ? LIMIT 2", (version, version + "\U0010ffff")
    )
    if len(rows) == 1:
        return str(rows[0]["version"])
    if rows:
        raise UsageError(f"more than one set of weights has a version that begins with {version!r}: give more of it")
    raise UsageError(f"no set of weights has the version {version!r}; `tadmor learn --list` shows them")


def _insert(database: Database, table: str, columns: Columns) -> None:
    database.execute(insert(table, list(columns)), list(columns.values()))


# --- rows -------------------------------------------------------------------------------------------------------------


def _to_set(database: Database, row: Row, *, voices: bool = True) -> WeightSet:
    tracks = (
        database.query("SELECT * FROM track_records WHERE version = ? ORDER BY voice", (row["version"],))
        if voices
        else []
    )
    return WeightSet(
        version=row["version"],
        base=row["base"],
        places=row["places"],
        claims=row["claims"],
        rounds=row["rounds"],
        voices=tuple(_to_track(track) for track in tracks),
    )


def _track_columns(track: TrackRecord) -> Columns:
    return {name: getattr(track, name) for name in TrackRecord.__struct_fields__}


def _to_track(row: Row) -> TrackRecord:
    return TrackRecord(**{name: row[name] for name in TrackRecord.__struct_fields__})
