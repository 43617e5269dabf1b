"""Simulated wars: how often the timeline is right about who holds a place, beside three simple rules.

A war is a set of places that change hands at random, with fighting before a change and attacks that fail. Sources of
several kinds report what happens, late, sometimes wrongly, and parties in their own favour; reports are copied. The
truth being known, each method is scored by the share of place-days on which it names the true holder, from the first
claim about a place to the end. For the timeline, the median error of the days of change and the calibration of its
posterior are printed, too.

    python bench/simulate.py [--places 60] [--seed 1]
    python bench/simulate.py --speed
"""

from __future__ import annotations

import argparse
import math
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import ClassVar, NamedTuple

import numpy as np

from tadmor.records import Claim, DatePrecision, Days, Heard, Modality, Party, Quote, Record, Where
from tadmor.timeline.build import history, solve
from tadmor.timeline.evidence import UNKNOWN
from tadmor.timeline.spells import starts
from tadmor.timeline.weigh import Knowledge
from tadmor.timeline.weights import load

START = date(2014, 1, 1)
LENGTH = 720  # days
PARTIES = ("north", "south", "tribe")
BETWEEN_CHANGES = 150.0  # days, mean
BETWEEN_ATTACKS = 200.0  # days, mean, that fail
_DAY: DatePrecision = "day"
_WEEK: DatePrecision = "week"
EARLY = 6  # days: a biased party claims victory up to so many days before it comes


class Teller(Record, frozen=True, kw_only=True):
    """A source: `error` is its rate of false claims relative to the mean."""

    id: str
    name: str
    kind: str
    speaks_for: str | None = None
    error: float = 1.0


TELLERS = (
    *(Teller(id=f"outlet-{k}", name=f"Outlet {k}", kind="outlet", error=1.0) for k in range(6)),
    *(Teller(id=f"wire-{k}", name=f"Wire {k}", kind="wire", error=0.6) for k in range(2)),
    *(Teller(id=f"monitor-{k}", name=f"Monitor {k}", kind="monitor", error=0.6) for k in range(2)),
    Teller(id="radio", name="Radio North", kind="party", speaks_for="north", error=1.8),
    Teller(id="agency", name="Agency South", kind="state agency", speaks_for="south", error=1.6),
    Teller(id="activists", name="Activists", kind="activist", error=1.4),
)


class Fighter(NamedTuple):
    """A party to the war."""

    id: str
    name: str
    affiliations: tuple[()] = ()


class Fighters:
    """The parties, all enemies."""

    def get(self, id: str, /) -> Fighter:
        if id not in PARTIES:
            raise KeyError(id)
        return Fighter(id, id)

    def by_name(self, name: str, /) -> Fighter | None:
        return Fighter(name, name) if name in PARTIES else None

    def same_side(self, a_id: str, b_id: str, day: date | None = None, /) -> float | None:
        return 1.0 if a_id == b_id else -1.0


class Tellers:
    """The sources by name."""

    by_key: ClassVar = {one.name: one for one in TELLERS}

    def by_name(self, name: str, /) -> Teller | None:
        return self.by_key.get(name)


KNOWLEDGE = Knowledge(weights=load(), sources=Tellers(), actors=Fighters())


class Rules(NamedTuple):
    """What a simulated war is like."""

    false: float  # share of claims that are false
    reports: int  # mean number of independent reports of a change
    bias: bool = False  # parties claim victories before they come, and deny losses


class Truth(NamedTuple):
    """Holders of one place: `holders[k]` from day ``changes[k]`` on; `attacks` are failed ones: day and attacker."""

    changes: list[int]
    holders: list[str]
    attacks: list[tuple[int, str]]

    def on(self, day: int) -> str:
        return self.holders[bisect_right(self.changes, day) - 1]


def truth(random: np.random.Generator) -> Truth:
    """A random history of one place."""
    changes, holders = [0], [str(random.choice(PARTIES))]
    while (day := changes[-1] + 10 + int(random.exponential(BETWEEN_CHANGES))) < LENGTH:
        changes.append(day)
        holders.append(str(random.choice([party for party in PARTIES if party != holders[-1]])))
    made = Truth(changes, holders, [])
    at = int(random.exponential(BETWEEN_ATTACKS))
    while at < LENGTH:
        made.attacks.append((at, str(random.choice([party for party in PARTIES if party != made.on(at)]))))
        at += 1 + int(random.exponential(BETWEEN_ATTACKS))
    return made


class Reporter:
    """Writes the claims about one place."""

    def __init__(self, place: str, made: Truth, rules: Rules, random: np.random.Generator) -> None:
        self.place, self.made, self.rules, self.random = place, made, rules, random
        self.heard: list[Heard] = []
        mean = sum(teller.error for teller in TELLERS) / len(TELLERS)
        self.error = {teller.id: min(0.95, rules.false * teller.error / mean) for teller in TELLERS}

    def write(self) -> list[Heard]:
        random, made, rules = self.random, self.made, self.rules
        for k in range(1, len(made.changes)):
            day, winner, loser = made.changes[k], made.holders[k], made.holders[k - 1]
            for _ in range(1 + random.poisson(rules.reports - 1)):
                self.change(day, winner, loser)
            for _ in range(random.poisson(rules.reports / 2)):
                self.say("contests", winner, loser, day - int(random.integers(1, 6)))
            if rules.bias:
                for teller in TELLERS:
                    if teller.speaks_for == winner and random.random() < 0.7:
                        self.say("gains", winner, loser, day - int(random.integers(1, EARLY + 1)), teller)
                    if teller.speaks_for == loser and random.random() < 0.5:
                        self.say("holds", loser, None, day + int(random.integers(0, EARLY + 1)), teller)
        for day, attacker in made.attacks:
            holder = made.on(day)
            for _ in range(random.poisson(rules.reports / 2)):
                self.say("contests", attacker, holder, day)
            for _ in range(random.poisson(rules.reports / 3)):
                self.say("repels", holder, attacker, day + 1)
            if rules.bias:
                for teller in TELLERS:
                    if teller.speaks_for == attacker and random.random() < 0.5:
                        self.say("gains", attacker, holder, day, teller)
        for _ in range(random.poisson(LENGTH / 60 * rules.reports / 3) + 1):
            self.hold(int(random.integers(0, LENGTH)))
        return self.heard

    def change(self, day: int, winner: str, loser: str) -> None:
        """A report of a change: true, or with the wrong winner, or denied."""
        teller = self.teller()
        if self.random.random() >= self.error[teller.id]:
            self.say("gains", winner, loser, day, teller)
        elif self.random.random() < 0.5:
            self.say("gains", winner, loser, day, teller, modality="denied")
        else:
            self.say("repels", loser, winner, day, teller)

    def hold(self, day: int) -> None:
        """A report of who holds the place: true, or wrong in the way that one of the other parties is said to."""
        teller = self.teller()
        holder = self.made.on(day)
        others = [party for party in PARTIES if party != holder]
        if self.random.random() < self.error[teller.id]:
            wrong = str(self.random.choice(others))
            if self.random.random() < 0.5:
                self.say("gains", wrong, holder, day, teller)
            else:
                self.say("holds", wrong, None, day, teller)
        else:
            self.say("holds", holder, None, day, teller)

    def teller(self) -> Teller:
        return TELLERS[int(self.random.integers(len(TELLERS)))]

    def say(
        self,
        type: str,
        actor: str,
        opponent: str | None,
        day: int,
        teller: Teller | None = None,
        modality: Modality = "asserted",
    ) -> None:
        """Adds a report, published 0 to 3 days later, and up to four copies of it."""
        random = self.random
        teller = teller or self.teller()
        day = min(max(day, 0), LENGTH - 1)
        first, precision = day, _DAY
        if type in ("gains", "contests") and random.random() < 0.2:
            first, precision = day - int(random.integers(1, 4)), _WEEK
        told = START + timedelta(days=min(day + int(random.integers(0, 4)), LENGTH - 1))
        story = f"{self.place}-{len(self.heard)}"
        for copy in range(1 + int(random.geometric(0.6)) % 5):
            carrier = teller if copy == 0 else TELLERS[int(random.integers(6))]
            claim = Claim(
                id=f"c-{story}-{copy}",
                report_id=f"r-{story}-{copy}",
                kind="control",
                type=type,
                actor=Party(name=actor, id=actor, text=actor),
                opponent=Party(name=opponent, id=opponent, text=opponent) if opponent else None,
                where=Where(name=self.place, id=self.place, text=self.place),
                days=Days(first=START + timedelta(first), last=START + timedelta(day), precision=precision),
                modality=modality,
                sources=(teller.name,) if teller.kind not in ("outlet", "wire") else (),
                quote=Quote(start=0, end=1),
                rule="simulated",
                confidence=0.95,
            )
            self.heard.append(Heard(claim=claim, story_id=story, outlet=carrier.name, published=told))


# --- methods ----------------------------------------------------------------------------------------------------------


def _stated(heard: Sequence[Heard]) -> list[tuple[int, int, str, str, Heard]]:
    """What claims say outright: day, publication, id, holder."""
    out = []
    for one in heard:
        claim = one.claim
        holder = claim.actor if claim.type in ("gains", "holds", "repels") else None
        if claim.modality == "denied":
            holder = claim.opponent
        if holder and claim.days.last and one.published:
            out.append(((claim.days.last - START).days, (one.published - START).days, claim.id, holder.name, one))
    return sorted(out, key=lambda row: row[:3])


def last_claim(heard: Sequence[Heard]) -> list[str | None]:
    """Whoever the latest claim names."""
    found: list[str | None] = [None] * LENGTH
    for day, _, _, holder, _ in _stated(heard):
        found[day:] = [holder] * (LENGTH - day)
    return found


def neutral_only(heard: Sequence[Heard]) -> list[str | None]:
    """Whoever the latest claim by a source that speaks for no party names."""
    return last_claim([one for one in heard if not any(Tellers.by_key[name].speaks_for for name in one.claim.sources)])


def majority(heard: Sequence[Heard]) -> list[str | None]:
    """Whoever most claims of the last seven days name; in silence, as before."""
    found: list[str | None] = []
    stated = _stated(heard)
    for day in range(LENGTH):
        tally = Counter(holder for d, _, _, holder, _ in stated if day - 7 < d <= day)
        best = min(tally, key=lambda holder: (-tally[holder], holder)) if tally else None
        found.append(best or (found[-1] if found else None))
    return found


class Answer(NamedTuple):
    """What the timeline says of each day, how sure it is, and when it sees changes."""

    holder: list[str | None]
    sure: list[float]
    changes: list[tuple[int, str]]


def timeline(heard: Sequence[Heard]) -> Answer:
    """The assessed layer."""
    holders: list[str | None] = [None] * LENGTH
    changes: list[tuple[int, str]] = []
    for spell in history("place", heard, knowledge=KNOWLEDGE).spells:
        if spell.layer == "assessed":
            day = max(0, (starts(spell.start) - START).days)
            if spell.holder and (not changes or changes[-1][1] != spell.holder):
                changes.append((day, spell.holder))
            holders[day:] = [spell.holder] * (LENGTH - day)
    (solved,) = solve(heard, knowledge=KNOWLEDGE)
    sure = []
    for day in range(LENGTH):
        found = solved.chain.on(START.toordinal() + day)
        sure.append(found.get(holders[day] or UNKNOWN, 0.0))
    return Answer(holders, sure, changes)


class Score(NamedTuple):
    """Scores over a war."""

    right: dict[str, float]
    error_days: float
    found: float  # share of true changes
    calibration: float


METHODS: dict[str, Callable[[Sequence[Heard]], list[str | None]]] = {
    "last claim": last_claim,
    "majority": majority,
    "neutral": neutral_only,
}


def play(rules: Rules, *, places: int, seed: int) -> Score:
    """Scores all methods on one simulated war."""
    right: Counter[str] = Counter()
    days = 0
    errors: list[int] = []
    changed = 0
    sure: list[float] = []
    hit: list[bool] = []
    for place in range(places):
        random = np.random.default_rng([seed, place])
        made = truth(random)
        heard = Reporter(f"p{place}", made, rules, random).write()
        begin = min(((one.claim.days.first or START) - START).days for one in heard)
        begin = max(0, begin)
        answer = timeline(heard)
        answers: dict[str, list[str | None]] = {"tadmor": answer.holder}
        answers |= {name: method(heard) for name, method in METHODS.items()}
        for day in range(begin, LENGTH):
            days += 1
            true = made.on(day)
            for name, found in answers.items():
                right[name] += found[day] == true
            sure.append(answer.sure[day])
            hit.append(answer.holder[day] == true)
        for day, holder in zip(made.changes[1:], made.holders[1:], strict=True):
            if day <= begin:
                continue
            changed += 1
            near = [abs(at - day) for at, who in answer.changes if who == holder and abs(at - day) <= 30]
            if near:
                errors.append(min(near))
    return Score(
        {name: right[name] / days for name in ("tadmor", *METHODS)},
        float(np.median(errors)) if errors else math.nan,
        len(errors) / changed,
        _calibration_error(np.array(sure), np.array(hit)),
    )


def _calibration_error(sure: np.ndarray, hit: np.ndarray) -> float:
    """Expected calibration error over ten bins."""
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs(sure[bins == b].mean() - hit[bins == b].mean()) * (bins == b).mean() for b in set(bins)))


def table(places: int, seed: int) -> None:
    """Prints scores for rates of false claims and numbers of reports."""
    print(f"{places} places, {LENGTH} days, seed {seed}; share of place-days right")
    print("false reports bias   tadmor  last-claim  majority-7d  neutral   change-days  found  calibration-error")
    cases = [Rules(false, reports) for reports in (1, 3, 10) for false in (0.0, 0.1, 0.2, 0.3, 0.4)]
    cases += [Rules(0.2, reports, bias=True) for reports in (1, 3, 10)]
    for rules in cases:
        score = play(rules, places=places, seed=seed)
        row = [score.right[name] for name in ("tadmor", "last claim", "majority", "neutral")]
        print(
            f"{rules.false:5.0%} {rules.reports:7d} {'yes' if rules.bias else 'no':>4}  {row[0]:7.3f} {row[1]:11.3f} "
            f"{row[2]:12.3f} {row[3]:8.3f} {score.error_days:13.1f} {score.found:6.2f} {score.calibration:18.3f}",
            flush=True,
        )


def speed(seed: int) -> None:
    """Prints the time that one history takes, for places with many claims."""
    for claims in (100, 1_000, 10_000, 50_000):
        random = np.random.default_rng(seed)
        heard: list[Heard] = []
        while len(heard) < claims:
            reporter = Reporter(f"p{len(heard)}", truth(random), Rules(0.2, 10), random)
            heard += reporter.write()
        heard = heard[:claims]
        begin = time.perf_counter()
        made = history("place", heard, knowledge=KNOWLEDGE)
        took = time.perf_counter() - begin
        print(f"{claims:6d} claims: {took * 1000:8.1f} ms, {len(made.spells)} spells, {len(made.events)} events")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--places", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--speed", action="store_true")
    chosen = options.parse_args()
    if chosen.speed:
        speed(chosen.seed)
    else:
        table(chosen.places, chosen.seed)
