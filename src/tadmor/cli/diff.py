"""`tadmor diff`: what two records, or one before and after re-reading, find otherwise, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import click

from tadmor.cli import options, show
from tadmor.cli.changes import state_object, state_words
from tadmor.cli.look import PLACE, bounds, claims_against, claims_for, place_object, wanted
from tadmor.errors import UsageError
from tadmor.record import former, queries
from tadmor.record.database import Database, open_record
from tadmor.record.diff import ClaimChange, SpellChange, Versions, changes
from tadmor.record.former import Present, State
from tadmor.record.queries import Place
from tadmor.records import Spell

QUOTE = 80  # characters of a quote in a table
HASH = 12  # digits of a hash in a table


@click.command(short_help="What two records find otherwise, and why.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW", required=False)
@click.option("--reread", is_flag=True, help="Compare OLD with itself, before another version of Tadmor took over.")
@PLACE
@click.option("--layer", type=click.Choice(["assessed", "claimed", "both"]), default="assessed", show_default=True,
              help="What the claims amount to, or what each side says.")  # fmt: skip
@options.output("table", "json")
@options.quiet
def diff(old: str, new: str | None, reread: bool, name: str | None, layer: str, form: str, quiet: bool) -> None:
    """Which spells two records find otherwise: added, revised or withdrawn, and why: the claims that came, went or are
    heard otherwise, and the versions of tool, rules, dictionaries and learned weights that worked them out.

    With --reread the one record OLD is compared with what it held when the version that works at it now took over.

    Example: tadmor diff monday.tadmor friday.tadmor
    """
    if reread == (new is not None):
        raise UsageError("name two records, or one and --reread")
    with ExitStack() as stack:
        database = _opened(stack, new or old)
        before = _before_reread(database, old) if reread else Present(_opened(stack, old))
        ids, part = wanted(database, name, quiet=quiet)
        places = queries.places(database) if reread else queries.places(_opened(stack, old)) | queries.places(database)
        found = _found(before, Present(database), ids, part, layer)
        if form == "json":
            for one in found:
                show.json_line(_object(one, places[one.place_id]))
            return
        listed = list(found)
    show.table(
        ["what", "place", "before", "after", "in", "why"],
        [
            (
                one.what,
                show.place(places[one.place_id].name, one.spell.part),
                _words(one.before),
                _words(one.after),
                ", ".join(one.fields),
                _why(one),
            )
            for one in listed
        ],
        room=["why"],
    )
    if not quiet:
        counts = Counter(one.what for one in listed)
        click.echo(", ".join(f"{counts[what]} {what}" for what in ("added", "revised", "withdrawn")))


def _opened(stack: ExitStack, path: str) -> Database:
    database = stack.enter_context(open_record(path))
    stack.enter_context(database.snapshot())
    return database


def _before_reread(database: Database, path: str) -> State:
    found = former.former(database)
    if found is None:
        raise UsageError(f"{path}: only one version of Tadmor has worked at it, so there is nothing to compare")
    return found


def _found(
    before: State, after: State, ids: Sequence[str] | None, part: str | None, layer: str
) -> Iterator[SpellChange]:
    for one in changes(before, after, ids):
        if part in (None, one.spell.part) and layer in ("both", one.spell.layer):
            yield one


def _words(spell: Spell | None) -> str:
    if spell is None:
        return ""
    said = f"{spell.claimed_by}: " if spell.claimed_by else ""
    days = f"{show.bound(spell.start)} until {show.bound(spell.end)}" if spell.end else show.bound(spell.start)
    return f"{said}{state_words(spell)}, {days} ({spell.confidence:.2f})"


def _why(one: SpellChange) -> str:
    told = [_claim_words(claim) for claim in one.claims[:3]]
    if len(one.claims) > 3:
        told.append(f"and {len(one.claims) - 3} more claims")
    if one.claims and one.about == "place":
        told.insert(0, "of the place:")
    versions = _versions(one.versions)
    told += [f"{name} {_short(pair[0])} to {_short(pair[1])}" for name, pair in versions.items() if pair]
    return "; ".join(told) or "other histories beside it"


def _claim_words(claim: ClaimChange) -> str:
    quote = claim.quote if len(claim.quote) <= QUOTE else claim.quote[:QUOTE] + "\u2026"
    fields = f" ({', '.join(claim.fields)})" if claim.fields else ""
    return f'{claim.what}{fields}: "{quote}"'


def _short(version: str | None) -> str:
    return "shipped" if version is None else version[:HASH]


def _versions(versions: Versions) -> dict[str, tuple[str | None, str | None] | None]:
    return {
        "tool": versions.tool,
        "rules": versions.rules,
        "dictionaries": versions.dictionaries,
        "weights": versions.weights,
    }


def _object(one: SpellChange, place: Place) -> dict[str, object]:
    return {
        "what": one.what,
        **place_object(place, one.spell.part),
        "layer": one.spell.layer,
        "claimed_by": one.spell.claimed_by,
        "before": _spell_object(one.before),
        "after": _spell_object(one.after),
        "fields": one.fields,
        "why": {
            "about": one.about,
            "claims": [
                {
                    "claim": claim.claim_id,
                    "what": claim.what,
                    "fields": claim.fields,
                    "quote": claim.quote,
                    "report": claim.report_id,
                    "read_by": claim.read_by,
                }
                for claim in one.claims
            ],
            **_versions(one.versions),
        },
    }


def _spell_object(spell: Spell | None) -> dict[str, object] | None:
    if spell is None:
        return None
    return {
        **state_object(spell),
        "since": bounds(spell.start),
        "until": bounds(spell.end) if spell.end else None,
        "voices": spell.voices,
        "claims_for": claims_for(spell),
        "claims_against": claims_against(spell),
    }
