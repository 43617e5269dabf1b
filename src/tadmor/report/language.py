"""Which language a text is in, cheaply: its script, else whose function words it uses."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import chain

from tadmor.errors import LexiconError

_SCRIPTS = (  # first and last character of a block, language it is taken for
    ("\u0600", "\u06ff", "ar"),
    ("\u0400", "\u04ff", "ru"),
    ("\u0590", "\u05ff", "he"),
    ("\u0370", "\u03ff", "el"),
    ("\u3040", "\u30ff", "ja"),
    ("\uac00", "\ud7af", "ko"),
    ("\u4e00", "\u9fff", "zh"),
)
_WORD = re.compile(r"[^\W\d_]+")
_HIGH = re.compile(r"[^\x00-\x7f]")
_LETTERS = bytes(ord(chr(code).lower()) if code < 0x80 and chr(code).isalpha() else 0x20 for code in range(0x100))
_SAMPLE = 8000  # characters
_SCRIPT_SHARE = 0.3  # of letters; English texts quote far less of another script
_FUNCTION_SHARE = 0.12  # of words; English news have 0.35 to 0.5, lists of names below 0.1
_FEW = 12  # words; below that function words say nothing and Latin script is taken for English


def language(text: str) -> str:
    """ISO 639-1 code, or "und" where the text is in none of the languages known here. Very short texts are "en"."""
    sample = text[:_SAMPLE]
    high = _HIGH.findall(sample)
    letters = [sign for sign in high if sign.isalpha()]
    words = _words(sample, set(high))
    total = sum(map(len, words))
    if len(letters) > _SCRIPT_SHARE * total:
        blocks = Counter(
            code for letter in letters for first, last, code in _SCRIPTS if first <= letter <= last
        ).most_common(1)
        if blocks and blocks[0][1] > _SCRIPT_SHARE * total:
            return blocks[0][0]
    if len(words) < _FEW:
        return "en"
    count = Counter(chain.from_iterable(filter(None, map(_languages().get, words))))
    best = min(count, key=lambda code: (-count[code], code), default="und")
    return best if count[best] / len(words) >= _FUNCTION_SHARE else "und"


def _words(text: str, high: set[str]) -> list[str]:
    """The words of a text in small letters, as `_WORD` finds them; `high` are its characters beyond ASCII."""
    for sign in high:
        if not _WORD.match(sign):
            text = text.replace(sign, " ")
    if text.isascii():  # as most in English then are
        return text.encode().translate(_LETTERS).decode().split()
    return [word.lower() for word in _WORD.findall(text)]


def is_function_word(word: str) -> bool:
    """Whether the lower-case `word` is one of the commonest function words of English."""
    return word in _function_words()["en"]


@cache
def _languages() -> dict[str, tuple[str, ...]]:
    """The languages of each function word."""
    found: dict[str, tuple[str, ...]] = {}
    for code, words in _function_words().items():
        for word in words:
            found[word] = (*found.get(word, ()), code)
    return found


@cache
def _function_words() -> dict[str, frozenset[str]]:
    name = "data/report/function_words.toml"
    try:
        table = tomllib.loads(files("tadmor").joinpath(name).read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{name}: {error}") from error
    words = {code: frozenset(value.split()) for code, value in table.items() if isinstance(value, str)}
    if "en" not in words or len(words) != len(table):
        raise LexiconError(f"{name}: each row is a language code and its words in one string, and en is among them")
    return words
