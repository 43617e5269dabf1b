"""What is read off a parse is what spaCy says of it."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from spacy import tokens as spacy
from spacy.vocab import Vocab

from spoken import doc
from tadmor.claim.tree import Doc

TEXT = """Rebels, who had held the town's east since 2012, retook al-Bab.

"We lost 12 men," said Abu Ali  of the U.S.-backed force - and then they left (for good)."""
SAME = (
    *("i", "idx", "text", "whitespace_", "lower_", "lemma_", "tag_", "pos_", "dep_", "ent_type_"),
    *("is_space", "is_punct", "is_alpha", "is_upper", "like_num"),
)


@pytest.fixture(scope="module")
def text() -> Doc:
    return doc(TEXT)


def places(tokens: Any) -> list[int]:
    return [token.i for token in tokens]


def test_tokens_say_what_the_parse_says(text: Doc) -> None:
    assert text.text == TEXT
    for token, parsed in zip(text, text.parsed, strict=True):
        assert [getattr(token, name) for name in SAME] == [getattr(parsed, name) for name in SAME]
        assert len(token) == len(parsed)


def test_the_tree_is_that_of_the_parse(text: Doc) -> None:
    for token, parsed in zip(text, text.parsed, strict=True):
        assert places([token.head, token.left_edge, token.right_edge]) == places(
            [parsed.head, parsed.left_edge, parsed.right_edge]
        )
        assert places(token.children) == places(parsed.children)
        assert places(token.ancestors) == places(parsed.ancestors)
        assert places(token.subtree) == places(parsed.subtree)
        assert places(token.sent) == places(parsed.sent)
        assert all(token.is_ancestor(other) == parsed.is_ancestor(text.parsed[other.i]) for other in text)


def test_what_is_hung_elsewhere_lies_below_its_new_head_alone() -> None:
    vocab = Vocab()
    words = "Rebels took the city of Azaz and the town of Idlib .".split()
    parsed = spacy.Doc(vocab, words=words, heads=[1, 1, 3, 1, 5, 3, 8, 8, 1, 10, 8, 1], deps=["dep"] * len(words))
    text = Doc(parsed)
    took, city, town = text[1], text[3], text[8]
    text.hang(town, city)
    assert town.head is city and town not in took.children and places(city.children) == [2, 5, 8]
    assert (city.left_edge.i, city.right_edge.i) == (2, 10)
    assert (took.left_edge.i, took.right_edge.i) == (0, 11)
    assert places(took.subtree) == list(range(len(words)))


def test_stretches_are_those_of_the_parse(text: Doc) -> None:
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            span, parsed = text[start:end], text.parsed[start:end]
            assert span.root.i == parsed.root.i, span
            assert (span.text, span.text_with_ws) == (parsed.text, parsed.text_with_ws)
            assert (span.start_char, span.end_char, len(span)) == (parsed.start_char, parsed.end_char, len(parsed))
    assert text[3:1].text == "" and not text[3:1]
    assert places(text[-2:]) == places(text.parsed[-2:])


def test_sentences_and_names_are_those_of_the_parse(text: Doc) -> None:
    assert [s.text for s in text.sents] == [s.text for s in text.parsed.sents]
    assert [(e.text, e.label_) for e in text.ents] == [(e.text, e.label_) for e in text.parsed.ents]


def test_characters_lead_to_the_tokens_that_they_lie_in(text: Doc) -> None:
    for start in range(len(TEXT)):
        for end in range(start + 1, min(start + 20, len(TEXT) + 5)):
            found, parsed = text.char_span(start, end), text.parsed.char_span(start, end, alignment_mode="expand")
            assert (found is None) == (parsed is None)
            assert found is None or parsed is None or (found.start, found.end) == (parsed.start, parsed.end)


def test_a_step_out_of_the_text_is_an_error(text: Doc) -> None:
    assert text[1].nbor(-1) is text[0]
    for token, step in ((text[0], -1), (text[len(text) - 1], 1)):
        with pytest.raises(IndexError):
            token.nbor(step)


def test_an_empty_text_has_nothing() -> None:
    empty = doc("")
    assert (len(empty), empty.sents, empty.ents, empty.char_span(0, 1)) == (0, [], [], None)


def test_a_text_may_nest_deeper_than_python_recurses() -> None:
    depth = 3000
    heads = [*range(1, depth), depth - 1]  # each word hangs on the next
    deep = Doc(spacy.Doc(Vocab(), words=["a"] * depth, heads=heads, deps=["dep"] * depth))
    assert places(deep[depth - 1].subtree) == list(range(depth))
    assert deep[depth - 1].left_edge is deep[0]


def test_a_tree_may_cross() -> None:
    parsed = spacy.Doc(Vocab(), words="a b c d e".split(), heads=[2, 3, 2, 2, 1], deps=["dep"] * 5)
    crossing = Doc(parsed)
    for token, old in zip(crossing, parsed, strict=True):
        assert places(token.children) == places(old.children)
        assert places(token.subtree) == places(old.subtree)


def test_what_has_been_forgotten_leaves_nothing_to_collect() -> None:
    read = doc(TEXT)
    word, left = read[0], weakref.ref(read)
    gc.disable()
    try:
        read.forget()
        del read
        assert left() is None
        assert word.text == "Rebels"
    finally:
        gc.enable()
