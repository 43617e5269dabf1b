"""What the parser often misses in news, put right in the tree before it is read."""

from __future__ import annotations

from tadmor.claim.clause import case_of, is_passive
from tadmor.claim.number import NUMBER_WORDS
from tadmor.claim.tree import Doc, Token
from tadmor.lexicon import cues

CUES = cues.load()
ENCIRCLED = CUES.encircling  # verbs that need an object
FINITE = ("VBD", "VBZ", "VBP")
PARTICIPLES = ("VBN", "VBD")  # the tagger takes one for the other


def mended(doc: Doc) -> Doc:
    """The Doc, changed where the parser is known to err; of each word one thing at most."""
    for token in doc:
        dep, tag = token.dep_, token.tag_
        if tag == "NNP" and token.lower_ in NUMBER_WORDS and token.i == token.sent.start:
            token.tag_, token.pos_ = "CD", "NUM"  # "Sixteen rebels died" begins with no name
        elif tag in PARTICIPLES and token.lemma_ in ENCIRCLED and not dep.startswith("acl"):
            _passive(token)
        elif tag in PARTICIPLES and (did := _done_by_described(token)) is not None:
            _describe(doc, token, did)
        elif tag == "VBN" and dep == "advcl" and token.head.lemma_ in CUES.say_verbs:
            _claimed(token)
        elif dep == "fixed" and token.head.dep_ == "mark" and tag.startswith("NN"):
            _after_conjunction(doc, token)
        elif dep in ("obj", "obl:unmarked") and (named := _beside_comma(token)) is not None:
            doc.hang(token, named)
            token.dep_ = "appos"
        elif token.pos_ == "PROPN" and dep in ("obl", "nmod") and (before := _direction(token)) is not None:
            _direct(doc, token, before)
        elif dep == "conj" and token.pos_ in ("NOUN", "PROPN"):
            if token.pos_ == "PROPN" and (before := _direction(token)) is not None:
                _direct(doc, token, before)
            elif _says_who(token):
                token.dep_ = "appos"
            elif (first := _coordinated(token)) is not None:
                doc.hang(token, first)
    return doc


def _passive(verb: Token) -> None:
    """Makes the subject of a verb that needs an object, and has none, that of a passive: a headline leaves out "is"
    ("Rebels surrounded in Homs"), like "left them trapped"."""
    below = {child.dep_: child for child in verb.children}
    if "nsubj" in below and below.keys().isdisjoint(("obj", "aux", "aux:pass")):
        below["nsubj"].dep_ = "nsubj:pass"


def _claimed(done: Token) -> None:
    """What somebody claims to have done is what he claims, though "on Saturday" stands between."""
    if {"to", "have"} <= {child.lower_ for child in done.children if child.i < done.i}:
        done.dep_ = "xcomp"


def _after_conjunction(doc: Doc, noun: Token) -> None:
    """Who stands between "while" and what he does is no part of that word."""
    verb = noun.head.head
    if verb.i > noun.i and not any(c.dep_.startswith("nsubj") and not case_of(c) for c in verb.children):
        doc.hang(noun, verb)
        noun.dep_ = "nsubj:pass" if is_passive(verb) else "nsubj"
        noun.pos_ = "PROPN" if noun.tag_.startswith("NNP") else "NOUN"


def _says_who(noun: Token) -> bool:
    """Whether what stands between two commas says who is meant, and is joined to him by no "and": "a leader, X,", "the
    Joint Forces, former rebels, said"."""
    head = noun.head
    if head.pos_ not in ("NOUN", "PROPN") or any(c.dep_ == "cc" for c in (*noun.children, *head.children)):
        return False
    several = [c for c in head.children if c.dep_ == "conj"]
    first = next(t for t in noun.subtree if not t.is_punct)
    last = noun.right_edge
    after = last if last.text == "," else last.nbor(1) if last.i + 1 < len(noun.doc) else last
    apart = first.i > 0 and first.nbor(-1).text == "," and after.text == ","
    return apart and len(several) == 1 and not any(c.dep_ == "conj" for c in noun.children)


# --- who is only described ------------------------------------------------------------------------------------------


def _done_by_described(participle: Token) -> Token | None:
    """What they did, whom the participle only describes, if the parser took that for what is said of them.

    "Militias allied to them took the town", "the army, formed in March, wants him to go", "said rockets fired from
    there had hit the town".
    """
    before = [child for child in participle.children if child.i < participle.i]
    if participle.dep_.startswith(("acl", "amod")) or not any(child.dep_.startswith("nsubj") for child in before):
        return None
    if any(child.dep_.startswith(("aux", "cop")) for child in before):
        return None
    past = participle.tag_ == "VBD"  # or what was done, if no comma sets it apart
    if past and participle.nbor(-1).text != ",":
        return _said_beside(participle)
    after = (child for child in participle.children if child.i > participle.i and child.tag_ in FINITE)
    verb = next((verb for verb in after if _without_subject(verb)), None)
    if verb is None or not past:
        return verb
    first = verb.left_edge
    return verb if "," in (first.text, first.nbor(-1).text) else None


def _said_beside(participle: Token) -> Token | None:
    """A clause without a subject after that of a participle with a preposition, both of them what somebody says."""
    if participle.dep_ != "ccomp" or participle.i + 1 >= participle.sent.end or participle.nbor(1).pos_ != "ADP":
        return None
    if any(child.dep_ == "obj" for child in participle.children):
        return None
    beside = (child for child in participle.head.children if child.i > participle.i and child.dep_ == "ccomp")
    return next((verb for verb in beside if verb.pos_ == "VERB" and _without_subject(verb)), None)


def _without_subject(verb: Token) -> bool:
    return not any(child.dep_.split(":")[0] in ("mark", "cc", "nsubj") for child in verb.children)


def _describe(doc: Doc, participle: Token, verb: Token) -> None:
    """Puts a verb at the head of the clause whose subject the participle describes."""
    subject = next(child for child in participle.children if child.dep_.startswith("nsubj"))
    verb.dep_ = participle.dep_
    doc.hang(verb, verb if participle.head is participle else participle.head)
    for child in participle.children:
        if child is subject or child.i > verb.i or child.i < subject.i:
            doc.hang(child, verb)
    subject.dep_ = "nsubj:pass" if is_passive(verb) else "nsubj"
    participle.dep_ = "acl"
    doc.hang(participle, subject)


# --- places and their names -----------------------------------------------------------------------------------------


def _beside_comma(word: Token) -> Token | None:
    """What a noun or a name after a comma belongs to, if the parser took it for another object: "took A, the largest
    city", "hit the capital, A, on Monday"."""
    if word.pos_ == "PROPN" and word.dep_ == "obl:unmarked":
        noun = word.nbor(-2) if word.i > word.sent.start + 1 and word.nbor(-1).text == "," else None
        belongs = noun is not None and noun.lemma_.lower() in CUES.place_nouns and noun.head is word.head
        return noun if belongs else None
    if word.dep_ != "obj" or word.lemma_ not in CUES.place_nouns:
        return None
    first = next(token for token in word.subtree if not token.is_punct)
    if first.lower_ not in ("the", "a", "an") or first.i < 2 or first.nbor(-1).text != ",":
        return None
    if any(child.dep_ == "conj" for child in word.children):
        return None  # "took A, the airport and the port"
    objects = (child for child in word.head.children if child.dep_ == "obj" and child.i < word.i)
    return next((child for child in objects if child.pos_ == "PROPN"), None)


def _direction(name: Token) -> Token | None:
    """The direction right before a name."""
    before = name.nbor(-1) if name.i > name.sent.start else None
    return before if before is not None and before.lower_ in CUES.directions else None


def _direct(doc: Doc, name: Token, direction: Token) -> None:
    """Puts a name in the place of the direction before it, which the parser took for the thing itself: "the north of
    east Aleppo"."""
    if direction.head is direction or name.is_ancestor(direction) or direction.pos_ not in ("NOUN", "PROPN"):
        return
    doc.hang(name, direction.head)
    name.dep_, direction.dep_ = direction.dep_, "amod"
    for child in direction.children:
        doc.hang(child, name)
    doc.hang(direction, name)


def _coordinated(noun: Token) -> Token | None:
    """What a noun is coordinated with, if the parser took the verb above it for that, or the name within it: in "took
    the city of B and the town of A" both were taken."""
    head = noun.head
    if head.pos_ == "VERB":
        if any(child.dep_.startswith(("nsubj", "cop", "aux")) for child in noun.children):
            return None
        between = [child for child in head.children if head.i < child.i < noun.i and child.dep_ in ("obj", "obl")]
        dated = CUES.calendar_words  # "A, taken on Friday, and B"
        return next((child for child in reversed(between) if child.lower_ not in dated), None)
    outer = head.head
    named = head.dep_ == "nmod" and head.pos_ == "PROPN" and outer.lemma_.lower() in CUES.place_nouns
    return outer if named and noun.lemma_.lower() in CUES.place_nouns else None
