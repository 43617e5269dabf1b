"""Which of a sentence's time expressions belongs to which predicate, and what days follow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from tadmor.claim.calendar import Ago, Shift
from tadmor.claim.clause import VERBAL, clause_of, sentence_start
from tadmor.claim.stance import Stance
from tadmor.claim.tree import Span, Token
from tadmor.claim.when import TimeMention, find_times, resolve
from tadmor.lexicon import cues
from tadmor.records import Days

CUES = cues.load()
RECENT = timedelta(days=7)  # how far back an undated event may lean on the day spoken of before
RANKED = 8  # words from "the first" to the time since when it is
NIGHT = timedelta(days=1)  # the most that what was spoken of before may last for that
_LOWER = ("conj", "acl", "acl:relcl", "xcomp")  # clauses whose time may be that of the clause above


class Time(NamedTuple):
    """A time expression with the token that it begins at and the clause that it stands in."""

    mention: TimeMention
    token: Token
    clause: Token


def times(sentence: Span) -> list[Time]:
    """The sentence's time expressions in order."""
    out: list[Time] = []
    for mention in find_times(sentence.text):
        span = sentence.doc.char_span(sentence.start_char + mention.start, sentence.start_char + mention.end)
        if span is not None and not (mention.role == "since" and _compared(span[0])):
            out.append(Time(mention, span.root, clause_of(span.root)))
    return out


def _compared(since: Token) -> bool:
    """Whether the time only says among which a thing ranks: "the first full day of peace since 2012", "the first town
    to fall since 2001"."""
    for token in reversed(since.doc[max(sentence_start(since), since.i - RANKED) : since.i]):
        if token.tag_ == "JJS" or token.lower_ in CUES.ranking:
            return True
        if token.pos_ in VERBAL and token.tag_ != "VB" and not any(c.tag_ == "VB" for c in token.children):
            break
    return False


def days_of(
    trigger: Token,
    found: list[Time],
    *,
    stance: Stance,
    state: bool,
    published: date | None,
    context: Days | None,
) -> Days:
    """The days on which the claim at `trigger` happened or held.

    Without a time of its own an event takes the day spoken of before, if that is recent, else the publication day; a
    state, the publication day. What lies ahead starts with the publication day and has no end. Nothing is guessed
    where the publication day is unknown.
    """
    chosen = _choose(trigger, found)
    if stance.modality == "planned":
        return Days(first=published, last=None, precision="unknown", basis="publication" if published else "none")
    if chosen is not None:
        over = _ended(chosen, found, published, clause_of(trigger)) if state else None
        begun = state and chosen.clause.head.i == trigger.i and chosen.clause.lemma_.lower() in ("begin", "start")
        since = begun or _since(chosen.clause, clause_of(trigger))  # "a siege that began in March"
        told = chosen.mention._replace(role="since") if since else chosen.mention
        days = resolve(told, over or published, past=stance.past, context=context)
        if days.last and state and over is None and _is_ended(trigger) and not begun:
            days = resolve(chosen.mention._replace(role="at"), published, past=stance.past, context=context)
            return Days(first=None, last=days.last, precision=days.precision, basis=days.basis)
        if days.first or days.last:
            lasting = state and chosen.mention.role == "at" and _present(trigger)
            if lasting and days.last and published and days.last < published:
                return Days(first=days.first, last=published, precision=days.precision, basis=days.basis)
            return days
    if published is None:
        return Days()
    if (not state and _earlier(trigger)) or (state and _is_ended(trigger)):
        return Days(first=None, last=published, precision="unknown", basis="publication")
    follows = not state and context is not None and context.precision == "day" and not _present(trigger)
    if follows and context and context.first and context.last and context.last - context.first > NIGHT:
        follows = False  # "since the attack began three days ago" dates nothing else
    if follows and context and context.last and timedelta(0) <= published - context.last <= RECENT:
        return context
    return Days(first=published, last=published, precision="day", basis="publication")


def _is_ended(trigger: Token) -> bool:
    """Whether it is a state that is over: "ended the rule of X in March", "the siege is over"."""
    if trigger.pos_ != "NOUN":
        return False
    if trigger.dep_.startswith("nsubj") and trigger.head.lower_ == "over":
        return True
    verb = first = clause_of(trigger)
    while first.dep_ == "conj":
        first = first.head
    wanted = any(c.lower_ == "to" and c.dep_ == "mark" for c in first.children)
    return verb.lemma_.lower() in CUES.end_verbs and not wanted


def _ended(chosen: Time, found: list[Time], published: date | None, clause: Token) -> date | None:
    """When a state was over that is told by its length.

    "Took it back in March, after ten months of X's rule"; "held since March, when they ended ten months of X's rule".
    """
    ended = chosen.mention.text.lower().startswith("after") or clause.lemma_.lower() in CUES.end_verbs
    if chosen.mention.role != "for" or not ended:
        return None
    others = (t.mention for t in found if t is not chosen and t.mention.role in ("at", "since"))
    return next((day for m in others if (day := resolve(m._replace(role="at"), published).last)), None)


def _earlier(trigger: Token) -> bool:
    """Whether all that is said of the time is that it lies back: "had been lost before", "had previously captured"."""
    verb = clause_of(trigger)
    return _had(verb) and any(c.lower_ in ("before", "previously") and c.dep_ == "advmod" for c in verb.children)


def _present(token: Token) -> bool:
    verb = clause_of(token)
    return verb.tag_ in ("VBZ", "VBP", "VBG") or any(
        c.tag_ in ("VBZ", "VBP") for c in verb.children if c.dep_.startswith("aux")
    )


def _since(clause: Token, upper: Token) -> bool:
    """Whether the clause says since when: "has held it since the militants were driven out in March"."""
    return _under(clause, upper) and any(c.lower_ == "since" and c.dep_ == "mark" for c in clause.children)


def _then(clause: Token, upper: Token) -> bool:
    """Whether the clause says when: "seized the city when the army collapsed two months ago"."""
    marked = any(c.lower_ == "when" and c.i < clause.i for c in clause.children)
    return marked and _under(clause, upper) and clause.i > upper.i


def _under(clause: Token, upper: Token) -> bool:
    return clause.dep_ == "advcl" and clause.head.i == upper.i


def is_over(trigger: Token) -> bool:
    """Whether a state is told as what came before: "had held the town", and not "had still held it"."""
    verb = clause_of(trigger)
    return _had(verb) and not any(c.lower_ in ("still", "now") for c in verb.children)


def was_before(trigger: Token) -> bool:
    """Whether it is told of a thing, in passing, what had been: "the town, which rebels had taken"."""
    verb = clause_of(trigger)
    return verb.dep_ == "acl:relcl" and _had(verb)


def _had(verb: Token) -> bool:
    return any(c.lower_ == "had" and c.dep_ == "aux" for c in verb.children)


def _below(clause: Token, upper: Token) -> bool:
    """Whether the clause hangs under the other one by links over which a time may be shared."""
    while clause.i != upper.i and clause.dep_ in _LOWER and clause.head != clause:
        clause = clause.head
    return clause.i == upper.i


def _choose(trigger: Token, found: list[Time]) -> Time | None:
    """The time expression nearest to the trigger in the tree, then in the text."""
    clause = clause_of(trigger)
    above = {a.i for a in trigger.ancestors} | {trigger.i}
    best: tuple[float, Time] | None = None
    for time in found:
        shifted = isinstance(time.mention.value, Shift) and time.mention.role in ("after", "before")
        if shifted:
            if trigger.i < time.token.i:
                continue
            cost = 0.0
        elif time.token.head.i == trigger.i or trigger.i in {a.i for a in time.token.ancestors if a.pos_ not in VERBAL}:
            cost = 0.0
        elif time.clause.i == clause.i or _since(time.clause, clause) or _then(time.clause, clause):
            cost = 2.0
        elif _below(time.clause, clause):
            cost = 9.0  # "killed five people and wounded six on Saturday"
        elif time.clause.i in above:
            cost = 12.0
        else:
            cost = 30.0
        if time.clause.lemma_.lower() in CUES.say_verbs and time.clause.i != clause.i:
            cost += 18.0
        cost += abs(time.token.i - trigger.i) * 0.25
        if isinstance(time.mention.value, Ago) and time.clause.i != clause.i and not _then(time.clause, clause):
            cost += 8.0
        if time.mention.role == "after" and not shifted:
            cost += 6.0  # "after weeks of fighting" is vague beside "on Monday"
        if best is None or cost < best[0]:
            best = (cost, time)
    return best[1] if best is not None and best[0] < 28.0 else None
