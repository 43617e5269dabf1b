"""Relations of parties: who backs, opposes or belongs to whom, as stated by verbs, nouns and adjectives."""

from __future__ import annotations

from collections.abc import Iterator

from tadmor.claim.clause import (
    HYPHENS,
    NOMINAL,
    VERBAL,
    children,
    clause_of,
    is_passive,
    of_verb,
    sentence_end,
    sentence_start,
)
from tadmor.claim.draft import Draft, stated
from tadmor.claim.roles import Roles
from tadmor.claim.scene import Mention, Scene
from tadmor.claim.tree import Span, Token
from tadmor.claim.who import (
    Named,
    alone,
    describe,
    known,
    land_of,
    left_phrase,
    meant,
    name_before,
    party,
    rules,
    sworn_to,
    unnamed,
)
from tadmor.lexicon import cues
from tadmor.lexicon.frames import Frame

CUES = cues.load()
LEADING = 5  # words from a noun to the first of the names it stands for
_LEADING = frozenset({",", "-", "–", "—", "(", "such", "as", "like", "including", "notably", "especially", "namely"})
LEAST_SURE = 0.6  # below it a party is too uncertain to stand in a relation


def relations(frame: Frame, token: Token, roles: Roles, scene: Scene) -> Iterator[Draft]:
    """The relations that a word states, one for each party at its far end."""
    if "participle" in frame.needs and not token.dep_.startswith("acl"):
        return
    if "aim" in frame.needs and not (token.tag_ in ("VB", "VBG") and token.dep_ in ("xcomp", "acl", "advcl")):
        return
    near, far = _ends(frame, token, roles)
    for first in near:
        actor = party(first, scene)
        for second in far:
            mention = scene.mention(first)
            if mention is not None and mention is scene.mention(second):
                actor = alone(first, scene) or actor  # "a rebel coalition backed by Turkey": one name, yet two parties
                opponent = unnamed(describe(left_phrase(second)), 0.8)
            else:
                opponent = party(second, scene, avoid=actor.party.name if actor else None)
            if actor and opponent and actor.party.name == opponent.party.name and frame.adjectives:
                actor = unnamed(describe(left_phrase(first)), 0.7)  # "militias loyal to the government" are not it
            if actor is None or opponent is None or actor.party.name == opponent.party.name:
                continue
            if min(actor.sure, opponent.sure) >= LEAST_SURE:
                yield Draft(
                    frame=frame,
                    rule=frame.id,
                    kind="relation",
                    type=frame.type,
                    trigger=token,
                    actor=actor,
                    opponent=opponent,
                    state=frame.state,
                    confidence=frame.confidence * min(actor.sure, opponent.sure),
                )


def _ends(frame: Frame, token: Token, roles: Roles) -> tuple[list[Token], list[Token]]:
    """The nominals at the two ends of a relation. A noun ("Russia, the ally of X") stands in for what it renames."""
    preps = roles.arguments.preps
    participle = token.tag_ in ("VBN", "JJ") and (token.pos_ == "ADJ" or is_passive(token)) and "to" in preps
    if (frame.adjectives and token.lower_ in frame.adjectives and token.pos_ not in ("NOUN", "PROPN")) or participle:
        owner = roles.arguments.obj if token.pos_ in VERBAL else []
        before = token.nbor(-1) if token.i > sentence_start(token) else None
        loose = token.dep_ in ("acl", "advcl", "amod", "ROOT", "xcomp")
        if before is not None and before.pos_ in ("NOUN", "PROPN") and loose:
            owner = [before]
        elif not owner:
            owner = [token.head] if token.dep_ in ("amod", "acl") else children(token, "nsubj")
        return owner, next((preps[c] for c in ("to", "with", "against") if c in preps), [])
    others = tuple(r for r in frame.actor if r != "self")
    if others == frame.actor or token.pos_ in VERBAL:
        return roles.first(others), roles.heads(frame.opponent)
    apposed = token.dep_ in ("appos", "nmod", "compound", "nmod:desc")
    apposed = apposed or (token.dep_ == "conj" and not children(token, "cc"))  # "Russia, the ally": taken for a list
    renamed = [token.head] if apposed else children(token, "nsubj")
    if token.dep_.startswith("nsubj"):  # "Russia, the ally of X, sent ...", with both taken for subjects
        first = [c for c in children(token.head, "nsubj") if c.i < token.i and c.doc[c.right_edge.i + 1].text == ","]
        renamed = first or renamed or children(token, "appos")
    if (named := name_before(left_phrase(token)[0], roles.scene)) is not None and named.kind == "actor":
        renamed = [token.doc[named.end - 1]]  # "for the Al-Nusra Front the Syrian branch of al-Qaeda"
    renamed = [h for h in renamed if h.pos_ in NOMINAL] or children(token, "appos")
    return renamed or roles.first(others), roles.heads(frame.opponent)


def between_names(token: Token, scene: Scene) -> Iterator[Draft]:
    """A noun between parties: "regime ally Iran", "its backers, notably Russia and Iran", "al-Qaeda's wing Nusra"."""
    one = token.lower_ if token.lower_ in CUES.between_words else token.lemma_.lower()
    if one not in CUES.between_words:
        one = token.lower_.removesuffix("s")  # "regime supporters Russia and Iran" is easily taken for a verb
    kind = CUES.between_words.get(one)
    if kind is None or token.i + 1 >= sentence_end(token) or token.i == sentence_start(token):
        return
    names = _names_after(token, scene)
    owner = _owner(token, scene) if names else None
    if owner is None or (kind == "part_of" and rules(owner.party, scene)):
        return  # "the Syria wing": no party of a war is part of a state by being there
    for mention in names:
        last = token.doc[mention.end - 1]
        named = party(last, scene)
        if named is not None and owner.party.name != named.party.name:
            yield stated(f"between-{one}", kind, token, named, owner, 0.75, end=last)


def _names_after(noun: Token, scene: Scene) -> list[Mention]:
    """The names of parties that follow a noun at once, or of several a plural, in a list or after "notably"."""
    doc, end, several = noun.doc, sentence_end(noun), noun.lower_.endswith("s")
    at = noun.i + 1
    while several and at < min(end, noun.i + LEADING) and doc[at].lower_ in _LEADING:
        at += 1
    out: list[Mention] = []
    while at < end and (mention := scene.mention(doc[at])) is not None and mention.kind == "actor":
        if mention.start != at:
            break
        out.append(mention)
        at = mention.end
        while several and at < end and doc[at].lower_ in (",", "and"):
            at += 1
        if not several:
            break
    return out


def _owner(token: Token, scene: Scene) -> Named | None:
    """The party named before a noun; the name of a country between ("al-Qaeda's Syria affiliate") only says where."""
    around = scene.mention(token)
    if around is not None:  # "Syria's al-Qaeda affiliate", which the dictionary knows as a name itself
        inside = [token.doc[i:j].text for i in range(around.start, token.i) for j in range(token.i, i, -1)]
        found = (scene.actors.by_name(name) or scene.actors.by_name(name.rstrip("s")) for name in inside)
        actor = next((one for one in found if one is not None and one.kind not in ("state", "government")), None)
        return known(actor.id, actor.name, scene) if actor is not None else None
    before = token.nbor(-1)
    while before.i > sentence_start(token) and before.pos_ == "ADJ" and alone(before, scene) is None:
        before = before.nbor(-1)  # "its regional allies"
    mention = scene.mention(before)
    where = mention is not None and (mention.kind == "place" or land_of(mention, scene) is not None)
    if mention is not None and where and mention.start > sentence_start(token):
        farther = scene.mention(token.doc[mention.start - 1])
        if farther is not None and farther.kind == "actor" and land_of(farther, scene) is None:
            return known(farther.ids[0], farther.text, scene)
    return alone(before, scene) if mention is None else party(before, scene)


def leaning(token: Token, scene: Scene) -> Iterator[Draft]:
    """For whom or against whom a group stands: "the pro-regime Hezbollah group", "the network, an anti-ISIS group"."""
    stand, _, whom = token.text.partition("-")
    kind = CUES.leanings.get(stand.lower())
    if kind is None or not whom or token.dep_ not in ("amod", "compound", "nmod:desc"):
        return
    other = meant(whom, token, scene)
    group = token.head
    inner = next((m for t in token.doc.tokens[token.i + 1 : group.i + 2] if (m := scene.mention(t)) is not None), None)
    if inner is None and group.lemma_.lower() in CUES.group_nouns:
        inner = name_before(left_phrase(group)[0], scene)
    if other is None or inner is None or inner.kind not in ("actor", "source"):
        return
    named = party(token.doc[inner.end - 1], scene)
    if named is not None and named.party.name != other.party.name:
        yield stated(f"leaning-{stand.lower()}", kind, token, named, other, 0.7, end=group)


def sworn(oath: Token, scene: Scene) -> Iterator[Draft]:
    """To whom somebody has sworn allegiance: "gunmen claiming allegiance to X", "Boko Haram pledged loyalty to X"."""
    lord = sworn_to(oath, scene)
    if lord is None:
        return
    other = known(lord.ids[0], lord.text, scene)
    verb = clause_of(oath)
    for head in (verb.head, *of_verb(verb).subj) if verb.dep_.startswith("acl") else of_verb(verb).subj:
        named = party(head, scene)
        if named is not None and named.party.name == other.party.name:
            named = unnamed(describe(left_phrase(head)), 0.7)  # those who are counted among the others by it
        if named is not None:
            yield stated("sworn", "allied_with", oath, named, other, 0.8)
            return


def grouped(token: Token, scene: Scene) -> Iterator[Draft]:
    """A group of a side that is named: "the rebel group Ahrar al-Sham", "the Ahrar al-Sham rebel faction"."""
    if token.lemma_.lower() not in CUES.group_nouns:
        return
    phrase = left_phrase(token)
    inside = {
        m.start: m
        for t in phrase[:-1]
        if (m := scene.mention(t)) is not None and m.kind == "actor" and t.nbor(1).text not in HYPHENS
    }  # "a US-backed group" is no group of the US
    names = list(inside.values())
    after = scene.mention(token.nbor(1)) if token.i + 1 < sentence_end(token) else None
    if after is not None and after.start == token.i + 1 and after.kind == "actor":
        names.append(after)
    words = [t.lower_ for t in phrase[:-1] if scene.mention(t) is None and t.dep_ in ("compound", "amod", "nmod:desc")]
    if len(names) != 1 or not words:
        return
    land = scene.land(token)
    meant_by = (
        scene.actors.generic(w, land, scene.published) or scene.actors.generic(f"{w}s", land, scene.published)
        for w in words
    )
    side = next((one for one in meant_by if one is not None and one.kind not in ("state", "government")), None)
    named = party(token.doc[names[0].end - 1], scene)
    if side is not None and named is not None and named.party.id is not None and named.party.id != side.id:
        yield stated("grouped", "part_of", token, named, known(side.id, side.name, scene), 0.6)


def branded(verb: Token, scene: Scene) -> Iterator[Draft]:
    """Whom somebody calls terrorists he opposes: "the YPG, which Turkey considers a terrorist group"."""
    if verb.lemma_.lower() not in CUES.branding or verb.pos_ not in VERBAL:
        return
    done = of_verb(verb)
    called = [t for t in verb.subtree if t.lemma_.lower() in ("terrorist", "terror") and t.i > verb.i]
    if not called:
        return
    by = done.preps.get("by", []) if done.passive else done.subj
    whom = [t for t in (done.obj or done.subj if done.passive else done.obj) if called[0] not in t.subtree]
    for first in by:
        actor = party(first, scene)
        for second in whom:
            named = party(second, scene)
            if actor and named and named.armed and actor.party.id and named.party.name != actor.party.name:
                yield stated("branded", "opposes", verb, actor, named, 0.7)


def also_known(sentence: Span, scene: Scene) -> Iterator[Draft]:
    """Two names of one party: "X, also known as Y", "the group previously known as Y", "X or Y"."""
    tokens = list(sentence)
    for i, token in enumerate(tokens[:-1]):
        if i == 0:
            continue
        if token.lower_ == "or":
            before, after = scene.mention(tokens[i - 1]), scene.mention(tokens[i + 1])
            if before is None or after is None or not before.kind == after.kind == "actor":
                continue
            if before.ids[0] == after.ids[0] and before.text != after.text:
                one, other = known(before.ids[0], before.text, scene), unnamed(after.text, 1.0)
                yield stated("or-name", "also_known_as", token, one, other, 0.7)
            continue
        if token.lower_ in ("formerly", "previously") and scene.mention(tokens[i + 1]) is not None:
            before, after = scene.mention(tokens[i - 2]) if i > 1 else None, scene.mention(tokens[i + 1])
            if tokens[i - 1].text in ("(", ",") and before and after and before.kind == after.kind == "actor":
                one, other = known(before.ids[0], before.text, scene), unnamed(after.text, 1.0)
                yield stated("or-name", "also_known_as", token, one, other, 0.7)
            continue
        if token.lower_ != "known" or tokens[i + 1].lower_ != "as":
            continue
        adverb = tokens[i - 1].lower_ in ("also", "formerly", "previously", "better", "otherwise")
        noun = tokens[i - 2] if adverb and i > 1 else tokens[i - 1]
        if not (adverb or noun.lemma_.lower() in CUES.group_nouns):
            continue
        named = [m for t in reversed(tokens[:i]) if (m := scene.mention(t)) and m.kind == "actor"]
        after = next((m for t in tokens[i + 2 : i + 5] if (m := scene.mention(t)) and m.kind == "actor"), None)
        if after is None:
            continue
        same = (m for m in named if m.ids[0] == after.ids[0])  # and not the Syria of "X (the Front for Syria)"
        before = next(same, named[0] if named else None)
        if before is not None:
            one = known(before.ids[0], before.text, scene)
        elif noun.lemma_.lower() in CUES.group_nouns:
            one = party(noun, scene) or known(after.ids[0], noun.text, scene)
        else:
            continue
        if one.party.text != after.text:
            yield stated("also-known-as", "also_known_as", token, one, unnamed(after.text, 1.0), 0.85)
