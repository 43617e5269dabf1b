"""`tadmor learn`: from the claims of a record, how far to believe who makes them."""

from __future__ import annotations

from collections.abc import Iterable

import click

from tadmor.cli import options, show
from tadmor.cli.runner import runner
from tadmor.errors import UsageError
from tadmor.record.weight_sets import Kept
from tadmor.records import TrackRecord, WeightSet


@click.command(short_help="Learn from a record how far to believe each source.")
@options.record
@click.option("--dry-run", is_flag=True, help="Only show what would be learned; change nothing.")
@click.option("--use", metavar="VERSION", help='Go back to a set learned before, or to the "shipped" weights.')
@click.option("--undo", is_flag=True, help="Go back to the set before the one in force.")
@click.option("--list", "listed", is_flag=True, help="Show the sets that were learned.")
@options.output("table", "json")
@options.workers
@options.wait
@options.quiet
def learn(
    path: str,
    dry_run: bool,
    use: str | None,
    undo: bool,
    listed: bool,
    form: str,
    workers: int | None,
    wait: float,
    quiet: bool,
) -> None:
    """Learn from a record how far to believe each source, by how often others bear it out; then work out all places
    anew with that. What is read later is weighed by the same set, until you learn again or go back.

    Example: tadmor learn --record war.tadmor --dry-run
    """
    from tadmor.pipeline import bring_up_to_date
    from tadmor.record import maker, weight_sets
    from tadmor.record.database import open_record
    from tadmor.timeline.build import known
    from tadmor.timeline.learn import learn as learned_from

    if sum((dry_run, use is not None, undo, listed)) > 1:
        raise UsageError("of --dry-run, --use, --undo and --list only one can be given")
    if listed or dry_run:
        with open_record(path) as database, database.snapshot():
            if listed:
                _show_sets(weight_sets.history(database), form)
            else:
                _show(learned_from(weight_sets.places(database), known()), form)
        return
    with open_record(path, write=True, wait=wait) as database:
        if use is None and not undo:
            with database.snapshot():
                found = learned_from(weight_sets.places(database), known())
            _show(found, form)
            if not found.voices:
                show.note("no source has enough claims that others speak to: nothing is changed", quiet=quiet)
                return
            with database.transaction():
                weight_sets.put(database, found, maker.this())
        else:
            with database.transaction():
                weight_sets.undo(database) if use is None else weight_sets.use(database, use)
        progress = show.Progress(quiet=quiet)
        summary = bring_up_to_date(database, runner=runner(workers), progress=progress)
        progress.end()
        now = weight_sets.in_force(database)
    show.failures(summary.failed)
    show.note(
        f"in force: {now.version if now else 'the shipped weights'}; {summary.places} places brought up to date",
        quiet=quiet,
    )
    if summary.failed:
        click.get_current_context().exit(1)


def _show(learned: WeightSet, form: str) -> None:
    if form == "json":
        show.json_line(learned)
        return
    show.table(
        ["source", "kind", "speaks for", "judged", "right", "borne out", "contradicted", "by kind", "learned", "90 %"],
        [
            _row(track)
            for track in sorted(learned.voices, key=lambda track: (-abs(track.learned - track.prior), track.voice))
        ],
        title=f"{learned.version}: from {learned.claims} claims about {learned.places} places, {learned.rounds} rounds",
    )


def _row(track: TrackRecord) -> tuple[str | int | float | None, ...]:
    return (
        track.name,
        track.kind,
        track.speaks_for,
        round(track.claims, 1),
        round(track.expected, 1),
        track.borne_out,
        track.contradicted,
        track.prior,
        track.learned,
        f"{track.low:.2f} to {track.high:.2f}",
    )


def _show_sets(kept: Iterable[Kept], form: str) -> None:
    if form == "json":
        for one in kept:
            show.json_line(
                {
                    "version": one.learned.version,
                    "made_at": one.made_at,
                    "in_force": one.in_force,
                    "claims": one.learned.claims,
                    "places": one.learned.places,
                    "rounds": one.learned.rounds,
                    "base": one.learned.base,
                    "maker": one.maker,
                }
            )
        return
    show.table(
        ["version", "learned", "in force", "claims", "places", "rounds", "from weights", "by"],
        [
            (
                one.learned.version,
                one.made_at,
                "yes" if one.in_force else None,
                one.learned.claims,
                one.learned.places,
                one.learned.rounds,
                one.learned.base,
                one.maker,
            )
            for one in kept
        ],
        title="sets of weights",
    )
