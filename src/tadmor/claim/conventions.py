"""What vague words of time are taken to mean: ``data/when/conventions.toml``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from tadmor.errors import LexiconError


class Conventions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Bounds of vague words: parts of a week in weekdays (1 to 7), of a month in days, of a year in months."""

    week: dict[str, tuple[int, int]]
    month: dict[str, tuple[int, int]]
    year: dict[str, tuple[int, int]]
    season: dict[str, tuple[int, int]]
    recent: dict[str, int]
    few: tuple[int, int]


@cache
def load() -> Conventions:
    """Conventions of the package. Raises LexiconError where the file does not hold what its format promises."""
    return read_conventions(
        files("tadmor").joinpath("data/when/conventions.toml").read_bytes(), "when/conventions.toml"
    )


def read_conventions(toml: bytes, name: str) -> Conventions:
    """Conventions from TOML. Raises LexiconError, which names `name` and the entry."""
    try:
        found = msgspec.toml.decode(toml, type=Conventions)
    except msgspec.MsgspecError as error:
        raise LexiconError(f"{name}: {error}") from error
    limits = (
        ("week", found.week, 7),
        ("month", found.month, 31),
        ("year", found.year, 12),
        ("season", found.season, 14),
    )
    for table, entries, top in limits:
        for key, (first, last) in entries.items():
            if not 1 <= first <= last <= top:
                raise LexiconError(f"{name}: {table}.{key} is [{first}, {last}], expected 1 <= first <= last <= {top}")
    return found
