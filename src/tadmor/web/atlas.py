"""What the application keeps in memory of a record: all spells, laid out so that any day is looked up at once.

An atlas never changes; where the record's file has changed, a new one is made. What takes long to work out and is asked
for again and again (`Atlas.once`) is kept with it.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple, TypeVar, get_args

import msgspec

from tadmor.errors import LexiconError
from tadmor.lexicon import gazetteer
from tadmor.out.look import Look, looks
from tadmor.record import queries, weight_sets
from tadmor.record.address import Address
from tadmor.record.database import Database, Row, Stamp, open_record
from tadmor.record.queries import Place
from tadmor.records import Kind
from tadmor.timeline import spells as telling
from tadmor.timeline.weigh import Knowledge
from tadmor.web import ledger
from tadmor.web.answers import Mark, PlaceRow
from tadmor.web.backdrop import NOTHING, Backdrop
from tadmor.web.ledger import Ledger

__all__ = ["Atlas", "Shelf", "Visits"]

T = TypeVar("T")

LATEST = 2.0  # seconds; while another program writes, an atlas is not made anew more often
FEW = 24
LONG_AGO = 5 * 365  # days: a few words about long ago do not stretch the slider


class Line(NamedTuple):
    """The spells of one place or part (and, in the layer "claimed", of one who claims), oldest first."""

    place_id: str
    part: str | None
    side: str | None
    begins: list[int]  # ordinals
    spells: list[Held]


class Held(NamedTuple):
    """A spell as the map shows it. `last` is the last day it may reach, None: it is still so, and grows less sure from
    the day `spoken` on, when the place was last spoken of."""

    mark: Mark
    last: int | None
    spoken: int | None


class Atlas:
    """One state of a record."""

    def __init__(self, database: Database, mark: Stamp) -> None:
        self.mark = mark
        self.knowledge: Knowledge = weight_sets.knowledge(database)
        self.half_life = self.knowledge.weights.control.half_life_days
        with database.snapshot():
            self.places: dict[str, Place] = queries.places(database)
            self.stats = queries.stats(database)
            self.lines = {layer: list(_lines(database, layer)) for layer in ("assessed", "claimed")}
            self.copies: dict[str, int] = {
                row[0]: row[1]
                for row in database.query(
                    "SELECT story_id, count(*) FROM stories GROUP BY story_id HAVING count(*) > 1"
                )
            }
            self.claims: Ledger = ledger.load(database)
            rejected = [row[0] for row in database.query("SELECT number FROM claims WHERE review = 'rejected'")]
        self.claims_of = self.claims.place.counts()
        self.actors = self.claims.parties()
        self.types = {kind: self.claims.types(kind) for kind in get_args(Kind)}
        self.days = [
            (day - EPOCH, count)
            for day, count in self.claims.days(~self.claims.kind.any_of(["relation"]) & ~self.claims.among(rejected))
        ]
        self.first, self.last = _span(self.days, self.lines["assessed"])
        self._kept: dict[object, Any] = {}
        self._latest: OrderedDict[object, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._busy: defaultdict[object, threading.Lock] = defaultdict(threading.Lock)

    def once(self, key: object, make: Callable[[], T]) -> T:
        """What `make` gives, made at most once for this state of the record."""
        with self._lock:
            busy = self._busy[key]
        with busy:
            if key not in self._kept:
                self._kept[key] = make()
            found: T = self._kept[key]
            return found

    def lately(self, key: object, make: Callable[[], T]) -> T:
        """Like `once`, for what there may be any number of: only the last few are kept."""
        with self._lock:
            if key in self._latest:
                self._latest.move_to_end(key)
                found: T = self._latest[key]
                return found
        made = make()
        with self._lock:
            self._latest[key] = made
            if len(self._latest) > FEW:
                self._latest.popitem(last=False)
        return made

    def forget(self) -> None:
        """Keep nothing of what was asked lately."""
        with self._lock:
            self._latest.clear()

    def state(self, day: date, layer: str, lines: Iterable[Line] | None = None) -> list[Mark]:
        """What `queries.state` finds, as marks: the spell in force at each place and part (and for each who claims), of
        all lines of the layer or of these."""
        on, lines = day.toordinal(), self.lines[layer] if lines is None else lines
        return [mark for line in lines if (mark := self._mark(line, on, aged=layer == "assessed"))]

    @cached_property
    def whole(self) -> dict[str, dict[str, list[Line]]]:
        """By layer and place, the lines of the place as a whole."""
        found: dict[str, dict[str, list[Line]]] = {}
        for layer, lines in self.lines.items():
            own = found[layer] = {}
            for line in lines:
                if line.part is None:
                    own.setdefault(line.place_id, []).append(line)
        return found

    def _mark(self, line: Line, on: int, *, aged: bool) -> Mark | None:
        at = bisect_right(line.begins, on) - 1
        if at < 0:
            return None
        mark, last, spoken = line.spells[at]
        if last is not None and last < on:
            return None
        if aged and last is None and spoken is not None and on > spoken:
            sure = round(mark.sure * 0.5 ** ((on - spoken) / self.half_life), telling.DIGITS)
            return msgspec.structs.replace(mark, sure=sure)
        return mark

    def warm(self) -> None:
        """Make now what the first question would have to wait for."""
        _ = self.rows, self.looks, self.turns

    @cached_property
    def looks(self) -> dict[str, Look]:
        """How each holder looks; hues differ within a country for as long as there are any."""
        weights: Counter[str] = Counter()
        meetings: defaultdict[str, set[str]] = defaultdict(set)
        for layer, weight in (("assessed", 3), ("claimed", 1)):
            for line in self.lines[layer]:
                country = self.places[line.place_id].country or ""
                for held in line.spells:
                    for holder in filter(None, (held.mark.holder, held.mark.besieged_by)):
                        weights[holder] += weight
                        meetings[country].add(holder)
        weights.pop("unknown", None)
        return looks(weights, [names - {"unknown"} for names in meetings.values()])

    @cached_property
    def turns(self) -> list[tuple[int, int]]:
        """Days (since 1970-01-01) on which places changed hands, and how many did."""
        found: Counter[int] = Counter()
        for line in self.lines["assessed"]:
            if line.part is not None:
                continue
            before = None
            for at, held in enumerate(line.spells):
                holder = held.mark.holder
                if at and holder != before:
                    found[line.begins[at] - EPOCH] += 1
                before = holder
        return sorted((day, count) for day, count in found.items() if day > -EPOCH + 1)

    @cached_property
    def rows(self) -> list[PlaceRow]:
        """Every place, by name, with its kind where the gazetteer knows it."""
        known = _gazetteer()
        shown = {line.place_id for lines in self.lines.values() for line in lines}
        found = []
        for place in self.places.values():
            kind, population = known(place.id)
            found.append(
                PlaceRow(
                    id=place.id,
                    name=place.name,
                    level=place.level,
                    kind=kind if place.level == "place" else place.level,
                    population=population,
                    lat=place.lat,
                    lon=place.lon,
                    admin1=place.admin1,
                    country=place.country,
                    claims=self.claims_of.get(place.id, 0),
                    history=place.id in shown,
                )
            )
        return found


EPOCH = date(1970, 1, 1).toordinal()
FOREVER = date.max.toordinal()  # of a spell that has ended, nobody knows when


def _lines(database: Database, layer: str) -> Iterator[Line]:
    line: Line | None = None
    for row in database.stream(
        "SELECT place_id, part, claimed_by, begins, id, status, holder, contested, besieged_by, ended,"
        " coalesce(end_latest, end_earliest) AS last, coalesce(spoken, start_latest) AS spoken, confidence, voices,"
        " start_earliest, start_latest FROM spells WHERE layer = ?"
        " ORDER BY place_id, part NULLS FIRST, claimed_by NULLS FIRST, begins, id",
        (layer,),
    ):
        of = (row["place_id"], row["part"], row["claimed_by"])
        if line is None or line[:3] != of:
            if line is not None:
                yield line
            line = Line(*of, [], [])
        line.begins.append(_ordinal(row["begins"]))
        line.spells.append(_held(row))
    if line is not None:
        yield line


def _held(row: Row) -> Held:
    ended, last, spoken = bool(row["ended"]), row["last"], row["spoken"]
    mark = Mark(
        place=row["place_id"],
        part=row["part"],
        claimed_by=row["claimed_by"],
        status=row["status"],
        holder=row["holder"] if row["status"] != "unknown" else None,
        contested=bool(row["contested"]),
        besieged_by=row["besieged_by"],
        besieged=row["status"] == "besieged" or row["besieged_by"] is not None,
        sure=row["confidence"],
        voices=row["voices"],
        since=(row["start_earliest"], row["start_latest"]),
        spoken=spoken,
        spell=row["id"],
    )
    reaches = (_ordinal(last) if last else FOREVER) if ended else None
    return Held(mark, reaches, _ordinal(spoken) if spoken else None)


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _span(days: Sequence[tuple[int, int]], lines: Sequence[Line]) -> tuple[date, date]:
    """From which day until which a slider goes."""
    known = days or sorted((begin - EPOCH, 1) for line in lines for begin in line.begins if begin > 1) or [(0, 1)]
    first, last = known[0][0], known[-1][0]
    before = list(accumulate(count for _, count in known))  # and on the day
    most = known[bisect_right(before, before[-1] // 100)][0]
    if most - first > LONG_AGO:
        first = most
    return date.fromordinal(first + EPOCH), date.fromordinal(last + EPOCH)


def _gazetteer() -> Callable[[str], tuple[str, int]]:
    """Tells the kind and population of a place by its id."""
    known = gazetteer.load()

    def tell(id: str) -> tuple[str, int]:
        try:
            place = known.get(id)
        except (KeyError, ValueError, LexiconError):
            return "place", 0
        return place.kind, place.population

    return tell


# --- over time ------------------------------------------------------------------------------------------------------


class Visits:
    """When somebody last asked for something."""

    def __init__(self) -> None:
        self._open, self._last = 0, 0.0
        self._come = threading.Event()

    @contextmanager
    def one(self) -> Iterator[None]:
        """For as long as something is being answered, in the event loop."""
        self._open += 1
        self._come.set()
        try:
            yield
        finally:
            self._open, self._last = self._open - 1, time.monotonic()

    def wait_for_one(self) -> None:
        """Until one comes from now on."""
        self._come.clear()
        self._come.wait()

    def wait_for_none(self, seconds: float) -> None:
        """Until for some seconds nobody has asked."""
        while (left := seconds if self._open else self._last + seconds - time.monotonic()) > 0:
            time.sleep(left)


class Shelf:
    """The record's connections, one for each thread, the atlas of its present state, and what lies around its map."""

    def __init__(self, path: Address, backdrop: Backdrop = NOTHING) -> None:
        self.path, self.backdrop = path, backdrop
        self.visits = Visits()
        self._own = threading.local()
        self._lock = threading.Lock()
        self._atlas: Atlas | None = None
        self._made = 0.0

    @property
    def name(self) -> str:
        return self.path.name

    def database(self) -> Database:
        """This thread's connection, which only reads."""
        found: Database | None = getattr(self._own, "database", None)
        if found is None:
            found = self._own.database = open_record(self.path)
        return found

    def fresh(self) -> Database:
        """A connection of its own, for what-ifs; the caller closes it."""
        return open_record(self.path)

    def atlas(self) -> Atlas:
        """The atlas of the record as it is, or as it was a moment ago."""
        with self._lock:
            now = self.database().stamp()
            if self._atlas is None or (self._atlas.mark != now and time.monotonic() - self._made > LATEST):
                self._atlas = Atlas(self.database(), now)
                self._made = time.monotonic()
            return self._atlas

    def changed(self) -> None:
        """The record was written to by this program: make the atlas anew when it is next asked for."""
        with self._lock:
            self._made = 0.0
