"""Files that were dropped onto the page: each is kept in a folder of its own until it is read or the program ends."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import weakref
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from starlette.concurrency import run_in_threadpool

from tadmor.errors import InputError
from tadmor.web.answers import Dropped

__all__ = ["LARGEST_FILE", "Drop"]

LARGEST_FILE = 4_000_000_000  # bytes; what is larger is for the command line
_LONGEST_NAME = 60  # characters: in four bytes each they fit into the 255 that file systems allow


class Drop:
    """The files that wait."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._waiting: dict[str, Path] = {}

    async def keep(self, name: str, body: AsyncIterator[bytes]) -> Dropped:
        """Keep a file as it comes in. Raises `InputError` where it is too large, or there is no room for it."""
        id = secrets.token_hex(8)
        path = self._home() / id / _file_name(name)
        size = 0
        try:
            path.parent.mkdir()
            with path.open("wb") as stream:
                async for chunk in body:
                    size += len(chunk)
                    if size > LARGEST_FILE:
                        limit = LARGEST_FILE // 1_000_000_000
                        raise InputError(f"{path.name}: this is larger than {limit} GB: use `tadmor read`")
                    await run_in_threadpool(stream.write, chunk)
        except OSError as error:
            self._discard(path)
            raise InputError(f"{path.name}: it cannot be kept here: {error.strerror or error}") from error
        except BaseException:
            self._discard(path)
            raise
        self._waiting[id] = path
        return Dropped(id=id, name=path.name, size=size)

    @contextmanager
    def taken(self, ids: Iterable[str]) -> Iterator[list[Path]]:
        """The paths of files, which are gone afterwards. Raises `InputError` where one does not wait here."""
        paths = []
        for id in dict.fromkeys(ids):
            if id not in self._waiting:
                raise InputError(f"no file {id!r} waits to be read: drop it again")
            paths.append(self._waiting[id])
        try:
            yield paths
        finally:
            for path in paths:
                self._waiting.pop(path.parent.name, None)
                self._discard(path)

    def _home(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="tadmor-dropped-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)  # at the end of the program, too
        return self._folder

    @staticmethod
    def _discard(path: Path) -> None:
        shutil.rmtree(path.parent, ignore_errors=True)


def _file_name(name: str) -> str:
    """The last part of a name, of signs that every file system takes."""
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(sign if sign.isprintable() and sign not in ':*?"<>|' else "-" for sign in last).strip(". ")
    suffix = PurePath(kept).suffix[:20]
    return (kept[: _LONGEST_NAME - len(suffix)] + suffix if len(kept) > _LONGEST_NAME else kept) or "file"
