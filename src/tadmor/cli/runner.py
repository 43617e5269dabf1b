"""Choose the runner, once."""

from __future__ import annotations

import os

from tadmor.run.stage import Runner


def runner(workers: int | None) -> Runner:
    """One process a core unless said otherwise; with one, the work is done in this process."""
    count = workers or _cores()
    if count == 1:
        from tadmor.run.local import Local

        return Local()
    from tadmor.run.pool import Pool

    return Pool(count)


def _cores() -> int:
    """The cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not Linux
        return os.cpu_count() or 1
