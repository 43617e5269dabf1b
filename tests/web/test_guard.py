"""Nothing but the user's own browser gets in, nothing gets out, and only the token writes."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from asking import PORT, TOKEN, Client
from tadmor.errors import RecordError, UsageError
from tadmor.web import serve
from tadmor.web.app import STATIC

DECISION = {"action": "reject", "claim": "c", "analyst": "Amal"}
PASTED = {"text": "On 2017-03-02 Blues gains Palmyra (agency).\n"}
ALLOWED = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def client(small_record: Path) -> Client:
    return Client(small_record)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:1", "", f"127.0.0.1.evil.example:{PORT}"])
def test_only_its_own_address_is_answered(client: Client, host: str) -> None:
    assert client.get("/api/record", {"host": host}).status == 403


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"LocalHost:{PORT}"])
def test_its_names_on_this_machine_are_answered(client: Client, host: str) -> None:
    assert client.get("/api/record", {"host": host}).status == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8337", "http://127.0.0.1:1"])
def test_other_pages_are_not_answered(client: Client, origin: str) -> None:
    assert client.get("/api/record", {"origin": origin}).status == 403
    assert client.post("/api/read", PASTED, {"origin": origin}).status == 403


def test_another_site_may_link_here_and_ask_nothing(client: Client) -> None:
    assert client.get("/", {"sec-fetch-site": "cross-site"}).status == 200
    assert client.get("/api/record", {"sec-fetch-site": "cross-site"}).status == 403


def test_nothing_is_posted_without_an_origin_or_as_a_form(client: Client) -> None:
    body = json.dumps(PASTED).encode()
    assert client.ask("POST", "/api/read", {"content-type": "application/json"}, body).status == 403
    assert client.post("/api/read", PASTED, {"content-type": "text/plain"}).status == 415
    assert client.ask("PUT", "/api/record", {"origin": f"http://127.0.0.1:{PORT}"}).status == 405


@pytest.mark.parametrize("path", ["/", "/api/record", "/static/js/app.js", "/nowhere", "/api/claims?x=1"])
def test_every_answer_forbids_scripts_and_connections_from_elsewhere(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "connect-src 'self'" in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


def test_writing_needs_the_token(small_record: Path, tmp_path: Path) -> None:
    own = shutil.copy(small_record, tmp_path / "war.tadmor")
    client, before = Client(own), own.read_bytes()
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": TOKEN}, {"authorization": "Bearer "}):
        assert client.post("/api/reports", PASTED, headers).status == 401
        assert client.post("/api/reviews", DECISION, headers).status == 401
    assert Client(own, read_only=True).post("/api/reports", PASTED, ALLOWED).status == 403
    assert Client(own, read_only=True).post("/api/reviews", DECISION, ALLOWED).status == 403
    assert own.read_bytes() == before


def test_no_file_outside_the_front_end_is_given(client: Client) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd", "/static/js/../../app.py"):
        assert client.get(path).status == 404


def test_the_front_end_names_no_other_machine_and_holds_no_inline_script() -> None:
    page = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=|javascript:", page)
    for file in [STATIC / "index.html", *(STATIC / "js").glob("*.js"), *STATIC.glob("*.css")]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"https?://(?!www\.w3\.org/)", text), file
        assert not re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write|\beval\(", text), file


def test_vendored_files_are_those_of_the_manifest() -> None:
    manifest = json.loads((STATIC / "vendor" / "manifest.json").read_text(encoding="utf-8"))
    listed = {(name, file): digest for name, one in manifest.items() for file, digest in one["files"].items()}
    found = {
        (file.parent.name, file.name): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in (STATIC / "vendor").glob("*/*")
    }
    assert found == listed
    assert all(one["licence"] and one["version"] for one in manifest.values())


def test_a_port_that_is_taken_and_a_record_that_is_none_are_errors(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        with pytest.raises(UsageError, match="--port"):
            serve.listen(taken.getsockname()[1])
    with pytest.raises(RecordError, match="no such record"):
        serve.serve(tmp_path / "none.tadmor", port=0, read_only=True, started=lambda address, token: None)


def test_it_listens_on_this_machine_alone() -> None:
    with serve.listen(0) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize("new", [False, True])
def test_the_command_serves_until_it_is_stopped(small_record: Path, tmp_path: Path, new: bool) -> None:
    """A record that is there, or, if that is asked for, one that is begun."""
    record = [str(tmp_path / "new.tadmor"), "--new"] if new else [str(small_record)]
    command = [sys.executable, "-m", "tadmor", "serve", *record, "--port", "0", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            assert told["open"] == f"{told['address']}#token={told['token']}"
            with urllib.request.urlopen(told["address"] + "api/record", timeout=60) as answer:
                found = json.load(answer)
            assert (found["name"], found["counts"]["reports"] > 0) == (Path(record[0]).name, not new)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
