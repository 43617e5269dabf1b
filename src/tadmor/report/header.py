"""Which part of a text is what: headline, dateline, body, captions, byline, source, cut, promotion; and what they tell.

Reports arrive in three shapes: paragraphs on lines of their own, paragraphs wrapped at a fixed width, and all on one
line because a scraper lost the line ends. Lines are judged whole first (`lines`); what is left is peeled from its two
ends (`inline`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tadmor.report.findings import Findings, Layout
from tadmor.report.inline import Peeler
from tadmor.report.lines import SENTENCE_END, Judge, paragraphs
from tadmor.report.wording import phrases

_DOTS = re.compile(r"(?:…|\.\.\.)\]?$")
_WORD = re.compile(r"\w+")
_CUE = re.compile(
    r"\b(?:by|source|via|reporting|writing|report(?:er)?|reported|original(?:ly)?|appeared|published|contributed|copyright)\b|©",
    re.IGNORECASE,
)
_LOOK_BACK = 3000  # characters in which an open quotation is looked for


def lay_out(
    text: str,
    *,
    title: str | None = None,
    authors: Sequence[str] = (),
    links: Sequence[str] = (),
    above: Sequence[str] = (),
    below: Sequence[str] = (),
) -> Layout:
    """Mark the parts of `text`.

    `title` and `authors` are as metadata give them; a byline in the text beats `authors`. Of a text from a page,
    `links` are those of its lines that are one link, `above` and `below` lines that stand beside it there: they are no
    part of the text but may tell who wrote it, when and for whom, and that the rest is sold.

    The segments are in order, do not overlap, and none is empty or has white space at its ends.
    """
    spans = paragraphs(text)
    findings = Findings(text, title)
    judge = Judge(findings, spans, links)
    peeler = Peeler(findings, judge)
    for index, (start, end) in enumerate(spans):
        if not any(character.isalnum() for character in text[start:end]) and not _DOTS.search(text[start:end]):
            continue  # a rule or a star between paragraphs
        if role := judge.role(index):
            findings.add(role, start, end)
        else:
            peeler.peel(start, end, last=index == len(spans) - 1)
    beside = [_read_beside(above, title), _read_beside(below, title, after=True)]
    if not findings.authors:
        for named in authors:
            findings.name_authors(named)
        for found in beside:
            if findings.authors.keys() <= found.authors.keys():
                findings.authors.update(found.authors)
        for name in () if findings.authors else findings.signers:
            findings.name_authors(name)
    sold = any(phrases("paywall").any_in(line) for line in below)
    return findings.layout(truncated=sold or _breaks_off(findings), beside=beside)


def _read_beside(lines: Sequence[str], title: str | None, *, after: bool = False) -> Findings:
    """What lines above or below a text tell of it; a date below it may be that of a comment or of another story."""
    if after:
        lines = [line for line in lines if _CUE.search(line)]
    spans, at = [], 0
    for line in lines:
        spans.append((at, at + len(line)))
        at += len(line) + 1
    findings = Findings("\n".join(lines), title)
    findings.headline, findings.body_seen = title or "", int(after)
    judge = Judge(findings, spans)
    for index in range(len(spans)):
        judge.role(index)
    if after:
        findings.published = findings.outlet = None
    return findings


def _breaks_off(findings: Findings) -> bool:
    """Whether the text stops in the middle of a sentence: at half a word, at a word that none ends with, in a quote.

    A missing full stop alone does not count: scraped texts lose theirs.
    """
    if not findings.segments or findings.segments[-1].role != "body":
        return False
    last = findings.segments[-1]
    text = findings.text[max(last.start, last.end - _LOOK_BACK) : last.end]
    if SENTENCE_END.search(text) or (findings.body_seen == 1 and len(text) < 300):
        return _DOTS.search(text) is not None
    found = _WORD.findall(text)
    end = found[-1] if found else ""
    if not text.endswith(end) or phrases("unending").is_all_of(end) or (len(end) == 1 and end.isalpha()):
        return True
    known = set(_WORD.findall(findings.text[: last.end - len(end)]))
    half = end.isalpha() and end not in known and any(len(word) > len(end) and word.startswith(end) for word in known)
    return half or text.count('"') % 2 == 1
