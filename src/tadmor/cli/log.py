"""`tadmor log`: what came in, when, from where and how."""

from __future__ import annotations

import base64
import json

import click

from tadmor.cli import options, show
from tadmor.errors import InputError, UsageError
from tadmor.record import log as custody
from tadmor.record import write
from tadmor.record.database import open_record


@click.command(short_help="What came in, when, from where and how.")
@options.record
@options.output("table", "json")
@click.option("--head", is_flag=True, help="Only how many entries there are, and the hash of the last.")
@click.option("--timestamp-url", metavar="URL", help="Have the last hash timestamped there (RFC 3161) and keep that.")
@options.wait
@options.quiet
def log(path: str, form: str, head: bool, timestamp_url: str | None, wait: float, quiet: bool) -> None:
    """What came in, when, from where and how: a log that is only ever added to, each entry bound to the one before.

    Whoever notes the hash that --head prints can tell later that nothing before it was changed. `--format json` exports
    the log: each line has an `entry` and the SHA-256 of that text as `hash`.

    Example: tadmor log --record war.tadmor --head
    """
    if timestamp_url:
        _timestamp(path, timestamp_url, wait)
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


def _timestamp(path: str, url: str, wait: float) -> None:
    """Enter a timestamp of the last hash into the log."""
    from tadmor.fetch import timestamp
    from tadmor.fetch.get import Getter

    with open_record(path, write=True, wait=wait) as database:
        last = custody.head(database)
        if not last.entries:
            raise UsageError(f"{path}: nothing was read yet, so there is nothing to be timestamped")
        try:
            stamp = timestamp.ask(Getter(), url, bytes.fromhex(last.hash))
        except InputError as error:
            raise InputError(f"{url}: {error}") from error
        with database.transaction():
            custody.append(
                database,
                "timestamped",
                at=write.now(),
                of=last.entries,
                hash=last.hash,
                authority=url,
                time=stamp.time,
                response=base64.b64encode(stamp.response).decode(),
            )
