"""Figures and the floors under them, each kept with the hash of the files that it was measured on.

`floors.json` is one object: name of the measure, then `sha256` of its corpus, `floors` (at least), `ceilings` (at most)
and `measured`, all figures when floors were last lifted. Ceilings are set by hand. A figure without a bound is only
printed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

FILE = Path(__file__).parent / "floors.json"
TOLERANCE = 1e-6


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures of one measure must keep to, on this corpus and no other."""

    sha256: str
    floors: dict[str, float] = {}
    ceilings: dict[str, float] = {}
    measured: dict[str, float] = {}


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one run over one corpus; `bounded` names those that get a floor.

    `slack` is the share by which a figure may differ from run to run: a floor is set so far below what was measured.
    `table` is printed below the figures.
    """

    name: str
    sha256: str
    figures: dict[str, float]
    bounded: tuple[str, ...] = ()
    slack: float = 0.0
    table: tuple[str, ...] = ()


def corpus_hash(files: Iterable[Path]) -> str:
    """One hash of the names and bytes of some files."""
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        whole.update(f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def load(path: Path = FILE) -> dict[str, Bounds]:
    """The bounds by the name of the measure."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Bounds]) if path.exists() else {}


def faults(measures: Sequence[Measure], bounds: dict[str, Bounds]) -> list[str]:
    """One line for each figure out of its bounds, and for each corpus that is not the one the bounds are for."""
    found = []
    for measure in measures:
        bound = bounds.get(measure.name)
        if bound is None:
            found.append(f"{measure.name}: has no floor yet; `python -m bench --raise` sets it")
            continue
        if bound.sha256 != measure.sha256:
            found.append(f"{measure.name}: the corpus is not the one that its floors were measured on")
            continue
        for name, floor in bound.floors.items():
            if name not in measure.figures:
                found.append(f"{measure.name}, {name}: is not measured any more")
            elif measure.figures[name] < floor - TOLERANCE:
                found.append(f"{measure.name}, {name}: {measure.figures[name]:.4f} is below the floor {floor:.4f}")
        for name, ceiling in bound.ceilings.items():
            if measure.figures.get(name, float("inf")) > ceiling:
                found.append(f"{measure.name}, {name}: {measure.figures.get(name)} is above the ceiling {ceiling}")
    return found


def raised(measures: Sequence[Measure], bounds: dict[str, Bounds]) -> dict[str, Bounds]:
    """The bounds with floors lifted to what was measured; none is lowered, unless the corpus is another."""
    result = dict(bounds)
    for measure in measures:
        before = bounds.get(measure.name, Bounds(sha256=measure.sha256))
        old = before.floors if before.sha256 == measure.sha256 else {}
        new = {name: _down(measure.figures[name] * (1 - measure.slack)) for name in measure.bounded}
        floors = {name: max(old.get(name, 0.0), new.get(name, 0.0)) for name in {**old, **new}}
        measured = {name: round(figure, 4) for name, figure in measure.figures.items()}
        result[measure.name] = Bounds(sha256=measure.sha256, floors=floors, ceilings=before.ceilings, measured=measured)
    return result


def save(bounds: dict[str, Bounds], path: Path = FILE) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(bounds), indent=2) + b"\n")


def _down(figure: float) -> float:
    """The figure to four places, never above it."""
    return int(figure * 10_000) / 10_000
