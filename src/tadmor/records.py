"""Every type that crosses a stage: Report, Claim, Event, Spell, Dispute and their parts.

The words are used as `docs/glossary.md` defines them; `Claim` follows the annotation guide field by field.
All records are frozen, compare by value and are built with keywords only. Intervals of text are half-open
(``text[start:end]``); intervals of days are closed (`first` and `last` are both possible days), because that is how
reports speak and how the gold is written.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args

import msgspec

Kind = Literal["control", "event", "relation"]
ControlType = Literal[
    "gains", "gains_part", "loses", "holds", "holds_part", "contests", "advances", "besieges", "repels"
]
EventType = Literal[
    "Armed clash",
    "Air/drone strike",
    "Shelling/artillery/missile attack",
    "Suicide bomb",
    "Remote explosive/landmine/IED",
    "Chemical weapon",
    "Grenade",
    "Attack",
    "Abduction/forced disappearance",
    "Sexual violence",
    "Peaceful protest",
    "Protest with intervention",
    "Excessive force against protesters",
    "Violent demonstration",
    "Mob violence",
    "Agreement",
    "Arrests",
    "Change to group/activity",
    "Disrupted weapons use",
    "Headquarters or base established",
    "Looting/property destruction",
    "Non-violent transfer of territory",
    "Other",
]
RelationType = Literal["backs", "allied_with", "opposes", "part_of", "also_known_as"]
Modality = Literal["asserted", "hedged", "denied", "planned", "possible"]
Verification = Literal["unverified", "confirmed", "disputed"]
DatePrecision = Literal["day", "week", "month", "year", "longer", "unknown"]
GeoPrecision = Literal["exact", "near", "part", "district", "governorate", "country", "unknown"]
Role = Literal["headline", "dateline", "body", "caption", "byline", "source", "cut", "promotion"]
Layer = Literal["claimed", "assessed"]
Status = Literal["held", "partly held", "contested", "besieged", "unknown"]
ReviewAction = Literal["accept", "reject", "correct", "add", "merge", "split", "grade", "note", "undo"]
ReviewStatus = Literal["accepted", "rejected", "corrected", "by hand"]

CONTROL_TYPES: tuple[str, ...] = get_args(ControlType)
EVENT_TYPES: tuple[str, ...] = get_args(EventType)
RELATION_TYPES: tuple[str, ...] = get_args(RelationType)


class Record(msgspec.Struct, frozen=True, gc=False):
    """What every record is: frozen and comparable. Fields are given by keyword (msgspec asks each class to say so).

    Records never refer to one another in a circle, so the collector of garbage need not look through them (`gc`).
    """


# --- report ---------------------------------------------------------------------------------------------------------


class Segment(Record, frozen=True, kw_only=True):
    """A stretch ``text[start:end]`` of a report and its part. Claims are read from headline, body and caption."""

    role: Role
    start: int
    end: int


NOT_READ = "not read: "  # begins the note of a report that was not read for claims


class Report(Record, frozen=True, kw_only=True):
    """One published text as read.

    `text` is everything that was kept, normalised once; `segments` tile what matters of it, in order, without overlap.
    Quotes are offsets into `text`. `published` is None unless something in or with the report says so;
    `published_by` names what said it ("option", "json-lines", "table", "feed", "mail", "json-ld", "meta", "url",
    "visible", "dateline", "body", "none").
    """

    id: str  # "r" + first 20 hex digits of sha256
    sha256: str  # of the bytes as received
    doc: str  # short name: the file's name without its ending, or the line's "doc"
    origin: str  # path, URL or "-" as the user gave it
    media_type: str  # "text/plain", "text/html", "application/json", "message/rfc822", "application/pdf"
    outlet: str | None = None
    original_outlet: str | None = None
    authors: tuple[str, ...] = ()
    headline: str | None = None
    dateline: str | None = None  # the place that the dateline names
    published: date | None = None
    published_by: str = "none"
    language: str = "en"
    truncated: bool = False
    text: str
    segments: tuple[Segment, ...]
    signature: tuple[int, ...] = ()  # hashes sampled from the body, see report/story.py
    notes: tuple[str, ...] = ()  # what was done to the text before it was read, in words

    @property
    def passed_over(self) -> bool:
        """Whether it was kept without being read for claims; a note says why."""
        return any(note.startswith(NOT_READ) for note in self.notes)


class Failure(Record, frozen=True, kw_only=True):
    """One input that could not be read, and why; never raised past the stage that met it."""

    origin: str
    stage: str  # "source", "page", "text", "claim"
    error: str  # class of the error
    message: str  # names the input and says what to do


# --- claim ----------------------------------------------------------------------------------------------------------


class Quote(Record, frozen=True, kw_only=True):
    """``report.text[start:end]``."""

    start: int
    end: int


class Days(Record, frozen=True, kw_only=True):
    """First and last day on which a thing may have happened (event) or was so (state); None is not known."""

    first: date | None = None
    last: date | None = None
    precision: DatePrecision = "unknown"
    basis: str = "none"  # what it was reckoned from: "stated", "publication", "dateline", "context", "none"


class Party(Record, frozen=True, kw_only=True):
    """An actor as named by a report."""

    name: str  # canonical where resolved, else the mention's own words
    id: str | None = None  # id in data/actors, None where not in the dictionary
    text: str  # the mention as it stands


class Where(Record, frozen=True, kw_only=True):
    """A place as named by a report and, where the gazetteer knows it, as found.

    `part` is an unnamed part or feature of the place; `near` says near and not in. `candidates` are the ids of other
    places that the name may mean, best first. Coordinates are WGS 84 degrees.
    """

    name: str
    id: str | None = None
    text: str
    part: str | None = None
    near: bool = False
    within: str | None = None  # larger place as the report says it
    lat: float | None = None
    lon: float | None = None
    admin1: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2
    precision: GeoPrecision = "unknown"
    candidates: tuple[str, ...] = ()


class Count(Record, frozen=True, kw_only=True):
    """A toll as a band; None is an open or unsaid bound."""

    killed: tuple[int | None, int | None] | None = None
    wounded: tuple[int | None, int | None] | None = None
    whom: str | None = None


class Claim(Record, frozen=True, kw_only=True):
    """One thing that a report says, or says that somebody says, about the war: never a fact, always somebody's."""

    id: str  # "c" + 20 hex digits over report id, kind, type, parties, place, quote
    report_id: str
    kind: Kind
    type: str  # a ControlType, EventType or RelationType
    actor: Party | None = None
    opponent: Party | None = None
    where: Where | None = None
    days: Days = Days()
    modality: Modality = "asserted"
    sources: tuple[str, ...] = ()  # who speaks first, who carried it last; () is the report's own voice
    verification: Verification | None = None
    count: Count | None = None
    of: str | None = None  # what was hit if it is not a place
    quote: Quote
    also: tuple[Quote, ...] = ()
    rule: str  # the frame that read it
    confidence: float = 0.5


class Reading(Record, frozen=True, kw_only=True):
    """What came of one report: its claims, or the failure that prevented them."""

    report: Report
    claims: tuple[Claim, ...] = ()
    failure: Failure | None = None


# --- timeline -------------------------------------------------------------------------------------------------------


class Tie(Record, frozen=True, array_like=True):
    """A review by which the happening of a claim is one with those of the others it names (`together`), or is not."""

    made: str  # when, and the id of the review: sorts in the order of their making
    together: bool


class Heard(Record, frozen=True, kw_only=True):
    """A claim with what the timeline has to know of its report: the story it belongs to, its outlet, its day.

    `original_outlet` is the outlet that the report is credited to where it is a reprint. `credibility` is the grade
    that an analyst gave the claim (1 to 6); `ties` are the reviews that merge its event with another or set it apart.
    """

    claim: Claim
    story_id: str
    outlet: str | None = None
    original_outlet: str | None = None
    published: date | None = None
    credibility: int | None = None
    ties: tuple[Tie, ...] = ()


class Bound(Record, frozen=True, kw_only=True):
    """A day known only to lie between two days, both inclusive; None is open on that side.

    `likely` is the one to take where a single day is needed, if that is not the middle.
    """

    earliest: date | None = None
    latest: date | None = None
    likely: date | None = None


class Pull(Record, frozen=True, kw_only=True):
    """How far one claim moved a decision, in log-odds: positive speaks for it, negative against."""

    claim_id: str
    pull: float


class Event(Record, frozen=True, kw_only=True):
    """Claims of different reports about the same happening. Tolls: low, best, high and the claim behind each."""

    id: str
    kind: Kind
    type: str
    place_id: str
    part: str | None = None
    days: Days
    actors: tuple[str, ...] = ()
    opponents: tuple[str, ...] = ()
    killed: tuple[int | None, int | None, int | None] | None = None
    killed_claims: tuple[str | None, str | None, str | None] = (None, None, None)
    claim_ids: tuple[str, ...]
    voices: int  # independent stories and origins, not copies
    confidence: float


class Spell(Record, frozen=True, kw_only=True):
    """An interval in which a place (or part) has one state.

    In the layer "assessed" the spells of one place and part never overlap and leave no gap between the first and the
    last; in the layer "claimed" that holds for each `claimed_by`. `end` None: still so. `holder` is None where the
    status says so or nobody is known.
    """

    id: str
    place_id: str
    part: str | None = None
    layer: Layer
    claimed_by: str | None = None  # whose word it is, in the layer "claimed"
    status: Status
    holder: str | None = None
    contested: bool = False
    besieged_by: str | None = None
    start: Bound
    end: Bound | None = None
    confidence: float
    voices: int
    pulls: tuple[Pull, ...] = ()  # claims for (positive) and against (negative), strongest first


class Dispute(Record, frozen=True, kw_only=True):
    """Two sides about one place and time that cannot both be true."""

    id: str
    place_id: str
    part: str | None = None
    days: Days
    about: str  # one line: "held by A or by B"
    sides: tuple[tuple[str, tuple[str, ...]], ...]  # (what this side says, its claim ids), each once
    open: bool
    reading: str  # how the model reads it


class PlaceHistory(Record, frozen=True, kw_only=True):
    """All that the timeline stage makes of one place."""

    place_id: str
    events: tuple[Event, ...] = ()
    spells: tuple[Spell, ...] = ()
    disputes: tuple[Dispute, ...] = ()


# --- reviews --------------------------------------------------------------------------------------------------------


class Target(Record, frozen=True, kw_only=True):
    """A claim as a review knows it: by its id, and by its report and words where it is read anew with another id."""

    claim: str
    report: str
    quote: str
    kind: str
    type: str


class Review(Record, frozen=True, kw_only=True, omit_defaults=True):
    """One decision of an analyst. Nothing takes it back but another one with the action "undo".

    `claims` are those it is about: of "split" those set apart, of "merge" all whose events are one. `source` is the key
    of a voice, `place` the id of a place. `fields` are the grade or, of "correct" and "add", columns of a claim with
    what they should hold. `quote` are the words of a claim by hand, in the report `report` or, without one, as the
    analyst wrote them down.
    """

    at: str  # UTC, to the microsecond; it orders the reviews of a record
    analyst: str
    action: ReviewAction
    why: str = ""
    claims: tuple[Target, ...] = ()
    source: str | None = None
    place: str | None = None
    fields: dict[str, str | int | float | None] = msgspec.field(default_factory=dict)
    report: str | None = None
    quote: str | None = None
    outlet: str | None = None
    published: date | None = None
    undoes: str | None = None  # the id of another review


# --- weights --------------------------------------------------------------------------------------------------------


class TrackRecord(Record, frozen=True, kw_only=True):
    """How often a voice was right, as far as the other voices tell.

    `learned` is how often it is taken to be right between what it says and one rival, plainly and without interest:
    `prior` (of its kind), which counts as `strength` claims, moved by its own `claims`. It lies between `low` and
    `high` with probability 0.9.
    """

    voice: str  # the key of the voice
    name: str
    kind: str
    speaks_for: str | None = None  # id of the party that it speaks for
    claims: float  # that could be judged; repetitions and corrected ones count less
    expected: float  # of these, how many are expected to be right
    borne_out: int  # claims that the other voices make likely
    contradicted: int  # claims that they make unlikely
    prior: float
    strength: float
    learned: float
    low: float
    high: float


class WeightSet(Record, frozen=True, kw_only=True):
    """What was learned from a record about its voices. `version` is a hash of that, `base` the shipped weights'."""

    version: str
    base: str
    places: int
    claims: int  # heard of these places
    rounds: int
    voices: tuple[TrackRecord, ...] = ()
