"""Speakers are measured word by word at verbs of saying, on a corpus of two sentences written for Tadmor."""

from pathlib import Path

import pytest

from bench import polnear

TEXT = "Mayor Olena Bondar said the bridge was shut. Trains stood still."
ANNOTATION = """\
T1	Source 0 18	Mayor Olena Bondar
T2	Cue 19 23	said
T3	Content 24 43	the bridge was shut
T4	Attribution 19 23	said
E1	Attribution:T4 Source:T1 Cue:T2 Content:T3
"""


def corpus(folder: Path, text: str, *annotations: str) -> Path:
    for name in ("text", "attributions"):
        (folder / name).mkdir()
    (folder / "text" / "one.txt").write_text(text, encoding="utf-8")
    for mark, annotation in zip("ab", annotations, strict=False):
        (folder / "attributions" / f"one_{mark}.ann").write_text(annotation, encoding="utf-8")
    return folder


def test_a_speaker_found_whole_scores_one(tmp_path: Path) -> None:
    rows = polnear.measure(corpus(tmp_path, TEXT, ANNOTATION))
    assert [(row.gold, row.found, row.both) for row in rows] == [(3, 3, 3)]
    assert polnear.scores(rows) == {"precision": 1.0, "recall": 1.0, "f1": 1.0}


def test_a_speaker_that_nobody_annotated_counts_against(tmp_path: Path) -> None:
    rows = polnear.measure(corpus(tmp_path, TEXT, ""))
    assert [(row.gold, row.found, row.both) for row in rows] == [(0, 3, 0)]
    assert polnear.scores(rows)["f1"] == 0.0


def test_of_several_annotators_the_first_is_taken(tmp_path: Path) -> None:
    assert len(polnear.measure(corpus(tmp_path, TEXT, ANNOTATION, ""))) == 1


def test_spans_may_have_several_parts(tmp_path: Path) -> None:
    path = tmp_path / "one.ann"
    path.write_text(ANNOTATION.replace("24 43", "24 27;39 43"), encoding="utf-8")
    (one,) = polnear.attributions(path)
    assert one.content == frozenset([*range(24, 27), *range(39, 43)])


def test_nothing_to_measure_is_no_error() -> None:
    assert polnear.scores([]) == pytest.approx({"precision": 0.0, "recall": 0.0, "f1": 0.0})
