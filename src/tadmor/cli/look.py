"""`tadmor state`, `place`, `events`, `disputes`: what the record holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from tadmor.cli import options, show
from tadmor.cli.whatif import announce, stated, suppose
from tadmor.out import wording
from tadmor.record import names, queries
from tadmor.record.database import Database, open_record
from tadmor.record.queries import Place
from tadmor.record.standing import Sides, sides_of
from tadmor.records import Bound, Days, Dispute, Event, Layer, Spell
from tadmor.timeline.dispute import Standing

LAYER = click.option(
    "--layer",
    type=click.Choice(["assessed", "claimed"]),
    default="assessed",
    show_default=True,
    help="What the claims amount to, or what each side says.",
)
PLACE = click.option("--place", "name", metavar="NAME", help="Only this place; any of its names, or its id.")


@click.command(short_help="Who holds what on a day.")
@options.record
@click.option("--on", "day", type=options.DAY, required=True, metavar="DATE", help="The day, as 2016-12-10.")
@PLACE
@LAYER
@options.what_if
@options.output("table", "json")
@options.quiet
def state(path: str, day: date, name: str | None, layer: Layer, what_if: options.Asked, form: str, quiet: bool) -> None:
    """Who holds what on a day. `--format json` prints one object a place and part.

    Example: tadmor state --record war.tadmor --on 2016-12-10
    """
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        ids, part = wanted(database, name, quiet=quiet)
        knowledge, supposed = suppose(database, what_if, ids)
        places = queries.places(database)
        half_life = knowledge.weights.control.half_life_days
        found = queries.state(database, day, ids, layer=layer, half_life_days=half_life)
        found = [spell for spell in found if part in (None, spell.part)]
    announce(supposed, form, quiet=quiet)
    if form == "json":
        for spell in found:
            show.json_line({**spell_object(spell, places[spell.place_id]), **stated(supposed)})
        return
    show.table(
        [
            "place",
            *(["says"] if layer == "claimed" else []),
            "holder",
            "status",
            "sure",
            "voices",
            "since",
            "for",
            "against",
        ],
        [
            (
                show.place(places[spell.place_id].name, spell.part),
                *([spell.claimed_by] if layer == "claimed" else []),
                wording.held_by(spell),
                status(spell),
                spell.confidence,
                spell.voices,
                show.bound(spell.start),
                len(claims_for(spell)),
                len(claims_against(spell)),
            )
            for spell in found
        ],
        title=f"{day}, as {layer}",
    )


@click.command(short_help="Who held a place, from when until when.")
@click.argument("name")
@options.record
@LAYER
@options.what_if
@options.output("table", "json")
@options.quiet
def place(name: str, path: str, layer: Layer, what_if: options.Asked, form: str, quiet: bool) -> None:
    """Who held a place, from when until when, oldest first. NAME is any of its names, its id, or a part of it.

    Example: tadmor place Tadmur --record war.tadmor
    """
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        meant = names.find_place(database, name)
        note_others(meant, quiet=quiet)
        _, supposed = suppose(database, what_if, [meant.place.id])
        found = spells_of(database, meant, layer)
    announce(supposed, form, quiet=quiet)
    if form == "json":
        for spell in found:
            show.json_line({**spell_object(spell, meant.place), **stated(supposed)})
    else:
        spell_table(found, meant.place, layer)


@click.command(short_help="What happened, by day.")
@options.record
@PLACE
@click.option("--from", "first", type=options.DAY, metavar="DATE", help="Not before this day.")
@click.option("--to", "last", type=options.DAY, metavar="DATE", help="Not after this day.")
@click.option("--type", "type_", metavar="TYPE", help="Only this type, for example 'Armed clash' or gains.")
@options.what_if
@options.output("table", "json")
@options.quiet
def events(
    path: str,
    name: str | None,
    first: date | None,
    last: date | None,
    type_: str | None,
    what_if: options.Asked,
    form: str,
    quiet: bool,
) -> None:
    """What happened, by day: claims of different reports about one happening are one event.

    Example: tadmor events --record war.tadmor --place Aleppo --from 2016-12-01
    """
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        ids, part = wanted(database, name, quiet=quiet)
        _, supposed = suppose(database, what_if, ids)
        places = queries.places(database)
        found = queries.events(database, ids, first=first, last=last, type=type_)
        found = [event for event in found if part in (None, event.part)]
    announce(supposed, form, quiet=quiet)
    if form == "json":
        for event in found:
            show.json_line({**event_object(event, places[event.place_id]), **stated(supposed)})
        return
    show.table(
        ["when", "where", "what", "who", "against", "killed", "voices", "sure"],
        [
            (
                show.days(event.days),
                show.place(places[event.place_id].name, event.part),
                event.type,
                ", ".join(event.actors),
                ", ".join(event.opponents),
                _band(event),
                event.voices,
                event.confidence,
            )
            for event in found
        ],
    )


@click.command(short_help="Where claims cannot both be true.")
@options.record
@PLACE
@click.option("--all", "everything", is_flag=True, help="Those that are settled, too.")
@options.what_if
@options.output("table", "json")
@options.quiet
def disputes(path: str, name: str | None, everything: bool, what_if: options.Asked, form: str, quiet: bool) -> None:
    """Where claims cannot both be true of one place and day: who stands on which side, when each last said so, and how
    the model reads it.

    Example: tadmor disputes --record war.tadmor --format json
    """
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        ids, part = wanted(database, name, quiet=quiet)
        knowledge, supposed = suppose(database, what_if, ids)
        places = queries.places(database)
        found = queries.disputes(database, ids, only_open=not everything)
        found = [dispute for dispute in found if part in (None, dispute.part)]
        sides = sides_of(database, found, knowledge)
    announce(supposed, form, quiet=quiet)
    if form == "json":
        for dispute in found:
            told = dispute_object(dispute, places[dispute.place_id], sides[dispute.id])
            show.json_line({**told, **stated(supposed)})
    else:
        dispute_table(found, places, sides)


# --- shared with other commands -------------------------------------------------------------------------------------


def spells_of(database: Database, meant: names.Meant, layer: Layer) -> list[Spell]:
    """The spells of a place or of the part that was asked for."""
    spells = queries.spells(database, [meant.place.id], layer=layer)
    return [spell for spell in spells if meant.part in (None, spell.part)]


def spell_table(spells: list[Spell], place: Place, layer: Layer, *, title: str | None = None) -> None:
    where = ", ".join(filter(None, [place.admin1, place.country]))
    show.table(
        [
            "place",
            *(["says"] if layer == "claimed" else []),
            "from",
            "until",
            "holder",
            "status",
            "sure",
            "voices",
            "spell",
        ],
        [
            (
                show.place(place.name, spell.part),
                *([spell.claimed_by] if layer == "claimed" else []),
                show.bound(spell.start),
                show.bound(spell.end),
                wording.held_by(spell),
                status(spell),
                spell.confidence,
                spell.voices,
                spell.id,
            )
            for spell in spells
        ],
        title=title or (f"{place.name} ({where})" if where else place.name),
    )


def dispute_table(
    disputes: list[Dispute], places: dict[str, Place], sides: dict[str, Sides], *, title: str | None = None
) -> None:
    show.table(
        ["where", "when", "one side", "the other", "open", "how it is read"],
        [
            (
                show.place(places[dispute.place_id].name, dispute.part),
                show.days(dispute.days),
                *(_side(says, own) for (says, _), own in zip(dispute.sides, sides[dispute.id], strict=True)),
                "open" if dispute.open else "settled",
                dispute.reading,
            )
            for dispute in disputes
        ],
        title=title,
        room=["how it is read"],
    )


def _side(says: str, standing: Sequence[Standing]) -> str:
    voices = ", ".join(f"{one.voice.name} (last {one.last or 'on a day not known'})" for one in reversed(standing))
    return f"{says}: {voices}" if voices else says


def status(spell: Spell) -> str:
    """The status with what else holds at the time."""
    besieged = f"besieged by {wording.called(spell.besieged_by, spell)}" if spell.besieged_by else None
    contested = "contested" if spell.contested and spell.status != "contested" else None
    own = None if besieged and spell.status == "besieged" else spell.status
    return ", ".join(filter(None, [own, contested, besieged]))


def claims_for(spell: Spell) -> list[str]:
    return [pull.claim_id for pull in spell.pulls if pull.pull > 0]


def claims_against(spell: Spell) -> list[str]:
    return [pull.claim_id for pull in spell.pulls if pull.pull < 0]


def place_object(place: Place, part: str | None) -> dict[str, object]:
    return {
        "place": place.name,
        "place_id": place.id,
        "part": part,
        "lat": place.lat,
        "lon": place.lon,
        "level": place.level,
        "admin1": place.admin1,
        "country": place.country,
    }


def spell_object(spell: Spell, place: Place) -> dict[str, object]:
    return {
        **place_object(place, spell.part),
        "layer": spell.layer,
        "claimed_by": spell.claimed_by,
        "holder": spell.holder,
        "status": spell.status,
        "contested": spell.contested,
        "besieged_by": spell.besieged_by,
        "confidence": spell.confidence,
        "voices": spell.voices,
        "since": bounds(spell.start),
        "until": bounds(spell.end) if spell.end else None,
        "claims_for": claims_for(spell),
        "claims_against": claims_against(spell),
        "spell": spell.id,
    }


def event_object(event: Event, place: Place) -> dict[str, object]:
    return {
        "event": event.id,
        "kind": event.kind,
        "type": event.type,
        **place_object(place, event.part),
        **_days(event.days),
        "actors": event.actors,
        "opponents": event.opponents,
        "killed": event.killed,
        "killed_claims": event.killed_claims,
        "voices": event.voices,
        "confidence": event.confidence,
        "claims": event.claim_ids,
    }


def dispute_object(dispute: Dispute, place: Place, sides: Sides) -> dict[str, object]:
    return {
        "dispute": dispute.id,
        **place_object(place, dispute.part),
        **_days(dispute.days),
        "about": dispute.about,
        "sides": [
            {"says": says, "claims": ids, "voices": [_standing_object(one) for one in own]}
            for (says, ids), own in zip(dispute.sides, sides, strict=True)
        ],
        "open": dispute.open,
        "reading": dispute.reading,
    }


def _standing_object(standing: Standing) -> dict[str, object]:
    return {
        "voice": standing.voice.key,
        "name": standing.voice.name,
        "kind": standing.voice.kind,
        "first_said": standing.first,
        "last_said": standing.last,
        "claims": standing.claim_ids,
    }


def warn_of_pending(database: Database, path: str, *, quiet: bool) -> None:
    if waiting := len(queries.pending(database)):
        show.note(
            f"{path}: a run of `tadmor read` is going on or was stopped; {waiting} places are not up to date",
            quiet=quiet,
        )


def note_others(meant: names.Meant, *, quiet: bool) -> None:
    """Say which of several places of a name was taken."""
    if meant.others:
        others = ", ".join(
            f"{other.id} ({', '.join(filter(None, [other.name, other.level, other.admin1, other.country]))})"
            for other in meant.others
        )
        show.note(f"{meant.place.name}: taken for {meant.place.id}; it may also be {others}", quiet=quiet)


def wanted(database: Database, name: str | None, *, quiet: bool) -> tuple[list[str] | None, str | None]:
    if name is None:
        return None, None
    meant = names.find_place(database, name)
    note_others(meant, quiet=quiet)
    return [meant.place.id], meant.part


def bounds(bound: Bound) -> list[date | None]:
    return [bound.earliest, bound.latest]


def _days(days: Days) -> dict[str, object]:
    return {"from": days.first, "to": days.last, "date_precision": days.precision}


def _band(event: Event) -> str | None:
    if event.killed is None:
        return None
    low, best, high = event.killed
    if best is None and low is None and high is None:
        return "some"
    if low == high:
        return str(best if low is None else low)
    return f"{'?' if low is None else low} to {'?' if high is None else high}"
