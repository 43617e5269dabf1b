"""Who speaks in a record: every voice with what it said, and its track record in the set of weights in force."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from tadmor.record import reviews, weight_sets
from tadmor.record.database import Database
from tadmor.record.queries import OF_REPORTS, voice_of_columns
from tadmor.record.rows import json_text
from tadmor.records import Record, TrackRecord
from tadmor.timeline.build import known
from tadmor.timeline.weigh import Voice

# What tells whose word the claims of a report are: those of one report with the same sources are one row.
_SAID = (
    f"SELECT c.sources, r.outlet, r.original_outlet, coalesce(t.story_id, r.id), count(*) {OF_REPORTS}"
    " WHERE {places} AND c.review IS NOT 'rejected'"
    " GROUP BY r.id, c.sources, r.outlet, r.original_outlet, t.story_id"
)
_ANYWHERE, _SOMEWHERE = "c.place_id IS NOT NULL", "c.place_id IN (SELECT value FROM json_each(?))"


class Speaker(Record, frozen=True):
    """A voice, with the number of its claims about places and of the stories that they stand in.

    `share` is how far its plain statements are believed: by the `grade` that an analyst gave it, else by what was
    learned, else by what the weights say of it or its kind.
    """

    voice: Voice
    claims: int
    stories: int
    prior: float
    share: float
    track: TrackRecord | None
    grade: str | None = None


def speakers(database: Database, place_ids: Sequence[str] | None = None) -> list[Speaker]:
    """Every voice, those with most claims first; of all places, or with what they say of these."""
    knowledge = weight_sets.knowledge(database)
    learned = weight_sets.in_force(database)
    letters = reviews.grades(database)
    tracks = {track.voice: track for track in learned.voices} if learned else {}
    voice_of = voice_of_columns(knowledge)
    claims: Counter[Voice] = Counter()
    stories: defaultdict[Voice, set[str]] = defaultdict(set)
    sql = _SAID.format(places=_ANYWHERE if place_ids is None else _SOMEWHERE)
    values = () if place_ids is None else (json_text(place_ids),)
    for said, outlet, original_outlet, story_id, count in database.stream(sql, values):
        voice = voice_of(said, outlet, original_outlet, story_id)
        claims[voice] += count
        stories[voice].add(story_id)
    weights, shipped = knowledge.weights, known().weights
    return [
        Speaker(
            voice=voice,
            claims=count,
            stories=len(stories[voice]),
            prior=shipped.prior(voice.key, voice.kind),
            share=weights.prior(voice.key, voice.kind),
            track=tracks.get(voice.key),
            grade=letters.get(voice.key),
        )
        for voice, count in sorted(claims.items(), key=lambda item: (-item[1], item[0].key, item[0].name))
    ]
