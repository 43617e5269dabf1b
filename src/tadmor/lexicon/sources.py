"""Who says so: outlets, agencies, parties' media, monitors, officials, and the people that reports cite unnamed.

Typed view of ``data/sources/``. Named sources are looked up like actors; descriptions ("a military source", "two
medics", "Turkish officials") are classified by their head noun and what modifies it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from typing import Literal, get_args

import msgspec

from tadmor.errors import LexiconError
from tadmor.lexicon import actors, table
from tadmor.lexicon.names import Found, Names, key, scoped
from tadmor.records import Record

__all__ = ["Found", "Source", "SourceKind", "Sources", "load"]

SourceKind = Literal[
    "wire",  # agency without a state's orders
    "outlet",  # newspaper, broadcaster, site
    "state agency",  # agency or broadcaster that a state directs
    "party",  # a party to the war, or media that it runs
    "military",  # soldiers and commanders of a state or group
    "official",  # a state, its ministries, officials and spokesmen
    "monitor",  # counts and documents: observatories, institutes, map makers
    "activist",
    "resident",  # those who live there, witnesses
    "medic",
    "rescuer",  # civil defence, fire services
    "aid agency",
    "international",  # the United Nations and other bodies of states
    "expert",
    "journalist",
    "unnamed",  # "a source", "sources"
]
SOURCE_KINDS: tuple[SourceKind, ...] = get_args(SourceKind)


class Source(Record, frozen=True, kw_only=True):
    """Somebody whom a report names as saying something.

    `speaks_for` is the id of the actor whose side the source takes, None where it takes none; `people` are the persons
    who speak for it under their own names. Sources made from a description have an id that begins with ``~``.
    """

    id: str
    name: str
    kind: SourceKind
    country: str | None = None
    speaks_for: str | None = None
    aliases: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """All that the source is called, its own name first."""
        return self.name, *self.aliases, *self.people


class MinistryRow(Record, frozen=True, kw_only=True):
    """A row of ``ministries.csv``: an office that every state may have, with ``{adj}`` and ``{country}`` to fill in."""

    id: str
    name: str
    kind: SourceKind
    patterns: tuple[str, ...]


class HeadRow(Record, frozen=True, kw_only=True):
    """A row of ``heads.csv``: head nouns, the kind they make, whether they speak for the side that modifies them."""

    nouns: tuple[str, ...]
    kind: SourceKind
    speaks: bool


class ModifierRow(Record, frozen=True, kw_only=True):
    """A row of ``modifiers.csv``: words that change the kind of the head nouns of kind `of`."""

    words: tuple[str, ...]
    of: tuple[SourceKind, ...]
    kind: SourceKind
    speaks: bool


class Sources:
    """The sources and what their names mean. Immutable; build with :func:`load`."""

    def __init__(
        self,
        sources: Iterable[Source],
        heads: Iterable[HeadRow],
        modifiers: Iterable[ModifierRow],
        parties: actors.Actors,
    ) -> None:
        self._by_id: Mapping[str, Source] = {source.id: source for source in sources}
        self._names = Names(
            (scoped(alias, source.id) for source in self._by_id.values() for alias in source.names()),
            capitals=2,  # "Foreign policy" at the head of a sentence is no journal
        )
        self._people = frozenset(key(scoped(p, s.id).text) for s in self._by_id.values() for p in s.people)
        self._heads = {key(noun): row for row in heads for noun in row.nouns}
        self._modifiers: dict[str, list[ModifierRow]] = {}
        for row in modifiers:
            for word in row.words:
                self._modifiers.setdefault(key(word), []).append(row)
        self._parties = parties

    def __len__(self) -> int:
        return len(self._by_id)

    def find(self, words: Sequence[str], countries: Collection[str] = ()) -> list[Found]:
        """Named sources in the tokens of a sentence, as `Actors.find` finds actors."""
        return self._names.find(words, countries)

    def person(self, name: str) -> bool:
        """Whether `name` is that of a person who speaks for a source, and not what the source is called."""
        return key(name) in self._people

    def get(self, id: str) -> Source:
        """The source with that id, also one that was made from a description. Raises `KeyError` for an unknown id."""
        if id.startswith("~"):
            word, _, party = id[1:].partition(":")
            kind = next((kind for kind in SOURCE_KINDS if kind == word), None)
            if kind is None or (party and party not in self._parties):
                raise KeyError(id)
            return _described(kind, kind, party or None)
        return self._by_id[id]

    def by_name(self, name: str, country: str | None = None, day: date | None = None) -> Source | None:
        """The source that `name` names or describes; None where it can be neither.

        `country` (ISO 3166-1 alpha-2, what the report is about) and `day` tell who "rebels" or "the government" are.
        """
        id = self._names.lookup(name, (country,) if country else ())
        if id is None and " of " in name:  # a branch: "Coordination Committee of Douma"
            id = self._names.lookup(name.split(" of ")[0], (country,) if country else ())
        if id is None and " of " in name:  # "residents of Tripoli" are not whom Tripoli stands for
            who = name.partition(" of ")[0].split()
            people = self._heads.get(key(who[-1])) if who else None
            if people is not None and not people.speaks:
                described = self._describe(" ".join(who), country, day)
                return described and msgspec.structs.replace(described, name=name)
        if id is None:
            words = name.split()
            found = self._names.find(words[: _core(words)], (country,) if country else ())
            id = found[-1].id if found else None
        return self._by_id[id] if id else self._describe(name, country, day)

    def _describe(self, name: str, country: str | None, day: date | None) -> Source | None:
        """By the head noun ("two medics in Idlib"), else as a party to the war ("the Houthis")."""
        words = name.split()
        words = words[: _core(words)]
        keys = [key(word) for word in words]
        for end in range(len(words), 0, -1):
            for size in range(min(3, end), 0, -1):
                head = self._heads.get(" ".join(keys[end - size : end]))
                if head is not None:
                    found = self._modified(name, head, words[: end - size], words[:end], country, day)
                    return self._belonging(found, name, country, day) if head.speaks else found
            if end == len(words) and (party := self._party(words, country, day)) is not None:
                kind: SourceKind = "official" if party.kind in ("state", "government") else "party"
                return _described(name, kind, party.id)
        return None

    def _belonging(self, found: Source, name: str, country: str | None, day: date | None) -> Source:
        """With the side that stands behind the office: "spokesman for the Libyan National Army"."""
        side = name.partition(" for ")[2] or name.partition(" of ")[2]
        if found.speaks_for is not None or not side:
            return found
        words = side.removeprefix("the ").split()
        party = self._party(words[: _core(words)], country, day)
        if party is None:
            return found
        state = party.kind in ("state", "government") or found.kind != "official"
        return _described(name, found.kind if state else "party", party.id)

    def _modified(
        self,
        name: str,
        head: HeadRow,
        modifiers: Sequence[str],
        phrase: Sequence[str],
        country: str | None,
        day: date | None,
    ) -> Source:
        kind, speaks = head.kind, head.speaks
        for word in reversed(modifiers):
            row = next((row for row in self._modifiers.get(key(word), ()) if kind in row.of), None)
            if row is not None:
                kind, speaks = row.kind, row.speaks
        if not speaks:
            return _described(name, kind, None)
        party = self._party(modifiers, country, day) if modifiers else None
        if party is None and kind in ("military", "party"):  # "the army", "army spokesman": the noun names the side
            party = self._parties.side(phrase, country, day) or self._parties.side(phrase[:-1], country, day)
        if party is None and kind == "state agency" and country:
            party = self._parties.government(country, day)
        return _described(name, kind, party.id if party else None)

    def _party(self, words: Sequence[str], country: str | None, day: date | None) -> actors.Actor | None:
        """The side that the words name or whose adjective they hold, the longest tail of them first."""
        for start in range(len(words)):
            if party := self._parties.side(words[start:], country, day):
                return party
            if seat := self._parties.metonym(" ".join(words[start:])):
                return self._parties.on(seat, day)
        home = next(filter(None, map(self._parties.adjective, words)), None)
        return self._parties.government(home, day) if home else None


# fmt: off
_AFTER = frozenset({  # what follows these words in a phrase does not change who speaks
    "in", "at", "from", "on", "near", "inside", "outside", "who", "that", "which", "with", "based", "told",
    "close", "for", "to", ",", "(", "posted", "shared", "via",
})
# fmt: on


def _core(words: Sequence[str]) -> int:
    """Length of the part of a phrase that says who speaks."""
    return next((i for i, word in enumerate(words) if i and word.lower() in _AFTER), len(words))


def _described(name: str, kind: SourceKind, party: str | None) -> Source:
    return Source(id=f"~{kind}:{party}" if party else f"~{kind}", name=name, kind=kind, speaks_for=party)


@cache
def load() -> Sources:
    """The sources shipped with the package. Raises `LexiconError` for a wrong table or an unknown actor."""
    return read(table.data("sources"), actors.load())


def read(folder: Traversable, parties: actors.Actors) -> Sources:
    """The sources described by the tables of `folder`. Raises `LexiconError` as `load` does."""
    sources: dict[str, Source] = {}
    for path in sorted((folder / "named").iterdir(), key=lambda path: path.name):
        for line, source in table.read(path, Source):
            if source.id in sources:
                raise LexiconError(f"{path}, row {line}: the id {source.id!r} is taken")
            if source.speaks_for is not None and source.speaks_for not in parties:
                raise LexiconError(f"{path}, row {line}: {source.speaks_for!r} is no actor")
            sources[source.id] = source
    taken = {key(name) for source in sources.values() for name in source.names()}
    for _, ministry in table.read(folder / "ministries.csv", MinistryRow):
        for office in _offices(ministry, parties):
            if key(office.name) not in taken:
                aliases = tuple(alias for alias in office.aliases if key(alias) not in taken)
                sources.setdefault(office.id, msgspec.structs.replace(office, aliases=aliases))
    return Sources(
        sources.values(),
        [row for _, row in table.read(folder / "heads.csv", HeadRow)],
        [row for _, row in table.read(folder / "modifiers.csv", ModifierRow)],
        parties,
    )


def _offices(ministry: MinistryRow, parties: actors.Actors) -> Iterator[Source]:
    for country in parties.countries():
        state, land = parties.government(country), parties.land(country)
        if state is None or land is None:
            continue
        adjectives = [word for word in parties.demonyms(country) if not word.endswith("ans")]
        words = [("{country}", land), *(("{adj}", word) for word in adjectives)]
        usual = adjectives[0] if adjectives else land
        yield Source(
            id=f"{state.id.removesuffix('-gov')}-{ministry.id}",
            name=ministry.patterns[0].replace("{adj}", usual).replace("{country}", land),
            kind=ministry.kind,
            country=country,
            speaks_for=state.id,
            aliases=tuple(p.replace(slot, word) for slot, word in words for p in ministry.patterns if slot in p),
        )
