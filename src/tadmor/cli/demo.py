"""`tadmor demo`."""

from __future__ import annotations

from pathlib import Path

import click

from tadmor.cli import options, show
from tadmor.cli.look import dispute_table, spell_table, spells_of
from tadmor.cli.read import in_words
from tadmor.cli.runner import runner
from tadmor.errors import UsageError
from tadmor.record import names, queries, weight_sets
from tadmor.record.database import Database, open_record
from tadmor.record.standing import sides_of
from tadmor.samples import folder

SHOWN = ("Palmyra", "east Aleppo", "Al-Bab", "Sirte")


@click.command(short_help="Read the sample reports and show what they amount to.")
@click.argument("samples", required=False, metavar="[SAMPLES]")
@click.option("--out", "out", default="demo", show_default=True, metavar="FOLDER", help="Where to write.")
@options.output("table", "json")
@options.workers
@options.quiet
@click.pass_context
def demo(ctx: click.Context, samples: str | None, out: str, form: str, workers: int | None, quiet: bool) -> None:
    """Read the sample reports and show who held Palmyra, east Aleppo, Al-Bab and Sirte when, what is disputed, and a
    page with a map and every quote.

    SAMPLES is a folder of reports; without it, the folder samples/reports here, or the reports that come with Tadmor.

    Example: tadmor demo
    """
    source = _samples(samples)

    from tadmor.out.page import write_page
    from tadmor.pipeline import read_into

    target = Path(out)
    target.mkdir(parents=True, exist_ok=True)
    record, page = target / "record.tadmor", target / "index.html"
    progress = show.Progress(quiet=quiet)
    with open_record(record, write=True) as database:
        summary = read_into(database, [str(source)], runner=runner(workers), progress=progress)
        progress.end()
        show.failures(summary.failed)
        write_page(database, page)
        counts = queries.stats(database)
        if form == "json":
            show.json_line({"record": str(record), "page": str(page), "read": summary, **counts})
        else:
            _print(database)
            click.echo(in_words(summary))
            click.echo(
                f"The record {record} holds {counts['claims']} claims of {counts['reports']} reports "
                f"({counts['stories']} stories) about {counts['places']} places: {counts['events']} events, "
                f"{counts['spells']} spells, {counts['disputes']} disputes."
            )
            click.echo(f"Open {page} in a browser for the map, the timelines and every quote.")
            click.echo(f"Next: tadmor explain Palmyra --on 2016-12-10 --record {record}")
    if summary.failed:
        ctx.exit(1)


def _print(database: Database) -> None:
    for name in SHOWN:
        try:
            meant = names.find_place(database, name)
        except UsageError as error:
            show.note(str(error))
            continue
        told = spells_of(database, meant, "assessed")
        own = [spell for spell in told if spell.part == meant.part]
        spell_table(own, meant.place, "assessed", title=name)
        if parts := len({spell.part for spell in told} - {meant.part}):
            click.echo(f"{parts} parts and surroundings of {name} more: tadmor place {name}")
    disputes = queries.disputes(database, only_open=True)
    sides = sides_of(database, disputes, weight_sets.knowledge(database))
    dispute_table(disputes, queries.places(database), sides, title="Open disputes")


def _samples(given: str | None) -> Path:
    """The folder to read: as given, else beside the user, else that of the package."""
    if given is None:
        return folder()
    if not Path(given).exists():
        raise UsageError(f"{given}: there is no such file or folder")
    return Path(given)
