"""The data files of report/ hold what their format promises."""

from __future__ import annotations

import pytest

from tadmor.errors import LexiconError
from tadmor.report import wording
from tadmor.report.wording import outlets, phrases


def test_outlets_are_found_by_any_of_their_names() -> None:
    names = ("NY Times", "the new york times", "NYT", "N.Y. Times")
    assert {found.name for name in names if (found := outlets().by_name(name))} == {"The New York Times"}
    agency = outlets().by_name("AFP")
    assert agency is not None and agency.wire and agency.name == "Agence France-Presse"
    assert outlets().by_name("The Evening Nonesuch") is None


def test_phrases_are_whole_words_whatever_their_case() -> None:
    assert phrases("promotion").any_in("Please SUBSCRIBE to us")
    assert not phrases("promotion").any_in("He unsubscribed")
    assert phrases("cut").is_all_of("Read  more")
    assert not phrases("cut").is_all_of("Read more about it")


def test_each_phrase_is_found_in_a_line() -> None:
    for name in wording._LISTS:
        held = wording.phrases(name)
        for phrase in held.phrases:
            line = f"so {phrase.upper()} so"
            assert held.any_in(line)
            assert held.found(line)
        assert not held.any_in("zyx wvu")


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ('promotion = "subscribe"', "promotion has to be a list"),
        ("promotion = [1]", "promotion has to be a list"),
        ("promotion = [", "wording.toml"),
    ],
)
def test_a_broken_list_is_named(monkeypatch: pytest.MonkeyPatch, broken: str, says: str) -> None:
    monkeypatch.setattr(wording, "_text", lambda name: broken)
    wording._wording.cache_clear()
    try:
        with pytest.raises(LexiconError, match=says):
            wording._wording()
    finally:
        wording._wording.cache_clear()


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("X News,paper,X", "line 2"),
        (",wire,", "line 2"),
        ("X News,wire", "line 2"),
        ("X News,wire,X\nY News,wire,X", "line 3"),
    ],
)
def test_a_broken_row_of_outlets_is_named(monkeypatch: pytest.MonkeyPatch, row: str, says: str) -> None:
    monkeypatch.setattr(wording, "_text", lambda name: f"name,kind,forms\n{row}\n")
    wording._outlets.cache_clear()
    try:
        with pytest.raises(LexiconError, match=says):
            wording.outlets()
    finally:
        wording._outlets.cache_clear()
