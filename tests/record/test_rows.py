"""Every record goes into its rows and comes out the same."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path
from typing import get_args

import hypothesis.strategies as st
from hypothesis import given, settings

from tadmor.record import queries, rows
from tadmor.record.database import Value, open_record
from tadmor.records import (
    CONTROL_TYPES,
    Bound,
    Claim,
    Count,
    DatePrecision,
    Days,
    Dispute,
    Event,
    GeoPrecision,
    Modality,
    Party,
    PlaceHistory,
    Pull,
    Quote,
    Report,
    Segment,
    Spell,
    Status,
    Verification,
    Where,
)
from tadmor.timeline.spells import bounded
from tadmor.timeline.unit import whole

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
maybe = st.none() | words
day = st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31))
number = st.none() | st.integers(0, 10**9)
share = st.floats(0, 1)
days = st.builds(Days, first=day, last=day, precision=st.sampled_from(get_args(DatePrecision)), basis=words)
parties = st.none() | st.builds(Party, name=words, id=maybe, text=words)
quotes = st.builds(Quote, start=st.integers(0, 10**6), end=st.integers(0, 10**6))
bounds = st.builds(Bound, earliest=day, latest=day)
starts = st.builds(bounded, day, day, day)
wheres = st.builds(
    Where,
    name=words,
    id=st.none() | words.map(lambda word: f"gn:{word}"),
    text=words,
    part=maybe,
    near=st.booleans(),
    within=maybe,
    lat=st.none() | st.floats(-90, 90),
    lon=st.none() | st.floats(-180, 180),
    admin1=maybe,
    country=maybe,
    precision=st.sampled_from(get_args(GeoPrecision)),
    candidates=st.lists(words, max_size=3).map(tuple),
)
claims = st.builds(
    Claim,
    id=words,
    report_id=words,
    kind=st.just("control"),
    type=st.sampled_from(CONTROL_TYPES),
    actor=parties,
    opponent=parties,
    where=st.none() | wheres,
    days=days,
    modality=st.sampled_from(get_args(Modality)),
    sources=st.lists(words, max_size=3).map(tuple),
    verification=st.none() | st.sampled_from(get_args(Verification)),
    count=st.none()
    | st.builds(
        Count, killed=st.none() | st.tuples(number, number), wounded=st.none() | st.tuples(number, number), whom=maybe
    ),
    of=maybe,
    quote=quotes,
    also=st.lists(quotes, max_size=3).map(tuple),
    rule=words,
    confidence=share,
)


def stored(columns: rows.Columns, **more: Value) -> sqlite3.Row:
    """The columns after a way through SQLite."""
    connection = sqlite3.connect(":memory:")
    connection.row_factory = sqlite3.Row
    both = {**columns, **more}
    names = ", ".join(f'? AS "{name}"' for name in both)
    row: sqlite3.Row = connection.execute(f"SELECT {names}", list(both.values())).fetchone()
    connection.close()
    return row


@given(claims)
@settings(max_examples=60)
def test_claims(claim: Claim) -> None:
    place_id = None if claim.where is None else claim.where.id or rows.NAMED + "key"
    assert rows.to_claim(stored(rows.claim_columns(claim, "words", place_id))) == claim


@given(
    st.builds(
        Report,
        id=words,
        sha256=words,
        doc=words,
        origin=words,
        media_type=words,
        outlet=maybe,
        original_outlet=maybe,
        authors=st.lists(words, max_size=3).map(tuple),
        headline=maybe,
        dateline=maybe,
        published=day,
        published_by=words,
        language=words,
        truncated=st.booleans(),
        text=words,
        segments=st.lists(st.builds(Segment, role=st.just("body"), start=st.integers(0), end=st.integers(0))).map(
            tuple
        ),
        signature=st.lists(st.integers(0, 2**64 - 1)).map(tuple),
        notes=st.lists(words, max_size=2).map(tuple),
    )
)
@settings(max_examples=40)
def test_reports(report: Report) -> None:
    assert rows.to_report(stored(rows.report_columns(report), doc=report.doc, origin=report.origin)) == report


@given(
    st.builds(
        Spell,
        id=words,
        place_id=words,
        part=maybe,
        layer=st.sampled_from(["claimed", "assessed"]),
        claimed_by=maybe,
        status=st.sampled_from(get_args(Status)),
        holder=maybe,
        contested=st.booleans(),
        besieged_by=maybe,
        start=starts,
        end=st.none() | bounds,
        confidence=share,
        voices=st.integers(0, 10**6),
        pulls=st.lists(st.builds(Pull, claim_id=words, pull=st.floats(-9, 9)), max_size=3).map(tuple),
    )
)
@settings(max_examples=40)
def test_spells(spell: Spell) -> None:
    assert rows.to_spell(stored(rows.spell_columns(spell)), spell.pulls) == spell


@given(
    st.builds(
        Event,
        id=words,
        kind=st.just("event"),
        type=words,
        place_id=words,
        part=maybe,
        days=days,
        actors=st.lists(words, max_size=3).map(tuple),
        opponents=st.lists(words, max_size=3).map(tuple),
        killed=st.none() | st.tuples(number, number, number),
        killed_claims=st.tuples(maybe, maybe, maybe),
        claim_ids=st.lists(words, max_size=3).map(tuple),
        voices=st.integers(0, 10**6),
        confidence=share,
    )
)
@settings(max_examples=40)
def test_events(event: Event) -> None:
    assert rows.to_event(stored(rows.event_columns(event)), event.claim_ids) == event


@given(
    st.builds(
        Dispute,
        id=words,
        place_id=words,
        part=maybe,
        days=days,
        about=words,
        sides=st.lists(st.tuples(words, st.lists(words, max_size=3).map(tuple)), max_size=3).map(tuple),
        open=st.booleans(),
        reading=words,
    )
)
@settings(max_examples=40)
def test_disputes(dispute: Dispute) -> None:
    sides = dict(enumerate(dispute.sides))
    assert rows.to_dispute(stored(rows.dispute_columns(dispute)), sides) == dispute


def test_a_history_fills_the_columns_of_its_tables(small_record: Path) -> None:
    with open_record(small_record) as database:
        for table in rows.TABLES:
            columns = [(row["name"], bool(row["pk"])) for row in database.query(f"PRAGMA table_info({table.name})")]
            assert [name for name, _ in columns] == list(table.columns)
            assert {name for name, key in columns if key} == set(table.columns[: table.keys])
        for place_id in queries.places(database):
            history = PlaceHistory(
                place_id=place_id,
                events=tuple(queries.events(database, [place_id])),
                spells=tuple(queries.spells(database, [place_id], layer=None)),
                disputes=tuple(queries.disputes(database, [place_id])),
            )
            spoken = whole(lambda *_: PlaceHistory(place_id=""), place_id, queries.heard(database, place_id)).spoken
            made = rows.history_rows([*history.events, *history.spells, *history.disputes], spoken)
            for table in rows.TABLES:
                assert sorted(made[table.name]) == sorted(map(tuple, database.query(table.of_place, (place_id,))))
