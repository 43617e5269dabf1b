"""Parts inside a paragraph: what scrapers that lose line ends leave before, in and after the text of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tadmor.records import Role
from tadmor.report import day
from tadmor.report.dateline import bare_dateline_at, dateline_at, late_datelines
from tadmor.report.findings import Findings
from tadmor.report.language import is_function_word
from tadmor.report.lines import CREDITS, SENTENCE_END, SEPARATOR, Judge, before_date
from tadmor.report.wording import outlets, phrases

_HEAD, _TAIL = 900, 700  # characters at the ends of a paragraph in which parts are looked for
_LONG = 1500  # characters; a longer paragraph holds a whole text and may have a tail wherever it stands

_SENTENCE_START = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(]?[A-Z0-9])")
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\S+")
_AGENCY = re.compile(r"[A-Z][\w.-]*(?: (?:and |& )?[A-Z][\w.-]*){0,3}?(?=,? )")
_UPDATED = re.compile(r"\((?:updated|modified)[^()]{0,40}\)\s*", re.IGNORECASE)
_NUMBERS = re.compile(r"\s*(?:(?:\d[\d,.]*\s+){1,4}(?=\D)|https?\S*\s*)")
_TAGS = re.compile(r"\bTags:?\s+(?=[A-Z])")
_CREDIT = re.compile(r"\(([^()]{2,60})\)")

_TAGS_LAST = re.compile(r"\bTags:?\s+(?=\w)")
_INITIALS = re.compile(r"[.!?\"”]\s+([\dA-Z./-]{2,10}(?: [\dA-Z./-]{1,6})?)$")
_SOURCE = re.compile(r"\((?:source|via):?\s+([^()]{2,80})\)$", re.IGNORECASE)
_SOURCE_LAST = re.compile(r"(?:^|[.!?\"”]\s+)(Source:?\s+(?=[A-Z])([^.!?]{2,60}))$")
_AGENCIES = re.compile(r"\b(?:news )?agencies contributed to this (?:report|article|story)\.?$", re.IGNORECASE)
_STOPS = (".", "!", "?", '"', "”", ")")


class Peeler:
    """Takes from a paragraph what is not its text; what is left is body."""

    def __init__(self, findings: Findings, judge: Judge) -> None:
        self._findings, self._judge, self._text = findings, judge, findings.text

    def peel(self, start: int, end: int, *, last: bool) -> None:
        """Add the parts of the paragraph ``text[start:end]``, which may be the last of the text."""
        findings = self._findings
        if findings.body_seen < 3:
            start = self._peel_head(start, end)
        tail = list(self._tail(start, end)) if last or end - start > _LONG else []
        end = tail[-1][1] if tail else end
        if start < end:
            for role, first, stop in self._inside(start, end):
                findings.add(role, first, stop)
            findings.body_seen += 1
        for role, first, stop in reversed(tail):
            findings.add(role, first, stop)

    # --- before the text --------------------------------------------------------------------------------------------

    def _peel_head(self, start: int, end: int) -> int:
        findings = self._findings
        while start < end:
            separator = SEPARATOR.match(self._text, start, end)
            at = separator.end() if separator else start
            found = None
            if not findings.body_seen:
                found = self._date(at, end) or self._title(at, end) or self._agency(at, end) or self._noise(at, end)
            if found:
                role, stop = found
                findings.add(role, at, stop)
                start = stop
                continue
            line = dateline_at(self._text[:end], at)
            if not line and (findings.published or findings.updated):
                line = bare_dateline_at(self._text[:end], at)
            if line:
                findings.placed(line)
                findings.add("dateline", at, line.end)
                return line.end
            return at
        return start

    def _date(self, start: int, end: int) -> tuple[Role, int] | None:
        position, kind = before_date(self._text, start)
        written = day.at(self._text, position)
        if not written or written.end > end or (self._judge.chronology and not kind):
            return None
        after = self._text[written.end : min(end, written.end + 40)].lstrip(" .,|-–—")
        opens = not after or after[0].isupper() or after[0].isdigit() or after[0] in "\"'“‘("
        if not opens and phrases("head").at(after) is None:
            return None  # "12 December 2016 was a quiet day"
        self._findings.dated(kind, written)
        return "dateline", written.end

    def _title(self, start: int, end: int) -> tuple[Role, int] | None:
        title = self._findings.title
        if not title or self._findings.headline is not None:
            return None
        spans = [match.span() for match in _WORD.finditer(self._text, start, min(end, start + 600))][: len(title)]
        if [self._text[first:stop].casefold() for first, stop in spans] != title:
            return None
        stop = spans[-1][1]
        after = self._text[stop : min(end, stop + 20)].lstrip(" .:|–—-")
        if after[:1].islower() or after[:1] in ("(", ",", ";"):
            return None  # the first sentence only begins like the headline
        self._findings.headline = self._text[start:stop]
        return "headline", stop

    def _agency(self, start: int, end: int) -> tuple[Role, int] | None:
        """An agency before a date or the text: "AFP Saturday 26 Jul 2014", "(headline) AFP At least ten"."""
        match = _AGENCY.match(self._text, start, end)
        found = outlets().by_name(match.group()) if match else None
        if not match or not found:
            return None
        after = self._text[match.end() : match.end() + 40].lstrip(" ,")
        settled = self._findings.published and self._findings.headline and found.wire
        if not day.at(after) and not (settled and (after[:1].isupper() or after[:1].isdigit())):
            return None
        self._findings.original = self._findings.original or found.name
        return "source", match.end()

    def _noise(self, start: int, end: int) -> tuple[Role, int] | None:
        findings = self._findings
        if not (findings.published or findings.updated or findings.headline):
            return None
        if updated := _UPDATED.match(self._text, start, end):
            return "promotion", updated.end()
        stop = phrases("head").at(self._text, start)
        if stop is None or stop > end:
            return None
        numbers = _NUMBERS.match(self._text, stop, end)
        stop = numbers.end() if numbers else stop
        after = self._text[stop : stop + 10].lstrip()
        return None if after[:1].islower() else ("promotion", stop)  # "Video showed smoke over the town"

    # --- in the text ------------------------------------------------------------------------------------------------

    def _inside(self, start: int, end: int) -> Iterator[tuple[Role, int, int]]:
        """In the first paragraph, tags, captions and a late dateline of a text without line ends; the rest is body."""
        if self._findings.body_seen:
            yield "body", start, end
            return
        text, limit = self._text, min(end, start + _HEAD)
        starts = [start, *(match.end() for match in _SENTENCE_START.finditer(text, start, limit))]
        cuts: list[tuple[int, int, Role]] = []
        if tags := _TAGS.search(text, start, limit):
            cuts.append((tags.start(), self._tags_end(tags.end(), end, start), "promotion"))
        if self._findings.dateline is None:
            for at, line in late_datelines(text, start, limit)[:1]:
                self._findings.placed(line)
                before = max(place for place in starts if place <= at)
                if start < before < at:
                    cuts.append((before, at, "promotion"))  # the title of another story
                cuts.append((at, line.end, "dateline"))
        for credit in _CREDIT.finditer(text, start, limit):
            inside = any(first <= credit.start() < stop for first, stop, _ in cuts)
            if not inside and self._judge.is_credit(credit.group(1)):
                cuts.append((max(place for place in starts if place <= credit.start()), credit.end(), "caption"))
        position = start
        for first, stop, role in sorted(cuts):
            if first >= position:
                yield "body", position, first
                yield role, first, stop
                position = stop
        yield "body", position, end

    def _tags_end(self, position: int, end: int, start: int) -> int:
        """Where tags give way to a sentence: before its first function word, or where the text begins anew."""
        last = position
        for word in _TOKEN.finditer(self._text, position, min(end, position + 400)):
            last = word.start() if word.group()[0].isupper() else last
            if is_function_word(word.group().lower()):
                break
        opening = " ".join(self._text[start : start + 60].split()[:3])
        again = self._text.find(opening, position, min(end, last + 60))
        return again if again > 0 else last

    # --- after the text ---------------------------------------------------------------------------------------------

    def _tail(self, start: int, end: int) -> Iterator[tuple[Role, int, int]]:
        """Parts at the end of the paragraph, the last one first."""
        while found := self._last(start, end):
            role, first = found
            if first <= start:
                return
            yield role, first, end
            end = first - (len(self._text[start:first]) - len(self._text[start:first].rstrip()))

    def _last(self, start: int, end: int) -> tuple[Role, int] | None:
        text, findings = self._text, self._findings
        floor = max(start, end - _TAIL)
        ending = text[floor:end]
        if source := _SOURCE.search(ending):
            findings.name_source(source.group(1))
            return "source", floor + source.start()
        if (closing := phrases("last_phrases").found(ending)) and closing[-1][1] == len(ending):
            return "promotion", floor + closing[-1][0]
        word = ending.rsplit(None, 1)[-1] if ending.strip() else ""
        if phrases("last_words").is_all_of(word) and ending[: -len(word)].rstrip().endswith(_STOPS):
            return "promotion", end - len(word)
        if hits := phrases("tail").found(ending):
            findings.name_owner(ending[hits[0][1] :])
            return "promotion", floor + hits[0][0]
        if credits := CREDITS.search(ending):
            findings.name_authors(ending[credits.end() :])
            return "byline", floor + credits.start()
        if source := _SOURCE_LAST.search(ending):
            findings.name_source(source.group(2))
            return "source", floor + source.start(1)
        if agencies := _AGENCIES.search(ending):
            findings.original = findings.original or "agencies"
            return "source", floor + agencies.start()
        if (tags := _TAGS_LAST.search(ending)) and not _SENTENCE_START.search(ending, tags.end()):
            return "promotion", floor + tags.start()
        if initials := _INITIALS.search(ending):
            return "promotion", floor + initials.start(1)
        if breaks := list(_SENTENCE_START.finditer(ending)):
            last = breaks[-1].end()
            if not SENTENCE_END.search(ending) and len(phrases("footer").found(ending, last)) > 1:
                return "promotion", floor + last
        return None
