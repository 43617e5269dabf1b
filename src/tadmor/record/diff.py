"""What two states of knowledge find otherwise: spells added, revised and withdrawn, each with why.

A spell of the one state is a spell of the other if both are about the same place and part, in the same layer, of the
same holder, and share a day. What makes the difference is sought among the claims that carry either of them: those that
came, went, or are heard otherwise; where these are all as they were, among all claims about the place; and in what
worked them out: the version of the tool, of its rules and dictionaries, and the learned weights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from tadmor.record.former import History, Said, State
from tadmor.records import Record, Spell
from tadmor.timeline.spells import starts

What = Literal["added", "revised", "withdrawn"]
SURE = 0.005  # how far apart two probabilities are that differ in what is shown
_NOTHING = History("", None, ())


class ClaimChange(Record, frozen=True):
    """A claim that one state knows and the other does not, or that is heard otherwise: `fields` says in what.

    `read_by` is the version that read it before, and after.
    """

    claim_id: str
    what: Literal["came", "went", "changed"]
    fields: tuple[str, ...]
    quote: str
    report_id: str
    read_by: tuple[str | None, str | None]


class Versions(Record, frozen=True):
    """What worked the history out, before and after; None where both are the same."""

    tool: tuple[str, str] | None = None
    rules: tuple[str, str] | None = None
    dictionaries: tuple[str, str] | None = None
    weights: tuple[str | None, str | None] | None = None


class SpellChange(Record, frozen=True):
    """A spell that only one state has, or that both have and tell otherwise: `fields` says in what."""

    what: What
    place_id: str
    before: Spell | None
    after: Spell | None
    fields: tuple[str, ...]
    claims: tuple[ClaimChange, ...]
    about: Literal["spell", "place"]  # what those claims are about
    versions: Versions

    @property
    def spell(self) -> Spell:
        spell = self.after or self.before
        assert spell
        return spell


def changes(before: State, after: State, place_ids: Iterable[str] | None = None) -> Iterator[SpellChange]:
    """The changes at some places or at all, place by place in the order of ids, in each by part, layer and day."""
    if place_ids is None:
        place_ids = sorted({*before.places(), *after.places()})
    for place_id in place_ids:
        yield from _of_place(place_id, before, after)


def _of_place(place_id: str, before: State, after: State) -> Iterator[SpellChange]:
    old, new = before.history(place_id) or _NOTHING, after.history(place_id) or _NOTHING
    found = [(pair, _fields(*pair)) for pair in pairs(old.spells, new.spells)]
    found = [(pair, fields) for pair, fields in found if fields or None in pair]
    if not found:
        return
    versions = _versions(old, new, before, after)
    carrying = {pull.claim_id for pair, _ in found for spell in pair if spell for pull in spell.pulls}
    changed = _claim_changes(before.claims(carrying), after.claims(carrying))
    around: dict[str, ClaimChange] | None = None
    for (one, other), fields in found:
        ids = dict.fromkeys(pull.claim_id for spell in (one, other) if spell for pull in spell.pulls)
        claims = [changed[id] for id in ids if id in changed]
        if not claims and around is None:
            around = _claim_changes(before.about(place_id), after.about(place_id))
        yield SpellChange(
            what="added" if one is None else "withdrawn" if other is None else "revised",
            place_id=place_id,
            before=one,
            after=other,
            fields=fields,
            claims=tuple(claims or (around or {}).values()),
            about="spell" if claims else "place",
            versions=versions,
        )


# --- spells ---------------------------------------------------------------------------------------------------------


def pairs(old: Sequence[Spell], new: Sequence[Spell]) -> list[tuple[Spell | None, Spell | None]]:
    """Which spell of one place has become which: those of one id, then those that share most days; None: none has."""
    found: list[tuple[Spell | None, Spell | None]] = []
    by_id = {spell.id: spell for spell in new}
    lines: dict[tuple[object, ...], tuple[list[Spell], list[Spell]]] = defaultdict(lambda: ([], []))
    for spell in old:
        if spell.id in by_id:
            found.append((spell, by_id.pop(spell.id)))
        else:
            lines[_line(spell)][0].append(spell)
    for spell in by_id.values():
        lines[_line(spell)][1].append(spell)
    for olds, news in lines.values():
        shared = [(_shared(one, other), one, other) for one in olds for other in news]
        shared.sort(key=lambda pair: (-pair[0], pair[1].id, pair[2].id))
        left, right = {one.id: one for one in olds}, {other.id: other for other in news}
        for days, one, other in shared:
            if days > 0 and one.id in left and other.id in right:
                found.append((left.pop(one.id), right.pop(other.id)))
        found += [(one, None) for one in left.values()] + [(None, other) for other in right.values()]
    return sorted(found, key=_order)


def _line(spell: Spell) -> tuple[object, ...]:
    return spell.part, spell.layer, spell.claimed_by, spell.holder, spell.status == "unknown"


def _order(pair: tuple[Spell | None, Spell | None]) -> tuple[str, ...]:
    spell = pair[1] or pair[0]
    assert spell
    return spell.part or "", spell.layer, spell.claimed_by or "", starts(spell.start).isoformat(), spell.id


def _shared(one: Spell, other: Spell) -> int:
    """How many days two spells share."""
    first = max(starts(one.start), starts(other.start))
    return (min(_last(one), _last(other)) - first).days + 1


def _last(spell: Spell) -> date:
    return date.max if spell.end is None else spell.end.latest or spell.end.earliest or date.max


def _fields(one: Spell | None, other: Spell | None) -> tuple[str, ...]:
    """In what two spells differ; how far a single claim pulls is no difference."""
    if one is None or other is None:
        return ()
    fields = [
        name
        for name in ("status", "contested", "besieged_by", "start", "end", "voices")
        if getattr(one, name) != getattr(other, name)
    ]
    if abs(one.confidence - other.confidence) >= SURE:
        fields.append("confidence")
    if _sides(one) != _sides(other):
        fields.append("claims")
    return tuple(fields)


def _sides(spell: Spell) -> set[tuple[str, bool]]:
    return {(pull.claim_id, pull.pull > 0) for pull in spell.pulls}


# --- why ------------------------------------------------------------------------------------------------------------


def _claim_changes(old: Mapping[str, Said], new: Mapping[str, Said]) -> dict[str, ClaimChange]:
    found = {}
    for id in sorted({*old, *new}):
        one, other = old.get(id), new.get(id)
        told = other or one
        assert told
        fields = (
            tuple(name for name, value in other.heard.items() if one.heard.get(name) != value) if one and other else ()
        )
        if fields or one is None or other is None:
            found[id] = ClaimChange(
                claim_id=id,
                what="came" if one is None else "went" if other is None else "changed",
                fields=fields,
                quote=told.quote,
                report_id=told.report_id,
                read_by=(one.maker if one else None, other.maker if other else None),
            )
    return found


def _versions(old: History, new: History, before: State, after: State) -> Versions:
    if not old.maker or not new.maker:
        return Versions()
    one, other = before.maker(old.maker), after.maker(new.maker)
    return Versions(
        tool=(one.tool, other.tool) if one.tool != other.tool else None,
        rules=(one.code, other.code) if one.code != other.code else None,
        dictionaries=(one.data, other.data) if one.data != other.data else None,
        weights=(old.weights, new.weights) if old.weights != new.weights else None,
    )
