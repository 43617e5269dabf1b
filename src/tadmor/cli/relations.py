"""`tadmor relations`: how parties stood to each other, as claims have it."""

from __future__ import annotations

from datetime import date

import click

from tadmor.cli import options, show
from tadmor.out import wording
from tadmor.record import names, queries, weight_sets
from tadmor.record.database import open_record
from tadmor.timeline.relation import Relation
from tadmor.timeline.relation import relations as related

DICTIONARY = {True: "on one side", False: "enemies", None: None}


@click.command(short_help="Who backs, joins or opposes whom, as claims have it.")
@options.record
@click.option("--actor", metavar="NAME", help="Only relations of this actor.")
@click.option("--on", "day", type=options.DAY, metavar="DATE", help="Only those said to hold around this day.")
@options.output("table", "json")
@options.quiet
def relations(path: str, actor: str | None, day: date | None, form: str, quiet: bool) -> None:
    """Who backs, is allied with, is part of or opposes whom, as claims have it: between which days that was said, by
    how many independent voices, and what the dictionary of actors says of the two.

    Example: tadmor relations --record war.tadmor --actor Turkey
    """
    with open_record(path) as database, database.snapshot():
        wanted = names.find_actor(database, actor) if actor is not None else None
        found = related(queries.heard_relations(database), weight_sets.knowledge(database))
        found = [
            one
            for one in found
            if (wanted is None or wanted & {one.actor, one.opponent}) and (day is None or one.holds(day))
        ]
        told = queries.told(database, [id for one in found for id in one.claim_ids]) if form == "json" else {}
    if form == "json":
        for one in found:
            quotes = [{"claim": id, "doc": told[id].doc, "quote": told[id].quote} for id in one.claim_ids]
            show.json_line({**_object(one), "quotes": quotes})
        return
    show.table(
        ["who", "relation", "whom", "first said", "last said", "voices", "sure", "claims", "denied", "dictionary"],
        [
            (
                one.actor,
                wording.relation(one.type),
                one.opponent,
                str(one.first) if one.first else None,
                str(one.last) if one.last else None,
                one.voices,
                one.confidence,
                len(one.claim_ids),
                len(one.denials) or None,
                DICTIONARY[one.dictionary],
            )
            for one in found
        ],
    )


def _object(one: Relation) -> dict[str, object]:
    return {
        "type": one.type,
        "actor": one.actor,
        "opponent": one.opponent,
        "ids": one.keys,
        "from": one.first,
        "to": one.last,
        "voices": one.voices,
        "confidence": one.confidence,
        "dictionary": DICTIONARY[one.dictionary],
        "claims": one.claim_ids,
        "denials": one.denials,
    }
