"""One table of all that was measured: now, the floor or ceiling, and the aim.

It has the figures with a bound or an aim; of a measure without either, all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.floors import TOLERANCE, Bounds, Measure

FILE = Path(__file__).parent / "aims.toml"


def aims(path: Path = FILE) -> dict[str, dict[str, float]]:
    """What the figures are to reach, by measure and figure."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def table(
    measures: Sequence[Measure], bounds: Mapping[str, Bounds], aims: Mapping[str, Mapping[str, float]]
) -> list[str]:
    """The lines of the table; the last column says how much is lacking where an aim is not reached."""
    lines = [f"{'measure':33} {'figure':27} {'now':>7}  {'bound':>9}  {'aim':>5}", ""]
    reached = aimed = 0
    for measure in measures:
        bound, aim = bounds.get(measure.name), aims.get(measure.name, {})
        floors, ceilings = (bound.floors, bound.ceilings) if bound else ({}, {})
        wanted = {*floors, *ceilings, *aim, *measure.bounded}
        for figure, now in measure.figures.items():
            if wanted and figure not in wanted:
                continue
            limit = f">= {floors[figure]:.4f}" if figure in floors else ""
            if figure in ceilings:
                limit = f"<= {ceilings[figure]:.6g}"
            row = f"{measure.name:33} {figure:27} {now:7.4f}  {limit:>9}"
            if figure in aim:
                lacks = aim[figure] - now
                good = lacks <= TOLERANCE
                aimed, reached = aimed + 1, reached + good
                row += f"  {aim[figure]:5.2f}  " + ("reached" if good else f"lacks {lacks:.3f}")
            lines.append(row.rstrip())
    lines[1] = "-" * max(map(len, lines))
    return [*lines, f"{reached} of {aimed} aims reached"]
