"""What a briefing shows, ready for its templates."""

from __future__ import annotations

from datetime import date

from tadmor.out.brief.drawing import MapDrawing, StripDrawing
from tadmor.out.look import Look
from tadmor.out.quotes import Quoted
from tadmor.record.voices import Speaker
from tadmor.records import Record

__all__ = ["Brief", "Finding", "Note", "Sentence", "Toll"]


class Sentence(Record, frozen=True):
    """A sentence and the numbers of the notes that it rests on; there is at least one."""

    text: str
    notes: tuple[int, ...]


class Note(Record, frozen=True):
    """A footnote: the words of a claim. `cited` counts the sentences that point to it."""

    number: int
    quoted: Quoted
    cited: int


class Finding(Record, frozen=True):
    """Something found, in sentences that belong together; the first says what. `probability` None: nothing weighed."""

    head: Sentence
    rest: tuple[Sentence, ...] = ()
    probability: float | None = None


class Toll(Record, frozen=True):
    """An event with the number of killed as a band, and where that lies between nought and the highest, in percent."""

    said: Sentence
    band: str
    low: float
    high: float
    best: float | None
    open_end: bool


class Brief(Record, frozen=True, kw_only=True):
    """Everything in a briefing."""

    title: str
    notice: str | None
    first: date
    last: date
    scope: str  # which places, in words
    numbers: tuple[tuple[str, int], ...]
    sure: tuple[Finding, ...]  # changes of hands, likeliest first within their days
    likely: tuple[Finding, ...]
    unlikely: tuple[Finding, ...]  # claimed, but less likely than not
    vague: tuple[Finding, ...]  # changes that may as well have come about at another time
    contested: tuple[Finding, ...]
    contested_unsure: tuple[Finding, ...]
    otherwise: tuple[Sentence, ...]  # what a side claims and the assessment does not follow
    maps: tuple[MapDrawing, ...]
    strips: tuple[StripDrawing, ...]
    legend: tuple[tuple[str, Look], ...]
    tolls: tuple[Toll, ...]
    kinds: tuple[tuple[str, int], ...]  # events by type
    disputes: tuple[Finding, ...]
    heritage: tuple[Finding, ...]
    heritage_near: tuple[Finding, ...]
    undated: tuple[Sentence, ...]
    unplaced: tuple[Sentence, ...]
    speakers: tuple[Speaker, ...]
    learned: bool
    left_out: tuple[tuple[str, int], ...]
    notes: tuple[Note, ...]
    half_life: float
    version: str
