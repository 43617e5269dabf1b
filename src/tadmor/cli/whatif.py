"""What `--without`, `--only-kind` and `--weights` do to a record that was opened, and say about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tadmor.cli import show
from tadmor.cli.options import Asked
from tadmor.cli.text import visible
from tadmor.out import wording
from tadmor.record import weight_sets
from tadmor.record import whatif as asking
from tadmor.record.database import Database
from tadmor.records import Record
from tadmor.timeline import weights as weighing
from tadmor.timeline import whatif
from tadmor.timeline.weigh import Knowledge


class Premise(Record, frozen=True):
    """What is supposed of a record, to be said with every answer."""

    without: tuple[str, ...]
    only_kinds: tuple[str, ...]
    weights: str | None  # the version of the set
    relations: bool
    unheard: int  # claims about the places asked for that are not heard
    claims: int  # of so many

    def __str__(self) -> str:
        more = [
            *([f"with the weights {self.weights}"] if self.weights else []),
            *(["with relations as claimed"] if self.relations else []),
        ]
        return wording.premise(self.without, self.only_kinds, self.unheard, self.claims, more)


def suppose(
    database: Database, asked: Asked, place_ids: Sequence[str] | None = None
) -> tuple[Knowledge, Premise | None]:
    """Let `database` answer for what is asked, of these places alone; with the knowledge that then holds.

    Raises `UsageError` for a source or kind that is not known, `LexiconError` for a bad file of weights.
    """
    knowledge = weight_sets.knowledge(database)
    if asked == Asked():
        return knowledge, None
    weights = weighing.read(Path(asked.weights)) if asked.weights else None
    known = asking.ways(database, knowledge) if asked.without else []
    supposed = whatif.WhatIf(
        without=frozenset().union(*(whatif.source(name, known, knowledge) for name in asked.without)),
        only_kinds=whatif.kinds(asked.only_kinds, weights or knowledge.weights),
        weights=weights,
        relations=asked.relations,
    )
    found = asking.suppose(database, supposed, knowledge, place_ids)
    version = weights.version if weights else None
    told = Premise(asked.without, asked.only_kinds, version, asked.relations, found.unheard, found.claims)
    return found.knowledge, told


def announce(supposed: Premise | None, form: str, *, quiet: bool) -> None:
    """Head what is printed with what is supposed; before JSON on standard error, as each object says it itself."""
    if supposed is None:
        return
    if form == "json":
        show.note(str(supposed), quiet=quiet)
    else:
        click.echo(visible(str(supposed)))


def stated(supposed: Premise | None) -> dict[str, object]:
    """The key that marks an object as an answer to a what-if."""
    return {} if supposed is None else {"what_if": supposed}
