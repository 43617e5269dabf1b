"""`tadmor changes`: what changed hands or state between two days."""

from __future__ import annotations

from datetime import date

import click

from tadmor.cli import options, show
from tadmor.cli.look import (
    LAYER,
    PLACE,
    bounds,
    claims_against,
    claims_for,
    place_object,
    status,
    wanted,
    warn_of_pending,
)
from tadmor.cli.whatif import announce, stated, suppose
from tadmor.errors import UsageError
from tadmor.out import wording
from tadmor.record import names, queries
from tadmor.record.database import open_record
from tadmor.record.queries import Place
from tadmor.records import Layer, Spell
from tadmor.timeline import change
from tadmor.timeline.change import Change


@click.command(short_help="What changed hands or state between two days.")
@options.record
@click.option("--from", "first", type=options.DAY, metavar="DATE", help="Not before this day.")
@click.option("--to", "last", type=options.DAY, metavar="DATE", help="Not after this day.")
@PLACE
@click.option("--actor", metavar="NAME", help="Only what this actor gained, lost, held or besieged.")
@LAYER
@options.what_if
@options.output("table", "json")
@options.quiet
def changes(
    path: str,
    first: date | None,
    last: date | None,
    name: str | None,
    actor: str | None,
    layer: Layer,
    what_if: options.Asked,
    form: str,
    quiet: bool,
) -> None:
    """Which places changed hands, became contested or besieged, or were relieved between two days: from whom to whom,
    between which days, how sure it is, and the claims behind it. A change whose days reach into the time counts.

    Example: tadmor changes --record war.tadmor --from 2016-12-01 --to 2016-12-31
    """
    if first and last and first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        ids, part = wanted(database, name, quiet=quiet)
        actors = names.find_actor(database, actor) if actor is not None else None
        _, supposed = suppose(database, what_if, ids)
        places = queries.places(database)
        found = change.between(queries.changes(database, ids, layer=layer), first, last)
    found = [one for one in found if part in (None, one.after.part) and (actors is None or _of(one) & actors)]
    announce(supposed, form, quiet=quiet)
    if form == "json":
        for one in found:
            show.json_line({**_object(one, places[one.after.place_id]), **stated(supposed)})
        return
    says = ["says"] if layer == "claimed" else []
    show.table(
        ["when", "place", *says, "what", "before", "after", "sure", "voices", "spell"],
        [
            (
                show.bound(one.when),
                show.place(places[one.after.place_id].name, one.after.part),
                *(one.after.claimed_by for _ in says),
                ", ".join(one.what),
                state_words(one.before),
                state_words(one.after),
                one.after.confidence,
                one.after.voices,
                one.after.id,
            )
            for one in found
        ],
    )


def _of(one: Change) -> set[str | None]:
    """Who holds or besieges before and after."""
    return {party for spell in (one.before, one.after) if spell for party in (spell.holder, spell.besieged_by)}


def state_words(spell: Spell | None) -> str:
    if spell is None:
        return "not known"
    held = wording.held_by(spell) if change.holder(spell) else None
    return f"{held}, {status(spell)}" if held else status(spell)


def _object(one: Change, place: Place) -> dict[str, object]:
    return {
        **place_object(place, one.after.part),
        "layer": one.after.layer,
        "claimed_by": one.after.claimed_by,
        "what": one.what,
        "when": bounds(one.when),
        "before": state_object(one.before) if one.before else None,
        "after": state_object(one.after),
        "confidence": one.after.confidence,
        "voices": one.after.voices,
        "claims_for": claims_for(one.after),
        "claims_against": claims_against(one.after),
    }


def state_object(spell: Spell) -> dict[str, object]:
    return {
        "holder": spell.holder,
        "status": spell.status,
        "contested": spell.contested,
        "besieged_by": spell.besieged_by,
        "confidence": spell.confidence,
        "spell": spell.id,
    }
