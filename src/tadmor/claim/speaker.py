"""Who a speaker is: from the nominal that says something to the name under which the report's reader knows him."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from tadmor.claim.clause import ARTICLES, case_of, sentence_end, sentence_start
from tadmor.claim.scene import LATELY, Said, Scene, persons
from tadmor.claim.tree import Token
from tadmor.claim.who import describe, left_phrase, party
from tadmor.lexicon import cues

CUES = cues.load()
OFFICES = CUES.leader_nouns | CUES.office_nouns
_TITLES = CUES.titles | OFFICES
_SOURCES = OFFICES | CUES.source_nouns | CUES.speaking_nouns
_SPEAKING = OFFICES | CUES.civilian_nouns | CUES.armed_nouns | CUES.speaking_nouns
CARRIERS = {"outlet", "wire", "state agency", "party"}
_ANY = {"that", "this", "which", "there", "what", "everything", "nothing", "all", "who"}
_OWN_VOICE = {"we", "i", "us", "you", "one", "me"}
_SMALL = {"of", "for", "the", "and", "in", "on", "to", "de", "du", "al", "el", "is", "being"}  # lower case in names too
_FAR = 150  # words after which "he" is somebody else
_FURTHER = 400  # words over which "the statement" may be that of a speaker
_BEFORE = 2  # sentences before its own in which a pronoun may find somebody who did not speak there


def speaker(head: Token, scene: Scene, *, carriers: bool = False) -> str | None:
    """The name of the source that a nominal means; None if it can be none.

    With `carriers`, only outlets, agencies and the like count: those that carry another's word.
    """
    lower = head.lower_
    if lower in _OWN_VOICE or lower in _ANY:
        return None
    mention = scene.mention(head)
    if mention and mention.kind == "source":
        source = scene.sources.get(mention.ids[0])
        if (head.ent_type_ == "PER" or scene.sources.person(mention.text)) and not carriers:
            return _person(head, scene)  # a person of the dictionary speaks under his own name
        words = describe(list(head.doc[mention.start : mention.end]))
        name = source.name if _is_name(mention.text, source.name) else words
        return name if not carriers or source.kind in CARRIERS else None
    if head.pos_ == "PRON":
        return None if carriers else _meant(head, scene)
    if mention is not None and mention.kind == "place" and not carriers:
        seat = party(head, scene)  # "Kyiv said", but no town speaks that is no seat of a government
        return seat.party.name if seat is not None else None
    words = described_by(head)
    lemma = head.lemma_.lower()
    if not carriers:
        if lemma in CUES.say_nouns and (issuer := _issuer(head, scene)) is not None:
            return issuer
        if lemma in CUES.source_nouns and (meant := scene.source_like(head)) is not None:
            return meant
        if (holder := _holder(head, scene)) is not None:
            return holder
    known = scene.sources.by_name(words, scene.country, scene.published) if words else None
    if carriers:
        carries = known is not None and known.kind in CARRIERS and known.id[0] != "~"
        return known.name if known is not None and carries else None
    if (person := _bearer(head)) is not None:
        return _person(person, scene)
    if known is not None:
        return known.name if known.id[0] != "~" and _is_name(words, known.name) else _whole_office(head, words, scene)
    actor = party(head, scene)
    if actor is not None:
        return words if head.pos_ == "NOUN" and head.lemma_ in OFFICES else actor.party.name
    if head.pos_ == "PROPN":
        return words if head.text[:1].isupper() else None
    speaks = lemma in _SPEAKING
    return _whole_office(head, words or head.text, scene) if speaks else None


def may_speak(head: Token, scene: Scene) -> bool:
    """Whether a nominal is a source by name or description, and not just any subject."""
    mention = scene.mention(head)
    if mention is not None and mention.kind == "source":
        return True
    if head.ent_type_ == "PER" or head.lower_ in ("he", "she"):
        return True
    if head.lemma_.lower() in _SOURCES:
        return True
    return mention is None and scene.sources.by_name(described_by(head), scene.country) is not None


def described_by(head: Token) -> str:
    """The words of a description without its article, and without a name before it that lost its comma."""
    phrase = left_phrase(head)
    if head.lower_ in ("al", "el") and any(c.dep_ == "flat" for c in head.children):  # "President al-Assad"
        phrase += head.doc[head.i + 1 : min(head.i + 3, head.right_edge.i + 1)]
    return describe(trimmed(phrase))


def trimmed(phrase: list[Token]) -> list[Token]:
    """The phrase from its last article on: "in Aleppo a civil defence official said"."""
    at = max((i for i, token in enumerate(phrase) if token.lower_ in ARTICLES), default=0)
    return phrase[at:]


def _is_name(text: str, name: str) -> bool:
    """Whether a source is called by its name and not by what else it is ("state TV" for the state's television)."""
    large = all(word[:1].isupper() or not word[:1].isalpha() or word in _SMALL for word in text.split())
    return large or text.split()[-1].lower() == name.split()[-1].lower()


# --- persons --------------------------------------------------------------------------------------------------------


def _bearer(head: Token) -> Token | None:
    """The person that a title or an office stands before: "the group's director, X", "Mr X"; the head if it is one."""
    if head.pos_ == "PROPN" and head.ent_type_ == "PER":
        return head
    named = [c for c in head.children if c.dep_ in ("appos", "flat") and c.ent_type_ == "PER" and c.i > head.i]
    if named:
        return named[0]
    if head.lemma_.lower() in OFFICES:  # "a spokesman for the United Nations, X,"
        inner = (t for t in head.subtree if t.dep_ == "appos" and t.pos_ == "PROPN" and t.nbor(-1).text == ",")
        whole = next((t for t in inner if any(c.dep_ == "flat" for c in t.children)), None)
        if whole is not None and whole.ent_type_ in ("PER", ""):
            return whole
    after = head.nbor(1) if head.i + 1 < sentence_end(head) else None
    if after is None or not after.text[:1].isupper():
        return None
    if head.lower_.rstrip(".") in CUES.titles:
        return after
    title = head.pos_ == "PROPN" or head.lemma_.lower() in OFFICES
    return after if title and after.ent_type_ == "PER" else None


def _person(token: Token, scene: Scene) -> str:
    """The whole name of a person, as it was given where he first spoke."""
    first = last = token.i
    doc = token.doc
    known = scene.mention(token)
    if known is not None and known.kind == "source" and scene.sources.person(known.text):
        first, last = known.start, known.end - 1
    while (
        first > sentence_start(token) and doc[first - 1].ent_type_ == "PER" and _carrier(doc[first - 1], scene) is None
    ):
        first -= 1
    while last + 1 < sentence_end(token) and (doc[last + 1].ent_type_ == "PER" or doc[last + 1].head.i == token.i):
        if doc[last + 1].ent_type_ != "PER" and doc[last + 1].dep_ != "flat":
            break
        last += 1
    while first < last and doc[first].lower_.rstrip(".") in _TITLES:
        first += 1
    name = doc[first : last + 1].text
    spoken = [said.name for said in scene.said[-LATELY:] if said.person]
    before = persons(doc)[: bisect_right(persons(doc), token.i, key=lambda person: person.end)]
    named = [person.text for person in before[-LATELY:]]
    return next((longer for longer in (*spoken, *named) if longer.endswith(f" {name}")), name)


def _whole_office(head: Token, words: str, scene: Scene) -> str:
    """A bare office with what it is of: "spokesman for the Libyan National Army", "members of the council"."""
    if words.lower() != head.lower_ or head.lemma_.lower() not in OFFICES | CUES.member_nouns:
        return words
    for child in head.children:
        if child.dep_ == "nmod" and child.i > head.i and case_of(child) in ("of", "for"):
            mention = scene.mention(child)
            last = max([child.i, *(c.i for c in child.children if c.dep_ == "flat")])
            return head.doc[head.i : mention.end if mention is not None else last + 1].text
    return words


def _holder(office: Token, scene: Scene) -> str | None:
    """The person who was named with an office before: "the director" after "the group's director X said"."""
    lemma, phrase = office.lemma_.lower(), left_phrase(office)
    if lemma not in OFFICES or phrase[0].lower_ not in CUES.pointing:
        return None
    here = scene.position(office)
    named = _first(s for s in scene.lately(here, _FURTHER) if s.office == lemma)
    return named or scene.person_called([token.lower_ for token in phrase[1:]], here)


def _carrier(token: Token, scene: Scene) -> str | None:
    mention = scene.mention(token)
    return mention.text if mention is not None and mention.kind == "source" else None


# --- pronouns -------------------------------------------------------------------------------------------------------


def _meant(pronoun: Token, scene: Scene) -> str | None:
    """Who "he", "she", "it" or "they" is: the last who spoke and fits, else who was spoken of just before."""
    here, lower = scene.position(pronoun), pronoun.lower_
    heard = scene.lately(here, _FAR)
    if lower in ("he", "she"):
        found = next((s for s in heard if s.person or not s.plural), None)
        person = _person_before(pronoun, scene)
        if person is not None and (found is None or person[1] > found.at):
            return person[0]
        return found.name if found else None
    if lower == "it":
        if pronoun.dep_ not in ("nsubj", "conj"):
            return None
        return _first(s for s in heard if not s.person and not s.plural) or _acting(pronoun, scene)
    if lower == "they":
        return _first(s for s in heard if s.plural) or _acting(pronoun, scene) or _first(iter(heard))
    return None


def _first(found: Iterator[Said]) -> str | None:
    said = next(found, None)
    return said.name if said else None


def _acting(pronoun: Token, scene: Scene) -> str | None:
    named = party(pronoun, scene)
    return named.party.name if named is not None else None


def _person_before(pronoun: Token, scene: Scene) -> tuple[str, int] | None:
    """The person who is the subject of a clause shortly before the pronoun, and where he stands."""
    doc, start = pronoun.doc, sentence_start(pronoun)
    for _ in range(_BEFORE):
        start = sentence_start(doc[start - 1]) if start > 0 else 0
    subjects = [t for t in doc[start : pronoun.i] if t.dep_.startswith("nsubj")]
    for token in reversed(subjects):
        bearer = _bearer(token)
        if bearer is not None:
            return _person(bearer, scene), scene.position(token)
    return None


# --- documents ------------------------------------------------------------------------------------------------------


def _issuer(document: Token, scene: Scene) -> str | None:
    """Whose statement or report it is: said with it, else, of "the statement", whoever spoke last."""
    for child in document.children:
        if child.dep_.startswith("nmod") and child.i > document.i and case_of(child) in ("by", "from", "of"):
            name = speaker(child, scene)
            if name is not None:
                return name
    phrase = trimmed(left_phrase(document))
    for token in reversed(phrase[:-1]):  # "a Defence Ministry statement", "a United Nations report"
        mention = scene.mention(token)
        if mention is not None and mention.kind in ("source", "actor"):
            return speaker(token, scene)
    words = described_by(document).split()[:-1]
    by = " ".join(word for word in words if word not in ("'s", "’s"))
    if by and scene.sources.by_name(by, scene.country, scene.published) is not None:
        return by
    if phrase[0].lower_ in CUES.pointing and len(phrase) == 2:
        here = scene.position(document)
        return _first(iter(scene.lately(here, _FURTHER)))
    return None
