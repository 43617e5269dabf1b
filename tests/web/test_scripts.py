"""The page's scripts take from each other what is there, and nothing that they do not use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tadmor.web import drawing
from tadmor.web.app import STATIC

SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in sorted((Path(STATIC) / "js").glob("*.js"))}
TAKEN = re.compile(r'^import \{([^}]*)\} from "\./([\w.]+)";$', re.MULTILINE)
GIVEN = re.compile(r"^export (?:async )?(?:const|let|function|class) ([\w$]+)", re.MULTILINE)


def taken(script: str) -> list[tuple[str, str]]:
    """What a script takes, and from which."""
    return [(name.strip(), source) for names, source in TAKEN.findall(SCRIPTS[script]) for name in names.split(",")]


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_taken_is_given_and_used(script: str) -> None:
    assert len(TAKEN.findall(SCRIPTS[script])) == SCRIPTS[script].count("\nimport ") + SCRIPTS[script].startswith(
        "import "
    )
    for name, source in taken(script):
        assert name in GIVEN.findall(SCRIPTS[source]), f"{source} gives no {name}"
        assert (
            len(re.findall(rf"(?<![\w.$]){re.escape(name)}(?![\w$])|\.\.\.{re.escape(name)}\(", SCRIPTS[script])) > 1
        ), name


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_is_given_is_taken_by_another(script: str) -> None:
    wanted = {name for other in SCRIPTS for name, source in taken(other) if source == script}
    assert set(GIVEN.findall(SCRIPTS[script])) == wanted


@pytest.mark.parametrize("name", ["TEXTURES"])
def test_the_page_and_the_drawn_map_have_the_same_signs(name: str) -> None:
    (listed,) = re.findall(rf"^export const {name} = \[(.*?)^\];", SCRIPTS["dom.js"], re.MULTILINE | re.DOTALL)
    assert tuple(re.findall(r'"(.*?)"', listed)) == getattr(drawing, name)
