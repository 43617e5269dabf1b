"""`tadmor learn` and `tadmor sources`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import invented
from tadmor.cli import main
from tadmor.pipeline import read_into
from tadmor.record.database import open_record
from tadmor.run.local import Local


def run(*arguments: str | Path, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == code, (result.output, result.exception)
    return result


def objects(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def war(tmp_path: Path) -> Path:
    """Twelve days on which the Observatory and the Red Cross agree and SANA does not."""
    lines = [
        f"On 2016-{month:02}-{day:02} {who} holds Palmyra ({speaker})."
        for month in range(1, 13)
        for day, who, speaker in ((1, "Reds", "SOHR"), (2, "Reds", "ICRC"), (3, "Blues", "SANA"))
    ]
    file = tmp_path / "war.txt"
    file.write_text(invented.text(*lines, seed=1))
    with open_record(tmp_path / "war.tadmor", write=True) as database:
        read_into(database, [str(file)], runner=Local(), stage=invented.STAGE)
    return tmp_path / "war.tadmor"


def sana(record: Path) -> dict[str, object]:
    return next(
        one for one in objects(run("sources", "--record", record, "--format", "json", "-q")) if one["voice"] == "sana"
    )


def test_learn_sources_and_back(war: Path) -> None:
    before = sana(war)
    assert (before["claims"], before["learned"], before["kind"]) == (12, None, "state agency")
    assert "tadmor learn" in run("sources", "--record", war).stderr
    shown = json.loads(run("learn", "--record", war, "--dry-run", "--format", "json").stdout)
    assert sana(war) == before
    learned = json.loads(run("learn", "--record", war, "--format", "json").stdout)
    assert learned == shown
    after = sana(war)
    assert after["learned"] == after["share"]
    assert after["contradicted"] == 12
    assert float(str(after["share"])) < float(str(after["prior"]))
    (kept,) = objects(run("learn", "--record", war, "--list", "--format", "json"))
    assert kept["in_force"]
    assert "shipped weights; 1 places brought up to date" in run("learn", "--record", war, "--undo").stderr
    assert sana(war) == before
    run("learn", "--record", war, "--use", learned["version"][:6])
    assert sana(war) == after
    assert "SANA" in run("sources", "--record", war, "--kind", "state agency").stdout
    assert "SANA" not in run("sources", "--record", war, "--kind", "monitor").stdout
    assert learned["version"] in run("learn", "--record", war, "--list").stdout


def test_what_cannot_be_done_is_said(small_record: Path, tmp_path: Path) -> None:
    record = Path(shutil.copy(small_record, tmp_path))
    assert "nothing is changed" in run("learn", "--record", record).stderr
    assert objects(run("learn", "--record", record, "--list", "--format", "json")) == []
    assert "only one" in run("learn", "--record", record, "--undo", "--dry-run", code=2).stderr
    assert "nothing to take back" in run("learn", "--record", record, "--undo", code=2).stderr
    assert "no set of weights" in run("learn", "--record", record, "--use", "w0", code=2).stderr
