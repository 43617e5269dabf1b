"""`tadmor stats` and `tadmor check`: how much a record holds, and whether it is whole."""

from __future__ import annotations

import click

from tadmor.cli import options, show
from tadmor.record import log, queries
from tadmor.record.check import content_hash, faults
from tadmor.record.database import open_record


@click.command(short_help="How much a record holds.")
@options.record
@options.output("table", "json")
@options.quiet
def stats(path: str, form: str, quiet: bool) -> None:
    """How much a record holds: reports, stories, claims, events, spells, places, failures.

    Example: tadmor stats --record war.tadmor --format json
    """
    with open_record(path) as database, database.snapshot():
        counts = queries.stats(database)
        failures = queries.failures(database)
    if form == "json":
        show.json_line(counts)
        return
    show.table(["what", "how many"], [(name.replace("_", " "), count) for name, count in counts.items()])
    if failures and not quiet:
        show.table(["input", "why it failed"], [(failure.origin, failure.message) for failure in failures])


@click.command(short_help="Is a record whole, to the byte?")
@options.record
@options.output("table", "json")
@options.quiet
@click.pass_context
def check(ctx: click.Context, path: str, form: str, quiet: bool) -> None:
    """Hash the stored bytes and the log again; look over the file, the quotes and what points to what; change nothing.

    Prints each fault, and a hash of the content that is equal for two records of the same inputs and version. Exit code
    3 where there is a fault.

    Example: tadmor check --record war.tadmor
    """
    with open_record(path) as database, database.snapshot():
        found = list(faults(database))
        content = None if found else content_hash(database)
        waiting = len(queries.pending(database))
        last = log.head(database)
    if form == "json":
        show.json_line(
            {
                "whole": not found,
                "faults": found,
                "content": content,
                "pending_places": waiting,
                "log": last._asdict(),
            }
        )
    elif found:
        show.table(["fault"], [(fault,) for fault in found])
    elif not quiet:
        click.echo(f"{path} is whole; content {content}; log of {last.entries} entries, the last {last.hash}")
        if waiting:
            click.echo(f"{waiting} places are not up to date: run `tadmor read` with the same inputs again")
    if found:
        ctx.exit(3)
