"""Groups the places of a record into theatres: what is looked at on one map."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from tadmor.lexicon.gazetteer import distance_km
from tadmor.record.queries import Place
from tadmor.records import Record

__all__ = ["Theatre", "distance", "theatres"]

NEAR = 320.0  # km between places of two countries that make them one theatre; Mosul to Deir ez-Zor is 290
MOST = 24  # maps of their own; what is left is on the overview alone
WORLD = "Other places"


class Theatre(Record, frozen=True):
    """`place_ids` are all its places, with or without a point of their own."""

    name: str
    place_ids: tuple[str, ...]


def theatres(
    places: Iterable[Place], weights: Mapping[str, float], country_name: Callable[[str], str | None]
) -> list[Theatre]:
    """The theatres, the heaviest first: countries joined where places of them lie near each other.

    `weights` says how much each place counts, by id. Places without a country, and theatres beyond `MOST`, come
    together at the end.
    """
    by_country: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_country[place.country or ""].append(place)
    codes = sorted(code for code in by_country if code)
    leader = {code: code for code in codes}

    def find(code: str) -> str:
        while leader[code] != code:
            code = leader[code]
        return code

    for at, one in enumerate(codes):
        for other in codes[at + 1 :]:
            if find(one) != find(other) and _near(by_country[one], by_country[other]):
                leader[max(find(one), find(other))] = min(find(one), find(other))
    groups: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        groups[find(code)].append(code)

    def weight(code: str) -> float:
        return sum(weights.get(place.id, 0.0) for place in by_country[code])

    ordered = sorted(groups.values(), key=lambda group: (-sum(map(weight, group)), group))
    found = []
    for group in ordered[:MOST]:
        names = [country_name(code) or code for code in sorted(group, key=lambda code: (-weight(code), code))]
        found.append(Theatre(name=_joined(names), place_ids=_ids(by_country, group)))
    rest = [code for group in ordered[MOST:] for code in group] + ([""] if "" in by_country else [])
    if rest:
        found.append(Theatre(name=WORLD, place_ids=_ids(by_country, rest)))
    return found


def distance(one: Place, other: Place) -> float:
    """Great-circle distance in km; infinite where a place has no point."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return math.inf
    return distance_km(one.lat, one.lon, other.lat, other.lon)


def _near(ones: Iterable[Place], others: Iterable[Place]) -> bool:
    towns = [place for place in others if place.level == "place"]
    return any(distance(one, other) <= NEAR for one in ones if one.level == "place" for other in towns)


def _ids(by_country: Mapping[str, list[Place]], codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(place.id for code in codes for place in by_country[code])


def _joined(names: list[str]) -> str:
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
