"""The hidden Markov model against its definition: every path enumerated."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told import KNOWLEDGE, told

from tadmor.records import Heard
from tadmor.timeline.build import solve
from tadmor.timeline.columns import NONE
from tadmor.timeline.control import TINY, Chain, Sides, decide
from tadmor.timeline.evidence import PARTLY, UNKNOWN, Clues, Drives, Fights, Hearing, Holdings

START = date(2020, 1, 1)


@st.composite
def claim(draw: st.DrawFn) -> dict[str, object]:
    first = draw(st.integers(0, 60))
    actor, opponent = draw(st.permutations(["North", "South", "Tribe"]))[:2]
    return {
        "type": draw(st.sampled_from(["gains", "holds", "loses", "contests", "repels"])),
        "actor": actor,
        "opponent": opponent if draw(st.booleans()) else None,
        "first": START + timedelta(first),
        "last": START + timedelta(first + draw(st.sampled_from([0, 0, 20]))),
        "modality": draw(st.sampled_from(["asserted", "hedged", "denied"])),
        "by": (draw(st.sampled_from(["Observatory", "Northern Radio", "Southern Agency"])),),
    }


few = st.lists(claim(), min_size=1, max_size=3).map(
    lambda drawn: [told(f"c{k}", **one) for k, one in enumerate(drawn)]  # type: ignore[arg-type]
)


def transition(chain: Chain, t: int) -> np.ndarray:
    """The matrix of a step, from the definition: stay, or leave and draw anew; moves cost what holdings say."""
    stay, draw, loyal = chain.stay[t], chain.draw[t], chain.loyal[t]
    states = len(draw)
    out = np.empty((states, states))
    for a, b in product(range(states), repeat=2):
        out[a, b] = stay[a] + (1 - stay[a]) * draw[b] if a == b else (1 - stay[a]) * loyal[a] * draw[b] * loyal[b]
    return out


def paths(chain: Chain) -> dict[tuple[int, ...], float]:
    """Every path and its weight."""
    states = range(len(chain.sides.states))
    steps = [transition(chain, t) for t in range(len(chain.axis) - 1)]
    out = {}
    for path in product(states, repeat=len(chain.axis)):
        weight = chain.prior[path[0]] * np.exp(chain.evidence[0, path[0]])
        for t, step in enumerate(steps):
            weight *= step[path[t], path[t + 1]] * np.exp(chain.evidence[t + 1, path[t + 1]])
        out[path] = float(weight)
    return out


def worth(chain: Chain, path: tuple[int, ...]) -> float:
    """Log posterior of the days, less the cost of changes."""
    changes = sum(a != b for a, b in pairwise(path))
    gain = sum(np.log(max(chain.posterior[t, state], TINY)) for t, state in enumerate(path))
    return float(gain - changes * KNOWLEDGE.weights.control.change_cost)


@settings(max_examples=40, deadline=None)
@given(few)
def test_posterior_and_best_path_are_those_of_all_paths(heard: list[Heard]) -> None:
    solved = solve(heard, knowledge=KNOWLEDGE)
    if not solved:  # denied fighting says nothing
        return
    chain = solved[0].chain
    if len(chain.sides.states) ** len(chain.axis) > 20_000:
        return
    weights = paths(chain)
    total = sum(weights.values())
    for t in range(len(chain.axis)):
        for state in range(len(chain.sides.states)):
            exact = sum(weight for path, weight in weights.items() if path[t] == state) / total
            assert chain.posterior[t, state] == pytest.approx(exact, abs=1e-9)
    found = tuple(run.state for run in chain.runs for _ in range(run.begin, run.end))
    assert worth(chain, found) == pytest.approx(max(worth(chain, path) for path in weights))


NUMBER = {"north": 0, "south": 1}
NO_HOLDINGS = Holdings(*(np.zeros(0, dtype=int) for _ in Holdings._fields))
NO_FIGHTS = Fights(*(np.zeros(0, dtype=int) for _ in Fights._fields))


def hearing(clues: list[tuple[int, str, float]], drives: list[tuple[int, int, str | None, float]]) -> Hearing:
    """Clues: a day, and how far something speaks for a state; drives as they are."""
    days, states, pulls = zip(*clues, strict=True) if clues else ((), (), ())
    day = np.array(days, dtype=int)
    said = Clues(
        np.arange(len(day)), day, day, day,
        np.array([[NUMBER[state], NONE, NONE] for state in states], dtype=int).reshape(-1, 3),
        np.array([[pull, 0.0, 0.0] for pull in pulls]).reshape(-1, 3),
    )  # fmt: skip
    first, last, to, strength = zip(*drives, strict=True) if drives else ((), (), (), ())
    towards = np.array([NONE if state is None else NUMBER[state] for state in to], dtype=int)
    driven = Drives(
        np.array(first, dtype=int),
        np.array(last, dtype=int),
        towards,
        np.array(strength),
        np.zeros(len(to), dtype=bool),
    )
    return Hearing(said, driven, NO_HOLDINGS, NO_FIGHTS, ["north", "south"], ["north", "south", PARTLY, UNKNOWN])


def made(axis: list[int], said: Hearing) -> Chain:
    sides = Sides(("north", "south", UNKNOWN), {"north": 0, "south": 1, UNKNOWN: 2}, np.eye(3), np.zeros(3, dtype=int))
    return Chain(axis, sides, said, KNOWLEDGE.weights.control)


@given(st.integers(101, 199), st.integers(1, 200))
def test_a_day_more_on_the_axis_changes_nothing(extra: int, length: int) -> None:
    said = hearing([(100, "north", 2.0), (200, "south", 1.5)], [(100, 200, "south", 1.0), (100, 200, None, 1.0)])
    plain, finer = made([100, 200], said), made([100, extra, 200], said)
    for day in (100, extra, 200, 200 + length):
        assert plain.on(day) == pytest.approx(finer.on(day))


def test_claims_that_a_party_held_on_keep_it_from_leaving() -> None:
    either_end = [
        told("c1", "holds", "South", "2015-01-01"),
        told("c2", "holds", "South", "2020-01-01", outlet="Courier"),
    ]
    throughout = told("c3", "holds", "South", "2015-01-01", "2020-01-01", outlet="Watch")
    middle = date(2017, 7, 1).toordinal()
    without, held_on = (
        solve(heard, knowledge=KNOWLEDGE)[0].chain.on(middle)["south"]
        for heard in (either_end, [*either_end, throughout])
    )
    assert without < 0.9 < held_on


def test_certainty_fades_with_the_stated_half_life_after_the_last_word() -> None:
    (solved,) = solve([told("c1", "holds", "South", "2020-01-01")], knowledge=KNOWLEDGE)
    chain, rule = solved.chain, KNOWLEDGE.weights.control
    last, prior = chain.axis[-1], chain.prior[chain.sides.row["south"]]
    ahead = chain.on(last)["south"] - prior
    assert chain.on(last + round(rule.half_life_days))["south"] - prior == pytest.approx(ahead / 2)


@pytest.mark.parametrize(("holder", "there"), [("Split", False), ("North", True)])
def test_nobody_holds_a_place_before_there_was_such_a_party(holder: str, there: bool) -> None:
    heard = [told("c1", "loses", "South", "2010-06-01"), told("c2", "holds", holder, "2013-01-01", outlet="Courier")]
    (solved,) = solve(heard, knowledge=KNOWLEDGE)
    assert (solved.chain.on(date(2010, 6, 1).toordinal())[holder.lower()] > 0.05) is there


@pytest.mark.parametrize(("year", "one"), [(2014, True), (2018, False)])
def test_who_was_part_of_another_when_last_spoken_of_is_one_with_it(year: int, one: bool) -> None:
    heard = [
        told("c1", "holds", "Split", f"{year}-01-01"),
        told("c2", "holds", "North", "2013-01-01", outlet="Courier"),
        told("c3", "holds", "North", "2020-01-01", outlet="Watch"),
    ]
    (solved,) = solve(heard, knowledge=KNOWLEDGE)
    assert ("split" not in solved.chain.sides.states) is one


def test_nothing_dated_decides_nothing() -> None:
    sides = Sides((UNKNOWN,), {UNKNOWN: 0}, np.eye(1), np.zeros(1, dtype=int))
    assert decide(hearing([], []), sides, 700_000, KNOWLEDGE.weights.control) is None
