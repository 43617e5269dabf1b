"""What the words of a report leave open, told by what the rest of it says of the same place.

A passive, a fall or a liberation may name nobody who did it, and a state may be told as over without a day. Who is said
in so many words to come for a place, to hold it or to leave it, and when, tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from tadmor.claim.clause import VERBAL, of_noun, of_verb
from tadmor.claim.draft import Draft
from tadmor.claim.infer import against
from tadmor.claim.merge import identified
from tadmor.claim.scene import Scene
from tadmor.claim.tree import Token
from tadmor.claim.who import party
from tadmor.lexicon import cues
from tadmor.records import Claim, Days, Party

CUES = cues.load()
COMING = frozenset({"gains", "gains_part", "advances", "contests", "besieges"})  # what is done by who does not hold all
HOLDING = frozenset({"holds", "holds_part"})
A_DAY = timedelta(days=1)
SAME_DAYS = timedelta(days=7)  # between a loss and what else is told of those days


def agentless(draft: Draft, scene: Scene) -> bool:
    """Whether the words around the trigger name nobody who did it: "the town fell", "since its liberation"."""
    word = draft.trigger
    if word.pos_ not in VERBAL:
        light = word.head.lemma_ not in CUES.say_verbs | CUES.deny_verbs  # "took full control", not "denied the fall"
        doers = of_noun(word, frozenset({word.head.lemma_}) if light else frozenset()).subj
    else:
        verb = of_verb(word)
        if not verb.passive and not any(_of_place(doer, scene) for doer in verb.subj):
            return False
        doers = verb.subj
    return not any(party(doer, scene) for doer in doers)


def _of_place(word: Token, scene: Scene) -> bool:
    mention = scene.mention(word)
    return mention.kind == "place" if mention is not None else word.lemma_.lower() in CUES.place_nouns


def one_more(word: Token) -> bool:
    """Whether a deed is told as one more of those before: "was also seized", "fell as well"."""
    return any(c.dep_.startswith("advmod") and (c.lower_ in ("also", "too") or _as_well(c)) for c in word.children)


def _as_well(word: Token) -> bool:
    return word.lower_ == "as" and any(c.lower_ == "well" for c in word.children)


def agreed(claim: Claim, told: Sequence[Claim], text: str, scene: Scene) -> Claim:
    """The claim with the parties that the rest of the report gives it, where its own words name nobody who did it.

    Who is said in so many words to hold or lose a place, and never to come for it, is not the one to whom it fell; who
    is said to leave it had occupied it; nobody denies that he took it himself; and what was "seized as well" was seized
    by who seized the place before. `told` are all claims of the report in its order, `text` is what they quote.
    """
    actor, foe, where = claim.actor, claim.opponent, claim.where
    if actor is None or where is None or not _unsaid(claim, scene):
        return claim
    comers: dict[str, Party] = {}
    holders: dict[str, Party] = {}
    leaves = False
    for other in told:
        here = other.kind == "control" and other.where is not None and other.where.name == where.name
        meant = not _unsaid(other, scene) or (other.modality != "denied" and _own_word(other, scene))
        if here and meant and other.actor is not None:
            (comers if other.type in COMING else holders)[other.actor.name] = other.actor
            same = other.type == "loses" and other.actor == actor and other.days.last == claim.days.last
            leaves |= same and other.modality == claim.modality == "asserted"
    denies = claim.modality == "denied" and _own_word(claim, scene)
    spared = claim.modality == "denied" and foe is not None and _by(claim, foe, scene)  # "the army denied that it fell"
    if claim.type == "besieges" and claim.days.first is None:
        return claim  # of a siege that is over, who came is who broke it
    if spared or (actor.text in _words(claim, text) and not (denies or leaves)):
        return claim
    left = denies or foe is None or foe.text not in _words(claim, text)  # to whom it fell, not from whom
    if claim.type in COMING and actor.name not in comers and left:
        others = [who for who in comers.values() if who.id is not None and against(who, actor, scene)]
        if not others and foe is not None and foe.name not in holders and (denies or actor.name in holders):
            others = [foe]
        if len(others) == 1:
            return identified(msgspec.structs.replace(claim, actor=others[0], opponent=actor))
        before = [one for one in told if one.type == claim.type and one.quote.end <= claim.quote.start]
        last = next((one for one in reversed(before) if not _unsaid(one, scene) and one.modality == "asserted"), None)
        if scene.unsaid[claim.quote, claim.type] and not others and last is not None and last.actor is not None:
            return identified(msgspec.structs.replace(claim, actor=last.actor, opponent=last.opponent))
    if claim.type in HOLDING and actor.name not in holders and len(holders) == 1:
        (holder,) = holders.values()
        if against(holder, actor, scene):
            other_side = foe if foe is not None and foe.name != holder.name else None
            return identified(msgspec.structs.replace(claim, actor=holder, opponent=other_side))
    return claim


def until_lost(claim: Claim, told: Sequence[Claim], scene: Scene) -> Claim:
    """The claim, if it is of what is told as over, until the report has the place change hands.

    "It had held the town since March", after the army took it on Friday, means until Thursday, and "the town, which it
    had taken", at some time until then. `told` are all claims of the report.
    """
    holder, where, days = claim.actor, claim.where, claim.days
    if (claim.quote, claim.type) not in scene.over or holder is None or where is None or days.last is None:
        return claim
    begun = days.first if days.first is not None and days.first < days.last else None  # a single day is the report's
    ends = []
    for other in told:
        here = other.where is not None and other.where.name == where.name and other.modality == "asserted"
        lost = other.type == "loses" and other.actor is not None and other.actor.name == holder.name
        taken = other.type in ("gains", "gains_part", "contests") and other.actor != holder
        day = other.days.first
        if here and (lost or taken) and day is not None and (begun is None or begun < day) and day <= days.last:
            ends.append(day)
    if not ends:
        return claim
    end = max(ends) - A_DAY
    if claim.type in COMING:
        return msgspec.structs.replace(claim, days=Days(first=None, last=end, precision="unknown", basis=days.basis))
    return msgspec.structs.replace(claim, days=msgspec.structs.replace(days, first=begun or end, last=end))


def left_to(claim: Claim, told: Sequence[Claim], scene: Scene) -> Claim:
    """The claim, if it is of a place that somebody lost, with the one party that the report says came for places then.

    "The town was lost on Thursday; in five days the army has won back all of the north." `told` are all claims of the
    report.
    """
    loser, day = claim.actor, claim.days.last
    if claim.type != "loses" or loser is None or claim.opponent is not None or claim.where is None or day is None:
        return claim
    comers: dict[str, Party] = {}
    for other in told:
        if other.type not in COMING or other.actor is None or other.where is None or other.modality != "asserted":
            continue
        then = other.days.last is not None and abs(other.days.last - day) <= SAME_DAYS
        fought = other.where.name == claim.where.name or (other.opponent is not None and other.opponent == loser)
        if then and fought and against(loser, other.actor, scene):
            comers[other.actor.name] = other.actor
    if len(comers) != 1:
        return claim
    (comer,) = comers.values()
    return identified(msgspec.structs.replace(claim, opponent=comer))


def _unsaid(claim: Claim, scene: Scene) -> bool:
    return (claim.quote, claim.type) in scene.unsaid


def _own_word(claim: Claim, scene: Scene) -> bool:
    """Whether it is the word of the party that it speaks of."""
    return claim.actor is not None and _by(claim, claim.actor, scene)


def _by(claim: Claim, who: Party, scene: Scene) -> bool:
    """Whether it is the word of that party."""
    return any(who.name == source or scene.side_of(source) == who.id for source in claim.sources)


def _words(claim: Claim, text: str) -> str:
    return text[claim.quote.start : claim.quote.end]
