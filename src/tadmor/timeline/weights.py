"""The weights that the timeline works with: typed view of ``data/weights/weights.toml``, whose README explains it.

A set of weights is a value with a version: histories made with the same set agree, whenever they are made.
"""

from __future__ import annotations

from functools import cache
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

import msgspec

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.records import Record

__all__ = ["Interest", "Weights", "load", "read"]

Interest = Literal["own", "neutral", "against"]


class Step(Record, frozen=True, kw_only=True):
    """Up to `days` days gives `factor`."""

    days: int
    factor: float


class Precision(Record, frozen=True, kw_only=True):
    """How sharply a reading of days of one precision bounds a state."""

    slack: int
    sharp: float


class Control(Record, frozen=True, kw_only=True):
    """Parameters of the hidden Markov model, see `control`."""

    change_days: float
    half_life_days: float
    change_cost: float
    jump: float
    reference: float
    jump_power: float
    stir: float
    open_days: int
    most_log_odds: float
    ally: float
    joint: float


class Contested(Record, frozen=True, kw_only=True):
    """When fighting makes a spell contested."""

    threshold: float
    bridge_days: int
    most_days: int


class Besieged(Record, frozen=True, kw_only=True):
    """When a siege makes a spell besieged."""

    threshold: float
    bridge_days: int


class DisputeRule(Record, frozen=True, kw_only=True):
    """How long a claimed change stays live, and when the model settles a dispute."""

    live_days: int
    settle_days: int
    settle_at: float


class Repeat(Record, frozen=True, kw_only=True):
    """What repetition, and a later correction, by the same voice cost."""

    drop: float
    days: float
    corrected: float


class Reading(Record, frozen=True, kw_only=True):
    """Lowest probability that a claim was read rightly."""

    floor: float

    def right(self, confidence: float) -> float:
        """Probability that a claim of this confidence was read rightly."""
        return self.floor + (1 - self.floor) * min(max(confidence, 0.0), 1.0)


class Learning(Record, frozen=True, kw_only=True):
    """How the track record of voices is learned, see `learn`."""

    strength: float
    folds: int
    most_claims: int
    least_claims: float
    tolerance: float
    most_rounds: int
    borne_out: float


class Weights(Record, frozen=True, kw_only=True):
    """``weights.toml``. `sources` overrides the prior of single voices, by the key of the voice."""

    version: str
    kinds: dict[str, float]
    interest: dict[Interest, float]
    modality: dict[str, float]
    verification: dict[str, float]
    reading: Reading
    delay: tuple[Step, ...]
    precision: dict[str, Precision]
    repeat: Repeat
    control: Control
    contested: Contested
    besieged: Besieged
    dispute: DisputeRule
    learn: Learning
    sources: dict[str, float] = msgspec.field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(self.version)

    def prior(self, voice: str, kind: str) -> float:
        """The share of plain statements taken to be right of a voice, or of its kind where nothing is known of it."""
        return self.sources.get(voice, self.kinds.get(kind, self.kinds["other"]))


@cache
def load() -> Weights:
    """The weights shipped with the package. Raises `LexiconError` as `read` does."""
    return read(table.data("weights") / "weights.toml")


def read(path: Path | Traversable) -> Weights:
    """The weights in a file. Raises `LexiconError` where it cannot be read or does not hold what it promises."""
    try:
        weights = msgspec.toml.decode(path.read_bytes(), type=Weights)
    except (OSError, msgspec.ValidationError, ValueError) as error:
        raise LexiconError(f"{path}: {error}") from error
    for name, prior in {**weights.kinds, **weights.sources}.items():
        if not 0.5 < prior < 1:
            raise LexiconError(f"{path}: the prior of {name!r} must lie between 0.5 and 1, not at {prior}")
    for needed in ("outlet", "party", "other"):
        if needed not in weights.kinds:
            raise LexiconError(f"{path}: [kinds] lacks {needed!r}")
    return weights
