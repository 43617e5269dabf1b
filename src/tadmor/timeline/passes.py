"""The messages of a chain (`control`), carried forth and back over all its steps.

The steps are cut into blocks at days of the calendar, and what is carried over a cut is rounded. So of a chain that was
passed before only blocks in which something changed are passed again, and those beside them until what reaches a cut is
to the bit what it was: from there on all is as it was. The result is that of all at once.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tadmor.timeline.columns import NONE, Bools, Floats, Ints

__all__ = ["Passed", "Steps", "passed"]

KEPT_BITS = 32  # of messages: far more than anything that is told of them
SCALED = 4  # steps after which probabilities are brought back to sum to one: before they come near to nothing


class Steps(NamedTuple):
    """Steps, [step, state], as ``diag(same) + leave moved'``: to be the same after as before, to leave, to arrive."""

    same: Floats
    leave: Floats
    moved: Floats


class Passed(NamedTuple):
    """Messages of each day, [day, state], each of which sums to one: of all up to the day (`forward`), of all from it
    on (`back`), and of all after it (`backward`).

    Of each block the `number`, how many steps it has, and for both directions what it `makes` of each state that it
    begins with, and the message with which it `begins`. Of days that were not passed `again` all is as it was before.
    """

    forward: Floats
    back: Floats
    backward: Floats
    width: int  # days of a block
    number: Ints
    lengths: Ints
    makes: Floats  # [direction, block, state, state]
    begins: Floats  # [direction, block, state]
    again: Bools


def passed(
    days: Ints, prior: Floats, seen: Floats, steps: Steps, before: Passed | None = None, at: Ints | None = None,
    changed: Bools | None = None,
) -> Passed:  # fmt: skip
    """Messages over the `steps` between some days, given what is `seen` of each of them, [day, state].

    `before` are those of a chain that began on the same day: the rows `at` of its days are the same, with the steps
    that begin there, but for those that have `changed`.
    """
    ends = _scaled(np.stack([prior * seen[0], seen[-1]]))
    count, states = steps.same.shape
    if not count:
        nothing = np.zeros((2, 0, states, states))
        none = np.zeros(0, dtype=np.int64)
        all_days = np.ones(1, dtype=bool)
        return Passed(
            ends[:1], ends[1:], np.full_like(seen, 1 / states), 0, none, none, nothing, nothing[:, :, 0], all_days
        )
    blocks = _Blocks(days, seen, steps)
    size = len(blocks.number)
    known, fresh = np.full((2, size, states), np.nan), np.ones(size, dtype=bool)
    makes, begins = np.empty((2, size, states, states)), np.empty((2, size, states))
    forward, back, backward = np.empty_like(seen), np.empty_like(seen), np.empty_like(seen)
    steps_anew = np.ones(count, dtype=bool)
    if before is not None and at is not None and changed is not None and before.width == blocks.width:
        place = np.minimum(before.number.searchsorted(blocks.number), len(before.number) - 1)
        there = (before.number[place] == blocks.number) & (before.lengths[place] == blocks.lengths)
        known[:, there] = before.begins[:, place[there]]
        fresh = np.logical_or.reduceat(changed, blocks.cuts[:-1]) | ~there
        makes[:, there] = before.makes[:, place[there]]
        forward, back, backward = (old.take(at, axis=0) for old in (before.forward, before.back, before.backward))
        steps_anew = changed.copy()
    anew = fresh.nonzero()[0]
    makes[:, anew] = blocks.makes(anew)
    begins[0] = _begins(ends[0], makes[0], fresh, known[0])
    begins[1] = _begins(ends[1], makes[1, ::-1], fresh[::-1], known[1, ::-1])[::-1]
    again = [(fresh | (one != other).any(axis=1)).nonzero()[0] for one, other in zip(begins, known, strict=True)]
    (ahead, forth), (behind, come) = blocks.messages(again, begins)
    forward[0], back[-1] = _rounded(ends[0]), ends[1]
    forward[ahead + 1], back[behind] = _rounded(forth), come
    steps_anew[np.maximum(behind - 1, 0)] = True
    later = back[1:][steps_anew]
    same, leave, moved = (column[steps_anew] for column in steps)
    after = later * same + (later * moved).sum(axis=1, keepdims=True) * leave
    days_anew = np.append(steps_anew, True)
    backward[days_anew] = _rounded(_scaled(np.concatenate([after, np.ones((1, states))])))
    days_anew[0] = days_anew[ahead + 1] = True
    return Passed(forward, back, backward, blocks.width, blocks.number, blocks.lengths, makes, begins, days_anew)


class _Blocks:
    """The steps between some days in blocks, to be taken in both directions at once: ahead from the first day, and from
    the last, where what is left and what is arrived at change places."""

    def __init__(self, days: Ints, seen: Floats, steps: Steps) -> None:
        count = len(days) - 1
        # As many blocks as each has steps, roughly; of long chains more, as only some are passed again.
        self.width = 1 << (int(days[-1] - days[0]) // math.isqrt(count) // 2).bit_length()
        number = days[:-1] // self.width
        inner = np.flatnonzero(np.diff(number)) + 1
        self.cuts = np.concatenate([[0], inner, [count]])
        self.number, self.lengths = number[self.cuts[:-1]], np.diff(self.cuts)
        self._ahead = steps.same, steps.leave, steps.moved, seen[1:]
        self._behind = steps.same, steps.moved, steps.leave, seen[:-1]

    def makes(self, some: Ints) -> Floats:
        """What some blocks make of each state that they begin with: [direction, block, state, state]."""
        places, (same, leave, moved, seen) = self._laid_out([some, some])
        states = same.shape[-1]
        made = np.broadcast_to(np.eye(states), (2 * len(some), states, states))
        for t in range(len(same)):
            made = _step(made, same[t, :, None], leave[t, :, None], moved[t, :, None], seen[t, :, None])
            if t % SCALED == 0:  # but for blocks that are over: how long others are makes no difference
                made[places[t] != NONE] /= made[places[t] != NONE].sum(axis=(1, 2), keepdims=True)
        return made.reshape(2, len(some), states, states)

    def messages(self, some: Sequence[Ints], begins: Floats) -> list[tuple[Ints, Floats]]:
        """For each direction the steps of some blocks, and the messages after each."""
        places, (same, leave, moved, seen) = self._laid_out(some)
        message = np.concatenate([own[blocks] for own, blocks in zip(begins, some, strict=True)])
        found = np.empty_like(same)
        for t in range(len(same)):
            message = _step(message, same[t], leave[t], moved[t], seen[t])
            if t % SCALED == 0:
                message = _scaled(message)
            found[t] = message
        found = _scaled(found)
        at = len(some[0])
        return [
            (own[own != NONE], messages[own != NONE])
            for own, messages in ((places[:, :at], found[:, :at]), (places[:, at:], found[:, at:]))
        ]

    def _laid_out(self, some: Sequence[Ints]) -> tuple[Ints, list[Floats]]:
        """The places of the steps of some blocks in each direction, [step of its block, block], and the steps; short
        blocks end with steps in which nothing happens."""
        each = np.arange(max(int(self.lengths[own].max(initial=0)) for own in some))[:, None]
        ahead = np.where(each < self.lengths[some[0]], self.cuts[some[0]] + each, NONE)
        behind = np.where(each < self.lengths[some[1]], self.cuts[some[1] + 1] - 1 - each, NONE)
        places = np.concatenate([ahead, behind], axis=1)
        columns = []
        for one, other, still in zip(self._ahead, self._behind, (1.0, 0.0, 0.0, 1.0), strict=True):
            column = np.concatenate([one[ahead], other[behind]], axis=1)
            column[places == NONE] = still
            columns.append(column)
        return places, columns


def _begins(first: Floats, makes: Floats, fresh: Bools, known: Floats) -> Floats:
    """The message with which each block begins, in order, the first with `first`. Blocks that are not `fresh` and begin
    with what is `known` leave the next with what is known."""
    found = known.copy()
    now = _rounded(first)
    some = fresh.nonzero()[0]
    begin, last = (int(some[0]), int(some[-1])) if len(some) else (0, -1)
    at = 0
    if begin and (now == known[0]).all():
        at, now = begin - 1, known[begin - 1]
    while at < len(found) and (at <= last or (now != known[at]).any()):
        found[at] = now
        now = _rounded(_scaled((now[:, None] * makes[at]).sum(axis=0)))
        at += 1
    return found


def _step(now: Floats, same: Floats, leave: Floats, moved: Floats, seen: Floats) -> Floats:
    stepped: Floats = (now * same + (now * leave).sum(axis=-1, keepdims=True) * moved) * seen
    return stepped


def _scaled(messages: Floats) -> Floats:
    scaled: Floats = messages / messages.sum(axis=-1, keepdims=True)
    return scaled


def _rounded(messages: Floats) -> Floats:
    """To `KEPT_BITS` of each number. What is said of one day is felt less the farther another is from it, so that far
    from a claim that is new the messages are what they were, to the bit."""
    dropped = 52 - KEPT_BITS
    bits = messages.view(np.int64) + (1 << (dropped - 1)) >> dropped << dropped
    found: Floats = bits.view(np.float64)
    return found
