"""Who fights, rules or allies: states, governments, armed groups and coalitions, with dated names and relations.

Typed view of ``data/actors/``. A name in a text leads to an actor in one of five ways, kept apart because they differ
in how far they may be trusted:

- an *alias* names the actor itself: :meth:`Actors.find`, :meth:`Actors.by_name`;
- a *leader* may stand for the side that he leads ("Haftar"): :meth:`Actors.leader`;
- a *metonym* is a capital or seat, usually just the place ("Damascus"): :meth:`Actors.metonym`;
- a *generic* noun means an actor only in one war ("the rebels"): :meth:`Actors.generic`;
- a *phrase* joins an adjective or one of the above to a force noun ("Syrian warplanes"): :meth:`Actors.side`.

Periods are half-open, ``since <= day < until``; an unknown day lies in every period.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from importlib.resources.abc import Traversable
from itertools import chain, product
from typing import TypeVar

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.lexicon.actor_types import (
    Actor,
    ActorKind,
    ActorRow,
    AdjectiveRow,
    Affiliation,
    DatedName,
    EthnicRow,
    Force,
    GenericRow,
    GovernmentRow,
    LeaderRow,
    NameRow,
    RelationRow,
    StateRow,
)
from tadmor.lexicon.names import Atom, Found, Names, key, scoped, split

__all__ = ["Actor", "ActorKind", "Actors", "Force", "Found", "load"]

T = TypeVar("T")

_GROUPS = frozenset({"group", "faction", "alliance", "coalition", "movement", "bloc", "side", "element", "ally"})

# fmt: off
_OPENERS = frozenset({  # may open a noun phrase without changing whose forces it means
    "the", "a", "an", "some", "several", "many", "most", "other", "more", "all", "both", "those", "these",
    "their", "its", "his", "local", "armed", "dozen", "hundred", "thousand", "elite", "heavily", "new",
    "allied", "mr", "president", "prime", "minister", "general", "marshal", "leader", "commander", "strongman",
    "warlord", "gen", "colonel", "so", "called", "senior", "top", "ranking", "high", "former",
})
# fmt: on
_BEARINGS = frozenset({"back", "backed", "led", "aligned", "allied", "affiliated", "linked", "supported", "trained"})


class Actors:
    """The actors and what their names mean. Immutable; build with :func:`load`."""

    def __init__(
        self,
        actors: Iterable[Actor],
        *,
        states: Iterable[StateRow],
        governments: Iterable[GovernmentRow],
        leaders: Iterable[LeaderRow],
        generic: Iterable[GenericRow],
        forces: Iterable[Force],
        adjectives: Iterable[AdjectiveRow],
        ethnic: Iterable[EthnicRow],
    ) -> None:
        self._by_id: Mapping[str, Actor] = {actor.id: actor for actor in actors}
        self._states: Mapping[str, StateRow] = {state.country: state for state in states}
        lands = [(state.land, state.id) for state in self._states.values()]
        self._names = Names(
            scoped(name, id)
            for name, id in chain(lands, ((name, actor.id) for actor in self._by_id.values() for name in _names(actor)))
        )
        self._leaders = Names(scoped(name, row.actor) for row in leaders for name in row.names)
        self._metonyms = Names(scoped(seat, state.id) for state in self._states.values() for seat in state.metonyms)
        self._forces = {key(force.lemma): force for force in forces}
        self._demonyms = {row.country: row.adjectives for row in adjectives}
        self._adjectives = {key(word): country for country, words in self._demonyms.items() for word in words}
        self._ethnic = {key(word): row.people for row in ethnic for word in row.adjectives}
        self._governments: dict[str, list[GovernmentRow]] = {}
        for government in governments:
            self._governments.setdefault(government.country, []).append(government)
        self._generic: dict[tuple[str, str], list[GenericRow]] = {}
        for row in generic:
            for phrase, country in product(row.phrases, row.countries):
                self._generic.setdefault((key(phrase), country), []).append(row)
        keyed = (phrase.split(" ")[0] for phrase in chain(self._adjectives, (noun for noun, _ in self._generic)))
        rulers = (actor for actor in self._by_id.values() if actor.kind in ("state", "government"))
        self._of_states = {link.to for actor in rulers for link in actor.affiliations if link.relation == "part_of"}
        self._first = frozenset(chain(self._names.first, self._leaders.first, self._metonyms.first, keyed))
        self._may_begin = lru_cache(maxsize=1 << 13)(self._begins)

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Actor]:
        return iter(self._by_id.values())

    def __contains__(self, id: object) -> bool:
        return id in self._by_id

    def find(self, words: Sequence[str], countries: Collection[str] = ()) -> list[Found]:
        """Named actors in the tokens of a sentence: longest names, left to right, without overlap.

        Tokens may or may not be split at hyphens and apostrophes. `countries` (ISO 3166-1 alpha-2) are those that the
        report is about; they decide names that several actors share, which are left out without them. Names of states
        count ("Syria"); leaders, metonyms and generic nouns do not.
        """
        return self._names.find(words, countries)

    def get(self, id: str) -> Actor:
        """The actor with that id. Raises `KeyError` for an unknown id."""
        return self._by_id[id]

    def by_name(self, name: str, countries: Collection[str] = ()) -> Actor | None:
        """The actor that `name` is an alias of, or that it describes without help of a report ("Syrian army")."""
        id = self._names.lookup(name, countries)
        if id is not None:
            return self._by_id[id]
        return self.side(name.split(), next(iter(countries)) if len(countries) == 1 else None)

    def leader(self, name: str) -> str | None:
        """Id of the actor that the person named leads or led."""
        return _leader_of(self, name)

    def metonym(self, word: str) -> str | None:
        """Id of the actor that a capital or seat may stand for ("Kremlin")."""
        return self._metonyms.lookup(word)

    def government(self, country: str, day: date | None = None) -> Actor | None:
        """Who governed the country (ISO 3166-1 alpha-2) on `day`; without a day, whom its name meant in its war."""
        for row in self._governments.get(country, ()) if day is not None else ():
            if row.holds(day):
                return self._by_id[row.actor]
        state = self._states.get(country)
        return self._by_id[state.id] if state else None

    def countries(self) -> tuple[str, ...]:
        """ISO 3166-1 alpha-2 codes of all countries."""
        return tuple(self._states)

    def land(self, country: str) -> str | None:
        """Name of the country with that ISO 3166-1 alpha-2 code."""
        state = self._states.get(country)
        return state.land if state else None

    def demonyms(self, country: str) -> tuple[str, ...]:
        """Adjectives and nouns for the people of a country, the usual adjective first; the inverse of `adjective`."""
        return self._demonyms.get(country, ())

    def on(self, id: str, day: date | None) -> Actor:
        """Whom a name found undated means on `day`: a state's name always means the government of that day."""
        actor = self._by_id[id]
        if actor.kind in ("state", "government") and actor.government_of:
            return self.government(actor.government_of, day) or actor
        return actor

    def adjective(self, word: str) -> str | None:
        """Country (ISO 3166-1 alpha-2) of a demonym ("Syrian", "Turks"), which must be written with a capital."""
        return self._adjectives.get(key(word)) if word[:1].isupper() else None

    def ethnic(self, word: str) -> str | None:
        """People that an adjective or noun names which is no demonym of a state: "Kurdish" is "Kurds"."""
        return self._ethnic.get(key(word)) if word[:1].isupper() else None

    def force(self, lemma: str) -> Force | None:
        """The force noun ("troops", "warplane", "air force"), in the singular or plural."""
        return self._forces.get(key(lemma))

    def generic(self, word: str, country: str | None, day: date | None = None) -> Actor | None:
        """Whom a common noun means in reports on `country` ("the rebels", "separatists", "the army"), if any one.

        A force noun at the end is passed over: "opposition fighters" are the opposition.
        """
        atoms = [atom.text for atom in split(word.split())]
        while atoms and atoms[0] in _OPENERS:
            del atoms[0]
        for end in range(len(atoms), 0, -1):
            if end < len(atoms) and atoms[end] not in self._forces and atoms[end] not in _GROUPS:
                break
            for scope in (country, "*"):
                for row in self._generic.get((" ".join(atoms[:end]), scope or ""), ()):
                    if row.holds(day):
                        return self._meant(row.actor, country, day)
        return None

    def side(self, words: Sequence[str], country: str | None = None, day: date | None = None) -> Actor | None:
        """Whose forces or rule a noun phrase means: "Syrian government forces", "pro-Assad militiamen", "Russian jets".

        `country` is the one that the report is about, for words that need it. A sponsor alone names nobody ("US-backed
        fighters"), unless the dictionary holds the description as a name.
        """
        if not any(map(self._may_begin, words)):
            return None  # as most phrases
        return _side_of(self, tuple(words), country, day)

    def _begins(self, word: str) -> bool:
        """Whether a name, adjective or generic noun may begin at the word, as it is or folded once more."""
        return any(not self._first.isdisjoint((text, key(text).partition(" ")[0])) for text, *_ in split([word]))

    def _whose(self, words: Sequence[str], country: str | None, day: date | None) -> Actor | None:
        atoms = split(words)
        if len(atoms) == 1 and words[-1][:1].isupper() and words[-1].endswith("s"):  # "Russians"
            home = self._adjectives.get(atoms[0].text)
            return self.government(home, day) if home else self._side(atoms, country, day)
        return self._side(atoms, country, day)

    def same_side(self, a_id: str, b_id: str, day: date | None = None) -> float | None:
        """1 where the two were allied, one backed the other or was part of it; -1 where they fought; None unknown.

        A relation stated between the two decides; else one between those that they are part of, nearest first; else
        parts of one whole are on one side. Enemies of friends are not inferred: wars have too many corners for that.
        """
        return _related(self, a_id, b_id, day)

    def _relation(self, a_id: str, b_id: str, day: date | None) -> float | None:
        if a_id == b_id:
            return 1.0
        wholes_a, wholes_b = self.wholes(a_id, day), self.wholes(b_id, day)
        pairs = [(i + j, a, b) for i, a in enumerate(wholes_a) for j, b in enumerate(wholes_b)]
        for _, a, b in sorted(pairs, key=lambda pair: pair[0]):
            if a == b:
                return 1.0
            for x, y in ((a, b), (b, a)):
                for link in self._by_id[x].affiliations:
                    if link.to == y and link.holds(day):
                        return -1.0 if link.relation == "opposes" else 1.0
        return None

    def wholes(self, id: str, day: date | None = None) -> list[str]:
        """The actor and everything that it is part of, nearest first."""
        out = [id]
        for whole in out:  # grows while it is read
            for link in self._by_id[whole].affiliations:
                if link.relation == "part_of" and link.holds(day) and link.to not in out:
                    out.append(link.to)
        return out

    def is_of_states(self, id: str) -> bool:
        """Whether any state or government is, or ever was, part of the actor."""
        return id in self._of_states

    def _meant(self, actor: str, country: str | None, day: date | None) -> Actor | None:
        if actor == "@government":
            return self.government(country, day) if country else None
        return None if actor == "-" else self._by_id[actor]

    def _side(self, atoms: Sequence[Atom], country: str | None, day: date | None) -> Actor | None:
        start = 0
        while start < len(atoms) and atoms[start].text in _OPENERS:
            start += 1
        atoms = atoms[start:]
        countries = (country,) if country else ()
        if id := self._names.whole(atoms, countries, exact=True):
            return self.on(id, day)
        texts = [atom.text for atom in atoms]
        head = self._headed(texts)
        for end in range(len(atoms) - 1, head - 1, -1):  # "Free Syrian Army fighters": "army" may belong to the name
            if id := self._names.whole(atoms[:end], countries, exact=True):
                return self.on(id, day)
        if not _BEARINGS.isdisjoint(texts):
            return self._sponsored(atoms, country, day)
        for link in ("of", "loyal"):  # "government of Syria", "forces loyal to Haftar"
            if link in texts:
                cut = texts.index(link)
                after = cut + 2 if texts[cut + 1 : cut + 2] == ["to"] else cut + 1
                return self._side(atoms[after:], country, day) if self._headed(texts[:cut]) < cut else None
        start = 1 if texts[:1] == ["pro"] else 0
        for size in range(min(3, head - start), 0, -1):
            home = self._adjectives.get(" ".join(texts[start : start + size]))
            if home is None or not atoms[start].capital:
                continue
            cut = start + size
            for at in (start, cut):
                if meant := self.generic(" ".join(texts[at:]), home, day):
                    return meant
            if cut < head:
                return self._side(atoms[cut:], home, day)
            ruled = all(self._forces[text].state for text in texts[cut:] if text in self._forces)
            return self.government(home, day) if ruled and head < len(atoms) else None
        modifier = atoms[start:head]
        if any(atom.capital for atom in modifier):
            while modifier and modifier[0].text in _OPENERS:
                modifier = modifier[1:]
            if id := self._leaders.whole(modifier):
                return self._by_id[id]
            if head < len(atoms) and (id := self._metonyms.whole(modifier)):
                return self.on(id, day)
        return self.generic(" ".join(texts), country, day) or self.generic(" ".join(texts[start:]), country, day)

    def _sponsored(self, atoms: Sequence[Atom], country: str | None, day: date | None) -> Actor | None:
        """Who "Kurdish-led forces" or "US-backed Syrian rebels" are: by the whole, else by what follows the sponsor.

        "Kenyan-backed troops" are not the government's, though "troops" alone may be.
        """
        texts = [atom.text for atom in atoms]
        if meant := self.generic(" ".join(texts), country, day):
            return meant
        if seat := self._metonyms.whole(atoms[:1]):  # "Ankara-backed" is "Turkey-backed"
            home = self._by_id[seat].country
            words = [self.land(home) or "", *(atom.text for atom in atoms[1:])] if home else []
            sponsored = (split(words[:size]) for size in range(len(words), 1, -1))
            for form in sponsored:
                if id := self._names.whole(form, (country,) if country else ()):
                    return self.on(id, day)
        rest = atoms[max(i for i, text in enumerate(texts) if text in _BEARINGS) + 1 :]
        actor = self._side(rest, country, day)
        named = any(atom.capital for atom in rest)
        return actor if actor is not None and (named or actor.kind not in ("state", "government")) else None

    def _headed(self, texts: Sequence[str]) -> int:
        """Where the force and ruling nouns begin that end a phrase; its length where there is none."""
        end = len(texts)
        while end:
            if end >= 2 and " ".join(texts[end - 2 : end]) in self._forces:  # "air force"
                end -= 2
            elif texts[end - 1] in self._forces or self._rules(texts[end - 1]):
                end -= 1
            else:
                break
        return end

    def _rules(self, text: str) -> bool:
        """Whether the noun means the government of any country it is said of."""
        return any(row.actor == "@government" for row in self._generic.get((text, "*"), ()))


# A report asks the same of its words and parties many times.
@lru_cache(maxsize=1 << 13)
def _side_of(actors: Actors, words: tuple[str, ...], country: str | None, day: date | None) -> Actor | None:
    return actors._whose(words, country, day)


@lru_cache(maxsize=1 << 13)
def _leader_of(actors: Actors, name: str) -> str | None:
    return actors._leaders.lookup(name)


@lru_cache(maxsize=1 << 12)
def _related(actors: Actors, a_id: str, b_id: str, day: date | None) -> float | None:
    return actors._relation(a_id, b_id, day)


def _names(actor: Actor) -> Iterator[str]:
    if actor.name != actor.name.lower():  # "rebels" is a description: `generic` knows whom it means where
        yield actor.name
    yield from actor.aliases
    yield from (used.name for used in actor.names)


@cache
def load() -> Actors:
    """The actors shipped with the package. Raises `LexiconError` for a wrong table or a reference to no actor."""
    return read(table.data("actors"))


def read(folder: Traversable) -> Actors:
    """The actors described by the tables of `folder`. Raises `LexiconError` as `load` does."""
    named = list(table.read(folder / "names.csv", NameRow))
    related = list(table.read(folder / "relations.csv", RelationRow))
    led = list(table.read(folder / "leaders.csv", LeaderRow))
    governed = list(table.read(folder / "governments.csv", GovernmentRow))
    generic = list(table.read(folder / "generic.csv", GenericRow))
    states = list(table.read(folder / "states.csv", StateRow))
    used = _grouped((row.actor, DatedName(name=row.name, since=row.since, until=row.until)) for _, row in named)
    links = _grouped(
        (row.a, Affiliation(relation=row.relation, to=row.b, since=row.since, until=row.until)) for _, row in related
    )
    leaders = _grouped((row.actor, name) for _, row in led for name in row.names)
    governs = {row.actor: row.country for _, row in governed}
    actors: dict[str, Actor] = {}
    for path, line, row in _rows(folder, states):
        if row.id in actors:
            raise LexiconError(f"{path}, row {line}: the id {row.id!r} is taken")
        group = row if isinstance(row, ActorRow) else None
        actors[row.id] = Actor(
            id=row.id,
            name=row.name,
            kind=row.kind,
            aliases=row.aliases,
            leaders=leaders.get(row.id, ()),
            country=row.country,
            government_of=governs.get(row.id) if group else row.country,
            ucdp_id=row.ucdp,
            since=group.since if group else None,
            until=group.until if group else None,
            predecessor=group.predecessor if group else None,
            names=used.get(row.id, ()),
            affiliations=links.get(row.id, ()),
        )
    _known(folder / "names.csv", ((line, row.actor) for line, row in named), actors)
    _known(folder / "relations.csv", ((line, id) for line, row in related for id in (row.a, row.b)), actors)
    _known(folder / "leaders.csv", ((line, row.actor) for line, row in led), actors)
    _known(folder / "governments.csv", ((line, row.actor) for line, row in governed), actors)
    _known(folder / "generic.csv", ((line, row.actor) for line, row in generic), {*actors, "@government", "-"})
    for actor in actors.values():
        if actor.predecessor is not None and actor.predecessor not in actors:
            raise LexiconError(f"{folder / 'theatres'}: {actor.id!r} follows {actor.predecessor!r}, which is no actor")
    return Actors(
        actors.values(),
        states=[row for _, row in states],
        governments=[row for _, row in governed],
        leaders=[row for _, row in led],
        generic=[row for _, row in generic],
        forces=[row for _, row in table.read(folder / "forces.csv", Force)],
        adjectives=[row for _, row in table.read(folder / "adjectives.csv", AdjectiveRow)],
        ethnic=[row for _, row in table.read(folder / "ethnic.csv", EthnicRow)],
    )


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for id, value in pairs:
        groups.setdefault(id, []).append(value)
    return {id: tuple(values) for id, values in groups.items()}


def _rows(
    folder: Traversable, states: Iterable[tuple[int, StateRow]]
) -> Iterator[tuple[Traversable, int, ActorRow | StateRow]]:
    for line, state in states:
        yield folder / "states.csv", line, state
    for path in sorted((folder / "theatres").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".csv"):
            for line, actor in table.read(path, ActorRow):
                yield path, line, actor


def _known(path: Traversable, ids: Iterable[tuple[int, str]], known: Collection[str]) -> None:
    for line, id in ids:
        if id not in known:
            raise LexiconError(f"{path}, row {line}: {id!r} is no actor")
