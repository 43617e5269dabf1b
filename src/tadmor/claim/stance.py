"""How sure a thing is said to be: asserted, hedged, denied, planned or possible, from the words that govern it."""

from __future__ import annotations

from typing import NamedTuple

from tadmor.claim.clause import RELATIVE, VERBAL, case_of, governors, is_passive, sentence_start
from tadmor.claim.tree import Token
from tadmor.lexicon import cues
from tadmor.records import Modality

CUES = cues.load()
_FUTURE = {"will", "'ll", "shall", "wo"}
_WISH = {"should", "must", "ought"}


REFUTED = 3  # steps up the tree from what a report says to the report
_AFTER = {"after", "following"}
_NOBODY = {"neither", "no", "nobody", "none"}


class Stance(NamedTuple):
    """`modality` of a predicate; `tried` where it was only attempted; `past` False where it lies ahead."""

    modality: Modality
    tried: bool = False
    past: bool = True


def stance(predicate: Token, *, given: bool = False) -> Stance:
    """Reads the predicate's own auxiliaries and adverbs, then every word that governs it up to the sentence's head.

    A `given` state stays what it is where it is only named: who wants to break a siege says that there is one.
    """
    own = _own(predicate)
    if own is not None and own.modality != "asserted":
        return own
    if predicate.pos_ == "VERB" and predicate.lemma_.lower() in CUES.deny_verbs:
        return Stance("denied")  # "Moscow denied any involvement"
    if predicate.dep_ == "amod" or (given and _definite(predicate)):
        return Stance("asserted")
    lead = predicate
    while lead.dep_ == "conj" and lead.head.pos_ == lead.pos_:
        lead = lead.head
    if _refuted(lead):
        return Stance("denied")
    if lead != predicate:
        shared = _own(lead, shared=True)
        if shared is not None:
            return shared
    token = lead
    infinitive = _infinitive(token)
    for head, dep in governors(lead):
        found = _governed(token, head, dep, infinitive)
        if found is not None:
            return found
        ahead = infinitive and token.pos_ in VERBAL and not _came_about(token)
        if ahead and head.lemma_.lower() not in CUES.manage_verbs and dep != "conj":
            return Stance("planned", past=False)  # what is only to be done has not been done
        relative = dep.startswith("acl") and head.pos_ in ("NOUN", "PROPN", "PRON") and not infinitive
        if relative and token.pos_ in VERBAL:
            break  # a relative clause speaks for itself
        if head.pos_ in VERBAL:
            above = _own(head)
            transparent = dep in ("xcomp",) or (dep in ("obj", "nsubj", "nsubj:pass", "obl", "obl:agent", "nmod"))
            if above is not None and above.modality != "asserted" and transparent:
                return above
        infinitive = _infinitive(head) if head.pos_ in VERBAL else False
        token = head
    return Stance("asserted")


def _marked(token: Token, word: str) -> bool:
    return any(c.dep_ == "mark" and c.lower_ == word for c in token.children)


def _whole(verb: Token) -> bool:
    """Whether a clause lacks nothing that its noun could be: "rumours that rebels took the town" is no relative."""
    named = {c.dep_.split(":")[0] for c in verb.children if c.lower_ not in RELATIVE}
    return {"nsubj", "obj"} <= named


def _definite(token: Token) -> bool:
    """Whether a nominal names what is there: "the siege", "its capital", "rebel strongholds"; not "a siege"."""
    if token.pos_ not in ("NOUN", "PROPN"):
        return False
    return any(
        c.lower_ in CUES.pointing or c.dep_ in ("nmod:poss", "compound") for c in token.children if c.i < token.i
    )


def _infinitive(token: Token) -> bool:
    return not token.lower_.endswith("ing") and _marked(token, "to")


def _own(token: Token, *, shared: bool = False) -> Stance | None:
    """What the predicate's own dependants say of it."""
    for child in token.children:
        lower, lemma = child.lower_, child.lemma_.lower()
        if child.dep_ in ("advmod", "det", "cc", "cc:preconj", "aux", "amod", "advmod:emph", "neg") and (
            lower in CUES.negations or lemma == "not"
        ):
            if lower == "no" and token.pos_ not in ("NOUN", "PROPN"):
                continue
            return Stance("denied")
        if lower == "longer" and any(c.lower_ == "no" for c in child.children):
            return Stance("denied")
        if child.dep_.startswith("nsubj") and any(c.lower_ in ("neither", "no", "none") for c in child.children):
            return Stance("denied")
        if child.dep_ in ("aux", "aux:pass"):
            if lower in ("may", "might", "could") and any(
                c.lower_ == "have" and c.dep_ == "aux" for c in token.children
            ):
                return Stance("hedged")  # "may have taken" speaks of what was done, or not
            if lower in CUES.possible_words and lower != "would":
                return Stance("possible", past=False)
            if lower in _FUTURE:
                return Stance("planned", past=False)
            if lower == "would":
                return Stance("planned", past=False)
            if lower in _WISH:
                return Stance("possible", past=False)
        if child.dep_ == "mark" and lower in CUES.possible_marks and not shared:
            return Stance("possible", past=False)
        if child.dep_ in ("advmod", "amod", "obl") and (lower in CUES.hedge_words) and not shared:
            if lower == "near" and token.pos_ in VERBAL:
                continue
            return Stance("hedged")
    if token.doc[max(sentence_start(token), token.i - 2) : token.i].text.lower() == "all but":
        return Stance("hedged")
    if any(_doubted(c) for c in token.children if c.dep_ == "nsubj") or (token.pos_ == "NOUN" and _doubted(token)):
        return Stance("hedged")
    before = token.nbor(-1) if token.i > sentence_start(token) else None
    if (
        before is not None
        and before.lower_ in CUES.hedge_words
        and before.lower_ not in ("near", "likely")
        and before.head.i
        in (
            token.i,
            token.head.i,
        )
    ):
        return Stance("hedged")
    if any(c.lower_ == "going" for c in token.children if c.dep_ == "aux"):
        return Stance("planned", past=False)
    return None


def _doubted(noun: Token) -> bool:
    """Whether it is not sure that a thing is what it is called: "presumed Russian jets", "a suspected gas attack"."""
    return any(c.lower_ in CUES.doubt_words for c in noun.subtree if c.i < noun.i and c.dep_ in ("amod", "advmod"))


def _governed(token: Token, head: Token, dep: str, infinitive: bool) -> Stance | None:
    """What a governing word says of a predicate that hangs on it by `dep`."""
    base = dep.split(":")[0]
    lemma = head.lemma_.lower()
    inside = base in ("xcomp", "ccomp", "advcl", "acl", "obl", "obj", "csubj", "nmod")
    negated = any(c.lower_ in CUES.negations for c in head.children if c.dep_ in ("advmod", "aux", "neg"))
    negated = negated or any(is_nobody(c) for c in head.children if c.dep_ == "nsubj")
    nominal = token.pos_ in ("NOUN", "PROPN")
    if head.pos_ in VERBAL and lemma in CUES.report_verbs and is_passive(head):
        reported = base in ("xcomp", "ccomp") or dep in ("nsubj:pass", "csubj:pass")
        if reported and not any(c.dep_ == "obl:agent" for c in head.children):
            return Stance("hedged")  # "is said to have fallen", "strikes were reported": nobody is named
    if head.pos_ in VERBAL and inside:
        if lemma in CUES.feign_verbs and infinitive:
            return Stance("denied")
        # "they left, allowing the army to take it"
        came = head.tag_ == "VBG" and head.dep_ == "advcl" and head.head.tag_ in ("VBD", "VBN")
        if lemma in CUES.enable_verbs and infinitive and head.tag_ in ("VBZ", "VBP", "VB", "VBG") and not came:
            return Stance("possible", past=False)
        if lemma in CUES.plan_verbs and nominal and base == "obl" and case_of(token) == "for":
            return Stance("planned", past=False)  # "preparing for a battle"
        if lemma in CUES.fail_verbs and base in ("xcomp", "advcl", "obl", "ccomp", "obj"):
            if nominal and lemma not in ("foil", "thwart", "prevent", "stop"):
                return None
            return Stance("denied")
        if lemma in CUES.deny_verbs and base in ("xcomp", "ccomp", "obj"):
            return Stance("denied")
        if lemma in CUES.concede_verbs and negated and base in ("ccomp", "obj"):
            return Stance("hedged" if lemma == "confirm" else "denied")  # "would not concede that it had fallen"
        if lemma in CUES.try_verbs and infinitive:
            return Stance("planned", past=False) if _infinitive(head) else Stance("asserted", tried=True)
        if lemma == "aim":
            return Stance("planned", past=False)
        if lemma == "set" and not infinitive:
            return None  # "set fire to the office"
        if lemma in CUES.plan_verbs and (infinitive or base in ("obj", "ccomp") or (nominal and base == "xcomp")):
            return Stance("planned", past=False)
        if (
            lemma in CUES.hedge_verbs
            and (base in ("xcomp", "ccomp") or _marked(token, "of"))
            and (infinitive or lemma not in ("claim", "allege"))
        ):
            return Stance("hedged")
        if lemma in CUES.manage_verbs and infinitive and not (base == "advcl" and head.dep_ == "acl"):
            return Stance("denied") if negated and lemma in ("manage", "succeed", "able") else None
        if infinitive and base == "advcl" and token.pos_ in VERBAL and token.i > head.i and not _came_about(token):
            return Stance("planned", past=False)  # purpose: "launched raids to retake the town"
    if head.pos_ in ("ADJ", "ADV") and inside:
        words = f"{head.lower_} to"
        if lemma in ("ready", "poised", "set", "due", "determined", "eager", "keen", "prepared", "likely", "bound"):
            return Stance("hedged" if lemma == "likely" else "planned", past=False)
        if lemma == "unable" or (lemma == "able" and negated):
            return Stance("denied")
        if words in CUES.near_phrases or lemma in ("close", "near"):
            return Stance("hedged")
    relative = dep == "acl:relcl" and not _whole(token)
    if head.pos_ == "NOUN" and base in ("acl", "ccomp", "nmod") and not relative and not infinitive:
        heard = _of_hearsay(head, lemma)
        if heard is not None:
            return heard
    if infinitive and (among := ranked(token)) is not None:
        return _own(among) or Stance("asserted")  # "the second to fall", "the third town to be lost"
    if head.pos_ in ("NOUN", "PROPN") and base in ("acl", "nmod") and (infinitive or token.tag_ == "VBG" or nominal):
        if infinitive and (lemma in CUES.plan_nouns or lemma in ("ability", "chance", "right")):
            return Stance("planned", past=False)
        if lemma in ("plan", "threat", "intention", "hope", "possibility", "risk", "fear", "prospect") and base in (
            "acl",
            "nmod",
        ):
            likely = lemma in ("possibility", "risk", "fear", "prospect")
            return Stance("possible" if likely else "planned", past=False)
        if lemma in ("verge", "brink", "edge"):
            return Stance("hedged")
        if lemma in ("attempt", "bid", "effort", "try") and (infinitive or base == "nmod"):
            return Stance("asserted", tried=True)
        if infinitive and base == "acl" and not _came_about(token):
            return Stance("planned", past=False)
    return None


def _refuted(verb: Token) -> bool:
    """Whether it is what denied reports say, whatever stands between: "denied claims by rebels that they took it"."""
    if not any(c.lower_ == "that" and c.i < verb.i for c in verb.children):
        return False
    noun = verb
    for _ in range(REFUTED):
        noun = noun.head
        if noun.pos_ == "NOUN" and noun.lemma_.lower() in CUES.hearsay_nouns:
            return noun.dep_ in ("obj", "nsubj:pass") and noun.head.lemma_.lower() in CUES.deny_verbs
        if noun.pos_ in VERBAL and noun.lemma_.lower() in CUES.deny_verbs:
            return any(c.dep_ == "obj" and c.lemma_.lower() in CUES.hearsay_nouns for c in noun.children)
    return False


def _came_about(infinitive: Token) -> bool:
    """Whether an infinitive tells what was, and not what for: "took it, only to lose it again", "it took the army three
    days to seize the hill"."""
    if any(c.lower_ == "only" and c.i < infinitive.i for c in infinitive.children):
        return True
    return any(_took_long(verb) for verb in (infinitive.head, infinitive.head.head))


def _took_long(verb: Token) -> bool:
    """Whether it is told how long a thing took that was done."""
    if verb.lemma_.lower() != "take" or verb.tag_ != "VBD":
        return False
    beside = {c.lower_ for c in verb.children}
    return "it" in beside and not beside.isdisjoint(CUES.time_words)


def is_nobody(subject: Token) -> bool:
    """Whether it is said of nobody: "neither side confirmed", "nobody admitted"."""
    return subject.lower_ in _NOBODY or any(c.lower_ in _NOBODY for c in subject.children if c.dep_.startswith("det"))


def ranked(deed: Token) -> Token | None:
    """Of several things the one that the deed befell or did, so that it is done: "the first town to fall", "became the
    latest to". None where none is ranked."""
    noun = deed.head
    if deed.dep_ == "xcomp" and noun.lemma_.lower() == "become":
        noun = next((c for c in noun.children if c.dep_ == "xcomp" and c.i < deed.i), noun)
    elif deed.dep_ not in ("acl", "advcl", "csubj"):
        return None
    ranks = (noun, *(c for c in noun.children if c.dep_ in ("amod", "compound") and c.i < noun.i))
    among = noun.pos_ in ("NOUN", "PROPN", "ADJ") and noun.lemma_.lower() not in CUES.plan_nouns | CUES.try_verbs
    return noun if among and any(w.lower_ in CUES.ranking or w.tag_ == "JJS" for w in ranks) else None


def predecessors(deed: Token) -> list[Token]:
    """The names of where else it was before: "the third town to fall in three days after A on Friday and B"."""
    if ranked(deed) is None:
        return []
    names = [t for t in deed.doc.tokens[deed.i + 1 : deed.sent.end] if t.pos_ == "PROPN"]
    names = [t for t in names if t.lower_ not in CUES.calendar_words]
    after = next((n for n, t in enumerate(names) if case_of(t) in _AFTER), len(names))
    return [t for n, t in enumerate(names) if n == after or (n > after and t.dep_ == "conj")]


def _of_hearsay(noun: Token, lemma: str) -> Stance | None:
    """What "reports that", "denied claims of", "no evidence that" make of what follows."""
    above = noun.head.lemma_.lower() if noun.dep_ in ("obj", "nsubj:pass") else ""
    if lemma in CUES.evidence_nouns:
        absent = any(c.lower_ in ("no", "little", "scant") for c in noun.children) or "n't" in _auxiliaries(noun.head)
        return Stance("denied") if absent else None
    if lemma not in CUES.hearsay_nouns:
        return None
    if above in CUES.deny_verbs:
        return Stance("denied")
    return None if above in CUES.confirm_verbs else Stance("hedged")


def _auxiliaries(verb: Token) -> set[str]:
    return {
        "n't" if c.lower_ in ("n't", "not") else c.lower_ for c in verb.children if c.dep_ in ("aux", "advmod", "neg")
    }
