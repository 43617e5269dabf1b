"""One self-contained page of a record: a map, a timeline strip for each place, and under each spell its quotes.

The page needs no network and no server. Its content security policy allows nothing but the one style and the one script
inside it, named by their hashes; all text of reports is escaped by Jinja, and characters that reorder or hide text are
shown as their codes. Without JavaScript it shows the last day of the record and every strip and quote.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import date, timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tadmor.out import wording
from tadmor.out.gather import EPOCH, gather, since_epoch
from tadmor.out.look import HUES, Look
from tadmor.out.view import Lane, PageView, TheatreView, Unit
from tadmor.record.database import Database, open_record
from tadmor.records import Record, Spell
from tadmor.timeline.change import HANDS, changes
from tadmor.timeline.spells import starts

__all__ = ["TITLE", "render", "write_page"]

TITLE = "Who holds what"


class Change(Record, frozen=True):
    """A spell that began, for the list of changes."""

    day: int  # since 1970-01-01
    date: date
    unit: int
    spell: str
    place: str
    state: str
    look: Look | None


def write_page(
    record: Path | Database,
    out: Path,
    *,
    title: str = TITLE,
    notice: str | None = None,
    half_life_days: float | None = None,
) -> None:
    """Write the page of a record to `out`, all of it or nothing. The same record gives the same bytes.

    `notice` stands at the head of the page: what a reader must know before anything on it. `half_life_days` are those
    of certainty after the last that is heard of a place, where they are not those of the weights in force.

    Raises `RecordError` where the record cannot be read, `OSError` where `out` cannot be written.
    """
    if isinstance(record, Database):
        page = gather(record, half_life_days=half_life_days)
    else:
        with open_record(record) as database:
            page = gather(database, half_life_days=half_life_days)
    text = render(page, title=title, notice=notice)
    unfinished = out.with_name(out.name + ".part")
    try:
        unfinished.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


def render(page: PageView, *, title: str = TITLE, notice: str | None = None) -> str:
    """The page as HTML."""
    environment = Environment(
        loader=PackageLoader("tadmor.out"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
    )
    environment.globals.update(
        band=wording.band,
        day=wording.day,
        percent=wording.percent,
        since=wording.since,
        state=wording.state,
        holder=wording.holder,
    )
    environment.globals["stale"] = partial(wording.stale, half_life=page.half_life)
    style, script = (_source(environment, name) for name in ("page.css", "page.js"))
    return environment.get_template("page.html.j2").render(
        page=page,
        title=title,
        notice=notice,
        cards=[card for theatre in page.theatres for card in theatre.cards],
        changes=_changes(page),
        looks=page.looks,
        open_disputes=sum(view.dispute.open for view in page.disputes),
        hues=HUES,
        version=_version(),
        style=Markup(style),
        script=Markup(script),
        data=Markup(_data(page)),
        policy="; ".join(
            [
                "default-src 'none'",
                f"style-src {_hash(style)}",
                f"script-src {_hash(script)}",
                "base-uri 'none'",
                "form-action 'none'",
            ]
        ),
    )


def _source(environment: Environment, name: str) -> str:
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _version() -> str:
    try:
        return installed("tadmor")
    except PackageNotFoundError:
        return ""


def visible(text: str) -> str:
    """`text` with each character that reorders or hides text written as its code."""
    return wording.HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def _shown(value: object) -> object:
    """What Jinja prints for a value: nothing that comes from a record keeps its hidden characters."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _changes(page: PageView) -> list[Change]:
    """The changes of hands of whole places, the latest first."""
    found = []
    for unit in page.units:
        if unit.part is not None:
            continue
        views = {view.spell.id: view for view in unit.assessed.spells}
        for change in changes(view.spell for view in unit.assessed.spells):
            view, begins = views[change.after.id], starts(change.after.start)
            if change.before and HANDS.intersection(change.what) and begins > date.min:
                found.append(
                    Change(since_epoch(begins), begins, unit.number, view.spell.id, unit.name, view.state, view.look)
                )
    return sorted(found, key=lambda change: (-change.day, change.place, change.spell))


# --- for the script -------------------------------------------------------------------------------------------------

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


def _data(page: PageView) -> str:
    """What the script needs to know of every day, as JSON that cannot end the element that holds it."""
    holders = sorted(page.looks)
    numbers = {holder: number for number, holder in enumerate(holders)}
    found: dict[str, Value] = {
        "first": since_epoch(page.first),
        "last": since_epoch(page.last),
        "half": page.half_life,
        "bands": [[least, word] for least, word in wording.BANDS],
        "holders": [[visible(holder), page.looks[holder].hue, page.looks[holder].shape] for holder in holders],
        "theatres": [_theatre(theatre) for theatre in page.theatres],
        "units": [
            _unit(unit, theatre.number, (card.axis.first, card.axis.days), numbers)
            for theatre in page.theatres
            for card in theatre.cards
            for unit in card.units
        ],
    }
    text = msgspec.json.encode(found).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _theatre(theatre: TheatreView) -> Value:
    return {
        "first": since_epoch(theatre.first),
        "last": since_epoch(theatre.last),
        "drawn": theatre.map is not None,
        "said": list(theatre.said),
    }


def _unit(unit: Unit, theatre: int, axis: tuple[int, int], numbers: dict[str, int]) -> Value:
    return {
        "name": visible(unit.name),
        "theatre": theatre,
        "part": unit.of_place,
        "disputed": [[since_epoch(first), since_epoch(last)] for first, last in unit.disputed if first and last],
        "spoken": since_epoch(unit.spoken) if unit.spoken else None,
        "axis": [axis[0] - EPOCH.toordinal(), axis[1]],
        "assessed": _lane(unit.assessed, numbers),
        "claimed": [[visible(lane.side or ""), _lane(lane, numbers)] for lane in unit.claimed],
    }


def _lane(lane: Lane, numbers: dict[str, int]) -> Value:
    """Spells as rows: begins, ends before, holder, contested, besieged, how sure, id, state, since (see page.js)."""
    rows: list[Value] = []
    for number, view in enumerate(lane.spells):
        spell = view.spell
        after = lane.spells[number + 1].spell if number + 1 < len(lane.spells) else None
        ends = _begins(after) if after else _ends(spell)
        holder = numbers[held] if (held := wording.holder(spell)) else None
        besieged = spell.status == "besieged" or spell.besieged_by is not None
        rows.append(
            [_begins(spell), ends, holder, spell.contested, besieged, spell.confidence, spell.id, visible(view.state),
             view.since]
        )  # fmt: skip
    return rows


def _begins(spell: Spell) -> int:
    return since_epoch(starts(spell.start))


def _ends(spell: Spell) -> int | None:
    last = spell.end and (spell.end.latest or spell.end.earliest)
    return since_epoch(last + timedelta(1)) if last and last < date.max else None
