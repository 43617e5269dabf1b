"""`tadmor claims`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from tadmor.cli import options, show
from tadmor.cli.runner import runner
from tadmor.cli.text import safe_json
from tadmor.records import Failure, Reading

if TYPE_CHECKING:
    from tadmor.report.table import Mapped


@click.command(short_help="Print the claims that reports make; store nothing.")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@options.output("table", "json", "gold")
@options.hints
@options.columns
@options.workers
@options.quiet
@click.pass_context
def claims(
    ctx: click.Context,
    inputs: tuple[str, ...],
    form: str,
    published: date | None,
    outlet: str | None,
    columns: Mapped | None,
    workers: int | None,
    quiet: bool,
) -> None:
    """Print the claims that reports make; store nothing.

    INPUT is a text, an HTML page, JSON lines ({"doc", "published", "title", "outlet", "text"}), a table, a letter, a
    feed, an archive or folder of these, an address, or - for standard input. `--format json` prints one object a claim,
    `--format gold` one object a report.

    Example: tadmor claims report.txt --published 2016-12-10 --format gold
    """
    from tadmor.pipeline import read_claims

    failed: list[Failure] = []
    for result in read_claims(inputs, runner=runner(workers), published=published, outlet=outlet, columns=columns):
        if isinstance(result, Failure):
            failed.append(result)
            show.failures([result])
            continue
        if result.failure:
            failed.append(result.failure)
            show.failures([result.failure])
        _print(result, form)
    if failed:
        show.note(f"{len(failed)} of the inputs failed", quiet=quiet)
        ctx.exit(1)


def _print(reading: Reading, form: str) -> None:
    from tadmor.out import gold

    if form == "gold":
        click.echo(safe_json(gold.line(reading)))
        return
    report, claims = reading.report, gold.in_order(reading)
    if form == "json":
        for claim in claims:
            show.json_line({"doc": report.doc, "evidence": gold.words(report, claim.quote), "claim": claim})
        return
    show.table(
        ["what", "who", "against", "where", "when", "how said", "sources", "words"],
        [
            (
                claim.type,
                claim.actor.name if claim.actor else None,
                claim.opponent.name if claim.opponent else None,
                show.place(claim.where.name, claim.where.part) if claim.where else None,
                show.days(claim.days) if claim.kind != "relation" else None,
                ", ".join(filter(None, [claim.modality, claim.verification])),
                ", ".join(claim.sources),
                gold.words(report, claim.quote),
            )
            for claim in claims
        ],
        room=["words"],
        title=f"{report.doc}: {report.headline or 'no headline'} ({report.published or 'no date'})",
    )
