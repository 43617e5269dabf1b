"""All claims of one place become its history: events, spells of both layers, disputes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, cached_property, partial
from typing import NamedTuple

import msgspec
import numpy as np

from tadmor.lexicon import actors, sources
from tadmor.records import Dispute, Event, Heard, PlaceHistory, Spell
from tadmor.timeline import claimed, control, dispute, evidence, link, members, spells, weights
from tadmor.timeline.columns import NONE, Columns, Ints, columns
from tadmor.timeline.mark import Total, digest
from tadmor.timeline.moved import Moved
from tadmor.timeline.unit import Notes, Piece, Section, Telling, Unit, as_made, section_name, section_number, sections
from tadmor.timeline.voiced import Change, Kept, Lately, listen
from tadmor.timeline.weigh import Knowledge, Said, hear

__all__ = [
    "Solved", "aged", "history", "known", "party_names", "posterior", "solve", "solve_told", "state_on", "tell",
    "until",
]  # fmt: skip

FEW = 64  # claims, of which some most likely have a day
_encode = msgspec.msgpack.Encoder().encode


class Solved(NamedTuple):
    """One chain of a place: a part (None: the place itself), its claims, what they say, and the model.

    `names` are those to show for the parties.
    """

    part: str | None
    claims: Ints
    told: Columns
    hearing: evidence.Hearing
    chain: control.Chain
    names: Mapping[str, str]

    def on(self, day: date) -> dict[str, float]:
        """How probable the model finds each holder on `day`, by name, with "partly" and "unknown"."""
        names = {**self.names, evidence.PARTLY: "partly", evidence.UNKNOWN: "unknown"}
        found: dict[str, float] = {}
        for state, p in self.chain.on(day.toordinal()).items():
            name = names.get(state, state)
            found[name] = found.get(name, 0.0) + p
        return found

    @property
    def counted(self) -> list[Said]:
        """The claims of the chain, weighed."""
        return self.told.said(self.told.ids[self.claims].tolist())


@cache
def known() -> Knowledge:
    """The weights, sources and actors shipped with the package."""
    return Knowledge(weights=weights.load(), sources=sources.load(), actors=actors.load())


def history(place_id: str, heard: Sequence[Heard], *, knowledge: Knowledge | None = None) -> PlaceHistory:
    """The history of one place from all claims about it.

    A pure function: the same claims give the same history to the byte, in whatever order they are heard. Claims without
    a day, and without a publication day to stand in for it, make events without days and leave the spells alone.
    """
    made = [one for unit in tell(place_id, heard, knowledge=knowledge).units for one in unit.make()]
    return PlaceHistory(
        place_id=place_id,
        events=tuple(sorted((one for one in made if isinstance(one, Event)), key=link.by_day)),
        spells=tuple(one for one in made if isinstance(one, Spell)),
        disputes=tuple(sorted((one for one in made if isinstance(one, Dispute)), key=dispute.by_day)),
    )


def tell(
    place_id: str, heard: Sequence[Heard], kept: Kept | None = None, *, knowledge: Knowledge | None = None
) -> Telling:
    """The history of one place in units, from what is newly heard of it and what was kept of all before."""
    knowledge = knowledge or known()
    listened = listen(heard, kept, knowledge)
    told = listened.told
    ties = {one.claim.id: one.ties for one in heard if one.ties}
    names = party_names(told)
    named = digest(_encode(sorted(names.items())))
    change = listened.change
    if kept is not None and kept.lately is not None and kept.lately.groups is not None and change is not None:
        groups = members.regrouped(kept.lately.groups, told, change, knowledge.actors)
    else:
        groups = members.grouped(told, knowledge.actors)
    lines = _lines(told, groups, names, knowledge)
    if kept is not None and kept.lately is not None and change is not None:
        # What is said of a day is felt the day before, and that it changed as long as a dispute of it lives.
        lives = knowledge.weights.dispute.live_days
        spans = [(first - 1, last + lives) for first, last in change.days]
        for line in lines:
            line.recall(kept.lately.lines.get(line.part), named, spans, change)
    units = _units(place_id, told, groups, names, named, lines, ties)

    def lately() -> Lately:
        found = {line.part: found for line in lines if (found := line.found(named))}
        return listened.lately._replace(groups=groups, lines=found)

    return Telling(units, listened.spoken, listened.changed, listened.together, listened.spoken_anew, lately)


def _units(
    place_id: str, told: Columns, groups: members.Groups, names: Mapping[str, str], named: bytes,
    lines: Sequence[_Line], ties: link.Ties,
) -> Iterator[Unit]:  # fmt: skip
    """Assessed spells and disputes of the place and of each part, the word of each side there, and the events of each
    part and family, or where analysts tied some all events. Nothing is solved before a unit is made that asks for it.
    """
    bases = {line.part: digest(named, line.group.total.packed, _encode(line.last)) for line in lines}
    for line in lines:
        part = line.part or ""
        yield Unit(f"assessed {part}", bases[line.part], partial(_assessed, place_id, line))
        for who, words in sorted(line.sides.items()):
            speaks = line.is_spoken_of_in(words.claims)
            basis = digest(named, bytes([speaks]), words.total.packed)
            yield Unit(f"claimed {part}: {who}", basis, partial(_claimed, place_id, line, who, words.claims, speaks))
        yield Unit(f"disputes {part}", bases[line.part], partial(_disputes, place_id, line))
    by_part = {line.part: line for line in lines}
    happened = [_Group(part, family, told, group, by_part.get(part)) for (part, family), group in groups.events.items()]
    if ties:
        yield Unit("events", None, partial(_tied_events, place_id, happened, names, ties, told))
        return
    for one in happened:
        basis = bases[one.part] if one.line is not None and one.family == link.CHANGE else b""
        basis = digest(named, one.group.total.packed, basis)
        yield Unit(f"events {one.part or ''}: {one.family}", basis, partial(_events, place_id, one, names, named))


def solve(heard: Sequence[Heard], *, knowledge: Knowledge | None = None) -> list[Solved]:
    """The models behind the history of a place, one for the place and one for each part that claims with days speak of.

    To ask what the history does not keep: the posterior of any day (`Chain.on`), or what each claim says (`Hearing`).
    """
    knowledge = knowledge or known()
    return solve_told(columns(hear(heard, knowledge)), knowledge)


def solve_told(told: Columns, knowledge: Knowledge) -> list[Solved]:
    """As `solve`, of claims that have been weighed."""
    lines = _lines(told, members.grouped(told, knowledge.actors), party_names(told), knowledge)
    return [solved for line in lines if (solved := line.solved) is not None]


def posterior(
    heard: Sequence[Heard], day: date, *, part: str | None = None, knowledge: Knowledge | None = None
) -> dict[str, float]:
    """How probable the model finds each holder of a place or part on `day`, by name, with "partly" and "unknown".

    Empty where no claim speaks of the part.
    """
    knowledge = knowledge or known()
    for solved in solve(heard, knowledge=knowledge):
        if solved.part == part:
            return solved.on(day)
    return {}


def state_on(
    history: PlaceHistory,
    day: date,
    *,
    spoken: Mapping[str | None, date] | None = None,
    half_life_days: float | None = None,
) -> list[Spell]:
    """The assessed spell of the place, and of each part, in which `day` lies; the place itself first.

    An open spell is `aged`: a part (None: the place) was last spoken of when `spoken` says or, without it, as far as
    the history shows.
    """
    current: dict[str | None, Spell] = {}
    for spell in history.spells:
        if spell.layer == "assessed" and spells.starts(spell.start) <= day:
            before = current.get(spell.part)
            if before is None or spells.starts(before.start) <= spells.starts(spell.start):
                current[spell.part] = spell
    out = []
    for part in sorted(current, key=lambda part: (part is not None, part or "")):
        spell = current[part]
        last = (spoken or {}).get(part) or _last_spoken(history, part)
        out.append(aged(spell, day, last, half_life_days=half_life_days))
    return out


def aged(spell: Spell, day: date, last: date | None, *, half_life_days: float | None = None) -> Spell:
    """A spell as sure as it is on `day`, when its place or part was spoken of on `last` at last.

    One that is still so is less sure the longer nobody has spoken of it: its confidence halves every `half_life_days`.
    Who holds it never changes by that.
    """
    if spell.end is not None or last is None or day <= last:
        return spell
    half_life = half_life_days or weights.load().control.half_life_days
    faded = spell.confidence * 0.5 ** ((day - last).days / half_life)
    return msgspec.structs.replace(spell, confidence=round(faded, spells.DIGITS))


def _last_spoken(history: PlaceHistory, part: str | None) -> date | None:
    days = [event.days.last for event in history.events if event.days.last and event.part == part]
    days += [spell.start.latest for spell in history.spells if spell.start.latest and spell.part == part]
    return max(days, default=None)


class _Found(NamedTuple):
    """What was found of a line when it was last solved."""

    named: bytes
    hearing: evidence.Hearing
    chain: control.Chain
    spells: spells.Found
    disputes: dispute.Found
    happened: Mapping[str, _Happenings]  # by family
    spoken: Mapping[str, claimed.Spoken]  # by side


class _Happened(NamedTuple):
    """What is told of in a section: the claims of each happening, their bases, that of the section, and between which
    days it lies."""

    clusters: Sequence[link.Cluster]
    bases: Mapping[tuple[str, ...], bytes]
    basis: bytes
    days: tuple[int | None, int | None]


class _Happenings(NamedTuple):
    """What is told of in all sections, and the sum of the marks of the claims that do."""

    total: Total
    sections: Mapping[str, _Happened]


class _Line:
    """The place (part None) or a part of it, with the claims that speak of it; heard and solved when first asked."""

    def __init__(
        self,
        part: str | None,
        told: Columns,
        groups: members.Groups,
        names: Mapping[str, str],
        knowledge: Knowledge,
    ) -> None:
        self.part, self.told, self.names, self.knowledge = part, told, names, knowledge
        self.group = groups.speak[part]
        self.asserting = groups.asserting.get(part, members.NO_GROUP).claims
        self.sides = groups.words.get(part, {})  # the words of each
        self.last = until(told, self.group.claims)

        self.spells: spells.Found | None = None
        self.disputes: dispute.Found | None = None
        self.happened: dict[str, _Happenings] = {}
        self.spoken: dict[str, claimed.Spoken] = {}
        self.change: Change | None = None  # of claims since it was found `before`
        self.before: _Found | None = None
        self._spans: Sequence[tuple[int, int]] = ()

    def recall(self, before: _Found | None, named: bytes, spans: Sequence[tuple[int, int]], change: Change) -> None:
        """Take up what was found of it `before` claims changed that speak of the days of some `spans`."""
        if before is None or before.named != named or before.hearing.keys != evidence.keys(self.told):
            return
        self._spans, self.change, come = spans, change, change.splice.come
        claims = self.group.claims
        own = come[claims.take(claims.searchsorted(come), mode="clip") == come]
        more = self._read(own) if len(own) else None
        self.before = before._replace(hearing=evidence.shifted(before.hearing, change.splice, more))

    @cached_property
    def moved(self) -> Moved | None:
        """What moved since it was last solved."""
        if self.solved is None or self.solved.chain.moved is None:
            return None
        return self.solved.chain.moved.with_(self._spans)

    def stays(self, first: int | None, last: int | None) -> bool:
        """Whether on some days nothing moved."""
        return self.moved is not None and first is not None and last is not None and not self.moved.any(first, last)

    def is_silent(self, first: int, last: int) -> bool:
        """Whether all that is said of some days is what it was when it was last solved."""
        return self.before is not None and not any(begin <= last and first <= end for begin, end in self._spans)

    def found(self, named: bytes) -> _Found | None:
        """What was found of it; if it did not have to be solved, what had been before."""
        if "solved" not in self.__dict__:
            return self.before
        if self.solved is None or self.spells is None or self.disputes is None:
            return None
        # Those that were not made anew are what they were.
        happened = {**(self.before.happened if self.before else {}), **self.happened}
        spoken = {**(self.before.spoken if self.before else {}), **self.spoken}
        spoken = {who: one for who, one in spoken.items() if who in self.sides}
        return _Found(named, self.solved.hearing, self.solved.chain, self.spells, self.disputes, happened, spoken)

    def _read(self, claims: Ints) -> evidence.Hearing:
        chain = evidence.weighed(self.told, self.part, claims)
        return evidence.read(self.told, chain, whole=self.part is None, weights=self.knowledge.weights)

    def is_spoken_of_in(self, words: Ints) -> bool:
        """Whether any claim with a day speaks of it, `words` of a side among them: who is said to hold it does."""
        if self.before is not None:
            return bool(len(self.before.hearing.clues.day))
        told = self.told
        said = zip(told.of_part[words[:FEW]].tolist(), told.actor[words[:FEW]].tolist(), strict=True)
        return any(actor != NONE and told.types[type] != "loses" for type, actor in said) or self._spoken_of

    @cached_property
    def _spoken_of(self) -> bool:
        claims = self.group.claims
        some = (claims[begin : begin + FEW] for begin in range(0, len(claims), FEW))
        return any(len(self._read(few).clues.day) for few in some)

    @cached_property
    def solved(self) -> Solved | None:
        hearing = self.before.hearing if self.before else self._read(self.group.claims)
        rule = self.knowledge.weights.control
        if self.last is None or not len(hearing.clues.day):
            return None
        hearing = hearing._replace(tally=evidence.tally(hearing))
        sides = control.sides(hearing, self.names, self.knowledge.actors, rule)
        chain = control.decide(hearing, sides, self.last, rule, self.before.chain if self.before else None)
        return Solved(self.part, self.group.claims, self.told, hearing, chain, self.names) if chain else None


def _lines(told: Columns, groups: members.Groups, names: Mapping[str, str], knowledge: Knowledge) -> list[_Line]:
    """The place itself first."""
    ordered = sorted(groups.speak, key=lambda part: (part is not None, part or ""))
    return [_Line(part, told, groups, names, knowledge) for part in ordered]


def _assessed(place_id: str, line: _Line, _: Notes) -> Iterator[Section]:
    if (solved := line.solved) is None:
        return
    before = line.before.spells if line.before else None
    found = spells.Assessed(
        place_id, line.part, solved.chain, solved.hearing, line.told, line.names, line.knowledge.weights,
        before, line.moved,
    )  # fmt: skip
    bases = found.bases()
    line.spells = found.found(bases)
    days = [frame.stretches[0].stretch.first for frame in found.frames]
    yield from sections(days, bases, lambda at: found.spell(found.frames[at]))


def _claimed(place_id: str, line: _Line, who: str, claims: Ints, speaks: bool, _: Notes) -> Iterator[Section]:
    if who not in line.spoken:
        before = line.before.spoken.get(who) if line.before else None
        line.spoken[who] = claimed.spoken(line.told, claims, line.names, before, line.change)
    if speaks:
        yield from claimed.claimed(place_id, line.part, who, line.spoken[who], line.names)


def _disputes(place_id: str, line: _Line, notes: Notes) -> Iterator[Section]:
    if (solved := line.solved) is None:
        return iter(())
    before = line.before.disputes if line.before else None
    line.disputes = dispute.Found(solved.chain.axis[-1], {}, {})
    return dispute.disputes(
        place_id, line.part, line.told, line.asserting, solved.chain, line.names, line.knowledge.weights, notes,
        line.disputes, before, line.moved,
    )  # fmt: skip


class _Group(NamedTuple):
    """Claims that tell of happenings of one part and family, and the line of the part."""

    part: str | None
    family: str
    told: Columns
    group: members.Group
    line: _Line | None

    @property
    def chain(self) -> control.Chain | None:
        solved = self.line.solved if self.line is not None and self.family == link.CHANGE else None
        return solved.chain if solved else None

    def stays(self, first: int | None, last: int | None) -> bool:
        """Whether what is told of some days is what it was."""
        if self.line is None or first is None or last is None:
            return False
        return self.line.stays(first, last) if self.family == link.CHANGE else self.line.is_silent(first, last)


class _Marks:
    """The marks of the claims of a group, by their ids; looked up from the last day back, as far as is asked."""

    def __init__(self, told: Columns, claims: Ints) -> None:
        self._told, self._claims, self._left = told, claims, len(claims)
        self._last = told.last[claims]
        self._known: dict[str, bytes] = {}

    def of(self, cluster: link.Cluster) -> list[bytes]:
        """The marks of the claims of a happening; none of them ends before it begins."""
        told, begin = self._told, 0
        if cluster.first is not None:
            begin = int(self._last.searchsorted(cluster.first))
        if begin < self._left:
            some = self._claims[begin : self._left]
            self._known.update(zip(told.ids[some].tolist(), told.mark[some].tolist(), strict=True))
            self._left = begin
        return [self._known[id] for id in cluster.ids]


def _events(place_id: str, group: _Group, names: Mapping[str, str], named: bytes, notes: Notes) -> Iterator[Section]:
    line = group.line
    before = line.before.happened.get(group.family) if line and line.before else None
    by_section: dict[str, Sequence[link.Cluster]]
    if before and before.total == group.group.total:
        notes.keep_all()
        by_section = {name: one.clusters for name, one in before.sections.items()}
    else:
        by_number: dict[int | None, list[link.Cluster]] = {}
        for cluster in link.clusters(group.told, group.group.claims, notes):
            by_number.setdefault(section_number(cluster.first), []).append(cluster)
        by_section = {section_name(number): clusters for number, clusters in by_number.items()}
    found: dict[str, _Happened] = {}
    marks = _Marks(group.told, group.group.claims)
    for name, clusters in by_section.items():
        found[name] = one = _happened(group, named, clusters, before.sections.get(name) if before else None, marks)
        yield Section(name, one.basis, partial(_event_pieces, place_id, group, one, names))
    if line:
        line.happened[group.family] = _Happenings(group.group.total, found)


def _happened(
    group: _Group, named: bytes, clusters: Sequence[link.Cluster], before: _Happened | None, marks: _Marks
) -> _Happened:
    if before and before.clusters == clusters:
        if group.stays(*before.days):
            return before
        days = before.days
    else:
        firsts = [cluster.first for cluster in clusters if cluster.first is not None]
        lasts = [cluster.last for cluster in clusters if cluster.last is not None]
        days = min(firsts, default=None), max(lasts, default=None)
    bases: dict[tuple[str, ...], bytes] = {}
    known = before.bases if before else {}
    for cluster in clusters:
        own = tuple(cluster.ids)
        basis = known.get(own) if group.stays(cluster.first, cluster.last) else None
        if basis is None:
            sure = link.came_about(cluster, group.chain)
            basis = digest(named, _encode(sure), *marks.of(cluster))
        bases[own] = basis
    return _Happened(clusters, bases, digest(*bases.values()), days)


def _event_pieces(place_id: str, group: _Group, found: _Happened, names: Mapping[str, str]) -> Iterator[Piece]:
    for cluster, basis in zip(found.clusters, found.bases.values(), strict=True):
        yield Piece(basis, partial(_event, place_id, group, cluster, names))


def _event(place_id: str, group: _Group, cluster: link.Cluster, names: Mapping[str, str]) -> Event:
    sure = link.came_about(cluster, group.chain)
    return link.event(place_id, group.part, cluster, group.told, names, sure)


def _tied_events(
    place_id: str, groups: Sequence[_Group], names: Mapping[str, str], ties: link.Ties, told: Columns, notes: Notes
) -> Iterator[Section]:
    ordered = sorted(groups, key=lambda group: (group.part or "", group.family))
    clusters = [
        (group.part, cluster) for group in ordered for cluster in link.clusters(told, group.group.claims, notes)
    ]
    chains = {group.part: group.line.solved.chain for group in groups if group.line and group.line.solved}
    by_id = {telling.id: telling for group in groups for telling in link.tellings(told, group.group.claims)}
    return as_made(
        link.event(place_id, part, cluster, told, names, link.came_about(cluster, chains.get(part)))
        for part, cluster in link.obeyed(clusters, ties, told, by_id)
    )


def until(told: Columns, claims: Ints) -> int | None:
    """The last day that anything known of the place reaches: the last publication or claimed day."""
    last = max(int(told.published[claims].max()), int(told.last[claims].max()))
    return None if last == NONE else last


def party_names(told: Columns) -> dict[str, str]:
    """The name to show for each party: the one most claims use, of equals the one that sorts first."""
    most = len(told.names) + 1
    actor, opponent = (np.bincount(names - NONE, minlength=most) for names in (told.actor_name, told.opponent_name))
    used = (actor + opponent)[1:].tolist()
    best: dict[str, tuple[int, str]] = {}
    for (key, name), times in zip(told.names, used, strict=True):
        if times:
            best[key] = min(best.get(key, (0, "")), (-times, name))
    return {key: name for key, (_, name) in best.items()}
