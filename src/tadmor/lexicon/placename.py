"""Folded forms of place names: `fold` joins what differs in typography, `key` what differs in transliteration.

Both work on whole names and are idempotent. `fold` is safe anywhere; `key` joins names that only a reader of Arabic,
Kurdish, Persian, Russian or Ukrainian names would join, so it is used for places of countries that do not write Latin.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ə": "a", "ħ": "h",
     "ŋ": "n", "&": " and "}
    | dict.fromkeys("\u02bb\u02bc\u02be\u02bf\u02c8", "")  # hamza and ayn, which are letters to Unicode
)  # fmt: skip
_SPACES = frozenset(" \t\n-‐‑‒–—/_")
# the Arabic article before any letter, as transliterations write it
_ARTICLES = frozenset({
    "al", "el", "ad", "ed", "ar", "er", "as", "es", "ash", "esh", "ach", "ech", "at", "et", "ath", "az", "ez", "an",
    "en", "ul", "ur", "ut", "us", "il",
})  # fmt: skip

_LATIN = re.compile(r"[ -~\u00a0-\u024f\u1e00-\u1eff\u2018\u2019\u02bc\u02bb\u02be\u02bf]+")

# Consonants first (digraphs before their letters), vowels after: see `_loosen`.
_CONSONANTS = (
    (re.compile("sch|tch|sh|ch"), "c"),
    (re.compile("dzh|dj|zh"), "j"),
    (re.compile("kh"), "x"),
    (re.compile("gh"), "g"),
    (re.compile("dh"), "d"),
    (re.compile("th"), "t"),
    (re.compile("ph"), "f"),
    (re.compile("ck|q"), "k"),
)
_DOUBLED = re.compile(r"(.)\1+")
_FRONT = re.compile("[ae][iy]e?|[iy]e[iy]|[iye]{2,}|[iy]")  # deir, dayr, dair; avdiivka, avdeyevka
_BACK = re.compile("a[uw]|o[uw]|oo|[ouw]")  # zor, zour, zawr
_FINAL = re.compile("[ae]h$")


@lru_cache(maxsize=1 << 15)
def fold(name: str) -> str:
    """`name` without case, accents, apostrophes, dots and hyphens: "Ma'arrat an-Nu`mān" -> "maarrat an numan".

    ``fold(a + " " + b) == (fold(a) + " " + fold(b)).strip()``.
    """
    if name.isascii() and name.isalnum():
        return name.lower()
    text = unicodedata.normalize("NFKD", name).lower().translate(_LETTERS)
    return " ".join("".join(ch if ch.isalnum() else " " if ch in _SPACES else "" for ch in text).split())


def did_you_mean(name: str, among: Iterable[str]) -> str:
    """The end of an error: "; did you mean A, B?" with up to three names that look like `name`, else nothing."""
    by_fold = {fold(other): other for other in among}
    close = get_close_matches(fold(name), by_fold, n=3, cutoff=0.6)
    return f"; did you mean {', '.join(dict.fromkeys(by_fold[folded] for folded in close))}?" if close else ""


def has_article(folded: str) -> bool:
    """Whether a folded name of several words holds an Arabic article."""
    words = folded.split()
    return len(words) > 1 and not _ARTICLES.isdisjoint(words)


@lru_cache(maxsize=1 << 15)
def key(name: str) -> str:
    """`name` reduced to what all its usual transliterations share: "Deir ez-Zor", "Dayr az Zawr" -> "dir zur".

    Articles are dropped, doubled letters, sh/ch, q/k, ou/u/w, ee/i/y, ei/ai/ay and final -a/-ah/-eh are each one.
    """
    words = [word for word in fold(name).split() if word not in _ARTICLES] or fold(name).split()
    return " ".join(_loosen(word) for word in words)


@lru_cache(maxsize=1 << 15)
def _loosen(word: str) -> str:
    for pattern, letter in _CONSONANTS:
        word = pattern.sub(letter, word)
    if len(word) > 3:
        word = _FINAL.sub("a", word)
    tail = word[-1:] == "e"
    word = _FRONT.sub("i", word)
    word = _BACK.sub("u", word)
    word = word.replace("e", "a")
    if tail and word[-1:] == "a":
        word = word[:-1] + "i"  # kobane, kobani
    return _DOUBLED.sub(r"\1", word)


def is_name(text: str) -> bool:
    """Whether an alternate name is one that English text may hold: Latin letters, a capital first, no code, no list."""
    if len(text) < 3 or len(text) > 60 or not _LATIN.fullmatch(text):
        return False
    if text.isupper() and len(text) <= 4:
        return False
    if any(ch in text for ch in ",;:/()[]0123456789"):
        return False
    return next((ch.isupper() for ch in text if ch.isalpha()), False)


def plain(name: str) -> str:
    """A scholarly transliteration as newspapers print it: without macrons, dots below and marks for ayn and hamza."""
    text = unicodedata.normalize("NFKD", name)
    return "".join(ch for ch in text if not unicodedata.combining(ch) and ch not in "‘’ʻʼʿʾ`")
