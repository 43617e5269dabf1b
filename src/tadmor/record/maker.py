"""Which version of the tool and of its dictionaries made a row."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from tadmor import __version__
from tadmor.lexicon import ownplaces
from tadmor.records import Record

PACKAGE = Path(__file__).resolve().parents[1]
# What a reading depends on. The record, the runners and the command line do not change what is read.
CODE = ("records.py", "report", "claim", "lexicon", "timeline")
DATA = ("data",)


class Maker(Record, frozen=True):
    """The tool's version and the SHA-256 of the code and of the dictionaries (with the trained pipeline).

    The user's own places (`tadmor.lexicon.ownplaces`) are part of the dictionaries.
    """

    tool: str
    code: str
    data: str

    @property
    def id(self) -> str:
        return f"{self.tool}+{self.code[:8]}.{self.data[:8]}"


@cache
def this() -> Maker:
    """The version that is running."""
    data, own = _digest(DATA, None), ownplaces.digest(ownplaces.tables())
    if own is not None:
        data = hashlib.sha256(f"{data} {own}".encode()).hexdigest()
    return Maker(tool=__version__, code=_digest(CODE, {".py"}), data=data)


def _digest(names: tuple[str, ...], endings: set[str] | None) -> str:
    total = hashlib.sha256()
    for name in names:
        top = PACKAGE / name
        files = [top] if top.is_file() else sorted(top.rglob("*"), key=lambda path: path.as_posix())
        for path in files:
            if not path.is_file() or "__pycache__" in path.parts or (endings and path.suffix not in endings):
                continue
            total.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
