"""What a record tells of heritage, from claims told line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import msgspec
import pytest

import invented
from homes import Records
from tadmor import pipeline
from tadmor.lexicon import heritage
from tadmor.pipeline import read_into
from tadmor.record.database import Database, open_record
from tadmor.record.heritage import Incident, incidents
from tadmor.records import Claim, Days, GeoPrecision, Modality, Party, Quote, Reading, Report, Where
from tadmor.run.local import Local
from tadmor.run.stage import Stage
from tadmor.timeline.build import known

KNOWN = heritage.load()


def _where(name: str, lat: float, lon: float, country: str = "SY", precision: GeoPrecision = "exact") -> Where:
    return Where(name=name, id=f"th:{name}", text=name, lat=lat, lon=lon, country=country, precision=precision)


PLACES = {
    "Palmyra": invented.PLACES["Palmyra"],
    "Krak": _where("Krak des Chevaliers", 34.757, 36.295),
    "Idlib": _where("Idlib", 35.93, 36.63),
    "Homs": _where("Homs", 34.7, 38.0, precision="governorate"),
    "France": _where("France", 46.0, 2.0, country="FR", precision="country"),
}

# kind, type, who, place, part, modality, day | words
LINES = """
event;Looting/property destruction;Islamic State;Palmyra;;asserted;2015-08-30|blew up the Temple of Bel
event;Looting/property destruction;Islamic State;Palmyra;;asserted;2015-10-04|destroyed an arch and several tombs
event;Looting/property destruction;Islamic State;Palmyra;;asserted;2015-11-04|looted shops in the market
event;Looting/property destruction;Islamic State;Palmyra;;denied;2015-12-04|had not touched the Temple of Baalshamin
event;Air/drone strike;Russia;Palmyra;;asserted;2016-03-09|bombs fell on the castle
event;Air/drone strike;Russia;Palmyra;;asserted;2016-03-20|bombed the road
event;Armed clash;Syrian army;Palmyra;;asserted;2016-03-24|fought in the streets
event;Armed clash;Syrian army;Homs;;asserted;2016-03-24|fought for the Temple of Bel
event;Armed clash;Syrian army;Idlib;;asserted;2016-04-24|fought, as for the Temple of Bel before
event;Armed clash;Syrian army;France;;asserted;2016-05-24|clashed over the Temple of Bel
event;Agreement;Syrian army;Palmyra;;asserted;2016-05-01|signed a truce at the Temple of Bel
event;Headquarters or base established;rebels;Krak;;asserted;2013-01-01|made the castle their base
control;holds;rebels;Krak;;asserted;2013-06-01|hold the castle
control;gains;Syrian army;Krak;;asserted;2014-03-20|took Krak des Chevaliers
control;holds;Syrian army;Palmyra;;asserted;2015-05-01|held Palmyra
control;gains;Islamic State;Palmyra;;asserted;2015-05-20|took the city with its ancient monuments
control;gains;Syrian army;Palmyra;;asserted;2016-03-27|took Palmyra
"""


def claims(reports: Iterable[Report]) -> Iterator[Reading]:
    for report in reports:
        found = []
        for line in report.text.splitlines():
            if line.count(";") == 6:
                facts, words = line.split("|")
                start = report.text.index(line) + len(facts) + 1
                found.append(_claim(report, facts.split(";"), Quote(start=start, end=start + len(words))))
        yield Reading(report=report, claims=tuple(found))


def _claim(report: Report, facts: Sequence[str], quote: Quote) -> Claim:
    kind, type, who, place, part, modality, day = facts
    on = date.fromisoformat(day)
    return Claim(
        id=invented.content_id("c", report.id, quote.start),
        report_id=report.id,
        kind="control" if kind == "control" else "event",
        type=type,
        actor=Party(name=who, id=None, text=who),
        where=msgspec.structs.replace(PLACES[place], part=part or None),
        days=Days(first=on, last=on, precision="day", basis="stated"),
        modality=_modality(modality),
        quote=quote,
        rule="test",
        confidence=0.9,
    )


def _modality(word: str) -> Modality:
    return "denied" if word == "denied" else "asserted"


def open_reading() -> Callable[[Sequence[pipeline.Found]], list[pipeline.Read]]:
    return lambda found: pipeline.read_documents(found, claims)


@pytest.fixture(scope="module")
def told(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("heritage")
    (folder / "lines.txt").write_text("Lines\n\n" + LINES.strip().replace("\n", "\n\n") + "\n")
    stage = Stage(open_reading, pipeline.READ.lost, pipeline.READ.size)
    with open_record(records.new(), write=True) as database:
        read_into(database, [str(folder / "lines.txt")], runner=Local(), outlet="Gazette", stage=stage)
        yield database


def of(told: Database, site: str, **days: date) -> list[Incident]:
    return incidents(told, KNOWN, known(), [KNOWN.get(site)], **days)


def named(found: Iterable[Incident]) -> set[tuple[str, str | None, str]]:
    return {(str(one.days.first), one.part, one.effect) for one in found if one.near_km is None}


def test_damage_to_parts_and_to_the_site_is_told_by_name(told: Database) -> None:
    found = of(told, "whc:23")
    assert {each for each in named(found) if each[2] == "damage"} == {
        ("2015-08-30", "mon:palmyra-bel", "damage"),
        ("2015-10-04", None, "damage"),
    }
    (bel,) = (one for one in found if one.part == "mon:palmyra-bel" and one.effect == "damage")
    assert (bel.actors, bel.voices, bel.place_id) == (("Islamic State",), ("Gazette",), "gn:163808")
    assert len(bel.claim_ids) == 1


def test_strikes_on_a_monument_are_no_strikes_near_it(told: Database) -> None:
    found = of(told, "whc:23")
    assert ("2016-03-09", "mon:palmyra-castle", "strike") in named(found)
    near = {(str(one.days.first), one.effect) for one in found if one.near_km is not None}
    assert {("2016-03-20", "fighting"), ("2016-03-24", "fighting")} <= near
    assert ("2016-03-09", "fighting") not in near
    assert all(one.near_km is None or 0 < one.near_km <= 5 for one in found)


def test_a_monument_is_named_in_claims_about_its_province_and_not_about_other_places(told: Database) -> None:
    days = {day for day, part, _ in named(of(told, "whc:23")) if part == "mon:palmyra-bel"}
    assert days == {"2015-08-30", "2016-03-24"}


def test_changes_of_hands_near_a_site_are_told_with_both_sides(told: Database) -> None:
    control = [one for one in of(told, "whc:23") if one.effect == "control"]
    assert [(str(one.days.last), one.actors, one.opponents) for one in control] == [
        ("2015-05-20", ("Islamic State",), ("Syrian army",)),
        ("2016-03-27", ("Syrian army",), ("Islamic State",)),
    ]


def test_who_holds_a_monument_uses_it(told: Database) -> None:
    uses = [(one.what, one.actors) for one in of(told, "whc:1229") if one.effect == "use"]
    assert ("Headquarters or base established", ("rebels",)) in uses
    assert ("held", ("rebels",)) in uses
    assert ("held", ("Syrian army",)) in uses


def test_only_what_may_have_been_between_two_days(told: Database) -> None:
    found = of(told, "whc:23", first=date(2015, 10, 1), last=date(2016, 3, 10))
    assert named(found) == {("2015-10-04", None, "damage"), ("2016-03-09", "mon:palmyra-castle", "strike")}
    assert not of(told, "whc:23", first=date(2019, 1, 1), last=date(2019, 2, 1))


def test_sites_far_from_all_places_have_no_incidents(told: Database) -> None:
    assert of(told, "whc:277") == []
    assert {one.site for one in incidents(told, KNOWN, known(), KNOWN)} == {"whc:23", "whc:1229"}
