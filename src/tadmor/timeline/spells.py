"""Spells of a place or part from its solved chain: who held it from when to when, contested or besieged by whom.

The runs of the most likely sequence are cut where fighting or a siege begins or ends. A spell starts the day after the
one before it ends, so the spells of a chain tile the time from its first evidence on; the last has no end.

A `Pull` is a log-likelihood ratio: how much likelier the claim is if the spell's state is true than if another is, the
others weighted by their prior. In a spell that is contested or besieged, a claim of the fighting or siege counts for it
with the log-odds with which it makes it so, where they are larger.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from tadmor.records import Bound, Pull, Spell, Status
from tadmor.timeline.columns import NONE, Bools, Columns, Floats, Ints
from tadmor.timeline.control import FIRST_DAY, LAST_DAY, Chain, Run
from tadmor.timeline.evidence import PARTLY, UNKNOWN, Hearing
from tadmor.timeline.mark import digest
from tadmor.timeline.moved import Moved
from tadmor.timeline.place_part import MAJORITY
from tadmor.timeline.weights import Weights

__all__ = ["Assessed", "assessed", "bounded", "content_id", "day_of", "starts"]

_DAY = timedelta(days=1)
_FAR = 10_000_000  # days
EXACT = float(1 << 36)  # log-odds are added in parts of one
_SHORT = 31  # days that most spans are no longer than
FEW = 1024  # clues, of which all ratios are worked out at once
SOME = 64  # claims, of which one mostly speaks for what holds
_encode = msgspec.msgpack.Encoder().encode
DIGITS = 4  # of probabilities and log-odds in records


class Stretch(NamedTuple):
    """Days ``first`` to ``last`` of one run, in one condition."""

    first: int
    last: int
    contested: bool
    besieged: bool
    besieged_by: str | None  # None: nobody says by whom


def content_id(prefix: str, *parts: object) -> str:
    """An id that depends on nothing but `parts`, whose ``repr`` must be canonical."""
    return prefix + blake2b(repr(parts).encode(), digest_size=10).hexdigest()


@lru_cache(maxsize=1 << 14)
def day_of(ordinal: int | None) -> date | None:
    """The day of an ordinal, None for None; clipped to what a date can be."""
    return None if ordinal is None else date.fromordinal(min(max(ordinal, FIRST_DAY), LAST_DAY))


def starts(start: Bound) -> date:
    """The single day from which a spell counts where one is needed: the likely one, else the middle of its bounds, or
    the one known."""
    if start.likely is not None:
        return start.likely
    if start.earliest is None or start.latest is None:
        return start.latest or start.earliest or date.min
    return start.earliest + timedelta(days=((start.latest - start.earliest).days + 1) // 2)


class Frame(NamedTuple):
    """A spell, but for what speaks for it and how sure it is: its state, its bounds, and its stretches."""

    status: Status
    holder: str | None
    contested: bool
    besieged_by: str | None
    start: Bound
    end: Bound | None
    stretches: list[Portion]

    @property
    def state(self) -> tuple[object, ...]:
        return self[:4]


class Portion(NamedTuple):
    """A stretch of a run, and the days of the run."""

    run: Run
    stretch: Stretch
    days: tuple[int, int]


class Item(NamedTuple):
    """A run, who is said to hold most of the place in it, its days, and its stretches."""

    run: Run
    majority: str | None
    days: tuple[int, int]
    stretches: list[Stretch]


class Framed(NamedTuple):
    """A frame, where it begins if its neighbours do not bound it, the item with which it begins (None: it begins within
    one), how many items are in it and in those before it, and who held the place before it."""

    frame: Frame
    start: Bound
    begin: int | None
    end: int
    incumbent: str | None


class Found(NamedTuple):
    """What was found of the spells of a chain, to be found again where nothing has moved: the run that it begins with,
    which changes there are, the stretches of each run, by its state and days, the items and the frames made of them,
    and the bases of their spells (None: all claims were looked at)."""

    head: Run
    changes: frozenset[tuple[int, tuple[int | None, int]]]
    stretches: Mapping[tuple[int, tuple[int, int]], list[Stretch]]
    items: Sequence[Item]
    framed: Sequence[Framed]
    bases: Sequence[bytes | None]


class Assessed:
    """The spells of one chain, oldest first: what they are is found at once, what speaks for each when it is asked.

    `before` is what was found when the chain was last solved, and `moved` what has moved since.
    """

    def __init__(
        self, place_id: str, part: str | None, chain: Chain, hearing: Hearing, told: Columns, names: Mapping[str, str],
        weights: Weights, before: Found | None = None, moved: Moved | None = None,
    ) -> None:  # fmt: skip
        self.place_id, self.part, self.chain, self.names = place_id, part, chain, names
        self.clues = _Clues(chain, hearing, told)
        self.fights = _Fights(chain, hearing, told)
        self.told = told
        self._before: Found | None = before if moved else None
        self._moved: Moved | None = moved
        self._bases: dict[tuple[int, int], bytes] = {}
        self._by_all: set[tuple[int, int]] = set()  # days of runs for which no claim about them speaks
        self._items = self._found_items(weights)
        self._framed, self._first, self._last = self._frames(self._items)
        self.frames = [one.frame for one in self._framed]

    def _found_items(self, weights: Weights) -> list[Item]:
        chain, told = self.chain, self.told
        head, *rest = _without_blank_start(chain, chain.runs)
        self._head = head if head.begin else self._begun(head)
        runs = [self._head, *rest]
        runs, most = _cut(runs, [self.clues.majorities(run, chain, told, self.part) for run in runs])
        last_day = max(chain.axis[-1], int(self.fights.last.max(initial=0)))
        begins = [run.likely for run in runs]
        days = list(zip(begins, [*(begin - 1 for begin in begins[1:]), last_day], strict=True))
        found = self._stretches(runs, days, weights)
        return [Item(*one) for one in zip(runs, most, days, found, strict=True)]

    def _begun(self, head: Run) -> Run:
        """The first run of a chain, with the days on which it began."""
        if self._before is not None and self._moved is not None:
            before = self._before.head
            axis = self.chain.axis
            if before[:3] == head[:3] and not self._moved.any(axis[0], axis[head.end - 1]):
                return head._replace(since=before.since, likely=before.likely)
        return self.clues.begun(head, self.chain, self.told)

    def _frames(self, items: Sequence[Item]) -> tuple[list[Framed], int, int]:
        """All frames; and how many of the first, and of the last, are those before. Neighbours in the same state are
        one, and each ends the day before the next starts."""
        old: Sequence[Framed] = self._before.framed if self._before else ()
        same, rest = self._same(items)
        # A frame ends where the next begins, and that is bounded by the one after.
        keep = max(bisect_right(old, same, key=_end) - 2, 0)
        while keep and old[keep].begin is None:
            keep -= 1
        at, incumbent = (old[keep].begin or 0, old[keep].incumbent) if keep else (0, None)
        more = len(items) - len(self._before.items) if self._before else 0
        begins = {one.begin + more: number for number, one in enumerate(old) if one.begin and one.begin + more > 0}
        made: list[Framed] = []
        later = len(old)
        while at < len(items):
            number = begins.get(at) if at >= len(items) - rest else None
            if number is not None and old[number].incumbent == incumbent:
                parted = not made or made[-1].frame.state != old[number].frame.state
                later = number if parted else later
            if later < len(old):
                break
            item, begin, so_far = items[at], at, incumbent
            at += 1
            state = self.chain.sides.states[item.run.state]
            holder = item.majority or _holder(state, incumbent, self.clues, item.run, self.chain)
            if state not in (PARTLY, UNKNOWN) or item.majority:
                incumbent = holder
            for number, stretch in enumerate(item.stretches):
                frame = self._frame(item, stretch, state, holder, first=not begin)
                if made and made[-1].frame.state == frame.state:
                    made[-1].frame.stretches.extend(frame.stretches)
                    made[-1] = made[-1]._replace(end=at)
                else:
                    made.append(Framed(frame, frame.start, None if number else begin, at, so_far))
        tail = [
            one._replace(begin=one.begin and one.begin + more, end=one.end + more) if more else one
            for one in old[later:]
        ]
        framed = _bounded(old[keep - 1] if keep else None, [*made, *tail[:1]], tail[1] if len(tail) > 1 else None)
        return [*old[:keep], *framed, *tail[1:]], keep, max(len(tail) - 1, 0)

    def _same(self, items: Sequence[Item]) -> tuple[int, int]:
        """How many of the first and of the last items are those before, with all that is said of their days."""
        if self._before is None or self._moved is None:
            return 0, 0
        axis = self.chain.axis
        firsts = [min(item.days[0], axis[item.run.begin]) for item in items]
        lasts = [max(item.days[1], axis[item.run.end - 1]) for item in items]
        stays = (~self._moved.among(firsts, lasts)).tolist()
        old = self._before.items
        most = min(len(old), len(items))
        same = next((at for at in range(most) if not stays[at] or old[at] != items[at]), most)
        most -= same
        return same, next((at for at in range(most) if not stays[~at] or old[~at] != items[~at]), most)

    def _frame(self, item: Item, stretch: Stretch, state: str, holder: str | None, *, first: bool) -> Frame:
        names, bound = self.names, item.run.since
        blank = first and bound[0] is None  # nothing is said of the time before
        if stretch.first != item.days[0]:
            bound = stretch.first, stretch.first
        status: Status = (
            "contested" if stretch.contested
            else "besieged" if stretch.besieged
            else "unknown" if state == UNKNOWN
            else "partly held" if state == PARTLY
            else "held"
        )  # fmt: skip
        return Frame(
            status=status,
            holder=names.get(holder, holder) if holder else None,
            contested=stretch.contested,
            besieged_by=names.get(stretch.besieged_by, stretch.besieged_by) if stretch.besieged_by else None,
            start=bounded(day_of(bound[0]), day_of(bound[1]), None if blank else day_of(stretch.first)),
            end=None,
            stretches=[Portion(item.run, stretch, item.days)],
        )

    def _stretches(self, runs: Sequence[Run], days: Sequence[tuple[int, int]], weights: Weights) -> list[list[Stretch]]:
        """The stretches of each run."""
        changes = frozenset((run.state, run.since) for run in runs)
        fights, before = self.fights, self._before
        fights.settle(runs)
        keys = [(run.state, own) for run, own in zip(runs, days, strict=True)]
        found: dict[tuple[int, tuple[int, int]], list[Stretch]] = {}
        if before is not None and self._moved is not None:
            # What a change bears out is fighting no longer, also on other days.
            self._moved = self._moved.with_(fights.reach(*since) for _, since in before.changes ^ changes)
            moved = self._moved.among([first for first, _ in days], [last for _, last in days]).tolist()
            found = {
                key: before.stretches[key]
                for key, gone in zip(keys, moved, strict=True)
                if not gone and key in before.stretches
            }
        anew = [at for at, key in enumerate(keys) if key not in found]
        own = fights.stretches([runs[at] for at in anew], [days[at] for at in anew], weights)
        found.update(zip([keys[at] for at in anew], own, strict=True))
        self._changes, self._by_run = changes, found
        return [found[key] for key in keys]

    def bases(self) -> list[bytes]:
        """For each frame a digest of all that its spell is made from."""
        known: list[bytes | None] = [None] * len(self.frames)
        if self._before is not None and self._moved is not None:
            before, left = self._before.bases, len(self.frames) - self._last
            known[: self._first], known[left:] = before[: self._first], before[len(before) - self._last :]
            moved = self._moved.among(
                [frame.stretches[0].days[0] for frame in self.frames],
                [frame.stretches[-1].days[1] for frame in self.frames],
            )
            known = [None if gone else basis for basis, gone in zip(known, moved.tolist(), strict=True)]
        return [basis or self._basis(frame) for basis, frame in zip(known, self.frames, strict=True)]

    def found(self, bases: Iterable[bytes]) -> Found:
        """What was found, with the `bases` of all frames."""
        kept = [
            basis if self._by_all.isdisjoint(days for _, _, days in frame.stretches) else None
            for basis, frame in zip(bases, self.frames, strict=True)
        ]
        return Found(self._head, self._changes, self._by_run, self._items, self._framed, kept)

    def _basis(self, frame: Frame) -> bytes:
        parts: list[object] = [self.chain.basis, *frame[:-1]]
        for run, stretch, days in frame.stretches:
            sure = round(self.chain.sureness(run.state, stretch.first, stretch.last), DIGITS)
            parts += (stretch, sure, self._basis_of_run(run.state, days))
        return digest(_encode(parts))

    def _basis_of_run(self, state: int, days: tuple[int, int]) -> bytes:
        """A digest of all that is looked at for stretches of one run."""
        if days not in self._bases:
            marks = self.told.mark
            looked_at, fought = self.clues.looked_at(state, days), self.fights.claim[self.fights.within(*days)]
            if looked_at is self.clues.claim:
                self._by_all.add(days)
            basis = _encode((days, state, marks[looked_at].tobytes(), marks[fought].tobytes()))
            self._bases[days] = digest(basis)
        return self._bases[days]

    def spell(self, frame: Frame) -> Spell:
        """The spell of a frame."""
        strongest: dict[int, float] = {}
        voices, confidence = 0, 0.0
        for run, stretch, days in frame.stretches:
            pulls = self._evidence(run.state, stretch, days)
            speak = [claim for claim, pull in pulls.items() if pull > 0]
            voices = max(voices, len(set(self.told.voice[speak].tolist())))
            sure = round(self.chain.sureness(run.state, stretch.first, stretch.last), DIGITS)
            confidence = max(confidence, sure)
            for claim, pull in pulls.items():
                if claim not in strongest or abs(pull) >= abs(strongest[claim]):
                    strongest[claim] = pull
        ids = self.told.ids[[*strongest]].tolist()
        ranked = sorted((-abs(pull), id, pull) for id, pull in zip(ids, strongest.values(), strict=True))
        spell = Spell(
            id="",
            place_id=self.place_id,
            part=self.part,
            layer="assessed",
            status=frame.status,
            holder=frame.holder,
            contested=frame.contested,
            besieged_by=frame.besieged_by,
            start=frame.start,
            confidence=confidence,
            voices=voices,
            pulls=tuple(Pull(claim_id=claim_id, pull=pull) for _, claim_id, pull in ranked),
        )
        return finish(spell, frame.end)

    def _evidence(self, state: int, stretch: Stretch, days: tuple[int, int]) -> dict[int, float]:
        """For and against a stretch: claims about its days; in a lull, about its run's `days`; else the nearest."""
        fights = self.fights.inside(state, stretch)
        pulls = self.fights.added(self.clues.pulls(state, stretch.first, stretch.last), stretch, fights)
        if not _speaks_for(pulls):
            pulls = self.fights.added(self.clues.pulls(state, *days), stretch, fights)
        if not _speaks_for(pulls):
            pulls = self.fights.added(self.clues.nearest(state, stretch.first), stretch, fights)
        return pulls


def assessed(
    place_id: str, part: str | None, chain: Chain, hearing: Hearing, told: Columns, names: Mapping[str, str],
    weights: Weights,
) -> list[Spell]:  # fmt: skip
    """The spells of one chain, oldest first."""
    found = Assessed(place_id, part, chain, hearing, told, names, weights)
    return [found.spell(frame) for frame in found.frames]


def _speaks_for(pulls: Mapping[int, float]) -> bool:
    return any(pull > 0 for pull in pulls.values())


def _without_blank_start(chain: Chain, runs: Sequence[Run]) -> list[Run]:
    """Drops a first run of "unknown": that a place was not yet taken before it was taken is no evidence of anything."""
    unknown = chain.sides.row[UNKNOWN]
    return list(runs[1:] if len(runs) > 1 and runs[0].state == unknown else runs)


def _holder(state: str, incumbent: str | None, clues: _Clues, run: Run, chain: Chain) -> str | None:
    """The holder in a run. Of a place partly held, if nobody is said to hold most of it: who held it before, else the
    only one."""
    if state == UNKNOWN:
        return None
    if state != PARTLY:
        return state
    if incumbent is not None:
        return incumbent
    partial = clues.partial_holders(chain.axis[run.begin], chain.axis[run.end - 1])
    return partial[0] if len(partial) == 1 else None


def _cut(
    runs: Sequence[Run], majorities: Sequence[Sequence[tuple[int, int, str]]]
) -> tuple[list[Run], list[str | None]]:
    """The runs cut where another comes to hold most of the place, and who does."""
    cut: list[Run] = []
    most: list[str | None] = []
    over = [*(run.likely for run in runs[1:]), None]  # the days on which the next ones begin
    for run, own, after in zip(runs, majorities, over, strict=True):
        holder: str | None = None
        for at, day, party in own:
            if party == holder or (after is not None and day >= after):
                continue
            if at == run.begin or day <= run.likely:
                holder = party
                continue
            cut.append(run._replace(end=at))
            most.append(holder)
            run, holder = run._replace(begin=at, since=(day, day), likely=day), party
        cut.append(run)
        most.append(holder)
    return cut, most


def _changes(runs: Iterable[Run]) -> dict[int, list[tuple[int, int]]]:
    """By state the changes to it, in order: the last day on which one may have been, and the first."""
    changes: dict[int, list[tuple[int, int]]] = {}
    for run in runs:
        earliest, latest = run.since
        changes.setdefault(run.state, []).append((latest, earliest or latest))
    return changes


class _Fights:
    """What is said of fighting and sieges, to ask when a place was contested or besieged.

    A change that a run begins with is no fighting: what tells of it speaks of that alone.
    """

    def __init__(self, chain: Chain, hearing: Hearing, told: Columns) -> None:
        fights, rows = hearing.fights, chain.sides.rows(hearing.keys)
        self.claim, self.first, self.last = fights.claim, fights.first, fights.last
        self._contest, self._siege = fights.contest, fights.siege
        self._by, self._to = rows[fights.by], rows[fights.change_to]
        self._names = [*hearing.keys, None]
        self._named = fights.by
        self._voice = told.ranks[told.voice[fights.claim]]
        self._spans = _Spans(self.first, self.last)
        self._unsettled = np.ones(len(self.first), dtype=bool)

    def settle(self, runs: Sequence[Run]) -> None:
        """To be called with all runs, before anything is asked."""
        self._unsettled = ~self._borne_out(runs)

    def reach(self, first: int | None, last: int) -> tuple[int, int]:
        """The days of all fights on some days, with these."""
        first = last if first is None else first
        some = self.within(first, last)
        return min([first, *self.first[some].tolist()]), max([last, *self.last[some].tolist()])

    def stretches(self, runs: Sequence[Run], days: Sequence[tuple[int, int]], weights: Weights) -> list[list[Stretch]]:
        """The stretches of each of some runs."""
        near = [self._near(run.state, *own) for run, own in zip(runs, days, strict=True)]
        run = np.repeat(np.arange(len(runs)), [len(own) for own in near])
        fights = np.concatenate([*near, np.zeros(0, dtype=np.int64)])
        limits = np.array(days)[run].reshape(-1, 2)
        contested = self._windows(
            run, fights, limits, self._contest, weights.contested.threshold, weights.contested.bridge_days
        )
        others = (self._by[fights] == NONE) | (self._by[fights] != np.array([run.state for run in runs])[run])
        by = np.array([*range(len(self._names) - 1), len(self._names) - 1])[self._named[fights]]  # the last: nobody
        besieged = self._windows(
            (run * len(self._names) + by)[others], fights[others], limits[others], self._siege,
            weights.besieged.threshold, weights.besieged.bridge_days,
        )  # fmt: skip
        sieges: dict[int, list[tuple[int, int, str]]] = {}
        for group, windows in besieged.items():
            at, who = divmod(group, len(self._names))
            sieges.setdefault(at, []).extend((begin, end, self._names[who] or "") for begin, end in windows)
        return [
            _stretches(*own, contested.get(at, []), sorted(sieges.get(at, []), key=_by_whom))
            for at, own in enumerate(days)
        ]

    def inside(self, state: int, stretch: Stretch) -> Ints:
        """The fights inside a stretch of a run, if it is not quiet."""
        if not (stretch.contested or stretch.besieged):
            return np.zeros(0, dtype=np.int64)
        return self._near(state, stretch.first, stretch.last)

    def within(self, first: int, last: int) -> Ints:
        """The fights on some days."""
        return self._spans.about(first, last)

    def _borne_out(self, runs: Iterable[Run]) -> Bools:
        """Whether a run begins with the change that a claim tells of: then it speaks of that and not of fighting."""
        found = np.zeros(len(self.first), dtype=bool)
        for state, to in _changes(runs).items():
            own = (self._to == state).nonzero()[0]
            latest, earliest = np.array([*to, (_FAR, _FAR)]).T
            at = np.searchsorted(latest[:-1], self.first[own])
            found[own] = (at < len(to)) & (earliest[at] <= self.last[own])
        return found

    def _near(self, state: int, first: int, last: int) -> Ints:
        """The fights on the days of a run that tell against quiet in it; the change that it begins with does not."""
        near = self.within(first, last)
        near = near[self._unsettled[near]]
        to, by = self._to[near], self._by[near]
        fought = np.where(to != NONE, to != state, (self._siege[near] == 0) | (by == NONE) | (by != state))
        found: Ints = near[fought]
        return found

    def _windows(
        self, groups: Ints, fights: Ints, limits: Ints, strengths: Floats, threshold: float, bridge: int
    ) -> dict[int, list[tuple[int, int]]]:
        """Stretches of days, by group of fights, on which their strengths, each voice counted once at its strongest,
        sum to `threshold`. Days are cut to the `limits` of each."""
        # Whole numbers add up to the same in any order.
        strength = np.rint(strengths[fights] * EXACT)
        some = strength > 0
        if not some.any():
            return {}
        groups, fights, limits, strength = groups[some], fights[some], limits[some], strength[some]
        begin = np.maximum(self.first[fights], limits[:, 0])
        until = np.minimum(self.last[fights], limits[:, 1]) + 1
        ends, group = np.unique(groups, return_inverse=True)
        days = np.unique(np.concatenate([begin, until]))
        begin, until = days.searchsorted(begin), days.searchsorted(until)
        speaker = group * (int(self._voice.max()) + 1) + self._voice[fights]
        edge, change = _strongest(speaker, begin, until, strength, len(days))
        # The changes of level of all voices of a group, day by day; of one day in the order of voices.
        voices = int(self._voice.max()) + 1
        key = edge // len(days) // voices * len(days) + edge % len(days)
        keys, at = np.unique(key, return_inverse=True)
        changes = np.bincount(at, weights=change)
        number, day = keys // len(days), keys % len(days)
        # The changes of a group sum to nothing.
        high = changes.cumsum() >= (threshold - 1e-9) * EXACT
        turns = (high != np.concatenate([[False], high[:-1]])).nonzero()[0].tolist()
        found: dict[int, list[tuple[int, int]]] = {}
        last_of = dict(zip(groups.tolist(), limits[:, 1].tolist(), strict=True))
        for rises, falls in zip(turns[::2], turns[1::2], strict=True):
            begun, over = int(days[day[rises]]), int(days[day[falls]]) - 1
            own = found.setdefault(int(ends[number[rises]]), [])
            if own and begun - own[-1][1] - 1 <= bridge:
                own[-1] = (own[-1][0], over)
            else:
                own.append((begun, over))
        for name, own in found.items():
            if last_of[name] - own[-1][1] <= bridge:
                own[-1] = (own[-1][0], last_of[name])
        return found

    def added(self, pulls: dict[int, float], stretch: Stretch, fights: Ints) -> dict[int, float]:
        """The pulls, with claims of fighting or a siege counted for a stretch that is contested or besieged by them."""
        by = [self._names[at] for at in self._named[fights].tolist()]
        told = self.claim[fights].tolist(), self._contest[fights].tolist(), self._siege[fights].tolist(), by
        for claim, contest, siege, who in zip(*told, strict=True):
            besieging = siege if stretch.besieged and who == stretch.besieged_by else 0.0
            strength = max(contest if stretch.contested else 0.0, besieging)
            if strength > abs(pulls.get(claim, 0.0)):
                pulls[claim] = round(strength, DIGITS)
        return pulls


def _by_whom(siege: tuple[int, int, str]) -> str:
    return siege[2]


def _stretches(
    first: int, last: int, contested: Sequence[tuple[int, int]], sieges: Sequence[tuple[int, int, str]]
) -> list[Stretch]:
    cuts = sorted({first, last + 1, *(day for b, e in contested for day in (b, e + 1)),
                   *(day for b, e, _ in sieges for day in (b, e + 1))})  # fmt: skip
    out: list[Stretch] = []
    for begin, after in pairwise(cuts):
        at = bisect_right(contested, (begin, last + 1)) - 1
        fought = at >= 0 and contested[at][1] >= begin
        by = next((who for b, e, who in sieges if b <= begin <= e), None)
        if out and out[-1][2:] == (fought, by is not None, by or None):
            out[-1] = out[-1]._replace(last=after - 1)
        else:
            out.append(Stretch(begin, after - 1, fought, by is not None, by or None))
    return out


def _strongest(speaker: Ints, begin: Ints, until: Ints, strength: Floats, days: int) -> tuple[Ints, Floats]:
    """The highest of the spans of each speaker that overlap, as changes of level: where (``speaker * days + day``), and
    by how much. Spans begin and end on places among `days`."""
    edges = np.unique(np.concatenate([speaker * days + begin, speaker * days + until]))
    low, high = np.searchsorted(edges, speaker * days + begin), np.searchsorted(edges, speaker * days + until)
    height = np.zeros(len(edges))
    single = high - low == 1
    np.maximum.at(height, low[single], strength[single])
    for at in (~single).nonzero()[0].tolist():
        span = height[low[at] : high[at]]
        np.maximum(span, strength[at], out=span)
    height[1:] -= height[:-1].copy()
    return edges, height


def _end(framed: Framed) -> int:
    return framed.end


def _bounded(before: Framed | None, framed: Sequence[Framed], after: Framed | None) -> list[Framed]:
    """Frames that start and end where their neighbours, some of them `before` and `after` these, let them. The end of
    the last is right if it is not one of the new."""
    if not framed:
        return []
    begins = [one and starts(one.start) for one in (before, *framed, after)]
    bounds = []
    for one, (previous, begin, following) in zip(
        framed, zip(begins, begins[1:], begins[2:], strict=False), strict=True
    ):
        earliest, latest = one.start.earliest, one.start.latest
        if earliest is not None and previous is not None:
            earliest = max(earliest, previous + _DAY)
        if latest is not None and following is not None:
            latest = min(latest, following - _DAY)
        bounds.append(bounded(earliest, latest, begin))
    ends = [Bound(earliest=_before(bound.earliest), latest=_before(bound.latest)) for bound in bounds[1:]]
    return [
        one._replace(frame=one.frame._replace(start=start, end=end))
        for one, start, end in zip(framed, bounds, [*ends, framed[-1].frame.end], strict=True)
    ]


def bounded(earliest: date | None, latest: date | None, likely: date | None) -> Bound:
    """Bounds of a day; that it is likely in their middle need not be said."""
    bound = Bound(earliest=earliest, latest=latest)
    return bound if likely in (None, starts(bound)) else msgspec.structs.replace(bound, likely=likely)


def _state(spell: Spell) -> tuple[object, ...]:
    return spell.status, spell.holder, spell.contested, spell.besieged_by


def finish(spell: Spell, end: Bound | None) -> Spell:
    """`spell` with its end and its id."""
    start = spell.start
    state = (spell.layer, spell.claimed_by, *_state(spell))
    days = (start.earliest, start.latest, *((end.earliest, end.latest) if end else ()))
    id = content_id("s", spell.place_id, spell.part, state, tuple([day and day.isoformat() for day in days]))
    return msgspec.structs.replace(spell, end=end, id=id)


def _before(day: date | None) -> date | None:
    return day - _DAY if day is not None else None


class _Clues:
    """The clues of a chain, to ask which of them speak for a state in a stretch of days, and how far."""

    def __init__(self, chain: Chain, hearing: Hearing, told: Columns) -> None:
        clues = hearing.clues
        self.claim, self._clues = clues.claim, clues
        self._most: Ints | None = None
        self._actor, self._keys = told.actor, hearing.keys
        self._spans = _Spans(np.minimum(clues.first, clues.day), np.maximum(clues.last, clues.day))
        self._last = self._spans.last
        self._chain = chain
        self._ratios_by: dict[int, Floats] = {}  # of all clues, by state, if they are few

    def _ratios(self, clues: Ints | slice, state: int) -> Floats:
        """The log-likelihood ratios of a state against the others by some clues."""
        if len(self.claim) > FEW:
            return self._ratios_of(clues, state)
        if state not in self._ratios_by:
            self._ratios_by[state] = self._ratios_of(slice(None), state)
        return self._ratios_by[state][clues]

    def _ratios_of(self, clues: Ints | slice, state: int) -> Floats:
        others = [other for other in range(len(self._chain.prior)) if other != state]
        likelihoods = self._chain.likelihoods(clues)
        if not others:
            return np.zeros(len(likelihoods))
        prior = self._chain.prior[others]
        rival = np.log((np.exp(likelihoods[:, others]) * (prior / prior.sum())).sum(axis=1))
        found: Floats = np.round(likelihoods[:, state] - rival, DIGITS)
        return found

    def looked_at(self, state: int, days: tuple[int, int]) -> Ints:
        """The claims that are looked at for stretches of a run: about its days; if none speaks for it, all."""
        about = self._spans.about(*days)
        return self.claim[about] if self._any_for(about, state) else self.claim

    def _any_for(self, clues: Ints, state: int) -> bool:
        """Whether the stronger clue of any claim (see `_pulls`) speaks for `state`."""
        if len(clues) > 2 * SOME:
            claims = self.claim[clues]
            some = clues[claims <= np.partition(claims, SOME)[SOME]]  # with all clues of each of these claims
            if len(some) < len(clues) and self._any_for(some, state):
                return True
        ratios = self._ratios(clues, state)
        if not len(ratios) or ratios.max() <= 0 or ratios.max() >= -ratios.min():
            return bool(len(ratios) and ratios.max() > 0)
        _, of = np.unique(self.claim[clues], return_inverse=True)
        for_it, against = np.zeros(len(of)), np.zeros(len(of))
        np.maximum.at(for_it, of, ratios)
        np.maximum.at(against, of, -ratios)
        return bool(((for_it > 0) & (for_it >= against)).any())

    def pulls(self, state: int, first: int, last: int) -> dict[int, float]:
        """What each claim about a day of the stretch pulls; without those that pull nothing."""
        pulls = self._pulls(state, self._spans.about(first, last))
        return {claim: pull for claim, pull in pulls.items() if pull}

    def nearest(self, state: int, day: int) -> dict[int, float]:
        """The claims nearest before `day` (else after it) that speak for or against `state`, else the nearest."""
        distance = np.abs(self._last - day) + _FAR * (self._last > day)
        distance = np.where(self._ratios(slice(None), state) != 0, distance, 2 * _FAR)
        return self._pulls(state, (distance == distance.min()).nonzero()[0])

    def _pulls(self, state: int, clues: Ints) -> dict[int, float]:
        """One pull a claim: a claim about a stretch of time has a clue at each end, and the stronger stands for it."""
        strongest: dict[int, float] = {}
        for claim, pull in zip(self.claim[clues].tolist(), self._ratios(clues, state).tolist(), strict=True):
            before = strongest.get(claim)
            if before is None or (abs(pull), pull) > (abs(before), before):
                strongest[claim] = pull
        return strongest

    def partial_holders(self, first: int, last: int) -> list[str]:
        """Parties that claims which speak of a day in the stretch say to hold a part, sorted."""
        about = self._spans.about(first, last)
        partly = (self._clues.states[about] == self._keys.index(PARTLY)) & (self._clues.pulls[about] > 0)
        actors = self._actor[self.claim[about[partly.any(axis=1)]]]
        return sorted({self._keys[actor] for actor in actors.tolist() if actor != NONE})

    def majorities(self, run: Run, chain: Chain, told: Columns, part: str | None) -> list[tuple[int, int, str]]:
        """Of a run in which the place (or `part`) is partly held the days from which somebody is said to hold most of
        it: the place on the axis, the day, and the party of which that is said loudest."""
        if chain.sides.states[run.state] != PARTLY:
            return []
        clues = self._clues
        chosen = self._of_most(told, part)
        days = clues.day[chosen]
        said: dict[int, dict[str, float]] = {}
        for at in chosen[(days >= chain.axis[run.begin]) & (days <= chain.axis[run.end - 1])].tolist():
            own, party = said.setdefault(int(clues.day[at]), {}), self._keys[told.actor[self.claim[at]]]
            own[party] = own.get(party, 0.0) + float(clues.pulls[at].max())
        return [
            (bisect_left(chain.axis, day), day, min(own, key=lambda party: (-own[party], party)))
            for day, own in sorted(said.items())
        ]

    def _of_most(self, told: Columns, part: str | None) -> Ints:
        """The clues that somebody holds most of the place or part, in order."""
        if self._most is None:
            most = np.array([one.key == part and MAJORITY < one.share < 1 for one in told.parts], dtype=bool)
            if not most.any():
                self._most = np.zeros(0, dtype=np.int64)
                return self._most
            chosen = (most[told.part[self.claim]] & (told.actor[self.claim] != NONE)).nonzero()[0]
            partly = self._clues.states[chosen] == self._keys.index(PARTLY)
            self._most = chosen[(partly & (self._clues.pulls[chosen] > 0)).any(axis=1)]
        return self._most

    def begun(self, run: Run, chain: Chain, told: Columns) -> Run:
        """The first run of a chain with the days on which it began, as far as claims tell.

        What is said of the time before a change to its state is no word of it. Its first day is bounded by what is said
        to have lasted, and by the days of such a change.
        """
        clues = self._clues
        some = (clues.day <= chain.axis[run.end - 1]).nonzero()[0]
        day, ratios, claim = clues.day[some], self._ratios(some, run.state), self.claim[some]
        first = told.first[claim]
        before = (first != NONE) & (day < first)
        told_of = ~before | (ratios > 0)
        if not told_of.any():
            return run
        begun = int(day[told_of].min())
        here = (day == begun) & (ratios > 0) & ~before
        since = here & (clues.first[some] < clues.last[some]) | here & np.isin(claim, claim[before & (ratios < 0)])
        return run._replace(since=(min(first[since].tolist(), default=None), begun), likely=begun)


class _Spans:
    """Spans of days, to ask which of them reach into others; most are short."""

    def __init__(self, first: Ints, last: Ints) -> None:
        self.last = last
        self._first = first
        long = last - first > _SHORT
        self._long = long.nonzero()[0]
        short = (~long).nonzero()[0]
        self._short = short[np.argsort(last[short], kind="stable")]
        self._lasts = last[self._short]

    def about(self, first: int, last: int) -> Ints:
        """The spans that share a day with ``first`` to ``last``, in their order."""
        begin, end = self._lasts.searchsorted((first, last + _SHORT + 1))
        some = self._short[begin:end]
        if len(self._long):
            some = np.concatenate([some, self._long])
        if not len(some):
            return some
        some = some[(self._first[some] <= last) & (self.last[some] >= first)]
        some.sort()
        return some
