"""`tadmor copy`: a record as Parquet, and back."""

from __future__ import annotations

import click

from tadmor.cli import options, show
from tadmor.errors import UsageError


@click.command(short_help="A whole record as Parquet, and back.")
@click.argument("source", metavar="A")
@click.argument("target", metavar="B")
@options.output("table", "json")
@options.quiet
def copy(source: str, target: str, form: str, quiet: bool) -> None:
    """Copy the whole record A to B: a record in one file, on a server (postgresql://...), or, where its name ends with
    .parquet, a folder of Parquet files. At the end rows and hashes of each table of both are compared. It may be
    stopped at any time: the same command goes on from there.

    Example: tadmor copy war.tadmor war.parquet
    """
    from tadmor.record import copying
    from tadmor.record.address import address

    whence, where = address(source), address(target)

    def progress(table: str, rows: int) -> None:
        show.note(f"{table}: {rows:,} rows", quiet=quiet)

    try:
        found = copying.copy(whence, where, progress=progress)
    except OSError as error:
        raise UsageError(f"{error.filename or target}: {error.strerror or error}") from error
    if form == "json":
        tables = {one.table: {"rows": one.rows, "copied": one.copied, "sha256": one.sha256} for one in found}
        show.json_line({"source": str(whence), "target": str(where), "tables": tables})
        return
    show.table(["table", "rows", "SHA-256"], [(one.table, one.rows, one.sha256) for one in found if one.rows])
    if not quiet:
        click.echo(f"{where} holds what {whence} holds: {sum(one.rows for one in found):,} rows in all")
