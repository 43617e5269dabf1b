"""From what a user calls a place to the place of the record that is meant."""

from __future__ import annotations

from typing import NamedTuple

from tadmor.errors import UsageError
from tadmor.lexicon.placename import did_you_mean, fold, key
from tadmor.record import queries
from tadmor.record.database import Database
from tadmor.record.queries import Place
from tadmor.records import Where


class Meant(NamedTuple):
    """A place, the part of it that was asked for, and the other places of that name, likeliest first."""

    place: Place
    part: str | None = None
    others: tuple[Place, ...] = ()


def find_place(database: Database, name: str, part: str | None = None) -> Meant:
    """The place that `name` means: an id, a name or any spelling of it, or a part ("east Aleppo").

    `part` is one of its parts in any words ("the eastern half"). Raises `UsageError` with suggestions where the record
    knows no such place or part.
    """
    if part is not None:
        meant = find_place(database, name)
        wanted = _part(database, meant.place, part)
        if wanted is None:
            own = sorted(filter(None, _parts(database, meant.place)))
            advice = f"; its parts are {', '.join(own)}" if own else ": it has no parts"
            raise UsageError(f"the record knows no part {part!r} of {meant.place.name}{advice}")
        return meant._replace(part=wanted)
    places = queries.places(database)
    if name in places:
        return Meant(places[name])
    if found := _bearers(places, name):
        return Meant(found[0], None, tuple(found[1:]))
    words = name.split()
    for split in range(1, len(words)):
        for some, rest in ((words[:split], words[split:]), (words[split:], words[:split])):
            found = _bearers(places, " ".join(rest).removeprefix("of "))
            if found and (known := _part(database, found[0], " ".join(some))):
                return Meant(found[0], known, tuple(found[1:]))
    raise UsageError(f"the record knows no place called {name!r}{_advice(places, name)}")


def find_actor(database: Database, name: str) -> frozenset[str]:
    """The names under which the record's claims speak of the actor that `name` means.

    Raises `UsageError` with suggestions where no claim speaks of it.
    """
    from tadmor.lexicon import actors

    rows = database.query(
        "SELECT actor AS name, actor_id AS id FROM claims WHERE actor IS NOT NULL"
        " UNION SELECT opponent, opponent_id FROM claims WHERE opponent IS NOT NULL ORDER BY 1, 2"
    )
    meant = actors.load().by_name(name)
    ids = {row["id"] for row in rows if fold(row["name"]) == fold(name)} - {None}
    ids.add(meant.id if meant else name)
    found = {row["name"] for row in rows if row["id"] in ids or fold(row["name"]) == fold(name)}
    if not found:
        raise UsageError(f"the record knows no actor called {name!r}{did_you_mean(name, (r['name'] for r in rows))}")
    return frozenset(found)


def _bearers(places: dict[str, Place], name: str) -> list[Place]:
    """The places with that name: spelled so, then (through the gazetteer) known so, then transliterated so."""
    from tadmor.lexicon import gazetteer

    if not fold(name):
        return []
    known = [place.id for place in gazetteer.load().lookup(name)]
    rank = {place_id: number for number, place_id in enumerate(known)}
    exact = [place for place in places.values() if fold(place.name) == fold(name)]
    aliased = [places[place_id] for place_id in known if place_id in places]
    similar = [place for place in places.values() if key(place.name) == key(name)] if not (exact or aliased) else []
    found = {place.id: place for place in [*exact, *aliased, *similar]}
    # A town before the province of the same name, then as the gazetteer has it.
    return sorted(found.values(), key=lambda place: (place.level != "place", rank.get(place.id, len(rank)), place.id))


def _part(database: Database, place: Place, words: str) -> str | None:
    from tadmor.timeline import place_part

    wanted = place_part.of(Where(name=place.name, text=words, part=words)).key
    return wanted if wanted in _parts(database, place) else None


def _parts(database: Database, place: Place) -> set[str | None]:
    return {spell.part for spell in queries.spells(database, [place.id], layer=None)}


def _advice(places: dict[str, Place], name: str) -> str:
    if not places:
        return ": it holds no places yet"
    close = did_you_mean(name, (place.name for place in places.values()))
    return close or "; `tadmor state --record FILE --on DATE` lists those it knows"
