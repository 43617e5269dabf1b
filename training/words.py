"""Writes the table of lemmas and universal parts of speech that the rules of `tadmor.claim.parse` leave to lookup."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tadmor.claim.parse import Words, by_rule
from treebank import Sentence

UNLISTED = ("NNP ", "GW ", "ADD ", "FW ", "CD ")  # open classes whose lemmas in the treebanks are spelling corrections


def word_table(
    sentences: Iterable[Sentence], verbs: Iterable[list[str]], given: Mapping[str, str], ranks: Mapping[str, int]
) -> Words:
    """What the sentences show that rules and shorter keys get wrong, and the given verbs.

    Each verb is its base and its forms VBZ, VBD, VBN, VBG. `given` maps "TAG form" to lemmas taken as they are.
    """
    lemmas: defaultdict[str, Counter[str]] = defaultdict(Counter)
    regular: dict[str, str] = {}
    parts: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def see(word: str, tag: str, base: str) -> None:
        key = f"{tag} {word.lower()}"
        lemmas[key][base] += 1
        regular.setdefault(key, by_rule(word, tag, ranks))

    for sentence in sentences:
        for word, tag, dep, upos, base in zip(
            sentence.words, sentence.tags, sentence.deps, sentence.upos, sentence.lemmas, strict=False
        ):
            see(word, tag, base if tag.startswith("NNP") or base == "I" else base.lower())
            for key in (tag, f"{tag} {dep}", f"{tag} {dep} {word.lower()}"):
                parts[key][upos] += 1
    for base, *forms in verbs:
        for form, tag in zip(forms, ("VBZ", "VBD", "VBN", "VBG"), strict=True):
            see(form, tag, base)

    chosen: dict[str, str] = {}
    for length in (1, 2, 3):
        for key, counts in sorted(parts.items()):
            cells = key.split(" ")
            if len(cells) != length or (length == 3 and counts.total() < 2):
                continue
            known = chosen.get(" ".join(cells[:2])) or chosen.get(cells[0])
            if commonest(counts) != known:
                chosen[key] = commonest(counts)
    exceptions = {
        key: commonest(counts)
        for key, counts in sorted(lemmas.items())
        if commonest(counts) != regular[key] and not key.startswith(UNLISTED)
    } | dict(given)
    return Words(lemmas=exceptions, parts=chosen)


def commonest(counts: Counter[str]) -> str:
    """The most frequent value, the first in the alphabet of equals."""
    return min(counts, key=lambda value: (-counts[value], value))


def read_given(path: Path) -> dict[str, str]:
    """The table of lemmas of war prose that the treebanks lack or have in another sense."""
    with path.open(encoding="utf-8", newline="") as file:
        return {f"{row['tag']} {row['form']}": row["lemma"] for row in csv.DictReader(file, delimiter="\t")}


def write(words: Words, path: Path) -> None:
    """Writes the table as one line of JSON, keys sorted."""
    path.write_bytes(msgspec.json.encode(words, order="sorted") + b"\n")
