"""Each frame reads the sentence that it says it reads, and not the one that it says it does not.

What a frame reads is its draft: whether a claim comes of it is for the learned reading to weigh.
"""

import pytest
from _pytest.mark import ParameterSet

from spoken import DAY, claims, doc
from tadmor.claim.count import find_tolls
from tadmor.claim.match import drafts
from tadmor.claim.read import _remember
from tadmor.claim.scene import Scene
from tadmor.claim.toll import with_tolls
from tadmor.lexicon import frames

LOADED = frames.load().frames
MISPARSED = {
    "Warplanes hit Raqqa, the Islamic State's de facto capital.": "parser: 'capital' hangs on the verb, not on 'Raqqa'",
}


def rules(text: str) -> set[str]:
    """Ids of the frames that read the text, alone in its report, as far as they have the tolls that they need."""
    parsed = doc(text)
    scene = Scene([parsed], published=DAY, dateline=None)
    found = set()
    for sentence in parsed.sents:
        _remember(sentence, scene)
        kept = with_tolls(drafts(sentence, scene), find_tolls(sentence.text), sentence)
        found |= {draft.rule for draft, _ in kept}
    return found


def marked(frame: str, sentence: str) -> ParameterSet:
    cause = MISPARSED.get(sentence)
    return pytest.param(frame, sentence, marks=pytest.mark.xfail(reason=cause) if cause else ())


@pytest.mark.parametrize(("frame", "sentence"), [marked(f.id, s) for f in LOADED for s in f.yes])
def test_a_frame_reads_its_sentence(frame: str, sentence: str) -> None:
    assert frame in rules(sentence)


@pytest.mark.parametrize(("frame", "sentence"), [(f.id, s) for f in LOADED for s in f.no])
def test_a_frame_does_not_read_what_only_looks_alike(frame: str, sentence: str) -> None:
    assert frame not in {claim.rule for claim in claims(sentence)}
