"""From words to drafts: what the learned reading makes of a sentence, with the drafts of the frames as its advisers."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from tadmor.claim import infer, learned
from tadmor.claim.candidates import Candidate, at_war, governs, lying, parties, places, stations
from tadmor.claim.choose import Options, Setting, Trigger, choose
from tadmor.claim.clause import RELATIVE, VERBAL, case_of, children, conjuncts, hyphened, is_passive, of_verb
from tadmor.claim.compound import DIVIDED, of_accord
from tadmor.claim.draft import Draft, Odds
from tadmor.claim.match import holds_no_place, in_part, is_asked, is_calm, is_nobodys, is_task, walks_in
from tadmor.claim.ranker import Matrix
from tadmor.claim.scene import Scene
from tadmor.claim.site import Site, country_of, including, listed, site, sites
from tadmor.claim.told import Told
from tadmor.claim.toll import VIOLENT
from tadmor.claim.tree import Span, Token
from tadmor.claim.who import Named, left_phrase, owner, party, rules, sworn_to
from tadmor.lexicon import cues, frames
from tadmor.lexicon.actors import Actor

CUES = cues.load()
FRAMES = frames.load()
# how likely a word must be to set off a claim; swept 0.08 to 0.3 on the held-out reports
LEAST = {"control": 0.15, "event": 0.12, "relation": 0.13}
BACKED = 0.08  # the same where a frame reads such a claim at the word
FEW = 15.0  # examples of a type after which learning counts as much as a frame
FIGHTING = {"contests", "Armed clash"}
BLAST = {"Suicide bomb", "Remote explosive/landmine/IED"}
HELD = [learned.TYPES.index("holds"), learned.TYPES.index("holds_part")]
CONTROL = [column for column, type in enumerate(learned.TYPES) if learned.KINDS[type] == "control"]
RELATED = [column for column, type in enumerate(learned.TYPES) if learned.KINDS[type] == "relation"]
GAINED, LOST = [learned.TYPES.index("gains"), learned.TYPES.index("gains_part")], learned.TYPES.index("loses")
VIOLENCE = [learned.TYPES.index(type) for type in sorted(VIOLENT & set(learned.TYPES))]
NOTED = 0.1  # how likely a word must tell of violence at all to follow what was told before
FOLLOWING = 20.0  # how much less likely the violence told before may be than another; swept 2 to 1000 on the dev gold
TOLD = 0.3  # how sure violence must be to be followed
AIR, IED = learned.TYPES.index("Air/drone strike"), learned.TYPES.index("Remote explosive/landmine/IED")
TAKEN = [learned.TYPES.index(type) for type in ("gains", "gains_part", "holds", "holds_part")]
CAPTIVES = CUES.armed_nouns | CUES.insurgent_nouns | CUES.civilian_nouns
TAKING = frozenset({"gains", "gains_part"})
STATES = frozenset({"holds", "holds_part", "besieges"})


def propose(
    sentence: Span,
    scene: Scene,
    found: Sequence[Draft],
    role: str,
    sheet: learned.Sheet,
    told: Told,
    course: learned.Course,
) -> list[Draft]:
    """The drafts of a sentence, weighed: those of the frames that hold, and others at words that no frame knows.

    `role` is that of the segment, `sheet` that of the sentence's document; `told` remembers
    what the report has claimed, `course` what the frames have read in it.
    """
    reader = learned.load()
    tokens = learned.content(sentence, scene)
    if not tokens:
        return []
    around = [*learned.sentence_traits(sentence, found, scene), *course.traits()]
    course.add(found)
    traits = [learned.traits(t, found, scene, role) for t in tokens]
    sure = reader.probabilities(sheet.of(tokens), traits, around)
    _advise(sure, tokens, found, reader, scene)
    _follow(sure, tokens, told.violence)
    out: list[Draft] = []
    who: Options | None = None
    where = Options([])
    triggers: dict[int, Trigger] = {}
    for row, column in zip(*np.nonzero(sure >= min(BACKED, *LEAST.values())), strict=True):
        type = learned.TYPES[column]
        kind = learned.KINDS[type]
        own = learned.own(tokens[row], type, found)
        if sure[row, column] < (BACKED if own else LEAST[kind]):
            continue
        if who is None:
            around_here = places(sentence, scene)
            who = Options(parties(sentence, scene))
            country, war = country_of(scene), at_war(sentence, around_here)
            where = Options(around_here, lying(around_here, scene), stations(around_here), country, war)
        if row not in triggers:
            triggers[row] = Trigger(tokens[row])
        setting = Setting(type, kind, triggers[row], own, learned.kin(tokens[row], type, found))
        out += _drafts(setting, float(sure[row, column]), who, where, scene, told)
    proposed = _shared(_freed(_unencircled(_relieved(_once(out), scene))))
    told.hear(d.type for d in proposed if d.type in VIOLENT and d.odds[0] > TOLD)
    return proposed


def _follow(sure: Matrix, tokens: Sequence[Token], before: str | None) -> None:
    """Who only tells of the dead tells of the violence told of before: "three more died". Changed in place."""
    if before is None:
        return
    same = learned.TYPES.index(before)
    by = {t.head.i for row, t in enumerate(tokens) if t.dep_.startswith("obl") and sure[row, VIOLENCE].max() > TOLD}
    for row, token in enumerate(tokens):
        if token.i in by:
            continue  # "killed in rebel shelling"
        if token.lemma_.lower() not in CUES.casualty_words or (token.pos_ == "VERB" and _has_both(token)):
            continue  # who is said to have killed did it in his own way
        likeliest = max(VIOLENCE, key=lambda column: sure[row, column])
        if sure[row, likeliest] >= NOTED and sure[row, same] * FOLLOWING >= sure[row, likeliest]:
            most, sure[row, VIOLENCE] = sure[row, likeliest], 0
            sure[row, same] = most


def _has_both(verb: Token) -> bool:
    done = of_verb(verb)
    return bool(done.subj and done.obj)


def _advise(
    sure: Matrix, tokens: Sequence[Token], found: Sequence[Draft], reader: learned.Reader, scene: Scene
) -> None:
    """What the frames know better than the probabilities of words x types, which are changed in place.

    Of a type that was seldom seen little was learned, and nothing of a frame that is newer than the weights.
    """
    rows = {t.i: row for row, t in enumerate(tokens)}
    for draft in found:
        if (row := rows.get(draft.trigger.i)) is not None:
            column = learned.TYPES.index(draft.type)
            unseen = f"frame {draft.rule}" not in reader.features  # nothing was learned of it
            share = 1.0 if unseen else FEW / (FEW + reader.seen[column])
            sure[row, column] = max(sure[row, column], share * draft.confidence)
            if draft.frame is None and draft.kind == "relation":  # "pro-junta" says by itself who stands how to whom
                most, sure[row, RELATED] = sure[row, RELATED].max(), 0
                sure[row, column] = most
            if draft.type == "loses":  # "fell out of the army's control", "lost control": the verb alone misleads
                for at in {row, *_verb_of(draft, rows, scene)}:
                    sure[row, LOST] = max(sure[row, LOST], sure[at, GAINED].max())
                    sure[at, GAINED] = 0
                sure[row, LOST] = max(sure[row, LOST], sure[row, HELD].max())
                sure[row, HELD] = 0
    for row, token in enumerate(tokens):
        if token.lemma_.lower() == "bomb" and token.pos_ == "NOUN" and _of_state(token, scene):
            framed = any(draft.trigger is token for draft in found)
            sure[row, AIR] = max(sure[row, AIR], sure[row, IED], LEAST["event"] if framed else 0)
            sure[row, IED] = 0
        type = _instrument(token)
        if type is not None and sure[row, AIR] == sure[row, VIOLENCE].max():
            most, sure[row, VIOLENCE] = sure[row, AIR], 0  # whoever bombs with artillery does not do so from the air
            sure[row, learned.TYPES.index(type)] = most
    read = {draft.trigger.i for draft in found if draft.kind == "control"}
    for row, token in enumerate(tokens):
        if token.i not in read and token.pos_ in VERBAL and holds_no_place(token):
            sure[row, HELD] = 0
        if is_task(token):
            sure[row, GAINED] = 0
        if is_asked(token) or is_calm(token) or (token.pos_ in VERBAL and is_nobodys(token)):
            sure[row, CONTROL] = 0
        if token.lemma_.lower() in CUES.oaths and sworn_to(token, scene) is None:
            sure[row] = 0  # "swore loyalty to the king"
        if token.i not in read and _takes_people(token, scene):
            for column in {learned.TYPES.index(d.type) for d in found if d.trigger is token}:
                sure[row, column] = max(sure[row, column], sure[row, TAKEN].max())  # they are captives
            sure[row, TAKEN] = 0


def _of_state(bomb: Token, scene: Scene) -> bool:
    """Whether it is a government that the bomb belongs to, which drops it from the air: "killed by regime bombs"."""
    whose = owner(bomb, scene)
    return whose is not None and rules(whose.party, scene)


def _instrument(verb: Token) -> str | None:
    """The type of what is done with the weapon that a verb of bombing names: "bombed the market with artillery"."""
    if verb.pos_ != "VERB" or not any(f.weapon for word, f in FRAMES.verbs.get(verb.lemma_.lower(), ()) if not word):
        return None
    words = (t for head in of_verb(verb).preps.get("with", ()) for t in left_phrase(head))
    return next((found for t in words if (found := FRAMES.weapons.get(t.lower_)) is not None), None)


def _verb_of(draft: Draft, rows: dict[int, int], scene: Scene) -> list[int]:
    """The row of the verb that a noun of a frame hangs on, if nobody else does it ("freed P from its control")."""
    noun, verb = draft.trigger, draft.trigger.head
    if noun.pos_ != "NOUN" or noun.dep_.split(":")[0] not in ("obj", "obl", "nmod") or verb.i not in rows:
        return []
    doers = [named.party.name for t in children(verb, "nsubj") if (named := party(t, scene)) is not None]
    loser = draft.actor.party.name if draft.actor is not None else None
    return [] if any(name != loser for name in doers) else [rows[verb.i]]


def _takes_people(verb: Token, scene: Scene) -> bool:
    """Whether a verb that takes places takes people here: "captured five militants near Hasakah"."""
    takes = (f for word, f in FRAMES.verbs.get(verb.lemma_.lower(), ()) if not word and f.kind == "control")
    if verb.pos_ != "VERB" or not any("obj" in frame.place for frame in takes):
        return False
    things = children(verb, "nsubj:pass" if is_passive(verb) else "obj")
    if verb.tag_ == "VBN" and verb.dep_ in ("acl", "amod"):
        things.append(verb.head)  # "soldiers captured in an ambush"
    if not things and any(t.dep_ == "mark" and t.lower_ == "with" for t in verb.children):
        things = children(verb, "nsubj")  # "with soldiers captured"
    return any(t.lemma_.lower() in CAPTIVES or party(t, scene) is not None for t in things) and not any(
        (place := site(t, scene)) is not None and place.named for t in things
    )


def _drafts(claim: Setting, sure: float, who: Options, where: Options, scene: Scene, told: Told) -> list[Draft]:
    type, kind, own, token = claim.type, claim.kind, claim.own, claim.trigger.token
    if type == "also_known_as" and own:
        return [msgspec.structs.replace(d, odds=(sure, 1.0, 1.0, 1.0)) for d in own]  # two names of one party
    if shares := [d for d in own if d.rule == DIVIDED]:  # each has a part
        return [msgspec.structs.replace(d, odds=(sure, 1.0, 1.0, d.place.sure if d.place else 1.0)) for d in shares]
    actor, actor_sure = choose("actor", claim, who, None, told, scene)
    opponent, opponent_sure = choose("opponent", claim, who, actor, told, scene)
    frame = own[0].frame if own else None
    base = Draft(
        frame=frame,
        rule=own[0].rule if own else f"learned-{token.lemma_.lower()}",
        kind=kind,
        type=type,
        trigger=token,
        end=own[0].end if own else None,
        actor=_named(actor, actor_sure, own, "actor", scene),
        opponent=_named(opponent, opponent_sure, own, "opponent", scene),
        of=own[0].of if own else None,
        state=type in STATES or (kind == "relation" and any(draft.state for draft in own)),
        passing=own[0].passing if own else False,
        confidence=sure,
    )
    names = (actor.name if actor is not None else "", opponent.name if opponent is not None else "")
    if kind == "relation":
        told.add(*names, None)
        # "regime ally Iran", "militias loyal to the government": the phrase itself says who stands how to whom
        if phrased := [d for d in own if d.frame is None or token.lower_ in d.frame.adjectives]:
            return [msgspec.structs.replace(d, odds=(sure, 1.0, 1.0, 1.0)) for d in phrased]
        if base.actor is None or base.opponent is None or (not own and (of_accord(token) or _of_itself(token, scene))):
            return []
        if _unnamed(token) or (not own and token.pos_ == "VERB" and hyphened(token)):
            return []  # the "Kurdish" of "Kurdish-led" are no party
        if not own and token.pos_ == "ADJ" and token.lower_ in FRAMES.adjectives and token.i > token.head.i:
            return []  # "pages loyal to Assad" are no party, and nobody else is loyal
        if not own and infer.unlikely(type, base.actor.party, base.opponent.party, scene):
            return []
        odds = (sure, actor_sure, opponent_sure, 1.0)
        several = own if any(_same_ends(d, base) for d in own) else [base]  # with the others of a list
        several = [infer.the_right_way(d, scene) for d in several]
        several = [*several, *_allies(several, actor, who.candidates)]
        return [msgspec.structs.replace(d, odds=odds) for d in several if not infer.of_a_foe(d, scene)]
    # "a US airstrike" did not hit the United States, nor did Azerbaijan take itself
    afield = actor if type in VIOLENT or (type in TAKING and not own) else None
    place, place_sure = choose("place", claim, where, afield, told, scene)
    told.add(*names, place.name if place is not None else "")
    odds = (sure, actor_sure, opponent_sure, place_sure)
    if place is None or place.site is None:
        return [] if kind == "control" else [msgspec.structs.replace(base, odds=odds)]
    if kind == "control":
        if place.token is None and _says_not_where(type, token, place.site):
            return []
        base = _led_by_its_own(base, actor, place.site, who.candidates, scene)
    out, partial = _before(base, odds, claim.trigger.earlier, scene), in_part(token)
    if claim.trigger.earlier:
        base = msgspec.structs.replace(base, dated=(token.sent.start, claim.trigger.earlier[0].i))
    if type == "contests" and walks_in(token):
        type = "gains"
    for found in _several(place, place.site, own, where, scene):
        if kind == "control" and found.kind == "continent":
            continue  # nobody holds the Middle East
        this = learned.PARTS.get(type, type) if found.partial or partial else type
        out.append(
            msgspec.structs.replace(
                base,
                type=this,
                place=found._replace(sure=min(found.sure, place_sure)),
                odds=odds,
            )
        )
    return out


def _before(draft: Draft, odds: Odds, earlier: Sequence[Token], scene: Scene) -> list[Draft]:
    """The same at each place where it happened before, on a day of its own."""
    ends = (*(t.i for t in earlier[1:]), draft.trigger.sent.end)
    places = ((t.i, end, found) for t, end in zip(earlier, ends, strict=False) if (found := site(t, scene)) is not None)
    return [msgspec.structs.replace(draft, dated=(at, end), place=found, odds=odds) for at, end, found in places]


def _says_not_where(type: str, trigger: Token, before: Site) -> bool:
    """Whether a claim for which its sentence names no place is not about the one spoken of `before`: who "withdrew to
    Idlib" did not leave the country, "the family's four-decade rule" is not one of a town, nor are "besieged areas"."""
    if type in ("loses", "advances"):
        escaped = trigger.dep_ == "acl:relcl" and type == "loses" and not _left_then(trigger)
        return before.kind == "country" or escaped
    if type in ("holds", "holds_part"):
        return trigger.lemma_.lower() == "rule" and before.kind != "country"
    areas = trigger.head
    at_large = trigger.dep_ == "amod" and areas.tag_ == "NNS" and all(c.dep_ != "nmod" for c in areas.children)
    return type == "besieges" and at_large


def _left_then(verb: Token) -> bool:
    """Whether who is said to have left did so at a time that is told: not "militants who escaped before the siege"."""
    return any(c.dep_.startswith("obl") and case_of(c) not in ("before", "earlier") for c in verb.children)


def _of_itself(verb: Token, scene: Scene) -> bool:
    """Whether a verb ties a party to nobody but its own: "the Libyan National Army, led by Khalifa Haftar"."""
    if verb.pos_ != "VERB":
        return False
    done = of_verb(verb)
    doers, others = ({one.party.name for t in side if (one := party(t, scene))} for side in (done.subj, done.obj))
    return bool(doers) and doers == others


def _unnamed(noun: Token) -> bool:
    """Whether it stays open who the others are: "Turkey and its allies took it", but not "its allies, notably Iran"."""
    owner = next((c for c in noun.children if c.dep_ == "nmod:poss" and c.pos_ == "PRON"), None)
    alone = all(c is owner or c.dep_ in ("cc", "punct") for c in noun.children)
    after = noun.nbor(1) if noun.i + 1 < noun.sent.end else None
    ends = after is None or after.text == "." or after.pos_ in (*VERBAL, "ADP")
    return noun.dep_ == "conj" and owner is not None and alone and ends


def _led_by_its_own(
    draft: Draft, actor: Candidate | None, place: Site, who: Sequence[Candidate], scene: Scene
) -> Draft:
    """Of two that hold or take a place together the one whose land it is: "French and Malian troops took Timbuktu"."""
    token = actor.token if actor is not None else None
    land = place.where.country or scene.country
    chosen = _known(actor, scene) if actor is not None else None
    if token is None or chosen is None or chosen.kind not in ("state", "government") or chosen.country in (None, land):
        return draft
    for other in who:
        one, known = other.token, _known(other, scene)
        if one is None or known is None or known.country != land:
            continue
        if _joined(one, token) or _joined(token, one):
            return msgspec.structs.replace(draft, actor=other.named)
    return draft


def _joined(first: Token, second: Token) -> bool:
    """Whether two words, or two adjectives of one noun, are coordinated: "Malian and French troops"."""
    if second.dep_ == "conj" and second.head is first:
        return True
    return first.dep_ == "amod" and first.head is second and any(c.dep_ == "conj" for c in first.children)


def _known(candidate: Candidate, scene: Scene) -> Actor | None:
    """Whom the dictionary knows the candidate as."""
    named = candidate.named
    return scene.actors.get(named.party.id) if named is not None and named.party.id else None


def _allies(found: Sequence[Draft], actor: Candidate | None, who: Sequence[Candidate]) -> list[Draft]:
    """The same relation of the others whose adjectives stand beside: "its Russian and Iranian allies"."""
    token = actor.token if actor is not None else None
    if token is None or token.pos_ not in ("ADJ", "PROPN") or token.i >= found[0].trigger.i:
        return []
    named = {d.actor.party.name for d in found if d.actor} | {d.opponent.party.name for d in found if d.opponent}
    beside = [
        c.named for c in who if c.token is not None and c.token.dep_ == "conj" and c.token.head is token and c.named
    ]
    others = [one for one in beside if one.party.id is not None and one.party.name not in named]
    return [msgspec.structs.replace(found[0], actor=one) for one in others]


def _same_ends(draft: Draft, base: Draft) -> bool:
    """Whether a frame read a relation between the same two."""
    ends = [(draft.actor, base.actor), (draft.opponent, base.opponent)]
    return all(a is not None and b is not None and a.party.name == b.party.name for a, b in ends)


def _named(candidate: Candidate | None, sure: float, own: Sequence[Draft], role: str, scene: Scene) -> Named | None:
    if candidate is None or candidate.named is None:
        return None
    for draft in own:  # the frames know the whole phrase
        named = draft.actor if role == "actor" else draft.opponent
        if named is not None and named.party.name == candidate.name:
            return named
    kind = candidate.token if candidate.named.party.id is None else None
    whole = party(kind.head, scene) if kind is not None and kind.dep_ in ("amod", "compound") else None
    if whole is not None and whole.party.name == candidate.name:
        return whole._replace(sure=min(whole.sure, sure))  # "terrorist" of "terrorist groups"
    return candidate.named._replace(sure=min(candidate.named.sure, sure))


def _several(place: Candidate, found: Site, own: Sequence[Draft], where: Options, scene: Scene) -> list[Site]:
    """The place with the part of it that is spoken of, and those that are listed with it.

    Where the frames found the same place they know best; else the word that the name hangs on says which part.
    """
    more = including(place.token, scene) if place.token is not None else []
    several = [*_listed_with(place, found, own, where.candidates, scene), *more]
    names = {site.where.name for site in several}
    around = {one.outer for one in where.lying if one.within and one.inner in names}  # "in Sumaria in Damascus"
    return [site for site in several if site.where.name not in around] or several


def _listed_with(
    place: Candidate, found: Site, own: Sequence[Draft], where: Sequence[Candidate], scene: Scene
) -> list[Site]:
    known = [d.place for d in own if d.place is not None]
    together = listed(place.token, scene) if place.token is not None else []
    for several in sorted((known, together), key=len, reverse=True):  # of as many, the frames'
        if any(site.where.name == found.where.name for site in several):
            return several
    if place.token is None:
        return [found]
    lead, site = place.token, found
    for other in where:  # in the order of the text: "the eastern half of the city of Aleppo"
        if other.token and other.site and other.name == place.name and governs(other.token, place.token):
            lead, site = other.token, other.site
            break
    while lead.dep_ == "conj" and lead.head.pos_ in ("NOUN", "PROPN"):
        lead = lead.head
    introduced = [lead.head] if lead.head.lemma_.lower() in CUES.place_nouns and lead.head.tag_ == "NNS" else []
    for heads in (introduced, conjuncts(lead)):
        together = sites(heads, scene)
        if any(s.where.name == found.where.name for s in together):
            return together
    return [site]


def _once(found: list[Draft]) -> list[Draft]:
    """Of drafts that say one thing at two words of one phrase ("took control of"), the surer; of fighting that one
    word tells of, or of a blast in one place that the sentence tells of, the surer type."""
    out: list[Draft] = []
    for draft in sorted(_come_down(found), key=lambda d: (-d.odds[0], d.trigger.i)):
        at = next((n for n, other in enumerate(out) if _doubles(draft, other)), None)
        if at is None:
            out.append(draft)
        elif _narrows(draft, out[at]):
            out[at] = draft
        elif _does_what_it_is(draft, out[at]) and not _placed(out[at]):
            out[at] = msgspec.structs.replace(out[at], place=draft.place)
    return sorted(out, key=lambda d: d.trigger.i)


def _come_down(found: Sequence[Draft]) -> list[Draft]:
    """The drafts without those of what was fired, where its verb says that it came down elsewhere: "rockets fired from
    A hit B"."""
    out = []
    for draft in found:
        hits = [d for d in found if d.type == draft.type and _does_what_it_is(draft, d) and d.trigger.pos_ == "VERB"]
        there = {_named_place(d) for d in hits if _placed(d)}
        fired = any(c.dep_.startswith("acl") for c in draft.trigger.children)
        if not (fired and there and _placed(draft) and _named_place(draft) not in there):
            out.append(draft)
    return out


def _relieved(found: list[Draft], scene: Scene) -> list[Draft]:
    """The drafts with no besieger who ends the siege: "the rebels broke the siege of Aleppo", which is not theirs."""
    out = []
    for draft in found:
        if draft.type == "besieges" and draft.actor and (verb := relieving(draft.trigger)) is not None:
            below = (t for t in draft.trigger.subtree if t.lower_ not in RELATIVE)
            own = [t for t in below if t is not draft.trigger]  # "the army's siege"
            actor = draft.actor.party.name
            own += [t for t in verb.subtree if t.i > draft.trigger.i and case_of(t) == "by"]
            doers = of_verb(verb).subj
            unsaid = is_passive(verb) and not doers  # "the siege was broken", by whom is left open
            named = {one.party.name for t in own if (one := party(t, scene)) is not None}
            ends = {one.party.name for t in doers if (one := party(t, scene)) is not None and one.armed}
            ends = ends or {actor}
            owned = any(c.dep_ == "nmod:poss" for c in draft.trigger.children)
            if verb.lemma_.lower() == "lift":  # besiegers and rescuers lift a siege alike
                draft = draft if owned else msgspec.structs.replace(draft, actor=None)
            elif not unsaid and actor in ends - named:
                enemy = draft.opponent if draft.opponent != draft.actor else None
                draft = msgspec.structs.replace(draft, actor=enemy, opponent=draft.actor)
        out.append(draft)
    return out


def relieving(siege: Token) -> Token | None:
    """The verb that says that a siege is ended: "tore a hole in the blockade"; None if none does."""
    if siege.pos_ == "VERB":
        return siege if siege.lemma_.lower() in CUES.relieving else None
    while siege.dep_ == "nmod" and siege.head.pos_ == "NOUN":
        siege = siege.head
    ended = siege.dep_.split(":")[0] in ("obj", "obl", "nsubj") and siege.head.lemma_.lower() in CUES.relieving
    return siege.head if ended else None


def _unencircled(found: list[Draft]) -> list[Draft]:
    """The drafts with no besieger who is the one inside: of "besieged government-held towns" none is said."""

    def inside(*types: str) -> set[tuple[str | None, str]]:
        return {(_named_place(d), d.actor.party.name) for d in found if d.type in types and d.actor}

    holders, leavers = inside("holds", "holds_part"), inside("loses")
    out = []
    for draft in found:
        if draft.type == "besieges" and draft.actor:
            here = _named_place(draft), draft.actor.party.name
            if draft.trigger.dep_ == "amod" and here in leavers:  # "fighters left the besieged town"
                draft = msgspec.structs.replace(draft, actor=draft.opponent, opponent=draft.actor)
            elif here in holders:
                draft = msgspec.structs.replace(draft, actor=None)
        out.append(draft)
    return out


def _freed(found: list[Draft]) -> list[Draft]:
    """The drafts with nobody who frees a place from himself: "freed after its occupation by the militants"."""
    holders = {(_named_place(d), d.actor.party.name): d for d in found if d.type in ("holds", "holds_part") and d.actor}
    out = []
    for draft in found:
        holder = holders.get((_named_place(draft), draft.actor.party.name)) if draft.actor else None
        freed = draft.type in ("gains", "gains_part") and draft.trigger.lemma_.lower() in CUES.freeing
        if holder is not None and freed and holder.trigger is not draft.trigger:
            draft = msgspec.structs.replace(draft, actor=None, opponent=holder.actor)
        out.append(draft)
    return out


def _shared(found: list[Draft]) -> list[Draft]:
    """The drafts without who is said to hold all of a place that others are said to share with him."""
    parted = {_named_place(d) for d in found if d.rule == DIVIDED}
    return [d for d in found if d.type != "holds" or d.passing or _named_place(d) not in parted]


def _doubles(draft: Draft, other: Draft) -> bool:
    if draft.kind == other.kind == "relation" and draft.type != other.type:
        return _ends(draft) == _ends(other)  # whom the "Western-backed rebels" are backed by they are no part of
    if {draft.type, other.type} == BLAST and _place(draft) == _place(other):
        return True
    if draft.rule == other.rule == DIVIDED:
        return False
    if draft.trigger.i == other.trigger.i:
        if {draft.type, other.type} in (FIGHTING, BLAST):
            return True
        if draft.type != other.type and draft.kind == other.kind != "relation":
            return _named_place(draft) == _named_place(other)
        if draft.kind == "event" and other.kind == "control" and draft.frame is None:
            return True  # "pulled its troops out": what nothing but the weights takes for something else
        same = draft.type == other.type and _one_place(draft, other)
        return (draft.kind != "relation" and same) or _narrows(draft, other) or _narrows(other, draft)
    linked = other.trigger.head.i == draft.trigger.i or draft.trigger.head.i == other.trigger.i
    one = draft.type == other.type or {draft.type, other.type} == BLAST
    if one and _does_what_it_is(draft, other) and not (_placed(draft) and _placed(other)):
        return True
    if one and draft.kind == "control" and _lightly(draft, other):
        return True
    turned = draft.kind == "control" and draft.trigger.pos_ == other.trigger.pos_ == "VERB" and _turned(draft, other)
    return linked and one and _one_place(draft, other) and not turned


def _lightly(draft: Draft, other: Draft) -> bool:
    """Whether a verb and its object say one thing, of which the object knows where: "took control of two towns"."""
    noun, verb = (draft, other) if draft.trigger.head.i == other.trigger.i else (other, draft)
    whole = noun.trigger.head.i == verb.trigger.i and noun.trigger.dep_ == "obj" and noun.frame is not None
    return whole and (verb.frame is None or not _placed(verb))


def _narrows(draft: Draft, other: Draft) -> bool:
    """Whether of two that one word says the first is about a share of what the other is: "most of east Aleppo"."""
    if draft.trigger.i != other.trigger.i or draft.type != other.type or _named_place(draft) != _named_place(other):
        return False
    (name, some), (_, of) = _place(draft) or ("", None), _place(other) or ("", None)
    _, among, whole = (some or "").partition(" of ")
    return bool(among and of) and {*whole.split(), name} == {*(of or "").split(), name}


def _turned(draft: Draft, other: Draft) -> bool:
    """Whether what one did the other did before, or after: "troops recaptured it; rebels had seized it last week"."""
    return draft.actor is not None and other.actor is not None and draft.actor.party.name != other.actor.party.name


def _does_what_it_is(draft: Draft, other: Draft) -> bool:
    """Whether two drafts are of an event and of the verb that says what it did: "air strikes in Idlib hit a market"."""
    one, two = draft.trigger, other.trigger
    does = any(noun.head is verb and noun.dep_.startswith("nsubj") for noun, verb in ((one, two), (two, one)))
    return does and draft.kind == other.kind == "event"


def _placed(draft: Draft) -> bool:
    """Whether the words themselves name where it was."""
    return draft.place is not None and draft.place.named


def _ends(draft: Draft) -> set[str | None]:
    return {named.party.name if named is not None else None for named in (draft.actor, draft.opponent)}


def _one_place(draft: Draft, other: Draft) -> bool:
    """Whether two drafts are about one place; an event that hits parts of it is one: "a market in the area"."""
    if draft.kind == other.kind == "event":
        return _named_place(draft) == _named_place(other)
    return _place(draft) == _place(other)


def _named_place(draft: Draft) -> str | None:
    return draft.place.where.name if draft.place is not None else None


def _place(draft: Draft) -> tuple[str, str | None] | None:
    return (draft.place.where.name, draft.place.where.part) if draft.place is not None else None
