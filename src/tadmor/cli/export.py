"""`tadmor export`: a record, or a part of it, in the formats that other programs read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import get_args

import click

from tadmor.cli import options
from tadmor.cli.look import LAYER, PLACE, wanted, warn_of_pending
from tadmor.errors import UsageError
from tadmor.lexicon.placename import did_you_mean
from tadmor.out.export.job import FORMATS, Done, file_name, rows_of
from tadmor.out.export.job import export as write
from tadmor.out.export.tables import What
from tadmor.record import names
from tadmor.record.address import Server
from tadmor.record.area import parse
from tadmor.record.database import Database, open_record
from tadmor.record.select import Filters
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, RELATION_TYPES, Layer, Status

AREA = click.option(
    "--area",
    "area",
    metavar="BOX|FILE",
    help="Only places in WEST,SOUTH,EAST,NORTH, or in the polygons of a GeoJSON file.",
)
TYPES = (*CONTROL_TYPES, *EVENT_TYPES, *RELATION_TYPES, *get_args(Status))
FIRST = click.option("--from", "first", type=options.DAY, metavar="DATE", help="Not before this day.")
LAST = click.option("--to", "last", type=options.DAY, metavar="DATE", help="Not after this day.")


class Formats(click.Command):
    """Lists the formats at the end of its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Formats"):
            formatter.write_dl([(name, f"{one.about} [{', '.join(one.what)}]") for name, one in FORMATS.items()])


@click.command(cls=Formats, short_help="A record, or part of it, for other programs.")
@options.record
@click.option(
    "--format",
    "forms",
    type=click.Choice([*FORMATS, "all"]),
    multiple=True,
    required=True,
    help="See below; may be repeated.",
)
@click.option("--out", required=True, metavar="FILE|FOLDER", help="Where to write; several formats into a folder.")
@click.option(
    "--what",
    type=click.Choice(["spells", "events", "claims"]),
    help="Which rows.  [default: the first that the format takes]",
)
@PLACE
@AREA
@FIRST
@LAST
@click.option("--actor", metavar="NAME", help="Only what this actor holds, besieges, does or suffers.")
@click.option("--type", "type_", metavar="TYPE", help="Only this type of event or claim, or status of a spell.")
@click.option("--confidence", type=click.FloatRange(0, 1), metavar="P", help="Only what is at least so sure.")
@LAYER
@options.quiet
def export(
    path: str,
    forms: tuple[str, ...],
    out: str,
    what: What | None,
    name: str | None,
    area: str | None,
    first: date | None,
    last: date | None,
    actor: str | None,
    type_: str | None,
    confidence: float | None,
    layer: Layer,
    quiet: bool,
) -> None:
    """Write what the filters leave of a record in one or several of many formats, with a data dictionary beside each.

    Example: tadmor export --record war.tadmor --format csv --out spells.csv
    """
    if first and last and first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    targets = _targets(forms, out, path, what)
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        filters = chosen(database, name, area, first, last, actor, type_, confidence, layer, quiet=quiet)
        asked = stated(filters, name, actor)
        for form, target in targets.items():
            done = _written(database, form, target, filters, what, asked)
            if not quiet:
                rows = f"{done.rows:,} {'row' if done.rows == 1 else 'rows'}"
                click.echo(f"{rows} in {done.files[0]}; what they mean: {done.files[1]}")


def _targets(forms: tuple[str, ...], out: str, record: str | Server, what: What | None) -> dict[str, Path]:
    """Where each format is written: one to `out`, several into the folder of that name, which is made."""
    names = list(FORMATS) if "all" in forms else list(dict.fromkeys(forms))
    if "all" in forms and what is not None:
        names = [name for name in names if what in FORMATS[name].what]
    files = {name: file_name(name, rows_of(name, what)) for name in names}
    if len(forms) == 1 and forms != ("all",):
        return {name: options.target(out, record) for name in names}
    try:
        Path(out).mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: cannot be made a folder: {error.strerror or error}") from error
    return {name: options.target(str(Path(out) / file), record) for name, file in files.items()}


def chosen(
    database: Database,
    name: str | None,
    area: str | None,
    first: date | None,
    last: date | None,
    actor: str | None = None,
    type_: str | None = None,
    confidence: float | None = None,
    layer: Layer = "assessed",
    *,
    quiet: bool,
) -> Filters:
    """What the options leave of a record."""
    if type_ is not None and type_ not in TYPES:
        raise UsageError(f"there is no type or status {type_!r}{did_you_mean(type_, TYPES)}")
    ids, part = wanted(database, name, quiet=quiet)
    return Filters(
        place_ids=tuple(ids) if ids is not None else None,
        part=part,
        area=parse(area) if area is not None else None,
        first=first,
        last=last,
        actors=names.find_actor(database, actor) if actor is not None else None,
        type=type_,
        confidence=confidence,
        layer=layer,
    )


def stated(filters: Filters, name: str | None, actor: str | None) -> tuple[str, ...]:
    """What was asked for, in words."""
    said = {
        "place": name,
        "area": filters.area.name if filters.area else None,
        "from": filters.first,
        "to": filters.last,
        "actor": actor,
        "type": filters.type,
        "confidence at least": filters.confidence,
        "layer": filters.layer,
    }
    return tuple(f"{key} {value}" for key, value in said.items() if value is not None)


def _written(
    database: Database, form: str, target: Path, filters: Filters, what: What | None, asked: tuple[str, ...]
) -> Done:
    try:
        return write(database, form, target, filters, what=what, asked=asked)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from error
