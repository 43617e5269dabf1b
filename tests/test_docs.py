"""The documentation says what is so: every command and option is described, every example can be called."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import get_args

import click
import pytest
from click.testing import CliRunner

from tadmor import records
from tadmor.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
SECTIONS = {
    heading.removeprefix("tadmor "): text
    for heading, text in re.findall(r"^## (.+)\n((?:(?!## ).*\n)*)", REFERENCE, re.MULTILINE)
}
EXAMPLES = [
    (file.name, line)
    for file in DOCS
    for line in re.findall(r"^    (?:\.venv/bin/)?(tadmor .+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
]


def command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None, f"there is no command {name}"
    return found


def own_options(name: str) -> list[click.Option]:
    """The options of a command and of its subcommands."""
    top = command(name)
    commands = [top, *(top.commands.values() if isinstance(top, click.Group) else ())]
    return [option for one in commands for option in one.params if isinstance(option, click.Option)]


def test_the_reference_has_a_section_for_each_command_and_no_other() -> None:
    assert {heading for heading in SECTIONS if f"## tadmor {heading}\n" in REFERENCE} == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_described(name: str) -> None:
    described = set(re.findall(r"`(--[a-z-]+)", SECTIONS[name]))
    assert described >= {option.opts[0] for option in own_options(name)}
    known = {opt for other in COMMANDS for option in own_options(other) for opt in option.opts}
    assert described <= known | {"--help"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_in_its_help(name: str) -> None:
    help = " ".join((command(name).help or "").split())
    example = re.search(r"Example: (tadmor .+)$", help)
    assert example
    called(example[1])


@pytest.mark.parametrize(("file", "example"), EXAMPLES)
def test_every_example_can_be_called(file: str, example: str) -> None:
    called(example)


def called(example: str) -> None:
    """Parse an example as the command line would, up to running it."""
    name, *arguments = shlex.split(example.partition(" > ")[0], comments=True)[1:]
    if name.isupper() or name.startswith("["):  # a form: tadmor [--debug] COMMAND ...
        return
    meant = command(name)
    if isinstance(meant, click.Group) and arguments and arguments[0] in meant.commands:
        name, *arguments = arguments
        meant = meant.commands[name]
    meant.make_context(name, arguments, resilient_parsing=False)


@pytest.mark.parametrize("file", DOCS, ids=lambda file: file.name)
def test_links_lead_to_files(file: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", file.read_text(encoding="utf-8")):
        assert (file.parent / target).exists(), f"{file.name} points to {target}"


def test_the_readme_names_each_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `tadmor ([a-z]+)", readme, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("state", "--on", "2016-12-10"),
        ("place", "Palmyra"),
        ("events",),
        ("changes",),
        ("disputes", "--all"),
        ("relations",),
        ("heritage",),
        ("explain", "Palmyra", "--on", "2016-12-10"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_every_key_of_the_json_is_described(arguments: tuple[str, ...], small_record: Path) -> None:
    result = CliRunner().invoke(main, [*arguments, "--record", str(small_record), "--format", "json", "--quiet"])
    assert result.exit_code == 0
    section = SECTIONS[arguments[0]] + (SECTIONS["state"] if arguments[0] in ("place", "explain") else "")
    keys = {key for line in result.stdout.splitlines() for key in json.loads(line)}
    assert keys <= set(re.findall(r"`(\w+)`", section))


def test_the_glossary_has_the_words_of_the_types() -> None:
    terms = re.findall(r"^\*\*(.+?)\*\* - ", GLOSSARY, re.MULTILINE)
    assert terms == sorted(terms)
    types = ("Report", "Claim", "Quote", "Event", "Spell", "Dispute", "Pull")
    assert all(hasattr(records, name) for name in types)
    assert set(types) <= set(terms)
    for words in (records.Modality, records.Verification, records.Status, records.GeoPrecision):
        for word in get_args(words):
            assert word in GLOSSARY, f"{word} is not explained"


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    wanted += [requirement for extra in extras for requirement in extra]
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z][a-z0-9_.-]*) \|", text, re.MULTILINE)
    names = {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted}
    assert {row for row in rows if row != "package"} == names


def test_the_changelog_has_a_section_for_what_comes_next() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
