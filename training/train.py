"""Trains the pipeline that the package ships. One command, seeded: see README.md beside this file."""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from thinc.api import Adam, compounding, fix_random_seed, warmup_linear

sys.path.insert(0, str(Path(__file__).resolve().parent))
from examples import drop_apostrophes, drop_commas, epoch, to_doc
from grammar import Grammar, Template, held_out, read_places, read_trees
from network import build, give_vectors, read_vectors
from tadmor.claim.parse import Words
from treebank import Sentence, read_conllu, read_uner, read_wikigold, with_names
from words import read_given, word_table
from words import write as write_words

HERE = Path(__file__).resolve().parent
COPIES = 3  # of each conflict sentence, an epoch; the sentences are few
META = {
    "name": "tadmor",
    "version": "1.0.0",
    "license": "CC BY-SA 4.0",
    "description": "English for reports about war: tags, Universal Dependencies, names",
}
TARGET = HERE.parent / "src" / "tadmor" / "data" / "pipeline"


def training_sentences(data: Path) -> list[Sentence]:
    """All sentences that outside corpora give for training."""
    trees, names = data / "treebanks", data / "ner"
    return [
        *with_names(read_conllu(trees / "en_ewt-train.conllu"), read_uner(names / "uner_ewt-train_v0.iob2")),
        *with_names(read_conllu(trees / "en_ewt-dev.conllu"), read_uner(names / "uner_ewt-dev.iob2")),
        *read_conllu(trees / "en_gum-train.conllu"),
        *read_wikigold(names / "wikigold" / "CONLL-format" / "data" / "wikigold.conll.txt"),
    ]


def conflict_sentences(
    grammar: Grammar, templates: list[Template], each: int, trees: list[Sentence], rng: random.Random
) -> list[Sentence]:
    """New sentences of the templates and `COPIES` of each written one, with war reports' faults more often."""
    made = [grammar.expand(template, rng) for template in templates for _ in range(each)] + trees * COPIES
    rng.shuffle(made)
    return [drop_apostrophes(drop_commas(sentence)) if rng.random() < 0.25 else sentence for sentence in made]


def batches(nlp: Language, texts: Callable[[], list[Sentence]], rng: random.Random) -> Iterator[list[Example]]:
    """Endless batches that grow from 500 to 1,200 words; each holds some sentences with syntax and with names."""
    sizes = iter(compounding(500, 1200, 1.001))
    size, batch, words = next(sizes), [], 0
    while True:
        for example in epoch(nlp.vocab, texts(), rng):
            batch.append(example)
            words += len(example.x)
            if words >= size and any(eg.y.has_annotation("DEP") and eg.y.has_annotation("ENT_IOB") for eg in batch):
                yield batch
                size, batch, words = next(sizes), [], 0


def attachment(nlp: Language, sentences: list[Sentence]) -> float:
    """Labelled attachment over gold tokens, one text a sentence."""
    docs = [to_doc(nlp.vocab, [sentence]) for sentence in sentences]
    right = total = 0
    blank = [Doc(nlp.vocab, words=[t.text for t in d], spaces=[bool(t.whitespace_) for t in d]) for d in docs]
    for gold, guess in zip(docs, nlp.pipe(blank), strict=True):
        for a, b in zip(gold, guess, strict=True):
            right += a.head.i == b.head.i and a.dep_ == b.dep_
            total += 1
    return right / total


def save(nlp: Language, target: Path, words: list[str], table: np.ndarray, table_of_words: Words) -> None:
    """Writes the pipeline without the vocabulary, and its vectors at half precision."""
    if target.exists():
        for name in ("tokenizer", "tok2vec", "tagger", "parser", "ner", "config.cfg", "meta.json", "vectors.npz"):
            path = target / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    nlp.meta.update(META)
    nlp.to_disk(target, exclude=["vocab"])
    joined = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)
    np.savez(target / "vectors.npz", words=joined, vectors=table.astype(np.float16))
    write_words(table_of_words, target / "words.json")


def main() -> None:
    """Reads the corpora, trains for the given steps, writes the pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared", help="folder that holds data/")
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("--steps", type=int, default=6000, help="the step at which the learning rate would be nought")
    parser.add_argument("--stop", type=int, default=5000, help="the step after which the averaged weights are taken")
    parser.add_argument("--drop", type=float, default=0.2, help="dropout")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--save-at", type=int, nargs="*", default=[], help="steps at which OUT.STEP is written too")
    parser.add_argument("--conflict", type=int, default=4, help="sentences a conflict template gives each epoch")
    parser.add_argument("--all-templates", action="store_true", help="train on what is kept for measuring too")
    options = parser.parse_args()

    data = options.shared / "data"
    fix_random_seed(options.seed)
    rng = random.Random(options.seed)
    words, table = read_vectors(data / "vectors" / "minilm_words_96.npz")
    nlp = build()
    give_vectors(nlp, words, table)
    sentences = training_sentences(data)
    grammar = Grammar(HERE / "conflict", read_places(data))
    templates = grammar.templates if options.all_templates else held_out(grammar)[0]
    trees, measured = read_trees(HERE / "conflict")
    trees += measured if options.all_templates else []

    def texts() -> list[Sentence]:
        return sentences + conflict_sentences(grammar, templates, options.conflict, trees, rng)

    ranks = {word: rank for rank, word in enumerate(words)}
    verbs = [row for rows in grammar.verbs.values() for row in rows]
    lookup = word_table(sentences, verbs, read_given(HERE / "conflict" / "lemmas.tsv"), ranks)
    development = list(read_conllu(data / "treebanks" / "en_gum-dev.conllu"))
    print(f"{len(sentences)} sentences, {sum(len(s.words) for s in sentences)} words", flush=True)

    sample = list(epoch(nlp.vocab, texts(), random.Random(options.seed)))
    nlp.initialize(lambda: sample)
    give_vectors(nlp, words, table)
    optimizer = Adam(
        learn_rate=warmup_linear(0.002, 200, options.steps),  # type: ignore[arg-type]
        L2=0.01,
        L2_is_weight_decay=True,
        grad_clip=1.0,
        use_averages=True,
    )
    losses: dict[str, float] = {}
    begun, used = time.time(), time.process_time()
    for step, batch in enumerate(batches(nlp, texts, rng), start=1):
        nlp.update(batch, drop=options.drop, sgd=optimizer, losses=losses)
        optimizer.step_schedules()
        if step % 100 == 0:
            report = {name: round(value) for name, value in losses.items()}
            losses = {}
            las = None
            if step % 400 == 0 or step in options.save_at:
                with nlp.use_params(optimizer.averages):
                    las = round(attachment(nlp, development), 4)
                    if step in options.save_at:
                        save(nlp, options.out.with_name(f"{options.out.name}.{step}"), words, table, lookup)
            print(
                json.dumps(
                    {
                        "step": step,
                        "wall": round(time.time() - begun),
                        "cpu": round(time.process_time() - used),
                        "las": las,
                        **report,
                    }
                ),
                flush=True,
            )
        if step >= min(options.steps, options.stop):
            break
    with nlp.use_params(optimizer.averages):
        save(nlp, options.out, words, table, lookup)


if __name__ == "__main__":
    main()
