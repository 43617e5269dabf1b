"""Feeds are asked politely; a stop at any moment neither loses nor repeats anything. All servers are on loopback."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import invented
from homes import Records
from serving import Server, answer, serving
from tadmor.errors import InputError, UsageError
from tadmor.fetch.get import Getter, Limits
from tadmor.fetch.robots import Robots
from tadmor.fetch.watch import Manners, Watch, feeds_of
from tadmor.pipeline import read_found_into
from tadmor.record import queries
from tadmor.record.address import Address
from tadmor.record.check import faults
from tadmor.record.database import Database, open_record
from tadmor.record.desk import Summary
from tadmor.run.local import Local

Answers = dict[str, bytes | Callable[[str], bytes]]


class World:
    """A server with pages, and a clock that only moves when somebody sleeps."""

    def __init__(self, server: Server, answers: Answers) -> None:
        self.server, self.answers = server, answers
        self.now = datetime(2016, 12, 10, 8, tzinfo=UTC)
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def watch(self, database: Database, *feeds: str) -> Watch:
        getter = Getter(allowed=self.server.allowed, limits=Limits(seconds=5), clock=lambda: self.now)
        names = [self.server.url(feed) for feed in feeds or ("/feed",)]
        manners = Manners(every=timedelta(minutes=10), delay=2.0)
        return Watch(database, names, getter=getter, manners=manners, clock=lambda: self.now, sleep=self.sleep)

    def round(self, record: Address, *feeds: str) -> Summary:
        """One round in a process of its own, as far as the record is concerned."""
        with open_record(record, write=True) as database:
            watched = self.watch(database, *feeds)
            summary = read_found_into(
                database, watched.documents(), runner=Local(), stage=invented.STAGE, history=invented.history
            )
            watched.finish()
        return summary

    def asked(self) -> list[str]:
        """Paths asked since the last call, without robots.txt."""
        paths = [path for path in self.server.paths if path != "/robots.txt"]
        self.server.requests.clear()
        return paths


@contextmanager
def world(answers: Answers) -> Iterator[World]:
    def serve(plug: socket.socket, request: str) -> None:
        path = request.split(" ")[1]
        found = answers.get(path, answer("", status="404 Not Found"))
        plug.sendall(found(request) if callable(found) else found)

    with serving(serve) as server:
        yield World(server, answers)


def page(number: int) -> bytes:
    return answer(invented.text(f"On 2016-12-{number:02} Reds gains Palmyra.", seed=number))


def feed(server: Server, *numbers: int, text: str = "") -> str:
    items = "".join(
        f"<item><link>{server.url(f'/{n}')}</link><description>{text}</description></item>" for n in numbers
    )
    return f"<rss><channel><title>F</title>{items}</channel></rss>"


@pytest.fixture
def record(records: Records) -> Address:
    return records.new()


def test_new_items_are_read_once_and_the_feed_is_asked_when_it_is_due(record: Address) -> None:
    with world({"/1": page(1), "/2": page(2), "/3": page(3)}) as it:
        it.answers["/feed"] = answer(feed(it.server, 1, 2))
        assert it.round(record).new == 2
        assert it.asked() == ["/feed", "/1", "/2"]
        it.answers["/feed"] = answer(feed(it.server, 1, 2, 3))
        assert it.round(record).inputs == 0
        assert it.asked() == []
        it.now += timedelta(minutes=11)
        assert it.round(record).new == 1
        assert it.asked() == ["/feed", "/3"]
        with open_record(record) as database:
            assert list(faults(database)) == []
            (row, *_) = database.query("SELECT * FROM what_was_read_when")
            assert row["url"] == it.server.url("/1")
            assert 0 < it.watch(database).rest() <= 600


def test_servers_are_left_alone_between_two_addresses_as_robots_txt_says(record: Address) -> None:
    with world({"/1": page(1), "/2": page(2)}) as it:
        it.answers["/feed"] = answer(feed(it.server, 1, 2))
        it.round(record)
        assert it.slept == [2.0, 2.0]
        it.slept.clear()
        it.answers["/robots.txt"] = answer("User-agent: tadmor\nCrawl-delay: 30\n")
        it.answers["/feed"] = answer(feed(it.server, 3, 4))
        it.now += timedelta(days=2)
        it.round(record)
        assert it.slept == [2.0, 30.0]


def test_what_robots_txt_keeps_is_not_asked_and_read_from_the_feed_or_named(record: Address) -> None:
    text = invented.text("On 2016-12-10 Reds gains Palmyra.", seed=3)
    with world({"/1": page(1), "/robots.txt": answer("User-agent: *\nDisallow: /1\nDisallow: /x\n")}) as it:
        it.answers["/feed"] = answer(feed(it.server, 1, text=text))
        it.answers["/other"] = answer(
            feed(it.server, *[]).replace(
                "</channel>", "<item><link>" + it.server.url("/x") + "</link></item></channel>"
            )
        )
        summary = it.round(record, "/feed", "/other")
        assert (summary.new, [failure.origin for failure in summary.failed]) == (1, [it.server.url("/x")])
        assert "robots.txt" in summary.failed[0].message
        assert it.asked() == ["/feed", "/other"]
        with open_record(record) as database:
            (report,) = queries.reports(database)
            assert (report.origin, report.media_type) == (it.server.url("/1"), "application/json")


def test_conditional_requests(record: Address) -> None:
    def conditional(request: str) -> bytes:
        if 'If-None-Match: "7"' in request:
            return b"HTTP/1.1 304 Not Modified\r\n\r\n"
        return answer(feed(it.server, 1), headers='ETag: "7"\r\n')

    with world({"/1": page(1), "/feed": conditional}) as it:
        for _ in range(3):
            it.round(record)
            it.now += timedelta(minutes=11)
        feeds = [request for request in it.server.requests if request.startswith("GET /feed")]
        assert ["If-None-Match" in request for request in feeds] == [False, True, True]


def test_who_fails_is_left_alone_for_longer_and_longer(record: Address) -> None:
    with world({"/feed": answer("", status="503 Down")}) as it:
        begun, asked = it.now, []
        while it.now < begun + timedelta(hours=12):
            if it.round(record).failed:
                asked.append((it.now - begun).total_seconds() / 60)
            it.now += timedelta(minutes=5)
        assert asked == [0, 20, 60, 140, 300, 620]
        it.answers["/feed"] = answer("", status="429 Slowly", headers="Retry-After: 86400\r\n")
        it.now += timedelta(days=1)
        assert it.round(record).failed
        it.now += timedelta(hours=23)
        assert not it.round(record).failed


def test_a_page_that_cannot_be_had_is_tried_again_and_then_read_from_the_feed(record: Address) -> None:
    text = invented.text("On 2016-12-10 Reds gains Palmyra.", seed=3)
    with world({"/1": answer("", status="500 Down"), "/2": answer("", status="500 Down")}) as it:
        it.answers["/feed"] = answer(feed(it.server, 1, text=text) + "")
        new = 0
        for _ in range(40):
            new += it.round(record).new
            it.now += timedelta(hours=1)
        assert (new, it.server.paths.count("/1")) == (1, 5)


def test_a_stop_between_storing_and_noting_repeats_nothing(record: Address) -> None:
    with world({"/1": page(1), "/2": page(2)}) as it:
        it.answers["/feed"] = answer(feed(it.server, 1, 2))
        with open_record(record, write=True) as database:
            read_found_into(
                database, it.watch(database).documents(), runner=Local(), stage=invented.STAGE, history=invented.history
            )  # and no `finish`
        it.asked()
        assert it.round(record).inputs == 0
        assert it.asked() == []


def test_a_stop_before_storing_loses_nothing(record: Address) -> None:
    with world({"/1": page(1), "/2": page(2)}) as it:
        it.answers["/feed"] = answer(feed(it.server, 1, 2))
        with open_record(record, write=True) as database:
            assert len(list(it.watch(database).documents())) == 2
        assert it.round(record).new == 2


@pytest.mark.parametrize(
    "onward", ["http://169.254.169.254/", "file:///etc/passwd", "http://localhost:1/", "http://127.0.0.1:1/x"]
)
def test_a_feed_that_points_or_leads_inwards_gets_nothing(record: Address, onward: str) -> None:
    item = f"<rss><channel><item><link>{onward}</link></item></channel></rss>"
    with world({"/feed": answer(item), "/led": answer(status="302 F", headers=f"Location: {onward}\r\n")}) as it:
        failed = it.round(record, "/feed", "/led").failed
        assert it.server.url("/led") in [failure.origin for failure in failed]
        assert it.asked() == ["/feed", "/led"]


def test_a_feed_that_points_to_a_list_or_an_archive_is_not_followed(record: Address) -> None:
    with world({"/1": answer("<opml><outline xmlUrl='http://127.0.0.1/'/></opml>"), "/2": answer(b"PK\x03\x04")}) as it:
        it.answers["/feed"] = answer(feed(it.server, 1, 2))
        failed = it.round(record).failed
        assert [failure.message.count("no page") for failure in failed] == [1, 1]


def test_what_is_no_feed_is_named(record: Address) -> None:
    with world(
        {"/feed": answer("<html><p>Text</p></html>"), "/bomb": answer("<!DOCTYPE x [<!ENTITY a 'b'>]><rss></rss>")}
    ) as it:
        failed = it.round(record, "/feed", "/bomb").failed
        assert "no feed" in failed[0].message and "entities" in failed[1].message


def test_lists_of_feeds(tmp_path: Path) -> None:
    (tmp_path / "a.opml").write_text('<opml><body><outline xmlUrl="https://a.example/f"/></body></opml>')
    (tmp_path / "a.txt").write_text("# mine\nhttps://b.example/f\n\nhttps://a.example/f\n")
    assert feeds_of([str(tmp_path / "a.opml"), str(tmp_path / "a.txt")]) == [
        "https://a.example/f",
        "https://b.example/f",
    ]
    with pytest.raises(UsageError, match="file:///x"):
        feeds_of(["file:///x"])
    with pytest.raises(InputError, match="cannot be read"):
        feeds_of([str(tmp_path / "none")])
    (tmp_path / "empty").write_text("# nothing\n")
    with pytest.raises(UsageError, match="no feed"):
        feeds_of([str(tmp_path / "empty")])


@pytest.mark.parametrize(
    ("raw", "allowed"),
    [
        (answer("", status="404 Not Found"), True),
        (answer("", status="503 Down"), False),
        (b"garbage", False),
        (answer("User-agent: tadmor\nDisallow: /*.html$\n"), False),
        (answer("User-agent: tadmor\nAllow: /a\nDisallow: /\n"), True),
        (answer(b"\xff\xfe\x00" * 1000), True),
    ],
)
def test_rules_of_a_site(raw: bytes, allowed: bool) -> None:
    with world({"/robots.txt": raw}) as it:
        robots = Robots(Getter(allowed=it.server.allowed, limits=Limits(seconds=5)))
        assert robots.allows(it.server.url("/a.html")) is allowed
        robots.allows(it.server.url("/b.html"))
        assert it.server.paths == ["/robots.txt"]
