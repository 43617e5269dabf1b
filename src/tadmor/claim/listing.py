"""Places that stand in a list: "the villages of A, B and C", "in A and near the town of B", "A B al-C and D areas".

A list is read off the words and not off the tree: parsers seldom keep long lists of foreign names together, and some
texts lost their commas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tadmor.claim.clause import sentence_end, sentence_start
from tadmor.claim.scene import Mention, Scene
from tadmor.claim.tree import Token
from tadmor.lexicon import cues

CUES = cues.load()
LEADS = frozenset({"of", "in", "like", "including", "namely", "are", ":"})
COMMA, AND = frozenset({",", ";"}), frozenset({"and", "&"})
AS_WELL = ("as", "well", "as")
WHERE = frozenset({"in", "near", "at", "on", "around", "outside", "inside", "of"})
OPENING = frozenset({"the", "both", "nearby", "neighboring", "neighbouring", "adjacent", "surrounding"})
ARABIC_ARTICLES = frozenset({"al", "el", "ad", "an", "ar", "as", "ash", "at", "az"})
ARABIC = ARABIC_ARTICLES | CUES.toponym_heads | CUES.toponym_qualifiers  # what only names built as Arabic ones have
JOINING = AND | COMMA | {"as"}
APART = frozenset({"between", "from", "to"})  # "the road between A and B" lies in neither
PUT_IN = 6  # tokens between two commas that a list passes over
LANDS = frozenset({"country", "continent"})


class Item(NamedTuple):
    """A name in a list, tokens ``start`` to ``end`` of its document, and the noun for places that goes with it."""

    start: int
    end: int
    noun: str | None = None


class _Run(NamedTuple):
    items: list[Item]
    linked: bool  # whether an "and" stands between two of them
    introduced: bool  # whether a noun in the plural leads or ends it: "the villages of", "areas"


def names(token: Token, scene: Scene) -> list[Item]:
    """The names of the list of places that the token stands in, in order; [] where it stands in none."""
    return next((found for found in _of_sentence(token, scene) if found[0].start <= token.i < found[-1].end), [])


def before(token: Token, scene: Scene) -> list[Item]:
    """The last list of places that ends before the token, in its sentence: what "all of which" means."""
    return next((found for found in reversed(_of_sentence(token, scene)) if found[-1].end <= token.i), [])


def spelled_out(noun: Token, scene: Scene) -> list[Item]:
    """The list after a colon that says which places a noun in the plural means: "two towns fell on Monday: A and B"."""
    colon = next((t for t in noun.doc.tokens[noun.i + 1 : sentence_end(noun)] if t.text == ":"), None)
    if colon is None or colon.i + 1 >= sentence_end(noun):
        return []
    found = names(noun.doc[colon.i + 1], scene)
    return found if found and found[0].start == colon.i + 1 else []


def _of_sentence(token: Token, scene: Scene) -> list[list[Item]]:
    key = scene.position(token.doc[sentence_start(token)])
    if key not in scene.lists_at:
        reader = _Reader(token.doc.tokens[sentence_start(token) : sentence_end(token)], scene)
        scene.lists_at[key] = list(reader.lists())
    return scene.lists_at[key]


class _Reader:
    """Reads the lists of one sentence; positions are those of its `words`."""

    def __init__(self, words: Sequence[Token], scene: Scene) -> None:
        self.words = words
        self.scene = scene
        self.titled = _titled(words)
        self.commas_lost = not self.titled and not any(t.text == "," for t in words)

    def lists(self) -> Iterator[list[Item]]:
        at = 0
        while at < len(self.words):
            lead = self.lead(at)
            run, end = self.run(at, lead) if lead or self.known(at) or self.may_begin(at) else (None, at)
            if run is not None and self.sure(run, at):
                yield run.items
            at = max(end, at + 1)

    def lead(self, at: int) -> str | None:
        """The plural noun that introduces a list here: "(villages) of", "(towns) including"."""
        if at < 2 or self.words[at - 1].lower_ not in LEADS:
            return None
        noun = self.words[at - 2]
        return noun.lemma_.lower() if noun.tag_ == "NNS" and noun.lemma_.lower() in CUES.place_nouns else None

    def may_begin(self, at: int) -> bool:
        """Whether a list whose first name nobody knows may begin: after a preposition, or built as Arabic names are."""
        if self.titled or not self.commas_lost:
            return False
        after = at > 0 and self.words[at - 1].lower_ in WHERE
        return (after or self.words[at].lower_ in ARABIC_ARTICLES) and self.size(at) > 0

    def run(self, at: int, lead: str | None) -> tuple[_Run | None, int]:
        """The row of names that begins here, if there are two at least, and where to look on."""
        items: list[Item] = []
        links: list[bool] = []
        introduced, end, linked = lead is not None, at, False
        while (found := self.item(end, lead, inside=bool(items) or introduced)) is not None:
            item, after, of_all = found
            items.append(item)
            links.append(linked)
            if of_all == "before":
                lead, introduced = item.noun, True
            elif of_all == "after":  # "Aleppo and Idlib provinces"
                introduced = True
                items = [one._replace(noun=item.noun) if one.noun in (None, lead) else one for one in items]
            step, linked = self.link(after)
            end = after
            if step is None or (step == 0 and not self.commas_lost):
                break
            end = after + step
        if not items:
            return None, at
        items = self.without_holders(items, links)
        return (_Run(items, any(links), introduced) if len(items) > 1 else None), max(end, at + 1)

    def link(self, at: int) -> tuple[int | None, bool]:
        """How many words join the next name (None: no name may follow), and whether one of them is an "and"."""
        n, linked = at, False
        if n < len(self.words) and self.words[n].text in COMMA:
            n += 1
        if n < len(self.words) and self.words[n].lower_ in AND:
            n, linked = n + 1, True
        elif tuple(t.lower_ for t in self.words[n : n + 3]) == AS_WELL:
            n, linked = n + 3, True
        if n == at and not self.commas_lost:
            return None, False
        return self.put_in(n) - at, linked

    def put_in(self, at: int) -> int:
        """Where the list goes on after what stands between two commas: "A and, by evening, B"."""
        if at == 0 or self.words[at - 1].lower_ not in AND or at >= len(self.words) or self.words[at].text != ",":
            return at
        closing = next((n for n in range(at + 1, min(at + PUT_IN, len(self.words))) if self.words[n].text == ","), at)
        return closing + 1 if closing > at and not any(self.known(n) for n in range(at, closing)) else at

    def item(self, at: int, lead: str | None, *, inside: bool) -> tuple[Item, int, str | None] | None:
        """The name that begins here, where the next word after it is, and where a noun in the plural stands by it.

        Inside a list words that lead to it are passed: "and in the nearby town of B".
        """
        of_all: str | None = None
        n, noun = at, lead
        if inside and at > 0:
            n, own = self.passed(at)
            noun = own or lead
            of_all = "before" if own and any(t.tag_ == "NNS" for t in self.words[at:n]) else None
            if n > at and self.words[at].lower_ in WHERE and self.words[at - 1].lower_ not in JOINING:
                return None  # "A in B": B is where A lies
        size = self.size(n, inside=inside)
        if not size:
            return None
        size = max(size, self.before_noun(n, n + size))
        after = n + size
        last = self.words[after] if after < len(self.words) else None
        if last is not None and last.lemma_.lower() in CUES.place_nouns:
            noun = last.lemma_.lower()
            of_all = "after" if last.tag_ == "NNS" else of_all
            return Item(self.words[n].i, last.i, noun), after + 1, of_all
        if last is not None and last.lower_ in CUES.feature_nouns:  # "al-Rastan Lake"
            size, after, noun = size + 1, after + 1, last.lower_
        return Item(self.words[n].i, self.words[n].i + size, noun), after, of_all

    def before_noun(self, at: int, end: int) -> int:
        """How many words a name has that nobody knows if a noun in the singular ends it: "George Khouri Square"."""
        if self.known(at) is not None or self.arabic_at(at, end):
            return 0
        while end < len(self.words) and self.known(end) is None and not self.arabic_at(end, end + 1):
            if not (size := self.part(end, inside=True)):
                break
            end += size
        noun = self.words[end] if end < len(self.words) else None
        single = noun is not None and noun.tag_ in ("NN", "NNP")
        placed = noun is not None and (noun.lower_ in CUES.feature_nouns or noun.lower_ in CUES.place_nouns)
        return end - at if single and placed else 0

    def passed(self, at: int) -> tuple[int, str | None]:
        """Where the name begins that words here lead to, and the noun among them: "in the nearby town of"."""
        n, noun = at, None
        if n < len(self.words) and self.words[n].lower_ in WHERE:
            n += 1
        while n < len(self.words) and (self.words[n].lower_ in OPENING or self.words[n].lower_ in CUES.directions):
            n += 1
        if n + 2 < len(self.words) and self.words[n].lemma_.lower() in CUES.place_nouns and not self.known(n):
            of = self.words[n + 1].lower_ == "of"
            if of or self.size(n + 1):
                noun = self.words[n].lemma_.lower()
                n += 2 if of else 1
        elif n + 3 < len(self.words) and self.words[n].lower_ in CUES.part_nouns and self.words[n + 1].lower_ == "of":
            n += 2  # "and the western side of B"
        return n, noun

    def known(self, at: int) -> Mention | None:
        """The place that the gazetteer knows by the name that begins here."""
        mention = self.scene.mention(self.words[at]) if at < len(self.words) else None
        if mention is None or mention.kind != "place" or mention.start != self.words[at].i or self.opens(mention, at):
            return None
        place, _ = self.scene.context.choose(mention.text, mention.ids)
        return mention if place is not None and place.kind not in LANDS else None

    def size(self, at: int, *, inside: bool = False) -> int:
        """How many words the name that begins here has; 0 where none does. Unknown ones end as Arabic names do."""
        if at >= len(self.words):
            return 0
        if (mention := self.known(at)) is not None:
            size = min(mention.end - mention.start, len(self.words) - at)  # the parser may end a sentence within a name
            return size + self.qualifier(at + size)
        end, open_name = at, True
        while end < len(self.words) and open_name:
            size = self.part(end, inside or end > at)
            if not size:
                break
            last = self.words[end + size - 1]
            open_name = self.words[end].lower_ in CUES.toponym_heads and self.words[end].lower_ not in ARABIC_ARTICLES
            end += size
            if more := self.qualifier(end):
                return end + more - at
            open_name = open_name or (inside and not self.commas_lost and last.dep_ != "punct")
        return end - at

    def part(self, at: int, inside: bool) -> int:
        """How many tokens one word of a name that nobody knows has: "Sarfat", "al - Murayh", "Kafr - Nabl"."""
        token = self.words[at]
        person = token.ent_type_ == "PER" and not inside and not (at > 0 and self.words[at - 1].lower_ in WHERE)
        mention = self.scene.mention(token)
        opened = inside and at > 0 and self.words[at - 1].lower_ in CUES.toponym_heads  # "Jubb al-Safa" is not al-Safa
        if (mention is not None and not (opened or self.opens(mention, at))) or person:
            return 0
        size = 1
        if token.lower_ in ARABIC_ARTICLES and at + 2 < len(self.words) and self.words[at + 1].text == "-":
            token, size = self.words[at + 2], 3
        plain = token.text[:1].isupper() and (token.is_alpha or "'" in token.text) and len(token) > 2
        if not plain or token.pos_ not in ("PROPN", "NOUN", "X", "ADJ") or token.lower_ in CUES.calendar_words:
            return 0
        if self.scene.actors.adjective(token.text) or token.lower_ in CUES.directions:
            return 0
        if token.lemma_.lower() in CUES.place_nouns or token.lower_ in CUES.feature_nouns:
            return 0
        while at + size + 1 < len(self.words) and self.words[at + size].text == "-":
            size += 2
        return size

    def opens(self, mention: Mention, at: int) -> bool:
        """Whether a name of one word only opens the longer one of a village: "Jubb", of "Jubb al-Safa"."""
        words = self.words[at : at + 2]
        heads = len(words) == 2 and words[0].lower_ in CUES.toponym_heads and mention.end == mention.start + 1
        return heads and (
            words[1].lower_ in ARABIC_ARTICLES or (words[1].text[:1].isupper() and words[1].pos_ == "PROPN")
        )

    def qualifier(self, at: int) -> int:
        """How many tokens say which of two villages of one name is meant: "al-Gharbiyeh", the western one."""
        words = self.words[at : at + 3]
        if len(words) == 3 and words[0].lower_ in ARABIC_ARTICLES and words[2].lower_ in CUES.toponym_qualifiers:
            return 3
        return 1 if words and words[0].lower_ in CUES.toponym_qualifiers else 0

    def without_holders(self, items: list[Item], links: list[bool]) -> list[Item]:
        """The items without those that only say where the one before lies: "Douma, Damascus, and Azaz"."""
        kept: list[Item] = []
        last: str | None = None
        for item, linked in zip(items, links, strict=True):
            id = self.id(item)
            holds = last is not None and id is not None and id in {p.id for p in self.scene.places.ancestors(last)}
            if not (holds and not linked):
                kept.append(item)
                last = id
        return kept

    def id(self, item: Item) -> str | None:
        mention = self.known(item.start - self.words[0].i)
        place = self.scene.context.choose(mention.text, mention.ids)[0] if mention is not None else None
        return place.id if place is not None else None

    def sure(self, run: _Run, at: int) -> bool:
        """Whether names list places: a noun says so, or an "and" joins them of which most are known or Arabic."""
        if at > 0 and self.words[at - 1].lower_ in APART:
            return False
        if run.introduced:
            return True
        first = self.words[0].i
        places = [
            one.noun is not None or self.id(one) is not None or self.arabic_at(one.start - first, one.end - first)
            for one in run.items
        ]
        return run.linked and sum(places) * 2 >= len(places) and (places[0] or len(places) > 2)

    def arabic_at(self, start: int, end: int) -> bool:
        return any(t.lower_ in ARABIC for t in self.words[start:end])


def _titled(words: Sequence[Token]) -> bool:
    """Whether a headline writes every word with a capital, so that none shows a name."""
    plain = [t for t in words if t.is_alpha and t.pos_ in ("VERB", "NOUN", "ADJ")]
    return bool(plain) and sum(t.text[:1].isupper() for t in plain) * 2 > len(plain)
