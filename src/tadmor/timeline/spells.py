"""Spells of a place or part from its solved chain: who held it from when to when, contested or besieged by whom.

The runs of the most likely sequence are cut where fighting or a siege begins or ends. A spell starts the day after the
one before it ends, so the spells of a chain tile the time from its first evidence on; the last has no end.

A `Pull` is a log-likelihood ratio: how much likelier the claim is if the spell's state is true than if another is, the
others weighted by their prior. In a spell that is contested or besieged, a claim of the fighting or siege counts for it
with the log-odds with which it makes it so, where they are larger.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np

from tadmor.records import Bound, Pull, Spell, Status
from tadmor.timeline.control import FIRST_DAY, LAST_DAY, Chain, Run
from tadmor.timeline.evidence import PARTLY, UNKNOWN, Clue, Fight, Hearing
from tadmor.timeline.place_part import MAJORITY
from tadmor.timeline.weigh import Said
from tadmor.timeline.weights import Weights

__all__ = ["assessed", "bounded", "content_id", "day_of", "starts"]

_DAY = timedelta(days=1)
_FAR = 10_000_000  # days
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


def assessed(
    place_id: str, part: str | None, chain: Chain, hearing: Hearing, names: Mapping[str, str], weights: Weights
) -> list[Spell]:
    """The spells of one chain, oldest first."""
    clues = _Clues(chain, hearing.clues)
    voice_of = {said.claim.id: said.voice.key for said in _heard(hearing)}
    runs = _without_blank_start(chain, chain.runs)
    found: list[Spell] = []
    incumbent: str | None = None
    last_day = max([chain.axis[-1], *(fight.last for fight in hearing.fights)])
    changes = _changes(runs)
    unsettled = [fight for fight in hearing.fights if not _borne_out(fight, changes, chain)]
    firsts, lasts = np.array([fight.first for fight in unsettled]), np.array([fight.last for fight in unsettled])
    begins = [run.likely for run in runs]
    for at, run in enumerate(runs):
        state = chain.sides.states[run.state]
        first = begins[at]
        last = begins[at + 1] - 1 if at + 1 < len(runs) else last_day
        since = _since(run, chain, hearing, state) if at == 0 else run.since
        near = ((firsts <= last) & (lasts >= first)).nonzero()[0].tolist()
        fights = [unsettled[k] for k in near if _fought(unsettled[k], run.state, chain)]
        holder = _holder(state, incumbent, clues, hearing, run, chain)
        if state not in (PARTLY, UNKNOWN):
            incumbent = state
        besiegers = [f for f in fights if f.by is None or chain.sides.row[f.by] != run.state]
        for stretch in _stretches(first, last, fights, besiegers, weights):
            bound = since if stretch.first == first else (stretch.first, stretch.first)
            status: Status = (
                "contested" if stretch.contested
                else "besieged" if stretch.besieged
                else "unknown" if state == UNKNOWN
                else "partly held" if state == PARTLY
                else "held"
            )  # fmt: skip
            unquiet = stretch.contested or stretch.besieged
            inside = [f for f in fights if f.first <= stretch.last and f.last >= stretch.first] if unquiet else []
            pulls = _evidence(clues, run.state, stretch, (first, last), inside)
            voices = {voice_of[claim_id] for claim_id, pull in pulls.items() if pull > 0}
            found.append(
                Spell(
                    id="",
                    place_id=place_id,
                    part=part,
                    layer="assessed",
                    status=status,
                    holder=names.get(holder, holder) if holder else None,
                    contested=stretch.contested,
                    besieged_by=names.get(stretch.besieged_by, stretch.besieged_by) if stretch.besieged_by else None,
                    start=bounded(day_of(bound[0]), day_of(bound[1]), day_of(stretch.first) if at else None),
                    confidence=round(chain.sureness(run.state, stretch.first, stretch.last), DIGITS),
                    voices=len(voices),
                    pulls=tuple(
                        Pull(claim_id=claim_id, pull=pull)
                        for claim_id, pull in sorted(pulls.items(), key=lambda each: (-abs(each[1]), each[0]))
                    ),
                )
            )
    return _joined(found)


def _heard(hearing: Hearing) -> Iterator[Said]:
    yield from (clue.said for clue in hearing.clues)
    yield from (fight.said for fight in hearing.fights)


def _evidence(
    clues: _Clues, state: int, stretch: Stretch, days: tuple[int, int], fights: Sequence[Fight]
) -> dict[str, float]:
    """For and against a stretch: claims about its days; in a lull, about its run's `days`; else the nearest."""
    pulls = _with_fights(clues.pulls(state, stretch.first, stretch.last), stretch, fights)
    if not _speaks_for(pulls):
        pulls = _with_fights(clues.pulls(state, *days), stretch, fights)
    if not _speaks_for(pulls):
        pulls = _with_fights(clues.nearest(state, stretch.first), stretch, fights)
    return pulls


def _speaks_for(pulls: Mapping[str, float]) -> bool:
    return any(pull > 0 for pull in pulls.values())


def _without_blank_start(chain: Chain, runs: Sequence[Run]) -> list[Run]:
    """Drops a first run of "unknown": that a place was not yet taken before it was taken is no evidence of anything."""
    unknown = chain.sides.row[UNKNOWN]
    return list(runs[1:] if len(runs) > 1 and runs[0].state == unknown else runs)


def _since(run: Run, chain: Chain, hearing: Hearing, state: str) -> tuple[int | None, int]:
    """Bounds on the start of the first run: from the claims that say since when, else open."""
    if run.begin > 0:
        return run.since[0], run.since[1]
    day = chain.axis[0]
    said = [
        clue.first
        for clue in hearing.clues
        if clue.day == day and clue.first < clue.last and any(s == state and p > 0 for s, p in clue.pulls)
    ]
    return (min(said), day) if said else (None, day)


def _holder(state: str, incumbent: str | None, clues: _Clues, hearing: Hearing, run: Run, chain: Chain) -> str | None:
    """The holder in a run. Of a place partly held: who holds most of it, else who held it before, else the only one."""
    if state == UNKNOWN:
        return None
    if state != PARTLY:
        return state
    partial = clues.partial_holders(chain.axis[run.begin], chain.axis[run.end - 1])
    most = [party for party in partial if hearing.shares.get(party, 0.0) > MAJORITY]
    if len(most) == 1:
        return most[0]
    if incumbent is not None:
        return incumbent
    return partial[0] if len(partial) == 1 else None


def _changes(runs: Iterable[Run]) -> dict[int, list[tuple[int, int]]]:
    """By state the changes to it, in order: the last day on which one may have been, and the first."""
    changes: dict[int, list[tuple[int, int]]] = {}
    for run in runs:
        earliest, latest = run.since
        changes.setdefault(run.state, []).append((latest, earliest or latest))
    return changes


def _borne_out(fight: Fight, changes: Mapping[int, Sequence[tuple[int, int]]], chain: Chain) -> bool:
    """Whether a run begins with the change that a claim tells of: then it speaks of that and not of open fighting."""
    if fight.change_to is None:
        return False
    to = changes.get(chain.sides.row[fight.change_to], ())
    at = bisect_left(to, (fight.first,))
    return at < len(to) and to[at][1] <= fight.last


def _fought(fight: Fight, state: int, chain: Chain) -> bool:
    """Whether a fight tells against quiet in a run of `state`; a change that the run itself embodies does not."""
    row = chain.sides.row
    if fight.change_to is not None:
        return row[fight.change_to] != state
    return not (fight.siege and fight.by is not None and row[fight.by] == state)


def _stretches(
    first: int, last: int, fights: Sequence[Fight], besiegers: Sequence[Fight], weights: Weights
) -> list[Stretch]:
    if not fights:
        return [Stretch(first, last, False, False, None)]
    contested = _windows(
        [(f.first, f.last, f.said.voice.key, f.contest) for f in fights if f.contest > 0],
        first, last, weights.contested.threshold, weights.contested.bridge_days,
    )  # fmt: skip
    sieges = [
        (begin, end, by)
        for by in sorted({f.by or "" for f in besiegers if f.siege > 0})
        for begin, end in _windows(
            [(f.first, f.last, f.said.voice.key, f.siege) for f in besiegers if f.siege > 0 and (f.by or "") == by],
            first, last, weights.besieged.threshold, weights.besieged.bridge_days,
        )
    ]  # fmt: skip
    cuts = sorted({first, last + 1, *(day for b, e in contested for day in (b, e + 1)),
                   *(day for b, e, _ in sieges for day in (b, e + 1))})  # fmt: skip
    out: list[Stretch] = []
    for begin, after in pairwise(cuts):
        fought = any(b <= begin <= e for b, e in contested)
        by = next((who for b, e, who in sieges if b <= begin <= e), None)
        if out and out[-1][2:] == (fought, by is not None, by or None):
            out[-1] = out[-1]._replace(last=after - 1)
        else:
            out.append(Stretch(begin, after - 1, fought, by is not None, by or None))
    return out


def _windows(
    spans: Iterable[tuple[int, int, str, float]], first: int, last: int, threshold: float, bridge: int
) -> list[tuple[int, int]]:
    """Stretches of days on which the strengths, each voice counted once at its strongest, sum to `threshold`."""
    by_voice: dict[str, list[tuple[int, int, float]]] = {}
    for begin, end, voice, strength in spans:
        if begin <= last and end >= first:
            by_voice.setdefault(voice, []).append((max(begin, first), min(end, last), strength))
    changes: dict[int, float] = {}
    for voice in sorted(by_voice):
        for day, change in _strongest(by_voice[voice]):
            changes[day] = changes.get(day, 0.0) + change
    out: list[tuple[int, int]] = []
    level, since = 0.0, None
    for day in sorted(changes):
        level += changes[day]
        if level >= threshold - 1e-9 and since is None:
            since = day
        elif level < threshold - 1e-9 and since is not None:
            if out and since - out[-1][1] - 1 <= bridge:
                out[-1] = (out[-1][0], day - 1)
            else:
                out.append((since, day - 1))
            since = None
    if out and last - out[-1][1] <= bridge:
        out[-1] = (out[-1][0], last)
    return out


def _strongest(spans: list[tuple[int, int, float]]) -> list[tuple[int, float]]:
    """The highest of overlapping spans as changes of level, day by day."""
    if len(spans) == 1:
        ((begin, end, strength),) = spans
        return [(begin, strength), (end + 1, -strength)]
    edges = sorted({day for begin, end, _ in spans for day in (begin, end + 1)})
    height = np.zeros(len(edges))
    place = {day: at for at, day in enumerate(edges)}
    for begin, end, strength in spans:
        np.maximum(height[place[begin] : place[end + 1]], strength, out=height[place[begin] : place[end + 1]])
    return list(zip(edges, np.diff(height, prepend=0.0).tolist(), strict=True))


def _with_fights(pulls: dict[str, float], stretch: Stretch, fights: Iterable[Fight]) -> dict[str, float]:
    """The pulls, with claims of fighting or a siege counted for a stretch that is contested or besieged by them."""
    if not (stretch.contested or stretch.besieged):
        return pulls
    for fight in fights:
        siege = fight.siege if stretch.besieged and fight.by == stretch.besieged_by else 0.0
        strength = max(fight.contest if stretch.contested else 0.0, siege)
        if strength > abs(pulls.get(fight.said.claim.id, 0.0)):
            pulls[fight.said.claim.id] = round(strength, DIGITS)
    return pulls


def _joined(spells: list[Spell]) -> list[Spell]:
    """Joins neighbours in the same state, lets each spell end the day before the next starts, and sets ids."""
    merged: list[Spell] = []
    for spell in spells:
        if merged and _state(merged[-1]) == _state(spell):
            merged[-1] = _merged(merged[-1], spell)
        else:
            merged.append(spell)
    begins = [starts(spell.start) for spell in merged]
    bounds = []
    for at, spell in enumerate(merged):
        earliest, latest = spell.start.earliest, spell.start.latest
        if earliest is not None and at > 0:
            earliest = max(earliest, begins[at - 1] + _DAY)
        if latest is not None and at + 1 < len(merged):
            latest = min(latest, begins[at + 1] - _DAY)
        bounds.append(bounded(earliest, latest, begins[at]))
    out = []
    for at, spell in enumerate(merged):
        end = (
            Bound(earliest=_before(bounds[at + 1].earliest), latest=_before(bounds[at + 1].latest))
            if at + 1 < len(merged)
            else None
        )
        out.append(finish(spell, end, start=bounds[at]))
    return out


def bounded(earliest: date | None, latest: date | None, likely: date | None) -> Bound:
    """Bounds of a day; that it is likely in their middle need not be said."""
    bound = Bound(earliest=earliest, latest=latest)
    return bound if likely in (None, starts(bound)) else msgspec.structs.replace(bound, likely=likely)


def _state(spell: Spell) -> tuple[object, ...]:
    return spell.status, spell.holder, spell.contested, spell.besieged_by


def _merged(one: Spell, two: Spell) -> Spell:
    strongest = {pull.claim_id: pull for pull in sorted((*one.pulls, *two.pulls), key=lambda pull: abs(pull.pull))}
    pulls = sorted(strongest.values(), key=lambda pull: (-abs(pull.pull), pull.claim_id))
    confidence = max(one.confidence, two.confidence)
    voices = max(one.voices, two.voices)
    return msgspec.structs.replace(one, pulls=tuple(pulls), confidence=confidence, voices=voices)


def finish(spell: Spell, end: Bound | None, *, start: Bound | None = None) -> Spell:
    """`spell` with its end and its id, and with another start if one is given."""
    start = start or spell.start
    state = (spell.layer, spell.claimed_by, *_state(spell))
    days = (start.earliest, start.latest, *((end.earliest, end.latest) if end else ()))
    id = content_id("s", spell.place_id, spell.part, state, tuple([day and day.isoformat() for day in days]))
    return msgspec.structs.replace(spell, start=start, end=end, id=id)


def _before(day: date | None) -> date | None:
    return day - _DAY if day is not None else None


class _Clues:
    """The clues of a chain, to ask which of them speak for a state in a stretch of days, and how far."""

    def __init__(self, chain: Chain, clues: Sequence[Clue]) -> None:
        self._clues = clues
        self._ids = [clue.said.claim.id for clue in clues]
        self._kinds = [chain.kinds[clue.pulls] for clue in clues]
        self._kind = np.array(self._kinds)
        self._first = np.array([min(clue.first, clue.day) for clue in clues])
        self._last = np.array([max(clue.last, clue.day) for clue in clues])
        likelihood = chain.likelihoods
        self._ratio = np.zeros_like(likelihood)
        states = range(likelihood.shape[1])
        chances = np.exp(likelihood)
        for state in states if len(states) > 1 else ():
            others = [other for other in states if other != state]
            prior = chain.prior[others]
            rival = np.log((chances[:, others] * (prior / prior.sum())).sum(axis=1))
            self._ratio[:, state] = likelihood[:, state] - rival
        self._ratio = np.round(self._ratio, DIGITS)
        self._ratios: list[list[float]] = self._ratio.T.tolist()

    def pulls(self, state: int, first: int, last: int) -> dict[str, float]:
        """What each claim about a day of the stretch pulls, by claim id; without those that pull nothing."""
        pulls = self._pulls(state, self._about(first, last))
        return {claim_id: pull for claim_id, pull in pulls.items() if pull}

    def nearest(self, state: int, day: int) -> dict[str, float]:
        """The claims nearest before `day` (else after it) that speak for or against `state`, else the nearest."""
        distance = np.abs(self._last - day) + _FAR * (self._last > day)
        distance = np.where(self._ratio[self._kind, state] != 0, distance, 2 * _FAR)
        return self._pulls(state, (distance == distance.min()).nonzero()[0].tolist())

    def _about(self, first: int, last: int) -> list[int]:
        about: list[int] = ((self._first <= last) & (self._last >= first)).nonzero()[0].tolist()
        return about

    def _pulls(self, state: int, clues: Iterable[int]) -> dict[str, float]:
        """One pull a claim: a claim about a stretch of time has a clue at each end, and the stronger stands for it."""
        ratios, strongest = self._ratios[state], dict[str, float]()
        for at in clues:
            claim_id, pull = self._ids[at], ratios[self._kinds[at]]
            before = strongest.get(claim_id)
            if before is None or (abs(pull), pull) > (abs(before), before):
                strongest[claim_id] = pull
        return strongest

    def partial_holders(self, first: int, last: int) -> list[str]:
        """Parties that claims which speak of a day in the stretch say to hold a part, sorted."""
        found = set()
        for at in self._about(first, last):
            clue = self._clues[at]
            actor = clue.said.actor
            if actor is not None and any(state == PARTLY and pull > 0 for state, pull in clue.pulls):
                found.add(actor)
        return sorted(found)
