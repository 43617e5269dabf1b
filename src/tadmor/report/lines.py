"""Lines of a text: which belong to one paragraph, and which whole lines are not body text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from tadmor.lexicon import sources
from tadmor.records import Role
from tadmor.report import day
from tadmor.report.dateline import dateline_at, is_place
from tadmor.report.findings import NAME, Findings, is_person, name_and_outlet, words
from tadmor.report.slug import masthead, slug
from tadmor.report.title import split_headline
from tadmor.report.wording import is_medium, may_be_medium, outlets, phrases

SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*(?:\[\d{1,3}\])*$")
SEPARATOR = re.compile(r"[\s.|·•–—:,;/-]*")
CREDITS = re.compile(r"\(?\b(?:Additional reporting|Reporting|Writing|Compiled|Written|Reported)(?: and writing)? by ")

_FULL = 0.7  # of the width: shorter lines of a wrapped text end their paragraph
_HEADLINE = 250  # characters at most
_CAPTION = 700
_QUOTES = "\"'“‘"
_CHRONOLOGY = 3  # lines that begin with different days: they date what they tell, not the text
_CLOSES = 3  # paragraphs of body before a line can close the text
_FOOT = 1 / 3  # of all characters at most are below a line that closes the text
_SHORT = 8  # words
_TITLE = 15  # words
_HEADER = 4  # lines among which a header line may follow a standfirst
_PROMOTION = 60  # words; a longer line is a paragraph that happens to hold such a phrase

_BYLINE = re.compile(
    r"\(?(?:story |report |text |words )?by:?\s+(?=[A-Z])|"
    r"\(?(?:additional |with )?(?:reporting|writing|editing|compiled|edited|written|reported)\b[\w ]{0,20}?"
    r"\bby:?\s+(?=[A-Z])",
    re.IGNORECASE,
)
_EDITOR = re.compile(r"\(?(?:edited|editing) by\b", re.IGNORECASE)
_POSTED = re.compile(r"\b(?:published|posted)(?: on)?:? ", re.IGNORECASE)
_CONTRIBUTED = re.compile(
    r"(?:\bcontributed (?:reporting|to this (?:report|article|story))|\breported from [A-Z][\w ,]+)\W*$"
)
_BETWEEN_SIGNED = re.compile(r"[,/|·•&]|\band\b|\s[-–—]\s")
_INITIALS = re.compile(r"[a-z]{2,4}(?:[-/][a-z]{2,4})*(?: \([A-Z][A-Za-z, ]{1,40}\))?")
_NOTE = re.compile(r"\[\d{1,3}\](?=\s)")
_NOTED = re.compile(r"(?<=\S)\[\d{1,3}\]")
_SOURCE = re.compile(
    r"(?:source|via(?=:)|read the original (?:article|story|report|post) (?:in|at|on)|"
    r"originally (?:published|appeared) (?:in|at|on|by)|"
    r"(?:this|the) (?:article|story|report|piece|post) (?:was )?(?:first |originally )?"
    r"(?:appeared|published|posted)(?: first)? (?:in|at|on|by))\s*:?\s+",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"[(\[]([^()\[\]]{2,80})[)\]]\.?$")
_SLASHED = re.compile(rf"(?:{NAME}|[A-Z][\w'’.-]+)\s?/\s?[A-Z][\w .,'’/-]*")
_BETWEEN_CREDITS = re.compile(r"\s?/\s?|,| via | and ")
_CLOCK = re.compile(r"(?:at\s+)?\d{1,2}[:.]\d{2}\s?(?:[ap]\.?m\.?)?\s?(?:[A-Z]{2,4}\b)?,?\s+", re.IGNORECASE)
_AFTER_DATE = re.compile(r"[\dA-Za-z:.+ /()-]{1,25}")
_OWNED = re.compile(r"(?:©|\(c\)|copyright\b)\W*(?:©\W*)?\d{4}\b", re.IGNORECASE)
_FOLLOW = re.compile(r"follow .{2,60} on (?:twitter|facebook|x|instagram|telegram|youtube)\b", re.IGNORECASE)
_ASIDE = re.compile(r"[(\[].{0,80}\bthis (?:story|article|report|post)\b[^()\[\]]*[)\]]\.?$", re.IGNORECASE)
_ADDRESSED = re.compile(r"\b(?:[Yy]ou|[Yy]our|[Oo]ur|us)\b")  # "US" is a country
_AT_OUTLET = re.compile(r"\s+(?:at|on|in|from|via)\s+(.{2,60})")


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Stripped, non-empty paragraphs: lines, or blocks of lines where the text is wrapped at a fixed width."""
    lines: list[tuple[int, int]] = []
    blocks: list[list[int]] = []
    position, open_block = 0, False
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = position + len(line) - len(line.lstrip())
            if not open_block:
                blocks.append([])
            blocks[-1].append(len(lines))
            lines.append((start, start + len(stripped)))
        open_block = bool(stripped)
        position += len(line) + 1
    width = max((end - start for start, end in lines), default=0)
    inner = [lines[index] for block in blocks for index in block[:-1]]
    full = [(start, end) for start, end in inner if end - start >= _FULL * width]
    ragged = sum(1 for start, end in full if not SENTENCE_END.search(text[start:end]))
    wrapped = 40 <= width <= 110 and len(inner) >= 3 and len(full) >= 0.6 * len(inner) and ragged >= 0.6 * len(full)
    if not wrapped:
        return lines
    found: list[tuple[int, int]] = []
    for block in blocks:
        start = lines[block[0]][0]
        for index in block:
            first, end = lines[index]
            if index == block[-1] or end - first < _FULL * width:  # a short line ends its paragraph
                found.append((start, end))
                start = lines[index + 1][0] if index + 1 < len(lines) else end
    return found


class Judge:
    """Tells for each whole line of a text what it is, and notes what it says.

    `chronology` says that the text is a list of dated entries.
    """

    def __init__(self, findings: Findings, spans: list[tuple[int, int]], links: Sequence[str] = ()) -> None:
        self._findings = findings
        self._links = frozenset(links)
        self._closed = False
        self._noted = frozenset(_NOTED.findall(findings.text))
        self._lines = [findings.text[start:end] for start, end in spans]
        self._times = Counter(self._lines)
        # longest line after each line: a headline has a longer one below it
        self._longest = [0] * (len(spans) + 1)
        for index in range(len(spans) - 1, -1, -1):
            self._longest[index] = max(self._longest[index + 1], len(self._lines[index]))
        # characters from each line on
        self._after = list(accumulate(map(len, reversed(self._lines)), initial=0))[::-1]
        begun = {written[2:] for line in self._lines if (written := day.at(line))}
        self.chronology = len(begun) >= _CHRONOLOGY

    def role(self, index: int) -> Role | None:
        """The part that the line plays; None where it is, or holds, body text."""
        line, findings = self._lines[index], self._findings
        if self._is_closed(index):
            return "promotion"
        count = len(line.split())
        bare = line.strip(" .…[]()>»→:-–—*\"'")
        dots = not bare and ("…" in line or "..." in line)
        if dots or phrases("cut").is_all_of(bare) or self._cut_with_outlet(bare):
            findings.cut()
            return "cut"
        if count <= 16 and self._is_signed(index):
            return "byline"
        if count <= 20 and (said := self._slug(index)):
            return said
        if count <= 40 and self._is_date(line):
            return "dateline"
        if count <= 60 and self._is_byline(line):
            return "byline"
        if (count <= 30 and self._is_source(line)) or self._is_note(index):
            return "source"
        if findings.headline is not None and line == findings.headline:
            return "headline"
        if line in self._links and (findings.headline is not None or findings.body_seen):
            return "promotion"
        if len(line) <= _CAPTION and self._is_caption(line):
            return "caption"
        if findings.headline is None and not findings.body_seen:
            if self._is_masthead(index):
                found = outlets().by_name(line)
                findings.outlet = found.name if found else line
                return "promotion"
            if self._is_headline(index):
                findings.headline, outlet = split_headline(line)
                findings.outlet = findings.outlet or outlet
                return "headline"
        if count <= _PROMOTION and (self._is_promotion(line) or self._is_film(index)):
            return "promotion"
        return None

    def _is_closed(self, index: int) -> bool:
        """Whether the text is over: "About the author" and what is below it."""
        if (
            not self._closed
            and self._findings.body_seen >= _CLOSES
            and phrases("closing").is_all_of(self._lines[index])
        ):
            self._closed = self._after[index] < self._after[0] * _FOOT
        return self._closed

    def _is_date(self, line: str) -> bool:
        """A line that is nothing but a date, with or without "Published" before and a time zone after it."""
        position, kind = before_date(line, 0)
        written = day.at(line, position)
        if not written or (self.chronology and not kind):
            return False
        rest = line[written.end :].strip(" .|,-–—")
        if rest and not (kind and len(rest) <= 60) and (not _AFTER_DATE.fullmatch(rest) or len(rest.split()) > 3):
            return False
        if kind and SENTENCE_END.search(line) and len(rest.split()) > 3:
            return False  # "Released on 5 October 2016, the men went home."
        if rest and not kind and day.at(rest):
            return False  # from one day to another: the line tells of something else
        self._findings.dated(kind, written)
        return True

    def _slug(self, index: int) -> Role | None:
        """The role of a header line near the head of the text, or of a line at its foot that dates it."""
        line, findings = self._lines[index], self._findings
        if index >= _HEADER and index < len(self._lines) - 2 and findings.body_seen:
            return None
        said = None if self.chronology else slug(line)
        if said is None:
            name = (
                masthead(line, dated=self._beside_date(index)) if findings.headline and not findings.body_seen else None
            )
            findings.outlet = findings.outlet or name
            return "dateline" if name else None
        if said.published:
            findings.dated("published", said.published)
        if said.updated:
            findings.dated("updated", said.updated)
        if said.outlet and not said.sure and not index and self._is_headline(index):
            return None  # "Battle of Tell Karam, 5 May 2016"
        if said.author:
            findings.name_authors(said.author)
        findings.outlet = findings.outlet or said.outlet
        findings.dateline = findings.dateline or said.place
        return "dateline" if said.day else "byline"

    def _beside_date(self, index: int) -> bool:
        near = (self._lines[at] for at in (index - 1, index + 1) if 0 <= at < len(self._lines))
        return any(said.day for line in near if (said := slug(line)))

    def _is_byline(self, line: str) -> bool:
        match = _BYLINE.match(line)
        posted = _POSTED.search(line) if match else None
        if posted and (written := day.at(line, posted.end())):
            self._findings.dated("published", written)
        if match:
            short = len(line.split()) <= 16 and not SENTENCE_END.search(line.rstrip(")"))
            if short and _EDITOR.match(line):
                return True
            if short or CREDITS.match(line) or (line.startswith("(") and line.endswith((")", ")."))):
                self._findings.name_authors(line[match.end() :])
                return True
        if _CONTRIBUTED.search(line) and len(line.split()) <= 40:
            self._findings.name_authors(line, helped=True)
            return True
        return False

    def _is_signed(self, index: int) -> bool:
        """A line of nothing but names: of writers and their outlet above the text, or of writers at its end."""
        line, findings = self._lines[index], self._findings
        last = index == len(self._lines) - 1 and findings.body_seen > 0
        if findings.body_seen and not last:
            return False
        if last and _INITIALS.fullmatch(line):
            return True
        if SENTENCE_END.search(line) or _BYLINE.match(line):
            return False
        people, media = [], []
        for part in filter(None, (part.strip(" .()") for part in _BETWEEN_SIGNED.split(line))):
            name, outlet = name_and_outlet(part)
            if outlet is None and (outlets().by_name(part) or may_be_medium(part)):
                media.append(part)
                continue
            if not is_person(name):
                return False
            people.append(name)
            media.extend([outlet] if outlet else [])
        if not people or not (media or last) or any(_is_other(name) for name in people):
            return False
        if last:
            findings.signers.extend(people)
        else:
            findings.name_authors(", ".join(people))
        for name in media:
            known = outlets().by_name(name)
            if known and known.wire:
                findings.original = findings.original or known.name
            elif known:
                findings.credited = findings.credited or known.name
            else:
                findings.outlet = findings.outlet or name
        return True

    def _is_note(self, index: int) -> bool:
        """A note at the foot of a text that says where something in it comes from: "[4] Regional Monitor, ..."."""
        match = _NOTE.match(self._lines[index])
        return match is not None and match.group() in self._noted

    def _is_source(self, line: str) -> bool:
        match = _SOURCE.match(line)
        if not match or (SENTENCE_END.search(line) and len(line.split()) > 16):
            return False
        rest = line[match.end() :]
        if match.group().strip().isalpha() and not rest[:1].isupper():
            return False  # "Source of the fire ..."
        self._findings.name_source(re.sub(r"^the (?=[A-Z])", "", rest))
        return True

    def _is_caption(self, line: str) -> bool:
        if phrases("caption").at(line) is not None:
            return True
        credit = _CREDIT.search(line)
        if credit and self.is_credit(credit.group(1)):
            return True
        begun = self._findings.headline is not None or self._findings.body_seen > 0
        return self._times[line] > 1 and len(line) > 40 and begun

    def is_credit(self, inside: str) -> bool:
        """Whether what stands in brackets names a photographer or an agency as the maker of a picture."""
        if phrases("credit").any_in(inside) and len(inside.split()) <= 10:
            return True
        parts = [part.strip() for part in _BETWEEN_CREDITS.split(inside)]
        if any(outlets().by_name(part) for part in parts):
            return len(parts) > 1 or not self._findings.body_seen
        return _SLASHED.fullmatch(inside) is not None

    def _is_masthead(self, index: int) -> bool:
        """The site's own name above the headline."""
        line = self._lines[index]
        if len(line.split()) > 6 or SENTENCE_END.search(line):
            return False
        if outlets().by_name(line):
            return True
        below = (at for at in range(index + 1, len(self._lines)) if not self._is_furniture(self._lines[at]))
        following = next(below, None)
        return is_medium(line) and following is not None and self._is_headline(following)

    def _is_furniture(self, line: str) -> bool:
        return day.at(line, before_date(line, 0)[0]) is not None or _BYLINE.match(line) is not None

    def _is_headline(self, index: int) -> bool:
        line, title = self._lines[index], self._findings.title
        own = words(line)
        if title and own and own[: len(title)] == title[: len(own)]:
            return len(own) <= len(title) + 3
        if len(own) < 2 or len(line) > _HEADLINE or self._longest[index + 1] < len(line) or dateline_at(line):
            return False
        if len(own) < 5 and (phrases("promotion").any_in(line) or phrases("furniture").any_in(line)):
            return False
        long = [word for word in line.split() if len(word) > 3 and word[0].isalpha()]
        titled = bool(long) and sum(word[0].isupper() for word in long) >= 0.7 * len(long)
        return titled or not line.endswith((".", ",", ";", ":"))

    def _is_promotion(self, line: str) -> bool:
        count, sentence = len(line.split()), SENTENCE_END.search(line) is not None
        if any(sign.match(line) for sign in (_OWNED, _FOLLOW, _ASIDE)) or phrases("player").any_in(line):
            return True
        if phrases("promotion").any_in(line):
            return count <= _SHORT or not sentence or (line[0] not in _QUOTES and _ADDRESSED.search(line) is not None)
        return count <= _SHORT and not sentence and phrases("furniture").any_in(line)

    def _is_film(self, index: int) -> bool:
        """The title of a film, on a page without its player."""
        line = self._lines[index]
        if index + 1 == len(self._lines) or len(line.split()) > _TITLE or SENTENCE_END.search(line):
            return False
        return phrases("player").any_in(self._lines[index + 1])

    def _cut_with_outlet(self, bare: str) -> bool:
        """ "Read more at The Guardian", "Continue reading on nytimes.com"."""
        end = phrases("cut").at(bare)
        match = _AT_OUTLET.fullmatch(bare, end) if end is not None else None
        if not match:
            return False
        if found := outlets().by_name(match.group(1)):
            self._findings.original = self._findings.original or found.name
        return True


def _is_other(name: str) -> bool:
    """Whether a name that looks like a person's is that of a place, or of somebody who takes part in what is told."""
    return is_place(name) or sources.load().by_name(name) is not None


def before_date(text: str, position: int) -> tuple[int, str]:
    """Where the date begins that may stand at `position` behind "Published" or "Updated", and which of them it was."""
    kind = ""
    for name in ("updated", "published"):
        end = phrases(name).at(text, position)
        if end is not None:
            kind, separator = name, SEPARATOR.match(text, end)
            position = separator.end() if separator else end
            break
    clock = _CLOCK.match(text, position) if kind else None
    return (clock.end() if clock else position), kind
