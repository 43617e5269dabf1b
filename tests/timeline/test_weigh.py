"""What a claim weighs, and which claims count."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from told import KNOWLEDGE, Teller, told

from tadmor.errors import LexiconError
from tadmor.lexicon.sources import load as load_sources
from tadmor.records import Heard
from tadmor.timeline import evidence, link, place_part, weights
from tadmor.timeline.weigh import Said, hear


def heard(*claims: Heard) -> list[Said]:
    return hear(claims, KNOWLEDGE)


def weight(**changes: object) -> float:
    (said,) = heard(told("c1", "holds", "South", "2020-05-05", opponent="North", **changes))  # type: ignore[arg-type]
    return said.w


def test_the_weight_is_the_log_odds_of_the_prior_times_all_factors() -> None:
    (said,) = heard(told("c1", "holds", "South", "2020-05-05", by=("Southern Agency",), modality="hedged"))
    prior, factors = said.weight.prior, said.weight.factors
    assert prior == KNOWLEDGE.weights.kinds["state agency"]
    assert set(factors) == {"interest", "modality", "verification", "delay", "reading"}
    assert said.w == pytest.approx(math.log(prior / (1 - prior)) * math.prod(factors.values()))


def test_a_party_weighs_less_for_itself_and_more_against_itself() -> None:
    (own,), (neutral,), (against,) = (
        heard(told("c1", type, actor, "2020-05-05", by=("Southern Agency",)))
        for type, actor in (("holds", "South"), ("holds", "Tribe"), ("loses", "South"))
    )
    assert own.w < neutral.w < against.w
    assert [said.weight.interest for said in (own, neutral, against)] == ["own", "neutral", "against"]


def test_an_enemy_of_the_winner_speaks_against_its_interest() -> None:
    (said,) = heard(told("c1", "gains", "South", "2020-05-05", by=("Northern Radio",)))
    assert said.weight.interest == "against"


def test_a_party_itself_is_a_source_that_speaks_for_itself() -> None:
    (said,) = heard(told("c1", "gains", "South", "2020-05-05", by=("South",)))
    assert (said.voice.kind, said.weight.interest) == ("party", "own")


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"modality": "hedged"}, {"modality": "asserted"}),
        ({"verification": "unverified"}, {"verification": None}),
        ({"verification": None}, {"verification": "confirmed"}),
        ({"confidence": 0.4}, {"confidence": 0.9}),
        ({"outlet": "Gazette"}, {"outlet": "Wire"}),
        ({"published": "2023-05-05"}, {"published": "2020-05-20"}),
    ],
)
def test_what_makes_a_claim_weigh_less(less: dict[str, object], more: dict[str, object]) -> None:
    assert 0 < weight(**less) < weight(**more)


def test_copies_of_a_story_count_once_whoever_carries_them() -> None:
    counted = heard(
        told("c1", "holds", "South", "2020-05-05", story="s", outlet="Gazette"),
        told("c2", "holds", "South", "2020-05-05", story="s", outlet="Courier"),
    )
    assert [(said.claim.id, said.copies) for said in counted] == [("c1", ("c2",))]


def test_of_copies_the_first_published_is_the_origin_however_light() -> None:
    (said,) = heard(
        told("c1", "holds", "South", "2020-05-05", story="s", outlet="Gazette"),
        told("c2", "holds", "South", "2020-05-05", story="s", outlet="Wire", published="2020-05-06"),
    )
    assert (said.voice.key, said.claim.id, said.copies, said.origins) == ("gazette", "c1", ("c2",), 1)
    (same_day,) = heard(*(told(who, "holds", "South", "2020-05-05", story="s", outlet=who) for who in ("A", "B")))
    assert same_day.origins == 2


def test_the_name_of_an_outlet_makes_it_no_official_and_no_expert() -> None:
    sources = load_sources()
    for name in ("American Tribune", "Gulf Observer", "Maghreb Post"):
        (said,) = hear([told("c1", "holds", "South", "2020-05-05", outlet=name)], KNOWLEDGE._replace(sources=sources))
        assert (said.voice.kind, said.voice.speaks_for) == ("outlet", None)


def test_outlets_that_quote_one_source_are_one_voice() -> None:
    counted = heard(
        told("c1", "holds", "South", "2020-05-05", by=("Observatory",), outlet="Gazette"),
        told("c2", "holds", "South", "2020-05-05", by=("Observatory", "Wire"), outlet="Courier"),
    )
    assert len(counted) == 1


def test_residents_who_told_two_outlets_are_two_voices() -> None:
    counted = heard(
        told("c1", "holds", "South", "2020-05-05", by=("residents",), outlet="Gazette"),
        told("c2", "holds", "South", "2020-05-05", by=("residents",), outlet="Courier"),
    )
    assert len({said.voice.key for said in counted}) == 2


def test_residents_who_told_a_wire_are_one_voice_whichever_outlets_carry_it() -> None:
    counted = heard(
        told("c1", "holds", "South", "2020-05-05", by=("residents", "Wire"), outlet="Gazette"),
        told("c2", "holds", "South", "2020-05-05", by=("residents", "Wire"), outlet="Courier"),
        told("c3", "holds", "South", "2020-05-05", by=("residents",), outlet="Wire"),
    )
    assert [said.copies for said in counted] == [("c2", "c3")]


def test_an_unnamed_carrier_does_not_make_one_voice_of_two() -> None:
    counted = heard(
        told("c1", "holds", "South", "2020-05-05", by=("residents", "residents"), outlet="Gazette"),
        told("c2", "holds", "South", "2020-05-05", by=("residents", "residents"), outlet="Courier"),
    )
    assert len(counted) == 2


def test_a_story_that_quotes_two_sources_has_two_voices() -> None:
    counted = heard(
        told("c1", "holds", "South", "2020-05-05", by=("Observatory",), story="s"),
        told("c2", "holds", "South", "2020-05-05", by=("Watch",), story="s"),
    )
    assert len(counted) == 2


def test_saying_it_again_the_next_day_adds_little() -> None:
    first, second, third = heard(
        told("c1", "holds", "South", "2020-05-05"),
        told("c2", "holds", "South", "2020-05-06"),
        told("c3", "holds", "South", "2021-05-06"),
    )
    assert second.w < first.w / 2
    assert third.w == pytest.approx(first.w, rel=0.05)


def test_what_a_voice_later_corrects_weighs_less() -> None:
    first, _ = heard(
        told("c1", "holds", "South", "2020-05-05"),
        told("c2", "holds", "North", "2020-05-05", published="2020-05-07"),
    )
    assert first.weight.factors["corrected"] < 1


@pytest.mark.parametrize(
    ("words", "key", "extent"),
    [
        (None, None, "whole"),
        ("the city", None, "whole"),
        ("East Qasr", "east", "region"),
        ("eastern half", "east", "region"),
        ("most of the eastern part", "east", "region"),
        ("rebel-held east", "east", "region"),
        ("northern neighbourhoods in the east", "northeast", "region"),
        ("the city's centre", "centre", "feature"),
        ("much of it", None, "share"),
        ("around 60 percent of the town", None, "share"),
        ("rebel-held districts", None, "share"),
        ("sugar mill", "sugar mill", "feature"),
        ("outlying oil fields", "near: oil fields", "outside"),
        ("northern countryside", "near: north countryside", "outside"),
    ],
)
def test_words_for_one_part_have_one_key(words: str | None, key: str | None, extent: str) -> None:
    claim = told("c1", "holds", "South", "2020-05-05", part=words).claim
    assert claim.where is not None
    part = place_part.of(claim.where)
    assert (part.key, part.extent) == (key, extent)


@pytest.mark.parametrize(
    ("words", "share"), [("most of it", 0.7), ("60 percent", 0.6), ("most of the eastern half", 0.7), ("the east", 1.0)]
)
def test_how_much_of_a_part_is_spoken_of(words: str, share: float) -> None:
    where = told("c1", "holds", "South", "2020-05-05", part=words).claim.where
    assert where is not None
    assert place_part.of(where).share == share


def test_a_long_name_of_a_part_is_cut() -> None:
    where = told("c1", "holds", "South", "2020-05-05", part="x " * 100_000).claim.where
    assert where is not None
    assert len(place_part.of(where).key or "") <= 120


# --- data files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "lines", "load", "message"),
    [
        ("parts.csv", ["word,role,value", "east,direction,east", "east,direction,east"], place_part.words, "row 3"),
        ("parts.csv", ["word,role,value", "most,share,7"], place_part.words, "row 2"),
        ("meaning.csv", ["type,stance,aspect", "conquers,said,change"], evidence.meanings, "row 2"),
        (
            "meaning.csv",
            ["type,stance,aspect,actor_before,actor,change", "gains,said,change,-2,1,actor"],
            evidence.meanings,
            "row 2",
        ),
        ("families.csv", ["type,family,gap_days,span_days", "gains,change,2"], link.families, "row 2"),
        ("families.csv", ["type,family,gap_days,span_days", "gains,change,2,7"], link.families, "no row"),
        ("weights.toml", ['version = "1"'], weights.load, "weights.toml"),
    ],
)
def test_a_wrong_data_file_is_named(
    name: str, lines: list[str], load: object, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text("\n".join(lines))
    monkeypatch.setattr("tadmor.lexicon.table.data", lambda folder: tmp_path)
    with pytest.raises(LexiconError, match=message):
        load.__wrapped__()  # type: ignore[attr-defined]


def test_outlets_that_are_described_alike_are_two_voices() -> None:
    claims = [told(f"c{n}", "holds", "South", "2020-05-05", outlet=name) for n, name in enumerate(("Sun", "Moon"))]
    described = KNOWLEDGE._replace(sources=Described())
    assert len({said.voice.key for said in hear(claims, described)}) == 2


class Described:
    """Takes every name for the description of a monitor."""

    def by_name(self, name: str, /) -> Teller:
        return Teller(id="~monitor", name=name, kind="monitor")


def test_to_announce_what_was_planned_is_not_to_say_it_again() -> None:
    plan = told("c1", "gains", "North", "2020-03-01", by=("Northern Radio",), modality="planned")
    done = told("c2", "gains", "North", "2020-03-05", by=("Northern Radio",))
    again = told("c3", "gains", "North", "2020-03-07", by=("Northern Radio",))
    alone = {said.claim.id: said.w for said in hear([done], KNOWLEDGE)}
    together = {said.claim.id: said.w for said in hear([plan, done, again], KNOWLEDGE)}
    assert together["c2"] == alone["c2"] > together["c3"]
