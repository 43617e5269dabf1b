"""`tadmor heritage`: what happened to heritage sites, and near them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

import click

from tadmor.cli import options, show
from tadmor.cli.look import warn_of_pending
from tadmor.cli.whatif import announce, stated, suppose
from tadmor.errors import UsageError
from tadmor.lexicon.heritage import Heritage, Site, load
from tadmor.lexicon.placename import did_you_mean
from tadmor.record import queries
from tadmor.record.database import open_record
from tadmor.record.heritage import NEAR_KM, Incident, incidents
from tadmor.record.queries import Place, Told


@click.command(short_help="What happened to heritage sites, and near them.")
@options.record
@click.option("--site", "name", metavar="NAME", help="Only this site or monument, with all that was near it.")
@click.option("--from", "first", type=options.DAY, metavar="DATE", help="Not before this day.")
@click.option("--to", "last", type=options.DAY, metavar="DATE", help="Not after this day.")
@options.what_if
@options.output("table", "json")
@options.quiet
def heritage(
    path: str,
    name: str | None,
    first: date | None,
    last: date | None,
    what_if: options.Asked,
    form: str,
    quiet: bool,
) -> None:
    """What claims say happened to World Heritage sites, their parts and other monuments: damage, strikes, use by
    troops, violence and fighting there, and fighting and changes of hands within 5 km; when, by whom, who says so.

    Example: tadmor heritage --record war.tadmor --site "Temple of Bel"
    """
    known = load()
    part = None
    sites: list[Site] = list(known)
    if name is not None:
        site, part = _meant(known, name)
        sites = [site]
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        knowledge, supposed = suppose(database, what_if)
        places = queries.places(database)
        found = incidents(database, known, knowledge, sites, first=first, last=last)
        found = [one for one in found if part is None or one.part == part or one.near_km is not None]
        told = queries.told(database, [id for one in found for id in one.claim_ids])
    announce(supposed, form, quiet=quiet)
    if form == "json":
        for one in found:
            show.json_line({**_object(one, known, places, told), **stated(supposed)})
        return
    listed = found if name is not None else [one for one in found if one.near_km is None]
    for site_id, own in groupby(listed, key=lambda one: one.site):
        _print(known.get(site_id), own, known, places, told)
    if len(listed) < len(found):
        _print_near([one for one in found if one.near_km is not None], known)
    if not found:
        click.echo("none")


def _meant(known: Heritage, name: str) -> tuple[Site, str | None]:
    """The site, and where a part of it is meant the id of that."""
    found = known.by_name(name)
    if found is None:
        names = [one.name for site in known for one in site.landmarks] + list(known.phrases())
        raise UsageError(f"no site or monument, or more than one, is called {name!r}{did_you_mean(name, names)}")
    site = known.get(known.site_of(found.id))
    return site, None if found.id == site.id else found.id


def _print(
    site: Site, found: Iterable[Incident], known: Heritage, places: dict[str, Place], told: dict[str, Told]
) -> None:
    danger = f"in danger since {site.danger_since}" if site.danger_since else None
    about = ", ".join(filter(None, [*site.countries, danger]))
    show.table(
        ["when", "what", "of what", "by whom", "how", "says who", "sure", "words"],
        [
            (
                show.days(one.days),
                one.effect if one.near_km is None else f"{one.effect} {one.near_km:g} km off",
                known.landmark(one.part).name if one.part else places[one.place_id].name,
                ", ".join(one.actors) or None,
                one.what,
                ", ".join(one.voices),
                one.confidence,
                told[one.claim_ids[0]].quote if one.claim_ids else None,
            )
            for one in found
        ],
        title=f"{site.name} ({about})" if about else site.name,
        room=["words"],
    )


def _print_near(found: Iterable[Incident], known: Heritage) -> None:
    """One line a site: how often there was fighting, and a change of hands, within 5 km."""
    rows = []
    for site_id, own in groupby(found, key=lambda one: one.site):
        site, near = known.get(site_id), list(own)
        days = sorted(day for one in near for day in (one.days.first, one.days.last) if day)
        hands = sum(one.effect == "control" for one in near)
        span = (str(days[0]), str(days[-1])) if days else (None, None)
        rows.append((site.name, ", ".join(site.countries), site.danger_since, len(near) - hands, hands, *span, site.id))
    show.table(
        ["site", "country", "in danger since", "fighting", "changes of hands", "first", "last", "--site"],
        rows,
        title=f"Within {NEAR_KM:g} km",
    )


def _object(one: Incident, known: Heritage, places: dict[str, Place], told: dict[str, Told]) -> dict[str, object]:
    site, place = known.get(one.site), places[one.place_id]
    return {
        "site": site.name,
        "site_id": site.id,
        "part": known.landmark(one.part).name if one.part else None,
        "part_id": one.part,
        "precision_km": known.landmark(one.part or one.site).precision_km,
        "danger_since": site.danger_since,
        "effect": one.effect,
        "near_km": one.near_km,
        "what": one.what,
        "place": place.name,
        "place_id": place.id,
        "from": one.days.first,
        "to": one.days.last,
        "date_precision": one.days.precision,
        "actors": one.actors,
        "opponents": one.opponents,
        "voices": one.voices,
        "confidence": one.confidence,
        "claims": [{"claim": id, "doc": told[id].doc, "quote": told[id].quote} for id in one.claim_ids],
    }
