"""Grades that analysts give, in the letters and figures of the Admiralty system: ``data/weights/admiralty.toml``.

The letter says how reliable a source is, the figure how credible one claim. Neither counts until somebody gives it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.records import Record
from tadmor.timeline.weights import Weights

__all__ = ["Grades", "load", "with_grades"]

LETTERS, FIGURES = "ABCDEF", "123456"


class Reliability(Record, frozen=True, kw_only=True):
    """What a letter means, and the prior that it gives a source; None leaves that of its kind."""

    means: str
    prior: float | None = None


class Credibility(Record, frozen=True, kw_only=True):
    """What a figure means, and the factor that it gives a claim."""

    means: str
    factor: float


class Grades(Record, frozen=True, kw_only=True):
    """``admiralty.toml``."""

    reliability: dict[str, Reliability]
    credibility: dict[str, Credibility]

    def factor(self, figure: int) -> float:
        """What the log-odds of a claim with this figure are multiplied by."""
        return self.credibility[str(figure)].factor


@cache
def load() -> Grades:
    """The grades shipped with the package. Raises `LexiconError` where the file does not hold what it promises."""
    path = table.data("weights") / "admiralty.toml"
    try:
        grades = msgspec.toml.decode(path.read_bytes(), type=Grades)
    except (OSError, msgspec.ValidationError, ValueError) as error:
        raise LexiconError(f"{path}: {error}") from error
    if "".join(grades.reliability) != LETTERS or "".join(grades.credibility) != FIGURES:
        raise LexiconError(f"{path}: the letters A to F and the figures 1 to 6 are expected, in that order")
    for letter, grade in grades.reliability.items():
        if grade.prior is not None and not 0.5 < grade.prior < 1:
            raise LexiconError(f"{path}: the prior of {letter} must lie between 0.5 and 1, not at {grade.prior}")
    return grades


def with_grades(weights: Weights, letters: Mapping[str, str]) -> Weights:
    """`weights` with the priors of the letters that were given to voices, by key; whatever was learned of them."""
    known = load().reliability
    priors = {voice: prior for voice in sorted(letters) if (prior := known[letters[voice]].prior) is not None}
    if not priors:
        return weights
    version = " ".join([weights.version, *(f"{voice}={letters[voice]}" for voice in priors)])
    return msgspec.structs.replace(weights, version=version, sources={**weights.sources, **priors})
