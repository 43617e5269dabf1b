"""`tadmor watch`."""

from __future__ import annotations

import time
from datetime import timedelta

import click

from tadmor.cli import options, show
from tadmor.cli.read import in_words, stoppable
from tadmor.cli.runner import runner


@click.command(short_help="Read feeds into a record, again and again.")
@click.argument("feeds", nargs=-1, required=True, metavar="FEED...")
@options.record
@click.option(
    "--every",
    type=click.FloatRange(1),
    default=15.0,
    show_default=True,
    metavar="MINUTES",
    help="How often to ask a feed.",
)
@click.option(
    "--delay",
    type=click.FloatRange(0.5),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="Between two addresses of one server.",
)
@click.option("--once", is_flag=True, help="One round only, for a scheduler of your own.")
@options.output("table", "json")
@options.everything
@options.workers
@options.wait
@options.quiet
@click.pass_context
def watch(
    ctx: click.Context,
    feeds: tuple[str, ...],
    path: str,
    every: float,
    delay: float,
    once: bool,
    form: str,
    everything: bool,
    workers: int | None,
    wait: float,
    quiet: bool,
) -> None:
    """Read feeds into a record, again and again, with the pages that they point to.

    FEED is the address of a feed, an OPML file, or a text file with an address a line. Servers are asked slowly and as
    their robots.txt says; what is the same is not sent again; who fails is left alone for longer and longer. It may be
    stopped at any time: the same command goes on from there.

    Example: tadmor watch https://news.example/feed --record war.tadmor
    """
    from tadmor.fetch.get import Getter
    from tadmor.fetch.watch import Manners, Watch, feeds_of
    from tadmor.pipeline import READ, TRIAGE, read_found_into
    from tadmor.record.database import open_record

    failed = False
    addresses = feeds_of(feeds)
    try:
        with stoppable(), open_record(path, write=True, wait=wait) as database:
            manners = Manners(timedelta(minutes=every), delay)
            watched = Watch(database, addresses, getter=Getter(), manners=manners)
            while True:
                progress = show.Progress(quiet=quiet)
                summary = read_found_into(
                    database,
                    watched.documents(),
                    runner=runner(workers),
                    stage=READ if everything else TRIAGE,
                    progress=progress,
                )
                watched.finish()
                progress.end()
                failed = failed or bool(summary.failed)
                show.failures(summary.failed)
                if form == "json":
                    show.json_line(summary)
                elif not quiet:
                    click.echo(in_words(summary))
                if once:
                    break
                time.sleep(max(1.0, watched.rest()))
    except KeyboardInterrupt:
        show.note(f"stopped; what was read is stored in {path}; the same command goes on from there", quiet=quiet)
    if failed and once:
        ctx.exit(1)
