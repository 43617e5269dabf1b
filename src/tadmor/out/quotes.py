"""Quotes as they are shown: the exact words in a little of their context, with all that leads back to the bytes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tadmor.out import wording
from tadmor.record.queries import Told
from tadmor.records import Pull, Record, Report

__all__ = ["Library", "Quoted"]

CONTEXT = 110  # characters to each side
LONGEST = 600  # characters of the words themselves


class Quoted(Record, frozen=True):
    """A claim to be shown. `said` is the chain of sources, who spoke first to who carried it last."""

    claim_id: str
    pull: float | None
    before: str
    words: str
    after: str
    says: str
    days: str
    notes: tuple[str, ...]  # modality and verification, where they are not plain assertion; what analysts made of it
    said: tuple[str, ...]
    outlet: str | None
    original_outlet: str | None
    headline: str | None
    doc: str
    published: date | None
    copies: int  # reports that carry the same story, this one among them
    report_id: str
    sha256: str
    rule: str
    from_headline: bool


class Library:
    """The reports of a record, to cut quotes from."""

    def __init__(self, reports: Mapping[str, Report], copies: Mapping[str, int]) -> None:
        """`copies` says how many reports each story has."""
        self._reports = reports
        self._copies = copies

    def quote(self, told: Told, pull: Pull | None = None) -> Quoted:
        """One claim, ready to be shown."""
        claim = told.claim
        report = self._reports[claim.report_id]
        start, end = claim.quote.start, claim.quote.end
        before, words, after = _context(report, start, end)
        notes: list[str] = [claim.modality] if claim.modality != "asserted" else []
        if claim.verification:
            notes.append(claim.verification)
        if reviewed := wording.reviewed(told.review, told.credibility, told.as_read):
            notes.append(reviewed)
        return Quoted(
            claim_id=claim.id,
            pull=pull.pull if pull else None,
            before=before,
            words=words or wording.squeeze(told.quote),
            after=after,
            says=wording.says(claim),
            days=wording.days(claim.days),
            notes=tuple(notes),
            said=claim.sources,
            outlet=told.outlet,
            original_outlet=told.original_outlet if told.original_outlet != told.outlet else None,
            headline=told.headline,
            doc=told.doc,
            published=told.published,
            copies=self._copies.get(told.story_id or "", 1),
            report_id=claim.report_id,
            sha256=told.sha256,
            rule=claim.rule,
            from_headline=any(part.role == "headline" and part.start <= start < part.end for part in report.segments),
        )


def _context(report: Report, start: int, end: int) -> tuple[str, str, str]:
    """The words, and what stands before and after them in the same part of the report, cut between words."""
    part = next((part for part in report.segments if part.start <= start < part.end), None)
    low = max(part.start if part else 0, start - CONTEXT)
    high = min(max(part.end, end) if part else len(report.text), end + CONTEXT)
    before, after = report.text[low:start], report.text[end:high]
    # A new paragraph is another thought.
    before, after = before.rpartition("\n\n")[2], after.partition("\n\n")[0]
    if low > (part.start if part else 0) and len(before) == start - low:
        before = "\u2026" + before.partition(" ")[2]
    if high < (part.end if part else len(report.text)) and len(after) == high - end:
        after = after.rpartition(" ")[0] + "\u2026"
    words = wording.squeeze(report.text[start:end])
    if len(words) > LONGEST:
        words, after = words[:LONGEST].rpartition(" ")[0] + "\u2026", ""
    lead = " " if before[-1:].isspace() else ""
    trail = " " if after[:1].isspace() else ""
    return wording.squeeze(before) + lead, words, trail + wording.squeeze(after)
