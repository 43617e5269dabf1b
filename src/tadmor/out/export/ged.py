"""CSV in the shape of UCDP's Georeferenced Event Dataset: its 49 columns, precision codes mapped. It is not UCDP data.

Only events with at least one death belong there. What only UCDP can give (conflict, dyad and actor numbers, clarity) is
blank.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tadmor.lexicon import outlines
from tadmor.out.export import sheet
from tadmor.out.export.acled import CIVILIANS, TYPES
from tadmor.out.export.cells import Value
from tadmor.out.export.parties import Role, role
from tadmor.out.export.tables import Column, Table
from tadmor.record import select
from tadmor.record.database import Database
from tadmor.record.queries import told
from tadmor.record.select import EventRow, Filters

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

PREFIX = "TDM-"
NOTES = (
    "THIS IS NOT UCDP DATA. It has the columns of UCDP GED so that tools made for it can read it; ids and `relid` begin"
    f" with {PREFIX}. Nobody at UCDP has coded or seen it.",
    *sheet.NOTES,
    "Only events with at least one death are there. Numbers are as claimed: `low`, `best` and `high` are blank where no"
    " claim gives them, and `best` is all in `deaths_unknown`, or in `deaths_civilians` where the claim behind it says"
    " that they were civilians.",
    "`where_prec`: 1 the place or a part of it, 2 near it, 3 a district, 4 a governorate, 6 a country; the"
    " coordinates of the last three are middles. `date_prec`: 1 the day, 2 two to six days, 3 a week, 4 a month, 5 a"
    " year.",
    "Numbers of conflicts, dyads, sides and countries, `code_status` and `event_clarity` are UCDP's to give, and"
    " blank.",
    "`type_of_violence` follows the dictionary of actors (1 a government against a group, 2 groups, 3 against"
    " civilians) and is blank where it does not know a side.",
)
WHERE = {"exact": 1, "part": 1, "near": 2, "district": 3, "governorate": 4, "country": 6}
STATES: frozenset[Role] = frozenset({"state", "other state"})
GROUPS: frozenset[Role] = frozenset({"rebels", "militia"})
CELLS = 720  # of half a degree around the globe, in PRIO-GRID


def priogrid(lat: float, lon: float) -> int:
    """The cell of PRIO-GRID (0.5 degrees, numbered from 1 in the south-west, row by row) in which a point lies."""
    row = min(math.floor((lat + 90) * 2), CELLS // 2 - 1)
    column = math.floor((lon + 180) * 2) % CELLS
    return row * CELLS + column + 1


def date_precision(first: date | None, last: date | None, precision: str) -> int | None:
    """UCDP's code for how exactly the days are known."""
    if first is None or last is None:
        return None
    days = (last - first).days + 1
    if days == 1:
        return 1
    if precision == "week" or days == 7:
        return 3
    if days < 7:
        return 2
    return 4 if days <= 31 else 5 if days <= 366 else None


def _read(database: Database, filters: Filters) -> Iterator[tuple[EventRow, bool]]:
    """The events with a death, each with whether those killed were civilians."""
    for row in select.events(database, filters):
        event = row.event
        if event.killed is None or not any(event.killed):
            continue
        behind = event.killed_claims[1] or event.killed_claims[0] or event.killed_claims[2]
        claim = told(database, [behind]).get(behind) if behind else None
        count = claim.claim.count if claim else None
        yield row, "civilian" in (count.whom or "").casefold() if count else False


Dead = tuple[EventRow, bool]


def _violence(dead: Dead) -> int | None:
    row, event = dead[0], dead[0].event
    if TYPES.get(event.type) == CIVILIANS:
        return 3
    day = event.days.first or event.days.last
    sides = [role(who[0], row.place.country, day) if who else None for who in (event.actors, event.opponents)]
    if sides[1] == "civilians":
        return 3
    if None in sides:
        return None
    if any(side in STATES for side in sides) and all(side in STATES | GROUPS for side in sides):
        return 1
    return 2 if all(side in GROUPS for side in sides) else None


def _killed(at: int) -> Callable[[Dead], Value]:
    return lambda dead: dead[0].event.killed[at] if dead[0].event.killed else None


def _first(dead: Dead) -> date | None:
    return dead[0].event.days.first or dead[0].event.days.last


def _last(dead: Dead) -> date | None:
    return dead[0].event.days.last or dead[0].event.days.first


def _year(dead: Dead) -> int | None:
    day = _first(dead)
    return day.year if day else None


def _reports(dead: Dead) -> list[select.Evidence]:
    """One claim of each report."""
    return list({one.report_id: one for one in dead[0].evidence}.values())


def _article(dead: Dead) -> str:
    return ";".join(f'"{one.outlet or ""},{one.published or ""},{one.headline or ""}"' for one in _reports(dead))


def _of_reports(what: str) -> Callable[[Dead], Value]:
    def get(dead: Dead) -> Value:
        return ";".join(dict.fromkeys(str(found) for one in _reports(dead) if (found := getattr(one, what)))) or None

    return get


def _point(at: str) -> Callable[[Dead], Value]:
    return lambda dead: getattr(dead[0].place, at)


def _wkt(dead: Dead) -> str | None:
    place = dead[0].place
    return None if place.lon is None else f"POINT ({place.lon} {place.lat})"


def _cell(dead: Dead) -> int | None:
    place = dead[0].place
    return None if place.lat is None or place.lon is None else priogrid(place.lat, place.lon)


def _country(dead: Dead) -> str | None:
    code = dead[0].place.country
    return (outlines.load().name(code) or code) if code else None


def _side(who: Callable[[EventRow], tuple[str, ...]]) -> Callable[[Dead], Value]:
    return lambda dead: ", ".join(who(dead[0])) or None


def _blank(name: str) -> Column[Dead]:
    return Column(name, "text", "Blank: UCDP's own")


# fmt: off
COLUMNS: tuple[Column[Dead], ...] = (
    Column("id", "text", f"Id of the event after {PREFIX}", lambda dead: PREFIX + dead[0].event.id),
    Column("relid", "text", "The same", lambda dead: PREFIX + dead[0].event.id),
    Column("year", "whole", "Year of the first day", _year),
    *map(_blank, ("active_year", "code_status")),
    Column("type_of_violence", "whole", "1 state-based, 2 non-state, 3 one-sided", _violence, codes=("1", "2", "3")),
    *map(_blank, ("conflict_dset_id", "conflict_new_id", "conflict_name", "dyad_dset_id", "dyad_new_id")),
    Column("dyad_name", "text", "The two sides, where both are named",
           lambda dead: f"{', '.join(dead[0].event.actors)} - {', '.join(dead[0].event.opponents)}"
           if dead[0].event.actors and dead[0].event.opponents else None),
    *map(_blank, ("side_a_dset_id", "side_a_new_id")),
    Column("side_a", "text", "Who did it", _side(lambda row: row.event.actors)),
    *map(_blank, ("side_b_dset_id", "side_b_new_id")),
    Column("side_b", "text", "To whom", _side(lambda row: row.event.opponents)),
    Column("number_of_sources", "whole", "Reports that tell of it, copies among them", lambda dead: len(_reports(dead)),
           "reports"),
    Column("source_article", "text", "Outlet, day and headline of each report", _article),
    Column("source_office", "text", "Outlets", _of_reports("outlet")),
    Column("source_date", "text", "Days of publication", _of_reports("published")),
    Column("source_headline", "text", "Headlines", _of_reports("headline")),
    Column("source_original", "text", "Whose word it is",
           lambda dead: ";".join(dict.fromkeys(one.voice.name for one in dead[0].evidence)) or None),
    Column("where_prec", "whole", "How exactly the place is known",
           lambda dead: WHERE.get(select.precision(dead[0].place, dead[0].event.part)),
           codes=("1", "2", "3", "4", "6")),
    Column("where_coordinates", "text", "Name of the place", lambda dead: dead[0].place.name),
    Column("where_description", "text", "The part of it that is spoken of", lambda dead: dead[0].event.part),
    Column("adm_1", "text", "First-order division", lambda dead: dead[0].place.admin1),
    Column("adm_2", "text", "Blank"),
    Column("latitude", "number", "Latitude", _point("lat"), "degrees north, WGS 84"),
    Column("longitude", "number", "Longitude", _point("lon"), "degrees east, WGS 84"),
    Column("geom_wkt", "text", "The point as well-known text, longitude first", _wkt),
    Column("priogrid_gid", "whole", "Cell of PRIO-GRID", _cell),
    Column("country", "text", "Name of the country", _country),
    *map(_blank, ("country_id", "region", "event_clarity")),
    Column("date_prec", "whole", "How exactly the day is known",
           lambda dead: date_precision(_first(dead), _last(dead), dead[0].event.days.precision),
           codes=("1", "2", "3", "4", "5")),
    Column("date_start", "day", "First day on which it may have happened", _first),
    Column("date_end", "day", "Last day on which it may have happened", _last),
    Column("deaths_a", "whole", "Blank: not told apart", unit="people"),
    Column("deaths_b", "whole", "Blank: not told apart", unit="people"),
    Column("deaths_civilians", "whole", "Those of `best` that are said to be civilians",
           lambda dead: _killed(1)(dead) if dead[1] else None, "people"),
    Column("deaths_unknown", "whole", "Those of `best` of whom it is not said who they were",
           lambda dead: None if dead[1] else _killed(1)(dead), "people"),
    Column("best", "whole", "Likeliest number of killed", _killed(1), "people"),
    Column("high", "whole", "Highest number of killed that is claimed", _killed(2), "people"),
    Column("low", "whole", "Lowest number of killed that is claimed", _killed(0), "people"),
    *map(_blank, ("gwnoa", "gwnob")),
)
# fmt: on


def table(job: Job) -> Table[Any]:
    return Table("events", "Events with deaths, in the shape of UCDP GED", "id", COLUMNS, _read, lambda one: None)


def write(job: Job, table: Table[Any], out: Path) -> int:
    return sheet.write(job, table, out)
