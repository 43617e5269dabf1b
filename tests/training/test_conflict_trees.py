"""The conflict sentences that the pipeline is trained on and measured by: well-formed trees, apart from one another."""

from __future__ import annotations

import re
import sys
from pathlib import Path

TRAINING = Path(__file__).resolve().parents[2] / "training"
sys.path.insert(0, str(TRAINING))

from control import control_predicates, roles  # noqa: E402
from grammar import read_trees  # noqa: E402
from treebank import Sentence, blocks, read_conllu  # noqa: E402

FILE = TRAINING / "conflict" / "trees.conllu"
LABELS = {
    *"ROOT acl acl:relcl advcl advmod amod appos aux aux:pass case cc cc:preconj ccomp compound compound:prt".split(),
    *"conj cop csubj det det:predet expl fixed flat iobj mark nmod nmod:desc nmod:poss nmod:unmarked nsubj".split(),
    *"nsubj:pass nummod obj obl obl:agent obl:unmarked orphan parataxis punct xcomp".split(),
}
KEPT, BACK = read_trees(TRAINING / "conflict")
TREES = KEPT + BACK


def crossing(tree: Sentence) -> bool:
    arcs = [(min(i, h), max(i, h)) for i, h in enumerate(tree.heads) if i != h]
    return any(a < c < b < d for a, b in arcs for c, d in arcs)


def above(tree: Sentence, place: int) -> list[int]:
    """The places from a word up to where its heads end, or until one comes back."""
    found = [place]
    while tree.heads[found[-1]] not in found:
        found.append(tree.heads[found[-1]])
    return found


def test_there_are_enough_and_every_fifth_is_kept_back() -> None:
    """A sentence that measures is never trained on."""
    assert len(TREES) >= 500
    assert [tree.key for tree in read_conllu(FILE)][4::5] == [tree.key for tree in BACK]
    assert len({" ".join(tree.words) for tree in TREES}) == len(TREES)
    assert not any(tree.lemmas or tree.upos or tree.names for tree in TREES)


def test_every_sentence_is_one_tree() -> None:
    for tree in TREES:
        roots = [i for i, head in enumerate(tree.heads) if head == i]
        assert [i for i, dep in enumerate(tree.deps) if dep == "ROOT"] == roots, tree.key
        assert len(roots) == 1, tree.key
        assert all(above(tree, i)[-1] == roots[0] for i in range(len(tree.words))), tree.key
        assert set(tree.deps) <= LABELS, (tree.key, set(tree.deps) - LABELS)
    assert sum(map(crossing, TREES)) <= 8  # "the bank which the army has tried to recover"


def test_the_text_is_what_the_tokens_spell() -> None:
    for lines, tree in zip(blocks(FILE), read_conllu(FILE), strict=True):
        text = next(line.partition(" = ")[2] for line in lines if line.startswith("# text"))
        spelt = "".join(w + " " * s for w, s in zip(tree.words, tree.spaces, strict=True))
        assert spelt.strip() == text, tree.key


def test_labels_agree_with_the_tags_that_they_join() -> None:
    for tree in TREES:
        for i, dep in enumerate(tree.deps):
            tag = tree.tags[tree.heads[i]]
            where = (tree.key, tree.words[i], dep, tree.words[tree.heads[i]])
            if dep in {"nsubj:pass", "aux:pass", "obl:agent"}:
                assert tag == "VBN", where
            if dep in {"obj", "iobj", "compound:prt"}:
                assert tag.startswith("VB"), where
            if dep.startswith(("acl", "nmod:")) or dep in {"nmod", "amod", "appos", "nummod", "det"}:
                assert not tag.startswith("VB"), where
            if dep in {"conj", "flat", "fixed", "appos"}:
                assert tree.heads[i] < i, where
            if dep == "punct":
                assert not re.search(r"\w", tree.words[i]), where
            if tree.words[i] == "IS":
                assert tree.tags[i] == "NNP", where


def test_control_predicates_and_their_roles_are_found() -> None:
    """Time is no role, and neither is the label of an auxiliary; a participle's head is."""
    tree = Sentence(
        words="Rebels took the village held by IS from troops on Monday".split(),
        spaces=[True] * 11,
        document="",
        key="",
        tags="NNS VBD DT NN VBN IN NNP IN NNS IN NNP".split(),
        heads=[1, 1, 3, 1, 3, 6, 4, 8, 1, 10, 1],
        deps="nsubj ROOT det obj acl case obl:agent case obl case obl".split(),
        upos=[],
        lemmas=[],
        names=[],
    )
    lemmas = "rebel take the village hold by IS from troops on Monday".split()
    assert control_predicates(tree, lemmas) == {1, 4}
    parts = (tree.words, tree.tags, tree.heads, tree.deps)
    assert roles(1, *parts) == {"head 1 ROOT", "0 nsubj", "3 obj", "8 obl"}
    assert roles(4, *parts) == {"head 3 acl", "6 obl:agent"}
