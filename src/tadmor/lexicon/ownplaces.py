"""The user's own places: tables in a folder of theirs, written by `tadmor places import` and read with the gazetteer.

The folder is `$TADMOR_PLACES` or, without it, ``tadmor/places`` in the user's data folder (`$XDG_DATA_HOME`, else
``~/.local/share``). Each ``.csv`` in it has the columns of `OwnPlace`. A reading depends on what lies there, so
`digest` goes into the version that a record keeps with every report.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from tadmor.errors import LexiconError
from tadmor.lexicon import table
from tadmor.records import Record

VARIABLE = "TADMOR_PLACES"
_COLUMNS = "id,name,kind,country,lat,lon,admin1,within,population,names,aliases"


class OwnPlace(Record, frozen=True, kw_only=True):
    """A row of a user's table.

    `names` are other names in common use, `aliases` foreign and historical ones; `admin1` is the GeoNames code of the
    first-order division, `within` the id of the next larger place, in these tables or in the gazetteer.
    """

    id: str
    name: str
    kind: str
    country: str
    lat: float
    lon: float
    admin1: str = ""
    within: str = ""
    population: int = 0
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def folder() -> Path:
    """Where the user's tables lie; the folder need not exist."""
    if chosen := os.environ.get(VARIABLE):
        return Path(chosen).expanduser()
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path("~/.local/share").expanduser()) / "tadmor" / "places"


def tables(where: Path | None = None) -> list[Path]:
    """The tables in a folder, by name."""
    return sorted((where or folder()).glob("*.csv"), key=lambda path: path.name)


def digest(paths: Iterable[Path]) -> str | None:
    """SHA-256 of the tables with their names; None where there are none."""
    total = hashlib.sha256()
    some = False
    for path in paths:
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        some = True
    return total.hexdigest() if some else None


def read(paths: Iterable[Path]) -> Iterator[OwnPlace]:
    """The rows of tables; of rows with one id the last. Raises `LexiconError` naming the file and row that is wrong."""
    found: dict[str, OwnPlace] = {}
    for path in paths:
        for number, row in table.read(path, OwnPlace):
            if not (-90 <= row.lat <= 90 and -180 <= row.lon <= 180):
                raise LexiconError(f"{path}, row {number}: {row.lat}, {row.lon} is no point in degrees")
            found[row.id] = row
    yield from found.values()


def write(rows: Sequence[OwnPlace], path: Path) -> bool:
    """Write a table, sorted by id, in one step; False where it holds the same already.

    Raises `LexiconError` where the folder cannot be written to.
    """
    lines = [_COLUMNS, *(_line(row) for row in sorted(rows, key=lambda row: row.id))]
    content = ("\n".join(lines) + "\n").encode()
    try:
        if path.exists() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise LexiconError(f"{path}: {error.strerror}; choose another folder with --into or ${VARIABLE}") from error
    return True


def _line(row: OwnPlace) -> str:
    values = msgspec.structs.asdict(row)
    return ",".join(_cell(values[column]) for column in _COLUMNS.split(","))


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        value = "|".join(part.replace("|", " ") for part in value)
    text = f"{value:.5f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value or "")
    return '"' + text.replace('"', '""') + '"' if any(ch in text for ch in ',"\n\r') or text[:1] == "#" else text
