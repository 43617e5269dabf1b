"""FA-KES: news of the Syrian war; its readers noted the governorate, who did it and how people died.

Commas and apostrophes are lost in its texts. What the readers noted is about the one event that an article is chiefly
about; it is compared with the deadliest event that the claims of the article tell of.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

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
    "Armed clash": {"shooting"},
    "Attack": {"shooting", "execution"},
}


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
    """Shares of articles whose governorate, actor and cause are those that the readers noted."""
    right: Counter[str] = Counter()
    for row in rows:
        claims = found.get(row["unit_id"], ())
        main = main_event(claims)
        right["governorate"] += governorate(main, claims) == row["location"]
        right["actor"] += group(main, published(row)) == row["actor"]
        causes = CAUSES.get(main["type"], {UNKNOWN}) if main else {UNKNOWN}
        right["cause"] += row["cause_of_death"] in causes
    return {field: right[field] / len(rows) for field in ("governorate", "actor", "cause")}


def main_event(claims: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The event with the most dead, of equals the first; without dead, the first event in a place."""
    events = [claim for claim in claims if claim["kind"] == "event" and claim["modality"] in ("asserted", "hedged")]
    return max(events, key=lambda claim: (_killed(claim), claim["admin1"] is not None), default=None)


def governorate(main: Mapping[str, Any] | None, claims: Sequence[Mapping[str, Any]]) -> str:
    """Where the main event was, or where most of the article is."""
    names = Counter(claim["admin1"] for claim in claims if claim["country"] == "SY" and claim["admin1"])
    if main and main["admin1"]:
        return _governorate(main["admin1"])
    return _governorate(names.most_common(1)[0][0]) if names else UNKNOWN


def group(main: Mapping[str, Any] | None, day: date) -> str:
    """The group of FA-KES that the actor of an event is one of, or fights for."""
    actor = actors.load().by_name(main["actor"]) if main and main["actor"] else None
    if actor is None:
        return UNKNOWN
    for name, ids in GROUPS.items():
        if actor.id in ids:
            return name
    for name, ids in GROUPS.items():
        if any(actors.load().same_side(actor.id, id, day) == 1 for id in ids):
            return name
    return UNKNOWN


def _governorate(admin1: str) -> str:
    return GOVERNORATES.get(admin1.removesuffix(" Governorate"), UNKNOWN)


def _killed(claim: Mapping[str, Any]) -> int:
    low, high = (claim["count"] or {}).get("killed") or (None, None)
    return low or high or 0
