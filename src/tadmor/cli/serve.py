"""`tadmor serve`: the local web application of a record."""

from __future__ import annotations

from pathlib import Path

import click

from tadmor.cli import options, show

PORT = 8337


@click.command(short_help="Look at a record in the browser: map, time slider, evidence.")
@click.argument("record", metavar="RECORD")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=PORT,
    show_default=True,
    metavar="N",
    help="Where on this machine to listen; 0 takes any port that is free.",
)
@click.option("--read-only", is_flag=True, help="Only show; nobody can add reports or review.")
@click.option("--basemap", metavar="FILE", help="A map of your own to lie under the places: PMTiles.")
@click.option("--overlay", "overlays", multiple=True, metavar="FILE", help="GeoJSON to lie over it; may be repeated.")
@click.option("--new", is_flag=True, help="Begin an empty record where there is none.")
@options.output("table", "json")
@options.quiet
def serve(
    record: str,
    port: int,
    read_only: bool,
    basemap: str | None,
    overlays: tuple[str, ...],
    new: bool,
    form: str,
    quiet: bool,
) -> None:
    """Serve the web application of a record on this machine alone, until Ctrl-C: the map of any day, histories with
    their quotes, lists, search, what-ifs, reading of pasted reports, and review in place. Nothing leaves the machine.

    Example: tadmor serve war.tadmor
    """
    from tadmor.record.address import address as located
    from tadmor.web.backdrop import backdrop
    from tadmor.web.serve import serve as run

    def started(address: str, token: str | None) -> None:
        link = f"{address}#token={token}" if token else address
        if form == "json":
            show.json_line({"address": address, "token": token, "open": link})
            return
        click.echo(f"Open {link}" if not quiet else link)
        if not quiet:
            click.echo("Whoever has this link may add reports and review. " if token else "It only shows. ", nl=False)
            click.echo("Ctrl-C ends it.")

    around = backdrop(Path(basemap) if basemap else None, [Path(overlay) for overlay in overlays])
    run(located(record), port=port, read_only=read_only, new=new, backdrop=around, started=started)
