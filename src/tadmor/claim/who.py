"""From a noun or pronoun to the party it means: by dictionary, by description, by what was said before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from tadmor.claim.clause import (
    ARTICLES,
    HYPHENS,
    case_of,
    children,
    hyphened,
    is_passive,
    of_verb,
    sentence_end,
    sentence_start,
)
from tadmor.claim.scene import SOURCE_KINDS, Mention, Remembered, Scene
from tadmor.claim.tree import Token
from tadmor.lexicon import cues, frames
from tadmor.lexicon.actors import Actor
from tadmor.records import Party

CUES = cues.load()
_INNER = frozenset("compound amod nmod:poss nmod flat nummod det punct case nmod:desc advmod appos".split())


_RELATING = (
    frozenset(  # words that say how parties stand to each other
        lemma
        for table in (frames.load().verbs, frames.load().nouns)
        for lemma, of in table.items()
        if any(frame.kind == "relation" for _, frame in of)
    )
    | frames.load().adjectives.keys()
    | CUES.between_words.keys()
    | CUES.backed_words.keys()
)
BACK = 0.7  # how sure a party is that was spoken of before
ABROAD = 80  # words back to the army that "the army" is
ENEMY = 200  # words back to whom "the enemy" means
OWN = 40  # words by which a speaker's own side is nearer to "they" in what he says
SWORN = 7  # words from a noun to an oath and what it is sworn to
_OPENING = ARTICLES | {"another"}
_WEIGHS = CUES.quantifiers | CUES.weighing  # says how many or how much they matter, and not who they are
_OPENS = CUES.pointing | _WEIGHS
_LAND = CUES.place_nouns.keys() | CUES.part_nouns
_GROUPS = CUES.group_nouns | CUES.armed_nouns
_AMOUNTS = CUES.amounts | CUES.group_nouns
_CALLS = _OPENING | {"as", "itself", "themselves", "himself"}  # between "calls" and the name
_OF_STATE = {"army", "force", "military", "soldier", "troop", "troops"}  # a state's own, by their usual sense
_OF_RULERS = _OF_STATE | {"government", "regime", "unit"}
_BANDS = ("armed group", "militia", "coalition", "party")
_FALLS = {"capture", "fall", "loss", "recapture", "seizure", "takeover"}
_SHARES = {"percent", "per", "%"}
NAME_ARTICLES = {"Al", "El"}  # that names begin with, written apart
_DETACHED = {"unit", "detachment"}
_BREAKS = {"VERB", "ADP", "CCONJ", "AUX", "SCONJ", "PRON", "ADV"}


class Named(NamedTuple):
    """A party with how it was found: `sure` is 1 for a name, less for a description or an anaphor."""

    party: Party
    armed: bool
    sure: float


def left_phrase(head: Token) -> list[Token]:
    """The noun and what stands before it in its phrase, without what a relative clause or a list adds."""
    known: dict[int, int] = head.doc.user_data.setdefault("tadmor phrases", {})
    start = known.get(head.i)
    if start is None:
        start = known[head.i] = _phrase_start(head)
    return head.doc.tokens[start : head.i + 1]


def _phrase_start(head: Token) -> int:
    start, first, tokens = head.i, sentence_start(head), head.doc.tokens
    while start > first:
        token = tokens[start - 1]
        if token.text in HYPHENS and token.whitespace_ and start > 1 and tokens[start - 2].whitespace_:
            break  # "ADEN - Fighters"
        if token.is_space or token.text in ',;:()–—“”"' or token.pos_ in _BREAKS or token.lower_ in CUES.time_words:
            possessive = token.pos_ == "PRON" and token.dep_ == "nmod:poss"
            if possessive or token.lower_ == "pro" or (token.pos_ == "VERB" and token.i and hyphened(token)):
                start -= 1
                continue
            break
        if token.head.i < start - 1 and token.dep_ not in _INNER and not head.is_ancestor(token):
            break
        if token.text[:1].isupper() and token.lower_ in CUES.calendar_words:
            break  # "In May the militant group"
        start -= 1
        if token.dep_ == "det" and token.lower_ in _OPENING:
            break  # "Irbin another rebel area": what stands before an article belongs to no phrase of it
    return start


def describe(tokens: list[Token]) -> str:
    """The words of a phrase without its article and its number, but for a share: "90 percent"."""
    while tokens and (tokens[0].lower_ in _OPENS or tokens[0].pos_ == "NUM" or tokens[0].text in HYPHENS):
        if len(tokens) > 1 and tokens[1].lower_ in _SHARES:
            break
        tokens = tokens[1:]
    if not tokens:
        return ""
    first, last = tokens[0], tokens[-1]
    return first.doc.text[first.idx : last.idx + len(last.text)].strip()


def party(head: Token, scene: Scene, *, avoid: str | None = None) -> Named | None:
    """The party that the nominal headed by `head` means; None if it means none.

    `avoid` names a party that a pronoun or definite noun cannot mean: the subject, where it is the object.
    """
    return scene.meaning(_party, head, avoid)


def _party(head: Token, scene: Scene, avoid: str | None) -> Named | None:
    lemma = head.lemma_.lower()
    if lemma in CUES.amounts:
        for child in head.children:
            if child.dep_ == "nmod" and any(c.lower_ == "of" for c in child.children):
                return party(child, scene, avoid=avoid)
    if lemma in CUES.member_nouns and head.i > sentence_start(head) and head.nbor(-1).dep_ in ("compound", "amod"):
        before = head.nbor(-1)
        if before.lemma_.lower() in CUES.armed_nouns and (whole := party(before, scene)) is not None:
            return whole  # "army men", "rebel elements"
    armed_word = lemma in CUES.armed_nouns or scene.actors.force(lemma) is not None
    mention = scene.mention(head)
    named = mention is not None and mention.kind == "actor"
    if mention is not None and land_of(mention, scene) == "its":
        return None
    if (armed_word or lemma in CUES.group_nouns) and (chief := _led(head, scene)) is not None:
        return chief
    if mention and named and (not armed_word or mention.end - mention.start > 1):
        return known(mention.ids[0], describe(list(head.doc[mention.start : mention.end])), scene)
    if head.pos_ == "PRON" or head.lower_ in CUES.pronouns:
        return _back(head, scene, avoid)
    if head.lower_ in ("former", "latter") and head.dep_ not in ("amod", "compound"):
        return _of_two(head, scene)
    if lemma == "enemy" and mention is None:
        return _enemy(head, scene)
    if mention is None and lemma in _GROUPS and (renamed := _renamed(head, scene)) is not None:
        return party(renamed, scene)
    if mention is None and (named_after := _completed(head, lemma, scene)) is not None:
        return named_after
    if mention is None and (armed_word or lemma in CUES.group_nouns) and (called := _called(head, scene)) is not None:
        return called
    phrase = left_phrase(head)
    while len(phrase) > 1 and (phrase[0].pos_ == "NUM" or phrase[0].lower_ in _WEIGHS):
        phrase = phrase[1:]
    phrase = _after_source(phrase, scene)
    words = ["'s" if t.text == "s" else t.text for t in phrase]  # as texts arrive that lost their apostrophes
    if mention and mention.kind == "source":
        source = scene.sources.get(mention.ids[0])
        if source.kind in ("official", "military") and source.speaks_for is not None:
            return known(source.speaks_for, mention.text, scene)  # "the army general command took the town"
        return Named(Party(name=source.name, text=mention.text), False, 0.8)
    if armed_word and phrase[0].lower_ in ("its", "their", "whose"):  # "Moscow said its forces ...": the speaker's
        speaker = scene.speaking(head) if phrase[0].lower_ != "whose" else None
        owner = known(speaker, describe(phrase), scene) if speaker else _back(phrase[0], scene, avoid)
        if owner is not None:
            return owner
    first = scene.mention(phrase[0]) if lemma in CUES.insurgent_nouns and len(words) > 1 else None
    if first is not None and (first.kind == "place" or land_of(first, scene)):
        words = [t.text for t in phrase if t.i >= first.end] or words[
            -1:
        ]  # "Aleppo rebels", "Syria rebels" fight there
    if mention is None and (members := _made_of(head, lemma)) is not None and (made := party(members, scene)):
        return made._replace(party=msgspec.structs.replace(made.party, text=describe([*phrase, *members.subtree])))
    if mention is None or mention.kind != "place":
        actor = _side(words, scene, scene.land(head))
        if actor is not None:
            pointing = phrase[0].lower_ in CUES.pointing and not any(w[:1].isupper() for w in words[1:])
            bare = lemma in _OF_STATE and all(t.lower_ in _OPENS or t.lower_ == "air" for t in phrase[:-1])
            if bare and (invader := _abroad(head, actor.id, scene)) is not None:
                return known(invader, describe(phrase), scene)
            if pointing and actor.kind not in ("state", "government"):
                back = _back(head, scene, avoid)
                if back is not None and _narrower(back, actor.id, lemma, scene):
                    return back
            return known(actor.id, describe(phrase), scene)
    force = scene.actors.force(lemma)
    weapon = lemma in CUES.weapon_nouns or (force is not None and force.arm in ("air", "artillery", "naval"))
    if weapon and mention is None:
        modifiers = phrase[-2:-1] if lemma in CUES.weapon_nouns else phrase[:-1]
        for token in modifiers:  # "Russian jets": only states have them
            country = scene.actors.adjective(token.text)
            state = scene.actors.government(country, scene.published) if country else None
            if state is not None and not any(hyphened(t) for t in phrase):
                return known(state.id, describe(phrase), scene)
    for token in reversed(phrase[:-1]):  # a name inside the phrase: "Islamic State fighters"
        inner = scene.mention(token)
        if inner and land_of(inner, scene) and lemma in CUES.insurgent_nouns:
            break  # "Syria rebels" are not Syria's
        if inner and inner.kind == "actor" and (armed_word or lemma in CUES.group_nouns or lemma in CUES.leader_nouns):
            if any(hyphened(t) for t in phrase if t.i >= inner.end) or _joined_after(inner.end, phrase):
                return Named(Party(name=describe(phrase), text=describe(phrase)), True, 0.8)
            return known(inner.ids[0], describe(phrase), scene)
    for child in head.children:  # "fighters of the Islamic State"
        if child.dep_ == "nmod" and (armed_word or lemma in CUES.leader_nouns) and child.i > head.i:
            case = next((c.lower_ for c in child.children if c.dep_ == "case"), "")
            inner = scene.mention(child)
            if case in ("of", "from") and inner and inner.kind == "actor":
                return known(inner.ids[0], describe(phrase), scene)
            whole = party(child, scene) if case == "of" and inner is None and lemma in _OF_RULERS else None
            if whole is not None and whole.armed:
                return whole  # "units of the army"
    if mention and mention.kind == "place":
        if lemma in CUES.armed_nouns:
            return Named(Party(name=describe(phrase), text=describe(phrase)), True, 0.6)
        place, _ = scene.context.choose(mention.text, mention.ids)
        if (seat := _acts(head, scene) or relates(head, scene)) is not None:
            return known(seat, mention.text, scene)
        if place is not None and place.kind == "country" and place.country:
            state = scene.actors.government(place.country, scene.published)
            if state is not None and head.dep_.split(":")[0] in ("nsubj", "obl", "nmod", "conj", "obj", "appos"):
                return known(state.id, mention.text, scene)
        return None
    if lemma in _DETACHED and len(phrase) == 1 and (back := _back(head, scene, avoid)) is not None:
        return back  # "units destroyed three tanks": those of the army spoken of before
    if armed_word or lemma in CUES.group_nouns:
        whose = (c for c in head.children if c.dep_ == "nmod" and c.i > head.i and case_of(c) in ("from", "of"))
        own = any(c.lemma_.lower() not in _LAND for c in whose)  # but "deprives the group of territory"
        described = any(hyphened(t) for t in phrase)  # "the Turkish-backed militants" are not those spoken of before
        if phrase[0].lower_ in CUES.pointing and not described:
            back = _back(head, scene, avoid)
            if back is not None and fits(lemma, back, scene) and (not own or _allied(back, scene)):
                return back  # "the alliance of Kurdish and Arab militias" is the one spoken of before
        if lemma in CUES.group_nouns and not any(t.lemma_.lower() in CUES.armed_nouns for t in phrase):
            return None
        if lemma in ("army", "military", "government", "regime", "troops", "soldier", "troop") and (
            land := scene.land(head)
        ):
            state = scene.actors.government(land, scene.published)
            if state is not None and not any(w[:1].isupper() for w in words[1:]):
                return known(state.id, describe(phrase), scene)
        return unnamed(describe(phrase), 0.6)
    last = max([head.i, *(c.i for c in head.children if c.dep_ == "flat")])
    leader = scene.actors.leader(head.doc[head.i : last + 1].text) or scene.actors.leader(describe(phrase))
    if leader:
        return known(leader, describe(phrase), scene)
    if head.lower_.endswith("ians") or head.text[:1].isupper():
        country = scene.actors.adjective(head.text)
        if country and head.pos_ in ("NOUN", "PROPN") and head.text.endswith("s"):
            state = scene.actors.government(country, scene.published)
            if state is not None:
                return known(state.id, head.text, scene)
    if head.pos_ == "PROPN" and head.ent_type_ == "ORG" and lemma not in CUES.place_nouns and not toponym_head(head):
        return Named(Party(name=describe(phrase), text=describe(phrase)), False, 0.5)
    return None


def toponym_head(name: Token) -> Token | None:
    """The word that a name begins with, if names of places begin so: of "Sheikh Fares" the first, asked of either."""
    before = name.nbor(-1) if name.i > sentence_start(name) else name
    opens = before.lower_ in CUES.toponym_heads or before.text in NAME_ARTICLES
    if before.head is name and before.dep_ in ("compound", "flat", "det") and opens:
        return before
    return name if name.lower_ in CUES.toponym_heads else None


def _abroad(head: Token, home: str, scene: Scene) -> str | None:
    """The id of the state whose army fights abroad, where none of the land's was spoken of: "the army", "soldiers"."""
    land = scene.actors.get(home).name
    here = scene.position(head)
    last: str | None = None
    for seen in reversed(scene.parties):
        if seen.at >= here or seen.party.id is None:
            continue
        if seen.party.id == home and seen.party.text != land:
            return None
        word = seen.party.text.lower().rpartition(" ")[2]
        if last is None and here - seen.at < ABROAD and _singular(word) in _OF_STATE:
            last = seen.party.id if scene.actors.get(seen.party.id).kind == "state" else None
    return last


def _acts(head: Token, scene: Scene) -> str | None:
    """The id of the government that a capital stands for as the one who does something: "Ankara blocked the sites"."""
    if any(c.dep_ in ("case", "nmod:poss", "compound", "amod") for c in head.children):
        return None
    return _seat(head, scene) if head.dep_.startswith("nsubj") else None


def relates(head: Token, scene: Scene) -> str | None:
    """The id of the government that a capital stands for, and no place: "loyal to Damascus", "Moscow warned Kyiv",
    "accused Baku of shelling the town"."""
    seat = _seat(head, scene)
    if seat is None:
        return None
    if head.dep_ == "nsubj" and head.head.lemma_.lower() in CUES.say_verbs and _acts(head, scene):
        return seat
    first = head
    while first.dep_ == "conj":
        first = first.head
    case, other = case_of(first), first.head
    done = case == "by" and other.pos_ == "VERB"
    joined = first.dep_ == "nmod:poss" or case in ("to", "with", "of", "from")
    beside = joined and not _RELATING.isdisjoint((other.lower_, other.lemma_.lower()))
    blamed = first.dep_ in ("obj", "nsubj:pass") and other.lemma_.lower() in CUES.addressing
    return seat if done or beside or blamed else None


def _seat(head: Token, scene: Scene) -> str | None:
    mention = scene.mention(head)
    return scene.actors.metonym(mention.text) if mention is not None and mention.kind == "place" else None


def _made_of(head: Token, lemma: str) -> Token | None:
    """Who makes up a group that is not known by name: "a coalition of Islamist insurgents" is not the Coalition."""
    if lemma not in CUES.group_nouns or left_phrase(head)[0].lower_ not in ("a", "an"):
        return None
    return next((c for c in head.children if c.dep_ == "nmod" and c.i > head.i and case_of(c) == "of"), None)


def _after_source(phrase: list[Token], scene: Scene) -> list[Token]:
    """The phrase without a source that ran into it as its comma was lost: "SANA news agency terrorists"."""
    for n in range(len(phrase) - 2, -1, -1):
        mention = scene.mention(phrase[n])
        kind = phrase[n].pos_ != "ADJ" and phrase[n].lemma_.lower() in SOURCE_KINDS  # but "Russian military police"
        if (mention is not None and mention.kind == "source") or kind:
            joined = mention is not None and (mention.end > phrase[-1].i or _of_an_army(mention, scene))
            return phrase if joined or hyphened(phrase[n + 1]) else phrase[n + 1 :]
    return phrase


def _of_an_army(mention: Mention, scene: Scene) -> bool:
    """Whether a source is an army or an office, so that what follows may be its own: "Russian military police"."""
    return mention.kind == "source" and scene.sources.get(mention.ids[0]).kind in ("official", "military")


def _joined_after(index: int, phrase: list[Token]) -> bool:
    return any(t.i == index and t.text == "-" for t in phrase)


def civilians(head: Token) -> bool:
    """Whether the noun means people who are no party to the war."""
    return head.lemma_.lower() in CUES.civilian_nouns


def known(id: str, text: str, scene: Scene) -> Named:
    """The actor of the dictionary under its canonical name; of governments, the one of the report's day."""
    actor = scene.actors.on(id, scene.published)
    armed = actor.kind not in ("people", "intergovernmental", "civil")
    return Named(Party(name=actor.name, id=actor.id, text=text or actor.name), armed, 1.0)


def judges(deed: Token) -> list[Token]:
    """The subjects, word by word, of the verbs above a deed that condemn or praise it: they did not do it."""
    return _subjects(above for above in deed.ancestors if above.lemma_.lower() in CUES.judging)


def losers(deed: Token) -> list[Token]:
    """The subjects, word by word, of the verbs above that admit or deny that a place has fallen, or its capture: not
    to them, nor was it theirs."""
    passive = is_passive(deed) and not of_verb(deed).subj
    if deed.lemma_.lower() not in _FALLS and not passive:
        return []
    judging = CUES.deny_verbs | CUES.concede_verbs - {"confirm"}
    return _subjects(above for above in deed.ancestors if above.lemma_.lower() in judging)


def _subjects(verbs: Iterable[Token]) -> list[Token]:
    subjects = [subject for verb in verbs for subject in children(verb, "nsubj")]
    return [word for subject in subjects for word in (subject, *children(subject, "flat"))]


def rules(party: Party, scene: Scene) -> bool:
    """Whether a party is a state or its government."""
    return party.id is not None and scene.actors.get(party.id).kind in ("state", "government")


def unnamed(words: str, sure: float) -> Named | None:
    """A party that no dictionary knows, by the report's own words; None for no words."""
    return Named(Party(name=_plainly(words), text=words), True, sure) if words else None


def _plainly(words: str) -> str:
    """One name for those of whom only the kind is told: "Terrorist organizations", "the terrorist" are "terrorists"."""
    lemmas = [_singular(word) for word in words.lower().split()]
    kinds = [lemma for lemma in lemmas if lemma in CUES.insurgent_nouns]
    if not kinds or not set(lemmas) <= CUES.insurgent_nouns | CUES.group_nouns | CUES.member_nouns | {"armed"}:
        return words
    return f"{kinds[-1][:-3]}men" if kinds[-1].endswith("man") else f"{kinds[-1]}s"


def _singular(word: str) -> str:
    return f"{word[:-3]}man" if word.endswith("men") else word.removesuffix("s")


def fits(lemma: str, back: Named, scene: Scene) -> bool:
    """Whether a remembered party may be called by this noun: a state is no militia, a militia no army."""
    if back.party.id is None:
        return lemma in back.party.name.lower() or lemma in CUES.group_nouns
    kind = scene.actors.get(back.party.id).kind
    if kind in ("state", "government"):
        return lemma in _OF_RULERS or lemma == "side"
    if kind == "coalition" and "coalition" in back.party.name.lower():
        return lemma not in ("group", "militia", "movement", "faction")
    if kind == "intergovernmental":
        return lemma in ("organisation", "organization", "mission", "side", *_OF_STATE)
    if lemma in CUES.insurgent_nouns and scene.country is not None:
        home = scene.actors.government(scene.country, scene.published)
        if home is not None and scene.actors.same_side(back.party.id, home.id, scene.published) == 1.0:
            return False  # "the militants" are none who fight for the government
    return lemma not in _OF_RULERS - {"force", "troop", "troops"} and lemma != "police"


def _allied(named: Named, scene: Scene) -> bool:
    """Whether a party is an alliance of others."""
    return named.party.id is not None and scene.actors.get(named.party.id).kind == "coalition"


def _completed(head: Token, lemma: str, scene: Scene) -> Named | None:
    """What follows the noun and says who is meant: "the Islamist group Ansar Dine", "forces loyal to Haftar"."""
    after = head.nbor(1) if head.i + 1 < sentence_end(head) else None
    if after is None:
        return None
    mention = scene.mention(after)
    if lemma in CUES.group_nouns and mention is not None and mention.kind == "actor" and mention.start == after.i:
        return known(mention.ids[0], mention.text, scene)
    if after.lower_ in ("loyal", "allied", "faithful") and after.i + 2 < sentence_end(head):
        window = head.doc.tokens[head.i : min(after.i + 6, sentence_end(head))]
        words = [t.text for t in window]
        owned = any(t.tag_ == "POS" for t in window)  # "loyal to Sudan's former vice-president"
        for end in range(len(words), 3, -1) if not owned else ():
            actor = scene.actors.side(words[:end], scene.land(head), scene.published)
            if actor is not None:
                return known(actor.id, " ".join(words[:end]), scene)
        lord = _lord(head, after, scene) if lemma in CUES.armed_nouns else None
        if lord is not None:
            return known(lord, describe([*left_phrase(head), after]), scene)
    return _sworn(head, scene)


def _lord(head: Token, loyal: Token, scene: Scene) -> str | None:
    """To whom fighters without a name of their own are loyal: "forces allied to Libya's UN-recognised government"."""
    if any(t.text[:1].isupper() for t in left_phrase(head) if t.i > sentence_start(head)):
        return None
    for lord in loyal.children:
        if lord.dep_ not in ("obl", "nmod", "obj") or case_of(lord) not in ("to", "with"):
            continue
        called = [c for c in lord.children if c.dep_ in ("appos", "conj", "flat") and c.i > lord.i]
        for person in (c for c in called if c.pos_ == "PROPN"):  # "the former vice-president, Riek Machar"
            name = [person, *(c for c in person.children if c.dep_ == "flat")]
            leads = scene.actors.leader(" ".join(t.text for t in name))
            if leads is not None:
                return leads
        named = party(lord, scene) if not is_former(lord) else None
        if named is not None:
            return named.party.id
    return None


def is_former(noun: Token) -> bool:
    """Whether somebody was what he is called: "the former vice-president", "former rebels"."""
    return any(c.lower_ in CUES.former for c in noun.children if c.dep_ in ("amod", "compound", "advmod"))


def _sworn(head: Token, scene: Scene) -> Named | None:
    """Whose people they are by their word: "gunmen claiming allegiance to X", "fighters who pledged loyalty to X"."""
    after = head.doc[head.i + 1 : min(head.i + SWORN, sentence_end(head))]
    oath = next((t for t in after if t.pos_ in ("NOUN", "PROPN")), None)
    lord = sworn_to(oath, scene) if oath is not None else None
    return known(lord.ids[0], describe(list(head.doc[head.i : lord.end])), scene) if lord is not None else None


def sworn_to(oath: Token, scene: Scene) -> Mention | None:
    """The party that an oath is made to: "allegiance to the Islamic State"."""
    after = [t for t in oath.doc[oath.i + 1 : min(oath.i + 4, sentence_end(oath))] if t.lower_ != "the"]
    if oath.lemma_.lower() not in CUES.oaths or len(after) < 2 or after[0].lower_ != "to":
        return None
    mention = scene.mention(after[1])
    return mention if mention is not None and mention.kind == "actor" else None


def _led(head: Token, scene: Scene) -> Named | None:
    """The group that leads fighters who bear no name: "insurgents led by Hayat Tahrir al-Sham", "HTS-led rebels".

    Whom a state leads are not its own.
    """
    after = head.doc[head.i + 1 : min(head.i + 5, sentence_end(head))]
    if len(after) > 2 and after[0].lower_ in CUES.led_words and after[1].lower_ == "by":
        chief = scene.mention(after[3] if len(after) > 3 and after[2].lower_ == "the" else after[2])
        if chief is not None and chief.end < len(head.doc) and head.doc[chief.end].tag_ == "POS":
            return None  # "led by al-Qaeda's affiliate"
    else:
        led = next((t for t in left_phrase(head) if t.lower_ == "led" and hyphened(t)), None)
        chief = scene.mention(led.nbor(-2)) if led is not None and led.i - 2 >= sentence_start(head) else None
    if chief is None or chief.kind != "actor" or scene.actors.get(chief.ids[0]).kind not in _BANDS:
        return None
    return known(chief.ids[0], describe(left_phrase(head)), scene)


def _called(head: Token, scene: Scene) -> Named | None:
    """The name that a group is said to bear: "an alliance of rebels that calls itself the Army of Conquest"."""
    for noun in (head, *(c for c in head.children if c.dep_ == "nmod" and c.i > head.i)):
        for clause in noun.children:
            if clause.dep_.startswith("acl") and clause.lemma_.lower() in CUES.naming_verbs and clause.i > noun.i:
                after = head.doc[clause.i + 1 : min(clause.i + 6, sentence_end(head))]
                name = next((t for t in after if t.lower_ not in _CALLS), None)
                mention = scene.mention(name) if name is not None else None
                if mention is not None and mention.kind == "actor" and name is not None and mention.start == name.i:
                    return known(mention.ids[0], mention.text, scene)
    return None


def _renamed(head: Token, scene: Scene) -> Token | None:
    """The name that an apposition stands for: "the committee of X, a group that ..." gives the committee."""
    first = left_phrase(head)[0]
    clause = any(c.dep_ == "acl:relcl" for c in head.children)
    if first.lower_ not in ARTICLES or first.i == sentence_start(head) or not (head.dep_ == "appos" or clause):
        return None
    comma = first.nbor(-1)
    if comma.text not in (",", "(", "-", "–", "—"):
        return None
    for token in reversed(list(head.doc[max(sentence_start(head), comma.i - 5) : comma.i])):
        mention = scene.mention(token)
        if mention is not None and mention.kind in ("actor", "source"):
            return head.doc[mention.end - 1]
        if token.pos_ in ("VERB", "AUX", "PUNCT"):
            return None
    return None


def name_before(opening: Token, scene: Scene) -> Mention | None:
    """The name right before a phrase that renames it, with or without its comma: "the Observatory, an ... group"."""
    if opening.lower_ not in ARTICLES or opening.i == sentence_start(opening):
        return None
    before = opening.nbor(-1)
    if before.text in (",", "(", "–", "—", "-") and before.i > sentence_start(opening):
        before = before.nbor(-1)
    return scene.mention(before)


def _side(words: list[str], scene: Scene, land: str | None) -> Actor | None:
    """Whose forces a phrase means; words that do not say whose ("the last government troops") are passed."""
    for start in range(max(1, len(words) - 1)):
        if start and words[start - 1] in HYPHENS:
            continue  # "an anti-government group" is not the government's
        actor = scene.actors.side(words[start:], land, scene.published)
        if actor is not None:
            return actor
        if words[start][:1].isupper() and start:
            break  # a name that is not known: "Misratan troops" are not just any troops
    return None


def _narrower(back: Named, id: str, lemma: str, scene: Scene) -> bool:
    """Whether the party spoken of before is one that a general word means: "the rebels" after "Ahrar al-Sham"."""
    if lemma in back.party.name.lower():
        return True
    return back.party.id is not None and (scene.actors.same_side(back.party.id, id, scene.published) or 0) > 0


def alone(token: Token, scene: Scene) -> Named | None:
    """The party that one word means by itself, whatever longer name it is part of ("Turkey-backed")."""
    return meant(token.text, token, scene)


def meant(word: str, token: Token, scene: Scene) -> Named | None:
    """The party that a word, or a part of one ("anti-ISIS"), means by itself at the token."""
    if word[:1].isupper() and (bloc := CUES.blocs.get(word.lower())) is not None:
        return known(bloc, word, scene)
    country = scene.actors.adjective(word)
    actor = scene.actors.government(country, scene.published) if country else None
    common = (word.lower(), word.lower().removesuffix("s"))  # "the regimes allies", which lost its apostrophe
    generic = (scene.actors.generic(w, scene.land(token), scene.published) for w in common)
    actor = actor or scene.actors.by_name(word) or next(filter(None, generic), None)
    if actor is not None:
        return known(actor.id, word, scene)
    leader = scene.actors.leader(word) if word[:1].isupper() else None
    return known(leader, word, scene) if leader else None


def land_of(mention: Mention, scene: Scene) -> str | None:
    """ "name" where the mention is the plain name of a country ("Syria"), "its" where that is a possessive.

    Texts that lost their apostrophes write "Syrias Homs" for "Syria's Homs".
    """
    actor = scene.actors.get(mention.ids[0]) if mention.kind == "actor" else None
    land = scene.actors.land(actor.country) if actor is not None and actor.country else None
    if land is None:
        return None
    if mention.text == land:
        return "name"
    return "its" if mention.text in (f"{land}s", f"{land}'s", f"{land}\u2019s") else None


def owner(head: Token, scene: Scene) -> Named | None:
    """The party that stands right before a noun for what is its own: "ISIL sites", "a group of rebel fighters"."""
    inside = [c for c in head.children if c.dep_ == "nmod" and case_of(c) == "of"] if _amounts(head) else []
    for inner in inside:
        if (found := party(inner, scene)) is not None:
            return found
    before = head.nbor(-1) if head.i > sentence_start(head) else None
    if before is None or before.head.i != head.i or before.dep_ not in ("compound", "amod", "nmod:poss"):
        return None
    mention = scene.mention(before)
    if mention is not None and mention.kind == "actor":
        return known(mention.ids[0], mention.text, scene)
    return alone(before, scene) if mention is None and not scene.actors.adjective(before.text) else None


def _amounts(head: Token) -> bool:
    return head.lemma_.lower() in _AMOUNTS


def _of_two(head: Token, scene: Scene) -> Named | None:
    """Which of the last two parties spoken of "the former" and "the latter" mean."""
    here = scene.position(head)
    last: list[Party] = []
    for seen in reversed(scene.parties):
        if seen.at < here and all(seen.party.name != other.name for other in last):
            last.append(seen.party)
        if len(last) == 2:
            return Named(last[0 if head.lower_ == "latter" else 1], True, BACK)
    return None


def _enemy(head: Token, scene: Scene) -> Named | None:
    """Whom "the enemy" means: the last party spoken of that those who say it fight against."""
    here = scene.position(head)
    before = [seen for seen in reversed(scene.parties) if seen.at < here and here - seen.at < ENEMY]
    speaker = scene.speaking(head)
    home = speaker or next((seen.party.id for seen in before if seen.state), None)
    for seen in before:
        if home and seen.party.id and (scene.actors.same_side(home, seen.party.id, scene.published) or 0) < 0:
            return Named(seen.party, seen.armed, BACK)
    return None


def _back(head: Token, scene: Scene, avoid: str | None = None) -> Named | None:
    """The party spoken of before that the pronoun or definite noun fits best: nearest first, subjects before others."""
    if head.dep_ == "nmod:poss" and head.head.dep_ == "conj" and (owner := party(head.head.head, scene)) is not None:
        return owner._replace(sure=BACK)  # "Turkey and its allies"
    here = scene.position(head)
    lemma = head.lemma_.lower()
    avoid = avoid or _attacker(head, scene)
    plural = head.lower_ in ("they", "them", "their", "theirs", "themselves") or head.tag_ in ("NNS", "NNPS")
    speaker = scene.speaking(head) or ""
    nearest: tuple[int, Remembered] | None = None
    for seen in reversed(scene.parties):
        if seen.at >= here or here - seen.at > 120 or seen.party.name == avoid:
            continue
        named = Named(seen.party, seen.armed, BACK)
        if head.pos_ != "PRON" and head.lower_ not in CUES.pronouns and not fits(lemma, named, scene):
            continue
        if head.lower_ in ("it", "its", "itself") and not (seen.state or not seen.plural):
            continue
        if head.lower_ in ("he", "him"):
            continue
        if lemma in CUES.group_nouns and not plural and seen.plural and seen.party.name.islower():
            continue  # "the group" is one with a name, and not "rebels"
        if plural and not seen.armed:
            continue
        cost = here - seen.at + (0 if seen.subject else 25) - (OWN if seen.party.id == speaker else 0)
        if nearest is None or cost < nearest[0]:
            nearest = cost, seen
    return Named(nearest[1].party, nearest[1].armed, BACK) if nearest else None


def _attacker(owner: Token, scene: Scene) -> str | None:
    """Who is not meant by "their" in "attacks by the army against their strongholds", as he does not attack himself."""
    thing = owner.head
    if owner.dep_ != "nmod:poss" or case_of(thing) != "against":
        return None
    deed = thing.head
    doers = [c for c in deed.children if c.dep_ in ("nsubj", "nmod:poss", "compound", "obl:agent") and c.i < owner.i]
    doers += [deed] if deed.pos_ == "NOUN" else []  # "attacks by the army against their ...", taken for the army's
    while deed.pos_ not in ("VERB", "AUX") and deed.head is not deed:
        deed = deed.head
        doers += [c for c in deed.children if c.dep_ in ("nsubj", "obl:agent") and c.i < owner.i]
    named = (party(doer, scene) for doer in doers)
    return next((one.party.name for one in named if one is not None), None)
