"""Draws wars whose truth is known, and what sources of several kinds report of them.

A war is a set of places that change hands at random, with fighting before a change, attacks that fail and sieges that
come to nothing. Sources report late and sometimes wrongly, hedge (what is false more often), are silent for months, and
correct themselves now and then; parties may claim victories before they come and deny losses; reports are copied. All
is drawn from one seed. The simulator's assumptions are its own, so its figures say little about real sources.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np

from tadmor.records import Claim, DatePrecision, Days, Heard, Modality, Party, Quote, Record, Where
from tadmor.timeline.weigh import Knowledge
from tadmor.timeline.weights import Weights

START = date(2014, 1, 1)
LENGTH = 720  # days
PARTIES = ("north", "south", "tribe")
BETWEEN_CHANGES = 150.0  # days, mean
BETWEEN_ATTACKS = 200.0  # days, mean, that fail
BETWEEN_SIEGES = 500.0  # days, mean
EARLY = 6  # days: a biased party claims victory up to so many days before it comes
SEASON = 60  # days for which a source is silent at a time
CREDITED = 0.5  # share of copies that name where the text is from
CORRECTED = 0.1  # share of false claims that the source puts right later
BESIDE = 3  # days between two claims that speak of one time


class Teller(Record, frozen=True, kw_only=True):
    """A source: `error` is its rate of false claims relative to the mean of all, `delay` the mean days to publication,
    `hedges` the share of true claims that it hedges, `silent` the share of seasons in which it says nothing."""

    id: str
    name: str
    kind: str
    speaks_for: str | None = None
    error: float = 1.0
    delay: float = 1.0
    hedges: float = 0.1
    silent: float = 0.2


TELLERS = (
    *(Teller(id=f"outlet-{k}", name=f"Outlet {k}", kind="outlet") for k in range(6)),
    *(Teller(id=f"wire-{k}", name=f"Wire {k}", kind="wire", error=0.6, delay=0.3, silent=0.0) for k in range(2)),
    *(Teller(id=f"monitor-{k}", name=f"Monitor {k}", kind="monitor", error=0.6, delay=0.7) for k in range(2)),
    Teller(id="radio", name="Radio North", kind="party", speaks_for="north", error=1.8, delay=0.3, hedges=0.0),
    Teller(id="agency", name="Agency South", kind="state agency", speaks_for="south", error=1.6, hedges=0.0),
    Teller(id="activists", name="Activists", kind="activist", error=1.4, delay=0.3, hedges=0.3, silent=0.5),
)


class Fighter(NamedTuple):
    """A party to the war."""

    id: str
    name: str
    affiliations: tuple[()] = ()
    since: None = None


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
    """Sources by name."""

    def __init__(self, tellers: Sequence[Teller]) -> None:
        self.by_key: Mapping[str, Teller] = {one.name: one for one in tellers}

    def by_name(self, name: str, /) -> Teller | None:
        return self.by_key.get(name)


def knowledge(weights: Weights, tellers: Sequence[Teller] = TELLERS) -> Knowledge:
    """What the timeline knows of a simulated war."""
    return Knowledge(weights=weights, sources=Tellers(tellers), actors=Fighters())


class Rules(NamedTuple):
    """What a simulated war is like."""

    false: float  # share of claims about who holds a place that are false, corrections not counted
    reports: int  # mean number of independent reports of a change
    bias: bool = False  # parties claim victories before they come, and deny losses
    tellers: tuple[Teller, ...] = TELLERS

    def error(self, teller: Teller) -> float:
        """The share of false ones among the claims of a source."""
        speaking = [1 - one.silent for one in self.tellers]
        mean = sum(one.error * share for one, share in zip(self.tellers, speaking, strict=True)) / sum(speaking)
        return min(0.95, self.false * teller.error / mean)


class Truth(NamedTuple):
    """Holders of one place: ``holders[k]`` from day ``changes[k]`` on; `attacks` (day, attacker) fail, as do `sieges`
    (first day, last day, besieger)."""

    changes: list[int]
    holders: list[str]
    attacks: list[tuple[int, str]]
    sieges: list[tuple[int, int, str]]

    def on(self, day: int) -> str:
        return self.holders[bisect_right(self.changes, day) - 1]


def truth(random: np.random.Generator) -> Truth:
    """A random history of one place."""
    changes, holders = [0], [str(random.choice(PARTIES))]
    while (day := changes[-1] + 10 + int(random.exponential(BETWEEN_CHANGES))) < LENGTH:
        changes.append(day)
        holders.append(_other(random, holders[-1]))
    made = Truth(changes, holders, [], [])
    at = int(random.exponential(BETWEEN_ATTACKS))
    while at < LENGTH:
        made.attacks.append((at, _other(random, made.on(at))))
        at += 1 + int(random.exponential(BETWEEN_ATTACKS))
    at = int(random.exponential(BETWEEN_SIEGES))
    while at < LENGTH:
        end = min([day - 1 for day in changes if day > at] + [at + int(random.integers(20, 90)), LENGTH - 1])
        if end > at:
            made.sieges.append((at, end, _other(random, made.on(at))))
        at = end + 1 + int(random.exponential(BETWEEN_SIEGES))
    return made


def _other(random: np.random.Generator, holder: str) -> str:
    return str(random.choice([party for party in PARTIES if party != holder]))


class Word(NamedTuple):
    """What a claim amounts to: a source says that `holder` holds the place on `day`, rightly or not."""

    claim_id: str
    teller: str
    day: int
    holder: str
    right: bool


class Place:
    """One place of a war: its `truth`, what is `heard` of it, and the `words` on who holds it, without copies."""

    def __init__(self, name: str, rules: Rules, random: np.random.Generator) -> None:
        self.name, self.rules, self.random = name, rules, random
        self.truth = truth(random)
        self.heard: list[Heard] = []
        self.words: list[Word] = []
        self._error = {teller.id: rules.error(teller) for teller in rules.tellers}
        self._silent = {teller.id: random.random(LENGTH // SEASON) < teller.silent for teller in rules.tellers}
        self._carriers = [teller for teller in rules.tellers if teller.kind == "outlet"]
        self._report()

    @cached_property
    def begin(self) -> int:
        """The first day that a claim speaks of."""
        return max(0, min(((one.claim.days.first or START) - START).days for one in self.heard))

    def disputes(self) -> dict[str, set[str]]:
        """For each false word the true ones of other voices on about the same day, where there are some."""
        found = {}
        for false in self.words:
            if false.right:
                continue
            against = {
                true.claim_id
                for true in self.words
                if true.right
                and true.teller != false.teller
                and abs(true.day - false.day) <= BESIDE
                and self.truth.on(true.day) == self.truth.on(false.day)
            }
            if against:
                found[false.claim_id] = against
        return found

    def _report(self) -> None:
        random, made, rules = self.random, self.truth, self.rules
        for k in range(1, len(made.changes)):
            day, winner, loser = made.changes[k], made.holders[k], made.holders[k - 1]
            for _ in range(1 + random.poisson(rules.reports - 1)):
                self._change(day, winner, loser)
            for _ in range(random.poisson(rules.reports / 2)):
                self._say("contests", winner, loser, day - int(random.integers(1, 6)))
            for teller in self._speakers(winner, 0.7):
                self._say("gains", winner, loser, day - int(random.integers(1, EARLY + 1)), teller, holder=winner)
            for teller in self._speakers(loser, 0.5):
                self._say("holds", loser, None, day + int(random.integers(0, EARLY + 1)), teller, holder=loser)
        for day, attacker in made.attacks:
            holder = made.on(day)
            for _ in range(random.poisson(rules.reports / 2)):
                self._say("contests", attacker, holder, day)
            for _ in range(random.poisson(rules.reports / 3)):
                self._attack(day + 1, attacker, holder)
            for teller in self._speakers(attacker, 0.5):
                self._say("gains", attacker, holder, day, teller, holder=attacker)
        for first, last, besieger in made.sieges:
            for _ in range(1 + random.poisson(rules.reports)):
                self._say("besieges", besieger, made.on(first), int(random.integers(first, last + 1)))
        for _ in range(random.poisson(LENGTH / 60 * rules.reports / 3) + 1):
            self._hold(int(random.integers(0, LENGTH)))

    def _speakers(self, party: str, share: float) -> list[Teller]:
        """Sources that speak for a party and do so this time; nobody in a war without bias."""
        if not self.rules.bias:
            return []
        return [one for one in self.rules.tellers if one.speaks_for == party and self.random.random() < share]

    def _change(self, day: int, winner: str, loser: str) -> None:
        """A report of a change, some a day or two late: true, or denied, or told as an attack that failed."""
        teller = self._teller(day)
        if self.random.random() < 0.15:
            day += int(self.random.integers(1, 3))
        if not self._errs(teller):
            self._say("gains", winner, loser, day, teller, holder=winner)
        elif self.random.random() < 0.5:
            self._say("gains", winner, loser, day, teller, modality="denied", holder=loser)
        else:
            self._say("repels", loser, winner, day, teller, holder=loser)

    def _attack(self, day: int, attacker: str, holder: str) -> None:
        """A report that an attack failed: true, or told as a success."""
        teller = self._teller(day)
        if not self._errs(teller):
            self._say("repels", holder, attacker, day, teller, holder=holder)
        else:
            self._say("gains", attacker, holder, day, teller, holder=attacker)

    def _hold(self, day: int) -> None:
        """A report of who holds the place: true, or wrong in the way that one of the other parties is said to."""
        teller = self._teller(day)
        holder = self.truth.on(day)
        if not self._errs(teller):
            self._say("holds", holder, None, day, teller, holder=holder)
        else:
            wrong = _other(self.random, holder)
            gains = self.random.random() < 0.5
            self._say("gains" if gains else "holds", wrong, holder if gains else None, day, teller, holder=wrong)

    def _errs(self, teller: Teller) -> bool:
        return bool(self.random.random() < self._error[teller.id])

    def _teller(self, day: int) -> Teller:
        tellers = self.rules.tellers
        season = min(max(day, 0), LENGTH - 1) // SEASON
        speaking = [teller for teller in tellers if not self._silent[teller.id][season]] or tellers
        return speaking[int(self.random.integers(len(speaking)))]

    def _say(
        self,
        type: str,
        actor: str,
        opponent: str | None,
        day: int,
        teller: Teller | None = None,
        modality: Modality = "asserted",
        holder: str | None = None,
    ) -> None:
        """Adds a report that says that `holder` holds the place, or nothing about that, and up to four copies of it.

        A false one is hedged more often, and may be put right by its source later.
        """
        random = self.random
        day = min(max(day, 0), LENGTH - 1)
        teller = teller or self._teller(day)
        right = holder is None or holder == self.truth.on(day)
        if modality == "asserted" and random.random() < teller.hedges * (1 if right else 2):
            modality = "hedged"
        first, precision = day, _DAY
        if type in ("gains", "contests") and random.random() < 0.2:
            first, precision = day - int(random.integers(1, 4)), _WEEK
        told = min(day + int(random.poisson(teller.delay)), LENGTH - 1)
        claim_id = self._publish(type, actor, opponent, (first, day, precision), told, teller, modality)
        if holder is not None:
            self.words.append(Word(claim_id, teller.id, day, holder, right))
        if not right and random.random() < CORRECTED:
            true = self.truth.on(day)
            later = min(told + int(random.integers(5, 20)), LENGTH - 1)
            claim_id = self._publish("holds", true, None, (day, day, _DAY), later, teller, "asserted")
            self.words.append(Word(claim_id, teller.id, day, true, True))

    def _publish(
        self,
        type: str,
        actor: str,
        opponent: str | None,
        days: tuple[int, int, DatePrecision],
        told: int,
        teller: Teller,
        modality: Modality,
    ) -> str:
        """One claim, with its copies in outlets; the id of the first."""
        story = f"{self.name}-{len(self.heard)}"
        for copy in range(min(int(self.random.geometric(0.6)), 5)):
            carrier = teller
            if copy and self.random.random() >= CREDITED:
                carrier = self._carriers[int(self.random.integers(len(self._carriers)))]
            claim = Claim(
                id=f"c-{story}-{copy}",
                report_id=f"r-{story}-{copy}",
                kind="control",
                type=type,
                actor=_party(actor),
                opponent=_party(opponent) if opponent else None,
                where=Where(name=self.name, id=self.name, text=self.name),
                days=Days(first=START + timedelta(days[0]), last=START + timedelta(days[1]), precision=days[2]),
                modality=modality,
                sources=(teller.name,) if teller.kind not in ("outlet", "wire") else (),
                quote=Quote(start=0, end=1),
                rule="simulated",
                confidence=0.95,
            )
            published = START + timedelta(min(told + (int(self.random.integers(2)) if copy else 0), LENGTH - 1))
            self.heard.append(Heard(claim=claim, story_id=story, outlet=carrier.name, published=published))
        return f"c-{story}-0"


_DAY: DatePrecision = "day"
_WEEK: DatePrecision = "week"


def _party(name: str) -> Party:
    return Party(name=name, id=name, text=name)


def war(rules: Rules, *, places: int, seed: int) -> list[Place]:
    """Places of one war, the same for the same seed."""
    return [Place(f"p{at}", rules, np.random.default_rng([seed, at])) for at in range(places)]


def many_tellers(number: int, seed: int) -> tuple[Teller, ...]:
    """Sources of usual kinds whose errors have nothing to do with their kind: some err 25 times as often as others."""
    random = np.random.default_rng([seed, number])
    kinds = ("outlet", "outlet", "outlet", "wire", "monitor", "activist")
    return tuple(
        Teller(id=f"t{k:02}", name=f"Teller {k}", kind=kinds[k % len(kinds)], error=float(random.uniform(0.02, 0.5)))
        for k in range(number)
    )
