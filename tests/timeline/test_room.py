"""Rows that are put into columns and left out of them without copying."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tadmor.timeline.room import Splice


@given(st.data())
def test_columns_are_those_made_anew(data: st.DataObject) -> None:
    rows = list(range(data.draw(st.integers(0, 60))))
    column, room = np.array(rows, dtype=np.int64), None
    for _ in range(3):
        gone = sorted(data.draw(st.sets(st.sampled_from(range(len(rows))))) if rows else ())
        places = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=20)))
        more = [1000 + at for at in range(len(places))]
        splice = Splice(len(rows), np.array(gone, dtype=np.int64), np.array(places, dtype=np.int64))
        column, room = splice.column(column, room, np.array(more, dtype=np.int64))
        wanted: list[int] = []
        for at in range(len(rows) + 1):
            wanted += [one for one, place in zip(more, places, strict=True) if place == at]
            wanted += rows[at : at + 1] if at not in gone else []
        assert column.tolist() == wanted
        assert column[splice.come].tolist() == more
        moved = {at: at + by for begin, end, by in splice.moves for at in range(begin, end)}
        assert all(wanted[moved.get(at, at)] == rows[at] for at in range(len(rows)) if at not in gone)
        rows = wanted
