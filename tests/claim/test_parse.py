"""The shipped pipeline: tokens, labels, lemmas, and what no text may do to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tadmor.claim import parse as module
from tadmor.claim.parse import HOME, LONGEST, UNBROKEN, by_rule, load, parse, pieces
from tadmor.claim.tree import Doc, Token
from tadmor.errors import LexiconError


def one(text: str) -> Doc:
    (doc,) = parse([text])
    return doc


def token(doc: Doc, text: str) -> Token:
    return next(t for t in doc if t.text == text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("rebel-held Deir al-Zour", "rebel - held Deir al - Zour"),
        ("al-Nusra's men", "al - Nusra 's men"),
        ("U.S.-backed fighters", "U.S. - backed fighters"),
        ("the pro-government, anti-IS side", "the pro-government , anti-IS side"),
        ("50km away, it didn't stop", "50 km away , it did n't stop"),
        ("a 30-year-old man", "a 30 - year - old man"),
        ("Assads men dont talk", "Assads men do nt talk"),
    ],
)
def test_tokens_are_those_of_the_treebanks(text: str, tokens: str) -> None:
    assert [t.text for t in load().make_doc(text)] == tokens.split()


@pytest.mark.parametrize("verb", ["retook", "overran", "recaptured", "besieged", "shelled", "pounded", "encircled"])
def test_rare_verbs_of_war_have_subject_and_object(verb: str) -> None:
    doc = one(f"Government troops {verb} the town of Morek on Sunday, a resident said.")
    found = token(doc, verb)
    assert (found.tag_, found.pos_) == ("VBD", "VERB")
    assert {(child.dep_, child.text) for child in found.children} >= {("nsubj", "troops"), ("obj", "town")}


def test_is_can_be_a_name() -> None:
    doc = one("IS seized the gas field near Homs on Monday.")
    assert token(doc, "IS").dep_ == "nsubj"
    assert token(doc, "IS").head.text == "seized"


def test_passive_agent_and_subtypes() -> None:
    doc = one("The village was captured by Kurdish fighters last week.")
    verb = token(doc, "captured")
    assert {(child.dep_, child.text) for child in verb.children} >= {
        ("nsubj:pass", "village"),
        ("aux:pass", "was"),
        ("obl:agent", "fighters"),
        ("obl:unmarked", "week"),
    }
    assert verb.dep_ == "ROOT"


def test_text_without_commas_keeps_its_clause() -> None:
    doc = one("Assads forces shelled the town of Talbiseh killing six people activists said")
    assert {(c.dep_, c.text) for c in token(doc, "shelled").children} >= {("nsubj", "forces"), ("obj", "town")}


@pytest.mark.parametrize(
    ("form", "lemma"),
    [("retook", "retake"), ("overran", "overrun"), ("besieged", "besiege"), ("withdrew", "withdraw"), ("fell", "fall")],
)
def test_lemmas(form: str, lemma: str) -> None:
    doc = one(f"The rebels {form} yesterday after the army attacked.")
    assert token(doc, form).lemma_ == lemma


@pytest.mark.parametrize(
    ("form", "tag", "base"),
    [
        ("shelled", "VBD", "shell"),
        ("captured", "VBN", "capture"),
        ("planned", "VBD", "plan"),
        ("armies", "NNS", "army"),
        ("clashes", "NNS", "clash"),
        ("forces", "NNS", "force"),
        ("Falls", "NNPS", "Falls"),
        ("bravest", "JJS", "brave"),
        ("dispossessed", "VBN", "dispossess"),
        ("yelmated", "VBD", "yelmate"),
    ],
)
def test_regular_inflection(form: str, tag: str, base: str) -> None:
    words = ["shell", "capture", "plan", "army", "clash", "force", "brave", "dispossess", "falls"]
    assert by_rule(form, tag, {word: rank for rank, word in enumerate(words)}) == base


def test_a_town_is_a_place() -> None:
    doc = one("Fighting continued in the town of Khan Sheikhoun, residents said.")
    assert [(e.text, e.label_) for e in doc.ents] == [("Khan Sheikhoun", "LOC")]


def test_an_empty_line_parts_sentences() -> None:
    doc = one("Rebels take Morek\n\nThe town fell on Sunday")
    assert token(doc, "The").sent.start == token(doc, "The").i
    assert [t.tag_ for t in doc if t.is_space] == ["_SP"]


def test_order_is_kept_and_batches_change_nothing() -> None:
    texts = ["The army left Homs.", "", "IS took Raqqa.\n\nRebels fled."] * 3
    read = [[(t.text, t.dep_, t.head.i) for t in doc] for doc in parse(texts, batch=2)]
    assert read == [[(t.text, t.dep_, t.head.i) for t in doc] for doc in parse(iter(texts))]
    assert [doc.text for doc in parse(texts)] == texts


def test_long_texts_are_parsed_in_pieces_and_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 120)
    text = "The army shelled the town on Sunday.\nRebels withdrew from the hills.\n" * 6
    doc = one(text)
    assert doc.text == text
    assert sum(t.dep_ == "ROOT" for t in doc) >= 12
    assert all(t.head.sent == t.sent for t in doc)


@pytest.mark.parametrize("unit", ["(", "'", "a-", "x/y", "\N{ZERO WIDTH SPACE}"])
def test_unbroken_runs_are_cut(unit: str) -> None:
    text = unit * (3 * UNBROKEN)
    assert max(len(piece) for piece, _ in pieces(text)) <= UNBROKEN
    assert one(text).text == text


@given(st.text(alphabet=st.sampled_from("ab \n.-'("), max_size=2000), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_pieces_add_up(text: str, times: int) -> None:
    found = list(pieces(text * times))
    assert "".join(piece for piece, _ in found) == text * times
    assert [last for _, last in found] == [False] * (len(found) - 1) + [True]
    assert all(len(piece) <= LONGEST for piece, _ in found)


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_text_is_parsed_whole(text: str) -> None:
    doc = one(text)
    assert doc.text == text
    assert all(t.dep_ and t.lemma_ is not None and t.pos_ for t in doc)


@pytest.fixture
def fresh() -> Iterator[None]:
    load.cache_clear()
    yield
    load.cache_clear()


def test_a_missing_pipeline_is_named(fresh: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "HOME", tmp_path / "none")
    with pytest.raises(LexiconError, match="none"):
        load()


def test_the_package_stays_small() -> None:
    assert sum(path.stat().st_size for path in HOME.rglob("*") if path.is_file()) < 20_000_000


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("According to Mr Colville, shells hit Aleppo.", "Colville"),
        ("Maj. Gen. Igor Petrenko said rebels had left.", "Igor Petrenko"),
        ("Dr Khaled Haddad was killed in Homs.", "Khaled Haddad"),
    ],
)
def test_who_is_addressed_by_a_title_is_a_person(text: str, person: str) -> None:
    assert person in [name.text for name in one(text).ents if name.label_ == "PER"]


def test_what_only_looks_like_a_title_makes_no_person() -> None:
    assert not [name for name in one("Troops crossed into DR Congo.").ents if name.label_ == "PER"]


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("Syrias army left Homs.", "Syria"),
        ("They cut ISs main road.", "IS"),
        ("They took the countrys largest dam.", "country"),
    ],
)
def test_a_possessive_that_lost_its_apostrophe_is_two_tokens(text: str, owner: str) -> None:
    doc = one(text)
    assert token(doc, owner).nbor(1).text == "s"
    assert token(doc, owner).dep_ == "nmod:poss"
    assert "".join(t.text + t.whitespace_ for t in doc) == text


@pytest.mark.parametrize(
    "text",
    [
        "The Houthis left Homs and Damascus.",
        "Forces of the Kurds met Syrians in battles.",
        "Syrias army left, and Assad's men with it.",  # its apostrophes are there
    ],
)
def test_plurals_and_names_that_end_in_s_are_one_token(text: str) -> None:
    assert [t.text for t in one(text)] == [t.text for t in load().make_doc(text)]


def test_no_sentence_begins_inside_an_arabic_name() -> None:
    assert not any(t.text == "Zaid" and t.sent[0] is t for t in one("Rockets hit Bani Zaid neighborhood in Aleppo."))
