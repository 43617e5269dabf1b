"""From a noun, pronoun or adverb to the place it means, with the part of it that is spoken of."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from tadmor.claim import listing
from tadmor.claim.beside import following, leading
from tadmor.claim.clause import ARTICLES, HYPHENS, case_of, conjuncts, sentence_end, sentence_start
from tadmor.claim.scene import PERSONS, SETTLED, Located, Mention, Scene
from tadmor.claim.tree import Token
from tadmor.claim.where import located
from tadmor.claim.who import NAME_ARTICLES, describe, left_phrase, relates, toponym_head
from tadmor.lexicon import cues, placefind
from tadmor.records import Where

CUES = cues.load()
_SPATIAL = CUES.part_nouns | CUES.place_nouns.keys()
ADJACENT = 4  # words from "in" to the place
APPOSED = 6  # words of a phrase up to its noun
BOTH = 60  # words from two places to "both towns"
INCLUDING = 8  # words from a place to "including"
_SPEAKING = CUES.source_nouns | CUES.speaking_nouns
_FIGHTING = CUES.armed_nouns | CUES.insurgent_nouns
_POINTERS = {"it", "there", "here", "which", "where", "that", "them", "itself", "its"}
_INTO = {"in", "across", "inside", "into", "throughout", "from", "within", "around", "over", "near", "outside", "to"}
_SMALL = {"village", "neighborhood", "suburb", "area"}  # kinds that "the city" does not mean, as nouns
_PROVINCES = {"governorate", "region"}
_WIDE = {"country", "continent", "governorate", "region"}  # nobody is "20 km south of" these
_TOPICAL = {"city", "town"}  # as a report calls what it is about
_RELATIVE = {"which", "all", "both"}
_PROVINCIAL = {"province", "governorate", "oblast", "wilayat"}
# what is built or lies in a town and is none
_BUILT = {"airbase", "airport", "base", "bridge", "building", "castle", "church", "dam", "facility", "factory", "farm"}
_BUILT |= {"hospital", "mosque", "plant", "prison", "refinery", "school", "square", "university"}
_ALL = ("all", "whole", "entirety", "last")
_LARGER = frozenset({"all", "whole", "most", "much", "half", "majority", "percent"})
_SHARES = frozenset({*_ALL, "most", "much", "half", "some", "rest", "part", "parts", "majority"})
# what a place that has no districts is called when it is spoken of again, and what a town is
_SELF = {"area", "district", "enclave", "neighborhood", "neighbourhood", "pocket", "quarter", "suburb"}
_SELF |= {"territory", "zone"}
_TOWN_SELF = _SELF - {"district", "pocket", "quarter", "territory", "zone"}
_UNDIVIDED = {"area", "camp", "hamlet", "neighborhood", "quarter", "suburb", "valley", "village"}
_DIRECTED = ("NOUN", "ADV", "ADJ", "PROPN")
_WHOLE = {"city", "town", "capital", "governorate", "region", "district"}


class Site(NamedTuple):
    """A place found; `sure` is 1 for a name at that word, less where it had to be inferred.

    `partial` says that only a part of the place is meant; `named` that its name stands at the word.
    """

    where: Where
    kind: str
    sure: float
    partial: bool = False
    named: bool = True


def site(head: Token, scene: Scene, *, depth: int = 0) -> Site | None:
    """The place that the nominal headed by `head` means; None if it means none."""
    return scene.meaning(_site, head, depth)


def _site(head: Token, scene: Scene, depth: int) -> Site | None:
    lemma, lower = head.lemma_.lower(), head.lower_
    case = case_of(head).split(" ")[-1]
    near = case in CUES.near_prepositions
    if barred(head, case):
        return None
    mention = scene.mention(head)
    if mention is None and (one := _in_list(head, lemma, scene)) is not None:
        return one
    if mention and mention.kind == "place":
        found = _named(head, scene) if relates(head, scene) is None else None
        if found is None:
            return None
        return _qualified(head, found, near, scene)
    if mention and head.dep_ == "conj" and not case:
        case = case_of(head.head).split(" ")[-1]  # "in Syria and Iraq"
    placed = case in _INTO or (case == "of" and _of_part(head))
    if mention and mention.kind == "actor" and placed and (land := land_named(mention, scene)) is not None:
        return _qualified(head, land, near, scene)
    if mention and mention.kind != "place" and mention.end > head.i:
        return None
    if depth > 3:
        return None
    if lower in _POINTERS and (head.pos_ in ("PRON", "ADV", "DET", "SCONJ")):
        return _focus(head, scene, None)
    if lemma in ("control", "possession", "ownership"):  # "fighting for control of Azaz"
        held = next((c for c in head.children if c.dep_ == "nmod" and case_of(c) in ("of", "over")), None)
        return site(held, scene, depth=depth + 1) if held is not None else None
    whole = next((c for c in head.children if c.dep_ in ("nmod", "obl") and case_of(c) == "of"), None)
    towards = whole is None and any(t.lower_ in CUES.directions for t in left_phrase(head))  # "the eastern half"
    if lower in _SHARES and not towards:
        inner = site(whole, scene, depth=depth + 1) if whole is not None else None
        if of_land(head) and (inner is None or not inner.named):
            inner = country_of(scene)
        if inner is None or whole is None:
            return None
        spatial = whole.lemma_.lower() in _SPATIAL or whole.lower_ in CUES.directions
        if not (inner.named or whole.pos_ == "PRON" or spatial or of_land(head)):
            return None
        nearly = any(t.lower_ in CUES.nearly for t in head.doc[max(sentence_start(head), head.i - 2) : head.i])
        if lower in _ALL and not nearly:
            return inner
        share = describe(left_phrase(head)) or head.doc[max(sentence_start(head), head.i - nearly) : head.i + 1].text
        part = f"{share} of {inner.where.part}" if inner.where.part else share
        return inner._replace(where=msgspec.structs.replace(inner.where, part=part), partial=True)
    if whole is not None and lower in CUES.amounts:  # "a number of villages"
        return site(whole, scene, depth=depth + 1)
    is_place, is_part, is_feature = lemma in CUES.place_nouns, lemma in CUES.part_nouns, lemma in CUES.feature_nouns
    is_feature = is_feature or lower in CUES.feature_nouns
    is_part = is_part or (lower in CUES.directions and _is_area(head))
    phrase = left_phrase(head)
    if lemma in _TOPICAL and len(phrase) > 1 and phrase[-2].lower_ == "old":
        is_place, is_part = False, True  # "the Old City" is a part of the one that is spoken of
    if (is_part and not is_place and _of_people(head)) or _any_of(head, phrase):
        return None
    if is_place or is_part or is_feature:
        bearer = _named(head.head, scene) if head.dep_ == "appos" and head.head.pos_ == "PROPN" else None
        if bearer is not None and is_place and not near:
            return bearer  # "al-Waer, the last neighbourhood they held in Homs"
        if (called := _called(head, phrase, scene)) is not None:
            return called._replace(where=msgspec.structs.replace(called.where, near=near or called.where.near))
        inner = _inside(head, phrase, scene, depth)
        if inner is None and (again := _again(head, lemma, phrase, scene) or _to_come(head, phrase, scene)) is not None:
            return again
        if inner is None and (land := _of_land(head, phrase, scene)) is not None:
            return land
        if inner is not None:
            return _part_of(head, phrase, inner, scene, near, is_place, is_part, is_feature)
        if is_place and not is_part and not near and lower != "area":
            plural = head.tag_ == "NNS"
            if not plural and phrase[0].lower_ not in ("a", "an", "another", "each", "every"):
                found = _focus(head, scene, CUES.place_nouns[lemma])
                if found is not None:
                    return found
        if is_part or is_feature or is_place:
            around = _focus(head, scene, "whole" if head.tag_ == "NNS" else None) or _ahead(head, scene)
            if around is not None and _itself(head, phrase, around.kind, again=True):
                return around
            if around is not None:
                words = describe(phrase)
                where = msgspec.structs.replace(around.where, part=words, near=near or (is_feature and not is_part))
                return Site(where, around.kind, 0.55, partial=is_part, named=False)
        return None
    if _unknown_name(head, scene):
        named = [t for t in phrase if t.text[:1].isupper() or t.text == "-" or t.lower_ in ("al", "el")] or [head]
        before = head.doc.tokens[max(sentence_start(head), named[0].i - 1) : named[0].i]
        apart = [t for t in before if t.text in NAME_ARTICLES and t in (head.head, *head.children)]
        text = describe([*apart, *named, *_rest(head)])
        where = Where(name=text, text=text, near=near)
        return Site(where, "unknown", 0.5)
    return None


def of_land(share: Token) -> bool:
    """Whether it is a large share of a country: "half of the country", "85 percent of Afghan territory"."""
    if share.lower_ not in _LARGER:
        return False
    whole = next((c for c in share.children if c.dep_ == "nmod" and case_of(c) == "of"), None)
    if whole is None or whole.lemma_.lower() not in ("country", "nation", "territory", "soil"):
        return False
    own = any(c.dep_ == "amod" and c.text[:1].isupper() for c in whole.children)
    return own or whole.lemma_.lower() in ("country", "nation")


def _any_of(head: Token, phrase: list[Token]) -> bool:
    """Whether all of a kind are meant, and no one place: "every building and street"."""
    if phrase[0].lower_ in ("every", "each", "any"):
        return True
    return head.dep_ == "conj" and len(phrase) == 1 and any(c.lower_ in ("every", "each") for c in head.head.children)


def _is_area(direction: Token) -> bool:
    """Whether a point of the compass is a part of a place: "the northeast", and in headlines "whole of northeast"."""
    shared = direction.dep_ == "nmod" and direction.head.lower_ in _SHARES
    return shared or any(c.dep_ in ("det", "amod", "nmod:poss") for c in direction.children)


def barred(head: Token, case: str) -> bool:
    """Whether the word only says who banned or wanted something, or what lies beyond: "(outlawed in Russia)", "a
    request from Baghdad", "on the border with India"."""
    governed = {"in": CUES.barring, "from": CUES.asking, "with": CUES.bordering}.get(case)
    return governed is not None and head.head.lemma_.lower() in governed


def _of_part(head: Token) -> bool:
    """Whether the word is the whole of a part: "large areas of Syria and Iraq"."""
    whole = head.head if head.dep_ == "conj" else head
    return whole.head.lemma_.lower() in _SPATIAL or whole.head.lower_ in CUES.partial_words


def _again(head: Token, lemma: str, phrase: list[Token], scene: Scene) -> Site | None:
    """The place named before that bears the noun in its name, or is a capital: "the road", "the capital"."""
    if [t.lower_ for t in phrase[:-1]] != ["the"]:
        return None
    here = scene.position(head)
    for seen in reversed(scene.located):
        if seen.at >= here:
            continue
        called = lemma in seen.where.text.lower().split() and lemma not in CUES.place_nouns
        seat = lemma == "capital" and scene.actors.metonym(seen.where.name) is not None
        if called or (seat and seen.where.country == scene.country):
            where = msgspec.structs.replace(seen.where, part=None, near=False, within=None)
            return Site(where, seen.kind, 0.75, named=False)
    return None


def _to_come(head: Token, phrase: list[Token], scene: Scene) -> Site | None:
    """The place that the next sentence names, where the report opens with "a rebel-held town"."""
    if phrase[0].lower_ not in ("a", "an") or head.tag_ != "NN" or head.lemma_.lower() not in CUES.whole_nouns:
        return None
    here, end = scene.position(head), sentence_end(head)
    if end >= len(head.doc) or any(seen.at < here and seen.kind not in _WIDE for seen in scene.located):
        return None
    for token in head.doc[end : sentence_end(head.doc[end])]:
        mention = scene.mention(token)
        found = _named(token, scene) if mention is not None and mention.kind == "place" else None
        if found is not None and found.kind not in _WIDE:
            return found._replace(sure=0.6, named=False)
    return None


def _of_land(head: Token, phrase: list[Token], scene: Scene) -> Site | None:
    """The country around a place that nothing else tells of: "a Syrian air base", "Afghan territory"."""
    soil = head.lemma_.lower() in ("territory", "soil")
    if (phrase[0].lower_ not in ("a", "an", "another") and not soil) or head.tag_ != "NN":
        return None
    country = next((c for t in phrase[:-1] if (c := scene.actors.adjective(t.text)) is not None), None)
    land = scene.actors.land(country) if country is not None else None
    place = next((p for p in scene.places.lookup(land) if p.kind == "country"), None) if land is not None else None
    if place is None:
        return None
    where = located(place, text=land or place.name)
    if soil and len(phrase) < 3:
        return Site(where, place.kind, 0.8)
    where = msgspec.structs.replace(where, part=describe(phrase), precision="part")
    return Site(where, place.kind, 0.6, named=False)


def country_of(scene: Scene) -> Site | None:
    """The country that the report is about, as a place."""
    place = scene.home
    if place is None:  # named by its adjective or government alone
        spoken = {seen.where.id for seen in scene.located if seen.where.id and seen.where.country == scene.country}
        place = next(filter(None, (scene.country_around(id) for id in sorted(spoken))), None)
    return Site(located(place, text=place.name), place.kind, 0.6, named=False) if place is not None else None


def named_within(head: Token, scene: Scene) -> Site | None:
    """The place whose name stands in the phrase of any noun: "the Ramouseh bus garage"."""
    for token in reversed(left_phrase(head)[:-1]):
        mention = scene.mention(token)
        found = _named(token, scene) if mention is not None and mention.kind == "place" else None
        if found is not None and found.kind not in ("country", "governorate", "region"):
            where = msgspec.structs.replace(found.where, part=describe(left_phrase(head)))
            return found._replace(where=where, sure=0.8)
    return None


def anchor(token: Token, scene: Scene) -> Site | None:
    """The place spoken of last before the token, else the first that the report names."""
    return _focus(token, scene, None)


def unknown(head: Token, scene: Scene) -> Site | None:
    """A capitalised name that no dictionary knows, where only a place makes sense: what was captured, left or held."""
    proper = head.pos_ == "PROPN" and head.text[:1].isupper() and len(head.text) > 2 and not head.is_upper
    if _describes(head) or _of_somebody(head):
        return None
    first = toponym_head(head)
    other = head.ent_type_ == "PER" or (head.ent_type_ == "ORG" and first is None)
    if not _arabic(head) and (not proper or other or head.lower_ in CUES.calendar_words):
        return None
    if scene.mention(head) is not None or scene.actors.adjective(head.text) or scene.actors.leader(head.text):
        return None
    where = _fresh(first or head)
    return None if placefind.no_place(where.name) else Site(where, "unknown", 0.5)


def _describes(name: Token) -> bool:
    """Whether a name only says what kind of place another is: "the Tigrayan town of Shire"."""
    return name.dep_ in ("compound", "amod") and _is_called(name.head)


def _is_called(noun: Token) -> bool:
    """Whether a noun for a whole place says its name: "the town of Shire"."""
    named = (c for c in noun.children if c.dep_ == "nmod" and c.pos_ == "PROPN" and case_of(c) == "of")
    return noun.lemma_.lower() in CUES.whole_nouns and any(c.i > noun.i for c in named)


def _rest(head: Token) -> list[Token]:
    """What a name goes on with after its head: "Abu Hurayrah", "Aqareb al-Safiyeh"."""
    end, last = head.i + 1, head.i + 1
    while end < sentence_end(head):
        token = head.doc[end]
        if not (token.dep_ == "flat" and token.head is head) and token.text not in HYPHENS:
            break
        end += 1
        last = end if token.text not in HYPHENS and token.lower_ not in ("al", "el") else last
    return head.doc.tokens[head.i + 1 : last]


def _arabic(head: Token) -> bool:
    """Whether the word is the article of an Arabic name that is no person's: "al-Wishka"."""
    if head.lower_ not in ("al", "el") or head.ent_type_ == "PER":
        return False
    rest = head.doc.tokens[head.i + 1 : head.i + 3]
    return len(rest) == 2 and rest[0].text == "-" and rest[1].text[:1].isupper() and rest[1].is_alpha


def sites(heads: list[Token], scene: Scene) -> list[Site]:
    """The places that a list of nominals means, one each, in order; "the towns of A, B and C" are three."""
    out: list[Site] = []
    for head in heads:
        found = site(head, scene)
        several = listed(head, scene) or _run_together(head, scene) or _parts(head, found, scene)
        for one in several if len(several) > 1 else [found]:
            if one is not None and one.where.name not in {s.where.name for s in out if s.where.part == one.where.part}:
                out.append(one)
    return out


def _parts(head: Token, found: Site | None, scene: Scene) -> list[Site]:
    """The same part of each of several places: "large areas of both Syria and Iraq"."""
    whole = next((c for c in head.children if c.dep_ == "nmod" and case_of(c) in ("of", "in", "across")), None)
    if found is None or found.where.part is None or whole is None or whole.pos_ != "PROPN":
        return []
    inner = [site(other, scene) for other in conjuncts(whole)]
    return [
        one._replace(where=msgspec.structs.replace(one.where, part=found.where.part), partial=found.partial)
        for one in inner
        if one is not None and one.named
    ]


def listed(head: Token, scene: Scene) -> list[Site]:
    """The places of the list that a word stands in or introduces, or that "all of which" points back to; else []."""
    doc = head.doc
    if head.tag_ == "NNS" and head.lemma_.lower() in CUES.place_nouns:
        names = listing.names(doc[min(head.i + 2, len(doc) - 1)], scene)
        names = names if names and names[0].start <= head.i + 3 else listing.spelled_out(head, scene)
        if not names:
            return _both(head, scene)
    elif head.lower_ in _RELATIVE:
        names = listing.before(head, scene)
        names = names if names and head.i - names[-1].end < 4 else []
    else:
        names = listing.names(head, scene)
    return [_of_list(item, head, scene) for item in names]


def _both(noun: Token, scene: Scene) -> list[Site]:
    """The two places spoken of last, where they are meant together: "both towns", "the two villages"; else []."""
    words = [t.lower_ for t in left_phrase(noun)[:-1]]
    if words not in (["both"], ["the", "two"], ["both", "the"]) or CUES.place_nouns[noun.lemma_.lower()] != "town":
        return []
    here, last = scene.position(noun), dict[str, Located]()
    for seen in reversed(scene.located):
        if here - BOTH < seen.at < here and not seen.minor and seen.kind not in _WIDE | _BUILT:
            last.setdefault(seen.where.name, seen)
    if len(last) < 2:
        return []
    return [meant(seen, scene, 0.7) for seen in sorted(list(last.values())[:2], key=lambda seen: seen.at)]


def including(place: Token, scene: Scene) -> list[Site]:
    """The places that a sentence names as some of those around one: "near Damascus, including Douma and Arbin"."""
    tokens = place.doc.tokens
    for at in range(place.i + 1, min(place.i + INCLUDING, sentence_end(place) - 1)):
        if tokens[at].lower_ in ("including", "notably", "namely"):
            names = listing.names(tokens[at + 1], scene) or listing.names(tokens[min(at + 4, len(tokens) - 1)], scene)
            return [_of_list(item, place, scene) for item in names if item.start > at]
        if tokens[at].pos_ == "VERB":
            break
    return []


def _in_list(head: Token, lemma: str, scene: Scene) -> Site | None:
    """The place of a list whose name covers the word, or the first of those that it introduces."""
    if head.tag_ == "NNS" and lemma in CUES.place_nouns:
        return next(iter(listed(head, scene)), None)
    covering = (item for item in listing.names(head, scene) if item.start <= head.i < item.end)
    return next((_of_list(item, head, scene) for item in covering), None)


def in_list(token: Token, scene: Scene) -> Site | None:
    """The place of a list whose name begins at the token."""
    found = next((item for item in listing.names(token, scene) if item.start == token.i), None)
    return _of_list(found, token, scene) if found is not None else None


def _of_list(item: listing.Item, token: Token, scene: Scene) -> Site:
    name = token.doc[item.start : item.end]
    mention = scene.mention(name[0])
    longer = mention is not None and mention.end < item.end and item.noun != name[-1].lower_  # "Qoraa al-Saghireh"
    known = None if longer else _named(name[0], scene, whole=True)
    if known is None:
        return Site(Where(name=name.text, text=name.text), "unknown", 0.6)
    wide = scene.context.wider(known.where.text, known.where.id, item.noun) if item.noun in _PROVINCIAL else None
    if wide is None:
        return known
    return known._replace(where=located(wide, text=known.where.text), kind=wide.kind)


def _run_together(head: Token, scene: Scene) -> list[Site]:
    """Places that stood in a list before its commas were lost: "bombed Idlib Saraqeb and Binnish"."""
    out: list[Site] = []
    mention = scene.mention(head)
    while mention is not None and mention.kind == "place":
        found = _named(head.doc[mention.start], scene)
        if found is not None and found.kind not in ("country", "governorate", "region"):
            out.insert(0, found)
        mention = scene.mention(head.doc[mention.start - 1]) if mention.start > sentence_start(head) else None
    return out


def _of_people(head: Token) -> bool:
    """Whether a part is one of people or things and not of a place: "the majority of residents"."""
    whole = next((c for c in head.children if c.dep_ == "nmod" and case_of(c) == "of"), None)
    if whole is None or whole.pos_ in ("PROPN", "PRON"):
        return False
    lemma = whole.lemma_.lower()
    built = CUES.feature_nouns | CUES.classes["building"]
    return lemma not in CUES.place_nouns and lemma not in CUES.part_nouns and lemma not in built


def land_named(mention: Mention, scene: Scene) -> Site | None:
    """The country whose state a name found as an actor is: "in Syria" is a place, "Syria said" is not."""
    actor = scene.actors.get(mention.ids[0])
    if actor.government_of is None and actor.kind != "state":
        return None
    place = next((p for p in scene.places.lookup(mention.text) if p.kind == "country"), None)
    return Site(located(place, text=mention.text), place.kind, 1.0) if place is not None else None


def _named(token: Token, scene: Scene, *, whole: bool = False) -> Site | None:
    """The place whose name covers the token; `whole` says that no longer name is to be looked for."""
    mention = scene.mention(token)
    if mention is None or mention.kind != "place":
        return None
    whole = whole or bool(listing.names(token, scene))
    if not whole and (longer := _longer(token, mention, scene)) is not None:
        return longer
    place, candidates = scene.context.choose(mention.text, mention.ids)
    if place is None:
        return None
    if token.dep_ == "appos" and placefind.too_large(place.kind, token.head.lower_):
        return Site(_fresh(token), "suburb", 0.6)  # "the last neighbourhood to fall, Qadisiya," is no province
    said = None if place.kind in _WIDE else leading(token.doc[sentence_start(token) : mention.start].text_with_ws)
    where = located(place, text=mention.text, candidates=candidates, offset=said)
    return Site(where, place.kind, 1.0)


def _longer(token: Token, mention: Mention, scene: Scene) -> Site | None:
    """A place of a longer name than the gazetteer knows, "Giza Bahriya": not the Giza that it does know."""
    if mention.end >= len(token.doc):
        return None
    after = token.doc[mention.end]
    part = after.dep_ == "flat" and mention.start <= after.head.i < mention.end
    part = part and after.lower_ not in _SPEAKING  # "18 killed in Syria Monitor"
    if not (part and after.text[:1].isupper() and after.is_alpha and scene.mention(after) is None):
        return None
    return Site(_fresh(token.doc[mention.start]), "unknown", 0.6)


def _qualified(head: Token, found: Site, near: bool, scene: Scene) -> Site:
    """Adds what stands around a name: "eastern Aleppo", "near Palmyra", "Palmyra 's centre", "in Surt , Libya"."""
    part: str | None = None
    mention = scene.mention(head)
    start = mention.start if mention else head.i
    before = head.doc[start - 1] if start > sentence_start(head) else None
    if before is not None and before.text == "-" and start - 2 >= sentence_start(head):
        before = head.doc[start - 2] if head.doc[start - 2].lower_ in CUES.directions else before
    directed = before is not None and before.lower_ in CUES.directions
    if before is not None and directed and found.kind == "country":
        part = before.text
    elif before is not None and directed and not (found.kind in _PROVINCES and before.lower_.endswith("ern")):
        # but "north-western Idlib province" says where in the country the province lies
        part = head.doc[before.i : (mention.end if mention else head.i + 1)].text
    elif before is not None and before.lower_ == "downtown":
        part = "downtown"
    elif before is not None and before.lower_ in ("of", "from", "in") and before.i - 1 >= sentence_start(head):
        lead = before.nbor(-1)
        inside = any(t.lower_ == "the" for t in lead.children)  # "in the south of Palmyra"
        if lead.lower_ in CUES.directions and lead.pos_ in _DIRECTED and before.lower_ == "of" and not inside:
            near = True  # "20 km south of Palmyra"
    if before is not None and before.lower_ in CUES.near_prepositions:
        near = True
    within = None
    end = mention.end if mention else head.i + 1
    if end + 1 < len(head.doc) and head.doc[end].text == ",":
        outer = scene.mention(head.doc[end + 1])
        if outer and outer.kind == "place":
            within = outer.text
    near = near or found.where.near
    precision = "near" if near else ("part" if part else found.where.precision)
    where = msgspec.structs.replace(found.where, near=near, part=part, within=within, precision=precision)
    return found._replace(where=where, partial=part is not None)


def _inside(head: Token, phrase: list[Token], scene: Scene, depth: int) -> Site | None:
    """The named place that a place noun belongs to: "the city of X", "X province", "X 's outskirts", "parts of X"."""
    inside = {t.i for t in phrase}
    for token in reversed(phrase[:-1]):
        mention = scene.mention(token)
        if mention and mention.kind == "place":
            found = _named(token, scene)
            if found is not None:
                return found
    if (own := _own_name(head, phrase, scene)) is not None:
        return own
    for token in [t for t in head.children if t.i > head.i]:
        if (
            token.dep_.split(":")[0] in ("nmod", "appos", "flat", "obl", "compound", "acl", "advmod")
            and token.i not in inside
        ):
            case = case_of(token).split(" ")[0]
            if case == "to" and token.lower_ in CUES.directions and phrase[0].lower_ == "the":
                continue  # "the town to the east of Damascus" was spoken of before
            if case == "to" and head.lemma_.lower() in CUES.whole_nouns:
                continue  # "the road from the town to Raqqa"
            known = head.lemma_.lower() in CUES.whole_nouns and phrase[0].lower_ == "the" and bool(scene.located)
            if case == "on" and known:
                continue  # so was "the town on Lake Chad"
            lowest = token.dep_.split(":")[0]
            if lowest in ("nmod", "obl") and case not in (
                "of",
                "in",
                "near",
                "around",
                "outside",
                "at",
                "from",
                "to",
                "on",
            ):
                continue
            if lowest == "obl" and case not in ("of", "near"):
                continue
            inner = site(token, scene, depth=depth + 1)
            if known and case == "in" and inner is not None and inner.kind in _WIDE:
                continue  # and "the town in Idlib province"
            if inner is not None and inner.named:
                return inner
    for verb in (c for c in head.children if c.dep_ == "acl" and c.lemma_.lower() in CUES.linking):
        ends = [site(end, scene, depth=depth + 1) for end in verb.children if end.dep_ == "obj" and end.i > verb.i]
        if ends and ends[0] is not None and ends[0].named:
            return ends[0]  # "the road linking Homs and Aleppo"
    for other in (c for c in head.children if c.dep_ == "conj" and c.i > head.i):  # "the airport and harbour of Surt"
        whole = next((c for c in other.children if c.dep_ == "nmod" and case_of(c) == "of"), None)
        inner = site(whole, scene, depth=depth + 1) if whole is not None else None
        if inner is not None and inner.named:
            return inner
    end = head.i + 1
    if end < len(head.doc):  # names that the parser hung elsewhere: "the village Xa", "the town of Xa"
        after = (
            head.doc[end + 1] if head.doc[end].lower_ in ("of", "called") and end + 1 < len(head.doc) else head.doc[end]
        )
        if after.lower_ in ("the", "eastern", "western", "northern", "southern") and after.i + 1 < len(head.doc):
            after = after.nbor(1)
        if scene.mention(after) is not None and scene.mention(after).kind == "place":  # type: ignore[union-attr]
            return _named(after, scene)
        if (
            head.lemma_.lower() in CUES.place_nouns
            and after.lower_ not in CUES.calendar_words
            and head.tag_ != "NNS"
            and (head.doc[end].lower_ == "of" or after.i == end)
            and after.text[:1].isupper()
            and scene.mention(after) is None
            and after.is_alpha
        ):
            noun = head.lemma_.lower()
            return Site(_fresh(after), noun if noun in _SMALL else "unknown", 0.7)
    if head.lemma_.lower() in CUES.part_nouns and (beyond := _right_after(head, scene)) is not None:
        return beyond
    if (far := _from_there(head, scene)) is not None:
        return far
    owner = next((t for t in head.children if t.dep_ == "nmod:poss"), None)
    if owner is not None and owner.lower_ in ("its", "their", "whose"):
        return _focus(head, scene, None)
    if owner is not None:
        inner = site(owner, scene, depth=depth + 1)
        mention = scene.mention(owner)
        if inner is None and mention is not None and mention.kind == "actor":
            wide = CUES.place_nouns.get(head.lemma_.lower(), "any") == "any"
            inner = land_named(mention, scene) if wide else None  # "half of Syria's territory", but not "Syria's city"
        if inner is not None:
            return inner
    return None


def _right_after(head: Token, scene: Scene) -> Site | None:
    """What a phrase of place right after a part names, whatever it hangs on: "seized swathes of land in Syria"."""
    at, end = head.i + 1, sentence_end(head)
    if at >= end or head.doc[at].lower_ not in ("in", "across"):
        return None
    for token in head.doc[at + 1 : min(at + ADJACENT, end)]:
        mention = scene.mention(token)
        land = land_named(mention, scene) if mention is not None and mention.kind == "actor" else None
        if (found := land or _named(token, scene)) is not None:
            return _qualified(token, found, False, scene)
        if token.pos_ not in ("DET", "ADJ"):
            break
    return None


def _from_there(head: Token, scene: Scene) -> Site | None:
    """The place that a distance behind a noun is measured from: "a village 20 km east of Aleppo"."""
    after = head.doc[head.i + 1 : sentence_end(head)]
    far = following(after.text)
    if far is None:
        return None
    opening = left_phrase(head)[0]
    if opening.i - 2 >= sentence_start(head) and opening.nbor(-1).text == "," and head.lemma_.lower() in _TOPICAL:
        own = scene.mention(opening.nbor(-2))
        if own is not None and own.kind == "place":
            return _named(opening.nbor(-2), scene)  # "Daquq, a town 30 km south of Kirkuk"
    token = next((t for t in after if t.idx >= after.start_char + far.end), None)
    mention = scene.mention(token) if token is not None else None
    return _named(token, scene) if token is not None and mention is not None and mention.kind == "place" else None


def _called(head: Token, phrase: list[Token], scene: Scene) -> Site | None:
    """The place that "the town of Azaz" and "the Damascus suburb of Daraya" name; "the suburbs of Homs" name none."""
    if head.lemma_.lower() not in CUES.whole_nouns or head.tag_ != "NN" or phrase[0].lower_ != "the":
        return None
    named = next((c for c in head.children if c.dep_ == "nmod" and case_of(c) == "of" and c.i > head.i), None)
    mention = scene.mention(named) if named is not None else None
    return _named(named, scene) if named is not None and mention is not None and mention.kind == "place" else None


def _own_name(head: Token, phrase: list[Token], scene: Scene) -> Site | None:
    """The place that a noun names with words that no gazetteer knows: "al-Salehia village", "the Wishka crossing"."""
    lemma = head.lemma_.lower()
    if _is_called(head):
        return None  # "the Tigrayan town of Shire"
    for token in phrase[:-1]:
        article = _arabic(token)
        if not article and (
            not token.text[:1].isupper()
            or token.i == phrase[0].i
            or token.pos_ != "PROPN"
            or not token.is_alpha
            or token.is_upper
        ):
            continue
        if scene.mention(token) is not None or scene.actors.adjective(token.text):
            continue
        if lemma in CUES.place_nouns:
            return Site(_fresh(token, head.i), "unknown", 0.6)
        if lemma in CUES.feature_nouns and token.i == head.i - 1:
            where = Where(name=head.doc[token.i : head.i + 1].text, text=head.doc[token.i : head.i + 1].text)
            return Site(where, "unknown", 0.6)
    return None


def _fresh(token: Token, before: int | None = None) -> Where:
    """A place that no gazetteer knows, by the capitalised words that name it."""
    doc, end = token.doc, token.i + 1
    while end < len(doc) and (before is None or end < before):
        if doc[end].text[:1].isupper() and doc[end].is_alpha:
            end += 1
        elif doc[end].text == "-" and end + 1 < len(doc) and doc[end + 1].text[:1].isalpha():
            end += 2
        else:
            break
    text = doc[token.i : end].text
    return Where(name=text, text=text)


def _part_of(
    head: Token,
    phrase: list[Token],
    inner: Site,
    scene: Scene,
    near: bool,
    is_place: bool,
    is_part: bool,
    is_feature: bool,
) -> Site:
    """The place around a part: "the eastern half of the city", "Aleppo's outskirts", "oil fields near Palmyra"."""
    words = describe(phrase)
    lemma = head.lemma_.lower()
    own_name = any(scene.mention(t) is not None and scene.mention(t).kind == "place" for t in phrase)  # type: ignore[union-attr]
    if lemma in (
        "province",
        "governorate",
        "region",
        "oblast",
        "state",
        "county",
        "countryside",
        "district",
        "wilayat",
    ):
        several = lemma == "district" and (head.tag_ == "NNS" or inner.kind in ("city", "town"))
        wide = None if several else scene.context.wider(inner.where.text, inner.where.id, lemma)
        if wide is not None and lemma != "countryside":
            where = located(wide, text=inner.where.text, candidates=inner.where.candidates)
            directed = next((t for t in phrase if t.lower_ in ("north", "south", "east", "west", "rural")), None)
            return Site(
                msgspec.structs.replace(where, near=near, part=describe(phrase) if directed is not None else None),
                wide.kind,
                inner.sure,
                partial=directed is not None,
            )
    if (
        is_place
        and not is_feature
        and lemma not in ("area", "district", "neighborhood", "neighbourhood", "suburb", "territory")
    ):
        directed = next((t for t in phrase if t.lower_ in CUES.directions), None)
        keep = inner.where
        if directed is not None and lemma in ("city", "town", "capital") and own_name:
            return inner._replace(where=msgspec.structs.replace(keep, part=words, near=near), partial=True)
        return inner._replace(where=msgspec.structs.replace(keep, near=near or keep.near))
    joined = any(t.dep_.split(":")[0] == "nmod" and case_of(t) in CUES.near_prepositions for t in head.children)
    town = inner.kind in ("city", "town")
    if own_name and not town and lemma in ("district", "neighborhood", "neighbourhood", "suburb", "quarter"):
        return inner._replace(where=msgspec.structs.replace(inner.where, near=near))
    if not (near or joined or own_name) and _itself(head, phrase, inner.kind, again=False):
        return inner
    near = near or joined or inner.where.near or lemma in ("countryside", "outskirts", "outskirt")
    around = inner.where.part
    if around is not None and not near and not own_name and any(w.lower() in CUES.directions for w in around.split()):
        words = f"{words} in {around}"  # "three districts in eastern Aleppo"
    where = msgspec.structs.replace(
        inner.where,
        part=words if not own_name or is_part or is_feature else None,
        near=near,
        precision="near" if near else "part",
    )
    if is_feature and own_name and not is_part and not town and inner.kind != "country":
        where = inner.where  # "Palmyra airbase" is the name of a place of its own
    return Site(where, inner.kind, inner.sure * 0.95, partial=is_part or lemma in ("area", "district", "territory"))


def _itself(head: Token, phrase: list[Token], kind: str, *, again: bool) -> bool:
    """Whether a noun means all of the place of some kind, not a part: "the rebel-held district of Bani Zeid", and where
    it is spoken of `again`, "the enclave"; "an area" and "the eastern district" after that are others, or a part."""
    lemma = head.lemma_.lower()
    if head.tag_ not in ("NN", "NNP") or lemma not in _SELF:
        return False
    if again and (phrase[0].lower_ in ("a", "an", "some", "any") or any(t.lower_ in CUES.directions for t in phrase)):
        return False
    return kind in _UNDIVIDED or (again and kind == "town" and lemma in _TOWN_SELF)


def _focus(token: Token, scene: Scene, wanted: str | None) -> Site | None:
    """The place spoken of last, of the kind that the word asks for ("the city" is no province).

    Nearest first; a place that was named only to say where another lies counts as farther away.
    """
    here = scene.position(token)
    lemma = token.lemma_.lower()
    apposed = _apposed(token, scene)
    topical = 60 if lemma in _TOPICAL else 25
    best: tuple[int, Located] | None = None
    for seen in reversed(scene.located):
        if seen.at >= here or (best is not None and here - seen.at > best[0] + topical):
            continue
        if wanted == "town" and seen.kind in _BUILT:
            seen = _around(seen, scene)
        if wanted == "town" and (seen.kind in _WIDE or seen.kind in _BUILT):
            continue
        if wanted == "region" and seen.kind not in ("governorate", "region", "district"):
            continue
        if wanted == "whole" and seen.kind not in _WHOLE:
            continue
        if wanted == "facility" and seen.kind not in _BUILT:
            continue  # the airport of a town spoken of is a part of it
        if wanted == "country" and seen.kind != "country":
            continue
        if wanted is None and seen.kind in ("country", "continent"):
            continue
        misnamed = (
            lemma in ("city", "capital") and seen.kind in ("village", "neighborhood", "suburb", "facility", "area")
        ) or (lemma in ("village", "neighborhood", "neighbourhood", "suburb", "district") and seen.kind == "city")
        if seen.at == apposed and not seen.minor and not misnamed:
            best = 0, seen
            break
        foreign = scene.country is not None and seen.where.country not in (scene.country, None)
        if foreign and scene.actors.metonym(seen.where.name) is not None:
            continue  # "in Washington the Pentagon ..."
        cost = here - seen.at + 40 * seen.minor + 30 * misnamed + 60 * foreign
        cost -= topical * (seen.where.id == scene.topic)
        if best is None or cost < best[0]:
            best = cost, seen
    if best is None:
        return None
    return meant(best[1], scene, 0.75 if best[0] < 60 else 0.6)


def meant(seen: Located, scene: Scene, sure: float) -> Site:
    """A place spoken of before, all of it."""
    where = seen.where
    if where.id is not None and where.near:  # what was said to be near it may have moved the point
        where = located(scene.places.get(where.id), text=where.text, candidates=where.candidates)
    where = msgspec.structs.replace(where, part=None, near=False, within=None)
    return Site(where, seen.kind, sure, named=False)


def _apposed(noun: Token, scene: Scene) -> int | None:
    """Where the name begins that a phrase follows at once, and so means: "Douma, the besieged town", comma or not."""
    before = noun.head if noun.dep_ == "appos" and scene.mention(noun.head) is not None else None
    for token in reversed(noun.doc.tokens[max(sentence_start(noun), noun.i - APPOSED) : noun.i]):
        if before is not None or (token.pos_ == "VERB" and token.dep_ != "amod"):
            break
        if token.lower_ in ARTICLES and token.i > sentence_start(noun):
            before = token.nbor(-1)
    if before is None:
        return None
    mention = scene.mention(before)
    if mention is None or mention.kind != "place":
        return None
    return scene.position(noun.doc[mention.start])


def _around(seen: Located, scene: Scene) -> Located:
    """The town around a building or field, which itself is none: "the city" after "Mosul University"."""
    holder = next(iter(scene.places.ancestors(seen.where.id)), None) if seen.where.id is not None else None
    if holder is None or holder.kind not in SETTLED:
        return seen
    return seen._replace(where=located(holder, text=holder.name), kind=holder.kind)


def _ahead(head: Token, scene: Scene) -> Site | None:
    """The first place named later in the sentence: "several villages were taken near Raqqa"."""
    for token in head.doc[head.i + 1 : sentence_end(head)]:
        mention = scene.mention(token)
        found = _named(token, scene) if mention is not None and mention.kind == "place" else None
        if found is not None and found.kind != "country":
            return found._replace(sure=0.55, named=False)
    return None


def _of_somebody(name: Token) -> bool:
    """Whether a name between commas is that of a person: "the mayor, Majul Gandamra,"."""
    while name.dep_ == "flat":
        name = name.head
    return name.dep_ == "appos" and name.head.lemma_.lower() in PERSONS


def _unknown_name(head: Token, scene: Scene) -> bool:
    """Whether a capitalised word that no dictionary knows may well name a place: by its preposition or the tagger."""
    if (
        head.pos_ != "PROPN"
        or not head.text[:1].isupper()
        or head.lower_ in CUES.calendar_words
        or len(head.text) < 3
        or head.is_upper
    ):
        return False
    if scene.actors.adjective(head.text) or head.ent_type_ in ("PER", "ORG") or _describes(head):
        return False
    if _of_somebody(head):
        return False
    if head.lemma_.lower() in _FIGHTING or placefind.no_place(_fresh(head).name):
        return False
    case = case_of(head) or (case_of(head.head) if head.dep_ == "conj" else "")  # "raged in Hardatain and Ratain"
    return head.ent_type_ == "LOC" or case in ("in", "near", "at", "into", "outside", "around", "toward", "towards")
