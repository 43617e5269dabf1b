"""What claims say about who holds a place or part: the observations of the hidden Markov model in `control`.

``data/weights/meaning.csv`` says for each type of claim, and whether it is said, denied or only meant, how it speaks of
actor and opponent before and after. This module turns the claims of one chain (a place, or a named part of it) into
`Clue` records: a log-odds for each party on an anchor day. A part also speaks for the whole, as far as its extent
allows (`_as_whole`); what lies outside a place says nothing about the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal, NamedTuple

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.records import CONTROL_TYPES, EVENT_TYPES, Record
from tadmor.timeline.weigh import PARTIAL, Said
from tadmor.timeline.weights import Weights

__all__ = ["PARTLY", "UNKNOWN", "Clue", "Drive", "Fight", "Hearing", "Holding", "chains", "read"]

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


class Clue(NamedTuple):
    """`said` speaks for (positive) or against the states in `pulls` on `day`; `first` to `last` is what it spans."""

    said: Said
    day: int
    first: int
    last: int
    pulls: tuple[tuple[str, float], ...]


class Drive(NamedTuple):
    """A claim of `strength` log-odds that makes a change likelier in ``(first, last]``.

    The change is to `state`, or away from it if `out`; where `state` is None, from any state to any.
    """

    first: int
    last: int
    state: str | None
    strength: float
    out: bool = False


class Holding(NamedTuple):
    """`said` has state `state` last without a break from `first` to `last`, with `strength` log-odds."""

    state: str
    first: int
    last: int
    strength: float


class Fight(NamedTuple):
    """`said` speaks of fighting or a siege by `by` (against `against`) on the days `first` to `last`."""

    said: Said
    first: int
    last: int
    by: str | None
    against: str | None
    contest: float
    siege: float
    change_to: str | None  # the state that a claimed change would lead to


class Hearing(NamedTuple):
    """All that is said of one chain."""

    clues: list[Clue]
    drives: list[Drive]
    holdings: list[Holding]
    fights: list[Fight]
    shares: dict[str, float]  # by party: the largest share that it is said to hold of what is partly held
    parties: list[str]  # every party named as holder or against a holder, sorted


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


def chains(counted: Iterable[Said]) -> dict[str | None, list[tuple[Said, float]]]:
    """Claims by part key, each with the share of its weight that counts there; None is the place as a whole.

    A claim about a region or feature stands in the chain of that part and, with less weight, in that of the whole.
    That all of a place was gained or lost speaks, with less weight, for its regions: who takes a city takes its east.
    """
    out: dict[str | None, list[tuple[Said, float]]] = {}
    counted = list(counted)
    regions = sorted({said.part.key for said in counted if said.part.extent == "region" and said.part.key})
    for said in counted:
        out.setdefault(said.part.key, []).append((said, 1.0))
        if said.part.key is not None and (share := _SPEAKS_FOR_WHOLE[said.part.extent]):
            out.setdefault(None, []).append((said, share))
        if said.part.key is None and said.part.share >= 1 and said.claim.type in ("gains", "loses"):
            for region in regions:
                out.setdefault(region, []).append((said, _SPEAKS_FOR_REGION))
    return out


_SPEAKS_FOR_REGION = 0.9  # judged, not measured: a city may be said to be taken while a quarter of it holds out
_SPEAKS_FOR_WHOLE = {"whole": 1.0, "share": 1.0, "region": 0.6, "feature": 0.25, "outside": 0.0}


def _stance(said: Said) -> Stance:
    match said.claim.modality:
        case "denied":
            return "denied"
        case "planned" | "possible":
            return "meant"
        case _:
            return "said"


def read(chain: Iterable[tuple[Said, float]], *, whole: bool, weights: Weights) -> Hearing:
    """What the claims of one chain say. `chain` must be sorted; its order is kept. `whole`: it is the place itself."""
    hearing = Hearing([], [], [], [], {}, [])
    parties: set[str] = set()
    for said, scale in chain:
        partial = said.part.key is not None and whole
        kind = PARTIAL.get(said.claim.type, said.claim.type) if partial else said.of_part
        if kind == "loses" and (partial or said.part.share < 1):
            continue  # who lost a part may have held the rest or none of it
        meaning = meanings().get((kind, _stance(said)))
        if meaning is None:
            continue
        if meaning.actor or meaning.opponent or meaning.partly or meaning.contest or meaning.siege:
            parties.update(party for party in (said.actor, said.opponent) if party)
        _hear(said, meaning, scale, partial, hearing, weights)
    hearing.parties.extend(sorted(parties))
    return hearing


def _hear(said: Said, meaning: Meaning, scale: float, partial: bool, hearing: Hearing, weights: Weights) -> None:
    w = min(said.w, weights.control.most_log_odds) * scale
    precision = weights.precision[said.claim.days.precision]
    first, last, sharp = said.first, said.last, 1.0
    if last is None and said.claim.modality in ("planned", "possible"):
        last = first
    if last is None:
        # "Has taken", "holds": true by the time of publication at the latest.
        last, sharp = said.published, weights.precision["unknown"].sharp
        if first is not None and last is not None and first > last:
            last = first
    if last is None:
        return  # no day at all: nothing on the timeline moves
    spread = last - first if first is not None else None
    if meaning.aspect == "change":
        _hear_change(said, meaning, w * sharp, first, last, hearing, weights, partial=partial)
    else:
        # "Has held it for four years" tells the state of affairs at its ends less sharply than "holds it today".
        begin_slack = min(precision.slack, (spread or 0) // 2)
        end_slack = min(precision.slack + 1 if precision.slack else 0, (spread or 0) // 2)
        sharp = min(sharp, precision.sharp) if spread else sharp
        inner_first = last if first is None else first + begin_slack
        inner_last = last if said.published == last else max(last - end_slack, inner_first)
        pulls = _pulls(meaning, said, w * sharp, partial)
        if pulls or meaning.contest or meaning.siege:  # fighting over a place says at least that the place is spoken of
            begin = last if first is None else first
            if inner_first < inner_last:
                half = tuple((state, pull / 2) for state, pull in pulls)
                hearing.clues.append(Clue(said, inner_first, begin, last, half))
            hearing.clues.append(Clue(said, inner_last, begin, last, pulls))
            if meaning.actor > 0 and said.actor and last - end_slack > inner_first:
                hearing.holdings.append(Holding(said.actor, inner_first, last - end_slack, w * meaning.actor))
            if meaning.partly > 0 and last - end_slack > inner_first:
                hearing.holdings.append(Holding(PARTLY, inner_first, last - end_slack, w * meaning.partly))
    if meaning.partly > 0 and said.actor:
        share = said.part.share if said.part.key is None or not partial else 0.0
        hearing.shares[said.actor] = max(hearing.shares.get(said.actor, 0.0), share)
    if meaning.contest or meaning.siege:
        begin = last if first is None else first
        if meaning.aspect == "change":
            begin = max(begin, last - weights.contested.most_days + 1)
        target = _target(meaning, said)
        fight = Fight(said, begin, last, said.actor, said.opponent, w * meaning.contest, w * meaning.siege, target)
        hearing.fights.append(fight)
        if meaning.aspect == "state" and meaning.contest:
            hearing.drives.append(Drive(begin - 1, last, None, w * meaning.contest))


def _hear_change(
    said: Said,
    meaning: Meaning,
    w: float,
    first: int | None,
    last: int,
    hearing: Hearing,
    weights: Weights,
    *,
    partial: bool,
) -> None:
    """A change speaks of the day before it may first have happened and of the last day on which it may have."""
    if first is not None:
        before = [(said.actor, meaning.actor_before), (said.opponent, meaning.opponent_before)]
        pulls = tuple((party, share * w) for party, share in before if party and share)
        if pulls:
            hearing.clues.append(Clue(said, first - 1, first - 1, first - 1, pulls))
    after = _pulls(meaning, said, w, partial)
    hearing.clues.append(Clue(said, last, last, last, after))
    since = first - 1 if first is not None else last - OPEN_SPANS * weights.control.open_days
    target = _target(meaning, said)
    if target is not None:
        hearing.drives.append(Drive(since, last, target, w))
    elif said.actor is not None:
        hearing.drives.append(Drive(since, last, said.actor, w, out=True))


def _target(meaning: Meaning, said: Said) -> str | None:
    match meaning.change:
        case "actor":
            return said.actor or UNKNOWN
        case "opponent":
            return said.opponent
        case "partly":
            return PARTLY
        case _:
            return None


def _pulls(meaning: Meaning, said: Said, w: float, partial: bool) -> tuple[tuple[str, float], ...]:
    shares = [(said.actor, meaning.actor), (said.opponent, meaning.opponent)]
    if meaning.partly:
        # Who holds a feature of a town may well hold the town; who holds "the east" most likely does not hold the west.
        feature = partial and said.part.extent == "feature"
        shares = [(said.actor, meaning.partly if feature else meaning.actor), (said.opponent, meaning.opponent)]
        shares.append((PARTLY, meaning.partly))
    return tuple((state, share * w) for state, share in shares if state and share)
