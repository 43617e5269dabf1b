"""Syntax and names: English text in, Docs (`tadmor.claim.tree`) with Universal Dependencies out.

The pipeline is the project's own (see ``training/``) and lies in ``data/pipeline``; nothing is
downloaded. Each token has

- ``tag_``: the Penn Treebank tag as the English Universal Dependencies write it (XPOS; hyphens are ``HYPH``);
- ``pos_``: the universal part of speech, read off form, tag and label; ``lemma_``: by lookup, else by rule;
- ``dep_``, ``head``: the Universal Dependencies label with its subtype (``nsubj:pass``, ``obl:agent``, ``acl:relcl``);
  the head of a sentence has the label ``ROOT``;
- ``ent_type_``: ``PER``, ``ORG`` or ``LOC``, uncertain for rare names: dictionaries come first.

Tokens are those of the treebanks, and frames rely on them:

- a hyphen between letters parts tokens: ``rebel - held``, ``Deir al - Zour``, ``al - Nusra``, ``U.S. - backed``.
  In ``rebel - held town`` *held* is ``amod`` of *town* and *rebel* is ``compound`` of *held*, or ``obl:unmarked``;
  in names the first token is the head, the others are ``flat``, hyphens ``punct``. Prefixes stay joined:
  ``pro-government``, ``anti-tank``, ``co-founder``;
- ``Assad 's``, ``do n't``, ``50 km``, ``U.S.`` are tokens so parted, and ``Assad s`` where a text lost its apostrophes;
- an empty line always parts sentences; white space beyond one blank is a token of its own with the tag ``_SP``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from tadmor.claim import tree
from tadmor.claim.mend import mended
from tadmor.errors import LexiconError
from tadmor.lexicon import actors, cues, gazetteer

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token
    from spacy.vocab import Vocab

HOME = Path(str(files("tadmor"))) / "data" / "pipeline"
LONGEST = 100_000  # characters parsed at a time: memory grows by about a kilobyte a character
UNBROKEN = 400  # characters without a blank after which a text is cut: the tokeniser is quadratic in such runs
LONG_RUN = re.compile(rf"\S{{{UNBROKEN}}}")
CLOSING = frozenset(".!?…:\"'”\N{RIGHT SINGLE QUOTATION MARK})]")
POSSESSIVE = re.compile(r"\w['\N{RIGHT SINGLE QUOTATION MARK}]s\b")
RARER = 4  # how many times rarer a word with an s must be than the name before it; ranks stand for frequencies
MOST_KNOWN = 200_000  # forms with tag and label whose lemmas are kept
Key = tuple[int, ...]  # form, tag and label of a token
UNINFLECTED = frozenset({"ADD", "FW", "GW", "SYM", "LS"})
SILENT = ("at", "iz", "yz", "c", "v", "u", "as", "os", "us", "rs", "dg", "rg")  # stems that lost their final e
HISSED = ("she", "che", "sse", "xe", "zze", "ie", "s")  # plurals that are longer by more than an s
ENDINGS = {
    **{"NNS": "s", "VBZ": "s", "VBD": "ed", "VBN": "ed", "VBG": "ing"},
    **{"JJR": "er", "RBR": "er", "JJS": "est", "RBS": "est"},
}


class Words(msgspec.Struct, frozen=True):
    """What turns forms and tags into lemmas and universal parts of speech; written by ``training/words.py``.

    `lemmas` maps "TAG form" to the lemma where `by_rule` is wrong, forms in lower case. `parts` maps "TAG", then
    "TAG label", then "TAG label form" to UPOS, each only where the shorter key would be wrong.
    """

    lemmas: dict[str, str]
    parts: dict[str, str]


class Possessives:
    """Finds the words of a text without apostrophes that lost one: "Syrias army", "the countrys largest dam"."""

    def __init__(self, vocab: Vocab) -> None:
        from spacy.strings import get_string_id

        self._vocab = vocab
        self._number = get_string_id
        self._known: dict[str, bool] = {}

    def parted(self, doc: Doc) -> Doc:
        """The Doc with such a word as two tokens, as the treebanks have it; only words and spaces are kept."""
        if POSSESSIVE.search(doc.text):
            return doc
        lost = {i for i, token in enumerate(doc) if token.text[-1] == "s" and self._lost(token.text)}
        if not lost:
            return doc
        words: list[str] = []
        spaces: list[bool] = []
        for i, token in enumerate(doc):
            words += [token.text[:-1], "s"] if i in lost else [token.text]
            spaces += [False, bool(token.whitespace_)] if i in lost else [bool(token.whitespace_)]
        return type(doc)(doc.vocab, words=words, spaces=spaces)

    def _lost(self, word: str) -> bool:
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        if word not in self._known:
            self._known[word] = len(word) > 2 and word[:-1].isalpha() and self._owns(word[:-1])
        return self._known[word]

    def _owns(self, owner: str) -> bool:
        """Whether a word with an s to it is rather a possessive than a plural or a word of its own."""
        rank_of, seldom = self._vocab.vectors.key2row.get, len(self._vocab.vectors.key2row)
        own, with_s = (rank_of(self._number(form.lower()), seldom) for form in (owner, owner + "s"))
        if owner.islower():  # "countries" is the plural
            return owner[-1] == "y" and owner[-2] not in "aeiou" and own * RARER <= with_s
        names = actors.load()
        actor = names.by_name(owner)
        if names.adjective(owner) is not None or (actor and owner + "s" in (actor.name, *actor.aliases)):
            return False  # "Syrians", "Houthis"
        if names.leader(owner) is not None:
            return True  # "Assads", though there is a hamlet of that name
        if own * RARER > with_s and with_s < seldom:
            return False  # "Forces", "Kurds"
        places = gazetteer.load()
        if places.exact(gazetteer.fold(owner + "s")):
            return False  # "Homs"
        return actor is not None or bool(places.find([owner]))


def part_paragraphs(doc: Doc) -> Doc:
    """Starts a sentence after every empty line, and after a line end that follows closing punctuation."""
    for i in np.flatnonzero(doc.to_array("IS_SPACE")[:-1]).tolist():
        line_ends = doc[i].text.count("\n")
        if line_ends > 1 or (line_ends and i > 0 and doc[i - 1].text[-1] in CLOSING):
            doc[i + 1].is_sent_start = True
    return doc


def keep_names(doc: Doc, heads: frozenset[int]) -> Doc:
    """Starts no sentence after a word that opens an Arabic name: "Bani Zaid", "Abu Kamal"."""
    for i, form in enumerate(doc.to_array("LOWER").tolist()[:-1]):
        if form in heads and doc[i].is_title and doc[i + 1].is_title:
            doc[i + 1].is_sent_start = False
    return doc


def name_bearers(doc: Doc, addresses: frozenset[int]) -> Doc:
    """Calls the name after "Mr" or "Gen." that of a person, whatever the tagger took it for."""
    for i, form in enumerate(doc.to_array("LOWER").tolist()):
        if form not in addresses or not doc[i].is_title:  # "DR Congo" is none
            continue
        end = i + 1
        while end < len(doc) and doc[end].tag_ == "NNP" and doc[end].lower not in addresses:
            if end > i + 1 and doc[end].ent_iob_ == "B" and doc[end].ent_type_ != "PER":
                break
            end += 1
        if end > i + 1:
            others = [name for name in doc.ents if name.end <= i or name.start >= end]
            bearer = doc[i + 1 : end]
            bearer.label_ = "PER"
            doc.set_ents([*others, bearer])
    return doc


def name_words(doc: Doc, words: Words, ranks: Mapping[str, int], known: dict[Key, tuple[int, int]]) -> Doc:
    """Sets lemma and universal part of speech of every token; `known` is filled with those of each kind of token."""
    keys = list(map(tuple, doc.to_array(["ORTH", "TAG", "DEP"]).tolist()))  # strings cost spaCy a conversion each
    if len(known) > MOST_KNOWN:
        known.clear()
    for token, key in zip(doc, keys, strict=True):
        if key not in known:
            token.pos_, token.lemma_ = named(token, words, ranks)
            known[key] = token.pos, token.lemma
        token.pos, token.lemma = known[key]
    return doc


def named(token: Token, words: Words, ranks: Mapping[str, int]) -> tuple[str, str]:
    """Universal part of speech and lemma of a token, by its form, tag and label."""
    form, tag, label = token.lower_, token.tag_, token.dep_
    if token.is_space:
        return "SPACE", token.text
    part = words.parts.get(f"{tag} {label} {form}") or words.parts.get(f"{tag} {label}") or words.parts.get(tag, "X")
    return part, words.lemmas.get(f"{tag} {form}") or by_rule(token.text, tag, ranks)


def by_rule(word: str, tag: str, ranks: Mapping[str, int]) -> str:
    """The base form of a regularly inflected English word; proper nouns stay as they are written.

    Of the bases that the spelling allows, the commonest word is taken; `ranks` orders words from the commonest on.
    """
    if tag.startswith("NNP") or tag in UNINFLECTED:
        return word
    form = word.lower()
    ending = ENDINGS.get(tag)
    if ending is None or not form.endswith(ending) or len(form) < len(ending) + 2:
        return form
    stem = form.removesuffix(ending)
    bases = [stem] if ending == "s" else [stem, stem + "e"]
    if ending == "s":
        bases += [form] if stem.endswith(("s", "u", "i")) else []
        bases += [stem[:-1]] if stem.endswith("e") else []
        bases += [stem[:-2] + "y"] if stem.endswith("ie") else []
        bases += [stem] if not stem.endswith(HISSED) else []
    elif stem.endswith("i"):
        bases.append(stem[:-1] + "y")
    elif stem[-1:] == stem[-2:-1]:
        bases.append(stem[:-1])
    known = [base for base in bases if base in ranks]
    if not known and ending != "s":
        known = [stem + "e" if stem.endswith(SILENT) else bases[-1] if bases[-1] + stem[-1] == stem else stem]
    return min(known or bases[-1:], key=lambda base: ranks.get(base, len(ranks)))


@cache
def load() -> Language:
    """The English pipeline, read once a process: tokeniser, tagger, parser, names, then lemmas and parts of speech.

    Raises `LexiconError` where the shipped pipeline is missing or incomplete.
    """
    import spacy
    from spacy.language import Language
    from spacy.strings import get_string_id
    from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found, unused-ignore]
    from spacy.util import registry
    from spacy.vectors import Vectors  # type: ignore[import-not-found, unused-ignore]
    from thinc.api import use_ops

    # The tokeniser's rules are read from the disk, and need not be made of spaCy's own for English before that.
    registry.tokenizers("tadmor.Unruled", func=lambda: lambda nlp: Tokenizer(nlp.vocab))
    try:
        words = msgspec.json.decode((HOME / "words.json").read_bytes(), type=Words)
        table = np.load(HOME / "vectors.npz", allow_pickle=False)
        vectors = Vectors(shape=table["vectors"].shape, attr="LOWER", name="tadmor")
        vectors.data = table["vectors"].astype(np.float32)
        ranks = {form: row for row, form in enumerate(bytes(table["words"]).decode().split("\n"))}
        with use_ops("numpy", use_blis=False):  # NumPy multiplies matrices three times as fast
            nlp = spacy.load(HOME, config={"nlp": {"tokenizer": {"@tokenizers": "tadmor.Unruled"}}})
    except (OSError, ValueError, KeyError, msgspec.DecodeError) as error:
        raise LexiconError(f"the pipeline in {HOME.name} cannot be read: {error}") from error
    vectors.key2row = {get_string_id(form): row for form, row in ranks.items()}
    nlp.vocab.vectors = vectors
    for name in ("tagger", "parser", "ner"):
        for label in nlp.get_pipe(name).labels:  # type: ignore[attr-defined]
            nlp.vocab.strings.add(label)
    Language.component("tadmor_paragraphs", func=part_paragraphs)
    heads = frozenset(map(nlp.vocab.strings.add, cues.load().toponym_heads))
    Language.component("tadmor_names", func=partial(keep_names, heads=heads))
    addresses = frozenset(nlp.vocab.strings.add(form + end) for form in cues.load().addresses for end in ("", "."))
    Language.component("tadmor_bearers", func=partial(name_bearers, addresses=addresses))
    Language.component("tadmor_words", func=partial(name_words, words=words, ranks=ranks, known={}))
    nlp.add_pipe("tadmor_names", first=True)
    nlp.add_pipe("tadmor_paragraphs", first=True)
    nlp.add_pipe("tadmor_bearers", last=True)
    nlp.add_pipe("tadmor_words", last=True)
    nlp.max_length = 10 * LONGEST
    return nlp


@cache
def _possessives() -> Possessives:
    return Possessives(load().vocab)


def parse(texts: Iterable[str], *, batch: int = 64) -> Iterator[tree.Doc]:
    """One Doc a text, in order.

    Texts are parsed `batch` at a time, fewer where they are long, so that memory stays bounded. What is longer than
    `LONGEST` characters, or runs on for `UNBROKEN` without a blank, is parsed in pieces that are joined again.
    """
    nlp, possessives = load(), _possessives()
    held: list[Doc] = []
    for group in groups((piece for text in texts for piece in pieces(text)), batch):
        worded = ((possessives.parted(nlp.make_doc(text)), last) for text, last in group)
        for doc, last in nlp.pipe(worded, as_tuples=True, batch_size=batch):
            held.append(doc)
            if last:
                yield mended(tree.Doc(held[0] if len(held) == 1 else joined(held)))
                held = []


def groups(parts: Iterable[tuple[str, bool]], batch: int) -> Iterator[list[tuple[str, bool]]]:
    """The pieces in groups of at most `batch` and of about `LONGEST` characters in all."""
    group: list[tuple[str, bool]] = []
    size = 0
    for part in parts:
        group.append(part)
        size += len(part[0])
        if len(group) >= batch or size >= LONGEST:
            yield group
            group, size = [], 0
    if group:
        yield group


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces that can be parsed in linear time, each with whether it is the last; they add up to it."""
    start = 0
    for run in LONG_RUN.finditer(text):
        yield from ((piece, False) for piece in slices(text[start : run.end()]))
        start = run.end()
    *first, last = slices(text[start:])
    yield from ((piece, False) for piece in first)
    yield last, True


def slices(text: str) -> list[str]:
    """The text, or where it is too long its parts, cut at ends of lines or else at blanks."""
    parts = []
    while len(text) > LONGEST:
        cut = text.rfind("\n", LONGEST // 2, LONGEST)
        cut = cut if cut > 0 else text.rfind(" ", LONGEST // 2, LONGEST)
        cut = cut + 1 if cut > 0 else LONGEST
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text]


def joined(docs: list[Doc]) -> Doc:
    """The Docs one after another as one Doc."""
    from spacy.tokens import Doc

    return Doc.from_docs(docs, ensure_whitespace=False)
