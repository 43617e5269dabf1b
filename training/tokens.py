"""The tokeniser: spaCy's English one, brought in line with the English Universal Dependencies."""

from __future__ import annotations

from spacy.attrs import ORTH  # type: ignore[import-not-found, unused-ignore]
from spacy.lang.char_classes import ALPHA, HYPHENS
from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found, unused-ignore]
from spacy.util import compile_infix_regex, compile_suffix_regex

# A hyphen after these does not part tokens; the treebanks keep "pro-government", "re-elected", "mid-July" whole.
PREFIXES = (
    "e non re anti pre pro co mid cross post over semi ex sub multi counter mini inter intra extra micro ultra trans un"
).split()
HYPHEN = rf"(?<=[{ALPHA}0-9])(?:{HYPHENS})(?=[{ALPHA}])"


def fit(nlp: Language) -> None:
    """Sets infixes, suffixes and exceptions of the tokeniser.

    - Prefixes keep their hyphen; a hyphen after an abbreviation ("U.S.-backed") or a number ("30-year") parts tokens.
    - Exceptions lose their norms: tokens of the treebanks have none, so a trained network would not know them.
    """
    tokenizer = nlp.tokenizer
    if not isinstance(tokenizer, Tokenizer):
        raise TypeError("not spaCy's tokeniser")
    whole = "".join(rf"(?<!\b{form})" for prefix in PREFIXES for form in (prefix, prefix.capitalize()))
    infixes = [pattern for pattern in nlp.Defaults.infixes or () if pattern != HYPHEN]
    if len(infixes) == len(nlp.Defaults.infixes or ()):
        raise RuntimeError("the hyphen pattern of spaCy's English tokeniser has changed")
    infixes += [whole + HYPHEN, rf"(?<=[{ALPHA}]\.)-(?=[{ALPHA}])"]
    tokenizer.infix_finditer = compile_infix_regex(infixes).finditer
    tokenizer.suffix_search = compile_suffix_regex(
        [*(nlp.Defaults.suffixes or ()), rf"(?<=[{ALPHA}])-", r"(?<=[0-9])bn"]
    ).search
    tokenizer.rules = {text: [{ORTH: part[ORTH]} for part in parts] for text, parts in (tokenizer.rules or {}).items()}
