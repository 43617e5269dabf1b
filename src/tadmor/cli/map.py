"""`tadmor map`: the page of a record."""

from __future__ import annotations

import click

from tadmor.cli import options, show
from tadmor.cli.look import warn_of_pending
from tadmor.cli.whatif import announce, stated, suppose
from tadmor.record.database import open_record


@click.command(short_help="One page with a map, timelines and every quote.")
@options.record
@click.option("--out", required=True, metavar="FILE", help="Where to write, for example war.html.")
@click.option("--title", metavar="TEXT", help="What stands at its head.")
@options.what_if
@options.output("table", "json")
@options.quiet
def map(path: str, out: str, title: str | None, what_if: options.Asked, form: str, quiet: bool) -> None:
    """Write one page with a map, a timeline for each place and every quote. It needs no network and no server.

    Example: tadmor map --record war.tadmor --out war.html
    """
    from tadmor.out.page import TITLE, write_page

    target = options.target(out, path)
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        knowledge, supposed = suppose(database, what_if)
        write_page(
            database,
            target,
            title=title or TITLE,
            notice=str(supposed) if supposed else None,
            half_life_days=knowledge.weights.control.half_life_days,
        )
    announce(supposed, form, quiet=quiet)
    if form == "json":
        show.json_line({"page": str(target), **stated(supposed)})
    elif not quiet:
        click.echo(f"Open {target} in a browser.")
