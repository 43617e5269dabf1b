"""What changes the record: a text that the user pastes, which is shown as claims before anything is stored, files that
are read into it, and what he decides."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tadmor import pipeline
from tadmor.errors import InputError, UsageError
from tadmor.out import wording
from tadmor.pipeline import Found, Read
from tadmor.record.database import open_record
from tadmor.record.desk import Summary
from tadmor.record.queries import Told
from tadmor.records import Claim, Failure, Report
from tadmor.report.source import Document, kind, open_inputs
from tadmor.run.local import Local
from tadmor.run.stage import Stage, Step
from tadmor.timeline.unit import TellHistory
from tadmor.timeline.weigh import voices
from tadmor.web import reviews
from tadmor.web.answers import Added, AllRead, Decided, Progress, ReadAnswer, ReportRow
from tadmor.web.asked import Decision, Pasted, Wanted
from tadmor.web.atlas import Shelf
from tadmor.web.claims import claim_row
from tadmor.web.progress import Tell

__all__ = ["LARGEST", "Desk"]

LARGEST = 4_000_000  # bytes of one report
MOST_FAILURES = 100  # that are named
_HEAD = 65_536


class Desk:
    """Parser and dictionaries are loaded for the first text, and take one chunk of texts at a time."""

    def __init__(
        self, shelf: Shelf, stage: Stage[Found, Read] = pipeline.READ, history: TellHistory | None = None
    ) -> None:
        self._shelf = shelf
        self._open = stage.open
        self._stage = stage._replace(open=self._opened)
        self._history = history
        self._parsing = threading.Lock()
        self._step: Step[Found, Read] | None = None

    def read(self, pasted: Pasted) -> ReadAnswer:
        """What would be read of it. Raises `InputError` where it cannot be read."""
        documents: list[Found] = [_document(pasted)]
        ((_, found),) = Local().map(self._stage, documents)
        if isinstance(found, Failure):
            raise InputError(found.message)
        report = found.report
        known = self._shelf.database().one("SELECT 1 FROM reports WHERE id = ?", (report.id,))
        voice_of = voices(self._shelf.atlas().knowledge)
        claims = [claim_row(_told(claim, report), voice_of, 1) for claim in found.claims]
        return ReadAnswer(
            report=ReportRow(
                id=report.id,
                doc=report.doc,
                headline=report.headline,
                outlet=report.outlet,
                original_outlet=report.original_outlet,
                published=report.published.isoformat() if report.published else None,
                language=report.language,
                passed_over=False,
                claims=len(claims),
                story=None,
                copies=1,
                words=None,
            ),
            published_by=report.published_by,
            text=report.text,
            segments=report.segments,
            claims=sorted(claims, key=lambda claim: (claim.start, claim.id)),
            known=known is not None,
        )

    def add(self, pasted: Pasted) -> Added:
        """Store it and bring the record up to date. Raises `RecordError` where the record cannot be written."""
        document = _document(pasted)
        with open_record(self._shelf.path, write=True) as database:
            summary = pipeline.read_found_into(
                database,
                [document],
                runner=Local(),
                published=pasted.published,
                outlet=pasted.outlet,
                stage=self._stage,
                history=self._history,
            )
            row = database.one("SELECT report_id FROM receipts WHERE origin = ?", (document.origin,))
        self._shelf.changed()
        return Added(
            report=row["report_id"] if row else None,
            outcome=_outcome(summary),
            claims=summary.claims,
            places=summary.places,
            failures=[failure.message for failure in summary.failed],
        )

    def decide(self, decision: Decision) -> Decided:
        """Keep a decision and bring the record up to date. Raises `InputError` where it cannot be made, `RecordError`
        where the record cannot be written."""
        with open_record(self._shelf.path, write=True) as database:
            try:
                made = reviews.made(database, decision)
            except UsageError as error:
                raise InputError(str(error)) from error
            kept, summary = pipeline.review_into(database, made, runner=Local(), history=self._history)
        self._shelf.changed()
        return Decided(reviews=kept, places=summary.places)

    def read_files(self, paths: Sequence[Path], wanted: Wanted, tell: Tell, stop: threading.Event) -> AllRead:
        """Read files into the record and bring it up to date; where `stop` is set, no further reports are read.

        Raises `RecordError` where the record cannot be written.
        """
        opened = 0

        def inputs() -> Iterator[Found]:
            nonlocal opened
            for path in paths:
                opened += 1
                for found in open_inputs([str(path)], published=wanted.published, outlet=wanted.outlet):
                    if stop.is_set():
                        return
                    yield found if wanted.samples else _as_dropped(found, path)

        def progress(summary: Summary) -> None:
            tell(
                Progress(
                    files=len(paths),
                    opened=opened,
                    reports=summary.new + summary.changed + summary.same,
                    failed=len(summary.failed),
                    claims=summary.claims,
                    places=summary.places,
                    places_left=summary.places_left,
                )
            )

        with open_record(self._shelf.path, write=True) as database:
            summary = pipeline.read_found_into(
                database,
                inputs(),
                runner=Local(),
                published=wanted.published,
                outlet=wanted.outlet,
                stage=self._stage,
                history=self._history,
                progress=progress,
            )
        self._shelf.changed()
        return AllRead(
            new=summary.new,
            changed=summary.changed,
            same=summary.same,
            failed=len(summary.failed),
            claims=summary.claims,
            places=summary.places,
            failures=[failure.message for failure in summary.failed[:MOST_FAILURES]],
            stopped=stop.is_set(),
        )

    def _opened(self) -> Step[Found, Read]:
        """The stage, opened once and kept; a text that is only looked at gets in between two chunks of a long run."""

        def step(chunk: Sequence[Found]) -> Sequence[Read]:
            with self._parsing:
                if self._step is None:
                    self._step = self._open()
                return self._step(chunk)

        return step


def _as_dropped(found: Found, path: Path) -> Found:
    """A document or failure under the name of the file that was dropped, not that of the folder where it waited."""
    origin, own = f"dropped:{path.name}", str(path)
    if isinstance(found, Failure):
        message = found.message.replace(own, origin)
        return msgspec.structs.replace(found, origin=found.origin.replace(own, origin, 1), message=message)
    return msgspec.structs.replace(found, origin=found.origin.replace(own, origin, 1))


def _outcome(summary: Summary) -> str:
    if summary.new or summary.changed:
        return "new" if summary.new else "changed"
    return "failed" if summary.failed else "same"


def _document(pasted: Pasted) -> Document:
    """One report. Raises `InputError` where the text is none, or more than one."""
    raw, name = pasted.text.encode("utf-8", "replace"), _name(pasted.name)
    head = raw[:_HEAD]
    if len(raw) > LARGEST:
        raise InputError(f"{name}: this is larger than {LARGEST // 1_000_000} MB: use `tadmor read`")
    if not head.strip():
        raise InputError(f"{name}: there is nothing in it: paste the text of a report")
    try:
        media_type = kind(head)
    except InputError as error:
        raise InputError(f"{name}: {error}") from error
    if media_type not in ("text/plain", "text/html", "message/rfc822", "application/json"):
        raise InputError(f"{name}: this is more than the text of one report: use `tadmor read`")
    if media_type == "application/json":
        lines = [line for line in raw.splitlines() if line.strip()]
        if len(lines) != 1:
            raise InputError(f"{name}: these are several reports: use `tadmor read`, or paste one of them")
        raw = lines[0]
    return Document(
        raw=raw,
        origin=f"pasted:{name}",
        doc=name,
        media_type=media_type,
        published=pasted.published,
        outlet=pasted.outlet,
    )


def _name(name: str) -> str:
    """A short name of letters, digits and hyphens."""
    kept = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in name.strip())
    return kept[:80].strip("-") or "pasted"


def _told(claim: Claim, report: Report) -> Told:
    return Told(
        claim=claim,
        quote=wording.squeeze(report.text[claim.quote.start : claim.quote.end]),
        doc=report.doc,
        origin=report.origin,
        headline=report.headline,
        outlet=report.outlet,
        original_outlet=report.original_outlet,
        published=report.published,
        story_id=None,
        sha256=report.sha256,
        maker="",
    )
