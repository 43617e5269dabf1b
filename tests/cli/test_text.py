from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tadmor.cli.text import one_line, safe_json, visible


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    left = {unicodedata.category(character) for character in visible(text).replace("\n", "")}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(visible(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
    assert "\n" not in one_line(text)


@given(st.text())
def test_json_keeps_its_value(text: str) -> None:
    line = json.dumps({"a": text}, ensure_ascii=False)
    assert json.loads(safe_json(line)) == {"a": text}


def test_plain_text_stays_as_it_is() -> None:
    for text in ("Tadmur, تدمر", "Naïve — “quoted”", "Пальмира 帕尔米拉"):
        assert visible(text) == one_line(text) == text
    assert visible("a\x1b[1mb") == "a\\x1b[1mb"
