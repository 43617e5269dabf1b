"""Timestamps of an authority: what it says must be about the hash that was asked for. It is played by openssl here."""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from serving import answer, serving
from tadmor.cli import main
from tadmor.errors import InputError
from tadmor.fetch import get, timestamp
from tadmor.fetch.get import Getter, Limits
from tadmor.record import log
from tadmor.record.check import faults
from tadmor.record.database import open_record

DIGEST = hashlib.sha256(b"the log").digest()

SETTINGS = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
certs = {folder}/cert.pem
default_policy = 1.2.3.4
digests = sha256
signer_digest = sha256
accuracy = secs:1
"""


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], bytes]:
    """What an authority answers to a request."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "settings").write_text(SETTINGS.format(folder=folder))
    (folder / "serial").write_text("01\n")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Authority"]
    usage = [
        "-addext",
        "extendedKeyUsage=critical,timeStamping",
        "-keyout",
        folder / "key.pem",
        "-out",
        folder / "cert.pem",
    ]
    subprocess.run([*make, *usage], check=True, capture_output=True)

    def reply(query: bytes) -> bytes:
        (folder / "query").write_bytes(query)
        command = ["openssl", "ts", "-reply", "-config", "settings", "-queryfile", "query", "-out", "reply"]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        verify = ["openssl", "ts", "-verify", "-queryfile", "query", "-in", "reply", "-CAfile", "cert.pem"]
        subprocess.run(verify, check=True, capture_output=True, cwd=folder)
        return (folder / "reply").read_bytes()

    return reply


def body_of(plug: socket.socket, request: str) -> bytes:
    head, _, body = request.partition("\r\n\r\n")
    length = int(next(line.split(":")[1] for line in head.split("\r\n") if line.lower().startswith("content-length")))
    raw = body.encode("latin-1")
    while len(raw) < length:
        raw += plug.recv(65_536)
    return raw


def test_a_timestamp_is_asked_for_checked_and_entered_into_the_log(
    stamped: Callable[[bytes], bytes], small_record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = shutil.copy(small_record, tmp_path)
    with serving(lambda plug, request: plug.sendall(answer(stamped(body_of(plug, request))))) as server:
        monkeypatch.setattr(get, "Getter", lambda: Getter(allowed=server.allowed, limits=Limits(seconds=30)))
        url = server.url("/tsr")
        result = CliRunner().invoke(main, ["log", "--record", str(record), "--timestamp-url", url, "--head"])
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("5 ")
    with open_record(record) as database:
        assert list(faults(database)) == []
        *_, (_, before, digest), (_, entry, _) = log.entries(database)
    told = json.loads(entry)
    assert (told["what"], told["of"], told["hash"], told["authority"]) == ("timestamped", 4, digest, url)
    assert hashlib.sha256(before.encode()).hexdigest() == told["hash"]
    assert told["time"].startswith("20")


def test_an_answer_to_another_question_is_refused(stamped: Callable[[bytes], bytes]) -> None:
    nonce = 5
    good = stamped(timestamp.request(DIGEST, nonce))
    assert timestamp.checked(good, DIGEST, nonce)
    other = hashlib.sha256(b"other").digest()
    for digest, number in ((other, nonce), (DIGEST, nonce + 1)):
        with pytest.raises(InputError, match="something else"):
            timestamp.checked(good, digest, number)
    for cut in range(0, len(good), 97):
        with pytest.raises(InputError):
            timestamp.checked(good[:cut], DIGEST, nonce)


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (b"", "cannot be read"),
        (b"<html>", "cannot be read"),
        (timestamp.der(0x30, timestamp.der(0x30, b"\x02\x01\x02")), "rejection"),
        (timestamp.der(0x30, timestamp.der(0x30, b"\x02\x01\x00")), "cannot be read"),
        (b"\x30\x84\xff\xff\xff\xff", "cannot be read"),
        (b"\x30\x80\x00\x00", "cannot be read"),
    ],
)
def test_answers_that_are_none(response: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        timestamp.checked(response, DIGEST, 5)


def test_a_server_that_refuses_is_named(small_record: Path, tmp_path: Path) -> None:
    record = shutil.copy(small_record, tmp_path)
    result = CliRunner().invoke(main, ["log", "--record", str(record), "--timestamp-url", "http://127.0.0.1:9/"])
    assert result.exit_code == 1
    assert "http://127.0.0.1:9/: refused" in result.output
