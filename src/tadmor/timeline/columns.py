"""The claims that count, in columns: what all of them say together is worked out by a few operations on arrays.

Words that recur (parties, voices, parts, types) are numbered as they come; no result depends on the numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from tadmor.records import DatePrecision, Modality
from tadmor.timeline.place_part import Part
from tadmor.timeline.weigh import Said

__all__ = ["MODALITIES", "NONE", "PRECISIONS", "Bools", "Columns", "Floats", "Ints", "columns"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NONE = -1  # of days (else ordinals) and numbers
MODALITIES: tuple[Modality, ...] = get_args(Modality)
PRECISIONS: tuple[DatePrecision, ...] = get_args(DatePrecision)
_MODALITY = {modality: at for at, modality in enumerate(MODALITIES)}
_PRECISION = {precision: at for at, precision in enumerate(PRECISIONS)}
_WHOLE = ("first", "last", "published", "voice", "part", "type", "of_part", "modality", "precision", "actor", "opponent")


class Columns(NamedTuple):
    """Claims that count, in their order: `said`, and of each a row.

    `voice`, `part`, `type`, `of_part`, `actor` and `opponent` are places in `voices` (keys), `parts`, `types` and
    `parties` (keys); `modality` and `precision` in `MODALITIES` and `PRECISIONS`. What is not known is `NONE`.
    """

    said: Sequence[Said]
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
    w: Floats
    parties: list[str]
    voices: list[str]
    parts: list[Part]
    types: list[str]

    @property
    def ranks(self) -> Ints:
        """Of each voice its place in the order of keys."""
        ranks = np.empty(len(self.voices), dtype=np.int64)
        ranks[sorted(range(len(self.voices)), key=self.voices.__getitem__)] = np.arange(len(self.voices))
        return ranks


class _Numbers(dict[Any, int]):
    """Numbers what is looked up, as it comes."""

    def __missing__(self, key: Any) -> int:
        self[key] = number = len(self)
        return number


def columns(counted: Iterable[Said]) -> Columns:
    """The columns of claims that count, which come in their order."""
    said = list(counted)
    parties, voices, parts, types = _Numbers(), _Numbers(), _Numbers(), _Numbers()
    rows = [
        (
            NONE if one.first is None else one.first,
            NONE if one.last is None else one.last,
            NONE if one.published is None else one.published,
            voices[one.voice.key],
            parts[one.part],
            types[one.claim.type],
            types[one.of_part],
            _MODALITY[one.claim.modality],
            _PRECISION[one.claim.days.precision],
            NONE if one.actor is None else parties[one.actor],
            NONE if one.opponent is None else parties[one.opponent],
        )
        for one in said
    ]
    table = np.array(rows, dtype=np.int64).reshape(len(said), len(_WHOLE)).T.copy()
    return Columns(
        said, *table, np.array([one.w for one in said]), list(parties), list(voices), list(parts), list(types)
    )
