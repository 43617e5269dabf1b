"""Every command: help with an example, tables and JSON, exit codes, text that cannot steer a terminal."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import invented
from homes import Cluster
from tadmor.cli import COMMANDS, main
from tadmor.out.export.job import FORMATS, file_name
from tadmor.pipeline import read_into
from tadmor.record.address import Address
from tadmor.record.database import open_record
from tadmor.run.local import Local


def run(*arguments: str | Address, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def objects(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = run(name, "--help")
    assert f"Example: tadmor {name}" in " ".join(result.stdout.split())
    assert "--format" in result.stdout
    assert "--quiet" in result.stdout
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.short_help == COMMANDS[name][1]


def test_help_and_version_load_nothing_heavy() -> None:
    program = (
        "import sys\nfrom tadmor.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = ('numpy', 'spacy', 'rich', 'sqlite3', 'trafilatura', 'msgspec')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_state_of_a_day(small_war: Address) -> None:
    found = objects(run("state", "--record", small_war, "--on", "2016-12-10", "--format", "json"))
    palmyra = next(one for one in found if one["place"] == "Palmyra")
    wanted = {"holder": "Blues", "status": "held", "part": None, "lat": 34.56, "lon": 38.28, "country": "SY"}
    assert palmyra | wanted == palmyra
    assert palmyra["since"] == ["2016-03-27", "2016-03-27"]
    assert palmyra["until"] == ["2016-12-10", "2016-12-10"]
    assert (len(palmyra["claims_for"]), len(palmyra["claims_against"])) == (1, 3)  # type: ignore[arg-type]
    assert "Blues" in run("state", "--record", small_war, "--on", "2016-12-10").stdout


def test_state_of_one_place(small_war: Address) -> None:
    found = objects(run("state", "--record", small_war, "--on", "2016-12-10", "--place", "Surt", "--format", "json"))
    assert [one["holder"] for one in found] == ["Greens"]


def test_place_by_any_name_oldest_first(small_war: Address) -> None:
    found = objects(run("place", "Tadmur", "--record", small_war, "--format", "json"))
    since = [one["since"] for one in found]
    assert since == sorted(since)  # type: ignore[type-var]
    assert [one["holder"] for one in found[:2]] == ["Reds", "Blues"]
    assert found[-1]["until"] is None
    assert "still so" in run("place", "Tadmur", "--record", small_war).stdout


def test_events_and_disputes(small_war: Address) -> None:
    found = objects(run("events", "--record", small_war, "--from", "2016-12-06", "--format", "json"))
    assert {(one["place"], one["from"]) for one in found} == {("Sirte", "2016-12-06"), ("Palmyra", "2016-12-11")}
    assert found[0]["killed"] == [1, 2, None]
    (dispute,) = objects(run("disputes", "--record", small_war, "--format", "json"))
    assert (dispute["place"], dispute["open"]) == ("Palmyra", True)
    assert len(dispute["sides"]) == 2  # type: ignore[arg-type]
    assert "1 to ?" in run("events", "--record", small_war).stdout
    assert "held by Reds: " in run("disputes", "--record", small_war).stdout


def test_changes_between_two_days(small_war: Address) -> None:
    def found(*options: str) -> list[tuple[object, object]]:
        told = objects(run("changes", "--record", small_war, "--format", "json", *options))
        return [(one["when"][0], one["after"]["holder"]) for one in told]  # type: ignore[index]

    palmyra = ("--place", "Palmyra")
    assert found(*palmyra)[:2] == [("2015-05-20", "Reds"), ("2016-03-27", "Blues")]
    assert found(*palmyra, "--from", "2016-01-01", "--to", "2016-12-01") == [("2016-03-27", "Blues")]
    assert {holder for _, holder in found("--actor", "greens")} == {"Greens"}
    (first, *_) = objects(run("changes", "--record", small_war, *palmyra, "--format", "json"))
    assert (first["what"], first["before"]) == (["taken"], None)
    assert len(first["claims_for"]) == 1  # type: ignore[arg-type]
    assert "Reds, held" in run("changes", "--record", small_war, *palmyra).stdout
    assert "did you mean Greens" in run("changes", "--record", small_war, "--actor", "Grens", code=2).stderr


def test_explain_leads_from_a_spell_to_words_and_bytes(small_war: Address) -> None:
    (one,) = objects(run("explain", "Palmyra", "--on", "2016-12-10", "--record", small_war, "--format", "json"))
    first = one["claims"][0]  # type: ignore[index]
    assert first["quote"] == "On 2016-03-27 Blues gains Palmyra."
    assert first["pull"] == 2.5
    assert len(first["sha256"]) == 64
    assert {"doc", "outlet", "original_outlet", "sources", "story", "report", "headline", "published", "claim"} <= set(
        first
    )
    text = run("explain", str(one["spell"])[:12], "--record", small_war).stdout
    for piece in ('"On 2016-03-27 Blues gains Palmyra."', first["sha256"], first["story"], "observers", "against"):
        assert piece in text


def test_export_says_what_it_wrote_and_what_was_asked_for(small_record: Path, tmp_path: Path) -> None:
    out = tmp_path / "war.csv"
    asked = ["--place", "Palmyra", "--from", "2016-01-01", "--actor", "Reds"]
    said = run("export", "--record", small_record, "--format", "csv", "--out", out, *asked).stdout
    assert said.startswith(f"2 rows in {out}")
    dictionary = (tmp_path / "war.csv-dictionary.md").read_text("utf-8")
    assert "asked for: place Palmyra; from 2016-01-01; actor Reds; layer assessed" in dictionary
    before = small_record.read_bytes()
    assert (
        "is the record itself"
        in run("export", "--record", small_record, "--format", "csv", "--out", small_record, code=2).stderr
    )
    assert small_record.read_bytes() == before
    quiet = run("export", "--record", small_record, "--format", "jsonl", "--out", tmp_path / "war.jsonl", "--quiet")
    assert quiet.stdout == ""
    assert "GeoParquet" in run("export", "--help").stdout


def test_several_formats_are_written_into_a_folder(small_record: Path, tmp_path: Path) -> None:
    """Each as it is alone."""
    run("export", "--record", small_record, "--format", "all", "--out", tmp_path / "all")
    for name, form in FORMATS.items():
        run("export", "--record", small_record, "--format", name, "--out", tmp_path / "alone")
        assert (tmp_path / "all" / file_name(name, form.what[0])).read_bytes() == (tmp_path / "alone").read_bytes()
    two = ["--format", "csv", "--format", "kepler", "--what", "events", "--out", tmp_path / "two"]
    said = run("export", "--record", small_record, *two).stdout
    written = [line.partition(";")[0].rpartition("/")[2] for line in said.splitlines()]
    assert written == ["events.csv", "events.kepler.csv"]
    assert "has no claims" in run("export", "--record", small_record, *two, "--what", "claims", code=2).stderr
    (tmp_path / "file").touch()
    assert "folder" in run(
        "export", "--record", small_record, "--format", "all", "--out", tmp_path / "file", code=2
    ).stderr  # fmt: skip


def test_brief_is_written_and_says_what_is_supposed(small_war: Address, tmp_path: Path) -> None:
    days = ["--from", "2016-12-01", "--to", "2016-12-31"]
    (told,) = objects(run("brief", "--record", small_war, *days, "--out", tmp_path / "b.html", "--format", "json"))
    assert told["briefing"] == str(tmp_path / "b.html") and told["notes"]
    assert "WHAT IF" not in (tmp_path / "b.html").read_text("utf-8")
    supposed = ["--without", "observers", "--place", "Palmyra", "--title", "One place"]
    run("brief", "--record", small_war, *days, "--out", tmp_path / "b.md", *supposed)
    text = (tmp_path / "b.md").read_text("utf-8")
    assert text.startswith("# One place\n") and "WHAT IF" in text and "Sirte" not in text


def test_stats_and_check(small_war: Address) -> None:
    (counts,) = objects(run("stats", "--record", small_war, "--format", "json"))
    wanted = {"reports": 4, "stories": 4, "claims": 7, "events": 7, "spells": 6, "places": 4, "failures": 0}
    assert counts | wanted == counts
    (checked,) = objects(run("check", "--record", small_war, "--format", "json"))
    assert (checked["whole"], checked["faults"]) == (True, [])


def test_check_of_a_record_that_was_tampered_with(small_record: Path, tmp_path: Path) -> None:
    copy = shutil.copy(small_record, tmp_path)
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE blobs SET size = size + 1")
    connection.close()
    assert "have changed" in run("check", "--record", copy, code=3).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["state", "--record", "RECORD"],
        ["state", "--record", "RECORD", "--on", "2016-13-01"],
        ["state", "--record", "RECORD", "--on", "2016-12-01", "--format", "xml"],
        ["place", "Xyzzy", "--record", "RECORD"],
        ["explain", "Palmyra", "--record", "RECORD"],
        ["explain", "s1", "--part", "east", "--record", "RECORD"],
        ["changes", "--record", "RECORD", "--from", "2016-12-02", "--to", "2016-12-01"],
        ["map", "--record", "RECORD", "--out", "no-such-folder/war.html"],
        ["explain", "Palmyra", "--on", "1999-01-01", "--record", "RECORD"],
        ["export", "--record", "RECORD", "--format", "csv", "--out", "no-such-folder/war.csv"],
        ["brief", "--record", "RECORD", "--from", "2016-12-01", "--to", "2016-12-31", "--out", "brief.docx"],
        ["brief", "--record", "RECORD", "--from", "2016-12-02", "--to", "2016-12-01", "--out", "brief.md"],
        ["brief", "--record", "RECORD", "--from", "2016-12-01", "--out", "brief.md"],
        ["export", "--record", "RECORD", "--format", "csv", "--out", "x.csv", "--area", "1,2,3"],
        ["export", "--record", "RECORD", "--format", "csv", "--out", "x.csv", "--place", "Xyzzy"],
        ["export", "--record", "RECORD", "--format", "ged", "--out", "x.csv", "--what", "spells"],
        ["export", "--record", "RECORD", "--format", "xlsx", "--out", "x.xlsx"],
        ["export", "--record", "RECORD", "--format", "csv", "--out", "x.csv", "--type", "captured"],
        ["read", "--record", "RECORD"],
        ["read", "x.txt"],
        ["claims"],
        ["unknown"],
        ["demo", "no-such-folder"],
    ],
)
def test_wrong_use_is_2(small_record: Path, arguments: Sequence[str]) -> None:
    result = run(*(str(small_record) if argument == "RECORD" else argument for argument in arguments), code=2)
    assert "Error: " in result.stderr


@pytest.mark.parametrize(
    "command", [["stats"], ["state", "--on", "2016-12-10"], ["place", "Palmyra"], ["check"], ["read", "x"]]
)
def test_a_record_that_cannot_be_used_is_3(tmp_path: Path, command: Sequence[str]) -> None:
    damaged = tmp_path / "damaged.tadmor"
    damaged.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert str(damaged) in run(*command, "--record", damaged, code=3).stderr
    assert str(tmp_path) in run(*command, "--record", tmp_path, code=3).stderr


def test_locked_record_is_3(small_record: Path, tmp_path: Path) -> None:
    copy = shutil.copy(small_record, tmp_path)
    other = sqlite3.connect(copy, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    result = run("read", tmp_path / "none.txt", "--record", copy, "--workers", "1", "--wait", "0.1", code=3)
    assert "is locked" in result.stderr
    other.close()


def test_inputs_that_fail_are_1_and_named(tmp_path: Path) -> None:
    result = run("claims", tmp_path / "none.txt", "--workers", "1", code=1)
    assert "none.txt" in result.stderr
    result = run("read", tmp_path / "none.txt", "--record", tmp_path / "record", "--workers", "1", "--quiet", code=1)
    assert "none.txt" in result.stderr
    assert result.stdout == ""


def test_text_of_reports_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Escapes, overrides and rich's markup come out as visible text; JSON keeps the value."""
    hostile = "\x1b]0;owned\x07\u202e\u200b\x9b31m[red]"
    record = tmp_path / "war.tadmor"
    (tmp_path / "a.txt").write_text(invented.text("On 2016-12-10 Reds gains Palmyra."))
    with open_record(record, write=True) as database:
        read_into(database, [str(tmp_path / "a.txt")], runner=Local(), stage=invented.STAGE, history=invented.history)
        database.execute("UPDATE claims SET sources = json_array(?)", (hostile,))
        database.execute("UPDATE spells SET holder = ?", (hostile,))
        database.execute("UPDATE reports SET outlet = ?", (hostile,))
    for command in (["place", "Palmyra"], ["explain", "Palmyra", "--on", "2016-12-10"]):
        text = run(*command, "--record", record).stdout
        assert "[red]" in text
        assert not set(text) & set("\x1b\x07\u202e\u200b\x9b")
        result = run(*command, "--record", record, "--format", "json")
        assert not set(result.stdout) & set("\x1b\x07\u202e\u200b\x9b")
        assert objects(result)[0]["holder"] == hostile


def test_a_place_not_up_to_date_is_told(small_record: Path, tmp_path: Path) -> None:
    copy = shutil.copy(small_record, tmp_path)
    with sqlite3.connect(copy) as connection:
        connection.execute("INSERT INTO pending VALUES ('gn:163808', 1)")
    connection.close()
    arguments = ("place", "Palmyra", "--record", copy)
    assert "not up to date" in run(*arguments).stderr
    assert run(*arguments, "--quiet").stderr == ""


def test_relations_of_an_actor(small_record: Path, tmp_path: Path) -> None:
    copy = shutil.copy(small_record, tmp_path)
    with sqlite3.connect(copy) as connection:
        connection.execute(
            "UPDATE claims SET kind = 'relation', type = 'backs', opponent = 'Greens' WHERE actor = 'Blues'"
        )
    connection.close()
    arguments = ("relations", "--record", copy)
    (one,) = objects(run(*arguments, "--actor", "blues", "--format", "json"))
    assert (one["actor"], one["type"], one["opponent"], one["dictionary"]) == ("Blues", "backs", "Greens", None)
    assert (one["from"], one["to"]) == ("2016-03-27", "2016-12-11")
    assert one["quotes"][0]["quote"] == "On 2016-03-27 Blues gains Palmyra."  # type: ignore[index]
    assert run(*arguments, "--on", "1999-01-01", "--format", "json").stdout == ""
    assert "backs" in run(*arguments).stdout


def test_diff_of_two_records_says_what_and_why(small_war: Address, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(invented.text("On 2016-12-06 Greens gains Sirte.", seed=3))
    with open_record(tmp_path / "old", write=True) as database:
        read_into(database, [str(tmp_path / "a.txt")], runner=Local(), stage=invented.STAGE, history=invented.history)
    arguments = ("diff", tmp_path / "old", small_war)
    found = objects(run(*arguments, "--place", "Palmyra", "--format", "json"))
    assert {one["what"] for one in found} == {"added"}
    assert {"after", "before", "fields", "why", "layer", "place_id"} <= set(found[0])
    assert [claim["what"] for claim in found[0]["why"]["claims"]] == ["came"] * 4  # type: ignore[index]
    text = run(*arguments).stdout
    assert "came:" in text
    assert text.splitlines()[-1] == "5 added, 1 revised, 0 withdrawn"
    assert run("diff", small_war, small_war, "--quiet").stdout == "none\n"
    assert "only one version" in run("diff", small_war, "--reread", code=2).stderr
    assert "two records" in run("diff", small_war, code=2).stderr


def test_rescue_says_what_it_saved_and_writes_over_nothing(small_record: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.tadmor"
    (done,) = objects(run("rescue", small_record, new, "--workers", "1", "--format", "json"))
    assert (done["read_again"], done["lost"], done["damaged_pages"]) == (0, [], 0)
    assert done["saved"]["reports"] == 4  # type: ignore[index]
    assert "is not there yet" in run("rescue", small_record, new, code=2).stderr
    assert "no such file" in run("rescue", tmp_path / "none", tmp_path / "other", code=2).stderr
    said = run("rescue", small_record, tmp_path / "other", "--workers", "1").stdout
    assert said.endswith("saved 4 blobs, 4 reports, 7 claims; 0 reports were read again; lost: nothing\n")


def test_copy_to_parquet_and_back(small_record: Path, tmp_path: Path) -> None:
    (told,) = objects(run("copy", small_record, tmp_path / "war.parquet", "--format", "json", "--quiet"))
    assert told["tables"]["claims"]["rows"] == 7  # type: ignore[index]
    said = run("copy", tmp_path / "war.parquet", tmp_path / "back.tadmor").stdout
    assert "holds what" in said and told["tables"]["claims"]["sha256"] in said  # type: ignore[index]
    assert "is there already" in run("copy", small_record, tmp_path / "war.parquet", code=2).stderr
    assert "no such record" in run("copy", tmp_path / "none", tmp_path / "new", code=3).stderr


def test_no_command_prints_the_password_of_a_server(server: Cluster) -> None:
    record = server.new()
    secret = record.address.replace("owner@", "owner:secret@")
    said = run("check", "--record", secret).output + run("read", "none.txt", "--record", secret, code=1).output
    assert "owner@" in said and "secret" not in said
