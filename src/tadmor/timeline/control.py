"""Who holds a place, day by day: a hidden Markov model over the parties that are named there.

States are the parties, "partly" (no one holds all of it; only where somebody says so) and "unknown". Time is continuous
in days and *compressed*: only days on which a clue stands, or an interval begins or ends, are on the axis. Between two
days on the axis that are ``dt`` apart the state is kept with probability ``a = exp(-h)`` and otherwise drawn anew from
``q``, so that a step is ``T = a I + (1 - a) 1 q'``. Such steps compose: splitting a step at any day gives the same
product, hence long silences cost nothing. ``h`` is the base rate times ``dt``, plus the
rates that claims of change add (towards the state that they name, which also enters ``q``) and that fighting adds
(towards any). Two things within the time that a claim speaks of bend this form, so that days inside such a step are
interpolated closely, not exactly: a party that is said to have lost the place leaves its state faster, and a party that
is said to have held it without a break is slow to leave or enter its state (a factor on every such move).

The posterior is exact (forward-backward, Rabiner 1989, https://doi.org/10.1109/5.18626; the rank-one form of T makes a
step cost O(states)). The sequence is the best by Viterbi's algorithm over the posteriors of the days, at a small cost
for each change (posterior-Viterbi decoding, Fariselli et al. 2005, https://doi.org/10.1186/1471-2105-6-S4-S12): unlike
the single most likely path, it never gives days to a party that the model finds clearly less likely than another. Sums
run in a fixed order, so that results are the same to the byte.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from math import fsum
from operator import mul
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tadmor.lexicon.placename import fold
from tadmor.timeline.evidence import PARTLY, UNKNOWN, Clue, Drive, Hearing, Holding
from tadmor.timeline.weigh import NAMES, ActorsLike, AffiliationLike
from tadmor.timeline.weights import Control

__all__ = ["Chain", "Run", "Sides", "decide", "sides"]

Floats = npt.NDArray[np.float64]
Pulls = tuple[tuple[str, float], ...]  # of a clue

PRIOR_UNKNOWN = 1.05  # against 1 for each party that some claim speaks for: without evidence nobody holds a place
PRIOR_UNSPOKEN = 0.2  # a party that is named, but never as one that holds the place
MOST_RATE = 3.0  # of change in one step: claims never make a change certain
MOST_HOLDING = 6.0  # log-odds against a break
SURE = 0.9  # of its surest day: as good as sure
TINY = 1e-12  # least posterior that counts
FLOOR = -60.0  # of log-likelihood ratios within a day
SCALED = 4  # steps after which probabilities are brought back to sum to one: before they come near to nothing
FIRST_DAY, LAST_DAY = date.min.toordinal() + 1, date.max.toordinal() - 1


class Sides(NamedTuple):
    """Which state each party is, and how far a word for one state speaks for another."""

    states: tuple[str, ...]  # sorted parties, then PARTLY where needed, then UNKNOWN
    row: dict[str, int]  # of a party or state
    speaks: Floats  # [state, state]: share of a claim for the row that counts for the column


class Run(NamedTuple):
    """The most likely sequence stays in `state` on ``axis[begin:end]``. `since` bounds its first day, and `likely` is
    the day by which half of the change has come about, or on which the sequence has it before that."""

    state: int
    begin: int
    end: int
    since: tuple[int | None, int]
    likely: int


def sides(hearing: Hearing, names: Mapping[str, str], actors: ActorsLike, rule: Control) -> Sides:
    """States of a chain. A party that is part of another named there is one with it; allies speak for each other."""
    days = [clue.day for clue in hearing.clues]
    span = (_date(min(days)), _date(max(days))) if days else (None, None)
    whole = {party: _whole(party, hearing.parties, actors, span) for party in hearing.parties}
    kept = sorted(set(whole.values()))
    partly = any(state == PARTLY for clue in hearing.clues for state, _ in clue.pulls)
    states = (*kept, *([PARTLY] if partly else []), UNKNOWN)
    row = {state: at for at, state in enumerate(states)}
    row.update({party: row[kept_as] for party, kept_as in whole.items()})
    speaks = np.eye(len(states))
    pieces = [_pieces(party, names, actors) for party in kept]
    for a, party in enumerate(kept):
        for b in range(a + 1, len(kept)):
            if pieces[a] & pieces[b]:
                speaks[a, b] = speaks[b, a] = rule.joint
            elif _allied(party, kept[b], actors, span[1]):
                speaks[a, b] = speaks[b, a] = rule.ally
    return Sides(states, row, speaks)


def _pieces(party: str, names: Mapping[str, str], actors: ActorsLike) -> set[str]:
    """The parties that joint actors ("A and B") are made of."""
    name = names.get(party, party)
    found = {party}
    for piece in name.split(" and ") if " and " in name else ():
        actor = actors.by_name(piece)
        found.add(actor.id if actor else fold(piece))
    return found


def _whole(party: str, parties: Sequence[str], actors: ActorsLike, span: tuple[date | None, date | None]) -> str:
    """The largest party named that `party` was part of, itself included."""
    seen = [party]
    best = party
    part_of = _part_of(actors)
    for id in seen:  # grows while it is read
        for link in part_of(id):
            if link.to not in seen and any(link.holds(day) for day in span):
                seen.append(link.to)
                if link.to in parties:
                    best = link.to
    return best


@lru_cache(maxsize=4)
def _part_of(actors: ActorsLike) -> Callable[[str], tuple[AffiliationLike, ...]]:
    @lru_cache(maxsize=NAMES)
    def part_of(id: str) -> tuple[AffiliationLike, ...]:
        try:
            return tuple(link for link in actors.get(id).affiliations if link.relation == "part_of")
        except KeyError:
            return ()

    return part_of


def _allied(a: str, b: str, actors: ActorsLike, day: date | None) -> bool:
    try:
        return actors.same_side(a, b, day) == 1.0
    except KeyError:
        return False


def _date(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, FIRST_DAY), LAST_DAY))


class Chain:
    """The model of one place or part, solved. Build with `decide`.

    `axis` are the days (ordinals) on which something is observed; `posterior` is [day, state]; `evidence` holds the
    log-likelihoods of all that is said of each day, `likelihoods` that of one clue of each of the `kinds`, `runs` the
    most likely sequence.
    """

    def __init__(self, axis: Sequence[int], sides: Sides, hearing: Hearing, rule: Control) -> None:
        self.axis = list(axis)
        self._widths = np.diff(np.array(self.axis, dtype=np.float64))
        self.sides = sides
        self.rule = rule
        self.prior = self._prior(hearing.clues)
        self.kinds: dict[Pulls, int] = {}
        for clue in hearing.clues:
            self.kinds.setdefault(clue.pulls, len(self.kinds))
        self.likelihoods = self._likelihoods()
        self.evidence = self._evidence(hearing.clues)
        self.stay, self.draw, self.loyal = self._steps(hearing.drives, hearing.holdings)
        self._forward, self._backward = self._pass()
        posterior = self._forward * self._backward
        self.posterior = posterior / posterior.sum(axis=1, keepdims=True)
        self._levels: list[list[float]] = self.posterior.T.tolist()
        self.runs = self._bounded(self._path())

    # -- building ------------------------------------------------------------------------------------------------

    def _prior(self, clues: Iterable[Clue]) -> Floats:
        prior = np.full(len(self.sides.states), PRIOR_UNSPOKEN)
        for state in {state for clue in clues for state, pull in clue.pulls if pull > 0}:
            prior[self.sides.row[state]] = 1.0
        prior[self.sides.row[UNKNOWN]] = PRIOR_UNKNOWN
        shares: Floats = prior / prior.sum()
        return shares

    def _likelihoods(self) -> Floats:
        """Log-likelihood, [kind, state], of a clue of each kind."""
        speaks_for = [[(b, share) for b, share in enumerate(row) if share] for row in self.sides.speaks.tolist()]
        out = []
        for pulls in self.kinds:
            shares = [0.0] * len(self.sides.states)
            for state, pull in pulls:
                at = self.sides.row[state]
                for to, share in speaks_for[at] if pull > 0 else ((at, 1.0),):
                    shares[to] += pull * share
            out.append(shares)
        return np.array(out)

    def _evidence(self, clues: Sequence[Clue]) -> Floats:
        evidence = np.zeros((len(self.axis), len(self.sides.states)))
        place = {day: t for t, day in enumerate(self.axis)}
        days, kinds = [place[clue.day] for clue in clues], [self.kinds[clue.pulls] for clue in clues]
        np.add.at(evidence, days, self.likelihoods[kinds])
        return evidence

    def _steps(self, drives: Iterable[Drive], holdings: Iterable[Holding]) -> tuple[Floats, Floats, Floats]:
        """For each step: probability to stay, distribution drawn from otherwise, and factor on leaving or arriving."""
        steps, states = max(len(self.axis) - 1, 0), len(self.sides.states)
        rates = np.zeros((steps + 1, states))  # directed, a day
        driven_out = np.zeros((steps + 1, states))
        stirred = np.zeros(steps + 1)
        for drive in drives:
            begin, end = bisect_left(self.axis, drive.first), bisect_left(self.axis, drive.last)
            if begin >= end:
                continue
            share = min(1.0, max(0.0, drive.strength / self.rule.reference))
            if drive.state is None:
                stirred[begin] += (rate := self.rule.stir * share)
                stirred[end] -= rate
                continue
            rate = -np.log1p(-self.rule.jump * share) / min(
                drive.last - max(drive.first, self.axis[0]), self.rule.open_days
            )
            table = driven_out if drive.out else rates
            table[begin, self.sides.row[drive.state]] += rate
            table[end, self.sides.row[drive.state]] -= rate
        loyal = np.zeros((steps + 1, states))
        for holding in holdings:
            begin, end = bisect_left(self.axis, holding.first), bisect_right(self.axis, holding.last) - 1
            if begin < end:
                pull = holding.strength * self.sides.speaks[self.sides.row[holding.state]]
                loyal[begin] += pull
                loyal[end] -= pull
        dt = self._widths[:, None]
        base = 1.0 / self.rule.change_days + _summed(stirred[:, None], most=1.0)
        to = np.minimum(_summed(rates) * dt, MOST_RATE)
        draw = base * dt * self.prior + to
        total = draw.sum(axis=1, keepdims=True)
        out = np.minimum(_summed(driven_out) * dt, MOST_RATE)
        return np.exp(-(total + out)), draw / total, np.exp(-_summed(loyal, most=MOST_HOLDING))

    def _pass(self) -> tuple[Floats, Floats]:
        """Forward and backward probabilities, each day's scaled to sum to one.

        In plain Python, which is faster than NumPy for rows of a few numbers.
        """
        self._likelihood = np.exp(np.maximum(self.evidence - self.evidence.max(axis=1, keepdims=True), FLOOR))
        likelihood = self._likelihood.tolist()
        same, leave, moved = (part.tolist() for part in _parts(self.stay, self.draw, self.loyal))
        now = list(map(mul, self.prior.tolist(), likelihood[0]))
        forward = [now]
        for t, (keep, go, come, seen) in enumerate(zip(same, leave, moved, likelihood[1:], strict=True)):
            away = fsum(map(mul, now, go))
            now = [(p * s + away * m) * x for p, s, m, x in zip(now, keep, come, seen)]  # noqa: B905
            if t % SCALED == 0:
                now = _scaled(now)
            forward.append(now)
        now = [1.0] * len(self.prior)
        backward = [now]
        for t in range(len(same) - 1, -1, -1):
            ahead = list(map(mul, now, likelihood[t + 1]))
            away = fsum(map(mul, ahead, moved[t]))
            now = [p * s + away * m for p, s, m in zip(ahead, same[t], leave[t])]  # noqa: B905
            if t % SCALED == 0:
                now = _scaled(now)
            backward.append(now)
        return _rows_scaled(forward), _rows_scaled(backward[::-1])

    def _path(self) -> list[int]:
        """The most likely sequence; of equals the one that changes less, then the state that sorts first."""
        cost = self.rule.change_cost
        gains = np.log(np.maximum(self.posterior, TINY)).tolist()
        score = gains[0]
        before = []  # scores, the least with which a state is kept, the state that else precedes it
        for gain in gains[1:]:
            most = max(score)
            least = most - cost
            before.append((score, least, score.index(most)))
            score = [(kept if kept >= least else least) + more for kept, more in zip(score, gain)]  # noqa: B905
        state = score.index(max(score))
        path = [state]
        for scores, least, best in reversed(before):
            if scores[state] < least:
                state = best
            path.append(state)
        return path[::-1]

    def _bounded(self, path: list[int]) -> list[Run]:
        """Runs of equal states with bounds on the first day of each: the steps that hold the middle 90 % of the change.

        Bounds reach neither before the last day on which the state before is sure (as sure as nine tenths of its surest
        day) nor after the first on which the state is, so those of neighbouring changes never overlap.
        """
        cuts = [t for t in range(1, len(path)) if path[t] != path[t - 1]]
        edges = [0, *cuts, len(path)]
        sure = []
        for begin, end in pairwise(edges):
            level = self.posterior[begin:end, path[begin]]
            days = np.flatnonzero(level >= SURE * level.max())
            sure.append((begin + int(days[0]), begin + int(days[-1])))
        runs = [Run(path[0], 0, edges[1], (None, self.axis[0]), self.axis[0])]
        for k, cut in enumerate(cuts, start=1):
            low, high = sure[k - 1][1], sure[k][0]
            arrive = self._arrivals(low, high, path[cut])
            share = np.cumsum(arrive) / arrive.sum()
            begin = low + int(np.searchsorted(share, 0.05))
            end = min(low + int(np.searchsorted(share, 0.95)), high - 1)
            since = self.axis[min(begin, end)] + 1, self.axis[end + 1]
            likely = min(self.axis[low] + self._half(low, share), self.axis[cut])  # from then on the sequence has it
            runs.append(Run(path[cut], cut, edges[k + 1], since, min(max(likely, since[0]), since[1])))
        return runs

    def _half(self, low: int, share: Floats) -> int:
        """Days from ``axis[low]`` on until half of a change has come about, if `share` has by the end of each step."""
        at = int(np.searchsorted(share, 0.5))
        before = float(share[at - 1]) if at else 0.0
        part = (0.5 - before) / (float(share[at]) - before)
        begin, end = self.axis[low + at], self.axis[low + at + 1]
        return begin - self.axis[low] + max(1, math.ceil(part * (end - begin)))

    def _arrivals(self, low: int, high: int, state: int) -> Floats:
        """Probability, for each step from `low` to `high`, that the state becomes `state` in it."""
        same, leave, moved = _parts(self.stay[low:high], self.draw[low:high], self.loyal[low:high])
        forward = self._forward[low:high]
        after = self._likelihood[low + 1 : high + 1] * self._backward[low + 1 : high + 1]
        leaving = forward * leave
        away = leaving.sum(axis=1, keepdims=True)
        total = ((forward * same + away * moved) * after).sum(axis=1)
        found: Floats = (away[:, 0] - leaving[:, state]) * moved[:, state] * after[:, state] / total + 1e-300
        return found

    # -- asking --------------------------------------------------------------------------------------------------

    def on(self, day: int) -> dict[str, float]:
        """The posterior of every state on any day (ordinal); outside the axis it fades with the half-life."""
        fading = np.log(2.0) / self.rule.half_life_days
        axis = self.axis
        if day >= axis[-1]:
            kept = np.exp(-fading * (day - axis[-1]))
            found = kept * self.posterior[-1] + (1 - kept) * self.prior
        elif day <= axis[0]:
            kept = np.exp(-fading * (axis[0] - day))
            found = kept * self.posterior[0] + (1 - kept) * self.prior
        elif axis[t := bisect_right(axis, day) - 1] == day:
            found = self.posterior[t]
        else:
            part = (day - axis[t]) / (axis[t + 1] - axis[t])
            stay, draw, loyal = self.stay[t], self.draw[t], self.loyal[t]
            same, leave, moved = _parts(stay**part, draw, loyal)
            ahead = self._forward[t] * same + (self._forward[t] * leave).sum() * moved
            same, leave, moved = _parts(stay ** (1 - part), draw, loyal)
            after = self._likelihood[t + 1] * self._backward[t + 1]
            found = ahead * (after * same + (after * moved).sum() * leave)
            found = found / found.sum()
        return dict(zip(self.sides.states, found.tolist(), strict=True))

    def sureness(self, state: int, first: int, last: int) -> float:
        """Mean posterior of `state` over the days `first` to `last`."""
        begin, end = bisect_left(self.axis, first), bisect_right(self.axis, last)
        if begin >= end:
            name = self.sides.states[state]
            return (self.on(first)[name] + self.on(last)[name]) / 2
        levels, axis = self._levels[state], self.axis
        if end - begin == 1:
            return levels[begin]
        area = 0.0
        for t in range(begin + 1, end):
            area += (levels[t] + levels[t - 1]) / 2 * (axis[t] - axis[t - 1])
        return area / (axis[end - 1] - axis[begin])


def _parts(stay: Floats, draw: Floats, loyal: Floats) -> tuple[Floats, Floats, Floats]:
    """Steps as ``diag(same) + leave moved'``: to be the same after as before, to leave, and to arrive."""
    leave = (1.0 - stay) * loyal
    moved = draw * loyal
    return stay + (1.0 - stay) * draw - leave * moved, leave, moved


def _scaled(values: Sequence[float]) -> list[float]:
    total = fsum(values)
    return [value / total for value in values]


def _rows_scaled(rows: Sequence[Sequence[float]]) -> Floats:
    table = np.array(rows)
    scaled: Floats = table / table.sum(axis=1, keepdims=True)
    return scaled


def _summed(changes: Floats, most: float = np.inf) -> Floats:
    """Levels from changes of level, without what is left of sums that cancel."""
    level = np.cumsum(changes, axis=0)[:-1]
    return np.where(level < 1e-12, 0.0, np.minimum(level, most))


def decide(hearing: Hearing, sides: Sides, until: int, rule: Control) -> Chain | None:
    """Solves the chain up to the day `until` (ordinal). None where no claim speaks of a day."""
    days = {clue.day for clue in hearing.clues}
    if not days:
        return None
    begin = min(days)
    for drive in hearing.drives:
        days.update((drive.first, drive.last))
    for holding in hearing.holdings:
        days.update((holding.first, holding.last))
    axis = sorted(day for day in {*days, until} if begin <= day)
    return Chain(axis, sides, hearing, rule)
