"""`tadmor places`: gazetteers of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tadmor.cli import options, show
from tadmor.errors import InputError, UsageError

if TYPE_CHECKING:
    from tadmor.lexicon.placeimport import Imported

SHOWN = 50  # bad rows of a file that are named; of more, how many


@click.command(short_help="Import gazetteers of your own.")
@click.argument("action", type=click.Choice(["import", "list"]), metavar="import|list")
@click.argument("inputs", nargs=-1, metavar="FILE...")
@click.option("--into", metavar="FOLDER", help="Where to keep them.  [default: $TADMOR_PLACES or your data folder]")
@click.option("--country", metavar="CODE", help="The country (ISO, two letters) of tables that do not say theirs.")
@options.output("table", "json")
@options.quiet
@click.pass_context
def places(
    ctx: click.Context,
    action: str,
    inputs: tuple[str, ...],
    into: str | None,
    country: str | None,
    form: str,
    quiet: bool,
) -> None:
    """Import gazetteers of your own, which every later command reads beside the shipped one; or list them.

    FILE is a GeoNames country dump (SY.txt or SY.zip from download.geonames.org/export/dump) or an OCHA COD-AB table as
    CSV (columns such as ADM1_EN, ADM1_PCODE, lat, lon). Rows that cannot be read are named, the others imported.
    Importing a file again replaces what came from it.

    Example: tadmor places import SY.zip syr_admin3.csv
    """
    from tadmor.lexicon import ownplaces

    where = Path(into) if into else ownplaces.folder()
    if country is not None and not (len(country) == 2 and country.isalpha()):
        raise UsageError(f"--country {country}: give the ISO 3166-1 code of two letters, for example SY")
    if action == "list":
        if inputs:
            raise UsageError("tadmor places list takes no FILE")
        _list(where, form)
        return
    if not inputs:
        raise UsageError("name the files to import: tadmor places import SY.zip")
    rows, failed = [], False
    for name in inputs:
        try:
            found = _import(Path(name), where, country)
        except InputError as error:
            failed = True
            click.echo(f"failed: {error}", err=True)
            continue
        failed = failed or bool(found.imported.bad)
        for bad in found.imported.bad[:SHOWN]:
            click.echo(f"{name}, line {bad.line}: {bad.why}", err=True)
        if len(found.imported.bad) > SHOWN:
            click.echo(f"{name}: {len(found.imported.bad) - SHOWN} more rows could not be read", err=True)
        rows.append(found)
    if form == "json":
        for one in rows:
            show.json_line(
                {
                    "file": one.name,
                    "format": one.imported.format,
                    "places": len(one.imported.places),
                    "bad": [{"line": bad.line, "why": bad.why} for bad in one.imported.bad],
                    "table": str(one.table),
                    "changed": one.changed,
                }
            )
    elif not quiet:
        show.table(
            ["file", "format", "places", "bad rows", "kept in"],
            [(r.name, r.imported.format, len(r.imported.places), len(r.imported.bad), r.table.name) for r in rows],
        )
        if into and rows:
            show.note(f"set {ownplaces.VARIABLE}={into} so that other commands read these places")
    if failed:
        ctx.exit(1)


class _Done:
    """One file's import."""

    def __init__(self, name: str, imported: Imported, table: Path, changed: bool) -> None:
        self.name, self.imported, self.table, self.changed = name, imported, table, changed


def _import(path: Path, where: Path, country: str | None) -> _Done:
    from tadmor.lexicon import gazetteer, ownplaces, placeimport
    from tadmor.lexicon.placename import fold

    def code(name: str) -> str | None:
        found = [p for p in gazetteer.load().lookup(name) if p.kind == "country"] if name else []
        return found[0].country if found else None

    found = placeimport.read(path, country=country, known=code)
    if not found.places:
        why = f"; line {found.bad[0].line}: {found.bad[0].why}" if found.bad else ""
        raise InputError(f"{path}: none of its rows is a place that can be imported{why}")
    kind = "geonames" if found.format == "GeoNames" else "cod-ab"
    table = where / f"{kind}-{fold(path.stem).replace(' ', '-') or 'places'}.csv"
    return _Done(str(path), found, table, ownplaces.write(found.places, table))


def _list(where: Path, form: str) -> None:
    from collections import Counter

    from tadmor.lexicon import ownplaces

    rows = []
    for path in ownplaces.tables(where):
        kinds = Counter(row.kind for row in ownplaces.read([path]))
        rows.append((path.name, sum(kinds.values()), dict(sorted(kinds.items()))))
    if form == "json":
        for name, count, by_kind in rows:
            show.json_line({"table": name, "folder": str(where), "places": count, "kinds": by_kind})
        return
    show.table(
        ["table", "places", "of which"],
        [(name, count, ", ".join(f"{n} {kind}" for kind, n in by.items())) for name, count, by in rows],
        title=str(where),
    )
