"""Control predicates in trees: which words say who holds a place, and the roles that have to be right around them."""

from __future__ import annotations

from collections.abc import Sequence

from treebank import Sentence

VERBS = frozenset(
    "abandon annex beat besiege break capture cede change clear conquer control defend dislodge drive encircle "
    "enter establish evacuate expel fall flee free gain give hand have hold keep leave liberate lose occupy oust "
    "overrun pass pull push reach rebuff recapture reclaim reconquer recover re-enter regain remain reoccupy repel "
    "repulse restore retake retreat return rout rule secure seize share slip storm surrender surround sweep take "
    "tighten transfer vacate win withdraw wrest".split()
)
NOUNS = frozenset(
    "advance bastion capture control fall foothold grip hand handover hold liberation loss occupation recapture "
    "reconquest retreat seizure siege stronghold takeover withdrawal".split()
)
CORE = frozenset("nsubj nsubj:pass csubj obj iobj xcomp obl:agent compound:prt".split())
NOMINAL = frozenset("nmod nmod:poss compound amod nsubj cop case".split())
OWN = frozenset("acl acl:relcl amod conj ROOT".split())  # of these the head counts too: whose role is it?
SIDES = frozenset("in at on near from to by with into inside around out of across over toward towards between".split())
TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december spring summer autumn winter day days week weeks month months year years "
    "hour hours morning evening night dawn noon nightfall fortnight start end beginning past".split()
)


def control_predicates(sentence: Sentence, lemmas: Sequence[str]) -> set[int]:
    """The verbs and nouns of control in a sentence, told by tag and lemma."""
    return {
        i
        for i, (tag, lemma) in enumerate(zip(sentence.tags, lemmas, strict=True))
        if (tag.startswith("VB") and lemma in VERBS and not sentence.deps[i].startswith("aux"))
        or (tag in {"NN", "NNS"} and lemma in NOUNS and sentence.deps[i] != "compound")
    }


def roles(place: int, words: Sequence[str], tags: Sequence[str], heads: Sequence[int], deps: Sequence[str]) -> set[str]:
    """Who and what, from whom and where: the arguments of one predicate, and for participles and conjuncts its head."""
    found = {f"head {heads[place]} {deps[place]}"} if deps[place] in OWN else set()
    for i, (head, dep) in enumerate(zip(heads, deps, strict=True)):
        if head != place or i == place:
            continue
        if tags[place].startswith("N"):
            counts = dep in NOMINAL
        else:
            counts = dep in CORE or (dep == "obl" and _is_place(i, words, tags, heads, deps))
        if counts:
            found.add(f"{i} {dep}")
    return found


def _is_place(i: int, words: Sequence[str], tags: Sequence[str], heads: Sequence[int], deps: Sequence[str]) -> bool:
    """Whether an oblique names a place or a party rather than a time."""
    cases = {words[j].lower() for j, head in enumerate(heads) if head == i and deps[j] == "case"}
    return bool(cases & SIDES) and words[i].lower() not in TIMES and tags[i] != "CD"
