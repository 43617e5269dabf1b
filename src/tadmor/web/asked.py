"""What the API is asked: the types of the parameters and bodies of `openapi.json`.

Days are ISO 8601 text, places are named by their ids, probabilities lie between 0 and 1.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tadmor.out.export.tables import What
from tadmor.records import Kind, Layer, Modality, ReviewStatus

Limit = Annotated[int, Meta(ge=1, le=500, description="how many at most")]
Offset = Annotated[int, Meta(ge=0, le=10_000_000, description="how many to pass over")]
Text = Annotated[str, Meta(max_length=400)]
Id = Annotated[str, Meta(min_length=1, max_length=400)]
Share = Annotated[float, Meta(ge=0, le=1)]
Day = Annotated[date, Meta(description="a day, as 2016-12-10")]
Box = Annotated[
    str,
    Meta(
        max_length=100,
        pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,9})?(,-?[0-9]{1,3}(\.[0-9]{1,9})?){3}$",
        description="west,south,east,north in degrees",
    ),
]
Few = Annotated[tuple[Id, ...], Meta(max_length=60)]
Kinds = Annotated[tuple[Text, ...], Meta(max_length=40)]


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all questions: a parameter that is not known is an error."""


class Nothing(Query, frozen=True, kw_only=True):
    """No parameters."""


class Page(Query, frozen=True, kw_only=True):
    limit: Limit = 50
    offset: Offset = 0


class Supposing(Query, frozen=True, kw_only=True):
    without: Annotated[Few, Meta(description="what if these sources had not spoken")] = ()
    only_kind: Annotated[Kinds, Meta(description="what if only sources of these kinds had")] = ()


class StateQuery(Supposing, frozen=True, kw_only=True):
    day: Day
    layer: Layer = "assessed"


class SpellsQuery(Query, frozen=True, kw_only=True):
    layer: Layer = "assessed"


class PlacesQuery(Query, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=20_000)] = 500
    offset: Offset = 0
    text: Text | None = None


class PlaceQuery(Supposing, frozen=True, kw_only=True):
    id: Id


class BandsQuery(Supposing, frozen=True, kw_only=True):
    id: Id
    part: Text | None = None
    first: Day | None = None
    last: Day | None = None
    points: Annotated[int, Meta(ge=2, le=400)] = 160


class ExplainQuery(Query, frozen=True, kw_only=True):
    id: Id
    day: Day
    part: Text | None = None
    changes: Annotated[bool, Meta(description="also who changes the answer when left out, which takes longest")] = True


class ClaimsQuery(Page, frozen=True, kw_only=True):
    id: Few = ()
    place: Id | None = None
    part: Text | None = None
    actor: (
        Annotated[str, Meta(max_length=400, description="as actor or opponent, by its name in this record")] | None
    ) = None
    kind: Kind | None = None
    type: Text | None = None
    modality: Modality | None = None
    source_kind: Annotated[str, Meta(max_length=400, description="the kind of whoever says it, as monitor")] | None = (
        None
    )
    source: Annotated[str, Meta(max_length=400, description="the key of whoever says it")] | None = None
    least: Annotated[float, Meta(ge=0, le=1, description="least confidence")] | None = None
    first: Day | None = None
    last: Day | None = None
    box: Box | None = None
    report: Id | None = None
    text: Annotated[str, Meta(max_length=400, description="words in the quote")] | None = None
    review: ReviewStatus | None = None


class EventsQuery(Page, frozen=True, kw_only=True):
    place: Id | None = None
    kind: Kind | None = None
    type: Text | None = None
    actor: Text | None = None
    least: Share | None = None
    first: Day | None = None
    last: Day | None = None
    box: Box | None = None
    order: Literal["oldest", "latest"] = "latest"


class ChangesQuery(Page, frozen=True, kw_only=True):
    layer: Layer = "assessed"
    place: Id | None = None
    actor: Text | None = None
    hands: Annotated[bool, Meta(description="only changes of hands")] = False
    least: Share | None = None
    first: Day | None = None
    last: Day | None = None
    box: Box | None = None
    order: Literal["oldest", "latest"] = "latest"


class DisputesQuery(Page, frozen=True, kw_only=True):
    place: Id | None = None
    only_open: bool = False
    first: Day | None = None
    last: Day | None = None
    box: Box | None = None


class RelationsQuery(Page, frozen=True, kw_only=True):
    actor: Text | None = None
    day: Day | None = None
    least: Share | None = None


class HeritageQuery(Page, frozen=True, kw_only=True):
    site: Id | None = None
    named: Annotated[bool, Meta(description="only what names the site, not what was near")] = False
    first: Day | None = None
    last: Day | None = None
    box: Annotated[Box | None, Meta(description="where the site lies")] = None


class SitesQuery(Page, frozen=True, kw_only=True):
    box: Box | None = None


class TownsQuery(Query, frozen=True, kw_only=True):
    box: Box
    limit: Annotated[int, Meta(ge=1, le=200)] = 60


class SourcesQuery(Page, frozen=True, kw_only=True):
    kind: Text | None = None
    text: Text | None = None
    box: Annotated[Box | None, Meta(description="only those that speak of places in it")] = None


class ReportsQuery(Page, frozen=True, kw_only=True):
    text: Text | None = None
    outlet: Text | None = None
    story: Id | None = None
    first: Day | None = None
    last: Day | None = None
    box: Annotated[Box | None, Meta(description="only those that speak of places in it")] = None


class ReportQuery(Query, frozen=True, kw_only=True):
    id: Id


class SearchQuery(Query, frozen=True, kw_only=True):
    text: Annotated[str, Meta(min_length=1, max_length=400)]
    box: Box | None = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 8


class HistogramQuery(Query, frozen=True, kw_only=True):
    place: Id | None = None


class CompareQuery(Query, frozen=True, kw_only=True):
    first: Day
    last: Day
    layer: Layer = "assessed"
    box: Box | None = None


class StripsQuery(Query, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=100)] = 40
    offset: Offset = 0
    id: Few = ()
    country: Annotated[str, Meta(max_length=2)] | None = None
    actor: Text | None = None
    box: Box | None = None
    order: Literal["claims", "name", "latest", "changes", "doubt"] = "claims"


class MapQuery(Query, frozen=True, kw_only=True):
    day: Day
    layer: Layer = "assessed"
    box: Box | None = None
    names: bool = True
    dark: bool = False
    overlay: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=99)], ...], Meta(max_length=100, description="overlays, by number")
    ] = ()


Format = Literal[
    "csv", "jsonl", "geojson", "acled", "ged", "kml", "kepler", "plover", "annotation", "prov", "atom", "ics",
    "graphml", "gpkg", "parquet", "geoparquet",
]  # fmt: skip


class ExportQuery(Query, frozen=True, kw_only=True):
    """Rows to take away. The filters are those of the lists; the last six are of claims alone."""

    format: Format
    what: Annotated[What, Meta(description="which rows; a format does not take all of them")] = "spells"
    layer: Layer = "assessed"
    place: Annotated[Few, Meta(description="only these places, by their ids")] = ()
    part: Text | None = None
    country: Annotated[str, Meta(max_length=2)] | None = None
    actor: Text | None = None
    type: Text | None = None
    least: Share | None = None
    first: Day | None = None
    last: Day | None = None
    box: Box | None = None
    kind: Kind | None = None
    source_kind: Text | None = None
    review: ReviewStatus | None = None
    report: Id | None = None
    text: Annotated[str, Meta(max_length=400, description="words in the quote")] | None = None


class BriefingQuery(Supposing, frozen=True, kw_only=True):
    first: Day
    last: Day
    format: Literal["html", "md", "pdf"] = "html"
    place: Annotated[Few, Meta(description="only these places, by their ids")] = ()
    part: Text | None = None
    country: Annotated[str, Meta(max_length=2)] | None = None
    box: Box | None = None
    title: Annotated[str, Meta(max_length=200)] = "Briefing"


class Pasted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report as pasted or dropped: its text or HTML. `published` and `outlet` win over what it says itself."""

    text: Annotated[str, Meta(min_length=1, max_length=4_000_000)]
    name: Annotated[str, Meta(max_length=200)] = ""
    published: Day | None = None
    outlet: Annotated[str, Meta(max_length=200)] | None = None


class Wanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which of the files that `/api/files` took are read into the record, or the samples. `published` and `outlet` win
    over what they say themselves."""

    files: Annotated[tuple[Annotated[str, Meta(max_length=100)], ...], Meta(max_length=10_000)] = ()
    samples: bool = False
    published: Day | None = None
    outlet: Annotated[str, Meta(max_length=200)] | None = None


class QuestionsQuery(Page, frozen=True, kw_only=True):
    place: Id | None = None
    box: Box | None = None


class ReviewsQuery(Query, frozen=True, kw_only=True):
    id: Id


Reviewed = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=100)], ...], Meta(max_length=500)]


class Decision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an analyst decides, or which `review` is undone: about a `claim` to accept, reject, correct or note; about
    `events` to merge; about `claims` to split from what they are linked with; about a `source` or a `claim` to grade.

    `fields` are those to be corrected, by the names that `/api/reviews` gives them; `grade` is a letter from A to F for
    a source, a figure from 1 to 6 for a claim; `copies` means the same words in the copies of the report as well.
    """

    action: Literal["accept", "reject", "correct", "note", "merge", "split", "grade", "undo"]
    analyst: Annotated[str, Meta(min_length=1, max_length=200)]
    why: Annotated[str, Meta(max_length=10_000)] = ""
    claim: Annotated[str, Meta(max_length=100)] = ""
    claims: Reviewed = ()
    events: Reviewed = ()
    source: Annotated[str, Meta(max_length=400)] = ""
    grade: Annotated[str, Meta(max_length=1)] = ""
    review: Annotated[str, Meta(max_length=100)] = ""
    fields: dict[str, Annotated[str, Meta(max_length=2_000)]] = {}
    copies: bool = False
