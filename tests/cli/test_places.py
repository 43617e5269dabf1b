"""`tadmor places`: what is imported is read by later commands; faults are named, and the rest is done."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from tadmor.cli import main

TABLE = "ADM1_EN,ADM1_PCODE,ADM2_EN,ADM2_PCODE,lat,lon\nGedo,SO26,Testville District,SO2699,3.1,42.1\n"


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["places", *map(str, arguments)])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_a_table_is_imported_listed_and_replaced(tmp_path: Path) -> None:
    (tmp_path / "som_adm2.csv").write_text(TABLE)
    own = tmp_path / "own"
    first = json.loads(run("import", tmp_path / "som_adm2.csv", "--into", own, "--format", "json").stdout)
    assert (first["format"], first["places"], first["bad"], first["changed"]) == ("COD-AB", 2, [], True)
    again = json.loads(run("import", tmp_path / "som_adm2.csv", "--into", own, "--format", "json").stdout)
    assert not again["changed"]
    (listed,) = [json.loads(line) for line in run("list", "--into", own, "--format", "json").stdout.splitlines()]
    assert (listed["table"], listed["kinds"]) == ("cod-ab-som-adm2.csv", {"district": 1, "governorate": 1})


def test_bad_rows_are_named_and_the_rest_is_imported(tmp_path: Path) -> None:
    (tmp_path / "som.csv").write_text(TABLE + "Gedo,SO26,Nowhere,SO2698,north,42\n")
    done = run("import", tmp_path / "som.csv", "--into", tmp_path / "own", code=1)
    assert "som.csv, line 3" in done.stderr and "north" in done.stderr
    assert "2" in done.stdout


def test_what_cannot_be_imported_is_named_and_the_others_are_done(tmp_path: Path) -> None:
    (tmp_path / "som.csv").write_text(TABLE)
    done = run("import", tmp_path / "none.zip", tmp_path / "som.csv", "--into", tmp_path / "own", code=1)
    assert "none.zip" in done.stderr and (tmp_path / "own" / "cod-ab-som.csv").exists()


def test_wrong_use_is_refused(tmp_path: Path) -> None:
    run("import", code=2)
    run("list", "some.csv", code=2)
    run("import", tmp_path, "--country", "Syria", code=2)


def test_later_commands_know_the_places(tmp_path: Path) -> None:
    (tmp_path / "som.csv").write_text(TABLE.replace("Testville District", "Testabeesha"))
    (tmp_path / "report.txt").write_text("Al-Shabaab fighters captured Testabeesha in Somalia on Monday.\n")
    run("import", tmp_path / "som.csv", "--into", tmp_path / "own", "--quiet")
    command = [sys.executable, "-m", "tadmor", "claims", str(tmp_path / "report.txt"), "--format", "json"]
    done = subprocess.run(
        [*command, "--workers", "1"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TADMOR_PLACES": str(tmp_path / "own")},
    )
    (claim,) = [json.loads(line)["claim"] for line in done.stdout.splitlines()]
    assert (claim["where"]["id"], claim["where"]["country"]) == ("ocha:SO2699", "SO")
