"""Report in, claims out: the map stage. Parse, find names, match frames, then say who, when and how sure."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec

from tadmor import garbage
from tadmor.claim import infer, learned, parse, verify
from tadmor.claim.agree import agentless, agreed, left_to, one_more, until_lost
from tadmor.claim.clause import VERBAL, case_of, clause_of, of_verb, seated, subtree_span
from tadmor.claim.confidence import LEAST, confidence, traits
from tadmor.claim.count import Toll, find_tolls
from tadmor.claim.dates import days_of, is_over, times, was_before
from tadmor.claim.draft import Draft
from tadmor.claim.headline import retold
from tadmor.claim.learned import Sheet
from tadmor.claim.match import drafts
from tadmor.claim.merge import identified, merge, narrowed, one_breath
from tadmor.claim.propose import propose, relieving
from tadmor.claim.said import Speech, sources_of, speeches
from tadmor.claim.scene import Mention, Said, Scene
from tadmor.claim.site import site
from tadmor.claim.speaker import speaker
from tadmor.claim.stance import Stance, stance
from tadmor.claim.told import Told
from tadmor.claim.toll import (
    MATERIEL,
    UPROOTED,
    VIOLENT,
    WAR,
    by_places,
    civilians,
    count_of,
    handed_on,
    of_war,
    with_tolls,
)
from tadmor.claim.tree import Doc, Span, Token
from tadmor.claim.who import is_former, judges, known, land_of, losers, party, rules
from tadmor.errors import InputError
from tadmor.lexicon import actors, cues, frames, gazetteer, sources
from tadmor.records import Claim, Count, Days, Failure, Party, Quote, Reading, Report, Segment

CUES = cues.load()
READ_ROLES = ("headline", "body", "caption")
BACKGROUND = timedelta(days=60)  # whoever acts today need not be the one of a change of hands so long ago
STATE_NOUNS = CUES.leader_nouns | CUES.armed_nouns | {"ministry", "parliament"}
TOLL_REACH = 3  # sentences from an event to a toll of it; swept 1-9 on the development gold
DESTROYED = "Looting/property destruction"
PROTESTS = frozenset({"Peaceful protest", "Protest with intervention", "Violent demonstration"})
BATCH = 32  # reports that go through the parser together


class Piece(NamedTuple):
    """A stretch of a report that is parsed by itself: its offset in the report's text, its role."""

    start: int
    role: str


def prepare() -> None:
    """Loads all that reading needs, once a process. Raises `LexiconError` where the package is damaged."""
    # What was loaded stays: the collector of garbage need not look through it again and again (a tenth of the time),
    # not even while more is loaded. Nor need it look often for what a report makes, which goes by itself once its parse
    # has been taken apart.
    gc.freeze()
    for load in (parse.load, learned.load, actors.load, sources.load, gazetteer.load):
        load()
        gc.freeze()
    garbage.seldom()


def read(reports: Iterable[Report]) -> Iterator[Reading]:
    """One `Reading` for each report, in order. What is not English is stored and not read."""
    batch: list[Report] = []
    for report in reports:
        batch.append(report)
        if len(batch) == BATCH:
            yield from _read_batch(batch)
            batch = []
    yield from _read_batch(batch)


def _read_batch(batch: Sequence[Report]) -> Iterator[Reading]:
    pieces = [[s for s in r.segments if s.role in READ_ROLES] if r.language == "en" else [] for r in batch]
    texts = [r.text[s.start : s.end] for r, segments in zip(batch, pieces, strict=True) for s in segments]
    docs = parse.parse(texts)
    for report, segments in zip(batch, pieces, strict=True):
        parsed = [next(docs) for _ in segments]
        try:
            yield Reading(report=report, claims=tuple(claims(report, segments, parsed)))
        except InputError as error:
            failure = Failure(origin=report.origin, stage="claim", error=type(error).__name__, message=str(error))
            yield Reading(report=report, failure=failure)
        for doc in parsed:
            doc.forget()


def claims(report: Report, segments: Sequence[Segment], docs: Sequence[Doc]) -> list[Claim]:
    """The claims of one report, in text order, each once, with its repetitions under `also`."""
    scene = Scene(docs, published=report.published, dateline=report.dateline)
    found: list[Claim] = []
    claimed, course = Told(), learned.Course()
    context: Days | None = None
    last: list[Claim] = []
    last_at: tuple[Segment | None, int] = (None, 0)
    ends: dict[str, int] = {}  # claim -> where its sentence ends in the report
    for segment, doc in zip(segments, docs, strict=True):
        sheet = Sheet(doc)
        for number, sentence in enumerate(doc.sents):
            _remember(sentence, scene)
            said = speeches(sentence, scene)
            tolls = find_tolls(sentence.text)
            proposed = propose(sentence, scene, drafts(sentence, scene), segment.role, sheet, claimed, course)
            new = _sentence(report, segment.start, sentence, scene, said, context, found, proposed, tolls)
            if tolls and last_at[0] == segment and number - last_at[1] <= TOLL_REACH:
                new, grown = handed_on(new, last, tolls, sentence, scene, said, segment.start)
                new = [identified(c) for c in new]
                found = [grown if grown is not None and c.id == grown.id else c for c in found]
            new, found = verify.judged(sentence, new, found, ends, segment.start, scene)
            dated = next(
                (c.days for c in new if c.kind != "relation" and c.days.basis != "none" and c.modality == "asserted"),
                None,
            )
            if dated is not None and segment.role == "body":
                context = dated
            found += new
            ends |= dict.fromkeys((c.id for c in new), scene.position(sentence[-1]) + 1)
            if new:
                last, last_at = new, (segment, number)
    found = [_opposed(_acted(claim, scene), found, scene, ends[claim.id], report.text) for claim in found]
    found = [agreed(claim, found, report.text, scene) for claim in found]
    found = [until_lost(claim, found, scene) for claim in found]
    found = [left_to(claim, found, scene) for claim in found]
    heads = [Quote(start=s.start, end=s.end) for s in segments if s.role == "headline"]
    for head in heads:
        found = retold(found, head, report.text, scene)
    return merge(narrowed(found, scene), heads)


def _acted(claim: Claim, scene: Scene) -> Claim:
    """A gain told by a party that names nobody is its own: "the town is free of terrorists, the army said"."""
    if claim.actor is not None or claim.type not in ("gains", "gains_part") or not claim.sources:
        return claim
    speaker = scene.side_of(claim.sources[0])
    lost = claim.opponent is not None and claim.opponent.id == speaker  # "rebels admitted that the town had fallen"
    return claim if speaker is None or lost else msgspec.structs.replace(claim, actor=known(speaker, "", scene).party)


def _opposed(claim: Claim, told: Sequence[Claim], scene: Scene, end: int, text: str) -> Claim:
    """The claim with the opponent that all of the report lets a reader tell, where its own words name none.

    One that was taken from words before gives way to a known enemy, if it is none itself.
    """
    if claim.type not in infer.FOUGHT:
        return claim
    named = claim.opponent
    if named is not None and (
        claim.actor is None
        or infer.foes(claim.actor, named, scene)
        or not (claim.actor.id and named.id)
        or named.text in text[claim.quote.start : claim.quote.end]
    ):
        return claim
    other = infer.opponent(claim, told, scene, end)
    return identified(msgspec.structs.replace(claim, opponent=other or named)) if other != named else claim


def _remember(sentence: Span, scene: Scene) -> None:
    """Commits the sentence's names to the scene's memory before it is read: later words in it may refer to earlier."""
    for token in sentence:
        mention = scene.mention(token)
        if mention is not None and mention.kind == "place" and token.i == mention.start:
            head = next(
                (
                    t
                    for t in sentence.doc[mention.start : mention.end]
                    if t.head.i < mention.start or t.head.i >= mention.end
                ),
                token,
            )
            found = site(head, scene)
            if found is not None and found.named and not _governs(head, mention, scene):
                scene.remember_place(found.where, found.kind, token, aside=_of_speakers(head))
        elif token.lower_ in ("they", "them"):
            avoid = next(
                (
                    p.party.name
                    for c in token.head.children
                    if c.dep_ == "nsubj" and c.i != token.i and (p := party(c, scene))
                ),
                None,
            )
            back = party(token, scene, avoid=avoid if token.lower_ == "them" else None)
            if back is not None:
                scene.remember_party(back.party, token, armed=back.armed, state=False, plural=True)
        elif token.pos_ in ("NOUN", "PROPN"):
            if mention is not None and (mention.kind != "actor" or token.i != mention.end - 1):
                continue
            lemma = token.lemma_.lower()
            if mention is None and lemma in CUES.place_nouns:
                fresh = site(token, scene)
                if fresh is not None and fresh.named and fresh.kind == "unknown":
                    scene.remember_place(fresh.where, fresh.kind, token)  # "the village" after "the village of Qassiab"
            speaks = token.head.lemma_.lower() in CUES.say_verbs  # a group that says something may be a monitor
            if mention is None and token.lower_ == "group" and token.dep_ in ("nsubj", "obj") and not speaks:
                group = party(token, scene)
                if group is not None and group.party.id is not None:  # "it" after "the group" is the group
                    scene.remember_party(group.party, token, armed=group.armed, state=False, plural=False)
            if (mention is None and lemma not in CUES.armed_nouns) or (token.dep_ == "appos" and is_former(token)):
                continue
            if token.dep_ in ("compound", "amod", "nmod:poss") and mention is None:
                continue
            if mention is not None and seated(sentence.doc[mention.end - 1]):
                continue  # "the Britain-based monitor"
            land = site(token, scene) if mention is not None else None
            if land is not None and land.kind == "country":
                scene.remember_place(land.where, land.kind, token)
                continue
            if mention is not None and land_of(mention, scene) and not _acting(token):
                continue  # "Syria" is a party where it does something, else a place
            named = party(token, scene)
            if named is not None and named.party.id is None and lemma in CUES.insurgent_nouns:
                scene.bands.append(Said(named.party.name, scene.position(token)))
            pointed = token.dep_.startswith("nsubj") and lemma in CUES.insurgent_nouns and token.tag_ == "NNS"
            if named is not None and (named.sure >= 0.8 or (pointed and named.party.id is not None)):
                state = rules(named.party, scene)
                plural = token.tag_ in ("NNS", "NNPS")
                scene.remember_party(named.party, token, armed=named.armed, state=state, plural=plural)


def _of_speakers(place: Token) -> bool:
    """Whether a place is only where those are who say something or govern, or come from who fight elsewhere: "medical
    staff in Misrata said", "the government in Kabul", "troops from Misrata"."""
    who, case = place.head, case_of(place)
    if place.dep_ != "nmod":
        return False
    speaks = who.dep_ == "nsubj" and who.head.lemma_.lower() in CUES.say_verbs and case in ("in", "from", "at")
    speaks = speaks or (case == "in" and who.lemma_.lower() in ("government", "regime", "authority", "authorities"))
    return speaks or (case == "from" and who.lemma_.lower() in CUES.armed_nouns)


def _governs(head: Token, mention: Mention, scene: Scene) -> bool:
    """Whether a capital stands for its government: "Ankara blocked the sites", "by Washington's estimate"."""
    if scene.actors.metonym(mention.text) is None or any(c.dep_ == "case" and c.i < head.i for c in head.children):
        return False
    owned = head.head.lemma_.lower() if head.dep_ == "nmod:poss" else None
    return head.dep_ == "nsubj" or (owned is not None and owned not in CUES.place_nouns.keys() | CUES.part_nouns)


def _acting(token: Token) -> bool:
    """Whether the word stands where a doer stands."""
    while token.dep_ == "conj":
        token = token.head
    if token.dep_ in ("nmod:poss", "compound") and token.head.lemma_.lower() in STATE_NOUNS:
        token = token.head  # "Russia's defence minister ordered"
    return token.dep_.startswith("nsubj") or token.dep_ == "obl:agent"


def _sentence(
    report: Report,
    offset: int,
    sentence: Span,
    scene: Scene,
    said: list[Speech],
    context: Days | None,
    before: list[Claim],
    found: list[Draft],
    tolls: list[Toll],
) -> list[Claim]:
    if not (found or tolls):
        return []
    when = times(sentence)
    war = of_war(tolls, sentence, scene)
    tolls = [toll for toll in tolls if all(toll is not other for _, other in war)]
    told_of_war = {draft.trigger.i for draft, _ in war}
    found = [d for d in found if d.kind != "event" or d.trigger.i not in told_of_war]
    kept = [*with_tolls(found, tolls, sentence), *war]
    out: list[Claim] = []
    unsure: list[Claim] = []  # with a toll that another claim may tell
    kept_at: set[int] = set()
    listed: dict[Any, float] = {}  # how sure the surest is of claims that differ in their places alone
    end = scene.position(sentence[-1]) + 1
    for draft, toll in kept:
        told = [*before, *out]
        if draft.trigger.i not in kept_at and _mentioned_again(draft, told, toll):
            continue
        if (draft.type == DESTROYED or draft.rule == MATERIEL) and toll is None and _effect(draft.trigger, kept, scene):
            continue
        kept_at.add(draft.trigger.i)  # the other places of a list follow the first
        if draft.kind == "control" and draft.trigger.dep_.startswith("csubj") and draft.trigger.tag_ == "VBG":
            continue  # "losing the town would be a blow" reports no loss
        bare = draft.passing and draft.frame is None  # a compound is what it is
        position = Stance("asserted") if bare else stance(draft.trigger, given=draft.state)
        kind, modality = draft.type, position.modality
        if position.tried and kind in ("gains", "gains_part"):
            kind, modality = "contests", "asserted"
        if draft.rule == WAR and modality == "possible":
            modality = "hedged"  # "may be as high as 400,000" doubts the number, not the dead
        if draft.kind == "relation":
            days = Days(precision="day")
            if modality == "planned" and not draft.state:
                continue
            if draft.state or _presupposed(draft.trigger):  # who wants to defeat somebody opposes him
                modality = "asserted"
        else:
            times_of = [t for t in when if t.mention.role in ("since", "for")] if draft.passing else when
            if draft.dated is not None:
                times_of = [t for t in times_of if draft.dated[0] <= t.token.i < draft.dated[1]]
            days = days_of(
                draft.trigger, times_of, stance=position, state=draft.state, published=report.published, context=context
            )
            if draft.dated is not None and draft.dated[0] > draft.trigger.i and not times_of:
                days = Days(first=None, last=days.last, basis=days.basis)  # "after A": at some time before
        background = report.published and days.last and report.published - days.last > BACKGROUND
        draft = infer.untargeted(infer.fallen(infer.grounded(draft, scene), toll, scene), toll, found)
        kind = draft.type if draft.kind == "event" else kind  # who fell in an attack fought, perhaps
        implied = (draft.kind == "event" and draft.rule not in (WAR, UPROOTED)) or (
            draft.kind == "control" and not background
        )
        speakers = sources_of(draft.trigger, said) if modality == "denied" else ()
        sides = [scene.side_of(speaker) or scene.actors.metonym(speaker) for speaker in speakers]
        innocent = [*judges(draft.trigger), *(losers(draft.trigger) if kind in ("gains", "gains_part") else ())]
        if kind == "besieges" and (ended := relieving(draft.trigger)) is not None:
            innocent += of_verb(ended).subj
        sides += [named.party.id for who in innocent if (named := party(who, scene)) is not None]
        cleared = {side for side in sides if side is not None}
        nobody = draft.actor is None or infer.weapon(draft.actor.party, scene)
        if implied and nobody and (guess := infer.actor(draft, scene, told, end, cleared)):
            draft = msgspec.structs.replace(draft, actor=guess)
        elif draft.actor is not None and nobody and " " not in draft.actor.party.name:
            draft = msgspec.structs.replace(draft, actor=None)  # "warplanes" are nobody's
        sources = sources_of(draft.trigger, said, passing=not _told(draft))
        if not sources and draft.trigger.lemma_.lower() in CUES.deny_verbs:  # "Moscow denied any involvement"
            sources = tuple(name for head in of_verb(draft.trigger).subj if (name := speaker(head, scene)))
        quote = _quote(draft, sentence, offset)
        if kind == "Armed clash" and draft.rule in ("attack-noun", "attack-verb") and civilians(toll):
            kind = "Attack"
        claim = Claim(
            id="",
            report_id=report.id,
            kind=draft.kind,  # type: ignore[arg-type]
            type=kind,
            actor=draft.actor.party if draft.actor else None,
            opponent=draft.opponent.party if draft.opponent else None,
            where=draft.place.where if draft.place else None,
            days=days,
            modality=modality,
            sources=sources,
            count=count_of(toll),
            of=draft.of,
            quote=quote,
            rule=draft.rule,
        )
        claim = identified(_conceded(_protested(claim, scene), draft, scene))
        if draft.kind == "control" and agentless(draft, scene):
            scene.unsaid[quote, kind] = one_more(draft.trigger)
        over = {"holds": is_over, "gains": was_before}.get(kind.removesuffix("_part"))
        if over is not None and over(draft.trigger):
            scene.over.add((quote, kind))
        together = draft.trigger.i, claim.type, claim.actor, claim.opponent
        sure = listed[together] = max(confidence(traits(claim, draft)), listed.get(together, 0.0))
        if sure >= LEAST[claim.kind]:
            out.append(msgspec.structs.replace(claim, confidence=round(sure, 3)))
        elif claim.count is not None:
            unsure.append(claim)
    return merge(one_breath(_shared_out(_counted(out, unsure), sentence, scene)))


def _conceded(claim: Claim, draft: Draft, scene: Scene) -> Claim:
    """A place that fell did not fall to the side of who admits or denies it: "he conceded that it had fallen"."""
    if claim.type not in ("gains", "gains_part") or not claim.sources or not losers(draft.trigger):
        return claim
    side = scene.side_of(claim.sources[0])
    if side is None or claim.actor is None or claim.actor.id != side:
        return claim
    return msgspec.structs.replace(claim, actor=claim.opponent, opponent=claim.actor)


def _protested(claim: Claim, scene: Scene) -> Claim:
    """Who protests are protesters, whoever is named beside them; against a government, if it is that."""
    if claim.type not in PROTESTS:
        return claim
    named = claim.actor
    kind = scene.actors.get(named.id).kind if named is not None and named.id else None
    if named is not None and kind is None and not named.name.endswith(("protest", "protests")):
        return claim
    rulers = named if kind in ("state", "government") else None
    return msgspec.structs.replace(
        claim, actor=Party(name="protesters", text="protesters"), opponent=claim.opponent or rulers
    )


def _shared_out(found: list[Claim], sentence: Span, scene: Scene) -> list[Claim]:
    """The claims of a sentence, and one for each place that has a share of their toll."""
    whole = next((c for c in found if c.type in VIOLENT and c.count is not None and c.count.killed is not None), None)
    dead = whole.count.killed[0] if whole is not None and whole.count and whole.count.killed else None
    if whole is None or dead is None:
        return found
    shares = [(n, place) for n, place in by_places(sentence, scene) if n < dead]
    named = {c.where.name for c in found if c.where and c.type == whole.type}
    shared = [
        identified(msgspec.structs.replace(whole, where=place.where, count=Count(killed=(n, n))))
        for n, place in shares
        if place.where.name not in named
    ]
    return [*found, *shared]


def _counted(found: list[Claim], unsure: Sequence[Claim]) -> list[Claim]:
    """The claims of a sentence with the tolls of those that are too unsure: "strikes hit a market, killing 18".

    Of those at the same place one of the same type goes first: "a plane crashed on a bombing run, 27 died".
    """
    for claim in unsure:
        among = [
            n
            for n, other in enumerate(found)
            if other.kind == "event" and other.count is None and other.modality == claim.modality
            if (other.where and other.where.name) == (claim.where and claim.where.name)
        ]
        if among:
            n = min(among, key=lambda n: found[n].type != claim.type)
            found[n] = identified(msgspec.structs.replace(found[n], count=claim.count))
    return found


def _told(draft: Draft) -> bool:
    """Whether the draft is part of what is told, and not a description in passing ("rebel-held", "its ally")."""
    if draft.kind == "relation" and draft.trigger.tag_ not in ("VBZ", "VBD", "VBP"):
        return False
    return not draft.passing


def _effect(harm: Token, told: Sequence[tuple[Draft, Toll | None]], scene: Scene) -> bool:
    """Whether damage is only what violence did to things without a name: "the attack caused damage to houses"."""
    if any((m := scene.mention(t)) is not None and m.kind == "place" for t in harm.subtree if t.i > harm.i):
        return False
    verb = harm if harm.pos_ in VERBAL else clause_of(harm)
    if verb.tag_ == "VBG" and verb.dep_ in ("advcl", "acl", "xcomp"):
        return any(d.type in VIOLENT and d.trigger.i < harm.i for d, _ in told)
    done = of_verb(verb)
    causes = [t for heads in done.preps.values() for t in heads] + ([] if done.passive else done.subj)
    return any(_violent(t) for t in causes)


def _violent(noun: Token) -> bool:
    frames_of = frames.load().nouns.get(noun.lemma_.lower(), ())
    return any(f.type in VIOLENT for _, f in frames_of)


def _presupposed(word: Token) -> bool:
    """Whether a relation stands as known in what is doubted or denied: "denied that its ally was involved"."""
    return word.pos_ in ("NOUN", "PROPN", "ADJ") and not any(c.dep_ == "cop" for c in word.children)


def _mentioned_again(draft: Draft, before: list[Claim], toll: Toll | None) -> bool:
    """Whether an event noun only points back ("the attack came a day after"): no place, no toll of its own."""
    if draft.kind != "event" or draft.trigger.pos_ not in ("NOUN", "PROPN") or toll is not None:
        return False
    if draft.place is not None and (draft.place.sure > 0.65 or draft.place.named):
        return False
    pointing = any(
        c.lower_ in ("the", "this", "that", "these", "those", "its", "their") for c in draft.trigger.children
    )
    return pointing and any(c.kind == "event" and c.type in VIOLENT for c in before[-8:])


def _quote(draft: Draft, sentence: Span, offset: int) -> Quote:
    """The clause of the trigger, or the phrase of a compound, as offsets into the report's text."""
    doc = sentence.doc
    if draft.end is not None:
        first = min(draft.trigger.left_edge.i, draft.end.left_edge.i)
        if draft.frame is None:
            first = max(sentence.start, draft.trigger.i - 6, min(t.i for t in draft.trigger.subtree))
        last = max(draft.trigger.i, draft.end.i)
        while (
            last + 1 < sentence.end
            and doc[last + 1].head.i == draft.end.i
            and doc[last + 1].dep_ in ("flat", "punct", "compound")
            and doc[last + 1].text not in ",.;"
        ):
            last += 1
        return Quote(start=offset + doc[first].idx, end=offset + doc[last].idx + len(doc[last]))
    clause = draft.trigger if draft.trigger.pos_ in VERBAL else clause_of(draft.trigger)
    first, end = subtree_span(clause)
    for child in clause.children:
        if (
            child.dep_ in ("conj", "parataxis")
            and child.pos_ in VERBAL
            and child.i > draft.trigger.i
            and child.i > clause.i
        ):
            end = min(end, child.left_edge.i)
    first, end = max(first, sentence.start), min(max(end, draft.trigger.i + 1), sentence.end)
    while end - 1 > first and (doc[end - 1].is_punct or doc[end - 1].is_space or doc[end - 1].pos_ == "CCONJ"):
        end -= 1
    while first < end - 1 and (doc[first].is_punct or doc[first].is_space):
        first += 1
    return Quote(start=offset + doc[first].idx, end=offset + doc[end - 1].idx + len(doc[end - 1]))
