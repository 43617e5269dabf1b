"""Reads what a briefing says from a record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from tadmor import __version__
from tadmor.lexicon import heritage
from tadmor.out import wording
from tadmor.out.brief import sentences
from tadmor.out.brief.drawing import MapDrawing, StripDrawing, draw_maps, draw_strip
from tadmor.out.brief.view import Brief, Finding, Note, Sentence, Toll
from tadmor.out.look import Look, looks
from tadmor.out.quotes import Library
from tadmor.record import queries, select, weight_sets
from tadmor.record.database import Database
from tadmor.record.heritage import Incident, incidents
from tadmor.record.queries import Told
from tadmor.record.select import ClaimRow, Evidence, Filters, SpellRow
from tadmor.record.standing import sides_of
from tadmor.record.voices import Speaker, speakers
from tadmor.records import Dispute, Report, Spell
from tadmor.timeline import change
from tadmor.timeline.change import HANDS, Change
from tadmor.timeline.weigh import Knowledge, Voice, voices

__all__ = ["SURE", "gather"]

SURE = 0.8  # "very likely" and more (ICD 203)
LIKELY = 0.5
MOST_CHANGES = 60  # of each kind, the surest; what is left out is told
MOST_STATES = 40
MOST_STRIPS = 24
MOST_TOLLS = 30
MOST_DISPUTES = 20
MOST_HERITAGE = 30
MOST_LOOSE = 20  # claims that could not be dated, and that could not be placed
NOTES_FOR, NOTES_AGAINST = 4, 2  # on one sentence


def gather(
    database: Database,
    filters: Filters,
    knowledge: Knowledge,
    *,
    first: date,
    last: date,
    title: str,
    scope: str,
    notice: str | None = None,
) -> Brief:
    """Everything that a briefing about the days `first` to `last` says of the places of `filters`."""
    return _Gathering(database, filters, knowledge, first, last).brief(title, scope, notice)


class _Reports(dict[str, Report]):
    """Reports, read when they are first quoted."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    def __missing__(self, id: str) -> Report:
        found = queries.report(self._database, id)
        assert found is not None, f"a claim of a report that is not there: {id}"
        self[id] = found
        return found


class _Footnotes:
    """Numbers the claims in the order in which sentences rest on them."""

    def __init__(self, database: Database) -> None:
        rows = database.query("SELECT story_id, count(*) AS copies FROM stories GROUP BY story_id")
        self._library = Library(_Reports(database), {row["story_id"]: row["copies"] for row in rows})
        self._database = database
        self._told: dict[str, Told] = {}
        self._numbers: dict[str, int] = {}
        self._cited: Counter[int] = Counter()

    def sentence(self, text: str, claim_ids: Iterable[str]) -> Sentence:
        """A sentence that rests on these claims; without any it may not be said."""
        ids = list(dict.fromkeys(claim_ids))
        assert ids, f"a sentence that rests on nothing: {text}"
        self._load(ids)
        numbers = tuple(self._numbers.setdefault(id, len(self._numbers) + 1) for id in ids)
        self._cited.update(numbers)
        return Sentence(text, numbers)

    def notes(self) -> tuple[Note, ...]:
        return tuple(
            Note(number, self._library.quote(self._told[id]), self._cited[number])
            for id, number in self._numbers.items()
        )

    def claims(self) -> list[Told]:
        """All claims that are cited."""
        return [self._told[id] for id in self._numbers]

    def _load(self, ids: Sequence[str]) -> None:
        if missing := [id for id in ids if id not in self._told]:
            self._told.update(queries.told(self._database, missing))


class _Gathering:
    """One pass over a record."""

    def __init__(self, database: Database, filters: Filters, knowledge: Knowledge, first: date, last: date) -> None:
        self.database, self.knowledge, self.first, self.last = database, knowledge, first, last
        self.filters = msgspec.structs.replace(filters, first=first, last=last, layer="assessed")
        ids = select.place_ids(database, filters)
        self.ids = list(ids) if ids is not None else None
        self.places = queries.places(database)
        self.footnotes = _Footnotes(database)
        self.voice = voices(knowledge)
        self.left_out: dict[str, int] = {}

    def brief(self, title: str, scope: str, notice: str | None) -> Brief:
        everything = [one for one in self._changes() if self.filters.part in (None, one.after.part)]
        found = [one for one in everything if self._dated(one)]
        vague = [one for one in everything if not self._dated(one) and HANDS.intersection(one.what)]
        rows = self._rows(one.after.id for one in everything)
        hands = [one for one in found if HANDS.intersection(one.what) or "partly held" in one.what]
        fights = [one for one in found if {"contested", "besieged"}.intersection(one.what)]
        sure = [one for one in hands if one.after.confidence >= SURE]
        likely = [one for one in hands if LIKELY <= one.after.confidence < SURE]
        unlikely = [one for one in hands if one.after.confidence < LIKELY]
        told = [self._some("changes of hands", some, rows) for some in (sure, likely, unlikely)]
        state = self._state()
        embattled = self._embattled(state)
        about = {one.after.place_id for one in found} | {spell.place_id for spell, _ in embattled}
        otherwise = self._otherwise(state)
        self._style(state, found)
        maps = draw_maps(self.places, state, about, self._weights(), self.looks)
        strips = self._strips(found)
        tolls, kinds = self._events()
        disputes = self._disputes()
        named, near = self._heritage()
        vaguely = self._some("changes that may have come about in these days", vague, rows)
        undated, unplaced = self._loose()
        learned = weight_sets.in_force(self.database)
        notes = self.footnotes.notes()
        return Brief(
            title=title,
            notice=notice,
            first=self.first,
            last=self.last,
            scope=scope,
            numbers=(
                ("changes of hands, very likely or more", len(sure)),
                ("changes of hands, likely", len(likely)),
                ("changes of hands that are claimed, but less likely than not", len(unlikely)),
                ("places and parts that became contested or besieged", len(fights)),
                ("contested or besieged at the end", len(embattled)),
                ("events with a toll", len(tolls)),
                ("open disputes", len(disputes)),
            ),
            sure=told[0],
            likely=told[1],
            unlikely=told[2],
            vague=vaguely,
            contested=tuple(one for spell, one in embattled if spell.confidence >= SURE),
            contested_unsure=tuple(one for spell, one in embattled if spell.confidence < SURE),
            otherwise=otherwise,
            maps=maps,
            strips=strips,
            legend=self._legend(maps, strips),
            tolls=tolls,
            kinds=kinds,
            disputes=disputes,
            heritage=named,
            heritage_near=near,
            undated=undated,
            unplaced=unplaced,
            speakers=self._speakers(),
            learned=learned is not None,
            left_out=tuple((what, count) for what, count in self.left_out.items() if count > 0),
            notes=notes,
            half_life=self.knowledge.weights.control.half_life_days,
            version=__version__,
        )

    # --- changes and states ---

    def _dated(self, one: Change) -> bool:
        """Whether a change came about in these days rather than before or after them."""
        earliest, latest = one.when.earliest, one.when.latest
        if earliest is None or latest is None:
            return False
        inside = (min(latest, self.last) - max(earliest, self.first)).days + 1
        return 2 * inside >= (latest - earliest).days + 1

    def _changes(self) -> list[Change]:
        return change.between(queries.changes(self.database, self.ids), self.first, self.last)

    def _state(self) -> list[Spell]:
        half_life = self.knowledge.weights.control.half_life_days
        found = queries.state(self.database, self.last, self.ids, half_life_days=half_life, pulls=False)
        return [spell for spell in found if self.filters.part in (None, spell.part)]

    def _rows(self, ids: Iterable[str]) -> dict[str, SpellRow]:
        return {row.spell.id: row for row in select.spells_in_turn(self.database, dict.fromkeys(ids))}

    def _where(self, place_id: str, part: str | None) -> str:
        return sentences.where(self.places[place_id].name, part)

    def _some(self, what: str, found: Sequence[Change], rows: dict[str, SpellRow]) -> tuple[Finding, ...]:
        """The changes, by day; where there are too many the surest."""
        kept = set(sorted(range(len(found)), key=lambda at: -found[at].after.confidence)[:MOST_CHANGES])
        self.left_out[what] = self.left_out.get(what, 0) + len(found) - len(kept)
        told = (self._change(one, rows) for at, one in enumerate(found) if at in kept)
        return tuple(one for one in told if one is not None)

    def _change(self, one: Change, rows: dict[str, SpellRow]) -> Finding | None:
        row = rows[one.after.id]
        since = one.when.earliest or date.min
        behind = self._behind(row, since) or [pull.claim_id for pull in (one.before.pulls if one.before else ())]
        if not behind:
            self._leave_out("changes that no claim of their own speaks for")
            return None
        text = sentences.changed(one, self._where(one.after.place_id, one.after.part))
        head = self.footnotes.sentence(text, behind[:NOTES_FOR])
        return Finding(head, tuple(self._said(row, since)), one.after.confidence)

    def _behind(self, row: SpellRow, since: date) -> list[str]:
        return _ids([*_since(row.for_it, since), *row.against])

    def _leave_out(self, what: str) -> None:
        self.left_out[what] = self.left_out.get(what, 0) + 1

    def _said(self, row: SpellRow, since: date) -> Iterator[Sentence]:
        """Who spoke for it first, who independently, and who against; of what was published since a day."""
        note, voice = self.footnotes.sentence, sentences.voice
        later = _since(row.for_it, since)
        of_these, published = (
            ("Of what was published since, the", " published since") if later != row.for_it else ("The", "")
        )
        if by_voice := _by_voice(later):
            first, *others = by_voice
            day = f", on {wording.day(first.published)}" if first.published else ""
            yield note(f"{of_these} first whose word speaks for it is {voice(first.voice)}{day}.", [first.claim_id])
            apart = [one for one in others if one.story_id != first.story_id][:NOTES_FOR]
            beside = [one for one in others if one.story_id == first.story_id][:NOTES_FOR]
            if apart:
                names = sentences.listed(voice(one.voice) for one in apart)
                yield note(f"Independently of it, so does that of {names}.", _ids(apart))
            elif beside:
                names = sentences.listed(voice(one.voice) for one in beside)
                yield note(
                    f"In the same story, so does that of {names}; no other story{published} confirms it.", _ids(beside)
                )
            else:
                yield note(f"No independent voice{published} confirms it.", [first.claim_id])
        if against := _by_voice(row.against)[:NOTES_AGAINST]:
            names = sentences.listed(voice(one.voice) for one in against)
            yield note(f"Against it speaks the word of {names}.", _ids(against))

    def _embattled(self, state: Sequence[Spell]) -> list[tuple[Spell, Finding]]:
        """What is contested or besieged on the last day, and of which reports of these days speak."""
        fought = [one for one in state if one.contested or one.status in ("contested", "besieged") or one.besieged_by]
        rows = self._rows(one.id for one in fought)
        found = []
        for spell in fought:
            row = rows[spell.id]
            spoken = [one for one in (*row.for_it, *row.against) if self._published(one)]
            if not spoken:
                self._leave_out("contested or besieged places of which no report of these days speaks")
                continue
            ids = _ids(sorted(spoken, key=lambda one: one.pull is not None and one.pull < 0))
            text = sentences.state_on(spell, self._where(spell.place_id, spell.part), self.last)
            head = self.footnotes.sentence(text, ids[:NOTES_FOR])
            found.append((spell, Finding(head, tuple(self._said(row, self.first)), spell.confidence)))
        self.left_out["contested or besieged places"] = len(found) - MOST_STATES
        return found[:MOST_STATES]

    def _otherwise(self, state: Sequence[Spell]) -> tuple[Sentence, ...]:
        """What sides claimed in these days of who holds a place on the last of them, where the assessment differs."""
        assessed = {(spell.place_id, spell.part): change.holder(spell) for spell in state}
        found = queries.state(self.database, self.last, self.ids, layer="claimed")
        wanted = [
            spell
            for spell in found
            if self.filters.part in (None, spell.part)
            and (held := change.holder(spell)) is not None
            and held != assessed.get((spell.place_id, spell.part))
        ]
        rows = self._rows(spell.id for spell in wanted)
        told: list[Sentence] = []
        left = 0
        for spell in wanted:
            spoken = [one for one in rows[spell.id].for_it if self._published(one)]
            if not spoken:
                continue
            if len(told) == MOST_STATES:
                left += 1
                continue
            side = spell.claimed_by or sentences.voice(spoken[0].voice)
            place = self._where(spell.place_id, spell.part)
            told.append(
                self.footnotes.sentence(sentences.claimed_on(spell, side, place, self.last), _ids(spoken[:NOTES_FOR]))
            )
        self.left_out["claims of sides that the assessment does not follow"] = left
        return tuple(told)

    def _published(self, one: Evidence) -> bool:
        return one.published is not None and self.first <= one.published <= self.last

    # --- drawings ---

    def _style(self, state: Sequence[Spell], found: Sequence[Change]) -> None:
        spells = [*state, *(spell for one in found for spell in (one.before, one.after) if spell)]
        weights = Counter(party for spell in spells for party in (spell.holder, spell.besieged_by) if party)
        self.looks: dict[str, Look] = looks(weights, [weights])

    def _legend(self, maps: Sequence[MapDrawing], strips: Sequence[StripDrawing]) -> tuple[tuple[str, Look], ...]:
        """Those that are drawn, the most frequent first."""
        drawn = {mark.holder for one in maps for mark in one.marks} | {bar.holder for one in strips for bar in one.bars}
        return tuple((name, look) for name, look in self.looks.items() if name in drawn)

    def _weights(self) -> dict[str, float]:
        rows = self.database.query("SELECT place_id, count(*) AS claims FROM claims GROUP BY place_id")
        return {row["place_id"]: float(row["claims"]) for row in rows if row["place_id"]}

    def _strips(self, found: Sequence[Change]) -> tuple[StripDrawing, ...]:
        units = list(dict.fromkeys((one.after.place_id, one.after.part) for one in found))
        self.left_out["timelines"] = len(units) - MOST_STRIPS
        units = units[:MOST_STRIPS]
        by_unit: defaultdict[tuple[str, str | None], list[Spell]] = defaultdict(list)
        for spell in queries.spells(self.database, sorted({place_id for place_id, _ in units})):
            by_unit[spell.place_id, spell.part].append(spell)
        return tuple(
            draw_strip(number, self._where(*unit), by_unit[unit], self.first, self.last, self.looks)
            for number, unit in enumerate(units)
        )

    # --- events ---

    def _events(self) -> tuple[tuple[Toll, ...], tuple[tuple[str, int], ...]]:
        kinds: Counter[str] = Counter()
        deadly = []
        for row in select.events(self.database, self.filters):
            event = row.event
            if event.kind != "event" or event.days.first is None:
                continue
            kinds[event.type] += 1
            if event.killed and any(event.killed):
                deadly.append(row)
        deadly.sort(key=lambda row: -max(bound or 0 for bound in row.event.killed or ()))
        self.left_out["events with a toll"] = len(deadly) - MOST_TOLLS
        top = max((bound or 0 for row in deadly for bound in row.event.killed or ()), default=0)
        tolls = []
        for row in deadly[:MOST_TOLLS]:
            low, best, high = row.event.killed or (None, None, None)
            known = [bound for bound in (low, best, high) if bound is not None]
            claims = [*filter(None, row.event.killed_claims), *(one.claim_id for one in row.evidence)]
            names = [one.voice.name for one in row.evidence]
            place = self._where(row.place.id, row.event.part)
            tolls.append(
                Toll(
                    said=self.footnotes.sentence(sentences.happened(row.event, place, names), claims[:NOTES_FOR]),
                    band=wording.tolls(row.event.killed),
                    low=100 * min(known) / top,
                    high=100 * max(known) / top,
                    best=100 * best / top if best is not None else None,
                    open_end=high is None,
                )
            )
        return tuple(tolls), tuple(kinds.most_common())

    # --- disputes, heritage, what is loose ---

    def _disputes(self) -> tuple[Finding, ...]:
        found = [
            one
            for one in queries.disputes(self.database, self.ids, only_open=True)
            if self.filters.part in (None, one.part)
            and (one.days.last or date.max) >= self.first
            and (one.days.first or date.min) <= self.last
        ]
        self.left_out["disputes"] = len(found) - MOST_DISPUTES
        return tuple(self._dispute(one) for one in found[:MOST_DISPUTES])

    def _dispute(self, one: Dispute) -> Finding:
        standing = sides_of(self.database, [one], self.knowledge)[one.id]
        place = self._where(one.place_id, one.part)
        behind = [id for _, ids in one.sides for id in ids[:NOTES_AGAINST]]
        head = self.footnotes.sentence(
            f"Whether {place} was {one.about}, {wording.days(one.days)}, is in dispute.", behind
        )
        rest = []
        for (says, ids), own in zip(one.sides, standing, strict=True):
            said = [
                f"{sentences.voice(each.voice)}, last on {wording.day(each.last)}" if each.last
                else sentences.voice(each.voice)
                for each in own[::-1][:NOTES_FOR]
            ]  # fmt: skip
            notes = [each.claim_ids[0] for each in own[::-1][:NOTES_FOR]] or list(ids[:NOTES_FOR])
            rest.append(
                self.footnotes.sentence(
                    f"That it was {says} is the word of {'; '.join(said) or 'nobody named'}.", notes
                )
            )
        reading = one.reading[:1].upper() + one.reading[1:]
        rest.append(self.footnotes.sentence(f"{reading}.", behind))
        return Finding(head, tuple(rest))

    def _heritage(self) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        known = heritage.load()
        wanted = set(self.ids) if self.ids is not None else None
        found = [
            one
            for one in incidents(self.database, known, self.knowledge, list(known), first=self.first, last=self.last)
            if one.claim_ids and (wanted is None or one.place_id in wanted)
        ]
        named = [one for one in found if one.near_km is None]
        near: defaultdict[str, list[Incident]] = defaultdict(list)
        for one in found:
            if one.near_km is not None:
                near[one.site].append(one)
        self.left_out["claims about heritage"] = len(named) - MOST_HERITAGE
        told = []
        for one in named[:MOST_HERITAGE]:
            name = known.landmark(one.part or one.site).name
            said = self.footnotes.sentence(sentences.incident(one, name), one.claim_ids[:NOTES_FOR])
            told.append(Finding(said, (), one.confidence))
        around = []
        for site, some in list(near.items())[:MOST_HERITAGE]:
            hands = sum(one.effect == "control" for one in some)
            told_of = [
                *([f"fighting in {_cases(len(some) - hands)}"] if len(some) > hands else []),
                *([f"a change of hands in {_cases(hands)}"] if hands else []),
            ]
            text = f"Within 5 km of {known.landmark(site).name} claims tell of {' and of '.join(told_of)}."
            claims = [one.claim_ids[0] for one in some]
            around.append(Finding(self.footnotes.sentence(text, claims[:NOTES_FOR])))
        return tuple(told), tuple(around)

    def _loose(self) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
        """What could not be dated, and what could not be placed."""
        undated: list[Sentence] = []
        unplaced: list[Sentence] = []
        counts: Counter[str] = Counter()
        rejected = 0
        for row in select.claims_and_rejected(self.database, self.filters):
            claim = row.told.claim
            if row.told.review == "rejected":
                rejected += 1
                continue
            if claim.kind == "relation":
                continue
            if claim.days.first is None and claim.days.last is None:
                counts["claims without a day"] += 1
                if len(undated) < MOST_LOOSE:
                    undated.append(self._loose_claim(row))
            if claim.where is None or row.place.level == "unknown":
                counts["claims without a place on the map"] += 1
                if len(unplaced) < MOST_LOOSE:
                    unplaced.append(self._loose_claim(row))
        self.left_out.update({what: count - MOST_LOOSE for what, count in counts.items()})
        self.left_out["claims, which analysts rejected"] = rejected
        return tuple(undated), tuple(unplaced)

    def _loose_claim(self, row: ClaimRow) -> Sentence:
        claim = row.told.claim
        how = "" if claim.modality == "asserted" else f" ({claim.modality})"
        text = f"{sentences.voice(row.voice)} claims{how}: {wording.says(claim)}, {wording.days(claim.days)}."
        return self.footnotes.sentence(sentences.begun(text), [claim.id])

    # --- sources ---

    def _speakers(self) -> tuple[Speaker, ...]:
        """The track records of those who are cited."""
        cited = {self._voice(told).key for told in self.footnotes.claims()}
        return tuple(one for one in speakers(self.database) if one.voice.key in cited)

    def _voice(self, told: Told) -> Voice:
        return self.voice(told.heard)


def _by_voice(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The first claim of each voice, the earliest published first."""
    ordered = sorted(evidence, key=lambda one: (one.published is None, one.published, one.claim_id))
    found: dict[str, Evidence] = {}
    for one in ordered:
        found.setdefault(one.voice.key, one)
    return list(found.values())


def _since(evidence: Sequence[Evidence], day: date) -> Sequence[Evidence]:
    """What was published since a day; all of it where nothing was."""
    return tuple(one for one in evidence if one.published is not None and one.published >= day) or evidence


def _ids(evidence: Iterable[Evidence]) -> list[str]:
    return [one.claim_id for one in evidence]


def _cases(count: int) -> str:
    return "one case" if count == 1 else f"{count} cases"
