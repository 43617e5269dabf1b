"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from tadmor.errors import UsageError
from tadmor.record.address import Server, address

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A day as 2016-12-10."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2016-12-10", param, ctx)


DAY = Day()


class WhereRecord(click.ParamType[Any]):
    """A file, or a database on a server, which is never printed with its password."""

    name = "record"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        found = address(value)
        return found if isinstance(found, Server) else value


RECORD = WhereRecord()


def record(command: Command) -> Command:
    return click.option(
        "--record", "path", required=True, type=RECORD, metavar="FILE", help="The record: a file, or postgresql://..."
    )(command)


def quiet(command: Command) -> Command:
    return click.option("--quiet", "-q", is_flag=True, help="Print nothing but results and errors.")(command)


def output(*forms: str) -> Callable[[Command], Command]:
    """--format, of which the first form is the default."""

    def add(command: Command) -> Command:
        return click.option(
            "--format", "form", type=click.Choice(forms), default=forms[0], show_default=True, help="How to print."
        )(command)

    return add


def hints(command: Command) -> Command:
    """What the user knows of the inputs; it wins over what they say themselves."""
    command = click.option("--outlet", metavar="NAME", help="Who published all these reports.")(command)
    return click.option("--published", type=DAY, metavar="DATE", help="The day all these reports were published.")(
        command
    )


def columns(command: Command) -> Command:
    """--map and --profile, which the command takes as one `columns`: a field of ours to the columns it is made of."""

    @wraps(command)
    def bundled(*arguments: Any, map_: str | None, profile: str | None, **others: Any) -> Any:
        from tadmor.report import table

        found = table.mapping(map_) if map_ else None
        if found and profile:
            table.keep_profile(profile, found)
        elif profile:
            found = table.profile(profile)
        return command(*arguments, columns=found, **others)

    for option in (
        click.option(
            "--profile", metavar="NAME", help="Use the columns kept under this name; with --map, keep them under it."
        ),
        click.option(
            "--map",
            "map_",
            metavar="FIELD=COLUMN,...",
            help="Which column of a table, or key of JSON lines, is doc, published, title, outlet and text.",
        ),
    ):
        bundled = option(bundled)
    return bundled  # type: ignore[return-value]  # another signature, which click fills in


def wait(command: Command) -> Command:
    return click.option(
        "--wait",
        type=click.FloatRange(0),
        default=5.0,
        show_default=True,
        metavar="SECONDS",
        help="For another writer.",
    )(command)


def everything(command: Command) -> Command:
    return click.option(
        "--all", "everything", is_flag=True, help="Read for claims also what by its words is not about a war."
    )(command)


def workers(command: Command) -> Command:
    return click.option(
        "--workers", type=click.IntRange(1, 512), metavar="N", help="Processes to read with.  [default: one a core]"
    )(command)


class Asked(NamedTuple):
    """What the user wants supposed, as it was typed."""

    without: tuple[str, ...] = ()
    only_kinds: tuple[str, ...] = ()
    weights: str | None = None
    relations: bool = False


def what_if(command: Command) -> Command:
    """--without, --only-kind, --weights and --with-relations, which the command takes as one `what_if`."""

    @wraps(command)
    def bundled(
        *arguments: Any,
        without: tuple[str, ...],
        only_kinds: tuple[str, ...],
        weights: str | None,
        with_relations: bool,
        **others: Any,
    ) -> Any:
        return command(*arguments, what_if=Asked(without, only_kinds, weights, with_relations), **others)

    for option in (
        click.option(
            "--with-relations",
            is_flag=True,
            help="What if parties stood to each other as claims say, where the dictionary of actors is silent.",
        ),
        click.option(
            "--weights",
            type=click.Path(exists=True, dir_okay=False),
            metavar="FILE",
            help="What if claims weighed as this file says.",
        ),
        click.option(
            "--only-kind",
            "only_kinds",
            multiple=True,
            metavar="KIND",
            help="What if only sources of this kind had spoken; may be repeated.",
        ),
        click.option(
            "--without",
            multiple=True,
            metavar="SOURCE",
            help="What if this source had said and carried nothing; may be repeated.",
        ),
    ):
        bundled = option(bundled)
    return bundled  # type: ignore[return-value]  # another signature, which click fills in


def target(out: str, record: str | Server) -> Path:
    """Where a command is to write. Raises `UsageError` where that cannot be, or is the record itself."""
    found = Path(out)
    try:
        if not found.parent.is_dir() or found.is_dir():
            raise UsageError(f"{out}: cannot be written; name a file in a folder that is there")
        if not isinstance(record, Server) and found.exists() and Path(record).exists() and found.samefile(record):
            raise UsageError(f"{out}: is the record itself; name another file")
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        raise UsageError(f"{out}: cannot be written: {error.strerror or error}") from error
    return found
