"""What was heard of a place, as it is kept until more is heard: of each claim what came of it beside the others.

What is new touches only the claims that mean the same, of which it may be a copy, and what its voice said of the same
on other days; only these are looked up, and weighed by themselves once more. All others stay as they are in `Columns`.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
import numpy as np

from tadmor.records import Heard, Record
from tadmor.timeline.columns import NONE, Columns, Ints, Saids, Tables, columns, number, packed, unpacked
from tadmor.timeline.mark import digest
from tadmor.timeline.room import Splice
from tadmor.timeline.weigh import Knowledge, Said, about, corrected, count, meaning, once, spoken_of, weigh

__all__ = ["Came", "Kept", "Listened", "Voiced", "listen", "voiced"]


class Came(Record, frozen=True, array_like=True):
    """What came of a claim that cannot be told from the claim alone: whether it `counts` and, if so, as in `Said`."""

    counts: bool
    origins: int = 1
    less: tuple[tuple[str, float], ...] = ()
    copies: tuple[str, ...] = ()


class Voiced(NamedTuple):
    """A claim of a place: if it `counts`, with its copies and as it weighs in the end, else weighed by itself."""

    said: Said
    counts: bool

    @property
    def came(self) -> Came:
        return Came(self.counts, self.said.origins, self.said.less, self.said.copies)


def voiced(known: Iterable[tuple[Heard, Came]], knowledge: Knowledge) -> list[Voiced]:
    """Claims, each another, with what came of them, as they weigh in the end."""
    heard = [one for one, _ in known]
    return [
        Voiced(_with(said, came), came.counts) for said, (_, came) in zip(weigh(heard, knowledge), known, strict=True)
    ]


def _with(said: Said, came: Came) -> Said:
    w = said.plain.log_odds
    for _, factor in came.less:  # in the order in which they were told
        w *= factor
    return said._replace(w=w, copies=came.copies, origins=came.origins, less=came.less)


Others = dict[int, list[str]]  # the ids of claims that do not count, sorted, by what they mean (`number`)


class Lately(NamedTuple):
    """What a process has at hand of a place that it told before: what is kept of all claims together, unpacked, their
    `groups` (`members`), and what it found of the place and its parts when it last solved them (`build`). Whoever takes
    it up uses it up: more is put into the same columns (`room`)."""

    told: Columns
    others: Others
    spoken: Mapping[str | None, int]
    groups: Any = None
    lines: Mapping[str | None, Any] = {}


class Kept(NamedTuple):
    """What is kept of a place: all its claims together, as `Listened.together` has them piece by piece, and how to look
    up some of them by their ids. What is at hand of it, if anything is, stands for `together`."""

    together: Mapping[str, bytes]
    lookup: Callable[[Sequence[str]], Sequence[tuple[Heard, Came]]]
    lately: Lately | None = None


class Change(NamedTuple):
    """The days of the claims that count no longer, or not as before, and of those that do now; the former; and where
    claims are in `Columns`."""

    days: Sequence[tuple[int, int]]
    gone: Columns
    splice: Splice


class Listened(NamedTuple):
    """What was heard of a place: the claims that count, the last day on which any claim spoke of each part
    (`spoken_anew`: where it is another than before), and what has to be kept: of single claims, and of all together in
    pieces, each instead of one of the same name.

    `change` is what changed of the claims that count; None: all may be new, or something is said no longer.
    """

    told: Columns
    spoken: Mapping[str | None, date]
    spoken_anew: Mapping[str | None, date]
    changed: Sequence[Voiced]
    together: Mapping[str, bytes]
    lately: Lately
    change: Change | None


class _Head(Record, frozen=True, array_like=True):
    """Of all claims of a place the numbers of their leaves in order, what the columns number, and the last day on which
    any spoke of each part."""

    leaves: list[int]
    tables: Tables
    spoken: list[tuple[str | None, int]]


HEAD, OTHERS = "head", "others"  # names of pieces; the rest are leaves


def listen(heard: Sequence[Heard], kept: Kept | None, knowledge: Knowledge) -> Listened:
    """Hears what is new of a place beside what is kept; the same as `weigh.hear` of all at once, to the byte."""
    fresh = weigh(heard, knowledge)
    if kept is None:
        counted = count(once(fresh), knowledge.weights)
        told = columns(counted, map(_mark, counted))
        return _listened(told, counted, fresh, {said.claim.id for said in counted}, None, {}, fresh, None)
    known = _Known(kept, knowledge)
    told, others, spoken_before, *_ = kept.lately or _unpacked(kept.together)
    told = told._replace(said=Saids((), known.said))

    alike, gone = _alike(fresh, told, others, known)
    new = once([*map(_alone, alike), *fresh])
    beside, before, corrected_ones = _beside(new, told, gone, known)
    stay = {told.ids[at] for at in before}
    among = [*new, *known.said([told.ids[at] for at in (*beside, *before)])]
    counted = [said for said in count(among, knowledge.weights, corrected_ones) if said.claim.id not in stay]

    come = [said for said in counted if not known.has(said)]
    counts = {said.claim.id for said in counted}
    stay = counts - {said.claim.id for said in come}
    left = sorted({*gone.tolist(), *beside})
    gone = np.array([at for at in left if told.ids[at] not in stay], dtype=np.int64)
    left_out = told.only(gone)
    told, splice = told.replaced(gone, come, map(_mark, come))
    lasts = {*left_out.meaning.tolist()} <= {*told.meaning[splice.come].tolist()}
    days = *left_out.days(slice(None)), *told.days(splice.come)
    change = Change(days, left_out, splice) if lasts else None
    return _listened(told, come, [*alike, *fresh], counts, others, spoken_before, fresh, change)


def _unpacked(together: Mapping[str, bytes]) -> Lately:
    head = _HEAD.decode(together[HEAD])
    leaves = {number: together[str(number)] for number in head.leaves}
    told = unpacked(head.leaves, leaves, head.tables, lambda ids: ())
    return Lately(told, _OTHERS.decode(together[OTHERS]), dict(head.spoken))


def _listened(
    told: Columns,
    come: Sequence[Said],
    touched: Sequence[Said],
    counts: set[str],
    before: Others | None,
    spoken_before: Mapping[str | None, int],
    fresh: Sequence[Said],
    change: Change | None,
) -> Listened:
    """What was heard in the end, with the claims that `come` to count, or to count otherwise: of the claims `touched`
    those that do not count are kept as they weigh alone."""
    uncounted = {said.claim.id: said for said in touched if said.claim.id not in counts}
    new, ids = {said.claim.id for said in fresh}, {said.claim.id for said in touched}
    others = dict(before or {})
    known: set[str] = set()
    meant = {number(meaning(said)) for said in touched}
    for means in meant & others.keys():
        known.update(others[means])
        others[means] = [id for id in others[means] if id not in ids]
    for said in uncounted.values():
        insort(others.setdefault(number(meaning(said)), []), said.claim.id)
    for means in [means for means in meant if others.get(means) == []]:
        del others[means]
    anew = [said for id, said in uncounted.items() if id in new or id not in known]
    spoken = dict(spoken_before)
    for said in fresh:
        last = said.claim.days.last
        day = said.published if last is None else last.toordinal()
        if day is not None:
            spoken[said.part.key] = max(day, spoken.get(said.part.key, day))
    numbers, leaves, told = packed(told)
    together = {str(number): leaf for number, leaf in leaves.items()}
    together[HEAD] = _encode(_Head(numbers, told.tables, list(spoken.items())))
    if before is None or any(others.get(means) != before.get(means) for means in meant):
        together[OTHERS] = _encode(others)
    return Listened(
        told,
        {part: date.fromordinal(day) for part, day in spoken.items()},
        {part: date.fromordinal(day) for part, day in spoken.items() if day != spoken_before.get(part)},
        [*(Voiced(said, True) for said in come), *(Voiced(_alone(said), False) for said in anew)],
        together,
        Lately(told, others, spoken),
        change,
    )


class _Known:
    """The claims that are kept, each looked up, and weighed, once."""

    def __init__(self, kept: Kept, knowledge: Knowledge) -> None:
        self._kept, self._knowledge = kept, knowledge
        self._found: dict[str, Voiced] = {}

    def said(self, ids: Sequence[str]) -> list[Said]:
        if missing := [id for id in ids if id not in self._found]:
            found = voiced(self._kept.lookup(missing), self._knowledge)
            self._found.update((one.said.claim.id, one) for one in found)
        return [self._found[id].said for id in ids]

    def has(self, said: Said) -> bool:
        """Whether a claim was looked up that counts as it did."""
        known = self._found.get(said.claim.id)
        return known is not None and known.counts and known.said[_RESULT:] == said[_RESULT:]


def _alike(fresh: Sequence[Said], told: Columns, others: Others, known: _Known) -> tuple[list[Said], Ints]:
    """The claims kept that mean the same as some of `fresh`, and the places of those in `told`, with the places of what
    is heard anew itself."""
    meanings, ids = {meaning(said) for said in fresh}, {said.claim.id for said in fresh}
    numbers = {number(one) for one in meanings}
    at = np.isin(told.meaning, list(numbers)).nonzero()[0].tolist()
    anew = [one for one in at if told.ids[one] in ids]
    rest = [one for one in at if told.ids[one] not in ids]
    counted = known.said(told.ids[rest].tolist())
    uncounted = known.said([id for means in sorted(numbers) for id in others.get(means, ()) if id not in ids])
    alike = [one for one in (*counted, *uncounted) if meaning(one) in meanings]
    same = [one for one, said in zip(rest, counted, strict=True) if meaning(said) in meanings]
    return alike, np.array([*anew, *same], dtype=np.int64)


def _beside(new: Sequence[Said], told: Columns, gone: Ints, known: _Known) -> tuple[list[int], list[int], set[str]]:
    """The places of the claims that have to be weighed again because of `new` ones and of those that are `gone`, then
    of those that stay as they are and come next before any of them in what they are `about`, and the ids of those
    among the first and the new ones that their voices corrected."""
    said = [key for one in new if (key := spoken_of(one)) is not None]
    stays = np.ones(len(told.ids), dtype=bool)
    stays[gone] = False
    outcomes = {*map(number, said), *told.spoken_of[gone].tolist()} - {_NO_OUTCOME}
    rivals = np.isin(told.spoken_of, list(outcomes)) & stays
    # How much less a claim says is told by the one with a day that comes next before it: where one comes or goes, the
    # next one after it is weighed again.
    moved: dict[int, list[int]] = {}  # by what they are about, where claims come and go
    for one, at in zip(new, told.places(new).tolist(), strict=True):
        moved.setdefault(number(about(one)), []).append(at)
    for at in (*gone.tolist(), *rivals.nonzero()[0].tolist()):
        moved.setdefault(int(told.about[at]), []).append(at)
    dated = (told.last != NONE) | (told.published != NONE)
    some = (np.isin(told.about, list(moved)) & stays & dated).nonzero()[0]
    beside, before = {*rivals.nonzero()[0].tolist()}, set[int]()
    for topic, places in moved.items():
        own = some[told.about[some] == topic]
        for at in np.searchsorted(own, places).tolist():
            beside.update(own[at : at + 1].tolist())
            before.update(own[max(at - 1, 0) : at].tolist())
    before -= beside
    found = dict(zip(beside, known.said([told.ids[at] for at in beside]), strict=True))
    spoken = [one for at, one in found.items() if rivals[at]]
    quiet = [one for at, one in found.items() if not rivals[at]]
    as_before = {one.claim.id for one in quiet if any(name == "corrected" for name, _ in one.less)}
    return sorted(beside), sorted(before), corrected([*new, *spoken]) | as_before


def _alone(said: Said) -> Said:
    """The claim weighed by itself."""
    return said._replace(w=said.plain.log_odds, less=(), copies=(), origins=1)


def _mark(said: Said) -> bytes:
    """A digest of all that the timeline makes use of."""
    return digest(_encode((said.claim, said.published, said.voice, said.w, said.copies, said.origins)))


_RESULT = Said._fields.index("w")  # from there on a claim as said depends on others
_NO_OUTCOME = number(None)
_encode = msgspec.msgpack.Encoder().encode
_HEAD = msgspec.msgpack.Decoder(_Head)
_OTHERS = msgspec.msgpack.Decoder(Others)
