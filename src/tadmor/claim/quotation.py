"""What stands between quotation marks: stretches of a parsed text, also over several sentences."""

from __future__ import annotations

from typing import NamedTuple

from tadmor.claim.tree import Doc, Span, Token

_STRAIGHT = frozenset({'"', "''", "``"})
_OPENING = frozenset({"“", "„", "«", "``"})
_CLOSING = frozenset({"”", "»"})
_LEAST = 4  # tokens below which marks only set off a name or a word


class Quotation(NamedTuple):
    """``doc[start:end]`` without its marks; `closed` is False where the next paragraph goes on with it."""

    start: int
    end: int
    closed: bool = True


def quotations(doc: Doc) -> list[Quotation]:
    """The quotations of a text that hold a clause, in order; marks that do not pair within a paragraph mean nothing.

    Only one that nothing closes up to the end of its paragraph is kept as open: it may go on in the next.
    """
    cached = doc.user_data.get("tadmor quotations")
    if cached is None:
        cached = doc.user_data["tadmor quotations"] = _paired(doc)
    return cached


def _paired(doc: Doc) -> list[Quotation]:
    found: list[Quotation] = []
    start: int | None = None
    for token in doc:
        if token.is_space and "\n" in token.text:
            if start is not None:
                found.append(Quotation(start, token.i, closed=False))
            start = None
            continue
        mark = _mark(token)
        if mark == "open":
            start = token.i + 1
        elif mark == "close" and start is not None:
            found.append(Quotation(start, token.i))
            start = None
    if start is not None:
        found.append(Quotation(start, len(doc), closed=False))
    return [
        q for q in found if q.end - q.start >= _LEAST and any(t.pos_ in ("VERB", "AUX") for t in doc[q.start : q.end])
    ]


def opens(token: Token) -> bool:
    """Whether a token is a mark that opens a quotation."""
    return _mark(token) == "open"


def _mark(token: Token) -> str | None:
    """Whether a token opens or closes a quotation; straight marks tell by the blanks beside them."""
    if token.text in _OPENING:
        return "open"
    if token.text in _CLOSING:
        return "close"
    if not _quote_sign(token):
        return None
    before = token.nbor(-1) if token.i else None
    if before is not None and _quote_sign(before) and not before.whitespace_:
        return _mark(before)  # '"""It is hard': several marks are one
    after_blank = before is None or bool(before.whitespace_) or before.is_space
    return "open" if after_blank and not token.whitespace_ else "close"


def _quote_sign(token: Token) -> bool:
    return token.text in _STRAIGHT or (token.text[:1] == '"' and set(token.text) == {'"'})


def within(index: int, doc: Doc) -> Quotation | None:
    """The quotation that a token stands in."""
    return next((q for q in quotations(doc) if q.start <= index < q.end), None)


def touching(sentence: Span) -> list[Quotation]:
    """The quotations of which some words stand in the sentence."""
    return [q for q in quotations(sentence.doc) if q.start < sentence.end and q.end > sentence.start]
