"""`tadmor review`: decisions, the queue, lists, and files in and out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import invented
from homes import Records
from tadmor.cli import main
from tadmor.pipeline import read_into
from tadmor.record import sheet
from tadmor.record.address import Address
from tadmor.record.check import content_hash
from tadmor.record.database import open_record
from tadmor.run.local import Local

REDS, BLUES = "On 2016-05-20 Reds gains Palmyra.", "On 2016-08-27 Blues gains Palmyra."
SIRTE = "On 2016-12-06 Greens gains Sirte."


def run(*arguments: str | Address, code: int = 0, answers: str | None = None) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=answers)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def objects(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def read(records: Records, tmp_path_factory: pytest.TempPathFactory) -> Address:
    folder = tmp_path_factory.mktemp("read")
    for number, line in enumerate((REDS, BLUES, SIRTE)):
        (folder / f"{number}.txt").write_text(invented.text(line, seed=number))
    record = records.new()
    with open_record(record, write=True) as database:
        read_into(database, [str(folder)], runner=Local(), stage=invented.STAGE)
    return record


@pytest.fixture
def war(read: Address, records: Records) -> Address:
    return records.copy(read)


@pytest.fixture
def claim(war: Address) -> Callable[[str], str]:
    def found(quote: str) -> str:
        with open_record(war) as database:
            (row,) = database.query("SELECT id FROM claims WHERE quote = ?", (quote,))
            return str(row["id"])

    return found


def holders(war: Address, place: str = "Palmyra") -> list[object]:
    return [one["holder"] for one in objects(run("place", place, "--record", war, "--format", "json", "-q"))]


def test_a_decision_is_obeyed_listed_and_undone(war: Address, claim: Callable[[str], str]) -> None:
    told = run("review", "reject", claim(BLUES), "--by", "Amal", "--why", "a typo", "--record", war, "--format", "json")
    (id,) = json.loads(told.stdout)["reviews"]
    assert holders(war) == ["Reds"]
    assert f'rejected by Amal: "{BLUES}"' in run("explain", "Palmyra", "--on", "2016-06-01", "--record", war).stdout
    (listed,) = objects(run("review", "--list", "--record", war, "--format", "json"))
    assert (listed["review"], listed["analyst"], listed["action"], listed["why"]) == (id, "Amal", "reject", "a typo")
    assert "a typo" in run("review", "--list", "--record", war).stdout
    run("review", "undo", id, "--by", "Basil", "--record", war)
    assert holders(war) == ["Reds", "Blues"]
    assert "Basil: undo" in " ".join(run("review", "--conflicts", "--record", war).stdout.split())
    (conflict,) = objects(run("review", "--conflicts", "--record", war, "--format", "json"))
    assert conflict["about"] == claim(BLUES)
    assert "reviewed" in run("log", "--record", war).stdout
    run("check", "--record", war)


def test_correct_add_merge_split_grade_and_note(war: Address, claim: Callable[[str], str]) -> None:
    by = ("--by", "Amal", "--record", war, "-q")
    run(
        "review",
        "correct",
        claim(BLUES)[:8],
        "--set",
        "place=Sirte",
        "--set",
        "from=2016-09-01",
        "--set",
        "to=2016-09-01",
        *by,
    )
    assert "Blues" in holders(war, "Sirte")
    fields = ("type=holds", "actor=Reds", "place=Homs", "from=2016-10-01", "sources=a driver")
    said = ("--quote", "=They hold it", "--published", "2016-10-02")
    run("review", "add", *(word for field in fields for word in ("--set", field)), *said, *by)
    assert holders(war, "Homs") == ["Reds"]
    events = objects(run("events", "--record", war, "--place", "Sirte", "--format", "json", "-q"))
    run("review", "merge", *(str(event["event"]) for event in events), *by)
    (merged,) = objects(run("events", "--record", war, "--place", "Sirte", "--format", "json", "-q"))
    run("review", "split", claim(SIRTE), *by)
    assert merged["actors"] == ["Blues", "Greens"]
    assert len(objects(run("events", "--record", war, "--place", "Sirte", "--format", "json", "-q"))) == 2
    run("review", "grade", "a driver", "E", *by)
    sources = objects(run("sources", "--record", war, "--format", "json", "-q"))
    assert [(one["grade"], one["share"]) for one in sources if one["grade"]] == [("E", 0.53)]
    run("review", "grade", claim(REDS), "2", *by)
    run("review", "note", "Homs", "--why", "ask again", *by)
    run("check", "--record", war)
    shown = run("explain", "Palmyra", "--on", "2016-06-01", "--record", war).stdout
    assert "1.10 credibility" in shown and "graded 2" in shown
    assert "by hand" in run("explain", "Homs", "--on", "2016-10-01", "--record", war).stdout
    shown = run("explain", "Sirte", "--on", "2016-09-01", "--record", war).stdout
    assert "corrected" in shown and "was read as place Palmyra" in shown


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["accept", "c0000000"], "no claim has the id"),
        (["accept", "c"], "more than one claim"),
        (["undo", "v123"], "no review has the id"),
        (["merge", "e"], "more than one event"),
        (["note", "Xyzzy", "--why", "?"], "no claim, event, place or source"),
        (["note", "Homs"], "needs words"),
        (["grade", "nobody", "A"], "no claim comes from"),
        (["correct", "c", "--set", "place"], "write FIELD=VALUE"),
        (["add", "--quote", "x", "--set", "type=gains", "--report", "r1"], "no report"),
    ],
)
def test_wrong_use_is_refused(war: Address, arguments: list[str], what: str) -> None:
    with open_record(war) as database:
        before = content_hash(database)
    assert what in run("review", *arguments, "--by", "Amal", "--record", war, code=2).output
    with open_record(war) as database:
        assert content_hash(database) == before


def test_nobody_decides_without_a_name(
    war: Address, claim: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "--by NAME" in run("review", "accept", claim(REDS), "--record", war, code=2).output
    monkeypatch.setenv("TADMOR_ANALYST", "Amal")
    run("review", "accept", claim(REDS), "--record", war)


def test_the_queue_is_asked_and_each_answer_obeyed(war: Address, claim: Callable[[str], str]) -> None:
    queue = objects(run("review", "--record", war, "--queue", "--format", "json"))
    assert {one["quote"] for one in queue} == {REDS, BLUES, SIRTE}
    assert "place-days" in run("review", "--record", war, "--queue").stdout
    first = str(queue[0]["quote"])
    answers = "x\nr\nnot there\n" + "u\n\n" + "c\nplace=Sirte\nnonsense\n\nmisread\n" + "q\n"
    shown = run("review", "--record", war, "--by", "Amal", answers=answers)
    assert f">>> {first} <<<" in shown.stdout
    listed = objects(run("review", "--list", "--record", war, "--format", "json"))
    assert [(one["action"], one["why"]) for one in listed][:2] == [("reject", "not there"), ("undo", "")]
    assert [one["action"] for one in listed] == ["reject", "undo", "correct"]
    assert listed[1]["undoes"] == listed[0]["review"]


# --- files ------------------------------------------------------------------------------------------------------------


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def filled(table: Path, changes: dict[str, dict[str, str]], more: list[dict[str, str]] | None = None) -> None:
    """Fill in rows of a table, by quote, as a spreadsheet would write it: with another separator."""
    rows = rows_of(table)
    for row in rows:
        row |= changes.get(row["quote"], {})
    with table.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(sheet.HEADINGS), delimiter=";")
        writer.writeheader()
        writer.writerows([*rows, *(more or [])])


def test_a_table_is_filled_in_and_taken_in(war: Address, tmp_path: Path, claim: Callable[[str], str]) -> None:
    table = tmp_path / "claims.csv"
    run("review", "export", "--record", war, "--out", table)
    rows = rows_of(table)
    assert [row["quote"] for row in rows] == [REDS, BLUES, SIRTE]
    assert rows[0]["actor"] == "Reds" and rows[0]["decision"] == rows[0]["new actor"] == ""
    filled(
        table,
        {
            REDS: {"decision": "accept", "from": "20/05/2016", "reading": "0,75"},
            BLUES: {"decision": "correct", "new place": "Sirte", "why": "misread", "new of": "'=the bridge"},
            SIRTE: {"decision": "correct", "new from": "6/12/2016"},
        },
        [
            {"claim": "c0000", "decision": "reject"},
            {"claim": claim(SIRTE), "decision": "perhaps"},
            {"claim": claim(SIRTE), "new place": "Homs"},
            {"decision": "add", "new type": "holds", "new actor": "Reds", "new place": "Homs", "new from": "2016-10-01",
             "new sources": "a driver", "quote": "They hold it", "published": "2016-10-02"},
        ],
    )  # fmt: skip
    told = run("review", "import", table, "--by", "Amal", "--record", war, code=1)
    assert "3 new reviews" in told.stdout and "4 rows failed" in told.stdout
    for row, why in ((4, "from: '6/12/2016' is no day"), (5, "no claim has the id"), (6, "no decision 'perhaps'"),
                     (7, "the decision is empty")):  # fmt: skip
        assert f"row {row}: " in told.stderr and why in told.stderr
    listed = objects(run("review", "--list", "--record", war, "--format", "json"))
    assert {one["action"]: one["why"] for one in listed} == {"accept": "", "correct": "misread", "add": ""}
    with open_record(war) as database:
        (row,) = database.query("SELECT of, first_day FROM claims WHERE id = ?", (claim(BLUES),))
        assert tuple(row) == ("=the bridge", "2016-08-27")
        before = content_hash(database)
    told = run("review", "import", table, "--by", "Amal", "--record", war, code=1)
    assert "0 new reviews" in told.stdout
    with open_record(war) as database:
        assert content_hash(database) == before


def test_formulas_are_defused_on_the_way_out(war: Address, tmp_path: Path, claim: Callable[[str], str]) -> None:
    run("review", "correct", claim(REDS), "--set", "of==HYPERLINK(1)", "--by", "Amal", "--record", war)
    run("review", "export", "--record", war, "--out", tmp_path / "claims.csv", "--place", "Palmyra")
    rows = rows_of(tmp_path / "claims.csv")
    assert [row["of"] for row in rows if row["quote"] == REDS] == ["'=HYPERLINK(1)"]
    assert {row["quote"] for row in rows} == {REDS, BLUES}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"a,b\n1,2\n", "has no column 'claim'"),
        (b"claim,decision,new colour\n", "there is no field 'new colour'"),
        (b"claim,decision\n\xff\xfe,accept\n", "is not UTF-8"),
        (b"", "has no column 'claim'"),
    ],
)
def test_what_is_no_table_is_named(war: Address, tmp_path: Path, content: bytes, what: str) -> None:
    (tmp_path / "table.csv").write_bytes(content)
    assert what in run("review", "import", tmp_path / "table.csv", "--by", "Amal", "--record", war, code=1).stderr


def test_reviews_are_carried_to_another_record(
    war: Address, read: Address, records: Records, tmp_path: Path, claim: Callable[[str], str]
) -> None:
    run("review", "reject", claim(BLUES), "--by", "Amal", "--record", war)
    run("review", "undo", "v", "--by", "Basil", "--record", war)
    run("review", "correct", claim(BLUES), "--set", "place=Sirte", "--by", "Basil", "--record", war)
    run("review", "export", "--record", war, "--out", tmp_path / "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    changed = lines[0].replace("Amal", "Eve", 1).replace('"action"', ' "action"', 1)
    (tmp_path / "all.jsonl").write_text("\n".join([*lines, "{}", changed]) + "\n")
    other = records.copy(read)
    told = run("review", "import", tmp_path / "all.jsonl", "--record", other, code=1)
    assert "3 new reviews" in told.stdout and "line 4" in told.stderr and "line 5" in told.stderr
    with open_record(war) as one, open_record(other) as two:
        assert content_hash(one) == content_hash(two)
    run("check", "--record", other)


def test_reviews_of_what_was_not_read_are_listed(
    war: Address, records: Records, tmp_path: Path, claim: Callable[[str], str]
) -> None:
    run("review", "reject", claim(BLUES), "--by", "Amal", "--record", war)
    run("review", "export", "--record", war, "--out", tmp_path / "all.jsonl")
    empty = records.new()
    with open_record(empty, write=True):
        pass
    told = run("review", "import", tmp_path / "all.jsonl", "--record", empty)
    assert "1 are of claims that are not in the record" in told.stdout
    (loose,) = objects(run("review", "--loose", "--record", empty, "--format", "json"))
    assert loose["report_read"] is False
    assert "no report" in run("review", "--loose", "--record", empty).stdout


def test_copies_of_a_report_get_the_same_answer(records: Records, tmp_path: Path) -> None:
    for number in range(2):
        (tmp_path / f"{number}.txt").write_text(invented.text(REDS, seed=1) + ("\nReprinted.\n" if number else ""))
    war = records.new()
    with open_record(war, write=True) as database:
        read_into(database, [str(tmp_path / "0.txt"), str(tmp_path / "1.txt")], runner=Local(), stage=invented.STAGE)
        ids = [row["id"] for row in database.query("SELECT id FROM claims ORDER BY id")]
    assert len(ids) == 2
    (question,) = objects(run("review", "--record", war, "--queue", "--format", "json"))
    assert sorted([question["claim_id"], *question["copies"]]) == ids  # type: ignore[misc]
    run("review", "reject", ids[0], "--by", "Amal", "--record", war)
    assert holders(war) == ["Reds"]
    run("review", "reject", ids[0], "--copies", "--by", "Amal", "--record", war)
    assert holders(war) == []
