"""Who says so: the chain of speakers a report names for what a sentence says, and what it says about verification."""

from __future__ import annotations

from typing import NamedTuple

from spacy.tokens import Span, Token

from tadmor.claim.clause import children, expand, of_verb
from tadmor.claim.scene import Scene
from tadmor.claim.who import describe, left_phrase, party
from tadmor.lexicon import cues
from tadmor.records import Verification

CUES = cues.load()
_ANY = {"it", "that", "this", "which", "there", "what", "everything", "nothing", "all"}
CARRIERS = {"outlet", "wire", "state agency", "party"}
_OWN_VOICE = {"we", "i", "us", "you", "one"}


class Speech(NamedTuple):
    """One act of reporting in a sentence: who speaks (innermost first), by which word, and where it reaches."""

    sources: tuple[str, ...]
    verb: Token
    speakers: tuple[Token, ...]
    adverbial: bool  # "according to X": holds for the clause it hangs on


def speeches(sentence: Span, scene: Scene) -> list[Speech]:
    """All acts of reporting in the sentence, in order. Speakers are remembered for "he added" in later sentences."""
    found: list[Speech] = []
    for token in sentence:
        lemma = token.lemma_.lower()
        if token.pos_ == "VERB" and lemma in CUES.say_verbs:
            speech = _by_verb(token, scene)
        elif token.lower_ in ("according", "citing", "quoting") and token.i + 1 < sentence.end:
            speech = _by_phrase(token, scene)
        else:
            continue
        if speech is not None:
            found.append(speech)
    return found


def _by_verb(verb: Token, scene: Scene) -> Speech | None:
    arguments = of_verb(verb)
    lemma = verb.lemma_.lower()
    heads = arguments.subj
    has_content = any(c.dep_.split(":")[0] in ("ccomp", "parataxis", "xcomp") for c in verb.children) or verb.dep_ in (
        "parataxis",
        "ROOT",
        "conj",
        "advcl",
        "ccomp",
        "acl:relcl",
    )
    if arguments.passive and not heads:
        return None
    if lemma in CUES.weak_say_verbs:
        has_content = any(c.dep_ in ("ccomp", "obj", "parataxis") for c in verb.children)
        heads = [h for h in heads if _speaks(h, scene)]
    if not has_content and lemma not in ("say", "report", "add", "tell"):
        return None
    if lemma not in CUES.weak_say_verbs and not any(speaker(h, scene) for h in heads):
        heads = [h for h in (_nominal_before(verb, scene), _nominal_after(verb, scene)) if h is not None][:1]
    names = [(h, n) for h in heads if (n := speaker(h, scene))]
    if not names:
        return None
    chain = [n for _, n in names]
    if lemma in ("quote", "cite"):
        inner = [n for h in arguments.obj if (n := speaker(h, scene))]
        chain = [*inner, *chain]
    elif lemma == "tell":
        chain += [n for h in [*arguments.obj, *children(verb, "iobj")] if (n := speaker(h, scene, carriers=True))]
    for heads_of in ("on", "in", "via", "to"):
        for head in arguments.preps.get(heads_of, ()):
            name = speaker(head, scene, carriers=True)
            if name and name not in chain and lemma in ("say", "tell", "report", "write", "announce", "claim", "add"):
                chain.append(name)
    for head, name in names:
        scene.remember_source(name, head)
    return Speech(tuple(dict.fromkeys(chain)), verb, tuple(h for h, _ in names), adverbial=False)


def _by_phrase(token: Token, scene: Scene) -> Speech | None:
    """ "according to X", "citing X": X is the nominal that follows."""
    doc = token.doc
    start = token.i + (2 if doc[token.i + 1].lower_ == "to" else 1)
    if token.lower_ == "according" and doc[token.i + 1].lower_ != "to":
        return None
    end = min(start + 14, token.sent.end)
    named = ("NOUN", "PROPN", "PRON")
    governed = token.head if token.dep_ in ("case", "mark") and start <= token.head.i < end else None
    for candidate in [governed] if governed is not None else doc[start:end]:
        outside = candidate.head.i < start or (candidate.head.i >= end and candidate.pos_ != "PRON")
        if candidate.pos_ in named and (governed is not None or outside):
            names = [(h, n) for h in expand([candidate]) if (n := speaker(h, scene))]
            if names:
                for head, name in names:
                    scene.remember_source(name, head)
                return Speech(
                    tuple(dict.fromkeys(n for _, n in names)), token, tuple(h for h, _ in names), adverbial=True
                )
            return None
    return None


def _speaks(head: Token, scene: Scene) -> bool:
    """Whether a nominal is a source by name or description, and not just any subject."""
    mention = scene.mention(head)
    if mention is not None and mention.kind == "source":
        return True
    return mention is None and scene.sources.by_name(describe(left_phrase(head)), scene.country) is not None


def _nominal_before(verb: Token, scene: Scene) -> Token | None:
    """Who speaks where the parser missed the subject: the name or nominal right before ("... the monitor said")."""
    i = verb.i - 1
    while i >= verb.sent.start and verb.doc[i].pos_ in ("ADV", "AUX", "PART", "PUNCT"):
        i -= 1
    if i < verb.sent.start:
        return None
    token = verb.doc[i]
    for back in verb.doc[max(verb.sent.start, i - 7) : i + 1]:
        mention = scene.mention(back)
        if mention is not None and mention.kind == "source":
            return verb.doc[mention.end - 1]
    return token if token.pos_ in ("NOUN", "PROPN") and token.text[:1].isalpha() else None


def _nominal_after(verb: Token, scene: Scene) -> Token | None:
    """The subject of an inverted "... , said the ministry"."""
    for token in verb.doc[verb.i + 1 : min(verb.i + 6, verb.sent.end)]:
        if token.pos_ in ("VERB", "AUX", "ADP", "SCONJ"):
            return None
        if token.pos_ in ("NOUN", "PROPN") and (
            token.head == verb or token.head.i > token.i + 6 or token.dep_ != "compound"
        ):
            return token
    return None


def speaker(head: Token, scene: Scene, *, carriers: bool = False) -> str | None:
    """The name of the source that a nominal means; None if it can be none.

    With `carriers`, only outlets, agencies and the like count: those that carry another's word.
    """
    lower = head.lower_
    if lower in _OWN_VOICE or lower in _ANY:
        return None
    mention = scene.mention(head)
    phrase = left_phrase(head)
    words = describe(phrase)
    if mention and mention.kind == "source":
        source = scene.sources.get(mention.ids[0])
        if head.ent_type_ == "PER" and not carriers:
            return _person(head)  # a person of the dictionary speaks under his own name
        return source.name if not carriers or source.kind in CARRIERS else None
    if head.pos_ == "PRON":
        if carriers or not scene.said:
            return None
        here = scene.position(head)
        last = next((s for s in reversed(scene.said) if s.at < here and here - s.at < 150), None)
        return last.name if last else None
    lemma = head.lemma_.lower()
    if not carriers and lemma in CUES.source_nouns and (meant := scene.source_like(head)) is not None:
        return meant
    described = scene.sources.by_name(words, scene.country, scene.published) if words else None
    if carriers:
        carries = described is not None and described.kind in CARRIERS and described.id[0] != "~"
        return described.name if described is not None and carries else None
    if head.pos_ == "NOUN":  # "the group's director, X": the person names it best
        person = next((c for c in head.children if c.dep_ in ("appos", "flat") and c.ent_type_ == "PER"), None)
        if person is not None:
            return _person(person)
    if head.pos_ == "PROPN" and head.ent_type_ == "PER":
        return _person(head)
    if described is not None:
        return described.name if described.id[0] != "~" else words
    actor = party(head, scene)
    if actor is not None:
        return words if head.pos_ == "NOUN" and head.lemma_ in CUES.leader_nouns else actor.party.name
    if head.pos_ == "PROPN":
        return words if head.text[:1].isupper() else None
    speaks = lemma in CUES.leader_nouns | CUES.civilian_nouns | CUES.armed_nouns | CUES.speaking_nouns
    return words if speaks else None


def _person(token: Token) -> str:
    """The whole name of a person."""
    first = last = token.i
    while first > token.sent.start and token.doc[first - 1].ent_type_ == "PER":
        first -= 1
    while last + 1 < token.sent.end and (
        token.doc[last + 1].ent_type_ == "PER"
        or (token.doc[last + 1].text == "-" and token.doc[last + 1].ent_type_ == "PER")
    ):
        last += 1
    return token.doc[first : last + 1].text


def sources_of(predicate: Token, found: list[Speech]) -> tuple[str, ...]:
    """Whom the sentence names as saying what `predicate` says, outermost last."""
    ancestors = {predicate.i, *(a.i for a in predicate.ancestors)}
    out: list[str] = []
    for speech in found:
        if speech.verb.i == predicate.i:
            continue
        if any(s.i in ancestors for s in speech.speakers):
            continue  # said about the speaker, not by him
        if _reaches(speech, predicate, ancestors):
            out += [s for s in speech.sources if s not in out]
    return tuple(out)


def _reaches(speech: Speech, predicate: Token, ancestors: set[int]) -> bool:
    verb = speech.verb
    if speech.adverbial:
        return True
    if verb.i in ancestors:
        if _own_speaker(verb, predicate):
            return False
        branch = next((a for a in [predicate, *predicate.ancestors] if a.head.i == verb.i), None)
        if (
            branch is not None
            and branch.dep_ in ("advcl", "conj")
            and branch.i > verb.i
            and branch.pos_ in ("VERB", "AUX")
        ):
            content = children(verb, "ccomp", "parataxis")
            return not content or any(c.i > verb.i for c in content) is False or branch.dep_ == "conj"
        return True
    if verb.dep_ in ("parataxis", "acl", "advcl", "conj", "ccomp", "acl:relcl", "dep", "appos"):
        if verb.dep_ == "acl:relcl":
            return False
        root = verb.head
        return root.i in ancestors or root.i == predicate.i or verb.i - predicate.i > 0
    if verb.i > predicate.i:
        return verb.dep_ == "ROOT" or not any(c.i > verb.i for c in children(verb, "ccomp", "parataxis"))
    return verb.dep_ == "ROOT" and any(c.i > verb.i for c in children(verb, "ccomp", "parataxis"))


def _own_speaker(verb: Token, predicate: Token) -> bool:
    """Whether between the two another clause with a speaker of its own stands: "X says ..., but Y insists ..."."""
    for token in (predicate, *predicate.ancestors):
        if token.i == verb.i:
            return False
        other = token.dep_ == "conj" and token.lemma_.lower() in CUES.say_verbs and children(token, "nsubj")
        if other and token.head.i == verb.i:
            return True
    return False


def verification(text: str) -> Verification | None:
    """Whether a sentence says of a claim that it was not, or was, borne out."""
    lower = " ".join(text.lower().replace("’", "'").split())
    verdicts: tuple[tuple[frozenset[str], Verification], ...] = (
        (CUES.unverified, "unverified"),
        (CUES.disputed, "disputed"),
        (CUES.confirmed, "confirmed"),
    )
    for phrases, result in verdicts:
        if any(p in lower for p in phrases):
            return result
    return None
