"""What-ifs: other answers, plainly marked, from a record that stays as it is to the byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import invented
from homes import Records, fingerprint
from tadmor.cli import main
from tadmor.errors import UsageError
from tadmor.pipeline import bring_up_to_date, read_into
from tadmor.record import maker, queries, weight_sets
from tadmor.record.address import Address
from tadmor.record.database import open_record
from tadmor.record.whatif import suppose
from tadmor.records import TrackRecord, WeightSet
from tadmor.run.local import Local
from tadmor.timeline import weights
from tadmor.timeline.build import known
from tadmor.timeline.whatif import WhatIf

SAID = {
    "Gazette": ["On 2016-03-27 Blues gains Palmyra.", "On 2016-12-12 Blues holds Palmyra (Reuters)."],
    "Courier": ["On 2016-12-10 Reds gains Palmyra (residents).", "On 2016-12-06 Greens gains Sirte."],
    "Herald": ["On 2016-12-14 Reds holds Palmyra (Tass).", "On 2016-12-02 Reds gains Nowhere Hill (Tass)."],
}
WAYS = ("--on", "2016-12-14", "--format", "json", "--quiet")


def run(*arguments: str | Address, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def read(record: Address, folder: Path, *outlets: str) -> Address:
    with open_record(record, write=True) as database:
        for number, outlet in enumerate(SAID):
            if outlet in outlets:
                file = folder / f"{outlet}.txt"
                file.write_text(invented.text(*SAID[outlet], seed=number))
                read_into(database, [str(file)], runner=Local(), outlet=outlet, stage=invented.STAGE)
    return record


@pytest.fixture(scope="module")
def record(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Address:
    return read(records.new(), tmp_path_factory.mktemp("whatif"), *SAID)


@pytest.fixture(autouse=True)
def untouched(record: Address) -> object:
    """No what-if changes a byte of the record."""
    before = fingerprint(record)
    yield None
    assert fingerprint(record) == before


def state(record: Address, *options: str) -> dict[str, object]:
    return {str(one["place"]): one for one in lines(run("state", "--record", record, *WAYS, *options))}


def test_without_a_source_the_record_is_as_if_it_had_never_been_read(
    record: Address, records: Records, tmp_path: Path
) -> None:
    other = read(records.new(), tmp_path, "Gazette", "Herald")
    found, wanted = state(record, "--without", "Courier"), state(other)
    assert found.keys() == wanted.keys() == {"Palmyra", "Nowhere Hill"}
    for place, spell in found.items():
        assert {**wanted[place], "what_if": spell["what_if"]} == spell  # type: ignore[dict-item,index]


def test_what_was_learned_counts_in_what_ifs_too(record: Address, records: Records, tmp_path: Path) -> None:
    learned = read(records.new(), tmp_path, *SAID)
    other = read(records.new(), tmp_path, "Gazette", "Herald")
    for path in (learned, other):
        with open_record(path, write=True) as database:
            with database.transaction():
                weight_sets.put(database, DOUBTED, maker.this())
            bring_up_to_date(database, runner=Local())
    found, wanted = state(learned, "--without", "Courier"), state(other)
    assert {place: one["confidence"] for place, one in found.items()} == {  # type: ignore[index]
        place: one["confidence"]
        for place, one in wanted.items()  # type: ignore[index]
    }
    assert found["Palmyra"]["confidence"] != state(record, "--without", "Courier")["Palmyra"]["confidence"]  # type: ignore[index]
    (why,) = lines(run("explain", "Palmyra", "--record", learned, *WAYS))
    assert {one["weight"]["prior"] for one in why["claims"] if one["voice"] == "tass"} == {0.53}  # type: ignore[attr-defined]


DOUBTED = WeightSet(
    version="w1", base="2026-11", places=2, claims=6, rounds=2,
    voices=(TrackRecord(voice="tass", name="Tass", kind="state agency", claims=9.0, expected=1.0, borne_out=1,
                        contradicted=8, prior=0.82, strength=20.0, learned=0.53, low=0.51, high=0.6),),
)  # fmt: skip


def test_what_is_supposed_is_said_with_every_answer(record: Address) -> None:
    for spell in state(record, "--without", "tass", "--only-kind", "outlet", "--only-kind", "wire").values():
        assert spell["what_if"] == {  # type: ignore[index]
            "without": ["tass"],
            "only_kinds": ["outlet", "wire"],
            "weights": None,
            "relations": False,
            "unheard": 3,
            "claims": 6,
        }
    text = run("state", "--record", record, "--on", "2016-12-14", "--without", "Tass").stdout
    assert text.startswith("WHAT IF, without Tass: 2 of 6 claims are not heard; this is not what the record holds\n")
    assert "WHAT IF" in run("place", "Palmyra", "--record", record, "--without", "Tass", "--format", "json").stderr
    assert "what_if" not in state(record)["Palmyra"]  # type: ignore[operator]


def test_a_place_without_its_sources_is_another_place(record: Address) -> None:
    def holders(*options: str) -> list[object]:
        return [
            one["holder"] for one in lines(run("place", "Palmyra", "--record", record, "--format", "json", *options))
        ]

    assert holders() != holders("--without", "residents", "--without", "Tass")
    assert set(holders("--without", "residents", "--without", "Tass")) == {"Blues"}
    assert holders("--only-kind", "resident") == ["Reds"]
    assert holders("--without", "Gazette", "--without", "Courier", "--without", "Herald") == []


def test_other_weights_change_how_sure_and_nothing_else_is_touched(
    record: Address, records: Records, tmp_path: Path
) -> None:
    shipped = Path(weights.__file__).parents[1] / "data" / "weights" / "weights.toml"
    other = tmp_path / "mine.toml"
    text = shipped.read_text().replace('version = "', 'version = "mine-', 1)
    other.write_text(text.replace("outlet = 0.88", "outlet = 0.55"))
    mine, theirs = state(record, "--weights", str(other)), state(record)
    assert mine["Sirte"]["confidence"] < theirs["Sirte"]["confidence"]  # type: ignore[index,operator]
    assert str(mine["Sirte"]["what_if"]["weights"]).startswith("mine-")  # type: ignore[index]
    same = {
        place: {k: v for k, v in spell.items() if k != "what_if"}
        for place, spell in state(record, "--weights", str(shipped)).items()  # type: ignore[union-attr]
    }
    assert same == theirs


def test_explain_says_what_the_option_then_shows(record: Address) -> None:
    (told,) = lines(run("explain", "Palmyra", "--record", record, *WAYS))
    changes = {change["without"]: change for change in told["changes"] if change["without"]}  # type: ignore[attr-defined]
    key = next(key for key in changes if key.startswith("tass"))
    (other,) = lines(run("explain", "Palmyra", "--record", record, *WAYS, "--without", key))
    assert {name: other[name] for name in ("holder", "status", "sure", "probabilities")} == {
        name: changes[key][name] for name in ("holder", "status", "sure", "probabilities")
    }


def test_a_spell_is_explained_on_its_first_day_with_its_weights(record: Address) -> None:
    spells = lines(run("place", "Palmyra", "--record", record, "--format", "json"))
    (told,) = lines(run("explain", str(spells[0]["spell"]), "--record", record, "--format", "json"))
    assert told["on"] == spells[0]["since"][1]  # type: ignore[index]
    assert told["claims"][0]["weight"]["factors"].keys() >= {"interest", "modality", "delay", "reading"}  # type: ignore[index]
    text = run("explain", str(spells[0]["spell"]), "--record", record).stdout
    assert "log-odds of 0.88 (Gazette, outlet) x 1.00 neutral interest" in text
    changes = text.partition("What would change it:\n")[2]
    assert "    without Gazette (" in changes


def test_parts_of_a_place_are_asked_for_by_name(record: Address) -> None:
    result = run("explain", "Palmyra", "--part", "east", "--on", "2016-12-14", "--record", record, code=2)
    assert "knows no part 'east' of Palmyra: it has no parts" in result.stderr


def test_the_page_of_a_what_if_says_so(record: Address, records: Records, tmp_path: Path) -> None:
    run("map", "--record", record, "--out", tmp_path / "war.html", "--without", "Tass")
    run("map", "--record", record, "--out", tmp_path / "plain.html")
    page = (tmp_path / "war.html").read_text()
    assert "WHAT IF, without Tass: 2 of 6 claims are not heard" in page
    assert "Nowhere Hill" not in page
    assert "WHAT IF" not in (tmp_path / "plain.html").read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--without", "Corier"), "called 'Corier'; did you mean Courier?"),
        (("--without", "Xyzzy"), "called 'Xyzzy'"),
        (("--only-kind", "monitors"), "did you mean monitor?"),
        (("--weights", "no-such-file.toml"), "no-such-file.toml"),
    ],
)
def test_what_cannot_be_supposed_is_named(record: Address, options: tuple[str, str], message: str) -> None:
    for command in (
        ("state", "--on", "2016-12-14"),
        ("place", "Palmyra"),
        ("explain", "Palmyra", "--on", "2016-12-14"),
    ):
        assert message in " ".join(run(*command, "--record", record, *options, code=2).stderr.split())


def test_a_file_that_holds_no_weights_is_named(record: Address, records: Records, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("version = 3")
    assert "bad.toml" in run("place", "Palmyra", "--record", record, "--weights", tmp_path / "bad.toml", code=1).stderr


def test_a_record_open_for_writing_is_not_asked(record: Address, records: Records, tmp_path: Path) -> None:
    with open_record(records.copy(record), write=True) as database:
        with pytest.raises(UsageError, match="for reading only"):
            suppose(database, WhatIf(), known())
        assert queries.stats(database)["claims"] == 6
