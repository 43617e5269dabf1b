"""What can be asked of the record. Every function only reads."""

from tadmor.record.queries.counted import NOTE, stats
from tadmor.record.queries.happened import disputes, events
from tadmor.record.queries.hearing import (
    COUNTED,
    HEARD,
    READ_RIGHTLY,
    SAID_BY,
    Pending,
    heard,
    heard_of,
    heard_or_rejected,
    heard_relations,
    pending,
    tied,
    voice_of_columns,
)
from tadmor.record.queries.held import changes, spell, spells, state
from tadmor.record.queries.located import Place, facts, places, places_within
from tadmor.record.queries.reported import (
    MANY,
    OF_REPORTS,
    Told,
    failures,
    report,
    reports,
    search,
    stream_told,
    told,
    told_of_place,
)

__all__ = [
    "COUNTED", "HEARD", "MANY", "NOTE", "OF_REPORTS", "READ_RIGHTLY", "SAID_BY", "Pending", "Place", "Told", "changes",
    "disputes", "events", "facts", "failures", "heard", "heard_of", "heard_or_rejected", "heard_relations", "pending",
    "places", "places_within", "report", "reports", "search", "spell", "spells", "state", "stats", "stream_told",
    "tied", "told", "told_of_place", "voice_of_columns",
]  # fmt: skip
