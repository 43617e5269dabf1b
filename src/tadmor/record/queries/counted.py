"""How much a record holds."""

from __future__ import annotations

from tadmor.record.database import Database
from tadmor.record.rows import PASSED_OVER

NOTE = "application/x-tadmor-review"  # the media type of what an analyst wrote down, which is no report that was read


def stats(database: Database) -> dict[str, int]:
    """How much the record holds."""
    counts = {
        "reports": f"SELECT count(*) FROM reports WHERE media_type <> '{NOTE}'",
        "passed_over": f"SELECT count(*) FROM reports WHERE {PASSED_OVER}",
        "stories": "SELECT count(DISTINCT story_id) FROM stories",
        "claims": "SELECT count(*) FROM claims",
        "events": "SELECT count(*) FROM events",
        "spells": "SELECT count(*) FROM spells WHERE layer = 'assessed'",
        "claimed_spells": "SELECT count(*) FROM spells WHERE layer = 'claimed'",
        "disputes": "SELECT count(*) FROM disputes",
        "places": "SELECT count(*) FROM places",
        "failures": "SELECT count(*) FROM failures",
        "reviews": "SELECT count(*) FROM reviews",
        "notes": f"SELECT count(*) FROM reports WHERE media_type = '{NOTE}'",
        "pending_places": "SELECT count(*) FROM pending",
    }
    return {name: database.query(sql)[0][0] for name, sql in counts.items()}
