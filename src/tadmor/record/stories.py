"""The stories of reports, found by a join over the table of their sampled hashes. Call inside a transaction.

What links two reports is said by `tadmor.report.story` and depends on these two alone. A story is all that is joined by
links, directly or through others, and is named after the smallest id in it. So it makes no difference whether reports
come one by one or all at once, nor in which order: to find the stories of some new reports, only what shares rare
hashes with them is looked at, and the result is that of comparing all with all. Reports never leave a story while its
texts stay what they are. Where one changes, all of its story are found anew, which touches no other story.

The join is one of equal hashes and no more, so that any engine can do it over all reports::

    SELECT a.report, b.report FROM shingles a JOIN shingles b ON a.hash = b.hash AND a.report < b.report
     WHERE a.sought OR b.sought GROUP BY a.report, b.report HAVING count(*) >= 3  -- story.HITS

and then `story.same_story` of each pair, and the connected components. Reports whose signatures are equal have rows for
one of them only, and are found by that equality.

What it costs grows with the rows of one report and with the size of the story that it joins, not with the record: the
hashes of stock phrases are sought by no report that holds anything rarer. Of reports that consist of stock phrases it
does grow with the record. Where many wait for their stories, the join is one of arrays in memory, with the same result,
which tells most of what meets apart without reading it (`record/meetings.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from tadmor.record.database import Database
from tadmor.record.maker import Maker
from tadmor.record.meetings import Meetings
from tadmor.record.rows import from_json, json_text, pack, unpack
from tadmor.records import Segment
from tadmor.report import story

_MANY = 256  # from so many reports on, a hash is common, and how common is told by how far apart they are

_PAIRS = 1 << 18  # meetings of two reports that are counted at a time: 2 MB a column, which the processor keeps at hand
_TEXTS = 256  # of hashes, whose reports are read at a time

_MOST = 16_000_000  # rows of the table that are held in memory; each takes 20 bytes, and 40 while it is put in order

_HASHES = 100_000  # of a batch of reports, from which on no more are taken

_BEGUN = 32  # bytes of a signature by which the table of reports has an index

Id = TypeVar("Id", str, int)
_NUMBER = "CAST(j.value AS BIGINT)"  # of a list `j` of numbers

Column = npt.NDArray[Any]
# Of numbers of reports; those with most in common first, so that most others need no comparison.
Pairs = list[tuple[int, int]]


class _Rows(NamedTuple):
    """Rows of the table, in columns: hash, whether the report seeks it, number of the report."""

    hash: Column
    sought: Column
    report: Column

    def of(self, which: Column) -> _Rows:
        """Those at some places, or for which it is true."""
        return _Rows(*(column[which] for column in self))


class _Lists(NamedTuple):
    """Reports by hash. The hashes rise, and the reports of each stand together: `first` tells where they begin, and
    where those of the last end."""

    hash: Column
    first: Column
    report: Column

    def of(self, hashes: Column) -> tuple[Column, Column]:
        """Where those of each of some hashes begin, and how many there are."""
        begin = self.first[np.searchsorted(self.hash, hashes, "left")]
        return begin, self.first[np.searchsorted(self.hash, hashes, "right")] - begin


def _lists(rows: _Rows) -> _Lists:
    """The reports of rows in the order of hashes."""
    hashes, first = np.unique(rows.hash, return_index=True)
    return _Lists(hashes, np.append(first, len(rows.hash)), rows.report)


class _Sketch(NamedTuple):
    """What is compared of a report."""

    number: int
    id: str
    signature: story.Signature


# A report whose story is to be found anew keeps the old one for readers until then, but is no member of it.
_MEMBERS = "SELECT report_id FROM stories WHERE story_id = ? AND report_id NOT IN (SELECT report_id FROM untold)"


# --- which are to be found ------------------------------------------------------------------------------------------


def any_untold(database: Database) -> bool:
    """Is there a report whose story is not known?"""
    return database.one("SELECT 1 FROM untold LIMIT 1") is not None


def forget(database: Database, report_id: str) -> None:
    """Let the story of a report be found anew, and those of all in the same story: to be called before it changes."""
    members = [
        _Sketch(row["number"], row["id"], unpack(row["signature"]))
        for row in database.query(
            "SELECT r.number, r.id, r.signature FROM stories t JOIN reports r ON r.id = t.report_id"
            " WHERE t.story_id = (SELECT story_id FROM stories WHERE report_id = ?)",
            (report_id,),
        )
    ]
    database.execute_many(
        "DELETE FROM shingles WHERE hash = ? AND sought IN (0, 1) AND report = ?",
        [(value, sketch.number) for sketch in members for value in sketch.signature],
    )
    database.execute_many(
        "INSERT INTO untold (report_id) VALUES (?) ON CONFLICT DO NOTHING",
        [(report_id,), *((sketch.id,) for sketch in members)],
    )


def any_outdated(database: Database, maker: Maker) -> bool:
    """Were the stories found by another version?"""
    return database.one("SELECT 1 FROM stories_by WHERE maker = ?", (maker.id,)) is None


def forget_outdated(database: Database, maker: Maker) -> None:
    """Let all stories be found anew if another version found them."""
    if not any_outdated(database, maker):
        return
    database.execute("DELETE FROM shingles")
    database.execute("INSERT INTO untold (report_id) SELECT id FROM reports WHERE true ON CONFLICT DO NOTHING")
    database.execute("DELETE FROM stories_by")
    database.execute("INSERT INTO stories_by (maker) VALUES (?)", (maker.id,))


# --- finding --------------------------------------------------------------------------------------------------------


class Finder:
    """Finds the stories of reports, a batch after the other, each in a transaction of its own.

    Where many reports wait, what is in the table of hashes is held in memory, too (`record/meetings.py`), which finds
    the same stories. One finder serves until no report waits, or a transaction fails.
    """

    FEW, MANY = 2048, 8192  # reports of a batch; another writer waits a second or two

    def __init__(self, database: Database, maker: Maker) -> None:
        self._database = database
        self._maker = maker
        self._meetings: Meetings | None = None
        self._others = -1  # what other writers had done when the meetings were those of the table
        self._too_many = False

    def find(self, many: int | None = None) -> dict[str, str]:
        """The stories of the next reports, `many` at most, and of all whose story becomes another one by them.

        The reports are in the index afterwards, and their stories are to be stored in the same transaction.
        """
        database = self._database
        self._gather()
        new = _next(database, self._maker, many or (self.FEW if self._meetings is None else self.MANY))
        joined: Joined[str] = Joined()
        of_signature: dict[story.Signature, _Sketch] = {}
        for sketch in new:
            if sketch.signature:
                joined.join(sketch.id, of_signature.setdefault(sketch.signature, sketch).id)
        for signature in self._perhaps_copies(list(of_signature)):
            story_id = _story_of(database, signature)
            if story_id is not None:
                joined.join(of_signature.pop(signature).id, story_id)

        sketches = {sketch.number: sketch for sketch in of_signature.values()}
        story_of = {number: sketch.id for number, sketch in sketches.items()}

        def compare(pairs: Pairs) -> list[bool]:
            unknown = {number for pair in pairs for number in pair} - sketches.keys()
            for sketch, story_id in _known(database, unknown):
                sketches[sketch.number], story_of[sketch.number] = sketch, story_id
            return [linked(*pair) for pair in pairs]

        def linked(one: int, other: int) -> bool:
            if not joined.apart(story_of[one], story_of[other]):
                return True
            if same := story.same_story(sketches[one].signature, sketches[other].signature):
                joined.join(story_of[one], story_of[other])
            return same

        columns = _columns(list(of_signature.values()))
        if self._meetings is None:
            compare(_met_in_table(database, columns))
        else:
            _put(database, _rows(columns, self._meetings.meet(*columns, compare)))

        own = {sketch.id for sketch in new}
        found: dict[str, str] = {}
        for old, story_id in joined.renamed():
            if old not in own:
                found.update((row["report_id"], story_id) for row in database.query(_MEMBERS, (old,)))
        return found | {report_id: joined.story(report_id) for report_id in own}

    def _gather(self) -> None:
        """Hold in memory what is in the table, where that pays, and no longer where another writer may have changed it
        or where it is too large."""
        database = self._database
        if self._meetings is not None and len(self._meetings) > _MOST:
            self._meetings, self._too_many = None, True
        if self._meetings is not None and self._others != database.others():
            self._meetings = None
        if self._meetings is None and not self._too_many:
            waiting = database.query(f"SELECT count(*) FROM (SELECT 1 FROM untold LIMIT {self.MANY}) first")[0][0]
            if waiting == self.MANY:
                self._meetings = _gathered(database)
                self._too_many = self._meetings is None
        self._others = database.others()

    def _perhaps_copies(self, signatures: list[story.Signature]) -> list[story.Signature]:
        """Those that a report in the index may have, too."""
        if self._meetings is None:
            return signatures
        sizes, hashes = _flat(signatures)
        return [signatures[at] for at in np.flatnonzero(self._meetings.any_like(sizes, hashes)).tolist()]


class Joined(Generic[Id]):
    """Which stories are one by now; the smallest id names it. (Union-find with paths cut in half: Tarjan 1975.)"""

    def __init__(self) -> None:
        self._parent: dict[Id, Id] = {}

    def story(self, story_id: Id) -> Id:
        parent = self._parent
        while (above := parent.setdefault(story_id, story_id)) != story_id:
            parent[story_id] = parent[above]
            story_id = parent[story_id]
        return story_id

    def join(self, one: Id, other: Id) -> None:
        low, high = sorted((self.story(one), self.story(other)))
        self._parent[high] = low

    def apart(self, one: Id, other: Id) -> bool:
        return self.story(one) != self.story(other)

    def renamed(self) -> list[tuple[Id, Id]]:
        """Stories that are part of another one, and that one."""
        return [(old, self.story(old)) for old in list(self._parent) if self.story(old) != old]


def _next(database: Database, maker: Maker, many: int) -> list[_Sketch]:
    """The next reports of which the story is to be found, so `many` or enough for `_HASHES`."""
    found: list[_Sketch] = []
    while len(found) < many and sum(len(sketch.signature) for sketch in found) < _HASHES:
        some = _after(database, maker, found[-1].id if found else "", min(many - len(found), Finder.FEW))
        if not some:
            break
        found += some
    return found


def _after(database: Database, maker: Maker, last: str, many: int) -> list[_Sketch]:
    """Reports of which the story is to be found, by id; signatures by another version are made anew."""
    rows = database.query(
        "SELECT r.number, r.id, r.signature, r.maker FROM untold u JOIN reports r ON r.id = u.report_id"
        " WHERE u.report_id > ? ORDER BY u.report_id LIMIT ?",
        (last, many),
    )
    found = []
    for row in rows:
        signature = unpack(row["signature"])
        if row["maker"] != maker.id:
            text = database.query("SELECT text, segments FROM reports WHERE number = ?", (row["number"],))[0]
            signature = story.signature(story.body(text["text"], from_json(text["segments"], tuple[Segment, ...])))
            database.execute("UPDATE reports SET signature = ? WHERE number = ?", (pack(signature), row["number"]))
        found.append(_Sketch(row["number"], row["id"], signature))
    return found


def _story_of(database: Database, signature: story.Signature) -> str | None:
    """The story of reports with just this signature. They are not put into the index: what finds one finds all."""
    packed = pack(signature)
    row = database.one(
        "SELECT t.story_id FROM reports r JOIN stories t ON t.report_id = r.id"
        f" WHERE substr(r.signature, 1, {_BEGUN}) = ? AND r.signature = ?"
        " AND r.id NOT IN (SELECT report_id FROM untold) LIMIT 1",
        (packed[:_BEGUN], packed),
    )
    return row["story_id"] if row is not None else None


class _Columns(NamedTuple):
    """Reports in columns: their numbers, how many hashes each has, and all hashes, one report after the other."""

    number: Column
    size: Column
    hash: Column


def _columns(new: Sequence[_Sketch]) -> _Columns:
    return _Columns(np.array([sketch.number for sketch in new], np.int64), *_flat([one.signature for one in new]))


def _flat(signatures: Sequence[story.Signature]) -> tuple[Column, Column]:
    """How many hashes there are in each, and all of them."""
    sizes = np.fromiter(map(len, signatures), np.int64, len(signatures))
    return sizes, np.fromiter(chain.from_iterable(signatures), np.int64, sizes.sum())


def _rows(new: _Columns, sought: Column) -> _Rows:
    """The rows of reports, in the order of hashes, so that each page of the table is read and written once."""
    rows = _Rows(new.hash, sought, np.repeat(new.number, new.size))
    return rows.of(np.argsort(new.hash, kind="stable"))


def _put(database: Database, rows: _Rows) -> None:
    parts = (
        rows.of(np.arange(at, min(at + _PAIRS // 8, len(rows.hash)))) for at in range(0, len(rows.hash), _PAIRS // 8)
    )
    database.execute_many(
        "INSERT INTO shingles (hash, sought, report) VALUES (?, ?, ?)",
        (row for part in parts for row in zip(*(column.astype(int).tolist() for column in part), strict=True)),
    )


# --- by the table ---------------------------------------------------------------------------------------------------


def _met_in_table(database: Database, new: _Columns) -> Pairs:
    """Put reports into the table; which others, already there or new, each meets in enough hashes."""
    hashes, at, counts = np.unique(new.hash, return_inverse=True, return_counts=True)
    held = (counts + _held(database, hashes.tolist()))[at]
    rows = _rows(new, story.sought(new.size, new.hash, held).hits > 0)
    found = _met(rows, *_there(database, rows))
    _put(database, rows)
    return found


def _met(new: _Rows, holding: _Lists, seeking: _Lists) -> Pairs:
    """The pairs of a new report and another that meet in `HITS` hashes, of which one of the two seeks each; of those in
    the index there are those `holding` a hash and those `seeking` it.

    Short reports made of the same phrases meet in millions: so many at a time are counted, in arrays.
    """
    own_holding, own_seeking = _lists(new), _lists(new.of(new.sought))
    turns = (  # which rows meet which others, and whether those are new, too
        (new.sought, holding, False),
        (~new.sought, seeking, False),
        (new.sought, own_holding, True),
        (~new.sought, own_seeking, True),
    )
    meetings = np.zeros(len(new.hash))
    for which, lists, _ in turns:
        meetings[which] += lists.of(new.hash[which])[1]
    place = np.unique(new.report, return_inverse=True)[1]
    parts = (np.cumsum(np.bincount(place, weights=meetings)) // _PAIRS)[place]
    span = max(lists.report.max(initial=0) for _, lists, _ in turns) + 1
    pairs, common = [], []
    for part in np.unique(parts):
        keys = []
        for which, lists, both_new in turns:
            own = new.of(which & (parts == part))
            first, counts = lists.of(own.hash)
            one = np.repeat(own.report, counts)
            other = lists.report[np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)]
            met = one * span + other
            keys.append(met[one > other] if both_new else met)  # a pair of new reports is met once
        met, hits = np.unique(np.concatenate(keys), return_counts=True)
        pairs.append(met[hits >= story.HITS])
        common.append(hits[hits >= story.HITS])
    if not pairs:
        return []
    ordered = np.concatenate(pairs)[np.argsort(-np.concatenate(common), kind="stable")]
    return list(zip((ordered // span).tolist(), (ordered % span).tolist(), strict=True))


def _held(database: Database, hashes: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many reports in the index hold each hash, roughly: counted up to `_MANY`, and beyond reckoned from how many
    of the last reports there are to as many that hold it. Where that is off, more is compared, and no less found."""
    rows = database.stream(
        f"SELECT (SELECT count(*) FROM (SELECT 1 FROM shingles s WHERE s.hash = {_NUMBER} LIMIT {_MANY}) holders),"
        f" (SELECT s.report FROM shingles s WHERE s.hash = {_NUMBER} AND s.sought = 0"
        f" ORDER BY s.report DESC LIMIT 1 OFFSET {_MANY - 1})"
        " FROM json_each(?) j",
        (json_text(hashes),),
    )
    last = database.query("SELECT max(number) FROM reports")[0][0] or 0
    return np.fromiter(
        (count if back is None else count * last // max(last - back, 1) for count, back in rows),
        dtype=np.int64,
        count=len(hashes),
    )


def _there(database: Database, new: _Rows) -> tuple[_Lists, _Lists]:
    """The reports in the index that new ones meet: of each hash that one of these seeks all that hold it, and of each
    that one holds and does not seek those that seek it."""
    numbers = f"SELECT group_concat(CAST(s.report AS TEXT), ' ') FROM shingles s WHERE s.hash = {_NUMBER}"
    return (
        _listed(database, numbers, new.hash[new.sought]),
        _listed(database, f"{numbers} AND s.sought = 1", new.hash[~new.sought]),
    )


def _listed(database: Database, numbers: str, hashes: Column) -> _Lists:
    """What a query for the numbers of a hash finds of some. They come as one text, which takes a quarter of the time of
    as many rows."""
    asked = json_text(np.unique(hashes).tolist())
    rows = (row for row in database.tuples(f"SELECT {_NUMBER}, ({numbers}) FROM json_each(?) j", (asked,)) if row[1])
    found: list[int] = []
    counts = [0]
    reports = [np.zeros(0, dtype=np.int64)]
    while some := list(islice(rows, _TEXTS)):
        found += [value for value, _ in some]
        counts += [text.count(" ") + 1 for _, text in some]
        reports.append(np.fromstring(" ".join([text for _, text in some]), dtype=np.int64, sep=" "))
    return _Lists(np.array(found, dtype=np.int64), np.cumsum(counts), np.concatenate(reports))


# --- in memory ------------------------------------------------------------------------------------------------------


def _gathered(database: Database) -> Meetings | None:
    """The table of hashes, in memory; None where it is too large."""
    rows = database.tuples("SELECT hash, sought, report FROM shingles")
    parts = [_Rows(*np.zeros((3, 0), np.int64))]
    while some := list(islice(rows, _PAIRS)):
        hashes, sought, reports = np.fromiter(chain.from_iterable(some), np.int64, 3 * len(some)).reshape(-1, 3).T
        parts.append(_Rows(hashes.copy(), sought == 1, reports.astype(np.int32)))
        if len(parts) * _PAIRS > _MOST:
            return None
    table = _Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    table = table.of(np.argsort(table.report, kind="stable"))
    numbers, sizes = np.unique(table.report, return_counts=True)
    meetings = Meetings()
    meetings.put(numbers, sizes, table.hash, table.sought.astype(bool))
    return meetings


# --- what is known --------------------------------------------------------------------------------------------------


def _known(database: Database, numbers: set[int]) -> Iterator[tuple[_Sketch, str]]:
    """Reports in the index and their stories."""
    for row in database.query(
        "SELECT r.number, r.id, r.signature, t.story_id FROM json_each(?) j"
        f" CROSS JOIN reports r ON r.number = {_NUMBER} JOIN stories t ON t.report_id = r.id",
        (json_text(sorted(numbers)),),
    ):
        yield _Sketch(row["number"], row["id"], unpack(row["signature"])), row["story_id"]
