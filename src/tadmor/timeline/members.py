"""Which claims speak of a place and of each part of it, are the word of each side there, and tell of happenings of each
family. While more claims come, each is only looked up once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from tadmor.timeline import claimed, dispute, evidence, link
from tadmor.timeline.columns import Columns, Ints
from tadmor.timeline.mark import NOTHING, Total, total
from tadmor.timeline.room import Splice
from tadmor.timeline.voiced import Change
from tadmor.timeline.weigh import ActorsLike

__all__ = ["Group", "Groups", "grouped", "regrouped"]

Name = tuple[str | None, ...]


class Group(NamedTuple):
    """Claims by their places in `Columns`, in order, and the sum of their marks."""

    claims: Ints
    total: Total
    room: Any = None


class Groups(NamedTuple):
    """By part (None: the place itself) the claims that assert who holds it, all that speak of it, and the words of each
    side; by part and family those that tell of happenings."""

    asserting: Mapping[str | None, Group]
    speak: Mapping[str | None, Group]
    words: Mapping[str | None, Mapping[str, Group]]
    events: Mapping[tuple[str | None, str], Group]
    named: Mapping[Name, Group]  # what all these are made of


NO_GROUP = Group(np.zeros(0, dtype=np.int64), NOTHING)


def grouped(told: Columns, actors: ActorsLike) -> Groups:
    """The groups of all claims."""
    named = {name: Group(claims, total(told.mark[claims])) for name, claims in _named(told, actors) if len(claims)}
    return _groups(told, named)


def regrouped(before: Groups, told: Columns, change: Change, actors: ActorsLike) -> Groups:
    """The groups after a `change`; those `before` are given up."""
    splice = change.splice
    come, gone = (dict(_named(some, actors)) for some in (told.only(splice.come), change.gone))
    found: dict[Name, Group] = {}
    for name in {**before.named, **come}:
        group = before.named.get(name, NO_GROUP)
        left, new = (some.get(name, NO_GROUP.claims) for some in (gone, come))
        claims, room = group.claims, group.room
        places = claims.searchsorted(splice.gone[left])
        moves = [(*claims.searchsorted(move[:2]).tolist(), move[2]) for move in splice.marches]
        for begin, end, by in moves:
            claims[begin:end] += by
        sum_ = group.total
        if len(left) or len(new):
            here = Splice(len(claims), places, claims.searchsorted(splice.come[new]))
            claims, room = here.column(claims, room, splice.come[new])
            sum_ = sum_.with_(change.gone.mark[left], told.mark[splice.come[new]])
        if len(claims):
            found[name] = Group(claims, sum_, room)
    return _groups(told, found)


def _named(told: Columns, actors: ActorsLike) -> list[tuple[Name, Ints]]:
    own = evidence.by_part(told)
    words = [(part, claimed.words(told, claims, actors)) for part, claims in own.items()]
    return [
        *((("of", part), claims) for part, claims in own.items()),
        (("of the whole",), evidence.of_whole(told)),
        (("changes",), evidence.changes_of_all(told)),
        *((("assert", part), dispute.asserting(told, claims)) for part, claims in own.items()),
        *(((("words", part, side), claims)) for part, sides in words for side, claims in sides.items()),
        *((("events", *group), claims) for group, claims in link.groups(told).items()),
    ]


def _groups(told: Columns, named: Mapping[Name, Group]) -> Groups:
    own = {name[1]: group for name, group in named.items() if name[0] == "of"}
    speak = dict(own)
    if ("of the whole",) in named:
        speak[None] = named["of the whole",]
    changes = named.get(("changes",), NO_GROUP)
    for region in evidence.regions(told, own):
        claims = evidence.merged(own[region].claims, changes.claims)
        speak[region] = Group(claims, own[region].total + changes.total)
    words: dict[str | None, dict[str, Group]] = {}
    events = {}
    for name, group in named.items():
        if name[0] == "words":
            words.setdefault(name[1], {})[name[2] or ""] = group
        elif name[0] == "events":
            events[name[1], name[2] or ""] = group
    asserting = {name[1]: group for name, group in named.items() if name[0] == "assert"}
    return Groups(asserting, speak, words, events, named)
