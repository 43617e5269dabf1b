"""Frames meet a parsed sentence: each trigger word yields at most one draft of a claim for each of its places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import msgspec

from tadmor.claim.clause import (
    VERBAL,
    Arguments,
    case_of,
    children,
    clause_of,
    conjuncts,
    of_noun,
    of_verb,
    particle,
    sentence_end,
    sentence_start,
)
from tadmor.claim.compound import PLACE_WORDS, compounds, divided
from tadmor.claim.draft import Draft
from tadmor.claim.relate import also_known, between_names, branded, grouped, leaning, relations, sworn
from tadmor.claim.roles import Roles, elsewhere
from tadmor.claim.scene import Scene
from tadmor.claim.site import Site, site, sites
from tadmor.claim.stance import is_nobody
from tadmor.claim.tree import Span, Token
from tadmor.claim.who import Named, describe, left_phrase, owner, party
from tadmor.lexicon import cues, frames
from tadmor.lexicon.frames import Frame

CUES = cues.load()
FRAMES = frames.load()
NOMINAL_ROLES = frozenset({"nsubj", "nsubj:pass", "obj", "obl", "nmod"})
LIGHT = {frame.id: CUES.light_verbs | frame.by_verb.keys() for frame in FRAMES.frames}
MONTHS = frozenset({"March", "May"})  # a protest march and a modal verb when written small


def drafts(sentence: Span, scene: Scene) -> list[Draft]:
    """Everything that the frames read in the sentence, in text order."""
    found: list[Draft] = []
    for token in sentence:
        lemma = token.lemma_.lower()
        named = scene.mention(token)
        if named is not None and named.kind == "source" and named.end - named.start > 2:
            continue  # words of a name say nothing: "Raqqa is Being Slaughtered Silently"
        found += compounds(token, scene)
        found += divided(token, scene)
        if token.pos_ in VERBAL or (token.pos_ == "ADJ" and token.tag_ in ("VBN", "VBD", "VBG")):
            found += _first(_verb_frames(token, FRAMES.forms.get(token.lower_, lemma)), token, scene)
        plural = token.lower_ in FRAMES.plurals  # taggers take "airstrikes" for a verb; no frame knows such a verb
        nominal = token.pos_ in ("NOUN", "PROPN") or (plural and _nounlike(token))
        if nominal and token.text not in MONTHS:
            found += _first(_noun_frames(token, FRAMES.plurals.get(token.lower_, lemma)), token, scene)
        for frame in FRAMES.adjectives.get(token.lower_, ()):
            found += _adjective(frame, token, scene)
        found += between_names(token, scene)
        found += leaning(token, scene)
        found += grouped(token, scene)
        found += branded(token, scene)
        found += sworn(token, scene)
    found += also_known(sentence, scene)
    return [msgspec.structs.replace(d, passing=d.frame is None or d.frame.attributive) for d in found]


def _nounlike(token: Token) -> bool:
    return token.dep_ in NOMINAL_ROLES or token.lower_ not in FRAMES.forms


def _first(candidates: Iterator[Frame], token: Token, scene: Scene) -> list[Draft]:
    """The drafts of the first frame that is satisfied: of control, else of events; those of relations beside it."""
    out: list[Draft] = []
    for frame in candidates:
        if not out or (frame.kind == "relation" and out[0].kind != "relation"):
            out += _apply(frame, token, scene)
    return out


def holds_no_place(verb: Token) -> bool:
    """Whether what a verb of holding takes rules out that a place is held: "holds talks", "held hostages"."""
    frames_of = FRAMES.verbs.get(verb.lemma_.lower(), ())
    barring = {word for companion, f in frames_of if not companion and f.type == "holds" for word in f.without}
    return bool(barring) and not _beside(verb, of_verb(verb), verbal=True).isdisjoint(barring)


def is_task(verb: Token) -> bool:
    """Whether it tells of something to be done, and no place: "it fell to a governor to confirm it", "it took air
    strikes to break the siege"."""
    if not any(c.lower_ == "it" and c.dep_.startswith("nsubj") for c in verb.children):
        return False
    to = [t for t in verb.subtree if t.i > verb.i and t.lower_ == "to"]
    if verb.lemma_.lower() == "fall":
        return len(to) > 1 and to[-1].dep_ == "mark"
    taken = children(verb, "obj")
    if verb.lemma_.lower() != "take" or not taken or taken[0].pos_ == "PROPN":
        return False
    return any(t.dep_ == "mark" and t.head.head.i in (verb.i, taken[0].i) for t in to)


def in_part(token: Token) -> bool:
    """Whether it is true of part of the place: "has largely taken the town", "is almost entirely in their hands"."""
    for word in token.children:
        if word.dep_ in ("advmod", "amod") and word.lower_ in CUES.mostly:
            return True
        before = word.nbor(-1) if word.i > sentence_start(word) else word
        if word.dep_ in ("advmod", "amod") and word.lower_ in CUES.entirely and before.lower_ in CUES.nearly:
            return True
    return False


def is_nobodys(verb: Token) -> bool:
    """Whether it is said of nobody: "nobody controls the centre", "neither side holds it"."""
    return any(is_nobody(subject) for subject in children(verb, "nsubj"))


def walks_in(verb: Token) -> bool:
    """Whether who enters a place meets nobody there, and so takes it: "entered the town unopposed", "under a deal",
    "after the rebels had withdrawn", "from which they had fled"."""
    if verb.lemma_.lower() not in CUES.entering:
        return False
    left = verb.head.head if verb.dep_ == "acl:relcl" else verb.head if verb.dep_ == "conj" else None
    by_others = bool(children(verb, "nsubj")) and not any(c.lower_ == "had" for c in verb.children)
    if left is not None and by_others and left.pos_ in VERBAL and _leaves(left):
        return True  # "the army withdrew from the town, which rebels then entered"
    for word in verb.children:
        if word.dep_.startswith(("obj", "obl")):
            case, noun = case_of(word), word.lemma_.lower()
            if case == "without" and noun in CUES.resistance:
                return True
            if case in ("under", "after", "following", "by") and noun in CUES.yielding:
                return True
            if any(c.dep_.startswith("acl") and _leaves(c) for one in conjuncts(word) for c in one.children):
                return True
        if word.lower_ in CUES.unresisted and word.i > verb.i:
            return True
        if word.dep_ == "advcl":
            marks = {c.lower_ for c in word.children if c.dep_ in ("mark", "case") or c.lower_ == "which"}
            if "without" in marks and any(t.lemma_.lower() in CUES.resistance for t in word.subtree):
                return True  # "without firing a shot"
            if marks & {"after", "as", "once", "when", "which"} and _leaves(word):
                return True  # "from which they had fled"
    return False


def _gives_up(verb: Token) -> bool:
    """Whether somebody no longer has it: "gave up control of the town"."""
    return verb.lemma_.lower() == "give" and "up" in particle(verb)


def _once_more(noun: Token) -> bool:
    """Whether somebody is said to have it again: "is back under government control", "is again in their hands"."""
    beside = [noun.head, *(c for c in noun.children if c.dep_ == "advmod")]
    return any(word.lower_ in ("back", "again") for word in beside)


def _leaves(verb: Token) -> bool:
    """Whether somebody gives a place up."""
    if any(c.lower_ in CUES.negations for c in verb.children):
        return False
    lemma = FRAMES.forms.get(verb.lower_, verb.lemma_.lower())
    return any(frame.type == "loses" for frame in _verb_frames(verb, lemma))


def is_calm(control: Token) -> bool:
    """Whether it is a state of affairs that is under control, and no place: "the situation was under control"."""
    if control.lemma_.lower() != "control" or not case_of(control).endswith("under"):
        return False
    verb = clause_of(control)
    return any(
        c.dep_.startswith("nsubj") and c.lemma_.lower() in CUES.affairs for c in (*control.children, *verb.children)
    )


def is_asked(token: Token) -> bool:
    """Whether that it is so, or who does it, is the question: "So who controls it?", "unclear who holds the city"."""
    verb = clause_of(token)
    last = verb.doc[sentence_end(verb) - 1]
    if last.text == "?" and verb.dep_ in ("ROOT", "conj", "parataxis"):
        return not any(c.lower_ in ("why", "how", "when") for c in verb.children)  # these ask no more than that
    who = next((c for c in verb.children if c.lower_ in ("who", "whoever") and c.i < token.i), None)
    if who is None or verb.dep_.startswith("acl"):
        return False
    if verb.dep_.startswith("csubj") or who.i == sentence_start(verb):
        return True
    above = {verb.head.lemma_.lower(), verb.head.lower_, *(c.lemma_.lower() for c in verb.head.children if c.i < who.i)}
    return not above.isdisjoint(CUES.asking_words)


def _verb_frames(token: Token, lemma: str) -> Iterator[Frame]:
    entries = _in_order().get(lemma, ()) if not is_task(token) else ()
    if entries:
        near = particle(token)
        for companion, frame in entries:
            if not companion or companion in near:
                yield frame


@cache
def _in_order() -> Mapping[str, Sequence[tuple[str, Frame]]]:
    """The frames of each verb, those that need a companion first, then control before events before relations."""

    def rank(entry: tuple[str, Frame]) -> tuple[bool, int, float]:
        return not entry[0], _KIND_ORDER[entry[1].kind], -entry[1].confidence

    return {lemma: sorted(entries, key=rank) for lemma, entries in FRAMES.verbs.items()}


def _noun_frames(token: Token, lemma: str) -> Iterator[Frame]:
    entries = FRAMES.nouns.get(lemma, ()) or FRAMES.nouns.get(token.lower_, ())
    if entries:
        before = {t.lower_ for t in left_phrase(token)[:-1]} | {t.lemma_.lower() for t in left_phrase(token)[:-1]}
        phrase = token.doc[max(sentence_start(token), token.i - 3) : token.i].text.lower().replace("-", " ")
        for companion, frame in entries:
            if not companion or companion in before or phrase.endswith(companion):
                yield frame


_KIND_ORDER = {"control": 0, "event": 1, "relation": 2}


def _apply(frame: Frame, token: Token, scene: Scene) -> Iterator[Draft]:
    """The frame's drafts at this trigger; none unless what it needs is there."""
    if token.lower_ in ("based", "led"):
        return
    verbal = (token.pos_ in VERBAL or token.pos_ == "ADJ") and not (frame.nouns and not frame.verbs)
    arguments = of_verb(token) if verbal else of_noun(token, LIGHT[frame.id])
    if not verbal and token.dep_ == "compound" and token.head.pos_ in ("NOUN", "PROPN") and token.head.i > token.i:
        return  # "rocket launch", "bomb disposal": the word only modifies another
    if frame.id == "own-capital" and _of_province(token, scene):
        return
    if frame.without and not _beside(token, arguments, verbal).isdisjoint(frame.without):
        return
    kind = frame.type
    if frame.by_verb:
        governor = (
            token.head
            if token.dep_.split(":")[0] in ("obj", "nsubj", "obl", "xcomp") and token.head.pos_ in VERBAL
            else None
        )
        if governor is not None and governor.lemma_.lower() in frame.by_verb:
            kind = frame.by_verb[governor.lemma_.lower()]
        elif frame.only_by_verb:
            return
        elif frame.id == "in-control" and governor is not None and _gives_up(governor):
            kind = "loses"
        elif frame.id == "in-control" and _once_more(token):
            kind = "gains"  # "the town is back under its control"
        owners = (c for c in token.children if c.dep_ == "nmod:poss")  # as it may hang on "Assad's", not on "control"
        case = case_of(token) or next(filter(None, map(case_of, owners)), "")
        if frame.id == "in-control" and case in ("out of", "from", "outside"):
            kind = "loses"  # "fell out of government control"
    roles = Roles(token, arguments, scene, verbal)
    actor = roles.party(frame.actor)
    places = roles.sites(frame.place, wide=frame.anywhere, strict=frame.kind == "control" and "place" in frame.needs)
    opponent = roles.party(frame.opponent, other=actor)
    of: str | None = None
    hit: list[Site] = []
    for head in roles.heads(frame.object):
        several = [s for s in sites([head], scene) if s.named or head.lemma_.lower() in CUES.place_nouns]
        if several and not (places and head.lemma_.lower() in CUES.feature_nouns and not several[0].named):
            hit += [s for s in several if s.where.name not in {h.where.name for h in hit}]
            if head.lemma_.lower() in CUES.feature_nouns and not of:
                of = describe(left_phrase(head))
            opponent = opponent or _owner(head, actor, scene)
            continue
        thing = "materiel" in frame.needs and head.lemma_.lower() in CUES.classes["materiel"]  # and not who has it
        whom = None if thing else party(head, scene, avoid=actor.party.name if actor else None)
        named = whom or _owner(head, actor, scene)
        if named is not None and (actor is None or named.party.name != actor.party.name):
            opponent = opponent or named
        elif not of and head.lemma_.lower() not in CUES.place_nouns:
            of = describe(left_phrase(head)) or None
    places = hit or places
    if actor is None and opponent is not None and frame.id in ("clash-noun", "clash-verb"):
        actor, opponent = opponent, None
    if actor is not None and not actor.armed and frame.kind == "event" and actor.party.id is None:
        actor = None
    if actor and opponent and actor.party.name == opponent.party.name:
        opponent = None
    if frame.kind == "relation":
        yield from relations(frame, token, roles, scene)
        return
    weapon = _weapon(token, arguments) if (frame.weapon or "weaponed" in frame.needs) else None
    sure = frame.confidence
    if not places and frame.anywhere:
        guess = elsewhere(token, scene)
        if guess is not None:
            places = [guess]
            sure *= 0.5 + 0.4 * guess.sure
    if not _satisfied(frame, roles, arguments, actor, opponent, places, of, weapon, token, scene):
        return
    coalition = actor is not None and actor.party.id and scene.actors.get(actor.party.id).kind == "coalition"
    if frame.weapon and weapon is None and coalition and kind.startswith("Shelling"):
        kind = "Air/drone strike"  # coalitions of states bomb from the air unless something else is said
    if frame.id == "hold" and token.head.lemma_ in ("manage", "succeed") and token.dep_ == "xcomp":
        kind = "gains"
    if frame.means and weapon is None:
        weapon = _means(arguments)
    if (frame.weapon or frame.means) and weapon:
        kind = weapon
    elif frame.id == "attack-verb" and _soft(roles.heads(frame.object)):
        kind = "Attack"
    elif frame.id == "kill-verb" and opponent is not None and opponent.armed:
        kind = "Armed clash"
    if frame.kind == "control" and actor is not None and not actor.armed:
        return
    if not places:
        yield Draft(
            frame=frame,
            rule=frame.id,
            kind=frame.kind,
            type=kind,
            trigger=token,
            actor=actor,
            opponent=opponent,
            of=of,
            state=frame.state,
            confidence=sure * 0.7,
        )
        return
    for place in places:
        this = kind
        if frame.kind == "control":
            if place.kind in ("country",) and not place.partial and frame.id not in ("hold", "in-control"):
                sure_here = sure * 0.6
            else:
                sure_here = sure
            if this == frame.type and frame.partial and place.partial:
                this = frame.partial
            elif this == "gains" and place.partial and frame.partial:
                this = "gains_part"
            elif this == "holds" and place.partial:
                this = "holds_part"
        else:
            sure_here = sure
        yield Draft(
            frame=frame,
            rule=frame.id,
            kind=frame.kind,
            type=this,
            trigger=token,
            actor=actor,
            opponent=opponent,
            place=place,
            of=of,
            state=frame.state and this in ("holds", "holds_part", "besieges"),
            confidence=sure_here * (0.6 + 0.4 * place.sure) * (0.7 + 0.3 * (actor.sure if actor else 0.6)),
        )


def _beside(token: Token, arguments: Arguments, verbal: bool) -> set[str]:
    """The words beside a trigger, by which a frame may be ruled out."""
    beside = (
        {t.lemma_.lower() for t in arguments.obj}
        | {t.lower_ for t in arguments.obj}
        | {c.lower_ for c in token.children if c.dep_ in ("compound", "amod", "advmod", "xcomp", "nmod", "obj")}
        | {
            c.lemma_.lower()
            for c in token.children
            if c.dep_ in ("compound", "amod", "nmod", "nsubj", "nsubj:pass", "obj", "obl:agent", "obl")
        }
    )
    for thing in arguments.obj:
        beside |= {c.lower_ for c in thing.children if c.dep_ in ("compound", "amod")}
    if not verbal:
        beside |= {h.lemma_.lower() for c in ("of", "for", "with") for h in arguments.preps.get(c, ())}
    return beside


def _owner(head: Token, actor: Named | None, scene: Scene) -> Named | None:
    """Whose the thing hit is, if it is an armed party other than the actor."""
    found = owner(head, scene)
    other = found is not None and found.armed and (actor is None or found.party.name != actor.party.name)
    return found if other else None


_OWNERS = ("against", "with", "of", "by", "between")


def _rid(frame: Frame, token: Token, scene: Scene) -> Iterator[Draft]:
    """ "P is free of Y": somebody, whom the sentence does not name, has taken P from Y."""
    preps = of_noun(token, CUES.light_verbs).preps
    foes = [h for case in frame.opponent for h in preps.get(case, ())]
    hostile = [h for h in foes if h.lemma_.lower() in CUES.armed_nouns | {"terrorism"} or party(h, scene) is not None]
    subjects = children(token, "nsubj") or (of_verb(token).obj if token.pos_ in VERBAL else [])
    for found in sites(subjects, scene) if hostile else ():
        opponent = party(hostile[0], scene)
        yield Draft(
            frame=frame,
            rule=frame.id,
            kind=frame.kind,
            type=frame.type,
            trigger=token,
            opponent=opponent if opponent is not None and opponent.armed else None,
            place=found,
            confidence=frame.confidence * found.sure,
        )


def _soft(targets: list[Token]) -> bool:
    """Whether what was attacked are people or places that are no part of the fighting."""
    return bool({t.lemma_.lower() for t in targets} & (CUES.civilian_nouns | CUES.classes["soft"]))


def _weapon(token: Token, arguments: Arguments) -> str | None:
    """The event type that the weapon named in the clause stands for, nearest words first."""
    near: list[Token] = [token, *left_phrase(token)] if token.pos_ in ("NOUN", "PROPN") else [token]
    for head in [
        *arguments.subj,
        *(h for c in ("with", "by", "in", "using", "from") for h in arguments.preps.get(c, ())),
    ]:
        near += left_phrase(head)
    near += [c for c in token.children if c.dep_ in ("compound", "amod", "nmod", "advmod", "obj", "obl")]
    for word in near:
        found = FRAMES.weapons.get(word.lower_) or FRAMES.weapons.get(word.lemma_.lower())
        if found:
            return found
    return None


def _means(arguments: Arguments) -> str | None:
    """The type of event that is said to have done it: "the raid killed ten", "killed in a blast", "jets destroyed"."""
    by = [h for c in ("in", "by", "during", "from") for h in arguments.preps.get(c, ())]
    for head in [*arguments.subj, *by]:
        lemma = FRAMES.plurals.get(head.lower_, head.lemma_.lower())
        if (weapon := FRAMES.weapons.get(head.lower_) or FRAMES.weapons.get(lemma)) is not None:
            return weapon
        for companion, frame in FRAMES.nouns.get(lemma, ()):
            if not companion and frame.type in FRAMES.weapons.values():
                return frame.type
    return None


def _of_province(capital: Token, scene: Scene) -> bool:
    """Whether "its capital" is that of a province named just before, and not of who holds it."""
    if not any(c.dep_ == "nmod:poss" and c.pos_ == "PRON" for c in capital.children):
        return False
    before = (site(t, scene) for t in capital.doc.tokens[sentence_start(capital) : capital.i] if t.dep_ != "nmod:poss")
    return any(found is not None and found.kind in ("governorate", "region", "country", "district") for found in before)


def _satisfied(
    frame: Frame,
    roles: Roles,
    arguments: Arguments,
    actor: Named | None,
    opponent: Named | None,
    places: list[Site],
    of: str | None,
    weapon: str | None,
    token: Token,
    scene: Scene,
) -> bool:
    """Whether everything that the frame needs was found."""
    objects = roles.heads(frame.object) or arguments.obj
    counted = [c for t in objects if t.lemma_.lower() in CUES.amounts for c in children(t, "nmod")]
    lemmas = {t.lemma_.lower() for t in [*objects, *counted]} | {t.lower_ for t in objects}
    for need in frame.needs:
        if need == "place" and not places:
            return False
        if need == "actor" and actor is None:
            return False
        if need == "opponent" and opponent is None:
            return False
        if need == "object" and not objects:
            return False
        if need == "armed" and (actor is None or not actor.armed):
            if need == "armed" and frame.weapon and weapon and actor is None:
                continue
            return False
        if need == "weaponed" and weapon is None and (actor is None or not actor.armed):
            return False
        if need == "fighters":  # whoever is said to do it must be armed
            if arguments.subj and actor is None and weapon is None and _weapon(token, arguments) is None:
                return False
            continue
        if need == "case-in":
            if case_of(token) != "in":
                return False
            continue
        if need == "insurgent":
            if (
                actor is None
                or actor.party.id is None
                or scene.actors.get(actor.party.id).kind in ("state", "government")
            ):
                return False
            continue
        if need == "toll":
            continue  # decided by the reader, which knows the tolls of the sentence
        wanted = CUES.classes.get(need)
        if wanted is not None:
            people = {t.lemma_.lower() for t in arguments.subj} if need in ("civilians", "aid", "troops") else set()
            people |= {token.lemma_.lower()} if need == "troops" else set()
            if not (wanted & (lemmas | people)):
                return False
    return True


_WIDE = {"country": 10, "governorate": 6, "region": 6}


def _adjective(frame: Frame, token: Token, scene: Scene) -> Iterator[Draft]:
    """An adjective frame: "besieged Kobani", "rebels opposed to the government"."""
    if frame.kind == "relation":
        if token.pos_ in VERBAL and frame.verbs:
            return
        yield from relations(frame, token, Roles(token, of_noun(token, CUES.light_verbs), scene, verbal=False), scene)
        return
    if frame.opponent:
        yield from _rid(frame, token, scene)
        return
    noun = token.head
    if token.dep_ != "amod" or noun.pos_ not in ("NOUN", "PROPN"):
        return
    for head in conjuncts(noun):
        found = site(head, scene)
        if found is not None and (found.named or head.lemma_.lower() in PLACE_WORDS):
            yield Draft(
                frame=frame,
                rule=frame.id,
                kind=frame.kind,
                type=frame.type,
                trigger=token,
                end=head,
                place=found,
                state=frame.state,
                confidence=frame.confidence * found.sure,
            )
