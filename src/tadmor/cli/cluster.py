"""`tadmor read --engine spark`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from tadmor.cli import show
from tadmor.errors import UsageError

if TYPE_CHECKING:
    from tadmor.pipeline import Found, Read
    from tadmor.report.table import Mapped
    from tadmor.run.spark.read import Done
    from tadmor.run.stage import Stage

Command = TypeVar("Command", bound=Callable[..., Any])


class Cluster(NamedTuple):
    """What was asked of a cluster, as it was typed."""

    master: str | None = None
    lists: tuple[str, ...] = ()
    tasks: int | None = None
    settings: tuple[str, ...] = ()


def options(command: Command) -> Command:
    """--engine and the options of a cluster, which the command takes as one `over`; None: this machine reads."""

    @wraps(command)
    def bundled(
        *arguments: Any,
        engine: str,
        master: str | None,
        lists: tuple[str, ...],
        tasks: int | None,
        settings: tuple[str, ...],
        **others: Any,
    ) -> Any:
        asked = Cluster(master, lists, tasks, settings)
        if engine == "local" and asked != Cluster():
            raise UsageError("--master, --list, --tasks and --conf are for --engine spark")
        if engine == "spark" and others.get("workers") is not None:
            raise UsageError("--workers is for --engine local: a cluster has its own")
        return command(*arguments, over=asked if engine == "spark" else None, **others)

    for option in (
        click.option(
            "--conf",
            "settings",
            multiple=True,
            metavar="NAME=VALUE",
            help="A setting of Spark; may be repeated.",
        ),
        click.option(
            "--tasks",
            type=click.IntRange(1, 1 << 16),
            metavar="N",
            help="Into how many tasks Spark divides a job; three a core are good.  [default: as Spark is set up]",
        ),
        click.option(
            "--list",
            "lists",
            multiple=True,
            metavar="FILE",
            help="Spark reads what is named in this file, a line each; may be repeated.",
        ),
        click.option("--master", metavar="URL", help="Where Spark is: spark://host:7077, yarn, k8s://..., local[4]."),
        click.option(
            "--engine",
            type=click.Choice(["local", "spark"]),
            default="local",
            show_default=True,
            help="Read on this machine, or over a cluster.",
        ),
    ):
        bundled = option(bundled)
    return bundled  # type: ignore[return-value]  # another signature, which click fills in


def read(
    over: Cluster,
    inputs: Sequence[str],
    folder: str,
    *,
    published: date | None,
    outlet: str | None,
    columns: Mapped | None,
    stage: Stage[Found, Read],
    quiet: bool,
) -> Done:
    """Read inputs over a cluster. Raises `UsageError` where Spark is not installed."""
    if not inputs and not over.lists:
        raise UsageError("name what is to be read, or a --list of it")
    try:
        from tadmor.run.spark.read import read_into_folder, session

        spark = session(over.master, settings=dict(map(_setting, over.settings)), tasks=over.tasks)
    except ImportError as error:
        raise UsageError(f"Spark is not installed ({error}): pip install 'tadmor[spark]'") from error

    def progress(done: Done) -> None:
        show.note(in_words(done), quiet=quiet)

    try:
        return read_into_folder(
            spark,
            inputs,
            folder,
            lists=over.lists,
            published=published,
            outlet=outlet,
            columns=columns,
            stage=stage,
            progress=progress,
        )
    finally:
        spark.stop()


def in_words(done: Done) -> str:
    """One line: what a run did."""
    return (
        f"{done.new:,} new reports, {done.same:,} known, {done.failed:,} failed; {done.claims:,} claims;"
        f" {done.places:,} places brought up to date"
    )


def _setting(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name:
        raise UsageError(f"{text!r} is no setting; write it as --conf spark.executor.memory=4g")
    return name, value
