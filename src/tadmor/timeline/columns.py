"""The claims that count, in columns: what all of them say together is worked out by a few operations on arrays.

Words that recur (parties, voices, parts, types) are numbered as they come; no result depends on the numbers. A claim
itself is only looked up where it is asked for. They are kept on *leaves* of neighbours, of which one more report
changes a few.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, get_args

import msgspec
import numpy as np
import numpy.typing as npt

from tadmor.records import DatePrecision, Modality, Record
from tadmor.timeline.mark import SIZE, Marks, digest, marks, stripped
from tadmor.timeline.place_part import Part
from tadmor.timeline.room import Splice
from tadmor.timeline.weigh import Said, Voice, about, meaning, order, spoken_of

__all__ = [
    "MODALITIES", "NONE", "PRECISIONS", "Bools", "Columns", "Floats", "Ints", "Lookup", "Saids", "Tables", "columns",
    "grouped", "number", "packed", "unpacked",
]  # fmt: skip

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.object_]
Lookup = Callable[[Sequence[str]], Iterable[Said]]  # of claims by their ids

LEAF = 256  # claims at most
NONE = -1  # of days (else ordinals) and numbers
MODALITIES: tuple[Modality, ...] = get_args(Modality)
PRECISIONS: tuple[DatePrecision, ...] = get_args(DatePrecision)
_encode = msgspec.msgpack.Encoder().encode
_MODALITY = {modality: at for at, modality in enumerate(MODALITIES)}
_PRECISION = {precision: at for at, precision in enumerate(PRECISIONS)}


class Saids:
    """Claims by their ids: those at hand, and those that have to be looked up."""

    def __init__(self, known: Iterable[Said], lookup: Lookup) -> None:
        self._known = {said.claim.id: said for said in known}
        self._lookup = lookup

    def __call__(self, ids: Sequence[str]) -> list[Said]:
        if missing := [id for id in ids if id not in self._known]:
            self._known.update((said.claim.id, said) for said in self._lookup(missing))
        return [self._known[id] for id in ids]


class Columns(NamedTuple):
    """Claims that count, in their order, by `ids`; `said` looks them up.

    `voice`, `part`, `type`, `of_part`, `actor` and `opponent` are places in `voices`, `parts`, `types` and `parties`
    (keys); `actor_name` and `opponent_name` in `names` (of a party); `modality` and `precision` in `MODALITIES` and
    `PRECISIONS`. What is not known is `NONE`. `meaning`, `about` and `spoken_of` are numbers of what `weigh` makes
    claims be alike by, `mark` is a digest of all that the timeline makes use of. `leaf` is the number of the leaf on
    which each is kept, and `stale` are the leaves that are not kept as they are here.
    """

    said: Saids
    ids: Ids
    mark: Marks
    first: Ints
    last: Ints
    published: Ints
    voice: Ints
    part: Ints
    type: Ints
    of_part: Ints
    modality: Ints
    precision: Ints
    actor: Ints
    opponent: Ints
    actor_name: Ints
    opponent_name: Ints
    meaning: Ints
    about: Ints
    spoken_of: Ints
    w: Floats
    confidence: Floats
    leaf: Ints
    parties: list[str]
    voices: list[Voice]
    parts: list[Part]
    types: list[str]
    names: list[tuple[str, str]]
    stale: frozenset[int]
    rooms: Sequence[Any] = ()  # in which the columns lie

    @property
    def tables(self) -> Tables:
        return Tables(self.parties, self.voices, self.parts, self.types, self.names)

    @property
    def ranks(self) -> Ints:
        """Of each voice its place in the order of keys."""
        keys = [voice.key for voice in self.voices]
        ranks = np.empty(len(keys), dtype=np.int64)
        ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
        return ranks

    def only(self, at: Ints) -> Columns:
        """The claims at these places, which are in order."""
        return self._replace(**{name: getattr(self, name)[at] for name in _ROW}, rooms=())

    def days(self, at: Ints | slice) -> list[tuple[int, int]]:
        """The first and the last day that claims at some places speak of, if they do of any."""
        last = np.where(self.last[at] == NONE, self.published[at], self.last[at])
        first = np.where(self.first[at] == NONE, last, self.first[at])
        last = np.where(last == NONE, first, last)
        some = first != NONE
        return list(zip(np.minimum(first, last)[some].tolist(), np.maximum(first, last)[some].tolist(), strict=True))

    def places(self, some: Iterable[Said]) -> Ints:
        """Before which claim each of some others comes in their order, by its place."""

        def key(at: int) -> tuple[int, int, str]:
            return max(int(self.last[at]), 0), max(int(self.first[at]), 0), self.ids[at]

        rows = range(len(self.ids))
        return np.array([bisect_left(rows, order(said), key=key) for said in some], dtype=np.int64)

    def replaced(self, left_out: Ints, by: Sequence[Said], marks_of: Iterable[bytes]) -> tuple[Columns, Splice]:
        """Without the claims `left_out`, and with those said in `by`, which come in order; and where each is now. These
        columns are given up."""
        tables = [_Numbers((key, at) for at, key in enumerate(table)) for table in self.tables]
        new = _columns(by, marks_of, tables)
        places = self.places(by)
        leaf = self.leaf[np.maximum(places - 1, 0)] if len(self.ids) else np.zeros(len(by), dtype=np.int64)
        stale = frozenset({*self.leaf[left_out].tolist(), *leaf.tolist()})
        splice = Splice(len(self.ids), np.sort(left_out), places)
        own = [getattr(self, name) for name in _ROW]
        found, rooms = splice.columns(own, self.rooms, [*new, leaf])
        told = _with(Saids(by, self.said), found, map(list, tables), self.stale | stale)
        return told._replace(rooms=rooms), splice


def grouped(groups: Ints, count: int) -> list[Ints]:
    """The places of what is of each of `count` groups, in order."""
    ordered = np.argsort(groups.astype(np.int16) if count < 1 << 15 else groups, kind="stable")  # short ones faster
    ends = np.cumsum(np.bincount(groups, minlength=count)).tolist()
    return [ordered[begin:end] for begin, end in pairwise([0, *ends])]


class Tables(NamedTuple):
    """What is numbered in columns."""

    parties: list[str]
    voices: list[Voice]
    parts: list[Part]
    types: list[str]
    names: list[tuple[str, str]]


_ROW = [name for name in Columns._fields if name not in (*Tables._fields, "said", "stale", "rooms")]
_NUMBERS = _ROW[2:18]  # without marks and leaves
_DIGESTS = ("meaning", "about", "spoken_of")
_SMALL = [name for name in _NUMBERS if name not in _DIGESTS]


class _Numbers(dict[Any, int]):
    """Numbers what is looked up, as it comes."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


def number(key: object) -> int:
    """A number for what is alike, the same in every process; two that are not alike have the same by chance only."""
    return int.from_bytes(digest(_encode(key))[:8], "little", signed=True)


def columns(said: Sequence[Said], marks_of: Iterable[bytes] | None = None, lookup: Lookup = lambda ids: ()) -> Columns:
    """The columns of claims that count, which come in their order."""
    tables = [_Numbers() for _ in Tables._fields]
    rows = _columns(said, marks_of if marks_of is not None else [b"\0" * SIZE] * len(said), tables)
    leaf = np.arange(len(said)) // LEAF
    return _with(Saids(said, lookup), [*rows, leaf], map(list, tables), frozenset(np.unique(leaf).tolist()))


def _with(said: Saids, rows: Iterable[Any], tables: Iterable[Any], stale: frozenset[int]) -> Columns:
    fields: list[Any] = [said, *rows, *tables, stale, ()]
    return Columns(*fields)


def _columns(said: Sequence[Said], marks_of: Iterable[bytes], tables: Sequence[_Numbers]) -> list[Any]:
    parties, voices, parts, types, names = tables
    rows = [
        (
            NONE if one.first is None else one.first,
            NONE if one.last is None else one.last,
            NONE if one.published is None else one.published,
            voices[one.voice],
            parts[one.part],
            types[one.claim.type],
            types[one.of_part],
            _MODALITY[one.claim.modality],
            _PRECISION[one.claim.days.precision],
            NONE if one.actor is None else parties[one.actor],
            NONE if one.opponent is None else parties[one.opponent],
            NONE if one.actor is None or one.claim.actor is None else names[one.actor, one.claim.actor.name],
            NONE
            if one.opponent is None or one.claim.opponent is None
            else names[one.opponent, one.claim.opponent.name],
            number(meaning(one)),
            number(about(one)),
            number(spoken_of(one)),
        )
        for one in said
    ]
    table = np.array(rows, dtype=np.int64).reshape(len(said), len(_NUMBERS)).T.copy()
    ids = np.array([one.claim.id for one in said], dtype=object)
    floats = (
        np.array([one.w for one in said], dtype=float),
        np.array([one.claim.confidence for one in said], dtype=float),
    )
    return [ids, marks(b"".join(marks_of)), *table, *floats]


class _Leaf(Record, frozen=True, array_like=True):
    ids: list[str]
    mark: bytes
    small: bytes
    digests: bytes
    floats: bytes


def packed(told: Columns) -> tuple[list[int], dict[int, bytes], Columns]:
    """The numbers of the leaves in their order, those that are stale, as they are kept (`unpacked` takes them), and the
    columns of which none is.

    A leaf that has grown too large is cut in two. One on which nothing is left is empty, and not among the numbers.
    """
    begins = np.flatnonzero(np.diff(told.leaf, prepend=NONE))
    each, ends = told.leaf[begins].tolist(), np.append(begins, len(told.leaf))[1:].tolist()
    numbers: list[int] = []
    leaves = dict.fromkeys(told.stale, b"")
    cuts: list[int] = []
    for leaf, begin, end in zip(each, begins.tolist(), ends, strict=True):
        numbers.append(leaf)
        cuts.append(begin)
        if leaf not in told.stale:
            continue
        middle = end if end - begin <= LEAF else (begin + end) // 2
        leaves[leaf] = _leaf(told, slice(begin, middle))
        if middle < end:
            numbers.append(max(*each, *numbers) + 1)
            cuts.append(middle)
            leaves[numbers[-1]] = _leaf(told, slice(middle, end))
    if len(numbers) > len(each):
        told.leaf[:] = np.repeat(np.array(numbers, dtype=np.int64), np.diff([*cuts, len(told.leaf)]))
    return numbers, leaves, told._replace(stale=frozenset())


def _leaf(told: Columns, rows: slice) -> bytes:
    return _encode(
        _Leaf(
            told.ids[rows].tolist(),
            stripped(told.mark[rows]),
            np.stack([getattr(told, name)[rows] for name in _SMALL]).astype("<i4").tobytes(),
            np.stack([getattr(told, name)[rows] for name in _DIGESTS]).astype("<i8").tobytes(),
            np.stack([told.w[rows], told.confidence[rows]]).astype("<f8").tobytes(),
        )
    )


def unpacked(numbers: Sequence[int], leaves: Mapping[int, bytes], tables: Tables, lookup: Lookup) -> Columns:
    """Columns as they were `packed`."""
    found = [_LEAF.decode(leaves[number]) for number in numbers]
    counts = [len(leaf.ids) for leaf in found]

    def joined(name: str, kind: str, height: int) -> Any:
        some = [np.frombuffer(getattr(leaf, name), dtype=kind).reshape(height, -1) for leaf in found]
        return np.concatenate([np.zeros((height, 0), dtype=kind), *some], axis=1)

    ids = np.array([id for leaf in found for id in leaf.ids], dtype=object)
    small = joined("small", "<i4", len(_SMALL)).astype(np.int64)
    rows = (*small, *joined("digests", "<i8", len(_DIGESTS)), *joined("floats", "<f8", 2), np.repeat(numbers, counts))
    return _with(Saids((), lookup), [ids, marks(b"".join(leaf.mark for leaf in found)), *rows], tables, frozenset())


_LEAF = msgspec.msgpack.Decoder(_Leaf)
