"""`tadmor rescue`: save what can be read of a damaged record."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tadmor.cli import options, show
from tadmor.cli.runner import runner
from tadmor.errors import UsageError
from tadmor.record.address import Server, address

if TYPE_CHECKING:
    from tadmor.record.rescue import Rescued


@click.command(short_help="Save what can be read of a damaged record.")
@click.argument("damaged", metavar="DAMAGED")
@click.argument("new", metavar="NEW")
@options.output("table", "json")
@options.workers
@options.quiet
@click.pass_context
def rescue(ctx: click.Context, damaged: str, new: str, form: str, workers: int | None, quiet: bool) -> None:
    """Save what can be read of the record DAMAGED into the new record NEW, and say what was lost. DAMAGED is left as it
    is.

    Bytes and log are taken where their hashes fit, readings where they fit the log; reports of which the bytes are
    whole and the reading is not are read again, and all histories are worked out anew. Exit code 1 where something was
    lost.

    Example: tadmor rescue war.tadmor saved.tadmor
    """
    from tadmor import pipeline

    source, target = Path(damaged), Path(new)
    if isinstance(address(damaged), Server) or isinstance(address(new), Server):
        raise UsageError("a file is rescued into a file; a record on a server is restored from the server's back-ups")
    if not source.is_file():
        raise UsageError(f"{damaged}: no such file")
    if target.exists() or not target.absolute().parent.is_dir():
        raise UsageError(f"{new}: name a file that is not there yet, in a folder that is")
    progress = show.Progress(quiet=quiet)
    try:
        done = pipeline.rescue(source, target, runner=runner(workers), progress=progress)
    except OSError as error:
        raise UsageError(f"{error.filename or damaged}: {error.strerror or error}") from error
    finally:
        progress.end()
    if form == "json":
        show.json_line(done)
    else:
        if done.lost:
            show.table(["lost", "which", "why"], [(one.what, one.which, one.why) for one in done.lost])
        if not quiet:
            click.echo(_in_words(done, damaged))
    if done.lost:
        ctx.exit(1)


def _in_words(done: Rescued, damaged: str) -> str:
    kept = ", ".join(f"{done.saved[name]} {name}" for name in ("blobs", "reports", "claims"))
    lost = ", ".join(f"{count} {what}" for what, count in Counter(one.what for one in done.lost).items())
    return (
        f"{done.damaged_pages} pages of {damaged} are damaged; saved {kept}; {done.read_again} reports were read again;"
        f" lost: {lost or 'nothing'}"
    )
