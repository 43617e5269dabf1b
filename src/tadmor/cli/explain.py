"""`tadmor explain`: from what is found of a place back to the words and the bytes, and what would change it."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import click

from tadmor.cli import options, show
from tadmor.cli.look import LAYER, note_others, spell_object, spell_table, warn_of_pending
from tadmor.cli.text import one_line
from tadmor.cli.whatif import announce, stated, suppose
from tadmor.errors import UsageError
from tadmor.out import wording
from tadmor.record import names, queries, reattach
from tadmor.record.database import Database, open_record
from tadmor.record.queries import Told
from tadmor.records import Layer, Spell
from tadmor.timeline import place_part
from tadmor.timeline.explain import Answer, Explained, Weighed, Without
from tadmor.timeline.explain import explain as explained
from tadmor.timeline.spells import starts
from tadmor.timeline.weigh import DESCRIBED, Knowledge


@click.command(short_help="Why a place is found to be held so on a day, and what would change it.")
@click.argument("what", metavar="PLACE|SPELL")
@options.record
@click.option(
    "--on", "day", type=options.DAY, metavar="DATE", help="The day in question; a SPELL is asked on its first."
)
@click.option("--part", "part", metavar="PART", help="Only this part of PLACE, for example east.")
@LAYER
@options.what_if
@options.output("table", "json")
@options.quiet
def explain(
    what: str,
    path: str,
    day: date | None,
    part: str | None,
    layer: Layer,
    what_if: options.Asked,
    form: str,
    quiet: bool,
) -> None:
    """Why a place is found to be held so on a day: how probable each holder is; every claim for and against with its
    words, its report, who says it and who carried it, what its weight is made of and the hash of the bytes that were
    read; and what would be found if a source, or all of a kind, had not spoken.

    PLACE needs --on; SPELL is an id as `tadmor place` shows it, or its beginning.

    Example: tadmor explain Palmyra --on 2016-12-10 --record war.tadmor
    """
    with open_record(path) as database, database.snapshot():
        warn_of_pending(database, path, quiet=quiet)
        if day is None:
            if part is not None:
                raise UsageError("--part needs a PLACE and --on")
            asked = queries.spell(database, what)
            place_id, part, layer, day = asked.place_id, asked.part, asked.layer, starts(asked.start)
        else:
            asked = None
            meant = names.find_place(database, what, part)
            note_others(meant, quiet=quiet)
            place_id, part = meant.place.id, meant.part
        knowledge, supposed = suppose(database, what_if, [place_id])
        spells = [asked] if asked and not supposed else _on(database, place_id, part, day, layer, knowledge)
        if not spells:
            raise UsageError(f"nothing is known of who held {what} on {day}; `tadmor place {what}` shows what is")
        place = queries.places(database)[place_id]
        told = queries.told(database, [pull.claim_id for spell in spells for pull in spell.pulls])
        reasons = _reasons(database, spells, day, knowledge)
        rejected = _rejected(database, place_id, part)
    announce(supposed, form, quiet=quiet)
    for spell in spells:
        reason = reasons.get(spell.id)
        if form == "json":
            found = {**spell_object(spell, place), **_object(spell, reason, told), "rejected": rejected[spell.part]}
            show.json_line({**found, **stated(supposed)})
            continue
        spell_table([spell], place, spell.layer)
        if reason:
            _print_answer(reason)
        for pull in spell.pulls:
            _print_claim(told[pull.claim_id], pull.pull, reason.weighed.get(pull.claim_id) if reason else None)
        if reason:
            _print_changes(reason)
        for one in rejected[spell.part]:
            click.echo(one_line(f'rejected by {one["by"]}: "{one["quote"]}" (claim {one["claim"]}) {one["why"]}'))


def _rejected(database: Database, place_id: str, part: str | None) -> dict[str | None, list[dict[str, str]]]:
    """The claims about a place and its parts that analysts rejected, with who did and why; they do not count."""
    found: dict[str | None, list[dict[str, str]]] = defaultdict(list)
    told = [one for one in queries.told_of_place(database, place_id) if one.review == "rejected"]
    for one in told:
        reviews = [kept.review for kept in reattach.in_force(database, one.claim.id)]
        last = next(review for review in reversed(reviews) if review.action == "reject")
        own = place_part.of(one.claim.where).key if one.claim.where else None
        if part in (None, own):
            found[own].append({"claim": one.claim.id, "quote": one.quote, "by": last.analyst, "why": last.why})
    return found


def _on(
    database: Database, place_id: str, part: str | None, day: date, layer: Layer, knowledge: Knowledge
) -> list[Spell]:
    half_life = knowledge.weights.control.half_life_days
    spells = queries.state(database, day, [place_id], layer=layer, half_life_days=half_life)
    return [spell for spell in spells if part in (None, spell.part)]


def _reasons(database: Database, spells: list[Spell], day: date, knowledge: Knowledge) -> dict[str, Explained]:
    """Why, by id of the spell; what a side claims needs no reason but its words."""
    if not spells or spells[0].layer == "claimed":
        return {}
    heard = queries.heard(database, spells[0].place_id)
    by_part = {one.part: one for one in explained(spells[0].place_id, heard, day, knowledge, _same)}
    return {spell.id: by_part[spell.part] for spell in spells if spell.part in by_part}


def _same(one: Answer, other: Answer) -> bool:
    return _says(one) == _says(other)


def _says(answer: Answer) -> tuple[str, str]:
    return wording.state(answer.spell, partly=answer.partly), wording.band(answer.sure)


# --- as text --------------------------------------------------------------------------------------------------------


def _answer(answer: Answer | None) -> str:
    if answer is None:
        return "nothing is known"
    state, band = _says(answer)
    return f"{state}: {band}, {wording.percent(answer.sure)}"


def _print_answer(reason: Explained) -> None:
    likely = ", ".join(f"{name} {p:.2f}" for name, p in reason.answer.probabilities.items())
    click.echo(one_line(f"On {reason.day}: {_answer(reason.answer)} (probabilities: {likely})"))
    click.echo()


def _print_claim(told: Told, pull: float, weighed: Weighed | None) -> None:
    claim = told.claim
    side = "for" if pull > 0 else "against"
    parties = " over ".join(party.name for party in (claim.actor, claim.opponent) if party) or "nobody named"
    manner = ", ".join(filter(None, [claim.modality, claim.verification]))
    said = " <- ".join(claim.sources) if claim.sources else "the report itself"
    outlet = told.outlet or "outlet not known"
    original = f", first in {told.original_outlet}" if told.original_outlet else ""
    lines = [
        f'{side:>7} {pull:+.2f}  "{told.quote}"',
        f"{claim.type}: {parties}, {show.days(claim.days)}; {manner}; said by {said}",
        *([_weight(weighed)] if weighed else []),
        *(
            [f"reviewed: {reviewed}"]
            if (reviewed := wording.reviewed(told.review, told.credibility, told.as_read))
            else []
        ),
        f"in {told.doc}: {told.headline or 'no headline'} ({outlet}{original}, {told.published or 'no date'})",
        f"claim {claim.id}, report {claim.report_id}, story {told.story_id}, rule {claim.rule}, read by {told.maker}",
        f"sha256 {told.sha256}",
    ]
    click.echo(one_line(lines[0]))
    for line in lines[1:]:
        click.echo("    " + one_line(line))
    click.echo()


def _weight(weighed: Weighed) -> str:
    weight = weighed.weight
    factors = " x ".join(
        f"{factor:.2f} {f'{weight.interest} interest' if name == 'interest' else name}"
        for name, factor in weight.factors.items()
    )
    copies = f"; {len(weighed.copies)} more claims say the same and add nothing" if weighed.copies else ""
    voice = weighed.voice.name
    return f"weight {weight.log_odds:.2f} = log-odds of {weight.prior:.2f} ({voice}, {weight.kind}) x {factors}{copies}"


def _print_changes(reason: Explained) -> None:
    tried = (
        f" (of {reason.voices} voices the weightiest {reason.tried} were tried)" if reason.tried < reason.voices else ""
    )
    if not reason.changes:
        click.echo(f"No voice and no kind of source alone changes this{tried}.")
    else:
        click.echo(f"What would change it{tried}:")
    for change in reason.changes:
        click.echo("    " + one_line(f"without {_who(change)} ({change.claims} claims): {_answer(change.answer)}"))
    click.echo()


def _who(change: Without) -> str:
    if change.voice is None:
        return f"any source of kind {change.kind}"
    # "Residents" are several voices: the key tells which.
    return (
        change.voice.name if not change.voice.key.startswith(DESCRIBED) else f"{change.voice.name} ({change.voice.key})"
    )


# --- as JSON --------------------------------------------------------------------------------------------------------


def _object(spell: Spell, reason: Explained | None, told: dict[str, Told]) -> dict[str, object]:
    weighed = reason.weighed if reason else {}
    return {
        "on": reason.day if reason else None,
        "sure": reason.answer.sure if reason else None,
        "probabilities": reason.answer.probabilities if reason else None,
        "claims": [_claim_object(told[pull.claim_id], pull.pull, weighed.get(pull.claim_id)) for pull in spell.pulls],
        "changes": [_change_object(change) for change in reason.changes] if reason else None,
        "voices_tried": [reason.tried, reason.voices] if reason else None,
    }


def _change_object(change: Without) -> dict[str, object]:
    answer = change.answer
    return {
        "without": change.voice.key if change.voice else None,
        "name": change.voice.name if change.voice else None,
        "kind": change.kind,
        "claims": change.claims,
        "holder": answer.spell.holder if answer else None,
        "status": answer.spell.status if answer else None,
        "besieged_by": answer.spell.besieged_by if answer else None,
        "sure": answer.sure if answer else None,
        "probabilities": answer.probabilities if answer else None,
    }


def _claim_object(told: Told, pull: float, weighed: Weighed | None) -> dict[str, object]:
    return {
        "pull": pull,
        "voice": weighed.voice.key if weighed else None,
        "weight": weighed.weight if weighed else None,
        "copies": weighed.copies if weighed else None,
        "quote": told.quote,
        "doc": told.doc,
        "origin": told.origin,
        "headline": told.headline,
        "outlet": told.outlet,
        "original_outlet": told.original_outlet,
        "published": told.published,
        "sources": told.claim.sources,
        "story": told.story_id,
        "report": told.claim.report_id,
        "sha256": told.sha256,
        "maker": told.maker,
        "claim": told.claim,
        "review": told.review,
        "credibility": told.credibility,
        "as_read": told.as_read,
    }
