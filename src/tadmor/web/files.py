"""Files to take away: what is looked at as an export with what its columns mean, or as a briefing."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import NamedTuple

from tadmor.out import wording
from tadmor.out.brief.gather import gather
from tadmor.out.brief.page import write
from tadmor.out.export.job import ENDINGS
from tadmor.out.export.job import export as write_rows
from tadmor.record.select import Filters
from tadmor.web.asked import BriefingQuery, ExportQuery
from tadmor.web.atlas import Atlas, Shelf
from tadmor.web.claims import inside
from tadmor.web.places import in_order, supposing

__all__ = ["Taken", "briefing", "export"]

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same rows give the same bytes


class Taken(NamedTuple):
    """A file in a folder of its own, which is no longer wanted when the file has been sent."""

    file: Path
    media_type: str

    def discard(self) -> None:
        shutil.rmtree(self.file.parent, ignore_errors=True)


def export(shelf: Shelf, query: ExportQuery) -> Taken:
    """A ZIP archive of the rows and what they mean. Raises `UsageError` where the format takes no such rows."""
    in_order(query.first, query.last)
    filters = Filters(
        place_ids=_places(shelf.atlas(), query),
        part=query.part,
        first=query.first,
        last=query.last,
        actors=frozenset([query.actor]) if query.actor else None,
        type=query.type,
        confidence=query.least,
        layer=query.layer,
        kind=query.kind,
        source_kind=query.source_kind,
        words=query.text,
        review=query.review,
        report=query.report,
    )
    with _folder() as folder, shelf.fresh() as database, database.snapshot():
        name = f"{_name(shelf)}-{query.what}.{ENDINGS.get(query.format, query.format)}"
        rows = folder / "rows"
        rows.mkdir()
        done = write_rows(database, query.format, rows / name, filters, what=query.what, asked=_asked(shelf, query))
        return Taken(_packed(folder / f"{name}.zip", done.files), "application/zip")


def briefing(shelf: Shelf, query: BriefingQuery) -> Taken:
    """A briefing about some days. Raises `UsageError` for a source that is not known and an extra that is missing."""
    in_order(query.first, query.last)
    atlas = shelf.atlas()
    ids = _places(atlas, query)
    names = [atlas.places[id].name for id in query.place if id in atlas.places]
    scope = [*names, *([query.country] if query.country else []), *([f"area {query.box}"] if query.box else [])]
    with _folder() as folder, supposing(shelf, query, ids, apart=True) as supposed:
        said = supposed.premise
        found = gather(
            supposed.database,
            Filters(place_ids=ids, part=query.part),
            supposed.knowledge,
            first=query.first,
            last=query.last,
            title=query.title,
            scope=", ".join(scope) or "all places of the record",
            notice=wording.premise(said.without, said.only_kind, said.unheard, said.claims) if said else None,
        )
        file = folder / f"{_name(shelf)}-{query.first}-{query.last}.{query.format}"
        write(found, file)
    media = {"html": "text/html", "md": "text/markdown", "pdf": "application/pdf"}[query.format]
    return Taken(file, media)


def _places(atlas: Atlas, query: ExportQuery | BriefingQuery) -> tuple[str, ...] | None:
    """The places that a query is about; None: all."""
    if not query.place and not query.country and not query.box:
        return None
    wanted = set(query.place or atlas.places)
    if query.box:
        wanted &= inside(atlas, query.box)
    if query.country:
        wanted = {id for id in wanted if id in atlas.places and atlas.places[id].country == query.country}
    return tuple(sorted(wanted))


def _asked(shelf: Shelf, query: ExportQuery) -> tuple[str, ...]:
    """What was asked for, in words."""
    atlas = shelf.atlas()
    said = {name: getattr(query, name) for name in query.__struct_fields__ if name not in ("format", "what", "place")}
    places = ", ".join(atlas.places[id].name for id in query.place if id in atlas.places)
    return tuple(f"{name} {value}" for name, value in {"place": places or None, **said}.items() if value is not None)


def _name(shelf: Shelf) -> str:
    kept = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in PurePath(shelf.name).stem)
    return kept.strip("-")[:80] or "record"


def _packed(archive: Path, files: Sequence[Path]) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in files:
            entry = zipfile.ZipInfo(file.name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with file.open("rb") as source, packed.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)
            file.unlink()
    return archive


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that goes where nothing comes of it."""
    folder = Path(tempfile.mkdtemp(prefix="tadmor-taken-"))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
