"""Whether a claim was borne out, as the report says: verified by nobody, confirmed by another, denied by another.

The words that say so may stand in the claim's own sentence ("which Ukraine denied") or sentences later ("Damascus
denied responsibility"). The claim that they are about is found by what they name: the claim, its toll, the guilt for an
attack, or the same thing at the same place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

import msgspec

from tadmor.claim.clause import RELATIVE, VERBAL, children, of_verb, sentence_end, sentence_start
from tadmor.claim.scene import Scene
from tadmor.claim.speaker import speaker
from tadmor.claim.toll import VIOLENT
from tadmor.claim.tree import Span, Token
from tadmor.lexicon import cues
from tadmor.records import Claim, Verification

CUES = cues.load()
_TELLING = CUES.seeing_verbs | CUES.say_verbs
_TOLD = CUES.say_nouns | CUES.told_nouns
_NOT = {
    "not",
    "n't",
    "never",
    "cannot",
    "unable",
    "impossible",
    "hard",
    "difficult",
    "yet",
    "without",
    "no",
    "nobody",
} | {"neither", "none"}
_NEAR = 7  # words before a verb in which it may be negated
_CLAUSE = ("ccomp", "xcomp", "csubj")
_LATER = 130  # words after which "the claim" is another
_GUILT = 300  # words after which "responsibility" is for something else, and what is told again another thing
_SEVERAL = 4  # sentences with claims that "the reports" may be about
_CONTROL_OVER = {"gains", "gains_part", "holds", "holds_part", "contests", "advances"}

_WORDS = (  # that may say something of claims
    CUES.unverified | CUES.verify_nouns | CUES.verify_verbs | CUES.confirm_verbs | CUES.deny_verbs | _TELLING
)
_ATTACKS = VIOLENT | {"Abduction/forced disappearance", "Sexual violence", "Mob violence"}
_CONTRAST = {"but", "however", "while", "though", "although", "yet", "whereas"}

About = Literal["told", "toll", "guilt", "same", "seen", "here"]


class Verdict(NamedTuple):
    """What one word of a sentence says of claims: `by` whom, and how to find those that it is `about`."""

    value: Verification
    word: Token
    by: tuple[str, ...] = ()
    about: About = "told"
    several: bool = False


# --- verdicts -------------------------------------------------------------------------------------------------------


def verdicts(sentence: Span, scene: Scene) -> list[Verdict]:
    """What the sentence says of claims, in the order of its words."""
    return [verdict for token in sentence if token.lemma_.lower() in _WORDS for verdict in _of_word(token, scene)]


def _of_word(token: Token, scene: Scene) -> Iterator[Verdict]:
    lemma = token.lemma_.lower()
    verbal = token.pos_ in VERBAL or (token.tag_ in ("VBN", "VBD") and token.pos_ == "ADJ")
    if lemma in CUES.unverified or (lemma in CUES.verify_nouns and _denied_noun(token)):
        yield Verdict("unverified", token)
    elif verbal and lemma in CUES.verify_verbs and _negated(token):
        yield _not_borne_out(token)
    elif verbal and lemma in CUES.confirm_verbs and not _negated(token):
        yield from _judged("confirmed", token, scene)
    elif verbal and lemma in CUES.deny_verbs and not _negated(token):
        yield from _judged("disputed", token, scene)
    elif verbal and lemma in _TELLING:
        watching = [s for s in of_verb(token).subj if s.lemma_.lower() in CUES.reporter_nouns]
        if watching and (lemma in CUES.seeing_verbs or _pointing_event(token)):
            yield Verdict("confirmed", token, by=tuple(_names(watching, scene)), about="seen")


def _not_borne_out(verb: Token) -> Verdict:
    """What could not be verified: a toll, one claim, "the reports", or "that", which the sentence itself has said."""
    named = _object(verb)
    after = verb.nbor(1) if verb.i + 1 < sentence_end(verb) else None
    if named is None and after is not None and after.lower_ in ("that", "this", "it"):
        named = after
    if named is None:
        return Verdict("unverified", verb)
    if named.lower_ in ("that", "this", "it") and verb.dep_ != "ROOT" and _clause_before(verb):
        return Verdict("unverified", verb, about="here")
    several = named.tag_ in ("NNS", "NNPS") or named.lower_ == "they" or _each(named)
    return Verdict("unverified", verb, about="toll" if _counts(named) else "told", several=several)


def _each(noun: Token) -> bool:
    """ "neither report", "none of it"."""
    return noun.lower_ == "none" or any(c.lower_ in ("neither", "both") for c in noun.children)


def _clause_before(verb: Token) -> bool:
    """Whether another clause of the sentence comes before: "more may be dead but we cannot confirm that"."""
    return any(t.dep_ in ("conj", "advcl", "parataxis") and t.head.i < t.i for t in (verb, *verb.ancestors))


def _negated(verb: Token) -> bool:
    """Whether it could not be done, or was not yet: "could not be verified", "no way to verify", "has yet to be"."""
    words = verb.doc[max(sentence_start(verb), verb.i - _NEAR) : verb.i]
    last = max((t.i for t in words if t.text in ",;:" or t.lower_ in ("but", "that")), default=-1)
    return any(t.lower_ in _NOT and t.i > last for t in words)


def _denied_noun(noun: Token) -> bool:
    """ "no independent confirmation", "without verification"; not "confirmation by the army"."""
    before = noun.doc[max(sentence_start(noun), noun.i - 4) : noun.i]
    return any(t.lower_ in ("no", "without", "any", "lack") for t in before)


def _object(verb: Token) -> Token | None:
    """What is, or is not, verified, confirmed or denied."""
    found = of_verb(verb).obj
    return found[0] if found else next(iter(children(verb, "nsubj:pass")), None)


def _counts(noun: Token) -> bool:
    """Whether a noun means a number of people: "the toll", "the number of dead"."""
    words = {noun.lemma_.lower(), *(c.lemma_.lower() for c in noun.children if c.dep_ in ("compound", "amod", "nmod"))}
    return bool(words & CUES.toll_nouns)


def _judged(value: Verification, verb: Token, scene: Scene) -> Iterator[Verdict]:
    """By whom a claim is confirmed or denied, and in which words it is spoken of."""
    arguments = of_verb(verb)
    by = tuple(_names(arguments.subj, scene))
    if not by:
        return
    clause = [c for c in children(verb, *_CLAUSE) if c.i > verb.i]
    relative = any(c.lower_ in RELATIVE for c in verb.children) and verb.dep_ == "acl:relcl"
    named = _object(verb)
    if relative or (verb.dep_ == "acl" and arguments.passive):
        yield Verdict(value, verb, by)  # "..., which X denied", "a claim confirmed by X"
    elif named is None and not clause:
        yield Verdict(value, verb, by)  # "but X denied"
    elif clause and named is None:
        guilt = clause[0].tag_ == "VBG"  # "denied attacking the town"
        yield Verdict(value, verb, by, about="guilt" if guilt else "same")
    elif named is not None:
        lemma = named.lemma_.lower()
        around = {lemma, *(c.lemma_.lower() for c in named.subtree)}
        if lemma in CUES.guilt_nouns:
            yield Verdict(value, verb, by, about="guilt")
        elif _counts(named):
            yield Verdict(value, verb, by, about="toll")
        elif named.pos_ in ("PRON", "DET") or lemma in _TOLD:
            yield Verdict(value, verb, by, several=named.tag_ == "NNS")
        elif around & CUES.told_events and _definite(named):
            yield Verdict(value, verb, by)


def _names(heads: Sequence[Token], scene: Scene) -> list[str]:
    return [name for head in heads if (name := speaker(head, scene))]


def _definite(noun: Token) -> bool:
    """ "the loss of the town", "its fall": something that was spoken of."""
    return any(c.lower_ in CUES.pointing or c.dep_ == "nmod:poss" for c in noun.children)


def _pointing_event(verb: Token) -> bool:
    """Whether what is said is about an event that was told before: "said the strikes hit homes"."""
    return any(t.i > verb.i and t.lemma_.lower() in CUES.told_events and _definite(t) for t in verb.subtree)


# --- claims ---------------------------------------------------------------------------------------------------------


def judged(
    sentence: Span, new: Sequence[Claim], told: Sequence[Claim], ends: Mapping[str, int], offset: int, scene: Scene
) -> tuple[list[Claim], list[Claim]]:
    """The sentence's own claims and those told before, each with what the sentence says of it.

    `ends` tells for each claim told before where its sentence ends in the report, in words; `offset` is where the text
    of the sentence begins in the report, in characters.
    """
    marks: dict[str, Verification] = {}
    recent = _recent(told, ends, scene.position(sentence[0]))
    for verdict in verdicts(sentence, scene):
        for claim in _meant(verdict, sentence, new, recent, ends, offset, scene):
            marks.setdefault(claim.id, verdict.value)
    for claim in _contradicted(sentence, new, recent, ends, scene):
        marks.setdefault(claim.id, "disputed")
    marks |= _forward(sentence, new, scene)
    for claim in new:  # what one says and another says is not so
        if claim.modality == "denied" and claim.sources:
            against = [c for c in (*recent, *new) if c.modality != "denied" and _contrary(c, claim)]
            for other in (*against[-1:], *([claim] if against else ())):
                marks.setdefault(other.id, "disputed")
    return ([_marked(c, marks) for c in new], [_marked(c, marks) for c in told]) if marks else (list(new), list(told))


def _recent(told: Sequence[Claim], ends: Mapping[str, int], here: int) -> list[Claim]:
    """The claims told before that a sentence may still be about."""
    near = takewhile(lambda claim: ends[claim.id] > here - _GUILT, reversed(told))
    return list(near)[::-1]


def _marked(claim: Claim, marks: Mapping[str, Verification]) -> Claim:
    value = marks.get(claim.id)
    return claim if value is None else msgspec.structs.replace(claim, verification=value)


def _meant(
    verdict: Verdict,
    sentence: Span,
    new: Sequence[Claim],
    told: Sequence[Claim],
    ends: Mapping[str, int],
    offset: int,
    scene: Scene,
) -> list[Claim]:
    """The claims that a verdict is about."""
    here = scene.position(sentence[0])
    reach = _GUILT if verdict.about in ("guilt", "same") else _LATER
    earlier = [c for c in told if here - reach < ends.get(c.id, -reach) <= here]
    if verdict.about == "guilt":
        return _done_by(verdict, earlier, ends, scene)
    if verdict.about == "same":
        return _same(verdict, sentence, new, earlier, scene)
    if verdict.about == "seen":
        adjacent = scene.beside(sentence, -1)
        first = scene.position(adjacent[0]) if adjacent is not None else here
        return [c for c in earlier if ends[c.id] > first and _open(c, verdict) and _named_in(c, verdict.word)]
    at = offset + verdict.word.idx
    own = [c for c in new if _open(c, verdict) and (c.quote.start < at or _over(verdict.word, c, offset))]
    wanted = [c for c in own if c.count is not None] if verdict.about == "toll" else own
    if wanted or verdict.about == "here":
        return wanted
    groups = sorted({ends[c.id] for c in earlier if _open(c, verdict)}, reverse=True)
    counted = verdict.about == "toll"
    meant = [c for c in earlier if _open(c, verdict) and (c.count is not None or not counted)]
    groups = [end for end in groups if any(ends[c.id] == end for c in meant)]
    near = set(groups[: _SEVERAL if verdict.several else 1])
    return [c for c in meant if ends[c.id] in near]


def _open(claim: Claim, verdict: Verdict) -> bool:
    """Whether a claim is somebody's word, and not that of the one who judges it."""
    if claim.kind == "relation" or claim.modality in ("planned", "possible"):
        return False
    return bool(claim.sources or claim.modality == "hedged") and not set(claim.sources) & set(verdict.by)


def _named_in(claim: Claim, verb: Token) -> bool:
    """Whether the clause of a verb names the claim's parties or place, or an event that was told."""
    said = {t.lower_.rstrip("s") for t in verb.subtree if t.i > verb.i}
    names = [n for n in (claim.actor, claim.opponent, claim.where) if n is not None]
    told = {word.lower().rstrip("s") for n in names for word in f"{n.text} {n.name}".split() if len(word) > 3}
    return bool(said & told) or _pointing_event(verb)


def _over(word: Token, claim: Claim, offset: int) -> bool:
    """Whether the verdict governs the claim: "could not verify reports that ...", "unconfirmed reports say ..."."""
    if word.dep_ == "amod" and word.head.dep_.startswith("nsubj"):
        word = word.head.head
    first, last = word.left_edge.idx + offset, word.right_edge.idx + offset
    return first <= claim.quote.start <= last


def _done_by(verdict: Verdict, earlier: Sequence[Claim], ends: Mapping[str, int], scene: Scene) -> list[Claim]:
    """The last attack that the denier is said to have done, else the last that somebody may have done."""
    side = scene.side_of(verdict.by[0])
    events = [c for c in earlier if c.type in _ATTACKS and c.modality in ("asserted", "hedged")]

    def his(claim: Claim) -> bool:
        if claim.actor is None:
            return False
        named = verdict.by[0].lower() in claim.actor.name.lower()
        return named or (side is not None and claim.actor.id == side)

    def beside_him(claim: Claim) -> bool:  # "strikes by Russian or Syrian jets": what the one denies the other did
        other = claim.actor.id if claim.actor is not None else None
        return bool(side and other and (scene.actors.same_side(side, other, scene.published) or 0) > 0)

    blamed = [c for c in events if his(c)] or [c for c in events if c.actor is None or beside_him(c)]
    last = max((ends[c.id] for c in blamed), default=0)
    return [c for c in blamed if ends[c.id] == last]


def _same(
    verdict: Verdict, sentence: Span, new: Sequence[Claim], earlier: Sequence[Claim], scene: Scene
) -> list[Claim]:
    """The claims whose content is said again: by the claims of the sentence, else by the place that it names."""
    his = [c for c in new if set(c.sources) & set(verdict.by)]
    again = [c for c in earlier if _open(c, verdict) and any(_alike(c, other) for other in his)]
    if again or his:
        own = his if again and verdict.value == "disputed" else []
        return [*again, *own]
    spoken = {m.text for t in sentence if (m := scene.mention(t)) is not None and m.kind == "place"}
    points = any(_definite(t) and CUES.place_nouns.get(t.lemma_.lower()) in ("town", "any") for t in sentence)
    event = _pointing_event(verdict.word)
    if not (spoken or points or event):
        return []
    open_ = [c for c in earlier if _open(c, verdict)]
    named = [c for c in open_ if c.where is not None and (c.where.text in spoken or c.where.name in spoken)]
    return named[-1:] if spoken else open_[-1:]


def _alike(a: Claim, b: Claim) -> bool:
    """Whether two claims speak of one thing at one place."""
    family = a.type == b.type or {a.type, b.type} <= _CONTROL_OVER or "loses" in (a.type, b.type)
    places = a.where is None or b.where is None or a.where.name == b.where.name
    return a.kind == b.kind and family and places and (a.where is not None or a.kind == "event")


def _contrary(claim: Claim, denial: Claim) -> bool:
    """Whether another's claim is what a denial says is not so."""
    return (
        bool(claim.sources)
        and not set(claim.sources) & set(denial.sources)
        and claim.where is not None
        and _alike(claim, denial)
        and claim.kind == denial.kind
    )


def _contradicted(
    sentence: Span, new: Sequence[Claim], recent: Sequence[Claim], ends: Mapping[str, int], scene: Scene
) -> Iterator[Claim]:
    """The claims against which the sentence sets another's word: its own and the last before it, "but X said not".

    The other must speak of no other place.
    """
    here = scene.position(sentence[0])
    for verb in sentence:
        if verb.pos_ not in VERBAL or verb.lemma_.lower() not in CUES.say_verbs or not _contrasted(verb):
            continue
        denied = [c for c in children(verb, "ccomp") if any(x.lower_ in ("not", "n't", "never") for x in c.children)]
        by = set(_names(of_verb(verb).subj, scene)) if denied else set()
        for claim in (*recent, *new) if by else ():
            own = any(claim.id == c.id for c in new)
            if not claim.sources or claim.modality not in ("asserted", "hedged") or by & set(claim.sources):
                continue
            places = {m.text for t in denied[0].subtree if (m := scene.mention(t)) is not None and m.kind == "place"}
            same = not places or (claim.where is not None and {claim.where.text, claim.where.name} & places)
            if same and (own or 0 <= here - ends[claim.id] <= 1):
                yield claim


def _contrasted(verb: Token) -> bool:
    """Whether a word sets the clause against what was said before."""
    before = verb.doc[max(sentence_start(verb), verb.left_edge.i - 1) : verb.i]
    return any(t.lower_ in _CONTRAST for t in before)


def _forward(sentence: Span, new: Sequence[Claim], scene: Scene) -> dict[str, Verification]:
    """What a speaker says in advance of all that he tells: "the following reports could not be verified".

    It holds until somebody else speaks or a quotation begins; what nobody is named for goes on with his list.
    """
    announced = any(t.lower_ == "following" for t in sentence)
    speaking = (
        next(iter(scene.lately(scene.position(sentence[-1]) + 1, len(sentence) + 1)), None) if announced else None
    )
    if speaking is not None:
        value = next((v.value for v in verdicts(sentence, scene)), None)
        scene.forewarned = (speaking.name, value) if value is not None else None
    if scene.forewarned is None or not new:
        return {}
    name, value = scene.forewarned
    if any(c.sources and name not in c.sources for c in new):
        scene.forewarned = None
        return {}
    return {c.id: value for c in new if name in c.sources and c.kind != "relation"}
