"""`tadmor read`."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType
from typing import TYPE_CHECKING

import click

from tadmor.cli import cluster, options, show
from tadmor.cli.runner import runner
from tadmor.errors import UsageError
from tadmor.record.desk import Summary

if TYPE_CHECKING:
    from tadmor.report.table import Mapped


@click.command(short_help="Read reports into a record.")
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@options.record
@options.output("table", "json")
@options.hints
@options.columns
@options.everything
@options.workers
@options.wait
@options.quiet
@cluster.options
@click.pass_context
def read(
    ctx: click.Context,
    inputs: tuple[str, ...],
    path: str,
    form: str,
    published: date | None,
    outlet: str | None,
    columns: Mapped | None,
    everything: bool,
    workers: int | None,
    wait: float,
    quiet: bool,
    over: cluster.Cluster | None,
) -> None:
    """Read reports into a record, which is made if it is not there.

    INPUT is a text, an HTML page, JSON lines, a table, a letter, a feed, an archive (ZIP, tar, WARC, gzip) or a folder
    of these, an address, or - for standard input: its content says which. What was read before is not read again; the
    same bytes with another --published or --outlet replace what was read from them. What its words say is not about a
    war is kept and not read for claims; with --all it is. It may be stopped at any time: what is stored stays, and the
    same command goes on from there.

    With --engine spark a cluster reads, into a folder of Parquet, of which `tadmor copy` makes one file. INPUT may then
    also be Parquet with the columns path and bytes, or lie in an object store (hdfs:, s3a:, gs:, abfss:).

    Example: tadmor read reports/ --record war.tadmor
    """
    from tadmor.pipeline import READ, TRIAGE, read_into
    from tadmor.record.database import open_record

    stage = READ if everything else TRIAGE
    if over is not None:
        done = cluster.read(
            over, inputs, path, published=published, outlet=outlet, columns=columns, stage=stage, quiet=quiet
        )
        if form == "json":
            show.json_line(done)
        elif not quiet:
            click.echo(cluster.in_words(done))
        ctx.exit(1 if done.failed else 0)
    if not inputs:
        raise UsageError("name what is to be read")
    progress = show.Progress(quiet=quiet)
    try:
        with stoppable(), open_record(path, write=True, wait=wait) as database:
            summary = read_into(
                database,
                inputs,
                runner=runner(workers),
                published=published,
                outlet=outlet,
                columns=columns,
                stage=stage,
                progress=progress,
            )
    except KeyboardInterrupt:
        progress.end()
        show.note(f"stopped; what was read is stored in {path}; the same command goes on from there")
        ctx.exit(1)
    progress.end()
    show.failures(summary.failed)
    if form == "json":
        show.json_line(summary)
    elif not quiet:
        click.echo(in_words(summary))
    if summary.failed:
        ctx.exit(1)


def in_words(summary: Summary) -> str:
    """One line: what a run did."""
    passed_over = f"{summary.passed_over} not about a war, kept and not read; " if summary.passed_over else ""
    return (
        f"{summary.new} new reports, {summary.changed} changed, {summary.same} known, {len(summary.failed)} failed; "
        f"{passed_over}{summary.claims} claims; {summary.places} places brought up to date"
    )


@contextmanager
def stoppable() -> Iterator[None]:
    """A polite request to end (SIGTERM) stops like Ctrl-C: what is not yet stored is given up."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
