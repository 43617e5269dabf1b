"""Groups of people in a text: a number, who they are, and whether they only break another group down.

Words for people and of harm are data: ``data/count``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

from tadmor.claim.number import NUMBER, NUMBER_WORDS, number
from tadmor.errors import LexiconError

Band = tuple[int | None, int | None]
Harm = Literal["killed", "wounded", "both"]
Shape = Literal["verb", "verb of people", "loss", "state", "noun", "of"]


class Lexicon(NamedTuple):
    """Words for people, and words of harm with what they say and how they take their number."""

    people: frozenset[str]
    harm: dict[str, frozenset[tuple[Harm, Shape]]]


@cache
def lexicon() -> Lexicon:
    """The package's words. Raises LexiconError where a file does not hold what its format promises."""
    folder = files("tadmor").joinpath("data/count")
    return read_lexicon(
        folder.joinpath("people.csv").read_text("utf-8"), folder.joinpath("harm.csv").read_text("utf-8")
    )


def read_lexicon(people: str, harm: str) -> Lexicon:
    """Words from the two tables' text. Raises LexiconError, which names file and row."""
    words: dict[str, set[tuple[Harm, Shape]]] = {}
    for row, (word, what, shape) in _rows(harm, "count/harm.csv", ("word", "harm", "shape")):
        if what not in get_args(Harm) or shape not in get_args(Shape):
            raise LexiconError(f"count/harm.csv, row {row}: {word} has harm {what!r} and shape {shape!r}")
        words.setdefault(word, set()).add((what, shape))  # type: ignore[arg-type]  # checked above
    nouns = frozenset(word for _, (word,) in _rows(people, "count/people.csv", ("word",)))
    return Lexicon(nouns, {word: frozenset(uses) for word, uses in words.items()})


def _rows(text: str, name: str, header: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    rows = csv.reader(text.splitlines())
    if tuple(next(rows, ())) != header:
        raise LexiconError(f"{name}, row 1: expected the header {','.join(header)}")
    for number_of_row, row in enumerate(rows, 2):
        if len(row) != len(header) or not all(cell and cell == cell.strip().lower() for cell in row):
            raise LexiconError(
                f"{name}, row {number_of_row}: expected {len(header)} filled cells in lower case, got {row}"
            )
        yield number_of_row, row


class Group(NamedTuple):
    """A number of people, ``text[start:end]``, as a band: (low, high), None an open or unsaid bound."""

    start: int
    end: int
    band: Band
    whom: str | None
    named: bool  # a word for people is said
    harm: Harm | None  # its noun is itself a word of harm: "49 civilian deaths"
    part: bool  # breaks down another group: "11 of them children"
    definite: bool  # "the commander": one, by number of the noun


# --- numbers --------------------------------------------------------------------------------------------------------

_NO_WORD_BEFORE = r"(?<![\w.,$\u20ac\u00a3/-])"
_AT_LEAST = (
    r"at least|more than|over|upwards of|above|a minimum of|no fewer than|no less than|not less than|in excess of"
)
_AT_MOST = (
    r"up to|as many as|as high as|fewer than|less than|under|at most|no more than|a maximum of|nearly|almost|close to"
)
_NEAR = r"about|around|some|roughly|approximately|an estimated|estimated|exactly|only|just"
_MORE = r"(?:a total of |the |all |another |an additional |an extra |a further |a |an )?(?:further |additional )?"
_VAGUE = (
    r"(?:tens of |hundreds of )?(?:dozens|scores|hundreds|thousands|tens|several|many|numerous|a few|few|a handful|"
    r"some|multiple|countless|an? (?:large |great |small |unknown |unspecified |undisclosed )?number)"
)
_THEIRS = r"the|its|their|his|her|our"
_QUANTITY = re.compile(
    rf"{_NO_WORD_BEFORE}(?:(?P<low>{_AT_LEAST})|(?P<high>{_AT_MOST})|(?:{_NEAR}))?\s?"
    rf"(?:(?P<between>between )|{_MORE})(?:"
    rf"(?P<vague>{_VAGUE})(?: (?:of|more|others?)\b)*"
    r"|(?P<nobody>no one|nobody|none)"
    r"|(?P<no>no)"
    r"|(?P<nth>(?:a|the) (?:second|third|fourth|fifth|sixth))"
    rf"|(?P<one>another|an?|one of (?:{_THEIRS}|them|those)(?: most)?)"
    r"|(?P<the>the|its|their|his|her)"
    rf"|(?P<number>{NUMBER})(?:(?:-| ?\u2013 ?| to | or |(?(between) and |(?!)))(?P<upper>{NUMBER}))?"
    r")(?![\w%\u00b0]|[.,:/-]\d|-[A-Za-z])"
    rf"(?: (?:more|others?|additional|further)\b)*(?P<of> of (?:{_THEIRS}|them|those)\b)?",
    re.IGNORECASE,
)
_FIRST_WORDS = (
    "a an all about around above another almost approximately as more over up upwards no not in fewer less under "
    "nearly close some roughly estimated exactly only just between the its their his her dozens scores hundreds "
    "thousands tens several many numerous few multiple countless nobody none at"
)
_START = re.compile(
    rf"{_NO_WORD_BEFORE}(?:\d|(?:{'|'.join(sorted({*_FIRST_WORDS.split(), *NUMBER_WORDS}))})\b)", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_BEFORE = re.compile(
    r"\b(?:in|since|of|during|by|until|January|February|March|April|May|June|July|August|September|October|November|"
    r"December|\d{1,2}),? $",
    re.IGNORECASE,
)

# --- who they are ---------------------------------------------------------------------------------------------------

_MOST_WORDS = 7  # of a noun phrase after its number: "pro-government Shiite militia fighters"
_NOUN_WORD = re.compile(r"[ \t]+(\(?[\w'\u2019.-]+\)?)")
_NUMBERED = re.compile(r"[\d$\u20ac\u00a3]")
_ACRONYM = re.compile(r"[A-Z]{2,}")  # "IS fighters"
_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.)+|(?:Lt|Gen|Col|Maj|Capt|Sgt|Dr|Mr|Mrs|St)\.")
_STOP_WORDS = (
    "a an another both about in on at by from with for to into onto of over near and or but nor who whose whom which "
    "that when while after before as than since until was were is are be been being has have had will would could can "
    "may might did do does said say says including among amid during through across around between against along "
    "following where because also it they he she we the its their his her this these those there mostly mainly some"
)
_STOP = frozenset(_STOP_WORDS.split())
_PLURAL = frozenset(("people", "men", "women", "children", "policemen", "troops", "personnel", "gunmen", "militiamen"))
# After a singular word for people, another noun: "a rebel stronghold" is no rebel.
_QUALIFIES = re.compile(
    rf" (?!(?:{'|'.join(sorted(_STOP))}|killed|dead|wounded|injured|died|hurt|yesterday|today|overnight|late|early|"
    r"earlier|more|then|later)\b)(?![a-z-]*(?:ed|ly)\b)[a-z]"
)
_HARM_NOUN = re.compile(r" (?:deaths|fatalities|casualties|injuries)\b")
_NO_NUMBER_OF = frozenset(("death", "body"))

# --- parts of a total -----------------------------------------------------------------------------------------------

_INCLUDING = re.compile(
    r"\b(?:including|among (?:them|those|whom))(?: at least| some| about)? ?(?:the )?$", re.IGNORECASE
)
_PART = re.compile(
    r"(?:\b(?:including|includes?|included|among (?:them|those|whom)|of (?:them|whom|these|those)|comprising|mostly|"
    r"mainly)(?: (?:were|was|are))?(?: at least| some| about)? ?(?:the )?|[,(:] ?)$",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    r" ?(?:\([^)]{0,30}\) )?(?:of (?:them|whom|the dead|those killed)\b|(?:was|were) (?:also )?among\b|of which\b|"
    r"identified as\b)",
    re.IGNORECASE,
)
_HARMED_TOO = re.compile(  # a number with its own word of harm: "5 killed, 12 injured"
    r"(?: (?:were|was|are|have|been|others?|more|also|reportedly|critically|seriously|badly|severely|lightly|"
    r"slightly))* (?:killed|wounded|injured|dead|hurt|died|executed)\b"
)
_HARM = re.compile(r"\b(?:kill|wound|injur|dead\b|die|hurt|deaths?\b|bod(?:y|ies)\b|execut|massacr|murder)")
_AND = re.compile(r",? and |, ")
_APPOSED = 24  # characters between a total and a breakdown that only a comma opens
_BEFORE = 32  # characters to the left that tell a part from a total


def find_groups(text: str, words: Lexicon) -> list[Group]:
    """Groups of people, and bare numbers that may be such, in order and without overlap."""
    found: list[Group] = []
    end = 0
    for start in _START.finditer(text):
        if start.start() < end:
            continue
        match = _QUANTITY.match(text, start.start())
        if match and (group := _group(text, match, words, found)):
            found.append(group)
            end = group.end
    return found


class _Phrase(NamedTuple):
    end: int
    named: bool
    plural: bool
    harm: Harm | None


def _group(text: str, match: re.Match[str], words: Lexicon, found: list[Group]) -> Group | None:
    phrase = _phrase(text, match.end(), words)
    band = _band(match)
    if band is None or not _may_count(match, phrase):
        return None
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    if match["number"] and _YEAR.fullmatch(match["number"]) and _YEAR_BEFORE.search(before):
        return None
    whom = text[match.end() : phrase.end].strip(" ,()") or None
    return Group(
        start=match.start(),
        end=phrase.end,
        band=band,
        whom=whom,
        named=phrase.named or bool(match["nobody"]),
        harm=phrase.harm,
        part=_is_part(text, match.start(), phrase.end, before, found, _of_them(match)),
        definite=bool(match["the"]),
    )


def _phrase(text: str, position: int, words: Lexicon) -> _Phrase:
    """The noun phrase that follows a number, up to its last word for people or its word of harm."""
    end, named, plural = position, False, False
    for _ in range(_MOST_WORDS):
        step = _NOUN_WORD.match(text, position)
        if not step:
            break
        word = step[1].strip("().").lower()
        base = word.removesuffix("'s").removesuffix("\u2019s")
        uses = words.harm.get(word, frozenset())
        harm = next((what for what, shape in uses if shape == "noun"), None)
        if harm and word not in _NO_NUMBER_OF:
            return _Phrase(_word_end(step), named, plural, harm)
        if base in words.people and (_is_plural(base) or not _QUALIFIES.match(text, step.end())):
            end = _word_end(step)
            named, plural = True, plural or _is_plural(base)
        elif named or uses or _ends_phrase(step[1], word):
            break
        if plural and not _HARM_NOUN.match(text, end):
            break
        position = step.end()
        if step[1].endswith(".") and not _ABBREVIATION.fullmatch(step[1]):
            break
    return _Phrase(end, named, plural, None)


def _word_end(step: re.Match[str]) -> int:
    return step.start(1) + len(step[1].rstrip(".,)"))


def _ends_phrase(text: str, word: str) -> bool:
    if word in _STOP:
        return not _ACRONYM.fullmatch(text)
    return not word.endswith("-old") and bool(_NUMBERED.match(word) or word.split("-")[0] in NUMBER_WORDS)


def _is_plural(noun: str) -> bool:
    return noun.endswith("s") or noun in _PLURAL


def _may_count(match: re.Match[str], phrase: _Phrase) -> bool:
    if match["the"]:  # "killing the commander" is one; "the soldiers" are not said how many
        return phrase.named and not phrase.plural and not phrase.harm
    if match["one"] and not _of_them(match):
        return phrase.named or (phrase.harm is not None and match["one"].lower() != "another")
    if match["no"]:
        return phrase.named or phrase.harm is not None
    return True


def _of_them(match: re.Match[str]) -> bool:
    return (match["of"] or match["one"] or "").endswith((" them", " those"))


def _is_part(text: str, start: int, end: int, before: str, found: list[Group], of_them: bool) -> bool:
    """Whether a group breaks down another: "including five children", "11 of them women"."""
    last = found[-1] if found else None
    if of_them or _PART_AFTER.match(text, end) or (last and last.part and text[last.end : start] == " "):
        return True  # the last: "one of them a child"
    if _HARMED_TOO.match(text, end):
        unsaid = bool(last and last.part and _AND.fullmatch(text[last.end : start]) and not _harmed(text, found, start))
        return unsaid or bool(_INCLUDING.search(before))
    if last and last.part and _AND.fullmatch(text[last.end : start]):
        return True
    opened = _PART.search(before)
    if not opened:
        return False
    return opened[0][0] not in ",(:" or (last is not None and start - last.end <= _APPOSED)


def _harmed(text: str, found: list[Group], start: int) -> bool:
    """Whether the total that the parts before `start` break down has its word of harm already."""
    total = next((group for group in reversed(found) if not group.part), None)
    return total is None or bool(_HARM.search(text, max(0, total.start - _BEFORE), start))


def _band(match: re.Match[str]) -> Band | None:
    if match["vague"]:
        return None, None
    if match["no"] or match["nobody"]:
        return 0, 0
    count = 1 if match["one"] or match["nth"] or match["the"] else number(match["number"])
    if count is None or (match["number"] or "").startswith("0"):
        return None
    if upper := match["upper"]:
        high = number(upper)
        if high is None or high <= count:
            return None
        return count, high
    if match["low"]:
        return count, None
    return (None if match["high"] else count), count


_AFTER_BARE = _STOP | {"according", "dead", "others", "more"}


def counts_people(text: str, group: Group) -> bool:
    """Whether a number may count people: "killed 22", "lost at least 89 in", but not "lost 12 villages"."""
    if group.named:
        return True
    following = _NOUN_WORD.match(text, group.end)
    if not following or text[group.end : group.end + 1] in ".,;:)":
        return True
    return following[1].strip("().,;").lower() in _AFTER_BARE or following[1][0].isupper()
