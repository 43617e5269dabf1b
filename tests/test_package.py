"""What is shipped: the data, its size, its papers, and the lock files."""

from __future__ import annotations

import os
import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

import tadmor

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path(tadmor.__file__).parent
DATA = PACKAGE / "data"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MEGABYTE = 1_000_000


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc")


def test_one_version() -> None:
    assert tadmor.__version__ == PROJECT["project"]["version"]
    try:
        installed = version("tadmor")
    except PackageNotFoundError:
        pytest.skip("Tadmor is not installed here")
    assert installed == tadmor.__version__


@pytest.mark.skipif("TADMOR_WHEEL" not in os.environ, reason="only where the built wheel is tested")
def test_the_wheel_is_what_is_tested() -> None:
    assert not PACKAGE.is_relative_to(ROOT)


def test_everything_in_the_checkout_is_shipped() -> None:
    checkout = ROOT / "src" / "tadmor"
    files = {file.relative_to(checkout) for file in checkout.rglob("*") if file.is_file()}
    files = {file for file in files if "__pycache__" not in file.parts and not file.name.startswith(".")}
    assert files <= {file.relative_to(PACKAGE) for file in PACKAGE.rglob("*") if file.is_file()}


def test_the_package_is_small() -> None:
    """The wheel is compressed, so this bounds it: 35 MB in all, 20 MB for what is learned, 3 MB for the web.

    What is learned is the pipeline and the reader of claims that leans on it: together they may take what the pipeline
    alone was allowed before. Most of the web is MapLibre. The rest is places (gazetteer and outlines), lexica and code.
    """
    assert size(DATA / "pipeline") + size(DATA / "reader") < 20 * MEGABYTE
    assert size(PACKAGE / "web") < 3 * MEGABYTE
    assert size(PACKAGE) < 35 * MEGABYTE


@pytest.mark.parametrize("folder", sorted(folder.name for folder in DATA.iterdir() if folder.is_dir()))
def test_every_data_folder_says_what_it_is_and_whose(folder: str) -> None:
    text = (DATA / folder / "README.md").read_text(encoding="utf-8").lower()
    assert "licence" in text


def test_the_package_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.parametrize("name", ["runtime", "dev"])
def test_locks_fix_every_package_by_its_hash_and_name_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all(re.match(r"[a-z0-9-]+==\S+ .*\\\n +--hash=sha256:[0-9a-f]{64}", entry, re.DOTALL) for entry in entries)
    assert not re.search(r"://|--(extra-)?index|--find-links", text)
    wanted = PROJECT["project"]["dependencies"] + (PROJECT["dependency-groups"]["dev"] if name == "dev" else [])
    locked = {entry.partition("==")[0] for entry in entries}
    assert {re.sub(r"[_.]", "-", re.split(r"[\[<>=]", requirement)[0]) for requirement in wanted} <= locked


def test_what_is_needed_to_run_is_locked_alike_for_development() -> None:
    entries = [
        set(re.split(r"\n(?=\S)", (ROOT / "requirements" / f"{name}.lock").read_text(encoding="utf-8").strip()))
        for name in ("runtime", "dev")
    ]
    assert entries[0] <= entries[1]


def test_only_the_runner_over_a_cluster_imports_pyspark() -> None:
    modules = {
        file.relative_to(PACKAGE)
        for file in PACKAGE.rglob("*.py")
        if "import pyspark" in (text := file.read_text("utf-8")) or "from pyspark" in text
    }
    assert modules
    assert all(module.is_relative_to(Path("run") / "spark") for module in modules)
