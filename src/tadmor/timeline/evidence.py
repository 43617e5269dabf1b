"""What claims say about who holds a place or part: the observations of the hidden Markov model in `control`.

``data/weights/meaning.csv`` says for each type of claim, and whether it is said, denied or only meant, how it speaks of
actor and opponent before and after. This module turns the claims of one chain (a place, or a named part of it) into
`Clues`: log-odds for parties on anchor days. A part also speaks for the whole, as far as its extent allows (`chains`);
what lies outside a place says nothing about the place.

All claims are read at once, in columns (`columns`). A state is the number of a party, or one of the two after the last
party: that the place is partly held, or that nobody knows who holds it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, Modality, Record
from tadmor.timeline.axis import Axis, distinct
from tadmor.timeline.columns import MODALITIES, NONE, PRECISIONS, Bools, Columns, Floats, Ints, grouped
from tadmor.timeline.place_part import Part
from tadmor.timeline.room import Splice
from tadmor.timeline.weigh import PARTIAL
from tadmor.timeline.weights import Weights

__all__ = [
    "PARTLY", "UNKNOWN", "Clues", "Drives", "Fights", "Hearing", "Holdings", "Members", "chains", "keys",
    "read", "shifted",
]  # fmt: skip

PARTLY = "~partly"  # state: no one holds all of it
UNKNOWN = "~unknown"  # state: none of the parties named, or nobody knows

OPEN_SPANS = 3  # times `open_days`: how far back a change may lie whose first possible day is not said

Stance = Literal["said", "denied", "meant"]
Aspect = Literal["change", "state"]


class Meaning(Record, frozen=True, kw_only=True):
    """A row of ``meaning.csv``: what a claim of `type` and `stance` says, in shares of its weight."""

    type: str
    stance: Stance
    aspect: Aspect
    actor_before: float = 0
    opponent_before: float = 0
    actor: float = 0
    opponent: float = 0
    partly: float = 0
    change: Literal["actor", "opponent", "partly"] | None = None
    contest: float = 0
    siege: float = 0


class Members(NamedTuple):
    """Claims of one chain by their places in `Columns`, in order, with the share of its weight that each has there."""

    claims: Ints
    shares: Floats

    def only(self, chosen: Bools | Ints | slice) -> Members:
        return Members(self.claims[chosen], self.shares[chosen])


_NO_RANK: Ints = np.zeros(0, dtype=np.int64)
_KIND = 1 << 40  # a power of two, more than any place of a claim


class Clues(NamedTuple):
    """`claim` speaks on `day` for (`pull` positive) or against up to three states; it spans `first` to `last`."""

    claim: Ints
    day: Ints
    first: Ints
    last: Ints
    states: Ints  # [clue, 3]; NONE where there are fewer
    pulls: Floats  # [clue, 3]
    rank: Ints = _NO_RANK
    rooms: Sequence[Any] = ()


class Drives(NamedTuple):
    """Claims of `strength` log-odds that make a change likelier in ``(first, last]``.

    The change is to `state`, or away from it if `out`; where `state` is NONE, from any state to any.
    """

    first: Ints
    last: Ints
    state: Ints
    strength: Floats
    out: Bools
    rank: Ints = _NO_RANK
    rooms: Sequence[Any] = ()


class Holdings(NamedTuple):
    """Claims that `state` lasted without a break from `first` to `last`, with `strength` log-odds."""

    state: Ints
    first: Ints
    last: Ints
    strength: Floats
    rank: Ints = _NO_RANK
    rooms: Sequence[Any] = ()


class Fights(NamedTuple):
    """`claim` speaks of fighting or a siege by `by` (against `against`) on the days `first` to `last`."""

    claim: Ints
    first: Ints
    last: Ints
    by: Ints
    against: Ints
    contest: Floats
    siege: Floats
    change_to: Ints  # the state that a claimed change would lead to
    rank: Ints = _NO_RANK
    rooms: Sequence[Any] = ()


Row = TypeVar("Row", Clues, Drives, Holdings, Fights)


def only(told: Row, rows: Ints | slice) -> Row:
    """Some rows of what claims say, in columns of their own."""
    columns: Any = [column[rows] for column in told[:-1]]
    return type(told)(*columns)


class Tally(NamedTuple):
    """The `days` on which something is said, on how many `clues` each counts, and how many drives and holdings begin or
    end there (`others`); by state how many clues speak `of` it, and how many for it."""

    days: Ints
    clues: Ints
    others: Ints
    of: Ints
    speak_for: Ints


class Hearing(NamedTuple):
    """All that is said of one chain. `keys` are the names of the states, by their numbers.

    What claims say is in order of what kind of word it is, then of the claims: its `rank` is both in one number.
    `touched` are the days of clues, and those on which drives and holdings begin and end, that have come or gone since
    it was `shifted`; None: any."""

    clues: Clues
    drives: Drives
    holdings: Holdings
    fights: Fights
    parties: list[str]  # every party named as holder or against a holder, sorted
    keys: list[str]
    touched: Ints | None = None
    tally: Tally | None = None


@cache
def meanings() -> Mapping[tuple[str, str], Meaning]:
    """The rows of ``meaning.csv`` by type and stance. Raises `LexiconError` for a wrong, repeated or unsafe row."""
    path = table.data("weights") / "meaning.csv"
    found: dict[tuple[str, str], Meaning] = {}
    for line, row in table.read(path, Meaning):
        if row.type not in CONTROL_TYPES and row.type not in EVENT_TYPES:
            raise LexiconError(f"{path}, row {line}: {row.type!r} is no type of claim")
        if (row.type, row.stance) in found:
            raise LexiconError(f"{path}, row {line}: {row.type}, {row.stance} stands twice")
        gain = max(row.actor, row.partly)
        if row.change in ("actor", "partly") and abs(row.actor_before) + row.opponent_before > gain:
            raise LexiconError(f"{path}, row {line}: speaks louder of before than of after")
        found[row.type, row.stance] = row
    return found


def chains(told: Columns) -> dict[str | None, Members]:
    """Claims by part key; None is the place as a whole.

    A claim about a region or feature stands in the chain of that part and, with less weight, in that of the whole.
    That all of a place was gained or lost speaks, with less weight, for its regions: who takes a city takes its east.
    """
    own = by_part(told)
    out = {part: weighed(told, part, claims) for part, claims in own.items()}
    whole, changes = of_whole(told), changes_of_all(told)
    if len(whole):
        out[None] = weighed(told, None, whole)
    for region in regions(told, own):
        out[region] = weighed(told, region, merged(own[region], changes))
    return out


def regions(told: Columns, spoken_of: Container[str | None]) -> list[str]:
    """The keys of the regions among the parts that are `spoken_of`, in order."""
    return sorted({part.key for part in told.parts if part.extent == "region" and part.key and part.key in spoken_of})


def merged(claims: Ints, more: Ints) -> Ints:
    """Two rows of claims, each in order, as one."""
    return np.sort(np.concatenate([claims, more]), kind="stable")


def by_part(told: Columns) -> dict[str | None, Ints]:
    """The claims about each part, by its key; None is the place as a whole."""
    keys = list(dict.fromkeys([None, *(part.key for part in told.parts)]))
    number = np.array([keys.index(part.key) for part in told.parts], dtype=np.int64)[told.part]
    return {key: claims for key, claims in zip(keys, grouped(number, len(keys)), strict=True) if len(claims)}


def of_whole(told: Columns) -> Ints:
    """The claims that speak of the place as a whole."""
    speak = np.array([_for_whole(part) > 0 for part in told.parts], dtype=bool)
    found: Ints = speak[told.part].nonzero()[0]
    return found


def changes_of_all(told: Columns) -> Ints:
    """The claims that all of a place was gained or lost, which speak for its regions."""
    found: Ints = _changes_all(told, slice(None)).nonzero()[0]
    return found


def weighed(told: Columns, part: str | None, claims: Ints) -> Members:
    """The claims of the chain of a part with their shares."""
    if part is None:
        return Members(claims, np.array([_for_whole(one) for one in told.parts])[told.part[claims]])
    return Members(claims, np.where(_changes_all(told, claims), _SPEAKS_FOR_REGION, 1.0))


def _changes_all(told: Columns, claims: Ints | slice) -> Bools:
    all_of_it = np.array([part.key is None and part.share >= 1 for part in told.parts], dtype=bool)[told.part[claims]]
    all_of_it &= np.array([type in ("gains", "loses") for type in told.types], dtype=bool)[told.type[claims]]
    return all_of_it


def _for_whole(part: Part) -> float:
    return 1.0 if part.key is None else _SPEAKS_FOR_WHOLE[part.extent]


_SPEAKS_FOR_REGION = 0.9  # judged, not measured: a city may be said to be taken while a quarter of it holds out
_SPEAKS_FOR_WHOLE = {"whole": 1.0, "share": 1.0, "region": 0.6, "feature": 0.25, "outside": 0.0}
_STANCE: Mapping[Modality, Stance] = {"denied": "denied", "planned": "meant", "possible": "meant"}  # else "said"
_INTENDED = np.array([_STANCE.get(modality) == "meant" for modality in MODALITIES])


class _Meant(NamedTuple):
    """The rows of ``meaning.csv`` in columns; the last stands for a claim that says nothing of who holds a place."""

    change: Bools
    to: Ints  # 1: to the actor, 2: to the opponent, 3: to partly held
    named: Bools  # whether it names its parties as holders or against one
    actor_before: Floats
    opponent_before: Floats
    actor: Floats
    opponent: Floats
    partly: Floats
    contest: Floats
    siege: Floats


@cache
def _meant() -> _Meant:
    rows = [*meanings().values(), Meaning(type="", stance="said", aspect="state")]
    numbers = {name: np.array([getattr(row, name) for row in rows], dtype=np.float64) for name in _Meant._fields[3:]}
    named = sum(np.abs(numbers[name]) for name in ("actor", "opponent", "partly", "contest", "siege"))
    return _Meant(
        change=np.array([row.aspect == "change" for row in rows]),
        to=np.array([(None, "actor", "opponent", "partly").index(row.change) for row in rows]),
        named=np.asarray(named) > 0,
        **numbers,
    )


@lru_cache(maxsize=4)
def _days_of(weights: Weights) -> tuple[Ints, Floats]:
    """Of each precision its slack, and how sharp it is."""
    rows = [weights.precision[precision] for precision in PRECISIONS]
    return np.array([row.slack for row in rows]), np.array([row.sharp for row in rows])


@lru_cache(maxsize=256)
def _rows_of(types: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Of each of `types` and each modality the row in `_meant`, said of a place and said of a part of it."""
    at = {key: row for row, key in enumerate(meanings())}
    found = [
        [[at.get((type, _STANCE.get(modality, "said")), len(at)) for modality in MODALITIES] for type in named]
        for named in (types, [PARTIAL.get(type, type) for type in types])
    ]
    plain, in_part = (np.array(rows, dtype=np.int64).reshape(len(types), len(MODALITIES)) for rows in found)
    return plain, in_part


def _meanings_of(told: Columns, claims: Ints, partial: Bools) -> Ints:
    """Of each claim its row in `_meant`."""
    plain_rows, part_rows = _rows_of(tuple(told.types))
    nothing = len(meanings())
    modality = told.modality[claims]
    plain = plain_rows[told.of_part[claims], modality]
    found: Ints = np.where(partial, part_rows[told.type[claims], modality], plain)
    # Who lost a part may have held the rest or none of it.
    lost = np.array([type == "loses" for type in told.types])[told.of_part[claims]]
    some = np.array([part.share < 1 for part in told.parts])[told.part[claims]]
    found[lost & (partial | some)] = nothing
    return found


def keys(told: Columns) -> list[str]:
    """The names of the states, by their numbers."""
    return [*told.parties, PARTLY, UNKNOWN]


def read(told: Columns, chain: Members, *, whole: bool, weights: Weights) -> Hearing:
    """What the claims of one chain say, in their order. `whole`: it is the place itself."""
    claims = chain.claims
    means, names = _meant(), keys(told)
    partly_held, unknown = len(names) - 2, len(names) - 1
    partial = np.array([whole and part.key is not None for part in told.parts], dtype=bool)[told.part[claims]]
    meant = _meanings_of(told, claims, partial)
    tells = (meant != len(means.change) - 1).nonzero()[0]
    claims, parts, meant, partial = claims[tells], chain.shares[tells], meant[tells], partial[tells]
    named = means.named[meant]
    parties = {*told.actor[claims[named]].tolist(), *told.opponent[claims[named]].tolist()} - {NONE}

    first, last, published = told.first[claims], told.last[claims], told.published[claims]
    begun, sharp = first != NONE, np.ones(len(claims))
    intended = _INTENDED[told.modality[claims]]
    last = np.where((last == NONE) & intended, first, last)
    # "Has taken", "holds": true by the time of publication at the latest.
    vague = last == NONE
    last = np.where(vague, published, last)
    last = np.where(vague & begun & (last != NONE) & (first > last), first, last)
    sharp[vague] = weights.precision["unknown"].sharp

    # No day at all: nothing on the timeline moves.
    dated = (last != NONE).nonzero()[0]
    claims, meant, partial, first, last, published, begun, sharp = (
        column[dated] for column in (claims, meant, partial, first, last, published, begun, sharp)
    )
    w = np.minimum(told.w[claims], weights.control.most_log_odds) * parts[dated]
    actor, opponent = told.actor[claims], told.opponent[claims]
    some_actor = actor != NONE
    begin = np.where(begun, first, last)
    change = means.change[meant]
    slack, sharpness = (column[told.precision[claims]] for column in _days_of(weights))

    # "Has held it for four years" tells the state of affairs at its ends less sharply than "holds it today".
    half = np.where(begun, last - first, 0) // 2
    end_slack = np.minimum(np.where(slack > 0, slack + 1, 0), half)
    sharp = np.where(~change & begun & (last > first), np.minimum(sharp, sharpness), sharp)
    inner_first = np.where(begun, first + np.minimum(slack, half), last)
    inner_last = np.where(published == last, last, np.maximum(last - end_slack, inner_first))

    feature = np.array([part.extent == "feature" for part in told.parts], dtype=bool)[told.part[claims]]
    # Who holds a feature of a town may well hold the town; who holds "the east" most likely does not hold the west.
    of_actor = np.where((means.partly[meant] != 0) & partial & feature, means.partly[meant], means.actor[meant])
    states, pulls = _pulls(
        (actor, of_actor), (opponent, means.opponent[meant]), (np.full(len(claims), partly_held), means.partly[meant])
    )
    pulls *= (w * sharp)[:, None]
    before_states, before_pulls = _pulls(
        (actor, means.actor_before[meant]), (opponent, means.opponent_before[meant]), (actor, np.zeros(len(claims)))
    )
    before_pulls *= (w * sharp)[:, None]

    # A change speaks of the day before it may first have happened and of the last day on which it may have.
    early = change & begun & (before_states != NONE).any(axis=1)
    unquiet = (means.contest[meant] != 0) | (means.siege[meant] != 0)
    # Fighting over a place says at least that the place is spoken of.
    spoken = ~change & ((states != NONE).any(axis=1) | unquiet)
    long = spoken & (inner_first < inner_last)
    clues = _joined(
        claims,
        Clues(claims, first - 1, first - 1, first - 1, before_states, before_pulls), early,
        Clues(claims, last, last, last, states, pulls), change,
        Clues(claims, inner_first, begin, last, states, pulls / 2), long,
        Clues(claims, inner_last, begin, last, states, pulls), spoken,
    )  # fmt: skip
    held_until = last - end_slack
    lasting = spoken & (held_until > inner_first)
    holdings = _joined(
        claims,
        Holdings(actor, inner_first, held_until, w * means.actor[meant]),
        lasting & (means.actor[meant] > 0) & some_actor,
        Holdings(np.full(len(claims), partly_held), inner_first, held_until, w * means.partly[meant]),
        lasting & (means.partly[meant] > 0),
    )
    to = means.to[meant]
    target = np.where(to == 2, opponent, np.where(to == 3, partly_held, NONE))
    target = np.where(to == 1, np.where(some_actor, actor, unknown), target)
    since = np.where(begun, first - 1, last - OPEN_SPANS * weights.control.open_days)
    plain, out = np.zeros(len(claims), dtype=bool), np.ones(len(claims), dtype=bool)
    nobody = np.full(len(claims), NONE)
    drives = _joined(
        claims,
        Drives(since, last, target, w * sharp, plain), change & (target != NONE),
        Drives(since, last, actor, w * sharp, out), change & (target == NONE) & some_actor,
        Drives(begin - 1, last, nobody, w * means.contest[meant], plain), ~change & (means.contest[meant] != 0),
    )  # fmt: skip
    fought_from = np.where(change, np.maximum(begin, last - weights.contested.most_days + 1), begin)
    fights = _joined(
        claims,
        Fights(claims, fought_from, last, actor, opponent, w * means.contest[meant], w * means.siege[meant], target),
        unquiet,
    )
    return Hearing(clues, drives, holdings, fights, sorted(names[at] for at in parties), names)


def tally(hearing: Hearing) -> Tally:
    """What there is of each day and state."""
    if hearing.tally is not None:
        return hearing.tally
    clues, drives, holdings = hearing.clues, hearing.drives, hearing.holdings
    others = _turns(drives, holdings)
    days = distinct([clues.day, others]) if len(clues.day) or len(others) else others
    axis = Axis(days) if len(days) else None
    counted, more = (
        np.bincount(axis.from_(some), minlength=len(days)) if axis else days for some in (clues.day, others)
    )
    of, speak_for = _of_states(clues, len(hearing.keys))
    return Tally(days, counted, more, of, speak_for)


def _turns(drives: Drives, holdings: Holdings) -> Ints:
    """The days on which drives and holdings begin and end."""
    return np.concatenate([drives.first, drives.last, holdings.first, holdings.last])


def _of_states(clues: Clues, count: int) -> tuple[Ints, Ints]:
    states, spoken_for = clues.states[clues.states != NONE], clues.states[clues.pulls > 0]
    return np.bincount(states, minlength=count), np.bincount(spoken_for, minlength=count)


def _retold(before: Tally, gone: tuple[Clues, Ints], come: tuple[Clues, Ints]) -> Tally:
    """What there is without some clues, and days of others, and with more."""
    days = before.days
    new = np.concatenate([come[0].day, come[1]])
    there = days.take(days.searchsorted(new), mode="clip") == new if len(days) else np.zeros(len(new), dtype=bool)
    both = [before.clues.copy(), before.others.copy()]
    if not there.all():
        extra = np.unique(new[~there])
        places = days.searchsorted(extra)
        days = np.insert(days, places, extra)
        both = [np.insert(on, places, 0) for on in both]
    for on, less, more in zip(both, (gone[0].day, gone[1]), (come[0].day, come[1]), strict=True):
        np.subtract.at(on, days.searchsorted(less), 1)
        np.add.at(on, days.searchsorted(more), 1)
    stay = (both[0] > 0) | (both[1] > 0)
    if not stay.all():
        days, both = days[stay], [on[stay] for on in both]
    (of, speak_for), (more_of, more_for) = (_of_states(clues, len(before.of)) for clues in (gone[0], come[0]))
    return Tally(days, both[0], both[1], before.of - of + more_of, before.speak_for - speak_for + more_for)


def _pulls(*sides: tuple[Ints, Floats]) -> tuple[Ints, Floats]:
    """The states that claims speak for or against, and their shares; NONE and 0 where nobody is named."""
    states, shares = (np.stack(columns, axis=1) for columns in zip(*sides, strict=True))
    silent = (states == NONE) | (shares == 0)
    return np.where(silent, NONE, states), np.where(silent, 0.0, shares)


def _joined(claims: Ints, *told_and_where: Row | Bools) -> Row:
    """Of records in columns, a row for each of some claims, those rows that the array after each chooses, one after the
    other."""
    told: Sequence[Row] = told_and_where[::2]  # type: ignore[assignment]
    where: Sequence[Bools] = told_and_where[1::2]  # type: ignore[assignment]
    each: list[Any] = list(zip(*(one[:-2] for one in told), strict=True))
    columns: list[Any] = [
        np.concatenate([column[rows] for column, rows in zip(own, where, strict=True)]) for own in each
    ]
    columns.append(np.concatenate([claims[rows] + kind * _KIND for kind, rows in enumerate(where)]))
    return type(told[0])(*columns)


def shifted(before: Hearing, splice: Splice, more: Hearing | None = None) -> Hearing:
    """What was read of a chain before, its claims being at other places now, with what is read of those that are new:
    as all of them are read at once, if every party that was named is named still. What was read `before` is given up.
    """
    clues, clues_gone = _shifted(before.clues, splice, more and more.clues)
    drives, drives_gone = _shifted(before.drives, splice, more and more.drives)
    holdings, holdings_gone = _shifted(before.holdings, splice, more and more.holdings)
    fights, _ = _shifted(before.fights, splice, more and more.fights)
    gone = clues_gone, _turns(drives_gone, holdings_gone)
    come = only(clues, slice(0)), gone[1][:0]
    if more:
        come = more.clues, _turns(more.drives, more.holdings)
    return Hearing(
        clues,
        drives,
        holdings,
        fights,
        sorted({*before.parties, *(more.parties if more else ())}),
        before.keys,
        np.concatenate([gone[0].day, gone[1], come[0].day, come[1]]),
        _retold(tally(before), gone, come),
    )


def _shifted(old: Row, splice: Splice, more: Row | None) -> tuple[Row, Row]:
    """The rows as they are now, and those that are gone."""
    rank = old.rank
    kinds = np.arange(int(rank[-1]) // _KIND + 1 if len(rank) else 0)[:, None] * _KIND
    gone = rank.searchsorted(wanted := (kinds + splice.gone).ravel())
    gone = gone[rank.take(gone, mode="clip") == wanted] if len(gone) else gone
    left = only(old, gone)
    # All are looked for before any moves.
    moves = [(rank.searchsorted(kinds + np.array(move[:2])).tolist(), move[2]) for move in splice.marches]
    for rows, by in moves:
        for begin, end in rows:
            for places in (rank, old.claim) if isinstance(old, Clues | Fights) else (rank,):
                places[begin:end] += by
    new = only(old, slice(0)) if more is None else more
    here = Splice(len(rank), gone, rank.searchsorted(new.rank))
    columns, rooms = here.columns(old[:-1], old.rooms, new[:-1])
    made: Any = type(old)
    table: Row = made(*columns, rooms)
    return table, left
