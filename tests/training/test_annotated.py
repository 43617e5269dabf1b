"""The annotated reports that the learned reading is trained on: their notation, and that they hold together."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

TRAINING = Path(__file__).resolve().parents[2] / "training"
sys.path.insert(0, str(TRAINING))

import annotated  # noqa: E402
from annotated import Annotated, faults  # noqa: E402

FILES = sorted((TRAINING / "claims").glob("*.txt"))
TEXT = """Rebels take town

Rebels seized Azaz on Monday. They hold the town, residents said. The army shelled Azaz."""
CLAIM: dict[str, Any] = {
    "t": "gains",
    "w": "seized",
    "a": "rebels",
    "at": "Rebels",
    "p": "Azaz",
    "pt": "Azaz",
    "d": ["2016-12-05", "2016-12-05", "day"],
    "e": "Rebels seized Azaz on Monday",
}
NOTED = f"""## x-1 2016-12-10 | Some Outlet
{TEXT}
{json.dumps(CLAIM)}
{json.dumps({"t": "holds", "w": "hold", "e": "They hold the town", "also": ["Rebels take town"]})}

## x-2 - | Another, with commas
Nothing was told.
"""
REPORT = Annotated("x-1", "2016-12-10", "Some Outlet", TEXT, [CLAIM])


def noted(folder: Path, text: str) -> Path:
    file = folder / "some.txt"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_notation_is_read(tmp_path: Path) -> None:
    first, second = annotated.read([noted(tmp_path, NOTED)])
    assert (first.doc, first.published, first.outlet) == ("x-1", "2016-12-10", "Some Outlet")
    assert first.text == TEXT
    assert first.claims[0] == CLAIM
    assert [c["t"] for c in first.claims] == ["gains", "holds"]
    assert second == Annotated("x-2", None, "Another, with commas", "Nothing was told.", [])


def test_several_files_are_read_one_after_another(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("## y-1 - | O\nQuiet.\n", encoding="utf-8")
    assert [r.doc for r in annotated.read([noted(tmp_path, NOTED), other])] == ["x-1", "x-2", "y-1"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("## x-1 2016-12-10 Outlet\nText.\n", 1),
        ("## x-1 10.12.2016 | Outlet\nText.\n", 1),
        ("## x-1 - | Outlet\nText.\n\n## x-2\n", 4),
        ('## x-1 - | Outlet\nText.\n{"t":"gains","w":}\n', 3),
        ('## x-1 - | Outlet\nText.\n{"t":"gains"\n', 3),
    ],
)
def test_broken_notation_is_told_by_file_and_line(text: str, line: int, tmp_path: Path) -> None:
    file = noted(tmp_path, text)
    with pytest.raises(ValueError) as told:
        list(annotated.read([file]))
    assert str(told.value).startswith(f"{file}:{line}: ")


# --- spans ----------------------------------------------------------------------------------------------------------


def span(claim: dict[str, Any], key: str) -> str | None:
    """The words of a span, with what stands before it in the text."""
    found = REPORT.span(claim, key)
    return None if found is None else TEXT[: found[0]][-3:] + "|" + TEXT[slice(*found)]


@pytest.mark.parametrize(
    ("words", "evidence", "found"),
    [
        ("Azaz", "The army shelled Azaz", "ed |Azaz"),  # in the evidence
        ("Azaz", "They hold the town", "ed |Azaz"),  # before it
        ("army", "They hold the town", "he |army"),  # after it
        ("town", "Rebels seized Azaz", "ke |town"),  # before it comes first
        ("town", "The army shelled Azaz", "he |town"),  # of two before it the nearer
        ("own", "They hold the town", None),  # no word
        ("Idlib", "They hold the town", None),
        ("Azaz", "They hold the city", None),  # no such evidence
        ("", "They hold the town", None),
    ],
)
def test_a_mention_is_found_in_its_evidence_else_nearest_before_else_after(
    words: str, evidence: str, found: str | None
) -> None:
    assert span({"pt": words, "e": evidence}, "pt") == found


def test_of_two_in_the_text_the_one_in_the_evidence_is_meant() -> None:
    last = REPORT.span({"pt": "Azaz", "e": "The army shelled Azaz"}, "pt")
    first = REPORT.span({"pt": "Azaz", "e": "They hold the town"}, "pt")
    assert first == (TEXT.index("Azaz"), TEXT.index("Azaz") + 4)
    assert last == (TEXT.rindex("Azaz"), TEXT.rindex("Azaz") + 4)


def test_what_is_not_given_has_no_span() -> None:
    assert REPORT.span({"e": "They hold the town"}, "at") is None


# --- faults ---------------------------------------------------------------------------------------------------------


def test_a_claim_that_holds_together_has_no_fault() -> None:
    assert list(faults(REPORT, CLAIM)) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"nonsense": 1}, "keys ['nonsense']"),
        ({"t": "takes"}, "type takes"),
        ({"e": "Rebels lost Azaz"}, "evidence is not in the text: Rebels lost Azaz"),
        ({"e": ""}, "evidence is not in the text: "),
        ({"w": "shelled"}, "w is not in the evidence: shelled"),
        ({"w": "seize"}, "w is not in the evidence: seize"),
        ({"at": "Soldiers"}, "at is not in the text: Soldiers"),
        ({"ot": "Soldiers"}, "ot is not in the text: Soldiers"),
        ({"pt": "Idlib"}, "pt is not in the text: Idlib"),
        ({"m": "perhaps"}, "modality perhaps"),
        ({"v": "perhaps"}, "verification perhaps"),
        ({"d": ["2016-12-05", "2016-12-05", "hour"]}, "precision hour"),
        ({"d": ["2016-12-05", "2016-12-01", "day"]}, "d runs backwards: 2016-12-05 2016-12-01"),
        ({"d": ["5 December", None, "day"]}, "d is no pair of days: 5 December None"),
        ({"d": [5, None, "day"]}, "d is no pair of days: 5 None"),
        ({"k": 5}, "k is [low, high]: 5"),
        ({"wd": [5]}, "wd is [low, high]: [5]"),
        ({"also": ["Rebels lost"]}, "also is not in the text: Rebels lost"),
        ({"t": "backs"}, "a relation needs a and o"),
    ],
)
def test_each_fault_is_named(change: dict[str, Any], fault: str) -> None:
    assert list(faults(REPORT, CLAIM | change)) == [fault]


def test_a_relation_of_two_needs_no_days() -> None:
    relation = {"t": "backs", "w": "seized", "a": "Turkey", "o": "rebels", "e": "Rebels seized Azaz"}
    assert list(faults(REPORT, relation)) == []


def test_a_faulty_file_and_an_id_that_stands_twice_fail_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for text, code, told in (
        (NOTED, 0, "0 faults"),
        (NOTED + NOTED, 1, "x-1: stands twice"),
        (NOTED.replace('"seized"', '"took"'), 1, "x-1 claim 1: w is not in the evidence: took"),
    ):
        monkeypatch.setattr(sys, "argv", ["annotated.py", str(noted(tmp_path, text))])
        assert annotated.main() == code
        assert told in capsys.readouterr().out


def test_the_form_of_the_gold_has_every_field_of_a_claim() -> None:
    claim = CLAIM | {"k": [3, None], "whom": "people", "near": True, "s": ["residents"], "v": "disputed"}
    (line,) = annotated.gold(REPORT._replace(claims=[claim]))["claims"]
    assert (line["id"], line["kind"], line["type"], line["actor"], line["place"]) == (
        1,
        "control",
        "gains",
        "rebels",
        "Azaz",
    )
    assert (line["from"], line["to"], line["date_precision"]) == ("2016-12-05", "2016-12-05", "day")
    assert (line["near"], line["sources"], line["verification"]) == (True, ["residents"], "disputed")
    assert line["count"] == {"killed": [3, None], "whom": "people"}
    assert line["evidence"] == CLAIM["e"]


# --- the reports ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_every_claim_of_the_reports_holds_together(file: Path) -> None:
    reports = list(annotated.read([file]))
    assert reports
    assert [(r.doc, fault) for r in reports for claim in r.claims for fault in faults(r, claim)] == []
    assert all(r.text and r.outlet for r in reports)


def test_no_two_reports_bear_one_id() -> None:
    """Whether a report is trained on or held out goes by its id."""
    seen = [report.doc for report in annotated.read(FILES)]
    assert len(seen) == len(set(seen)) > 100
