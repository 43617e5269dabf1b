"""Claims of one place -> its events, spells and disputes."""

from tadmor.timeline.build import history, known, posterior, solve, state_on

__all__ = ["history", "known", "posterior", "solve", "state_on"]
