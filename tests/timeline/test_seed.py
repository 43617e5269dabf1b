"""The worked example: the timeline of its annotated claims."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tadmor.lexicon import actors
from tadmor.records import Claim, Days, Heard, Party, PlaceHistory, Quote, Spell, Where
from tadmor.timeline.build import history, state_on

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared")
TODAY = date(2016, 12, 10)


def party(name: str | None) -> Party | None:
    known = actors.load().by_name(name) if name else None
    return Party(name=name, id=known.id if known else None, text=name) if name else None


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def told() -> tuple[Heard, ...]:
    report = json.loads((SHARED / "gold" / "seed.jsonl").read_text())
    return tuple(
        Heard(
            claim=Claim(
                id=f"c{one['id']:02}",
                report_id=report["doc"],
                kind=one["kind"],
                type=one["type"],
                actor=party(one["actor"]),
                opponent=party(one["opponent"]),
                where=Where(name=one["place"], text=one["place"], part=one["part"], near=one["near"]),
                days=Days(first=day(one["from"]), last=day(one["to"]), precision=one["date_precision"]),
                modality=one["modality"],
                sources=tuple(one["sources"]),
                verification=one["verification"],
                quote=Quote(start=0, end=1),
                rule="gold",
                confidence=0.9,
            ),
            story_id=report["doc"],
            outlet=report["outlet"],
            published=day(report["published"]),
        )
        for one in report["claims"]
        if one["place"]
    )


def place(name: str) -> PlaceHistory:
    return history(name, [one for one in told() if one.claim.where and one.claim.where.name == name])


def spells(made: PlaceHistory, part: str | None = None) -> list[Spell]:
    return [spell for spell in made.spells if spell.layer == "assessed" and spell.part == part]


def test_palmyra_is_held_by_the_government_since_march_and_contested_today() -> None:
    first, second, third = spells(place("Palmyra"))
    assert (first.status, first.holder) == ("held", "Islamic State")
    assert (first.start.earliest, first.start.latest) == (date(2015, 5, 1), date(2015, 5, 31))
    assert (second.status, second.holder) == ("held", "Syrian government")
    assert (second.start.earliest, second.start.latest) == (date(2016, 3, 1), date(2016, 3, 31))
    assert (third.status, third.holder, third.contested, third.end) == ("contested", "Syrian government", True, None)
    assert third.start.latest == TODAY
    assert "c05" in {pull.claim_id for pull in third.pulls if pull.pull > 0}  # fighting in the centre


def test_the_oil_fields_near_palmyra_have_their_own_history() -> None:
    before, after = spells(place("Palmyra"), "near: oil fields")
    assert (before.holder, after.holder) == ("Syrian government", "Islamic State")
    assert (after.start.earliest, after.start.latest) == (date(2016, 12, 3), TODAY)


def test_most_of_east_aleppo_is_retaken_and_aleppo_is_no_ones_alone() -> None:
    made = place("Aleppo")
    before, after = spells(made, "east")
    assert (before.status, before.holder) == ("held", "rebels")
    assert (after.status, after.holder) == ("partly held", "Syrian government")
    assert state_on(made, date(2016, 10, 1))[0].status == "partly held"


def test_al_bab_is_held_by_islamic_state_and_contested() -> None:
    (now,) = spells(place("Al Bab"))
    assert (now.status, now.holder, now.contested) == ("contested", "Islamic State", True)


def test_surt_fell_early_in_the_week() -> None:
    before, after = spells(place("Surt"))
    assert before.holder == "Islamic State"
    assert after.holder is not None
    assert after.holder != "Islamic State"
    assert (after.start.earliest, after.start.latest) == (date(2016, 12, 4), date(2016, 12, 7))


def test_what_residents_say_stays_apart_from_what_is_assessed() -> None:
    said = [spell for spell in place("Palmyra").spells if spell.claimed_by == "residents" and spell.part is None]
    assert [(spell.status, spell.besieged_by) for spell in said] == [("besieged", "Islamic State")]
