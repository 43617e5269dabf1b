"""The commands that read, with the shipped reader and dictionaries."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tadmor.cli import main
from tadmor.errors import RecordError
from tadmor.record import queries
from tadmor.record.database import open_record

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "reports"
SEED = Path(__file__).resolve().parents[3] / "shared" / "seed" / "palmyra-2016-12-10.txt"

REPORT = """Army retakes Palmyra from Islamic State

PALMYRA, Syria - Syrian government forces captured Palmyra from the Islamic State on Sunday, state television reported.

Residents who had fled said that shops were shut and that the streets were full of rubble.
"""


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "army-retakes.txt"
    file.write_text(REPORT)
    return file


def test_a_report_in_who_holds_what_out(report: Path, tmp_path: Path) -> None:
    record = tmp_path / "war.tadmor"
    options = ("--published", "2016-03-28", "--outlet", "Sample Post", "--workers", "1")
    summary = json.loads(run("read", report, "--record", record, *options, "--format", "json").stdout)
    assert (summary["new"], summary["failed"]) == (1, [])
    state = run("state", "--record", record, "--on", "2016-03-28", "--place", "Tadmur", "--format", "json").stdout
    palmyra = json.loads(state.splitlines()[0])
    assert (palmyra["place"], palmyra["holder"], palmyra["country"]) == ("Palmyra", "Syrian government", "SY")
    explained = run("explain", "Palmyra", "--on", "2016-03-28", "--record", record, "--format", "json").stdout
    claims = json.loads(explained.splitlines()[0])["claims"]
    assert any("captured Palmyra" in claim["quote"] and claim["outlet"] == "Sample Post" for claim in claims)
    assert run("read", report, "--record", record, *options).stdout.startswith("0 new reports, 0 changed, 1 known")


def test_claims_in_the_form_of_the_gold(report: Path) -> None:
    result = run("claims", report, "--published", "2016-03-28", "--format", "gold", "--workers", "1")
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert (found["doc"], found["published"]) == ("army-retakes", "2016-03-28")
    gains = next(claim for claim in found["claims"] if claim["type"] == "gains")
    assert (gains["actor"], gains["opponent"], gains["place"]) == ("Syrian government", "Islamic State", "Palmyra")
    assert (gains["from"], gains["to"]) == ("2016-03-27", "2016-03-27")
    assert [claim["id"] for claim in found["claims"]] == list(range(1, len(found["claims"]) + 1))


def test_claims_of_json_lines_keep_the_order_and_the_names(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    documents = [{"doc": f"wire-{number}", "published": "2016-03-28", "text": REPORT} for number in range(20)]
    lines.write_text("".join(json.dumps(document) + "\n" for document in documents))
    one = run("claims", lines, "--format", "gold", "--workers", "1").stdout
    two = run("claims", lines, "--format", "gold", "--workers", "2").stdout
    assert [json.loads(line)["doc"] for line in one.splitlines()] == [f"wire-{number}" for number in range(20)]
    assert one == two


def test_a_polite_request_to_end_keeps_what_is_stored(tmp_path: Path) -> None:
    record = tmp_path / "war.tadmor"
    command = [sys.executable, "-m", "tadmor", "read", str(SAMPLES), "--record", str(record), "--workers", "1"]
    reading = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 60
    while _reports(record) == 0 and reading.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    reading.send_signal(signal.SIGTERM)
    _, errors = reading.communicate(timeout=10)
    assert reading.returncode == 1
    assert "the same command goes on from there" in errors
    assert _reports(record) >= 16
    run("check", "--record", record)


def _reports(record: Path) -> int:
    try:
        with open_record(record) as database:
            return queries.stats(database)["reports"]
    except RecordError:
        return 0


@pytest.mark.skipif(not SEED.exists(), reason="needs ../shared")
def test_the_worked_example(tmp_path: Path) -> None:
    """Palmyra: the Islamic State's until March 2016, then the government's, contested on the day of the report."""
    record = tmp_path / "seed.tadmor"
    run("read", SEED, "--published", "2016-12-10", "--record", record, "--workers", "1")

    def holder(name: str, day: str) -> tuple[str | None, str]:
        result = run("state", "--record", record, "--on", day, "--place", name, "--format", "json")
        whole = next(
            json.loads(line) for line in result.stdout.splitlines() if json.loads(line)["part"] in (None, "east")
        )
        return whole["holder"], whole["status"]

    assert holder("Palmyra", "2016-03-05")[0] == "Islamic State"
    assert holder("Palmyra", "2016-05-15") == ("Syrian government", "held")
    assert holder("Palmyra", "2016-12-10")[1] == "contested"
    assert "backed fighters" in str(holder("Surt", "2016-12-10")[0])
    assert holder("Al-Bab", "2016-12-10")[0] == "Islamic State"
    assert holder("east Aleppo", "2015-01-01")[0] == "rebels"


def test_demo_shows_the_places_and_writes_a_page(report: Path, tmp_path: Path) -> None:
    samples, out = tmp_path / "samples", tmp_path / "out"
    samples.mkdir()
    (samples / "army-retakes.txt").write_text(report.read_text() + "\nPublished 28 March 2016\n")
    result = run("demo", samples, "--out", out, "--workers", "1")
    assert "Palmyra" in result.stdout
    assert str(out / "index.html") in result.stdout
    assert "no place called 'Sirte'" in result.stderr
    assert sorted(file.name for file in out.iterdir()) == ["index.html", "record.tadmor"]
    again = run("demo", samples, "--out", out, "--workers", "1", "--format", "json")
    assert json.loads(again.stdout)["read"]["same"] == 1


def test_the_heritage_of_palmyra(tmp_path: Path) -> None:
    """What sample reports say was destroyed there, part by part."""
    record = tmp_path / "palmyra.tadmor"
    names = ("2015-08-25-baalshamin.html", "2015-09-01-bel-satellite.txt", "2015-10-05-arch-brief.txt",
             "2017-01-20-tetrapylon.txt", "2016-03-27-wire.txt")  # fmt: skip
    run("read", *(SAMPLES / f"palmyra-{name}" for name in names), "--record", record, "--workers", "1", "--quiet")
    told = run("heritage", "--record", record, "--site", "Palmyra", "--format", "json", "--quiet").stdout
    found = [json.loads(line) for line in told.splitlines()]
    damaged = {(one["part"], one["from"][:4]) for one in found if one["effect"] == "damage"}
    assert damaged >= {
        ("Temple of Baalshamin", "2015"),
        ("Temple of Bel", "2015"),
        ("Monumental Arch", "2015"),
        ("Valley of the Tombs", "2016"),
        ("Tetrapylon", "2017"),
        ("Roman Theatre of Palmyra", "2017"),
    }
    assert all("Islamic State" in one["actors"] or "Militants" in one["actors"] for one in found if one["part"])
    assert any(one["effect"] == "control" and one["near_km"] <= 5 for one in found)
    told = run("heritage", "--record", record, "--site", "Temple of Bel", "--format", "json", "--quiet").stdout
    assert {json.loads(line)["part"] for line in told.splitlines()} == {None, "Temple of Bel"}
    assert "Site of Palmyra (SY, in danger since 2013)" in run("heritage", "--record", record).stdout


def test_what_is_not_about_a_war_is_kept_and_read_only_when_all_is(report: Path, tmp_path: Path) -> None:
    bakery = tmp_path / "bakery.txt"
    bakery.write_text(
        "The bakery on Mill Street will close in May after sixty years. Its owner said that flour and gas cost a lot. "
        "Customers who came for the last of the plum cakes shared stories of weddings and school fairs. The council "
        "hopes that a young baker from the valley will take over the shop and its recipes.\n"
    )
    record = tmp_path / "war.tadmor"

    def summary(*options: str) -> dict[str, object]:
        found = run("read", report, bakery, "--record", record, "--workers", "1", "--format", "json", *options).stdout
        return {name: json.loads(found)[name] for name in ("new", "changed", "same", "passed_over")}

    assert summary() == {"new": 2, "changed": 0, "same": 0, "passed_over": 1}
    with open_record(str(record)) as database:
        assert queries.stats(database)["passed_over"] == 1
        (notes,) = {row["notes"] for row in database.query("SELECT notes FROM reports") if row["notes"] != "[]"}
        assert json.loads(notes)[0].startswith("not read: not about a war (score 0.")
    assert summary() == {"new": 0, "changed": 0, "same": 2, "passed_over": 0}
    assert summary("--all") == {"new": 0, "changed": 1, "same": 1, "passed_over": 0}
    assert summary() == {"new": 0, "changed": 0, "same": 2, "passed_over": 0}
    run("check", "--record", record)
