"""Each frame reads the sentence that it says it reads, and not the one that it says it does not."""

from datetime import date

import pytest

from tadmor.claim.read import read
from tadmor.lexicon import frames
from tadmor.records import Report, Segment

LOADED = frames.load().frames


def rules(sentence: str) -> set[str]:
    """Ids of the frames whose claims the reader finds in the sentence, alone in its report."""
    report = Report(
        id="r0",
        sha256="0" * 64,
        doc="sentence",
        origin="-",
        media_type="text/plain",
        published=date(2016, 12, 10),
        text=sentence,
        segments=(Segment(role="body", start=0, end=len(sentence)),),
    )
    (reading,) = read([report])
    return {claim.rule for claim in reading.claims}


@pytest.mark.parametrize(("frame", "sentence"), [(f.id, s) for f in LOADED for s in f.yes])
def test_a_frame_reads_its_sentence(frame: str, sentence: str) -> None:
    assert frame in rules(sentence)


@pytest.mark.parametrize(("frame", "sentence"), [(f.id, s) for f in LOADED for s in f.no])
def test_a_frame_does_not_read_what_only_looks_alike(frame: str, sentence: str) -> None:
    assert frame not in rules(sentence)
