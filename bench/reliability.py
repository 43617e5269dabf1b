"""Whether the confidence of claims is what it says: of claims said to be right in 7 of 10 cases, are 7 of 10 right?

A claim is right where the annotation's scorer pairs it with a claim of the report. One that only repeats a claim
that is paired already is neither right nor wrong, and left out, as the scorer does. *Calibration error* is the expected
one: the mean distance of the confidence said from the share right over ten bins, each weighted with its claims. *Brier
score* is the mean square of the distance of each claim's confidence from 1 (right) or 0 (wrong); always to say the
share right of all claims would score share * (1 - share). Tadmor drops claims below a least confidence: low bins are
empty.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

BINS = 10
KINDS = ("control", "event", "relation")


class Judged(NamedTuple):
    """A claim's confidence, and whether the claim is right."""

    kind: str
    said: float
    right: bool


class Bin(NamedTuple):
    """Claims of about one confidence: its bounds, the mean that is said, the share that is right, and how many."""

    low: float
    high: float
    said: float
    right: float
    number: int


def scorer(gold: Path) -> Any:
    """The module `score.py` of the shared folder."""
    spec = importlib.util.spec_from_file_location("tadmor_gold_score", gold / "score.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(gold / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judged(
    gold: Mapping[str, Sequence[Mapping[str, Any]]], found: Mapping[str, Sequence[Mapping[str, Any]]], scorer: Any
) -> Iterator[Judged]:
    """The claims found in each annotated document."""
    for doc, wanted in gold.items():
        claims = found.get(doc, ())
        pairs = scorer.match(wanted, claims)
        hit = {j for _, j, _ in pairs}
        for j, claim in enumerate(claims):
            if j in hit or not scorer.spare(claim, wanted, pairs):
                yield Judged(claim["kind"], claim["confidence"], j in hit)


def bins(claims: Sequence[Judged]) -> list[Bin]:
    """The claims by confidence in ten bins, empty ones left out."""
    filled: dict[int, list[Judged]] = {}
    for claim in claims:
        filled.setdefault(min(int(claim.said * BINS), BINS - 1), []).append(claim)
    result = []
    for place, inside in sorted(filled.items()):
        said, right = (sum(column) / len(inside) for column in ((c.said for c in inside), (c.right for c in inside)))
        result.append(Bin(place / BINS, (place + 1) / BINS, said, right, len(inside)))
    return result


def calibration_error(claims: Sequence[Judged]) -> float:
    """The expected distance of what is said from what is right."""
    return sum(abs(b.said - b.right) * b.number for b in bins(claims)) / max(1, len(claims))


def brier(claims: Sequence[Judged]) -> float:
    """The mean square of the distance from what is right."""
    return sum((claim.said - claim.right) ** 2 for claim in claims) / max(1, len(claims))


def figures(claims: Sequence[Judged]) -> dict[str, float]:
    """Both scores, of all claims and of each kind."""
    result = {"calibration error": calibration_error(claims), "Brier score": brier(claims)}
    for kind in KINDS:
        of_kind = [claim for claim in claims if claim.kind == kind]
        result[f"{kind} calibration error"] = calibration_error(of_kind)
        result[f"{kind} Brier score"] = brier(of_kind)
    return result


def table(claims: Sequence[Judged]) -> tuple[str, ...]:
    """The bins, a line each; the last columns are said, right and number of each kind."""
    kinds = {kind: {b.low: b for b in bins([c for c in claims if c.kind == kind])} for kind in KINDS}
    lines = ["confidence   said  right  number" + "".join(f"   {kind:>19}" for kind in KINDS)]
    for one in bins(claims):
        line = f"{one.low:.1f} to {one.high:.1f}  {one.said:.3f}  {one.right:.3f}  {one.number:6}"
        for kind in KINDS:
            of = kinds[kind].get(one.low)
            line += f"   {of.said:.3f}  {of.right:.3f}  {of.number:4}" if of else f"   {'-':>19}"
        lines.append(line)
    return tuple(lines)


SIDE, MARGIN = 320, 44  # of the plot, in pixels
COLOURS = ("#1b6ca8", "#2a9d8f", "#e0a100", "#d1602c", "#9b2335", "#6a4c93")


def svg(curves: Mapping[str, Sequence[Judged]], title: str) -> str:
    """A reliability plot: the share right against the confidence said, by bin, a curve for each of `curves`.

    The area of a point is that of its share of the judgements.
    """
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE + 2 * MARGIN + 110}" height="{SIDE + 2 * MARGIN}" '
        'font-family="sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{MARGIN}" y="{MARGIN - 16}" font-weight="bold">{escape(title)}</text>',
        f'<path d="M{_x(0)} {_y(0)}H{_x(1)}V{_y(1)}H{_x(0)}ZL{_x(1)} {_y(1)}" fill="none" stroke="#999"/>',
        f'<text x="{_x(0.5)}" y="{_y(0) + 34}" text-anchor="middle">said</text>',
        f'<text x="{MARGIN - 34}" y="{_y(0.5)}" text-anchor="middle" '
        f'transform="rotate(-90 {MARGIN - 34} {_y(0.5)})">right</text>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        lines.append(f'<text x="{_x(tick)}" y="{_y(0) + 16}" text-anchor="middle">{tick:g}</text>')
        lines.append(f'<text x="{_x(0) - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>')
    for at, (name, claims) in enumerate(curves.items()):
        colour = COLOURS[at % len(COLOURS)]
        found = bins(claims)
        points = " ".join(f"{_x(b.said)},{_y(b.right)}" for b in found)
        lines.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        for b in found:
            radius = 1.5 + 8 * (b.number / len(claims)) ** 0.5
            lines.append(f'<circle cx="{_x(b.said)}" cy="{_y(b.right)}" r="{radius:.1f}" fill="{colour}"/>')
        lines.append(f'<text x="{_x(1) + 14}" y="{_y(1) + 14 + 18 * at}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*lines, "</svg>", ""])


def _x(share: float) -> float:
    return round(MARGIN + SIDE * share, 1)


def _y(share: float) -> float:
    return round(MARGIN + SIDE * (1 - share), 1)
