"""What was heard of a place, as it is kept until more is heard: each claim weighed, so that none is weighed again.

Only claims that mean the same can be copies of one another, so that what is new touches only those of its meaning; what
a voice said besides is looked at anew for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tadmor.records import Heard, Record
from tadmor.timeline.mark import digest
from tadmor.timeline.weigh import Knowledge, Said, count, meaning, once, weigh

__all__ = ["Listened", "Voiced", "listen"]


class Voiced(Record, frozen=True, array_like=True):
    """A claim of a place: if it `counts`, with its copies and as it weighs in the end, else weighed by itself.

    `mark` is a digest of all that the timeline makes use of.
    """

    said: Said
    counts: bool
    mark: bytes


class Listened(NamedTuple):
    """What was heard of a place: every claim, weighed by itself; those that count, weighed in the end, and the mark of
    each by its id; and what has to be kept anew."""

    all: list[Said]
    counted: list[Said]
    marks: Mapping[str, bytes]
    changed: list[Voiced]


def listen(heard: Iterable[Heard], known: Sequence[Voiced], knowledge: Knowledge) -> Listened:
    """Hears what is new of a place beside what is `known`; the same as `weigh.hear` of all at once, to the byte."""
    fresh = weigh(heard, knowledge)
    touched = {meaning(said) for said in fresh}
    days = {(said.first, said.last) for said in fresh}  # these are quicker to compare than what is meant
    alike = [one.said for one in known if (one.said.first, one.said.last) in days and meaning(one.said) in touched]
    again = {said.claim.id for said in alike}
    told = [one.said for one in known if one.counts and one.said.claim.id not in again]
    told += once([*map(_alone, alike), *fresh])
    counted = count(told, knowledge.weights)
    before = {one.said.claim.id: one for one in known}
    marks: dict[str, bytes] = {}
    changed: list[Voiced] = []
    for said in counted:
        kept = before.get(said.claim.id)
        if kept is None or not kept.counts or not _same(kept.said, said):
            kept = Voiced(said, True, _mark(said))
            changed.append(kept)
        marks[said.claim.id] = kept.mark
    for said in (*alike, *fresh):
        id = said.claim.id
        if id not in marks and (id not in before or before[id].counts):
            changed.append(Voiced(_alone(said), False, b""))
    return Listened([*(one.said for one in known), *fresh], counted, marks, changed)


def _alone(said: Said) -> Said:
    """The claim weighed by itself."""
    return said._replace(w=said.plain.log_odds, less=(), copies=(), origins=1)


def _same(one: Said, two: Said) -> bool:
    return one is two or one[_RESULT:] == two[_RESULT:]


def _mark(said: Said) -> bytes:
    return digest(_encode((said.claim, said.published, said.voice, said.w, said.copies, said.origins)))


_RESULT = Said._fields.index("w")  # from there on a claim as said depends on others
_encode = msgspec.msgpack.Encoder().encode
