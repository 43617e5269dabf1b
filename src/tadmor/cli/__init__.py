"""The command line. Commands only parse, call and print; each is imported when it is called."""

from __future__ import annotations

import logging
import os
from importlib import import_module

import click

from tadmor import __version__, garbage
from tadmor.cli.text import visible
from tadmor.errors import RecordError, TadmorError, UsageError

# One thread for each process: the processes are the parallelism. NumPy, which comes with a command, asks for it once.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Name, module of `tadmor.cli`, and what it does. The order is that of `tadmor --help`.
COMMANDS = {
    "demo": ("demo", "Read the sample reports and show what they amount to."),
    "claims": ("claims", "Print the claims that reports make; store nothing."),
    "read": ("read", "Read reports into a record."),
    "watch": ("watch", "Read feeds into a record, again and again."),
    "state": ("look", "Who holds what on a day."),
    "place": ("look", "Who held a place, from when until when."),
    "map": ("map", "One page with a map, timelines and every quote."),
    "brief": ("brief", "A briefing about some days, every sentence footnoted."),
    "export": ("export", "A record, or part of it, for other programs."),
    "serve": ("serve", "Look at a record in the browser: map, time slider, evidence."),
    "events": ("look", "What happened, by day."),
    "changes": ("changes", "What changed hands or state between two days."),
    "diff": ("diff", "What two records find otherwise, and why."),
    "disputes": ("look", "Where claims cannot both be true."),
    "relations": ("relations", "Who backs, joins or opposes whom, as claims have it."),
    "heritage": ("heritage", "What happened to heritage sites, and near them."),
    "explain": ("explain", "Why a place is found to be held so on a day, and what would change it."),
    "sources": ("sources", "Who speaks in a record, and how often they were right."),
    "review": ("review", "Accept, reject and correct what was read."),
    "learn": ("learn", "Learn from a record how far to believe each source."),
    "places": ("places", "Import gazetteers of your own."),
    "stats": ("stats", "How much a record holds."),
    "log": ("log", "What came in, when, from where and how."),
    "check": ("stats", "Is a record whole, to the byte?"),
    "copy": ("copy", "A whole record as Parquet, and back."),
    "rescue": ("rescue", "Save what can be read of a damaged record."),
}
EXIT_CODES = """Exit codes: 0 done; 1 some inputs failed (each is named, the rest is done); 2 wrong use; 3 the record is
damaged, locked, missing or of a newer version."""


class Stop(click.ClickException):
    """An error of Tadmor's as click shows it."""

    def __init__(self, error: TadmorError) -> None:
        super().__init__(visible(str(error)))
        self.error = error

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # a class variable there, and known only here
        return 2 if isinstance(self.error, UsageError) else 3 if isinstance(self.error, RecordError) else 1


class Commands(click.Group):
    """Loads a command's module only when it is called, so that `tadmor --help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"tadmor.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help) for name, (_, help) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except TadmorError as error:
            raise Stop(error) from error


@click.command(cls=Commands, epilog=EXIT_CODES)
@click.option("--debug", is_flag=True, help="Show where errors come from; with --workers 1, those of reading, too.")
@click.version_option(__version__, message="tadmor %(version)s")
def main(debug: bool) -> None:
    """From news reports about wars to a sourced, dated, mapped record of who holds which place, who says so and how
    sure that is.

    Begin with `tadmor demo`, or: tadmor read REPORTS --record FILE, then: tadmor state --record FILE --on DATE.
    """
    garbage.seldom()
    if debug:
        logging.basicConfig(format="%(name)s: %(message)s")
        logging.getLogger("tadmor").setLevel(logging.DEBUG)
