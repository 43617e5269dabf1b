"""Finds many names in the tokens of a sentence: one dictionary look-up a token, however many names there are.

A name and a text meet as *atoms*: tokens split at hyphens and slashes, without accents, apostrophes, possessive ``'s``,
plural ``s``, and with common transliterations reduced to one (``data/actors/spellings.csv``), so that
"Jabhat al-Nusra", "jabhat an-Nusrah" and the tokens ``Jabhat``, ``al``, ``-``, ``Nusra`` are the same. Arabic articles
are no atoms, yet a name of one word that has an article ("al-Watan") needs it in the text too.

Case decides between words: an abbreviation ("IS", "SAF") must be written in capitals, and any other name with a
capital must have one somewhere in the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from tadmor.lexicon import table
from tadmor.records import Record

_ARTICLES = frozenset({"al", "el"})
_LINKED_ARTICLES = frozenset({"ad", "an", "ar", "as", "ash", "at", "az", "ed", "ul", "ur", "us"})  # "an-" only
_WORDS = frozenset({"is", "us", "who", "it", "fan", "cap", "arm", "aim", "map"})  # abbreviations that are words, too
_ABBREVIATION = 6  # no longer than this: "LeT" with two capitals is one, and has no plural to take off
_PHRASE = 8  # no longer than this: a name or noun phrase, and no text
_SHOUT = 4  # this many tokens and no small letter: capitals mean nothing
_HYPHENS = ("-", "\u2010", "\u2011", "\u2013")
_POSSESSIVES = ("'s", "\u2019s", "'", "\u2019")
_LETTERS = str.maketrans(
    dict(zip("\u0131\u00f8\u0142\u0111\u00e6\u00df", ("i", "o", "l", "d", "ae", "ss"), strict=True))
    | dict.fromkeys("\u2018\u2019`\u00b4\u02bc\u02bf\u02be", "'")  # quotes, hamza and ayn
    | dict.fromkeys("\u2010\u2011\u2013/", "-")
    | {"&": " and "}
)


class Found(NamedTuple):
    """Tokens ``words[start:end]`` name the entry `id`."""

    start: int
    end: int
    id: str


class Atom(NamedTuple):
    """The smallest piece of a name; `start` reaches back over an article before it."""

    text: str
    start: int
    end: int
    upper: bool
    capital: bool
    article: bool
    first: bool  # begins its token, but for an article
    final_s: bool


class Name(NamedTuple):
    """A name of the entry `id`, valid anywhere or, where `scope` is not empty, in reports on one of these countries."""

    text: str
    id: str
    scope: frozenset[str] = frozenset()


class _Entry(NamedTuple):
    atoms: tuple[str, ...]
    upper: tuple[bool, ...]  # which atoms must be in capitals
    capitals: int  # how many the text must have
    article: bool
    final_s: bool
    owners: list[Name]


class SpellingRow(Record, frozen=True, kw_only=True):
    """A row of ``spellings.csv``."""

    standard: str
    variants: tuple[str, ...]


def scoped(alias: str, id: str) -> Name:
    """Reads an alias as data files write it: ``SAF@SD+SS`` is "SAF" in reports on Sudan or South Sudan."""
    text, _, scope = alias.partition("@")
    return Name(text.strip(), id, frozenset(scope.split("+")) if scope else frozenset())


class _Hit(NamedTuple):
    """Tokens ``words[start:end]`` are a name of one of its owners."""

    start: int
    end: int
    owners: list[Name]


class Names:
    """An index over names. `find` and `lookup` are pure; the index does not change once built."""

    def __init__(self, names: Iterable[Name], *, capitals: int = 1) -> None:
        """`capitals`: how many words of a name must be capitalised in the text, of those that are so in the name."""
        entries: dict[tuple[tuple[str, ...], tuple[bool, ...], int, bool, bool], _Entry] = {}
        for name in names:
            atoms = split(name.text.split())
            texts = tuple([atom.text for atom in atoms])
            if not all(texts or ("",)):
                continue
            upper = tuple([atom.upper for atom in atoms])
            needed = min(capitals, len([atom for atom in atoms if atom.capital and atom.text != "the"]))
            article = len(atoms) == 1 and atoms[0].article
            final_s = len(atoms) == 1 and atoms[0].final_s
            form = (texts, upper, needed, article, final_s)
            entry = entries.setdefault(form, _Entry(*form, []))
            if name not in entry.owners:
                entry.owners.append(name)
        self._entries: dict[tuple[str, ...], list[_Entry]] = {}
        lengths: dict[str, set[int]] = {}
        for entry in sorted(entries.values(), key=lambda entry: -sum(entry.upper)):
            self._entries.setdefault(entry.atoms, []).append(entry)
            lengths.setdefault(entry.atoms[0], set()).add(len(entry.atoms))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @property
    def first(self) -> Collection[str]:
        """The atoms that names begin with."""
        return self._lengths.keys()

    def find(self, words: Sequence[str], countries: Collection[str] = ()) -> list[Found]:
        """Longest names from left to right, without overlap.

        `countries` (ISO 3166-1 alpha-2) are those that the report is about: they choose among the owners of an
        ambiguous name. A name that stays ambiguous is left out.
        """
        found: list[Found] = []
        free = 0  # the first token that no name has taken
        for hits in _hits(self, tuple(words)):
            if hits[0].start < free:
                continue
            for start, end, owners in hits:
                if (id := _owner(owners, countries)) is not None:
                    found.append(Found(start, end, id))
                    free = end
                    break
        return found

    def lookup(self, name: str, countries: Collection[str] = ()) -> str | None:
        """Entry that the whole of `name` names, whatever its case; None where unknown or ambiguous."""
        return self.whole(split(name.split()), countries)

    def whole(self, atoms: Sequence[Atom], countries: Collection[str] = (), *, exact: bool = False) -> str | None:
        """As `lookup`, for a name already split. With `exact`, case decides as it does in `find`."""
        if not atoms:
            return None
        texts = tuple(atom.text for atom in atoms)
        folded: str | None = None
        for entry in self._entries.get(texts, ()):
            if texts[0] in _WORDS and entry.upper[0] and not atoms[0].upper:
                continue
            if entry.final_s and not atoms[0].final_s:
                continue
            id = _owner(entry.owners, countries)
            if id is not None and _fits(entry, atoms, shouting=False):
                return id
            folded = folded or id
        return None if exact else folded

    def _all(self, words: Sequence[str]) -> Iterator[list[_Hit]]:
        """For each atom at which names begin these names, the longest first."""
        atoms = split(words)
        texts = tuple([atom.text for atom in atoms])
        shouting = len(words) >= _SHOUT and not any(ch.islower() for word in words for ch in word)
        for i in [i for i, text in enumerate(texts) if text in self._lengths]:
            if not atoms[i].first:
                continue
            ends = (min(i + length, len(atoms)) for length in self._lengths[texts[i]])
            hits = [
                _Hit(atoms[i].start, atoms[end - 1].end, entry.owners)
                for end in ends
                for entry in self._entries.get(texts[i:end], ())
                if _fits(entry, atoms[i:end], shouting)
            ]
            if hits:
                yield hits


@lru_cache(maxsize=256)  # a text is searched again once it is known which countries it is about
def _hits(names: Names, words: tuple[str, ...]) -> list[list[_Hit]]:
    return list(names._all(words))


@lru_cache(maxsize=1 << 14)
def key(words: str) -> str:
    """Spelling under which two forms of a name or noun meet: its atoms, joined by blanks."""
    return " ".join(atom.text for atom in split(words.split()))


def split(words: Sequence[str]) -> tuple[Atom, ...]:
    """Atoms of a sequence of tokens. Punctuation becomes an atom without text, which no name crosses."""
    return (_split_phrase if len(words) <= _PHRASE else _split_text)(tuple(words))


def _split(words: tuple[str, ...]) -> tuple[Atom, ...]:
    out: list[Atom] = []
    article: int | None = None
    for position, word in enumerate(words):
        pieces = _pieces(word)
        fresh = True
        for text, upper, capital, linked, final_s in pieces:
            linked = linked or (position + 1 < len(words) and words[position + 1] in _HYPHENS)
            if text in _ARTICLES or (linked and text in _LINKED_ARTICLES and not upper):
                if article is None:
                    article = position
                continue
            start = position if article is None else article
            out.append(Atom(text, start, position + 1, upper, capital, article is not None, fresh, final_s))
            article, fresh = None, False
    return tuple(out)


_split_phrase = lru_cache(maxsize=1 << 15)(_split)  # reports say the same again and again; all names fit
_split_text = lru_cache(maxsize=256)(_split)  # one text is searched for several kinds of name


def _fits(entry: _Entry, atoms: Sequence[Atom], shouting: bool) -> bool:
    """Whether the case and form of atoms that have the entry's texts allow them to be the name."""
    capitals = 0
    for atom, upper in zip(atoms, entry.upper, strict=True):
        if upper and not atom.upper:
            return False
        capitals += atom.capital and atom.text != "the"
    if (entry.article and not atoms[0].article) or (entry.final_s and not atoms[0].final_s):  # "Hama" is not "Hamas"
        return False
    if shouting and len(atoms) == 1 and entry.upper[0] and entry.atoms[0] in _WORDS:
        return False
    return capitals >= entry.capitals


def _owner(owners: Sequence[Name], countries: Collection[str]) -> str | None:
    """The one entry that owns a name there: scopes that hold one of the countries win over names valid anywhere.

    Without countries a proper name is taken out of its scope if only one entry has it; no abbreviation is, nor a
    description such as "the coalition".
    """
    near = {name.id for name in owners if not name.scope.isdisjoint(countries)}
    anywhere = {name.id for name in owners if not name.scope}
    proper = {name.id for name in owners if not countries and name.text not in (name.text.lower(), name.text.upper())}
    for ids in (near, anywhere, proper):
        if ids:
            return ids.pop() if len(ids) == 1 else None
    return None


@lru_cache(maxsize=1 << 16)
def _pieces(word: str) -> tuple[tuple[str, bool, bool, bool, bool], ...]:
    """Folded text, abbreviation, has a capital, followed by a hyphen, ends in s: for each piece of one token."""
    if word in _POSSESSIVES or word in _HYPHENS:
        return ()
    raw = word
    if not (word.isascii() and word.isalnum()):
        decomposed = unicodedata.normalize("NFKD", word.translate(_LETTERS))
        raw = "".join(ch for ch in decomposed if not unicodedata.combining(ch))
        if raw.endswith(("'s", "'S")) and len(raw) > 2:
            raw = raw[:-2]
        raw = raw.replace("'", "")
        if "." in raw and any(ch.isalpha() for ch in raw):
            raw = raw.replace(".", "")
    parts = raw.replace(" ", "-").split("-")
    out = []
    for n, part in enumerate(parts):
        if not part:
            continue
        text = part if part.isalnum() else "".join(ch for ch in part if ch.isalnum())
        if len(text) > 3 and text[-1] == "s" and text[:-1].isupper():
            text = text[:-1]  # "ISILs offensive", with its apostrophe lost; "PMUs"
        upper = sum(map(str.isupper, text)) > 1 and (len(text) <= _ABBREVIATION or text.isupper())
        plain = text.lower() if upper and len(text) <= _ABBREVIATION else _singular(text.lower())
        out.append((_standard(plain), upper, text[:1].isupper() or upper, n + 1 < len(parts), text[-1:] in "sS"))
    return tuple(out) if out else (("", False, False, False, False),)


def _standard(text: str) -> str:
    return _spellings().get(text, text)


def _singular(text: str) -> str:
    """A crude singular: it needs to be the same for names and text, not to be right."""
    text = _standard(text)
    if len(text) < 4 or not text.endswith("s") or text.endswith("ss"):
        return text
    if len(text) == 4:  # "jets", but not "Isis"
        return text if text[2] in "aiu" else text[:-1]
    if text.endswith("sses"):
        return text[:-2]
    return text[:-3] + "y" if text.endswith("ies") else text[:-1]


@cache
def _spellings() -> Mapping[str, str]:
    rows = table.read(table.data("actors") / "spellings.csv", SpellingRow)
    return {variant: row.standard for _, row in rows for variant in row.variants}
