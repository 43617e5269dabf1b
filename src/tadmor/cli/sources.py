"""`tadmor sources`: who speaks in a record, and how often they were right."""

from __future__ import annotations

import click

from tadmor.cli import options, show
from tadmor.cli.look import warn_of_pending
from tadmor.record import weight_sets
from tadmor.record.database import open_record
from tadmor.record.voices import Speaker, speakers


@click.command(short_help="Who speaks in a record, and how often they were right.")
@options.record
@click.option("--kind", metavar="KIND", help="Only sources of this kind, for example monitor.")
@options.output("table", "json")
@options.quiet
def sources(path: str, kind: str | None, form: str, quiet: bool) -> None:
    """Who speaks in a record: the kind of each source, the party that it speaks for, how much it said, how far it is
    believed by its kind and by what `tadmor learn` found, and how many of its claims others bore out or contradicted.

    Example: tadmor sources --record war.tadmor
    """
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        found = [one for one in speakers(database) if kind in (None, one.voice.kind)]
        learned = weight_sets.in_force(database)
    if form == "json":
        for one in found:
            show.json_line(speaker_object(one))
        return
    show.table(
        [
            "source",
            "kind",
            "speaks for",
            "claims",
            "stories",
            "by kind",
            "learned",
            "90 %",
            "borne out",
            "contradicted",
            "grade",
        ],
        [_row(one) for one in found],
        title=f"weights learned: {learned.version}" if learned else "shipped weights",
    )
    if learned is None:
        show.note(f"nothing was learned yet: tadmor learn --record {path}", quiet=quiet)


def _row(one: Speaker) -> tuple[str | int | float | None, ...]:
    track = one.track
    return (
        one.voice.name,
        one.voice.kind,
        one.voice.speaks_for,
        one.claims,
        one.stories,
        one.prior,
        track.learned if track else None,
        f"{track.low:.2f} to {track.high:.2f}" if track else None,
        track.borne_out if track else None,
        track.contradicted if track else None,
        one.grade,
    )


def speaker_object(one: Speaker) -> dict[str, object]:
    track = one.track
    return {
        "source": one.voice.name,
        "voice": one.voice.key,
        "kind": one.voice.kind,
        "speaks_for": one.voice.speaks_for,
        "claims": one.claims,
        "stories": one.stories,
        "prior": one.prior,
        "share": one.share,
        "learned": track.learned if track else None,
        "interval": [track.low, track.high] if track else None,
        "judged": track.claims if track else None,
        "expected": track.expected if track else None,
        "strength": track.strength if track else None,
        "borne_out": track.borne_out if track else None,
        "contradicted": track.contradicted if track else None,
        "grade": one.grade,
    }
