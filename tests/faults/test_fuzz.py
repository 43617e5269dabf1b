"""No parser of ours fails or hangs, whatever bytes it gets: some made at random now, and all that ever made one fail.

`TADMOR_FUZZ=1000` tries as many; `python tests/faults/targets.py` fuzzes at length.
"""

from __future__ import annotations

import os
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from targets import FINDS, LIMIT, TARGETS, Target

_SIGNS = "<>&;\n\r\t .,/|:-–\"'[]()0129AaÃ€"
EXAMPLES = int(os.environ.get("TADMOR_FUZZ", "15"))


def tried(target: Target, data: bytes) -> None:
    begun = time.process_time()
    target(data)
    assert time.process_time() - begun < LIMIT


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """Dictionaries are loaded at first use, which is no fault of the bytes."""
    for target, seeds in TARGETS.values():
        target(seeds[0])


@st.composite
def mixed(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """Pieces of the seeds, again and again, with other bytes between them."""
    pieces = []
    for _ in range(draw(st.integers(1, 8))):
        seed = draw(st.sampled_from(seeds))
        start = draw(st.integers(0, len(seed) - 1))
        pieces.append(seed[start : start + draw(st.integers(1, len(seed)))] * draw(st.sampled_from([1, 1, 1, 50])))
        pieces.append(
            draw(st.binary(max_size=8) | st.text("<>&;\n\r\t .,/|:-–\"'[]()0129AaÃ€", max_size=8).map(str.encode))
        )
    return b"".join(pieces)


@pytest.mark.parametrize("name", TARGETS)
def test_bytes_at_random(name: str) -> None:
    target, seeds = TARGETS[name]

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(mixed(list(seeds)))
    @example(b"")
    def holds(data: bytes) -> None:
        tried(target, data)

    holds()


@pytest.mark.parametrize("name", TARGETS)
def test_what_was_found(name: str) -> None:
    for path in sorted((FINDS / name.replace(" ", "_")).glob("*")):
        tried(TARGETS[name][0], path.read_bytes())
