"""The learned reading: its weights as they are stored and read, and what it gives for words and candidates."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spoken import DAY, doc, scene, sentence, word
from tadmor.claim import learned
from tadmor.claim.draft import Draft
from tadmor.claim.learned import ROLES, TYPES, Reader
from tadmor.claim.match import drafts
from tadmor.claim.ranker import Matrix, Ranker
from tadmor.claim.scene import Scene
from tadmor.errors import LexiconError

INPUTS, HIDDEN = 5, 3
WEIGHTS = st.floats(-40, 40, allow_nan=False, width=16)


def made(seed: int = 1, scale: float = 1.0) -> Reader:
    """A small reader of arbitrary weights."""
    rng = np.random.default_rng(seed)

    def matrix(*shape: int) -> Matrix:
        return rng.normal(0, scale, shape).astype(np.float32)

    names = ["lemma seize", "frame capture", "tag VBD", "has place"]
    return Reader(
        dense=matrix(INPUTS, HIDDEN),
        sparse=matrix(len(names), HIDDEN),
        bias=matrix(HIDDEN),
        out=matrix(HIDDEN, len(TYPES)),
        out_bias=matrix(len(TYPES)),
        features={name: n for n, name in enumerate(names)},
        rankers={
            role: Ranker.of(
                ["\tis-actor", f"{role} gains\tpath /nsubj", f"{role} gains\tx"], matrix(4, 1 + HIDDEN), matrix(HIDDEN)
            )
            for role in ROLES
        },
        seen=np.arange(len(TYPES), dtype=np.float32),
        confidence={"all": 0.25, "control": -1.5},
    )


# --- storing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1e-3, 1.0, 50.0])
def test_what_is_packed_comes_back_to_half_a_step(scale: float) -> None:
    """A weight takes a byte: it may be off by half a step of its column, and no more."""
    reader = made(scale=scale)
    back = learned.unpacked(learned.packed(reader))
    for name in ("dense", "sparse", "out"):
        before, after = getattr(reader, name), getattr(back, name)
        step = np.abs(before).max(axis=0) / (learned.COARSE if name == "sparse" else learned.FINE)
        assert (np.abs(before - after) <= step * 0.51 + 1e-9).all(), name
    assert np.array_equal(back.bias, reader.bias)
    assert np.array_equal(back.out_bias, reader.out_bias)
    assert np.array_equal(back.seen, reader.seen)
    assert back.features == reader.features
    assert back.confidence == pytest.approx(reader.confidence)
    for role in ROLES:
        ranker, same = reader.rankers[role], back.rankers[role]
        assert same.rows == ranker.rows
        assert np.array_equal(same.out, ranker.out)
        step = np.abs(ranker.table).max(axis=0) / learned.COARSE
        assert (np.abs(ranker.table - same.table) <= step * 0.51 + 1e-9).all()


def test_packing_again_what_was_unpacked_changes_nothing() -> None:
    once = learned.packed(made())
    twice = learned.packed(learned.unpacked(once))
    assert once.keys() == twice.keys()
    for name, array in once.items():
        assert np.allclose(array.astype(float), twice[name].astype(float), rtol=1e-6), name


def test_a_feature_with_a_line_break_keeps_its_row() -> None:
    """ "before \\n" is what a word at the beginning of a line has."""
    features = {"lemma seize": 0, "before \n": 1, "tag VBD": 2, "has place": 3}
    reader = msgspec.structs.replace(made(), features=features)
    assert learned.unpacked(learned.packed(reader)).features == features


def test_what_is_stored_takes_a_byte_a_weight() -> None:
    table = learned.packed(made())
    assert {table[name].dtype for name in ("dense", "sparse", "out")} == {np.dtype(np.int8)}


@pytest.mark.parametrize(
    "name", ["dense", "sparse scale", "out_bias", "seen", "features", "actor features", "place table", "place out"]
)
def test_a_table_that_lacks_something_is_refused(name: str) -> None:
    table = learned.packed(made())
    del table[name]
    with pytest.raises((KeyError, ValueError)):
        learned.unpacked(table)


def test_a_ranker_with_more_names_than_weights_is_refused() -> None:
    table = learned.packed(made())
    table["actor table"] = table["actor table"][:-1]
    with pytest.raises(ValueError):
        learned.unpacked(table)


def test_weights_without_a_confidence_can_be_read() -> None:
    """Those that training writes first: the confidence is fitted with them."""
    table = learned.packed(made())
    del table["confidence features"], table["confidence weights"]
    assert learned.unpacked(table).confidence == {}


def stored(without: str = "") -> bytes:
    """The bytes of a file of weights that lacks an array."""
    out = BytesIO()
    np.savez_compressed(out, **{name: array for name, array in learned.packed(made()).items() if name != without})
    return out.getvalue()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(None, id="missing"),
        pytest.param(b"no weights at all", id="text"),
        pytest.param(stored(without="bias"), id="an array is missing"),
        pytest.param(b"", id="empty"),
        pytest.param(stored()[:300], id="cut off"),
    ],
)
def test_damaged_weights_are_told_by_their_file(raw: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "data" / "reader" / "weights.npz"
    file.parent.mkdir(parents=True)
    if raw is not None:
        file.write_bytes(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learned, "files", lambda package: tmp_path)
        with pytest.raises(LexiconError) as told:
            learned.load.__wrapped__()
    assert str(file) in str(told.value)


def test_whole_weights_are_read_from_their_file(tmp_path: Path) -> None:
    file = tmp_path / "data" / "reader" / "weights.npz"
    file.parent.mkdir(parents=True)
    file.write_bytes(stored())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learned, "files", lambda package: tmp_path)
        assert learned.load.__wrapped__().features == made().features


def test_the_shipped_weights_fit_together() -> None:
    """Every feature has its row: a name with a line break in it would shift all that follow."""
    reader = learned.load()
    assert len(reader.features) == len(reader.sparse)
    assert reader.dense.shape[1] == reader.sparse.shape[1] == len(reader.bias) == len(reader.out)
    assert reader.out.shape[1] == len(reader.out_bias) == len(reader.seen) == len(TYPES)
    assert set(reader.rankers) == set(ROLES)
    assert all(np.isfinite(m).all() for m in (reader.dense, reader.sparse, reader.bias, reader.out, reader.out_bias))


# --- probabilities --------------------------------------------------------------------------------------------------


@given(st.lists(st.lists(WEIGHTS, max_size=4), min_size=1, max_size=6))
def test_the_candidates_of_a_role_share_one_probability(weights: list[list[float]]) -> None:
    traits = [[f"{row}-{n}" for n in range(len(some))] for row, some in enumerate(weights)]
    flat = {name: w for names, some in zip(traits, weights, strict=True) for name, w in zip(names, some, strict=True)}
    ranker = Ranker.of(
        (f"g\t{name}" for name in flat),
        np.array([[0.0], *([w] for w in flat.values())], dtype=np.float32),
        np.zeros(0, dtype=np.float32),
    )
    found = ranker.probabilities([[(("g",), names), (("unknown", "nor this"), names)] for names in traits])
    assert math.isclose(sum(found), 1, abs_tol=1e-9)
    sums = [math.fsum(some) for some in weights]
    assert all(found[a] >= found[b] - 1e-9 for a in range(len(sums)) for b in range(len(sums)) if sums[a] > sums[b])


def test_traits_that_say_nothing_alone_may_say_much_together() -> None:
    """What a hidden layer is for: of four candidates the one with both traits."""
    ranker = Ranker.of(
        ["g\ta", "g\tb"], np.array([[0, -1], [0, 1], [0, 1]], dtype=np.float32), np.array([8], dtype=np.float32)
    )
    found = ranker.probabilities([[(("g",), some)] for some in ((), ("a",), ("b",), ("a", "b"))])
    assert found[3] > 0.99
    assert found[0] == found[1] == found[2]


def test_a_trait_in_several_groups_counts_in_each() -> None:
    table = np.array([[0], [1], [2]], dtype=np.float32)
    ranker = Ranker.of(["g\tx", "h\tx"], table, np.zeros(0, dtype=np.float32))
    together, apart, one = ranker.probabilities(
        [[(("g", "h"), ("x",))], [(("g",), ("x",)), (("h",), ("x",))], [(("h",), ("x",))]]
    )
    assert together == apart
    assert together / one == pytest.approx(math.e)


def test_nobody_among_nobody_is_certain() -> None:
    nobody = Ranker.of([], np.zeros((1, 1), dtype=np.float32), np.zeros(0, dtype=np.float32))
    assert nobody.probabilities([[(("null",), ("gains",))]]) == [1.0]


@given(st.integers(0, 1000), st.floats(0.001, 1000, allow_nan=False))
def test_each_type_at_each_word_is_between_never_and_always(seed: int, scale: float) -> None:
    reader = made(seed, scale)
    inputs = np.random.default_rng(seed).normal(0, scale, (3, INPUTS)).astype(np.float32)
    found = reader.probabilities(reader.encoded(inputs), [["lemma seize", "no such feature"], [], ["tag VBD"]])
    assert found.shape == (3, len(TYPES))
    assert ((found >= 0) & (found <= 1)).all()


def test_a_feature_that_is_known_counts_and_another_does_not() -> None:
    reader = made()
    encoded = reader.encoded(np.ones((1, INPUTS), np.float32))
    bare = reader.probabilities(encoded, [[]])
    assert np.array_equal(reader.probabilities(encoded, [["no such feature"]]), bare)
    assert not np.array_equal(reader.probabilities(encoded, [list(reader.features)]), bare)
    assert np.array_equal(encoded, reader.encoded(np.ones((1, INPUTS), np.float32)))  # it is used again


def test_the_words_of_a_sentence_get_a_probability_for_each_type() -> None:
    parsed = doc("US-backed rebels captured Raqqa after clashes near Aleppo.")
    scene = Scene([parsed], published=DAY, dateline=None)
    (one,) = parsed.sents
    tokens = learned.content(one, scene)
    found = drafts(one, scene)
    traits = [learned.traits(t, found, scene, "body", learned.sentence_traits(one, found, scene)) for t in tokens]
    sure = learned.load().probabilities(learned.Sheet(parsed).of(tokens), traits)
    assert sure.shape == (len(tokens), len(TYPES))
    assert ((sure >= 0) & (sure <= 1)).all()


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("Hezbollah captured Palmyra.", ["captured"], ["Hezbollah", "Palmyra", "."]),
        ("Raqqa is Being Slaughtered Silently told of clashes.", ["told", "clashes"], ["Slaughtered", "Silently"]),
        ("The Free Syrian Army shelled Deir al-Zour.", ["shelled"], ["Free", "Syrian", "Army", "Deir", "Zour"]),
        ("In 2016 the rebels left.", ["rebels", "left"], ["In", "2016", "the"]),
    ],
)
def test_names_and_small_words_set_off_no_claim(text: str, yes: list[str], no: list[str]) -> None:
    parsed = doc(text)
    words = {t.text for t in learned.content(sentence(parsed), scene(parsed))}
    assert set(yes) <= words
    assert not words & set(no)
    assert set(no) <= {t.text for t in parsed}


def test_a_sheet_has_each_word_its_own_row() -> None:
    parsed = doc("Rebels captured the town. The army shelled Azaz.")
    tokens = [word(parsed, "shelled"), word(parsed, "captured")]
    rows = learned.inputs(parsed, tokens, learned.vectors(parsed))
    assert np.allclose(learned.Sheet(parsed).of(tokens), learned.load().encoded(rows), atol=1e-4)


def test_the_gist_of_a_sentence_is_told_with_those_before_it() -> None:
    parsed = doc("Rebels captured the town. The army shelled Azaz. It fell.")
    static = learned.vectors(parsed)
    gists = learned.gists(parsed, static)
    width = static.shape[1]
    own, before, first = gists[:, :width], gists[:, width : 2 * width], gists[:, 2 * width :]
    words = [t.i for t in sentence(parsed, 1) if t.pos_ in learned.CONTENT]
    assert np.allclose(own[1], static[words].mean(axis=0))
    assert not before[0].any() and np.array_equal(before[1:], own[:-1])
    assert np.array_equal(first, np.repeat(own[:1], len(first), axis=0))


def test_the_course_of_a_report_tells_what_came_first_last_and_most() -> None:
    course = learned.Course()
    assert course.traits() == ["ago 0"]
    for text in ("Rebels captured Azaz in Syria.", "Jets bombed Aleppo in Syria.", "It rained.", "Jets bombed Homs."):
        parsed = doc(text)
        course.add(drafts(sentence(parsed), scene(parsed)))
    told = set(course.traits())
    assert {"first gains", "last Air/drone strike", "most 0 Air/drone strike", "most 1 gains", "ago 0"} <= told
    course.add(())
    assert "ago 1" in course.traits()


def test_a_word_at_the_edge_of_its_sentence_looks_into_no_other() -> None:
    parsed = doc("Rebels left. Soldiers came.")
    soldiers = word(parsed, "Soldiers")
    own = [n for n in learned.neighbours(soldiers) if n != -1]
    assert own and all(parsed[n].sent.start == soldiers.sent.start for n in own)


def test_the_choice_of_the_frames_is_told_by_name_and_nobody_by_an_empty_one() -> None:
    parsed = doc("Hezbollah captured Palmyra.")
    scene = Scene([parsed], published=DAY, dateline=None)
    found = drafts(sentence(parsed), scene)
    assert learned.chosen(found, "actor") == {"Hezbollah"}
    assert learned.chosen(found, "opponent") == {""}
    assert learned.chosen(found, "place") == {"Palmyra"}
    assert learned.chosen((), "actor") == frozenset()
    bare = Draft(rule="r", kind="event", type="Attack", trigger=parsed[1])
    assert learned.chosen((bare,), "place") == {""}
