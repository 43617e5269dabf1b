"""Bytes become the characters that were meant, and nothing invisible stays in the text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tadmor.errors import InputError
from tadmor.report.text import clean, decode

SENTENCE = "The governor’s “café” in Ağrı was hit – twice."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_with_or_without_a_mark_is_read(encoding: str) -> None:
    assert decode(SENTENCE.encode(encoding), "a") == SENTENCE


def test_windows_1252_is_the_fallback_and_its_holes_do_no_harm() -> None:
    assert decode("A “café” – hit".encode("cp1252"), "a") == "A “café” – hit"
    assert clean(decode(b"caf\xe9 \x81\x8d here", "a")) == "café  here"


def test_a_declared_encoding_is_used_unless_it_is_a_lie() -> None:
    raw = "Село взято".encode("cp1251")
    assert decode(raw, "a", declared="windows-1251") == "Село взято"
    for lie in ("no-such-encoding", "ascii", "utf-8", "hex"):
        decode(raw, "a", declared=lie)


def test_a_broken_byte_does_not_garble_the_rest() -> None:
    raw = (SENTENCE * 3).encode() + b"\xff" + SENTENCE.encode()
    assert decode(raw, "a") == SENTENCE * 3 + "\ufffd" + SENTENCE


@pytest.mark.parametrize("raw", [b"%PDF-1.4", bytes(range(256)) * 4, b"\x7fELF\x02"])
def test_binary_data_raise_and_name_the_input(raw: bytes) -> None:
    with pytest.raises(InputError, match=r"^odd\.bin: "):
        decode(raw, "odd.bin")


def test_stray_nul_bytes_do_not_make_a_text_binary() -> None:
    assert clean(decode(b"The army\x00 left the town on Monday.", "a")) == "The army left the town on Monday."


def test_line_ends_spaces_and_misread_characters_are_replaced_one_for_one() -> None:
    assert clean("a\r\nb\rc\u2028d\x0ce") == "a\nb\nc\nd\ne"
    assert clean("10\xa0km\u2009north") == "10 km north"
    assert clean("the governor\x92s") == "the governor’s"


def test_a_clean_text_stays_as_it_is() -> None:
    text = f"  {SENTENCE}\n\n\tSecond  paragraph. \n"
    assert clean(text) == text


@given(st.text(st.characters(codec=None, exclude_categories=[]), max_size=200))
def test_nothing_invisible_survives_and_cleaning_twice_changes_nothing(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()
    for character in cleaned:
        if character not in "\n\t":
            assert unicodedata.category(character) not in ("Cc", "Cs"), hex(ord(character))
        assert unicodedata.bidirectional(character) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        )


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_or_refused(raw: bytes) -> None:
    try:
        clean(decode(raw, "a")).encode()
    except InputError as error:
        assert str(error).startswith("a: ")


ARABIC = "قالت مصادر محلية إن قوات النظام دخلت المدينة صباح اليوم"
RUSSIAN = "Местные жители сообщили, что войска вошли в город утром"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(ARABIC, "cp1256"), (ARABIC, "iso8859_6"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8_r")],
)
@pytest.mark.parametrize("declared", [None, "utf-8", "windows-1252", "iso-8859-1", "no-such-encoding"])
def test_other_scripts_are_told_by_their_words_whatever_was_declared(
    text: str, encoding: str, declared: str | None
) -> None:
    page = f"<html><body><p class='text'>{text}</p></body></html>"
    assert decode(page.encode(encoding), "a", declared=declared) == page


def test_a_cyrillic_declaration_is_a_lie_where_capitals_follow_small_letters() -> None:
    assert decode(ARABIC.encode("cp1256"), "a", declared="windows-1251") == ARABIC
    assert decode(RUSSIAN.upper().encode("cp1251"), "a", declared="windows-1251") == RUSSIAN.upper()


def test_an_arabic_declaration_is_a_lie_where_western_letters_are_among_the_arabic() -> None:
    assert decode(RUSSIAN.encode("cp1251"), "a", declared="windows-1256") == RUSSIAN


@pytest.mark.parametrize("declared", [None, "utf-8", "windows-1251", "windows-1256", "koi8-r", "windows-1252"])
def test_western_texts_are_western_whatever_was_declared(declared: str | None) -> None:
    text = "“The café’s owner” in Málaga did not say – once more – whether he had been there"
    assert decode(text.encode("cp1252"), "a", declared=declared) == text


def test_other_scripts_with_some_western_words_are_as_declared() -> None:
    for text, encoding in ((f"{RUSSIAN} BBC", "cp1251"), (f"{ARABIC} (AFP)", "cp1256")):
        assert decode(text.encode(encoding), "a", declared=encoding) == text
