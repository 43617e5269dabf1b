"""`tadmor log`: what came in, when, from where and how."""

from __future__ import annotations

import json

import click

from tadmor.cli import options, show
from tadmor.record import log as custody
from tadmor.record.database import open_record


@click.command(short_help="What came in, when, from where and how.")
@options.record
@options.output("table", "json")
@click.option("--head", is_flag=True, help="Only how many entries there are, and the hash of the last.")
@options.quiet
def log(path: str, form: str, head: bool, quiet: bool) -> None:
    """What came in, when, from where and how: a log that is only ever added to, each entry bound to the one before.

    Whoever notes the hash that --head prints can tell later that nothing before it was changed. `--format json` exports
    the log: each line has an `entry` and the SHA-256 of that text as `hash`.

    Example: tadmor log --record war.tadmor --head
    """
    with open_record(path) as database, database.snapshot():
        last = custody.head(database)
        if head:
            if form == "json":
                show.json_line(last._asdict())
            else:
                click.echo(f"{last.entries} {last.hash}")
            return
        if form == "json":
            for _, entry, digest in custody.entries(database):
                show.json_line({"entry": entry, "hash": digest})
            return
        rows = [(number, json.loads(entry)) for number, entry, _ in custody.entries(database)]
    show.table(
        ["", "when", "what", "from where", "address", "SHA-256"],
        [
            (
                number,
                told["at"],
                told["what"],
                told.get("origin"),
                told.get("capture", {}).get("url"),
                (told.get("sha256") or "")[:16],
            )
            for number, told in rows
        ],
        room=["from where"],
    )
    if not quiet:
        click.echo(f"{last.entries} entries; the last has the hash {last.hash}")
