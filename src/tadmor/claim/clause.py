"""Who does what to whom around a word: logical arguments over a dependency parse.

Universal Dependencies in, roles out. Passive and active, relative and participial clauses, shared subjects and
control verbs are levelled here, so that a frame speaks only of `subj`, `obj` and prepositions. Attachment of
prepositions is the parser's weakest point, so a phrase attached to the object counts for its verb as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tadmor.claim.tree import Token

VERBAL = {"VERB", "AUX"}
NOMINAL = {"NOUN", "PROPN", "PRON", "NUM", "DET", "ADJ"}
PHRASAL = {("take", "over"), ("cut", "off"), ("seal", "off")}  # verbs with a particle that other words follow
HYPHENS = ("-", "\u2010", "\u2011")
ARTICLES = frozenset({"a", "an", "the"})
RELATIVE = {"which", "that", "who", "whom", "whose", "where"}


class Arguments(NamedTuple):
    """Heads of the logical arguments of a word; each list in text order, coordinated heads expanded."""

    subj: list[Token]
    obj: list[Token]
    preps: dict[str, list[Token]]
    passive: bool


def sentence_start(token: Token) -> int:
    """The index of the first token of the token's sentence."""
    return token.sent.start


def clause_of(token: Token) -> Token:
    """The verb (or head of the sentence) whose clause the token stands in."""
    while token.pos_ not in VERBAL and token.head != token:
        token = token.head
    return token


def sentence_end(token: Token) -> int:
    """One past the index of the last token of the token's sentence."""
    return token.sent.end


def children(token: Token, *deps: str) -> list[Token]:
    """Children by dependency; a label without subtype stands for all its subtypes."""
    return [c for c in token.children if c.dep_ in deps or (":" in c.dep_ and c.dep_.split(":")[0] in deps)]


def hyphened(token: Token) -> bool:
    """Whether the word hangs on the one before by a hyphen ("rebel-held")."""
    return token.i > 0 and token.nbor(-1).text in HYPHENS


def conjuncts(token: Token, depth: int = 0) -> list[Token]:
    """The token and what is coordinated with it ("A, B and C")."""
    found = [token]
    if depth < 12:
        for child in token.children:
            if child.dep_ == "conj" and child.pos_ not in VERBAL:
                found += conjuncts(child, depth + 1)
    return found


def expand(tokens: list[Token]) -> list[Token]:
    """All conjuncts of all tokens, once each, in text order."""
    seen: dict[int, Token] = {}
    for token in tokens:
        for part in conjuncts(token):
            seen.setdefault(part.i, part)
    return [seen[i] for i in sorted(seen)]


def case_of(token: Token) -> str:
    """The preposition that introduces a nominal, lower case; multi-word ones joined ("out of"); "" for none."""
    words: list[str] = []
    for child in token.children:
        if child.dep_ in ("case", "mark") and child.i < token.i:
            words.append(child.lower_)
            words += [g.lower_ for g in child.children if g.dep_ == "fixed"]
    return " ".join(words)


def particle(verb: Token) -> set[str]:
    """Particles and short adverbs that change what a verb means ("pull out", "beat back")."""
    found = {
        c.lower_
        for c in verb.children
        if c.dep_ == "compound:prt" or (c.dep_ in ("advmod", "obl", "xcomp", "case", "mark", "prt") and len(c) <= 7)
    }
    found |= {c.lower_ for c in verb.children if c.dep_ == "obj"}  # "open fire"
    nxt = verb.nbor(1) if verb.i + 1 < len(verb.doc) else None
    if nxt is not None and nxt.lower_ in ("out", "back", "off", "over", "in", "up", "down", "away", "into", "through"):
        found.add(nxt.lower_)
    return found


def is_passive(verb: Token) -> bool:
    """Passive by its own marks, or a bare past participle that modifies a noun ("areas held by rebels")."""
    for child in verb.children:
        if child.dep_ in ("nsubj:pass", "csubj:pass", "aux:pass") or child.dep_.endswith("agent"):
            return True
    if verb.tag_ == "VBN" and verb.dep_ in ("acl", "amod", "acl:relcl", "advcl"):
        return not any(c.dep_ in ("aux", "nsubj", "obj") for c in verb.children)
    if verb.dep_ == "conj" and verb.tag_ == "VBN" and verb.head.tag_ == "VBN" and not children(verb, "nsubj", "aux"):
        return is_passive(verb.head)
    if verb.dep_ == "xcomp" and verb.tag_ == "VBN":  # "were left surrounded"
        return is_passive(verb.head) and not children(verb, "obj", "aux")
    return False


def prepositions(token: Token) -> Iterator[tuple[str, Token]]:
    """(preposition, head) of each phrase that hangs on the token."""
    for child in token.children:
        base = child.dep_.split(":")[0]
        if base in ("obl", "nmod", "advcl", "acl", "xcomp") and child.pos_ in NOMINAL:
            case = case_of(child)
            if case:
                yield case, child
                for word in {case.split()[0], case.split()[-1]} - {case}:  # "out of", "over to"
                    yield word, child


def _relativised(noun: Token, verb: Token) -> str | None:
    """The role that the antecedent plays in its relative clause: "subj", "obj" or None."""
    for child in verb.children:
        if child.lower_ in RELATIVE and child.pos_ in ("PRON", "DET", "SCONJ"):
            if child.dep_.startswith("nsubj"):
                return "obj" if child.dep_ == "nsubj:pass" else "subj"
            if child.dep_ == "obj":
                return "obj"
    if children(verb, "nsubj") and not children(verb, "obj") and not is_passive(verb):
        return "obj"
    return None


def of_verb(verb: Token, depth: int = 0) -> Arguments:
    """The logical arguments of a verb. A passive's agent is its subject, its grammatical subject its object."""
    known: dict[tuple[int, int], Arguments] = verb.doc.user_data.setdefault("tadmor arguments", {})
    found = known.get((verb.i, depth))
    if found is None:
        found = known[verb.i, depth] = _of_verb(verb, depth)
    return found


def _past_particle(verb: Token) -> list[Token]:
    """The object behind a particle that the parser took for its preposition: "have taken over the town"."""
    after = verb.nbor(1) if verb.i + 1 < len(verb.doc) else None
    if after is None or after.dep_ != "case" or (verb.lemma_.lower(), after.lower_) not in PHRASAL:
        return []
    return [after.head] if after.head.head is verb else []


def _of_verb(verb: Token, depth: int) -> Arguments:
    passive = is_passive(verb)
    subjects = [c for c in children(verb, "nsubj") if c.dep_ != "nsubj:pass" and c.lower_ not in RELATIVE]
    objects = [c for c in children(verb, "obj") if c.lower_ not in RELATIVE and not case_of(c)]
    preps: dict[str, list[Token]] = {}
    for child in children(verb, "obj"):  # "opened fire on protesters", with the phrase taken for an object
        if case := case_of(child):
            preps.setdefault(case, []).append(child)
    for case, head in prepositions(verb):
        preps.setdefault(case, []).append(head)
    for owner in [*objects, *(verb.children if passive else ())]:
        if owner.dep_ in ("obj", "nsubj:pass", "xcomp"):
            for case, head in prepositions(owner):
                preps.setdefault(case, []).append(head)
    if passive:
        objects = [c for c in children(verb, "nsubj") if c.dep_ == "nsubj:pass" and c.lower_ not in RELATIVE]
        if not objects and subjects:
            objects, subjects = subjects, []
        subjects = [c for c in verb.children if c.dep_ == "obl:agent"] or preps.get("by", []) or _stray_agent(verb)
    if not objects and not passive:
        objects = _past_particle(verb)
    head, dep = verb.head, verb.dep_
    infinitive = any(c.dep_ == "mark" and c.lower_ == "to" for c in verb.children)
    if dep.startswith("acl") and not (infinitive and dep == "acl"):
        role = "obj" if passive else (_relativised(head, verb) if dep == "acl:relcl" else "subj")
        if role == "obj" and not objects:
            objects = [head]
        elif (role == "subj" and not subjects) or (role is None and not subjects and not passive):
            subjects = [head]
    if not subjects and verb.tag_ == "VBG" and not passive:
        subjects = [c for c in verb.children if c.dep_ in ("compound", "nmod:poss", "amod") and c.i < verb.i]
    if not objects and not passive and dep == "xcomp" and head.dep_ == "acl:relcl" and not _with_object(head):
        objects = [head.head]  # "the town that the army hoped to take"
    if passive and not objects and (named := _named_before(verb)) is not None:
        objects = [named, *(c for c in verb.children if c.dep_ == "conj" and c.pos_ == "PROPN")]
    if depth < 4:
        if dep == "conj" and head.pos_ in VERBAL:
            up = of_verb(head, depth + 1)
            if passive:
                objects = objects or (up.obj if is_passive(head) else up.subj)
                subjects = subjects or (up.subj if is_passive(head) else [])
            else:
                subjects = subjects or (up.obj if is_passive(head) else up.subj)
        elif dep in ("xcomp", "advcl", "ccomp") and not subjects and not passive and head.pos_ in VERBAL:
            up = of_verb(_attached(verb, head), depth + 1)
            shared = up.obj if (dep == "xcomp" and _with_object(head) and not up.passive) else up.subj
            shared = (children(head, "iobj") if dep == "xcomp" else []) or shared  # "allowing the army to take it"
            accused = head.lemma_ in ("accuse", "blame", "suspect") and not up.passive
            subjects = (up.obj if up.passive or accused else shared) or up.subj
        elif dep in ("xcomp", "advcl") and passive and not objects and head.pos_ in VERBAL:
            up = of_verb(head, depth + 1)
            objects = up.obj if up.passive else up.subj
        elif (
            dep in ("xcomp", "acl", "advcl")
            and not subjects
            and not passive
            and head.pos_ in ("NOUN", "ADJ", "ADV", "PROPN")
        ):
            subjects = children(head, "nsubj") or _subject_of_governor(head, depth)
        elif dep in ("obl", "nmod", "conj") and not subjects and not passive and head.pos_ in (*VERBAL, "NOUN", "ADJ"):
            if head.pos_ in VERBAL:
                up = of_verb(head, depth + 1)
                subjects = up.obj if up.passive else up.subj
            else:
                subjects = _subject_of_governor(head, depth)
        elif dep == "amod" and verb.tag_ == "VBN" and head.dep_ == "obj" and head.head.lemma_ == "have":
            subjects, objects = of_verb(head.head, depth + 1).subj, [head]  # "had terrorised residents", misread
    return Arguments(expand(subjects), expand(objects), {k: expand(v) for k, v in preps.items()}, passive)


def _named_before(verb: Token) -> Token | None:
    """The name that a participle after a comma speaks of, where it hangs on a verb: "Zaranj, taken on Friday, ..."."""
    if verb.dep_ != "advcl" or verb.tag_ != "VBN" or verb.i - sentence_start(verb) < 2 or verb.nbor(-1).text != ",":
        return None
    name = verb.nbor(-2)
    return (name.head if name.dep_ == "flat" else name) if name.pos_ == "PROPN" else None


def _with_object(verb: Token) -> bool:
    return any(c.dep_ == "obj" and c.lower_ not in RELATIVE for c in verb.children)


def _stray_agent(verb: Token) -> list[Token]:
    """The agent of a passive where the parser hung it on a time or place ("held for four years by rebels")."""
    for child in verb.children:
        if child.i > verb.i and child.dep_.split(":")[0] in ("obl", "nmod"):
            for case, head in prepositions(child):
                if case == "by" and head.dep_.startswith("nmod"):
                    return [head]
    return []


def _attached(verb: Token, head: Token) -> Token:
    """The verb that an adverbial clause belongs to: not one whose own clause opens only after it."""
    if verb.dep_ == "advcl" and head.dep_ == "advcl" and head.head.pos_ in VERBAL and verb.i < head.i:
        opening = [c.i for c in head.children if c.dep_ in ("mark", "nsubj", "nsubj:pass")]
        if opening and verb.i < min(opening) and head.head.i < verb.i:
            return head.head
    return head


def _subject_of_governor(noun: Token, depth: int) -> list[Token]:
    """Who is behind a noun that takes an infinitive: "the army launched an operation to retake X" gives the army."""
    if noun.pos_ in ("ADJ", "ADV"):
        return of_verb(noun.head, depth + 1).subj if noun.head.pos_ in VERBAL else []
    owner = [c for c in noun.children if c.dep_ in ("nmod:poss", "compound", "amod")]
    agents = [t for case, t in prepositions(noun) if case == "by"]
    if agents:
        return agents
    if noun.head.pos_ in VERBAL and noun.dep_ in ("obj", "nsubj:pass", "obl"):
        return owner or of_verb(noun.head, depth + 1).subj
    if noun.head.pos_ == "NOUN" and noun.dep_ in ("nmod", "conj") and depth < 3:
        return owner or _subject_of_governor(noun.head, depth + 1)
    return owner


def of_noun(noun: Token, light_verbs: frozenset[str]) -> Arguments:
    """The logical arguments of an event noun, with what a light verb lends it ("X launched an attack on Y")."""
    preps: dict[str, list[Token]] = {}
    for case, head in prepositions(noun):
        preps.setdefault(case, []).append(head)
    subjects = list(preps.get("by", []))
    if not subjects:
        subjects = [c for c in noun.children if c.dep_ in ("nmod:poss", "compound", "amod", "nmod:desc")]
    if not subjects and noun.dep_ == "conj" and noun.head.pos_ == "NOUN":  # "government air strikes and shelling"
        subjects = [c for c in noun.head.children if c.dep_ in ("nmod:poss", "compound", "amod") and c.i < noun.head.i]
        for case, head in prepositions(noun.head):
            preps.setdefault(case, []).append(head)
    elif not preps:
        for other in noun.children:  # "air strikes and shelling on X": the phrase hangs on the last
            if other.dep_ == "conj" and other.pos_ == "NOUN":
                for case, head in prepositions(other):
                    preps.setdefault(case, []).append(head)
    for clause in children(noun, "acl"):  # "strikes carried out by X on Y"
        if clause.lemma_ in light_verbs or is_passive(clause):
            for case, head in prepositions(clause):
                preps.setdefault(case, []).append(head)
            if is_passive(clause):
                subjects = [*preps.get("by", []), *subjects]
    governor = noun.head
    lead = noun
    while lead.dep_ == "conj" and lead.head.pos_ in ("NOUN", "PROPN"):
        lead = lead.head
    governor = lead.head
    lent: list[Token] = []
    passive = False
    if governor != lead and governor.pos_ in VERBAL and lead.dep_.split(":")[0] in ("obj", "nsubj", "obl", "xcomp"):
        verb = of_verb(governor)
        passive = verb.passive
        for case, heads in verb.preps.items():
            preps.setdefault(case, []).extend(h for h in heads if h.i != lead.i)
        if governor.lemma_ in light_verbs and lead.i not in {t.i for t in verb.subj}:
            lent = [t for t in verb.subj if t.i != lead.i]
    return Arguments(expand([*subjects, *lent]), [], {k: expand(v) for k, v in preps.items()}, passive)


def governors(token: Token) -> Iterator[tuple[Token, str]]:
    """The chain of heads from a predicate up to the root, each with the relation by which it was reached."""
    seen = 0
    while token.head != token and seen < 25:
        yield token.head, token.dep_
        token = token.head
        seen += 1


def subtree_span(token: Token) -> tuple[int, int]:
    """First and one past the last token index of the token's subtree."""
    return token.left_edge.i, token.right_edge.i + 1


def seated(token: Token) -> bool:
    """Whether a name that ends here only says where somebody sits: "Britain-based", "UK based"."""
    after = [t.lower_ for t in token.doc.tokens[token.i + 1 : min(token.i + 3, sentence_end(token))]]
    return after[:1] == ["based"] or (after[:1] == ["-"] and after[1:] == ["based"])
