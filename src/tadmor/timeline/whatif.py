"""What if some sources had never spoken, or claims weighed otherwise: the same timeline, asked differently."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from tadmor.errors import UsageError
from tadmor.lexicon.placename import did_you_mean, fold
from tadmor.records import Claim, Heard, Quote
from tadmor.timeline.relation import Related, relations
from tadmor.timeline.weigh import NAMES, Knowledge, Voice, voices
from tadmor.timeline.weights import Weights

__all__ = ["Chain", "WhatIf", "chains", "kinds", "source"]

Chain = tuple[Voice, ...]  # whose word a claim is, then who carried it, the outlet last


class WhatIf(NamedTuple):
    """What is supposed: claims that came from or through a voice in `without` were never made, only those of voices of
    `only_kinds` (if any are named) were, they weigh as `weights` say (None: as they do), and with `relations` parties
    stand to each other as claims have it where the dictionary of actors is silent."""

    without: frozenset[str] = frozenset()  # keys of voices
    only_kinds: frozenset[str] = frozenset()
    weights: Weights | None = None
    relations: bool = False

    def hears(self, chain: Chain) -> bool:
        """Whether a claim that came this way is heard."""
        if self.only_kinds and chain[0].kind not in self.only_kinds:
            return False
        return not self.without or self.without.isdisjoint(voice.key for voice in chain)

    def knowing(self, knowledge: Knowledge, told: Sequence[Heard]) -> Knowledge:
        """What the timeline knows then; `told` are the claims of relations that are heard."""
        known = knowledge._replace(weights=self.weights or knowledge.weights)
        return known._replace(actors=Related(known.actors, relations(told, known))) if self.relations else known


def chains(knowledge: Knowledge) -> Callable[[Heard], Chain]:
    """Tells who said a claim and who carried it; of what a report says in its own voice that is its outlet alone, or
    the outlet it is credited to and the one that reprints it."""
    voice = voices(knowledge)

    @lru_cache(maxsize=NAMES)
    def way(said: tuple[str, ...], outlet: str | None, original_outlet: str | None, story_id: str) -> Chain:
        def heard(sources: tuple[str, ...], original_outlet: str | None) -> Heard:
            claim = msgspec.structs.replace(_BLANK, sources=sources)
            return Heard(claim=claim, story_id=story_id, outlet=outlet, original_outlet=original_outlet)

        ways = [heard(said[at:], original_outlet) for at in range(len(said) + 1)]
        if outlet is not None:
            ways.append(heard((), None))
        return tuple(dict.fromkeys(map(voice, ways)))

    def chain(one: Heard) -> Chain:
        # Where there is an outlet, the story says nothing more.
        story_id = one.story_id if one.outlet is None and one.original_outlet is None else ""
        return way(one.claim.sources, one.outlet, one.original_outlet, story_id)

    return chain


_BLANK = Claim(id="", report_id="", kind="event", type="", quote=Quote(start=0, end=0), rule="")


def source(name: str, known: Iterable[Chain], knowledge: Knowledge) -> frozenset[str]:
    """The keys of the voices that `name` means: a key, a name, or anything that the dictionaries know them by.

    Raises `UsageError`, with names that are close, where none of the voices `known` is meant.
    """
    found = {voice for chain in known for voice in chain}
    wanted = {fold(name)}
    if entry := knowledge.sources.by_name(name) or knowledge.actors.by_name(name):
        wanted.add(fold(entry.id))
    # "Residents" told two outlets are two voices: "~resident via ...".
    keys = {
        voice.key
        for voice in found
        if wanted & {fold(voice.key), fold(voice.name), fold(voice.key.partition(" via ")[0])}
    }
    if not keys:
        names = [known for voice in found for known in (voice.key, voice.name)]
        raise UsageError(f"no claim comes from or through a source called {name!r}{did_you_mean(name, names)}")
    return frozenset(keys)


def kinds(names: Sequence[str], weights: Weights) -> frozenset[str]:
    """The kinds of source with these names. Raises `UsageError`, naming those that there are, for another."""
    for name in names:
        if name not in weights.kinds:
            advice = did_you_mean(name, weights.kinds) or f"; there are {', '.join(weights.kinds)}"
            raise UsageError(f"{name!r} is no kind of source{advice}")
    return frozenset(names)
