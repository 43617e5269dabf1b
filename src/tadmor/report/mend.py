"""Texts that somebody decoded wrongly before they came here: "the governorâ€™s cafÃ©" for "the governor’s café".

What can be said for certain is put right, piece by piece, and counted: a piece whose characters all go back to bytes in
one encoding, where those bytes are UTF-8, and nothing in the result looks wrong. Anything less stays as it came.
"""

from __future__ import annotations

import re

# UTF-8 of a letter or sign read as Windows-1252 or its kin, or of a quotation mark read as Windows-1251. Such
# characters hardly ever stand side by side in a text that was decoded rightly.
_FIRST = "\xc2\xc3\xd0\xd1\xd8\xd9\xe2"
_SUSPECT = re.compile(f"[{_FIRST}][\x80-\xbf\u0152-\u02dc\u2013-\u2122]|\u0432\u0402")
_PIECE = re.compile(r"<[^<>\n]*>|[^<\n]+|[<\n]")  # a tag, or the text between two, or of a line
_CERTAIN = frozenset(("encode", "decode"))
_LONGEST = 20_000  # characters of a piece that are looked at


def mend(text: str) -> tuple[str, int]:
    """The text, or source of a page, with what is certainly wrong put right, and how many pieces that were."""
    if text.isascii() or not any(sign in text for sign in (*_FIRST, "\u0402")) or not _SUSPECT.search(text):
        return text, 0
    pieces = _PIECE.findall(text)
    mended = [_mended(piece) if len(piece) <= _LONGEST and _SUSPECT.search(piece) else piece for piece in pieces]
    return "".join(mended), sum(new != old for new, old in zip(mended, pieces, strict=True))


def _mended(piece: str) -> str:
    from ftfy import fix_encoding_and_explain
    from ftfy.badness import is_bad

    fixed, steps = fix_encoding_and_explain(piece)
    certain = steps and all(step.action in _CERTAIN for step in steps) and not is_bad(fixed)
    return fixed if certain else piece
