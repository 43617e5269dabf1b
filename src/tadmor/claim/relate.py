"""Relations of parties: who backs, opposes or belongs to whom, as stated by verbs, nouns and adjectives."""

from __future__ import annotations

from collections.abc import Iterator

from tadmor.claim.clause import NOMINAL, VERBAL, children, is_passive, sentence_end, sentence_start
from tadmor.claim.draft import Draft
from tadmor.claim.roles import Roles
from tadmor.claim.scene import Scene
from tadmor.claim.tree import Span, Token
from tadmor.claim.who import alone, describe, known, left_phrase, party, unnamed
from tadmor.lexicon import cues
from tadmor.lexicon.frames import Frame

CUES = cues.load()
LEAST_SURE = 0.6  # below it a party is too uncertain to stand in a relation


def relations(frame: Frame, token: Token, roles: Roles, scene: Scene) -> Iterator[Draft]:
    """The relations that a word states, one for each party at its far end."""
    if "participle" in frame.needs and not token.dep_.startswith("acl"):
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
    renamed = [h for h in renamed if h.pos_ in NOMINAL] or children(token, "appos")
    return renamed or roles.first(others), roles.heads(frame.opponent)


def between_names(token: Token, scene: Scene) -> Iterator[Draft]:
    """A noun between two parties: "regime ally Iran", "al-Qaeda affiliate al-Nusra Front"."""
    kind = CUES.between_words.get(token.lemma_.lower())
    if kind is None or token.i + 1 >= sentence_end(token) or token.i == sentence_start(token):
        return
    after, before = scene.mention(token.nbor(1)), token.nbor(-1)
    if after is None or after.kind != "actor" or after.start != token.i + 1:
        return
    owner = alone(before, scene) if scene.mention(before) is None else party(before, scene)
    named = party(token.doc[after.end - 1], scene)
    if owner is not None and named is not None and owner.party.name != named.party.name:
        yield Draft(
            rule=f"between-{token.lemma_.lower()}",
            kind="relation",
            type=kind,
            trigger=token,
            end=token.doc[after.end - 1],
            actor=named,
            opponent=owner,
            confidence=0.75,
        )


def also_known(sentence: Span, scene: Scene) -> Iterator[Draft]:
    """ "X, also known as Y": a relation of two names of one party."""
    tokens = list(sentence)
    for i, token in enumerate(tokens[:-2]):
        if token.lower_ != "known" or tokens[i + 1].lower_ != "as" or i == 0:
            continue
        if tokens[i - 1].lower_ not in ("also", "formerly", "previously", "better", "otherwise"):
            continue
        before = next((m for t in reversed(tokens[:i]) if (m := scene.mention(t)) and m.kind == "actor"), None)
        after = next((m for t in tokens[i + 2 : i + 5] if (m := scene.mention(t)) and m.kind == "actor"), None)
        if before is not None and after is not None:
            yield Draft(
                rule="also-known-as",
                kind="relation",
                type="also_known_as",
                trigger=token,
                actor=known(before.ids[0], before.text, scene),
                opponent=unnamed(after.text, 1.0),
                confidence=0.85,
            )
