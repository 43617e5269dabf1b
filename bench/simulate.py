"""Simulated wars: how often the timeline is right about who holds a place, beside three simple rules.

As the truth of a war (`bench.war`) is known, each method is scored by the share of place-days on which it names the
true holder, from the first claim about a place to the end. For the timeline, also: the median error of the days of
change, the share of changes found within 30 days, how far its confidence is from the share right (expected calibration
error), and the share of disputes found - of false claims that a true one of another voice contradicts within three
days, those that stand in a dispute against one.

*Learned* is the timeline with the weights that `tadmor learn` makes from the claims of the same war.

    python -m bench.simulate [--places 60] [--seed 1] [--svg FOLDER]
    python -m bench.simulate --speed
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import correlation
from typing import NamedTuple

import numpy as np

from bench import reliability
from bench.floors import Measure, corpus_hash
from bench.reliability import Judged
from bench.war import LENGTH, START, Place, Rules, Tellers, knowledge, many_tellers, war
from tadmor.records import Heard, PlaceHistory, WeightSet
from tadmor.timeline.build import history, solve
from tadmor.timeline.evidence import UNKNOWN
from tadmor.timeline.learn import learn, with_learned
from tadmor.timeline.spells import starts
from tadmor.timeline.weigh import Knowledge
from tadmor.timeline.weights import load

FALSE = (0.0, 0.1, 0.2, 0.3, 0.4)
REPORTS = (1, 3, 10)
NEAR = 30  # days from a true change within which it counts as found
SEEDS = (2001, 2002, 2003)  # of the figures; parameters were chosen on seeds below 1000
RECOVERED = range(2001, 2013)  # the same for ranks of sources, which differ by .05 from war to war
PLACES = 40  # of each war of the figures


# --- methods ----------------------------------------------------------------------------------------------------------


def _stated(heard: Sequence[Heard]) -> list[tuple[int, int, str, str]]:
    """What claims say outright: day, publication, id, holder."""
    out = []
    for one in heard:
        claim = one.claim
        holder = claim.actor if claim.type in ("gains", "holds", "repels") else None
        if claim.modality == "denied":
            holder = claim.opponent
        if holder and claim.days.last and one.published:
            out.append(((claim.days.last - START).days, (one.published - START).days, claim.id, holder.name))
    return sorted(out)


def last_claim(heard: Sequence[Heard], sources: Tellers) -> list[str | None]:
    """Whoever the latest claim names."""
    found: list[str | None] = [None] * LENGTH
    for day, _, _, holder in _stated(heard):
        found[day:] = [holder] * (LENGTH - day)
    return found


def neutral_only(heard: Sequence[Heard], sources: Tellers) -> list[str | None]:
    """Whoever the latest claim by a source that speaks for no party names."""
    neutral = [one for one in heard if not any(sources.by_key[name].speaks_for for name in one.claim.sources)]
    return last_claim(neutral, sources)


def majority(heard: Sequence[Heard], sources: Tellers) -> list[str | None]:
    """Whoever most claims of the last seven days name; in silence, as before."""
    found: list[str | None] = []
    stated = _stated(heard)
    for day in range(LENGTH):
        tally = Counter(holder for d, _, _, holder in stated if day - 7 < d <= day)
        best = min(tally, key=lambda holder: (-tally[holder], holder)) if tally else None
        found.append(best or (found[-1] if found else None))
    return found


METHODS: dict[str, Callable[[Sequence[Heard], Tellers], list[str | None]]] = {
    "last claim": last_claim,
    "majority": majority,
    "neutral": neutral_only,
}


class Answer(NamedTuple):
    """What the timeline says of each day, how sure it is, when it sees changes, and which claims dispute which."""

    holder: list[str | None]
    sure: list[float]
    changes: list[tuple[int, str]]
    disputed: list[tuple[set[str], set[str]]]


def timeline(heard: Sequence[Heard], known: Knowledge) -> Answer:
    """The assessed layer."""
    holders: list[str | None] = [None] * LENGTH
    changes: list[tuple[int, str]] = []
    made = history("place", heard, knowledge=known)
    for spell in made.spells:
        if spell.layer == "assessed":
            day = max(0, (starts(spell.start) - START).days)
            if spell.holder and (not changes or changes[-1][1] != spell.holder):
                changes.append((day, spell.holder))
            holders[day:] = [spell.holder] * (LENGTH - day)
    (solved,) = solve(heard, knowledge=known)
    sure = [solved.chain.on(START.toordinal() + day).get(holder or UNKNOWN, 0.0) for day, holder in enumerate(holders)]
    return Answer(holders, sure, changes, _sides(made))


def _sides(made: PlaceHistory) -> list[tuple[set[str], set[str]]]:
    return [(set(one), set(other)) for (_, one), (_, other) in (dispute.sides for dispute in made.disputes)]


# --- scores -----------------------------------------------------------------------------------------------------------


class Score(NamedTuple):
    """Scores over wars. `right` is the share of place-days by method; `days` judges the confidence of each."""

    right: dict[str, float]
    error_days: float  # median
    found: float  # share of true changes
    disputes: float  # share found, not a number where there was none
    days: list[Judged]

    @property
    def calibration_error(self) -> float:
        return reliability.calibration_error(self.days)


def play(rules: Rules, *, places: int, seeds: Sequence[int], learned: bool = False, methods: bool = True) -> Score:
    """Scores the timeline, and the simple `methods` beside it, on one war a seed."""
    right: Counter[str] = Counter()
    errors: list[int] = []
    changed = disputed = disputes_found = 0
    days: list[Judged] = []
    sources = Tellers(rules.tellers)
    for seed in seeds:
        made = war(rules, places=places, seed=seed)
        known = knowledge(load(), rules.tellers)
        if learned:
            known = known._replace(weights=with_learned(load(), taught(made, known)))
        for place in made:
            answer = timeline(place.heard, known)
            answers = {"tadmor": answer.holder}
            if methods:
                answers |= {name: method(place.heard, sources) for name, method in METHODS.items()}
            for day in range(place.begin, LENGTH):
                true = place.truth.on(day)
                right.update(name for name, found in answers.items() if found[day] == true)
                days.append(Judged("place-day", answer.sure[day], answer.holder[day] == true))
            for day, holder in zip(place.truth.changes[1:], place.truth.holders[1:], strict=True):
                if day > place.begin:
                    changed += 1
                    near = [abs(at - day) for at, who in answer.changes if who == holder and abs(at - day) <= NEAR]
                    errors += [min(near)] if near else []
            for false, against in place.disputes().items():
                disputed += 1
                disputes_found += any(
                    (false in one and against & other) or (false in other and against & one)
                    for one, other in answer.disputed
                )
    return Score(
        {name: right[name] / len(days) for name in ("tadmor", *METHODS) if name in right},
        float(np.median(errors)) if errors else math.nan,
        len(errors) / changed if changed else math.nan,
        disputes_found / disputed if disputed else math.nan,
        days,
    )


def taught(places: Sequence[Place], known: Knowledge) -> WeightSet:
    """What the claims of a war teach about its sources."""
    return learn([(place.name, place.heard) for place in places], known)


def recovered(seed: int, *, sources: int = 30, claims: int = 2000) -> float:
    """Spearman's rank correlation of learned and simulated reliability, from so many claims about who holds a place."""
    tellers = many_tellers(sources, seed)
    rules = Rules(0.25, 3, tellers=tellers)
    places = _with_words(rules, seed, claims)
    shares = {track.voice: track.learned for track in taught(places, knowledge(load(), tellers)).voices}
    learned = [shares.get(teller.id, load().prior(teller.id, teller.kind)) for teller in tellers]
    return _rank_correlation(learned, [1 - rules.error(teller) for teller in tellers])


def kept(seed: int, *, claims: int, rules: Rules) -> float:
    """Place-days right with learned weights as a share of those without, in a war of so many claims."""
    places = len(_with_words(rules, seed, claims))
    with_, without = (
        play(rules, places=places, seeds=[seed], learned=learned, methods=False) for learned in (True, False)
    )
    return with_.right["tadmor"] / without.right["tadmor"]


def _with_words(rules: Rules, seed: int, claims: int) -> list[Place]:
    """As many places as have so many claims about who holds them, copies not counted."""
    places: list[Place] = []
    while sum(len(place.words) for place in places) < claims:
        places.append(Place(f"p{len(places)}", rules, np.random.default_rng([seed, len(places)])))
    return places


def _rank_correlation(a: Sequence[float], b: Sequence[float]) -> float:
    ranks = [[sum((y < x) + (y == x) / 2 for y in values) for x in values] for values in (a, b)]
    return correlation(*ranks)


# --- figures ----------------------------------------------------------------------------------------------------------


def cases() -> Iterator[Rules]:
    """All that is tabulated."""
    for bias in (False, True):
        for reports in REPORTS:
            for false in FALSE:
                yield Rules(false, reports, bias)


HEADINGS = "false reports bias  tadmor  last claim  majority  neutral  change, days  found  calibration  disputes"


def row(rules: Rules, score: Score) -> str:
    cells = [score.right.get(name, math.nan) for name in ("tadmor", *METHODS)]
    return (
        f"{rules.false:5.0%} {rules.reports:7d} {'yes' if rules.bias else 'no':>4} {cells[0]:7.3f} {cells[1]:11.3f} "
        f"{cells[2]:9.3f} {cells[3]:8.3f} {score.error_days:13.1f} {score.found:6.2f} "
        f"{score.calibration_error:12.3f} {score.disputes:9.2f}"
    )


def measures() -> Iterator[Measure]:
    """The figures with an aim, on wars of seeds that no parameter was chosen on."""
    sha256 = corpus_hash([Path(__file__).with_name("war.py")])
    for name, rules in (("3 reports", Rules(0.2, 3)), ("biased", Rules(0.2, 3, bias=True))):
        score = play(rules, places=PLACES, seeds=SEEDS)
        figures = {
            "place-days right": score.right["tadmor"],
            "above last claim": score.right["tadmor"] - score.right["last claim"],
            "changes found": score.found,
            "change dates, median error": score.error_days,
            "calibration error": score.calibration_error,
            "disputes found": score.disputes,
        }
        yield Measure(
            name=f"wars, 20 % false, {name}",
            sha256=sha256,
            figures=figures,
            bounded=("place-days right", "above last claim", "disputes found"),
            table=(HEADINGS, row(rules, score)),
        )
    few = [kept(seed, claims=100, rules=Rules(0.2, 3, bias=True)) for seed in range(2001, 2021)]
    figures = {
        "rank correlation": float(np.mean([recovered(seed) for seed in RECOVERED])),
        "right from 100 claims": float(np.mean(few)),
    }
    yield Measure(name="learned weights", sha256=sha256, figures=figures, bounded=tuple(figures))


def table(places: int, seed: int, svg: Path | None) -> None:
    """Prints scores for rates of false claims and numbers of reports, with shipped and with learned weights."""
    print(f"{places} places, {LENGTH} days, seed {seed}; share of place-days right")
    for learned in (False, True):
        print("", "learned weights" if learned else "shipped weights", HEADINGS, sep="\n")
        by_reports: dict[int, dict[str, list[Judged]]] = {}
        for rules in cases():
            score = play(rules, places=places, seeds=[seed], learned=learned)
            print(row(rules, score), flush=True)
            if not rules.bias:
                by_reports.setdefault(rules.reports, {})[f"{rules.false:.0%} false"] = score.days
        if svg is not None:
            _plot(svg, "learned" if learned else "shipped", by_reports)


def _plot(folder: Path, weights: str, by_reports: Mapping[int, Mapping[str, Sequence[Judged]]]) -> None:
    """One reliability plot for each number of reports a change, with a curve for each rate of false claims."""
    folder.mkdir(parents=True, exist_ok=True)
    for reports, curves in by_reports.items():
        path = folder / f"reliability-{weights}-{reports}.svg"
        path.write_text(reliability.svg(curves, f"{weights} weights, {reports} reports a change"), encoding="utf-8")
        print(f"{path} written")


def speed(seed: int) -> None:
    """Prints the time that one history takes, for places with many claims."""
    known = knowledge(load())
    for claims in (100, 1_000, 10_000, 50_000):
        random = np.random.default_rng(seed)
        heard: list[Heard] = []
        while len(heard) < claims:
            heard += Place(f"p{len(heard)}", Rules(0.2, 10), random).heard
        heard = heard[:claims]
        begin = time.process_time()
        made = history("place", heard, knowledge=known)
        took = time.process_time() - begin
        print(f"{claims:6d} claims: {took * 1000:8.1f} ms, {len(made.spells)} spells, {len(made.events)} events")


def main() -> None:
    options = argparse.ArgumentParser(
        prog="python -m bench.simulate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--places", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--svg", type=Path, metavar="FOLDER", help="write reliability plots here")
    options.add_argument("--speed", action="store_true", help="time single histories")
    chosen = options.parse_args()
    if chosen.speed:
        speed(chosen.seed)
        return
    table(chosen.places, chosen.seed, chosen.svg)


if __name__ == "__main__":
    main()
