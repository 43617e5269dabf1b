"""CSV in the shape of ACLED: its 31 columns and codes, blanks where the record does not know. It is not ACLED data.

Codes follow the public description of ACLED's columns. Events of control become battles: a gain by the government of
the country, or what is part of it, is "Government regains territory", by anybody else "Non-state actor overtakes
territory".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tadmor.lexicon import countries, outlines
from tadmor.out.export import sheet
from tadmor.out.export.cells import Value
from tadmor.out.export.parties import Role, is_government, role
from tadmor.out.export.tables import Column, Table, names, words
from tadmor.record import select
from tadmor.record.database import Database
from tadmor.record.select import EventRow, Filters

if TYPE_CHECKING:
    from tadmor.out.export.job import Job

PREFIX = "TDM-"
NOTES = (
    "THIS IS NOT ACLED DATA. It has the columns of ACLED so that tools made for it can read it; every id begins with"
    f" {PREFIX} so that no row is taken for one of theirs. Nobody at ACLED has coded or seen it.",
    *sheet.NOTES,
    "Left out are events that ACLED has no type for: a loss without a winner, and a siege without fighting.",
    "A place of which part was gained is an armed clash, as ACLED codes a location as a whole.",
    "`time_precision`: 1 one day, 2 up to a week, 3 up to a month, of which `event_date` is the middle; of longer"
    " times the day is blank.",
    "`geo_precision`: 1 the place, 2 a part of it or near it, 3 a district or governorate. Of a country alone the"
    " coordinates are blank.",
    "`inter1` and `inter2` follow the dictionary of actors; `interaction` has the codes of the two, the lower first.",
    "`fatalities` is the likeliest of the numbers claimed, else the lowest, else blank: never 0 for want of a number."
    " `tags` has the band, and how sure the event is: think of leaving out what is unlikely (--confidence 0.5).",
)

BATTLES, REMOTE, CIVILIANS = "Battles", "Explosions/Remote violence", "Violence against civilians"
PROTESTS, RIOTS, STRATEGIC = "Protests", "Riots", "Strategic developments"
TYPES = {
    "Armed clash": BATTLES,
    "Government regains territory": BATTLES,
    "Non-state actor overtakes territory": BATTLES,
    "Chemical weapon": REMOTE,
    "Air/drone strike": REMOTE,
    "Suicide bomb": REMOTE,
    "Shelling/artillery/missile attack": REMOTE,
    "Remote explosive/landmine/IED": REMOTE,
    "Grenade": REMOTE,
    "Sexual violence": CIVILIANS,
    "Attack": CIVILIANS,
    "Abduction/forced disappearance": CIVILIANS,
    "Peaceful protest": PROTESTS,
    "Protest with intervention": PROTESTS,
    "Excessive force against protesters": PROTESTS,
    "Violent demonstration": RIOTS,
    "Mob violence": RIOTS,
    "Agreement": STRATEGIC,
    "Arrests": STRATEGIC,
    "Change to group/activity": STRATEGIC,
    "Disrupted weapons use": STRATEGIC,
    "Headquarters or base established": STRATEGIC,
    "Looting/property destruction": STRATEGIC,
    "Non-violent transfer of territory": STRATEGIC,
    "Other": STRATEGIC,
}
FOUGHT = frozenset({"gains_part", "contests", "advances", "repels"})
DISORDER = {
    BATTLES: "Political violence",
    REMOTE: "Political violence",
    CIVILIANS: "Political violence",
    PROTESTS: "Demonstrations",
    STRATEGIC: "Strategic developments",
}
DISORDER_OF_SUB = {
    "Excessive force against protesters": "Political violence; Demonstrations",
    "Violent demonstration": "Demonstrations",
    "Mob violence": "Political violence",
}
INTER: dict[Role, tuple[str, int]] = {
    "state": ("State forces", 1),
    "rebels": ("Rebel group", 2),
    "militia": ("Political militia", 3),
    "civilians": ("Civilians", 7),
    "other state": ("External/Other forces", 8),
    "external": ("External/Other forces", 8),
}
SPANS = (1, 7, 31)  # most days for each code of `time_precision`
GEO = {"exact": 1, "part": 2, "near": 2, "district": 3, "governorate": 3}


def _days(row: EventRow) -> tuple[date | None, date | None]:
    days = row.event.days
    return days.first or days.last, days.last or days.first


class Coded(msgspec.Struct, frozen=True, dict=True):
    """An event as ACLED would type it. `sub` is blank where it depends on who a party is and that is not known."""

    row: EventRow
    type: str
    sub: str | None
    actors: tuple[str, ...]
    opponents: tuple[str, ...]

    @cached_property
    def day(self) -> date | None:
        """The day, or the middle of a few days, of a week or of a month; None where less is known."""
        first, last = _days(self.row)
        return first + (last - first) // 2 if first and last and self.precision else None

    @cached_property
    def precision(self) -> int | None:
        first, last = _days(self.row)
        if first is None or last is None:
            return None
        span = (last - first).days + 1
        return next((code for code, most in enumerate(SPANS, 1) if span <= most), None)

    @property
    def year(self) -> int | None:
        first, last = _days(self.row)
        return first.year if first and last and first.year == last.year else None

    def side(self, who: tuple[str, ...]) -> Role | None:
        return role(who[0], self.row.place.country, self.day) if who else None

    @cached_property
    def inter(self) -> tuple[str | None, str | None, str | None]:
        one, other = self.side(self.actors), self.side(self.opponents)
        codes = sorted(INTER[known][1] for known in (one, other) if known)
        complete = len(codes) == len([who for who in (self.actors, self.opponents) if who])
        both = f"{codes[0]}{codes[1] if len(codes) > 1 else 0}" if codes and complete else None
        return INTER[one][0] if one else None, INTER[other][0] if other else None, both


def coded(row: EventRow) -> Coded | None:
    """The event in ACLED's types; None where there is none for it."""
    event = row.event
    actors, opponents = event.actors, event.opponents
    if event.kind != "control":
        return Coded(row, TYPES[event.type], event.type, actors, opponents) if event.type in TYPES else None
    if event.type in FOUGHT:
        return Coded(row, BATTLES, "Armed clash", actors, opponents)
    if event.type == "loses":
        actors, opponents = opponents, actors
    if event.type not in ("gains", "loses") or not actors:
        return None
    found = Coded(row, BATTLES, None, actors, opponents)
    country = row.place.country
    government = is_government(actors[0], country, found.day) if country else None
    if government is None:
        return found
    sub = "Government regains territory" if government else "Non-state actor overtakes territory"
    return msgspec.structs.replace(found, sub=sub)


def _read(database: Database, filters: Filters) -> Iterator[Coded]:
    return (found for row in select.events(database, filters) if (found := coded(row)) is not None)


def _at(who: Callable[[Coded], tuple[str, ...]], first: bool) -> Callable[[Coded], Value]:
    return lambda one: (who(one)[0] if first else "; ".join(who(one)[1:]) or None) if who(one) else None


def _geo(one: Coded) -> int | None:
    return GEO.get(select.precision(one.row.place, one.row.event.part))


def _country(one: Coded) -> str | None:
    code = one.row.place.country
    return (outlines.load().name(code) or code) if code else None


def _iso(one: Coded) -> int | None:
    found = countries.load().get(one.row.place.country or "")
    return int(found.numeric) if found and found.numeric else None


def _targets_civilians(one: Coded) -> str | None:
    return "Civilian targeting" if one.type == CIVILIANS or one.side(one.opponents) == "civilians" else None


def _disorder(one: Coded) -> str | None:
    return DISORDER_OF_SUB.get(one.sub or "") or DISORDER.get(one.type)


def _notes(one: Coded) -> str:
    said_by = ", ".join(names(one.row.evidence)) or "a source that is not named"
    return f"Claimed by {said_by}: " + " / ".join(f'"{quote}"' for quote in words(one.row.evidence))


def _fatalities(one: Coded) -> int | None:
    if one.row.event.killed is None:
        return None
    low, best, _ = one.row.event.killed
    return best if best is not None else low


def _tags(one: Coded) -> str:
    event = one.row.event
    tags = [f"probability={event.confidence}", f"voices={event.voices}"]
    if event.killed:
        tags.append("killed=" + "..".join("" if bound is None else str(bound) for bound in event.killed))
    return "; ".join(tags)


def _source(one: Coded) -> str | None:
    return "; ".join(dict.fromkeys(each.outlet for each in one.row.evidence if each.outlet)) or None


def _point(at: str) -> Callable[[Coded], Value]:
    return lambda one: getattr(one.row.place, at) if _geo(one) else None


# fmt: off
COLUMNS: tuple[Column[Coded], ...] = (
    Column("event_id_cnty", "text", f"Id of the event after {PREFIX}", lambda one: PREFIX + one.row.event.id),
    Column("event_date", "day", "Day of the event, or the middle of up to a month in which it was",
           lambda one: one.day),
    Column("year", "whole", "Year of the event", lambda one: one.year),
    Column("time_precision", "whole", "1 one day, 2 up to a week, 3 up to a month; blank: less is known",
           lambda one: one.precision, codes=("1", "2", "3")),
    Column("disorder_type", "text", "ACLED's grouping of event types", _disorder),
    Column("event_type", "text", "ACLED event type", lambda one: one.type,
           codes=(BATTLES, REMOTE, CIVILIANS, PROTESTS, RIOTS, STRATEGIC)),
    Column("sub_event_type", "text", "ACLED sub-event type; blank where it depends on what a party is, and that is not"
           " known", lambda one: one.sub),
    Column("actor1", "text", "One party; who comes first has no meaning in ACLED", _at(lambda one: one.actors, True)),
    Column("assoc_actor_1", "text", "Others on its side", _at(lambda one: one.actors, False)),
    Column("inter1", "text", "What kind of party that is", lambda one: one.inter[0]),
    Column("actor2", "text", "The other party", _at(lambda one: one.opponents, True)),
    Column("assoc_actor_2", "text", "Others on its side", _at(lambda one: one.opponents, False)),
    Column("inter2", "text", "What kind of party that is", lambda one: one.inter[1]),
    Column("interaction", "text", "Codes of the two kinds, the lower first; 0 where there is one party",
           lambda one: one.inter[2]),
    Column("civilian_targeting", "text", "Whether civilians were the target", _targets_civilians),
    Column("iso", "whole", "ISO 3166-1 numeric", _iso),
    Column("region", "text", "Blank: ACLED's own grouping"),
    Column("country", "text", "Name of the country", _country),
    Column("admin1", "text", "First-order division", lambda one: one.row.place.admin1),
    Column("admin2", "text", "Blank"),
    Column("admin3", "text", "Blank"),
    Column("location", "text", "Name of the place", lambda one: one.row.place.name),
    Column("latitude", "number", "Latitude of the place", _point("lat"), "degrees north, WGS 84"),
    Column("longitude", "number", "Longitude of the place", _point("lon"), "degrees east, WGS 84"),
    Column("geo_precision", "whole", "How exactly the place is known", _geo, codes=("1", "2", "3")),
    Column("source", "text", "Outlets of the reports", _source),
    Column("source_scale", "text", "Blank: ACLED's own grading"),
    Column("notes", "text", "Who claims it, in which words", _notes),
    Column("fatalities", "whole", "Killed", _fatalities, "people"),
    Column("tags", "text", "How sure it is, independent voices, band of the toll", _tags),
    Column("timestamp", "whole", "Blank: when ACLED last changed a row"),
)
# fmt: on


def table(job: Job) -> Table[Any]:
    return Table("events", "Events in the shape of ACLED", "event_id_cnty", COLUMNS, _read, lambda one: None)


def write(job: Job, table: Table[Any], out: Path) -> int:
    return sheet.write(job, table, out)
