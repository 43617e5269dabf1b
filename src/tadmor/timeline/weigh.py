"""How much a claim weighs: who says so, in whose interest, how surely, how it was read, how late, how often before.

The weight of a claim is a log-odds: ln(p / (1 - p)), where p is the share of such claims that turn out right. It starts
from the kind of source and is multiplied by factors that `Weight` keeps, so that each can be shown. All numbers are in
``data/weights/weights.toml``.

A claim is heard once a *voice*. The voice is the innermost source that a report names, else the outlet it is credited
to, else its own, so that an outlet that quotes or reprints another adds nothing to it; and reports of one *story* are
one voice in what they have in common.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol

import msgspec

from tadmor.lexicon.placename import fold
from tadmor.records import Claim, Heard, Modality, Party, Record, Verification
from tadmor.timeline import grades, place_part
from tadmor.timeline.weights import Interest, Repeat, Weights

__all__ = [
    "HOLDS", "Knowledge", "Said", "Voice", "Weight", "about", "corrected", "count", "hear", "meaning", "once", "order",
    "party_key", "spoken_of", "voices", "weigh",
]  # fmt: skip

NAMES = 1 << 14  # that are remembered with what they mean
DESCRIBED = "~"  # begins the id of a source that a report describes and does not name
PRESS = frozenset({"outlet", "wire", "state agency", "monitor"})  # what the name of an outlet may describe it as
PARTIAL = {"gains": "gains_part", "holds": "holds_part"}
_FULL = {partial: full for full, partial in PARTIAL.items()}
_MEANT = frozenset({"planned", "possible"})
_OUTCOMES = frozenset({"gains", "holds", "repels"})  # say who holds the place in the end, or if denied does not
FAVOURS_ACTOR = frozenset({"gains", "gains_part", "holds", "holds_part", "advances", "besieges", "repels"})
FAVOURS_OPPONENT = frozenset({"loses"})
HOLDS = {"gains": True, "holds": True, "repels": True, "loses": False}  # whether its actor holds all of it in the end


class SourceLike(Protocol):
    """What the timeline asks of an entry of the source dictionary."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def speaks_for(self) -> str | None: ...


class AffiliationLike(Protocol):
    """A dated relation of an actor to another."""

    @property
    def relation(self) -> str: ...
    @property
    def to(self) -> str: ...
    def holds(self, day: date | None, /) -> bool: ...


class ActorLike(Protocol):
    """What the timeline asks of an entry of the actor dictionary."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def since(self) -> date | None: ...
    @property
    def affiliations(self) -> Sequence[AffiliationLike]: ...


class SourcesLike(Protocol):
    """What the timeline asks of the source dictionary."""

    def by_name(self, name: str, /) -> SourceLike | None: ...
    def __hash__(self) -> int: ...


class ActorsLike(Protocol):
    """What the timeline asks of the actor dictionary."""

    def get(self, id: str, /) -> ActorLike: ...
    def by_name(self, name: str, /) -> ActorLike | None: ...
    def same_side(self, a_id: str, b_id: str, day: date | None = None, /) -> float | None: ...
    def __hash__(self) -> int: ...


class Knowledge(NamedTuple):
    """What the timeline knows before it hears a claim."""

    weights: Weights
    sources: SourcesLike
    actors: ActorsLike


class Voice(NamedTuple):
    """Who speaks: a key that is the same wherever the same source speaks, its kind, and the actor it speaks for."""

    key: str
    kind: str
    speaks_for: str | None
    name: str


class Weight(Record, frozen=True, kw_only=True):
    """What the weight of a claim is made of. `log_odds` is the log-odds of `prior` times all factors."""

    kind: str
    prior: float
    interest: Interest
    factors: dict[str, float]  # interest, modality, verification, delay, reading; others where they apply
    log_odds: float


class Said(NamedTuple):
    """A claim that counts, as a voice said it, with its weight.

    `copies` are the ids of claims that say the same and add nothing; `origins` is how many voices published it first,
    one of which is taken for its origin.
    """

    claim: Claim
    story_id: str
    published: int | None  # days are proleptic ordinals, as in `date.toordinal`
    first: int | None
    last: int | None
    voice: Voice
    part: place_part.Part
    of_part: str  # the type of the claim as said of its part: who "holds a part, the east" holds the east
    actor: str | None
    opponent: str | None
    plain: Weight  # but for `less`
    w: float  # the weight in log-odds
    copies: tuple[str, ...] = ()
    origins: int = 1
    less: tuple[tuple[str, float], ...] = ()  # factors for what the voice said besides: "corrected", "repeat"

    @property
    def weight(self) -> Weight:
        """What `w` is made of."""
        if not self.less:
            return self.plain
        factors = {**self.plain.factors, **dict(self.less)}
        return msgspec.structs.replace(self.plain, factors=factors, log_odds=self.w)


def party_key(party: Party) -> str:
    """The same for the same party: its id, else its name folded."""
    return party.id or fold(party.name) or party.name


def hear(heard: Iterable[Heard], knowledge: Knowledge) -> list[Said]:
    """The claims that count, weighed: one for all copies in a story, one for all equal words of a voice.

    Of copies in a story the one published first counts, of equal claims the weightiest, then the one with the smallest
    id. The result is sorted and does not depend on the order of `heard`.
    """
    return count(once(weigh(heard, knowledge)), knowledge.weights)


def weigh(heard: Iterable[Heard], knowledge: Knowledge) -> list[Said]:
    """Every claim as its voice said it, each weighed by itself."""
    voice_of = voices(knowledge)
    interest_of = _interests(knowledge.actors)
    weight_of = _weights_of(knowledge.weights)
    return [_weigh(one, voice_of(one), interest_of, weight_of) for one in _unique(heard)]


def once(weighed: Iterable[Said]) -> list[Said]:
    """Of weighed claims those that count: one for all copies in a story, one for all equal words of a voice."""
    alike: dict[tuple[object, ...], list[Said]] = {}
    for said in weighed:
        alike.setdefault(meaning(said), []).append(said)
    counted: list[Said] = []
    for same in alike.values():
        counted += same if len(same) == 1 else _once_a_voice(same)
    return counted


def count(told: Iterable[Said], weights: Weights, corrected_ones: Container[str] | None = None) -> list[Said]:
    """The claims that count, sorted, each weighed by what its voice said besides, however it was weighed before.

    Those are enough that are alike in what they are `about`; then it has to be said which are `corrected`.
    """
    counted = sorted(told, key=order)
    return _less_for_repetition(
        counted, corrected(counted) if corrected_ones is None else corrected_ones, weights.repeat
    )


def _once_a_voice(same: Iterable[Said]) -> Iterable[Said]:
    """Of claims that say the same one for each voice, after one for all copies in a story."""
    by_story: dict[tuple[str, str | None], list[Said]] = {}
    for said in same:
        speaker = fold(said.claim.sources[0]) if said.claim.sources else None
        by_story.setdefault((said.story_id, speaker), []).append(said)
    by_voice: dict[str, list[Said]] = {}
    for told in by_story.values():
        said = _origin(told)
        by_voice.setdefault(said.voice.key, []).append(said)
    return map(_best, by_voice.values())


def _unique(heard: Iterable[Heard]) -> Iterable[Heard]:
    unique: dict[str, Heard] = {}
    for one in heard:
        other = unique.setdefault(one.claim.id, one)
        if other is not one and _canonical(one) < _canonical(other):
            unique[one.claim.id] = one
    return unique.values()


def _canonical(one: Heard) -> tuple[str, str, str, int]:
    published = one.published.toordinal() if one.published else 0
    return one.story_id, one.outlet or "", one.original_outlet or "", published


def order(said: Said) -> tuple[int, int, str]:
    """The order of claims that count."""
    return said.last or 0, said.first or 0, said.claim.id


def _origin(same: list[Said]) -> Said:
    """The first of the copies in a story. A later copy adds no weight, whoever carries it."""
    if len(same) == 1:
        return same[0]
    told = min((said.published for said in same if said.published is not None), default=None)
    first = [said for said in same if said.published == told]
    best = _best(first)
    others = {id for said in same for id in (said.claim.id, *said.copies)} - {best.claim.id}
    return best._replace(copies=tuple(sorted(others)), origins=len({said.voice.key for said in first}))


def _best(same: list[Said]) -> Said:
    if len(same) == 1:
        return same[0]
    best = min(same, key=lambda said: (-said.w, said.claim.id))
    others = {id for said in same for id in (said.claim.id, *said.copies)} - {best.claim.id}
    return best._replace(copies=tuple(sorted(others)), origins=min(said.origins for said in same))


def meaning(said: Said) -> tuple[object, ...]:
    """Two claims of one voice that agree in this say the same."""
    claim = said.claim
    return (claim.kind, claim.type, said.actor, said.opponent, said.part, said.first, said.last,
            claim.modality, claim.count, claim.of)  # fmt: skip


def _days(one: Heard) -> tuple[int | None, int | None]:
    """Days of a claim as ordinals, within what its publication allows."""
    days, published = one.claim.days, one.published
    first = days.first.toordinal() if days.first else None
    last = days.last.toordinal() if days.last else None
    if first is not None and last is not None and first > last:
        first, last = last, first
    if published and one.claim.modality not in _MEANT:
        told = published.toordinal()
        if first is not None and first > told:
            return None, None  # nobody reports tomorrow as done: the days were misread
        last = min(last, told) if last is not None else None
    return first, last


def _weigh(
    one: Heard, voice: Voice, interest_of: Callable[[Voice, Claim], Interest], weight_of: Callable[..., Weight]
) -> Said:
    claim = one.claim
    first, last = _days(one)
    published = one.published.toordinal() if one.published else None
    delay = max(0, published - last) if published is not None and last is not None else 0
    weight = weight_of(voice, interest_of(voice, claim), claim, delay, one.credibility)
    part = place_part.of(claim.where) if claim.where else place_part.WHOLE
    of_part = claim.type
    if part.share < 1:
        of_part = PARTIAL.get(of_part, of_part)
    elif part.key is not None:
        of_part = _FULL.get(of_part, of_part)
    actor = party_key(claim.actor) if claim.actor else None
    opponent = party_key(claim.opponent) if claim.opponent else None
    return Said(
        claim, one.story_id, published, first, last, voice, part, of_part, actor, opponent, weight, weight.log_odds
    )


@lru_cache(maxsize=4)
def _weights_of(weights: Weights) -> Callable[..., Weight]:
    """Weighs claims; claims alike in all that counts share one `Weight`."""
    steps = [step.days for step in weights.delay]

    @lru_cache(maxsize=NAMES)
    def made_of(
        prior: float,
        kind: str,
        interest: Interest,
        modality: Modality,
        verification: Verification | None,
        confidence: float,
        step: int,
        credibility: int | None,
    ) -> Weight:
        factors = {
            "interest": weights.interest[interest],
            "modality": weights.modality[modality],
            "verification": weights.verification[verification or "none"],
            "delay": weights.delay[min(step, len(steps) - 1)].factor,
        }
        if credibility is not None:
            factors["credibility"] = grades.load().factor(credibility)
        log_odds = math.log(prior / (1 - prior)) * math.prod(factors.values())
        read = weights.reading.right(confidence)
        right = 1 / (1 + math.exp(-log_odds))
        right = read * right + (1 - read) * 0.5  # a claim read wrongly says nothing
        as_read = math.log(right / (1 - right))
        factors["reading"] = as_read / log_odds if log_odds else 1.0
        return Weight(kind=kind, prior=prior, interest=interest, factors=factors, log_odds=as_read)

    def weight(voice: Voice, interest: Interest, claim: Claim, delay: int, credibility: int | None) -> Weight:
        prior, step = weights.prior(voice.key, voice.kind), bisect_left(steps, delay)
        return made_of(
            prior, voice.kind, interest, claim.modality, claim.verification, claim.confidence, step, credibility
        )

    return weight


def spoken_of(said: Said) -> tuple[object, ...] | None:
    """Two claims about an outcome that agree in this may correct one another; None: it says no outcome."""
    if said.claim.type not in _OUTCOMES or said.published is None or said.last is None:
        return None
    if said.claim.modality in _MEANT:
        return None
    return said.voice.key, said.last, said.part


def corrected(counted: Iterable[Said]) -> set[str]:
    """The ids of claims of which the same voice says otherwise, of the same day, in a later publication."""
    words: dict[tuple[object, ...], list[tuple[int, str | None, bool, str]]] = {}
    for said in counted:
        if (key := spoken_of(said)) is not None:
            word = said.published or 0, said.actor, said.claim.modality != "denied", said.claim.id
            words.setdefault(key, []).append(word)
    return {
        id
        for spoken in words.values()
        if len(spoken) > 1
        for published, holder, holds, id in spoken
        if any(
            later > published and ((who == holder and so != holds) or (who != holder and so and holds))
            for later, who, so, _ in spoken
        )
    }


def about(said: Said) -> tuple[object, ...]:
    """A voice that says the same again of other days says less: two claims that agree in this. That something is to be
    done, or that it is done, or that it is not, are three things to say."""
    modality = said.claim.modality
    said_so = "denied" if modality == "denied" else "meant" if modality in _MEANT else "said"
    return said.voice.key, said.claim.type, said.actor, said.part, said_so


def _less_for_repetition(counted: Iterable[Said], corrected_ones: Container[str], rule: Repeat) -> list[Said]:
    """Lets what was corrected count less, and what a voice says again, the closer the days: its errors are not
    independent."""
    spoken: dict[tuple[object, ...], int] = {}
    out = []
    for said in counted:
        w = said.plain.log_odds
        less: tuple[tuple[str, float], ...] = ()
        if said.claim.id in corrected_ones:
            w, less = w * rule.corrected, (("corrected", rule.corrected),)
        day = said.last if said.last is not None else said.published
        if day is not None:
            key = about(said)
            before = spoken.get(key)
            spoken[key] = day
            if before is not None:
                factor = 1 - rule.drop * math.exp(-abs(day - before) / rule.days)
                w, less = w * factor, (*less, ("repeat", factor))
        out.append(said if said.w == w and said.less == less else said._replace(w=w, less=less))
    return out


def voices(knowledge: Knowledge) -> Callable[[Heard], Voice]:
    """Tells whose word a claim is: the innermost source that its report names, else the outlet that it is credited to,
    else its outlet, else the story."""
    return _voices(knowledge.sources, knowledge.actors)


# Names are looked up once for all places: dictionaries do not change.
@lru_cache(maxsize=4)
def _voices(sources: SourcesLike, actors: ActorsLike) -> Callable[[Heard], Voice]:
    @lru_cache(maxsize=NAMES)
    def named(name: str) -> Voice:
        source = sources.by_name(name)
        if source is not None:
            return Voice(source.id, source.kind, source.speaks_for, source.name)
        actor = actors.by_name(name)
        if actor is not None:
            return Voice(actor.id, "party", actor.id, actor.name)
        return Voice(fold(name) or name, "other", None, name)

    @lru_cache(maxsize=NAMES)
    def outlet(name: str) -> Voice:
        source = sources.by_name(name)
        described = source is not None and source.id.startswith(DESCRIBED)
        if source is None or (described and source.kind not in PRESS):
            return Voice(fold(name) or name, "outlet", None, name)  # "American Tribune" is no American official
        return Voice((fold(name) or name) if described else source.id, source.kind, source.speaks_for, source.name)

    def voice(one: Heard) -> Voice:
        name = one.original_outlet or one.outlet
        carrier = outlet(name) if name else Voice(f"story {one.story_id}", "outlet", None, one.story_id)
        if not one.claim.sources:
            return carrier
        speaker = named(one.claim.sources[0])
        if speaker.key.startswith(DESCRIBED) and speaker.speaks_for is None:
            # Residents who told two outlets are two groups of residents; without an outlet, those of two stories are.
            # Who told Reuters is one and the same, whichever outlets carry it.
            carriers = (named(name) for name in one.claim.sources[1:])
            heard_by = next((one for one in carriers if not one.key.startswith(DESCRIBED)), carrier)
            return speaker._replace(key=f"{speaker.key} via {heard_by.key}")
        return speaker

    return voice


@lru_cache(maxsize=4)
def _interests(actors: ActorsLike) -> Callable[[Voice, Claim], Interest]:
    @lru_cache(maxsize=NAMES)
    def side(a: str, b: str, year: int | None) -> float | None:
        if a == b:
            return 1.0
        try:
            return actors.same_side(a, b, date(year, 7, 1) if year else None)
        except KeyError:
            return None

    def interest(voice: Voice, claim: Claim) -> Interest:
        if voice.speaks_for is None or claim.kind != "control":
            return "neutral"
        for_actor = claim.type in FAVOURS_ACTOR
        if not for_actor and claim.type not in FAVOURS_OPPONENT:
            return "neutral"
        if claim.modality == "denied":
            for_actor = not for_actor
        won, lost = (claim.actor, claim.opponent) if for_actor else (claim.opponent, claim.actor)
        when = claim.days.last or claim.days.first
        year = when.year if when else None
        for_winner = side(voice.speaks_for, won.id, year) if won and won.id else None
        for_loser = side(voice.speaks_for, lost.id, year) if lost and lost.id else None
        if for_winner == 1.0 or (for_winner is None and for_loser == -1.0):
            return "own"
        if for_loser == 1.0 or for_winner == -1.0:
            return "against"
        return "neutral"

    return interest
