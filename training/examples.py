"""Training examples: neighbouring sentences joined into one text, with the damage that real reports carry."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

from treebank import Sentence

QUOTES = {"'", "’", "‘", "`"}


def without(sentence: Sentence, gone: set[int]) -> Sentence:
    """The sentence less some childless tokens; a gone token's space passes to the token before."""
    kept = [index for index in range(len(sentence.words)) if index not in gone]
    place = {index: position for position, index in enumerate(kept)}
    spaces = list(sentence.spaces)
    for index in sorted(gone, reverse=True):
        if index and sentence.spaces[index]:
            spaces[index - 1] = True

    def pick(values: Sequence[str]) -> list[str]:
        return [values[index] for index in kept] if values else []

    return replace(
        sentence,
        words=pick(sentence.words),
        spaces=[spaces[index] for index in kept],
        tags=pick(sentence.tags),
        heads=[place[sentence.heads[index]] for index in kept] if sentence.heads else [],
        deps=pick(sentence.deps),
        upos=pick(sentence.upos),
        lemmas=pick(sentence.lemmas),
        names=mend(pick(sentence.names)),
    )


def mend(names: list[str]) -> list[str]:
    """IOB tags in which no name begins with I."""
    return [
        "B-" + tag[2:] if tag.startswith("I-") and (not index or names[index - 1][2:] != tag[2:]) else tag
        for index, tag in enumerate(names)
    ]


def drop_commas(sentence: Sentence) -> Sentence:
    """As texts stand whose commas were lost."""
    parents = {head for index, head in enumerate(sentence.heads) if head != index}
    gone = {index for index, word in enumerate(sentence.words) if word == "," and index not in parents}
    return without(sentence, gone) if gone and len(gone) < len(sentence.words) else sentence


def drop_apostrophes(sentence: Sentence) -> Sentence:
    """As texts stand whose apostrophes were lost: "Assad's" is "Assads", a token of its own.

    Contractions stay as they are: the tokeniser splits "dont" as it splits "don't".
    """
    if not sentence.heads:
        return sentence
    parents = {head for index, head in enumerate(sentence.heads) if head != index}
    words, spaces = list(sentence.words), list(sentence.spaces)
    gone = set()
    for index, word in enumerate(sentence.words):
        if index in parents or sentence.heads[index] == index:
            continue
        if word in QUOTES and sentence.tags[index] != "POS":
            gone.add(index)
        elif sentence.tags[index] == "POS" and index and not sentence.spaces[index - 1]:
            words[index - 1] += word[1:]
            spaces[index - 1] = sentence.spaces[index]
            gone.add(index)
        elif word in {"n't", "n’t"}:
            words[index] = "nt"
    if len(gone) == len(words):
        return sentence
    return without(replace(sentence, words=words, spaces=spaces), gone)


def drop_stop(sentence: Sentence) -> Sentence:
    """As headlines and captions stand, without the final full stop."""
    last = len(sentence.words) - 1
    if last > 0 and sentence.words[last] == "." and last not in sentence.heads[:last]:
        return without(sentence, {last})
    return sentence


def in_title_case(sentence: Sentence) -> Sentence:
    """As headlines stand in American papers: every word of four letters or more has a capital."""
    small = {"CC", "DT", "IN", "TO", "RP", "POS"}
    tags = sentence.tags or ["NN"] * len(sentence.words)
    words = [
        word if tag in small and len(word) < 5 and index else word[:1].upper() + word[1:]
        for index, (word, tag) in enumerate(zip(sentence.words, tags, strict=True))
    ]
    return replace(sentence, words=words)


def damaged(sentence: Sentence, rng: random.Random) -> Sentence:
    """The sentence as it is, or with one or more of the faults that reports show."""
    if rng.random() < 0.16:
        sentence = drop_commas(sentence)
        if rng.random() < 0.7:
            sentence = drop_apostrophes(sentence)
    if rng.random() < 0.05:
        sentence = drop_stop(sentence)
    if rng.random() < 0.04:
        sentence = in_title_case(sentence)
    return sentence


def to_doc(vocab: Vocab, sentences: Sequence[Sentence], rng: random.Random | None = None) -> Doc:
    """One Doc of neighbouring sentences, at times with an empty line between two of them (never without `rng`)."""
    words: list[str] = []
    spaces: list[bool] = []
    tags: list[str] = []
    heads: list[int] = []
    deps: list[str] = []
    names: list[str | None] = []
    for number, sentence in enumerate(sentences):
        if number and rng is not None and rng.random() < 0.15:
            spaces[-1] = False
            words.append("\n\n" if rng.random() < 0.7 else "\n")
            spaces.append(False)
            tags.append("_SP")
            heads.append(len(words) - 2)
            deps.append("dep")
            names.append("O" if sentence.names else None)
        start = len(words)
        words += sentence.words
        spaces += sentence.spaces
        tags += sentence.tags
        heads += [start + head for head in sentence.heads]
        deps += sentence.deps
        names += sentence.names or [None] * len(sentence.words)
    syntax = bool(sentences[0].heads)
    return Doc(
        vocab,
        words=words,
        spaces=spaces,
        tags=tags if syntax else None,
        heads=heads if syntax else None,
        deps=deps if syntax else None,
        ents=names if any(name is not None for name in names) else None,  # type: ignore[arg-type]
    )


def epoch(vocab: Vocab, sentences: Iterable[Sentence], rng: random.Random) -> Iterator[Example]:
    """Every sentence once, in texts of one to five neighbours, in random order."""
    texts: list[list[Sentence]] = []
    for _, group in groupby(sentences, key=lambda sentence: sentence.document):
        rest = list(group)
        while rest:
            size = rng.choice((1, 1, 1, 2, 3, 5))
            texts.append(rest[:size])
            rest = rest[size:]
    rng.shuffle(texts)
    for text in texts:
        gold = to_doc(vocab, [damaged(sentence, rng) for sentence in text], rng)
        yield Example(Doc(vocab, words=[t.text for t in gold], spaces=[bool(t.whitespace_) for t in gold]), gold)
