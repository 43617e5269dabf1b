"""How claims are compared with what the readers of FA-KES noted."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bench import fakes

DAY = date(2016, 9, 1)


def event(type: str = "Air/drone strike", killed: int | None = None, **fields: Any) -> dict[str, Any]:
    whom = fields.pop("whom", None)
    return {
        "kind": "event",
        "type": type,
        "modality": "asserted",
        "actor": None,
        "opponent": None,
        "country": "SY",
        "admin1": None,
        "to": "2016-09-01",
        "count": {"killed": [killed, killed], "whom": whom} if killed is not None else None,
        **fields,
    }


def test_the_main_event_is_the_first_with_dead_and_never_the_war() -> None:
    told, war = event(killed=9), event("Other", 300000)
    assert fakes.main_event([event(), war, told, event(killed=80)]) is told
    assert fakes.main_event([war]) is None


def test_of_a_clash_the_side_that_did_not_die_killed() -> None:
    clash = event("Armed clash", 12, actor="rebels", opponent="Syrian government", whom="rebel fighters")
    assert fakes.killer(clash, DAY) == "Syrian government"
    assert fakes.killer({**clash, "count": None}, DAY) == "rebels"


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Syrian government", "syrian government or russian troops"),
        ("Russia", "syrian government or russian troops"),
        ("rebels", "armed opposition groups"),
        ("Jaish al-Islam", "armed opposition groups"),
        ("Al-Nusra Front", "al-nusra front"),
        ("YPG", "self administration forces"),
        ("U.S.-led coalition", "international coalition forces"),
        ("gunmen", fakes.UNKNOWN),
    ],
)
def test_an_actor_is_put_into_the_group_that_it_is_part_of_or_fights_for(name: str, group: str) -> None:
    assert fakes.group(name, DAY) == group


def test_an_attack_without_a_weapon_takes_the_next_one_that_names_it() -> None:
    attack = event("Attack", 5, admin1="Idlib Governorate")
    strike = event("Air/drone strike", admin1="Idlib Governorate")
    assert fakes.causes(attack, [attack, strike]) == {"shelling"}
    assert fakes.causes(attack, [attack, {**strike, "admin1": "Homs Governorate"}]) == fakes.CAUSES["Attack"]


@pytest.mark.parametrize(
    ("killed", "whom", "civilians", "others"),
    [
        (22, "people", 22, 0),
        (20, "people, including 13 civilians", 13, 7),
        (38, "regime forces", 0, 38),
        (14, "fighters from Jaish al-Islam", 0, 14),
        (9, "civilians, including two children", 9, 0),
        (None, "people", 0, 0),
    ],
)
def test_the_dead_are_civilians_unless_they_are_said_to_have_fought(
    killed: int | None, whom: str, civilians: int, others: int
) -> None:
    assert fakes.deaths(event(killed=killed, whom=whom), DAY) == (civilians, others)


def test_where_the_event_was_may_be_told_when_it_is_told_again() -> None:
    headline, body = event(killed=25), event(killed=25, admin1="Homs Governorate")
    assert fakes.governorate(headline, [headline, event(admin1="Damascus Governorate"), body]) == "homs"
