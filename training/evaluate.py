"""Measures a pipeline: syntax, tags, lemmas, names, control predicates of conflict prose, speed, size."""

from __future__ import annotations

import argparse
import csv
import random
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

sys.path.insert(0, str(Path(__file__).resolve().parent))
from control import control_predicates, roles
from examples import drop_apostrophes, drop_commas, to_doc
from grammar import Grammar, held_out, read_trees
from tadmor.claim import parse as shipped
from treebank import Sentence, read_conllu, read_uner

HERE = Path(__file__).resolve().parent
ARGUMENTS = ("nsubj", "nsubj:pass", "obj", "obl", "obl:agent", "xcomp", "compound:prt")


def analysed(nlp: Language, sentences: Sequence[Sentence]) -> list[Doc]:
    """The pipeline's reading of gold tokens, a text a sentence."""
    return list(nlp.pipe(Doc(nlp.vocab, words=s.words, spaces=s.spaces) for s in sentences))


def syntax(docs: Iterable[Doc], sentences: Iterable[Sentence]) -> dict[str, float]:
    """Shares of right tags, heads, heads with labels, lemmas and parts of speech, punctuation included."""
    total = tags = heads = labels = lemmas = parts = 0
    for doc, gold in zip(docs, sentences, strict=True):
        for token in doc:
            i = token.i
            head = token.head.i == gold.heads[i]
            total += 1
            tags += token.tag_ == gold.tags[i]
            heads += head
            labels += head and token.dep_ == gold.deps[i]
            if gold.lemmas:
                lemmas += token.lemma_.lower() == gold.lemmas[i].lower()
                parts += token.pos_ == gold.upos[i]
    figures = {"XPOS": tags / total, "UAS": heads / total, "LAS": labels / total}
    return figures | ({"lemma": lemmas / total, "UPOS": parts / total} if lemmas else {})


def boundaries(nlp: Language, sentences: Sequence[Sentence]) -> float:
    """F of sentence starts, the first left out, over gold tokens of ten neighbouring sentences at a time."""
    right = found = known = 0
    for first in range(0, len(sentences), 10):
        gold = to_doc(nlp.vocab, sentences[first : first + 10])
        bare = Doc(nlp.vocab, words=[t.text for t in gold], spaces=[bool(t.whitespace_) for t in gold])
        starts = {sent.start for sent in gold.sents if sent.start}
        guess = {sent.start for sent in nlp(bare).sents if sent.start}
        right, found, known = right + len(starts & guess), found + len(guess), known + len(starts)
    return 2 * right / (found + known)


def names(docs: Iterable[Doc], gold: Iterable[list[str]]) -> dict[str, float]:
    """Precision, recall and F of exact names, and F of their spans whatever the kind."""
    right = right_span = guessed = known = 0
    for doc, tags in zip(docs, gold, strict=True):
        spans = {(e.start, e.end, e.label_) for e in doc.ents}
        want = set(gold_spans(tags))
        right += len(spans & want)
        right_span += len({s[:2] for s in spans} & {s[:2] for s in want})
        guessed += len(spans)
        known += len(want)
    return {
        "P": right / max(guessed, 1),
        "R": right / max(known, 1),
        "F": 2 * right / max(guessed + known, 1),
        "F of spans": 2 * right_span / max(guessed + known, 1),
    }


def gold_spans(tags: Sequence[str]) -> Iterable[tuple[int, int, str]]:
    """Spans of IOB tags."""
    start = None
    for i, tag in enumerate([*tags, "O"]):
        if start is not None and not tag.startswith("I-"):
            yield start, i, tags[start][2:]
            start = None
        if tag.startswith("B-"):
            start = i


def predicates(docs: Iterable[Doc], sentences: Iterable[Sentence], measured: Iterable[set[int]]) -> dict[str, float]:
    """Share of measured predicates whose kind of tag is right, and whose arguments are all right too."""
    total = verbs = right = 0
    for doc, gold, places in zip(docs, sentences, measured, strict=True):
        for place in places:
            total += 1
            token = doc[place]
            verbs += token.tag_[:2] == gold.tags[place][:2]
            found = {(child.i, child.dep_) for child in token.children if child.dep_ in ARGUMENTS}
            want = {
                (i, gold.deps[i])
                for i, head in enumerate(gold.heads)
                if head == place != i and gold.deps[i] in ARGUMENTS
            }
            right += found == want and token.tag_[:2] == gold.tags[place][:2]
    return {"verb tag": verbs / total, "tag and arguments": right / total, "predicates": total}


def control(nlp: Language, docs: Sequence[Doc], sentences: Sequence[Sentence], show: bool) -> dict[str, float]:
    """Share of control predicates whose kind of tag and roles are all right."""
    total = right = 0
    name_words = nlp.get_pipe("tadmor_words")
    for doc, gold in zip(docs, sentences, strict=True):
        lemmas = [token.lemma_ for token in name_words(to_doc(nlp.vocab, [gold]))]
        guess = ([t.text for t in doc], [t.tag_ for t in doc], [t.head.i for t in doc], [t.dep_ for t in doc])
        for place in sorted(control_predicates(gold, lemmas)):
            want = roles(place, gold.words, gold.tags, gold.heads, gold.deps)
            found = roles(place, *guess)
            good = want == found and doc[place].tag_[:2] == gold.tags[place][:2]
            total += 1
            right += good
            if show and not good:
                print("  -", doc.text, "|", doc[place].text, "| lacks", *(want - found), "| has", *(found - want))
    return {"roles all right": right / total, "predicates": total}


def probes(nlp: Language, path: Path, show: bool) -> dict[str, float]:
    """Sentences written by hand, as raw text: share of verbs found as verbs, and with all the arguments listed."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    verbs = right = 0
    for row, doc in zip(rows, nlp.pipe(row["sentence"] for row in rows), strict=True):
        token = next(token for token in doc if token.text == row["verb"])
        found = {f"{child.dep_}={child.text}" for child in token.children}
        verb = token.tag_.startswith("VB")
        verbs += verb
        good = verb and found >= set(row["arguments"].split())
        right += good
        if show and not good:
            print("  -", row["sentence"], "|", token.text, token.tag_, token.dep_, *sorted(found))
    return {"verb tag": verbs / len(rows), "tag and arguments": right / len(rows), "predicates": len(rows)}


def line(name: str, figures: dict[str, float]) -> None:
    """Prints one row of figures."""
    print(
        f"{name:34}"
        + "  ".join(f"{key} {value:.1%}" if value <= 1 else f"{key} {value:,.0f}" for key, value in figures.items())
    )


def main() -> None:
    """Prints all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=HERE.parents[1] / "shared")
    parser.add_argument("--pipeline", type=Path, default=shipped.HOME)
    parser.add_argument("--fast", action="store_true", help="PUD and conflict only, no speed")
    parser.add_argument("--show", action="store_true", help="print what fails")
    options = parser.parse_args()
    shipped.HOME = options.pipeline
    nlp = shipped.load()
    trees = options.shared / "data" / "treebanks"
    for name in ("en_pud-test",) if options.fast else ("en_pud-test", "en_ewt-test", "en_gum-test"):
        gold = list(read_conllu(trees / f"{name}.conllu"))
        docs = analysed(nlp, gold)
        line(name, syntax(docs, gold) | {"sentences F": boundaries(nlp, gold)})
        if name == "en_pud-test":
            bare = [drop_apostrophes(drop_commas(sentence)) for sentence in gold]
            line(name + ", no commas, apostrophes", syntax(analysed(nlp, bare), bare))
        if name == "en_ewt-test":
            known = read_uner(options.shared / "data" / "ner" / "uner_ewt-test.iob2")
            line("names, UNER EWT test", names(docs, [known[sentence.key][1] for sentence in gold]))

    grammar = Grammar(HERE / "conflict")
    rng = random.Random(0)
    for part, templates in zip(("trained", "held out"), held_out(grammar), strict=True):
        pairs = [grammar.measured(template, rng) for template in templates for _ in range(8)]
        gold = [sentence for sentence, _ in pairs]
        docs = analysed(nlp, gold)
        if not pairs:
            continue
        line(f"conflict, templates {part}", syntax(docs, gold) | predicates(docs, gold, [m for _, m in pairs]))
        line("  names", names(docs, [sentence.names for sentence in gold]))
    for part, trees in zip(("trained", "held out"), read_trees(HERE / "conflict"), strict=True):
        docs = analysed(nlp, trees)
        line(f"conflict, sentences {part}", syntax(docs, trees))
        line("  control", control(nlp, docs, trees, options.show and part == "held out"))
        bare = [drop_apostrophes(drop_commas(tree)) for tree in trees]
        docs = analysed(nlp, bare)
        line("  no commas, apostrophes", syntax(docs, bare) | control(nlp, docs, bare, show=False))
    line("conflict, probes by hand", probes(nlp, HERE / "conflict" / "probes.tsv", options.show))
    if not options.fast:
        speed(nlp, options.shared)
    size = sum(path.stat().st_size for path in options.pipeline.rglob("*") if path.is_file())
    print(f"size {size / 1e6:.1f} MB")


def speed(nlp: Language, shared: Path) -> None:
    """Words and articles a second of processor time over news articles, all components."""
    texts = [row["article_content"] for row in articles(shared)]
    begun = time.process_time()
    words = sum(len(doc) for doc in shipped.parse(texts))
    used = time.process_time() - begun
    print(
        f"speed on one core: {words / used:,.0f} words/s, "
        f"{len(texts) / used:.1f} articles/s of {words / len(texts):.0f} tokens"
    )


def articles(shared: Path) -> list[dict[str, str]]:
    """The articles of FA-KES."""
    (path,) = (shared / "data" / "fakes").glob("*.csv")
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
