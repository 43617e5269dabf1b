"""Who says so: the chain of speakers that a report names for what a sentence says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tadmor.claim.clause import (
    ARTICLES,
    RELATIVE,
    VERBAL,
    Arguments,
    children,
    expand,
    of_verb,
    sentence_end,
    sentence_start,
)
from tadmor.claim.quotation import Quotation, opens, touching, within
from tadmor.claim.scene import Scene
from tadmor.claim.speaker import may_speak, speaker
from tadmor.claim.tree import Span, Token
from tadmor.claim.who import left_phrase
from tadmor.lexicon import cues

CUES = cues.load()
_SAYINGS = CUES.say_nouns | CUES.source_nouns
_ADDRESSED = ("on", "in", "via", "to")  # "said on state television", "said to Reuters"
_ADDRESSING = {"say", "tell", "report", "write", "announce", "claim", "add"}
_PLAIN = {"say", "report", "add", "tell"}  # they report whatever hangs on them
_CLAUSAL = {"ccomp", "parataxis", "xcomp"}
_REPORTING = {"parataxis", "ROOT", "conj", "advcl", "ccomp", "acl:relcl"}
_OPENERS = {"according", "citing", "quoting", "words", "information"}
_BESIDE = {"after", "although", "because", "before", "once", "since", "though", "until", "when", "while"}
_NAMES = 14  # words after "according to" among which the source is looked for
_CARRIED = 3  # sentences within which a speaker comes back to what he said
_PARAGRAPHS = 6  # over which one quotation may go on


class Speech(NamedTuple):
    """One act of reporting: who speaks (innermost first), by which word, and where it reaches.

    `sources` is empty where a speaker is there but cannot be told who he is. `adverbial` ("according to X") holds for
    the clause that it hangs on. `over` is the stretch of the text for which it holds whatever the syntax says: a
    quotation, or a sentence over which the speaker carries on.
    """

    sources: tuple[str, ...]
    verb: Token
    speakers: tuple[Token, ...]
    adverbial: bool = False
    over: Quotation | None = None


def speeches(sentence: Span, scene: Scene) -> list[Speech]:
    """All acts of reporting in the sentence, in order, then those that reach into it from sentences beside it.

    Speakers are remembered for "he added" in later sentences.
    """
    own = _acts(sentence, scene)
    found = [*own, *_from_beside(sentence, own, scene)]
    _hear_statement(sentence, own, scene)
    scene.heard.append(tuple(dict.fromkeys(s.sources[0] for s in own if s.sources)))
    return found


def _acts(sentence: Span, scene: Scene) -> list[Speech]:
    found: list[Speech] = []
    for token in sentence:
        if token.lower_ in _OPENERS and token.i + 1 < sentence.end:
            speech = _by_phrase(token, scene)
        elif token.pos_ == "VERB" and token.lemma_.lower() in CUES.say_verbs and not _name(token):
            speech = _by_verb(token, scene)
        else:
            continue
        if speech is not None:
            found.append(speech)
    return found


def _name(verb: Token) -> bool:
    """Whether what looks like a verb is a name ("Rodi Said"): written large, and not because all words are."""
    if verb.i == sentence_start(verb) or not verb.text[:1].isupper() or verb.nbor(-1).is_punct:
        return False
    return any(t.text[:1].islower() and t.pos_ in ("NOUN", "VERB", "ADJ") for t in verb.sent)


# --- by a verb of saying --------------------------------------------------------------------------------------------


def _by_verb(verb: Token, scene: Scene) -> Speech | None:
    arguments = of_verb(verb)
    if verb.lower_ == "saying" and verb.head.lemma_ in ("quote", "cite"):
        return None  # "quoted X as saying" is one act
    if not _reports(verb, passive=arguments.passive):
        return None
    named = _speakers(verb, arguments, scene)
    if not named:
        return None
    for head, name in named:
        if name:
            scene.remember_source(name, head)
    chain = _chain(verb, arguments, [name for _, name in named if name], scene)
    return Speech(tuple(dict.fromkeys(chain)), verb, tuple(head for head, _ in named))


def _reports(verb: Token, *, passive: bool) -> bool:
    """Whether there is anything that the verb can report."""
    lemma = verb.lemma_.lower()
    if lemma in CUES.weak_say_verbs:
        return any(c.dep_ in ("ccomp", "obj", "parataxis") for c in verb.children) or _after_quotation(verb)
    if any(c.lower_ in CUES.negations for c in verb.children) and not children(verb, *_CLAUSAL, "obj"):
        return False  # "Moscow did not comment"
    if any(t.lemma_.lower() in CUES.oaths or t.lower_ == "lives" for t in children(verb, "obj")):
        return False  # "gunmen claiming allegiance to X", "the blast claimed four lives"
    claimed = verb.dep_ == "acl" and lemma == "claim" and passive  # "an attack claimed by X"
    reporting = verb.dep_ == "acl" and verb.tag_ == "VBG"  # "with the monitor reporting a raid on Y"
    hangs = verb.dep_ in _REPORTING or claimed or reporting
    return hangs or lemma in _PLAIN or bool(children(verb, *_CLAUSAL))


def _after_quotation(verb: Token) -> bool:
    """Whether a quotation ends before the clause of the verb: '"...," he noted'."""
    ends = [q.end for q in touching(verb.sent) if q.closed and q.end < verb.i]
    return bool(ends) and all(t.pos_ not in VERBAL for t in verb.doc[ends[-1] : verb.i])


def _speakers(verb: Token, arguments: Arguments, scene: Scene) -> list[tuple[Token, str | None]]:
    """Who says it, each with his name where he can be told: the subject, or what stands where a subject would."""
    quoted = within(verb.i, verb.doc)
    subjects = _subjects(verb, scene) or arguments.subj or children(verb, "expl")  # "It added that ..."
    heads = [h for h in subjects if within(h.i, h.doc) in (None, quoted)]
    if verb.lemma_.lower() in CUES.weak_say_verbs:
        party = [
            h for h in heads if (m := scene.mention(h)) is not None and m.kind == "actor" and children(verb, "ccomp")
        ]
        return [(h, speaker(h, scene)) for h in heads if h in party or may_speak(h, scene)]
    named = [(h, speaker(h, scene)) for h in heads]
    if not arguments.passive:
        before = (c for c in _nominals_before(verb, scene) if within(c.i, c.doc) in (None, quoted))
        close = next((c for c in before if _preferred(c, heads, named, scene)), None)
        after = _nominal_after(verb) if close is None and not any(name for _, name in named) else None
        if close is not None:
            named = [(close, speaker(close, scene))]
        elif after is not None and (not heads or (may_speak(after, scene) and verb.nbor(-1).is_punct)):
            named = [(after, speaker(after, scene))]
    # What is no speaker was coordinated with one by the parser only.
    return [(h, name) for h, name in named if name] or named


def _chain(verb: Token, arguments: Arguments, names: list[str], scene: Scene) -> list[str]:
    """The speakers with those whom they quote and those who carry their words, who spoke first in front."""
    lemma = verb.lemma_.lower()
    chain = list(names)
    if lemma in ("quote", "cite"):
        chain = [*(n for h in arguments.obj if (n := speaker(h, scene))), *chain]
    hearers = [*arguments.obj, *children(verb, "iobj")] if lemma == "tell" else []
    for case in _ADDRESSED if lemma in _ADDRESSING else ():
        hearers += arguments.preps.get(case, ())
    for clause in children(verb, "advcl", "csubj"):  # "speaking to Reuters, X said"
        if clause.lemma_ in ("speak", "talk"):
            hearers += of_verb(clause).preps.get("to", ())
    return chain + [n for h in hearers if (n := speaker(h, scene, carriers=True))]


def _subjects(verb: Token, scene: Scene) -> list[Token]:
    """The verb's own subjects; of two that are not coordinated, which a lost comma brings about, the nearer one."""
    own = [c for c in verb.children if c.dep_ == "nsubj" and c.lower_ not in RELATIVE]
    before = [c for c in own if c.i < verb.i]
    nearer = [c for c in before if not _after_preposition(c, scene)]
    return expand(nearer[-1:] or before[:1] or own)


def _after_preposition(noun: Token, scene: Scene) -> bool:
    """Whether the noun only belongs to another by a preposition: "X of the Media Center", taken apart by the parser."""
    mention = scene.mention(noun)
    first = noun.i if mention is None else mention.start
    for token in reversed(noun.doc[sentence_start(noun) : first]):
        if token.pos_ == "DET":
            return token.i > 0 and token.nbor(-1).pos_ == "ADP"
        if token.pos_ not in ("NOUN", "PROPN", "ADJ", "NUM") and token.tag_ != "HYPH":
            return token.pos_ == "ADP"
    return False


def _preferred(beside: Token, heads: Sequence[Token], names: Sequence[tuple[Token, str | None]], scene: Scene) -> bool:
    """Whether the nominal right before the verb speaks, and not what the parser took for its subject."""
    if any(beside.i == h.i or beside.is_ancestor(h) for h in heads) or (heads and _after_preposition(beside, scene)):
        return False
    under = [h for h in heads if h.is_ancestor(beside)]
    if any(not _lost_comma(beside, h) for h in under):
        return False
    if not any(name for _, name in names):
        return speaker(beside, scene) is not None
    comma = beside.doc[beside.i + 1].text == ","  # what is set off by two commas interrupts
    return may_speak(beside, scene) and not comma and all(h.i < beside.i for h in heads)


def _lost_comma(beside: Token, head: Token) -> bool:
    """Whether a phrase only seems to hang on a noun, by a clause that ran into it where a comma was lost."""
    path = [a for a in beside.ancestors if head.i < a.i]
    first = left_phrase(beside)[0]
    before = first.nbor(-1) if first.i > sentence_start(beside) else None
    return (
        any(a.pos_ in VERBAL for a in path)
        and before is not None
        and before.pos_ in ("NOUN", "PROPN", "NUM", "ADV")
        and (first.lower_ in ARTICLES or first.text[:1].isupper())
    )


def _nominals_before(verb: Token, scene: Scene) -> Iterator[Token]:
    """The nominal right before the verb, then those whose relative clause ends there."""
    beside = _nominal_before(verb, scene)
    if beside is not None:
        yield beside
        for clause, noun in zip([beside, *beside.ancestors], beside.ancestors, strict=False):
            if clause.dep_ == "acl:relcl":
                if noun.dep_ == "appos" and noun.head.pos_ == "PROPN":
                    yield noun.head  # "X, a teacher who fled the town, said"
                yield noun


def _nominal_before(verb: Token, scene: Scene) -> Token | None:
    """The name or nominal right before the verb: "... , the monitor (SOHR) said"."""
    i, depth = verb.i - 1, 0
    while i >= sentence_start(verb) and (depth or verb.doc[i].pos_ in ("ADV", "AUX", "PART", "PUNCT")):
        depth += (verb.doc[i].text == ")") - (verb.doc[i].text == "(")
        i -= 1
    if i < sentence_start(verb):
        return None
    token = verb.doc[i]
    for back in verb.doc[max(sentence_start(verb), i - 7) : i + 1]:
        mention = scene.mention(back)
        if mention is not None and mention.kind == "source" and mention.end > i:
            return verb.doc[mention.end - 1]
    while token.dep_ == "flat" and token.head.i < token.i:
        token = token.head
    return token if token.pos_ in ("NOUN", "PROPN") and token.text[:1].isalpha() else None


def _nominal_after(verb: Token) -> Token | None:
    """The subject of an inverted "... , said the ministry"."""
    for token in verb.doc[verb.i + 1 : min(verb.i + 8, sentence_end(verb))]:
        if token.pos_ in ("VERB", "AUX", "ADP", "SCONJ") and token.dep_ != "amod":
            return None
        if token.pos_ in ("NOUN", "PROPN") and (
            token.head == verb or token.head.i > token.i + 6 or token.dep_ != "compound"
        ):
            return token
    return None


# --- by a phrase ----------------------------------------------------------------------------------------------------


def _by_phrase(token: Token, scene: Scene) -> Speech | None:
    """ "according to X", "citing X", "in the words of X", "information from X": X is the nominal that follows."""
    doc = token.doc
    after = doc[token.i + 1].lower_
    if token.lower_ == "according" and after != "to":
        return None
    if token.lower_ == "words" and (after != "of" or doc[max(0, token.i - 2)].lower_ != "in"):
        return None
    if token.lower_ == "information" and after not in ("from", "by"):
        return None
    start = token.i + (1 if token.lower_ in ("citing", "quoting") else 2)
    end = min(start + _NAMES, sentence_end(token))
    named = ("NOUN", "PROPN", "PRON")
    governed = token.head if token.dep_ in ("case", "mark") and start <= token.head.i < end else None
    if governed is not None and governed.pos_ in VERBAL:  # it was read as opening the clause: up to its comma
        governed, end = None, next((t.i for t in doc[start:end] if t.text == ","), end)
    mention = scene.mention(doc[min(start + (doc[start].lower_ == "the"), end - 1)]) if start < end else None
    if mention is not None and mention.kind == "source" and (governed is None or governed.i < mention.end):
        governed = doc[mention.end - 1]  # a name whose words the parser took apart: "according to Save the Children"
    for candidate in [governed] if governed is not None else doc[start:end]:
        outside = candidate.head.i < start or (candidate.head.i >= end and candidate.pos_ != "PRON")
        if candidate.pos_ in named and (governed is not None or outside):
            names = [(h, n) for h in expand([candidate]) if (n := speaker(h, scene))]
            for head, name in names:
                scene.remember_source(name, head)
            if not names:
                return None
            chain = tuple(dict.fromkeys(n for _, n in names))
            return Speech(chain, token, tuple(h for h, _ in names), adverbial=True)
    return None


# --- over sentences -------------------------------------------------------------------------------------------------


def _from_beside(sentence: Span, own: Sequence[Speech], scene: Scene) -> Iterator[Speech]:
    """Whose words the sentence is by a quotation, a statement or a report that goes on over sentences."""
    doc = sentence.doc
    for quotation in touching(sentence):
        speech = _of_quotation(quotation, sentence, own, scene)
        if speech is not None:
            yield speech._replace(over=quotation, adverbial=False)
    whole = Quotation(sentence.start, sentence.end)
    if scene.statement is not None:
        yield Speech((scene.statement,), doc[sentence.start], (), over=whole)
    if scene.forewarned is not None and any(opens(token) for token in sentence):
        scene.forewarned = None  # a quotation is no part of what was listed
    listed = scene.forewarned[0] if scene.forewarned is not None else None
    if not own and (name := listed or _carried_on(sentence, scene)) is not None:
        yield Speech((name,), doc[sentence.start], (), over=whole)


def _of_quotation(
    quotation: Quotation, sentence: Span, own: Sequence[Speech], scene: Scene, paragraphs: int = 0
) -> Speech | None:
    """Who speaks a quotation: named after it, before it, or between it and the quotation before."""
    doc = sentence.doc
    closing = doc[quotation.end - 1].sent if quotation.end <= len(doc) else sentence
    if quotation.closed:
        if quotation.end == closing.end and quotation.end < len(doc):
            closing = doc[quotation.end].sent  # the mark itself was taken for the head of the next sentence
        after = [s for s in _outside(closing, sentence, own, scene) if s.verb.i >= quotation.end]
        if after:
            return after[0]
    opening = doc[quotation.start - 1].sent
    before = [s for s in _outside(opening, sentence, own, scene) if s.verb.i < quotation.start]
    if before:
        return before[-1]
    earlier = scene.beside(opening, -1) if quotation.start - opening.start <= 1 else None
    if earlier is not None and (_announces(earlier) or touching(earlier)):  # 'X said: "..."' and '"...," X said. "..."'
        spoken = _outside(earlier, sentence, own, scene)
        if spoken:
            return spoken[-1]
    if not quotation.closed and paragraphs < _PARAGRAPHS:
        following = scene.beside(doc[len(doc) - 1].sent, 1) if quotation.end == len(doc) else None
        if following is not None and opens(following[0]) and (goes_on := touching(following)):
            return _of_quotation(goes_on[0], following, _acts(following, scene), scene, paragraphs + 1)
    return None


def _outside(sentence: Span, current: Span, own: Sequence[Speech], scene: Scene) -> list[Speech]:
    """The acts of reporting of a sentence that are not themselves quoted; `own` are those of the current one."""
    acts = own if sentence == current else _acts(sentence, scene)
    return [s for s in acts if s.sources and within(s.verb.i, sentence.doc) is None]


def _announces(sentence: Span) -> bool:
    """Whether what is said only follows: "The minister said:"."""
    return next((t.text for t in reversed(list(sentence)) if not t.is_space), "") == ":"


def _hear_statement(sentence: Span, own: Sequence[Speech], scene: Scene) -> None:
    """After a paragraph that ends with "X said:", all is X's word where no quotation marks say how far it goes."""
    doc = sentence.doc
    if any(opens(token) for token in sentence):
        scene.statement = None
    ends = sentence.end == len(doc) or "\n" in doc[sentence.end - 1].text + doc[sentence.end].text
    if own and ends and _announces(sentence):
        scene.statement = own[-1].sources[0] if own[-1].sources else None


def _carried_on(sentence: Span, scene: Scene) -> str | None:
    """Who spoke in a sentence before and, as that comes back to him ("the report added"), in this one as well."""
    earlier = next((spoken for spoken in reversed(scene.heard[-_CARRIED:]) if spoken), ())
    if len(earlier) != 1:
        return None
    here: Span | None = sentence
    for _ in range(_CARRIED):
        here = scene.beside(here, 1) if here is not None else None
        acts = [s for s in _acts(here, scene) if s.sources] if here is not None else []
        if acts:
            alone = len({s.sources for s in acts}) == 1 and _comes_back(acts[0])
            return earlier[0] if alone and acts[0].sources[0] == earlier[0] else None
    return None


def _comes_back(speech: Speech) -> bool:
    """Whether a speaker is only pointed back to: "he added", "the report said"."""
    head = speech.speakers[0] if speech.speakers else speech.verb
    return head.pos_ == "PRON" or (
        speech.verb.lemma_.lower() in ("add", "continue") and head.lemma_.lower() in _SAYINGS
    )


# --- what is said ---------------------------------------------------------------------------------------------------


def sources_of(predicate: Token, found: Sequence[Speech], *, passing: bool = False) -> tuple[str, ...]:
    """Whom the report names as saying what `predicate` says, outermost last.

    What is said in `passing` ("rebel-held") is the word of the report itself, unless it is quoted to the letter.
    """
    ancestors = [predicate.i, *(a.i for a in predicate.ancestors)]
    reaching = [
        speech
        for speech in found
        if speech.verb.i != predicate.i
        and (speech.over is not None or not passing)
        and not _about_speaker(speech, ancestors)
        and _reaches(speech, predicate, set(ancestors))
    ]
    out: list[str] = []
    for speech in sorted(reaching, key=lambda s: _depth(s, ancestors)):
        out += [s for s in speech.sources if s not in out]
    return tuple(out)


def _about_speaker(speech: Speech, ancestors: Sequence[int]) -> bool:
    """Whether it is said about the speaker, not by him: "a commander who took the town said"."""
    if speech.over is not None or (speech.verb.dep_ == "acl" and speech.verb.i in ancestors):
        return False
    return any(s.i in ancestors for s in speech.speakers)


def _depth(speech: Speech, ancestors: Sequence[int]) -> tuple[int, int]:
    """How far out a speech is: who is cited, then verbs that govern the predicate from below, then the others."""
    if speech.adverbial and speech.verb.lower_ in ("citing", "quoting", "information"):
        return -1, 0
    return (0, ancestors.index(speech.verb.i)) if speech.verb.i in ancestors else (1, 0)


def _reaches(speech: Speech, predicate: Token, ancestors: set[int]) -> bool:
    verb = speech.verb
    if speech.over is not None:
        return speech.over.start <= predicate.i < speech.over.end
    if speech.adverbial:
        return True
    if verb.lemma_.lower() in CUES.deny_verbs and verb.i not in ancestors:
        return False  # who denies does not say it
    if verb.lemma_ == "claim" and verb.dep_ in ("acl", "acl:relcl") and of_verb(verb).passive:
        deed = verb.head  # "an attack claimed by X killed six"
        return deed.i in ancestors or (deed.head.i == predicate.i and deed.dep_.startswith("nsubj"))
    if verb.i in ancestors:
        if _own_speaker(verb, predicate) or _aside(predicate, verb):
            return False
        branch = next((a for a in [predicate, *predicate.ancestors] if a.head.i == verb.i), None)
        if (
            branch is not None
            and branch.dep_ in ("advcl", "conj")
            and branch.i > verb.i
            and branch.pos_ in ("VERB", "AUX")
        ):
            if any(c.dep_ in ("mark", "case") and c.lower_ in _BESIDE for c in branch.children):
                # "declared a state after taking the town"
                return not children(verb, "ccomp", "parataxis", "xcomp", "obj")
            content = children(verb, "ccomp", "parataxis")
            return not content or any(c.i > verb.i for c in content) is False or branch.dep_ == "conj"
        return True
    leads = any(c.i > verb.i and c not in speech.speakers for c in children(verb, "ccomp", "parataxis", "xcomp"))
    if (verb.dep_ == "acl" and verb.tag_ == "VBG") or (leads and _only_when(verb)):
        return False
    if leads and any(t.text == ";" for t in verb.doc[predicate.i : verb.i]):
        return False  # "the town fell; residents say that they fled"
    if verb.dep_ == "acl:relcl" and not leads and not any(c.lower_ in RELATIVE for c in verb.subtree):
        return predicate.i < verb.i  # "... in the area the monitor said", with the comma lost
    if verb.dep_ in ("parataxis", "acl", "advcl", "conj", "ccomp", "acl:relcl", "dep", "appos"):
        if verb.dep_ == "acl:relcl" or (verb.dep_ in ("conj", "advcl") and leads):
            return False
        root = verb.head
        return root.i in ancestors or root.i == predicate.i or verb.i - predicate.i > 0
    if verb.i > predicate.i:
        return verb.dep_ == "ROOT" or not leads
    return verb.dep_ == "ROOT" and any(c.i > verb.i for c in children(verb, "ccomp", "parataxis"))


def _only_when(verb: Token) -> bool:
    """Whether a speaker only tells of what else there was: "holds the town, a day after the army said it had left"."""
    return any(c.dep_ == "mark" and c.i < verb.i and c.lower_ in _BESIDE for c in verb.children)


def _aside(predicate: Token, verb: Token) -> bool:
    """Whether the report only explains a place that a speaker names: "in Manbij, where rebels fight the army"."""
    for token in (predicate, *predicate.ancestors):
        if token.i == verb.i:
            return False
        if token.dep_ in ("acl:relcl", "advcl") and any(c.lower_ == "where" for c in token.children):
            return True
    return False


def _own_speaker(verb: Token, predicate: Token) -> bool:
    """Whether between the two another clause with a speaker of its own stands: "X says ..., but Y insists ..."."""
    for token in (predicate, *predicate.ancestors):
        if token.i == verb.i:
            return False
        other = token.dep_ == "conj" and token.lemma_.lower() in CUES.say_verbs and children(token, "nsubj")
        if other and token.head.i == verb.i:
            return True
    return False
