"""What the API answers: the types of `openapi.json`.

Days are ISO 8601 text, places are named by their ids, probabilities lie between 0 and 1. Offsets into texts count
Unicode characters. Text comes from reports and is never markup.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from tadmor.out.export.tables import What
from tadmor.records import Count, Days, Kind, Layer, Modality, Record, ReviewStatus, Segment, Status, Verification


class Problem(Record, frozen=True, kw_only=True):
    """Why there is no answer, and what to do."""

    error: str


class LookRow(Record, frozen=True, kw_only=True):
    name: str
    hue: int
    shape: int
    claims: int


class FormatRow(Record, frozen=True, kw_only=True):
    """A format of `/api/export`, and the rows that it takes."""

    name: str
    about: str
    what: tuple[What, ...]


class Named(Record, frozen=True, kw_only=True):
    name: str
    count: int


class About(Record, frozen=True, kw_only=True):
    """The record as a whole. `first` and `last` bound the slider."""

    name: str
    version: str
    counts: dict[str, int]
    pending: bool
    first: str
    last: str
    half_life_days: float
    read_only: bool
    holders: list[LookRow]
    actors: list[Named]
    types: dict[str, list[Named]]
    source_kinds: list[str]
    countries: list[tuple[str, str]]
    bands: list[tuple[float, str]]
    weights: str | None
    formats: list[FormatRow]
    basemap: bool  # whether there is `/api/basemap`
    overlays: list[str]  # names of what `/api/overlays/0` and so on give
    box: tuple[float, float, float, float] | None


class Mark(Record, frozen=True, kw_only=True):
    """What is found (or claimed) of a place or part on a day."""

    place: str
    part: str | None
    claimed_by: str | None
    status: Status
    holder: str | None
    contested: bool
    besieged_by: str | None
    besieged: bool
    sure: float
    voices: int
    since: tuple[str | None, str | None]
    spoken: str | None
    spell: str


class Premise(Record, frozen=True, kw_only=True):
    """What is supposed; without it, an answer is what the record holds."""

    without: tuple[str, ...]
    only_kind: tuple[str, ...]
    unheard: int
    claims: int


class State(Record, frozen=True, kw_only=True):
    day: str
    layer: Layer
    marks: list[Mark]
    what_if: Premise | None = None


class Spells(Record, frozen=True, kw_only=True):
    """All spells of a layer in columns, from which the state of any day follows as `/api/state` gives it.

    A line is a place or part as all or (in the layer "claimed") one side has it; its spells follow each other, oldest
    first, and `counts` says how many they are. Days count from 1970-01-01. In force on a day is the last spell of a
    line that begins by then, unless its last day lies before. Where that is null it is still so, and in the layer
    "assessed" its `sure` halves with each half-life since `spoken`. Holders and besiegers are positions in `names`,
    -1: none; `statuses` are positions in `status_names`; `contested` is 0 or 1.
    """

    layer: Layer
    half_life_days: float
    names: list[str]
    status_names: list[Status]
    places: list[str]
    parts: list[str | None]
    sides: list[str | None]
    counts: list[int]
    begins: list[int]
    lasts: list[int | None]
    spoken: list[int | None]
    statuses: list[int]
    contested: list[int]
    holders: list[int]
    besiegers: list[int]
    sure: list[float]


class PlaceRow(Record, frozen=True, kw_only=True):
    id: str
    name: str
    level: str
    kind: str
    population: int
    lat: float | None
    lon: float | None
    admin1: str | None
    country: str | None
    claims: int
    history: bool


class Places(Record, frozen=True, kw_only=True):
    total: int
    places: list[PlaceRow]


class PullRow(Record, frozen=True, kw_only=True):
    claim: str
    pull: float


class SpellRow(Record, frozen=True, kw_only=True):
    """A spell. It began at the earliest on `start[0]` and at the latest on `start[1]`; `end` null: still so."""

    id: str
    part: str | None
    layer: Layer
    claimed_by: str | None
    status: Status
    holder: str | None
    contested: bool
    besieged: bool
    besieged_by: str | None
    start: tuple[str | None, str | None]
    end: tuple[str | None, str | None] | None
    begins: str
    sure: float
    voices: int
    words: str
    pulls: list[PullRow]


class PartyRow(Record, frozen=True, kw_only=True):
    name: str
    id: str | None


class ClaimRow(Record, frozen=True, kw_only=True):
    """A claim with its words and its way here. `quote` is ``report.text[start:end]`` with white space as it stands."""

    id: str
    kind: Kind
    type: str
    says: str
    actor: PartyRow | None
    opponent: PartyRow | None
    place: str | None
    place_name: str | None
    part: str | None
    days: Days
    modality: Modality
    verification: Verification | None
    sources: tuple[str, ...]
    source: str
    source_name: str
    source_kind: str
    count: Count | None
    of: str | None
    quote: str
    start: int
    end: int
    also: list[tuple[int, int]]
    report: str
    headline: str | None
    outlet: str | None
    original_outlet: str | None
    published: str | None
    doc: str
    story: str | None
    copies: int
    rule: str
    confidence: float
    review: ReviewStatus | None
    credibility: int | None
    as_read: dict[str, str | int | float | None]  # of the columns that were corrected, what was read


class Claims(Record, frozen=True, kw_only=True):
    total: int
    claims: list[ClaimRow]


class EventRow(Record, frozen=True, kw_only=True):
    id: str
    kind: Kind
    type: str
    words: str
    place: str
    place_name: str
    part: str | None
    lat: float | None
    lon: float | None
    level: str
    days: Days
    actors: tuple[str, ...]
    opponents: tuple[str, ...]
    killed: tuple[int | None, int | None, int | None] | None
    tolls: str
    voices: int
    sure: float
    claims: tuple[str, ...]


class Events(Record, frozen=True, kw_only=True):
    total: int
    events: list[EventRow]


class SideRow(Record, frozen=True, kw_only=True):
    says: str
    claims: tuple[str, ...]
    voices: list[tuple[str, str, str | None]]  # name, kind, the last day on which it said so


class DisputeRow(Record, frozen=True, kw_only=True):
    id: str
    place: str
    place_name: str
    part: str | None
    days: Days
    about: str
    sides: list[SideRow]
    open: bool
    reading: str


class Disputes(Record, frozen=True, kw_only=True):
    total: int
    disputes: list[DisputeRow]


class PlaceAnswer(Record, frozen=True, kw_only=True):
    """A place with all its spells. `said` are days (since 1970-01-01) that claims speak of, and how many."""

    place: PlaceRow
    country: str | None
    parts: list[str | None]
    spells: list[SpellRow]
    disputes: list[DisputeRow]
    events: int
    said: list[tuple[int, int]]
    first: str
    last: str
    what_if: Premise | None = None


class Bands(Record, frozen=True, kw_only=True):
    """How probable each holder is over time, "partly" and "unknown" among them; as many values as days."""

    days: list[int]
    holders: dict[str, list[float]]


class WeighedRow(Record, frozen=True, kw_only=True):
    claim: str
    pull: float
    source: str | None
    source_name: str | None
    source_kind: str | None
    prior: float | None
    interest: str | None
    factors: dict[str, float] | None
    log_odds: float | None
    copies: int


class WithoutRow(Record, frozen=True, kw_only=True):
    source: str | None
    source_name: str | None
    kind: str
    claims: int
    words: str
    holder: str | None
    sure: float | None


class Explanation(Record, frozen=True, kw_only=True):
    """Why the place is found to be so on the day, and without whom it would not be."""

    day: str
    words: str
    band: str
    sure: float
    probabilities: dict[str, float]
    weighed: list[WeighedRow]
    changes: list[WithoutRow]
    tried: int
    voices: int


class ChangeRow(Record, frozen=True, kw_only=True):
    what: tuple[str, ...]
    place: str
    place_name: str
    part: str | None
    lat: float | None
    lon: float | None
    claimed_by: str | None
    when: tuple[str | None, str | None]
    day: str
    before: str | None
    after: str | None
    before_words: str | None
    after_words: str
    sure: float
    voices: int
    spell: str


class Changes(Record, frozen=True, kw_only=True):
    total: int
    changes: list[ChangeRow]


class RelationRow(Record, frozen=True, kw_only=True):
    type: str
    words: str
    actor: str
    opponent: str
    hostile: bool
    first: str | None
    last: str | None
    voices: int
    sure: float
    claims: tuple[str, ...]
    denials: tuple[str, ...]
    dictionary: bool | None


class Relations(Record, frozen=True, kw_only=True):
    total: int
    relations: list[RelationRow]


class IncidentRow(Record, frozen=True, kw_only=True):
    site: str
    site_name: str
    part_name: str | None
    effect: str
    near_km: float | None
    what: str
    place: str
    place_name: str
    lat: float
    lon: float
    days: Days
    actors: tuple[str, ...]
    voices: tuple[str, ...]
    sure: float
    claims: tuple[str, ...]


class Incidents(Record, frozen=True, kw_only=True):
    total: int
    incidents: list[IncidentRow]


class SiteRow(Record, frozen=True, kw_only=True):
    id: str
    name: str
    countries: tuple[str, ...]
    lat: float
    lon: float
    precision_km: float
    danger_since: int | None
    listed: bool


class Sites(Record, frozen=True, kw_only=True):
    total: int
    sites: list[SiteRow]


class TownRow(Record, frozen=True, kw_only=True):
    name: str
    lat: float
    lon: float
    population: int


class Towns(Record, frozen=True, kw_only=True):
    """Towns to find one's way by, the most populous first. They are no part of the record."""

    towns: list[TownRow]


class Dropped(Record, frozen=True, kw_only=True):
    """A file that waits to be read."""

    id: str
    name: str
    size: int


class Progress(Record, frozen=True, kw_only=True):
    """What a run of reading has done so far: of `files` it has opened `opened`, of the places that the reports touch
    `places_left` are still to be worked out."""

    files: int
    opened: int
    reports: int
    failed: int
    claims: int
    places: int
    places_left: int


class AllRead(Record, frozen=True, kw_only=True):
    """What came of reading files; `failures` name the first that failed. `stopped`: not all were read."""

    new: int
    changed: int
    same: int
    failed: int
    claims: int
    places: int
    failures: list[str]
    stopped: bool


class ReviewRow(Record, frozen=True, kw_only=True):
    """A review of a claim or source. `fields` are what a correction or grade sets; `differs` are the ids of
    reviews of others that it does not agree with."""

    id: str
    at: str
    analyst: str
    action: str
    why: str
    fields: dict[str, str | int | float | None]
    undone_by: str | None
    differs: list[str]


class SourceRow(Record, frozen=True, kw_only=True):
    """A source with its track record: `learned` lies between `low` and `high` with probability 0.9. `grade` is the
    letter in force that an analyst gave it, `reviews` what was decided about it."""

    id: str
    name: str
    kind: str
    speaks_for: str | None
    claims: int
    stories: int
    prior: float
    share: float
    learned: float | None
    low: float | None
    high: float | None
    borne_out: int | None
    contradicted: int | None
    grade: str | None
    reviews: list[ReviewRow]


class Sources(Record, frozen=True, kw_only=True):
    total: int
    sources: list[SourceRow]
    kinds: list[Named]


class ReportRow(Record, frozen=True, kw_only=True):
    id: str
    doc: str
    headline: str | None
    outlet: str | None
    original_outlet: str | None
    published: str | None
    language: str
    passed_over: bool  # kept, and not read for claims; the notes of the report say why
    claims: int
    story: str | None
    copies: int
    words: str | None  # where the text holds what was searched for


class Reports(Record, frozen=True, kw_only=True):
    total: int
    reports: list[ReportRow]


class ReportAnswer(Record, frozen=True, kw_only=True):
    """A report as it was read, with its claims."""

    report: ReportRow
    origin: str | None
    authors: tuple[str, ...]
    dateline: str | None
    published_by: str
    truncated: bool
    media_type: str
    sha256: str
    read_by: str
    notes: tuple[str, ...]  # what was done to the text before it was read
    text: str
    segments: tuple[Segment, ...]
    claims: list[ClaimRow]
    same_story: list[ReportRow]


class Search(Record, frozen=True, kw_only=True):
    places: list[PlaceRow]
    claims: Claims
    reports: Reports
    actors: list[Named]


class Histogram(Record, frozen=True, kw_only=True):
    """Days since 1970-01-01 with the number of claims that speak of them, and of changes of hands."""

    claims: list[tuple[int, int]]
    turns: list[tuple[int, int]]


class Difference(Record, frozen=True, kw_only=True):
    place: str
    part: str | None
    claimed_by: str | None
    before: Mark | None
    after: Mark | None
    hands: bool


class Compared(Record, frozen=True, kw_only=True):
    first: str
    last: str
    differences: list[Difference]
    gained: dict[str, int]
    lost: dict[str, int]


class StripRow(Record, frozen=True, kw_only=True):
    place: PlaceRow
    spells: list[SpellRow]
    changes: int
    sure: float


class Strips(Record, frozen=True, kw_only=True):
    total: int
    strips: list[StripRow]


class ReadAnswer(Record, frozen=True, kw_only=True):
    """A text as it would be read. Nothing of it is stored."""

    report: ReportRow
    published_by: str
    text: str
    segments: tuple[Segment, ...]
    claims: list[ClaimRow]
    known: bool  # whether the record holds these bytes already


class Added(Record, frozen=True, kw_only=True):
    """What came of adding a report."""

    report: str | None
    outcome: str  # "new", "changed", "same", "failed"
    claims: int
    places: int
    failures: list[str]


class Reviews(Record, frozen=True, kw_only=True):
    """What was decided about a claim, the latest last, and its fields as an analyst writes them."""

    claim: str
    review: ReviewStatus | None
    credibility: int | None
    reviews: list[ReviewRow]
    fields: dict[str, str]
    copies: int  # claims in the same words in copies of the report


class QuestionRow(Record, frozen=True, kw_only=True):
    """A claim to look at, and how many place-days an answer moves; `moves` weighs the answers by their chances."""

    claim: ClaimRow
    moves: float
    if_accepted: float
    if_rejected: float


class Questions(Record, frozen=True, kw_only=True):
    """The claims of which an answer is expected to change the record most."""

    total: int
    questions: list[QuestionRow]


class Decided(Record, frozen=True, kw_only=True):
    """What came of a decision: the ids of the reviews, and how many places were worked out anew."""

    reviews: list[str]
    places: int


class Outlines(Struct, frozen=True):
    """Outlines of countries: `arcs` hold x, y of a first point and steps, in units of `step` degrees; a polygon's
    rings are lists of arcs, ``~i`` is arc i backwards. They show no position on any border."""

    step: float
    arcs: list[list[int]]
    countries: list[Any]
