"""Chooses who or where fills a role of a claim, of all candidates, by what speaks for and against each.

`features` says all that does, as the weights are trained on it. `choose` finds the same in pieces, each once: what
a candidate has of itself for all claims of the sentence, how it stands to a word for all claims at that word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from tadmor.claim import infer, learned
from tadmor.claim.candidates import Candidate, Lying
from tadmor.claim.clause import VERBAL, case_of, is_passive, of_verb, sentence_start
from tadmor.claim.draft import Draft
from tadmor.claim.paths import Link, Paths, cased
from tadmor.claim.ranker import Groups, Heap, Numbers, Sorts
from tadmor.claim.scene import Scene
from tadmor.claim.site import Site, of_land
from tadmor.claim.stance import predecessors
from tadmor.claim.told import Told
from tadmor.claim.tree import Token
from tadmor.claim.who import judges, losers, party, rules
from tadmor.lexicon import cues, frames

CUES = cues.load()
FRAMES = frames.load()
ROUTES = CUES.classes["routes"]
SUFFERED = frozenset({"besieges", "repels"})  # who undergoes this in the passive does not do it
WHOLE = frozenset({"across", "throughout", "all over", "over"})
HERE, BEFORE = 0, 1  # places among the `sorts` of candidates that stand in the sentence, and of those spoken of before
# how much less likely a claim is nowhere, and how much more likely it is about what a phrase like "rebel-held Idlib"
# names, than the weights say; swept 0.02 to 1 and 1 to 100 on the development gold
NOWHERE = 0.2
IN_ONE_PHRASE = 8.0
INSTANCE = 14  # words from "including" to whom it names
GROUPS = CUES.armed_nouns | CUES.insurgent_nouns | CUES.group_nouns
FINITE = frozenset({"VBD", "VBZ", "MD"})
STATIONED = 0.01  # how much less likely it is that something happened where those are who did it to others
THROUGHOUT = 5.0  # how much more likely a claim is about all of a country where it says "across Syria"
# truces and uprisings that a sentence names no place for are seldom those of the town that was spoken of before
GENERAL = frozenset({"Agreement", "Peaceful protest", "Excessive force against protesters"})
BEFORE_GENERAL = 0.005
POINTING = frozenset({"PRON", "DET", "SCONJ"})  # words of the sentence that only point to what was spoken of before
AT_WAR = 0.001  # the same where the sentence is about the war of a country
POSITIONED = "positioned"  # the frame of those who are somewhere, which names where
LOCATING = 0.5  # of what speaks for a place that only says where another lies, how much speaks for the other


# prepositions of the other end of a way
_AWAY = {"loses": ("to", "toward", "towards", "for", "into"), "advances": ("from", "out of")}


class Standing(NamedTuple):
    """Traits of a candidate that depend on the claim: those looked at together with a whole sort, and others apart."""

    often: tuple[str, ...]
    apart: tuple[tuple[Groups, tuple[str, ...]], ...]


@cache
def sorts(type: str, kind: str) -> Sorts:
    """All that the traits which a candidate has of itself are looked at together with: where it stands in the sentence,
    and where it was spoken of before."""
    return ("", kind, type), ("past", f"past {type}")


def features(
    type: str,
    kind: str,
    paths: Paths,
    candidate: Candidate | None,
    chosen: frozenset[str],
    kin: frozenset[str],
    told: tuple[str, ...] = (),
) -> Iterator[tuple[Groups, Sequence[str]]]:
    """What speaks for or against a candidate (None: nobody) in a role of a claim of that type.

    Traits come with all that they are looked at together with: the type, the kind, the voice of the verb. `paths` are
    those from the trigger. `chosen` says what the frames had in that role: names of parties or places, "" for none,
    and nothing at all where no frame read such a claim here; `kin` the same of frames that read a claim of the kind at
    a word beside it in the tree; `told` is what `Told.of` says of the candidate.
    """
    rule, kindred = (
        advice(candidate.name if candidate else "", chosen),
        advice(candidate.name if candidate else "", kin),
    )
    if candidate is None:
        yield from nobody(type, kind, paths, rule, kindred, told)
        return
    place = HERE if candidate.token is not None else BEFORE
    groups, first = sorts(type, kind)[place], candidate.traits[0]
    yield groups, candidate.traits
    pieces = [advised(place, groups[-1], paths.voice, first, rule, kindred, told)]
    if candidate.token is not None:
        pieces.append(linked(paths, paths.link(candidate.token), first))
    for often, apart in pieces:
        yield groups, often
        yield from apart


def linked(paths: Paths, link: Link, first: str) -> Standing:
    """How a candidate of the sentence stands to the trigger; `first` is its first trait."""
    path, gap = link.path, link.gap
    to_case = cased(path, link.case)
    apart = (((paths.voice,), (path, to_case)), ((paths.lemma,), (to_case,)), ((first,), (path, gap)))
    return Standing((path, gap, *link.around), apart)


def advised(place: int, group: str, voice: str, first: str, rule: str, kin: str, told: tuple[str, ...]) -> Standing:
    """What the frames and the claims before say of a candidate; `group` is the last of its sort."""
    often = (f"rule-{rule}", f"kin-{kin}", *told)
    if place == HERE:
        return Standing(often, (((voice,), often[:1]), ((first,), often[:1])))
    return Standing(often, ((("past",), (f"{first} rule-{rule}",)), ((group,), (f"{voice} {first}",))))


def _one(candidate: Candidate, actor: Candidate) -> bool:
    """Whether a candidate is the actor, by its name or as a word of its phrase: "terrorist" in "terrorist groups"."""
    if candidate.name == actor.name:
        return True
    token, named = candidate.token, candidate.named
    if token is None or named is None or named.party.id is not None:
        return False
    return token.head is actor.token and token.dep_ in ("compound", "amod")


def _member(candidate: Candidate, groups: Sequence[Token]) -> bool:
    """Whether a candidate says who makes up a group that a noun means: "an alliance of Islamist rebels"."""
    token = candidate.token
    if token is None:
        return False
    noun = token.head if token.dep_ in ("compound", "amod") else token
    return noun.head in groups and noun.dep_ == "nmod" and case_of(noun) == "of"


def _instance(candidate: Candidate, trigger: Token) -> bool:
    """Whether a candidate is only named as one of those told of: "rebels, including fighters of Nusra, took it"."""
    token = candidate.token
    if token is None or trigger.i < token.i:
        return False
    for before in reversed(token.doc.tokens[max(sentence_start(token), token.i - INSTANCE) : token.i]):
        if before.lower_ == "including":
            return before.i > sentence_start(token) and before.nbor(-1).lemma_.lower() in GROUPS
        if before.tag_ in FINITE:
            return False
    return False


def _by_doing(verb: Token) -> bool:
    """Whether who does it is who does what the clause above says: "dealt the rebels a blow by seizing the town"."""
    above = verb.head
    done = verb.tag_ == "VBG" and verb.dep_ == "advcl" and above.pos_ in VERBAL and not is_passive(above)
    return done and any(c.lower_ == "by" and c.i < verb.i for c in verb.children)


def _deniers(deed: Token) -> list[Token]:
    """Who denies that he did it, word by word: "the defence ministry denied firing on the town"."""
    verb = deed.head
    if deed.tag_ != "VBG" or deed.dep_ not in ("xcomp", "ccomp", "obj") or verb.lemma_.lower() not in CUES.deny_verbs:
        return []
    subject = next((c for c in verb.children if c.dep_ == "nsubj" and c.i < verb.i), None)
    return list(subject.subtree) if subject is not None else []


def _unfit(role: learned.Role, claim: Setting, candidate: Candidate, actor: Candidate | None) -> bool:
    """Whether the words around a candidate say that it does not fill the role."""
    if role == "place":
        return claim.kind == "control" and _only_leads_there(candidate, claim.type, claim.trigger.token)
    if _instance(candidate, claim.trigger.token):
        return True
    if role == "actor":
        inside = candidate.token is not None and candidate.token.lemma_.lower() == "defender"
        return inside if claim.type == "besieges" else claim.kind == "event" and _only_holds(candidate)
    if claim.kind == "control":
        return claim.type != "contests" and _beside(candidate, actor)
    return claim.kind == "event" and _counted(candidate)


def _only_leads_there(candidate: Candidate, type: str, trigger: Token) -> bool:
    """Whether a place is only the end of a road that is held or taken, where those go who leave another, or from where
    they advance: "the highway linking Homs and Aleppo", "the road leading to Raqqa", "withdrew to Idlib"."""
    token = candidate.token
    if token is None:
        return False
    while token.dep_ == "conj":
        token = token.head
    above, case = token.head, case_of(token)
    if token.dep_ == "obj" and above.lemma_.lower() in CUES.linking and above.dep_.startswith("acl"):
        return above.head.lemma_.lower() in ROUTES
    if token.dep_ == "nmod" and case in ("between", "from", "to") and above.lemma_.lower() in ROUTES:
        return True
    if case in ("from", "to", "into") and above.lemma_.lower() == "lead" and above.head.lemma_.lower() in ROUTES:
        return True
    if case == "to" and above.lemma_.lower() in CUES.whole_nouns:
        return True  # "from the town to Raqqa"
    if case == "from" and type in ("gains", "gains_part") and above is not trigger and _sets_out(above):
        return True
    return above is trigger and case in _AWAY.get(type, ())


def _sets_out(verb: Token) -> bool:
    """Whether somebody moves or attacks from somewhere: "attacking from al-Hawl, they took 70 villages"."""
    frames_of = (frame for _, frame in FRAMES.verbs.get(verb.lemma_.lower(), ()))
    return verb.pos_ in VERBAL and any(f.type == "advances" or f.id == "attack-verb" for f in frames_of)


def _beside(candidate: Candidate, actor: Candidate | None) -> bool:
    """Whether a party does it together with the actor: "taken by Rwandan and Mozambican troops"."""
    token, other = candidate.token, actor.token if actor is not None else None
    if token is None or other is None:
        return False
    while token.dep_ == "conj" and token is not other:
        token = token.head
    while other.dep_ == "conj" and token is not other:
        other = other.head
    if token is other:
        return True
    noun = token.head  # "Rebel group M23": a noun and its name
    renamed = noun.head is other.head and noun.dep_ == other.dep_ and noun.i == other.i - 1
    return token.dep_ in ("amod", "compound") and (noun is other or renamed)


def _counted(candidate: Candidate) -> bool:
    """Whether people of a nation are counted, who are not its government: "killed 20 Palestinians"."""
    token = candidate.token
    if token is None or token.tag_ not in ("NNS", "NNPS") or not token.text[:1].isupper():
        return False
    return any(child.dep_ == "nummod" for child in token.children)


def _only_holds(candidate: Candidate) -> bool:
    """Whether a party is named as who has a place, to which something is done: "the Taliban bastion was shelled"."""
    token = candidate.token
    if token is None or token.dep_ not in ("compound", "amod", "nmod:poss"):
        return False
    return any(f.attributive and f.type == "holds" for _, f in FRAMES.nouns.get(token.head.lemma_.lower(), ()))


def nobody(
    type: str, kind: str, paths: Paths, rule: str, kin: str, told: tuple[str, ...]
) -> Iterator[tuple[Groups, Sequence[str]]]:
    """What speaks for or against leaving the role open."""
    traits = (type, f"{kind} {paths.voice}", f"for {paths.lemma}", f"rule-{rule}", f"{type} rule-{rule}", f"kin-{kin}")
    yield ("null",), (*traits, *told)
    yield (f"null {type}",), told


def advice(name: str, chosen: frozenset[str]) -> str:
    """What the choice of the frames says of a name, "" for nobody."""
    if not chosen:
        return "none"
    if name in chosen:
        return "same"
    return "null" if "" in chosen else "other"


Numbered = tuple[Numbers, Numbers]  # as a ranker knows them: traits together with a sort, and others


@lru_cache(maxsize=1 << 14)
def _advised(
    role: learned.Role, place: int, group: str, voice: str, first: str, rule: str, kin: str, told: tuple[str, ...]
) -> Numbered:
    return _numbered(role, place, advised(place, group, voice, first, rule, kin, told))


def _numbered(role: learned.Role, place: int, standing: Standing) -> Numbered:
    ranker = learned.load().rankers[role]
    return ranker.numbered(standing.often, place), ranker.found(standing.apart)


def _throughout(candidate: Candidate) -> bool:
    token, site = candidate.token, candidate.site
    return site is not None and site.kind == "country" and token is not None and case_of(token) in WHOLE


class Options:
    """The candidates for a role in a sentence; what each has of itself is looked up once.

    `lying` says which places the sentence locates by which others, `stations` where it says that somebody is;
    `home` is the country that the report is about, and the sentence itself if it is `at_war`.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        lying: Sequence[Lying] = (),
        stations: Mapping[str, int] = MappingProxyType({}),
        home: Site | None = None,
        at_war: bool = False,
    ) -> None:
        self.candidates = candidates
        self.lying = lying
        self.stations = stations
        here = {c.name for c in candidates if c.token is not None and c.token.pos_ not in POINTING}
        self.before = {c.name for c in candidates if c.site is not None} - here - {home.where.name if home else ""}
        self.at_war = at_war
        self.throughout = frozenset(c.name for c in candidates if _throughout(c))
        self._own: dict[str, list[Numbers]] = {}

    def own(self, role: learned.Role) -> list[Numbers]:
        """The numbers of each candidate's own traits, for the ranker of the role."""
        if role not in self._own:
            ranker = learned.load().rankers[role]
            self._own[role] = [ranker.numbered(c.traits, int(c.token is None)) for c in self.candidates]
        return self._own[role]


class Trigger:
    """A word that sets off claims; how others stand to it is looked up once."""

    def __init__(self, token: Token) -> None:
        self.token = token
        self.paths = Paths(token)
        self.losers, self.earlier, self.deniers = losers(token), predecessors(token), _deniers(token)
        self.judges = judges(token) if not self.deniers else []  # who denies a deed is who would have done it
        self.objects = of_verb(token).obj if token.pos_ in VERBAL else []
        self.sufferers = self.objects if token.pos_ in VERBAL and is_passive(token) else []
        self._linked: dict[learned.Role, dict[int, Numbered]] = {role: {} for role in learned.ROLES}

    def linked(self, role: learned.Role, candidate: Candidate) -> Numbered:
        """How a candidate of the sentence stands to it, for the ranker of the role."""
        assert candidate.token is not None
        known, at = self._linked[role], candidate.token.i
        if at not in known:
            link = self.paths.link(candidate.token)
            known[at] = _numbered(role, HERE, linked(self.paths, link, candidate.traits[0]))
        return known[at]


class Setting(NamedTuple):
    """A claim to be made: its type, the word that sets it off, and the drafts of frames there and beside it."""

    type: str
    kind: str
    trigger: Trigger
    own: Sequence[Draft]
    kin: Sequence[Draft]


def choose(
    role: learned.Role, claim: Setting, found: Options, actor: Candidate | None, told: Told, scene: Scene
) -> tuple[Candidate | None, float]:
    """The likeliest candidate for the role, or None for nobody, and how likely. The `actor` is not its own opponent."""
    type, kind, trigger, own, _ = claim
    chosen, near = learned.chosen(own, role), learned.chosen(claim.kin, role)
    among = [n for n, c in enumerate(found.candidates) if actor is None or not _one(c, actor)]
    if actor is not None:
        meant = (c.token for c in found.candidates if c.name == actor.name and c.token is not None)
        if groups := [token for token in meant if token.lemma_.lower() in CUES.group_nouns]:
            among = [n for n in among if not _member(found.candidates[n], groups)]
    if role == "actor" and own and kind == "control":  # "Islamic State was driven out" does not say that it took it
        other = learned.chosen(own, "opponent") - chosen
        among = [n for n in among if found.candidates[n].name not in other]
    if role == "actor" and any(found.candidates[n].name in chosen for n in among) and _by_doing(trigger.token):
        among = [n for n in among if found.candidates[n].name in chosen]
    if role == "actor" and trigger.deniers:
        among = [n for n in among if found.candidates[n].token in trigger.deniers] or among
    losing = trigger.losers if type in ("gains", "gains_part") else trigger.sufferers if type in SUFFERED else []
    lost = {named.party.name for token in losing if (named := party(token, scene)) is not None}
    if role == "actor" and kind != "relation":
        innocent = lost | {c.name for c in found.candidates if c.token in trigger.judges}
        among = [n for n in among if found.candidates[n].name not in innocent]
    if role == "place" and trigger.earlier:
        among = [n for n in among if found.candidates[n].token not in trigger.earlier]
    if role == "place" and kind == "control":  # "lost half of the country", and not of the town before
        shares = [word for word in trigger.objects if of_land(word)]
        among = [n for n in among if found.candidates[n].token in shares] if shares else among
    among = [n for n in among if not _unfit(role, claim, found.candidates[n], actor)]
    if role == "actor" and type == "Suicide bomb":  # no state blows itself up
        among = [n for n in among if (named := found.candidates[n].named) is None or not rules(named.party, scene)]
    if role == "actor" and type in infer.AIR:  # who was only spoken of before must have aircraft
        among = [
            n for n in among if (c := found.candidates[n]).token or (c.named and infer.flies(c.named.party, scene))
        ]
    by = actor.named if actor is not None else None
    numbers, voice = found.own(role), trigger.paths.voice
    of_sorts = sorts(type, kind)
    apart, often = Heap(), Heap()
    apart_numbers, often_numbers = apart.numbers, often.numbers
    before, linked, of, candidates = of_sorts[BEFORE][-1], trigger.linked, told.of, found.candidates
    for n in among:
        c = candidates[n]
        name, here = c.name, c.token is not None
        apart.begin()
        often.begin()
        where = (HERE, "") if here else (BEFORE, before)
        said = of(role, name, by, c.named, scene)
        together, others = _advised(role, *where, voice, c.traits[0], advice(name, chosen), advice(name, near), said)
        often_numbers += numbers[n]
        often_numbers += together
        apart_numbers += others
        if here:
            together, others = linked(role, c)
            often_numbers += together
            apart_numbers += others
    apart.begin()
    often.begin()
    ranker = learned.load().rankers[role]
    said = told.of(role, "", by, None, scene)
    apart.numbers += ranker.found(nobody(type, kind, trigger.paths, advice("", chosen), advice("", near), said))
    likely = ranker.likely(ranker.summed(apart, often, of_sorts))
    options = [*(found.candidates[n] for n in among), None]
    total: dict[str, float] = {}
    for option, p in zip(options, likely, strict=True):
        name = option.name if option is not None else ""
        total[name] = total.get(name, 0.0) + p
    if role == "opponent" and lost:
        total.update((name, 0.0) for name in total.keys() - lost if lost & total.keys())
    if role == "place":
        total[""] *= 0 if found.at_war else NOWHERE
        if own and own[0].end is not None:
            for name in chosen & total.keys():
                total[name] *= IN_ONE_PHRASE
        for inner, outer, words, _ in found.lying:
            # "in rebel-held Ghouta" is about Ghouta
            if trigger.token.i not in words and {inner, outer} <= total.keys():
                moved = total[outer] * (LOCATING if words else 1.0)  # none lie between the two in one phrase
                total[inner] += moved
                total[outer] -= moved
        if type in GENERAL or found.at_war:
            for name in found.before & total.keys():
                total[name] *= AT_WAR if found.at_war else BEFORE_GENERAL
        for name in found.throughout & total.keys():
            total[name] *= THROUGHOUT
        if own and own[0].rule == POSITIONED:
            for name in total.keys() - chosen:
                total[name] *= STATIONED
        for name, station in found.stations.items():
            if trigger.token.i != station and name in total:
                total[name] *= STATIONED
    best = max(total, key=lambda name: (total[name], name))
    of_best = [n for n, option in enumerate(options) if (option.name if option is not None else "") == best]
    if role == "place" and kind == "control":  # "retook some of the positions": what was taken says which part
        direct = [n for n in of_best if (one := options[n]) is not None and one.token in trigger.objects]
        of_best = direct or of_best
    return options[max(of_best, key=lambda n: (likely[n], -n))], total[best] / sum(total.values())
