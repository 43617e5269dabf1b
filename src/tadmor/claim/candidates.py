"""Who and where may fill the roles of a claim: every party and place that a sentence names, and those spoken of before.

A `Candidate` knows what it means (a party, a place) and what speaks for or against it, as short strings that the
learned weights of `tadmor.claim.learned` are keyed by.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

import msgspec

from tadmor.claim import group
from tadmor.claim.clause import ARTICLES, HYPHENS, case_of, hyphened, seated, sentence_end, sentence_start
from tadmor.claim.paths import bucket
from tadmor.claim.scene import Located, Remembered, Scene
from tadmor.claim.site import Site, barred, country_of, in_list, land_named, meant, of_land, site, unknown
from tadmor.claim.trait import Trait
from tadmor.claim.tree import Span, Token
from tadmor.claim.who import (
    BACK,
    Named,
    alone,
    civilians,
    describe,
    fits,
    is_former,
    known,
    land_of,
    left_phrase,
    party,
)
from tadmor.lexicon import cues
from tadmor.records import Party

CUES = cues.load()
NOMINAL = frozenset({"NOUN", "PROPN", "PRON", "ADJ", "ADV", "NUM", "DET"})
PEOPLE = (
    CUES.civilian_nouns
    | CUES.acting_nouns
    | CUES.classes["protesters"]
    | CUES.classes["captives"]
    | group.lexicon().people
)
AMOUNTS = CUES.quantifiers | CUES.amounts
WITHIN = 300  # mentions before a sentence that are looked through, so that long texts take no longer a word
REMEMBERED = 4  # parties and places from before the sentence that are looked at
MOST_SPOKEN = 1  # of those spoken of most, looked at however long ago that was
LEAD = 60  # words at the beginning that say what a report is about
STATION = 16  # words from "positioned" to the last place of a list
BETWEEN = 8  # words over which one place may say where another lies
OTHERS = 3  # that a pronoun or "the city" may mean besides the likeliest
TITLES = (CUES.leader_nouns | CUES.office_nouns | CUES.titles) - {"sheikh"}  # a sheikh gave many a place its name
_LEADING = frozenset({"ADP", "DET", "ADJ", "NOUN", "PROPN", "NUM"})  # between the two
_LOCATING = frozenset({"in", "near", "outside", "of", "on", "at", "around", "within", "inside", "along", "off", "to"})
_WHERE = frozenset({"in", "across", "throughout", "inside", "within"})
_TOLD_BEFORE = frozenset({"near", "outside", "in", "of", "from", "on", "at", ",", "and"})
# what candidates have of themselves
_IS = Trait("is-{}")
_DEP = Trait("dep-{}")
_CASE = Trait("case-{}")
_SURE = Trait("sure{}")
_ARMED = Trait("armed{:d}")
_LEMMA = Trait("lemma-{}")
_CIVILIAN = Trait("civilian{:d}")
_WHO = Trait("who-{}")
_OFTEN = Trait("often{}")
_FIRST = Trait("first{:d}")
_KIND = Trait("kind-{}")
_NAMED = Trait("named{:d}")
_PARTIAL = Trait("partial{:d}")
_NEAR = Trait("near{:d}")
_KNOWN = Trait("known{:d}")
_FOREIGN = Trait("foreign{:d}")
_TOPIC = Trait("topic{:d}")
_BEFORE = Trait("before-{}")
_BACK = Trait("back{}")
_AGO = Trait("ago{}")
_SUBJECT = Trait("subject{:d}")
_HERE = Trait("here{:d}")
_SIDE_HERE = Trait("side-here{}")
_MOST = Trait("most{:d}")
_MINOR = Trait("minor{:d}")
_LEAD = Trait("lead{:d}")
_OTHER = Trait("other{}")
_OTHER_SUBJECT = Trait("other-subject{:d}")
_OTHER_PLURAL = Trait("other-plural{:d}")
_OTHER_MINOR = Trait("other-minor{:d}")
_NAMED_HERE = Trait("named-here{}")
_ALONE = Trait("alone{:d}")
_UNDER = Trait("under{:d}")
_OVER = Trait("over{:d}")
_INNER = Trait("inner{:d}")
_OUTER = Trait("outer{:d}")
_AFTER_PLACE = Trait("after-place{:d}")

Spoken = TypeVar("Spoken", Remembered, Located)


class Candidate(NamedTuple):
    """A nominal that may fill a role; without `token` one that was spoken of before, `back` places ago."""

    token: Token | None
    name: str
    named: Named | None
    site: Site | None
    traits: tuple[str, ...]
    back: int = 0


def parties(sentence: Span, scene: Scene) -> list[Candidate]:
    """The parties of the sentence in text order, then those spoken of last."""
    out: list[Candidate] = []
    spoken = scene.parties[-WITHIN:]
    often = Counter([remembered.party.name for remembered in spoken])
    for token in sentence:
        named = _party_at(token, scene)
        if named is None:
            continue
        out.append(
            Candidate(token, named.party.name, named, None, _party_traits(token, named, often[named.party.name], scene))
        )
        if _points_back(token, named.sure):
            others = (r for r in _before(spoken, scene.position(token)) if r.party.name != named.party.name)
            for rank, other in enumerate(islice(others, OTHERS)):
                meant = Named(other.party, other.armed, 0.4)
                if not (token.pos_ == "PRON" or token.lower_ in CUES.pronouns or fits(token.lemma_, meant, scene)):
                    continue
                more = (_OTHER[rank], _OTHER_SUBJECT[other.subject], _OTHER_PLURAL[other.plural])
                traits = (*_party_traits(token, meant, often[other.party.name], scene), *more)
                out.append(Candidate(token, other.party.name, meant, None, traits))
    start = scene.position(sentence[0])
    seen: dict[str, int] = {}
    named_here = _NAMED_HERE[min(3, len({c.name for c in out if c.named and c.named.sure > BACK}))]
    before = _counted(spoken, start)
    most = max(before, key=lambda name: before[name], default=None)
    for remembered in _spoken_of(spoken, start, before):
        name = remembered.party.name
        seen[name] = remembered.at
        named = Named(remembered.party, remembered.armed, 0.5)
        traits = (
            _BACK[len(seen)],
            _AGO[bucket(start - remembered.at)],
            _SUBJECT[remembered.subject],
            _ARMED[remembered.armed],
            _OFTEN[min(3, often[name])],
            _HERE[any(c.name == name for c in out)],
            _WHO[_kind(named, scene)],
            _SIDE_HERE[_side(named, out, scene)],
            named_here,
            _MOST[name == most],
        )
        out.append(Candidate(None, name, named, None, traits, len(seen)))
    return out


def places(sentence: Span, scene: Scene) -> list[Candidate]:
    """The places of the sentence in text order, those spoken of last, then the country that the report is about."""
    out: list[Candidate] = []
    spoken = scene.located[-WITHIN:]
    for token in sentence:
        found = _site_at(token, scene)
        if found is None:
            continue
        out.append(Candidate(token, found.where.name, None, found, _place_traits(token, found, scene)))
        if not (found.named or of_land(token)):  # "half of the country" is of no town
            others = (p for p in _before(spoken, scene.position(token)) if p.where.name != found.where.name)
            for rank, other in enumerate(islice(others, OTHERS)):
                where = msgspec.structs.replace(other.where, part=found.where.part, near=found.where.near, within=None)
                elsewhere = found._replace(where=where, kind=other.kind, sure=0.4)
                traits = (*_place_traits(token, elsewhere, scene), _OTHER[rank], _OTHER_MINOR[other.minor])
                out.append(Candidate(token, where.name, None, elsewhere, traits))
    out = _beside(out, scene)
    start = scene.position(sentence[0])
    here = {c.name for c in out}
    often = Counter([located.where.name for located in spoken])
    seen: dict[str, int] = {}
    named_here = _NAMED_HERE[min(3, len({c.name for c in out if c.site and c.site.named and c.site.kind != "country"}))]
    before = _counted(spoken, start)
    most = max(before, key=lambda name: before[name], default=None)
    for located in _spoken_of(spoken, start, before):
        name = located.where.name
        if _foreign(located.where.country, scene) and scene.actors.metonym(name) is not None:
            continue  # "in Washington the Pentagon said": what is told did not happen there
        seen[name] = located.at
        traits = (
            _BACK[len(seen)],
            _AGO[bucket(start - located.at)],
            _KIND[located.kind],
            _MINOR[located.minor],
            _OFTEN[min(4, often[name])],
            _TOPIC[located.where.id == scene.topic],
            _FOREIGN[_foreign(located.where.country, scene)],
            _HERE[name in here],
            named_here,
            _MOST[name == most],
            _LEAD[located.at < LEAD],
        )
        out.append(Candidate(None, name, None, meant(located, scene, 0.5), traits, len(seen)))
    country = country_of(scene)
    if country is not None and country.where.name not in seen and country.where.name not in here:
        out.append(Candidate(None, country.where.name, None, country, ("country",), len(seen) + 1))
    return out


def _before(spoken: Sequence[Spoken], here: int) -> Iterator[Spoken]:
    """Parties or places spoken of before a position, the last first, each once."""
    seen: set[str] = set()
    for one in reversed(spoken):
        if one.at < here and (name := _name(one)) not in seen:
            seen.add(name)
            yield one


def _name(spoken: Remembered | Located) -> str:
    return spoken.party.name if isinstance(spoken, Remembered) else spoken.where.name


def _counted(spoken: Sequence[Remembered] | Sequence[Located], start: int) -> Counter[str]:
    """How often each was spoken of before a sentence; of equals the first comes first."""
    return Counter([_name(one) for one in spoken if one.at < start])


def _spoken_of(spoken: Sequence[Spoken], start: int, often: Counter[str]) -> Iterator[Spoken]:
    """Those spoken of last before a sentence, the last first, then those spoken of most."""
    before = list(_before(spoken, start))
    yield from before[:REMEMBERED]
    yield from sorted(before[REMEMBERED:], key=lambda one: (-often[_name(one)], -one.at))[:MOST_SPOKEN]


def _points_back(token: Token, sure: float) -> bool:
    """Whether the word only means a party by what was said before: a pronoun, "the group"."""
    if token.pos_ == "PRON" or token.lower_ in CUES.pronouns:
        return True
    return sure <= BACK and token.pos_ == "NOUN" and left_phrase(token)[0].lower_ in CUES.pointing


def _beside(found: Sequence[Candidate], scene: Scene) -> list[Candidate]:
    """The places of a sentence with how each stands to the others: which of two only says where the other lies."""
    ids = [c.site.where.id if c.site is not None else None for c in found]
    larger = {id: {place.id for place in scene.places.ancestors(id)} for id in set(ids) if id}
    words = [c.token for c in found if c.token is not None]
    out = []
    for one, token, id in zip(found, words, ids, strict=True):
        others = [(word, other) for c, word, other in zip(found, words, ids, strict=True) if c.name != one.name]
        traits = (
            _ALONE[not others],
            _UNDER[any(governs(word, token) for word, _ in others)],
            _OVER[any(governs(token, word) for word, _ in others)],
            _INNER[any(other in larger[id] for _, other in others) if id else False],
            _OUTER[any(id in larger[other] for _, other in others if other)],
            _AFTER_PLACE[any(0 < token.i - word.i < 6 for word, _ in others)],
        )
        out.append(Candidate(token, one.name, one.named, one.site, (*one.traits, *traits), one.back))
    return out


class Lying(NamedTuple):
    """Two places by their names of which the sentence locates one by the other, and the words that lead to it.

    `within` says that it is told to lie in it.
    """

    inner: str
    outer: str
    words: range
    within: bool = False


def lying(found: Sequence[Candidate], scene: Scene) -> list[Lying]:
    """The places of a sentence that it locates by others: "Douma in the Ghouta region", in text order."""
    named = [(c.name, c.token, c.site.where.id) for c in found if c.token is not None and c.site and c.site.named]
    out: dict[tuple[str, str], Lying] = {}
    for n, (inner, start, id) in enumerate(named):
        for outer, end, larger in named[n + 1 :]:
            if inner != outer and _part_named(start, end):
                out.setdefault((outer, inner), Lying(outer, inner, range(0)))
            words = _locating(start, end) if inner != outer else None
            if words and not (id and larger and id in {place.id for place in scene.places.ancestors(larger)}):
                out.setdefault((inner, outer), Lying(inner, outer, words, end.doc[words.start].lower_ == "in"))
    return list(out.values())


def _part_named(whole: Token, part: Token) -> bool:
    """Whether two names are those of "the Damascus suburb of Daraya"."""
    noun = whole.head
    return (
        whole.dep_ in ("compound", "nmod:poss")
        and part.head is noun
        and part.dep_ == "nmod"
        and case_of(part) == "of"
        and noun.lemma_.lower() in CUES.whole_nouns
    )


def at_war(sentence: Span, found: Sequence[Candidate]) -> bool:
    """Whether the sentence is about a country, as one at war: "Syria has been mired in civil war since 2011"."""
    root = sentence.root
    if not any(c.dep_ == "obl" and c.i > root.i and c.lemma_.lower() in CUES.strife for c in root.children):
        return False
    countries = [c.token for c in found if c.site is not None and c.site.kind == "country" and c.token is not None]
    return any(token.head is root and token.dep_.startswith("nsubj") for token in countries)


def stations(found: Sequence[Candidate]) -> dict[str, int]:
    """The places of a sentence where somebody only is who acts on others, by name, with the word that says so."""
    out: dict[str, int] = {}
    elsewhere: set[str] = set()
    for one in found:
        if one.token is None or one.site is None or not one.site.named:
            continue
        station = _station(one.token)
        if station is None:
            elsewhere.add(one.name)
        else:
            out.setdefault(one.name, station)
    return {name: at for name, at in out.items() if name not in elsewhere}


def _station(place: Token) -> int | None:
    """The participle before a place with nothing but names and prepositions between: "positioned in A and B"."""
    for token in reversed(place.doc.tokens[max(sentence_start(place), place.i - STATION) : place.i]):
        if token.lower_ in CUES.stationed:
            return token.i if token.i > 0 and not hyphened(token) else None  # but "Damascus-based"
        if token.pos_ not in _LEADING and token.pos_ != "CCONJ" and token.text not in (",", *HYPHENS):
            return None
    return None


def _locating(start: Token, end: Token) -> range | None:
    """The words from "in" or "near" on by which the second of two names says where the first lies."""
    between = start.doc.tokens[start.i + 1 : end.i]
    leading = [t for t in between if t.pos_ == "ADP"]
    if not leading or len(between) > BETWEEN or any(t.lower_ not in _LOCATING for t in leading):
        return None
    plain = all(t.pos_ in _LEADING or t.text in (",", *HYPHENS) or t.dep_ == "amod" for t in between)
    return range(leading[0].i, end.i) if plain else None


def governs(upper: Token, lower: Token) -> bool:
    """Whether a noun stands above another with only nouns between them."""
    while lower.head.i != lower.i and lower.head.pos_ in ("NOUN", "PROPN", "DET", "ADJ", "NUM"):
        lower = lower.head
        if lower.i == upper.i:
            return True
    return False


def _is_empty(token: Token, scene: Scene) -> bool:
    """Whether the word is an article or a number in digits, and in no name: it means no party and no place."""
    if token.pos_ == "DET":
        return token.lower_ in ARTICLES and scene.mention(token) is None
    return token.pos_ == "NUM" and token.text[0].isdigit() and scene.mention(token) is None


def _party_at(token: Token, scene: Scene) -> Named | None:
    if _is_empty(token, scene):
        return None
    if token.pos_ not in NOMINAL or token.is_punct or token.lower_ in CUES.calendar_words:
        return None
    if token.dep_ == "mark" or seated(token) or _leant_on(token) or (token.dep_ == "appos" and is_former(token)):
        return None
    mention = scene.mention(token)
    if _joined_to_participle(token):
        return alone(token, scene) or party(
            token, scene
        )  # the backer of "US-backed SDF", whatever name that is part of
    if mention is not None and mention.kind == "source" and token.i != mention.end - 1:
        return None
    if mention is None and token.dep_ in ("compound", "nmod:desc") and token.head.lemma_.lower() in CUES.whole_nouns:
        return None  # "al-Assad suburb" bears the name of a leader and is not his
    if token.pos_ in ("ADJ", "DET", "ADV", "NUM") or (
        token.dep_ in ("compound", "amod", "nmod:desc") and mention is None
    ):
        country = scene.actors.adjective(token.text)
        if country:
            state = scene.actors.government(country, scene.published)
            if state is None or (mention is not None and mention.kind == "actor" and state.id not in mention.ids):
                return None  # "Syrian" of the Syrian Democratic Forces
            return known(state.id, token.text, scene)
        if token.pos_ != "ADJ" or token.lower_ in CUES.armed_nouns:
            return party(token, scene)
        return None
    if mention is not None and mention.kind == "actor" and not _heads(token, mention.start, mention.end):
        return None
    if mention is not None and case_of(token) in _WHERE and land_of(mention, scene) == "name":
        return None  # "the largest city in eastern Congo"
    named = party(token, scene)
    if named is None and mention is None and (_people(token) or _person(token)):
        words = describe(left_phrase(token)) or token.text
        named = Named(Party(name=words, text=words), False, 0.5)
    return named


def _people(token: Token) -> bool:
    """Whether the word is one for people: "policemen", "hundreds"."""
    if token.pos_ == "NOUN" and token.lemma_.lower() in PEOPLE:
        return True
    return token.lower_ in AMOUNTS and token.dep_.startswith("nsubj") and token.tag_ == "NNS"


def _person(token: Token) -> bool:
    """Whether the word heads the name of a person; "Sheikh" alone is none, and may begin the name of a place."""
    return token.ent_type_ == "PER" and token.head.ent_type_ != "PER" and token.lower_ not in CUES.toponym_heads


def _joined_to_participle(token: Token) -> bool:
    """Whether the word is the first part of "rebel-held", "US-backed"."""
    second = _second_part(token.i + 1, token)
    return second is not None and (second.lower_ in CUES.held_words or second.lower_ in CUES.backed_words)


def _made_by(end: int, token: Token) -> bool:
    """Whether a name is the first part of a compound with a participle: "US-formed"."""
    second = _second_part(end, token)
    return second is not None and second.tag_ in ("VBN", "VBD", "JJ")


def _second_part(end: int, token: Token) -> Token | None:
    """What hangs by a hyphen on the word or name that ends there, in the sentence of the token."""
    if end + 1 >= sentence_end(token) or token.doc.tokens[end].text not in HYPHENS:
        return None
    return token.doc.tokens[end + 1]


def _leant_on(token: Token) -> bool:
    """Whether the word only says whom others are for or against: "an anti-government group"."""
    return hyphened(token) and token.i - 2 >= sentence_start(token) and token.nbor(-2).lower_ in CUES.leanings


def _site_at(token: Token, scene: Scene) -> Site | None:
    if _is_empty(token, scene):
        return None
    if token.pos_ not in ("NOUN", "PROPN", "PRON", "ADV", "DET", "SCONJ", "ADJ") or token.is_punct:
        return None
    if token.dep_ == "mark":  # "said that"
        return None
    if (one := in_list(token, scene)) is not None:
        return one
    mention = scene.mention(token)
    if mention is not None and not _heads(token, mention.start, mention.end):
        return None
    if token.pos_ == "ADJ" and mention is None:
        return None
    if mention is not None and mention.kind == "actor" and _made_by(mention.end, token):
        return None
    found = site(token, scene)
    if found is None and barred(token, case_of(token)):
        return None
    if found is None and mention is not None and mention.kind == "actor":
        found = land_named(mention, scene)
    found = found or unknown(token, scene)
    return (
        None if found is not None and found.kind == "unknown" and (_of_person(token) or _of_building(token)) else found
    )


def _of_person(token: Token) -> bool:
    """Whether a capitalised word begins or belongs to the name of a person or of people: "President Assad"."""
    doc, start = token.doc, token.i
    while start > sentence_start(token) and (doc[start - 1].text[:1].isupper() or doc[start - 1].text in HYPHENS):
        start -= 1
        if doc[start].text in HYPHENS and start > sentence_start(token):
            start -= 1  # the article of "al-Assad"
    words = doc[start : min(token.i + 3, sentence_end(token))]
    return token.tag_ == "NNPS" or any(t.ent_type_ == "PER" or t.lemma_.lower() in TITLES for t in words)


def _of_building(token: Token) -> bool:
    """Whether a name says which building is meant: "the temples of Bel and Baalshamin"."""
    while token.dep_ == "conj":
        token = token.head
    noun = token.head.lemma_.lower()
    return case_of(token) == "of" and noun in CUES.classes["building"] and noun not in CUES.place_nouns


def _heads(token: Token, start: int, end: int) -> bool:
    return not start <= token.head.i < end or token.head.i == token.i


def _foreign(country: str | None, scene: Scene) -> bool:
    return scene.country is not None and country not in (scene.country, None)


def _party_traits(token: Token, named: Named, often: int, scene: Scene) -> tuple[str, ...]:
    mention = scene.mention(token)
    kind = mention.kind if mention is not None else token.pos_
    return (
        _IS[kind],
        _DEP[token.dep_],
        _CASE[case_of(token)],
        _SURE[round(named.sure, 1)],
        _ARMED[named.armed],
        _LEMMA[token.lemma_.lower()],
        _CIVILIAN[civilians(token)],
        _WHO[_kind(named, scene)],
        _OFTEN[min(3, often)],
        _FIRST[token.i - sentence_start(token) < 4],
    )


def _kind(named: Named, scene: Scene) -> str:
    return scene.actors.get(named.party.id).kind if named.party.id else "unknown"


def _side(named: Named, here: Sequence[Candidate], scene: Scene) -> str:
    """Whether a party stood with or against those whom the sentence names."""
    sides = {
        scene.actors.same_side(named.party.id, c.named.party.id, scene.published)
        for c in here
        if c.token is not None and c.named is not None and c.named.party.id and named.party.id
    }
    against, beside = any((s or 0) < 0 for s in sides), any((s or 0) > 0 for s in sides)
    return f"{against:d}{beside:d}"


def _place_traits(token: Token, found: Site, scene: Scene) -> tuple[str, ...]:
    mention = scene.mention(token)
    before = token.nbor(-1).lower_ if token.i > sentence_start(token) else "^"
    return (
        _IS[mention.kind if mention is not None else token.pos_],
        _DEP[token.dep_],
        _CASE[case_of(token)],
        _KIND[found.kind],
        _NAMED[found.named],
        _PARTIAL[found.partial],
        _NEAR[found.where.near],
        _SURE[round(found.sure, 1)],
        _KNOWN[found.where.id is not None],
        _FOREIGN[_foreign(found.where.country, scene)],
        _TOPIC[found.where.id == scene.topic],
        _LEMMA[token.lemma_.lower() if token.pos_ != "PROPN" else "*"],
        _BEFORE[before if before in _TOLD_BEFORE else "*"],
        _FIRST[token.i - sentence_start(token) < 3],
    )
