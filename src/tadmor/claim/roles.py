"""What stands at the roles of a trigger: its parties and its places, wherever the sentence puts them."""

from __future__ import annotations

from tadmor.claim.clause import (
    VERBAL,
    Arguments,
    case_of,
    children,
    expand,
    hyphened,
    of_verb,
    prepositions,
    sentence_end,
    sentence_start,
    subtree_span,
)
from tadmor.claim.scene import Scene
from tadmor.claim.site import Site, anchor, site, sites, unknown
from tadmor.claim.tree import Token
from tadmor.claim.who import Named, known, land_of, party
from tadmor.lexicon import cues

CUES = cues.load()
_OWNERS = ("against", "with", "of", "by", "between")
_BEFORE = ("compound", "amod", "nmod", "nmod:desc", "flat")
_PLACED = ("in", "at", "on", "near", "of")  # a place at these is no party
_WIDE = {"country": 10, "governorate": 6, "region": 6}  # what a wide place counts as farther away, in tokens


class Roles:
    """Looks up what stands at a role of a trigger, each role at most once."""

    def __init__(self, token: Token, arguments: Arguments, scene: Scene, verbal: bool) -> None:
        self.token, self.arguments, self.scene, self.verbal = token, arguments, scene, verbal

    def heads(self, roles: tuple[str, ...]) -> list[Token]:
        out: dict[int, Token] = {}
        for role in roles:
            for head in self._at(role):
                if head.i != self.token.i or role == "self":
                    out.setdefault(head.i, head)
        return list(out.values())

    def first(self, roles: tuple[str, ...]) -> list[Token]:
        """The nominals at the first of the roles that has any."""
        return next((heads for role in roles if (heads := self._at(role))), [])

    def _at(self, role: str) -> list[Token]:
        token = self.token
        if role == "subj":
            if self.verbal:
                return self.arguments.subj
            return [t for t in self.arguments.subj if t.i < token.i or token.head.pos_ in VERBAL]
        if role == "obj":
            return self.arguments.obj
        if role == "self":
            return [token]
        if role == "mod":
            own = [c for c in token.children if c.i < token.i and (c.dep_ in _BEFORE or c.right_edge.i == token.i - 1)]
            before = token.nbor(-1) if token.i > sentence_start(token) and token.pos_ == "VERB" else None
            beside = before is not None and before.pos_ in ("NOUN", "PROPN", "ADJ")  # a noun taken for a verb
            return own or ([before] if before is not None and beside else [])
        if role == "goal":  # "an offensive to retake P"
            owners = [token, token.head] if token.head.lemma_ in CUES.light_verbs else [token]
            aims = [c for o in owners for c in o.children if c.dep_ in ("acl", "advcl", "xcomp") and c.i > token.i]
            return [h for aim in aims if aim.pos_ in VERBAL for h in of_verb(aim).obj]
        if role == "undergoer":  # "P came under attack"
            governor = token.head
            suffers = case_of(token) == "under" and governor.pos_ in VERBAL
            return of_verb(governor).subj if suffers else []
        if role == "poss":
            return expand(children(token, "nmod:poss"))
        if role == "nsubj":
            governor = token.head
            if governor.pos_ in VERBAL or children(token, "nsubj"):
                own = children(token, "nsubj")
                verb = of_verb(governor) if governor.pos_ in VERBAL else None
                return expand(own) or ([*(verb.obj if verb.passive else verb.subj)] if verb else [])
            if token.dep_.split(":")[0] == "nmod":
                return [governor]
            return []
        return self.arguments.preps.get(role, [])

    def _nested(self, role: str) -> list[Token]:
        """Phrases that hang on another phrase: "an offensive against rebels in Hama", "withdrawal of troops from X"."""
        owners = [*self.arguments.obj, *(h for c in _OWNERS for h in self.arguments.preps.get(c, ()))]
        return [head for owner in owners for case, head in prepositions(owner) if case == role]

    def party(self, roles: tuple[str, ...], other: Named | None = None) -> Named | None:
        """The party at the first role that has one; co-ordinated parties are joined where they act together."""
        for role in roles:
            for head in sorted(self._at(role), key=self._plain) if role == "mod" else self._at(role):
                if head.i == self.token.i and role != "self":
                    continue
                mention = self.scene.mention(head)
                if role in _PLACED and mention is not None and mention.kind == "place":
                    continue
                avoid = other.party.name if other else None
                named = (
                    self._modifier(head)
                    if role == "mod" or head.pos_ == "ADJ"
                    else party(head, self.scene, avoid=avoid)
                )
                if named is not None and (other is None or named.party.name != other.party.name):
                    return named
        return None

    def _plain(self, head: Token) -> bool:
        """Whether the word only names a country: of "Syria rebel rocket" the rebels are meant."""
        mention = self.scene.mention(head)
        return mention is not None and land_of(mention, self.scene) is not None

    def _modifier(self, head: Token) -> Named | None:
        """A party by an adjective or noun before the trigger: "Russian strikes", "the rebel advance"."""
        scene = self.scene
        if head.lower_ == "led" and head.i > sentence_start(head) + 1 and hyphened(head):
            alliance = [f"{head.nbor(-2).text}-led", "coalition"]  # "US-led strikes"
            allies = scene.actors.side(alliance, scene.land(head), scene.published)
            return known(allies.id, alliance[0], scene) if allies is not None else None
        country = scene.actors.adjective(head.text)
        if country:
            words = self.token.doc[head.i : self.token.i + 1].text.split()
            side = scene.actors.side(words, scene.land(head), scene.published)
            actor = side or scene.actors.government(country, scene.published)
            if actor is not None:
                return known(actor.id, head.text, scene)
        return party(head, scene)

    def sites(self, roles: tuple[str, ...], *, wide: bool = False, strict: bool = False) -> list[Site]:
        """The places at the first role that has any; `wide`, at all of them, without those that hold another.

        `strict` says that only a place can stand there, so that a name nobody knows must be one.
        """
        out: list[Site] = []
        for role in roles:
            heads = [h for h in self._at(role) if h.i != self.token.i or role == "self"]
            if role == "self":
                found = [s for h in _around(self.token) if (s := site(h, self.scene)) is not None and s.named]
                if not found and self.token.lemma_.lower() in CUES.place_nouns:
                    found = [s for s in [site(self.token, self.scene)] if s is not None]
                found = found[:1]
            else:
                found = sites(heads or self._nested(role), self.scene)
            if not found and strict and role in ("obj", "subj", "from", "out of", "of", "to", "on"):
                found = [s for h in heads if (s := unknown(h, self.scene)) is not None]
            if found and not wide:
                return found
            out += [s for s in found if s.where.name not in {o.where.name for o in out}]
        if any(s.named for s in out):  # "attacked police posts in A" did not attack those of B, spoken of before
            out = [s for s in out if s.named or s.where.part is None]
        return narrowest(out, self.scene) or ([] if "obj" in roles or "subj" in roles else self._trailing(roles))

    def _trailing(self, roles: tuple[str, ...]) -> list[Site]:
        """A phrase that fits further on in the clause, where the parser hung it on something in between."""
        for word in self.token.doc[self.token.i + 1 : sentence_end(self.token)]:
            if word.tag_ in ("VBD", "VBZ", "VBP", "MD"):
                break
            if word.pos_ in ("NOUN", "PROPN") and case_of(word) in roles:
                found = site(word, self.scene)
                if found is not None and found.named:
                    return [found._replace(sure=found.sure * 0.7)]
        return []


def _around(token: Token) -> list[Token]:
    """Where the name of "the rebel stronghold (of) X" or "besieged X" may stand, seen from the noun or adjective."""
    out = [c for c in token.children if c.dep_ in ("appos", "nmod", "flat", "compound", "nsubj") and c.i != token.i]
    if token.dep_ in ("amod", "appos", "compound", "acl") and token.head.i != token.i:
        out.insert(0, token.head)
    if token.i + 2 < len(token.doc):
        nxt = token.nbor(1)
        out.append(nxt.nbor(1) if nxt.lower_ in ("of", "in", ",", "at") else nxt)
    return out


def narrowest(found: list[Site], scene: Scene) -> list[Site]:
    """Without the places that only say where another of them lies ("in Jassem in the province of Daraa")."""
    larger: set[str] = set()
    for one in found:
        if one.where.id:
            larger |= {p.id for p in scene.places.ancestors(one.where.id)}
    kept = [one for one in found if one.where.id not in larger]
    return kept or found


def elsewhere(token: Token, scene: Scene) -> Site | None:
    """A place for an event whose own phrases name none: from its clause, its sentence, then from before."""
    sentence = token.doc[sentence_start(token) : sentence_end(token)]
    start, end = subtree_span(token)
    best: tuple[float, Site] | None = None
    for other in sentence:
        mention = scene.mention(other)
        if mention is None or mention.kind == "source" or other.i != mention.start:
            continue
        if other.dep_.startswith("nsubj") and scene.actors.metonym(mention.text):
            continue  # "Moscow said"
        found = site(other, scene)
        if found is None or (mention.kind == "actor" and found.kind != "country"):
            continue
        foreign = scene.country is not None and found.where.country not in (scene.country, None)
        if foreign and not start <= other.i < end:
            continue
        inside = start <= other.i < end
        located = any(c.dep_ == "case" for c in other.children)
        cost = abs(other.i - token.i) * (0.5 if inside else 1.0) + (0 if located else 4) + _WIDE.get(found.kind, 0)
        guess = found._replace(sure=0.8 if inside else 0.6)
        if best is None or cost < best[0]:
            best = (cost, guess)
    if best is not None:
        return best[1]
    found = anchor(token, scene)
    return found._replace(sure=0.4) if found is not None else None
