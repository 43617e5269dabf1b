"""Who holds a place, day by day: a hidden Markov model over the parties that are named there.

States are the parties, "partly" (no one holds all of it; only where somebody says so) and "unknown". Time is continuous
in days and *compressed*: only days on which a clue stands, or an interval begins or ends, are on the axis. Between two
days on the axis that are ``dt`` apart the state is kept with probability ``a = exp(-h)`` and otherwise drawn anew from
``q``, so that a step is ``T = a I + (1 - a) 1 q'``. Such steps compose: splitting a step at any day gives the same
product, hence long silences cost nothing. ``h`` is the base rate times ``dt``, plus the
rates that claims of change add (towards the state that they name, which also enters ``q``) and that fighting adds
(towards any). On a day before there was a party it is spoken against as loud as one claim can. Two things within the
time that a claim speaks of bend this form, so that days inside such a step are interpolated closely, not exactly: a
party that is said to have lost the place leaves its state faster, and a party that is said to have held it without a
break is slow to leave or enter its state (a factor on every such move).

The posterior is exact (forward-backward, Rabiner 1989, https://doi.org/10.1109/5.18626; the rank-one form of T makes a
step cost O(states)). The sequence is the best by Viterbi's algorithm over the posteriors of the days, at a small cost
for each change (posterior-Viterbi decoding, Fariselli et al. 2005, https://doi.org/10.1186/1471-2105-6-S4-S12): unlike
the single most likely path, it never gives days to a party that the model finds clearly less likely than another. Sums
run in a fixed order, so that results are the same to the byte.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from tadmor.lexicon.placename import fold
from tadmor.timeline.axis import Axis
from tadmor.timeline.columns import NONE, Bools, Floats, Ints
from tadmor.timeline.evidence import PARTLY, UNKNOWN, Drives, Hearing, Holdings, only, tally
from tadmor.timeline.mark import digest
from tadmor.timeline.moved import Moved
from tadmor.timeline.passes import Steps, passed
from tadmor.timeline.weigh import NAMES, ActorsLike, AffiliationLike
from tadmor.timeline.weights import Control

__all__ = ["Chain", "Run", "Sides", "decide", "sides"]

PRIOR_UNKNOWN = 1.05  # against 1 for each party that some claim speaks for: without evidence nobody holds a place
PRIOR_UNSPOKEN = 0.2  # a party that is named, but never as one that holds the place
MOST_RATE = 3.0  # of change in one step: claims never make a change certain
MOST_HOLDING = 6.0  # log-odds against a break
SURE = 0.9  # of its surest day: as good as sure
TINY = 1e-12  # least posterior that counts
MARGIN = 1e-6  # between sums that are not equal
# Rates and strengths are added in parts of one, without error: what begins and ends leaves nothing on other days.
EXACT = float(1 << 40)
FLOOR = -60.0  # of log-likelihood ratios within a day
_encode = msgspec.msgpack.Encoder().encode
FIRST_DAY, LAST_DAY = date.min.toordinal() + 1, date.max.toordinal() - 1


class Sides(NamedTuple):
    """Which state each party is, how far a word for one state speaks for another, and since when there is the party."""

    states: tuple[str, ...]  # sorted parties, then PARTLY where needed, then UNKNOWN
    row: dict[str, int]  # of a party or state
    speaks: Floats  # [state, state]: share of a claim for the row that counts for the column
    since: Ints  # [state]: its first day (ordinal); 0 where that is not known

    def rows(self, keys: Sequence[str]) -> Ints:
        """The states that each of `keys` is; for NONE, and those that are none, `NONE`."""
        return np.array([*(self.row.get(key, NONE) for key in keys), NONE])


class Run(NamedTuple):
    """The most likely sequence stays in `state` on ``axis[begin:end]``. `since` bounds its first day, and `likely` is
    the day by which half of the change has come about, or on which the sequence has it before that."""

    state: int
    begin: int
    end: int
    since: tuple[int | None, int]
    likely: int


def sides(hearing: Hearing, names: Mapping[str, str], actors: ActorsLike, rule: Control) -> Sides:
    """States of a chain. A party that was part of another named there, when it was last spoken of, is one with it;
    allies speak for each other."""
    told = tally(hearing)
    days = told.days[told.clues > 0]
    span = (_date(int(days[0])), _date(int(days[-1]))) if len(days) else (None, None)
    whole = {party: _whole(party, hearing, actors, span) for party in hearing.parties}
    kept = sorted(set(whole.values()))
    partly = PARTLY in hearing.keys and bool(told.of[hearing.keys.index(PARTLY)])
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
    since = np.zeros(len(states), dtype=np.int64)
    for state in kept:
        since[row[state]] = min(_founded(party, actors) for party, kept_as in whole.items() if kept_as == state)
    return Sides(states, row, speaks, since)


def _founded(party: str, actors: ActorsLike) -> int:
    """The first day (ordinal) on which there was a party; 0 where that is not known."""
    try:
        first = actors.get(party).since
    except KeyError:
        return 0
    return first.toordinal() if first is not None else 0


def _pieces(party: str, names: Mapping[str, str], actors: ActorsLike) -> set[str]:
    """The parties that joint actors ("A and B") are made of."""
    name = names.get(party, party)
    found = {party}
    for piece in name.split(" and ") if " and " in name else ():
        actor = actors.by_name(piece)
        found.add(actor.id if actor else fold(piece))
    return found


def _whole(party: str, hearing: Hearing, actors: ActorsLike, span: tuple[date | None, date | None]) -> str:
    """The largest party named that `party` was part of when it was last spoken of, itself included. `span`: between
    which days anything is said."""
    seen = [party]
    best = party
    part_of = _part_of(actors)
    last: date | None = None
    for id in seen:  # grows while it is read
        for link in part_of(id):
            if link.to in seen:
                continue
            holds = link.holds(span[1])
            if holds != link.holds(span[0]):  # else it lasted all the time: to look for the day takes long
                last = last or _last_of(party, hearing)
                holds = link.holds(last)
            if holds:
                seen.append(link.to)
                if link.to in hearing.parties:
                    best = link.to
    return best


def _last_of(party: str, hearing: Hearing) -> date | None:
    """The last day on which a claim speaks of a party."""
    clues, number = hearing.clues, hearing.keys.index(party)
    actor, opponent, _ = clues.states.T
    days = clues.day[(actor == number) | (opponent == number)]
    return _date(int(days.max())) if len(days) else None


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
    log-likelihoods of all that is said of each day, `likelihoods` gives that of clues, `runs` the most likely sequence.
    What is said of a day is only summed up again if it may be another than in the chain `before`.
    """

    def __init__(
        self, axis: Sequence[int] | Ints, sides: Sides, hearing: Hearing, rule: Control, before: Chain | None = None
    ) -> None:
        self._at = Axis(np.array(axis, dtype=np.int64))
        self.axis: list[int] = self._at.days.tolist()
        self._widths = np.diff(self._at.days).astype(np.float64)
        self.sides = sides
        self.rule = rule
        self._rows, self._clues = sides.rows(hearing.keys), hearing.clues
        for_others = sides.speaks - np.diag(np.diag(sides.speaks))
        self._for_others = for_others if for_others.any() else None
        self._likelihoods: Floats | None = None  # of all clues, if all had to be looked at
        self.prior = self._prior(self._rows[:-1][tally(hearing).speak_for > 0])
        since = _Since(before, self, hearing.touched) if before and before.is_like(self) else None
        self.evidence = self._evidence(hearing, since)
        self._likelihood = self._seen(since)
        self._turns = self._turned(self._rows, hearing.drives, hearing.holdings, since)
        self._levels = self._summed(since)
        anew = np.ones(len(self._widths), dtype=bool) if since is None else since.steps(self)
        made = self._steps(self._levels[anew], self._widths[anew, None])
        found = (made, _parts(*made)) if since is None else since.renewed_steps(anew, made, _parts(*made))
        (self.stay, self.draw, self.loyal), self._parts = found
        self.moved: Moved | None = None  # what is not as it was `before`; None: all of it may be
        self.path: Ints | None = None  # the most likely sequence, once it is found
        self._known_path: Ints | None = None  # that of before
        self._bounds: dict[tuple[int, ...], tuple[tuple[int | None, int], int]] = {}  # see `_bounded`
        self._known: Mapping[tuple[int, ...], tuple[tuple[int | None, int], int]] = {}  # those before
        if since is None:
            self._passed = passed(self._at.days, self.prior, self._likelihood, self._parts)
        else:
            others = since.others(self, anew)
            self._passed = passed(
                self._at.days, self.prior, self._likelihood, self._parts, since.before._passed, since.at, others
            )
            self.moved = since.moved(self, others)
            self._known = since.before._bounds
            self._known_path = None if since.before.path is None else since.before.path[since.at]
        self._forward, self._backward = self._passed.forward, self._passed.backward
        self.posterior = self._posterior(since)
        self._best, self._clear = self._found_best(since)

    @cached_property
    def basis(self) -> bytes:
        """A digest of what is the same for all days: the states, and what is known of them before anything is said."""
        known = self.sides.speaks.tobytes(), self.sides.since.tobytes()
        return digest(self.prior.tobytes(), *known, _encode(self.sides.states))

    @property
    def steps(self) -> tuple[Floats, ...]:
        """How each day leads to the next: [day, state]."""
        return self.stay, self.draw, self.loyal

    # -- building ------------------------------------------------------------------------------------------------

    def _prior(self, spoken: Ints) -> Floats:
        prior = np.full(len(self.sides.states), PRIOR_UNSPOKEN)
        prior[spoken] = 1.0
        prior[self.sides.row[UNKNOWN]] = PRIOR_UNKNOWN
        shares: Floats = prior / prior.sum()
        return shares

    def _evidence(self, hearing: Hearing, since: _Since | None) -> Floats:
        """Log-likelihood, [day, state], of all that is said of each day."""
        day = hearing.clues.day
        if since is None:
            self._likelihoods = self.likelihoods(slice(None))
            return self._by_day(day, self._likelihoods, since) + self._unborn(self._at.days)
        clues = since.touches(day).nonzero()[0]
        sums = self._by_day(day[clues], self.likelihoods(clues), since) + self._unborn(self._at.days[since.anew])
        return since.renewed(since.before.evidence, sums)

    def _unborn(self, days: Ints) -> Floats:
        """Log-likelihood, [day, state], of a party on days before there was one: each speaks against it as loud as a
        claim can."""
        return np.where(days[:, None] < self.sides.since, -self.rule.most_log_odds, 0.0)

    def _seen(self, since: _Since | None) -> Floats:
        """How likely what is said of each day is in each state, of the likeliest state one."""
        evidence = self.evidence if since is None else self.evidence[since.anew]
        seen: Floats = np.exp(np.maximum(evidence - evidence.max(axis=1, keepdims=True), FLOOR))
        return seen if since is None else since.renewed(since.before._likelihood, seen)

    def is_like(self, other: Chain) -> bool:
        """Whether a clue says the same of each state as in another chain, and both begin on the same day."""
        return self.basis == other.basis and self.sides.row == other.sides.row and self.axis[0] == other.axis[0]

    def likelihoods(self, clues: Ints | slice) -> Floats:
        """Log-likelihood, [clue, state], of some clues. A word for a state speaks for its allies too."""
        if self._likelihoods is not None:
            return self._likelihoods[clues]
        states, pulls = self._rows[self._clues.states[clues]], self._clues.pulls[clues]
        likelihoods = np.zeros((len(states), len(self.sides.states)))
        for state, pull in zip(states.T, pulls.T, strict=True):
            some = pull.nonzero()[0]
            likelihoods[some, state[some]] += pull[some]
            if self._for_others is not None:
                likelihoods[some] += np.maximum(pull[some], 0.0)[:, None] * self._for_others[state[some]]
        return likelihoods

    def _by_day(self, days: Ints, values: Floats, since: _Since | None) -> Floats:
        """Sums of [row, state], in the order of rows, by days of the axis: by those anew, if not by all. What is of
        none of them is left out."""
        places, length = self._at.from_(days), len(self.axis)
        if since is not None:
            places, length = since.number[places], since.count
        columns = [np.bincount(places, weights=column, minlength=length + 1)[:length] for column in values.T]
        return np.stack(columns, axis=1, dtype=np.float64)  # of no rows NumPy counts in whole numbers

    def _turned(self, rows: Ints, drives: Drives, holdings: Holdings, since: _Since | None) -> Floats:
        """By how much the rates of change and the strength of holdings turn on each day, side by side: of changes from
        any state to any, and [day, state] of those to each state, of those away from each, and of holdings."""
        if since is not None:
            drives = only(drives, (since.touches(drives.first) | since.touches(drives.last)).nonzero()[0])
            holdings = only(holdings, (since.touches(holdings.first) | since.touches(holdings.last)).nonzero()[0])

        def turns(first: Ints, last: Ints, values: Floats) -> Floats:
            values = np.rint(values * EXACT) / EXACT
            return self._by_day(np.concatenate([first, last]), np.concatenate([values, -values]), since)

        states = np.eye(len(self.sides.states))
        begin, end = drives.first, drives.last
        share = np.clip(drives.strength / self.rule.reference, 0.0, 1.0) * self._passes(begin, end)
        stirs, pushes = drives.state == NONE, drives.state != NONE
        stirred = turns(begin[stirs], end[stirs], self.rule.stir * share[stirs, None])
        spans = np.minimum(end - np.maximum(begin, self.axis[0]), self.rule.open_days)
        rate = -np.log1p(-self.rule.jump * share**self.rule.jump_power) / np.maximum(spans, 1)

        def directed(chosen: Bools) -> Floats:
            return turns(begin[chosen], end[chosen], states[rows[drives.state[chosen]]] * rate[chosen, None])

        first, last = holdings.first, holdings.last
        held = self.sides.speaks[rows[holdings.state]] * (holdings.strength * self._passes(first, last))[:, None]
        found = [stirred, directed(pushes & ~drives.out), directed(pushes & drives.out), turns(first, last, held)]
        turned = np.concatenate(found, axis=1)
        return turned if since is None else since.renewed(since.before._turns, turned)

    def _passes(self, first: Ints, last: Ints) -> Bools:
        """Whether a step lies between some days, by the places of these on the axis."""
        found: Bools = self._at.from_(first) < self._at.from_(last)
        return found

    def _summed(self, since: _Since | None) -> Floats:
        """What the turns of all days up to each but the last come to. They add up without error in any order."""
        begin = since.first if since is not None else 0
        later = np.cumsum(self._turns[begin:-1], axis=0)
        if since is None or not begin:
            return later
        earlier = since.before._levels[:begin]
        return np.concatenate([earlier, later + earlier[-1:]])

    def _steps(self, levels: Floats, dt: Floats) -> tuple[Floats, Floats, Floats]:
        """For some steps of `dt` days: probability to stay, distribution drawn from otherwise, and factor on leaving or
        arriving."""
        states = len(self.prior)
        stirred, to, out, loyal = np.split(levels, [1, 1 + states, 1 + 2 * states], axis=1)
        base = 1.0 / self.rule.change_days + np.minimum(stirred, 1.0)
        draw = base * dt * self.prior + np.minimum(to * dt, MOST_RATE)
        total = draw.sum(axis=1, keepdims=True)
        leave = np.minimum(out * dt, MOST_RATE)
        return np.exp(-(total + leave)), draw / total, np.exp(-np.minimum(loyal, MOST_HOLDING))

    def _posterior(self, since: _Since | None) -> Floats:
        anew = slice(None) if since is None else since.days
        posterior = self._forward[anew] * self._backward[anew]
        posterior /= posterior.sum(axis=1, keepdims=True)
        return posterior if since is None else since.renewed(since.before.posterior, posterior, since.days)

    def _path(self) -> list[int]:
        """The most likely sequence; of equals the one that changes less, then the state that sorts first.

        A state that is likelier than all others by more than two changes cost is in it, so that only the days between
        such days have to be weighed against each other.
        """
        cost, path = self.rule.change_cost, self._best.copy()
        if len(self.prior) > 1:
            clear = np.flatnonzero(self._clear)
            edges = np.concatenate([[-1], clear, [len(path)]])
            some = np.unique(clear.searchsorted(np.flatnonzero(np.diff(path)), side="right"))
            begins, ends = np.maximum(edges[some], 0), np.minimum(edges[some + 1] + 1, len(path))
            known = self._known_path
            anew = np.ones(len(some), dtype=bool)
            if self.moved is not None and known is not None:
                anew = self.moved.between(begins, ends - 1)
            for begin, end, other in zip(begins.tolist(), ends.tolist(), anew.tolist(), strict=True):
                if known is None or other:
                    path[begin:end] = _best(self._gains(slice(begin, end)).tolist(), cost)
                else:
                    path[begin:end] = known[begin:end]
        self.path = path
        found: list[int] = path.tolist()
        return found

    def _gains(self, days: Bools | slice) -> Floats:
        found: Floats = np.log(np.maximum(self.posterior[days], TINY))
        return found

    def _found_best(self, since: _Since | None) -> tuple[Ints, Bools]:
        """Of each day the likeliest state, and whether it is clearly so."""
        anew = np.ones(len(self.axis), dtype=bool) if since is None else since.days
        gains = self._gains(anew)
        rows, best = np.arange(len(gains)), gains.argmax(axis=1)
        first = gains[rows, best]
        gains[rows, best] = -np.inf
        clear = first - gains.max(axis=1) > 2 * self.rule.change_cost + MARGIN
        if since is None:
            return best, clear
        all_best, all_clear = since.before._best[since.at], since.before._clear[since.at]
        all_best[anew], all_clear[anew] = best, clear
        return all_best, all_clear

    @cached_property
    def runs(self) -> list[Run]:
        return self._bounded(self._path())

    def _bounded(self, path: list[int]) -> list[Run]:
        """Runs of equal states with bounds on the first day of each: the steps that hold the middle 90 % of the change.

        Bounds reach neither before the last day on which the state before is sure (as sure as nine tenths of its surest
        day) nor after the first on which the state is, so those of neighbouring changes never overlap.
        """
        inner = np.flatnonzero(np.diff(path)) + 1
        edges = np.concatenate([[0], inner, [len(path)]])
        level = self.posterior[np.arange(len(path)), path]
        most = np.maximum.reduceat(level, edges[:-1])
        days = np.flatnonzero(level >= SURE * np.repeat(most, np.diff(edges)))
        low, high = days[days.searchsorted(inner) - 1], days[days.searchsorted(inner)]
        begins = [path[0], *(path[cut] for cut in inner.tolist())]
        keys = list(zip(*(self._at.days[at].tolist() for at in (low, inner, high)), begins[1:], strict=True))
        stays = [False] * len(keys) if self.moved is None else (~self.moved.between(low, high)).tolist()
        self._bounds = {
            key: self._known[key] for key, stay in zip(keys, stays, strict=True) if stay and key in self._known
        }
        anew = [at for at, key in enumerate(keys) if key not in self._bounds]
        arrivals = self._arrivals(low[anew], high[anew], [begins[at + 1] for at in anew])
        for at, arrive in zip(anew, arrivals, strict=True):
            self._bounds[keys[at]] = self._bounds_of(int(low[at]), int(inner[at]), int(high[at]), arrive)
        bounds = [((None, self.axis[0]), self.axis[0]), *(self._bounds[key] for key in keys)]
        return [
            Run(state, begin, end, since, likely)
            for state, (begin, end), (since, likely) in zip(begins, pairwise(edges.tolist()), bounds, strict=True)
        ]

    def _bounds_of(self, low: int, cut: int, high: int, arrive: Floats) -> tuple[tuple[int | None, int], int]:
        """The bounds of the first day of a run, and by which day half of the change has come about (see `Run`)."""
        share = (np.cumsum(arrive) / arrive.sum()).tolist()
        begin = low + bisect_left(share, 0.05)
        end = min(low + bisect_left(share, 0.95), high - 1)
        since = self.axis[min(begin, end)] + 1, self.axis[end + 1]
        likely = min(self.axis[low] + self._half(low, share), self.axis[cut])  # from then on the sequence has it
        return since, min(max(likely, since[0]), since[1])

    def _half(self, low: int, share: Sequence[float]) -> int:
        """Days from ``axis[low]`` on until half of a change has come about, if `share` has by the end of each step."""
        at = bisect_left(share, 0.5)
        before = share[at - 1] if at else 0.0
        part = (0.5 - before) / (share[at] - before)
        begin, end = self.axis[low + at], self.axis[low + at + 1]
        return begin - self.axis[low] + max(1, math.ceil(part * (end - begin)))

    def _arrivals(self, low: Ints, high: Ints, states: Sequence[int]) -> list[Floats]:
        """Probability, for each step from each `low` to its `high`, that the state becomes that of `states` in it."""
        lengths = high - low
        ends = np.cumsum(lengths)
        steps = np.arange(lengths.sum()) + np.repeat(high - ends, lengths)
        rows, state = np.arange(len(steps)), np.repeat(np.array(states, dtype=np.int64), lengths)
        same, leave, moved = _parts(self.stay[steps], self.draw[steps], self.loyal[steps])
        forward = self._forward[steps]
        after = self._likelihood[steps + 1] * self._backward[steps + 1]
        leaving = forward * leave
        away = leaving.sum(axis=1, keepdims=True)
        total = ((forward * same + away * moved) * after).sum(axis=1)
        arrive = (away[:, 0] - leaving[rows, state]) * moved[rows, state] * after[rows, state] / total + 1e-300
        return np.split(arrive, ends[:-1]) if len(ends) else []

    # -- asking --------------------------------------------------------------------------------------------------

    def on(self, day: int) -> dict[str, float]:
        """The posterior of every state on any day (ordinal)."""
        return dict(zip(self.sides.states, self.at(day), strict=True))

    def at(self, day: int) -> list[float]:
        """The posterior on any day (ordinal), by the numbers of the states; outside the axis it fades with the
        half-life."""
        axis = self.axis
        t = bisect_right(axis, day) - 1
        if t >= 0 and axis[t] == day:
            row: list[float] = self.posterior[t].tolist()
            return row
        fading = np.log(2.0) / self.rule.half_life_days
        if day > axis[-1]:
            kept = np.exp(-fading * (day - axis[-1]))
            found = kept * self.posterior[-1] + (1 - kept) * self.prior
        elif day < axis[0]:
            kept = np.exp(-fading * (axis[0] - day))
            found = kept * self.posterior[0] + (1 - kept) * self.prior
        else:
            part = (day - axis[t]) / (axis[t + 1] - axis[t])
            stay, draw, loyal = self.stay[t], self.draw[t], self.loyal[t]
            same, leave, moved = _parts(stay**part, draw, loyal)
            ahead = self._forward[t] * same + (self._forward[t] * leave).sum() * moved
            same, leave, moved = _parts(stay ** (1 - part), draw, loyal)
            after = self._likelihood[t + 1] * self._backward[t + 1]
            found = ahead * (after * same + (after * moved).sum() * leave)
            found = found / found.sum()
        values: list[float] = found.tolist()
        return values

    def state(self, day: int) -> str:
        """The state on a day (ordinal) in the most likely sequence."""
        runs = [run for run in self.runs if run.likely <= day] or self.runs[:1]
        return self.sides.states[runs[-1].state]

    def sureness(self, state: int, first: int, last: int) -> float:
        """Mean posterior of `state` over the days `first` to `last`."""
        begin, end = bisect_left(self.axis, first), bisect_right(self.axis, last)
        if begin >= end:
            return (self.at(first)[state] + self.at(last)[state]) / 2
        levels: list[float] = self.posterior[begin:end, state].tolist()
        if len(levels) == 1:
            return levels[0]
        area, days = 0.0, self.axis[begin:end]
        for (before, level), (since, day) in zip(pairwise(levels), pairwise(days), strict=True):
            area += (level + before) / 2 * (day - since)
        return area / (days[-1] - days[0])


class _Since:
    """Where the days of a chain are in the one `before` it, and which places on its axis were `touched`: something that
    is said of them has come or gone. All that is said of the others, but for those `anew`, is what it was."""

    def __init__(self, before: Chain, now: Chain, touched: Ints | None) -> None:
        self.before = before
        days, old = now._at.days, before._at.days
        self.at = np.minimum(before._at.from_(days), len(old) - 1)
        self._same = old[self.at] == days
        places = np.zeros(len(days) + 1, dtype=bool)
        places[slice(None) if touched is None else now._at.from_(touched)] = True
        self.touches = now._at.touched(places)
        self.anew: Bools = places[:-1] | ~self._same
        self.count = int(self.anew.sum())
        # Of each place, and of the one beyond the end, which of those anew it is; none of them comes after all.
        self.number = np.append(np.where(self.anew, np.cumsum(self.anew) - 1, self.count), self.count)
        # Days before this place are where they were. The levels before have one row less than there were days.
        self.first = min(int(self.anew.argmax()) if self.anew.any() else len(days), len(old) - 1)

    def renewed(self, old: Floats, new: Floats, days: Bools | None = None) -> Floats:
        """The `old` rows of all days, of some `days` the `new` ones: else of those of which something else is said."""
        rows = old.take(self.at, axis=0)
        rows[self.anew if days is None else days] = new
        return rows

    def steps(self, now: Chain) -> Bools:
        """Which steps are others: they lead from or to another day, or something lasts then that did not."""
        at, old = self.at, self.before._at.days
        found: Bools = ~(self._same[:-1] & self._same[1:])
        same = (~found).nonzero()[0]  # these days are not the last of before
        found[same] = old[at[same] + 1] != now._at.days[same + 1]
        later = same[same.searchsorted(self.first) :]
        found[later] |= (self.before._levels[at[later]] != now._levels[later]).any(axis=1)
        return found

    def renewed_steps(
        self, anew: Bools, made: Sequence[Floats], parts: Steps
    ) -> tuple[tuple[Floats, Floats, Floats], Steps]:
        """All steps, of which those that are `anew` are given."""
        begin = np.minimum(self.at[:-1], max(len(self.before.axis) - 2, 0))
        columns = []
        for old, new in zip((*self.before.steps, *self.before._parts), (*made, *parts), strict=True):
            column = old.take(begin, axis=0) if len(old) else np.empty((len(begin), new.shape[1]))
            column[anew] = new
            columns.append(column)
        return (columns[0], columns[1], columns[2]), Steps(*columns[3:])

    def others(self, now: Chain, steps: Bools) -> Bools:
        """Which steps are others, or lead from or to days of which another is seen."""
        self.days = ~self._same
        anew = self.anew.nonzero()[0]
        self.days[anew] |= (self.before._likelihood[self.at[anew]] != now._likelihood[anew]).any(axis=1)
        found: Bools = steps | self.days[:-1] | self.days[1:]
        return found

    def moved(self, now: Chain, others: Bools) -> Moved:
        """What moved: also where messages are others, to the bit."""
        old, new, days = self.before._passed, now._passed, self.days
        again = new.again.nonzero()[0]
        at = self.at[again]
        days[again] |= (old.forward[at] != new.forward[again]).any(axis=1)
        days[again] |= (old.backward[at] != new.backward[again]).any(axis=1)
        days[-1] |= self.before.axis[-1] != now.axis[-1]
        return Moved.of(now._at.days, days, others | days[:-1] | days[1:])


def _best(gains: Sequence[Sequence[float]], cost: float) -> list[int]:
    """The sequence of states with the most gain on all days, less the cost of each change."""
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


def _parts(stay: Floats, draw: Floats, loyal: Floats) -> Steps:
    leave = (1.0 - stay) * loyal
    moved = draw * loyal
    return Steps(stay + (1.0 - stay) * draw - leave * moved, leave, moved)


def decide(hearing: Hearing, sides: Sides, until: int, rule: Control, before: Chain | None = None) -> Chain | None:
    """Solves the chain up to the day `until` (ordinal), given how it was solved `before` less was heard. None where no
    claim speaks of a day."""
    if not len(hearing.clues.day):
        return None
    told = tally(hearing)
    axis = told.days[(told.clues > 0).argmax() :]
    if until not in axis[-1:]:
        axis = np.union1d(axis, [until])
    return Chain(axis, sides, hearing, rule, before)
