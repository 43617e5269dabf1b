"""How often each voice is right, learned from the record by expectation maximisation.

Nobody marks claims as right or wrong; they are judged by each other. Given weights, the model says for each claim about
who holds a place how likely the *other* voices make it (expectation); from what they make of all its claims follows a
new share for each voice (maximisation); with the new shares again, until nothing moves. That is the method of Dawid and
Skene (1979, https://doi.org/10.2307/2346806), as used on sources that copy each other by Dong, Berti-Equille and
Srivastava (2009, https://doi.org/10.14778/1687627.1687690), with the hidden Markov model of `control` for the truth.

No voice confirms itself: the voices of a place are split into parts, and each part is judged by a model that has not
heard it.

Let t be the log-odds of a voice and f the product of the factors of its claim (`Weight`) for interest, modality,
verification and delay. The claim is right with probability ``exp(f t) / (exp(f t) + rivals)``, where `rivals` are the
odds against what it says before anybody has spoken: about the number of other things that could be said. So what is
learned is on the scale of the weights - how often a voice is right between what it says and one rival, in plain
statements without interest - and a party that exaggerates in its own favour is not punished twice. A claim of which the
others know nothing moves nothing, however unlikely it is at the outset. Repetitions count less; what the voice itself
corrected later counts in full; where it cannot be told which of several outlets wrote a text, it counts for none.

The prior of its kind counts as `strength` claims (a Beta distribution): voices with few claims stay near it. The
interval is from the observed information (Louis 1982, https://doi.org/10.1111/j.2517-6161.1982.tb01203.x), so claims
that nobody else speaks to do not narrow it. Rounds end when no voice moves by more than `tolerance`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec
import numpy as np

from tadmor.records import Heard, TrackRecord, WeightSet
from tadmor.timeline import control, evidence
from tadmor.timeline.build import party_names, until
from tadmor.timeline.columns import NONE, columns
from tadmor.timeline.evidence import UNKNOWN
from tadmor.timeline.spells import content_id
from tadmor.timeline.weigh import HOLDS, Knowledge, Said, Voice, hear
from tadmor.timeline.weights import Weights

__all__ = ["learn", "with_learned"]

LEAST, MOST = 0.51, 0.99  # of what is learned: no voice speaks against what it says, none is certain
DIGITS = 4
HALVINGS = 40
Z = 1.645  # 90 %


class Judged(NamedTuple):
    """A claim, and what the other voices make of it."""

    voice: Voice
    others: float  # how likely they make it
    rivals: float  # odds against it before anybody has spoken: how many other things could be said
    slope: float  # product of the factors that the log-odds of the voice are multiplied with
    read: float  # probability that it was read rightly
    counts: float  # how far it counts beside other claims of the voice


def learn(places: Iterable[tuple[str, Sequence[Heard]]], knowledge: Knowledge) -> WeightSet:
    """The track record of every voice with enough claims, from what was heard of each place, by the place's id.

    Starts from the weights of `knowledge`, into which nothing should have been learned before. A pure function of the
    places and what was heard of them, to the byte, whatever their order. Where they have more than `most_claims` claims
    only some of the places are taken, by a hash.
    """
    base = knowledge.weights
    chosen = _chosen(places, base.learn.most_claims)
    tracks: list[TrackRecord] = []
    rounds, moved = 0, math.inf
    while moved > base.learn.tolerance and rounds < base.learn.most_rounds:
        before = {track.voice: track.learned for track in tracks}
        now = knowledge._replace(weights=msgspec.structs.replace(base, sources={**base.sources, **before}))
        tracks = _tracks((one for _, heard in chosen for one in _judge(heard, now)), now.weights, base)
        moved = max((abs(track.learned - before.get(track.voice, track.prior)) for track in tracks), default=0.0)
        rounds += 1
    return WeightSet(
        version=content_id("w", base.version, msgspec.json.encode(tracks)),
        base=base.version,
        places=len(chosen),
        claims=sum(len(heard) for _, heard in chosen),
        rounds=rounds,
        voices=tuple(tracks),
    )


def with_learned(weights: Weights, learned: WeightSet | None) -> Weights:
    """`weights` with the shares of a set for the voices that it knows; None: as they are."""
    if learned is None:
        return weights
    shares = {track.voice: track.learned for track in learned.voices}
    return msgspec.structs.replace(weights, version=learned.version, sources={**weights.sources, **shares})


def _chosen(places: Iterable[tuple[str, Sequence[Heard]]], most: int) -> list[tuple[str, Sequence[Heard]]]:
    """Places by a hash of their id, as many as have `most` claims together, at least one."""
    by_hash = sorted(places, key=lambda place: (blake2b(place[0].encode(), digest_size=8).digest(), place[0]))
    found: list[tuple[str, Sequence[Heard]]] = []
    total = 0
    for id, heard in by_hash:
        if found and total + len(heard) > most:
            break
        total += len(heard)
        found.append((id, heard))
    return found


_ITS_OWN = ("interest", "modality", "verification", "delay", "credibility")  # factors of a claim beside its voice


# --- expectation ------------------------------------------------------------------------------------------------------


def _judge(heard: Sequence[Heard], knowledge: Knowledge) -> Iterator[Judged]:
    """The claims about one place that say who holds it, each judged by a model that has not heard its voice."""
    weights = knowledge.weights
    counted = hear(heard, knowledge)
    if not counted:
        return
    told = columns(counted)
    names = party_names(told)
    last = until(told, np.arange(len(counted)))
    chains = evidence.chains(told)
    for part in sorted(chains, key=lambda part: (part is not None, part or "")):
        chain, whole = chains[part], part is None
        said = (counted[at] for at in chain.claims.tolist())
        own = [(one, holder) for one in said if one.part.key == part and (holder := _holder(one)) is not None]
        if last is None or len({one.voice.key for one, _ in own}) < 2:
            continue  # nobody else has spoken
        sides = control.sides(
            evidence.read(told, chain, whole=whole, weights=weights), names, knowledge.actors, weights.control
        )
        fold_of = _folds((one for one, _ in own), weights.learn.folds)
        folds = np.array([fold_of.get(voice.key, NONE) for voice in told.voices])[told.voice[chain.claims]]
        for fold in range(max(fold_of.values()) + 1):
            others = chain.only(folds != fold)
            if not len(others.claims):
                continue
            hearing = evidence.read(told, others, whole=whole, weights=weights)
            model = control.decide(hearing, sides, last, weights.control)
            if model is None:
                continue
            for one, (party, holds) in own:
                if fold_of[one.voice.key] == fold:
                    yield _judged(one, party, holds, model, weights)


def _folds(own: Iterable[Said], folds: int) -> dict[str, int]:
    """The fold of each voice: with few voices one each, else those with many claims apart."""
    claims: dict[str, int] = {}
    for said in own:
        claims[said.voice.key] = claims.get(said.voice.key, 0) + 1
    return {key: at % folds for at, key in enumerate(sorted(claims, key=lambda key: (-claims[key], key)))}


def _holder(said: Said) -> tuple[str, bool] | None:
    """Of whom a claim says that it holds all of the place (or part), or that it does not; None: of nobody."""
    if said.of_part not in HOLDS or said.claim.modality not in ("asserted", "hedged", "denied"):
        return None
    if said.actor is None or said.part.share < 1 or (said.last is None and said.published is None):
        return None
    if said.origins > 1:
        return None  # whose word it is cannot be told
    return said.actor, HOLDS[said.of_part] != (said.claim.modality == "denied")


def _judged(said: Said, party: str, holds: bool, model: control.Chain, weights: Weights) -> Judged:
    """What `model` makes of a claim that `party` holds the place, or does not."""
    sides = model.sides
    speaks = sides.speaks[sides.row.get(party, sides.row[UNKNOWN])]
    day = said.last if said.last is not None else said.published
    posterior = model.on(day or 0)
    now = float(speaks @ np.array([posterior[state] for state in sides.states]))
    before = float(speaks @ model.prior)
    if not holds:
        now, before = 1 - now, 1 - before
    factors = said.weight.factors
    return Judged(
        voice=said.voice,
        others=now,
        rivals=math.exp(-_log_odds(before)),
        slope=math.prod(factors.get(name, 1.0) for name in _ITS_OWN),
        read=weights.reading.right(said.claim.confidence),
        counts=factors.get("repeat", 1.0),
    )


# --- maximisation -----------------------------------------------------------------------------------------------------


def _tracks(judged: Iterable[Judged], now: Weights, base: Weights) -> list[TrackRecord]:
    by_voice: dict[str, list[Judged]] = {}
    for one in judged:
        by_voice.setdefault(one.voice.key, []).append(one)
    found = (_track(by_voice[key], now, base) for key in sorted(by_voice))
    return [track for track in found if track is not None]


def _track(judged: list[Judged], now: Weights, base: Weights) -> TrackRecord | None:
    """The track record of one voice, from how far it is believed `now` and was at the outset."""
    rule = base.learn
    voice = judged[0].voice
    prior = base.prior(voice.key, voice.kind)
    judged.sort(key=lambda one: one[1:])  # sums of the same numbers in the same order
    others, rivals, slope, read, count = (np.array([one[k] for one in judged]) for k in range(1, 6))
    if count.sum() < rule.least_claims:
        return None
    odds = np.exp(slope * _log_odds(now.prior(voice.key, voice.kind)))  # as things stand
    right, wrong = read * others * odds / (odds + rivals), read * (1 - others) / (odds + rivals)
    whole = right + wrong + (1 - read) / (1 + rivals)  # what was read wrongly may be anything
    right, wrong = right / whole, wrong / whole
    used = count * (right + wrong)

    def lacks(t: float) -> float:
        """How much more is right than a voice of log-odds `t` would have right."""
        of_claims = (slope * (count * right - used / (1 + rivals * np.exp(-slope * t)))).sum()
        return float(of_claims) + rule.strength * (prior - _share(t))

    low, high = _log_odds(LEAST), _log_odds(MOST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if lacks(middle) > 0 else (low, middle)
    t = (low + high) / 2
    q = 1 / (1 + rivals * np.exp(-slope * t))
    mean = right * (1 - q) - wrong * q
    unknown = right * (1 - q) ** 2 + wrong * q**2 - mean**2
    information = float((count * slope**2 * ((right + wrong) * q * (1 - q) - unknown)).sum())
    even = others * rivals / (others * rivals + 1 - others)  # what the others say, from even odds
    own = rule.strength * _share(t) * (1 - _share(t))
    spread = Z / math.sqrt(max(information, 0.0) + own)
    return TrackRecord(
        voice=voice.key,
        name=voice.name,
        kind=voice.kind,
        speaks_for=voice.speaks_for,
        claims=round(float(used.sum()), DIGITS),
        expected=round(float((count * right).sum()), DIGITS),
        borne_out=int((even >= rule.borne_out).sum()),
        contradicted=int((even <= 1 - rule.borne_out).sum()),
        prior=prior,
        strength=rule.strength,
        learned=round(_share(t), DIGITS),
        low=round(_share(t - spread), DIGITS),
        high=round(_share(t + spread), DIGITS),
    )


def _log_odds(share: float) -> float:
    share = min(max(share, 1e-9), 1 - 1e-9)
    return math.log(share / (1 - share))


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
