"""FA-KES: news of the Syrian war; its readers noted the governorate, who did it, how people died and how many.

Commas and apostrophes are lost in its texts. What the readers noted is about the one event that an article is chiefly
about. That event is taken to be the first violent one with dead that the article tells of, since news leads with it;
tolls of the whole war are no event. How the readers' words and claims are compared:

- *actor* is who killed, in six groups. An actor is put into the group that it is part of, else into one that it fought
  for. Of a clash whose dead are all on one side, the other side killed.
- *cause* is a kind of weapon. FA-KES has none for a clash, for which its readers wrote "shooting" or "unknown"; nor for
  an attack without a weapon ("shooting", "execution", "unknown"). Where the main event names no weapon, the weapon is
  that of the next event in the same governorate that does.
- *civilians* and *others* are the dead of the main event, and children and women among its civilians. A toll of
  soldiers, fighters or members of an armed party is one of others; any other toll is one of civilians, as the readers
  counted "people". Where the words of a toll break it down ("20 people including 13 civilians"), so does the measure.
  A report without a number of dead has none.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tadmor.claim.number import number
from tadmor.lexicon import actors

UNKNOWN = "unknown"
# FA-KES writes the city for the governorate, and Damascus for the countryside around it, too.
GOVERNORATES = {
    "Aleppo": "aleppo",
    "Al-Hasakah": "hasakeh",
    "Damascus": "damascus",
    "Daraa": "daraa",
    "Deir ez-Zor": "deir ezzor",
    "Hama": "hama",
    "Homs": "homs",
    "Idlib": "idlib",
    "Latakia": "lattakia",
    "Quneitra": "quneitra",
    "Raqqa": "raqqa",
    "Rif Dimashq": "damascus",
}
_CIVILIANS = re.compile(r"([\w-]+) (?:of (?:them|whom) )?(?:were )?civilians")
_ARMED = re.compile(r"([\w-]+) (?:\w+ )?(?:soldiers|fighters|militants|rebels|terrorists|gunmen|combatants)")
CIVIL = {"civilian", "people", "person", "women", "children", "worker", "medic", "resident", "child", "woman"}
FIGHTING = {
    "member",
    "militant",
    "terrorist",
    "fighter",
    "soldier",
    "troop",
    "rebel",
    "gunmen",
    "jihadist",
    "extremist",
}
# The groups by their chief actors, in the order in which an actor on several sides is put into one.
GROUPS = {
    "self administration forces": ("sdf", "ypg"),
    "the organization of the islamic state in iraq and the levant - isis": ("is",),
    "al-nusra front": ("nusra",),
    "armed opposition groups": ("syr-rebels", "fsa"),
    "syrian government or russian troops": ("syr-gov", "rus-gov"),
    "international coalition forces": ("cjtf-oir", "usa-gov"),
}
CAUSES = {
    "Air/drone strike": {"shelling"},
    "Shelling/artillery/missile attack": {"shelling"},
    "Suicide bomb": {"explosion"},
    "Remote explosive/landmine/IED": {"explosion"},
    "Grenade": {"explosion"},
    "Chemical weapon": {"chemical and toxic gases"},
    "Armed clash": {"shooting", UNKNOWN},
    "Attack": {"shooting", "execution", UNKNOWN},
}
WEAPONLESS = ("Armed clash", "Attack")
FIELDS = ("governorate", "actor", "cause", "civilians", "others")


def published(row: Mapping[str, str]) -> date:
    return datetime.strptime(row["date"], "%m/%d/%y").date()


def write_lines(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """The articles as JSON lines that Tadmor reads."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            line = {
                "doc": row["unit_id"],
                "published": published(row).isoformat(),
                "title": row["article_title"],
                "outlet": row["source"],
                "text": row["article_content"],
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def agreement(rows: Sequence[Mapping[str, str]], found: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, float]:
    """Shares of articles of which each of `FIELDS` is what the readers noted."""
    right: Counter[str] = Counter()
    for row in rows:
        claims = found.get(row["unit_id"], ())
        main = main_event(claims)
        civilians, others = deaths(main, published(row))
        right["governorate"] += governorate(main, claims) == row["location"]
        right["actor"] += group(killer(main, published(row)), published(row)) == row["actor"]
        right["cause"] += row["cause_of_death"] in causes(main, claims)
        right["civilians"] += civilians == int(row["nb_civilians"])
        right["others"] += others == int(row["nb_noncivilians"])
    return {field: right[field] / len(rows) for field in FIELDS}


def main_event(claims: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The first violent event with dead; without dead, the first violent event."""
    events = violent(claims)
    return next((event for event in events if _killed(event)), events[0] if events else None)


def violent(claims: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The events that FA-KES has a cause for, as said to have happened."""
    return [claim for claim in claims if claim["type"] in CAUSES and claim["modality"] in ("asserted", "hedged")]


def causes(main: Mapping[str, Any] | None, claims: Sequence[Mapping[str, Any]]) -> set[str]:
    """The causes of FA-KES that the main event may have been noted as."""
    if main is None:
        return {UNKNOWN}
    if main["type"] in WEAPONLESS:
        armed = (
            event
            for event in violent(claims)
            if event["type"] not in WEAPONLESS and event["admin1"] == main["admin1"] and event["to"] == main["to"]
        )
        if (event := next(armed, None)) is not None and main["type"] == "Attack":
            return CAUSES[event["type"]]
    return CAUSES[main["type"]]


def killer(main: Mapping[str, Any] | None, day: date) -> str | None:
    """Name of the party that killed: of a clash, the other side than that of the dead."""
    if main is None:
        return None
    if main["type"] == "Armed clash" and main["actor"] and main["opponent"]:
        dead, whom = victims(main, day), (main["count"] or {}).get("whom")
        if whom == main["actor"] or (dead is not None and dead.name == main["actor"]):
            return str(main["opponent"])
    return str(main["actor"]) if main["actor"] else None


def victims(main: Mapping[str, Any], day: date) -> actors.Actor | None:
    """The armed party that all the dead of an event belonged to."""
    whom = (main["count"] or {}).get("whom") or ""
    return None if " and " in whom else actors.load().side(whom.split(), "SY", day)


def deaths(main: Mapping[str, Any] | None, day: date) -> tuple[int, int]:
    """The civilians and the others who died in the main event."""
    dead = _killed(main) if main else 0
    whom = ((main["count"] or {}).get("whom") or "").lower() if main else ""
    head, _, parts = whom.partition(", ")
    if part := _CIVILIANS.search(parts or whom):
        civilians = min(number(part[1]) or 0, dead)
        return civilians, dead - civilians
    if part := _ARMED.search(parts):
        others = min(number(part[1]) or 0, dead)
        return dead - others, others
    return (0, dead) if armed(head, day) else (dead, 0)


def armed(words: str, day: date) -> bool:
    """Whether the words for those who died mean fighters."""
    nouns = {word.rstrip("s") for word in words.split()}
    if nouns & CIVIL:
        return False
    return bool(nouns & FIGHTING) or actors.load().side(words.split(), "SY", day) is not None


def governorate(main: Mapping[str, Any] | None, claims: Sequence[Mapping[str, Any]]) -> str:
    """Where the main event was, as soon as the article says it; else where most of the article is."""
    retold = [event for event in violent(claims) if main and _killed(event) == _killed(main)]
    for event in [main, *retold] if main else ():
        if event["country"] == "SY" and event["admin1"]:
            return _governorate(event["admin1"])
    names = Counter(claim["admin1"] for claim in claims if claim["country"] == "SY" and claim["admin1"])
    return _governorate(names.most_common(1)[0][0]) if names else UNKNOWN


def group(name: str | None, day: date) -> str:
    """The group of FA-KES that an actor is one of, is part of, or fights for."""
    known = actors.load()
    actor = next((actor for actor in known if actor.name == name), None)
    if actor is None:
        return UNKNOWN
    wholes = known.wholes(actor.id, day)
    part_of = (title for title, ids in GROUPS.items() if not set(ids).isdisjoint(wholes))
    sided = (title for title, ids in GROUPS.items() if any(known.same_side(actor.id, id, day) == 1 for id in ids))
    return next(part_of, next(sided, UNKNOWN))


def _governorate(admin1: str) -> str:
    return GOVERNORATES.get(admin1.removesuffix(" Governorate"), UNKNOWN)


def _killed(claim: Mapping[str, Any]) -> int:
    low, high = (claim["count"] or {}).get("killed") or (None, None)
    return low or high or 0
