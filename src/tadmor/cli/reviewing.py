"""What `tadmor review` shows and asks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from tadmor.cli import show
from tadmor.cli.look import wanted, warn_of_pending
from tadmor.cli.review import keep
from tadmor.cli.text import one_line
from tadmor.errors import UsageError
from tadmor.out import wording
from tadmor.out.export.cells import cell, sheet
from tadmor.record import decide, queries, reattach, reviews
from tadmor.record import sheet as table
from tadmor.record.database import Database, open_record
from tadmor.record.decide import Author
from tadmor.record.fields import FIELDS
from tadmor.record.fold import Kept
from tadmor.record.queries import Told
from tadmor.record.questions import Question, questions
from tadmor.record.reattach import undone
from tadmor.records import Review

AROUND = 200  # characters of a report before and after the words asked about
KEYS = "a accept, r reject, c correct, n note, s skip, u undo the last, q quit"


# --- lists ------------------------------------------------------------------------------------------------------------


def show_list(database: Database, form: str) -> None:
    """Every review, in the order of their making."""
    taken_back = undone(database)
    found = sorted((kept for kept, _ in reviews.entries(database)), key=lambda kept: kept.order)
    if form == "json":
        for kept in found:
            show.json_line(review_object(kept, taken_back))
        return
    show.table(
        ["review", "when", "who", "what", "of", "why", ""],
        [
            (
                kept.id,
                kept.review.at[:16],
                kept.review.analyst,
                does(kept.review),
                about(kept.review),
                kept.review.why,
                f"undone by {taken_back[kept.id].id}" if kept.id in taken_back else None,
            )
            for kept in found
        ],
        title="reviews",
        room=["why"],
    )


def show_conflicts(database: Database, form: str) -> None:
    """Where analysts differ; the later word stands."""
    found = reviews.conflicts(database)
    taken_back = undone(database)
    if form == "json":
        for one in found:
            show.json_line(
                {
                    "about": one.about,
                    "earlier": review_object(one.earlier, taken_back),
                    "later": review_object(one.later, taken_back),
                }
            )
        return
    show.table(
        ["about", "earlier", "later, which stands"],
        [(one.about, _told(one.earlier), _told(one.later)) for one in found],
        title="analysts differ",
        room=["earlier", "later, which stands"],
    )


def show_loose(database: Database, form: str) -> None:
    """The reviews that could not be attached."""
    found = reviews.loose(database)
    taken_back = undone(database)
    if form == "json":
        for one in found:
            told = {**review_object(one.kept, taken_back), "target": one.target, "report_read": one.report_read}
            show.json_line(told)
        return
    show.table(
        ["review", "who", "what", "words", "why it is not attached"],
        [
            (
                one.kept.id,
                one.kept.review.analyst,
                does(one.kept.review),
                one.target.quote,
                "the report no longer says so" if one.report_read else f"no report {one.target.report} in the record",
            )
            for one in found
        ],
        title="reviews that are not attached",
        room=["words"],
    )


def _told(kept: Kept) -> str:
    review = kept.review
    why = f": {review.why}" if review.why else ""
    return f"{kept.id} {review.at[:16]} {review.analyst}: {does(review)}{why}"


def does(review: Review) -> str:
    """What a review does, in a few words."""
    if review.action == "undo":
        return f"undo {review.undoes}"
    if review.action == "grade":
        return f"grade {next(iter(review.fields.values()))}"
    fields = ", ".join(
        f"{name} = {'nothing' if value is None else value}"
        for name, value in review.fields.items()
        if name in wording.FIELDS
    )
    return f"{review.action} {fields}".strip()


def about(review: Review) -> str:
    """What a review is about."""
    if review.claims:
        more = f" and {len(review.claims) - 1} more" if len(review.claims) > 1 else ""
        return f'{review.claims[0].claim} "{review.claims[0].quote}"{more}'
    return review.source or review.place or (f'"{review.quote}"' if review.quote else "")


def review_object(kept: Kept, taken_back: Mapping[str, Kept]) -> dict[str, object]:
    """A review as JSON: its entry, its id, and what took it back."""
    undoing = taken_back.get(kept.id)
    entry: dict[str, object] = json.loads(reviews.entry_text(kept.review))
    return {"review": kept.id, "why": "", **entry, "undone_by": undoing.id if undoing else None}


# --- the queue --------------------------------------------------------------------------------------------------------


def show_queue(database: Database, name: str | None, limit: int, form: str, *, quiet: bool) -> None:
    """What would be asked."""
    found, told = _queue(database, name, limit, quiet=quiet)
    if form == "json":
        for one in found:
            show.json_line(
                {**_question_object(one), "quote": told[one.claim_id].quote, "claim": told[one.claim_id].claim}
            )
        return
    show.table(
        ["claim", "moves", "accepted", "rejected", "says", "reading", "words"],
        [
            (
                one.claim_id,
                round(one.moves),
                round(one.if_accepted),
                round(one.if_rejected),
                says(told[one.claim_id]),
                told[one.claim_id].claim.confidence,
                told[one.claim_id].quote,
            )
            for one in found
        ],
        title="claims to look at, by how many place-days an answer is expected to move",
        room=["words"],
    )


def _queue(database: Database, name: str | None, limit: int, *, quiet: bool) -> tuple[list[Question], dict[str, Told]]:
    ids, _ = wanted(database, name, quiet=quiet)
    found = questions(database, ids, limit=limit)
    return found, queries.told(database, [one.claim_id for one in found])


def _question_object(one: Question) -> dict[str, object]:
    return {
        "claim_id": one.claim_id,
        "place_id": one.place_id,
        "moves": one.moves,
        "if_accepted": one.if_accepted,
        "if_rejected": one.if_rejected,
        "copies": one.copies,
    }


def says(told: Told) -> str:
    """What a claim says, and when."""
    return f"{wording.says(told.claim)}, {show.days(told.claim.days)}"


def write_table(database: Database, target: Path, name: str | None, limit: int | None, *, quiet: bool) -> int:
    """Write the table to be filled in: the queue, or all claims by day; how many rows."""
    warn_of_pending(database, str(database.path), quiet=quiet)
    ids, _ = wanted(database, name, quiet=quiet)
    if limit is not None:
        asked = [one.claim_id for one in questions(database, ids, limit=limit)]
        told = list(queries.told(database, asked).values())
    else:
        where, values = ("WHERE c.place_id = ? ", [ids[0]]) if ids else ("", [])
        order = "ORDER BY c.first_day IS NULL, c.first_day, c.id"
        told = [one for one, _ in queries.stream_told(database, f"{where}{order}", values)]
    with sheet(target, table.HEADINGS) as writer:
        for one in told:
            writer.writerow(map(cell, table.row(one, says(one))))
    return len(told)


# --- asking -----------------------------------------------------------------------------------------------------------


def ask(path: str, author: Author, name: str | None, limit: int, *, wait: float, quiet: bool) -> None:
    """Ask about one claim after the other; each answer is kept, and obeyed, before the next is asked."""
    if not author.analyst:
        raise UsageError("a review needs a name: --by NAME, or TADMOR_ANALYST in the environment")
    with open_record(path, write=True, wait=wait) as database:
        found, told = _queue(database, name, limit, quiet=quiet)
        last: list[str] = []
        for number, question in enumerate(found, 1):
            click.echo(f"--- {number} of {len(found)} " + "-" * 40)
            _show_question(database, question, told[question.claim_id])
            while True:
                key = click.prompt(KEYS, default="s", show_default=False).strip().lower()[:1]
                if key == "q":
                    return
                try:
                    made, done = _answer(database, key, question, author, last)
                except UsageError as error:
                    show.note(str(error))
                    continue
                if made:
                    last, places, _ = keep(database, made)
                    click.echo(f"{', '.join(last) or 'nothing new'}; {places} places brought up to date")
                if done:
                    break
        click.echo("That is all." if found else "There is nothing to ask about.")


def _answer(
    database: Database, key: str, question: Question, author: Author, last: Sequence[str]
) -> tuple[list[Review], bool]:
    """What an answer decides, and whether the next claim is to be asked about."""
    ids, copies = [question.claim_id], bool(question.copies)
    match key:
        case "a":
            return decide.about_claims(database, "accept", ids, _why(author), copies=copies), True
        case "r":
            return decide.about_claims(database, "reject", ids, _why(author), copies=copies), True
        case "c":
            fields = _ask_fields()
            return decide.about_claims(database, "correct", ids, _why(author), fields=fields, copies=copies), True
        case "n":
            return decide.about_claims(database, "note", ids, _why(author)), False
        case "u":
            if not last:
                raise UsageError("nothing was decided yet")
            return [decide.undo(database, one, _why(author)) for one in last], False
        case "s":
            return [], True
        case _:
            raise UsageError(KEYS)


def _why(author: Author) -> Author:
    return author._replace(why=click.prompt("why", default="", show_default=False))


def _ask_fields() -> dict[str, str]:
    fields: dict[str, str] = {}
    click.echo(f"FIELD=VALUE, one a line, an empty line at the end; the fields are {', '.join(FIELDS)}")
    while line := click.prompt("", prompt_suffix="> ", default="", show_default=False).strip():
        field, equals, text = line.partition("=")
        if equals:
            fields[field.strip()] = text.strip()
        else:
            show.note("write FIELD=VALUE")
    return fields


def _show_question(database: Database, question: Question, told: Told) -> None:
    claim = told.claim
    report = queries.report(database, claim.report_id)
    text = report.text if report else told.quote
    start, end = claim.quote.start, claim.quote.end
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    click.echo(one_line(f"{before} >>> {told.quote} <<< {after}"))
    click.echo()
    lines = [
        f"read as: {says(told)}; {claim.modality}; said by {' <- '.join(claim.sources) or 'the report itself'}",
        f"in: {told.headline or told.doc} ({told.outlet or 'outlet not known'}, {told.published or 'no date'})",
        f"moves: {question.if_accepted:.0f} place-days if accepted, {question.if_rejected:.0f} if rejected;"
        f" read rightly with {wording.percent(claim.confidence)}",
        *(
            [f"copies: {len(question.copies)} in the same words; the answer is for them as well"]
            if question.copies
            else []
        ),
    ]
    for line in lines:
        click.echo(one_line(line))
    for kept in reattach.of_claims(database, [claim.id]).get(claim.id, []):
        click.echo(one_line(f"before: {_told(kept)}"))
    click.echo()
