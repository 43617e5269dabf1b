"""Which event a toll belongs to: the one it hangs together with in its sentence, else the one told just before."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from tadmor.claim.count import Toll
from tadmor.claim.draft import Draft
from tadmor.claim.number import number
from tadmor.claim.said import Speech, sources_of
from tadmor.claim.scene import Scene
from tadmor.claim.site import Site, country_of, site
from tadmor.claim.tree import Span, Token
from tadmor.lexicon import cues, frames
from tadmor.records import Claim, Count, Quote, Where

CUES = cues.load()
VIOLENT = frozenset(
    {
        "Armed clash",
        "Air/drone strike",
        "Shelling/artillery/missile attack",
        "Suicide bomb",
        "Remote explosive/landmine/IED",
        "Chemical weapon",
        "Grenade",
        "Attack",
        "Excessive force against protesters",
    }
)
BARE = "kill-verb"  # the frame that only says that people died
MATERIEL = "destroy-materiel"  # the frame of what was destroyed beside the dead
WAR, UPROOTED = "war-toll", "war-displaced"
FRAME = next(frame for frame in frames.load().frames if frame.id == BARE)
SHARED = 10  # words after a number in which the place stands that it is the share of
LINK = 20  # characters that one arc of the parse is worth; the same from 10 to 30 on the development gold
UNLIKE = 40  # what it takes to give a toll of civilians to a clash, in characters
WAR_DEAD = 3000  # a toll at least so high is that of a war
_THOUSANDS = re.compile(r"\b(?:tens|hundreds) of thousands\b", re.IGNORECASE)
_UNCOUNTED = re.compile(r"(?:(?:many|several) )?thousands\b", re.IGNORECASE)
_LASTING = re.compile(r"\b(?:since|war|conflict|uprising)\b", re.IGNORECASE)
_MILLIONS = re.compile(r"\b(?:millions?|half (?:of )?(?:the|its) (?:countr[a-z'\u2019]+ )?population)\b", re.IGNORECASE)
_HOMES = {"home", "homes", "house", "houses"}
SURE = 0.7  # a place surer than this is named by the event's own words
ATTACK_DEAD = 1000  # dead above which no single attack is meant, unless it is told with the toll
_OTHER = re.compile(  # another event, the dead of a war, or a part of those told before
    r"\b(?:elsewhere|since|war|conflict|uprising|so far|separate(?:ly)?|among the (?:dead|killed|victims|wounded))\b",
    re.IGNORECASE,
)


def of_war(tolls: Sequence[Toll], sentence: Span, scene: Scene) -> list[tuple[Draft, Toll | None]]:
    """The tolls of the whole war and the millions that it displaced, each with a draft of its own: they are nobody's
    single attack."""
    out: list[tuple[Draft, Toll | None]] = []
    for toll in tolls:
        words = sentence.text[toll.start : toll.end]
        many = _THOUSANDS.search(words) or (_LASTING.search(sentence.text) and _UNCOUNTED.match(words))
        if any((n or 0) >= WAR_DEAD for n in toll.killed or ()) or (toll.killed and many):
            out.append((_lasting(WAR, _span(toll, sentence).root, scene), toll))
    if (told := _uprooted(sentence)) is not None:
        out.append((_lasting(UPROOTED, told, scene), None))
    return out


def _uprooted(sentence: Span) -> Token | None:
    """The word that tells how a war drove millions from where they lived: "forced half the population to flee"."""
    if not _MILLIONS.search(sentence.text):
        return None
    from_home = any(token.lower_ in _HOMES for token in sentence)
    words = CUES.uprooting | (CUES.leaving if from_home else frozenset())
    return next((token for token in reversed(sentence.tokens) if token.lemma_.lower() in words), None)


def _lasting(rule: str, trigger: Token, scene: Scene) -> Draft:
    return Draft(
        frame=FRAME,
        rule=rule,
        kind="event",
        type="Other",
        trigger=trigger,
        place=country_of(scene),
        state=True,
        odds=(0.9, 0.9, 0.9, 0.9),
    )


def with_tolls(found: Sequence[Draft], tolls: Sequence[Toll], sentence: Span) -> list[tuple[Draft, Toll | None]]:
    """Each toll with the violent event of its sentence that it is nearest to, in the parse and in the words.

    A bare "were killed" carries the toll if the sentence tells of no other violence, or of none at the place that it
    names itself, and is dropped otherwise. Of the
    places of one event the first has the toll; events of several types that are joined ("air strikes and shelling
    killed 40") share it. A second toll that is told as one ("the agency put the toll at 45") makes a second claim of
    the same event.
    """
    violent = [d for d in found if d.kind == "event" and d.type in VIOLENT and d.rule not in (BARE, MATERIEL)]
    carriers: dict[int, Draft] = {}
    joined: dict[int, int] = {}  # a draft -> the trigger that its own is joined to
    lesser = [d for d in found if d.rule == BARE] or [d for d in found if d.type == "Other"]  # "the plane crashed"
    for draft in violent or lesser:
        head = draft.trigger.head.i
        if draft.trigger.dep_ == "conj" and head in carriers and not _verbal(draft.trigger):
            if carriers[head].type != draft.type and not any(
                d.trigger.i == draft.trigger.i for d in found if id(d) in joined
            ):
                joined[id(draft)] = head
        else:
            carriers.setdefault(draft.trigger.i, draft)
    costs = sorted(
        (_cost(toll, draft, sentence), n, at) for n, toll in enumerate(tolls) for at, draft in carriers.items()
    )
    given: dict[int, Toll] = {}
    spent: set[int] = set()
    again: list[tuple[Draft, Toll | None]] = []
    for _, n, at in costs:
        if n in spent:
            continue
        if at not in given:
            given[at] = tolls[n]
            spent.add(n)
        elif is_told(tolls[n], sentence.text) and (tolls[n].killed, tolls[n].wounded) != given[at][2:4]:
            teller = _span(tolls[n], sentence)
            again.append((msgspec.structs.replace(carriers[at], trigger=teller.root, end=None), tolls[n]))
            spent.add(n)
    apart = {(d.place.where.name if d.place else None) for d in violent}
    for draft in found if violent else ():
        place = draft.place
        if draft.rule != BARE or place is None or place.sure < SURE or place.where.name in apart:
            continue
        free = [n for n in range(len(tolls)) if n not in spent and _span(tolls[n], sentence).root.i == draft.trigger.i]
        if free:
            given[draft.trigger.i] = tolls[free[0]]
            carriers[draft.trigger.i] = draft
            spent.add(free[0])
    owners = {id(draft): given[at] for at, draft in carriers.items() if at in given}
    for draft in found:
        if id(draft) in joined and (shared := given.get(joined[id(draft)])):
            owners[id(draft)] = shared
    told = {d.trigger.i for d in found if id(d) in owners}  # with the other places of a list
    kept = [
        (d, owners.get(id(d))) for d in found if d.rule != BARE or d.trigger.i in told or (not violent and _killed(d))
    ]
    return kept + again


def _verbal(token: Token) -> bool:
    """Whether the word has a subject or object of its own."""
    return any(c.dep_.startswith(("nsubj", "obj")) for c in token.children)


def by_places(sentence: Span, scene: Scene) -> list[tuple[int, Site]]:
    """How a toll is shared out over places: "54 were killed, including 9 in A, 8 in B and another five in C".

    [] where fewer than two places have a share.
    """
    out: list[tuple[int, Site]] = []
    for token in sentence:
        after = token.i + 1
        if not token.like_num or after + 1 >= sentence.end or token.doc[after].lower_ not in ("in", "at", "on"):
            continue
        share = number(token.text)
        end = min(sentence.end, after + SHARED)
        found = next((s for t in sentence.doc.tokens[after + 1 : end] if (s := site(t, scene)) and s.named), None)
        if share is not None and found is not None and found.kind != "country":
            out.append((share, found))
    return out if len(out) > 1 else []


def is_told(toll: Toll, text: str) -> bool:
    """Whether the toll of that text is spoken of as a toll."""
    return text[toll.start : toll.end].lower().startswith(("toll", "death", "number"))


def _cost(toll: Toll, draft: Draft, sentence: Span) -> float:
    """How far apart a toll and the word of an event are; those who die in clashes are mostly no civilians."""
    trigger = draft.trigger
    start, end = sentence.start_char + toll.start, sentence.start_char + toll.end
    steps = _steps(_span(toll, sentence).root, trigger)
    unlike = UNLIKE if draft.type == "Armed clash" and civilians(toll) else 0
    apart = max(0, trigger.idx - end, start - trigger.idx - len(trigger)) if steps > 1 else 0
    return steps * LINK + apart + unlike


def civilians(toll: Toll | None) -> bool:
    """Whether those who died are no party to the fighting."""
    first = toll.whom.replace(",", " ").split()[:2] if toll is not None and toll.whom else []
    return any(word.lower().rstrip("s") in CUES.civilian_nouns - {"people", "person"} for word in first)


def _span(toll: Toll, sentence: Span) -> Span:
    """The words of a toll."""
    start, end = sentence.start_char + toll.start, sentence.start_char + toll.end
    return sentence.doc.char_span(start, end) or sentence


def _steps(a: Token, b: Token) -> int:
    """Number of arcs between two words of one parse."""
    up = {t.i: n for n, t in enumerate([a, *a.ancestors])}
    return next((up[t.i] + n for n, t in enumerate([b, *b.ancestors]) if t.i in up), len(up))


def _killed(draft: Draft) -> bool:
    """Whether somebody armed is said to have killed civilians, though not how many."""
    return (
        draft.actor is not None
        and draft.of is not None
        and draft.of.split()[-1].lower().rstrip("s") in CUES.civilian_nouns
    )


def handed_on(
    new: Sequence[Claim],
    last: Sequence[Claim],
    tolls: Sequence[Toll],
    sentence: Span,
    scene: Scene,
    said: list[Speech],
    offset: int,
) -> tuple[list[Claim], Claim | None]:
    """The sentence's claims and the event told just before, where the sentence only tells that event's toll.

    `new` are the claims of the sentence, `last` those of the sentence before it, `offset` is where the sentence's
    piece begins in the report. "The strikes killed five people": the event before gains what it lacks. Where it has
    another toll already, the sentence makes a second claim of the same event.
    """
    bare = [claim for claim in new if claim.rule == BARE]
    target = _event_before(last, bare, sentence, scene)
    if not tolls or target is None or any(c.kind != "relation" and c.rule != BARE for c in new):
        return list(new), None
    if _OTHER.search(sentence.text) or any((n or 0) >= ATTACK_DEAD for n in tolls[0].killed or ()):
        return list(new), None
    toll = tolls[0]
    span = _span(toll, sentence)
    quote = bare[0].quote if bare else Quote(start=offset + span.start_char, end=offset + span.end_char)
    rest = [claim for claim in new if claim.rule != BARE]
    have = target.count
    killed, wounded = have.killed if have else None, have.wounded if have else None
    if (toll.killed is None or killed in (None, toll.killed)) and (
        toll.wounded is None or wounded in (None, toll.wounded)
    ):
        whole = Count(
            killed=killed or toll.killed, wounded=wounded or toll.wounded, whom=have.whom if have else toll.whom
        )
        return rest, msgspec.structs.replace(target, count=whole, also=(*target.also, quote))
    sources = bare[0].sources if bare else sources_of(span.root, said)
    return [*rest, msgspec.structs.replace(target, count=count_of(toll), sources=sources, quote=quote, also=())], None


def _event_before(last: Sequence[Claim], bare: Sequence[Claim], sentence: Span, scene: Scene) -> Claim | None:
    """The violent event that a bare toll may be that of; with place or doer named, one of the same place or doer."""
    named = next((c.where for c in bare if c.where is not None and c.where.text in sentence.text), None)
    doer = next((c.actor for c in bare if c.actor is not None and c.actor.text in sentence.text), None)
    fit = [
        c
        for c in last
        if c.kind == "event"
        and c.type in VIOLENT
        and c.modality in ("asserted", "hedged")
        and (named is None or (c.where is not None and encloses(named, c.where, scene)))
        and (doer is None or (c.actor is not None and c.actor.name == doer.name))
    ]
    return next((c for c in reversed(fit) if c.count is None), fit[-1] if fit else None)


def encloses(larger: Where, place: Where, scene: Scene) -> bool:
    """Whether a place is the other one or lies in it."""
    inside = place.id is not None and larger.id in {p.id for p in scene.places.ancestors(place.id)}
    return larger.name == place.name or inside


def count_of(toll: Toll | None) -> Count | None:
    """The toll as claims carry it."""
    return Count(killed=toll.killed, wounded=toll.wounded, whom=toll.whom) if toll else None
