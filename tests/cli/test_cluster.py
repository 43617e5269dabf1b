"""`tadmor read --engine spark`: what is asked of a cluster, and what is refused before there is one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tadmor.cli import main
from tadmor.run.spark import read
from tadmor.run.spark.read import Done

SPARK = ("--engine", "spark", "--record", "war.parquet")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["read", *arguments])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("in", "--record", "war.tadmor", "--master", "local"), "--engine spark"),
        (("in", "--record", "war.tadmor", "--list", "files"), "--engine spark"),
        (("--record", "war.tadmor"), "name what is to be read"),
        (SPARK, "name what is to be read"),
        (("in", *SPARK, "--workers", "2"), "--workers is for --engine local"),
        (("in", *SPARK, "--conf", "nothing"), "is no setting"),
    ],
)
def test_what_goes_together(arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_without_spark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    result = run("in", *SPARK)
    assert result.exit_code == 2
    assert "pip install 'tadmor[spark]'" in result.stderr


class FakeSession:
    stopped = False

    def stop(self) -> None:
        self.stopped = True


@pytest.mark.parametrize(("failed", "code"), [(0, 0), (2, 1)])
def test_what_is_asked_reaches_the_cluster(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failed: int, code: int
) -> None:
    asked: dict[str, Any] = {}
    fake = FakeSession()

    def session(master: str | None, *, settings: Mapping[str, str], tasks: int | None) -> FakeSession:
        asked.update(master=master, settings=settings, tasks=tasks)
        return fake

    def read_into_folder(spark: object, names: tuple[str, ...], folder: str, **others: Any) -> Done:
        asked.update(names=names, folder=folder, lists=others["lists"], outlet=others["outlet"])
        return Done(new=7, same=1, failed=failed, claims=20, places=3)

    monkeypatch.setattr(read, "session", session)
    monkeypatch.setattr(read, "read_into_folder", read_into_folder)
    options = ["--master", "spark://host:7077", "--list", "files", "--tasks", "6", "--outlet", "Bulletin"]
    result = run("in", *SPARK, *options, "--conf", "spark.executor.memory=4g", "--conf", "a=b=c")
    assert result.exit_code == code
    assert result.stdout == f"7 new reports, 1 known, {failed} failed; 20 claims; 3 places brought up to date\n"
    assert asked == {
        "master": "spark://host:7077",
        "settings": {"spark.executor.memory": "4g", "a": "b=c"},
        "tasks": 6,
        "names": ("in",),
        "folder": "war.parquet",
        "lists": ("files",),
        "outlet": "Bulletin",
    }
    assert fake.stopped
    told = run("in", *SPARK, "--format", "json")
    assert told.stdout == f'{{"new":7,"same":1,"failed":{failed},"claims":20,"places":3}}\n'
