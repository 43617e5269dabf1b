"""Sentences of a briefing. They say what is claimed or assessed, by whom and how surely, and never that it is so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from tadmor.lexicon import actors
from tadmor.out import wording
from tadmor.record.heritage import Incident
from tadmor.records import Bound, Event, Spell
from tadmor.timeline.change import Change, holder
from tadmor.timeline.weigh import Voice

__all__ = [
    "begun",
    "changed",
    "claimed_on",
    "happened",
    "incident",
    "listed",
    "on",
    "state_on",
    "voice",
    "voices",
    "where",
]

_EFFECTS = {
    "damage": "was damaged or looted",
    "strike": "was struck",
    "use": "was held or used by an armed party",
    "violence": "saw violence against people",
    "fighting": "saw fighting",
    "control": "lay by a place that changed hands",
}


def listed(names: Iterable[str]) -> str:
    """ "A, B and C"."""
    known = list(dict.fromkeys(names))
    return " and ".join(filter(None, [", ".join(known[:-1]), known[-1]])) if known else ""


def voice(one: Voice) -> str:
    """A voice with what it is: "Amaq (state agency, speaks for Islamic State)"."""
    about = [one.kind] if one.kind not in ("other",) else []
    if one.speaks_for:
        try:
            party = actors.load().get(one.speaks_for).name
        except KeyError:
            party = one.speaks_for
        about.append("a party to the war" if party == one.name else f"speaks for {party}")
    return f"{one.name} ({', '.join(about)})" if about else one.name


def where(name: str, part: str | None) -> str:
    """A place, or a part of it, as it stands in a sentence."""
    if part is None:
        return name
    if not part.startswith("near:"):
        return f"{name} ({part})"
    around = part.removeprefix("near:").strip()
    return f"the area around {name}" if around in ("", "surroundings") else f"{name} (near it: {around})"


def begun(text: str) -> str:
    """A sentence begins with a capital, whatever a source is called."""
    return text[:1].upper() + text[1:]


def voices(names: Sequence[str], most: int = 4) -> str:
    """Who claims something, with the verb: "A and B claim"."""
    known = list(dict.fromkeys(names))
    if not known:
        return "Somebody unnamed claims"
    some = known[:most]
    if len(known) > most:
        return f"{', '.join(some)} and {len(known) - most} more claim"
    return f"{listed(some)} {'claims' if len(known) == 1 else 'claim'}"


def on(when: Bound) -> str:
    """When something came about."""
    earliest, latest = when.earliest, when.latest
    if earliest is None and latest is None:
        return "on a day not known"
    if earliest is None:
        return f"on {wording.day(latest)} or before"
    if latest is None:
        return f"on {wording.day(earliest)} or later"
    if earliest == latest:
        return f"on {wording.day(latest)}"
    return f"between {wording.day(earliest)} and {wording.day(latest)}"


def _sure(probability: float) -> str:
    """ "It is very likely (82 %) that"."""
    word = wording.band(probability)
    if word == "almost no chance":
        return f"There is almost no chance ({wording.percent(probability)}) that"
    if word == "roughly even chance":
        return f"There is a roughly even chance ({wording.percent(probability)}) that"
    return f"It is {word} ({wording.percent(probability)}) that"


def changed(change: Change, place: str) -> str:
    """What changed, assessed, and on whose word."""
    said = f"{_sure(change.after.confidence)} {_happening(change, place)} {on(change.when)}"
    if change.after.voices == 0:
        return f"{said}; this follows from what is claimed of the time around it."
    return f"{said}, on the word of {'one voice' if change.after.voices == 1 else f'{change.after.voices} voices'}."


def _happening(change: Change, place: str) -> str:
    before, after = change.before, change.after
    was, now = (holder(before) if before else None), holder(after)
    besieger = after.besieged_by if after.besieged_by not in (None, "unknown") else "somebody unnamed"
    words = {
        "taken": f"{now} took {place}" + (f" from {was}" if was else ""),
        "lost": f"{was} lost {place}",
        "partly held": f"{place} came to be held in part by {now or 'several parties'}",
        "wholly held": f"{now} came to hold all of {place}",
        "contested": f"{place} became contested",
        "no longer contested": f"reports ceased to tell of fighting for {place}",
        "besieged": f"{besieger} laid siege to {place}",
        "siege lifted": f"the siege of {place} ended",
    }
    return " and ".join(words[what] for what in change.what)


def state_on(spell: Spell, place: str, day: date) -> str:
    """How a place is assessed on a day."""
    state = wording.state(spell)
    return (
        f"{_sure(spell.confidence)} on {wording.day(day)} {place} was {state}, having come to be so {on(spell.start)}."
    )


def claimed_on(spell: Spell, side: str, place: str, day: date) -> str:
    """How a side, a party or a kind of source, has it that a place is held on a day."""
    state, came = wording.state(spell), on(spell.start)
    return f"By the latest word of {side}, {place} was {state} on {wording.day(day)}, having come to be so {came}."


def happened(event: Event, place: str, said_by: Sequence[str]) -> str:
    """An event as claimed, with its toll."""
    parties = _parties(event.actors, event.opponents)
    what = wording.type_of(event.kind, event.type).lower()
    toll = wording.tolls(event.killed)
    killed = f", {toll} killed" if toll else ""
    return begun(f"{voices(said_by)} {_article(what)} at {place}{parties}, {wording.days(event.days)}{killed}.")


def _article(what: str) -> str:
    return f"{'an' if what[:1] in 'aeiou' else 'a'} {what}"


def _parties(who: Sequence[str], whom: Sequence[str]) -> str:
    by = f" by {listed(who)}" if who else ""
    return by + (f" against {listed(whom)}" if whom else "")


def incident(one: Incident, name: str) -> str:
    """What is claimed of a heritage site."""
    by = f", by {listed(one.actors)}" if one.actors else ""
    near = f", {one.near_km:g} km from it" if one.near_km is not None else ""
    days = wording.days(one.days)
    sure = wording.band(one.confidence)
    what = f"{one.what.lower()}{near}"
    said = f"{voices(one.voices)} that {name} {_EFFECTS[one.effect]}{by}: {what}, {days}; assessed as {sure}."
    return begun(said)
