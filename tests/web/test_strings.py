"""The strings of the front end: what it says is in the catalogue, and translations fit it."""

from __future__ import annotations

import json
import re

import pytest

from tadmor.web.app import STATIC

STRINGS = STATIC / "strings"
ENGLISH: dict[str, str] = json.loads((STRINGS / "en.json").read_text(encoding="utf-8"))
SCRIPTS = {file.name: file.read_text(encoding="utf-8") for file in sorted((STATIC / "js").glob("*.js"))}


def test_every_string_that_is_asked_for_is_there() -> None:
    for name, script in SCRIPTS.items():
        asked = set(re.findall(r"""(?<![\w.])t\(\s*["']([^"'$]+)["']""", script))
        assert asked - set(ENGLISH) == set(), name


def test_every_string_is_used() -> None:
    whole = "\n".join(SCRIPTS.values())
    asked = set(re.findall(r'"([a-z][\w. ]*)"', whole))
    begun = set(re.findall(r"`([a-z][\w.]*\.)\$\{", whole))
    lists = {key for key in ENGLISH if key in asked or any(key.startswith(start) for start in begun)}
    assert set(ENGLISH) - lists == set()


@pytest.mark.parametrize("name", sorted(file.stem for file in STRINGS.glob("*.json") if file.stem != "en"))
def test_translations_have_every_key_and_take_the_same_values(name: str) -> None:
    found: dict[str, str] = json.loads((STRINGS / f"{name}.json").read_text(encoding="utf-8"))
    assert set(found) == set(ENGLISH)
    for key, text in found.items():
        assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", ENGLISH[key])), key
        assert text.strip()
