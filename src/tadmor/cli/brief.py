"""`tadmor brief`: one file about some days that can be passed on."""

from __future__ import annotations

from datetime import date

import click

from tadmor.cli import options, show
from tadmor.cli.export import AREA, chosen
from tadmor.cli.look import PLACE, warn_of_pending
from tadmor.cli.whatif import announce, stated, suppose
from tadmor.errors import UsageError
from tadmor.record.database import open_record


@click.command(short_help="A briefing about some days, every sentence footnoted.")
@options.record
@click.option("--from", "first", type=options.DAY, required=True, metavar="DATE", help="The first day.")
@click.option("--to", "last", type=options.DAY, required=True, metavar="DATE", help="The last day.")
@click.option("--out", required=True, metavar="FILE", help="Where to write: .html, .md or .pdf.")
@PLACE
@AREA
@click.option("--title", metavar="TEXT", help="What stands at its head.  [default: Briefing]")
@options.what_if
@options.output("table", "json")
@options.quiet
def brief(
    path: str,
    first: date,
    last: date,
    out: str,
    name: str | None,
    area: str | None,
    title: str | None,
    what_if: options.Asked,
    form: str,
    quiet: bool,
) -> None:
    """Write one file that can be passed on: what changed hands and what is contested, sure and unsure apart, with maps,
    timelines, tolls, disputes, heritage, what could not be dated or placed, and the words behind every sentence.

    Example: tadmor brief --record war.tadmor --from 2016-12-01 --to 2016-12-31 --out december.html
    """
    from tadmor.out.brief.gather import gather
    from tadmor.out.brief.page import ENDINGS, write

    target = options.target(out, path)
    if target.suffix.lower() not in ENDINGS:
        raise UsageError(f"{out}: the ending says what to write: {', '.join(ENDINGS)}")
    if first > last:
        raise UsageError(f"--from {first} is after --to {last}")
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        filters = chosen(database, name, area, first, last, quiet=quiet)
        knowledge, supposed = suppose(database, what_if, filters.place_ids)
        scope = ", ".join(filter(None, [name, f"area {area}" if area else None])) or "all places of the record"
        found = gather(
            database,
            filters,
            knowledge,
            first=first,
            last=last,
            title=title or "Briefing",
            scope=scope,
            notice=str(supposed) if supposed else None,
        )
    try:
        write(found, target)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror or error}") from error
    announce(supposed, form, quiet=quiet)
    if form == "json":
        numbers = dict(found.numbers)
        show.json_line({"briefing": str(target), "numbers": numbers, "notes": len(found.notes), **stated(supposed)})
    elif not quiet:
        click.echo(f"The briefing is in {target}, with {len(found.notes)} notes.")
