"""Measure speed and quality and compare with `floors.json`; exit code 1 where a figure is below its floor.

python -m bench [quality] [wars] [speed] [--raise] [--shared FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import (
    chromium,
    exports,
    floors,
    growth,
    mixed,
    peers,
    quality,
    queries,
    readme,
    rebuild,
    simulate,
    speed,
    storyspeed,
    summary,
    web,
    webarchive,
)
from bench.floors import Bounds, Measure

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("quality", "wars", "speed")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help="quality, wars, speed; without it, all")
    parser.add_argument("--raise", dest="lift", action="store_true", help="lift the floors to what is measured now")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="where the corpora are")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"{', '.join(sorted(unknown))}: there is quality, wars and speed")
    if not options.shared.is_dir():
        print(f"bench: skipped, because {options.shared} is not there: its corpora are not part of the repository")
        return 0

    measured = []
    bounds = floors.load()
    for measure in measures(options.parts or PARTS, options.shared):
        measured.append(measure)
        show(measure, bounds.get(measure.name))
    if set(options.parts or PARTS) & {"quality", "wars"}:
        print("", *summary.table(measured, bounds, summary.aims()), "", sep="\n", flush=True)
    if options.lift:
        lifted = floors.raised(measured, bounds)
        floors.save(lifted)
        readme.write(lifted)
        print(f"floors lifted in {floors.FILE.relative_to(ROOT)}; figures written in {readme.FILE.name}")
        return 0
    faults = floors.faults(measured, bounds)
    for fault in faults:
        print(f"bench: {fault}", file=sys.stderr)
    if not faults:
        print("bench: every figure keeps to its floor")
    return 1 if faults else 0


def measures(parts: Sequence[str], shared: Path) -> Iterator[Measure]:
    if "quality" in parts:
        yield from quality.measures(shared)
    if "wars" in parts:
        yield from simulate.measures()
    if "speed" in parts:
        yield speed.measure(shared)
        yield mixed.measure(shared)
        if (beside := peers.measure(shared)) is not None:
            yield beside
        else:
            print(f"bench: {peers.BOUNDED} is not measured beside ours, because it cannot be installed here")
        yield storyspeed.measure(shared)
        yield growth.measure()
        yield rebuild.measure()
        yield webarchive.measure()
        yield queries.measure()
        yield exports.measure()
        if chromium.installed():
            yield web.measure()
        else:
            print("bench: the application is not measured, because Chromium is not installed")


def show(measure: Measure, bound: Bounds | None) -> None:
    """A line for each figure, with its bound."""
    print(measure.name)
    for name, figure in measure.figures.items():
        floor = bound.floors.get(name) if bound else None
        ceiling = bound.ceilings.get(name) if bound else None
        limit = f"at least {floor:.4f}" if floor is not None else f"at most {ceiling:g}" if ceiling is not None else ""
        print(f"  {name:32} {figure:10.4f}   {limit}".rstrip(), flush=True)
    for line in measure.table:
        print(f"  {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
