"""Links claims of different reports about the same happening into events.

Two claims may speak of one happening if they name the same place and part, types of one family, days that overlap or
nearly do, and parties that do not contradict each other. ``data/weights/families.csv`` says which types form a family,
how many days apart reports of one happening may put it (`gap_days`), and how long one happening lasts (`span_days`).
Claims whose days are that narrow are swept in order of days; a claim with wider days ("in March") joins the event that
its days hold, if there is exactly one. A toll is a band: each voice counts with its latest word ("toll rises to"), and
each bound keeps the claim behind it. What is denied, planned or only possible is no happening and makes no event.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import compress
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, DatePrecision, Days, Event, Kind, Record, Tie
from tadmor.timeline.columns import MODALITIES, NONE, PRECISIONS, Columns, Ints, grouped
from tadmor.timeline.control import Chain
from tadmor.timeline.mark import digest
from tadmor.timeline.spells import DIGITS, content_id, day_of
from tadmor.timeline.unit import Notes, section_of
from tadmor.timeline.weigh import Said

__all__ = [
    "CHANGE",
    "Cluster",
    "Telling",
    "Ties",
    "by_day",
    "came_about",
    "clusters",
    "event",
    "groups",
    "obeyed",
    "tellings",
]

MOST_CONFIDENCE = 0.99
NEVER = 10_000_000  # a day beyond all
SECTION = 64  # days that are swept together
FLIPPED = frozenset({"loses", "repels"})  # told of who has it done to him: who repels is attacked
CHANGE = "change"  # the family of changes of hands
_encode = msgspec.msgpack.Encoder().encode
_SHARPEST: tuple[DatePrecision, ...] = ("day", "week", "month", "year", "longer", "unknown")
_SHARPNESS = {precision: at for at, precision in enumerate(_SHARPEST)}

Ties = Mapping[str, Sequence[Tie]]

Toll = tuple[tuple[int | None, int | None, int | None], tuple[str | None, str | None, str | None]]


class Family(Record, frozen=True, kw_only=True):
    """A row of ``families.csv``."""

    type: str
    family: str
    gap_days: int
    span_days: int


@cache
def families() -> Mapping[str, Family]:
    """The rows of ``families.csv`` by type. Raises `LexiconError` for an unknown or repeated type."""
    path = table.data("weights") / "families.csv"
    found: dict[str, Family] = {}
    for line, row in table.read(path, Family):
        if row.type not in CONTROL_TYPES and row.type not in EVENT_TYPES:
            raise LexiconError(f"{path}, row {line}: {row.type!r} is no type of claim")
        if row.type in found:
            raise LexiconError(f"{path}, row {line}: {row.type!r} stands twice")
        found[row.type] = row
    if missing := [kind for kind in EVENT_TYPES if kind not in found]:
        raise LexiconError(f"{path}: no row for {missing[0]!r}")
    return found


class Telling(NamedTuple):
    """A claim as a telling of a happening: who did it or won, to whom, between which days."""

    id: str
    type: str
    doer: str | None
    other: str | None
    first: int | None
    last: int | None


class Cluster(NamedTuple):
    """Tellings of one happening by the ids of their claims, the first of which is of `type`."""

    ids: list[str]
    type: str
    first: int | None
    last: int | None
    doer: str | None
    other: str | None

    @property
    def family(self) -> Family:
        return families()[self.type]

    def takes(self, telling: Telling) -> bool:
        """Whether the parties of `telling` do not contradict those of the cluster."""
        return _agree(self.doer, telling.doer) and _agree(self.other, telling.other)

    def with_(self, telling: Telling, *, widen: bool) -> Cluster:
        """The cluster with one more telling, which moves its days only if `widen`. Takes the place of this one."""
        first, last = self.first, self.last
        if widen and first is not None and last is not None and telling.first is not None and telling.last is not None:
            first, last = min(first, telling.first), max(last, telling.last)
        self.ids.append(telling.id)
        return Cluster(self.ids, self.type, first, last, self.doer or telling.doer, self.other or telling.other)


def _alone(telling: Telling) -> Cluster:
    return Cluster([telling.id], telling.type, telling.first, telling.last, telling.doer, telling.other)


def _copy(cluster: Cluster) -> Cluster:
    return cluster._replace(ids=[*cluster.ids])


def groups(told: Columns) -> dict[tuple[str | None, str], Ints]:
    """Claims that tell of happenings, by part and family: only claims of one group can be about one happening."""
    found = [families().get(type) for type in told.types]
    names = sorted({family.family for family in found if family is not None})
    parts = list(dict.fromkeys(part.key for part in told.parts))
    family = np.array([names.index(one.family) if one else NONE for one in found], dtype=np.int64)[told.type]
    part = np.array([parts.index(one.key) for one in told.parts], dtype=np.int64)[told.part]
    some = ((family != NONE) & _HAPPENED[told.modality]).nonzero()[0]
    group = part[some] * len(names) + family[some]
    each = grouped(group, len(parts) * len(names))
    return {(parts[at // len(names)], names[at % len(names)]): some[own] for at, own in enumerate(each) if len(own)}


_HAPPENED = np.array([modality in ("asserted", "hedged") for modality in MODALITIES])


def tellings(told: Columns, claims: Ints) -> list[Telling]:
    """Claims of one group as tellings."""
    if not len(claims):
        return []
    parties = [*told.parties, None]  # the last for NONE
    first, last = _days(told, claims)
    columns = told.ids[claims], told.type[claims], told.actor[claims], told.opponent[claims], first, last
    found = []
    for id, type, actor, opponent, begun, until in zip(*(column.tolist() for column in columns), strict=True):
        doer, other = parties[actor], parties[opponent]
        if told.types[type] in FLIPPED:
            doer, other = other, doer
        dated = until != NONE
        found.append(Telling(id, told.types[type], doer, other, begun if dated else None, until if dated else None))
    return found


def _days(told: Columns, claims: Ints) -> tuple[Ints, Ints]:
    """The first and last days of claims as tellings. "Has taken, at some time before" has no day of its own."""
    begun, until = told.first[claims], told.last[claims]
    undated = (until == NONE) | ((begun == NONE) & (told.precision[claims] == PRECISIONS.index("unknown")))
    return np.where(undated, NONE, np.where(begun == NONE, until, begun)), np.where(undated, NONE, until)


def by_day(event: Event) -> tuple[object, ...]:
    """The order of events."""
    return event.days.first is None, event.days.first, event.days.last, event.id


def _agree(a: str | None, b: str | None) -> bool:
    return a is None or b is None or a == b


def _order(telling: Telling) -> tuple[int, int, bool, str]:
    return telling.first or 0, telling.last or 0, telling.doer is None, telling.id


def clusters(told: Columns, claims: Ints, notes: Notes) -> list[Cluster]:
    """Of the claims of one group those that tell of each happening."""
    known = families()
    spans = np.array([known[type].span_days if type in known else 0 for type in told.types])[told.type[claims]]
    first, last = _days(told, claims)
    dated, narrow = last != NONE, last - first <= spans
    own, section = claims[dated & narrow], first[dated & narrow] // SECTION
    ordered = np.argsort(section, kind="stable")
    found: list[Cluster] = []
    live: list[Cluster] = []
    # What is swept of one section follows from its claims and from what was still live before.
    cuts = np.flatnonzero(np.diff(section[ordered])) + 1
    begins = section[ordered][[0, *cuts.tolist()]].tolist() if len(own) else [0]
    for begin, some in zip(begins, np.split(own[ordered], cuts), strict=True):
        basis = digest(_encode((live, told.mark[some].tobytes())))
        closed, live = notes(section_of(begin * SECTION), basis, partial(_swept, told, some, live), _read)
        found += closed
    found = sorted([*found, *live], key=_BY_DAYS)  # they all have days
    wide = sorted(tellings(told, claims[dated & ~narrow]), key=_order)
    undated = sorted(tellings(told, claims[~dated]), key=_order)
    return _joined_undated(_joined_wide(found, wide), undated)


_BY_DAYS = attrgetter("first", "last", "ids")


def _swept(told: Columns, claims: Ints, live: Sequence[Cluster]) -> tuple[list[Cluster], list[Cluster]]:
    """The clusters that are over, and those that are still live, after some more claims with narrow days."""
    closed: list[Cluster] = []
    live = list(map(_copy, live))
    until = min(map(_until, live), default=NEVER)  # none of those that live is over before
    for telling in sorted(tellings(told, claims), key=_order):
        assert telling.first is not None and telling.last is not None
        if telling.first > until:
            over = [telling.first > _until(cluster) for cluster in live]
            closed += compress(live, over)
            live = [cluster for cluster, gone in zip(live, over, strict=True) if not gone]
            until = min(map(_until, live), default=NEVER)
        for at, cluster in enumerate(live):
            assert cluster.first is not None
            if cluster.takes(telling) and telling.last - cluster.first <= cluster.family.span_days:
                live[at] = cluster.with_(telling, widen=True)
                break
        else:
            live.append(_alone(telling))
            until = min(until, _until(live[-1]))
    return closed, live


def _read(swept: Sequence[Sequence[Any]]) -> tuple[list[Cluster], list[Cluster]]:
    closed, live = ([one if isinstance(one, Cluster) else Cluster(*one) for one in some] for some in swept)
    return closed, live


def _until(cluster: Cluster) -> int:
    """The last day on which what is told may still be of the same happening."""
    return (cluster.last or 0) + cluster.family.gap_days


def _joined_wide(dated: list[Cluster], wide: Sequence[Telling]) -> list[Cluster]:
    """Adds claims with wide days to the one event that they can mean, else makes events of those that agree."""
    own: dict[tuple[object, ...], Cluster] = {}
    firsts = [cluster.first or 0 for cluster in dated]
    for telling in wide:
        assert telling.first is not None and telling.last is not None
        inside = _between(dated, firsts, telling.first, telling.last)
        meant = [at for at in inside if dated[at].takes(telling)]
        if len(meant) == 1:
            # What was noted stays as it is.
            dated[meant[0]] = _copy(dated[meant[0]]).with_(telling, widen=False)
            continue
        key = (telling.first, telling.last, telling.doer, telling.other)
        if key in own:
            own[key] = own[key].with_(telling, widen=False)
        else:
            own[key] = _alone(telling)
    return [*dated, *own.values()]


def _between(dated: Sequence[Cluster], firsts: Sequence[int], first: int, last: int) -> list[int]:
    begin, end = bisect_left(firsts, first), bisect_right(firsts, last)
    return [at for at in range(begin, end) if (dated[at].last or 0) <= last]


def _joined_undated(dated: list[Cluster], undated: Sequence[Telling]) -> list[Cluster]:
    """Claims without days stay without days: one event for each pair of parties."""
    own: dict[tuple[object, ...], Cluster] = {}
    for telling in undated:
        key = (telling.doer, telling.other)
        if key in own:
            own[key] = own[key].with_(telling, widen=False)
        else:
            own[key] = _alone(telling)
    return [*dated, *own.values()]


def obeyed(
    found: list[tuple[str | None, Cluster]], ties: Ties, told: Columns, by_id: Mapping[str, Telling]
) -> list[tuple[str | None, Cluster]]:
    """The clusters, each with its part, after analysts merged and split them: `ties`, by id of the claim, are what they
    said of its event, and are obeyed in the order of their making. `by_id` are all tellings."""
    for tie in sorted({(tie.made, tie.together) for own in ties.values() for tie in own}):
        named = {id for id, own in ties.items() if any(tie == (one.made, one.together) for one in own)}
        named = {
            said.claim.id
            for said in told.said(told.ids.tolist())
            if not named.isdisjoint((said.claim.id, *said.copies))
        }
        touched: list[tuple[str | None, Cluster]] = []
        rest: list[tuple[str | None, Cluster]] = []
        for one in found:
            (rest if named.isdisjoint(one[1].ids) else touched).append(one)
        if tie[1]:
            found = [*rest, _merged(touched, by_id)] if touched else rest
        else:
            found = [*rest, *(piece for part, cluster in touched for piece in _split(part, cluster, named, by_id))]
    return found


def _merged(clusters: Sequence[tuple[str | None, Cluster]], by_id: Mapping[str, Telling]) -> tuple[str | None, Cluster]:
    """One happening of several: a change of hands if one of them is, of a part if all are of that part."""
    ordered = sorted(
        clusters, key=lambda one: (one[1].family.family != CHANGE, one[1].family.family, _order(by_id[one[1].ids[0]]))
    )
    part, head = ordered[0]
    told = sorted((by_id[id] for _, cluster in clusters for id in cluster.ids), key=_order)
    parts = {part for part, _ in clusters}
    return (part if len(parts) == 1 else None), _spanning(told, head.type)


def _split(
    part: str | None, cluster: Cluster, apart: Container[str], by_id: Mapping[str, Telling]
) -> Iterator[tuple[str | None, Cluster]]:
    for chosen in (True, False):
        told = [by_id[id] for id in cluster.ids if (id in apart) == chosen]
        if told:
            yield part, _spanning(told, cluster.type)


def _spanning(told: Sequence[Telling], type: str) -> Cluster:
    days = [(telling.first, telling.last) for telling in told if telling.first is not None]
    span = families()[type].span_days
    narrow = [one for one in days if one[1] is not None and one[0] is not None and one[1] - one[0] <= span]
    firsts = [first for first, _ in narrow or days if first is not None]
    lasts = [last for _, last in narrow or days if last is not None]
    return Cluster(
        [telling.id for telling in told],
        type,
        min(firsts, default=None),
        max(lasts, default=None),
        next((telling.doer for telling in told if telling.doer), None),
        next((telling.other for telling in told if telling.other), None),
    )


def event(
    place_id: str, part: str | None, cluster: Cluster, told: Columns, names: Mapping[str, str], sure: float = 1.0
) -> Event:
    """The event that a cluster tells of. How sure it is follows from the claims that tell of it, but is `sure` at most
    (`came_about`)."""
    said = told.said(cluster.ids)
    if len(said) == 1:
        (one,) = said
        kind, type_, days = one.claim.kind, one.claim.type, one.claim.days
        strongest = {one.voice.key: max(0.0, one.w)}
    else:
        said.sort(key=lambda one: one.claim.id)
        kind, type_ = _told_as(said)
        days = min((one.claim.days for one in said), key=lambda days: _SHARPNESS[days.precision])
        strongest = {}
        for one in said:
            strongest[one.voice.key] = max(strongest.get(one.voice.key, 0.0), one.w)
    flip = type_ in FLIPPED
    sides = [(one.opponent, one.actor) if one.claim.type in FLIPPED else (one.actor, one.opponent) for one in said]
    doers, others = _named((doer for doer, _ in sides), names), _named((other for _, other in sides), names)
    sure = min(sure, 1 / (1 + math.exp(-sum(strongest[voice] for voice in sorted(strongest)))))
    killed, behind = _toll(said)
    first, last = cluster.first, cluster.last
    counted = tuple(one.claim.id for one in said)
    return Event(
        id=content_id("e", place_id, part, cluster.family.family, counted),
        kind=kind,
        type=type_,
        place_id=place_id,
        part=part,
        days=Days(
            first=day_of(first),
            last=day_of(last),
            precision=days.precision if first is not None else "unknown",
            basis=days.basis if first is not None else "none",
        ),
        actors=others if flip else doers,
        opponents=doers if flip else others,
        killed=killed,
        killed_claims=behind,
        claim_ids=tuple(sorted(id for one in said for id in (one.claim.id, *one.copies))),
        voices=len(strongest),
        confidence=round(min(sure, MOST_CONFIDENCE), DIGITS),
    )


def _told_as(said: Sequence[Said]) -> tuple[Kind, str]:
    """What most claims call a happening. A capture is told as one side's gain and as the other's loss: it is a gain."""
    tally: dict[tuple[Kind, str], int] = {}
    for one in said:
        each = one.claim.kind, one.claim.type
        tally[each] = tally.get(each, 0) + 1
    if ("control", "gains") in tally:
        return "control", "gains"
    return min(tally, key=lambda each: (-tally[each], each))


def _named(keys: Iterable[str | None], names: Mapping[str, str]) -> tuple[str, ...]:
    found = {names.get(key, key) for key in keys if key is not None}
    return tuple(sorted(found)) if len(found) > 1 else tuple(found)


def came_about(cluster: Cluster, chain: Chain | None) -> float:
    """The model's probability that a change of hands took place: that the winner held the place in the end; if none is
    named, that the loser did not. 1 where it says nothing of it."""
    if chain is None or cluster.family.family != CHANGE or cluster.last is None:
        return 1.0
    row = chain.sides.row
    if cluster.doer in row:
        return round(chain.at(cluster.last)[row[cluster.doer]], DIGITS)
    if cluster.other in row:
        return round(1 - chain.at(cluster.last)[row[cluster.other]], DIGITS)
    return 1.0


def _toll(
    said: Sequence[Said],
) -> tuple[tuple[int | None, int | None, int | None] | None, tuple[str | None, str | None, str | None]]:
    if not any(one.claim.count for one in said):
        return None, (None, None, None)
    latest: dict[tuple[str, str | None], Said] = {}
    for one in said:
        if one.claim.count is None or one.claim.count.killed is None:
            continue
        key = (one.voice.key, one.claim.count.whom)
        before = latest.get(key)
        if before is None or (one.published or 0, one.claim.id) > (before.published or 0, before.claim.id):
            latest[key] = one
    if not latest:
        return None, (None, None, None)
    bands = [(one, one.claim.count.killed) for one in latest.values() if one.claim.count and one.claim.count.killed]
    lows = [(low, one.claim.id) for one, (low, _) in bands if low is not None]
    highs = [(high, one.claim.id) for one, (_, high) in bands if high is not None]
    if not lows and not highs:
        return None, (None, None, None)
    low, high = min(lows, default=(None, None)), max(highs, default=(None, None), key=lambda each: each[0] or 0)
    believed = max(
        (band for band in bands if band[1] != (None, None)),
        key=lambda band: (band[0].w, band[0].published or 0, band[0].claim.id),
    )
    best = _middle(*believed[1])
    return (low[0], best, high[0]), (low[1], believed[0].claim.id, high[1])


def _middle(low: int | None, high: int | None) -> int | None:
    """The number that a band stands for: its middle, or the bound that is said."""
    if low is None or high is None:
        return high if low is None else low
    return (low + high) // 2
