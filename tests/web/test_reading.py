"""Many files are read into the record while the page is told how far it has got."""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
import tempfile
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import invented
from asking import PORT, TOKEN, Answer, Client
from tadmor.errors import InputError
from tadmor.record import queries
from tadmor.record.check import faults
from tadmor.record.database import open_record
from tadmor.records import Record
from tadmor.web import dropped, progress
from tadmor.web.answers import Progress
from tadmor.web.dropped import Drop

ALLOWED = {"authorization": f"Bearer {TOKEN}"}
RAW = {"content-type": "application/octet-stream", "origin": f"http://127.0.0.1:{PORT}", **ALLOWED}


@pytest.fixture
def own(small_record: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(small_record, tmp_path / "war.tadmor"))


def sent(client: Client, name: str, raw: bytes) -> str:
    answer = client.ask("POST", "/api/files", RAW, raw, params={"name": name})
    assert answer.status == 200, answer.body
    return str(answer.json["id"])


def told(answer: Answer) -> list[tuple[str, Any]]:
    blocks = [block.split("\n") for block in answer.body.decode().split("\n\n") if block]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in blocks]


def waiting() -> set[Path]:
    return {file for folder in Path(tempfile.gettempdir()).glob("tadmor-dropped-*") for file in folder.rglob("*.*")}


def test_several_files_are_read_as_one_run_and_told_of_as_it_goes(own: Path) -> None:
    client, before = Client(own), waiting()
    lines = "".join(
        json.dumps({"doc": f"d{day}", "text": f"On 2017-03-{day:02} Blues gains Sirte (agency).\n"}) + "\n"
        for day in range(1, 29)
    )
    names = {"many.jsonl.gz": gzip.compress(lines.encode()), "../../etc/one.txt": b"On 2017-04-01 Reds gains Sirte."}
    ids = [sent(client, name, raw) for name, raw in names.items()]
    ids.append(sent(client, "<b>.bin", b"\x7fELF\0\0\0\0"))
    answer = client.post("/api/reading", {"files": ids, "outlet": "Wire"}, ALLOWED)
    assert answer.status == 200 and answer.headers["content-type"].startswith("text/event-stream")
    events = told(answer)
    assert [name for name, _ in events[:-1]] == ["progress"] * (len(events) - 1) and len(events) > 3
    reports = [one["reports"] for name, one in events if name == "progress"]
    assert reports == sorted(reports) and 0 < reports[0] < reports[-1] == 29
    name, done = events[-1]
    assert name == "done" and (done["new"], done["failed"], done["claims"], done["stopped"]) == (29, 1, 29, False)
    assert done["failures"][0].startswith("dropped:-b-.bin: ")
    assert waiting() == before
    with open_record(own) as database:
        origins = {row[0] for row in database.query("SELECT origin FROM receipts")}
        assert {"dropped:one.txt", "dropped:many.jsonl.gz:1"} <= origins
        assert queries.spells(database, ["gn:2210554"])[-1].holder == "Reds" and not list(faults(database))


def test_samples_are_read_where_they_are(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "samples" / "reports"
    folder.mkdir(parents=True)
    (folder / "one.txt").write_text("On 2017-04-01 Reds gains Sirte.")
    monkeypatch.chdir(tmp_path)
    client = Client(own)
    assert told(client.post("/api/reading", {"samples": True}, ALLOWED))[-1][1]["new"] == 1


def test_only_the_token_sends_files_and_has_them_read(own: Path) -> None:
    client, before, bytes_before = Client(own), waiting(), own.read_bytes()
    for headers in ({}, {"authorization": "Bearer wrong"}):
        bare = {name: value for name, value in RAW.items() if name != "authorization"}
        assert client.ask("POST", "/api/files", {**bare, **headers}, b"x", params={"name": "a.txt"}).status == 401
        assert client.post("/api/reading", {"samples": True}, headers).status == 401
    assert Client(own, read_only=True).ask("POST", "/api/files", RAW, b"x").status == 403
    assert client.post("/api/files", {}, ALLOWED).status == 415
    assert client.post("/api/reading", {}, ALLOWED).status == 422
    assert told(client.post("/api/reading", {"files": ["nothing"]}, ALLOWED)) == [
        ("problem", {"error": "no file 'nothing' waits to be read: drop it again"})
    ]
    assert waiting() == before and own.read_bytes() == bytes_before


def test_a_file_that_is_too_large_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropped, "LARGEST_FILE", 10)

    async def body() -> Any:
        for _ in range(3):
            yield b"12345"

    before = waiting()
    with pytest.raises(InputError, match=r"a\.txt: this is larger"):
        asyncio.run(Drop().keep("a.txt", body()))
    assert waiting() == before


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\x\\a.txt", "a.txt"), ("..", "file"), ("", "file"),
        ("a\0b\u202e.txt", "a-b-.txt"),
        ("ع" * 300 + ".warc", "ع" * 55 + ".warc"), (".hidden", "hidden"),
    ],
)  # fmt: skip
def test_names_of_files_stay_in_their_folder(name: str, kept: str) -> None:
    async def body() -> Any:
        yield b"x"

    assert asyncio.run(Drop().keep(name, body())).name == kept


def test_nobody_listens_and_the_work_is_told_to_stop() -> None:
    ended = threading.Event()

    def work(tell: progress.Tell, stop: threading.Event) -> Record:
        tell(Progress(files=1, opened=1, reports=1, failed=0, claims=0, places=0, places_left=0))
        assert stop.wait(30)
        ended.set()
        return Progress(files=1, opened=1, reports=2, failed=0, claims=0, places=0, places_left=0)

    async def listen() -> None:
        stream = progress.events(work)
        assert (await anext(stream)).startswith(b"event: progress\n")
        await stream.aclose()  # type: ignore[attr-defined]

    asyncio.run(listen())
    assert ended.wait(30)


def test_a_run_that_is_stopped_keeps_what_it_has_read(own: Path, tmp_path: Path) -> None:
    from tadmor.web.asked import Wanted
    from tadmor.web.atlas import Shelf
    from tadmor.web.reading import Desk

    days = [date(2017, 3, 1) + timedelta(day) for day in range(90)]  # several times as many as are opened ahead
    paths = [tmp_path / f"{day}.txt" for day in days]
    for day, path in zip(days, paths, strict=True):
        path.write_text(f"On {day} Blues gains Sirte (agency).\n")
    stop = threading.Event()
    desk = Desk(Shelf(own), invented.STAGE, invented.history)
    found = desk.read_files(paths, Wanted(), lambda one: stop.set(), stop)
    assert found.stopped and 0 < found.new < 90 and found.places == 1
    again = desk.read_files(paths, Wanted(), lambda one: None, threading.Event())
    assert (again.same, again.new + found.new) == (found.new, 90)
