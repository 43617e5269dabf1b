"""How holders look: each has a hue, a shape and a texture, so that colour never is the only sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from tadmor.records import Record

__all__ = ["HUES", "SHAPES", "Look", "looks"]

# Hues, shapes and textures are numbered; templates/page.css gives the hues their colours (Paul Tol's "bright" scheme,
# told apart with every common colour blindness, and brown), templates/marks.svg draws shapes and textures.
HUES = 7
SHAPES = 8


class Look(Record, frozen=True):
    """The texture of a hue is its own: on a bar it says the same as the hue."""

    hue: int
    shape: int


def looks(holders: Mapping[str, float], meetings: Iterable[Iterable[str]]) -> dict[str, Look]:
    """A look for each holder.

    `holders` weighs them, the heaviest chooses first; `meetings` are the groups that appear on one map, within which
    hues differ for as long as there are any. Looks are unique up to ``HUES * SHAPES`` holders.
    """
    groups = [set(group) for group in meetings]
    found: dict[str, Look] = {}
    used: set[Look] = set()
    for holder in sorted(holders, key=lambda name: (-holders[name], name)):
        near: list[Look] = [
            found[other] for group in groups if holder in group for other in sorted(group) if other in found
        ]
        hues = [look.hue for look in near]
        shapes = [look.shape for look in near]
        everywhere = [look.hue for look in found.values()]
        all_shapes = [look.shape for look in found.values()]
        free = [look for hue, shape in product(range(HUES), range(SHAPES)) if (look := Look(hue, shape)) not in used]
        look = min(
            free or [Look(hue, shape) for hue, shape in product(range(HUES), range(SHAPES))],
            key=lambda look: (
                hues.count(look.hue),
                shapes.count(look.shape),
                everywhere.count(look.hue),
                all_shapes.count(look.shape),
                look.hue,
                look.shape,
            ),
        )
        found[holder] = look
        used.add(look)
    return found
