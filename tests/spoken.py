"""Helpers of the tests beside: a text parsed by the shipped pipeline, its scene, its words; a report of one text."""

from __future__ import annotations

from datetime import date

from tadmor.claim.parse import parse
from tadmor.claim.read import read
from tadmor.claim.scene import Scene
from tadmor.claim.site import site
from tadmor.claim.tree import Doc, Span, Token
from tadmor.claim.who import party
from tadmor.records import Claim, Reading, Report, Segment

DAY = date(2016, 12, 10)  # a Saturday


def doc(text: str) -> Doc:
    (parsed,) = parse([text])
    return parsed


def scene(parsed: Doc, published: date | None = DAY, dateline: str | None = None) -> Scene:
    """The scene of a parsed text, with all that it names spoken of, as a reader has it at the end of the text."""
    made = Scene([parsed], published=published, dateline=dateline)
    for token in parsed:
        mention = made.mention(token)
        if mention is None or token.i != mention.start:
            continue
        if mention.kind == "place" and (found := site(token, made)) is not None:
            made.remember_place(found.where, found.kind, token)
        elif mention.kind == "actor" and (found_party := party(parsed[mention.end - 1], made)) is not None:
            made.remember_party(found_party.party, token, armed=True, state=False, plural=True)
    return made


def word(parsed: Doc, text: str, nth: int = 0) -> Token:
    """The nth token of that form."""
    return [t for t in parsed if t.text == text][nth]


def sentence(parsed: Doc, nth: int = 0) -> Span:
    return list(parsed.sents)[nth]


def report(text: str, *, published: date | None = DAY, language: str = "en", id: str = "r1") -> Report:
    """A report that is all body."""
    return Report(
        id=id,
        sha256="0" * 64,
        doc=id,
        origin="-",
        media_type="text/plain",
        published=published,
        language=language,
        text=text,
        segments=(Segment(role="body", start=0, end=len(text)),),
    )


def reading(text: str, *, published: date | None = DAY) -> Reading:
    (one,) = read([report(text, published=published)])
    return one


def claims(text: str, *, published: date | None = DAY) -> tuple[Claim, ...]:
    return reading(text, published=published).claims
