"""Finds place names in tokens: the longest runs that the gazetteer knows, guarded against words that only look so.

A run is judged by what it is (one word or several, a common word, a name of people), by how likely the place is and by
its surroundings ("in", "the town of", a following "province"). The word lists are data (``data/places/guards.toml``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from tadmor.errors import LexiconError
from tadmor.lexicon.gazetteer import AREA_KINDS, SETTLEMENT_KINDS, Gazetteer, Hit, PlaceFound
from tadmor.lexicon.placename import fold
from tadmor.records import Record

_HYPHENS = frozenset("-‐‑–")
_POSSESSIVES = frozenset({"'s", "’s", "'", "’"})
_ARTICLES = frozenset({"al", "el", "ad", "ar", "as", "ash", "at", "az", "an", "et", "ez", "es", "en", "ed", "er"})
_CITY = frozenset({"city", "town", "village"})
_MAX_TOKENS = 10  # hyphens included
_MAX_WORDS = 6
_SHOUT = 3  # this many tokens without a small letter: capitals mean nothing
_SHORT = 3  # names of so few letters need a cue or renown
_LARGE = frozenset({"country", "governorate"})

# Priors are about log10 of population. Moving any of the first four by 0.6 changes the share placed within 161 km by
# at most 0.012 on LGL and 0.005 on TR-News (bench/places.py).
_KNOWN = 5.0  # beyond doubt wherever it stands
_UNCUED = 3.7  # a name that nothing supports
_INITIAL = 4.5  # the same at the start of a sentence, where every word has a capital
_GUARDED = 4.3  # a common word, with a cue
_PEOPLE = 2.6  # a name of people, with a cue
_THEATRE = 4.9  # the least prior of a place of the project's own tables
_LOOSE = 3.8  # found by transliteration only, without a cue


class Guards(Record, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Word lists that decide whether a name is meant as a place; all folded."""

    never: frozenset[str]
    ordinary: frozenset[str]
    people: frozenset[str]
    locative: frozenset[str]
    directions: frozenset[str]
    settlement_nouns: frozenset[str]
    small_nouns: frozenset[str]
    area_nouns: frozenset[str]
    facility_nouns: frozenset[str]
    titles: frozenset[str]

    @property
    def never_alone(self) -> tuple[frozenset[str], ...]:
        """Lists whose words are no names of places by themselves."""
        return (self.never, self.directions, self.settlement_nouns, self.area_nouns, self.facility_nouns)

    @property
    def any_noun(self) -> frozenset[str]:
        """Nouns of all three kinds."""
        return self.settlement_nouns | self.area_nouns | self.facility_nouns


@cache
def guards() -> Guards:
    """The lists of ``data/places/guards.toml``. Raises `LexiconError` where it is not as its README says."""
    path = files("tadmor") / "data" / "places" / "guards.toml"
    try:
        return msgspec.convert({k: v.split() for k, v in tomllib.loads(path.read_text("utf-8")).items()}, Guards)
    except (OSError, ValueError, AttributeError) as error:
        raise LexiconError(f"{path}: {error}") from error


def find(gazetteer: Gazetteer, words: Sequence[str]) -> list[PlaceFound]:
    """See `Gazetteer.find`."""
    finder = _Finder(gazetteer, words)
    found = finder.scan(frozenset())
    if finder.held & finder.supported:  # a name that has its cue once in these words needs none elsewhere
        found = finder.scan(finder.held & finder.supported)
    found = [place for before, place in zip([None, *found], found, strict=False) if finder.stands(before, place)]
    for at in range(1, len(found)):
        found[at - 1], found[at] = finder.narrowed(found[at - 1], found[at])
    return [place for place in found if place.ids]


class _Finder:
    def __init__(self, gazetteer: Gazetteer, words: Sequence[str]) -> None:
        self.gazetteer = gazetteer
        self.words = words
        self.folded = [_folded(word) for word in words]
        self.shouting = len(words) >= _SHOUT and not any(ch.islower() for word in words for ch in word)
        self.guards = guards()
        self.nouns = self.guards.any_noun
        self.held: set[str] = set()
        self.supported: set[str] = set()

    def scan(self, trusted: Collection[str]) -> list[PlaceFound]:
        found: list[PlaceFound] = []
        at = 0
        while at < len(self.words):
            place = self.longest(at, trusted) if self.starts(at) else None
            if place is None:
                at += 1
            else:
                found.append(place)
                at = place.end
        return found

    def starts(self, at: int) -> bool:
        """Whether a name may begin there: at a capital, or at an article with a capital behind it."""
        word = self.words[at]
        if not self.folded[at]:
            return False
        if word[0].isupper():
            return True
        if word.isalpha() and word not in _ARTICLES:
            return False
        head, _, rest = word.replace("‑", "-").replace("‐", "-").partition("-")
        if head in _ARTICLES and rest:
            return rest[0].isupper()
        if word in _ARTICLES and at + 1 < len(self.words):
            after = at + 2 if self.words[at + 1] in _HYPHENS else at + 1
            linked = after == at + 2 or word in ("al", "el")
            return linked and after < len(self.words) and self.words[after][:1].isupper()
        return not word[0].isalnum() and any(ch.isupper() for ch in word[1:3])  # 'Ain, ‘Anadan

    def longest(self, at: int, trusted: Collection[str]) -> PlaceFound | None:
        runs: list[tuple[int, str]] = []
        text = ""
        count = 0
        for end in range(at + 1, min(at + _MAX_TOKENS, len(self.words)) + 1):
            piece = self.folded[end - 1]
            if not piece:
                if self.words[end - 1] in _HYPHENS:
                    continue
                break
            text = f"{text} {piece}" if text else piece
            count += piece.count(" ") + 1
            if count > _MAX_WORDS:
                break
            runs.append((end, text))
        for end, text in reversed(runs):
            place = self.judge(at, end, text, trusted)
            if place is not None:
                return place
        return None

    def judge(self, start: int, end: int, text: str, trusted: Collection[str]) -> PlaceFound | None:
        single = " " not in text
        if _is_never(text) and not self.postal(start):
            return None
        hits = self.gazetteer.exact(text)
        if single and not (hits and hits[0].score >= _UNCUED) and text[-1] == "s" and self.words[start][-1] == "s":
            lost = self.gazetteer.exact(text[:-1])  # "Aleppos": texts often come without their apostrophes
            hits = lost if lost and lost[0].score >= _KNOWN and not self.guarded(text[:-1]) else hits
        if not single and self.folded[end - 1] in _CITY:
            hits = self.with_namesakes(text, hits)
        if (not hits or hits[0].score < _LOOSE) and self.may_be_loose(end, text):
            hits = sorted(hits + self.gazetteer.similar(text), key=lambda hit: (-hit.score, hit.row))
        hits = [hit for hit in hits if self.written_so(start, end, hit)]
        if not hits:
            return None
        cue = self.cued(start, end)
        if not self.meant(start, end, text, hits[0], cue) and text not in trusted:
            if not (single and self.guarded(text)):
                self.held.add(text)
            return None
        if cue or hits[0].score >= _KNOWN:
            self.supported.add(text)
        ids = tuple(self.gazetteer.id(hit.row) for hit in self.preferred(start, end, hits))
        return PlaceFound(start, end, ids) if ids else None

    def with_namesakes(self, text: str, hits: list[Hit]) -> list[Hit]:
        """Hits of "dublin city" with the towns that are called "dublin"; none where nothing is called the former."""
        known = {hit.row for hit in hits}
        towns = self.gazetteer.exact(text.rpartition(" ")[0]) if hits else []
        more = [t for t in towns if t.row not in known and self.gazetteer.kind(t.row) in SETTLEMENT_KINDS]
        return sorted(hits + more, key=lambda hit: (-hit.score, hit.row))

    def written_so(self, start: int, end: int, hit: Hit) -> bool:
        """Whether the case of the tokens allows that name: "US" is no "us", "Ind." no "Ind", "of the" no "Of The"."""
        if end - start > 1:
            small = [word for word in self.words[start:end] if word.isalpha() and word.islower()]
            if not any(word[:1].isupper() for word in self.words[start + (self.words[start] == "The") : end]):
                return False
            return all(word in hit.name or word in self.nouns or word in _ARTICLES for word in small)
        word = self.words[start]
        letters = hit.name.replace(".", "")
        if (
            self.gazetteer.kind(hit.row) == "governorate"
            and len(letters) <= 4
            and (hit.name[-1] == "." or hit.name.isupper())
        ):
            dotted = f"{word}." if self.word(start + 1) == "." else word
            return hit.name in (word, dotted) or self.postal(start)
        if hit.name.isupper() and len(letters) <= 5:
            return word.isupper() and not (self.shouting and letters.lower() in self.guards.ordinary)
        return not (word.isupper() and len(letters) <= _SHORT and not self.shouting)

    def may_be_loose(self, end: int, text: str) -> bool:
        last = self.words[end - 1]
        if not (last[:1].isupper() or "-" in last) or (" " in text and "." in last):
            return False
        return not _has_plain_word(text)

    def meant(self, start: int, end: int, text: str, best: Hit, cue: bool) -> bool:
        words = text.split()
        kind = self.gazetteer.kind(best.row)
        guard = self.guards
        if any(word in guard.ordinary for word in words) and all(
            word in guard.ordinary or word in guard.never or word in _ARTICLES or word in guard.people for word in words
        ):
            if kind in AREA_KINDS and best.score >= _KNOWN:
                return True
            return best.score >= (_GUARDED if cue else _KNOWN) and not self.shouting and not self.initial(start)
        if all(word in _ARTICLES or word in guard.people or word.removesuffix("s") in guard.people for word in words):
            if len(words) > 1 and best.score >= _THEATRE:  # Khan Younis
                return True
            return cue and best.score >= _PEOPLE and not self.named_on(start, end)
        if self.word(start - 1).rstrip(".").lower() in guard.titles:
            return False
        if len(text) <= _SHORT:
            return (self.words[start].isupper() and best.score >= _KNOWN) or cue or best.score >= _KNOWN
        if best.loose:
            return cue or (len(words) > 1 and not self.initial(start))
        if cue or len(words) > 1 or kind in AREA_KINDS:
            return True
        return best.score >= (_INITIAL if self.initial(start) else _UNCUED)

    def postal(self, at: int) -> bool:
        """Whether the token may be a postal code of a state: "Gary, IN"."""
        word = self.words[at]
        return len(word) == 2 and word.isupper() and self.word(at - 1) == "," and not self.shouting

    def guarded(self, text: str) -> bool:
        return text in self.guards.ordinary or text in self.guards.people or len(text) <= _SHORT

    def cued(self, start: int, end: int) -> bool:
        """Whether the words around say that a place is meant."""
        guard = self.guards
        before, last = self.word(start - 1).lower(), self.word(start - 2).lower()
        nouns = self.nouns
        if before in guard.locative or before in guard.directions:
            return True
        if before == "of" and (last in nouns or last in guard.directions):
            return True
        if before in nouns and self.words[start - 1][:1].islower():
            return True
        if (
            before == ","
            and self.word(start - 2)[:1].isupper()
            and end < len(self.words)
            and self.word(end) in (",", ".")
        ):
            return False
        return self.word(end).lower() in nouns

    def initial(self, start: int) -> bool:
        before = self.word(start - 1)
        return before == "" or before in {".", "!", "?", ":", ";", "“", '"', "”", "—", "(", "\n", "``", "''"}

    def named_on(self, start: int, end: int) -> bool:
        """Whether a further capitalised word follows or precedes directly, as in full names of people."""
        after, before = self.word(end), self.word(start - 1)
        if after.lower() in self.nouns:
            return False
        return after[:1].isupper() or (before[:1].isupper() and not self.initial(start - 1))

    def preferred(self, start: int, end: int, hits: list[Hit]) -> list[Hit]:
        """Hits with those first that the kind in the text fits: "province of Idlib", "the city of Homs"; no province is
        meant by "the neighbourhood of Idlib"."""
        nouns = {self.word(end).lower()}
        if self.word(start - 1).lower() == "of":
            nouns.add(self.word(start - 2).lower())
        elif start:
            nouns.add(self.word(start - 1).lower())
        if nouns & self.guards.small_nouns and not nouns & self.guards.area_nouns:
            hits = [hit for hit in hits if self.gazetteer.kind(hit.row) not in _LARGE]
        if nouns & self.guards.settlement_nouns:
            wanted = SETTLEMENT_KINDS
        elif nouns & self.guards.area_nouns:
            wanted = AREA_KINDS
        else:
            return hits
        return sorted(hits, key=lambda hit: self.gazetteer.kind(hit.row) not in wanted)

    def stands(self, before: PlaceFound | None, place: PlaceFound) -> bool:
        """False for a postal code ("IL") that does not follow a town there."""
        word = self.words[place.start]
        if len(word) != 2 or not word.isupper() or self.gazetteer.get(place.ids[0]).kind != "governorate":
            return True
        if before is None or before.end != place.start - 1:
            return False
        return any(holder.id in place.ids for id in before.ids for holder in self.gazetteer.ancestors(id))

    def narrowed(self, place: PlaceFound, after: PlaceFound) -> tuple[PlaceFound, PlaceFound]:
        """Both with only those ids that fit together where the larger place follows right after: "Paris, Texas".

        In "Albany, New York" the state is meant, not the city. A little-known name that is said to lie in a province is
        none of those that lie elsewhere.
        """
        between = [word.lower() for word in self.words[place.end : after.start]]
        if between not in ([","], ["in"], ["("], ["in", "the"]):
            return place, after
        larger = {id for id in after.ids if self.gazetteer.get(id).kind in AREA_KINDS}
        holders = {id: {holder.id for holder in self.gazetteer.ancestors(id)} & larger for id in place.ids}
        inside = tuple(id for id in place.ids if holders[id])
        if not inside:
            province = bool(after.ids) and self.gazetteer.get(after.ids[0]).kind == "governorate"
            little = all(self.gazetteer.get(id).prior < _KNOWN for id in place.ids)
            stray = province and little and between[0] == "in" and not self.owns(after.end)
            return (place._replace(ids=()) if stray else place), after
        held = set().union(*holders.values())
        return place._replace(ids=inside), after._replace(ids=tuple(id for id in after.ids if id in held))

    def owns(self, at: int) -> bool:
        """Whether what ends there only describes what follows: "in Russia 's campaign", "in Rwanda - backed"."""
        return self.word(at) in _HYPHENS or self.word(at) in _POSSESSIVES

    def word(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""


def too_large(kind: str, noun: str) -> bool:
    """Whether a place of that kind is never called by the noun: no province is a "neighbourhood"."""
    return kind in _LARGE and noun in guards().small_nouns


def no_place(name: str) -> bool:
    """Whether a name is none of a place, by its last word or as that of a war: "Police Command", "World War II"."""
    words = fold(name).split()
    return "war" in words or (bool(words) and words[-1] in guards().never)


@lru_cache(maxsize=1 << 14)
def _is_never(text: str) -> bool:
    """Whether all its words, articles and a plural or lost possessive s aside, are on the lists of no places."""
    words = [word for word in text.split() if word not in _ARTICLES]
    lists = guards().never_alone if len(words) == 1 else (guards().never,)
    return all(any(word in known or word.removesuffix("s") in known for known in lists) for word in words)


@lru_cache(maxsize=1 << 14)
def _has_plain_word(text: str) -> bool:
    """Whether any of its words is a common one or one that is never a place."""
    return any(word in guards().ordinary or word in guards().never for word in text.split())


@lru_cache(maxsize=1 << 14)
def _folded(word: str) -> str:
    if word in _POSSESSIVES:
        return ""
    if len(word) > 3 and word.endswith(("'s", "’s")):
        word = word[:-2]
    return fold(word)
