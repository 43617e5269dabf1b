"""`tadmor explain`: from a spell back to the words and the bytes."""

from __future__ import annotations

from datetime import date

import click

from tadmor.cli import options, show
from tadmor.cli.look import LAYER, note_others, spell_object, spell_table, warn_of_pending
from tadmor.cli.text import one_line
from tadmor.errors import UsageError
from tadmor.record import names, queries
from tadmor.record.database import Database, open_record
from tadmor.record.queries import Told
from tadmor.records import Layer, Spell


@click.command(short_help="Which claims a spell rests on, and which speak against it.")
@click.argument("what", metavar="SPELL|PLACE")
@options.record
@click.option("--on", "day", type=options.DAY, metavar="DATE", help="With PLACE: the day in question.")
@LAYER
@options.output("table", "json")
@options.quiet
def explain(what: str, path: str, day: date | None, layer: Layer, form: str, quiet: bool) -> None:
    """Which claims a spell rests on and which speak against it: for each its words, the report, who says it and who
    carried it, the story it belongs to, and the hash of the bytes that were read.

    SPELL is an id as `tadmor place` shows it, or its beginning; a PLACE needs --on.

    Example: tadmor explain Palmyra --on 2016-12-10 --record war.tadmor
    """
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        spells = [queries.spell(database, what)] if day is None else _on(database, what, day, layer, quiet=quiet)
        places = queries.places(database)
        told = queries.told(database, [pull.claim_id for spell in spells for pull in spell.pulls])
    for spell in spells:
        place = places[spell.place_id]
        if form == "json":
            claims = [_claim_object(told[pull.claim_id], pull.pull) for pull in spell.pulls]
            show.json_line({**spell_object(spell, place), "claims": claims})
            continue
        spell_table([spell], place, spell.layer)
        for pull in spell.pulls:
            _print_claim(told[pull.claim_id], pull.pull)


def _on(database: Database, name: str, day: date, layer: Layer, *, quiet: bool) -> list[Spell]:
    meant = names.find_place(database, name)
    note_others(meant, quiet=quiet)
    spells = queries.state(database, day, [meant.place.id], layer=layer)
    spells = [spell for spell in spells if meant.part in (None, spell.part)]
    if not spells:
        raise UsageError(f"nothing is known of who held {name} on {day}; `tadmor place {name}` shows what is")
    return spells


def _print_claim(told: Told, pull: float) -> None:
    claim = told.claim
    side = "for" if pull > 0 else "against"
    parties = " over ".join(party.name for party in (claim.actor, claim.opponent) if party) or "nobody named"
    manner = ", ".join(filter(None, [claim.modality, claim.verification]))
    said = " <- ".join(claim.sources) if claim.sources else "the report itself"
    outlet = told.outlet or "outlet not known"
    original = f", first in {told.original_outlet}" if told.original_outlet else ""
    lines = [
        f'{side:>7} {pull:+.2f}  "{told.quote}"',
        f"{claim.type}: {parties}, {show.days(claim.days)}; {manner}; said by {said}",
        f"in {told.doc}: {told.headline or 'no headline'} ({outlet}{original}, {told.published or 'no date'})",
        f"claim {claim.id}, report {claim.report_id}, story {told.story_id}, rule {claim.rule}, read by {told.maker}",
        f"sha256 {told.sha256}",
    ]
    for indent, line in zip(("", *["    "] * 4), lines, strict=True):
        click.echo(indent + one_line(line))
    click.echo()


def _claim_object(told: Told, pull: float) -> dict[str, object]:
    return {
        "pull": pull,
        "quote": told.quote,
        "doc": told.doc,
        "origin": told.origin,
        "headline": told.headline,
        "outlet": told.outlet,
        "original_outlet": told.original_outlet,
        "published": told.published,
        "sources": told.claim.sources,
        "story": told.story_id,
        "report": told.claim.report_id,
        "sha256": told.sha256,
        "maker": told.maker,
        "claim": told.claim,
    }
