"""Ask feeds again and again, and fetch what they point to: politely, and so that a stop at any moment loses nothing.

What is known of feeds and of the addresses found in them lies in the record, beside what is read. An address is done
when what it gave is stored; after a stop between the two it is seen to be stored, and is not asked again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from tadmor.errors import InputError, UsageError
from tadmor.fetch.address import target
from tadmor.fetch.get import Getter, Known, Refused
from tadmor.fetch.robots import Robots
from tadmor.record.database import Database
from tadmor.records import Failure
from tadmor.report import feed, table
from tadmor.report.source import Capture, Document, Fetched, kind, open_inputs

TRIES = 5  # before what the feed itself holds of an item is read in place of its page
_LONGEST = timedelta(days=1)  # between two tries
_LIST_BYTES = 10_000_000
_NOWHERE = "no page: "  # what the key of an item begins with that has no address


class Manners(NamedTuple):
    """How often feeds and servers are asked."""

    every: timedelta = timedelta(minutes=15)
    delay: float = 5.0  # seconds between two addresses of one server, or more where its robots.txt says so


def feeds_of(names: Sequence[str]) -> list[str]:
    """The addresses of feeds that are meant: addresses, OPML files, or text files with an address a line.

    Raises `InputError` or `UsageError` naming what is wrong.
    """
    found: list[str] = []
    for name in names:
        if "://" in name:
            found.append(name)
            continue
        try:
            raw = Path(name).read_bytes()[:_LIST_BYTES]
        except (OSError, ValueError) as error:
            raise InputError(f"{name}: it cannot be read: {error}") from error
        try:
            found += feed.addresses(raw) if kind(raw[:65_536]) == "opml" else _listed(raw)
        except InputError as error:
            raise InputError(f"{name}: {error}") from error
    for url in found:
        try:
            target(url)
        except InputError as error:
            raise UsageError(f"{url}: {error}") from error
    if not found:
        raise UsageError("there is no feed in what was given: name addresses, or a file with an address a line")
    return list(dict.fromkeys(found))


def _listed(raw: bytes) -> Iterator[str]:
    for line in raw.decode("utf-8", "replace").splitlines():
        if (text := line.strip().lstrip("\ufeff")) and not text.startswith("#"):
            yield text


class Watch:
    """Rounds over some feeds. `documents` gives what is new; `finish`, once that is stored, notes that it is."""

    def __init__(
        self,
        database: Database,
        feeds: Iterable[str],
        *,
        getter: Getter,
        manners: Manners = Manners(),  # noqa: B008  # a tuple, which nothing can change
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database, self._feeds = database, list(feeds)
        self._getter, self._manners, self._clock, self._sleep = getter, manners, clock, sleep
        self._robots = Robots(getter, clock=lambda: clock().timestamp())
        self._ready: dict[str, float] = {}  # by host, when it may be asked again
        self._given: list[str] = []

    def documents(self) -> Iterator[Document | Failure]:
        """Ask the feeds that are due, then the addresses that wait; what cannot be had is a failure."""
        self._given = []
        for url in self._feeds:
            if (failure := self._ask_feed(url)) is not None:
                yield failure
        yield from self._pages()

    def finish(self) -> None:
        """Note that what `documents` gave is stored."""
        with self._database.transaction():
            self._database.execute_many(
                "UPDATE found SET state = 'done', item = '{}' WHERE url = ?", [(key,) for key in self._given]
            )
        self._given = []

    def rest(self) -> float:
        """Seconds until there is something to do again."""
        marks = ", ".join("?" * len(self._feeds))
        row = self._database.one(
            f"SELECT min(next_at) AS at FROM (SELECT next_at FROM feeds WHERE url IN ({marks})"
            " UNION ALL SELECT next_at FROM found WHERE state = 'waiting') waiting",
            self._feeds,
        )
        if row is None or row["at"] is None:
            return 0.0
        return max(0.0, (datetime.fromisoformat(row["at"]) - self._clock()).total_seconds())

    # --- feeds ---

    def _ask_feed(self, url: str) -> Failure | None:
        row = self._database.one("SELECT * FROM feeds WHERE url = ?", (url,))
        if row is not None and row["next_at"] > _text(self._clock()):
            return None
        self._be_polite(url)
        try:
            fetched = self._getter.fetch(url, known=Known(row["etag"], row["modified"]) if row else None)
            items = self._items(fetched, url) if fetched.capture.status != 304 else []
        except InputError as error:
            failures = 1 + (row["failures"] if row else 0)
            pause = max(self._pause(failures, self._manners.every), _asked(error))
            with self._database.transaction():
                self._put_feed(url, row["etag"] if row else None, row["modified"] if row else None, pause)
                self._database.execute(
                    "UPDATE feeds SET failures = ?, why = ? WHERE url = ?", (failures, str(error), url)
                )
            return _failure(url, error)
        headers = dict(fetched.capture.headers)
        before = Known(row["etag"], row["modified"]) if row and fetched.capture.status == 304 else Known()
        with self._database.transaction():
            for key, item in items:
                self._database.execute(
                    "INSERT INTO found (url, feed, state, next_at, item) VALUES (?, ?, 'waiting', ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (key, url, _text(self._clock()), msgspec.json.encode(item).decode()),
                )
            self._put_feed(
                url,
                headers.get("etag") or before.etag,
                headers.get("last-modified") or before.modified,
                self._manners.every,
            )
        return None

    def _items(self, fetched: Fetched, url: str) -> list[tuple[str, dict[str, str]]]:
        """Items by what they are known by: their address, else a hash of what they say."""
        what = kind(fetched.raw[:65_536])
        if what != "feed" and what != "json feed":
            raise InputError("this is no feed: give the address of the feed itself")
        found = feed.read(fetched.raw) if what == "feed" else feed.read_json(fetched.raw)
        items = []
        for item, told in feed.lines(found):
            if item.url:
                items.append((item.url, told or {}))
            elif told:
                digest = hashlib.sha256(table.written(told, "feed")).hexdigest()
                items.append((f"{_NOWHERE}{url}#{digest[:20]}", told))
        return items

    def _put_feed(self, url: str, etag: str | None, modified: str | None, pause: timedelta) -> None:
        self._database.execute(
            "INSERT INTO feeds (url, etag, modified, next_at) VALUES (?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET"
            " etag = excluded.etag, modified = excluded.modified, next_at = excluded.next_at, failures = 0, why = NULL",
            (url, etag, modified, _text(self._clock() + pause)),
        )

    # --- what they point to ---

    def _pages(self) -> Iterator[Document | Failure]:
        rows = self._database.query(
            "SELECT url, feed, tries, item FROM found WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, url",
            (_text(self._clock()),),
        )
        waiting: dict[str, list[_Waiting]] = {}
        for row in reversed(rows):
            one = _Waiting(row["url"], row["feed"], row["tries"], msgspec.json.decode(row["item"], type=dict[str, str]))
            waiting.setdefault(_host(one.url), []).append(one)
        while waiting:
            # Whichever server may be asked first: one that wants long pauses does not hold up the others.
            host = min(waiting, key=lambda name: self._ready.get(name, 0.0))
            yield from self._page(waiting[host].pop())
            if not waiting[host]:
                del waiting[host]

    def _page(self, one: _Waiting) -> Iterator[Document | Failure]:
        if self._database.one("SELECT 1 FROM receipts WHERE origin = ?", (one.url,)) is not None:
            self._given.append(one.url)  # stored before a stop
            return
        if one.url.startswith(_NOWHERE):
            yield from self._from_feed(one, InputError("it has no address"))
            return
        try:
            if not self._robots.allows(one.url):
                raise _Forbidden("the site's robots.txt does not let it be read")
            self._be_polite(one.url)
            fetched = self._getter.fetch(one.url)
        except InputError as error:
            gone = isinstance(error, _Forbidden) or (
                isinstance(error, Refused) and error.status in (401, 403, 404, 410)
            )
            if gone or one.tries + 1 >= TRIES:
                yield from self._from_feed(one, error)
                return
            pause = max(self._pause(one.tries + 1, timedelta(minutes=5)), _asked(error))
            with self._database.transaction():
                self._database.execute(
                    "UPDATE found SET tries = tries + 1, next_at = ? WHERE url = ?",
                    (_text(self._clock() + pause), one.url),
                )
            return
        self._given.append(one.url)
        # A feed points to pages; were it to point to lists of feeds or to archives, it would decide what is asked next.
        try:
            what = kind(fetched.raw[:65_536])
        except InputError as error:
            yield _failure(one.url, error)
            return
        if what in ("text/html", "text/plain", "application/pdf"):
            yield from open_inputs([one.url], fetch=lambda _: fetched)
        else:
            yield _failure(
                one.url, InputError(f"the feed points to something that is no page ({what}): it is not read")
            )

    def _from_feed(self, one: _Waiting, error: InputError) -> Iterator[Document | Failure]:
        """What the feed itself holds, where the page cannot be had."""
        self._given.append(one.url)
        if not one.item:
            yield _failure(one.url, error)
            return
        capture = Capture(url=one.feed, note=f"from the feed, as the page could not be had: {error}")
        yield Document(
            raw=table.written(one.item, "feed"),
            origin=one.url,
            doc=one.url.rpartition("/")[2][:200] or "item",
            media_type="application/json",
            capture=capture,
        )

    def _be_polite(self, url: str) -> None:
        host, now = _host(url), self._clock().timestamp()
        if (pause := self._ready.get(host, 0.0) - now) > 0:
            self._sleep(pause)
        delay = self._manners.delay
        if url not in self._feeds:
            delay = max(delay, self._robots.delay(url))
        self._ready[host] = self._clock().timestamp() + delay

    def _pause(self, failures: int, first: timedelta) -> timedelta:
        return min(first * float(2 ** min(failures, 20)), _LONGEST)


class _Waiting(NamedTuple):
    """An address that a feed points to and that is not done."""

    url: str
    feed: str
    tries: int
    item: dict[str, str]


class _Forbidden(InputError):
    """The site does not let an address be read."""


def _asked(error: InputError) -> timedelta:
    """How long the server asks to be left alone, a day at most."""
    seconds = error.retry_after if isinstance(error, Refused) else None
    return min(timedelta(seconds=min(seconds or 0.0, 1e6)), _LONGEST)


def _host(url: str) -> str:
    try:
        return target(url).host
    except InputError:
        return ""


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _failure(url: str, error: InputError) -> Failure:
    return Failure(origin=url, stage="source", error=type(error).__name__, message=f"{url}: {error}")
