"""What a report leaves unsaid because its reader knows: who the passive's agent is, whom a side is fighting.

Only what the report itself gives is used: who was spoken of last, who holds the place, whom the dictionary knows as an
enemy. What is inferred lowers the confidence of the claim.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import msgspec

from tadmor.claim.count import Toll
from tadmor.claim.draft import Draft
from tadmor.claim.number import number
from tadmor.claim.scene import Scene
from tadmor.claim.who import Named, known, rules, unnamed
from tadmor.lexicon import cues, frames
from tadmor.records import Claim, Party

CUES = cues.load()
FRAMES = frames.load()
AIR = frozenset({"Air/drone strike"})
FOUGHT = frozenset(
    {
        "gains",
        "gains_part",
        "contests",
        "advances",
        "besieges",
        "repels",
        "holds_part",
        "Armed clash",
        "Air/drone strike",
        "Shelling/artillery/missile attack",
    }
)
BRANCHES = frozenset({"affiliate", "branch", "chapter", "offshoot"})  # groups have them, in states
CLASHES = frozenset({"clash-noun"})  # frames whose two parties may be told in any order
HIDDEN = frozenset({"Suicide bomb", "Remote explosive/landmine/IED"})  # the work of those who hide, not of armies
REMOTE = frozenset({"Air/drone strike", "Shelling/artillery/missile attack"})  # their target need not be an enemy
FOUGHT_HERE = 2.0  # mentions that a fight for the same place counts as; swept 0-8 on the development gold
NEARBY = 60  # tokens at which a mention of an enemy weighs half; swept 20-200 on the development gold
REACH = 90  # tokens back that a party is still the one spoken of


def fallen(draft: Draft, toll: Toll | None, scene: Scene) -> Draft:
    """The draft with the parties that its toll names: who died in an attack was attacked, in a clash they fought."""
    if toll is None or not toll.whom or draft.type not in FOUGHT | {"Attack", "Suicide bomb"}:
        return draft
    found = [named for words in _AND.split(toll.whom) if (named := _band(words.split(), scene)) is not None]
    sides = [named for n, named in enumerate(found) if named.party.name not in {f.party.name for f in found[:n]}]
    if not sides:
        return draft
    if draft.actor is None and draft.opponent is None and len(sides) == 2 and draft.type == "Armed clash":
        return msgspec.structs.replace(draft, actor=sides[0], opponent=sides[1])
    if len(sides) == 1 and draft.rule in CLASHES and draft.opponent is not None and _is(draft.actor, sides[0].party):
        return msgspec.structs.replace(draft, actor=draft.opponent, opponent=draft.actor)
    if draft.opponent is None and not _is(draft.actor, sides[0].party):
        return msgspec.structs.replace(draft, opponent=sides[0])
    if draft.opponent is None and len(sides) == 1 and draft.rule not in CLASHES:  # "20 rebels killed in Azaz"
        return msgspec.structs.replace(draft, type="Armed clash", actor=None, opponent=sides[0])
    return draft


def untargeted(draft: Draft, toll: Toll | None, found: Sequence[Draft]) -> Draft:
    """The draft without who only holds what was hit, where people were killed: "air strikes on a rebel-held town".

    `found` are all drafts of the sentence.
    """
    if draft.type not in REMOTE or toll is None or draft.opponent is None:
        return draft
    holders = {d.actor.party.name for d in found if d.passing and d.type in ("holds", "holds_part") and d.actor}
    fallen_too = toll.whom is not None and draft.opponent.party.text in toll.whom
    if draft.opponent.party.name not in holders or fallen_too:
        return draft
    return msgspec.structs.replace(draft, opponent=None)


_AND = re.compile(r" and |, ")


def _band(words: Sequence[str], scene: Scene) -> Named | None:
    """The armed party that the words of a toll mean: "29 extremists", "IS members", "government soldiers"."""
    while words and (words[0].lower() in CUES.quantifiers or number(words[0]) is not None):
        words = words[1:]
    if not words or words[0] == "including" or words[-1].lower().rstrip("s") in CUES.civilian_nouns:
        return None
    if len(words) == 1 and scene.actors.adjective(words[0]) is not None:
        return None  # "20 Palestinians" are people
    countries = (scene.country,) if scene.country else ()
    meant = scene.actors.side(words, scene.country, scene.published)
    named = scene.actors.find(words, countries)
    if meant is not None or named:
        return known(meant.id if meant is not None else named[0].id, " ".join(words), scene)
    return unnamed(" ".join(words), 0.6) if words[-1].lower().rstrip("s") in CUES.insurgent_nouns else None


def actor(draft: Draft, scene: Scene, before: Sequence[Claim], end: int, cleared: Collection[str] = ()) -> Named | None:
    """The likeliest party behind a draft that names none: who did the like before, or who was spoken of last.

    `end` is the position after the sentence: parties named in it count as spoken of. `cleared` are the ids of those
    who deny or condemn it, so that it would not be theirs.
    """
    place = draft.place.where if draft.place else None
    holders = {
        c.actor.name
        for c in before
        if c.actor and place and c.type == "holds" and c.where and c.where.name == place.name
    }
    for claim in reversed(before[-12:]):
        did = claim.actor if claim.type == draft.type and claim.kind != "relation" else None
        if did is not None and did.id in cleared:
            continue
        if did is not None and draft.type in HIDDEN and rules(did, scene):
            continue
        if did is not None and did.name not in holders and not _is(draft.opponent, did):
            return Named(did, True, 0.4)
    for seen in reversed(scene.parties):
        if seen.at >= end or end - seen.at > REACH or not seen.armed:
            continue
        if seen.party.name in holders or _is(draft.opponent, seen.party):
            continue
        if seen.party.id in cleared or (draft.type in HIDDEN and seen.state):
            continue
        airborne = (seen.state and seen.party.id is None) or flies(seen.party, scene)
        if draft.type in AIR and not airborne:
            continue
        return Named(seen.party, True, 0.35)
    return None


def opponent(claim: Claim, told: Sequence[Claim], scene: Scene, end: int) -> Party | None:
    """Whom the actor of `claim` fights: who the report says holds the place, else the enemy it speaks of most nearby.

    `told` are all claims of the report, `end` the position after the claim's sentence. A part of a place is held
    against whoever holds another part of it; nobody is inferred for those who hold all of a place.
    """
    party = claim.actor
    if party is None:
        return None
    here = [c for c in told if c.where is not None and claim.where is not None and c.where.name == claim.where.name]
    for other in () if claim.type in REMOTE and claim.count is not None else here:
        held = other.type in ("holds", "holds_part") and other.actor is not None and against(party, other.actor, scene)
        if held and (other.days.last == claim.days.last or claim.type == "holds_part"):
            return other.actor
    if claim.type == "holds_part":
        return None
    if claim.type in REMOTE:
        return None
    weights: dict[str, float] = {}
    parties: dict[str, Party] = {}
    for other in here:
        for foe in (other.opponent, other.actor):
            if other.type in FOUGHT - REMOTE and foe is not None and foes(party, foe, scene):
                weights[foe.name] = weights.get(foe.name, 0.0) + FOUGHT_HERE
                parties.setdefault(foe.name, foe)
    for seen in scene.parties:
        if seen.armed and seen.party.name != party.name and foes(party, seen.party, scene):
            far = abs(end - seen.at) if seen.at < end else 2 * (seen.at - end)
            weights[seen.party.name] = weights.get(seen.party.name, 0.0) + 1 / (1 + far / NEARBY)
            parties.setdefault(seen.party.name, seen.party)
    if weights:
        return parties[max(weights, key=lambda name: weights[name])]
    if party.id is not None and scene.actors.get(party.id).kind in ("state", "government", "coalition"):
        band = next((b for b in reversed(scene.bands) if b.at < end), scene.bands[0] if scene.bands else None)
        return Party(name=band.name, text=band.name) if band is not None else None
    return None


def against(a: Party, b: Party, scene: Scene) -> bool:
    """Whether one may hold a place against the other: they are two, and not known to be on one side."""
    return a.name != b.name and not _friends(a, b, scene)


def _is(named: Named | None, party: Party) -> bool:
    return named is not None and named.party.name == party.name


def unlikely(type: str, actor: Party, opponent: Party, scene: Scene) -> bool:
    """Whether a relation that no frame has read goes against what is known of the two: enemies are no allies, weapons
    back nobody."""
    if any(weapon(party, scene) for party in (actor, opponent)):
        return True
    return _friends(actor, opponent, scene) if type == "opposes" else foes(actor, opponent, scene)


def the_right_way(draft: Draft, scene: Scene) -> Draft:
    """A relation of part to whole as the dictionary knows the two, if it was read the other way round."""
    part, whole = draft.actor, draft.opponent
    if draft.type != "part_of" or part is None or whole is None or not (part.party.id and whole.party.id):
        return draft
    wholes_of = scene.actors.wholes
    if part.party.id in wholes_of(whole.party.id) and whole.party.id not in wholes_of(part.party.id):
        return msgspec.structs.replace(draft, actor=whole, opponent=part)
    return draft


def of_a_foe(draft: Draft, scene: Scene) -> bool:
    """Whether it makes somebody part of an enemy, or a group the branch of a state: "Egypt's branch of al-Qaeda"."""
    part, whole = draft.actor, draft.opponent
    if draft.type != "part_of" or part is None or whole is None:
        return False
    abroad = draft.trigger.lemma_.lower() in BRANCHES and rules(whole.party, scene)
    return abroad or foes(part.party, whole.party, scene)


def weapon(party: Party, scene: Scene) -> bool:
    """Whether a party is only a weapon whose owner is not told: "heavy artillery", "warplanes"."""
    last = party.name.lower().split()[-1:]
    force = scene.actors.force(last[0]) if party.id is None and last else None
    return force is not None and force.arm in ("air", "artillery", "naval")


def flies(party: Party, scene: Scene) -> bool:
    """Whether a party is one that has an air force: a state or government, but for some, or a coalition of them."""
    if party.id is None or party.id in CUES.airless:
        return False
    actor = scene.actors.get(party.id)
    return actor.kind in ("state", "government") or (
        actor.kind == "coalition" and (not actor.country or scene.actors.is_of_states(actor.id))
    )


def grounded(draft: Draft, scene: Scene) -> Draft:
    """The draft of an air strike as what it is if who did it has no aircraft and the sentence names none: "a Boko Haram
    bombing", "Boko Haram strikes again"."""
    if draft.type not in AIR or draft.actor is None or draft.actor.party.id is None or flies(draft.actor.party, scene):
        return draft
    if any(FRAMES.weapons.get(word.lower_) in AIR for word in draft.trigger.sent):
        return draft
    bombs = draft.trigger.lemma_.lower() in CUES.classes["bombs"]
    return msgspec.structs.replace(draft, type="Remote explosive/landmine/IED" if bombs else "Armed clash")


def _friends(a: Party, b: Party, scene: Scene) -> bool:
    return bool(a.id and b.id and (scene.actors.same_side(a.id, b.id, scene.published) or 0) > 0)


def foes(a: Party, b: Party, scene: Scene) -> bool:
    return bool(a.id and b.id and (scene.actors.same_side(a.id, b.id, scene.published) or 0) < 0)
