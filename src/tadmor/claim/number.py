"""English numbers, in digits or words."""

from __future__ import annotations

import re

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUE = {word: value for value, word in enumerate(_ONES)} | {word: 20 + 10 * i for i, word in enumerate(_TENS)}
_SCALE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "dozen": 12}
_AND_SCALE = 1_000  # from here on a scale closes a group: "two hundred thousand" is 200 * 1000

_WORD = "(?:" + "|".join([*_VALUE, *_SCALE]) + ")"
_DIGITS = r"\d{1,3}(?:,\d{3}){1,4}|\d+(?:\.\d+)?(?=[ -](?:million|thousand)\b)|\d+"

NUMBER_WORDS = frozenset(_VALUE) | frozenset(_SCALE) | {"half"}
"""Every word that can stand in a number, lower case."""

NUMBER = (
    rf"(?:(?:{_DIGITS})(?:[ -](?:hundred|thousand|million|dozen)\b)?"
    r"|half an? (?:million|dozen)\b"
    rf"|(?:an? )?{_WORD}\b(?:[ -]{_WORD}\b|(?:(?<=hundred)|(?<=thousand)) and {_WORD}\b){{0,7}})"
)
"""Pattern source of a number, for use with ``re.IGNORECASE``; :func:`number` reads what it matches."""

_LONGEST = 80  # characters; no number of people or days is longer
_PARTS = re.compile(r"[\d.,]+|[a-z]+")


def number(text: str) -> int | None:
    """Value of a number such as "22", "1,407", "ninety-two", "two hundred and six", "half a million", "a dozen", "a".

    None where `text` is no number.
    """
    if len(text) > _LONGEST:
        return None
    total, group, seen = 0, 0.0, False
    for part in _PARTS.findall(text.lower()):
        if part[0].isdigit():
            digits = part.rstrip(".,").replace(",", "")
            if digits.count(".") > 1:
                return None
            group += float(digits)
        elif part in _VALUE:
            group += _VALUE[part]
        elif part in _SCALE:
            group = (group or 1) * _SCALE[part]
            if _SCALE[part] >= _AND_SCALE:
                total, group = total + round(group), 0.0
        elif part == "half":
            group += 0.5
        elif part in ("a", "an"):
            continue
        elif part != "and":
            return None
        seen = True
    if not seen:
        return 1 if text.strip().lower() in ("a", "an") else None
    return total + round(group)
