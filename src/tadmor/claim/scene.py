"""What a report names, as far as it has been read: the memory that pronouns and "the city" lean on.

A `Scene` belongs to one report. It finds the names of actors, sources and places in each parsed piece of text, decides
once for the whole report what the ambiguous ones mean, and remembers in reading order who and where was spoken of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, TypeVar

from tadmor.claim.clause import sentence_end, sentence_start
from tadmor.claim.tree import Doc, Span, Token
from tadmor.claim.where import Context, context
from tadmor.lexicon import actors, cues, gazetteer, sources
from tadmor.lexicon.placefind import guards
from tadmor.records import Party, Quote, Verification, Where

_EITHER = frozenset({"from", "to", "via", "within", "between"})  # "the news came from SANA"
SETTLED = frozenset({"city", "town", "village"})
PERSONS = cues.load().leader_nouns | cues.load().office_nouns | cues.load().civilian_nouns
_UNKNOWN = object()
LATELY = 100  # speakers among which a pronoun or a short name finds its own
_WATCHERS = frozenset({"monitor", "activist", "international", "expert"})
_CARRIERS = frozenset({"wire", "outlet", "state agency", "party"})
SOURCE_KINDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("group", "monitor", "organisation", "organization", "watchdog", "observatory", "network"), _WATCHERS
    ),
    **dict.fromkeys(("agency", "channel", "newspaper", "broadcaster", "website"), _CARRIERS),
}


How = TypeVar("How")
Found = TypeVar("Found")


class Mention(NamedTuple):
    """A name found by a dictionary: ``doc[start:end]``; `ids` holds one id, or a place's candidates best first."""

    start: int
    end: int
    kind: Literal["actor", "source", "place"]
    ids: tuple[str, ...]
    text: str


class Said(NamedTuple):
    """Somebody who was named as speaking: a person, with the office that was named with him, several, or a body."""

    name: str
    at: int
    person: bool = False
    plural: bool = False
    office: str | None = None


class Remembered(NamedTuple):
    """A party spoken of, with what later words may call it."""

    party: Party
    armed: bool
    state: bool
    plural: bool
    subject: bool
    at: int


class Located(NamedTuple):
    """A place spoken of."""

    where: Where
    kind: str
    minor: bool  # named only to say where another place lies
    at: int


class Scene:
    """The names and the memory of one report. `docs` are its parsed pieces in reading order."""

    def __init__(self, docs: Sequence[Doc], *, published: date | None, dateline: str | None) -> None:
        self.published = published
        self.actors = actors.load()
        self.sources = sources.load()
        self.places = gazetteer.load()
        self._docs = list(docs)
        self._offset: dict[Doc, int] = {}
        self._mentions: dict[Token, Mention] = {}
        self.mention: Callable[[Token], Mention | None] = self._mentions.get  # the name that covers a token
        base = 0
        for doc in docs:
            self._offset[doc] = base
            base += len(doc) + 1
        words = [[t.text for t in doc] for doc in docs]
        placed = [
            [Mention(p.start, p.end, "place", p.ids, doc[p.start : p.end].text) for p in self.places.find(text)]
            for doc, text in zip(docs, words, strict=True)
        ]
        found = [self._find(*one, ()) for one in zip(docs, words, placed, strict=True)]
        named = [(m.text, m.ids) for mentions in found for m in mentions if m.kind == "place"]
        adjectives = [c for doc in docs for t in doc if t.text[:1].isupper() and (c := self.actors.adjective(t.text))]
        states = [
            c for mentions in found for m in mentions if m.kind == "actor" and (c := self.actors.get(m.ids[0]).country)
        ]
        self.context: Context = context(named, dateline, [*adjectives, *states])
        self.country = self._main_country(named, adjectives, states)
        if self.country:
            scope = (self.country,)  # what an ambiguous name means depends on the war that is spoken of
            found = [self._find(*one, scope) for one in zip(docs, words, placed, strict=True)]
        found = [[m for m in mentions if m.kind != "place" or self._means(m)] for mentions in found]
        for doc, mentions in zip(docs, found, strict=True):
            for mention in mentions:
                self._mentions.update(dict.fromkeys(doc.tokens[mention.start : mention.end], mention))
        self._sources = [
            (self._offset[doc] + m.start, self.sources.get(m.ids[0]))
            for doc, mentions in zip(docs, found, strict=True)
            for m in mentions
            if m.kind == "source"
        ]
        places = [self.context.choose(m.text, m.ids)[0] for mentions in found for m in mentions if m.kind == "place"]
        around = (self.country_around(p.id) for p in places if p is not None)
        self.home = next(filter(None, around), None)  # the country that the report is about
        settled = [p for p in places if p is not None and p.kind in SETTLED and p.country == self.country]
        often = Counter(p.id for p in settled)
        often.update(p.id for p in settled[:1])  # what a report begins with
        often.subtract({p.id: often[p.id] / 2 for p in settled if self.actors.metonym(p.name) is not None})
        self.topic: str | None = max(often, key=lambda id: often[id], default=None)  # of several, the first
        self._lands: dict[int, str | None] = {}
        self._sides: dict[str, str | None] = {}
        self._lasting: dict[tuple[Any, Token, Any], Any] = {}  # see `meaning`
        self._passing: dict[tuple[Any, Token, Any], Any] = {}
        self._recalled = 0  # how often the memory was asked
        self.lists_at: dict[int, list[list[Any]]] = {}  # by the start of a sentence: its lists of places
        self._parties: list[Remembered] = []
        self._located: list[Located] = []
        self._said: list[Said] = []
        self.heard: list[tuple[str, ...]] = []  # for each sentence, who spoke in it
        self.statement: str | None = None  # whose statement all is that follows
        self.forewarned: tuple[str, Verification] | None = None  # what a speaker said in advance of his claims
        self.bands: list[Said] = []  # fighters without a name: "the militants"
        # claims, by quote and type
        self.unsaid: dict[tuple[Quote, str], bool] = {}  # whose words name nobody who did it: whether it was one more
        self.over: set[tuple[Quote, str]] = set()  # of what was so and is told as over

    def _find(
        self, doc: Doc, words: Sequence[str], places: Sequence[Mention], countries: Sequence[str]
    ) -> list[Mention]:
        """Names in the order of the text; where they overlap the longest wins, then actor, source, place."""
        actors = [
            Mention(hit.start, hit.end, "actor", (hit.id,), doc[hit.start : hit.end].text)
            for hit in self.actors.find(words, countries=countries)
        ]
        sources = [
            Mention(hit.start, hit.end, "source", (hit.id,), doc[hit.start : hit.end].text)
            for hit in self.sources.find(words, countries)
        ]
        places_at = {(m.start, m.end) for m in places}
        sources = [m for m in sources if (m.start, m.end) not in places_at or not _located(words, m.start)]
        ranked = ((rank, m) for rank, found in enumerate((actors, sources, places)) for m in found)
        taken: set[int] = set()
        kept: list[Mention] = []
        for _, mention in sorted(ranked, key=lambda x: (x[1].start - x[1].end, x[0], x[1].start)):
            span = range(mention.start, mention.end)
            if taken.isdisjoint(span) and not (mention.kind == "place" and _inside_person(doc, mention)):
                taken.update(span)
                kept.append(mention)
        return sorted(kept)

    def _means(self, mention: Mention) -> bool:
        """Whether one of the places of that name may be meant; else it is a place here that no gazetteer knows."""
        return self.context.choose(mention.text, mention.ids)[0] is not None

    def _main_country(
        self, named: Sequence[tuple[str, Sequence[str]]], adjectives: Sequence[str], states: Sequence[str]
    ) -> str | None:
        """The country that the report is mostly about, by its places first, then by adjectives and states."""
        votes: Counter[str] = Counter()
        for text, ids in named:
            place, _ = self.context.choose(text, ids)
            if place is not None and place.country:
                seat = self.actors.metonym(text) is not None  # "Ankara said"
                votes[place.country] += 1 if seat else 3
        for country in adjectives:
            votes[country] += 1
        if not votes:
            votes.update(states)
        if not votes:
            return None
        return min(votes, key=lambda c: (-votes[c], c))

    def country_around(self, id: str) -> gazetteer.Place | None:
        """The country that the report is about, if the place is it or lies in it."""
        places = (self.places.get(id), *self.places.ancestors(id))
        return next((p for p in places if p.kind == "country" and p.country == self.country), None)

    def land(self, token: Token) -> str | None:
        """Whose government and rebels a token's sentence speaks of: of the one country its places lie in, else of the
        report's."""
        first = sentence_start(token)
        start = self.position(token) - token.i + first
        if start not in self._lands:
            sentence = token.doc.tokens[first : sentence_end(token)]
            mentions = {m for t in sentence if (m := self.mention(t)) is not None and m.kind == "place"}
            placed = (self.context.choose(m.text, m.ids)[0] for m in mentions)
            countries = {p.country for p in placed if p is not None and p.country and p.kind != "country"}
            self._lands[start] = next(iter(countries)) if len(countries) == 1 else self.country
        return self._lands[start]

    @property
    def parties(self) -> list[Remembered]:
        """The parties spoken of, in reading order."""
        self._recalled += 1
        return self._parties

    @property
    def located(self) -> list[Located]:
        """The places spoken of, in reading order."""
        self._recalled += 1
        return self._located

    @property
    def said(self) -> list[Said]:
        """Who was named as speaking, in reading order."""
        self._recalled += 1
        return self._said

    def meaning(self, find: Callable[[Token, Scene, How], Found], head: Token, how: How) -> Found:
        """What `find` finds a word to mean, asked once; and again when the memory has grown, where it was asked."""
        key = find, head, how
        if (known := self._lasting.get(key, _UNKNOWN)) is not _UNKNOWN:
            return known  # type: ignore[no-any-return]
        if (known := self._passing.get(key, _UNKNOWN)) is not _UNKNOWN:
            self._recalled += 1
            return known  # type: ignore[no-any-return]
        before = self._recalled
        found = find(head, self, how)
        (self._lasting if self._recalled == before else self._passing)[key] = found
        return found

    def source_like(self, head: Token) -> str | None:
        """The named source that "the monitoring group" or "the agency" means: the last of that kind, else the next."""
        kinds = SOURCE_KINDS.get(head.lemma_.lower())
        if kinds is None:
            return None
        here = self.position(head)
        fitting = [(at, source.name) for at, source in self._sources if source.kind in kinds]
        before = [name for at, name in fitting if at <= here]
        return before[-1] if before else (fitting[0][1] if fitting else None)

    def person_called(self, office: Sequence[str], before: int) -> str | None:
        """The person whose name stood after the words of an office: "Foreign Secretary X"."""
        for doc in self._docs:
            for name in persons(doc) if office else ():
                words = [t.lower_ for t in doc[max(0, name.start - len(office)) : name.start]]
                if words == list(office) and self._offset[doc] + name.start < before:
                    return name.text
        return None

    def side_of(self, source: str) -> str | None:
        """The id of the party that a named source speaks for."""
        if source not in self._sides:
            meant = self.sources.by_name(source, self.country, self.published)
            self._sides[source] = meant.speaks_for if meant is not None else None
        return self._sides[source]

    def speaking(self, token: Token) -> str | None:
        """The id of the party for which somebody in the token's sentence speaks, before the token."""
        here, start = self.position(token), self.position(token.sent[0])
        last = next((s for s in reversed(self.said) if start <= s.at < here), None)
        return self.side_of(last.name) if last is not None else None

    def position(self, token: Token) -> int:
        """The token's place in the whole report: later tokens have larger numbers."""
        return self._offset.get(token.doc, 0) + token.i

    def beside(self, sentence: Span, step: Literal[-1, 1]) -> Span | None:
        """The sentence before or after, also in the next piece of the report; None at its ends."""
        doc = sentence.doc
        if step < 0 and sentence.start > 0:
            return doc[sentence.start - 1].sent
        if step > 0 and sentence.end < len(doc):
            return doc[sentence.end].sent
        at = next((i for i, other in enumerate(self._docs) if other is doc), None)
        if at is None or not 0 <= at + step < len(self._docs) or not len(self._docs[at + step]):
            return None
        other = self._docs[at + step]
        return other[0 if step > 0 else len(other) - 1].sent

    def remember_party(self, party: Party, token: Token, *, armed: bool, state: bool, plural: bool) -> None:
        subject = (
            token.pos_ == "PRON"
            or token.dep_.startswith("nsubj")
            or (token.dep_ in ("compound", "flat") and token.head.dep_.startswith("nsubj"))
        ) and token.head.dep_ != "acl:relcl"  # "a group that al-Qaeda disowned": "they" are the group
        self._passing.clear()
        self._parties.append(Remembered(party, armed, state, plural, subject, self.position(token)))

    def remember_place(self, where: Where, kind: str, token: Token, *, aside: bool = False) -> None:
        """Remembers that a place was spoken of, if only `aside`: to say where another lies, or who speaks there."""
        here = self.position(token)
        before = token.nbor(-1) if token.i > sentence_start(token) else None
        lying = before is not None and before.lower_ in ("near", "outside", "capital", "toward", "towards")
        minor = (aside and where.id != self.topic) or where.near or lying
        last = self._located[-1] if self._located else None
        if not minor and last is not None and here - last.at < 9 and where.id and last.where.id:
            minor = where.id in {p.id for p in self.places.ancestors(last.where.id)}
        self._passing.clear()
        self._located.append(Located(where, kind, minor, here))

    def lately(self, here: int, words: int) -> list[Said]:
        """Who was named as speaking within so many words before a position, the last first."""
        return sorted((s for s in self.said[-LATELY:] if here - words < s.at < here), key=lambda s: -s.at)

    def remember_source(self, name: str, token: Token) -> None:
        noun = token.lemma_.lower() if token.pos_ == "NOUN" else None
        plural = token.tag_ == "NNS"  # "the United Nations" is one
        office = noun if noun in PERSONS and name[:1].isupper() and not plural else None
        self._passing.clear()
        self._said.append(Said(name, self.position(token), token.ent_type_ == "PER" or noun in PERSONS, plural, office))


def persons(doc: Doc) -> list[Span]:
    """The names of persons in a text, in order."""
    found: list[Span] | None = doc.user_data.get("tadmor persons")
    if found is None:
        found = doc.user_data["tadmor persons"] = [name for name in doc.ents if name.label_ == "PER"]
    return found


def _located(words: Sequence[str], at: int) -> bool:
    """Whether the word before says that a place follows, and no outlet of its name: "captured al-Mayadeen"."""
    return at > 0 and words[at - 1].lower() in guards().locative - _EITHER


def _inside_person(doc: Doc, mention: Mention) -> bool:
    """Whether the tagger sees the name as part of a longer person's name ("Rami Aleppo")."""
    if doc[mention.start].ent_type_ != "PER":
        return False
    before = doc[mention.start - 1] if mention.start else None
    after = doc[mention.end] if mention.end < len(doc) else None
    return (before is not None and before.ent_type_ == "PER" and before.text[:1].isupper()) or (
        after is not None and after.ent_type_ == "PER" and after.text[:1].isupper()
    )
