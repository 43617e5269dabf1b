"""What the reading of reports knows about news pages: set phrases and the names of outlets (`data/report`)."""

from __future__ import annotations

import csv
import re
import tomllib
from functools import cache
from importlib.resources import files

from tadmor.errors import LexiconError
from tadmor.records import Record

_KINDS = ("wire", "outlet")
_FOLDER = "data/report"
_LISTS = (
    "promotion",
    "furniture",
    "tail",
    "last_phrases",
    "last_words",
    "head",
    "footer",
    "cut",
    "paywall",
    "player",
    "closing",
    "caption",
    "caption_tail",
    "credit",
    "published",
    "updated",
    "no_place",
    "unending",
    "media",
    "perhaps_media",
    "attributed",
    "section",
)


_WORD = re.compile(r"\w+")
_TITLED = re.compile(
    r"(?:The )?(?:[A-Z]|\d+(?=\b))[\w'’&.-]*(?: (?:[A-Z\d][\w'’&.-]*|of|the|and|&|for|from|de|du|la|[ae]l-\w+))*"
)


class Outlet(Record, frozen=True, kw_only=True):
    """A newspaper, broadcaster or agency; `wire` ones are carried by others."""

    name: str
    wire: bool


class Outlets:
    """Outlets by any of their names."""

    def __init__(self, rows: dict[str, Outlet]) -> None:
        self._rows = rows

    def by_name(self, name: str) -> Outlet | None:
        """The outlet of that name, full or short, however spaced, dotted or capitalised."""
        return self._rows.get(_fold(name))


def is_medium(name: str) -> bool:
    """Whether `name` is a name and holds a word that only media call themselves: Herald, News, Radio."""
    return is_titled(name) and len(name.split()) > 1 and phrases("media").any_in(name)


def may_be_medium(name: str) -> bool:
    """Whether `name` is a name and holds a word that media call themselves, other things too: Mirror, Review, Watch."""
    return is_medium(name) or (is_titled(name) and len(name.split()) > 1 and phrases("perhaps_media").any_in(name))


def is_titled(name: str) -> bool:
    """Whether all words of `name` are capitalised, as in a proper name, or join such words."""
    return _TITLED.fullmatch(name) is not None


def outlets() -> Outlets:
    """The table of outlets, cached. Raises `LexiconError` naming the row that is wrong."""
    return _outlets()


@cache
def _outlets() -> Outlets:
    name = f"{_FOLDER}/outlets.csv"
    rows: dict[str, Outlet] = {}
    for number, row in enumerate(csv.DictReader(_text(name).splitlines(), restkey="rest"), 2):
        if (
            row.keys() != {"name", "kind", "forms"}
            or not row["name"]
            or row["forms"] is None
            or row["kind"] not in _KINDS
        ):
            raise LexiconError(f"{name}, line {number}: expected name, kind (wire or outlet) and forms")
        outlet = Outlet(name=row["name"], wire=row["kind"] == "wire")
        for form in (row["name"], *filter(None, row["forms"].split("|"))):
            if rows.setdefault(_fold(form), outlet).name != outlet.name:
                raise LexiconError(f"{name}, line {number}: {form!r} already stands for {rows[_fold(form)].name}")
    return Outlets(rows)


class Phrases:
    """A set of plain phrases, found as whole words without regard to case."""

    def __init__(self, phrases: list[str]) -> None:
        self.phrases = tuple(phrases)
        # Longest first, so that "last updated at" is not left as "last updated". Literals only, hence linear.
        ordered = sorted(phrases, key=len, reverse=True)
        body = "|".join(_literal(phrase) for phrase in ordered)
        self._pattern = re.compile(body, re.IGNORECASE)
        # Most texts hold none, and that the longest word of none is there is found out far sooner than by the pattern;
        # where one is, only the phrases with it need be looked for.
        self._telling: dict[str, list[str]] = {}
        for phrase in ordered:
            longest = max(_WORD.findall(phrase.casefold()), key=len, default="")
            self._telling.setdefault(longest, []).append(_literal(phrase))
        self._with: dict[str, re.Pattern[str]] = {}
        self._at = re.compile("|".join(_literal(phrase, left=False) for phrase in ordered), re.IGNORECASE)

    def at(self, text: str, position: int = 0) -> int | None:
        """Where the phrase that begins at `position` ends."""
        match = self._at.match(text, position)
        return match.end() if match else None

    def found(self, text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
        """Where phrases stand, left to right."""
        end = len(text) if end is None else end
        return [match.span() for match in self._pattern.finditer(text, start, end)] if self._told_in(text) else []

    def any_in(self, text: str) -> bool:
        """Whether any of the phrases is in `text`."""
        return any(self._phrases_with(word).search(text) for word in self._told_in(text))

    def _told_in(self, text: str) -> set[str]:
        """The words in a text, each the longest of some phrase, without which none is in it."""
        return self._telling.keys() & {"", *_WORD.findall(text.casefold())}

    def _phrases_with(self, word: str) -> re.Pattern[str]:
        if word not in self._with:
            self._with[word] = re.compile("|".join(self._telling[word]), re.IGNORECASE)
        return self._with[word]

    def is_all_of(self, text: str) -> bool:
        """Whether `text` is one of the phrases and nothing else."""
        return self._pattern.fullmatch(text) is not None


@cache
def phrases(name: str) -> Phrases:
    """The list `name` of wording.toml. Raises `LexiconError` where it is not a list of phrases."""
    return Phrases(_wording()[name])


@cache
def _wording() -> dict[str, list[str]]:
    name = f"{_FOLDER}/wording.toml"
    try:
        table = tomllib.loads(_text(name))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{name}: {error}") from error
    for key in _LISTS:
        value = table.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            raise LexiconError(f"{name}: {key} has to be a list of phrases")
    if unknown := set(table) - set(_LISTS):
        raise LexiconError(f"{name}: no list is called {min(unknown)}")
    return {key: table[key] for key in _LISTS}


def _text(name: str) -> str:
    return files("tadmor").joinpath(name).read_text("utf-8")


def _literal(phrase: str, *, left: bool = True) -> str:
    before = r"(?<!\w)" if left and phrase[0].isalnum() else ""
    after = r"(?!\w)" if phrase[-1].isalnum() else ""
    return before + r"\s+".join(re.escape(word) for word in phrase.split()) + after


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
