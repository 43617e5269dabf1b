"""Compounds with a participle, which carry a claim of their own: "rebel-held Idlib", "US-backed forces"."""

from __future__ import annotations

from collections.abc import Iterator

from tadmor.claim.clause import HYPHENS, conjuncts, expand, of_verb, sentence_start
from tadmor.claim.draft import Draft, stated
from tadmor.claim.scene import Scene
from tadmor.claim.site import Site, listed, named_within, site
from tadmor.claim.tree import Token
from tadmor.claim.who import Named, alone, describe, known, left_phrase, name_before, party, unnamed
from tadmor.lexicon import cues

CUES = cues.load()
DIVIDED = "divided-between"
PLACE_WORDS = CUES.part_nouns | CUES.place_nouns.keys()
_BARE = (
    "compound",
    "amod",
    "obl",
    "nmod",
    "advmod",
    "obl:unmarked",
)  # how the first part hangs where the hyphen is lost


def compounds(token: Token, scene: Scene) -> Iterator[Draft]:
    """The claims of the compound whose participle is `token`, or of an area that bears its holder's name."""
    word = token.lower_
    if token.lemma_.lower() in CUES.owned_nouns:
        yield from _owned(token, scene)
        return
    if word not in CUES.held_words and word not in CUES.backed_words:
        return
    first = _first_part(token)
    named = _holder(first, scene) if first is not None else None
    noun = _modified(token)
    if named is None or noun is None:
        return
    if word in CUES.held_words:
        yield from _held(token, noun, named, scene)
        return
    if of_accord(token):
        return
    other = _backed(token, noun, scene)
    if other is None or other.party.name == named.party.name:
        other = unnamed(describe(left_phrase(noun)), 0.7)
    kind = CUES.backed_words[word]
    actor, opponent = (named, other) if kind == "backs" else (other, named)
    yield stated(f"compound-{word}", kind, token, actor, opponent, 0.8, end=noun)


def _backed(token: Token, noun: Token, scene: Scene) -> Named | None:
    """Whom the compound describes: "the Turkish-backed Sultan Murad", "Iranian-backed Houthi targets", "Faylaq al-Sham,
    a Turkish-backed faction"."""
    inner = next((m for t in token.doc.tokens[token.i + 1 : noun.i] if (m := scene.mention(t)) is not None), None)
    if inner is None and noun.lemma_.lower() in CUES.group_nouns:
        inner = name_before(left_phrase(noun)[0], scene)
    if inner is not None and inner.kind == "actor":
        return known(inner.ids[0], inner.text, scene)
    return party(noun, scene)


def of_accord(token: Token) -> bool:
    """Whether it is no party that the compound calls backed: "the UN-sponsored deal"."""
    noun = _modified(token) if token.lower_ in CUES.backed_words else None
    return noun is not None and noun.lemma_.lower() in CUES.accords


def _held(token: Token, noun: Token, holder: Named, scene: Scene) -> Iterator[Draft]:
    """Who holds each of the places that the compound describes."""
    for head, found in _places(noun, scene):
        word = head.lemma_.lower()
        if not (found.named or word in PLACE_WORDS):
            continue
        kind = CUES.held_words[token.lower_]
        if kind == "holds" and (found.partial or (found.where.part is not None and word in PLACE_WORDS)):
            kind = "holds_part"
        yield Draft(
            rule=f"compound-{token.lower_}",
            kind="control",
            type=kind,
            trigger=token,
            end=head,
            actor=holder,
            place=found,
            state=True,
            confidence=0.85 * found.sure,
        )


def _places(noun: Token, scene: Scene) -> Iterator[tuple[Token, Site]]:
    """The places that a noun, or those in a row with it, mean: "the rebel-held villages of A and B" are two."""
    seen: set[str] = set()
    for head in conjuncts(noun):
        together = listed(head, scene)
        if not together and (one := site(head, scene) or named_within(head, scene)) is not None:
            together = [one]
        for found in together:
            if found.where.name not in seen:
                seen.add(found.where.name)
                yield head, found


def _owned(noun: Token, scene: Scene) -> Iterator[Draft]:
    """ "Rebel areas", "government districts": an area that bears the name of those who hold it."""
    before = noun.nbor(-1) if noun.i > sentence_start(noun) else None
    if before is None or before.head != noun or before.dep_ not in ("compound", "amod"):
        return
    if scene.actors.adjective(before.text):
        return  # "Syrian areas" only lie there
    mention = scene.mention(before)
    holder = alone(before, scene) if mention is None or mention.kind == "actor" else None
    found = site(noun, scene) if holder is not None else None
    if holder is not None and found is not None and holder.armed:
        yield Draft(
            rule="compound-owned",
            kind="control",
            type="holds_part",
            trigger=noun,
            end=noun,
            actor=holder,
            place=found,
            state=True,
            confidence=0.7 * found.sure,
        )


def divided(verb: Token, scene: Scene) -> Iterator[Draft]:
    """Each who holds a part of a place "divided between rebels and the government", "rebel and government control"."""
    if verb.lemma_.lower() not in CUES.dividing or verb.pos_ != "VERB":
        return
    done = of_verb(verb)
    between = expand([t for word in ("between", "among") for t in done.preps.get(word, [])])
    holders = [alone(owned, scene) if (owned := _owner_of(t)) is not None else party(t, scene) for t in between]
    names = {h.party.name for h in holders if h is not None}
    found = next((s for t in done.obj or done.subj if (s := site(t, scene)) is not None), None)
    if found is None or len(names) < 2:
        return
    for holder in holders:
        if holder is not None:
            yield Draft(
                rule=DIVIDED,
                kind="control",
                type="holds_part",
                trigger=verb,
                actor=holder,
                place=found,
                state=True,
                confidence=0.8 * found.sure,
            )


def _owner_of(control: Token) -> Token | None:
    """Whose control it is; of "rebel and government control" the first stands alone."""
    if control.lemma_.lower() not in ("control", "rule"):
        return None
    return next((c for c in reversed(list(control.children)) if c.dep_ in ("compound", "amod", "nmod:poss")), None)


def _first_part(token: Token) -> Token | None:
    """The word that the participle is joined to; the hyphen may have been lost on the way."""
    if token.i == sentence_start(token):
        return None
    before = token.nbor(-1)
    if before.text in HYPHENS:
        return before.nbor(-1) if before.i > sentence_start(token) else None
    if token.lower_ == "armed":
        return None  # "the Syrian armed forces"
    joined = token.dep_ in ("amod", "compound") and before.head.i in (token.i, token.head.i) and before.dep_ in _BARE
    return before if joined else None


def _modified(token: Token) -> Token | None:
    """The noun that the compound stands before."""
    if token.head.i > token.i and token.dep_ in ("amod", "compound", "acl", "nmod"):
        return token.head
    return next((t for t in token.doc[token.i + 1 : token.i + 5] if t.pos_ in ("NOUN", "PROPN")), None)


def _holder(token: Token, scene: Scene) -> Named | None:
    """The party that the first part names: by a name, as the adjective of a state, or by a generic noun."""
    mention = scene.mention(token)
    if mention is not None and mention.kind == "actor":
        return alone(token, scene) if mention.end > token.i + 1 else known(mention.ids[0], mention.text, scene)
    country = scene.actors.adjective(token.text)
    if country is None and mention is not None and mention.kind == "place":
        place, _ = scene.context.choose(mention.text, mention.ids)
        if place is None or place.kind != "country":
            return None
        country = place.country
    if country:
        state = scene.actors.government(country, scene.published)
        return known(state.id, token.text, scene) if state else None
    return alone(token, scene) or party(token, scene)
