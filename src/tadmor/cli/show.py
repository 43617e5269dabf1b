"""Print results: tables for people, JSON for programs, notes and progress on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click
import msgspec

from tadmor.cli.text import one_line, safe_json, visible
from tadmor.records import Bound, Days, Failure

if TYPE_CHECKING:
    from tadmor.record.desk import Summary

Cell = str | int | float | None
WIDE = 200  # columns of a table that goes to a file or a pipe
ROOM = 44  # columns for sentences
STEP = 5.0  # seconds between lines of progress where standard error is no terminal


def json_line(value: object) -> None:
    """One object on one line."""
    click.echo(safe_json(msgspec.json.encode(value).decode()))


def note(text: str, *, quiet: bool = False) -> None:
    if not quiet:
        click.echo(visible(text), err=True)


def failures(found: Iterable[Failure]) -> None:
    """Name each input that failed."""
    for failure in found:
        click.echo(f"failed: {visible(failure.message)}", err=True)


def table(
    headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str | None = None, room: Sequence[str] = ()
) -> None:
    """A table, or its title and "none". Cells are plain text: nothing in them is markup.

    The columns in `room` hold whole sentences and are not squeezed by the others.
    """
    listed = list(rows)
    if not listed:
        click.echo(f"{one_line(title)}: none" if title else "none")
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(
        box=box.SIMPLE_HEAD, title=Text(one_line(title)) if title else None, title_justify="left", pad_edge=False
    )
    for heading in headings:
        drawn.add_column(Text(heading), overflow="fold", min_width=ROOM if heading in room else None)
    for row in listed:
        drawn.add_row(*(Text(_cell(cell)) for cell in row))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else WIDE, highlight=False).print(drawn)


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else one_line(str(value))


def bound(value: Bound | None) -> str:
    """A day that is known only to lie between two days."""
    if value is None:
        return "still so"
    earliest, latest = value.earliest, value.latest
    if earliest is None and latest is None:
        return "not known"
    if earliest is None:
        return f"at latest {latest}"
    if latest is None:
        return f"from at least {earliest}"
    return str(earliest) if earliest == latest else f"{earliest} to {latest}"


def days(value: Days) -> str:
    if value.first is None and value.last is None:
        return "not known"
    if value.first == value.last:
        return str(value.first)
    return f"{value.first or '?'} to {value.last or '?'}"


def place(name: str, part: str | None) -> str:
    return f"{name} ({part})" if part else name


class Progress:
    """How far a run is: one line that is rewritten on a terminal, else a line every few seconds."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._started = self._shown = time.monotonic()

    def __call__(self, summary: Summary) -> None:
        now = time.monotonic()
        if self._quiet or (not self._terminal and now - self._shown < STEP):
            return
        self._shown = now
        done = f"{summary.inputs} inputs, {summary.claims} claims, {len(summary.failed)} failed"
        places = f", {summary.places} places done, {summary.places_left} to go" if summary.places_left else ""
        line = f"{done}{places}, {now - self._started:.0f} s"
        click.echo(f"\r\x1b[K{line}" if self._terminal else line, err=True, nl=not self._terminal)

    def end(self) -> None:
        if self._terminal and not self._quiet:
            click.echo("\r\x1b[K", err=True, nl=False)
