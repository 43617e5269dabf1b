"""`tadmor review`: what analysts decide about claims, events and sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from tadmor.cli import options, show
from tadmor.cli.look import PLACE
from tadmor.errors import InputError, UsageError
from tadmor.record import decide, reviews, sheet
from tadmor.record.database import Database, open_record
from tadmor.record.decide import Author
from tadmor.record.fields import FIELDS
from tadmor.records import Review, ReviewAction

Command = TypeVar("Command", bound=Callable[..., Any])
Make = Callable[[Database], Sequence[Review]]

BY = click.option(
    "--by", "analyst", envvar="TADMOR_ANALYST", metavar="NAME", help="Who decides.  [env: TADMOR_ANALYST]"
)
SET = click.option(
    "--set", "fields", multiple=True, metavar="FIELD=VALUE", help="A field and what it should hold; may be repeated."
)
COPIES = click.option("--copies", is_flag=True, help="The same words in the copies of the report as well.")


class Fields(click.Command):
    """Lists the fields of a claim at the end of its help."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Fields"):
            formatter.write_dl(list(FIELDS.items()))


def author(command: Command) -> Command:
    """--by, --why, --record and what else every decision takes; the command takes --by and --why as one `author`."""

    @wraps(command)
    def bundled(*arguments: Any, analyst: str | None, why: str, **others: Any) -> Any:
        return command(*arguments, author=Author(analyst or "", why), **others)

    for option in (
        options.quiet,
        options.wait,
        options.output("table", "json"),
        click.option("--why", default="", metavar="TEXT", help="The reason, which is kept with it."),
        BY,
        options.record,
    ):
        bundled = option(bundled)
    return bundled  # type: ignore[return-value]  # another signature, which click fills in


@click.group(invoke_without_command=True, short_help="Accept, reject and correct what was read.")
@click.option("--record", "path", type=options.RECORD, metavar="FILE", help="The record: a file, or postgresql://...")
@BY
@PLACE
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many claims to ask about.")
@click.option("--queue", is_flag=True, help="Print what would be asked, and ask nothing.")
@click.option("--list", "listed", is_flag=True, help="Every review, with who, when and why.")
@click.option("--conflicts", is_flag=True, help="Where analysts differ, and whose word stands.")
@click.option("--loose", is_flag=True, help="Reviews of claims that are not in the record (any more).")
@options.output("table", "json")
@options.wait
@options.quiet
@click.pass_context
def review(
    ctx: click.Context,
    path: str | None,
    analyst: str | None,
    name: str | None,
    limit: int,
    queue: bool,
    listed: bool,
    conflicts: bool,
    loose: bool,
    form: str,
    wait: float,
    quiet: bool,
) -> None:
    """Accept, reject and correct what was read. Every decision is kept with who, when and why, is never changed, and
    can be undone by another; the record obeys at once.

    Without a subcommand the claims are asked about, one after the other, of which an answer is expected to change the
    record most.

    Example: tadmor review --record war.tadmor --by Amal
    """
    if ctx.invoked_subcommand is not None:
        return
    if path is None:
        raise UsageError("name the record: --record FILE")
    if sum((queue, listed, conflicts, loose)) > 1:
        raise UsageError("of --queue, --list, --conflicts and --loose only one can be given")
    from tadmor.cli import reviewing

    if listed or conflicts or loose:
        with open_record(path) as database, database.snapshot():
            if listed:
                reviewing.show_list(database, form)
            elif conflicts:
                reviewing.show_conflicts(database, form)
            else:
                reviewing.show_loose(database, form)
    elif queue or form == "json":
        with open_record(path) as database, database.snapshot():
            reviewing.show_queue(database, name, limit, form, quiet=quiet)
    else:
        reviewing.ask(path, Author(analyst or ""), name, limit, wait=wait, quiet=quiet)


# --- one decision -----------------------------------------------------------------------------------------------------


def _claims_command(action: ReviewAction, what: str) -> None:
    @review.command(name=action, help=what)
    @click.argument("claims", nargs=-1, required=True, metavar="CLAIM...")
    @COPIES
    @author
    def command(claims: Sequence[str], copies: bool, author: Author, **rest: Any) -> None:
        decided(lambda database: decide.about_claims(database, action, claims, author, copies=copies), **rest)


_claims_command("accept", "The report does say so: the claim counts as read rightly.")
_claims_command("reject", "The report does not say so: the claim is kept, shown as rejected, and counts no more.")


@review.command(cls=Fields)
@click.argument("claims", nargs=-1, required=True, metavar="CLAIM...")
@SET
@COPIES
@author
def correct(claims: Sequence[str], fields: Sequence[str], copies: bool, author: Author, **rest: Any) -> None:
    """Say what a claim should hold; what was read is kept beside it.

    Example: tadmor review correct c41a --set place=Palmyra --set from=2016-12-11 --by Amal --record war.tadmor
    """
    said = _fields(fields)
    decided(
        lambda database: decide.about_claims(database, "correct", claims, author, fields=said, copies=copies), **rest
    )


@review.command(cls=Fields)
@SET
@click.option("--quote", required=True, metavar="TEXT", help="The words, to the letter.")
@click.option("--report", metavar="ID", help="The report of the record in which they stand.")
@click.option("--outlet", metavar="NAME", help="Who published what stands in no report of the record.")
@click.option("--published", type=options.DAY, metavar="DATE", help="The day that it was published or said.")
@author
def add(
    fields: Sequence[str],
    quote: str,
    report: str | None,
    outlet: str | None,
    published: date | None,
    author: Author,
    **rest: Any,
) -> None:
    """Add a claim by hand, with its source: one that was overlooked in a report, or one that was heard elsewhere.

    Example: tadmor review add --set type=gains --set actor="Syrian army" --set place=Palmyra --set from=2017-03-02
    --set sources="a resident by phone" --quote "They are in the citadel." --published 2017-03-02 --by Amal --record
    war.tadmor
    """
    said = _fields(fields)
    decided(
        lambda database: [decide.add(database, said, quote, author, report=report, outlet=outlet, published=published)],
        **rest,
    )


@review.command()
@click.argument("events", nargs=-1, required=True, metavar="EVENT...")
@author
def merge(events: Sequence[str], author: Author, **rest: Any) -> None:
    """These events are one happening."""
    decided(lambda database: [decide.merge(database, events, author)], **rest)


@review.command()
@click.argument("claims", nargs=-1, required=True, metavar="CLAIM...")
@author
def split(claims: Sequence[str], author: Author, **rest: Any) -> None:
    """These claims tell together of another happening than those they are linked with."""
    decided(lambda database: [decide.split(database, claims, author)], **rest)


@review.command()
@click.argument("what", metavar="SOURCE|CLAIM")
@click.argument("given", metavar="GRADE")
@author
def grade(what: str, given: str, author: Author, **rest: Any) -> None:
    """Grade a source from A (completely reliable) to F (cannot be judged), or a claim from 1 (confirmed by other
    sources) to 6 (cannot be judged), as in the Admiralty system.

    Example: tadmor review grade Interfax B --by Amal --record war.tadmor
    """
    decided(lambda database: decide.grade(database, what, given, author), **rest)


@review.command()
@click.argument("what", metavar="CLAIM|EVENT|PLACE|SOURCE")
@author
def note(what: str, author: Author, **rest: Any) -> None:
    """Write down something about a claim, an event, a place or a source: --why TEXT."""
    decided(lambda database: decide.note(database, what, author), **rest)


@review.command()
@click.argument("which", nargs=-1, required=True, metavar="REVIEW...")
@author
def undo(which: Sequence[str], author: Author, **rest: Any) -> None:
    """Take back a review, or the taking back of one; `tadmor review --list` shows the ids."""
    decided(lambda database: [decide.undo(database, one, author) for one in which], **rest)


def _fields(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, equals, text = one.partition("=")
        if not equals:
            raise UsageError(f"--set {one}: write FIELD=VALUE")
        found[name.strip()] = text
    return found


def decided(make: Make, *, path: str, form: str, wait: float, quiet: bool) -> None:
    """Keep what is decided, bring the places up to date, and say so."""
    with open_record(path, write=True, wait=wait) as database:
        kept, places, failed = keep(database, make(database))
    if form == "json":
        show.json_line({"reviews": kept, "places": places})
    elif not quiet:
        click.echo(f"{', '.join(kept) or 'nothing new'}; {places} places brought up to date")
    if failed:
        click.get_current_context().exit(1)


def keep(database: Database, made: Sequence[Review]) -> tuple[list[str], int, bool]:
    """Keep reviews and bring the places up to date: new ids, places, and whether one could not be worked out."""
    from tadmor.pipeline import review_into
    from tadmor.run.local import Local

    kept, summary = review_into(database, made, runner=Local())
    show.failures(summary.failed)
    return kept, summary.places, bool(summary.failed)


# --- files ------------------------------------------------------------------------------------------------------------


@review.command(name="export")
@options.record
@click.option(
    "--out", required=True, metavar="FILE", help="Where to write: .csv, a table to fill in; .jsonl, all reviews."
)
@PLACE
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Only the first N claims of the queue.")
@options.output("table", "json")
@options.quiet
def export_(path: str, out: str, name: str | None, limit: int | None, form: str, quiet: bool) -> None:
    """Write a table of claims for a spreadsheet, to be filled in and imported; or all reviews, for another record.

    Example: tadmor review export --record war.tadmor --out claims.csv
    """
    from tadmor.cli.reviewing import write_table

    target = Path(out)
    if target.suffix.lower() not in (".csv", ".jsonl"):
        raise UsageError(f"{out}: the ending says what to write: .csv or .jsonl")
    if not target.parent.is_dir() or target.is_dir():
        raise UsageError(f"{out}: cannot be written; name a file in a folder that is there")
    with open_record(path) as database, database.snapshot():
        try:
            if target.suffix.lower() == ".csv":
                rows = write_table(database, target, name, limit, quiet=quiet)
            else:
                found = sheet.lines(database)
                target.write_text("".join(line + "\n" for line in found), "utf-8")
                rows = len(found)
        except OSError as error:
            raise UsageError(f"{out}: cannot be written: {error.strerror or error}") from error
    if form == "json":
        show.json_line({"out": out, "rows": rows})
    elif not quiet:
        click.echo(f"{rows} {'rows' if target.suffix.lower() == '.csv' else 'reviews'} in {out}")


@review.command(name="import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@author
def import_(files: Sequence[str], path: str, form: str, wait: float, quiet: bool, author: Author) -> None:
    """Take in tables that were filled in (.csv), or reviews of another record (.jsonl), which keep their analyst and
    time. Rows that cannot be used are named, the rest is done.

    Example: tadmor review import claims.csv --by Amal --record war.tadmor
    """
    made: list[Review] = []
    faults: list[sheet.Fault] = []
    with open_record(path, write=True, wait=wait) as database:
        for file in map(Path, files):
            try:
                table = file.suffix.lower() == ".csv"
                for one in sheet.decisions(database, file, author) if table else sheet.entries_of(file):
                    (faults if isinstance(one, sheet.Fault) else made).append(one)  # type: ignore[arg-type]  # by kind
            except InputError as error:
                faults.append(sheet.Fault("", str(error)))
        kept, places, failed = keep(database, made)
        loose = sum(one.kept.id in kept for one in reviews.loose(database))
    for where, why in faults:
        show.note(f"failed: {where + ': ' if where else ''}{why}")
    if form == "json":
        show.json_line({"reviews": kept, "places": places, "failed": len(faults), "loose": loose})
    elif not quiet:
        not_attached = f"; {loose} are of claims that are not in the record" if loose else ""
        click.echo(
            f"{len(kept)} new reviews, {len(made) - len(kept)} known, {len(faults)} rows failed;"
            f" {places} places brought up to date{not_attached}"
        )
    if faults or failed:
        click.get_current_context().exit(1)
