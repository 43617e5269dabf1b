"""The API: one table of what can be asked, from which routes, checks of parameters and `openapi.json` are made."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

import msgspec
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from tadmor import __version__, samples
from tadmor.errors import InputError, RecordError, TadmorError, UsageError
from tadmor.lexicon import outlines
from tadmor.lexicon.table import data
from tadmor.out import wording
from tadmor.out.export.job import FORMATS
from tadmor.web import claims, drawing, files, lists, places, reports, reviews
from tadmor.web.answers import (
    About,
    Added,
    AllRead,
    Bands,
    Changes,
    Claims,
    Compared,
    Decided,
    Disputes,
    Dropped,
    Events,
    Explanation,
    FormatRow,
    Histogram,
    Incidents,
    LookRow,
    Named,
    Outlines,
    PlaceAnswer,
    Places,
    Problem,
    Progress,
    Questions,
    ReadAnswer,
    Relations,
    ReportAnswer,
    Reports,
    Reviews,
    Search,
    Sites,
    Sources,
    Spells,
    State,
    Strips,
    Towns,
)
from tadmor.web.asked import (
    BandsQuery,
    BriefingQuery,
    ChangesQuery,
    ClaimsQuery,
    CompareQuery,
    Decision,
    DisputesQuery,
    EventsQuery,
    ExplainQuery,
    ExportQuery,
    HeritageQuery,
    HistogramQuery,
    MapQuery,
    Nothing,
    Pasted,
    PlaceQuery,
    PlacesQuery,
    Query,
    QuestionsQuery,
    RelationsQuery,
    ReportQuery,
    ReportsQuery,
    ReviewsQuery,
    SearchQuery,
    SitesQuery,
    SourcesQuery,
    SpellsQuery,
    StateQuery,
    StripsQuery,
    TownsQuery,
    Wanted,
)
from tadmor.web.atlas import Shelf
from tadmor.web.dropped import Drop
from tadmor.web.files import Taken
from tadmor.web.guard import may_write
from tadmor.web.progress import EVENTS, Tell, events
from tadmor.web.reading import LARGEST, Desk

__all__ = ["openapi", "routes"]

JSON = "application/json"
SVG = "image/svg+xml"
ZIP = "application/zip"
BYTES = "application/octet-stream"
TILES = "application/vnd.pmtiles"
GEOJSON = "application/geo+json"
BRIEFINGS = ("text/html", "text/markdown", "application/pdf")
Answer = Callable[[Shelf, Any], Any]
T = TypeVar("T")


class Ask(NamedTuple):
    """One thing that can be asked: its path, what it takes, what it gives, and who answers."""

    path: str
    takes: type[Query]
    gives: Any  # None: no JSON but what `media` says
    answer: Answer
    what: str
    media: tuple[str, ...] = (JSON,)


def about(shelf: Shelf, read_only: bool) -> About:
    atlas = shelf.atlas()
    points = [
        (row.lon, row.lat)
        for row in atlas.rows
        if row.history and row.level == "place" and row.lat is not None and row.lon is not None
    ]
    names = outlines.load()
    codes = sorted({row.country for row in atlas.rows if row.country and row.history})
    kinds = sorted(atlas.knowledge.weights.kinds)
    return About(
        name=shelf.name,
        version=__version__,
        counts=atlas.stats,
        pending=atlas.stats["pending_places"] > 0,
        first=str(atlas.first),
        last=str(atlas.last),
        half_life_days=atlas.half_life,
        read_only=read_only,
        holders=[
            LookRow(name=name, hue=look.hue, shape=look.shape, claims=atlas.actors.get(name, 0))
            for name, look in atlas.looks.items()
        ],
        actors=[Named(name=name, count=count) for name, count in list(atlas.actors.items())[:500]],
        types={kind: [Named(name=n, count=c) for n, c in found] for kind, found in atlas.types.items()},
        source_kinds=kinds,
        countries=[(code, names.name(code) or code) for code in codes],
        bands=[(least, word) for least, word in wording.BANDS],
        weights=None,
        basemap=shelf.backdrop.basemap is not None,
        overlays=[overlay.name for overlay in shelf.backdrop.overlays],
        formats=[FormatRow(name=name, about=one.about, what=one.what) for name, one in FORMATS.items()],
        box=_box(points),
    )


def _box(points: list[tuple[float, float]]) -> tuple[float, float, float, float] | None:
    """Where most places lie: west, south, east, north, without the outermost twentieth on each side."""
    if not points:
        return None
    lons, lats = sorted(lon for lon, _ in points), sorted(lat for _, lat in points)
    cut = len(points) // 20
    return lons[cut], lats[cut], lons[-1 - cut], lats[-1 - cut]


ASKS = (
    Ask("/api/state", StateQuery, State, places.state, "Who holds what on a day, or what each side says of it"),
    Ask("/api/spells", SpellsQuery, Spells, places.spells, "All spells of a layer, from which any day follows"),
    Ask("/api/places", PlacesQuery, Places, places.places, "The places of the record, by name"),
    Ask("/api/place", PlaceQuery, PlaceAnswer, places.place, "A place with its spells in both layers, and disputes"),
    Ask("/api/bands", BandsQuery, Bands, places.bands, "How probable each holder of a place is, over time"),
    Ask("/api/explain", ExplainQuery, Explanation, places.explanation, "Why a place is found to be held so on a day"),
    Ask("/api/compare", CompareQuery, Compared, places.compare, "What differs between two days"),
    Ask("/api/strips", StripsQuery, Strips, places.strips, "The histories of several places"),
    Ask("/api/histogram", HistogramQuery, Histogram, places.histogram, "Claims and changes of hands by day"),
    Ask("/api/claims", ClaimsQuery, Claims, claims.claims, "Claims with their quotes, the latest first"),
    Ask("/api/events", EventsQuery, Events, lists.events, "Events by day"),
    Ask("/api/changes", ChangesQuery, Changes, lists.changes, "What changed hands or state"),
    Ask("/api/disputes", DisputesQuery, Disputes, lists.disputes, "Where claims cannot both be true"),
    Ask("/api/relations", RelationsQuery, Relations, lists.relations, "Who backs, joins or opposes whom"),
    Ask("/api/heritage", HeritageQuery, Incidents, lists.heritage, "What happened to heritage sites, and near them"),
    Ask("/api/sites", SitesQuery, Sites, lists.sites, "Heritage sites, by name"),
    Ask("/api/towns", TownsQuery, Towns, lists.towns, "Towns to find one's way by"),
    Ask("/api/sources", SourcesQuery, Sources, lists.sources, "Who speaks in the record, and how often it was right"),
    Ask("/api/reports", ReportsQuery, Reports, reports.reports, "Reports, the latest first"),
    Ask("/api/report", ReportQuery, ReportAnswer, reports.report, "A report as it was read, with its claims"),
    Ask("/api/reviews", ReviewsQuery, Reviews, reviews.reviews, "What analysts decided about a claim"),
    Ask("/api/questions", QuestionsQuery, Questions, reviews.questions, "The claims to review first"),
    Ask("/api/search", SearchQuery, Search, reports.search, "Places, actors, quotes and reports that hold some words"),
    Ask("/api/map.svg", MapQuery, None, drawing.draw, "The map of a day, drawn", (SVG,)),
    Ask("/api/export", ExportQuery, None, files.export, "Rows and what they mean, in many formats", (ZIP,)),
    Ask("/api/briefing", BriefingQuery, None, files.briefing, "A briefing about some days", BRIEFINGS),
)


def routes(shelf: Shelf, desk: Desk, *, token: str, read_only: bool) -> list[BaseRoute]:
    """The routes of the API."""

    def record(shelf: Shelf, query: Nothing) -> About:
        return about(shelf, read_only)

    found: list[BaseRoute] = [
        Route(ask.path, _get(shelf, ask), methods=["GET"])
        for ask in (Ask("/api/record", Nothing, About, record, ""), *ASKS)
    ]

    async def described(request: Request) -> Response:
        return Response(msgspec.json.encode(openapi()), media_type=JSON)

    async def lines(request: Request) -> Response:
        raw = await run_in_threadpool((data("outlines") / "outlines.json").read_bytes)
        return Response(raw, media_type=JSON, headers={"Cache-Control": "max-age=3600"})

    async def basemap(request: Request) -> Response:
        tiles = shelf.backdrop.basemap
        return FileResponse(tiles, media_type=TILES) if tiles else _problem(404, "there is no basemap: --basemap FILE")

    async def overlay(request: Request) -> Response:
        number, overlays = request.path_params["number"], shelf.backdrop.overlays
        if number >= len(overlays):
            return _problem(404, "there is no such overlay: --overlay FILE")
        return FileResponse(overlays[number].path, media_type=GEOJSON)

    async def read(request: Request) -> Response:
        pasted = await _body(request, Pasted)
        return pasted if isinstance(pasted, Response) else await _answer(lambda: desk.read(pasted))

    def refused(request: Request, what: str) -> Response | None:
        if read_only:
            return _problem(403, f"this server only shows; start it without --read-only for {what}")
        if not may_write(request.headers, token):
            return _problem(401, f"{what} needs the token that `tadmor serve` printed at the start")
        return None

    async def add(request: Request) -> Response:
        if refusal := refused(request, "adding reports"):
            return refusal
        pasted = await _body(request, Pasted)
        return pasted if isinstance(pasted, Response) else await _answer(lambda: desk.add(pasted))

    async def decide(request: Request) -> Response:
        if refusal := refused(request, "reviewing"):
            return refusal
        decision = await _body(request, Decision)
        return decision if isinstance(decision, Response) else await _answer(lambda: desk.decide(decision))

    drop = Drop()

    async def take(request: Request) -> Response:
        if refusal := refused(request, "adding reports"):
            return refusal
        if _media(request) != BYTES:
            return _problem(415, f"send the file with the content type {BYTES}")
        try:
            kept = await drop.keep(request.query_params.get("name", ""), request.stream())
        except InputError as error:
            return _problem(422, str(error))
        return Response(msgspec.json.encode(kept), media_type=JSON)

    async def read_all(request: Request) -> Response:
        if refusal := refused(request, "adding reports"):
            return refusal
        wanted = await _body(request, Wanted)
        if isinstance(wanted, Response):
            return wanted
        if not wanted.files and not wanted.samples:
            return _problem(422, "no file is named")

        def work(tell: Tell, stop: threading.Event) -> AllRead:
            if wanted.samples:
                return desk.read_files(sorted(samples.folder().iterdir()), wanted, tell, stop)
            with drop.taken(wanted.files) as paths:
                return desk.read_files(paths, wanted, tell, stop)

        return StreamingResponse(events(work), media_type=EVENTS)

    return [
        *found,
        Route("/api/basemap", basemap, methods=["GET"]),
        Route("/api/overlays/{number:int}", overlay, methods=["GET"]),
        Route("/api/files", take, methods=["POST"]),
        Route("/api/reading", read_all, methods=["POST"]),
        Route("/api/openapi.json", described, methods=["GET"]),
        Route("/api/outlines", lines, methods=["GET"]),
        Route("/api/read", read, methods=["POST"]),
        Route("/api/reports", add, methods=["POST"]),
        Route("/api/reviews", decide, methods=["POST"]),
    ]


def _get(shelf: Shelf, ask: Ask) -> Callable[[Request], Any]:
    async def get(request: Request) -> Response:
        try:
            query = msgspec.convert(_given(ask.takes, request.query_params), ask.takes, strict=False)
        except (msgspec.ValidationError, ValueError) as error:
            return _problem(400, f"{ask.path}: {error}")
        with shelf.visits.one():
            return await _answer(lambda: ask.answer(shelf, query), request)

    return get


def _given(takes: type[Query], params: QueryParams) -> dict[str, Any]:
    """Parameters as the type takes them: those that may come more than once as lists."""
    many = {field.name for field in msgspec.structs.fields(takes) if _is_many(field.type)}
    found: dict[str, Any] = {}
    for name in params:
        values = params.getlist(name)
        if name in many:
            found[name] = values
        elif len(values) > 1:
            raise ValueError(f"{name} is given more than once")
        else:
            found[name] = values[0]
    return found


def _is_many(kind: Any) -> bool:
    while hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    return get_origin(kind) is tuple


async def _answer(answer: Callable[[], Any], request: Request | None = None) -> Response:
    try:
        found = await run_in_threadpool(answer)
    except InputError as error:
        return _problem(422, str(error))
    except UsageError as error:
        return _problem(404, str(error))
    except RecordError as error:
        return _problem(503, str(error))
    except TadmorError as error:
        return _problem(500, str(error))
    if isinstance(found, Taken):
        return FileResponse(
            found.file, media_type=found.media_type, filename=found.file.name, background=BackgroundTask(found.discard)
        )
    if isinstance(found, bytes):  # encoded before
        body = found
    else:
        body = found.encode() if isinstance(found, str) else msgspec.json.encode(found)
    headers = {"Cache-Control": "no-cache"}
    if request is not None:
        # The same answer is not sent twice: a slider that goes back finds it in the browser.
        tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers["ETag"] = tag
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
    return Response(body, media_type=SVG if isinstance(found, str) else JSON, headers=headers)


async def _body(request: Request, kind: type[T]) -> T | Response:
    if _media(request) != JSON:
        return _problem(415, "send JSON with the content type application/json")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > 2 * LARGEST:
            return _problem(413, f"this is larger than {LARGEST // 1_000_000} MB: use `tadmor read`")
    try:
        return msgspec.json.decode(bytes(body), type=kind)
    except (msgspec.DecodeError, ValueError) as error:
        return _problem(400, f"{request.url.path}: {error}")


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _problem(status: int, message: str) -> Response:
    return Response(msgspec.json.encode(Problem(error=message)), status, media_type=JSON)


# --- description ----------------------------------------------------------------------------------------------------

_REF = "#/components/schemas/{name}"


def openapi() -> Mapping[str, Any]:
    """The API in the words of OpenAPI 3.1."""
    asks = (Ask("/api/record", Nothing, About, claims.claims, "The record as a whole"), *ASKS)
    gives = [ask.gives for ask in asks if ask.gives is not None]
    posted = [Pasted, ReadAnswer, Added, Decision, Decided, Dropped, Wanted, Progress, AllRead]
    types = [*gives, *(ask.takes for ask in asks), Problem, Outlines, *posted]
    _, components = msgspec.json.schema_components(types, ref_template=_REF)
    paths: dict[str, Any] = {
        ask.path: {
            "get": {
                "summary": ask.what,
                "operationId": ask.path.removeprefix("/api/").replace(".", "_"),
                "parameters": [
                    _parameter(name, schema, name in components[ask.takes.__name__].get("required", []))
                    for name, schema in components[ask.takes.__name__]["properties"].items()
                ],
                "responses": {
                    "200": _response(ask.what, _schema(ask.gives), *ask.media),
                    **_PROBLEMS,
                },
            }
        }
        for ask in asks
    }
    paths["/api/outlines"] = {
        "get": {
            "summary": "Outlines of countries and coasts; they show no position on any border",
            "operationId": "outlines",
            "responses": {"200": _response("Outlines", _schema(Outlines))},
        }
    }
    for path, what, media in (
        ("/api/basemap", "The user's own basemap, by ranges of bytes", TILES),
        ("/api/overlays/{number}", "An overlay of the user's own", GEOJSON),
    ):
        paths[path] = {
            "get": {
                "summary": what,
                "operationId": path.split("/")[2],
                "responses": {"200": _response(what, _schema(None), media), "404": _PROBLEMS["404"]},
            }
        }
    paths["/api/overlays/{number}"]["get"]["parameters"] = [
        {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
    ]
    token: dict[str, Any] = {"security": [{"token": []}]}
    paths["/api/read"] = {"post": _post("read", "Read a text; nothing is stored", Pasted, ReadAnswer, {})}
    paths["/api/reports"]["post"] = _post("add", "Add a report to the record", Pasted, Added, token)
    paths["/api/reviews"]["post"] = _post(
        "decide", "Decide about claims, events and sources; nothing is ever lost", Decision, Decided, token
    )
    paths["/api/files"] = {"post": _post("take", "Take a file, to be read by /api/reading", None, Dropped, token)}
    paths["/api/files"]["post"]["parameters"] = [
        {"name": "name", "in": "query", "required": False, "schema": {"type": "string"}}
    ]
    paths["/api/reading"] = {"post": _post("read_all", "Read files into the record", Wanted, None, token)}
    paths["/api/reading"]["post"]["responses"]["200"] = _response(
        "Server-sent events: `progress`, then `done` or `problem`",
        _event({"progress": Progress, "done": AllRead, "problem": Problem}),
        EVENTS,
    )
    for takes in {ask.takes.__name__ for ask in asks}:
        components.pop(takes, None)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tadmor",
            "version": __version__,
            "description": "One record: who holds which place since when, who says so, how sure that is. A claim is "
            "somebody's word, an assessment a probability. Lists are paged by `limit` and `offset` and come in a "
            "fixed order; a parameter that is not known is an error.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _parameter(name: str, schema: dict[str, Any], required: bool) -> dict[str, Any]:
    # What is left out is not given; there is no way to give null.
    kept = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    shown = kept[0] if len(kept) == 1 else schema
    shown = {key: value for key, value in shown.items() if value is not None}
    found: dict[str, Any] = {"name": name, "in": "query", "required": required, "schema": shown}
    if shown.get("type") == "array":
        found |= {"style": "form", "explode": True}
    return found


def _schema(kind: Any) -> dict[str, Any]:
    return {"type": "string"} if kind is None else {"$ref": _REF.format(name=kind.__name__)}


def _event(told: Mapping[str, Any]) -> dict[str, Any]:
    """A server-sent event: its name, and what is told as JSON."""
    data = {"type": "string", "contentMediaType": JSON, "contentSchema": {"oneOf": list(map(_schema, told.values()))}}
    return {
        "type": "object",
        "properties": {"event": {"type": "string", "enum": list(told)}, "data": data},
        "required": ["event", "data"],
    }


def _response(what: str, schema: dict[str, Any], *media: str) -> dict[str, Any]:
    return {"description": what, "content": {one: {"schema": schema} for one in media or (JSON,)}}


def _post(name: str, what: str, takes: Any, gives: Any, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "summary": what,
        "operationId": name,
        "requestBody": {"required": True, "content": {JSON if takes else BYTES: {"schema": _schema(takes)}}},
        "responses": {
            "200": _response(what, _schema(gives)),
            **{code: _response(why, _schema(Problem)) for code, why in _POST_PROBLEMS.items()},
        },
        **more,
    }


_PROBLEMS = {
    code: _response(what, {"$ref": _REF.format(name="Problem")})
    for code, what in {
        "400": "A parameter is not as it should be",
        "404": "The record knows no such thing",
        "503": "The record cannot be read",
    }.items()
}
_POST_PROBLEMS = {
    "400": "The body is not as it should be",
    "401": "The token is missing",
    "403": "Not allowed",
    "413": "Too large",
    "415": "Not JSON",
    "422": "The text cannot be read",
    "503": "The record cannot be written",
}
