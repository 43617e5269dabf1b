"""Places that stand in a list: "the villages of A, B and C", also where the commas were lost: "in A B al-C and D"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tadmor.claim.clause import sentence_end, sentence_start
from tadmor.claim.scene import Scene
from tadmor.claim.tree import Token
from tadmor.lexicon import cues

CUES = cues.load()
LEADS = frozenset({"of", "in", "like", "including", "namely", "are", ":"})
WHERE = frozenset({"in", "near", "at", "on", "of", "around", "between"})
LINKS = frozenset({",", "and", "&"})
ARTICLES = frozenset({"al", "el", "ad", "an", "ar", "as", "ash", "at", "az"})
Name = tuple[int, int]  # a stretch of tokens of a document


def names(token: Token, scene: Scene) -> list[Name]:
    """The names of the list of places that the token stands in, in order; [] where it stands in none."""
    key = scene.position(token.doc[sentence_start(token)])
    if key not in scene.lists_at:
        scene.lists_at[key] = list(_lists(token, scene))
    return next((found for found in scene.lists_at[key] if found[0][0] <= token.i < found[-1][1]), [])


def before(token: Token, scene: Scene) -> list[Name]:
    """The last list of places that ends before the token, in its sentence: what "all of which" means."""
    names(token, scene)
    lists = scene.lists_at[scene.position(token.doc[sentence_start(token)])]
    return next((found for found in reversed(lists) if found[-1][1] <= token.i), [])


def _lists(token: Token, scene: Scene) -> Iterator[list[Name]]:
    tokens, i, end = token.doc.tokens, sentence_start(token), sentence_end(token)
    run_on = not any(t.text == "," for t in tokens[i:end]) and not _titled(tokens[i:end])
    while i + 2 < end:
        noun, lead = tokens[i], tokens[i + 1]
        i += 1
        introduced = noun.tag_ == "NNS" and noun.lemma_.lower() in CUES.place_nouns and lead.lower_ in LEADS
        if introduced or (run_on and lead.lower_ in WHERE):
            found = _names(tokens[i + 1 : end], scene)
            if len(found) > 1 and (introduced or _in_a_row(found, tokens, scene)):
                yield found
                i = found[-1][1]


def _titled(words: Sequence[Token]) -> bool:
    """Whether a headline writes every word with a capital, so that none shows a name."""
    plain = [t for t in words if t.is_alpha and t.pos_ in ("VERB", "NOUN", "ADJ")]
    return bool(plain) and sum(t.text[:1].isupper() for t in plain) * 2 > len(plain)


def _in_a_row(found: Sequence[Name], tokens: Sequence[Token], scene: Scene) -> bool:
    """Whether names that no noun introduces are those of places: most are known or built as Arabic ones are.

    Two that stand side by side may be one place and the larger one around it: "in Douma Damascus".
    """
    ended = found[-1][1] < len(tokens) and tokens[found[-1][1]].tag_ == "NNS"
    noun = ended and tokens[found[-1][1]].lemma_.lower() in CUES.place_nouns
    linked = tokens[found[-1][0] - 1].lower_ in LINKS
    places = [_known(tokens[start], scene) or _arabic(tokens[start:end]) for start, end in found]
    persons = any(tokens[start].ent_type_ == "PER" and not _known(tokens[start], scene) for start, _ in found)
    return (noun or (linked and len(found) > 2)) and sum(places) * 2 >= len(found) and not persons


def _known(token: Token, scene: Scene) -> bool:
    mention = scene.mention(token)
    return mention is not None and mention.kind == "place"


def _arabic(name: Sequence[Token]) -> bool:
    return any(t.lower_ in ARTICLES or t.lower_ in CUES.toponym_heads for t in name)


def _names(tokens: Sequence[Token], scene: Scene) -> list[Name]:
    """The names at the beginning of the tokens: as the gazetteer knows them, else as Arabic ones are built."""
    stretch: list[Token] = []
    for n, token in enumerate(tokens):
        linked = token.text == "-" and n + 1 < len(tokens)
        article = token.lower_ in ARTICLES and n + 1 < len(tokens) and tokens[n + 1].text == "-"
        named = token.text[:1].isupper() and (token.is_alpha or "-" in token.text or "'" in token.text)
        mention = scene.mention(token)
        other = mention is not None and mention.kind != "place"
        other = other or token.lower_ in CUES.calendar_words
        if other or not (named or linked or article or _passed(token)):
            break
        stretch.append(token)
    while stretch and not stretch[-1].text[:1].isupper():
        stretch.pop()
    out: list[Name] = []
    pointed = any(t.text == "," for t in stretch)  # its commas say where names end
    open_name = False  # whether the next word may belong to the name before
    n = 0
    while n < len(stretch):
        token = stretch[n]
        mention = scene.mention(token)
        if mention is not None and mention.kind == "place" and mention.start == token.i:
            out.append((mention.start, mention.end))
            n += mention.end - mention.start
            open_name = False
            continue
        if _passed(token):
            n += 1
            open_name = False
            continue
        size = 3 if token.lower_ in ARTICLES and n + 2 < len(stretch) and stretch[n + 1].text == "-" else 1
        while n + size + 1 < len(stretch) and stretch[n + size].text == "-":
            size += 2  # "Kafr-Nabl"
        last = stretch[n + size - 1]
        if open_name and out:
            out[-1] = (out[-1][0], last.i + 1)
        else:
            out.append((token.i, last.i + 1))
        open_name = pointed or token.lower_ in CUES.toponym_heads or _qualified(stretch[n + size :])
        n += size
    return out


def _qualified(words: Sequence[Token]) -> bool:
    """Whether the next words say which of two villages of one name is meant: "al-Gharbiyeh", the western one."""
    article = len(words) > 2 and words[0].lower_ in ARTICLES and words[1].text == "-"
    return article and words[2].lower_ in CUES.toponym_qualifiers


def _passed(token: Token) -> bool:
    """Whether the word stands between names and belongs to none."""
    return token.lower_ in LINKS or token.lower_ == "the" or token.lower_ in CUES.directions
