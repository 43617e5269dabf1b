"""The network: one small convolutional reader of tokens that tagger, parser and name finder share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import spacy
from spacy.language import Language
from spacy.strings import get_string_id
from spacy.vectors import Vectors  # type: ignore[import-not-found, unused-ignore]

from tokens import fit

WIDTH = 128  # 128 with two pieces costs a seventh more time than 96 with three, and reads a good half point better
PIECES = 2
HIDDEN = 64
EXTRA = False
ROWS = [5000, 1000, 2500, 2500]


def listener() -> dict[str, Any]:
    """Settings of a component's share in the reader of tokens."""
    return {"@architectures": "spacy.Tok2VecListener.v1", "width": WIDTH, "upstream": "*"}


def transitions(state: str, hidden: int, extra: bool) -> dict[str, Any]:
    """Settings of a transition-based component."""
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": state,
        "extra_state_tokens": extra,
        "hidden_width": hidden,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": listener(),
    }


def build() -> Language:
    """An untrained English pipeline: tok2vec, tagger, parser, ner."""
    nlp = spacy.blank("en")
    fit(nlp)
    nlp.add_pipe(
        "tok2vec",
        config={
            "model": {
                "@architectures": "spacy.Tok2Vec.v2",
                "embed": {
                    "@architectures": "spacy.MultiHashEmbed.v2",
                    "width": WIDTH,
                    "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                    "rows": ROWS,
                    "include_static_vectors": True,
                },
                "encode": {
                    "@architectures": "spacy.MaxoutWindowEncoder.v2",
                    "width": WIDTH,
                    "depth": 4,
                    "window_size": 1,
                    "maxout_pieces": PIECES,
                },
            }
        },
    )
    nlp.add_pipe("tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": listener()}})
    nlp.add_pipe("parser", config={"model": transitions("parser", HIDDEN, EXTRA), "min_action_freq": 10})
    nlp.add_pipe("ner", config={"model": transitions("ner", 64, False)})
    return nlp


def read_vectors(path: Path) -> tuple[list[str], np.ndarray]:
    """Words, most frequent first, and their vectors."""
    table = np.load(path)
    return [str(word) for word in table["words"]], table["vectors"]


def give_vectors(nlp: Language, words: list[str], table: np.ndarray) -> None:
    """Puts the vectors into the pipeline's vocabulary, looked up by lower-case form."""
    vectors = Vectors(shape=table.shape, attr="LOWER", name="tadmor")
    vectors.data = table.astype(np.float32)
    vectors.key2row = {get_string_id(word): row for row, word in enumerate(words)}
    nlp.vocab.vectors = vectors
